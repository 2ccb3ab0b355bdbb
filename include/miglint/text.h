/*
 * text: words that were mistyped, database URLs with what must not be shown of them, and the
 * words of SQL.
 */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* strcmp() == 0, and quicker where most that is asked differs in the first letter. */
static inline gboolean ml_text_equals(const char *one, const char *other)
{
    return *one == *other && strcmp(one, other) == 0;
}

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

/* --- SQL -------------------------------------------------------------------- */

typedef enum { ML_POSTGRESQL, ML_SQLITE } MlDialect;

/* FALSE where there is no such dialect, or none that SQL is written for. `name` may be NULL. */
gboolean ml_dialect_find(const char *name, MlDialect *dialect);
const char *ml_dialect_name(MlDialect dialect); /* "postgresql" */

/* Whose spelling it is: of Alembic 1.8 with SQLAlchemy 1.4, or of Alembic 1.18 with SQLAlchemy 2.0.
 */
typedef enum { ML_SQLALCHEMY_2_0, ML_SQLALCHEMY_1_4 } MlSqlAlchemy;

/*
 * An identifier, in quotes where SQLAlchemy puts it in quotes
 * (sqlalchemy.sql.compiler.IdentifierPreparer.quote). FALSE for what no database takes: nothing,
 * and what is not UTF-8.
 */
gboolean ml_quote_name(GString *out, MlDialect dialect, const char *name);
/* A string in single quotes. FALSE for what is not UTF-8. */
gboolean ml_quote_literal(GString *out, const char *text);

G_END_DECLS
