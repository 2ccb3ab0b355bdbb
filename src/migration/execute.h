/* What is executed, or made and dropped by its own methods. */
#pragma once

#include "migration/reading.h"

/* A text of SQL, a statement of SQLAlchemy's, CreateTable(...): whatever execute() takes. */
void ml_read_executed(MlReading *reading, const MlValue *value, MlSqlStyle style, MlOrigin origin);

/*
 * table.create(bind), enum.drop(bind), metadata.create_all(): FALSE where a
 * method of this name is none that changes a database.
 */
gboolean ml_read_ddl_method(MlReading *reading, const MlValue *call, const char *method,
                            const MlValue *object);

/* Something that may do anything. */
void ml_read_unknown_call(MlReading *reading, const MlValue *call, const char *why);
