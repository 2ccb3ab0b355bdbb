#include "sql/context.h"

/* The values of SET, as one text: "a, b". */
static MlText value_of(const MlSql *sql, const PgQuery__VariableSetStmt *statement)
{
    if (statement->kind != PG_QUERY__VARIABLE_SET_KIND__VAR_SET_VALUE)
        return ml_sql_none(sql);
    g_autoptr(GString) joined = g_string_new(NULL);
    for (size_t i = 0; i < statement->n_args; i++) {
        const char *text = ml_sql_string(statement->args[i]);
        MlText other = text ? (MlText){0} : ml_sql_expression(sql, statement->args[i]);
        g_string_append_printf(joined, "%s%s", i > 0 ? ", " : "",
                               text         ? text
                               : other.text ? other.text
                                            : "");
    }
    return ml_sql_text(sql, joined->str);
}

static void read_set(const MlSql *sql, const PgQuery__VariableSetStmt *statement)
{
    MlOperation *operation = ml_sql_add(sql, ML_SET);
    operation->name = ml_sql_text(sql, statement->name); /* absent: RESET ALL */
    operation->value = value_of(sql, statement);
    operation->local = ml_sql_said(sql, statement->is_local);
}

static void read_transaction(const MlSql *sql, const PgQuery__TransactionStmt *statement)
{
    static const char *const words[] = {
        [PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_BEGIN] = "BEGIN",
        [PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_START] = "BEGIN",
        [PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT] = "COMMIT",
        [PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK] = "ROLLBACK",
        [PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_SAVEPOINT] = "SAVEPOINT",
        [PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_RELEASE] = "RELEASE",
        [PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_TO] = "ROLLBACK TO",
        [PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_PREPARE] = "PREPARE TRANSACTION",
        [PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT_PREPARED] = "COMMIT PREPARED",
        [PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_PREPARED] = "ROLLBACK PREPARED",
    };
    MlOperation *operation = ml_sql_add(sql, ML_TRANSACTION);
    if ((guint)statement->kind < G_N_ELEMENTS(words))
        operation->value = ml_sql_text(sql, words[statement->kind]);
    operation->name = ml_sql_text(sql, statement->savepoint_name);
}

static void read_lock(const MlSql *sql, const PgQuery__LockStmt *statement)
{
    static const char *const modes[] = {
        NULL,    "ACCESS SHARE",        "ROW SHARE", "ROW EXCLUSIVE",    "SHARE UPDATE EXCLUSIVE",
        "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE",
    };
    for (size_t i = 0; i < statement->n_relations; i++) {
        MlOperation *operation =
            ml_sql_add_to(sql, ML_LOCK_TABLE, statement->relations[i]->range_var);
        if (statement->mode > 0 && (guint)statement->mode < G_N_ELEMENTS(modes))
            operation->value = ml_sql_text(sql, modes[statement->mode]);
    }
}

static void read_vacuum(const MlSql *sql, const PgQuery__VacuumStmt *statement)
{
    if (!statement->is_vacuumcmd) {
        ml_sql_add_harmless(sql, "ANALYZE");
        return;
    }
    gboolean full = ml_sql_has_option(statement->options, statement->n_options, "full");
    for (size_t i = 0; i < MAX(statement->n_rels, 1); i++) {
        const PgQuery__RangeVar *table =
            statement->n_rels > 0 ? statement->rels[i]->vacuum_relation->relation : NULL;
        ml_sql_add_to(sql, ML_VACUUM, table)->value = ml_sql_text(sql, full ? "FULL" : NULL);
    }
}

static void read_reindex(const MlSql *sql, const PgQuery__ReindexStmt *statement)
{
    MlOperation *operation = statement->kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_INDEX
                                 ? ml_sql_add_named(sql, ML_REINDEX, statement->relation)
                                 : ml_sql_add_to(sql, ML_REINDEX, statement->relation);
    operation->concurrently =
        ml_sql_said(sql, ml_sql_has_option(statement->params, statement->n_params, "concurrently"));
}

static void read_cluster(const MlSql *sql, const PgQuery__ClusterStmt *statement)
{
    MlOperation *operation = ml_sql_add_to(sql, ML_CLUSTER, statement->relation);
    operation->name = ml_sql_text(sql, statement->indexname);
}

gboolean ml_sql_session(const MlSql *sql, const PgQuery__Node *statement)
{
    switch (statement->node_case) {
    case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT:
        read_set(sql, statement->variable_set_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_TRANSACTION_STMT:
        read_transaction(sql, statement->transaction_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_LOCK_STMT:
        read_lock(sql, statement->lock_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_VACUUM_STMT:
        read_vacuum(sql, statement->vacuum_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_REINDEX_STMT:
        read_reindex(sql, statement->reindex_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_CLUSTER_STMT:
        read_cluster(sql, statement->cluster_stmt);
        return TRUE;
    default:
        return FALSE;
    }
}
