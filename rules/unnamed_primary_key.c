#include "lint/naming.h"

static gboolean lacks_name(const MlNamed *named)
{
    const MlConstraint *key = named->constraint;
    return key != NULL && key->kind == ML_PRIMARY_KEY && named->name.naming == ML_NAME_NONE &&
           key->columns.is == ML_KNOWN && key->columns.length > 0;
}

static void check(MlContext *context, const MlStep *step)
{
    g_autoptr(GArray) all = ml_named_in_upgrade(context, step);
    for (guint i = 0; i < all->len; i++) {
        const MlNamed *named = &g_array_index(all, MlNamed, i);
        if (!lacks_name(named))
            continue;
        g_autofree char *what = ml_named_described(named);
        g_autofree char *suggestion = ml_named_suggestion(named);
        g_autofree char *columns = ml_named_columns(named, "\", \"");
        MlFinding *finding =
            ml_report(context, step->node->revision, ml_named_origin(named),
                      "the %s has no name, and there is no naming convention to give it one", what);
        if (suggestion != NULL && columns != NULL)
            ml_finding_help(finding, "name it: sa.PrimaryKeyConstraint(\"%s\", name=\"%s\")",
                            columns, suggestion);
    }
}

#define FILES(column, key)                                                                         \
    "# file: env.py\n"                                                                             \
    "from alembic import context\n"                                                                \
    "from sqlalchemy import MetaData\n"                                                            \
    "\n"                                                                                           \
    "context.configure(connection=connection, target_metadata=MetaData())\n"                       \
    "# file: versions/2b3c4d5e6f70_create_order.py\n"                                              \
    "\"\"\"create order\"\"\"\n"                                                                   \
    "import sqlalchemy as sa\n"                                                                    \
    "from alembic import op\n"                                                                     \
    "\n"                                                                                           \
    "revision = \"2b3c4d5e6f70\"\n"                                                                \
    "down_revision = None\n"                                                                       \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"                                                                             \
    "    op.create_table(\n"                                                                       \
    "        \"orders\",\n"                                                                        \
    "        sa.Column(\"id\", sa.Integer" column "),\n" key "    )\n"                             \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.drop_table(\"orders\")\n"

const MlRule ml_rule_unnamed_primary_key = {
    .code = "ML407",
    .name = "unnamed-primary-key",
    .severity = ML_SEVERITY_WARNING,
    .off = TRUE,
    .summary = "a primary key is made without a name, and no naming convention gives it one",
    .why =
        "Postgres calls a primary key after its table, \"orders_pkey\", and goes on calling it so "
        "when the table is renamed. Whoever changes the key then has to find out its name "
        "first, and it is another one on every database.\n"
        "\n"
        "Most projects never change a primary key: this is for those that want every constraint "
        "to have a name.",
    .bad = FILES(", primary_key=True", ""),
    .good = FILES("", "        sa.PrimaryKeyConstraint(\"id\", name=\"pk_orders\"),\n"),
    .reference = "https://alembic.sqlalchemy.org/en/latest/naming.html",
    .check_step = check,
};
