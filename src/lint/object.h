/* What rules call the things of a schema, and what to write to make or drop them. */
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

/* As Python would write it: new. */
char *ml_object_quoted(const char *text);

/*
 * The call that drops it, or that makes it as it was: new; NULL where it cannot be written
 * down. In the words of `like` (may be NULL): within a batch where that is within one.
 */
char *ml_object_drop_call(const MlObject *object, const MlOperation *like);
char *ml_object_make_call(const MlObject *object, const MlOperation *like);
/* The alter_column that gives a column back what differs in `old`; NULL likewise. */
char *ml_object_alter_call(const MlObject *column, const MlCatalogColumn *old,
                           const GPtrArray *properties, const MlOperation *like);
