#include "cli/cli.h"

#include <string.h>

/* --- formats ------------------------------------------------------------------- */

#define FORMATS "text|json|sarif|github|gitlab|junit|markdown"

static void (*const writers[])(GString *out, const MlCheckReport *report) = {
    ml_report_check_text,   ml_report_check_json,  ml_report_check_sarif,    ml_report_check_github,
    ml_report_check_gitlab, ml_report_check_junit, ml_report_check_markdown,
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
    MlRoundtripOptions roundtrip;
    char *commits;
    MlBaselineOptions baseline;
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
    ml_roundtrip_options_clear(&options->roundtrip);
    g_free(options->commits);
    ml_baseline_options_clear(&options->baseline);
    g_strfreev(options->formats);
    g_strfreev(options->paths);
    g_free(options->colour);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static void add_options(GArray *entries, gpointer into)
{
    Options *options = into;
    const GOptionEntry own[] = {
        {"commits", 0, 0, G_OPTION_ARG_FILENAME, &options->commits,
         "go from commit to commit, and tell which of them brought what", "A..B"},
        {"format", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->formats,
         "how to report; text by default; once for each report that is wanted", FORMATS "[=FILE]"},
        {"statistics", 0, 0, G_OPTION_ARG_NONE, &options->statistics,
         "tell how often each rule spoke, in the text", NULL},
        {"color", 0, 0, G_OPTION_ARG_STRING, &options->colour,
         "colour the text; auto, the default, does so on a terminal", ML_COLOUR_CHOICES},
        {"show-settings", 0, 0, G_OPTION_ARG_NONE, &options->show_settings,
         "only print what is in force in each environment, and where it was set", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->paths, NULL, NULL},
    };
    ml_state_add_options(entries, &options->state);
    ml_rule_add_options(entries, &options->rules);
    ml_baseline_add_options(entries, &options->baseline);
    ml_roundtrip_add_options(entries, &options->roundtrip);
    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
}

/* --- the work ----------------------------------------------------------------------- */

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

static int show_settings(const MlWorkspace *workspace, const Options *options,
                         const GPtrArray *rules, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    ml_rules_show(out, workspace, &options->rules, &options->baseline, rules);
    return ml_cli_write(NULL, out, error) ? ML_EXIT_OK : ml_cli_fail(*error);
}

/* The end of --commits is the commit that is opened first. */
static gboolean take_commits(Options *options, MlCommitRange *range, GError **error)
{
    if (options->commits == NULL)
        return TRUE;
    const MlStateOptions *state = &options->state;
    const char *other = state->commit ? "--commit"
                        : state->base ? "--base"
                        : state->head ? "--head"
                                      : "--staged";
    if (state->commit || state->base || state->head || state->staged) {
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                    "%s and --commits name different states: give one of them", other);
        return FALSE;
    }
    if (!ml_commit_range_parse(options->commits, range, error))
        return FALSE;
    options->state.commit = g_strdup(range->to);
    return TRUE;
}

/* What the report says of the states that were looked at. */
static void describe_states(MlCheckReport *report, const MlWorkspace *workspace,
                            const Options *options, const MlCommitRange *range)
{
    const MlMerge *merge = workspace->merge;
    if (options->commits != NULL) {
        report->mode = "commits";
        report->base = (MlReportState){range->from, range->from_commit};
        report->head = (MlReportState){range->to, range->to_commit};
    } else if (merge != NULL) {
        report->mode = options->state.staged ? "staged" : "base";
        report->base = (MlReportState){merge->base.name, merge->base.commit};
        report->head = (MlReportState){merge->head.name, merge->head.commit};
        report->merge_base =
            merge->merge_bases->len ? g_ptr_array_index(merge->merge_bases, 0) : NULL;
    } else {
        report->mode = workspace->commit_name ? "commit" : "tree";
        report->head = (MlReportState){workspace->commit_name, ml_tree_commit(workspace->tree)};
    }
}

/* A trip goes through one state of the files. */
static gboolean check_roundtrip(const Options *options, GError **error)
{
    if (!options->roundtrip.wanted || options->commits == NULL)
        return TRUE;
    g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                "--roundtrip tries one state: give --commit REV, or --base REF, instead of "
                "--commits");
    return FALSE;
}

/* The revisions that the arguments name; NULL where all are meant. */
static GHashTable *revisions_wanted(const MlWorkspace *workspace)
{
    if (workspace->paths->len == 0)
        return NULL;
    GHashTable *wanted = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < workspace->migrations->len; i++) {
        const MlMigrations *migrations = g_ptr_array_index(workspace->migrations, i);
        for (guint j = 0; j < migrations->revisions->len; j++) {
            MlRevision *revision = g_ptr_array_index(migrations->revisions, j);
            if (ml_workspace_wants(workspace, revision->path))
                g_hash_table_add(wanted, revision);
        }
    }
    return wanted;
}

/* A part of the findings would not do as a baseline of all. */
static gboolean check_baseline(const Options *options, GError **error)
{
    const MlStateOptions *state = &options->state;
    const char *other = state->base        ? "--base"
                        : state->staged    ? "--staged"
                        : options->commits ? "--commits"
                                           : NULL;
    if (options->baseline.new_file == NULL || (other == NULL && options->paths == NULL))
        return TRUE;
    g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                "--write-baseline writes down all that a state has: leave out %s",
                other ? other : "the paths");
    return FALSE;
}

/* --- running -------------------------------------------------------------------------- */

static int run(int argc, char **argv)
{
    static char *no_paths[] = {NULL};
    g_autoptr(GError) error = NULL;
    g_auto(Options) options = {0};
    g_auto(MlCommitRange) range = {0};
    gboolean colour;
    if (!ml_cli_parse(&ml_command_check, &options, &argc, &argv))
        return ML_EXIT_ERROR;
    if (!take_commits(&options, &range, &error) ||
        !ml_state_options_check(&options.state, &error) ||
        !ml_rule_options_check(&options.rules, &error) ||
        !ml_roundtrip_options_check(&options.roundtrip, &error) ||
        !ml_baseline_options_check(&options.baseline, &error) ||
        !check_roundtrip(&options, &error) || !check_baseline(&options, &error) ||
        !ml_cli_colour(options.colour, &colour, &error))
        return ml_cli_fail(error);
    if (!check_targets(options.formats, &error))
        return ml_cli_fail(error);
    MlLoad load = options.roundtrip.wanted ? ML_LOAD_SQL : ML_LOAD_FULL;
    g_autoptr(MlWorkspace) workspace =
        ml_workspace_open(&options.state, options.paths ? options.paths : no_paths, load, &error);
    if (workspace == NULL)
        return ml_cli_fail(error);

    g_autoptr(GPtrArray) rules = ml_rules_load(workspace, &options.rules, &error);
    if (rules == NULL)
        return ml_cli_fail(error);
    if (options.show_settings)
        return show_settings(workspace, &options, rules, &error);
    g_autoptr(MlBaselines) baselines =
        ml_baselines_load(&options.baseline, workspace, rules, &error);
    if (baselines == NULL)
        return ml_cli_fail(error);

    g_autoptr(GPtrArray) roundtrips = NULL;
    if (options.roundtrip.wanted &&
        !(roundtrips = ml_workspace_roundtrip(workspace, rules, &options.roundtrip, &error)))
        return ml_cli_fail(error);
    g_auto(MlResult) result = ml_result_new();
    result.baselines = baselines;
    if (options.commits == NULL)
        ml_workspace_lint(workspace, rules, roundtrips, &result);
    else if (!ml_commits_lint(workspace, &options.state, &options.rules, &range, &result, &error))
        return ml_cli_fail(error);
    if (options.baseline.new_file != NULL)
        return ml_baseline_write_file(options.baseline.new_file, result.findings, &error);
    if (workspace->merge == NULL && options.commits == NULL && options.paths == NULL &&
        !options.state.quiet)
        ml_baselines_tell_gone(baselines, rules);
    g_autoptr(GPtrArray) verdicts = roundtrips ? ml_roundtrip_verdicts(roundtrips) : NULL;
    g_autoptr(GHashTable) wanted = revisions_wanted(workspace);
    MlCheckReport report = {
        .changes = options.commits ? NULL : workspace->changes,
        .root = ml_tree_root(workspace->tree),
        .standing = workspace->standing,
        .projects = workspace->migrations,
        .findings = result.findings,
        .suppressed = result.suppressed,
        .unverified = result.unverified,
        .verdicts = verdicts,
        .wanted = wanted,
        .colour = colour,
        .quiet = options.state.quiet,
        .statistics = options.statistics,
    };
    describe_states(&report, workspace, &options, &range);
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
    {"miglint --commits v2.0..main", "what each commit has brought since"},
    {"miglint --commit v2.1", "as of a commit, without a checkout"},
    {"miglint --write-baseline miglint-baseline.json", "make peace with what there is by now"},
    {"miglint --baseline miglint-baseline.json", "... and tell only what is new"},
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
    .notes =
        "--base auto is the base of the pull request or merge request in GitHub's and GitLab's CI, "
        "else the `base` of the settings, else the remote's default branch. With --base or "
        "--staged revisions that are on the other side already are not judged by "
        "themselves, but the graph is judged as a whole. --commits goes along first "
        "parents.\n\n"
        "--format may be given several times: with =FILE a report goes to a file, without to "
        "standard output.\n\n"
        "--roundtrip upgrades, downgrades and upgrades again in a database that is made for it "
        "and vanishes: in memory for SQLite; for Postgres in a cluster of its own, started from "
        "the installed binaries, or in a new database on the server that --database names. By "
        "default it is of the kind that the project is for.\n\n"
        "Exit status: 0 nothing at or above --fail-on; 1 findings; 2 it could not be told, "
        "and the message says what to do.",
    .options_size = sizeof(Options),
    .add_options = add_options,
    .run = run,
};
