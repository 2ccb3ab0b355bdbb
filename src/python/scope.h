/*
 * What the files that evaluate share: where an expression stands, what its
 * names are bound to there, and the making of values.
 */
#pragma once

#include "miglint/memory.h"
#include "python/bindings.h"

/* No value outgrows it, nor do all that the first function makes; the next may make half as much.
 */
#define ML_ARENA_BUDGET ((gsize)4 * 1024 * 1024)

/* A module that takes part, with the path it was found at. */
typedef struct {
    MlModule *module;
    char *path;
    MlBindings *bindings;
    GHashTable *names;  /* name -> const MlValue * at the end of the file; NULL: not bound */
    GHashTable *values; /* const MlBinding * -> const MlValue * */
    GHashTable *inner;  /* where a definition or an import begins -> MlBindings * of it */
} MlFile;

/* A name of a function that runs. */
typedef struct MlVariable MlVariable;
struct MlVariable {
    const char *name;
    gsize length;
    const MlValue *value;   /* NULL: not bound */
    MlVariable *stands_for; /* of a name that is declared global or nonlocal; else NULL */
    MlVariable *next;
};

/* The names of a class or a function: one that runs, or as they are bound before a place in it. */
typedef struct MlFrame MlFrame;
struct MlFrame {
    MlFrame *outer;
    const MlBindings *bindings; /* NULL: it runs */
    guint32 before;
    gboolean is_class;
    gboolean is_comprehension;
    gboolean yields;
    MlVariable *variables;
    const MlValue *returned;
};

/* Where an expression stands: names of the module mean what they were bound to before `before`. */
typedef struct {
    MlEvaluation *evaluation;
    MlFile *file;
    MlFrame *frame; /* the innermost class or function; NULL at module level */
    guint32 before;
    guint depth;
} MlScope;

/* A class or a function that a value stands for. */
struct MlDefinition {
    TSNode node;
    MlFile *file;
    MlFrame *outer;           /* of the functions around */
    MlFrame *inner;           /* of a class whose body has run; else NULL */
    const MlValue **defaults; /* of a function: one for each parameter, NULL where it has none */
    gboolean yields;          /* a function that makes a generator */
};

/* What has been changed, so that it can be taken back: a variable, or a container in place. */
typedef struct {
    MlVariable *variable;
    MlValue *container;
    const MlValue *before;
} MlUndo;

/* An attribute that was set. */
typedef struct MlAttribute MlAttribute;
struct MlAttribute {
    const MlValue *object;
    MlVariable variable;
    MlAttribute *next;
};

/* A function that is running. */
typedef struct MlActive MlActive;
struct MlActive {
    const MlDefinition *definition;
    const MlActive *outer;
};

/* What goes on while functions run. */
typedef struct {
    GArray *events; /* MlEvent; NULL where nobody listens */
    const MlAssumptions *assumptions;
    guint doubt; /* 0: this happens; else so many conditions around that cannot be told */
    gboolean repeated, guarded;
    gboolean raised; /* by a call, in the midst of an expression */
    guint tries;     /* around this place, with an except clause */
    const MlWith *contexts;
    const MlCaller *callers;
    const MlActive *active;
    struct MlExits *breaks, *continues, *returns; /* of the innermost loop and function */
    GArray *undo;                                 /* MlUndo */
    MlVariable *globals;
    MlAttribute *attributes;
    guint began; /* what was made before may be seen by others */
    guint depth; /* of calls; 0: no function runs */
} MlRun;

struct MlEvaluation {
    MlArena *arena;
    MlImporter *importer;
    GPtrArray *files;       /* MlFile *; the first is the one that is evaluated */
    GHashTable *libraries;  /* dotted name -> const MlValue *: what it is, once told */
    guint steps;            /* that are left */
    gboolean exhausted;     /* a bound has been reached */
    gboolean asks_dialect;  /* a value depends on which one it is */
    gboolean looked_around; /* the importer was asked */
    guint made;             /* containers */
    MlRun run;
};

MlFile *ml_evaluation_add_file(MlEvaluation *evaluation, MlModule *module, char *path);

/* --- bounds --------------------------------------------------------------------- */

/* Takes so many steps; FALSE once there are no more. */
gboolean ml_spend(MlEvaluation *evaluation, gsize steps);

/* --- making values -------------------------------------------------------------- */

const MlValue *ml_make(MlScope scope, TSNode node, MlValue content);
const MlValue *ml_make_unknown(MlScope scope, TSNode node);
/* A container of which nothing is known. */
const MlValue *ml_make_some(MlScope scope, TSNode node);
const MlValue *ml_make_none(MlScope scope, TSNode node);
const MlValue *ml_make_bool(MlScope scope, TSNode node, gboolean truth);
const MlValue *ml_make_integer(MlScope scope, TSNode node, gint64 integer);
const MlValue *ml_make_string(MlScope scope, TSNode node, const char *text, gsize length);
const MlValue *ml_make_sequence(MlScope scope, TSNode node, MlValueKind kind,
                                const GPtrArray *items);
const MlValue *ml_make_dict(MlScope scope, TSNode node, const GArray *pairs);
/* An unknown value with a name; one of no shape if the name does not fit the budget. */
const MlValue *ml_make_named(MlScope scope, TSNode node, MlShape shape, const char *name,
                             const MlValue *object);
/* A string, or where ML_HOLEs are in it, one that is not known as a whole; of no shape if long. */
const MlValue *ml_make_text(MlScope scope, TSNode node, const GString *text);
/* `arguments` of MlArgument, or NULL. */
const MlValue *ml_make_call(MlScope scope, TSNode node, const MlValue *object,
                            const GArray *arguments, gboolean open);
/* The call of a method `name` of object with one argument, or with none (NULL). */
const MlValue *ml_make_method_call(MlScope scope, TSNode node, const MlValue *object,
                                   const char *name, const MlValue *argument);
/* One of two, each NULL where there is none; the same if they do not differ. */
const MlValue *ml_make_either(MlScope scope, const MlValue *one, const MlValue *other);
const char *ml_keep_text(MlScope scope, const char *text, gsize length);

/* --- what is known of values ---------------------------------------------------- */

typedef enum { ML_NO, ML_YES, ML_PERHAPS } MlTruth;

MlTruth ml_truth(const MlValue *value);
MlTruth ml_negation(MlTruth truth);
MlTruth ml_equal(MlEvaluation *evaluation, const MlValue *one, const MlValue *other);
/* -1, 0, 1, or 2 where that cannot be told. */
int ml_order(const MlValue *one, const MlValue *other);
MlTruth ml_is_in(MlEvaluation *evaluation, const MlValue *item, const MlValue *container);
gboolean ml_is_sequence(const MlValue *value);  /* a list or a tuple */
gboolean ml_is_container(const MlValue *value); /* a list, a set or a dict: changes in place */
gboolean ml_is_number(const MlValue *value, gint64 *number);

/* --- expressions ---------------------------------------------------------------- */

const MlValue *ml_evaluate(MlScope scope, TSNode node);
/* Whether evaluation goes on at all: neither a bound nor a raise has ended it. */
gboolean ml_goes_on(MlScope scope);

const MlValue *ml_operate(MlScope scope, TSNode node, const char *sign, const MlValue *left,
                          const MlValue *right);

/* strings */
const MlValue *ml_string_literal(MlScope scope, TSNode node);
const MlValue *ml_concatenated_literals(MlScope scope, TSNode node);
const MlValue *ml_percent_format(MlScope scope, TSNode node, const char *format, gsize length,
                                 const MlValue *argument);
/* str(value), or repr(value), with ML_HOLE for what cannot be told (NULL: all of it). */
void ml_append_text(MlEvaluation *evaluation, GString *out, const MlValue *value, gboolean repr);
const MlValue *ml_string_method(MlScope scope, TSNode node, const MlValue *text, const char *name,
                                const MlValue *call);

/* containers */
const MlValue *ml_item(MlScope scope, TSNode node, const MlValue *object, const MlValue *index);
/* What a loop over it takes, where it cannot be told which one; `over` NULL: of nothing known. */
const MlValue *ml_element(MlScope scope, TSNode node, const MlValue *over);
const MlValue *ml_slice(MlScope scope, TSNode node, const MlValue *object,
                        const MlValue *bounds[3]);
/* Sets what is known already; FALSE where something else has to be made of it. */
gboolean ml_set_item(MlScope scope, const MlValue *object, const MlValue *index,
                     const MlValue *value);
gboolean ml_delete_item(MlScope scope, const MlValue *object, const MlValue *index);
const MlValue *ml_container_method(MlScope scope, TSNode node, const MlValue *object,
                                   const char *name, const MlValue *call);
/* list += items, in place. */
void ml_extend(MlScope scope, const MlValue *list, const MlValue *items);
/* What iterating over it gives: a new array, or NULL where that cannot be told. */
GPtrArray *ml_items(MlScope scope, TSNode node, const MlValue *value);
const MlValue *ml_new_set(MlScope scope, TSNode node, const GPtrArray *items);
const MlValue *ml_new_dict(MlScope scope, TSNode node, const GArray *pairs);

/* --- names ---------------------------------------------------------------------- */

const MlValue *ml_identifier(MlScope scope, TSNode node);
const MlValue *ml_attribute_of(MlScope scope, TSNode node, const MlValue *object, const char *name);
/* What the URL of the connection begins with, if a value is that; NULL: it cannot be told. */
const char *ml_dialect_of_url(MlScope scope, const MlValue *value);
const MlValue *ml_value_at_end(MlScope scope, MlFile *file, const char *name);
const MlBindings *ml_bindings_within(MlFile *file, TSNode node);
const MlValue *ml_evaluate_binding(MlScope scope, const MlBinding *binding);
/* A value that stands for a class or a function, and can be asked about it. */
const MlValue *ml_make_definition(MlScope scope, TSNode node, MlValue value);
const MlValue *ml_class_value(MlScope scope, TSNode node);
const MlValue *ml_function_value(MlScope scope, TSNode node);
/* Of its own body alone. */
const MlValue *ml_own_member(MlScope scope, const MlValue *class_value, const char *name);
const MlValue *ml_class_member(MlScope scope, const MlValue *class_value, const char *name);
/* The names that are members of an enum, in order: a new array of MlValue, or NULL. */
GPtrArray *ml_enum_members(MlScope scope, TSNode node, const MlValue *class_value);
gboolean ml_is_live(const MlDefinition *definition);

/* The variable of a frame that runs, made where there is none. NULL once the budget is spent. */
MlVariable *ml_variable(MlScope scope, MlFrame *frame, const char *name, gsize length);
void ml_set_variable(MlScope scope, const char *name, gsize length, const MlValue *value);

/* --- calls and what runs -------------------------------------------------------- */

/* One for each parameter; NULL if they do not fit the budget. */
const MlValue **ml_defaults_of(MlScope scope, TSNode parameters);
void ml_read_arguments(MlScope scope, TSNode list, GArray *arguments, gboolean *open);
const MlValue *ml_call(MlScope scope, TSNode node);
/* Calls what a value stands for. */
const MlValue *ml_apply(MlScope scope, TSNode node, const MlValue *callee, const GArray *arguments,
                        gboolean open);
/* NULL where it is no function that could be run on these. */
const MlValue *ml_call_function(MlScope scope, TSNode node, const MlValue *function,
                                const GArray *arguments, gboolean open);
/* A call of one of Python's own functions; NULL where it is none that is known, or cannot be told.
 */
const MlValue *ml_call_builtin(MlScope scope, TSNode node, const char *name, const MlValue *call);
gboolean ml_is_harmless_builtin(const char *name);

/* What the execution of statements may lead to: several where a condition cannot be told. */
typedef enum {
    ML_FLOW_NEXT = 1,
    ML_FLOW_BREAK = 2,
    ML_FLOW_CONTINUE = 4,
    ML_FLOW_RETURN = 8,
    ML_FLOW_RAISE = 16,
} MlFlow;

guint ml_execute_block(MlScope scope, TSNode block);
void ml_assign(MlScope scope, TSNode target, const MlValue *value);

/* --- change --------------------------------------------------------------------- */

void ml_set(MlScope scope, MlVariable *variable, const MlValue *value);
/* Replaces what a container holds; kind UNKNOWN makes it unknown. */
void ml_change(MlScope scope, const MlValue *container, MlValue content);
void ml_forget(MlScope scope, const MlValue *container);
/* Something unknown got hold of a value: it may change what is in it. */
void ml_let_go(MlScope scope, const MlValue *value, guint since);
/* The value as it is now, whatever becomes of the containers in it made before `since`. */
const MlValue *ml_snapshot(MlScope scope, const MlValue *value, guint since);

/* What may happen instead of one another, all from the same beginning. */
typedef struct {
    guint mark;
    GPtrArray *outcomes; /* GArray of MlUndo: what each ended with */
    MlRun circumstances;
    guint flow;
} MlBranches;

MlBranches ml_branches_begin(MlScope scope);
/* One of them has been run, and led to `flow`: takes it back. */
void ml_branches_add(MlScope scope, MlBranches *branches, guint flow);
/* Nothing at all is one of them too. */
void ml_branches_add_nothing(MlBranches *branches);
/* What any of them changed is one of what they changed it to. Gives what they led to. */
guint ml_branches_end(MlScope scope, MlBranches *branches);

/* What this one led to does not count. */
void ml_branches_drop(MlScope scope, MlBranches *branches);
/* What has been changed since `start` (a length of `undo`), each once, with what it holds now. */
GArray *ml_changes(MlScope scope, guint start);
/* What was changed may be anything. */
void ml_blur(MlScope scope, const GArray *changes);
/*
 * Takes back what has been done since `start`, and makes unknown what it changed
 * of what was there before. FALSE, with nothing taken back, where that is nothing.
 */
gboolean ml_havoc(MlScope scope, guint start);

/* The places from which a loop, one time around it, or a function is left before its end. */
typedef struct MlExits {
    guint mark;
    guint doubt;
    GPtrArray *outcomes; /* NULL: it is left at one place alone */
    gboolean left;       /* where nothing is in doubt */
} MlExits;

MlExits ml_exits_begin(MlScope scope);
/* Here is one. */
void ml_exits_add(MlScope scope, MlExits *exits);
/* What was changed is what it was at any of them, and here too if `here`. */
void ml_exits_end(MlScope scope, MlExits *exits, gboolean here);

void ml_record(MlScope scope, MlEventKind kind, MlOrigin origin, const MlValue *value);
/* How many have been recorded. */
guint ml_recorded(MlScope scope);
/* Nothing is done with a value: so says the call that gave it, if it is recorded from `first` on.
 */
void ml_drop(MlScope scope, guint first, const MlValue *value);
/* The same for whatever the function in hand has called itself since. */
void ml_drop_all(MlScope scope, guint first);

/* Values of a module are told apart from what runs, and make no events. */
MlRun ml_run_pause(MlEvaluation *evaluation);
void ml_run_resume(MlEvaluation *evaluation, MlRun run);
