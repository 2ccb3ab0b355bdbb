#include "cli/cli.h"
#include "miglint/text.h"

#include <string.h>
#include <unistd.h>

G_DEFINE_QUARK(ml_cli_error, ml_cli_error)

/* --- what a subcommand takes --------------------------------------------------------- */

GArray *ml_cli_entries(const MlCommand *command, gpointer options)
{
    GArray *entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
    if (command->add_options != NULL)
        command->add_options(entries, options);
    return entries;
}

static void append_examples(GString *out, const MlExample *example)
{
    g_string_append(out, "Examples:\n");
    for (; example->command != NULL; example++)
        g_string_append_printf(out, "  %s\n      %s\n", example->command, example->effect);
}

/* What follows the options in the help text. */
static char *epilogue(const MlCommand *command)
{
    GString *out = g_string_new(NULL);
    if (command->examples != NULL)
        append_examples(out, command->examples);
    if (command->examples != NULL && command->notes != NULL)
        g_string_append_c(out, '\n');
    if (command->notes != NULL)
        ml_cli_wrap(out, command->notes);
    return g_string_free(out, FALSE);
}

/* --- options that there are not ------------------------------------------------------- */

/* The option that GLib complains of: it cites it, in the user's language. */
static const char *find_cited(char **argv, const char *message)
{
    const char *longest = NULL;
    for (; *argv != NULL; argv++)
        if (**argv == '-' && strstr(message, *argv) != NULL &&
            (longest == NULL || strlen(*argv) > strlen(longest)))
            longest = *argv;
    return longest;
}

static const char *nearest_option(const GArray *entries, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_ptr_array_add(names, (gpointer) "help");
    for (guint i = 0; i < entries->len; i++) {
        const GOptionEntry *entry = &g_array_index(entries, GOptionEntry, i);
        if (*entry->long_name != '\0')
            g_ptr_array_add(names, (gpointer)entry->long_name);
    }
    return ml_nearest(name, (const char *const *)names->pdata, names->len);
}

/* "unknown option --selct: did you mean --select?" */
static char *describe_unknown(const GArray *entries, const char *option)
{
    gsize length = strcspn(option, "=");
    g_autofree char *word = g_strndup(option, length);
    const char *dashless = word + strspn(word, "-");
    const char *nearest = strlen(dashless) > 1 ? nearest_option(entries, dashless) : NULL;
    return nearest ? g_strdup_printf("unknown option %s: did you mean --%s?", word, nearest)
                   : g_strdup_printf("unknown option %s", word);
}

static void complain(const MlCommand *command, const GArray *entries, char **argv,
                     const GError *error)
{
    const char *cited = g_error_matches(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION)
                            ? find_cited(argv, error->message)
                            : NULL;
    g_autofree char *what = cited ? describe_unknown(entries, cited) : g_strdup(error->message);
    g_autofree char *message =
        g_strdup_printf("%s%s `miglint %s --help` lists the options", what,
                        g_str_has_suffix(what, "?") ? "" : ";", command->name);
    ml_cli_complain(message);
}

/* FALSE, as every complaint of the parser is. */
static gboolean complain_of_argument(const MlCommand *command, const char *argument)
{
    g_autofree char *message = g_strdup_printf(
        "%s takes no arguments, but got '%s'; `miglint %s --help` lists the options", command->name,
        argument, command->name);
    ml_cli_complain(message);
    return FALSE;
}

/* --- parsing ----------------------------------------------------------------------------- */

static void drop_double_dash(int *argc, char **argv)
{
    if (*argc > 1 && strcmp(argv[1], "--") == 0) {
        memmove(argv + 1, argv + 2, (*argc - 1) * sizeof *argv);
        --*argc;
    }
}

/* Every user of the machine can list the words that a process was started with. */
static void hide_passwords(char **words)
{
    for (; *words != NULL; words++) {
        g_autofree char *password = ml_url_password(*words);
        char *found = password && *password != '\0' ? strstr(*words, password) : NULL;
        for (; found != NULL; found = strstr(found + strlen(password), password))
            memset(found, '*', strlen(password));
    }
}

gboolean ml_cli_parse(const MlCommand *command, gpointer options, int *argc, char ***argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) entries = ml_cli_entries(command, options);
    g_autoptr(GString) summary = g_string_new(NULL);
    g_autofree char *description = epilogue(command);
    g_autoptr(GOptionContext) context = g_option_context_new(command->arguments);
    ml_cli_wrap(summary, command->description);
    g_option_context_set_summary(context, g_strchomp(summary->str));
    g_option_context_set_description(context, g_strchomp(description));
    g_option_context_add_main_entries(context, (const GOptionEntry *)entries->data, NULL);
    g_autofree char **given = g_memdup2(*argv, (*argc + 1) * sizeof **argv);
    if (!g_option_context_parse(context, argc, argv, &error)) {
        complain(command, entries, given, error);
        return FALSE;
    }
    hide_passwords(given);
    drop_double_dash(argc, *argv);
    return command->arguments != NULL || *argc < 2 || complain_of_argument(command, (*argv)[1]);
}

gboolean ml_cli_choose(const char *option, const char *choices, const char *word, gssize length,
                       gsize *index, GError **error)
{
    g_auto(GStrv) all = g_strsplit(choices, "|", -1);
    g_autofree char *name = g_strndup(word, length < 0 ? strlen(word) : (gsize)length);
    for (*index = 0; all[*index] != NULL; ++*index)
        if (strcmp(all[*index], name) == 0)
            return TRUE;
    const char *nearest = ml_nearest(name, (const char *const *)all, g_strv_length(all));
    g_autofree char *list = g_strjoinv(", ", all);
    g_autofree char *offer =
        nearest ? g_strdup_printf("; did you mean %s?", nearest) : g_strdup("");
    g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE, "%s takes one of %s, not '%s'%s", option,
                list, name, offer);
    return FALSE;
}

/* --- the options that subcommands share ---------------------------------------------------- */

void ml_state_options_clear(MlStateOptions *options)
{
    g_free(options->folder);
    g_free(options->git_dir);
    g_free(options->commit);
    g_free(options->base);
    g_free(options->head);
    g_strfreev(options->configs);
    g_free(options->section);
    g_free(options->script_location);
}

gboolean ml_state_options_need_git(const MlStateOptions *options)
{
    return options->git_dir != NULL || options->commit != NULL || options->base != NULL ||
           options->staged;
}

gboolean ml_state_options_check(const MlStateOptions *options, GError **error)
{
    gint states = (options->commit != NULL) + (options->base != NULL) + options->staged;
    const char *mistake = NULL;
    if (options->head != NULL && options->base == NULL)
        mistake = "--head is what is merged into a base: name that with --base, or write --commit";
    else if (states > 1)
        mistake = "--base, --staged and --commit name different states: give one of them";
    if (mistake != NULL)
        g_set_error_literal(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE, mistake);
    return mistake == NULL;
}

void ml_place_add_options(GArray *entries, MlStateOptions *options)
{
    const GOptionEntry own[] = {
        {"directory", 'C', 0, G_OPTION_ARG_FILENAME, &options->folder,
         "start in DIR instead of the current folder", "DIR"},
        {"git-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->git_dir,
         "read this repository; a bare one is fine", "DIR"},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet,
         "say what was asked for alone: no notes, no summary", NULL},
        {"verbose", 'v', 0, G_OPTION_ARG_NONE, &options->verbose,
         "tell which environments were found, and how, on standard error", NULL},
        {"config", 'c', 0, G_OPTION_ARG_FILENAME_ARRAY, &options->configs,
         "only the environment of this ini or pyproject.toml, as in alembic -c", "FILE"},
        {"name", 'n', 0, G_OPTION_ARG_STRING, &options->section,
         "only the environment of this section of the ini, as in alembic -n", "SECTION"},
        {"script-location", 0, 0, G_OPTION_ARG_FILENAME, &options->script_location,
         "only the environment whose env.py lies in DIR", "DIR"},
    };
    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
}

void ml_state_add_options(GArray *entries, MlStateOptions *options)
{
    const GOptionEntry own[] = {
        {"commit", 0, 0, G_OPTION_ARG_FILENAME, &options->commit,
         "look at a commit instead of the working tree", "REV"},
        {"base", 0, 0, G_OPTION_ARG_FILENAME, &options->base,
         "judge what git will make of the merge into REF (auto: find out which)", "REF"},
        {"head", 0, 0, G_OPTION_ARG_FILENAME, &options->head,
         "with --base: merge this instead of the working tree", "REF"},
        {"staged", 0, 0, G_OPTION_ARG_NONE, &options->staged,
         "look at what `git commit` would record now, and compare it with HEAD", NULL},
    };
    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
    ml_place_add_options(entries, options);
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
    gsize choice;
    if (!ml_cli_choose("--color", ML_COLOUR_CHOICES, word, -1, &choice, error))
        return FALSE;
    *colour = choice == 1;
    return TRUE;
}
