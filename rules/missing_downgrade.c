#include "miglint/lint.h"

#include <string.h>

/* What a call does to the database, as far as its name and the beginning of its SQL tell. */
typedef enum {
    EFFECT_UNKNOWN,
    EFFECT_NONE,
    EFFECT_ROWS,
    EFFECT_ENUM_VALUE,
    EFFECT_SCHEMA,
} Effect;

/* Operations that change the schema, and the one that undoes each. */
static const struct {
    const char *name, *undone_by;
} schema_operations[] = {
    {"add_column", "drop_column"},
    {"alter_column", "alter_column"},
    {"batch_alter_table", "batch_alter_table"},
    {"create_all", NULL},
    {"create_check_constraint", "drop_constraint"},
    {"create_exclude_constraint", "drop_constraint"},
    {"create_foreign_key", "drop_constraint"},
    {"create_index", "drop_index"},
    {"create_primary_key", "drop_constraint"},
    {"create_table", "drop_table"},
    {"create_table_comment", "drop_table_comment"},
    {"create_unique_constraint", "drop_constraint"},
    {"drop_all", NULL},
    {"drop_column", "add_column"},
    {"drop_constraint", NULL},
    {"drop_index", "create_index"},
    {"drop_table", "create_table"},
    {"drop_table_comment", "create_table_comment"},
    {"rename_table", "rename_table"},
};

static gboolean begins_with_words(const char *sql, const char *words)
{
    g_autofree char *pattern =
        g_strdup_printf("^(?>\\s+|--[^\\n]*\\n|/\\*.*?\\*/)*+(%s)\\b", words);
    return g_regex_match_simple(pattern, sql, G_REGEX_CASELESS | G_REGEX_RAW | G_REGEX_DOTALL, 0);
}

/* What mostly begins a script that leaves the schema as it was: only its first statement is read.
 */
#define PASSING                                                                                    \
    "CREATE\\s+((GLOBAL|LOCAL)\\s+)?TEMP(ORARY)?|"                                                 \
    "ALTER\\s+TABLE\\s+(ONLY\\s+)?\\S+\\s+(DISABLE|ENABLE)\\s+TRIGGER"

static Effect effect_of_sql(const MlValue *sql)
{
    if (sql == NULL || strlen(sql->string.text) > 4096 ||
        begins_with_words(sql->string.text, PASSING))
        return EFFECT_UNKNOWN;
    if (begins_with_words(sql->string.text, "ALTER\\s+TYPE\\s+\\S+\\s+ADD\\s+VALUE"))
        return EFFECT_ENUM_VALUE;
    if (begins_with_words(sql->string.text, "CREATE|ALTER|DROP|COMMENT|RENAME"))
        return EFFECT_SCHEMA;
    if (begins_with_words(sql->string.text, "INSERT|UPDATE|DELETE|REPLACE|MERGE|TRUNCATE|COPY"))
        return EFFECT_ROWS;
    if (begins_with_words(sql->string.text, "SELECT|SET|COMMIT|BEGIN|PRAGMA|ANALYZE|VACUUM|LOCK"))
        return EFFECT_NONE;
    return EFFECT_UNKNOWN;
}

static Effect effect_of(const MlCall *call, const char **undone_by)
{
    *undone_by = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(schema_operations); i++)
        if (strcmp(schema_operations[i].name, call->name) == 0) {
            *undone_by = schema_operations[i].undone_by;
            return EFFECT_SCHEMA;
        }
    if (strcmp(call->name, "execute") == 0)
        return effect_of_sql(call->string);
    return strcmp(call->name, "bulk_insert") == 0 ? EFFECT_ROWS : EFFECT_NONE;
}

/* The strongest effect of upgrade(), and the first call that has it. */
typedef struct {
    Effect effect;
    gboolean unknown; /* there are effects besides that cannot be told */
    MlCall call;
    const char *undone_by;
} Summary;

static Summary summarise(const MlRevision *revision)
{
    const GArray *calls = revision->upgrade_calls;
    Summary summary = {.effect = EFFECT_NONE};
    for (guint i = 0; i < calls->len; i++) {
        const MlCall *call = &g_array_index(calls, MlCall, i);
        const char *undone_by;
        Effect effect = effect_of(call, &undone_by);
        summary.unknown |= effect == EFFECT_UNKNOWN;
        if (effect != EFFECT_UNKNOWN && effect > summary.effect)
            summary = (Summary){effect, summary.unknown, *call, undone_by};
    }
    return summary;
}

static const char *said_of_upgrade(Effect effect)
{
    switch (effect) {
    case EFFECT_SCHEMA:
        return "changes the schema";
    case EFFECT_ENUM_VALUE:
        return "adds an enum value";
    default:
        return "writes rows";
    }
}

static void add_help(MlFinding *finding, const Summary *summary)
{
    if (summary->effect == EFFECT_ROWS) {
        ml_finding_help(finding, "restore them, if the release before needs them as they were");
        return;
    }
    if (summary->effect == EFFECT_ENUM_VALUE) {
        ml_finding_help(finding, "Postgres cannot drop a value: that it stays is fine, if the "
                                 "release before can live with it");
        return;
    }
    g_autofree char *example =
        summary->undone_by ? g_strdup_printf(" (%s for %s)", summary->undone_by, summary->call.name)
                           : g_strdup("");
    ml_finding_help(finding,
                    "write what undoes it, in reverse order%s; if there is no way back, say so: "
                    "raise NotImplementedError(\"...\")",
                    example);
}

static void check(MlContext *context, const MlRevision *revision)
{
    MlBody back = revision->downgrade.body;
    if (revision->upgrade.body != ML_BODY_WORKS || revision->problem == ML_REVISION_SYNTAX ||
        (back != ML_BODY_ABSENT && back != ML_BODY_EMPTY) ||
        context->migrations->project->template_without_downgrade)
        return;
    Summary summary = summarise(revision);
    if (summary.effect == EFFECT_NONE || (summary.effect != EFFECT_SCHEMA && summary.unknown))
        return;
    gboolean absent = back == ML_BODY_ABSENT;
    MlFinding *finding =
        ml_report(context, revision, absent ? revision->upgrade.name : revision->downgrade.name,
                  "upgrade() %s, but %s", said_of_upgrade(summary.effect),
                  absent ? "there is no downgrade()" : "downgrade() does nothing");
    if (summary.effect != EFFECT_SCHEMA)
        finding->severity = ML_SEVERITY_NOTE;
    ml_finding_relate(finding, revision, summary.call.call, "upgrade() %s here",
                      said_of_upgrade(summary.effect));
    add_help(finding, &summary);
}

const MlRule ml_rule_missing_downgrade = {
    .code = "ML301",
    .name = "missing-downgrade",
    .severity = ML_SEVERITY_ERROR,
    .summary = "upgrade() changes the schema, and downgrade() does nothing",
    .why = "`alembic downgrade` runs such a revision without a complaint and takes it out of "
           "alembic_version, while the schema stays as it was. The next upgrade then fails on "
           "what is still there (\"relation already exists\"), usually in the middle of a "
           "rollback.\n"
           "\n"
           "A downgrade that is really impossible should raise, so that nobody takes the rollback "
           "for done. Projects whose script.py.mako has no downgrade() are left alone. Where "
           "upgrade() writes rows or adds enum values only, this is a note.",
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
           "\n"
           "\n"
           "def downgrade():\n"
           "    pass\n",
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
            "\n"
            "\n"
            "def downgrade():\n"
            "    op.drop_table(\"account\")\n",
    .check_revision = check,
};
