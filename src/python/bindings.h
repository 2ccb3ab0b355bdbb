/* What binds the names of a module, a class or a function: assignments, imports, definitions. */
#pragma once

#include "python/syntax.h"

typedef enum {
    ML_BINDING_ASSIGNMENT,  /* node: the expression */
    ML_BINDING_FUNCTION,    /* node: the function_definition */
    ML_BINDING_CLASS,       /* node: the class_definition, or the decorated_definition around it */
    ML_BINDING_IMPORT,      /* import module [as name] */
    ML_BINDING_IMPORT_FROM, /* from module import imported [as name] */
    ML_BINDING_STAR,        /* from module import * */
    ML_BINDING_OTHER,       /* a loop variable, a change in place: bound, but not told */
} MlBindingKind;

typedef struct {
    MlBindingKind kind;
    TSNode node;          /* what the name is bound by */
    guint32 at;           /* where its statement begins: what it reads was bound before */
    gboolean conditional; /* inside an if, a loop, an except clause */
    gboolean decorated;   /* of a function */
    guint level;          /* of an import: leading dots */
    char *module;         /* of an import: dotted name of what the name is bound to */
    char *imported;       /* of import from */
    char *dotted;         /* of import: all that is named, which is more in `import a.b` */
} MlBinding;

typedef struct MlBindings MlBindings;

/*
 * Of a class or a function definition, parameters included; of an import
 * statement; of the module if the node is null.
 */
MlBindings *ml_bindings_new(MlModule *module, TSNode node);
void ml_bindings_free(MlBindings *bindings);

/*
 * The last binding of `name` (or star import, which may bind anything) of a
 * statement that begins before byte `before`; with `previous`, of one before that.
 * NULL if there is none. Borrowed.
 */
const MlBinding *ml_bindings_before(const MlBindings *bindings, const char *name, guint32 before,
                                    const MlBinding *previous);

/*
 * Calls `visit` for each binding, those of one name in the order of the text; for star imports with
 * the name "*".
 */
void ml_bindings_foreach(const MlBindings *bindings,
                         void (*visit)(const char *name, const MlBinding *binding, gpointer data),
                         gpointer data);

/* Adds the names that are imported, dotted: see ml_evaluation_imports. */
void ml_bindings_add_imports(const MlBindings *bindings, GPtrArray *names);
