/* Several ways from a common past, all of which were gone. */
#include "schema/catalog.h"

#include <string.h>

typedef struct {
    const MlCatalog *past, *end;
    MlCatalog *joined;
} Joining;

/* --- tables that both changed --------------------------------------------------------- */

static gconstpointer part_named(const gconstpointer *parts, gsize length,
                                const char *(*name)(gconstpointer), const char *wanted)
{
    for (gsize i = 0; wanted != NULL && i < length; i++)
        if (g_strcmp0(name(parts[i]), wanted) == 0)
            return parts[i];
    return NULL;
}

static const char *column_name(gconstpointer part)
{
    return ((const MlCatalogColumn *)part)->name;
}

static const char *constraint_name(gconstpointer part)
{
    return ((const MlCatalogConstraint *)part)->name;
}

static const char *index_name(gconstpointer part)
{
    return ((const MlCatalogIndex *)part)->name;
}

static gboolean holds(const gconstpointer *parts, gsize length, gconstpointer part)
{
    for (gsize i = 0; i < length; i++)
        if (parts[i] == part)
            return TRUE;
    return FALSE;
}

/*
 * Puts the parts into `either` that only one side changed: there they are as that side has them.
 * `either` has those of both sides, perhaps some as unknown.
 */
static void settle_parts(GPtrArray *either, const gconstpointer *past, gsize n_past,
                         const gconstpointer *one, gsize n_one, const gconstpointer *other,
                         gsize n_other, const char *(*name)(gconstpointer))
{
    for (guint i = either->len; i-- > 0;) {
        const char *called = name(either->pdata[i]);
        if (called == NULL)
            continue;
        gconstpointer was = part_named(past, n_past, name, called);
        gconstpointer left = part_named(one, n_one, name, called);
        gconstpointer right = part_named(other, n_other, name, called);
        if (left == right)
            continue;
        gconstpointer now = left == was ? right : right == was ? left : either->pdata[i];
        if (now != NULL)
            either->pdata[i] = (gpointer)now;
        else
            g_ptr_array_remove_index(either, i);
    }
    for (guint i = either->len;
         i-- > 0;) /* of those without a name the new ones, and not the lost */
        if (name(either->pdata[i]) == NULL)
            g_ptr_array_remove_index(either, i);
    for (gsize i = 0; i < n_one; i++)
        if (name(one[i]) == NULL && (holds(other, n_other, one[i]) || !holds(past, n_past, one[i])))
            g_ptr_array_add(either, (gpointer)one[i]);
    for (gsize i = 0; i < n_other; i++)
        if (name(other[i]) == NULL && !holds(one, n_one, other[i]) &&
            !holds(past, n_past, other[i]))
            g_ptr_array_add(either, (gpointer)other[i]);
}

#define SETTLE(draft, past, one, other, list, name)                                                \
    settle_parts((draft)->list, (const gconstpointer *)(past)->list, (past)->n_##list,             \
                 (const gconstpointer *)(one)->list, (one)->n_##list,                              \
                 (const gconstpointer *)(other)->list, (other)->n_##list, name)

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
    SETTLE(&draft, was, one, other, columns, column_name);
    SETTLE(&draft, was, one, other, constraints, constraint_name);
    SETTLE(&draft, was, one, other, indexes, index_name);
    draft.table.open = one->open || other->open;
    const MlCatalogTable *table = ml_draft_keep(&draft);
    ml_catalog_store_table(joined, table, stamp);
}

/* --- all entries ----------------------------------------------------------------------------- */

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
