#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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
