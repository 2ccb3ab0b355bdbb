/* When the operations of a batch run: all at once, where the block of its `with` ends. */
#pragma once

#include "migration/reading.h"

typedef struct {
    MlReading *reading;
    gsize first;      /* of the operations that are put in order */
    GPtrArray *order; /* MlOperation *: as they run */
    GPtrArray *open;  /* the blocks that have operations waiting, outermost first */
} MlBatchOrder;

MlBatchOrder ml_batch_order_new(MlReading *reading);
/* The next event happens within these: what has ended before runs now. */
void ml_batch_order_leave(MlBatchOrder *order, const MlWith *contexts);
/* Takes in the operations from `first` on, which one event made. */
void ml_batch_order_add(MlBatchOrder *order, gsize first, const MlWith *contexts);
/* The function has ended. Puts all in order, and frees it. */
void ml_batch_order_end(MlBatchOrder *order);
