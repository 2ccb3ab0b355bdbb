#include "miglint/lint.h"

static void check(MlContext *context)
{
    const MlSetup *setup = context->migrations->setup;
    if (g_strcmp0(context->migrations->dialect, "sqlite") != 0 ||
        !ml_fact_is_off(&setup->render_as_batch))
        return;
    MlFinding *finding = ml_report_file(context, setup->env, setup->render_as_batch.position,
                                        "the database is SQLite, and render_as_batch is off");
    ml_finding_help(finding, "write context.configure(..., render_as_batch=True)");
}

const MlRule ml_rule_sqlite_without_batch = {
    .code = "ML905",
    .name = "sqlite-without-batch",
    .severity = ML_SEVERITY_NOTE,
    .summary = "autogenerate writes ALTER statements that SQLite does not have",
    .why = "SQLite can neither change a column nor add or drop a constraint. Alembic's batch mode "
           "does it by making the table anew, and render_as_batch=True lets `alembic revision "
           "--autogenerate` write its operations that way. Without it every such revision has to "
           "be rewritten by hand, or fails when it runs.",
    .bad = "# file: ../alembic.ini\n"
           "[alembic]\n"
           "script_location = migrations\n"
           "sqlalchemy.url = sqlite:///bank.db\n"
           "# file: env.py\n"
           "from alembic import context\n"
           "\n"
           "\n"
           "def run_migrations_online(connection):\n"
           "    context.configure(connection=connection)\n",
    .good = "# file: ../alembic.ini\n"
            "[alembic]\n"
            "script_location = migrations\n"
            "sqlalchemy.url = sqlite:///bank.db\n"
            "# file: env.py\n"
            "from alembic import context\n"
            "\n"
            "\n"
            "def run_migrations_online(connection):\n"
            "    context.configure(connection=connection, render_as_batch=True)\n",
    .reference = "https://alembic.sqlalchemy.org/en/latest/batch.html",
    .check_project = check,
};
