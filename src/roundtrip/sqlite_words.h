/* SQLite's own text of a schema, word by word: what sqlite_master keeps. */
#pragma once

#include <glib.h>

typedef enum {
    ML_WORD_NAME,   /* bare: a keyword or an identifier; `text` in lower case */
    ML_WORD_QUOTED, /* an identifier in any of the four kinds of quotes, which are gone */
    ML_WORD_STRING, /* as it stands, quotes included */
    ML_WORD_OTHER,  /* a number or a sign, as it stands */
} MlWordKind;

typedef struct {
    MlWordKind kind;
    char *text;
} MlWord;

/* New, MlWord; comments are left out. Whatever the text is, there is an end of it. */
GArray *ml_sqlite_words(const char *sql);

/* Whether the word at `at` (perhaps none) is a bare one, or a sign. */
gboolean ml_word_is(const GArray *words, guint at, const char *text);
/* Where the bracket that opens at `at` is closed; the end where it never is. */
guint ml_words_close(const GArray *words, guint at);

/*
 * The words from `from` up to `to` in one spelling: "coalesce(a, 'x') > 0". New. A name is written
 * alike whatever its quotes and its case were, as SQLite takes it.
 */
char *ml_words_text(const GArray *words, guint from, guint to);
