/*
 * project: where the migrations are and how they are set up.
 *
 * An Alembic environment is a folder with env.py (the script location) and
 * one or more folders of revision files (the version locations). It is found
 * through an ini file that names it, or by itself where the configuration is
 * made in code. Nothing is run.
 *
 * All paths are paths of the tree (see source.h).
 */
#pragma once

#include "miglint/source.h"

G_BEGIN_DECLS

#define ML_PROJECT_ERROR (ml_project_error_quark())
GQuark ml_project_error_quark(void);

typedef enum {
    ML_PROJECT_ERROR_CONFIG, /* the message begins with "path:line: " where a line is known */
} MlProjectError;

typedef enum {
    ML_RECURSION_UNSET, /* nothing says; see ml_migrations_load */
    ML_RECURSION_OFF,
    ML_RECURSION_ON,
} MlRecursion;

typedef struct {
    char *name;                   /* unique in the tree: the script location, or "." for the root;
                                     "LOCATION (INI [SECTION])" where several share one */
    char *config;                 /* the ini; NULL if none names the environment */
    char *section;                /* its section; NULL likewise */
    char *script_location;        /* the folder with env.py */
    GPtrArray *version_locations; /* char *, in Alembic's order; existing folders only */
    MlRecursion recursive;
    GPtrArray *import_roots; /* char *: folders that absolute imports are looked for in, in order */
    gboolean template_without_downgrade; /* script.py.mako is there and writes no downgrade() */
} MlProject;

void ml_project_free(MlProject *project);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlProject, ml_project_free)

/*
 * Every environment of the tree that lies in one of `folders` (char *; NULL or
 * empty: everywhere): MlProject sorted by script location, freed with the
 * array. Not searched are hidden folders, .venv, site-packages, node_modules
 * and the like, unless one of `folders` lies in them. A location is looked for
 * as ConfigParser and Alembic resolve it: see DESIGN section 5.
 *
 * `notes` (may be NULL) gets a char * for everything a user should know that
 * is no error, such as a script location that is not there.
 *
 * Fails when an ini file cannot be read as Python's ConfigParser would.
 */
GPtrArray *ml_projects_find(MlTree *tree, GPtrArray *folders, GPtrArray *notes, GError **error);

/* Appends "NAME VERSION" and a line end for each library that the room is built on. */
void ml_project_libraries(GString *out);

G_END_DECLS
