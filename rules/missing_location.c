#include "miglint/lint.h"

static void check(MlContext *context)
{
    const MlProject *project = context->migrations->project;
    if (project->missing == NULL)
        return;
    const MlPlace *place = &project->missing_place;
    MlFinding *finding =
        ml_report_file(context, place->path, (MlPosition){.line = place->line},
                       "script_location names '%s', and there is no such folder", project->missing);
    ml_finding_help(finding,
                    "name the folder that holds env.py; it was looked for from the folder of this "
                    "file and each above it, from prepend_sys_path and from src/");
}

const MlRule ml_rule_missing_location = {
    .code = "ML906",
    .name = "missing-location",
    .severity = ML_SEVERITY_ERROR,
    .summary = "the script location that a configuration names is not there",
    .why = "Every alembic command ends with \"Path doesn't exist\". As a rule the folder was moved "
           "or renamed and the configuration was not, or the folder was never committed.\n"
           "\n"
           "Alembic takes a relative location against the folder that it is started in. This "
           "finding is made only when no folder that it is usually started in has it, and when no "
           "other environment of the repository could be meant. Locations outside of the "
           "repository are not judged.",
    .bad = "# file: ../alembic.ini\n"
           "[alembic]\n"
           "script_location = migration\n",
    .good = "# file: ../alembic.ini\n"
            "[alembic]\n"
            "script_location = migrations\n",
    .check_project = check,
};
