/* The order in which Alembic runs revisions (RevisionMap._topological_sort). */
#include "migration/graph_internal.h"

/* --- dependencies that say something new (_normalize_depends_on) ----------- */

#define BATCH 64

/* That a node depends on another. */
typedef struct {
    guint component; /* of the node */
    guint rank;      /* of the other, from 1; 0 if nothing else depends on it */
    gboolean redundant;
} Need;

/* Numbers the nodes that are depended on more than once; gives how many there are. */
static guint rank_targets(const MlGraph *graph, guint *rank)
{
    guint count = 0;
    for (guint i = 0; i < ml_graph_size(graph); i++)
        if (ml_graph_node(graph->nodes, i)->dependents->len > 1)
            rank[i] = ++count;
    return count;
}

static GArray *collect_needs(const MlGraph *graph, const guint *rank)
{
    GArray *needs = g_array_new(FALSE, FALSE, sizeof(Need));
    for (guint i = 0; i < ml_graph_size(graph); i++) {
        const MlNode *node = ml_graph_node(graph->nodes, i);
        for (guint j = 0; j < node->dependencies->len; j++) {
            Need need = {.component = graph->lines->component[i],
                         .rank = rank[ml_graph_node(node->dependencies, j)->index]};
            g_array_append_val(needs, need);
        }
    }
    return needs;
}

/* The bit of a rank in the batch that begins with the rank `first`. */
static guint64 batch_bit(guint rank, guint first)
{
    if (rank < first || rank >= first + BATCH)
        return 0;
    return G_GUINT64_CONSTANT(1) << (rank - first);
}

/* Finds the redundant needs of one batch of targets, in one pass over the graph. */
static void find_redundant(const MlGraph *graph, GArray *needs, guint first)
{
    const GArray *edges = graph->lines->edges;
    g_autofree guint64 *own = g_new0(guint64, ml_graph_size(graph));
    g_autofree guint64 *above = g_new0(guint64, ml_graph_size(graph));
    for (guint i = 0; i < needs->len; i++) {
        const Need *need = &g_array_index(needs, Need, i);
        own[need->component] |= batch_bit(need->rank, first);
    }
    for (guint i = 0; i < edges->len; i++) {
        MlComponentEdge edge = g_array_index(edges, MlComponentEdge, i);
        above[edge.child] |= above[edge.parent] | own[edge.parent];
    }
    for (guint i = 0; i < needs->len; i++) {
        Need *need = &g_array_index(needs, Need, i);
        need->redundant |= (above[need->component] & batch_bit(need->rank, first)) != 0;
    }
}

/* Its needs are those from `first` on; `taken` (by node) keeps a parent that is a dependency too
 * from coming twice. */
static GPtrArray *directly_before(const MlNode *node, const GArray *needs, guint first,
                                  guint *taken)
{
    if (node->dependencies->len == 0)
        return g_ptr_array_ref(node->parents);
    GPtrArray *before = g_ptr_array_new();
    for (guint i = 0; i < node->parents->len; i++) {
        taken[ml_graph_node(node->parents, i)->index] = node->index + 1;
        g_ptr_array_add(before, g_ptr_array_index(node->parents, i));
    }
    for (guint i = 0; i < node->dependencies->len; i++) {
        const MlNode *dependency = ml_graph_node(node->dependencies, i);
        gboolean redundant = g_array_index(needs, Need, first + i).redundant;
        if (!redundant && taken[dependency->index] != node->index + 1)
            g_ptr_array_add(before, (gpointer)dependency);
    }
    return before;
}

/* Leaves out each dependency that an ancestor has too. */
void ml_graph_normalize(MlGraph *graph)
{
    guint size = ml_graph_size(graph);
    g_autofree guint *rank = g_new0(guint, size);
    g_autofree guint *taken = g_new0(guint, size);
    guint targets = rank_targets(graph, rank);
    g_autoptr(GArray) needs = collect_needs(graph, rank);
    for (guint first = 1; first <= targets; first += BATCH)
        find_redundant(graph, needs, first);

    graph->before = g_new0(GPtrArray *, size);
    for (guint i = 0, first = 0; i < size; i++) {
        const MlNode *node = ml_graph_node(graph->nodes, i);
        graph->before[i] = directly_before(node, needs, first, taken);
        first += node->dependencies->len;
    }
}

const GPtrArray *ml_graph_before(const MlGraph *graph, const MlNode *node)
{
    return graph->before[node->index];
}

/* --- the sort ------------------------------------------------------------- */

/*
 * Alembic keeps a list of places, at first one for each head, and stays at one
 * place as long as nothing left at another place needs what is there; else it
 * changes to the first place that does. What it emits is replaced by its
 * parent; further parents are appended as new places.
 *
 * The bound is on finding that first place. Past it the rest comes in an order
 * that is as valid, but perhaps not Alembic's.
 */
#define SEARCH_LIMIT (1u << 23)

typedef struct {
    const MlGraph *graph;
    GPtrArray *order; /* const MlNode *, newest first */
    gboolean *left;   /* by node: still to be emitted */
    guint *waiting;   /* by node: how many children and dependents are left */
    GQueue places;    /* const MlNode * */
    GList **place;    /* by node: its link in `places`, or NULL */
    guint *number;    /* by node: of its place; they rise along the list */
    guint last_number;
    guint *seen; /* by node: the last search that came by */
    guint searches;
    guint effort;
    GPtrArray *stack; /* of a search */
} Sort;

gboolean *ml_graph_runnable(const MlGraph *graph)
{
    gboolean *runnable = g_new0(gboolean, ml_graph_size(graph));
    for (guint i = 0; i < graph->needs->oldest->len; i++) {
        const MlNode *node = ml_graph_node(graph->needs->oldest, i);
        const GPtrArray *before = graph->before[node->index];
        gboolean fine = !graph->needs->circle[node->index];
        for (guint j = 0; fine && j < before->len; j++)
            fine = runnable[ml_graph_node(before, j)->index];
        runnable[node->index] = fine;
    }
    return runnable;
}

static void add_place(Sort *sort, const MlNode *node)
{
    g_queue_push_tail(&sort->places, (gpointer)node);
    sort->place[node->index] = sort->places.tail;
    sort->number[node->index] = ++sort->last_number;
}

static void move_place(Sort *sort, const MlNode *from, const MlNode *to)
{
    GList *place = sort->place[from->index];
    place->data = (gpointer)to;
    sort->place[to->index] = place;
    sort->number[to->index] = sort->number[from->index];
    sort->place[from->index] = NULL;
}

/* Removes a place; gives the one to go on with. */
static GList *drop_place(Sort *sort, GList *place)
{
    GList *next = place->prev ? place->prev : place->next;
    sort->place[((const MlNode *)place->data)->index] = NULL;
    g_queue_delete_link(&sort->places, place);
    return next;
}

static guint count_left(const Sort *sort, const GPtrArray *nodes)
{
    guint count = 0;
    for (guint i = 0; i < nodes->len; i++)
        count += sort->left[ml_graph_node(nodes, i)->index] ? 1 : 0;
    return count;
}

static void push_left(Sort *sort, const GPtrArray *nodes)
{
    for (guint i = 0; i < nodes->len; i++)
        if (sort->left[ml_graph_node(nodes, i)->index])
            g_ptr_array_add(sort->stack, g_ptr_array_index(nodes, i));
    sort->effort += nodes->len;
}

/* The first place whose node needs `node`, which something does. */
static GList *first_place_above(Sort *sort, const MlNode *node)
{
    GList *first = NULL;
    guint number = G_MAXUINT;
    sort->searches++;
    push_left(sort, node->children);
    push_left(sort, node->dependents);
    while (sort->stack->len > 0) {
        const MlNode *above = g_ptr_array_steal_index(sort->stack, sort->stack->len - 1);
        if (sort->seen[above->index] == sort->searches)
            continue;
        sort->seen[above->index] = sort->searches;
        if (sort->place[above->index] && sort->number[above->index] < number) {
            first = sort->place[above->index];
            number = sort->number[above->index];
        }
        push_left(sort, above->children);
        push_left(sort, above->dependents);
    }
    return first;
}

static void emit(Sort *sort, const MlNode *node)
{
    g_ptr_array_add(sort->order, (gpointer)node);
    sort->left[node->index] = FALSE;
    for (guint i = 0; i < node->parents->len; i++)
        sort->waiting[ml_graph_node(node->parents, i)->index]--;
    for (guint i = 0; i < node->dependencies->len; i++)
        sort->waiting[ml_graph_node(node->dependencies, i)->index]--;
}

/* Puts what comes directly before `node` in its place; gives the place to go on with. */
static GList *go_down(Sort *sort, GList *place)
{
    const MlNode *node = place->data;
    const GPtrArray *before = sort->graph->before[node->index];
    gboolean moved = FALSE;
    for (guint i = 0; i < before->len; i++) {
        const MlNode *next = ml_graph_node(before, i);
        if (!sort->left[next->index] || sort->place[next->index])
            continue;
        if (moved)
            add_place(sort, next);
        else
            move_place(sort, node, next);
        moved = TRUE;
    }
    return moved ? place : drop_place(sort, place);
}

static void start(Sort *sort)
{
    for (guint i = 0; i < ml_graph_size(sort->graph); i++) {
        const MlNode *node = ml_graph_node(sort->graph->nodes, i);
        sort->waiting[i] = count_left(sort, node->children) + count_left(sort, node->dependents);
        if (sort->left[i] && sort->waiting[i] == 0)
            add_place(sort, node);
    }
}

static void run(Sort *sort)
{
    GList *current = sort->places.head;
    while (current && sort->effort < SEARCH_LIMIT) {
        const MlNode *node = current->data;
        if (sort->waiting[node->index] > 0) {
            current = first_place_above(sort, node);
        } else {
            emit(sort, node);
            current = go_down(sort, current);
        }
    }
    const GPtrArray *oldest = sort->graph->needs->oldest;
    for (guint i = oldest->len; i-- > 0;)
        if (sort->left[ml_graph_node(oldest, i)->index])
            emit(sort, ml_graph_node(oldest, i));
}

GPtrArray *ml_graph_sort(const MlGraph *graph, const gboolean *wanted)
{
    guint size = ml_graph_size(graph);
    g_autofree gboolean *left = g_memdup2(wanted, size * sizeof *wanted);
    g_autofree guint *waiting = g_new0(guint, size);
    g_autofree GList **place = g_new0(GList *, size);
    g_autofree guint *number = g_new0(guint, size);
    g_autofree guint *seen = g_new0(guint, size);
    g_autoptr(GPtrArray) stack = g_ptr_array_new();
    Sort sort = {
        .graph = graph,
        .order = g_ptr_array_new(),
        .left = left,
        .waiting = waiting,
        .places = G_QUEUE_INIT,
        .place = place,
        .number = number,
        .seen = seen,
        .stack = stack,
    };
    start(&sort);
    run(&sort);
    g_queue_clear(&sort.places);
    return sort.order;
}

GPtrArray *ml_graph_upgrade_order(const MlGraph *graph)
{
    g_autofree gboolean *runnable = ml_graph_runnable(graph);
    g_autoptr(GPtrArray) newest = ml_graph_sort(graph, runnable);
    GPtrArray *order = g_ptr_array_new();
    for (guint i = newest->len; i-- > 0;)
        g_ptr_array_add(order, g_ptr_array_index(newest, i));
    for (guint i = 0; i < ml_graph_size(graph); i++)
        if (!runnable[i])
            g_ptr_array_add(order, g_ptr_array_index(graph->nodes, i));
    return order;
}
