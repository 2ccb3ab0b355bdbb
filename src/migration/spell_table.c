/* Tables, aliases and joins, and the columns that are named through them. */
#include "migration/role.h"
#include "migration/spelling.h"

#include <string.h>

/* Aliases of aliases, and what a column is looked for behind. */
#define LONGEST_CHAIN 20

/* --- tables ---------------------------------------------------------------------------- */

static gboolean is_created(const MlValue *value)
{
    static const char *const op[] = {"alembic.op.create_table", NULL};
    return ml_value_is_call(value, op);
}

/* Where its columns begin; 0: it is no table that says so. */
static gsize first_column(const MlValue *value)
{
    if (ml_is_sqlalchemy_call(value, "Table"))
        return 2;
    return ml_is_sqlalchemy_call(value, "table") || is_created(value) ? 1 : 0;
}

static const MlValue *bare_table(const MlValue *value)
{
    while (ml_value_has_shape(value, ML_SHAPE_MEMBER) &&
           strcmp(value->unknown.name, "__table__") == 0)
        value = value->unknown.object;
    return value;
}

static const MlValue *model_table(MlSpelling *spelling, const MlValue *value)
{
    return ml_value_has_shape(value, ML_SHAPE_CLASS) ? ml_model_table(spelling->reading, value)
                                                     : NULL;
}

gboolean ml_is_table(MlSpelling *spelling, const MlValue *value)
{
    value = bare_table(value);
    return first_column(value) > 0 || model_table(spelling, value) != NULL;
}

gboolean ml_spell_table(MlSpelling *spelling, const MlValue *table)
{
    table = bare_table(table);
    const MlValue *name = model_table(spelling, table), *schema = NULL;
    if (name == NULL && first_column(table) > 0) {
        name = ml_value_positional(table, 0);
        schema = ml_schema_of_table(table);
    } else if (name != NULL) {
        schema = ml_evaluation_member(spelling->reading->evaluation, table, "__table_args__");
        if (schema != NULL && schema->kind != ML_VALUE_NONE)
            return ml_spelling_refuse(spelling, "has a model with __table_args__", table);
    }
    if (name == NULL || name->kind != ML_VALUE_STRING || table->unknown.open)
        return ml_spelling_refuse(spelling, "has a table that cannot be told", table);
    if (schema != NULL && schema->kind != ML_VALUE_NONE) {
        if (schema->kind != ML_VALUE_STRING)
            return ml_spelling_refuse(spelling, "has a schema that cannot be told", schema);
        if (!ml_spell_name(spelling, schema->string.text))
            return FALSE;
        g_string_append_c(spelling->out, '.');
    }
    return ml_spell_name(spelling, name->string.text);
}

/* --- columns --------------------------------------------------------------------------------- */

const MlValue *ml_column_at(MlSpelling *spelling, const MlValue *table, gsize *at)
{
    table = bare_table(table);
    gsize first = first_column(table);
    if (first == 0)
        return NULL;
    const MlValue *value;
    while ((value = ml_value_positional(table, first + *at)) != NULL) {
        ++*at;
        ml_reading_spend(spelling->reading, 1);
        if (ml_is_sqlalchemy_call(value, "Column") || ml_is_sqlalchemy_call(value, "column"))
            return value;
    }
    return NULL;
}

static const char *string_of(const MlValue *value)
{
    return value && value->kind == ML_VALUE_STRING ? value->string.text : NULL;
}

const char *ml_name_of_column(const MlValue *column)
{
    const MlValue *name = ml_value_positional(column, 0);
    return string_of(name ? name : ml_value_argument(column, "name"));
}

const MlValue *ml_column_in(MlSpelling *spelling, const MlValue *table, const char *name)
{
    table = bare_table(table);
    if (model_table(spelling, table) != NULL)
        return ml_model_column(spelling->reading, table, name);
    gsize at = 0;
    for (const MlValue *column; (column = ml_column_at(spelling, table, &at)) != NULL;) {
        const char *key = string_of(ml_value_argument(column, "key"));
        if (g_strcmp0(key ? key : ml_name_of_column(column), name) == 0)
            return column;
    }
    return NULL;
}

const MlType *ml_type_of_column(MlSpelling *spelling, const MlValue *column)
{
    const MlValue *type = ml_value_argument(column, "type_");
    for (gsize i = 0; type == NULL && i < 2; i++) {
        const MlValue *value = ml_value_positional(column, i);
        if (value != NULL && ml_is_type(spelling->reading, value))
            type = value;
    }
    return type ? ml_read_type(spelling->reading, "type", type) : NULL;
}

const char *ml_column_named(MlSpelling *spelling, const MlValue *value, const MlValue **source)
{
    const char *name = ml_column_of_table(value, source);
    if (name != NULL)
        return name;
    if (!ml_value_has_shape(value, ML_SHAPE_MEMBER) ||
        model_table(spelling, value->unknown.object) == NULL ||
        strcmp(value->unknown.name, "__table__") == 0)
        return NULL;
    *source = value->unknown.object;
    return value->unknown.name;
}

/* --- what a query is from ------------------------------------------------------------------------
 */

gboolean ml_same_source(const MlValue *one, const MlValue *other)
{
    one = bare_table(one);
    other = bare_table(other);
    return one == other ||
           (one->kind == other->kind && one->origin.module == other->origin.module &&
            one->origin.start == other->origin.start && one->origin.end == other->origin.end &&
            one->origin.end > 0);
}

void ml_query_add(MlQuery *query, const MlValue *source)
{
    if (query == NULL)
        return;
    for (guint i = 0; i < query->sources->len; i++)
        if (ml_same_source(g_array_index(query->sources, MlSource, i).value, source))
            return;
    const MlSource added = {.value = source};
    g_array_append_val(query->sources, added);
}

static void collect(MlSpelling *spelling, MlQuery *query, const MlValue *value)
{
    const MlValue *source;
    if (ml_column_named(spelling, value, &source) != NULL) {
        ml_query_add(query, source);
        return;
    }
    if (ml_is_list(value) || value->kind == ML_VALUE_SET)
        for (gsize i = 0; i < value->sequence.length; i++)
            ml_query_collect(spelling, query, value->sequence.items[i]);
    if (value->kind == ML_VALUE_DICT)
        for (gsize i = 0; i < value->dict.length; i++)
            ml_query_collect(spelling, query, value->dict.pairs[i].value);
    if (value->kind != ML_VALUE_UNKNOWN || ml_is_select(value))
        return;
    if (value->unknown.object != NULL)
        ml_query_collect(spelling, query, value->unknown.object);
    for (gsize i = 0; value->unknown.shape == ML_SHAPE_CALL && i < value->unknown.length; i++)
        ml_query_collect(spelling, query, value->unknown.arguments[i].value);
}

void ml_query_collect(MlSpelling *spelling, MlQuery *query, const MlValue *value)
{
    if (!ml_reading_enter(spelling->reading))
        return;
    collect(spelling, query, value);
    ml_reading_leave(spelling->reading);
}

/* What an alias or a subquery is of; NULL where a value is neither. */
static const MlValue *aliased(const MlValue *value, const MlValue **name)
{
    static const char *const methods[] = {"alias", "subquery", NULL};
    const MlValue *object;
    const char *method = ml_method_of(value, &object);
    gboolean function = ml_is_sqlalchemy_call(value, "alias");
    if (!function && (method == NULL || !g_strv_contains(methods, method)))
        return NULL;
    *name = ml_value_positional(value, function ? 1 : 0);
    *name = *name ? *name : ml_value_argument(value, "name");
    return function ? ml_value_positional(value, 0) : object;
}

gboolean ml_is_join(const MlValue *value)
{
    static const char *const names[] = {"join", "outerjoin", NULL};
    const char *name = ml_method_of(value, NULL);
    name = name ? name : ml_sqlalchemy_call(value);
    return name != NULL && g_strv_contains(names, name);
}

static gboolean spell_alias_name(MlSpelling *spelling, const MlValue *source, const MlValue *of,
                                 const MlValue *name)
{
    if (name != NULL && name->kind != ML_VALUE_NONE)
        return string_of(name) ? ml_spell_name(spelling, string_of(name))
                               : ml_spelling_refuse(spelling, NULL, name);
    char *made = g_hash_table_lookup(spelling->names, source);
    if (made == NULL) {
        const char *word = ml_is_table(spelling, of) ? string_of(ml_value_positional(of, 0)) : NULL;
        made = ml_spelling_number(spelling, word ? word : "anon");
        g_hash_table_insert(spelling->names, (gpointer)source, made);
    }
    return ml_spell_name(spelling, made);
}

gboolean ml_spell_source_name(MlSpelling *spelling, const MlValue *source)
{
    const MlValue *name, *of = aliased(source, &name);
    return of != NULL ? spell_alias_name(spelling, source, of, name)
                      : ml_spell_table(spelling, source);
}

/* left.join(right, onclause), join(left, right, onclause) */
static gboolean spell_join(MlSpelling *spelling, const MlValue *join)
{
    const MlValue *left;
    gboolean method = ml_method_of(join, &left) != NULL;
    const char *name = method ? ml_method_of(join, NULL) : ml_sqlalchemy_call(join);
    gsize at = method ? 0 : 1;
    left = method ? left : ml_value_positional(join, 0);
    const MlValue *right = ml_value_positional(join, at);
    const MlValue *condition = ml_value_positional(join, at + 1);
    condition = condition ? condition : ml_value_argument(join, "onclause");
    const MlValue *outer = ml_value_argument(join, "isouter");
    gsize known = at + 2 + (outer != NULL);
    if (left == NULL || right == NULL || condition == NULL || join->unknown.length != known ||
        join->unknown.open || ml_is_join(right) || (outer != NULL && outer->kind != ML_VALUE_BOOL))
        return ml_spelling_refuse(spelling, "has a join whose condition SQLAlchemy looks for",
                                  join);
    gboolean is_outer = *name == 'o' || (outer != NULL && outer->integer);
    if (!ml_spell_source(spelling, left))
        return FALSE;
    g_string_append(spelling->out, is_outer ? " LEFT OUTER JOIN " : " JOIN ");
    if (!ml_spell_source(spelling, right))
        return FALSE;
    g_string_append(spelling->out, " ON ");
    return ml_spell_condition(spelling, condition, FALSE);
}

static gboolean spell_source(MlSpelling *spelling, const MlValue *source)
{
    const MlValue *name, *of = aliased(source, &name);
    if (ml_is_join(source))
        return spell_join(spelling, source);
    if (of == NULL)
        return ml_spell_table(spelling, source);
    if (ml_is_select(of)) {
        g_string_append_c(spelling->out, '(');
        spelling->named = TRUE;
        if (!ml_spell_select(spelling, of))
            return FALSE;
        g_string_append_c(spelling->out, ')');
    } else if (!ml_spell_table(spelling, of)) {
        return FALSE;
    }
    g_string_append(spelling->out, " AS ");
    return spell_alias_name(spelling, source, of, name);
}

gboolean ml_spell_source(MlSpelling *spelling, const MlValue *source)
{
    if (!ml_reading_enter(spelling->reading))
        return ml_spelling_refuse(spelling, "is nested too deeply", source);
    gboolean known = spell_source(spelling, source);
    ml_reading_leave(spelling->reading);
    return known;
}
