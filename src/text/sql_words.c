/* What the dialects of SQL call themselves, and names and values of strangers -> SQL. */
#include "miglint/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = {[ML_POSTGRESQL] = "postgresql", [ML_SQLITE] = "sqlite"};

gboolean ml_dialect_find(const char *name, MlDialect *dialect)
{
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_strcmp0(names[i], name) != 0)
            continue;
        *dialect = (MlDialect)i;
        return TRUE;
    }
    return FALSE;
}

const char *ml_dialect_name(MlDialect dialect)
{
    return names[dialect];
}

/* --- reserved words ----------------------------------------------------------------- */

/* sqlalchemy.dialects.postgresql.base.RESERVED_WORDS, the same in 1.4 and 2.0; sorted. */
static const char *const postgresql_words[] = {
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "new",
    "not",
    "notnull",
    "null",
    "of",
    "off",
    "offset",
    "old",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "over",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "table",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
};

/* SQLiteIdentifierPreparer.reserved_words, likewise. */
static const char *const sqlite_words[] = {
    "add",          "after",
    "all",          "alter",
    "analyze",      "and",
    "as",           "asc",
    "attach",       "autoincrement",
    "before",       "begin",
    "between",      "by",
    "cascade",      "case",
    "cast",         "check",
    "collate",      "column",
    "commit",       "conflict",
    "constraint",   "create",
    "cross",        "current_date",
    "current_time", "current_timestamp",
    "database",     "default",
    "deferrable",   "deferred",
    "delete",       "desc",
    "detach",       "distinct",
    "drop",         "each",
    "else",         "end",
    "escape",       "except",
    "exclusive",    "exists",
    "explain",      "fail",
    "false",        "for",
    "foreign",      "from",
    "full",         "glob",
    "group",        "having",
    "if",           "ignore",
    "immediate",    "in",
    "index",        "indexed",
    "initially",    "inner",
    "insert",       "instead",
    "intersect",    "into",
    "is",           "isnull",
    "join",         "key",
    "left",         "like",
    "limit",        "match",
    "natural",      "not",
    "notnull",      "null",
    "of",           "offset",
    "on",           "or",
    "order",        "outer",
    "plan",         "pragma",
    "primary",      "query",
    "raise",        "references",
    "reindex",      "rename",
    "replace",      "restrict",
    "right",        "rollback",
    "row",          "select",
    "set",          "table",
    "temp",         "temporary",
    "then",         "to",
    "transaction",  "trigger",
    "true",         "union",
    "unique",       "update",
    "using",        "vacuum",
    "values",       "view",
    "virtual",      "when",
    "where",
};

static int compare_words(const void *word, const void *element)
{
    return strcmp(word, *(const char *const *)element);
}

static gboolean is_reserved(MlDialect dialect, const char *word)
{
    return dialect == ML_POSTGRESQL
               ? bsearch(word, postgresql_words, G_N_ELEMENTS(postgresql_words),
                         sizeof *postgresql_words, compare_words) != NULL
               : bsearch(word, sqlite_words, G_N_ELEMENTS(sqlite_words), sizeof *sqlite_words,
                         compare_words) != NULL;
}

/* --- names and literals ---------------------------------------------------------------- */

static gboolean is_plain(const char *name)
{
    if (g_ascii_isdigit(*name) || *name == '$')
        return FALSE;
    for (; *name != '\0'; name++)
        if (!g_ascii_islower(*name) && !g_ascii_isdigit(*name) && *name != '_' && *name != '$')
            return FALSE;
    return TRUE;
}

static void append_quoted(GString *out, char quote, const char *text)
{
    g_string_append_c(out, quote);
    for (; *text != '\0'; text++) {
        if (*text == quote)
            g_string_append_c(out, quote);
        g_string_append_c(out, *text);
    }
    g_string_append_c(out, quote);
}

gboolean ml_quote_name(GString *out, MlDialect dialect, const char *name)
{
    if (*name == '\0' || !g_utf8_validate(name, -1, NULL))
        return FALSE;
    if (is_plain(name) && !is_reserved(dialect, name))
        g_string_append(out, name);
    else
        append_quoted(out, '"', name);
    return TRUE;
}

gboolean ml_quote_literal(GString *out, const char *text)
{
    if (!g_utf8_validate(text, -1, NULL))
        return FALSE;
    append_quoted(out, '\'', text);
    return TRUE;
}
