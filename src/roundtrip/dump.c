/*
 * A text is taken apart as psql and sqlite3 do it, so that a complaint can name the line, and so
 * that what speaks of other roles or to psql alone can be told from the schema.
 */
#include "roundtrip/dump.h"

#include <string.h>

typedef struct {
    const char *at;
    const char *begin;   /* of the statement that is being read; NULL: none */
    const char *counted; /* up to where lines have been */
    guint line;          /* there */
    guint brackets;      /* that are open */
    guint blocks;        /* BEGIN ATOMIC and CASE that are open in a function's body */
    gboolean is_function, is_trigger;
    gboolean at_start; /* behind a semicolon */
    gboolean is_end;   /* since the last semicolon there was END and nothing else */
    guint words;       /* of the statement so far */
    MlDialect dialect;
    MlDump *dump;
} Scan;

/* It is asked of later and later places. */
static guint line_of(Scan *scan, const char *at)
{
    for (; scan->counted < at; scan->counted++)
        scan->line += *scan->counted == '\n';
    return scan->line;
}

static gboolean G_GNUC_PRINTF(4, 5)
    fail(Scan *scan, const char *at, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *cause = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, ML_ROUNDTRIP_ERROR, ML_ROUNDTRIP_ERROR_DUMP, "%s, line %u: %s",
                scan->dump->name, line_of(scan, at), cause);
    return FALSE;
}

/* --- statements ------------------------------------------------------------------------------- */

static gboolean matches(const char *text, const char *pattern)
{
    return g_regex_match_simple(pattern, text, G_REGEX_CASELESS | G_REGEX_DOTALL, 0);
}

/* Rights are no part of what is compared, and the roles that have them are not there. */
static gboolean is_about_roles(const char *statement)
{
    return matches(statement, "^(GRANT|REVOKE|ALTER\\s+DEFAULT\\s+PRIVILEGES|"
                              "SET\\s+SESSION\\s+AUTHORIZATION)\\b") ||
           matches(statement, "^ALTER\\s.*\\sOWNER\\s+TO\\s+(\"([^\"]|\"\")+\"|\\w+)$");
}

/* sqlite3 shows them, and SQLite makes them by itself. */
static gboolean is_own_table(const char *statement)
{
    return matches(statement, "^CREATE\\s+TABLE\\s+[\"'`[]?sqlite_");
}

static void end_statement(Scan *scan)
{
    g_autofree char *text = NULL;
    if (scan->begin != NULL)
        text = g_strchomp(g_strndup(scan->begin, (gsize)(scan->at - scan->begin)));
    if (text != NULL && !is_about_roles(text) && !is_own_table(text)) {
        MlDumpStatement statement = {g_steal_pointer(&text), line_of(scan, scan->begin)};
        g_array_append_val(scan->dump->statements, statement);
    }
    scan->begin = NULL;
    scan->brackets = scan->blocks = scan->words = 0;
    scan->is_function = scan->is_trigger = FALSE;
}

/* --- words ------------------------------------------------------------------------------------ */

static gboolean is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_' || (guchar)c >= 0x80;
}

/* Behind a quote, which is doubled within; `escapes`: a backslash takes what follows with it. */
static const char *behind_quoted(const char *at, gboolean escapes)
{
    char quote = *at++;
    for (; *at != '\0'; at++) {
        if (escapes && *at == '\\' && at[1] != '\0')
            at++;
        else if (*at == quote && at[1] == quote)
            at++;
        else if (*at == quote)
            return at + 1;
    }
    return at;
}

/* "$body$ ... $body$"; NULL: no such thing begins here. */
static const char *behind_dollars(const char *at)
{
    const char *tag = at + 1;
    while (is_word(*tag))
        tag++;
    if (*tag != '$' || g_ascii_isdigit(at[1]))
        return NULL;
    g_autofree char *mark = g_strndup(at, (gsize)(tag + 1 - at));
    const char *end = strstr(tag + 1, mark);
    return end ? end + strlen(mark) : tag + strlen(tag);
}

/* Postgres' comments hold others. */
static const char *behind_comment(const Scan *scan, const char *at)
{
    guint depth = 0;
    if (*at == '-')
        return at + strcspn(at, "\n");
    for (; *at != '\0'; at++) {
        if (at[0] == '/' && at[1] == '*' && (depth == 0 || scan->dialect == ML_POSTGRESQL)) {
            depth++;
            at++;
        } else if (at[0] == '*' && at[1] == '/') {
            at++;
            if (--depth == 0)
                return at + 1;
        }
    }
    return at;
}

static gboolean word_is(const char *at, gsize length, const char *word)
{
    return strlen(word) == length && g_ascii_strncasecmp(at, word, length) == 0;
}

/* In the body of a function that is SQL, a semicolon ends nothing. */
static void count_word(Scan *scan, const char *at, gsize length)
{
    scan->words++;
    scan->is_end = word_is(at, length, "END") && scan->at_start;
    scan->at_start = FALSE;
    if (scan->words <= 3 && word_is(at, length, "TRIGGER"))
        scan->is_trigger = matches(scan->begin, "^CREATE\\s");
    if (scan->words <= 4 && (word_is(at, length, "FUNCTION") || word_is(at, length, "PROCEDURE")))
        scan->is_function = matches(scan->begin, "^CREATE\\s");
    if (!scan->is_function)
        return;
    if (word_is(at, length, "BEGIN") || (scan->blocks > 0 && word_is(at, length, "CASE")))
        scan->blocks++;
    else if (scan->blocks > 0 && word_is(at, length, "END"))
        scan->blocks--;
}

static void read_word(Scan *scan)
{
    const char *at = scan->at;
    while (is_word(*scan->at) || (*scan->at == '$' && scan->at > at))
        scan->at++;
    gsize length = (gsize)(scan->at - at);
    if (*scan->at == '\'' && word_is(at, length, "E"))
        scan->at = behind_quoted(scan->at, TRUE);
    count_word(scan, at, length);
}

/* --- what is for psql ------------------------------------------------------------------------- */

/* FALSE where the dump wants something that no database of ours can do. */
static gboolean read_meta_command(Scan *scan, GError **error)
{
    gsize length = strcspn(scan->at, "\n");
    g_autofree char *line = g_strchomp(g_strndup(scan->at, length));
    if (!matches(line, "^\\\\(un)?restrict\\b"))
        return fail(scan, scan->at, error,
                    "%.40s is a command to psql, and only SQL is run here: make the dump with "
                    "pg_dump --schema-only, of one database and without --create",
                    line);
    scan->at += length;
    return TRUE;
}

static gboolean refuse_rows(Scan *scan, GError **error)
{
    g_autofree char *text = g_strndup(scan->begin, (gsize)(scan->at - scan->begin));
    if (scan->dialect != ML_POSTGRESQL || !matches(text, "^COPY\\s.*\\sFROM\\s+STDIN\\b"))
        return TRUE;
    return fail(scan, scan->begin, error,
                "it holds rows, which COPY reads: make the dump with pg_dump --schema-only, or "
                "with --inserts if the rows are needed");
}

/* --- the whole text --------------------------------------------------------------------------- */

static gboolean ends_statement(const Scan *scan)
{
    if (scan->dialect == ML_POSTGRESQL)
        return scan->brackets == 0 && scan->blocks == 0;
    return !scan->is_trigger || scan->is_end;
}

static gboolean read_semicolon(Scan *scan, GError **error)
{
    if (scan->begin != NULL && ends_statement(scan)) {
        if (!refuse_rows(scan, error))
            return FALSE;
        end_statement(scan);
    }
    scan->at++;
    scan->at_start = TRUE;
    scan->is_end = FALSE;
    return TRUE;
}

static void read_sign(Scan *scan)
{
    const char *end = NULL;
    scan->at_start = scan->is_end = FALSE;
    if (*scan->at == '\'' || *scan->at == '"' || (*scan->at == '`' && scan->dialect == ML_SQLITE))
        end = behind_quoted(scan->at, FALSE);
    else if (*scan->at == '[' && scan->dialect == ML_SQLITE)
        end = scan->at + strcspn(scan->at, "]");
    else if (*scan->at == '$' && scan->dialect == ML_POSTGRESQL)
        end = behind_dollars(scan->at);
    scan->brackets += *scan->at == '(';
    scan->brackets -= *scan->at == ')' && scan->brackets > 0;
    scan->at = end ? end : scan->at + 1;
}

static gboolean read_part(Scan *scan, GError **error)
{
    const char *at = scan->at;
    if (g_ascii_isspace(*at)) {
        scan->at++;
    } else if ((at[0] == '-' && at[1] == '-') || (at[0] == '/' && at[1] == '*')) {
        scan->at = behind_comment(scan, at);
    } else if (*at == ';') {
        return read_semicolon(scan, error);
    } else if (*at == '\\' && scan->begin == NULL) {
        return read_meta_command(scan, error);
    } else {
        scan->begin = scan->begin ? scan->begin : at;
        if (is_word(*at))
            read_word(scan);
        else
            read_sign(scan);
    }
    return TRUE;
}

static gboolean is_text(const MlDump *dump, const char *bytes, gsize length, GError **error)
{
    if (g_utf8_validate(bytes, (gssize)length, NULL))
        return TRUE;
    g_set_error(
        error, ML_ROUNDTRIP_ERROR, ML_ROUNDTRIP_ERROR_DUMP,
        "%s is no SQL in UTF-8: it is what pg_dump --schema-only --format=plain, or .schema "
        "of sqlite3, has written",
        dump->name);
    return FALSE;
}

static void clear_statement(gpointer data)
{
    g_free(((MlDumpStatement *)data)->text);
}

MlDump *ml_dump_read(const char *name, const char *bytes, gsize length, MlDialect dialect,
                     GError **error)
{
    g_autoptr(MlDump) dump = g_new0(MlDump, 1);
    dump->name = g_strdup(name);
    dump->statements = g_array_new(FALSE, FALSE, sizeof(MlDumpStatement));
    g_array_set_clear_func(dump->statements, clear_statement);
    if (!is_text(dump, bytes, length, error))
        return NULL;
    g_autofree char *text = g_strndup(bytes, length);
    Scan scan = {.at = text, .counted = text, .line = 1, .dialect = dialect, .dump = dump};
    while (*scan.at != '\0')
        if (!read_part(&scan, error))
            return NULL;
    end_statement(&scan);
    return g_steal_pointer(&dump);
}

void ml_dump_free(MlDump *dump)
{
    g_array_unref(dump->statements);
    g_free(dump->name);
    g_free(dump);
}

/* --- what is made of it ----------------------------------------------------------------------- */

MlOperations *ml_dump_operations(const MlDump *dump)
{
    g_autoptr(MlSqlReader) reader = ml_sql_reader_new();
    MlOperations *operations = ml_operations_new();
    const MlOrigin nowhere = {0};
    for (guint i = 0; i < dump->statements->len; i++) {
        const char *text = g_array_index(dump->statements, MlDumpStatement, i).text;
        ml_sql_read(reader, operations, text, -1, ML_SQL_DRIVER, nowhere);
    }
    return operations;
}

/* One that only another server knows: pg_dump sets what its own has. */
static gboolean is_setting(const char *statement)
{
    return matches(statement, "^SET\\s");
}

gboolean ml_dump_load(const MlDump *dump, MlDatabase *database, GError **error)
{
    for (guint i = 0; i < dump->statements->len; i++) {
        const MlDumpStatement *next = &g_array_index(dump->statements, MlDumpStatement, i);
        g_autoptr(GError) cause = NULL;
        if (ml_database_run(database, next->text, &cause) ||
            (is_setting(next->text) && cause->code == ML_DATABASE_ERROR_STATEMENT))
            continue;
        if (cause->code == ML_DATABASE_ERROR_STATEMENT) {
            g_strdelimit(cause->message, "\n", ' ');
            g_prefix_error(&cause, "%s, line %u: the database refuses it: ", dump->name,
                           next->line);
        }
        g_propagate_error(error, g_steal_pointer(&cause));
        return FALSE;
    }
    return ml_database_commit(database, error);
}
