#include "lint/verdict.h"

static void check(MlContext *context, const MlVerdict *verdict)
{
    if (verdict->kind == ML_VERDICT_FAILED && verdict->stage == ML_STAGE_DOWNGRADE &&
        verdict->differences == NULL)
        ml_report_refused(context, verdict, "downgrade()");
}

const MlRule ml_rule_downgrade_fails = {
    .code = "ML802",
    .name = "downgrade-fails",
    .severity = ML_SEVERITY_ERROR,
    .summary = "the database refuses what downgrade() does",
    .why = "The round trip ran upgrade() and then downgrade() on a throwaway database, and the "
           "database refused the way back. Whoever has to roll back a release meets that "
           "message at the worst of times.",
    .bad = "\"\"\"create account\"\"\"\n"
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
           "    op.execute(\"DROP TABLE acount\")\n",
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
