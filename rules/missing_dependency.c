#include "miglint/lint.h"

/* Looking for a near name costs time, and nobody reads a hundred offers. */
#define OFFERS 100

static void check(MlContext *context)
{
    const MlGraph *graph = context->migrations->graph;
    const MlGraphProblem *problem;
    if (!ml_migrations_is_whole(context->migrations))
        return;
    for (guint at = 0, reported = 0;
         (problem = ml_graph_next_problem(graph, ML_GRAPH_MISSING_DEPENDENCY, &at)) != NULL;
         reported++) {
        const char *missing = problem->reference->text;
        const MlRevision *revision = g_ptr_array_index(problem->revisions, 0);
        MlFinding *finding =
            ml_report(context, revision, problem->reference->origin,
                      "depends_on names '%s', which is no revision and no branch label", missing);
        const char *nearest = reported < OFFERS ? ml_graph_nearest_name(graph, missing) : NULL;
        if (nearest != NULL)
            ml_finding_help(finding, "did you mean depends_on = \"%s\"?", nearest);
        else
            ml_finding_help(finding, "name a revision of this environment by its whole id, or a "
                                     "branch by its label");
    }
}

const MlRule ml_rule_missing_dependency = {
    .code = "ML107",
    .name = "missing-dependency",
    .severity = ML_SEVERITY_ERROR,
    .summary = "depends_on names no revision and no branch label",
    .why = "depends_on makes a revision wait for one of another branch. Alembic resolves it for "
           "every command, and one that leads nowhere ends them all with a KeyError. Ids must be "
           "written in full here; only the command line knows partial ones.",
    .bad = "# file: versions/1a2b3c4d5e6f_create_account.py\n"
           "\"\"\"create account\"\"\"\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = None\n"
           "# file: versions/2b3c4d5e6f70_create_invoice.py\n"
           "\"\"\"create invoice\"\"\"\n"
           "revision = \"2b3c4d5e6f70\"\n"
           "down_revision = None\n"
           "branch_labels = (\"billing\",)\n"
           "depends_on = \"1a2b3c4d5e6e\"\n",
    .good = "# file: versions/1a2b3c4d5e6f_create_account.py\n"
            "\"\"\"create account\"\"\"\n"
            "revision = \"1a2b3c4d5e6f\"\n"
            "down_revision = None\n"
            "# file: versions/2b3c4d5e6f70_create_invoice.py\n"
            "\"\"\"create invoice\"\"\"\n"
            "revision = \"2b3c4d5e6f70\"\n"
            "down_revision = None\n"
            "branch_labels = (\"billing\",)\n"
            "depends_on = \"1a2b3c4d5e6f\"\n",
    .reference = "https://alembic.sqlalchemy.org/en/latest/branches.html#branch-dependencies",
    .check_project = check,
};
