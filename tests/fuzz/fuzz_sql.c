/* SQL of any kind: its first byte chooses how parameters are written. */
#include "miglint/sql.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static MlSqlReader *reader; /* one for all runs: see MlSqlReader */
    if (reader == NULL)
        reader = ml_sql_reader_new();
    if (size == 0)
        return 0;
    g_autofree char *text = g_strndup((const char *)data + 1, size - 1);
    g_autoptr(MlOperations) operations = ml_operations_new();
    ml_sql_read(reader, operations, text, (gssize)(size - 1),
                data[0] % 2 ? ML_SQL_DRIVER : ML_SQL_TEXT, (MlOrigin){0});
    g_autoptr(GString) out = g_string_new(NULL);
    for (gsize i = 0; i < operations->length; i++)
        ml_operation_write(out, operations->items[i]);
    return 0;
}
