#include "cli/cli.h"
#include "miglint/roundtrip.h"
#include "miglint/sql.h"
#include "miglint/text.h"

#include <locale.h>
#include <malloc.h>
#include <string.h>

const MlCommand *const ml_commands[] = {
    &ml_command_check,    &ml_command_forecast,
    &ml_command_history,  &ml_command_graph,
    &ml_command_sql,      &ml_command_init,
    &ml_command_rules,    &ml_command_explain,
    &ml_command_generate, NULL,
};

/* --- which subcommand ------------------------------------------------------------- */

const MlCommand *ml_command_find(const char *word)
{
    for (const MlCommand *const *command = ml_commands; word != NULL && *command; command++)
        if (strcmp((*command)->name, word) == 0)
            return *command;
    return NULL;
}

const char *ml_command_nearest(const char *word)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (const MlCommand *const *command = ml_commands; *command != NULL; command++)
        if (!(*command)->hidden)
            g_ptr_array_add(names, (gpointer)(*command)->name);
    return ml_nearest(word, (const char *const *)names->pdata, names->len);
}

static int run(const MlCommand *command, int argc, char **argv)
{
    g_autofree char *program = g_strconcat("miglint ", command->name, NULL);
    g_set_prgname(program);
    return command->run(argc, argv);
}

/* --- help and version ---------------------------------------------------------------- */

static int print(const GString *text)
{
    g_autoptr(GError) error = NULL;
    return ml_cli_write(NULL, text, &error) ? ML_EXIT_OK : ml_cli_fail(error);
}

static int print_help(void)
{
    g_autoptr(GString) out = g_string_new("Usage:\n"
                                          "  miglint [check] [OPTIONS] [PATH...]\n"
                                          "  miglint COMMAND [OPTIONS]\n"
                                          "\n");
    ml_cli_wrap(out, ML_CLI_OVERVIEW);
    g_string_append(out, "\nCommands:\n");
    for (const MlCommand *const *command = ml_commands; *command != NULL; command++)
        if (!(*command)->hidden)
            g_string_append_printf(out, "  %-10s %s\n", (*command)->name, (*command)->summary);
    g_string_append(out, "\nExamples:\n"
                         "  miglint                     lint every environment of the repository\n"
                         "  miglint --commit v2.1       as of a commit, without a checkout\n"
                         "  miglint check --help        all options of a command\n"
                         "  miglint explain ML101       what a rule means, and what to do\n"
                         "  miglint --version           this version and its libraries'\n"
                         "\n"
                         "Exit status: 0 nothing found, 1 findings, 2 it could not be told.\n");
    return print(out);
}

static int print_help_of(const char *word)
{
    static char *arguments[] = {"miglint", "--help", NULL};
    const MlCommand *command = ml_command_find(word);
    if (command != NULL)
        return run(command, 2, arguments);
    const char *nearest = ml_command_nearest(word);
    g_autofree char *offer = nearest ? g_strdup_printf("did you mean '%s'?", nearest)
                                     : g_strdup("`miglint --help` lists them");
    g_autofree char *message = g_strdup_printf("there is no command '%s': %s", word, offer);
    ml_cli_complain(message);
    return ML_EXIT_ERROR;
}

static int print_version(void)
{
    g_autoptr(GString) out = g_string_new("miglint " MIGLINT_VERSION "\n");
    ml_source_libraries(out);
    ml_python_libraries(out);
    ml_project_libraries(out);
    ml_sql_libraries(out);
    ml_roundtrip_libraries(out);
    g_string_append_printf(out, "GLib %u.%u.%u\n", glib_major_version, glib_minor_version,
                           glib_micro_version);
    ml_report_libraries(out);
    return print(out);
}

/* A heap keeps what it has: this program runs for a moment only, and asks for it again at once. */
static void keep_heaps(void)
{
    mallopt(M_MMAP_THRESHOLD, 32 * 1024 * 1024);
    mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
}

int main(int argc, char **argv)
{
    keep_heaps();
    setlocale(LC_ALL, "");
    const char *first = argc > 1 ? argv[1] : NULL;
    if (g_strcmp0(first, "help") == 0 && argc > 2)
        return print_help_of(argv[2]);
    if (g_strcmp0(first, "help") == 0 || g_strcmp0(first, "--help") == 0 ||
        g_strcmp0(first, "-h") == 0)
        return print_help();
    if (g_strcmp0(first, "--version") == 0)
        return print_version();
    const MlCommand *command = ml_command_find(first);
    if (command != NULL)
        return run(command, argc - 1, argv + 1);
    g_set_prgname("miglint");
    return ml_command_check.run(argc, argv);
}
