/*
 * The revisions that a range names: `alembic history -r`, which is
 * ScriptDirectory.walk_revisions and below it RevisionMap.iterate_revisions.
 */
#include "migration/graph_words.h"

#include <string.h>

/* --- the upper end (_parse_upgrade_target) -------------------------------- */

/* Those of `nodes` that nothing else of them comes directly after. */
static GPtrArray *keep_tips(const MlGraph *graph, const GPtrArray *nodes)
{
    g_autofree gboolean *tip = g_new0(gboolean, ml_graph_size(graph));
    for (guint i = 0; i < nodes->len; i++)
        tip[ml_graph_node(nodes, i)->index] = TRUE;
    for (guint i = 0; i < nodes->len; i++) {
        const GPtrArray *before = graph->before[ml_graph_node(nodes, i)->index];
        for (guint j = 0; j < before->len; j++)
            tip[ml_graph_node(before, j)->index] = FALSE;
    }
    return ml_nodes_keep_marked(nodes, tip);
}

static GPtrArray *keep_reached(const MlGraph *graph, const gboolean *reached)
{
    return ml_nodes_keep_marked(graph->nodes, reached);
}

/* Where "label@+2" counts from: the lower end, or where the branch leaves what is below that. */
static gboolean find_start_on_branch(const MlGraph *graph, const char *lower, const char *label,
                                     const MlNode **start, GError **error)
{
    g_autoptr(GPtrArray) current = ml_word_revisions(graph, lower, error);
    if (!current)
        return FALSE;
    for (guint i = 0; i < current->len; i++)
        if (!ml_node_is_revision(ml_graph_node(current, i)))
            return ml_range_fail(error, "'%s' goes below the first revision", lower);
    g_autoptr(GPtrArray) starts = ml_nodes_filter_for_lineage(graph, current, label, error);
    if (!starts)
        return FALSE;
    if (starts->len == 0) {
        g_autofree gboolean *reached =
            ml_graph_reach(graph, current, ML_TOWARDS_PARENTS | ML_WITH_DEPENDENCIES);
        g_autoptr(GPtrArray) all = keep_reached(graph, reached);
        g_autoptr(GPtrArray) active = ml_nodes_filter_for_lineage(graph, all, label, error);
        if (!active)
            return FALSE;
        g_ptr_array_unref(starts);
        starts = keep_tips(graph, active);
    }
    if (starts->len > 1) {
        g_autofree char *list = ml_nodes_list(starts);
        return ml_range_fail(error, "it is ambiguous which of %s to count from on '%s'", list,
                             label);
    }
    *start = starts->len > 0 ? ml_graph_node(starts, 0) : NULL;
    return TRUE;
}

static gboolean find_start_of_steps(const MlGraph *graph, const char *lower, const MlSteps *steps,
                                    const MlNode **start, GError **error)
{
    if (steps->symbol && steps->label && steps->count <= 0) {
        g_autofree char *text = g_strdup_printf("%s@%s", steps->label, steps->symbol);
        return ml_word_revision(graph, text, start, error);
    }
    if (steps->symbol)
        return ml_word_revision(graph, steps->symbol, start, error);
    if (steps->label)
        return find_start_on_branch(graph, lower, steps->label, start, error);
    return ml_word_revision(graph, lower, start, error);
}

static GPtrArray *find_relative(const MlGraph *graph, const char *lower, const char *upper,
                                const MlSteps *steps, gboolean exact, GError **error)
{
    const MlNode *start, *end;
    if (!steps->symbol && steps->count <= 0) {
        ml_range_fail(
            error,
            "'%s' cannot end a range, as it does not say where to count from; write '%s%shead%s'",
            upper, steps->label ? steps->label : "", steps->label ? "@" : "",
            upper + (steps->label ? strlen(steps->label) + 1 : 0));
        return NULL;
    }
    if (!find_start_of_steps(graph, lower, steps, &start, error))
        return NULL;
    const char *label = steps->count > 0 ? steps->label : NULL;
    if (!ml_node_walk(graph, start, steps->count, label, !exact, &end, error))
        return NULL;
    if (ml_node_is_revision(end))
        return ml_nodes_just(end);
    if (exact && steps->count > 0)
        ml_range_fail(error, "'%s' goes beyond the last revision; write 'head'", upper);
    else
        ml_range_fail(error, "'%s' goes below the first revision", upper);
    return NULL;
}

GPtrArray *ml_word_targets(const MlGraph *graph, const char *lower, const char *upper,
                           gboolean exact, GError **error)
{
    g_auto(MlSteps) steps = {0};
    if (ml_steps_parse(upper, &steps))
        return find_relative(graph, lower, upper, &steps, exact, error);
    return ml_word_revisions(graph, upper, error);
}

/* --- the lower end -------------------------------------------------------- */

/* A lower end on a branch keeps only what of the upper end has its label. */
static GPtrArray *keep_on_branch(const MlGraph *graph, GPtrArray *targets, const char *lower,
                                 GError **error)
{
    g_auto(MlWord) word = ml_word_split(lower);
    if (!word.label)
        return g_ptr_array_ref(targets);
    const MlNode *branch;
    if (!ml_word_revision(graph, word.label, &branch, error))
        return NULL;
    const char *label = word.label;
    if (branch && g_str_equal(ml_node_id(branch), label)) {
        if (branch->labels->len != 1) {
            ml_range_fail(error, "revision '%s' has %s, so '%s' does not say which branch", label,
                          branch->labels->len == 0 ? "no branch label" : "several branch labels",
                          lower);
            return NULL;
        }
        label = g_ptr_array_index(branch->labels, 0);
    }
    return ml_nodes_keep_labelled(targets, label);
}

GPtrArray *ml_nodes_all_current(const MlGraph *graph, const GPtrArray *nodes)
{
    g_autofree gboolean *reached =
        ml_graph_reach(graph, nodes, ML_TOWARDS_PARENTS | ML_WITH_DEPENDENCIES);
    g_autoptr(GPtrArray) all = keep_reached(graph, reached);
    GPtrArray *tips = g_ptr_array_new();
    for (guint i = 0; i < all->len; i++) {
        const MlNode *candidate = ml_graph_node(all, i);
        gboolean tip = TRUE;
        for (guint j = 0; tip && j < candidate->children->len; j++)
            tip = !reached[ml_graph_node(candidate->children, j)->index];
        if (tip)
            g_ptr_array_add(tips, (gpointer)candidate);
    }
    return tips;
}

/* The name on the branch `label` that "label@-2" counts down from if not from a head. */
static const char *find_name_on_branch(const MlGraph *graph, const char *upper, const char *label,
                                       GError **error)
{
    const MlNode *node = ml_word_find_name(graph, upper, error);
    if (!node)
        return NULL;
    g_autoptr(GPtrArray) itself = ml_nodes_just(node);
    g_autoptr(GPtrArray) on_branch = ml_nodes_filter_for_lineage(graph, itself, label, error);
    if (!on_branch)
        return NULL;
    if (on_branch->len > 0)
        return upper;
    g_autoptr(GPtrArray) current = ml_nodes_all_current(graph, itself);
    g_autoptr(GPtrArray) found = ml_nodes_filter_for_lineage(graph, current, label, error);
    if (found && found->len == 1)
        return ml_node_id(ml_graph_node(found, 0));
    if (found)
        ml_range_fail(error, "it is not clear where below '%s' the branch '%s' is", upper, label);
    return NULL;
}

/*
 * Where the lower end "-N" lies if that is more than a head has below it:
 * Alembic then counts from the upper end (_parse_downgrade_target).
 */
static gboolean find_below_upper(const MlGraph *graph, const char *lower, const char *upper,
                                 const MlNode **end, GError **error)
{
    g_auto(MlSteps) steps = {0};
    if (!ml_steps_parse(lower, &steps))
        return ml_range_fail(error, "'%s' goes below the first revision; write 'base'", lower);
    const char *name = upper, *label = upper;
    if (steps.label) {
        label = steps.label;
        name = find_name_on_branch(graph, upper, label, error);
        if (!name)
            return FALSE;
    }
    g_autofree char *text = g_strdup_printf("%s@%s", label, name);
    const MlNode *start;
    return ml_word_revision(graph, text, &start, NULL)
               ? ml_node_walk(graph, start, steps.count, NULL, TRUE, end, error)
               : ml_range_fail(error, "'%s' goes below the first revision; write 'base'", lower);
}

gboolean ml_nodes_check_overlap(const MlGraph *graph, const GPtrArray *nodes, const char *text,
                                GError **error)
{
    g_autoptr(GPtrArray) before = g_ptr_array_new();
    if (nodes->len < 2)
        return TRUE;
    for (guint i = 0; i < nodes->len; i++)
        g_ptr_array_extend(before, graph->before[ml_graph_node(nodes, i)->index], NULL, NULL);
    g_autofree gboolean *reached =
        ml_graph_reach(graph, before, ML_TOWARDS_PARENTS | ML_WITH_DEPENDENCIES);
    for (guint i = 0; i < nodes->len; i++)
        if (reached[ml_graph_node(nodes, i)->index]) {
            g_autofree char *list = ml_nodes_list(nodes);
            return ml_range_fail(error,
                                 "'%s' stands for %s, of which one comes before another; name one "
                                 "of them",
                                 text, list);
        }
    return TRUE;
}

static gboolean check_within(const GPtrArray *nodes, const gboolean *required, const char *lower,
                             const char *upper, GError **error)
{
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = ml_graph_node(nodes, i);
        if (node == &ml_below_base)
            return ml_range_fail(error, "'%s' goes below the first revision; write 'base'", lower);
        if (node && !required[node->index])
            return ml_range_fail(error,
                                 "'%s' does not come before '%s'; a range goes from the older "
                                 "revision to the newer one",
                                 lower, upper);
    }
    return TRUE;
}

static GPtrArray *get_lower(const MlGraph *graph, const char *lower, GError **error)
{
    g_auto(MlSteps) steps = {0};
    g_autoptr(GError) reason = NULL;
    GPtrArray *nodes = ml_word_revisions(graph, lower, &reason);
    if (nodes)
        return nodes;
    if (ml_steps_parse(lower, &steps) && (steps.symbol || steps.count >= 0))
        ml_range_fail(error,
                      "'%s' cannot begin a range, where Alembic counts down from the heads alone "
                      "('-2:'); name the revision itself",
                      lower);
    else
        g_propagate_error(error, g_steal_pointer(&reason));
    return NULL;
}

static GPtrArray *find_lower(const MlGraph *graph, const char *lower, const char *upper,
                             const gboolean *required, GError **error)
{
    g_autoptr(GPtrArray) nodes = get_lower(graph, lower, error);
    const MlNode *end = NULL;
    if (!nodes || !check_within(nodes, required, lower, upper, error))
        return NULL;
    if (nodes->len > 0 && !ml_graph_node(nodes, 0)) {
        if (!find_below_upper(graph, lower, upper, &end, error))
            return NULL;
        return ml_node_is_revision(end) ? ml_nodes_just(end) : g_ptr_array_new();
    }
    if (g_ptr_array_find(nodes, NULL, NULL)) {
        ml_range_fail(
            error, "'%s' goes below the first revision on some branch; name the revisions", lower);
        return NULL;
    }
    return ml_nodes_check_overlap(graph, nodes, lower, error) ? g_steal_pointer(&nodes) : NULL;
}

/* --- the range ------------------------------------------------------------ */

/* Whether going down from `targets` comes by all of `needs`, as _topological_sort asserts. */
static gboolean check_connected(const MlGraph *graph, const GPtrArray *targets,
                                const gboolean *needs, const char *lower, const char *upper,
                                GError **error)
{
    g_autofree gboolean *reached = g_new0(gboolean, ml_graph_size(graph));
    g_autoptr(GPtrArray) stack = g_ptr_array_copy((GPtrArray *)targets, NULL, NULL);
    while (stack->len > 0) {
        const MlNode *node = g_ptr_array_steal_index(stack, stack->len - 1);
        if (!needs[node->index] || reached[node->index])
            continue;
        reached[node->index] = TRUE;
        g_ptr_array_extend(stack, graph->before[node->index], NULL, NULL);
    }
    for (guint i = 0; i < ml_graph_size(graph); i++)
        if (needs[i] && !reached[i])
            return ml_range_fail(error,
                                 "'%s' and '%s' are joined by depends_on alone; write 'base:%s'",
                                 lower, upper, upper);
    return TRUE;
}

/* Marks (by node) what lies between, both ends included (_collect_upgrade_revisions). */
static gboolean *mark_between(const MlGraph *graph, const GPtrArray *current,
                              const gboolean *required)
{
    MlDirection below = ML_TOWARDS_PARENTS | ML_WITH_DEPENDENCIES;
    g_autofree gboolean *passed = ml_graph_reach(graph, current, below);
    g_autofree gboolean *above = ml_graph_reach(graph, current, ML_TOWARDS_CHILDREN);
    gboolean *needs = g_new0(gboolean, ml_graph_size(graph) + 1);
    for (guint i = 0; i < ml_graph_size(graph); i++)
        needs[i] = required[i] && !passed[i] && (above[i] || current->len == 0);
    for (guint i = 0; i < current->len; i++)
        needs[ml_graph_node(current, i)->index] = TRUE;
    return needs;
}

static gboolean *collect(const MlGraph *graph, const char *lower, const char *upper, GError **error)
{
    g_autoptr(GPtrArray) ends = ml_word_targets(graph, lower, upper, FALSE, error);
    if (!ends)
        return NULL;
    for (guint i = 0; i < ends->len; i++)
        if (!ml_node_is_revision(ml_graph_node(ends, i))) {
            ml_range_fail(error, "'%s' goes below the first revision", upper);
            return NULL;
        }
    g_autoptr(GPtrArray) targets = keep_on_branch(graph, ends, lower, error);
    if (!targets || !ml_nodes_check_overlap(graph, targets, upper, error))
        return NULL;
    g_autofree gboolean *required =
        ml_graph_reach(graph, targets, ML_TOWARDS_PARENTS | ML_WITH_DEPENDENCIES);
    g_autoptr(GPtrArray) current = find_lower(graph, lower, upper, required, error);
    if (!current)
        return NULL;
    g_autofree gboolean *needs = mark_between(graph, current, required);
    if (!check_connected(graph, targets, needs, lower, upper, error))
        return NULL;
    return g_steal_pointer(&needs);
}

/* A word alone: what it would be as the end of a range, and "-2" too. */
static gboolean *collect_alone(const MlGraph *graph, const char *text, GError **error)
{
    g_auto(MlWord) word = ml_word_split(text);
    const MlNode *named = ml_graph_named(graph, text);
    g_autoptr(GPtrArray) nodes = NULL;
    if (named)
        nodes = ml_nodes_just(named);
    else if (ml_word_number(word.name) < 0)
        nodes = ml_word_revisions(graph, text, error);
    else
        nodes = ml_word_targets(graph, "base", text, FALSE, error);
    if (!nodes)
        return NULL;

    g_autofree gboolean *needs = g_new0(gboolean, ml_graph_size(graph) + 1);
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = ml_graph_node(nodes, i);
        if (!ml_node_is_revision(node)) {
            ml_range_fail(error, "'%s' goes below the first revision", text);
            return NULL;
        }
        needs[node->index] = TRUE;
    }
    return g_steal_pointer(&needs);
}

static gboolean *collect_range(const MlGraph *graph, const char *text, GError **error)
{
    g_auto(GStrv) ends = g_strsplit(text, ":", 3);
    if (g_strv_length(ends) > 2) {
        ml_range_fail(error, "'%s' has more than one ':'; a range is OLDER:NEWER", text);
        return NULL;
    }
    if (!*text) {
        ml_range_fail(error, "a range is missing; write a revision, or OLDER:NEWER");
        return NULL;
    }
    if (!ends[1])
        return collect_alone(graph, text, error);
    return collect(graph, *ends[0] ? ends[0] : "base", *ends[1] ? ends[1] : "heads", error);
}

GPtrArray *ml_graph_range(const MlGraph *graph, const char *range, GError **error)
{
    g_autofree char *text = g_strstrip(g_strdup(range));
    g_autofree gboolean *needs = collect_range(graph, text, error);
    if (!needs)
        return NULL;
    g_autoptr(GPtrArray) order = ml_graph_upgrade_order(graph);
    return ml_nodes_keep_marked(order, needs);
}
