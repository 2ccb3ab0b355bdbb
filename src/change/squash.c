/* Old revisions made into one: the last of them keeps its id, as a new root or behind one. */
#include "miglint/change.h"

/* All that is above a node by down_revision: const MlNode *. */
static GHashTable *ancestors_of(const MlNode *node)
{
    GHashTable *found = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) open = g_ptr_array_new();
    g_ptr_array_add(open, (gpointer)node);
    while (open->len > 0) {
        const MlNode *next = g_ptr_array_steal_index_fast(open, open->len - 1);
        for (guint i = 0; i < next->parents->len; i++)
            if (g_hash_table_add(found, g_ptr_array_index(next->parents, i)))
                g_ptr_array_add(open, g_ptr_array_index(next->parents, i));
    }
    return found;
}

static const MlNode *find_like(const MlGraph *graph, const MlNode *node)
{
    return ml_graph_find(graph, node->revision->id.text);
}

/* Whether it begins the graph, alone or with one revision before it that the base does not have. */
static gboolean begins_anew(const MlChange *change, const MlNode *node)
{
    if (node->revision->down_revisions->len == 0)
        return TRUE;
    const MlNode *root = node->parents->len == 1 ? g_ptr_array_index(node->parents, 0) : NULL;
    return root != NULL && root->is_base && find_like(change->base->graph, root) == NULL;
}

/* The revisions of the base that `node` of the merged graph takes the place of; NULL if none. */
static GHashTable *replaced_by(const MlChange *change, const MlNode *node)
{
    const MlNode *before = find_like(change->base->graph, node);
    if (before == NULL || before->parents->len == 0 || !begins_anew(change, node))
        return NULL;
    g_autoptr(GHashTable) ancestors = ancestors_of(before);
    GHashTableIter each;
    gpointer ancestor;
    g_hash_table_iter_init(&each, ancestors);
    while (g_hash_table_iter_next(&each, &ancestor, NULL))
        if (find_like(change->merged->graph, ancestor) != NULL)
            return NULL;
    return g_steal_pointer(&ancestors);
}

gboolean ml_change_is_squash(const MlChange *change, const MlRevision *revision)
{
    const MlNode *node = change->base && revision->id.text
                             ? ml_graph_find(change->merged->graph, revision->id.text)
                             : NULL;
    g_autoptr(GHashTable) replaced = node ? replaced_by(change, node) : NULL;
    return replaced != NULL;
}

static gboolean find_one(gpointer key, gpointer value G_GNUC_UNUSED, gpointer all)
{
    g_hash_table_add(all, key);
    return TRUE;
}

GHashTable *ml_change_squashed(const MlChange *change)
{
    GHashTable *squashed = g_hash_table_new(NULL, NULL);
    const GPtrArray *nodes = ml_graph_nodes(change->merged->graph);
    for (guint i = 0; change->base != NULL && i < nodes->len; i++) {
        g_autoptr(GHashTable) replaced = replaced_by(change, g_ptr_array_index(nodes, i));
        if (replaced != NULL)
            g_hash_table_foreach_steal(replaced, find_one, squashed);
    }
    return squashed;
}
