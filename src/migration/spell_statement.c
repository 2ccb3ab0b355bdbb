/* INSERT, UPDATE and DELETE (sqlalchemy.sql.crud, visit_insert, visit_update, visit_delete). */
#include "migration/spelling.h"

#include <string.h>

/* Calls within one statement: update().where().values()... */
#define LONGEST_CHAIN 200

typedef enum { NO_STATEMENT, INSERT, UPDATE, DELETE } Kind;

/* What one column is set to. */
typedef struct {
    const char *name;
    const MlValue *value;
} Setting;

typedef struct {
    Kind kind;
    const MlValue *table;
    GPtrArray *conditions;
    GArray *settings;        /* Setting: of the only row */
    const MlValue *rows;     /* a list of them; NULL: there is one */
    const MlValue *names;    /* of from_select() */
    const MlValue *select;   /* the same */
    const MlValue *conflict; /* the call of on_conflict_do_nothing(); NULL: none */
    gboolean ordered, inlined;
} Statement;

static Statement statement_new(void)
{
    return (Statement){.conditions = g_ptr_array_new(),
                       .settings = g_array_new(FALSE, FALSE, sizeof(Setting))};
}

static void statement_clear(Statement *statement)
{
    g_ptr_array_unref(statement->conditions);
    g_array_unref(statement->settings);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Statement, statement_clear)

/* --- taking it apart -------------------------------------------------------------------- */

static Kind kind_of(const char *name)
{
    static const char *const names[][2] = {
        [INSERT] = {"insert", "Insert"},
        [UPDATE] = {"update", "Update"},
        [DELETE] = {"delete", "Delete"},
    };
    for (gsize i = INSERT; name != NULL && i < G_N_ELEMENTS(names); i++)
        if (strcmp(name, names[i][0]) == 0 || strcmp(name, names[i][1]) == 0)
            return (Kind)i;
    return NO_STATEMENT;
}

/* The call that a statement begins with, and what kind it is; NO_STATEMENT: none. */
static Kind beginning(MlSpelling *spelling, const MlValue *call, const MlValue **table,
                      gsize *arguments)
{
    const MlValue *object;
    const char *method = ml_method_of(call, &object);
    *arguments = 0;
    if (method != NULL) {
        *table = object;
        return ml_is_table(spelling, object) ? kind_of(method) : NO_STATEMENT;
    }
    *table = ml_value_positional(call, 0);
    *arguments = 1;
    return *table ? kind_of(ml_sqlalchemy_call(call)) : NO_STATEMENT;
}

gboolean ml_is_statement(MlSpelling *spelling, const MlValue *value)
{
    if (ml_is_select(value))
        return TRUE;
    for (guint i = 0; i < LONGEST_CHAIN && ml_value_has_shape(value, ML_SHAPE_CALL); i++) {
        const MlValue *table;
        gsize arguments;
        if (beginning(spelling, value, &table, &arguments) != NO_STATEMENT)
            return TRUE;
        if (ml_method_of(value, &value) == NULL)
            return FALSE;
    }
    return FALSE;
}

static const char *key_name(MlSpelling *spelling, const MlValue *key)
{
    const MlValue *source;
    if (key->kind == ML_VALUE_STRING)
        return key->string.text;
    if (ml_is_sqlalchemy_call(key, "column") || ml_is_sqlalchemy_call(key, "Column"))
        return ml_name_of_column(key);
    return ml_column_named(spelling, key, &source);
}

static gboolean set(MlSpelling *spelling, Statement *statement, const char *name,
                    const MlValue *value)
{
    for (guint i = 0; name != NULL && i < statement->settings->len; i++) {
        Setting *setting = &g_array_index(statement->settings, Setting, i);
        if (strcmp(setting->name, name) != 0)
            continue;
        setting->value = value;
        return TRUE;
    }
    const Setting setting = {name, value};
    if (name != NULL && ml_reading_spend(spelling->reading, 1 + statement->settings->len / 8))
        g_array_append_val(statement->settings, setting);
    return name != NULL || ml_spelling_refuse(spelling, "sets a column that cannot be told", value);
}

static gboolean set_all(MlSpelling *spelling, Statement *statement, const MlValue *row)
{
    if (row->kind == ML_VALUE_DICT) {
        for (gsize i = 0; i < row->dict.length; i++)
            if (!set(spelling, statement, key_name(spelling, row->dict.pairs[i].key),
                     row->dict.pairs[i].value))
                return FALSE;
        return TRUE;
    }
    if (row->kind != ML_VALUE_TUPLE)
        return ml_spelling_refuse(spelling, NULL, row);
    gsize at = 0;
    for (gsize i = 0; i < row->sequence.length; i++) {
        const MlValue *column = ml_column_at(spelling, statement->table, &at);
        if (column == NULL ||
            !set(spelling, statement, ml_name_of_column(column), row->sequence.items[i]))
            return ml_spelling_refuse(spelling, "has more values than its table has columns", row);
    }
    return TRUE;
}

static gboolean add_values(MlSpelling *spelling, Statement *statement, const MlValue *call)
{
    const MlValue *first = ml_value_positional(call, 0);
    if (ml_positional_count(call) > 1)
        return ml_spelling_refuse(spelling, NULL, call);
    if (first != NULL && first->kind == ML_VALUE_LIST)
        statement->rows = first;
    else if (first != NULL && !set_all(spelling, statement, first))
        return FALSE;
    for (gsize i = 0; i < call->unknown.length; i++) {
        const MlArgument *argument = &call->unknown.arguments[i];
        if (argument->name != NULL && !set(spelling, statement, argument->name, argument->value))
            return FALSE;
    }
    return TRUE;
}

static gboolean add_ordered(MlSpelling *spelling, Statement *statement, const MlValue *call)
{
    statement->ordered = TRUE;
    for (gsize i = 0; i < call->unknown.length; i++) {
        const MlValue *pair = call->unknown.arguments[i].value;
        if (!ml_is_list(pair) || pair->sequence.length != 2 ||
            !set(spelling, statement, key_name(spelling, pair->sequence.items[0]),
                 pair->sequence.items[1]))
            return ml_spelling_refuse(spelling, NULL, call);
    }
    return TRUE;
}

static gboolean add_part(MlSpelling *spelling, Statement *statement, const MlValue *call,
                         const char *method)
{
    static const char *const silent[] = {"execution_options", "prefix_with_nothing", NULL};
    if (call->unknown.open)
        return ml_spelling_refuse(spelling, "is given arguments that cannot be told", call);
    if (strcmp(method, "where") == 0 && ml_positional_count(call) == call->unknown.length) {
        for (gsize i = 0; i < call->unknown.length; i++)
            g_ptr_array_add(statement->conditions, (gpointer)call->unknown.arguments[i].value);
        return TRUE;
    }
    if (strcmp(method, "values") == 0)
        return add_values(spelling, statement, call);
    if (strcmp(method, "ordered_values") == 0)
        return add_ordered(spelling, statement, call);
    if (strcmp(method, "inline") == 0)
        return statement->inlined = TRUE;
    if (strcmp(method, "from_select") == 0 && ml_positional_count(call) == 2 &&
        call->unknown.length == 2) {
        statement->names = ml_value_positional(call, 0);
        statement->select = ml_value_positional(call, 1);
        return TRUE;
    }
    if (strcmp(method, "on_conflict_do_nothing") == 0) {
        statement->conflict = call;
        return TRUE;
    }
    return g_strv_contains(silent, method) || ml_spelling_refuse(spelling, NULL, call);
}

/* table.update(whereclause, values), as SQLAlchemy 1.4 takes it too. */
static gboolean add_old_arguments(MlSpelling *spelling, Statement *statement, const MlValue *call,
                                  gsize at)
{
    gsize used = at;
    const MlValue *where = ml_value_argument(call, "whereclause");
    const MlValue *values = ml_value_argument(call, "values");
    const MlValue *inlined = ml_value_argument(call, "inline");
    used += (where != NULL) + (values != NULL) + (inlined != NULL);
    if (where == NULL && statement->kind != INSERT && (where = ml_value_positional(call, at))) {
        at++;
        used++;
    }
    if (values == NULL && statement->kind != DELETE && (values = ml_value_positional(call, at)))
        used++;
    if (used != call->unknown.length || call->unknown.open)
        return ml_spelling_refuse(spelling, NULL, call);
    if ((where != NULL || values != NULL || inlined != NULL) &&
        spelling->sqlalchemy != ML_SQLALCHEMY_1_4)
        return ml_spelling_refuse(spelling, "gives arguments that SQLAlchemy 2.0 refuses", call);
    if (where != NULL && where->kind != ML_VALUE_NONE)
        g_ptr_array_add(statement->conditions, (gpointer)where);
    statement->inlined |= inlined != NULL && inlined->kind == ML_VALUE_BOOL && inlined->integer;
    if (values != NULL && values->kind == ML_VALUE_LIST)
        statement->rows = values;
    else if (values != NULL && values->kind != ML_VALUE_NONE)
        return set_all(spelling, statement, values);
    return TRUE;
}

static gboolean take_apart(MlSpelling *spelling, Statement *statement, const MlValue *value)
{
    g_autoptr(GPtrArray) calls = g_ptr_array_new();
    gsize arguments = 0;
    while ((statement->kind = beginning(spelling, value, &statement->table, &arguments)) ==
           NO_STATEMENT) {
        g_ptr_array_add(calls, (gpointer)value);
        if (calls->len > LONGEST_CHAIN || ml_method_of(value, &value) == NULL)
            return ml_spelling_refuse(spelling, NULL, value);
    }
    if (!ml_is_table(spelling, statement->table))
        return ml_spelling_refuse(spelling, "has a table that cannot be told", statement->table);
    if (!add_old_arguments(spelling, statement, value, arguments))
        return FALSE;
    for (guint i = calls->len; i-- > 0;) {
        const MlValue *call = calls->pdata[i];
        if (!add_part(spelling, statement, call, ml_method_of(call, NULL)))
            return FALSE;
    }
    gboolean given = statement->settings->len > 0 || statement->rows || statement->select;
    if (statement->kind != DELETE && !given && spelling->parameters != NULL)
        return set_all(spelling, statement, spelling->parameters);
    return TRUE;
}

/* --- values ----------------------------------------------------------------------------------- */

static gboolean spell_setting(MlSpelling *spelling, const Setting *setting, const MlValue *column)
{
    if (ml_is_plain_value(setting->value))
        return ml_spell_value(spelling, setting->value, ml_type_of_column(spelling, column));
    if (ml_is_select(setting->value)) {
        g_string_append_c(spelling->out, '(');
        if (!ml_spell_select(spelling, setting->value))
            return FALSE;
        g_string_append_c(spelling->out, ')');
        return TRUE;
    }
    const MlValue *value = setting->value;
    gboolean untyped = ml_is_sqlalchemy_call(value, "bindparam") &&
                       ml_type_of(spelling, value) == NULL && spelling->parameters != NULL;
    return untyped
               ? ml_spelling_refuse(spelling, "sets a column to a parameter without a type", value)
               : ml_spell_grouped(spelling, value);
}

static const Setting *setting_of(const Statement *statement, const MlValue *column)
{
    const MlValue *key = ml_value_argument(column, "key");
    const char *name =
        key && key->kind == ML_VALUE_STRING ? key->string.text : ml_name_of_column(column);
    for (guint i = 0; name != NULL && i < statement->settings->len; i++)
        if (strcmp(g_array_index(statement->settings, Setting, i).name, name) == 0)
            return &g_array_index(statement->settings, Setting, i);
    return NULL;
}

/* What Python fills in where nothing is given. */
static gboolean fills_itself(const Statement *statement, const MlValue *column)
{
    static const char *const of_insert[] = {"default", "insert_default", NULL};
    static const char *const of_update[] = {"onupdate", NULL};
    const char *const *names = statement->kind == INSERT ? of_insert : of_update;
    for (gsize i = 0; names[i] != NULL; i++)
        if (ml_value_argument(column, names[i]) != NULL)
            return TRUE;
    for (gsize i = 1; statement->kind == INSERT && ml_value_positional(column, i) != NULL; i++)
        if (ml_is_sqlalchemy_call(ml_value_positional(column, i), "Sequence"))
            return TRUE;
    return column->unknown.open;
}

static gboolean is_key(const MlValue *column)
{
    const MlValue *key = ml_value_argument(column, "primary_key");
    return key != NULL && !(key->kind == ML_VALUE_BOOL && !key->integer);
}

/* A setting, and the column that it is for. */
typedef struct {
    const Setting *setting;
    const MlValue *column;
} Filled;

/* Settings in the order of the table's columns; NULL, and refused, where they do not fit. */
static GArray *filled_columns(MlSpelling *spelling, const Statement *statement,
                              const MlValue **returned)
{
    g_autoptr(GArray) filled = g_array_new(FALSE, FALSE, sizeof(Filled));
    gsize at = 0;
    gboolean real = !ml_is_sqlalchemy_call(statement->table, "table");
    for (const MlValue *column; (column = ml_column_at(spelling, statement->table, &at)) != NULL;) {
        const Filled one = {setting_of(statement, column), column};
        if (one.setting != NULL)
            g_array_append_val(filled, one);
        else if (real && fills_itself(statement, column)) {
            ml_spelling_refuse(spelling, "leaves out a column that Python fills in", column);
            return NULL;
        } else if (real && is_key(column)) {
            *returned = *returned ? statement->table : column;
        }
    }
    if (filled->len == 0 && statement->settings->len == 1 && statement->kind == UPDATE) {
        const Setting *only = &g_array_index(statement->settings, Setting, 0);
        const Filled one = {only, ml_column_in(spelling, statement->table, only->name)};
        if (one.column != NULL)
            g_array_append_val(filled, one);
    }
    if (filled->len == statement->settings->len)
        return g_steal_pointer(&filled);
    ml_spelling_refuse(spelling, "sets columns that its table does not have", statement->table);
    return NULL;
}

static gboolean spell_column_name(MlSpelling *spelling, const MlValue *column, const char *name)
{
    const char *own = ml_name_of_column(column);
    return ml_spell_name(spelling, own ? own : name);
}

/* --- statements ----------------------------------------------------------------------------------
 */

static gboolean spell_names(MlSpelling *spelling, const GArray *filled)
{
    g_string_append(spelling->out, " (");
    for (guint i = 0; i < filled->len; i++) {
        const Filled *one = &g_array_index(filled, Filled, i);
        g_string_append(spelling->out, i > 0 ? ", " : "");
        if (!spell_column_name(spelling, one->column, one->setting->name))
            return FALSE;
    }
    g_string_append_c(spelling->out, ')');
    return TRUE;
}

static gboolean spell_row(MlSpelling *spelling, const GArray *filled)
{
    g_string_append_c(spelling->out, '(');
    for (guint i = 0; i < filled->len; i++) {
        const Filled *one = &g_array_index(filled, Filled, i);
        g_string_append(spelling->out, i > 0 ? ", " : "");
        if (!spell_setting(spelling, one->setting, one->column))
            return FALSE;
    }
    g_string_append_c(spelling->out, ')');
    return TRUE;
}

/* The key that the database makes is asked for on Postgres, unless told otherwise. */
static gboolean spell_returning(MlSpelling *spelling, const Statement *statement,
                                const MlValue *key)
{
    gboolean quiet = statement->inlined || statement->rows != NULL || spelling->parameters != NULL;
    if (key == NULL || quiet || spelling->dialect == ML_SQLITE)
        return TRUE;
    MlAffinity affinity = ml_affinity_of(spelling, ml_type_of_column(spelling, key));
    if (key == statement->table || affinity != ML_OF_INTEGER ||
        ml_value_argument(key, "autoincrement") != NULL)
        return ml_spelling_refuse(spelling, "leaves out a key that SQLAlchemy may ask for", key);
    g_string_append(spelling->out, " RETURNING ");
    if (!ml_spell_table(spelling, statement->table))
        return FALSE;
    g_string_append_c(spelling->out, '.');
    return spell_column_name(spelling, key, "");
}

/* ON CONFLICT (a, b) DO NOTHING */
static gboolean spell_conflict(MlSpelling *spelling, const MlValue *call)
{
    if (call == NULL)
        return TRUE;
    const MlValue *elements = ml_value_argument(call, "index_elements");
    g_string_append(spelling->out, " ON CONFLICT");
    if (call->unknown.length != (elements != NULL) ||
        (elements != NULL && (!ml_is_list(elements) || elements->sequence.length == 0)))
        return ml_spelling_refuse(spelling, NULL, call);
    for (gsize i = 0; elements != NULL && i < elements->sequence.length; i++) {
        const char *name = key_name(spelling, elements->sequence.items[i]);
        g_string_append(spelling->out, i > 0 ? ", " : " (");
        if (name == NULL || !ml_spell_name(spelling, name))
            return ml_spelling_refuse(spelling, NULL, call);
    }
    g_string_append(spelling->out, elements ? ") DO NOTHING" : " DO NOTHING");
    return TRUE;
}

static gboolean spell_rows(MlSpelling *spelling, Statement *statement)
{
    for (gsize i = 0; i < statement->rows->sequence.length; i++) {
        const MlValue *key = NULL;
        g_array_set_size(statement->settings, 0);
        if (!set_all(spelling, statement, statement->rows->sequence.items[i]))
            return FALSE;
        g_autoptr(GArray) filled = filled_columns(spelling, statement, &key);
        if (filled == NULL || (i == 0 && !spell_names(spelling, filled)))
            return FALSE;
        g_string_append(spelling->out, i > 0 ? ", " : " VALUES ");
        if (!spell_row(spelling, filled))
            return FALSE;
    }
    return TRUE;
}

static gboolean same_keys(const MlValue *rows)
{
    for (gsize i = 0; i < rows->sequence.length; i++)
        if (rows->sequence.items[i]->kind != ML_VALUE_DICT ||
            rows->sequence.items[i]->dict.length != rows->sequence.items[0]->dict.length)
            return FALSE;
    return rows->sequence.length > 0;
}

static gboolean spell_from_select(MlSpelling *spelling, const Statement *statement)
{
    const MlValue *names = statement->names;
    if (!ml_is_list(names) || names->sequence.length == 0 || !ml_is_select(statement->select))
        return ml_spelling_refuse(spelling, NULL, statement->select);
    for (gsize i = 0; i < names->sequence.length; i++) {
        const char *name = key_name(spelling, names->sequence.items[i]);
        const MlValue *column = name ? ml_column_in(spelling, statement->table, name) : NULL;
        g_string_append(spelling->out, i > 0 ? ", " : " (");
        if (column == NULL || !spell_column_name(spelling, column, name))
            return ml_spelling_refuse(spelling, "sets columns that its table does not have", names);
    }
    gsize at = 0;
    for (const MlValue *column; (column = ml_column_at(spelling, statement->table, &at)) != NULL;)
        if (fills_itself(statement, column))
            return ml_spelling_refuse(spelling, "leaves out a column that Python fills in", column);
    g_string_append(spelling->out, ") ");
    return ml_spell_select(spelling, statement->select);
}

static gboolean spell_insert(MlSpelling *spelling, Statement *statement)
{
    g_string_append(spelling->out, "INSERT INTO ");
    if (!ml_spell_table(spelling, statement->table))
        return FALSE;
    if (statement->select != NULL)
        return spell_from_select(spelling, statement) &&
               spell_conflict(spelling, statement->conflict);
    if (statement->rows != NULL)
        return (same_keys(statement->rows) && spell_rows(spelling, statement) &&
                spell_conflict(spelling, statement->conflict)) ||
               ml_spelling_refuse(spelling, NULL, statement->rows);
    const MlValue *key = NULL;
    g_autoptr(GArray) filled = filled_columns(spelling, statement, &key);
    if (filled == NULL || filled->len == 0)
        return ml_spelling_refuse(spelling, "inserts no values", statement->table);
    if (!spell_names(spelling, filled))
        return FALSE;
    g_string_append(spelling->out, " VALUES ");
    return spell_row(spelling, filled) && spell_conflict(spelling, statement->conflict) &&
           spell_returning(spelling, statement, key);
}

static gboolean spell_set(MlSpelling *spelling, const Statement *statement)
{
    const MlValue *key = NULL;
    g_autoptr(GArray) filled = filled_columns(spelling, statement, &key);
    if (filled == NULL || filled->len == 0 || (statement->ordered && filled->len > 1))
        return ml_spelling_refuse(spelling, "sets columns in an order of its own",
                                  statement->table);
    for (guint i = 0; i < filled->len; i++) {
        const Filled *one = &g_array_index(filled, Filled, i);
        g_string_append(spelling->out, i > 0 ? ", " : " SET ");
        if (!spell_column_name(spelling, one->column, one->setting->name))
            return FALSE;
        g_string_append_c(spelling->out, '=');
        if (!spell_setting(spelling, one->setting, one->column))
            return FALSE;
    }
    return TRUE;
}

/* Further tables, which the values and conditions name. */
static gboolean spell_others(MlSpelling *spelling, const Statement *statement)
{
    const GArray *sources = spelling->query->sources;
    gboolean of_sqlite = statement->kind == UPDATE && spelling->sqlalchemy != ML_SQLALCHEMY_1_4;
    if (sources->len > 1 && spelling->dialect == ML_SQLITE && !of_sqlite)
        return ml_spelling_refuse(spelling, "is about several tables", statement->table);
    for (guint i = 1; i < sources->len; i++) {
        g_string_append(spelling->out, i > 1                       ? ", "
                                       : statement->kind == UPDATE ? " FROM "
                                                                   : " USING ");
        if (!ml_spell_source(spelling, g_array_index(sources, MlSource, i).value))
            return FALSE;
    }
    return TRUE;
}

/* In the order of DMLState._make_extra_froms; SQLAlchemy 1.4 looks at conditions alone. */
static void collect(MlSpelling *spelling, const Statement *statement)
{
    ml_query_add(spelling->query, statement->table);
    for (guint i = 0; i < statement->conditions->len; i++)
        ml_query_collect(spelling, spelling->query, statement->conditions->pdata[i]);
    gboolean of_values = spelling->sqlalchemy != ML_SQLALCHEMY_1_4;
    for (guint i = 0; of_values && i < statement->settings->len; i++)
        ml_query_collect(spelling, spelling->query,
                         g_array_index(statement->settings, Setting, i).value);
}

static gboolean spell_changed(MlSpelling *spelling, const Statement *statement)
{
    collect(spelling, statement);
    gboolean update = statement->kind == UPDATE;
    g_string_append(spelling->out, update ? "UPDATE " : "DELETE FROM ");
    return ml_spell_table(spelling, statement->table) &&
           (!update || spell_set(spelling, statement)) && spell_others(spelling, statement) &&
           ml_spell_conditions(spelling, " WHERE ", statement->conditions);
}

gboolean ml_spell_statement(MlSpelling *spelling, const MlValue *value)
{
    g_auto(Statement) statement = statement_new();
    if (ml_is_select(value))
        return ml_spell_select(spelling, value);
    g_autoptr(GArray) sources = g_array_new(FALSE, FALSE, sizeof(MlSource));
    MlQuery query = {.sources = sources};
    if (!take_apart(spelling, &statement, value))
        return FALSE;
    if (statement.kind == INSERT)
        return spell_insert(spelling, &statement);
    spelling->query = &query;
    gboolean known = spell_changed(spelling, &statement);
    spelling->query = NULL;
    return known;
}

gboolean ml_spell_row(MlSpelling *spelling, const MlValue *table, const MlValue *row)
{
    g_auto(Statement) statement = statement_new();
    statement.kind = INSERT;
    statement.table = table;
    statement.inlined = TRUE;
    if (row->kind != ML_VALUE_DICT || !ml_is_table(spelling, table))
        return ml_spelling_refuse(spelling, NULL, row->kind == ML_VALUE_DICT ? table : row);
    return set_all(spelling, &statement, row) && spell_insert(spelling, &statement);
}
