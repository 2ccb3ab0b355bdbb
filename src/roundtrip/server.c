#include "roundtrip/server.h"

MlServer *ml_server_sqlite(const MlServerLimits *limits)
{
    MlServer *server = g_new0(MlServer, 1);
    server->dialect = ML_SQLITE;
    server->limits = *limits;
    return server;
}

MlDialect ml_server_dialect(const MlServer *server)
{
    return server->dialect;
}

MlDatabase *ml_server_open(MlServer *server, GError **error)
{
    return ml_sqlite_open(&server->limits, error);
}

void ml_server_stop(MlServer *server)
{
    g_free(server);
}
