#include "lint/verdict.h"

static void check(MlContext *context, const MlVerdict *verdict)
{
    if (verdict->kind == ML_VERDICT_FAILED && verdict->stage == ML_STAGE_DOWNGRADE &&
        verdict->differences != NULL)
        ml_report_differences(context, verdict, "downgrade()");
}

const MlRule ml_rule_downgrade_differs = {
    .code = "ML803",
    .name = "downgrade-differs",
    .severity = ML_SEVERITY_ERROR,
    .summary = "the schema after downgrade() is not the one before upgrade()",
    .why = "The round trip ran upgrade() and downgrade() on a throwaway database, neither failed, "
           "and yet the database's own catalogs tell another schema than before. The older code "
           "runs on a schema that it does not know, and the next upgrade may fail on what was "
           "left.\n"
           "\n"
           "The order of columns is no difference, and rows are not looked at.",
    .bad = "\"\"\"create account\"\"\"\n"
           "from alembic import op\n"
           "\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = None\n"
           "\n"
           "\n"
           "def upgrade():\n"
           "    op.execute(\"CREATE TABLE account (id INTEGER)\")\n"
           "    op.execute(\"CREATE VIEW accounts AS SELECT id FROM account\")\n"
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
            "    op.execute(\"CREATE VIEW accounts AS SELECT id FROM account\")\n"
            "\n"
            "\n"
            "def downgrade():\n"
            "    op.execute(\"DROP VIEW accounts\")\n"
            "    op.execute(\"DROP TABLE account\")\n",
    .check_verdict = check,
};
