#include "migration/operations.h"
#include "migration/batch_order.h"
#include "migration/execute.h"
#include "migration/read_library.h"
#include "migration/read_operation.h"
#include "migration/role.h"

#include <string.h>

/* Of values that are looked at, in one function. */
#define STEP_LIMIT 500000

/* --- circumstances ------------------------------------------------------------------- */

static gboolean is_autocommit(const MlWith *contexts)
{
    for (; contexts != NULL; contexts = contexts->outer) {
        const char *method = ml_method_of(contexts->manager, NULL);
        if (g_strcmp0(method, "autocommit_block") == 0)
            return TRUE;
    }
    return FALSE;
}

static const MlOrigin *calls_of(MlReading *reading, const MlCaller *callers, guint *count)
{
    *count = 0;
    for (const MlCaller *caller = callers; caller != NULL; caller = caller->outer)
        ++*count;
    if (*count == 0)
        return NULL;
    MlOrigin *calls = ml_operations_alloc(reading->operations, *count * sizeof *calls);
    gsize at = *count;
    for (const MlCaller *caller = callers; caller != NULL; caller = caller->outer)
        calls[--at] = caller->call;
    return calls;
}

/* What holds for all that one event made. */
static void set_circumstances(MlReading *reading, const MlEvent *event, const char *engine,
                              gsize first)
{
    guint n_calls = 0;
    const MlOrigin *calls = NULL;
    for (gsize i = first; i < reading->operations->length; i++) {
        MlOperation *operation = (MlOperation *)reading->operations->items[i];
        if (i == first)
            calls = calls_of(reading, event->callers, &n_calls);
        operation->call = event->origin;
        if (event->conditional || event->guarded)
            operation->circumstances |= ML_CONDITIONAL;
        if (event->repeated)
            operation->circumstances |= ML_REPEATED;
        if (is_autocommit(event->contexts))
            operation->circumstances |= ML_AUTOCOMMIT;
        operation->engine = engine ? ml_operations_text(reading->operations, engine, -1) : NULL;
        operation->calls = calls;
        operation->n_calls = n_calls;
    }
}

/* --- who is called ------------------------------------------------------------------------- */

static const MlValue *executed_value(const MlValue *call)
{
    static const char *const names[] = {"sqltext", "statement", "object_", "clause", "sql", NULL};
    const MlValue *value = ml_value_positional(call, 0);
    for (gsize i = 0; value == NULL && names[i] != NULL; i++)
        value = ml_value_argument(call, names[i]);
    return value;
}

/* Parameters by name, which SQLAlchemy 1.4 takes too: conn.execute(text("..."), name=value). */
static const MlValue *named_parameters(MlReading *reading, const MlValue *call)
{
    static const char *const others[] = {
        "sqltext",           "statement", "object_", "clause",         "sql",
        "execution_options", "mapper",    "bind",    "bind_arguments", NULL};
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(MlPair));
    for (gsize i = 0; i < call->unknown.length; i++) {
        const MlArgument *argument = &call->unknown.arguments[i];
        if (argument->name == NULL || g_strv_contains(others, argument->name))
            continue;
        MlValue *key = ml_operations_alloc(reading->operations, sizeof *key);
        key->kind = ML_VALUE_STRING;
        key->string.text = argument->name;
        key->string.length = strlen(argument->name);
        const MlPair pair = {key, argument->value};
        g_array_append_val(pairs, pair);
    }
    if (pairs->len == 0)
        return NULL;
    MlValue *dict = ml_operations_alloc(reading->operations, sizeof *dict);
    dict->kind = ML_VALUE_DICT;
    dict->origin = call->origin;
    guint length;
    dict->dict.pairs = ml_operations_array(reading->operations, pairs, &length);
    dict->dict.length = length;
    return dict;
}

static const MlValue *parameters_of(MlReading *reading, const MlValue *call)
{
    static const char *const names[] = {"parameters", "params", "multiparams", "vars", NULL};
    const MlValue *value = ml_value_positional(call, 1);
    for (gsize i = 0; value == NULL && names[i] != NULL; i++)
        value = ml_value_argument(call, names[i]);
    return value || !reading->spells ? value : named_parameters(reading, call);
}

/* The last one is the operation that the parameters, if any, belong to. */
static void execute_with(MlReading *reading, const MlValue *call, MlSqlStyle style,
                         const MlValue *parameters)
{
    const MlValue *value = executed_value(call), *rows = ml_value_positional(call, 1);
    gsize before = reading->operations->length;
    if (value == NULL) {
        ml_read_unknown_call(reading, call, NULL);
        return;
    }
    ml_read_executed(reading, value, parameters, style, call->origin);
    if (rows == NULL || reading->operations->length == before)
        return;
    reading->operation = (MlOperation *)reading->operations->items[reading->operations->length - 1];
    ml_read_parameters(reading, rows);
}

static void execute(MlReading *reading, const MlValue *call, MlSqlStyle style)
{
    execute_with(reading, call, style, parameters_of(reading, call));
}

/* op.execute(), to which parameters cannot be given. */
static void execute_by_alembic(MlReading *reading, const MlValue *call)
{
    execute_with(reading, call, ML_SQL_TEXT, NULL);
}

static void bulk_insert(MlReading *reading, const MlValue *call)
{
    static const char *const names[] = {"table", "rows", "multiinsert", NULL};
    const MlSite site = {.call = call, .names = names};
    ml_read_bulk_insert(reading, ml_site_argument(reading, &site, "table"),
                        ml_site_argument(reading, &site, "rows"), call->origin);
}

static void call_of_op(MlReading *reading, const MlValue *call, const MlCallee *callee)
{
    static const char *const harmless[] = {
        "f", "get_bind", "get_context", "batch_alter_table", "inline_literal", NULL};
    if (g_strv_contains(harmless, callee->name))
        return;
    if (strcmp(callee->name, "execute") == 0)
        execute_by_alembic(reading, call);
    else if (strcmp(callee->name, "bulk_insert") == 0)
        bulk_insert(reading, call);
    else if (!ml_read_operation(reading, callee->name, call, NULL) &&
             !ml_read_entity_operation(reading, callee->name, call) &&
             !ml_read_enum_operation(reading, callee->name, call))
        ml_read_unknown_call(reading, call, "is no operation of Alembic's own");
}

/* The call of batch_alter_table that an object is of; NULL where that cannot be told. */
static const MlValue *batch_of(const MlValue *object)
{
    while (ml_value_has_shape(object, ML_SHAPE_ENTERED))
        object = object->unknown.object;
    return ml_value_has_shape(object, ML_SHAPE_CALL) ? object : NULL;
}

/* Such as batch_op.rename_table(), which old ones have: what waits for the block's end does so too.
 */
static void unknown_call_of_batch(MlReading *reading, const MlValue *call, const MlValue *batch)
{
    ml_read_unknown_call(reading, call, "is no operation of Alembic's own");
    if (batch != NULL && reading->operation != NULL)
        ml_read_batch(reading, batch);
}

static void call_of_batch(MlReading *reading, const MlValue *call, const MlCallee *callee)
{
    static const char *const harmless[] = {"f", "get_bind", "get_context", "inline_literal", NULL};
    const MlValue *batch = callee->object ? batch_of(callee->object) : NULL;
    if (g_strv_contains(harmless, callee->name))
        return;
    if (strcmp(callee->name, "execute") == 0)
        execute_by_alembic(reading, call);
    else if (batch != NULL && ml_read_operation(reading, callee->name, call, batch))
        ml_read_batch(reading, batch);
    else
        unknown_call_of_batch(reading, call, batch);
}

static void call_of_context(MlReading *reading, const MlValue *call, const MlCallee *callee)
{
    static const char *const harmless[] = {"autocommit_block",
                                           "begin_transaction",
                                           "get_context",
                                           "get_bind",
                                           "get_x_argument",
                                           "is_offline_mode",
                                           "is_transactional_ddl",
                                           "static_output",
                                           "get_revision_argument",
                                           "get_starting_revision_argument",
                                           "get_tag_argument",
                                           "get_head_revision",
                                           "get_current_revision",
                                           "get_current_heads",
                                           "requires_connection",
                                           "quote",
                                           "format_table_name",
                                           "format_column_name",
                                           NULL};
    if (strcmp(callee->name, "execute") == 0)
        execute_by_alembic(reading, call);
    else if (!g_strv_contains(harmless, callee->name))
        ml_read_unknown_call(reading, call, "is no operation of Alembic's own");
}

static void transaction(MlReading *reading, const MlValue *call, const char *word)
{
    ml_reading_add(reading, ML_TRANSACTION, call->origin)->value =
        ml_known_text(reading, word, call->origin);
}

static void call_of_connection(MlReading *reading, const MlValue *call, const MlCallee *callee)
{
    static const char *const executing[] = {"execute", "scalar",         "scalars",
                                            "stream",  "stream_scalars", NULL};
    static const char *const unknown[] = {
        "run_callable", "run_sync", "transaction", "executescript", "create", "drop", NULL};
    if (g_strv_contains(executing, callee->name))
        execute(reading, call, ML_SQL_DRIVER);
    else if (strcmp(callee->name, "exec_driver_sql") == 0)
        execute(reading, call, ML_SQL_DRIVER);
    else if (strcmp(callee->name, "commit") == 0)
        transaction(reading, call, "COMMIT");
    else if (strcmp(callee->name, "rollback") == 0)
        transaction(reading, call, "ROLLBACK");
    else if (g_strv_contains(unknown, callee->name))
        ml_read_unknown_call(reading, call, NULL);
}

static void call_of_cursor(MlReading *reading, const MlValue *call, const MlCallee *callee)
{
    static const char *const executing[] = {"execute", "executemany", "mogrify", NULL};
    if (g_strv_contains(executing, callee->name))
        execute(reading, call, ML_SQL_DRIVER);
    else if (g_str_has_prefix(callee->name, "copy_") || strcmp(callee->name, "callproc") == 0 ||
             strcmp(callee->name, "executescript") == 0)
        ml_read_unknown_call(reading, call, NULL);
}

static void insert_objects(MlReading *reading, const MlValue *call)
{
    const MlValue *first = ml_value_positional(call, 0);
    if (first == NULL) {
        ml_read_unknown_call(reading, call, NULL);
    } else if (first->kind == ML_VALUE_LIST || first->kind == ML_VALUE_TUPLE) {
        for (gsize i = 0; i < first->sequence.length && ml_reading_spend(reading, 1); i++)
            ml_read_object(reading, call, ML_INSERT, first->sequence.items[i]);
    } else {
        ml_read_object(reading, call, ML_INSERT, first);
    }
}

static void call_of_session(MlReading *reading, const MlValue *call, const MlCallee *callee)
{
    static const char *const executing[] = {"execute", "scalar", "scalars", NULL};
    static const char *const inserting[] = {"add", "add_all", "merge", "bulk_save_objects", NULL};
    static const char *const of_mappings[] = {"bulk_insert_mappings", "bulk_update_mappings", NULL};
    const MlValue *first = ml_value_positional(call, 0);
    if (g_strv_contains(executing, callee->name))
        execute(reading, call, ML_SQL_TEXT);
    else if (g_strv_contains(inserting, callee->name))
        insert_objects(reading, call);
    else if (strcmp(callee->name, "delete") == 0 && first != NULL)
        ml_read_object(reading, call, ML_DELETE, first);
    else if (g_strv_contains(of_mappings, callee->name) && first != NULL)
        ml_read_bulk_insert(reading, first, ml_value_positional(call, 1), call->origin);
    else if (strcmp(callee->name, "run_sync") == 0)
        ml_read_unknown_call(reading, call, NULL);
}

static void call_of_query(MlReading *reading, const MlValue *call, const MlCallee *callee)
{
    static const char *const running[] = {"all",   "first", "one",    "one_or_none", "scalar",
                                          "count", "get",   "update", "delete",      NULL};
    if (g_strv_contains(running, callee->name) && callee->object != NULL)
        ml_read_query(reading, call, callee->name, callee->object);
}

/* Nobody knows what it is called on, but Python's own types have such a method. */
static gboolean is_of_python(const char *name)
{
    static const char *const methods[] = {
        "append",       "capitalize",  "clear",         "copy",       "count",    "date",
        "decode",       "encode",      "endswith",      "extend",     "find",     "format",
        "get",          "group",       "groups",        "hex",        "index",    "insert",
        "isdigit",      "isoformat",   "items",         "join",       "keys",     "lower",
        "lstrip",       "match",       "partition",     "pop",        "popitem",  "__init__",
        "read",         "remove",      "replace",       "rsplit",     "rstrip",   "setdefault",
        "sort",         "split",       "splitlines",    "startswith", "strftime", "strip",
        "timestamp",    "title",       "total_seconds", "upper",      "values",   "__getitem__",
        "_asdict",      "__eq__",      "__ne__",        "__lt__",     "__le__",   "__gt__",
        "__ge__",       "__add__",     "__sub__",       "__mul__",    "__and__",  "__or__",
        "__mod__",      "__setitem__", "__setattr__",   "fetchall",   "fetchone", "fetchmany",
        "scalar_one",   "mappings",    "close",         "isdisjoint", "union",    "difference",
        "intersection", NULL};
    return g_strv_contains(methods, name);
}

/* Python's own, of which nobody knows what becomes of what they give. */
static gboolean is_builtin(const MlValue *callee)
{
    static const char *const names[] = {"super", "globals", "locals",   "getattr",
                                        "vars",  "object",  "property", NULL};
    return ml_value_is_name(callee, names);
}

static gboolean reaches_database(MlReading *reading, const MlValue *call)
{
    for (gsize i = 0; i < call->unknown.length; i++) {
        MlRole role = ml_role_of(reading, call->unknown.arguments[i].value);
        if (role != ML_ROLE_HARMLESS && role != ML_ROLE_ALCHEMY && role != ML_ROLE_MODEL)
            return TRUE;
    }
    return FALSE;
}

/* An object of a library's class, made without anything that leads to the database. */
static gboolean makes_object(MlReading *reading, const MlValue *call, const MlCallee *callee)
{
    return callee->name != NULL && g_ascii_isupper(*callee->name) &&
           (ml_is_type(reading, call) || !reaches_database(reading, call));
}

static void call_of_unknown(MlReading *reading, const MlValue *call, const MlCallee *callee)
{
    gboolean method = callee->object != NULL && callee->name != NULL;
    if ((method && is_of_python(callee->name)) || is_builtin(call->unknown.object) ||
        makes_object(reading, call, callee))
        return;
    ml_read_unknown_call(reading, call, NULL);
}

/* Alembic's op, or one of its functions: op.add_column without a call. */
static gboolean leads_to_operations(MlReading *reading, const MlValue *value)
{
    const char *name = ml_value_has_shape(value, ML_SHAPE_NAME) ? value->unknown.name : "";
    MlRole role = ml_role_of(reading, value);
    return g_str_has_prefix(name, "alembic.op.") || role == ML_ROLE_OP || role == ML_ROLE_BATCH;
}

/*
 * sys.exit() ends an upgrade as an exception does. functools.partial(op.add_column, "t"),
 * stack.enter_context(op.batch_alter_table("t")): nobody follows what becomes of these. Built-in
 * functions and inspect's only look: hasattr(op, "f").
 */
static void call_of_harmless(MlReading *reading, const MlValue *call)
{
    static const char *const ends[] = {"sys.exit", "os._exit", "os.abort", NULL};
    const MlValue *function = call->unknown.object;
    gboolean given = FALSE;
    if (ml_value_is_call(call, ends)) {
        MlOperation *operation = ml_reading_add(reading, ML_RAISE, call->origin);
        operation->name = ml_known_text(reading, "SystemExit", call->origin);
        return;
    }
    if (ml_value_has_shape(function, ML_SHAPE_NAME) &&
        (strchr(function->unknown.name, '.') == NULL ||
         g_str_has_prefix(function->unknown.name, "inspect.")))
        return;
    for (gsize i = 0; i < call->unknown.length && !given; i++)
        given = leads_to_operations(reading, call->unknown.arguments[i].value);
    if (given)
        ml_read_unknown_call(reading, call, "is given operations to run");
}

static void read_call(MlReading *reading, const MlValue *call)
{
    static void (*const readers[])(MlReading *, const MlValue *, const MlCallee *) = {
        [ML_ROLE_OP] = call_of_op,           [ML_ROLE_BATCH] = call_of_batch,
        [ML_ROLE_CONTEXT] = call_of_context, [ML_ROLE_CONNECTION] = call_of_connection,
        [ML_ROLE_CURSOR] = call_of_cursor,   [ML_ROLE_SESSION] = call_of_session,
        [ML_ROLE_QUERY] = call_of_query,
    };
    if (ml_value_has_shape(call->unknown.object, ML_SHAPE_CLASS))
        return; /* an object is made */
    const MlCallee callee = ml_callee_of(reading, call);
    if (callee.object != NULL && g_strcmp0(callee.name, "__setattr__") == 0)
        ml_read_attribute(reading, call, callee.object);
    else if (callee.role == ML_ROLE_UNKNOWN)
        call_of_unknown(reading, call, &callee);
    else if (callee.role == ML_ROLE_HARMLESS)
        call_of_harmless(reading, call);
    else if (callee.role == ML_ROLE_ALCHEMY && callee.object != NULL && callee.name != NULL)
        ml_read_ddl_method(reading, call, callee.name, callee.object);
    else if (callee.role < G_N_ELEMENTS(readers) && readers[callee.role] != NULL &&
             callee.name != NULL)
        readers[callee.role](reading, call, &callee);
}

/* --- events -------------------------------------------------------------------------------------
 */

static void read_raise(MlReading *reading, const MlEvent *event)
{
    MlOperation *operation = ml_reading_add(reading, ML_RAISE, event->origin);
    const MlValue *class_value = event->value;
    if (ml_value_has_shape(class_value, ML_SHAPE_CALL))
        class_value = class_value->unknown.object;
    if (ml_value_has_shape(class_value, ML_SHAPE_NAME))
        operation->name = ml_known_text(reading, class_value->unknown.name, class_value->origin);
}

/* Of a helper that cannot be understood it is enough to say so once. */
static gboolean is_told_already(MlReading *reading, const MlEvent *event)
{
    const MlOperations *operations = reading->operations;
    const MlCaller *outermost = event->callers;
    if (operations->length == 0 || outermost == NULL)
        return FALSE;
    const MlOperation *last = operations->items[operations->length - 1];
    while (outermost->outer != NULL)
        outermost = outermost->outer;
    return last->kind == ML_UNKNOWN_CALL && last->n_calls > 0 &&
           last->calls[0].module == outermost->call.module &&
           last->calls[0].start == outermost->call.start;
}

static void read_event(MlReading *reading, const MlEvent *event)
{
    const MlValue nothing = {.origin = event->origin};
    reading->told_already = is_told_already(reading, event);
    switch (event->kind) {
    case ML_EVENT_CALL:
        read_call(reading, event->value);
        break;
    case ML_EVENT_RAISE:
        read_raise(reading, event);
        break;
    case ML_EVENT_REST:
        ml_reading_add(reading, ML_UNKNOWN_CALL, event->origin);
        ml_reading_note(reading, "", "from here on it cannot be told what happens", &nothing);
        break;
    }
}

void ml_operations_read(MlOperations *operations, const MlFunctionReader *reader, const char *name,
                        const char *engine)
{
    /* What environments of their own hand to upgrade(op, tables, tester). */
    static const char *const parameters[] = {"op",     "alembic.op",      "tables", ML_TABLES,
                                             "tester", "unittest.tester", NULL};
    const MlFact *schema = reader->version_table_schema;
    const MlAssumptions assumptions = {
        .dialect = reader->dialect,
        .version_table_schema = schema ? schema->text : NULL,
        .knows_version_table_schema = schema && (schema->text || schema->kind == ML_FACT_NONE),
        .parameters = parameters,
    };
    g_autoptr(GArray) events = ml_evaluation_run(reader->evaluation, name, &assumptions);
    MlReading reading = {
        .operations = operations,
        .evaluation = reader->evaluation,
        .sql = reader->sql,
        .dialect = reader->dialect,
        .spells = reader->spells,
        .sqlalchemy = reader->sqlalchemy,
        .types = reader->types,
        .batches = g_hash_table_new(NULL, NULL),
        .steps = STEP_LIMIT,
    };
    MlBatchOrder order = ml_batch_order_new(&reading);
    for (guint i = 0; i < events->len; i++) {
        const MlEvent *event = &g_array_index(events, MlEvent, i);
        gsize first = operations->length;
        reading.operation = NULL;
        ml_batch_order_leave(&order, event->contexts);
        read_event(&reading, event);
        set_circumstances(&reading, event, engine, first);
        ml_batch_order_add(&order, first, event->contexts);
    }
    ml_batch_order_end(&order);
    *reader->asks_dialect |= reading.asks_dialect || ml_evaluation_asks_dialect(reader->evaluation);
    *reader->asks_spelling |= reading.asks_spelling;
    *reader->asks_types |= reading.asks_types;
    g_hash_table_unref(reading.batches);
}
