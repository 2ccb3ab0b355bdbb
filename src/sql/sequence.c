#include "sql/context.h"

/* "NO MINVALUE" has no value. */
static MlNumber bound(const MlSql *sql, const PgQuery__Node *value)
{
    return value ? ml_sql_integer(sql, value) : (MlNumber){.is = ML_NONE, .origin = sql->origin};
}

static MlText dotted(const MlSql *sql, const PgQuery__Node *list)
{
    if (list == NULL || list->node_case != PG_QUERY__NODE__NODE_LIST)
        return (MlText){0};
    g_autoptr(GString) name = g_string_new(NULL);
    for (size_t i = 0; i < list->list->n_items; i++) {
        const char *part = ml_sql_string(list->list->items[i]);
        g_string_append_printf(name, "%s%s", i > 0 ? "." : "", part ? part : "");
    }
    return g_str_equal(name->str, "none") ? ml_sql_none(sql) : ml_sql_text(sql, name->str);
}

static gboolean is_true(const PgQuery__Node *value)
{
    return value != NULL && value->node_case == PG_QUERY__NODE__NODE_BOOLEAN &&
           value->boolean->boolval;
}

static MlText type_name(const MlSql *sql, const PgQuery__Node *value)
{
    if (value == NULL || value->node_case != PG_QUERY__NODE__NODE_TYPE_NAME)
        return (MlText){0};
    const MlType *type = ml_sql_type(sql, value->type_name, NULL);
    return type->kind == ML_TYPE_NAMED ? type->name
                                       : ml_sql_text(sql, ml_type_kind_name(type->kind));
}

static void set_option(const MlSql *sql, MlSequence *sequence, const PgQuery__DefElem *option)
{
    const char *name = option->defname;
    if (g_str_equal(name, "start"))
        sequence->start = ml_sql_integer(sql, option->arg);
    else if (g_str_equal(name, "increment"))
        sequence->increment = ml_sql_integer(sql, option->arg);
    else if (g_str_equal(name, "minvalue"))
        sequence->minvalue = bound(sql, option->arg);
    else if (g_str_equal(name, "maxvalue"))
        sequence->maxvalue = bound(sql, option->arg);
    else if (g_str_equal(name, "cache"))
        sequence->cache = ml_sql_integer(sql, option->arg);
    else if (g_str_equal(name, "cycle"))
        sequence->cycle = ml_sql_flag(sql, is_true(option->arg));
    else if (g_str_equal(name, "as"))
        sequence->type = type_name(sql, option->arg);
    else if (g_str_equal(name, "owned_by"))
        sequence->owned_by = dotted(sql, option->arg);
    else if (g_str_equal(name, "sequence_name"))
        sequence->name = dotted(sql, option->arg);
}

const MlSequence *ml_sql_sequence(const MlSql *sql, const PgQuery__RangeVar *name,
                                  PgQuery__Node *const *options, gsize length)
{
    MlSequence *sequence = ml_operations_alloc(sql->operations, sizeof *sequence);
    if (name != NULL) {
        sequence->schema = ml_sql_schema(sql, name->schemaname, name->relname);
        sequence->name = ml_sql_text(sql, name->relname);
    }
    for (gsize i = 0; i < length; i++)
        if (options[i]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM)
            set_option(sql, sequence, options[i]->def_elem);
    return sequence;
}
