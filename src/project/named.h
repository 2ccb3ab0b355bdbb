/*
 * named: the one environment that -c and -n name.
 */
#pragma once

#include "miglint/project.h"

G_BEGIN_DECLS

/* An array of that one; see ml_projects_find. */
GPtrArray *ml_project_named(MlTree *tree, const MlProjectQuery *query, GPtrArray *notes,
                            GError **error);

G_END_DECLS
