/* Sequences, and what else has a name: views, functions, triggers, schemas. */
#include "schema/catalog.h"

/* --- which one ----------------------------------------------------------- */

static MlCatalogKind kind_of(const MlOperation *operation)
{
    switch (operation->kind) {
    case ML_CREATE_SEQUENCE:
    case ML_DROP_SEQUENCE:
    case ML_ALTER_SEQUENCE:
        return ML_CATALOG_SEQUENCE;
    default: /* a domain is dropped as a type */
        return operation->object == ML_OBJECT_DOMAIN ? ML_CATALOG_TYPE : ML_CATALOG_OBJECT;
    }
}

static gboolean is_of_table(MlObjectKind kind)
{
    return kind == ML_OBJECT_TRIGGER || kind == ML_OBJECT_RULE || kind == ML_OBJECT_POLICY;
}

static MlCatalogObject named(const MlCatalog *catalog, const MlOperation *operation)
{
    MlCatalogObject object = {.kind = kind_of(operation), .object = operation->object};
    if (operation->schema.is == ML_KNOWN)
        object.schema = ml_pool_text(catalog->pool, ml_own_schema(catalog, operation->schema.text));
    if (is_of_table(operation->object) && operation->table.is == ML_KNOWN)
        object.table = ml_pool_text(catalog->pool, operation->table.text);
    object.name = ml_pool_text(catalog->pool, operation->name.text);
    return object;
}

static const MlCatalogObject *recorded(const MlCatalog *catalog, const MlCatalogObject *object)
{
    g_autofree char *key =
        ml_object_key(object->kind, object->object, object->schema, object->table, object->name);
    return ml_catalog_recorded_object(catalog, key);
}

/* As it is recorded, to be changed; otherwise as one of which only the name is known. */
static MlCatalogObject *open_object(MlCatalog *catalog, const MlDeed *deed)
{
    MlCatalogObject object = named(catalog, deed->operation);
    const MlCatalogObject *old = recorded(catalog, &object);
    object.existence = ml_spoken_of(deed);
    if (old != NULL && old->existence.is != ML_PRESENCE_ABSENT) {
        object = *old;
        object.existence.is = ML_PRESENCE_PRESENT;
        object.existence.changed = deed;
    }
    return ml_pool_copy(catalog->pool, &object, sizeof object);
}

/* --- what is done to it -------------------------------------------------- */

static gboolean may_stay(const MlOperation *operation)
{
    return (operation->if_not_exists.is != ML_ABSENT && !ml_is_false(operation->if_not_exists)) ||
           (operation->or_replace.is != ML_ABSENT && !ml_is_false(operation->or_replace));
}

static void create(MlCatalog *catalog, const MlDeed *deed)
{
    const MlOperation *operation = deed->operation;
    MlCatalogObject *object = open_object(catalog, deed);
    const MlCatalogObject *old = recorded(catalog, object);
    gboolean was_there = old != NULL && old->existence.is == ML_PRESENCE_PRESENT;
    gboolean overloads = operation->object == ML_OBJECT_FUNCTION && was_there;
    if (!(was_there && may_stay(operation)))
        object->existence = ml_made(deed, operation->origin);
    if (ml_is_true(operation->temporary) || overloads)
        object->existence.is = ML_PRESENCE_UNKNOWN;
    if (kind_of(operation) == ML_CATALOG_SEQUENCE && ml_is_sqlite(catalog))
        return;
    if (kind_of(operation) == ML_CATALOG_SEQUENCE && !ml_is_postgres(catalog) &&
        operation->statement == NULL)
        object->existence.is = ML_PRESENCE_UNKNOWN;
    ml_catalog_store_object(catalog, object, deed->sequence);
}

static void drop_tables_of_schema(MlCatalog *catalog, const MlDeed *deed)
{
    g_autoptr(GPtrArray) tables = ml_catalog_tables(catalog);
    for (guint i = 0; i < tables->len; i++) {
        const MlCatalogTable *table = tables->pdata[i];
        if (g_strcmp0(table->schema, ml_own_schema(catalog, deed->operation->name.text)) != 0)
            continue;
        MlCatalogTable *gone = ml_pool_alloc(catalog->pool, sizeof *gone);
        gone->schema = table->schema;
        gone->name = table->name;
        gone->existence = ml_dropped(table->existence, deed);
        ml_catalog_store_table(catalog, gone, deed->sequence);
    }
}

static void drop(MlCatalog *catalog, const MlDeed *deed)
{
    const MlOperation *operation = deed->operation;
    if (ml_is_true(operation->cascade) && operation->object != ML_OBJECT_SCHEMA &&
        operation->object != ML_OBJECT_TRIGGER && operation->object != ML_OBJECT_VIEW) {
        ml_catalog_shake(catalog, deed); /* an extension's types, and all columns that have them */
    }
    MlCatalogObject *object = open_object(catalog, deed);
    object->existence = ml_dropped(object->existence, deed);
    ml_catalog_store_object(catalog, object, MAX(deed->sequence, catalog->doubt));
    if (operation->object == ML_OBJECT_SCHEMA && ml_is_true(operation->cascade))
        drop_tables_of_schema(catalog, deed);
}

static void alter(MlCatalog *catalog, const MlDeed *deed)
{
    const MlOperation *operation = deed->operation;
    MlCatalogObject *object = open_object(catalog, deed);
    if (operation->new_name.is == ML_KNOWN || operation->new_schema.is == ML_KNOWN) {
        MlCatalogObject *old = ml_pool_copy(catalog->pool, object, sizeof *object);
        old->existence = ml_dropped(old->existence, deed);
        ml_catalog_store_object(catalog, old, deed->sequence);
        object->existence.since = deed;
    }
    if (operation->new_name.is == ML_KNOWN)
        object->name = ml_pool_text(catalog->pool, operation->new_name.text);
    if (operation->new_schema.is == ML_KNOWN)
        object->schema =
            ml_pool_text(catalog->pool, ml_own_schema(catalog, operation->new_schema.text));
    ml_catalog_store_object(catalog, object, deed->sequence);
}

gboolean ml_apply_object(MlCatalog *catalog, const MlDeed *deed)
{
    switch (deed->operation->kind) {
    case ML_CREATE_SEQUENCE:
    case ML_CREATE_OBJECT:
        create(catalog, deed);
        return TRUE;
    case ML_DROP_SEQUENCE:
    case ML_DROP_OBJECT:
        drop(catalog, deed);
        return TRUE;
    case ML_ALTER_SEQUENCE:
    case ML_ALTER_OBJECT:
        alter(catalog, deed);
        return TRUE;
    default:
        return FALSE;
    }
}
