#include "lint/naming.h"

static gboolean is_inline(const MlNamed *named)
{
    MlOperationKind kind = named->operation->kind;
    return (kind == ML_CREATE_TABLE || kind == ML_ADD_COLUMN) && named->constraint != NULL &&
           named->constraint->kind != ML_PRIMARY_KEY;
}

/* unique=True */
static gboolean is_flag(const MlConstraint *constraint)
{
    return constraint->kind == ML_UNIQUE && constraint->inlined &&
           constraint->columns.length == 1 && constraint->columns.items->is == ML_KNOWN;
}

static void add_help(MlFinding *finding, const MlNamed *named)
{
    g_autofree char *suggestion = ml_named_suggestion(named);
    if (suggestion == NULL)
        return;
    if (named->name.needs_name)
        ml_finding_help(finding, "give it the part that the convention asks for: name=\"...\"");
    else if (is_flag(named->constraint))
        ml_finding_help(finding, "write sa.UniqueConstraint(\"%s\", name=\"%s\") beside the column",
                        named->constraint->columns.items->text, suggestion);
    else
        ml_finding_help(finding, "name it: name=\"%s\"", suggestion);
}

static void report(MlContext *context, const MlStep *step, const MlNamed *named)
{
    g_autofree char *what = ml_named_described(named);
    MlFinding *finding = ml_report(
        context, step->node->revision, ml_named_origin(named), "the %s has no name, and %s", what,
        named->name.needs_name ? "the naming convention asks for one: SQLAlchemy refuses it"
                               : "there is no naming convention to give it one");
    if (named->name.needs_name)
        finding->severity = ML_SEVERITY_ERROR;
    add_help(finding, named);
}

static void check(MlContext *context, const MlStep *step)
{
    gboolean is_told = ml_naming_is_told(context);
    g_autoptr(GArray) all = ml_named_in_upgrade(context, step);
    for (guint i = 0; i < all->len; i++) {
        const MlNamed *named = &g_array_index(all, MlNamed, i);
        gboolean nameless = named->name.naming == ML_NAME_NONE && !is_told;
        if (is_inline(named) && (nameless || named->name.needs_name))
            report(context, step, named);
    }
}

#define FILES(name)                                                                                \
    "# file: env.py\n"                                                                             \
    "from alembic import context\n"                                                                \
    "from sqlalchemy import MetaData\n"                                                            \
    "\n"                                                                                           \
    "metadata = MetaData(naming_convention={\"uq\": \"uq_%(table_name)s_%(column_0_N_name)s\"})\n" \
    "context.configure(connection=connection, target_metadata=metadata)\n"                         \
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
    "        sa.Column(\"user_id\", sa.Integer),\n"                                                \
    "        sa.ForeignKeyConstraint([\"user_id\"], [\"users.id\"]" name "),\n"                    \
    "    )\n"                                                                                      \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.drop_table(\"orders\")\n"

const MlRule ml_rule_unnamed_inline_constraint = {
    .code = "ML402",
    .name = "unnamed-inline-constraint",
    .severity = ML_SEVERITY_WARNING,
    .summary = "a constraint within a table or a column has no name, and no convention gives one",
    .why = "A constraint goes with its table, so that it needs no name as long as the table stays "
           "as it is. A later revision that wants to drop it, or to make it anew with ON DELETE, "
           "needs the name, and the databases that are there by then have the one that Postgres "
           "invented, or none at all on SQLite.\n"
           "\n"
           "Where the models have no naming convention whatever, ML404 says so once, and this rule "
           "is silent. It speaks where the convention leaves out the kind of constraint. Where "
           "the convention asks for %(constraint_name)s, as it usually does for checks, this is an "
           "error: SQLAlchemy raises InvalidRequestError.",
    .bad = FILES(""),
    .good = FILES(", name=\"fk_orders_user_id_users\""),
    .reference = "https://alembic.sqlalchemy.org/en/latest/naming.html",
    .check_step = check,
};
