#include "report/escape.h"
#include "miglint/text.h"

#include <string.h>

typedef void (*AppendCharacter)(GString *out, gunichar character);

static gboolean is_shown(gunichar character)
{
    switch (g_unichar_type(character)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return FALSE;
    default:
        return TRUE;
    }
}

static void append_ascii(GString *out, const char *text, AppendCharacter append)
{
    for (; *text != '\0'; text++)
        append(out, (guchar)*text);
}

static void append_visible(GString *out, gunichar character, AppendCharacter append)
{
    char form[16];

    if (character == '\n')
        strcpy(form, "\\n");
    else if (character == '\r')
        strcpy(form, "\\r");
    else if (character == '\t')
        strcpy(form, "\\t");
    else if (character < 0x80)
        g_snprintf(form, sizeof form, "\\x%02x", character);
    else
        g_snprintf(form, sizeof form, character > 0xffff ? "\\U%08x" : "\\u%04x", character);
    append_ascii(out, form, append);
}

/* Whatever the format: the password of a URL never leaves miglint. */
static void escape(GString *out, const char *foreign, gssize length, AppendCharacter append)
{
    g_autoptr(GString) shown = ml_text_without_passwords(foreign, length);
    const char *text = shown->str, *end = text + shown->len;

    while (text < end) {
        gunichar character = g_utf8_get_char_validated(text, end - text);

        if (character == (gunichar)-1 || character == (gunichar)-2) {
            char form[8];

            g_snprintf(form, sizeof form, "\\x%02x", (guchar)*text);
            append_ascii(out, form, append);
            text++;
            continue;
        }
        if (is_shown(character))
            append(out, character);
        else
            append_visible(out, character, append);
        text = g_utf8_next_char(text);
    }
}

static void append_plain(GString *out, gunichar character)
{
    g_string_append_unichar(out, character);
}

/* Graphviz decodes HTML entities in every string, and backslash sequences in labels. */
static void append_dot(GString *out, gunichar character)
{
    if (character == '&') {
        g_string_append(out, "&amp;");
        return;
    }
    if (character == '"' || character == '\\')
        g_string_append_c(out, '\\');
    g_string_append_unichar(out, character);
}

/*
 * Mermaid looks for directives, markdown and HTML inside of labels too, so all
 * punctuation but the harmless becomes an entity.
 */
static void append_mermaid(GString *out, gunichar character)
{
    if (character < 0x80 && !g_ascii_isalnum((char)character) &&
        strchr(" ,.-_/()", (int)character) == NULL)
        g_string_append_printf(out, "#%u;", character);
    else
        g_string_append_unichar(out, character);
}

static void append_percent(GString *out, gunichar character)
{
    g_string_append_printf(out, "%%%02X", character);
}

static void append_github_message(GString *out, gunichar character)
{
    if (character == '%')
        append_percent(out, character);
    else
        g_string_append_unichar(out, character);
}

static void append_github_property(GString *out, gunichar character)
{
    if (character == '%' || character == ':' || character == ',')
        append_percent(out, character);
    else
        g_string_append_unichar(out, character);
}

/* The format has forms of its own for line ends, which reach people as line ends. */
static void escape_github(GString *out, const char *text, gssize length, AppendCharacter append)
{
    const char *end = text + (length < 0 ? strlen(text) : (gsize)length);

    while (text < end) {
        const char *stop = text;

        while (stop < end && *stop != '\n' && *stop != '\r')
            stop++;
        escape(out, text, stop - text, append);
        if (stop < end)
            append_percent(out, (guchar)*stop++);
        text = stop;
    }
}

void ml_escape_terminal(GString *out, const char *text, gssize length)
{
    escape(out, text, length, append_plain);
}

void ml_escape_dot(GString *out, const char *text, gssize length)
{
    escape(out, text, length, append_dot);
}

void ml_escape_mermaid(GString *out, const char *text, gssize length)
{
    escape(out, text, length, append_mermaid);
}

/*
 * Every punctuation mark may begin something. What GitHub and GitLab look for in
 * the text that came of the markdown, mentions and references, a comment parts.
 */
static void append_markdown(GString *out, gunichar character)
{
    if (character == '&')
        g_string_append(out, "&amp;");
    else if (character == '<')
        g_string_append(out, "&lt;");
    else if (character < 0x80 && g_ascii_ispunct((char)character) &&
             strchr(",-;()/'?", (int)character) == NULL)
        g_string_append_printf(out, "\\%c", (char)character);
    else
        g_string_append_unichar(out, character);
    if (character == '@' || character == '#' || character == '!')
        g_string_append(out, "<!-- -->");
}

void ml_escape_markdown(GString *out, const char *text, gssize length)
{
    escape(out, text, length, append_markdown);
}

guint ml_escape_width(const char *shown)
{
    guint width = 0;
    for (const char *c = shown; *c != '\0'; c = g_utf8_next_char(c)) {
        gunichar letter = g_utf8_get_char(c);
        width += g_unichar_iszerowidth(letter) ? 0 : g_unichar_iswide(letter) ? 2 : 1;
    }
    return width;
}

void ml_escape_github_message(GString *out, const char *text, gssize length)
{
    escape_github(out, text, length, append_github_message);
}

void ml_escape_github_property(GString *out, const char *text, gssize length)
{
    escape_github(out, text, length, append_github_property);
}

/* XML has no form at all for two characters that Unicode reserves. */
static void append_xml(GString *out, gunichar character)
{
    static const char *const entities[] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&apos;",
    };
    if (character == 0xfffe || character == 0xffff)
        append_visible(out, character, append_plain);
    else if (character < G_N_ELEMENTS(entities) && entities[character] != NULL)
        g_string_append(out, entities[character]);
    else
        g_string_append_unichar(out, character);
}

void ml_escape_xml(GString *out, const char *text, gssize length)
{
    escape(out, text, length, append_xml);
}

void ml_escape_uri(GString *out, const char *path)
{
    g_autoptr(GString) shown = ml_text_without_passwords(path, -1);
    g_autofree char *uri = g_uri_escape_string(shown->str, "/", FALSE);
    g_string_append(out, uri);
}

/* No link ends at a bracket behind an odd number of backslashes. */
void ml_escape_sarif_message(GString *out, const char *text, gssize length)
{
    g_autofree char *valid = ml_escape_json_text(text, length);
    guint backslashes = 0;
    for (const char *c = valid; *c != '\0'; c++) {
        gboolean may_end = *c == ']' && (c[1] == '(' || c[1] == '\0');
        if (*c == '{' || *c == '}')
            g_string_append_c(out, *c);
        else if (may_end && backslashes % 2 == 0)
            g_string_append_c(out, '\\');
        g_string_append_c(out, *c);
        backslashes = *c == '\\' ? backslashes + 1 : 0;
    }
}

void ml_escape_sarif_link(GString *out, const char *text, gssize length)
{
    g_autofree char *valid = ml_escape_json_text(text, length);
    for (const char *c = valid; *c != '\0'; c++) {
        if (*c == '{' || *c == '}')
            g_string_append_c(out, *c);
        else if (strchr("[]\\", *c) != NULL)
            g_string_append_c(out, '\\');
        g_string_append_c(out, *c);
    }
}

char *ml_escape_json_text(const char *text, gssize length)
{
    g_autoptr(GString) shown = ml_text_without_passwords(text, length);
    return g_utf8_make_valid(shown->str, (gssize)shown->len);
}

static void append_json_escape(GString *out, gunichar character)
{
    if (character > 0xffff) {
        g_string_append_printf(out, "\\u%04x", 0xd800 + ((character - 0x10000) >> 10));
        character = 0xdc00 + ((character - 0x10000) & 0x3ff);
    }
    g_string_append_printf(out, "\\u%04x", character);
}

void ml_escape_json(GString *out, const char *json)
{
    for (; *json != '\0'; json = g_utf8_next_char(json)) {
        gunichar character = g_utf8_get_char(json);

        /* Outside of strings there is nothing to escape but the line ends and tabs of the layout.
         */
        if (character == '\n' || character == '\t' || is_shown(character))
            g_string_append_unichar(out, character);
        else
            append_json_escape(out, character);
    }
}
