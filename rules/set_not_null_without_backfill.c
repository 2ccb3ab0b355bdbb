#include "lint/call.h"
#include "lint/passage.h"
#include "miglint/text.h"

/* What may have filled the column, or taken away the rows that lack a value. */
typedef struct {
    const char *table, *column;
    const char *made_as; /* what the column was called at first; NULL where that is not known */
} Filled;

static gboolean may_write(const MlOperation *operation, const Filled *filled)
{
    return ml_operation_may_write(operation, filled->table, filled->column) ||
           (filled->made_as != NULL &&
            ml_operation_may_write(operation, filled->table, filled->made_as));
}

/* ALTER COLUMN ... USING gives each row another value. */
static gboolean converts(const MlOperation *operation, const Filled *filled)
{
    return operation->kind == ML_ALTER_COLUMN && operation->using.is != ML_ABSENT &&
           ml_text_is(operation->table, filled->table) &&
           (ml_text_is(operation->name, filled->column) ||
            (filled->made_as != NULL && ml_text_is(operation->name, filled->made_as)));
}

static gboolean fills(const MlOperation *operation, gpointer data)
{
    const Filled *filled = data;
    return (operation->kind != ML_INSERT && may_write(operation, filled)) ||
           converts(operation, filled) ||
           ml_operation_may_remove_rows(operation, filled->table, FALSE);
}

/*
 * A table that a revision fills when it makes it holds what the revisions write, rather than the
 * application. Where two states are compared, nobody knows what has come to it since.
 */
static gboolean was_made_with_rows(const MlContext *context, const MlCatalogTable *table,
                                   const Filled *filled)
{
    const MlDeed *made = table->existence.made;
    const MlOperations *operations =
        made != NULL && context->change == NULL ? made->revision->upgrade_operations : NULL;
    for (gsize i = 0; operations != NULL && i < operations->length; i++)
        if (operations->items[i]->kind == ML_INSERT && may_write(operations->items[i], filled))
            return TRUE;
    return FALSE;
}

/* Every row has had a value since the column is there. */
static gboolean was_made_with_default(const MlCatalogColumn *column)
{
    return column->definition == NULL || ml_column_fills_itself(column->definition) != ML_NO;
}

/* In quotes where SQL wants it so: "group". */
static char *in_sql(const MlContext *context, const char *name)
{
    MlDialect dialect = ML_POSTGRESQL;
    ml_dialect_find(context->migrations->dialect, &dialect);
    GString *quoted = g_string_new(NULL);
    if (!ml_quote_name(quoted, dialect, name))
        g_string_assign(quoted, name);
    return g_string_free(quoted, FALSE);
}

static void check_column(MlContext *context, const MlStep *step, gsize at, gsize *left)
{
    const MlOperation *operation = step->upgrade.operations->items[at];
    const MlCatalog *before = step->upgrade.states->pdata[at];
    const MlCatalogTable *table = NULL;
    const MlCatalogColumn *column = NULL;
    const char *schema = operation->schema.text, *name = operation->name.text;
    if (ml_catalog_table(before, schema, operation->table.text, &table) != ML_PRESENCE_PRESENT ||
        !ml_is_existing(context, step, &table->existence) ||
        ml_table_column(table, name, &column) != ML_PRESENCE_PRESENT ||
        column->nullable != ML_YES || column->existence.made == NULL ||
        was_made_with_default(column))
        return;
    const MlRevision *maker = column->existence.made->revision;
    Filled filled = {table->name, name, column->definition->name.text};
    if (was_made_with_rows(context, table, &filled) ||
        ml_done_before(context, step, at, maker, fills, &filled, left))
        return;
    MlFinding *finding = ml_report(context, step->node->revision, ml_operation_place(operation),
                                   "'%s' of '%s' becomes NOT NULL, and no UPDATE fills it before",
                                   name, table->name);
    g_autofree char *table_name = in_sql(context, table->name);
    g_autofree char *column_name = in_sql(context, name);
    g_autofree char *statement = g_strdup_printf("UPDATE %s SET %s = ... WHERE %s IS NULL",
                                                 table_name, column_name, column_name);
    g_autofree char *quoted = ml_python_string(statement);
    ml_finding_help(finding, "write op.execute(%s) before it", quoted);
    ml_finding_relate(finding, maker, column->existence.origin, "it is made here");
    ml_finding_concerns(finding, ML_CATALOG_COLUMN, table->schema, table->name, name);
}

static gboolean sets_not_null(const MlOperation *operation)
{
    return operation->kind == ML_ALTER_COLUMN && operation->table.is == ML_KNOWN &&
           operation->name.is == ML_KNOWN && operation->change != NULL &&
           ml_is_false(operation->change->nullable) && operation->using.is == ML_ABSENT;
}

static void check(MlContext *context, const MlStep *step)
{
    const MlOperations *operations = step->upgrade.operations;
    gsize left = ML_LOOK_BACK;
    for (gsize i = 0; i < operations->length && !step->upgrade.raises; i++)
        if (sets_not_null(operations->items[i]) && ml_step_surely_does(step, operations->items[i]))
            check_column(context, step, i, &left);
}

#define BEGINNING                                                                                  \
    "# file: versions/1_create.py\n"                                                               \
    "from alembic import op\n"                                                                     \
    "import sqlalchemy as sa\n"                                                                    \
    "\n"                                                                                           \
    "revision = \"1a2b3c4d5e6f\"\n"                                                                \
    "down_revision = None\n"                                                                       \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"                                                                             \
    "    op.create_table(\"account\", sa.Column(\"email\", sa.String(255)))\n"                     \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.drop_table(\"account\")\n"                                                             \
    "# file: versions/2_not_null.py\n"                                                             \
    "from alembic import op\n"                                                                     \
    "\n"                                                                                           \
    "revision = \"2b3c4d5e6f70\"\n"                                                                \
    "down_revision = \"1a2b3c4d5e6f\"\n"                                                           \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"
#define END                                                                                        \
    "    op.alter_column(\"account\", \"email\", nullable=False)\n"                                \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.alter_column(\"account\", \"email\", nullable=True)\n"

const MlRule ml_rule_set_not_null_without_backfill = {
    .code = "ML604",
    .name = "set-not-null-without-backfill",
    .severity = ML_SEVERITY_WARNING,
    .summary = "an existing column becomes NOT NULL, and no UPDATE fills it before",
    .why = "A column that could be NULL has rows in which it is, sooner or later. Then ALTER ... "
           "SET NOT NULL fails, and with it the deployment; on the empty database of the tests it "
           "never does.\n"
           "\n"
           "An UPDATE or a DELETE of the table counts, in the same revision or an earlier one that "
           "goes out with it, and so does anything that cannot be told. A column that was made "
           "with a server default never lacked a value; nor did one of a table whose rows the "
           "revision that makes it writes. Where the application has always set one, "
           "say so: an UPDATE that finds nothing costs little.",
    .bad = BEGINNING END,
    .good = BEGINNING "    op.execute(\"UPDATE account SET email = '' WHERE email IS NULL\")\n" END,
    .check_step = check,
};
