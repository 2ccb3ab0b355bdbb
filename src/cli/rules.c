#include "cli/cli.h"

static void print_rule(GString *out, const MlRule *rule)
{
    g_string_append_printf(out, "%-6s %-28s %-8s %s%s\n", rule->code, rule->name,
                           ml_severity_name(rule->severity), rule->summary,
                           rule->off ? " (off)" : "");
}

static int run(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (!ml_cli_parse(&ml_command_rules, NULL, &argc, &argv))
        return ML_EXIT_ERROR;
    g_autoptr(GString) out = g_string_new(NULL);
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++)
        print_rule(out, *rule);
    return ml_cli_write(NULL, out, &error) ? ML_EXIT_OK : ml_cli_fail(error);
}

const MlCommand ml_command_rules = {
    .name = "rules",
    .summary = "list the rules",
    .description = "Lists every rule: its code, its name, how severe a finding usually is, and "
                   "what it finds. Rules marked (off) run only when they are selected.",
    .notes = "`miglint explain RULE` tells all about one.",
    .run = run,
};
