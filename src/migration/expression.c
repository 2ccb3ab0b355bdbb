/* An expression of SQLAlchemy's, taken apart: its operator, its sides, what it negates. */
#include "migration/expression.h"

#include <string.h>

/* Precedences of sqlalchemy.sql.operators._PRECEDENCE. */
enum { OF_OR = 2, OF_AND = 3 };

static const MlOperator operators[] = {
    {"__eq__", "=", 5, FALSE, "__ne__"},
    {"__ne__", "!=", 5, FALSE, "__eq__"},
    {"__lt__", "<", 5, FALSE, "__ge__"},
    {"__le__", "<=", 5, FALSE, "__gt__"},
    {"__gt__", ">", 5, FALSE, "__le__"},
    {"__ge__", ">=", 5, FALSE, "__lt__"},
    {"is_", "IS", 5, FALSE, "is_not"},
    {"is_not", "IS NOT", 5, FALSE, "is_"},
    {"is_distinct_from", "IS DISTINCT FROM", 5, FALSE, "is_not_distinct_from"},
    {"is_not_distinct_from", "IS NOT DISTINCT FROM", 5, FALSE, "is_distinct_from"},
    {"like", "LIKE", 5, FALSE, "not_like"},
    {"not_like", "NOT LIKE", 5, FALSE, "like"},
    {"ilike", "ILIKE", 5, FALSE, "not_ilike"},
    {"not_ilike", "NOT ILIKE", 5, FALSE, "ilike"},
    {"in_", "IN", 5, FALSE, "not_in"},
    {"not_in", "NOT IN", 5, FALSE, "in_"},
    {"between", "BETWEEN", 5, FALSE, "not_between"},
    {"not_between", "NOT BETWEEN", 5, FALSE, "between"},
    {"contains", "LIKE", ML_LOOSE, FALSE, NULL},
    {"startswith", "LIKE", ML_LOOSE, FALSE, NULL},
    {"endswith", "LIKE", ML_LOOSE, FALSE, NULL},
    {"__add__", "+", 7, TRUE, NULL},
    {"__sub__", "-", 7, FALSE, NULL},
    {"__mul__", "*", 8, TRUE, NULL},
    {"__truediv__", "/", 8, FALSE, NULL},
    {"__mod__", "%", 8, FALSE, NULL},
    {"concat", "||", 5, TRUE, NULL},
    {"__and__", "AND", OF_AND, TRUE, NULL},
    {"__or__", "OR", OF_OR, TRUE, NULL},
};

const MlOperator *ml_find_operator(const char *method)
{
    static const char *const others[][2] = {
        {"isnot", "is_not"},
        {"notlike", "not_like"},
        {"notilike", "not_ilike"},
        {"notin_", "not_in"},
        {"isnot_distinct_from", "is_not_distinct_from"},
        {"and_", "__and__"},
        {"or_", "__or__"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        if (strcmp(method, others[i][0]) == 0)
            method = others[i][1];
    for (gsize i = 0; i < G_N_ELEMENTS(operators); i++)
        if (strcmp(method, operators[i].method) == 0)
            return &operators[i];
    return NULL;
}

/* column.op("~")(value): the call of op(). */
static const MlValue *custom_operator(const MlValue *call)
{
    static const char *const names[] = {"op", "bool_op", NULL};
    const MlValue *made = call->unknown.object;
    const char *method = ml_method_of(made, NULL);
    const MlValue *text =
        method && g_strv_contains(names, method) ? ml_value_positional(made, 0) : NULL;
    return text != NULL && text->kind == ML_VALUE_STRING ? made : NULL;
}

static void read_custom_operator(const MlValue *made, MlTerm *term)
{
    const MlValue *precedence = ml_value_argument(made, "precedence");
    ml_method_of(made, &term->left);
    term->own = (MlOperator){
        .method = "op",
        .sign = ml_value_positional(made, 0)->string.text,
        .precedence = precedence && precedence->kind == ML_VALUE_INTEGER
                          ? (int)CLAMP(precedence->integer, ML_LOOSE, ML_ATOM - 1)
                          : 0,
    };
}

const MlValue *ml_without_wrapping(const MlValue *value)
{
    for (guint i = 0; i < 20; i++) {
        const MlValue *object;
        const char *method = ml_method_of(value, &object), *name = ml_sqlalchemy_call(value);
        gboolean single = value->kind == ML_VALUE_UNKNOWN && !value->unknown.open &&
                          value->unknown.length == 1 && ml_positional_count(value) == 1;
        if (method != NULL && (strcmp(method, "label") == 0 || strcmp(method, "self_group") == 0))
            value = object;
        else if (single && name != NULL && (!strcmp(name, "and_") || !strcmp(name, "or_")))
            value = ml_value_positional(value, 0);
        else
            break;
    }
    return value;
}

MlTerm ml_term_of(const MlSpelling *spelling, const MlValue *value)
{
    MlTerm term = {.call = value};
    if (!ml_value_has_shape(value, ML_SHAPE_CALL))
        return term;
    const char *method = ml_method_of(value, &term.left), *name = ml_sqlalchemy_call(value);
    const MlValue *made = custom_operator(value);
    if (made != NULL) {
        read_custom_operator(made, &term);
    } else if (method != NULL) {
        const MlOperator *found = ml_find_operator(method);
        if (found != NULL && method[0] != 'a' && method[0] != 'o')
            term.own = *found;
    } else if (name != NULL && (strcmp(name, "and_") == 0 || strcmp(name, "or_") == 0)) {
        term.own = *ml_find_operator(name);
        term.left = NULL;
    }
    if (g_strcmp0(term.own.method, "concat") == 0 && spelling->sqlalchemy == ML_SQLALCHEMY_1_4)
        term.own.precedence = 6;
    term.right = ml_value_positional(value, 0);
    return term;
}

gboolean ml_term_has_sign(const MlTerm *term, const char *sign)
{
    return g_strcmp0(term->own.sign, sign) == 0;
}

const MlValue *ml_negated(const MlValue *value)
{
    const MlValue *object;
    const char *method = ml_method_of(value, &object);
    if (g_strcmp0(method, "__invert__") == 0)
        return object;
    return ml_is_sqlalchemy_call(value, "not_") && value->unknown.length == 1
               ? ml_value_positional(value, 0)
               : NULL;
}

gboolean ml_is_exists(const MlValue *value)
{
    const MlValue *object;
    const char *method = ml_method_of(value, &object);
    return ml_is_sqlalchemy_call(value, "exists") ||
           (g_strcmp0(method, "exists") == 0 && ml_is_select(object)) ||
           (method != NULL && ml_is_sqlalchemy_call(object, "exists"));
}

const char *ml_function_of(const MlValue *value)
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

const char *ml_function_name(const MlValue *call)
{
    const char *name =
        ml_value_has_shape(call, ML_SHAPE_CALL) ? ml_function_of(call->unknown.object) : NULL;
    const char *dot = name ? strrchr(name, '.') : NULL;
    return dot ? dot + 1 : name;
}
