#include "miglint/lint.h"

static void report(MlContext *context, const MlGraphProblem *problem)
{
    const MlRevision *first = g_ptr_array_index(problem->revisions, 0);
    for (guint i = 1; i < problem->revisions->len; i++) {
        const MlRevision *revision = g_ptr_array_index(problem->revisions, i);
        MlFinding *finding =
            ml_report(context, revision, revision->id.origin,
                      "'%s' is also the id of another file; Alembic would drop one of them",
                      revision->id.text);
        ml_finding_relate(finding, first, first->id.origin, "the other '%s'", first->id.text);
        ml_finding_help(finding, "give the newer file an id of its own, and let the revisions "
                                 "that follow it name that one; or delete the copy");
    }
}

static void check(MlContext *context)
{
    const MlGraphProblem *problem;
    for (guint at = 0; (problem = ml_graph_next_problem(context->migrations->graph,
                                                        ML_GRAPH_DUPLICATE, &at)) != NULL;)
        report(context, problem);
}

const MlRule ml_rule_duplicate_revision = {
    .code = "ML104",
    .name = "duplicate-revision",
    .severity = ML_SEVERITY_ERROR,
    .summary = "two files declare the same revision id",
    .why = "Alembic prints a warning and keeps whichever file it happens to read last, so one of "
           "the two migrations silently never runs. It comes from copying a revision file as a "
           "template, or from a file that was renamed on one branch and kept on another.",
    .bad = "# file: versions/1a2b3c4d5e6f_create_account.py\n"
           "\"\"\"create account\"\"\"\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = None\n"
           "# file: versions/1a2b3c4d5e6f_create_accounts.py\n"
           "\"\"\"create accounts\"\"\"\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = None\n",
    .good = "# file: versions/1a2b3c4d5e6f_create_accounts.py\n"
            "\"\"\"create accounts\"\"\"\n"
            "revision = \"1a2b3c4d5e6f\"\n"
            "down_revision = None\n",
    .check_project = check,
};
