/* What to write in a revision for an object to be dropped, made, or as it was. */
#pragma once

#include "lint/object.h"

/*
 * The call, new; NULL where it cannot be written down. In the way of `like` (may be NULL):
 * within a batch where that is within one.
 */
char *ml_call_to_drop(const MlObject *object, const MlOperation *like);
/* As it is held: see MlObject. A column like that of a create_table: the column alone. */
char *ml_call_to_make(const MlObject *object, const MlOperation *like);
/*
 * For the properties in which a column, held as it was, differs (const MlSchemaDifference *) to be
 * as they were. `using`: the type that Postgres has to be told to turn the values into; or NULL.
 */
char *ml_call_to_alter(const MlObject *column, const GPtrArray *differences,
                       const MlOperation *like, const char *using);

/* As Python would write it: a new string. */
char *ml_python_string(const char *text);

/* What to write instead of the operation for a column to be renamed: a new string. */
char *ml_rename_column_call(const MlOperation *operation, const char *from, const char *to);
