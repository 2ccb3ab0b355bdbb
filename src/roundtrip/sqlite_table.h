/* CREATE TABLE, as sqlite_master keeps it -> a table with its columns and constraints. */
#pragma once

#include "roundtrip/snapshot.h"

/*
 * Adds the table itself, its columns and its constraints to the family of a table. SQLite
 * has taken the text before; of a text that it would not take anything may be read.
 */
void ml_sqlite_table_read(MlFamily *family, const char *sql);
