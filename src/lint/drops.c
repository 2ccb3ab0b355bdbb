#include "lint/drops.h"

/* --- what an operation takes away --------------------------------------------------- */

typedef struct {
    MlCatalogKind kind;
    MlText table, name;
} Target;

static Target target_of(const MlOperation *operation)
{
    const MlText none = {0}, table = operation->table, name = operation->name;
    switch (operation->kind) {
    case ML_DROP_TABLE:
    case ML_RENAME_TABLE:
        return (Target){ML_CATALOG_TABLE, none, table};
    case ML_DROP_COLUMN:
    case ML_ALTER_COLUMN:
        return (Target){ML_CATALOG_COLUMN, table, name};
    case ML_DROP_INDEX:
    case ML_RENAME_INDEX:
        return (Target){ML_CATALOG_INDEX, none, name};
    case ML_DROP_CONSTRAINT:
    case ML_RENAME_CONSTRAINT:
        return (Target){ML_CATALOG_CONSTRAINT, table, name};
    case ML_DROP_TYPE:
    case ML_RENAME_TYPE:
        return (Target){ML_CATALOG_TYPE, none, name};
    case ML_DROP_SEQUENCE:
        return (Target){ML_CATALOG_SEQUENCE, none, name};
    case ML_DROP_OBJECT:
        return (Target){ML_CATALOG_OBJECT, none, name};
    default:
        return (Target){0};
    }
}

static char *key_of(MlCatalogKind kind, const char *table, const char *name)
{
    gboolean alone = kind == ML_CATALOG_INDEX || table == NULL;
    return g_strjoin("\n", ml_catalog_kind_name(kind), alone ? "" : table, name, NULL);
}

static void add_drops(GHashTable *drops, const MlOperations *operations, gboolean downgrade)
{
    for (gsize i = 0; i < operations->length; i++) {
        const MlOperation *operation = operations->items[i];
        const Target target = target_of(operation);
        if (target.name.is != ML_KNOWN ||
            (operation->kind == ML_ALTER_COLUMN && operation->new_name.is != ML_KNOWN))
            continue;
        g_autofree char *key = key_of(target.kind, target.table.text, target.name.text);
        if (downgrade && g_hash_table_contains(drops, key))
            continue;
        const MlDrop drop = {operation, downgrade};
        g_hash_table_replace(drops, g_steal_pointer(&key), g_memdup2(&drop, sizeof drop));
    }
}

GHashTable *ml_drops_of(const MlStep *step)
{
    GHashTable *drops = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    add_drops(drops, step->upgrade.operations, FALSE);
    add_drops(drops, step->downgrade.operations, TRUE);
    return drops;
}

/* --- looking up ------------------------------------------------------------------------ */

static const MlDrop *find(GHashTable *drops, MlCatalogKind kind, const char *table,
                          const char *name)
{
    g_autofree char *key = name ? key_of(kind, table, name) : NULL;
    return key ? g_hash_table_lookup(drops, key) : NULL;
}

/* A renamed table, or column, keeps what it has. */
static const MlDrop *find_drop(GHashTable *drops, MlCatalogKind kind, const char *table,
                               const char *name)
{
    const MlDrop *drop = find(drops, kind, table, name);
    return drop != NULL && drop->operation->new_name.is == ML_ABSENT ? drop : NULL;
}

const MlDrop *ml_drops_find(GHashTable *drops, const MlObject *object)
{
    const MlDrop *drop = find(drops, object->kind, object->table, object->name);
    const MlNames columns = ml_object_columns(object);
    for (gsize i = 0; drop == NULL && i < columns.length; i++)
        drop = find_drop(drops, ML_CATALOG_COLUMN, object->table, columns.items[i]);
    return drop || object->table == NULL ? drop
                                         : find_drop(drops, ML_CATALOG_TABLE, NULL, object->table);
}
