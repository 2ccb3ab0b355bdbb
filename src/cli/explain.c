#include "cli/cli.h"

static void example(GString *out, const char *title, const char *text)
{
    g_string_append_printf(out, "%s\n\n", title);
    g_autofree char *chomped = g_strchomp(g_strdup(text));
    g_auto(GStrv) lines = g_strsplit(chomped, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        g_string_append_printf(out, "%s%s\n", **line ? "    " : "", *line);
    g_string_append_c(out, '\n');
}

static void explain(GString *out, const MlRule *rule)
{
    g_string_append_printf(out, "%s %s (%s%s)\n\n", rule->code, rule->name,
                           ml_severity_name(rule->severity),
                           rule->off ? ", not selected by default" : "");
    g_string_append_printf(out, "What it finds: %s.\n\n", rule->summary);
    ml_cli_wrap(out, rule->why);
    g_string_append_c(out, '\n');
    example(out, "This raises it:", rule->bad);
    example(out, "This does not:", rule->good);
    if (rule->reference != NULL)
        g_string_append_printf(out, "See %s\n\n", rule->reference);
    g_string_append_printf(out, "Not wanted here? miglint --ignore %s\n", rule->code);
}

static int run(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (!ml_cli_parse(&ml_command_explain, NULL, &argc, &argv))
        return ML_EXIT_ERROR;
    if (argc != 2) {
        ml_cli_complain("explain takes one rule, by code or name: miglint explain ML101");
        return ML_EXIT_ERROR;
    }
    const MlRule *rule = ml_rule_find(argv[1], &error);
    if (rule == NULL)
        return ml_cli_fail(error);
    g_autoptr(GString) out = g_string_new(NULL);
    explain(out, rule);
    return ml_cli_write(NULL, out, &error) ? ML_EXIT_OK : ml_cli_fail(error);
}

static const MlExample examples[] = {
    {"miglint explain ML101", "by code"},
    {"miglint explain multiple-heads", "by name"},
    {NULL, NULL},
};

const MlCommand ml_command_explain = {
    .name = "explain",
    .summary = "tell all about one rule",
    .arguments = "RULE",
    .description = "Tells what a rule finds, why that matters and what to do about it, with an "
                   "example that raises it and one that does not.",
    .examples = examples,
    .run = run,
};
