/* What Alembic's own calls are. */
#pragma once

#include "migration/reading.h"

/*
 * op.name(...) where `batch` is NULL, otherwise batch_op.name(...) of that call
 * of batch_alter_table. FALSE where Alembic has no operation of this name.
 */
gboolean ml_read_operation(MlReading *reading, const char *name, const MlValue *call,
                           const MlValue *batch);

/* What a call of batch_alter_table says, of the operation at hand; one for all in it. */
void ml_read_batch(MlReading *reading, const MlValue *call);

/* The table of the operation in hand; its parts are the arguments from `first` on. */
void ml_read_create_table(MlReading *reading, const MlSite *site, gsize first);
