#include "miglint/lint.h"

/* Steps that are walked at most: a history of ten thousand merges side by side is no project. */
#define STEPS 20000000

/* Each node's place in the order of upgrades: an ancestor's is always lower. */
static guint *ranks_of(const MlGraph *graph)
{
    g_autoptr(GPtrArray) order = ml_graph_upgrade_order(graph);
    guint *ranks = g_new0(guint, order->len + 1);
    for (guint i = 0; i < order->len; i++)
        ranks[((const MlNode *)g_ptr_array_index(order, i))->index] = i;
    return ranks;
}

/* The ancestors of a merge's parents, as far back as the oldest parent. */
static GHashTable *above_parents(const MlNode *merge, const guint *ranks, guint *steps)
{
    GHashTable *above = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) todo = g_ptr_array_new();
    guint oldest = G_MAXUINT;
    for (guint i = 0; i < merge->parents->len; i++) {
        const MlNode *parent = g_ptr_array_index(merge->parents, i);
        oldest = MIN(oldest, ranks[parent->index]);
        g_ptr_array_add(todo, (gpointer)parent);
    }
    for (guint i = 0; i < todo->len && *steps < STEPS; i++) {
        const MlNode *node = g_ptr_array_index(todo, i);
        for (guint j = 0; j < node->parents->len; j++, ++*steps) {
            const MlNode *parent = g_ptr_array_index(node->parents, j);
            if (ranks[parent->index] >= oldest && g_hash_table_add(above, (gpointer)parent))
                g_ptr_array_add(todo, (gpointer)parent);
        }
    }
    return above;
}

static void report(MlContext *context, const MlRevision *revision, const MlReference *parent)
{
    MlFinding *finding =
        ml_report(context, revision, parent->origin,
                  "the parent '%s' is already an ancestor of another parent", parent->text);
    ml_finding_help(finding, "take '%s' out of down_revision", parent->text);
}

static gboolean is_judged(const MlContext *context, const MlRevision *merge)
{
    return context->change == NULL || ml_change_brings(context->change, merge);
}

static void check(MlContext *context)
{
    const MlGraph *graph = context->migrations->graph;
    const GPtrArray *nodes = ml_graph_nodes(graph);
    g_autofree guint *ranks = ranks_of(graph);
    guint steps = 0;
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = g_ptr_array_index(nodes, i);
        if (!node->is_merge_point || !is_judged(context, node->revision))
            continue;
        g_autoptr(GHashTable) above = above_parents(node, ranks, &steps);
        const GArray *references = node->revision->down_revisions;
        for (guint j = 0; j < references->len; j++) {
            const MlReference *reference = &g_array_index(references, MlReference, j);
            const MlNode *parent = ml_graph_find(graph, reference->text);
            if (parent != NULL && g_hash_table_contains(above, parent))
                report(context, node->revision, reference);
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
