/* An operation at its moment: what was there when it is done. */
#pragma once

#include "miglint/lint.h"

typedef struct {
    const MlStep *step;
    const MlPassage *passage;
    gboolean downgrade;
    gsize at; /* number of the operation in its passage */
    const MlOperation *operation;
    const MlCatalog *before;
} MlMoment;

typedef void MlMomentCheck(MlContext *context, const MlMoment *moment);

/* Calls `check` for each operation that surely is done, once, on the step's engine. */
void ml_moments_each(MlContext *context, const MlStep *step, gboolean downgrade,
                     MlMomentCheck *check);

/* "upgrade()" */
const char *ml_moment_function(const MlMoment *moment);

/* Whether downgrade() is there to undo what upgrade() does: both do something, and neither raises.
 */
gboolean ml_step_comes_back(const MlStep *step);
