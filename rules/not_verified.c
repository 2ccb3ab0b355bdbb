#include "lint/verdict.h"

static void check(MlContext *context, const MlVerdict *verdict)
{
    if (verdict->kind != ML_VERDICT_UNVERIFIED)
        return;
    MlFinding *finding =
        ml_report(context, verdict->step->node->revision, ml_verdict_place(verdict),
                  "the round trip could not be made: %s", verdict->reason);
    if (context->require_verified)
        finding->severity = ML_SEVERITY_ERROR;
}

const MlRule ml_rule_not_verified = {
    .code = "ML810",
    .name = "not-verified",
    .severity = ML_SEVERITY_NOTE,
    .summary = "the round trip could not be made",
    .why = "The round trip runs what is known of a revision without running Python. Where a part "
           "of it cannot be told, or where an earlier revision could not be upgraded, nothing is "
           "proved. With --require-verified that is an error.",
    .bad = "\"\"\"create account\"\"\"\n"
           "from alembic import op\n"
           "\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = None\n"
           "\n"
           "\n"
           "def upgrade():\n"
           "    op.execute(open(\"account.sql\").read())\n"
           "\n"
           "\n"
           "def downgrade():\n"
           "    op.execute(\"DROP TABLE account\")\n",
    .good = "\"\"\"create account\"\"\"\n"
            "from alembic import op\n"
            "\n"
            "revision = \"1a2b3c4d5e6f\"\n"
            "down_revision = None\n"
            "\n"
            "\n"
            "def upgrade():\n"
            "    op.execute(\"CREATE TABLE account (id INTEGER)\")\n"
            "\n"
            "\n"
            "def downgrade():\n"
            "    op.execute(\"DROP TABLE account\")\n",
    .check_verdict = check,
};
