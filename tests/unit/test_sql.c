/* What SQL does: every operation as ml_operation_write puts it, read off the statement by eye. */
#include "miglint/sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static MlOperations *read_sql(const char *text, MlSqlStyle style)
{
    g_autoptr(MlSqlReader) reader = ml_sql_reader_new();
    MlOperations *operations = ml_operations_new();
    ml_sql_read(reader, operations, text, -1, style, (MlOrigin){0});
    return operations;
}

/* The operations, each behind a line end but the first; what is copied out of the statement is cut.
 */
static char *describe(const MlOperations *operations)
{
    GString *out = g_string_new(NULL);
    for (gsize i = 0; i < operations->length; i++) {
        g_autoptr(GString) line = g_string_new(NULL);
        ml_operation_write(line, operations->items[i]);
        char *copy = strstr(line->str, " sql=");
        if (copy != NULL)
            g_string_truncate(line, (gsize)(copy - line->str));
        g_string_append_printf(out, "%s%s", i > 0 ? "\n" : "", line->str);
    }
    return g_string_free(out, FALSE);
}

static void assert_style(const char *text, MlSqlStyle style, const char *expected)
{
    g_autoptr(MlOperations) operations = read_sql(text, style);
    g_autofree char *found = describe(operations);
    assert_string_equal(found, expected);
}

static void assert_sql(const char *text, const char *expected)
{
    assert_style(text, ML_SQL_TEXT, expected);
}

/* Why the one operation of a text is unknown. */
static void assert_unknown(const char *text, const char *why)
{
    g_autoptr(MlOperations) operations = read_sql(text, ML_SQL_TEXT);
    assert_int_equal(operations->length, 1);
    assert_int_equal(operations->items[0]->kind, ML_UNKNOWN_SQL);
    assert_int_equal(operations->items[0]->n_unknowns, 1);
    assert_string_equal(operations->items[0]->unknowns->why, why);
}

/* --- tables ------------------------------------------------------------------ */

static void test_create_table(void **state)
{
    (void)state;
    assert_sql("CREATE TABLE app.account (id bigint, \"Name\" text NOT NULL, note text NULL)",
               "create_table schema=\"app\" table=\"account\""
               " column={name=\"id\" type=bigint{}}"
               " column={name=\"Name\" type=text{} nullable=false}"
               " column={name=\"note\" type=text{} nullable=true}");
    assert_sql("CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY, CONSTRAINT u UNIQUE (id, b))",
               "create_table table=\"t\" if_not_exists=true"
               " column={name=\"id\" type=integer{} primary_key=true}"
               " primary_key={final=true inlined=true columns=[\"id\"]}"
               " unique={name=\"u\" final=true columns=[\"id\" \"b\"]}");
    assert_sql("CREATE TEMP TABLE t (a int CHECK (a > 0), CHECK (a < b))",
               "create_table table=\"t\" column={name=\"a\" type=integer{}}"
               " check={final=true inlined=true condition=\"a > 0\"}"
               " check={final=true condition=\"a < b\"} temporary=true");
    assert_sql("CREATE TABLE t (a int) PARTITION BY RANGE (a, lower(b))",
               "create_table table=\"t\" column={name=\"a\" type=integer{}}"
               " partition_by=\"RANGE (a, lower(b))\"");
    assert_sql("CREATE TABLE p PARTITION OF t FOR VALUES FROM (1) TO (2)",
               "create_table table=\"p\" open=true partition_of=\"t\"");
    assert_sql("CREATE TABLE t (LIKE u INCLUDING ALL)", "create_table table=\"t\" open=true");
    assert_sql("CREATE TABLE t (a int) INHERITS (u)",
               "create_table table=\"t\" column={name=\"a\" type=integer{}} open=true");
    assert_sql("CREATE TABLE t AS SELECT a FROM u",
               "create_table table=\"t\" open=true reads={table=\"u\" columns=[\"a\"]}");
    assert_sql("SELECT a INTO t FROM u",
               "create_table table=\"t\" open=true reads={table=\"u\" columns=[\"a\"]}");
}

static void test_types(void **state)
{
    static const struct {
        const char *sql, *type;
    } types[] = {
        {"boolean", "boolean{}"},
        {"smallint", "smallint{}"},
        {"int2", "smallint{}"},
        {"int", "integer{}"},
        {"INTEGER", "integer{}"},
        {"int8", "bigint{}"},
        {"numeric", "numeric{}"},
        {"decimal(10, 2)", "numeric{precision=10 scale=2}"},
        {"real", "real{}"},
        {"float(24)", "real{}"},
        {"float", "double{}"},
        {"double precision", "double{}"},
        {"money", "money{}"},
        {"char", "char{length=1}"},
        {"character(3)", "char{length=3}"},
        {"varchar", "varchar{}"},
        {"character varying(20)", "varchar{length=20}"},
        {"text COLLATE \"de_DE\"", "text{collation=\"de_DE\"}"},
        {"bytea", "binary{}"},
        {"date", "date{}"},
        {"time", "time{}"},
        {"timestamp", "timestamp{}"},
        {"timestamptz", "timestamp{timezone=true}"},
        {"timestamp(3) with time zone", "timestamp{precision=3 timezone=true}"},
        {"datetime", "timestamp{}"},
        {"interval", "interval{}"},
        {"interval(4)", "interval{precision=4}"},
        {"interval day to second(3)", "interval{precision=3 parameters=\"DAY TO SECOND\"}"},
        {"interval year", "interval{parameters=\"YEAR\"}"},
        {"interval year to month", "interval{parameters=\"YEAR TO MONTH\"}"},
        {"uuid", "uuid{}"},
        {"json", "json{}"},
        {"jsonb", "jsonb{}"},
        {"int[]", "array{item=integer{}}"},
        {"varchar(5)[][]", "array{item=varchar{length=5} dimensions=2}"},
        {"mood", "named{name=\"mood\"}"},
        {"app.mood", "named{schema=\"app\" name=\"mood\"}"},
        {"geometry(POINT, 4326)", "named{name=\"geometry\" parameters=\"point, 4326\"}"},
        {"bit(8)", "named{name=\"bit\" parameters=\"8\"}"},
        {"tsvector", "named{name=\"tsvector\"}"},
    };
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autofree char *sql = g_strdup_printf("ALTER TABLE t ADD a %s", types[i].sql);
        g_autofree char *expected = g_strdup_printf(
            "add_column table=\"t\" name=\"a\" column={name=\"a\" type=%s}", types[i].type);
        assert_sql(sql, expected);
    }
}

static void test_defaults(void **state)
{
    static const struct {
        const char *sql, *said;
    } columns[] = {
        {"int DEFAULT 1", "type=integer{} server_default=sql{\"1\"}"},
        {"text DEFAULT 'x'", "type=text{} server_default=string{\"x\"}"},
        {"text DEFAULT NULL", "type=text{} server_default=none"},
        {"mood DEFAULT 'sad'::mood",
         "type=named{name=\"mood\"} server_default=sql{\"'sad'::mood\"}"},
        {"date DEFAULT  NOW( )", "type=date{} server_default=sql{\"now()\"}"},
        {"serial", "type=integer{} server_default=serial{}"},
        {"bigserial", "type=bigint{} server_default=serial{}"},
        {"int DEFAULT nextval('app.s'::regclass)",
         "type=integer{} server_default=sequence{sequence={schema=\"app\" name=\"s\"}}"},
        {"int DEFAULT nextval('\"S\"')",
         "type=integer{} server_default=sequence{sequence={name=\"S\"}}"},
        {"int GENERATED ALWAYS AS IDENTITY",
         "type=integer{} server_default=identity{sequence={} always=true}"},
        {"int GENERATED BY DEFAULT AS IDENTITY (START 5 INCREMENT 2 NO MAXVALUE CYCLE)",
         "type=integer{} server_default=identity{sequence={start=5 increment=2 maxvalue=none"
         " cycle=true} always=false}"},
        {"int GENERATED ALWAYS AS (b*2) STORED",
         "type=integer{} server_default=computed{\"b * 2\" stored=true}"},
    };
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(columns); i++) {
        g_autofree char *sql = g_strdup_printf("ALTER TABLE t ADD COLUMN a %s", columns[i].sql);
        g_autofree char *expected = g_strdup_printf(
            "add_column table=\"t\" name=\"a\" column={name=\"a\" %s}", columns[i].said);
        assert_sql(sql, expected);
    }
}

static void test_foreign_keys(void **state)
{
    (void)state;
    assert_sql("ALTER TABLE t ADD a int CONSTRAINT f REFERENCES app.u ON DELETE SET NULL"
               " DEFERRABLE INITIALLY DEFERRED",
               "add_column table=\"t\" name=\"a\" column={name=\"a\" type=integer{}}"
               " foreign_key={name=\"f\" final=true inlined=true columns=[\"a\"]"
               " referred_schema=\"app\" referred_table=\"u\" ondelete=\"SET NULL\""
               " deferrable=true initially=\"DEFERRED\"}");
    assert_sql("ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES u (c, d) MATCH FULL"
               " ON UPDATE CASCADE ON DELETE NO ACTION NOT VALID",
               "create_foreign_key table=\"t\" name=\"f\" foreign_key={name=\"f\" final=true"
               " columns=[\"a\" \"b\"] referred_table=\"u\" referred_columns=[\"c\" \"d\"]"
               " onupdate=\"CASCADE\" match=\"FULL\" not_valid=true}");
    /* DEFERRABLE speaks of what stands before it in its own column alone */
    assert_sql("CREATE TABLE t (a int REFERENCES u, b int REFERENCES v NOT DEFERRABLE)",
               "create_table table=\"t\" column={name=\"a\" type=integer{}}"
               " column={name=\"b\" type=integer{}}"
               " foreign_key={final=true inlined=true columns=[\"a\"] referred_table=\"u\"}"
               " foreign_key={final=true inlined=true columns=[\"b\"] referred_table=\"v\""
               " deferrable=false}");
}

static void test_alter_table(void **state)
{
    (void)state;
    assert_sql("ALTER TABLE s.t ADD a int NOT NULL, DROP COLUMN IF EXISTS b CASCADE,"
               " ALTER c TYPE bigint USING c::bigint, ALTER c SET DEFAULT 'x',"
               " ALTER c DROP DEFAULT, ALTER c SET NOT NULL, ALTER c DROP NOT NULL",
               "add_column schema=\"s\" table=\"t\" name=\"a\""
               " column={name=\"a\" type=integer{} nullable=false}\n"
               "drop_column schema=\"s\" table=\"t\" name=\"b\" if_exists=true cascade=true\n"
               "alter_column schema=\"s\" table=\"t\" name=\"c\" change={type=bigint{}}"
               " using=\"c::bigint\"\n"
               "alter_column schema=\"s\" table=\"t\" name=\"c\""
               " change={server_default=string{\"x\"}}\n"
               "alter_column schema=\"s\" table=\"t\" name=\"c\" change={server_default=none}\n"
               "alter_column schema=\"s\" table=\"t\" name=\"c\" change={nullable=false}\n"
               "alter_column schema=\"s\" table=\"t\" name=\"c\" change={nullable=true}");
    assert_sql("ALTER TABLE IF EXISTS t ADD IF NOT EXISTS a int",
               "add_column table=\"t\" name=\"a\" if_exists=true if_not_exists=true"
               " column={name=\"a\" type=integer{}}");
    assert_sql("ALTER TABLE t ALTER a ADD GENERATED ALWAYS AS IDENTITY, ALTER a DROP IDENTITY,"
               " ALTER b DROP EXPRESSION IF EXISTS",
               "alter_column table=\"t\" name=\"a\""
               " change={server_default=identity{sequence={} always=true}}\n"
               "alter_column table=\"t\" name=\"a\" change={server_default=none}"
               " existing={server_default=identity{}}\n"
               "alter_column table=\"t\" name=\"b\" if_exists=true change={server_default=none}"
               " existing={server_default=computed{}}");
    assert_sql("ALTER TABLE t ADD PRIMARY KEY USING INDEX i, DROP CONSTRAINT IF EXISTS c CASCADE,"
               " VALIDATE CONSTRAINT v, ALTER CONSTRAINT f DEFERRABLE",
               "create_primary_key table=\"t\" primary_key={final=true using_index=\"i\"}\n"
               "drop_constraint table=\"t\" name=\"c\" if_exists=true cascade=true\n"
               "validate_constraint table=\"t\" name=\"v\"\n"
               "alter_constraint table=\"t\" name=\"f\" foreign_key={name=\"f\" final=true"
               " deferrable=true initially=\"IMMEDIATE\"}");
    assert_sql("ALTER TABLE t ADD CONSTRAINT x EXCLUDE USING gist (a WITH =, lower(b) WITH &&)"
               " WHERE (a > 0)",
               "create_exclude_constraint table=\"t\" name=\"x\" exclude={name=\"x\" final=true"
               " part={column=\"a\" operator=\"=\"}"
               " part={expression=\"lower(b)\" operator=\"&&\"} method=\"gist\" where=\"a > 0\"}");
    assert_sql("ALTER TABLE t ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (a) INCLUDE (b)",
               "create_unique_constraint table=\"t\" name=\"u\" unique={name=\"u\" final=true"
               " columns=[\"a\"] include=[\"b\"] nulls_not_distinct=true}");
    assert_sql("ALTER TABLE t ATTACH PARTITION p DEFAULT;"
               " ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
               "attach_partition table=\"t\" name=\"p\"\n"
               "detach_partition table=\"t\" name=\"p\" concurrently=true");
    assert_sql("ALTER TABLE t SET LOGGED, OWNER TO x, ENABLE ROW LEVEL SECURITY",
               "alter_table table=\"t\" value=\"SET LOGGED\"\n"
               "alter_table table=\"t\" value=\"CHANGE OWNER\"\n"
               "alter_table table=\"t\" value=\"ENABLE ROW SECURITY\"");
}

static void test_renames(void **state)
{
    (void)state;
    assert_sql("ALTER TABLE s.a RENAME TO b",
               "rename_table schema=\"s\" table=\"a\" new_name=\"b\"");
    assert_sql("ALTER TABLE a SET SCHEMA s", "rename_table table=\"a\" new_schema=\"s\"");
    assert_sql("ALTER TABLE t RENAME a TO b",
               "alter_column table=\"t\" name=\"a\" new_name=\"b\" change={}");
    assert_sql("ALTER TABLE t RENAME CONSTRAINT a TO b",
               "rename_constraint table=\"t\" name=\"a\" new_name=\"b\"");
    assert_sql("ALTER INDEX IF EXISTS a RENAME TO b",
               "rename_index name=\"a\" new_name=\"b\" if_exists=true");
    assert_sql("ALTER SEQUENCE a RENAME TO b",
               "alter_sequence name=\"a\" new_name=\"b\" sequence={}");
    assert_sql("ALTER TYPE a RENAME TO b", "rename_type name=\"a\" new_name=\"b\"");
    assert_sql("ALTER VIEW a RENAME TO b", "alter_object object=view name=\"a\" new_name=\"b\"");
    assert_sql("ALTER SCHEMA a RENAME TO b",
               "alter_object object=schema name=\"a\" new_name=\"b\"");
    assert_sql("ALTER TRIGGER a ON t RENAME TO b",
               "alter_object object=trigger table=\"t\" name=\"a\" new_name=\"b\"");
}

static void test_indexes(void **state)
{
    (void)state;
    assert_sql("CREATE INDEX ON t (a)",
               "create_index table=\"t\" index={final=true part={column=\"a\"} unique=false}");
    assert_sql("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON s.t USING gin"
               " (lower(a) DESC NULLS LAST, b text_pattern_ops) INCLUDE (c)"
               " WITH (fillfactor = 70) WHERE a > 1",
               "create_index schema=\"s\" table=\"t\" name=\"i\" if_not_exists=true"
               " concurrently=true index={name=\"i\" final=true"
               " part={expression=\"lower(a)\" order=\"DESC\" nulls=\"LAST\"}"
               " part={column=\"b\" operator_class=\"text_pattern_ops\"} unique=true"
               " method=\"gin\" where=\"a > 1\" include=[\"c\"] keywords={fillfactor=\"70\"}}");
    assert_sql("DROP INDEX CONCURRENTLY IF EXISTS s.i, j",
               "drop_index schema=\"s\" name=\"i\" if_exists=true concurrently=true\n"
               "drop_index name=\"j\" if_exists=true concurrently=true");
    assert_sql("REINDEX INDEX CONCURRENTLY i; REINDEX (CONCURRENTLY false) TABLE t",
               "reindex name=\"i\" concurrently=true\nreindex table=\"t\"");
}

static void test_objects(void **state)
{
    (void)state;
    assert_sql("DROP TABLE IF EXISTS s.a, b CASCADE",
               "drop_table schema=\"s\" table=\"a\" if_exists=true cascade=true\n"
               "drop_table table=\"b\" if_exists=true cascade=true");
    assert_sql("CREATE TYPE s.mood AS ENUM ('sad', 'ok')",
               "create_type schema=\"s\" name=\"mood\""
               " type=enum{schema=\"s\" name=\"mood\" values=[\"sad\" \"ok\"]}");
    assert_sql("ALTER TYPE mood ADD VALUE IF NOT EXISTS 'happy' BEFORE 'ok'",
               "add_enum_value name=\"mood\" if_not_exists=true value=\"happy\" before=\"ok\"");
    assert_sql("ALTER TYPE mood ADD VALUE 'happy' AFTER 'ok'",
               "add_enum_value name=\"mood\" value=\"happy\" after=\"ok\"");
    assert_sql("ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'",
               "rename_enum_value name=\"mood\" new_name=\"fine\" value=\"ok\"");
    assert_sql("DROP TYPE mood; DROP DOMAIN d", "drop_type name=\"mood\"\ndrop_type name=\"d\"");
    assert_sql("CREATE SEQUENCE s START 3 OWNED BY t.a; DROP SEQUENCE s",
               "create_sequence name=\"s\" sequence={name=\"s\" start=3 owned_by=\"t.a\"}\n"
               "drop_sequence name=\"s\"");
    assert_sql("CREATE SEQUENCE s MAXVALUE 9223372036854775807",
               "create_sequence name=\"s\" sequence={name=\"s\" maxvalue=9223372036854775807}");
    assert_sql("CREATE OR REPLACE VIEW v AS SELECT a.b FROM s.a JOIN c ON true",
               "create_object object=view name=\"v\" or_replace=true"
               " reads={table=\"s\".\"a\" table=\"c\" columns=[\"b\"]}");
    assert_sql("CREATE MATERIALIZED VIEW v AS SELECT 1; REFRESH MATERIALIZED VIEW CONCURRENTLY v",
               "create_object object=materialized_view name=\"v\"\n"
               "refresh_view name=\"v\" concurrently=true");
    assert_sql("CREATE TRIGGER g BEFORE INSERT ON s.t EXECUTE FUNCTION f(); DROP TRIGGER g ON s.t",
               "create_object object=trigger schema=\"s\" table=\"t\" name=\"g\"\n"
               "drop_object object=trigger schema=\"s\" table=\"t\" name=\"g\"");
    assert_sql("CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; DROP FUNCTION s.f()",
               "create_object object=function schema=\"s\" name=\"f\"\n"
               "drop_object object=function schema=\"s\" name=\"f\"");
    assert_sql("CREATE EXTENSION IF NOT EXISTS citext; CREATE SCHEMA s; DROP SCHEMA s CASCADE",
               "create_object object=extension name=\"citext\" if_not_exists=true\n"
               "create_object object=schema name=\"s\"\n"
               "drop_object object=schema name=\"s\" cascade=true");
    assert_sql(
        "COMMENT ON TABLE t IS 'x'; COMMENT ON TABLE t IS NULL; COMMENT ON COLUMN t.a IS 'y'",
        "create_table_comment table=\"t\" comment=\"x\"\n"
        "drop_table_comment table=\"t\"\n"
        "alter_column table=\"t\" name=\"a\" change={comment=\"y\"}");
}

/* --- rows ---------------------------------------------------------------------- */

static void test_rows(void **state)
{
    (void)state;
    assert_sql("UPDATE s.t SET a = b, c = 'x' WHERE d IN (SELECT e FROM u)",
               "update schema=\"s\" table=\"t\" columns_written=[\"a\" \"c\"] filtered=true"
               " reads={table=\"u\" columns=[\"b\" \"d\" \"e\"] literals=[\"x\"]}");
    assert_sql("UPDATE t SET (a, b) = (1, 2)", "update table=\"t\" columns_written=[\"a\" \"b\"]");
    assert_sql("DELETE FROM t", "delete table=\"t\"");
    assert_sql("DELETE FROM t USING u WHERE t.a = u.a",
               "delete table=\"t\" filtered=true reads={table=\"u\" columns=[\"a\"]}");
    assert_sql("INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y')",
               "insert table=\"t\" columns_written=[\"a\" \"b\"] rows=2"
               " reads={literals=[\"x\" \"y\"]}");
    assert_sql("INSERT INTO t (a) SELECT b FROM u WHERE c",
               "insert table=\"t\" columns_written=[\"a\"]"
               " reads={table=\"u\" columns=[\"b\" \"c\"]}");
    assert_sql("INSERT INTO t DEFAULT VALUES", "insert table=\"t\" rows=1");
    assert_sql("TRUNCATE a, s.b CASCADE", "truncate table=\"a\" cascade=true\n"
                                          "truncate schema=\"s\" table=\"b\" cascade=true");
    assert_sql("COPY t (a) FROM '/x'", "insert table=\"t\" columns_written=[\"a\"]");
    /* what WITH changes, it changes; what it makes is no table */
    assert_sql("WITH gone AS (DELETE FROM t WHERE a RETURNING *) INSERT INTO u SELECT * FROM gone",
               "delete table=\"t\" filtered=true reads={columns=[\"a\"] all_columns=true}\n"
               "insert table=\"u\" reads={table=\"t\" columns=[\"a\"] all_columns=true}");
    assert_sql("MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN UPDATE SET b = 1"
               " WHEN NOT MATCHED THEN INSERT (a) VALUES (2)",
               "update table=\"t\" columns_written=[\"b\"] filtered=true"
               " reads={table=\"u\" columns=[\"a\"]}\n"
               "insert table=\"t\" columns_written=[\"a\"] filtered=true"
               " reads={table=\"u\" columns=[\"a\"]}");
}

static void test_selects(void **state)
{
    (void)state;
    assert_sql("SELECT count(*) FROM t WHERE a = 'x'",
               "select reads={table=\"t\" columns=[\"a\"] functions=[\"count\"]"
               " literals=[\"x\"]}");
    assert_sql("SELECT pg_catalog.setval('s', 1)",
               "select reads={functions=[\"pg_catalog.setval\"] literals=[\"s\"]}");
    assert_sql("SELECT create_hypertable('t', 'at')",
               "call reads={functions=[\"create_hypertable\"] literals=[\"t\" \"at\"]}");
    assert_sql("CALL p()", "call reads={functions=[\"p\"]}");
    assert_sql("EXPLAIN DELETE FROM t", "harmless_sql value=\"EXPLAIN\"");
    assert_sql("EXPLAIN ANALYZE DELETE FROM t", "delete table=\"t\"");
    assert_sql("EXPLAIN (ANALYZE false) DELETE FROM t", "harmless_sql value=\"EXPLAIN\"");
}

static void test_session(void **state)
{
    (void)state;
    assert_sql("SET lock_timeout = '2s'", "set name=\"lock_timeout\" value=\"2s\"");
    assert_sql("SET LOCAL search_path TO a, b",
               "set name=\"search_path\" local=true value=\"a, b\"");
    assert_sql("SET lock_timeout TO 200", "set name=\"lock_timeout\" value=\"200\"");
    assert_sql("RESET lock_timeout", "set name=\"lock_timeout\" value=none");
    assert_sql("COMMIT; BEGIN; ROLLBACK; SAVEPOINT x",
               "transaction value=\"COMMIT\"\ntransaction value=\"BEGIN\"\n"
               "transaction value=\"ROLLBACK\"\ntransaction name=\"x\" value=\"SAVEPOINT\"");
    assert_sql("LOCK TABLE a, b IN SHARE MODE; LOCK a",
               "lock_table table=\"a\" value=\"SHARE\"\nlock_table table=\"b\" value=\"SHARE\"\n"
               "lock_table table=\"a\" value=\"ACCESS EXCLUSIVE\"");
    assert_sql("VACUUM; VACUUM FULL t; VACUUM (FULL false) t; ANALYZE t; CLUSTER t USING i",
               "vacuum\nvacuum table=\"t\" value=\"FULL\"\nvacuum table=\"t\"\n"
               "harmless_sql value=\"ANALYZE\"\ncluster table=\"t\" name=\"i\"");
    assert_sql("GRANT SELECT ON t TO x", "harmless_sql value=\"GRANT\"");
    assert_sql("CREATE ROLE x", "create_object object=object value=\"CREATE ROLE\"");
}

static void test_sqlite(void **state)
{
    (void)state;
    static const char *const pragmas[] = {
        "PRAGMA foreign_keys=OFF",
        " pragma main.journal_mode = 'wal' ; ",
        "PRAGMA cache_size(-2000); PRAGMA foreign_key_check",
        "PRAGMA table_info(\"order\");PRAGMA synchronous = 1",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(pragmas); i++)
        assert_sql(pragmas[i], "harmless_sql value=\"PRAGMA\"");
    assert_sql("INSERT OR IGNORE INTO t (a) VALUES (1)",
               "insert table=\"t\" columns_written=[\"a\"] rows=1");
    assert_sql("\n update or Replace t SET a = 1", "update table=\"t\" columns_written=[\"a\"]");
}

/* --- what cannot be told ---------------------------------------------------------- */

static void test_unknown(void **state)
{
    (void)state;
    assert_unknown("PRAGMA writable_schema=ON",
                   "Postgres' grammar says: syntax error at or near \"PRAGMA\"");
    assert_unknown("PRAGMA main.legacy_alter_table=1; PRAGMA foreign_keys=OFF",
                   "Postgres' grammar says: syntax error at or near \"PRAGMA\"");
    assert_unknown("PRAGMA foreign_keys=OFF; DROP TABLE t",
                   "Postgres' grammar says: syntax error at or near \"PRAGMA\"");
    assert_unknown("UPDATE `t` SET a = 1", "Postgres' grammar says: syntax error at or near \"`\"");
    assert_unknown("DROP TABLE a; DROP TABLES b",
                   "Postgres' grammar says: syntax error at or near \"TABLES\"");
    assert_unknown("DO $$ BEGIN END $$", "a DO block may do anything");
    assert_unknown("EXECUTE x", "what EXECUTE does cannot be told");
    assert_unknown("SELECT '\xff'", "is not valid UTF-8");
    assert_sql("", "");
    assert_sql(" ; -- nothing\n/* at all */ ;", "");
}

static char *repeat(const char *before, const char *what, guint count, const char *after)
{
    GString *text = g_string_new(before);
    for (guint i = 0; i < count; i++)
        g_string_append(text, what);
    g_string_append(text, after);
    return g_string_free(text, FALSE);
}

static void test_hostile(void **state)
{
    static const struct {
        const char *before, *what, *after, *why;
        guint count;
    } hostile[] = {
        {"SELECT ", "1+", "1", "nests too deeply", 45000},
        {"SELECT 1", "::int", "", "nests too deeply", 100000},
        {"SELECT 1, 2", " UNION SELECT 1, 2", "", "nests too deeply", 40000},
        {"SELECT * FROM a", " JOIN b ON true", "", "nests too deeply", 40000},
        {"SELECT ", "(", "", "nests too deeply", 200000},
        {"", "/*", "", "has too many operator characters in a row", 500000},
        {"SELECT ", "+", "1", "has too many operator characters in a row", 500000},
        {"SELECT 1", " ", "", "there is more than 1 MB of SQL", 1 << 20},
        {"SELECT ", "(", "1", "Postgres' grammar says: syntax error at end of input", 1500},
    };
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
        g_autofree char *text =
            repeat(hostile[i].before, hostile[i].what, hostile[i].count, hostile[i].after);
        assert_unknown(text, hostile[i].why);
    }
}

static void test_deep_but_bearable(void **state)
{
    (void)state;
    g_autofree char *sum = repeat("UPDATE t SET a = ", "1+", 900, "1");
    assert_sql(sum, "update table=\"t\" columns_written=[\"a\"]");
    g_autofree char *brackets = repeat("UPDATE t SET a = ", "(", 1500, "1");
    g_autofree char *closed = repeat(brackets, ")", 1500, "");
    assert_sql(closed, "update table=\"t\" columns_written=[\"a\"]");
    g_autofree char *values = repeat("INSERT INTO t VALUES ", "(1, 2),", 20000, "(1, 2)");
    assert_sql(values, "insert table=\"t\" rows=20001");
}

/* --- texts as Python writes them ---------------------------------------------------- */

static void test_parameters(void **state)
{
    (void)state;
    assert_sql("UPDATE t SET a = :a WHERE b IN :b AND c = 'x'\\:\\:text",
               "update table=\"t\" columns_written=[\"a\"] filtered=true"
               " reads={columns=[\"b\" \"c\"] literals=[\"x\"]}");
    assert_sql("UPDATE t SET a=:a::text", "unknown_sql"); /* to SQLAlchemy this is no parameter */
    assert_sql("UPDATE t SET a = b::text",
               "update table=\"t\" columns_written=[\"a\"] reads={columns=[\"b\"]}");
    assert_style("UPDATE t SET a=%s WHERE b IN %s AND c = %(c)s", ML_SQL_DRIVER,
                 "update table=\"t\" columns_written=[\"a\"] filtered=true"
                 " reads={columns=[\"b\" \"c\"]}");
    assert_style("UPDATE t SET a = b %s", ML_SQL_TEXT,
                 "update table=\"t\" columns_written=[\"a\"] reads={columns=[\"b\" \"s\"]}");
    assert_style("UPDATE t SET a = :a", ML_SQL_DRIVER, "unknown_sql");
}

/* The statements of the text, and their places in it. */
static void test_statements(void **state)
{
    static const char text[] = "\n  UPDATE t SET a = :parameter; -- a remark\n"
                               "  UPDATE t SET b = '\\:' ;\n\tDELETE FROM t\n";
    static const char *const statements[] = {
        "UPDATE t SET a = :parameter",
        "UPDATE t SET b = '\\:'",
        "DELETE FROM t",
    };
    (void)state;
    g_autoptr(MlOperations) operations = read_sql(text, ML_SQL_TEXT);
    assert_int_equal(operations->length, G_N_ELEMENTS(statements));
    for (gsize i = 0; i < G_N_ELEMENTS(statements); i++) {
        const MlStatement *statement = operations->items[i]->statement;
        assert_string_equal(statement->text, statements[i]);
        assert_ptr_equal(text + statement->start, strstr(text, statements[i]));
        assert_int_equal(statement->end - statement->start, strlen(statements[i]));
    }
}

/* The place of the second statement of "text" in a module that consists of a literal. */
static char *second_place(const char *literal, const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(literal, strlen(literal));
    g_autoptr(MlModule) module = ml_module_parse(bytes);
    g_autoptr(MlSqlReader) reader = ml_sql_reader_new();
    g_autoptr(MlOperations) operations = ml_operations_new();
    ml_sql_read(reader, operations, text, -1, ML_SQL_TEXT,
                (MlOrigin){module, 0, (guint32)strlen(literal)});
    assert_int_equal(operations->length, 2);
    return ml_origin_text(operations->items[1]->origin);
}

static void test_places(void **state)
{
    static const char *const found[] = {
        "\"DROP TABLE a; DROP TABLE b;\"",
        "r'DROP TABLE a; DROP TABLE b;'",
        "\"\"\"DROP TABLE a; DROP TABLE b;\"\"\"",
    };
    static const char *const whole[] = {
        "\"DROP TABLE a;\" \" DROP TABLE b;\"",
        "\"DROP TABLE\\x20a; DROP TABLE b;\"",
        "sql",
    };
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(found); i++) {
        g_autofree char *place = second_place(found[i], "DROP TABLE a; DROP TABLE b;");
        assert_string_equal(place, "DROP TABLE b");
    }
    for (gsize i = 0; i < G_N_ELEMENTS(whole); i++) {
        g_autofree char *place = second_place(whole[i], "DROP TABLE a; DROP TABLE b;");
        assert_string_equal(place, whole[i]);
    }
}

/* --- bounds -------------------------------------------------------------------------- */

static void test_sum_of_texts(void **state)
{
    (void)state;
    g_autofree char *text = repeat("DROP TABLE a", " ", 600000, "");
    g_autoptr(MlSqlReader) reader = ml_sql_reader_new();
    g_autoptr(MlOperations) operations = ml_operations_new();
    for (guint i = 0; i < 2; i++)
        ml_sql_read(reader, operations, text, -1, ML_SQL_TEXT, (MlOrigin){0});
    ml_sql_read(reader, operations, "DROP TABLE b", -1, ML_SQL_TEXT, (MlOrigin){0});
    g_autofree char *found = describe(operations);
    assert_string_equal(found, "drop_table table=\"a\"\nunknown_sql\ndrop_table table=\"b\"");
}

static void test_many_operations(void **state)
{
    (void)state;
    g_autofree char *text = repeat("DROP TABLE a", ", a", 100000, "; DROP TABLE b");
    g_autoptr(MlOperations) operations = read_sql(text, ML_SQL_TEXT);
    assert_int_equal(operations->length, 20001);
    const MlOperation *last = operations->items[20000];
    assert_int_equal(last->kind, ML_UNKNOWN_CALL);
    assert_string_equal(last->unknowns->why, "there are too many operations");
}

static gpointer read_many(gpointer reader)
{
    for (guint i = 0; i < 200; i++) {
        g_autoptr(MlOperations) operations = ml_operations_new();
        ml_sql_read(reader, operations, "ALTER TABLE t DROP a", -1, ML_SQL_TEXT, (MlOrigin){0});
        g_autofree char *found = describe(operations);
        assert_string_equal(found, "drop_column table=\"t\" name=\"a\"");
    }
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    GThread *threads[4];
    g_autoptr(MlSqlReader) reader = ml_sql_reader_new();
    for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new(NULL, read_many, reader);
    for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create_table),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_foreign_keys),
        cmocka_unit_test(test_alter_table),
        cmocka_unit_test(test_renames),
        cmocka_unit_test(test_indexes),
        cmocka_unit_test(test_objects),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_selects),
        cmocka_unit_test(test_session),
        cmocka_unit_test(test_sqlite),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_deep_but_bearable),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_statements),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_sum_of_texts),
        cmocka_unit_test(test_many_operations),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
