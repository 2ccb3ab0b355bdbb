#include "cli/cli.h"

#include <string.h>

/* --- formats ------------------------------------------------------------------- */

#define FORMATS "text|json|github"

static void (*const writers[])(GString *out, const MlCheckReport *report) = {
    ml_report_check_text,
    ml_report_check_json,
    ml_report_check_github,
};

/* What --format asks for: the index of a format, and the file it goes to (NULL: standard output).
 */
typedef struct {
    gsize format;
    const char *file;
} Target;

static gboolean parse_target(const char *word, Target *target, GError **error)
{
    gsize length = strcspn(word, "=");
    gboolean to_file = word[length] == '=';
    target->file = to_file ? word + length + 1 : NULL;
    if (!ml_cli_choose("--format", FORMATS, word, (gssize)length, &target->format, error))
        return FALSE;
    if (!to_file || *target->file != '\0')
        return TRUE;
    g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE, "--format %s names no file", word);
    return FALSE;
}

/* Whether the words can be obeyed: two reports cannot share the standard output. */
static gboolean check_targets(char **words, GError **error)
{
    guint on_output = 0;
    for (; words != NULL && *words != NULL; words++) {
        Target target;
        if (!parse_target(*words, &target, error))
            return FALSE;
        on_output += target.file == NULL;
    }
    if (on_output > 1)
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                    "only one report can go to standard output: write --format NAME=FILE for the "
                    "others");
    return on_output <= 1;
}

/* In the order of MlSeverity. */
#define SEVERITIES "note|warning|error|never"

/* --- options --------------------------------------------------------------------- */

typedef struct {
    MlStateOptions state;
    char **select, **extend, **ignore;
    char **formats;
    char *fail_on;
    char *colour;
    gboolean statistics;
    char **paths;
} Options;

static void options_clear(Options *options)
{
    ml_state_options_clear(&options->state);
    g_strfreev(options->select);
    g_strfreev(options->extend);
    g_strfreev(options->ignore);
    g_strfreev(options->formats);
    g_strfreev(options->paths);
    g_free(options->fail_on);
    g_free(options->colour);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static void add_options(GArray *entries, gpointer into)
{
    Options *options = into;
    const GOptionEntry own[] = {
        {"select", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->select,
         "run these rules alone: codes, names, prefixes (ML3), all", "RULES"},
        {"extend-select", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->extend,
         "run these rules besides the usual ones", "RULES"},
        {"ignore", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->ignore, "do not run these rules",
         "RULES"},
        {"fail-on", 0, 0, G_OPTION_ARG_STRING, &options->fail_on,
         "exit with 1 from this severity on; error by default", SEVERITIES},
        {"format", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->formats,
         "how to report; text by default; once for each report that is wanted", FORMATS "[=FILE]"},
        {"statistics", 0, 0, G_OPTION_ARG_NONE, &options->statistics,
         "tell how often each rule spoke, in the text", NULL},
        {"color", 0, 0, G_OPTION_ARG_STRING, &options->colour,
         "colour the text; auto, the default, does so on a terminal", ML_COLOUR_CHOICES},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->paths, NULL, NULL},
    };
    ml_state_add_options(entries, &options->state);
    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
}

/* The least severity that fails; one above error for never. */
static gboolean parse_fail_on(const char *word, gint *least, GError **error)
{
    gsize choice = ML_SEVERITY_ERROR;
    if (word != NULL && !ml_cli_choose("--fail-on", SEVERITIES, word, -1, &choice, error))
        return FALSE;
    *least = (gint)choice;
    return TRUE;
}

/* --- the work ----------------------------------------------------------------------- */

/* Whether a finding concerns what was asked for: where it stands, or a place it points at. */
static gboolean concerns(const MlWorkspace *workspace, const MlFinding *finding)
{
    if (finding->path == NULL || ml_workspace_wants(workspace, finding->path))
        return TRUE;
    for (guint i = 0; i < finding->related->len; i++)
        if (ml_workspace_wants(workspace,
                               ((MlRelated *)g_ptr_array_index(finding->related, i))->path))
            return TRUE;
    return FALSE;
}

static void lint_all(const MlWorkspace *workspace, const MlSelection *selection,
                     GPtrArray *findings, GPtrArray *unverified)
{
    for (guint i = 0; i < workspace->migrations->len; i++) {
        const MlMigrations *migrations = g_ptr_array_index(workspace->migrations, i);
        g_autoptr(GPtrArray) found = ml_lint(workspace->tree, migrations, selection);
        for (guint j = 0; j < found->len; j++) {
            MlFinding **finding = (MlFinding **)&g_ptr_array_index(found, j);
            if (concerns(workspace, *finding))
                g_ptr_array_add(findings, g_steal_pointer(finding));
        }
        g_autoptr(GPtrArray) unsure = ml_unverified_of(migrations);
        for (guint j = 0; j < unsure->len; j++) {
            MlUnverified **one = (MlUnverified **)&g_ptr_array_index(unsure, j);
            if (ml_workspace_wants(workspace, (*one)->path))
                g_ptr_array_add(unverified, g_steal_pointer(one));
        }
    }
}

static gboolean write_reports(const Options *options, const MlCheckReport *report, GError **error)
{
    static char *by_default[] = {"text", NULL};
    for (char **word = options->formats ? options->formats : by_default; *word; word++) {
        Target target;
        if (!parse_target(*word, &target, error))
            return FALSE;
        MlCheckReport written = *report;
        written.colour &= target.file == NULL;
        g_autoptr(GString) out = g_string_new(NULL);
        writers[target.format](out, &written);
        if (!ml_cli_write(target.file, out, error))
            return FALSE;
    }
    return TRUE;
}

static gint worst(const GPtrArray *findings)
{
    gint severity = ML_SEVERITY_NOTE - 1;
    for (guint i = 0; i < findings->len; i++)
        severity = MAX(severity, (gint)((MlFinding *)g_ptr_array_index(findings, i))->severity);
    return severity;
}

static int run(int argc, char **argv)
{
    static char *no_paths[] = {NULL};
    g_autoptr(GError) error = NULL;
    g_auto(Options) options = {0};
    gint least;
    gboolean colour;
    if (!ml_cli_parse(&ml_command_check, &options, &argc, &argv))
        return ML_EXIT_ERROR;
    if (!parse_fail_on(options.fail_on, &least, &error) ||
        !ml_cli_colour(options.colour, &colour, &error))
        return ml_cli_fail(error);
    if (!check_targets(options.formats, &error))
        return ml_cli_fail(error);
    g_autoptr(MlSelection) selection =
        ml_selection_new((const char *const *)options.select, (const char *const *)options.extend,
                         (const char *const *)options.ignore, &error);
    if (selection == NULL)
        return ml_cli_fail(error);
    g_autoptr(MlWorkspace) workspace = ml_workspace_open(
        &options.state, options.paths ? options.paths : no_paths, ML_LOAD_FULL, &error);
    if (workspace == NULL)
        return ml_cli_fail(error);

    g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func((GDestroyNotify)ml_finding_free);
    g_autoptr(GPtrArray) unverified =
        g_ptr_array_new_with_free_func((GDestroyNotify)ml_unverified_free);
    lint_all(workspace, selection, findings, unverified);
    const MlCheckReport report = {
        .mode = workspace->commit_name ? "commit" : "tree",
        .commit = ml_tree_commit(workspace->tree),
        .commit_name = workspace->commit_name,
        .root = ml_tree_root(workspace->tree),
        .standing = workspace->standing,
        .projects = workspace->migrations,
        .findings = findings,
        .unverified = unverified,
        .colour = colour,
        .quiet = options.state.quiet,
        .statistics = options.statistics,
    };
    if (!write_reports(&options, &report, &error))
        return ml_cli_fail(error);
    return worst(findings) >= least ? ML_EXIT_FINDINGS : ML_EXIT_OK;
}

static const MlExample examples[] = {
    {"miglint", "every environment of the repository, as it lies in the working tree"},
    {"miglint services/billing", "those in or around a folder"},
    {"miglint migrations/versions/ae10_add_email.py",
     "one revision, in the context of its environment"},
    {"miglint --commit v2.1", "as of a commit, without a checkout"},
    {"miglint --select ML1 --ignore ML106 --fail-on warning", "what concerns the graph, but one"},
    {"miglint --format github --format json=report.json --format text=report.txt",
     "annotations on GitHub, and two files besides"},
    {NULL, NULL},
};

const MlCommand ml_command_check = {
    .name = "check",
    .summary = "lint the migrations (the default command)",
    .arguments = "[PATH...]",
    .description =
        "Lints the migrations of every Alembic environment in the repository, or of those in or "
        "around each PATH; a file as PATH is judged in the context of its environment, and only "
        "what concerns it is reported.",
    .examples = examples,
    .notes = "--format may be given several times: with =FILE a report goes to a file, without to "
             "standard output.\n\n"
             "Exit status: 0 nothing at or above --fail-on; 1 findings; 2 it could not be told, "
             "and the message says what to do.",
    .options_size = sizeof(Options),
    .add_options = add_options,
    .run = run,
};
