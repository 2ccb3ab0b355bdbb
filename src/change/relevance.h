/*
 * Which files of a commit can change an environment's graph, or which
 * environments there are. Internal to change/.
 */
#pragma once

#include "miglint/migration.h"

/* A file by whose name or text an environment is found, or its settings: env.py, an ini, a TOML. */
gboolean ml_path_configures(const char *path);

/* Whether a path lies in a folder of that environment: its env.py's, or its revisions'. */
gboolean ml_path_is_within(const char *path, const MlMigrations *migrations);

/* Whether the file is a revision of the environment by its name and its place. */
gboolean ml_path_is_revision(const char *path, const MlMigrations *migrations);
