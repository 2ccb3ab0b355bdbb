#include "miglint/lint.h"

static void report(MlContext *context, const MlRevision *revision, const MlOperation *operation,
                   const MlUnknownPart *part)
{
    const char *name = operation->name.is == ML_KNOWN && operation->kind == ML_UNKNOWN_CALL
                           ? operation->name.text
                           : ml_operation_name(operation);
    MlOrigin where = ml_operation_place(operation);
    if (part->origin.module == where.module)
        where = part->origin;
    if (*part->part != '\0')
        ml_report(context, revision, where, "%s: its %s %s", name, part->part, part->why);
    else
        ml_report(context, revision, where, "%s: %s", name, part->why);
}

static void check_all(MlContext *context, const MlRevision *revision,
                      const MlOperations *operations)
{
    for (gsize i = 0; operations != NULL && i < operations->length; i++) {
        const MlOperation *operation = operations->items[i];
        for (gsize j = 0; j < operation->n_unknowns; j++)
            report(context, revision, operation, &operation->unknowns[j]);
    }
}

static void check(MlContext *context, const MlRevision *revision)
{
    if (revision->problem == ML_REVISION_SYNTAX)
        return;
    check_all(context, revision, revision->upgrade_operations);
    check_all(context, revision, revision->downgrade_operations);
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
