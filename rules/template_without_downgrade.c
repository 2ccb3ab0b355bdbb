#include "miglint/lint.h"

static void check(MlContext *context)
{
    const MlProject *project = context->migrations->project;
    if (!project->template_without_downgrade)
        return;
    g_autofree char *path = g_build_filename(project->script_location, "script.py.mako", NULL);
    MlFinding *finding = ml_report_file(context, path, (MlPosition){0},
                                        "new revisions are made without a downgrade()");
    ml_finding_help(finding, "add a downgrade() that holds ${downgrades if downgrades else "
                             "\"pass\"}; or ignore this rule where going back is never wanted");
}

const MlRule ml_rule_template_without_downgrade = {
    .code = "ML904",
    .name = "template-without-downgrade",
    .severity = ML_SEVERITY_WARNING,
    .summary = "script.py.mako writes no downgrade(), so no revision can be undone",
    .why = "`alembic revision` fills in script.py.mako. Without a downgrade() in it, a revision "
           "that went wrong in production cannot be taken back by command.\n"
           "\n"
           "Some projects want it that way and only ever go forward. They ignore this rule; "
           "missing-downgrade (ML301) is then silent too, for this says it once.",
    .bad = "# file: script.py.mako\n"
           "\"\"\"${message}\"\"\"\n"
           "revision = ${repr(up_revision)}\n"
           "down_revision = ${repr(down_revision)}\n"
           "\n"
           "\n"
           "def upgrade():\n"
           "    ${upgrades if upgrades else \"pass\"}\n",
    .good = "# file: script.py.mako\n"
            "\"\"\"${message}\"\"\"\n"
            "revision = ${repr(up_revision)}\n"
            "down_revision = ${repr(down_revision)}\n"
            "\n"
            "\n"
            "def upgrade():\n"
            "    ${upgrades if upgrades else \"pass\"}\n"
            "\n"
            "\n"
            "def downgrade():\n"
            "    ${downgrades if downgrades else \"pass\"}\n",
    .check_project = check,
};
