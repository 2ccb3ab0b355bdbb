#include "cli/cli.h"

#define FORMATS "text|markdown"

static void write_text(GString *out)
{
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++)
        g_string_append_printf(out, "%-6s %-28s %-8s %s%s\n", (*rule)->code, (*rule)->name,
                               ml_severity_name((*rule)->severity), (*rule)->summary,
                               (*rule)->off ? " (off)" : "");
}

static void (*const writers[])(GString *out) = {
    write_text,
    ml_report_rules_markdown,
};

typedef struct {
    char *format;
} Options;

static void options_clear(Options *options)
{
    g_free(options->format);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static void add_options(GArray *entries, gpointer into)
{
    Options *options = into;
    const GOptionEntry own[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &options->format,
         "text, which is the default: a line a rule; markdown: all about each", FORMATS},
    };
    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
}

static int run(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_auto(Options) options = {0};
    gsize format = 0;
    if (!ml_cli_parse(&ml_command_rules, &options, &argc, &argv))
        return ML_EXIT_ERROR;
    if (options.format != NULL &&
        !ml_cli_choose("--format", FORMATS, options.format, -1, &format, &error))
        return ml_cli_fail(error);
    g_autoptr(GString) out = g_string_new(NULL);
    writers[format](out);
    return ml_cli_write(NULL, out, &error) ? ML_EXIT_OK : ml_cli_fail(error);
}

const MlCommand ml_command_rules = {
    .name = "rules",
    .summary = "list the rules",
    .description = "Lists every rule: its code, its name, how severe a finding usually is, and "
                   "what it finds. Rules marked (off) run only when they are selected.",
    .notes = "`miglint explain RULE` tells all about one.",
    .options_size = sizeof(Options),
    .add_options = add_options,
    .run = run,
};
