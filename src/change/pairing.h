/* The same environment on two sides. Internal to change/. */
#pragma once

#include "miglint/migration.h"

/*
 * Of each of `ones` its like among `others` (both const MlMigrations *): the one
 * of its name, else the one that shares most revisions with it, for it was moved.
 * NULL for one that has none; none is the like of two. Borrowed.
 */
GPtrArray *ml_environments_pair(const GPtrArray *ones, const GPtrArray *others);
