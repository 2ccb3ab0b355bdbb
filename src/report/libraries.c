#include "miglint/report.h"

#include <cjson/cJSON.h>

void ml_report_libraries(GString *out)
{
    g_string_append_printf(out, "cJSON %s\n", cJSON_Version());
}
