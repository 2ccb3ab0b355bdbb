#include "miglint/lint.h"

static void report(MlContext *context, const MlRevision *gone)
{
    MlFinding *finding =
        ml_report(context, gone, gone->id.origin, "'%s' is on %s already and now is gone",
                  gone->id.text, context->change->merge->base.name);
    ml_finding_help(finding,
                    "bring it back, and undo what it does in a new revision: a database that "
                    "stands at '%s' cannot be upgraded or downgraded without it",
                    gone->id.text);
}

static void report_environment(MlContext *context)
{
    const MlMigrations *base = context->change->base;
    const MlNode *head = g_ptr_array_index(ml_graph_heads(base->graph), 0);
    MlFinding *finding =
        ml_report(context, head->revision, (MlOrigin){0},
                  "the environment '%s' with its %u revisions is on %s already "
                  "and now is gone",
                  base->project->name, base->revisions->len, context->change->merge->base.name);
    ml_finding_help(finding, "bring it back as long as there are databases that it was run on");
}

static void check(MlContext *context)
{
    const MlChange *change = context->change;
    if (change == NULL || change->base == NULL || !ml_migrations_is_whole(context->migrations))
        return;
    if (change->is_gone && ml_graph_heads(change->base->graph)->len > 0) {
        report_environment(context);
        return;
    }
    g_autoptr(GHashTable) squashed = ml_change_squashed(change);
    const GPtrArray *nodes = ml_graph_nodes(change->base->graph);
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = g_ptr_array_index(nodes, i);
        if (ml_graph_find(context->migrations->graph, node->revision->id.text) == NULL &&
            !g_hash_table_contains(squashed, node))
            report(context, node->revision);
    }
}

#define FIRST                                                                                      \
    "# file: versions/1a2b3c4d5e6f_create_account.py\n"                                            \
    "\"\"\"create account\"\"\"\n"                                                                 \
    "revision = \"1a2b3c4d5e6f\"\n"                                                                \
    "down_revision = None\n"
#define SECOND                                                                                     \
    "# file: versions/2b3c4d5e6f70_add_email.py\n"                                                 \
    "\"\"\"add email\"\"\"\n"                                                                      \
    "revision = \"2b3c4d5e6f70\"\n"

const MlRule ml_rule_published_revision_removed = {
    .code = "ML202",
    .name = "published-revision-removed",
    .severity = ML_SEVERITY_ERROR,
    .compares = TRUE,
    .summary = "a revision that the base holds is gone",
    .why = "The table alembic_version of a deployed database may name it. Without its file Alembic "
           "stops there with \"Can't locate revision\", and whatever the revision did stays in the "
           "database while new databases never get it.\n"
           "\n"
           "To take back a revision, write a new one that undoes it. Old revisions may be squashed "
           "into one: that raises nothing as long as the last of them keeps its id, as a new root "
           "or behind a new one, so that a database which has run them all stands where it stood.",
    .bad = "# base:\n" FIRST SECOND "down_revision = \"1a2b3c4d5e6f\"\n"
           "# head:\n" FIRST,
    .good = "# base:\n" FIRST SECOND "down_revision = \"1a2b3c4d5e6f\"\n"
            "# head:\n" SECOND "down_revision = None\n",
    .check_project = check,
};
