#include "cli/generate.h"

#include <string.h>

static void append_quoted(GString *out, const char *text)
{
    g_string_append_c(out, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *text);
    }
    g_string_append_c(out, '\'');
}

static void append_rules(GString *out)
{
    g_string_append(out, "function __miglint_rules\n    printf '%s\\t%s\\n'");
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++) {
        g_string_append_printf(out, " \\\n        %s ", (*rule)->code);
        append_quoted(out, (*rule)->name);
        g_string_append_printf(out, " %s ", (*rule)->name);
        append_quoted(out, (*rule)->summary);
    }
    g_string_append(out, "\nend\n\n");
}

/* The options of `complete` for what takes a value. */
static void append_action(GString *out, const char *metavariable)
{
    g_autofree char *choices = NULL;
    switch (ml_completion_of(metavariable)) {
    case ML_COMPLETE_FILES:
        g_string_append(out, " -r -F");
        break;
    case ML_COMPLETE_FOLDERS:
        g_string_append(out, " -x -a '(__fish_complete_directories)'");
        break;
    case ML_COMPLETE_RULE:
        g_string_append(out, " -x -a '(__miglint_rules)'");
        break;
    case ML_COMPLETE_RULES:
        g_string_append(out, " -x -a '(__miglint_rule_list)'");
        break;
    case ML_COMPLETE_REFS:
        g_string_append(out, " -x -a '(__miglint_refs)'");
        break;
    case ML_COMPLETE_CHOICES:
        choices = ml_completion_choices(metavariable);
        g_string_append_printf(out, " %s -a '%s'",
                               strstr(metavariable, "[=FILE]") != NULL ? "-r" : "-x", choices);
        break;
    case ML_COMPLETE_NOTHING:
        g_string_append(out, " -x");
        break;
    }
}

static void append_option(GString *out, const MlCommand *command, const GOptionEntry *entry)
{
    g_string_append_printf(out, "complete -c miglint -n '__miglint_is %s' -l %s", command->name,
                           entry->long_name);
    if (entry->short_name != 0)
        g_string_append_printf(out, " -s %c", entry->short_name);
    if (entry->arg != G_OPTION_ARG_NONE)
        append_action(out, entry->arg_description);
    g_string_append(out, " -d ");
    append_quoted(out, entry->description);
    g_string_append_c(out, '\n');
}

static void append_command(GString *out, const MlCommand *command)
{
    g_autofree char *scratch = g_malloc0(command->options_size);
    g_autoptr(GArray) entries = ml_cli_entries(command, scratch);
    g_string_append_printf(out, "\ncomplete -c miglint -n __miglint_is_first -a %s -d ",
                           command->name);
    append_quoted(out, command->summary);
    g_string_append_c(out, '\n');
    if (command->arguments != NULL) {
        g_string_append_printf(out, "complete -c miglint -n '__miglint_is %s'", command->name);
        append_action(out, command->arguments);
        g_string_append_c(out, '\n');
    }
    for (guint i = 0; i < entries->len; i++) {
        const GOptionEntry *entry = &g_array_index(entries, GOptionEntry, i);
        if (ml_completion_is_option(entry))
            append_option(out, command, entry);
    }
}

void ml_generate_fish(GString *out)
{
    g_autofree char *names = ml_completion_commands(" ");
    g_string_append(out, "# fish completion for miglint\n\n");
    append_rules(out);
    g_string_append(out,
                    "# Several rules, parted by commas: the last one is completed.\n"
                    "function __miglint_rule_list\n"
                    "    set -l before (commandline -ct | string replace -r '^--[^=]*=' '' | "
                    "string replace -r '[^,]*$' '')\n"
                    "    printf \"$before%s\\n\" (printf 'all\\tevery rule\\n'; __miglint_rules)\n"
                    "end\n\n"
                    "function __miglint_refs\n"
                    "    git for-each-ref --format='%(refname:short)' 2>/dev/null\n"
                    "end\n\n"
                    "function __miglint_is_first\n"
                    "    test (count (commandline -opc)) = 1\n"
                    "end\n\n");
    g_string_append_printf(out,
                           "function __miglint_is\n"
                           "    set -l words (commandline -opc)\n"
                           "    set -l command check\n"
                           "    if set -q words[2]; and contains -- $words[2] %s\n"
                           "        set command $words[2]\n"
                           "    end\n"
                           "    test $argv[1] = $command\n"
                           "end\n\n"
                           "complete -c miglint -f\n"
                           "complete -c miglint -l help -d 'explain the command and its options'\n"
                           "complete -c miglint -n __miglint_is_first -l version -d "
                           "'tell the version, and those of the libraries'\n",
                           names);
    for (const MlCommand *const *command = ml_commands; *command != NULL; command++)
        if (!(*command)->hidden)
            append_command(out, *command);
}
