/* The table that a batch makes in place of another (alembic.operations.batch.ApplyBatchImpl). */
#pragma once

#include "render/reflection.h"

/*
 * A column of the new table. What speaks of it, of the batch too, calls it by its key, which is
 * its name before the batch.
 */
typedef struct {
    const char *key;
    MlColumn column;
    const char *source; /* SQL, what is copied into it; NULL: nothing is */
    gboolean cast;      /* to another type, and called by its key */
} MlBatchColumn;

typedef struct {
    MlRendering *rendering; /* of the operation that is being done to it */
    MlOperations *memory;
    MlText schema;
    const char *name;       /* of both, in the end */
    GPtrArray *columns;     /* MlBatchColumn * */
    GPtrArray *constraints; /* MlConstraint *, of columns by their keys */
    GPtrArray *indexes;     /* MlIndex *, the same: those that were seen */
    GPtrArray *new_indexes; /* const MlIndex *: of the batch, with their names */
    GPtrArray *existing;    /* const char *: keys of the columns that were there and remain */
    GPtrArray *order;       /* const char *: pairs of keys, of which the first comes before */
} MlBatchTable;

/* The table as it is seen. */
MlBatchTable ml_batch_table_new(MlRendering *rendering, MlOperations *memory,
                                const MlCatalogTable *table);
void ml_batch_table_clear(MlBatchTable *table);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MlBatchTable, ml_batch_table_clear)

/* Does to it what the rendering's operation says; refuses what Alembic refuses. */
void ml_batch_table_change(MlBatchTable *table);

/* A column that is added has its place from the rendering's operation (batch_place.c). */
void ml_batch_table_place(MlBatchTable *table, const char *key);
/* Brings the columns into their order. */
void ml_batch_table_sort(MlBatchTable *table);

/* Columns by their names instead of their keys; FALSE where one is not there. */
gboolean ml_batch_table_names(const MlBatchTable *table, MlTexts keys, MlTexts *names);
