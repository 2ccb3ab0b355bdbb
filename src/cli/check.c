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

/* --- options --------------------------------------------------------------------- */

typedef struct {
    MlStateOptions state;
    MlRuleOptions rules;
    char **formats;
    char *colour;
    gboolean statistics;
    gboolean show_settings;
    char **paths;
} Options;

static void options_clear(Options *options)
{
    ml_state_options_clear(&options->state);
    ml_rule_options_clear(&options->rules);
    g_strfreev(options->formats);
    g_strfreev(options->paths);
    g_free(options->colour);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static void add_options(GArray *entries, gpointer into)
{
    Options *options = into;
    const GOptionEntry own[] = {
        {"format", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->formats,
         "how to report; text by default; once for each report that is wanted", FORMATS "[=FILE]"},
        {"statistics", 0, 0, G_OPTION_ARG_NONE, &options->statistics,
         "tell how often each rule spoke, in the text", NULL},
        {"color", 0, 0, G_OPTION_ARG_STRING, &options->colour,
         "colour the text; auto, the default, does so on a terminal", ML_COLOUR_CHOICES},
        {"show-settings", 0, 0, G_OPTION_ARG_NONE, &options->show_settings,
         "print what is in force in each environment and where it was set, and do no more", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->paths, NULL, NULL},
    };
    ml_state_add_options(entries, &options->state);
    ml_rule_add_options(entries, &options->rules);
    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
}

/* --- the work ----------------------------------------------------------------------- */

/* Whether a finding concerns what was asked for: where it stands, or a place it points at. */
static gboolean concerns(const MlWorkspace *workspace, const MlFinding *finding)
{
    if (ml_workspace_wants(workspace, finding->path))
        return TRUE;
    for (guint i = 0; i < finding->related->len; i++)
        if (ml_workspace_wants(workspace,
                               ((MlRelated *)g_ptr_array_index(finding->related, i))->path))
            return TRUE;
    return FALSE;
}

/* What came of it. */
typedef struct {
    GPtrArray *findings;   /* MlFinding *: those that count */
    GPtrArray *suppressed; /* MlFinding * */
    GPtrArray *unverified; /* MlUnverified * */
    gboolean fails;        /* something is as severe as its project's settings let fail */
} Result;

static Result result_new(void)
{
    return (Result){
        g_ptr_array_new_with_free_func((GDestroyNotify)ml_finding_free),
        g_ptr_array_new_with_free_func((GDestroyNotify)ml_finding_free),
        g_ptr_array_new_with_free_func((GDestroyNotify)ml_unverified_free),
        FALSE,
    };
}

static void result_clear(Result *result)
{
    g_ptr_array_unref(result->findings);
    g_ptr_array_unref(result->suppressed);
    g_ptr_array_unref(result->unverified);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Result, result_clear)

/* Sorts one project's findings into those that count and the others. */
static void take(const MlWorkspace *workspace, GPtrArray *found, const MlRules *rules,
                 Result *result)
{
    for (guint i = 0; i < found->len; i++) {
        MlFinding *finding = g_ptr_array_index(found, i);
        if (!concerns(workspace, finding))
            continue;
        g_ptr_array_index(found, i) = NULL;
        g_ptr_array_add(finding->suppressed ? result->suppressed : result->findings, finding);
        result->fails |= finding->suppressed == NULL && (gint)finding->severity >= rules->least;
    }
}

static void take_unverified(const MlWorkspace *workspace, const MlMigrations *migrations,
                            const MlChange *change, Result *result)
{
    g_autoptr(GPtrArray) unverified = ml_unverified_of(migrations, change);
    for (guint i = 0; i < unverified->len; i++) {
        MlUnverified **one = (MlUnverified **)&g_ptr_array_index(unverified, i);
        if (ml_workspace_wants(workspace, (*one)->path))
            g_ptr_array_add(result->unverified, g_steal_pointer(one));
    }
}

static const MlChange *change_of(const MlWorkspace *workspace, guint i)
{
    return workspace->changes ? g_ptr_array_index(workspace->changes, i) : NULL;
}

/* What is found in each environment: arrays of MlFinding *. */
static GPtrArray *lint_each(const MlWorkspace *workspace, const GPtrArray *rules)
{
    MlHistory history;
    gboolean has_history = ml_workspace_history(workspace, &history);
    GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < workspace->migrations->len; i++) {
        const MlSubject subject = {
            .tree = workspace->tree,
            .migrations = g_ptr_array_index(workspace->migrations, i),
            .policy = ((MlRules *)g_ptr_array_index(rules, i))->policy,
            .change = change_of(workspace, i),
            .history = has_history ? &history : NULL,
        };
        g_ptr_array_add(found, ml_lint(&subject));
    }
    ml_lint_agree(workspace->migrations, found);
    return found;
}

static void lint_all(const MlWorkspace *workspace, const GPtrArray *rules, Result *result)
{
    g_autoptr(GPtrArray) found = lint_each(workspace, rules);
    for (guint i = 0; i < found->len; i++) {
        take(workspace, g_ptr_array_index(found, i), g_ptr_array_index(rules, i), result);
        take_unverified(workspace, g_ptr_array_index(workspace->migrations, i),
                        change_of(workspace, i), result);
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

static int show_settings(const MlWorkspace *workspace, const MlRuleOptions *options,
                         const GPtrArray *rules, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    ml_rules_show(out, workspace, options, rules);
    return ml_cli_write(NULL, out, error) ? ML_EXIT_OK : ml_cli_fail(*error);
}

static const char *mode_of(const MlWorkspace *workspace, const MlStateOptions *options)
{
    if (workspace->merge != NULL)
        return options->staged ? "staged" : "base";
    return workspace->commit_name ? "commit" : "tree";
}

static int run(int argc, char **argv)
{
    static char *no_paths[] = {NULL};
    g_autoptr(GError) error = NULL;
    g_auto(Options) options = {0};
    gboolean colour;
    if (!ml_cli_parse(&ml_command_check, &options, &argc, &argv))
        return ML_EXIT_ERROR;
    if (!ml_state_options_check(&options.state, &error) ||
        !ml_rule_options_check(&options.rules, &error) ||
        !ml_cli_colour(options.colour, &colour, &error))
        return ml_cli_fail(error);
    if (!check_targets(options.formats, &error))
        return ml_cli_fail(error);
    g_autoptr(MlWorkspace) workspace = ml_workspace_open(
        &options.state, options.paths ? options.paths : no_paths, ML_LOAD_FULL, &error);
    if (workspace == NULL)
        return ml_cli_fail(error);

    g_autoptr(GPtrArray) rules = ml_rules_load(workspace, &options.rules, &error);
    if (rules == NULL)
        return ml_cli_fail(error);
    if (options.show_settings)
        return show_settings(workspace, &options.rules, rules, &error);

    g_auto(Result) result = result_new();
    lint_all(workspace, rules, &result);
    const MlCheckReport report = {
        .mode = mode_of(workspace, &options.state),
        .merge = workspace->merge,
        .changes = workspace->changes,
        .commit = ml_tree_commit(workspace->tree),
        .commit_name = workspace->commit_name,
        .root = ml_tree_root(workspace->tree),
        .standing = workspace->standing,
        .projects = workspace->migrations,
        .findings = result.findings,
        .suppressed = result.suppressed,
        .unverified = result.unverified,
        .colour = colour,
        .quiet = options.state.quiet,
        .statistics = options.statistics,
    };
    if (!write_reports(&options, &report, &error))
        return ml_cli_fail(error);
    return result.fails ? ML_EXIT_FINDINGS : ML_EXIT_OK;
}

static const MlExample examples[] = {
    {"miglint", "every environment of the repository, as it lies in the working tree"},
    {"miglint services/billing", "those in or around a folder"},
    {"miglint migrations/versions/ae10_add_email.py",
     "one revision, in the context of its environment"},
    {"miglint --base origin/main", "what your work brings, and what comes of its merge"},
    {"miglint --base main --head topic", "the same of a branch, without a checkout"},
    {"miglint --staged", "what is about to be committed"},
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
