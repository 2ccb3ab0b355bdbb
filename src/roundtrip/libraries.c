#include "miglint/roundtrip.h"

#include <libpq-fe.h>
#include <sqlite3.h>

void ml_roundtrip_libraries(GString *out)
{
    int libpq = PQlibVersion();
    g_string_append_printf(out, "SQLite %s\n", sqlite3_libversion());
    g_string_append_printf(out, "libpq %d.%d\n", libpq / 10000, libpq % 10000);
}
