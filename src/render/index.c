/* Indexes (visit_create_index of both dialects). */
#include "render/rendering.h"

#include <string.h>

/* --- parts ------------------------------------------------------------------------------ */

/* What needs no brackets of its own in Postgres: a call, and what is in brackets. */
static void append_expression(MlRendering *rendering, GString *out, const MlIndexPart *part)
{
    ml_append_sql_text(rendering, out, part->expression, "an expression");
}

void ml_append_index_part(MlRendering *rendering, GString *out, const MlIndexPart *part)
{
    if (part->column.is == ML_KNOWN)
        ml_append_column_name(rendering, out, part->column);
    else
        append_expression(rendering, out, part);
    if (part->order.is == ML_KNOWN)
        g_string_append_printf(out, " %s", part->order.text);
    if (part->nulls.is == ML_KNOWN)
        g_string_append_printf(out, " NULLS %s", part->nulls.text);
    if (part->operator_class.is == ML_UNKNOWN)
        ml_rendering_refuse(rendering, "has an operator class that cannot be told");
    else if (part->operator_class.is == ML_KNOWN)
        g_string_append_printf(out, " %s", part->operator_class.text);
}

static void append_parts(MlRendering *rendering, GString *out, const MlIndex *index)
{
    if (index->open)
        ml_rendering_refuse(rendering, "has an index of columns that cannot be told");
    g_string_append_c(out, '(');
    for (gsize i = 0; i < index->n_parts; i++) {
        MlIndexPart part = index->parts[i];
        if (ml_rendering_is(rendering, ML_SQLITE))
            part.operator_class = (MlText){0};
        g_string_append(out, i > 0 ? ", " : "");
        ml_append_index_part(rendering, out, &part);
    }
    g_string_append_c(out, ')');
}

/* --- options of Postgres -----------------------------------------------------------------------
 */

static gboolean is_storage(const MlKeyword *keyword)
{
    return strncmp(keyword->name, "postgresql_", strlen("postgresql_")) != 0 &&
           strncmp(keyword->name, "sqlite_", strlen("sqlite_")) != 0 &&
           strncmp(keyword->name, "mysql_", strlen("mysql_")) != 0;
}

static void append_storage(MlRendering *rendering, GString *out, const MlIndex *index)
{
    gsize before = out->len;
    for (gsize i = 0; i < index->n_keywords; i++) {
        const MlKeyword *keyword = &index->keywords[i];
        if (!is_storage(keyword))
            continue;
        g_string_append_printf(out, "%s%s = ", out->len > before ? ", " : " WITH (", keyword->name);
        ml_append_sql_text(rendering, out, keyword->value, keyword->name);
    }
    if (out->len > before)
        g_string_append_c(out, ')');
}

static void append_postgresql_options(MlRendering *rendering, GString *out, const MlIndex *index)
{
    MlText tablespace =
        ml_keyword_value(index->keywords, index->n_keywords, "postgresql_tablespace");
    ml_append_include(rendering, out, index->include, (MlTexts){0});
    if (index->nulls_not_distinct.is == ML_KNOWN)
        g_string_append(out, index->nulls_not_distinct.value ? " NULLS NOT DISTINCT"
                                                             : " NULLS DISTINCT");
    append_storage(rendering, out, index);
    if (tablespace.is == ML_ABSENT || ml_text_is(tablespace, ""))
        return;
    g_string_append(out, " TABLESPACE ");
    ml_append_known_name(rendering, out, tablespace, "its tablespace");
}

/* --- CREATE, DROP --------------------------------------------------------------------------------
 */

static void append_index_name(MlRendering *rendering, GString *out, const MlIndex *index)
{
    MlResolvedName name = ml_index_resolved_name(rendering->catalog, rendering->operation, index);
    if (!ml_append_resolved_name(rendering, out, name, index->name, index->final))
        ml_rendering_refuse(rendering, "has an index without a name");
}

static void append_schema(MlRendering *rendering, GString *out)
{
    MlText schema = rendering->operation->schema;
    if (schema.is != ML_KNOWN || *schema.text == '\0')
        return;
    ml_append_name(rendering, out, schema.text);
    g_string_append_c(out, '.');
}

/* Postgres puts the schema before the table, SQLite before the index. */
static void append_where_it_is(MlRendering *rendering, GString *out, const MlIndex *index)
{
    if (ml_rendering_is(rendering, ML_SQLITE))
        append_schema(rendering, out);
    append_index_name(rendering, out, index);
    g_string_append(out, " ON ");
    if (ml_rendering_is(rendering, ML_POSTGRESQL))
        append_schema(rendering, out);
    ml_append_known_name(rendering, out, rendering->operation->table, "its table");
    g_string_append_c(out, ' ');
}

static gboolean is_concurrent(const MlRendering *rendering)
{
    return ml_rendering_is(rendering, ML_POSTGRESQL) &&
           ml_is_true(rendering->operation->concurrently);
}

void ml_send_index(MlRendering *rendering, const MlIndex *index)
{
    gboolean on_postgres = ml_rendering_is(rendering, ML_POSTGRESQL);
    gboolean by_itself = rendering->operation->kind == ML_CREATE_INDEX;
    GString *statement = g_string_new("CREATE ");
    ml_refuse_if_old(rendering, index->nulls_not_distinct.is == ML_KNOWN,
                     "postgresql_nulls_not_distinct");
    g_string_append(statement, ml_is_true(index->unique) ? "UNIQUE INDEX " : "INDEX ");
    if (is_concurrent(rendering) ||
        ml_text_is(ml_keyword_value(index->keywords, index->n_keywords, "postgresql_concurrently"),
                   "True"))
        g_string_append(statement, on_postgres ? "CONCURRENTLY " : "");
    if (by_itself)
        ml_append_condition(rendering, statement, rendering->operation->if_not_exists,
                            "IF NOT EXISTS");
    append_where_it_is(rendering, statement, index);
    if (on_postgres && index->method.is != ML_ABSENT && index->method.is != ML_NONE) {
        g_string_append(statement, "USING ");
        ml_append_method(rendering, statement, index->method);
        g_string_append_c(statement, ' ');
    }
    append_parts(rendering, statement, index);
    if (on_postgres)
        append_postgresql_options(rendering, statement, index);
    if (index->where.is == ML_KNOWN || index->where.is == ML_UNKNOWN) {
        g_string_append(statement, " WHERE ");
        ml_append_sql_text(rendering, statement, index->where, "its condition");
    }
    ml_rendering_send(rendering, statement);
}

void ml_render_create_index(MlRendering *rendering)
{
    if (rendering->operation->n_indexes > 0)
        ml_send_index(rendering, &rendering->operation->indexes[0]);
    else
        ml_rendering_refuse(rendering, "has columns that cannot be told");
}

void ml_render_drop_index(MlRendering *rendering)
{
    const MlOperation *operation = rendering->operation;
    GString *statement = g_string_new("DROP INDEX ");
    if (is_concurrent(rendering))
        g_string_append(statement, "CONCURRENTLY ");
    ml_append_condition(rendering, statement, operation->if_exists, "IF EXISTS");
    append_schema(rendering, statement);
    if (!ml_append_resolved_name(rendering, statement,
                                 ml_dropped_name(rendering->catalog, operation), operation->name,
                                 operation->final))
        ml_rendering_refuse(rendering, "has no name");
    ml_rendering_send(rendering, statement);
}
