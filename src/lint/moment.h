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

/* FALSE unless the operation surely is done, once, on the step's engine. */
gboolean ml_moment_at(const MlStep *step, gboolean downgrade, gsize at, MlMoment *moment);

/*
 * Whether nothing can be there but what the revisions have made: none of them speaks of a table
 * that was there before, or does what cannot be told.
 */
gboolean ml_moment_knows_all(const MlMoment *moment);

/* "upgrade()" */
const char *ml_moment_function(const MlMoment *moment);

/* Whether downgrade() is there to undo what upgrade() does: it does something, and neither raises.
 */
gboolean ml_step_comes_back(const MlStep *step);
