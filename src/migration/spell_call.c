/* What SQLAlchemy offers as functions and methods: func, cast(), case(), literal(), desc(). */
#include "migration/expression.h"

#include <string.h>

#define OF_ARGUMENT (-1) /* as sqlalchemy.sql.operators.comma_op */

/* --- functions ------------------------------------------------------------------------------ */

static gboolean spell_arguments(MlSpelling *spelling, const MlValue *call, gsize first)
{
    gsize count = ml_positional_count(call);
    for (gsize i = first; i < count; i++) {
        const MlValue *value = ml_value_positional(call, i);
        g_string_append(spelling->out, i > first ? ", " : "");
        if (ml_is_plain_value(value) ? !ml_spell_compared(spelling, value, NULL)
                                     : !ml_spell_within(spelling, value, OF_ARGUMENT, NULL))
            return FALSE;
    }
    return TRUE;
}

gboolean ml_spell_function(MlSpelling *spelling, const MlValue *call, const char *name)
{
    static const char *const without_brackets[] = {
        "current_date", "current_time", "current_timestamp",
        "current_user", "localtime",    "localtimestamp",
        "session_user", "user",         NULL};
    static const char *const otherwise[] = {
        "localtimestamp",    "char_length",   "cube",       "rollup",
        "aggregate_strings", "grouping_sets", "next_value", NULL};
    gboolean sqlite = spelling->dialect == ML_SQLITE;
    if (ml_positional_count(call) != call->unknown.length && !ml_value_argument(call, "type_"))
        return ml_spelling_refuse(spelling, "has a function with arguments by name", call);
    if (g_strv_contains(otherwise, name) && (sqlite || strcmp(name, "localtimestamp") != 0))
        return ml_spelling_refuse(spelling, "has a function that is not known here", call);
    if (strcmp(name, "now") == 0 && ml_positional_count(call) == 0) {
        g_string_append(spelling->out, sqlite ? "CURRENT_TIMESTAMP" : "now()");
        return TRUE;
    }
    if (ml_positional_count(call) == 0 && g_strv_contains(without_brackets, name)) {
        g_autofree char *upper = g_ascii_strup(name, -1);
        g_string_append(spelling->out, upper);
        return TRUE;
    }
    g_string_append_printf(spelling->out, "%s(", name);
    if (strcmp(name, "count") == 0 && call->unknown.length == 0)
        g_string_append_c(spelling->out, '*');
    if (!spell_arguments(spelling, call, 0))
        return FALSE;
    g_string_append_c(spelling->out, ')');
    return TRUE;
}

/* --- what SQLAlchemy offers by name --------------------------------------------------------- */

static gboolean spell_cast(MlSpelling *spelling, const MlValue *operand, const MlValue *type)
{
    if (operand == NULL || type == NULL || !ml_is_type(spelling->reading, type))
        return ml_spelling_refuse(spelling, NULL, type ? type : operand);
    const MlType *read = ml_read_type(spelling->reading, "cast", type);
    g_string_append(spelling->out, "CAST(");
    if (ml_is_plain_value(operand) ? !ml_spell_value(spelling, operand, read)
                                   : !ml_spell(spelling, operand))
        return FALSE;
    g_string_append(spelling->out, " AS ");
    if (!ml_spell_type(spelling, read, type))
        return FALSE;
    g_string_append_c(spelling->out, ')');
    return TRUE;
}

/* What a WHEN compares with, or gives. */
static gboolean spell_case_part(MlSpelling *spelling, const MlValue *value, gboolean condition)
{
    if (ml_is_plain_value(value))
        return !condition && !ml_is_list(value) && value->kind != ML_VALUE_DICT
                   ? ml_spell_compared(spelling, value, NULL)
                   : ml_spelling_refuse(spelling, NULL, value);
    return condition ? ml_spell_grouped(spelling, value) : ml_spell(spelling, value);
}

static gboolean spell_when(MlSpelling *spelling, const MlValue *when, const MlValue *then,
                           gboolean condition)
{
    g_string_append(spelling->out, " WHEN ");
    if (!spell_case_part(spelling, when, condition))
        return FALSE;
    g_string_append(spelling->out, " THEN ");
    return spell_case_part(spelling, then, FALSE);
}

/* The pairs of case((when, then), ...), of 1.4's case([...]) too, or of a dict for a value. */
static gboolean spell_whens(MlSpelling *spelling, const MlValue *call, const MlValue *value)
{
    const MlValue *first = ml_value_positional(call, 0);
    gsize count = ml_positional_count(call);
    if (first != NULL && first->kind == ML_VALUE_DICT) {
        for (gsize i = 0; i < first->dict.length; i++)
            if (!spell_when(spelling, first->dict.pairs[i].key, first->dict.pairs[i].value,
                            value == NULL))
                return FALSE;
        return TRUE;
    }
    gboolean list = first != NULL && first->kind == ML_VALUE_LIST;
    if (first == NULL || (list && spelling->sqlalchemy != ML_SQLALCHEMY_1_4))
        return ml_spelling_refuse(spelling, "gives case() what SQLAlchemy does not take", call);
    count = list ? first->sequence.length : count;
    for (gsize i = 0; i < count; i++) {
        const MlValue *pair = list ? first->sequence.items[i] : ml_value_positional(call, i);
        if (!ml_is_list(pair) || pair->sequence.length != 2)
            return ml_spelling_refuse(spelling, NULL, pair);
        if (!spell_when(spelling, pair->sequence.items[0], pair->sequence.items[1], value == NULL))
            return FALSE;
    }
    return TRUE;
}

static gboolean spell_case(MlSpelling *spelling, const MlValue *call)
{
    const MlValue *otherwise = ml_value_argument(call, "else_");
    const MlValue *value = ml_value_argument(call, "value");
    gsize known = ml_positional_count(call) + (otherwise != NULL) + (value != NULL);
    if (known != call->unknown.length)
        return ml_spelling_refuse(spelling, NULL, call);
    g_string_append(spelling->out, "CASE");
    if (value != NULL) {
        g_string_append_c(spelling->out, ' ');
        if (!ml_spell(spelling, value))
            return FALSE;
    }
    if (!spell_whens(spelling, call, value))
        return FALSE;
    if (otherwise != NULL && otherwise->kind != ML_VALUE_NONE) {
        g_string_append(spelling->out, " ELSE ");
        if (!spell_case_part(spelling, otherwise, FALSE))
            return FALSE;
    }
    g_string_append(spelling->out, " END");
    return TRUE;
}

static const MlValue *parameter_in(const MlValue *parameters, const char *name)
{
    for (gsize i = 0;
         parameters != NULL && parameters->kind == ML_VALUE_DICT && i < parameters->dict.length;
         i++)
        if (parameters->dict.pairs[i].key->kind == ML_VALUE_STRING &&
            strcmp(parameters->dict.pairs[i].key->string.text, name) == 0)
            return parameters->dict.pairs[i].value;
    return NULL;
}

/* bindparam("name", value, type_) */
static gboolean spell_bindparam(MlSpelling *spelling, const MlValue *call)
{
    const MlValue *name = ml_value_positional(call, 0);
    const MlValue *value = ml_value_positional(call, 1);
    value = value ? value : ml_value_argument(call, "value");
    const MlValue *given = name && name->kind == ML_VALUE_STRING
                               ? parameter_in(spelling->parameters, name->string.text)
                               : NULL;
    value = given ? given : value;
    if (value == NULL || !ml_is_plain_value(value) || ml_is_list(value) ||
        ml_value_argument(call, "expanding") != NULL)
        return ml_spelling_refuse(spelling, "has a parameter without a value", call);
    const MlType *type = ml_type_of_named(spelling, call, "bindparam");
    return type ? ml_spell_value(spelling, value, type) : ml_spell_compared(spelling, value, NULL);
}

gboolean ml_spell_literal(MlSpelling *spelling, const MlValue *call)
{
    const MlValue *value = ml_value_positional(call, 0);
    value = value ? value : ml_value_argument(call, "value");
    if (value == NULL || !ml_is_plain_value(value))
        return ml_spelling_refuse(spelling, NULL, call);
    const MlType *type = ml_type_of_named(spelling, call, "literal");
    return type ? ml_spell_value(spelling, value, type) : ml_spell_compared(spelling, value, NULL);
}

static gboolean spell_raw(MlSpelling *spelling, const MlValue *text)
{
    if (text == NULL || text->kind != ML_VALUE_STRING ||
        !g_utf8_validate(text->string.text, (gssize)text->string.length, NULL))
        return ml_spelling_refuse(spelling, NULL, text);
    g_string_append(spelling->out, text->string.text);
    return TRUE;
}

static gboolean spell_column_name(MlSpelling *spelling, const MlValue *call)
{
    const char *name = ml_name_of_column(call);
    return name ? ml_spell_name(spelling, name) : ml_spelling_refuse(spelling, NULL, call);
}

static gboolean spell_constant(MlSpelling *spelling, const char *name)
{
    gboolean sqlite = spelling->dialect == ML_SQLITE;
    g_string_append(spelling->out, strcmp(name, "null") == 0 ? "NULL"
                                   : !sqlite                 ? name
                                   : *name == 't'            ? "1"
                                                             : "0");
    return TRUE;
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

static gboolean spell_ending(MlSpelling *spelling, const MlValue *operand, const char *ending)
{
    gboolean order = g_str_has_suffix(ending, "SC");
    if (operand == NULL || !ml_spell_within(spelling, operand, order ? 3 : ML_LOOSE, NULL))
        return ml_spelling_refuse(spelling, "has an order that cannot be told", operand);
    g_string_append(spelling->out, ending);
    return TRUE;
}

static gboolean spell_extract(MlSpelling *spelling, const MlValue *call)
{
    const MlValue *field = ml_value_positional(call, 0), *from = ml_value_positional(call, 1);
    if (spelling->dialect != ML_POSTGRESQL || field == NULL || from == NULL ||
        field->kind != ML_VALUE_STRING || ml_is_plain_value(from))
        return ml_spelling_refuse(spelling, NULL, call);
    g_string_append_printf(spelling->out, "EXTRACT(%s FROM ", field->string.text);
    if (!ml_spell(spelling, from))
        return FALSE;
    g_string_append_c(spelling->out, ')');
    return TRUE;
}

static gboolean spell_transparent(MlSpelling *spelling, const MlValue *inner)
{
    if (inner == NULL)
        return ml_spelling_refuse(spelling, "cannot be told without running it", NULL);
    return ml_is_plain_value(inner) ? ml_spell_compared(spelling, inner, NULL)
                                    : ml_spell(spelling, inner);
}

gboolean ml_spell_named(MlSpelling *spelling, const MlValue *call, const char *name)
{
    static const char *const columns[] = {"column", "Column", NULL};
    static const char *const constants[] = {"null", "true", "false", NULL};
    static const char *const literals[] = {"literal", "inline_literal", NULL};
    static const char *const transparent[] = {"type_coerce", "quoted_name", NULL};
    const MlValue *first = ml_value_positional(call, 0), *second = ml_value_positional(call, 1);
    if (strcmp(name, "literal_column") == 0)
        return spell_raw(spelling, first ? first : ml_value_argument(call, "text"));
    if (g_strv_contains(columns, name))
        return spell_column_name(spelling, call);
    if (g_strv_contains(literals, name))
        return ml_spell_literal(spelling, call);
    if (g_strv_contains(transparent, name))
        return spell_transparent(spelling, first);
    if (g_strv_contains(constants, name))
        return spell_constant(spelling, name);
    if (strcmp(name, "bindparam") == 0)
        return spell_bindparam(spelling, call);
    if (strcmp(name, "cast") == 0)
        return spell_cast(spelling, first, second ? second : ml_value_argument(call, "type_"));
    if (strcmp(name, "case") == 0)
        return spell_case(spelling, call);
    if (strcmp(name, "extract") == 0)
        return spell_extract(spelling, call);
    if (strcmp(name, "distinct") == 0) {
        g_string_append(spelling->out, "DISTINCT ");
        return spell_transparent(spelling, first);
    }
    return ending_of(name) ? spell_ending(spelling, first, ending_of(name))
                           : ml_spelling_refuse(spelling, NULL, call);
}

/* --- methods -------------------------------------------------------------------------------- */

gboolean ml_spell_method(MlSpelling *spelling, const MlValue *call, const char *method,
                         const MlValue *object)
{
    static const char *const scalar[] = {"scalar_subquery", "as_scalar", NULL};
    static const char *const transparent[] = {"label", "self_group", NULL};
    const MlValue *first = ml_value_positional(call, 0);
    if (strcmp(method, "inline_literal") == 0)
        return ml_spell_literal(spelling, call);
    if (strcmp(method, "cast") == 0)
        return spell_cast(spelling, object, first);
    if (g_strv_contains(transparent, method))
        return ml_spell(spelling, object);
    if (strcmp(method, "__neg__") == 0) {
        g_string_append_c(spelling->out, '-');
        return ml_spell_within(spelling, object, 8, NULL);
    }
    if (g_strv_contains(scalar, method) && ml_is_select(object)) {
        g_string_append_c(spelling->out, '(');
        if (!ml_spell_select(spelling, object))
            return FALSE;
        g_string_append_c(spelling->out, ')');
        return TRUE;
    }
    if (strcmp(method, "distinct") == 0 && call->unknown.length == 0) {
        g_string_append(spelling->out, "DISTINCT ");
        return ml_spell(spelling, object);
    }
    return ending_of(method) ? spell_ending(spelling, object, ending_of(method))
                             : ml_spelling_refuse(spelling, NULL, call);
}
