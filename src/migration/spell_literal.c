/* Values of Python -> literals, by the type of the column (TypeEngine.literal_processor). */
#include "migration/spelling.h"

#include <math.h>
#include <string.h>

static const MlType text_type = {.kind = ML_TYPE_VARCHAR}, integer_type = {.kind = ML_TYPE_INTEGER},
                    number_type = {.kind = ML_TYPE_FLOAT}, boolean_type = {.kind = ML_TYPE_BOOLEAN},
                    date_type = {.kind = ML_TYPE_DATE}, datetime_type = {.kind = ML_TYPE_TIMESTAMP},
                    time_type = {.kind = ML_TYPE_TIME}, uuid_type = {.kind = ML_TYPE_UUID};

MlAffinity ml_affinity_of(const MlSpelling *spelling, const MlType *type)
{
    static const MlAffinity affinities[] = {
        [ML_TYPE_ABSENT] = ML_OF_NOTHING,    [ML_TYPE_UNKNOWN] = ML_OF_OTHER,
        [ML_TYPE_BOOLEAN] = ML_OF_BOOLEAN,   [ML_TYPE_SMALLINT] = ML_OF_INTEGER,
        [ML_TYPE_INTEGER] = ML_OF_INTEGER,   [ML_TYPE_BIGINT] = ML_OF_INTEGER,
        [ML_TYPE_NUMERIC] = ML_OF_NUMBER,    [ML_TYPE_REAL] = ML_OF_NUMBER,
        [ML_TYPE_DOUBLE] = ML_OF_NUMBER,     [ML_TYPE_FLOAT] = ML_OF_NUMBER,
        [ML_TYPE_MONEY] = ML_OF_OTHER,       [ML_TYPE_CHAR] = ML_OF_TEXT,
        [ML_TYPE_VARCHAR] = ML_OF_TEXT,      [ML_TYPE_TEXT] = ML_OF_TEXT,
        [ML_TYPE_BINARY] = ML_OF_OTHER,      [ML_TYPE_DATE] = ML_OF_DATE,
        [ML_TYPE_TIME] = ML_OF_TIME,         [ML_TYPE_TIMESTAMP] = ML_OF_DATETIME,
        [ML_TYPE_INTERVAL] = ML_OF_INTERVAL, [ML_TYPE_UUID] = ML_OF_UUID,
        [ML_TYPE_JSON] = ML_OF_OTHER,        [ML_TYPE_JSONB] = ML_OF_OTHER,
        [ML_TYPE_ENUM] = ML_OF_TEXT,         [ML_TYPE_ARRAY] = ML_OF_ARRAY,
        [ML_TYPE_NAMED] = ML_OF_OTHER,       [ML_TYPE_CUSTOM] = ML_OF_OTHER,
    };
    if (type == NULL)
        return ML_OF_NOTHING;
    if (type->kind == ML_TYPE_CUSTOM)
        return ML_OF_OTHER; /* what its methods make of a value only Python knows */
    return affinities[ml_type_in(type, ml_dialect_name(spelling->dialect))->kind];
}

/* --- what a value is -------------------------------------------------------------------- */

static gboolean is_call_of(const MlValue *value, const char *name)
{
    const char *const names[] = {name, NULL};
    return ml_value_is_call(value, names);
}

const MlType *ml_type_of_value(MlSpelling *spelling, const MlValue *value)
{
    switch (value->kind) {
    case ML_VALUE_STRING:
        return &text_type;
    case ML_VALUE_BOOL:
        return &boolean_type;
    case ML_VALUE_INTEGER:
        return &integer_type;
    case ML_VALUE_FLOAT:
        return &number_type;
    default:
        break;
    }
    if (is_call_of(value, "datetime.datetime"))
        return &datetime_type;
    if (is_call_of(value, "datetime.date"))
        return &date_type;
    if (is_call_of(value, "datetime.time"))
        return &time_type;
    if (is_call_of(value, "decimal.Decimal"))
        return &number_type;
    if (is_call_of(value, "uuid.UUID") && spelling->sqlalchemy != ML_SQLALCHEMY_1_4)
        return &uuid_type;
    return NULL;
}

gboolean ml_is_plain_value(const MlValue *value)
{
    static const char *const makers[] = {"datetime.datetime", "datetime.date",
                                         "datetime.time",     "datetime.timedelta",
                                         "decimal.Decimal",   "uuid.UUID",
                                         "uuid.uuid4",        "uuid.uuid1",
                                         "json.dumps",        NULL};
    return value->kind != ML_VALUE_UNKNOWN || ml_value_is_call(value, makers);
}

/* --- strings and numbers ------------------------------------------------------------------ */

/* A backslash is one: SQLAlchemy doubles it for Postgres until it has seen a server, and none since
 * 9.1 takes that for one. */
static gboolean spell_string(MlSpelling *spelling, const MlValue *value)
{
    if (value->kind != ML_VALUE_STRING)
        return ml_spelling_refuse(spelling,
                                  "has a value that is no string, for a column of strings", value);
    return (strlen(value->string.text) == value->string.length &&
            ml_quote_literal(spelling->out, value->string.text)) ||
           ml_spelling_refuse(spelling, "has a string that no database takes", value);
}

/* The shortest digits that mean the number, as Python's repr() writes it. */
static void append_float(GString *out, double real)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    for (guint precision = 0; precision < 17; precision++) {
        char format[8];
        g_snprintf(format, sizeof format, "%%.%ue", precision);
        g_ascii_formatd(text, sizeof text, format, real);
        if (g_ascii_strtod(text, NULL) == real)
            break;
    }
    char *mark = strchr(text, 'e');
    gint64 exponent = g_ascii_strtoll(mark + 1, NULL, 10);
    *mark = '\0';
    if (exponent < -4 || exponent >= 16) {
        g_string_append_printf(out, "%se%c%02d", text, exponent < 0 ? '-' : '+',
                               (int)ABS(exponent));
        return;
    }
    gint64 digits = (gint64)strlen(text) - (*text == '-') - (strchr(text, '.') != NULL);
    guint decimals = (guint)MAX(1, digits - 1 - exponent);
    char format[8];
    g_snprintf(format, sizeof format, "%%.%uf", decimals);
    char plain[64];
    g_string_append(out, g_ascii_formatd(plain, sizeof plain, format, real));
}

/* "12", "-3.50": what int() or Decimal() take, and write again, as it stands. */
static gboolean is_number(const char *text, gboolean fraction)
{
    text += *text == '-';
    gsize whole = strspn(text, "0123456789");
    if (whole == 0 || (whole > 1 && *text == '0'))
        return FALSE;
    text += whole;
    if (*text == '.' && fraction)
        text += 1 + strspn(text + 1, "0123456789");
    return *text == '\0' && text[-1] != '.';
}

static gboolean spell_decimal(MlSpelling *spelling, const MlValue *call)
{
    const MlValue *first = ml_value_positional(call, 0);
    if (first == NULL || call->unknown.length != 1)
        return ml_spelling_refuse(spelling, NULL, call);
    if (first->kind == ML_VALUE_INTEGER) {
        g_string_append_printf(spelling->out, "%" G_GINT64_FORMAT, first->integer);
        return TRUE;
    }
    if (first->kind != ML_VALUE_STRING || !is_number(first->string.text, TRUE))
        return ml_spelling_refuse(spelling, "has a decimal number that cannot be told", call);
    g_string_append(spelling->out, first->string.text);
    return TRUE;
}

static gboolean spell_integer(MlSpelling *spelling, const MlValue *value)
{
    if (value->kind == ML_VALUE_INTEGER || value->kind == ML_VALUE_BOOL)
        g_string_append_printf(spelling->out, "%" G_GINT64_FORMAT, value->integer);
    else if (value->kind == ML_VALUE_STRING && is_number(value->string.text, FALSE))
        g_string_append(spelling->out, value->string.text);
    else if (value->kind == ML_VALUE_FLOAT && fabs(value->real) < 1e15)
        g_string_append_printf(spelling->out, "%" G_GINT64_FORMAT, (gint64)value->real);
    else
        return ml_spelling_refuse(spelling,
                                  "has a value that is no number, for a column of numbers", value);
    return TRUE;
}

static gboolean spell_number(MlSpelling *spelling, const MlValue *value)
{
    if (value->kind == ML_VALUE_INTEGER)
        g_string_append_printf(spelling->out, "%" G_GINT64_FORMAT, value->integer);
    else if (value->kind == ML_VALUE_FLOAT && isfinite(value->real))
        append_float(spelling->out, value->real);
    else if (value->kind == ML_VALUE_STRING && is_number(value->string.text, TRUE))
        g_string_append(spelling->out, value->string.text);
    else if (is_call_of(value, "decimal.Decimal"))
        return spell_decimal(spelling, value);
    else
        return ml_spelling_refuse(spelling,
                                  "has a value that is no number, for a column of numbers", value);
    return TRUE;
}

static gboolean spell_boolean(MlSpelling *spelling, const MlValue *value)
{
    static const char *const words[][2] = {{"false", "true"}, {"0", "1"}};
    gboolean fits = value->kind == ML_VALUE_BOOL ||
                    (value->kind == ML_VALUE_INTEGER && (value->integer | 1) == 1);
    if (!fits)
        return ml_spelling_refuse(spelling, "has a value that is neither true nor false", value);
    g_string_append(spelling->out, words[spelling->dialect == ML_SQLITE][value->integer != 0]);
    return TRUE;
}

/* --- dates ------------------------------------------------------------------------------------ */

/* The whole numbers that a date is made of; FALSE where one cannot be told. */
static gboolean numbers_of(const MlValue *call, const char *const *names, gsize least, gsize most,
                           gint64 *numbers)
{
    gsize known = 0, positional = ml_positional_count(call);
    if (positional > most || call->unknown.open)
        return FALSE;
    for (gsize i = 0; i < most; i++) {
        const MlValue *value = ml_value_positional(call, i);
        value = value ? value : ml_value_argument(call, names[i]);
        known += value != NULL;
        if (value == NULL ? i < least : value->kind != ML_VALUE_INTEGER)
            return FALSE;
        numbers[i] = value ? value->integer : 0;
        if (numbers[i] < 0 || numbers[i] > (i == 0 ? 9999 : 999999))
            return FALSE;
    }
    return known == call->unknown.length; /* no time zone */
}

static gboolean read_date(const MlValue *value, gint64 *parts, gboolean *has_time)
{
    static const char *const names[] = {"year",   "month",  "day",         "hour",
                                        "minute", "second", "microsecond", NULL};
    *has_time = is_call_of(value, "datetime.datetime");
    if (!*has_time && !is_call_of(value, "datetime.date"))
        return FALSE;
    return numbers_of(value, names, 3, *has_time ? 7 : 3, parts);
}

static void append_day(GString *out, const gint64 *parts)
{
    g_string_append_printf(out, "%04d-%02d-%02d", (int)parts[0], (int)parts[1], (int)parts[2]);
}

/* isoformat(), or SQLite's storage format, which always has the fraction. */
static void append_time(MlSpelling *spelling, const gint64 *parts)
{
    g_string_append_printf(spelling->out, "%02d:%02d:%02d", (int)parts[0], (int)parts[1],
                           (int)parts[2]);
    if (parts[3] != 0 || spelling->dialect == ML_SQLITE)
        g_string_append_printf(spelling->out, ".%06d", (int)parts[3]);
}

static gboolean spell_date(MlSpelling *spelling, const MlValue *value, MlAffinity affinity)
{
    static const char *const names[] = {"hour", "minute", "second", "microsecond", NULL};
    gint64 parts[7] = {0};
    gboolean has_time = FALSE, of_time = affinity == ML_OF_TIME;
    if (spelling->dialect == ML_POSTGRESQL && spelling->sqlalchemy == ML_SQLALCHEMY_1_4)
        return ml_spelling_refuse(spelling, "has a date, which SQLAlchemy 1.4 does not write",
                                  value);
    if (of_time ? !is_call_of(value, "datetime.time") || !numbers_of(value, names, 0, 4, parts)
                : !read_date(value, parts, &has_time))
        return ml_spelling_refuse(spelling, "has a date or time that cannot be told", value);
    g_string_append_c(spelling->out, '\'');
    if (!of_time)
        append_day(spelling->out, parts);
    gboolean as_date =
        of_time || affinity == ML_OF_DATE || (!has_time && spelling->dialect == ML_POSTGRESQL);
    if (!as_date)
        g_string_append_c(spelling->out, ' ');
    if (of_time || !as_date)
        append_time(spelling, of_time ? parts : parts + 3);
    g_string_append_c(spelling->out, '\'');
    return TRUE;
}

/* --- other types ---------------------------------------------------------------------------------
 */

static gboolean spell_uuid(MlSpelling *spelling, const MlValue *value)
{
    const MlValue *text = is_call_of(value, "uuid.UUID") ? ml_value_positional(value, 0) : value;
    if (spelling->dialect != ML_POSTGRESQL || spelling->sqlalchemy == ML_SQLALCHEMY_1_4 ||
        text == NULL || text->kind != ML_VALUE_STRING)
        return ml_spelling_refuse(spelling, "has a UUID that is not written as a literal", value);
    gboolean canonical =
        text->string.length == 36 && strspn(text->string.text, "0123456789abcdef-") == 36;
    if (text != value && !canonical)
        return ml_spelling_refuse(spelling, "has a UUID that cannot be told", value);
    return spell_string(spelling, text);
}

static gboolean spell_array(MlSpelling *spelling, const MlValue *value, const MlType *type)
{
    if (spelling->dialect != ML_POSTGRESQL || spelling->sqlalchemy == ML_SQLALCHEMY_1_4 ||
        !ml_is_list(value) || value->sequence.length == 0 || type->item == NULL)
        return ml_spelling_refuse(spelling, "has an array that is not written as a literal", value);
    g_string_append(spelling->out, "ARRAY[");
    for (gsize i = 0; i < value->sequence.length; i++) {
        g_string_append(spelling->out, i > 0 ? ", " : "");
        if (ml_is_list(value->sequence.items[i]) ||
            !ml_spell_value(spelling, value->sequence.items[i], type->item))
            return ml_spelling_refuse(spelling, "has an array of arrays", value);
    }
    g_string_append_c(spelling->out, ']');
    return TRUE;
}

gboolean ml_spell_value(MlSpelling *spelling, const MlValue *value, const MlType *type)
{
    if (value->kind == ML_VALUE_NONE) {
        g_string_append(spelling->out, "NULL");
        return TRUE;
    }
    MlAffinity affinity = ml_affinity_of(spelling, type);
    switch (affinity) {
    case ML_OF_TEXT:
        return spell_string(spelling, value);
    case ML_OF_INTEGER:
        return spell_integer(spelling, value);
    case ML_OF_NUMBER:
        return spell_number(spelling, value);
    case ML_OF_BOOLEAN:
        return spell_boolean(spelling, value);
    case ML_OF_DATE:
    case ML_OF_DATETIME:
    case ML_OF_TIME:
        return spell_date(spelling, value, affinity);
    case ML_OF_UUID:
        return spell_uuid(spelling, value);
    case ML_OF_ARRAY:
        return spell_array(spelling, value, ml_type_in(type, ml_dialect_name(spelling->dialect)));
    case ML_OF_NOTHING:
        return ml_spelling_refuse(
            spelling,
            value->kind == ML_VALUE_UNKNOWN ? NULL : "has a value for a column without a type",
            value);
    default:
        return ml_spelling_refuse(spelling, "has a value of a type that has no literals", value);
    }
}

/* TypeEngine.coerce_compared_value: the value's own type, unless both are of one kind. */
static const MlType *compared_type(MlSpelling *spelling, const MlValue *value, const MlType *type)
{
    const MlType *own = ml_type_of_value(spelling, value);
    if (type != NULL && type->kind == ML_TYPE_CUSTOM)
        return type;
    gboolean same = ml_affinity_of(spelling, own) == ml_affinity_of(spelling, type);
    return own == NULL || same ? type : own;
}

gboolean ml_spell_compared(MlSpelling *spelling, const MlValue *value, const MlType *type)
{
    return ml_spell_value(spelling, value, compared_type(spelling, value, type));
}

gboolean ml_spell_list(MlSpelling *spelling, const MlValue *list, const MlType *type)
{
    const MlType *of_all = compared_type(spelling, list->sequence.items[0], type);
    for (gsize i = 0; i < list->sequence.length; i++) {
        const MlValue *value = list->sequence.items[i];
        g_string_append(spelling->out, i > 0 ? ", " : "");
        if (value->kind == ML_VALUE_NONE)
            return ml_spelling_refuse(spelling, "has a list with None in it", list);
        if (!ml_spell_value(spelling, value, of_all))
            return FALSE;
    }
    return TRUE;
}
