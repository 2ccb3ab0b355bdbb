/* Expressions of SQLAlchemy's -> SQL, in brackets where SQLAlchemy puts them. */
#include "migration/spelling.h"

#include <string.h>

/* What is longer is unknown. */
#define LONGEST ((gsize)1 << 20)
/* Of what is never put in brackets, and of what always is. */
#define ATOM  100
#define LOOSE (-100)

/* Precedences of sqlalchemy.sql.operators._PRECEDENCE. */
enum { OF_OR = 2, OF_AND = 3, OF_NOT = 5, OF_CONDITION = -10, OF_ARGUMENT = -1, OF_EXISTS = 0 };

typedef struct {
    const char *method;   /* of Python */
    const char *sign;     /* of SQL */
    int precedence;       /* in SQLAlchemy 2.0 */
    gboolean flat;        /* needs no brackets within itself */
    const char *opposite; /* NULL: it is negated by NOT */
} Operator;

static const Operator operators[] = {
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
    {"contains", "LIKE", LOOSE, FALSE, NULL},
    {"startswith", "LIKE", LOOSE, FALSE, NULL},
    {"endswith", "LIKE", LOOSE, FALSE, NULL},
    {"__add__", "+", 7, TRUE, NULL},
    {"__sub__", "-", 7, FALSE, NULL},
    {"__mul__", "*", 8, TRUE, NULL},
    {"__truediv__", "/", 8, FALSE, NULL},
    {"__mod__", "%", 8, FALSE, NULL},
    {"concat", "||", 5, TRUE, NULL},
    {"__and__", "AND", OF_AND, TRUE, NULL},
    {"__or__", "OR", OF_OR, TRUE, NULL},
};

/* An expression, taken apart as far as its brackets need it. */
typedef struct {
    const MlValue *left, *right;
    const MlValue *call;
    Operator own; /* without a sign: it has none of these */
} Node;

/* --- what it is ------------------------------------------------------------------------- */

static const Operator *find_operator(const char *method)
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

static void read_custom_operator(const MlValue *made, Node *node)
{
    const MlValue *precedence = ml_value_argument(made, "precedence");
    ml_method_of(made, &node->left);
    node->own = (Operator){
        .method = "op",
        .sign = ml_value_positional(made, 0)->string.text,
        .precedence = precedence && precedence->kind == ML_VALUE_INTEGER
                          ? (int)CLAMP(precedence->integer, LOOSE, ATOM - 1)
                          : 0,
    };
}

/* and_(), or_() with one condition are that condition. */
static const MlValue *without_wrapping(const MlValue *value)
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

static Node node_of(const MlSpelling *spelling, const MlValue *value)
{
    Node node = {.call = value};
    if (!ml_value_has_shape(value, ML_SHAPE_CALL))
        return node;
    const char *method = ml_method_of(value, &node.left), *name = ml_sqlalchemy_call(value);
    const MlValue *made = custom_operator(value);
    if (made != NULL) {
        read_custom_operator(made, &node);
    } else if (method != NULL) {
        const Operator *found = find_operator(method);
        if (found != NULL && method[0] != 'a' && method[0] != 'o')
            node.own = *found;
    } else if (name != NULL && (strcmp(name, "and_") == 0 || strcmp(name, "or_") == 0)) {
        node.own = *find_operator(name);
        node.left = NULL;
    }
    if (g_strcmp0(node.own.method, "concat") == 0 && spelling->sqlalchemy == ML_SQLALCHEMY_1_4)
        node.own.precedence = 6;
    node.right = ml_value_positional(value, 0);
    return node;
}

static gboolean is_joined(const Node *node)
{
    return node->own.sign != NULL &&
           (strcmp(node->own.sign, "AND") == 0 || strcmp(node->own.sign, "OR") == 0);
}

static gboolean has_sign(const Node *node, const char *sign)
{
    return g_strcmp0(node->own.sign, sign) == 0;
}

/* --- types ---------------------------------------------------------------------------------- */

static const MlType boolean_type = {.kind = ML_TYPE_BOOLEAN};
static const MlType integer_type = {.kind = ML_TYPE_INTEGER};
static const MlType text_type = {.kind = ML_TYPE_VARCHAR};
static const MlType datetime_type = {.kind = ML_TYPE_TIMESTAMP};

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

const char *ml_function_name(const MlValue *call)
{
    const char *name =
        ml_value_has_shape(call, ML_SHAPE_CALL) ? function_name(call->unknown.object) : NULL;
    const char *dot = name ? strrchr(name, '.') : NULL;
    return dot ? dot + 1 : name;
}

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

/* Whether + joins texts: one is a text, and the other is one or of no known type. */
static gboolean joins_texts(MlSpelling *spelling, const MlType *left, const MlType *right)
{
    gboolean one = is_text_type(spelling, left), other = is_text_type(spelling, right);
    return (one && other) || (one && ml_affinity_of(spelling, right) == ML_OF_NOTHING) ||
           (other && ml_affinity_of(spelling, left) == ML_OF_NOTHING);
}

static const MlType *type_beside(MlSpelling *spelling, const MlValue *value, const MlType *type)
{
    if (!ml_is_plain_value(value))
        return ml_type_of(spelling, value);
    const MlType *own = ml_type_of_value(spelling, value);
    return own ? own : type;
}

static const MlType *type_of_binary(MlSpelling *spelling, const Node *node)
{
    const MlType *left = node->left ? ml_type_of(spelling, node->left) : NULL;
    if (strlen(node->own.sign) != 1 || strchr("+-*/%", *node->own.sign) == NULL)
        return has_sign(node, "||")                  ? &text_type
               : strcmp(node->own.method, "op") == 0 ? left
                                                     : &boolean_type;
    if (node->right == NULL)
        return NULL;
    const MlType *right = type_beside(spelling, node->right, left);
    if (has_sign(node, "+") && joins_texts(spelling, left, right))
        return &text_type;
    return ml_affinity_of(spelling, left) == ml_affinity_of(spelling, right) ? left : NULL;
}

static const MlType *type_of_named(MlSpelling *spelling, const MlValue *call, const char *name)
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
    value = without_wrapping(value);
    if (!ml_value_has_shape(value, ML_SHAPE_CALL))
        return ml_is_plain_value(value) ? ml_type_of_value(spelling, value) : NULL;
    const Node node = node_of(spelling, value);
    const char *function = function_name(value->unknown.object), *name = ml_sqlalchemy_call(value);
    const char *method = ml_method_of(value, NULL);
    if (node.own.sign != NULL)
        return type_of_binary(spelling, &node);
    if (function != NULL)
        return type_of_function(spelling, value, function);
    if (name != NULL)
        return type_of_named(spelling, value, name);
    if (g_strcmp0(method, "cast") == 0 && node.right != NULL)
        return ml_read_type(spelling->reading, "type", node.right);
    return g_strcmp0(method, "__neg__") == 0 ? ml_type_of(spelling, node.left) : NULL;
}

const MlType *ml_type_of(MlSpelling *spelling, const MlValue *value)
{
    if (!ml_reading_enter(spelling->reading))
        return NULL;
    const MlType *type = type_of(spelling, value);
    ml_reading_leave(spelling->reading);
    return type;
}

/* --- brackets ----------------------------------------------------------------------------------
 */

/* What not_(), ~ negate; NULL where a value is neither. */
static const MlValue *negated(const MlValue *value)
{
    const MlValue *object;
    const char *method = ml_method_of(value, &object);
    if (g_strcmp0(method, "__invert__") == 0)
        return object;
    return ml_is_sqlalchemy_call(value, "not_") && value->unknown.length == 1
               ? ml_value_positional(value, 0)
               : NULL;
}

static gboolean is_exists(const MlValue *value)
{
    const MlValue *object;
    const char *method = ml_method_of(value, &object);
    return ml_is_sqlalchemy_call(value, "exists") ||
           (g_strcmp0(method, "exists") == 0 && ml_is_select(object)) ||
           (method != NULL && ml_is_sqlalchemy_call(object, "exists"));
}

static gboolean is_flag(MlSpelling *spelling, const MlValue *value);

/* NOT before a flag stands by itself; a comparison turns into its opposite. */
static int precedence_of_negated(MlSpelling *spelling, const MlValue *value)
{
    value = without_wrapping(value);
    const Node node = node_of(spelling, value);
    if (node.own.sign == NULL && is_flag(spelling, value))
        return ATOM;
    return OF_NOT;
}

static int precedence_of(MlSpelling *spelling, const MlValue *value)
{
    static const char *const endings[] = {"desc", "asc", NULL};
    value = without_wrapping(value);
    const Node node = node_of(spelling, value);
    const char *method = ml_method_of(value, NULL), *name = ml_sqlalchemy_call(value);
    name = method ? method : name ? name : "";
    if (is_exists(value))
        return OF_EXISTS;
    if (has_sign(&node, "+") && is_text_type(spelling, type_of_binary(spelling, &node)))
        return spelling->sqlalchemy == ML_SQLALCHEMY_1_4 ? 6 : 5;
    if (node.own.sign != NULL)
        return node.own.precedence;
    if (negated(value) != NULL)
        return precedence_of_negated(spelling, negated(value));
    if (strcmp(name, "__neg__") == 0)
        return 8;
    return g_strv_contains(endings, name) ? 3 : ATOM;
}

/* Whether both are one operator that needs no brackets within itself. */
static gboolean is_flat_within(MlSpelling *spelling, const MlValue *value, const Node *around)
{
    const Node node = node_of(spelling, without_wrapping(value));
    return around != NULL && around->own.flat && node.own.sign != NULL &&
           strcmp(node.own.sign, around->own.sign) == 0;
}

static gboolean spell_within(MlSpelling *spelling, const MlValue *value, int against,
                             const Node *around)
{
    gboolean bracketed =
        precedence_of(spelling, value) <= against && !is_flat_within(spelling, value, around);
    g_string_append(spelling->out, bracketed ? "(" : "");
    if (!ml_spell(spelling, value))
        return FALSE;
    g_string_append(spelling->out, bracketed ? ")" : "");
    return TRUE;
}

gboolean ml_spell_grouped(MlSpelling *spelling, const MlValue *value)
{
    return spell_within(spelling, value, ATOM - 1, NULL);
}

/* A column that is true or false, rather than a comparison. */
static gboolean is_flag(MlSpelling *spelling, const MlValue *value)
{
    return negated(value) == NULL && precedence_of(spelling, value) == ATOM &&
           !ml_is_plain_value(value) && ml_text_of(value) == NULL &&
           ml_affinity_of(spelling, ml_type_of(spelling, value)) == ML_OF_BOOLEAN;
}

static gboolean spell_condition(MlSpelling *spelling, const MlValue *value, int against,
                                const Node *around)
{
    if (ml_is_plain_value(value) || ml_is_sqlalchemy_call(value, "true") ||
        ml_is_sqlalchemy_call(value, "false"))
        return ml_spelling_refuse(spelling, "has a condition that SQLAlchemy leaves out or folds",
                                  value);
    gboolean flag = spelling->dialect == ML_SQLITE && is_flag(spelling, value);
    if (!spell_within(spelling, value, against, around))
        return FALSE;
    g_string_append(spelling->out, flag ? " = 1" : "");
    return TRUE;
}

gboolean ml_spell_condition(MlSpelling *spelling, const MlValue *value, gboolean joined)
{
    static const Node conjunction = {.own = {.sign = "AND", .flat = TRUE}};
    return spell_condition(spelling, value, joined ? OF_AND : OF_CONDITION,
                           joined ? &conjunction : NULL);
}

/* --- operators
 * ------------------------------------------------------------------------------------ */

static gboolean is_null(const MlValue *value)
{
    return value->kind == ML_VALUE_NONE || ml_is_sqlalchemy_call(value, "null");
}

/* Beside something of a type: a value, or another expression. */
static gboolean spell_beside(MlSpelling *spelling, const MlValue *value, const MlType *type,
                             const Node *node)
{
    if (ml_is_plain_value(value) && !ml_is_list(value) && value->kind != ML_VALUE_SET &&
        value->kind != ML_VALUE_DICT)
        return ml_spell_compared(spelling, value, type);
    if (ml_is_select(value)) {
        g_string_append_c(spelling->out, '(');
        if (!ml_spell_select(spelling, value))
            return FALSE;
        g_string_append_c(spelling->out, ')');
        return TRUE;
    }
    return spell_within(spelling, value, node->own.precedence, node);
}

static gboolean is_of_values(const MlValue *list)
{
    for (gsize i = 0; i < list->sequence.length; i++)
        if (!ml_is_plain_value(list->sequence.items[i]) || ml_is_list(list->sequence.items[i]))
            return FALSE;
    return TRUE;
}

/* A list of which one at least is an expression. */
static gboolean spell_expressions(MlSpelling *spelling, const MlValue *list, const Node *node)
{
    const MlType *type = ml_type_of(spelling, node->left);
    for (gsize i = 0; i < list->sequence.length; i++) {
        g_string_append(spelling->out, i > 0 ? ", " : "");
        if (ml_is_list(list->sequence.items[i]))
            return ml_spelling_refuse(spelling, "has a list of tuples", list);
        if (!spell_beside(spelling, list->sequence.items[i], type, node))
            return FALSE;
    }
    return TRUE;
}

static gboolean spell_in(MlSpelling *spelling, const Node *node)
{
    const MlValue *right = node->right;
    gboolean negative = has_sign(node, "NOT IN");
    gboolean list = ml_is_list(right) || right->kind == ML_VALUE_SET;
    if (right->kind == ML_VALUE_SET && right->sequence.length > 1)
        return ml_spelling_refuse(spelling, "has a set, whose order nobody knows", right);
    if (!list && !ml_is_select(right))
        return ml_spelling_refuse(spelling, "has a list that cannot be told", right);
    g_string_append(spelling->out, negative ? "(" : "");
    if (!spell_within(spelling, node->left, node->own.precedence, node))
        return FALSE;
    g_string_append_printf(spelling->out, " %s (", node->own.sign);
    if (list && right->sequence.length == 0)
        g_string_append(spelling->out, spelling->dialect == ML_SQLITE
                                           ? "SELECT 1 FROM (SELECT 1) WHERE 1!=1"
                                       : negative ? "NULL) OR (1 = 1"
                                                  : "NULL) AND (1 != 1");
    else if (!list ? !ml_spell_select(spelling, right)
             : is_of_values(right)
                 ? !ml_spell_list(spelling, right, ml_type_of(spelling, node->left))
                 : !spell_expressions(spelling, right, node))
        return FALSE;
    g_string_append(spelling->out, negative ? "))" : ")");
    return TRUE;
}

static gboolean spell_between(MlSpelling *spelling, const Node *node)
{
    const MlValue *last = ml_value_positional(node->call, 1);
    if (last == NULL || node->call->unknown.length != 2)
        return ml_spelling_refuse(spelling, NULL, node->call);
    const MlType *type = ml_type_of(spelling, node->left);
    if (!spell_within(spelling, node->left, node->own.precedence, node))
        return FALSE;
    g_string_append_printf(spelling->out, " %s ", node->own.sign);
    if (!spell_beside(spelling, node->right, type, node))
        return FALSE;
    g_string_append(spelling->out, " AND ");
    return spell_beside(spelling, last, type, node);
}

/* contains(), startswith(), endswith(): with a % around what they look for. */
static gboolean spell_search(MlSpelling *spelling, const Node *node)
{
    gboolean before = *node->own.method != 's', behind = *node->own.method != 'e';
    if (node->call->unknown.length != 1 || !spell_within(spelling, node->left, 5, node))
        return ml_spelling_refuse(spelling, NULL, node->call);
    g_string_append_printf(spelling->out, " LIKE %s", before ? "'%' || " : "");
    if (!spell_beside(spelling, node->right, &text_type, node))
        return FALSE;
    g_string_append(spelling->out, behind ? " || '%'" : "");
    return TRUE;
}

static gboolean spell_lowered(MlSpelling *spelling, const Node *node)
{
    g_string_append(spelling->out, "lower(");
    if (!ml_spell(spelling, node->left))
        return FALSE;
    g_string_append_printf(spelling->out, ") %sLIKE lower(",
                           g_str_has_prefix(node->own.sign, "NOT") ? "NOT " : "");
    if (!spell_beside(spelling, node->right, ml_type_of(spelling, node->left), node))
        return FALSE;
    g_string_append_c(spelling->out, ')');
    return TRUE;
}

/* 2.0 divides exactly. */
static gboolean spell_divisor(MlSpelling *spelling, const Node *node, const MlType *type)
{
    const MlType *own = type_beside(spelling, node->right, type);
    if (spelling->sqlalchemy == ML_SQLALCHEMY_1_4)
        return spell_beside(spelling, node->right, type, node);
    gboolean sqlite = spelling->dialect == ML_SQLITE;
    g_string_append(spelling->out, sqlite ? "(" : "CAST(");
    if (!spell_beside(spelling, node->right, type, node))
        return FALSE;
    if (sqlite) {
        g_string_append(spelling->out, " + 0.0)");
        return TRUE;
    }
    g_string_append(spelling->out, " AS ");
    if (ml_affinity_of(spelling, own) != ML_OF_NUMBER)
        g_string_append(spelling->out, "NUMERIC");
    else if (!ml_spell_type(spelling, own, node->right))
        return FALSE;
    g_string_append_c(spelling->out, ')');
    return TRUE;
}

static const char *sign_of(MlSpelling *spelling, const Node *node, const MlType *type)
{
    const char *sign = node->own.sign;
    if (is_null(node->right) && strcmp(sign, "=") == 0)
        return "IS";
    if (is_null(node->right) && strcmp(sign, "!=") == 0)
        return "IS NOT";
    if (spelling->dialect == ML_SQLITE && g_str_has_suffix(sign, "DISTINCT FROM"))
        return strstr(sign, "NOT") ? "IS" : "IS NOT";
    if (strcmp(sign, "+") == 0 &&
        joins_texts(spelling, type, type_beside(spelling, node->right, type)))
        return "||";
    return sign;
}

static gboolean spell_plain_binary(MlSpelling *spelling, const Node *node)
{
    static const char *const with_null[] = {"IS", "IS NOT", "IS DISTINCT FROM",
                                            "IS NOT DISTINCT FROM", NULL};
    const MlType *type = ml_type_of(spelling, node->left);
    const char *sign = sign_of(spelling, node, type);
    if (node->call->unknown.length != 1)
        return ml_spelling_refuse(spelling, NULL, node->call);
    if (node->right->kind == ML_VALUE_NONE && !g_strv_contains(with_null, sign) &&
        strcmp(node->own.method, "op") != 0)
        return ml_spelling_refuse(spelling, "compares with None", node->call);
    if (spelling->dialect == ML_SQLITE && g_str_has_suffix(node->own.sign, "DISTINCT FROM") &&
        ml_is_plain_value(node->right) && !is_null(node->right))
        return ml_spelling_refuse(spelling, "has a value that SQLAlchemy leaves a parameter",
                                  node->right);
    Node around = *node;
    around.own.sign = sign;
    if (strcmp(sign, "||") == 0)
        around.own.precedence = spelling->sqlalchemy == ML_SQLALCHEMY_1_4 ? 6 : 5;
    if (!spell_within(spelling, node->left, around.own.precedence, &around))
        return FALSE;
    g_string_append_printf(spelling->out, " %s ", sign);
    if (is_null(node->right)) {
        g_string_append(spelling->out, "NULL");
        return TRUE;
    }
    return strcmp(sign, "/") == 0 ? spell_divisor(spelling, &around, type)
                                  : spell_beside(spelling, node->right, type, &around);
}

static gboolean spell_joined(MlSpelling *spelling, const Node *node)
{
    gsize count = ml_positional_count(node->call);
    g_autofree char *between = g_strdup_printf(" %s ", node->own.sign);
    if (count == 0 || count != node->call->unknown.length)
        return ml_spelling_refuse(spelling, NULL, node->call);
    if (node->left != NULL && !spell_condition(spelling, node->left, node->own.precedence, node))
        return FALSE;
    for (gsize i = 0; i < count; i++) {
        g_string_append(spelling->out, i > 0 || node->left != NULL ? between : "");
        if (!spell_condition(spelling, ml_value_positional(node->call, i), node->own.precedence,
                             node))
            return FALSE;
    }
    return TRUE;
}

static gboolean spell_binary(MlSpelling *spelling, const Node *node)
{
    static const char *const searches[] = {"contains", "startswith", "endswith", NULL};
    if (is_joined(node))
        return spell_joined(spelling, node);
    if (node->right == NULL)
        return ml_spelling_refuse(spelling, NULL, node->call);
    if (g_str_has_suffix(node->own.sign, "IN") && strcmp(node->own.method, "op") != 0)
        return spell_in(spelling, node);
    if (g_str_has_suffix(node->own.method, "between"))
        return spell_between(spelling, node);
    if (g_strv_contains(searches, node->own.method))
        return spell_search(spelling, node);
    if (g_str_has_suffix(node->own.method, "ilike") && spelling->dialect == ML_SQLITE &&
        node->call->unknown.length == 1)
        return spell_lowered(spelling, node);
    return spell_plain_binary(spelling, node);
}

static gboolean spell_negated(MlSpelling *spelling, const MlValue *value)
{
    value = without_wrapping(value);
    Node node = node_of(spelling, value);
    if (node.own.opposite != NULL) {
        node.own = *find_operator(node.own.opposite);
        return spell_binary(spelling, &node);
    }
    if (negated(value) != NULL)
        return ml_spelling_refuse(spelling, "negates what is negated", value);
    if (spelling->dialect == ML_SQLITE && is_flag(spelling, value)) {
        if (!ml_spell(spelling, value))
            return FALSE;
        g_string_append(spelling->out, " = 0");
        return TRUE;
    }
    g_string_append(spelling->out, "NOT ");
    return spell_within(spelling, value, OF_NOT, NULL);
}

/* --- functions
 * --------------------------------------------------------------------------------------- */

static gboolean spell_arguments(MlSpelling *spelling, const MlValue *call, gsize first)
{
    gsize count = ml_positional_count(call);
    for (gsize i = first; i < count; i++) {
        const MlValue *value = ml_value_positional(call, i);
        g_string_append(spelling->out, i > first ? ", " : "");
        if (ml_is_plain_value(value) ? !ml_spell_compared(spelling, value, NULL)
                                     : !spell_within(spelling, value, OF_ARGUMENT, NULL))
            return FALSE;
    }
    return TRUE;
}

static gboolean spell_function(MlSpelling *spelling, const MlValue *call, const char *name)
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

/* --- what SQLAlchemy offers by name
 * ------------------------------------------------------------------ */

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
    const MlType *type = type_of_named(spelling, call, "bindparam");
    return type ? ml_spell_value(spelling, value, type) : ml_spell_compared(spelling, value, NULL);
}

static gboolean spell_literal(MlSpelling *spelling, const MlValue *call)
{
    const MlValue *value = ml_value_positional(call, 0);
    value = value ? value : ml_value_argument(call, "value");
    if (value == NULL || !ml_is_plain_value(value))
        return ml_spelling_refuse(spelling, NULL, call);
    const MlType *type = type_of_named(spelling, call, "literal");
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
    if (operand == NULL || !spell_within(spelling, operand, order ? 3 : LOOSE, NULL))
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

static gboolean spell_named(MlSpelling *spelling, const MlValue *call, const char *name)
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
        return spell_literal(spelling, call);
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

/* --- all together
 * ---------------------------------------------------------------------------------- */

static gboolean spell_column(MlSpelling *spelling, const MlValue *source, const char *column)
{
    const MlValue *found = ml_column_in(spelling, source, column);
    if (found == NULL && spelling->qualified && ml_is_table(spelling, source))
        return ml_spelling_refuse(spelling, "names a column that its table does not have", source);
    const char *name = found ? ml_name_of_column(found) : NULL;
    if (spelling->qualified) {
        if (!ml_spell_source_name(spelling, source))
            return FALSE;
        g_string_append_c(spelling->out, '.');
    }
    return ml_spell_name(spelling, name ? name : column);
}

static gboolean spell_exists(MlSpelling *spelling, const MlValue *value)
{
    const MlValue *object, *select = NULL;
    if (ml_is_sqlalchemy_call(value, "exists"))
        select = ml_value_positional(value, 0);
    else if (ml_method_of(value, &object) != NULL && ml_is_select(object))
        select = object;
    if (select == NULL || value->unknown.length > 1 || !ml_is_select(select))
        return ml_spelling_refuse(spelling, "has an exists() that is not understood", value);
    g_string_append(spelling->out, "EXISTS (");
    if (!ml_spell_select(spelling, select))
        return FALSE;
    g_string_append_c(spelling->out, ')');
    return TRUE;
}

static gboolean spell_method(MlSpelling *spelling, const MlValue *call, const char *method,
                             const MlValue *object)
{
    static const char *const scalar[] = {"scalar_subquery", "as_scalar", NULL};
    static const char *const transparent[] = {"label", "self_group", NULL};
    const MlValue *first = ml_value_positional(call, 0);
    if (strcmp(method, "inline_literal") == 0)
        return spell_literal(spelling, call);
    if (strcmp(method, "cast") == 0)
        return spell_cast(spelling, object, first);
    if (g_strv_contains(transparent, method))
        return ml_spell(spelling, object);
    if (strcmp(method, "__neg__") == 0) {
        g_string_append_c(spelling->out, '-');
        return spell_within(spelling, object, 8, NULL);
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

static gboolean spell_call(MlSpelling *spelling, const MlValue *call)
{
    static const char *const literals[] = {"alembic.op.inline_literal", NULL};
    const char *function = function_name(call->unknown.object), *name = ml_sqlalchemy_call(call);
    const MlValue *object, *operand = negated(call);
    const char *method = ml_method_of(call, &object);
    const Node node = node_of(spelling, call);
    if (call->unknown.open)
        return ml_spelling_refuse(spelling, "is given arguments that cannot be told", call);
    if (ml_text_of(call) != NULL)
        return ml_spell_text(spelling, call);
    if (node.own.sign != NULL)
        return spell_binary(spelling, &node);
    if (operand != NULL)
        return spell_negated(spelling, operand);
    if (function != NULL)
        return spell_function(spelling, call, function);
    if (is_exists(call))
        return spell_exists(spelling, call);
    if (ml_value_is_call(call, literals))
        return spell_literal(spelling, call);
    if (name != NULL)
        return spell_named(spelling, call, name);
    return method ? spell_method(spelling, call, method, object)
                  : ml_spelling_refuse(spelling, NULL, call);
}

static gboolean spell(MlSpelling *spelling, const MlValue *value)
{
    const MlValue *source;
    if (ml_is_plain_value(value))
        return ml_spell_compared(spelling, value, NULL);
    const char *column = ml_column_named(spelling, value, &source);
    if (column != NULL)
        return spell_column(spelling, source, column);
    return ml_value_has_shape(value, ML_SHAPE_CALL) ? spell_call(spelling, value)
                                                    : ml_spelling_refuse(spelling, NULL, value);
}

gboolean ml_spell(MlSpelling *spelling, const MlValue *value)
{
    if (spelling->out->len > LONGEST || !ml_reading_enter(spelling->reading))
        return ml_spelling_refuse(spelling, "is too long or nested too deeply", value);
    gboolean known = spell(spelling, value);
    ml_reading_leave(spelling->reading);
    return known;
}
