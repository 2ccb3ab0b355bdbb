#include "lint/heads.h"

static gboolean names(const GArray *references, const char *id)
{
    for (guint i = 0; i < references->len; i++)
        if (g_strcmp0(g_array_index(references, MlReference, i).text, id) == 0)
            return TRUE;
    return FALSE;
}

static gboolean are_equal(const GArray *a, const GArray *b)
{
    for (guint i = 0; i < a->len; i++)
        if (!names(b, g_array_index(a, MlReference, i).text))
            return FALSE;
    for (guint i = 0; i < b->len; i++)
        if (!names(a, g_array_index(b, MlReference, i).text))
            return FALSE;
    return TRUE;
}

static char *list(const GArray *references)
{
    GString *out = g_string_new(references->len == 0 ? "nothing" : NULL);
    for (guint i = 0; i < references->len; i++)
        g_string_append_printf(out, "%s'%s'",
                               i == 0                     ? ""
                               : i + 1 == references->len ? " and "
                                                          : ", ",
                               g_array_index(references, MlReference, i).text);
    return g_string_free(out, FALSE);
}

static guint most_heads(const MlMigrations *migrations, const MlPreferences *preferences)
{
    guint most = 0;
    g_autoptr(GPtrArray) lines = ml_migrations_lines(migrations, preferences);
    for (guint i = 0; i < lines->len; i++)
        most = MAX(most, ((GPtrArray *)g_ptr_array_index(lines, i))->len);
    return most;
}

/* Whether the base has several heads in a line, and the merge has fewer. */
static gboolean repairs(const MlContext *context)
{
    const MlPreferences *preferences = ml_policy_preferences(context->policy);
    return most_heads(context->change->base, preferences) >
           most_heads(context->migrations, preferences);
}

static void report(MlContext *context, const MlRevision *revision, const char *variable,
                   const GArray *before, const GArray *now)
{
    g_autofree char *old = list(before), *new = list(now);
    gboolean repair = repairs(context);
    MlFinding *finding =
        ml_report(context, revision, revision->down_revision,
                  "'%s' is on %s already and its %s changes from %s to %s", revision->id.text,
                  context->change->merge->base.name, variable, old, new);
    if (repair) {
        finding->severity = MIN(finding->severity, ML_SEVERITY_WARNING);
        ml_finding_help(finding,
                        "this repairs several heads, which is right as long as no "
                        "database has run '%s'; else join them with `alembic merge`",
                        revision->id.text);
    } else {
        ml_finding_help(finding,
                        "leave it as it is there: a database that has run '%s' will not "
                        "run what is put before it now",
                        revision->id.text);
    }
}

static void check(MlContext *context, const MlRevision *revision)
{
    const guint unknown = ML_UNKNOWN_PARENTS | ML_UNKNOWN_DEPENDENCIES;
    const MlChange *change = context->change;
    const MlRevision *before = change ? ml_change_before(change, revision) : NULL;
    if (before == NULL || ((before->unknown | revision->unknown) & unknown) ||
        ml_change_is_squash(change, revision))
        return;
    if (!are_equal(before->down_revisions, revision->down_revisions))
        report(context, revision, "down_revision", before->down_revisions,
               revision->down_revisions);
    if (!are_equal(before->depends_on, revision->depends_on))
        report(context, revision, "depends_on", before->depends_on, revision->depends_on);
}

#define FIRST                                                                                      \
    "# file: versions/1a2b3c4d5e6f_create_account.py\n"                                            \
    "\"\"\"create account\"\"\"\n"                                                                 \
    "revision = \"1a2b3c4d5e6f\"\n"                                                                \
    "down_revision = None\n"
#define SECOND                                                                                     \
    "# file: versions/2b3c4d5e6f70_add_email.py\n"                                                 \
    "\"\"\"add email\"\"\"\n"                                                                      \
    "revision = \"2b3c4d5e6f70\"\n"
#define NEW                                                                                        \
    "# file: versions/3c4d5e6f7081_add_phone.py\n"                                                 \
    "\"\"\"add phone\"\"\"\n"                                                                      \
    "revision = \"3c4d5e6f7081\"\n"
#define BASE "# base:\n" FIRST SECOND "down_revision = \"1a2b3c4d5e6f\"\n"

const MlRule ml_rule_published_revision_reparented = {
    .code = "ML203",
    .name = "published-revision-reparented",
    .severity = ML_SEVERITY_ERROR,
    .compares = TRUE,
    .summary = "a revision that the base holds has another parent or dependency",
    .why = "A database that has run the revision counts everything before it as run. A revision "
           "that is put in between afterwards is skipped there without a word, and its tables and "
           "columns are missing.\n"
           "\n"
           "New revisions go behind the newest one. Where the base has several heads, putting one "
           "line behind the other repairs that, and is a warning only: it is right if no database "
           "has run the revision yet.",
    .bad = BASE "# head:\n" FIRST NEW "down_revision = \"1a2b3c4d5e6f\"\n" SECOND
                "down_revision = \"3c4d5e6f7081\"\n",
    .good = BASE "# head:\n" FIRST SECOND "down_revision = \"1a2b3c4d5e6f\"\n" NEW
                 "down_revision = \"2b3c4d5e6f70\"\n",
    .check_revision = check,
};
