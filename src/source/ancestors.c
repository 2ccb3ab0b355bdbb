/* The ancestors of a commit, for many questions about few others. */
#include "source/lineage.h"

struct MlAncestors {
    MlRepository *repository;
    MlLineageNode *tip;
    GHashTable *nodes; /* set of MlLineageNode */
};

/* Adds a commit and all that lies behind it. */
static gboolean add_all(MlLineage *lineage, MlLineageNode *tip, GHashTable *nodes, GError **error)
{
    g_autoptr(GPtrArray) ahead = g_ptr_array_new();
    g_ptr_array_add(ahead, tip);
    g_hash_table_add(nodes, tip);
    while (ahead->len) {
        MlLineageNode *node = g_ptr_array_steal_index_fast(ahead, ahead->len - 1);
        if (!ml_lineage_read(lineage, node, error))
            return FALSE;
        for (guint i = 0; i < node->parent_count; i++)
            if (g_hash_table_add(nodes, node->parents[i]))
                g_ptr_array_add(ahead, node->parents[i]);
    }
    return TRUE;
}

MlAncestors *ml_ancestors_new(MlRepository *repository, const char *commit, GError **error)
{
    MlLineage *lineage = ml_lineage_lock(repository);
    MlLineageNode *tip = ml_lineage_named(lineage, commit, error);
    g_autoptr(GHashTable) nodes = g_hash_table_new(NULL, NULL);
    gboolean read = tip && add_all(lineage, tip, nodes, error);
    ml_lineage_unlock(lineage);
    if (!read)
        return NULL;
    MlAncestors *ancestors = g_new(MlAncestors, 1);
    *ancestors = (MlAncestors){ml_repository_ref(repository), tip, g_steal_pointer(&nodes)};
    return ancestors;
}

void ml_ancestors_free(MlAncestors *ancestors)
{
    if (!ancestors)
        return;
    g_hash_table_unref(ancestors->nodes);
    ml_repository_unref(ancestors->repository);
    g_free(ancestors);
}

gboolean ml_ancestors_has(const MlAncestors *ancestors, const char *commit)
{
    MlLineage *lineage = ml_lineage_lock(ancestors->repository);
    MlLineageNode *node = ml_lineage_named(lineage, commit, NULL);
    ml_lineage_unlock(lineage);
    return node && g_hash_table_contains(ancestors->nodes, node);
}

/* The first ancestors that are met on the way back from `node`: MlLineageNode *. */
static GPtrArray *find_frontier(const MlAncestors *ancestors, MlLineage *lineage,
                                MlLineageNode *node, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) ahead = g_ptr_array_new();
    g_autoptr(GPtrArray) frontier = g_ptr_array_new();
    g_ptr_array_add(ahead, node);
    g_hash_table_add(seen, node);
    while (ahead->len) {
        MlLineageNode *next = g_ptr_array_steal_index_fast(ahead, ahead->len - 1);
        if (g_hash_table_contains(ancestors->nodes, next)) {
            g_ptr_array_add(frontier, next);
            continue;
        }
        if (!ml_lineage_read(lineage, next, error))
            return NULL;
        for (guint i = 0; i < next->parent_count; i++)
            if (g_hash_table_add(seen, next->parents[i]))
                g_ptr_array_add(ahead, next->parents[i]);
    }
    return g_steal_pointer(&frontier);
}

/* One that is met alone is the base. Of several, one may lie behind another; and of none, why is
 * for the full walk to say. */
static GPtrArray *find_bases(const MlAncestors *ancestors, MlLineage *lineage, const char *commit,
                             GError **error)
{
    MlLineageNode *node = ml_lineage_named(lineage, commit, error);
    g_autoptr(GPtrArray) frontier = node ? find_frontier(ancestors, lineage, node, error) : NULL;
    if (!frontier)
        return NULL;
    if (frontier->len == 1)
        return ml_lineage_ids(frontier);
    g_autoptr(GPtrArray) others = g_ptr_array_new();
    g_ptr_array_add(others, node);
    g_autoptr(GPtrArray) bases = ml_lineage_bases(lineage, ancestors->tip, others, error);
    return bases ? ml_lineage_ids(bases) : NULL;
}

GPtrArray *ml_ancestors_merge_bases(MlAncestors *ancestors, const char *commit, GError **error)
{
    MlLineage *lineage = ml_lineage_lock(ancestors->repository);
    GPtrArray *ids = find_bases(ancestors, lineage, commit, error);
    ml_lineage_unlock(lineage);
    return ids;
}
