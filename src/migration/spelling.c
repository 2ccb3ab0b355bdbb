#include "migration/spelling.h"

MlSpelling ml_spelling_new(MlReading *reading, GString *out)
{
    MlSpelling spelling = {
        .reading = reading,
        .out = out,
        .sqlalchemy = reading->sqlalchemy,
        .numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .names = g_hash_table_new_full(NULL, NULL, NULL, g_free),
    };
    if (!ml_dialect_find(reading->dialect, &spelling.dialect))
        spelling.dialect = ML_POSTGRESQL;
    return spelling;
}

void ml_spelling_clear(MlSpelling *spelling)
{
    g_hash_table_unref(spelling->numbers);
    g_hash_table_unref(spelling->names);
    g_free(spelling->why);
}

gboolean ml_spelling_refuse(MlSpelling *spelling, const char *why, const MlValue *value)
{
    if (spelling->why == NULL)
        spelling->why = why ? g_strdup(why) : ml_reason_of(value);
    return FALSE;
}

gboolean ml_spell_name(MlSpelling *spelling, const char *name)
{
    return ml_quote_name(spelling->out, spelling->dialect, name) ||
           ml_spelling_refuse(spelling, "has a name that no database takes", NULL);
}

char *ml_spelling_number(MlSpelling *spelling, const char *word)
{
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(spelling->numbers, word)) + 1;
    g_hash_table_replace(spelling->numbers, g_strdup(word), GUINT_TO_POINTER(number));
    return g_strdup_printf("%s_%u", word, number);
}
