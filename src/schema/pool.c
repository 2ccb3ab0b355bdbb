#include "schema/pool.h"
#include "miglint/memory.h"

#include <string.h>

enum { MOST_BYTES = 512 << 20, MOST_WORK = 200 << 20 };

struct MlPool {
    guint references;
    MlArena *arena;
    GStringChunk *texts;
    guint count;
    gsize used, spent;
};

MlPool *ml_pool_new(void)
{
    MlPool *pool = g_new0(MlPool, 1);
    pool->references = 1;
    pool->arena = ml_arena_new(G_MAXSIZE);
    pool->texts = g_string_chunk_new(4096);
    return pool;
}

MlPool *ml_pool_ref(MlPool *pool)
{
    pool->references++;
    return pool;
}

void ml_pool_unref(MlPool *pool)
{
    if (--pool->references > 0)
        return;
    ml_arena_free(pool->arena);
    g_string_chunk_free(pool->texts);
    g_free(pool);
}

gpointer ml_pool_alloc(MlPool *pool, gsize size)
{
    pool->used += size;
    return ml_arena_alloc(pool->arena, size);
}

const char *ml_pool_text(MlPool *pool, const char *text)
{
    return text ? g_string_chunk_insert_const(pool->texts, text) : NULL;
}

gpointer ml_pool_copy(MlPool *pool, gconstpointer from, gsize size)
{
    return memcpy(ml_pool_alloc(pool, size), from, size);
}

gconstpointer ml_pool_pointers(MlPool *pool, const GPtrArray *array)
{
    return array->len ? ml_pool_copy(pool, array->pdata, array->len * sizeof(gpointer)) : NULL;
}

guint ml_pool_count(MlPool *pool)
{
    return ++pool->count;
}

gboolean ml_pool_is_full(const MlPool *pool)
{
    return pool->used > MOST_BYTES || pool->spent > MOST_WORK;
}

void ml_pool_spend(MlPool *pool, gsize entries)
{
    pool->spent += entries;
}
