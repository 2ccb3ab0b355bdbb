/* What parsing a text could cost, told before it is parsed. */
#pragma once

#include <glib.h>

/*
 * Why a text (terminated) is not worth trying: half a sentence; NULL if it is.
 * The parser's time grows with the square of what this bounds.
 */
const char *ml_sql_too_costly(const char *text, gsize length);
