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
/* The text of an origin, a new string that may hold any bytes but NUL; "" without a module. */
char *ml_origin_text(MlOrigin origin);
/* Whether it lies in a module's text, whichever parse of that it points into. */
gboolean ml_origin_is_in(MlOrigin origin, const MlModule *module);
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

/* A name that the file imports, at module level or in a function. */
typedef struct {
    guint level;  /* leading dots */
    char *module; /* "bank.models"; "" with dots alone */
    char *name;   /* what is taken from it, "*" for all; NULL where the module itself is imported */
    MlOrigin origin; /* the statement */
    /* the first place that uses it for more than the type of a column, an annotation, or what is
     * raised; module NULL: there is none, or it is what "*" takes */
    MlOrigin use;
} MlImport;

/*
 * What the file imports by name, in the order of the text: a new GArray of
 * MlImport. Empty once the syntax has been forgotten.
 */
GArray *ml_module_imports(MlModule *module);

/*
 * A checksum of what the module says and does: equal for two modules whose
 * texts differ in nothing but
 *
 * - comments, docstrings (any constant that stands as a statement), `pass`;
 * - formatting: white space, line breaks, semicolons, redundant parentheses and
 *   commas, how a string or a number is spelt or joined, `elif` for else and if;
 * - imports: their order where nothing stands between them, how they are
 *   grouped, and those whose name occurs nowhere else;
 * - annotations of variables, parameters and return values;
 * - assignments of the module-level variables `without` (NULL-terminated, or NULL).
 *
 * As they are spelt count a name in \N{...}, an integer of more than 64 bits, and
 * the parentheses where the grammar takes an expression apart otherwise than
 * Python (`with a if b else c as d`, `a & b ^ c`, `await a ** b`, `*a or b, c`).
 * Fit to be compared with others of the same run alone. NULL where Python could
 * not read the file, or once the syntax has been forgotten; of a module whose
 * header alone was parsed it says nothing about the rest.
 */
char *ml_module_digest(const MlModule *module, const char *const *without);

typedef enum {
    ML_VALUE_UNKNOWN,
    ML_VALUE_NONE,
    ML_VALUE_BOOL,
    ML_VALUE_INTEGER,
    ML_VALUE_FLOAT,
    ML_VALUE_STRING,
    ML_VALUE_TUPLE,
    ML_VALUE_LIST,
    ML_VALUE_SET,
    ML_VALUE_DICT,
} MlValueKind;

/*
 * What stands in a text for each part that cannot be told: U+FFFC, which neither Python nor SQL
 * has a use for, and which may stand in a name of SQL as in a string.
 */
#define ML_HOLE "\xef\xbf\xbc"

/* What an unknown value is made by, as far as that can be told. */
typedef enum {
    ML_SHAPE_OTHER,
    ML_SHAPE_NAME,      /* a name of no file in the tree, dotted: "sqlalchemy.MetaData", "str" */
    ML_SHAPE_TEXT,      /* a string of which not all can be told: `name`, with ML_HOLEs in it */
    ML_SHAPE_MEMBER,    /* object.name */
    ML_SHAPE_ITEM,      /* object[index]; without an index, any of those that it holds */
    ML_SHAPE_CALL,      /* object(arguments); of an operator, its method: object is a.__eq__ in
                           `a == b`, arguments are b */
    ML_SHAPE_CLASS,     /* a class of the tree; object: what decorates it, or NULL; arguments: its
                           bases; see ml_evaluation_member */
    ML_SHAPE_FUNCTION,  /* a function of the tree, or a lambda */
    ML_SHAPE_MODULE,    /* a file of the tree; name: its path */
    ML_SHAPE_ENTERED,   /* what `with object as` binds */
    ML_SHAPE_CONTAINER, /* a list, set or dict, but nobody can tell of what */
    ML_SHAPE_EITHER,    /* one of the arguments, as a condition has it that cannot be told */
    ML_SHAPE_PARAMETER, /* what the function `name` is a parameter of was given by its caller */
} MlShape;

typedef struct MlValue MlValue;
typedef struct MlDefinition MlDefinition; /* what this room alone knows of a class or function */

typedef struct {
    const char *name; /* of a keyword argument; NULL: positional */
    const MlValue *value;
} MlArgument;

typedef struct {
    const MlValue *key, *value;
} MlPair;

struct MlValue {
    MlValueKind kind;
    MlOrigin origin;
    union {
        gint64 integer; /* also of a bool */
        double real;
        struct {
            const char *text; /* UTF-8, terminated; may hold NUL inside */
            gsize length;
        } string;
        struct {
            const MlValue *const *items;
            gsize length;
            guint made; /* for this room alone: when */
        } sequence;     /* tuple, list, set */
        struct {
            const MlPair *pairs;
            gsize length;
            guint made;
        } dict;
        struct {
            MlShape shape;
            gboolean open; /* there are further arguments, which cannot be told */
            const char *name;
            const MlValue *object;
            const MlValue *index;
            const MlArgument *arguments;
            gsize length;
            const MlDefinition *definition;
        } unknown;
    };
};

/* Whether a value (NULL: no) is unknown and of that shape. */
gboolean ml_value_has_shape(const MlValue *value, MlShape shape);
/* The keyword argument `name` of a call; NULL where it is none of those that can be told. */
const MlValue *ml_value_argument(const MlValue *call, const char *name);
/* The positional argument `index` (from 0) of a call; NULL likewise. */
const MlValue *ml_value_positional(const MlValue *call, gsize index);
/* Whether a value is a library's name: one of `names`, NULL-terminated. */
gboolean ml_value_is_name(const MlValue *value, const char *const *names);
/* Whether a value is a call of such a name. */
gboolean ml_value_is_call(const MlValue *value, const char *const *names);

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

/*
 * Whether an absolute name is of a library that no tree is asked for. A folder of
 * migrations is often called alembic, and one of models sqlalchemy: with all folders
 * above env.py for roots they would be taken for the libraries.
 */
gboolean ml_is_library(const char *name);

typedef struct MlEvaluation MlEvaluation;

/* `importer` may be NULL (imported names are then unknown) and is borrowed as long as the
 * evaluation lives. */
MlEvaluation *ml_evaluation_new(MlModule *module, const char *path, MlImporter *importer);
void ml_evaluation_free(MlEvaluation *evaluation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlEvaluation, ml_evaluation_free)

/* Whether what it has told so far depends on other files, or on their absence. */
gboolean ml_evaluation_looked_around(const MlEvaluation *evaluation);

/* Whether what functions did when they ran depends on what MlAssumptions say of the database. */
gboolean ml_evaluation_asks_dialect(const MlEvaluation *evaluation);

/*
 * Frees an evaluation with all its values, and the syntax tree of the evaluated
 * file: only for a module that nobody else uses. Gives the modules that origins
 * may still point into, MlModule, freed with the array.
 */
GPtrArray *ml_evaluation_close(MlEvaluation *evaluation);

/* What a module-level name is bound to once the module has run; NULL if nothing ever binds it. */
const MlValue *ml_evaluation_name(MlEvaluation *evaluation, const char *name);

/* What a class of the tree binds `name` to in its own body; NULL if it does not. */
const MlValue *ml_evaluation_member(MlEvaluation *evaluation, const MlValue *class_value,
                                    const char *name);

/* The names of the members of an enum class of the tree: a list; NULL where they cannot be told. */
const MlValue *ml_evaluation_enum_names(MlEvaluation *evaluation, const MlValue *class_value);

/*
 * Every call in the file, wherever it stands, of something whose last name is
 * one of `names` (NULL-terminated): const MlValue * of shape call, in the order
 * of the text. `x[key] = value` is a call of "__setitem__", as it is in Python.
 */
GPtrArray *ml_evaluation_find_calls(MlEvaluation *evaluation, const char *const *names);

/*
 * Every `x.name = value` in the file of one of `names` (NULL-terminated), as calls of
 * x.__setattr__(name, value): a new GArray of MlEvent, conditional where it does not stand at
 * module level. What is set otherwise (`x.name += value`, setattr(x, name, value), one of several
 * targets) is there too, without a value to be told, and conditional.
 */
GArray *ml_evaluation_find_assignments(MlEvaluation *evaluation, const char *const *names);

/* Whether any file that has been read so far has the words in it. */
gboolean ml_evaluation_mentions(const MlEvaluation *evaluation, const char *words);

/*
 * What the file imports at module level, as dotted names: "sqlalchemy.dialects"
 * for `import sqlalchemy.dialects`, "sqlalchemy.dialects.mysql" for `from
 * sqlalchemy.dialects import mysql`. char *, freed with the array.
 */
GPtrArray *ml_evaluation_imports(MlEvaluation *evaluation);

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
    MlOrigin name; /* the name in `def name` */
} MlFunction;

/* What a module-level function looks like, by its shape alone. */
MlFunction ml_evaluation_function(MlEvaluation *evaluation, const char *name);

/* --- what a function does ------------------------------------------------------------- */

/* What is taken for granted where the text alone cannot tell. */
typedef struct {
    /* of the connection: what op.get_bind().dialect.name is; NULL: not known */
    const char *dialect;
    /* what op.get_context().version_table_schema is, where that is known; NULL: None */
    const char *version_table_schema;
    gboolean knows_version_table_schema;
    /* what parameters of the function stand for, by turns name and library name, NULL-terminated:
     * "op", "alembic.op"; NULL: none is known */
    const char *const *parameters;
} MlAssumptions;

typedef enum {
    ML_EVENT_CALL,  /* value: the call, arguments as they were when it was made */
    ML_EVENT_RAISE, /* value: what is raised; NULL: what was caught */
    ML_EVENT_REST,  /* from here on, more may happen than can be told */
} MlEventKind;

/* `with manager:` around something, the innermost first. */
typedef struct MlWith MlWith;
struct MlWith {
    const MlValue *manager;
    const MlWith *outer;
    gboolean raises; /* what stands within always ends with an exception */
};

/* The calls of functions of the tree that led to something, the innermost first. */
typedef struct MlCaller MlCaller;
struct MlCaller {
    MlOrigin call;
    const MlCaller *outer;
};

/* Something that happens when a function runs. */
typedef struct {
    MlEventKind kind;
    gboolean conditional : 1; /* perhaps: under a condition that cannot be told, or behind one */
    gboolean repeated : 1;    /* in a loop that runs as often as cannot be told */
    gboolean guarded : 1;     /* in a `try` that goes on after an error */
    gboolean dropped : 1;     /* nothing is done with what the call gives: `f()` by itself */
    MlOrigin origin;
    const MlValue *value;
    const MlWith *contexts;
    const MlCaller *callers;
} MlEvent;

/*
 * What happens when the module-level function `name` runs, in the order in
 * which it happens: a new GArray of MlEvent, whose values are borrowed from the
 * evaluation. Functions of the tree that it calls are run themselves; every
 * call of anything else is an event, but for those of Python's own functions
 * and methods that change nothing. `x[key] = value` and `x.name = value` of
 * what is not known are calls of "__setitem__" and "__setattr__".
 *
 * A function of the tree that is given to something unknown is taken to be
 * called by it, perhaps and repeatedly. One that cannot be run where it is
 * called (a generator, a coroutine, a recursion that nobody sees the end of, a
 * call that does not fit) is an event like any other call. Where a bound is
 * reached, or the name is bound by anything but a function of the tree, the last
 * event is ML_EVENT_REST; a statement that is no Python has one in its place.
 * None where no such name is bound, and once the syntax has been forgotten.
 */
GArray *ml_evaluation_run(MlEvaluation *evaluation, const char *name,
                          const MlAssumptions *assumptions);

/*
 * What a method of a class of the tree returns; NULL where it has none that can
 * be run. Nothing is known of what it is given, but for the assumptions.
 */
const MlValue *ml_evaluation_returned(MlEvaluation *evaluation, const MlValue *class_value,
                                      const char *method, const MlAssumptions *assumptions);

/* Appends "NAME VERSION" and a line end for each library that the room is built on. */
void ml_python_libraries(GString *out);

G_END_DECLS
