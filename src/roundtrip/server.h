/* What makes throwaway databases, seen from within the room. */
#pragma once

#include "roundtrip/database.h"

/* What the kinds of server do each in its own way. */
typedef struct {
    MlDatabase *(*open)(MlServer *server, GError **error);
    void (*stop)(MlServer *server);
} MlServerKind;

/* The beginning of each kind's own struct. */
struct MlServer {
    const MlServerKind *kind;
    MlDialect dialect;
    MlServerLimits limits;
};

/* A new and empty database; the server must outlive it. */
MlDatabase *ml_server_open(MlServer *server, GError **error);
