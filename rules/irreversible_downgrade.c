#include "miglint/lint.h"

static void check(MlContext *context, const MlRevision *revision)
{
    if (revision->downgrade.body != ML_BODY_RAISES)
        return;
    ml_report(context, revision, revision->downgrade.statement,
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
    .check_revision = check,
};
