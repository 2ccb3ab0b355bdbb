#include "miglint/change.h"
#include "change/pairing.h"

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

/* Moves what `like` is of out of the side; nothing where it is NULL. */
static void take(Side *side, const MlMigrations *like, MlMigrations **migrations,
                 MlProject **project)
{
    guint index;
    if (like == NULL || !g_ptr_array_find(side->migrations, like, &index))
        return;
    *migrations = g_steal_pointer(&g_ptr_array_index(side->migrations, index));
    *project = g_steal_pointer(&g_ptr_array_index(side->projects, index));
}

/* --- what the head brings ---------------------------------------------------------------- */

/* A file without an id, or one of several with the same id, is known by its path. */
static GHashTable *by_path(const MlMigrations *migrations)
{
    GHashTable *revisions = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; migrations != NULL && i < migrations->revisions->len; i++) {
        MlRevision *revision = g_ptr_array_index(migrations->revisions, i);
        g_hash_table_insert(revisions, revision->path, revision);
    }
    return revisions;
}

static gboolean have_equal_text(const MlRevision *a, const MlRevision *b)
{
    return a != NULL && b != NULL && a->module != NULL && b->module != NULL &&
           g_bytes_equal(ml_module_text(a->module), ml_module_text(b->module));
}

static void find_brought(MlChange *change)
{
    g_autoptr(GHashTable) files = by_path(change->base);
    for (guint i = 0; i < change->merged->revisions->len; i++) {
        MlRevision *revision = g_ptr_array_index(change->merged->revisions, i);
        if (!have_equal_text(ml_change_before(change, revision), revision) &&
            !have_equal_text(g_hash_table_lookup(files, revision->path), revision))
            g_hash_table_add(change->brought, revision);
    }
}

/* --- all of them ------------------------------------------------------------------------ */

void ml_change_free(MlChange *change)
{
    if (change == NULL)
        return;
    g_hash_table_unref(change->brought);
    ml_migrations_free(change->base);
    ml_migrations_free(change->head);
    ml_project_free(change->base_project);
    ml_project_free(change->head_project);
    g_free(change);
}

static MlChange *new_change(const MlMerge *merge, const MlMigrations *merged)
{
    MlChange *change = g_new0(MlChange, 1);
    change->merge = merge;
    change->merged = merged;
    change->brought = g_hash_table_new(NULL, NULL);
    return change;
}

/* Environments that only the base has; where folders were asked for, others were not looked for. */
static void add_gone(GPtrArray *changes, GPtrArray *merged, Side *base, const MlMerge *merge,
                     const MlProjectQuery *query)
{
    gboolean is_narrow = query->folders != NULL && query->folders->len > 0;
    for (guint i = 0; !is_narrow && i < base->migrations->len; i++) {
        MlMigrations *migrations = g_ptr_array_index(base->migrations, i);
        if (migrations == NULL || migrations->revisions->len == 0)
            continue;
        MlChange *change = new_change(merge, ml_migrations_none(migrations->project));
        take(base, migrations, &change->base, &change->base_project);
        change->is_gone = TRUE;
        g_ptr_array_add(changes, change);
        g_ptr_array_add(merged, (gpointer)change->merged);
    }
}

GPtrArray *ml_changes_of(const MlMerge *merge, GPtrArray *merged, const MlProjectQuery *query,
                         MlRevisionCache *cache, GError **error)
{
    g_auto(Side) base = {0}, head = {0};
    if (!load(&base, merge->base.tree, query, cache, error) ||
        !load(&head, merge->head.tree, query, cache, error))
        return NULL;
    g_autoptr(GPtrArray) of_base = ml_environments_pair(merged, base.migrations);
    g_autoptr(GPtrArray) of_head = ml_environments_pair(merged, head.migrations);
    GPtrArray *changes = g_ptr_array_new_with_free_func((GDestroyNotify)ml_change_free);
    for (guint i = 0; i < merged->len; i++) {
        MlChange *change = new_change(merge, g_ptr_array_index(merged, i));
        take(&base, g_ptr_array_index(of_base, i), &change->base, &change->base_project);
        take(&head, g_ptr_array_index(of_head, i), &change->head, &change->head_project);
        find_brought(change);
        g_ptr_array_add(changes, change);
    }
    add_gone(changes, merged, &base, merge, query);
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

gboolean ml_change_brings(const MlChange *change, const MlRevision *revision)
{
    return g_hash_table_contains(change->brought, revision);
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

MlCommit *ml_history_of(const MlHistory *history, const char *path)
{
    MlCommit *commit = NULL;
    for (const char *const *tip = history ? history->tips : NULL;
         tip != NULL && *tip != NULL && commit == NULL; tip++)
        commit = ml_history_introduction(history->repository, *tip, path);
    return commit;
}
