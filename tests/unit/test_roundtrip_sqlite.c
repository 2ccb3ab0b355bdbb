/* The throwaway SQLite: what it tells of its schema, and what strangers cannot do in it. */
#include "roundtrip/database.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

static MlDatabase *open_database(guint seconds)
{
    g_autoptr(GError) error = NULL;
    const MlServerLimits limits = {.seconds = seconds};
    MlDatabase *database = ml_sqlite_open(&limits, &error);
    assert_non_null(database);
    return database;
}

static void run(MlDatabase *database, const char *sql)
{
    g_autoptr(GError) error = NULL;
    if (!ml_database_run(database, sql, &error))
        fail_msg("%s: %s", sql, error->message);
}

static void run_all(MlDatabase *database, const char *script)
{
    g_auto(GStrv) statements = g_strsplit(script, ";;", -1);
    for (guint i = 0; statements[i] != NULL; i++)
        run(database, statements[i]);
}

static MlSnapshot *look(MlDatabase *database, const MlSnapshot *before)
{
    g_autoptr(GError) error = NULL;
    MlSnapshot *snapshot = ml_database_snapshot(database, before, &error);
    assert_non_null(snapshot);
    return snapshot;
}

/* "left column t.b", "changed column t.a type: INTEGER -> TEXT" */
static char *words_of(const GPtrArray *differences)
{
    static const char *const kinds[] = {"left", "missing", "changed"};
    GString *words = g_string_new(NULL);
    for (guint i = 0; i < differences->len; i++) {
        const MlTripDifference *difference = differences->pdata[i];
        g_string_append_printf(words, "%s%s %s %s%s%s", i > 0 ? "; " : "", kinds[difference->kind],
                               difference->what, difference->table ? difference->table : "",
                               difference->table ? "." : "", difference->name);
        if (difference->property != NULL)
            g_string_append_printf(words, " %s: %s -> %s", difference->property,
                                   difference->before ? difference->before : "none",
                                   difference->after ? difference->after : "none");
    }
    return g_string_free(words, FALSE);
}

/* --- differences --------------------------------------------------------------------------- */

#define REMADE(columns) "DROP TABLE t;;CREATE TABLE t (" columns ")"

static const struct {
    const char *before, *change, *seen;
} changes[] = {
    {"CREATE TABLE t (a INT)", "ALTER TABLE t ADD b TEXT", "left column t.b"},
    {"CREATE TABLE t (a INT, b INT)", "ALTER TABLE t DROP b", "missing column t.b"},
    {"CREATE TABLE t (a INT)", "DROP TABLE t", "missing table t"},
    {"CREATE TABLE t (a INT)", "CREATE TABLE u (a INT)", "left table u"},
    {"CREATE TABLE t (a INT)", "CREATE INDEX i ON t (a)", "left index t.i"},
    {"CREATE TABLE t (a INT);;CREATE INDEX i ON t (a)", "DROP INDEX i;;CREATE INDEX j ON t (a)",
     "missing index t.i; left index t.j"},
    {"CREATE TABLE t (a INT);;CREATE INDEX i ON t (a)",
     "DROP INDEX i;;CREATE UNIQUE INDEX i ON t (a DESC) WHERE a > 0",
     "changed index t.i definition: (a) -> (a desc) where a > 0; changed index t.i unique: none -> "
     "yes"},
    {"CREATE TABLE t (a INT)", REMADE("a TEXT"), "changed column t.a type: INT -> TEXT"},
    {"CREATE TABLE t (a INT)", REMADE("a INT NOT NULL"), "changed column t.a nullable: none -> no"},
    {"CREATE TABLE t (a INT)", REMADE("a INT DEFAULT (1 + 1)"),
     "changed column t.a default: none -> (1 + 1)"},
    {"CREATE TABLE t (a TEXT DEFAULT 'x')", REMADE("a TEXT DEFAULT 'X'"),
     "changed column t.a default: 'x' -> 'X'"},
    {"CREATE TABLE t (a TEXT)", REMADE("a TEXT COLLATE NOCASE"),
     "changed column t.a collation: none -> nocase"},
    {"CREATE TABLE t (a INT, b INT)", REMADE("a INT, b INT AS (a + 1) STORED"),
     "changed column t.b generated: none -> (a + 1) stored"},
    {"CREATE TABLE t (a INT, CONSTRAINT u UNIQUE (a))", REMADE("a INT, CONSTRAINT v UNIQUE (a)"),
     "missing constraint t.u; left constraint t.v"},
    {"CREATE TABLE t (a INT, CONSTRAINT c CHECK (a > 0))",
     REMADE("a INT, CONSTRAINT c CHECK (a > 1)"),
     "changed constraint t.c definition: check(a > 0) -> check(a > 1)"},
    {"CREATE TABLE t (a INT, CHECK (a > 0))", REMADE("a INT"), "missing constraint t.check(a > 0)"},
    {"CREATE TABLE t (a INT PRIMARY KEY)", REMADE("a INT"), "missing constraint t.primary key(a)"},
    {"CREATE TABLE t (a INT REFERENCES u (id) ON DELETE CASCADE)",
     REMADE("a INT REFERENCES u (id)"),
     "left constraint t.foreign key(a) references u(id); missing constraint t.foreign key(a) "
     "references u(id) on delete cascade"},
    {"CREATE TABLE t (a INT)", "CREATE VIEW v AS SELECT a FROM t", "left view v"},
    {"CREATE TABLE t (a INT);;CREATE VIEW v AS SELECT a FROM t",
     "DROP VIEW v;;CREATE VIEW v AS SELECT a + 1 FROM t",
     "changed view v definition: select a from t -> select a + 1 from t"},
    {"CREATE TABLE t (a INT)",
     "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t WHERE a = 0; END", "left trigger t.g"},
    {"CREATE TABLE t (a INT PRIMARY KEY)",
     "DROP TABLE t;;CREATE TABLE t (a INT PRIMARY KEY) "
     "WITHOUT ROWID",
     "changed table t options: none -> without rowid"},
};

static void test_changes(void **state)
{
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autoptr(MlDatabase) database = open_database(30);
        run_all(database, changes[i].before);
        g_autoptr(MlSnapshot) before = look(database, NULL);
        run_all(database, changes[i].change);
        g_autoptr(MlSnapshot) after = look(database, before);
        g_autoptr(GPtrArray) differences = ml_snapshot_compare(before, after);
        g_autofree char *words = words_of(differences);
        assert_string_equal(words, changes[i].seen);
        g_autoptr(MlSnapshot) anew = look(database, NULL);
        g_autoptr(GPtrArray) none = ml_snapshot_compare(after, anew);
        assert_int_equal(none->len, 0);
    }
}

/* --- what is no difference ------------------------------------------------------------------- */

static const char *const alike[][2] = {
    {"CREATE TABLE t (a INT, b TEXT)", "CREATE TABLE \"t\" ([b] text, `a` int)"},
    {"CREATE TABLE t (a VARCHAR(10) NOT NULL)", "create table t(a varchar ( 10 ) not  null)"},
    {"CREATE TABLE t (a INT UNIQUE)", "CREATE TABLE t (a INT, UNIQUE (a))"},
    {"CREATE TABLE t (a INT PRIMARY KEY)", "CREATE TABLE t (a INT, PRIMARY KEY (a))"},
    {"CREATE TABLE t (a INT REFERENCES u (id) ON DELETE SET NULL)",
     "CREATE TABLE t (a INT, FOREIGN KEY(a) REFERENCES \"U\" (id) ON DELETE SET NULL)"},
    {"CREATE TABLE t (a INT CHECK (a > 0))", "CREATE TABLE t (a INT, CHECK (a>0))"},
    {"CREATE TABLE t (a INT);;CREATE INDEX i ON t (a)",
     "CREATE TABLE u (a INT);;CREATE INDEX i ON u (a);;ALTER TABLE u RENAME TO t"},
    {"CREATE TABLE t (a INT, b INT)", "CREATE TABLE t (a INT);;ALTER TABLE t ADD b INT"},
    {"CREATE TABLE t (a INT /* first */, b INT -- second\n)", "CREATE TABLE t (a INT, b INT)"},
};

static void test_spellings(void **state)
{
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(alike); i++) {
        g_autoptr(MlDatabase) one = open_database(30), other = open_database(30);
        run_all(one, alike[i][0]);
        run_all(other, alike[i][1]);
        g_autoptr(MlSnapshot) before = look(one, NULL), after = look(other, NULL);
        g_autoptr(GPtrArray) differences = ml_snapshot_compare(before, after);
        g_autofree char *words = words_of(differences);
        assert_string_equal(words, "");
    }
}

/* What did not change is the very same. */
static void test_sharing(void **state)
{
    (void)state;
    g_autoptr(MlDatabase) database = open_database(30);
    run_all(database, "CREATE TABLE t (a INT);;CREATE TABLE u (a INT)");
    g_autoptr(MlSnapshot) before = look(database, NULL);
    run(database, "CREATE INDEX i ON u (a)");
    g_autoptr(MlSnapshot) after = look(database, before);
    assert_ptr_equal(ml_snapshot_find(before, "table", NULL, "t"),
                     ml_snapshot_find(after, "table", NULL, "t"));
    assert_ptr_not_equal(ml_snapshot_find(before, "table", NULL, "u"),
                         ml_snapshot_find(after, "table", NULL, "u"));
}

/* --- strangers -------------------------------------------------------------------------------- */

static void test_hostile(void **state)
{
    (void)state;
    static const char *const statements[] = {
        "ATTACH DATABASE '%s' AS other",
        "ATTACH DATABASE '' AS other",
        "SELECT instr(hex(zeroblob(20000000)), hex(zeroblob(10000000)) || '1')",
        "VACUUM INTO '%s'",
        "SELECT load_extension('%s')",
        "PRAGMA temp_store_directory = '%s'",
        "PRAGMA max_page_count = 1000000000",
        "PRAGMA writable_schema = ON",
        "DETACH DATABASE main",
        "SELECT 1; SELECT 2",
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
        "CREATE TABLE big AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT zeroblob(1000000) AS b FROM n",
        "SELECT zeroblob(2000000000)",
        "SELECT '%s', nothing",
        "CREATE TABLE \xff (",
    };
    g_autofree char *folder = g_dir_make_tmp("miglint-test-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(folder, "stolen", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(statements); i++) {
        g_autoptr(MlDatabase) database = open_database(1);
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) parts = g_strsplit(statements[i], "%s", -1);
        g_autofree char *sql = g_strjoinv(file, parts);
        if (ml_database_run(database, sql, &error))
            fail_msg("%s was done", sql);
        assert_true(g_error_matches(error, ML_DATABASE_ERROR, ML_DATABASE_ERROR_STATEMENT));
        assert_false(g_file_test(file, G_FILE_TEST_EXISTS));
        run(database, "CREATE TABLE still_works (a INT)");
        run(database, "/* attaches by itself */ vacuum");
    }
    assert_int_equal(g_rmdir(folder), 0);
}

/* What projects set in their migrations. */
static void test_pragmas(void **state)
{
    (void)state;
    static const char *const statements[] = {
        "PRAGMA foreign_keys = ON",  "PRAGMA secure_delete = ON",  "PRAGMA auto_vacuum = FULL",
        "PRAGMA incremental_vacuum", "PRAGMA cache_size = -20000", "PRAGMA journal_mode = WAL",
        "PRAGMA wal_checkpoint",     "PRAGMA database_list",       "PRAGMA legacy_alter_table = ON",
        "PRAGMA main.page_count",
    };
    g_autoptr(MlDatabase) database = open_database(1);
    for (gsize i = 0; i < G_N_ELEMENTS(statements); i++)
        run(database, statements[i]);
}

static void test_cancelled(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    volatile gint cancelled = 1;
    const MlServerLimits limits = {.seconds = 600, .cancelled = &cancelled};
    g_autoptr(MlDatabase) database = ml_sqlite_open(&limits, &error);
    assert_false(ml_database_run(database,
                                 "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                                 "SELECT max(i) FROM n",
                                 &error));
}

static void test_transactions(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(MlDatabase) database = open_database(30);
    assert_true(ml_database_begin(database, &error));
    run(database, "CREATE TABLE t (a INT)");
    ml_database_rollback(database);
    g_autoptr(MlSnapshot) nothing = look(database, NULL);
    assert_int_equal(nothing->families->len, 0);
    assert_true(ml_database_begin(database, &error));
    run(database, "CREATE TABLE t (a INT)");
    run(database, "COMMIT");
    assert_true(ml_database_commit(database, &error));
    ml_database_rollback(database);
    g_autoptr(MlSnapshot) table = look(database, NULL);
    assert_int_equal(table->families->len, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes),      cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_sharing),      cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_pragmas),      cmocka_unit_test(test_cancelled),
        cmocka_unit_test(test_transactions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
