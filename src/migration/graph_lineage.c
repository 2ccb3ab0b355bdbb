/* Who descends from whom. */
#include "migration/graph_internal.h"

static void push_all(GPtrArray *stack, const GPtrArray *nodes)
{
    for (guint i = 0; i < nodes->len; i++)
        g_ptr_array_add(stack, g_ptr_array_index(nodes, i));
}

static void push_next(GPtrArray *stack, const MlNode *node, MlDirection direction)
{
    gboolean dependencies = (direction & ML_WITH_DEPENDENCIES) != 0;
    if (direction & ML_TOWARDS_PARENTS) {
        push_all(stack, node->parents);
        if (dependencies)
            push_all(stack, node->dependencies);
    } else {
        push_all(stack, node->children);
        if (dependencies)
            push_all(stack, node->dependents);
    }
}

gboolean *ml_graph_reach(const MlGraph *graph, const GPtrArray *nodes, MlDirection direction)
{
    gboolean *reached = g_new0(gboolean, ml_graph_size(graph) + 1);
    g_autoptr(GPtrArray) stack = g_ptr_array_new();
    push_all(stack, nodes);
    while (stack->len > 0) {
        const MlNode *node = g_ptr_array_steal_index(stack, stack->len - 1);
        if (reached[node->index])
            continue;
        reached[node->index] = TRUE;
        push_next(stack, node, direction);
    }
    return reached;
}

gboolean ml_graph_is_ancestor(const MlGraph *graph, const MlNode *ancestor, const MlNode *node)
{
    if (ancestor == node)
        return FALSE;
    g_autoptr(GPtrArray) start = g_ptr_array_new();
    g_ptr_array_add(start, (gpointer)node);
    g_autofree gboolean *reached = ml_graph_reach(graph, start, ML_TOWARDS_PARENTS);
    return reached[ancestor->index];
}

/* --- where nodes part ----------------------------------------------------- */

/* Bits are handed down from children to parents, so that 64 nodes cost one pass. */
#define BATCH 64

static void hand_down(const MlGraph *graph, guint64 *reached)
{
    const GArray *edges = graph->lines->edges;
    for (guint i = edges->len; i-- > 0;) {
        MlComponentEdge edge = g_array_index(edges, MlComponentEdge, i);
        reached[edge.parent] |= reached[edge.child];
    }
}

/* Unmarks what is above one of `nodes` [from, from + BATCH) and not above another. */
static void keep_common(const MlGraph *graph, const GPtrArray *nodes, guint from, gboolean *common)
{
    const guint *component = graph->lines->component;
    g_autofree guint64 *reached = g_new0(guint64, ml_graph_size(graph));
    guint64 all = 0;
    for (guint i = from; i < nodes->len && i < from + BATCH; i++) {
        guint64 bit = G_GUINT64_CONSTANT(1) << (i - from);
        reached[component[ml_graph_node(nodes, i)->index]] |= bit;
        all |= bit;
    }
    hand_down(graph, reached);
    for (guint i = 0; i < ml_graph_size(graph); i++)
        common[i] = common[i] && reached[component[i]] == all;
}

static gboolean has_common_child(const MlGraph *graph, const MlNode *node, const gboolean *common)
{
    const guint *component = graph->lines->component;
    for (guint i = 0; i < node->children->len; i++) {
        const MlNode *child = ml_graph_node(node->children, i);
        if (common[child->index] && component[child->index] != component[node->index])
            return TRUE;
    }
    return FALSE;
}

GPtrArray *ml_graph_parting(const MlGraph *graph, const GPtrArray *nodes)
{
    GPtrArray *parting = g_ptr_array_new();
    g_autofree gboolean *common = g_new0(gboolean, ml_graph_size(graph));
    for (guint i = 0; i < ml_graph_size(graph); i++)
        common[i] = nodes->len > 0;
    for (guint from = 0; from < nodes->len; from += BATCH)
        keep_common(graph, nodes, from, common);
    for (guint i = 0; i < ml_graph_size(graph); i++) {
        const MlNode *node = ml_graph_node(graph->nodes, i);
        if (common[i] && !has_common_child(graph, node, common))
            g_ptr_array_add(parting, (gpointer)node);
    }
    return parting;
}

GHashTable *ml_graph_descendants(const MlNode *node, guint most)
{
    GHashTable *found = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) todo = g_ptr_array_new();
    g_ptr_array_add(todo, (gpointer)node);
    for (guint i = 0; i < todo->len; i++) {
        const MlNode *above = g_ptr_array_index(todo, i);
        for (guint j = 0; j < above->children->len; j++) {
            gpointer child = g_ptr_array_index(above->children, j);
            if (g_hash_table_size(found) == most)
                return found;
            if (child != node && g_hash_table_add(found, child))
                g_ptr_array_add(todo, child);
        }
    }
    return found;
}
