/* What is true of values. */
#include "python/scope.h"

#include <string.h>

#define EQUALITY_DEPTH 50

gboolean ml_is_sequence(const MlValue *value)
{
    return value->kind == ML_VALUE_TUPLE || value->kind == ML_VALUE_LIST;
}

gboolean ml_is_container(const MlValue *value)
{
    return value->kind == ML_VALUE_LIST || value->kind == ML_VALUE_SET ||
           value->kind == ML_VALUE_DICT;
}

gboolean ml_is_number(const MlValue *value, gint64 *number)
{
    *number = value->integer;
    return value->kind == ML_VALUE_INTEGER || value->kind == ML_VALUE_BOOL;
}

MlTruth ml_negation(MlTruth truth)
{
    return truth == ML_PERHAPS ? truth : truth == ML_NO ? ML_YES : ML_NO;
}

static MlTruth truth_of_unknown(const MlValue *value)
{
    MlTruth truth;
    switch (value->unknown.shape) {
    case ML_SHAPE_FUNCTION:
    case ML_SHAPE_MODULE:
        return ML_YES;
    case ML_SHAPE_TEXT:
        return strcmp(value->unknown.name, ML_HOLE) == 0 ? ML_PERHAPS : ML_YES;
    case ML_SHAPE_EITHER:
        truth = ml_truth(value->unknown.arguments[0].value);
        for (gsize i = 1; i < value->unknown.length; i++)
            if (ml_truth(value->unknown.arguments[i].value) != truth)
                return ML_PERHAPS;
        return truth;
    default:
        return ML_PERHAPS;
    }
}

MlTruth ml_truth(const MlValue *value)
{
    switch (value->kind) {
    case ML_VALUE_NONE:
        return ML_NO;
    case ML_VALUE_BOOL:
    case ML_VALUE_INTEGER:
        return value->integer ? ML_YES : ML_NO;
    case ML_VALUE_FLOAT:
        return value->real != 0 ? ML_YES : ML_NO;
    case ML_VALUE_STRING:
        return value->string.length ? ML_YES : ML_NO;
    case ML_VALUE_DICT:
        return value->dict.length ? ML_YES : ML_NO;
    case ML_VALUE_UNKNOWN:
        return truth_of_unknown(value);
    default:
        return value->sequence.length ? ML_YES : ML_NO;
    }
}

/* --- equality ------------------------------------------------------------------- */

static MlTruth equal(MlEvaluation *evaluation, const MlValue *one, const MlValue *other,
                     guint depth);

static MlTruth both(MlTruth one, MlTruth other)
{
    if (one == ML_NO || other == ML_NO)
        return ML_NO;
    return one == ML_YES && other == ML_YES ? ML_YES : ML_PERHAPS;
}

static MlTruth equal_items(MlEvaluation *evaluation, const MlValue *one, const MlValue *other,
                           guint depth)
{
    if (one->sequence.length != other->sequence.length)
        return ML_NO;
    MlTruth truth = ML_YES;
    for (gsize i = 0; i < one->sequence.length && truth != ML_NO; i++)
        truth =
            both(truth, equal(evaluation, one->sequence.items[i], other->sequence.items[i], depth));
    return truth;
}

static MlTruth is_among(MlEvaluation *evaluation, const MlValue *item, const MlValue *sequence,
                        guint depth)
{
    MlTruth found = ML_NO;
    for (gsize i = 0; i < sequence->sequence.length && found != ML_YES; i++) {
        MlTruth here = equal(evaluation, item, sequence->sequence.items[i], depth);
        found = here == ML_NO ? found : here;
    }
    return found;
}

static MlTruth equal_sets(MlEvaluation *evaluation, const MlValue *one, const MlValue *other,
                          guint depth)
{
    MlTruth truth = ML_YES;
    for (gsize i = 0; i < one->sequence.length; i++)
        truth = both(truth, is_among(evaluation, one->sequence.items[i], other, depth));
    for (gsize i = 0; i < other->sequence.length; i++)
        truth = both(truth, is_among(evaluation, other->sequence.items[i], one, depth));
    return truth;
}

static MlTruth equal_dicts(MlEvaluation *evaluation, const MlValue *one, const MlValue *other,
                           guint depth)
{
    if (one->dict.length != other->dict.length)
        return ML_NO;
    MlTruth truth = ML_YES;
    for (gsize i = 0; i < one->dict.length; i++) {
        MlTruth found = ML_NO;
        for (gsize j = 0; j < other->dict.length && found != ML_YES; j++) {
            const MlPair *here = &one->dict.pairs[i], *there = &other->dict.pairs[j];
            MlTruth same = equal(evaluation, here->key, there->key, depth);
            if (same == ML_YES)
                same = equal(evaluation, here->value, there->value, depth);
            found = same == ML_NO ? found : same;
        }
        truth = both(truth, found);
    }
    return truth;
}

static gboolean is_numeric(const MlValue *value)
{
    return value->kind == ML_VALUE_INTEGER || value->kind == ML_VALUE_BOOL ||
           value->kind == ML_VALUE_FLOAT;
}

static MlTruth equal_numbers(const MlValue *one, const MlValue *other)
{
    gint64 left, right;
    if (ml_is_number(one, &left) && ml_is_number(other, &right))
        return left == right ? ML_YES : ML_NO;
    if (one->kind == other->kind)
        return one->real == other->real ? ML_YES : ML_NO;
    return ML_PERHAPS;
}

/* Of members of one enum, or of one class: equal if they are the same. */
static MlTruth equal_unknowns(const MlValue *one, const MlValue *other)
{
    if (ml_value_has_shape(one, ML_SHAPE_MEMBER) && ml_value_has_shape(other, ML_SHAPE_MEMBER) &&
        one->unknown.definition != NULL && one->unknown.definition == other->unknown.definition)
        return strcmp(one->unknown.name, other->unknown.name) == 0 ? ML_YES : ML_NO;
    return ML_PERHAPS;
}

static MlTruth equal(MlEvaluation *evaluation, const MlValue *one, const MlValue *other,
                     guint depth)
{
    if (one->kind == ML_VALUE_UNKNOWN || other->kind == ML_VALUE_UNKNOWN)
        return equal_unknowns(one, other);
    if (++depth > EQUALITY_DEPTH || !ml_spend(evaluation, 1))
        return ML_PERHAPS;
    if (is_numeric(one) && is_numeric(other))
        return equal_numbers(one, other);
    if (one->kind != other->kind)
        return ML_NO;
    switch (one->kind) {
    case ML_VALUE_NONE:
        return ML_YES;
    case ML_VALUE_STRING:
        ml_spend(evaluation, one->string.length / 64);
        return one->string.length == other->string.length &&
                       memcmp(one->string.text, other->string.text, one->string.length) == 0
                   ? ML_YES
                   : ML_NO;
    case ML_VALUE_SET:
        return equal_sets(evaluation, one, other, depth);
    case ML_VALUE_DICT:
        return equal_dicts(evaluation, one, other, depth);
    default:
        return equal_items(evaluation, one, other, depth);
    }
}

MlTruth ml_equal(MlEvaluation *evaluation, const MlValue *one, const MlValue *other)
{
    return equal(evaluation, one, other, 0);
}

/* UTF-8 is ordered as its code points are. */
static int order_strings(const MlValue *one, const MlValue *other)
{
    gsize length = MIN(one->string.length, other->string.length);
    int order = memcmp(one->string.text, other->string.text, length);
    if (order == 0)
        order = (one->string.length > length) - (other->string.length > length);
    return (order > 0) - (order < 0);
}

int ml_order(const MlValue *one, const MlValue *other)
{
    gint64 left, right;
    if (ml_is_number(one, &left) && ml_is_number(other, &right))
        return (left > right) - (left < right);
    if (one->kind == ML_VALUE_STRING && other->kind == ML_VALUE_STRING)
        return order_strings(one, other);
    return 2;
}

static MlTruth is_in_dict(MlEvaluation *evaluation, const MlValue *item, const MlValue *dict)
{
    MlTruth found = ML_NO;
    for (gsize i = 0; i < dict->dict.length && found != ML_YES; i++) {
        MlTruth here = ml_equal(evaluation, item, dict->dict.pairs[i].key);
        found = here == ML_NO ? found : here;
    }
    return found;
}

MlTruth ml_is_in(MlEvaluation *evaluation, const MlValue *item, const MlValue *container)
{
    switch (container->kind) {
    case ML_VALUE_TUPLE:
    case ML_VALUE_LIST:
    case ML_VALUE_SET:
        return is_among(evaluation, item, container, 0);
    case ML_VALUE_DICT:
        return is_in_dict(evaluation, item, container);
    case ML_VALUE_STRING:
        if (item->kind != ML_VALUE_STRING)
            return ML_PERHAPS;
        ml_spend(evaluation, container->string.length / 64);
        return memmem(container->string.text, container->string.length, item->string.text,
                      item->string.length)
                   ? ML_YES
                   : ML_NO;
    default:
        return ML_PERHAPS;
    }
}
