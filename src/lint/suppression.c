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
