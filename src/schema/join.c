/* Several ways from a common past, all of which were gone. */
#include "schema/catalog.h"

typedef struct {
    const MlCatalog *past, *end;
    MlCatalog *joined;
} Joining;

/* --- tables that both changed -------------------------------------------- */

typedef struct {
    const gconstpointer *items;
    gsize length;
} Parts;

#define PARTS(table, list) ((Parts){(const gconstpointer *)(table)->list, (table)->n_##list})

static gboolean holds(Parts parts, gconstpointer part)
{
    return ml_pointers_hold(parts.items, parts.length, part);
}

static gconstpointer part_named(MlCatalogKind kind, Parts parts, const char *name)
{
    for (gsize i = 0; i < parts.length; i++)
        if (g_strcmp0(ml_part_name(kind, parts.items[i]), name) == 0)
            return parts.items[i];
    return NULL;
}

/* What only one side changed is as that side has it. */
static void settle_named(GPtrArray *either, MlCatalogKind kind, Parts past, Parts one, Parts other)
{
    for (guint i = either->len; i-- > 0;) {
        const char *name = ml_part_name(kind, either->pdata[i]);
        if (name == NULL)
            continue;
        gconstpointer was = part_named(kind, past, name);
        gconstpointer left = part_named(kind, one, name), right = part_named(kind, other, name);
        gconstpointer now = left == was ? right : right == was ? left : either->pdata[i];
        if (now != NULL)
            either->pdata[i] = (gpointer)now;
        else
            g_ptr_array_remove_index(either, i);
    }
}

/* Of those without a name, the new ones of either side, and the old ones that both kept. */
static void settle_nameless(GPtrArray *either, MlCatalogKind kind, Parts past, Parts one,
                            Parts other)
{
    for (guint i = either->len; i-- > 0;)
        if (ml_part_name(kind, either->pdata[i]) == NULL)
            g_ptr_array_remove_index(either, i);
    for (gsize i = 0; i < one.length; i++)
        if (ml_part_name(kind, one.items[i]) == NULL &&
            (holds(other, one.items[i]) || !holds(past, one.items[i])))
            g_ptr_array_add(either, (gpointer)one.items[i]);
    for (gsize i = 0; i < other.length; i++)
        if (ml_part_name(kind, other.items[i]) == NULL && !holds(one, other.items[i]) &&
            !holds(past, other.items[i]))
            g_ptr_array_add(either, (gpointer)other.items[i]);
}

/* `either` has what either side has, what differs as unknown. */
static void settle(GPtrArray *either, MlCatalogKind kind, Parts past, Parts one, Parts other)
{
    settle_named(either, kind, past, one, other);
    settle_nameless(either, kind, past, one, other);
}

static gboolean is_there(const MlCatalogTable *table)
{
    return table != NULL && table->existence.is != ML_PRESENCE_ABSENT;
}

static void join_tables(const Joining *joining, const MlCatalogTable *past,
                        const MlCatalogTable *one, const MlCatalogTable *other)
{
    static const MlCatalogTable nothing = {0};
    MlCatalog *joined = joining->joined;
    guint stamp = ml_pool_count(joined->pool);
    ml_catalog_store_table(joined, ml_either_table(joined->pool, one, other), stamp);
    if (!is_there(one) || !is_there(other))
        return;
    const MlCatalogTable *was = is_there(past) ? past : &nothing;
    g_auto(MlDraft) draft = ml_draft_open(joined, NULL, other->schema, other->name);
    settle(draft.columns, ML_CATALOG_COLUMN, PARTS(was, columns), PARTS(one, columns),
           PARTS(other, columns));
    settle(draft.constraints, ML_CATALOG_CONSTRAINT, PARTS(was, constraints),
           PARTS(one, constraints), PARTS(other, constraints));
    settle(draft.indexes, ML_CATALOG_INDEX, PARTS(was, indexes), PARTS(one, indexes),
           PARTS(other, indexes));
    draft.table.open = one->open || other->open;
    const MlCatalogTable *table = ml_draft_keep(&draft);
    ml_catalog_store_table(joined, table, stamp);
}

/* --- all entries --------------------------------------------------------- */

static gconstpointer value_at(const MlCatalog *catalog, const char *key)
{
    const MlMap *entry = ml_map_find(catalog->root, key);
    if (entry == NULL)
        return NULL;
    return ml_key_is_table(key) ? (gconstpointer)ml_catalog_entry_table(catalog, entry)
                                : (gconstpointer)ml_catalog_entry_object(catalog, entry);
}

static guint stamp_at(const MlCatalog *catalog, const char *key)
{
    const MlMap *entry = ml_map_find(catalog->root, key);
    return entry ? entry->stamp : 0;
}

static void join_entry(const MlMap *before, const MlMap *after, gpointer data)
{
    const Joining *joining = data;
    MlCatalog *joined = joining->joined;
    const char *key = before ? before->key : after->key;
    if (after == NULL || !(ml_key_is_table(key) || ml_key_is_object(key)))
        return;
    gconstpointer past = value_at(joining->past, key), one = value_at(joined, key);
    gconstpointer other = value_at(joining->end, key);
    guint stamp = stamp_at(joining->end, key);
    if (one == other)
        return;
    if (ml_key_is_table(key) && one == past)
        ml_catalog_store_table(joined, other, stamp);
    else if (ml_key_is_table(key))
        join_tables(joining, past, one, other);
    else if (one == past)
        ml_catalog_store_object(joined, other, stamp);
    else
        ml_catalog_store_object(joined, ml_either_object(joined->pool, one, other),
                                ml_pool_count(joined->pool));
}

MlCatalog *ml_catalog_join(const MlCatalog *past, const GPtrArray *ends)
{
    const MlDeed *doubted_by = past->doubted_by;
    MlCatalog *joined = ml_catalog_begin(ends->len ? ends->pdata[0] : past);
    if (joined->doubt > past->doubt)
        doubted_by = joined->doubted_by;
    for (guint i = 1; i < ends->len; i++) {
        const MlCatalog *end = ends->pdata[i];
        const Joining joining = {past, end, joined};
        ml_map_compare(joined->pool, past->root, end->root, join_entry, (gpointer)&joining);
        if (end->doubt > past->doubt)
            doubted_by = end->doubted_by;
        joined->closed &= end->closed;
    }
    if (ends->len > 1 && doubted_by != past->doubted_by) /* it may have come after the others */
        ml_catalog_shake(joined, doubted_by);
    return joined;
}
