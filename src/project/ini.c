#include "project/ini.h"

#include <string.h>

#include "miglint/project.h"

#define DEFAULT_SECTION "DEFAULT"
#define EXPANSION_DEPTH 10

typedef struct {
    char *key;
    GString *value;
    guint line; /* 0: given by the caller and not by the file */
} Option;

typedef struct {
    char *name;
    GPtrArray *options; /* Option, in the order of the file */
    GHashTable *by_key; /* the same by their keys */
} Section;

struct MlIni {
    char *path;
    Section *defaults;
    GPtrArray *sections; /* Section, in the order of the file */
    GHashTable *by_name; /* the same by their names */
};

/* --- sections and options ------------------------------------------------ */

static void option_free(Option *option)
{
    g_free(option->key);
    g_string_free(option->value, TRUE);
    g_free(option);
}

static Option *section_add(Section *section, char *key, guint line)
{
    Option *option = g_new0(Option, 1);
    option->key = key;
    option->value = g_string_new(NULL);
    option->line = line;
    g_ptr_array_add(section->options, option);
    g_hash_table_insert(section->by_key, option->key, option);
    return option;
}

static Section *section_new(const char *name, gsize length)
{
    Section *section = g_new0(Section, 1);
    section->name = g_strndup(name, length);
    section->options = g_ptr_array_new_with_free_func((GDestroyNotify)option_free);
    section->by_key = g_hash_table_new(g_str_hash, g_str_equal);
    return section;
}

static void section_free(Section *section)
{
    g_hash_table_unref(section->by_key);
    g_ptr_array_unref(section->options);
    g_free(section->name);
    g_free(section);
}

static MlIni *ini_new(const char *path, const char *here)
{
    MlIni *ini = g_new0(MlIni, 1);
    ini->path = g_strdup(path);
    ini->defaults = section_new(DEFAULT_SECTION, strlen(DEFAULT_SECTION));
    ini->sections = g_ptr_array_new_with_free_func((GDestroyNotify)section_free);
    ini->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    if (here)
        g_string_assign(section_add(ini->defaults, g_strdup("here"), 0)->value, here);
    return ini;
}

void ml_ini_free(MlIni *ini)
{
    g_hash_table_unref(ini->by_name);
    g_ptr_array_unref(ini->sections);
    section_free(ini->defaults);
    g_free(ini->path);
    g_free(ini);
}

gboolean ml_ini_fail(const MlIni *ini, guint line, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sentence = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *place = line ? g_strdup_printf("%s:%u", ini->path, line) : g_strdup(ini->path);
    g_set_error(error, ML_PROJECT_ERROR, ML_PROJECT_ERROR_CONFIG, "%s: %s", place, sentence);
    return FALSE;
}

/* --- Python's idea of text ------------------------------------------------ */

/* str.isspace: a few control characters more than Unicode's own spaces. */
static gboolean is_space(gunichar c)
{
    return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 ||
           g_unichar_isspace(c);
}

typedef struct {
    const char *start;
    const char *end;
} Span;

static Span strip(Span span)
{
    while (span.start < span.end && is_space(g_utf8_get_char(span.start)))
        span.start = g_utf8_next_char(span.start);
    while (span.end > span.start) {
        const char *last = g_utf8_prev_char(span.end);
        if (!is_space(g_utf8_get_char(last)))
            break;
        span.end = last;
    }
    return span;
}

/* str.lower, whatever the locale; a capital sigma never becomes a final one. */
static char *lower(Span span)
{
    GString *folded = g_string_sized_new(span.end - span.start);
    for (const char *at = span.start; at < span.end; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        g_string_append_unichar(folded, g_unichar_tolower(c));
        if (c == 0x130)
            g_string_append_unichar(folded, 0x307);
    }
    return g_string_free(folded, FALSE);
}

/* --- reading --------------------------------------------------------------- */

typedef struct {
    MlIni *ini;
    Section *section; /* NULL before the first header */
    Option *option;   /* the one that deeper lines continue; NULL: none */
    glong indent;     /* of the line that began it, in characters */
    guint line;
    GError *bogus; /* the first line that is nothing: reported once the rest is known to be sound */
} Reader;

/* The greedy \[(.+)\] of ConfigParser: text after the last bracket is ignored. */
static gboolean is_header(Span text, Span *name)
{
    if (*text.start != '[')
        return FALSE;
    const char *close = memrchr(text.start, ']', text.end - text.start);
    if (!close || close < text.start + 2)
        return FALSE;
    *name = (Span){text.start + 1, close};
    return TRUE;
}

static gboolean read_header(Reader *reader, Span name, GError **error)
{
    gsize length = name.end - name.start;
    g_autofree char *key = g_strndup(name.start, length);
    reader->option = NULL;
    if (!strcmp(key, DEFAULT_SECTION)) {
        reader->section = reader->ini->defaults;
        return TRUE;
    }
    if (g_hash_table_contains(reader->ini->by_name, key))
        return ml_ini_fail(reader->ini, reader->line, error,
                           "Section [%s] is there twice; keep one of them.", key);
    reader->section = section_new(name.start, length);
    g_ptr_array_add(reader->ini->sections, reader->section);
    g_hash_table_insert(reader->ini->by_name, reader->section->name, reader->section);
    return TRUE;
}

static const char *find_delimiter(Span text)
{
    for (const char *at = text.start; at < text.end; at++)
        if (*at == '=' || *at == ':')
            return at;
    return NULL;
}

static void note_bogus(Reader *reader, const char *sentence)
{
    if (!reader->bogus)
        ml_ini_fail(reader->ini, reader->line, &reader->bogus, "%s", sentence);
}

static gboolean read_option(Reader *reader, Span text, GError **error)
{
    const char *delimiter = find_delimiter(text);
    if (!delimiter) {
        note_bogus(reader, "This is neither a section nor \"key = value\"; indent it if it "
                           "continues the value above.");
        return TRUE;
    }
    Span name = strip((Span){text.start, delimiter});
    Span value = strip((Span){delimiter + 1, text.end});
    if (name.start == name.end)
        note_bogus(reader, "There is a value without a key.");

    g_autofree char *key = lower(name);
    Option *option = g_hash_table_lookup(reader->section->by_key, key);
    if (option && option->line)
        return ml_ini_fail(reader->ini, reader->line, error,
                           "Key \"%s\" is there twice in section [%s], first in line %u; keep one "
                           "of them.",
                           key, reader->section->name, option->line);
    if (!option)
        option = section_add(reader->section, g_steal_pointer(&key), reader->line);
    option->line = reader->line;
    g_string_truncate(option->value, 0);
    g_string_append_len(option->value, value.start, value.end - value.start);
    reader->option = *option->key ? option : NULL;
    return TRUE;
}

static gboolean read_line(Reader *reader, Span line, GError **error)
{
    Span text = strip(line);
    if (text.start == text.end) {
        if (reader->option)
            g_string_append_c(reader->option->value, '\n');
        return TRUE;
    }
    if (*text.start == '#' || *text.start == ';')
        return TRUE;

    glong indent = g_utf8_strlen(line.start, text.start - line.start);
    if (reader->option && indent > reader->indent) {
        g_string_append_c(reader->option->value, '\n');
        g_string_append_len(reader->option->value, text.start, text.end - text.start);
        return TRUE;
    }
    reader->indent = indent;

    Span name;
    if (is_header(text, &name))
        return read_header(reader, name, error);
    if (!reader->section)
        return ml_ini_fail(reader->ini, reader->line, error,
                           g_utf8_get_char(text.start) == 0xfeff
                               ? "The file begins with a byte order mark, which Python takes for "
                                 "text; save it without one."
                               : "There is text before the first [section].");
    return read_option(reader, text, error);
}

/* The line that begins at `start`, and in `next` where the one after it does (universal newlines).
 */
static Span next_line(const char *start, const char *end, const char **next)
{
    const char *at = start;
    while (at < end && *at != '\n' && *at != '\r')
        at++;
    *next = at + (at < end) + (at + 1 < end && at[0] == '\r' && at[1] == '\n');
    return (Span){start, at};
}

static gboolean read_lines(Reader *reader, Span text, GError **error)
{
    while (text.start < text.end) {
        reader->line++;
        Span line = next_line(text.start, text.end, &text.start);
        if (!read_line(reader, line, error))
            return FALSE;
    }
    if (!reader->bogus)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&reader->bogus));
    return FALSE;
}

static gboolean check_text(const MlIni *ini, Span text, GError **error)
{
    if (text.end - text.start > ML_INI_LIMIT)
        return ml_ini_fail(ini, 0, error, "An ini file of more than %d bytes is not read.",
                           ML_INI_LIMIT);
    const char *invalid;
    if (g_utf8_validate_len(text.start, text.end - text.start, &invalid))
        return TRUE;
    guint line = 0;
    for (const char *at = text.start; at <= invalid; line++)
        next_line(at, text.end, &at);
    return ml_ini_fail(ini, line, error, "This line is not UTF-8 text; save the file as UTF-8.");
}

static void strip_values(const Section *section)
{
    for (guint i = 0; i < section->options->len; i++) {
        const Option *option = section->options->pdata[i];
        GString *value = option->value;
        const char *end = value->str + value->len;
        while (end > value->str && is_space(g_utf8_get_char(g_utf8_prev_char(end))))
            end = g_utf8_prev_char(end);
        if (option->line)
            g_string_truncate(value, end - value->str);
    }
}

MlIni *ml_ini_parse(const char *path, GBytes *bytes, const char *here, GError **error)
{
    gsize length;
    const char *start = g_bytes_get_data(bytes, &length);
    if (start == NULL) /* no bytes */
        start = "";
    Span text = {start, start + length};

    g_autoptr(MlIni) ini = ini_new(path, here);
    Reader reader = {.ini = ini};
    gboolean sound = check_text(ini, text, error) && read_lines(&reader, text, error);
    g_clear_error(&reader.bogus);
    if (!sound)
        return NULL;

    strip_values(ini->defaults);
    for (guint i = 0; i < ini->sections->len; i++)
        strip_values(ini->sections->pdata[i]);
    return g_steal_pointer(&ini);
}

/* --- asking ---------------------------------------------------------------- */

static const Section *find_section(const MlIni *ini, const char *name)
{
    if (!strcmp(name, DEFAULT_SECTION))
        return ini->defaults;
    return g_hash_table_lookup(ini->by_name, name);
}

static const Option *find_option(const MlIni *ini, const Section *section, const char *key)
{
    if (!section)
        return NULL;
    const Option *option = g_hash_table_lookup(section->by_key, key);
    return option ? option : g_hash_table_lookup(ini->defaults->by_key, key);
}

const char *ml_ini_path(const MlIni *ini)
{
    return ini->path;
}

GPtrArray *ml_ini_sections(const MlIni *ini)
{
    GPtrArray *names = g_ptr_array_new();
    for (guint i = 0; i < ini->sections->len; i++)
        g_ptr_array_add(names, ((const Section *)ini->sections->pdata[i])->name);
    return names;
}

gboolean ml_ini_has_section(const MlIni *ini, const char *section)
{
    return g_hash_table_contains(ini->by_name, section);
}

GPtrArray *ml_ini_keys(const MlIni *ini, const char *name)
{
    GPtrArray *keys = g_ptr_array_new();
    const Section *section = find_section(ini, name);
    for (guint i = 0; section && i < section->options->len; i++)
        g_ptr_array_add(keys, ((const Option *)section->options->pdata[i])->key);
    for (guint i = 0; section && section != ini->defaults && i < ini->defaults->options->len; i++) {
        const Option *option = ini->defaults->options->pdata[i];
        if (!g_hash_table_contains(section->by_key, option->key))
            g_ptr_array_add(keys, option->key);
    }
    return keys;
}

gboolean ml_ini_has_own(const MlIni *ini, const char *name, const char *key)
{
    const Section *section = find_section(ini, name);
    return section && g_hash_table_contains(section->by_key, key);
}

const char *ml_ini_raw(const MlIni *ini, const char *section, const char *key)
{
    const Option *option = find_option(ini, find_section(ini, section), key);
    return option ? option->value->str : NULL;
}

guint ml_ini_line(const MlIni *ini, const char *section, const char *key)
{
    const Option *option = find_option(ini, find_section(ini, section), key);
    return option ? option->line : 0;
}

/* --- interpolation --------------------------------------------------------- */

typedef struct {
    const MlIni *ini;
    const Section *section;
    const Option *option; /* the one that was asked for: errors point at it */
    GString *value;
    gsize spent; /* bytes read and written: values that name each other twice must end too */
} Expansion;

static gboolean spend(Expansion *expansion, gsize bytes, GError **error)
{
    expansion->spent += bytes;
    return expansion->spent <= ML_INI_LIMIT ||
           ml_ini_fail(expansion->ini, expansion->option->line, error,
                       "The value of \"%s\" grows over %d bytes when it is expanded.",
                       expansion->option->key, ML_INI_LIMIT);
}

static gboolean append(Expansion *expansion, const char *text, gsize length, GError **error)
{
    if (!spend(expansion, length, error))
        return FALSE;
    g_string_append_len(expansion->value, text, length);
    return TRUE;
}

/* The value that "%(name)s" at `reference` stands for; `end` is set behind it. */
static const Option *resolve(Expansion *expansion, const char *reference, const char **end,
                             GError **error)
{
    const char *name = reference + 2;
    const char *close = name + strcspn(name, ")");
    if (close == name || close[0] != ')' || close[1] != 's') {
        ml_ini_fail(expansion->ini, expansion->option->line, error,
                    "The value of \"%s\" has a \"%%(\" that is no \"%%(name)s\"; write %%%% for a "
                    "plain %%.",
                    expansion->option->key);
        return NULL;
    }
    *end = close + 2;
    if (!spend(expansion, *end - reference, error))
        return NULL;
    g_autofree char *key = lower((Span){name, close});
    const Option *found = find_option(expansion->ini, expansion->section, key);
    if (!found)
        ml_ini_fail(expansion->ini, expansion->option->line, error,
                    "The value of \"%s\" names %%(%s)s, which neither [%s] nor [" DEFAULT_SECTION
                    "] has.",
                    expansion->option->key, key, expansion->section->name);
    return found;
}

static gboolean expand(Expansion *expansion, const char *rest, guint depth, GError **error)
{
    /* A value without a % is taken as it is, however deep. */
    if (!strchr(rest, '%'))
        return append(expansion, rest, strlen(rest), error);
    if (depth > EXPANSION_DEPTH)
        return ml_ini_fail(expansion->ini, expansion->option->line, error,
                           "The value of \"%s\" is nested more than %d deep, or names itself.",
                           expansion->option->key, EXPANSION_DEPTH);
    while (*rest) {
        gsize plain = strcspn(rest, "%");
        if (!append(expansion, rest, plain, error))
            return FALSE;
        rest += plain;
        if (*rest && rest[1] == '%') {
            if (!append(expansion, "%", 1, error))
                return FALSE;
            rest += 2;
        } else if (*rest && rest[1] == '(') {
            const Option *named = resolve(expansion, rest, &rest, error);
            if (!named || !expand(expansion, named->value->str, depth + 1, error))
                return FALSE;
        } else if (*rest) {
            return ml_ini_fail(expansion->ini, expansion->option->line, error,
                               "The value of \"%s\" has a %% by itself; write %%%%.",
                               expansion->option->key);
        }
    }
    return TRUE;
}

gboolean ml_ini_get(const MlIni *ini, const char *section, const char *key, char **value,
                    GError **error)
{
    Expansion expansion = {.ini = ini, .section = find_section(ini, section)};
    expansion.option = find_option(ini, expansion.section, key);
    *value = NULL;
    if (!expansion.option)
        return TRUE;
    expansion.value = g_string_new(NULL);
    gboolean expanded = expand(&expansion, expansion.option->value->str, 1, error);
    *value = g_string_free(expansion.value, !expanded);
    return expanded;
}
