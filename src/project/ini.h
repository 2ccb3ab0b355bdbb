/*
 * ini: an ini file as Python's configparser.ConfigParser reads it.
 *
 * Follows Python 3.11 with the defaults that Alembic leaves in force: strict,
 * BasicInterpolation, no inline comments, values that go on over deeper
 * indented lines. Values are kept raw; `%(name)s` is expanded for the keys
 * that are asked for, and only there can it fail.
 *
 * Two things are stricter: a file over ML_INI_LIMIT bytes and one that holds a
 * NUL byte are errors.
 *
 * Errors are ML_PROJECT_ERROR_CONFIG and begin with "path:line: ", or with
 * "path: " where the whole file is meant.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes of a file, and of an expanded value, at most. */
#define ML_INI_LIMIT (1024 * 1024)

typedef struct MlIni MlIni;

/* `path` is for messages; `here` is what %(here)s stands for (NULL: nothing). */
MlIni *ml_ini_parse(const char *path, GBytes *text, const char *here, GError **error);
void ml_ini_free(MlIni *ini);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlIni, ml_ini_free)

/* Borrowed. */
const char *ml_ini_path(const MlIni *ini);

/* Names in the order of the file, without DEFAULT: const char * borrowed from the ini. */
GPtrArray *ml_ini_sections(const MlIni *ini);

/* Whether the file has the section. */
gboolean ml_ini_has_section(const MlIni *ini, const char *section);

/* A section's own keys in the order of the file, then those of DEFAULT: const char *, borrowed. */
GPtrArray *ml_ini_keys(const MlIni *ini, const char *section);

/* Whether the section itself has the key, and not DEFAULT alone. */
gboolean ml_ini_has_own(const MlIni *ini, const char *section, const char *key);

/*
 * The value before interpolation, from the section or from DEFAULT; NULL if
 * neither has the key. Keys are in lower case here and below. Borrowed.
 */
const char *ml_ini_raw(const MlIni *ini, const char *section, const char *key);

/* The line of a key, from 1; 0 if there is none. */
guint ml_ini_line(const MlIni *ini, const char *section, const char *key);

/* The value after interpolation, a new string; NULL in `value` if there is no such key. */
gboolean ml_ini_get(const MlIni *ini, const char *section, const char *key, char **value,
                    GError **error);

/* Sets an error about a line of the file, or about all of it (0); always FALSE. */
gboolean ml_ini_fail(const MlIni *ini, guint line, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

G_END_DECLS
