#include "roundtrip/libpq.h"

#include <dlfcn.h>
#include <libpq-fe.h>

#include "miglint/roundtrip.h"

#ifdef __APPLE__
#define LIBRARY "libpq.5.dylib"
#else
#define LIBRARY "libpq.so.5"
#endif

/* Those that give something: type, name, parameters, arguments. */
#define FUNCTIONS(F)                                                                               \
    F(PostgresPollingStatusType, PQconnectPoll, (PGconn * conn), (conn))                           \
    F(PGconn *, PQconnectStartParams,                                                              \
      (const char *const *keywords, const char *const *values, int expand),                        \
      (keywords, values, expand))                                                                  \
    F(PQconninfoOption *, PQconninfoParse, (const char *info, char **message), (info, message))    \
    F(int, PQconsumeInput, (PGconn * conn), (conn))                                                \
    F(int, PQenterPipelineMode, (PGconn * conn), (conn))                                           \
    F(char *, PQerrorMessage, (const PGconn *conn), (conn))                                        \
    F(int, PQexitPipelineMode, (PGconn * conn), (conn))                                            \
    F(int, PQflush, (PGconn * conn), (conn))                                                       \
    F(char *, PQfname, (const PGresult *result, int field), (result, field))                       \
    F(int, PQgetCopyData, (PGconn * conn, char **buffer, int async), (conn, buffer, async))        \
    F(PGresult *, PQgetResult, (PGconn * conn), (conn))                                            \
    F(int, PQgetisnull, (const PGresult *result, int row, int field), (result, row, field))        \
    F(char *, PQgetvalue, (const PGresult *result, int row, int field), (result, row, field))      \
    F(int, PQisBusy, (PGconn * conn), (conn))                                                      \
    F(int, PQlibVersion, (void), ())                                                               \
    F(int, PQnfields, (const PGresult *result), (result))                                          \
    F(PGnotify *, PQnotifies, (PGconn * conn), (conn))                                             \
    F(int, PQntuples, (const PGresult *result), (result))                                          \
    F(int, PQpipelineSync, (PGconn * conn), (conn))                                                \
    F(int, PQputCopyEnd, (PGconn * conn, const char *message), (conn, message))                    \
    F(char *, PQresultErrorField, (const PGresult *result, int code), (result, code))              \
    F(char *, PQresultErrorMessage, (const PGresult *result), (result))                            \
    F(ExecStatusType, PQresultStatus, (const PGresult *result), (result))                          \
    F(int, PQsendPrepare,                                                                          \
      (PGconn * conn, const char *name, const char *query, int n, const Oid *types),               \
      (conn, name, query, n, types))                                                               \
    F(int, PQsendQuery, (PGconn * conn, const char *query), (conn, query))                         \
    F(int, PQsendQueryPrepared,                                                                    \
      (PGconn * conn, const char *name, int n, const char *const *values, const int *lengths,      \
       const int *formats, int result_format),                                                     \
      (conn, name, n, values, lengths, formats, result_format))                                    \
    F(int, PQserverVersion, (const PGconn *conn), (conn))                                          \
    F(PQnoticeReceiver, PQsetNoticeReceiver,                                                       \
      (PGconn * conn, PQnoticeReceiver receiver, void *data), (conn, receiver, data))              \
    F(int, PQsetSingleRowMode, (PGconn * conn), (conn))                                            \
    F(int, PQsetnonblocking, (PGconn * conn, int wanted), (conn, wanted))                          \
    F(int, PQsocket, (const PGconn *conn), (conn))                                                 \
    F(ConnStatusType, PQstatus, (const PGconn *conn), (conn))                                      \
    F(PGTransactionStatusType, PQtransactionStatus, (const PGconn *conn), (conn))

/* Those that give nothing. */
#define PROCEDURES(F)                                                                              \
    F(void, PQclear, (PGresult * result), (result))                                                \
    F(void, PQconninfoFree, (PQconninfoOption * options), (options))                               \
    F(void, PQfinish, (PGconn * conn), (conn))                                                     \
    F(void, PQfreemem, (void *memory), (memory))

#define FIELD(type, name, parameters, arguments) gpointer name;
static struct {
    FUNCTIONS(FIELD)
    PROCEDURES(FIELD)
} loaded;

#define FUNCTION(type, name, parameters, arguments)                                                \
    type name parameters                                                                           \
    {                                                                                              \
        __typeof__(&(name)) function = loaded.name;                                                \
        return function arguments;                                                                 \
    }
FUNCTIONS(FUNCTION)

#define PROCEDURE(type, name, parameters, arguments)                                               \
    type name parameters                                                                           \
    {                                                                                              \
        __typeof__(&(name)) function = loaded.name;                                                \
        function arguments;                                                                        \
    }
PROCEDURES(PROCEDURE)

/* NULL, or why it cannot be had. */
static gpointer load(G_GNUC_UNUSED gpointer data)
{
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return g_strdup(dlerror());
#define FIND(type, name, parameters, arguments)                                                    \
    if ((loaded.name = dlsym(library, #name)) == NULL)                                             \
        return g_strdup(dlerror());
    FUNCTIONS(FIND)
    PROCEDURES(FIND)
    return NULL;
}

gboolean ml_libpq_load(GError **error)
{
    static GOnce once = G_ONCE_INIT;
    const char *trouble = g_once(&once, load, NULL);
    if (trouble == NULL)
        return TRUE;
    g_set_error(
        error, ML_ROUNDTRIP_ERROR, ML_ROUNDTRIP_ERROR_DATABASE,
        "libpq cannot be loaded, and without it there is no Postgres: install it (libpq5 on "
        "Debian and Ubuntu), or try SQLite with --database sqlite (%s)",
        trouble);
    return FALSE;
}
