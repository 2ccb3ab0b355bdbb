/*
 * What one upgrade or downgrade runs: ScriptDirectory._upgrade_revs and _downgrade_revs, which
 * are RevisionMap.iterate_revisions.
 */
#include "migration/graph_words.h"

#include <string.h>

#define ALL_BEFORE (ML_TOWARDS_PARENTS | ML_WITH_DEPENDENCIES)
#define ALL_AFTER  (ML_TOWARDS_CHILDREN | ML_WITH_DEPENDENCIES)

/* --- where it begins ------------------------------------------------------ */

/* Steps count from base up and from the heads down, as nothing else is known to count from. */
static GPtrArray *find_start(const MlGraph *graph, const char *word, GError **error)
{
    g_auto(MlSteps) steps = {0};
    gboolean relative = ml_steps_parse(word, &steps) && (steps.symbol || steps.count > 0);
    g_autoptr(GPtrArray) nodes = relative ? ml_word_targets(graph, "base", word, TRUE, error)
                                          : ml_word_revisions(graph, word, error);
    if (!nodes)
        return NULL;
    for (guint i = 0; i < nodes->len; i++)
        if (!ml_node_is_revision(ml_graph_node(nodes, i))) {
            ml_range_fail(error, "'%s' goes below the first revision; write 'base'", word);
            return NULL;
        }
    return ml_nodes_check_overlap(graph, nodes, word, error) ? g_steal_pointer(&nodes) : NULL;
}

/* --- upgrade (_collect_upgrade_revisions) ---------------------------------- */

static GPtrArray *find_targets(const MlGraph *graph, const GPtrArray *from, const char *word,
                               GError **error)
{
    g_auto(MlSteps) steps = {0};
    if (from->len > 1 && ml_steps_parse(word, &steps) && !steps.symbol) {
        g_autofree char *list = ml_nodes_list(from);
        ml_range_fail(error, "it is ambiguous which of %s '%s' counts from; name the revision",
                      list, word);
        return NULL;
    }
    const char *lower = from->len > 0 ? ml_node_id(ml_graph_node(from, 0)) : "base";
    return ml_word_targets(graph, lower, word, TRUE, error);
}

static gboolean *mark_upgrade(const MlGraph *graph, const GPtrArray *from, const char *word,
                              GError **error)
{
    g_autoptr(GPtrArray) targets = find_targets(graph, from, word, error);
    if (!targets || !ml_nodes_check_overlap(graph, targets, word, error))
        return NULL;
    gboolean *wanted = ml_graph_reach(graph, targets, ALL_BEFORE);
    g_autofree gboolean *run = ml_graph_reach(graph, from, ALL_BEFORE);
    for (guint i = 0; i < ml_graph_size(graph); i++)
        wanted[i] = wanted[i] && !run[i];
    return wanted;
}

/* --- downgrade (_collect_downgrade_revisions) ------------------------------ */

/* The revision that is left as the newest, NULL for none; `branch` (may be NULL) is on the only
 * branch that is meant. */
typedef struct {
    const MlNode *node, *branch;
} Floor;

/* Where "label@-1" counts from. */
static const MlNode *find_tip_on_branch(const MlGraph *graph, const GPtrArray *from,
                                        const char *label, GError **error)
{
    g_autoptr(GPtrArray) tips = ml_nodes_filter_for_lineage(graph, from, label, error);
    if (tips && tips->len == 0) {
        g_autoptr(GPtrArray) current = ml_nodes_all_current(graph, from);
        g_ptr_array_unref(tips);
        tips = ml_nodes_filter_for_lineage(graph, current, label, error);
    }
    if (!tips)
        return NULL;
    if (tips->len == 1)
        return ml_graph_node(tips, 0);
    ml_range_fail(error,
                  "it is not clear where to count down from on the branch '%s'; name the "
                  "revision",
                  label);
    return NULL;
}

static const MlNode *find_only(const GPtrArray *from, const char *word, GError **error)
{
    if (from->len == 1)
        return ml_graph_node(from, 0);
    g_autofree char *list = ml_nodes_list(from);
    if (from->len == 0)
        ml_range_fail(error, "'%s' goes below the first revision", word);
    else
        ml_range_fail(error, "it is ambiguous which of %s '%s' counts from; write 'FROM:%s'", list,
                      word, word);
    return NULL;
}

/* Where "symbol-1", "label@symbol-1", "label@-1" or "-1" counts from. */
static gboolean find_top(const MlGraph *graph, const GPtrArray *from, const char *word,
                         const MlSteps *steps, const MlNode **top, GError **error)
{
    if (!steps->symbol) {
        *top = steps->label ? find_tip_on_branch(graph, from, steps->label, error)
                            : find_only(from, word, error);
        return *top != NULL;
    }
    if (!steps->label || steps->count >= 0)
        return ml_word_revision(graph, steps->symbol, top, error);
    g_autofree char *name = g_strdup_printf("%s@%s", steps->label, steps->symbol);
    return ml_word_revision(graph, name, top, error);
}

static gboolean find_floor_by_steps(const MlGraph *graph, const GPtrArray *from, const char *word,
                                    const MlSteps *steps, Floor *bottom, GError **error)
{
    const MlNode *top, *end;
    if (!steps->symbol && steps->count >= 0)
        return ml_range_fail(error, "'%s' does not go down; a downgrade counts '-1'", word);
    if (!find_top(graph, from, word, steps, &top, error))
        return FALSE;
    const char *label = steps->count > 0 ? steps->label : NULL;
    if (!ml_node_walk(graph, top, steps->count, label, FALSE, &end, error))
        return FALSE;
    if (!end)
        return ml_range_fail(error, "'%s' goes %s revision", word,
                             steps->count > 0 ? "beyond the last" : "below the first");
    bottom->node = ml_node_is_revision(end) ? end : NULL;
    if (steps->label)
        bottom->branch = ml_word_find_name(graph, steps->label, error);
    else if (!steps->symbol)
        bottom->branch = top;
    return !steps->label || bottom->branch;
}

/* _parse_downgrade_target */
static gboolean find_floor(const MlGraph *graph, const GPtrArray *from, const char *word,
                           Floor *bottom, GError **error)
{
    g_auto(MlSteps) steps = {0};
    if (ml_steps_parse(word, &steps))
        return find_floor_by_steps(graph, from, word, &steps, bottom, error);
    const char *at = strrchr(word, '@');
    g_autofree char *label = g_strndup(word, at ? (gsize)(at - word) : 0);
    if (*label && !(bottom->branch = ml_word_find_name(graph, label, error)))
        return FALSE;
    return ml_word_revision(graph, at ? at + 1 : word, &bottom->node, error);
}

/* What is downgraded first of all: everything else that is hangs on it. */
static GPtrArray *find_roots(const MlGraph *graph, const Floor *bottom, const char *word,
                             GError **error)
{
    GPtrArray *roots = bottom->node ? bottom->node->children : graph->bases;
    if (!bottom->branch || roots->len < 2)
        return g_ptr_array_ref(roots);
    g_autoptr(GPtrArray) branch = ml_nodes_just(bottom->branch);
    g_autofree gboolean *line = ml_graph_reach(graph, branch, ML_TOWARDS_PARENTS);
    g_autoptr(GPtrArray) kept = ml_nodes_keep_marked(roots, line);
    if (kept->len > 0)
        return g_steal_pointer(&kept);
    ml_range_fail(error, "'%s' does not say which branch to downgrade", word);
    return NULL;
}

static gboolean *mark_downgrade(const MlGraph *graph, const GPtrArray *from, const char *word,
                                GError **error)
{
    Floor bottom = {0};
    if (!find_floor(graph, from, word, &bottom, error))
        return NULL;
    g_autoptr(GPtrArray) roots = find_roots(graph, &bottom, word, error);
    if (!roots)
        return NULL;
    g_autofree gboolean *wanted = ml_graph_reach(graph, roots, ALL_AFTER);
    g_autofree gboolean *run = ml_graph_reach(graph, from, ALL_BEFORE);
    gboolean any = FALSE;
    for (guint i = 0; i < ml_graph_size(graph); i++) {
        wanted[i] = wanted[i] && run[i];
        any = any || wanted[i];
    }
    if (bottom.node && !any && !g_ptr_array_find((GPtrArray *)from, bottom.node, NULL)) {
        ml_range_fail(error, "'%s' is no revision to downgrade to: it has not been run", word);
        return NULL;
    }
    return g_steal_pointer(&wanted);
}

/* --- the plan ------------------------------------------------------------- */

/* Alembic loads no graph with such a fault; here it matters only where it is in the way. */
static gboolean check_sound(const MlGraph *graph, const gboolean *wanted, GError **error)
{
    g_autofree gboolean *runnable = ml_graph_runnable(graph);
    for (guint i = 0; i < ml_graph_size(graph); i++)
        if (wanted[i] && !runnable[i])
            return ml_range_fail(error, "revision '%s' lies on a circle of revisions, or needs one",
                                 ml_node_id(ml_graph_node(graph->nodes, i)));
    for (guint i = 0; i < graph->problems->len; i++) {
        const MlGraphProblem *problem = g_ptr_array_index(graph->problems, i);
        if (problem->kind != ML_GRAPH_MISSING_PARENT &&
            problem->kind != ML_GRAPH_MISSING_DEPENDENCY)
            continue;
        const char *id = ((const MlRevision *)g_ptr_array_index(problem->revisions, 0))->id.text;
        const MlNode *node = ml_graph_find(graph, id);
        if (node && wanted[node->index])
            return ml_range_fail(error, "revision '%s' needs '%s', and there is no such revision",
                                 id, problem->reference->text);
    }
    return TRUE;
}

static void turn_round(GPtrArray *nodes)
{
    for (guint i = 0; i < nodes->len / 2; i++) {
        gpointer *one = &nodes->pdata[i], *other = &nodes->pdata[nodes->len - 1 - i];
        gpointer kept = *one;
        *one = *other;
        *other = kept;
    }
}

static MlPlan *make_plan(const MlGraph *graph, const char *from, const char *to, gboolean downgrade,
                         GError **error)
{
    g_autoptr(GPtrArray) start = find_start(graph, from, error);
    if (!start)
        return NULL;
    g_autofree gboolean *wanted =
        downgrade ? mark_downgrade(graph, start, to, error) : mark_upgrade(graph, start, to, error);
    if (!wanted || !check_sound(graph, wanted, error))
        return NULL;
    MlPlan *plan = g_new0(MlPlan, 1);
    plan->graph = graph;
    plan->downgrade = downgrade;
    plan->from = g_steal_pointer(&start);
    plan->nodes = ml_graph_sort(graph, wanted);
    if (!downgrade)
        turn_round(plan->nodes);
    return plan;
}

static const char *word_or(const char *word, const char *otherwise)
{
    return word && *word ? word : otherwise;
}

MlPlan *ml_graph_plan(const MlGraph *graph, const char *range, gboolean downgrade, GError **error)
{
    g_autofree char *text = g_strstrip(g_strdup(range ? range : ""));
    g_auto(GStrv) ends = g_strsplit(text, ":", 3);
    guint count = g_strv_length(ends);
    if (count > 2) {
        ml_range_fail(error, "'%s' has more than one ':'; a range is FROM:TO", text);
        return NULL;
    }
    const char *to = count > 0 ? ends[count - 1] : NULL;
    return make_plan(graph, word_or(count > 1 ? ends[0] : NULL, downgrade ? "heads" : "base"),
                     word_or(to, downgrade ? "base" : "heads"), downgrade, error);
}

void ml_plan_free(MlPlan *plan)
{
    g_ptr_array_unref(plan->from);
    g_ptr_array_unref(plan->nodes);
    g_free(plan);
}
