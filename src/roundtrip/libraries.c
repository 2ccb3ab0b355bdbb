#include "miglint/roundtrip.h"

#include <libpq-fe.h>
#include <sqlite3.h>

#include "roundtrip/libpq.h"

void ml_roundtrip_libraries(GString *out)
{
    g_string_append_printf(out, "SQLite %s\n", sqlite3_libversion());
    if (ml_libpq_load(NULL))
        g_string_append_printf(out, "libpq %d.%d\n", PQlibVersion() / 10000,
                               PQlibVersion() % 10000);
    else
        g_string_append(out, "libpq is not there\n");
}
