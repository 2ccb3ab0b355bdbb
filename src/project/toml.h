/*
 * toml: a TOML 1.0 file, and what stands in which line of it.
 *
 * Takes and refuses what Python's tomllib (3.11) does. A few things are
 * stricter, and are errors: a file over ML_TOML_LIMIT bytes, values nested
 * more than ML_TOML_DEPTH deep, integers that do not fit in 64 bits, and NUL
 * characters in strings.
 *
 * Errors are ML_PROJECT_ERROR_CONFIG and begin with "path:line: ", or with
 * "path: " where the whole file is meant.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ML_TOML_LIMIT (1024 * 1024)
#define ML_TOML_DEPTH 100

typedef struct MlToml MlToml;

typedef enum {
    ML_TOML_STRING,
    ML_TOML_INTEGER,
    ML_TOML_FLOAT,
    ML_TOML_BOOLEAN,
    ML_TOML_DATETIME, /* dates and times of all kinds */
    ML_TOML_ARRAY,
    ML_TOML_TABLE,
} MlTomlKind;

typedef struct {
    MlTomlKind kind;
    guint line;       /* where its key stands; in an array, where itself does */
    char *text;       /* a string without its quotes and escapes; a datetime as it is written */
    gint64 integer;   /* an integer */
    double number;    /* a float */
    gboolean truth;   /* a boolean */
    GPtrArray *items; /* an array: MlTomlValue * */
    GPtrArray *keys;  /* a table: char *, in the order of the file; see ml_toml_get */
} MlTomlValue;

/* `path` is for messages. */
MlToml *ml_toml_parse(const char *path, GBytes *text, GError **error);
void ml_toml_free(MlToml *toml);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlToml, ml_toml_free)

/* Borrowed. */
const char *ml_toml_path(const MlToml *toml);

/* The table that is the file. Borrowed, as are all values in it. */
const MlTomlValue *ml_toml_root(const MlToml *toml);

/* The value of a table's key; NULL without such a key, or if `table` is NULL or no table. */
const MlTomlValue *ml_toml_get(const MlTomlValue *table, const char *key);

/* What a kind is called in a sentence: "a string". */
const char *ml_toml_kind_name(MlTomlKind kind);

/* Sets an error about a line of the file, or about all of it (0); always FALSE. */
gboolean ml_toml_fail(const MlToml *toml, guint line, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

G_END_DECLS
