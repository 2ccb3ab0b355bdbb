/* The Postgres half of the room: a server, whom it lets in, and what is run in which database. */
#pragma once

#include "roundtrip/cluster.h"
#include "roundtrip/postgres_session.h"
#include "roundtrip/server.h"

typedef struct {
    MlServer base;
    MlCluster *cluster;   /* NULL: the server is another's */
    MlPgAddress *address; /* of the database in which we were let in */
    MlPgSession *admin;   /* there; it outlives every statement of a migration */
    int version;          /* 150018 */
    gboolean superuser;
} MlPgServer;

/* A fresh role that may do nothing, and a fresh database of the same name that it owns. */
typedef struct {
    char *name;
    MlPgAddress *address; /* of that database, as that role */
} MlPgTenant;

gboolean ml_pg_tenant_make(MlPgServer *server, MlPgTenant *tenant, GError **error);
/* Ends its sessions too. */
void ml_pg_tenant_drop(MlPgServer *server, MlPgTenant *tenant);
/* Tries once more to drop what is left. */
void ml_pg_tenant_retry(MlPgServer *server);
/* Drops those whose maker is gone. */
void ml_pg_tenant_sweep(MlPgServer *server);

/* A database of a new tenant's. */
MlDatabase *ml_postgres_open(MlPgServer *server, GError **error);
