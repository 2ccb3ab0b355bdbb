#include "sql/context.h"

#include <string.h>

/* Statements that touch neither a schema nor rows. */
static gboolean is_harmless(PgQuery__Node__NodeCase kind)
{
    switch (kind) {
    case PG_QUERY__NODE__NODE_GRANT_STMT:
    case PG_QUERY__NODE__NODE_GRANT_ROLE_STMT:
    case PG_QUERY__NODE__NODE_ALTER_DEFAULT_PRIVILEGES_STMT:
    case PG_QUERY__NODE__NODE_ALTER_OWNER_STMT:
    case PG_QUERY__NODE__NODE_ALTER_ROLE_STMT:
    case PG_QUERY__NODE__NODE_ALTER_ROLE_SET_STMT:
    case PG_QUERY__NODE__NODE_ALTER_DATABASE_SET_STMT:
    case PG_QUERY__NODE__NODE_REASSIGN_OWNED_STMT:
    case PG_QUERY__NODE__NODE_SEC_LABEL_STMT:
    case PG_QUERY__NODE__NODE_VARIABLE_SHOW_STMT:
    case PG_QUERY__NODE__NODE_CONSTRAINTS_SET_STMT:
    case PG_QUERY__NODE__NODE_NOTIFY_STMT:
    case PG_QUERY__NODE__NODE_LISTEN_STMT:
    case PG_QUERY__NODE__NODE_UNLISTEN_STMT:
    case PG_QUERY__NODE__NODE_CHECK_POINT_STMT:
    case PG_QUERY__NODE__NODE_DISCARD_STMT:
    case PG_QUERY__NODE__NODE_DEALLOCATE_STMT:
    case PG_QUERY__NODE__NODE_DECLARE_CURSOR_STMT:
    case PG_QUERY__NODE__NODE_FETCH_STMT:
    case PG_QUERY__NODE__NODE_CLOSE_PORTAL_STMT:
        return TRUE;
    default:
        return FALSE;
    }
}

/* EXPLAIN ANALYZE does what it explains. */
static void read_explain(const MlSql *sql, const PgQuery__ExplainStmt *statement)
{
    if (ml_sql_has_option(statement->options, statement->n_options, "analyze"))
        ml_sql_statement(sql, statement->query);
    else
        ml_sql_add_harmless(sql, "EXPLAIN");
}

/* "GrantStmt" */
static const char *grammar_name(const PgQuery__Node *statement)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(&pg_query__node__descriptor, statement->node_case);
    const ProtobufCMessageDescriptor *message = field ? field->descriptor : NULL;
    return message ? message->short_name : "";
}

/*
 * Objects that have no kind of their own (roles, publications, foreign
 * servers, ...) are told apart by what the grammar calls the statement.
 */
static void read_other(const MlSql *sql, const PgQuery__Node *statement)
{
    const char *name = grammar_name(statement);
    g_autofree char *words = ml_sql_words(name);
    if (g_str_has_suffix(words, " STMT"))
        words[strlen(words) - strlen(" STMT")] = '\0';
    MlOperationKind kind = g_str_has_prefix(name, "Create")  ? ML_CREATE_OBJECT
                           : g_str_has_prefix(name, "Alter") ? ML_ALTER_OBJECT
                           : g_str_has_prefix(name, "Drop")  ? ML_DROP_OBJECT
                                                             : ML_UNKNOWN_SQL;
    if (is_harmless(statement->node_case)) {
        ml_sql_add_harmless(sql, words);
    } else if (kind == ML_UNKNOWN_SQL ||
               statement->node_case == PG_QUERY__NODE__NODE_DROP_OWNED_STMT) {
        g_autofree char *why = g_strdup_printf("what %s does cannot be told", words);
        ml_sql_add_unknown(sql, why);
    } else {
        MlOperation *operation = ml_sql_add(sql, kind);
        operation->object = ML_OBJECT_OTHER;
        operation->value = ml_sql_text(sql, words);
    }
}

void ml_sql_statement(const MlSql *sql, const PgQuery__Node *statement)
{
    switch (statement->node_case) {
    case PG_QUERY__NODE__NODE_CREATE_STMT:
        ml_sql_create_table(sql, statement->create_stmt);
        return;
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
        ml_sql_alter_table(sql, statement->alter_table_stmt);
        return;
    case PG_QUERY__NODE__NODE_INDEX_STMT:
        ml_sql_create_index(sql, statement->index_stmt);
        return;
    case PG_QUERY__NODE__NODE_EXPLAIN_STMT:
        read_explain(sql, statement->explain_stmt);
        return;
    case PG_QUERY__NODE__NODE_DO_STMT:
        ml_sql_add_unknown(sql, "a DO block may do anything");
        return;
    default:
        if (!ml_sql_rows(sql, statement) && !ml_sql_object(sql, statement) &&
            !ml_sql_session(sql, statement))
            read_other(sql, statement);
    }
}
