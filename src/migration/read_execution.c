/* What is executed -> the statements that are sent (alembic.ddl.impl.DefaultImpl._exec). */
#include "migration/execute.h"
#include "migration/spelling.h"

#include <string.h>

/* Of all that a function executes. */
#define MOST_BYTES ((gsize)32 << 20)

/* The statements of a call, as they are collected. */
typedef struct {
    MlReading *reading;
    GArray *items; /* MlText */
    char *why;
} Collection;

static Collection collection_new(MlReading *reading)
{
    return (Collection){reading, g_array_new(FALSE, FALSE, sizeof(MlText)), NULL};
}

static const MlExecution *finish(Collection *collection, MlOrigin origin)
{
    MlOperations *operations = collection->reading->operations;
    MlExecution *execution = ml_operations_alloc(operations, sizeof *execution);
    execution->statements.is = ML_KNOWN;
    execution->statements.origin = origin;
    execution->statements.items =
        ml_operations_array(operations, collection->items, &execution->statements.length);
    if (collection->why != NULL)
        execution->why = ml_operations_text(operations, collection->why, -1);
    g_array_unref(collection->items);
    g_free(collection->why);
    return execution;
}

/* Tabs become spaces, and what surrounds it is cut off, as in Alembic's offline mode. */
static void tidy(GString *text)
{
    g_string_replace(text, "\t", "    ", 0);
    gsize start = 0;
    while (g_ascii_isspace(text->str[start]) || text->str[start] == '\v')
        start++;
    g_string_erase(text, 0, (gssize)start);
    while (text->len > 0 &&
           (g_ascii_isspace(text->str[text->len - 1]) || text->str[text->len - 1] == '\v'))
        g_string_truncate(text, text->len - 1);
}

static void add(Collection *collection, MlSpelling *spelling, gboolean known, const MlValue *value)
{
    MlReading *reading = collection->reading;
    MlText text = {.is = ML_UNKNOWN, .origin = value->origin};
    if (known && reading->spelt + spelling->out->len > MOST_BYTES)
        known = ml_spelling_refuse(spelling, "is too long to be written here", value);
    if (known) {
        reading->spelt += spelling->out->len;
        text.is = ML_KNOWN;
        text.text = ml_operations_text(reading->operations, spelling->out->str, -1);
    } else if (collection->why == NULL) {
        collection->why = spelling->why ? g_strdup(spelling->why) : ml_reason_of(value);
    }
    g_array_append_val(collection->items, text);
}

static gboolean knows_dialect(MlSpelling *spelling, const MlValue *value)
{
    MlReading *reading = spelling->reading;
    reading->asks_spelling = TRUE;
    if (ml_dialect_find(reading->dialect, &spelling->dialect))
        return TRUE;
    return ml_spelling_refuse(spelling,
                              reading->dialect ? "depends on a dialect that is not written here"
                                               : "depends on the dialect, which is not known",
                              value);
}

static gboolean is_parameterless(const MlValue *value)
{
    return value->kind == ML_VALUE_STRING && strchr(value->string.text, ':') == NULL;
}

static gboolean spell_executed(MlSpelling *spelling, const MlValue *value, MlSqlStyle style)
{
    gboolean driver = value->kind == ML_VALUE_STRING && style == ML_SQL_DRIVER;
    const MlValue *parameters = spelling->parameters;
    if (ml_is_sqlalchemy_call(value, "DDL"))
        return ml_spell_ddl(spelling, value);
    if (ml_value_has_shape(value, ML_SHAPE_TEXT))
        return FALSE;
    if (driver && parameters == NULL)
        return ml_spell_driver_string(spelling, value, NULL);
    if (!is_parameterless(value) && !knows_dialect(spelling, value) &&
        value->kind != ML_VALUE_STRING && ml_text_of(value) == NULL)
        return FALSE;
    if (driver)
        return knows_dialect(spelling, value) &&
               ml_spell_driver_string(spelling, value, parameters);
    if (value->kind == ML_VALUE_STRING)
        return ml_spell_string(spelling, value, NULL);
    if (ml_text_of(value) != NULL)
        return ml_spell_text(spelling, value);
    if (ml_is_statement(spelling, value))
        return ml_spell_statement(spelling, value);
    g_string_append(spelling->out, "SELECT ");
    return ml_spelling_refuse(spelling, NULL, value);
}

static void add_executed(Collection *collection, const MlValue *value, const MlValue *parameters,
                         MlSqlStyle style)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_auto(MlSpelling) spelling = ml_spelling_new(collection->reading, text);
    spelling.qualified = TRUE;
    spelling.parameters = parameters;
    gboolean known = spell_executed(&spelling, value, style);
    if (style != ML_SQL_DRIVER || value->kind != ML_VALUE_STRING)
        tidy(text);
    add(collection, &spelling, known, value);
}

/* Several rows of parameters are so many statements. */
static gboolean is_rows(const MlValue *parameters)
{
    if (parameters == NULL || !ml_is_list(parameters) || parameters->sequence.length == 0)
        return FALSE;
    MlValueKind kind = parameters->sequence.items[0]->kind;
    return kind == ML_VALUE_DICT || kind == ML_VALUE_TUPLE || kind == ML_VALUE_LIST;
}

static void set_execution(MlReading *reading, gsize first, const MlExecution *execution)
{
    for (gsize i = first; i < reading->operations->length; i++)
        ((MlOperation *)reading->operations->items[i])->execution = execution;
}

void ml_read_execution(MlReading *reading, gsize first, const MlValue *value,
                       const MlValue *parameters, MlSqlStyle style)
{
    MlOperation *operation = reading->operation;
    if (!reading->spells || reading->operations->length == first)
        return;
    reading->operation = NULL;
    Collection collection = collection_new(reading);
    if (!is_rows(parameters))
        add_executed(&collection, value, parameters, style);
    for (gsize i = 0; is_rows(parameters) && i < parameters->sequence.length; i++)
        add_executed(&collection, value, parameters->sequence.items[i], style);
    set_execution(reading, first, finish(&collection, value->origin));
    reading->operation = operation;
}

void ml_read_rows_execution(MlReading *reading, const MlValue *table, const MlValue *rows)
{
    MlOperation *operation = reading->operation;
    if (!reading->spells)
        return;
    reading->operation = NULL;
    Collection collection = collection_new(reading);
    const MlValue *none = rows ? rows : table;
    gsize count = rows != NULL && rows->kind == ML_VALUE_LIST ? rows->sequence.length : 0;
    for (gsize i = 0; i < MAX(count, rows == NULL || rows->kind != ML_VALUE_LIST); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        g_auto(MlSpelling) spelling = ml_spelling_new(reading, text);
        spelling.qualified = TRUE;
        const MlValue *row = count > 0 ? rows->sequence.items[i] : none;
        gboolean known = table != NULL && row != NULL && knows_dialect(&spelling, row) &&
                         ml_spell_row(&spelling, table, row);
        tidy(text);
        add(&collection, &spelling, known, row ? row : &(MlValue){0});
    }
    operation->execution = finish(&collection, none ? none->origin : operation->origin);
    reading->operation = operation;
}
