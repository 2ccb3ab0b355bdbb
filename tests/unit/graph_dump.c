/*
 * Reads graphs and tells what ml_graph_* makes of them, for the tests that
 * compare it with Alembic. Fields are separated by tabs, lists by commas:
 *
 *   rev  ID  PARENTS  DEPENDENCIES  LABELS     a revision
 *   range  TEXT                                a range to resolve
 *   upgrade  RANGE  1.4|2.0                    a plan, and the rows of alembic_version
 *   downgrade  RANGE  1.4|2.0                  likewise
 *   end                                        answer, and begin a new graph
 */
#include "graph_helper.h"
#include "miglint/render.h"

#include <stdio.h>
#include <string.h>

static char *join(const GPtrArray *nodes)
{
    GString *list = g_string_new(NULL);
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = g_ptr_array_index(nodes, i);
        g_string_append_printf(list, "%s%s", i > 0 ? "," : "", node->revision->id.text);
    }
    return g_string_free(list, FALSE);
}

static void print_node(const MlNode *node)
{
    g_autofree char *parents = join(node->parents);
    g_autofree char *dependencies = join(node->dependencies);
    g_autofree char *children = join(node->children);
    g_autofree char *dependents = join(node->dependents);
    printf("node\t%s\t%s%s%s%s%s\t%s\t%s\t%s\t%s\t", node->revision->id.text,
           node->is_head ? "h" : "", node->is_effective_head ? "e" : "", node->is_base ? "b" : "",
           node->is_branch_point ? "p" : "", node->is_merge_point ? "m" : "", parents, dependencies,
           children, dependents);
    for (guint i = 0; i < node->labels->len; i++)
        printf("%s%s", i > 0 ? "," : "", (const char *)g_ptr_array_index(node->labels, i));
    printf("\n");
}

static void print_problem(const MlGraphProblem *problem)
{
    static const char *const names[] = {
        [ML_GRAPH_MISSING_PARENT] = "missing-parent",
        [ML_GRAPH_MISSING_DEPENDENCY] = "missing-dependency",
        [ML_GRAPH_DUPLICATE] = "duplicate",
        [ML_GRAPH_CYCLE] = "cycle",
        [ML_GRAPH_DEPENDENCY_CYCLE] = "dependency-cycle",
        [ML_GRAPH_LABEL_CLASH] = "label-clash",
    };
    printf("problem\t%s\t", names[problem->kind]);
    for (guint i = 0; i < problem->revisions->len; i++) {
        const MlRevision *revision = g_ptr_array_index(problem->revisions, i);
        printf("%s%s", i > 0 ? "," : "", revision->id.text);
    }
    printf("\t%s\n", problem->reference ? problem->reference->text : "");
}

static void print_range(const MlGraph *graph, const char *range)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) nodes = ml_graph_range(graph, range, &error);
    g_autofree char *list = nodes ? join(nodes) : NULL;
    printf("range\t%s\t%s\t%s\n", range, nodes ? "ok" : "error", nodes ? list : error->message);
}

/* What alembic_version is told at each step. */
static void print_versions(const MlRenderRules *rules, const MlGraph *graph, const MlPlan *plan)
{
    g_autoptr(MlVersions) versions = ml_versions_new(rules, graph, plan->from);
    for (guint i = 0; i < plan->nodes->len; i++) {
        const MlNode *node = g_ptr_array_index(plan->nodes, i);
        g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)ml_rendered_free);
        if (plan->downgrade)
            ml_versions_downgrade(versions, node, out);
        else
            ml_versions_upgrade(versions, node, out);
        printf("step\t%s", node->revision->id.text);
        for (guint j = 0; j < out->len; j++)
            printf("\t%s", ((const MlRendered *)g_ptr_array_index(out, j))->text);
        printf("\n");
    }
}

static void print_plan(const MlRenderRules *rules, const MlGraph *graph, const char *range,
                       gboolean downgrade)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MlPlan) plan = ml_graph_plan(graph, range, downgrade, &error);
    g_autofree char *from = plan ? join(plan->from) : NULL;
    printf("plan\t%s\t%s\t%s\n", range, plan ? "ok" : "error", plan ? from : error->message);
    if (plan)
        print_versions(rules, graph, plan);
}

static void print_question(const MlGraph *graph, const char *line)
{
    MlRenderRules rules = {.dialect = ML_SQLITE};
    g_auto(GStrv) fields = g_strsplit(line, "\t", 3);
    if (g_str_equal(fields[0], "range")) {
        print_range(graph, fields[1]);
        return;
    }
    if (g_strcmp0(fields[2], "1.4") == 0)
        rules.sqlalchemy = ML_SQLALCHEMY_1_4;
    print_plan(&rules, graph, fields[1], g_str_equal(fields[0], "downgrade"));
}

static void answer(const GPtrArray *revisions, const GPtrArray *questions)
{
    g_autoptr(MlGraph) graph = ml_graph_new(revisions);
    g_autoptr(GPtrArray) order = ml_graph_upgrade_order(graph);
    g_autofree char *heads = join(ml_graph_heads(graph));
    g_autofree char *bases = join(ml_graph_bases(graph));
    g_autofree char *ordered = join(order);
    g_autoptr(GPtrArray) parting = ml_graph_parting(graph, ml_graph_heads(graph));
    g_autofree char *parted = join(parting);
    const GPtrArray *nodes = ml_graph_nodes(graph), *problems = ml_graph_problems(graph);
    for (guint i = 0; i < nodes->len; i++)
        print_node(g_ptr_array_index(nodes, i));
    for (guint i = 0; i < problems->len; i++)
        print_problem(g_ptr_array_index(problems, i));
    printf("heads\t%s\nbases\t%s\norder\t%s\n", heads, bases, ordered);
    printf("parting\t%s\n", parted);
    for (guint i = 0; i < questions->len; i++)
        print_question(graph, g_ptr_array_index(questions, i));
    printf("end\n");
}

static gboolean is_question(const char *word)
{
    return g_str_equal(word, "range") || g_str_equal(word, "upgrade") ||
           g_str_equal(word, "downgrade");
}

static void read_line(char *line, GPtrArray *revisions, GPtrArray *questions)
{
    line[strcspn(line, "\n")] = '\0';
    g_auto(GStrv) fields = g_strsplit(line, "\t", -1);
    if (g_str_equal(fields[0], "rev") && g_strv_length(fields) == 5) {
        g_ptr_array_add(revisions, make_revision(fields[1], fields[2], fields[3], fields[4]));
    } else if (is_question(fields[0]) && fields[1]) {
        g_ptr_array_add(questions, g_strdup(line));
    } else if (g_str_equal(fields[0], "end")) {
        answer(revisions, questions);
        g_ptr_array_set_size(revisions, 0);
        g_ptr_array_set_size(questions, 0);
    } else {
        g_error("not understood: %s", line);
    }
}

int main(void)
{
    g_autoptr(GPtrArray) revisions = g_ptr_array_new_with_free_func(free_revision);
    g_autoptr(GPtrArray) questions = g_ptr_array_new_with_free_func(g_free);
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0)
        read_line(line, revisions, questions);
    free(line);
    return 0;
}
