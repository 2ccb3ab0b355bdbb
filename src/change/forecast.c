/*
 * Every ref merged with the base. Most refs only add revision files: their graph
 * is the base's with those added, and no tree is merged. Whatever else touches
 * an environment takes the long way.
 */
#include "change/forecast.h"
#include "change/pairing.h"
#include "change/relevance.h"

#include <string.h>

typedef struct {
    MlRepository *repository;
    const MlProjectQuery *query;
    MlForecast *forecast;
    MlAncestors *ancestors; /* of the base */
    MlRevisionCache *cache;
    guint missing;    /* environments of the base whose location is not there */
    gboolean *simple; /* of each environment of the base: see ml_growth_is_simple */
    MlProgress progress;
    gpointer data;
    GMutex lock; /* of what follows */
    guint done, all;
} Work;

const char *ml_forecast_status_name(MlForecastStatus status)
{
    static const char *const names[] = {"clean", "multiple-heads", "conflict", "broken",
                                        "unrelated"};
    return names[status];
}

MlForecastProject *ml_forecast_project_new(const char *name)
{
    MlForecastProject *project = g_new0(MlForecastProject, 1);
    project->project = g_strdup(name);
    project->adds = g_ptr_array_new_with_free_func(g_free);
    project->changes = g_ptr_array_new_with_free_func(g_free);
    project->heads = g_ptr_array_new_with_free_func(g_free);
    project->growths = ml_growths_new();
    return project;
}

void ml_forecast_project_free(gpointer data)
{
    MlForecastProject *project = data;
    g_ptr_array_unref(project->adds);
    g_ptr_array_unref(project->changes);
    g_ptr_array_unref(project->heads);
    g_ptr_array_unref(project->growths);
    g_free(project->project);
    g_free(project);
}

static void ref_free(gpointer data)
{
    MlForecastRef *ref = data;
    g_free(ref->ref.name);
    g_free(ref->ref.commit);
    ml_commit_free(ref->commit);
    g_free(ref->merge_base);
    g_free(ref->detail);
    g_ptr_array_unref(ref->projects);
    g_ptr_array_unref(ref->collisions);
    g_free(ref);
}

void ml_forecast_free(MlForecast *forecast)
{
    if (forecast == NULL)
        return;
    g_ptr_array_unref(forecast->collisions);
    g_ptr_array_unref(forecast->refs);
    g_ptr_array_unref(forecast->preferences);
    g_clear_pointer(&forecast->migrations, g_ptr_array_unref);
    g_clear_pointer(&forecast->projects, g_ptr_array_unref);
    g_free(forecast->base.name);
    g_free(forecast->base.commit);
    g_clear_pointer(&forecast->base.tree, ml_tree_unref);
    g_free(forecast);
}

static MlForecastRef *new_ref(const MlRef *ref)
{
    MlForecastRef *one = g_new0(MlForecastRef, 1);
    one->ref.name = g_strdup(ref->name);
    one->ref.commit = g_strdup(ref->commit);
    one->projects = g_ptr_array_new_with_free_func(ml_forecast_project_free);
    one->collisions = g_ptr_array_new();
    return one;
}

/* The worst of what is found stands; `detail` is taken. */
static void set_status(MlForecastRef *ref, MlForecastStatus status, char *detail)
{
    if (status <= ref->status) {
        g_free(detail);
        return;
    }
    ref->status = status;
    g_free(ref->detail);
    ref->detail = detail;
}

/* --- what a graph says ---------------------------------------------------------------- */

static void set_multiple_heads(MlForecastRef *ref, const GPtrArray *ids)
{
    GString *list = g_string_new("heads ");
    for (guint i = 0; i < ids->len; i++)
        g_string_append_printf(list, "%s%s", i ? ", " : "",
                               (const char *)g_ptr_array_index(ids, i));
    set_status(ref, ML_FORECAST_MULTIPLE_HEADS, g_string_free(list, FALSE));
}

static void add_ids(GPtrArray *ids, const GPtrArray *nodes)
{
    for (guint i = 0; i < nodes->len; i++)
        g_ptr_array_add(ids, g_strdup(((MlNode *)g_ptr_array_index(nodes, i))->revision->id.text));
}

/* FALSE where there are more heads in one line than the base has there. */
static gboolean judge_heads(MlForecastRef *ref, const MlMigrations *merged,
                            const MlMigrations *base, const MlPreferences *preferences)
{
    gboolean is_clean = TRUE;
    g_autoptr(GPtrArray) lines = ml_migrations_lines(merged, preferences);
    for (guint i = 0; i < lines->len; i++) {
        const GPtrArray *heads = g_ptr_array_index(lines, i);
        if (heads->len > 1 && heads->len > ml_change_heads_before(base, merged->graph, heads)) {
            g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
            add_ids(ids, heads);
            set_multiple_heads(ref, ids);
            is_clean = FALSE;
        }
    }
    return is_clean;
}

static guint count_problems(const MlMigrations *migrations)
{
    guint unreadable = 0;
    for (guint i = 0; migrations != NULL && i < migrations->revisions->len; i++) {
        const MlRevision *revision = g_ptr_array_index(migrations->revisions, i);
        unreadable += revision->problem != ML_REVISION_OK;
    }
    return migrations ? unreadable + ml_graph_problems(migrations->graph)->len : 0;
}

static char *describe_graph_problem(const MlGraphProblem *problem)
{
    const char *id = ((MlRevision *)g_ptr_array_index(problem->revisions, 0))->id.text;
    switch (problem->kind) {
    case ML_GRAPH_DUPLICATE:
        return g_strdup_printf("%s is there twice", id);
    case ML_GRAPH_CYCLE:
    case ML_GRAPH_DEPENDENCY_CYCLE:
        return g_strdup_printf("%s is in a circle", id);
    case ML_GRAPH_LABEL_CLASH:
        return g_strdup_printf("the branch label %s of %s is taken", problem->reference->text, id);
    default:
        return g_strdup_printf("%s names %s, which is not there", id, problem->reference->text);
    }
}

static char *describe_problem(const MlMigrations *merged)
{
    const GPtrArray *problems = ml_graph_problems(merged->graph);
    for (guint i = 0; i < merged->revisions->len; i++) {
        const MlRevision *revision = g_ptr_array_index(merged->revisions, i);
        if (revision->problem != ML_REVISION_OK)
            return g_strdup_printf("%s cannot be read", revision->path);
    }
    return problems->len > 0 ? describe_graph_problem(g_ptr_array_index(problems, 0)) : NULL;
}

/* Whether the environment takes no harm. */
static gboolean judge(MlForecastRef *ref, const MlMigrations *merged, const MlMigrations *base,
                      const MlPreferences *preferences)
{
    if (count_problems(merged) > count_problems(base)) {
        set_status(ref, ML_FORECAST_BROKEN, describe_problem(merged));
        return FALSE;
    }
    return !ml_migrations_is_whole(merged) || judge_heads(ref, merged, base, preferences);
}

/* Of the revisions that the base has those whose file is another, or gone. */
static void add_changes(GPtrArray *changes, const MlMigrations *merged, const MlMigrations *base)
{
    const GPtrArray *nodes = ml_graph_nodes(base->graph);
    for (guint i = 0; i < nodes->len; i++) {
        const MlRevision *before = ((MlNode *)g_ptr_array_index(nodes, i))->revision;
        const MlNode *now = merged ? ml_graph_find(merged->graph, before->id.text) : NULL;
        if (now == NULL || !ml_revisions_are_alike(before, now->revision))
            g_ptr_array_add(changes, g_strdup(before->id.text));
    }
}

/* What the ref does to an environment; dropped where that is nothing. */
static void add_project(MlForecastRef *ref, const MlMigrations *merged, const MlMigrations *base,
                        const MlPreferences *preferences, gboolean always)
{
    g_autoptr(GPtrArray) order = ml_graph_upgrade_order(merged->graph);
    MlForecastProject *project = ml_forecast_project_new(merged->project->name);
    ml_growths_find(project->growths, merged, base, preferences);
    add_ids(project->heads, ml_graph_heads(merged->graph));
    for (guint i = 0; i < order->len; i++) {
        const char *id = ((MlNode *)g_ptr_array_index(order, i))->revision->id.text;
        if (base == NULL || ml_graph_find(base->graph, id) == NULL)
            g_ptr_array_add(project->adds, g_strdup(id));
    }
    if (base != NULL)
        add_changes(project->changes, merged, base);
    if (project->adds->len > 0 || project->changes->len > 0 || always)
        g_ptr_array_add(ref->projects, project);
    else
        ml_forecast_project_free(project);
}

/* --- the short way: revision files are added, and nothing else ---------------------------- */

/* Whether it takes the long way; those that add a revision file are put into `added`. */
static gboolean is_plain(const Work *work, const GPtrArray *differences, const MlMigrations *base,
                         GPtrArray *added)
{
    for (guint i = 0; i < differences->len; i++) {
        const MlDifference *difference = g_ptr_array_index(differences, i);
        if (ml_path_configures(difference->path))
            return FALSE;
        if (!ml_path_is_within(difference->path, base))
            continue;
        if (difference->kind != ML_DIFFERENCE_ADDED ||
            !ml_path_is_revision(difference->path, base) ||
            ml_tree_is_file(work->forecast->base.tree, difference->path))
            return FALSE;
        g_ptr_array_add(added, (gpointer)difference);
    }
    return TRUE;
}

static MlRevision *read_added(const Work *work, MlTree *tree, const MlDifference *difference,
                              const MlMigrations *base)
{
    MlRevision *known =
        ml_revision_cache_find(work->cache, difference->path, &difference->id, ML_LOAD_HEADERS);
    g_autoptr(GBytes) text = known ? NULL : ml_tree_read(tree, difference->path, NULL, NULL);
    if (text == NULL)
        return known;
    const MlRevisionReader reader = {.load = ML_LOAD_HEADERS, .importer = base->importer};
    MlRevision *revision = ml_revision_parse(&reader, difference->path, text);
    ml_revision_cache_add(work->cache, revision, &difference->id, ML_LOAD_HEADERS);
    return revision;
}

static GPtrArray *read_all(const Work *work, MlTree *tree, const MlMigrations *base,
                           const GPtrArray *added)
{
    GPtrArray *revisions = g_ptr_array_new_with_free_func((GDestroyNotify)ml_revision_unref);
    for (guint i = 0; i < added->len; i++) {
        MlRevision *revision = read_added(work, tree, g_ptr_array_index(added, i), base);
        if (revision != NULL)
            g_ptr_array_add(revisions, revision);
    }
    return revisions;
}

/* The base's environment with what the ref adds to it. */
static void judge_addition(const Work *work, MlForecastRef *ref, guint environment,
                           const GPtrArray *revisions)
{
    const MlMigrations *base = g_ptr_array_index(work->forecast->migrations, environment);
    MlForecastProject *project =
        work->simple[environment] ? ml_growth_simple(base, revisions) : NULL;
    if (project != NULL) {
        if (project->heads->len > MAX(ml_graph_heads(base->graph)->len, 1))
            set_multiple_heads(ref, project->heads);
        g_ptr_array_add(ref->projects, project);
        return;
    }
    const MlPreferences *preferences = g_ptr_array_index(work->forecast->preferences, environment);
    g_autoptr(MlMigrations) merged = ml_migrations_extend(base, revisions);
    gboolean is_clean = judge(ref, merged, base, preferences);
    add_project(ref, merged, base, preferences, !is_clean);
}

/* FALSE where the ref touches an environment otherwise than by adding revisions to it. */
static gboolean judge_plainly(const Work *work, MlForecastRef *ref, const GPtrArray *differences,
                              GError **error)
{
    const GPtrArray *environments = work->forecast->migrations;
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < environments->len; i++) {
        GPtrArray *added = g_ptr_array_new();
        g_ptr_array_add(all, added);
        if (!is_plain(work, differences, g_ptr_array_index(environments, i), added))
            return FALSE;
    }
    g_autoptr(MlTree) tree = NULL;
    for (guint i = 0; i < environments->len; i++) {
        const MlMigrations *base = g_ptr_array_index(environments, i);
        const GPtrArray *added = g_ptr_array_index(all, i);
        if (added->len == 0)
            continue;
        if (tree == NULL)
            tree = ml_tree_of_commit(work->repository, ref->ref.commit, error);
        if (tree == NULL)
            return TRUE;
        g_autoptr(GPtrArray) revisions = read_all(work, tree, base, added);
        judge_addition(work, ref, i, revisions);
    }
    return TRUE;
}

/* --- the long way: the merge itself ----------------------------------------------------------- */

static gboolean judge_conflicts(MlForecastRef *ref, MlTree *tree, const MlMigrations *merged)
{
    gboolean is_clean = TRUE;
    for (guint i = 0; i < merged->revisions->len; i++) {
        const MlRevision *revision = g_ptr_array_index(merged->revisions, i);
        if (ml_tree_conflict(tree, revision->path) == ML_CONFLICT_NONE)
            continue;
        set_status(ref, ML_FORECAST_CONFLICT,
                   g_strdup_printf("git cannot merge %s", revision->path));
        is_clean = FALSE;
    }
    return is_clean;
}

static void judge_environment(MlForecastRef *ref, MlTree *tree, const MlMigrations *merged,
                              const MlMigrations *base)
{
    g_autoptr(MlPreferences) preferences = ml_preferences_find(tree, merged->project, NULL);
    gboolean is_clean = judge_conflicts(ref, tree, merged) && judge(ref, merged, base, preferences);
    add_project(ref, merged, base, preferences, !is_clean);
}

/* Takes out those whose script location is not there, and counts them. */
static guint drop_missing(GPtrArray *projects)
{
    guint missing = 0;
    for (guint i = projects->len; i-- > 0;) {
        if (((MlProject *)g_ptr_array_index(projects, i))->missing == NULL)
            continue;
        g_ptr_array_remove_index(projects, i);
        missing++;
    }
    return missing;
}

/* An environment that is gone once the ref has landed. */
static void add_removed(MlForecastRef *ref, const MlMigrations *base)
{
    MlForecastProject *project = ml_forecast_project_new(base->project->name);
    add_changes(project->changes, NULL, base);
    g_ptr_array_add(ref->projects, project);
}

static GPtrArray *load_all(const Work *work, MlTree *tree, const GPtrArray *projects,
                           GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)ml_migrations_free);
    for (guint i = 0; i < projects->len; i++) {
        MlMigrations *merged = ml_migrations_load(tree, g_ptr_array_index(projects, i),
                                                  ML_LOAD_HEADERS, work->cache, error);
        if (merged == NULL)
            return NULL;
        g_ptr_array_add(all, merged);
    }
    return g_steal_pointer(&all);
}

static gboolean judge_tree(const Work *work, MlForecastRef *ref, MlTree *tree, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(GPtrArray) projects = ml_projects_find(tree, work->query, NULL, &reason);
    if (projects == NULL) {
        set_status(ref, ML_FORECAST_BROKEN, g_strdup(reason->message));
        return TRUE;
    }
    if (drop_missing(projects) > work->missing) {
        set_status(ref, ML_FORECAST_BROKEN,
                   g_strdup("a script_location names a folder that is not there"));
        return TRUE;
    }
    g_autoptr(GPtrArray) all = load_all(work, tree, projects, error);
    if (all == NULL)
        return FALSE;
    g_autoptr(GPtrArray) before = ml_environments_pair(all, work->forecast->migrations);
    for (guint i = 0; i < all->len; i++)
        judge_environment(ref, tree, g_ptr_array_index(all, i), g_ptr_array_index(before, i));
    for (guint i = 0; i < work->forecast->migrations->len; i++) {
        const MlMigrations *base = g_ptr_array_index(work->forecast->migrations, i);
        if (!g_ptr_array_find(before, base, NULL))
            add_removed(ref, base);
    }
    return TRUE;
}

static gboolean judge_merge(const Work *work, MlForecastRef *ref, const GPtrArray *merge_bases,
                            GError **error)
{
    g_autoptr(MlTree) head = ml_tree_of_commit(work->repository, ref->ref.commit, error);
    if (head == NULL)
        return FALSE;
    g_autoptr(MlTree) ancestor = ml_merge_ancestor(work->repository, merge_bases, error);
    g_autoptr(MlTree) tree =
        ancestor ? ml_tree_of_merge(ancestor, work->forecast->base.tree, head, error) : NULL;
    return tree != NULL && judge_tree(work, ref, tree, error);
}

/* --- one ref ------------------------------------------------------------------------------ */

static gboolean matters(const Work *work, const GPtrArray *differences)
{
    const GPtrArray *environments = work->forecast->migrations;
    for (guint i = 0; i < differences->len; i++) {
        const MlDifference *difference = g_ptr_array_index(differences, i);
        if (ml_path_configures(difference->path))
            return TRUE;
        for (guint j = 0; j < environments->len; j++)
            if (ml_path_is_within(difference->path, g_ptr_array_index(environments, j)))
                return TRUE;
    }
    return FALSE;
}

static gboolean has_folder_of(MlTree *tree, const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    return ml_tree_is_folder(tree, strcmp(folder, ".") == 0 ? "" : folder);
}

/*
 * Whether a file may belong to an environment though it lies outside of those
 * that the base has: git takes it along where the base has moved what it lies in.
 */
static gboolean may_move(MlTree *base, MlTree *ancestor, const MlDifference *difference)
{
    const char *path = difference->path, *slash = strrchr(path, '/');
    if (!ml_revision_is_name(slash ? slash + 1 : path))
        return FALSE;
    if (difference->kind == ML_DIFFERENCE_ADDED)
        return !has_folder_of(base, path) && has_folder_of(ancestor, path);
    return !ml_tree_is_file(base, path);
}

static gboolean may_any_move(const Work *work, const char *merge_base, const GPtrArray *differences)
{
    g_autoptr(MlTree) ancestor = ml_tree_of_commit(work->repository, merge_base, NULL);
    for (guint i = 0; ancestor != NULL && i < differences->len; i++)
        if (may_move(work->forecast->base.tree, ancestor, g_ptr_array_index(differences, i)))
            return TRUE;
    return FALSE;
}

/* What the ref and the base have otherwise, by path. A path that they agree on is merged to that.
 */
static GHashTable *find_disagreement(const Work *work, const MlForecastRef *ref, GError **error)
{
    g_autoptr(GPtrArray) differences = ml_commit_differences(
        work->repository, work->forecast->base.commit, ref->ref.commit, error);
    if (differences == NULL)
        return NULL;
    GHashTable *paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < differences->len; i++)
        g_hash_table_add(paths,
                         g_strdup(((MlDifference *)g_ptr_array_index(differences, i))->path));
    return paths;
}

static void keep_those_of(GPtrArray *differences, GHashTable *paths)
{
    for (guint i = differences->len; i-- > 0;) {
        const MlDifference *difference = g_ptr_array_index(differences, i);
        if (!g_hash_table_contains(paths, difference->path))
            g_ptr_array_remove_index_fast(differences, i);
    }
}

/* Several merge bases, whose merge is dear, and seldom has anything to do with an environment. */
static gboolean look_at_crossed(const Work *work, MlForecastRef *ref, const GPtrArray *merge_bases,
                                GError **error)
{
    g_autoptr(GHashTable) disagreement = find_disagreement(work, ref, error);
    if (disagreement == NULL)
        return FALSE;
    for (guint i = 0; i < merge_bases->len; i++) {
        const char *merge_base = g_ptr_array_index(merge_bases, i);
        g_autoptr(GPtrArray) differences =
            ml_commit_differences(work->repository, merge_base, ref->ref.commit, error);
        if (differences == NULL)
            return FALSE;
        keep_those_of(differences, disagreement);
        if (matters(work, differences) || may_any_move(work, merge_base, differences))
            return judge_merge(work, ref, merge_bases, error);
    }
    return TRUE;
}

static gboolean look_at_straight(const Work *work, MlForecastRef *ref, const GPtrArray *merge_bases,
                                 GError **error)
{
    g_autoptr(GPtrArray) differences =
        ml_commit_differences(work->repository, ref->merge_base, ref->ref.commit, error);
    if (differences == NULL)
        return FALSE;
    if (may_any_move(work, ref->merge_base, differences))
        return judge_merge(work, ref, merge_bases, error);
    if (!matters(work, differences))
        return TRUE;
    g_autoptr(GError) reason = NULL;
    if (!judge_plainly(work, ref, differences, &reason))
        return judge_merge(work, ref, merge_bases, error);
    if (reason == NULL)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
}

static gboolean look_at(const Work *work, MlForecastRef *ref, GError **error)
{
    g_autoptr(GPtrArray) merge_bases =
        ml_ancestors_merge_bases(work->ancestors, ref->ref.commit, error);
    if (merge_bases == NULL)
        return FALSE;
    if (merge_bases->len == 0) {
        set_status(ref, ML_FORECAST_UNRELATED,
                   g_strdup("it has no commit in common with the base"));
        return TRUE;
    }
    ref->merge_base = g_strdup(g_ptr_array_index(merge_bases, 0));
    return merge_bases->len > 1 ? look_at_crossed(work, ref, merge_bases, error)
                                : look_at_straight(work, ref, merge_bases, error);
}

/* A ref, and what is to be said of it. */
typedef struct {
    const MlRef *ref;
    MlForecastRef *judged; /* NULL: the base has it already */
} Task;

static void judge_ref(gpointer data, gpointer user_data)
{
    Task *task = data;
    Work *work = user_data;
    g_autoptr(GError) error = NULL;
    if (!ml_ancestors_has(work->ancestors, task->ref->commit)) {
        task->judged = new_ref(task->ref);
        if (!look_at(work, task->judged, &error))
            set_status(task->judged, ML_FORECAST_BROKEN, g_strdup(error->message));
    }
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&work->lock);
    work->done++;
    if (work->progress != NULL)
        work->progress(work->done, work->all, work->data);
}

/* Keeps a ref if there is something to say of it. */
static void take(const Work *work, Task *task)
{
    MlForecast *forecast = work->forecast;
    MlForecastRef *ref = task->judged;
    forecast->looked_at++;
    if (ref == NULL) {
        forecast->merged++;
    } else if (ref->projects->len == 0 && ref->status == ML_FORECAST_CLEAN) {
        forecast->silent++;
        ref_free(ref);
    } else {
        ref->commit = ml_commit_find(work->repository, ref->ref.commit, NULL);
        g_ptr_array_add(forecast->refs, ref);
    }
}

/* On all processors, but kept in the order of the refs. */
static void judge_all(Work *work, const GPtrArray *refs)
{
    g_autofree Task *tasks = g_new0(Task, refs->len + 1);
    GThreadPool *pool = g_thread_pool_new(judge_ref, work, g_get_num_processors(), FALSE, NULL);
    work->all = refs->len;
    for (guint i = 0; i < refs->len; i++) {
        tasks[i].ref = g_ptr_array_index(refs, i);
        g_thread_pool_push(pool, &tasks[i], NULL);
    }
    g_thread_pool_free(pool, FALSE, TRUE);
    for (guint i = 0; i < refs->len; i++)
        take(work, &tasks[i]);
}

/* --- all of them -------------------------------------------------------------------------- */

static gboolean load_base(Work *work, const char *base, GError **error)
{
    MlForecast *forecast = work->forecast;
    forecast->base.tree = ml_tree_of_commit(work->repository, base, error);
    if (forecast->base.tree == NULL)
        return FALSE;
    forecast->base.name = g_strdup(base);
    forecast->base.commit = g_strdup(ml_tree_commit(forecast->base.tree));
    forecast->projects = ml_projects_find(forecast->base.tree, work->query, NULL, error);
    if (forecast->projects == NULL)
        return FALSE;
    work->missing = drop_missing(forecast->projects);
    for (guint i = 0; i < forecast->projects->len; i++) {
        MlMigrations *migrations =
            ml_migrations_load(forecast->base.tree, g_ptr_array_index(forecast->projects, i),
                               ML_LOAD_HEADERS, work->cache, error);
        if (migrations == NULL)
            return FALSE;
        g_ptr_array_add(forecast->migrations, migrations);
        MlPreferences *preferences =
            ml_preferences_find(forecast->base.tree, migrations->project, error);
        if (preferences == NULL)
            return FALSE;
        g_ptr_array_add(forecast->preferences, preferences);
    }
    work->simple = g_new0(gboolean, forecast->migrations->len + 1);
    for (guint i = 0; i < forecast->migrations->len; i++)
        work->simple[i] = ml_growth_is_simple(g_ptr_array_index(forecast->migrations, i),
                                              g_ptr_array_index(forecast->preferences, i));
    work->ancestors = ml_ancestors_new(work->repository, forecast->base.commit, error);
    return work->ancestors != NULL;
}

MlForecast *ml_forecast_new(MlRepository *repository, const char *base, const GPtrArray *refs,
                            const MlProjectQuery *query, MlProgress progress, gpointer data,
                            GError **error)
{
    g_autoptr(MlForecast) forecast = g_new0(MlForecast, 1);
    forecast->migrations = g_ptr_array_new_with_free_func((GDestroyNotify)ml_migrations_free);
    forecast->preferences = g_ptr_array_new_with_free_func((GDestroyNotify)ml_preferences_free);
    forecast->refs = g_ptr_array_new_with_free_func(ref_free);
    forecast->collisions = g_ptr_array_new_with_free_func(ml_collision_free);
    g_autoptr(MlRevisionCache) cache = ml_revision_cache_new();
    Work work = {
        .repository = repository,
        .query = query,
        .forecast = forecast,
        .cache = cache,
        .progress = progress,
        .data = data,
    };
    g_mutex_init(&work.lock);
    if (load_base(&work, base, error))
        judge_all(&work, refs);
    g_mutex_clear(&work.lock);
    g_autoptr(MlAncestors) ancestors = work.ancestors;
    g_free(work.simple);
    if (ancestors == NULL)
        return NULL;
    ml_collisions_find(forecast, repository);
    return g_steal_pointer(&forecast);
}
