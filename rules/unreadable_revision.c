#include "miglint/lint.h"

static const char *syntax_message(MlSyntax syntax)
{
    switch (syntax) {
    case ML_SYNTAX_CONFLICT:
        return "the file holds a merge conflict that was never resolved";
    case ML_SYNTAX_BINARY:
        return "the file holds a NUL byte: it is no Python source";
    case ML_SYNTAX_ENCODING:
        return "the file is not UTF-8, and names no encoding that it would be in";
    case ML_SYNTAX_TOO_DEEP:
        return "brackets or blocks are nested more deeply than Python accepts";
    case ML_SYNTAX_GIVEN_UP:
        return "the file takes too long to parse: miglint gave up";
    default:
        return "Python cannot parse this file";
    }
}

static const char *syntax_help(MlSyntax syntax)
{
    if (syntax == ML_SYNTAX_CONFLICT)
        return "settle what stands between <<<<<<< and >>>>>>>, and take the marker lines out";
    if (syntax == ML_SYNTAX_ENCODING)
        return "save the file as UTF-8";
    if (syntax == ML_SYNTAX_GIVEN_UP)
        return "`python -m py_compile` on this file tells whether it is Python; move data that it "
               "holds into a file of its own";
    return "`python -m py_compile` on this file tells more; every alembic command fails until it "
           "is mended";
}

/* The markers are git's own of a merge that is not made yet: ML204 tells of that. */
static gboolean is_future_conflict(const MlContext *context, const MlRevision *revision)
{
    return context->change != NULL &&
           ml_tree_conflict(context->change->merge->merged, revision->path) != ML_CONFLICT_NONE;
}

static void check(MlContext *context, const MlRevision *revision)
{
    MlFinding *finding;
    if (is_future_conflict(context, revision))
        return;
    switch (revision->problem) {
    case ML_REVISION_UNREADABLE_FILE:
        ml_report(context, revision, revision->where, "the file cannot be read: %s",
                  revision->detail);
        break;
    case ML_REVISION_SYNTAX: {
        MlSyntax syntax = ml_module_syntax(revision->module, NULL);
        finding = ml_report(context, revision, revision->where, "%s", syntax_message(syntax));
        ml_finding_help(finding, "%s", syntax_help(syntax));
        break;
    }
    case ML_REVISION_NO_ID:
        finding = ml_report(context, revision, revision->where,
                            "the file has no `revision`, so Alembic cannot load this folder");
        ml_finding_help(finding, "write revision = \"...\", or move what is no revision out of "
                                 "the folder of revisions");
        break;
    case ML_REVISION_NO_PARENT:
        finding = ml_report(context, revision, revision->where,
                            "the file has no `down_revision`, so Alembic cannot load this folder");
        ml_finding_help(finding, "write down_revision = \"...\", the id of the revision before "
                                 "this one, or None if there is none");
        break;
    case ML_REVISION_UNKNOWN_ID:
        finding = ml_report(context, revision, revision->where,
                            "`revision` cannot be told without running the file");
        ml_finding_help(finding, "write the id as a plain string");
        break;
    case ML_REVISION_UNKNOWN_PARENT:
        finding = ml_report(context, revision, revision->where,
                            "`down_revision` cannot be told without running the file");
        ml_finding_help(finding, "write the id as a plain string, a tuple of strings, or None");
        break;
    default:
        break;
    }
}

const MlRule ml_rule_unreadable_revision = {
    .code = "ML001",
    .name = "unreadable-revision",
    .severity = ML_SEVERITY_ERROR,
    .summary = "a file that Alembic takes for a revision cannot be read as one",
    .why = "Alembic imports every Python file of a version location, whatever the command. One "
           "file that does not parse, or that lacks `revision` or `down_revision`, and no alembic "
           "command works any more: not upgrade, not downgrade, not history.\n"
           "\n"
           "Conflict markers that were committed by mistake are the usual cause; the next are "
           "helper modules in the folder of revisions, which belong beside it.",
    .bad = "\"\"\"add email\"\"\"\n"
           "from alembic import op\n"
           "\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "<<<<<<< HEAD\n"
           "down_revision = None\n"
           "=======\n"
           "down_revision = \"0a1b2c3d4e5f\"\n"
           ">>>>>>> add-email\n",
    .good = "\"\"\"add email\"\"\"\n"
            "from alembic import op\n"
            "\n"
            "revision = \"1a2b3c4d5e6f\"\n"
            "down_revision = None\n",
    .check_revision = check,
};
