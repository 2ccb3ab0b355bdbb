#include "report/graph_view.h"

static GHashTable *missing_references(const MlGraph *graph)
{
    const GPtrArray *problems = ml_graph_problems(graph);
    GHashTable *missing = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < problems->len; i++) {
        const MlGraphProblem *problem = g_ptr_array_index(problems, i);

        if (problem->kind == ML_GRAPH_MISSING_PARENT ||
            problem->kind == ML_GRAPH_MISSING_DEPENDENCY)
            g_hash_table_add(missing, (gpointer)problem->reference);
    }
    return missing;
}

/* The report's nodes are of several projects: only this one's own count. */
static void select_nodes(MlGraphView *view, const GPtrArray *selected)
{
    for (guint i = 0; i < selected->len; i++) {
        const MlNode *node = g_ptr_array_index(selected, i);

        if (node->index < view->nodes->len && view->nodes->pdata[node->index] == node &&
            !view->shown[node->index]) {
            view->shown[node->index] = TRUE;
            g_ptr_array_add(view->selected, (gpointer)node);
        }
    }
}

MlGraphView *ml_graph_view_new(const MlGraphReport *report, const MlMigrations *migrations)
{
    MlGraphView *view = g_new0(MlGraphView, 1);

    view->migrations = migrations;
    view->nodes = ml_graph_nodes(migrations->graph);
    view->selected = g_ptr_array_new();
    view->shown = g_new0(gboolean, view->nodes->len + 1);
    select_nodes(view, report->nodes != NULL ? report->nodes : view->nodes);
    view->missing = missing_references(migrations->graph);
    view->runs = g_ptr_array_new_with_free_func(g_free);
    view->run_of = g_new0(const MlGraphRun *, view->nodes->len + 1);
    ml_graph_fold(view, report);
    return view;
}

void ml_graph_view_free(MlGraphView *view)
{
    g_ptr_array_unref(view->selected);
    g_free(view->shown);
    g_hash_table_unref(view->missing);
    g_ptr_array_unref(view->runs);
    g_free(view->run_of);
    g_free(view);
}

gboolean ml_graph_view_shows(const MlGraphView *view, const MlNode *node)
{
    return view->shown[node->index];
}

const MlGraphRun *ml_graph_view_run(const MlGraphView *view, const MlNode *node)
{
    return view->run_of[node->index];
}

guint ml_graph_accent(const MlGraphReport *report, const MlNode *node)
{
    return report->accents ? GPOINTER_TO_UINT(g_hash_table_lookup(report->accents, node)) : 0;
}

gboolean ml_graph_view_misses(const MlGraphView *view, const MlReference *reference)
{
    return g_hash_table_contains(view->missing, reference);
}

void ml_graph_marks(const MlNode *node, const char *marks[ML_GRAPH_MARKS])
{
    guint count = 0;

    if (node->is_head)
        marks[count++] = node->is_effective_head ? "effective head" : "head";
    if (node->revision->unknown & ML_UNKNOWN_PARENTS)
        marks[count++] = "parent unknown";
    else if (node->is_base)
        marks[count++] = "base";
    if (node->is_branch_point)
        marks[count++] = "branchpoint";
    if (node->is_merge_point)
        marks[count++] = "mergepoint";
    marks[count] = NULL;
}
