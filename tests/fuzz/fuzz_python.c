/* A revision file of any kind, and what it makes of a schema: its first byte chooses the dialect.
 */
#include "miglint/schema.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void write_all(GString *out, const MlOperations *operations)
{
    for (gsize i = 0; operations != NULL && i < operations->length; i++)
        ml_operation_write(out, operations->items[i]);
}

static MlCatalog *apply_all(MlCatalog *catalog, const MlRevision *revision,
                            const MlOperations *operations, gboolean downgrade)
{
    for (gsize i = 0; operations != NULL && i < operations->length; i++) {
        MlCatalog *after = ml_catalog_apply(catalog, revision, operations->items[i], downgrade);
        ml_catalog_unref(catalog);
        catalog = after;
    }
    return catalog;
}

static void go_there_and_back(const MlRevision *revision, const char *dialect, gboolean closed)
{
    const MlSchemaRules rules = {.dialect = dialect};
    g_autoptr(MlCatalog) before = ml_catalog_new(&rules, closed);
    g_autoptr(MlCatalog) after =
        apply_all(ml_catalog_ref(before), revision, revision->upgrade_operations, FALSE);
    g_autoptr(MlCatalog) back =
        apply_all(ml_catalog_ref(after), revision, revision->downgrade_operations, TRUE);
    g_autoptr(GArray) differences G_GNUC_UNUSED = ml_catalog_differences(before, back);
    const gpointer ends[] = {after, back};
    g_autoptr(GPtrArray) branches = g_ptr_array_new();
    for (guint i = 0; i < G_N_ELEMENTS(ends); i++)
        g_ptr_array_add(branches, ends[i]);
    g_autoptr(MlCatalog) joined G_GNUC_UNUSED = ml_catalog_join(before, branches);
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
    go_there_and_back(revision, reader.dialect, data[0] & 64);
    reader.dialect = "sqlite";
    ml_revision_read_again(revision, &reader);
    write_all(out, revision->upgrade_operations);
    return 0;
}
