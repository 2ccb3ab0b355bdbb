/* When the mainline had several heads. */
#include "change/pairing.h"
#include "change/relevance.h"
#include "miglint/change.h"

#include <string.h>

typedef struct {
    MlRepository *repository;
    const MlProjectQuery *query;
    MlRevisionCache *cache;
    MlTree *tip;           /* whose settings count */
    gboolean is_cut;       /* whether there may be something before the first commit */
    const char *first;     /* its id */
    GPtrArray *projects;   /* MlProject *: of the commit that was looked at last */
    GPtrArray *migrations; /* MlMigrations * */
    GPtrArray *episodes;   /* MlEpisode * */
} Walk;

void ml_episode_free(MlEpisode *episode)
{
    if (episode == NULL)
        return;
    g_free(episode->project);
    ml_commit_free(episode->from);
    ml_commit_free(episode->to);
    g_ptr_array_unref(episode->heads);
    g_free(episode);
}

static void walk_clear(Walk *walk)
{
    g_clear_pointer(&walk->migrations, g_ptr_array_unref);
    g_clear_pointer(&walk->projects, g_ptr_array_unref);
    g_clear_pointer(&walk->cache, ml_revision_cache_free);
    g_clear_pointer(&walk->tip, ml_tree_unref);
    g_clear_pointer(&walk->episodes, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Walk, walk_clear)

/* --- what a commit holds ----------------------------------------------------------------- */

static GPtrArray *no_projects(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)ml_project_free);
}

static GPtrArray *no_migrations(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)ml_migrations_free);
}

static GPtrArray *load_all(const Walk *walk, MlTree *tree, const GPtrArray *projects)
{
    GPtrArray *all = no_migrations();
    for (guint i = 0; i < projects->len; i++) {
        MlMigrations *migrations = ml_migrations_load(tree, g_ptr_array_index(projects, i),
                                                      ML_LOAD_HEADERS, walk->cache, NULL);
        if (migrations != NULL)
            g_ptr_array_add(all, migrations);
    }
    return all;
}

/* The heads of the line that has most of them, if that is several; NULL if none has. */
static GPtrArray *worst_line(const Walk *walk, const MlMigrations *migrations)
{
    g_autoptr(MlPreferences) preferences =
        ml_preferences_find(walk->tip, migrations->project, NULL);
    g_autoptr(GPtrArray) lines = ml_migrations_lines(migrations, preferences);
    GPtrArray *worst = NULL;
    for (guint i = 0; i < lines->len; i++) {
        GPtrArray *heads = g_ptr_array_index(lines, i);
        if (heads->len > (worst ? worst->len : 1))
            worst = heads;
    }
    return worst ? g_ptr_array_ref(worst) : NULL;
}

static gboolean has_several_heads(const Walk *walk)
{
    for (guint i = 0; i < walk->migrations->len; i++) {
        g_autoptr(GPtrArray) heads = worst_line(walk, g_ptr_array_index(walk->migrations, i));
        if (heads != NULL)
            return TRUE;
    }
    return FALSE;
}

static MlEpisode *open_episode(const Walk *walk, const char *project)
{
    for (guint i = walk->episodes->len; i-- > 0;) {
        MlEpisode *episode = g_ptr_array_index(walk->episodes, i);
        if (episode->to == NULL && strcmp(episode->project, project) == 0)
            return episode;
    }
    return NULL;
}

static void set_heads(MlEpisode *episode, const GPtrArray *heads)
{
    g_ptr_array_set_size(episode->heads, 0);
    for (guint i = 0; i < heads->len; i++)
        g_ptr_array_add(episode->heads,
                        g_strdup(((MlNode *)g_ptr_array_index(heads, i))->revision->id.text));
}

/* Begins, continues or ends the episode of one environment. */
static void judge(Walk *walk, const MlMigrations *migrations, const char *commit)
{
    if (!ml_migrations_is_whole(migrations))
        return;
    g_autoptr(GPtrArray) heads = worst_line(walk, migrations);
    MlEpisode *episode = open_episode(walk, migrations->project->name);
    if (heads == NULL) {
        if (episode != NULL)
            episode->to = ml_commit_find(walk->repository, commit, NULL);
        return;
    }
    if (episode == NULL) {
        episode = g_new0(MlEpisode, 1);
        episode->project = g_strdup(migrations->project->name);
        if (!walk->is_cut || !g_str_equal(commit, walk->first))
            episode->from = ml_commit_find(walk->repository, commit, NULL);
        episode->heads = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(walk->episodes, episode);
    }
    if (heads->len > episode->heads->len)
        set_heads(episode, heads);
}

/* An episode goes on under the environment's new name, if it was moved; it ends if it is gone. */
static void follow(Walk *walk, const GPtrArray *before, const char *commit)
{
    g_autoptr(GPtrArray) likes = ml_environments_pair(before, walk->migrations);
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < before->len; i++) {
        const MlMigrations *old = g_ptr_array_index(before, i), *like = g_ptr_array_index(likes, i);
        if (like != NULL)
            g_hash_table_insert(names, old->project->name, like->project->name);
    }
    for (guint i = 0; i < walk->episodes->len; i++) {
        MlEpisode *episode = g_ptr_array_index(walk->episodes, i);
        const char *name = g_hash_table_lookup(names, episode->project);
        if (episode->to != NULL)
            continue;
        if (name == NULL) {
            episode->to = ml_commit_find(walk->repository, commit, NULL);
        } else {
            g_free(episode->project);
            episode->project = g_strdup(name);
        }
    }
}

/* A commit whose configuration cannot be read tells nothing, and what was before it holds on. */
static gboolean look_at(Walk *walk, const char *commit, GError **error)
{
    g_autoptr(MlTree) tree = ml_tree_of_commit(walk->repository, commit, error);
    if (tree == NULL)
        return FALSE;
    GPtrArray *projects = ml_projects_find(tree, walk->query, NULL, NULL);
    if (projects == NULL)
        return TRUE;
    g_autoptr(GPtrArray) before_projects G_GNUC_UNUSED = walk->projects;
    g_autoptr(GPtrArray) before = walk->migrations;
    walk->projects = projects;
    walk->migrations = load_all(walk, tree, projects);
    follow(walk, before, commit);
    return TRUE;
}

/* --- all of it ------------------------------------------------------------------------------ */

static gboolean visit(Walk *walk, const char *before, const char *commit, GError **error)
{
    g_autoptr(GPtrArray) differences =
        ml_commit_differences(walk->repository, before, commit, error);
    if (differences == NULL)
        return FALSE;
    if (!ml_differences_concern(differences, walk->migrations))
        return TRUE;
    if (!look_at(walk, commit, error))
        return FALSE;
    for (guint i = 0; i < walk->migrations->len; i++)
        judge(walk, g_ptr_array_index(walk->migrations, i), commit);
    return TRUE;
}

/*
 * Where to begin, so that what `first` of the commits is behind is known: right
 * there, unless there were several heads then already, whose beginning is looked for.
 */
static gboolean choose_begin(Walk *walk, const GPtrArray *commits, guint first, guint *begin,
                             GError **error)
{
    *begin = first;
    if (first == 0)
        return TRUE;
    if (!look_at(walk, g_ptr_array_index(commits, first - 1), error))
        return FALSE;
    if (has_several_heads(walk)) {
        *begin = 0;
        g_ptr_array_set_size(walk->migrations, 0);
    }
    return TRUE;
}

/* Drops the episodes that were over before the first of the commits that are asked for. */
static void drop_earlier(GPtrArray *episodes, const GPtrArray *commits, guint first)
{
    g_autoptr(GHashTable) earlier = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < first; i++)
        g_hash_table_add(earlier, g_ptr_array_index(commits, i));
    for (guint i = episodes->len; i-- > 0;) {
        const MlEpisode *episode = g_ptr_array_index(episodes, i);
        if (episode->to != NULL && g_hash_table_contains(earlier, episode->to->id))
            g_ptr_array_remove_index(episodes, i);
    }
}

GPtrArray *ml_episodes_find(MlRepository *repository, const char *since, const char *tip,
                            const MlProjectQuery *query, guint *walked, MlProgress progress,
                            gpointer data, GError **error)
{
    g_autoptr(GPtrArray) commits = ml_history_walk(repository, NULL, tip, TRUE, error);
    g_autoptr(GPtrArray) asked =
        commits ? ml_history_walk(repository, since, tip, TRUE, error) : NULL;
    if (asked == NULL)
        return NULL;
    g_auto(Walk) walk = {
        .repository = repository,
        .query = query,
        .cache = ml_revision_cache_new(),
        .is_cut = ml_repository_is_shallow(repository),
        .first = g_ptr_array_index(commits, 0),
        .tip = ml_tree_of_commit(repository, tip, error),
        .projects = no_projects(),
        .migrations = no_migrations(),
        .episodes = g_ptr_array_new_with_free_func((GDestroyNotify)ml_episode_free),
    };
    const guint first = commits->len - asked->len;
    guint begin;
    if (walk.tip == NULL || !choose_begin(&walk, commits, first, &begin, error))
        return NULL;
    for (guint i = begin; i < commits->len; i++) {
        const char *before = i > 0 ? g_ptr_array_index(commits, i - 1) : NULL;
        if (!visit(&walk, before, g_ptr_array_index(commits, i), error))
            return NULL;
        if (progress != NULL)
            progress(i + 1 - begin, commits->len - begin, data);
    }
    drop_earlier(walk.episodes, commits, first);
    *walked = asked->len;
    return g_steal_pointer(&walk.episodes);
}
