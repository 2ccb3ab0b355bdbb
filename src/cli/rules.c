#include "cli/cli.h"

static void print_rule(GString *out, const MlRule *rule)
{
    g_string_append_printf(out, "%-6s %-28s %-8s %s%s\n", rule->code, rule->name,
                           ml_severity_name(rule->severity), rule->summary,
                           rule->off ? " (off)" : "");
}

int ml_command_rules(int argc, char **argv)
{
    GOptionEntry *const no_options[] = {NULL};
    g_autoptr(GError) error = NULL;
    if (!ml_cli_parse(&argc, &argv, NULL, "Lists every rule.",
                      "`miglint explain RULE` tells all about one.", no_options))
        return ML_EXIT_ERROR;
    if (argc > 1) {
        ml_cli_complain("rules takes no argument; `miglint explain RULE` tells of one");
        return ML_EXIT_ERROR;
    }
    g_autoptr(GString) out = g_string_new(NULL);
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++)
        print_rule(out, *rule);
    return ml_cli_write(NULL, out, &error) ? ML_EXIT_OK : ml_cli_fail(error);
}
