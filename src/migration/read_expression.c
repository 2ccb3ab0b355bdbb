/* Expressions of SQLAlchemy's within DDL -> SQL, as the dialect spells it. */
#include "migration/spelling.h"

gboolean ml_append_sql(MlReading *reading, GString *out, const MlValue *value)
{
    g_auto(MlSpelling) spelling = ml_spelling_new(reading, out);
    MlOperation *operation = reading->operation;
    reading->operation = NULL;
    gboolean known = ml_spell(&spelling, value);
    reading->asks_spelling |= known && value->kind == ML_VALUE_UNKNOWN;
    reading->operation = operation;
    return known;
}

MlText ml_read_sql(MlReading *reading, const char *part, const MlValue *value)
{
    if (value == NULL || value->kind == ML_VALUE_NONE || value->kind == ML_VALUE_STRING)
        return ml_read_text(reading, part, value);
    g_autoptr(GString) sql = g_string_new(NULL);
    if (ml_append_sql(reading, sql, value))
        return ml_known_text(reading, sql->str, value->origin);
    ml_reading_note(reading, part, NULL, value);
    return (MlText){.is = ML_UNKNOWN, .origin = value->origin};
}
