/* What makes throwaway databases, seen from within the room. */
#pragma once

#include "roundtrip/database.h"

struct MlServer {
    MlDialect dialect;
    MlServerLimits limits;
};

/* A new and empty database. */
MlDatabase *ml_server_open(MlServer *server, GError **error);
