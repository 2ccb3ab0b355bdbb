/*
 * configuration: the files that set an environment up, read and parsed.
 */
#pragma once

#include "project/settings.h"

G_BEGIN_DECLS

#define ML_ALEMBIC_INI "alembic.ini"
#define ML_PYPROJECT   "pyproject.toml"

typedef struct {
    MlConfigFiles files;
    MlIni *ini;
    MlToml *toml;
    char *here;
} MlConfiguration;

/* `ini` and `toml` are paths of the tree; either may be NULL. */
MlConfiguration *ml_configuration_read(MlTree *tree, const char *ini, const char *toml,
                                       GError **error);
void ml_configuration_free(MlConfiguration *configuration);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlConfiguration, ml_configuration_free)

/* The path of a folder's pyproject.toml if it speaks of Alembic, else NULL. */
char *ml_pyproject_in(MlTree *tree, const char *folder);

G_END_DECLS
