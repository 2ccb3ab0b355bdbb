#include "lint/naming.h"

#include <string.h>

enum { MOST_LETTERS = 63 };

static gboolean is_nameable(const MlNamed *named)
{
    return ml_named_text(named).is == ML_KNOWN && named->name.text != NULL && !named->name.prefixed;
}

static gboolean fits(char *const *frame, const char *name)
{
    return strlen(name) > strlen(frame[0]) + strlen(frame[1]) && g_str_has_prefix(name, frame[0]) &&
           g_str_has_suffix(name, frame[1]);
}

/* The name that the convention would give, if it is not the one that is there; else NULL. */
static char *expected(const MlNamed *named)
{
    const char *name = ml_named_text(named).text;
    g_auto(GStrv) frame = ml_named_frame(named);
    if (frame != NULL)
        return fits(frame, name) ? NULL : g_strconcat(frame[0], "...", frame[1], NULL);
    MlResolvedName own = ml_named_by_convention(named);
    if (own.naming != ML_NAME_BY_CONVENTION || g_utf8_strlen(name, -1) > MOST_LETTERS ||
        g_utf8_strlen(own.text, -1) > MOST_LETTERS || g_str_equal(own.text, name) ||
        g_str_equal(own.text, named->name.text))
        return NULL;
    return g_strdup(own.text);
}

static void check(MlContext *context, const MlStep *step)
{
    if (context->migrations->setup->naming_convention != ML_FACT_KNOWN)
        return;
    g_autoptr(GArray) all = ml_named_in_upgrade(context, step);
    for (guint i = 0; i < all->len; i++) {
        const MlNamed *named = &g_array_index(all, MlNamed, i);
        g_autofree char *name = is_nameable(named) ? expected(named) : NULL;
        if (name == NULL)
            continue;
        g_autofree char *what = ml_named_described(named);
        MlFinding *finding = ml_report(context, step->node->revision, ml_named_origin(named),
                                       "the %s is called '%s', and '%s' by the convention", what,
                                       named->name.text, name);
        ml_finding_help(finding, "write op.f(\"%s\")", name);
    }
}

#define FILES(name)                                                                                \
    "# file: env.py\n"                                                                             \
    "from alembic import context\n"                                                                \
    "from sqlalchemy import MetaData\n"                                                            \
    "\n"                                                                                           \
    "metadata = MetaData(naming_convention={\"uq\": \"uq_%(table_name)s_%(column_0_N_name)s\"})\n" \
    "context.configure(connection=connection, target_metadata=metadata)\n"                         \
    "# file: versions/2b3c4d5e6f70_one_email_a_user.py\n"                                          \
    "\"\"\"one email a user\"\"\"\n"                                                               \
    "from alembic import op\n"                                                                     \
    "\n"                                                                                           \
    "revision = \"2b3c4d5e6f70\"\n"                                                                \
    "down_revision = None\n"                                                                       \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"                                                                             \
    "    op.create_unique_constraint(op.f(\"" name "\"), \"users\", [\"email\"])\n"                \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.drop_constraint(op.f(\"" name "\"), \"users\")\n"

const MlRule ml_rule_name_breaks_convention = {
    .code = "ML405",
    .name = "name-breaks-convention",
    .severity = ML_SEVERITY_WARNING,
    .off = TRUE,
    .summary = "a constraint or an index has another name than the naming convention gives",
    .why = "The models' MetaData has a naming convention, so that everybody can tell the name of a "
           "constraint without looking it up. One that is called otherwise has to be looked up "
           "after all, and where the model leaves the name to the convention, the model and the "
           "database call it differently.\n"
           "\n"
           "A name may be chosen with care: this rule is for projects that want none of their own.",
    .bad = FILES("users_email_unique"),
    .good = FILES("uq_users_email"),
    .reference = "https://alembic.sqlalchemy.org/en/latest/naming.html",
    .check_step = check,
};
