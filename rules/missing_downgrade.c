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

/* Skips blanks and comments. */
static const char *skip_blank(const char *sql)
{
    for (;;) {
        const char *end = NULL;
        if (g_ascii_isspace(*sql))
            end = sql + 1;
        else if (g_str_has_prefix(sql, "--"))
            end = sql + strcspn(sql, "\n");
        else if (g_str_has_prefix(sql, "/*") && (end = strstr(sql + 2, "*/")) != NULL)
            end += 2;
        if (end == NULL)
            return sql;
        sql = end;
    }
}

/* What follows a word that the text begins with; NULL if it does not. */
static const char *after(const char *sql, const char *word)
{
    gsize length = strlen(word);
    if (g_ascii_strncasecmp(sql, word, length) != 0 || g_ascii_isalnum(sql[length]) ||
        sql[length] == '_')
        return NULL;
    return skip_blank(sql + length);
}

static const char *after_any(const char *sql, const char *const *words)
{
    for (; *words != NULL; words++) {
        const char *rest = after(sql, *words);
        if (rest != NULL)
            return rest;
    }
    return NULL;
}

static const char *skip_name(const char *sql)
{
    return skip_blank(sql + strcspn(sql, " \t\r\n(;"));
}

static gboolean adds_enum_value(const char *rest)
{
    const char *type = after(rest, "TYPE");
    const char *add = type ? after(skip_name(type), "ADD") : NULL;
    return add != NULL && after(add, "VALUE") != NULL;
}

/* What mostly begins a script that leaves the schema as it was: only its first statement is read.
 */
static gboolean is_passing(const char *created, const char *altered)
{
    static const char *const scope[] = {"GLOBAL", "LOCAL", NULL};
    static const char *const temporary[] = {"TEMP", "TEMPORARY", NULL};
    static const char *const switched[] = {"DISABLE", "ENABLE", NULL};
    const char *scoped = created ? after_any(created, scope) : NULL;
    const char *table = altered ? after(altered, "TABLE") : NULL;
    const char *only = table ? after(table, "ONLY") : NULL;
    const char *change = table ? after_any(skip_name(only ? only : table), switched) : NULL;
    return (created && after_any(scoped ? scoped : created, temporary)) ||
           (change && after(change, "TRIGGER"));
}

static Effect effect_of_sql(const char *sql)
{
    static const char *const schema[] = {"CREATE", "ALTER", "DROP", "COMMENT", "RENAME", NULL};
    static const char *const rows[] = {"INSERT", "UPDATE",   "DELETE", "REPLACE",
                                       "MERGE",  "TRUNCATE", "COPY",   NULL};
    static const char *const nothing[] = {"SELECT", "SET",     "COMMIT", "BEGIN", "PRAGMA",
                                          "VACUUM", "ANALYZE", "LOCK",   NULL};
    sql = skip_blank(sql);
    const char *altered = after(sql, "ALTER");
    if (is_passing(after(sql, "CREATE"), altered))
        return EFFECT_UNKNOWN;
    if (altered != NULL && adds_enum_value(altered))
        return EFFECT_ENUM_VALUE;
    if (after_any(sql, schema))
        return EFFECT_SCHEMA;
    if (after_any(sql, rows))
        return EFFECT_ROWS;
    return after_any(sql, nothing) ? EFFECT_NONE : EFFECT_UNKNOWN;
}

/* What people call Alembic's operations, and those on a batch: op, batch_op, alembic.op, batch. */
static gboolean is_operations(const char *receiver)
{
    return receiver != NULL &&
           (g_str_has_suffix(receiver, "op") || strstr(receiver, "batch") != NULL);
}

static gboolean is_metadata(const char *receiver)
{
    return receiver != NULL && g_str_has_suffix(receiver, "metadata");
}

static Effect effect_of(const MlCall *call, const char **undone_by)
{
    *undone_by = NULL;
    if (strcmp(call->name, "execute") == 0)
        return call->string ? effect_of_sql(call->string->string.text) : EFFECT_UNKNOWN;
    if (strcmp(call->name, "bulk_insert") == 0)
        return is_operations(call->receiver) ? EFFECT_ROWS : EFFECT_UNKNOWN;
    for (guint i = 0; i < G_N_ELEMENTS(schema_operations); i++)
        if (strcmp(schema_operations[i].name, call->name) == 0) {
            if (!is_operations(call->receiver) && !is_metadata(call->receiver))
                return EFFECT_UNKNOWN;
            *undone_by = schema_operations[i].undone_by;
            return EFFECT_SCHEMA;
        }
    return EFFECT_NONE;
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
    .why = "`alembic downgrade` runs an empty downgrade() without a complaint and takes the "
           "revision out of alembic_version, while the schema stays as it was. The next upgrade "
           "then fails on what is still there (\"relation already exists\"), usually in the "
           "middle of a rollback. Where there is no downgrade() at all, the rollback stops with "
           "an AttributeError.\n"
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
