#include "miglint/lint.h"

/* What an operation does to the database. */
typedef enum {
    EFFECT_UNKNOWN,
    EFFECT_NONE,
    EFFECT_ROWS,
    EFFECT_ENUM_VALUE,
    EFFECT_SCHEMA,
} Effect;

/* Which operation undoes another; NULL: several may. */
static const char *undone_by(const MlOperation *operation)
{
    static const char *const names[] = {
        [ML_CREATE_TABLE] = "drop_table",
        [ML_DROP_TABLE] = "create_table",
        [ML_RENAME_TABLE] = "rename_table",
        [ML_CREATE_TABLE_COMMENT] = "drop_table_comment",
        [ML_DROP_TABLE_COMMENT] = "create_table_comment",
        [ML_ADD_COLUMN] = "drop_column",
        [ML_DROP_COLUMN] = "add_column",
        [ML_ALTER_COLUMN] = "alter_column",
        [ML_CREATE_INDEX] = "drop_index",
        [ML_DROP_INDEX] = "create_index",
        [ML_ADD_CONSTRAINT] = "drop_constraint",
    };
    return operation->kind < G_N_ELEMENTS(names) ? names[operation->kind] : NULL;
}

static gboolean makes_all(const MlOperation *operation)
{
    return operation->name.is == ML_KNOWN &&
           (g_str_has_suffix(operation->name.text, ".create_all") ||
            g_str_has_suffix(operation->name.text, ".drop_all"));
}

/* Triggers are switched off for as long as a script runs. */
static gboolean is_passing(const MlOperation *operation)
{
    return operation->value.is == ML_KNOWN && (g_str_has_prefix(operation->value.text, "DISABLE") ||
                                               g_str_has_prefix(operation->value.text, "ENABLE"));
}

static Effect effect_of(const MlOperation *operation)
{
    switch (operation->kind) {
    case ML_UNKNOWN_CALL:
        return makes_all(operation) ? EFFECT_SCHEMA : EFFECT_UNKNOWN;
    case ML_UNKNOWN_SQL:
    case ML_CALL:
        return EFFECT_UNKNOWN;
    case ML_INSERT:
    case ML_UPDATE:
    case ML_DELETE:
    case ML_TRUNCATE:
        return EFFECT_ROWS;
    case ML_ADD_ENUM_VALUE:
        return EFFECT_ENUM_VALUE;
    case ML_ALTER_TABLE:
        return is_passing(operation) ? EFFECT_UNKNOWN : EFFECT_SCHEMA;
    case ML_REINDEX:
    case ML_VALIDATE_CONSTRAINT:
    case ML_REFRESH_VIEW:
    case ML_SELECT:
    case ML_SET:
    case ML_TRANSACTION:
    case ML_LOCK_TABLE:
    case ML_VACUUM:
    case ML_CLUSTER:
    case ML_HARMLESS:
    case ML_RAISE:
        return EFFECT_NONE;
    default:
        return EFFECT_SCHEMA;
    }
}

/* The strongest effect of upgrade(), and the first operation that has it. */
typedef struct {
    Effect effect;
    gboolean unknown; /* there are effects besides that cannot be told */
    const MlOperation *operation;
} Summary;

/* Notes temporary tables, and tells whether an operation is about one of them. */
static gboolean is_about_temporary(GHashTable *temporary, const MlOperation *operation)
{
    if (operation->table.is != ML_KNOWN)
        return FALSE;
    if (ml_is_true(operation->temporary))
        g_hash_table_add(temporary, (gpointer)operation->table.text);
    return g_hash_table_contains(temporary, operation->table.text);
}

static Summary summarise(const MlOperations *operations)
{
    Summary summary = {.effect = EFFECT_NONE};
    g_autoptr(GHashTable) temporary = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize i = 0; i < operations->length; i++) {
        if (is_about_temporary(temporary, operations->items[i]))
            continue;
        Effect effect = effect_of(operations->items[i]);
        summary.unknown |= effect == EFFECT_UNKNOWN;
        if (effect != EFFECT_UNKNOWN && effect > summary.effect)
            summary = (Summary){effect, summary.unknown, operations->items[i]};
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
    const char *undone = undone_by(summary->operation);
    g_autofree char *example =
        undone ? g_strdup_printf(" (%s for %s)", undone, ml_operation_name(summary->operation))
               : g_strdup("");
    ml_finding_help(finding,
                    "write what undoes it, in reverse order%s; if there is no way back, say so: "
                    "raise NotImplementedError(\"...\")",
                    example);
}

/* Whether its body is empty, or nothing that is in it reaches the database, whichever that is. */
static gboolean does_nothing(const MlRevision *revision)
{
    return revision->downgrade.body == ML_BODY_EMPTY ||
           (revision->downgrade.body == ML_BODY_WORKS && !revision->asks_dialect &&
            revision->downgrade_operations->length == 0);
}

static void check(MlContext *context, const MlRevision *revision)
{
    gboolean absent = revision->downgrade.body == ML_BODY_ABSENT;
    if (revision->upgrade.body != ML_BODY_WORKS || revision->problem == ML_REVISION_SYNTAX ||
        !(absent || does_nothing(revision)) ||
        context->migrations->project->template_without_downgrade)
        return;
    Summary summary = summarise(revision->upgrade_operations);
    if (summary.effect == EFFECT_NONE || (summary.effect != EFFECT_SCHEMA && summary.unknown))
        return;
    MlFinding *finding =
        ml_report(context, revision, absent ? revision->upgrade.name : revision->downgrade.name,
                  "upgrade() %s, but %s", said_of_upgrade(summary.effect),
                  absent ? "there is no downgrade()" : "downgrade() does nothing");
    if (summary.effect != EFFECT_SCHEMA)
        finding->severity = ML_SEVERITY_NOTE;
    ml_finding_relate(finding, revision, ml_operation_place(summary.operation), "upgrade() %s here",
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
