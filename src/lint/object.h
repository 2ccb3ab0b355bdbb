/* What rules call the things of a schema. */
#pragma once

#include "miglint/lint.h"

typedef struct {
    MlCatalogKind kind;
    const char *what;                  /* "column", "foreign key", "materialized view" */
    const char *schema, *table, *name; /* as MlSchemaDifference has them */
    gconstpointer held; /* what a catalog holds of it: MlCatalogColumn, ...; or NULL */
} MlObject;

/* As it is now, or where it is not there, as it was. */
MlObject ml_object_of(const MlSchemaDifference *difference);

/* Of a constraint or an index; of anything else there are none. */
MlNames ml_object_columns(const MlObject *object);

/* "column 'email' of 'account'": new. */
char *ml_object_words(const MlObject *object);
void ml_finding_concerns_object(MlFinding *finding, const MlObject *object);

/*
 * Whether a catalog has one whose name, or whose table's, differs in upper and lower case
 * alone: to all databases but Postgres that may be the same one.
 */
gboolean ml_object_has_twin(const MlObject *object, const MlCatalog *catalog, const char *dialect);
/* Whether one of the operations is on such a one. */
gboolean ml_object_is_spelt_otherwise(const MlObject *object, const MlOperations *operations,
                                      const char *dialect);
