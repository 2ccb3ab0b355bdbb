#include "lint/call.h"
#include "lint/passage.h"

#include <string.h>

/* Which gives the rows that are there the type's zero. */
static gboolean is_mysql(const char *dialect)
{
    return g_strcmp0(dialect, "mysql") == 0 || g_strcmp0(dialect, "mariadb") == 0;
}

/* A keyword for it alone, or the name that it gives to every primary key. */
static gboolean speaks_of_mysql(const MlOperation *operation)
{
    for (gsize i = 0; i < operation->n_keywords; i++)
        if (g_str_has_prefix(operation->keywords[i].name, "mysql_"))
            return TRUE;
    return operation->kind == ML_DROP_CONSTRAINT && ml_text_is(operation->name, "PRIMARY");
}

static gboolean any_speaks_of_mysql(const MlOperations *operations)
{
    for (gsize i = 0; operations != NULL && i < operations->length; i++)
        if (speaks_of_mysql(operations->items[i]))
            return TRUE;
    return FALSE;
}

/* Whether the project seems to run on MySQL too, its dialect being unknown. */
static gboolean may_be_mysql(const MlMigrations *migrations)
{
    if (migrations->dialect != NULL)
        return FALSE;
    for (guint i = 0; i < migrations->revisions->len; i++) {
        const MlRevision *revision = migrations->revisions->pdata[i];
        if (g_ptr_array_find_with_equal_func(revision->dialects, "mysql", g_str_equal, NULL) ||
            any_speaks_of_mysql(revision->upgrade_operations))
            return TRUE;
    }
    return FALSE;
}

/* As the database knows it: it may have made it serial. */
static gboolean is_left_empty(const MlCatalogColumn *column)
{
    return column->nullable == ML_NO && column->definition != NULL &&
           ml_column_fills_itself(column->definition) == ML_NO &&
           !ml_is_true(column->definition->primary_key) &&
           (column->server_default.kind == ML_DEFAULT_NONE ||
            column->server_default.kind == ML_DEFAULT_ABSENT);
}

static gboolean empties(const MlOperation *operation, gpointer table)
{
    return ml_operation_may_remove_rows(operation, table, TRUE);
}

/* server_default= for what default= says, or NULL. */
static char *server_default_of(const MlColumn *column)
{
    const MlText value = column->default_value;
    if (value.is != ML_KNOWN)
        return NULL;
    if (g_str_equal(value.text, "True") || g_str_equal(value.text, "False"))
        return g_strdup(*value.text == 'T' ? "sa.true()" : "sa.false()");
    return ml_python_string(value.text);
}

static void add_help(MlFinding *finding, const MlOperation *operation, const MlColumn *column)
{
    g_autofree char *value = server_default_of(column);
    g_autofree char *table = ml_python_string(operation->table.text);
    g_autofree char *name = ml_python_string(column->name.text);
    ml_finding_help(
        finding,
        "%sadd server_default=%s to the column; or add it with nullable=True, UPDATE it, "
        "and then %s(%s%s%s, nullable=False)",
        column->default_value.is == ML_ABSENT ? ""
                                              : "default= is for rows that Python inserts, and "
                                                "says nothing to those that are there: ",
        value ? value : "...", operation->batch ? "batch_op.alter_column" : "op.alter_column",
        operation->batch ? "" : table, operation->batch ? "" : ", ", name);
}

static void check_column(MlContext *context, const MlStep *step, gsize at, gsize *left)
{
    const MlOperation *operation = step->upgrade.operations->items[at];
    const MlColumn *added = &operation->columns[0];
    const char *schema = operation->schema.text, *name = operation->table.text;
    const MlCatalogTable *table = NULL;
    const MlCatalogColumn *column = NULL;
    if (ml_catalog_table(step->upgrade.states->pdata[at], schema, name, &table) !=
            ML_PRESENCE_PRESENT ||
        !ml_is_existing(context, step, &table->existence) ||
        ml_catalog_column(step->upgrade.states->pdata[at + 1], schema, name, added->name.text,
                          &column) != ML_PRESENCE_PRESENT ||
        !is_left_empty(column) ||
        ml_done_before(context, step, at,
                       table->existence.made ? table->existence.made->revision : NULL, empties,
                       (gpointer)name, left))
        return;
    MlFinding *finding =
        ml_report(context, step->node->revision, ml_operation_place(operation),
                  "'%s' is added to '%s' as NOT NULL without a server default: Postgres and SQLite "
                  "refuse it where there are rows",
                  added->name.text, name);
    if (may_be_mysql(context->migrations))
        finding->severity = ML_SEVERITY_WARNING;
    add_help(finding, operation, added);
    if (table->existence.made != NULL)
        ml_finding_relate(finding, table->existence.made->revision, table->existence.origin,
                          "'%s' is made here", name);
    ml_finding_concerns(finding, ML_CATALOG_COLUMN, table->schema, table->name, added->name.text);
}

static void check(MlContext *context, const MlStep *step)
{
    const MlOperations *operations = step->upgrade.operations;
    gsize left = ML_LOOK_BACK;
    if (step->upgrade.raises || is_mysql(context->migrations->dialect))
        return;
    for (gsize i = 0; i < operations->length; i++) {
        const MlOperation *operation = operations->items[i];
        if (operation->kind == ML_ADD_COLUMN && operation->table.is == ML_KNOWN &&
            operation->n_columns == 1 && operation->columns[0].name.is == ML_KNOWN &&
            ml_step_surely_does(step, operation))
            check_column(context, step, i, &left);
    }
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
    "    op.create_table(\"account\", sa.Column(\"id\", sa.Integer, primary_key=True))\n"          \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.drop_table(\"account\")\n"                                                             \
    "# file: versions/2_add.py\n"                                                                  \
    "from alembic import op\n"                                                                     \
    "import sqlalchemy as sa\n"                                                                    \
    "\n"                                                                                           \
    "revision = \"2b3c4d5e6f70\"\n"                                                                \
    "down_revision = \"1a2b3c4d5e6f\"\n"                                                           \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"
#define END                                                                                        \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.drop_column(\"account\", \"active\")\n"

const MlRule ml_rule_not_null_column_without_default = {
    .code = "ML603",
    .name = "not-null-column-without-default",
    .severity = ML_SEVERITY_ERROR,
    .summary = "a NOT NULL column without a server default is added to a table that may hold rows",
    .why =
        "What should the rows hold that are there already? Postgres and SQLite refuse such a "
        "column as soon as the table has a single row: the revision passes on the empty "
        "database of the tests and fails where it matters.\n"
        "\n"
        "default= does not help: SQLAlchemy fills it in when Python inserts a row, and the "
        "database never hears of it. server_default= does, and may be dropped again in a later "
        "revision. Identity, serial and computed columns fill themselves. MySQL gives such rows a "
        "zero or an empty text, which may be as wrong: this is a warning where a project seems to "
        "run on it too, and nothing is said where it is the only one.",
    .bad = BEGINNING
    "    op.add_column(\"account\", sa.Column(\"active\", sa.Boolean, nullable=False, "
    "default=True))\n" END,
    .good = BEGINNING
    "    op.add_column(\n"
    "        \"account\",\n"
    "        sa.Column(\"active\", sa.Boolean, nullable=False, server_default=sa.true()),\n"
    "    )\n" END,
    .check_step = check,
};
