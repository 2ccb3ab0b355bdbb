#include "migration/execute.h"
#include "migration/read_operation.h"
#include "migration/spelling.h"

#include <string.h>

/* Calls that a text may go through: text("...").bindparams(...).columns(...) */
#define LONGEST_CHAIN 100

/* --- what is not known ------------------------------------------------------------- */

/* "conn.execute" of conn.execute(...), new; shortened where it is long. A function of the tree is
 * known by what it is called here. */
static char *words_of(const MlValue *call)
{
    const MlValue *callee = call->unknown.object;
    gboolean defined = ml_value_has_shape(callee, ML_SHAPE_FUNCTION);
    g_autofree char *text = ml_origin_text(defined ? call->origin : callee->origin);
    char *end = strpbrk(text, "\n(");
    if (end != NULL)
        *end = '\0';
    return g_strndup(text, 200);
}

void ml_read_unknown_call(MlReading *reading, const MlValue *call, const char *why)
{
    if (reading->told_already)
        return;
    MlOperation *operation = ml_reading_add(reading, ML_UNKNOWN_CALL, call->origin);
    const MlValue *callee = call->unknown.object;
    g_autofree char *words =
        ml_value_has_shape(callee, ML_SHAPE_NAME) ? g_strdup(callee->unknown.name) : words_of(call);
    operation->name = ml_known_text(reading, words, callee->origin);
    ml_reading_note(reading, "", why, call);
}

/* --- objects that are made and dropped ------------------------------------------------- */

static MlFlag checked(MlReading *reading, const char *part, const MlValue *call,
                      gboolean by_default)
{
    const MlValue *value = ml_value_argument(call, "checkfirst");
    if (value == NULL)
        value = ml_value_positional(call, 1);
    if (value != NULL)
        return ml_read_flag(reading, part, value);
    return by_default ? (MlFlag){.is = ML_KNOWN, .origin = call->origin, .value = TRUE}
                      : (MlFlag){0};
}

static void set_checked(MlReading *reading, const MlValue *call, gboolean create,
                        gboolean by_default)
{
    MlOperation *operation = reading->operation;
    operation->checks_first = TRUE;
    if (create)
        operation->if_not_exists = checked(reading, "checkfirst", call, by_default);
    else
        operation->if_exists = checked(reading, "checkfirst", call, by_default);
}

/* Postgres' own ENUM looks first whether the type is there; sqlalchemy.Enum does not. */
static void change_type(MlReading *reading, const MlValue *call, gboolean create,
                        const MlValue *value)
{
    MlOperation *operation =
        ml_reading_add(reading, create ? ML_CREATE_TYPE : ML_DROP_TYPE, call->origin);
    const MlType *type = ml_read_type(reading, "type", value);
    gboolean own = g_strcmp0(type->library, "sqlalchemy.dialects.postgresql") == 0;
    operation->type = type;
    operation->name = type->name;
    operation->schema = type->schema;
    set_checked(reading, call, create, own);
}

static const char *const table_names[] = {"name", "metadata", NULL};

static void change_table(MlReading *reading, const MlValue *call, gboolean create,
                         const MlValue *table)
{
    const MlSite site = {.call = table, .names = table_names};
    MlOperation *operation =
        ml_reading_add(reading, create ? ML_CREATE_TABLE : ML_DROP_TABLE, call->origin);
    if (create) {
        ml_read_create_table(reading, &site, 2);
    } else {
        operation->table = ml_read_text(reading, "table", ml_site_argument(reading, &site, "name"));
    }
    if (operation->schema.is == ML_ABSENT)
        operation->schema = ml_read_text(reading, "schema", ml_schema_of_table(table));
    set_checked(reading, call, create, FALSE);
}

static void change_sequence(MlReading *reading, const MlValue *call, gboolean create,
                            const MlValue *value)
{
    MlOperation *operation =
        ml_reading_add(reading, create ? ML_CREATE_SEQUENCE : ML_DROP_SEQUENCE, call->origin);
    const MlSequence *sequence = ml_read_sequence(reading, value);
    operation->sequence = create ? sequence : NULL;
    operation->name = sequence->name;
    operation->schema = sequence->schema;
    set_checked(reading, call, create, TRUE);
}

/* Of Index("ix", table.c.a) the table is that of its columns. */
static void set_index_table(MlReading *reading, const MlValue *index)
{
    const MlValue *value;
    for (gsize i = 1; (value = ml_value_positional(index, i)) != NULL; i++) {
        const MlValue *table;
        if (ml_column_of_table(value, &table) == NULL ||
            !ml_value_has_shape(table, ML_SHAPE_CALL) || ml_value_positional(table, 0) == NULL)
            continue;
        reading->operation->table = ml_read_text(reading, "table", ml_value_positional(table, 0));
        reading->operation->schema = ml_read_text(reading, "schema", ml_schema_of_table(table));
        return;
    }
    reading->operation->table = (MlText){.is = ML_UNKNOWN, .origin = index->origin};
    ml_reading_note(reading, "table", NULL, index);
}

static void change_index(MlReading *reading, const MlValue *call, gboolean create,
                         const MlValue *value)
{
    MlOperation *operation =
        ml_reading_add(reading, create ? ML_CREATE_INDEX : ML_DROP_INDEX, call->origin);
    MlIndex *index = ml_operations_alloc(reading->operations, sizeof *index);
    *index = ml_read_index(reading, value);
    operation->name = index->name;
    operation->indexes = create ? index : NULL;
    operation->n_indexes = create ? 1 : 0;
    set_index_table(reading, value);
    set_checked(reading, call, create, FALSE);
}

static gboolean change_object(MlReading *reading, const MlValue *call, gboolean create,
                              const MlValue *object)
{
    static const struct {
        const char *name;
        void (*change)(MlReading *, const MlValue *, gboolean, const MlValue *);
    } kinds[] = {
        {"Table", change_table},
        {"Sequence", change_sequence},
        {"Index", change_index},
    };
    if (ml_is_type(reading, object)) {
        change_type(reading, call, create, object);
        return TRUE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!ml_is_sqlalchemy_call(object, kinds[i].name))
            continue;
        kinds[i].change(reading, call, create, object);
        return TRUE;
    }
    return FALSE;
}

gboolean ml_read_ddl_method(MlReading *reading, const MlValue *call, const char *method,
                            const MlValue *object)
{
    static const char *const of_all[] = {"create_all", "drop_all", "execute", "run_callable", NULL};
    gboolean create = strcmp(method, "create") == 0;
    if (create || strcmp(method, "drop") == 0) {
        if (!change_object(reading, call, create, object))
            ml_read_unknown_call(reading, call, NULL);
        return TRUE;
    }
    if (!g_strv_contains(of_all, method))
        return FALSE;
    ml_read_unknown_call(reading, call, "makes, drops or runs what is defined elsewhere");
    return TRUE;
}

/* --- DDL that is executed ---------------------------------------------------------------- */

static void change_schema(MlReading *reading, const MlValue *call, gboolean create)
{
    MlOperation *operation =
        ml_reading_add(reading, create ? ML_CREATE_OBJECT : ML_DROP_OBJECT, call->origin);
    operation->object = ML_OBJECT_SCHEMA;
    operation->name = ml_read_text(reading, "name", ml_value_positional(call, 0));
    operation->if_not_exists =
        ml_read_flag(reading, "if_not_exists", ml_value_argument(call, "if_not_exists"));
    operation->if_exists = ml_read_flag(reading, "if_exists", ml_value_argument(call, "if_exists"));
    operation->cascade = ml_read_flag(reading, "cascade", ml_value_argument(call, "cascade"));
}

/* CreateTable(table), DropSequence(sequence): these look for nothing first, unless told to. */
static gboolean read_ddl_element(MlReading *reading, const MlValue *value)
{
    static const struct {
        const char *name;
        gboolean create;
    } elements[] = {
        {"CreateTable", TRUE},    {"DropTable", FALSE},    {"CreateSequence", TRUE},
        {"DropSequence", FALSE},  {"CreateIndex", TRUE},   {"DropIndex", FALSE},
        {"CreateEnumType", TRUE}, {"DropEnumType", FALSE},
    };
    const char *name = ml_sqlalchemy_call(value);
    const MlValue *object = name ? ml_value_positional(value, 0) : NULL;
    if (object == NULL)
        return FALSE;
    if (strcmp(name, "CreateSchema") == 0 || strcmp(name, "DropSchema") == 0) {
        change_schema(reading, value, *name == 'C');
        return TRUE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(elements); i++) {
        if (strcmp(name, elements[i].name) != 0)
            continue;
        if (!change_object(reading, value, elements[i].create, object))
            return FALSE;
        MlOperation *operation = reading->operation;
        operation->checks_first = FALSE;
        operation->is_element = TRUE;
        if (strcmp(name, "CreateTable") == 0)
            operation->n_indexes = 0;
        operation->if_exists =
            ml_read_flag(reading, "if_exists", ml_value_argument(value, "if_exists"));
        operation->if_not_exists =
            ml_read_flag(reading, "if_not_exists", ml_value_argument(value, "if_not_exists"));
        return TRUE;
    }
    return FALSE;
}

/* --- texts ------------------------------------------------------------------------------------ */

/* Whether a method of Python's leaves the SQL in a text as it is. */
static gboolean only_strips(const MlValue *call)
{
    static const char *const methods[] = {"strip", "lstrip", "rstrip", NULL};
    return call->unknown.length == 0 && g_strv_contains(methods, ml_method_of(call, NULL));
}

/* The string in text("...").bindparams(...); NULL where a value is no text. */
static const MlValue *text_of(const MlValue *value)
{
    static const char *const reformatted[] = {"textwrap.dedent", "inspect.cleandoc", NULL};
    const MlValue *object;
    gboolean same = TRUE;
    for (guint i = 0; i < LONGEST_CHAIN && ml_method_of(value, &object) != NULL; i++) {
        same &= only_strips(value);
        value = object;
    }
    const char *name = ml_sqlalchemy_call(value);
    if (same && ml_value_is_call(value, reformatted))
        return ml_value_positional(value, 0);
    if (g_strcmp0(name, "text") != 0 && g_strcmp0(name, "DDL") != 0)
        return NULL;
    const MlValue *text = ml_value_positional(value, 0);
    return text ? text : ml_value_argument(value, "text");
}

static void read_text(MlReading *reading, const MlValue *text, MlSqlStyle style)
{
    ml_sql_read(reading->sql, reading->operations, text->string.text, (gssize)text->string.length,
                style, text->origin);
}

static void read_unknown(MlReading *reading, const MlValue *value, MlOrigin origin)
{
    ml_reading_add(reading, ML_UNKNOWN_SQL, origin);
    ml_reading_note(reading, "", NULL, value);
}

static void read_either(MlReading *reading, const MlValue *value, const MlValue *parameters,
                        MlSqlStyle style, MlOrigin origin)
{
    gsize before = reading->operations->length;
    for (gsize i = 0; i < value->unknown.length; i++)
        ml_read_executed(reading, value->unknown.arguments[i].value, parameters, style, origin);
    for (gsize i = before; i < reading->operations->length; i++) {
        MlOperation *operation = (MlOperation *)reading->operations->items[i];
        operation->circumstances |= ML_CONDITIONAL;
        operation->condition = value->origin;
    }
}

/* func.setval(...), a sequence's next value: a query by itself. */
static gboolean read_expression(MlReading *reading, const MlValue *value, MlOrigin origin)
{
    g_autoptr(GString) sql = g_string_new("SELECT ");
    if (ml_is_sqlalchemy_call(value, "Sequence")) {
        ml_reading_add(reading, ML_SELECT, origin);
        return TRUE;
    }
    reading->operation = NULL;
    if (!ml_append_sql(reading, sql, value))
        return FALSE;
    ml_sql_read(reading->sql, reading->operations, sql->str, -1, ML_SQL_TEXT, origin);
    return TRUE;
}

/* The string that is executed, or what else is; a string of text() is in its style. */
static const MlValue *string_in(const MlValue *value, MlSqlStyle *style)
{
    const MlValue *text = text_of(value), *inner;
    if (text == NULL)
        return value;
    if (ml_sqlalchemy_call(value) || ml_method_of(value, NULL))
        *style = ML_SQL_TEXT;
    while ((inner = text_of(text)) != NULL)
        text = inner;
    return text;
}

/* DDL("... %(name)s", context={"name": ...}); FALSE where a value is nothing that is formatted. */
static gboolean read_formatted(MlReading *reading, const MlValue *value, MlOrigin origin)
{
    const MlValue *string = ml_is_sqlalchemy_call(value, "DDL") ? text_of(value) : NULL;
    if (string == NULL || string->kind != ML_VALUE_STRING ||
        strchr(string->string.text, '%') == NULL)
        return FALSE;
    g_autoptr(GString) text = g_string_new(NULL);
    g_auto(MlSpelling) spelling = ml_spelling_new(reading, text);
    if (ml_spell_ddl(&spelling, value)) {
        ml_sql_read(reading->sql, reading->operations, text->str, (gssize)text->len, ML_SQL_DRIVER,
                    origin);
    } else {
        ml_reading_add(reading, ML_UNKNOWN_SQL, origin);
        ml_reading_note(reading, "", spelling.why, value);
    }
    return TRUE;
}

/* FALSE: it is made of operations that are no statements by themselves. */
static gboolean read_executed(MlReading *reading, const MlValue *executed, MlSqlStyle style,
                              MlOrigin origin)
{
    if (read_formatted(reading, executed, origin))
        return TRUE;
    const MlValue *value = string_in(executed, &style);
    if (value->kind == ML_VALUE_STRING)
        read_text(reading, value, style);
    else if (ml_read_holes(reading, value, style, origin))
        return TRUE;
    else if (value == executed && read_ddl_element(reading, value))
        return FALSE;
    else if (value != executed || (!ml_read_statement(reading, value, origin) &&
                                   !read_expression(reading, value, origin)))
        read_unknown(reading, value, origin);
    return TRUE;
}

void ml_read_executed(MlReading *reading, const MlValue *value, const MlValue *parameters,
                      MlSqlStyle style, MlOrigin origin)
{
    gsize first = reading->operations->length;
    if (!ml_reading_enter(reading)) {
        read_unknown(reading, value, origin);
        return;
    }
    MlSqlStyle of_string = style;
    const MlValue *string = string_in(value, &of_string);
    if (ml_value_has_shape(string, ML_SHAPE_EITHER))
        read_either(reading, string, parameters, of_string, origin);
    else if (read_executed(reading, value, style, origin))
        ml_read_execution(reading, first, value, parameters, style);
    ml_reading_leave(reading);
}
