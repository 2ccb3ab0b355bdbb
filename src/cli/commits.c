#include "cli/cli.h"

#include <string.h>

void ml_commit_range_clear(MlCommitRange *range)
{
    g_free(range->from);
    g_free(range->to);
    g_free(range->from_commit);
    g_free(range->to_commit);
}

static char *end_or_head(const char *text, gsize length)
{
    return length > 0 ? g_strndup(text, length) : g_strdup("HEAD");
}

gboolean ml_commit_range_parse(const char *word, MlCommitRange *range, GError **error)
{
    const char *dots = strstr(word, "..");
    if (dots == NULL || dots[2] == '.') {
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                    "--commits takes a range such as main..topic, not '%s'; --commit takes one "
                    "commit",
                    word);
        return FALSE;
    }
    range->from = end_or_head(word, dots - word);
    range->to = end_or_head(dots + 2, strlen(dots + 2));
    return TRUE;
}

static gboolean resolve(MlRepository *repository, const char *name, char **commit, GError **error)
{
    g_autoptr(MlCommit) found = ml_commit_find(repository, name, error);
    *commit = found ? g_strdup(found->id) : NULL;
    return found != NULL;
}

/* What is known already: nothing of it is news. */
static gboolean remember(MlWorkspace *workspace, const MlStateOptions *options,
                         const MlRuleOptions *rule_options, const char *commit, GHashTable *seen,
                         GError **error)
{
    if (!ml_workspace_visit(workspace, options, commit, error))
        return FALSE;
    g_clear_pointer(&workspace->changes, g_ptr_array_unref);
    g_autoptr(GPtrArray) rules = ml_rules_load(workspace, rule_options, error);
    if (rules == NULL)
        return FALSE;
    g_autoptr(GPtrArray) found = ml_workspace_findings(workspace, rules);
    for (guint i = 0; i < found->len; i++) {
        const GPtrArray *findings = g_ptr_array_index(found, i);
        for (guint j = 0; j < findings->len; j++)
            g_hash_table_add(seen,
                             g_strdup(((MlFinding *)g_ptr_array_index(findings, j))->fingerprint));
    }
    return TRUE;
}

static void tell_commit(MlFinding *finding, const MlCommit *commit)
{
    g_autofree char *date = ml_commit_date(commit);
    g_autofree char *author = ml_commit_author_name(commit);
    MlRelated *related = g_new0(MlRelated, 1);
    related->message = g_strdup_printf("brought by %.7s of %s on %s: %s", commit->id, author, date,
                                       commit->summary);
    g_ptr_array_add(finding->related, related);
    g_free(finding->commit);
    finding->commit = g_strdup(commit->id);
}

/* Drops what is no news, and tells of the rest who brought it. */
static void keep_news(GPtrArray *findings, const MlCommit *commit, GHashTable *seen)
{
    for (guint i = findings->len; i-- > 0;) {
        MlFinding *finding = g_ptr_array_index(findings, i);
        if (g_hash_table_add(seen, g_strdup(finding->fingerprint)))
            tell_commit(finding, commit);
        else
            g_ptr_array_remove_index(findings, i);
    }
}

static gboolean lint_commit(MlWorkspace *workspace, const MlStateOptions *options,
                            const MlRuleOptions *rule_options, const char *id, GHashTable *seen,
                            MlResult *result, GError **error)
{
    g_autoptr(MlCommit) commit = ml_commit_find(workspace->repository, id, error);
    if (commit == NULL || !ml_workspace_visit(workspace, options, id, error))
        return FALSE;
    g_autoptr(GPtrArray) rules = ml_rules_load(workspace, rule_options, error);
    if (rules == NULL)
        return FALSE;
    g_autoptr(GPtrArray) found = ml_workspace_findings(workspace, rules);
    for (guint i = 0; i < found->len; i++) {
        keep_news(g_ptr_array_index(found, i), commit, seen);
        ml_result_take(workspace, g_ptr_array_index(found, i), g_ptr_array_index(rules, i), result);
    }
    return TRUE;
}

gboolean ml_commits_lint(MlWorkspace *workspace, const MlStateOptions *options,
                         const MlRuleOptions *rule_options, MlCommitRange *range, MlResult *result,
                         GError **error)
{
    MlRepository *repository = workspace->repository;
    if (!resolve(repository, range->from, &range->from_commit, error) ||
        !resolve(repository, range->to, &range->to_commit, error))
        return FALSE;
    g_autoptr(GPtrArray) commits =
        ml_history_walk(repository, range->from_commit, range->to_commit, TRUE, error);
    if (commits == NULL)
        return FALSE;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *before =
        commits->len > 0 ? ml_commit_parent(repository, g_ptr_array_index(commits, 0)) : NULL;
    if (before != NULL && !remember(workspace, options, rule_options, before, seen, error))
        return FALSE;
    for (guint i = 0; i < commits->len; i++)
        if (!lint_commit(workspace, options, rule_options, g_ptr_array_index(commits, i), seen,
                         result, error))
            return FALSE;
    return TRUE;
}
