#include "lint/verdict.h"

static void check(MlContext *context, const MlVerdict *verdict)
{
    if (verdict->kind == ML_VERDICT_FAILED && verdict->stage == ML_STAGE_UPGRADE)
        ml_report_refused(context, verdict, "upgrade()");
}

const MlRule ml_rule_upgrade_fails = {
    .code = "ML801",
    .name = "upgrade-fails",
    .severity = ML_SEVERITY_ERROR,
    .summary = "the database refuses what upgrade() does",
    .why = "The round trip ran upgrade() on a throwaway database that held what the revisions "
           "before had made, and the database said no. It will say so in production as well. "
           "Nothing of the revision was kept, and the trip goes on without it: what fails "
           "behind it for that reason is not told.",
    .bad = "\"\"\"create account\"\"\"\n"
           "from alembic import op\n"
           "\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = None\n"
           "\n"
           "\n"
           "def upgrade():\n"
           "    op.execute(\"CREATE TABLE account (id INTEGER)\")\n"
           "    op.execute(\"CREATE INDEX ix_account ON acount (id)\")\n"
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
            "    op.execute(\"CREATE INDEX ix_account ON account (id)\")\n"
            "\n"
            "\n"
            "def downgrade():\n"
            "    op.execute(\"DROP TABLE account\")\n",
    .check_verdict = check,
};
