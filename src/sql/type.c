#include "sql/context.h"

typedef struct {
    const char *name;
    MlTypeKind kind;
    gboolean timezone;
} KnownType;

/* Postgres' names and SQL's, and those of SQLite that mean the same. */
static const KnownType known_types[] = {
    {"bool", ML_TYPE_BOOLEAN, FALSE},
    {"boolean", ML_TYPE_BOOLEAN, FALSE},
    {"int2", ML_TYPE_SMALLINT, FALSE},
    {"smallint", ML_TYPE_SMALLINT, FALSE},
    {"smallserial", ML_TYPE_SMALLINT, FALSE},
    {"serial2", ML_TYPE_SMALLINT, FALSE},
    {"int4", ML_TYPE_INTEGER, FALSE},
    {"integer", ML_TYPE_INTEGER, FALSE},
    {"serial", ML_TYPE_INTEGER, FALSE},
    {"serial4", ML_TYPE_INTEGER, FALSE},
    {"int8", ML_TYPE_BIGINT, FALSE},
    {"bigint", ML_TYPE_BIGINT, FALSE},
    {"bigserial", ML_TYPE_BIGINT, FALSE},
    {"serial8", ML_TYPE_BIGINT, FALSE},
    {"numeric", ML_TYPE_NUMERIC, FALSE},
    {"decimal", ML_TYPE_NUMERIC, FALSE},
    {"float4", ML_TYPE_REAL, FALSE},
    {"real", ML_TYPE_REAL, FALSE},
    {"float8", ML_TYPE_DOUBLE, FALSE},
    {"money", ML_TYPE_MONEY, FALSE},
    {"bpchar", ML_TYPE_CHAR, FALSE},
    {"varchar", ML_TYPE_VARCHAR, FALSE},
    {"text", ML_TYPE_TEXT, FALSE},
    {"bytea", ML_TYPE_BINARY, FALSE},
    {"blob", ML_TYPE_BINARY, FALSE},
    {"date", ML_TYPE_DATE, FALSE},
    {"time", ML_TYPE_TIME, FALSE},
    {"timetz", ML_TYPE_TIME, TRUE},
    {"timestamp", ML_TYPE_TIMESTAMP, FALSE},
    {"timestamptz", ML_TYPE_TIMESTAMP, TRUE},
    {"datetime", ML_TYPE_TIMESTAMP, FALSE},
    {"interval", ML_TYPE_INTERVAL, FALSE},
    {"uuid", ML_TYPE_UUID, FALSE},
    {"json", ML_TYPE_JSON, FALSE},
    {"jsonb", ML_TYPE_JSONB, FALSE},
};

static const KnownType *find_known(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(known_types); i++)
        if (g_str_equal(name, known_types[i].name))
            return &known_types[i];
    return NULL;
}

static const char *name_part(const PgQuery__TypeName *type, gsize from_end)
{
    if (type->n_names < from_end)
        return NULL;
    return ml_sql_string(type->names[type->n_names - from_end]);
}

gboolean ml_sql_is_type_known(const PgQuery__TypeName *type)
{
    const char *name = name_part(type, 1);
    return name == NULL || strstr(name, ML_HOLE) == NULL;
}

/* The schema that was written; pg_catalog is where a type is that has none. */
static const char *schema_of(const PgQuery__TypeName *type)
{
    const char *schema = name_part(type, 2);
    return g_strcmp0(schema, "pg_catalog") == 0 ? NULL : schema;
}

gboolean ml_sql_is_serial(const PgQuery__TypeName *type)
{
    static const char *const names[] = {"serial",      "serial4", "bigserial", "serial8",
                                        "smallserial", "serial2", NULL};
    const char *name = name_part(type, 1);
    return type->n_names == 1 && name != NULL && g_strv_contains(names, name);
}

static MlText join_parameters(const MlSql *sql, const PgQuery__TypeName *type)
{
    g_autoptr(GString) joined = g_string_new(NULL);
    for (size_t i = 0; i < type->n_typmods; i++) {
        MlText parameter = ml_sql_expression(sql, type->typmods[i]);
        if (parameter.text == NULL)
            return (MlText){.is = ML_UNKNOWN, .origin = sql->origin};
        g_string_append_printf(joined, "%s%s", i > 0 ? ", " : "", parameter.text);
    }
    return ml_sql_text(sql, joined->str);
}

/* Of what stands between the brackets; unknown where it is no number. */
static MlNumber modifier(const MlSql *sql, const PgQuery__TypeName *type, gsize which)
{
    if (which >= type->n_typmods)
        return (MlNumber){0};
    MlNumber number = ml_sql_integer(sql, type->typmods[which]);
    return number.is == ML_KNOWN ? number : (MlNumber){.is = ML_UNKNOWN, .origin = sql->origin};
}

/* "DAY TO SECOND" of the bits that Postgres has for them; NULL where they are all there. */
static char *interval_fields(gint64 mask)
{
    static const struct {
        guint bit;
        const char *name;
    } fields[] = {{2, "YEAR"},  {1, "MONTH"},   {3, "DAY"},
                  {10, "HOUR"}, {11, "MINUTE"}, {12, "SECOND"}};
    enum { ALL = 0x7FFF };
    const char *first = NULL, *last = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(fields) && mask != ALL; i++) {
        if (!(mask & (gint64)1 << fields[i].bit))
            continue;
        first = first ? first : fields[i].name;
        last = fields[i].name;
    }
    return first == last ? g_strdup(first) : g_strdup_printf("%s TO %s", first, last);
}

static void set_interval(const MlSql *sql, MlType *type, const PgQuery__TypeName *name)
{
    MlNumber mask = modifier(sql, name, 0);
    g_autofree char *fields = mask.is == ML_KNOWN ? interval_fields(mask.value) : NULL;
    type->parameters = ml_sql_text(sql, fields);
    type->precision = modifier(sql, name, 1);
}

static void set_parameters(const MlSql *sql, MlType *type, const PgQuery__TypeName *name)
{
    MlNumber first = modifier(sql, name, 0);
    switch (type->kind) {
    case ML_TYPE_CHAR:
    case ML_TYPE_VARCHAR:
        type->length = first;
        break;
    case ML_TYPE_NUMERIC:
        type->precision = first;
        type->scale = modifier(sql, name, 1);
        break;
    case ML_TYPE_TIME:
    case ML_TYPE_TIMESTAMP:
        type->precision = first;
        break;
    case ML_TYPE_INTERVAL:
        set_interval(sql, type, name);
        break;
    default:
        type->parameters = join_parameters(sql, name);
    }
}

static MlType *new_type(const MlSql *sql, MlTypeKind kind)
{
    MlType *type = ml_operations_alloc(sql->operations, sizeof *type);
    type->kind = kind;
    type->origin = sql->origin;
    return type;
}

static MlType *item_type(const MlSql *sql, const PgQuery__TypeName *name)
{
    const char *last = name_part(name, 1);
    if (!ml_sql_is_type_known(name))
        return new_type(sql, ML_TYPE_UNKNOWN);
    const KnownType *known = schema_of(name) == NULL && last != NULL ? find_known(last) : NULL;
    MlType *type = new_type(sql, known ? known->kind : ML_TYPE_NAMED);
    if (known == NULL) {
        type->schema = ml_sql_schema(sql, schema_of(name), last);
        type->name = ml_sql_text(sql, last);
    } else {
        type->timezone = ml_sql_said(sql, known->timezone);
    }
    set_parameters(sql, type, name);
    return type;
}

static MlText collation_name(const MlSql *sql, const PgQuery__CollateClause *collation)
{
    if (collation == NULL || collation->n_collname == 0)
        return (MlText){0};
    return ml_sql_text(sql, ml_sql_string(collation->collname[collation->n_collname - 1]));
}

const MlType *ml_sql_type(const MlSql *sql, const PgQuery__TypeName *name,
                          const PgQuery__CollateClause *collation)
{
    if (name == NULL)
        return new_type(sql, ML_TYPE_ABSENT);
    MlType *type = item_type(sql, name);
    type->collation = collation_name(sql, collation);
    if (name->n_array_bounds == 0)
        return type;
    MlType *array = new_type(sql, ML_TYPE_ARRAY);
    array->item = type;
    if (name->n_array_bounds > 1)
        array->dimensions = ml_sql_number(sql, (gint64)name->n_array_bounds);
    return array;
}
