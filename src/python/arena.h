/* Memory that is given back all at once, and that never exceeds its budget. */
#pragma once

#include <glib.h>

typedef struct MlArena MlArena;

MlArena *ml_arena_new(gsize budget);
void ml_arena_free(MlArena *arena);

/* Zeroed and aligned for any type; NULL once the budget is spent. */
gpointer ml_arena_alloc(MlArena *arena, gsize size);

/* Keeps half of what is left of the budget from being spent, until it is given back. */
gsize ml_arena_set_aside(MlArena *arena);
void ml_arena_give_back(MlArena *arena, gsize bytes);
