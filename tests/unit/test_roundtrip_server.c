/* Servers that make throwaway Postgres databases: what they refuse, and what they leave. */
#include "folder_helper.h"
#include "roundtrip/postgres.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define FEW_KILLS 5 /* MIGLINT_KILLS says otherwise */

static const MlServerLimits limits = {.seconds = 20};

/* A cluster of our own plays the server that is another's. */
static int start(void **state)
{
    g_autoptr(GError) error = NULL;
    *state = ml_server_postgresql_cluster(&limits, &error);
    if (*state == NULL)
        print_error("%s\n", error->message);
    return *state == NULL;
}

static int stop(void **state)
{
    ml_server_stop(*state);
    return 0;
}

static const char *folder_of(void **state)
{
    return ml_cluster_socket_folder(((MlPgServer *)*state)->cluster);
}

static char *url_of(void **state, const char *who)
{
    return g_strdup_printf("postgresql+psycopg2://%s@/postgres?host=%s", who, folder_of(state));
}

/* As the superuser of that server. */
static void administer(void **state, const char *sql)
{
    g_autoptr(GError) error = NULL;
    if (!ml_pg_execute(((MlPgServer *)*state)->admin, sql, NULL, &error))
        fail_msg("%s: %s", sql, error->message);
}

static int count(void **state, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PGresult) result = ml_pg_query(((MlPgServer *)*state)->admin, sql, NULL, &error);
    if (result == NULL)
        fail_msg("%s: %s", sql, error->message);
    return atoi(PQgetvalue(result, 0, 0));
}

static int tenants(void **state)
{
    return count(state, "SELECT (SELECT count(*) FROM pg_database WHERE datname ~ '^miglint_') + "
                        "(SELECT count(*) FROM pg_roles WHERE rolname ~ '^miglint_')");
}

/* --- what is refused ---------------------------------------------------------------------------
 */

/* One line that holds `part`, and no password. */
static void assert_no_server(const char *url, const char *part)
{
    g_autoptr(GError) error = NULL;
    if (ml_server_postgresql_url(url, &limits, &error) != NULL)
        fail_msg("%s: it is a server", url);
    assert_true(g_error_matches(error, ML_ROUNDTRIP_ERROR, ML_ROUNDTRIP_ERROR_DATABASE));
    if (strstr(error->message, part) == NULL || strstr(error->message, "sesame") != NULL ||
        strchr(error->message, '\n') != NULL)
        fail_msg("%s: %s", url, error->message);
}

static void test_urls(void **state)
{
    (void)state;
    assert_no_server("mysql://u:sesame@h/d", "not the URL of a Postgres server");
    assert_no_server("sesame", "not the URL of a Postgres server");
    assert_no_server("postgresql://u:sesame%zz@/d?host=/nonexistent", "No such file");
    assert_no_server("postgresql://u:x/sesame:?@/d?host=/nonexistent", "No such file");
    assert_no_server("postgresql://u:sesame@h%zz/d", "cannot be read");
    assert_no_server("postgresql://u:sesame@h/d?nonsense=1", "cannot be read");
    assert_no_server("postgresql://u:sesame@h:none/d", "port");
    assert_no_server("postgresql://u:sesame@127.0.0.1:1/d", "refused");
    assert_no_server("postgresql+asyncpg://u:sesame@/d?host=/nonexistent", "No such file");
}

static void test_rights(void **state)
{
    administer(state, "CREATE ROLE weak LOGIN CREATEDB");
    g_autofree char *url = url_of(state, "weak");
    assert_no_server(url, "does not let this user create roles and databases");
}

/* It accepts, and says nothing. */
static void test_silent(void **state)
{
    (void)state;
    g_autofree char *folder = g_dir_make_tmp("miglint-test-XXXXXX", NULL);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", folder);
    int handle = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(handle, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(handle, 1), 0);
    g_autofree char *url =
        g_strdup_printf("postgresql://u:sesame@/d?host=%s&connect_timeout=1", folder);
    assert_no_server(url, "does not answer");
    close(handle);
    remove_tree(folder);
}

/* --- what is made ------------------------------------------------------------------------------
 */

static void assert_works(const char *url)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MlServer) server = ml_server_postgresql_url(url, &limits, &error);
    if (server == NULL)
        fail_msg("%s", error->message);
    g_autoptr(MlDatabase) database = ml_server_open(server, &error);
    if (database == NULL)
        fail_msg("%s", error->message);
    assert_true(ml_database_run(database, "CREATE TABLE t (id serial)", NULL));
    g_autoptr(MlSnapshot) snapshot = ml_database_snapshot(database, NULL, NULL);
    assert_non_null(ml_snapshot_find(snapshot, "table", NULL, "t"));
}

static void test_as_superuser(void **state)
{
    g_autofree char *url = url_of(state, "miglint");
    assert_works(url);
    assert_int_equal(tenants(state), 0);
}

static void test_as_maker(void **state)
{
    administer(state, "CREATE ROLE maker LOGIN CREATEROLE CREATEDB");
    g_autofree char *url = url_of(state, "maker");
    assert_works(url);
    assert_int_equal(tenants(state), 0);
}

static void test_password(void **state)
{
    const char *folder = folder_of(state);
    administer(state, "CREATE ROLE careful LOGIN CREATEROLE CREATEDB PASSWORD 'o/p:e%n'");
    write_file(folder, "data/pg_hba.conf",
               "local all careful scram-sha-256\nlocal all all trust\n");
    administer(state, "SELECT pg_reload_conf()");
    g_autofree char *wrong = url_of(state, "careful:sesame");
    g_autofree char *none = url_of(state, "careful");
    g_autofree char *right = url_of(state, "careful:o/p:e%25n");
    assert_no_server(wrong, "password authentication failed");
    assert_no_server(none, "no password");
    assert_works(right);
    write_file(folder, "data/pg_hba.conf", "local all all trust\n");
    administer(state, "SELECT pg_reload_conf()");
}

/* Two runs at once, by way of two databases of one server: neither takes the other for left. */
static void test_side_by_side(void **state)
{
    g_autoptr(GError) error = NULL;
    administer(state, "CREATE DATABASE second");
    g_autofree char *url = url_of(state, "miglint");
    g_autofree char *second =
        g_strdup_printf("postgres://miglint@/second?host=%s", folder_of(state));
    g_autoptr(MlServer) server = ml_server_postgresql_url(url, &limits, &error);
    g_autoptr(MlDatabase) database = ml_server_open(server, &error);
    assert_non_null(database);
    assert_works(second);
    assert_true(ml_database_run(database, "CREATE TABLE t ()", &error));
}

/* A role or a database that only looks alike is not ours. */
static void test_others_names(void **state)
{
    administer(state, "CREATE ROLE miglint_0123456789abcdef SUPERUSER");
    administer(state, "CREATE DATABASE miglint_0123456789abcde0");
    administer(state, "CREATE DATABASE miglint_backup");
    g_autofree char *url = url_of(state, "miglint");
    assert_works(url);
    assert_int_equal(tenants(state), 3);
    administer(state, "DROP DATABASE miglint_0123456789abcde0");
    administer(state, "DROP DATABASE miglint_backup");
    administer(state, "DROP ROLE miglint_0123456789abcdef");
}

/* What a run has left, as the sweep knows it. */
static void leave(void **state, const char *name)
{
    g_autofree char *role = g_strdup_printf("CREATE ROLE %s LOGIN", name);
    g_autofree char *database = g_strdup_printf("CREATE DATABASE %s OWNER %s", name, name);
    administer(state, role);
    administer(state, database);
}

/* A DROP that was killed leaves a database that can only be dropped: to alter it ends a session. */
static void test_half_dropped(void **state)
{
    leave(state, "miglint_0123456789abcdef");
    administer(state, "UPDATE pg_database SET datconnlimit = -2 "
                      "WHERE datname = 'miglint_0123456789abcdef'");
    g_autofree char *url = url_of(state, "miglint");
    assert_works(url);
    assert_int_equal(tenants(state), 0);
}

static void test_half_dropped_template(void **state)
{
    leave(state, "miglint_0123456789abcdef");
    administer(state, "UPDATE pg_database SET datconnlimit = -2, datistemplate = true "
                      "WHERE datname = 'miglint_0123456789abcdef'");
    g_autofree char *url = url_of(state, "miglint");
    assert_works(url);
    assert_int_equal(tenants(state), 2);
    administer(state, "UPDATE pg_database SET datistemplate = false "
                      "WHERE datname = 'miglint_0123456789abcdef'");
    assert_works(url);
    assert_int_equal(tenants(state), 0);
}

static void test_left_template(void **state)
{
    leave(state, "miglint_0123456789abcdef");
    administer(state, "ALTER DATABASE miglint_0123456789abcdef IS_TEMPLATE true");
    g_autofree char *url = url_of(state, "miglint");
    assert_works(url);
    assert_int_equal(tenants(state), 0);
}

/* --- sessions that heed no signal --------------------------------------------------------------
 */

/* The process of the one session that a tenant has: it stands still. */
static gpointer stop_session(void **state)
{
    int process = count(state, "SELECT pid FROM pg_stat_activity WHERE usename = datname "
                               "AND datname ~ '^miglint_'");
    assert_int_equal(kill(process, SIGSTOP), 0);
    return GINT_TO_POINTER(process);
}

/* A new one, and a database of it. */
static MlServer *begin(void **state, MlDatabase **database)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *url = url_of(state, "miglint");
    MlServer *server = ml_server_postgresql_url(url, &limits, &error);
    if (server == NULL)
        fail_msg("%s", error->message);
    *database = ml_server_open(server, &error);
    assert_non_null(*database);
    return server;
}

static gpointer go_on_late(gpointer process)
{
    g_usleep(6 * G_TIME_SPAN_SECOND); /* Postgres itself waits for 5 */
    kill(GPOINTER_TO_INT(process), SIGCONT);
    return NULL;
}

static void test_ends_late(void **state)
{
    MlDatabase *database;
    g_autoptr(MlServer) server = begin(state, &database);
    GThread *thread = g_thread_new("late", go_on_late, stop_session(state));
    gint64 begun = g_get_monotonic_time();
    ml_database_close(database);
    assert_true(g_get_monotonic_time() - begun > 5 * G_TIME_SPAN_SECOND);
    assert_int_equal(tenants(state), 0);
    g_thread_join(thread);
}

static void sweep(const char *url)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MlServer) server = ml_server_postgresql_url(url, &limits, &error);
    if (server == NULL)
        fail_msg("%s", error->message);
}

/* Who made it says so, until it has gone. */
static void test_says_what_is_left(void **state)
{
    MlDatabase *database;
    g_autoptr(MlServer) server = begin(state, &database);
    gpointer process = stop_session(state);
    ml_database_close(database);
    const GPtrArray *left = ml_server_left(server);
    assert_int_equal(left->len, 1);
    g_autofree char *question =
        g_strdup_printf("SELECT count(*) FROM pg_database JOIN pg_roles ON rolname = datname "
                        "WHERE datname = '%s'",
                        (char *)left->pdata[0]);
    assert_int_equal(count(state, question), 1);
    kill(GPOINTER_TO_INT(process), SIGCONT);
    assert_int_equal(ml_server_left(server)->len, 0);
    assert_int_equal(tenants(state), 0);
}

/* What does not end is left, and keeps nobody. */
static void test_never_ends(void **state)
{
    leave(state, "miglint_0123456789abcdef");
    g_autofree char *url = url_of(state, "miglint");
    g_autoptr(MlPgAddress) address = ml_pg_address_copy(((MlPgServer *)*state)->address);
    ml_pg_address_set(address, "user", "miglint_0123456789abcdef");
    ml_pg_address_set(address, "dbname", "miglint_0123456789abcdef");
    g_autoptr(MlPgSession) session = ml_pg_connect(address, NULL, NULL);
    assert_non_null(session);
    gpointer process = stop_session(state);
    gint64 begun = g_get_monotonic_time();
    sweep(url);
    assert_true(g_get_monotonic_time() - begun < 5 * G_TIME_SPAN_SECOND);
    assert_int_equal(tenants(state), 2);
    assert_int_equal(count(state, "SELECT count(*) FROM pg_database WHERE datconnlimit = -2"), 0);
    kill(GPOINTER_TO_INT(process), SIGCONT);
    sweep(url);
    assert_int_equal(tenants(state), 0);
}

/* The server ends in the middle: each question after that has an answer. */
static void test_goes_away(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(MlServer) server = ml_server_postgresql_cluster(&limits, &error);
    g_autoptr(MlDatabase) database = ml_server_open(server, &error);
    assert_non_null(database);
    assert_true(ml_database_begin(database, &error));
    g_autofree char *path = g_build_filename(
        ml_cluster_socket_folder(((MlPgServer *)server)->cluster), "data/postmaster.pid", NULL);
    g_autofree char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, &error));
    kill(atoi(text), SIGQUIT);
    for (int i = 0; i < 2; i++) {
        g_clear_error(&error);
        assert_false(ml_database_run(database, "SELECT pg_sleep(15)", &error));
        assert_true(g_error_matches(error, ML_DATABASE_ERROR, ML_DATABASE_ERROR_LOST));
        ml_database_rollback(database);
    }
    assert_null(ml_database_snapshot(database, NULL, NULL));
    assert_null(ml_server_open(server, NULL));
}

/* --- kills -------------------------------------------------------------------------------------
 */

static pid_t start_dump(const char *url)
{
    g_autoptr(GError) error = NULL;
    GPid child;
    char *command[] = {(char *)g_getenv("MIGLINT_TENANT_DUMP"), (char *)url, NULL};
    if (!g_spawn_async(NULL, command, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &child, &error))
        fail_msg("%s", error->message);
    return child;
}

static void kill_dump(const char *url, gint64 after)
{
    int status;
    pid_t child = start_dump(url);
    g_usleep(after);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
}

/* Microseconds that it took. */
static gint64 finish_dump(const char *url)
{
    int status;
    gint64 begun = g_get_monotonic_time();
    pid_t child = start_dump(url);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    return g_get_monotonic_time() - begun;
}

static void kill_at_random(const char *url)
{
    const char *wanted = g_getenv("MIGLINT_KILLS");
    gint64 whole = finish_dump(url);
    for (int i = wanted ? atoi(wanted) : FEW_KILLS; i > 0; i--)
        kill_dump(url, g_random_int_range(0, (gint32)whole));
    finish_dump(url);
}

static guint entries_in(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    guint number = 0;
    while (g_dir_read_name(folder) != NULL)
        number++;
    return number;
}

/* Processes that stand in a folder below this one. */
static guint processes_in(const char *path)
{
    g_autoptr(GDir) processes = g_dir_open("/proc", 0, NULL);
    guint number = 0;
    for (const char *name; (name = g_dir_read_name(processes)) != NULL;) {
        g_autofree char *link = g_build_filename("/proc", name, "cwd", NULL);
        g_autofree char *target = g_file_read_link(link, NULL);
        number += target != NULL && g_str_has_prefix(target, path);
    }
    return number;
}

static void test_killed_clusters(void **state)
{
    (void)state;
    g_autofree char *folder = g_dir_make_tmp("miglint-test-XXXXXX", NULL);
    g_chmod(folder, 0755); /* the cluster's user is another one where we are root */
    g_setenv("TMPDIR", folder, TRUE);
    kill_at_random(NULL);
    assert_int_equal(entries_in(folder), 0);
    assert_int_equal(processes_in(folder), 0);
    g_unsetenv("TMPDIR");
    remove_tree(folder);
}

static void test_killed_tenants(void **state)
{
    g_autofree char *url = url_of(state, "miglint");
    kill_at_random(url);
    assert_int_equal(tenants(state), 0);
}

/* --- temporary folders -------------------------------------------------------------------------
 */

static void assert_no_cluster(const char *folder, const char *part)
{
    g_autofree char *complaint = NULL;
    g_auto(GStrv) environment = g_get_environ();
    environment = g_environ_setenv(environment, "TMPDIR", folder, TRUE);
    char *command[] = {(char *)g_getenv("MIGLINT_TENANT_DUMP"), NULL};
    int status;
    assert_true(g_spawn_sync(NULL, command, environment, G_SPAWN_DEFAULT, NULL, NULL, NULL,
                             &complaint, &status, NULL));
    assert_int_equal(WEXITSTATUS(status), 2);
    if (strstr(complaint, part) == NULL ||
        strchr(complaint, '\n') != complaint + strlen(complaint) - 1)
        fail_msg("%s", complaint);
}

static void test_temporary_folders(void **state)
{
    (void)state;
    assert_no_cluster("/proc", "no folder can be made in /proc");
    assert_no_cluster("/nonexistent/folder", "let TMPDIR name one that can be written");
    g_autofree char *folder = g_dir_make_tmp("miglint-test-XXXXXX", NULL);
    g_autofree char *name = g_strnfill(90, 'x');
    g_autofree char *deep = g_build_filename(folder, name, NULL);
    g_chmod(folder, 0755);
    assert_int_equal(g_mkdir(deep, 0755), 0);
    assert_no_cluster(deep, "too long for a socket");
    assert_int_equal(entries_in(deep), 0);
    remove_tree(folder);
}

/* What is not locked is removed, links are not followed, and other names stay. */
static void test_left_folders(void **state)
{
    (void)state;
    g_autofree char *folder = g_dir_make_tmp("miglint-test-XXXXXX", NULL);
    g_autofree char *kept = g_build_filename(folder, "kept", NULL);
    g_autofree char *link = g_build_filename(folder, "miglint-postgresql-abcdef", NULL);
    g_autofree char *inner = g_build_filename(folder, "miglint-postgresql-uvwxyz/data/link", NULL);
    g_chmod(folder, 0755);
    write_file(folder, "kept/file", "");
    write_file(folder, "miglint-postgresql-uvwxyz/data/base/1/2", "");
    write_file(folder, "miglint-other/file", "");
    assert_int_equal(symlink(kept, link), 0);
    assert_int_equal(symlink(kept, inner), 0);
    g_setenv("TMPDIR", folder, TRUE);
    finish_dump(NULL);
    assert_int_equal(entries_in(folder), 3);
    assert_int_equal(entries_in(kept), 1);
    g_unsetenv("TMPDIR");
    g_remove(link);
    remove_tree(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_password),
        cmocka_unit_test(test_rights),
        cmocka_unit_test(test_silent),
        cmocka_unit_test(test_as_superuser),
        cmocka_unit_test(test_as_maker),
        cmocka_unit_test(test_side_by_side),
        cmocka_unit_test(test_others_names),
        cmocka_unit_test(test_half_dropped),
        cmocka_unit_test(test_half_dropped_template),
        cmocka_unit_test(test_left_template),
        cmocka_unit_test(test_ends_late),
        cmocka_unit_test(test_says_what_is_left),
        cmocka_unit_test(test_never_ends),
        cmocka_unit_test(test_goes_away),
        cmocka_unit_test(test_killed_tenants),
        cmocka_unit_test(test_killed_clusters),
        cmocka_unit_test(test_left_folders),
        cmocka_unit_test(test_temporary_folders),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
