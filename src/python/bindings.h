/* What binds the names of a module: assignments, imports, definitions. */
#pragma once

#include "python/syntax.h"

typedef enum {
    ML_BINDING_ASSIGNMENT,  /* node: the expression */
    ML_BINDING_FUNCTION,    /* node: the function_definition */
    ML_BINDING_IMPORT,      /* import module [as name] */
    ML_BINDING_IMPORT_FROM, /* from module import imported [as name] */
    ML_BINDING_STAR,        /* from module import * */
    ML_BINDING_OTHER,       /* a class, a loop variable, a change in place: bound, but not told */
} MlBindingKind;

typedef struct {
    MlBindingKind kind;
    TSNode node;          /* what the name is bound by */
    guint32 at;           /* where its statement begins: what it reads was bound before */
    gboolean conditional; /* inside an if, a loop, an except clause */
    guint level;          /* of an import: leading dots */
    char *module;         /* of an import: dotted name */
    char *imported;       /* of import from */
} MlBinding;

typedef struct MlBindings MlBindings;

MlBindings *ml_bindings_new(MlModule *module);
void ml_bindings_free(MlBindings *bindings);

/*
 * The last binding of `name` (or star import, which may bind anything) of a
 * statement that begins before byte `before`; with `previous`, of one before that.
 * NULL if there is none. Borrowed.
 */
const MlBinding *ml_bindings_before(const MlBindings *bindings, const char *name, guint32 before,
                                    const MlBinding *previous);
