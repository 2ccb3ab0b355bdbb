/*
 * Straight runs. A revision that has one parent and one child, and of which
 * nothing is to be seen but that it is one more, is folded together with its
 * like: what is left to look at is where lines begin, part, meet and end.
 */
#include "report/graph_view.h"

/* So many revisions of one environment are drawn whole. */
#define LARGE 40
/* Below that a fold would spare less than it hides. */
#define SHORTEST_RUN 4

static gboolean is_foldable(const MlGraphView *view, const MlGraphReport *report,
                            const MlNode *node)
{
    const MlRevision *revision = node->revision;

    return ml_graph_view_shows(view, node) && node->parents->len == 1 &&
           ml_graph_view_shows(view, node->parents->pdata[0]) &&
           revision->down_revisions->len == 1 && node->children->len == 1 &&
           ml_graph_view_shows(view, node->children->pdata[0]) && revision->depends_on->len == 0 &&
           node->dependents->len == 0 && revision->branch_labels->len == 0 &&
           revision->unknown == 0 && ml_graph_accent(report, node) == 0;
}

/* From its newest revision on; in a circle there is none, so that the walk ends. */
static MlGraphRun run_from(const MlGraphView *view, const MlGraphReport *report,
                           const MlNode *newest)
{
    MlGraphRun run = {newest, newest, 1};

    for (const MlNode *parent; is_foldable(view, report, parent = run.oldest->parents->pdata[0]);
         run.count++)
        run.oldest = parent;
    return run;
}

static void fold(MlGraphView *view, const MlGraphRun *run)
{
    MlGraphRun *folded = g_memdup2(run, sizeof *run);
    const MlNode *node = run->newest;

    g_ptr_array_add(view->runs, folded);
    for (guint i = 0; i < run->count; i++, node = node->parents->pdata[0])
        view->run_of[node->index] = folded;
}

void ml_graph_fold(MlGraphView *view, const MlGraphReport *report)
{
    if (report->fold == ML_FOLD_NEVER ||
        (report->fold == ML_FOLD_LARGE && view->selected->len <= LARGE))
        return;
    for (guint i = 0; i < view->selected->len; i++) {
        const MlNode *node = view->selected->pdata[i];
        MlGraphRun run;

        if (!is_foldable(view, report, node) || is_foldable(view, report, node->children->pdata[0]))
            continue;
        run = run_from(view, report, node);
        if (run.count >= SHORTEST_RUN)
            fold(view, &run);
    }
}
