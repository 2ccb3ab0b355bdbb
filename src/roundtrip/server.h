/* What makes throwaway databases, seen from within the room. */
#pragma once

#include "roundtrip/database.h"

/* What the kinds of server do each in its own way. */
typedef struct {
    MlDatabase *(*open)(MlServer *server, GError **error);
    void (*stop)(MlServer *server);
    void (*retry)(MlServer *server); /* to remove what is left; NULL: nothing ever is */
} MlServerKind;

/* The beginning of each kind's own struct. */
struct MlServer {
    const MlServerKind *kind;
    MlDialect dialect;
    MlServerLimits limits;
    GPtrArray *left; /* char *: databases that could not be removed */
};

void ml_server_init(MlServer *server, const MlServerKind *kind, MlDialect dialect,
                    const MlServerLimits *limits);
void ml_server_clear(MlServer *server);

/* A new and empty database; the server must outlive it. */
MlDatabase *ml_server_open(MlServer *server, GError **error);
