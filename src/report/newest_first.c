#include "report/newest_first.h"

/*
 * A depth-first walk towards the bases, read backwards: a node is finished
 * after all its parents. Only circles have an edge that leads back to a node
 * still open; it is passed over.
 */
typedef struct {
    const MlGraphView *view;
    gboolean *seen;  /* by index, as the others */
    guint *cursor;   /* the next parent to walk to */
    guint *depth;    /* length of the longest way to a base */
    GPtrArray *open; /* const MlNode *: the way from the start to here */
    GPtrArray *done; /* const MlNode *, parents first */
} Walk;

static void walk_open(Walk *walk, const MlNode *node)
{
    if (walk->seen[node->index] || !ml_graph_view_shows(walk->view, node))
        return;
    walk->seen[node->index] = TRUE;
    walk->cursor[node->index] = 0;
    walk->depth[node->index] = 0;
    g_ptr_array_add(walk->open, (gpointer)node);
}

static void walk_close(Walk *walk, const MlNode *node)
{
    guint depth = 0;

    for (guint i = 0; i < node->parents->len; i++) {
        const MlNode *parent = g_ptr_array_index(node->parents, i);

        if (ml_graph_view_shows(walk->view, parent))
            depth = MAX(depth, walk->depth[parent->index] + 1);
    }
    walk->depth[node->index] = depth;
    g_ptr_array_set_size(walk->open, (gint)walk->open->len - 1);
    g_ptr_array_add(walk->done, (gpointer)node);
}

static void walk_from(Walk *walk, const MlNode *start)
{
    walk_open(walk, start);
    while (walk->open->len > 0) {
        const MlNode *node = walk->open->pdata[walk->open->len - 1];
        guint next = walk->cursor[node->index]++;

        if (next < node->parents->len)
            walk_open(walk, node->parents->pdata[next]);
        else
            walk_close(walk, node);
    }
}

static void walk_all(Walk *walk, const GPtrArray *starts)
{
    for (guint i = 0; i < starts->len; i++)
        walk_from(walk, starts->pdata[i]);
}

static void walk_again(Walk *walk)
{
    for (guint i = 0; i < walk->view->nodes->len; i++)
        walk->seen[i] = FALSE;
    g_ptr_array_set_size(walk->done, 0);
}

static gboolean has_shown_child(const MlGraphView *view, const MlNode *node)
{
    for (guint i = 0; i < node->children->len; i++)
        if (ml_graph_view_shows(view, node->children->pdata[i]))
            return TRUE;
    return FALSE;
}

static GPtrArray *starts_of(const MlGraphView *view)
{
    GPtrArray *starts = g_ptr_array_new();

    for (guint i = 0; i < view->nodes->len; i++) {
        const MlNode *node = g_ptr_array_index(view->nodes, i);

        if (ml_graph_view_shows(view, node) && !has_shown_child(view, node))
            g_ptr_array_add(starts, (gpointer)node);
    }
    return starts;
}

static gint by_depth(gconstpointer a, gconstpointer b, gpointer data)
{
    const MlNode *const *left = a;
    const MlNode *const *right = b;
    const Walk *walk = data;
    guint left_depth = walk->depth[(*left)->index];
    guint right_depth = walk->depth[(*right)->index];

    if (left_depth != right_depth)
        return left_depth < right_depth ? -1 : 1;
    return (*left)->index > (*right)->index ? -1 : 1;
}

static GPtrArray *reversed(const GPtrArray *nodes)
{
    GPtrArray *backwards = g_ptr_array_sized_new(nodes->len);

    for (guint i = nodes->len; i > 0; i--)
        g_ptr_array_add(backwards, nodes->pdata[i - 1]);
    return backwards;
}

GPtrArray *ml_newest_first(const MlGraphView *view)
{
    guint count = view->nodes->len;
    g_autofree gboolean *seen = g_new0(gboolean, count + 1);
    g_autofree guint *cursor = g_new0(guint, count + 1);
    g_autofree guint *depth = g_new0(guint, count + 1);
    g_autoptr(GPtrArray) open = g_ptr_array_new();
    g_autoptr(GPtrArray) done = g_ptr_array_new();
    g_autoptr(GPtrArray) starts = starts_of(view);
    Walk walk = {view, seen, cursor, depth, open, done};

    /* The first walk measures; what it does not reach hangs on circles alone. */
    walk_all(&walk, starts);
    g_ptr_array_sort_with_data(starts, by_depth, &walk);
    walk_again(&walk);
    walk_all(&walk, starts);
    walk_all(&walk, view->nodes);
    return reversed(done);
}
