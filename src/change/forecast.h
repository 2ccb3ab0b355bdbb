/* What the files of the forecast share. Internal to change/. */
#pragma once

#include "miglint/change.h"

/* A line of new revisions: what it grows from and where it ends. */
typedef struct {
    char *parent; /* id of the base's revision before it; "base": none */
    char *line;   /* what it is called: lines of other names never collide with it */
    char *head;   /* id of its last revision */
} MlGrowth;

/* An empty array of MlGrowth *. */
GPtrArray *ml_growths_new(void);
void ml_growth_add(GPtrArray *growths, const char *head, const char *parent, const char *line);

/*
 * Adds the lines that `merged` has and `base` (NULL: nothing) has not.
 * `preferences` (may be NULL) as for ml_migrations_lines.
 */
void ml_growths_find(GPtrArray *growths, const MlMigrations *merged, const MlMigrations *base,
                     const MlPreferences *preferences);

/* Fills in the collisions of a forecast's clean refs. */
void ml_collisions_find(MlForecast *forecast);
void ml_collision_free(gpointer collision);

/* To be filled in; freed with ml_forecast_project_free. */
MlForecastProject *ml_forecast_project_new(const char *name);
void ml_forecast_project_free(gpointer project);

/* Whether a graph is in order, is meant to have one line, and has nothing unknown in it. */
gboolean ml_growth_is_simple(const MlMigrations *base, const MlPreferences *preferences);

/*
 * What `added` (MlRevision *) makes of such a graph, told from the ids alone;
 * NULL where that takes the whole graph: something is missing, twice, labelled,
 * in a circle, or cannot be told.
 */
MlForecastProject *ml_growth_simple(const MlMigrations *base, const GPtrArray *added);
