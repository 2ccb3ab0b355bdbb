#include "cli/generate.h"

#include <string.h>

/* Text of an _arguments or _values specification: brackets end it, colons part it. */
static void append_text(GString *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("[]:\\", *text) != NULL)
            g_string_append_c(out, '\\');
        if (*text == '\'')
            g_string_append(out, "'\\''");
        else
            g_string_append_c(out, *text);
    }
}

/* ":message:action" of what takes a value, within single quotes. */
static void append_action(GString *out, const char *metavariable)
{
    g_autofree char *choices = NULL;
    switch (ml_completion_of(metavariable)) {
    case ML_COMPLETE_FILES:
        g_string_append(out, ":file:_files");
        break;
    case ML_COMPLETE_FOLDERS:
        g_string_append(out, ":folder:_path_files -/");
        break;
    case ML_COMPLETE_RULE:
        g_string_append(out, ":rule:_miglint_rule");
        break;
    case ML_COMPLETE_RULES:
        g_string_append(out, ":rules:_miglint_rules");
        break;
    case ML_COMPLETE_REFS:
        g_string_append(out, ":commit:_miglint_refs");
        break;
    case ML_COMPLETE_CHOICES:
        choices = ml_completion_choices(metavariable);
        if (strstr(metavariable, "[=FILE]") != NULL)
            g_string_append_printf(out, ":choice:_miglint_target %s", choices);
        else
            g_string_append_printf(out, ":choice:(%s)", choices);
        break;
    case ML_COMPLETE_NOTHING:
        g_string_append_printf(out, ":%s: ", metavariable);
        break;
    }
}

static gboolean may_be_repeated(const GOptionEntry *entry)
{
    return entry->arg == G_OPTION_ARG_STRING_ARRAY || entry->arg == G_OPTION_ARG_FILENAME_ARRAY;
}

/* '*--select=[what it does]:rules:_miglint_rules' and the like, one for each name. */
static void append_option(GString *out, const GOptionEntry *entry)
{
    gboolean takes_value = entry->arg != G_OPTION_ARG_NONE;
    const char *once = may_be_repeated(entry) ? "*" : "";
    char short_name[] = {'-', entry->short_name, takes_value ? '+' : '\0', '\0'};
    g_autofree char *long_name =
        g_strdup_printf("--%s%s", entry->long_name, takes_value ? "=" : "");
    const char *const names[] = {long_name, entry->short_name ? short_name : NULL};
    for (gsize i = 0; i < G_N_ELEMENTS(names) && names[i] != NULL; i++) {
        g_string_append_printf(out, "        '%s%s[", once, names[i]);
        append_text(out, entry->description);
        g_string_append_c(out, ']');
        if (takes_value)
            append_action(out, entry->arg_description);
        g_string_append(out, "' \\\n");
    }
}

static void append_command(GString *out, const MlCommand *command)
{
    g_autofree char *scratch = g_malloc0(command->options_size);
    g_autoptr(GArray) entries = ml_cli_entries(command, scratch);
    g_string_append_printf(out, "_miglint_command_%s() {\n    _arguments \\\n", command->name);
    for (guint i = 0; i < entries->len; i++) {
        const GOptionEntry *entry = &g_array_index(entries, GOptionEntry, i);
        if (ml_completion_is_option(entry))
            append_option(out, entry);
    }
    g_string_append(out, "        '--help[explain the command and its options]'");
    if (command->arguments != NULL) {
        gboolean many = strstr(command->arguments, "...") != NULL;
        g_string_append_printf(out, " \\\n        '%s", many ? "*" : "1");
        append_action(out, command->arguments);
        g_string_append_c(out, '\'');
    }
    g_string_append(out, "\n}\n\n");
}

/* Every name of every rule as 'NAME[description]'. */
static void append_rule_names(GString *out)
{
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++) {
        const char *const names[] = {(*rule)->code, (*rule)->name};
        for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
            g_string_append_printf(out, " \\\n        '%s[", names[i]);
            append_text(out, i == 0 ? (*rule)->name : (*rule)->summary);
            g_string_append(out, "]'");
        }
    }
    g_string_append(out, "\n}\n\n");
}

static void append_commands(GString *out)
{
    g_string_append(out, "_miglint_commands() {\n    local -a commands=(\n");
    for (const MlCommand *const *command = ml_commands; *command != NULL; command++) {
        if ((*command)->hidden)
            continue;
        g_string_append_printf(out, "        '%s:", (*command)->name);
        append_text(out, (*command)->summary);
        g_string_append(out, "'\n");
    }
    g_string_append(out, "    )\n    _describe command commands\n}\n\n");
}

void ml_generate_zsh(GString *out)
{
    g_autofree char *pattern = ml_completion_commands("|");
    g_string_append(out, "#compdef miglint\n\n_miglint_rule() {\n    _values rule");
    append_rule_names(out);
    g_string_append(out, "_miglint_rules() {\n    _values -s , rule \\\n        'all[every rule]'");
    append_rule_names(out);
    g_string_append(out, "_miglint_refs() {\n"
                         "    local -a refs=(${(f)\"$(git for-each-ref --format='%(refname:short)' "
                         "2>/dev/null)\"})\n"
                         "    compadd -a refs\n"
                         "}\n\n"
                         "_miglint_target() {\n"
                         "    if compset -P '*='; then\n"
                         "        _files\n"
                         "    else\n"
                         "        compadd \"$@\"\n"
                         "    fi\n"
                         "}\n\n");
    append_commands(out);
    for (const MlCommand *const *command = ml_commands; *command != NULL; command++)
        if (!(*command)->hidden)
            append_command(out, *command);
    g_string_append_printf(out,
                           "_miglint() {\n"
                           "    if ((CURRENT > 2)) && [[ $words[2] == (%s) ]]; then\n"
                           "        local command=$words[2]\n"
                           "        shift words\n"
                           "        ((CURRENT--))\n"
                           "        _miglint_command_$command\n"
                           "        return\n"
                           "    fi\n"
                           "    ((CURRENT == 2)) && _miglint_commands\n"
                           "    _miglint_command_check\n"
                           "}\n\n"
                           "_miglint \"$@\"\n",
                           pattern);
}
