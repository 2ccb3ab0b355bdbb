#include "miglint/lint.h"

#include <string.h>

static void add_help(MlFinding *finding, const char *missing, const char *nearest)
{
    if (nearest == NULL)
        ml_finding_help(finding,
                        "add the file of '%s', which may be on another branch, or name "
                        "the revision that this one follows",
                        missing);
    else if (g_str_has_prefix(nearest, missing))
        ml_finding_help(finding, "write the whole id: down_revision = \"%s\"", nearest);
    else
        ml_finding_help(finding, "did you mean down_revision = \"%s\"?", nearest);
}

/* Looking for a near id costs time, and nobody reads a hundred offers. */
#define OFFERS 100

static void check(MlContext *context)
{
    const MlGraph *graph = context->migrations->graph;
    const MlGraphProblem *problem;
    if (!ml_migrations_is_whole(context->migrations))
        return;
    for (guint at = 0, reported = 0;
         (problem = ml_graph_next_problem(graph, ML_GRAPH_MISSING_PARENT, &at)) != NULL;
         reported++) {
        const char *missing = problem->reference->text;
        const MlRevision *revision = g_ptr_array_index(problem->revisions, 0);
        MlFinding *finding = ml_report(context, revision, problem->reference->origin,
                                       "down_revision names '%s', which no file declares", missing);
        add_help(finding, missing, reported < OFFERS ? ml_graph_nearest(graph, missing) : NULL);
    }
}

const MlRule ml_rule_missing_parent = {
    .code = "ML103",
    .name = "missing-parent",
    .severity = ML_SEVERITY_ERROR,
    .summary = "down_revision names a revision that is not there",
    .why = "Alembic builds the whole graph before it does anything. A parent that no file declares "
           "ends every command with a KeyError. The usual causes: the parent is on a branch that "
           "is not merged yet, its file was deleted, or the id was shortened or mistyped (partial "
           "ids work on the command line, not in files).",
    .bad = "# file: versions/1a2b3c4d5e6f_create_account.py\n"
           "\"\"\"create account\"\"\"\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = None\n"
           "# file: versions/2b3c4d5e6f70_add_email.py\n"
           "\"\"\"add email\"\"\"\n"
           "revision = \"2b3c4d5e6f70\"\n"
           "down_revision = \"1a2b3c4d\"\n",
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
