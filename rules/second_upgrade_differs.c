#include "lint/verdict.h"

static void check(MlContext *context, const MlVerdict *verdict)
{
    if (verdict->kind == ML_VERDICT_FAILED && verdict->stage == ML_STAGE_SECOND_UPGRADE &&
        verdict->differences != NULL)
        ml_report_differences(context, verdict, "the second upgrade()");
}

/* Up to the body of downgrade(). */
#define CHAIN                                                                                      \
    "# file: ../alembic.ini\n"                                                                     \
    "[alembic]\n"                                                                                  \
    "script_location = migrations\n"                                                               \
    "sqlalchemy.url = postgresql://localhost/visits\n"                                             \
    "# file: versions/1a2b3c4d5e6f_create_visit.py\n"                                              \
    "\"\"\"create visit\"\"\"\n"                                                                   \
    "from alembic import op\n"                                                                     \
    "\n"                                                                                           \
    "revision = \"1a2b3c4d5e6f\"\n"                                                                \
    "down_revision = None\n"                                                                       \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"                                                                             \
    "    op.execute(\"CREATE TABLE visit (id INTEGER)\")\n"                                        \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.execute(\"DROP TABLE visit\")\n"                                                       \
    "# file: versions/2a2b3c4d5e6f_note_what_was_there.py\n"                                       \
    "\"\"\"note what was there\"\"\"\n"                                                            \
    "from alembic import op\n"                                                                     \
    "\n"                                                                                           \
    "revision = \"2a2b3c4d5e6f\"\n"                                                                \
    "down_revision = \"1a2b3c4d5e6f\"\n"                                                           \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"                                                                             \
    "    op.execute(\"\"\"\n"                                                                      \
    "        DO $$ BEGIN\n"                                                                        \
    "            IF NOT EXISTS (SELECT FROM visit) THEN\n"                                         \
    "                ALTER TABLE visit ADD note TEXT;\n"                                           \
    "            END IF;\n"                                                                        \
    "            INSERT INTO visit (id) VALUES (0);\n"                                             \
    "        END $$\n"                                                                             \
    "    \"\"\")\n"                                                                                \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"

const MlRule ml_rule_second_upgrade_differs = {
    .code = "ML805",
    .name = "second-upgrade-differs",
    .severity = ML_SEVERITY_ERROR,
    .summary = "upgraded a second time, the schema is another",
    .why = "The round trip ran upgrade(), downgrade() and upgrade() on a throwaway database. "
           "None of them failed, but the second upgrade() led elsewhere than the first: it does "
           "something only if it is not there yet, or it reads rows that the first has left.",
    .bad = CHAIN "    op.execute(\"ALTER TABLE visit DROP COLUMN IF EXISTS note\")\n",
    .good = CHAIN "    op.execute(\"DELETE FROM visit WHERE id = 0\")\n"
                  "    op.execute(\"ALTER TABLE visit DROP COLUMN IF EXISTS note\")\n",
    .check_verdict = check,
};
