#include "miglint/lint.h"

#include <string.h>

/* Revision.verify_rev_id; the colon since Alembic 1.17.2. */
#define REJECTED "@-+:"

/* The width of alembic_version.version_num. */
#define LONGEST 32

static void check(MlContext *context, const MlRevision *revision)
{
    if (revision->id.text == NULL)
        return;
    const char *rejected = strpbrk(revision->id.text, REJECTED);
    glong length = g_utf8_strlen(revision->id.text, -1);
    if (rejected != NULL) {
        MlFinding *finding =
            ml_report(context, revision, revision->id.origin,
                      "the id '%s' holds a '%c', which Alembic rejects%s", revision->id.text,
                      *rejected, *rejected == ':' ? " since 1.17.2" : "");
        ml_finding_help(finding, "use letters, digits and underscores");
    } else if (length > LONGEST) {
        MlFinding *finding = ml_report(context, revision, revision->id.origin,
                                       "the id '%s' has %ld characters; alembic_version holds %d",
                                       revision->id.text, length, LONGEST);
        ml_finding_help(finding, "shorten the id to %d characters, here and wherever it is named",
                        LONGEST);
    }
}

const MlRule ml_rule_unusable_revision_id = {
    .code = "ML109",
    .name = "unusable-revision-id",
    .severity = ML_SEVERITY_ERROR,
    .summary = "an id that Alembic rejects, or that does not fit alembic_version",
    .why = "The characters @, -, + and : have a meaning in the words that alembic's commands take "
           "(`label@head`, `ae10+2`, `a:b`), so Alembic refuses to load a revision whose id holds "
           "one. And the column that keeps the current revision is VARCHAR(32): a longer id fails "
           "at the end of its own upgrade on every database that enforces the length, Postgres "
           "among them.",
    .bad = "\"\"\"create account\"\"\"\n"
           "revision = \"2024-05-01\"\n"
           "down_revision = None\n",
    .good = "\"\"\"create account\"\"\"\n"
            "revision = \"2024_05_01\"\n"
            "down_revision = None\n",
    .check_revision = check,
};
