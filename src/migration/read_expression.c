/* Expressions of SQLAlchemy's within DDL -> SQL, as the dialect spells it. */
#include "migration/spelling.h"

static gboolean append(MlReading *reading, GString *out, const MlValue *value,
                       gboolean (*spell)(MlSpelling *, const MlValue *))
{
    g_auto(MlSpelling) spelling = ml_spelling_new(reading, out);
    MlOperation *operation = reading->operation;
    reading->operation = NULL;
    gboolean known = spell(&spelling, value);
    reading->asks_spelling |= known && value->kind == ML_VALUE_UNKNOWN;
    reading->operation = operation;
    return known;
}

gboolean ml_append_sql(MlReading *reading, GString *out, const MlValue *value)
{
    return append(reading, out, value, ml_spell);
}

static MlText read_sql(MlReading *reading, const char *part, const MlValue *value,
                       gboolean (*spell)(MlSpelling *, const MlValue *))
{
    if (value == NULL || value->kind == ML_VALUE_NONE || value->kind == ML_VALUE_STRING)
        return ml_read_text(reading, part, value);
    g_autoptr(GString) sql = g_string_new(NULL);
    if (append(reading, sql, value, spell))
        return ml_known_text(reading, sql->str, value->origin);
    ml_reading_note(reading, part, NULL, value);
    return (MlText){.is = ML_UNKNOWN, .origin = value->origin};
}

MlText ml_read_sql(MlReading *reading, const char *part, const MlValue *value)
{
    return read_sql(reading, part, value, ml_spell);
}

MlText ml_read_index_sql(MlReading *reading, const char *part, const MlValue *value)
{
    gboolean on_postgres = g_strcmp0(reading->dialect, "postgresql") == 0;
    return read_sql(reading, part, value, on_postgres ? ml_spell_grouped : ml_spell);
}
