#include "cli/cli.h"

#include <string.h>

/* --- formats ------------------------------------------------------------------- */

static const struct {
    const char *name;
    void (*write)(GString *out, const MlCheckReport *report);
} formats[] = {
    {"text", ml_report_check_text},
    {"json", ml_report_check_json},
};

/* What --format asks for: the index of a format, and the file it goes to (NULL: standard output).
 */
typedef struct {
    gsize format;
    const char *file;
} Target;

static gboolean parse_target(const char *word, Target *target, GError **error)
{
    const char *equals = strchr(word, '=');
    gsize length = equals ? (gsize)(equals - word) : strlen(word);
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
        if (strlen(formats[i].name) == length && strncmp(formats[i].name, word, length) == 0) {
            *target = (Target){i, equals ? equals + 1 : NULL};
            return TRUE;
        }
    g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                "there is no format '%.*s': --format takes text or json", (int)length, word);
    return FALSE;
}

/* --- options --------------------------------------------------------------------- */

typedef struct {
    MlStateOptions state;
    MlRuleOptions rules;
    char **formats;
    char *colour;
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

static gboolean parse(int argc, char **argv, Options *options)
{
    const GOptionEntry entries[] = {
        {"format", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->formats,
         "text (default) or json; may be given several times", "NAME[=FILE]"},
        {"color", 0, 0, G_OPTION_ARG_STRING, &options->colour, "auto, always or never", "WHEN"},
        {"show-settings", 0, 0, G_OPTION_ARG_NONE, &options->show_settings,
         "print what is in force in each environment and where it was set, and do no more", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->paths, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autofree GOptionEntry *state = ml_state_entries(&options->state);
    g_autofree GOptionEntry *rules = ml_rule_entries(&options->rules);
    GOptionEntry *const groups[] = {state, rules, (GOptionEntry *)entries, NULL};
    return ml_cli_parse(&argc, &argv, "[PATH...]",
                        "Lints the migrations of every Alembic environment in the repository, or\n"
                        "of those in or around each PATH; a file as PATH is judged in the context\n"
                        "of its environment, and only what concerns it is reported.",
                        "Exit status: 0 nothing at or above --fail-on, 1 findings, 2 an error.",
                        groups);
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

static void lint_all(const MlWorkspace *workspace, const GPtrArray *rules, Result *result)
{
    const GPtrArray *migrations = workspace->migrations;
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < migrations->len; i++) {
        const MlPolicy *policy = ((MlRules *)g_ptr_array_index(rules, i))->policy;
        g_ptr_array_add(found, ml_lint(workspace->tree, g_ptr_array_index(migrations, i), policy));
    }
    ml_lint_agree(migrations, found);
    for (guint i = 0; i < migrations->len; i++) {
        take(workspace, g_ptr_array_index(found, i), g_ptr_array_index(rules, i), result);
        g_ptr_array_extend_and_steal(result->unverified,
                                     ml_unverified_of(g_ptr_array_index(migrations, i)));
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
        formats[target.format].write(out, &written);
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

int ml_command_check(int argc, char **argv)
{
    static char *no_paths[] = {NULL};
    g_autoptr(GError) error = NULL;
    g_auto(Options) options = {0};
    gboolean colour;
    if (!parse(argc, argv, &options))
        return ML_EXIT_ERROR;
    if (!ml_rule_options_check(&options.rules, &error) ||
        !ml_cli_colour(options.colour, &colour, &error))
        return ml_cli_fail(error);
    for (char **word = options.formats; word != NULL && *word != NULL; word++) {
        Target target;
        if (!parse_target(*word, &target, &error))
            return ml_cli_fail(error);
    }
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
        .mode = workspace->commit_name ? "commit" : "tree",
        .commit = ml_tree_commit(workspace->tree),
        .commit_name = workspace->commit_name,
        .root = ml_tree_root(workspace->tree),
        .standing = workspace->standing,
        .projects = workspace->migrations,
        .findings = result.findings,
        .suppressed = result.suppressed,
        .unverified = result.unverified,
        .colour = colour,
    };
    if (!write_reports(&options, &report, &error))
        return ml_cli_fail(error);
    return result.fails ? ML_EXIT_FINDINGS : ML_EXIT_OK;
}
