#include "lint/naming.h"

#include <string.h>

/* --- whether foreign keys are enforced ------------------------------------------- */

static gboolean matches(const char *text, const char *values)
{
    g_autofree char *pattern =
        g_strdup_printf("(?i)\\bPRAGMA\\s+(main\\.)?foreign_keys\\s*(=|\\()\\s*(%s)\\b", values);
    return g_regex_match_simple(pattern, text, G_REGEX_RAW, 0);
}

/* env.py says so to SQLite, and nowhere the opposite. */
static gboolean are_enforced(const MlContext *context)
{
    const char *env = context->migrations->setup->env;
    g_autoptr(GBytes) bytes = env ? ml_tree_read(context->tree, env, NULL, NULL) : NULL;
    if (bytes == NULL)
        return FALSE;
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    return matches(text, "ON|1|TRUE|YES") && !matches(text, "OFF|0|FALSE|NO");
}

static gboolean speaks_of_keys(const MlOperations *operations)
{
    for (gsize i = 0; i < operations->length; i++) {
        const MlStatement *statement = operations->items[i]->statement;
        if (statement != NULL &&
            (statement->text == NULL || strstr(statement->text, "foreign_keys") != NULL))
            return TRUE;
    }
    return FALSE;
}

/* --- the rule ------------------------------------------------------------------------- */

static gboolean is_recreation(const MlOperations *operations, gsize at)
{
    const MlOperation *operation = operations->items[at];
    if (!ml_operation_recreates(operation) || operation->table.is != ML_KNOWN ||
        (operation->circumstances & (ML_CONDITIONAL | ML_REPEATED)))
        return FALSE;
    for (gsize i = 0; i < at; i++)
        if (operations->items[i]->batch == operation->batch &&
            ml_operation_recreates(operations->items[i]))
            return FALSE;
    return TRUE;
}

/* What this revision makes has no rows to lose. */
static gboolean is_older(const MlExistence *existence, const MlRevision *revision)
{
    return existence->is == ML_PRESENCE_PRESENT &&
           (existence->made == NULL || existence->made->revision != revision);
}

static const char *said_of(const MlCatalogConstraint *key)
{
    if (key->definition == NULL)
        return NULL;
    if (ml_text_is(key->definition->ondelete, "CASCADE"))
        return "deletes the rows of";
    return ml_text_is(key->definition->ondelete, "SET NULL") ? "empties the foreign key of" : NULL;
}

static void check_table(MlContext *context, const MlStep *step, const MlCatalog *before,
                        const MlOperation *operation)
{
    const MlRevision *revision = step->node->revision;
    const MlCatalogTable *table = NULL;
    if (ml_catalog_table(before, operation->schema.text, operation->table.text, &table) !=
            ML_PRESENCE_PRESENT ||
        !is_older(&table->existence, revision))
        return;
    g_autoptr(GArray) referrers = ml_catalog_referrers(before, table->schema, table->name, NULL);
    for (guint i = 0; i < referrers->len; i++) {
        const MlReferrer *child = &g_array_index(referrers, MlReferrer, i);
        const char *said = said_of(child->key);
        if (said == NULL || !is_older(&child->table->existence, revision) ||
            !is_older(&child->key->existence, revision))
            continue;
        MlFinding *finding = ml_report(
            context, revision, ml_operation_place(operation),
            "batch mode drops the old '%s' while foreign keys are enforced, which %s '%s'",
            table->name, said, child->table->name);
        if (child->key->existence.made != NULL)
            ml_finding_relate(finding, child->key->existence.made->revision,
                              child->key->existence.origin, "by ON DELETE %s",
                              child->key->definition->ondelete.text);
        ml_finding_help(finding, "in env.py, before the migrations run: "
                                 "connection.exec_driver_sql(\"PRAGMA foreign_keys=OFF\")");
    }
}

static void check(MlContext *context, const MlStep *step)
{
    const MlPassage *upgrade = &step->upgrade;
    gboolean enforced = g_strcmp0(context->migrations->dialect, "sqlite") == 0 &&
                        !speaks_of_keys(upgrade->operations);
    for (gsize i = 0; enforced && i < upgrade->operations->length; i++) {
        const MlOperation *operation = upgrade->operations->items[i];
        if (!is_recreation(upgrade->operations, i) || !ml_step_does(context, step, operation))
            continue;
        enforced = are_enforced(context);
        if (enforced)
            check_table(context, step, upgrade->states->pdata[i], operation);
    }
}

#define FILES(pragma)                                                                              \
    "# file: ../alembic.ini\n"                                                                     \
    "[alembic]\n"                                                                                  \
    "script_location = migrations\n"                                                               \
    "sqlalchemy.url = sqlite:///bank.db\n"                                                         \
    "# file: env.py\n"                                                                             \
    "from alembic import context\n"                                                                \
    "\n"                                                                                           \
    "connection.exec_driver_sql(\"PRAGMA foreign_keys=" pragma "\")\n"                             \
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
    "        sa.Column(\"id\", sa.Integer, primary_key=True),\n"                                   \
    "        sa.Column(\"owner\", sa.String(50)),\n"                                               \
    "    )\n"                                                                                      \
    "    op.create_table(\n"                                                                       \
    "        \"booking\",\n"                                                                       \
    "        sa.Column(\"account\", sa.ForeignKey(\"account.id\", ondelete=\"CASCADE\")),\n"       \
    "    )\n"                                                                                      \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.drop_table(\"booking\")\n"                                                             \
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
    "        batch_op.alter_column(\"owner\", nullable=False)\n"                                   \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    with op.batch_alter_table(\"account\") as batch_op:\n"                                    \
    "        batch_op.alter_column(\"owner\", nullable=True)\n"

const MlRule ml_rule_batch_recreate_cascades = {
    .code = "ML753",
    .name = "batch-recreate-cascades",
    .severity = ML_SEVERITY_ERROR,
    .summary = "batch mode drops a table that others cascade from, while foreign keys are enforced",
    .why =
        "Batch mode copies the rows into a new table, drops the old one and renames the new one. "
        "While PRAGMA foreign_keys is on, SQLite takes the drop for the deletion of every row, "
        "and does what ON DELETE says: with CASCADE the rows of the other table are deleted, "
        "with SET NULL they lose what they refer to. There is no error, and the table itself is "
        "whole again afterwards.\n"
        "\n"
        "Switch the enforcement off for the connection that migrates. That has to happen before "
        "a transaction begins: within one SQLite ignores it. This rule knows of an "
        "enforcement that env.py switches on.",
    .bad = FILES("ON"),
    .good = FILES("OFF"),
    .reference = "https://www.sqlite.org/foreignkeys.html#fk_schemacommands",
    .check_step = check,
};
