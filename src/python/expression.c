/* Expressions: what operators, conditions and comprehensions give. */
#include "python/scope.h"

#include <string.h>

/* Of expressions and statements within one another, calls included. */
#define DEPTH_LIMIT 250

gboolean ml_goes_on(MlScope scope)
{
    return !scope.evaluation->exhausted && !scope.evaluation->run.raised;
}

/* What is below runs all the same, in the order in which it stands there. */
static const MlValue *anything(MlScope scope, TSNode node)
{
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; ml_children_next(&children, &child);)
        ml_evaluate(scope, child);
    return ml_make_unknown(scope, node);
}

/* --- constants ------------------------------------------------------------------ */

static const MlValue *integer_literal(MlScope scope, TSNode node)
{
    gint64 integer;
    g_autofree char *text = ml_node_text(scope.file->module, node);
    g_auto(GStrv) parts = g_strsplit(text, "_", -1);
    g_autofree char *digits = g_strjoinv("", parts);
    if (!g_ascii_string_to_signed(digits, 10, G_MININT64, G_MAXINT64, &integer, NULL))
        return ml_make_unknown(scope, node);
    return ml_make_integer(scope, node, integer);
}

static const MlValue *float_literal(MlScope scope, TSNode node)
{
    char *end;
    g_autofree char *text = ml_node_text(scope.file->module, node);
    double real = g_ascii_strtod(text, &end);
    if (*end != '\0')
        return ml_make_unknown(scope, node);
    return ml_make(scope, node, (MlValue){.kind = ML_VALUE_FLOAT, .real = real});
}

static const MlValue *true_literal(MlScope scope, TSNode node)
{
    return ml_make_bool(scope, node, TRUE);
}

static const MlValue *false_literal(MlScope scope, TSNode node)
{
    return ml_make_bool(scope, node, FALSE);
}

/* --- displays -----------------------------------------------------------------------------------
 */

static gboolean add_items(GPtrArray *items, MlScope scope, TSNode splat)
{
    g_autoptr(GPtrArray) more = ml_items(scope, splat, ml_evaluate(scope, ml_node_first(splat)));
    for (guint i = 0; more != NULL && i < more->len; i++)
        g_ptr_array_add(items, more->pdata[i]);
    return more != NULL;
}

static const MlValue *sequence_literal(MlScope scope, TSNode node, MlValueKind kind)
{
    gboolean known = TRUE;
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; ml_children_next(&children, &child);) {
        if (ml_node_is(child, "list_splat"))
            known &= add_items(items, scope, child);
        else
            g_ptr_array_add(items, (gpointer)ml_evaluate(scope, child));
    }
    if (!known)
        return ml_make_some(scope, node);
    return kind == ML_VALUE_SET ? ml_new_set(scope, node, items)
                                : ml_make_sequence(scope, node, kind, items);
}

static const MlValue *tuple_literal(MlScope scope, TSNode node)
{
    return sequence_literal(scope, node, ML_VALUE_TUPLE);
}

static const MlValue *list_literal(MlScope scope, TSNode node)
{
    return sequence_literal(scope, node, ML_VALUE_LIST);
}

static const MlValue *set_literal(MlScope scope, TSNode node)
{
    return sequence_literal(scope, node, ML_VALUE_SET);
}

static gboolean add_pairs(MlScope scope, TSNode node, GArray *pairs)
{
    if (ml_node_is(node, "pair")) {
        const MlValue *key = ml_evaluate(scope, ml_node_field(node, ML_FIELD_KEY));
        const MlPair pair = {key, ml_evaluate(scope, ml_node_field(node, ML_FIELD_VALUE))};
        g_array_append_val(pairs, pair);
        return TRUE;
    }
    const MlValue *more = ml_evaluate(scope, ml_node_first(node));
    if (more->kind != ML_VALUE_DICT)
        return FALSE;
    g_array_append_vals(pairs, more->dict.pairs, more->dict.length);
    return TRUE;
}

static const MlValue *dict_literal(MlScope scope, TSNode node)
{
    gboolean known = TRUE;
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(MlPair));
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; ml_children_next(&children, &child);)
        known &= add_pairs(scope, child, pairs);
    return known ? ml_new_dict(scope, node, pairs) : ml_make_some(scope, node);
}

/* --- operators ------------------------------------------------------------------ */

/* The method that an operator is of what cannot be told. */
static const char *method_of(const char *sign)
{
    static const char *const methods[][2] = {
        {"+", "__add__"},     {"-", "__sub__"},       {"*", "__mul__"},    {"/", "__truediv__"},
        {"%", "__mod__"},     {"//", "__floordiv__"}, {"|", "__or__"},     {"&", "__and__"},
        {"^", "__xor__"},     {"**", "__pow__"},      {"@", "__matmul__"}, {"<<", "__lshift__"},
        {">>", "__rshift__"}, {"==", "__eq__"},       {"!=", "__ne__"},    {"<", "__lt__"},
        {"<=", "__le__"},     {">", "__gt__"},        {">=", "__ge__"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(methods); i++)
        if (strcmp(sign, methods[i][0]) == 0)
            return methods[i][1];
    return NULL;
}

/* Of which Python's operators may make an expression of SQL. */
static gboolean is_symbol(const MlValue *value)
{
    static const MlShape shapes[] = {ML_SHAPE_NAME, ML_SHAPE_MEMBER,  ML_SHAPE_CALL,
                                     ML_SHAPE_ITEM, ML_SHAPE_ENTERED, ML_SHAPE_PARAMETER};
    for (guint i = 0; i < G_N_ELEMENTS(shapes); i++)
        if (ml_value_has_shape(value, shapes[i]))
            return TRUE;
    return FALSE;
}

static const MlValue *operator_of_unknown(MlScope scope, TSNode node, const char *sign,
                                          const MlValue *left, const MlValue *right)
{
    const char *method = is_symbol(left) ? method_of(sign) : NULL;
    return method ? ml_make_method_call(scope, node, left, method, right)
                  : ml_make_unknown(scope, node);
}

static const MlValue *joined_strings(MlScope scope, TSNode node, const MlValue *left,
                                     const MlValue *right)
{
    g_autoptr(GString) text = g_string_new(NULL);
    ml_append_text(scope.evaluation, text, left, FALSE);
    ml_append_text(scope.evaluation, text, right, FALSE);
    return ml_make_text(scope, node, text);
}

static const MlValue *joined_sequences(MlScope scope, TSNode node, const MlValue *left,
                                       const MlValue *right)
{
    g_autoptr(GPtrArray) items = ml_items(scope, node, left);
    g_autoptr(GPtrArray) more = ml_items(scope, node, right);
    for (guint i = 0; items != NULL && more != NULL && i < more->len; i++)
        g_ptr_array_add(items, more->pdata[i]);
    return items && more ? ml_make_sequence(scope, node, left->kind, items)
                         : ml_make_unknown(scope, node);
}

static const MlValue *repeated(MlScope scope, TSNode node, const MlValue *value, gint64 times)
{
    gsize length = value->kind == ML_VALUE_STRING ? value->string.length : value->sequence.length;
    times = MAX(times, 0);
    if (times > 0 && length > ML_ARENA_BUDGET / (gsize)times)
        return ml_make_unknown(scope, node);
    ml_spend(scope.evaluation, length * times / 8);
    if (value->kind == ML_VALUE_STRING) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (gint64 i = 0; length > 0 && i < times; i++)
            g_string_append_len(text, value->string.text, length);
        return ml_make_string(scope, node, text->str, text->len);
    }
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    for (gint64 i = 0; length > 0 && i < times; i++)
        for (gsize j = 0; j < length; j++)
            g_ptr_array_add(items, (gpointer)value->sequence.items[j]);
    return ml_make_sequence(scope, node, value->kind, items);
}

/* Division rounds down, as Python's does. */
static gboolean calculate(char sign, gint64 left, gint64 right, gint64 *result)
{
    switch (sign) {
    case '+':
        return !__builtin_add_overflow(left, right, result);
    case '-':
        return !__builtin_sub_overflow(left, right, result);
    case '*':
        return !__builtin_mul_overflow(left, right, result);
    case '/':
    case '%':
        if (right == 0 || right == -1)
            return FALSE;
        gint64 rest = left % right, less = rest != 0 && (rest < 0) != (right < 0);
        *result = sign == '%' ? rest + (less ? right : 0) : left / right - less;
        return TRUE;
    default:
        return FALSE;
    }
}

static gboolean can_repeat(const MlValue *value)
{
    return value->kind == ML_VALUE_STRING || ml_is_sequence(value);
}

static const MlValue *merged_dicts(MlScope scope, TSNode node, const MlValue *left,
                                   const MlValue *right)
{
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(MlPair));
    g_array_append_vals(pairs, left->dict.pairs, left->dict.length);
    g_array_append_vals(pairs, right->dict.pairs, right->dict.length);
    return ml_new_dict(scope, node, pairs);
}

/* Of sets: those in both ('&'), in the left alone ('-'), or in either ('|'). */
static const MlValue *combined_sets(MlScope scope, TSNode node, char sign, const MlValue *left,
                                    const MlValue *right)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    for (gsize i = 0; i < left->sequence.length; i++) {
        const MlValue *item = left->sequence.items[i];
        MlTruth there = ml_is_in(scope.evaluation, item, right);
        if (there == ML_PERHAPS)
            return ml_make_unknown(scope, node);
        if (sign == '|' || (there == ML_YES) == (sign == '&'))
            g_ptr_array_add(items, (gpointer)item);
    }
    for (gsize i = 0; sign == '|' && i < right->sequence.length; i++)
        g_ptr_array_add(items, (gpointer)right->sequence.items[i]);
    return ml_new_set(scope, node, items);
}

static const MlValue *operate(MlScope scope, TSNode node, const char *sign, const MlValue *left,
                              const MlValue *right)
{
    gint64 one, other, result;
    gboolean numbers = ml_is_number(left, &one) & ml_is_number(right, &other);
    if (numbers && (strlen(sign) == 1 || strcmp(sign, "//") == 0) && strcmp(sign, "/") != 0 &&
        calculate(*sign, one, other, &result))
        return ml_make_integer(scope, node, result);
    if (strcmp(sign, "%") == 0 && left->kind == ML_VALUE_STRING)
        return ml_percent_format(scope, node, left->string.text, left->string.length, right);
    if (strcmp(sign, "%") == 0 && ml_value_has_shape(left, ML_SHAPE_TEXT))
        return ml_percent_format(scope, node, left->unknown.name, strlen(left->unknown.name),
                                 right);
    if (strcmp(sign, "*") == 0 && can_repeat(left) && ml_is_number(right, &other))
        return repeated(scope, node, left, other);
    if (strcmp(sign, "*") == 0 && can_repeat(right) && ml_is_number(left, &one))
        return repeated(scope, node, right, one);
    if (strcmp(sign, "|") == 0 && left->kind == ML_VALUE_DICT && right->kind == ML_VALUE_DICT)
        return merged_dicts(scope, node, left, right);
    if (left->kind == ML_VALUE_SET && right->kind == ML_VALUE_SET && strchr("|&-", *sign))
        return combined_sets(scope, node, *sign, left, right);
    if (ml_value_has_shape(left, ML_SHAPE_CONTAINER))
        return ml_make_some(scope, node);
    if (strcmp(sign, "+") != 0)
        return operator_of_unknown(scope, node, sign, left, right);
    if ((left->kind == ML_VALUE_STRING || ml_value_has_shape(left, ML_SHAPE_TEXT)) &&
        (right->kind == ML_VALUE_STRING || right->kind == ML_VALUE_UNKNOWN))
        return joined_strings(scope, node, left, right);
    if (ml_is_sequence(left) && ml_value_has_shape(right, ML_SHAPE_CONTAINER))
        return ml_make_some(scope, node);
    if (ml_is_sequence(left) && left->kind == right->kind)
        return joined_sequences(scope, node, left, right);
    return operator_of_unknown(scope, node, sign, left, right);
}

const MlValue *ml_operate(MlScope scope, TSNode node, const char *sign, const MlValue *left,
                          const MlValue *right)
{
    return operate(scope, node, sign, left, right);
}

/* a + b + c is (a + b) + c: a long sum is read without going deep. */
static const MlValue *binary_operator(MlScope scope, TSNode node)
{
    g_autoptr(GArray) chain = g_array_new(FALSE, FALSE, sizeof(TSNode));
    for (; ml_node_is(node, "binary_operator"); node = ml_node_field(node, ML_FIELD_LEFT))
        g_array_append_val(chain, node);
    const MlValue *value = ml_evaluate(scope, node);
    for (guint i = chain->len; i > 0 && ml_goes_on(scope); i--) {
        TSNode outer = g_array_index(chain, TSNode, i - 1);
        const MlValue *right = ml_evaluate(scope, ml_node_field(outer, ML_FIELD_RIGHT));
        const char *sign = ts_node_type(ml_node_field(outer, ML_FIELD_OPERATOR));
        if (ml_spend(scope.evaluation, 1))
            value = operate(scope, outer, sign, value, right);
    }
    return ml_goes_on(scope) ? value : ml_make_unknown(scope, node);
}

static const MlValue *unary_operator(MlScope scope, TSNode node)
{
    gint64 number;
    const MlValue *value = ml_evaluate(scope, ml_node_field(node, ML_FIELD_ARGUMENT));
    TSNode sign = ml_node_field(node, ML_FIELD_OPERATOR);
    if (ml_node_is(sign, "-") && value->kind == ML_VALUE_FLOAT)
        return ml_make(scope, node, (MlValue){.kind = ML_VALUE_FLOAT, .real = -value->real});
    if (ml_node_is(sign, "-") && ml_is_number(value, &number) && number != G_MININT64)
        return ml_make_integer(scope, node, -number);
    if (!is_symbol(value))
        return ml_make_unknown(scope, node);
    const char *method = ml_node_is(sign, "-")   ? "__neg__"
                         : ml_node_is(sign, "~") ? "__invert__"
                                                 : "__pos__";
    return ml_make_method_call(scope, node, value, method, NULL);
}

static const MlValue *truth_value(MlScope scope, TSNode node, MlTruth truth)
{
    return truth == ML_PERHAPS ? ml_make_unknown(scope, node)
                               : ml_make_bool(scope, node, truth == ML_YES);
}

static const MlValue *not_operator(MlScope scope, TSNode node)
{
    const MlValue *value = ml_evaluate(scope, ml_node_field(node, ML_FIELD_ARGUMENT));
    return truth_value(scope, node, ml_negation(ml_truth(value)));
}

/* What is behind `and`, `or` and `if` runs perhaps. */
static const MlValue *perhaps(MlScope scope, TSNode node)
{
    MlBranches branches = ml_branches_begin(scope);
    const MlValue *value = ml_evaluate(scope, node);
    ml_branches_add(scope, &branches, ML_FLOW_NEXT);
    ml_branches_add_nothing(&branches);
    ml_branches_end(scope, &branches);
    return value;
}

static const MlValue *boolean_operator(MlScope scope, TSNode node)
{
    const MlValue *left = ml_evaluate(scope, ml_node_field(node, ML_FIELD_LEFT));
    gboolean is_or = ml_node_is(ml_node_field(node, ML_FIELD_OPERATOR), "or");
    TSNode right = ml_node_field(node, ML_FIELD_RIGHT);
    MlTruth truth = ml_truth(left);
    if (truth != ML_PERHAPS)
        return (truth == ML_YES) == is_or ? left : ml_evaluate(scope, right);
    return ml_make_either(scope, left, perhaps(scope, right));
}

static const MlValue *conditional_expression(MlScope scope, TSNode node)
{
    TSNode parts[3] = {0};
    guint count = 0;
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; count < 3 && ml_children_next(&children, &child);)
        parts[count++] = child;
    MlTruth truth = ml_truth(ml_evaluate(scope, parts[1]));
    if (truth != ML_PERHAPS)
        return ml_evaluate(scope, truth == ML_YES ? parts[0] : parts[2]);
    MlBranches branches = ml_branches_begin(scope);
    const MlValue *one = ml_evaluate(scope, parts[0]);
    ml_branches_add(scope, &branches, ML_FLOW_NEXT);
    const MlValue *other = ml_evaluate(scope, parts[2]);
    ml_branches_add(scope, &branches, ML_FLOW_NEXT);
    ml_branches_end(scope, &branches);
    return ml_make_either(scope, one, other);
}

/* --- comparisons ---------------------------------------------------------------------------------
 */

/* `is` is told of constants alone, and of what is certainly none of them. */
static MlTruth is_same(const MlValue *left, const MlValue *right)
{
    gboolean constants = (left->kind == ML_VALUE_NONE || left->kind == ML_VALUE_BOOL) ||
                         (right->kind == ML_VALUE_NONE || right->kind == ML_VALUE_BOOL);
    if (left == right && left->kind != ML_VALUE_UNKNOWN)
        return ML_YES;
    if (left->kind == ML_VALUE_UNKNOWN || right->kind == ML_VALUE_UNKNOWN) {
        const MlValue *unknown = left->kind == ML_VALUE_UNKNOWN ? left : right;
        gboolean thing = ml_value_has_shape(unknown, ML_SHAPE_FUNCTION) ||
                         ml_value_has_shape(unknown, ML_SHAPE_CLASS) ||
                         ml_value_has_shape(unknown, ML_SHAPE_MODULE) ||
                         ml_value_has_shape(unknown, ML_SHAPE_TEXT);
        return thing && constants ? ML_NO : ML_PERHAPS;
    }
    if (!constants)
        return ML_PERHAPS;
    return left->kind == right->kind &&
                   (left->kind == ML_VALUE_NONE || !left->integer == !right->integer)
               ? ML_YES
               : ML_NO;
}

static MlTruth compared(MlScope scope, const char *sign, const MlValue *left, const MlValue *right)
{
    if (strcmp(sign, "==") == 0)
        return ml_equal(scope.evaluation, left, right);
    if (strcmp(sign, "!=") == 0 || strcmp(sign, "<>") == 0)
        return ml_negation(ml_equal(scope.evaluation, left, right));
    if (strcmp(sign, "in") == 0)
        return ml_is_in(scope.evaluation, left, right);
    if (strcmp(sign, "not in") == 0)
        return ml_negation(ml_is_in(scope.evaluation, left, right));
    if (strcmp(sign, "is") == 0)
        return is_same(left, right);
    if (strcmp(sign, "is not") == 0)
        return ml_negation(is_same(left, right));
    int order = ml_order(left, right);
    if (order == 2)
        return ML_PERHAPS;
    gboolean holds = *sign == '<' ? order < 0 : order > 0;
    return holds || (order == 0 && sign[1] == '=') ? ML_YES : ML_NO;
}

/* `a < b < c` too; the first that is false ends it. */
static const MlValue *comparison(MlScope scope, TSNode node)
{
    MlTruth truth = ML_YES;
    const MlValue *left = NULL, *first = NULL;
    const char *sign = NULL, *only = NULL;
    guint32 count = ts_node_child_count(node), comparisons = 0;
    for (guint32 i = 0; i < count && truth != ML_NO && ml_goes_on(scope); i++) {
        TSNode child = ts_node_child(node, i);
        if (ml_node_is_blank(child))
            continue;
        if (left != NULL && sign == NULL) {
            sign = ts_node_type(child);
            continue;
        }
        const MlValue *right = ml_evaluate(scope, child);
        if (left != NULL) {
            MlTruth here = compared(scope, sign, left, right);
            truth = here == ML_NO || truth == ML_YES ? here : truth;
            only = sign;
            first = left;
            comparisons++;
        }
        left = right;
        sign = NULL;
    }
    if (truth == ML_PERHAPS && comparisons == 1)
        return operator_of_unknown(scope, node, only, first, left);
    return truth_value(scope, node, truth);
}

/* --- parts ---------------------------------------------------------------------------------------
 */

static const MlValue *attribute(MlScope scope, TSNode node)
{
    const MlValue *object = ml_evaluate(scope, ml_node_field(node, ML_FIELD_OBJECT));
    g_autofree char *name =
        ml_node_text(scope.file->module, ml_node_field(node, ML_FIELD_ATTRIBUTE));
    return ml_attribute_of(scope, node, object, name);
}

/* What stands between the colons of a slice. */
static void read_bounds(MlScope scope, TSNode slice, const MlValue *bounds[3])
{
    guint at = 0;
    for (guint32 i = 0; i < ts_node_child_count(slice); i++) {
        TSNode child = ts_node_child(slice, i);
        if (ml_node_is(child, ":"))
            at++;
        else if (at < 3 && !ml_node_is_blank(child))
            bounds[at] = ml_evaluate(scope, child);
    }
}

static const MlValue *subscript(MlScope scope, TSNode node)
{
    const MlValue *object = ml_evaluate(scope, ml_node_field(node, ML_FIELD_VALUE));
    TSNode index = ml_node_field(node, ML_FIELD_SUBSCRIPT);
    if (!ml_node_is(index, "slice"))
        return ml_item(scope, node, object, ml_evaluate(scope, index));
    const MlValue *bounds[3] = {NULL, NULL, NULL};
    read_bounds(scope, index, bounds);
    return ml_slice(scope, node, object, bounds);
}

static const MlValue *parenthesized(MlScope scope, TSNode node)
{
    return ml_evaluate(scope, ml_node_first(node));
}

static const MlValue *named_expression(MlScope scope, TSNode node)
{
    const MlValue *value = ml_evaluate(scope, ml_node_field(node, ML_FIELD_VALUE));
    MlScope outer = scope;
    while (outer.frame != NULL && outer.frame->is_comprehension)
        outer.frame = outer.frame->outer;
    if (outer.frame != NULL && outer.frame->bindings == NULL)
        ml_assign(outer, ml_node_field(node, ML_FIELD_NAME), value);
    return value;
}

static const MlValue *lambda(MlScope scope, TSNode node)
{
    const MlValue value = {.kind = ML_VALUE_UNKNOWN, .unknown = {.shape = ML_SHAPE_FUNCTION}};
    return ml_make_definition(scope, node, value);
}

static const MlValue *name_of_attribute(MlScope scope, TSNode target)
{
    TSNode node = ml_node_field(target, ML_FIELD_ATTRIBUTE);
    g_autofree char *name = ml_node_text(scope.file->module, node);
    return ml_make_string(scope, node, name, strlen(name));
}

/*
 * `x[key] = value` and `x.name = value` where such a call is looked for: x.__setitem__(key, value)
 * and x.__setattr__("name", value).
 */
static const MlValue *assignment(MlScope scope, TSNode node)
{
    TSNode target = ml_node_field(node, ML_FIELD_LEFT);
    gboolean attribute = ml_node_is(target, "attribute");
    const MlArgument both[] = {
        {NULL, attribute ? name_of_attribute(scope, target)
                         : ml_evaluate(scope, ml_node_field(target, ML_FIELD_SUBSCRIPT))},
        {NULL, ml_evaluate(scope, ml_node_field(node, ML_FIELD_RIGHT))},
    };
    const MlValue *object =
        ml_evaluate(scope, ml_node_field(target, attribute ? ML_FIELD_OBJECT : ML_FIELD_VALUE));
    const char *method = attribute ? "__setattr__" : "__setitem__";
    g_autoptr(GArray) arguments = g_array_new(FALSE, FALSE, sizeof(MlArgument));
    g_array_append_vals(arguments, both, G_N_ELEMENTS(both));
    return ml_make_call(scope, node, ml_make_named(scope, target, ML_SHAPE_MEMBER, method, object),
                        arguments, FALSE);
}

/* --- comprehensions ------------------------------------------------------------- */

/* What a comprehension has made so far. */
typedef struct {
    TSNode body;
    GPtrArray *items;
    GArray *pairs;
    gboolean known;
} Comprehended;

static void comprehend(MlScope scope, MlChildren clauses, Comprehended *made);

static void add_comprehended(MlScope scope, Comprehended *made)
{
    if (!ml_node_is(made->body, "pair")) {
        g_ptr_array_add(made->items, (gpointer)ml_evaluate(scope, made->body));
        return;
    }
    const MlValue *key = ml_evaluate(scope, ml_node_field(made->body, ML_FIELD_KEY));
    const MlPair pair = {key, ml_evaluate(scope, ml_node_field(made->body, ML_FIELD_VALUE))};
    g_array_append_val(made->pairs, pair);
}

/* What happens perhaps, and perhaps again. */
static void comprehend_loosely(MlScope scope, TSNode target, const MlValue *over,
                               MlChildren clauses, Comprehended *made)
{
    MlBranches branches = ml_branches_begin(scope);
    if (!ts_node_is_null(target)) {
        scope.evaluation->run.repeated = TRUE;
        ml_assign(scope, target, ml_element(scope, target, over));
    }
    made->known = FALSE;
    comprehend(scope, clauses, made);
    ml_branches_add(scope, &branches, ML_FLOW_NEXT);
    ml_branches_add_nothing(&branches);
    ml_branches_end(scope, &branches);
}

static void comprehend_each(MlScope scope, TSNode clause, MlChildren clauses, Comprehended *made)
{
    TSNode target = ml_node_field(clause, ML_FIELD_LEFT),
           right = ml_node_field(clause, ML_FIELD_RIGHT);
    const MlValue *over = ml_evaluate(scope, right);
    g_autoptr(GPtrArray) items = ml_items(scope, right, over);
    if (items == NULL) {
        comprehend_loosely(scope, target, over, clauses, made);
        return;
    }
    for (guint i = 0; i < items->len && ml_goes_on(scope); i++) {
        ml_assign(scope, target, items->pdata[i]);
        comprehend(scope, clauses, made);
    }
}

/* The rest of the clauses, for each time that it comes to that. */
static void comprehend(MlScope scope, MlChildren clauses, Comprehended *made)
{
    TSNode clause;
    MlChildren rest = clauses;
    rest.cursor = ts_tree_cursor_copy(&clauses.cursor);
    gboolean more = ++scope.depth <= DEPTH_LIMIT && ml_children_next(&rest, &clause);
    if (!more) {
        add_comprehended(scope, made);
    } else if (ml_node_is(clause, "for_in_clause")) {
        comprehend_each(scope, clause, rest, made);
    } else {
        MlTruth truth = ml_truth(ml_evaluate(scope, ml_node_first(clause)));
        if (truth == ML_YES)
            comprehend(scope, rest, made);
        else if (truth == ML_PERHAPS)
            comprehend_loosely(scope, (TSNode){0}, NULL, rest, made);
    }
    ml_children_clear(&rest);
}

static const MlValue *comprehension(MlScope scope, TSNode node)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(MlPair));
    MlFrame *frame = ml_arena_alloc(scope.evaluation->arena, sizeof(MlFrame));
    if (frame == NULL)
        return ml_make_unknown(scope, node);
    *frame = (MlFrame){.outer = scope.frame, .is_comprehension = TRUE};
    scope.frame = frame;
    Comprehended made = {ml_node_field(node, ML_FIELD_BODY), items, pairs, TRUE};
    g_auto(MlChildren) clauses = ml_children_of(node);
    TSNode body;
    if (ml_children_next(&clauses, &body))
        comprehend(scope, clauses, &made);
    if (!made.known || !ml_goes_on(scope))
        return ml_make_some(scope, node);
    if (ml_node_is(node, "dictionary_comprehension"))
        return ml_new_dict(scope, node, pairs);
    return ml_node_is(node, "set_comprehension")
               ? ml_new_set(scope, node, items)
               : ml_make_sequence(scope, node, ML_VALUE_LIST, items);
}

/* --- all of them ---------------------------------------------------------------- */

typedef const MlValue *(*Evaluate)(MlScope, TSNode);

static const MlValue *type_annotation(MlScope scope, TSNode node)
{
    return ml_make_unknown(scope, node);
}

/* By the grammar's own numbers, which several names may have. */
static gpointer build_table(gpointer data)
{
    static const struct {
        const char *type;
        Evaluate evaluate;
    } expressions[] = {
        {"identifier", ml_identifier},
        {"attribute", attribute},
        {"call", ml_call},
        {"string", ml_string_literal},
        {"concatenated_string", ml_concatenated_literals},
        {"none", ml_make_none},
        {"true", true_literal},
        {"false", false_literal},
        {"integer", integer_literal},
        {"float", float_literal},
        {"tuple", tuple_literal},
        {"expression_list", tuple_literal},
        {"list", list_literal},
        {"set", set_literal},
        {"dictionary", dict_literal},
        {"parenthesized_expression", parenthesized},
        {"binary_operator", binary_operator},
        {"unary_operator", unary_operator},
        {"not_operator", not_operator},
        {"boolean_operator", boolean_operator},
        {"comparison_operator", comparison},
        {"conditional_expression", conditional_expression},
        {"named_expression", named_expression},
        {"lambda", lambda},
        {"subscript", subscript},
        {"list_comprehension", comprehension},
        {"set_comprehension", comprehension},
        {"dictionary_comprehension", comprehension},
        {"generator_expression", comprehension},
        {"assignment", assignment},
        {"type", type_annotation},
    };
    const TSLanguage *language = data;
    Evaluate *table = g_new0(Evaluate, ts_language_symbol_count(language));
    for (guint32 symbol = 0; symbol < ts_language_symbol_count(language); symbol++)
        for (guint i = 0; i < G_N_ELEMENTS(expressions); i++)
            if (ts_language_symbol_type(language, symbol) == TSSymbolTypeRegular &&
                strcmp(ts_language_symbol_name(language, symbol), expressions[i].type) == 0)
                table[symbol] = expressions[i].evaluate;
    return table;
}

const MlValue *ml_evaluate(MlScope scope, TSNode node)
{
    static GOnce table = G_ONCE_INIT;
    gboolean deep = ++scope.depth > DEPTH_LIMIT;
    scope.evaluation->exhausted |= deep && scope.evaluation->run.events != NULL;
    if (deep || ts_node_is_null(node) || !ml_goes_on(scope) || !ml_spend(scope.evaluation, 1) ||
        ts_node_has_error(node))
        return ml_make_unknown(scope, node);
    g_once(&table, build_table, (gpointer)ts_node_language(node));
    Evaluate evaluate = ((Evaluate *)table.retval)[ts_node_symbol(node)];
    return evaluate ? evaluate(scope, node) : anything(scope, node);
}
