/* Tables that are made, dropped, renamed. */
#include "schema/catalog.h"

/* --- making -------------------------------------------------------------- */

/* Two keys of one CREATE TABLE that hold the same: Postgres makes one of them
 * (transformIndexConstraints). */
static gboolean is_same_key(const MlCatalogConstraint *made, const MlConstraint *other,
                            MlNames columns)
{
    if (made->kind != ML_PRIMARY_KEY && made->kind != ML_UNIQUE)
        return FALSE;
    gboolean same = made->columns.known && columns.known && made->columns.length == columns.length;
    for (gsize i = 0; same && i < columns.length; i++)
        same = g_strcmp0(made->columns.items[i], columns.items[i]) == 0;
    return same && ml_is_true(made->deferrable) == ml_is_true(other->deferrable) &&
           ml_is_true(made->definition->nulls_not_distinct) ==
               ml_is_true(other->nulls_not_distinct) &&
           made->definition->include.length == 0 && other->include.length == 0;
}

/* The one that is there takes the other's name if it has none of its own. */
static gboolean merge_key(MlDraft *draft, const MlConstraint *constraint)
{
    if (constraint->kind != ML_UNIQUE || !ml_is_postgres(draft->catalog))
        return FALSE;
    MlNames columns = ml_names_of(draft->catalog->pool, constraint->columns);
    for (guint i = 0; i < draft->constraints->len; i++) {
        const MlCatalogConstraint *made = draft->constraints->pdata[i];
        if (!is_same_key(made, constraint, columns))
            continue;
        MlResolvedName name =
            ml_constraint_resolved_name(draft->catalog, draft->deed->operation, constraint);
        if (made->naming == ML_NAME_BY_DATABASE && name.naming != ML_NAME_NONE) {
            MlCatalogConstraint *renamed = ml_draft_constraint_at(draft, i);
            renamed->name = name.text;
            renamed->naming = name.naming;
        }
        return TRUE;
    }
    return FALSE;
}

static void make_constraints(MlDraft *draft, const MlOperation *operation, gboolean primary)
{
    for (gsize i = 0; i < operation->n_constraints; i++) {
        const MlConstraint *constraint = &operation->constraints[i];
        if ((constraint->kind == ML_PRIMARY_KEY) == primary && !merge_key(draft, constraint))
            ml_draft_make_constraint(draft, constraint);
    }
}

static void make_parts(MlDraft *draft, const MlOperation *operation)
{
    for (gsize i = 0; i < operation->n_columns; i++)
        if (operation->columns[i].name.is == ML_KNOWN)
            ml_draft_make_column(draft, &operation->columns[i]);
        else
            draft->table.open = TRUE;
    make_constraints(draft, operation, TRUE);
    make_constraints(draft, operation, FALSE);
    for (gsize i = 0; i < operation->n_indexes; i++)
        ml_draft_make_index(draft, &operation->indexes[i]);
}

static gboolean may_make_types(const MlOperation *operation)
{
    return operation->statement == NULL && !operation->is_element;
}

static void create(MlCatalog *catalog, const MlDeed *deed)
{
    const MlOperation *operation = deed->operation;
    const MlCatalogTable *old;
    MlPresence was = ml_catalog_table(catalog, operation->schema.text, operation->table.text, &old);
    gboolean kept = ml_is_true(operation->if_not_exists) && was != ML_PRESENCE_ABSENT;
    if (kept && was == ML_PRESENCE_PRESENT)
        return;
    for (gsize i = 0; i < operation->n_columns && may_make_types(operation); i++)
        ml_apply_enum_type(catalog, deed, operation->columns[i].type);
    g_auto(MlDraft) draft = ml_draft_new(catalog, deed, operation->schema.text,
                                         operation->table.text, operation->origin);
    draft.table.open = operation->open || operation->partition_of.is != ML_ABSENT;
    if (operation->partition_of.is == ML_KNOWN)
        draft.table.parent = ml_pool_text(catalog->pool, operation->partition_of.text);
    draft.table.comment =
        operation->comment.is == ML_ABSENT ? (MlText){.is = ML_NONE} : operation->comment;
    make_parts(&draft, operation);
    if (kept)
        ml_draft_blur(&draft);
    if (ml_is_true(operation->temporary)) /* it goes when the connection goes */
        draft.table.existence.is = ML_PRESENCE_UNKNOWN;
    ml_draft_keep(&draft);
}

/* --- what hangs on a table ----------------------------------------------- */

typedef struct {
    MlCatalog *catalog;
    const MlDeed *deed;
    const char *schema, *table;
    const char *new_schema, *new_name; /* NULL: it is dropped */
    gboolean cascade;
} Fate;

static gboolean is_view(const MlCatalogObject *object)
{
    return object->object == ML_OBJECT_VIEW || object->object == ML_OBJECT_MATERIALIZED_VIEW;
}

static void drop_object(const Fate *fate, const MlCatalogObject *object, MlPresence is)
{
    MlCatalogObject *dropped = ml_pool_copy(fate->catalog->pool, object, sizeof *object);
    dropped->existence = ml_dropped(object->existence, fate->deed);
    dropped->existence.is = is;
    ml_catalog_store_object(fate->catalog, dropped, fate->deed->sequence);
}

static void move_object(const Fate *fate, const MlCatalogObject *object)
{
    drop_object(fate, object, ML_PRESENCE_ABSENT);
    MlCatalogObject *moved = ml_pool_copy(fate->catalog->pool, object, sizeof *object);
    moved->table = fate->new_name;
    moved->schema = fate->new_schema;
    moved->existence.since = moved->existence.changed = fate->deed;
    ml_catalog_store_object(fate->catalog, moved, fate->deed->sequence);
}

/* A serial's sequence, a trigger go and move with their table. */
static void settle_belongings(const Fate *fate)
{
    g_autoptr(GPtrArray) objects = ml_objects_of_table(fate->catalog, fate->schema, fate->table);
    for (guint i = 0; i < objects->len; i++)
        if (fate->new_name != NULL)
            move_object(fate, objects->pdata[i]);
        else
            drop_object(fate, objects->pdata[i], ML_PRESENCE_ABSENT);
}

/* What CASCADE does to views is not known. */
static void settle_views(const Fate *fate)
{
    g_autoptr(GPtrArray) objects = ml_catalog_objects(fate->catalog);
    for (guint i = 0; i < objects->len; i++)
        if (is_view(objects->pdata[i]))
            drop_object(fate, objects->pdata[i], ML_PRESENCE_UNKNOWN);
}

static void settle_key(const Fate *fate, MlDraft *draft, guint at)
{
    const MlCatalogConstraint *key = draft->constraints->pdata[at];
    if (key->kind != ML_FOREIGN_KEY || g_strcmp0(key->referred_table, fate->table) != 0 ||
        g_strcmp0(key->referred_schema, fate->schema) != 0)
        return;
    if (fate->new_name == NULL) {
        ml_draft_drop_constraint_at(draft, at);
        return;
    }
    MlCatalogConstraint *moved = ml_draft_constraint_at(draft, at);
    moved->referred_table = fate->new_name;
    moved->referred_schema = fate->new_schema;
}

/* Foreign keys to it follow it, or are dropped with it. */
static void settle_referrers(const Fate *fate)
{
    g_autoptr(GArray) referrers =
        ml_catalog_referrers(fate->catalog, fate->schema, fate->table, NULL);
    for (guint i = 0; i < referrers->len; i++) {
        const MlCatalogTable *table = g_array_index(referrers, MlReferrer, i).table;
        const MlDeed *changed = table->existence.changed;
        g_auto(MlDraft) draft =
            ml_draft_open(fate->catalog, fate->deed, table->schema, table->name);
        draft.table.existence.changed = changed;
        for (guint at = draft.constraints->len; at-- > 0;)
            settle_key(fate, &draft, at);
        ml_draft_keep(&draft);
    }
}

/* --- partitions ------------------------------------------------------------------------ */

static gboolean may_have_partitions(const MlCatalogTable *table)
{
    return table->created == NULL || table->created->partition_by.is != ML_ABSENT;
}

static gboolean is_partition_of(const MlCatalogTable *table, const MlCatalogTable *parent)
{
    return table->parent != NULL && g_str_equal(table->parent, parent->name) &&
           g_strcmp0(table->schema, parent->schema) == 0;
}

/* const MlCatalogTable *: new. */
static GPtrArray *partitions_of(const MlCatalog *catalog, const MlCatalogTable *parent)
{
    if (!may_have_partitions(parent))
        return g_ptr_array_new();
    GPtrArray *tables = ml_catalog_tables(catalog);
    for (guint i = tables->len; i-- > 0;)
        if (!is_partition_of(tables->pdata[i], parent))
            g_ptr_array_remove_index_fast(tables, i);
    return tables;
}

static void set_parent(MlCatalog *catalog, const MlDeed *deed, const char *schema,
                       const char *partition, const char *parent)
{
    if (ml_catalog_recorded_table(catalog, schema, partition) == NULL)
        return;
    g_auto(MlDraft) draft = ml_draft_open(catalog, deed, schema, partition);
    draft.table.parent = parent;
    ml_draft_keep(&draft);
}

static void rename_parent(MlCatalog *catalog, const MlDeed *deed, const MlCatalogTable *old,
                          const char *name)
{
    g_autoptr(GPtrArray) partitions = partitions_of(catalog, old);
    for (guint i = 0; i < partitions->len; i++) {
        const MlCatalogTable *partition = partitions->pdata[i];
        set_parent(catalog, deed, partition->schema, partition->name, name);
    }
}

/* --- dropping -------------------------------------------------------------------------- */

static void store_absent(MlCatalog *catalog, const MlDeed *deed, const MlCatalogTable *table)
{
    MlCatalogTable *gone = ml_pool_alloc(catalog->pool, sizeof *gone);
    gone->schema = table->schema;
    gone->name = table->name;
    gone->existence = ml_dropped(table->existence, deed);
    ml_catalog_store_table(catalog, gone, deed->sequence);
}

static void drop_one(MlCatalog *catalog, const MlDeed *deed, const MlCatalogTable *table)
{
    Fate fate = {.catalog = catalog,
                 .deed = deed,
                 .schema = table->schema,
                 .table = table->name,
                 .cascade = ml_is_true(deed->operation->cascade)};
    store_absent(catalog, deed, table);
    settle_belongings(&fate);
    if (!fate.cascade)
        return;
    settle_views(&fate);
    settle_referrers(&fate);
}

/* With its partitions, and theirs. */
static void drop(MlCatalog *catalog, const MlDeed *deed)
{
    const MlOperation *operation = deed->operation;
    g_auto(MlDraft) draft =
        ml_draft_open(catalog, deed, operation->schema.text, operation->table.text);
    g_autoptr(GPtrArray) waiting = g_ptr_array_new();
    g_ptr_array_add(waiting, &draft.table);
    while (waiting->len > 0) {
        const MlCatalogTable *table = g_ptr_array_steal_index_fast(waiting, waiting->len - 1);
        drop_one(catalog, deed, table);
        g_ptr_array_extend_and_steal(waiting, partitions_of(catalog, table));
    }
}

/* --- renaming, moving ------------------------------------------------------------------- */

static void rename_table(MlCatalog *catalog, const MlDeed *deed)
{
    const MlOperation *operation = deed->operation;
    g_auto(MlDraft) draft =
        ml_draft_open(catalog, deed, operation->schema.text, operation->table.text);
    Fate fate = {.catalog = catalog,
                 .deed = deed,
                 .schema = draft.table.schema,
                 .table = draft.table.name,
                 .new_schema = draft.table.schema,
                 .new_name = draft.table.name};
    if (operation->new_name.is == ML_KNOWN)
        fate.new_name = ml_pool_text(catalog->pool, operation->new_name.text);
    if (operation->new_schema.is == ML_KNOWN)
        fate.new_schema =
            ml_pool_text(catalog->pool, ml_own_schema(catalog, operation->new_schema.text));
    settle_referrers(&fate);
    ml_draft_clear(&draft);
    draft = ml_draft_open(catalog, deed, operation->schema.text, operation->table.text);
    store_absent(catalog, deed, &draft.table);
    rename_parent(catalog, deed, &draft.table, fate.new_name);
    draft.table.name = fate.new_name;
    draft.table.schema = fate.new_schema;
    draft.table.existence.since = deed;
    ml_draft_keep(&draft);
    settle_belongings(&fate);
}

/* --- the rest ------------------------------------------------------------ */

static void set_comment(MlCatalog *catalog, const MlDeed *deed, MlText comment)
{
    const MlOperation *operation = deed->operation;
    g_auto(MlDraft) draft =
        ml_draft_open(catalog, deed, operation->schema.text, operation->table.text);
    draft.table.comment = comment.is == ML_ABSENT ? (MlText){.is = ML_NONE} : comment;
    ml_apply_batch(&draft);
    ml_draft_keep(&draft);
}

/* It is there, and something of it that is not kept is another. */
static void touch(MlCatalog *catalog, const MlDeed *deed)
{
    const MlOperation *operation = deed->operation;
    g_auto(MlDraft) draft =
        ml_draft_open(catalog, deed, operation->schema.text, operation->table.text);
    ml_draft_keep(&draft);
    gboolean attached = operation->kind == ML_ATTACH_PARTITION;
    if (operation->name.is == ML_KNOWN && (attached || operation->kind == ML_DETACH_PARTITION))
        set_parent(catalog, deed, draft.table.schema, operation->name.text,
                   attached ? draft.table.name : NULL);
}

gboolean ml_apply_table(MlCatalog *catalog, const MlDeed *deed)
{
    switch (deed->operation->kind) {
    case ML_CREATE_TABLE:
        create(catalog, deed);
        return TRUE;
    case ML_DROP_TABLE:
        drop(catalog, deed);
        return TRUE;
    case ML_RENAME_TABLE:
        rename_table(catalog, deed);
        return TRUE;
    case ML_CREATE_TABLE_COMMENT:
        set_comment(catalog, deed, deed->operation->comment);
        return TRUE;
    case ML_DROP_TABLE_COMMENT:
        set_comment(catalog, deed, (MlText){.is = ML_NONE});
        return TRUE;
    case ML_ALTER_TABLE:
    case ML_ATTACH_PARTITION:
    case ML_DETACH_PARTITION:
        touch(catalog, deed);
        return TRUE;
    default:
        return FALSE;
    }
}
