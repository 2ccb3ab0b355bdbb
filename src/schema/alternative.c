/* What is there if one of two things was done, and it is not known which. */
#include "schema/catalog.h"

/* --- existence ----------------------------------------------------------- */

static const MlDeed *later(const MlDeed *one, const MlDeed *other)
{
    if (one == NULL || other == NULL)
        return one ? one : other;
    return one->sequence > other->sequence ? one : other;
}

static MlExistence either(MlExistence one, MlExistence other)
{
    MlExistence both = one.is == ML_PRESENCE_ABSENT ? other : one;
    both.is = one.is == other.is ? one.is : ML_PRESENCE_UNKNOWN;
    both.changed = later(one.changed, other.changed);
    if (one.is != ML_PRESENCE_ABSENT && other.is != ML_PRESENCE_ABSENT && one.since != other.since)
        both.since = later(one.since, other.since);
    return both;
}

/* Of what only one of the two lists. */
static MlExistence perhaps(MlExistence existence)
{
    if (existence.is == ML_PRESENCE_PRESENT)
        existence.is = ML_PRESENCE_UNKNOWN;
    return existence;
}

/* --- parts --------------------------------------------------------------- */

static gboolean are_same_text(MlText one, MlText other)
{
    return one.is == other.is && g_strcmp0(one.text, other.text) == 0;
}

static MlText either_text(MlText one, MlText other)
{
    return are_same_text(one, other) ? one : (MlText){.is = ML_UNKNOWN, .origin = other.origin};
}

static gboolean are_same_default(const MlDefault *one, const MlDefault *other)
{
    return one->kind == other->kind && g_strcmp0(one->text, other->text) == 0 &&
           one->sequence == other->sequence;
}

static const MlCatalogColumn *either_column(MlPool *pool, const MlCatalogColumn *one,
                                            const MlCatalogColumn *other)
{
    MlCatalogColumn *both = ml_pool_copy(pool, other, sizeof *other);
    both->existence = either(one->existence, other->existence);
    if (one->type != other->type)
        both->type = &ml_type_unknown;
    if (one->nullable != other->nullable)
        both->nullable = ML_PERHAPS;
    if (!are_same_default(&one->server_default, &other->server_default))
        both->server_default = (MlDefault){.kind = ML_DEFAULT_UNKNOWN};
    both->comment = either_text(one->comment, other->comment);
    if (one->definition != other->definition)
        both->definition = NULL;
    return both;
}

static MlNames either_names(MlNames one, MlNames other)
{
    gboolean same = one.length == other.length;
    for (gsize i = 0; same && i < one.length; i++)
        same = g_strcmp0(one.items[i], other.items[i]) == 0;
    other.known &= same && one.known;
    return other;
}

static const MlCatalogConstraint *either_constraint(MlPool *pool, const MlCatalogConstraint *one,
                                                    const MlCatalogConstraint *other)
{
    MlCatalogConstraint *both = ml_pool_copy(pool, other, sizeof *other);
    both->existence = either(one->existence, other->existence);
    both->columns = either_names(one->columns, other->columns);
    both->referred_columns = either_names(one->referred_columns, other->referred_columns);
    both->condition = either_text(one->condition, other->condition);
    if (one->kind != other->kind)
        both->kind = ML_CONSTRAINT_UNKNOWN;
    if (g_strcmp0(one->referred_table, other->referred_table) != 0)
        both->referred_table = NULL;
    if (one->definition != other->definition)
        both->definition = NULL;
    return both;
}

static const MlCatalogIndex *either_index(MlPool *pool, const MlCatalogIndex *one,
                                          const MlCatalogIndex *other)
{
    MlCatalogIndex *both = ml_pool_copy(pool, other, sizeof *other);
    both->existence = either(one->existence, other->existence);
    both->columns = either_names(one->columns, other->columns);
    both->rewritten |= one->rewritten;
    if (one->definition != other->definition)
        both->definition = NULL;
    return both;
}

/* --- lists of parts ------------------------------------------------------ */

typedef struct {
    const gconstpointer *items;
    gsize length;
} Parts;

static gconstpointer either_part(MlPool *pool, MlCatalogKind kind, gconstpointer one,
                                 gconstpointer other)
{
    switch (kind) {
    case ML_CATALOG_COLUMN:
        return either_column(pool, one, other);
    case ML_CATALOG_CONSTRAINT:
        return either_constraint(pool, one, other);
    default:
        return either_index(pool, one, other);
    }
}

static gconstpointer alone(MlPool *pool, MlCatalogKind kind, gconstpointer part)
{
    gsize size = kind == ML_CATALOG_COLUMN       ? sizeof(MlCatalogColumn)
                 : kind == ML_CATALOG_CONSTRAINT ? sizeof(MlCatalogConstraint)
                                                 : sizeof(MlCatalogIndex);
    MlExistence *copy = ml_pool_copy(pool, part, size);
    *copy = perhaps(*copy);
    return copy;
}

static GHashTable *by_name(MlCatalogKind kind, Parts parts)
{
    GHashTable *table = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize i = 0; i < parts.length; i++) {
        const char *name = ml_part_name(kind, parts.items[i]);
        if (name != NULL)
            g_hash_table_insert(table, (gpointer)name, (gpointer)parts.items[i]);
    }
    return table;
}

/* Those with a name have their counterpart by it, the others only where it is the same part. */
static GPtrArray *either_parts(MlPool *pool, MlCatalogKind kind, Parts one, Parts other)
{
    g_autoptr(GHashTable) others = by_name(kind, other), ones = by_name(kind, one);
    GPtrArray *both = g_ptr_array_new();
    for (gsize i = 0; i < one.length; i++) {
        gconstpointer part = one.items[i];
        const char *name = ml_part_name(kind, part);
        gconstpointer match = name ? g_hash_table_lookup(others, name) : NULL;
        if (name == NULL && ml_pointers_hold(other.items, other.length, part))
            match = part;
        g_ptr_array_add(both, (gpointer)(match == part ? part
                                         : match       ? either_part(pool, kind, part, match)
                                                       : alone(pool, kind, part)));
    }
    for (gsize i = 0; i < other.length; i++) {
        gconstpointer part = other.items[i];
        const char *name = ml_part_name(kind, part);
        if (name ? !g_hash_table_contains(ones, name)
                 : !ml_pointers_hold(one.items, one.length, part))
            g_ptr_array_add(both, (gpointer)alone(pool, kind, part));
    }
    return both;
}

static gconstpointer either_list(MlPool *pool, MlCatalogKind kind, Parts one, Parts other,
                                 gsize *length)
{
    g_autoptr(GPtrArray) both = either_parts(pool, kind, one, other);
    *length = both->len;
    return ml_pool_pointers(pool, both);
}

#define PARTS(table, list) ((Parts){(const gconstpointer *)(table)->list, (table)->n_##list})

/* --- tables and objects -------------------------------------------------- */

static const MlCatalogTable *perhaps_table(MlPool *pool, const MlCatalogTable *there,
                                           const MlCatalogTable *not_there)
{
    MlCatalogTable *both = ml_pool_copy(pool, there, sizeof *there);
    both->existence =
        not_there ? either(not_there->existence, there->existence) : perhaps(there->existence);
    return both;
}

const MlCatalogTable *ml_either_table(MlPool *pool, const MlCatalogTable *one,
                                      const MlCatalogTable *other)
{
    if (one == other)
        return one;
    if (one == NULL || one->existence.is == ML_PRESENCE_ABSENT)
        return perhaps_table(pool, other ? other : one, other ? one : NULL);
    if (other == NULL || other->existence.is == ML_PRESENCE_ABSENT)
        return perhaps_table(pool, one, other);
    MlCatalogTable *both = ml_pool_copy(pool, other, sizeof *other);
    both->existence = either(one->existence, other->existence);
    both->columns = either_list(pool, ML_CATALOG_COLUMN, PARTS(one, columns), PARTS(other, columns),
                                &both->n_columns);
    both->constraints = either_list(pool, ML_CATALOG_CONSTRAINT, PARTS(one, constraints),
                                    PARTS(other, constraints), &both->n_constraints);
    both->indexes = either_list(pool, ML_CATALOG_INDEX, PARTS(one, indexes), PARTS(other, indexes),
                                &both->n_indexes);
    both->comment = either_text(one->comment, other->comment);
    both->open |= one->open;
    if (one->created != other->created)
        both->created = NULL;
    return both;
}

const MlCatalogObject *ml_either_object(MlPool *pool, const MlCatalogObject *one,
                                        const MlCatalogObject *other)
{
    if (one == other)
        return one;
    MlCatalogObject *both = ml_pool_copy(pool, other ? other : one, sizeof *both);
    if (one == NULL || other == NULL) {
        both->existence = perhaps(both->existence);
        return both;
    }
    both->existence = either(one->existence, other->existence);
    if (one->existence.is != ML_PRESENCE_ABSENT && other->existence.is != ML_PRESENCE_ABSENT)
        both->values = either_names(one->values, other->values);
    else if (other->existence.is == ML_PRESENCE_ABSENT)
        both->values = one->values;
    return both;
}

/* --- a step that is only perhaps made ------------------------------------ */

typedef struct {
    const MlCatalog *before;
    MlCatalog *after;
    const MlDeed *deed;
} Step;

static void blur_entry(const MlMap *one, const MlMap *other, gpointer data)
{
    const Step *step = data;
    MlCatalog *after = step->after;
    const char *key = one ? one->key : other->key;
    if (ml_key_is_table(key)) {
        const MlCatalogTable *table =
            ml_either_table(after->pool, one ? ml_catalog_entry_table(step->before, one) : NULL,
                            other ? ml_catalog_entry_table(after, other) : NULL);
        ml_catalog_store_table(after, table, MAX(step->deed->sequence, after->doubt));
    } else if (ml_key_is_object(key)) {
        const MlCatalogObject *object =
            ml_either_object(after->pool, one ? ml_catalog_entry_object(step->before, one) : NULL,
                             other ? ml_catalog_entry_object(after, other) : NULL);
        ml_catalog_store_object(after, object, MAX(step->deed->sequence, after->doubt));
    }
}

void ml_catalog_blur(const MlCatalog *before, MlCatalog *after, const MlDeed *deed)
{
    const Step step = {before, after, deed};
    ml_map_compare(after->pool, before->root, after->root, blur_entry, (gpointer)&step);
}
