#include "miglint/lint.h"

/* Descendants that are counted, of all bases together: enough to tell a main line from a stray one.
 */
#define COUNTED 200000

static GPtrArray *unlabelled_bases(const MlGraph *graph)
{
    const GPtrArray *bases = ml_graph_bases(graph);
    GPtrArray *unlabelled = g_ptr_array_new();
    for (guint i = 0; i < bases->len; i++) {
        const MlNode *base = g_ptr_array_index(bases, i);
        if (base->labels->len == 0 && !(base->revision->unknown & ML_UNKNOWN_LABELS))
            g_ptr_array_add(unlabelled, (gpointer)base);
    }
    return unlabelled;
}

/* The root of the main line is the one that most revisions descend from. */
static const MlNode *main_base(const GPtrArray *bases)
{
    const MlNode *most = NULL;
    guint most_descendants = 0;
    for (guint i = 0; i < bases->len; i++) {
        g_autoptr(GHashTable) below =
            ml_graph_descendants(g_ptr_array_index(bases, i), COUNTED / bases->len);
        guint descendants = g_hash_table_size(below);
        if (most == NULL || descendants > most_descendants) {
            most = g_ptr_array_index(bases, i);
            most_descendants = descendants;
        }
    }
    return most;
}

/* Whether the head makes it so; what the base has already is not its matter. */
static gboolean is_new(const MlContext *context, const MlNode *base, const MlNode *first)
{
    return context->change == NULL || ml_change_brings(context->change, base->revision) ||
           ml_change_brings(context->change, first->revision);
}

static void check(MlContext *context)
{
    const MlGraph *graph = context->migrations->graph;
    g_autoptr(GPtrArray) bases = unlabelled_bases(graph);
    if (bases->len < 2)
        return;
    const MlNode *first = main_base(bases);
    for (guint i = 0; i < bases->len; i++) {
        const MlNode *base = g_ptr_array_index(bases, i);
        if (base == first || !is_new(context, base, first))
            continue;
        MlFinding *finding = ml_report(
            context, base->revision, base->revision->down_revision,
            "'%s' starts a second line of revisions: it follows none, as '%s' does already",
            base->revision->id.text, first->revision->id.text);
        ml_finding_relate(finding, first->revision, first->revision->down_revision,
                          "the root of the main line");
        ml_finding_help(finding, "name the revision that it follows; or, if the second line is "
                                 "meant, give it a name: branch_labels = (\"...\",)");
    }
}

const MlRule ml_rule_second_base = {
    .code = "ML106",
    .name = "second-base",
    .severity = ML_SEVERITY_WARNING,
    .summary = "a further revision without a parent, and without a branch label",
    .why = "A project usually has one first revision. A second one is mostly a down_revision that "
           "was lost: Alembic then treats its descendants as a line of their own that may run "
           "before or after the other. Where several lines are meant, branch labels name them, "
           "and commands can say which one they are about (`alembic upgrade billing@head`).",
    .bad = "# file: versions/1a2b3c4d5e6f_create_account.py\n"
           "\"\"\"create account\"\"\"\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = None\n"
           "# file: versions/2b3c4d5e6f70_create_invoice.py\n"
           "\"\"\"create invoice\"\"\"\n"
           "revision = \"2b3c4d5e6f70\"\n"
           "down_revision = None\n",
    .good = "# file: versions/1a2b3c4d5e6f_create_account.py\n"
            "\"\"\"create account\"\"\"\n"
            "revision = \"1a2b3c4d5e6f\"\n"
            "down_revision = None\n"
            "# file: versions/2b3c4d5e6f70_create_invoice.py\n"
            "\"\"\"create invoice\"\"\"\n"
            "revision = \"2b3c4d5e6f70\"\n"
            "down_revision = None\n"
            "branch_labels = (\"billing\",)\n",
    .check_project = check,
};
