#include "sql/context.h"

#include <string.h>

/* The columns that are set: INSERT INTO t (a, b), UPDATE t SET a = ..., b = ... */
static MlTexts written(const MlSql *sql, PgQuery__Node *const *targets, size_t length)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (size_t i = 0; i < length; i++)
        g_ptr_array_add(names, targets[i]->res_target->name);
    return ml_sql_texts(sql, names);
}

/* WITH may change rows too, before the statement that it belongs to. */
static void read_with(const MlSql *sql, const PgQuery__WithClause *with)
{
    for (size_t i = 0; with != NULL && i < with->n_ctes; i++) {
        const PgQuery__Node *query = with->ctes[i]->common_table_expr->ctequery;
        if (query->node_case != PG_QUERY__NODE__NODE_SELECT_STMT)
            ml_sql_rows(sql, query);
    }
}

/* ON CONFLICT ... DO UPDATE: an UPDATE by itself, of the rows that are there already. */
static void read_conflict(const MlSql *sql, const PgQuery__InsertStmt *statement,
                          const MlReads *reads)
{
    const PgQuery__OnConflictClause *conflict = statement->on_conflict_clause;
    if (conflict == NULL || conflict->action != PG_QUERY__ON_CONFLICT_ACTION__ONCONFLICT_UPDATE)
        return;
    MlOperation *operation = ml_sql_add_to(sql, ML_UPDATE, statement->relation);
    operation->columns_written = written(sql, conflict->target_list, conflict->n_target_list);
    operation->filtered = TRUE;
    operation->reads = reads;
}

static void read_insert(const MlSql *sql, const PgQuery__InsertStmt *statement)
{
    read_with(sql, statement->with_clause);
    const MlReads *reads = ml_sql_reads(sql, statement, statement->relation);
    read_conflict(sql, statement, reads);
    MlOperation *operation = ml_sql_add_to(sql, ML_INSERT, statement->relation);
    operation->columns_written = written(sql, statement->cols, statement->n_cols);
    operation->reads = reads;
    if (statement->select_stmt == NULL) /* DEFAULT VALUES */
        operation->rows = ml_sql_number(sql, 1);
    else if (statement->select_stmt->select_stmt->n_values_lists > 0)
        operation->rows =
            ml_sql_number(sql, (gint64)statement->select_stmt->select_stmt->n_values_lists);
}

static void read_update(const MlSql *sql, const PgQuery__UpdateStmt *statement)
{
    read_with(sql, statement->with_clause);
    MlOperation *operation = ml_sql_add_to(sql, ML_UPDATE, statement->relation);
    operation->columns_written = written(sql, statement->target_list, statement->n_target_list);
    operation->filtered = statement->where_clause != NULL;
    operation->reads = ml_sql_reads(sql, statement, statement->relation);
}

static void read_delete(const MlSql *sql, const PgQuery__DeleteStmt *statement)
{
    read_with(sql, statement->with_clause);
    MlOperation *operation = ml_sql_add_to(sql, ML_DELETE, statement->relation);
    operation->filtered = statement->where_clause != NULL;
    operation->reads = ml_sql_reads(sql, statement, statement->relation);
}

/* Each of its actions by itself; those on rows that match touch only these. */
static void read_merge(const MlSql *sql, const PgQuery__MergeStmt *statement)
{
    read_with(sql, statement->with_clause);
    const MlReads *reads = ml_sql_reads(sql, statement, statement->relation);
    for (size_t i = 0; i < statement->n_merge_when_clauses; i++) {
        const PgQuery__MergeWhenClause *when = statement->merge_when_clauses[i]->merge_when_clause;
        if (when->command_type == PG_QUERY__CMD_TYPE__CMD_NOTHING)
            continue;
        MlOperationKind kind = when->command_type == PG_QUERY__CMD_TYPE__CMD_INSERT   ? ML_INSERT
                               : when->command_type == PG_QUERY__CMD_TYPE__CMD_DELETE ? ML_DELETE
                                                                                      : ML_UPDATE;
        MlOperation *operation = ml_sql_add_to(sql, kind, statement->relation);
        operation->columns_written = written(sql, when->target_list, when->n_target_list);
        operation->filtered = TRUE;
        operation->reads = reads;
    }
}

static void read_truncate(const MlSql *sql, const PgQuery__TruncateStmt *statement)
{
    for (size_t i = 0; i < statement->n_relations; i++) {
        MlOperation *operation =
            ml_sql_add_to(sql, ML_TRUNCATE, statement->relations[i]->range_var);
        operation->cascade =
            ml_sql_said(sql, statement->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE);
    }
}

static void read_copy(const MlSql *sql, const PgQuery__CopyStmt *statement)
{
    if (!statement->is_from) {
        ml_sql_add(sql, ML_SELECT)->reads = ml_sql_reads(sql, statement, NULL);
        return;
    }
    MlOperation *operation = ml_sql_add_to(sql, ML_INSERT, statement->relation);
    operation->columns_written = ml_sql_names(sql, statement->attlist, statement->n_attlist);
}

/* --- SELECT ------------------------------------------------------------------ */

/* Functions that are common in migrations and change no schema. Sorted. */
static const char *const harmless_functions[] = {
    "abs",
    "array_agg",
    "array_append",
    "array_length",
    "array_position",
    "array_remove",
    "array_to_string",
    "avg",
    "bool_and",
    "bool_or",
    "cardinality",
    "ceil",
    "char_length",
    "clock_timestamp",
    "coalesce",
    "concat",
    "concat_ws",
    "count",
    "current_database",
    "current_schema",
    "current_setting",
    "currval",
    "date_part",
    "date_trunc",
    "decode",
    "dense_rank",
    "encode",
    "extract",
    "first_value",
    "floor",
    "format",
    "format_type",
    "gen_random_uuid",
    "generate_series",
    "has_schema_privilege",
    "has_table_privilege",
    "json_agg",
    "json_array_elements",
    "json_array_elements_text",
    "json_build_object",
    "json_each",
    "json_each_text",
    "jsonb_agg",
    "jsonb_array_elements",
    "jsonb_array_elements_text",
    "jsonb_array_length",
    "jsonb_build_array",
    "jsonb_build_object",
    "jsonb_each",
    "jsonb_each_text",
    "jsonb_object_agg",
    "jsonb_object_keys",
    "jsonb_set",
    "jsonb_typeof",
    "lag",
    "last_value",
    "lastval",
    "lead",
    "left",
    "length",
    "lower",
    "ltrim",
    "max",
    "md5",
    "min",
    "mod",
    "nextval",
    "now",
    "nullif",
    "obj_description",
    "pg_advisory_lock",
    "pg_advisory_unlock",
    "pg_advisory_xact_lock",
    "pg_backend_pid",
    "pg_get_constraintdef",
    "pg_get_expr",
    "pg_get_indexdef",
    "pg_get_serial_sequence",
    "pg_get_viewdef",
    "pg_relation_size",
    "pg_sleep",
    "pg_table_is_visible",
    "pg_total_relation_size",
    "pg_try_advisory_lock",
    "pg_try_advisory_xact_lock",
    "position",
    "random",
    "rank",
    "regexp_matches",
    "regexp_replace",
    "regexp_split_to_array",
    "regexp_split_to_table",
    "replace",
    "right",
    "round",
    "row_number",
    "row_to_json",
    "rtrim",
    "set_config",
    "setval",
    "split_part",
    "statement_timestamp",
    "string_agg",
    "string_to_array",
    "strpos",
    "substr",
    "substring",
    "sum",
    "to_char",
    "to_date",
    "to_json",
    "to_jsonb",
    "to_number",
    "to_regclass",
    "to_regtype",
    "to_timestamp",
    "to_tsvector",
    "transaction_timestamp",
    "trim",
    "trunc",
    "txid_current",
    "unnest",
    "upper",
    "uuid_generate_v4",
    "version",
};

static int compare_word(const void *word, const void *other)
{
    return strcmp(word, *(const char *const *)other);
}

static gboolean is_harmless_function(const char *function)
{
    static const char catalog[] = "pg_catalog.";
    if (g_str_has_prefix(function, catalog))
        function += strlen(catalog);
    return bsearch(function, harmless_functions, G_N_ELEMENTS(harmless_functions), sizeof(char *),
                   compare_word) != NULL;
}

static gboolean calls_harmless_functions(const MlReads *reads)
{
    for (gsize i = 0; reads != NULL && i < reads->n_functions; i++)
        if (!is_harmless_function(reads->functions[i]))
            return FALSE;
    return TRUE;
}

/* SELECT ... INTO t makes a table, whose columns cannot be told. */
static void make_table(const MlSql *sql, const PgQuery__IntoClause *into, const MlReads *reads)
{
    MlOperation *operation = ml_sql_add_to(sql, ML_CREATE_TABLE, into->rel);
    operation->open = TRUE;
    operation->temporary = ml_sql_said(sql, g_str_equal(into->rel->relpersistence, "t"));
    operation->reads = reads;
    ml_operations_add_unknown(sql->operations, operation, "columns", "has the columns of a query",
                              sql->origin);
}

/* Of a set operation, INTO is in its first part. */
static const PgQuery__IntoClause *into_of(const PgQuery__SelectStmt *statement)
{
    while (statement->larg != NULL)
        statement = statement->larg;
    return statement->into_clause;
}

static void read_select(const MlSql *sql, const PgQuery__SelectStmt *statement)
{
    read_with(sql, statement->with_clause);
    const PgQuery__IntoClause *into = into_of(statement);
    const MlReads *reads = ml_sql_reads(sql, statement, into);
    if (into != NULL)
        make_table(sql, into, reads);
    else
        ml_sql_add(sql, calls_harmless_functions(reads) ? ML_SELECT : ML_CALL)->reads = reads;
}

gboolean ml_sql_rows(const MlSql *sql, const PgQuery__Node *statement)
{
    switch (statement->node_case) {
    case PG_QUERY__NODE__NODE_INSERT_STMT:
        read_insert(sql, statement->insert_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
        read_update(sql, statement->update_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_DELETE_STMT:
        read_delete(sql, statement->delete_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_MERGE_STMT:
        read_merge(sql, statement->merge_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_TRUNCATE_STMT:
        read_truncate(sql, statement->truncate_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_COPY_STMT:
        read_copy(sql, statement->copy_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_SELECT_STMT:
        read_select(sql, statement->select_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_CALL_STMT:
        ml_sql_add(sql, ML_CALL)->reads = ml_sql_reads(sql, statement, NULL);
        return TRUE;
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT: {
        const PgQuery__CreateTableAsStmt *made = statement->create_table_as_stmt;
        const MlReads *reads = ml_sql_reads(sql, made->query, NULL);
        if (made->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW) {
            MlOperation *view = ml_sql_add_named(sql, ML_CREATE_OBJECT, made->into->rel);
            view->object = ML_OBJECT_MATERIALIZED_VIEW;
            view->if_not_exists = ml_sql_said(sql, made->if_not_exists);
            view->reads = reads;
        } else {
            make_table(sql, made->into, reads);
        }
        return TRUE;
    }
    default:
        return FALSE;
    }
}
