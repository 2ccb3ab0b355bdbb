/* Making values. What does not fit the budget any more is unknown. */
#include "python/scope.h"

#include <string.h>

gboolean ml_spend(MlEvaluation *evaluation, gsize steps)
{
    if (steps >= evaluation->steps) {
        evaluation->steps = 0;
        evaluation->exhausted = TRUE;
        return FALSE;
    }
    evaluation->steps -= steps;
    return TRUE;
}

static gpointer allocate(MlScope scope, gsize size)
{
    return ml_arena_alloc(scope.evaluation->arena, size);
}

/* A copy of an array; NULL where it does not fit. */
static gpointer keep(MlScope scope, gconstpointer from, gsize size)
{
    ml_spend(scope.evaluation, size / 64);
    gpointer copy = allocate(scope, size + 1);
    if (copy != NULL && size > 0)
        memcpy(copy, from, size);
    return copy;
}

const char *ml_keep_text(MlScope scope, const char *text, gsize length)
{
    return keep(scope, text, length);
}

const MlValue *ml_make(MlScope scope, TSNode node, MlValue content)
{
    static const MlValue exhausted = {.kind = ML_VALUE_UNKNOWN};
    MlValue *value = allocate(scope, sizeof(MlValue));
    if (value == NULL) {
        ml_spend(scope.evaluation, G_MAXUINT32);
        return &exhausted;
    }
    *value = content;
    value->origin = ml_node_origin(scope.file->module, node);
    return value;
}

const MlValue *ml_make_unknown(MlScope scope, TSNode node)
{
    return ml_make(scope, node, (MlValue){.kind = ML_VALUE_UNKNOWN});
}

const MlValue *ml_make_some(MlScope scope, TSNode node)
{
    return ml_make(scope, node,
                   (MlValue){.kind = ML_VALUE_UNKNOWN, .unknown = {.shape = ML_SHAPE_CONTAINER}});
}

const MlValue *ml_make_none(MlScope scope, TSNode node)
{
    return ml_make(scope, node, (MlValue){.kind = ML_VALUE_NONE});
}

const MlValue *ml_make_bool(MlScope scope, TSNode node, gboolean truth)
{
    return ml_make(scope, node, (MlValue){.kind = ML_VALUE_BOOL, .integer = truth});
}

const MlValue *ml_make_integer(MlScope scope, TSNode node, gint64 integer)
{
    return ml_make(scope, node, (MlValue){.kind = ML_VALUE_INTEGER, .integer = integer});
}

const MlValue *ml_make_string(MlScope scope, TSNode node, const char *text, gsize length)
{
    const char *copy = keep(scope, text, length);
    if (copy == NULL)
        return ml_make_unknown(scope, node);
    return ml_make(scope, node, (MlValue){.kind = ML_VALUE_STRING, .string = {copy, length}});
}

const MlValue *ml_make_sequence(MlScope scope, TSNode node, MlValueKind kind,
                                const GPtrArray *items)
{
    gpointer copy = keep(scope, items->pdata, items->len * sizeof(gpointer));
    if (copy == NULL)
        return ml_make_unknown(scope, node);
    return ml_make(
        scope, node,
        (MlValue){.kind = kind, .sequence = {copy, items->len, ++scope.evaluation->made}});
}

const MlValue *ml_make_dict(MlScope scope, TSNode node, const GArray *pairs)
{
    gpointer copy = keep(scope, pairs->data, pairs->len * sizeof(MlPair));
    if (copy == NULL)
        return ml_make_unknown(scope, node);
    return ml_make(
        scope, node,
        (MlValue){.kind = ML_VALUE_DICT, .dict = {copy, pairs->len, ++scope.evaluation->made}});
}

const MlValue *ml_make_named(MlScope scope, TSNode node, MlShape shape, const char *name,
                             const MlValue *object)
{
    const char *copy = ml_keep_text(scope, name, strlen(name));
    if (copy == NULL)
        return ml_make_unknown(scope, node);
    return ml_make(scope, node,
                   (MlValue){.kind = ML_VALUE_UNKNOWN,
                             .unknown = {.shape = shape, .name = copy, .object = object}});
}

/* Of a text that is not known as a whole: enough for SQL, and little for one that doubles. */
#define LONGEST_WITH_HOLES ((gsize)64 * 1024)

const MlValue *ml_make_text(MlScope scope, TSNode node, const GString *text)
{
    if (memmem(text->str, text->len, ML_HOLE, strlen(ML_HOLE)) == NULL)
        return ml_make_string(scope, node, text->str, text->len);
    if (text->len > LONGEST_WITH_HOLES)
        return ml_make_unknown(scope, node);
    gboolean has_nul = strlen(text->str) < text->len;
    return ml_make_named(scope, node, ML_SHAPE_TEXT, has_nul ? ML_HOLE : text->str, NULL);
}

const MlValue *ml_make_call(MlScope scope, TSNode node, const MlValue *object,
                            const GArray *arguments, gboolean open)
{
    MlValue call = {.kind = ML_VALUE_UNKNOWN,
                    .unknown = {.shape = ML_SHAPE_CALL, .object = object, .open = open}};
    if (arguments != NULL && arguments->len > 0) {
        call.unknown.arguments = keep(scope, arguments->data, arguments->len * sizeof(MlArgument));
        call.unknown.length = call.unknown.arguments ? arguments->len : 0;
        call.unknown.open |= call.unknown.arguments == NULL;
    }
    return ml_make(scope, node, call);
}

const MlValue *ml_make_method_call(MlScope scope, TSNode node, const MlValue *object,
                                   const char *name, const MlValue *argument)
{
    const MlValue *method = ml_make_named(scope, node, ML_SHAPE_MEMBER, name, object);
    const MlArgument only = {NULL, argument ? ml_snapshot(scope, argument, G_MAXUINT) : NULL};
    MlValue call = {.kind = ML_VALUE_UNKNOWN,
                    .unknown = {.shape = ML_SHAPE_CALL, .object = method}};
    if (argument != NULL) {
        call.unknown.arguments = keep(scope, &only, sizeof only);
        call.unknown.length = call.unknown.arguments ? 1 : 0;
    }
    return ml_make(scope, node, call);
}

/* --- one of several ------------------------------------------------------------- */

#define CHOICE_LIMIT 8

static gboolean is_choice(GArray *choices, const MlValue *value, MlEvaluation *evaluation)
{
    for (guint i = 0; i < choices->len; i++) {
        const MlValue *choice = g_array_index(choices, MlArgument, i).value;
        if (choice == value || (choice->kind == value->kind && !ml_is_container(value) &&
                                ml_equal(evaluation, choice, value) == ML_YES))
            return TRUE;
    }
    return FALSE;
}

static void add_choices(MlScope scope, GArray *choices, const MlValue *value)
{
    gboolean several = ml_value_has_shape(value, ML_SHAPE_EITHER);
    gsize length = several ? value->unknown.length : 1;
    for (gsize i = 0; i < length; i++) {
        const MlArgument argument = {NULL, several ? value->unknown.arguments[i].value : value};
        if (!is_choice(choices, argument.value, scope.evaluation))
            g_array_append_val(choices, argument);
    }
}

/* A list that may be another one can be changed without being seen. */
const MlValue *ml_make_either(MlScope scope, const MlValue *one, const MlValue *other)
{
    if (one == other || one == NULL || other == NULL)
        return one ? one : other;
    g_autoptr(GArray) choices = g_array_new(FALSE, FALSE, sizeof(MlArgument));
    add_choices(scope, choices, one);
    add_choices(scope, choices, other);
    if (choices->len == 1)
        return one;
    MlValue either = {.kind = ML_VALUE_UNKNOWN};
    gpointer copy = choices->len <= CHOICE_LIMIT
                        ? keep(scope, choices->data, choices->len * sizeof(MlArgument))
                        : NULL;
    if (copy != NULL) {
        either.unknown.shape = ML_SHAPE_EITHER;
        either.unknown.arguments = copy;
        either.unknown.length = choices->len;
    }
    MlValue *made = (MlValue *)ml_make(scope, (TSNode){0}, either);
    if (made->origin.module != NULL)
        made->origin = one->origin;
    return made;
}
