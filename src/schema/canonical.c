/* Types and defaults as a database spells them, so that those which mean the same are equal. */
#include "miglint/schema.h"

#include <string.h>

enum { DEEPEST = 8 };

/* --- types --------------------------------------------------------------- */

static gboolean is_known(MlNumber number)
{
    return number.is == ML_KNOWN;
}

static gboolean is_unknown(const MlType *type)
{
    return type->length.is == ML_UNKNOWN || type->precision.is == ML_UNKNOWN ||
           type->scale.is == ML_UNKNOWN || type->timezone.is == ML_UNKNOWN ||
           type->parameters.is == ML_UNKNOWN || type->name.is == ML_UNKNOWN ||
           type->schema.is == ML_UNKNOWN || type->collation.is == ML_UNKNOWN;
}

static char *with_number(const char *name, MlNumber number)
{
    return is_known(number) ? g_strdup_printf("%s(%" G_GINT64_FORMAT ")", name, number.value)
                            : g_strdup(name);
}

static char *numeric(const char *name, const MlType *type, gint64 scale_by_default)
{
    if (!is_known(type->precision))
        return g_strdup(name);
    if (!is_known(type->scale) && scale_by_default < 0)
        return with_number(name, type->precision);
    return g_strdup_printf("%s(%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT ")", name,
                           type->precision.value,
                           is_known(type->scale) ? type->scale.value : scale_by_default);
}

static char *of_time(const char *name, const MlType *type)
{
    g_autofree char *start = with_number(name, type->precision);
    return g_strconcat(start, ml_is_true(type->timezone) ? " with time zone" : " without time zone",
                       NULL);
}

/* The longest value of an enum that is held in a varchar. */
static char *enum_length(const MlType *type, const char *name)
{
    glong length = is_known(type->length) ? (glong)type->length.value : 0;
    if (type->values.is == ML_UNKNOWN)
        return NULL;
    for (gsize i = 0; i < type->values.length; i++) {
        if (type->values.items[i].is != ML_KNOWN)
            return NULL;
        length = MAX(length, g_utf8_strlen(type->values.items[i].text, -1));
    }
    return g_strdup_printf("%s(%ld)", name, MAX(length, 1));
}

static char *qualified(const MlType *type)
{
    if (type->name.is != ML_KNOWN)
        return NULL;
    gboolean public = type->schema.is != ML_KNOWN || strcmp(type->schema.text, "public") == 0;
    g_autofree char *name = public ? g_strdup(type->name.text)
                                   : g_strconcat(type->schema.text, ".", type->name.text, NULL);
    return type->parameters.is == ML_KNOWN
               ? g_strconcat(name, "(", type->parameters.text, ")", NULL)
               : with_number(name, type->length);
}

static char *postgres_interval(const MlType *type)
{
    g_autofree char *fields =
        type->parameters.is == ML_KNOWN ? g_ascii_strdown(type->parameters.text, -1) : g_strdup("");
    g_autofree char *precision = with_number("", type->precision);
    return g_strconcat("interval", *fields ? " " : "", fields, precision, NULL);
}

static char *postgres_type(const MlType *type, guint depth);

static char *postgres_array(const MlType *type, guint depth)
{
    g_autofree char *item = type->item ? postgres_type(type->item, depth + 1) : NULL;
    return item ? g_strconcat(item, g_str_has_suffix(item, "[]") ? "" : "[]", NULL) : NULL;
}

/* sa.Uuid(native_uuid=False) and the like are not told apart: parameters are kept of few types. */
static char *postgres_type(const MlType *type, guint depth)
{
    const char *class_name;
    type = ml_type_in(type, "postgresql");
    if (depth > DEEPEST || is_unknown(type))
        return NULL;
    class_name = type->class_name ? type->class_name : "";
    switch (type->kind) {
    case ML_TYPE_BOOLEAN:
        return g_strdup("boolean");
    case ML_TYPE_SMALLINT:
        return g_strdup("smallint");
    case ML_TYPE_INTEGER:
        return g_strdup("integer");
    case ML_TYPE_BIGINT:
        return g_strdup("bigint");
    case ML_TYPE_NUMERIC:
        return numeric("numeric", type, 0);
    case ML_TYPE_REAL:
        return g_strdup("real");
    case ML_TYPE_DOUBLE:
        return g_strdup("double precision");
    case ML_TYPE_FLOAT:
        return g_strdup(
            is_known(type->precision) && type->precision.value <= 24 ? "real" : "double precision");
    case ML_TYPE_MONEY:
        return g_strdup("money");
    case ML_TYPE_CHAR:
        return is_known(type->length) ? with_number("character", type->length)
                                      : g_strdup(*class_name ? "character(1)" : "bpchar");
    case ML_TYPE_VARCHAR:
        return with_number("character varying", type->length);
    case ML_TYPE_TEXT:
        return g_strdup("text");
    case ML_TYPE_BINARY:
        return g_strdup("bytea");
    case ML_TYPE_DATE:
        return g_strdup("date");
    case ML_TYPE_TIME:
        return of_time("time", type);
    case ML_TYPE_TIMESTAMP:
        return of_time("timestamp", type);
    case ML_TYPE_INTERVAL:
        return postgres_interval(type);
    case ML_TYPE_UUID:
        return g_strdup("uuid");
    case ML_TYPE_JSON:
        return g_strdup("json");
    case ML_TYPE_JSONB:
        return g_strdup("jsonb");
    case ML_TYPE_ENUM:
        return ml_is_false(type->native) ? enum_length(type, "character varying") : qualified(type);
    case ML_TYPE_ARRAY:
        return postgres_array(type, depth);
    case ML_TYPE_NAMED:
        return qualified(type);
    default:
        return NULL;
    }
}

/* What SQLAlchemy's SQLite compiler declares; SQL's own words are the same where they are known. */
static char *sqlite_type(const MlType *type)
{
    type = ml_type_in(type, "sqlite");
    const char *class_name = type->class_name ? type->class_name : "";
    if (is_unknown(type))
        return NULL;
    switch (type->kind) {
    case ML_TYPE_BOOLEAN:
        return g_strdup("BOOLEAN");
    case ML_TYPE_SMALLINT:
        return g_strdup("SMALLINT");
    case ML_TYPE_INTEGER:
        return g_strdup("INTEGER");
    case ML_TYPE_BIGINT:
        return g_strdup("BIGINT");
    case ML_TYPE_NUMERIC:
        return numeric(strcmp(class_name, "DECIMAL") == 0 ? "DECIMAL" : "NUMERIC", type, -1);
    case ML_TYPE_REAL:
        return g_strdup("REAL");
    case ML_TYPE_DOUBLE:
        return g_strdup(strcmp(class_name, "DOUBLE_PRECISION") == 0 ? "DOUBLE PRECISION"
                                                                    : "DOUBLE");
    case ML_TYPE_FLOAT:
        return g_strdup("FLOAT");
    case ML_TYPE_CHAR:
        return with_number(strcmp(class_name, "NCHAR") == 0 ? "NCHAR" : "CHAR", type->length);
    case ML_TYPE_VARCHAR:
        return with_number(strcmp(class_name, "NVARCHAR") == 0 ? "NVARCHAR" : "VARCHAR",
                           type->length);
    case ML_TYPE_TEXT:
        return with_number(strcmp(class_name, "CLOB") == 0 ? "CLOB" : "TEXT", type->length);
    case ML_TYPE_BINARY:
        return strcmp(class_name, "BINARY") == 0 || strcmp(class_name, "VARBINARY") == 0
                   ? with_number(class_name, type->length)
                   : g_strdup("BLOB");
    case ML_TYPE_DATE:
        return g_strdup("DATE");
    case ML_TYPE_TIME:
        return g_strdup("TIME");
    case ML_TYPE_TIMESTAMP:
        return g_strdup(strcmp(class_name, "TIMESTAMP") == 0 ? "TIMESTAMP" : "DATETIME");
    case ML_TYPE_INTERVAL:
        return g_strdup("DATETIME");
    case ML_TYPE_UUID:
        return strcmp(class_name, "Uuid") == 0 ? g_strdup("CHAR(32)") : NULL;
    case ML_TYPE_JSON:
    case ML_TYPE_JSONB:
        return g_strdup("JSON");
    case ML_TYPE_ENUM:
        return enum_length(type, "VARCHAR");
    default:
        return NULL;
    }
}

char *ml_type_canonical(const MlType *type, const char *dialect)
{
    if (g_strcmp0(dialect, "postgresql") == 0)
        return postgres_type(type, 0);
    return g_strcmp0(dialect, "sqlite") == 0 ? sqlite_type(type) : NULL;
}

/* --- defaults ------------------------------------------------------------ */

/* SQL without what it means the same without: brackets around all of it, spaces at its ends. */
static char *without_brackets(const char *sql)
{
    char *text = g_strstrip(g_strdup(sql));
    gsize length = strlen(text);
    while (length > 1 && text[0] == '(' && text[length - 1] == ')') {
        guint depth = 0;
        for (gsize i = 0; i + 1 < length; i++) {
            depth += text[i] == '(';
            depth -= text[i] == ')';
            if (depth == 0)
                return text;
        }
        text[length - 1] = '\0';
        memmove(text, text + 1, length - 1);
        g_strstrip(text);
        length = strlen(text);
    }
    return text;
}

/* What stands between quotes, where all of the text does; new, or NULL. */
static char *unquoted(const char *sql)
{
    gsize length = strlen(sql);
    if (length < 2 || sql[0] != '\'' || sql[length - 1] != '\'')
        return NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 1; i + 1 < length; i++) {
        if (sql[i] == '\'' && (i + 2 >= length || sql[++i] != '\''))
            return NULL;
        g_string_append_c(text, sql[i]);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* 'x'::character varying: the cast says nothing, for the column's own type is meant. */
static void drop_cast(char *sql)
{
    char *cast = g_strrstr(sql, "'::");
    if (sql[0] == '\'' && cast != NULL && strpbrk(cast + 1, "'+-*/|") == NULL)
        cast[1] = '\0';
}

static gboolean is_number(const char *text)
{
    char *end;
    if (*text == '\0' || strspn(text, "+-0123456789.eE") != strlen(text))
        return FALSE;
    g_ascii_strtod(text, &end);
    return *end == '\0';
}

/* As Postgres reads a boolean: any beginning of these words that only one of them has. */
static const char *boolean_word(const char *text)
{
    static const char *const words[][2] = {{"t", "true"},  {"true", "true"},   {"yes", "true"},
                                           {"y", "true"},  {"on", "true"},     {"1", "true"},
                                           {"f", "false"}, {"false", "false"}, {"no", "false"},
                                           {"n", "false"}, {"off", "false"},   {"0", "false"}};
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strcasecmp(text, words[i][0]) == 0)
            return words[i][1];
    return NULL;
}

static gboolean is_of_numbers(MlTypeKind kind)
{
    switch (kind) {
    case ML_TYPE_SMALLINT:
    case ML_TYPE_INTEGER:
    case ML_TYPE_BIGINT:
    case ML_TYPE_NUMERIC:
    case ML_TYPE_REAL:
    case ML_TYPE_DOUBLE:
    case ML_TYPE_FLOAT:
        return TRUE;
    default:
        return FALSE;
    }
}

/* Words that are written in either case, and what SQLAlchemy makes of some for SQLite. */
static char *expression(const char *sql, gboolean postgres)
{
    static const char *const words[][2] = {
        {"null", ""},
        {"true", "1"},
        {"false", "0"},
        {"now()", "current_timestamp"},
        {"current_date", "current_date"},
        {"current_time", "current_time"},
        {"current_timestamp", "current_timestamp"},
        {"localtime", "localtime"},
        {"localtimestamp", "localtimestamp"},
    };
    g_autofree char *lower = g_ascii_strdown(sql, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(lower, words[i][0]) == 0)
            return g_strdup(i > 0 && postgres ? lower : words[i][1]);
    gboolean is_call = g_str_has_suffix(sql, "()") && strpbrk(sql, "'\"") == NULL;
    return g_strdup(is_call && postgres ? lower : sql);
}

static char *quoted(const char *text)
{
    g_auto(GStrv) halves = g_strsplit(text, "'", -1);
    g_autofree char *joined = g_strjoinv("''", halves);
    return g_strconcat("'", joined, "'", NULL);
}

/* The text of a literal, as a value of the column's type. */
static char *literal(const char *text, MlTypeKind kind, gboolean postgres)
{
    const char *word = kind == ML_TYPE_BOOLEAN ? boolean_word(text) : NULL;
    if (word != NULL && postgres)
        return g_strdup(word);
    if (is_number(text) && (is_of_numbers(kind) || (kind == ML_TYPE_BOOLEAN && !postgres)))
        return g_strdup(text);
    return quoted(text);
}

static char *from_sql(const char *sql, MlTypeKind kind, const char *dialect)
{
    gboolean postgres = g_strcmp0(dialect, "postgresql") == 0;
    g_autofree char *bare = without_brackets(sql);
    if (postgres)
        drop_cast(bare);
    g_autofree char *text = unquoted(bare);
    if (text != NULL)
        return literal(text, kind, postgres);
    return expression(bare, postgres);
}

char *ml_default_canonical(const MlDefault *value, const MlType *type, const char *dialect)
{
    gboolean postgres = g_strcmp0(dialect, "postgresql") == 0;
    MlTypeKind kind = type ? ml_type_in(type, dialect)->kind : ML_TYPE_UNKNOWN;
    switch (value->kind) {
    case ML_DEFAULT_ABSENT:
    case ML_DEFAULT_NONE:
        return g_strdup("");
    case ML_DEFAULT_STRING:
        return literal(value->text, kind, postgres);
    case ML_DEFAULT_SQL:
        return from_sql(value->text, kind, dialect);
    case ML_DEFAULT_SERIAL:
        return g_strdup("serial");
    case ML_DEFAULT_IDENTITY:
        return g_strdup(ml_is_true(value->always) ? "identity always" : "identity");
    case ML_DEFAULT_COMPUTED: {
        g_autofree char *sql = value->text ? without_brackets(value->text) : NULL;
        return sql ? g_strconcat("computed ", sql, NULL) : NULL;
    }
    case ML_DEFAULT_SEQUENCE:
        return value->sequence && value->sequence->name.is == ML_KNOWN
                   ? g_strconcat("sequence ", value->sequence->name.text, NULL)
                   : NULL;
    default:
        return NULL;
    }
}
