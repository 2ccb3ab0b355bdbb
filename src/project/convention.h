/* convention: names that a naming convention gives, and whether there may be one. */
#pragma once

#include "miglint/project.h"

/* An array of MlConventionName, freed with it. */
GPtrArray *ml_convention_names_new(void);

/* Whether some Python file of the tree, revisions apart, speaks of one; or there are too many. */
gboolean ml_convention_is_mentioned(MlTree *tree, const MlProject *project);
