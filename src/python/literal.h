/* Python's string literals. */
#pragma once

#include "python/syntax.h"

/* How a literal is to be read, as what stands in front of it says. */
typedef struct {
    gboolean raw, bytes, format;
    guint32 quotes; /* one or three */
} MlPrefix;

MlPrefix ml_prefix_read(const MlModule *module, TSNode string_start);
/* Where the text ends, in front of the closing quotes. */
guint32 ml_literal_end(MlPrefix prefix, TSNode string_end);

/* Stands in front of an escape that was kept: no UTF-8 holds it. */
#define ML_ESCAPE_KEPT '\xff'

/*
 * Appends what a stretch of source between quotes and interpolations stands
 * for. \N{...}, a lone surrogate and what Python rejects are not known: with
 * `keep` they are appended as they are written, without they give FALSE.
 */
gboolean ml_literal_append(GString *out, const MlModule *module, guint32 from, guint32 to,
                           MlPrefix prefix, gboolean keep);

/*
 * What a string node stands for if it is spelt as it is: without a prefix, triple
 * quotes, escapes. The module's; NULL otherwise, see ml_literal_read.
 */
const char *ml_literal_plain(const MlModule *module, TSNode node, gsize *length);

/* Appends what an interpolation stands for, or what is to stand for that. */
typedef void (*MlInterpolate)(GString *out, TSNode interpolation, gpointer data);

/*
 * What a string node stands for, prefix and escapes as Python reads them. NULL for
 * bytes, for \N{...} and for what Python rejects.
 */
GString *ml_literal_read(const MlModule *module, TSNode node, MlInterpolate interpolate,
                         gpointer data);
