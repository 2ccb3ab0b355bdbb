/*
 * SQL of which not all can be told, as f"INSERT INTO {table} VALUES ('{key}')". What cannot be
 * told is taken for a value or a name, which ML_HOLE stands for: it parses as a name, and as a part
 * of one or of a string. Whoever puts a clause or a statement there writes SQL that nobody can
 * read.
 */
#include "migration/execute.h"

#include <string.h>

/* What such statements do, whichever table they do it to. */
static const struct {
    const char *word;
    MlOperationKind kind;
} statements[] = {
    {"INSERT", ML_INSERT},
    {"UPDATE", ML_UPDATE},
    {"DELETE", ML_DELETE},
    {"SELECT", ML_SELECT},
};

/* --- what the grammar accepts ------------------------------------------------------- */

static gboolean shows_hole(const MlOperation *operation)
{
    MlOperation told = *operation;
    told.statement = NULL; /* which has them all */
    g_autoptr(GString) line = g_string_new(NULL);
    ml_operation_write(line, &told);
    g_autofree char *escaped = g_strescape(ML_HOLE, NULL);
    return strstr(line->str, ML_HOLE) != NULL || strstr(line->str, escaped) != NULL;
}

static gboolean are_understood(const MlOperations *operations, gsize first)
{
    for (gsize i = first; i < operations->length; i++)
        if (operations->items[i]->kind == ML_UNKNOWN_SQL || shows_hole(operations->items[i]))
            return FALSE;
    return operations->length > first;
}

static gboolean read_by_grammar(MlReading *reading, const MlValue *text, MlSqlStyle style)
{
    MlOperations *operations = reading->operations;
    gsize first = operations->length;
    ml_sql_read(reading->sql, operations, text->unknown.name, -1, style, text->origin);
    if (!are_understood(operations, first)) {
        g_autoptr(GPtrArray) none = g_ptr_array_new();
        ml_operations_reorder(operations, first, none);
        return FALSE;
    }
    for (gsize i = first; i < operations->length; i++) {
        reading->operation = (MlOperation *)operations->items[i];
        ml_reading_note(reading, "", NULL, text);
    }
    return TRUE;
}

/* --- what it refuses ---------------------------------------------------------------- */

static gboolean begins_with(const char *sql, const char *word)
{
    gsize length = strlen(word);
    return g_ascii_strncasecmp(sql, word, length) == 0 && g_ascii_isspace(sql[length]);
}

static const char *skip_space(const char *text)
{
    while (g_ascii_isspace(*text))
        text++;
    return text;
}

/* Whether nothing stands behind the first semicolon. */
static gboolean is_one_statement(const char *sql)
{
    const char *semicolon = strchr(sql, ';');
    return semicolon == NULL || *skip_space(semicolon + 1) == '\0';
}

/* SELECT ... INTO makes a table, and a function that it calls may make anything. */
static gboolean may_change_schema(const char *sql)
{
    return g_regex_match_simple("\\bINTO\\b|\\w\\s*\\(", sql, G_REGEX_CASELESS | G_REGEX_RAW, 0);
}

static void add(MlReading *reading, MlOperationKind kind, const MlValue *text, MlOrigin origin)
{
    MlOperation *operation = ml_reading_add(reading, kind, origin);
    MlReads *reads = ml_operations_alloc(reading->operations, sizeof *reads);
    reads->all_columns = TRUE;
    operation->reads = reads;
    operation->schema = operation->table = (MlText){.is = ML_UNKNOWN, .origin = origin};
    if (kind == ML_INSERT || kind == ML_UPDATE)
        operation->columns_written = (MlTexts){.is = ML_UNKNOWN, .origin = origin};
    ml_reading_note(reading, "", NULL, text);
}

/* A statement that writes or reads rows leaves the schema as it is, whatever else it says. */
static gboolean read_by_first_word(MlReading *reading, const MlValue *text, MlOrigin origin)
{
    const char *sql = skip_space(text->unknown.name);
    for (gsize i = 0; i < G_N_ELEMENTS(statements) && is_one_statement(sql); i++) {
        MlOperationKind kind = statements[i].kind;
        if (!begins_with(sql, statements[i].word) || (kind == ML_SELECT && may_change_schema(sql)))
            continue;
        add(reading, kind, text, origin);
        return TRUE;
    }
    return FALSE;
}

gboolean ml_read_holes(MlReading *reading, const MlValue *text, MlSqlStyle style, MlOrigin origin)
{
    return ml_value_has_shape(text, ML_SHAPE_TEXT) &&
           (read_by_grammar(reading, text, style) || read_by_first_word(reading, text, origin));
}
