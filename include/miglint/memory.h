/*
 * memory: what many small things of one life are made in, and given back with at once.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct MlArena MlArena;

/* It never asks the system for more than `budget` bytes in all. */
MlArena *ml_arena_new(gsize budget);
void ml_arena_free(MlArena *arena);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlArena, ml_arena_free)

/* Zeroed and aligned for any type but long double; NULL once the budget is spent. */
gpointer ml_arena_alloc(MlArena *arena, gsize size);
/* A copy of `length` bytes, terminated; NULL likewise. */
const char *ml_arena_text(MlArena *arena, const char *text, gsize length);

/* Keeps half of what is left of the budget from being spent, until it is given back. */
gsize ml_arena_set_aside(MlArena *arena);
void ml_arena_give_back(MlArena *arena, gsize bytes);

G_END_DECLS
