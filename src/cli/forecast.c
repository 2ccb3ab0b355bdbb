#include "cli/cli.h"

#include <string.h>

#define FORMATS "text|json|markdown"

static void (*const writers[])(GString *out, const MlForecastReport *report) = {
    ml_report_forecast_text,
    ml_report_forecast_json,
    ml_report_forecast_markdown,
};

#define FAIL_LEVELS "error|warning|never"

typedef struct {
    MlStateOptions state; /* its `commit` is the base */
    char *base;
    char **globs;
    char *format;
    char *fail_on;
    char *colour;
} Options;

static void options_clear(Options *options)
{
    ml_state_options_clear(&options->state);
    g_free(options->base);
    g_strfreev(options->globs);
    g_free(options->format);
    g_free(options->fail_on);
    g_free(options->colour);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static void add_options(GArray *entries, gpointer into)
{
    Options *options = into;
    const GOptionEntry own[] = {
        {"base", 0, 0, G_OPTION_ARG_FILENAME, &options->base,
         "merge them into REF; auto, the default, finds out which", "REF"},
        {"refs", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->globs,
         "only the refs that match; once for each pattern", "GLOB"},
        {"format", 0, 0, G_OPTION_ARG_STRING, &options->format, "how to report; text by default",
         FORMATS},
        {"fail-on", 0, 0, G_OPTION_ARG_STRING, &options->fail_on,
         "exit with 1 if a ref does harm, or (warning) if refs collide", FAIL_LEVELS},
        {"color", 0, 0, G_OPTION_ARG_STRING, &options->colour,
         "colour the text; auto, the default, does so on a terminal", ML_COLOUR_CHOICES},
    };
    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
    ml_place_add_options(entries, &options->state);
}

/* The base as the user named it, or as it can be found out. */
static gboolean choose_base(Options *options, GError **error)
{
    const char *name = options->base;
    if (name != NULL && strcmp(name, "auto") != 0) {
        options->state.commit = g_strdup(name);
        return TRUE;
    }
    const MlStateOptions *state = &options->state;
    g_autoptr(MlRepository) repository =
        ml_repository_open(state->folder ? state->folder : ".", state->git_dir, error);
    options->state.commit = repository ? ml_cli_detect_base(repository, NULL, error) : NULL;
    return options->state.commit != NULL;
}

static MlForecast *look_ahead(const MlWorkspace *workspace, const Options *options, GError **error)
{
    static const char *const none[] = {NULL};
    g_auto(MlQuestion) question = {0};
    if (!ml_workspace_ask(workspace, &options->state, &question, error))
        return NULL;
    g_autoptr(GPtrArray) refs = ml_repository_refs(
        workspace->repository, options->globs ? (const char *const *)options->globs : none, error);
    if (refs == NULL)
        return NULL;
    if (refs->len == 0 && options->globs != NULL) {
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                    "no ref matches --refs %s: `git for-each-ref` lists what there is",
                    options->globs[0]);
        return NULL;
    }
    MlMeter meter = {0};
    MlForecast *forecast =
        ml_forecast_new(workspace->repository, options->state.commit, refs, &question.query,
                        workspace->quiet ? NULL : ml_meter_show, &meter, error);
    ml_meter_end(&meter);
    return forecast;
}

static gboolean fails(const MlForecast *forecast, gsize level)
{
    const gboolean warnings = level == 1, never = level == 2;
    if (never)
        return FALSE;
    for (guint i = 0; i < forecast->refs->len; i++) {
        MlForecastStatus status = ((MlForecastRef *)g_ptr_array_index(forecast->refs, i))->status;
        if (status != ML_FORECAST_CLEAN && status != ML_FORECAST_UNRELATED)
            return TRUE;
    }
    return warnings && forecast->collisions->len > 0;
}

static int run(int argc, char **argv)
{
    static char *no_paths[] = {NULL};
    g_autoptr(GError) error = NULL;
    g_auto(Options) options = {0};
    gsize format = 0, level = 2;
    gboolean colour;
    if (!ml_cli_parse(&ml_command_forecast, &options, &argc, &argv))
        return ML_EXIT_ERROR;
    if ((options.format != NULL &&
         !ml_cli_choose("--format", FORMATS, options.format, -1, &format, &error)) ||
        (options.fail_on != NULL &&
         !ml_cli_choose("--fail-on", FAIL_LEVELS, options.fail_on, -1, &level, &error)) ||
        !ml_cli_colour(options.colour, &colour, &error) || !choose_base(&options, &error))
        return ml_cli_fail(error);
    g_autoptr(MlWorkspace) workspace =
        ml_workspace_open(&options.state, no_paths, ML_LOAD_HEADERS, &error);
    g_autoptr(MlForecast) forecast = workspace ? look_ahead(workspace, &options, &error) : NULL;
    if (forecast == NULL)
        return ml_cli_fail(error);
    const MlForecastReport report = {
        .forecast = forecast,
        .now = g_get_real_time() / G_USEC_PER_SEC,
        .colour = colour,
        .quiet = options.state.quiet,
    };
    g_autoptr(GString) out = g_string_new(NULL);
    writers[format](out, &report);
    if (!ml_cli_write(NULL, out, &error))
        return ml_cli_fail(error);
    return fails(forecast, level) ? ML_EXIT_FINDINGS : ML_EXIT_OK;
}

static const MlExample examples[] = {
    {"miglint forecast", "every branch onto the remote's default branch"},
    {"miglint forecast --base main --refs 'feature/*'", "some of them"},
    {"git fetch origin '+refs/pull/*/head:refs/pull/*/head' && miglint forecast",
     "the pull requests of a repository on GitHub, those of forks too"},
    {"miglint forecast --format markdown >> \"$GITHUB_STEP_SUMMARY\"", "in a scheduled workflow"},
    {NULL, NULL},
};

const MlCommand ml_command_forecast = {
    .name = "forecast",
    .summary = "what happens when the open branches meet the base, and each other",
    .description =
        "Merges every branch with the base in memory, and tells which of them will then make "
        "several heads, cannot be merged, or leave a graph that Alembic cannot read; and which "
        "branches are clean today but collide as soon as another of them has landed.",
    .examples = examples,
    .notes = "Without --refs these are the local and the remote branches, and the pull requests "
             "that were fetched (refs/pull/*/head). --base auto is what CI, or the remote's "
             "default branch, says.\n\n"
             "Branches that the base has already, and those that touch no migration, are counted "
             "and not listed.\n\n"
             "Exit status: 0, or with --fail-on 1 if there is trouble; 2 it could not be told.",
    .options_size = sizeof(Options),
    .add_options = add_options,
    .run = run,
};
