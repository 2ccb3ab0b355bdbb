/* The graph's making: nodes, the links between them, and what follows from these. */
#include "migration/graph_internal.h"

#include <string.h>

/*
 * Branch labels given to nodes at most. A label reaches every descendant, so
 * without a bound a long line with a label at each revision would cost the
 * square of its length; the largest public projects need some thousands.
 */
#define LABEL_ROOM (1u << 22)

guint ml_graph_size(const MlGraph *graph)
{
    return graph->nodes->len;
}

const MlNode *ml_graph_node(const GPtrArray *nodes, guint i)
{
    return g_ptr_array_index(nodes, i);
}

const char *ml_node_id(const MlNode *node)
{
    return node->revision->id.text;
}

const char *ml_reference_text(const GArray *references, guint i)
{
    return g_array_index(references, MlReference, i).text;
}

/* --- nodes and names ------------------------------------------------------ */

static void note_double(MlGraph *graph, MlNode *first, const MlRevision *revision)
{
    GPtrArray *all = g_hash_table_lookup(graph->doubles, first);
    if (!all) {
        all = g_ptr_array_new();
        g_ptr_array_add(all, (gpointer)first->revision);
        g_hash_table_insert(graph->doubles, first, all);
    }
    g_ptr_array_add(all, (gpointer)revision);
}

static void collect_nodes(MlGraph *graph, const GPtrArray *revisions)
{
    graph->store = g_new0(MlNode, revisions->len);
    for (guint i = 0; i < revisions->len; i++) {
        const MlRevision *revision = g_ptr_array_index(revisions, i);
        if (!revision->id.text)
            continue;
        MlNode *first = g_hash_table_lookup(graph->ids, revision->id.text);
        if (first) {
            note_double(graph, first, revision);
            continue;
        }
        MlNode *node = &graph->store[graph->nodes->len];
        *node = (MlNode){
            .revision = revision,
            .index = graph->nodes->len,
            .parents = g_ptr_array_new(),
            .dependencies = g_ptr_array_new(),
            .children = g_ptr_array_new(),
            .dependents = g_ptr_array_new(),
            .labels = g_ptr_array_new(),
        };
        g_ptr_array_add(graph->nodes, node);
        g_hash_table_insert(graph->ids, revision->id.text, node);
        g_ptr_array_add(graph->names, revision->id.text);
    }
}

static void map_label(MlGraph *graph, MlNode *node, const char *label)
{
    GPtrArray *declarers = g_hash_table_lookup(graph->labels, label);
    if (!declarers) {
        declarers = g_ptr_array_new();
        g_hash_table_insert(graph->labels, (gpointer)label, declarers);
        if (!g_hash_table_contains(graph->ids, label))
            g_ptr_array_add(graph->names, (gpointer)label);
    }
    g_ptr_array_add(declarers, node);
    g_ptr_array_add(node->labels, (gpointer)label);
}

static int compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void map_labels(MlGraph *graph)
{
    for (guint i = 0; i < ml_graph_size(graph); i++) {
        MlNode *node = &graph->store[i];
        const GArray *labels = node->revision->branch_labels;
        for (guint j = 0; j < labels->len; j++)
            map_label(graph, node, ml_reference_text(labels, j));
    }
    g_ptr_array_sort(graph->names, compare_texts);
}

const MlNode *ml_graph_named(const MlGraph *graph, const char *name)
{
    const MlNode *node = g_hash_table_lookup(graph->ids, name);
    if (node)
        return node;
    const GPtrArray *declarers = g_hash_table_lookup(graph->labels, name);
    return declarers ? ml_graph_node(declarers, 0) : NULL;
}

/* --- links ---------------------------------------------------------------- */

/* `linked` (by node) keeps what is written twice from being linked twice. */
static void link_nodes(MlNode *node, MlNode *target, guint *linked, GPtrArray *down, GPtrArray *up)
{
    if (linked[target->index] == node->index + 1)
        return;
    linked[target->index] = node->index + 1;
    g_ptr_array_add(down, target);
    g_ptr_array_add(up, node);
}

static void link_parents(MlGraph *graph)
{
    g_autofree guint *linked = g_new0(guint, ml_graph_size(graph));
    for (guint i = 0; i < ml_graph_size(graph); i++) {
        MlNode *node = &graph->store[i];
        const GArray *parents = node->revision->down_revisions;
        for (guint j = 0; j < parents->len; j++) {
            MlNode *parent = g_hash_table_lookup(graph->ids, ml_reference_text(parents, j));
            if (parent)
                link_nodes(node, parent, linked, node->parents, parent->children);
        }
    }
}

static void link_dependencies(MlGraph *graph)
{
    g_autofree guint *linked = g_new0(guint, ml_graph_size(graph));
    for (guint i = 0; i < ml_graph_size(graph); i++) {
        MlNode *node = &graph->store[i];
        const GArray *names = node->revision->depends_on;
        for (guint j = 0; j < names->len; j++) {
            const MlNode *found = ml_graph_named(graph, ml_reference_text(names, j));
            if (!found)
                continue;
            MlNode *dependency = &graph->store[found->index];
            link_nodes(node, dependency, linked, node->dependencies, dependency->dependents);
        }
    }
}

static void describe_nodes(MlGraph *graph)
{
    for (guint i = 0; i < ml_graph_size(graph); i++) {
        MlNode *node = &graph->store[i];
        /* Alembic counts what is written, so a parent written twice makes a merge point. */
        node->is_base = node->revision->down_revisions->len == 0 &&
                        !(node->revision->unknown & ML_UNKNOWN_PARENTS);
        node->is_merge_point = node->revision->down_revisions->len > 1;
        node->is_branch_point = node->children->len > 1;
        node->is_head = node->children->len == 0;
        node->is_effective_head = node->is_head && node->dependents->len > 0;
        if (node->is_base)
            g_ptr_array_add(graph->bases, node);
        if (node->is_head)
            g_ptr_array_add(graph->heads, node);
        if (node->is_head && !node->is_effective_head)
            g_ptr_array_add(graph->real_heads, node);
    }
}

/* --- branch labels -------------------------------------------------------- */

/* Whether more than one revision comes directly after it, depends_on included. */
static gboolean is_real_branch_point(const MlNode *node)
{
    if (node->children->len == 1 && node->dependents->len == 1)
        return ml_graph_node(node->children, 0) != ml_graph_node(node->dependents, 0);
    return node->children->len + node->dependents->len > 1;
}

typedef struct {
    MlGraph *graph;
    guint *seen;      /* by node: the last label's turn that came by */
    GPtrArray *stack; /* of the walk */
    gsize room;
} Spread;

static gboolean give_labels(Spread *spread, const MlNode *node, const GArray *labels)
{
    if (spread->room < labels->len)
        return FALSE;
    spread->room -= labels->len;
    for (guint i = 0; i < labels->len; i++)
        g_ptr_array_add(node->labels, (gpointer)ml_reference_text(labels, i));
    return TRUE;
}

/* Labels `from` and all its descendants; gives the last of them, NULL where there is no more room.
 */
static const MlNode *label_descendants(Spread *spread, const MlNode *from)
{
    const MlNode *last = NULL;
    g_ptr_array_set_size(spread->stack, 0);
    g_ptr_array_add(spread->stack, (gpointer)from);
    while (spread->stack->len > 0) {
        const MlNode *node = g_ptr_array_steal_index(spread->stack, spread->stack->len - 1);
        if (spread->seen[node->index] == from->index + 1)
            continue;
        spread->seen[node->index] = from->index + 1;
        if (!give_labels(spread, node, from->revision->branch_labels))
            return NULL;
        last = node;
        for (guint i = 0; i < node->children->len; i++)
            g_ptr_array_add(spread->stack, g_ptr_array_index(node->children, i));
    }
    return last;
}

/*
 * Labels upwards, up to where the line parts or joins. Alembic starts this not
 * at the labelled revision but at the last descendant that it came by, so only
 * a revision with a single line of descendants labels what is above it.
 */
static gboolean label_ancestors(Spread *spread, const MlNode *last, const GArray *labels)
{
    guint steps = ml_graph_size(spread->graph);
    for (const MlNode *node = last; steps > 0; steps--) {
        if (is_real_branch_point(node) || node->is_merge_point)
            break;
        if (!give_labels(spread, node, labels))
            return FALSE;
        if (node->parents->len == 0)
            break;
        node = ml_graph_node(node->parents, 0);
    }
    return TRUE;
}

static void sort_labels(GPtrArray *labels)
{
    guint kept = 0;
    g_ptr_array_sort(labels, compare_texts);
    for (guint i = 0; i < labels->len; i++) {
        if (kept > 0 && g_str_equal(labels->pdata[kept - 1], labels->pdata[i]))
            continue;
        labels->pdata[kept++] = labels->pdata[i];
    }
    g_ptr_array_set_size(labels, (gint)kept);
}

/* Alembic walks a set here, but the outcome is the same in whatever order. */
static void spread_labels(MlGraph *graph)
{
    g_autofree guint *seen = g_new0(guint, ml_graph_size(graph));
    g_autoptr(GPtrArray) stack = g_ptr_array_new();
    Spread spread = {.graph = graph, .seen = seen, .stack = stack, .room = LABEL_ROOM};

    for (guint i = 0; i < ml_graph_size(graph); i++) {
        const GArray *labels = graph->store[i].revision->branch_labels;
        if (labels->len == 0)
            continue;
        const MlNode *last = label_descendants(&spread, &graph->store[i]);
        if (!last || !label_ancestors(&spread, last, labels))
            break;
    }
    for (guint i = 0; i < ml_graph_size(graph); i++)
        sort_labels(graph->store[i].labels);
}

/* --- the whole ------------------------------------------------------------ */

static void free_problem(gpointer data)
{
    MlGraphProblem *problem = data;
    g_ptr_array_unref(problem->revisions);
    g_free(problem);
}

static void free_array(gpointer array)
{
    g_ptr_array_unref(array);
}

MlGraph *ml_graph_new(const GPtrArray *revisions)
{
    MlGraph *graph = g_new0(MlGraph, 1);
    graph->nodes = g_ptr_array_new();
    graph->heads = g_ptr_array_new();
    graph->real_heads = g_ptr_array_new();
    graph->bases = g_ptr_array_new();
    graph->problems = g_ptr_array_new_with_free_func(free_problem);
    graph->ids = g_hash_table_new(g_str_hash, g_str_equal);
    graph->labels = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_array);
    graph->doubles = g_hash_table_new_full(NULL, NULL, NULL, free_array);
    graph->names = g_ptr_array_new();

    collect_nodes(graph, revisions);
    map_labels(graph);
    link_parents(graph);
    link_dependencies(graph);
    describe_nodes(graph);
    spread_labels(graph);
    graph->lines = ml_components_new(graph, FALSE);
    graph->needs = ml_components_new(graph, TRUE);
    ml_graph_normalize(graph);
    ml_graph_find_problems(graph);
    return graph;
}

static void free_nodes(MlGraph *graph)
{
    for (guint i = 0; i < ml_graph_size(graph); i++) {
        MlNode *node = &graph->store[i];
        g_ptr_array_unref(node->parents);
        g_ptr_array_unref(node->dependencies);
        g_ptr_array_unref(node->children);
        g_ptr_array_unref(node->dependents);
        g_ptr_array_unref(node->labels);
        g_ptr_array_unref(graph->before[i]);
    }
    g_free(graph->before);
    g_free(graph->store);
}

void ml_graph_free(MlGraph *graph)
{
    if (!graph)
        return;
    free_nodes(graph);
    ml_components_free(graph->lines);
    ml_components_free(graph->needs);
    g_ptr_array_unref(graph->names);
    g_hash_table_unref(graph->doubles);
    g_hash_table_unref(graph->labels);
    g_hash_table_unref(graph->ids);
    g_ptr_array_unref(graph->problems);
    g_ptr_array_unref(graph->bases);
    g_ptr_array_unref(graph->real_heads);
    g_ptr_array_unref(graph->heads);
    g_ptr_array_unref(graph->nodes);
    g_free(graph);
}

const GPtrArray *ml_graph_nodes(const MlGraph *graph)
{
    return graph->nodes;
}

const GPtrArray *ml_graph_heads(const MlGraph *graph)
{
    return graph->heads;
}

const GPtrArray *ml_graph_bases(const MlGraph *graph)
{
    return graph->bases;
}

const GPtrArray *ml_graph_problems(const MlGraph *graph)
{
    return graph->problems;
}

const MlNode *ml_graph_find(const MlGraph *graph, const char *id)
{
    return g_hash_table_lookup(graph->ids, id);
}
