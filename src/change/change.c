#include "miglint/change.h"
#include "change/relevance.h"

/* Every environment of one side, loaded; what becomes part of a change is taken out. */
typedef struct {
    GPtrArray *projects;   /* MlProject *, NULL once taken */
    GPtrArray *migrations; /* MlMigrations *, likewise */
} Side;

static void side_clear(Side *side)
{
    g_clear_pointer(&side->migrations, g_ptr_array_unref);
    g_clear_pointer(&side->projects, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Side, side_clear)

/* A side whose configuration cannot be read, or lacks what was asked for, has no environment. */
static GPtrArray *find_projects(MlTree *tree, const MlProjectQuery *query)
{
    MlProjectQuery whole = *query;
    whole.folders = NULL;
    GPtrArray *projects = tree ? ml_projects_find(tree, &whole, NULL, NULL) : NULL;
    return projects ? projects : g_ptr_array_new_with_free_func((GDestroyNotify)ml_project_free);
}

static gboolean load(Side *side, MlTree *tree, const MlProjectQuery *query, MlRevisionCache *cache,
                     GError **error)
{
    side->projects = find_projects(tree, query);
    side->migrations = g_ptr_array_new_with_free_func((GDestroyNotify)ml_migrations_free);
    for (guint i = 0; i < side->projects->len; i++) {
        const MlProject *project = g_ptr_array_index(side->projects, i);
        MlMigrations *migrations = ml_migrations_load(tree, project, ML_LOAD_HEADERS, cache, error);
        if (migrations == NULL)
            return FALSE;
        g_ptr_array_add(side->migrations, migrations);
    }
    return TRUE;
}

/* --- the same environment on another side -------------------------------------------- */

static gboolean find_by_name(const Side *side, const MlMigrations *merged, guint *index)
{
    for (*index = 0; *index < side->projects->len; ++*index) {
        const MlProject *project = g_ptr_array_index(side->projects, *index);
        if (project != NULL && g_str_equal(project->name, merged->project->name))
            return TRUE;
    }
    return FALSE;
}

/* An environment that was moved: the one that shares most revisions. */
static gboolean find_by_revisions(const Side *side, const MlMigrations *merged, guint *index)
{
    guint most = 0;
    for (guint i = 0; i < side->migrations->len; i++) {
        const MlMigrations *other = g_ptr_array_index(side->migrations, i);
        guint shared = other ? ml_migrations_shared(merged, other) : 0;
        if (shared > most) {
            most = shared;
            *index = i;
        }
    }
    return most > 0;
}

typedef gboolean (*Finder)(const Side *side, const MlMigrations *merged, guint *index);

static void take(Side *side, const MlMigrations *merged, Finder find, MlMigrations **migrations,
                 MlProject **project)
{
    guint index;
    if (*migrations != NULL || !find(side, merged, &index))
        return;
    *migrations = g_steal_pointer(&g_ptr_array_index(side->migrations, index));
    *project = g_steal_pointer(&g_ptr_array_index(side->projects, index));
}

/* --- all of them ------------------------------------------------------------------------ */

void ml_change_free(MlChange *change)
{
    if (change == NULL)
        return;
    ml_migrations_free(change->base);
    ml_migrations_free(change->head);
    ml_project_free(change->base_project);
    ml_project_free(change->head_project);
    g_free(change);
}

GPtrArray *ml_changes_of(const MlMerge *merge, const GPtrArray *merged, const MlProjectQuery *query,
                         MlRevisionCache *cache, GError **error)
{
    static const Finder finders[] = {find_by_name, find_by_revisions};
    g_auto(Side) base = {0}, head = {0};
    if (!load(&base, merge->base.tree, query, cache, error) ||
        !load(&head, merge->head.tree, query, cache, error))
        return NULL;
    GPtrArray *changes = g_ptr_array_new_with_free_func((GDestroyNotify)ml_change_free);
    for (guint i = 0; i < merged->len; i++) {
        MlChange *change = g_new0(MlChange, 1);
        change->merge = merge;
        change->merged = g_ptr_array_index(merged, i);
        g_ptr_array_add(changes, change);
    }
    for (guint by = 0; by < G_N_ELEMENTS(finders); by++) {
        for (guint i = 0; i < changes->len; i++) {
            MlChange *change = g_ptr_array_index(changes, i);
            take(&base, change->merged, finders[by], &change->base, &change->base_project);
            take(&head, change->merged, finders[by], &change->head, &change->head_project);
        }
    }
    return changes;
}

/* --- what is asked of one ------------------------------------------------------------------ */

const MlRevision *ml_change_before(const MlChange *change, const MlRevision *revision)
{
    const MlNode *node = change->base && revision->id.text
                             ? ml_graph_find(change->base->graph, revision->id.text)
                             : NULL;
    return node ? node->revision : NULL;
}

/* A file without an id, or one of several with the same id, is known by its path. */
static const MlRevision *find_file(const MlMigrations *migrations, const char *path)
{
    for (guint i = 0; migrations != NULL && i < migrations->revisions->len; i++) {
        const MlRevision *revision = g_ptr_array_index(migrations->revisions, i);
        if (g_str_equal(revision->path, path))
            return revision;
    }
    return NULL;
}

static gboolean have_equal_text(const MlRevision *a, const MlRevision *b)
{
    return a != NULL && b != NULL && a->module != NULL && b->module != NULL &&
           g_bytes_equal(ml_module_text(a->module), ml_module_text(b->module));
}

/* A merge that is committed does not bring what one of its parents has. */
static gboolean is_joined(const MlMerge *merge, const MlRevision *revision)
{
    for (guint i = 0; revision->module != NULL && i < merge->joined->len; i++) {
        MlTree *tree = g_ptr_array_index(merge->joined, i);
        g_autoptr(GBytes) text = ml_tree_read(tree, revision->path, NULL, NULL);
        if (text != NULL && g_bytes_equal(text, ml_module_text(revision->module)))
            return TRUE;
    }
    return FALSE;
}

gboolean ml_change_brings(const MlChange *change, const MlRevision *revision)
{
    return !have_equal_text(ml_change_before(change, revision), revision) &&
           !have_equal_text(find_file(change->base, revision->path), revision) &&
           !is_joined(change->merge, revision);
}

guint ml_change_heads_before(const MlMigrations *side, const MlGraph *merged,
                             const GPtrArray *heads)
{
    guint count = 0;
    const GPtrArray *before = side ? ml_graph_heads(side->graph) : NULL;
    for (guint i = 0; before != NULL && i < before->len; i++) {
        const MlNode *old = g_ptr_array_index(before, i);
        const MlNode *node = ml_graph_find(merged, old->revision->id.text);
        gboolean is_above = FALSE;
        for (guint j = 0; node != NULL && !is_above && j < heads->len; j++) {
            const MlNode *head = g_ptr_array_index(heads, j);
            is_above = node == head || ml_graph_is_ancestor(merged, node, head);
        }
        count += is_above;
    }
    return count;
}

void ml_history_clear(MlHistory *history)
{
    g_clear_pointer(&history->tips, g_ptr_array_unref);
}

MlCommit *ml_history_of(const MlHistory *history, const char *path)
{
    MlCommit *commit = NULL;
    for (guint i = 0; history != NULL && commit == NULL && i < history->tips->len; i++)
        commit =
            ml_history_introduction(history->repository, g_ptr_array_index(history->tips, i), path);
    return commit;
}
