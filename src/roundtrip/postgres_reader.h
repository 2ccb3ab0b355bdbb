/* What the schema of a Postgres database is, by its catalogs. */
#pragma once

#include "roundtrip/postgres_session.h"
#include "roundtrip/snapshot.h"

/*
 * Reads over a session of our own: what a migration sets in its own changes nothing there, and
 * neither does a function or an operator that it makes, since no schema of its is searched.
 */
typedef struct MlPgReader MlPgReader;

/* Takes the session, of the database of that name. */
MlPgReader *ml_pg_reader_new(MlPgSession *session, const char *database, GError **error);
void ml_pg_reader_free(MlPgReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlPgReader, ml_pg_reader_free)

/* All that there is, but for what extensions brought. */
MlSnapshot *ml_pg_reader_read(MlPgReader *reader, const MlSnapshot *before, GError **error);
