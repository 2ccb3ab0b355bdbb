/*
 * batch_alter_table on SQLite: where ALTER does not do, Alembic makes the table anew of
 * what it can see of it.
 */
#include "schema/catalog.h"

/* How much Alembic leaves of the new table's name. */
enum { MOST_LETTERS = 50 };

gboolean ml_operation_recreates(const MlOperation *operation)
{
    const MlBatch *batch = operation->batch;
    return batch != NULL && !ml_text_is(batch->recreate, "never") &&
           (ml_text_is(batch->recreate, "always") || ml_operation_needs_recreation(operation));
}

char *ml_batch_new_name(const char *table)
{
    g_autofree char *name = g_strconcat("_alembic_tmp_", table, NULL);
    return g_utf8_validate(name, -1, NULL) && g_utf8_strlen(name, -1) > MOST_LETTERS
               ? g_utf8_substring(name, 0, MOST_LETTERS)
               : g_steal_pointer(&name);
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

/* --- naming_convention= ------------------------------------------------------------------------
 */

static MlTexts texts_of(MlDraft *draft, MlNames names)
{
    MlText *items = ml_pool_alloc(draft->catalog->pool, (names.length + 1) * sizeof *items);
    for (gsize i = 0; i < names.length; i++)
        items[i] = (MlText){.is = names.items[i] ? ML_KNOWN : ML_UNKNOWN, .text = names.items[i]};
    return (MlTexts){
        .is = names.known ? ML_KNOWN : ML_UNKNOWN, .items = items, .length = names.length};
}

static MlText text_or_unknown(const char *text)
{
    return (MlText){.is = text ? ML_KNOWN : ML_UNKNOWN, .text = text};
}

static void name_constraint(MlDraft *draft, guint at)
{
    const MlCatalogConstraint *constraint = draft->constraints->pdata[at];
    const MlConstraint found = {
        .kind = constraint->kind,
        .name =
            constraint->naming == ML_NAME_NONE ? (MlText){0} : text_or_unknown(constraint->name),
        .columns = texts_of(draft, constraint->columns),
        .referred_table = text_or_unknown(constraint->referred_table),
        .referred_columns = texts_of(draft, constraint->referred_columns),
    };
    MlResolvedName name = ml_batch_resolved_name(draft->catalog, draft->deed->operation, &found);
    if (name.naming == constraint->naming && g_strcmp0(name.text, constraint->name) == 0)
        return;
    MlCatalogConstraint *named = ml_draft_constraint_at(draft, at);
    named->name = name.text;
    named->naming = name.naming;
    named->existence.changed = named->existence.since = draft->deed;
}

/* What is found in the table is made again with the name that the batch's convention gives it. */
void ml_batch_name_constraints(MlDraft *draft)
{
    const MlOperation *operation = draft->deed->operation;
    const MlBatch *batch = operation->batch;
    if (batch == NULL || batch->naming_convention.is == ML_ABSENT ||
        !ml_is_sqlite(draft->catalog) ||
        (!ml_batch_recreates(batch) && !ml_operation_recreates(operation)))
        return;
    for (guint i = 0; i < draft->constraints->len; i++) {
        const MlCatalogConstraint *constraint = draft->constraints->pdata[i];
        if (!is_of(constraint->existence.made, batch) &&
            !is_of(constraint->existence.changed, batch) &&
            constraint->existence.is == ML_PRESENCE_PRESENT &&
            constraint->naming != ML_NAME_UNKNOWN)
            name_constraint(draft, i);
    }
}

/* --- checks of types ---------------------------------------------------------------------------
 */

/* The check that a boolean or an enum makes where the database has neither; NULL: none. */
static const MlConstraint *check_of(MlDraft *draft, const MlType *type)
{
    type = ml_type_in(type, "sqlite");
    if ((type->kind != ML_TYPE_ENUM && type->kind != ML_TYPE_BOOLEAN) ||
        !ml_is_true(type->create_constraint))
        return NULL;
    MlConstraint *check = ml_pool_alloc(draft->catalog->pool, sizeof *check);
    check->kind = ML_CHECK;
    check->origin = type->create_constraint.origin;
    check->name = type->name;
    check->of_type = type;
    check->columns = (MlTexts){.is = ML_KNOWN, .items = &draft->deed->operation->name, .length = 1};
    check->condition.is = ML_UNKNOWN;
    return check;
}

static void drop_check(MlDraft *draft, const char *name)
{
    for (guint i = draft->constraints->len; name != NULL && i-- > 0;) {
        const MlCatalogConstraint *constraint = draft->constraints->pdata[i];
        if (constraint->kind == ML_CHECK && g_strcmp0(constraint->name, name) == 0 &&
            constraint->existence.is == ML_PRESENCE_PRESENT)
            ml_draft_drop_constraint_at(draft, i);
    }
}

void ml_batch_change_checks(MlDraft *draft)
{
    const MlOperation *operation = draft->deed->operation;
    gboolean anew = ml_is_sqlite(draft->catalog) && operation->batch != NULL &&
                    ml_operation_recreates(operation);
    gboolean typed = operation->change != NULL && operation->change->type->kind != ML_TYPE_ABSENT;
    const MlConstraint *check;
    if (!anew)
        return;
    if (typed && operation->existing != NULL &&
        (check = check_of(draft, operation->existing->type)) != NULL)
        drop_check(draft, ml_constraint_resolved_name(draft->catalog, operation, check).text);
    if (operation->new_name.is == ML_KNOWN && operation->existing != NULL)
        drop_check(draft, ml_type_in(operation->existing->type, "sqlite")->name.text);
    if (typed && (check = check_of(draft, operation->change->type)) != NULL)
        ml_draft_make_constraint(draft, check);
}

/* --- what stays of how the new table is made ---------------------------------------------------
 */

/* ix__alembic_tmp_t_c: Column(index=True) makes an index of the new table as well, which keeps the
 * name that it got there. */
static void add_twin_index(MlDraft *draft, const MlIndex *made)
{
    MlPool *pool = draft->catalog->pool;
    const MlText *schema = &draft->deed->operation->schema;
    if (made->n_parts != 1 || made->parts->column.is != ML_KNOWN || schema->is == ML_UNKNOWN)
        return;
    g_autofree char *table = ml_batch_new_name(draft->table.name);
    g_autofree char *name =
        g_strdup_printf("ix_%s%s%s_%s", schema->is == ML_KNOWN ? schema->text : "",
                        schema->is == ML_KNOWN ? "_" : "", table, made->parts->column.text);
    MlCatalogIndex *twin = ml_pool_alloc(pool, sizeof *twin);
    twin->existence = ml_made(draft->deed, made->origin);
    twin->definition = made;
    twin->columns = ml_names_of_parts(pool, made->parts, made->n_parts, FALSE);
    twin->name = ml_pool_text(pool, name);
    twin->naming = ML_NAME_BY_CONVENTION;
    ml_draft_add_index(draft, twin);
}

/* So does unique=True a constraint, and a type its check, by another name than the one that is
 * added. It comes first. */
static void add_twin_constraint(MlDraft *draft, const MlConstraint *made)
{
    MlCatalogConstraint *twin = NULL;
    for (guint i = draft->constraints->len; i-- > 0 && twin == NULL;) {
        const MlCatalogConstraint *other = draft->constraints->pdata[i];
        if (other->definition == made)
            twin = ml_pool_copy(draft->catalog->pool, other, sizeof *twin);
    }
    if (twin == NULL)
        return;
    gboolean named = made->of_type != NULL && made->name.is == ML_KNOWN;
    twin->name = named ? ml_pool_text(draft->catalog->pool, made->name.text) : NULL;
    twin->naming = named ? ML_NAME_GIVEN : ML_NAME_NONE;
    if (named)
        ml_draft_add_constraint(draft, twin);
    else
        g_ptr_array_insert(draft->constraints, 0, twin);
}

static gboolean is_placed(const MlOperation *operation)
{
    for (gsize i = 0; i < operation->n_keywords; i++)
        if (g_str_has_prefix(operation->keywords[i].name, "insert_"))
            return TRUE;
    for (gsize i = 0; i < operation->batch->n_keywords; i++)
        if (g_str_equal(operation->batch->keywords[i].name, "partial_reordering"))
            return TRUE;
    return FALSE;
}

static void add_twins(MlDraft *draft)
{
    const MlOperation *operation = draft->deed->operation;
    if (operation->kind != ML_ADD_COLUMN || operation->n_columns == 0)
        return;
    draft->table.unordered |= is_placed(operation);
    for (gsize i = 0; i < operation->n_indexes; i++)
        if (ml_is_true(operation->columns->index))
            add_twin_index(draft, &operation->indexes[i]);
    for (gsize i = 0; i < operation->n_constraints; i++) {
        const MlConstraint *made = &operation->constraints[i];
        if (made->of_type != NULL ||
            (made->kind == ML_UNIQUE && made->inlined && ml_is_true(operation->columns->unique)))
            add_twin_constraint(draft, made);
    }
}

/* --- names that a batch changes ------------------------------------------------------------------
 */

static gboolean mentions(const MlOperation *operation, const char *column)
{
    gboolean of_column = operation->kind == ML_ALTER_COLUMN || operation->kind == ML_DROP_COLUMN;
    gboolean found = of_column && ml_text_is(operation->name, column);
    for (gsize i = 0; i < operation->n_constraints; i++)
        found |= ml_texts_hold(operation->constraints[i].columns, column);
    for (gsize i = 0; i < operation->n_indexes; i++)
        for (gsize j = 0; j < operation->indexes[i].n_parts; j++)
            found |= ml_text_is(operation->indexes[i].parts[j].column, column);
    return found;
}

/* A batch calls a column by its old name to its end, and leaves out what calls it by the new one.
 */
static gboolean mentions_renamed(const MlDraft *draft)
{
    const MlOperation *operation = draft->deed->operation;
    for (guint i = 0; i < draft->columns->len; i++) {
        const MlCatalogColumn *column = draft->columns->pdata[i];
        const MlDeed *since = column->existence.since;
        if (is_of(since, operation->batch) && since->operation != operation &&
            since->operation->kind == ML_ALTER_COLUMN &&
            (mentions(operation, column->name) || mentions(operation, since->operation->name.text)))
            return TRUE;
    }
    return FALSE;
}

void ml_apply_batch(MlDraft *draft)
{
    const MlOperation *operation = draft->deed->operation;
    if (!ml_is_sqlite(draft->catalog) || operation->batch == NULL ||
        (!ml_batch_recreates(operation->batch) && !ml_operation_recreates(operation)))
        return;
    if (mentions_renamed(draft))
        ml_draft_blur(draft);
    add_twins(draft);
    if (ml_is_true(operation->batch->copy_from) || operation->batch->table_args.is != ML_ABSENT)
        ml_draft_blur(draft); /* what else there is to it is not read */
    else
        lose_unseen(draft);
}
