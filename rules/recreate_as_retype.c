#include "lint/call.h"
#include "lint/passage.h"

#include <string.h>

/* The add_column behind operation number `from` that makes the same column again. */
static const MlOperation *made_again(const MlStep *step, const MlOperation *drop, gsize from,
                                     const MlCatalogColumn **column)
{
    const MlCatalog *after = ml_step_upgraded(step);
    if (ml_catalog_column(after, drop->schema.text, drop->table.text, drop->name.text, column) !=
            ML_PRESENCE_PRESENT ||
        (*column)->existence.made == NULL)
        return NULL;
    const MlOperation *maker = (*column)->existence.made->operation;
    for (gsize i = from; i < step->upgrade.operations->length; i++)
        if (step->upgrade.operations->items[i] == maker)
            return maker->kind == ML_ADD_COLUMN && ml_step_surely_does(step, maker) ? maker : NULL;
    return NULL;
}

static gboolean has_other_type(const MlContext *context, const MlCatalogColumn *old,
                               const MlCatalogColumn *new)
{
    const char *dialect = context->migrations->dialect;
    g_autofree char *before = ml_type_signature(old->type, dialect);
    g_autofree char *after = ml_type_signature(new->type, dialect);
    return before != NULL && after != NULL && !g_str_equal(before, after);
}

/* None are where something else gets them, or the table has been emptied before. */
static gboolean are_lost(const MlStep *step, gsize at, const char *table, const char *column)
{
    const MlOperations *operations = step->upgrade.operations;
    for (gsize i = 0; i < operations->length; i++)
        if ((i < at && (ml_operation_may_read(operations->items[i], table, column) ||
                        ml_operation_may_remove_rows(operations->items[i], table, TRUE))) ||
            (i > at && ml_operation_may_write(operations->items[i], table, column)))
            return FALSE;
    return TRUE;
}

/* As the revision spells it: "sa.BigInteger()". */
static char *spelling(const MlRevision *revision, const MlOperation *add)
{
    const MlOrigin origin = add->columns[0].type->origin;
    gboolean is_python = add->statement == NULL && origin.module == revision->module;
    g_autofree char *text = is_python ? ml_origin_text(origin) : NULL;
    return g_strdup(text && *text != '\0' && strchr(text, '\n') == NULL ? text : "...");
}

static void add_help(const MlContext *context, MlFinding *finding, const MlOperation *drop,
                     const char *type)
{
    g_autofree char *column = ml_python_string(drop->name.text);
    g_autofree char *table = ml_python_string(drop->table.text);
    gboolean postgres = g_strcmp0(context->migrations->dialect, "postgresql") == 0;
    ml_finding_help(finding, "write %s(%s%s%s, type_=%s)%s",
                    drop->batch ? "batch_op.alter_column" : "op.alter_column",
                    drop->batch ? "" : table, drop->batch ? "" : ", ", column, type,
                    postgres ? "; postgresql_using= says how the values become the new type, "
                               "where Postgres does not know"
                             : "");
}

static void check_drop(MlContext *context, const MlStep *step, gsize at)
{
    const MlOperation *drop = step->upgrade.operations->items[at];
    const MlCatalogColumn *old = NULL, *new = NULL;
    const char *table = drop->table.text, *name = drop->name.text;
    if (ml_catalog_column(step->upgrade.states->pdata[at], drop->schema.text, table, name, &old) !=
            ML_PRESENCE_PRESENT ||
        !ml_is_existing(context, step, &old->existence))
        return;
    const MlOperation *add = made_again(step, drop, at + 1, &new);
    if (add == NULL || !has_other_type(context, old, new) || !are_lost(step, at, table, name))
        return;
    const MlRevision *revision = step->node->revision;
    MlFinding *finding = ml_report(context, revision, ml_operation_place(drop),
                                   "'%s' of '%s' is dropped and added again with another type: its "
                                   "values are lost",
                                   name, table);
    g_autofree char *type = spelling(revision, add);
    add_help(context, finding, drop, type);
    ml_finding_relate(finding, revision, ml_operation_place(add), "it is added again here");
    const MlCatalogTable *owner = NULL;
    ml_catalog_table(ml_step_upgraded(step), drop->schema.text, table, &owner);
    ml_finding_concerns(finding, ML_CATALOG_COLUMN, owner->schema, owner->name, name);
}

static void check(MlContext *context, const MlStep *step)
{
    const MlOperations *operations = step->upgrade.operations;
    for (gsize i = 0; i < operations->length && !step->upgrade.raises; i++) {
        const MlOperation *operation = operations->items[i];
        if (operation->kind == ML_DROP_COLUMN && operation->table.is == ML_KNOWN &&
            operation->name.is == ML_KNOWN && ml_step_surely_does(step, operation))
            check_drop(context, step, i);
    }
}

static const char *const superseded[] = {"ML601", "ML304", "ML307", NULL};

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
    "    op.create_table(\n"                                                                       \
    "        \"payment\",\n"                                                                       \
    "        sa.Column(\"id\", sa.Integer, primary_key=True),\n"                                   \
    "        sa.Column(\"amount\", sa.Integer),\n"                                                 \
    "    )\n"                                                                                      \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.drop_table(\"payment\")\n"                                                             \
    "# file: versions/2_retype.py\n"                                                               \
    "from alembic import op\n"                                                                     \
    "import sqlalchemy as sa\n"                                                                    \
    "\n"                                                                                           \
    "revision = \"2b3c4d5e6f70\"\n"                                                                \
    "down_revision = \"1a2b3c4d5e6f\"\n"                                                           \
    "\n"                                                                                           \
    "\n"

const MlRule ml_rule_recreate_as_retype = {
    .code = "ML503",
    .name = "recreate-as-retype",
    .severity = ML_SEVERITY_ERROR,
    .summary = "a column is dropped and added again with another type, and its values are lost",
    .why = "To drop a column and to add it again under its name gives it another type, but every "
           "value in it is gone, and no downgrade brings them back. alter_column() changes the "
           "type and keeps what can be converted.\n"
           "\n"
           "Where a database cannot convert by itself, Postgres is told how by postgresql_using=, "
           "or the values go through a second column: add it, UPDATE it from the first, drop the "
           "first, rename. Nothing is said where anything reads the column before it goes, or "
           "writes to the new one, nor where all rows are deleted before.",
    .bad = BEGINNING "def upgrade():\n"
                     "    op.drop_column(\"payment\", \"amount\")\n"
                     "    op.add_column(\"payment\", sa.Column(\"amount\", sa.BigInteger))\n"
                     "\n"
                     "\n"
                     "def downgrade():\n"
                     "    op.drop_column(\"payment\", \"amount\")\n"
                     "    op.add_column(\"payment\", sa.Column(\"amount\", sa.Integer))\n",
    .good = BEGINNING "def upgrade():\n"
                      "    op.alter_column(\"payment\", \"amount\", type_=sa.BigInteger)\n"
                      "\n"
                      "\n"
                      "def downgrade():\n"
                      "    op.alter_column(\"payment\", \"amount\", type_=sa.Integer)\n",
    .supersedes = superseded,
    .check_step = check,
};
