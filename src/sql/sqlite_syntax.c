#include "sql/sqlite_syntax.h"

#include <string.h>

/* Of all of them these two have a part in changing the schema: with the one it can be written by
 * hand, and with the other a table is renamed without the foreign keys that refer to it. */
#define PRAGMA                                                                                     \
    "\\s*PRAGMA\\s+(\\w+\\.)?(?!(?:writable_schema|legacy_alter_table)\\b)\\w+\\s*"                \
    "(=\\s*[-+]?[\\w.'\"]+|\\(\\s*[-+]?[\\w.'\"]*\\s*\\))?\\s*"

gboolean ml_sql_is_pragma(const char *text)
{
    return g_regex_match_simple("^" PRAGMA "(;" PRAGMA ")*+;?\\s*$", text,
                                G_REGEX_CASELESS | G_REGEX_RAW, 0);
}

gboolean ml_sql_blank_conflict(char *text)
{
    g_autoptr(GRegex) regex =
        g_regex_new("^\\s*(?:INSERT|UPDATE)\\s+(OR\\s+(?:IGNORE|REPLACE|ABORT|FAIL|ROLLBACK))\\s",
                    G_REGEX_CASELESS | G_REGEX_RAW, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    int start, end;
    if (!g_regex_match(regex, text, 0, &match) || !g_match_info_fetch_pos(match, 1, &start, &end))
        return FALSE;
    memset(text + start, ' ', (gsize)(end - start));
    return TRUE;
}
