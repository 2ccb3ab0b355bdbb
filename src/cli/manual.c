#include "cli/generate.h"

#include <string.h>

/* --- text for troff -------------------------------------------------------------------- */

static void append_character(GString *out, char character)
{
    static const struct {
        char character;
        const char *escape;
    } escapes[] = {
        {'\\', "\\e"}, {'-', "\\-"}, {'\'', "\\(aq"}, {'^', "\\(ha"}, {'~', "\\(ti"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(escapes); i++)
        if (escapes[i].character == character) {
            g_string_append(out, escapes[i].escape);
            return;
        }
    g_string_append_c(out, character);
}

/* Text within a line; `command` in backquotes becomes bold. */
static void text(GString *out, const char *words)
{
    gboolean bold = FALSE;
    for (; *words != '\0'; words++)
        if (*words == '`') {
            bold = !bold;
            g_string_append(out, bold ? "\\fB" : "\\fR");
        } else {
            append_character(out, *words);
        }
}

/* A line of its own: no dot at its beginning may be taken for a request. */
static void line(GString *out, const char *words)
{
    if (*words == '.' || *words == '\'')
        g_string_append(out, "\\&");
    text(out, words);
    g_string_append_c(out, '\n');
}

static void bold(GString *out, const char *words)
{
    g_string_append(out, "\\fB");
    text(out, words);
    g_string_append(out, "\\fR");
}

/* Metavariables: what people put in is in italics, what they write as it is in bold. */
static void metavariable(GString *out, const char *words)
{
    while (*words != '\0') {
        gsize length = strcspn(words, "|[]=.");
        g_autofree char *word = g_strndup(words, length);
        if (length > 0) {
            g_string_append(out, g_ascii_isupper(*word) ? "\\fI" : "\\fB");
            text(out, word);
            g_string_append(out, "\\fR");
        }
        for (words += length; *words != '\0' && strchr("|[]=.", *words) != NULL; words++)
            g_string_append_c(out, *words);
    }
}

/* The first paragraph follows a heading, or a tag. */
static void paragraphs(GString *out, const char *words)
{
    g_auto(GStrv) all = g_strsplit(words, "\n\n", -1);
    for (guint i = 0; all[i] != NULL; i++) {
        if (i > 0)
            g_string_append(out, ".PP\n");
        line(out, all[i]);
    }
}

/* --- subcommands ----------------------------------------------------------------------- */

static void option(GString *out, const GOptionEntry *entry)
{
    g_string_append(out, ".TP\n");
    if (entry->short_name != 0) {
        char name[] = {'-', entry->short_name, '\0'};
        bold(out, name);
        g_string_append(out, ", ");
    }
    g_autofree char *name = g_strconcat("--", entry->long_name, NULL);
    bold(out, name);
    if (entry->arg_description != NULL) {
        g_string_append_c(out, '=');
        metavariable(out, entry->arg_description);
    }
    g_string_append_c(out, '\n');
    line(out, entry->description);
}

static void synopsis(GString *out, const MlCommand *command)
{
    bold(out, "miglint ");
    bold(out, command->name);
    if (command->add_options != NULL)
        g_string_append(out, " [\\fIOPTIONS\\fR]");
    if (command->arguments != NULL) {
        g_string_append_c(out, ' ');
        metavariable(out, command->arguments);
    }
    g_string_append_c(out, '\n');
}

static void examples(GString *out, const MlExample *example)
{
    g_string_append(out, ".PP\nExamples:\n");
    for (; example->command != NULL; example++) {
        g_string_append(out, ".TP\n");
        bold(out, example->command);
        g_string_append_c(out, '\n');
        line(out, example->effect);
    }
}

static void subcommand(GString *out, const MlCommand *command)
{
    g_autofree char *scratch = g_malloc0(command->options_size);
    g_autoptr(GArray) entries = ml_cli_entries(command, scratch);
    g_string_append(out, ".SS ");
    synopsis(out, command);
    paragraphs(out, command->description);
    for (guint i = 0; i < entries->len; i++) {
        const GOptionEntry *entry = &g_array_index(entries, GOptionEntry, i);
        if (ml_completion_is_option(entry))
            option(out, entry);
    }
    if (command->notes != NULL) {
        g_string_append(out, ".PP\n");
        paragraphs(out, command->notes);
    }
    if (command->examples != NULL)
        examples(out, command->examples);
}

/* --- the page ----------------------------------------------------------------------------- */

static void rules(GString *out)
{
    g_string_append(out, ".SH RULES\n");
    line(out, "`miglint explain RULE` tells all about one.");
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++) {
        g_string_append(out, ".TP\n");
        bold(out, (*rule)->code);
        g_string_append_c(out, ' ');
        text(out, (*rule)->name);
        g_string_append_printf(out, " (%s%s)\n", ml_severity_name((*rule)->severity),
                               (*rule)->off ? ", off" : "");
        line(out, (*rule)->summary);
    }
}

static void tagged(GString *out, const char *tag, const char *words)
{
    g_string_append(out, ".TP\n");
    bold(out, tag);
    g_string_append_c(out, '\n');
    line(out, words);
}

static void endings(GString *out)
{
    g_string_append(out, ".SH EXIT STATUS\n");
    tagged(out, "0", "Nothing was found at or above the fail level.");
    tagged(out, "1", "There are findings.");
    tagged(out, "2", "It could not be told; the message says what to do.");
    g_string_append(out, ".SH ENVIRONMENT\n");
    tagged(out, "NO_COLOR",
           "If it is set and not empty, nothing is coloured unless --color says "
           "so.");
    tagged(out, "GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE", "As git understands them.");
    g_string_append(out, ".SH SEE ALSO\n");
    line(out, "`git`(1), https://alembic.sqlalchemy.org");
}

void ml_generate_manual(GString *out)
{
    g_string_append(out, ".TH MIGLINT 1 \"" MIGLINT_DATE "\" \"miglint " MIGLINT_VERSION "\" "
                         "\"User Commands\"\n"
                         ".SH NAME\n"
                         "miglint \\- a linter for Alembic migrations that understands git\n"
                         ".SH SYNOPSIS\n"
                         ".nf\n");
    for (const MlCommand *const *command = ml_commands; *command != NULL; command++)
        if (!(*command)->hidden)
            synopsis(out, *command);
    g_string_append(out, ".fi\n.SH DESCRIPTION\n");
    paragraphs(out, ML_CLI_OVERVIEW);
    g_string_append(out, ".PP\n");
    line(out, "`check` is the command where none is named.");
    g_string_append(out, ".SH COMMANDS\n");
    for (const MlCommand *const *command = ml_commands; *command != NULL; command++)
        if (!(*command)->hidden)
            subcommand(out, *command);
    rules(out);
    endings(out);
}
