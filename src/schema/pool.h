/* Memory of a chain of catalogs: what is allocated lives as long as any of them. */
#pragma once

#include <glib.h>

typedef struct MlPool MlPool;

MlPool *ml_pool_new(void);
MlPool *ml_pool_ref(MlPool *pool);
void ml_pool_unref(MlPool *pool);

/* Zeroed. */
gpointer ml_pool_alloc(MlPool *pool, gsize size);
/* A copy; equal texts are one. NULL stays NULL. */
const char *ml_pool_text(MlPool *pool, const char *text);
/* A copy of an array's elements; NULL where there are none. */
gconstpointer ml_pool_pointers(MlPool *pool, const GPtrArray *array);
gpointer ml_pool_copy(MlPool *pool, gconstpointer from, gsize size);
/*
 * Whether it has grown, or work in it has been done, beyond what any real chain takes: then nothing
 * more is to be put into it.
 */
gboolean ml_pool_is_full(const MlPool *pool);
/* Counts entries that were looked at. */
void ml_pool_spend(MlPool *pool, gsize entries);
/* 1, 2, 3, ... */
guint ml_pool_count(MlPool *pool);
