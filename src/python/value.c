#include "miglint/python.h"
#include "miglint/text.h"

const MlValue *ml_value_argument(const MlValue *call, const char *name)
{
    for (gsize i = 0; i < call->unknown.length; i++) {
        const MlArgument *argument = &call->unknown.arguments[i];
        if (argument->name != NULL && ml_text_equals(argument->name, name))
            return argument->value;
    }
    return NULL;
}

const MlValue *ml_value_positional(const MlValue *call, gsize index)
{
    if (index >= call->unknown.length || call->unknown.arguments[index].name != NULL)
        return NULL;
    return call->unknown.arguments[index].value;
}

gboolean ml_value_has_shape(const MlValue *value, MlShape shape)
{
    return value != NULL && value->kind == ML_VALUE_UNKNOWN && value->unknown.shape == shape;
}

gboolean ml_value_is_name(const MlValue *value, const char *const *names)
{
    return ml_value_has_shape(value, ML_SHAPE_NAME) && g_strv_contains(names, value->unknown.name);
}

gboolean ml_value_is_call(const MlValue *value, const char *const *names)
{
    return ml_value_has_shape(value, ML_SHAPE_CALL) &&
           ml_value_is_name(value->unknown.object, names);
}
