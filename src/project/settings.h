/*
 * settings: what a configuration file says of an environment, as it is
 * written there. Where that lies in the tree is found out by environment.h.
 */
#pragma once

#include "miglint/project.h"
#include "project/ini.h"
#include "project/toml.h"

G_BEGIN_DECLS

/* Paths that a file may name, all sections together: each costs many look-ups in the tree. */
#define ML_SETTINGS_PATHS 300

typedef struct {
    char *config;          /* the ini; pyproject.toml where that stands alone */
    char *section;         /* of the config */
    char *script_location; /* NULL: not set */
    MlPlace script_place;
    GPtrArray *version_locations; /* char *; empty: not set */
    MlPlace version_place;
    GPtrArray *prepend_sys_path; /* char * */
    MlRecursion recursive;
    GPtrArray *hooks;   /* MlHook * */
    GPtrArray *options; /* MlOption *: see MlProject */
    GPtrArray *engines; /* char * */
} MlSettings;

void ml_settings_free(MlSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlSettings, ml_settings_free)

/* The files that Alembic is set up by. It asks the ini first, key by key. */
typedef struct {
    const MlIni *ini;   /* or NULL */
    const MlToml *toml; /* or NULL */
    const char *here;   /* what %(here)s stands for in the TOML file */
} MlConfigFiles;

/* The table [tool.alembic] of a TOML file; NULL if it has none, or there is no such file. */
const MlTomlValue *ml_toml_alembic(const MlToml *toml);

/* A string of it as Python's % gives it for {"here": ...}; NULL with an error. */
char *ml_toml_expand(const MlConfigFiles *files, const MlTomlValue *value, const char *key,
                     GError **error);

/*
 * The environment of one section of the ini, which may be missing, and of
 * [tool.alembic], which no other section's name changes. Follows
 * alembic.config.Config of 1.16 and later, which reads all that was written
 * for its elders.
 */
MlSettings *ml_settings_read(const MlConfigFiles *files, const char *section, GError **error);

/*
 * Each section of the ini that could be an environment: those that have a
 * script_location themselves, and [alembic] whatever it has.
 */
GPtrArray *ml_settings_of_ini(const MlConfigFiles *files, GError **error);

G_END_DECLS
