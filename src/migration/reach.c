#include "migration/reach.h"
#include "migration/harmless.h"

#include <string.h>

/* Of members, items and calls of what a library gives: requests.get(x).json()["a"]. */
#define LONGEST_CHAIN 50

static gboolean any_leads(MlReading *reading, const MlValue *const *values, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if (!ml_reading_spend(reading, 1) || ml_leads_to_database(reading, values[i]))
            return TRUE;
    return FALSE;
}

static gboolean any_pair_leads(MlReading *reading, const MlValue *dict)
{
    for (gsize i = 0; i < dict->dict.length; i++)
        if (!ml_reading_spend(reading, 1) ||
            ml_leads_to_database(reading, dict->dict.pairs[i].value))
            return TRUE;
    return FALSE;
}

static gboolean any_argument_leads(MlReading *reading, const MlValue *of)
{
    for (gsize i = 0; i < of->unknown.length; i++)
        if (!ml_reading_spend(reading, 1) ||
            ml_leads_to_database(reading, of->unknown.arguments[i].value))
            return TRUE;
    return of->unknown.open;
}

static gboolean name_leads(MlReading *reading, const MlValue *value)
{
    MlRole role = ml_role_of(reading, value);
    return role != ML_ROLE_HARMLESS &&
           (role != ML_ROLE_UNKNOWN || strchr(value->unknown.name, '.') == NULL ||
            ml_is_suspicious(value->unknown.name));
}

/* What the database answers, whatever was asked. */
static gboolean is_answer(MlReading *reading, const MlValue *value)
{
    if (ml_value_has_shape(value, ML_SHAPE_ITEM))
        return ml_role_of(reading, value->unknown.object) == ML_ROLE_QUERY;
    if (!ml_value_has_shape(value, ML_SHAPE_CALL))
        return FALSE;
    MlRole of = ml_callee_of(reading, value).role;
    return of >= ML_ROLE_OP && of != ML_ROLE_SESSION_MAKER &&
           ml_role_of(reading, value) == ML_ROLE_HARMLESS;
}

static gboolean member_leads(MlReading *reading, const MlValue *value)
{
    static const char *const back[] = {"bind", "connection", "context", "engine", "session", NULL};
    if (g_strv_contains(back, value->unknown.name))
        return TRUE;
    return strcmp(value->unknown.name, "dialect") != 0 &&
           ml_leads_to_database(reading, value->unknown.object);
}

static gboolean leads(MlReading *reading, const MlValue *value)
{
    if (is_answer(reading, value))
        return FALSE;
    switch (value->unknown.shape) {
    case ML_SHAPE_TEXT:
    case ML_SHAPE_CONTAINER:
        return FALSE;
    case ML_SHAPE_NAME:
        return name_leads(reading, value);
    case ML_SHAPE_MEMBER:
        return member_leads(reading, value);
    case ML_SHAPE_ITEM:
    case ML_SHAPE_ENTERED:
        return ml_leads_to_database(reading, value->unknown.object);
    case ML_SHAPE_CALL:
        return ml_leads_to_database(reading, value->unknown.object) ||
               any_argument_leads(reading, value);
    case ML_SHAPE_EITHER:
        return any_argument_leads(reading, value);
    default:
        return TRUE;
    }
}

gboolean ml_leads_to_database(MlReading *reading, const MlValue *value)
{
    switch (value->kind) {
    case ML_VALUE_TUPLE:
    case ML_VALUE_LIST:
    case ML_VALUE_SET:
        return any_leads(reading, value->sequence.items, value->sequence.length);
    case ML_VALUE_DICT:
        return any_pair_leads(reading, value);
    case ML_VALUE_UNKNOWN:
        break;
    default:
        return FALSE;
    }
    if (!ml_reading_enter(reading))
        return TRUE;
    gboolean does = leads(reading, value);
    ml_reading_leave(reading);
    return does;
}

/* Whether it is reached by names of a library alone, and by none that is suspicious. */
static gboolean is_of_trusted_library(const MlValue *callee)
{
    for (guint i = 0; i < LONGEST_CHAIN && callee && callee->kind == ML_VALUE_UNKNOWN; i++) {
        const char *name = callee->unknown.name;
        switch (callee->unknown.shape) {
        case ML_SHAPE_NAME:
            return strchr(name, '.') != NULL && !ml_is_suspicious(name);
        case ML_SHAPE_MEMBER:
            if (ml_is_suspicious(name))
                return FALSE;
            break;
        case ML_SHAPE_CALL:
        case ML_SHAPE_ITEM:
        case ML_SHAPE_ENTERED:
            break;
        default:
            return FALSE;
        }
        callee = callee->unknown.object;
    }
    return FALSE;
}

gboolean ml_is_trusted_call(MlReading *reading, const MlValue *call)
{
    return is_of_trusted_library(call->unknown.object) && !leads(reading, call);
}
