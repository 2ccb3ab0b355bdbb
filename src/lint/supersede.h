/* Of several rules that speak of one object, the one that knows more. */
#pragma once

#include "miglint/lint.h"

/* Drops the findings that others supersede. */
void ml_supersede(GPtrArray *findings);
