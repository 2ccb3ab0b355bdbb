#include "sql/cost.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>
#include <string.h>

#define SHORT_TEXT               ((gsize)4096) /* cannot nest deeply enough to matter */
#define MOST_LEVELS              2000
#define MOST_BRACKETS            5000 /* the grammar itself refuses more */
#define MOST_OPERATOR_CHARACTERS 256

/*
 * What nests without a bracket is an operator, or a UNION. A list begins anew
 * with each comma; a UNION goes on across the commas of its parts. The
 * grammar's own stack bounds all else to 10,000 levels.
 */
typedef struct {
    guint part;   /* tokens since the last comma */
    guint unions; /* since the bracket was opened */
} Level;

static gboolean is_union(PgQuery__Token token)
{
    return token == PG_QUERY__TOKEN__UNION || token == PG_QUERY__TOKEN__INTERSECT ||
           token == PG_QUERY__TOKEN__EXCEPT;
}

static gboolean tokens_nest_deeply(const PgQuery__ScanResult *scan)
{
    g_autoptr(GArray) outer = g_array_new(FALSE, FALSE, sizeof(Level));
    Level level = {0};
    guint depth = 0;
    for (size_t i = 0; i < scan->n_tokens; i++) {
        PgQuery__Token token = scan->tokens[i]->token;
        if (token == PG_QUERY__TOKEN__ASCII_40 || token == PG_QUERY__TOKEN__ASCII_91) {
            g_array_append_val(outer, level);
            level = (Level){0};
        } else if (token == PG_QUERY__TOKEN__ASCII_41 || token == PG_QUERY__TOKEN__ASCII_93) {
            depth -= level.part + level.unions;
            level = (Level){0};
            if (outer->len > 0) {
                level = g_array_index(outer, Level, outer->len - 1);
                g_array_set_size(outer, outer->len - 1);
            }
        } else if (token == PG_QUERY__TOKEN__ASCII_44 || token == PG_QUERY__TOKEN__ASCII_59) {
            depth -= level.part;
            level.part = 0;
        } else if (is_union(token)) {
            level.unions++;
            depth++;
        } else {
            level.part++;
            depth++;
        }
        if (depth > MOST_LEVELS || outer->len > MOST_BRACKETS)
            return TRUE;
    }
    return FALSE;
}

static gboolean nests_deeply(const char *text, gsize length)
{
    if (length <= SHORT_TEXT)
        return FALSE;
    PgQueryScanResult result = pg_query_scan(text);
    gboolean deep = FALSE;
    if (result.error == NULL) { /* what cannot be scanned is not parsed either */
        PgQuery__ScanResult *scan =
            pg_query__scan_result__unpack(NULL, result.pbuf.len, (const uint8_t *)result.pbuf.data);
        deep = scan == NULL || tokens_nest_deeply(scan);
        if (scan != NULL)
            pg_query__scan_result__free_unpacked(scan, NULL);
    }
    pg_query_free_scan_result(result);
    return deep;
}

/* The scanner looks at all of a row of operator characters again and again: "+++++", "@@@@@". */
static gboolean has_long_operators(const char *text)
{
    for (gsize run; *text != '\0'; text += MAX(run, 1)) {
        run = strspn(text, "~!@#^&|`?+-*/%<>=");
        if (run > MOST_OPERATOR_CHARACTERS)
            return TRUE;
    }
    return FALSE;
}

const char *ml_sql_too_costly(const char *text, gsize length)
{
    if (has_long_operators(text))
        return "has too many operator characters in a row";
    return nests_deeply(text, length) ? "nests too deeply" : NULL;
}
