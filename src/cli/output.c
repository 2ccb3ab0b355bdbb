#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define WIDTH 78

static void print(const char *kind, const char *message)
{
    g_autofree char *safe = ml_report_safe(message);
    fprintf(stderr, "miglint: %s%s\n", kind, safe);
}

void ml_cli_complain(const char *message)
{
    print("", message);
}

void ml_cli_note(const char *message)
{
    print("note: ", message);
}

int ml_cli_fail(const GError *error)
{
    ml_cli_complain(error->message);
    return ML_EXIT_ERROR;
}

static void wrap_paragraph(GString *out, const char *paragraph)
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

void ml_cli_wrap(GString *out, const char *text)
{
    g_auto(GStrv) paragraphs = g_strsplit(text, "\n\n", -1);
    for (guint i = 0; paragraphs[i] != NULL; i++) {
        if (i > 0)
            g_string_append_c(out, '\n');
        wrap_paragraph(out, paragraphs[i]);
    }
}

/* Writes to the file itself and never replaces it: it may be a pipe or a device. */
gboolean ml_cli_write(const char *path, const GString *text, GError **error)
{
    FILE *file = path ? fopen(path, "wb") : stdout;
    gboolean written =
        file != NULL && fwrite(text->str, 1, text->len, file) == text->len && fflush(file) == 0;
    gint reason = errno;
    if (path != NULL && file != NULL && fclose(file) != 0 && written) {
        written = FALSE;
        reason = errno;
    }
    if (!written)
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_OUTPUT, "cannot write %s: %s",
                    path ? path : "the report", g_strerror(reason));
    return written;
}
