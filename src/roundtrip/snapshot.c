#include "roundtrip/snapshot.h"

#include <string.h>

/* --- families ------------------------------------------------------------------------ */

static void property_clear(gpointer data)
{
    MlProperty *property = data;
    g_free(property->name);
    g_free(property->value);
}

static void object_free(gpointer data)
{
    MlSnapshotObject *object = data;
    g_free(object->name);
    g_array_unref(object->properties);
    g_free(object);
}

MlFamily *ml_family_new(const char *kind, const char *schema, const char *name)
{
    MlFamily *family = g_new0(MlFamily, 1);
    g_atomic_ref_count_init(&family->references);
    family->kind = kind;
    family->schema = g_strdup(schema);
    family->name = g_strdup(name);
    family->objects = g_ptr_array_new_with_free_func(object_free);
    return family;
}

MlFamily *ml_family_ref(MlFamily *family)
{
    g_atomic_ref_count_inc(&family->references);
    return family;
}

void ml_family_unref(MlFamily *family)
{
    if (!g_atomic_ref_count_dec(&family->references))
        return;
    g_ptr_array_unref(family->objects);
    g_free(family->schema);
    g_free(family->name);
    g_free(family->state);
    g_free(family);
}

MlSnapshotObject *ml_family_add(MlFamily *family, const char *kind, char *name)
{
    MlSnapshotObject *object = g_new0(MlSnapshotObject, 1);
    object->kind = kind;
    object->name = name;
    object->properties = g_array_new(FALSE, FALSE, sizeof(MlProperty));
    g_array_set_clear_func(object->properties, property_clear);
    g_ptr_array_add(family->objects, object);
    return object;
}

void ml_object_set(MlSnapshotObject *object, const char *property, char *value)
{
    const MlProperty set = {g_strdup(property), g_steal_pointer(&value)};
    g_array_append_val(object->properties, set);
}

/* Whether it is what the family is called after, rather than a part of that. */
static gboolean is_head(const MlFamily *family, const MlSnapshotObject *object)
{
    return strcmp(object->kind, family->kind) == 0;
}

static int compare_objects(const MlFamily *family, const MlSnapshotObject *one,
                           const MlSnapshotObject *other)
{
    int own = is_head(family, other) - is_head(family, one);
    int kind = own ? own : strcmp(one->kind, other->kind);
    return kind ? kind : strcmp(one->name, other->name);
}

static int by_kind_and_name(gconstpointer a, gconstpointer b, gpointer family)
{
    return compare_objects(family, *(MlSnapshotObject *const *)a, *(MlSnapshotObject *const *)b);
}

void ml_family_finish(MlFamily *family)
{
    g_ptr_array_sort_with_data(family->objects, by_kind_and_name, family);
}

/* --- snapshots ------------------------------------------------------------------------ */

static int compare_names(const MlFamily *family, const char *kind, const char *schema,
                         const char *name)
{
    int order = strcmp(family->kind, kind);
    order = order ? order : g_strcmp0(family->schema, schema);
    return order ? order : strcmp(family->name, name);
}

static int compare_families(const MlFamily *one, const MlFamily *other)
{
    return compare_names(one, other->kind, other->schema, other->name);
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return compare_families(*(MlFamily *const *)a, *(MlFamily *const *)b);
}

MlSnapshot *ml_snapshot_new(void)
{
    MlSnapshot *snapshot = g_new0(MlSnapshot, 1);
    snapshot->families = g_ptr_array_new_with_free_func((GDestroyNotify)ml_family_unref);
    return snapshot;
}

void ml_snapshot_free(MlSnapshot *snapshot)
{
    if (snapshot == NULL)
        return;
    g_ptr_array_unref(snapshot->families);
    g_free(snapshot->moment);
    g_free(snapshot);
}

void ml_snapshot_add(MlSnapshot *snapshot, MlFamily *family)
{
    g_ptr_array_add(snapshot->families, family);
}

void ml_snapshot_finish(MlSnapshot *snapshot)
{
    g_ptr_array_sort(snapshot->families, by_name);
}

MlFamily *ml_snapshot_find(const MlSnapshot *snapshot, const char *kind, const char *schema,
                           const char *name)
{
    guint low = 0, high = snapshot->families->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        MlFamily *family = g_ptr_array_index(snapshot->families, middle);
        int order = compare_names(family, kind, schema, name);
        if (order == 0)
            return family;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* --- differences ------------------------------------------------------------------------ */

void ml_trip_difference_free(MlTripDifference *difference)
{
    g_free(difference->schema);
    g_free(difference->table);
    g_free(difference->name);
    g_free(difference->property);
    g_free(difference->before);
    g_free(difference->after);
    g_free(difference);
}

static MlTripDifference *tell(GPtrArray *out, MlSchemaDifferenceKind kind, const MlFamily *family,
                              const MlSnapshotObject *object)
{
    MlTripDifference *difference = g_new0(MlTripDifference, 1);
    difference->kind = kind;
    difference->what = object->kind;
    difference->schema = g_strdup(family->schema);
    difference->table = is_head(family, object) ? NULL : g_strdup(family->name);
    difference->name = g_strdup(object->name);
    g_ptr_array_add(out, difference);
    return difference;
}

static const char *property_of(const MlSnapshotObject *object, const char *name)
{
    for (guint i = 0; i < object->properties->len; i++) {
        const MlProperty *property = &g_array_index(object->properties, MlProperty, i);
        if (strcmp(property->name, name) == 0)
            return property->value;
    }
    return NULL;
}

static void tell_property(GPtrArray *out, const MlFamily *family, const MlSnapshotObject *object,
                          const char *property, const char *before, const char *after)
{
    if (g_strcmp0(before, after) == 0)
        return;
    MlTripDifference *difference = tell(out, ML_SCHEMA_CHANGED, family, object);
    difference->property = g_strdup(property);
    difference->before = g_strdup(before);
    difference->after = g_strdup(after);
}

static void compare_properties(GPtrArray *out, const MlFamily *family,
                               const MlSnapshotObject *before, const MlSnapshotObject *after)
{
    for (guint i = 0; i < before->properties->len; i++) {
        const MlProperty *property = &g_array_index(before->properties, MlProperty, i);
        tell_property(out, family, before, property->name, property->value,
                      property_of(after, property->name));
    }
    for (guint i = 0; i < after->properties->len; i++) {
        const MlProperty *property = &g_array_index(after->properties, MlProperty, i);
        if (property_of(before, property->name) == NULL)
            tell_property(out, family, after, property->name, NULL, property->value);
    }
}

static void compare_parts(GPtrArray *out, const MlFamily *before, const MlFamily *after)
{
    guint i = 0, j = 0;
    while (i < before->objects->len || j < after->objects->len) {
        const MlSnapshotObject *old = i < before->objects->len ? before->objects->pdata[i] : NULL;
        const MlSnapshotObject *new = j < after->objects->len ? after->objects->pdata[j] : NULL;
        int order = old == NULL ? 1 : new == NULL ? -1 : compare_objects(before, old, new);
        if (order < 0)
            tell(out, ML_SCHEMA_MISSING, before, old);
        else if (order > 0)
            tell(out, ML_SCHEMA_LEFT, after, new);
        else
            compare_properties(out, before, old, new);
        i += order <= 0;
        j += order >= 0;
    }
}

GPtrArray *ml_snapshot_compare(const MlSnapshot *before, const MlSnapshot *after)
{
    GPtrArray *out =
        g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))ml_trip_difference_free);
    const GPtrArray *olds = before->families, *news = after->families;
    guint i = 0, j = 0;
    while (i < olds->len || j < news->len) {
        const MlFamily *old = i < olds->len ? olds->pdata[i] : NULL;
        const MlFamily *new = j < news->len ? news->pdata[j] : NULL;
        int order = old == NULL ? 1 : new == NULL ? -1 : compare_families(old, new);
        if (order < 0)
            tell(out, ML_SCHEMA_MISSING, old, old->objects->pdata[0]);
        else if (order > 0)
            tell(out, ML_SCHEMA_LEFT, new, new->objects->pdata[0]);
        else if (old != new)
            compare_parts(out, old, new);
        i += order <= 0;
        j += order >= 0;
    }
    return out;
}
