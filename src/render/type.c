/* MlType -> a type of DDL (GenericTypeCompiler, PGTypeCompiler, SQLiteTypeCompiler). */
#include "render/rendering.h"

#include <string.h>

enum { DEEPEST = 8 };

/* --- what stands behind the word ------------------------------------------------------- */

typedef void Arguments(MlRendering *rendering, GString *out, const MlType *type);

static gboolean is_given(MlNumber number)
{
    return number.is == ML_KNOWN && number.value != 0;
}

static void in_brackets(MlRendering *rendering, GString *out, MlNumber number)
{
    (void)rendering;
    if (number.is == ML_KNOWN)
        g_string_append_printf(out, "(%" G_GINT64_FORMAT ")", number.value);
}

/* (50) COLLATE "de" */
static void of_string(MlRendering *rendering, GString *out, const MlType *type)
{
    if (is_given(type->length))
        in_brackets(rendering, out, type->length);
    if (type->collation.is != ML_KNOWN || *type->collation.text == '\0')
        return;
    g_string_append(out, " COLLATE \"");
    for (const char *at = type->collation.text; *at != '\0'; at++)
        g_string_append(out, *at == '"' ? "\"\"" : (char[]){*at, '\0'});
    g_string_append_c(out, '"');
    if (!g_utf8_validate(type->collation.text, -1, NULL))
        ml_rendering_refuse(rendering, "has a collation that is not UTF-8");
}

static void of_bytes(MlRendering *rendering, GString *out, const MlType *type)
{
    if (is_given(type->length))
        in_brackets(rendering, out, type->length);
}

static void of_numeric(MlRendering *rendering, GString *out, const MlType *type)
{
    if (type->precision.is != ML_KNOWN)
        return;
    if (type->scale.is != ML_KNOWN)
        in_brackets(rendering, out, type->precision);
    else
        g_string_append_printf(out, "(%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT ")",
                               type->precision.value, type->scale.value);
}

static void of_float(MlRendering *rendering, GString *out, const MlType *type)
{
    if (ml_rendering_is(rendering, ML_POSTGRESQL) && is_given(type->precision))
        in_brackets(rendering, out, type->precision);
}

/* (6) WITH TIME ZONE */
static void of_time(MlRendering *rendering, GString *out, const MlType *type)
{
    if (!ml_rendering_is(rendering, ML_POSTGRESQL))
        return;
    in_brackets(rendering, out, type->precision);
    g_string_append(out, ml_is_true(type->timezone) ? " WITH TIME ZONE" : " WITHOUT TIME ZONE");
}

/* YEAR TO MONTH (6) */
static void of_interval(MlRendering *rendering, GString *out, const MlType *type)
{
    if (!ml_rendering_is(rendering, ML_POSTGRESQL))
        return;
    if (type->parameters.is == ML_KNOWN)
        g_string_append_printf(out, " %s", type->parameters.text);
    if (type->precision.is == ML_KNOWN)
        g_string_append_c(out, ' ');
    in_brackets(rendering, out, type->precision);
}

/* --- words ------------------------------------------------------------------------------- */

typedef struct {
    const char *class_name;
    const char *words[2]; /* by MlDialect; NULL: SQLAlchemy has no DDL for it there */
    Arguments *arguments;
    enum { EVER, NEW, NEW_ON_SQLITE } since; /* NEW: not in 1.4 */
} Spelling;

/* A generic type, and those in capitals, which are spelled as they are called. */
static const Spelling spellings[] = {
    {"ARRAY", {NULL, NULL}, NULL, EVER},
    {"BIGINT", {"BIGINT", "BIGINT"}, NULL, EVER},
    {"BINARY", {"BINARY", "BINARY"}, of_bytes, EVER},
    {"BLOB", {"BLOB", "BLOB"}, NULL, EVER},
    {"BOOLEAN", {"BOOLEAN", "BOOLEAN"}, NULL, EVER},
    {"BYTEA", {"BYTEA", NULL}, NULL, EVER},
    {"BigInteger", {"BIGINT", "BIGINT"}, NULL, EVER},
    {"Binary", {"BYTEA", "BLOB"}, NULL, EVER},
    {"Boolean", {"BOOLEAN", "BOOLEAN"}, NULL, EVER},
    {"CHAR", {"CHAR", "CHAR"}, of_string, EVER},
    {"CLOB", {"CLOB", "CLOB"}, NULL, EVER},
    {"DATE", {"DATE", "DATE"}, NULL, EVER},
    {"DATETIME", {"DATETIME", "DATETIME"}, NULL, EVER},
    {"DECIMAL", {"DECIMAL", "DECIMAL"}, of_numeric, EVER},
    {"DOUBLE", {"DOUBLE", "DOUBLE"}, NULL, NEW},
    {"DOUBLE_PRECISION", {"DOUBLE PRECISION", "DOUBLE PRECISION"}, NULL, NEW_ON_SQLITE},
    {"Date", {"DATE", "DATE"}, NULL, EVER},
    {"DateTime", {"TIMESTAMP", "DATETIME"}, of_time, EVER},
    {"Double", {"DOUBLE PRECISION", "DOUBLE"}, NULL, NEW},
    {"FLOAT", {"FLOAT", "FLOAT"}, of_float, EVER},
    {"Float", {"FLOAT", "FLOAT"}, of_float, EVER},
    {"INT", {"INTEGER", "INTEGER"}, NULL, EVER},
    {"INTEGER", {"INTEGER", "INTEGER"}, NULL, EVER},
    {"INTERVAL", {"INTERVAL", NULL}, of_interval, EVER},
    {"Integer", {"INTEGER", "INTEGER"}, NULL, EVER},
    {"Interval", {"INTERVAL", "DATETIME"}, of_interval, EVER},
    {"JSON", {"JSON", "JSON"}, NULL, EVER},
    {"JSONB", {"JSONB", NULL}, NULL, EVER},
    {"LargeBinary", {"BYTEA", "BLOB"}, NULL, EVER},
    {"MONEY", {"MONEY", NULL}, NULL, EVER},
    {"NCHAR", {"NCHAR", "NCHAR"}, of_string, EVER},
    {"NUMERIC", {"NUMERIC", "NUMERIC"}, of_numeric, EVER},
    {"NVARCHAR", {"NVARCHAR", "NVARCHAR"}, of_string, EVER},
    {"Numeric", {"NUMERIC", "NUMERIC"}, of_numeric, EVER},
    {"PickleType", {"BYTEA", "BLOB"}, NULL, EVER},
    {"REAL", {"REAL", "REAL"}, NULL, EVER},
    {"SMALLINT", {"SMALLINT", "SMALLINT"}, NULL, EVER},
    {"SmallInteger", {"SMALLINT", "SMALLINT"}, NULL, EVER},
    {"String", {"VARCHAR", "VARCHAR"}, of_string, EVER},
    {"TEXT", {"TEXT", "TEXT"}, of_string, EVER},
    {"TIME", {"TIME", "TIME"}, of_time, EVER},
    {"TIMESTAMP", {"TIMESTAMP", "TIMESTAMP"}, of_time, EVER},
    {"Text", {"TEXT", "TEXT"}, of_string, EVER},
    {"Time", {"TIME", "TIME"}, of_time, EVER},
    {"UUID", {"UUID", "UUID"}, NULL, NEW_ON_SQLITE},
    {"Unicode", {"VARCHAR", "VARCHAR"}, of_string, EVER},
    {"UnicodeText", {"TEXT", "TEXT"}, of_string, EVER},
    {"Uuid", {"UUID", "CHAR(32)"}, NULL, NEW},
    {"VARBINARY", {"VARBINARY", "VARBINARY"}, of_bytes, EVER},
    {"VARCHAR", {"VARCHAR", "VARCHAR"}, of_string, EVER},
};

static int compare_names(const void *name, const void *element)
{
    return strcmp(name, ((const Spelling *)element)->class_name);
}

static const Spelling *find_spelling(const char *class_name)
{
    return bsearch(class_name, spellings, G_N_ELEMENTS(spellings), sizeof *spellings,
                   compare_names);
}

/* What a library's class is an impl of. */
static const char *generic_class(MlTypeKind kind)
{
    static const char *const classes[ML_TYPE_CUSTOM + 1] = {
        [ML_TYPE_BOOLEAN] = "Boolean",    [ML_TYPE_SMALLINT] = "SmallInteger",
        [ML_TYPE_INTEGER] = "Integer",    [ML_TYPE_BIGINT] = "BigInteger",
        [ML_TYPE_NUMERIC] = "Numeric",    [ML_TYPE_REAL] = "REAL",
        [ML_TYPE_DOUBLE] = "Double",      [ML_TYPE_FLOAT] = "Float",
        [ML_TYPE_MONEY] = "MONEY",        [ML_TYPE_CHAR] = "CHAR",
        [ML_TYPE_VARCHAR] = "String",     [ML_TYPE_TEXT] = "Text",
        [ML_TYPE_BINARY] = "LargeBinary", [ML_TYPE_DATE] = "Date",
        [ML_TYPE_TIME] = "Time",          [ML_TYPE_TIMESTAMP] = "DateTime",
        [ML_TYPE_INTERVAL] = "Interval",  [ML_TYPE_UUID] = "UUID",
        [ML_TYPE_JSON] = "JSON",          [ML_TYPE_JSONB] = "JSONB",
    };
    return classes[kind];
}

/* sqlite.DATETIME is DateTime to other databases. */
static const char *class_of(const MlType *type)
{
    static const char *const of_sqlite[][2] = {
        {"DATE", "Date"}, {"DATETIME", "DateTime"}, {"TIME", "Time"}};
    if (g_strcmp0(type->library, "sqlalchemy.dialects.sqlite") == 0)
        for (gsize i = 0; i < G_N_ELEMENTS(of_sqlite); i++)
            if (strcmp(type->class_name, of_sqlite[i][0]) == 0)
                return of_sqlite[i][1];
    gboolean own = g_str_has_prefix(type->library ? type->library : "", "sqlalchemy.") ||
                   g_strcmp0(type->library, "sqlalchemy") == 0;
    return own ? type->class_name : generic_class(type->kind);
}

/* --- types that are no mere words ------------------------------------------------------- */

static void no_ddl(MlRendering *rendering, const MlType *type)
{
    ml_rendering_refuse(rendering, "has a type that SQLAlchemy has no DDL for on %s: %s",
                        ml_dialect_name(rendering->rules->dialect),
                        type->class_name ? type->class_name : ml_type_kind_name(type->kind));
}

static gboolean is_known_to(const MlRendering *rendering, const Spelling *spelling)
{
    if (!ml_rendering_is_old(rendering) || spelling->since == EVER)
        return TRUE;
    return spelling->since == NEW_ON_SQLITE && ml_rendering_is(rendering, ML_POSTGRESQL);
}

static void append_word(MlRendering *rendering, GString *out, const MlType *type)
{
    const char *class_name = class_of(type);
    const Spelling *spelling = class_name ? find_spelling(class_name) : NULL;
    const char *word = spelling ? spelling->words[rendering->rules->dialect] : NULL;
    if (word == NULL || !is_known_to(rendering, spelling)) {
        no_ddl(rendering, type);
        return;
    }
    g_string_append(out, word);
    if (spelling->arguments != NULL)
        spelling->arguments(rendering, out, type);
}

/* The longest value, where no length is given. */
static gint64 length_of_enum(MlRendering *rendering, const MlType *type)
{
    glong longest = 0;
    if (type->values.is == ML_UNKNOWN)
        ml_rendering_refuse(rendering, "has an enum whose values cannot be told");
    for (gsize i = 0; i < type->values.length; i++) {
        MlText value = type->values.items[i];
        if (value.is != ML_KNOWN)
            ml_rendering_refuse(rendering, "has an enum whose values cannot be told");
        else
            longest = MAX(longest, g_utf8_strlen(value.text, -1));
    }
    gboolean ignored = ml_rendering_is_old(rendering) && !ml_is_false(type->native);
    return type->length.is == ML_KNOWN && !ignored ? type->length.value : longest;
}

static gboolean is_native_enum(const MlRendering *rendering, const MlType *type)
{
    return type->kind == ML_TYPE_ENUM && ml_rendering_is(rendering, ML_POSTGRESQL) &&
           !ml_is_false(type->native);
}

static void append_enum(MlRendering *rendering, GString *out, const MlType *type)
{
    if (is_native_enum(rendering, type)) {
        ml_append_qualified(rendering, out, type->schema, type->name);
        return;
    }
    if (g_strcmp0(type->library, "sqlalchemy.dialects.mysql") == 0)
        no_ddl(rendering, type);
    MlNumber length = {.is = ML_KNOWN, .value = length_of_enum(rendering, type)};
    g_string_append(out, "VARCHAR");
    if (length.value > 0)
        in_brackets(rendering, out, length);
}

static void append_uuid(MlRendering *rendering, GString *out, const MlType *type)
{
    if (ml_is_false(type->native) && g_strcmp0(type->class_name, "Uuid") == 0)
        g_string_append(out, "CHAR(32)");
    else
        append_word(rendering, out, type);
}

static void append_interval(MlRendering *rendering, GString *out, const MlType *type)
{
    if (ml_is_false(type->native) && ml_rendering_is(rendering, ML_POSTGRESQL))
        g_string_append(out, "TIMESTAMP WITHOUT TIME ZONE");
    else
        append_word(rendering, out, type);
}

static void append_bit(MlRendering *rendering, GString *out, const MlType *type)
{
    gboolean varying = ml_text_is(type->name, "varbit");
    MlNumber one = {.is = ML_KNOWN, .value = 1};
    g_string_append(out, varying ? "BIT VARYING" : "BIT");
    if (type->length.is == ML_KNOWN)
        in_brackets(rendering, out, type->length);
    else if (!varying)
        in_brackets(rendering, out, one);
}

/* INET, TSVECTOR: a dialect's own, spelled as its class is. */
static void append_named(MlRendering *rendering, GString *out, const MlType *type)
{
    g_autofree char *own =
        g_strconcat("sqlalchemy.dialects.", ml_dialect_name(rendering->rules->dialect), NULL);
    gboolean of_sqlalchemy = g_str_has_prefix(type->library ? type->library : "", "sqlalchemy.");
    if (of_sqlalchemy && strcmp(type->library, own) != 0) {
        no_ddl(rendering, type);
    } else if (ml_text_is(type->name, "bit") || ml_text_is(type->name, "varbit")) {
        append_bit(rendering, out, type);
    } else if (g_strcmp0(type->class_name, "DOMAIN") == 0 && ml_rendering_is_old(rendering)) {
        no_ddl(rendering, type);
    } else if (g_strcmp0(type->class_name, "DOMAIN") == 0) {
        ml_append_qualified(rendering, out, type->schema, type->name);
    } else if (of_sqlalchemy) {
        g_string_append(out, type->class_name);
    } else {
        ml_append_sql_text(rendering, out, type->name, "the name of its type");
        if (type->parameters.is == ML_KNOWN)
            g_string_append_printf(out, "(%s)", type->parameters.text);
    }
}

static void append_type(MlRendering *rendering, GString *out, const MlType *type, guint depth);

/* VARCHAR[] COLLATE "de" */
static void append_array(MlRendering *rendering, GString *out, const MlType *type, guint depth)
{
    g_autoptr(GString) item = g_string_new(NULL);
    gint64 dimensions = type->dimensions.is == ML_KNOWN ? type->dimensions.value : 1;
    if (!ml_rendering_is(rendering, ML_POSTGRESQL) || type->item == NULL ||
        type->item->kind == ML_TYPE_ARRAY || dimensions > DEEPEST) {
        no_ddl(rendering, type);
        return;
    }
    append_type(rendering, item, type->item, depth + 1);
    const char *collation = strstr(item->str, " COLLATE");
    gssize end = collation ? collation - item->str : (gssize)item->len;
    for (gint64 i = 0; i < dimensions; i++)
        g_string_insert(item, end, "[]");
    g_string_append(out, item->str);
}

/* Of SQL, which a class of the tree or the settings say. */
static void append_sql_type(MlRendering *rendering, GString *out, const MlType *type)
{
    g_autofree char *text = ml_type_canonical(type, ml_dialect_name(rendering->rules->dialect));
    if (text == NULL)
        ml_rendering_refuse(rendering, "has a type that cannot be told");
    else
        g_string_append(out, text);
}

static gboolean is_unknown(const MlType *type)
{
    return type->kind == ML_TYPE_UNKNOWN || type->length.is == ML_UNKNOWN ||
           type->precision.is == ML_UNKNOWN || type->scale.is == ML_UNKNOWN ||
           type->timezone.is == ML_UNKNOWN || type->parameters.is == ML_UNKNOWN ||
           type->native.is == ML_UNKNOWN || type->collation.is == ML_UNKNOWN ||
           type->dimensions.is == ML_UNKNOWN;
}

/* What SQLAlchemy 1.4 has in the module of a dialect at the most. */
static gboolean is_new_in_sqlalchemy(const MlType *type)
{
    static const char *const names[] = {"DOUBLE", "DOUBLE_PRECISION", "Double", "UUID", "Uuid",
                                        NULL};
    return g_strcmp0(type->library, "sqlalchemy") == 0 && g_strv_contains(names, type->class_name);
}

static void append_type(MlRendering *rendering, GString *out, const MlType *type, guint depth)
{
    type = ml_type_in(type, ml_dialect_name(rendering->rules->dialect));
    if (ml_rendering_is_old(rendering) && is_new_in_sqlalchemy(type))
        no_ddl(rendering, type);
    if (is_unknown(type) || type->kind == ML_TYPE_CUSTOM || depth > DEEPEST)
        ml_rendering_refuse(rendering, "has a type that cannot be told");
    else if (type->kind == ML_TYPE_ABSENT)
        ml_rendering_refuse(rendering, "has a column without a type");
    else if (type->class_name == NULL)
        append_sql_type(rendering, out, type);
    else if (type->kind == ML_TYPE_ENUM)
        append_enum(rendering, out, type);
    else if (type->kind == ML_TYPE_ARRAY)
        append_array(rendering, out, type, depth);
    else if (type->kind == ML_TYPE_UUID)
        append_uuid(rendering, out, type);
    else if (type->kind == ML_TYPE_INTERVAL)
        append_interval(rendering, out, type);
    else if (type->kind == ML_TYPE_NAMED)
        append_named(rendering, out, type);
    else
        append_word(rendering, out, type);
}

void ml_append_type(MlRendering *rendering, GString *out, const MlType *type)
{
    append_type(rendering, out, type, 0);
}

gboolean ml_type_is_integer(const MlRendering *rendering, const MlType *type)
{
    type = ml_type_in(type, ml_dialect_name(rendering->rules->dialect));
    return type->kind == ML_TYPE_INTEGER || type->kind == ML_TYPE_SMALLINT ||
           type->kind == ML_TYPE_BIGINT;
}

const MlType *ml_rendered_named_type(const MlRendering *rendering, const MlType *type)
{
    const char *dialect = ml_dialect_name(rendering->rules->dialect);
    type = ml_type_in(type, dialect);
    for (guint i = 0; i < DEEPEST && type->kind == ML_TYPE_ARRAY && type->item != NULL; i++)
        type = ml_type_in(type->item, dialect);
    gboolean is_domain = type->domain != NULL && ml_rendering_is(rendering, ML_POSTGRESQL);
    return is_domain || is_native_enum(rendering, type) ? type : NULL;
}
