#include "miglint/report.h"
#include "report/escape.h"

char *ml_report_safe(const char *text)
{
    GString *safe = g_string_new(NULL);
    ml_escape_terminal(safe, text, -1);
    return g_string_free(safe, FALSE);
}
