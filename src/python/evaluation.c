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

/* A module that takes part, with the path it was found at. */
typedef struct {
    MlModule *module;
    char *path;
    MlBindings *bindings;
    GHashTable *names;  /* name -> const MlValue * at the end of the file; NULL: not bound */
    GHashTable *values; /* const MlBinding * -> const MlValue * */
} File;

struct MlEvaluation {
    MlArena *arena;
    MlImporter *importer;
    GPtrArray *files; /* File *; the first is the one that is evaluated */
    guint steps;
    gboolean looked_around; /* the importer was asked */
};

/* Where an expression stands: names mean what they were bound to before `before`. */
typedef struct {
    MlEvaluation *evaluation;
    File *file;
    guint32 before;
    guint depth;
} Scope;

static const MlValue *evaluate(Scope scope, TSNode node);
static const MlValue *value_of_name(Scope scope, const char *name);
static const MlValue *value_at_end(Scope scope, File *file, const char *name);

static void file_free(gpointer data)
{
    File *file = data;
    g_hash_table_unref(file->names);
    g_hash_table_unref(file->values);
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
    file->bindings = ml_bindings_new(module);
    file->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    file->values = g_hash_table_new(NULL, NULL);
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
    ml_bindings_free(file->bindings);
    file->bindings = ml_bindings_new(file->module);
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
    if (text == NULL || !whole)
        return unknown(scope, node);
    return new_string(scope, node, text);
}

static const MlValue *concatenated_literals(Scope scope, TSNode node)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; ml_children_next(&children, &child);) {
        if (!append_string(text, evaluate(scope, child)))
            return unknown(scope, node);
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
            return unknown(scope, node);
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
    return (Scope){scope.evaluation, file, G_MAXUINT32, scope.depth + 1};
}

static const MlValue *imported_value(Scope scope, const MlBinding *binding, const char *name)
{
    File *file = import(scope, binding->level, binding->module);
    const MlValue *value = file ? value_at_end(scope, file, name) : NULL;
    return value ? value : unknown(scope, binding->node);
}

static const MlValue *evaluate_binding(Scope scope, const MlBinding *binding)
{
    scope.before = binding->at;
    scope.depth++;
    switch (binding->kind) {
    case ML_BINDING_ASSIGNMENT:
        return evaluate(scope, binding->node);
    case ML_BINDING_IMPORT_FROM:
        return imported_value(scope, binding, binding->imported);
    default:
        return unknown(scope, binding->node);
    }
}

/* Told once: whatever names the same binding shares its value. */
static const MlValue *bound_value(Scope scope, const MlBinding *binding)
{
    GHashTable *values = scope.file->values;
    const MlValue *value = g_hash_table_lookup(values, binding);
    if (value == NULL) {
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

/* NULL where nothing binds the name. */
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

/* The file that a name stands for as a module, or NULL. */
static File *module_bound(Scope scope, const MlBinding *binding)
{
    if (binding->conditional)
        return NULL;
    if (binding->kind == ML_BINDING_IMPORT)
        return import(scope, 0, binding->module);
    if (binding->kind == ML_BINDING_IMPORT_FROM)
        return import_below(scope, binding->level, binding->module, binding->imported);
    return NULL;
}

/* What a module's own file does not bind may be a module of its package. */
static File *module_within(Scope scope, const char *name)
{
    const MlBinding *binding = ml_bindings_before(scope.file->bindings, name, scope.before, NULL);
    if (binding != NULL && binding->kind != ML_BINDING_STAR)
        return module_bound(scope, binding);
    return g_str_has_suffix(scope.file->path, "__init__.py") ? import(scope, 1, name) : NULL;
}

/* The file that an expression names as a module (`constants`, `a.b`), or NULL. */
static File *module_of(Scope scope, TSNode node)
{
    if (++scope.depth > DEPTH_LIMIT || scope.evaluation->steps++ > STEP_LIMIT)
        return NULL;
    if (ml_node_is(node, "attribute")) {
        File *package = module_of(scope, ml_node_field(node, "object"));
        g_autofree char *name = ml_node_text(scope.file->module, ml_node_field(node, "attribute"));
        return package ? module_within(at_end_of(scope, package), name) : NULL;
    }
    if (!ml_node_is(node, "identifier"))
        return NULL;
    g_autofree char *name = ml_node_text(scope.file->module, node);
    const MlBinding *binding = ml_bindings_before(scope.file->bindings, name, scope.before, NULL);
    return binding ? module_bound(scope, binding) : NULL;
}

static const MlValue *attribute(Scope scope, TSNode node)
{
    File *file = module_of(scope, ml_node_field(node, "object"));
    if (file == NULL)
        return unknown(scope, node);
    g_autofree char *name = ml_node_text(scope.file->module, ml_node_field(node, "attribute"));
    const MlValue *value = value_at_end(scope, file, name);
    return value ? value : unknown(scope, node);
}

/* A list has as many names as it is given, and each of them can change it. */
static gboolean may_change(Scope scope, const char *name, const MlValue *value)
{
    if (value->kind != ML_VALUE_LIST && value->kind != ML_VALUE_SET)
        return FALSE;
    return ml_bindings_before(scope.file->bindings, name, G_MAXUINT32, NULL)->kind ==
           ML_BINDING_OTHER;
}

static const MlValue *identifier(Scope scope, TSNode node)
{
    g_autofree char *name = ml_node_text(scope.file->module, node);
    gboolean end = scope.before == G_MAXUINT32;
    const MlValue *value = end ? value_at_end(scope, scope.file, name) : value_of_name(scope, name);
    return value && !may_change(scope, name, value) ? value : unknown(scope, node);
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
        {"parenthesized_expression", parenthesized},
        {"binary_operator", binary_operator},
        {"identifier", identifier},
        {"attribute", attribute},
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
    return (Scope){evaluation, g_ptr_array_index(evaluation->files, 0), G_MAXUINT32, 0};
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
