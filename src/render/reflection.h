/* What SQLAlchemy sees of a table that is in SQLite (Table(autoload_with=...)). */
#pragma once

#include "render/rendering.h"

/* A table as it is seen. What hangs on it is in `memory`. */
typedef struct {
    MlOperations *memory;
    GArray *columns;     /* MlColumn, in their order */
    GArray *constraints; /* MlConstraint, with the names that they have */
    GArray *indexes;     /* MlIndex, the same */
} MlReflection;

/*
 * What is seen of a table of the catalog. Refuses one of which not all is known, and one that is
 * seen otherwise than it is.
 */
MlReflection ml_reflect_table(MlRendering *rendering, MlOperations *memory,
                              const MlCatalogTable *table);
void ml_reflection_clear(MlReflection *reflection);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MlReflection, ml_reflection_clear)

static inline MlText ml_text_known(const char *text)
{
    return (MlText){.is = ML_KNOWN, .text = text};
}
