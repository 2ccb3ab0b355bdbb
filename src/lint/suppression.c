#include "lint/suppression.h"

#include <string.h>

static gboolean covers(const MlSuppression *suppression, guint line)
{
    switch (suppression->kind) {
    case ML_SUPPRESSION_FILE:
        return TRUE;
    case ML_SUPPRESSION_LINE:
    case ML_SUPPRESSION_ABOVE:
        return line > 0 && (line == suppression->line ||
                            (suppression->first_line <= line && line <= suppression->last_line));
    default:
        return FALSE;
    }
}

/*
 * The word that names the finding's rule, or the suppression itself where it
 * means every rule; NULL if neither. What is said of the comments themselves
 * is suppressed by name alone: else one that ignores everything would always
 * suppress that it suppresses nothing.
 */
static gpointer naming(const MlSuppression *suppression, const MlFinding *finding)
{
    gboolean by_name = finding->rule->check_suppression != NULL;
    for (guint i = 0; i < suppression->rules->len; i++) {
        MlReference *word = &g_array_index(suppression->rules, MlReference, i);
        guint closeness = ml_rule_closeness(finding->rule, word->text);
        if (closeness > 0 && (!by_name || closeness >= strlen(finding->rule->code)))
            return word;
    }
    return suppression->has_list || by_name ? NULL : (gpointer)suppression;
}

static void mark(MlContext *context, MlFinding *finding, const MlSuppression *suppression)
{
    static const char *const kinds[] = {"line", "above", "file"};
    gpointer word =
        covers(suppression, finding->position.line) ? naming(suppression, finding) : NULL;
    if (word == NULL)
        return;
    g_hash_table_add(context->used, word);
    if (finding->suppressed != NULL)
        return;
    finding->suppressed = kinds[suppression->kind];
    finding->reason = g_strdup(suppression->reason);
}

/* The revisions that hold suppressions, by their paths. */
static GHashTable *index_revisions(const GPtrArray *revisions)
{
    GHashTable *index = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < revisions->len; i++) {
        MlRevision *revision = g_ptr_array_index(revisions, i);
        if (revision->suppressions->len > 0)
            g_hash_table_insert(index, revision->path, revision);
    }
    return index;
}

void ml_suppress(MlContext *context, guint first)
{
    g_autoptr(GHashTable) index = index_revisions(context->migrations->revisions);
    for (guint i = first; i < context->findings->len; i++) {
        MlFinding *finding = g_ptr_array_index(context->findings, i);
        const MlRevision *revision =
            finding->path ? g_hash_table_lookup(index, finding->path) : NULL;
        for (guint j = 0; revision != NULL && j < revision->suppressions->len; j++)
            mark(context, finding, &g_array_index(revision->suppressions, MlSuppression, j));
    }
}

/* --- files of several projects --------------------------------------------------- */

static void count(GHashTable *counts, char *key)
{
    guint before = GPOINTER_TO_UINT(g_hash_table_lookup(counts, key));
    g_hash_table_replace(counts, key, GUINT_TO_POINTER(before + 1));
}

/* How many projects have each file: counts by path. */
static GHashTable *count_owners(const GPtrArray *migrations)
{
    GHashTable *owners = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < migrations->len; i++) {
        const GPtrArray *revisions = ((MlMigrations *)g_ptr_array_index(migrations, i))->revisions;
        for (guint j = 0; j < revisions->len; j++)
            count(owners, g_strdup(((MlRevision *)g_ptr_array_index(revisions, j))->path));
    }
    return owners;
}

/* What is said of a comment, in whichever project; NULL for other findings. */
static char *statement(const MlFinding *finding)
{
    if (finding->rule->check_suppression == NULL)
        return NULL;
    return g_strdup_printf("%s\n%u %u\n%s", finding->path, finding->position.line,
                           finding->position.column, finding->message);
}

static GHashTable *count_statements(const GPtrArray *found)
{
    GHashTable *statements = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < found->len; i++) {
        const GPtrArray *findings = g_ptr_array_index(found, i);
        for (guint j = 0; j < findings->len; j++) {
            char *said = statement(g_ptr_array_index(findings, j));
            if (said != NULL)
                count(statements, said);
        }
    }
    return statements;
}

static gboolean is_disputed(const MlFinding *finding, GHashTable *owners, GHashTable *statements)
{
    g_autofree char *said = statement(finding);
    return said != NULL &&
           g_hash_table_lookup(statements, said) != g_hash_table_lookup(owners, finding->path);
}

/* What is said of a file that is no revision, as env.py, and was said for another project. */
static gboolean is_said_again(const MlFinding *finding, GHashTable *said)
{
    if (finding->revision != NULL || finding->path == NULL)
        return FALSE;
    return !g_hash_table_add(said, g_strdup_printf("%s\n%s\n%u %u\n%s", finding->rule->code,
                                                   finding->path, finding->position.line,
                                                   finding->position.column, finding->message));
}

static void say_once(const GPtrArray *found)
{
    g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < found->len; i++) {
        GPtrArray *findings = g_ptr_array_index(found, i);
        for (guint j = 0; j < findings->len;)
            if (is_said_again(g_ptr_array_index(findings, j), said))
                g_ptr_array_remove_index(findings, j);
            else
                j++;
    }
}

void ml_lint_agree(const GPtrArray *migrations, const GPtrArray *found)
{
    if (migrations->len < 2)
        return;
    say_once(found);
    g_autoptr(GHashTable) owners = count_owners(migrations);
    g_autoptr(GHashTable) statements = count_statements(found);
    for (guint i = 0; i < found->len; i++) {
        GPtrArray *findings = g_ptr_array_index(found, i);
        for (guint j = findings->len; j-- > 0;)
            if (is_disputed(g_ptr_array_index(findings, j), owners, statements))
                g_ptr_array_remove_index(findings, j);
    }
}
