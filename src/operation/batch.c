/* batch_alter_table on SQLite: where ALTER does not do, Alembic makes the table anew. */
#include "miglint/operation.h"

/* What a column brings along is added by itself, but for its own checks and its key. */
static gboolean brings_constraint(const MlOperation *operation)
{
    for (gsize i = 0; i < operation->n_constraints; i++)
        if (operation->constraints[i].kind != ML_PRIMARY_KEY &&
            operation->constraints[i].column.is == ML_ABSENT)
            return TRUE;
    return FALSE;
}

gboolean ml_operation_needs_recreation(const MlOperation *operation)
{
    MlDefaultKind kind;
    if (operation->execution != NULL || operation->statement != NULL) /* executed at once */
        return FALSE;
    switch (operation->kind) {
    case ML_CREATE_INDEX:
    case ML_DROP_INDEX:
    case ML_UNKNOWN_CALL:
        return FALSE;
    case ML_ADD_COLUMN:
        kind = operation->n_columns ? operation->columns->server_default.kind : ML_DEFAULT_ABSENT;
        return kind == ML_DEFAULT_SQL || kind == ML_DEFAULT_UNKNOWN ||
               (kind == ML_DEFAULT_COMPUTED &&
                ml_is_true(operation->columns->server_default.stored)) ||
               brings_constraint(operation);
    default:
        return TRUE;
    }
}

gboolean ml_batch_recreates(const MlBatch *batch)
{
    return !ml_text_is(batch->recreate, "never") &&
           (ml_text_is(batch->recreate, "always") || batch->needs_recreation);
}
