/*
 * The syntax tree behind a module, for this room alone: no other room sees
 * tree-sitter.
 */
#pragma once

#include "miglint/python.h"

#include <tree_sitter/api.h>

const char *ml_module_bytes(const MlModule *module, gsize *length);

/*
 * The module's root; a null node once the syntax has been forgotten, or given up.
 *
 * Several threads may read one tree (an imported module has many readers): nodes
 * and cursors only look at it, each cursor with a stack of its own, and nothing
 * counts references but ts_tree_copy and ts_tree_delete. No one edits a tree.
 */
TSNode ml_module_root(const MlModule *module);

/* Drops the syntax tree. Only for a module that nobody else uses. */
void ml_module_forget_syntax(MlModule *module);

/* The grammar's names for what a node is made of. */
typedef enum {
    ML_FIELD_ALIAS,
    ML_FIELD_ALTERNATIVE,
    ML_FIELD_ARGUMENT,
    ML_FIELD_ARGUMENTS,
    ML_FIELD_ATTRIBUTE,
    ML_FIELD_BODY,
    ML_FIELD_CONDITION,
    ML_FIELD_CONSEQUENCE,
    ML_FIELD_DEFINITION,
    ML_FIELD_FORMAT_SPECIFIER,
    ML_FIELD_FUNCTION,
    ML_FIELD_GUARD,
    ML_FIELD_KEY,
    ML_FIELD_LEFT,
    ML_FIELD_MODULE_NAME,
    ML_FIELD_NAME,
    ML_FIELD_OBJECT,
    ML_FIELD_OPERATOR,
    ML_FIELD_PARAMETERS,
    ML_FIELD_RIGHT,
    ML_FIELD_SUBJECT,
    ML_FIELD_SUBSCRIPT,
    ML_FIELD_SUPERCLASSES,
    ML_FIELD_TYPE_CONVERSION,
    ML_FIELD_VALUE,
} MlField;

gboolean ml_node_is(TSNode node, const char *type);
/* A comment or a continued line: may stand between any two others. */
gboolean ml_node_is_blank(TSNode node);
/* What stands in a field of a node; a null node if nothing does. */
TSNode ml_node_field(TSNode node, MlField field);
MlOrigin ml_node_origin(const MlModule *module, TSNode node);
gboolean ml_node_has_text(const MlModule *module, TSNode node, const char *text);
char *ml_node_text(const MlModule *module, TSNode node);

/* The first named child that is not blank; a null node if there is none. */
TSNode ml_node_first(TSNode node);

/*
 * The named children of a node without blank ones, one after the other in
 * constant time each (ts_node_next_sibling begins at the root every time):
 *
 *     g_auto(MlChildren) children = ml_children_of(node);
 *     for (TSNode child; ml_children_next(&children, &child);)
 */
typedef struct {
    TSNode node;
    guint32 next, few; /* of a few, the next one's number, and how many they are */
    TSTreeCursor cursor;
    gboolean inside; /* of many, whether the cursor stands on a child that is yet to be given */
} MlChildren;

MlChildren ml_children_of(TSNode node);
guint ml_children_count(TSNode node);
gboolean ml_children_next(MlChildren *children, TSNode *child);
void ml_children_clear(MlChildren *children);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MlChildren, ml_children_clear)
