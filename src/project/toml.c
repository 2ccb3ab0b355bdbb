#include "project/toml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <tree_sitter/api.h>

#include "miglint/project.h"

const TSLanguage *tree_sitter_toml(void);

/* How a table or an array came to be, which decides what may still be added to it. */
typedef enum {
    MADE_BY_PATH,   /* a table on the way to another one's header */
    MADE_BY_HEADER, /* [a], or the array of [[a]] */
    MADE_BY_DOTS,   /* a table on the way to a dotted key's value */
    MADE_AS_VALUE,  /* written out: closed for good */
} Making;

typedef struct {
    MlTomlValue value; /* first: what others see */
    GHashTable *by_key;
    Making making;
    guint section; /* of dots: the header, counted from 1, under which they stand */
    guint depth;
} Node;

struct MlToml {
    char *path;
    Node *root;
};

/* --- values ---------------------------------------------------------------- */

static void node_free(Node *node)
{
    g_free(node->value.text);
    g_clear_pointer(&node->value.items, g_ptr_array_unref);
    g_clear_pointer(&node->by_key, g_hash_table_unref);
    g_clear_pointer(&node->value.keys, g_ptr_array_unref);
    g_free(node);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Node, node_free)

static Node *node_new(MlTomlKind kind, guint line)
{
    Node *node = g_new0(Node, 1);
    node->value.kind = kind;
    node->value.line = line;
    if (kind == ML_TOML_ARRAY)
        node->value.items = g_ptr_array_new_with_free_func((GDestroyNotify)node_free);
    if (kind == ML_TOML_TABLE) {
        node->value.keys = g_ptr_array_new_with_free_func(g_free);
        node->by_key =
            g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)node_free);
    }
    return node;
}

static void table_set(Node *table, const char *key, Node *node)
{
    char *copy = g_strdup(key);
    g_ptr_array_add(table->value.keys, copy);
    g_hash_table_insert(table->by_key, copy, node);
}

static gboolean is_table(const Node *node)
{
    return node->value.kind == ML_TOML_TABLE;
}

void ml_toml_free(MlToml *toml)
{
    g_clear_pointer(&toml->root, node_free);
    g_free(toml->path);
    g_free(toml);
}

const char *ml_toml_path(const MlToml *toml)
{
    return toml->path;
}

const MlTomlValue *ml_toml_root(const MlToml *toml)
{
    return &toml->root->value;
}

const MlTomlValue *ml_toml_get(const MlTomlValue *table, const char *key)
{
    if (!table || table->kind != ML_TOML_TABLE)
        return NULL;
    const Node *node = g_hash_table_lookup(((const Node *)table)->by_key, key);
    return node ? &node->value : NULL;
}

const char *ml_toml_kind_name(MlTomlKind kind)
{
    static const char *const names[] = {"a string",   "an integer", "a float", "a boolean",
                                        "a datetime", "an array",   "a table"};
    return names[kind];
}

gboolean ml_toml_fail(const MlToml *toml, guint line, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sentence = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *place =
        line ? g_strdup_printf("%s:%u", toml->path, line) : g_strdup(toml->path);
    g_set_error(error, ML_PROJECT_ERROR, ML_PROJECT_ERROR_CONFIG, "%s: %s", place, sentence);
    return FALSE;
}

/* --- the syntax tree ------------------------------------------------------- */

typedef struct {
    const MlToml *toml;
    const char *text; /* as it is in the file */
    guint sections;
} Reader;

static gboolean is(TSNode node, const char *type)
{
    return !strcmp(ts_node_type(node), type);
}

static guint line_of(TSNode node)
{
    return ts_node_start_point(node).row + 1;
}

static char *text_of(const Reader *reader, TSNode node)
{
    guint32 start = ts_node_start_byte(node);
    return g_strndup(reader->text + start, ts_node_end_byte(node) - start);
}

/* The named children of a node that are no comments, in constant time each. */
static GArray *children_of(TSNode node)
{
    GArray *children = g_array_new(FALSE, FALSE, sizeof(TSNode));
    TSTreeCursor cursor = ts_tree_cursor_new(node);
    for (bool more = ts_tree_cursor_goto_first_child(&cursor); more;
         more = ts_tree_cursor_goto_next_sibling(&cursor)) {
        TSNode child = ts_tree_cursor_current_node(&cursor);
        if (ts_node_is_named(child) && !is(child, "comment"))
            g_array_append_val(children, child);
    }
    ts_tree_cursor_delete(&cursor);
    return children;
}

/* --- strings --------------------------------------------------------------- */

/* The number of `length` hexadecimal digits. */
static gunichar hex_number(const char *digits, guint length)
{
    gunichar number = 0;
    for (guint i = 0; i < length; i++)
        number = number << 4 | (gunichar)g_ascii_xdigit_value(digits[i]);
    return number;
}

static gboolean append_character(const Reader *reader, guint line, gunichar character, GString *out,
                                 GError **error)
{
    if (!character)
        return ml_toml_fail(reader->toml, line, error, "A NUL character in a string is not read.");
    if (!g_unichar_validate(character))
        return ml_toml_fail(reader->toml, line, error,
                            "The string has an escape that stands for no Unicode character.");
    g_string_append_unichar(out, character);
    return TRUE;
}

/* Reads the escape behind the backslash at `at` and sets `at` behind it. */
static gboolean read_escape(const Reader *reader, guint line, const char **at, GString *out,
                            GError **error)
{
    static const char letters[] = "btnfr\"\\", characters[] = "\b\t\n\f\r\"\\";
    const char *escape = *at + 1;
    const char *letter = strchr(letters, *escape);
    if (letter) {
        g_string_append_c(out, characters[letter - letters]);
        *at = escape + 1;
    } else if (*escape == 'u' || *escape == 'U') {
        guint digits = *escape == 'u' ? 4 : 8;
        *at = escape + 1 + digits;
        return append_character(reader, line, hex_number(escape + 1, digits), out, error);
    } else { /* the end of the line, and all space that follows */
        *at = escape + strspn(escape, " \t\r\n");
    }
    return TRUE;
}

/* Between the quotes; ends of lines are \n whatever they are in the file. */
static char *unquote(const Reader *reader, guint line, const char *start, const char *end,
                     gboolean has_escapes, GError **error)
{
    g_autoptr(GString) out = g_string_sized_new(end - start);
    for (const char *at = start; at < end;) {
        if (has_escapes && *at == '\\') {
            if (!read_escape(reader, line, &at, out, error))
                return NULL;
        } else if (*at == '\r') {
            at++;
        } else {
            g_string_append_c(out, *at++);
        }
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static char *read_string(const Reader *reader, TSNode node, GError **error)
{
    const char *start = reader->text + ts_node_start_byte(node);
    const char *end = reader->text + ts_node_end_byte(node);
    gboolean has_escapes = *start == '"';
    gboolean is_long = end - start >= 6 && start[1] == *start && start[2] == *start;
    start += is_long ? 3 : 1;
    end -= is_long ? 3 : 1;
    if (is_long && *start == '\r')
        start++;
    if (is_long && *start == '\n')
        start++;
    return unquote(reader, line_of(node), start, end, has_escapes, error);
}

/* --- numbers and dates ----------------------------------------------------- */

static char *text_without_underscores(const Reader *reader, TSNode node)
{
    g_autofree char *text = text_of(reader, node);
    g_auto(GStrv) parts = g_strsplit(text, "_", -1);
    return g_strjoinv("", parts);
}

static guint base_of(const char *digits)
{
    static const struct {
        const char *prefix;
        guint base;
    } prefixes[] = {{"0x", 16}, {"0o", 8}, {"0b", 2}};
    for (guint i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(digits, prefixes[i].prefix))
            return prefixes[i].base;
    return 10;
}

static gboolean read_integer(const Reader *reader, TSNode node, MlTomlValue *value, GError **error)
{
    g_autofree char *digits = text_without_underscores(reader, node);
    guint base = base_of(digits);
    errno = 0;
    value->integer = g_ascii_strtoll(digits + (base == 10 ? 0 : 2), NULL, base);
    return !errno || ml_toml_fail(reader->toml, value->line, error,
                                  "The integer %s does not fit in 64 bits.", digits);
}

static void read_float(const Reader *reader, TSNode node, MlTomlValue *value)
{
    g_autofree char *digits = text_without_underscores(reader, node);
    value->number = g_ascii_strtod(digits, NULL);
}

static gboolean is_date(const char *text)
{
    /* The grammar has seen to month and day, but not to the digits of the year. */
    if (strspn(text, "0123456789") != 4)
        return FALSE;
    return g_date_valid_dmy(atoi(text + 8), atoi(text + 5), atoi(text));
}

static gboolean read_datetime(const Reader *reader, TSNode node, MlTomlValue *value, GError **error)
{
    value->text = text_of(reader, node);
    const char *colon = strchr(value->text, ':');
    gboolean has_leap_second = colon && g_str_has_prefix(colon + 3, ":60");
    gboolean has_date = !is(node, "local_time");
    if (!has_leap_second && (!has_date || is_date(value->text)))
        return TRUE;
    return ml_toml_fail(reader->toml, value->line, error, "There is no such date or time as %s.",
                        value->text);
}

/* --- keys ------------------------------------------------------------------ */

/* The parts of a key, dotted or not: char *. */
static GPtrArray *read_key(const Reader *reader, TSNode node, GError **error)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    for (gboolean more = TRUE; more;) {
        more = is(node, "dotted_key");
        g_autoptr(GArray) children = more ? children_of(node) : NULL;
        TSNode last = more ? g_array_index(children, TSNode, 1) : node;
        char *part =
            is(last, "quoted_key") ? read_string(reader, last, error) : text_of(reader, last);
        if (!part)
            return NULL;
        g_ptr_array_insert(parts, 0, part);
        if (parts->len > ML_TOML_DEPTH) {
            ml_toml_fail(reader->toml, line_of(node), error,
                         "A key of more than %d parts is not read.", ML_TOML_DEPTH);
            return NULL;
        }
        if (more)
            node = g_array_index(children, TSNode, 0);
    }
    return g_steal_pointer(&parts);
}

static gboolean fail_with_value(const Reader *reader, const Node *there, const char *key,
                                guint line, GError **error)
{
    return ml_toml_fail(reader->toml, line, error,
                        "\"%s\" is already set in line %u and cannot be set again or added to.",
                        key, there->value.line);
}

static Node *add_table(const Reader *reader, Node *table, const char *key, guint line,
                       Making making, GError **error)
{
    if (table->depth >= ML_TOML_DEPTH) {
        ml_toml_fail(reader->toml, line, error, "Tables more than %d deep are not read.",
                     ML_TOML_DEPTH);
        return NULL;
    }
    Node *made = node_new(ML_TOML_TABLE, line);
    made->making = making;
    made->section = reader->sections;
    made->depth = table->depth + 1;
    table_set(table, key, made);
    return made;
}

/* --- keys and values ------------------------------------------------------- */

static Node *read_value(const Reader *reader, TSNode syntax, guint depth, GError **error);

/* Whether dots may lead through a table: it is of dots itself, and of this section. */
static gboolean is_open_to_dots(const Reader *reader, const Node *node)
{
    return is_table(node) && (node->making == MADE_BY_PATH ||
                              (node->making == MADE_BY_DOTS && node->section == reader->sections));
}

/* The table that the parts of a dotted key before its last lead to, made where it is not there. */
static Node *follow_dots(const Reader *reader, Node *table, const GPtrArray *key, guint line,
                         GError **error)
{
    for (guint i = 0; i + 1 < key->len; i++) {
        const char *part = key->pdata[i];
        Node *next = g_hash_table_lookup(table->by_key, part);
        if (!next) {
            next = add_table(reader, table, part, line, MADE_BY_DOTS, error);
            if (!next)
                return NULL;
        } else if (!is_open_to_dots(reader, next)) {
            fail_with_value(reader, next, part, line, error);
            return NULL;
        }
        next->making = MADE_BY_DOTS;
        next->section = reader->sections;
        table = next;
    }
    return table;
}

static gboolean read_pair(const Reader *reader, TSNode pair, Node *table, GError **error)
{
    g_autoptr(GArray) children = children_of(pair);
    guint line = line_of(pair);
    g_autoptr(GPtrArray) key = read_key(reader, g_array_index(children, TSNode, 0), error);
    Node *holder = key ? follow_dots(reader, table, key, line, error) : NULL;
    if (!holder)
        return FALSE;
    const char *last = key->pdata[key->len - 1];
    const Node *there = g_hash_table_lookup(holder->by_key, last);
    if (there)
        return fail_with_value(reader, there, last, line, error);
    Node *value = read_value(reader, g_array_index(children, TSNode, 1), holder->depth + 1, error);
    if (!value)
        return FALSE;
    value->value.line = line;
    table_set(holder, last, value);
    return TRUE;
}

static gboolean read_array(const Reader *reader, TSNode syntax, Node *array, GError **error)
{
    g_autoptr(GArray) children = children_of(syntax);
    for (guint i = 0; i < children->len; i++) {
        Node *item =
            read_value(reader, g_array_index(children, TSNode, i), array->depth + 1, error);
        if (!item)
            return FALSE;
        g_ptr_array_add(array->value.items, item);
    }
    return TRUE;
}

static gboolean read_pairs(const Reader *reader, TSNode syntax, Node *table, GError **error)
{
    g_autoptr(GArray) children = children_of(syntax);
    for (guint i = 0; i < children->len; i++) {
        TSNode child = g_array_index(children, TSNode, i);
        if (is(child, "pair") && !read_pair(reader, child, table, error))
            return FALSE;
    }
    return TRUE;
}

static MlTomlKind kind_of(TSNode syntax)
{
    static const struct {
        const char *type;
        MlTomlKind kind;
    } kinds[] = {
        {"string", ML_TOML_STRING},   {"integer", ML_TOML_INTEGER}, {"float", ML_TOML_FLOAT},
        {"boolean", ML_TOML_BOOLEAN}, {"array", ML_TOML_ARRAY},     {"inline_table", ML_TOML_TABLE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (is(syntax, kinds[i].type))
            return kinds[i].kind;
    return ML_TOML_DATETIME;
}

static gboolean fill_value(const Reader *reader, TSNode syntax, Node *node, GError **error)
{
    MlTomlValue *value = &node->value;
    switch (value->kind) {
    case ML_TOML_STRING:
        return (value->text = read_string(reader, syntax, error)) != NULL;
    case ML_TOML_INTEGER:
        return read_integer(reader, syntax, value, error);
    case ML_TOML_FLOAT:
        read_float(reader, syntax, value);
        return TRUE;
    case ML_TOML_BOOLEAN:
        value->truth = reader->text[ts_node_start_byte(syntax)] == 't';
        return TRUE;
    case ML_TOML_DATETIME:
        return read_datetime(reader, syntax, value, error);
    case ML_TOML_ARRAY:
        return read_array(reader, syntax, node, error);
    case ML_TOML_TABLE:
        return read_pairs(reader, syntax, node, error);
    }
    g_return_val_if_reached(FALSE);
}

static Node *read_value(const Reader *reader, TSNode syntax, guint depth, GError **error)
{
    if (depth > ML_TOML_DEPTH) {
        ml_toml_fail(reader->toml, line_of(syntax), error,
                     "Values nested more than %d deep are not read.", ML_TOML_DEPTH);
        return NULL;
    }
    g_autoptr(Node) node = node_new(kind_of(syntax), line_of(syntax));
    node->making = MADE_AS_VALUE;
    node->depth = depth;
    return fill_value(reader, syntax, node, error) ? g_steal_pointer(&node) : NULL;
}

/* --- headers --------------------------------------------------------------- */

/* The table that the parts of a header before its last lead to; of [[arrays]] the last one. */
static Node *follow_path(const Reader *reader, const GPtrArray *key, guint line, GError **error)
{
    Node *table = reader->toml->root;
    for (guint i = 0; i + 1 < key->len && table; i++) {
        const char *part = key->pdata[i];
        Node *next = g_hash_table_lookup(table->by_key, part);
        if (!next) {
            table = add_table(reader, table, part, line, MADE_BY_PATH, error);
        } else if (next->making == MADE_AS_VALUE) {
            fail_with_value(reader, next, part, line, error);
            return NULL;
        } else {
            GPtrArray *items = next->value.items;
            table = items ? items->pdata[items->len - 1] : next;
        }
    }
    return table;
}

/* [header] */
static Node *open_table(const Reader *reader, Node *holder, const char *key, guint line,
                        GError **error)
{
    Node *there = g_hash_table_lookup(holder->by_key, key);
    if (!there)
        return add_table(reader, holder, key, line, MADE_BY_HEADER, error);
    if (there->making != MADE_BY_PATH) {
        fail_with_value(reader, there, key, line, error);
        return NULL;
    }
    there->making = MADE_BY_HEADER;
    there->value.line = line;
    return there;
}

/* [[header]] */
static Node *open_item(const Reader *reader, Node *holder, const char *key, guint line,
                       GError **error)
{
    Node *array = g_hash_table_lookup(holder->by_key, key);
    if (array && (array->making != MADE_BY_HEADER || is_table(array))) {
        fail_with_value(reader, array, key, line, error);
        return NULL;
    }
    if (!array) {
        array = node_new(ML_TOML_ARRAY, line);
        array->making = MADE_BY_HEADER;
        table_set(holder, key, array);
    }
    Node *item = node_new(ML_TOML_TABLE, line);
    item->making = MADE_BY_HEADER;
    item->depth = holder->depth + 1;
    g_ptr_array_add(array->value.items, item);
    return item;
}

static gboolean read_section(Reader *reader, TSNode syntax, GError **error)
{
    g_autoptr(GArray) children = children_of(syntax);
    guint line = line_of(syntax);
    reader->sections++;
    g_autoptr(GPtrArray) key = read_key(reader, g_array_index(children, TSNode, 0), error);
    Node *holder = key ? follow_path(reader, key, line, error) : NULL;
    if (!holder)
        return FALSE;
    const char *last = key->pdata[key->len - 1];
    Node *table = is(syntax, "table") ? open_table(reader, holder, last, line, error)
                                      : open_item(reader, holder, last, line, error);
    return table && read_pairs(reader, syntax, table, error);
}

static gboolean read_document(Reader *reader, TSNode root, GError **error)
{
    reader->sections = 1;
    if (!read_pairs(reader, root, reader->toml->root, error))
        return FALSE;
    g_autoptr(GArray) children = children_of(root);
    for (guint i = 0; i < children->len; i++) {
        TSNode child = g_array_index(children, TSNode, i);
        if (!is(child, "pair") && !read_section(reader, child, error))
            return FALSE;
    }
    return TRUE;
}

/* --- parsing --------------------------------------------------------------- */

/* Steps of the parser after an error: to make sense of what is no TOML can take quadratic time. */
#define PATIENCE 10000

typedef struct {
    guint steps;
    guint32 error; /* where the parser stood when it first noticed */
} Confusion;

static bool is_confused(TSParseState *state)
{
    Confusion *confusion = state->payload;
    if (state->has_error && !confusion->steps++)
        confusion->error = state->current_byte_offset;
    return confusion->steps > PATIENCE;
}

static const char *read_text(void *payload, uint32_t offset, TSPoint point, uint32_t *read)
{
    (void)point;
    const GString *text = payload;
    *read = offset < text->len ? text->len - offset : 0;
    return text->str + MIN(offset, text->len);
}

static TSTree *parse(GString *text, Confusion *confusion)
{
    TSParser *parser = ts_parser_new();
    ts_parser_set_language(parser, tree_sitter_toml());
    TSInput input = {text, read_text, TSInputEncodingUTF8, NULL};
    TSParseOptions options = {confusion, is_confused};
    TSTree *tree = ts_parser_parse_with_options(parser, NULL, input, options);
    ts_parser_delete(parser);
    return tree;
}

/*
 * The text for the parser: its grammar wants the end of the line right behind
 * the backslash that takes it away, where TOML lets blanks stand between. They
 * change places; as no byte is lost, the tree fits the file's own text, from
 * which all values are read.
 */
static GString *text_for_grammar(const char *text, gsize length)
{
    GString *moved = g_string_new_len(text, length);
    for (char *at = moved->str; (at = strchr(at, '\\'));) {
        gsize blanks = strspn(++at, " \t");
        gsize end = at[blanks] == '\r' && at[blanks + 1] == '\n' ? 2 : at[blanks] == '\n';
        if (end) {
            memmove(at + end, at, blanks);
            memcpy(at, &"\r\n"[2 - end], end);
        }
    }
    return moved;
}

static guint line_at(const char *text, gsize offset)
{
    guint line = 1;
    for (gsize i = 0; i < offset; i++)
        line += text[i] == '\n';
    return line;
}

/* The first node in which the parser made no sense of the text; it is known to be there. */
static TSNode find_error(TSNode node)
{
    while (!ts_node_is_error(node) && !ts_node_is_missing(node)) {
        TSTreeCursor cursor = ts_tree_cursor_new(node);
        for (bool more = ts_tree_cursor_goto_first_child(&cursor); more;
             more = ts_tree_cursor_goto_next_sibling(&cursor)) {
            node = ts_tree_cursor_current_node(&cursor);
            if (ts_node_has_error(node))
                break;
        }
        ts_tree_cursor_delete(&cursor);
    }
    return node;
}

static gboolean check_text(const MlToml *toml, const char *text, gsize length, GError **error)
{
    const char *invalid;
    if (length > ML_TOML_LIMIT)
        return ml_toml_fail(toml, 0, error, "A TOML file of more than %d bytes is not read.",
                            ML_TOML_LIMIT);
    if (!g_utf8_validate_len(text, length, &invalid))
        return ml_toml_fail(toml, line_at(text, invalid - text), error,
                            "This line is not UTF-8 text; save the file as UTF-8.");
    if (g_str_has_prefix(text, "\xef\xbb\xbf"))
        return ml_toml_fail(toml, 1, error,
                            "The file begins with a byte order mark, which is no TOML; save it "
                            "without one.");
    return TRUE;
}

static gboolean read_text_into(MlToml *toml, const char *text, gsize length, GError **error)
{
    g_autoptr(GString) moved = text_for_grammar(text, length);
    Confusion confusion = {0};
    TSTree *tree = parse(moved, &confusion);
    gboolean read = FALSE;
    if (!tree) {
        ml_toml_fail(toml, line_at(text, confusion.error), error, "This is no TOML.");
        return FALSE;
    }
    TSNode root = ts_tree_root_node(tree);
    Reader reader = {toml, text, 0};
    if (ts_node_has_error(root))
        ml_toml_fail(toml, line_of(find_error(root)), error,
                     "This is no TOML: a line is a [table], or a key = value whose strings have "
                     "quotes.");
    else
        read = read_document(&reader, root, error);
    ts_tree_delete(tree);
    return read;
}

MlToml *ml_toml_parse(const char *path, GBytes *bytes, GError **error)
{
    gsize length;
    const char *start = g_bytes_get_data(bytes, &length);
    g_autofree char *text = g_strndup(start, length);

    g_autoptr(MlToml) toml = g_new0(MlToml, 1);
    toml->path = g_strdup(path);
    toml->root = node_new(ML_TOML_TABLE, 1);
    if (check_text(toml, text, length, error) && read_text_into(toml, text, length, error))
        return g_steal_pointer(&toml);
    return NULL;
}
