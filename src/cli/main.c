#include "cli/cli.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

const MlCommand ml_commands[] = {
    {"check", "lint the migrations (the default command)", ml_command_check},
    {"graph", "draw the revision graph", ml_command_graph},
    {"rules", "list the rules", ml_command_rules},
    {"explain", "tell all about one rule", ml_command_explain},
    {NULL, NULL, NULL},
};

static const MlCommand *find_command(const char *word)
{
    for (const MlCommand *command = ml_commands; word != NULL && command->name; command++)
        if (strcmp(command->name, word) == 0)
            return command;
    return NULL;
}

static void print_help(void)
{
    puts("miglint: a linter for Alembic migrations that understands git\n"
         "\n"
         "Usage:\n"
         "  miglint [check] [OPTIONS] [PATH...]\n"
         "  miglint COMMAND [OPTIONS]\n"
         "\n"
         "Commands:");
    for (const MlCommand *command = ml_commands; command->name != NULL; command++)
        printf("  %-10s %s\n", command->name, command->summary);
    puts("\n"
         "`miglint COMMAND --help` tells a command's options.\n"
         "\n"
         "Without a PATH the whole repository is looked at, as it lies in the working tree:\n"
         "every Alembic environment in it. No Python is run and nothing is written.\n"
         "\n"
         "Exit status: 0 nothing found, 1 findings, 2 it could not be told.");
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    const char *first = argc > 1 ? argv[1] : NULL;
    if (g_strcmp0(first, "--help") == 0 || g_strcmp0(first, "-h") == 0 ||
        g_strcmp0(first, "help") == 0) {
        print_help();
        return ML_EXIT_OK;
    }
    if (g_strcmp0(first, "--version") == 0) {
        puts("miglint " MIGLINT_VERSION);
        return ML_EXIT_OK;
    }
    const MlCommand *command = find_command(first);
    if (command == NULL) {
        g_set_prgname("miglint");
        return ml_command_check(argc, argv);
    }
    g_autofree char *program = g_strconcat("miglint ", command->name, NULL);
    g_set_prgname(program);
    return command->run(argc - 1, argv + 1);
}
