/* Python's own functions. */
#include "python/scope.h"

#include <string.h>

/* A call whose arguments are positional and known to be so many. */
typedef struct {
    MlScope scope;
    TSNode node;
    const MlValue *call;
    const MlValue *first, *second, *third; /* NULL: not given */
} Call;

/* NULL without an argument: an empty array. */
static GPtrArray *items_of(Call call)
{
    return call.first ? ml_items(call.scope, call.node, call.first) : g_ptr_array_new();
}

static const MlValue *sequence_of(Call call, MlValueKind kind)
{
    g_autoptr(GPtrArray) items = items_of(call);
    if (items == NULL)
        return ml_make_some(call.scope, call.node);
    return kind == ML_VALUE_SET ? ml_new_set(call.scope, call.node, items)
                                : ml_make_sequence(call.scope, call.node, kind, items);
}

static const MlValue *list(Call call)
{
    return sequence_of(call, ML_VALUE_LIST);
}

static const MlValue *tuple(Call call)
{
    return sequence_of(call, ML_VALUE_TUPLE);
}

static const MlValue *set(Call call)
{
    return sequence_of(call, ML_VALUE_SET);
}

/* dict(a=1) is {"a": 1}; dict(pairs) and dict(dict) too. */
static gboolean add_pair(const MlValue *item, GArray *pairs)
{
    if (!ml_is_sequence(item) || item->sequence.length != 2)
        return FALSE;
    const MlPair pair = {item->sequence.items[0], item->sequence.items[1]};
    g_array_append_val(pairs, pair);
    return TRUE;
}

static gboolean add_pairs_of(MlScope scope, TSNode node, const MlValue *value, GArray *pairs)
{
    if (value->kind == ML_VALUE_DICT) {
        g_array_append_vals(pairs, value->dict.pairs, value->dict.length);
        return TRUE;
    }
    g_autoptr(GPtrArray) items = ml_items(scope, node, value);
    for (guint i = 0; items != NULL && i < items->len; i++)
        if (!add_pair(items->pdata[i], pairs))
            return FALSE;
    return items != NULL;
}

static const MlValue *dict(MlScope scope, TSNode node, const MlValue *call)
{
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(MlPair));
    for (gsize i = 0; i < call->unknown.length; i++) {
        const MlArgument *argument = &call->unknown.arguments[i];
        if (argument->name == NULL) {
            if (i > 0 || !add_pairs_of(scope, node, argument->value, pairs))
                return NULL;
            continue;
        }
        const MlPair pair = {ml_make_string(scope, node, argument->name, strlen(argument->name)),
                             argument->value};
        g_array_append_val(pairs, pair);
    }
    return call->unknown.open ? NULL : ml_new_dict(scope, node, pairs);
}

static const MlValue *text_of(Call call, gboolean repr)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (call.first == NULL)
        return NULL;
    const char *dialect = repr ? NULL : ml_dialect_of_url(call.scope, call.first);
    g_string_append(text, dialect ? dialect : "");
    ml_append_text(call.scope.evaluation, text, call.first, repr);
    return ml_make_text(call.scope, call.node, text);
}

static const MlValue *str(Call call)
{
    return text_of(call, FALSE);
}

static const MlValue *repr(Call call)
{
    return text_of(call, TRUE);
}

static const MlValue *integer(Call call)
{
    gint64 number;
    if (call.first == NULL)
        return NULL;
    if (ml_is_number(call.first, &number))
        return ml_make_integer(call.scope, call.node, number);
    if (call.first->kind != ML_VALUE_STRING ||
        !g_ascii_string_to_signed(call.first->string.text, 10, G_MININT64, G_MAXINT64, &number,
                                  NULL))
        return NULL;
    return ml_make_integer(call.scope, call.node, number);
}

static const MlValue *boolean(Call call)
{
    MlTruth truth = call.first ? ml_truth(call.first) : ML_NO;
    return truth == ML_PERHAPS ? NULL : ml_make_bool(call.scope, call.node, truth == ML_YES);
}

static const MlValue *len(Call call)
{
    if (call.first && call.first->kind == ML_VALUE_STRING)
        return ml_make_integer(call.scope, call.node,
                               g_utf8_strlen(call.first->string.text, call.first->string.length));
    g_autoptr(GPtrArray) items = call.first ? items_of(call) : NULL;
    return items ? ml_make_integer(call.scope, call.node, items->len) : NULL;
}

static const MlValue *range(Call call)
{
    gint64 numbers[3] = {0, 0, 1};
    const MlValue *const given[] = {call.first, call.second, call.third};
    for (guint i = 0; i < 3 && given[i] != NULL; i++)
        if (!ml_is_number(given[i], &numbers[i]))
            return NULL;
    if (call.first == NULL || numbers[2] == 0)
        return NULL;
    gint64 at = call.second ? numbers[0] : 0, end = call.second ? numbers[1] : numbers[0];
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    while ((numbers[2] > 0 ? at < end : at > end)) {
        if (!ml_spend(call.scope.evaluation, 1))
            return NULL;
        g_ptr_array_add(items, (gpointer)ml_make_integer(call.scope, call.node, at));
        if (__builtin_add_overflow(at, numbers[2], &at))
            break;
    }
    return ml_make_sequence(call.scope, call.node, ML_VALUE_LIST, items);
}

static const MlValue *pair_of(Call call, const MlValue *one, const MlValue *other)
{
    g_autoptr(GPtrArray) both = g_ptr_array_new();
    g_ptr_array_add(both, (gpointer)one);
    g_ptr_array_add(both, (gpointer)other);
    return ml_make_sequence(call.scope, call.node, ML_VALUE_TUPLE, both);
}

static const MlValue *enumerate(Call call)
{
    gint64 from = 0;
    g_autoptr(GPtrArray) items = call.first ? items_of(call) : NULL;
    if (items == NULL || (call.second && !ml_is_number(call.second, &from)))
        return NULL;
    for (guint i = 0; i < items->len; i++)
        items->pdata[i] = (gpointer)pair_of(
            call, ml_make_integer(call.scope, call.node, (gint64)((guint64)from + i)),
            items->pdata[i]);
    return ml_make_sequence(call.scope, call.node, ML_VALUE_LIST, items);
}

static const MlValue *zip(MlScope scope, TSNode node, const MlValue *call)
{
    g_autoptr(GPtrArray) columns =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    guint shortest = G_MAXUINT;
    for (gsize i = 0; i < call->unknown.length; i++) {
        const MlArgument *argument = &call->unknown.arguments[i];
        GPtrArray *column = argument->name ? NULL : ml_items(scope, node, argument->value);
        if (column == NULL)
            return NULL;
        g_ptr_array_add(columns, column);
        shortest = MIN(shortest, column->len);
    }
    g_autoptr(GPtrArray) rows = g_ptr_array_new();
    for (guint row = 0; columns->len > 0 && row < shortest && !call->unknown.open; row++) {
        g_autoptr(GPtrArray) items = g_ptr_array_new();
        for (guint i = 0; i < columns->len; i++)
            g_ptr_array_add(items, ((GPtrArray *)columns->pdata[i])->pdata[row]);
        g_ptr_array_add(rows, (gpointer)ml_make_sequence(scope, node, ML_VALUE_TUPLE, items));
    }
    return call->unknown.open ? NULL : ml_make_sequence(scope, node, ML_VALUE_LIST, rows);
}

/* Stable, as Python's; NULL where two cannot be ordered. */
static gboolean sort(MlScope scope, GPtrArray *items)
{
    for (guint i = 1; i < items->len; i++) {
        gpointer item = items->pdata[i];
        guint at = i;
        for (; at > 0; at--) {
            int order = ml_order(items->pdata[at - 1], item);
            if (order == 2 || !ml_spend(scope.evaluation, 1))
                return FALSE;
            if (order <= 0)
                break;
            items->pdata[at] = items->pdata[at - 1];
        }
        items->pdata[at] = item;
    }
    return TRUE;
}

static const MlValue *sorted(Call call)
{
    g_autoptr(GPtrArray) items = call.first ? items_of(call) : NULL;
    return items && sort(call.scope, items)
               ? ml_make_sequence(call.scope, call.node, ML_VALUE_LIST, items)
               : ml_make_some(call.scope, call.node);
}

static const MlValue *reversed(Call call)
{
    g_autoptr(GPtrArray) items = call.first && ml_is_sequence(call.first) ? items_of(call) : NULL;
    for (guint i = 0; items != NULL && i < items->len / 2; i++) {
        gpointer other = items->pdata[items->len - 1 - i];
        items->pdata[items->len - 1 - i] = items->pdata[i];
        items->pdata[i] = other;
    }
    return items ? ml_make_sequence(call.scope, call.node, ML_VALUE_LIST, items) : NULL;
}

static const MlValue *quantified(Call call, MlTruth decisive)
{
    MlTruth truth = ml_negation(decisive);
    g_autoptr(GPtrArray) items = call.first ? items_of(call) : NULL;
    for (guint i = 0; items != NULL && i < items->len && truth != decisive; i++) {
        MlTruth here = ml_truth(items->pdata[i]);
        truth = here == ml_negation(decisive) ? truth : here;
    }
    return items == NULL || truth == ML_PERHAPS
               ? NULL
               : ml_make_bool(call.scope, call.node, truth == ML_YES);
}

static const MlValue *any(Call call)
{
    return quantified(call, ML_YES);
}

static const MlValue *all(Call call)
{
    return quantified(call, ML_NO);
}

static const MlValue *extreme(Call call, int sign)
{
    g_autoptr(GPtrArray) items = call.first && !call.second ? items_of(call) : NULL;
    const MlValue *found = items && items->len ? items->pdata[0] : NULL;
    for (guint i = 1; found != NULL && i < items->len; i++) {
        int order = ml_order(items->pdata[i], found);
        if (order == 2)
            return NULL;
        found = order == sign ? items->pdata[i] : found;
    }
    return found;
}

static const MlValue *min(Call call)
{
    return extreme(call, -1);
}

static const MlValue *max(Call call)
{
    return extreme(call, 1);
}

/* --- isinstance ----------------------------------------------------------------- */

static MlTruth is_of(const MlValue *value, const MlValue *type)
{
    static const struct {
        const char *name;
        guint kinds;
    } types[] = {
        {"str", 1 << ML_VALUE_STRING},  {"int", 1 << ML_VALUE_INTEGER | 1 << ML_VALUE_BOOL},
        {"bool", 1 << ML_VALUE_BOOL},   {"float", 1 << ML_VALUE_FLOAT},
        {"tuple", 1 << ML_VALUE_TUPLE}, {"list", 1 << ML_VALUE_LIST},
        {"set", 1 << ML_VALUE_SET},     {"dict", 1 << ML_VALUE_DICT},
    };
    gboolean text = ml_value_has_shape(value, ML_SHAPE_TEXT);
    if ((value->kind == ML_VALUE_UNKNOWN && !text) || !ml_value_has_shape(type, ML_SHAPE_NAME))
        return ML_PERHAPS;
    guint kind = text ? ML_VALUE_STRING : value->kind;
    for (guint i = 0; i < G_N_ELEMENTS(types); i++)
        if (strcmp(type->unknown.name, types[i].name) == 0)
            return types[i].kinds & (1u << kind) ? ML_YES : ML_NO;
    return ML_PERHAPS;
}

static const MlValue *isinstance(Call call)
{
    MlTruth truth = ML_NO;
    if (call.second == NULL)
        return NULL;
    if (call.second->kind != ML_VALUE_TUPLE)
        truth = is_of(call.first, call.second);
    for (gsize i = 0;
         call.second->kind == ML_VALUE_TUPLE && i < call.second->sequence.length && truth != ML_YES;
         i++) {
        MlTruth here = is_of(call.first, call.second->sequence.items[i]);
        truth = here == ML_NO ? truth : here;
    }
    return truth == ML_PERHAPS ? NULL : ml_make_bool(call.scope, call.node, truth == ML_YES);
}

/* --- functions of functions --------------------------------------------------------------------
 */

static const MlValue *apply_one(Call call, const MlValue *item)
{
    const MlArgument only = {NULL, item};
    g_autoptr(GArray) arguments = g_array_new(FALSE, FALSE, sizeof(MlArgument));
    g_array_append_val(arguments, only);
    return ml_apply(call.scope, call.node, call.first, arguments, FALSE);
}

static const MlValue *map(Call call)
{
    g_autoptr(GPtrArray) items =
        call.second && !call.third ? ml_items(call.scope, call.node, call.second) : NULL;
    for (guint i = 0; items != NULL && i < items->len && ml_goes_on(call.scope); i++)
        items->pdata[i] = (gpointer)apply_one(call, items->pdata[i]);
    return items ? ml_make_sequence(call.scope, call.node, ML_VALUE_LIST, items) : NULL;
}

static const MlValue *get_attribute(Call call)
{
    if (call.third != NULL || call.second == NULL || call.second->kind != ML_VALUE_STRING)
        return NULL;
    return ml_attribute_of(call.scope, call.node, call.first, call.second->string.text);
}

/* They change nothing, even where what they give cannot be told. */
gboolean ml_is_harmless_builtin(const char *name)
{
    static const char *const names[] = {"print",
                                        "len",
                                        "str",
                                        "int",
                                        "float",
                                        "bool",
                                        "bytes",
                                        "list",
                                        "tuple",
                                        "dict",
                                        "set",
                                        "frozenset",
                                        "range",
                                        "enumerate",
                                        "zip",
                                        "sorted",
                                        "reversed",
                                        "any",
                                        "all",
                                        "min",
                                        "max",
                                        "sum",
                                        "abs",
                                        "round",
                                        "isinstance",
                                        "issubclass",
                                        "hasattr",
                                        "getattr",
                                        "type",
                                        "repr",
                                        "id",
                                        "hash",
                                        "ord",
                                        "chr",
                                        "callable",
                                        "format",
                                        "super",
                                        "object",
                                        "Exception",
                                        "ValueError",
                                        "RuntimeError",
                                        "NotImplementedError",
                                        "AssertionError",
                                        "TypeError",
                                        "KeyError",
                                        "LookupError",
                                        "SystemExit",
                                        "NameError",
                                        "staticmethod",
                                        "classmethod",
                                        "property",
                                        NULL};
    return g_strv_contains(names, name);
}

const MlValue *ml_call_builtin(MlScope scope, TSNode node, const char *name, const MlValue *call)
{
    static const struct {
        const char *name;
        const MlValue *(*apply)(Call);
    } functions[] = {
        {"list", list},
        {"tuple", tuple},
        {"set", set},
        {"frozenset", set},
        {"str", str},
        {"repr", repr},
        {"int", integer},
        {"bool", boolean},
        {"len", len},
        {"range", range},
        {"enumerate", enumerate},
        {"sorted", sorted},
        {"reversed", reversed},
        {"any", any},
        {"all", all},
        {"min", min},
        {"max", max},
        {"isinstance", isinstance},
        {"map", map},
        {"getattr", get_attribute},
    };
    if (strcmp(name, "dict") == 0)
        return dict(scope, node, call);
    if (strcmp(name, "zip") == 0)
        return zip(scope, node, call);
    if (call->unknown.open || call->unknown.length > 3)
        return NULL;
    for (gsize i = 0; i < call->unknown.length; i++)
        if (call->unknown.arguments[i].name != NULL)
            return NULL;
    const Call given = {scope,
                        node,
                        call,
                        ml_value_positional(call, 0),
                        ml_value_positional(call, 1),
                        ml_value_positional(call, 2)};
    for (guint i = 0; i < G_N_ELEMENTS(functions); i++)
        if (strcmp(name, functions[i].name) == 0)
            return functions[i].apply(given);
    return NULL;
}
