#include "migration/role.h"
#include "miglint/text.h"
#include "migration/harmless.h"

#include <string.h>

/* --- libraries ----------------------------------------------------------------------- */

static MlRole role_of_name(const char *name)
{
    static const struct {
        const char *name;
        MlRole role;
    } names[] = {
        {"alembic.op", ML_ROLE_OP},
        {"alembic.context", ML_ROLE_CONTEXT},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (ml_text_equals(name, names[i].name))
            return names[i].role;
    if (g_str_has_prefix(name, "sqlalchemy.") || g_str_has_prefix(name, "sqlmodel.") ||
        strcmp(name, "sqlalchemy") == 0 || strcmp(name, "sqlmodel") == 0)
        return ML_ROLE_ALCHEMY;
    if (g_str_has_prefix(name, "alembic.ddl.") || g_str_has_prefix(name, "alembic.util"))
        return ML_ROLE_ALCHEMY;
    return ml_is_harmless(name) ? ML_ROLE_HARMLESS : ML_ROLE_UNKNOWN;
}

/* --- what methods give ------------------------------------------------------------------ */

typedef struct {
    const char *name; /* NULL: any other */
    MlRole of, gives;
} Transition;

/* Attributes, and what calls of methods give. */
static const Transition transitions[] = {
    {"get_bind", ML_ROLE_OP, ML_ROLE_CONNECTION},
    {"get_context", ML_ROLE_OP, ML_ROLE_CONTEXT},
    {"migration_context", ML_ROLE_OP, ML_ROLE_CONTEXT},
    {"impl", ML_ROLE_OP, ML_ROLE_CONTEXT},
    {"batch_alter_table", ML_ROLE_OP, ML_ROLE_BATCH},
    {"create_table", ML_ROLE_OP, ML_ROLE_ALCHEMY},
    {"inline_literal", ML_ROLE_OP, ML_ROLE_ALCHEMY},
    {"f", ML_ROLE_OP, ML_ROLE_HARMLESS},
    {"f", ML_ROLE_BATCH, ML_ROLE_HARMLESS},
    {"get_bind", ML_ROLE_BATCH, ML_ROLE_CONNECTION},
    {"get_context", ML_ROLE_BATCH, ML_ROLE_CONTEXT},
    {"migration_context", ML_ROLE_BATCH, ML_ROLE_CONTEXT},
    {"impl", ML_ROLE_BATCH, ML_ROLE_CONTEXT},
    {"bind", ML_ROLE_CONTEXT, ML_ROLE_CONNECTION},
    {"connection", ML_ROLE_CONTEXT, ML_ROLE_CONNECTION},
    {"get_bind", ML_ROLE_CONTEXT, ML_ROLE_CONNECTION},
    {"get_context", ML_ROLE_CONTEXT, ML_ROLE_CONTEXT},
    {"impl", ML_ROLE_CONTEXT, ML_ROLE_CONTEXT},
    {"migration_context", ML_ROLE_CONTEXT, ML_ROLE_CONTEXT},
    {NULL, ML_ROLE_CONTEXT, ML_ROLE_HARMLESS},
    {"connect", ML_ROLE_CONNECTION, ML_ROLE_CONNECTION},
    {"begin", ML_ROLE_CONNECTION, ML_ROLE_CONNECTION},
    {"begin_nested", ML_ROLE_CONNECTION, ML_ROLE_CONNECTION},
    {"execution_options", ML_ROLE_CONNECTION, ML_ROLE_CONNECTION},
    {"engine", ML_ROLE_CONNECTION, ML_ROLE_CONNECTION},
    {"connection", ML_ROLE_CONNECTION, ML_ROLE_CONNECTION},
    {"raw_connection", ML_ROLE_CONNECTION, ML_ROLE_CONNECTION},
    {"driver_connection", ML_ROLE_CONNECTION, ML_ROLE_CONNECTION},
    {"dbapi_connection", ML_ROLE_CONNECTION, ML_ROLE_CONNECTION},
    {"cursor", ML_ROLE_CONNECTION, ML_ROLE_CURSOR},
    {NULL, ML_ROLE_CONNECTION, ML_ROLE_HARMLESS},
    {NULL, ML_ROLE_CURSOR, ML_ROLE_HARMLESS},
    {"query", ML_ROLE_SESSION, ML_ROLE_QUERY},
    {"connection", ML_ROLE_SESSION, ML_ROLE_CONNECTION},
    {"get_bind", ML_ROLE_SESSION, ML_ROLE_CONNECTION},
    {"bind", ML_ROLE_SESSION, ML_ROLE_CONNECTION},
    {"begin", ML_ROLE_SESSION, ML_ROLE_SESSION},
    {"begin_nested", ML_ROLE_SESSION, ML_ROLE_SESSION},
    {NULL, ML_ROLE_SESSION, ML_ROLE_HARMLESS},
    {"all", ML_ROLE_QUERY, ML_ROLE_HARMLESS},
    {"first", ML_ROLE_QUERY, ML_ROLE_HARMLESS},
    {"one", ML_ROLE_QUERY, ML_ROLE_HARMLESS},
    {"one_or_none", ML_ROLE_QUERY, ML_ROLE_HARMLESS},
    {"scalar", ML_ROLE_QUERY, ML_ROLE_HARMLESS},
    {"count", ML_ROLE_QUERY, ML_ROLE_HARMLESS},
    {"get", ML_ROLE_QUERY, ML_ROLE_HARMLESS},
    {NULL, ML_ROLE_QUERY, ML_ROLE_QUERY},
    {NULL, ML_ROLE_SESSION_MAKER, ML_ROLE_SESSION_MAKER},
    {"module_from_spec", ML_ROLE_HARMLESS, ML_ROLE_UNKNOWN},
    {NULL, ML_ROLE_HARMLESS, ML_ROLE_HARMLESS},
    {NULL, ML_ROLE_ALCHEMY, ML_ROLE_ALCHEMY},
    {NULL, ML_ROLE_MODEL, ML_ROLE_ALCHEMY},
};

static MlRole role_of_member(MlRole of, const char *name)
{
    if (of == ML_ROLE_HARMLESS && g_str_has_prefix(name, "import"))
        return ML_ROLE_UNKNOWN; /* importlib.import_module(), werkzeug.utils.import_string() */
    for (gsize i = 0; i < G_N_ELEMENTS(transitions); i++)
        if (transitions[i].of == of &&
            (transitions[i].name == NULL || ml_text_equals(transitions[i].name, name)))
            return transitions[i].gives;
    return ML_ROLE_UNKNOWN;
}

/* What a function of SQLAlchemy's or Alembic's gives that is more than a thing by itself. */
static MlRole role_of_made(const char *name, const MlValue *call)
{
    static const char *const inspections[] = {"inspect", "from_engine", "Inspector", NULL};
    static const char *const makers[] = {"sessionmaker", "async_sessionmaker", NULL};
    static const char *const engines[] = {"create_engine", "engine_from_config", NULL};
    const MlValue *first = ml_value_positional(call, 0);
    if (strcmp(name, "Session") == 0)
        return ML_ROLE_SESSION;
    if (g_strv_contains(makers, name))
        return ML_ROLE_SESSION_MAKER;
    if (strcmp(name, "scoped_session") == 0)
        return ML_ROLE_SESSION;
    if (g_strv_contains(engines, name))
        return ML_ROLE_UNKNOWN; /* another database, perhaps */
    if (g_strv_contains(inspections, name) && first != NULL)
        return ML_ROLE_HARMLESS;
    return ML_ROLE_ALCHEMY;
}

/* --- models ---------------------------------------------------------------------------------- */

/* Of one class of the tree above the other. */
#define MOST_BASES 20

/* The class that a value is, or is an object of; NULL where it is none of the tree. */
static const MlValue *class_of(const MlValue *value)
{
    if (ml_value_has_shape(value, ML_SHAPE_CALL))
        value = value->unknown.object;
    return ml_value_has_shape(value, ML_SHAPE_CLASS) ? value : NULL;
}

const MlValue *ml_model_table(MlReading *reading, const MlValue *value)
{
    const MlValue *class_value = class_of(value);
    const MlValue *table =
        class_value && reading->evaluation
            ? ml_evaluation_member(reading->evaluation, class_value, "__tablename__")
            : NULL;
    return table && table->kind == ML_VALUE_STRING ? table : NULL;
}

const MlValue *ml_model_column(MlReading *reading, const MlValue *value, const char *attribute)
{
    static const char *const makers[] = {"Column", "column", "mapped_column", NULL};
    const MlValue *class_value = class_of(value);
    const MlValue *column = class_value && reading->evaluation
                                ? ml_evaluation_member(reading->evaluation, class_value, attribute)
                                : NULL;
    const char *maker = column ? ml_sqlalchemy_call(column) : NULL;
    return maker != NULL && g_strv_contains(makers, maker) ? column : NULL;
}

static gboolean inherits_from_library(const MlValue *class_value, MlRole role)
{
    for (gsize i = 0; i < class_value->unknown.length; i++) {
        const MlValue *base = class_value->unknown.arguments[i].value;
        const MlValue *root = base;
        for (guint j = 0; j < MOST_BASES && root->kind == ML_VALUE_UNKNOWN &&
                          root->unknown.object != NULL && !ml_value_has_shape(root, ML_SHAPE_CLASS);
             j++)
            root = root->unknown.object;
        if (ml_value_has_shape(root, ML_SHAPE_NAME) && role_of_name(root->unknown.name) == role)
            return TRUE;
    }
    return FALSE;
}

static MlRole role_of_class(MlReading *reading, const MlValue *class_value)
{
    if (ml_model_table(reading, class_value) != NULL)
        return ML_ROLE_MODEL;
    if (inherits_from_library(class_value, ML_ROLE_ALCHEMY))
        return ML_ROLE_ALCHEMY;
    return inherits_from_library(class_value, ML_ROLE_HARMLESS) &&
                   !inherits_from_library(class_value, ML_ROLE_UNKNOWN)
               ? ML_ROLE_HARMLESS
               : ML_ROLE_UNKNOWN;
}

/* --- all together ------------------------------------------------------------------------------
 */

/* The last part of a dotted name, and what stands before it (new). */
static const char *split(const char *dotted, char **before)
{
    const char *dot = strrchr(dotted, '.');
    *before = dot ? g_strndup(dotted, (gsize)(dot - dotted)) : g_strdup(dotted);
    return dot ? dot + 1 : dotted;
}

static gboolean is_database(MlReading *reading, const MlValue *value);

static gboolean any_is_database(MlReading *reading, const MlValue *const *values, gsize length)
{
    for (gsize i = 0; i < length && ml_reading_spend(reading, 1); i++)
        if (is_database(reading, values[i]))
            return TRUE;
    return FALSE;
}

static gboolean is_or_holds_database(MlReading *reading, const MlValue *value)
{
    MlRole role;
    switch (value->kind) {
    case ML_VALUE_TUPLE:
    case ML_VALUE_LIST:
    case ML_VALUE_SET:
        return any_is_database(reading, value->sequence.items, value->sequence.length);
    case ML_VALUE_DICT:
        for (gsize i = 0; i < value->dict.length; i++)
            if (any_is_database(reading, &value->dict.pairs[i].value, 1))
                return TRUE;
        return FALSE;
    default:
        role = ml_role_of(reading, value);
        return role >= ML_ROLE_OP && role < ML_ROLE_QUERY;
    }
}

/* A connection or the like, or a container of some. */
static gboolean is_database(MlReading *reading, const MlValue *value)
{
    if (!ml_reading_enter(reading))
        return TRUE;
    gboolean is = is_or_holds_database(reading, value);
    ml_reading_leave(reading);
    return is;
}

/* @contextlib.contextmanager def f(): what f() gives is up to the body. */
static gboolean is_made_of_function(const MlValue *callee)
{
    const MlValue *made_of =
        ml_value_has_shape(callee, ML_SHAPE_CALL) ? ml_value_positional(callee, 0) : NULL;
    return made_of != NULL && ml_value_has_shape(made_of, ML_SHAPE_FUNCTION);
}

/* Whether what a harmless call gives may be, or keep, a connection that it was given. */
static gboolean keeps_database(MlReading *reading, const MlValue *call)
{
    const MlValue *callee = call->unknown.object;
    if (ml_value_has_shape(callee, ML_SHAPE_NAME) && strchr(callee->unknown.name, '.') == NULL)
        return FALSE; /* str(connection), next(cursor) */
    for (gsize i = 0; i < call->unknown.length; i++)
        if (any_is_database(reading, &call->unknown.arguments[i].value, 1))
            return TRUE;
    return is_made_of_function(callee);
}

static MlRole role_of_harmless_call(MlReading *reading, const MlValue *call, MlRole role)
{
    static const char *const same[] = {"contextlib.closing", "contextlib.nullcontext", NULL};
    const MlValue *given = ml_value_positional(call, 0);
    if (ml_value_is_call(call, same) && given != NULL)
        return ml_role_of(reading, given);
    return keeps_database(reading, call) ? ML_ROLE_UNKNOWN : role;
}

static MlRole role_of_call(MlReading *reading, const MlValue *call)
{
    const MlValue *callee = call->unknown.object;
    if (ml_value_has_shape(callee, ML_SHAPE_CLASS)) {
        MlRole role = role_of_class(reading, callee);
        return role == ML_ROLE_HARMLESS ? role_of_harmless_call(reading, call, role) : role;
    }
    MlCallee called = ml_callee_of(reading, call);
    if (called.role == ML_ROLE_SESSION_MAKER)
        return ML_ROLE_SESSION;
    if (called.role == ML_ROLE_HARMLESS)
        return role_of_harmless_call(
            reading, call, called.name ? role_of_member(called.role, called.name) : called.role);
    if (called.name == NULL)
        return called.role;
    if (called.role == ML_ROLE_ALCHEMY && called.object == NULL)
        return role_of_made(called.name, call);
    return role_of_member(called.role, called.name);
}

/* Of several, that which can do most: `bind or op.get_bind()`. */
static MlRole role_of_either(MlReading *reading, const MlValue *value)
{
    MlRole role = ML_ROLE_HARMLESS;
    for (gsize i = 0; i < value->unknown.length; i++) {
        MlRole other = ml_role_of(reading, value->unknown.arguments[i].value);
        if (other == ML_ROLE_UNKNOWN)
            return ML_ROLE_UNKNOWN;
        role = MAX(role, other);
    }
    return role;
}

static MlRole role_of_unknown(MlReading *reading, const MlValue *value)
{
    g_autofree char *before = NULL;
    switch (value->unknown.shape) {
    case ML_SHAPE_NAME: {
        MlRole role = role_of_name(value->unknown.name);
        if (role != ML_ROLE_UNKNOWN)
            return role;
        const char *last = split(value->unknown.name, &before);
        return g_str_has_prefix(value->unknown.name, "alembic.")
                   ? role_of_member(role_of_name(before), last)
                   : ML_ROLE_UNKNOWN;
    }
    case ML_SHAPE_TEXT:
    case ML_SHAPE_CONTAINER:
        return ML_ROLE_HARMLESS;
    case ML_SHAPE_MEMBER:
        return role_of_member(ml_role_of(reading, value->unknown.object), value->unknown.name);
    case ML_SHAPE_ITEM: {
        MlRole role = ml_role_of(reading, value->unknown.object);
        return role == ML_ROLE_QUERY ? ML_ROLE_HARMLESS : role;
    }
    case ML_SHAPE_ENTERED:
        return ml_role_of(reading, value->unknown.object);
    case ML_SHAPE_CALL:
        return role_of_call(reading, value);
    case ML_SHAPE_EITHER:
        return role_of_either(reading, value);
    case ML_SHAPE_CLASS:
        return role_of_class(reading, value);
    default:
        return ML_ROLE_UNKNOWN;
    }
}

MlRole ml_role_of(MlReading *reading, const MlValue *value)
{
    if (value->kind != ML_VALUE_UNKNOWN)
        return ML_ROLE_HARMLESS;
    if (!ml_reading_enter(reading))
        return ML_ROLE_UNKNOWN;
    MlRole role = role_of_unknown(reading, value);
    ml_reading_leave(reading);
    return role;
}

MlCallee ml_callee_of(MlReading *reading, const MlValue *call)
{
    const MlValue *object;
    const MlValue *callee = call->unknown.object;
    const char *method = ml_method_of(call, &object);
    if (method != NULL)
        return (MlCallee){ml_role_of(reading, object), method, object};
    if (!ml_value_has_shape(callee, ML_SHAPE_NAME))
        return (MlCallee){ml_role_of(reading, callee), NULL, callee};
    g_autofree char *before = NULL;
    const char *name = split(callee->unknown.name, &before);
    const MlValue of = {.kind = ML_VALUE_UNKNOWN,
                        .unknown = {.shape = ML_SHAPE_NAME, .name = before}};
    MlRole role = role_of_unknown(reading, &of);
    if (role <= ML_ROLE_HARMLESS) /* not all of a library is alike: os.system(), threading.Lock() */
        role = ml_is_harmless(callee->unknown.name) ? ML_ROLE_HARMLESS : ML_ROLE_UNKNOWN;
    return (MlCallee){role, name, NULL};
}
