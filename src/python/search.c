/* Calls wherever they stand in a file. */
#include "python/evaluation.h"

#include <string.h>

/* Calls that are evaluated at most: env.py has a handful. */
#define FOUND_LIMIT 200

static gboolean is_wanted(const MlModule *module, TSNode node, const char *const *names)
{
    if (ml_node_is(node, "assignment"))
        return ml_node_is(ml_node_field(node, ML_FIELD_LEFT), "subscript") &&
               g_strv_contains(names, "__setitem__");
    if (!ml_node_is(node, "call"))
        return FALSE;
    TSNode function = ml_node_field(node, ML_FIELD_FUNCTION);
    gboolean method = ml_node_is(function, "attribute");
    g_autofree char *name =
        ml_node_text(module, method ? ml_node_field(function, ML_FIELD_ATTRIBUTE) : function);
    return g_strv_contains(names, name);
}

/* Does not recurse. */
GPtrArray *ml_evaluation_find_calls(MlEvaluation *evaluation, const char *const *names)
{
    const MlModule *module = ml_evaluation_module(evaluation);
    GPtrArray *calls = g_ptr_array_new();
    TSNode root = ml_module_root(module);
    if (ts_node_is_null(root))
        return calls;
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    for (gboolean more = TRUE; more && calls->len < FOUND_LIMIT;) {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        const MlValue *value = is_wanted(module, node, names)
                                   ? ml_evaluation_expression_at(evaluation, &cursor)
                                   : NULL;
        if (ml_value_has_shape(value, ML_SHAPE_CALL))
            g_ptr_array_add(calls, (gpointer)value);
        more = ts_tree_cursor_goto_first_child(&cursor);
        while (!more && !(more = ts_tree_cursor_goto_next_sibling(&cursor)))
            if (!ts_tree_cursor_goto_parent(&cursor))
                break;
    }
    ts_tree_cursor_delete(&cursor);
    return calls;
}
