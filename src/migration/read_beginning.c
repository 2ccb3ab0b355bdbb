/* SQL of which only the beginning can be told, as "INSERT INTO t VALUES ('" + key + "')". */
#include "migration/execute.h"

#include <string.h>

/* Enough of a beginning to find it again where it is written. */
#define TELLING 20

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

static gboolean begins_with(const char *sql, const char *word)
{
    gsize length = strlen(word);
    return g_ascii_strncasecmp(sql, word, length) == 0 && g_ascii_isspace(sql[length]);
}

static const char *skip_space(const char *text)
{
    while (g_ascii_isspace(*text) || (text[0] == '\\' && text[1] == 'n'))
        text += *text == '\\' ? 2 : 1;
    return text;
}

/* Whether the text ends there: its literal does, and nothing is joined to it. */
static gboolean ends_text(const char *source)
{
    source = skip_space(source);
    gsize quotes = strspn(source, "\"'");
    return quotes > 0 && strpbrk(source + quotes, "\"'+") == NULL;
}

/* Whether the source is where the text is written, rather than the name of one. */
static gboolean holds(const char *source, const char *beginning)
{
    gsize length = MIN(strcspn(beginning, "\n\\\"'"), TELLING);
    g_autofree char *part = g_strndup(beginning, length);
    const char *found = strstr(source, part);
    return found != NULL &&
           (length == TELLING || (found[length] != '_' && !g_ascii_isalnum(found[length])));
}

/* SELECT ... INTO makes a table, and a function that it calls may make anything. */
static gboolean may_change_schema(const char *source)
{
    return g_regex_match_simple("\\bINTO\\b|\\w\\s*\\(", source, G_REGEX_CASELESS | G_REGEX_RAW, 0);
}

/* What cannot be told is taken for a value: only what is written may begin another statement. */
static gboolean writes_rows_alone(const MlValue *text, const char *beginning, MlOperationKind kind)
{
    g_autofree char *source = ml_origin_text(text->origin);
    const char *semicolon = strchr(source, ';');
    return holds(source, beginning) && (semicolon == NULL || ends_text(semicolon + 1)) &&
           (kind != ML_SELECT || !may_change_schema(source));
}

static void add(MlReading *reading, MlOperationKind kind, const MlValue *text, MlOrigin origin)
{
    MlOperation *operation = ml_reading_add(reading, kind, origin);
    MlReads *reads = ml_operations_alloc(reading->operations, sizeof *reads);
    reads->all_columns = TRUE;
    operation->reads = reads;
    operation->table = (MlText){.is = ML_UNKNOWN, .origin = origin};
    if (kind == ML_INSERT || kind == ML_UPDATE)
        operation->columns_written = (MlTexts){.is = ML_UNKNOWN, .origin = origin};
    ml_reading_note(reading, "", NULL, text);
}

gboolean ml_read_beginning(MlReading *reading, const MlValue *text, MlOrigin origin)
{
    if (!ml_value_has_shape(text, ML_SHAPE_TEXT))
        return FALSE;
    const char *beginning = skip_space(text->unknown.name);
    for (gsize i = 0; i < G_N_ELEMENTS(statements); i++) {
        if (!begins_with(beginning, statements[i].word) ||
            !writes_rows_alone(text, beginning, statements[i].kind))
            continue;
        add(reading, statements[i].kind, text, origin);
        return TRUE;
    }
    return FALSE;
}
