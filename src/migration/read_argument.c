/* Values of Python -> arguments of operations. */
#include "miglint/text.h"
#include "migration/reading.h"

#include <string.h>

#define DEPTH_LIMIT 100
/* Text of this many bytes is worth a step. */
#define STEP_BYTES 32
/* An expression that is longer is unknown. */
#define LONGEST ((gsize)1 << 20)

gboolean ml_reading_enter(MlReading *reading)
{
    if (reading->steps == 0 || reading->depth >= DEPTH_LIMIT)
        return FALSE;
    reading->steps--;
    reading->depth++;
    return TRUE;
}

gboolean ml_reading_spend(MlReading *reading, gsize steps)
{
    gboolean enough = steps < reading->steps;
    reading->steps -= enough ? (guint)steps : reading->steps;
    return enough;
}

void ml_reading_leave(MlReading *reading)
{
    reading->depth--;
}

MlOperation *ml_reading_add(MlReading *reading, MlOperationKind kind, MlOrigin origin)
{
    reading->operation = ml_operations_add(reading->operations, kind, origin);
    return reading->operation;
}

/* --- what cannot be told --------------------------------------------------------- */

/* The beginning of a.b(c)[d].e: a. */
static const MlValue *root_of(const MlValue *value)
{
    while (value->kind == ML_VALUE_UNKNOWN && value->unknown.object != NULL &&
           value->unknown.shape != ML_SHAPE_CLASS)
        value = value->unknown.object;
    return value;
}

char *ml_reason_of(const MlValue *value)
{
    if (value->kind != ML_VALUE_UNKNOWN)
        return g_strdup("is not what Alembic takes");
    if (ml_value_has_shape(value, ML_SHAPE_TEXT))
        return g_strdup("is a text of which a part cannot be told");
    const MlValue *root = root_of(value);
    if (!ml_value_has_shape(root, ML_SHAPE_NAME))
        return g_strdup("cannot be told without running it");
    const char *name = root->unknown.name;
    if (g_str_has_prefix(name, "alembic."))
        return g_strdup("depends on the connection");
    if (g_str_has_prefix(name, ML_TABLES "."))
        return g_strdup_printf("depends on the %s that the function is given",
                               name + strlen("sqlalchemy."));
    if (g_str_has_prefix(name, "sqlalchemy"))
        return g_strdup_printf("depends on %s, which is not understood", name);
    return g_strdup_printf("depends on %s, which is defined outside of the repository", name);
}

void ml_reading_note(MlReading *reading, const char *part, const char *why, const MlValue *value)
{
    if (reading->operation == NULL)
        return;
    g_autofree char *told = why ? g_strdup(why) : ml_reason_of(value);
    ml_operations_add_unknown(reading->operations, reading->operation, part, told, value->origin);
}

/* --- calls -------------------------------------------------------------------------- */

/* What stands for an argument that may be among those that cannot be told. */
static const MlValue *hidden(MlReading *reading, const MlValue *call)
{
    MlValue *value = ml_operations_alloc(reading->operations, sizeof *value);
    value->kind = ML_VALUE_UNKNOWN;
    value->origin = call->origin;
    return value;
}

gsize ml_positional_count(const MlValue *call)
{
    gsize count = 0;
    while (ml_value_positional(call, count) != NULL)
        count++;
    return count;
}

const MlValue *ml_site_argument(MlReading *reading, const MlSite *site, const char *name)
{
    const MlValue *value = ml_value_argument(site->call, name);
    for (gsize i = 0; value == NULL && site->names[i] != NULL; i++) {
        if (!ml_text_equals(site->names[i], name))
            continue;
        value = ml_value_positional(site->call, i);
        if (value == NULL && site->call->unknown.open)
            return hidden(reading, site->call);
    }
    return value;
}

const char *ml_method_of(const MlValue *value, const MlValue **object)
{
    if (!ml_value_has_shape(value, ML_SHAPE_CALL) ||
        !ml_value_has_shape(value->unknown.object, ML_SHAPE_MEMBER))
        return NULL;
    if (object != NULL)
        *object = value->unknown.object->unknown.object;
    return value->unknown.object->unknown.name;
}

/* --- plain arguments ------------------------------------------------------------------ */

MlText ml_known_text(MlReading *reading, const char *text, MlOrigin origin)
{
    ml_reading_spend(reading, strlen(text) / STEP_BYTES);
    return (MlText){
        .is = ML_KNOWN,
        .origin = origin,
        .text = ml_operations_text(reading->operations, text, -1),
    };
}

/* table.name, of something whose name comes first. */
static const MlValue *named(const MlValue *value)
{
    static const char *const kinds[] = {"Table", "table",    "Column",           "column",
                                        "Index", "Sequence", "UniqueConstraint", NULL};
    if (!ml_value_has_shape(value, ML_SHAPE_MEMBER) || strcmp(value->unknown.name, "name") != 0)
        return NULL;
    const MlValue *object = value->unknown.object;
    const char *kind = ml_sqlalchemy_call(object);
    return kind && g_strv_contains(kinds, kind) ? ml_value_positional(object, 0) : NULL;
}

/* A name that is wrapped: op.f("name"), quoted_name("name", True). */
static const MlValue *unwrapped(const MlValue *value, gboolean *final)
{
    static const char *const wrappers[] = {"alembic.op.f", NULL};
    const char *name = ml_sqlalchemy_call(value);
    const MlValue *object, *own = named(value);
    const char *method = ml_method_of(value, &object);
    if (own != NULL)
        return own;
    gboolean f = ml_value_is_call(value, wrappers) || g_strcmp0(name, "conv") == 0 ||
                 g_strcmp0(method, "f") == 0;
    if (!f && g_strcmp0(name, "quoted_name") != 0 && g_strcmp0(name, "_truncated_label") != 0)
        return value;
    const MlValue *inner = ml_value_positional(value, 0);
    inner = inner ? inner : ml_value_argument(value, "name");
    if (inner == NULL)
        return value;
    *final |= f;
    return inner;
}

gboolean ml_is_list(const MlValue *value)
{
    return value->kind == ML_VALUE_LIST || value->kind == ML_VALUE_TUPLE;
}

MlText ml_read_text(MlReading *reading, const char *part, const MlValue *value)
{
    gboolean final = FALSE;
    if (value == NULL)
        return (MlText){0};
    value = unwrapped(value, &final);
    if (value->kind == ML_VALUE_NONE)
        return (MlText){.is = ML_NONE, .origin = value->origin};
    if (value->kind == ML_VALUE_STRING && strlen(value->string.text) == value->string.length)
        return ml_known_text(reading, value->string.text, value->origin);
    ml_reading_note(reading, part, NULL, value);
    return (MlText){.is = ML_UNKNOWN, .origin = value->origin};
}

MlText ml_read_final_name(MlReading *reading, const MlValue *value, gboolean *final)
{
    *final = FALSE;
    return ml_read_text(reading, "name", value ? unwrapped(value, final) : NULL);
}

MlFlag ml_read_flag(MlReading *reading, const char *part, const MlValue *value)
{
    if (value == NULL)
        return (MlFlag){0};
    switch (value->kind) {
    case ML_VALUE_NONE:
        return (MlFlag){.is = ML_NONE, .origin = value->origin};
    case ML_VALUE_BOOL:
    case ML_VALUE_INTEGER:
        return (MlFlag){.is = ML_KNOWN, .origin = value->origin, .value = value->integer != 0};
    case ML_VALUE_STRING:
        return (MlFlag){.is = ML_KNOWN, .origin = value->origin, .value = value->string.length > 0};
    default:
        ml_reading_note(reading, part, NULL, value);
        return (MlFlag){.is = ML_UNKNOWN, .origin = value->origin};
    }
}

MlNumber ml_read_number(MlReading *reading, const char *part, const MlValue *value)
{
    if (value == NULL)
        return (MlNumber){0};
    if (value->kind == ML_VALUE_NONE)
        return (MlNumber){.is = ML_NONE, .origin = value->origin};
    if (value->kind == ML_VALUE_INTEGER)
        return (MlNumber){.is = ML_KNOWN, .origin = value->origin, .value = value->integer};
    ml_reading_note(reading, part, NULL, value);
    return (MlNumber){.is = ML_UNKNOWN, .origin = value->origin};
}

/* --- names of columns -------------------------------------------------------------------- */

const char *ml_column_of_table(const MlValue *value, const MlValue **table)
{
    gboolean is_item = ml_value_has_shape(value, ML_SHAPE_ITEM);
    if (!is_item && !ml_value_has_shape(value, ML_SHAPE_MEMBER))
        return NULL;
    const MlValue *columns = value->unknown.object, *index = value->unknown.index;
    if (is_item && index == NULL)
        return NULL;
    if (!ml_value_has_shape(columns, ML_SHAPE_MEMBER) ||
        (strcmp(columns->unknown.name, "c") != 0 && strcmp(columns->unknown.name, "columns") != 0))
        return NULL;
    *table = columns->unknown.object;
    if (!is_item)
        return value->unknown.name;
    return index->kind == ML_VALUE_STRING ? index->string.text : NULL;
}

const MlValue *ml_schema_of_table(const MlValue *table)
{
    const MlValue *schema = ml_value_argument(table, "schema");
    const MlValue *metadata = ml_value_argument(table, "metadata");
    if (schema != NULL || !ml_is_sqlalchemy_call(table, "Table"))
        return schema;
    if (metadata == NULL)
        metadata = ml_value_positional(table, 1);
    return metadata != NULL && ml_is_sqlalchemy_call(metadata, "MetaData")
               ? ml_value_argument(metadata, "schema")
               : NULL;
}

MlText ml_read_name(MlReading *reading, const char *part, const MlValue *value)
{
    const MlValue *table;
    const char *column = value ? ml_column_of_table(value, &table) : NULL;
    if (column != NULL)
        return ml_known_text(reading, column, value->origin);
    if (ml_is_sqlalchemy_call(value, "Column") || ml_is_sqlalchemy_call(value, "column")) {
        const MlValue *name = ml_value_positional(value, 0);
        return ml_read_text(reading, part, name ? name : ml_value_argument(value, "name"));
    }
    return ml_read_text(reading, part, value);
}

MlTexts ml_read_texts(MlReading *reading, const char *part, const GPtrArray *values)
{
    MlTexts texts = {.is = ML_KNOWN};
    if (!ml_reading_spend(reading, values->len))
        return (MlTexts){.is = ML_UNKNOWN};
    g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(MlText));
    for (guint i = 0; i < values->len; i++) {
        MlText item = ml_read_name(reading, part, values->pdata[i]);
        g_array_append_val(items, item);
    }
    texts.items = ml_operations_array(reading->operations, items, &texts.length);
    return texts;
}

MlTexts ml_read_names(MlReading *reading, const char *part, const MlValue *value)
{
    if (value == NULL)
        return (MlTexts){0};
    if (value->kind == ML_VALUE_NONE)
        return (MlTexts){.is = ML_NONE, .origin = value->origin};
    if (value->kind != ML_VALUE_LIST && value->kind != ML_VALUE_TUPLE &&
        value->kind != ML_VALUE_SET) {
        ml_reading_note(reading, part, NULL, value);
        return (MlTexts){.is = ML_UNKNOWN, .origin = value->origin};
    }
    g_autoptr(GPtrArray) values = g_ptr_array_new();
    for (gsize i = 0; i < value->sequence.length; i++)
        g_ptr_array_add(values, (gpointer)value->sequence.items[i]);
    MlTexts texts = ml_read_texts(reading, part, values);
    texts.origin = value->origin;
    return texts;
}

/* --- anything ----------------------------------------------------------------------------- */

static gboolean append_python(MlReading *reading, GString *out, const MlValue *value);

static gboolean append_items(MlReading *reading, GString *out, const MlValue *value,
                             const char *ends)
{
    g_string_append_c(out, ends[0]);
    for (gsize i = 0; i < value->sequence.length; i++) {
        g_string_append(out, i > 0 ? ", " : "");
        if (!append_python(reading, out, value->sequence.items[i]))
            return FALSE;
    }
    g_string_append_c(out, ends[1]);
    return TRUE;
}

static gboolean append_pairs(MlReading *reading, GString *out, const MlValue *value)
{
    g_string_append_c(out, '{');
    for (gsize i = 0; i < value->dict.length; i++) {
        g_string_append(out, i > 0 ? ", " : "");
        if (!append_python(reading, out, value->dict.pairs[i].key))
            return FALSE;
        g_string_append(out, ": ");
        if (!append_python(reading, out, value->dict.pairs[i].value))
            return FALSE;
    }
    g_string_append_c(out, '}');
    return TRUE;
}

static gboolean append_kind(MlReading *reading, GString *out, const MlValue *value)
{
    switch (value->kind) {
    case ML_VALUE_NONE:
        g_string_append(out, "None");
        return TRUE;
    case ML_VALUE_BOOL:
        g_string_append(out, value->integer ? "True" : "False");
        return TRUE;
    case ML_VALUE_INTEGER:
        g_string_append_printf(out, "%" G_GINT64_FORMAT, value->integer);
        return TRUE;
    case ML_VALUE_FLOAT:
        return ml_append_sql(reading, out, value);
    case ML_VALUE_STRING:
        g_string_append_printf(out, "'%s'", value->string.text);
        return TRUE;
    case ML_VALUE_LIST:
        return append_items(reading, out, value, "[]");
    case ML_VALUE_TUPLE:
        return append_items(reading, out, value, "()");
    case ML_VALUE_SET:
        return append_items(reading, out, value, "{}");
    case ML_VALUE_DICT:
        return append_pairs(reading, out, value);
    default:
        return ml_append_sql(reading, out, value);
    }
}

static gboolean append_python(MlReading *reading, GString *out, const MlValue *value)
{
    if (out->len > LONGEST || !ml_reading_enter(reading))
        return FALSE;
    gboolean known = append_kind(reading, out, value);
    ml_reading_leave(reading);
    return known;
}

MlText ml_read_anything(MlReading *reading, const char *part, const MlValue *value)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (value == NULL || value->kind == ML_VALUE_NONE || value->kind == ML_VALUE_STRING)
        return ml_read_text(reading, part, value);
    if (append_python(reading, text, value))
        return ml_known_text(reading, text->str, value->origin);
    ml_reading_note(reading, part, NULL, value);
    return (MlText){.is = ML_UNKNOWN, .origin = value->origin};
}

static void add_keyword(MlReading *reading, GArray *keywords, const char *name,
                        const MlValue *value)
{
    MlKeyword keyword = {
        .name = ml_operations_text(reading->operations, name, -1),
        .value = ml_read_anything(reading, name, value),
    };
    g_array_append_val(keywords, keyword);
}

const MlKeyword *ml_site_keywords(MlReading *reading, const MlSite *site, const char *const *known,
                                  guint *count)
{
    g_autoptr(GArray) keywords = g_array_new(FALSE, FALSE, sizeof(MlKeyword));
    ml_reading_spend(reading, site->call->unknown.length);
    for (gsize i = 0; site->names[i] != NULL; i++) {
        const MlValue *value = ml_value_positional(site->call, i);
        if (value != NULL && !g_strv_contains(known, site->names[i]))
            add_keyword(reading, keywords, site->names[i], value);
    }
    for (gsize i = 0; reading->steps > 0 && i < site->call->unknown.length; i++) {
        const MlArgument *argument = &site->call->unknown.arguments[i];
        if (argument->name != NULL && !g_strv_contains(known, argument->name))
            add_keyword(reading, keywords, argument->name, argument->value);
    }
    return ml_operations_array(reading->operations, keywords, count);
}

/* --- SQLAlchemy --------------------------------------------------------------------------------
 */

/* An object that has all names of SQLAlchemy as its own: db = SQLAlchemy(). */
static gboolean is_extension(const MlValue *value)
{
    static const char *const extensions[] = {"flask_sqlalchemy.SQLAlchemy",
                                             "flask_sqlalchemy_lite.SQLAlchemy",
                                             "quart_sqlalchemy.SQLAlchemy", NULL};
    return ml_value_is_call(value, extensions);
}

const char *ml_sqlalchemy_name(const MlValue *value)
{
    if (ml_value_has_shape(value, ML_SHAPE_MEMBER) && is_extension(value->unknown.object))
        return value->unknown.name;
    if (!ml_value_has_shape(value, ML_SHAPE_NAME) ||
        (!g_str_has_prefix(value->unknown.name, "sqlalchemy.") &&
         !g_str_has_prefix(value->unknown.name, "sqlmodel.")))
        return NULL;
    return strrchr(value->unknown.name, '.') + 1;
}

const char *ml_sqlalchemy_call(const MlValue *value)
{
    return ml_value_has_shape(value, ML_SHAPE_CALL) ? ml_sqlalchemy_name(value->unknown.object)
                                                    : NULL;
}

gboolean ml_is_sqlalchemy_call(const MlValue *value, const char *name)
{
    return g_strcmp0(ml_sqlalchemy_call(value), name) == 0;
}
