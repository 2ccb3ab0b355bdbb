#include "cli/graph.h"

#define FORMATS "text|dot|mermaid|svg|json"

/* In the order of FORMATS. */
typedef enum { TEXT, DOT, MERMAID, SVG, JSON } Format;

static void (*const writers[])(GString *out, const MlGraphReport *report) = {
    [TEXT] = ml_report_graph_text,       [DOT] = ml_report_graph_dot,
    [MERMAID] = ml_report_graph_mermaid, [SVG] = ml_report_graph_dot,
    [JSON] = ml_report_graph_json,
};

typedef struct {
    MlStateOptions state;
    MlGraphChoice choice;
    char *format;
    gboolean fold;
    gboolean no_fold;
    char *output;
    char *colour;
    char **paths;
} Options;

static void options_clear(Options *options)
{
    ml_state_options_clear(&options->state);
    ml_graph_choice_clear(&options->choice);
    g_free(options->format);
    g_free(options->output);
    g_free(options->colour);
    g_strfreev(options->paths);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static void add_options(GArray *entries, gpointer into)
{
    Options *options = into;
    const GOptionEntry own[] = {
        {"revisions", 'r', 0, G_OPTION_ARG_STRING, &options->choice.range,
         "only these, in the order of their upgrade: ae10:head, +2, -3, billing@head, ...",
         "RANGE"},
        {"around", 0, 0, G_OPTION_ARG_STRING, &options->choice.around,
         "only a revision and what lies N steps from it, 3 where that is left out", "REVISION[,N]"},
        {"since", 0, 0, G_OPTION_ARG_FILENAME, &options->choice.since,
         "only what is new since a commit, a branch or a tag, and the parents of that", "REF"},
        {"format", 0, 0, G_OPTION_ARG_STRING, &options->format, "how to draw; text by default",
         FORMATS},
        {"fold", 0, 0, G_OPTION_ARG_NONE, &options->fold,
         "draw straight runs of revisions as one; diagrams do where there are many", NULL},
        {"no-fold", 0, 0, G_OPTION_ARG_NONE, &options->no_fold, "draw every revision", NULL},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output,
         "write to FILE instead of standard output", "FILE"},
        {"color", 0, 0, G_OPTION_ARG_STRING, &options->colour,
         "colour the text; auto, the default, does so on a terminal", ML_COLOUR_CHOICES},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->paths, NULL, NULL},
    };
    ml_state_add_options(entries, &options->state);
    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
}

/* What the revisions do depends on the settings. */
static gboolean set_up(const MlWorkspace *workspace, GError **error)
{
    for (guint i = 0; i < workspace->migrations->len; i++) {
        MlMigrations *migrations = g_ptr_array_index(workspace->migrations, i);
        g_autoptr(MlPreferences) preferences =
            ml_preferences_find(workspace->settings, migrations->project, error);
        if (preferences == NULL || !ml_cli_set_up(migrations, preferences, NULL, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean check(const Options *options, Format *format, gboolean *colour, GError **error)
{
    gsize chosen = TEXT;
    const char *mistake = NULL;
    if ((options->format != NULL &&
         !ml_cli_choose("--format", FORMATS, options->format, -1, &chosen, error)) ||
        !ml_state_options_check(&options->state, error) ||
        !ml_graph_choice_check(&options->choice, error) ||
        !ml_cli_colour(options->colour, colour, error))
        return FALSE;
    *format = (Format)chosen;
    if (options->fold && options->no_fold)
        mistake = "--fold and --no-fold contradict each other";
    else if (options->fold && *format == JSON)
        mistake = "--fold is for drawings: JSON lists every revision";
    if (mistake != NULL)
        g_set_error_literal(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE, mistake);
    return mistake == NULL;
}

/* The text is a list, too, that is searched for an id: it folds where that is asked for alone. */
static MlGraphFold choose_fold(const Options *options, Format format)
{
    if (options->fold)
        return ML_FOLD_ALWAYS;
    return options->no_fold || format == TEXT ? ML_FOLD_NEVER : ML_FOLD_LARGE;
}

static gboolean write_graph(const MlGraphReport *report, const Options *options, Format format,
                            GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    writers[format](out, report);
    if (format == SVG) {
        GString *svg = ml_graph_svg(out, error);
        if (svg == NULL)
            return FALSE;
        g_string_free(out, TRUE);
        out = svg;
    }
    return ml_cli_write(options->output, out, error);
}

static int run(int argc, char **argv)
{
    static char *no_paths[] = {NULL};
    g_autoptr(GError) error = NULL;
    g_auto(Options) options = {0};
    Format format;
    gboolean colour;
    if (!ml_cli_parse(&ml_command_graph, &options, &argc, &argv))
        return ML_EXIT_ERROR;
    if (!check(&options, &format, &colour, &error))
        return ml_cli_fail(error);
    /* JSON alone tells what the revisions do. */
    MlLoad load = format == JSON ? ML_LOAD_SQL : ML_LOAD_HEADERS;
    g_autoptr(MlWorkspace) workspace =
        ml_workspace_open(&options.state, options.paths ? options.paths : no_paths, load, &error);
    if (workspace == NULL || (load != ML_LOAD_HEADERS && !set_up(workspace, &error)))
        return ml_cli_fail(error);
    g_auto(MlGraphChosen) chosen = {0};
    if (!ml_graph_choose(workspace, &options.state, &options.choice, &chosen, &error))
        return ml_cli_fail(error);
    const MlGraphReport report = {
        .projects = chosen.environments ? chosen.environments : workspace->migrations,
        .nodes = chosen.nodes,
        .accents = chosen.accents,
        .fold = choose_fold(&options, format),
        .root = ml_tree_root(workspace->tree),
        .standing = workspace->standing,
        .colour = colour && options.output == NULL,
    };
    return write_graph(&report, &options, format, &error) ? ML_EXIT_OK : ml_cli_fail(error);
}

static const MlExample examples[] = {
    {"miglint graph", "every environment of the repository"},
    {"miglint graph -r -3:", "the newest three revisions"},
    {"miglint graph --commit origin/main", "as of a commit"},
    {"miglint graph --base origin/main", "as it will be once your work is merged"},
    {"miglint graph --around ae10,5", "what lies around a revision"},
    {"miglint graph --since v2.1", "what came since a release"},
    {"miglint graph --format svg -o graph.svg", "as a picture"},
    {NULL, NULL},
};

const MlCommand ml_command_graph = {
    .name = "graph",
    .summary = "draw the revision graph",
    .arguments = "[PATH...]",
    .description =
        "Draws the revision graph of every Alembic environment in the repository, or of "
        "those in or around each PATH: newest first, in the manner of `git log "
        "--graph`, with heads, bases, branch points and merge points marked. JSON tells what "
        "each revision does, too: its operations, as far as they can be told.",
    .examples = examples,
    .notes =
        "RANGE takes the words of `alembic history -r`. Without a database +N counts from "
        "base, and -N from the head.\n\n"
        "An svg is drawn by Graphviz, which has to be installed. A straight run, drawn as one, "
        "holds no head, base, branch point or merge point, no branch label and nothing that "
        "another revision depends on.",
    .options_size = sizeof(Options),
    .add_options = add_options,
    .run = run,
};
