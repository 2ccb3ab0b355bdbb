#include "cli/cli.h"

#include <string.h>
#include <unistd.h>

G_DEFINE_QUARK(ml_cli_error, ml_cli_error)

gboolean ml_cli_parse(int *argc, char ***argv, const char *arguments, const char *summary,
                      const char *description, GOptionEntry *const *groups)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new(arguments);
    g_option_context_set_summary(context, summary);
    g_option_context_set_description(context, description);
    for (; *groups != NULL; groups++)
        g_option_context_add_main_entries(context, *groups, NULL);
    if (g_option_context_parse(context, argc, argv, &error)) {
        if (*argc > 1 && strcmp((*argv)[1], "--") == 0) {
            memmove(*argv + 1, *argv + 2, (*argc - 1) * sizeof **argv);
            --*argc;
        }
        return TRUE;
    }
    g_autofree char *message = g_strdup_printf("%s; see --help", error->message);
    ml_cli_complain(message);
    return FALSE;
}

void ml_state_options_clear(MlStateOptions *options)
{
    g_free(options->folder);
    g_free(options->git_dir);
    g_free(options->commit);
    g_strfreev(options->configs);
    g_free(options->section);
    g_free(options->script_location);
}

GOptionEntry *ml_state_entries(MlStateOptions *options)
{
    const GOptionEntry entries[] = {
        {"directory", 'C', 0, G_OPTION_ARG_FILENAME, &options->folder, "start in DIR", "DIR"},
        {"git-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->git_dir,
         "the repository; a bare one is fine", "DIR"},
        {"commit", 0, 0, G_OPTION_ARG_FILENAME, &options->commit,
         "look at a commit instead of the working tree", "REV"},
        {"config", 'c', 0, G_OPTION_ARG_FILENAME_ARRAY, &options->configs,
         "only the environment of this ini or pyproject.toml (or both), as in alembic -c", "FILE"},
        {"name", 'n', 0, G_OPTION_ARG_STRING, &options->section,
         "only the environment of this section of the ini, as in alembic -n", "SECTION"},
        {"script-location", 0, 0, G_OPTION_ARG_FILENAME, &options->script_location,
         "only the environment whose env.py lies in DIR", "DIR"},
        G_OPTION_ENTRY_NULL,
    };
    return g_memdup2(entries, sizeof entries);
}

gboolean ml_cli_colour(const char *word, gboolean *colour, GError **error)
{
    if (word == NULL || strcmp(word, "auto") == 0) {
        const char *no_color = g_getenv("NO_COLOR");
        const char *terminal = g_getenv("TERM");
        *colour = isatty(STDOUT_FILENO) && (no_color == NULL || *no_color == '\0') &&
                  g_strcmp0(terminal, "dumb") != 0;
        return TRUE;
    }
    *colour = strcmp(word, "always") == 0;
    if (*colour || strcmp(word, "never") == 0)
        return TRUE;
    g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                "--color takes auto, always or never, not '%s'", word);
    return FALSE;
}
