#include "miglint/lint.h"

static void check(MlContext *context)
{
    const MlSetup *setup = context->migrations->setup;
    if (setup->target_metadata.kind != ML_FACT_NONE)
        return;
    MlFinding *finding =
        ml_report_file(context, setup->env, setup->target_metadata.position,
                       "no call of context.configure() is given the models' metadata");
    ml_finding_help(finding, "import the models, and write target_metadata = Base.metadata (or "
                             "whatever their MetaData is called)");
}

const MlRule ml_rule_no_target_metadata = {
    .code = "ML903",
    .name = "no-target-metadata",
    .severity = ML_SEVERITY_WARNING,
    .summary = "target_metadata is None, so Alembic cannot compare the models with the database",
    .why = "`alembic revision --autogenerate` and `alembic check` compare the models' MetaData "
           "with the database. Alembic's templates leave it at None for you to fill in. As long as "
           "it is, both commands end with an error, and a model that was changed without a "
           "revision goes unseen.\n"
           "\n"
           "A project without SQLAlchemy models has nothing to compare, and ignores this rule.",
    .bad = "# file: env.py\n"
           "from alembic import context\n"
           "\n"
           "target_metadata = None\n"
           "\n"
           "\n"
           "def run_migrations_online(connection):\n"
           "    context.configure(connection=connection, target_metadata=target_metadata)\n",
    .good = "# file: env.py\n"
            "from alembic import context\n"
            "from bank.models import Base\n"
            "\n"
            "target_metadata = Base.metadata\n"
            "\n"
            "\n"
            "def run_migrations_online(connection):\n"
            "    context.configure(connection=connection, target_metadata=target_metadata)\n",
    .reference = "https://alembic.sqlalchemy.org/en/latest/autogenerate.html",
    .check_project = check,
};
