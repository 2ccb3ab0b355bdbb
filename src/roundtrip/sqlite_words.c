#include "roundtrip/sqlite_words.h"

#include <string.h>

/* --- reading ----------------------------------------------------------------------------- */

static const char *skip_comment(const char *at)
{
    if (at[0] == '-' && at[1] == '-')
        return at + strcspn(at, "\n");
    const char *end = strstr(at + 2, "*/");
    return end ? end + 2 : at + strlen(at);
}

static gboolean is_comment(const char *at)
{
    return (at[0] == '-' && at[1] == '-') || (at[0] == '/' && at[1] == '*');
}

static gboolean is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '$' || (guchar)c >= 0x80;
}

/* Behind the closing quote; a doubled one stands for itself. */
static const char *end_of_quoted(const char *at, char closing)
{
    for (at++; *at != '\0'; at++) {
        if (*at != closing)
            continue;
        if (at[1] != closing || closing == ']')
            return at + 1;
        at++;
    }
    return at;
}

static char *without_quotes(const char *from, const char *to, char closing)
{
    GString *name = g_string_new(NULL);
    if (to > from + 1 && to[-1] == closing)
        to--;
    for (const char *at = from + 1; at < to; at++) {
        g_string_append_c(name, *at);
        at += *at == closing && at + 1 < to;
    }
    return g_string_free(name, FALSE);
}

static const char *read_word(const char *at, MlWord *word)
{
    const char *end = at + 1;
    char closing = *at == '[' ? ']' : *at;
    if (strchr("'\"`[", *at)) {
        end = end_of_quoted(at, closing);
        word->kind = *at == '\'' ? ML_WORD_STRING : ML_WORD_QUOTED;
        word->text =
            *at == '\'' ? g_strndup(at, (gsize)(end - at)) : without_quotes(at, end, closing);
    } else if (is_word(*at)) {
        while (is_word(*end) || (*end == '.' && g_ascii_isdigit(*at)))
            end++;
        word->kind = g_ascii_isdigit(*at) ? ML_WORD_OTHER : ML_WORD_NAME;
        word->text = g_ascii_strdown(at, end - at);
    } else {
        while (strchr("<>=!|", *at) && *end != '\0' && strchr("<>=|", *end))
            end++;
        word->kind = ML_WORD_OTHER;
        word->text = g_strndup(at, (gsize)(end - at));
    }
    return end;
}

static void word_clear(gpointer data)
{
    g_free(((MlWord *)data)->text);
}

GArray *ml_sqlite_words(const char *sql)
{
    GArray *words = g_array_new(FALSE, FALSE, sizeof(MlWord));
    g_array_set_clear_func(words, word_clear);
    for (const char *at = sql; *at != '\0';) {
        if (g_ascii_isspace(*at)) {
            at++;
        } else if (is_comment(at)) {
            at = skip_comment(at);
        } else {
            MlWord word;
            at = read_word(at, &word);
            g_array_append_val(words, word);
        }
    }
    return words;
}

/* --- asking -------------------------------------------------------------------------------- */

gboolean ml_word_is(const GArray *words, guint at, const char *text)
{
    const MlWord *word = at < words->len ? &g_array_index(words, MlWord, at) : NULL;
    return word != NULL && (word->kind == ML_WORD_NAME || word->kind == ML_WORD_OTHER) &&
           strcmp(word->text, text) == 0;
}

guint ml_words_close(const GArray *words, guint at)
{
    guint depth = 0;
    for (; at < words->len; at++) {
        depth += ml_word_is(words, at, "(");
        if (ml_word_is(words, at, ")") && --depth == 0)
            return at;
    }
    return at;
}

/* --- writing ------------------------------------------------------------------------------- */

static gboolean is_plain(const char *name)
{
    if (*name == '\0' || g_ascii_isdigit(*name))
        return FALSE;
    for (; *name != '\0'; name++)
        if (!is_word(*name))
            return FALSE;
    return TRUE;
}

static void append_word(GString *out, const MlWord *word)
{
    if (word->kind != ML_WORD_QUOTED) {
        g_string_append(out, word->text);
    } else {
        g_autofree char *folded = g_ascii_strdown(word->text, -1);
        g_string_append_printf(out, is_plain(folded) ? "%s" : "\"%s\"", folded);
    }
}

/* Whether the word before `at` and the one there stand without a space between them. */
static gboolean is_close(const GArray *words, guint at)
{
    const MlWord *before = &g_array_index(words, MlWord, at - 1);
    if (ml_word_is(words, at - 1, "(") || ml_word_is(words, at - 1, ".") ||
        ml_word_is(words, at, ")") || ml_word_is(words, at, ",") || ml_word_is(words, at, "."))
        return TRUE;
    return ml_word_is(words, at, "(") && before->kind != ML_WORD_OTHER;
}

char *ml_words_text(const GArray *words, guint from, guint to)
{
    GString *out = g_string_new(NULL);
    for (guint at = from; at < to && at < words->len; at++) {
        if (at > from && !is_close(words, at))
            g_string_append_c(out, ' ');
        append_word(out, &g_array_index(words, MlWord, at));
    }
    return g_string_free(out, FALSE);
}
