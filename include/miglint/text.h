/* text: words that were mistyped, and database URLs with what must not be shown of them. */
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

/* "postgresql" for "postgres://..." and "postgresql+psycopg2://..."; NULL for what names no
 * dialect, such as "driver://...". A new string. */
char *ml_url_dialect(const char *url);

/* The password of a URL as it is written there, a new string; NULL if there is none. */
char *ml_url_password(const char *url);

/* Whether a text that is anything holds a URL with a password. */
gboolean ml_text_has_password(const char *text, gsize length);

/* The text (-1: terminated) with "***" in place of each password of a URL in it; to be freed. */
GString *ml_text_without_passwords(const char *text, gssize length);

G_END_DECLS
