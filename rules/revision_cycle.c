#include "miglint/lint.h"

static char *draw_circle(const GPtrArray *revisions)
{
    GString *circle = g_string_new(NULL);
    for (guint i = 0; i <= revisions->len && i <= 12; i++) {
        const MlRevision *revision = g_ptr_array_index(revisions, i % revisions->len);
        g_string_append_printf(circle, "%s'%s'", i ? " -> " : "",
                               i == 12 ? "..." : revision->id.text);
    }
    return g_string_free(circle, FALSE);
}

static MlOrigin place_of(const MlRevision *revision, gboolean dependency)
{
    if (dependency && revision->depends_on->len > 0)
        return g_array_index(revision->depends_on, MlReference, 0).origin;
    return revision->down_revision;
}

static void report(MlContext *context, const MlGraphProblem *problem)
{
    gboolean dependency = problem->kind == ML_GRAPH_DEPENDENCY_CYCLE;
    const MlRevision *revision = g_ptr_array_index(problem->revisions, 0);
    MlOrigin where = place_of(revision, dependency);
    MlFinding *finding;
    if (problem->revisions->len == 1) {
        finding = ml_report(context, revision, where, "'%s' %s", revision->id.text,
                            dependency ? "depends on itself" : "is its own parent");
    } else {
        g_autofree char *circle = draw_circle(problem->revisions);
        finding = ml_report(context, revision, where,
                            dependency ? "revisions depend on each other in a circle: %s"
                                       : "revisions follow each other in a circle: %s",
                            circle);
    }
    for (guint i = 1; i < problem->revisions->len; i++) {
        const MlRevision *other = g_ptr_array_index(problem->revisions, i);
        ml_finding_relate(finding, other, place_of(other, dependency), "'%s' takes part",
                          other->id.text);
    }
    ml_finding_help(finding, "%s",
                    dependency ? "take one of these out of a depends_on"
                               : "one of them must follow a revision outside of the circle; the "
                                 "first of all has down_revision = None");
}

static void check(MlContext *context)
{
    const GPtrArray *problems = ml_graph_problems(context->migrations->graph);
    for (guint i = 0; i < problems->len; i++) {
        const MlGraphProblem *problem = g_ptr_array_index(problems, i);
        if (problem->kind == ML_GRAPH_CYCLE || problem->kind == ML_GRAPH_DEPENDENCY_CYCLE)
            report(context, problem);
    }
}

const MlRule ml_rule_revision_cycle = {
    .code = "ML105",
    .name = "revision-cycle",
    .severity = ML_SEVERITY_ERROR,
    .summary = "revisions follow or depend on each other in a circle",
    .why = "There is no order in which such revisions could run, so Alembic refuses every command "
           "with \"Cycle is detected in revisions\". It comes from editing down_revision by hand "
           "after a merge, or from copying the id of a file into its own down_revision.",
    .bad = "# file: versions/1a2b3c4d5e6f_create_account.py\n"
           "\"\"\"create account\"\"\"\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = \"2b3c4d5e6f70\"\n"
           "# file: versions/2b3c4d5e6f70_add_email.py\n"
           "\"\"\"add email\"\"\"\n"
           "revision = \"2b3c4d5e6f70\"\n"
           "down_revision = \"1a2b3c4d5e6f\"\n",
    .good = "# file: versions/1a2b3c4d5e6f_create_account.py\n"
            "\"\"\"create account\"\"\"\n"
            "revision = \"1a2b3c4d5e6f\"\n"
            "down_revision = None\n"
            "# file: versions/2b3c4d5e6f70_add_email.py\n"
            "\"\"\"add email\"\"\"\n"
            "revision = \"2b3c4d5e6f70\"\n"
            "down_revision = \"1a2b3c4d5e6f\"\n",
    .check_project = check,
};
