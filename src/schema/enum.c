/* Types that the database knows by name, and who makes them: for enums that is SQLAlchemy's matter.
 */
#include "schema/catalog.h"

#include <string.h>

/* --- entries ------------------------------------------------------------- */

static MlCatalogObject *new_type(MlCatalog *catalog, const MlDeed *deed, MlText schema,
                                 const char *name)
{
    MlCatalogObject *type = ml_pool_alloc(catalog->pool, sizeof *type);
    type->kind = ML_CATALOG_TYPE;
    type->schema = schema.is == ML_KNOWN
                       ? ml_pool_text(catalog->pool, ml_own_schema(catalog, schema.text))
                       : NULL;
    type->name = ml_pool_text(catalog->pool, name);
    type->existence = ml_spoken_of(deed);
    return type;
}

/* To be changed and stored; of one that is not recorded only that it is there is known. */
static MlCatalogObject *open_type(MlCatalog *catalog, const MlDeed *deed, MlText schema,
                                  const char *name)
{
    MlCatalogObject *type = new_type(catalog, deed, schema, name);
    const MlCatalogObject *old = NULL;
    MlPresence was = ml_catalog_type(catalog, type->schema, name, &old);
    if (old == NULL || was == ML_PRESENCE_ABSENT)
        return type;
    *type = *old;
    type->existence.is = ML_PRESENCE_PRESENT;
    type->existence.changed = deed;
    if (was == ML_PRESENCE_UNKNOWN)
        type->values = (MlNames){0};
    return type;
}

/* --- making -------------------------------------------------------------- */

/* SQLite has none, and of an unknown database it is not known whether it has. */
static void make(MlCatalog *catalog, const MlDeed *deed, const MlType *definition, MlText schema,
                 const char *name, gboolean if_not_exists, gboolean shared)
{
    const MlCatalogObject *old = NULL;
    MlCatalogObject *type = new_type(catalog, deed, schema, name);
    MlPresence was = ml_catalog_type(catalog, type->schema, name, &old);
    gboolean kept = if_not_exists && was != ML_PRESENCE_ABSENT;
    if (kept && was == ML_PRESENCE_PRESENT)
        return;
    type->existence = ml_made(deed, definition ? definition->origin : deed->operation->origin);
    type->is_enum = definition != NULL && definition->kind == ML_TYPE_ENUM;
    type->shared = shared;
    if (type->is_enum && !kept)
        type->values = ml_names_of(catalog->pool, definition->values);
    if (!ml_is_postgres(catalog) && deed->operation->statement == NULL)
        type->existence.is = ML_PRESENCE_UNKNOWN;
    ml_catalog_store_object(catalog, type, deed->sequence);
}

/* Whether it was made, in this revision, as part of a create_table: that is remembered for a run.
 */
static gboolean is_remembered(const MlCatalog *catalog, const MlDeed *deed, const MlType *type)
{
    const MlCatalogObject *old = NULL;
    const char *schema = type->schema.is == ML_KNOWN ? type->schema.text : NULL;
    MlPresence was = ml_catalog_type(catalog, schema, type->name.text, &old);
    return was == ML_PRESENCE_PRESENT ||
           (old != NULL && old->shared && old->existence.made != NULL &&
            old->existence.made->revision == deed->revision);
}

static gboolean is_native_enum(const MlType *type)
{
    return type->kind == ML_TYPE_ENUM && !ml_is_false(type->native);
}

/* What it is on Postgres; of an array, what its items are. */
static const MlType *innermost(const MlType *type)
{
    type = ml_type_in(type, "postgresql");
    while (type->kind == ML_TYPE_ARRAY && type->item != NULL)
        type = ml_type_in(type->item, "postgresql");
    return type;
}

const MlType *ml_type_enum(const MlType *type)
{
    type = innermost(type);
    return is_native_enum(type) && type->name.is == ML_KNOWN && type->schema.is != ML_UNKNOWN
               ? type
               : NULL;
}

/* postgresql.ENUM(create_type=False); sqlalchemy.Enum does not look at it before 2.1. */
gboolean ml_enum_is_left_to_others(const MlType *type)
{
    return type->of_metadata || type->create_type.is == ML_UNKNOWN ||
           (ml_is_false(type->create_type) &&
            (type->domain != NULL || g_strcmp0(type->class_name, "ENUM") == 0));
}

/*
 * What create_table does for a column's type: SQLAlchemy's _on_table_create, which
 * Alembic calls without asking whether it is there, but once in a run.
 */
void ml_apply_enum_type(MlCatalog *catalog, const MlDeed *deed, const MlType *type)
{
    if (ml_is_sqlite(catalog))
        return;
    type = ml_type_enum(type);
    if (type == NULL || ml_enum_is_left_to_others(type))
        return;
    if (!is_remembered(catalog, deed, type))
        make(catalog, deed, type, type->schema, type->name.text, FALSE, TRUE);
}

static void create_type(MlCatalog *catalog, const MlDeed *deed)
{
    const MlOperation *operation = deed->operation;
    if (ml_is_sqlite(catalog) && operation->statement == NULL)
        return;
    make(catalog, deed, operation->type, operation->schema, operation->name.text,
         operation->if_not_exists.is != ML_ABSENT && !ml_is_false(operation->if_not_exists), FALSE);
}

/* --- columns of a type --------------------------------------------------- */

static gboolean is_of_type(const MlCatalog *catalog, const MlType *type,
                           const MlCatalogObject *named)
{
    type = innermost(type);
    const char *schema = type->schema.is == ML_KNOWN ? type->schema.text : NULL;
    return (is_native_enum(type) || type->kind == ML_TYPE_NAMED) &&
           ml_text_is(type->name, named->name) &&
           g_strcmp0(ml_own_schema(catalog, schema), named->schema) == 0;
}

static const MlType *renamed(MlPool *pool, const MlType *type, const MlCatalogObject *to)
{
    type = ml_type_in(type, "postgresql");
    MlType *copy = ml_pool_copy(pool, type, sizeof *type);
    if (type->kind == ML_TYPE_ARRAY && type->item != NULL) {
        copy->item = renamed(pool, type->item, to);
        return copy;
    }
    copy->name.text = to->name;
    copy->schema = to->schema ? (MlText){.is = ML_KNOWN, .origin = type->origin, .text = to->schema}
                              : (MlText){0};
    return copy;
}

/* Columns follow a type that gets another name; with a type that is dropped, they may go. */
static void settle_columns(MlCatalog *catalog, const MlDeed *deed, const MlCatalogObject *type,
                           const MlCatalogObject *to)
{
    g_autoptr(GPtrArray) tables = ml_catalog_tables(catalog);
    for (guint i = 0; i < tables->len; i++) {
        const MlCatalogTable *table = tables->pdata[i];
        gboolean uses = FALSE;
        for (gsize at = 0; at < table->n_columns && !uses; at++)
            uses = is_of_type(catalog, table->columns[at]->type, type);
        if (!uses)
            continue;
        g_auto(MlDraft) draft = ml_draft_open(catalog, deed, table->schema, table->name);
        draft.table.existence = table->existence;
        for (guint at = 0; at < draft.columns->len; at++) {
            MlCatalogColumn *column =
                ml_pool_copy(catalog->pool, draft.columns->pdata[at], sizeof *column);
            if (!is_of_type(catalog, column->type, type))
                continue;
            if (to != NULL)
                column->type = renamed(catalog->pool, column->type, to);
            else
                column->existence.is = ML_PRESENCE_UNKNOWN;
            draft.columns->pdata[at] = column;
        }
        ml_draft_keep(&draft);
    }
}

/* --- dropping, changing -------------------------------------------------- */

static void drop_type(MlCatalog *catalog, const MlDeed *deed)
{
    const MlOperation *operation = deed->operation;
    if (ml_is_sqlite(catalog) && operation->statement == NULL)
        return;
    MlCatalogObject *type = open_type(catalog, deed, operation->schema, operation->name.text);
    type->existence = ml_dropped(type->existence, deed);
    if (type->existence.since == NULL && type->existence.made == NULL && !ml_is_postgres(catalog) &&
        operation->statement == NULL)
        type->existence.is = ML_PRESENCE_UNKNOWN;
    ml_catalog_store_object(catalog, type, deed->sequence);
    if (ml_is_true(operation->cascade))
        settle_columns(catalog, deed, type, NULL);
}

static void rename_type(MlCatalog *catalog, const MlDeed *deed)
{
    const MlOperation *operation = deed->operation;
    MlCatalogObject *old = open_type(catalog, deed, operation->schema, operation->name.text);
    MlCatalogObject *type = ml_pool_copy(catalog->pool, old, sizeof *old);
    old->existence = ml_dropped(old->existence, deed);
    ml_catalog_store_object(catalog, old, deed->sequence);
    if (operation->new_name.is == ML_KNOWN)
        type->name = ml_pool_text(catalog->pool, operation->new_name.text);
    if (operation->new_schema.is == ML_KNOWN)
        type->schema =
            ml_pool_text(catalog->pool, ml_own_schema(catalog, operation->new_schema.text));
    type->existence.changed = type->existence.since = deed;
    ml_catalog_store_object(catalog, type, deed->sequence);
    settle_columns(catalog, deed, old, type);
}

static gboolean find_value(MlNames values, MlText value, gsize *at)
{
    for (*at = 0; value.is == ML_KNOWN && *at < values.length; (*at)++)
        if (g_strcmp0(values.items[*at], value.text) == 0)
            return TRUE;
    return FALSE;
}

static MlNames with_value(MlPool *pool, MlNames values, const MlOperation *operation)
{
    gsize at = values.length;
    if (ml_names_hold(values, operation->value.text))
        return values;
    if (operation->before.is != ML_ABSENT)
        values.known &= find_value(values, operation->before, &at);
    else if (operation->after.is != ML_ABSENT) {
        values.known &= find_value(values, operation->after, &at);
        at++;
    }
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    for (gsize i = 0; i < values.length; i++)
        g_ptr_array_add(items, (gpointer)values.items[i]);
    g_ptr_array_insert(items, (gint)MIN(at, values.length),
                       (gpointer)ml_pool_text(pool, operation->value.text));
    return (MlNames){values.known, ml_pool_pointers(pool, items), items->len};
}

static void change_values(MlCatalog *catalog, const MlDeed *deed)
{
    const MlOperation *operation = deed->operation;
    MlCatalogObject *type = open_type(catalog, deed, operation->schema, operation->name.text);
    type->is_enum = TRUE;
    if (operation->kind == ML_SYNC_ENUM_VALUES)
        type->values = ml_names_of(catalog->pool, operation->type->values);
    else if (operation->value.is != ML_KNOWN)
        type->values.known = FALSE;
    else if (operation->kind == ML_ADD_ENUM_VALUE)
        type->values = with_value(catalog->pool, type->values, operation);
    else if (operation->new_name.is == ML_KNOWN)
        type->values = ml_names_replaced(catalog->pool, type->values, operation->value.text,
                                         operation->new_name.text);
    ml_catalog_store_object(catalog, type, deed->sequence);
}

gboolean ml_apply_type(MlCatalog *catalog, const MlDeed *deed)
{
    switch (deed->operation->kind) {
    case ML_CREATE_TYPE:
        create_type(catalog, deed);
        return TRUE;
    case ML_DROP_TYPE:
        drop_type(catalog, deed);
        return TRUE;
    case ML_RENAME_TYPE:
        rename_type(catalog, deed);
        return TRUE;
    case ML_ADD_ENUM_VALUE:
    case ML_RENAME_ENUM_VALUE:
    case ML_SYNC_ENUM_VALUES:
        change_values(catalog, deed);
        return TRUE;
    default:
        return FALSE;
    }
}
