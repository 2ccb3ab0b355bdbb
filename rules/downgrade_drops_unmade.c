#include "lint/unmade.h"

static void report(MlContext *context, const MlUnmade *unmade)
{
    const MlMoment *moment = unmade->moment;
    g_autofree char *words = ml_unmade_words(unmade);
    MlFinding *finding = ml_report(context, moment->step->node->revision,
                                   ml_operation_place(moment->operation), "downgrade() %s", words);
    ml_unmade_explain(finding, unmade);
}

static void check(MlContext *context, const MlStep *step)
{
    if (ml_step_comes_back(step))
        ml_unmade_each(context, step, TRUE, report);
}

const MlRule ml_rule_downgrade_drops_unmade = {
    .code = "ML305",
    .name = "downgrade-drops-unmade",
    .severity = ML_SEVERITY_ERROR,
    .summary = "downgrade() drops or alters what is not there",
    .why = "The database refuses it, and the rollback stops in the middle of the day on which it "
           "was needed. Usual reasons are a name that was mistyped or taken over from another "
           "revision, and the wrong order: with a table or a column go the indexes and constraints "
           "that are on it, so these have to be dropped before, or not at all."
           "\n\n"
           "It is told only of what is known to be absent at that point: what the revisions "
           "before, upgrade() or downgrade() itself have dropped or renamed, and what was never in "
           "a table that they have made. What is dropped with if_exists=True is left alone.",
    .bad = "\"\"\"create account\"\"\"\n"
           "from alembic import op\n"
           "import sqlalchemy as sa\n"
           "\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = None\n"
           "\n"
           "\n"
           "def upgrade():\n"
           "    op.create_table(\"account\", sa.Column(\"id\", sa.Integer, primary_key=True))\n"
           "    op.create_index(\"ix_account_id\", \"account\", [\"id\"])\n"
           "\n"
           "\n"
           "def downgrade():\n"
           "    op.drop_table(\"account\")\n"
           "    op.drop_index(\"ix_account_id\", table_name=\"account\")\n",
    .good = "\"\"\"create account\"\"\"\n"
            "from alembic import op\n"
            "import sqlalchemy as sa\n"
            "\n"
            "revision = \"1a2b3c4d5e6f\"\n"
            "down_revision = None\n"
            "\n"
            "\n"
            "def upgrade():\n"
            "    op.create_table(\"account\", sa.Column(\"id\", sa.Integer, primary_key=True))\n"
            "    op.create_index(\"ix_account_id\", \"account\", [\"id\"])\n"
            "\n"
            "\n"
            "def downgrade():\n"
            "    op.drop_index(\"ix_account_id\", table_name=\"account\")\n"
            "    op.drop_table(\"account\")\n",
    .check_step = check,
};
