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

/* The way along the commits of a range. */
typedef struct {
    MlWorkspace *workspace;
    const MlStateOptions *options;
    const MlRuleOptions *rule_options;
    const char *visited; /* the commit that the workspace was turned to last; NULL: none yet */
    GHashTable *known;   /* fingerprints of all that is found in it */
    MlResult *result;
} Walk;

static void walk_clear(Walk *walk)
{
    g_clear_pointer(&walk->known, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Walk, walk_clear)

static GPtrArray *visit(Walk *walk, const char *commit, GError **error)
{
    if (!ml_workspace_visit(walk->workspace, walk->options, commit, error))
        return NULL;
    walk->visited = commit;
    return ml_rules_load(walk->workspace, walk->rule_options, error);
}

/* Leaves the commit by itself; an environment that is gone goes with the change that tells of it.
 */
static void forget_changes(MlWorkspace *workspace)
{
    for (guint i = workspace->migrations->len; i-- > 0;)
        if (((MlChange *)g_ptr_array_index(workspace->changes, i))->is_gone)
            g_ptr_array_remove_index(workspace->migrations, i);
    g_clear_pointer(&workspace->changes, g_ptr_array_unref);
}

/* All that is found in the visited commit by itself: it is no news in the next one. */
static void remember(Walk *walk, const GPtrArray *rules)
{
    forget_changes(walk->workspace);
    g_autoptr(GPtrArray) found = ml_workspace_findings(walk->workspace, rules, NULL);
    g_hash_table_remove_all(walk->known);
    for (guint i = 0; i < found->len; i++) {
        const GPtrArray *findings = g_ptr_array_index(found, i);
        for (guint j = 0; j < findings->len; j++)
            g_hash_table_add(walk->known,
                             g_strdup(((MlFinding *)g_ptr_array_index(findings, j))->fingerprint));
    }
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
static void keep_news(GPtrArray *findings, const MlCommit *commit, GHashTable *known)
{
    for (guint i = findings->len; i-- > 0;) {
        MlFinding *finding = g_ptr_array_index(findings, i);
        if (g_hash_table_contains(known, finding->fingerprint))
            g_ptr_array_remove_index(findings, i);
        else
            tell_commit(finding, commit);
    }
}

static gboolean lint_commit(Walk *walk, const char *id, GError **error)
{
    MlWorkspace *workspace = walk->workspace;
    g_autoptr(MlCommit) commit = ml_commit_find(workspace->repository, id, error);
    g_autoptr(GPtrArray) rules = commit ? visit(walk, id, error) : NULL;
    if (rules == NULL)
        return FALSE;
    g_autoptr(GPtrArray) found = ml_workspace_findings(workspace, rules, NULL);
    for (guint i = 0; i < found->len; i++) {
        keep_news(g_ptr_array_index(found, i), commit, walk->known);
        ml_result_take(workspace, g_ptr_array_index(found, i), g_ptr_array_index(rules, i),
                       walk->result);
    }
    remember(walk, rules);
    return TRUE;
}

/* Begins with what is there already: `before` is NULL where the range begins with a root commit. */
static gboolean begin(Walk *walk, const char *before, GError **error)
{
    if (before == NULL)
        return TRUE;
    g_autoptr(GPtrArray) rules = visit(walk, before, error);
    if (rules == NULL)
        return FALSE;
    remember(walk, rules);
    return TRUE;
}

/* Lints a commit, unless it leaves every environment as it was in `before`. */
static gboolean step(Walk *walk, const char *before, const char *commit, GError **error)
{
    g_autoptr(GPtrArray) differences =
        ml_commit_differences(walk->workspace->repository, before, commit, error);
    if (differences == NULL)
        return FALSE;
    return !ml_differences_concern(differences, walk->workspace->migrations) ||
           lint_commit(walk, commit, error);
}

/* What could not be judged is told as it is in the end, once. */
static gboolean finish(Walk *walk, const char *end, GError **error)
{
    if (walk->visited != NULL && strcmp(walk->visited, end) != 0 &&
        !ml_workspace_visit(walk->workspace, walk->options, end, error))
        return FALSE;
    g_clear_pointer(&walk->workspace->changes, g_ptr_array_unref);
    ml_result_take_unverified(walk->workspace, walk->result);
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
    g_autofree char *first_parent =
        commits->len > 0 ? ml_commit_parent(repository, g_ptr_array_index(commits, 0)) : NULL;
    g_auto(Walk) walk = {
        .workspace = workspace,
        .options = options,
        .rule_options = rule_options,
        .known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .result = result,
    };
    if (!begin(&walk, first_parent, error))
        return FALSE;
    const char *before = first_parent;
    for (guint i = 0; i < commits->len; i++) {
        const char *commit = g_ptr_array_index(commits, i);
        if (!step(&walk, before, commit, error))
            return FALSE;
        before = commit;
    }
    return finish(&walk, range->to_commit, error);
}
