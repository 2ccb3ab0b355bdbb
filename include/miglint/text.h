/* text: words that were mistyped. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Which of `count` words was probably meant: one that is spelt alike (letters
 * inserted, dropped, replaced or swapped: up to a third, in a short word two,
 * never more than half of them), else one that begins with `word` or that
 * begins it, of at least four letters. NULL if none is near. Borrowed from
 * `words`. Bounded: only the first 64 bytes are compared.
 */
const char *ml_nearest(const char *word, const char *const *words, gsize count);

G_END_DECLS
