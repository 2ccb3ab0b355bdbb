#include "python/arena.h"

#define CHUNK ((gsize)4096)

struct MlArena {
    GSList *chunks;
    guint8 *free;
    gsize left;   /* bytes of the newest chunk */
    gsize budget; /* bytes that may still be asked of the system */
};

MlArena *ml_arena_new(gsize budget)
{
    MlArena *arena = g_new0(MlArena, 1);
    arena->budget = budget;
    return arena;
}

void ml_arena_free(MlArena *arena)
{
    if (arena == NULL)
        return;
    g_slist_free_full(arena->chunks, g_free);
    g_free(arena);
}

gpointer ml_arena_alloc(MlArena *arena, gsize size)
{
    if (size > arena->budget + arena->left)
        return NULL;
    size = (size + sizeof(gint64) * 2 - 1) & ~(sizeof(gint64) * 2 - 1);
    if (size > arena->left) {
        gsize chunk = MAX(size, CHUNK);
        if (chunk > arena->budget)
            return NULL;
        arena->free = g_malloc0(chunk);
        arena->left = chunk;
        arena->budget -= chunk;
        arena->chunks = g_slist_prepend(arena->chunks, arena->free);
    }
    gpointer memory = arena->free;
    arena->free += size;
    arena->left -= size;
    return memory;
}

gsize ml_arena_set_aside(MlArena *arena)
{
    gsize half = arena->budget / 2;
    arena->budget -= half;
    return half;
}

void ml_arena_give_back(MlArena *arena, gsize bytes)
{
    arena->budget += bytes;
}
