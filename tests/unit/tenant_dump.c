/*
 * A small round trip, to be killed in the middle: `tenant_dump [URL]`; without a URL, on a cluster
 * of its own. It tells what the database says of two tables.
 */
#include "roundtrip/server.h"

static MlServer *make_server(const char *url, GError **error)
{
    const MlServerLimits limits = {.seconds = 30};
    return url ? ml_server_postgresql_url(url, &limits, error)
               : ml_server_postgresql_cluster(&limits, error);
}

static gboolean try_tables(MlDatabase *database, GError **error)
{
    static const char *const statements[] = {
        "CREATE TABLE parent (id serial PRIMARY KEY)",
        "CREATE TABLE child (id int REFERENCES parent, name text UNIQUE)",
        "SELECT pg_sleep(0.05)",
        "DROP TABLE child",
        "DROP TABLE parent",
    };
    g_autoptr(MlSnapshot) before = ml_database_snapshot(database, NULL, error);
    for (guint i = 0; before != NULL && i < G_N_ELEMENTS(statements); i++) {
        if (!ml_database_run(database, statements[i], error))
            return FALSE;
        MlSnapshot *after = ml_database_snapshot(database, before, error);
        ml_snapshot_free(before);
        before = after;
    }
    return before != NULL;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MlServer) server = make_server(argc > 1 ? argv[1] : NULL, &error);
    for (guint i = 0; error == NULL && i < 2; i++) {
        g_autoptr(MlDatabase) database = ml_server_open(server, &error);
        if (database != NULL)
            try_tables(database, &error);
    }
    if (error == NULL)
        return 0;
    g_printerr("%s\n", error->message);
    return 2;
}
