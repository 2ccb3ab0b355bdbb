#include "cli/generate.h"

#include <string.h>

#define PRODUCTS "man|bash|zsh|fish"

static void (*const generators[])(GString *out) = {
    ml_generate_manual,
    ml_generate_bash,
    ml_generate_zsh,
    ml_generate_fish,
};

/* --- for the shells ------------------------------------------------------------------ */

MlCompletion ml_completion_of(const char *metavariable)
{
    static const struct {
        const char *name;
        MlCompletion completion;
    } known[] = {
        {"PATH", ML_COMPLETE_FILES}, {"FILE", ML_COMPLETE_FILES},  {"DIR", ML_COMPLETE_FOLDERS},
        {"RULE", ML_COMPLETE_RULE},  {"RULES", ML_COMPLETE_RULES}, {"REV", ML_COMPLETE_REFS},
        {"REF", ML_COMPLETE_REFS},
    };
    if (metavariable == NULL)
        return ML_COMPLETE_NOTHING;
    if (strchr(metavariable, '|') != NULL)
        return ML_COMPLETE_CHOICES;
    const char *name = metavariable + strspn(metavariable, "[");
    gsize length = strcspn(name, ".]");
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if (strlen(known[i].name) == length && strncmp(known[i].name, name, length) == 0)
            return known[i].completion;
    return ML_COMPLETE_NOTHING;
}

char *ml_completion_choices(const char *metavariable)
{
    const char *choices = metavariable + strspn(metavariable, "[");
    return g_strdelimit(g_strndup(choices, strcspn(choices, "[]")), "|", ' ');
}

char *ml_completion_commands(const char *separator)
{
    GString *names = g_string_new(NULL);
    for (const MlCommand *const *command = ml_commands; *command != NULL; command++)
        if (!(*command)->hidden)
            g_string_append_printf(names, "%s%s", names->len ? separator : "", (*command)->name);
    return g_string_free(names, FALSE);
}

gboolean ml_completion_is_option(const GOptionEntry *entry)
{
    return *entry->long_name != '\0' && !(entry->flags & G_OPTION_FLAG_HIDDEN);
}

/* --- the subcommand -------------------------------------------------------------------- */

static int run(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    gsize product;
    if (!ml_cli_parse(&ml_command_generate, NULL, &argc, &argv))
        return ML_EXIT_ERROR;
    if (!ml_cli_choose("generate", PRODUCTS, argc == 2 ? argv[1] : "", -1, &product, &error))
        return ml_cli_fail(error);
    g_autoptr(GString) out = g_string_new(NULL);
    generators[product](out);
    return ml_cli_write(NULL, out, &error) ? ML_EXIT_OK : ml_cli_fail(error);
}

const MlCommand ml_command_generate = {
    .name = "generate",
    .summary = "write the manual page or a shell's completions",
    .arguments = PRODUCTS,
    .description = "Writes the manual page, or the completions of a shell, to standard output. "
                   "`cmake --install` puts them where they belong.",
    .hidden = TRUE,
    .run = run,
};
