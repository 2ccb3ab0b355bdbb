/* Calls: of functions of the tree, of Python's own, and of all else. */
#include "python/scope.h"

#include <string.h>

#define CALL_DEPTH 40

/* --- arguments ------------------------------------------------------------------ */

static void add_argument(GArray *arguments, const char *name, const MlValue *value)
{
    const MlArgument argument = {name, value};
    g_array_append_val(arguments, argument);
}

/* **values: its own keywords where they can be told. */
static gboolean add_keywords(GArray *arguments, const MlValue *values)
{
    if (values->kind != ML_VALUE_DICT)
        return FALSE;
    for (gsize i = 0; i < values->dict.length; i++)
        if (values->dict.pairs[i].key->kind != ML_VALUE_STRING)
            return FALSE;
    for (gsize i = 0; i < values->dict.length; i++)
        add_argument(arguments, values->dict.pairs[i].key->string.text,
                     values->dict.pairs[i].value);
    return TRUE;
}

static gboolean add_all(MlScope scope, TSNode node, GArray *arguments)
{
    g_autoptr(GPtrArray) items = ml_items(scope, node, ml_evaluate(scope, ml_node_first(node)));
    for (guint i = 0; items != NULL && i < items->len; i++)
        add_argument(arguments, NULL, items->pdata[i]);
    return items != NULL;
}

static gboolean add_keyword(MlScope scope, TSNode node, GArray *arguments)
{
    const MlValue *value = ml_evaluate(scope, ml_node_field(node, ML_FIELD_VALUE));
    MlOrigin name = ml_node_origin(scope.file->module, ml_node_field(node, ML_FIELD_NAME));
    const char *copy =
        ml_keep_text(scope, ml_module_bytes(name.module, NULL) + name.start, name.end - name.start);
    if (copy != NULL)
        add_argument(arguments, copy, value);
    return copy != NULL;
}

static gboolean add_any(MlScope scope, TSNode node, GArray *arguments)
{
    if (ml_node_is(node, "keyword_argument"))
        return add_keyword(scope, node, arguments);
    if (ml_node_is(node, "dictionary_splat"))
        return add_keywords(arguments, ml_evaluate(scope, ml_node_first(node)));
    if (ml_node_is(node, "list_splat"))
        return add_all(scope, node, arguments);
    add_argument(arguments, NULL, ml_evaluate(scope, node));
    return TRUE;
}

void ml_read_arguments(MlScope scope, TSNode list, GArray *arguments, gboolean *open)
{
    if (ml_node_is(list, "generator_expression")) {
        add_argument(arguments, NULL, ml_evaluate(scope, list));
        return;
    }
    g_auto(MlChildren) children = ml_children_of(list);
    for (TSNode child; ml_children_next(&children, &child);)
        *open |= !add_any(scope, child, arguments);
}

/* --- parameters ---------------------------------------------------------------------------------
 */

typedef struct {
    MlScope inside; /* the function's own */
    const GArray *arguments;
    GArray *used; /* gboolean an argument */
    gboolean open;
    guint next; /* positional argument */
} Passing;

static const MlArgument *argument_at(const Passing *passing, guint i)
{
    return &g_array_index(passing->arguments, MlArgument, i);
}

static const MlValue *next_positional(Passing *passing)
{
    while (passing->next < passing->arguments->len) {
        guint i = passing->next++;
        if (argument_at(passing, i)->name == NULL) {
            g_array_index(passing->used, gboolean, i) = TRUE;
            return argument_at(passing, i)->value;
        }
    }
    return NULL;
}

static const MlValue *named(Passing *passing, const char *name, gsize length)
{
    for (guint i = 0; i < passing->arguments->len; i++) {
        const char *given = argument_at(passing, i)->name;
        if (given != NULL && strlen(given) == length && memcmp(given, name, length) == 0) {
            g_array_index(passing->used, gboolean, i) = TRUE;
            return argument_at(passing, i)->value;
        }
    }
    return NULL;
}

static const MlValue *positional_rest(Passing *passing, TSNode node)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    for (const MlValue *value; (value = next_positional(passing)) != NULL;)
        g_ptr_array_add(items, (gpointer)value);
    return passing->open ? ml_make_unknown(passing->inside, node)
                         : ml_make_sequence(passing->inside, node, ML_VALUE_TUPLE, items);
}

static const MlValue *keyword_rest(Passing *passing, TSNode node)
{
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(MlPair));
    for (guint i = 0; i < passing->arguments->len; i++) {
        const MlArgument *argument = argument_at(passing, i);
        if (argument->name == NULL || g_array_index(passing->used, gboolean, i))
            continue;
        const MlPair pair = {
            ml_make_string(passing->inside, node, argument->name, strlen(argument->name)),
            argument->value};
        g_array_append_val(pairs, pair);
        g_array_index(passing->used, gboolean, i) = TRUE;
    }
    return passing->open ? ml_make_unknown(passing->inside, node)
                         : ml_make_dict(passing->inside, node, pairs);
}

/* `a`, `a: int`, `a=1`, `a: int = 1`, `*a`, `**a`: the identifier, or the splat around it. */
static TSNode name_of_parameter(TSNode parameter)
{
    TSNode name = ml_node_field(parameter, ML_FIELD_NAME);
    if (!ts_node_is_null(name))
        return name;
    return ml_node_is(parameter, "typed_parameter") ? ml_node_first(parameter) : parameter;
}

static gboolean is_splat(TSNode name)
{
    return ml_node_is(name, "list_splat_pattern") || ml_node_is(name, "dictionary_splat_pattern");
}

/* What a parameter gets; NULL where Python would complain. */
static const MlValue *passed(Passing *passing, TSNode name, gboolean keyword_only,
                             const MlValue *otherwise)
{
    MlOrigin where = ml_node_origin(passing->inside.file->module, name);
    const char *text = ml_module_bytes(where.module, NULL) + where.start;
    const MlValue *value = keyword_only ? NULL : next_positional(passing);
    if (value == NULL)
        value = named(passing, text, where.end - where.start);
    if (value == NULL)
        value = passing->open ? ml_make_unknown(passing->inside, name) : otherwise;
    return value;
}

static void bind(Passing *passing, TSNode name, const MlValue *value)
{
    MlOrigin where = ml_node_origin(passing->inside.file->module, name);
    ml_set_variable(passing->inside, ml_module_bytes(where.module, NULL) + where.start,
                    where.end - where.start, value);
}

/* Defaults are the same object at every call: told when the function is made, or first called. */
static gboolean bind_parameters(Passing *passing, TSNode parameters, const MlValue *const *defaults)
{
    gboolean keyword_only = FALSE;
    guint i = 0;
    g_auto(MlChildren) children = ml_children_of(parameters);
    for (TSNode child; ml_children_next(&children, &child); i++) {
        TSNode name = name_of_parameter(child);
        if (is_splat(name)) {
            gboolean list = ml_node_is(name, "list_splat_pattern");
            keyword_only |= list;
            bind(passing, ml_node_first(name),
                 list ? positional_rest(passing, name) : keyword_rest(passing, name));
            continue;
        }
        keyword_only |= ml_node_is(child, "keyword_separator");
        if (!ml_node_is(name, "identifier"))
            continue;
        const MlValue *value = passed(passing, name, keyword_only, defaults[i]);
        if (value == NULL)
            return FALSE;
        bind(passing, name, value);
    }
    for (guint j = 0; j < passing->used->len; j++)
        if (!g_array_index(passing->used, gboolean, j))
            return FALSE;
    return TRUE;
}

/* One for each parameter, NULL where it has none; NULL if they do not fit. */
const MlValue **ml_defaults_of(MlScope scope, TSNode parameters)
{
    guint i = 0;
    const MlValue **defaults = ml_arena_alloc(
        scope.evaluation->arena, (ml_children_count(parameters) + 1) * sizeof(gpointer));
    g_auto(MlChildren) children = ml_children_of(parameters);
    for (TSNode child; defaults && ml_children_next(&children, &child); i++) {
        TSNode value = ml_node_field(child, ML_FIELD_VALUE);
        if (!ts_node_is_null(value))
            defaults[i] = ml_evaluate(scope, value);
    }
    return defaults;
}

/* --- functions of the tree -----------------------------------------------------------------------
 */

/* Whether a call runs the function: it makes a generator or a coroutine of others. */
static gboolean is_run_by_call(const MlDefinition *definition)
{
    const char *bytes = ml_module_bytes(definition->file->module, NULL);
    guint32 start = ts_node_start_byte(definition->node);
    return !g_str_has_prefix(bytes + start, "async") && !definition->yields;
}

static const MlValue *run_body(MlScope inside, TSNode node, TSNode body)
{
    if (!ml_node_is(body, "block"))
        return ml_evaluate(inside, body);
    MlRun *run = &inside.evaluation->run;
    MlExits *outer[] = {run->breaks, run->continues, run->returns};
    MlExits returns = ml_exits_begin(inside);
    run->breaks = run->continues = NULL;
    run->returns = &returns;
    guint flow = ml_execute_block(inside, body);
    ml_exits_end(inside, &returns, (flow & ML_FLOW_NEXT) != 0);
    run->breaks = outer[0];
    run->continues = outer[1];
    run->returns = outer[2];
    run->raised |= flow == ML_FLOW_RAISE;
    if (flow == ML_FLOW_RAISE || flow == 0)
        return ml_make_unknown(inside, node);
    const MlValue *returned = inside.frame->returned;
    return flow & ML_FLOW_NEXT ? ml_make_either(inside, returned, ml_make_none(inside, node))
                               : returned;
}

/* What has been made outside of functions, they change unseen. */
static void enter(MlRun *run, MlScope scope, TSNode call)
{
    gboolean is_outermost = run->depth++ == 0;
    if (is_outermost && run->events == NULL)
        run->began = scope.evaluation->made;
    MlCaller *caller = run->events && !is_outermost
                           ? ml_arena_alloc(scope.evaluation->arena, sizeof(MlCaller))
                           : NULL;
    if (caller != NULL) {
        *caller = (MlCaller){ml_node_origin(scope.file->module, call), run->callers};
        run->callers = caller;
    }
}

static const MlValue *call_definition(MlScope scope, TSNode node, const MlDefinition *definition,
                                      const GArray *arguments, gboolean open)
{
    MlRun *run = &scope.evaluation->run;
    MlFrame *frame = ml_arena_alloc(scope.evaluation->arena, sizeof(MlFrame));
    if (frame == NULL)
        return NULL;
    *frame = (MlFrame){.outer = definition->outer};
    guint32 before = definition->file == scope.file ? scope.before : G_MAXUINT32;
    MlScope inside = {scope.evaluation, definition->file, frame, before, scope.depth + 1};
    g_autoptr(GArray) used = g_array_new(FALSE, TRUE, sizeof(gboolean));
    g_array_set_size(used, arguments->len);
    Passing passing = {inside, arguments, used, open, 0};
    if (!bind_parameters(&passing, ml_node_field(definition->node, ML_FIELD_PARAMETERS),
                         definition->defaults))
        return NULL;
    const MlCaller *callers = run->callers;
    const MlActive active = {definition, run->active};
    guint doubt = run->doubt;
    run->active = &active;
    enter(run, scope, node);
    const MlValue *value = run_body(inside, node, ml_node_field(definition->node, ML_FIELD_BODY));
    run->active = active.outer;
    run->callers = callers;
    run->doubt = doubt;
    run->depth--;
    return value;
}

/* A function that calls itself under a condition that nobody knows would never end. */
static gboolean is_too_deep(const MlRun *run, const MlDefinition *definition)
{
    guint times = 0;
    for (const MlActive *at = run->active; at != NULL; at = at->outer)
        times += ts_node_eq(at->definition->node, definition->node);
    return run->depth >= CALL_DEPTH || (times >= 2 && run->doubt > 0);
}

const MlValue *ml_call_function(MlScope scope, TSNode node, const MlValue *function,
                                const GArray *arguments, gboolean open)
{
    const MlDefinition *definition = function->unknown.definition;
    if (!ml_is_live(definition) || is_too_deep(&scope.evaluation->run, definition) ||
        !is_run_by_call(definition) || !ml_goes_on(scope))
        return NULL;
    return call_definition(scope, node, definition, arguments, open);
}

/* --- what nobody knows ---------------------------------------------------------- */

/* Whoever gets a function may call it, and again. */
static void call_loosely(MlScope scope, TSNode node, const MlValue *function)
{
    MlBranches branches = ml_branches_begin(scope);
    g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(MlArgument));
    scope.evaluation->run.repeated = TRUE;
    const MlDefinition *definition = function->unknown.definition;
    if (!is_too_deep(&scope.evaluation->run, definition))
        call_definition(scope, node, definition, none, TRUE);
    ml_branches_add(scope, &branches, ML_FLOW_NEXT);
    ml_branches_add_nothing(&branches);
    ml_branches_end(scope, &branches);
    scope.evaluation->run.raised = FALSE;
}

static gboolean is_function(const MlValue *value)
{
    return ml_value_has_shape(value, ML_SHAPE_FUNCTION) && ml_is_live(value->unknown.definition);
}

/* The functions that a call (anything else has none) was given. */
static void call_given(MlScope scope, TSNode node, const MlValue *call)
{
    if (!ml_value_has_shape(call, ML_SHAPE_CALL))
        return;
    for (gsize i = 0; i < call->unknown.length; i++)
        if (is_function(call->unknown.arguments[i].value))
            call_loosely(scope, node, call->unknown.arguments[i].value);
}

/* SQLAlchemy keeps the functions that it is given (default=) for later. */
static gboolean is_sqlalchemy(const MlValue *callee)
{
    return ml_value_has_shape(callee, ML_SHAPE_NAME) &&
           g_str_has_prefix(callee->unknown.name, "sqlalchemy.");
}

static gboolean has_run(const MlEvaluation *evaluation)
{
    return evaluation->run.events != NULL;
}

/* Neither of the two changes what it is given. */
static gboolean leaves_alone(const MlValue *callee)
{
    for (guint depth = 0; callee != NULL && depth < 50; depth++) {
        if (ml_value_has_shape(callee, ML_SHAPE_NAME))
            return g_str_has_prefix(callee->unknown.name, "alembic.") ||
                   g_str_has_prefix(callee->unknown.name, "sqlalchemy.") ||
                   strchr(callee->unknown.name, '.') == NULL;
        callee = callee->kind == ML_VALUE_UNKNOWN ? callee->unknown.object : NULL;
    }
    return FALSE;
}

static const MlValue *call_unknown(MlScope scope, TSNode node, const MlValue *callee,
                                   const MlValue *call)
{
    if (!has_run(scope.evaluation) || !ml_goes_on(scope))
        return call;
    ml_record(scope, ML_EVENT_CALL, call->origin, call);
    if (ml_value_has_shape(callee, ML_SHAPE_MEMBER))
        ml_let_go(scope, callee->unknown.object, G_MAXUINT);
    if (is_function(callee))
        call_loosely(scope, node, callee);
    call_given(scope, node, callee);
    if (!is_sqlalchemy(callee))
        call_given(scope, node, call);
    return call;
}

/* --- any call ------------------------------------------------------------------- */

static const MlValue *first_argument(const GArray *arguments)
{
    return arguments->len > 0 ? g_array_index(arguments, MlArgument, 0).value : NULL;
}

/* What leaves a function what it is. */
static gboolean is_transparent(const MlValue *callee)
{
    static const char *const names[] = {"staticmethod",
                                        "functools.lru_cache",
                                        "functools.cache",
                                        "functools.wraps",
                                        "public.public",
                                        "public.private",
                                        NULL};
    return ml_value_is_name(callee, names) || ml_value_is_call(callee, names);
}

/* A method of a class of the tree, and the object or the class that it gets first. */
typedef struct {
    const MlValue *function, *self; /* NULL: it is none */
} Bound;

static Bound method_of(MlScope scope, const MlValue *callee)
{
    static const char *const of_class[] = {"classmethod", NULL};
    const MlValue *self = callee->unknown.object;
    if (!ml_value_has_shape(callee, ML_SHAPE_MEMBER))
        return (Bound){NULL, NULL};
    gboolean is_class = ml_value_has_shape(self, ML_SHAPE_CLASS);
    if (!is_class && !ml_value_has_shape(self, ML_SHAPE_CALL))
        return (Bound){NULL, NULL};
    const MlValue *class_value = is_class ? self : self->unknown.object;
    const MlValue *method = ml_class_member(scope, class_value, callee->unknown.name);
    if (method != NULL && ml_value_is_call(method, of_class))
        return (Bound){ml_value_positional(method, 0), class_value};
    return method && !is_class && is_function(method) ? (Bound){method, self} : (Bound){NULL, NULL};
}

static const MlValue *call_method(MlScope scope, TSNode node, Bound method, const GArray *arguments,
                                  gboolean open)
{
    g_autoptr(GArray) with_self = g_array_new(FALSE, FALSE, sizeof(MlArgument));
    add_argument(with_self, NULL, method.self);
    g_array_append_vals(with_self, arguments->data, arguments->len);
    return ml_call_function(scope, node, method.function, with_self, open);
}

/* An object of a class of the tree, set up by its own __init__. */
static const MlValue *instance(MlScope scope, TSNode node, const MlValue *class_value,
                               const GArray *arguments, gboolean open)
{
    const MlValue *object = ml_make_call(scope, node, class_value, arguments, open);
    const MlValue *method = ml_class_member(scope, class_value, "__init__");
    if (method != NULL && is_function(method) && has_run(scope.evaluation))
        call_method(scope, node, (Bound){method, object}, arguments, open);
    return object;
}

/* What its methods make of a text that is not known as a whole is a text. */
static const MlValue *method_of_text(MlScope scope, TSNode node, const MlValue *text,
                                     const char *name, const MlValue *call)
{
    static const char *const texts[] = {
        "format", "upper",      "lower", "strip",        "lstrip",       "rstrip", "replace",
        "title",  "capitalize", "join",  "removeprefix", "removesuffix", NULL};
    static const char *const leave_parts[] = {"format", "strip", "lstrip", "rstrip", NULL};
    const MlValue *made = NULL;
    if (!g_strv_contains(texts, name))
        return NULL;
    if (text->kind == ML_VALUE_UNKNOWN && g_strv_contains(leave_parts, name)) {
        const char *known = text->unknown.name;
        const MlValue *string = ml_make_string(scope, node, known, strlen(known));
        if (string->kind == ML_VALUE_STRING)
            made = ml_string_method(scope, node, string, name, call);
    }
    if (made == NULL)
        return ml_make_named(scope, node, ML_SHAPE_TEXT, ML_HOLE, NULL);
    if (made->kind != ML_VALUE_STRING)
        return made;
    g_autoptr(GString) with_holes = g_string_new_len(made->string.text, made->string.length);
    return ml_make_text(scope, node, with_holes);
}

/* Whether a text that begins with what is known starts with another. */
static const MlValue *beginning_is(MlScope scope, TSNode node, const MlValue *text,
                                   const MlValue *call)
{
    const MlValue *with = ml_value_positional(call, 0);
    if (!ml_value_has_shape(text, ML_SHAPE_TEXT) || call->unknown.length != 1 ||
        call->unknown.open || with == NULL || with->kind != ML_VALUE_STRING)
        return NULL;
    gsize known = strstr(text->unknown.name, ML_HOLE) - text->unknown.name;
    gsize common = MIN(known, with->string.length);
    gboolean alike = memcmp(text->unknown.name, with->string.text, common) == 0;
    return alike && known < with->string.length ? NULL : ml_make_bool(scope, node, alike);
}

/* Of a value of one of Python's own types. */
static gboolean is_of_python(const MlValue *value)
{
    gboolean either = ml_value_has_shape(value, ML_SHAPE_EITHER);
    for (gsize i = 0; either && i < value->unknown.length; i++)
        either = is_of_python(value->unknown.arguments[i].value);
    return either || value->kind != ML_VALUE_UNKNOWN || ml_value_has_shape(value, ML_SHAPE_TEXT) ||
           ml_value_has_shape(value, ML_SHAPE_CONTAINER);
}

static gboolean is_method_of_known(const MlValue *callee)
{
    return ml_value_has_shape(callee, ML_SHAPE_MEMBER) && is_of_python(callee->unknown.object);
}

static const MlValue *method_of_any(MlScope scope, TSNode node, const MlValue *object,
                                    const char *name, const MlValue *call);

/* Each of them may be what is called, or changed. */
static const MlValue *method_of_either(MlScope scope, TSNode node, const MlValue *either,
                                       const char *name, const MlValue *call)
{
    const MlValue *result = NULL;
    for (gsize i = 0; i < either->unknown.length; i++) {
        const MlValue *object = either->unknown.arguments[i].value;
        const MlValue *value =
            object->kind == ML_VALUE_STRING ? method_of_any(scope, node, object, name, call) : NULL;
        if (value == NULL) {
            ml_let_go(scope, either, G_MAXUINT);
            return NULL;
        }
        result = ml_make_either(scope, result, value);
    }
    return result;
}

static const MlValue *method_of_any(MlScope scope, TSNode node, const MlValue *object,
                                    const char *name, const MlValue *call)
{
    const MlValue *value = NULL;
    if (ml_value_has_shape(object, ML_SHAPE_EITHER))
        return method_of_either(scope, node, object, name, call);
    if (ml_is_sequence(object) || ml_is_container(object))
        return ml_container_method(scope, node, object, name, call);
    if (object->kind == ML_VALUE_STRING)
        value = ml_string_method(scope, node, object, name, call);
    if (value != NULL ||
        (object->kind == ML_VALUE_UNKNOWN && !ml_value_has_shape(object, ML_SHAPE_TEXT)))
        return value;
    if (strcmp(name, "startswith") == 0)
        return beginning_is(scope, node, object, call);
    return method_of_text(scope, node, object, name, call);
}

static const MlValue *apply_own(MlScope scope, TSNode node, const MlValue *callee,
                                const GArray *arguments, gboolean open)
{
    if (is_function(callee))
        return ml_call_function(scope, node, callee, arguments, open);
    if (ml_value_has_shape(callee, ML_SHAPE_CLASS))
        return instance(scope, node, callee, arguments, open);
    Bound method = method_of(scope, callee);
    return is_function(method.function) && method.self
               ? call_method(scope, node, method, arguments, open)
               : NULL;
}

static gboolean is_told(const MlValue *value)
{
    return value != NULL && !ml_value_has_shape(value, ML_SHAPE_OTHER);
}

static const MlValue *snapshot_of_call(MlScope scope, TSNode node, const MlValue *call)
{
    g_autoptr(GArray) arguments = g_array_new(FALSE, FALSE, sizeof(MlArgument));
    for (gsize i = 0; i < call->unknown.length; i++)
        add_argument(arguments, call->unknown.arguments[i].name,
                     ml_snapshot(scope, call->unknown.arguments[i].value, G_MAXUINT));
    return ml_make_call(scope, node, call->unknown.object, arguments, call->unknown.open);
}

const MlValue *ml_apply(MlScope scope, TSNode node, const MlValue *callee, const GArray *arguments,
                        gboolean open)
{
    if (is_transparent(callee) && arguments->len == 1 && !open &&
        is_function(first_argument(arguments)))
        return first_argument(arguments);
    const MlValue *value = apply_own(scope, node, callee, arguments, open);
    if (is_told(value))
        return value;
    const MlValue *call = ml_make_call(scope, node, callee, arguments, open);
    if (value != NULL)
        return call;
    if (is_method_of_known(callee)) {
        value = method_of_any(scope, node, callee->unknown.object, callee->unknown.name, call);
        return value ? value : ml_make_unknown(scope, node);
    }
    if (ml_value_has_shape(callee, ML_SHAPE_NAME) && !strchr(callee->unknown.name, '.')) {
        value = ml_call_builtin(scope, node, callee->unknown.name, call);
        if (value != NULL)
            return value;
        call = snapshot_of_call(scope, node, call);
        if (ml_is_harmless_builtin(callee->unknown.name))
            return call;
    }
    return call_unknown(scope, node, callee, call);
}

/* What something unknown is given is what it was given then, whatever becomes of it. */
static void keep_arguments(MlScope scope, const MlValue *callee, GArray *arguments, guint since)
{
    gboolean alone = leaves_alone(callee);
    for (guint i = 0; i < arguments->len; i++) {
        MlArgument *argument = &g_array_index(arguments, MlArgument, i);
        const MlValue *value = argument->value;
        argument->value = ml_snapshot(scope, value, since);
        if (!alone)
            ml_let_go(scope, value, since);
    }
}

static gboolean is_own(MlScope scope, const MlValue *callee)
{
    return is_function(callee) || is_method_of_known(callee) ||
           ml_value_has_shape(callee, ML_SHAPE_CLASS) ||
           method_of(scope, callee).function != NULL ||
           (ml_value_has_shape(callee, ML_SHAPE_NAME) && !strchr(callee->unknown.name, '.'));
}

const MlValue *ml_call(MlScope scope, TSNode node)
{
    gboolean open = FALSE;
    const MlValue *callee = ml_evaluate(scope, ml_node_field(node, ML_FIELD_FUNCTION));
    guint since = scope.evaluation->made;
    g_autoptr(GArray) arguments = g_array_new(FALSE, FALSE, sizeof(MlArgument));
    ml_read_arguments(scope, ml_node_field(node, ML_FIELD_ARGUMENTS), arguments, &open);
    if (!ml_goes_on(scope))
        return ml_make_unknown(scope, node);
    if (!is_own(scope, callee))
        keep_arguments(scope, callee, arguments, since);
    return ml_apply(scope, node, callee, arguments, open);
}
