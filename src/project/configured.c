#include "project/configured.h"

#include <string.h>

#define CONFIG "alembic.context.config."

/* An option that env.py asks for. */
typedef struct {
    const MlValue *section; /* NULL: the main one */
    const MlValue *key;
    const MlValue *fallback; /* NULL: None */
} Question;

/* The argument of a call by its place or its name; NULL: there is none. */
static const MlValue *argument(const MlValue *call, gsize index, const char *name)
{
    const MlValue *value = ml_value_positional(call, index);
    return value ? value : ml_value_argument(call, name);
}

/* The call of config.get_section() that a value is, be it `... or {}`. */
static const MlValue *section_call(const MlValue *value)
{
    static const char *const functions[] = {CONFIG "get_section", NULL};
    if (ml_value_has_shape(value, ML_SHAPE_EITHER) && value->unknown.length > 0)
        value = value->unknown.arguments[0].value;
    return ml_value_is_call(value, functions) ? value : NULL;
}

/* config.get_section(name).get(key, fallback) and config.get_section(name)[key] */
static gboolean asks_section(const MlValue *value, Question *question)
{
    const MlValue *call = NULL;
    if (ml_value_has_shape(value, ML_SHAPE_ITEM)) {
        call = section_call(value->unknown.object);
        question->key = value->unknown.index;
    } else if (ml_value_has_shape(value, ML_SHAPE_CALL) &&
               ml_value_has_shape(value->unknown.object, ML_SHAPE_MEMBER) &&
               strcmp(value->unknown.object->unknown.name, "get") == 0) {
        call = section_call(value->unknown.object->unknown.object);
        question->key = ml_value_positional(value, 0);
        question->fallback = ml_value_positional(value, 1);
    }
    question->section = call ? argument(call, 0, "name") : NULL;
    return question->section != NULL;
}

static gboolean asks(const MlValue *value, Question *question)
{
    static const char *const of_main[] = {CONFIG "get_main_option", NULL};
    static const char *const of_section[] = {CONFIG "get_section_option", NULL};
    gboolean names_section = ml_value_is_call(value, of_section);
    if (!names_section && !ml_value_is_call(value, of_main))
        return asks_section(value, question);
    *question = (Question){
        .section = names_section ? argument(value, 0, "section") : NULL,
        .key = argument(value, names_section, "name"),
        .fallback = argument(value, names_section + 1, "default"),
    };
    return !names_section || question->section != NULL;
}

static gboolean is_main_section(const MlProject *project, const MlValue *section)
{
    static const char *const names[] = {CONFIG "config_ini_section", NULL};
    return section == NULL || ml_value_is_name(section, names) ||
           (section->kind == ML_VALUE_STRING &&
            strcmp(section->string.text, project->section) == 0);
}

/* config.set_main_option(key, ...), config.get_section(...)[key] = ... */
static gboolean is_set(MlEvaluation *evaluation, const char *key)
{
    static const char *const setters[] = {"set_main_option", "set_section_option", "__setitem__",
                                          NULL};
    g_autoptr(GPtrArray) calls = ml_evaluation_find_calls(evaluation, setters);
    for (guint i = 0; i < calls->len; i++)
        for (gsize at = 0; at < 2; at++) {
            const MlValue *set = ml_value_positional(calls->pdata[i], at);
            if (set && set->kind == ML_VALUE_STRING && strcmp(set->string.text, key) == 0)
                return TRUE;
        }
    return FALSE;
}

static const MlOption *option_of(const MlProject *project, const char *key)
{
    for (guint i = 0; i < project->options->len; i++) {
        const MlOption *option = project->options->pdata[i];
        if (strcmp(option->section, project->section) == 0 &&
            g_ascii_strcasecmp(option->key, key) == 0)
            return option;
    }
    return NULL;
}

static MlFact fact_of_text(const char *text)
{
    return (MlFact){.kind = ML_FACT_KNOWN, .truth = *text != '\0', .text = g_strdup(text)};
}

static MlFact answer(const MlEnv *env, const Question *question)
{
    const MlFact unknown = {.kind = ML_FACT_UNKNOWN};
    const MlOption *option = option_of(env->project, question->key->string.text);
    if (option != NULL)
        return strchr(option->raw, '%') ? unknown : fact_of_text(option->raw);
    /* Who hands over a connection in code may hand over options as well. */
    if (ml_evaluation_mentions(env->evaluation, "config.attributes"))
        return unknown;
    if (question->fallback == NULL || question->fallback->kind == ML_VALUE_NONE)
        return (MlFact){.kind = ML_FACT_NONE};
    return question->fallback->kind == ML_VALUE_STRING
               ? fact_of_text(question->fallback->string.text)
               : unknown;
}

MlFact ml_configured(const MlEnv *env, const MlValue *value)
{
    Question question = {0};
    const MlProject *project = env->project;
    gboolean is_asked = project->config != NULL && g_str_has_suffix(project->config, ".ini") &&
                        asks(value, &question) && question.key != NULL &&
                        question.key->kind == ML_VALUE_STRING &&
                        is_main_section(project, question.section) &&
                        !is_set(env->evaluation, question.key->string.text);
    return is_asked ? answer(env, &question) : (MlFact){.kind = ML_FACT_UNKNOWN};
}
