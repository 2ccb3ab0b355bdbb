#include "python/literal.h"

#include <string.h>

static gboolean append_code_point(GString *out, gunichar c)
{
    if (!g_unichar_validate(c))
        return FALSE;
    g_string_append_unichar(out, c);
    return TRUE;
}

/* Reads up to `most` digits of `base`; advances *at. */
static gunichar digits(const char **at, const char *end, guint base, guint most, guint *count)
{
    gunichar value = 0;
    for (*count = 0; *count < most && *at < end; ++*count, ++*at) {
        gint digit = g_ascii_xdigit_value(**at);
        if (digit < 0 || (guint)digit >= base)
            break;
        value = value * base + digit;
    }
    return value;
}

static gboolean append_numbered(GString *out, const char **at, const char *end, guint base,
                                guint least, guint most)
{
    guint count;
    gunichar c = digits(at, end, base, most, &count);
    return count >= least && append_code_point(out, c);
}

static gboolean append_byte(GString *out, const char **at, const char *end, guint base, guint least,
                            guint most)
{
    guint count;
    g_string_append_c(out, (gchar)digits(at, end, base, most, &count));
    return count >= least;
}

/* Decodes one escape; *at is behind the backslash. */
static gboolean append_escape(GString *out, const char **at, const char *end, gboolean bytes)
{
    static const char letters[] = "abfnrtv\\'\"";
    static const char meanings[] = "\a\b\f\n\r\t\v\\'\"";
    gboolean (*append)(GString *, const char **, const char *, guint, guint, guint) =
        bytes ? append_byte : append_numbered;
    char c = *(*at)++;
    const char *letter = c ? strchr(letters, c) : NULL;
    if (letter != NULL) {
        g_string_append_c(out, meanings[letter - letters]);
        return TRUE;
    }
    switch (c) {
    case '\r':
        if (*at < end && **at == '\n')
            ++*at;
        return TRUE;
    case '\n':
        return TRUE;
    case 'x':
        return append(out, at, end, 16, 2, 2);
    case 'u':
    case 'U':
        if (bytes)
            break;
        return append(out, at, end, 16, c == 'u' ? 4 : 8, c == 'u' ? 4 : 8);
    case 'N':
        if (bytes)
            break;
        return FALSE;
    }
    if (c >= '0' && c <= '7') {
        --*at;
        return append(out, at, end, 8, 1, 3);
    }
    g_string_append_c(out, '\\');
    g_string_append_c(out, c);
    return TRUE;
}

MlPrefix ml_prefix_read(const MlModule *module, TSNode string_start)
{
    MlPrefix prefix = {0};
    g_autofree char *text = ml_node_text(module, string_start);
    const char *c = text;
    for (; g_ascii_isalpha(*c); c++) {
        prefix.raw |= g_ascii_tolower(*c) == 'r';
        prefix.bytes |= g_ascii_tolower(*c) == 'b';
        prefix.format |= g_ascii_tolower(*c) == 'f' || g_ascii_tolower(*c) == 't';
    }
    prefix.quotes = strlen(c);
    return prefix;
}

/* tree-sitter counts what a raw literal of nothing but backslashes holds as a part of its end. */
guint32 ml_literal_end(MlPrefix prefix, TSNode string_end)
{
    return ts_node_end_byte(string_end) - prefix.quotes;
}

static gboolean append_or_keep(GString *out, const char **at, const char *end, gboolean bytes,
                               gboolean keep)
{
    const char *escape = *at;
    gsize length = out->len;
    if (append_escape(out, at, end, bytes))
        return TRUE;
    g_string_truncate(out, length);
    g_string_append_c(out, ML_ESCAPE_KEPT);
    *at = escape;
    return keep;
}

static gboolean append_stretch(GString *out, const char *text, const char *end, MlPrefix prefix,
                               gboolean keep)
{
    while (text < end) {
        char c = *text++;
        if (c == '\\' && !prefix.raw && text < end) {
            if (!append_or_keep(out, &text, end, prefix.bytes, keep))
                return FALSE;
            continue;
        }
        /* Python's source knows \n alone, and f-strings double their braces. */
        if ((c == '\r' && text < end && *text == '\n') ||
            (prefix.format && (c == '{' || c == '}') && text < end && *text == c))
            c = *text++;
        g_string_append_c(out, c == '\r' ? '\n' : c);
    }
    return TRUE;
}

gboolean ml_literal_append(GString *out, const MlModule *module, guint32 from, guint32 to,
                           MlPrefix prefix, gboolean keep)
{
    gsize length;
    const char *bytes = ml_module_bytes(module, &length);
    return from <= to && to <= length &&
           append_stretch(out, bytes + from, bytes + to, prefix, keep);
}

const char *ml_literal_plain(const MlModule *module, TSNode node, gsize *length)
{
    gsize size;
    const char *text = ml_module_bytes(module, &size) + ts_node_start_byte(node);
    const char *last = text + (ts_node_end_byte(node) - ts_node_start_byte(node)) - 1;
    if (last <= text || (*text != '"' && *text != '\'') || *last != *text)
        return NULL;
    for (const char *c = text + 1; c < last; c++)
        if (*c == *text || *c == '\\' || *c == '\r')
            return NULL;
    *length = last - text - 1;
    return text + 1;
}

GString *ml_literal_read(const MlModule *module, TSNode node, MlInterpolate interpolate,
                         gpointer data)
{
    g_autoptr(GString) out = g_string_new(NULL);
    MlPrefix prefix = {0};
    guint32 from = 0;
    gboolean closed = FALSE;
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; !closed && ml_children_next(&children, &child);) {
        if (ml_node_is(child, "string_start")) {
            prefix = ml_prefix_read(module, child);
            if (prefix.bytes)
                return NULL;
        } else if (ml_node_is(child, "interpolation") || ml_node_is(child, "string_end")) {
            closed = ml_node_is(child, "string_end");
            guint32 to = closed ? ml_literal_end(prefix, child) : ts_node_start_byte(child);
            if (!ml_literal_append(out, module, from, to, prefix, FALSE))
                return NULL;
            if (!closed)
                interpolate(out, child, data);
        } else {
            continue;
        }
        from = ts_node_end_byte(child);
    }
    return closed ? g_steal_pointer(&out) : NULL;
}
