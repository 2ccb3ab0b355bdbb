/* Operations on what is known not to be there. */
#pragma once

#include "lint/moment.h"
#include "lint/object.h"

typedef struct {
    const MlMoment *moment;
    MlObject part;   /* what is dropped or altered */
    MlObject object; /* what is not there: the same, or the table that it would be in */
    gboolean table_is_gone;
    const MlDeed *taken;         /* what took it away; NULL where that is not known */
    MlDeed found;                /* that, where no catalog keeps it */
    const MlCatalogTable *table; /* that it is, or should be in; NULL where none is known */
} MlUnmade;

typedef void MlUnmadeReport(MlContext *context, const MlUnmade *unmade);

/*
 * Calls `report` for each object, once, that a function surely drops or alters though it is
 * known not to be there, on any database that the project may run on.
 */
void ml_unmade_each(MlContext *context, const MlStep *step, gboolean downgrade,
                    MlUnmadeReport *report);

/* "drops index 'ix' of 'account', which is not there": new. */
char *ml_unmade_words(const MlUnmade *unmade);
/* Says what was probably meant, or where the object went. */
void ml_unmade_explain(MlFinding *finding, const MlUnmade *unmade);
