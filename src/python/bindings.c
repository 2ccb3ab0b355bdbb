#include "python/bindings.h"

#include <string.h>

/* Python itself accepts a hundred levels of indentation. */
#define NESTING_LIMIT 100

struct MlBindings {
    MlModule *module;    /* borrowed: it owns the file that owns this */
    GHashTable *by_name; /* char * -> GArray of MlBinding in the order of the text */
    GArray *stars;       /* MlBinding, likewise */
    GPtrArray *globals;  /* char *: names that functions bind, whenever they run */
};

/* Where a statement stands. */
typedef struct {
    MlBindings *bindings;
    guint32 at;
    gboolean conditional;
    guint nesting;
} Place;

static void collect_block(Place place, TSNode block);
static void collect_statement(Place place, TSNode node);

static void clear_binding(gpointer data)
{
    MlBinding *binding = data;
    g_free(binding->module);
    g_free(binding->imported);
    g_free(binding->dotted);
}

static GArray *new_array(void)
{
    GArray *array = g_array_new(FALSE, FALSE, sizeof(MlBinding));
    g_array_set_clear_func(array, clear_binding);
    return array;
}

static MlBinding new_binding(Place place, MlBindingKind kind, TSNode node)
{
    return (MlBinding){
        .kind = kind, .node = node, .at = place.at, .conditional = place.conditional};
}

/* Takes both. */
static void add(Place place, char *name, MlBinding binding)
{
    GArray *same = g_hash_table_lookup(place.bindings->by_name, name);
    if (same == NULL) {
        same = new_array();
        g_hash_table_insert(place.bindings->by_name, name, same);
    } else {
        g_free(name);
    }
    g_array_append_val(same, binding);
}

static char *text(Place place, TSNode node)
{
    return ml_node_text(place.bindings->module, node);
}

static void bind(Place place, TSNode name, MlBindingKind kind, TSNode node)
{
    add(place, text(place, name), new_binding(place, kind, node));
}

/* --- assignments -------------------------------------------------------------- */

static gboolean is_list_of_targets(TSNode node)
{
    return ml_node_is(node, "pattern_list") || ml_node_is(node, "tuple_pattern") ||
           ml_node_is(node, "list_pattern");
}

static gboolean is_list_of_values(TSNode node)
{
    return ml_node_is(node, "expression_list") || ml_node_is(node, "tuple") ||
           ml_node_is(node, "list");
}

/* Names of a target whose parts of the value cannot be told apart. */
static void bind_loosely(Place place, TSNode target, TSNode value)
{
    if (ml_node_is(target, "identifier")) {
        bind(place, target, ML_BINDING_OTHER, value);
    } else if (is_list_of_targets(target) && ++place.nesting < NESTING_LIMIT) {
        g_auto(MlChildren) children = ml_children_of(target);
        for (TSNode child; ml_children_next(&children, &child);)
            bind_loosely(place, child, value);
    } else if (ml_node_is(target, "subscript")) {
        bind_loosely(place, ml_node_field(target, ML_FIELD_VALUE), value);
    } else if (ml_node_is(target, "list_splat_pattern")) {
        bind_loosely(place, ml_node_first(target), value);
    }
}

static gboolean is_any(TSNode node, const char *const *types)
{
    return g_strv_contains(types, ts_node_type(node));
}

/* Calls `visit` for every node of one of the types, and looks below it too if that says so. */
static void find_below(Place place, TSNode root, const char *const *types,
                       gboolean (*visit)(Place place, TSNode node))
{
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    for (gboolean more = TRUE; more;) {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        gboolean looks_below = !is_any(node, types) || visit(place, node);
        more = looks_below && ts_tree_cursor_goto_first_child(&cursor);
        while (!more && !(more = ts_tree_cursor_goto_next_sibling(&cursor)))
            if (!ts_tree_cursor_goto_parent(&cursor))
                break;
    }
    ts_tree_cursor_delete(&cursor);
}

static gboolean bind_name(Place place, TSNode name)
{
    bind(place, name, ML_BINDING_OTHER, name);
    return FALSE;
}

/* Every name below a node: what becomes of them cannot be told. */
static gboolean bind_all(Place place, TSNode node)
{
    static const char *const names[] = {"identifier", NULL};
    find_below(place, node, names, bind_name);
    return FALSE;
}

static gboolean note_global(Place place, TSNode name)
{
    bind_name(place, name);
    g_ptr_array_add(place.bindings->globals, text(place, name));
    return FALSE;
}

static gboolean note_globals(Place place, TSNode node)
{
    static const char *const names[] = {"identifier", NULL};
    find_below(place, node, names, note_global);
    return FALSE;
}

static gboolean bind_aside(Place place, TSNode node)
{
    if (!ml_node_is(node, "named_expression"))
        return bind_all(place, node);
    bind_name(place, ml_node_field(node, ML_FIELD_NAME));
    return TRUE;
}

/* What is bound by the way: `:=`, `as` and `case` inside of a statement. */
static void bind_asides(Place place, TSNode statement)
{
    static const char *const asides[] = {"named_expression", "as_pattern_target", "case_pattern",
                                         NULL};
    find_below(place, statement, asides, bind_aside);
}

/* a, b = x, y */
static void bind_each(Place place, TSNode targets, TSNode values)
{
    g_auto(MlChildren) left = ml_children_of(targets);
    g_auto(MlChildren) right = ml_children_of(values);
    for (TSNode target, value;
         ml_children_next(&left, &target) && ml_children_next(&right, &value);)
        if (ml_node_is(target, "identifier"))
            bind(place, target, ML_BINDING_ASSIGNMENT, value);
        else
            bind_loosely(place, target, value);
}

static gboolean has_splat(TSNode node)
{
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; ml_children_next(&children, &child);)
        if (ml_node_is(child, "list_splat") || ml_node_is(child, "list_splat_pattern"))
            return TRUE;
    return FALSE;
}

static gboolean matches(TSNode targets, TSNode values)
{
    return is_list_of_targets(targets) && is_list_of_values(values) && !has_splat(targets) &&
           !has_splat(values) && ml_children_count(targets) == ml_children_count(values);
}

static void collect_assignment(Place place, TSNode node)
{
    TSNode value = ml_node_field(node, ML_FIELD_RIGHT);
    for (guint chain = 0; ml_node_is(value, "assignment") && chain < NESTING_LIMIT; chain++)
        value = ml_node_field(value, ML_FIELD_RIGHT);
    if (ts_node_is_null(value))
        return; /* an annotation alone */
    for (guint chain = 0; ml_node_is(node, "assignment") && chain < NESTING_LIMIT; chain++) {
        TSNode target = ml_node_field(node, ML_FIELD_LEFT);
        if (ml_node_is(target, "identifier"))
            bind(place, target, ML_BINDING_ASSIGNMENT, value);
        else if (matches(target, value))
            bind_each(place, target, value);
        else
            bind_loosely(place, target, value);
        node = ml_node_field(node, ML_FIELD_RIGHT);
    }
}

/* names.append(...): what the name stands for is no longer what was assigned. */
static void collect_call(Place place, TSNode node)
{
    static const char *const mutators[] = {"append",     "extend",  "insert", "add",  "update",
                                           "remove",     "pop",     "clear",  "sort", "reverse",
                                           "setdefault", "discard", NULL};
    TSNode function = ml_node_field(node, ML_FIELD_FUNCTION);
    if (!ml_node_is(function, "attribute"))
        return;
    TSNode object = ml_node_field(function, ML_FIELD_OBJECT);
    g_autofree char *method = text(place, ml_node_field(function, ML_FIELD_ATTRIBUTE));
    if (ml_node_is(object, "identifier") && g_strv_contains(mutators, method))
        bind(place, object, ML_BINDING_OTHER, node);
}

static void collect_expression_statement(Place place, TSNode node)
{
    TSNode expression = ml_node_first(node);
    if (ml_node_is(expression, "assignment"))
        collect_assignment(place, expression);
    else if (ml_node_is(expression, "augmented_assignment"))
        bind_loosely(place, ml_node_field(expression, ML_FIELD_LEFT), expression);
    else if (ml_node_is(expression, "call"))
        collect_call(place, expression);
}

/* --- imports -------------------------------------------------------------------- */

/* `a.b`, `a.b as c`: gives the dotted name and the name it is bound to, NULL without an alias. */
static char *imported_name(Place place, TSNode node, char **alias)
{
    *alias = NULL;
    if (!ml_node_is(node, "aliased_import"))
        return text(place, node);
    *alias = text(place, ml_node_field(node, ML_FIELD_ALIAS));
    return text(place, ml_node_field(node, ML_FIELD_NAME));
}

static void collect_import(Place place, TSNode node)
{
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; ml_children_next(&children, &child);) {
        char *alias;
        g_autofree char *dotted = imported_name(place, child, &alias);
        MlBinding binding = new_binding(place, ML_BINDING_IMPORT, node);
        binding.dotted = g_strdup(dotted);
        /* without an alias, `import a.b` binds a to the package a */
        binding.module = alias ? g_strdup(dotted) : g_strndup(dotted, strcspn(dotted, "."));
        add(place, alias ? alias : g_strdup(binding.module), binding);
    }
}

static void collect_import_from(Place place, TSNode node)
{
    TSNode from = ml_node_field(node, ML_FIELD_MODULE_NAME);
    if (ts_node_is_null(from))
        return;
    g_autofree char *dotted = text(place, from);
    guint level = strspn(dotted, ".");
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; ml_children_next(&children, &child);) {
        if (ts_node_eq(child, from))
            continue;
        gboolean star = ml_node_is(child, "wildcard_import");
        MlBinding binding =
            new_binding(place, star ? ML_BINDING_STAR : ML_BINDING_IMPORT_FROM, node);
        binding.level = level;
        binding.module = g_strstrip(g_strdup(dotted + level));
        if (star) {
            g_array_append_val(place.bindings->stars, binding);
            continue;
        }
        char *alias;
        binding.imported = imported_name(place, child, &alias);
        add(place, alias ? alias : g_strdup(binding.imported), binding);
    }
}

/* Saves a look at what is below most statements. */
static gboolean speaks_of(Place place, TSNode node, const char *word)
{
    MlOrigin where = ml_node_origin(place.bindings->module, node);
    const char *bytes = ml_module_bytes(place.bindings->module, NULL);
    return memmem(bytes + where.start, where.end - where.start, word, strlen(word)) != NULL;
}

/* --- compound statements ----------------------------------------------------------- */

static void collect_definition(Place place, TSNode node)
{
    static const char *const global[] = {"global_statement", NULL};
    gboolean decorated = ml_node_is(node, "decorated_definition");
    TSNode definition = decorated ? ml_node_field(node, ML_FIELD_DEFINITION) : node;
    TSNode name = ml_node_field(definition, ML_FIELD_NAME);
    if (speaks_of(place, node, "global "))
        find_below(place, node, global, note_globals);
    if (!ml_node_is(definition, "function_definition")) {
        bind(place, name, ML_BINDING_CLASS, node);
        return;
    }
    MlBinding binding = new_binding(place, ML_BINDING_FUNCTION, definition);
    binding.decorated = decorated;
    add(place, text(place, name), binding);
}

/* What is inside runs perhaps, or more than once. */
static void collect_conditional(Place place, TSNode node)
{
    place.conditional = TRUE;
    if (ml_node_is(node, "for_statement"))
        bind_loosely(place, ml_node_field(node, ML_FIELD_LEFT), node);
    collect_block(place, node);
}

/* What is tried may end early where somebody catches it. */
static void collect_try(Place place, TSNode node)
{
    Place body = place;
    g_auto(MlChildren) clauses = ml_children_of(node);
    for (TSNode clause; ml_children_next(&clauses, &clause);)
        body.conditional |= !ml_node_is(clause, "block") && !ml_node_is(clause, "finally_clause");
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; ml_children_next(&children, &child);)
        collect_statement(ml_node_is(child, "block") ? body : place, child);
}

/* Blocks and clauses of a compound statement. */
static void collect_block(Place place, TSNode block)
{
    if (++place.nesting > NESTING_LIMIT)
        return;
    g_auto(MlChildren) children = ml_children_of(block);
    for (TSNode child; ml_children_next(&children, &child);)
        collect_statement(place, child);
}

static void collect_compound(Place place, TSNode node)
{
    static const char *const clauses[] = {"finally_clause", "block", NULL};
    static const char *const conditional[] = {"if_statement",
                                              "elif_clause",
                                              "else_clause",
                                              "for_statement",
                                              "while_statement",
                                              "except_clause",
                                              "except_group_clause",
                                              "match_statement",
                                              "case_clause",
                                              "with_statement" /* may catch */,
                                              NULL};
    if (ml_node_is(node, "try_statement"))
        collect_try(place, node);
    else if (is_any(node, conditional))
        collect_conditional(place, node);
    else if (is_any(node, clauses))
        collect_block(place, node);
}

static gboolean is_definition(TSNode node)
{
    static const char *const types[] = {"function_definition", "class_definition",
                                        "decorated_definition", NULL};
    return is_any(node, types);
}

/* What a function binds is its own, and a compound statement has been looked through as a whole. */
static gboolean may_bind_asides(Place place, TSNode node)
{
    if (ml_node_is(node, "expression_statement"))
        return speaks_of(place, node, ":=");
    return place.nesting == 1 && !is_definition(node);
}

static void collect_statement(Place place, TSNode node)
{
    place.at = ts_node_start_byte(node);
    if (may_bind_asides(place, node))
        bind_asides(place, node);
    place.at++; /* by the way is before the statement itself: it may read what was bound */
    if (ml_node_is(node, "expression_statement"))
        collect_expression_statement(place, node);
    else if (ml_node_is(node, "import_statement"))
        collect_import(place, node);
    else if (ml_node_is(node, "import_from_statement"))
        collect_import_from(place, node);
    else if (is_definition(node))
        collect_definition(place, node);
    else if (ml_node_is(node, "delete_statement"))
        bind_all(place, node);
    else
        collect_compound(place, node);
}

/* A parameter is `a`, `a: int`, `a=1`, `a: int = 1`, `*a` or `**a`. */
static void collect_parameters(Place place, TSNode parameters)
{
    g_auto(MlChildren) children = ml_children_of(parameters);
    for (TSNode child; ml_children_next(&children, &child);) {
        TSNode name = ml_node_field(child, ML_FIELD_NAME);
        while (ts_node_is_null(name) && !ts_node_is_null(child)) {
            if (ml_node_is(child, "identifier"))
                name = child;
            child = ml_node_first(child);
        }
        if (ml_node_is(name, "identifier"))
            bind(place, name, ML_BINDING_OTHER, name);
    }
}

/* --- the table -------------------------------------------------------------------- */

static void collect_definition_body(Place place, TSNode definition)
{
    collect_parameters(place, ml_node_field(definition, ML_FIELD_PARAMETERS));
    collect_block(place, ml_node_field(definition, ML_FIELD_BODY));
}

static void make_globals_conditional(MlBindings *bindings)
{
    for (guint i = 0; i < bindings->globals->len; i++) {
        GArray *same = g_hash_table_lookup(bindings->by_name, bindings->globals->pdata[i]);
        for (guint j = 0; j < same->len; j++)
            g_array_index(same, MlBinding, j).conditional = TRUE;
    }
}

MlBindings *ml_bindings_new(MlModule *module, TSNode node)
{
    MlBindings *bindings = g_new0(MlBindings, 1);
    bindings->module = module;
    bindings->by_name =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    bindings->stars = new_array();
    bindings->globals = g_ptr_array_new_with_free_func(g_free);
    const Place place = {.bindings = bindings};
    TSNode root = ml_module_root(module);
    if (ml_node_is(node, "function_definition") || ml_node_is(node, "class_definition"))
        collect_definition_body(place, node);
    else if (!ts_node_is_null(node))
        collect_statement(place, node);
    else if (!ts_node_is_null(root))
        collect_block(place, root);
    make_globals_conditional(bindings);
    return bindings;
}

void ml_bindings_free(MlBindings *bindings)
{
    if (bindings == NULL)
        return;
    g_hash_table_unref(bindings->by_name);
    g_array_unref(bindings->stars);
    g_ptr_array_unref(bindings->globals);
    g_free(bindings);
}

static const MlBinding *last_before(const GArray *same, guint32 before)
{
    guint low = 0, high = same ? same->len : 0;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(same, MlBinding, middle).at < before)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? &g_array_index(same, MlBinding, low - 1) : NULL;
}

const MlBinding *ml_bindings_before(const MlBindings *bindings, const char *name, guint32 before,
                                    const MlBinding *previous)
{
    if (previous != NULL)
        before = previous->at;
    const MlBinding *named = last_before(g_hash_table_lookup(bindings->by_name, name), before);
    const MlBinding *star = last_before(bindings->stars, before);
    if (named == NULL || star == NULL)
        return named ? named : star;
    return named->at > star->at ? named : star;
}

void ml_bindings_foreach(const MlBindings *bindings,
                         void (*visit)(const char *name, const MlBinding *binding, gpointer data),
                         gpointer data)
{
    GHashTableIter iterator;
    gpointer name, same;
    g_hash_table_iter_init(&iterator, bindings->by_name);
    while (g_hash_table_iter_next(&iterator, &name, &same))
        for (guint i = 0; i < ((GArray *)same)->len; i++)
            visit(name, &g_array_index((GArray *)same, MlBinding, i), data);
    for (guint i = 0; i < bindings->stars->len; i++)
        visit("*", &g_array_index(bindings->stars, MlBinding, i), data);
}

static void add_import(const char *name, const MlBinding *binding, gpointer names)
{
    (void)name;
    if (binding->kind == ML_BINDING_IMPORT)
        g_ptr_array_add(names, g_strdup(binding->dotted));
    else if (binding->kind == ML_BINDING_IMPORT_FROM && binding->level == 0)
        g_ptr_array_add(names, g_strconcat(binding->module, ".", binding->imported, NULL));
}

void ml_bindings_add_imports(const MlBindings *bindings, GPtrArray *names)
{
    ml_bindings_foreach(bindings, add_import, names);
}
