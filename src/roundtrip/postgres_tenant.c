/*
 * A tenant's name is "miglint_" and 16 hexadecimal digits, which are the key of an advisory lock
 * that its maker holds as long as it is connected. pg_locks shows those of all databases: a name
 * whose lock nobody holds was left by a run that was killed.
 */
#include "roundtrip/postgres.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define IDLE_SECONDS 600 /* that a session in a transaction may say nothing */
#define GRACE        5   /* seconds until the server does by itself what we should have done */

#define PATIENCE       10 /* seconds that a session of ours has to end */
#define SWEEP_PATIENCE 1  /* that one has which had all the time since its run */
#define BETWEEN_LOOKS  (10 * G_TIME_SPAN_MILLISECOND)
#define MOST_DROPS     3

/* --- names ------------------------------------------------------------------------------------ */

static char *random_digits(void)
{
    guint64 number;
    while (getrandom(&number, sizeof number, 0) != sizeof number)
        ;
    return g_strdup_printf("%016" G_GINT64_MODIFIER "x", number);
}

static char *random_password(void)
{
    g_autofree char *one = random_digits(), *other = random_digits();
    return g_strconcat(one, other, NULL);
}

static char *lock_call(const MlPgTenant *tenant, const char *function)
{
    return g_strdup_printf("SELECT %s(('x%s')::bit(64)::bigint)", function,
                           tenant->name + strlen("miglint_"));
}

/* --- making ----------------------------------------------------------------------------------- */

static const char *remedy(const char *state)
{
    if (strcmp(state, "42501") == 0)
        return "; give --database a user that may create roles and databases, or `--database "
               "postgresql` for a server of its own";
    return "";
}

static gboolean G_GNUC_PRINTF(3, 4)
    execute(MlPgServer *server, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sql = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autoptr(GError) cause = NULL;
    char state[6];
    if (ml_pg_execute(server->admin, sql, state, &cause))
        return TRUE;
    g_set_error(error, ML_DATABASE_ERROR, ML_DATABASE_ERROR_LOST,
                "no role and no database can be made on the database server: %s%s", cause->message,
                remedy(state));
    return FALSE;
}

/* What a migration may set otherwise: our own clock is the one that counts. */
static gboolean set_limits(MlPgServer *server, const char *name, GError **error)
{
    guint seconds = server->base.limits.seconds;
    if (!execute(server, error,
                 "ALTER ROLE %s SET statement_timeout = '%us'; ALTER ROLE %s SET lock_timeout = "
                 "'%us'; ALTER ROLE %s SET idle_in_transaction_session_timeout = '%ds'",
                 name, seconds + GRACE, name, seconds + GRACE, name, IDLE_SECONDS))
        return FALSE;
    if (server->version >= 140000 &&
        !execute(server, error, "ALTER ROLE %s SET client_connection_check_interval = '2s'", name))
        return FALSE;
    /* A superuser's to set, and then nobody else's. */
    return !server->superuser ||
           execute(server, error, "ALTER ROLE %s SET temp_file_limit = '1GB'", name);
}

static gboolean make_role(MlPgServer *server, const char *name, const char *password,
                          GError **error)
{
    return execute(server, error,
                   "CREATE ROLE %s LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION "
                   "NOBYPASSRLS CONNECTION LIMIT 3 PASSWORD '%s'",
                   name, password) &&
           (server->superuser || execute(server, error, "GRANT %s TO CURRENT_USER", name)) &&
           set_limits(server, name, error);
}

static gboolean make_database(MlPgServer *server, const char *name, GError **error)
{
    return execute(server, error,
                   "CREATE DATABASE %s OWNER %s TEMPLATE template0 ENCODING 'UTF8' "
                   "LC_COLLATE 'C' LC_CTYPE 'C'",
                   name, name);
}

gboolean ml_pg_tenant_make(MlPgServer *server, MlPgTenant *tenant, GError **error)
{
    g_autofree char *digits = random_digits(), *password = random_password();
    tenant->name = g_strconcat("miglint_", digits, NULL);
    tenant->address = ml_pg_address_copy(server->address);
    ml_pg_address_set(tenant->address, "dbname", tenant->name);
    ml_pg_address_set(tenant->address, "user", tenant->name);
    ml_pg_address_set(tenant->address, "password", password);
    g_autofree char *lock = lock_call(tenant, "pg_advisory_lock");
    if (execute(server, error, "%s", lock) && make_role(server, tenant->name, password, error) &&
        make_database(server, tenant->name, error))
        return TRUE;
    ml_pg_tenant_drop(server, tenant);
    return FALSE;
}

/* --- dropping --------------------------------------------------------------------------------- */

/* Statements of our own, whatever comes of them. */
static void G_GNUC_PRINTF(2, 3) attempt(MlPgSession *session, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sql = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    ml_pg_execute(session, sql, NULL, NULL);
}

/* A number that the server tells; -1 where it tells none. */
static int G_GNUC_PRINTF(2, 3) ask(MlPgServer *server, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sql = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autoptr(PGresult) answer = ml_pg_query(server->admin, sql, NULL, NULL);
    return answer != NULL && PQntuples(answer) == 1 ? atoi(PQgetvalue(answer, 0, 0)) : -1;
}

/* One that a DROP has left halfway: to alter it would end our own session. */
#define HALF_DROPPED (-2)

/* To a database whose owner may have set that nobody gets in. */
static MlPgSession *enter(MlPgServer *server, const char *name)
{
    attempt(server->admin, "ALTER DATABASE %s ALLOW_CONNECTIONS true CONNECTION LIMIT -1", name);
    attempt(server->admin, "ALTER DATABASE %s RESET ALL", name);
    attempt(server->admin, "GRANT CONNECT ON DATABASE %s TO CURRENT_USER", name);
    g_autoptr(MlPgAddress) address = ml_pg_address_copy(server->address);
    ml_pg_address_set(address, "dbname", name);
    MlPgSession *session = ml_pg_connect(address, NULL, NULL);
    if (session != NULL && !server->superuser)
        attempt(session, "SET ROLE %s", name); /* who prepared may roll back */
    return session;
}

/* Where a server has prepared transactions, a database that has some cannot be dropped. */
static void forget_prepared(MlPgServer *server, const char *name)
{
    g_autofree char *question =
        g_strdup_printf("SELECT format('ROLLBACK PREPARED %%L', gid) FROM pg_prepared_xacts "
                        "JOIN pg_database ON datname = database "
                        "WHERE database = '%s' AND datconnlimit <> %d",
                        name, HALF_DROPPED);
    g_autoptr(PGresult) statements = ml_pg_query(server->admin, question, NULL, NULL);
    if (statements == NULL || PQntuples(statements) == 0)
        return;
    g_autoptr(MlPgSession) session = enter(server, name);
    for (int i = 0; session != NULL && i < PQntuples(statements); i++)
        ml_pg_execute(session, PQgetvalue(statements, i, 0), NULL, NULL);
}

/* An owner can make a template of its database, which cannot be dropped then. */
static void make_droppable(MlPgServer *server, const char *name)
{
    if (ask(server,
            "SELECT count(*) FROM pg_database WHERE datname = '%s' AND datistemplate "
            "AND datconnlimit <> %d",
            name, HALF_DROPPED) > 0)
        attempt(server->admin, "ALTER DATABASE %s IS_TEMPLATE false", name);
}

/* What heeds no signal for a while keeps its database, and a DROP that waits for it keeps others
 * from theirs: then FALSE. */
static gboolean end_sessions(MlPgServer *server, const char *name, guint seconds)
{
    gint64 deadline = g_get_monotonic_time() + seconds * G_TIME_SPAN_SECOND;
    for (;;) {
        int left = ask(server,
                       "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                       "WHERE datname = '%s' AND usename IN ('%s', current_user)",
                       name, name);
        if (left <= 0)
            return left == 0;
        if (g_get_monotonic_time() > deadline)
            return FALSE;
        g_usleep(BETWEEN_LOOKS);
    }
}

/* What cannot be dropped is left to the sweep of a later run: FALSE. */
static gboolean drop(MlPgServer *server, const char *name, guint seconds)
{
    g_autofree char *sql = g_strdup_printf("DROP DATABASE IF EXISTS %s WITH (FORCE)", name);
    for (guint i = 0; i < MOST_DROPS && end_sessions(server, name, seconds); i++) {
        forget_prepared(server, name);
        if (ml_pg_execute(server->admin, sql, NULL, NULL)) {
            attempt(server->admin, "DROP ROLE IF EXISTS %s", name);
            return TRUE;
        }
        make_droppable(server, name);
    }
    return FALSE;
}

void ml_pg_tenant_retry(MlPgServer *server)
{
    for (guint i = server->base.left->len; i-- > 0;)
        if (drop(server, g_ptr_array_index(server->base.left, i), SWEEP_PATIENCE))
            g_ptr_array_remove_index(server->base.left, i);
}

void ml_pg_tenant_drop(MlPgServer *server, MlPgTenant *tenant)
{
    g_autofree char *unlock = lock_call(tenant, "pg_advisory_unlock");
    const volatile gint *cancelled = server->admin->cancelled;
    server->admin->cancelled = NULL;
    if (!drop(server, tenant->name, PATIENCE))
        g_ptr_array_add(server->base.left, g_strdup(tenant->name));
    ml_pg_execute(server->admin, unlock, NULL, NULL);
    server->admin->cancelled = cancelled;
    g_clear_pointer(&tenant->name, g_free);
    g_clear_pointer(&tenant->address, ml_pg_address_free);
}

/* The names are seen as of the statement's beginning, the locks a moment later: a maker has the
 * lock before the name is there. */
static const char abandoned[] =
    "WITH own AS MATERIALIZED ("
    "  SELECT rolname AS name FROM pg_roles WHERE rolname ~ '^miglint_[0-9a-f]{16}$'"
    "  AND NOT rolsuper AND NOT rolcreaterole AND NOT rolcreatedb"
    "  UNION"
    "  SELECT datname FROM pg_database WHERE datname ~ '^miglint_[0-9a-f]{16}$'"
    "  AND pg_get_userbyid(datdba) = datname) "
    "SELECT name FROM own WHERE NOT EXISTS ("
    "  SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1"
    "  AND lpad(to_hex(classid::bigint), 8, '0') || lpad(to_hex(objid::bigint), 8, '0')"
    "      = substr(name, 9))";

void ml_pg_tenant_sweep(MlPgServer *server)
{
    g_autoptr(PGresult) names = ml_pg_query(server->admin, abandoned, NULL, NULL);
    for (int i = 0; names != NULL && i < PQntuples(names); i++)
        drop(server, PQgetvalue(names, i, 0), SWEEP_PATIENCE);
}
