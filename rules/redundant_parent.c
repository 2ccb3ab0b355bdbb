#include "miglint/lint.h"

/* A parent of `node` that `parent` is above of; NULL if there is none. */
static const MlNode *parent_below(const MlGraph *graph, const MlNode *node, const MlNode *parent)
{
    for (guint i = 0; i < node->parents->len; i++) {
        const MlNode *other = g_ptr_array_index(node->parents, i);
        if (ml_graph_is_ancestor(graph, parent, other))
            return other;
    }
    return NULL;
}

static void check(MlContext *context)
{
    const MlGraph *graph = context->migrations->graph;
    const GPtrArray *nodes = ml_graph_nodes(graph);
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = g_ptr_array_index(nodes, i);
        const GArray *references = node->revision->down_revisions;
        for (guint j = 0; node->is_merge_point && j < references->len; j++) {
            const MlReference *reference = &g_array_index(references, MlReference, j);
            const MlNode *parent = ml_graph_find(graph, reference->text);
            const MlNode *below = parent ? parent_below(graph, node, parent) : NULL;
            if (below == NULL)
                continue;
            MlFinding *finding =
                ml_report(context, node->revision, reference->origin,
                          "the parent '%s' is already an ancestor of the other parent '%s'",
                          reference->text, below->revision->id.text);
            ml_finding_help(finding, "take '%s' out of down_revision", reference->text);
        }
    }
}

const MlRule ml_rule_redundant_parent = {
    .code = "ML111",
    .name = "redundant-parent",
    .severity = ML_SEVERITY_WARNING,
    .summary = "a merge lists a parent that is an ancestor of another parent",
    .why = "Such a revision merges nothing: one of its parents always ran before the other. It "
           "makes the history look branched where it is not, and Alembic warns or fails when a "
           "range overlaps (\"Requested revision ... overlaps with other requested revisions\"). "
           "It usually remains after one of two heads was given a new parent by hand.",
    .bad = "# file: versions/1a2b3c4d5e6f_create_account.py\n"
           "\"\"\"create account\"\"\"\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = None\n"
           "# file: versions/2b3c4d5e6f70_add_email.py\n"
           "\"\"\"add email\"\"\"\n"
           "revision = \"2b3c4d5e6f70\"\n"
           "down_revision = \"1a2b3c4d5e6f\"\n"
           "# file: versions/3c4d5e6f7081_merge.py\n"
           "\"\"\"merge\"\"\"\n"
           "revision = \"3c4d5e6f7081\"\n"
           "down_revision = (\"1a2b3c4d5e6f\", \"2b3c4d5e6f70\")\n",
    .good = "# file: versions/1a2b3c4d5e6f_create_account.py\n"
            "\"\"\"create account\"\"\"\n"
            "revision = \"1a2b3c4d5e6f\"\n"
            "down_revision = None\n"
            "# file: versions/2b3c4d5e6f70_add_email.py\n"
            "\"\"\"add email\"\"\"\n"
            "revision = \"2b3c4d5e6f70\"\n"
            "down_revision = \"1a2b3c4d5e6f\"\n"
            "# file: versions/3c4d5e6f7081_add_phone.py\n"
            "\"\"\"add phone\"\"\"\n"
            "revision = \"3c4d5e6f7081\"\n"
            "down_revision = \"2b3c4d5e6f70\"\n",
    .check_project = check,
};
