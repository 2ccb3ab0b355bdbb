#include "cli/generate.h"

static void append_rules(GString *out)
{
    g_string_append(out, "_miglint_rules='all");
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++)
        g_string_append_printf(out, " %s %s", (*rule)->code, (*rule)->name);
    g_string_append(out, "'\n\n");
}

/* The shell code that completes $word. */
static void append_action(GString *out, const char *metavariable)
{
    g_autofree char *choices = NULL;
    switch (ml_completion_of(metavariable)) {
    case ML_COMPLETE_FILES:
        g_string_append(out, "_miglint_files -f");
        break;
    case ML_COMPLETE_FOLDERS:
        g_string_append(out, "_miglint_files -d");
        break;
    case ML_COMPLETE_RULE:
        g_string_append(out, "_miglint_words \"${_miglint_rules#all }\"");
        break;
    case ML_COMPLETE_RULES:
        g_string_append(out, "_miglint_list \"$_miglint_rules\"");
        break;
    case ML_COMPLETE_REFS:
        g_string_append(out, "_miglint_refs");
        break;
    case ML_COMPLETE_CHOICES:
        choices = ml_completion_choices(metavariable);
        g_string_append_printf(out, "_miglint_words '%s'", choices);
        break;
    case ML_COMPLETE_NOTHING:
        g_string_append(out, ":");
        break;
    }
}

/* The case of an option that takes a value. */
static void append_value(GString *out, const char *command, const GOptionEntry *entry)
{
    g_string_append_printf(out, "    '%s --%s'", command, entry->long_name);
    if (entry->short_name != 0)
        g_string_append_printf(out, " | '%s -%c'", command, entry->short_name);
    g_string_append(out, ")\n        ");
    append_action(out, entry->arg_description);
    g_string_append(out, "\n        return ;;\n");
}

static void append_values(GString *out)
{
    g_string_append(out, "    case \"$command $option\" in\n");
    for (const MlCommand *const *command = ml_commands; *command != NULL; command++) {
        g_autofree char *scratch = g_malloc0((*command)->options_size);
        g_autoptr(GArray) entries = ml_cli_entries(*command, scratch);
        for (guint i = 0; i < entries->len && !(*command)->hidden; i++) {
            const GOptionEntry *entry = &g_array_index(entries, GOptionEntry, i);
            if (ml_completion_is_option(entry) && entry->arg != G_OPTION_ARG_NONE)
                append_value(out, (*command)->name, entry);
        }
    }
    g_string_append(out, "    esac\n");
}

static void append_options(GString *out, const MlCommand *command)
{
    g_autofree char *scratch = g_malloc0(command->options_size);
    g_autoptr(GArray) entries = ml_cli_entries(command, scratch);
    g_string_append_printf(out, "    '%s -'*)\n        _miglint_words '--help", command->name);
    for (guint i = 0; i < entries->len; i++) {
        const GOptionEntry *entry = &g_array_index(entries, GOptionEntry, i);
        if (ml_completion_is_option(entry))
            g_string_append_printf(out, " --%s", entry->long_name);
    }
    g_string_append_printf(out, "%s' ;;\n    '%s '*)\n        ",
                           command == &ml_command_check ? " --version" : "", command->name);
    append_action(out, command->arguments);
    g_string_append(out, " ;;\n");
}

void ml_generate_bash(GString *out)
{
    g_autofree char *names = ml_completion_commands(" ");
    g_autofree char *pattern = ml_completion_commands(" | ");
    g_string_append(out, "# bash completion for miglint\n\n");
    append_rules(out);
    g_string_append(
        out, "_miglint_words() {\n"
             "    mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W \"$1\" -- \"$word\")\n"
             "}\n\n"
             "_miglint_files() {\n"
             "    compopt -o filenames 2>/dev/null\n"
             "    mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen \"$1\" -- \"$word\")\n"
             "}\n\n"
             "# Several words, parted by commas: the last one is completed.\n"
             "_miglint_list() {\n"
             "    local before=${word%\"${word##*,}\"}\n"
             "    mapfile -t COMPREPLY < <(compgen -P \"$before\" -W \"$1\" -- \"${word##*,}\")\n"
             "}\n\n"
             "# A name of git's may hold what the shell would run: such names are left out.\n"
             "_miglint_refs() {\n"
             "    local ref\n"
             "    while read -r ref; do\n"
             "        if [[ $ref == \"$word\"* && $ref != *[^[:alnum:]._/@+-]* ]]; then\n"
             "            COMPREPLY+=(\"$ref\")\n"
             "        fi\n"
             "    done < <(git for-each-ref --format='%(refname:short)' 2>/dev/null)\n"
             "}\n\n"
             "_miglint() {\n"
             "    local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]}\n"
             "    local command=check before=2\n"
             "    COMPREPLY=()\n");
    g_string_append_printf(out,
                           "    if ((COMP_CWORD > 1)); then\n"
                           "        case ${COMP_WORDS[1]} in\n"
                           "        %s) command=${COMP_WORDS[1]} ;;\n"
                           "        esac\n"
                           "    fi\n",
                           pattern);
    g_string_append(
        out, "    # Bash makes words of their own of the equals signs in --option=name=FILE.\n"
             "    if [[ $word == = ]]; then\n"
             "        word= before=1\n"
             "    fi\n"
             "    if [[ ${COMP_WORDS[COMP_CWORD - before + 1]} == = ]]; then\n"
             "        option=${COMP_WORDS[COMP_CWORD - before]}\n"
             "        if [[ $option != -* ]]; then\n"
             "            _miglint_files -f\n"
             "            return\n"
             "        fi\n"
             "    fi\n");
    append_values(out);
    g_string_append_printf(out,
                           "    if ((COMP_CWORD == 1)) && [[ $word != -* ]]; then\n"
                           "        _miglint_words '%s'\n"
                           "    fi\n"
                           "    case \"$command $word\" in\n",
                           names);
    for (const MlCommand *const *command = ml_commands; *command != NULL; command++)
        if (!(*command)->hidden)
            append_options(out, *command);
    g_string_append(out, "    esac\n"
                         "}\n\n"
                         "complete -F _miglint miglint\n");
}
