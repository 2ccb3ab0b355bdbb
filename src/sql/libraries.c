#include "miglint/sql.h"

#include <pg_query.h>
#include <protobuf-c/protobuf-c.h>

void ml_sql_libraries(GString *out)
{
    g_string_append_printf(out, "libpg_query (Postgres %s)\n", PG_VERSION);
    g_string_append_printf(out, "protobuf-c %s\n", protobuf_c_version());
}
