#include "roundtrip/server.h"

void ml_server_init(MlServer *server, const MlServerKind *kind, MlDialect dialect,
                    const MlServerLimits *limits)
{
    *server = (MlServer){.kind = kind, .dialect = dialect, .limits = *limits};
    server->left = g_ptr_array_new_with_free_func(g_free);
}

void ml_server_clear(MlServer *server)
{
    g_ptr_array_unref(server->left);
}

static MlDatabase *open_sqlite(MlServer *server, GError **error)
{
    return ml_sqlite_open(&server->limits, error);
}

static void stop_sqlite(MlServer *server)
{
    ml_server_clear(server);
    g_free(server);
}

static const MlServerKind sqlite = {.open = open_sqlite, .stop = stop_sqlite};

MlServer *ml_server_sqlite(const MlServerLimits *limits)
{
    MlServer *server = g_new0(MlServer, 1);
    ml_server_init(server, &sqlite, ML_SQLITE, limits);
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

const GPtrArray *ml_server_left(MlServer *server)
{
    if (server->kind->retry != NULL)
        server->kind->retry(server);
    return server->left;
}

void ml_server_stop(MlServer *server)
{
    if (server != NULL)
        server->kind->stop(server);
}
