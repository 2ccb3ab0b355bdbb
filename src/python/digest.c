/*
 * What a module says and does, however it is written: its syntax tree in one
 * canonical spelling, and a checksum of that.
 */
#include "python/literal.h"

#include <string.h>

/* The canonical spelling: OPEN kind IS text and nodes CLOSE. In text these are escaped. */
#define OPEN   '\1'
#define IS     '\2'
#define CLOSE  '\3'
#define ESCAPE '\4'

/* A node whose commas, between two of its tokens, make a tuple without parentheses. */
typedef struct {
    const char *type, *opening, *closing;
} List;

/* A node that the walk stands in. */
typedef struct {
    const char *type; /* its own */
    const char *kind; /* as what it counts; where it is transparent, what the node around it does */
    gsize start, content; /* where it and what stands in it begin in the spelling */
    guint closings;       /* CLOSEs that its end takes */
    gboolean optional;    /* where nothing stands in it, it is as if it were not there */
    const List *list;     /* of which a tuple is to be made; NULL: none */
    guint32 from, end;    /* of a literal: where its next stretch begins; where it ends */
    MlPrefix prefix;      /* of the literal that this is, or stands in */
    guint32 idle;         /* where a token stands that says nothing; 0: none */
} Frame;

/* Imports with no other statement between them. */
typedef struct {
    gsize at;          /* where they stand in the spelling */
    GHashTable *names; /* char *: bound name -> GPtrArray of char *, how it is bound */
} Imports;

typedef struct {
    const MlModule *module;
    const char *const *without;
    GString *spelling;
    GArray *frames;      /* Frame */
    GArray *imports;     /* Imports, in the order of the text */
    GHashTable *pending; /* those that the next statement ends */
    GHashTable *names;   /* char *: the names that occur outside of imports */
} Digest;

/* --- spelling --------------------------------------------------------------------- */

static void append_text(GString *spelling, const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if ((guchar)text[i] <= ESCAPE)
            g_string_append_c(spelling, ESCAPE);
        g_string_append_c(spelling, text[i]);
    }
}

static void open_node(GString *spelling, const char *kind)
{
    g_string_append_c(spelling, OPEN);
    g_string_append(spelling, kind);
    g_string_append_c(spelling, IS);
}

static void close_node(GString *spelling)
{
    g_string_append_c(spelling, CLOSE);
}

static void append_leaf(GString *spelling, const char *kind, const char *text)
{
    open_node(spelling, kind);
    append_text(spelling, text, strlen(text));
    close_node(spelling);
}

static void append_source(Digest *digest, guint32 from, guint32 to)
{
    g_autofree char *text = ml_origin_text((MlOrigin){digest->module, from, to});
    append_text(digest->spelling, text, strlen(text));
}

/* --- shapes ----------------------------------------------------------------------- */

static gboolean is_any(TSNode node, const char *const *types)
{
    return !ts_node_is_null(node) && g_strv_contains(types, ts_node_type(node));
}

static gboolean is_type(const char *type, const char *other)
{
    return strcmp(type, other) == 0;
}

/* A node's token of that type; a null node if there is none. */
static TSNode token_of(TSNode node, const char *token)
{
    TSNode found = {0};
    TSTreeCursor cursor = ts_tree_cursor_new(node);
    for (gboolean more = ts_tree_cursor_goto_first_child(&cursor); more && ts_node_is_null(found);
         more = ts_tree_cursor_goto_next_sibling(&cursor)) {
        TSNode child = ts_tree_cursor_current_node(&cursor);
        if (!ts_node_is_named(child) && ml_node_is(child, token))
            found = child;
    }
    ts_tree_cursor_delete(&cursor);
    return found;
}

static gboolean has_token(TSNode node, const char *token)
{
    return !ts_node_is_null(token_of(node, token));
}

/* Of a target, they are a tuple to the grammar. */
static gboolean is_in_parentheses(TSNode node)
{
    return ml_node_is(node, "parenthesized_expression") ||
           (ml_node_is(node, "tuple_pattern") && ml_children_count(node) == 1 &&
            !has_token(node, ","));
}

static TSNode without_parentheses(TSNode node)
{
    while (is_in_parentheses(node))
        node = ml_node_first(node);
    return node;
}

static gboolean has_child(TSNode node, const char *type)
{
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; ml_children_next(&children, &child);) {
        if (ml_node_is(child, type))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_constant(TSNode node)
{
    static const char *const types[] = {"integer", "float",    "true", "false",
                                        "none",    "ellipsis", NULL};
    if (ml_node_is(node, "string"))
        return !has_child(node, "interpolation");
    if (!ml_node_is(node, "concatenated_string"))
        return is_any(node, types);
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode string; ml_children_next(&children, &string);) {
        if (!is_constant(string))
            return FALSE;
    }
    return TRUE;
}

/* --- imports ---------------------------------------------------------------------- */

/* The source without white space and broken lines: of dotted names. */
static char *compact_text(const MlModule *module, TSNode node)
{
    char *text = ml_node_text(module, node), *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        if (!g_ascii_isspace(*from) && *from != '\\')
            *to++ = *from;
    }
    *to = '\0';
    return text;
}

#define DOTTED "import "

/* Takes both. `import a.b` and `import a.c` share the name; any other import takes it over. */
static void bind(Digest *digest, char *name, char *form)
{
    GPtrArray *forms = g_hash_table_lookup(digest->pending, name);
    if (forms == NULL || !g_str_has_prefix(form, DOTTED) ||
        !g_str_has_prefix(forms->pdata[0], DOTTED)) {
        forms = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_replace(digest->pending, name, forms);
    } else {
        g_free(name);
    }
    g_ptr_array_add(forms, form);
}

/* `from` is NULL for `import a.b`. */
static void bind_import(Digest *digest, const char *from, TSNode node)
{
    TSNode alias = ml_node_field(node, ML_FIELD_ALIAS);
    TSNode what = ts_node_is_null(alias) ? node : ml_node_field(node, ML_FIELD_NAME);
    g_autofree char *imported = compact_text(digest->module, what);
    char *name = ts_node_is_null(alias) ? g_strdup(imported) : ml_node_text(digest->module, alias);
    if (from != NULL) {
        bind(digest, name, g_strdup_printf("from %s import %s", from, imported));
    } else if (ts_node_is_null(alias) || strcmp(name, imported) == 0) {
        name[strcspn(name, ".")] = '\0';
        bind(digest, name, g_strconcat(DOTTED, imported, NULL));
    } else {
        bind(digest, name, g_strdup_printf("as %s", imported));
    }
}

static void bind_imports(Digest *digest, TSNode statement)
{
    TSNode module = ml_node_field(statement, ML_FIELD_MODULE_NAME);
    g_autofree char *from = ts_node_is_null(module) ? NULL : compact_text(digest->module, module);
    g_auto(MlChildren) children = ml_children_of(statement);
    for (TSNode child; ml_children_next(&children, &child);) {
        if (!ts_node_eq(child, module))
            bind_import(digest, from, child);
    }
}

static void append_star(Digest *digest, TSNode statement)
{
    g_autofree char *from =
        compact_text(digest->module, ml_node_field(statement, ML_FIELD_MODULE_NAME));
    append_leaf(digest->spelling, "star", from);
}

static GHashTable *new_names(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                 (GDestroyNotify)g_ptr_array_unref);
}

static void clear_imports(gpointer imports)
{
    g_hash_table_unref(((Imports *)imports)->names);
}

static void end_imports(Digest *digest)
{
    if (g_hash_table_size(digest->pending) == 0)
        return;
    Imports imports = {digest->spelling->len, digest->pending};
    g_array_append_val(digest->imports, imports);
    digest->pending = new_names();
}

/* --- statements ------------------------------------------------------------------- */

static gboolean is_left_out(const Digest *digest, TSNode target)
{
    TSNode name = without_parentheses(target);
    g_autofree char *text = ml_node_text(digest->module, name);
    return ml_node_is(name, "identifier") && g_strv_contains(digest->without, text);
}

static gboolean are_left_out(const Digest *digest, TSNode target)
{
    TSNode names = without_parentheses(target);
    if (!ml_node_is(names, "pattern_list") && !ml_node_is(names, "tuple_pattern"))
        return is_left_out(digest, names);
    g_auto(MlChildren) children = ml_children_of(names);
    for (TSNode child; ml_children_next(&children, &child);) {
        if (!is_left_out(digest, child))
            return FALSE;
    }
    return TRUE;
}

/* A module-level assignment to nothing but the variables to be left out. */
static gboolean assigns_left_out(const Digest *digest, TSNode node)
{
    if (digest->without == NULL || !ml_node_is(node, "assignment"))
        return FALSE;
    for (; ml_node_is(node, "assignment"); node = ml_node_field(node, ML_FIELD_RIGHT)) {
        if (!are_left_out(digest, ml_node_field(node, ML_FIELD_LEFT)))
            return FALSE;
    }
    return TRUE;
}

static gboolean is_mere_annotation(TSNode node)
{
    return ml_node_is(node, "assignment") && ts_node_is_null(ml_node_field(node, ML_FIELD_RIGHT));
}

static gboolean does_nothing(const Digest *digest, const Frame *block, TSNode statement)
{
    if (ml_node_is(statement, "pass_statement") || ml_node_is(statement, "future_import_statement"))
        return TRUE;
    if (!ml_node_is(statement, "expression_statement") || has_token(statement, ","))
        return FALSE;
    TSNode expression = without_parentheses(ml_node_first(statement));
    return is_constant(expression) || is_mere_annotation(expression) ||
           (is_type(block->type, "module") && assigns_left_out(digest, expression));
}

/* Whether the walk is to enter a statement. */
static gboolean enter_statement(Digest *digest, const Frame *block, TSNode statement)
{
    if (does_nothing(digest, block, statement))
        return FALSE;
    gboolean imports =
        ml_node_is(statement, "import_statement") || ml_node_is(statement, "import_from_statement");
    gboolean star = imports && has_child(statement, "wildcard_import");
    if (imports && !star) {
        bind_imports(digest, statement);
        return FALSE;
    }
    end_imports(digest);
    if (star)
        append_star(digest, statement);
    return !star;
}

/* --- leaves ----------------------------------------------------------------------- */

static const char *canonical_integer(char *text, char *canonical, gsize size)
{
    static const char bases[] = "box";
    const char *base = *text == '0' && text[1] != '\0' ? strchr(bases, text[1]) : NULL;
    char *end;
    guint64 value =
        g_ascii_strtoull(base ? text + 2 : text, &end, base ? "\2\10\20"[base - bases] : 10);
    if (*end != '\0' || value == G_MAXUINT64)
        return text;
    g_snprintf(canonical, size, "%" G_GUINT64_FORMAT, value);
    return canonical;
}

static void append_number(Digest *digest, TSNode node)
{
    g_autofree char *source = ml_node_text(digest->module, node);
    g_autofree char *lower = g_ascii_strdown(source, -1);
    g_auto(GStrv) parts = g_strsplit(lower, "_", -1);
    g_autofree char *text = g_strjoinv(NULL, parts);
    char canonical[G_ASCII_DTOSTR_BUF_SIZE];
    gboolean imaginary = g_str_has_suffix(text, "j");
    if (ml_node_is(node, "integer") && !imaginary) {
        append_leaf(digest->spelling, "integer",
                    canonical_integer(text, canonical, sizeof canonical));
        return;
    }
    g_ascii_dtostr(canonical, sizeof canonical, g_ascii_strtod(text, NULL));
    append_leaf(digest->spelling, imaginary ? "imaginary" : "float", canonical);
}

/* Whether an identifier names a variable, and not an attribute or an argument. */
static gboolean is_variable(const Frame *around, const char *field)
{
    if (is_type(around->type, "attribute"))
        return g_strcmp0(field, "attribute") != 0;
    if (is_type(around->type, "keyword_argument"))
        return g_strcmp0(field, "name") != 0;
    return !is_type(around->type, "keyword_pattern");
}

static void append_node_leaf(Digest *digest, const Frame *around, TSNode node, const char *field)
{
    if (ml_node_is(node, "integer") || ml_node_is(node, "float")) {
        append_number(digest, node);
        return;
    }
    g_autofree char *text = ml_node_text(digest->module, node);
    append_leaf(digest->spelling, ts_node_type(node), text);
    if (ml_node_is(node, "identifier") && is_variable(around, field))
        g_hash_table_add(digest->names, g_steal_pointer(&text));
}

/* --- strings ---------------------------------------------------------------------- */

static void append_stretch(Digest *digest, Frame *literal, guint32 to)
{
    g_autoptr(GString) text = g_string_new(NULL);
    ml_literal_append(text, digest->module, literal->from, to, literal->prefix, TRUE);
    append_text(digest->spelling, text->str, text->len);
}

/* The text of {x = } is part of the string, from behind the brace. */
static void append_debug_text(Digest *digest, TSNode interpolation, TSNode equals)
{
    gsize length;
    const char *bytes = ml_module_bytes(digest->module, &length);
    guint32 to = ts_node_end_byte(equals);
    while (to < length && g_ascii_isspace(bytes[to]))
        to++;
    append_source(digest, ts_node_start_byte(interpolation) + 1, to);
}

static void open_interpolation(Digest *digest, TSNode node)
{
    TSNode equals = token_of(node, "=");
    TSNode conversion = ml_node_field(node, ML_FIELD_TYPE_CONVERSION);
    if (!ts_node_is_null(equals))
        append_debug_text(digest, node, equals);
    open_node(digest->spelling, "interpolation");
    if (!ts_node_is_null(conversion))
        append_source(digest, ts_node_start_byte(conversion), ts_node_end_byte(conversion));
    else if (!ts_node_is_null(equals) &&
             ts_node_is_null(ml_node_field(node, ML_FIELD_FORMAT_SPECIFIER)))
        append_text(digest->spelling, "!r", 2);
}

static const char *kind_of_string(const MlModule *module, TSNode string)
{
    TSNode first = ml_node_first(string);
    TSNode start = ml_node_is(first, "string") ? ml_node_first(first) : first;
    g_autofree char *prefix = ml_node_text(module, start);
    prefix[strcspn(prefix, "'\"")] = '\0';
    if (strpbrk(prefix, "tT") != NULL)
        return "template";
    return strpbrk(prefix, "bB") ? "bytes" : "string";
}

/* Of a string's parts, or a format's, only interpolations are entered. */
static gboolean enter_part_of_literal(Digest *digest, Frame *literal, TSNode part)
{
    static const char *const interpolations[] = {"interpolation", "format_expression", NULL};
    if (ml_node_is(part, "string_start")) {
        literal->prefix = ml_prefix_read(digest->module, part);
        literal->from = ts_node_end_byte(part);
    }
    if (ml_node_is(part, "string_end"))
        append_stretch(digest, literal, ml_literal_end(literal->prefix, part));
    if (!is_any(part, interpolations))
        return FALSE;
    append_stretch(digest, literal, ts_node_start_byte(part));
    literal->from = ts_node_end_byte(part);
    return TRUE;
}

/* --- tokens ----------------------------------------------------------------------- */

/* The second colon of x[a:b:]; 0 where there is none. */
static guint32 idle_colon(TSNode slice)
{
    guint32 colons = 0, at = 0;
    TSTreeCursor cursor = ts_tree_cursor_new(slice);
    for (gboolean more = ts_tree_cursor_goto_first_child(&cursor); more;
         more = ts_tree_cursor_goto_next_sibling(&cursor)) {
        TSNode child = ts_tree_cursor_current_node(&cursor);
        if (ml_node_is_blank(child))
            continue;
        colons += ml_node_is(child, ":");
        at = ml_node_is(child, ":") && colons == 2 ? ts_node_start_byte(child) : 0;
    }
    ts_tree_cursor_delete(&cursor);
    return at;
}

/* What the kinds of the nodes around it say already, or what is never said otherwise. */
static gboolean is_idle_token(const Frame *around, TSNode token)
{
    static const char *const idle[] = {"(",   ")",  "[",     "]",    "{",    "}",    ",",
                                       ";",   "=",  "->",    "if",   "elif", "else", "finally",
                                       "and", "or", "match", "case", NULL};
    if (ts_node_is_named(token))
        return FALSE;
    if (ml_node_is(token, ":"))
        return !is_type(around->type, "slice") || around->idle == ts_node_start_byte(token);
    return is_any(token, idle);
}

static gboolean is_annotation(TSNode node, const char *field)
{
    return ml_node_is(node, "type") &&
           (g_strcmp0(field, "type") == 0 || g_strcmp0(field, "return_type") == 0);
}

static void bound_list(Digest *digest, const List *list, TSNode node)
{
    if (list == NULL)
        return;
    if (ml_node_is(node, list->opening))
        open_node(digest->spelling, "tuple");
    else if (ml_node_is(node, list->closing))
        close_node(digest->spelling);
}

/* --- nodes ------------------------------------------------------------------------ */

static const List *list_of(TSNode node)
{
    static const List lists[] = {
        {"subscript", "[", "]"},
        {"match_statement", "match", ":"},
        {"case_clause", "case", ":"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (ml_node_is(node, lists[i].type))
            return has_token(node, ",") ? &lists[i] : NULL;
    }
    return NULL;
}

static gboolean is_block(const char *type)
{
    return is_type(type, "block") || is_type(type, "module");
}

static gboolean is_last_clause(const char *type)
{
    return is_type(type, "else_clause") || is_type(type, "finally_clause");
}

/*
 * `a and b and c` is one to Python, however it is grouped. And where the grammar
 * groups `a & b ^ c` and `await a ** b` as Python would not, the inner
 * operation is marked: Python's own needs parentheses there.
 */
static const char *kind_of_operation(const Frame *around, TSNode node)
{
    const char *sign = ts_node_type(ml_node_field(node, ML_FIELD_OPERATOR));
    if (ml_node_is(node, "boolean_operator"))
        return is_type(around->kind, sign) ? NULL : sign;
    if (is_type(around->type, "binary_operator") && is_type(around->kind, "&") &&
        is_type(sign, "^"))
        return "a & b ^ c";
    if (is_type(around->type, "await") && is_type(sign, "**"))
        return "await a ** b";
    return sign;
}

/* As what a node counts; NULL where it is transparent: as what stands in it. */
static const char *kind_of(const Digest *digest, const Frame *around, TSNode node)
{
    static const struct {
        const char *type, *kind;
    } others[] = {
        {"case_pattern", NULL},
        {"typed_parameter", NULL},
        {"elif_clause", NULL},
        {"typed_default_parameter", "default_parameter"},
        {"expression_list", "tuple"},
        {"pattern_list", "tuple"},
        {"tuple_pattern", "tuple"},
        {"list_pattern", "tuple"},
        {"list_splat_pattern", "list_splat"},
        {"format_expression", "interpolation"},
    };
    if (ml_node_is(node, "boolean_operator") || ml_node_is(node, "binary_operator"))
        return kind_of_operation(around, node);
    if (ml_node_is(node, "string") || ml_node_is(node, "concatenated_string"))
        return is_type(around->type, "concatenated_string") ? NULL
                                                            : kind_of_string(digest->module, node);
    if (is_in_parentheses(node) || (ml_node_is(node, "block") && is_last_clause(around->type)))
        return NULL;
    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        if (ml_node_is(node, others[i].type))
            return others[i].kind;
    }
    return ts_node_type(node);
}

static void open_frame(Digest *digest, Frame *frame, const char *kind)
{
    open_node(digest->spelling, kind);
    frame->closings++;
}

static void open_kind(Digest *digest, Frame *frame, TSNode node, const char *kind)
{
    if (is_type(kind, "interpolation")) {
        open_interpolation(digest, node);
        frame->closings++;
    } else {
        open_frame(digest, frame, kind);
    }
}

static Frame *innermost(const Digest *digest)
{
    return &g_array_index(digest->frames, Frame, digest->frames->len - 1);
}

static void push(Digest *digest, TSNode node, const char *field)
{
    Frame *around = innermost(digest);
    const char *kind = kind_of(digest, around, node);
    Frame frame = {
        .type = ts_node_type(node),
        .kind = kind ? kind : around->kind,
        .start = digest->spelling->len,
        .list = list_of(node),
        .from = ts_node_start_byte(node) + 1,
        .end = ts_node_end_byte(node),
        .prefix = {.raw = around->prefix.raw},
        .idle = ml_node_is(node, "slice") ? idle_colon(node) : 0,
    };
    frame.optional = is_last_clause(frame.type) || (is_type(frame.type, "argument_list") &&
                                                    is_type(around->type, "class_definition"));
    if (is_type(frame.type, "elif_clause")) { /* what follows it belongs to the new `if`, too */
        open_frame(digest, around, "else_clause");
        open_frame(digest, around, "if_statement");
    }
    if (is_type(frame.type, "generator_expression") && g_strcmp0(field, "arguments") == 0)
        open_frame(digest, &frame, "argument_list");
    if (kind != NULL)
        open_kind(digest, &frame, node, kind);
    if (is_type(frame.type, "expression_statement") && has_token(node, ","))
        open_frame(digest, &frame, "tuple");
    frame.content = digest->spelling->len;
    g_array_append_val(digest->frames, frame);
}

static gboolean is_literal(const Frame *frame)
{
    return is_type(frame->type, "string") || is_type(frame->type, "format_specifier");
}

/* Whether the walk is to enter a node: what it leaves out, or is done with, it does not enter. */
static gboolean enter(Digest *digest, TSNode node, const char *field)
{
    Frame *around = innermost(digest);
    bound_list(digest, around->list, node);
    if (ml_node_is_blank(node) || is_annotation(node, field) || is_idle_token(around, node) ||
        ml_node_is(node, "type_conversion"))
        return FALSE;
    if (is_block(around->type) && !enter_statement(digest, around, node))
        return FALSE;
    if (is_literal(around) && !enter_part_of_literal(digest, around, node))
        return FALSE;
    if (ts_node_child_count(node) == 0 && !is_block(ts_node_type(node))) {
        append_node_leaf(digest, around, node, field);
        return FALSE;
    }
    push(digest, node, field);
    return TRUE;
}

static gboolean is_empty(const Digest *digest, const Frame *frame)
{
    guint count = digest->imports->len;
    gboolean imports =
        count > 0 && g_array_index(digest->imports, Imports, count - 1).at >= frame->content;
    return digest->spelling->len == frame->content && !imports;
}

static void leave(Digest *digest)
{
    Frame *frame = innermost(digest);
    if (is_block(frame->type))
        end_imports(digest);
    if (is_type(frame->type, "format_specifier"))
        append_stretch(digest, frame, frame->end);
    if (frame->optional && is_empty(digest, frame))
        g_string_truncate(digest->spelling, frame->start);
    else
        for (guint i = 0; i < frame->closings; i++)
            close_node(digest->spelling);
    g_array_set_size(digest->frames, digest->frames->len - 1);
}

/* Every node once. Does not recurse. */
static void walk(Digest *digest)
{
    TSTreeCursor cursor = ts_tree_cursor_new(ml_module_root(digest->module));
    for (gboolean more = TRUE; more;) {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        gboolean entered = enter(digest, node, ts_tree_cursor_current_field_name(&cursor));
        more = entered && ts_tree_cursor_goto_first_child(&cursor);
        if (entered && !more)
            leave(digest);
        while (!more && !(more = ts_tree_cursor_goto_next_sibling(&cursor))) {
            if (!ts_tree_cursor_goto_parent(&cursor))
                break;
            leave(digest);
        }
    }
    ts_tree_cursor_delete(&cursor);
}

/* --- the checksum ----------------------------------------------------------------- */

static gint compare_forms(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The imports whose names occur, in an order of their own. */
static GPtrArray *used_imports(const Digest *digest, const Imports *imports)
{
    GPtrArray *used = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    gpointer name, forms;
    g_hash_table_iter_init(&iter, imports->names);
    while (g_hash_table_iter_next(&iter, &name, &forms)) {
        GPtrArray *ways = forms;
        for (guint i = 0; g_hash_table_contains(digest->names, name) && i < ways->len; i++)
            g_ptr_array_add(used, g_strconcat(ways->pdata[i], " as ", name, NULL));
    }
    g_ptr_array_sort(used, compare_forms);
    return used;
}

static void add_imports(GChecksum *checksum, const Digest *digest, const Imports *imports)
{
    g_autoptr(GPtrArray) used = used_imports(digest, imports);
    g_autoptr(GString) spelling = g_string_new(NULL);
    for (guint i = 0; i < used->len; i++) {
        if (i == 0 || strcmp(used->pdata[i], used->pdata[i - 1]) != 0)
            append_leaf(spelling, "import", used->pdata[i]);
    }
    g_checksum_update(checksum, (const guchar *)spelling->str, spelling->len);
}

static char *checksum_of(const Digest *digest)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    const guchar *spelling = (const guchar *)digest->spelling->str;
    gsize from = 0;
    for (guint i = 0; i < digest->imports->len; i++) {
        const Imports *imports = &g_array_index(digest->imports, Imports, i);
        g_checksum_update(checksum, spelling + from, imports->at - from);
        add_imports(checksum, digest, imports);
        from = imports->at;
    }
    g_checksum_update(checksum, spelling + from, digest->spelling->len - from);
    return g_strdup(g_checksum_get_string(checksum));
}

char *ml_module_digest(const MlModule *module, const char *const *without)
{
    if (ts_node_is_null(ml_module_root(module)) || ml_module_syntax(module, NULL) != ML_SYNTAX_OK)
        return NULL;
    g_autoptr(GString) spelling = g_string_new(NULL);
    g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(Frame));
    g_autoptr(GArray) imports = g_array_new(FALSE, FALSE, sizeof(Imports));
    g_array_set_clear_func(imports, clear_imports);
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Digest digest = {module, without, spelling, frames, imports, new_names(), names};
    Frame nothing = {.type = "", .kind = ""};
    g_array_append_val(frames, nothing);
    walk(&digest);
    g_hash_table_unref(digest.pending);
    return checksum_of(&digest);
}
