/* What a selection says of one rule. */
#pragma once

#include "miglint/lint.h"

typedef enum {
    ML_CHOICE_UNSAID,
    ML_CHOICE_RUN,
    ML_CHOICE_SKIP,
} MlChoice;

MlChoice ml_selection_choice(const MlSelection *selection, const MlRule *rule);
