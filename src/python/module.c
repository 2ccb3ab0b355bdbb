#include "miglint/text.h"
#include "python/syntax.h"

#include <string.h>
#include <time.h>

/* CPython's tokenizer gives up at this many open brackets. */
#define BRACKET_LIMIT 200

/* tree-sitter-python crashes above some 400 levels of indentation; CPython gives up at 100. */
#define INDENT_LIMIT 300

/* Thread time for one file, whatever its size, in microseconds. */
#define PATIENCE_LIMIT (30 * G_USEC_PER_SEC)

/* So that a place is found without reading the text from its beginning. */
#define BLOCK 4096

/* Counted from 1. */
typedef struct {
    guint line, column;
} Place;

struct MlModule {
    gatomicrefcount references;
    GBytes *text; /* UTF-8, whatever the file was in */
    TSTree *tree; /* NULL once forgotten, or given up */
    MlSyntax syntax;
    guint32 error_start, error_end;
    Place *places; /* where each block of the text begins */
};

const TSLanguage *tree_sitter_python(void);

/* --- encodings ----------------------------------------------------------- */

/* Python spells with underscores too, and its names for Latin-1 are the only common ones that iconv
 * does not know. */
static char *iconv_name(char *name)
{
    g_strdelimit(name, "_", '-');
    gboolean latin1 = g_regex_match_simple("^(iso-)?latin-1(-|$)", name, G_REGEX_CASELESS, 0);
    return g_strdup(latin1 ? "ISO-8859-1" : name);
}

/* The encoding that PEP 263's comment names on one of the first two lines, or NULL. */
static char *declared_encoding(const char *bytes, gsize length)
{
    const char *end = bytes + length;
    for (guint line = 0; line < 2 && bytes < end; line++) {
        const char *stop = memchr(bytes, '\n', end - bytes);
        if (stop == NULL)
            stop = end;
        g_autoptr(GString) text = g_string_new_len(bytes, stop - bytes);
        g_autoptr(GRegex) cookie =
            g_regex_new("^[ \\t\\f]*#.*?coding[:=][ \\t]*([-\\w.]+)", G_REGEX_RAW, 0, NULL);
        g_autoptr(GMatchInfo) match = NULL;
        if (g_regex_match_full(cookie, text->str, text->len, 0, 0, &match, NULL)) {
            g_autofree char *name = g_match_info_fetch(match, 1);
            return iconv_name(name);
        }
        bytes = stop + 1;
    }
    return NULL;
}

static gboolean has_bom(const char *bytes, gsize length)
{
    return length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0;
}

/* Whether any byte is more than ASCII: only then does the encoding matter. */
static gboolean is_ascii(const char *bytes, gsize length)
{
    gsize i = 0;
    while (i < length && (guchar)bytes[i] < 0x80)
        i++;
    return i == length;
}

/* The text as UTF-8, or NULL where Python would not know how to read it. */
static GBytes *to_utf8(GBytes *text)
{
    gsize length;
    const char *bytes = g_bytes_get_data(text, &length);
    if (length == 0 || is_ascii(bytes, length) || memchr(bytes, 0, length) != NULL)
        return g_bytes_ref(text);
    g_autofree char *encoding = has_bom(bytes, length) ? NULL : declared_encoding(bytes, length);
    gsize written;
    char *converted =
        encoding ? g_convert(bytes, length, "UTF-8", encoding, NULL, &written, NULL) : NULL;
    if (converted != NULL)
        return g_bytes_new_take(converted, written);
    return g_utf8_validate_len(bytes, length, NULL) ? g_bytes_ref(text) : NULL;
}

/* --- what Python could not read ------------------------------------------ */

static void set_error(MlModule *module, MlSyntax syntax, guint32 start, guint32 end)
{
    module->syntax = syntax;
    module->error_start = start;
    module->error_end = end;
}

/* The first byte that is no UTF-8, in a file that names no encoding. */
static void find_bad_byte(MlModule *module)
{
    gsize length;
    const char *bytes = g_bytes_get_data(module->text, &length);
    const char *bad = bytes;
    g_utf8_validate_len(bytes, length, &bad);
    set_error(module, ML_SYNTAX_ENCODING, bad - bytes, bad - bytes + 1);
}

static gboolean stands_at(const char *bytes, const char *at, gsize length, const char *marker)
{
    gsize size = strlen(marker);
    return (gsize)(at - bytes) + size <= length && memcmp(at, marker, size) == 0;
}

/* git's conflict markers: an opening one, and a closing one after it. */
static gboolean find_conflict(MlModule *module)
{
    gsize length;
    const char *bytes = g_bytes_get_data(module->text, &length);
    const char *opening = NULL;
    for (const char *line = bytes; line != NULL && line < bytes + length;) {
        if (opening == NULL && stands_at(bytes, line, length, "<<<<<<< "))
            opening = line;
        if (opening != NULL && stands_at(bytes, line, length, ">>>>>>> ")) {
            set_error(module, ML_SYNTAX_CONFLICT, opening - bytes, opening - bytes + 7);
            return TRUE;
        }
        line = memchr(line, '\n', bytes + length - line);
        if (line != NULL)
            line++;
    }
    return FALSE;
}

/* Whether more brackets than Python's limit are ever open, strings and comments counted or not. */
static gboolean may_be_deep(const char *bytes, gsize length)
{
    gint open = 0;
    for (gsize i = 0; i < length; i++) {
        if (bytes[i] == '(' || bytes[i] == '[' || bytes[i] == '{') {
            if (++open > BRACKET_LIMIT)
                return TRUE;
        } else if ((bytes[i] == ')' || bytes[i] == ']' || bytes[i] == '}') && open > 0) {
            open--;
        }
    }
    return FALSE;
}

/* The width of the indentation at `*at`, as tree-sitter-python counts it; `*at` moves behind it. */
static guint16 indent_at(const char *bytes, gsize length, gsize *at)
{
    guint16 width = 0;
    for (; *at < length; ++*at) {
        const char *rest = bytes + *at;
        if (*rest == ' ')
            width++;
        else if (*rest == '\t')
            width += 8;
        else if (*rest == '\r' || *rest == '\f' || *rest == '\n')
            width = 0;
        else if (stands_at(bytes, rest, length, "\\\n"))
            *at += 1;
        else if (stands_at(bytes, rest, length, "\\\r\n"))
            *at += 2;
        else
            break;
    }
    return width;
}

/* Each level of blocks has a width of its own: the line that has one too many, or NULL. */
static const char *find_deep_indent(const char *bytes, gsize length)
{
    guint8 seen[G_MAXUINT16 / 8 + 1] = {0};
    guint levels = 0;
    for (const char *line = bytes; line != NULL && line < bytes + length;) {
        gsize at = line - bytes;
        guint16 width = indent_at(bytes, length, &at);
        levels += !(seen[width / 8] & 1 << width % 8);
        seen[width / 8] |= 1 << width % 8;
        if (levels > INDENT_LIMIT)
            return line;
        line = at < length ? memchr(bytes + at, '\n', length - at) : NULL;
        if (line != NULL)
            line++;
    }
    return NULL;
}

/* Calls `visit` for every node, parents first, until it returns TRUE. Does not recurse. */
static gboolean walk(TSNode root, gboolean (*visit)(TSNode, gpointer), gboolean (*enter)(TSNode),
                     gpointer data)
{
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    gboolean found = FALSE, more = TRUE;
    while (more && !found) {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        found = visit(node, data);
        more = enter(node) && ts_tree_cursor_goto_first_child(&cursor);
        while (!more && !(more = ts_tree_cursor_goto_next_sibling(&cursor)))
            if (!ts_tree_cursor_goto_parent(&cursor))
                break;
    }
    ts_tree_cursor_delete(&cursor);
    return found;
}

typedef struct {
    MlModule *module;
    guint open;
} Brackets;

static gboolean visit_bracket(TSNode node, gpointer data)
{
    Brackets *brackets = data;
    const char *type = ts_node_type(node);
    if (ts_node_is_named(node) || strlen(type) != 1)
        return FALSE;
    if (strchr(")]}", *type) != NULL && brackets->open > 0)
        brackets->open--;
    if (strchr("([{", *type) == NULL || ++brackets->open <= BRACKET_LIMIT)
        return FALSE;
    guint32 start = ts_node_start_byte(node);
    set_error(brackets->module, ML_SYNTAX_TOO_DEEP, start, start + 1);
    return TRUE;
}

static gboolean visit_error(TSNode node, gpointer module)
{
    if (!ts_node_is_missing(node) && !ts_node_is_error(node))
        return FALSE;
    set_error(module, ML_SYNTAX_ERROR, ts_node_start_byte(node), ts_node_end_byte(node));
    return TRUE;
}

static gboolean has_error(TSNode node)
{
    return ts_node_has_error(node);
}

static gboolean enter_all(TSNode node)
{
    (void)node;
    return TRUE;
}

static gboolean find_deep_bracket(MlModule *module)
{
    Brackets brackets = {module, 0};
    return walk(ts_tree_root_node(module->tree), visit_bracket, enter_all, &brackets);
}

static void find_syntax_error(MlModule *module)
{
    gsize length;
    const char *bytes = g_bytes_get_data(module->text, &length);
    const char *nul = length ? memchr(bytes, 0, length) : NULL;
    TSNode root = ts_tree_root_node(module->tree);
    if (nul != NULL)
        set_error(module, ML_SYNTAX_BINARY, nul - bytes, nul - bytes + 1);
    else if (may_be_deep(bytes, length) && find_deep_bracket(module))
        return;
    else if (ts_node_has_error(root) && !find_conflict(module))
        walk(root, visit_error, has_error, module);
}

/* --- the module ----------------------------------------------------------- */

static void delete_parser(gpointer parser)
{
    ts_parser_delete(parser);
}

static GPrivate thread_parser = G_PRIVATE_INIT(delete_parser);

/* Bytes that some hundreds of modules take, with all that is made of them. */
#define THREAD_ROOM (16 * 1024 * 1024)

/*
 * The heap of a thread grows by one page at a time, and each takes a call to the kernel that holds
 * up the other threads: here it grows at once. It keeps what is given back.
 */
static void make_room(void)
{
    g_free(g_try_malloc(THREAD_ROOM));
}

static TSParser *parser_of_thread(void)
{
    TSParser *parser = g_private_get(&thread_parser);
    if (parser == NULL) {
        make_room();
        parser = ts_parser_new();
        ts_parser_set_language(parser, tree_sitter_python());
        g_private_set(&thread_parser, parser);
    }
    return parser;
}

/* Thread time that a parse may take. Asking for the time costs more than a step of the parser. */
typedef struct {
    gint64 until; /* microseconds */
    guint steps;
} Patience;

static gint64 thread_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/*
 * tree-sitter takes quadratic time to make sense of what is no Python: a text
 * that has taken ten times as long as any Python of its size is given up.
 */
static Patience patience_with(GBytes *text)
{
    gint64 most = 2 * G_USEC_PER_SEC + 5 * (gint64)g_bytes_get_size(text);
    return (Patience){thread_time() + MIN(most, PATIENCE_LIMIT), 0};
}

static bool is_out_of_patience(TSParseState *state)
{
    Patience *patience = state->payload;
    return ++patience->steps % 8 == 0 && thread_time() > patience->until;
}

static const char *read_text(void *payload, uint32_t offset, TSPoint point, uint32_t *read)
{
    (void)point;
    gsize length;
    const char *bytes = g_bytes_get_data(payload, &length);
    *read = offset < length ? length - offset : 0;
    return *read > 0 ? bytes + offset : "";
}

/* NULL where the text is given up. */
static TSTree *parse_patiently(GBytes *text, Patience *patience)
{
    gsize length;
    const char *bytes = g_bytes_get_data(text, &length);
    if (find_deep_indent(bytes, length) != NULL)
        return NULL;
    TSParser *parser = parser_of_thread();
    TSInput input = {text, read_text, TSInputEncodingUTF8, NULL};
    TSParseOptions options = {patience, is_out_of_patience};
    TSTree *tree = ts_parser_parse_with_options(parser, NULL, input, options);
    if (tree == NULL)
        ts_parser_reset(parser);
    return tree;
}

static gboolean is_bom(const char *bytes, gsize at, gsize end)
{
    return at == 0 && end >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0;
}

/* The place of byte `to`, given that of byte `from`. Columns count what begins a code point. */
static Place advance(Place place, const char *bytes, gsize from, gsize to)
{
    for (gsize i = is_bom(bytes, from, to) ? 3 : from; i < to; i++) {
        if (bytes[i] == '\n')
            place = (Place){place.line + 1, 1};
        else
            place.column += (bytes[i] & 0xC0) != 0x80;
    }
    return place;
}

static Place *places_of(GBytes *text)
{
    gsize length;
    const char *bytes = g_bytes_get_data(text, &length);
    Place *places = g_new(Place, length / BLOCK + 1);
    places[0] = (Place){1, 1};
    for (gsize i = 1; i <= length / BLOCK; i++)
        places[i] = advance(places[i - 1], bytes, (i - 1) * BLOCK, i * BLOCK);
    return places;
}

static MlModule *new_module(GBytes *text)
{
    MlModule *module = g_new0(MlModule, 1);
    g_atomic_ref_count_init(&module->references);
    module->text = g_bytes_ref(text);
    module->places = places_of(text);
    return module;
}

/* Why a text was given up. */
static void find_reason(MlModule *module)
{
    gsize length;
    const char *bytes = g_bytes_get_data(module->text, &length);
    const char *deep = find_deep_indent(bytes, length);
    if (deep != NULL)
        set_error(module, ML_SYNTAX_TOO_DEEP, deep - bytes, deep - bytes + 1);
    else
        set_error(module, ML_SYNTAX_GIVEN_UP, 0, 0);
}

static MlModule *parse_whole(GBytes *text, Patience *patience)
{
    g_autoptr(GBytes) converted = to_utf8(text);
    MlModule *module = new_module(converted ? converted : text);
    module->tree = parse_patiently(module->text, patience);
    if (converted == NULL)
        find_bad_byte(module);
    else if (module->tree == NULL)
        find_reason(module);
    else
        find_syntax_error(module);
    return module;
}

MlModule *ml_module_parse(GBytes *text)
{
    Patience patience = patience_with(text);
    return parse_whole(text, &patience);
}

static gboolean begins(const char *line, const char *end, const char *beginning)
{
    gsize length = strlen(beginning);
    return (gsize)(end - line) >= length && memcmp(line, beginning, length) == 0;
}

/* A line that can stand behind a module's header without binding a name of its own. */
static gboolean is_body(const char *line, const char *end)
{
    return line == end || strchr(" \t\r\n#", *line) != NULL || begins(line, end, "def ");
}

/* Where the first function begins, if nothing but functions follows; else the end of the text. */
static gsize header_length(const char *bytes, gsize length)
{
    const char *end = bytes + length, *header = NULL;
    for (const char *line = bytes; line != NULL && line < end;) {
        if (header == NULL && begins(line, end, "def "))
            header = line;
        if (header != NULL && !is_body(line, end))
            return length;
        line = memchr(line, '\n', end - line);
        line = line ? line + 1 : NULL;
    }
    return header ? (gsize)(header - bytes) : length;
}

MlModule *ml_module_parse_header(GBytes *text)
{
    gsize length;
    const char *bytes = g_bytes_get_data(text, &length);
    gsize header = header_length(bytes ? bytes : "", length);
    g_autoptr(GBytes) converted = header < length ? to_utf8(text) : NULL;
    if (converted != text)
        return ml_module_parse(text);
    Patience patience = patience_with(text);
    g_autoptr(GBytes) beginning = g_bytes_new_from_bytes(text, 0, header);
    TSTree *tree = parse_patiently(beginning, &patience);
    if (tree == NULL || ts_node_has_error(ts_tree_root_node(tree))) {
        g_clear_pointer(&tree, ts_tree_delete);
        return parse_whole(text, &patience);
    }
    MlModule *module = new_module(text);
    module->tree = tree;
    return module;
}

MlModule *ml_module_ref(MlModule *module)
{
    g_atomic_ref_count_inc(&module->references);
    return module;
}

void ml_module_unref(MlModule *module)
{
    if (module == NULL || !g_atomic_ref_count_dec(&module->references))
        return;
    ml_module_forget_syntax(module);
    g_bytes_unref(module->text);
    g_free(module->places);
    g_free(module);
}

void ml_module_forget_syntax(MlModule *module)
{
    g_clear_pointer(&module->tree, ts_tree_delete);
}

GBytes *ml_module_text(const MlModule *module)
{
    return module->text;
}

MlSyntax ml_module_syntax(const MlModule *module, MlOrigin *where)
{
    gboolean known = module->syntax != ML_SYNTAX_GIVEN_UP;
    if (where != NULL)
        *where = (MlOrigin){known ? module : NULL, module->error_start, module->error_end};
    return module->syntax;
}

/* --- places for people ----------------------------------------------------- */

static Place place_of(const MlModule *module, guint32 offset)
{
    gsize length;
    const char *bytes = ml_module_bytes(module, &length);
    gsize at = MIN(offset, length), block = at / BLOCK * BLOCK;
    return advance(module->places[block / BLOCK], bytes, block, at);
}

MlPosition ml_module_position(const MlModule *module, guint32 start, guint32 end)
{
    Place first = place_of(module, start), last = place_of(module, MAX(start, end));
    return (MlPosition){first.line, first.column, last.line, last.column};
}

MlPosition ml_origin_position(MlOrigin origin)
{
    if (origin.module == NULL)
        return (MlPosition){0};
    return ml_module_position(origin.module, origin.start, origin.end);
}

char *ml_origin_text(MlOrigin origin)
{
    if (origin.module == NULL)
        return g_strdup("");
    gsize length;
    const char *bytes = ml_module_bytes(origin.module, &length);
    gsize start = MIN(origin.start, length), end = MIN(origin.end, length);
    return g_strndup(bytes + start, end - start);
}

gboolean ml_origin_is_in(MlOrigin origin, const MlModule *module)
{
    return origin.module != NULL && module != NULL && origin.module->text == module->text;
}

/* --- nodes ------------------------------------------------------------------ */

const char *ml_module_bytes(const MlModule *module, gsize *length)
{
    const char *bytes = g_bytes_get_data(module->text, length);
    return bytes ? bytes : "";
}

TSNode ml_module_root(const MlModule *module)
{
    return module->tree ? ts_tree_root_node(module->tree) : (TSNode){0};
}

gboolean ml_node_is(TSNode node, const char *type)
{
    return !ts_node_is_null(node) && ml_text_equals(ts_node_type(node), type);
}

gboolean ml_node_is_blank(TSNode node)
{
    return ml_node_is(node, "comment") || ml_node_is(node, "line_continuation");
}

/* The grammar's numbers for the fields, which it finds by name only slowly. */
static const TSFieldId *field_ids(void)
{
    static const char *const names[] = {
        [ML_FIELD_ALIAS] = "alias",
        [ML_FIELD_ALTERNATIVE] = "alternative",
        [ML_FIELD_ARGUMENT] = "argument",
        [ML_FIELD_ARGUMENTS] = "arguments",
        [ML_FIELD_ATTRIBUTE] = "attribute",
        [ML_FIELD_BODY] = "body",
        [ML_FIELD_CONDITION] = "condition",
        [ML_FIELD_CONSEQUENCE] = "consequence",
        [ML_FIELD_DEFINITION] = "definition",
        [ML_FIELD_FORMAT_SPECIFIER] = "format_specifier",
        [ML_FIELD_FUNCTION] = "function",
        [ML_FIELD_GUARD] = "guard",
        [ML_FIELD_KEY] = "key",
        [ML_FIELD_LEFT] = "left",
        [ML_FIELD_MODULE_NAME] = "module_name",
        [ML_FIELD_NAME] = "name",
        [ML_FIELD_OBJECT] = "object",
        [ML_FIELD_OPERATOR] = "operator",
        [ML_FIELD_PARAMETERS] = "parameters",
        [ML_FIELD_RIGHT] = "right",
        [ML_FIELD_SUBJECT] = "subject",
        [ML_FIELD_SUBSCRIPT] = "subscript",
        [ML_FIELD_SUPERCLASSES] = "superclasses",
        [ML_FIELD_TYPE_CONVERSION] = "type_conversion",
        [ML_FIELD_VALUE] = "value",
    };
    static TSFieldId ids[G_N_ELEMENTS(names)];
    static gsize known;
    if (g_once_init_enter(&known)) {
        for (guint i = 0; i < G_N_ELEMENTS(names); i++)
            ids[i] = ts_language_field_id_for_name(tree_sitter_python(), names[i],
                                                   (uint32_t)strlen(names[i]));
        g_once_init_leave(&known, 1);
    }
    return ids;
}

TSNode ml_node_field(TSNode node, MlField field)
{
    return ts_node_is_null(node) ? node : ts_node_child_by_field_id(node, field_ids()[field]);
}

TSNode ml_node_first(TSNode node)
{
    g_auto(MlChildren) children = ml_children_of(node);
    TSNode child;
    return ml_children_next(&children, &child) ? child : (TSNode){0};
}

guint ml_children_count(TSNode node)
{
    guint count = 0;
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; ml_children_next(&children, &child);)
        count++;
    return count;
}

/*
 * A step of a cursor takes five times as long as to find one of a few children by its number, which
 * takes the longer the more stand before it.
 */
#define FEW_CHILDREN 32

MlChildren ml_children_of(TSNode node)
{
    MlChildren children = {.node = node};
    if (ts_node_is_null(node))
        return children;
    if (ts_node_child_count(node) <= FEW_CHILDREN) {
        children.few = ts_node_named_child_count(node);
        return children;
    }
    children.cursor = ts_tree_cursor_new(node);
    children.inside = ts_tree_cursor_goto_first_child(&children.cursor);
    return children;
}

static gboolean next_of_few(MlChildren *children, TSNode *child)
{
    while (children->next < children->few) {
        *child = ts_node_named_child(children->node, children->next++);
        if (!ml_node_is_blank(*child))
            return TRUE;
    }
    return FALSE;
}

static gboolean next_of_many(MlChildren *children, TSNode *child)
{
    while (children->inside) {
        *child = ts_tree_cursor_current_node(&children->cursor);
        children->inside = ts_tree_cursor_goto_next_sibling(&children->cursor);
        if (ts_node_is_named(*child) && !ml_node_is_blank(*child))
            return TRUE;
    }
    return FALSE;
}

gboolean ml_children_next(MlChildren *children, TSNode *child)
{
    return next_of_few(children, child) || next_of_many(children, child);
}

void ml_children_clear(MlChildren *children)
{
    if (children->cursor.tree != NULL)
        ts_tree_cursor_delete(&children->cursor);
}

MlOrigin ml_node_origin(const MlModule *module, TSNode node)
{
    if (ts_node_is_null(node))
        return (MlOrigin){module, 0, 0};
    return (MlOrigin){module, ts_node_start_byte(node), ts_node_end_byte(node)};
}

gboolean ml_node_has_text(const MlModule *module, TSNode node, const char *text)
{
    if (ts_node_is_null(node))
        return FALSE;
    guint32 start = ts_node_start_byte(node), end = ts_node_end_byte(node);
    gsize length;
    const char *bytes = ml_module_bytes(module, &length);
    return end - start == strlen(text) && memcmp(bytes + start, text, end - start) == 0;
}

char *ml_node_text(const MlModule *module, TSNode node)
{
    return ml_origin_text(ml_node_origin(module, node));
}
