#include "roundtrip/database.h"
#include "roundtrip/sqlite_table.h"
#include "roundtrip/sqlite_words.h"

#include <sqlite3.h>
#include <string.h>

/* Steps of SQLite's machine between two looks at the clock. */
#define STEPS_BETWEEN_LOOKS 10000
#define MOST_PAGES          65536 /* 256 MB */
#define MOST_HEAP           (G_GINT64_CONSTANT(1) << 30)
#define LONGEST_VALUE       (1 << 20) /* no function looks at the clock, and some are quadratic */

typedef struct {
    MlDatabase base;
    sqlite3 *handle;
    sqlite3_stmt *schema;
    MlServerLimits limits;
    gint64 deadline; /* of the statement that runs, as g_get_monotonic_time(); 0: none */
    gboolean late;
    gboolean is_vacuum; /* the statement that runs */
    gboolean is_worn;   /* something was set or made that does not outlast a session */
} Sqlite;

/* --- what strangers may do ----------------------------------------------------------------- */

/* Those that touch neither a file nor SQLite's own tables. */
static gboolean is_harmless_pragma(const char *name)
{
    static const char *const names[] = {"foreign_keys",
                                        "defer_foreign_keys",
                                        "table_info",
                                        "table_xinfo",
                                        "table_list",
                                        "index_list",
                                        "index_info",
                                        "index_xinfo",
                                        "foreign_key_list",
                                        "foreign_key_check",
                                        "integrity_check",
                                        "quick_check",
                                        "legacy_alter_table",
                                        "recursive_triggers",
                                        "encoding",
                                        "user_version",
                                        "application_id",
                                        "compile_options",
                                        "collation_list",
                                        "function_list",
                                        "schema_version",
                                        "ignore_check_constraints",
                                        "case_sensitive_like",
                                        "synchronous",
                                        "journal_mode",
                                        "busy_timeout",
                                        "optimize",
                                        "secure_delete",
                                        "auto_vacuum",
                                        "incremental_vacuum",
                                        "cache_size",
                                        "database_list",
                                        "page_count",
                                        "freelist_count",
                                        "wal_checkpoint",
                                        "wal_autocheckpoint",
                                        "journal_size_limit",
                                        "analysis_limit",
                                        "automatic_index",
                                        NULL};
    return name != NULL && g_strv_contains(names, name);
}

/* VACUUM attaches what has no name. */
static gboolean is_own_attachment(const Sqlite *sqlite, const char *file)
{
    return sqlite->is_vacuum && file != NULL && *file == '\0';
}

static int authorize(void *data, int action, const char *first, const char *second,
                     const char *schema, const char *trigger)
{
    Sqlite *sqlite = data;
    (void)schema, (void)trigger;
    switch (action) {
    case SQLITE_CREATE_TEMP_TABLE:
    case SQLITE_CREATE_TEMP_VIEW:
    case SQLITE_CREATE_TEMP_TRIGGER:
        sqlite->is_worn = TRUE;
        return SQLITE_OK;
    case SQLITE_ATTACH:
        return is_own_attachment(sqlite, first) ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_DETACH:
        return g_strcmp0(first, "vacuum_db") == 0 ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_PRAGMA:
        sqlite->is_worn |= second != NULL;
        return is_harmless_pragma(first) ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_FUNCTION:
        return g_strcmp0(second, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
    default:
        return SQLITE_OK;
    }
}

static int look_at_the_clock(void *data)
{
    Sqlite *sqlite = data;
    sqlite->late = sqlite->deadline != 0 && g_get_monotonic_time() > sqlite->deadline;
    return sqlite->late ||
           (sqlite->limits.cancelled != NULL && g_atomic_int_get(sqlite->limits.cancelled));
}

/* --- statements ---------------------------------------------------------------------------- */

static gboolean refuse(Sqlite *sqlite, GError **error)
{
    if (sqlite->late)
        g_set_error(error, ML_DATABASE_ERROR, ML_DATABASE_ERROR_STATEMENT,
                    "it took longer than %u s", sqlite->limits.seconds);
    else
        g_set_error_literal(error, ML_DATABASE_ERROR, ML_DATABASE_ERROR_STATEMENT,
                            sqlite3_errmsg(sqlite->handle));
    return FALSE;
}

static gboolean has_more(const char *tail)
{
    g_autoptr(GArray) words = ml_sqlite_words(tail);
    return words->len > 0;
}

static gboolean is_vacuum(const char *sql)
{
    if (strcasestr(sql, "vacuum") == NULL)
        return FALSE;
    g_autoptr(GArray) words = ml_sqlite_words(sql);
    return ml_word_is(words, 0, "vacuum");
}

static gboolean finish(Sqlite *sqlite, sqlite3_stmt *statement, GError **error)
{
    int result;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW)
        ;
    gboolean done = result == SQLITE_DONE || refuse(sqlite, error);
    sqlite3_finalize(statement);
    return done;
}

static gboolean run(MlDatabase *database, const char *sql, GError **error)
{
    Sqlite *sqlite = (Sqlite *)database;
    sqlite3_stmt *statement = NULL;
    const char *tail;
    sqlite->late = FALSE;
    sqlite->is_vacuum = is_vacuum(sql);
    sqlite->deadline = g_get_monotonic_time() + sqlite->limits.seconds * G_TIME_SPAN_SECOND;
    if (sqlite3_prepare_v2(sqlite->handle, sql, -1, &statement, &tail) != SQLITE_OK)
        return refuse(sqlite, error);
    if (has_more(tail)) {
        sqlite3_finalize(statement);
        g_set_error_literal(error, ML_DATABASE_ERROR, ML_DATABASE_ERROR_STATEMENT,
                            "it is more than one statement, and Python's sqlite3 executes one at a "
                            "time");
        return FALSE;
    }
    return statement == NULL || finish(sqlite, statement, error);
}

static gboolean in_transaction(MlDatabase *database)
{
    return !sqlite3_get_autocommit(((Sqlite *)database)->handle);
}

/* --- sessions ------------------------------------------------------------------------------- */

static const char defaults[] = "PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = OFF;"
                               "PRAGMA recursive_triggers = OFF;"
                               "PRAGMA ignore_check_constraints = OFF;"
                               "PRAGMA case_sensitive_like = OFF;";

/* A statement for each thing that is temporary. */
static const char temporary_query[] =
    "SELECT group_concat(printf('DROP %s IF EXISTS temp.\"%w\"', type, name), ';') "
    "FROM temp.sqlite_master WHERE type IN ('table', 'view', 'trigger')"
    "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

static int keep_text(void *data, int count, char **values, char **names)
{
    (void)count, (void)names;
    *(char **)data = g_strdup(*values);
    return 0;
}

static gboolean renew(MlDatabase *database, GError **error)
{
    Sqlite *sqlite = (Sqlite *)database;
    if (!sqlite->is_worn)
        return TRUE;
    sqlite->deadline = 0;
    g_autofree char *drops = NULL;
    if (sqlite3_exec(sqlite->handle, defaults, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(sqlite->handle, temporary_query, keep_text, &drops, NULL) != SQLITE_OK ||
        (drops != NULL && sqlite3_exec(sqlite->handle, drops, NULL, NULL, NULL) != SQLITE_OK))
        return refuse(sqlite, error);
    sqlite->is_worn = FALSE;
    return TRUE;
}

/* --- snapshots ------------------------------------------------------------------------------ */

/* A row of sqlite_master; borrowed from the statement. */
typedef struct {
    const char *type, *name, *table, *sql;
} Row;

static guint behind(const GArray *words, const char *word)
{
    guint at = 0;
    while (at < words->len && !ml_word_is(words, at, word))
        at++;
    return MIN(at + 1, words->len);
}

/* "CREATE UNIQUE INDEX i ON t (a) WHERE b": the name and the table are told elsewhere. */
static void read_index(MlFamily *family, const char *name, const char *sql)
{
    g_autoptr(GArray) words = ml_sqlite_words(sql);
    MlSnapshotObject *index = ml_family_add(family, "index", g_strdup(name));
    if (ml_word_is(words, 1, "unique"))
        ml_object_set(index, "unique", g_strdup("yes"));
    ml_object_set(index, "definition", ml_words_text(words, behind(words, "on") + 1, words->len));
}

static void read_trigger(MlFamily *family, const char *name, const char *sql)
{
    g_autoptr(GArray) words = ml_sqlite_words(sql);
    MlSnapshotObject *trigger = ml_family_add(family, "trigger", g_strdup(name));
    ml_object_set(trigger, "definition",
                  ml_words_text(words, behind(words, "trigger") + 1, words->len));
}

static void read_view(MlFamily *family, const char *name, const char *sql)
{
    g_autoptr(GArray) words = ml_sqlite_words(sql);
    MlSnapshotObject *view = ml_family_add(family, "view", g_strdup(name));
    ml_object_set(view, "definition", ml_words_text(words, behind(words, "as"), words->len));
}

static void read_state(MlFamily *family, const GPtrArray *texts)
{
    for (guint i = 0; i + 2 < texts->len; i += 3) {
        const char *type = texts->pdata[i], *name = texts->pdata[i + 1];
        const char *sql = texts->pdata[i + 2];
        if (strcmp(type, "table") == 0)
            ml_sqlite_table_read(family, sql);
        else if (strcmp(type, "index") == 0)
            read_index(family, name, sql);
        else if (strcmp(type, "trigger") == 0)
            read_trigger(family, name, sql);
        else
            read_view(family, name, sql);
    }
    ml_family_finish(family);
}

/* The family that `texts` (type, name, sql, ...) tell of: that of `before` if they are the same. */
static MlFamily *family_of(const char *kind, const char *name, GPtrArray *texts,
                           const MlSnapshot *before)
{
    g_ptr_array_add(texts, NULL);
    g_autofree char *state = g_strjoinv("\1", (char **)texts->pdata);
    g_ptr_array_set_size(texts, (int)texts->len - 1);
    MlFamily *known = before ? ml_snapshot_find(before, kind, NULL, name) : NULL;
    if (known != NULL && strcmp(known->state, state) == 0)
        return ml_family_ref(known);
    MlFamily *family = ml_family_new(kind, NULL, name);
    family->state = g_steal_pointer(&state);
    read_state(family, texts);
    return family;
}

static Row row_of(sqlite3_stmt *statement)
{
    return (Row){
        .type = (const char *)sqlite3_column_text(statement, 0),
        .name = (const char *)sqlite3_column_text(statement, 1),
        .table = (const char *)sqlite3_column_text(statement, 2),
        .sql = (const char *)sqlite3_column_text(statement, 3),
    };
}

static void add_family(MlSnapshot *snapshot, GPtrArray *texts, const char *table,
                       const MlSnapshot *before)
{
    if (texts->len > 0)
        ml_snapshot_add(snapshot, family_of(strcmp(texts->pdata[0], "view") == 0 ? "view" : "table",
                                            table, texts, before));
    g_ptr_array_set_size(texts, 0);
}

static MlSnapshot *snapshot(MlDatabase *database, const MlSnapshot *before, GError **error)
{
    Sqlite *sqlite = (Sqlite *)database;
    g_autoptr(MlSnapshot) taken = ml_snapshot_new();
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *table = NULL;
    int result;
    sqlite->deadline = 0;
    while ((result = sqlite3_step(sqlite->schema)) == SQLITE_ROW) {
        const Row row = row_of(sqlite->schema);
        if (g_strcmp0(row.table, table) != 0) {
            add_family(taken, texts, table, before);
            g_free(table);
            table = g_strdup(row.table);
        }
        g_ptr_array_add(texts, g_strdup(row.type));
        g_ptr_array_add(texts, g_strdup(row.name));
        g_ptr_array_add(texts, g_strdup(row.sql));
    }
    sqlite3_reset(sqlite->schema);
    if (result != SQLITE_DONE) {
        refuse(sqlite, error);
        return NULL;
    }
    add_family(taken, texts, table, before);
    ml_snapshot_finish(taken);
    return g_steal_pointer(&taken);
}

/* --- opening -------------------------------------------------------------------------------- */

static void close_sqlite(MlDatabase *database)
{
    Sqlite *sqlite = (Sqlite *)database;
    sqlite3_finalize(sqlite->schema);
    sqlite3_close_v2(sqlite->handle);
    g_free(sqlite);
}

static const MlDatabaseKind kind = {
    .run = run,
    .in_transaction = in_transaction,
    .renew = renew,
    .snapshot = snapshot,
    .close = close_sqlite,
};

/* The table comes first in its family. */
static const char schema_query[] =
    "SELECT type, name, tbl_name, sql FROM main.sqlite_master "
    "WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
    "ORDER BY tbl_name, type NOT IN ('table', 'view'), name";

static void set_limits(Sqlite *sqlite)
{
    sqlite3_hard_heap_limit64(MOST_HEAP);
    sqlite3_limit(sqlite->handle, SQLITE_LIMIT_LENGTH, LONGEST_VALUE);
    sqlite3_db_config(sqlite->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(sqlite->handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_progress_handler(sqlite->handle, STEPS_BETWEEN_LOOKS, look_at_the_clock, sqlite);
    sqlite3_set_authorizer(sqlite->handle, authorize, sqlite);
}

MlDatabase *ml_sqlite_open(const MlServerLimits *limits, GError **error)
{
    g_autofree char *settings =
        g_strdup_printf("PRAGMA temp_store = MEMORY; PRAGMA max_page_count = %d;", MOST_PAGES);
    Sqlite *sqlite = g_new0(Sqlite, 1);
    sqlite->base = (MlDatabase){.kind = &kind, .dialect = ML_SQLITE};
    sqlite->limits = *limits;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY;
    if (sqlite3_open_v2(":memory:", &sqlite->handle, flags, NULL) == SQLITE_OK &&
        sqlite3_exec(sqlite->handle, settings, NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(sqlite->handle, schema_query, -1, &sqlite->schema, NULL) == SQLITE_OK) {
        set_limits(sqlite);
        return &sqlite->base;
    }
    g_set_error(error, ML_DATABASE_ERROR, ML_DATABASE_ERROR_LOST,
                "a SQLite database cannot be made in memory: %s", sqlite3_errmsg(sqlite->handle));
    close_sqlite(&sqlite->base);
    return NULL;
}
