/* Texts of SQL, with the values of their parameters (sqlalchemy.sql.compiler.visit_textclause). */
#include "migration/spelling.h"

#include <string.h>

/* Calls behind a text: text("...").bindparams(...).bindparams(...) */
#define LONGEST_CHAIN 100

const MlValue *ml_text_of(const MlValue *value)
{
    static const char *const behind[] = {"bindparams", "columns", "execution_options", "self_group",
                                         NULL};
    const MlValue *object = value;
    for (guint i = 0; i < LONGEST_CHAIN; i++) {
        if (ml_is_sqlalchemy_call(object, "text"))
            return object;
        const char *method = ml_method_of(object, &object);
        if (method == NULL || !g_strv_contains(behind, method))
            return NULL;
    }
    return NULL;
}

/* --- parameters ---------------------------------------------------------------------- */

static const MlValue *value_in(const MlValue *dict, const char *name, gsize length)
{
    for (gsize i = 0; dict->kind == ML_VALUE_DICT && i < dict->dict.length; i++) {
        const MlValue *key = dict->dict.pairs[i].key;
        if (key->kind == ML_VALUE_STRING && key->string.length == length &&
            memcmp(key->string.text, name, length) == 0)
            return dict->dict.pairs[i].value;
    }
    return NULL;
}

/* What a call of bindparams() says of a parameter: a value, or bindparam(). */
static const MlValue *value_among(const MlValue *call, const char *name, gsize length)
{
    const MlValue *found = NULL;
    for (gsize i = 0; i < call->unknown.length; i++) {
        const MlArgument *argument = &call->unknown.arguments[i];
        const MlValue *key =
            argument->name == NULL ? ml_value_positional(argument->value, 0) : NULL;
        if (argument->name != NULL
                ? strlen(argument->name) == length && memcmp(argument->name, name, length) == 0
                : key != NULL && key->kind == ML_VALUE_STRING && key->string.length == length &&
                      memcmp(key->string.text, name, length) == 0)
            found = argument->value;
    }
    return found;
}

static const MlValue *bound(MlSpelling *spelling, const MlValue *values, const char *name,
                            gsize length)
{
    const MlValue *found =
        spelling->parameters ? value_in(spelling->parameters, name, length) : NULL;
    for (guint i = 0; found == NULL && values != NULL && i < LONGEST_CHAIN; i++) {
        const MlValue *object;
        const char *method = ml_method_of(values, &object);
        if (method == NULL)
            break;
        if (strcmp(method, "bindparams") == 0)
            found = value_among(values, name, length);
        values = object;
    }
    return found;
}

static gboolean spell_parameter(MlSpelling *spelling, const MlValue *value)
{
    if (ml_is_sqlalchemy_call(value, "bindparam"))
        return ml_spell(spelling, value);
    if (!ml_is_plain_value(value) || ml_is_list(value))
        return ml_spelling_refuse(spelling, NULL, value);
    return ml_spell_compared(spelling, value, NULL);
}

/* --- text() ------------------------------------------------------------------------------ */

/* Python's \w and "$"; what is not ASCII is taken for a letter. */
static gboolean is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '$' || (guchar)c >= 0x80;
}

static gsize word_length(const char *text)
{
    gsize length = 0;
    while (is_word(text[length]))
        length++;
    return length;
}

/* The length of the name behind a colon that stands for a parameter; else 0. */
static gsize parameter_length(const char *text, const char *at)
{
    char before = at > text ? at[-1] : '\0';
    if (before == ':' || before == '\\' || is_word(before))
        return 0;
    gsize length = word_length(at + 1);
    return at[1 + length] == ':' ? 0 : length;
}

gboolean ml_spell_string(MlSpelling *spelling, const MlValue *string, const MlValue *values)
{
    const char *text = string->string.text;
    if (strlen(text) != string->string.length || !g_utf8_validate(text, -1, NULL))
        return ml_spelling_refuse(spelling, "has a text that no database takes", string);
    for (const char *at = text; *at != '\0';) {
        gsize plain = strcspn(at, ":\\"), length = 0;
        g_string_append_len(spelling->out, at, (gssize)plain);
        at += plain;
        if (*at == '\\' && at[1] == ':' && at[2 + word_length(at + 2)] != ':') {
            length = 1 + word_length(at + 2);
            g_string_append_len(spelling->out, at + 1, (gssize)length);
            at += 1 + length;
        } else if (*at == ':' && (length = parameter_length(text, at)) > 0) {
            const MlValue *value = bound(spelling, values, at + 1, length);
            g_autofree char *why =
                g_strdup_printf("has a parameter :%.*s without a value", (int)length, at + 1);
            if (value == NULL ? !ml_spelling_refuse(spelling, why, string)
                              : !spell_parameter(spelling, value))
                return FALSE;
            at += 1 + length;
        } else if (*at != '\0') {
            g_string_append_c(spelling->out, *at++);
        }
    }
    return TRUE;
}

gboolean ml_spell_text(MlSpelling *spelling, const MlValue *value)
{
    const MlValue *call = ml_text_of(value);
    const MlValue *string = ml_value_positional(call, 0);
    string = string ? string : ml_value_argument(call, "text");
    if (string == NULL || string->kind != ML_VALUE_STRING)
        return ml_spelling_refuse(spelling, NULL, string ? string : value);
    return ml_spell_string(spelling, string, value);
}

/* --- DDL("...") --------------------------------------------------------------------------- */

/* %(name)s of a context; NULL where it is not known. `length`: of what stands for it. */
static const char *formatted(const MlValue *context, const char *at, gsize *length)
{
    const char *end = g_str_has_prefix(at, "%(") ? strchr(at, ')') : NULL;
    if (end == NULL || end[1] != 's' || context == NULL)
        return NULL;
    const MlValue *value = value_in(context, at + 2, (gsize)(end - at) - 2);
    *length = (gsize)(end - at) + 2;
    return value != NULL && value->kind == ML_VALUE_STRING &&
                   strlen(value->string.text) == value->string.length
               ? value->string.text
               : NULL;
}

/* It is formatted with its context alone: nothing tells of a table where it is executed. */
gboolean ml_spell_ddl(MlSpelling *spelling, const MlValue *call)
{
    static const char *const names[] = {"statement", "context", NULL};
    const MlSite site = {.call = call, .names = names};
    const MlValue *string = ml_site_argument(spelling->reading, &site, "statement");
    const MlValue *context = ml_site_argument(spelling->reading, &site, "context");
    gsize length = 0;
    if (string == NULL || string->kind != ML_VALUE_STRING ||
        strlen(string->string.text) != string->string.length)
        return ml_spelling_refuse(spelling, NULL, string ? string : call);
    for (const char *at = string->string.text; *at != '\0';) {
        gsize plain = strcspn(at, "%");
        g_string_append_len(spelling->out, at, (gssize)plain);
        at += plain;
        if (*at == '\0')
            break;
        gboolean percent = at[1] == '%';
        const char *text = percent ? "%" : formatted(context, at, &length);
        if (text == NULL || !ml_reading_spend(spelling->reading, strlen(text)))
            return ml_spelling_refuse(spelling, "has a % that DDL() takes for a format", string);
        g_string_append(spelling->out, text);
        at += percent ? 2 : length;
    }
    return TRUE;
}

/* --- what a driver is given ------------------------------------------------------------------- */

/* The parameter that stands there, and the length of what stands for it: "%s", "?", "%(name)s". */
static const MlValue *driver_parameter(const MlValue *parameters, const char *at, gsize *next,
                                       gsize *length)
{
    gboolean list = ml_is_list(parameters);
    *length = 0;
    if (g_str_has_prefix(at, "%(") && strchr(at, ')') != NULL && strchr(at, ')')[1] == 's') {
        gsize name = (gsize)(strchr(at, ')') - at) - 2;
        *length = name + 4;
        return value_in(parameters, at + 2, name);
    }
    if (!g_str_has_prefix(at, "%s") && *at != '?')
        return NULL;
    *length = *at == '?' ? 1 : 2;
    return list && *next < parameters->sequence.length ? parameters->sequence.items[(*next)++]
                                                       : NULL;
}

static gboolean has_parameters(const MlValue *parameters)
{
    return parameters != NULL && !(ml_is_list(parameters) && parameters->sequence.length == 0) &&
           !(parameters->kind == ML_VALUE_DICT && parameters->dict.length == 0);
}

gboolean ml_spell_driver_string(MlSpelling *spelling, const MlValue *string,
                                const MlValue *parameters)
{
    const char *text = string->string.text;
    gsize next = 0, length;
    if (strlen(text) != string->string.length || !g_utf8_validate(text, -1, NULL))
        return ml_spelling_refuse(spelling, "has a text that no database takes", string);
    if (!has_parameters(parameters)) {
        g_string_append(spelling->out, text);
        return TRUE;
    }
    const char *signs = spelling->dialect == ML_SQLITE ? "?" : "%";
    for (const char *at = text; *at != '\0';) {
        gsize plain = strcspn(at, signs);
        g_string_append_len(spelling->out, at, (gssize)plain);
        at += plain;
        if (*at == '\0')
            break;
        if (g_str_has_prefix(at, "%%")) {
            g_string_append_c(spelling->out, '%');
            at += 2;
            continue;
        }
        const MlValue *value = driver_parameter(parameters, at, &next, &length);
        if (value == NULL || strchr("?%", *at) == NULL)
            return ml_spelling_refuse(spelling, "has a parameter of the driver that cannot be told",
                                      string);
        if (value->kind == ML_VALUE_STRING && strchr(value->string.text, '\\') != NULL)
            return ml_spelling_refuse(spelling, "has a backslash in a parameter of the driver",
                                      value);
        if (!spell_parameter(spelling, value))
            return FALSE;
        at += length;
    }
    return TRUE;
}
