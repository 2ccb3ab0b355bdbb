#include "cli/cli.h"

#include <string.h>

#define FORMATS "text|dot|mermaid|json"

static void (*const writers[])(GString *out, const MlGraphReport *report) = {
    ml_report_graph_text,
    ml_report_graph_dot,
    ml_report_graph_mermaid,
    ml_report_graph_json,
};

typedef struct {
    MlStateOptions state;
    char *format;
    char *range;
    char *colour;
    char **paths;
} Options;

static void options_clear(Options *options)
{
    ml_state_options_clear(&options->state);
    g_free(options->format);
    g_free(options->range);
    g_free(options->colour);
    g_strfreev(options->paths);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static void add_options(GArray *entries, gpointer into)
{
    Options *options = into;
    const GOptionEntry own[] = {
        {"revisions", 'r', 0, G_OPTION_ARG_STRING, &options->range,
         "only these, in the order of their upgrade: ae10:head, +2, -3, billing@head, ...",
         "RANGE"},
        {"format", 0, 0, G_OPTION_ARG_STRING, &options->format, "how to draw; text by default",
         FORMATS},
        {"color", 0, 0, G_OPTION_ARG_STRING, &options->colour,
         "colour the text; auto, the default, does so on a terminal", ML_COLOUR_CHOICES},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->paths, NULL, NULL},
    };
    ml_state_add_options(entries, &options->state);
    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
}

/*
 * The nodes of the range in every environment that knows its words, and these
 * environments; an error if none does.
 */
static GPtrArray *select_range(const MlWorkspace *workspace, const char *range,
                               GPtrArray *environments, GError **error)
{
    GPtrArray *nodes = g_ptr_array_new();
    g_autoptr(GError) first = NULL;
    for (guint i = 0; i < workspace->migrations->len; i++) {
        MlMigrations *migrations = g_ptr_array_index(workspace->migrations, i);
        GPtrArray *found = ml_graph_range(migrations->graph, range, first ? NULL : &first);
        if (found == NULL)
            continue;
        g_ptr_array_extend_and_steal(nodes, found);
        g_ptr_array_add(environments, migrations);
    }
    if (environments->len > 0)
        return nodes;
    g_ptr_array_unref(nodes);
    g_propagate_error(error, g_steal_pointer(&first));
    return NULL;
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

static int run(int argc, char **argv)
{
    static char *no_paths[] = {NULL};
    g_autoptr(GError) error = NULL;
    g_auto(Options) options = {0};
    gsize format = 0;
    gboolean colour;
    if (!ml_cli_parse(&ml_command_graph, &options, &argc, &argv))
        return ML_EXIT_ERROR;
    if ((options.format != NULL &&
         !ml_cli_choose("--format", FORMATS, options.format, -1, &format, &error)) ||
        !ml_state_options_check(&options.state, &error) ||
        !ml_cli_colour(options.colour, &colour, &error))
        return ml_cli_fail(error);
    /* JSON alone tells what the revisions do. */
    MlLoad load = writers[format] == ml_report_graph_json ? ML_LOAD_SQL : ML_LOAD_HEADERS;
    g_autoptr(MlWorkspace) workspace =
        ml_workspace_open(&options.state, options.paths ? options.paths : no_paths, load, &error);
    if (workspace == NULL || (load != ML_LOAD_HEADERS && !set_up(workspace, &error)))
        return ml_cli_fail(error);
    g_autoptr(GPtrArray) nodes = NULL;
    g_autoptr(GPtrArray) environments = g_ptr_array_new();
    if (options.range != NULL &&
        !(nodes = select_range(workspace, options.range, environments, &error)))
        return ml_cli_fail(error);
    const MlGraphReport report = {
        .projects = nodes ? environments : workspace->migrations,
        .nodes = nodes,
        .root = ml_tree_root(workspace->tree),
        .standing = workspace->standing,
        .colour = colour,
    };
    g_autoptr(GString) out = g_string_new(NULL);
    writers[format](out, &report);
    return ml_cli_write(NULL, out, &error) ? ML_EXIT_OK : ml_cli_fail(error);
}

static const MlExample examples[] = {
    {"miglint graph", "every environment of the repository"},
    {"miglint graph -r -3:", "the newest three revisions"},
    {"miglint graph --commit origin/main", "as of a commit"},
    {"miglint graph --base origin/main", "as it will be once your work is merged"},
    {"miglint graph --format dot | dot -Tsvg > graph.svg", "as a picture"},
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
    .notes = "RANGE takes the words of `alembic history -r`. Without a database +N counts from "
             "base, and -N from the head.",
    .options_size = sizeof(Options),
    .add_options = add_options,
    .run = run,
};
