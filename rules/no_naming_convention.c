#include "lint/naming.h"

#define NAMES                                                                                      \
    "{\n"                                                                                          \
    "    \"ix\": \"ix_%(column_0_label)s\",\n"                                                     \
    "    \"uq\": \"uq_%(table_name)s_%(column_0_N_name)s\",\n"                                     \
    "    \"ck\": \"ck_%(table_name)s_%(constraint_name)s\",\n"                                     \
    "    \"fk\": \"fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s\",\n"             \
    "    \"pk\": \"pk_%(table_name)s\",\n"                                                         \
    "}"

static void check(MlContext *context)
{
    const MlSetup *setup = context->migrations->setup;
    if (!ml_naming_is_missing(context))
        return;
    MlFinding *finding = ml_report_file(context, setup->env, setup->target_metadata.position,
                                        "the models' metadata has no naming convention");
    ml_finding_help(finding, "%s",
                    setup->metadata_is_shared
                        ? "above the first model:\nSQLModel.metadata.naming_convention = " NAMES
                        : "where the MetaData is made:\nMetaData(naming_convention=" NAMES ")");
}

const MlRule ml_rule_no_naming_convention = {
    .code = "ML404",
    .name = "no-naming-convention",
    .severity = ML_SEVERITY_WARNING,
    .summary = "the models' metadata has no naming convention, so constraints are left unnamed",
    .why = "A constraint can be dropped by its name alone. Without a naming convention neither the "
           "models nor autogenerate give it one: Postgres and MySQL invent names that differ, "
           "SQLite has none, and autogenerate writes op.drop_constraint(None, ...), which fails. "
           "With one, every database calls a constraint the same, and autogenerate writes the name "
           "down. The models of SQLModel share a MetaData that the library makes: it is given one "
           "before the first of them, SQLModel.metadata.naming_convention = {...}.\n"
           "\n"
           "In a project with a past, revisions that left a constraint without a name give it that "
           "of the convention from then on, while databases that are deployed keep the old one. "
           "Write the old names into those revisions, or rename the constraints in a new one.",
    .bad = "# file: env.py\n"
           "from alembic import context\n"
           "from sqlalchemy import MetaData\n"
           "\n"
           "metadata = MetaData()\n"
           "context.configure(connection=connection, target_metadata=metadata)\n",
    .good = "# file: env.py\n"
            "from alembic import context\n"
            "from sqlalchemy import MetaData\n"
            "\n"
            "metadata = MetaData(\n"
            "    naming_convention={\n"
            "        \"ix\": \"ix_%(column_0_label)s\",\n"
            "        \"uq\": \"uq_%(table_name)s_%(column_0_N_name)s\",\n"
            "        \"ck\": \"ck_%(table_name)s_%(constraint_name)s\",\n"
            "        \"fk\": \"fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s\",\n"
            "        \"pk\": \"pk_%(table_name)s\",\n"
            "    }\n"
            ")\n"
            "context.configure(connection=connection, target_metadata=metadata)\n",
    .reference = "https://docs.sqlalchemy.org/en/20/core/constraints.html"
                 "#constraint-naming-conventions",
    .check_project = check,
};
