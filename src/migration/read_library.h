/* What the operations are that libraries add to op. */
#pragma once

#include "migration/reading.h"

/* create_entity() and its kin, of alembic_utils; FALSE where `name` is none of them. */
gboolean ml_read_entity_operation(MlReading *reading, const char *name, const MlValue *call);

/*
 * sync_enum_values(), of alembic-postgresql-enum and of alembic-autogenerate-enums; FALSE where
 * `name` is another.
 */
gboolean ml_read_enum_operation(MlReading *reading, const char *name, const MlValue *call);
