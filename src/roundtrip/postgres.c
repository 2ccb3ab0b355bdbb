#include "roundtrip/postgres.h"
#include "roundtrip/postgres_reader.h"

#include <string.h>

/* Seconds that a session has to end what it was told to end. */
#define GRACE 3

typedef struct {
    MlDatabase base;
    MlPgServer *server;
    MlPgTenant tenant;
    MlPgSession *session; /* the tenant's, for what strangers say; NULL: it was lost for good */
    MlPgReader *reader;
    int process; /* of the session, on the server */
} Postgres;

/* --- sessions --------------------------------------------------------------------------------- */

static gboolean open_session(Postgres *postgres, GError **error)
{
    const MlServerLimits *limits = &postgres->server->base.limits;
    g_clear_pointer(&postgres->session, ml_pg_close);
    postgres->session = ml_pg_connect(postgres->tenant.address, limits->cancelled, error);
    if (postgres->session == NULL)
        return FALSE;
    g_autoptr(PGresult) answer =
        ml_pg_query(postgres->session, "SELECT pg_catalog.pg_backend_pid()", NULL, error);
    if (answer == NULL)
        return FALSE;
    postgres->process = (int)g_ascii_strtoll(PQgetvalue(answer, 0, 0), NULL, 10);
    return TRUE;
}

/* By the other session: what libpq has for it may wait forever for a server that stands still. */
static gboolean signal_session(Postgres *postgres, const char *function, GError **error)
{
    g_autofree char *sql = g_strdup_printf("SELECT %s(%d)", function, postgres->process);
    return ml_pg_execute(postgres->server->admin, sql, NULL, error);
}

static gboolean set_statement_error(GError **error, const char *message)
{
    g_set_error_literal(error, ML_DATABASE_ERROR, ML_DATABASE_ERROR_STATEMENT, message);
    return FALSE;
}

/* The statement has cost the session; what that was in the middle of is rolled back. */
static gboolean begin_anew(Postgres *postgres, const char *message, GError **error)
{
    return open_session(postgres, error) && set_statement_error(error, message);
}

/* --- replies ---------------------------------------------------------------------------------- */

/* What comes of a text: the first complaint counts. */
typedef struct {
    char *complaint;
    gboolean is_of_server; /* not the statement's fault: what it complains of is the machine */
    gboolean is_over;
} Replies;

static void complain(Replies *replies, const char *message)
{
    if (replies->complaint == NULL)
        replies->complaint = g_strdup(message);
}

/* execute() has no data to send, and takes none in this way. */
static const char no_copy[] = "COPY from or to the client is not what execute() can do";

static void refuse_copy_in(Postgres *postgres, Replies *replies)
{
    complain(replies, no_copy);
    PQputCopyEnd(postgres->session->handle, "no data is sent");
}

static MlPgWait refuse_copy_out(Postgres *postgres, Replies *replies)
{
    MlPgWait wait = ML_PG_READY;
    complain(replies, no_copy);
    signal_session(postgres, "pg_cancel_backend", NULL);
    while (wait == ML_PG_READY && PQstatus(postgres->session->handle) == CONNECTION_OK) {
        char *row = NULL;
        int length = PQgetCopyData(postgres->session->handle, &row, 1);
        PQfreemem(row);
        if (length < 0)
            break;
        if (length == 0)
            wait = ml_pg_wait_for_bytes(postgres->session);
    }
    return wait;
}

/* A full disk, or one that fails. */
static gboolean is_of_server(const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return g_strcmp0(state, "53100") == 0 || g_strcmp0(state, "58030") == 0;
}

static void read_error(const PGresult *result, Replies *replies)
{
    if (replies->complaint == NULL)
        replies->is_of_server = is_of_server(result);
    g_autofree char *message = ml_pg_result_message(result);
    complain(replies, message);
}

static MlPgWait read_result(Postgres *postgres, Replies *replies)
{
    g_autoptr(PGresult) result = PQgetResult(postgres->session->handle);
    if (result == NULL) {
        replies->is_over = TRUE;
        return ML_PG_READY;
    }
    switch (PQresultStatus(result)) {
    case PGRES_FATAL_ERROR:
    case PGRES_BAD_RESPONSE:
        read_error(result, replies);
        return ML_PG_READY;
    case PGRES_COPY_IN:
    case PGRES_COPY_BOTH:
        refuse_copy_in(postgres, replies);
        return ML_PG_READY;
    case PGRES_COPY_OUT:
        return refuse_copy_out(postgres, replies);
    default:
        return ML_PG_READY; /* a row, or the end of a statement */
    }
}

/* All that comes of the text that was sent. */
static MlPgWait read_replies(Postgres *postgres, Replies *replies)
{
    while (!replies->is_over) {
        MlPgWait wait = ml_pg_wait(postgres->session);
        if (wait == ML_PG_READY)
            wait = read_result(postgres, replies);
        if (wait != ML_PG_READY)
            return wait;
    }
    return ML_PG_READY;
}

/* --- statements ------------------------------------------------------------------------------- */

static gboolean set_lost(const Postgres *postgres, MlPgWait wait, GError **error)
{
    ml_pg_set_lost(postgres->session ? postgres->session : postgres->server->admin, wait, error);
    return FALSE;
}

/* A statement that does not end by itself is cancelled; if it does not heed that, its session ends.
 */
static gboolean stop_statement(Postgres *postgres, GError **error)
{
    g_autofree char *message =
        g_strdup_printf("it took longer than %u s", postgres->server->base.limits.seconds);
    Replies rest = {0};
    if (!signal_session(postgres, "pg_cancel_backend", error))
        return FALSE;
    ml_pg_give(postgres->session, GRACE);
    MlPgWait wait = read_replies(postgres, &rest);
    g_free(rest.complaint);
    if (wait == ML_PG_CANCELLED)
        return set_lost(postgres, wait, error);
    if (wait == ML_PG_READY && PQstatus(postgres->session->handle) == CONNECTION_OK)
        return set_statement_error(error, message);
    return signal_session(postgres, "pg_terminate_backend", error) &&
           begin_anew(postgres, message, error);
}

/* A role without rights makes only those extensions that their authors call trusted. */
static char *with_remark(char *complaint, const char *sql)
{
    if (strstr(complaint, "xtension") == NULL || strcasestr(sql, "create extension") == NULL ||
        strstr(complaint, "superuser") == NULL)
        return complaint;
    char *remarked =
        g_strconcat(complaint, "\nmiglint's role may only make extensions that are trusted", NULL);
    g_free(complaint);
    return remarked;
}

/* What the replies say of the statement. */
static gboolean judge(Postgres *postgres, const Replies *replies, const char *complaint,
                      GError **error)
{
    if (replies->is_of_server) {
        g_set_error(error, ML_DATABASE_ERROR, ML_DATABASE_ERROR_LOST, "the database server: %s",
                    complaint);
        return FALSE;
    }
    if (PQstatus(postgres->session->handle) != CONNECTION_OK)
        return begin_anew(postgres, complaint ? complaint : "it ended its own session", error);
    return complaint == NULL || set_statement_error(error, complaint);
}

static gboolean run(MlDatabase *database, const char *sql, GError **error)
{
    Postgres *postgres = (Postgres *)database;
    Replies replies = {0};
    if (!g_utf8_validate(sql, -1, NULL))
        return set_statement_error(error, "it is not valid UTF-8, and cannot be sent");
    if (postgres->session == NULL)
        return set_lost(postgres, ML_PG_READY, error);
    ml_pg_give(postgres->session, postgres->server->base.limits.seconds);
    if (PQsendQuery(postgres->session->handle, sql))
        PQsetSingleRowMode(postgres->session->handle);
    MlPgWait wait = read_replies(postgres, &replies);
    g_autofree char *complaint = replies.complaint ? with_remark(replies.complaint, sql) : NULL;
    if (wait == ML_PG_LATE)
        return stop_statement(postgres, error);
    if (wait == ML_PG_CANCELLED)
        return set_lost(postgres, wait, error);
    return judge(postgres, &replies, complaint, error);
}

static gboolean in_transaction(MlDatabase *database)
{
    const MlPgSession *session = ((Postgres *)database)->session;
    PGTransactionStatusType status =
        session ? PQtransactionStatus(session->handle) : PQTRANS_UNKNOWN;
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

static gboolean renew(MlDatabase *database, GError **error)
{
    return run(database, "DISCARD ALL", error);
}

static MlSnapshot *snapshot(MlDatabase *database, const MlSnapshot *before, GError **error)
{
    return ml_pg_reader_read(((Postgres *)database)->reader, before, error);
}

/* --- opening ---------------------------------------------------------------------------------- */

static void close_postgres(MlDatabase *database)
{
    Postgres *postgres = (Postgres *)database;
    ml_pg_close(postgres->session);
    ml_pg_reader_free(postgres->reader);
    if (postgres->tenant.name != NULL)
        ml_pg_tenant_drop(postgres->server, &postgres->tenant);
    g_free(postgres);
}

static const MlDatabaseKind kind = {
    .run = run,
    .in_transaction = in_transaction,
    .renew = renew,
    .snapshot = snapshot,
    .close = close_postgres,
};

static gboolean open_reader(Postgres *postgres, GError **error)
{
    const MlPgServer *server = postgres->server;
    g_autoptr(MlPgAddress) address = ml_pg_address_copy(server->address);
    ml_pg_address_set(address, "dbname", postgres->tenant.name);
    MlPgSession *session = ml_pg_connect(address, server->base.limits.cancelled, error);
    if (session != NULL)
        postgres->reader = ml_pg_reader_new(session, postgres->tenant.name, error);
    return postgres->reader != NULL;
}

MlDatabase *ml_postgres_open(MlPgServer *server, GError **error)
{
    g_autoptr(GError) cause = NULL;
    Postgres *postgres = g_new0(Postgres, 1);
    postgres->base = (MlDatabase){.kind = &kind, .dialect = ML_POSTGRESQL};
    postgres->server = server;
    if (ml_pg_tenant_make(server, &postgres->tenant, error)) {
        if (open_reader(postgres, &cause) && open_session(postgres, &cause))
            return &postgres->base;
        g_set_error(error, ML_DATABASE_ERROR, ML_DATABASE_ERROR_LOST,
                    "a database was made, but it lets nobody in: %s", cause->message);
    }
    close_postgres(&postgres->base);
    return NULL;
}
