#include "sql/context.h"

#include <pg_query.h>
#include <string.h>

/* Postgres' own spelling of "SELECT expression", of which the expression is then kept. */
static PgQueryDeparseResult spell(const PgQuery__Node *expression)
{
    PgQuery__ResTarget target = PG_QUERY__RES_TARGET__INIT;
    target.val = (PgQuery__Node *)expression;
    PgQuery__Node target_node = PG_QUERY__NODE__INIT;
    target_node.node_case = PG_QUERY__NODE__NODE_RES_TARGET;
    target_node.res_target = &target;
    PgQuery__Node *targets[] = {&target_node};

    PgQuery__SelectStmt select = PG_QUERY__SELECT_STMT__INIT;
    select.n_target_list = 1;
    select.target_list = targets;
    select.limit_option = PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_DEFAULT;
    select.op = PG_QUERY__SET_OPERATION__SETOP_NONE;
    PgQuery__Node select_node = PG_QUERY__NODE__INIT;
    select_node.node_case = PG_QUERY__NODE__NODE_SELECT_STMT;
    select_node.select_stmt = &select;

    PgQuery__RawStmt statement = PG_QUERY__RAW_STMT__INIT;
    statement.stmt = &select_node;
    PgQuery__RawStmt *statements[] = {&statement};
    PgQuery__ParseResult tree = PG_QUERY__PARSE_RESULT__INIT;
    tree.n_stmts = 1;
    tree.stmts = statements;

    gsize size = pg_query__parse_result__get_packed_size(&tree);
    g_autofree guint8 *packed = g_malloc(size);
    pg_query__parse_result__pack(&tree, packed);
    return pg_query_deparse_protobuf((PgQueryProtobuf){.len = size, .data = (char *)packed});
}

MlText ml_sql_expression(const MlSql *sql, const PgQuery__Node *node)
{
    static const char select[] = "SELECT ";
    if (node == NULL)
        return (MlText){0};
    PgQueryDeparseResult result = spell(node);
    MlText text = {.is = ML_UNKNOWN, .origin = sql->origin};
    if (result.error == NULL && g_str_has_prefix(result.query, select))
        text = ml_sql_text(sql, result.query + strlen(select));
    pg_query_free_deparse_result(result);
    return text;
}
