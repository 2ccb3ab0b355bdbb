#include "cli/cli.h"

#define WIDTH 78

/* Breaks a paragraph into lines. */
static void wrap(GString *out, const char *paragraph)
{
    g_auto(GStrv) words = g_strsplit_set(paragraph, " \n", -1);
    gsize column = 0;
    for (char **word = words; *word != NULL; word++) {
        gsize length = g_utf8_strlen(*word, -1);
        if (column > 0 && column + 1 + length > WIDTH) {
            g_string_append_c(out, '\n');
            column = 0;
        }
        g_string_append_printf(out, "%s%s", column ? " " : "", *word);
        column += length + (column > 0);
    }
    g_string_append_c(out, '\n');
}

static void paragraphs(GString *out, const char *text)
{
    g_auto(GStrv) all = g_strsplit(text, "\n\n", -1);
    for (char **paragraph = all; *paragraph != NULL; paragraph++) {
        wrap(out, *paragraph);
        g_string_append_c(out, '\n');
    }
}

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
    paragraphs(out, rule->why);
    example(out, "This raises it:", rule->bad);
    example(out, "This does not:", rule->good);
    if (rule->reference != NULL)
        g_string_append_printf(out, "See %s\n\n", rule->reference);
    g_string_append_printf(out, "Not wanted here? miglint --ignore %s\n", rule->code);
}

int ml_command_explain(int argc, char **argv)
{
    GOptionEntry *const no_options[] = {NULL};
    g_autoptr(GError) error = NULL;
    if (!ml_cli_parse(&argc, &argv, "RULE", "Tells all about one rule.",
                      "RULE is a code (ML101) or a name (multiple-heads).", no_options))
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
