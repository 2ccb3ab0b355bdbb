#include "roundtrip/server.h"

static MlDatabase *open_sqlite(MlServer *server, GError **error)
{
    return ml_sqlite_open(&server->limits, error);
}

static void stop_sqlite(MlServer *server)
{
    g_free(server);
}

static const MlServerKind sqlite = {.open = open_sqlite, .stop = stop_sqlite};

MlServer *ml_server_sqlite(const MlServerLimits *limits)
{
    MlServer *server = g_new0(MlServer, 1);
    *server = (MlServer){.kind = &sqlite, .dialect = ML_SQLITE, .limits = *limits};
    return server;
}

MlDialect ml_server_dialect(const MlServer *server)
{
    return server->dialect;
}

MlDatabase *ml_server_open(MlServer *server, GError **error)
{
    return server->kind->open(server, error);
}

void ml_server_stop(MlServer *server)
{
    if (server != NULL)
        server->kind->stop(server);
}
