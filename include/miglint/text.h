/* text: words that were mistyped. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Which of `count` words was probably meant: one that `word` begins, or that
 * begins with it, else one that is spelt alike (an insertion, a deletion, a
 * change or a swap for every three characters, two at most). NULL if none is
 * near. Borrowed from `words`. Bounded: only the first 64 bytes count.
 */
const char *ml_nearest(const char *word, const char *const *words, gsize count);

G_END_DECLS
