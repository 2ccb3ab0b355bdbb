#include "roundtrip/database.h"

G_DEFINE_QUARK(ml_database_error, ml_database_error)

void ml_database_close(MlDatabase *database)
{
    if (database != NULL)
        database->kind->close(database);
}

gboolean ml_database_run(MlDatabase *database, const char *sql, GError **error)
{
    return database->kind->run(database, sql, error);
}

gboolean ml_database_begin(MlDatabase *database, GError **error)
{
    return ml_database_run(database, "BEGIN", error);
}

gboolean ml_database_commit(MlDatabase *database, GError **error)
{
    return !database->kind->in_transaction(database) || ml_database_run(database, "COMMIT", error);
}

void ml_database_rollback(MlDatabase *database)
{
    if (database->kind->in_transaction(database))
        ml_database_run(database, "ROLLBACK", NULL);
}

gboolean ml_database_renew(MlDatabase *database, GError **error)
{
    return database->kind->renew(database, error);
}

MlSnapshot *ml_database_snapshot(MlDatabase *database, const MlSnapshot *before, GError **error)
{
    return database->kind->snapshot(database, before, error);
}
