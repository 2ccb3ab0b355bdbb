#include "sql/parameters.h"

#include <string.h>

typedef struct {
    const char *text;
    gsize length;
} Source;

static char at(Source source, gsize place)
{
    return place < source.length ? source.text[place] : '\0';
}

/* A character of a name, as Python's \w has it: what is not ASCII is taken for a letter. */
static gboolean is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_' || (guchar)c >= 0x80;
}

static gsize word_length(Source source, gsize place)
{
    gsize end = place;
    while (is_word(at(source, end)))
        end++;
    return end - place;
}

/* The length of ":name" there; 0 if there is none (TextClause._bind_params_regex). */
static gsize named_length(Source source, gsize place)
{
    char before = place > 0 ? source.text[place - 1] : '\0';
    if (before == ':' || before == '\\' || is_word(before))
        return 0;
    gsize name = word_length(source, place + 1);
    return name > 0 && at(source, place + 1 + name) != ':' ? 1 + name : 0;
}

/* The length of "%s" or "%(name)s" there; 0 if there is none. */
static gsize format_length(Source source, gsize place)
{
    if (at(source, place + 1) == 's' && !is_word(at(source, place + 2)))
        return 2;
    if (at(source, place + 1) != '(')
        return 0;
    gsize name = word_length(source, place + 2);
    const char *close = at(source, place + 2 + name) == ')' ? "s" : NULL;
    return close != NULL && at(source, place + 3 + name) == *close ? 4 + name : 0;
}

static gsize parameter_length(Source source, gsize place, MlSqlStyle style)
{
    if (style == ML_SQL_TEXT && source.text[place] == ':')
        return named_length(source, place);
    if (style == ML_SQL_DRIVER && source.text[place] == '%')
        return format_length(source, place);
    return 0;
}

/* As many bytes as the parameter had, so that what follows stays where it is. */
static void append_placeholder(GString *text, gsize length)
{
    g_string_append(text, "$1");
    for (gsize i = 2; i < length; i++)
        g_string_append_c(text, ' ');
}

MlPlainSql ml_plain_sql(const char *text, gsize length, MlSqlStyle style)
{
    Source source = {text, length};
    MlPlainSql plain = {
        .text = g_string_sized_new(length),
        .dropped = g_array_new(FALSE, FALSE, sizeof(guint32)),
    };
    for (gsize place = 0; place < length;) {
        gsize parameter = parameter_length(source, place, style);
        if (parameter > 0) {
            append_placeholder(plain.text, parameter);
            place += parameter;
            continue;
        }
        if (style == ML_SQL_TEXT && text[place] == '\\' && at(source, place + 1) == ':') {
            guint32 dropped = plain.text->len;
            g_array_append_val(plain.dropped, dropped);
            place++;
        }
        g_string_append_c(plain.text, text[place++]);
    }
    return plain;
}

void ml_plain_sql_clear(MlPlainSql *plain)
{
    g_string_free(plain->text, TRUE);
    g_array_unref(plain->dropped);
}

gsize ml_plain_sql_place(const MlPlainSql *plain, gsize place)
{
    guint before = 0;
    while (before < plain->dropped->len && g_array_index(plain->dropped, guint32, before) < place)
        before++;
    return place + before;
}
