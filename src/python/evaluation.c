#include "python/evaluation.h"
#include "python/arena.h"
#include "python/bindings.h"
#include "python/literal.h"

#include <string.h>

/* A revision's header needs a few hundred bytes and a dozen steps. */
#define ARENA_BUDGET (4 * 1024 * 1024)
#define STEP_LIMIT   40000
#define DEPTH_LIMIT  100
#define FILE_LIMIT   50

/* The names of a class or a function, as far as they are bound before `before`. */
typedef struct Frame Frame;
struct Frame {
    const MlBindings *bindings;
    guint32 before;
    const Frame *outer;
};

/* A class or a function that a value stands for. */
typedef struct {
    TSNode node;
    const Frame *outer; /* of the functions around; in the arena */
    TSNode returned;    /* of a function: see returned_expression */
} Definition;

/* A module that takes part, with the path it was found at. */
typedef struct {
    MlModule *module;
    char *path;
    MlBindings *bindings;
    GHashTable *names;       /* name -> const MlValue * at the end of the file; NULL: not bound */
    GHashTable *values;      /* const MlBinding * -> const MlValue * */
    GHashTable *inner;       /* where a definition begins -> MlBindings * of its body */
    GHashTable *definitions; /* likewise -> Definition *, in the arena */
} File;

struct MlEvaluation {
    MlArena *arena;
    MlImporter *importer;
    GPtrArray *files; /* File *; the first is the one that is evaluated */
    guint steps;
    gboolean looked_around; /* the importer was asked */
};

/* Where an expression stands: names of the module mean what they were bound to before `before`. */
typedef struct {
    MlEvaluation *evaluation;
    File *file;
    const Frame *frame; /* the innermost class or function; NULL at module level */
    guint32 before;
    guint depth;
} Scope;

static const MlValue *evaluate(Scope scope, TSNode node);
static const MlValue *value_of_name(Scope scope, const char *name);
static const MlValue *value_at_end(Scope scope, File *file, const char *name);
static void read_arguments(Scope scope, TSNode list, MlValue *value);

static void file_free(gpointer data)
{
    File *file = data;
    g_hash_table_unref(file->names);
    g_hash_table_unref(file->values);
    g_hash_table_unref(file->inner);
    g_hash_table_unref(file->definitions);
    ml_bindings_free(file->bindings);
    ml_module_unref(file->module);
    g_free(file->path);
    g_free(file);
}

static File *add_file(MlEvaluation *evaluation, MlModule *module, char *path)
{
    File *file = g_new0(File, 1);
    file->module = module;
    file->path = path;
    file->bindings = ml_bindings_new(module, (TSNode){0});
    file->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    file->values = g_hash_table_new(NULL, NULL);
    file->inner = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)ml_bindings_free);
    file->definitions = g_hash_table_new(NULL, NULL);
    g_ptr_array_add(evaluation->files, file);
    return file;
}

MlEvaluation *ml_evaluation_new(MlModule *module, const char *path, MlImporter *importer)
{
    MlEvaluation *evaluation = g_new0(MlEvaluation, 1);
    evaluation->arena = ml_arena_new(ARENA_BUDGET);
    evaluation->importer = importer;
    evaluation->files = g_ptr_array_new_with_free_func(file_free);
    add_file(evaluation, ml_module_ref(module), g_strdup(path));
    return evaluation;
}

void ml_evaluation_free(MlEvaluation *evaluation)
{
    if (evaluation == NULL)
        return;
    g_ptr_array_unref(evaluation->files);
    ml_arena_free(evaluation->arena);
    g_free(evaluation);
}

gboolean ml_evaluation_looked_around(const MlEvaluation *evaluation)
{
    return evaluation->looked_around;
}

void ml_evaluation_forget_syntax(MlEvaluation *evaluation)
{
    File *file = g_ptr_array_index(evaluation->files, 0);
    ml_module_forget_syntax(file->module);
    evaluation->importer = NULL;
    g_hash_table_remove_all(file->names);
    g_hash_table_remove_all(file->values);
    g_hash_table_remove_all(file->inner);
    g_hash_table_remove_all(file->definitions);
    ml_bindings_free(file->bindings);
    file->bindings = ml_bindings_new(file->module, (TSNode){0});
}

const MlModule *ml_evaluation_module(const MlEvaluation *evaluation)
{
    return ((File *)g_ptr_array_index(evaluation->files, 0))->module;
}

const MlBindings *ml_evaluation_bindings(const MlEvaluation *evaluation)
{
    return ((File *)g_ptr_array_index(evaluation->files, 0))->bindings;
}

gpointer ml_evaluation_alloc(MlEvaluation *evaluation, gsize size)
{
    return ml_arena_alloc(evaluation->arena, size);
}

/* --- making values --------------------------------------------------------- */

/* What does not fit the budget any more is unknown, without a place. */
static const MlValue *new_value(Scope scope, TSNode node, MlValue content)
{
    static const MlValue exhausted = {.kind = ML_VALUE_UNKNOWN};
    MlValue *value = ml_arena_alloc(scope.evaluation->arena, sizeof(MlValue));
    if (value == NULL)
        return &exhausted;
    *value = content;
    value->origin = ml_node_origin(scope.file->module, node);
    return value;
}

static const MlValue *unknown(Scope scope, TSNode node)
{
    return new_value(scope, node, (MlValue){.kind = ML_VALUE_UNKNOWN});
}

static const MlValue *new_string(Scope scope, TSNode node, const GString *text)
{
    char *copy = ml_arena_alloc(scope.evaluation->arena, text->len + 1);
    if (copy == NULL)
        return unknown(scope, node);
    memcpy(copy, text->str, text->len);
    return new_value(scope, node, (MlValue){.kind = ML_VALUE_STRING, .string = {copy, text->len}});
}

static const MlValue *new_sequence(Scope scope, TSNode node, MlValueKind kind,
                                   const GPtrArray *items)
{
    gsize size = items->len * sizeof(gpointer);
    gpointer copy = ml_arena_alloc(scope.evaluation->arena, size + 1);
    if (copy == NULL)
        return unknown(scope, node);
    if (items->len > 0)
        memcpy(copy, items->pdata, size);
    return new_value(scope, node, (MlValue){.kind = kind, .sequence = {copy, items->len}});
}

static const char *copy_text(Scope scope, const char *text)
{
    gsize size = strlen(text) + 1;
    char *copy = ml_arena_alloc(scope.evaluation->arena, size);
    return copy ? memcpy(copy, text, size) : NULL;
}

/* An unknown value with a name; one of no shape if the name does not fit the budget. */
static const MlValue *new_named(Scope scope, TSNode node, MlShape shape, const char *name,
                                const MlValue *object)
{
    const char *copy = copy_text(scope, name);
    if (copy == NULL)
        return unknown(scope, node);
    return new_value(scope, node,
                     (MlValue){.kind = ML_VALUE_UNKNOWN,
                               .unknown = {.shape = shape, .name = copy, .object = object}});
}

static const MlValue *new_dict(Scope scope, TSNode node, const GArray *pairs)
{
    gsize size = pairs->len * sizeof(MlPair);
    gpointer copy = ml_arena_alloc(scope.evaluation->arena, size + 1);
    if (copy == NULL)
        return unknown(scope, node);
    if (pairs->len > 0)
        memcpy(copy, pairs->data, size);
    return new_value(scope, node, (MlValue){.kind = ML_VALUE_DICT, .dict = {copy, pairs->len}});
}

/* A text that begins with `text`, goes on as `rest` does (NULL: no more), and then is not known. */
static const MlValue *beginning(Scope scope, TSNode node, const GString *text, const MlValue *rest)
{
    g_autofree char *joined = g_strconcat(
        text->str, ml_value_has_shape(rest, ML_SHAPE_TEXT) ? rest->unknown.name : "", NULL);
    return new_named(scope, node, ML_SHAPE_TEXT, joined, NULL);
}

/* --- literals --------------------------------------------------------------- */

/* FALSE for what is no string, or would exceed what the arena could ever hold. */
static gboolean append_string(GString *out, const MlValue *value)
{
    if (value->kind != ML_VALUE_STRING || out->len + value->string.length > ARENA_BUDGET)
        return FALSE;
    g_string_append_len(out, value->string.text, value->string.length);
    return TRUE;
}

static gboolean interpolate(GString *out, TSNode expression, gpointer data)
{
    const MlValue *value = evaluate(*(Scope *)data, expression);
    if (value->kind != ML_VALUE_INTEGER)
        return append_string(out, value);
    g_string_append_printf(out, "%" G_GINT64_FORMAT, value->integer);
    return TRUE;
}

static const MlValue *string_literal(Scope scope, TSNode node)
{
    gboolean whole;
    if (ts_node_end_byte(node) - ts_node_start_byte(node) > ARENA_BUDGET)
        return unknown(scope, node);
    g_autoptr(GString) text =
        ml_literal_read(scope.file->module, node, interpolate, &scope, &whole);
    if (text == NULL)
        return unknown(scope, node);
    return whole ? new_string(scope, node, text) : beginning(scope, node, text, NULL);
}

static const MlValue *concatenated_literals(Scope scope, TSNode node)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; ml_children_next(&children, &child);) {
        const MlValue *part = evaluate(scope, child);
        if (!append_string(text, part))
            return beginning(scope, node, text, part);
    }
    return new_string(scope, node, text);
}

static const MlValue *integer_literal(Scope scope, TSNode node)
{
    g_autofree char *text = ml_node_text(scope.file->module, node);
    gint64 integer;
    if (!g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &integer, NULL))
        return unknown(scope, node);
    return new_value(scope, node, (MlValue){.kind = ML_VALUE_INTEGER, .integer = integer});
}

static const MlValue *none_literal(Scope scope, TSNode node)
{
    return new_value(scope, node, (MlValue){.kind = ML_VALUE_NONE});
}

static const MlValue *true_literal(Scope scope, TSNode node)
{
    return new_value(scope, node, (MlValue){.kind = ML_VALUE_BOOL, .integer = TRUE});
}

static const MlValue *false_literal(Scope scope, TSNode node)
{
    return new_value(scope, node, (MlValue){.kind = ML_VALUE_BOOL, .integer = FALSE});
}

static const MlValue *sequence_literal(Scope scope, TSNode node, MlValueKind kind)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; ml_children_next(&children, &child);) {
        if (ml_node_is(child, "list_splat"))
            return unknown(scope, node);
        g_ptr_array_add(items, (gpointer)evaluate(scope, child));
    }
    return new_sequence(scope, node, kind, items);
}

static const MlValue *tuple_literal(Scope scope, TSNode node)
{
    return sequence_literal(scope, node, ML_VALUE_TUPLE);
}

static const MlValue *list_literal(Scope scope, TSNode node)
{
    return sequence_literal(scope, node, ML_VALUE_LIST);
}

static const MlValue *set_literal(Scope scope, TSNode node)
{
    return sequence_literal(scope, node, ML_VALUE_SET);
}

static const MlValue *dict_literal(Scope scope, TSNode node)
{
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(MlPair));
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; ml_children_next(&children, &child);) {
        if (!ml_node_is(child, "pair"))
            return unknown(scope, node);
        MlPair pair = {evaluate(scope, ml_node_field(child, "key")),
                       evaluate(scope, ml_node_field(child, "value"))};
        g_array_append_val(pairs, pair);
    }
    return new_dict(scope, node, pairs);
}

/* --- expressions ------------------------------------------------------------ */

static gboolean is_sequence(const MlValue *value)
{
    return value->kind == ML_VALUE_TUPLE || value->kind == ML_VALUE_LIST;
}

static const MlValue *concatenation(Scope scope, TSNode node, const MlValue *left,
                                    const MlValue *right)
{
    if (left->kind == ML_VALUE_STRING && right->kind == ML_VALUE_STRING) {
        g_autoptr(GString) text = g_string_new_len(left->string.text, left->string.length);
        g_string_append_len(text, right->string.text, right->string.length);
        return new_string(scope, node, text);
    }
    if (left->kind == ML_VALUE_STRING && right->kind == ML_VALUE_UNKNOWN) {
        g_autoptr(GString) text = g_string_new_len(left->string.text, left->string.length);
        return beginning(scope, node, text, right);
    }
    if (ml_value_has_shape(left, ML_SHAPE_TEXT))
        return left;
    if (is_sequence(left) && left->kind == right->kind) {
        g_autoptr(GPtrArray) items = g_ptr_array_new();
        for (gsize i = 0; i < left->sequence.length; i++)
            g_ptr_array_add(items, (gpointer)left->sequence.items[i]);
        for (gsize i = 0; i < right->sequence.length; i++)
            g_ptr_array_add(items, (gpointer)right->sequence.items[i]);
        return new_sequence(scope, node, left->kind, items);
    }
    return unknown(scope, node);
}

/* "..." % value, as far as %s goes. */
static const MlValue *percent_format(Scope scope, TSNode node, const MlValue *format,
                                     const MlValue *argument)
{
    gboolean many = argument->kind == ML_VALUE_TUPLE;
    gsize count = many ? argument->sequence.length : 1, used = 0;
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; i < format->string.length; i++) {
        char c = format->string.text[i];
        if (c != '%') {
            g_string_append_c(text, c);
            continue;
        }
        char directive = ++i < format->string.length ? format->string.text[i] : 0;
        if (directive == '%') {
            g_string_append_c(text, '%');
            continue;
        }
        const MlValue *item = used >= count ? NULL
                              : many        ? argument->sequence.items[used]
                                            : argument;
        used++;
        if (directive != 's' || item == NULL || !append_string(text, item))
            return beginning(scope, node, text, item);
    }
    return used == count ? new_string(scope, node, text) : unknown(scope, node);
}

static const MlValue *binary_operator(Scope scope, TSNode node)
{
    const MlValue *left = evaluate(scope, ml_node_field(node, "left"));
    const MlValue *right = evaluate(scope, ml_node_field(node, "right"));
    TSNode sign = ml_node_field(node, "operator");
    if (ml_node_is(sign, "+"))
        return concatenation(scope, node, left, right);
    if (ml_node_is(sign, "%") && left->kind == ML_VALUE_STRING)
        return percent_format(scope, node, left, right);
    return unknown(scope, node);
}

/* --- names and imports -------------------------------------------------------- */

/* Whether what an import names may have gone unread for this evaluation's bounds alone. */
static gboolean is_exhausted(const MlEvaluation *evaluation)
{
    return evaluation->steps > STEP_LIMIT || evaluation->files->len >= FILE_LIMIT;
}

static File *import(Scope scope, guint level, const char *name)
{
    MlEvaluation *evaluation = scope.evaluation;
    evaluation->steps++;
    if (evaluation->importer == NULL || is_exhausted(evaluation))
        return NULL;
    evaluation->looked_around = TRUE;
    g_autofree char *path = NULL;
    MlModule *module =
        evaluation->importer->find(evaluation->importer, scope.file->path, level, name, &path);
    if (module == NULL)
        return NULL;
    for (guint i = 0; i < evaluation->files->len; i++) {
        File *file = g_ptr_array_index(evaluation->files, i);
        if (strcmp(file->path, path) == 0) {
            ml_module_unref(module);
            return file;
        }
    }
    return add_file(evaluation, module, g_steal_pointer(&path));
}

static File *import_below(Scope scope, guint level, const char *package, const char *name)
{
    g_autofree char *dotted = *package ? g_strconcat(package, ".", name, NULL) : g_strdup(name);
    return import(scope, level, dotted);
}

static Scope at_end_of(Scope scope, File *file)
{
    return (Scope){scope.evaluation, file, NULL, G_MAXUINT32, scope.depth + 1};
}

static const MlValue *module_value(Scope scope, TSNode node, const File *file)
{
    return new_named(scope, node, ML_SHAPE_MODULE, file->path, NULL);
}

/* A module that the tree does not hold, or `name` of it (NULL: the module itself). */
static const MlValue *library_name(Scope scope, TSNode node, const char *module, const char *name)
{
    if (is_exhausted(scope.evaluation))
        return unknown(scope, node);
    g_autofree char *dotted = name ? g_strconcat(module, ".", name, NULL) : g_strdup(module);
    return new_named(scope, node, ML_SHAPE_NAME, dotted, NULL);
}

/* from module import name */
static const MlValue *imported_value(Scope scope, const MlBinding *binding)
{
    const char *name = binding->imported;
    File *file = import(scope, binding->level, binding->module);
    const MlValue *value = file ? value_at_end(scope, file, name) : NULL;
    if (value != NULL)
        return value;
    File *below = import_below(scope, binding->level, binding->module, name);
    if (below != NULL)
        return module_value(scope, binding->node, below);
    return file == NULL && binding->level == 0
               ? library_name(scope, binding->node, binding->module, name)
               : unknown(scope, binding->node);
}

/* import module */
static const MlValue *imported_module(Scope scope, const MlBinding *binding)
{
    File *file = import(scope, 0, binding->module);
    return file ? module_value(scope, binding->node, file)
                : library_name(scope, binding->node, binding->module, NULL);
}

/* The frames for whoever looks into what is defined here: it may run when all of them have. */
static const Frame *keep_frames(Scope scope)
{
    const Frame *kept = NULL, **end = &kept;
    for (const Frame *frame = scope.frame; frame != NULL; frame = frame->outer) {
        Frame *copy = ml_arena_alloc(scope.evaluation->arena, sizeof(Frame));
        if (copy == NULL)
            break;
        *copy = (Frame){frame->bindings, G_MAXUINT32, NULL};
        *end = copy;
        end = &copy->outer;
    }
    return kept;
}

/* Whether a call runs the function: it makes a generator or a coroutine of others. */
static gboolean is_run_by_call(const MlModule *module, TSNode definition)
{
    const char *bytes = ml_module_bytes(module, NULL);
    guint32 start = ts_node_start_byte(definition), end = ts_node_end_byte(definition);
    return g_str_has_prefix(bytes + start, "def") &&
           memmem(bytes + start, end - start, "yield", strlen("yield")) == NULL;
}

/* What a function returns that does nothing but bind names before; else a null node. */
static TSNode returned_expression(const MlModule *module, TSNode definition)
{
    static const char *const plain[] = {"expression_statement", "import_statement",
                                        "import_from_statement", NULL};
    if (!ml_node_is(definition, "function_definition") || !is_run_by_call(module, definition))
        return (TSNode){0};
    g_auto(MlChildren) children = ml_children_of(ml_node_field(definition, "body"));
    for (TSNode child; ml_children_next(&children, &child);) {
        if (ml_node_is(child, "return_statement"))
            return ml_node_first(child);
        if (!g_strv_contains(plain, ts_node_type(child)))
            break;
    }
    return (TSNode){0};
}

/* A value that stands for a definition, and can be asked about it. */
static const MlValue *new_definition(Scope scope, TSNode node, MlValue value)
{
    gpointer start = GUINT_TO_POINTER(ts_node_start_byte(node));
    if (g_hash_table_contains(scope.file->definitions, start))
        return new_value(scope, node, value);
    Definition *definition = ml_arena_alloc(scope.evaluation->arena, sizeof(Definition));
    if (definition == NULL)
        return unknown(scope, node);
    *definition = (Definition){.node = node,
                               .outer = keep_frames(scope),
                               .returned = returned_expression(scope.file->module, node)};
    g_hash_table_insert(scope.file->definitions, start, definition);
    return new_value(scope, node, value);
}

/* A class, with its bases for arguments and its decorator for object. */
static const MlValue *class_value(Scope scope, TSNode node)
{
    gboolean decorated = ml_node_is(node, "decorated_definition");
    TSNode definition = decorated ? ml_node_field(node, "definition") : node;
    TSNode decorator = decorated ? ml_node_first(ml_node_first(node)) : (TSNode){0};
    MlValue value = {.kind = ML_VALUE_UNKNOWN,
                     .unknown = {.shape = ML_SHAPE_CLASS,
                                 .object = decorated ? evaluate(scope, decorator) : NULL}};
    read_arguments(scope, ml_node_field(definition, "superclasses"), &value);
    return new_definition(scope, definition, value);
}

/* What decorates a function may put anything in its place. */
static const MlValue *function_value(Scope scope, const MlBinding *binding)
{
    const MlValue value = {.kind = ML_VALUE_UNKNOWN, .unknown = {.shape = ML_SHAPE_FUNCTION}};
    return binding->decorated ? unknown(scope, binding->node)
                              : new_definition(scope, binding->node, value);
}

static const MlValue *evaluate_binding(Scope scope, const MlBinding *binding)
{
    scope.depth++;
    switch (binding->kind) {
    case ML_BINDING_ASSIGNMENT:
        return evaluate(scope, binding->node);
    case ML_BINDING_IMPORT:
        return imported_module(scope, binding);
    case ML_BINDING_IMPORT_FROM:
        return imported_value(scope, binding);
    case ML_BINDING_CLASS:
        return class_value(scope, binding->node);
    case ML_BINDING_FUNCTION:
        return function_value(scope, binding);
    default:
        return unknown(scope, binding->node);
    }
}

/* Of a name of the module. Told once: whatever names the same binding shares its value. */
static const MlValue *bound_value(Scope scope, const MlBinding *binding)
{
    GHashTable *values = scope.file->values;
    const MlValue *value = g_hash_table_lookup(values, binding);
    if (value == NULL) {
        scope.before = binding->at;
        value = evaluate_binding(scope, binding);
        g_hash_table_insert(values, (gpointer)binding, (gpointer)value);
    }
    return value;
}

typedef enum { EXPORT_NO, EXPORT_YES, EXPORT_UNKNOWN } Export;

/* Whether `import *` from a file takes the name: __all__ tells, else an underscore hides it. */
static Export is_exported(Scope scope, File *file, const char *name)
{
    const MlValue *all = value_at_end(scope, file, "__all__");
    if (all == NULL)
        return *name != '_' ? EXPORT_YES : EXPORT_NO;
    if (!is_sequence(all))
        return EXPORT_UNKNOWN;
    for (gsize i = 0; i < all->sequence.length; i++) {
        const MlValue *exported = all->sequence.items[i];
        if (exported->kind != ML_VALUE_STRING)
            return EXPORT_UNKNOWN;
        if (strcmp(exported->string.text, name) == 0)
            return EXPORT_YES;
    }
    return EXPORT_NO;
}

/*
 * `from x import *`: the value if x binds the name, or NULL. A library from
 * outside of the tree (from sqlalchemy import *) is taken to bind none that is asked for.
 */
static const MlValue *starred_value(Scope scope, const MlBinding *star, const char *name,
                                    gboolean *unread)
{
    scope.depth++;
    File *file = import(scope, star->level, star->module);
    *unread |= file == NULL && (star->level > 0 || is_exhausted(scope.evaluation));
    const MlValue *value = file ? value_at_end(scope, file, name) : NULL;
    if (value == NULL)
        return NULL;
    Export exported = is_exported(scope, file, name);
    return exported == EXPORT_UNKNOWN ? unknown(scope, star->node)
                                      : (exported == EXPORT_YES ? value : NULL);
}

/*
 * The value of a name of the functions around, or of the class; NULL where none
 * of them binds it. Statements of a function may run in another order than they
 * stand in: a name that is bound twice cannot be told.
 */
static const MlValue *value_in_frames(Scope scope, const char *name)
{
    for (const Frame *frame = scope.frame; frame != NULL; frame = frame->outer) {
        const MlBinding *binding = ml_bindings_before(frame->bindings, name, frame->before, NULL);
        if (binding == NULL)
            continue;
        if (binding->conditional || binding->kind == ML_BINDING_STAR ||
            ml_bindings_before(frame->bindings, name, frame->before, binding) != NULL)
            return unknown(scope, binding->node);
        Frame then = {frame->bindings, binding->at, frame->outer};
        scope.frame = &then;
        return evaluate_binding(scope, binding);
    }
    return NULL;
}

/* Of a name of the module; NULL where nothing binds it. */
static const MlValue *value_of_name(Scope scope, const char *name)
{
    gboolean unread = FALSE;
    const MlBinding *binding = NULL;
    if (scope.depth > DEPTH_LIMIT || scope.evaluation->steps++ > STEP_LIMIT)
        return unknown(scope, (TSNode){0});
    while ((binding = ml_bindings_before(scope.file->bindings, name, scope.before, binding))) {
        if (binding->conditional)
            return unknown(scope, binding->node);
        if (binding->kind != ML_BINDING_STAR)
            return bound_value(scope, binding);
        const MlValue *value = starred_value(scope, binding, name, &unread);
        if (value != NULL)
            return value;
    }
    return unread ? unknown(scope, ml_module_root(scope.file->module)) : NULL;
}

/*
 * The same once the whole file has run; told once. While that goes on the file
 * binds nothing new: where star imports lead back to it, its own names are seen
 * to already.
 */
static const MlValue *value_at_end(Scope scope, File *file, const char *name)
{
    gpointer known;
    if (g_hash_table_lookup_extended(file->names, name, NULL, &known))
        return known;
    g_hash_table_insert(file->names, g_strdup(name), NULL);
    const MlValue *value = value_of_name(at_end_of(scope, file), name);
    g_hash_table_insert(file->names, g_strdup(name), (gpointer)value);
    return value;
}

static File *file_of(Scope scope, const MlValue *module)
{
    for (guint i = 0; i < scope.evaluation->files->len; i++) {
        File *file = g_ptr_array_index(scope.evaluation->files, i);
        if (strcmp(file->path, module->unknown.name) == 0)
            return file;
    }
    return NULL;
}

/* What a module binds to the name, or the module of a package that is called so. */
static const MlValue *member_of_module(Scope scope, TSNode node, File *file, const char *name)
{
    const MlValue *value = value_at_end(scope, file, name);
    if (value != NULL)
        return value;
    gboolean package = g_str_has_suffix(file->path, "__init__.py");
    File *below = package ? import(at_end_of(scope, file), 1, name) : NULL;
    return below ? module_value(scope, node, below) : unknown(scope, node);
}

/* `a.b` of a library's a, which may be a folder of the tree without a file of its own. */
static const MlValue *member_of_library(Scope scope, TSNode node, const char *module,
                                        const char *name)
{
    g_autofree char *dotted = g_strconcat(module, ".", name, NULL);
    File *file = import(scope, 0, dotted);
    return file ? module_value(scope, node, file) : library_name(scope, node, dotted, NULL);
}

static const MlValue *attribute(Scope scope, TSNode node)
{
    const MlValue *object = evaluate(scope, ml_node_field(node, "object"));
    g_autofree char *name = ml_node_text(scope.file->module, ml_node_field(node, "attribute"));
    if (ml_value_has_shape(object, ML_SHAPE_MODULE))
        return member_of_module(scope, node, file_of(scope, object), name);
    if (ml_value_has_shape(object, ML_SHAPE_NAME))
        return member_of_library(scope, node, object->unknown.name, name);
    return new_named(scope, node, ML_SHAPE_MEMBER, name, object);
}

static const MlValue *subscript(Scope scope, TSNode node)
{
    const MlValue *object = evaluate(scope, ml_node_field(node, "value"));
    const MlValue *index = evaluate(scope, ml_node_field(node, "subscript"));
    return new_value(
        scope, node,
        (MlValue){.kind = ML_VALUE_UNKNOWN,
                  .unknown = {.shape = ML_SHAPE_ITEM, .object = object, .index = index}});
}

/* A list has as many names as it is given, and each of them can change it. */
static gboolean may_change(Scope scope, const char *name, const MlValue *value)
{
    if (value->kind != ML_VALUE_LIST && value->kind != ML_VALUE_SET && value->kind != ML_VALUE_DICT)
        return FALSE;
    return ml_bindings_before(scope.file->bindings, name, G_MAXUINT32, NULL)->kind ==
           ML_BINDING_OTHER;
}

/* A name that nothing binds is Python's own. */
static const MlValue *identifier(Scope scope, TSNode node)
{
    g_autofree char *name = ml_node_text(scope.file->module, node);
    const MlValue *local = value_in_frames(scope, name);
    if (local != NULL)
        return local;
    scope.frame = NULL;
    gboolean end = scope.before == G_MAXUINT32;
    const MlValue *value = end ? value_at_end(scope, scope.file, name) : value_of_name(scope, name);
    if (value == NULL)
        return new_named(scope, node, ML_SHAPE_NAME, name, NULL);
    return may_change(scope, name, value) ? unknown(scope, node) : value;
}

/* --- calls -------------------------------------------------------------------- */

static void add_argument(GArray *arguments, const char *name, const MlValue *value)
{
    const MlArgument argument = {name, value};
    g_array_append_val(arguments, argument);
}

/* **values: its own keywords where they can be told. */
static gboolean add_splat(GArray *arguments, const MlValue *values)
{
    if (values->kind != ML_VALUE_DICT)
        return FALSE;
    for (gsize i = 0; i < values->dict.length; i++) {
        const MlPair *pair = &values->dict.pairs[i];
        if (pair->key->kind != ML_VALUE_STRING)
            return FALSE;
        add_argument(arguments, pair->key->string.text, pair->value);
    }
    return TRUE;
}

static gboolean add_keyword(Scope scope, TSNode node, GArray *arguments)
{
    g_autofree char *name = ml_node_text(scope.file->module, ml_node_field(node, "name"));
    const char *copy = copy_text(scope, name);
    if (copy != NULL)
        add_argument(arguments, copy, evaluate(scope, ml_node_field(node, "value")));
    return copy != NULL;
}

static gboolean add_any_argument(Scope scope, TSNode node, GArray *arguments)
{
    if (ml_node_is(node, "keyword_argument"))
        return add_keyword(scope, node, arguments);
    if (ml_node_is(node, "dictionary_splat"))
        return add_splat(arguments, evaluate(scope, ml_node_first(node)));
    if (ml_node_is(node, "list_splat"))
        return FALSE;
    add_argument(arguments, NULL, evaluate(scope, node));
    return TRUE;
}

/* Fills in the arguments of a call, or the bases of a class. */
static void read_arguments(Scope scope, TSNode list, MlValue *value)
{
    g_autoptr(GArray) arguments = g_array_new(FALSE, FALSE, sizeof(MlArgument));
    g_auto(MlChildren) children = ml_children_of(list);
    for (TSNode child; ml_children_next(&children, &child);)
        value->unknown.open |= !add_any_argument(scope, child, arguments);
    gsize size = arguments->len * sizeof(MlArgument);
    gpointer copy = size ? ml_arena_alloc(scope.evaluation->arena, size) : NULL;
    value->unknown.open |= size > 0 && copy == NULL;
    if (copy == NULL)
        return;
    value->unknown.arguments = memcpy(copy, arguments->data, size);
    value->unknown.length = arguments->len;
}

/* The class or function that a value stands for; NULL for any other value. */
static const Definition *definition_of(MlEvaluation *evaluation, const MlValue *value, File **file)
{
    for (guint i = 0; i < evaluation->files->len; i++) {
        *file = g_ptr_array_index(evaluation->files, i);
        if ((*file)->module == value->origin.module)
            return g_hash_table_lookup((*file)->definitions, GUINT_TO_POINTER(value->origin.start));
    }
    return NULL;
}

static const MlBindings *bindings_within(File *file, TSNode definition)
{
    gpointer start = GUINT_TO_POINTER(ts_node_start_byte(definition));
    MlBindings *bindings = g_hash_table_lookup(file->inner, start);
    if (bindings == NULL) {
        bindings = ml_bindings_new(file->module, definition);
        g_hash_table_insert(file->inner, start, bindings);
    }
    return bindings;
}

/* What a call of a function of the tree gives; NULL where that cannot be told. */
static const MlValue *returned_value(Scope scope, const MlValue *function)
{
    File *file;
    const Definition *definition = definition_of(scope.evaluation, function, &file);
    if (definition == NULL || ts_node_is_null(definition->returned))
        return NULL;
    const Frame frame = {bindings_within(file, definition->node), G_MAXUINT32, definition->outer};
    Scope inside = at_end_of(scope, file);
    inside.frame = &frame;
    if (file == scope.file)
        inside.before = scope.before;
    const MlValue *value = evaluate(inside, definition->returned);
    gboolean told = value->kind != ML_VALUE_UNKNOWN || value->unknown.shape != ML_SHAPE_OTHER;
    return told ? value : NULL;
}

/* dict(a=1) is {"a": 1}; NULL for a call with anything else. */
static const MlValue *dict_of_keywords(Scope scope, TSNode node, const MlValue *call)
{
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(MlPair));
    for (gsize i = 0; i < call->unknown.length; i++) {
        const MlArgument *argument = &call->unknown.arguments[i];
        if (argument->name == NULL)
            return NULL;
        const MlValue key = {.kind = ML_VALUE_STRING,
                             .string = {argument->name, strlen(argument->name)}};
        const MlPair pair = {new_value(scope, node, key), argument->value};
        g_array_append_val(pairs, pair);
    }
    return call->unknown.open ? NULL : new_dict(scope, node, pairs);
}

static const MlValue *call(Scope scope, TSNode node)
{
    static const char *const dict[] = {"dict", NULL};
    const MlValue *object = evaluate(scope, ml_node_field(node, "function"));
    const MlValue *value =
        ml_value_has_shape(object, ML_SHAPE_FUNCTION) ? returned_value(scope, object) : NULL;
    if (value != NULL)
        return value;
    MlValue call = {.kind = ML_VALUE_UNKNOWN,
                    .unknown = {.shape = ML_SHAPE_CALL, .object = object}};
    read_arguments(scope, ml_node_field(node, "arguments"), &call);
    if (ml_value_is_name(object, dict))
        value = dict_of_keywords(scope, node, &call);
    return value ? value : new_value(scope, node, call);
}

/* `x[key] = value` is x.__setitem__(key, value). */
static const MlValue *item_assignment(Scope scope, TSNode node)
{
    TSNode target = ml_node_field(node, "left");
    const MlArgument arguments[] = {
        {NULL, evaluate(scope, ml_node_field(target, "subscript"))},
        {NULL, evaluate(scope, ml_node_field(node, "right"))},
    };
    const MlValue *object = evaluate(scope, ml_node_field(target, "value"));
    const MlValue *method = new_named(scope, target, ML_SHAPE_MEMBER, "__setitem__", object);
    gpointer copy = ml_arena_alloc(scope.evaluation->arena, sizeof arguments);
    if (copy == NULL)
        return unknown(scope, node);
    memcpy(copy, arguments, sizeof arguments);
    return new_value(scope, node,
                     (MlValue){.kind = ML_VALUE_UNKNOWN,
                               .unknown = {.shape = ML_SHAPE_CALL,
                                           .object = method,
                                           .arguments = copy,
                                           .length = G_N_ELEMENTS(arguments)}});
}

static const MlValue *parenthesized(Scope scope, TSNode node)
{
    return evaluate(scope, ml_node_first(node));
}

static const MlValue *evaluate(Scope scope, TSNode node)
{
    static const struct {
        const char *type;
        const MlValue *(*evaluate)(Scope, TSNode);
    } expressions[] = {
        {"string", string_literal},
        {"concatenated_string", concatenated_literals},
        {"none", none_literal},
        {"true", true_literal},
        {"false", false_literal},
        {"integer", integer_literal},
        {"tuple", tuple_literal},
        {"expression_list", tuple_literal},
        {"list", list_literal},
        {"set", set_literal},
        {"dictionary", dict_literal},
        {"parenthesized_expression", parenthesized},
        {"binary_operator", binary_operator},
        {"identifier", identifier},
        {"attribute", attribute},
        {"subscript", subscript},
        {"call", call},
        {"assignment", item_assignment},
    };
    if (++scope.depth > DEPTH_LIMIT || scope.evaluation->steps++ > STEP_LIMIT ||
        ts_node_is_null(node) || ts_node_has_error(node))
        return unknown(scope, node);
    for (guint i = 0; i < G_N_ELEMENTS(expressions); i++)
        if (ml_node_is(node, expressions[i].type))
            return expressions[i].evaluate(scope, node);
    return unknown(scope, node);
}

/* --- what others ask ---------------------------------------------------------- */

static Scope whole_file(MlEvaluation *evaluation)
{
    return (Scope){evaluation, g_ptr_array_index(evaluation->files, 0), NULL, G_MAXUINT32, 0};
}

const MlValue *ml_evaluation_name(MlEvaluation *evaluation, const char *name)
{
    Scope scope = whole_file(evaluation);
    return value_at_end(scope, scope.file, name);
}

const MlValue *ml_evaluation_expression(MlEvaluation *evaluation, TSNode node)
{
    return evaluate(whole_file(evaluation), node);
}

/* The frames of the functions around the cursor's node, the innermost first. */
static const Frame *frames_around(MlEvaluation *evaluation, File *file, const TSTreeCursor *at)
{
    const Frame *innermost = NULL, **end = &innermost;
    TSTreeCursor cursor = ts_tree_cursor_copy(at);
    while (ts_tree_cursor_goto_parent(&cursor)) {
        TSNode outer = ts_tree_cursor_current_node(&cursor);
        if (!ml_node_is(outer, "function_definition"))
            continue;
        Frame *frame = ml_arena_alloc(evaluation->arena, sizeof(Frame));
        if (frame == NULL)
            break;
        *frame = (Frame){bindings_within(file, outer), G_MAXUINT32, NULL};
        *end = frame;
        end = &frame->outer;
    }
    ts_tree_cursor_delete(&cursor);
    return innermost;
}

const MlValue *ml_evaluation_expression_at(MlEvaluation *evaluation, const TSTreeCursor *at)
{
    TSNode node = ts_tree_cursor_current_node(at);
    Scope scope = whole_file(evaluation);
    scope.frame = frames_around(evaluation, scope.file, at);
    if (scope.frame == NULL)
        scope.before = ts_node_start_byte(node);
    return evaluate(scope, node);
}

const MlValue *ml_evaluation_member(MlEvaluation *evaluation, const MlValue *class_value,
                                    const char *name)
{
    File *file;
    const Definition *definition = definition_of(evaluation, class_value, &file);
    if (definition == NULL || !ml_node_is(definition->node, "class_definition"))
        return NULL;
    const Frame frame = {bindings_within(file, definition->node), G_MAXUINT32, NULL};
    const Scope scope = {evaluation, file, &frame, ts_node_start_byte(definition->node), 0};
    return value_in_frames(scope, name);
}

gboolean ml_evaluation_mentions(const MlEvaluation *evaluation, const char *words)
{
    for (guint i = 0; i < evaluation->files->len; i++) {
        gsize length;
        File *file = g_ptr_array_index(evaluation->files, i);
        const char *bytes = ml_module_bytes(file->module, &length);
        if (length > 0 && memmem(bytes, length, words, strlen(words)) != NULL)
            return TRUE;
    }
    return FALSE;
}

GPtrArray *ml_evaluation_imports(MlEvaluation *evaluation)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    ml_bindings_add_imports(ml_evaluation_bindings(evaluation), names);
    return names;
}

static gboolean is_import(TSNode statement)
{
    return ml_node_is(statement, "import_statement") ||
           ml_node_is(statement, "import_from_statement") ||
           ml_node_is(statement, "future_import_statement");
}

const MlValue *ml_evaluation_docstring(MlEvaluation *evaluation)
{
    Scope scope = whole_file(evaluation);
    g_auto(MlChildren) children = ml_children_of(ml_module_root(scope.file->module));
    for (TSNode child; ml_children_next(&children, &child);) {
        TSNode only = ml_node_is(child, "expression_statement") ? ml_node_first(child) : child;
        if (ml_node_is(only, "string") || ml_node_is(only, "concatenated_string")) {
            const MlValue *value = evaluate(scope, only);
            return value->kind == ML_VALUE_STRING ? value : NULL;
        }
        if (!is_import(child))
            return NULL;
    }
    return NULL;
}
