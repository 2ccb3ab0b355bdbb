#include "miglint/lint.h"

#include <string.h>

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

static const MlReference *reference_to(const GArray *references, const MlRevision *revision)
{
    for (guint i = 0; i < references->len; i++) {
        const MlReference *reference = &g_array_index(references, MlReference, i);
        if (strcmp(reference->text, revision->id.text) == 0)
            return reference;
    }
    return NULL;
}

/* Where the revision names the next one of the circle. */
static MlOrigin place_of(const MlGraphProblem *problem, guint index)
{
    const MlRevision *revision = g_ptr_array_index(problem->revisions, index);
    const MlRevision *next =
        g_ptr_array_index(problem->revisions, (index + 1) % problem->revisions->len);
    const MlReference *reference = reference_to(revision->down_revisions, next);
    if (reference == NULL)
        reference = reference_to(revision->depends_on, next);
    if (reference == NULL && revision->depends_on->len > 0) /* by its branch label */
        reference = &g_array_index(revision->depends_on, MlReference, 0);
    return reference ? reference->origin : revision->down_revision;
}

static void report(MlContext *context, const MlGraphProblem *problem)
{
    gboolean dependency = problem->kind == ML_GRAPH_DEPENDENCY_CYCLE;
    const MlRevision *revision = g_ptr_array_index(problem->revisions, 0);
    MlOrigin where = place_of(problem, 0);
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
        ml_finding_relate(finding, other, place_of(problem, i), "'%s' takes part", other->id.text);
    }
    ml_finding_help(finding, "%s",
                    dependency ? "take one of these out of a depends_on"
                               : "one of them must follow a revision outside of the circle; the "
                                 "first of all has down_revision = None");
}

static void check(MlContext *context)
{
    static const MlGraphProblemKind kinds[] = {ML_GRAPH_CYCLE, ML_GRAPH_DEPENDENCY_CYCLE};
    const MlGraphProblem *problem;
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        for (guint at = 0;
             (problem = ml_graph_next_problem(context->migrations->graph, kinds[i], &at)) != NULL;)
            report(context, problem);
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
