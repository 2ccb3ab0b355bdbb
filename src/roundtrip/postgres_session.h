/* A connection to a Postgres server, which may stop answering at any moment: each wait has an end.
 */
#pragma once

#include <glib.h>
#include <libpq-fe.h>

/* Where a server is and who we are there: libpq's parameters. */
typedef struct {
    GPtrArray *keywords, *values; /* char *; of one keyword the last value counts */
} MlPgAddress;

MlPgAddress *ml_pg_address_new(void);
MlPgAddress *ml_pg_address_copy(const MlPgAddress *address);
void ml_pg_address_set(MlPgAddress *address, const char *keyword, const char *value);
void ml_pg_address_free(MlPgAddress *address);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlPgAddress, ml_pg_address_free)

typedef struct {
    PGconn *handle;
    const volatile gint *cancelled; /* NULL: it cannot be */
    gint64 deadline;                /* of what is waited for, as g_get_monotonic_time() */
    gboolean stands_still;          /* it did not answer in time: nothing more is asked */
} MlPgSession;

typedef enum { ML_PG_READY, ML_PG_LATE, ML_PG_CANCELLED } MlPgWait;

/* NULL with an error whose code is ML_DATABASE_ERROR_LOST. */
MlPgSession *ml_pg_connect(const MlPgAddress *address, const volatile gint *cancelled,
                           GError **error);
void ml_pg_close(MlPgSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlPgSession, ml_pg_close)

void ml_pg_give(MlPgSession *session, guint seconds);
/* Sends what is to be sent, and waits for the next result. */
MlPgWait ml_pg_wait(MlPgSession *session);
/* Waits for more bytes than there are. */
MlPgWait ml_pg_wait_for_bytes(MlPgSession *session);

/*
 * Runs a statement of our own, within some seconds: its last result. What the server refuses is
 * ML_DATABASE_ERROR_STATEMENT, and `state` (of 6 bytes, may be NULL) its SQLSTATE, else "".
 */
PGresult *ml_pg_query(MlPgSession *session, const char *sql, char *state, GError **error);
gboolean ml_pg_execute(MlPgSession *session, const char *sql, char *state, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PGresult, PQclear)

/* The server's message with what it says besides: new, valid UTF-8. */
char *ml_pg_result_message(const PGresult *result);
/* That nothing came before the deadline, or that it went away. */
void ml_pg_set_lost(const MlPgSession *session, MlPgWait wait, GError **error);
