/*
 * A persistent map with ordered keys: putting something into it gives another map,
 * which shares all but the path to it. Maps of the same keys have the same shape,
 * so that two of them are compared at the cost of what they differ in.
 *
 * It is a treap whose priorities are hashes of the keys. NULL is the empty map.
 */
#pragma once

#include "schema/pool.h"

typedef struct MlMap MlMap;
struct MlMap {
    const char *key;
    gconstpointer value;
    guint stamp; /* of the one who put it there */
    guint64 priority;
    const MlMap *left, *right;
};

/* The entry; NULL where there is none. */
const MlMap *ml_map_find(const MlMap *map, const char *key);
/* `key` is copied. */
const MlMap *ml_map_put(MlPool *pool, const MlMap *map, const char *key, gconstpointer value,
                        guint stamp);
const MlMap *ml_map_remove(MlPool *pool, const MlMap *map, const char *key);

/* In the keys' order, those that begin with `prefix`. */
typedef void MlMapVisit(const MlMap *entry, gpointer data);
void ml_map_each(const MlMap *map, const char *prefix, MlMapVisit *visit, gpointer data);

/* In the keys' order, the entries whose values are not the same; NULL where one has none. */
typedef void MlMapCompare(const MlMap *one, const MlMap *other, gpointer data);
void ml_map_compare(MlPool *pool, const MlMap *one, const MlMap *other, MlMapCompare *compare,
                    gpointer data);
