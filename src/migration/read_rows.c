/* Statements of SQLAlchemy's on rows -> what they read and write. */
#include "migration/execute.h"
#include "migration/role.h"

#include <string.h>

/* Calls within one statement: select().where().where()... */
#define LONGEST_CHAIN 2000

/* --- what is read ------------------------------------------------------------------ */

typedef struct {
    MlReading *reading;
    GArray *tables;       /* MlTableName */
    GPtrArray *columns;   /* const char *, kept by the operations */
    GPtrArray *functions; /* the same */
    GPtrArray *literals;  /* the same */
    GHashTable *known;    /* all of them, each with its kind before it */
    gboolean all_columns;
    gboolean unknown; /* there is something that cannot be told */
} Walk;

static void visit(Walk *walk, const MlValue *value);

static const char *keep(Walk *walk, const char *text)
{
    return ml_operations_text(walk->reading->operations, text, -1);
}

static void add_word(Walk *walk, GPtrArray *words, char kind, const char *word)
{
    if (word != NULL && g_hash_table_add(walk->known, g_strdup_printf("%c%s", kind, word)))
        g_ptr_array_add(words, (gpointer)keep(walk, word));
}

static const char *string_of(const MlValue *value)
{
    return value && value->kind == ML_VALUE_STRING ? value->string.text : NULL;
}

static gboolean add_name(Walk *walk, const char *text, const char *in)
{
    if (text == NULL)
        return FALSE;
    if (g_hash_table_add(walk->known, g_strdup_printf("t%s.%s", in ? in : "", text))) {
        MlTableName table = {in ? keep(walk, in) : NULL, keep(walk, text)};
        g_array_append_val(walk->tables, table);
    }
    return TRUE;
}

static gboolean add_table(Walk *walk, const MlValue *name, const MlValue *schema)
{
    return add_name(walk, string_of(name), string_of(schema));
}

static gboolean is_table_call(const MlValue *value)
{
    static const char *const op[] = {"alembic.op.create_table", NULL};
    return ml_is_sqlalchemy_call(value, "Table") || ml_is_sqlalchemy_call(value, "table") ||
           ml_value_is_call(value, op);
}

/* "account.c.name" of tables.account.c.name, which is one name by itself; NULL where it is none. */
static const char *below_tables(const MlValue *value)
{
    return ml_value_has_shape(value, ML_SHAPE_NAME) &&
                   g_str_has_prefix(value->unknown.name, ML_TABLES ".")
               ? value->unknown.name + strlen(ML_TABLES ".")
               : NULL;
}

/* tables.account, tables.account.c.name */
static gboolean visit_below_tables(Walk *walk, const char *dotted)
{
    const char *last = strrchr(dotted, '.');
    g_autofree char *table = g_strndup(dotted, strcspn(dotted, "."));
    if (last != NULL)
        add_word(walk, walk->columns, 'c', last + 1);
    return add_name(walk, table, NULL);
}

/* A table, by its definition or by its model. */
static gboolean visit_table(Walk *walk, const MlValue *value)
{
    const MlValue *name = ml_model_table(walk->reading, value), *schema = NULL;
    const char *last = ml_value_has_shape(value, ML_SHAPE_MEMBER) ? value->unknown.name : NULL;
    if (g_strcmp0(last, "__table__") == 0)
        return visit_table(walk, value->unknown.object);
    if (below_tables(value) != NULL)
        return visit_below_tables(walk, below_tables(value));
    if (ml_value_has_shape(value, ML_SHAPE_ITEM) && value->unknown.index != NULL &&
        ml_value_has_shape(value->unknown.object, ML_SHAPE_MEMBER) &&
        strcmp(value->unknown.object->unknown.name, "tables") == 0)
        name = value->unknown.index;
    if (is_table_call(value)) {
        name = ml_value_positional(value, 0);
        schema = ml_schema_of_table(value);
    }
    return name != NULL && add_table(walk, name, schema);
}

/* table.c.name, Model.name; the table may stand for itself, or under an alias. */
static gboolean visit_column(Walk *walk, const MlValue *value)
{
    const MlValue *table = NULL;
    const char *column = ml_column_of_table(value, &table);
    if (column == NULL && ml_value_has_shape(value, ML_SHAPE_MEMBER) &&
        ml_model_table(walk->reading, value->unknown.object) != NULL) {
        column = value->unknown.name;
        table = value->unknown.object;
    }
    if (column == NULL)
        return FALSE;
    add_word(walk, walk->columns, 'c', column);
    if (table != NULL && !visit_table(walk, table))
        visit(walk, table);
    return TRUE;
}

static void visit_text(Walk *walk, const MlValue *text)
{
    walk->unknown |= text == NULL || text->kind != ML_VALUE_STRING;
}

static gboolean is_text(const char *name)
{
    return strcmp(name, "text") == 0 || strcmp(name, "literal_column") == 0;
}

static gboolean visit_named_call(Walk *walk, const MlValue *call)
{
    const char *name = ml_sqlalchemy_call(call);
    const char *dotted = ml_value_has_shape(call->unknown.object, ML_SHAPE_NAME)
                             ? call->unknown.object->unknown.name
                             : NULL;
    if (name == NULL)
        return FALSE;
    if (is_text(name)) {
        visit_text(walk, ml_value_positional(call, 0));
        return TRUE;
    }
    if (strcmp(name, "column") == 0 || strcmp(name, "Column") == 0) {
        add_word(walk, walk->columns, 'c', string_of(ml_value_positional(call, 0)));
        return TRUE;
    }
    if (strcmp(name, "bindparam") == 0)
        return TRUE;
    if (dotted != NULL && (strstr(dotted, ".func.") || strstr(dotted, ".functions.")))
        add_word(walk, walk->functions, 'f', name);
    return FALSE;
}

/* A type within a statement is no part of what it reads. */
static void visit_arguments(Walk *walk, const MlValue *call)
{
    for (gsize i = 0; i < call->unknown.length; i++)
        if (!ml_is_type(walk->reading, call->unknown.arguments[i].value))
            visit(walk, call->unknown.arguments[i].value);
    walk->unknown |= call->unknown.open;
}

/* A chain of calls: each of its arguments, and what it begins with. */
static void visit_calls(Walk *walk, const MlValue *value)
{
    for (guint i = 0; i < LONGEST_CHAIN && ml_reading_spend(walk->reading, 1); i++) {
        const MlValue *object = NULL;
        if (visit_table(walk, value) || visit_column(walk, value) ||
            !ml_value_has_shape(value, ML_SHAPE_CALL) || visit_named_call(walk, value))
            return;
        visit_arguments(walk, value);
        if (ml_method_of(value, &object) == NULL) {
            object = value->unknown.object; /* column.op("~")(value) */
            if (!ml_value_has_shape(object, ML_SHAPE_CALL))
                return;
        }
        value = object;
    }
}

static void visit_kind(Walk *walk, const MlValue *value)
{
    switch (value->kind) {
    case ML_VALUE_STRING:
        add_word(walk, walk->literals, 'l', value->string.text);
        break;
    case ML_VALUE_LIST:
    case ML_VALUE_TUPLE:
    case ML_VALUE_SET:
        for (gsize i = 0; i < value->sequence.length; i++)
            visit(walk, value->sequence.items[i]);
        break;
    case ML_VALUE_DICT:
        for (gsize i = 0; i < value->dict.length; i++)
            visit(walk, value->dict.pairs[i].value);
        break;
    case ML_VALUE_UNKNOWN:
        visit_calls(walk, value);
        break;
    default:
        break;
    }
}

static void visit(Walk *walk, const MlValue *value)
{
    if (!ml_reading_enter(walk->reading))
        return;
    visit_kind(walk, value);
    ml_reading_leave(walk->reading);
}

static Walk walk_new(MlReading *reading)
{
    return (Walk){
        .reading = reading,
        .tables = g_array_new(FALSE, FALSE, sizeof(MlTableName)),
        .columns = g_ptr_array_new(),
        .functions = g_ptr_array_new(),
        .literals = g_ptr_array_new(),
        .known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
}

static const char *const *words(Walk *walk, const GPtrArray *array, guint *count)
{
    *count = array->len;
    const char **copy = ml_operations_alloc(walk->reading->operations, array->len * sizeof(char *));
    for (guint i = 0; i < array->len; i++)
        copy[i] = array->pdata[i];
    return copy;
}

static const MlReads *reads_of(Walk *walk)
{
    if (g_hash_table_size(walk->known) == 0 && !walk->all_columns)
        return NULL;
    MlReads *reads = ml_operations_alloc(walk->reading->operations, sizeof *reads);
    reads->tables = ml_operations_array(walk->reading->operations, walk->tables, &reads->n_tables);
    reads->columns = words(walk, walk->columns, &reads->n_columns);
    reads->functions = words(walk, walk->functions, &reads->n_functions);
    reads->literals = words(walk, walk->literals, &reads->n_literals);
    reads->all_columns = walk->all_columns;
    return reads;
}

static void walk_clear(Walk *walk)
{
    g_array_unref(walk->tables);
    g_ptr_array_unref(walk->columns);
    g_ptr_array_unref(walk->functions);
    g_ptr_array_unref(walk->literals);
    g_hash_table_unref(walk->known);
}

/* --- what is written ------------------------------------------------------------------- */

/* A statement taken apart: table.update().where(...).values(...) */
typedef struct {
    MlOperationKind kind;
    const MlValue *table; /* NULL of a SELECT */
    gboolean takes_table; /* it is the first argument: update(table) */
    GPtrArray *calls;     /* const MlValue *, the last first */
} Statement;

static const struct {
    const char *name;
    MlOperationKind kind;
} beginnings[] = {
    {"insert", ML_INSERT},    {"Insert", ML_INSERT}, {"update", ML_UPDATE},
    {"Update", ML_UPDATE},    {"delete", ML_DELETE}, {"Delete", ML_DELETE},
    {"select", ML_SELECT},    {"Select", ML_SELECT}, {"union", ML_SELECT},
    {"union_all", ML_SELECT}, {"exists", ML_SELECT}, {"intersect", ML_SELECT},
    {"except_", ML_SELECT},   {"values", ML_SELECT},
};

static gboolean begins(const char *name, MlOperationKind *kind)
{
    for (gsize i = 0; name != NULL && i < G_N_ELEMENTS(beginnings); i++) {
        if (strcmp(name, beginnings[i].name) != 0)
            continue;
        *kind = beginnings[i].kind;
        return TRUE;
    }
    return FALSE;
}

static const MlValue *table_argument(const MlValue *call)
{
    const MlValue *table = ml_value_positional(call, 0);
    return table ? table : ml_value_argument(call, "table");
}

/* Whether table.update() and the like begin here, rather than somewhere before. */
static gboolean is_table(MlReading *reading, const MlValue *value)
{
    if (ml_value_has_shape(value, ML_SHAPE_MEMBER) && strcmp(value->unknown.name, "__table__") == 0)
        return TRUE;
    MlOperationKind kind;
    const char *method = ml_method_of(value, NULL);
    if (method == NULL && begins(ml_sqlalchemy_call(value), &kind))
        return FALSE; /* of insert(table).values(...) */
    return method == NULL || is_table_call(value) || ml_model_table(reading, value) != NULL ||
           strcmp(method, "alias") == 0 || strcmp(method, "join") == 0 ||
           strcmp(method, "outerjoin") == 0;
}

/* Of tables.account.delete(): tables.account. */
static const MlValue *table_below_tables(MlReading *reading, const MlValue *callee)
{
    const char *dotted = below_tables(callee);
    gsize length = dotted ? strcspn(dotted, ".") : 0;
    if (dotted == NULL || dotted[length] == '\0')
        return NULL;
    MlValue *table = ml_operations_alloc(reading->operations, sizeof *table);
    *table = *callee;
    table->unknown.name = ml_operations_text(reading->operations, callee->unknown.name,
                                             (gssize)(strlen(ML_TABLES ".") + length));
    return table;
}

static gboolean take_apart(MlReading *reading, const MlValue *value, Statement *statement)
{
    for (guint i = 0; i < LONGEST_CHAIN && ml_reading_spend(reading, 1); i++) {
        const MlValue *object;
        if (!ml_value_has_shape(value, ML_SHAPE_CALL))
            return FALSE;
        g_ptr_array_add(statement->calls, (gpointer)value);
        const char *method = ml_method_of(value, &object);
        if (method == NULL) {
            const MlValue *table = table_below_tables(reading, value->unknown.object);
            statement->takes_table = table == NULL;
            statement->table = table ? table : table_argument(value);
            return begins(ml_sqlalchemy_call(value), &statement->kind);
        }
        if (is_table(reading, object) && begins(method, &statement->kind)) {
            statement->table = object;
            return TRUE;
        }
        value = object;
    }
    return FALSE;
}

/* A key of values({...}): a name, or a column. */
static void add_key(MlReading *reading, GArray *columns, const MlValue *key)
{
    MlText column = ml_read_name(reading, "columns", key);
    g_array_append_val(columns, column);
}

static void add_keys(MlReading *reading, GArray *columns, const MlValue *value)
{
    for (gsize i = 0; value->kind == ML_VALUE_DICT && i < value->dict.length; i++)
        add_key(reading, columns, value->dict.pairs[i].key);
}

/* The columns of rows to insert: those of the first. */
static void add_row_keys(MlReading *reading, GArray *columns, const MlValue *rows)
{
    if (ml_is_list(rows) && rows->sequence.length > 0)
        add_keys(reading, columns, rows->sequence.items[0]);
    else
        add_keys(reading, columns, rows);
}

static MlNumber count_rows(const MlValue *rows)
{
    if (ml_is_list(rows))
        return (MlNumber){
            .is = ML_KNOWN, .origin = rows->origin, .value = (gint64)rows->sequence.length};
    if (rows->kind == ML_VALUE_DICT)
        return (MlNumber){.is = ML_KNOWN, .origin = rows->origin, .value = 1};
    return (MlNumber){0};
}

static void store_columns(MlReading *reading, MlOperation *operation, const GArray *columns,
                          MlOrigin origin)
{
    if (columns->len == 0)
        return;
    operation->columns_written = (MlTexts){.is = ML_KNOWN, .origin = origin};
    operation->columns_written.items =
        ml_operations_array(reading->operations, columns, &operation->columns_written.length);
}

static void read_values(MlReading *reading, MlOperation *operation, const MlValue *call,
                        GArray *columns)
{
    const MlValue *first = ml_value_positional(call, 0);
    if (first != NULL && operation->kind == ML_INSERT)
        operation->rows = count_rows(first);
    if (first != NULL)
        add_row_keys(reading, columns, first);
    for (gsize i = 0; i < call->unknown.length && ml_reading_spend(reading, 1); i++) {
        const MlArgument *argument = &call->unknown.arguments[i];
        if (argument->name == NULL)
            continue;
        MlText column = ml_known_text(reading, argument->name, argument->value->origin);
        g_array_append_val(columns, column);
    }
}

/* Of a method, or of SQLAlchemy's function; "" of anything else that is called. */
static const char *link_name(const MlValue *call)
{
    const char *method = ml_method_of(call, NULL);
    const char *name = method ? method : ml_sqlalchemy_call(call);
    return name ? name : "";
}

static void read_written(MlReading *reading, MlOperation *operation, const Statement *statement)
{
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(MlText));
    for (guint i = 0; i < statement->calls->len; i++) {
        const MlValue *call = statement->calls->pdata[i];
        const char *name = link_name(call);
        if (strcmp(name, "values") == 0)
            read_values(reading, operation, call, columns);
        else if (strcmp(name, "from_select") == 0 && ml_value_positional(call, 0) != NULL)
            operation->columns_written =
                ml_read_names(reading, "columns", ml_value_positional(call, 0));
        else if (strcmp(name, "where") == 0 || strcmp(name, "filter") == 0 ||
                 strcmp(name, "filter_by") == 0)
            operation->filtered = TRUE;
    }
    if (operation->columns_written.is == ML_ABSENT)
        store_columns(reading, operation, columns, operation->origin);
}

/* update(table, whereclause, values), as SQLAlchemy 1.4 takes it too. */
static void read_old_arguments(MlReading *reading, MlOperation *operation,
                               const Statement *statement)
{
    const MlValue *first = statement->calls->pdata[statement->calls->len - 1];
    gboolean update = operation->kind == ML_UPDATE, insert = operation->kind == ML_INSERT;
    const MlValue *where = ml_value_argument(first, "whereclause");
    const MlValue *values = ml_value_argument(first, "values");
    gsize at = statement->takes_table ? 1 : 0;
    if (where == NULL && !insert)
        where = ml_value_positional(first, at++);
    if (values == NULL && (update || insert))
        values = ml_value_positional(first, at);
    operation->filtered |= where != NULL && where->kind != ML_VALUE_NONE && !insert;
    if (values == NULL || operation->columns_written.is != ML_ABSENT)
        return;
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(MlText));
    add_row_keys(reading, columns, values);
    store_columns(reading, operation, columns, values->origin);
}

/* --- all together --------------------------------------------------------------------------- */

static void set_table(MlReading *reading, MlOperation *operation, const MlValue *table)
{
    Walk walk = walk_new(reading);
    if (table != NULL && visit_table(&walk, table)) {
        const MlTableName *name = &g_array_index(walk.tables, MlTableName, 0);
        operation->table = ml_known_text(reading, name->name, table->origin);
        if (name->schema != NULL)
            operation->schema = ml_known_text(reading, name->schema, table->origin);
    } else {
        operation->table.is = ML_UNKNOWN;
        operation->table.origin = table ? table->origin : operation->origin;
        ml_reading_note(reading, "table", NULL, table ? table : &(MlValue){0});
    }
    walk_clear(&walk);
}

static void set_reads(MlReading *reading, MlOperation *operation, const Statement *statement)
{
    Walk walk = walk_new(reading);
    for (guint i = statement->calls->len; i-- > 0;) {
        const MlValue *call = statement->calls->pdata[i];
        gboolean first = i == statement->calls->len - 1;
        gboolean select = operation->kind == ML_SELECT;
        for (gsize j = first && !select && statement->takes_table ? 1 : 0; j < call->unknown.length;
             j++)
            if (strcmp(link_name(call), "with_only_columns") != 0 || select)
                visit(&walk, call->unknown.arguments[j].value);
    }
    if (operation->kind == ML_SELECT && statement->table != NULL) {
        walk.all_columns = visit_table(&walk, statement->table);
        visit(&walk, statement->table);
    }
    operation->reads = reads_of(&walk);
    walk_clear(&walk);
}

/* insert(table).on_conflict_do_update(set_={...}): an UPDATE of the rows that are there already. */
static void read_conflict(MlReading *reading, const Statement *statement, MlOrigin origin)
{
    for (guint i = 0; statement->kind == ML_INSERT && i < statement->calls->len; i++) {
        const MlValue *call = statement->calls->pdata[i];
        const MlValue *set = ml_value_argument(call, "set_");
        if (strcmp(link_name(call), "on_conflict_do_update") != 0)
            continue;
        g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(MlText));
        MlOperation *operation = ml_reading_add(reading, ML_UPDATE, origin);
        set_table(reading, operation, statement->table);
        operation->filtered = TRUE;
        if (set != NULL)
            add_keys(reading, columns, set);
        store_columns(reading, operation, columns, origin);
    }
}

gboolean ml_read_statement(MlReading *reading, const MlValue *value, MlOrigin origin)
{
    g_autoptr(GPtrArray) calls = g_ptr_array_new();
    Statement statement = {.calls = calls};
    if (!take_apart(reading, value, &statement))
        return FALSE;
    read_conflict(reading, &statement, origin);
    MlOperation *operation = ml_reading_add(reading, statement.kind, origin);
    if (statement.kind != ML_SELECT) {
        set_table(reading, operation, statement.table);
        read_written(reading, operation, &statement);
        read_old_arguments(reading, operation, &statement);
    }
    set_reads(reading, operation, &statement);
    return TRUE;
}

void ml_read_parameters(MlReading *reading, const MlValue *rows)
{
    MlOperation *operation = reading->operation;
    if (operation->kind != ML_INSERT || rows == NULL || operation->columns_written.is != ML_ABSENT)
        return;
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(MlText));
    operation->rows = count_rows(rows);
    add_row_keys(reading, columns, rows);
    store_columns(reading, operation, columns, rows->origin);
}

void ml_read_bulk_insert(MlReading *reading, const MlValue *table, const MlValue *rows,
                         MlOrigin origin)
{
    MlOperation *operation = ml_reading_add(reading, ML_INSERT, origin);
    set_table(reading, operation, table);
    if (rows != NULL)
        ml_read_parameters(reading, rows);
    ml_read_rows_execution(reading, table, rows);
}

/* session.query(Model).filter(...).update({...}) */
void ml_read_query(MlReading *reading, const MlValue *call, const char *method,
                   const MlValue *query)
{
    gboolean update = strcmp(method, "update") == 0, delete = strcmp(method, "delete") == 0;
    g_autoptr(GPtrArray) calls = g_ptr_array_new();
    Statement statement = {
        .kind = update   ? ML_UPDATE
                : delete ? ML_DELETE
                         : ML_SELECT,
        .calls = calls,
    };
    for (guint i = 0; i < LONGEST_CHAIN && ml_reading_spend(reading, 1); i++) {
        const MlValue *object;
        const char *name = ml_method_of(query, &object);
        if (name == NULL)
            break;
        if (strcmp(name, "query") == 0) {
            statement.table = ml_value_positional(query, 0);
            break;
        }
        g_ptr_array_add(calls, (gpointer)query);
        query = object;
    }
    MlOperation *operation = ml_reading_add(reading, statement.kind, call->origin);
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(MlText));
    if (statement.kind != ML_SELECT)
        set_table(reading, operation, statement.table);
    read_written(reading, operation, &statement);
    if (update && ml_value_positional(call, 0) != NULL)
        add_keys(reading, columns, ml_value_positional(call, 0));
    store_columns(reading, operation, columns, call->origin);
    if (query->kind == ML_VALUE_UNKNOWN) /* which may be one of several */
        g_ptr_array_add(calls, (gpointer)query);
    set_reads(reading, operation, &statement);
}

/* session.add(Model(...)), session.delete(object) */
void ml_read_object(MlReading *reading, const MlValue *call, MlOperationKind kind,
                    const MlValue *object)
{
    MlOperation *operation = ml_reading_add(reading, kind, call->origin);
    set_table(reading, operation, object);
    operation->filtered = kind != ML_INSERT;
    if (!ml_value_has_shape(object, ML_SHAPE_CALL))
        return;
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(MlText));
    read_values(reading, operation, object, columns);
    store_columns(reading, operation, columns, object->origin);
    operation->rows = (MlNumber){.is = ML_KNOWN, .origin = object->origin, .value = 1};
}

/* What was asked of a session for the object to come out; NULL where it is of no session. */
static const MlValue *query_of(MlReading *reading, const MlValue *object)
{
    for (guint i = 0; i < LONGEST_CHAIN && ml_reading_spend(reading, 1); i++) {
        const MlValue *asked = object;
        if (ml_value_has_shape(object, ML_SHAPE_ITEM)) {
            object = object->unknown.object;
            continue;
        }
        if (ml_method_of(asked, &object) == NULL)
            return NULL;
        if (ml_role_of(reading, object) == ML_ROLE_SESSION)
            return asked;
    }
    return NULL;
}

/* Another one where the model says so; unknown where the attribute is no column of a known model.
 */
static MlText column_of_attribute(MlReading *reading, const MlValue *model,
                                  const MlValue *attribute)
{
    const char *name = attribute->string.text;
    const MlValue *column = model ? ml_model_column(reading, model, name) : NULL;
    const MlValue *named = column ? ml_value_positional(column, 0) : NULL;
    if (column == NULL)
        return (MlText){.is = ML_UNKNOWN, .origin = attribute->origin};
    return ml_known_text(reading,
                         named && named->kind == ML_VALUE_STRING ? named->string.text : name,
                         attribute->origin);
}

/* object.column = value, which the session writes when it commits */
void ml_read_attribute(MlReading *reading, const MlValue *call, const MlValue *object)
{
    const MlValue *query = query_of(reading, object);
    const MlValue *attribute = ml_value_positional(call, 0);
    if (query == NULL || attribute == NULL || attribute->kind != ML_VALUE_STRING)
        return;
    const MlValue *model = query->unknown.length == 1 ? ml_value_positional(query, 0) : NULL;
    MlOperation *operation = ml_reading_add(reading, ML_UPDATE, call->origin);
    operation->filtered = TRUE;
    set_table(reading, operation, model);
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(MlText));
    const MlText written = column_of_attribute(reading, model, attribute);
    g_array_append_val(columns, written);
    store_columns(reading, operation, columns, attribute->origin);
}
