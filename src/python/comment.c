/* Comments, and which lines of code they stand with. */
#include "python/syntax.h"

#include <string.h>

/* One walk through a module. Rows count from 0. */
typedef struct {
    const MlModule *module;
    const char *word;
    GArray *comments;     /* MlComment, for now without lines */
    GHashTable *last_of;  /* row on which a statement begins -> its last row */
    GHashTable *first_of; /* row on which one, or its header, ends -> its first row */
    guint32 code;         /* where the first statement begins that is no docstring */
} Survey;

/* --- statements ----------------------------------------------------------------- */

static gboolean is_block(TSNode node)
{
    return ml_node_is(node, "block") || ml_node_is(node, "module");
}

/* The last row of a statement, or, if it has a body, of what stands before that. */
static guint header_row(TSNode statement)
{
    TSNode definition = ml_node_field(statement, ML_FIELD_DEFINITION);
    TSNode whole = ts_node_is_null(definition) ? statement : definition;
    guint header = ts_node_start_point(whole).row;
    TSTreeCursor cursor = ts_tree_cursor_new(whole);
    gboolean has_body = FALSE;
    for (gboolean more = ts_tree_cursor_goto_first_child(&cursor); more && !has_body;
         more = ts_tree_cursor_goto_next_sibling(&cursor)) {
        TSNode child = ts_tree_cursor_current_node(&cursor);
        has_body = is_block(child);
        if (!has_body && !ml_node_is(child, "comment"))
            header = ts_node_end_point(child).row;
    }
    ts_tree_cursor_delete(&cursor);
    return has_body ? header : ts_node_end_point(whole).row;
}

static gboolean is_docstring(TSNode statement)
{
    TSNode first = ml_node_first(statement);
    return ml_node_is(statement, "expression_statement") &&
           (ml_node_is(first, "string") || ml_node_is(first, "concatenated_string"));
}

static void widen(GHashTable *rows, guint row, guint other, gboolean last)
{
    gpointer known;
    gpointer key = GUINT_TO_POINTER(row);
    if (g_hash_table_lookup_extended(rows, key, NULL, &known))
        other = last ? MAX(other, GPOINTER_TO_UINT(known)) : MIN(other, GPOINTER_TO_UINT(known));
    g_hash_table_insert(rows, key, GUINT_TO_POINTER(other));
}

static void add_statements(Survey *survey, TSNode block)
{
    gboolean is_first = TRUE;
    g_auto(MlChildren) children = ml_children_of(block);
    for (TSNode statement; ml_children_next(&children, &statement); is_first = FALSE) {
        guint first = ts_node_start_point(statement).row, header = header_row(statement);
        guint last = ts_node_end_point(statement).row;
        if (last > first)
            widen(survey->last_of, first, last, TRUE);
        if (header > first)
            widen(survey->first_of, header, first, FALSE);
        if (!is_first || !is_docstring(statement))
            survey->code = MIN(survey->code, ts_node_start_byte(statement));
    }
}

/* --- comments ------------------------------------------------------------------- */

static gboolean is_blank(const char *from, const char *to)
{
    while (from < to && strchr(" \t\f", *from) != NULL && *from != '\0')
        from++;
    return from == to;
}

static void add_comment(Survey *survey, TSNode node)
{
    gsize length;
    const char *bytes = ml_module_bytes(survey->module, &length);
    MlComment comment = {.origin = ml_node_origin(survey->module, node)};
    const char *start = bytes + comment.origin.start;
    gsize size = comment.origin.end - comment.origin.start;
    if (memmem(start, size, survey->word, strlen(survey->word)) == NULL)
        return;
    const char *line_end = memrchr(bytes, '\n', comment.origin.start);
    const char *line = line_end ? line_end + 1 : bytes;
    if (line == bytes && length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        line += 3;
    comment.alone = is_blank(line, start);
    comment.line = ts_node_start_point(node).row + 1;
    g_array_append_val(survey->comments, comment);
}

/* Every node once. Does not recurse. */
static void walk(Survey *survey)
{
    TSTreeCursor cursor = ts_tree_cursor_new(ml_module_root(survey->module));
    for (gboolean more = TRUE; more;) {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        if (is_block(node))
            add_statements(survey, node);
        else if (ml_node_is(node, "comment"))
            add_comment(survey, node);
        more = ts_tree_cursor_goto_first_child(&cursor);
        while (!more && !(more = ts_tree_cursor_goto_next_sibling(&cursor)))
            if (!ts_tree_cursor_goto_parent(&cursor))
                break;
    }
    ts_tree_cursor_delete(&cursor);
}

/* --- what they speak of ------------------------------------------------------------ */

/* The next row with code behind a comment; that of `below`, if that comment is reached first. */
static guint next_code(const Survey *survey, const MlComment *comment, const MlComment *below)
{
    gsize length;
    const char *bytes = ml_module_bytes(survey->module, &length);
    const char *end = bytes + length;
    guint row = comment->line - 1;
    const char *line = memchr(bytes + comment->origin.start, '\n', length - comment->origin.start);
    while (line != NULL) {
        const char *start = line + 1, *at = start;
        row++;
        while (at < end && strchr(" \t\f\r", *at) != NULL && *at != '\0')
            at++;
        if (below != NULL && at == bytes + below->origin.start)
            return below->last_line;
        if (at < end && *at != '\n' && *at != '#')
            return row;
        line = memchr(at, '\n', end - at);
    }
    return row;
}

static guint row_of(GHashTable *rows, guint row)
{
    gpointer other;
    gboolean found = g_hash_table_lookup_extended(rows, GUINT_TO_POINTER(row), NULL, &other);
    return found ? GPOINTER_TO_UINT(other) : row;
}

/*
 * From the last comment to the first, so that of many in a row none looks past
 * the one below it. Until all have been there, last_line holds the row that
 * the comment speaks of.
 */
static void find_lines(Survey *survey)
{
    GArray *comments = survey->comments;
    const MlComment *below = NULL;
    for (guint i = comments->len; i-- > 0;) {
        MlComment *comment = &g_array_index(comments, MlComment, i);
        comment->last_line = comment->alone ? next_code(survey, comment, below) : comment->line - 1;
        below = comment->alone ? comment : NULL;
    }
    for (guint i = 0; i < comments->len; i++) {
        MlComment *comment = &g_array_index(comments, MlComment, i);
        guint row = comment->last_line;
        comment->at_top = comment->origin.start < survey->code;
        guint first = comment->alone ? row : row_of(survey->first_of, row);
        comment->first_line = first + 1;
        comment->last_line = MAX(row, row_of(survey->last_of, first)) + 1;
    }
}

GArray *ml_module_comments(const MlModule *module, const char *word)
{
    gsize length;
    const char *bytes = ml_module_bytes(module, &length);
    GArray *comments = g_array_new(FALSE, FALSE, sizeof(MlComment));
    if (ts_node_is_null(ml_module_root(module)) ||
        memmem(bytes, length, word, strlen(word)) == NULL)
        return comments;
    g_autoptr(GHashTable) last_of = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) first_of = g_hash_table_new(NULL, NULL);
    Survey survey = {module, word, comments, last_of, first_of, G_MAXUINT32};
    walk(&survey);
    find_lines(&survey);
    return comments;
}
