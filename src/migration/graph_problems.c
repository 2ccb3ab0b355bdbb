/* What is wrong with a graph: everything that Alembic would warn of or raise. */
#include "migration/graph_internal.h"

static void add_problem(MlGraph *graph, MlGraphProblemKind kind, GPtrArray *revisions,
                        const MlReference *reference)
{
    MlGraphProblem *problem = g_new0(MlGraphProblem, 1);
    *problem = (MlGraphProblem){.kind = kind, .revisions = revisions, .reference = reference};
    g_ptr_array_add(graph->problems, problem);
}

static GPtrArray *only(const MlNode *node)
{
    GPtrArray *revisions = g_ptr_array_new();
    g_ptr_array_add(revisions, (gpointer)node->revision);
    return revisions;
}

static void find_double(MlGraph *graph, const MlNode *node)
{
    GPtrArray *all = g_hash_table_lookup(graph->doubles, node);
    if (all)
        add_problem(graph, ML_GRAPH_DUPLICATE, g_ptr_array_ref(all), NULL);
}

/* Alembic knows a parent by its id alone, but a dependency by a branch label too. */
static void find_missing(MlGraph *graph, const MlNode *node)
{
    const GArray *parents = node->revision->down_revisions;
    for (guint i = 0; i < parents->len; i++) {
        const MlReference *parent = &g_array_index(parents, MlReference, i);
        if (!ml_graph_find(graph, parent->text))
            add_problem(graph, ML_GRAPH_MISSING_PARENT, only(node), parent);
    }
    const GArray *dependencies = node->revision->depends_on;
    for (guint i = 0; i < dependencies->len; i++) {
        const MlReference *dependency = &g_array_index(dependencies, MlReference, i);
        if (!ml_graph_named(graph, dependency->text))
            add_problem(graph, ML_GRAPH_MISSING_DEPENDENCY, only(node), dependency);
    }
}

/* --- labels --------------------------------------------------------------- */

static GPtrArray *users_of_label(const GPtrArray *declarers, const MlNode *namesake)
{
    GPtrArray *revisions = g_ptr_array_new();
    const MlNode *last = NULL;
    for (guint i = 0; i < declarers->len; i++) {
        const MlNode *declarer = ml_graph_node(declarers, i);
        if (declarer != last)
            g_ptr_array_add(revisions, (gpointer)declarer->revision);
        last = declarer;
    }
    if (namesake)
        g_ptr_array_add(revisions, (gpointer)namesake->revision);
    return revisions;
}

static void find_clashes(MlGraph *graph, const MlNode *node, GHashTable *told)
{
    const GArray *labels = node->revision->branch_labels;
    for (guint i = 0; i < labels->len; i++) {
        const MlReference *label = &g_array_index(labels, MlReference, i);
        const GPtrArray *declarers = g_hash_table_lookup(graph->labels, label->text);
        const MlNode *namesake = ml_graph_find(graph, label->text);
        if ((declarers->len > 1 || namesake) && g_hash_table_add(told, label->text))
            add_problem(graph, ML_GRAPH_LABEL_CLASH, users_of_label(declarers, namesake), label);
    }
}

/* --- circles -------------------------------------------------------------- */

typedef struct {
    MlGraphProblemKind kind;
    const MlComponents *components;
    gboolean *told;         /* by component: nothing more to say about it */
    const MlNode **reached; /* by node: whose parent it is, on the way from the first of a circle */
} Circles;

/* Goes on from `node` to what is above it; TRUE once that is `first` again. */
static gboolean step(const Circles *circles, GQueue *queue, const MlNode *first, const MlNode *node,
                     const GPtrArray *above)
{
    const guint *component = circles->components->component;
    for (guint i = 0; i < above->len; i++) {
        const MlNode *next = ml_graph_node(above, i);
        if (next == first)
            return TRUE;
        if (component[next->index] != component[first->index] || circles->reached[next->index])
            continue;
        circles->reached[next->index] = node;
        g_queue_push_tail(queue, (gpointer)next);
    }
    return FALSE;
}

static GPtrArray *trace_back(const Circles *circles, const MlNode *first, const MlNode *last)
{
    GPtrArray *revisions = g_ptr_array_new();
    for (const MlNode *node = last; node != first; node = circles->reached[node->index])
        g_ptr_array_add(revisions, (gpointer)node->revision);
    g_ptr_array_add(revisions, (gpointer)first->revision);
    for (guint i = 0, j = revisions->len - 1; i < j; i++, j--) {
        gpointer swapped = revisions->pdata[i];
        revisions->pdata[i] = revisions->pdata[j];
        revisions->pdata[j] = swapped;
    }
    return revisions;
}

/* The shortest circle that `first`, which lies on one, is part of. */
static GPtrArray *find_circle(const Circles *circles, const MlNode *first)
{
    g_auto(GQueue) queue = G_QUEUE_INIT;
    const MlNode *node = first;
    while (!step(circles, &queue, first, node, node->parents) &&
           !(circles->kind == ML_GRAPH_DEPENDENCY_CYCLE &&
             step(circles, &queue, first, node, node->dependencies)))
        node = g_queue_pop_head(&queue);
    return trace_back(circles, first, node);
}

static void report_circle(MlGraph *graph, const Circles *circles, const MlNode *node)
{
    gboolean *told = &circles->told[circles->components->component[node->index]];
    if (!circles->components->circle[node->index] || *told)
        return;
    *told = TRUE;
    add_problem(graph, circles->kind, find_circle(circles, node), NULL);
}

/* Where down_revision alone goes in a circle, depends_on has nothing to add. */
static void pass_over_explained(MlGraph *graph, const Circles *dependency)
{
    for (guint i = 0; i < ml_graph_size(graph); i++)
        if (graph->lines->circle[i])
            dependency->told[dependency->components->component[i]] = TRUE;
}

void ml_graph_find_problems(MlGraph *graph)
{
    guint size = ml_graph_size(graph);
    g_autofree gboolean *told = g_new0(gboolean, size);
    g_autofree gboolean *dependency_told = g_new0(gboolean, size);
    g_autofree const MlNode **reached = g_new0(const MlNode *, size);
    g_autofree const MlNode **dependency_reached = g_new0(const MlNode *, size);
    g_autoptr(GHashTable) labels_told = g_hash_table_new(g_str_hash, g_str_equal);
    Circles circles = {ML_GRAPH_CYCLE, graph->lines, told, reached};
    Circles dependency_circles = {ML_GRAPH_DEPENDENCY_CYCLE, graph->needs, dependency_told,
                                  dependency_reached};

    pass_over_explained(graph, &dependency_circles);
    for (guint i = 0; i < size; i++) {
        const MlNode *node = ml_graph_node(graph->nodes, i);
        find_double(graph, node);
        find_missing(graph, node);
        find_clashes(graph, node, labels_told);
        report_circle(graph, &circles, node);
        report_circle(graph, &dependency_circles, node);
    }
}

const MlGraphProblem *ml_graph_next_problem(const MlGraph *graph, MlGraphProblemKind kind,
                                            guint *position)
{
    const GPtrArray *problems = ml_graph_problems(graph);
    while (*position < problems->len) {
        const MlGraphProblem *problem = g_ptr_array_index(problems, (*position)++);
        if (problem->kind == kind)
            return problem;
    }
    return NULL;
}
