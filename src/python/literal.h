/* Python's string literals. */
#pragma once

#include "python/syntax.h"

/* Appends what an interpolated expression stands for; FALSE where that cannot be told. */
typedef gboolean (*MlInterpolate)(GString *out, TSNode expression, gpointer data);

/*
 * What a string node stands for, prefix and escapes as Python reads them. Where
 * an interpolation cannot be told, the text in front of it, and `whole` is
 * FALSE. NULL for bytes, for \N{...} and for what Python rejects.
 */
GString *ml_literal_read(const MlModule *module, TSNode node, MlInterpolate interpolate,
                         gpointer data, gboolean *whole);
