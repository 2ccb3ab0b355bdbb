/* A revision file of any kind: its first byte chooses the dialect. */
#include "miglint/migration.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void write_all(GString *out, const MlOperations *operations)
{
    for (gsize i = 0; operations != NULL && i < operations->length; i++)
        ml_operation_write(out, operations->items[i]);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static const char *const dialects[] = {NULL, "postgresql", "sqlite"};
    static MlSqlReader *sql; /* one for all runs: see MlSqlReader */
    if (sql == NULL)
        sql = ml_sql_reader_new();
    if (size == 0)
        return 0;
    MlRevisionReader reader = {.sql = sql, .dialect = dialects[data[0] % G_N_ELEMENTS(dialects)]};
    g_autoptr(GBytes) text = g_bytes_new(data + 1, size - 1);
    g_autoptr(MlRevision) revision = ml_revision_parse(&reader, "versions/a.py", text);
    g_autoptr(GString) out = g_string_new(NULL);
    write_all(out, revision->upgrade_operations);
    write_all(out, revision->downgrade_operations);
    reader.dialect = "sqlite";
    ml_revision_set_dialect(revision, &reader);
    write_all(out, revision->upgrade_operations);
    return 0;
}
