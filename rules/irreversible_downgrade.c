#include "miglint/lint.h"

/* What raises whatever the circumstances; NULL: nothing does. */
static const MlOperation *find_raise(const MlOperations *operations)
{
    for (gsize i = 0; i < operations->length; i++) {
        const MlOperation *operation = operations->items[i];
        if (operation->kind == ML_RAISE &&
            !(operation->circumstances & (ML_CONDITIONAL | ML_REPEATED)))
            return operation;
    }
    return NULL;
}

static void check(MlContext *context, const MlRevision *revision)
{
    const MlOperation *raise =
        revision->downgrade_operations ? find_raise(revision->downgrade_operations) : NULL;
    if (raise == NULL || revision->problem == ML_REVISION_SYNTAX)
        return;
    ml_report(context, revision, ml_operation_place(raise),
              "downgrade() raises: '%s' cannot be rolled back",
              revision->id.text ? revision->id.text : revision->path);
}

const MlRule ml_rule_irreversible_downgrade = {
    .code = "ML302",
    .name = "irreversible-downgrade",
    .severity = ML_SEVERITY_NOTE,
    .summary = "downgrade() raises",
    .why = "An honest way to say that there is no way back, and better than a downgrade that "
           "pretends. It is noted because a release that contains such a revision cannot be "
           "rolled back past it: that should be known before it is deployed.",
    .bad = "\"\"\"drop legacy\"\"\"\n"
           "from alembic import op\n"
           "\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = None\n"
           "\n"
           "\n"
           "def upgrade():\n"
           "    op.drop_table(\"legacy\")\n"
           "\n"
           "\n"
           "def downgrade():\n"
           "    raise NotImplementedError(\"the rows are gone\")\n",
    .good = "\"\"\"rename legacy\"\"\"\n"
            "from alembic import op\n"
            "\n"
            "revision = \"1a2b3c4d5e6f\"\n"
            "down_revision = None\n"
            "\n"
            "\n"
            "def upgrade():\n"
            "    op.rename_table(\"legacy\", \"archive\")\n"
            "\n"
            "\n"
            "def downgrade():\n"
            "    op.rename_table(\"archive\", \"legacy\")\n",
    .supersedes = (const char *const[]){"ML301", "ML303", "ML304", NULL},
    .check_revision = check,
};
