/* Which operation of a revision takes an object away. */
#pragma once

#include "lint/object.h"

typedef struct {
    const MlOperation *operation;
    gboolean downgrade; /* it is of downgrade() */
} MlDrop;

/* All drops and renames of a step, those of upgrade() first: a new set, for ml_drops_find. */
GHashTable *ml_drops_of(const MlStep *step);

/* What drops or renames it, or drops a column or the table that it is of; NULL where nothing does.
 */
const MlDrop *ml_drops_find(GHashTable *drops, const MlObject *object);
