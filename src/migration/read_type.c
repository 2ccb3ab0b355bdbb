/* A type of SQLAlchemy's -> MlType. */
#include "migration/reading.h"
#include "migration/type_class.h"

#include <string.h>

/* Of one class of the tree above the other. */
#define MOST_BASES 20

static MlType *new_type(MlReading *reading, MlTypeKind kind, MlOrigin origin)
{
    MlType *type = ml_operations_alloc(reading->operations, sizeof *type);
    type->kind = kind;
    type->origin = origin;
    return type;
}

static const MlType *unknown_type(MlReading *reading, const char *part, const char *why,
                                  const MlValue *value)
{
    ml_reading_note(reading, part, why, value);
    return new_type(reading, ML_TYPE_UNKNOWN, value->origin);
}

/* --- a library's class -------------------------------------------------------------- */

/* The class that a value names, with its name and its library (new); NULL where it is none. */
static const MlTypeClass *find_class(const MlValue *value, const char **name, char **library)
{
    const char *dotted =
        ml_value_has_shape(value, ML_SHAPE_NAME) ? value->unknown.name : ml_sqlalchemy_name(value);
    if (dotted == NULL)
        return NULL;
    const char *dot = strrchr(dotted, '.');
    *library = dot ? ml_type_library(dotted) : g_strdup("sqlalchemy");
    *name = dot ? dot + 1 : dotted;
    return ml_type_class_find(*library, *name);
}

/* "POINT, 4326" */
static MlText joined_parameters(MlReading *reading, const MlSite *site, const char *const *names)
{
    g_autoptr(GString) joined = g_string_new(NULL);
    for (gsize i = 0; names[i] != NULL; i++) {
        const MlValue *value = ml_site_argument(reading, site, names[i]);
        MlText text = ml_read_anything(reading, names[i], value);
        if (text.is == ML_UNKNOWN)
            return text;
        if (text.is == ML_KNOWN)
            g_string_append_printf(joined, "%s%s", joined->len ? ", " : "", text.text);
    }
    return joined->len > 0 ? ml_known_text(reading, joined->str, site->call->origin) : (MlText){0};
}

/* A shape and what it is measured in: geometry(POINT, 4326). */
static MlText spatial_parameters(MlReading *reading, const MlSite *site)
{
    MlText shape =
        ml_read_text(reading, "geometry_type", ml_site_argument(reading, site, "geometry_type"));
    MlNumber srid = ml_read_number(reading, "srid", ml_site_argument(reading, site, "srid"));
    if (shape.is == ML_UNKNOWN || srid.is == ML_UNKNOWN)
        return (MlText){.is = ML_UNKNOWN, .origin = site->call->origin};
    g_autofree char *text = shape.is == ML_NONE
                                ? NULL
                                : g_strdup_printf("%s, %" G_GINT64_FORMAT,
                                                  shape.is == ML_KNOWN ? shape.text : "GEOMETRY",
                                                  srid.is == ML_KNOWN ? srid.value : -1);
    return text ? ml_known_text(reading, text, site->call->origin) : (MlText){0};
}

/* What MySQL's types take besides, "unsigned=True"; what is Python's business alone is left out. */
static MlText further_parameters(MlReading *reading, const MlSite *site)
{
    static const char *const with_meaning[] = {"unsigned", "zerofill", "charset", "display_width",
                                               "ascii",    "unicode",  "binary",  "national",
                                               "fsp",      NULL};
    g_autoptr(GString) joined = g_string_new(NULL);
    for (gsize i = 0; with_meaning[i] != NULL; i++) {
        const MlValue *value = ml_site_argument(reading, site, with_meaning[i]);
        if (value == NULL)
            continue;
        MlText text = ml_read_anything(reading, with_meaning[i], value);
        g_string_append_printf(joined, "%s%s=%s", joined->len ? ", " : "", with_meaning[i],
                               text.is == ML_KNOWN ? text.text : "?");
    }
    return joined->len > 0 ? ml_known_text(reading, joined->str, site->call->origin) : (MlText){0};
}

static MlText other_parameters(MlReading *reading, const MlTypeClass *class_info,
                               const MlSite *site)
{
    static const char *const of_vector[] = {"dim", NULL};
    static const char *const of_interval[] = {"fields", NULL};
    if (g_strv_contains(class_info->parameters, "srid"))
        return spatial_parameters(reading, site);
    if (g_strv_contains(class_info->parameters, "dim"))
        return joined_parameters(reading, site, of_vector);
    if (g_strv_contains(class_info->parameters, "fields"))
        return joined_parameters(reading, site, of_interval);
    return further_parameters(reading, site);
}

static MlNumber read_length(MlReading *reading, const MlTypeClass *class_info, const MlSite *site)
{
    MlNumber length = ml_read_number(reading, "length", ml_site_argument(reading, site, "length"));
    if (length.is == ML_ABSENT && class_info->length > 0)
        return (MlNumber){
            .is = ML_KNOWN, .origin = site->call->origin, .value = class_info->length};
    return length;
}

/* --- enums ---------------------------------------------------------------------------- */

/* "Color" of a class of the tree, new; NULL where that cannot be told. */
static char *name_of_class(const MlValue *class_value)
{
    g_autofree char *text = ml_origin_text(class_value->origin);
    if (!g_str_has_prefix(text, "class"))
        return NULL;
    const char *name = text + strlen("class") + strspn(text + strlen("class"), " \t\\\r\n");
    return g_strndup(name, strcspn(name, "(: \t\\\r\n"));
}

static const MlValue *member(MlReading *reading, const MlValue *class_value, const char *name)
{
    return reading->evaluation ? ml_evaluation_member(reading->evaluation, class_value, name)
                               : NULL;
}

/* values_callable=lambda e: [member.value for member in e], the one that is in use. */
static gboolean takes_values(const MlValue *callable)
{
    g_autofree char *text = ml_origin_text(callable->origin);
    return g_regex_match_simple(
        "^lambda (\\w+): (?:list\\(|\\[)(\\w+)\\.value for \\2 in \\1[\\])]$", text, 0, 0);
}

/* Of an enum class the names of its members count, or their values where it is told so. */
static MlTexts read_members(MlReading *reading, const MlValue *call, const MlValue *class_value)
{
    const MlValue *callable = ml_value_argument(call, "values_callable");
    const MlValue *names =
        reading->evaluation ? ml_evaluation_enum_names(reading->evaluation, class_value) : NULL;
    if (callable != NULL && callable->kind == ML_VALUE_NONE)
        callable = NULL;
    if (names == NULL || (callable != NULL && !takes_values(callable))) {
        ml_reading_note(reading, "values", NULL, callable ? callable : class_value);
        return (MlTexts){.is = ML_UNKNOWN, .origin = class_value->origin};
    }
    g_autoptr(GPtrArray) values = g_ptr_array_new();
    for (gsize i = 0; i < names->sequence.length; i++) {
        const MlValue *name = names->sequence.items[i];
        const MlValue *value = callable ? member(reading, class_value, name->string.text) : name;
        g_ptr_array_add(values, (gpointer)(value ? value : class_value));
    }
    MlTexts texts = ml_read_texts(reading, "values", values);
    texts.origin = class_value->origin;
    return texts;
}

static MlTexts read_values(MlReading *reading, const MlValue *call)
{
    g_autoptr(GPtrArray) values = g_ptr_array_new();
    const MlValue *value;
    for (gsize i = 0; (value = ml_value_positional(call, i)) != NULL; i++)
        g_ptr_array_add(values, (gpointer)value);
    const MlValue *first = values->len == 1 ? values->pdata[0] : NULL;
    if (ml_value_has_shape(first, ML_SHAPE_CLASS))
        return read_members(reading, call, first);
    if (first != NULL && (first->kind == ML_VALUE_LIST || first->kind == ML_VALUE_TUPLE))
        return ml_read_names(reading, "values", first);
    if (!call->unknown.open && values->len == 0)
        return (MlTexts){0};
    if (!call->unknown.open) {
        MlTexts texts = ml_read_texts(reading, "values", values);
        texts.origin = call->origin;
        return texts;
    }
    ml_reading_note(reading, "values", NULL, call);
    return (MlTexts){.is = ML_UNKNOWN, .origin = call->origin};
}

/* What it belongs to: a table, whose schema it may have, or all of a MetaData. */
static void read_owner(MlReading *reading, MlType *type, const MlValue *call)
{
    const MlValue *metadata = ml_value_argument(call, "metadata");
    const MlValue *inherits = ml_value_argument(call, "inherit_schema");
    const MlOperation *operation = reading->operation;
    type->of_metadata = metadata != NULL && metadata->kind != ML_VALUE_NONE;
    if (operation != NULL &&
        (operation->kind == ML_CREATE_TABLE || operation->kind == ML_ADD_COLUMN) &&
        ml_is_true(ml_read_flag(reading, "inherit_schema", inherits)))
        type->schema = operation->schema;
}

/* Of a Python enum the names count, and its own name in lower case is the type's. */
static void read_enum(MlReading *reading, MlType *type, const MlSite *site)
{
    const MlValue *first = ml_value_positional(site->call, 0);
    type->create_type =
        ml_read_flag(reading, "create_type", ml_site_argument(reading, site, "create_type"));
    type->values = read_values(reading, site->call);
    read_owner(reading, type, site->call);
    g_autofree char *name = ml_value_has_shape(first, ML_SHAPE_CLASS) ? name_of_class(first) : NULL;
    if (type->name.is != ML_ABSENT || name == NULL)
        return;
    g_autofree char *lower = g_ascii_strdown(name, -1);
    type->name = ml_known_text(reading, lower, first->origin);
}

/* --- instances -------------------------------------------------------------------------- */

static void read_item(MlReading *reading, MlType *type, const MlSite *site)
{
    const MlValue *item = ml_site_argument(reading, site, "item_type");
    type->item = item ? ml_read_type(reading, "item_type", item)
                      : unknown_type(reading, "item_type", "is missing", site->call);
    type->dimensions =
        ml_read_number(reading, "dimensions", ml_site_argument(reading, site, "dimensions"));
}

static void read_variable_bits(MlReading *reading, MlType *type, const MlSite *site)
{
    const MlValue *varying = ml_site_argument(reading, site, "varying");
    if (ml_is_true(ml_read_flag(reading, "varying", varying)))
        type->name = ml_known_text(reading, "varbit", type->origin);
}

static void read_domain(MlReading *reading, MlType *type, const MlSite *site)
{
    MlDomain *domain = ml_operations_alloc(reading->operations, sizeof *domain);
    const MlValue *call = site->call;
    domain->type = ml_read_type(reading, "data_type", ml_site_argument(reading, site, "data_type"));
    domain->server_default =
        ml_read_default(reading, "default", ml_value_argument(call, "default"));
    domain->collation = ml_read_text(reading, "collation", ml_value_argument(call, "collation"));
    domain->constraint_name =
        ml_read_text(reading, "constraint_name", ml_value_argument(call, "constraint_name"));
    domain->check = ml_read_sql(reading, "check", ml_value_argument(call, "check"));
    domain->not_null = ml_read_flag(reading, "not_null", ml_value_argument(call, "not_null"));
    type->create_type =
        ml_read_flag(reading, "create_type", ml_value_argument(call, "create_type"));
    type->domain = domain;
}

static void read_named(MlReading *reading, MlType *type, const MlTypeClass *class_info,
                       const MlSite *site, const char *class_name)
{
    g_autofree char *lower = g_ascii_strdown(class_name, -1);
    if (type->name.is == ML_ABSENT)
        type->name = ml_known_text(
            reading, class_info->database_name ? class_info->database_name : lower, type->origin);
    read_variable_bits(reading, type, site);
    if (strcmp(lower, "set") == 0)
        type->values = read_values(reading, site->call);
    if (strcmp(class_name, "DOMAIN") == 0 && ml_value_has_shape(site->call, ML_SHAPE_CALL)) {
        read_domain(reading, type, site);
        read_owner(reading, type, site->call);
    }
}

static gboolean is_of_dialect(const MlType *type, const char *dialect)
{
    return g_strcmp0(type->library, dialect) == 0;
}

/* Whether the database's own type is wanted; Postgres' ENUM() is never another. */
static MlFlag read_native(MlReading *reading, const MlType *type, const MlSite *site)
{
    const char *name = type->kind == ML_TYPE_ENUM       ? "native_enum"
                       : type->kind == ML_TYPE_UUID     ? "native_uuid"
                       : type->kind == ML_TYPE_INTERVAL ? "native"
                                                        : NULL;
    if (name == NULL || is_of_dialect(type, "sqlalchemy.dialects.postgresql"))
        return (MlFlag){0};
    return ml_read_flag(reading, name, ml_site_argument(reading, site, name));
}

static MlText read_collation(MlReading *reading, const MlType *type, const MlSite *site)
{
    if (type->kind == ML_TYPE_ENUM && !is_of_dialect(type, "sqlalchemy.dialects.mysql"))
        return (MlText){0}; /* is taken, and forgotten */
    return ml_read_text(reading, "collation", ml_site_argument(reading, site, "collation"));
}

static MlNumber read_precision(MlReading *reading, const MlSite *site)
{
    const MlValue *value = ml_site_argument(reading, site, "precision");
    return ml_read_number(reading, "precision",
                          value ? value : ml_site_argument(reading, site, "second_precision"));
}

static void read_arguments(MlReading *reading, MlType *type, const MlTypeClass *class_info,
                           const MlSite *site)
{
    type->length = read_length(reading, class_info, site);
    type->collation = read_collation(reading, type, site);
    type->precision = read_precision(reading, site);
    type->native = read_native(reading, type, site);
    type->scale = ml_read_number(reading, "scale", ml_site_argument(reading, site, "scale"));
    type->timezone = ml_read_flag(reading, "timezone", ml_site_argument(reading, site, "timezone"));
    type->create_constraint = ml_read_flag(reading, "create_constraint",
                                           ml_site_argument(reading, site, "create_constraint"));
    if (type->kind == ML_TYPE_ENUM || type->kind == ML_TYPE_NAMED || type->kind == ML_TYPE_BOOLEAN)
        type->name = ml_read_text(reading, "name", ml_site_argument(reading, site, "name"));
    type->schema = ml_read_text(reading, "schema", ml_site_argument(reading, site, "schema"));
    type->parameters = other_parameters(reading, class_info, site);
}

static void add_variant(MlReading *reading, MlType *type, const char *dialect,
                        const MlType *variant)
{
    MlTypeVariant *variants =
        ml_operations_alloc(reading->operations, (type->n_variants + 1) * sizeof *variants);
    if (type->n_variants > 0)
        memcpy(variants, type->variants, type->n_variants * sizeof *variants);
    variants[type->n_variants++] = (MlTypeVariant){
        .dialect = ml_operations_text(reading->operations, dialect, -1),
        .type = variant,
    };
    type->variants = variants;
}

/* An instance of a library's class, or the class itself, which is one without arguments. */
static MlType *library_type(MlReading *reading, const MlTypeClass *class_info, const char *library,
                            const char *name, const MlSite *site)
{
    MlType *type = new_type(reading, class_info->kind, site->call->origin);
    type->class_name = ml_operations_text(reading->operations, name, -1);
    type->library = ml_operations_text(reading->operations, library, -1);
    if (ml_value_has_shape(site->call, ML_SHAPE_CALL)) {
        read_arguments(reading, type, class_info, site);
        if (type->kind == ML_TYPE_ENUM)
            read_enum(reading, type, site);
        if (type->kind == ML_TYPE_ARRAY)
            read_item(reading, type, site);
    } else if (class_info->length > 0) {
        type->length =
            (MlNumber){.is = ML_KNOWN, .origin = type->origin, .value = class_info->length};
    }
    if (type->kind == ML_TYPE_NAMED)
        read_named(reading, type, class_info, site, name);
    if (class_info->postgresql != ML_TYPE_ABSENT)
        add_variant(reading, type, "postgresql",
                    new_type(reading, class_info->postgresql, type->origin));
    return type;
}

/* --- classes of the tree -------------------------------------------------------------------- */

static gboolean is_library_type(const MlValue *value)
{
    const char *name;
    g_autofree char *library = NULL;
    return find_class(value, &name, &library) != NULL;
}

/* What a class of the tree is made of: its impl, or else the type that it inherits from. */
static const MlValue *impl_of(MlReading *reading, const MlValue *class_value)
{
    for (guint i = 0; i < MOST_BASES && ml_value_has_shape(class_value, ML_SHAPE_CLASS); i++) {
        const MlValue *impl = member(reading, class_value, "impl");
        if (impl != NULL)
            return impl;
        const MlValue *base = NULL;
        for (gsize j = 0; j < class_value->unknown.length; j++) {
            const MlArgument *argument = &class_value->unknown.arguments[j];
            if (argument->name != NULL)
                continue;
            if (is_library_type(argument->value))
                return argument->value;
            if (ml_value_has_shape(argument->value, ML_SHAPE_CLASS))
                base = argument->value;
        }
        class_value = base;
    }
    return NULL;
}

static gboolean is_schema_type(const MlValue *value)
{
    const char *name;
    g_autofree char *library = NULL;
    return find_class(value, &name, &library) == NULL && library != NULL &&
           strcmp(library, "sqlalchemy") == 0 && strcmp(name, "SchemaType") == 0;
}

/* Whether a class of the tree hears of the columns that have it, and may add a check to each. */
static gboolean is_attached(MlReading *reading, const MlValue *class_value)
{
    gboolean attached = FALSE;
    if (!ml_value_has_shape(class_value, ML_SHAPE_CLASS) || !ml_reading_enter(reading))
        return FALSE;
    for (gsize i = 0; !attached && i < class_value->unknown.length; i++) {
        const MlValue *base = class_value->unknown.arguments[i].value;
        attached = is_schema_type(base) || is_attached(reading, base);
    }
    ml_reading_leave(reading);
    return attached;
}

/* The arguments of a type that is a class of the tree go to its impl, where that is a class. */
static const MlValue *applied(MlReading *reading, const MlValue *impl, const MlValue *value)
{
    if (!ml_value_has_shape(value, ML_SHAPE_CALL) || value->unknown.length == 0 ||
        ml_value_has_shape(impl, ML_SHAPE_CALL))
        return impl;
    MlValue *call = ml_operations_alloc(reading->operations, sizeof *call);
    *call = *value;
    call->unknown.object = impl;
    return call;
}

/* dialect.type_descriptor(T()) is T(); self.impl what the class has already. */
static const MlValue *described(const MlValue *value)
{
    const char *method = ml_method_of(value, NULL);
    const MlValue *first = method ? ml_value_positional(value, 0) : NULL;
    return g_strcmp0(method, "type_descriptor") == 0 && first ? first : value;
}

static gboolean is_own_impl(const MlValue *value)
{
    return ml_value_has_shape(value, ML_SHAPE_MEMBER) &&
           ml_value_has_shape(value->unknown.object, ML_SHAPE_PARAMETER);
}

/* What self.impl.length is, in a class whose impl is known; NULL where that has none. */
static const MlValue *of_own_impl(MlReading *reading, const MlValue *value, const MlValue *impl)
{
    const char *name;
    g_autofree char *library = NULL;
    const MlTypeClass *class_info = ml_value_has_shape(impl, ML_SHAPE_CALL)
                                        ? find_class(impl->unknown.object, &name, &library)
                                        : NULL;
    if (class_info == NULL)
        return NULL;
    const MlSite site = {.call = impl, .names = class_info->parameters};
    return ml_site_argument(reading, &site, value->unknown.name);
}

/* String(self.impl.length) of the impl String(50): String(50). */
static const MlValue *with_own_impl(MlReading *reading, const MlValue *value, const MlValue *impl)
{
    if (!ml_value_has_shape(value, ML_SHAPE_CALL))
        return value;
    MlValue *call = ml_operations_alloc(reading->operations, sizeof *call);
    MlArgument *arguments =
        ml_operations_alloc(reading->operations, value->unknown.length * sizeof *arguments);
    *call = *value;
    call->unknown.arguments = arguments;
    call->unknown.length = 0;
    for (gsize i = 0; i < value->unknown.length; i++) {
        MlArgument argument = value->unknown.arguments[i];
        if (ml_value_has_shape(argument.value, ML_SHAPE_MEMBER) &&
            is_own_impl(argument.value->unknown.object))
            argument.value = of_own_impl(reading, argument.value, impl);
        if (argument.value != NULL)
            arguments[call->unknown.length++] = argument;
    }
    return call;
}

/* A class may choose another type for each dialect, by a method of its own. */
static void add_choices(MlReading *reading, const char *part, MlType *type,
                        const MlValue *class_value, const MlValue *impl)
{
    static const char *const dialects[] = {"postgresql", "sqlite", NULL};
    static const char method[] = "load_dialect_impl";
    for (gsize i = 0; dialects[i] != NULL; i++) {
        const MlAssumptions assumptions = {.dialect = dialects[i]};
        const MlValue *value =
            ml_evaluation_returned(reading->evaluation, class_value, method, &assumptions);
        value = value ? with_own_impl(reading, described(value), impl) : NULL;
        if (value == NULL || !ml_is_type(reading, value)) {
            if (value == NULL || !is_own_impl(value))
                ml_reading_note(reading, part, "is of a class that chooses a type for each dialect",
                                value ? value : class_value);
            continue;
        }
        add_variant(reading, type, dialects[i], ml_read_type(reading, part, value));
    }
}

/* Whether the DDL of a type tells more of it than its kind. */
static gboolean takes_arguments(const MlType *type)
{
    return type->kind == ML_TYPE_VARCHAR || type->kind == ML_TYPE_CHAR ||
           type->kind == ML_TYPE_NUMERIC || type->kind == ML_TYPE_ENUM;
}

static const MlType *sql_type(MlReading *reading, const char *text, MlOrigin origin)
{
    return reading->sql ? ml_sql_read_type(reading->sql, reading->operations, text, origin, NULL)
                        : NULL;
}

/* Of a class without an impl, what its get_col_spec() says. */
static const MlType *specified_type(MlReading *reading, const MlValue *class_value)
{
    const MlAssumptions assumptions = {0};
    const MlValue *spec =
        member(reading, class_value, "get_col_spec") != NULL
            ? ml_evaluation_returned(reading->evaluation, class_value, "get_col_spec", &assumptions)
            : NULL;
    return spec && spec->kind == ML_VALUE_STRING
               ? sql_type(reading, spec->string.text, class_value->origin)
               : NULL;
}

static void set_impl(MlReading *reading, const char *part, MlType *type, const MlValue *class_value,
                     const MlValue *value)
{
    const MlValue *impl = impl_of(reading, class_value);
    gboolean own_arguments = member(reading, class_value, "__init__") != NULL;
    if (impl == NULL) {
        type->impl = specified_type(reading, class_value);
        return;
    }
    const MlValue *whole = own_arguments ? impl : applied(reading, impl, value);
    type->impl = ml_read_type(reading, part, whole);
    if (own_arguments && takes_arguments(type->impl) && !ml_value_has_shape(impl, ML_SHAPE_CALL))
        ml_reading_note(reading, part, "is of a class that has arguments of its own", value);
    if (is_attached(reading, class_value))
        ml_reading_note(reading, part, "is of a class that may bring a constraint with it", value);
    if (member(reading, class_value, "load_dialect_impl") != NULL)
        add_choices(reading, part, type, class_value, whole);
}

/* What sqlalchemy.ext.compiler is told of a class goes before its impl. */
static gboolean is_compiled(MlReading *reading, const char *name)
{
    g_autofree char *always = g_strdup_printf("compiles(%s)", name);
    g_autofree char *of_dialect = g_strdup_printf("compiles(%s,", name);
    return reading->evaluation != NULL && (ml_evaluation_mentions(reading->evaluation, always) ||
                                           ml_evaluation_mentions(reading->evaluation, of_dialect));
}

static const MlType *tree_type(MlReading *reading, const char *part, const MlValue *class_value,
                               const MlValue *value)
{
    g_autofree char *name = name_of_class(class_value);
    if (name != NULL && is_compiled(reading, name))
        return unknown_type(reading, part, "is of a class that @compiles has words for", value);
    MlType *type = new_type(reading, ML_TYPE_CUSTOM, value->origin);
    type->class_name = name ? ml_operations_text(reading->operations, name, -1) : NULL;
    set_impl(reading, part, type, class_value, value);
    return type->impl ? type
                      : unknown_type(reading, part,
                                     "is of a class without an impl that can be told", value);
}

/* --- what the settings name ----------------------------------------------------------------- */

/* The name of a class, as far as it can be told where that is from; new. */
static char *called(const MlValue *class_value)
{
    if (ml_value_has_shape(class_value, ML_SHAPE_CLASS))
        return name_of_class(class_value);
    gboolean named = ml_value_has_shape(class_value, ML_SHAPE_NAME) ||
                     ml_value_has_shape(class_value, ML_SHAPE_MEMBER);
    return named ? g_strdup(class_value->unknown.name) : NULL;
}

/* Whether two dotted names are one: either may say less of where it is from. */
static gboolean is_same_name(const char *one, const char *other)
{
    one += strspn(one, ".");
    other += strspn(other, ".");
    gsize length = strlen(one), other_length = strlen(other);
    const char *longer = length > other_length ? one : other;
    gsize more = length > other_length ? length - other_length : other_length - length;
    return strcmp(longer + more, longer == one ? other : one) == 0 &&
           (more == 0 || longer[more - 1] == '.');
}

/* What the settings say that a class is in SQL; NULL: nothing. */
static const char *setting_of(MlReading *reading, const MlValue *class_value)
{
    g_autofree char *name = called(class_value);
    for (guint i = 0; name != NULL && reading->types != NULL && i < reading->types->len; i++) {
        const MlSetting *setting = g_ptr_array_index(reading->types, i);
        if (is_same_name(setting->key, name))
            return ((MlSettingWord *)g_ptr_array_index(setting->words, 0))->text;
    }
    return NULL;
}

static const MlType *type_of_settings(MlReading *reading, const MlValue *class_value,
                                      const MlValue *value)
{
    reading->asks_types = TRUE;
    const char *text = setting_of(reading, class_value);
    const MlType *impl = text ? sql_type(reading, text, value->origin) : NULL;
    if (impl == NULL)
        return NULL;
    g_autofree char *name = called(class_value);
    const char *dot = strrchr(name, '.');
    MlType *type = new_type(reading, ML_TYPE_CUSTOM, value->origin);
    type->class_name = ml_operations_text(reading->operations, dot ? dot + 1 : name, -1);
    type->impl = impl;
    return type;
}

/* --- all together ------------------------------------------------------------------------- */

/* T().with_variant(U(), "postgresql", "mysql") */
static const MlType *varied_type(MlReading *reading, const char *part, const MlValue *call,
                                 const MlValue *object)
{
    static const char *const names[] = {"type_", "dialect_name", NULL};
    const MlSite site = {.call = call, .names = names};
    const MlValue *other = ml_site_argument(reading, &site, "type_"), *dialect;
    MlType *type = ml_operations_alloc(reading->operations, sizeof *type);
    *type = *ml_read_type(reading, part, object);
    if (other == NULL)
        return unknown_type(reading, part, NULL, call);
    const MlType *variant = ml_read_type(reading, part, other);
    for (gsize i = 1; (dialect = ml_value_positional(call, i)) != NULL; i++)
        if (dialect->kind == ML_VALUE_STRING)
            add_variant(reading, type, dialect->string.text, variant);
    dialect = ml_value_argument(call, "dialect_name");
    if (dialect != NULL && dialect->kind == ML_VALUE_STRING)
        add_variant(reading, type, dialect->string.text, variant);
    return type;
}

/* A method that gives a type like the one that it is called on: that one. */
static const MlValue *same_type(const MlValue *value)
{
    static const char *const methods[] = {"evaluates_none", "copy", NULL};
    const MlValue *object;
    const char *method = ml_method_of(value, &object);
    const char *function = ml_sqlalchemy_call(value);
    if (ml_value_has_shape(value, ML_SHAPE_MEMBER) && strcmp(value->unknown.name, "impl") == 0)
        return value->unknown.object;
    if (g_strcmp0(function, "as_mutable") == 0 || g_strcmp0(method, "as_mutable") == 0)
        return ml_value_positional(value, 0);
    return method != NULL && g_strv_contains(methods, method) ? object : NULL;
}

static const MlType *read_type(MlReading *reading, const char *part, const MlValue *value)
{
    const MlValue *object, *same = same_type(value);
    if (same != NULL)
        return ml_read_type(reading, part, same);
    if (g_strcmp0(ml_method_of(value, &object), "with_variant") == 0)
        return varied_type(reading, part, value, object);
    gboolean is_call = ml_value_has_shape(value, ML_SHAPE_CALL);
    const MlValue *class_value = is_call ? value->unknown.object : value;
    const char *name;
    g_autofree char *library = NULL;
    const MlTypeClass *class_info = find_class(class_value, &name, &library);
    const MlType *type = class_info == NULL ? type_of_settings(reading, class_value, value) : NULL;
    if (type != NULL)
        return type;
    if (ml_value_has_shape(class_value, ML_SHAPE_CLASS))
        return tree_type(reading, part, class_value, value);
    if (class_info == NULL)
        return unknown_type(reading, part, NULL, value);
    const MlSite site = {.call = value, .names = class_info->parameters};
    return library_type(reading, class_info, library, name, &site);
}

const MlType *ml_read_type(MlReading *reading, const char *part, const MlValue *value)
{
    if (value == NULL || value->kind == ML_VALUE_NONE)
        return new_type(reading, ML_TYPE_ABSENT, value ? value->origin : (MlOrigin){0});
    if (!ml_reading_enter(reading))
        return unknown_type(reading, part, "is too large", value);
    const MlType *type = read_type(reading, part, value);
    ml_reading_leave(reading);
    return type;
}

gboolean ml_is_type(MlReading *reading, const MlValue *value)
{
    const MlValue *object;
    for (guint i = 0; i < MOST_BASES; i++) {
        const MlValue *same = same_type(value);
        if (same == NULL && g_strcmp0(ml_method_of(value, &object), "with_variant") == 0)
            same = object;
        if (same == NULL)
            break;
        value = same;
    }
    if (ml_value_has_shape(value, ML_SHAPE_CALL))
        value = value->unknown.object;
    return is_library_type(value) || setting_of(reading, value) != NULL ||
           (ml_value_has_shape(value, ML_SHAPE_CLASS) &&
            (impl_of(reading, value) != NULL || member(reading, value, "get_col_spec") != NULL));
}
