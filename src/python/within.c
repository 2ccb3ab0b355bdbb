#include "miglint/python.h"

#include <string.h>

/* How many bytes a literal has before and behind its value: r""" is four. */
typedef struct {
    gsize opening, closing; /* 0: this is no literal */
} Quotes;

static Quotes quotes_of(const char *source, gsize size)
{
    gsize prefix = 0;
    while (prefix < size && g_ascii_isalpha(source[prefix]))
        prefix++;
    char quote = prefix < size ? source[prefix] : '\0';
    if (quote != '"' && quote != '\'')
        return (Quotes){0};
    gboolean triple =
        size - prefix >= 6 && source[prefix + 1] == quote && source[prefix + 2] == quote;
    gsize quotes = triple ? 3 : 1;
    return (Quotes){.opening = prefix + quotes, .closing = quotes};
}

MlOrigin ml_origin_within(MlOrigin literal, const char *value, gsize length, gsize start, gsize end)
{
    if (literal.module == NULL || start > end || end > length)
        return literal;
    const char *source = g_bytes_get_data(ml_module_text(literal.module), NULL);
    source += literal.start;
    gsize size = literal.end - literal.start;
    Quotes quotes = quotes_of(source, size);
    if (quotes.opening == 0 || size != quotes.opening + length + quotes.closing ||
        memcmp(source + quotes.opening, value, length) != 0)
        return literal;
    guint32 first = literal.start + (guint32)quotes.opening;
    return (MlOrigin){
        .module = literal.module,
        .start = first + (guint32)start,
        .end = first + (guint32)end,
    };
}
