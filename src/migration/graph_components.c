/* Circles, found as strongly connected components: Tarjan's algorithm without recursion. */
#include "migration/graph_internal.h"

typedef struct {
    const MlNode *node;
    guint next; /* the link to follow next */
} Frame;

typedef struct {
    MlComponents *found;
    guint count;
    gboolean with_dependencies;
    guint visits;
    guint *visit;       /* by node: its turn, from 1; 0: not yet seen */
    guint *lowest;      /* by node: the earliest open node that it leads back to */
    gboolean *open;     /* by node: seen, and in no component yet */
    GPtrArray *pending; /* the open nodes, in order of their turn */
    GArray *frames;
} Search;

/* What link `i` of a node leads to; NULL past the last. */
static const MlNode *follow_link(const Search *search, const MlNode *node, guint i)
{
    if (i < node->parents->len)
        return ml_graph_node(node->parents, i);
    i -= node->parents->len;
    if (search->with_dependencies && i < node->dependencies->len)
        return ml_graph_node(node->dependencies, i);
    return NULL;
}

static void enter(Search *search, const MlNode *node)
{
    Frame frame = {.node = node};
    search->visit[node->index] = search->lowest[node->index] = ++search->visits;
    search->open[node->index] = TRUE;
    g_ptr_array_add(search->pending, (gpointer)node);
    g_array_append_val(search->frames, frame);
}

/* All that is pending since `root` is one component. */
static void close_component(Search *search, const MlNode *root)
{
    GPtrArray *oldest = search->found->oldest;
    const MlNode *last = g_ptr_array_index(search->pending, search->pending->len - 1);
    const MlNode *node;
    do {
        node = g_ptr_array_steal_index(search->pending, search->pending->len - 1);
        search->open[node->index] = FALSE;
        search->found->component[node->index] = search->count;
        search->found->circle[node->index] |= last != root;
        g_ptr_array_add(oldest, (gpointer)node);
    } while (node != root);
    search->count++;
}

static void leave(Search *search, const MlNode *node)
{
    guint lowest = search->lowest[node->index];
    g_array_set_size(search->frames, search->frames->len - 1);
    if (lowest == search->visit[node->index])
        close_component(search, node);
    if (search->frames->len > 0) {
        const Frame *child = &g_array_index(search->frames, Frame, search->frames->len - 1);
        guint *theirs = &search->lowest[child->node->index];
        *theirs = MIN(*theirs, lowest);
    }
}

static void go_on(Search *search)
{
    Frame *frame = &g_array_index(search->frames, Frame, search->frames->len - 1);
    const MlNode *node = frame->node;
    const MlNode *next = follow_link(search, node, frame->next++);
    if (!next) {
        leave(search, node);
    } else if (search->visit[next->index] == 0) {
        enter(search, next);
    } else if (search->open[next->index]) {
        guint *lowest = &search->lowest[node->index];
        *lowest = MIN(*lowest, search->visit[next->index]);
        search->found->circle[node->index] |= next == node;
    }
}

static void collect_edges(const Search *search)
{
    const MlComponents *found = search->found;
    for (guint i = 0; i < found->oldest->len; i++) {
        const MlNode *next, *node = ml_graph_node(found->oldest, i);
        for (guint j = 0; (next = follow_link(search, node, j)); j++) {
            MlComponentEdge edge = {found->component[node->index], found->component[next->index]};
            if (edge.child != edge.parent)
                g_array_append_val(found->edges, edge);
        }
    }
}

MlComponents *ml_components_new(const MlGraph *graph, gboolean with_dependencies)
{
    guint size = ml_graph_size(graph);
    g_autofree guint *visit = g_new0(guint, size);
    g_autofree guint *lowest = g_new0(guint, size);
    g_autofree gboolean *open = g_new0(gboolean, size);
    g_autoptr(GPtrArray) pending = g_ptr_array_new();
    g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(Frame));
    MlComponents *found = g_new0(MlComponents, 1);
    Search search = {
        .found = found,
        .with_dependencies = with_dependencies,
        .visit = visit,
        .lowest = lowest,
        .open = open,
        .pending = pending,
        .frames = frames,
    };

    found->component = g_new0(guint, size);
    found->circle = g_new0(gboolean, size);
    found->oldest = g_ptr_array_new();
    found->edges = g_array_new(FALSE, FALSE, sizeof(MlComponentEdge));
    for (guint i = 0; i < size; i++) {
        if (visit[i] == 0)
            enter(&search, ml_graph_node(graph->nodes, i));
        while (frames->len > 0)
            go_on(&search);
    }
    collect_edges(&search);
    return found;
}

void ml_components_free(MlComponents *components)
{
    g_free(components->component);
    g_free(components->circle);
    g_ptr_array_unref(components->oldest);
    g_array_unref(components->edges);
    g_free(components);
}
