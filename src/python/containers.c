/* Lists, tuples, sets and dicts: what is in them, and what changes that. */
#include "python/scope.h"

#include <string.h>

/* --- iteration ------------------------------------------------------------------ */

static GPtrArray *keys_of(const MlValue *dict)
{
    GPtrArray *items = g_ptr_array_new();
    for (gsize i = 0; i < dict->dict.length; i++)
        g_ptr_array_add(items, (gpointer)dict->dict.pairs[i].key);
    return items;
}

static GPtrArray *letters_of(MlScope scope, TSNode node, const MlValue *text)
{
    GPtrArray *items = g_ptr_array_new();
    const char *at = text->string.text, *end = at + text->string.length;
    while (at < end && ml_spend(scope.evaluation, 1)) {
        const char *next = g_utf8_next_char(at);
        g_ptr_array_add(items, (gpointer)ml_make_string(scope, node, at, next - at));
        at = next;
    }
    return items;
}

GPtrArray *ml_items(MlScope scope, TSNode node, const MlValue *value)
{
    switch (value->kind) {
    case ML_VALUE_TUPLE:
    case ML_VALUE_LIST:
    case ML_VALUE_SET:
        if (!ml_spend(scope.evaluation, value->sequence.length / 8))
            return NULL;
        GPtrArray *items = g_ptr_array_sized_new(value->sequence.length);
        for (gsize i = 0; i < value->sequence.length; i++)
            g_ptr_array_add(items, (gpointer)value->sequence.items[i]);
        return items;
    case ML_VALUE_DICT:
        return ml_spend(scope.evaluation, value->dict.length / 8) ? keys_of(value) : NULL;
    case ML_VALUE_STRING:
        return letters_of(scope, node, value);
    default:
        return ml_value_has_shape(value, ML_SHAPE_CLASS) ? ml_enum_members(scope, node, value)
                                                         : NULL;
    }
}

/* --- making --------------------------------------------------------------------- */

/* Without those that are equal to one before; unknown where that cannot be told. */
const MlValue *ml_new_set(MlScope scope, TSNode node, const GPtrArray *items)
{
    g_autoptr(GPtrArray) distinct = g_ptr_array_new();
    for (guint i = 0; i < items->len; i++) {
        MlTruth there = ML_NO;
        for (guint j = 0; j < distinct->len && there == ML_NO; j++)
            there = ml_equal(scope.evaluation, items->pdata[i], distinct->pdata[j]);
        if (there == ML_PERHAPS)
            return ml_make_unknown(scope, node);
        if (there == ML_NO)
            g_ptr_array_add(distinct, items->pdata[i]);
    }
    return ml_make_sequence(scope, node, ML_VALUE_SET, distinct);
}

/* Where a key is; the length where it is not there, G_MAXSIZE where that cannot be told. */
static gsize index_of_key(MlEvaluation *evaluation, const MlPair *pairs, gsize length,
                          const MlValue *key)
{
    for (gsize i = 0; i < length; i++) {
        MlTruth same = ml_equal(evaluation, pairs[i].key, key);
        if (same != ML_NO)
            return same == ML_YES ? i : G_MAXSIZE;
    }
    return length;
}

/* Of several with the same key the first has the place and the last the value. */
const MlValue *ml_new_dict(MlScope scope, TSNode node, const GArray *pairs)
{
    g_autoptr(GArray) distinct = g_array_new(FALSE, FALSE, sizeof(MlPair));
    for (guint i = 0; i < pairs->len; i++) {
        const MlPair *pair = &g_array_index(pairs, MlPair, i);
        gsize at = index_of_key(scope.evaluation, (const MlPair *)distinct->data, distinct->len,
                                pair->key);
        if (at == G_MAXSIZE)
            return ml_make_dict(scope, node, pairs);
        if (at < distinct->len)
            g_array_index(distinct, MlPair, at).value = pair->value;
        else
            g_array_append_val(distinct, *pair);
    }
    return ml_make_dict(scope, node, distinct);
}

/* --- items ---------------------------------------------------------------------- */

static const MlValue *unknown_item(MlScope scope, TSNode node, const MlValue *object,
                                   const MlValue *index)
{
    object = ml_snapshot(scope, object, G_MAXUINT);
    return ml_make(
        scope, node,
        (MlValue){.kind = ML_VALUE_UNKNOWN,
                  .unknown = {.shape = ML_SHAPE_ITEM, .object = object, .index = index}});
}

const MlValue *ml_element(MlScope scope, TSNode node, const MlValue *over)
{
    return over != NULL && over->kind == ML_VALUE_UNKNOWN ? unknown_item(scope, node, over, NULL)
                                                          : ml_make_unknown(scope, node);
}

/* An index as Python counts it, from the end if negative. */
static gboolean place_of(const MlValue *index, gsize length, gsize *place)
{
    gint64 number;
    if (!ml_is_number(index, &number))
        return FALSE;
    if (number < 0)
        number += length;
    *place = number;
    return number >= 0 && (gsize)number < length;
}

static const MlValue *letter(MlScope scope, TSNode node, const MlValue *text, const MlValue *index)
{
    gsize place, length = g_utf8_strlen(text->string.text, text->string.length);
    ml_spend(scope.evaluation, text->string.length / 64);
    if (!place_of(index, length, &place))
        return NULL;
    const char *at = g_utf8_offset_to_pointer(text->string.text, place);
    return ml_make_string(scope, node, at, g_utf8_next_char(at) - at);
}

static const MlValue *member_of_enum(MlScope scope, TSNode node, const MlValue *object,
                                     const MlValue *index)
{
    g_autoptr(GPtrArray) members = ml_enum_members(scope, node, object);
    for (guint i = 0; members && index->kind == ML_VALUE_STRING && i < members->len; i++)
        if (strcmp(((const MlValue *)members->pdata[i])->unknown.name, index->string.text) == 0)
            return members->pdata[i];
    return NULL;
}

const MlValue *ml_item(MlScope scope, TSNode node, const MlValue *object, const MlValue *index)
{
    gsize place;
    const MlValue *item = NULL;
    if (ml_is_sequence(object) && place_of(index, object->sequence.length, &place))
        item = object->sequence.items[place];
    else if (object->kind == ML_VALUE_STRING)
        item = letter(scope, node, object, index);
    else if (ml_value_has_shape(object, ML_SHAPE_CLASS))
        item = member_of_enum(scope, node, object, index);
    if (object->kind == ML_VALUE_DICT) {
        place = index_of_key(scope.evaluation, object->dict.pairs, object->dict.length, index);
        if (place < object->dict.length)
            item = object->dict.pairs[place].value;
    }
    return item ? item : unknown_item(scope, node, object, index);
}

/* A bound of a slice without a step, within 0 and length. */
static gboolean bound(const MlValue *value, gsize length, gsize otherwise, gsize *place)
{
    gint64 number;
    *place = otherwise;
    if (value == NULL || value->kind == ML_VALUE_NONE)
        return TRUE;
    if (!ml_is_number(value, &number))
        return FALSE;
    if (number < 0)
        number += length;
    *place = CLAMP(number, 0, (gint64)length);
    return TRUE;
}

const MlValue *ml_slice(MlScope scope, TSNode node, const MlValue *object, const MlValue *bounds[3])
{
    gsize from, to;
    gboolean text = object->kind == ML_VALUE_STRING;
    if (ml_value_has_shape(object, ML_SHAPE_CONTAINER))
        return ml_make_some(scope, node);
    if (ml_value_has_shape(object, ML_SHAPE_TEXT))
        return ml_make_named(scope, node, ML_SHAPE_TEXT, ML_HOLE, NULL);
    if ((!text && !ml_is_sequence(object)) || bounds[2] != NULL)
        return ml_make_unknown(scope, node);
    gsize length = text ? (gsize)g_utf8_strlen(object->string.text, object->string.length)
                        : object->sequence.length;
    if (!bound(bounds[0], length, 0, &from) || !bound(bounds[1], length, length, &to))
        return ml_make_unknown(scope, node);
    to = MAX(from, to);
    if (text) {
        const char *start = g_utf8_offset_to_pointer(object->string.text, from);
        const char *end = g_utf8_offset_to_pointer(start, to - from);
        return ml_make_string(scope, node, start, end - start);
    }
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    for (gsize i = from; i < to; i++)
        g_ptr_array_add(items, (gpointer)object->sequence.items[i]);
    return ml_make_sequence(scope, node, object->kind, items);
}

/* --- change in place ------------------------------------------------------------ */

/* Whether a container is somewhere in the value: it would hold itself. */
static gboolean holds(MlEvaluation *evaluation, const MlValue *value, const MlValue *container,
                      guint depth)
{
    if (value == container || depth > 50 || !ml_spend(evaluation, 1))
        return TRUE;
    if (value->kind == ML_VALUE_DICT) {
        for (gsize i = 0; i < value->dict.length; i++)
            if (holds(evaluation, value->dict.pairs[i].value, container, depth + 1))
                return TRUE;
    } else if (ml_is_sequence(value) || value->kind == ML_VALUE_SET) {
        for (gsize i = 0; i < value->sequence.length; i++)
            if (holds(evaluation, value->sequence.items[i], container, depth + 1))
                return TRUE;
    } else if (ml_value_has_shape(value, ML_SHAPE_EITHER)) {
        for (gsize i = 0; i < value->unknown.length; i++)
            if (holds(evaluation, value->unknown.arguments[i].value, container, depth + 1))
                return TRUE;
    }
    return FALSE;
}

static void change_items(MlScope scope, const MlValue *object, const GPtrArray *items)
{
    gsize size = items->len * sizeof(gpointer);
    gpointer copy = ml_arena_alloc(scope.evaluation->arena, size + 1);
    if (copy == NULL || !ml_spend(scope.evaluation, items->len / 8)) {
        ml_forget(scope, object);
        return;
    }
    if (size > 0)
        memcpy(copy, items->pdata, size);
    MlValue content = *object;
    content.sequence.items = copy;
    content.sequence.length = items->len;
    ml_change(scope, object, content);
}

static void change_pairs(MlScope scope, const MlValue *object, const GArray *pairs)
{
    gsize size = pairs->len * sizeof(MlPair);
    gpointer copy = ml_arena_alloc(scope.evaluation->arena, size + 1);
    if (copy == NULL || !ml_spend(scope.evaluation, pairs->len / 8)) {
        ml_forget(scope, object);
        return;
    }
    if (size > 0)
        memcpy(copy, pairs->data, size);
    MlValue content = *object;
    content.dict.pairs = copy;
    content.dict.length = pairs->len;
    ml_change(scope, object, content);
}

static GArray *pairs_of(const MlValue *dict)
{
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(MlPair));
    return g_array_append_vals(pairs, dict->dict.pairs, dict->dict.length);
}

static void put(MlScope scope, const MlValue *dict, GArray *pairs, const MlValue *key,
                const MlValue *value)
{
    const MlPair pair = {key, value};
    gsize at = index_of_key(scope.evaluation, (const MlPair *)pairs->data, pairs->len, key);
    if (at == G_MAXSIZE || holds(scope.evaluation, value, dict, 0))
        ml_forget(scope, dict);
    else if (at < pairs->len)
        g_array_index(pairs, MlPair, at).value = value;
    else
        g_array_append_val(pairs, pair);
}

gboolean ml_set_item(MlScope scope, const MlValue *object, const MlValue *index,
                     const MlValue *value)
{
    gsize place;
    if (object->kind == ML_VALUE_DICT) {
        g_autoptr(GArray) pairs = pairs_of(object);
        put(scope, object, pairs, index, value);
        if (object->kind == ML_VALUE_DICT)
            change_pairs(scope, object, pairs);
        return TRUE;
    }
    if (object->kind != ML_VALUE_LIST)
        return FALSE;
    if (!place_of(index, object->sequence.length, &place) ||
        holds(scope.evaluation, value, object, 0)) {
        ml_forget(scope, object);
        return TRUE;
    }
    g_autoptr(GPtrArray) items = ml_items(scope, (TSNode){0}, object);
    if (items == NULL)
        return TRUE;
    items->pdata[place] = (gpointer)value;
    change_items(scope, object, items);
    return TRUE;
}

gboolean ml_delete_item(MlScope scope, const MlValue *object, const MlValue *index)
{
    gsize place;
    if (object->kind == ML_VALUE_DICT) {
        g_autoptr(GArray) pairs = pairs_of(object);
        place = index_of_key(scope.evaluation, object->dict.pairs, object->dict.length, index);
        if (place < pairs->len)
            change_pairs(scope, object, g_array_remove_index(pairs, place));
        else
            ml_forget(scope, object);
        return TRUE;
    }
    if (object->kind != ML_VALUE_LIST)
        return FALSE;
    g_autoptr(GPtrArray) items = ml_items(scope, (TSNode){0}, object);
    if (items == NULL || !place_of(index, items->len, &place)) {
        ml_forget(scope, object);
        return TRUE;
    }
    g_ptr_array_remove_index(items, place);
    change_items(scope, object, items);
    return TRUE;
}

void ml_extend(MlScope scope, const MlValue *list, const MlValue *more)
{
    g_autoptr(GPtrArray) added = ml_items(scope, (TSNode){0}, more);
    g_autoptr(GPtrArray) items = added ? ml_items(scope, (TSNode){0}, list) : NULL;
    gboolean cyclic = FALSE;
    for (guint i = 0; items != NULL && i < added->len; i++) {
        cyclic |= holds(scope.evaluation, added->pdata[i], list, 0);
        g_ptr_array_add(items, added->pdata[i]);
    }
    if (items == NULL || cyclic)
        ml_forget(scope, list);
    else
        change_items(scope, list, items);
}

/* --- methods -------------------------------------------------------------------- */

/* A method's work. Gives NULL where it cannot be told: what it may have changed is forgotten then.
 */
typedef struct {
    MlScope scope;
    TSNode node;
    const MlValue *object;
    const MlValue *call;
    const MlValue *first, *second; /* positional arguments */
} Method;

static const MlValue *none(Method method)
{
    return ml_make_none(method.scope, method.node);
}

static GPtrArray *items_of(Method method)
{
    return ml_items(method.scope, method.node, method.object);
}

static const MlValue *append(Method method)
{
    g_autoptr(GPtrArray) items = items_of(method);
    if (method.first == NULL || items == NULL ||
        holds(method.scope.evaluation, method.first, method.object, 0))
        return NULL;
    g_ptr_array_add(items, (gpointer)method.first);
    change_items(method.scope, method.object, items);
    return none(method);
}

static const MlValue *extend(Method method)
{
    if (method.first == NULL)
        return NULL;
    ml_extend(method.scope, method.object, method.first);
    return none(method);
}

static const MlValue *insert(Method method)
{
    gsize place;
    g_autoptr(GPtrArray) items = items_of(method);
    if (method.second == NULL || items == NULL || !bound(method.first, items->len, 0, &place) ||
        holds(method.scope.evaluation, method.second, method.object, 0))
        return NULL;
    g_ptr_array_insert(items, place, (gpointer)method.second);
    change_items(method.scope, method.object, items);
    return none(method);
}

/* Where the first equal item is; FALSE where there is none, or that cannot be told. */
static gboolean find(Method method, gsize *place)
{
    for (*place = 0; method.first && *place < method.object->sequence.length; ++*place) {
        MlTruth same =
            ml_equal(method.scope.evaluation, method.first, method.object->sequence.items[*place]);
        if (same != ML_NO)
            return same == ML_YES;
    }
    return FALSE;
}

static const MlValue *remove_item(Method method)
{
    gsize place;
    g_autoptr(GPtrArray) items = items_of(method);
    if (items == NULL || !find(method, &place))
        return NULL;
    g_ptr_array_remove_index(items, place);
    change_items(method.scope, method.object, items);
    return none(method);
}

static const MlValue *pop(Method method)
{
    g_autoptr(GPtrArray) items = items_of(method);
    gsize place = items && items->len ? items->len - 1 : 0;
    if (items == NULL || items->len == 0 ||
        (method.first != NULL && !place_of(method.first, items->len, &place)))
        return NULL;
    const MlValue *popped = items->pdata[place];
    g_ptr_array_remove_index(items, place);
    change_items(method.scope, method.object, items);
    return popped;
}

static const MlValue *index_of(Method method)
{
    gsize place;
    return find(method, &place) ? ml_make_integer(method.scope, method.node, place) : NULL;
}

static const MlValue *clear(Method method)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(MlPair));
    if (method.object->kind == ML_VALUE_DICT)
        change_pairs(method.scope, method.object, pairs);
    else
        change_items(method.scope, method.object, items);
    return none(method);
}

static const MlValue *copy(Method method)
{
    g_autoptr(GPtrArray) items = items_of(method);
    g_autoptr(GArray) pairs = method.object->kind == ML_VALUE_DICT ? pairs_of(method.object) : NULL;
    if (pairs != NULL)
        return ml_make_dict(method.scope, method.node, pairs);
    return items ? ml_make_sequence(method.scope, method.node, method.object->kind, items) : NULL;
}

static const MlValue *reverse(Method method)
{
    g_autoptr(GPtrArray) items = items_of(method);
    g_autoptr(GPtrArray) reversed = g_ptr_array_new();
    for (guint i = items ? items->len : 0; i > 0; i--)
        g_ptr_array_add(reversed, items->pdata[i - 1]);
    if (items == NULL)
        return NULL;
    change_items(method.scope, method.object, reversed);
    return none(method);
}

static const MlValue *add(Method method)
{
    g_autoptr(GPtrArray) items = items_of(method);
    if (method.first == NULL || items == NULL)
        return NULL;
    MlTruth there = ml_is_in(method.scope.evaluation, method.first, method.object);
    if (there == ML_PERHAPS)
        return NULL;
    g_ptr_array_add(items, (gpointer)method.first);
    if (there == ML_NO)
        change_items(method.scope, method.object, items);
    return none(method);
}

static const MlValue *keys(Method method)
{
    g_autoptr(GPtrArray) items = items_of(method);
    return items ? ml_make_sequence(method.scope, method.node, ML_VALUE_LIST, items) : NULL;
}

static const MlValue *values(Method method)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    for (gsize i = 0; i < method.object->dict.length; i++)
        g_ptr_array_add(items, (gpointer)method.object->dict.pairs[i].value);
    return ml_make_sequence(method.scope, method.node, ML_VALUE_LIST, items);
}

static const MlValue *pairs(Method method)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    for (gsize i = 0; i < method.object->dict.length; i++) {
        const MlPair *pair = &method.object->dict.pairs[i];
        g_autoptr(GPtrArray) both = g_ptr_array_new();
        g_ptr_array_add(both, (gpointer)pair->key);
        g_ptr_array_add(both, (gpointer)pair->value);
        g_ptr_array_add(
            items, (gpointer)ml_make_sequence(method.scope, method.node, ML_VALUE_TUPLE, both));
    }
    return ml_make_sequence(method.scope, method.node, ML_VALUE_LIST, items);
}

static const MlValue *get(Method method)
{
    const MlValue *dict = method.object;
    gsize place = method.first ? index_of_key(method.scope.evaluation, dict->dict.pairs,
                                              dict->dict.length, method.first)
                               : G_MAXSIZE;
    if (place == G_MAXSIZE)
        return NULL;
    if (place < dict->dict.length)
        return dict->dict.pairs[place].value;
    return method.second ? method.second : none(method);
}

static const MlValue *setdefault(Method method)
{
    const MlValue *value = get(method);
    if (value == NULL)
        return NULL;
    if (ml_is_in(method.scope.evaluation, method.first, method.object) == ML_NO)
        ml_set_item(method.scope, method.object, method.first, value);
    return value;
}

static const MlValue *pop_key(Method method)
{
    const MlValue *value = get(method);
    if (value == NULL)
        return NULL;
    MlTruth there = ml_is_in(method.scope.evaluation, method.first, method.object);
    if (there == ML_NO)
        return method.second;
    ml_delete_item(method.scope, method.object, method.first);
    return value;
}

static const MlValue *update(Method method)
{
    const MlValue *call = method.call;
    if (method.first != NULL && method.first->kind != ML_VALUE_DICT)
        return NULL;
    for (gsize i = 0; method.first != NULL && i < method.first->dict.length; i++)
        ml_set_item(method.scope, method.object, method.first->dict.pairs[i].key,
                    method.first->dict.pairs[i].value);
    for (gsize i = 0; i < call->unknown.length; i++) {
        const MlArgument *argument = &call->unknown.arguments[i];
        if (argument->name != NULL)
            ml_set_item(
                method.scope, method.object,
                ml_make_string(method.scope, method.node, argument->name, strlen(argument->name)),
                argument->value);
    }
    return none(method);
}

const MlValue *ml_container_method(MlScope scope, TSNode node, const MlValue *object,
                                   const char *name, const MlValue *call)
{
    enum { LIST = 1, TUPLE = 2, SET = 4, DICT = 8 };
    static const struct {
        const char *name;
        guint of;
        guint most; /* arguments */
        gboolean changes;
        const MlValue *(*apply)(Method);
    } methods[] = {
        {"append", LIST, 1, TRUE, append},
        {"extend", LIST, 1, TRUE, extend},
        {"insert", LIST, 2, TRUE, insert},
        {"remove", LIST | SET, 1, TRUE, remove_item},
        {"pop", LIST, 1, TRUE, pop},
        {"reverse", LIST, 0, TRUE, reverse},
        {"clear", LIST | SET | DICT, 0, TRUE, clear},
        {"copy", LIST | SET | DICT, 0, FALSE, copy},
        {"index", LIST | TUPLE, 1, FALSE, index_of},
        {"add", SET, 1, TRUE, add},
        {"keys", DICT, 0, FALSE, keys},
        {"values", DICT, 0, FALSE, values},
        {"items", DICT, 0, FALSE, pairs},
        {"get", DICT, 2, FALSE, get},
        {"setdefault", DICT, 2, TRUE, setdefault},
        {"pop", DICT, 2, TRUE, pop_key},
        {"update", DICT, G_MAXUINT, TRUE, update},
        {"count", LIST | TUPLE, 1, FALSE, NULL},
        {"isdisjoint", SET, 1, FALSE, NULL},
    };
    guint kind = object->kind == ML_VALUE_LIST    ? LIST
                 : object->kind == ML_VALUE_TUPLE ? TUPLE
                 : object->kind == ML_VALUE_SET   ? SET
                                                  : DICT;
    const Method method = {
        scope, node, object, call, ml_value_positional(call, 0), ml_value_positional(call, 1)};
    for (guint i = 0; i < G_N_ELEMENTS(methods); i++) {
        if ((methods[i].of & kind) == 0 || strcmp(name, methods[i].name) != 0)
            continue;
        gboolean fits = !call->unknown.open && call->unknown.length <= methods[i].most;
        const MlValue *value = fits && methods[i].apply ? methods[i].apply(method) : NULL;
        if (value == NULL && methods[i].changes)
            ml_forget(scope, object);
        return value;
    }
    if (kind != TUPLE)
        ml_forget(scope, object);
    return NULL;
}
