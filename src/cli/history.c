#include "cli/cli.h"

#define FORMATS "text|json"

static void (*const writers[])(GString *out, const MlHistoryReport *report) = {
    ml_report_history_text,
    ml_report_history_json,
};

typedef struct {
    MlStateOptions state; /* its `commit` is where the history ends */
    char *since;
    char *format;
    char *colour;
} Options;

static void options_clear(Options *options)
{
    ml_state_options_clear(&options->state);
    g_free(options->since);
    g_free(options->format);
    g_free(options->colour);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static void add_options(GArray *entries, gpointer into)
{
    Options *options = into;
    const GOptionEntry own[] = {
        {"commit", 0, 0, G_OPTION_ARG_FILENAME, &options->state.commit,
         "the history of this commit instead of HEAD's", "REV"},
        {"since", 0, 0, G_OPTION_ARG_FILENAME, &options->since,
         "begin behind this commit instead of at the first", "REV"},
        {"format", 0, 0, G_OPTION_ARG_STRING, &options->format, "how to report; text by default",
         FORMATS},
        {"color", 0, 0, G_OPTION_ARG_STRING, &options->colour,
         "colour the text; auto, the default, does so on a terminal", ML_COLOUR_CHOICES},
    };
    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
    ml_place_add_options(entries, &options->state);
}

static GPtrArray *look_back(const MlWorkspace *workspace, const Options *options, guint *commits,
                            GError **error)
{
    g_auto(MlQuestion) question = {0};
    if (!ml_workspace_ask(workspace, &options->state, &question, error))
        return NULL;
    g_autoptr(MlCommit) since = NULL;
    if (options->since != NULL &&
        !(since = ml_commit_find(workspace->repository, options->since, error)))
        return NULL;
    MlMeter meter = {0};
    GPtrArray *episodes = ml_episodes_find(
        workspace->repository, since ? since->id : NULL, ml_tree_commit(workspace->tree),
        &question.query, commits, workspace->quiet ? NULL : ml_meter_show, &meter, error);
    ml_meter_end(&meter);
    return episodes;
}

static int run(int argc, char **argv)
{
    static char *no_paths[] = {NULL};
    g_autoptr(GError) error = NULL;
    g_auto(Options) options = {0};
    gsize format = 0;
    gboolean colour;
    if (!ml_cli_parse(&ml_command_history, &options, &argc, &argv))
        return ML_EXIT_ERROR;
    if ((options.format != NULL &&
         !ml_cli_choose("--format", FORMATS, options.format, -1, &format, &error)) ||
        !ml_cli_colour(options.colour, &colour, &error))
        return ml_cli_fail(error);
    if (options.state.commit == NULL)
        options.state.commit = g_strdup("HEAD");
    guint commits = 0;
    g_autoptr(MlWorkspace) workspace =
        ml_workspace_open(&options.state, no_paths, ML_LOAD_HEADERS, &error);
    g_autoptr(GPtrArray) episodes =
        workspace ? look_back(workspace, &options, &commits, &error) : NULL;
    if (episodes == NULL)
        return ml_cli_fail(error);
    if (ml_repository_is_shallow(workspace->repository) && !options.state.quiet)
        ml_cli_note("this clone is shallow, and its history ends early: `git fetch --unshallow` "
                    "brings the rest");
    const MlHistoryReport report = {
        .episodes = episodes,
        .commits = commits,
        .now = g_get_real_time() / G_USEC_PER_SEC,
        .colour = colour,
    };
    g_autoptr(GString) out = g_string_new(NULL);
    writers[format](out, &report);
    return ml_cli_write(NULL, out, &error) ? ML_EXIT_OK : ml_cli_fail(error);
}

static const MlExample examples[] = {
    {"miglint history", "of the branch that is checked out"},
    {"miglint history --commit origin/main --since v2.0", "of another, since a release"},
    {NULL, NULL},
};

const MlCommand ml_command_history = {
    .name = "history",
    .summary = "when the mainline had several heads, and who brought and repaired them",
    .description =
        "Walks the first parents of HEAD from the beginning and tells of each time in which the "
        "migrations had several heads in one line: since when, for how long, which commit brought "
        "them, and which one joined them again.",
    .examples = examples,
    .options_size = sizeof(Options),
    .add_options = add_options,
    .run = run,
};
