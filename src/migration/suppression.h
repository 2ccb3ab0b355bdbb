/* Comments that tell miglint what not to report. */
#pragma once

#include "miglint/migration.h"

/* An empty array of MlSuppression. */
GArray *ml_suppressions_new(void);

/* Adds those of a module whose syntax is still there. */
void ml_suppressions_read(GArray *suppressions, const MlModule *module);
