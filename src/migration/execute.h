/* What is executed, or made and dropped by its own methods. */
#pragma once

#include "migration/reading.h"

/*
 * A text of SQL, a statement of SQLAlchemy's, CreateTable(...): whatever execute() takes.
 * `parameters`: what it is executed with; NULL: nothing.
 */
void ml_read_executed(MlReading *reading, const MlValue *value, const MlValue *parameters,
                      MlSqlStyle style, MlOrigin origin);

/* A text with ML_HOLEs in it. FALSE: it is none, or it may do anything. */
gboolean ml_read_holes(MlReading *reading, const MlValue *text, MlSqlStyle style, MlOrigin origin);

/* What the operations from `first` on execute, where that is to be spelt out. */
void ml_read_execution(MlReading *reading, gsize first, const MlValue *value,
                       const MlValue *parameters, MlSqlStyle style);
/* The same of the operation in hand, which inserts rows; both may be NULL. */
void ml_read_rows_execution(MlReading *reading, const MlValue *table, const MlValue *rows);

/*
 * table.create(bind), enum.drop(bind), metadata.create_all(): FALSE where a
 * method of this name is none that changes a database.
 */
gboolean ml_read_ddl_method(MlReading *reading, const MlValue *call, const char *method,
                            const MlValue *object);

/* Something that may do anything. */
void ml_read_unknown_call(MlReading *reading, const MlValue *call, const char *why);
