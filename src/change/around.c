/* The part of a graph that shows what a change does to it. */
#include "miglint/change.h"

typedef struct {
    GPtrArray *nodes; /* const MlNode *: what tells most comes first */
    GHashTable *seen; /* the same as a set */
} Selection;

static void add(Selection *selection, const MlNode *node)
{
    if (g_hash_table_add(selection->seen, (gpointer)node))
        g_ptr_array_add(selection->nodes, (gpointer)node);
}

static void add_all(Selection *selection, const GPtrArray *nodes)
{
    for (guint i = 0; i < nodes->len; i++)
        add(selection, g_ptr_array_index(nodes, i));
}

static GPtrArray *find_brought(const MlGraph *graph, const MlChange *change)
{
    const GPtrArray *nodes = ml_graph_nodes(graph);
    GPtrArray *brought = g_ptr_array_new();
    for (guint i = 0; change != NULL && i < nodes->len; i++) {
        const MlNode *node = g_ptr_array_index(nodes, i);
        if (ml_change_brings(change, node->revision))
            g_ptr_array_add(brought, (gpointer)node);
    }
    return brought;
}

/* Lines that end in several heads, of which the settings may allow some. */
static GPtrArray *find_split_lines(const MlMigrations *migrations)
{
    g_autoptr(GPtrArray) lines = ml_migrations_lines(migrations, NULL);
    GPtrArray *split = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < lines->len; i++)
        if (((GPtrArray *)g_ptr_array_index(lines, i))->len > 1)
            g_ptr_array_add(split, g_ptr_array_ref(g_ptr_array_index(lines, i)));
    return split;
}

static void add_heads(Selection *selection, const MlGraph *graph, const GPtrArray *brought,
                      const GPtrArray *split_lines)
{
    for (guint i = 0; i < brought->len; i++)
        if (((MlNode *)g_ptr_array_index(brought, i))->is_head)
            add(selection, g_ptr_array_index(brought, i));
    for (guint i = 0; i < split_lines->len; i++)
        add_all(selection, g_ptr_array_index(split_lines, i));
    add_all(selection, ml_graph_heads(graph));
}

static void add_brought(Selection *selection, const GPtrArray *brought)
{
    add_all(selection, brought);
    for (guint i = 0; i < brought->len; i++)
        add_all(selection, ((MlNode *)g_ptr_array_index(brought, i))->parents);
}

/* From all heads of a line at the same pace to where they part. */
static void add_way(Selection *selection, const MlGraph *graph, const GPtrArray *heads)
{
    g_autoptr(GPtrArray) parting = ml_graph_parting(graph, heads);
    g_autoptr(GPtrArray) way = g_ptr_array_copy((GPtrArray *)heads, NULL, NULL);
    g_autoptr(GHashTable) passed = g_hash_table_new(NULL, NULL);
    add_all(selection, parting);
    for (guint i = 0; i < parting->len; i++)
        g_hash_table_add(passed, g_ptr_array_index(parting, i));
    for (guint i = 0; parting->len > 0 && i < way->len; i++) {
        MlNode *node = g_ptr_array_index(way, i);
        if (!g_hash_table_add(passed, node))
            continue;
        add(selection, node);
        g_ptr_array_extend(way, node->parents, NULL, NULL);
    }
}

static gint compare_places(gconstpointer a, gconstpointer b)
{
    const MlNode *one = *(const MlNode *const *)a, *other = *(const MlNode *const *)b;
    return one->index < other->index ? -1 : 1;
}

GPtrArray *ml_graph_around(const MlMigrations *migrations, const MlChange *change, guint most,
                           guint *left_out)
{
    const MlGraph *graph = migrations->graph;
    g_autoptr(GPtrArray) brought = find_brought(graph, change);
    g_autoptr(GPtrArray) split_lines = find_split_lines(migrations);
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    Selection selection = {g_ptr_array_new(), seen};
    if (brought->len > 0 || split_lines->len > 0)
        add_heads(&selection, graph, brought, split_lines);
    add_brought(&selection, brought);
    for (guint i = 0; i < split_lines->len; i++)
        add_way(&selection, graph, g_ptr_array_index(split_lines, i));

    guint shown = MIN(selection.nodes->len, most);
    *left_out = selection.nodes->len - shown;
    g_ptr_array_set_size(selection.nodes, (gint)shown);
    g_ptr_array_sort(selection.nodes, compare_places);
    return selection.nodes;
}
