/* What functions look like, told by their shape alone. */
#include "python/bindings.h"
#include "python/evaluation.h"
#include "python/literal.h"

#include <string.h>

#define CALL_LIMIT 20000

static gboolean is_constant(TSNode node)
{
    static const char *const types[] = {
        "string", "concatenated_string", "ellipsis", "none", "true", "false", "integer", "float",
        NULL};
    return g_strv_contains(types, ts_node_type(node));
}

static gboolean is_call_of(const MlModule *module, TSNode node, const char *function)
{
    return ml_node_is(node, "call") &&
           ml_node_has_text(module, ml_node_field(node, ML_FIELD_FUNCTION), function);
}

/* A statement that leaves no trace in the database: pass, a docstring, an import, a print. */
static gboolean does_nothing(const MlModule *module, TSNode statement)
{
    static const char *const types[] = {"pass_statement", "import_statement",
                                        "import_from_statement", "global_statement", NULL};
    if (g_strv_contains(types, ts_node_type(statement)))
        return TRUE;
    if (!ml_node_is(statement, "expression_statement"))
        return FALSE;
    TSNode expression = ml_node_first(statement);
    return !ts_node_is_null(expression) &&
           (is_constant(expression) || is_call_of(module, expression, "print"));
}

static gboolean returns_nothing(TSNode statement)
{
    TSNode value = ml_node_first(statement);
    return ml_node_is(statement, "return_statement") &&
           (ts_node_is_null(value) || is_constant(value));
}

static void read_body(const MlModule *module, TSNode block, MlFunction *function)
{
    function->body = ML_BODY_EMPTY;
    g_auto(MlChildren) children = ml_children_of(block);
    for (TSNode statement; ml_children_next(&children, &statement);) {
        if (function->statement.module == NULL)
            function->statement = ml_node_origin(module, statement);
        if (does_nothing(module, statement))
            continue;
        if (returns_nothing(statement))
            return;
        gboolean raises = ml_node_is(statement, "raise_statement");
        function->body = raises ? ML_BODY_RAISES : ML_BODY_WORKS;
        if (raises)
            function->statement = ml_node_origin(module, statement);
        return;
    }
}

/* The function_definition that the name ends up bound to; a null node and its body otherwise. */
static TSNode definition(const MlBindings *bindings, const char *name, MlBody *body)
{
    const MlBinding *binding = ml_bindings_before(bindings, name, G_MAXUINT32, NULL);
    if (binding != NULL && binding->kind == ML_BINDING_FUNCTION && !binding->conditional)
        return binding->node;
    *body = binding ? ML_BODY_UNKNOWN : ML_BODY_ABSENT;
    return (TSNode){0};
}

MlFunction ml_evaluation_function(MlEvaluation *evaluation, const char *name)
{
    const MlModule *module = ml_evaluation_module(evaluation);
    MlFunction function = {0};
    TSNode node = definition(ml_evaluation_bindings(evaluation), name, &function.body);
    if (ts_node_is_null(node))
        return function;
    function.name = ml_node_origin(module, ml_node_field(node, ML_FIELD_NAME));
    read_body(module, ml_node_field(node, ML_FIELD_BODY), &function);
    return function;
}

/* --- calls ---------------------------------------------------------------------- */

/* A walk through a function and the functions of its file that it calls. */
typedef struct {
    MlEvaluation *evaluation;
    const MlModule *module;
    GArray *calls;
    GPtrArray *names;    /* char *: functions that are still to be looked into */
    GHashTable *visited; /* the same names, borrowed */
} Search;

static void want(Search *search, char *name)
{
    if (g_hash_table_contains(search->visited, name)) {
        g_free(name);
        return;
    }
    g_ptr_array_add(search->names, name);
    g_hash_table_add(search->visited, name);
}

static const MlValue *copy_beginning(Search *search, TSNode node, GString *text)
{
    MlValue *value = ml_evaluation_alloc(search->evaluation, sizeof *value);
    char *copy = ml_evaluation_alloc(search->evaluation, text->len + 1);
    if (value == NULL || copy == NULL)
        return NULL;
    memcpy(copy, text->str, text->len);
    value->kind = ML_VALUE_STRING;
    value->origin = ml_node_origin(search->module, node);
    value->string.text = copy;
    value->string.length = text->len;
    return value;
}

static gboolean stop_at_interpolation(GString *out, TSNode interpolation, gpointer data)
{
    (void)out, (void)interpolation, (void)data;
    return FALSE;
}

/* What `text("...")` and `"...".format(...)` begin with; a null node for any other call. */
static TSNode string_of_call(Search *search, TSNode call)
{
    TSNode function = ml_node_field(call, ML_FIELD_FUNCTION);
    TSNode object = ml_node_field(function, ML_FIELD_OBJECT);
    TSNode name =
        ml_node_is(function, "attribute") ? ml_node_field(function, ML_FIELD_ATTRIBUTE) : function;
    if (ml_node_has_text(search->module, name, "text") ||
        ml_node_has_text(search->module, name, "DDL"))
        return ml_node_first(ml_node_field(call, ML_FIELD_ARGUMENTS));
    return ml_node_has_text(search->module, name, "format") ? object : (TSNode){0};
}

/* What a string expression begins with: "..." + x, "..." % x, f"...{x}", text("..."), a constant.
 */
static const MlValue *beginning_of(Search *search, TSNode node)
{
    for (guint depth = 0; depth < 50 && !ts_node_is_null(node); depth++) {
        if (ml_node_is(node, "string")) {
            gboolean whole;
            g_autoptr(GString) text =
                ml_literal_read(search->module, node, stop_at_interpolation, NULL, &whole);
            return text ? copy_beginning(search, node, text) : NULL;
        }
        if (ml_node_is(node, "identifier")) {
            const MlValue *value = ml_evaluation_expression(search->evaluation, node);
            return value->kind == ML_VALUE_STRING ? value : NULL;
        }
        if (ml_node_is(node, "call"))
            node = string_of_call(search, node);
        else if (ml_node_is(node, "binary_operator"))
            node = ml_node_field(node, ML_FIELD_LEFT);
        else if (ml_node_is(node, "parenthesized_expression") ||
                 ml_node_is(node, "concatenated_string"))
            node = ml_node_first(node);
        else
            return NULL;
    }
    return NULL;
}

/* A node's text, kept by the evaluation; NULL once its budget is spent. */
static const char *keep_text(Search *search, TSNode node)
{
    g_autofree char *text = ml_node_text(search->module, node);
    gsize size = strlen(text) + 1;
    char *copy = ml_evaluation_alloc(search->evaluation, size);
    return copy ? memcpy(copy, text, size) : NULL;
}

static void add_call(Search *search, TSNode node)
{
    TSNode function = ml_node_field(node, ML_FIELD_FUNCTION);
    gboolean method = ml_node_is(function, "attribute");
    if (!method && !ml_node_is(function, "identifier"))
        return;
    TSNode last = method ? ml_node_field(function, ML_FIELD_ATTRIBUTE) : function;
    TSNode first = ml_node_first(ml_node_field(node, ML_FIELD_ARGUMENTS));
    MlCall call = {
        .call = ml_node_origin(search->module, node),
        .receiver = method ? keep_text(search, ml_node_field(function, ML_FIELD_OBJECT)) : NULL,
        .name = keep_text(search, last),
        .string = beginning_of(search, first),
    };
    if (call.name == NULL)
        return;
    g_array_append_val(search->calls, call);
    if (!method)
        want(search, g_strdup(call.name));
}

/* Every call below a node, in the order of the text. Does not recurse. */
static void collect_calls(Search *search, TSNode root)
{
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    for (gboolean more = TRUE; more && search->calls->len < CALL_LIMIT;) {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        if (ml_node_is(node, "call"))
            add_call(search, node);
        more = ts_tree_cursor_goto_first_child(&cursor);
        while (!more && !(more = ts_tree_cursor_goto_next_sibling(&cursor)))
            if (!ts_tree_cursor_goto_parent(&cursor))
                break;
    }
    ts_tree_cursor_delete(&cursor);
}

GArray *ml_evaluation_calls(MlEvaluation *evaluation, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) visited = g_hash_table_new(g_str_hash, g_str_equal);
    Search search = {evaluation, ml_evaluation_module(evaluation),
                     g_array_new(FALSE, FALSE, sizeof(MlCall)), names, visited};
    want(&search, g_strdup(name));
    for (guint i = 0; i < names->len; i++) {
        MlBody body;
        TSNode node =
            definition(ml_evaluation_bindings(evaluation), g_ptr_array_index(names, i), &body);
        if (!ts_node_is_null(node))
            collect_calls(&search, ml_node_field(node, ML_FIELD_BODY));
    }
    return search.calls;
}
