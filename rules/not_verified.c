#include "lint/verdict.h"

/* Those that are not verified because of the same one. */
static guint count_followers(const MlContext *context, const MlVerdict *verdict, gboolean *is_first)
{
    guint n = 0;
    for (guint i = 0; i < context->verdicts->len; i++) {
        const MlVerdict *other = context->verdicts->pdata[i];
        if (other->after == NULL || other->after != verdict->after ||
            g_strcmp0(other->step->engine, verdict->step->engine) != 0)
            continue;
        if (n++ == 0)
            *is_first = other == verdict;
    }
    return n;
}

/* One revision that could not be upgraded is told once, not again for each that follows. */
static void check(MlContext *context, const MlVerdict *verdict)
{
    gboolean is_first = TRUE;
    if (verdict->kind != ML_VERDICT_UNVERIFIED)
        return;
    guint followers = verdict->after ? count_followers(context, verdict, &is_first) : 0;
    if (!is_first)
        return;
    MlFinding *finding =
        ml_report(context, verdict->step->node->revision, ml_verdict_place(verdict),
                  "the round trip could not be made: %s", verdict->reason);
    if (followers > 1)
        ml_finding_help(finding, "so it is with %u more behind it", followers - 1);
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
