#include "cli/cli.h"

#include <string.h>

static const struct {
    const char *name;
    void (*write)(GString *out, const MlGraphReport *report);
} formats[] = {
    {"text", ml_report_graph_text},
    {"dot", ml_report_graph_dot},
    {"mermaid", ml_report_graph_mermaid},
    {"json", ml_report_graph_json},
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

static gboolean parse(int argc, char **argv, Options *options)
{
    const GOptionEntry entries[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &options->format,
         "text (default), dot, mermaid or json", "NAME"},
        {"revisions", 'r', 0, G_OPTION_ARG_STRING, &options->range,
         "only these, in the order of their upgrade: ae10:head, +2, -3, billing@head, ...",
         "RANGE"},
        {"color", 0, 0, G_OPTION_ARG_STRING, &options->colour, "auto, always or never", "WHEN"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->paths, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autofree GOptionEntry *state = ml_state_entries(&options->state);
    GOptionEntry *const groups[] = {state, (GOptionEntry *)entries, NULL};
    return ml_cli_parse(&argc, &argv, "[PATH...]",
                        "Draws the revision graph of every Alembic environment in the repository,\n"
                        "or of those in or around each PATH: newest first.",
                        "RANGE takes the words of `alembic history -r`. Without a database +N "
                        "counts from\nbase, and -N from the head.",
                        groups);
}

static gboolean find_format(const char *name, gsize *format, GError **error)
{
    for (*format = 0; *format < G_N_ELEMENTS(formats); ++*format)
        if (name == NULL || strcmp(formats[*format].name, name) == 0)
            return TRUE;
    g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                "there is no format '%s': --format takes text, dot, mermaid or json", name);
    return FALSE;
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

int ml_command_graph(int argc, char **argv)
{
    static char *no_paths[] = {NULL};
    g_autoptr(GError) error = NULL;
    g_auto(Options) options = {0};
    gsize format;
    gboolean colour;
    if (!parse(argc, argv, &options))
        return ML_EXIT_ERROR;
    if (!find_format(options.format, &format, &error) ||
        !ml_cli_colour(options.colour, &colour, &error))
        return ml_cli_fail(error);
    g_autoptr(MlWorkspace) workspace = ml_workspace_open(
        &options.state, options.paths ? options.paths : no_paths, ML_LOAD_HEADERS, &error);
    if (workspace == NULL)
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
    formats[format].write(out, &report);
    return ml_cli_write(NULL, out, &error) ? ML_EXIT_OK : ml_cli_fail(error);
}
