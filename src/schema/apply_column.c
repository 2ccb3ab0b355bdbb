/* Columns that are added, dropped, altered, renamed. */
#include "schema/catalog.h"

/* --- making -------------------------------------------------------------- */

static void add_sequence(MlDraft *draft, MlCatalogColumn *column)
{
    MlPool *pool = draft->catalog->pool;
    column->sequence = ml_chosen_sequence_name(draft, column->name);
    if (column->sequence == NULL)
        return;
    MlCatalogObject *sequence = ml_pool_alloc(pool, sizeof *sequence);
    sequence->existence = ml_made(draft->deed, column->existence.origin);
    sequence->kind = ML_CATALOG_SEQUENCE;
    sequence->schema = draft->table.schema;
    sequence->name = column->sequence;
    sequence->table = draft->table.name;
    ml_catalog_store_object(draft->catalog, sequence, draft->deed->sequence);
}

static gboolean owns_sequence(const MlCatalogColumn *column)
{
    return column->server_default.kind == ML_DEFAULT_SERIAL ||
           column->server_default.kind == ML_DEFAULT_IDENTITY;
}

/* What SQLAlchemy makes of an integer key without a default, on Postgres. */
static void set_default(MlDraft *draft, MlCatalogColumn *made, const MlColumn *column)
{
    made->server_default = column->server_default;
    if (made->server_default.kind == ML_DEFAULT_ABSENT)
        made->server_default.kind = ML_DEFAULT_NONE;
    const MlOperation *operation = draft->deed->operation;
    if (column->server_default.kind != ML_DEFAULT_ABSENT || operation->statement != NULL ||
        ml_is_sqlite(draft->catalog))
        return;
    MlAnswer serial = ml_column_is_serial(operation, column);
    if (serial == ML_YES && ml_is_postgres(draft->catalog))
        made->server_default.kind = ML_DEFAULT_SERIAL;
    else if (serial != ML_NO)
        made->server_default.kind = ML_DEFAULT_UNKNOWN;
}

/* A type of the project's own may bring a check with it, as sqlalchemy.types.SchemaType does. */
static void add_perhaps_check(MlDraft *draft, const MlCatalogColumn *column)
{
    MlTypeKind kind = column->type->kind;
    if (draft->deed->operation->statement != NULL ||
        (kind != ML_TYPE_CUSTOM && kind != ML_TYPE_UNKNOWN))
        return;
    MlPool *pool = draft->catalog->pool;
    MlCatalogConstraint *check = ml_pool_alloc(pool, sizeof *check);
    check->existence = ml_made(draft->deed, column->existence.origin);
    check->existence.is = ML_PRESENCE_UNKNOWN;
    check->kind = ML_CHECK;
    check->condition.is = ML_UNKNOWN;
    check->columns.items = ml_pool_copy(pool, &column->name, sizeof column->name);
    check->columns.length = 1;
    ml_draft_add_constraint(draft, check);
}

void ml_draft_make_column(MlDraft *draft, const MlColumn *column)
{
    MlPool *pool = draft->catalog->pool;
    MlCatalogColumn *made = ml_pool_alloc(pool, sizeof *made);
    made->existence = ml_made(draft->deed, column->origin);
    made->name = ml_pool_text(pool, column->name.text);
    made->type = column->type;
    made->nullable = ml_column_is_nullable(column);
    made->definition = column;
    made->comment = column->comment;
    if (made->comment.is == ML_ABSENT)
        made->comment.is = ML_NONE;
    set_default(draft, made, column);
    if (ml_is_postgres(draft->catalog) && owns_sequence(made))
        add_sequence(draft, made);
    ml_draft_add_column(draft, made);
    add_perhaps_check(draft, made);
}

static void add(MlDraft *draft)
{
    const MlOperation *operation = draft->deed->operation;
    if (operation->n_columns == 0 || operation->columns->name.is != ML_KNOWN) {
        ml_draft_blur(draft);
        return;
    }
    MlPresence was = ml_table_column(&draft->table, operation->columns->name.text, NULL);
    gboolean kept = ml_is_true(operation->if_not_exists) && was != ML_PRESENCE_ABSENT;
    if (kept && was == ML_PRESENCE_PRESENT)
        return;
    guint constraints = draft->constraints->len, indexes = draft->indexes->len;
    ml_draft_make_column(draft, operation->columns);
    for (gsize i = 0; i < operation->n_constraints; i++)
        ml_draft_make_constraint(draft, &operation->constraints[i]);
    for (gsize i = 0; i < operation->n_indexes; i++)
        ml_draft_make_index(draft, &operation->indexes[i]);
    if (!kept)
        return;
    MlCatalogColumn *column = ml_draft_column(draft, operation->columns->name.text);
    column->type = &ml_type_unknown;
    column->nullable = ML_PERHAPS;
    column->server_default.kind = ML_DEFAULT_UNKNOWN;
    column->comment.is = ML_UNKNOWN;
    for (guint i = constraints; i < draft->constraints->len; i++)
        ml_draft_constraint_at(draft, i)->existence.is = ML_PRESENCE_UNKNOWN;
    for (guint i = indexes; i < draft->indexes->len; i++)
        ml_draft_index_at(draft, i)->existence.is = ML_PRESENCE_UNKNOWN;
}

/* --- dropping ------------------------------------------------------------ */

static gboolean may_mention(MlText sql, const char *column)
{
    return sql.is == ML_UNKNOWN || ml_sql_mentions(sql.text, column);
}

static gboolean may_be_mentioned_by(const MlIndexPart *parts, gsize count, MlText where,
                                    MlTexts include, const char *column)
{
    for (gsize i = 0; i < count; i++)
        if (may_mention(parts[i].expression, column))
            return TRUE;
    return may_mention(where, column) || include.is == ML_UNKNOWN || ml_texts_hold(include, column);
}

static void drop_keys(MlDraft *draft, const char *column)
{
    for (guint i = draft->constraints->len; i-- > 0;) {
        const MlCatalogConstraint *constraint = draft->constraints->pdata[i];
        const MlConstraint *as_made = constraint->definition;
        if (constraint->existence.is == ML_PRESENCE_ABSENT)
            continue;
        if (ml_names_hold(constraint->columns, column))
            ml_draft_drop_constraint_at(draft, i);
        else if (!constraint->columns.known || may_mention(constraint->condition, column) ||
                 (as_made != NULL && may_be_mentioned_by(as_made->parts, as_made->n_parts,
                                                         as_made->where, as_made->include, column)))
            ml_draft_constraint_at(draft, i)->existence.is = ML_PRESENCE_UNKNOWN;
    }
}

static void drop_indexes(MlDraft *draft, const char *column)
{
    for (guint i = draft->indexes->len; i-- > 0;) {
        const MlCatalogIndex *index = draft->indexes->pdata[i];
        const MlIndex *as_made = index->definition;
        if (index->existence.is == ML_PRESENCE_ABSENT)
            continue;
        if (ml_names_hold(index->columns, column))
            ml_draft_drop_index_at(draft, i);
        else if (!index->columns.known ||
                 (as_made != NULL && may_be_mentioned_by(as_made->parts, as_made->n_parts,
                                                         as_made->where, as_made->include, column)))
            ml_draft_index_at(draft, i)->existence.is = ML_PRESENCE_UNKNOWN;
    }
}

/* Where that column is no more: keys and indexes that have it. */
static void drop_users(MlDraft *draft, const char *column)
{
    drop_keys(draft, column);
    drop_indexes(draft, column);
}

static void drop_sequence(MlDraft *draft, const MlCatalogColumn *column)
{
    const MlCatalogObject *sequence = NULL;
    if (column->sequence == NULL)
        return;
    ml_catalog_sequence(draft->catalog, draft->table.schema, column->sequence, &sequence);
    if (sequence == NULL)
        return;
    MlCatalogObject *dropped = ml_pool_copy(draft->catalog->pool, sequence, sizeof *sequence);
    dropped->existence = ml_dropped(sequence->existence, draft->deed);
    ml_catalog_store_object(draft->catalog, dropped, draft->deed->sequence);
}

/* DROP COLUMN ... CASCADE takes the foreign keys to it along. */
static void drop_references(MlDraft *draft, const char *column)
{
    g_autoptr(GArray) referrers =
        ml_catalog_referrers(draft->catalog, draft->table.schema, draft->table.name, column);
    for (guint i = 0; i < referrers->len; i++) {
        const MlReferrer *referrer = &g_array_index(referrers, MlReferrer, i);
        g_auto(MlDraft) other = ml_draft_open(draft->catalog, draft->deed, referrer->table->schema,
                                              referrer->table->name);
        for (guint at = other.constraints->len; at-- > 0;)
            if (other.constraints->pdata[at] == referrer->key)
                ml_draft_drop_constraint_at(&other, at);
        ml_draft_keep(&other);
    }
}

static void drop(MlDraft *draft)
{
    const char *name = draft->deed->operation->name.text;
    for (guint i = draft->columns->len; i-- > 0;) {
        const MlCatalogColumn *column = draft->columns->pdata[i];
        if (!g_str_equal(column->name, name) || column->existence.is == ML_PRESENCE_ABSENT)
            continue;
        drop_sequence(draft, column);
        ml_draft_drop_column_at(draft, i);
        drop_users(draft, name);
        return;
    }
    if (!draft->table.open)
        return;
    MlCatalogColumn *column = ml_draft_column(draft, name);
    column->existence = ml_dropped((MlExistence){0}, draft->deed);
    drop_users(draft, name);
}

/* --- altering ------------------------------------------------------------ */

static void change(MlDraft *draft, MlCatalogColumn *column, const MlColumn *to)
{
    if (to->type->kind != ML_TYPE_ABSENT)
        column->type = to->type;
    if (to->nullable.is != ML_ABSENT)
        column->nullable = to->nullable.is != ML_KNOWN ? ML_PERHAPS
                           : to->nullable.value        ? ML_YES
                                                       : ML_NO;
    if (to->comment.is != ML_ABSENT)
        column->comment = to->comment;
    if (to->server_default.kind == ML_DEFAULT_ABSENT)
        return;
    column->server_default = to->server_default;
    if (ml_is_postgres(draft->catalog) && to->server_default.kind == ML_DEFAULT_IDENTITY)
        add_sequence(draft, column);
}

static MlText rewritten(MlText sql, const char *column)
{
    return ml_sql_mentions(sql.text, column) ? (MlText){.is = ML_UNKNOWN, .origin = sql.origin}
                                             : sql;
}

static void rename_in_table(MlDraft *draft, const char *from, const char *to)
{
    MlPool *pool = draft->catalog->pool;
    for (guint i = 0; i < draft->constraints->len; i++) {
        MlCatalogConstraint *constraint = ml_draft_constraint_at(draft, i);
        constraint->columns = ml_names_replaced(pool, constraint->columns, from, to);
        constraint->condition = rewritten(constraint->condition, from);
    }
    for (guint i = 0; i < draft->indexes->len; i++) {
        MlCatalogIndex *index = ml_draft_index_at(draft, i);
        const MlIndex *as_made = index->definition;
        index->columns = ml_names_replaced(pool, index->columns, from, to);
        index->rewritten |=
            as_made != NULL && may_be_mentioned_by(as_made->parts, as_made->n_parts, as_made->where,
                                                   as_made->include, from);
    }
}

static void rename_references(MlDraft *draft, const char *from, const char *to)
{
    MlPool *pool = draft->catalog->pool;
    g_autoptr(GArray) referrers =
        ml_catalog_referrers(draft->catalog, draft->table.schema, draft->table.name, from);
    for (guint i = 0; i < referrers->len; i++) {
        const MlReferrer *referrer = &g_array_index(referrers, MlReferrer, i);
        g_auto(MlDraft) other = ml_draft_open(draft->catalog, draft->deed, referrer->table->schema,
                                              referrer->table->name);
        other.table.existence.changed = referrer->table->existence.changed;
        for (guint at = 0; at < other.constraints->len; at++)
            if (other.constraints->pdata[at] == referrer->key)
                ml_draft_constraint_at(&other, at)->referred_columns =
                    ml_names_replaced(pool, referrer->key->referred_columns, from, to);
        ml_draft_keep(&other);
    }
}

static void leave_name(MlDraft *draft, const MlCatalogColumn *column, const char *name)
{
    MlCatalogColumn *old = ml_pool_copy(draft->catalog->pool, column, sizeof *column);
    old->name = name;
    old->existence = ml_dropped(old->existence, draft->deed);
    if (draft->table.open)
        ml_draft_add_column(draft, old);
}

static void rename_column(MlDraft *draft, MlCatalogColumn *column, const char *to)
{
    const char *from = column->name;
    for (guint i = 0; i < draft->columns->len; i++) {
        const MlCatalogColumn *other = draft->columns->pdata[i];
        if (other != column && g_str_equal(other->name, to))
            g_ptr_array_remove_index(draft->columns, i--);
    }
    const MlExistence existence = column->existence;
    column->name = ml_pool_text(draft->catalog->pool, to);
    column->existence.since = draft->deed;
    MlCatalogColumn old = *column;
    old.existence = existence;
    leave_name(draft, &old, from);
    rename_in_table(draft, from, column->name);
}

static void alter(MlDraft *draft)
{
    const MlOperation *operation = draft->deed->operation;
    MlCatalogColumn *column = ml_draft_column(draft, operation->name.text);
    ml_batch_change_checks(draft);
    if (operation->change != NULL)
        change(draft, column, operation->change);
    if (operation->new_name.is == ML_KNOWN &&
        !g_str_equal(operation->new_name.text, operation->name.text))
        rename_column(draft, column, operation->new_name.text);
}

/* --- all of them --------------------------------------------------------- */

typedef void Change(MlDraft *draft);

static Change *change_of(MlOperationKind kind)
{
    switch (kind) {
    case ML_ADD_COLUMN:
        return add;
    case ML_DROP_COLUMN:
        return drop;
    case ML_ALTER_COLUMN:
        return alter;
    default:
        return NULL;
    }
}

gboolean ml_apply_column(MlCatalog *catalog, const MlDeed *deed)
{
    const MlOperation *operation = deed->operation;
    Change *change_table = change_of(operation->kind);
    if (change_table == NULL)
        return FALSE;
    if (operation->kind == ML_ALTER_COLUMN && operation->new_name.is == ML_KNOWN) {
        g_auto(MlDraft) before =
            ml_draft_open(catalog, deed, operation->schema.text, operation->table.text);
        if (operation->name.is == ML_KNOWN)
            rename_references(&before, operation->name.text, operation->new_name.text);
    }
    g_auto(MlDraft) draft =
        ml_draft_open(catalog, deed, operation->schema.text, operation->table.text);
    ml_batch_name_constraints(&draft);
    if (operation->name.is != ML_KNOWN)
        ml_draft_blur(&draft);
    else
        change_table(&draft);
    ml_apply_batch(&draft);
    ml_draft_keep(&draft);
    if (operation->kind == ML_DROP_COLUMN && operation->name.is == ML_KNOWN &&
        ml_is_true(operation->cascade))
        drop_references(&draft, operation->name.text);
    return TRUE;
}
