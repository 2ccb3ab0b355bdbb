/* sqlalchemy.Column, and what fills it -> MlColumn, MlDefault, MlSequence. */
#include "migration/reading.h"

#include <string.h>

/* --- sequences ---------------------------------------------------------------------- */

/* "NO MINVALUE" is none. */
static MlNumber read_bound(MlReading *reading, const MlSite *site, const char *name,
                           const char *name_of_none)
{
    MlFlag is_none =
        ml_read_flag(reading, name_of_none, ml_site_argument(reading, site, name_of_none));
    if (ml_is_true(is_none))
        return (MlNumber){.is = ML_NONE, .origin = is_none.origin};
    return ml_read_number(reading, name, ml_site_argument(reading, site, name));
}

static MlText read_sequence_type(MlReading *reading, const MlSite *site)
{
    const MlType *type =
        ml_read_type(reading, "data_type", ml_site_argument(reading, site, "data_type"));
    if (type->kind == ML_TYPE_ABSENT)
        return (MlText){0};
    if (type->kind == ML_TYPE_UNKNOWN)
        return (MlText){.is = ML_UNKNOWN, .origin = type->origin};
    return ml_known_text(reading, ml_type_kind_name(type->kind), type->origin);
}

static const MlSequence *read_options(MlReading *reading, const MlSite *site)
{
    MlSequence *sequence = ml_operations_alloc(reading->operations, sizeof *sequence);
    sequence->name = ml_read_text(reading, "sequence", ml_site_argument(reading, site, "name"));
    sequence->schema = ml_read_text(reading, "schema", ml_site_argument(reading, site, "schema"));
    sequence->start = ml_read_number(reading, "start", ml_site_argument(reading, site, "start"));
    sequence->increment =
        ml_read_number(reading, "increment", ml_site_argument(reading, site, "increment"));
    sequence->minvalue = read_bound(reading, site, "minvalue", "nominvalue");
    sequence->maxvalue = read_bound(reading, site, "maxvalue", "nomaxvalue");
    sequence->cache = ml_read_number(reading, "cache", ml_site_argument(reading, site, "cache"));
    sequence->cycle = ml_read_flag(reading, "cycle", ml_site_argument(reading, site, "cycle"));
    sequence->type = read_sequence_type(reading, site);
    sequence->optional =
        ml_read_flag(reading, "optional", ml_site_argument(reading, site, "optional"));
    return sequence;
}

const MlSequence *ml_read_sequence(MlReading *reading, const MlValue *value)
{
    static const char *const names[] = {
        "name",  "start",  "increment", "minvalue", "maxvalue",  "nominvalue", "nomaxvalue",
        "cycle", "schema", "cache",     "order",    "data_type", "optional",   NULL};
    const MlSite site = {.call = value, .names = names};
    return read_options(reading, &site);
}

/* --- defaults ------------------------------------------------------------------------- */

static MlDefault read_identity(MlReading *reading, const MlValue *value)
{
    static const char *const names[] = {"always",   "on_null",  "start",      "increment",
                                        "minvalue", "maxvalue", "nominvalue", "nomaxvalue",
                                        "cycle",    "cache",    "order",      NULL};
    const MlSite site = {.call = value, .names = names};
    return (MlDefault){
        .kind = ML_DEFAULT_IDENTITY,
        .origin = value->origin,
        .sequence = read_options(reading, &site),
        .always = ml_read_flag(reading, "always", ml_site_argument(reading, &site, "always")),
    };
}

static MlDefault read_computed(MlReading *reading, const MlValue *value)
{
    static const char *const names[] = {"sqltext", "persisted", NULL};
    const MlSite site = {.call = value, .names = names};
    MlText sql = ml_read_sql(reading, "computed", ml_site_argument(reading, &site, "sqltext"));
    return (MlDefault){
        .kind = ML_DEFAULT_COMPUTED,
        .origin = value->origin,
        .text = sql.text,
        .stored = ml_read_flag(reading, "persisted", ml_site_argument(reading, &site, "persisted")),
    };
}

/* Sequence("s"), or Sequence("s").next_value(). */
static const MlValue *sequence_of(const MlValue *value)
{
    const MlValue *object;
    if (g_strcmp0(ml_method_of(value, &object), "next_value") == 0)
        value = object;
    return ml_is_sqlalchemy_call(value, "Sequence") ? value : NULL;
}

static MlDefault read_sql_default(MlReading *reading, const char *part, const MlValue *value)
{
    MlText sql = ml_read_sql(reading, part, value);
    return (MlDefault){
        .kind = sql.is == ML_KNOWN ? ML_DEFAULT_SQL : ML_DEFAULT_UNKNOWN,
        .origin = value->origin,
        .text = sql.text,
        .is_element = !ml_is_sqlalchemy_call(value, "text"),
    };
}

static MlDefault read_default(MlReading *reading, const char *part, const MlValue *value)
{
    const char *name = ml_sqlalchemy_call(value);
    if (sequence_of(value) != NULL)
        return (MlDefault){.kind = ML_DEFAULT_SEQUENCE,
                           .origin = value->origin,
                           .sequence = ml_read_sequence(reading, sequence_of(value))};
    if (g_strcmp0(name, "Identity") == 0)
        return read_identity(reading, value);
    if (g_strcmp0(name, "Computed") == 0)
        return read_computed(reading, value);
    if (g_strcmp0(name, "FetchedValue") == 0)
        return (MlDefault){.kind = ML_DEFAULT_FETCHED, .origin = value->origin};
    if (g_strcmp0(name, "DefaultClause") == 0 && ml_value_positional(value, 0) != NULL)
        return ml_read_default(reading, part, ml_value_positional(value, 0));
    return read_sql_default(reading, part, value);
}

MlDefault ml_read_default(MlReading *reading, const char *part, const MlValue *value)
{
    if (value == NULL)
        return (MlDefault){0};
    MlDefault result = {.kind = ML_DEFAULT_UNKNOWN, .origin = value->origin};
    switch (value->kind) {
    case ML_VALUE_NONE:
        result.kind = ML_DEFAULT_NONE;
        break;
    case ML_VALUE_STRING: {
        MlText text = ml_read_text(reading, part, value);
        result.kind = text.is == ML_KNOWN ? ML_DEFAULT_STRING : ML_DEFAULT_UNKNOWN;
        result.text = text.text;
        break;
    }
    case ML_VALUE_UNKNOWN:
        if (ml_reading_enter(reading)) {
            result = read_default(reading, part, value);
            ml_reading_leave(reading);
            break;
        }
        /* fall through */
    default:
        ml_reading_note(reading, part, NULL, value);
    }
    return result;
}

/* --- columns ------------------------------------------------------------------------------ */

/* What a type can be among the arguments, for it may be left out: Column("a", ForeignKey(...)). */
static gboolean is_schema_item(const MlValue *value)
{
    static const char *const items[] = {"ForeignKey",
                                        "Sequence",
                                        "Identity",
                                        "Computed",
                                        "CheckConstraint",
                                        "UniqueConstraint",
                                        "PrimaryKeyConstraint",
                                        "ColumnDefault",
                                        "DefaultClause",
                                        "FetchedValue",
                                        NULL};
    const char *name = ml_sqlalchemy_call(value);
    return name != NULL && g_strv_contains(items, name);
}

/* The name and the type by position, as far as they are there; what follows is the answer. */
static gsize skip_name_and_type(const MlValue *call, const MlValue **name, const MlValue **type)
{
    gsize at = 0;
    const MlValue *first = ml_value_positional(call, 0);
    *name = ml_value_argument(call, "name");
    *type = ml_value_argument(call, "type_");
    if (*name == NULL && first != NULL &&
        (first->kind == ML_VALUE_STRING || first->kind == ML_VALUE_NONE ||
         ml_value_positional(call, 1) != NULL || *type != NULL) &&
        !is_schema_item(first))
        *name = ml_value_positional(call, at++);
    const MlValue *next = ml_value_positional(call, at);
    if (*type == NULL && next != NULL && !is_schema_item(next))
        *type = ml_value_positional(call, at++);
    return at;
}

static MlFlag read_autoincrement(MlReading *reading, const MlValue *value)
{
    if (value != NULL && value->kind == ML_VALUE_STRING) {
        if (strcmp(value->string.text, "auto") == 0)
            return (MlFlag){0};
        return (MlFlag){.is = ML_KNOWN, .origin = value->origin, .value = TRUE};
    }
    return ml_read_flag(reading, "autoincrement", value);
}

/* Python fills it in: what it is need not be known. */
static MlText read_python_default(MlReading *reading, const MlValue *value)
{
    if (value == NULL)
        return (MlText){0};
    if (value->kind == ML_VALUE_UNKNOWN)
        return (MlText){.is = ML_UNKNOWN, .origin = value->origin};
    return ml_read_anything(reading, "default", value);
}

static MlDefault python_sequence(MlReading *reading, const MlValue *value)
{
    MlDefault result = ml_read_default(reading, "server_default", value);
    result.in_python = TRUE;
    return result;
}

static MlDefault given_default(MlReading *reading, const MlValue *call)
{
    const MlValue *value = ml_value_argument(call, "server_default");
    const MlValue *python = ml_value_argument(call, "default");
    if (value != NULL && value->kind == ML_VALUE_NONE)
        value = NULL;
    if (value != NULL || python == NULL || sequence_of(python) == NULL)
        return ml_read_default(reading, "server_default", value);
    return python_sequence(reading, sequence_of(python));
}

static void read_keywords(MlReading *reading, MlColumn *column, const MlSite *site)
{
    static const char *const known[] = {"name",
                                        "type_",
                                        "key",
                                        "default",
                                        "doc",
                                        "nullable",
                                        "index",
                                        "unique",
                                        "info",
                                        "server_default",
                                        "server_onupdate",
                                        "system",
                                        "comment",
                                        "onupdate",
                                        "autoincrement",
                                        "primary_key",
                                        "insert_default",
                                        "insert_sentinel",
                                        "_proxies",
                                        NULL};
    const MlValue *call = site->call;
    column->nullable = ml_read_flag(reading, "nullable", ml_value_argument(call, "nullable"));
    column->server_default = given_default(reading, call);
    column->default_value = read_python_default(reading, ml_value_argument(call, "default"));
    column->primary_key =
        ml_read_flag(reading, "primary_key", ml_value_argument(call, "primary_key"));
    column->unique = ml_read_flag(reading, "unique", ml_value_argument(call, "unique"));
    column->index = ml_read_flag(reading, "index", ml_value_argument(call, "index"));
    column->comment = ml_read_text(reading, "comment", ml_value_argument(call, "comment"));
    column->autoincrement = read_autoincrement(reading, ml_value_argument(call, "autoincrement"));
    column->keywords = ml_site_keywords(reading, site, known, &column->n_keywords);
}

/* --- what a column brings with it ------------------------------------------------------------ */

static MlTexts only(MlReading *reading, MlText text)
{
    MlText *item = ml_operations_alloc(reading->operations, sizeof *item);
    *item = text;
    return (MlTexts){.is = ML_KNOWN, .origin = text.origin, .items = item, .length = 1};
}

/* Anything else that stands behind the type. */
static void read_item(MlReading *reading, MlParts *parts, MlColumn *column, const MlValue *value)
{
    MlConstraint constraint;
    const char *name = ml_sqlalchemy_call(value);
    if (g_strcmp0(name, "ForeignKey") == 0) {
        constraint = ml_read_foreign_key(reading, value, column->name);
        g_array_append_val(parts->constraints, constraint);
    } else if (ml_read_constraint(reading, value, &constraint)) {
        constraint.inlined = TRUE;
        constraint.column = column->name;
        if (constraint.kind != ML_CHECK && constraint.columns.length == 0)
            constraint.columns = only(reading, column->name);
        g_array_append_val(parts->constraints, constraint);
    } else if (g_strcmp0(name, "Sequence") == 0) {
        if (column->server_default.kind == ML_DEFAULT_ABSENT)
            column->server_default = python_sequence(reading, value);
    } else if (column->server_default.kind == ML_DEFAULT_ABSENT ||
               g_strcmp0(name, "ColumnDefault") != 0) {
        column->server_default = ml_read_default(reading, "server_default", value);
    }
}

/* unique=True makes a constraint, index=True an index, and both together a unique index. */
static void add_flagged(MlReading *reading, MlParts *parts, const MlColumn *column)
{
    if (ml_is_true(column->index)) {
        MlIndexPart *part = ml_operations_alloc(reading->operations, sizeof *part);
        part->column = column->name;
        MlIndex index = {.origin = column->index.origin, .parts = part, .n_parts = 1};
        index.unique = ml_is_true(column->unique) ? column->unique : (MlFlag){0};
        g_array_append_val(parts->indexes, index);
    } else if (ml_is_true(column->unique)) {
        MlConstraint constraint = {.kind = ML_UNIQUE,
                                   .origin = column->unique.origin,
                                   .inlined = TRUE,
                                   .columns = only(reading, column->name)};
        g_array_append_val(parts->constraints, constraint);
    }
}

static void append_value(GString *sql, const char *value)
{
    g_auto(GStrv) halves = g_strsplit(value, "'", -1);
    g_autofree char *quoted = g_strjoinv("''", halves);
    g_string_append_printf(sql, "'%s'", quoted);
}

/* What a boolean or an enum holds where it is no type of the database's own. */
static MlText values_condition(MlReading *reading, const MlColumn *column, const MlType *type)
{
    g_autoptr(GString) sql = g_string_new(column->name.text);
    gboolean is_enum = type->kind == ML_TYPE_ENUM;
    g_string_append(sql, is_enum ? " IN (" : " IN (0, 1");
    for (gsize i = 0; is_enum && i < type->values.length; i++) {
        if (type->values.items[i].is != ML_KNOWN)
            return (MlText){.is = ML_UNKNOWN, .origin = type->values.items[i].origin};
        g_string_append(sql, i > 0 ? ", " : "");
        append_value(sql, type->values.items[i].text);
    }
    g_string_append_c(sql, ')');
    return ml_known_text(reading, sql->str, type->origin);
}

/* Whether the database has booleans, or the enums that a type may be, of its own. */
static gboolean is_native(MlReading *reading, const MlType *type)
{
    if (type->kind == ML_TYPE_ENUM && ml_is_false(type->native))
        return FALSE;
    reading->asks_dialect = TRUE;
    return g_strcmp0(reading->dialect, "sqlite") != 0;
}

/* Such a column may be held to its values by a check (create_constraint=True). */
static void add_values_check(MlReading *reading, MlParts *parts, const MlColumn *column)
{
    const MlType *type = ml_type_in(column->type, reading->dialect);
    reading->asks_dialect |= column->type->n_variants > 0;
    if ((type->kind != ML_TYPE_ENUM && type->kind != ML_TYPE_BOOLEAN) ||
        !ml_is_true(type->create_constraint) || is_native(reading, type))
        return;
    MlConstraint check = {.kind = ML_CHECK,
                          .origin = type->create_constraint.origin,
                          .name = type->name,
                          .of_type = type,
                          .columns = only(reading, column->name),
                          .condition = values_condition(reading, column, type)};
    g_array_append_val(parts->constraints, check);
}

void ml_read_column(MlReading *reading, MlParts *parts, const MlValue *value)
{
    static const char *const no_names[] = {NULL};
    const MlSite site = {.call = value, .names = no_names};
    const MlValue *name, *type, *item;
    gsize at = skip_name_and_type(value, &name, &type);
    MlColumn column = {.origin = value->origin, .name = ml_read_text(reading, "column", name)};
    column.type = ml_read_type(reading, "type", type);
    if (value->unknown.open)
        ml_reading_note(reading, "column", "has arguments that cannot be told", value);
    read_keywords(reading, &column, &site);
    add_flagged(reading, parts, &column);
    add_values_check(reading, parts, &column);
    for (; (item = ml_value_positional(value, at)) != NULL && ml_reading_spend(reading, 1); at++)
        read_item(reading, parts, &column, item);
    g_array_append_val(parts->columns, column);
}
