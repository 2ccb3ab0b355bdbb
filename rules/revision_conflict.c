#include "miglint/lint.h"

static void report(MlContext *context, const MlRevision *revision)
{
    const MlMerge *merge = context->change->merge;
    const char *base = merge->base.name, *head = merge->head.name;
    MlFinding *finding = NULL;
    switch (ml_tree_conflict(merge->merged, revision->path)) {
    case ML_CONFLICT_NONE:
        return;
    case ML_CONFLICT_CONTENT:
    case ML_CONFLICT_KIND:
        finding =
            ml_report(context, revision, revision->where,
                      "%s and %s have changed this file in ways that git cannot merge", head, base);
        break;
    case ML_CONFLICT_ADDED:
        finding = ml_report(context, revision, revision->where,
                            "%s and %s have each added a file of this name", head, base);
        break;
    case ML_CONFLICT_DELETED:
        finding = ml_report(context, revision, (MlOrigin){0},
                            "one of %s and %s has deleted this file, the other has changed it",
                            head, base);
        break;
    case ML_CONFLICT_RENAMED:
        finding = ml_report(context, revision, (MlOrigin){0},
                            "%s and %s have each given this file another name", head, base);
        break;
    case ML_CONFLICT_FOLDER:
        finding = ml_report(context, revision, (MlOrigin){0},
                            "one of %s and %s has renamed the folder that the other adds this "
                            "file to",
                            head, base);
        break;
    }
    ml_finding_help(finding, "merge %s into your branch and resolve it there: `git merge %s`", base,
                    base);
}

/* Also where the head does not bring the revision: it may have renamed the folder. */
static void check(MlContext *context)
{
    const GPtrArray *revisions = context->migrations->revisions;
    for (guint i = 0; context->change != NULL && i < revisions->len; i++)
        report(context, g_ptr_array_index(revisions, i));
}

#define HEADER                                                                                     \
    "# file: versions/1a2b3c4d5e6f_create_account.py\n"                                            \
    "\"\"\"create account\"\"\"\n"                                                                 \
    "from alembic import op\n"                                                                     \
    "revision = \"1a2b3c4d5e6f\"\n"                                                                \
    "down_revision = None\n"                                                                       \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"
#define FOOTER                                                                                     \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.drop_table('account')\n"
#define COMMON "# common:\n" HEADER "    op.create_table('account')\n" FOOTER
#define BASE   COMMON "# base:\n" HEADER "    op.create_table('account')  # of users\n" FOOTER

const MlRule ml_rule_revision_conflict = {
    .code = "ML204",
    .name = "revision-conflict",
    .severity = ML_SEVERITY_ERROR,
    .compares = TRUE,
    .summary = "head and base changed one revision file in ways that git cannot merge",
    .why = "git will stop at this file, and whoever resolves the conflict decides what the "
           "revision does. A database that has already run it, on either side, will not run it "
           "again.\n"
           "\n"
           "Merge the base into the branch and look at what the other side has changed. Mostly one "
           "of the two edits should have been a new revision.",
    .bad = BASE "# head:\n" HEADER "    op.create_table('account')  # of customers\n" FOOTER,
    .good = BASE "# head:\n" HEADER "    op.create_table('account')\n" FOOTER,
    .check_project = check,
};
