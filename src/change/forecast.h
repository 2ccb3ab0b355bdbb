/* What the files of the forecast share. Internal to change/. */
#pragma once

#include "miglint/change.h"

/* A line of new revisions: what it grows from and where it ends. */
typedef struct {
    char *parent; /* id of the base's revision before it; "base": none */
    char *line;   /* what it is called: lines of other names never collide with it */
    char *head;   /* id of its last revision */
} MlGrowth;

/*
 * The lines that `merged` adds to `base` (NULL: nothing): a new array of MlGrowth *.
 * `preferences` (may be NULL) as for ml_migrations_lines.
 */
GPtrArray *ml_growths_find(const MlMigrations *merged, const MlMigrations *base,
                           const MlPreferences *preferences);

/* Fills in the collisions of a forecast's clean refs. */
void ml_collisions_find(MlForecast *forecast);
void ml_collision_free(gpointer collision);
