/* Properties of an object on two sides: compare.c tells how they differ, difference.c who asks. */
#pragma once

#include "schema/catalog.h"

typedef struct {
    const MlCatalog *before, *after;
    GArray *found;              /* MlSchemaDifference */
    MlSchemaDifference subject; /* what is the same of all that are found of one object */
} MlComparison;

/* Records that a property differs; texts are copied, NULL stays. */
void ml_comparison_add(MlComparison *comparison, const char *property, const char *before,
                       const char *after, gboolean certain);

void ml_compare_columns(MlComparison *comparison, const MlCatalogColumn *one,
                        const MlCatalogColumn *other);
void ml_compare_constraints(MlComparison *comparison, const MlCatalogConstraint *one,
                            const MlCatalogConstraint *other);
void ml_compare_indexes(MlComparison *comparison, const MlCatalogIndex *one,
                        const MlCatalogIndex *other);
void ml_compare_objects(MlComparison *comparison, const MlCatalogObject *one,
                        const MlCatalogObject *other);
void ml_compare_comments(MlComparison *comparison, MlText one, MlText other);

/* Whether both have the same columns, none of which is unknown. */
gboolean ml_names_are_same(MlNames one, MlNames other);
