/*
 * settings: what a configuration file says of an environment, as it is
 * written there. Where that lies in the tree is found out by environment.h.
 */
#pragma once

#include "miglint/project.h"
#include "project/ini.h"

G_BEGIN_DECLS

/* Paths that a file may name, all sections together: each costs many look-ups in the tree. */
#define ML_SETTINGS_PATHS 300

typedef struct {
    char *config;
    char *section;
    char *script_location;        /* NULL: not set */
    guint script_line;            /* where it stands */
    GPtrArray *version_locations; /* char *; empty: not set */
    guint version_line;
    GPtrArray *prepend_sys_path; /* char * */
    MlRecursion recursive;
} MlSettings;

/*
 * Each section that could be an environment: those that have a script_location
 * themselves, and [alembic] whatever it has. Follows alembic.config.Config of
 * 1.16 and later, which reads all that was written for its elders.
 */
GPtrArray *ml_settings_of_ini(const MlIni *ini, GError **error);

G_END_DECLS
