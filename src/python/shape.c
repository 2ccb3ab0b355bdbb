/* What functions look like, told by their shape alone. */
#include "python/bindings.h"
#include "python/evaluation.h"

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
        if (does_nothing(module, statement))
            continue;
        if (returns_nothing(statement))
            return;
        function->body = ml_node_is(statement, "raise_statement") ? ML_BODY_RAISES : ML_BODY_WORKS;
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
