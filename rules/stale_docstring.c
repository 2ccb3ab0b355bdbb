#include "miglint/lint.h"

#include <string.h>

/* "None", "<base>", "(none)": the first of all revises nothing. */
static gboolean means_none(const char *word)
{
    return g_ascii_strcasecmp(word, "none") == 0 || strcmp(word, "<base>") == 0;
}

/*
 * The ids that a "Revises:" line names: none for an empty one. NULL if it is
 * prose ("table account"): ids are parted by commas.
 */
static GHashTable *ids_in(const char *text)
{
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    for (char **word = words; *word != NULL; word++) {
        g_strstrip(g_strdelimit(*word, "()[]'\"", ' '));
        if (strpbrk(*word, " \t") != NULL)
            return NULL;
        if (**word != '\0' && !means_none(*word))
            g_hash_table_add(ids, g_strdup(*word));
    }
    return g_steal_pointer(&ids);
}

static gboolean contradicts(const char *text, const GArray *parents)
{
    g_autoptr(GHashTable) named = ids_in(text);
    if (named == NULL)
        return FALSE;
    for (guint i = 0; i < parents->len; i++)
        if (!g_hash_table_contains(named, g_array_index(parents, MlReference, i).text))
            return TRUE;
    return g_hash_table_size(named) != parents->len;
}

static char *join_parents(const GArray *parents)
{
    GString *joined = g_string_new(NULL);
    for (guint i = 0; i < parents->len; i++)
        g_string_append_printf(joined, "%s%s", i ? ", " : "",
                               g_array_index(parents, MlReference, i).text);
    return g_string_free(joined, FALSE);
}

static void check_id(MlContext *context, const MlRevision *revision)
{
    g_autofree char *stated = NULL;
    MlOrigin where;
    if (revision->id.text == NULL ||
        !ml_revision_docstring_line(revision, "Revision ID", &stated, &where) ||
        strcmp(stated, revision->id.text) == 0)
        return;
    MlFinding *finding = ml_report(context, revision, where,
                                   "the docstring says 'Revision ID: %s', but the revision is '%s'",
                                   stated, revision->id.text);
    ml_finding_help(finding, "write \"Revision ID: %s\"", revision->id.text);
}

static void check_parents(MlContext *context, const MlRevision *revision)
{
    g_autofree char *stated = NULL;
    MlOrigin where;
    if (!ml_revision_docstring_line(revision, "Revises", &stated, &where) ||
        !contradicts(stated, revision->down_revisions))
        return;
    g_autofree char *parents = join_parents(revision->down_revisions);
    MlFinding *finding = ml_report(context, revision, where,
                                   "the docstring says 'Revises:%s%s', but down_revision is %s%s%s",
                                   *stated ? " " : "", stated, *parents ? "'" : "",
                                   *parents ? parents : "None", *parents ? "'" : "");
    ml_finding_help(finding, "write \"Revises:%s%s\"", *parents ? " " : "", parents);
}

static void check(MlContext *context, const MlRevision *revision)
{
    if (revision->problem != ML_REVISION_OK)
        return;
    check_id(context, revision);
    check_parents(context, revision);
}

const MlRule ml_rule_stale_docstring = {
    .code = "ML110",
    .name = "stale-docstring",
    .severity = ML_SEVERITY_NOTE,
    .summary = "the docstring's Revision ID or Revises contradict the variables",
    .why = "Alembic reads the variables alone, but people read the docstring first. One that was "
           "not changed along with down_revision sends them looking for the wrong parent, mostly "
           "on the day when two heads have to be sorted out.",
    .bad = "\"\"\"add email\n"
           "\n"
           "Revision ID: 2b3c4d5e6f70\n"
           "Revises: 1a2b3c4d5e6f\n"
           "\n"
           "\"\"\"\n"
           "revision = \"2b3c4d5e6f70\"\n"
           "down_revision = None\n",
    .good = "\"\"\"add email\n"
            "\n"
            "Revision ID: 2b3c4d5e6f70\n"
            "Revises:\n"
            "\n"
            "\"\"\"\n"
            "revision = \"2b3c4d5e6f70\"\n"
            "down_revision = None\n",
    .check_revision = check,
};
