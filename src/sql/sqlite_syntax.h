/* What SQLite has and Postgres' grammar has not. */
#pragma once

#include <glib.h>

/* Whether a text is nothing but PRAGMAs that leave the schema as it is. */
gboolean ml_sql_is_pragma(const char *text);

/*
 * Puts blanks in place of what a statement says of conflicts, INSERT OR IGNORE:
 * the places in it stay what they were. FALSE where it says nothing of that kind.
 */
gboolean ml_sql_blank_conflict(char *text);
