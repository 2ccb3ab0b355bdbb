#include "roundtrip/postgres_session.h"
#include "roundtrip/database.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#define CONNECT_SECONDS 15
#define LONGEST_CONNECT 3600
#define QUERY_SECONDS   30
#define LONGEST_FIELD   (64 << 10)
#define SLICE           100 /* ms between two looks at whether the run is cancelled */

/* --- addresses -------------------------------------------------------------------------------- */

MlPgAddress *ml_pg_address_new(void)
{
    MlPgAddress *address = g_new0(MlPgAddress, 1);
    address->keywords = g_ptr_array_new_with_free_func(g_free);
    address->values = g_ptr_array_new_with_free_func(g_free);
    return address;
}

MlPgAddress *ml_pg_address_copy(const MlPgAddress *address)
{
    MlPgAddress *copy = ml_pg_address_new();
    for (guint i = 0; i < address->keywords->len; i++)
        ml_pg_address_set(copy, address->keywords->pdata[i], address->values->pdata[i]);
    return copy;
}

void ml_pg_address_set(MlPgAddress *address, const char *keyword, const char *value)
{
    g_ptr_array_add(address->keywords, g_strdup(keyword));
    g_ptr_array_add(address->values, g_strdup(value));
}

void ml_pg_address_free(MlPgAddress *address)
{
    g_ptr_array_unref(address->keywords);
    g_ptr_array_unref(address->values);
    g_free(address);
}

/* --- waiting ---------------------------------------------------------------------------------- */

void ml_pg_give(MlPgSession *session, guint seconds)
{
    session->deadline = g_get_monotonic_time() + seconds * G_TIME_SPAN_SECOND;
}

static MlPgWait wait_for_socket(MlPgSession *session, short events)
{
    for (;;) {
        if (session->cancelled != NULL && g_atomic_int_get(session->cancelled))
            return ML_PG_CANCELLED;
        gint64 left = (session->deadline - g_get_monotonic_time()) / G_TIME_SPAN_MILLISECOND;
        if (left <= 0)
            return ML_PG_LATE;
        struct pollfd polled = {.fd = PQsocket(session->handle), .events = events};
        int count = poll(&polled, 1, (int)MIN(left, SLICE));
        if (count > 0 || (count < 0 && errno != EINTR))
            return ML_PG_READY;
    }
}

MlPgWait ml_pg_wait_for_bytes(MlPgSession *session)
{
    MlPgWait wait = wait_for_socket(session, POLLIN);
    if (wait == ML_PG_READY)
        PQconsumeInput(session->handle);
    return wait;
}

/* Or they pile up while a result is waited for. */
static void forget_notifications(PGconn *handle)
{
    PGnotify *notification;
    while ((notification = PQnotifies(handle)) != NULL)
        PQfreemem(notification);
}

MlPgWait ml_pg_wait(MlPgSession *session)
{
    while (PQstatus(session->handle) == CONNECTION_OK) {
        gboolean unsent = PQflush(session->handle) == 1;
        if (!unsent && !PQisBusy(session->handle))
            break;
        MlPgWait wait = wait_for_socket(session, unsent ? POLLIN | POLLOUT : POLLIN);
        if (wait != ML_PG_READY)
            return wait;
        if (!PQconsumeInput(session->handle))
            break; /* the next result says why */
        forget_notifications(session->handle);
    }
    return ML_PG_READY;
}

/* --- messages --------------------------------------------------------------------------------- */

/* A migration may raise as much as it likes. */
static void append_field(GString *text, const PGresult *result, int field, const char *title)
{
    const char *value = PQresultErrorField(result, field);
    if (value != NULL)
        g_string_append_printf(text, "%s%.*s", title, LONGEST_FIELD, value);
}

static char *without_lines(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, (gssize)strnlen(text, LONGEST_FIELD));
    g_auto(GStrv) lines = g_strsplit(g_strstrip(valid), "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        g_strstrip(*line);
    return g_strjoinv(" ", lines);
}

char *ml_pg_result_message(const PGresult *result)
{
    g_autoptr(GString) text = g_string_new(NULL);
    append_field(text, result, PG_DIAG_MESSAGE_PRIMARY, "");
    append_field(text, result, PG_DIAG_MESSAGE_DETAIL, "\nDETAIL: ");
    append_field(text, result, PG_DIAG_MESSAGE_HINT, "\nHINT: ");
    if (text->len == 0)
        return without_lines(PQresultErrorMessage(result));
    return g_utf8_make_valid(text->str, -1);
}

void ml_pg_set_lost(const MlPgSession *session, MlPgWait wait, GError **error)
{
    g_autofree char *cause = wait == ML_PG_CANCELLED ? g_strdup("the run was cancelled")
                             : wait == ML_PG_LATE    ? g_strdup("it does not answer")
                                                  : without_lines(PQerrorMessage(session->handle));
    g_set_error(error, ML_DATABASE_ERROR, ML_DATABASE_ERROR_LOST, "the database server: %s",
                *cause ? cause : "the connection was closed");
}

/* --- connecting ------------------------------------------------------------------------------- */

static void ignore_notice(void *data, const PGresult *result)
{
    (void)data, (void)result;
}

/* What the URL says of it counts. */
static guint connect_seconds(const MlPgAddress *address)
{
    guint64 seconds = 0;
    for (guint i = 0; i < address->keywords->len; i++)
        if (strcmp(address->keywords->pdata[i], "connect_timeout") == 0)
            seconds = g_ascii_strtoull(address->values->pdata[i], NULL, 10);
    return seconds > 0 ? (guint)MIN(seconds, LONGEST_CONNECT) : CONNECT_SECONDS;
}

static gboolean finish_connecting(MlPgSession *session, MlPgWait *wait)
{
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;
    while (status == PGRES_POLLING_WRITING || status == PGRES_POLLING_READING) {
        *wait = wait_for_socket(session, status == PGRES_POLLING_READING ? POLLIN : POLLOUT);
        if (*wait != ML_PG_READY)
            return FALSE;
        status = PQconnectPoll(session->handle);
    }
    return status == PGRES_POLLING_OK;
}

MlPgSession *ml_pg_connect(const MlPgAddress *address, const volatile gint *cancelled,
                           GError **error)
{
    g_autoptr(MlPgAddress) whole = ml_pg_address_copy(address);
    ml_pg_address_set(whole, "client_encoding", "UTF8");
    ml_pg_address_set(whole, "application_name", "miglint");
    g_ptr_array_add(whole->keywords, NULL);
    g_ptr_array_add(whole->values, NULL);
    g_autoptr(MlPgSession) session = g_new0(MlPgSession, 1);
    session->cancelled = cancelled;
    session->handle = PQconnectStartParams((const char *const *)whole->keywords->pdata,
                                           (const char *const *)whole->values->pdata, 0);
    ml_pg_give(session, connect_seconds(address));
    MlPgWait wait = ML_PG_READY;
    if (PQstatus(session->handle) == CONNECTION_BAD || !finish_connecting(session, &wait)) {
        ml_pg_set_lost(session, wait, error);
        return NULL;
    }
    PQsetNoticeReceiver(session->handle, ignore_notice, NULL);
    PQsetnonblocking(session->handle, 1);
    return g_steal_pointer(&session);
}

void ml_pg_close(MlPgSession *session)
{
    if (session == NULL)
        return;
    PQfinish(session->handle);
    g_free(session);
}

/* --- statements of our own -------------------------------------------------------------------- */

static PGresult *last_result(MlPgSession *session, GError **error)
{
    g_autoptr(PGresult) last = NULL;
    for (;;) {
        MlPgWait wait = ml_pg_wait(session);
        if (wait != ML_PG_READY) {
            session->stands_still = wait == ML_PG_LATE;
            ml_pg_set_lost(session, wait, error);
            return NULL;
        }
        PGresult *next = PQgetResult(session->handle);
        if (next == NULL)
            break;
        PQclear(last);
        last = next;
    }
    if (PQstatus(session->handle) != CONNECTION_OK) {
        ml_pg_set_lost(session, ML_PG_READY, error);
        return NULL;
    }
    return g_steal_pointer(&last);
}

/* What was cancelled while it was waited for may still be under way. */
static gboolean settle(MlPgSession *session, GError **error)
{
    g_autoptr(GError) cause = NULL;
    if (PQtransactionStatus(session->handle) != PQTRANS_ACTIVE)
        return TRUE;
    PQclear(last_result(session, &cause));
    if (cause == NULL)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
}

PGresult *ml_pg_query(MlPgSession *session, const char *sql, char *state, GError **error)
{
    if (state != NULL)
        *state = '\0';
    ml_pg_give(session, session->stands_still ? 0 : QUERY_SECONDS);
    if (!settle(session, error))
        return NULL;
    if (!PQsendQuery(session->handle, sql)) {
        ml_pg_set_lost(session, ML_PG_READY, error);
        return NULL;
    }
    g_autoptr(PGresult) result = last_result(session, error);
    if (result == NULL || PQresultStatus(result) != PGRES_FATAL_ERROR)
        return g_steal_pointer(&result);
    g_autofree char *whole = ml_pg_result_message(result);
    g_autofree char *message = without_lines(whole);
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state != NULL && code != NULL)
        g_strlcpy(state, code, 6);
    g_set_error_literal(error, ML_DATABASE_ERROR, ML_DATABASE_ERROR_STATEMENT, message);
    return NULL;
}

gboolean ml_pg_execute(MlPgSession *session, const char *sql, char *state, GError **error)
{
    g_autoptr(PGresult) result = ml_pg_query(session, sql, state, error);
    return result != NULL;
}
