#include "schema/map.h"

#include <string.h>

/* FNV-1a, then mixed, since its upper bits hardly depend on the last letters. */
static guint64 priority_of(const char *key)
{
    guint64 hash = G_GUINT64_CONSTANT(14695981039346656037);
    for (const char *c = key; *c != '\0'; c++)
        hash = (hash ^ (guchar)*c) * G_GUINT64_CONSTANT(1099511628211);
    hash = (hash ^ hash >> 32) * G_GUINT64_CONSTANT(0xd6e8feb86659fd93);
    return hash ^ hash >> 32;
}

static gboolean is_above(const MlMap *one, const MlMap *other)
{
    return one->priority != other->priority ? one->priority > other->priority
                                            : strcmp(one->key, other->key) < 0;
}

static const MlMap *with_children(MlPool *pool, const MlMap *entry, const MlMap *left,
                                  const MlMap *right)
{
    if (entry->left == left && entry->right == right)
        return entry;
    MlMap *copy = ml_pool_copy(pool, entry, sizeof *entry);
    copy->left = left;
    copy->right = right;
    return copy;
}

const MlMap *ml_map_find(const MlMap *map, const char *key)
{
    while (map != NULL) {
        int order = strcmp(key, map->key);
        if (order == 0)
            return map;
        map = order < 0 ? map->left : map->right;
    }
    return NULL;
}

/* Entries before and behind a key, and the one that has it. */
static const MlMap *split(MlPool *pool, const MlMap *map, const char *key, const MlMap **left,
                          const MlMap **right)
{
    *left = *right = NULL;
    if (map == NULL)
        return NULL;
    int order = strcmp(key, map->key);
    const MlMap *found = map;
    if (order == 0) {
        *left = map->left;
        *right = map->right;
    } else if (order < 0) {
        const MlMap *behind;
        found = split(pool, map->left, key, left, &behind);
        *right = with_children(pool, map, behind, map->right);
    } else {
        const MlMap *before;
        found = split(pool, map->right, key, &before, right);
        *left = with_children(pool, map, map->left, before);
    }
    return found;
}

static const MlMap *merge(MlPool *pool, const MlMap *left, const MlMap *right)
{
    if (left == NULL || right == NULL)
        return left ? left : right;
    if (is_above(left, right))
        return with_children(pool, left, left->left, merge(pool, left->right, right));
    return with_children(pool, right, merge(pool, left, right->left), right->right);
}

static const MlMap *put(MlPool *pool, const MlMap *map, MlMap *entry)
{
    if (map == NULL || (is_above(entry, map) && strcmp(entry->key, map->key) != 0)) {
        split(pool, map, entry->key, &entry->left, &entry->right);
        return entry;
    }
    int order = strcmp(entry->key, map->key);
    if (order == 0) {
        entry->left = map->left;
        entry->right = map->right;
        return entry;
    }
    return order < 0 ? with_children(pool, map, put(pool, map->left, entry), map->right)
                     : with_children(pool, map, map->left, put(pool, map->right, entry));
}

const MlMap *ml_map_put(MlPool *pool, const MlMap *map, const char *key, gconstpointer value,
                        guint stamp)
{
    MlMap *entry = ml_pool_alloc(pool, sizeof *entry);
    entry->key = ml_pool_text(pool, key);
    entry->value = value;
    entry->stamp = stamp;
    entry->priority = priority_of(key);
    return put(pool, map, entry);
}

const MlMap *ml_map_remove(MlPool *pool, const MlMap *map, const char *key)
{
    if (map == NULL)
        return NULL;
    int order = strcmp(key, map->key);
    if (order == 0)
        return merge(pool, map->left, map->right);
    return order < 0 ? with_children(pool, map, ml_map_remove(pool, map->left, key), map->right)
                     : with_children(pool, map, map->left, ml_map_remove(pool, map->right, key));
}

void ml_map_each(const MlMap *map, const char *prefix, MlMapVisit *visit, gpointer data)
{
    if (map == NULL)
        return;
    int order = strncmp(map->key, prefix, strlen(prefix));
    if (order >= 0)
        ml_map_each(map->left, prefix, visit, data);
    if (order == 0)
        visit(map, data);
    if (order <= 0)
        ml_map_each(map->right, prefix, visit, data);
}

static void compare_found(const MlMap *one, const MlMap *other, MlMapCompare *compare,
                          gpointer data)
{
    if ((one ? one->value : NULL) != (other ? other->value : NULL))
        compare(one, other, data);
}

void ml_map_compare(MlPool *pool, const MlMap *one, const MlMap *other, MlMapCompare *compare,
                    gpointer data)
{
    const MlMap *left, *right;
    if (one == other)
        return;
    if (other == NULL || (one != NULL && is_above(one, other))) {
        const MlMap *found = split(pool, other, one->key, &left, &right);
        ml_map_compare(pool, one->left, left, compare, data);
        compare_found(one, found, compare, data);
        ml_map_compare(pool, one->right, right, compare, data);
    } else {
        const MlMap *found = split(pool, one, other->key, &left, &right);
        ml_map_compare(pool, left, other->left, compare, data);
        compare_found(found, other, compare, data);
        ml_map_compare(pool, right, other->right, compare, data);
    }
}
