#include "sql/parameters.h"

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
    gsize close = place + 2 + word_length(source, place + 2);
    return at(source, close) == ')' && at(source, close + 1) == 's' ? close + 2 - place : 0;
}

static gsize parameter_length(Source source, gsize place, MlSqlStyle style)
{
    if (style == ML_SQL_TEXT && source.text[place] == ':')
        return named_length(source, place);
    if (style == ML_SQL_DRIVER && source.text[place] == '%')
        return format_length(source, place);
    return 0;
}

/* From this place on, the original text is ahead by so many bytes. */
typedef struct {
    gsize place;
    gssize ahead;
} Shift;

static void add_shift(MlPlainSql *plain, gsize original)
{
    Shift shift = {plain->text->len, (gssize)original - (gssize)plain->text->len};
    g_array_append_val(plain->shifts, shift);
}

/* Whether the text ends in the word IN: a list is to follow. */
static gboolean wants_list(const GString *text)
{
    gsize end = text->len;
    while (end > 0 && g_ascii_isspace(text->str[end - 1]))
        end--;
    return end > 2 && end < text->len && !is_word(text->str[end - 3]) &&
           g_ascii_strncasecmp(text->str + end - 2, "in", 2) == 0;
}

MlPlainSql ml_plain_sql(const char *text, gsize length, MlSqlStyle style)
{
    Source source = {text, length};
    MlPlainSql plain = {
        .text = g_string_sized_new(length),
        .shifts = g_array_new(FALSE, FALSE, sizeof(Shift)),
    };
    for (gsize place = 0; place < length;) {
        gsize parameter = parameter_length(source, place, style);
        gboolean escaped =
            style == ML_SQL_TEXT && text[place] == '\\' && at(source, place + 1) == ':';
        if (parameter > 0) {
            g_string_append(plain.text, wants_list(plain.text) ? "($1)" : "$1");
            place += parameter;
        } else {
            place += escaped;
            g_string_append_c(plain.text, text[place++]);
        }
        if (parameter > 0 || escaped)
            add_shift(&plain, place);
    }
    return plain;
}

void ml_plain_sql_clear(MlPlainSql *plain)
{
    g_string_free(plain->text, TRUE);
    g_array_unref(plain->shifts);
}

gsize ml_plain_sql_place(const MlPlainSql *plain, gsize place)
{
    guint first = 0, behind = plain->shifts->len; /* the first shift behind the place is there */
    while (first < behind) {
        guint middle = first + (behind - first) / 2;
        if (g_array_index(plain->shifts, Shift, middle).place <= place)
            first = middle + 1;
        else
            behind = middle;
    }
    return first > 0 ? place + (gsize)g_array_index(plain->shifts, Shift, first - 1).ahead : place;
}
