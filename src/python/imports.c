/* What a file imports, and where it uses that. */
#include "python/bindings.h"

#include <string.h>

typedef struct {
    MlModule *module;
    GArray *imports;      /* MlImport */
    GHashTable *by_name;  /* name -> index of the import that binds it, from 1 on */
    GHashTable *passing;  /* where what is no use begins -> where it ends, as byte offsets */
    guint32 passes_until; /* what begins before is none */
    GHashTable *shadows;  /* name -> where the function ends that has one of its own */
    guint32 function;     /* where the function ends whose names are looked at */
    MlOrigin statement;   /* the import that is looked at */
} Search;

static void clear_import(gpointer data)
{
    MlImport *import = data;
    g_free(import->module);
    g_free(import->name);
}

/* --- imports ------------------------------------------------------------------------ */

static gboolean is_of_import(const MlBinding *binding)
{
    return binding->kind == ML_BINDING_IMPORT || binding->kind == ML_BINDING_IMPORT_FROM ||
           binding->kind == ML_BINDING_STAR;
}

static void add_import(const char *name, const MlBinding *binding, gpointer data)
{
    Search *search = data;
    gboolean star = binding->kind == ML_BINDING_STAR;
    gboolean from = binding->kind == ML_BINDING_IMPORT_FROM || star;
    if (!is_of_import(binding))
        return;
    const MlImport import = {
        .level = binding->level,
        .module = g_strdup(from ? binding->module : binding->dotted),
        .name = from ? g_strdup(star ? name : binding->imported) : NULL,
        .origin = search->statement,
    };
    g_array_append_val(search->imports, import);
    g_hash_table_insert(search->by_name, g_strdup(name), GUINT_TO_POINTER(search->imports->len));
}

static void visit_import(Search *search, TSNode node)
{
    search->statement = ml_node_origin(search->module, node);
    MlBindings *bindings = ml_bindings_new(search->module, node);
    ml_bindings_foreach(bindings, add_import, search);
    ml_bindings_free(bindings);
}

/* --- what is no use ------------------------------------------------------------------ */

static void pass(Search *search, TSNode node)
{
    g_hash_table_insert(search->passing, GUINT_TO_POINTER(ts_node_start_byte(node)),
                        GUINT_TO_POINTER(ts_node_end_byte(node)));
}

static gboolean names_type(const Search *search, TSNode keyword)
{
    static const char *const names[] = {"type_", "existing_type", NULL};
    g_autofree char *name = ml_node_text(search->module, ml_node_field(keyword, ML_FIELD_NAME));
    return g_strv_contains(names, name);
}

/* Column(name, type) or, in a model, Column(type), and the keyword arguments that are for types. */
static void visit_call(Search *search, TSNode call)
{
    static const char *const columns[] = {"Column", "column", "mapped_column", NULL};
    TSNode function = ml_node_field(call, ML_FIELD_FUNCTION);
    if (ml_node_is(function, "attribute"))
        function = ml_node_field(function, ML_FIELD_ATTRIBUTE);
    g_autofree char *name = ml_node_text(search->module, function);
    g_auto(MlChildren) arguments = ml_children_of(ml_node_field(call, ML_FIELD_ARGUMENTS));
    guint position = 0;
    for (TSNode argument; ml_children_next(&arguments, &argument); position++)
        if (ml_node_is(argument, "keyword_argument")
                ? names_type(search, argument)
                : position <= 1 && g_strv_contains(columns, name))
            pass(search, argument);
}

/* --- names of functions ------------------------------------------------------------------ */

static void shadow(const char *name, const MlBinding *binding, gpointer data)
{
    Search *search = data;
    guint32 before = GPOINTER_TO_UINT(g_hash_table_lookup(search->shadows, name));
    if (!is_of_import(binding))
        g_hash_table_insert(search->shadows, g_strdup(name),
                            GUINT_TO_POINTER(MAX(before, search->function)));
}

/* What a parameter or a variable of a function is called is no import there. */
static void visit_function(Search *search, TSNode node)
{
    search->function = ts_node_end_byte(node);
    MlBindings *bindings = ml_bindings_new(search->module, node);
    ml_bindings_foreach(bindings, shadow, search);
    ml_bindings_free(bindings);
}

/* --- uses --------------------------------------------------------------------------- */

static void visit_name(Search *search, TSNode node)
{
    g_autofree char *name = ml_node_text(search->module, node);
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(search->by_name, name));
    if (index == 0)
        return;
    MlImport *import = &g_array_index(search->imports, MlImport, index - 1);
    guint32 start = ts_node_start_byte(node);
    guint32 shadowed = GPOINTER_TO_UINT(g_hash_table_lookup(search->shadows, name));
    if (import->use.module == NULL && start >= search->passes_until && start >= shadowed)
        import->use = ml_node_origin(search->module, node);
}

static gboolean is_import(TSNode node)
{
    return ml_node_is(node, "import_statement") || ml_node_is(node, "import_from_statement") ||
           ml_node_is(node, "future_import_statement");
}

/* The name behind a dot, and that of a keyword, stand for nothing that is imported. */
static gboolean is_label(const TSTreeCursor *cursor)
{
    const char *field = ts_tree_cursor_current_field_name(cursor);
    if (g_strcmp0(field, "attribute") == 0)
        return TRUE;
    if (g_strcmp0(field, "name") != 0)
        return FALSE;
    TSTreeCursor parent = ts_tree_cursor_copy(cursor);
    ts_tree_cursor_goto_parent(&parent);
    gboolean label = ml_node_is(ts_tree_cursor_current_node(&parent), "keyword_argument");
    ts_tree_cursor_delete(&parent);
    return label;
}

/* Whether to look into the node too. */
static gboolean visit(Search *search, const TSTreeCursor *cursor)
{
    TSNode node = ts_tree_cursor_current_node(cursor);
    if (is_import(node)) {
        visit_import(search, node);
        return FALSE;
    }
    if (ml_node_is(node, "raise_statement") || ml_node_is(node, "type")) /* an annotation */
        pass(search, node);
    guint32 start = ts_node_start_byte(node);
    guint32 end = GPOINTER_TO_UINT(g_hash_table_lookup(search->passing, GUINT_TO_POINTER(start)));
    search->passes_until = MAX(search->passes_until, end);
    if (ml_node_is(node, "function_definition"))
        visit_function(search, node);
    else if (ml_node_is(node, "call"))
        visit_call(search, node);
    else if (ml_node_is(node, "identifier") && !is_label(cursor))
        visit_name(search, node);
    return TRUE;
}

/* Does not recurse. */
GArray *ml_module_imports(MlModule *module)
{
    Search search = {.module = module};
    search.imports = g_array_new(FALSE, TRUE, sizeof(MlImport));
    g_array_set_clear_func(search.imports, clear_import);
    TSNode root = ml_module_root(module);
    if (ts_node_is_null(root))
        return search.imports;
    search.by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    search.passing = g_hash_table_new(NULL, NULL);
    search.shadows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    for (gboolean more = TRUE; more;) {
        more = visit(&search, &cursor) && ts_tree_cursor_goto_first_child(&cursor);
        while (!more && !(more = ts_tree_cursor_goto_next_sibling(&cursor)))
            if (!ts_tree_cursor_goto_parent(&cursor))
                break;
    }
    ts_tree_cursor_delete(&cursor);
    g_hash_table_unref(search.by_name);
    g_hash_table_unref(search.passing);
    g_hash_table_unref(search.shadows);
    return search.imports;
}
