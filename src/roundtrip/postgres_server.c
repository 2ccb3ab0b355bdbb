#include "miglint/text.h"
#include "roundtrip/libpq.h"
#include "roundtrip/postgres.h"

#include <string.h>

#define OLDEST_VERSION 130000 /* DROP DATABASE ... WITH (FORCE) */
#define START_SECONDS  60
#define BETWEEN_TRIES  (5 * G_TIME_SPAN_MILLISECOND)

/* --- a server --------------------------------------------------------------------------------- */

static MlDatabase *open_database(MlServer *server, GError **error)
{
    return ml_postgres_open((MlPgServer *)server, error);
}

static void stop(MlServer *base)
{
    MlPgServer *server = (MlPgServer *)base;
    if (server->admin != NULL && server->cluster == NULL) {
        server->admin->cancelled = NULL;
        ml_pg_tenant_sweep(server); /* what was still busy with its end when we began */
    }
    ml_pg_close(server->admin);
    ml_cluster_stop(server->cluster);
    g_clear_pointer(&server->address, ml_pg_address_free);
    ml_server_clear(base);
    g_free(server);
}

/* A cluster takes all with it; of a server that does not answer nothing is known. */
static void retry(MlServer *base)
{
    MlPgServer *server = (MlPgServer *)base;
    if (server->cluster == NULL)
        ml_pg_tenant_retry(server);
    if (server->cluster != NULL || PQstatus(server->admin->handle) != CONNECTION_OK ||
        server->admin->stands_still)
        g_ptr_array_set_size(base->left, 0);
}

static const MlServerKind kind = {.open = open_database, .stop = stop, .retry = retry};

static MlPgServer *server_new(const MlServerLimits *limits)
{
    MlPgServer *server = g_new0(MlPgServer, 1);
    ml_server_init(&server->base, &kind, ML_POSTGRESQL, limits);
    return server;
}

/* The server, or why there is none. */
static MlServer *done(MlPgServer *server, GError *cause, GError **error)
{
    if (cause == NULL)
        return &server->base;
    const volatile gint *cancelled = server->base.limits.cancelled;
    g_set_error_literal(error, ML_ROUNDTRIP_ERROR,
                        cancelled != NULL && g_atomic_int_get(cancelled)
                            ? ML_ROUNDTRIP_ERROR_CANCELLED
                            : ML_ROUNDTRIP_ERROR_DATABASE,
                        cause->message);
    g_error_free(cause);
    stop(&server->base);
    return NULL;
}

static gboolean refuse(GError **error, const char *message)
{
    g_set_error_literal(error, ML_DATABASE_ERROR, ML_DATABASE_ERROR_LOST, message);
    return FALSE;
}

static gboolean is_true(const PGresult *result, int column)
{
    return strcmp(PQgetvalue(result, 0, column), "t") == 0;
}

/* What we may do there. */
static gboolean get_to_know(MlPgServer *server, GError **error)
{
    static const char question[] =
        "SELECT rolsuper, rolsuper OR (rolcreaterole AND rolcreatedb), pg_is_in_recovery() "
        "FROM pg_catalog.pg_roles WHERE rolname = current_user";
    if (!ml_pg_execute(server->admin, "SET search_path = pg_catalog", NULL, error))
        return FALSE;
    g_autoptr(PGresult) answer = ml_pg_query(server->admin, question, NULL, error);
    if (answer == NULL)
        return FALSE;
    server->version = PQserverVersion(server->admin->handle);
    if (server->version < OLDEST_VERSION)
        return refuse(error, "the database server is older than Postgres 13, which is the oldest "
                             "that a round trip can be made on");
    if (PQntuples(answer) != 1 || !is_true(answer, 1))
        return refuse(error, "the database server does not let this user create roles and "
                             "databases: give --database one that may, or `--database postgresql` "
                             "for a server of its own");
    if (is_true(answer, 2))
        return refuse(error, "the database server is a standby, on which nothing can be made: "
                             "give --database the URL of its primary");
    server->superuser = is_true(answer, 0);
    /* If we are killed in the middle of a statement, its lock is to go too. */
    return server->version < 140000 ||
           ml_pg_execute(server->admin, "SET client_connection_check_interval = '1s'", NULL, error);
}

/* --- one of our own --------------------------------------------------------------------------- */

/* What libpq would take from there before what we say. */
static gboolean has_free_environment(GError **error)
{
    static const char *const variables[] = {"PGHOSTADDR", "PGSERVICE"};
    for (guint i = 0; i < G_N_ELEMENTS(variables); i++) {
        if (g_getenv(variables[i]) == NULL)
            continue;
        g_set_error(error, ML_DATABASE_ERROR, ML_DATABASE_ERROR_LOST,
                    "the environment leads libpq elsewhere than to a server of our own: unset %s",
                    variables[i]);
        return FALSE;
    }
    return TRUE;
}

static MlPgAddress *address_of(const MlCluster *cluster)
{
    MlPgAddress *address = ml_pg_address_new();
    ml_pg_address_set(address, "host", ml_cluster_socket_folder(cluster));
    ml_pg_address_set(address, "port", "5432");
    ml_pg_address_set(address, "user", ML_CLUSTER_USER);
    ml_pg_address_set(address, "dbname", "postgres");
    ml_pg_address_set(address, "sslmode", "disable");
    ml_pg_address_set(address, "gssencmode", "disable");
    ml_pg_address_set(address, "target_session_attrs", "any");
    ml_pg_address_set(address, "options", " "); /* else those of PGOPTIONS */
    return address;
}

static MlPgSession *connect_when_ready(MlPgServer *server, GError **error)
{
    const MlServerLimits *limits = &server->base.limits;
    gint64 deadline = g_get_monotonic_time() + START_SECONDS * G_TIME_SPAN_SECOND;
    for (;;) {
        g_autoptr(GError) cause = NULL;
        MlPgSession *session = ml_pg_connect(server->address, limits->cancelled, &cause);
        if (session != NULL)
            return session;
        if (!ml_cluster_is_alive(server->cluster, error))
            return NULL;
        if (g_get_monotonic_time() > deadline ||
            (limits->cancelled != NULL && g_atomic_int_get(limits->cancelled))) {
            g_propagate_error(error, g_steal_pointer(&cause));
            return NULL;
        }
        g_usleep(BETWEEN_TRIES);
    }
}

MlServer *ml_server_postgresql_cluster(const MlServerLimits *limits, GError **error)
{
    MlPgServer *server = server_new(limits);
    GError *cause = NULL;
    if (ml_libpq_load(&cause) && has_free_environment(&cause) &&
        (server->cluster = ml_cluster_start(limits, &cause)) != NULL) {
        server->address = address_of(server->cluster);
        server->admin = connect_when_ready(server, &cause);
    }
    if (server->admin != NULL)
        get_to_know(server, &cause);
    return done(server, cause, error);
}

/* --- another's -------------------------------------------------------------------------------- */

/* SQLAlchemy names a driver besides, which libpq does not know: "postgresql+psycopg2://". */
static char *without_driver(const char *url)
{
    return g_strconcat("postgresql", strstr(url, "://"), NULL);
}

/* Cuts it out: SQLAlchemy lets it hold what ends it for libpq, which might then quote it. */
static char *take_password(char *url)
{
    g_autofree char *written = ml_url_password(url);
    g_autofree char *mark = written ? g_strconcat(":", written, "@", NULL) : NULL;
    char *found = mark ? strstr(url, mark) : NULL;
    if (found == NULL)
        return NULL;
    const char *rest = found + strlen(mark) - 1;
    memmove(found, rest, strlen(rest) + 1);
    char *password = g_uri_unescape_string(written, NULL);
    return password ? password : g_steal_pointer(&written);
}

/* The password ended before the last @: what is taken for the host is a part of it. */
static gboolean is_cut_short(const char *url)
{
    g_autofree char *address = g_strndup(url, strcspn(url, "?"));
    return strchr(address, '@') != strrchr(address, '@');
}

/* What is no number has been something else, as in "postgresql://USER:PASSWORD". */
static gboolean is_port(const char *text)
{
    return text[strspn(text, "0123456789,")] == '\0';
}

static gboolean take_options(MlPgAddress *address, const PQconninfoOption *options, GError **error)
{
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
        if (option->val == NULL)
            continue;
        if (strcmp(option->keyword, "port") == 0 && !is_port(option->val))
            return refuse(error, "the port in the URL of --database is no number");
        ml_pg_address_set(address, option->keyword, option->val);
    }
    return TRUE;
}

static MlPgAddress *read_url(const char *url, GError **error)
{
    g_autofree char *dialect = ml_url_dialect(url);
    if (g_strcmp0(dialect, "postgresql") != 0) {
        refuse(error, "--database is not the URL of a Postgres server "
                      "(postgresql://USER:PASSWORD@HOST/DATABASE)");
        return NULL;
    }
    g_autofree char *plain = without_driver(url);
    g_autofree char *password = take_password(plain);
    if (is_cut_short(plain)) {
        refuse(error, "the user or the password in the URL of --database holds an @: write it as "
                      "%40");
        return NULL;
    }
    char *complaint = NULL; /* not shown: it may quote any part of the URL */
    PQconninfoOption *options = PQconninfoParse(plain, &complaint);
    PQfreemem(complaint);
    if (options == NULL) {
        refuse(error, "the URL of --database cannot be read: it is "
                      "postgresql://USER:PASSWORD@HOST/DATABASE, and its parameters are libpq's");
        return NULL;
    }
    g_autoptr(MlPgAddress) address = ml_pg_address_new();
    gboolean taken = take_options(address, options, error);
    PQconninfoFree(options);
    if (password != NULL)
        ml_pg_address_set(address, "password", password);
    return taken ? g_steal_pointer(&address) : NULL;
}

/* What others have left may cost the session, but not this run. */
static void clear_away(MlPgServer *server, GError **error)
{
    ml_pg_tenant_sweep(server);
    if (PQstatus(server->admin->handle) == CONNECTION_OK && !server->admin->stands_still)
        return;
    ml_pg_close(server->admin);
    server->admin = ml_pg_connect(server->address, server->base.limits.cancelled, error);
    if (server->admin != NULL)
        get_to_know(server, error);
}

MlServer *ml_server_postgresql_url(const char *url, const MlServerLimits *limits, GError **error)
{
    MlPgServer *server = server_new(limits);
    GError *cause = NULL;
    server->address = ml_libpq_load(&cause) ? read_url(url, &cause) : NULL;
    if (server->address != NULL)
        server->admin = ml_pg_connect(server->address, limits->cancelled, &cause);
    if (server->admin != NULL && get_to_know(server, &cause))
        clear_away(server, &cause);
    return done(server, cause, error);
}
