#include "miglint/lint.h"

#include <string.h>

/* "create_table: 'type' depends on app.Money, which is defined outside of the repository", new */
static char *say(const MlOperation *operation, const MlUnknownPart *part)
{
    if (operation->kind == ML_UNKNOWN_SQL)
        return g_strdup_printf("unknown SQL: %s", part->why);
    if (operation->kind == ML_UNKNOWN_CALL && operation->name.is == ML_KNOWN)
        return g_strdup_printf("%s() may do anything: it %s", operation->name.text, part->why);
    const char *name = ml_operation_name(operation);
    return *part->part != '\0' ? g_strdup_printf("%s: '%s' %s", name, part->part, part->why)
                               : g_strdup_printf("%s: %s", name, part->why);
}

/* What another file's helper does is told once, where it is called. */
static void report(MlContext *context, const MlRevision *revision, GHashTable *told,
                   const MlOperation *operation, const MlUnknownPart *part)
{
    MlOrigin where = ml_operation_place(operation);
    gboolean elsewhere = operation->call.module != where.module;
    g_autofree char *said = say(operation, part);
    if (!elsewhere && part->origin.module == where.module)
        where = part->origin;
    char *key = g_strdup_printf("%u-%u %s", where.start, where.end, elsewhere ? "" : said);
    if (!g_hash_table_add(told, key))
        return;
    g_autofree char *text = elsewhere ? ml_origin_text(where) : NULL;
    if (elsewhere)
        ml_report(context, revision, where, "not all that %.*s() does can be told: %s",
                  (int)strcspn(text, "("), text, said);
    else
        ml_report(context, revision, where, "%s", said);
}

static void check_all(MlContext *context, const MlRevision *revision, GHashTable *told,
                      const MlOperations *operations)
{
    for (gsize i = 0; operations != NULL && i < operations->length; i++) {
        const MlOperation *operation = operations->items[i];
        for (gsize j = 0; j < operation->n_unknowns; j++)
            report(context, revision, told, operation, &operation->unknowns[j]);
    }
}

static void check(MlContext *context, const MlRevision *revision)
{
    if (revision->problem == ML_REVISION_SYNTAX)
        return;
    g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    check_all(context, revision, told, revision->upgrade_operations);
    check_all(context, revision, told, revision->downgrade_operations);
}

const MlRule ml_rule_unknown_operation = {
    .code = "ML002",
    .name = "unknown-operation",
    .severity = ML_SEVERITY_NOTE,
    .off = TRUE,
    .summary = "what an operation does cannot be told without running it",
    .why = "miglint reads revisions and never runs them. What depends on the connection, on code "
           "outside of the repository or on SQL that Postgres' grammar does not know stays "
           "unknown, and the rules that would need it are silent there. This rule shows where "
           "that is so, for whoever wants a revision that can be judged as a whole.",
    .bad = "\"\"\"drop what is old\"\"\"\n"
           "from alembic import op\n"
           "\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = None\n"
           "\n"
           "\n"
           "def upgrade():\n"
           "    name = op.get_bind().execute(\"SELECT name FROM old\").scalar()\n"
           "    op.drop_table(name)\n",
    .good = "\"\"\"drop what is old\"\"\"\n"
            "from alembic import op\n"
            "\n"
            "revision = \"1a2b3c4d5e6f\"\n"
            "down_revision = None\n"
            "\n"
            "\n"
            "def upgrade():\n"
            "    op.drop_table(\"archive\")\n",
    .check_revision = check,
};
