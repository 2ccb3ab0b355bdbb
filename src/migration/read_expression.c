/* An expression of SQLAlchemy's -> SQL, in Postgres' spelling. */
#include "migration/reading.h"

#include <string.h>

/* What is longer is unknown. */
#define LONGEST ((gsize)1 << 20)

static gboolean append_value(MlReading *reading, GString *out, const MlValue *value);

/* FALSE of a text with a NUL, which no database takes. */
static gboolean append_literal(GString *out, const MlValue *value)
{
    const char *text = value->string.text;
    if (strlen(text) != value->string.length)
        return FALSE;
    g_string_append_c(out, '\'');
    for (; *text != '\0'; text++)
        g_string_append(out, *text == '\'' ? "''" : (char[]){*text, '\0'});
    g_string_append_c(out, '\'');
    return TRUE;
}

static void append_identifier(GString *out, const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz_0123456789";
    if (strspn(name, plain) == strlen(name) && !g_ascii_isdigit(*name)) {
        g_string_append(out, name);
        return;
    }
    g_string_append_c(out, '"');
    for (; *name != '\0'; name++)
        g_string_append(out, *name == '"' ? "\"\"" : (char[]){*name, '\0'});
    g_string_append_c(out, '"');
}

/* The items of a list, or a call's arguments by position. */
static gboolean append_values(MlReading *reading, GString *out, const MlValue *const *values,
                              gsize length, const char *between)
{
    for (gsize i = 0; i < length; i++) {
        g_string_append(out, i > 0 ? between : "");
        if (!append_value(reading, out, values[i]))
            return FALSE;
    }
    return TRUE;
}

static gboolean append_arguments(MlReading *reading, GString *out, const MlValue *call, gsize first,
                                 const char *between)
{
    gsize count = ml_positional_count(call);
    for (gsize i = first; i < count; i++) {
        g_string_append(out, i > first ? between : "");
        if (!append_value(reading, out, ml_value_positional(call, i)))
            return FALSE;
    }
    return !call->unknown.open;
}

/* --- functions -------------------------------------------------------------------------- */

/* func.now, func.a.b; NULL where a value is no such name. */
static const char *function_name(const MlValue *value)
{
    static const char *const places[] = {"sqlalchemy.func.", "sqlalchemy.sql.func.",
                                         "sqlalchemy.sql.expression.func.",
                                         "sqlalchemy.sql.functions.", NULL};
    const char *name = ml_value_has_shape(value, ML_SHAPE_NAME) ? value->unknown.name : NULL;
    for (gsize i = 0; name != NULL && places[i] != NULL; i++)
        if (g_str_has_prefix(name, places[i]))
            return name + strlen(places[i]);
    gboolean of_object = ml_value_has_shape(value, ML_SHAPE_MEMBER) &&
                         g_strcmp0(ml_sqlalchemy_name(value->unknown.object), "func") == 0;
    return of_object ? value->unknown.name : NULL;
}

static gboolean append_function(MlReading *reading, GString *out, const MlValue *call,
                                const char *name)
{
    static const char *const without_brackets[] = {
        "current_date", "current_time", "current_timestamp",
        "current_user", "localtime",    "localtimestamp",
        "session_user", "user",         NULL};
    if (call->unknown.length == 0 && g_strv_contains(without_brackets, name)) {
        g_autofree char *upper = g_ascii_strup(name, -1);
        g_string_append(out, upper);
        return TRUE;
    }
    g_string_append_printf(out, "%s(", name);
    gboolean known = append_arguments(reading, out, call, 0, ", ");
    g_string_append_c(out, ')');
    return known;
}

/* --- operators --------------------------------------------------------------------------- */

static const char *sign_of(const char *method)
{
    static const char *const signs[][2] = {
        {"__eq__", "="},         {"__ne__", "<>"},
        {"__lt__", "<"},         {"__le__", "<="},
        {"__gt__", ">"},         {"__ge__", ">="},
        {"__add__", "+"},        {"__sub__", "-"},
        {"__mul__", "*"},        {"__truediv__", "/"},
        {"__mod__", "%"},        {"__and__", "AND"},
        {"__or__", "OR"},        {"like", "LIKE"},
        {"ilike", "ILIKE"},      {"not_like", "NOT LIKE"},
        {"notlike", "NOT LIKE"}, {"is_", "IS"},
        {"is_not", "IS NOT"},    {"isnot", "IS NOT"},
        {"concat", "||"},        {"is_distinct_from", "IS DISTINCT FROM"},
        {"in_", "IN"},           {"not_in", "NOT IN"},
        {"notin_", "NOT IN"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(signs); i++)
        if (strcmp(method, signs[i][0]) == 0)
            return signs[i][1];
    return NULL;
}

static const char *ending_of(const char *method)
{
    static const char *const endings[][2] = {
        {"desc", " DESC"},
        {"asc", " ASC"},
        {"nulls_first", " NULLS FIRST"},
        {"nullsfirst", " NULLS FIRST"},
        {"nulls_last", " NULLS LAST"},
        {"nullslast", " NULLS LAST"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(endings); i++)
        if (strcmp(method, endings[i][0]) == 0)
            return endings[i][1];
    return NULL;
}

static gboolean is_list_or_set(const MlValue *value)
{
    return ml_is_list(value) || value->kind == ML_VALUE_SET;
}

/* NULL is compared by IS. */
static const char *sign_for(const char *sign, const MlValue *right)
{
    if (right->kind != ML_VALUE_NONE && g_strcmp0(ml_sqlalchemy_call(right), "null") != 0)
        return sign;
    if (strcmp(sign, "=") == 0)
        return "IS";
    return strcmp(sign, "<>") == 0 ? "IS NOT" : sign;
}

/* Whether an expression has to be held together where it is part of a calculation. */
static gboolean is_calculation(const MlValue *value)
{
    const char *method = ml_method_of(value, NULL), *sign = method ? sign_of(method) : NULL;
    return sign != NULL && strlen(sign) == 1 && strchr("+-*/%", *sign) != NULL;
}

static gboolean append_operand(MlReading *reading, GString *out, const MlValue *value,
                               const char *sign)
{
    gboolean grouped = strchr("+-*/%|", *sign) != NULL && is_calculation(value);
    g_string_append(out, grouped ? "(" : "");
    gboolean known = append_value(reading, out, value);
    g_string_append(out, grouped ? ")" : "");
    return known;
}

/* What + joins to another text, rather than adding it. */
static gboolean is_text(MlReading *reading, const MlValue *value)
{
    const MlValue *left;
    if (value->kind == ML_VALUE_STRING)
        return TRUE;
    const MlValue *right =
        ml_value_has_shape(value, ML_SHAPE_CALL) ? ml_value_positional(value, 0) : NULL;
    if (right == NULL || g_strcmp0(ml_method_of(value, &left), "__add__") != 0 ||
        !ml_reading_enter(reading))
        return FALSE;
    gboolean text = is_text(reading, left) || is_text(reading, right);
    ml_reading_leave(reading);
    return text;
}

static gboolean append_binary(MlReading *reading, GString *out, const MlValue *left,
                              const char *sign, const MlValue *right)
{
    gboolean joins = strcmp(sign, "AND") == 0 || strcmp(sign, "OR") == 0;
    if (strcmp(sign, "+") == 0 && (is_text(reading, left) || is_text(reading, right)))
        sign = "||";
    g_string_append(out, joins ? "(" : "");
    if (!append_operand(reading, out, left, sign))
        return FALSE;
    g_string_append_printf(out, " %s ", sign_for(sign, right));
    if (is_list_or_set(right)) {
        g_string_append_c(out, '(');
        if (!append_values(reading, out, right->sequence.items, right->sequence.length, ", "))
            return FALSE;
        g_string_append_c(out, ')');
        return TRUE;
    }
    gboolean known = append_operand(reading, out, right, sign);
    g_string_append(out, joins ? ")" : "");
    return known;
}

/* column.op("~")(value) */
static const MlValue *custom_operator(const MlValue *callee, const char **sign)
{
    static const char *const names[] = {"op", "bool_op", NULL};
    const MlValue *object;
    const char *method = ml_method_of(callee, &object);
    const MlValue *text =
        method && g_strv_contains(names, method) ? ml_value_positional(callee, 0) : NULL;
    if (text == NULL || text->kind != ML_VALUE_STRING)
        return NULL;
    *sign = text->string.text;
    return object;
}

/* --- what SQLAlchemy offers by name ---------------------------------------------------------- */

static gboolean append_joined(MlReading *reading, GString *out, const MlValue *call,
                              const char *between)
{
    g_string_append_c(out, '(');
    gboolean known = append_arguments(reading, out, call, 0, between);
    g_string_append_c(out, ')');
    return known;
}

static gboolean append_raw(GString *out, const MlValue *text)
{
    if (text == NULL || text->kind != ML_VALUE_STRING)
        return FALSE;
    g_string_append(out, text->string.text);
    return TRUE;
}

static gboolean append_column(GString *out, const MlValue *name)
{
    if (name == NULL || name->kind != ML_VALUE_STRING)
        return FALSE;
    append_identifier(out, name->string.text);
    return TRUE;
}

static gboolean append_not(MlReading *reading, GString *out, const MlValue *operand)
{
    g_string_append(out, "NOT ");
    return operand != NULL && append_value(reading, out, operand);
}

static const char *name_in_sql(const MlType *type)
{
    static const char *const names[] = {
        [ML_TYPE_BOOLEAN] = "BOOLEAN",   [ML_TYPE_SMALLINT] = "SMALLINT",
        [ML_TYPE_INTEGER] = "INTEGER",   [ML_TYPE_BIGINT] = "BIGINT",
        [ML_TYPE_NUMERIC] = "NUMERIC",   [ML_TYPE_REAL] = "REAL",
        [ML_TYPE_FLOAT] = "FLOAT",       [ML_TYPE_DOUBLE] = "DOUBLE PRECISION",
        [ML_TYPE_MONEY] = "MONEY",       [ML_TYPE_CHAR] = "CHAR",
        [ML_TYPE_VARCHAR] = "VARCHAR",   [ML_TYPE_TEXT] = "TEXT",
        [ML_TYPE_BINARY] = "BYTEA",      [ML_TYPE_DATE] = "DATE",
        [ML_TYPE_TIME] = "TIME",         [ML_TYPE_TIMESTAMP] = "TIMESTAMP",
        [ML_TYPE_INTERVAL] = "INTERVAL", [ML_TYPE_UUID] = "UUID",
        [ML_TYPE_JSON] = "JSON",         [ML_TYPE_JSONB] = "JSONB",
    };
    if (type->kind == ML_TYPE_NAMED || type->kind == ML_TYPE_ENUM)
        return type->name.text;
    return type->kind < G_N_ELEMENTS(names) ? names[type->kind] : NULL;
}

static void append_size(GString *out, const MlType *type)
{
    gboolean numeric = type->kind == ML_TYPE_NUMERIC || type->kind == ML_TYPE_FLOAT ||
                       type->kind == ML_TYPE_TIME || type->kind == ML_TYPE_TIMESTAMP;
    gboolean sized = numeric || type->kind == ML_TYPE_CHAR || type->kind == ML_TYPE_VARCHAR;
    MlNumber size = numeric ? type->precision : type->length;
    if (!sized || size.is != ML_KNOWN)
        return;
    g_string_append_printf(out, "(%" G_GINT64_FORMAT, size.value);
    if (type->scale.is == ML_KNOWN)
        g_string_append_printf(out, ", %" G_GINT64_FORMAT, type->scale.value);
    g_string_append_c(out, ')');
}

/* A type as a cast has it. */
static gboolean append_type(MlReading *reading, GString *out, const MlValue *value)
{
    const MlType *type = ml_type_in(ml_read_type(reading, "cast", value), "postgresql");
    const char *name = name_in_sql(type);
    if (name == NULL)
        return FALSE;
    if (type->kind == ML_TYPE_ENUM)
        append_identifier(out, name);
    else
        g_string_append(out, name);
    append_size(out, type);
    if (type->kind == ML_TYPE_TIME || type->kind == ML_TYPE_TIMESTAMP)
        g_string_append(out, ml_is_true(type->timezone) ? " WITH TIME ZONE" : " WITHOUT TIME ZONE");
    return TRUE;
}

static gboolean append_cast(MlReading *reading, GString *out, const MlValue *operand,
                            const MlValue *type)
{
    if (operand == NULL || type == NULL)
        return FALSE;
    g_string_append(out, "CAST(");
    if (!append_value(reading, out, operand))
        return FALSE;
    g_string_append(out, " AS ");
    gboolean known = append_type(reading, out, type);
    g_string_append_c(out, ')');
    return known;
}

static gboolean append_named(MlReading *reading, GString *out, const MlValue *call,
                             const char *name)
{
    static const char *const raw[] = {"text", "literal_column", NULL};
    static const char *const columns[] = {"column", "Column", NULL};
    static const char *const values[] = {"literal",        "distinct",    "type_coerce",
                                         "inline_literal", "quoted_name", NULL};
    static const char *const constants[] = {"null", "true", "false", NULL};
    const MlValue *first = ml_value_positional(call, 0), *second = ml_value_positional(call, 1);
    if (g_strv_contains(raw, name))
        return append_raw(out, first ? first : ml_value_argument(call, "text"));
    if (g_strv_contains(columns, name))
        return append_column(out, first ? first : ml_value_argument(call, "name"));
    if (g_strv_contains(values, name))
        return first != NULL && append_value(reading, out, first);
    if (g_strv_contains(constants, name)) {
        g_string_append(out, strcmp(name, "null") == 0 ? "NULL" : name);
        return TRUE;
    }
    if (strcmp(name, "and_") == 0 || strcmp(name, "or_") == 0)
        return append_joined(reading, out, call, *name == 'a' ? " AND " : " OR ");
    if (strcmp(name, "not_") == 0)
        return append_not(reading, out, first);
    if (strcmp(name, "cast") == 0)
        return append_cast(reading, out, first, second);
    if (first == NULL || ending_of(name) == NULL)
        return FALSE;
    gboolean known = append_value(reading, out, first);
    g_string_append(out, ending_of(name));
    return known;
}

static gboolean append_between(MlReading *reading, GString *out, const MlValue *call,
                               const MlValue *object)
{
    if (ml_positional_count(call) != 2 || call->unknown.length != 2)
        return FALSE;
    if (!append_value(reading, out, object))
        return FALSE;
    g_string_append(out, " BETWEEN ");
    return append_arguments(reading, out, call, 0, " AND ");
}

static gboolean append_method(MlReading *reading, GString *out, const MlValue *call,
                              const char *method, const MlValue *object)
{
    static const char *const transparent[] = {"label",   "self_group",        "bindparams",
                                              "columns", "execution_options", NULL};
    const MlValue *first = ml_value_positional(call, 0);
    const char *sign = sign_of(method), *ending = ending_of(method);
    if (strcmp(method, "cast") == 0)
        return append_cast(reading, out, object, first);
    if (strcmp(method, "between") == 0)
        return append_between(reading, out, call, object);
    if (g_strv_contains(transparent, method))
        return append_value(reading, out, object);
    if (ending != NULL) {
        gboolean known = append_value(reading, out, object);
        g_string_append(out, ending);
        return known;
    }
    gboolean plain = first != NULL && call->unknown.length == 1; /* no like(..., escape="/") */
    return sign != NULL && plain && append_binary(reading, out, object, sign, first);
}

static gboolean append_call(MlReading *reading, GString *out, const MlValue *call)
{
    static const char *const literals[] = {"alembic.op.inline_literal", NULL};
    const MlValue *first = ml_value_positional(call, 0);
    const char *function = function_name(call->unknown.object), *sign = NULL;
    const char *name = ml_sqlalchemy_call(call);
    const MlValue *object, *left = custom_operator(call->unknown.object, &sign);
    const char *method = ml_method_of(call, &object);
    if (function != NULL)
        return append_function(reading, out, call, function);
    if (ml_value_is_call(call, literals) || g_strcmp0(method, "inline_literal") == 0) {
        first = first ? first : ml_value_argument(call, "value");
        return first != NULL && append_value(reading, out, first);
    }
    if (name != NULL)
        return append_named(reading, out, call, name);
    if (left != NULL)
        return first != NULL && append_binary(reading, out, left, sign, first);
    return method != NULL && append_method(reading, out, call, method, object);
}

static void append_float(GString *out, double real)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append(out, g_ascii_formatd(digits, sizeof digits, "%.15g", real));
}

/* --- all together ---------------------------------------------------------------------------- */

static gboolean append_unknown(MlReading *reading, GString *out, const MlValue *value)
{
    const MlValue *table;
    const char *column = ml_column_of_table(value, &table);
    if (column != NULL) {
        append_identifier(out, column);
        return TRUE;
    }
    return ml_value_has_shape(value, ML_SHAPE_CALL) && append_call(reading, out, value);
}

static gboolean append_kind(MlReading *reading, GString *out, const MlValue *value)
{
    switch (value->kind) {
    case ML_VALUE_NONE:
        g_string_append(out, "NULL");
        return TRUE;
    case ML_VALUE_BOOL:
        g_string_append(out, value->integer ? "true" : "false");
        return TRUE;
    case ML_VALUE_INTEGER:
        g_string_append_printf(out, "%" G_GINT64_FORMAT, value->integer);
        return TRUE;
    case ML_VALUE_FLOAT:
        append_float(out, value->real);
        return TRUE;
    case ML_VALUE_STRING:
        return append_literal(out, value);
    case ML_VALUE_UNKNOWN:
        return append_unknown(reading, out, value);
    default:
        return FALSE;
    }
}

static gboolean append_value(MlReading *reading, GString *out, const MlValue *value)
{
    if (out->len > LONGEST || !ml_reading_enter(reading))
        return FALSE;
    gboolean known = append_kind(reading, out, value);
    ml_reading_leave(reading);
    return known;
}

gboolean ml_append_sql(MlReading *reading, GString *out, const MlValue *value)
{
    return append_value(reading, out, value);
}

/* and_(), or_(), and their signs, which are written between brackets. */
static gboolean is_joined(const MlValue *value)
{
    static const char *const names[] = {"and_", "or_", "__and__", "__or__", NULL};
    const char *method = ml_method_of(value, NULL), *name = ml_sqlalchemy_call(value);
    return g_strv_contains(names, method ? method : name ? name : "");
}

MlText ml_read_sql(MlReading *reading, const char *part, const MlValue *value)
{
    if (value == NULL || value->kind == ML_VALUE_NONE || value->kind == ML_VALUE_STRING)
        return ml_read_text(reading, part, value);
    g_autoptr(GString) sql = g_string_new(NULL);
    gboolean known = ml_append_sql(reading, sql, value);
    if (known && is_joined(value)) {
        g_string_truncate(sql, sql->len - 1);
        g_string_erase(sql, 0, 1);
    }
    if (known)
        return ml_known_text(reading, sql->str, value->origin);
    ml_reading_note(reading, part, NULL, value);
    return (MlText){.is = ML_UNKNOWN, .origin = value->origin};
}
