/* The types that expressions have, and how a CAST writes them. */
#include "migration/expression.h"

#include <string.h>

static const MlType boolean_type = {.kind = ML_TYPE_BOOLEAN};
static const MlType integer_type = {.kind = ML_TYPE_INTEGER};
static const MlType text_type = {.kind = ML_TYPE_VARCHAR};
static const MlType datetime_type = {.kind = ML_TYPE_TIMESTAMP};

static const MlType *type_of_function(MlSpelling *spelling, const MlValue *call, const char *name)
{
    static const char *const of_argument[] = {"coalesce", "max", "min", "sum", NULL};
    static const char *const counting[] = {"count", "char_length", NULL};
    const MlValue *first = ml_value_positional(call, 0), *type = ml_value_argument(call, "type_");
    if (type != NULL)
        return ml_read_type(spelling->reading, "type", type);
    if (g_strv_contains(counting, name))
        return &integer_type;
    if (strcmp(name, "now") == 0 || strcmp(name, "current_timestamp") == 0)
        return &datetime_type;
    if (strcmp(name, "concat") == 0)
        return &text_type;
    return first && g_strv_contains(of_argument, name) ? ml_type_of(spelling, first) : NULL;
}

static gboolean is_text_type(const MlSpelling *spelling, const MlType *type)
{
    return ml_affinity_of(spelling, type) == ML_OF_TEXT;
}

gboolean ml_joins_texts(MlSpelling *spelling, const MlType *left, const MlType *right)
{
    gboolean one = is_text_type(spelling, left), other = is_text_type(spelling, right);
    return (one && other) || (one && ml_affinity_of(spelling, right) == ML_OF_NOTHING) ||
           (other && ml_affinity_of(spelling, left) == ML_OF_NOTHING);
}

const MlType *ml_type_beside(MlSpelling *spelling, const MlValue *value, const MlType *type)
{
    if (!ml_is_plain_value(value))
        return ml_type_of(spelling, value);
    const MlType *own = ml_type_of_value(spelling, value);
    return own ? own : type;
}

const MlType *ml_type_of_term(MlSpelling *spelling, const MlTerm *term)
{
    const MlType *left = term->left ? ml_type_of(spelling, term->left) : NULL;
    if (strlen(term->own.sign) != 1 || strchr("+-*/%", *term->own.sign) == NULL)
        return ml_term_has_sign(term, "||")          ? &text_type
               : strcmp(term->own.method, "op") == 0 ? left
                                                     : &boolean_type;
    if (term->right == NULL)
        return NULL;
    const MlType *right = ml_type_beside(spelling, term->right, left);
    if (ml_term_has_sign(term, "+") && ml_joins_texts(spelling, left, right))
        return &text_type;
    return ml_affinity_of(spelling, left) == ml_affinity_of(spelling, right) ? left : NULL;
}

const MlType *ml_type_of_named(MlSpelling *spelling, const MlValue *call, const char *name)
{
    static const char *const typed[] = {"column",    "literal_column", "literal",
                                        "bindparam", "cast",           "type_coerce",
                                        "Column",    "try_cast",       NULL};
    const MlValue *type = ml_value_argument(call, "type_");
    if (strcmp(name, "true") == 0 || strcmp(name, "false") == 0 || strcmp(name, "exists") == 0 ||
        strcmp(name, "not_") == 0)
        return &boolean_type;
    if (!g_strv_contains(typed, name))
        return NULL;
    for (gsize i = 1; type == NULL && i < 3; i++) {
        const MlValue *value = ml_value_positional(call, i);
        if (value != NULL && ml_is_type(spelling->reading, value))
            type = value;
    }
    if (type != NULL)
        return ml_read_type(spelling->reading, "type", type);
    const MlValue *first = ml_value_positional(call, strcmp(name, "bindparam") == 0 ? 1 : 0);
    gboolean of_value = strcmp(name, "literal") == 0 || strcmp(name, "bindparam") == 0;
    return first && of_value ? ml_type_of_value(spelling, first) : NULL;
}

static const MlType *type_of(MlSpelling *spelling, const MlValue *value)
{
    const MlValue *source;
    const char *column = ml_column_named(spelling, value, &source);
    if (column != NULL) {
        const MlValue *found = ml_column_in(spelling, source, column), *of;
        if (found == NULL && ml_method_of(source, &of) != NULL)
            found = ml_column_in(spelling, of, column);
        return found ? ml_type_of_column(spelling, found) : NULL;
    }
    value = ml_without_wrapping(value);
    if (!ml_value_has_shape(value, ML_SHAPE_CALL))
        return ml_is_plain_value(value) ? ml_type_of_value(spelling, value) : NULL;
    const MlTerm term = ml_term_of(spelling, value);
    const char *function = ml_function_of(value->unknown.object), *name = ml_sqlalchemy_call(value);
    const char *method = ml_method_of(value, NULL);
    if (term.own.sign != NULL)
        return ml_type_of_term(spelling, &term);
    if (function != NULL)
        return type_of_function(spelling, value, function);
    if (name != NULL)
        return ml_type_of_named(spelling, value, name);
    if (g_strcmp0(method, "cast") == 0 && term.right != NULL)
        return ml_read_type(spelling->reading, "type", term.right);
    return g_strcmp0(method, "__neg__") == 0 ? ml_type_of(spelling, term.left) : NULL;
}

const MlType *ml_type_of(MlSpelling *spelling, const MlValue *value)
{
    if (!ml_reading_enter(spelling->reading))
        return NULL;
    const MlType *type = type_of(spelling, value);
    ml_reading_leave(spelling->reading);
    return type;
}

/* --- in a CAST ------------------------------------------------------------------------------ */

static const char *name_in_sql(MlSpelling *spelling, const MlType *type)
{
    static const char *const names[][2] = {
        [ML_TYPE_BOOLEAN] = {"BOOLEAN", "BOOLEAN"},
        [ML_TYPE_SMALLINT] = {"SMALLINT", "SMALLINT"},
        [ML_TYPE_INTEGER] = {"INTEGER", "INTEGER"},
        [ML_TYPE_BIGINT] = {"BIGINT", "BIGINT"},
        [ML_TYPE_NUMERIC] = {"NUMERIC", "NUMERIC"},
        [ML_TYPE_REAL] = {"REAL", "REAL"},
        [ML_TYPE_FLOAT] = {"FLOAT", "FLOAT"},
        [ML_TYPE_DOUBLE] = {"DOUBLE PRECISION", NULL},
        [ML_TYPE_MONEY] = {"MONEY", NULL},
        [ML_TYPE_CHAR] = {"CHAR", "CHAR"},
        [ML_TYPE_VARCHAR] = {"VARCHAR", "VARCHAR"},
        [ML_TYPE_TEXT] = {"TEXT", "TEXT"},
        [ML_TYPE_BINARY] = {"BYTEA", "BLOB"},
        [ML_TYPE_DATE] = {"DATE", "DATE"},
        [ML_TYPE_TIME] = {"TIME", "TIME"},
        [ML_TYPE_TIMESTAMP] = {"TIMESTAMP", "DATETIME"},
        [ML_TYPE_INTERVAL] = {"INTERVAL", "DATETIME"},
        [ML_TYPE_UUID] = {"UUID", NULL},
        [ML_TYPE_JSON] = {"JSON", "JSON"},
        [ML_TYPE_JSONB] = {"JSONB", NULL},
    };
    if (type->kind == ML_TYPE_NAMED || type->kind == ML_TYPE_ENUM)
        return spelling->dialect == ML_POSTGRESQL ? type->name.text : NULL;
    if (type->kind == ML_TYPE_TIMESTAMP && g_strcmp0(type->class_name, "TIMESTAMP") == 0)
        return "TIMESTAMP";
    return type->kind < G_N_ELEMENTS(names) ? names[type->kind][spelling->dialect] : NULL;
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

gboolean ml_spell_type(MlSpelling *spelling, const MlType *type, const MlValue *value)
{
    type = ml_type_in(type, ml_dialect_name(spelling->dialect));
    const char *name = name_in_sql(spelling, type);
    if (type->kind == ML_TYPE_ARRAY && spelling->dialect == ML_POSTGRESQL && type->item != NULL &&
        type->item->kind != ML_TYPE_ARRAY) {
        if (!ml_spell_type(spelling, type->item, value))
            return FALSE;
        g_string_append(spelling->out, "[]");
        return TRUE;
    }
    if (name == NULL)
        return ml_spelling_refuse(spelling, "has a type that is not known here", value);
    if (type->kind == ML_TYPE_ENUM) {
        if (type->schema.is == ML_KNOWN) {
            if (!ml_spell_name(spelling, type->schema.text))
                return FALSE;
            g_string_append_c(spelling->out, '.');
        }
        return ml_spell_name(spelling, name);
    }
    g_string_append(spelling->out, name);
    append_size(spelling->out, type);
    if (spelling->dialect == ML_POSTGRESQL &&
        (type->kind == ML_TYPE_TIME || type->kind == ML_TYPE_TIMESTAMP))
        g_string_append(spelling->out,
                        ml_is_true(type->timezone) ? " WITH TIME ZONE" : " WITHOUT TIME ZONE");
    return TRUE;
}
