/* What the rest of the room needs of the rules' names. */
#pragma once

#include "miglint/lint.h"

/* Sets the error that no rule is called `word`, and offers the nearest. */
void ml_rule_set_unknown(const char *word, GError **error);
