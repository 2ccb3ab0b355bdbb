/* Strings: literals, formatting, and what Python's own methods make of them. */
#include "python/literal.h"
#include "python/scope.h"

#include <math.h>
#include <string.h>

/* FALSE for what would exceed what the arena could ever hold. */
static gboolean append(MlEvaluation *evaluation, GString *out, const char *text, gsize length)
{
    if (out->len + length > ML_ARENA_BUDGET || !ml_spend(evaluation, length / 64))
        return FALSE;
    g_string_append_len(out, text, length);
    return TRUE;
}

/* --- str() and repr() ----------------------------------------------------------- */

/* The shortest digits that mean the number, where that is how Python writes it. */
static gboolean append_float(GString *out, double real)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    if (!isfinite(real) || (real != 0 && (fabs(real) < 1e-3 || fabs(real) > 1e15)))
        return FALSE;
    for (guint precision = 1; precision <= 17; precision++) {
        g_autofree char *format = g_strdup_printf("%%.%ug", precision);
        g_ascii_formatd(digits, sizeof digits, format, real);
        if (g_ascii_strtod(digits, NULL) == real && strchr(digits, 'e') == NULL)
            break;
    }
    g_string_append(out, digits);
    if (strchr(digits, '.') == NULL)
        g_string_append(out, ".0");
    return TRUE;
}

static gboolean append_repr_of_string(MlEvaluation *evaluation, GString *out, const MlValue *value)
{
    static const char escaped[] = "\\\n\r\t", letters[] = "\\nrt";
    const char *text = value->string.text, *end = text + value->string.length;
    char quote = strchr(text, '\'') && !strchr(text, '"') ? '"' : '\'';
    if (out->len + value->string.length > ML_ARENA_BUDGET ||
        !ml_spend(evaluation, value->string.length / 64))
        return FALSE;
    g_string_append_c(out, quote);
    for (; text < end; text++) {
        const char *escape = *text ? strchr(escaped, *text) : NULL;
        if (escape != NULL || *text == quote)
            g_string_append_c(out, '\\');
        else if (!g_ascii_isprint(*text))
            return FALSE;
        g_string_append_c(out, escape ? letters[escape - escaped] : *text);
    }
    g_string_append_c(out, quote);
    return TRUE;
}

static gboolean append_whole(MlEvaluation *evaluation, GString *out, const MlValue *value,
                             gboolean repr);

static gboolean append_items(MlEvaluation *evaluation, GString *out, const MlValue *value)
{
    gboolean tuple = value->kind == ML_VALUE_TUPLE;
    g_string_append_c(out, tuple ? '(' : '[');
    for (gsize i = 0; i < value->sequence.length; i++) {
        g_string_append(out, i ? ", " : "");
        if (!append_whole(evaluation, out, value->sequence.items[i], TRUE))
            return FALSE;
    }
    g_string_append(out, !tuple ? "]" : value->sequence.length == 1 ? ",)" : ")");
    return TRUE;
}

static gboolean append_pairs(MlEvaluation *evaluation, GString *out, const MlValue *value)
{
    g_string_append_c(out, '{');
    for (gsize i = 0; i < value->dict.length; i++) {
        const MlPair *pair = &value->dict.pairs[i];
        g_string_append(out, i ? ", " : "");
        if (!append_whole(evaluation, out, pair->key, TRUE))
            return FALSE;
        g_string_append(out, ": ");
        if (!append_whole(evaluation, out, pair->value, TRUE))
            return FALSE;
    }
    g_string_append_c(out, '}');
    return TRUE;
}

static gboolean append_whole(MlEvaluation *evaluation, GString *out, const MlValue *value,
                             gboolean repr)
{
    if (!ml_spend(evaluation, 1) || out->len > ML_ARENA_BUDGET)
        return FALSE;
    switch (value->kind) {
    case ML_VALUE_NONE:
        g_string_append(out, "None");
        return TRUE;
    case ML_VALUE_BOOL:
        g_string_append(out, value->integer ? "True" : "False");
        return TRUE;
    case ML_VALUE_INTEGER:
        g_string_append_printf(out, "%" G_GINT64_FORMAT, value->integer);
        return TRUE;
    case ML_VALUE_FLOAT:
        return append_float(out, value->real);
    case ML_VALUE_STRING:
        return repr ? append_repr_of_string(evaluation, out, value)
                    : append(evaluation, out, value->string.text, value->string.length);
    case ML_VALUE_TUPLE:
    case ML_VALUE_LIST:
        return append_items(evaluation, out, value);
    case ML_VALUE_DICT:
        return append_pairs(evaluation, out, value);
    default:
        return FALSE;
    }
}

/* What an unknown text holds stands in the one that it becomes a part of; two holes are one. */
static gboolean append_unknown(MlEvaluation *evaluation, GString *out, const MlValue *value,
                               gboolean repr)
{
    const char *text =
        ml_value_has_shape(value, ML_SHAPE_TEXT) && !repr ? value->unknown.name : ML_HOLE;
    if (g_str_has_suffix(out->str, ML_HOLE) && g_str_has_prefix(text, ML_HOLE))
        text += strlen(ML_HOLE);
    return append(evaluation, out, text, strlen(text));
}

void ml_append_text(MlEvaluation *evaluation, GString *out, const MlValue *value, gboolean repr)
{
    gsize length = out->len;
    if (value != NULL && append_whole(evaluation, out, value, repr))
        return;
    g_string_truncate(out, length);
    if (!append_unknown(evaluation, out, value, repr))
        g_string_append(out, ML_HOLE);
}

/* --- literals ------------------------------------------------------------------- */

static TSNode child_of_type(TSNode node, const char *type)
{
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; ml_children_next(&children, &child);)
        if (ml_node_is(child, type))
            return child;
    return (TSNode){0};
}

static gboolean has_token(TSNode node, const char *type)
{
    for (guint32 i = 0; i < ts_node_child_count(node); i++)
        if (ml_node_is(ts_node_child(node, i), type))
            return TRUE;
    return FALSE;
}

/* What stands between braces; `{x=}` and `{x:9}` are not told. */
static void interpolate(GString *out, TSNode interpolation, gpointer data)
{
    MlScope *scope = data;
    const MlValue *value = ml_evaluate(*scope, ml_node_first(interpolation));
    TSNode conversion = child_of_type(interpolation, "type_conversion");
    gboolean repr = ml_node_has_text(scope->file->module, conversion, "!r");
    if (!ts_node_is_null(child_of_type(interpolation, "format_specifier")) ||
        has_token(interpolation, "=") ||
        (!ts_node_is_null(conversion) && !repr &&
         !ml_node_has_text(scope->file->module, conversion, "!s")))
        value = NULL;
    ml_append_text(scope->evaluation, out, value, repr);
}

const MlValue *ml_string_literal(MlScope scope, TSNode node)
{
    if (ts_node_end_byte(node) - ts_node_start_byte(node) > ML_ARENA_BUDGET)
        return ml_make_unknown(scope, node);
    gsize length;
    const char *plain = ml_literal_plain(scope.file->module, node, &length);
    if (plain != NULL)
        return ml_make_string(scope, node, plain, length);
    g_autoptr(GString) text = ml_literal_read(scope.file->module, node, interpolate, &scope);
    return text ? ml_make_text(scope, node, text) : ml_make_unknown(scope, node);
}

const MlValue *ml_concatenated_literals(MlScope scope, TSNode node)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; ml_children_next(&children, &child);)
        ml_append_text(scope.evaluation, text, ml_evaluate(scope, child), FALSE);
    return ml_make_text(scope, node, text);
}

/* --- "..." % value -------------------------------------------------------------- */

static const MlValue *value_of_key(const MlValue *dict, const char *key, gsize length)
{
    for (gsize i = 0; dict->kind == ML_VALUE_DICT && i < dict->dict.length; i++) {
        const MlValue *known = dict->dict.pairs[i].key;
        if (known->kind == ML_VALUE_STRING && known->string.length == length &&
            memcmp(known->string.text, key, length) == 0)
            return dict->dict.pairs[i].value;
    }
    return NULL;
}

/* What is to be filled in next. */
typedef struct {
    const MlValue *argument;
    gsize count, used;
} Filling;

static const MlValue *next_of(Filling *filling)
{
    if (filling->used >= filling->count)
        return NULL;
    const MlValue *argument = filling->argument;
    return argument->kind == ML_VALUE_TUPLE ? argument->sequence.items[filling->used++]
                                            : (filling->used++, argument);
}

/* Reads `(name)`; *at is behind the percent sign. */
static const MlValue *named_of(Filling *filling, const char **at, const char *end)
{
    const char *close = memchr(*at, ')', end - *at);
    if (close == NULL)
        return NULL;
    const MlValue *value = value_of_key(filling->argument, *at + 1, close - *at - 1);
    *at = close + 1;
    filling->used = filling->count;
    return value;
}

/* Reads a conversion such as `s`, `d`, `-10.2f`; *at is behind the percent sign, or the name. */
static void append_conversion(MlEvaluation *evaluation, GString *out, const char **at,
                              const char *end, const MlValue *value)
{
    gint64 number;
    gboolean plain = TRUE;
    for (; *at < end && strchr("#0- +123456789.*hlL", **at) != NULL; ++*at)
        plain = FALSE;
    char letter = *at < end ? *(*at)++ : '\0';
    gboolean is_text = plain && (letter == 's' || letter == 'r');
    if (plain && (letter == 'd' || letter == 'i') && value != NULL && ml_is_number(value, &number))
        g_string_append_printf(out, "%" G_GINT64_FORMAT, number);
    else
        ml_append_text(evaluation, out, is_text ? value : NULL, letter == 'r');
}

const MlValue *ml_percent_format(MlScope scope, TSNode node, const char *format, gsize length,
                                 const MlValue *argument)
{
    Filling filling = {argument, argument->kind == ML_VALUE_TUPLE ? argument->sequence.length : 1,
                       0};
    g_autoptr(GString) text = g_string_new(NULL);
    const char *at = format, *end = at + length;
    ml_spend(scope.evaluation, length / 64);
    while (at < end && text->len <= ML_ARENA_BUDGET) {
        if (*at != '%') {
            g_string_append_c(text, *at++);
            continue;
        }
        if (++at < end && *at == '%') {
            g_string_append_c(text, *at++);
            continue;
        }
        const MlValue *value =
            at < end && *at == '(' ? named_of(&filling, &at, end) : next_of(&filling);
        append_conversion(scope.evaluation, text, &at, end, value);
    }
    gboolean whole = filling.used == filling.count || argument->kind == ML_VALUE_DICT;
    return whole ? ml_make_text(scope, node, text) : ml_make_unknown(scope, node);
}

/* --- "...".format() ------------------------------------------------------------- */

/* What a field such as `0`, `name` or nothing stands for; NULL: it cannot be told, as `x.y`. */
static const MlValue *formatted_argument(const MlValue *call, const char *field, gsize length,
                                         gsize *next)
{
    gsize named = 0;
    while (named < length && field[named] != ':' && field[named] != '!')
        named++;
    g_autofree char *name = g_strndup(field, named);
    guint64 index;
    const MlValue *value;
    if (named == 0)
        value = ml_value_positional(call, (*next)++);
    else if (g_ascii_string_to_unsigned(name, 10, 0, G_MAXUINT32, &index, NULL))
        value = ml_value_positional(call, index);
    else
        value = ml_value_argument(call, name);
    return named == length ? value : NULL;
}

/* Where a field ends whose own width may be a field: `{:{}}`; NULL where it does not. */
static const char *end_of_field(const char *at, const char *end)
{
    guint depth = 1;
    for (; at < end; at++) {
        depth += *at == '{';
        depth -= *at == '}';
        if (depth == 0)
            return at;
    }
    return NULL;
}

static const MlValue *format_method(MlScope scope, TSNode node, const MlValue *format,
                                    const MlValue *call)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const char *at = format->string.text, *end = at + format->string.length;
    gsize next = 0;
    ml_spend(scope.evaluation, format->string.length / 64);
    while (at < end && text->len <= ML_ARENA_BUDGET) {
        char c = *at++;
        if (c != '{' && c != '}') {
            g_string_append_c(text, c);
            continue;
        }
        if (at < end && *at == c) {
            g_string_append_c(text, *at++);
            continue;
        }
        const char *close = c == '{' ? end_of_field(at, end) : NULL;
        const MlValue *value = close ? formatted_argument(call, at, close - at, &next) : NULL;
        ml_append_text(scope.evaluation, text, value, FALSE);
        at = close ? close + 1 : at;
    }
    return ml_make_text(scope, node, text);
}

/* --- methods -------------------------------------------------------------------- */

/* A method's work, once it is known that its arguments are strings; NULL: it cannot be told. */
typedef struct {
    MlScope scope;
    TSNode node;
    const MlValue *text;
    const MlValue *arguments[2]; /* NULL: not given */
} Method;

static gboolean is_ascii_letter(char c)
{
    return g_ascii_isprint(c) || g_ascii_isspace(c);
}

static gboolean is_ascii(const MlValue *text)
{
    for (gsize i = 0; i < text->string.length; i++)
        if (!is_ascii_letter(text->string.text[i]))
            return FALSE;
    return TRUE;
}

static const MlValue *mapped(Method method, char (*map)(char c, char before))
{
    if (!is_ascii(method.text))
        return NULL;
    g_autoptr(GString) text =
        g_string_new_len(method.text->string.text, method.text->string.length);
    char before = 0;
    for (gsize i = 0; i < text->len; i++) {
        char c = text->str[i];
        text->str[i] = map(c, before);
        before = c;
    }
    return ml_make_string(method.scope, method.node, text->str, text->len);
}

static char to_upper(char c, char before)
{
    (void)before;
    return g_ascii_toupper(c);
}

static char to_lower(char c, char before)
{
    (void)before;
    return g_ascii_tolower(c);
}

static char to_capital(char c, char before)
{
    return before ? g_ascii_tolower(c) : g_ascii_toupper(c);
}

static char to_title(char c, char before)
{
    return g_ascii_isalpha(before) ? g_ascii_tolower(c) : g_ascii_toupper(c);
}

static const MlValue *upper(Method method)
{
    return mapped(method, to_upper);
}

static const MlValue *lower(Method method)
{
    return mapped(method, to_lower);
}

static const MlValue *capitalize(Method method)
{
    return mapped(method, to_capital);
}

static const MlValue *title(Method method)
{
    return mapped(method, to_title);
}

/* A byte of a letter that may be white space of Unicode's; those of ML_HOLE are none. */
static gboolean may_be_space(char c)
{
    return !is_ascii_letter(c) && (c == '\0' || strchr(ML_HOLE, c) == NULL);
}

static const MlValue *stripped(Method method, gboolean left, gboolean right)
{
    const char *start = method.text->string.text, *end = start + method.text->string.length;
    const MlValue *given = method.arguments[0];
    const char *set = given ? given->string.text : " \t\n\r\v\f";
    if (given != NULL && !is_ascii(given))
        return NULL;
    while (left && start < end && *start != '\0' && strchr(set, *start))
        start++;
    while (right && end > start && end[-1] != '\0' && strchr(set, end[-1]))
        end--;
    if (given == NULL && start < end && (may_be_space(*start) || may_be_space(end[-1])))
        return NULL;
    return ml_make_string(method.scope, method.node, start, end - start);
}

static const MlValue *strip(Method method)
{
    return stripped(method, TRUE, TRUE);
}

static const MlValue *lstrip(Method method)
{
    return stripped(method, TRUE, FALSE);
}

static const MlValue *rstrip(Method method)
{
    return stripped(method, FALSE, TRUE);
}

static const MlValue *replace(Method method)
{
    const MlValue *from = method.arguments[0], *to = method.arguments[1];
    if (to == NULL || from->string.length == 0)
        return NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    const char *at = method.text->string.text, *end = at + method.text->string.length;
    while (at < end) {
        const char *found = memmem(at, end - at, from->string.text, from->string.length);
        if (!append(method.scope.evaluation, out, at, (found ? found : end) - at) ||
            (found && !append(method.scope.evaluation, out, to->string.text, to->string.length)))
            return NULL;
        at = found ? found + from->string.length : end;
    }
    return ml_make_string(method.scope, method.node, out->str, out->len);
}

static void add_part(Method method, GPtrArray *parts, const char *from, const char *to)
{
    g_ptr_array_add(parts, (gpointer)ml_make_string(method.scope, method.node, from, to - from));
}

static void split_at_space(Method method, GPtrArray *parts)
{
    const char *at = method.text->string.text, *end = at + method.text->string.length;
    while (at < end && ml_spend(method.scope.evaluation, 1)) {
        const char *word = at;
        while (at < end && !g_ascii_isspace(*at))
            at++;
        if (at > word)
            add_part(method, parts, word, at);
        while (at < end && g_ascii_isspace(*at))
            at++;
    }
}

static const MlValue *split(Method method)
{
    const MlValue *separator = method.arguments[0];
    g_autoptr(GPtrArray) parts = g_ptr_array_new();
    if (method.arguments[1] != NULL || !is_ascii(method.text) ||
        (separator && separator->string.length == 0))
        return NULL;
    if (separator == NULL) {
        split_at_space(method, parts);
        return ml_make_sequence(method.scope, method.node, ML_VALUE_LIST, parts);
    }
    const char *at = method.text->string.text, *end = at + method.text->string.length;
    for (const char *found = at; found != NULL && ml_spend(method.scope.evaluation, 1);) {
        found = memmem(at, end - at, separator->string.text, separator->string.length);
        add_part(method, parts, at, found ? found : end);
        at = found ? found + separator->string.length : end;
    }
    return ml_make_sequence(method.scope, method.node, ML_VALUE_LIST, parts);
}

static gboolean starts(const MlValue *text, const MlValue *with)
{
    return with->string.length <= text->string.length &&
           memcmp(text->string.text, with->string.text, with->string.length) == 0;
}

static gboolean ends(const MlValue *text, const MlValue *with)
{
    gsize length = with->string.length;
    return length <= text->string.length &&
           memcmp(text->string.text + text->string.length - length, with->string.text, length) == 0;
}

static const MlValue *startswith(Method method)
{
    return method.arguments[0] && !method.arguments[1]
               ? ml_make_bool(method.scope, method.node, starts(method.text, method.arguments[0]))
               : NULL;
}

static const MlValue *endswith(Method method)
{
    return method.arguments[0] && !method.arguments[1]
               ? ml_make_bool(method.scope, method.node, ends(method.text, method.arguments[0]))
               : NULL;
}

static const MlValue *removeprefix(Method method)
{
    const MlValue *prefix = method.arguments[0];
    if (prefix == NULL || !starts(method.text, prefix))
        return prefix ? method.text : NULL;
    return ml_make_string(method.scope, method.node,
                          method.text->string.text + prefix->string.length,
                          method.text->string.length - prefix->string.length);
}

static const MlValue *removesuffix(Method method)
{
    const MlValue *suffix = method.arguments[0];
    if (suffix == NULL || !ends(method.text, suffix))
        return suffix ? method.text : NULL;
    return ml_make_string(method.scope, method.node, method.text->string.text,
                          method.text->string.length - suffix->string.length);
}

static const MlValue *join(MlScope scope, TSNode node, const MlValue *separator,
                           const MlValue *parts)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GPtrArray) items = parts ? ml_items(scope, node, parts) : NULL;
    for (guint i = 0; items != NULL && i < items->len; i++) {
        const MlValue *item = items->pdata[i];
        gboolean is_text = item->kind == ML_VALUE_STRING || ml_value_has_shape(item, ML_SHAPE_TEXT);
        if (i > 0)
            ml_append_text(scope.evaluation, text, separator, FALSE);
        ml_append_text(scope.evaluation, text, is_text ? item : NULL, FALSE);
    }
    return items ? ml_make_text(scope, node, text) : NULL;
}

const MlValue *ml_string_method(MlScope scope, TSNode node, const MlValue *text, const char *name,
                                const MlValue *call)
{
    static const struct {
        const char *name;
        const MlValue *(*apply)(Method);
    } methods[] = {
        {"upper", upper},
        {"lower", lower},
        {"capitalize", capitalize},
        {"title", title},
        {"strip", strip},
        {"lstrip", lstrip},
        {"rstrip", rstrip},
        {"replace", replace},
        {"split", split},
        {"startswith", startswith},
        {"endswith", endswith},
        {"removeprefix", removeprefix},
        {"removesuffix", removesuffix},
    };
    if (strcmp(name, "format") == 0)
        return format_method(scope, node, text, call);
    if (strcmp(name, "join") == 0 && call->unknown.length == 1 && !call->unknown.open)
        return join(scope, node, text, ml_value_positional(call, 0));
    Method method = {scope, node, text, {NULL, NULL}};
    for (gsize i = 0; i < call->unknown.length; i++) {
        const MlArgument *argument = &call->unknown.arguments[i];
        if (i >= 2 || argument->name != NULL || argument->value->kind != ML_VALUE_STRING)
            return NULL;
        method.arguments[i] = argument->value;
    }
    ml_spend(scope.evaluation, text->string.length / 64);
    for (guint i = 0; i < G_N_ELEMENTS(methods) && !call->unknown.open; i++)
        if (strcmp(name, methods[i].name) == 0)
            return methods[i].apply(method);
    return NULL;
}
