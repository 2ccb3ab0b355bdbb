#include "miglint/memory.h"

#include <string.h>

/* Bytes of the first chunk; each is twice the one before, up to the last of these. */
enum { SMALLEST = 2 * 1024, LARGEST = 64 * 1024 };

typedef struct Chunk Chunk;
struct Chunk {
    Chunk *before;
    guint64 bytes[];
};

struct MlArena {
    Chunk *newest;
    char *free;   /* in the newest chunk */
    gsize left;   /* bytes of it */
    gsize next;   /* bytes of the next one */
    gsize budget; /* bytes that may still be asked of the system */
};

MlArena *ml_arena_new(gsize budget)
{
    MlArena *arena = g_new0(MlArena, 1);
    arena->next = SMALLEST;
    arena->budget = budget;
    return arena;
}

void ml_arena_free(MlArena *arena)
{
    if (arena == NULL)
        return;
    for (Chunk *chunk = arena->newest, *before; chunk != NULL; chunk = before) {
        before = chunk->before;
        g_free(chunk);
    }
    g_free(arena);
}

static gboolean grow(MlArena *arena, gsize size)
{
    if (size > arena->budget)
        return FALSE;
    gsize room = MIN(MAX(size, arena->next), arena->budget);
    Chunk *chunk = g_malloc(sizeof *chunk + room);
    chunk->before = arena->newest;
    arena->newest = chunk;
    arena->free = (char *)chunk->bytes;
    arena->left = room;
    arena->next = MIN(arena->next * 2, LARGEST);
    arena->budget -= room;
    return TRUE;
}

static char *take(MlArena *arena, gsize size)
{
    gsize aligned = (size + sizeof(guint64) - 1) & ~(sizeof(guint64) - 1);
    if (aligned < size || (aligned > arena->left && !grow(arena, aligned)))
        return NULL;
    char *memory = arena->free;
    arena->free += aligned;
    arena->left -= aligned;
    return memory;
}

gpointer ml_arena_alloc(MlArena *arena, gsize size)
{
    char *memory = take(arena, size);
    return memory ? memset(memory, 0, size) : NULL;
}

const char *ml_arena_text(MlArena *arena, const char *text, gsize length)
{
    char *copy = take(arena, length + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
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
