#include "miglint/lint.h"

#include <string.h>

static void report(MlContext *context, const MlGraphProblem *problem)
{
    const char *label = problem->reference->text;
    const MlRevision *revision = g_ptr_array_index(problem->revisions, 0);
    const MlRevision *other =
        g_ptr_array_index(problem->revisions, problem->revisions->len > 1 ? 1 : 0);
    gboolean is_id = g_strcmp0(other->id.text, label) == 0;
    MlFinding *finding = ml_report(context, revision, problem->reference->origin,
                                   is_id ? "the branch label '%s' is already a revision's id"
                                         : "the branch label '%s' is already taken",
                                   label);
    if (other != revision)
        ml_finding_relate(finding, other, other->id.origin,
                          is_id ? "the revision '%s'" : "the label's other owner, '%s'",
                          other->id.text);
    ml_finding_help(finding, "%s",
                    is_id ? "choose another label"
                          : "keep the label on the first revision of the branch: all that follow "
                            "it share it");
}

static void check(MlContext *context)
{
    const MlGraphProblem *problem;
    for (guint at = 0; (problem = ml_graph_next_problem(context->migrations->graph,
                                                        ML_GRAPH_LABEL_CLASH, &at)) != NULL;)
        report(context, problem);
}

const MlRule ml_rule_branch_label_clash = {
    .code = "ML108",
    .name = "branch-label-clash",
    .severity = ML_SEVERITY_ERROR,
    .summary = "a branch label is declared twice, or is also a revision id",
    .why = "A branch label names one branch: Alembic stops with \"Branch name ... already used\" "
           "when two revisions declare it, even two that follow one another. All descendants of "
           "the revision that declares a label carry it by themselves.",
    .bad = "# file: versions/1a2b3c4d5e6f_create_invoice.py\n"
           "\"\"\"create invoice\"\"\"\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = None\n"
           "branch_labels = (\"billing\",)\n"
           "# file: versions/2b3c4d5e6f70_add_due_date.py\n"
           "\"\"\"add due date\"\"\"\n"
           "revision = \"2b3c4d5e6f70\"\n"
           "down_revision = \"1a2b3c4d5e6f\"\n"
           "branch_labels = (\"billing\",)\n",
    .good = "# file: versions/1a2b3c4d5e6f_create_invoice.py\n"
            "\"\"\"create invoice\"\"\"\n"
            "revision = \"1a2b3c4d5e6f\"\n"
            "down_revision = None\n"
            "branch_labels = (\"billing\",)\n"
            "# file: versions/2b3c4d5e6f70_add_due_date.py\n"
            "\"\"\"add due date\"\"\"\n"
            "revision = \"2b3c4d5e6f70\"\n"
            "down_revision = \"1a2b3c4d5e6f\"\n"
            "branch_labels = None\n",
    .reference =
        "https://alembic.sqlalchemy.org/en/latest/branches.html#working-with-branch-labels",
    .check_project = check,
};
