/*
 * batch_alter_table on SQLite: where ALTER does not do, Alembic makes the table anew of
 * what it can see of it.
 */
#include "schema/catalog.h"

/* SQLiteImpl.requires_recreate_in_batch */
static gboolean needs_recreation(const MlOperation *operation)
{
    MlDefaultKind kind;
    switch (operation->kind) {
    case ML_CREATE_INDEX:
    case ML_DROP_INDEX:
        return FALSE;
    case ML_ADD_COLUMN:
        kind = operation->n_columns ? operation->columns->server_default.kind : ML_DEFAULT_ABSENT;
        return kind == ML_DEFAULT_SQL || kind == ML_DEFAULT_UNKNOWN ||
               (kind == ML_DEFAULT_COMPUTED &&
                ml_is_true(operation->columns->server_default.stored));
    default:
        return TRUE;
    }
}

static gboolean is_recreated(const MlOperation *operation)
{
    const MlBatch *batch = operation->batch;
    return batch != NULL && !ml_text_is(batch->recreate, "never") &&
           (ml_text_is(batch->recreate, "always") || needs_recreation(operation));
}

/* A check without a name is not seen, and not made again. */
static void lose_checks(MlDraft *draft)
{
    for (guint i = draft->constraints->len; i-- > 0;) {
        const MlCatalogConstraint *constraint = draft->constraints->pdata[i];
        if (constraint->kind == ML_CHECK && constraint->name == NULL &&
            constraint->existence.is == ML_PRESENCE_PRESENT &&
            constraint->existence.made != draft->deed)
            ml_draft_drop_constraint_at(draft, i);
    }
}

/* batch_alter_table(naming_convention=): what had no name is made again with one. */
static void name_constraints(MlDraft *draft, MlTexts convention)
{
    for (guint i = 0; i < draft->constraints->len; i++) {
        const MlCatalogConstraint *constraint = draft->constraints->pdata[i];
        const char *key = ml_convention_key(constraint->kind);
        if (constraint->naming == ML_NAME_NONE && key != NULL && ml_texts_hold(convention, key))
            ml_draft_constraint_at(draft, i)->naming = ML_NAME_UNKNOWN;
    }
}

void ml_apply_batch(MlDraft *draft)
{
    const MlOperation *operation = draft->deed->operation;
    if (!ml_is_sqlite(draft->catalog) || !is_recreated(operation))
        return;
    if (ml_is_true(operation->batch->copy_from) || operation->batch->table_args.is != ML_ABSENT)
        ml_draft_blur(draft); /* what else there is to it is not read */
    else
        lose_checks(draft);
    name_constraints(draft, operation->batch->naming_convention);
}
