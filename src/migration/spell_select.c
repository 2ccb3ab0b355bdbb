/* SELECT, as sqlalchemy.sql.compiler.visit_select writes it. */
#include "migration/spelling.h"

#include <string.h>

/* Calls within one statement: select().where().where()... */
#define LONGEST_CHAIN 200

static gboolean begins_select(const MlValue *call)
{
    const MlValue *object;
    const char *method = ml_method_of(call, &object);
    if (method != NULL)
        return strcmp(method, "select") == 0 &&
               (ml_is_sqlalchemy_call(object, "table") || ml_is_sqlalchemy_call(object, "Table"));
    return ml_is_sqlalchemy_call(call, "select");
}

static gboolean goes_on(const char *method)
{
    static const char *const methods[] = {
        "where",     "filter",    "select_from",       "join",
        "outerjoin", "order_by",  "group_by",          "having",
        "limit",     "offset",    "distinct",          "correlate",
        "union",     "union_all", "with_for_update",   "execution_options",
        "filter_by", "join_from", "with_only_columns", "params",
        NULL};
    return g_strv_contains(methods, method);
}

gboolean ml_is_select(const MlValue *value)
{
    for (guint i = 0; i < LONGEST_CHAIN; i++) {
        const MlValue *object;
        if (begins_select(value))
            return TRUE;
        const char *method = ml_method_of(value, &object);
        if (method == NULL || !goes_on(method))
            return FALSE;
        value = object;
    }
    return FALSE;
}

/* A SELECT taken apart. */
typedef struct {
    GPtrArray *columns, *conditions, *sources, *joins, *groups, *having, *order, *correlated;
    const MlValue *limit, *offset;
    gboolean distinct, locks;
} Select;

static void select_clear(Select *select)
{
    g_ptr_array_unref(select->columns);
    g_ptr_array_unref(select->conditions);
    g_ptr_array_unref(select->sources);
    g_ptr_array_unref(select->joins);
    g_ptr_array_unref(select->groups);
    g_ptr_array_unref(select->having);
    g_ptr_array_unref(select->order);
    g_ptr_array_unref(select->correlated);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Select, select_clear)

static void add_arguments(GPtrArray *into, const MlValue *call)
{
    for (gsize i = 0; i < call->unknown.length; i++)
        g_ptr_array_add(into, (gpointer)call->unknown.arguments[i].value);
}

static gboolean has_names(const MlValue *call)
{
    return ml_positional_count(call) != call->unknown.length || call->unknown.open;
}

/* object.name, where the object is. */
static const MlValue *member_of(MlSpelling *spelling, const MlValue *object, const char *name)
{
    MlValue *member = ml_operations_alloc(spelling->reading->operations, sizeof *member);
    member->kind = ML_VALUE_UNKNOWN;
    member->origin = object->origin;
    member->unknown.shape = ML_SHAPE_MEMBER;
    member->unknown.name = name;
    member->unknown.object = object;
    return member;
}

/* As table.c.a, table.c.b; a model has its own order. */
static gboolean add_all_columns(MlSpelling *spelling, Select *select, const MlValue *table)
{
    const MlValue *all = member_of(spelling, table, "c"), *column;
    guint before = select->columns->len;
    for (gsize at = 0; (column = ml_column_at(spelling, table, &at)) != NULL;) {
        const MlValue *key = ml_value_argument(column, "key");
        const char *name =
            key && key->kind == ML_VALUE_STRING ? key->string.text : ml_name_of_column(column);
        if (name == NULL)
            return ml_spelling_refuse(spelling, "has a column whose name cannot be told", column);
        g_ptr_array_add(select->columns, (gpointer)member_of(spelling, all, name));
    }
    return (select->columns->len > before && !table->unknown.open) ||
           ml_spelling_refuse(spelling, "selects all columns of a table", table);
}

static gboolean add_column(MlSpelling *spelling, Select *select, const MlValue *value)
{
    if (ml_is_table(spelling, value))
        return add_all_columns(spelling, select, value);
    g_ptr_array_add(select->columns, (gpointer)value);
    return TRUE;
}

static gboolean add_columns(MlSpelling *spelling, Select *select, const MlValue *call)
{
    const MlValue *first = ml_value_positional(call, 0), *where = NULL, *table;
    gboolean list = first != NULL && first->kind == ML_VALUE_LIST;
    if (ml_method_of(call, &table) != NULL && call->unknown.length == 0 && !call->unknown.open)
        return add_column(spelling, select, table);
    if (ml_method_of(call, NULL) != NULL)
        return ml_spelling_refuse(spelling, "selects all columns of a table", call);
    if (list && spelling->sqlalchemy != ML_SQLALCHEMY_1_4)
        return ml_spelling_refuse(spelling, "gives select() a list, which SQLAlchemy 2.0 refuses",
                                  call);
    where = list ? ml_value_positional(call, 1) : NULL;
    if (call->unknown.open || first == NULL ||
        (list ? call->unknown.length > (where ? 2 : 1)
              : ml_positional_count(call) != call->unknown.length))
        return ml_spelling_refuse(spelling, NULL, call);
    if (where != NULL)
        g_ptr_array_add(select->conditions, (gpointer)where);
    gsize count = list ? first->sequence.length : call->unknown.length;
    for (gsize i = 0; i < count; i++)
        if (!add_column(spelling, select,
                        list ? first->sequence.items[i] : ml_value_positional(call, i)))
            return FALSE;
    return TRUE;
}

static gboolean add_part(MlSpelling *spelling, Select *select, const MlValue *call,
                         const char *method)
{
    const struct {
        const char *name;
        GPtrArray *into;
    } lists[] = {
        {"where", select->conditions},     {"filter", select->conditions},
        {"select_from", select->sources},  {"group_by", select->groups},
        {"having", select->having},        {"order_by", select->order},
        {"correlate", select->correlated},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (strcmp(method, lists[i].name) != 0)
            continue;
        if (has_names(call))
            return ml_spelling_refuse(spelling, NULL, call);
        add_arguments(lists[i].into, call);
        return TRUE;
    }
    const MlValue *first = ml_value_positional(call, 0);
    if (strcmp(method, "join") == 0 || strcmp(method, "outerjoin") == 0)
        g_ptr_array_add(select->joins, (gpointer)call);
    else if (strcmp(method, "limit") == 0 && first != NULL)
        select->limit = first;
    else if (strcmp(method, "offset") == 0 && first != NULL)
        select->offset = first;
    else if (strcmp(method, "distinct") == 0 && first == NULL)
        select->distinct = TRUE;
    else if (strcmp(method, "with_for_update") == 0 && call->unknown.length == 0)
        select->locks = TRUE;
    else if (strcmp(method, "execution_options") != 0)
        return ml_spelling_refuse(spelling, NULL, call);
    return TRUE;
}

static gboolean take_apart(MlSpelling *spelling, Select *select, const MlValue *value)
{
    g_autoptr(GPtrArray) calls = g_ptr_array_new();
    const MlValue *object;
    for (; !begins_select(value); value = object) {
        g_ptr_array_add(calls, (gpointer)value);
        ml_method_of(value, &object);
    }
    if (!add_columns(spelling, select, value))
        return FALSE;
    for (guint i = calls->len; i-- > 0;) {
        const MlValue *call = calls->pdata[i];
        if (!add_part(spelling, select, call, ml_method_of(call, NULL)))
            return FALSE;
    }
    return TRUE;
}

/* --- what it is from ---------------------------------------------------------------------- */

static void hide(MlQuery *query, const MlValue *source)
{
    for (guint i = 0; i < query->sources->len; i++) {
        MlSource *found = &g_array_index(query->sources, MlSource, i);
        found->hidden |= ml_same_source(found->value, source);
    }
}

/* The parts of a join are no sources by themselves. */
static void add_join_parts(MlQuery *query, const MlValue *join, guint depth)
{
    const MlValue *left;
    gboolean method = ml_method_of(join, &left) != NULL;
    const MlValue *const parts[] = {method ? left : ml_value_positional(join, 0),
                                    ml_value_positional(join, method ? 0 : 1)};
    for (gsize i = 0; i < G_N_ELEMENTS(parts) && depth < LONGEST_CHAIN; i++) {
        if (parts[i] == NULL)
            continue;
        if (ml_is_join(parts[i]))
            add_join_parts(query, parts[i], depth + 1);
        ml_query_add(query, parts[i]);
        hide(query, parts[i]);
    }
}

static gboolean collect_sources(MlSpelling *spelling, const Select *select, MlQuery *query)
{
    for (guint i = 0; i < select->sources->len; i++) {
        const MlValue *source = select->sources->pdata[i];
        ml_query_add(query, source);
        if (ml_is_join(source))
            add_join_parts(query, source, 0);
    }
    for (guint i = 0; i < select->columns->len; i++)
        ml_query_collect(spelling, query, select->columns->pdata[i]);
    guint before = query->sources->len;
    for (guint i = 0; i < select->conditions->len; i++)
        ml_query_collect(spelling, query, select->conditions->pdata[i]);
    if (select->joins->len > 0 && (before != 1 || query->sources->len == 0))
        return ml_spelling_refuse(spelling, "joins what SQLAlchemy looks for", NULL);
    for (guint i = 0; i < select->joins->len; i++) {
        const MlValue *right = ml_value_positional(select->joins->pdata[i], 0);
        if (right == NULL)
            return ml_spelling_refuse(spelling, NULL, select->joins->pdata[i]);
        ml_query_add(query, right);
        hide(query, right);
    }
    return TRUE;
}

static gboolean is_outer(const MlQuery *query, const MlValue *source)
{
    for (query = query->outer; query != NULL; query = query->outer)
        for (guint i = 0; i < query->sources->len; i++)
            if (ml_same_source(g_array_index(query->sources, MlSource, i).value, source))
                return TRUE;
    return FALSE;
}

static gboolean is_correlated(const Select *select, const MlValue *source)
{
    for (guint i = 0; i < select->correlated->len; i++)
        if (ml_same_source(select->correlated->pdata[i], source))
            return TRUE;
    return select->correlated->len == 0;
}

/* What stands outside already is left out, where more than that is named. */
static gboolean choose_sources(MlSpelling *spelling, const Select *select, MlQuery *query)
{
    guint shown = 0, left = 0;
    for (guint i = 0; i < query->sources->len; i++)
        shown += !g_array_index(query->sources, MlSource, i).hidden;
    gboolean correlates = shown > 1 || select->correlated->len > 0;
    for (guint i = 0; i < query->sources->len; i++) {
        MlSource *source = &g_array_index(query->sources, MlSource, i);
        source->hidden |=
            correlates && is_outer(query, source->value) && is_correlated(select, source->value);
        left += !source->hidden;
    }
    return left > 0 || shown == 0 ||
           ml_spelling_refuse(spelling, "is from nothing but what stands outside", NULL);
}

static gboolean spell_joins(MlSpelling *spelling, const Select *select)
{
    for (guint i = 0; i < select->joins->len; i++) {
        const MlValue *join = select->joins->pdata[i];
        const MlValue *condition = ml_value_positional(join, 1);
        condition = condition ? condition : ml_value_argument(join, "onclause");
        const MlValue *isouter = ml_value_argument(join, "isouter");
        if (condition == NULL || join->unknown.length != 2u + (isouter != NULL) ||
            (isouter != NULL && isouter->kind != ML_VALUE_BOOL))
            return ml_spelling_refuse(spelling, "has a join whose condition SQLAlchemy looks for",
                                      join);
        gboolean outer = *ml_method_of(join, NULL) == 'o' || (isouter && isouter->integer);
        g_string_append(spelling->out, outer ? " LEFT OUTER JOIN " : " JOIN ");
        if (!ml_spell_source(spelling, ml_value_positional(join, 0)))
            return FALSE;
        g_string_append(spelling->out, " ON ");
        if (!ml_spell_condition(spelling, condition, FALSE))
            return FALSE;
    }
    return TRUE;
}

static gboolean spell_from(MlSpelling *spelling, const Select *select, const MlQuery *query)
{
    const char *before = " \nFROM ";
    for (guint i = 0; i < query->sources->len; i++) {
        const MlSource *source = &g_array_index(query->sources, MlSource, i);
        if (source->hidden)
            continue;
        g_string_append(spelling->out, before);
        if (!ml_spell_source(spelling, source->value))
            return FALSE;
        if (i == 0 && !spell_joins(spelling, select))
            return FALSE;
        before = ", ";
    }
    return TRUE;
}

/* --- what it gives ------------------------------------------------------------------------------
 */

/* The word that SQLAlchemy numbers for a label; NULL: there is no label. */
static const char *labelled(MlSpelling *spelling, const MlValue *value)
{
    static const char *const bare[] = {"column", "Column", "literal_column", NULL};
    const MlValue *source;
    const char *name = ml_sqlalchemy_call(value);
    if (ml_column_named(spelling, value, &source) != NULL || ml_text_of(value) != NULL ||
        (name != NULL && g_strv_contains(bare, name)))
        return NULL;
    const char *function = ml_function_name(value);
    return function ? function : "anon";
}

static gboolean spell_label(MlSpelling *spelling, const char *name)
{
    g_string_append(spelling->out, " AS ");
    return ml_spell_name(spelling, name);
}

/* A column that is cast keeps its name. */
static const char *name_of_cast(MlSpelling *spelling, const MlValue *value)
{
    const MlValue *object, *source;
    const char *method = ml_method_of(value, &object);
    const MlValue *operand = ml_is_sqlalchemy_call(value, "cast") ? ml_value_positional(value, 0)
                             : g_strcmp0(method, "cast") == 0     ? object
                                                                  : NULL;
    if (operand == NULL)
        return NULL;
    return ml_is_sqlalchemy_call(operand, "column") ? ml_name_of_column(operand)
                                                    : ml_column_named(spelling, operand, &source);
}

/* Of a name that another table's column has already, a number is made. FALSE: it is the same. */
static gboolean add_given(GHashTable *given, const char *column, const MlValue *source,
                          const char **word)
{
    const MlValue *before = g_hash_table_lookup(given, column);
    if (before == NULL)
        g_hash_table_insert(given, g_strdup(column), (gpointer)source);
    else
        *word = column;
    return before == NULL || !ml_same_source(before, source);
}

static gboolean spell_given(MlSpelling *spelling, const MlValue *value, GHashTable *given)
{
    const MlValue *source, *element;
    const char *method = ml_method_of(value, &element);
    const char *column = ml_column_named(spelling, value, &source);
    if (g_strcmp0(method, "label") == 0) {
        const MlValue *name = ml_value_positional(value, 0);
        if (name == NULL || name->kind != ML_VALUE_STRING)
            return ml_spelling_refuse(spelling, NULL, value);
        return ml_spell(spelling, element) && spell_label(spelling, name->string.text);
    }
    if (value->kind == ML_VALUE_STRING || ml_is_list(value) || ml_is_select(value) ||
        value->kind == ML_VALUE_INTEGER || ml_is_sqlalchemy_call(value, "distinct") ||
        g_strcmp0(method, "distinct") == 0)
        return ml_spelling_refuse(spelling, "selects what is not understood", value);
    if (!ml_spell(spelling, value))
        return FALSE;
    const char *cast = name_of_cast(spelling, value);
    if (cast != NULL)
        return spell_label(spelling, cast);
    const char *word = labelled(spelling, value);
    if (column != NULL && !add_given(given, column, source, &word))
        return ml_spelling_refuse(spelling, "selects a column twice", value);
    if (column != NULL && word == NULL && spelling->named)
        return spell_label(spelling, column);
    if (word == NULL)
        return TRUE;
    g_autofree char *label = ml_spelling_number(spelling, word);
    return spell_label(spelling, label);
}

static gboolean spell_columns(MlSpelling *spelling, const Select *select)
{
    g_autoptr(GHashTable) given = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_string_append(spelling->out, select->distinct ? "SELECT DISTINCT " : "SELECT ");
    for (guint i = 0; i < select->columns->len; i++) {
        g_string_append(spelling->out, i > 0 ? ", " : "");
        if (!spell_given(spelling, select->columns->pdata[i], given))
            return FALSE;
    }
    spelling->named = FALSE;
    return TRUE;
}

/* --- what follows
 * --------------------------------------------------------------------------------- */

gboolean ml_spell_conditions(MlSpelling *spelling, const char *word, const GPtrArray *conditions)
{
    for (guint i = 0; i < conditions->len; i++) {
        g_string_append(spelling->out, i > 0 ? " AND " : word);
        if (!ml_spell_condition(spelling, conditions->pdata[i], conditions->len > 1))
            return FALSE;
    }
    return TRUE;
}

static gboolean spell_listed(MlSpelling *spelling, const char *word, const GPtrArray *values)
{
    for (guint i = 0; i < values->len; i++) {
        const MlValue *value = values->pdata[i];
        g_string_append(spelling->out, i > 0 ? ", " : word);
        if (ml_is_plain_value(value) || g_strcmp0(ml_method_of(value, NULL), "label") == 0)
            return ml_spelling_refuse(spelling, "orders by a name", value);
        if (!ml_spell(spelling, value))
            return FALSE;
    }
    return TRUE;
}

static gboolean spell_limits(MlSpelling *spelling, const Select *select)
{
    const MlValue *const both[] = {select->limit, select->offset};
    gboolean sqlite = spelling->dialect == ML_SQLITE;
    for (gsize i = 0; i < G_N_ELEMENTS(both); i++)
        if (both[i] != NULL && both[i]->kind != ML_VALUE_INTEGER)
            return ml_spelling_refuse(spelling, NULL, both[i]);
    if (select->limit != NULL)
        g_string_append_printf(spelling->out, "%s\n LIMIT %" G_GINT64_FORMAT, sqlite ? "" : " ",
                               select->limit->integer);
    else if (select->offset != NULL && sqlite)
        return ml_spelling_refuse(spelling, "has an offset without a limit", select->offset);
    else if (select->offset != NULL)
        g_string_append(spelling->out, "\n LIMIT ALL");
    if (select->offset != NULL)
        g_string_append_printf(spelling->out, " OFFSET %" G_GINT64_FORMAT, select->offset->integer);
    else if (select->limit != NULL && sqlite)
        g_string_append(spelling->out, " OFFSET 0");
    return TRUE;
}

static gboolean spell_parts(MlSpelling *spelling, const Select *select, MlQuery *query)
{
    if (!collect_sources(spelling, select, query) || !choose_sources(spelling, select, query))
        return FALSE;
    if (!spell_columns(spelling, select) || !spell_from(spelling, select, query) ||
        !ml_spell_conditions(spelling, " \nWHERE ", select->conditions) ||
        !spell_listed(spelling, " GROUP BY ", select->groups) ||
        !ml_spell_conditions(spelling, " \nHAVING ", select->having) ||
        !spell_listed(spelling, " ORDER BY ", select->order) || !spell_limits(spelling, select))
        return FALSE;
    if (select->locks && spelling->dialect == ML_POSTGRESQL)
        g_string_append(spelling->out, " FOR UPDATE");
    return TRUE;
}

static Select select_new(void)
{
    return (Select){
        .columns = g_ptr_array_new(),
        .conditions = g_ptr_array_new(),
        .sources = g_ptr_array_new(),
        .joins = g_ptr_array_new(),
        .groups = g_ptr_array_new(),
        .having = g_ptr_array_new(),
        .order = g_ptr_array_new(),
        .correlated = g_ptr_array_new(),
    };
}

gboolean ml_spell_select(MlSpelling *spelling, const MlValue *value)
{
    g_auto(Select) select = select_new();
    if (!spelling->qualified || !ml_reading_enter(spelling->reading))
        return ml_spelling_refuse(spelling, "has a subquery", value);
    g_autoptr(GArray) sources = g_array_new(FALSE, FALSE, sizeof(MlSource));
    MlQuery query = {.sources = sources, .outer = spelling->query};
    gboolean named = spelling->named;
    gboolean known = take_apart(spelling, &select, value);
    spelling->query = &query;
    known = known && spell_parts(spelling, &select, &query);
    spelling->query = (MlQuery *)query.outer;
    spelling->named = named;
    ml_reading_leave(spelling->reading);
    return known || ml_spelling_refuse(spelling, NULL, value);
}
