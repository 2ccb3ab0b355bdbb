#include "lint/naming.h"

#include <string.h>

/* An operation that makes batch mode make the table anew. */
typedef struct {
    MlContext *context;
    const MlStep *step;
    const MlOperations *operations;
    gsize at;
    const MlOperation *operation;
    const MlCatalogTable *table; /* before */
} Recreation;

static MlFinding *report(const Recreation *recreation, const MlExistence *existence,
                         const char *what)
{
    MlFinding *finding =
        ml_report(recreation->context, recreation->step->node->revision,
                  ml_operation_place(recreation->operation),
                  "batch mode makes '%s' anew and loses %s", recreation->table->name, what);
    if (existence->made != NULL)
        ml_finding_relate(finding, existence->made->revision, existence->origin, "made here");
    return finding;
}

/* The next operation of the same batch at or behind `at`, which is moved behind it. */
static const MlOperation *next_of_batch(const Recreation *recreation, gsize *at)
{
    while (*at < recreation->operations->length) {
        const MlOperation *operation = recreation->operations->items[(*at)++];
        if (operation->batch == recreation->operation->batch)
            return operation;
    }
    return NULL;
}

/* --- checks without a name ---------------------------------------------------------- */

/* What goes with its column, or is made once more, is no loss. */
static gboolean is_meant_to_go(const Recreation *recreation, MlText condition)
{
    const MlOperation *operation;
    for (gsize at = 0; (operation = next_of_batch(recreation, &at)) != NULL;) {
        if (operation->kind == ML_ADD_CONSTRAINT && operation->constraints->kind == ML_CHECK)
            return TRUE;
        if (operation->kind == ML_DROP_COLUMN &&
            (operation->name.is != ML_KNOWN || condition.is != ML_KNOWN ||
             strstr(condition.text, operation->name.text) != NULL))
            return TRUE;
    }
    return FALSE;
}

static void check_checks(const Recreation *recreation)
{
    const MlBatch *batch = recreation->operation->batch;
    for (gsize i = 0; batch->table_args.is == ML_ABSENT && i < recreation->table->n_constraints;
         i++) {
        const MlCatalogConstraint *check = recreation->table->constraints[i];
        if (check->kind != ML_CHECK || check->naming != ML_NAME_NONE ||
            check->existence.is != ML_PRESENCE_PRESENT ||
            is_meant_to_go(recreation, check->condition))
            continue;
        gboolean is_known = check->condition.is == ML_KNOWN;
        g_autofree char *what =
            g_strdup_printf("a check%s%s%s, which has no name", is_known ? " (" : "",
                            is_known ? check->condition.text : "", is_known ? ")" : "");
        MlFinding *finding = report(recreation, &check->existence, what);
        ml_finding_help(finding,
                        "make it again with a name: "
                        "batch_op.create_check_constraint(\"ck_%s_...\", \"%s\")",
                        recreation->table->name, is_known ? check->condition.text : "...");
    }
}

/* --- collations -------------------------------------------------------------------- */

static gboolean is_told_again(const Recreation *recreation, const char *column)
{
    const MlOperation *operation;
    for (gsize at = 0; (operation = next_of_batch(recreation, &at)) != NULL;)
        if (operation->name.is != ML_KNOWN ||
            (g_str_equal(operation->name.text, column) &&
             (operation->kind == ML_DROP_COLUMN ||
              (operation->change != NULL && operation->change->type->kind != ML_TYPE_ABSENT))))
            return TRUE;
    return FALSE;
}

static void check_collations(const Recreation *recreation)
{
    for (gsize i = 0; i < recreation->table->n_columns; i++) {
        const MlCatalogColumn *column = recreation->table->columns[i];
        if (column->existence.is != ML_PRESENCE_PRESENT || column->type->collation.is != ML_KNOWN ||
            is_told_again(recreation, column->name))
            continue;
        g_autofree char *what = g_strdup_printf("the collation %s of its column '%s'",
                                                column->type->collation.text, column->name);
        MlFinding *finding = report(recreation, &column->existence, what);
        ml_finding_help(
            finding, "say it again: batch_op.alter_column(\"%s\", type_=sa.%s(collation=\"%s\"))",
            column->name, column->type->class_name ? column->type->class_name : "Text",
            column->type->collation.text);
    }
}

/* --- indexes on expressions ------------------------------------------------------------ */

static gboolean is_made_again(const Recreation *recreation, const char *index)
{
    for (gsize i = recreation->at; i < recreation->operations->length; i++) {
        const MlOperation *operation = recreation->operations->items[i];
        if ((operation->kind == ML_CREATE_INDEX || operation->kind == ML_DROP_INDEX) &&
            (operation->name.is != ML_KNOWN || g_strcmp0(operation->name.text, index) == 0))
            return TRUE;
    }
    return FALSE;
}

static void check_expressions(const Recreation *recreation)
{
    for (gsize i = 0; i < recreation->table->n_indexes; i++) {
        const MlCatalogIndex *index = recreation->table->indexes[i];
        const MlDeed *made = index->existence.made;
        if (index->existence.is != ML_PRESENCE_PRESENT || index->name == NULL ||
            !ml_index_has_expression(index) || is_made_again(recreation, index->name) ||
            (made != NULL && made->operation->batch == recreation->operation->batch))
            continue;
        g_autofree char *what =
            g_strdup_printf("the index '%s', which is on an expression", index->name);
        MlFinding *finding = report(recreation, &index->existence, what);
        ml_finding_help(finding,
                        "make it again behind the batch: op.create_index(\"%s\", \"%s\", "
                        "[...])",
                        index->name, recreation->table->name);
    }
}

/* --- the rule -------------------------------------------------------------------------- */

/* The first of its batch, which reads the table from the database. */
static gboolean is_recreation(const Recreation *recreation)
{
    const MlOperation *operation = recreation->operation;
    if (!ml_operation_recreates(operation) || operation->batch->copy_from.is != ML_ABSENT ||
        operation->batch->reflect_args.is != ML_ABSENT || operation->table.is != ML_KNOWN ||
        (operation->circumstances & (ML_CONDITIONAL | ML_REPEATED)))
        return FALSE;
    for (gsize i = 0; i < recreation->at; i++)
        if (recreation->operations->items[i]->batch == operation->batch &&
            ml_operation_recreates(recreation->operations->items[i]))
            return FALSE;
    return TRUE;
}

/* Nothing of a batch is done before its end, and then the table is read as it was at first. */
static gsize beginning_of(const MlOperations *operations, const MlBatch *batch)
{
    gsize first = 0;
    while (operations->items[first]->batch != batch)
        first++;
    return first;
}

static void check(MlContext *context, const MlStep *step)
{
    const MlOperations *operations = step->upgrade.operations;
    if (g_strcmp0(context->migrations->dialect, "sqlite") != 0)
        return;
    for (gsize i = 0; i < operations->length; i++) {
        Recreation recreation = {context, step, operations, i, operations->items[i], NULL};
        if (operations->items[i]->batch == NULL || !is_recreation(&recreation) ||
            !ml_step_does(context, step, recreation.operation))
            continue;
        recreation.at = beginning_of(operations, recreation.operation->batch);
        if (ml_catalog_table(step->upgrade.states->pdata[recreation.at],
                             recreation.operation->schema.text, recreation.operation->table.text,
                             &recreation.table) != ML_PRESENCE_PRESENT)
            continue;
        check_checks(&recreation);
        check_collations(&recreation);
        check_expressions(&recreation);
    }
}

#define FILES(again)                                                                               \
    "# file: ../alembic.ini\n"                                                                     \
    "[alembic]\n"                                                                                  \
    "script_location = migrations\n"                                                               \
    "sqlalchemy.url = sqlite:///bank.db\n"                                                         \
    "# file: env.py\n"                                                                             \
    "from alembic import context\n"                                                                \
    "\n"                                                                                           \
    "context.configure(connection=connection, target_metadata=None)\n"                             \
    "# file: versions/1a2b3c4d5e6f_create_account.py\n"                                            \
    "\"\"\"create account\"\"\"\n"                                                                 \
    "import sqlalchemy as sa\n"                                                                    \
    "from alembic import op\n"                                                                     \
    "\n"                                                                                           \
    "revision = \"1a2b3c4d5e6f\"\n"                                                                \
    "down_revision = None\n"                                                                       \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"                                                                             \
    "    op.create_table(\n"                                                                       \
    "        \"account\",\n"                                                                       \
    "        sa.Column(\"owner\", sa.String(50)),\n"                                               \
    "        sa.Column(\"balance\", sa.Integer, sa.CheckConstraint(\"balance >= 0\")),\n"          \
    "    )\n"                                                                                      \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.drop_table(\"account\")\n"                                                             \
    "# file: versions/2b3c4d5e6f70_every_account_has_an_owner.py\n"                                \
    "\"\"\"every account has an owner\"\"\"\n"                                                     \
    "from alembic import op\n"                                                                     \
    "\n"                                                                                           \
    "revision = \"2b3c4d5e6f70\"\n"                                                                \
    "down_revision = \"1a2b3c4d5e6f\"\n"                                                           \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"                                                                             \
    "    with op.batch_alter_table(\"account\") as batch_op:\n"                                    \
    "        batch_op.alter_column(\"owner\", nullable=False)\n" again "\n"                        \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    with op.batch_alter_table(\"account\") as batch_op:\n"                                    \
    "        batch_op.alter_column(\"owner\", nullable=True)\n"

const MlRule ml_rule_batch_recreate_loses = {
    .code = "ML754",
    .name = "batch-recreate-loses",
    .severity = ML_SEVERITY_WARNING,
    .summary = "batch mode makes a table anew on SQLite, and does not see all that it has",
    .why = "Where SQLite has no ALTER, batch mode makes a new table of what SQLAlchemy sees of the "
           "old one. It does not see checks without a name, collations, and indexes on "
           "expressions: they are gone afterwards, and nothing complains.\n"
           "\n"
           "Give the batch what it cannot see: the check once more, with a name, the column's type "
           "with its collation, or the whole table with copy_from.",
    .bad = FILES(""),
    .good = FILES("        batch_op.create_check_constraint(\"ck_account_balance\", "
                  "\"balance >= 0\")\n"),
    .reference = "https://alembic.sqlalchemy.org/en/latest/batch.html"
                 "#including-check-constraints",
    .check_step = check,
};
