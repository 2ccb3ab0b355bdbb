/* Calls, and attributes that are set, wherever they stand in a file. */
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

/* The next node in the order of the text; FALSE behind the last. Does not recurse. */
static gboolean next_node(TSTreeCursor *cursor)
{
    gboolean more = ts_tree_cursor_goto_first_child(cursor);
    while (!more && !(more = ts_tree_cursor_goto_next_sibling(cursor)))
        if (!ts_tree_cursor_goto_parent(cursor))
            break;
    return more;
}

GPtrArray *ml_evaluation_find_calls(MlEvaluation *evaluation, const char *const *names)
{
    const MlModule *module = ml_evaluation_module(evaluation);
    GPtrArray *calls = g_ptr_array_new();
    TSNode root = ml_module_root(module);
    if (ts_node_is_null(root))
        return calls;
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    do {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        const MlValue *value = is_wanted(module, node, names)
                                   ? ml_evaluation_expression_at(evaluation, &cursor)
                                   : NULL;
        if (ml_value_has_shape(value, ML_SHAPE_CALL))
            g_ptr_array_add(calls, (gpointer)value);
    } while (calls->len < FOUND_LIMIT && next_node(&cursor));
    ts_tree_cursor_delete(&cursor);
    return calls;
}

/* --- attributes that are set -------------------------------------------------------- */

static gboolean is_attribute(const MlModule *module, TSNode node, const char *const *names)
{
    if (!ml_node_is(node, "attribute"))
        return FALSE;
    g_autofree char *name = ml_node_text(module, ml_node_field(node, ML_FIELD_ATTRIBUTE));
    return g_strv_contains(names, name);
}

static gboolean holds_attribute(const MlModule *module, TSNode targets, const char *const *names)
{
    g_auto(MlChildren) children = ml_children_of(targets);
    for (TSNode child; ml_children_next(&children, &child);)
        if (is_attribute(module, child, names))
            return TRUE;
    return FALSE;
}

/* setattr(x, "name", value) */
static gboolean calls_setattr(MlEvaluation *evaluation, const TSTreeCursor *at,
                              const char *const *names)
{
    static const char *const functions[] = {"setattr", "__setattr__", NULL};
    const MlModule *module = ml_evaluation_module(evaluation);
    if (!is_wanted(module, ts_tree_cursor_current_node(at), functions))
        return FALSE;
    const MlValue *call = ml_evaluation_expression_at(evaluation, at);
    for (gsize i = 0; ml_value_has_shape(call, ML_SHAPE_CALL) && i < 2; i++) {
        const MlValue *name = ml_value_positional(call, i);
        if (name && name->kind == ML_VALUE_STRING && g_strv_contains(names, name->string.text))
            return TRUE;
    }
    return FALSE;
}

/* One of the names is set here, but to what cannot be told. */
static gboolean is_set_otherwise(MlEvaluation *evaluation, const TSTreeCursor *at,
                                 const char *const *names)
{
    const MlModule *module = ml_evaluation_module(evaluation);
    TSNode node = ts_tree_cursor_current_node(at);
    if (ml_node_is(node, "augmented_assignment"))
        return is_attribute(module, ml_node_field(node, ML_FIELD_LEFT), names);
    if (ml_node_is(node, "pattern_list") || ml_node_is(node, "tuple_pattern") ||
        ml_node_is(node, "list_pattern"))
        return holds_attribute(module, node, names);
    return ml_node_is(node, "call") && calls_setattr(evaluation, at, names);
}

/* A statement of the module itself, which runs whatever happens. */
static gboolean is_at_module_level(const TSTreeCursor *at)
{
    TSTreeCursor cursor = ts_tree_cursor_copy(at);
    gboolean statement = ts_tree_cursor_goto_parent(&cursor) &&
                         ml_node_is(ts_tree_cursor_current_node(&cursor), "expression_statement") &&
                         ts_tree_cursor_goto_parent(&cursor) &&
                         ml_node_is(ts_tree_cursor_current_node(&cursor), "module");
    ts_tree_cursor_delete(&cursor);
    return statement;
}

GArray *ml_evaluation_find_assignments(MlEvaluation *evaluation, const char *const *names)
{
    const MlModule *module = ml_evaluation_module(evaluation);
    GArray *events = g_array_new(FALSE, TRUE, sizeof(MlEvent));
    TSNode root = ml_module_root(module);
    if (ts_node_is_null(root))
        return events;
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    do {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        gboolean assigned = ml_node_is(node, "assignment") &&
                            is_attribute(module, ml_node_field(node, ML_FIELD_LEFT), names) &&
                            !ts_node_is_null(ml_node_field(node, ML_FIELD_RIGHT));
        if (!assigned && !is_set_otherwise(evaluation, &cursor, names))
            continue;
        const MlEvent event = {
            .kind = ML_EVENT_CALL,
            .conditional = !assigned || !is_at_module_level(&cursor),
            .origin = ml_node_origin(module, node),
            .value = assigned ? ml_evaluation_expression_at(evaluation, &cursor) : NULL,
        };
        g_array_append_val(events, event);
    } while (events->len < FOUND_LIMIT && next_node(&cursor));
    ts_tree_cursor_delete(&cursor);
    return events;
}
