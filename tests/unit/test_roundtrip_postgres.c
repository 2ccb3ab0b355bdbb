/* What migrations run in a Postgres to throw away, and what its catalogs say of it afterwards. */
#include "roundtrip/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SECONDS 1 /* that a statement may take in these tests */

static volatile gint cancelled;

static int start(void **state)
{
    g_autoptr(GError) error = NULL;
    const MlServerLimits limits = {.seconds = SECONDS, .cancelled = &cancelled};
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

static MlDatabase *open_database(void **state)
{
    g_autoptr(GError) error = NULL;
    MlDatabase *database = ml_server_open(*state, &error);
    if (database == NULL)
        fail_msg("%s", error->message);
    return database;
}

static void run(MlDatabase *database, const char *sql)
{
    g_autoptr(GError) error = NULL;
    if (!ml_database_run(database, sql, &error))
        fail_msg("%s: %s", sql, error->message);
}

/* What the database refuses it with. */
static char *refusal(MlDatabase *database, const char *sql)
{
    g_autoptr(GError) error = NULL;
    if (ml_database_run(database, sql, &error))
        fail_msg("%s: it was run", sql);
    if (!g_error_matches(error, ML_DATABASE_ERROR, ML_DATABASE_ERROR_STATEMENT))
        fail_msg("%s: %s", sql, error->message);
    return g_strdup(error->message);
}

static void assert_refused(MlDatabase *database, const char *sql, const char *part)
{
    g_autofree char *message = refusal(database, sql);
    if (strstr(message, part) == NULL)
        fail_msg("%s: %s", sql, message);
}

static MlSnapshot *look(MlDatabase *database, const MlSnapshot *before)
{
    g_autoptr(GError) error = NULL;
    MlSnapshot *snapshot = ml_database_snapshot(database, before, &error);
    if (snapshot == NULL)
        fail_msg("%s", error->message);
    return snapshot;
}

/* --- statements ---------------------------------------------------------------------------------
 */

static void test_statements(void **state)
{
    g_autoptr(MlDatabase) database = open_database(state);
    run(database, "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1); SELECT 1");
    run(database, "");
    run(database, "-- nothing");
    run(database, "DO $$ BEGIN RAISE NOTICE 'aside'; END $$");
    assert_refused(database, "SELECT missing FROM t", "column \"missing\" does not exist");
    assert_refused(database, "SELECT id.x FROM t; SELECT 1", "missing FROM-clause entry");
    assert_refused(database, "INSERT INTO t VALUES (1)", "DETAIL: Key (id)=(1) already exists.");
    assert_refused(database, "SELECT nothing('x')", "HINT: No function matches");
    assert_refused(database, "SELECT '\xff'", "UTF-8");
    assert_refused(database, "COPY t FROM STDIN", "COPY");
    assert_refused(database, "COPY t TO STDOUT", "COPY");
    assert_refused(database, "SELECT 1; COPY t TO STDOUT; COPY t FROM STDIN", "COPY");
    run(database, "SELECT * FROM t");
}

static void test_transactions(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MlDatabase) database = open_database(state);
    assert_true(ml_database_begin(database, &error));
    run(database, "CREATE TABLE t (id int)");
    assert_refused(database, "SELECT 1 / 0", "division by zero");
    ml_database_rollback(database);
    assert_refused(database, "SELECT * FROM t", "does not exist");
    assert_true(ml_database_begin(database, &error));
    run(database, "CREATE TABLE t (id int)");
    assert_true(ml_database_commit(database, &error));
    run(database, "SELECT * FROM t");
    assert_true(ml_database_begin(database, &error));
    run(database, "CREATE TABLE a (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
    run(database, "INSERT INTO a VALUES (1), (1)");
    assert_false(ml_database_commit(database, &error));
    assert_non_null(strstr(error->message, "duplicate key"));
    assert_refused(database, "SELECT * FROM a", "does not exist");
}

static void test_endless(void **state)
{
    g_autoptr(MlDatabase) database = open_database(state);
    static const char *const statements[] = {
        "SET statement_timeout = 0; SELECT pg_sleep(1e9)",
        "WITH RECURSIVE n AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n",
        "SELECT generate_series(1, 1000000000)",
        "SET statement_timeout = 0; SELECT repeat('x', 1000) FROM generate_series(1, 1000000000)",
        "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 1000000000)) TO STDOUT",
    };
    for (guint i = 0; i < G_N_ELEMENTS(statements); i++) {
        g_free(refusal(database, statements[i]));
        run(database, "SELECT 1");
    }
    assert_refused(database, "SELECT pg_sleep(1e9)", "it took longer than 1 s");
    assert_refused(database,
                   "DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(9); EXCEPTION WHEN query_canceled "
                   "THEN END; END LOOP; END $$",
                   "it took longer than 1 s");
    run(database, "SELECT 1");
}

/* It costs the statement's own session and nothing else. */
static void test_ends_itself(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MlDatabase) database = open_database(state);
    assert_true(ml_database_begin(database, &error));
    run(database, "CREATE TABLE t (id int)");
    assert_refused(database, "SELECT pg_terminate_backend(pg_backend_pid())", "terminat");
    ml_database_rollback(database);
    assert_refused(database, "SELECT * FROM t", "does not exist");
}

static gpointer cancel_soon(gpointer data)
{
    (void)data;
    g_usleep(300 * G_TIME_SPAN_MILLISECOND);
    g_atomic_int_set(&cancelled, 1);
    return NULL;
}

static void test_cancelled(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MlDatabase) database = open_database(state);
    GThread *thread = g_thread_new("cancel", cancel_soon, NULL);
    assert_false(ml_database_run(database, "SELECT pg_sleep(1e9)", &error));
    assert_true(g_error_matches(error, ML_DATABASE_ERROR, ML_DATABASE_ERROR_LOST));
    g_thread_join(thread);
    assert_null(ml_server_open(*state, NULL));
    g_atomic_int_set(&cancelled, 0);
}

/* --- strangers ----------------------------------------------------------------------------------
 */

static void test_hostile(void **state)
{
    g_autoptr(MlDatabase) database = open_database(state);
    g_autoptr(MlDatabase) other = open_database(state);
    static const char *const statements[] = {
        "COPY pg_class TO PROGRAM 'touch /tmp/miglint-was-here'",
        "CREATE TABLE p (t text); COPY p FROM PROGRAM 'id'",
        "COPY (SELECT 1) TO '/tmp/miglint-was-here'",
        "SELECT lo_import('/etc/passwd')",
        "SELECT lo_export(lo_create(0), '/tmp/miglint-was-here')",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_ls_dir('/')",
        "DROP DATABASE postgres",
        "DROP DATABASE template1",
        "CREATE DATABASE another",
        "CREATE ROLE another",
        "ALTER ROLE current_user SUPERUSER",
        "ALTER ROLE current_user CREATEDB",
        "ALTER ROLE miglint PASSWORD 'x'",
        "SET ROLE miglint",
        "SET SESSION AUTHORIZATION miglint",
        "ALTER SYSTEM SET archive_command = 'id'",
        "SET temp_file_limit = -1",
        "SELECT pg_reload_conf()",
        "CREATE EXTENSION file_fdw",
        "CREATE EXTENSION dblink",
        "CREATE FUNCTION run(text) RETURNS int LANGUAGE c AS 'libc', 'system'",
        "LOAD '/tmp/miglint.so'",
        "CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION f()",
        "CREATE SUBSCRIPTION s CONNECTION 'host=example.org' PUBLICATION p",
        "GRANT pg_execute_server_program TO current_user",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'miglint'",
    };
    for (guint i = 0; i < G_N_ELEMENTS(statements); i++)
        g_free(refusal(database, statements[i]));
    assert_refused(database, "CREATE EXTENSION file_fdw", "trusted");
    run(database, "CREATE EXTENSION hstore");
    run(other, "SELECT 1");
    assert_false(g_file_test("/tmp/miglint-was-here", G_FILE_TEST_EXISTS));
    /* Its own database and what makes it hard to drop are its own. */
    run(database, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I IS_TEMPLATE true', "
                  "current_database()); EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 0', "
                  "current_database()); END $$");
}

static void test_nothing_is_left(void **state)
{
    g_autoptr(MlDatabase) database = open_database(state);
    run(database,
        "DO $$ BEGIN IF (SELECT count(*) FROM pg_database WHERE datname ~ '^miglint_') > 1 "
        "THEN RAISE 'a database is left'; END IF; END $$");
    run(database, "DO $$ BEGIN IF (SELECT count(*) FROM pg_roles WHERE rolname ~ '^miglint_') > 1 "
                  "THEN RAISE 'a role is left'; END IF; END $$");
}

/* --- snapshots ----------------------------------------------------------------------------------
 */

static const char schema[] =
    "CREATE SCHEMA s; COMMENT ON SCHEMA s IS 'the second';"
    "CREATE TYPE mood AS ENUM ('good', 'bad');"
    "CREATE TYPE pair AS (one int, other text);"
    "CREATE TYPE span AS RANGE (subtype = int);"
    "CREATE DOMAIN positive AS int CONSTRAINT above CHECK (VALUE > 0);"
    "CREATE SEQUENCE counter;"
    "CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';"
    "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
    "CREATE TABLE t (id int PRIMARY KEY, a text, n int DEFAULT 1, m mood DEFAULT 'good',"
    "  d int GENERATED ALWAYS AS (id * 2) STORED, i int GENERATED BY DEFAULT AS IDENTITY,"
    "  CONSTRAINT n_above CHECK (n > 0), CONSTRAINT a_once UNIQUE (a));"
    "CREATE INDEX t_n ON t (n);"
    "CREATE TABLE \"a USING b\" (id serial PRIMARY KEY, t_id int REFERENCES t);"
    "CREATE INDEX \"x ON y\" ON \"a USING b\" USING btree (t_id DESC) WHERE t_id > 1;"
    "CREATE VIEW v AS SELECT id, a FROM t WHERE n > 1;"
    "CREATE MATERIALIZED VIEW mv AS SELECT id FROM t; CREATE INDEX mv_id ON mv (id);"
    "CREATE TRIGGER t_touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch();"
    "CREATE POLICY mine ON t USING (n > 0);"
    "CREATE RULE no_delete AS ON DELETE TO t DO INSTEAD NOTHING;"
    "CREATE STATISTICS t_stat ON id, n FROM t;"
    "CREATE TABLE parts (id int, at date) PARTITION BY RANGE (at);"
    "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');"
    "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');"
    "CREATE TABLE s.t (id int);";

/* What a change is told of: the kind of the object, and which property. */
typedef struct {
    const char *change, *undo, *what, *property;
} Pair;

static const Pair pairs[] = {
    {"CREATE TABLE x ()", "DROP TABLE x", "table", NULL},
    {"CREATE TABLE s.x (id int)", "DROP TABLE s.x", "table", NULL},
    {"ALTER TABLE s.t SET UNLOGGED", "ALTER TABLE s.t SET LOGGED", "table", "unlogged"},
    {"ALTER TABLE t RENAME TO x", "ALTER TABLE x RENAME TO t", "table", NULL},
    {"ALTER TABLE parts SET SCHEMA s", "ALTER TABLE s.parts SET SCHEMA public", "table", NULL},
    {"ALTER TABLE t SET (fillfactor = 70)", "ALTER TABLE t RESET (fillfactor)", "table", "options"},
    {"ALTER TABLE t ENABLE ROW LEVEL SECURITY", "ALTER TABLE t DISABLE ROW LEVEL SECURITY", "table",
     "row security"},
    {"ALTER TABLE t FORCE ROW LEVEL SECURITY", "ALTER TABLE t NO FORCE ROW LEVEL SECURITY", "table",
     "forced row security"},
    {"ALTER TABLE t REPLICA IDENTITY FULL", "ALTER TABLE t REPLICA IDENTITY DEFAULT", "table",
     "replica identity"},
    {"COMMENT ON TABLE t IS 'x'", "COMMENT ON TABLE t IS NULL", "table", "comment"},
    {"ALTER TABLE parts DETACH PARTITION parts_1",
     "ALTER TABLE parts ATTACH PARTITION parts_1 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
     "table", "partition bound"},
    {"CREATE TABLE x (id int) INHERITS (s.t)", "DROP TABLE x", "table", NULL},
    {"ALTER TABLE t ADD x int", "ALTER TABLE t DROP x", "column", NULL},
    {"ALTER TABLE t RENAME a TO x", "ALTER TABLE t RENAME x TO a", "column", NULL},
    {"ALTER TABLE s.t ALTER id TYPE bigint", "ALTER TABLE s.t ALTER id TYPE int", "column", "type"},
    {"ALTER TABLE s.t ALTER id TYPE numeric(10, 2)", "ALTER TABLE s.t ALTER id TYPE int", "column",
     "type"},
    {"ALTER TABLE t ALTER n SET NOT NULL", "ALTER TABLE t ALTER n DROP NOT NULL", "column",
     "nullable"},
    {"ALTER TABLE t ALTER n SET DEFAULT 2", "ALTER TABLE t ALTER n SET DEFAULT 1", "column",
     "default"},
    {"ALTER TABLE t ALTER n DROP DEFAULT", "ALTER TABLE t ALTER n SET DEFAULT 1", "column",
     "default"},
    {"ALTER TABLE t ALTER i SET GENERATED ALWAYS", "ALTER TABLE t ALTER i SET GENERATED BY DEFAULT",
     "column", "identity"},
    {"ALTER TABLE t ALTER i DROP IDENTITY",
     "ALTER TABLE t ALTER i ADD GENERATED BY DEFAULT AS IDENTITY", "column", "identity"},
    {"ALTER TABLE t ALTER d DROP EXPRESSION",
     "ALTER TABLE t DROP d; ALTER TABLE t ADD d int GENERATED ALWAYS AS (id * 2) STORED", "column",
     "generated"},
    {"ALTER TABLE parts ADD x text COLLATE \"C\"",
     "ALTER TABLE parts DROP x; ALTER TABLE parts ADD x text; ALTER TABLE parts DROP x", "column",
     NULL},
    {"COMMENT ON COLUMN t.n IS 'x'", "COMMENT ON COLUMN t.n IS NULL", "column", "comment"},
    {"ALTER TABLE t ADD CONSTRAINT x CHECK (n < 9)", "ALTER TABLE t DROP CONSTRAINT x",
     "constraint", NULL},
    {"ALTER TABLE t ADD CONSTRAINT x CHECK (n < 9) NOT VALID", "ALTER TABLE t DROP CONSTRAINT x",
     "constraint", NULL},
    {"ALTER TABLE t RENAME CONSTRAINT n_above TO x", "ALTER TABLE t RENAME CONSTRAINT x TO n_above",
     "constraint", NULL},
    {"ALTER TABLE \"a USING b\" ALTER CONSTRAINT \"a USING b_t_id_fkey\" DEFERRABLE",
     "ALTER TABLE \"a USING b\" ALTER CONSTRAINT \"a USING b_t_id_fkey\" NOT DEFERRABLE",
     "constraint", "definition"},
    {"COMMENT ON CONSTRAINT n_above ON t IS 'x'", "COMMENT ON CONSTRAINT n_above ON t IS NULL",
     "constraint", "comment"},
    {"CREATE UNIQUE INDEX x ON t (n)", "DROP INDEX x", "index", NULL},
    {"DROP INDEX t_n; CREATE UNIQUE INDEX t_n ON t (n)",
     "DROP INDEX t_n; CREATE INDEX t_n ON t (n)", "index", "unique"},
    {"DROP INDEX t_n; CREATE INDEX t_n ON t (n DESC)", "DROP INDEX t_n; CREATE INDEX t_n ON t (n)",
     "index", "definition"},
    {"ALTER INDEX t_n SET (fillfactor = 70)", "ALTER INDEX t_n RESET (fillfactor)", "index",
     "definition"},
    {"COMMENT ON INDEX t_n IS 'x'", "COMMENT ON INDEX t_n IS NULL", "index", "comment"},
    {"ALTER TABLE t CLUSTER ON t_n", "ALTER TABLE t SET WITHOUT CLUSTER", "index", "clustered"},
    {"ALTER TABLE t DISABLE TRIGGER t_touch", "ALTER TABLE t ENABLE TRIGGER t_touch", "trigger",
     "enabled"},
    {"DROP TRIGGER t_touch ON t",
     "CREATE TRIGGER t_touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch()", "trigger",
     NULL},
    {"COMMENT ON TRIGGER t_touch ON t IS 'x'", "COMMENT ON TRIGGER t_touch ON t IS NULL", "trigger",
     "comment"},
    {"ALTER POLICY mine ON t TO current_user", "ALTER POLICY mine ON t TO public", "policy",
     "roles"},
    {"ALTER POLICY mine ON t USING (n > 1)", "ALTER POLICY mine ON t USING (n > 0)", "policy",
     "using"},
    {"COMMENT ON POLICY mine ON t IS 'x'", "COMMENT ON POLICY mine ON t IS NULL", "policy",
     "comment"},
    {"DROP RULE no_delete ON t", "CREATE RULE no_delete AS ON DELETE TO t DO INSTEAD NOTHING",
     "rule", NULL},
    {"DROP STATISTICS t_stat", "CREATE STATISTICS t_stat ON id, n FROM t", "statistics", NULL},
    {"COMMENT ON STATISTICS t_stat IS 'x'", "COMMENT ON STATISTICS t_stat IS NULL", "statistics",
     "comment"},
    {"CREATE OR REPLACE VIEW v AS SELECT id, a FROM t WHERE n > 2",
     "CREATE OR REPLACE VIEW v AS SELECT id, a FROM t WHERE n > 1", "view", "definition"},
    {"ALTER VIEW v SET (security_barrier)", "ALTER VIEW v RESET (security_barrier)", "view",
     "options"},
    {"COMMENT ON VIEW v IS 'x'", "COMMENT ON VIEW v IS NULL", "view", "comment"},
    {"REFRESH MATERIALIZED VIEW mv WITH NO DATA", "REFRESH MATERIALIZED VIEW mv",
     "materialized view", "populated"},
    {"DROP INDEX mv_id", "CREATE INDEX mv_id ON mv (id)", "index", NULL},
    {"COMMENT ON MATERIALIZED VIEW mv IS 'x'", "COMMENT ON MATERIALIZED VIEW mv IS NULL",
     "materialized view", "comment"},
    {"CREATE SEQUENCE x", "DROP SEQUENCE x", "sequence", NULL},
    {"ALTER SEQUENCE counter INCREMENT 2", "ALTER SEQUENCE counter INCREMENT 1", "sequence",
     "increment"},
    {"ALTER SEQUENCE counter CYCLE CACHE 5", "ALTER SEQUENCE counter NO CYCLE CACHE 1", "sequence",
     "cache"},
    {"ALTER SEQUENCE counter MINVALUE 0 MAXVALUE 9 START 3",
     "ALTER SEQUENCE counter NO MINVALUE NO MAXVALUE START 1", "sequence", "maximum"},
    {"ALTER SEQUENCE counter AS smallint", "ALTER SEQUENCE counter AS bigint", "sequence", "type"},
    {"ALTER SEQUENCE counter OWNED BY t.n", "ALTER SEQUENCE counter OWNED BY NONE", "sequence",
     NULL},
    {"ALTER SEQUENCE \"a USING b_id_seq\" INCREMENT 2",
     "ALTER SEQUENCE \"a USING b_id_seq\" INCREMENT 1", "sequence", "increment"},
    {"COMMENT ON SEQUENCE \"a USING b_id_seq\" IS 'x'",
     "COMMENT ON SEQUENCE \"a USING b_id_seq\" IS NULL", "sequence", "comment"},
    {"COMMENT ON SEQUENCE counter IS 'x'", "COMMENT ON SEQUENCE counter IS NULL", "sequence",
     "comment"},
    {"CREATE TYPE x AS ENUM ('a')", "DROP TYPE x", "enum", NULL},
    {"ALTER TYPE mood RENAME VALUE 'good' TO 'fine'",
     "ALTER TYPE mood RENAME VALUE 'fine' TO 'good'", "column", "default"},
    {"ALTER TYPE mood RENAME TO x", "ALTER TYPE x RENAME TO mood", "column", "type"},
    {"COMMENT ON TYPE mood IS 'x'", "COMMENT ON TYPE mood IS NULL", "enum", "comment"},
    {"ALTER TYPE pair ADD ATTRIBUTE x int", "ALTER TYPE pair DROP ATTRIBUTE x", "column", NULL},
    {"COMMENT ON TYPE pair IS 'x'", "COMMENT ON TYPE pair IS NULL", "type", "comment"},
    {"DROP TYPE span", "CREATE TYPE span AS RANGE (subtype = int)", "type", NULL},
    {"ALTER DOMAIN positive SET NOT NULL", "ALTER DOMAIN positive DROP NOT NULL", "domain",
     "nullable"},
    {"ALTER DOMAIN positive SET DEFAULT 1", "ALTER DOMAIN positive DROP DEFAULT", "domain",
     "default"},
    {"ALTER DOMAIN positive DROP CONSTRAINT above",
     "ALTER DOMAIN positive ADD CONSTRAINT above CHECK (VALUE > 0)", "constraint", NULL},
    {"COMMENT ON CONSTRAINT above ON DOMAIN positive IS 'x'",
     "COMMENT ON CONSTRAINT above ON DOMAIN positive IS NULL", "constraint", "comment"},
    {"CREATE OR REPLACE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 3'",
     "CREATE OR REPLACE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 2'",
     "function", "definition"},
    {"CREATE FUNCTION twice(n text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
     "DROP FUNCTION twice(text)", "function", NULL},
    {"CREATE PROCEDURE x() LANGUAGE sql AS 'SELECT 1'", "DROP PROCEDURE x()", "procedure", NULL},
    {"CREATE AGGREGATE x(int) (sfunc = int4pl, stype = int)", "DROP AGGREGATE x(int)", "aggregate",
     NULL},
    {"COMMENT ON FUNCTION twice(int) IS 'x'", "COMMENT ON FUNCTION twice(int) IS NULL", "function",
     "comment"},
    {"ALTER FUNCTION touch() RENAME TO x", "ALTER FUNCTION x() RENAME TO touch", "trigger",
     "definition"},
    {"CREATE SCHEMA x", "DROP SCHEMA x", "schema", NULL},
    {"ALTER SCHEMA s RENAME TO x", "ALTER SCHEMA x RENAME TO s", "table", NULL},
    {"COMMENT ON SCHEMA s IS 'x'", "COMMENT ON SCHEMA s IS 'the second'", "schema", "comment"},
    {"CREATE EXTENSION hstore", "DROP EXTENSION hstore", "extension", NULL},
    {"CREATE COLLATION x (locale = 'C')", "DROP COLLATION x", "collation", NULL},
    {"CREATE CAST (mood AS pair) WITH INOUT", "DROP CAST (mood AS pair)", "cast", NULL},
    {"CREATE TEXT SEARCH CONFIGURATION x (copy = english)", "DROP TEXT SEARCH CONFIGURATION x",
     "text search configuration", NULL},
};

static gboolean tells(const GPtrArray *differences, const char *what, const char *property)
{
    for (guint i = 0; i < differences->len; i++) {
        const MlTripDifference *difference = differences->pdata[i];
        if (strcmp(difference->what, what) == 0 &&
            (property == NULL || g_strcmp0(difference->property, property) == 0))
            return TRUE;
    }
    return FALSE;
}

static void assert_equal(const MlSnapshot *one, const MlSnapshot *other, const char *when)
{
    g_autoptr(GPtrArray) differences = ml_snapshot_compare(one, other);
    if (differences->len == 0)
        return;
    const MlTripDifference *first = differences->pdata[0];
    fail_msg("%s: %s %s differs in %s: %s, %s", when, first->what, first->name,
             first->property ? first->property : "existence", first->before ? first->before : "-",
             first->after ? first->after : "-");
}

/* What changed since a snapshot is all that changed: one from scratch says the same. */
static MlSnapshot *look_twice(MlDatabase *database, const MlSnapshot *before, const char *when)
{
    MlSnapshot *taken = look(database, before);
    g_autoptr(MlSnapshot) whole = look(database, NULL);
    assert_equal(taken, whole, when);
    return taken;
}

static MlSnapshot *try_pair(MlDatabase *database, const Pair *pair, MlSnapshot *before)
{
    run(database, pair->change);
    g_autoptr(MlSnapshot) changed = look_twice(database, before, pair->change);
    g_autoptr(GPtrArray) differences = ml_snapshot_compare(before, changed);
    if (!tells(differences, pair->what, pair->property))
        fail_msg("%s: nothing is told of %s %s (%u differences)", pair->change, pair->what,
                 pair->property ? pair->property : "", differences->len);
    run(database, pair->undo);
    MlSnapshot *after = look_twice(database, changed, pair->undo);
    assert_equal(before, after, pair->undo);
    ml_snapshot_free(before);
    return after;
}

static void test_pairs(void **state)
{
    g_autoptr(MlDatabase) database = open_database(state);
    run(database, schema);
    MlSnapshot *now = look(database, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(pairs); i++)
        now = try_pair(database, &pairs[i], now);
    ml_snapshot_free(now);
}

static const char *property_of(const MlSnapshot *snapshot, const char *kind, const char *family,
                               const char *object, const char *property)
{
    const MlFamily *found = ml_snapshot_find(snapshot, kind, NULL, family);
    for (guint i = 0; found != NULL && i < found->objects->len; i++) {
        const MlSnapshotObject *part = found->objects->pdata[i];
        if (strcmp(part->name, object) != 0)
            continue;
        for (guint j = 0; j < part->properties->len; j++) {
            const MlProperty *each = &g_array_index(part->properties, MlProperty, j);
            if (strcmp(each->name, property) == 0)
                return each->value;
        }
    }
    return NULL;
}

static void test_texts(void **state)
{
    g_autoptr(MlDatabase) database = open_database(state);
    run(database, schema);
    g_autoptr(MlSnapshot) now = look(database, NULL);
    assert_string_equal(property_of(now, "table", "t", "t_n", "definition"), "USING btree (n)");
    assert_string_equal(property_of(now, "table", "a USING b", "x ON y", "definition"),
                        "USING btree (t_id DESC) WHERE (t_id > 1)");
    assert_string_equal(property_of(now, "table", "t", "n", "type"), "integer");
    assert_string_equal(property_of(now, "table", "t", "id", "nullable"), "no");
    assert_string_equal(property_of(now, "table", "t", "d", "generated"), "(id * 2) STORED");
    assert_string_equal(property_of(now, "table", "t", "n_above", "definition"), "CHECK ((n > 0))");
    assert_string_equal(property_of(now, "enum", "mood", "mood", "values"), "'good', 'bad'");
    assert_string_equal(property_of(now, "table", "parts", "parts", "partition by"), "RANGE (at)");
    assert_string_equal(property_of(now, "table", "a USING b", "a USING b_id_seq", "owned by"),
                        "id");
    assert_null(property_of(now, "table", "t", "a_once", "unique"));
}

/* Columns in another order are the same table. */
static void test_order(void **state)
{
    g_autoptr(MlDatabase) database = open_database(state);
    run(database, "CREATE TABLE t (a int, b text)");
    g_autoptr(MlSnapshot) before = look(database, NULL);
    run(database, "ALTER TABLE t DROP a; ALTER TABLE t ADD a int");
    g_autoptr(MlSnapshot) after = look(database, before);
    assert_equal(before, after, "another order");
}

/* What is left alone is the same family, not merely an equal one. */
static void test_shared(void **state)
{
    g_autoptr(MlDatabase) database = open_database(state);
    run(database, schema);
    g_autoptr(MlSnapshot) before = look(database, NULL);
    run(database, "ALTER TABLE t ADD x int");
    g_autoptr(MlSnapshot) after = look(database, before);
    const MlFamily *changed = ml_snapshot_find(after, "table", NULL, "t");
    const MlFamily *same = ml_snapshot_find(after, "table", NULL, "a USING b");
    assert_ptr_not_equal(changed, ml_snapshot_find(before, "table", NULL, "t"));
    assert_ptr_equal(same, ml_snapshot_find(before, "table", NULL, "a USING b"));
}

/* What a migration sets is its own session's, and ends with its run. */
static void test_settings(void **state)
{
    g_autoptr(MlDatabase) database = open_database(state);
    run(database, schema);
    g_autoptr(MlSnapshot) before = look(database, NULL);
    run(database, "SELECT set_config('search_path', '', false); SET ROLE none; SET DateStyle = "
                  "'German'; SET quote_all_identifiers = on; CREATE TEMPORARY TABLE own (id int)");
    assert_refused(database, "SELECT * FROM t", "does not exist");
    assert_true(ml_database_renew(database, NULL));
    g_autoptr(MlSnapshot) after = look(database, NULL);
    assert_equal(before, after, "settings");
    run(database, "SELECT * FROM t");
    run(database, "CREATE FUNCTION public.format_type(oid, int) RETURNS text LANGUAGE sql AS "
                  "'SELECT NULL::text'; DROP TABLE s.t");
    g_autoptr(MlSnapshot) shadowed = look(database, after);
    assert_string_equal(property_of(shadowed, "table", "t", "n", "type"), "integer");
}

static void test_members(void **state)
{
    g_autoptr(MlDatabase) database = open_database(state);
    g_autoptr(MlSnapshot) before = look(database, NULL);
    run(database, "CREATE EXTENSION hstore; CREATE EXTENSION citext");
    g_autoptr(MlSnapshot) after = look(database, before);
    assert_int_equal(after->families->len, before->families->len + 2);
}

/* A new database is empty again, and shares nothing with a snapshot of the one before. */
static void test_databases(void **state)
{
    g_autoptr(MlDatabase) one = open_database(state);
    run(one, schema);
    g_autoptr(MlSnapshot) full = look(one, NULL);
    g_autoptr(MlDatabase) other = open_database(state);
    g_autoptr(MlSnapshot) empty = look(other, full);
    assert_non_null(ml_snapshot_find(empty, "schema", NULL, "public"));
    assert_null(ml_snapshot_find(empty, "table", NULL, "t"));
    run(other, schema);
    g_autoptr(MlSnapshot) again = look(other, full);
    assert_equal(full, again, "another database");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statements), cmocka_unit_test(test_transactions),
        cmocka_unit_test(test_endless),    cmocka_unit_test(test_ends_itself),
        cmocka_unit_test(test_cancelled),  cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_pairs),      cmocka_unit_test(test_texts),
        cmocka_unit_test(test_order),      cmocka_unit_test(test_shared),
        cmocka_unit_test(test_settings),   cmocka_unit_test(test_members),
        cmocka_unit_test(test_databases),  cmocka_unit_test(test_nothing_is_left),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
