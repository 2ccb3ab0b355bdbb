/* A catalog: its life, its entries, and looking things up in it. */
#include "schema/catalog.h"
#include "miglint/text.h"

#include <string.h>

const MlType ml_type_unknown = {.kind = ML_TYPE_UNKNOWN};

/* --- life ---------------------------------------------------------------- */

MlCatalog *ml_catalog_new(const MlSchemaRules *rules, gboolean closed)
{
    MlCatalog *catalog = g_new0(MlCatalog, 1);
    catalog->references = 1;
    catalog->pool = ml_pool_new();
    MlSchemaRules *own = ml_pool_copy(catalog->pool, rules, sizeof *rules);
    own->dialect = ml_pool_text(catalog->pool, rules->dialect);
    catalog->rules = own;
    catalog->closed = closed;
    return catalog;
}

MlCatalog *ml_catalog_ref(const MlCatalog *catalog)
{
    ((MlCatalog *)catalog)->references++;
    return (MlCatalog *)catalog;
}

void ml_catalog_unref(MlCatalog *catalog)
{
    if (catalog == NULL || --catalog->references > 0)
        return;
    ml_pool_unref(catalog->pool);
    g_free(catalog);
}

MlCatalog *ml_catalog_begin(const MlCatalog *from)
{
    MlCatalog *catalog = g_memdup2(from, sizeof *from);
    catalog->references = 1;
    ml_pool_ref(catalog->pool);
    return catalog;
}

void ml_catalog_shake(MlCatalog *catalog, const MlDeed *deed)
{
    catalog->doubt = ml_pool_count(catalog->pool);
    catalog->doubted_by = deed;
    catalog->closed = FALSE;
}

const MlDeed *ml_catalog_doubt(const MlCatalog *catalog)
{
    return catalog->doubted_by;
}

gboolean ml_is_postgres(const MlCatalog *catalog)
{
    return g_strcmp0(catalog->rules->dialect, "postgresql") == 0;
}

gboolean ml_is_sqlite(const MlCatalog *catalog)
{
    return g_strcmp0(catalog->rules->dialect, "sqlite") == 0;
}

/* --- entries ------------------------------------------------------------- */

/* A copy for each catalog in which somebody looks at a large table would take no end of memory. */
static void forget_parts(MlDraft *draft)
{
    g_ptr_array_set_size(draft->columns, 0);
    g_ptr_array_set_size(draft->constraints, 0);
    g_ptr_array_set_size(draft->indexes, 0);
    draft->table.open = TRUE;
}

static const MlCatalogTable *doubted_table(MlCatalog *catalog, const MlCatalogTable *table)
{
    g_auto(MlDraft) draft = ml_draft_open(catalog, NULL, table->schema, table->name);
    draft.table.existence.is = ML_PRESENCE_UNKNOWN;
    if (ml_pool_is_full(catalog->pool))
        forget_parts(&draft);
    else
        ml_draft_blur(&draft);
    return ml_draft_keep(&draft);
}

static const MlCatalogObject *doubted_object(MlCatalog *catalog, const MlCatalogObject *object)
{
    MlCatalogObject *doubted = ml_pool_copy(catalog->pool, object, sizeof *object);
    doubted->existence.is = ML_PRESENCE_UNKNOWN;
    ml_catalog_store_object(catalog, doubted, catalog->doubt);
    return doubted;
}

static gboolean is_doubted(const MlCatalog *catalog, const MlMap *entry)
{
    return entry->stamp < catalog->doubt;
}

/* It is put among the entries as what it is told to be, which changes nothing that is said. */
const MlCatalogTable *ml_catalog_entry_table(const MlCatalog *catalog, const MlMap *entry)
{
    if (!is_doubted(catalog, entry))
        return entry->value;
    MlCatalog *same = (MlCatalog *)catalog;
    guint doubt = same->doubt;
    same->doubt = 0; /* so that it is read as it stands */
    const MlCatalogTable *table = doubted_table(same, entry->value);
    same->doubt = doubt;
    ml_catalog_store_table(same, table, doubt);
    return table;
}

const MlCatalogObject *ml_catalog_entry_object(const MlCatalog *catalog, const MlMap *entry)
{
    return is_doubted(catalog, entry) ? doubted_object((MlCatalog *)catalog, entry->value)
                                      : entry->value;
}

const MlCatalogTable *ml_catalog_recorded_table(const MlCatalog *catalog, const char *schema,
                                                const char *name)
{
    g_autofree char *key = ml_table_key(ml_own_schema(catalog, schema), name);
    const MlMap *entry = ml_map_find(catalog->root, key);
    return entry ? ml_catalog_entry_table(catalog, entry) : NULL;
}

const MlCatalogObject *ml_catalog_recorded_object(const MlCatalog *catalog, const char *key)
{
    const MlMap *entry = ml_map_find(catalog->root, key);
    return entry ? ml_catalog_entry_object(catalog, entry) : NULL;
}

/* --- what stands in tables, by its name ---------------------------------- */

static void note(MlCatalog *catalog, char *prefix, const char *table, gboolean there)
{
    g_autofree char *key = g_strconcat(prefix, table, NULL);
    g_free(prefix);
    if (!there)
        catalog->root = ml_map_remove(catalog->pool, catalog->root, key);
    else if (ml_map_find(catalog->root, key) == NULL)
        catalog->root = ml_map_put(catalog->pool, catalog->root, key, "", 0);
}

static void note_reference(MlCatalog *catalog, const MlCatalogTable *table,
                           const MlCatalogConstraint *key, gboolean there)
{
    if (key->referred_table == NULL)
        return;
    g_autofree char *from =
        g_strconcat(table->schema ? table->schema : "", "\1", table->name, NULL);
    note(catalog, ml_referrer_prefix(key->referred_schema, key->referred_table), from, there);
}

/* A stretch of an array. */
typedef struct {
    gsize from, to;
} Stretch;

static void note_constraints(MlCatalog *catalog, const MlCatalogTable *table, Stretch which,
                             gboolean there)
{
    for (gsize i = which.from; i < which.to; i++) {
        const MlCatalogConstraint *constraint = table->constraints[i];
        if (there && constraint->existence.is == ML_PRESENCE_ABSENT)
            continue;
        if (constraint->name != NULL)
            note(catalog, ml_constraint_prefix(table->schema, constraint->name), table->name,
                 there);
        note_reference(catalog, table, constraint, there);
    }
}

static void note_indexes(MlCatalog *catalog, const MlCatalogTable *table, Stretch which,
                         gboolean there)
{
    for (gsize i = which.from; i < which.to; i++)
        if (table->indexes[i]->name != NULL &&
            !(there && table->indexes[i]->existence.is == ML_PRESENCE_ABSENT))
            note(catalog, ml_index_prefix(table->schema, table->indexes[i]->name), table->name,
                 there);
}

/* What of `one` is not in `other`, both of which hold pointers, but for what stands around it. */
static Stretch own_stretch(gconstpointer one, gsize length, gconstpointer other, gsize other_length)
{
    const gpointer *left = one, *right = other;
    gsize from = 0, behind = 0, most = MIN(length, other_length);
    while (from < most && left[from] == right[from])
        from++;
    while (behind < most - from && left[length - 1 - behind] == right[other_length - 1 - behind])
        behind++;
    return (Stretch){from, length - behind};
}

/* What shares a note with something that is gone has to be noted again. */
static Stretch to_note(Stretch gone, Stretch come, gsize length)
{
    return gone.from < gone.to ? (Stretch){0, length} : come;
}

/* `old` may be NULL. */
static void note_parts(MlCatalog *catalog, const MlCatalogTable *old, const MlCatalogTable *table)
{
    static const MlCatalogTable nothing = {0};
    if (old == NULL)
        old = &nothing;
    Stretch gone =
        own_stretch(old->constraints, old->n_constraints, table->constraints, table->n_constraints);
    Stretch come =
        own_stretch(table->constraints, table->n_constraints, old->constraints, old->n_constraints);
    note_constraints(catalog, old, gone, FALSE);
    note_constraints(catalog, table, to_note(gone, come, table->n_constraints), TRUE);
    gone = own_stretch(old->indexes, old->n_indexes, table->indexes, table->n_indexes);
    come = own_stretch(table->indexes, table->n_indexes, old->indexes, old->n_indexes);
    note_indexes(catalog, old, gone, FALSE);
    note_indexes(catalog, table, to_note(gone, come, table->n_indexes), TRUE);
}

void ml_catalog_store_table(MlCatalog *catalog, const MlCatalogTable *table, guint stamp)
{
    g_autofree char *key = ml_table_key(table->schema, table->name);
    const MlMap *entry = ml_map_find(catalog->root, key);
    const MlCatalogTable *old = entry ? entry->value : NULL;
    note_parts(catalog, old, table);
    catalog->root = ml_map_put(catalog->pool, catalog->root, key, table, stamp);
}

void ml_catalog_store_object(MlCatalog *catalog, const MlCatalogObject *object, guint stamp)
{
    g_autofree char *key =
        ml_object_key(object->kind, object->object, object->schema, object->table, object->name);
    catalog->root = ml_map_put(catalog->pool, catalog->root, key, object, stamp);
    if (object->table == NULL)
        return;
    g_autofree char *prefix = ml_belonging_prefix(object->schema, object->table);
    g_autofree char *belonging = g_strconcat(prefix, key, NULL);
    catalog->root = object->existence.is == ML_PRESENCE_ABSENT
                        ? ml_map_remove(catalog->pool, catalog->root, belonging)
                        : ml_map_put(catalog->pool, catalog->root, belonging,
                                     ml_pool_text(catalog->pool, key), 0);
}

/* --- looking up ---------------------------------------------------------- */

static MlPresence unrecorded(const MlCatalog *catalog)
{
    return catalog->closed ? ML_PRESENCE_ABSENT : ML_PRESENCE_UNKNOWN;
}

MlPresence ml_catalog_table(const MlCatalog *catalog, const char *schema, const char *name,
                            const MlCatalogTable **table)
{
    const MlCatalogTable *found = ml_catalog_recorded_table(catalog, schema, name);
    if (table != NULL)
        *table = found;
    return found ? found->existence.is : unrecorded(catalog);
}

/* Of a part that a table does not list, and of one that it does. */
static MlPresence part_of(const MlCatalogTable *table, const MlExistence *part)
{
    MlPresence whole = table->existence.is;
    if (whole == ML_PRESENCE_ABSENT)
        return ML_PRESENCE_ABSENT;
    if (part == NULL)
        return table->open || whole == ML_PRESENCE_UNKNOWN ? ML_PRESENCE_UNKNOWN
                                                           : ML_PRESENCE_ABSENT;
    return part->is == ML_PRESENCE_PRESENT ? whole : part->is;
}

MlPresence ml_table_column(const MlCatalogTable *table, const char *name,
                           const MlCatalogColumn **column)
{
    const MlCatalogColumn *found = NULL;
    for (gsize i = 0; i < table->n_columns && name != NULL && found == NULL; i++)
        if (ml_text_equals(table->columns[i]->name, name))
            found = table->columns[i];
    if (column != NULL)
        *column = found;
    return name ? part_of(table, found ? &found->existence : NULL) : ML_PRESENCE_UNKNOWN;
}

/* One without a known name might be the one that is looked for. */
static gboolean has_nameless(const MlCatalogTable *table)
{
    for (gsize i = 0; i < table->n_constraints; i++)
        if (table->constraints[i]->naming == ML_NAME_UNKNOWN &&
            table->constraints[i]->existence.is != ML_PRESENCE_ABSENT)
            return TRUE;
    return FALSE;
}

MlPresence ml_table_constraint(const MlCatalogTable *table, const char *name,
                               const MlCatalogConstraint **constraint)
{
    const MlCatalogConstraint *found = NULL;
    for (gsize i = 0; i < table->n_constraints; i++)
        if (g_strcmp0(table->constraints[i]->name, name) == 0 &&
            (found == NULL || found->existence.is == ML_PRESENCE_ABSENT))
            found = table->constraints[i];
    if (constraint != NULL)
        *constraint = found;
    MlPresence is = part_of(table, found ? &found->existence : NULL);
    return is == ML_PRESENCE_ABSENT && table->existence.is != ML_PRESENCE_ABSENT &&
                   has_nameless(table)
               ? ML_PRESENCE_UNKNOWN
               : is;
}

static gboolean has_nameless_index(const MlCatalogTable *table)
{
    for (gsize i = 0; i < table->n_indexes; i++)
        if (table->indexes[i]->naming == ML_NAME_UNKNOWN &&
            table->indexes[i]->existence.is != ML_PRESENCE_ABSENT)
            return TRUE;
    return FALSE;
}

MlPresence ml_table_index(const MlCatalogTable *table, const char *name,
                          const MlCatalogIndex **index)
{
    const MlCatalogIndex *found = NULL;
    for (gsize i = 0; i < table->n_indexes; i++)
        if (g_strcmp0(table->indexes[i]->name, name) == 0 &&
            (found == NULL || found->existence.is == ML_PRESENCE_ABSENT))
            found = table->indexes[i];
    if (index != NULL)
        *index = found;
    MlPresence is = part_of(table, found ? &found->existence : NULL);
    return is == ML_PRESENCE_ABSENT && table->existence.is != ML_PRESENCE_ABSENT &&
                   has_nameless_index(table)
               ? ML_PRESENCE_UNKNOWN
               : is;
}

MlPresence ml_catalog_column(const MlCatalog *catalog, const char *schema, const char *table,
                             const char *name, const MlCatalogColumn **column)
{
    const MlCatalogTable *found = ml_catalog_recorded_table(catalog, schema, table);
    if (column != NULL)
        *column = NULL;
    return found ? ml_table_column(found, name, column) : unrecorded(catalog);
}

MlPresence ml_catalog_constraint(const MlCatalog *catalog, const char *schema, const char *table,
                                 const char *name, const MlCatalogConstraint **constraint)
{
    const MlCatalogTable *found = ml_catalog_recorded_table(catalog, schema, table);
    if (constraint != NULL)
        *constraint = NULL;
    return found ? ml_table_constraint(found, name, constraint) : unrecorded(catalog);
}

static void take_key(const MlMap *entry, gpointer keys)
{
    g_ptr_array_add(keys, (gpointer)entry);
}

static GPtrArray *entries_below(const MlCatalog *catalog, const char *prefix)
{
    GPtrArray *entries = g_ptr_array_new();
    ml_map_each(catalog->root, prefix, take_key, entries);
    ml_pool_spend(catalog->pool, entries->len);
    return entries;
}

MlPresence ml_catalog_index(const MlCatalog *catalog, const char *schema, const char *name,
                            const MlCatalogTable **table, const MlCatalogIndex **index)
{
    const char *own = ml_own_schema(catalog, schema);
    g_autofree char *prefix = ml_index_prefix(own, name);
    g_autoptr(GPtrArray) entries = entries_below(catalog, prefix);
    const MlCatalogTable *owner = NULL;
    const MlCatalogIndex *found = NULL;
    MlPresence is = unrecorded(catalog);
    for (guint i = 0; i < entries->len && is != ML_PRESENCE_PRESENT; i++) {
        const MlMap *entry = entries->pdata[i];
        const MlCatalogTable *next =
            ml_catalog_recorded_table(catalog, own, ml_key_last(entry->key));
        if (next == NULL)
            continue;
        owner = next;
        is = ml_table_index(owner, name, &found);
    }
    if (table != NULL)
        *table = owner;
    if (index != NULL)
        *index = found;
    return is;
}

static MlPresence find_object(const MlCatalog *catalog, MlCatalogKind kind, MlObjectKind object,
                              const char *schema, const char *table, const char *name,
                              const MlCatalogObject **found)
{
    g_autofree char *key = ml_object_key(kind, object, ml_own_schema(catalog, schema), table, name);
    const MlCatalogObject *recorded = ml_catalog_recorded_object(catalog, key);
    if (found != NULL)
        *found = recorded;
    return recorded ? recorded->existence.is : unrecorded(catalog);
}

MlPresence ml_catalog_type(const MlCatalog *catalog, const char *schema, const char *name,
                           const MlCatalogObject **type)
{
    return find_object(catalog, ML_CATALOG_TYPE, ML_OBJECT_NONE, schema, NULL, name, type);
}

MlPresence ml_catalog_sequence(const MlCatalog *catalog, const char *schema, const char *name,
                               const MlCatalogObject **sequence)
{
    return find_object(catalog, ML_CATALOG_SEQUENCE, ML_OBJECT_NONE, schema, NULL, name, sequence);
}

MlPresence ml_catalog_object(const MlCatalog *catalog, MlObjectKind kind, const char *schema,
                             const char *table, const char *name, const MlCatalogObject **object)
{
    return find_object(catalog, ML_CATALOG_OBJECT, kind, schema, table, name, object);
}

gboolean ml_names_hold(MlNames names, const char *name)
{
    for (gsize i = 0; i < names.length; i++)
        if (g_strcmp0(names.items[i], name) == 0)
            return TRUE;
    return FALSE;
}

/* --- all of a kind ------------------------------------------------------- */

static void add_referrers(const MlCatalog *catalog, const MlCatalogTable *table, const char *schema,
                          const char *referred, const char *column, GArray *referrers)
{
    for (gsize i = 0; i < table->n_constraints; i++) {
        const MlCatalogConstraint *key = table->constraints[i];
        if (key->kind != ML_FOREIGN_KEY || key->existence.is != ML_PRESENCE_PRESENT ||
            g_strcmp0(key->referred_table, referred) != 0 ||
            g_strcmp0(key->referred_schema, ml_own_schema(catalog, schema)) != 0 ||
            (column != NULL && !ml_names_hold(key->referred_columns, column)))
            continue;
        MlReferrer referrer = {table, key};
        g_array_append_val(referrers, referrer);
    }
}

GArray *ml_catalog_referrers(const MlCatalog *catalog, const char *schema, const char *table,
                             const char *column)
{
    GArray *referrers = g_array_new(FALSE, FALSE, sizeof(MlReferrer));
    g_autofree char *prefix = ml_referrer_prefix(ml_own_schema(catalog, schema), table);
    g_autoptr(GPtrArray) entries = entries_below(catalog, prefix);
    for (guint i = 0; i < entries->len; i++) {
        const MlMap *entry = entries->pdata[i];
        g_autofree char *of = ml_key_before_last(entry->key);
        const MlCatalogTable *from =
            ml_catalog_recorded_table(catalog, of, ml_key_last(entry->key));
        if (from != NULL && from->existence.is == ML_PRESENCE_PRESENT)
            add_referrers(catalog, from, schema, table, column, referrers);
    }
    return referrers;
}

GPtrArray *ml_catalog_tables(const MlCatalog *catalog)
{
    GPtrArray *tables = g_ptr_array_new();
    g_autoptr(GPtrArray) entries = entries_below(catalog, "t");
    for (guint i = 0; i < entries->len; i++) {
        const MlCatalogTable *table = ml_catalog_entry_table(catalog, entries->pdata[i]);
        if (table->existence.is != ML_PRESENCE_ABSENT)
            g_ptr_array_add(tables, (gpointer)table);
    }
    return tables;
}

GPtrArray *ml_catalog_objects(const MlCatalog *catalog)
{
    GPtrArray *objects = g_ptr_array_new();
    g_autoptr(GPtrArray) entries = entries_below(catalog, "o");
    for (guint i = 0; i < entries->len; i++) {
        const MlCatalogObject *object = ml_catalog_entry_object(catalog, entries->pdata[i]);
        if (object->existence.is != ML_PRESENCE_ABSENT)
            g_ptr_array_add(objects, (gpointer)object);
    }
    return objects;
}

GPtrArray *ml_objects_of_table(const MlCatalog *catalog, const char *schema, const char *table)
{
    GPtrArray *objects = g_ptr_array_new();
    g_autofree char *prefix = ml_belonging_prefix(schema, table);
    g_autoptr(GPtrArray) entries = entries_below(catalog, prefix);
    for (guint i = 0; i < entries->len; i++) {
        const MlMap *entry = entries->pdata[i];
        const MlCatalogObject *object = ml_catalog_recorded_object(catalog, entry->value);
        if (object != NULL)
            g_ptr_array_add(objects, (gpointer)object);
    }
    return objects;
}

const char *ml_catalog_kind_name(MlCatalogKind kind)
{
    static const char *const names[] = {"table", "column",   "constraint", "index",
                                        "type",  "sequence", "object"};
    return names[kind];
}
