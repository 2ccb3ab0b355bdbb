/*
 * python: Python text to module, and to values without running it.
 *
 * A module is one parsed file. It is immutable, atomically refcounted and has
 * no path, so that one blob is one module however often it occurs. An
 * evaluation finds out what the names of a module are bound to: it owns an
 * arena with a byte budget, in which all its values live, and it keeps every
 * module that it read alive. Values and origins are therefore borrowed from
 * their evaluation and valid as long as it is.
 *
 * What cannot be told without running Python is the value *unknown*, whose
 * origin is the text that could not be told. Nothing here fails because of
 * what a file says.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct MlModule MlModule;

/* A stretch of a module's text: byte offsets, end exclusive. module is NULL where there is none. */
typedef struct {
    const MlModule *module;
    guint32 start;
    guint32 end;
} MlOrigin;

/* The same for people: counted from 1, columns in code points, end exclusive. */
typedef struct {
    guint line, column;
    guint end_line, end_column;
} MlPosition;

/* Parses Python. Never NULL: what is not Python gives a module with a syntax error. */
MlModule *ml_module_parse(GBytes *text);
/*
 * The same for module-level names alone: where nothing behind the first
 * function can bind one, only what stands before it is parsed. What the
 * functions hold, syntax errors among it, may therefore go unseen.
 */
MlModule *ml_module_parse_header(GBytes *text);
MlModule *ml_module_ref(MlModule *module);
void ml_module_unref(MlModule *module);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlModule, ml_module_unref)

GBytes *ml_module_text(const MlModule *module); /* as UTF-8; borrowed */
MlPosition ml_module_position(const MlModule *module, guint32 start, guint32 end);
MlPosition ml_origin_position(MlOrigin origin);
/* The text of an origin, a new string that may hold any bytes but NUL. */
char *ml_origin_text(MlOrigin origin);
/*
 * The place of value[start:end] in the literal that has `value`; where the
 * literal spells it otherwise (escapes, several strings in a row), all of it.
 */
MlOrigin ml_origin_within(MlOrigin literal, const char *value, gsize length, gsize start,
                          gsize end);

typedef enum {
    ML_SYNTAX_OK,
    ML_SYNTAX_CONFLICT, /* git's conflict markers */
    ML_SYNTAX_BINARY,   /* NUL bytes: not a text */
    ML_SYNTAX_ENCODING, /* neither UTF-8 nor in an encoding that the file names */
    ML_SYNTAX_TOO_DEEP, /* nested more deeply than Python itself accepts */
    ML_SYNTAX_ERROR,
    ML_SYNTAX_GIVEN_UP, /* not known: the file takes too long to parse */
} MlSyntax;

/*
 * Whether Python could read the file at all; `where` (may be NULL) is the first
 * place where not, without a module if no place is known.
 */
MlSyntax ml_module_syntax(const MlModule *module, MlOrigin *where);

/* A comment, and the lines of code that it speaks of. */
typedef struct {
    MlOrigin origin; /* from its '#' on */
    gboolean alone;  /* no code stands before it on its line */
    gboolean at_top; /* no statement but a docstring stands before it */
    guint line;      /* its own */
    /*
     * Of the statement, with all that stands in it, whose first line, last
     * line or header's last line is the comment's; if it is alone, that begins
     * on the next line with code. Where none does, that line by itself.
     */
    guint first_line, last_line;
} MlComment;

/*
 * The comments that hold `word`, in the order of the text: a new GArray of
 * MlComment. None once the syntax has been forgotten.
 */
GArray *ml_module_comments(const MlModule *module, const char *word);

typedef enum {
    ML_VALUE_UNKNOWN,
    ML_VALUE_NONE,
    ML_VALUE_BOOL,
    ML_VALUE_INTEGER,
    ML_VALUE_STRING,
    ML_VALUE_TUPLE,
    ML_VALUE_LIST,
    ML_VALUE_SET,
} MlValueKind;

typedef struct MlValue MlValue;
struct MlValue {
    MlValueKind kind;
    MlOrigin origin;
    union {
        gint64 integer; /* also of a bool */
        struct {
            const char *text; /* UTF-8, terminated; may hold NUL inside */
            gsize length;
        } string;
        struct {
            const MlValue *const *items;
            gsize length;
        } sequence; /* tuple, list, set */
    };
};

/*
 * Finds the modules that a file imports. `find` gets the path of the importing
 * file, the number of leading dots (0: absolute) and the dotted name ("" with
 * dots alone), and gives a module and its path, both owned by the caller, or
 * NULL where the tree holds no such module. A package is its __init__.py.
 */
typedef struct MlImporter MlImporter;
struct MlImporter {
    MlModule *(*find)(MlImporter *self, const char *from, guint level, const char *name,
                      char **path);
};

typedef struct MlEvaluation MlEvaluation;

/* `importer` may be NULL (imported names are then unknown) and is borrowed as long as the
 * evaluation lives. */
MlEvaluation *ml_evaluation_new(MlModule *module, const char *path, MlImporter *importer);
void ml_evaluation_free(MlEvaluation *evaluation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlEvaluation, ml_evaluation_free)

/*
 * Drops the syntax tree of the evaluated file, by far the largest part:
 * afterwards every name is unbound, while values, texts and places remain.
 * Only for a module that nobody else uses.
 */
void ml_evaluation_forget_syntax(MlEvaluation *evaluation);

/* What a module-level name is bound to once the module has run; NULL if nothing ever binds it. */
const MlValue *ml_evaluation_name(MlEvaluation *evaluation, const char *name);

/*
 * The file's docstring: Python's own, or where the file opens with imports or
 * a comment, the string that stands as a statement right behind. NULL if there is none.
 */
const MlValue *ml_evaluation_docstring(MlEvaluation *evaluation);

typedef enum {
    ML_BODY_ABSENT,  /* no such function */
    ML_BODY_UNKNOWN, /* the name is bound, but not by a plain `def` */
    ML_BODY_EMPTY,   /* pass, a docstring, a bare return: nothing happens */
    ML_BODY_RAISES,  /* raises whatever the circumstances, before anything else happens */
    ML_BODY_WORKS,
} MlBody;

typedef struct {
    MlBody body;
    MlOrigin name;      /* the name in `def name` */
    MlOrigin statement; /* the first statement of the body; where it raises, the raise */
} MlFunction;

/* What a module-level function looks like, by its shape alone. */
MlFunction ml_evaluation_function(MlEvaluation *evaluation, const char *name);

/* A call somewhere inside a function, or inside the functions of the same file that it calls. */
typedef struct {
    MlOrigin call; /* the whole call */
    const char
        *receiver; /* what the method is called on: "op" in op.add_column(...); NULL: a function */
    const char *name; /* the last part of what is called: "add_column" in op.add_column(...) */
    /* its first argument where that is, or begins as, a literal string; else NULL */
    const MlValue *string;
} MlCall;

/*
 * The calls made by function `name`, its own first, each function's in the order
 * of the text; what follows the 20,000th is left out, as is what exceeds the
 * evaluation's budget. The GArray of MlCall is new and the caller's; names and
 * strings in it are borrowed from the evaluation, as values are.
 */
GArray *ml_evaluation_calls(MlEvaluation *evaluation, const char *name);

/* Appends "NAME VERSION" and a line end for each library that the room is built on. */
void ml_python_libraries(GString *out);

G_END_DECLS
