/*
 * batch_alter_table on SQLite: where ALTER does not do, Alembic makes the table anew of
 * what it can see of it.
 */
#include "schema/catalog.h"

/* What a column brings along is added by itself, but for its own checks and its key. */
static gboolean brings_constraint(const MlOperation *operation)
{
    for (gsize i = 0; i < operation->n_constraints; i++)
        if (operation->constraints[i].kind != ML_PRIMARY_KEY &&
            operation->constraints[i].column.is == ML_ABSENT)
            return TRUE;
    return FALSE;
}

/* SQLiteImpl.requires_recreate_in_batch */
static gboolean needs_recreation(const MlOperation *operation)
{
    MlDefaultKind kind;
    if (operation->execution != NULL || operation->statement != NULL) /* executed at once */
        return FALSE;
    switch (operation->kind) {
    case ML_CREATE_INDEX:
    case ML_DROP_INDEX:
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

gboolean ml_operation_recreates(const MlOperation *operation)
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

static gboolean is_of(const MlDeed *deed, const MlBatch *batch)
{
    return deed != NULL && deed->operation->batch == batch;
}

gboolean ml_index_has_expression(const MlCatalogIndex *index)
{
    for (gsize i = 0; index->definition != NULL && i < index->definition->n_parts; i++)
        if (index->definition->parts[i].expression.is == ML_KNOWN)
            return TRUE;
    return FALSE;
}

/* Nor is an index on an expression; those of the batch itself are made afterwards. */
static void lose_expressions(MlDraft *draft)
{
    for (guint i = draft->indexes->len; i-- > 0;) {
        const MlCatalogIndex *index = draft->indexes->pdata[i];
        if (index->existence.is == ML_PRESENCE_PRESENT && ml_index_has_expression(index) &&
            !is_of(index->existence.made, draft->deed->operation->batch))
            ml_draft_drop_index_at(draft, i);
    }
}

/* Of a column's type all but the collation is seen, unless the batch tells it. */
static void lose_collations(MlDraft *draft)
{
    for (guint i = 0; i < draft->columns->len; i++) {
        const MlCatalogColumn *seen = draft->columns->pdata[i];
        const MlDeed *changed = seen->existence.changed;
        gboolean is_told = is_of(changed, draft->deed->operation->batch) &&
                           (changed->operation->change == NULL ||
                            changed->operation->change->type->kind != ML_TYPE_ABSENT);
        if (seen->existence.is != ML_PRESENCE_PRESENT || is_told ||
            seen->type->collation.is != ML_KNOWN)
            continue;
        MlType *type = ml_pool_copy(draft->catalog->pool, seen->type, sizeof *type);
        type->collation = (MlText){0};
        ml_draft_column(draft, seen->name)->type = type;
    }
}

static void lose_unseen(MlDraft *draft)
{
    lose_checks(draft);
    lose_expressions(draft);
    if (draft->deed->operation->batch->reflect_args.is == ML_ABSENT)
        lose_collations(draft);
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
    if (!ml_is_sqlite(draft->catalog) || !ml_operation_recreates(operation))
        return;
    if (ml_is_true(operation->batch->copy_from) || operation->batch->table_args.is != ML_ABSENT)
        ml_draft_blur(draft); /* what else there is to it is not read */
    else
        lose_unseen(draft);
    name_constraints(draft, operation->batch->naming_convention);
}
