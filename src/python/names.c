/* What names are bound to: in functions, modules, classes and libraries. */
#include "python/scope.h"

#include <string.h>

#define DEPTH_LIMIT 200
#define FILE_LIMIT  50
#define NAME_LIMIT  200

/* --- files ---------------------------------------------------------------------- */

/* Whether what an import names may have gone unread for this evaluation's bounds alone. */
static gboolean is_exhausted(const MlEvaluation *evaluation)
{
    return evaluation->exhausted || evaluation->files->len >= FILE_LIMIT;
}

gboolean ml_is_library(const char *name)
{
    static const char *const libraries[] = {"alembic", "sqlalchemy", "os"};
    gsize length = strcspn(name, ".");
    for (guint i = 0; i < G_N_ELEMENTS(libraries); i++)
        if (strlen(libraries[i]) == length && strncmp(libraries[i], name, length) == 0)
            return TRUE;
    return FALSE;
}

static MlFile *import(MlScope scope, guint level, const char *name)
{
    MlEvaluation *evaluation = scope.evaluation;
    if (level == 0 && ml_is_library(name))
        return NULL;
    if (!ml_spend(evaluation, 1) || evaluation->importer == NULL || is_exhausted(evaluation))
        return NULL;
    evaluation->looked_around = TRUE;
    g_autofree char *path = NULL;
    MlModule *module =
        evaluation->importer->find(evaluation->importer, scope.file->path, level, name, &path);
    if (module == NULL)
        return NULL;
    for (guint i = 0; i < evaluation->files->len; i++) {
        MlFile *file = g_ptr_array_index(evaluation->files, i);
        if (strcmp(file->path, path) == 0) {
            ml_module_unref(module);
            return file;
        }
    }
    return ml_evaluation_add_file(evaluation, module, g_steal_pointer(&path));
}

static MlFile *import_below(MlScope scope, guint level, const char *package, const char *name)
{
    g_autofree char *dotted = *package ? g_strconcat(package, ".", name, NULL) : g_strdup(name);
    return import(scope, level, dotted);
}

static MlScope at_end_of(MlScope scope, MlFile *file)
{
    return (MlScope){scope.evaluation, file, NULL, G_MAXUINT32, scope.depth + 1};
}

static const MlValue *module_value(MlScope scope, TSNode node, const MlFile *file)
{
    return ml_make_named(scope, node, ML_SHAPE_MODULE, file->path, NULL);
}

/* An absolute module: a file of the tree, or a library's name. Told once. */
static const MlValue *absolute_module(MlScope scope, TSNode node, const char *dotted)
{
    GHashTable *libraries = scope.evaluation->libraries;
    const MlValue *known = g_hash_table_lookup(libraries, dotted);
    if (known == NULL) {
        MlFile *file = import(scope, 0, dotted);
        if (file == NULL && is_exhausted(scope.evaluation))
            return ml_make_unknown(scope, node);
        known = file ? module_value(scope, node, file)
                     : ml_make_named(scope, node, ML_SHAPE_NAME, dotted, NULL);
        if (known->unknown.name != NULL)
            g_hash_table_insert(libraries, g_strdup(dotted), (gpointer)known);
    }
    return ml_make(scope, node, *known);
}

/* --- imports -------------------------------------------------------------------- */

/* A name of a module that the tree does not hold. */
static const MlValue *library_name(MlScope scope, TSNode node, const char *module, const char *name)
{
    if (is_exhausted(scope.evaluation))
        return ml_make_unknown(scope, node);
    g_autofree char *dotted = g_strconcat(module, ".", name, NULL);
    return ml_make_named(scope, node, ML_SHAPE_NAME, dotted, NULL);
}

/* from module import name */
static const MlValue *imported_value(MlScope scope, const MlBinding *binding)
{
    const char *name = binding->imported;
    MlFile *file = import(scope, binding->level, binding->module);
    const MlValue *value = file ? ml_value_at_end(scope, file, name) : NULL;
    if (value != NULL)
        return value;
    MlFile *below = import_below(scope, binding->level, binding->module, name);
    if (below != NULL)
        return module_value(scope, binding->node, below);
    return file == NULL && binding->level == 0
               ? library_name(scope, binding->node, binding->module, name)
               : ml_make_unknown(scope, binding->node);
}

/* --- definitions ---------------------------------------------------------------- */

/* The frames for whoever looks into what is defined here: it may run when all of them have. */
static MlFrame *keep_frames(MlScope scope)
{
    MlFrame *kept = NULL, **end = &kept;
    for (MlFrame *frame = scope.frame; frame != NULL; frame = frame->outer) {
        if (frame->bindings == NULL) {
            *end = frame;
            break;
        }
        MlFrame *copy = ml_arena_alloc(scope.evaluation->arena, sizeof(MlFrame));
        if (copy == NULL)
            break;
        *copy = *frame;
        copy->before = G_MAXUINT32;
        *end = copy;
        end = &copy->outer;
    }
    return kept;
}

gboolean ml_is_live(const MlDefinition *definition)
{
    return definition != NULL && !ts_node_is_null(ml_module_root(definition->file->module));
}

/* What yields within a function of its own, in a text or in a name, is none of it. */
static gboolean yields(MlScope scope, TSNode body)
{
    static const char *const others[] = {"function_definition", "class_definition", "lambda", NULL};
    const char *bytes = ml_module_bytes(scope.file->module, NULL);
    guint32 start = ts_node_start_byte(body), end = ts_node_end_byte(body);
    if (ts_node_is_null(body) ||
        memmem(bytes + start, end - start, "yield", strlen("yield")) == NULL)
        return FALSE;
    TSTreeCursor cursor = ts_tree_cursor_new(body);
    gboolean found = FALSE;
    for (gboolean more = TRUE; more && !found;) {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        found = ml_node_is(node, "yield") || !ml_spend(scope.evaluation, 1);
        more = !g_strv_contains(others, ts_node_type(node)) &&
               ts_tree_cursor_goto_first_child(&cursor);
        while (!more && !(more = ts_tree_cursor_goto_next_sibling(&cursor)))
            if (!ts_tree_cursor_goto_parent(&cursor))
                break;
    }
    ts_tree_cursor_delete(&cursor);
    return found;
}

const MlValue *ml_make_definition(MlScope scope, TSNode node, MlValue value)
{
    gboolean is_class = value.unknown.shape == ML_SHAPE_CLASS;
    const MlValue **defaults =
        is_class ? NULL : ml_defaults_of(scope, ml_node_field(node, ML_FIELD_PARAMETERS));
    MlDefinition *definition = ml_arena_alloc(scope.evaluation->arena, sizeof(MlDefinition));
    if (definition == NULL || (defaults == NULL && !is_class))
        return ml_make_unknown(scope, node);
    *definition = (MlDefinition){
        .node = node,
        .file = scope.file,
        .outer = keep_frames(scope),
        .defaults = defaults,
        .yields = !is_class && yields(scope, ml_node_field(node, ML_FIELD_BODY)),
    };
    value.unknown.definition = definition;
    return ml_make(scope, node, value);
}

/* What decorates a function is called with it, the innermost first. */
static const MlValue *decorated(MlScope scope, TSNode node, const MlValue *function)
{
    g_autoptr(GPtrArray) decorators = g_ptr_array_new();
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; ml_children_next(&children, &child);)
        if (ml_node_is(child, "decorator"))
            g_ptr_array_add(decorators, (gpointer)ml_evaluate(scope, ml_node_first(child)));
    for (guint i = decorators->len; i > 0; i--) {
        const MlArgument only = {NULL, function};
        g_autoptr(GArray) arguments = g_array_new(FALSE, FALSE, sizeof(MlArgument));
        g_array_append_val(arguments, only);
        function = ml_apply(scope, node, decorators->pdata[i - 1], arguments, FALSE);
    }
    return function;
}

/* A class, with its bases for arguments and its decorator for object. */
const MlValue *ml_class_value(MlScope scope, TSNode node)
{
    gboolean is_decorated = ml_node_is(node, "decorated_definition");
    TSNode definition = is_decorated ? ml_node_field(node, ML_FIELD_DEFINITION) : node;
    TSNode decorator = is_decorated ? ml_node_first(ml_node_first(node)) : (TSNode){0};
    MlValue value = {.kind = ML_VALUE_UNKNOWN,
                     .unknown = {.shape = ML_SHAPE_CLASS,
                                 .object = is_decorated ? ml_evaluate(scope, decorator) : NULL}};
    g_autoptr(GArray) bases = g_array_new(FALSE, FALSE, sizeof(MlArgument));
    ml_read_arguments(scope, ml_node_field(definition, ML_FIELD_SUPERCLASSES), bases,
                      &value.unknown.open);
    gsize size = bases->len * sizeof(MlArgument);
    gpointer copy = size ? ml_arena_alloc(scope.evaluation->arena, size) : NULL;
    value.unknown.open |= size > 0 && copy == NULL;
    if (copy != NULL) {
        value.unknown.arguments = memcpy(copy, bases->data, size);
        value.unknown.length = bases->len;
    }
    return ml_make_definition(scope, definition, value);
}

const MlValue *ml_function_value(MlScope scope, TSNode node)
{
    const MlValue value = {.kind = ML_VALUE_UNKNOWN, .unknown = {.shape = ML_SHAPE_FUNCTION}};
    if (!ml_node_is(node, "decorated_definition"))
        return ml_make_definition(scope, node, value);
    return decorated(scope, node,
                     ml_make_definition(scope, ml_node_field(node, ML_FIELD_DEFINITION), value));
}

static TSNode with_decorators(const MlBinding *binding)
{
    return binding->decorated ? ts_node_parent(binding->node) : binding->node;
}

const MlValue *ml_evaluate_binding(MlScope scope, const MlBinding *binding)
{
    scope.depth++;
    switch (binding->kind) {
    case ML_BINDING_ASSIGNMENT:
        return ml_evaluate(scope, binding->node);
    case ML_BINDING_IMPORT:
        return absolute_module(scope, binding->node, binding->module);
    case ML_BINDING_IMPORT_FROM:
        return imported_value(scope, binding);
    case ML_BINDING_CLASS:
        return ml_class_value(scope, binding->node);
    case ML_BINDING_FUNCTION:
        return ml_function_value(scope, with_decorators(binding));
    default:
        return ml_make_unknown(scope, binding->node);
    }
}

const MlBindings *ml_bindings_within(MlFile *file, TSNode node)
{
    gpointer start = GUINT_TO_POINTER(ts_node_start_byte(node));
    MlBindings *bindings = g_hash_table_lookup(file->inner, start);
    if (bindings == NULL) {
        bindings = ml_bindings_new(file->module, node);
        g_hash_table_insert(file->inner, start, bindings);
    }
    return bindings;
}

/* --- modules -------------------------------------------------------------------- */

/*
 * Told once: whatever names the same binding shares its value. A module is read
 * as it is imported: nothing of that is what a function does that runs.
 */
static const MlValue *bound_value(MlScope scope, const MlBinding *binding)
{
    GHashTable *values = scope.file->values;
    const MlValue *value = g_hash_table_lookup(values, binding);
    if (value == NULL) {
        MlRun run = ml_run_pause(scope.evaluation);
        scope.before = binding->at;
        value = ml_evaluate_binding(scope, binding);
        g_hash_table_insert(values, (gpointer)binding, (gpointer)value);
        ml_run_resume(scope.evaluation, run);
    }
    return value;
}

typedef enum { EXPORT_NO, EXPORT_YES, EXPORT_UNKNOWN } Export;

/* Whether `import *` from a file takes the name: __all__ tells, else an underscore hides it. */
static Export is_exported(MlScope scope, MlFile *file, const char *name)
{
    const MlValue *all = ml_value_at_end(scope, file, "__all__");
    if (all == NULL)
        return *name != '_' ? EXPORT_YES : EXPORT_NO;
    if (!ml_is_sequence(all))
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
static const MlValue *starred_value(MlScope scope, const MlBinding *star, const char *name,
                                    gboolean *unread)
{
    scope.depth++;
    MlFile *file = import(scope, star->level, star->module);
    *unread |= file == NULL && (star->level > 0 || is_exhausted(scope.evaluation));
    const MlValue *value = file ? ml_value_at_end(scope, file, name) : NULL;
    if (value == NULL)
        return NULL;
    Export exported = is_exported(scope, file, name);
    return exported == EXPORT_UNKNOWN ? ml_make_unknown(scope, star->node)
                                      : (exported == EXPORT_YES ? value : NULL);
}

/* Of a name of the module; NULL where nothing binds it. */
static const MlValue *value_of_name(MlScope scope, const char *name)
{
    gboolean unread = FALSE;
    const MlBinding *binding = NULL;
    if (scope.depth > DEPTH_LIMIT || !ml_spend(scope.evaluation, 1))
        return ml_make_unknown(scope, (TSNode){0});
    while ((binding = ml_bindings_before(scope.file->bindings, name, scope.before, binding))) {
        if (binding->conditional)
            return ml_make_unknown(scope, binding->node);
        if (binding->kind != ML_BINDING_STAR)
            return bound_value(scope, binding);
        const MlValue *value = starred_value(scope, binding, name, &unread);
        if (value != NULL)
            return value;
    }
    return unread ? ml_make_unknown(scope, ml_module_root(scope.file->module)) : NULL;
}

/*
 * The same once the whole file has run; told once. While that goes on the file
 * binds nothing new: where star imports lead back to it, its own names are seen
 * to already.
 */
const MlValue *ml_value_at_end(MlScope scope, MlFile *file, const char *name)
{
    gpointer known;
    if (g_hash_table_lookup_extended(file->names, name, NULL, &known))
        return known;
    g_hash_table_insert(file->names, g_strdup(name), NULL);
    const MlValue *value = value_of_name(at_end_of(scope, file), name);
    g_hash_table_insert(file->names, g_strdup(name), (gpointer)value);
    return value;
}

/* --- names ---------------------------------------------------------------------- */

/* Statements of a function may run in another order than they stand in: a name that is bound twice
 * cannot be told. */
static const MlValue *value_in_bindings(MlScope scope, MlFrame *frame, const char *name)
{
    const MlBinding *binding = ml_bindings_before(frame->bindings, name, frame->before, NULL);
    if (binding == NULL)
        return NULL;
    if (binding->conditional || binding->kind == ML_BINDING_STAR ||
        ml_bindings_before(frame->bindings, name, frame->before, binding) != NULL)
        return ml_make_unknown(scope, binding->node);
    MlFrame then = *frame;
    then.before = binding->at;
    scope.frame = &then;
    return ml_evaluate_binding(scope, binding);
}

static MlVariable *find(MlVariable *variable, const char *name, gsize length)
{
    for (; variable != NULL; variable = variable->next)
        if (variable->length == length && memcmp(variable->name, name, length) == 0)
            return variable->stands_for ? variable->stands_for : variable;
    return NULL;
}

/* What is bound in a class is seen by its own statements alone. */
static const MlValue *value_in_frames(MlScope scope, const char *name, gsize length)
{
    for (MlFrame *frame = scope.frame; frame != NULL; frame = frame->outer) {
        if (frame->is_class && frame != scope.frame)
            continue;
        const MlVariable *variable = find(frame->variables, name, length);
        const MlValue *value = frame->bindings ? value_in_bindings(scope, frame, name)
                               : variable      ? variable->value
                                               : NULL;
        if (value != NULL)
            return value;
    }
    return NULL;
}

MlVariable *ml_variable(MlScope scope, MlFrame *frame, const char *name, gsize length)
{
    MlVariable **variables = frame ? &frame->variables : &scope.evaluation->run.globals;
    MlVariable *variable = find(*variables, name, length);
    if (variable != NULL)
        return variable;
    variable = ml_arena_alloc(scope.evaluation->arena, sizeof(MlVariable));
    if (variable == NULL) {
        ml_spend(scope.evaluation, G_MAXUINT32);
        return NULL;
    }
    *variable = (MlVariable){.name = name, .length = length, .next = *variables};
    *variables = variable;
    return variable;
}

void ml_set_variable(MlScope scope, const char *name, gsize length, const MlValue *value)
{
    MlVariable *variable = ml_variable(scope, scope.frame, name, length);
    if (variable != NULL)
        ml_set(scope, variable, value);
}

/* A list has as many names as it is given, and each of them can change it. */
static gboolean may_change(MlScope scope, const char *name, const MlValue *value)
{
    return ml_is_container(value) &&
           ml_bindings_before(scope.file->bindings, name, G_MAXUINT32, NULL)->kind ==
               ML_BINDING_OTHER;
}

/* A name that nothing binds is Python's own. */
const MlValue *ml_identifier(MlScope scope, TSNode node)
{
    const MlOrigin where = ml_node_origin(scope.file->module, node);
    const char *text = ml_module_bytes(scope.file->module, NULL) + where.start;
    gsize length = where.end - where.start;
    char name[NAME_LIMIT];
    if (length >= sizeof name)
        return ml_make_unknown(scope, node);
    memcpy(name, text, length);
    name[length] = '\0';
    const MlValue *local = value_in_frames(scope, name, length);
    if (local != NULL)
        return local;
    scope.frame = NULL;
    const MlVariable *global = find(scope.evaluation->run.globals, name, length);
    if (global != NULL && global->value != NULL)
        return global->value;
    gboolean end = scope.before == G_MAXUINT32;
    const MlValue *value =
        end ? ml_value_at_end(scope, scope.file, name) : value_of_name(scope, name);
    if (value == NULL)
        return ml_make_named(scope, node, ML_SHAPE_NAME, name, NULL);
    return may_change(scope, name, value) ? ml_make_unknown(scope, node) : value;
}

/* --- classes -----------------------------------------------------------------------------------
 */

static const MlValue *own_member(MlScope scope, const MlDefinition *definition, const char *name)
{
    if (definition->inner != NULL) {
        const MlVariable *variable = find(definition->inner->variables, name, strlen(name));
        return variable ? variable->value : NULL;
    }
    const MlBinding *binding = ml_bindings_before(
        ml_bindings_within(definition->file, definition->node), name, G_MAXUINT32, NULL);
    const MlValue *known = binding ? g_hash_table_lookup(definition->file->values, binding) : NULL;
    if (known != NULL)
        return known;
    MlFrame frame = {.bindings = ml_bindings_within(definition->file, definition->node),
                     .before = G_MAXUINT32,
                     .is_class = TRUE,
                     .outer = definition->outer};
    MlRun run = ml_run_pause(scope.evaluation);
    const MlScope inside = {scope.evaluation, definition->file, &frame,
                            ts_node_start_byte(definition->node), scope.depth + 1};
    const MlValue *value = value_in_bindings(inside, &frame, name);
    if (binding != NULL && definition->outer == NULL)
        g_hash_table_insert(definition->file->values, (gpointer)binding, (gpointer)value);
    ml_run_resume(scope.evaluation, run);
    return value;
}

const MlValue *ml_own_member(MlScope scope, const MlValue *class_value, const char *name)
{
    if (!ml_value_has_shape(class_value, ML_SHAPE_CLASS) ||
        !ml_is_live(class_value->unknown.definition))
        return NULL;
    return own_member(scope, class_value->unknown.definition, name);
}

/* Its own, or what it inherits from another class of the tree. */
const MlValue *ml_class_member(MlScope scope, const MlValue *class_value, const char *name)
{
    if (!ml_value_has_shape(class_value, ML_SHAPE_CLASS) || ++scope.depth > DEPTH_LIMIT ||
        !ml_is_live(class_value->unknown.definition) || !ml_spend(scope.evaluation, 1))
        return NULL;
    const MlValue *value = own_member(scope, class_value->unknown.definition, name);
    for (gsize i = 0; value == NULL && i < class_value->unknown.length; i++)
        value = ml_class_member(scope, class_value->unknown.arguments[i].value, name);
    return value;
}

static gboolean is_enum(const MlValue *class_value, guint depth)
{
    static const char *const enums[] = {"enum.Enum", "enum.IntEnum", "enum.StrEnum", NULL};
    if (!ml_value_has_shape(class_value, ML_SHAPE_CLASS) || depth > 10)
        return FALSE;
    for (gsize i = 0; i < class_value->unknown.length; i++) {
        const MlValue *base = class_value->unknown.arguments[i].value;
        if (ml_value_is_name(base, enums) || is_enum(base, depth + 1))
            return TRUE;
    }
    return FALSE;
}

static const MlValue *enum_member(MlScope scope, TSNode node, const MlValue *class_value,
                                  const char *name)
{
    MlValue member = *ml_make_named(scope, node, ML_SHAPE_MEMBER, name, class_value);
    if (ml_value_has_shape(&member, ML_SHAPE_MEMBER))
        member.unknown.definition = class_value->unknown.definition;
    return ml_make(scope, node, member);
}

/* What `name = value` in the body of an enum makes: a member, unless it is a function. */
static gboolean is_member(const MlValue *value, const char *name)
{
    return value != NULL && *name != '_' && !ml_value_has_shape(value, ML_SHAPE_FUNCTION) &&
           !ml_value_has_shape(value, ML_SHAPE_CLASS) && !ml_value_has_shape(value, ML_SHAPE_OTHER);
}

/* The first of several with the same value is the member, the others are its names. */
static gboolean add_member(MlScope scope, TSNode node, const MlValue *class_value, const char *name,
                           GPtrArray *members, GPtrArray *values)
{
    const MlValue *value = own_member(scope, class_value->unknown.definition, name);
    if (!is_member(value, name))
        return value == NULL || !ml_value_has_shape(value, ML_SHAPE_OTHER);
    for (guint i = 0; i < values->len; i++) {
        MlTruth same = ml_equal(scope.evaluation, value, values->pdata[i]);
        if (same == ML_YES)
            return TRUE;
    }
    const MlValue *member = enum_member(scope, node, class_value, name);
    g_ptr_array_add(values, (gpointer)value);
    g_ptr_array_add(members, (gpointer)member);
    return ml_value_has_shape(member, ML_SHAPE_MEMBER); /* else there was no room for it */
}

/* Of the class itself: an enum with members cannot be inherited from. */
GPtrArray *ml_enum_members(MlScope scope, TSNode node, const MlValue *class_value)
{
    if (!is_enum(class_value, 0) || !ml_is_live(class_value->unknown.definition))
        return NULL;
    const MlDefinition *definition = class_value->unknown.definition;
    g_autoptr(GPtrArray) members = g_ptr_array_new();
    g_autoptr(GPtrArray) values = g_ptr_array_new();
    g_auto(MlChildren) children = ml_children_of(ml_node_field(definition->node, ML_FIELD_BODY));
    for (TSNode child; ml_children_next(&children, &child);) {
        TSNode assignment =
            ml_node_is(child, "expression_statement") ? ml_node_first(child) : child;
        TSNode target = ml_node_field(assignment, ML_FIELD_LEFT);
        if (!ml_node_is(assignment, "assignment") || !ml_node_is(target, "identifier"))
            continue;
        g_autofree char *name = ml_node_text(definition->file->module, target);
        if (!add_member(scope, node, class_value, name, members, values))
            return NULL;
    }
    return g_steal_pointer(&members);
}

/* A second name for the same value means the member that has it. */
static const MlValue *canonical_member(MlScope scope, TSNode node, const MlValue *class_value,
                                       const char *name, const MlValue *value)
{
    g_autoptr(GPtrArray) members = ml_enum_members(scope, node, class_value);
    for (guint i = 0; members != NULL && i < members->len; i++) {
        const char *member = ((const MlValue *)members->pdata[i])->unknown.name;
        const MlValue *other = ml_class_member(scope, class_value, member);
        if (strcmp(member, name) == 0 || ml_equal(scope.evaluation, other, value) == ML_YES)
            return members->pdata[i];
    }
    return ml_make_unknown(scope, node);
}

/* Color.red is a member; Color.red.value and .name are what it was made of. */
static const MlValue *attribute_of_class(MlScope scope, TSNode node, const MlValue *object,
                                         const char *name)
{
    static const char *const of_class[] = {"classmethod", NULL};
    const MlValue *value = ml_class_member(scope, object, name);
    if (value != NULL && is_enum(object, 0) && is_member(value, name))
        return canonical_member(scope, node, object, name, value);
    return value && ml_value_is_call(value, of_class) ? NULL : value;
}

static const MlValue *attribute_of_member(MlScope scope, TSNode node, const MlValue *object,
                                          const char *name)
{
    const MlValue *member_name = object, *class_value = object->unknown.object;
    if (strcmp(name, "name") == 0)
        return ml_make_string(scope, node, member_name->unknown.name,
                              strlen(member_name->unknown.name));
    if (strcmp(name, "value") != 0)
        return NULL;
    return ml_class_member(scope, class_value, member_name->unknown.name);
}

/* --- attributes ----------------------------------------------------------------------------------
 */

static MlFile *file_of(MlScope scope, const MlValue *module)
{
    for (guint i = 0; i < scope.evaluation->files->len; i++) {
        MlFile *file = g_ptr_array_index(scope.evaluation->files, i);
        if (strcmp(file->path, module->unknown.name) == 0)
            return file;
    }
    return NULL;
}

/* What a module binds to the name, or the module of a package that is called so. */
static const MlValue *member_of_module(MlScope scope, TSNode node, MlFile *file, const char *name)
{
    const MlValue *value = ml_value_at_end(scope, file, name);
    if (value != NULL)
        return value;
    gboolean package = g_str_has_suffix(file->path, "__init__.py");
    MlFile *below = package ? import(at_end_of(scope, file), 1, name) : NULL;
    return below ? module_value(scope, node, below) : ml_make_unknown(scope, node);
}

/* `a.b` of a library's a, which may be a folder of the tree without a file of its own. */
static const MlValue *member_of_library(MlScope scope, TSNode node, const char *module,
                                        const char *name)
{
    g_autofree char *dotted = g_strconcat(module, ".", name, NULL);
    return absolute_module(scope, node, dotted);
}

/* What is called, asked or indexed in the end: op in op.get_bind().dialect. */
static const MlValue *root_of(const MlValue *value)
{
    static const char *const inspect[] = {"sqlalchemy.inspect", NULL};
    for (guint depth = 0; depth < 50 && value->kind == ML_VALUE_UNKNOWN; depth++) {
        const MlValue *first =
            ml_value_is_call(value, inspect) ? ml_value_positional(value, 0) : NULL;
        const MlValue *object = first ? first : value->unknown.object;
        if (object == NULL)
            break;
        value = object;
    }
    return value;
}

/* Of X.dialect, X.engine and X.bind of the connection or of Alembic's context. */
static const char *assumed_dialect(MlScope scope, const MlValue *object)
{
    const MlAssumptions *assumptions = scope.evaluation->run.assumptions;
    if (assumptions == NULL || object->kind != ML_VALUE_UNKNOWN || object->unknown.name == NULL)
        return NULL;
    const char *last = strrchr(object->unknown.name, '.');
    last = last ? last + 1 : object->unknown.name;
    if (strcmp(last, "dialect") != 0 && strcmp(last, "engine") != 0 && strcmp(last, "bind") != 0)
        return NULL;
    const MlValue *root = root_of(object);
    gboolean ours = ml_value_has_shape(root, ML_SHAPE_PARAMETER) ||
                    (ml_value_has_shape(root, ML_SHAPE_NAME) &&
                     g_str_has_prefix(root->unknown.name, "alembic."));
    scope.evaluation->asks_dialect |= ours;
    return ours ? assumptions->dialect : NULL;
}

const char *ml_dialect_of_url(MlScope scope, const MlValue *value)
{
    return ml_value_has_shape(value, ML_SHAPE_MEMBER) && strcmp(value->unknown.name, "url") == 0
               ? assumed_dialect(scope, value->unknown.object)
               : NULL;
}

/* Of Alembic's own context: op.get_context(), context.get_context(). */
static const MlValue *assumed_schema(MlScope scope, TSNode node, const MlValue *object)
{
    static const char *const getters[] = {"alembic.op.get_context", "alembic.context.get_context",
                                          NULL};
    const MlAssumptions *assumptions = scope.evaluation->run.assumptions;
    if (assumptions == NULL || !assumptions->knows_version_table_schema ||
        !ml_value_is_call(object, getters))
        return NULL;
    scope.evaluation->asks_dialect = TRUE;
    const char *schema = assumptions->version_table_schema;
    return schema ? ml_make_string(scope, node, schema, strlen(schema)) : ml_make_none(scope, node);
}

static const MlValue *attribute_set(MlScope scope, const MlValue *object, const char *name)
{
    for (const MlAttribute *at = scope.evaluation->run.attributes; at != NULL; at = at->next)
        if (at->object == object && strcmp(at->variable.name, name) == 0)
            return at->variable.value;
    return NULL;
}

/* By an __init__ that nobody sees: of a data class, say. */
static gboolean may_be_set(MlScope scope, const MlValue *object)
{
    return (object->unknown.length > 0 || object->unknown.open) &&
           ml_class_member(scope, object->unknown.object, "__init__") == NULL;
}

/* What the class of an object has: a method, or a value that all its objects share. */
static const MlValue *attribute_of_instance(MlScope scope, const MlValue *object, const char *name)
{
    const MlValue *class_value = object->unknown.object;
    const MlValue *member = ml_class_member(scope, class_value, name);
    return member && !ml_value_has_shape(member, ML_SHAPE_FUNCTION) && !may_be_set(scope, object)
               ? member
               : NULL;
}

const MlValue *ml_attribute_of(MlScope scope, TSNode node, const MlValue *object, const char *name)
{
    const char *dialect = strcmp(name, "name") == 0 ? assumed_dialect(scope, object) : NULL;
    if (dialect != NULL)
        return ml_make_string(scope, node, dialect, strlen(dialect));
    const MlValue *value =
        strcmp(name, "version_table_schema") == 0 ? assumed_schema(scope, node, object) : NULL;
    if (value != NULL)
        return value;
    value = attribute_set(scope, object, name);
    if (value != NULL)
        return value;
    MlFile *file = ml_value_has_shape(object, ML_SHAPE_MODULE) ? file_of(scope, object) : NULL;
    if (file != NULL)
        return member_of_module(scope, node, file, name);
    if (ml_value_has_shape(object, ML_SHAPE_NAME))
        return member_of_library(scope, node, object->unknown.name, name);
    if (ml_value_has_shape(object, ML_SHAPE_CLASS))
        value = attribute_of_class(scope, node, object, name);
    else if (ml_value_has_shape(object, ML_SHAPE_MEMBER) && object->unknown.definition != NULL)
        value = attribute_of_member(scope, node, object, name);
    else if (ml_value_has_shape(object, ML_SHAPE_CALL) &&
             ml_value_has_shape(object->unknown.object, ML_SHAPE_CLASS))
        value = attribute_of_instance(scope, object, name);
    if (value != NULL)
        return value;
    if (ml_value_has_shape(object, ML_SHAPE_CONTAINER))
        object = ml_snapshot(scope, object, 0);
    return ml_make_named(scope, node, ML_SHAPE_MEMBER, name, object);
}
