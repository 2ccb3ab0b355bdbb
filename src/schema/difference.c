/* What is left, what is missing, and what is another in one of two catalogs. */
#include "schema/compare.h"

#include <string.h>

/* --- what there was ------------------------------------------------------ */

static gboolean is_said(MlFlag flag)
{
    return flag.is != ML_ABSENT && !ml_is_false(flag);
}

/* Whether the deed must have found what it made to be absent, and what it dropped to be there. */
static gboolean is_sure(const MlDeed *deed)
{
    const MlOperation *operation = deed->operation;
    return !deed->downgrade && !is_said(operation->if_exists) &&
           !is_said(operation->if_not_exists) && !is_said(operation->or_replace) &&
           !(operation->circumstances & (ML_CONDITIONAL | ML_REPEATED));
}

/* Of what upgrade() dropped: an operation before that may do anything may have made it as well. */
static MlPresence must_have_found(const MlCatalog *before, const MlDeed *drop)
{
    return drop != NULL && is_sure(drop) && drop->doubt == before->doubted_by ? ML_PRESENCE_PRESENT
                                                                              : ML_PRESENCE_UNKNOWN;
}

/* Of what nothing was recorded before. */
static MlPresence must_have_been(const MlCatalog *before, const MlExistence *now)
{
    if (now->since != NULL)
        return is_sure(now->since) ? ML_PRESENCE_ABSENT : ML_PRESENCE_UNKNOWN;
    return now->is == ML_PRESENCE_ABSENT ? must_have_found(before, now->changed) : now->is;
}

typedef struct {
    MlPresence was, is;
} Fate;

/*
 * `unlisted`: what it is where there is no entry. Of either side it may be
 * NULL, not of both.
 */
static Fate fate_of(const MlCatalog *before, const MlExistence *one, MlPresence unlisted_before,
                    const MlExistence *other, MlPresence unlisted_after)
{
    Fate fate = {one ? one->is : unlisted_before, other ? other->is : unlisted_after};
    if (one == NULL && unlisted_before == ML_PRESENCE_UNKNOWN)
        fate.was = must_have_been(before, other);
    return fate;
}

static const MlExistence nothing_known = {0};

/* Records it if it came or went; TRUE if it is there on both sides. */
static gboolean settle(MlComparison *comparison, Fate fate, const MlExistence *one,
                       const MlExistence *other)
{
    MlSchemaDifference *subject = &comparison->subject;
    subject->was = one ? *one : nothing_known;
    subject->now = other ? *other : nothing_known;
    subject->old = one; /* all that has an existence begins with it */
    subject->new = other;
    subject->certain = fate.was != ML_PRESENCE_UNKNOWN && fate.is != ML_PRESENCE_UNKNOWN;
    if (fate.was == fate.is)
        return fate.was == ML_PRESENCE_PRESENT;
    MlSchemaDifference difference = *subject;
    difference.kind = fate.was == ML_PRESENCE_ABSENT || fate.is == ML_PRESENCE_PRESENT
                          ? ML_SCHEMA_LEFT
                          : ML_SCHEMA_MISSING;
    gboolean is_new = one == NULL || other == NULL || one->changed != other->changed;
    if (subject->certain || is_new)
        g_array_append_val(comparison->found, difference);
    return FALSE;
}

/* --- parts of tables ----------------------------------------------------- */

static MlPresence unlisted(const MlCatalogTable *table)
{
    return table == NULL || table->open ? ML_PRESENCE_UNKNOWN : ML_PRESENCE_ABSENT;
}

/* A bit for each kind that it can be of. */
static guint kind_bits(MlCatalogKind kind, gconstpointer part)
{
    const MlCatalogConstraint *constraint = part;
    if (kind != ML_CATALOG_CONSTRAINT || constraint->kind == ML_CONSTRAINT_UNKNOWN)
        return G_MAXUINT;
    return 1u << constraint->kind;
}

static MlNaming naming_of(MlCatalogKind kind, gconstpointer part)
{
    if (kind == ML_CATALOG_COLUMN)
        return ML_NAME_GIVEN;
    return kind == ML_CATALOG_CONSTRAINT ? ((const MlCatalogConstraint *)part)->naming
                                         : ((const MlCatalogIndex *)part)->naming;
}

/* What a table lists of a kind. */
typedef struct {
    const gpointer *items;
    gsize length;
} List;

static List list_of(MlCatalogKind kind, const MlCatalogTable *table)
{
    if (kind == ML_CATALOG_COLUMN)
        return (List){(const gpointer *)table->columns, table->n_columns};
    if (kind == ML_CATALOG_CONSTRAINT)
        return (List){(const gpointer *)table->constraints, table->n_constraints};
    return (List){(const gpointer *)table->indexes, table->n_indexes};
}

/* What has a name that is not known may be the counterpart of any other of its kind. */
static guint nameless_bits(MlCatalogKind kind, List list)
{
    guint bits = 0;
    for (gsize i = 0; i < list.length; i++)
        if (naming_of(kind, list.items[i]) == ML_NAME_UNKNOWN)
            bits |= kind_bits(kind, list.items[i]);
    return bits;
}

static gboolean is_same_constraint(const MlCatalogConstraint *one, const MlCatalogConstraint *other)
{
    if (one->kind != other->kind || g_strcmp0(one->referred_table, other->referred_table) != 0 ||
        (one->kind == ML_CHECK && (one->condition.is != ML_KNOWN ||
                                   g_strcmp0(one->condition.text, other->condition.text) != 0)))
        return FALSE;
    return one->kind == ML_PRIMARY_KEY || one->kind == ML_CHECK ||
           ml_names_are_same(one->columns, other->columns);
}

static gboolean is_same_index(const MlCatalogIndex *one, const MlCatalogIndex *other)
{
    return one->definition != NULL && other->definition != NULL &&
           ml_is_true(one->definition->unique) == ml_is_true(other->definition->unique) &&
           one->columns.length > 0 && ml_names_are_same(one->columns, other->columns);
}

static void compare_content(MlComparison *comparison, MlCatalogKind kind, gconstpointer one,
                            gconstpointer other)
{
    if (kind == ML_CATALOG_COLUMN)
        ml_compare_columns(comparison, one, other);
    else if (kind == ML_CATALOG_CONSTRAINT)
        ml_compare_constraints(comparison, one, other);
    else
        ml_compare_indexes(comparison, one, other);
}

typedef struct {
    MlCatalogKind kind;
    GPtrArray *before, *after; /* parts that have no counterpart so far */
    MlPresence unlisted_before, unlisted_after;
    const MlCatalogTable *now;
    guint nameless; /* kind_bits of those without a known name */
} Parts;

static const MlExistence *existence_of(gconstpointer part)
{
    return part; /* which begins with it */
}

static gboolean is_nameless_new(MlNaming naming, const MlExistence *existence)
{
    return naming == ML_NAME_UNKNOWN && existence->is != ML_PRESENCE_ABSENT &&
           existence->made != NULL && existence->made->downgrade;
}

/* Whether downgrade() made one whose name cannot be told, which may be the one that is gone. */
static gboolean may_be_back(const Parts *parts, gconstpointer gone)
{
    const MlCatalogTable *table = parts->now;
    const MlCatalogConstraint *constraint = gone;
    for (gsize i = 0; parts->kind == ML_CATALOG_CONSTRAINT && i < table->n_constraints; i++) {
        const MlCatalogConstraint *other = table->constraints[i];
        if (is_nameless_new(other->naming, &other->existence) &&
            (other->kind == constraint->kind || other->kind == ML_CONSTRAINT_UNKNOWN ||
             constraint->kind == ML_CONSTRAINT_UNKNOWN))
            return TRUE;
    }
    for (gsize i = 0; parts->kind == ML_CATALOG_INDEX && i < table->n_indexes; i++)
        if (is_nameless_new(table->indexes[i]->naming, &table->indexes[i]->existence))
            return TRUE;
    return FALSE;
}

static void compare_pair(MlComparison *comparison, const Parts *parts, gconstpointer one,
                         gconstpointer other)
{
    MlCatalogKind kind = parts->kind;
    const char *left = one ? ml_part_name(kind, one) : NULL;
    const char *right = other ? ml_part_name(kind, other) : NULL;
    const MlExistence *was = one ? existence_of(one) : NULL;
    const MlExistence *now = other ? existence_of(other) : NULL;
    MlSchemaDifference *subject = &comparison->subject;
    if (one == other)
        return;
    subject->of = kind;
    subject->name = right ? right : left;
    subject->column =
        kind == ML_CATALOG_COLUMN && one ? ((const MlCatalogColumn *)one)->definition : NULL;
    Fate fate =
        fate_of(comparison->before, was, parts->unlisted_before, now, parts->unlisted_after);
    if (one == NULL && parts->nameless & kind_bits(kind, other))
        fate.was = ML_PRESENCE_UNKNOWN;
    if ((other == NULL && parts->nameless & kind_bits(kind, one)) ||
        (fate.is == ML_PRESENCE_ABSENT && may_be_back(parts, one ? one : other)))
        fate.is = ML_PRESENCE_UNKNOWN;
    if (!settle(comparison, fate, was, now) || one == NULL || other == NULL)
        return;
    if (left != NULL && right != NULL && strcmp(left, right) != 0)
        ml_comparison_add(comparison, "name", left, right, TRUE);
    compare_content(comparison, kind, one, other);
}

static gboolean is_gone(gconstpointer part)
{
    return existence_of(part)->is == ML_PRESENCE_ABSENT;
}

typedef gboolean Match(MlCatalogKind kind, gconstpointer one, gconstpointer other);

static gboolean match_name(MlCatalogKind kind, gconstpointer one, gconstpointer other)
{
    const char *name = ml_part_name(kind, one);
    return one == other || (name != NULL && g_strcmp0(name, ml_part_name(kind, other)) == 0);
}

/* The same under another name, or under none. */
static gboolean match_content(MlCatalogKind kind, gconstpointer one, gconstpointer other)
{
    if (kind == ML_CATALOG_COLUMN || is_gone(one) || is_gone(other))
        return FALSE;
    return kind == ML_CATALOG_CONSTRAINT ? is_same_constraint(one, other)
                                         : is_same_index(one, other);
}

static void pair(MlComparison *comparison, Parts *parts, Match *match)
{
    for (guint i = parts->before->len; i-- > 0;) {
        gconstpointer one = parts->before->pdata[i];
        for (guint j = 0; j < parts->after->len; j++) {
            gconstpointer other = parts->after->pdata[j];
            if (!match(parts->kind, one, other))
                continue;
            compare_pair(comparison, parts, one, other);
            g_ptr_array_remove_index_fast(parts->before, i);
            g_ptr_array_remove_index(parts->after, j);
            break;
        }
    }
}

/* What a list holds, but for what the other holds at the same place. */
static GPtrArray *own_parts(List list, List other)
{
    GPtrArray *own = g_ptr_array_new();
    for (gsize i = 0; i < list.length; i++)
        if (i >= other.length || list.items[i] != other.items[i])
            g_ptr_array_add(own, list.items[i]);
    return own;
}

static void compare_parts(MlComparison *comparison, MlCatalogKind kind, const MlCatalogTable *one,
                          const MlCatalogTable *other)
{
    List old = list_of(kind, one), new = list_of(kind, other);
    if (old.items == new.items && old.length == new.length)
        return;
    g_autoptr(GPtrArray) before = own_parts(old, new);
    g_autoptr(GPtrArray) after = own_parts(new, old);
    Parts parts = {
        .kind = kind,
        .before = before,
        .after = after,
        .unlisted_before = unlisted(one),
        .unlisted_after = unlisted(other),
        .now = other,
        .nameless = nameless_bits(kind, old) | nameless_bits(kind, new),
    };
    pair(comparison, &parts, match_name);
    for (guint i = before->len; i-- > 0;) /* what was gone has no counterpart */
        if (is_gone(before->pdata[i]))
            g_ptr_array_remove_index(before, i);
    pair(comparison, &parts, match_content);
    for (guint i = 0; i < before->len; i++)
        compare_pair(comparison, &parts, before->pdata[i], NULL);
    for (guint i = 0; i < after->len; i++)
        compare_pair(comparison, &parts, NULL, after->pdata[i]);
}

/* --- entries ------------------------------------------------------------- */

static MlPresence unrecorded(const MlCatalog *catalog)
{
    return catalog->closed ? ML_PRESENCE_ABSENT : ML_PRESENCE_UNKNOWN;
}

static void compare_tables(MlComparison *comparison, const MlCatalogTable *one,
                           const MlCatalogTable *other)
{
    static const MlCatalogTable unknown = {.open = TRUE, .comment = {.is = ML_UNKNOWN}};
    const MlExistence *was = one ? &one->existence : NULL;
    const MlExistence *now = other ? &other->existence : NULL;
    const MlCatalogTable *named = other ? other : one;
    comparison->subject =
        (MlSchemaDifference){.of = ML_CATALOG_TABLE, .schema = named->schema, .name = named->name};
    Fate fate = fate_of(comparison->before, was, unrecorded(comparison->before), now,
                        unrecorded(comparison->after));
    if (!settle(comparison, fate, was, now) || other == NULL)
        return;
    one = one ? one : &unknown;
    ml_compare_comments(comparison, one->comment, other->comment);
    comparison->subject.table = named->name;
    compare_parts(comparison, ML_CATALOG_COLUMN, one, other);
    compare_parts(comparison, ML_CATALOG_CONSTRAINT, one, other);
    compare_parts(comparison, ML_CATALOG_INDEX, one, other);
}

/* A serial column's own sequence is part of what is said of the column. */
static gboolean belongs_to_column(const MlCatalogObject *object)
{
    return object->kind == ML_CATALOG_SEQUENCE && object->table != NULL;
}

static void compare_objects(MlComparison *comparison, const MlCatalogObject *one,
                            const MlCatalogObject *other)
{
    const MlExistence *was = one ? &one->existence : NULL;
    const MlExistence *now = other ? &other->existence : NULL;
    const MlCatalogObject *named = other ? other : one;
    if (belongs_to_column(named))
        return;
    comparison->subject = (MlSchemaDifference){.of = named->kind,
                                               .object = named->object,
                                               .schema = named->schema,
                                               .table = named->table,
                                               .name = named->name};
    Fate fate = fate_of(comparison->before, was, unrecorded(comparison->before), now,
                        unrecorded(comparison->after));
    if (settle(comparison, fate, was, now) && one != NULL && other != NULL)
        ml_compare_objects(comparison, one, other);
}

static void compare_entry(const MlMap *one, const MlMap *other, gpointer data)
{
    MlComparison *comparison = data;
    const char *key = one ? one->key : other->key;
    if (ml_key_is_table(key))
        compare_tables(comparison, one ? ml_catalog_entry_table(comparison->before, one) : NULL,
                       other ? ml_catalog_entry_table(comparison->after, other) : NULL);
    else if (ml_key_is_object(key))
        compare_objects(comparison, one ? ml_catalog_entry_object(comparison->before, one) : NULL,
                        other ? ml_catalog_entry_object(comparison->after, other) : NULL);
}

GArray *ml_catalog_differences(const MlCatalog *before, const MlCatalog *after)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(MlSchemaDifference));
    MlComparison comparison = {.before = before, .after = after, .found = found};
    ml_map_compare(before->pool, before->root, after->root, compare_entry, &comparison);
    return found;
}
