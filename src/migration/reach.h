/* Whether the database can be reached through what something is given. */
#pragma once

#include "migration/role.h"

/*
 * Whether a value is the connection or leads there: it keeps it, was made of it, or is code of
 * the project, which may ask for a connection of its own. So does what cannot be told; what a
 * query gave does not.
 */
gboolean ml_leads_to_database(MlReading *reading, const MlValue *value);

/*
 * Whether a call is of a library that nobody has listed, but can be trusted to change no
 * database: neither a name that it is reached by is suspicious, nor is it given anything that
 * leads there.
 */
gboolean ml_is_trusted_call(MlReading *reading, const MlValue *call);
