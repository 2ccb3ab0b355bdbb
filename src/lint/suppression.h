/* Findings that a comment asks not to be told of. */
#pragma once

#include "miglint/lint.h"

/* Marks those of the context's findings from number `first` on, and notes which comments did it. */
void ml_suppress(MlContext *context, guint first);
