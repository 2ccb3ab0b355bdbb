#include "lint/naming.h"

/* A primary key is always called after its table: that is another rule's matter. */
static gboolean lacks_name(const MlNamed *named)
{
    return named->operation->kind == ML_ADD_CONSTRAINT &&
           named->constraint->kind != ML_PRIMARY_KEY &&
           (named->name.naming == ML_NAME_NONE || named->name.needs_name);
}

static void report(MlContext *context, const MlStep *step, const MlNamed *named)
{
    g_autofree char *what = ml_named_described(named);
    g_autofree char *suggestion = ml_named_suggestion(named);
    MlFinding *finding = ml_report(
        context, step->node->revision, ml_named_origin(named), "the %s has no name, and %s", what,
        named->name.needs_name ? "the naming convention asks for one: SQLAlchemy refuses it"
                               : "there is no naming convention to give it one");
    if (suggestion != NULL)
        ml_finding_help(finding, "name it, and drop it by that name: %s.%s(\"%s\", ...)",
                        named->operation->batch ? "batch_op" : "op",
                        ml_operation_name(named->operation), suggestion);
}

static void check(MlContext *context, const MlStep *step)
{
    g_autoptr(GArray) all = ml_named_in_upgrade(context, step);
    for (guint i = 0; i < all->len; i++) {
        const MlNamed *named = &g_array_index(all, MlNamed, i);
        if (lacks_name(named))
            report(context, step, named);
    }
}

#define ENV                                                                                        \
    "# file: env.py\n"                                                                             \
    "from alembic import context\n"                                                                \
    "from sqlalchemy import MetaData\n"                                                            \
    "\n"                                                                                           \
    "context.configure(connection=connection, target_metadata=MetaData())\n"                       \
    "# file: versions/2b3c4d5e6f70_orders_have_a_user.py\n"                                        \
    "\"\"\"orders have a user\"\"\"\n"                                                             \
    "from alembic import op\n"                                                                     \
    "\n"                                                                                           \
    "revision = \"2b3c4d5e6f70\"\n"                                                                \
    "down_revision = None\n"                                                                       \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"

const MlRule ml_rule_unnamed_constraint = {
    .code = "ML401",
    .name = "unnamed-constraint",
    .severity = ML_SEVERITY_ERROR,
    .summary = "a constraint is added without a name, and no naming convention gives it one",
    .why = "Whoever wants to drop a constraint has to name it. Without a name Postgres invents one "
           "(\"orders_user_id_fkey\"), MySQL another, and SQLite none at all, so that no "
           "downgrade() and no later revision can name it everywhere. Autogenerate writes None "
           "for the name, and None again into the downgrade(), which then fails.\n"
           "\n"
           "Name the constraint, or give the models' MetaData a naming_convention: Alembic applies "
           "it to what a revision leaves without a name.",
    .bad = ENV "    op.create_foreign_key(None, \"orders\", \"users\", [\"user_id\"], [\"id\"])\n"
               "\n"
               "\n"
               "def downgrade():\n"
               "    op.drop_constraint(\"orders_user_id_fkey\", \"orders\")\n",
    .good = ENV "    op.create_foreign_key(\n"
                "        \"fk_orders_user_id_users\", \"orders\", \"users\", [\"user_id\"], "
                "[\"id\"]\n"
                "    )\n"
                "\n"
                "\n"
                "def downgrade():\n"
                "    op.drop_constraint(\"fk_orders_user_id_users\", \"orders\")\n",
    .reference = "https://alembic.sqlalchemy.org/en/latest/naming.html",
    .check_step = check,
};
