#include "lint/verdict.h"

static void check(MlContext *context, const MlVerdict *verdict)
{
    if (verdict->kind == ML_VERDICT_FAILED && verdict->stage == ML_STAGE_SECOND_UPGRADE &&
        verdict->differences == NULL)
        ml_report_refused(context, verdict, "the second upgrade()");
}

/* Up to the body of downgrade(). */
#define CHAIN                                                                                      \
    "# file: versions/1a2b3c4d5e6f_create_role.py\n"                                               \
    "\"\"\"create role\"\"\"\n"                                                                    \
    "from alembic import op\n"                                                                     \
    "\n"                                                                                           \
    "revision = \"1a2b3c4d5e6f\"\n"                                                                \
    "down_revision = None\n"                                                                       \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"                                                                             \
    "    op.execute(\"CREATE TABLE role (name TEXT PRIMARY KEY)\")\n"                              \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.execute(\"DROP TABLE role\")\n"                                                        \
    "# file: versions/2a2b3c4d5e6f_a_role_for_visitors.py\n"                                       \
    "\"\"\"create a role for visitors\"\"\"\n"                                                     \
    "from alembic import op\n"                                                                     \
    "\n"                                                                                           \
    "revision = \"2a2b3c4d5e6f\"\n"                                                                \
    "down_revision = \"1a2b3c4d5e6f\"\n"                                                           \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"                                                                             \
    "    op.execute(\"INSERT INTO role (name) VALUES ('visitor')\")\n"                             \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"

const MlRule ml_rule_second_upgrade_fails = {
    .code = "ML804",
    .name = "second-upgrade-fails",
    .severity = ML_SEVERITY_ERROR,
    .summary = "after downgrade() the database refuses to be upgraded again",
    .why = "A release that was rolled back is rolled out again. The round trip did the same: "
           "upgrade(), downgrade(), upgrade(). The schema was as before, and still the second "
           "upgrade was refused: something else was left behind, rows mostly.",
    .bad = CHAIN "    pass\n",
    .good = CHAIN "    op.execute(\"DELETE FROM role WHERE name = 'visitor'\")\n",
    .check_verdict = check,
};
