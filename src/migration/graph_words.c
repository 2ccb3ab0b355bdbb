/* What a word of a range stands for. */
#include "migration/graph_words.h"

#include <string.h>

/* Names that an error lists at most. */
#define LISTED 4

GQuark ml_graph_error_quark(void)
{
    return g_quark_from_static_string("ml-graph-error-quark");
}

const MlNode ml_below_base;

gboolean ml_range_fail(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, ML_GRAPH_ERROR, ML_GRAPH_ERROR_RANGE, message);
    return FALSE;
}

static void list_name(GString *list, guint i, const char *name)
{
    if (i < LISTED)
        g_string_append_printf(list, "%s'%s'", i > 0 ? ", " : "", name);
    else if (i == LISTED)
        g_string_append(list, ", ...");
}

char *ml_nodes_list(const GPtrArray *nodes)
{
    GString *list = g_string_new(NULL);
    for (guint i = 0; i < nodes->len; i++)
        list_name(list, i, ml_node_id(ml_graph_node(nodes, i)));
    return g_string_free(list, FALSE);
}

gboolean ml_node_is_revision(const MlNode *node)
{
    return node && node != &ml_below_base;
}

GPtrArray *ml_nodes_just(const MlNode *node)
{
    GPtrArray *nodes = g_ptr_array_new();
    g_ptr_array_add(nodes, (gpointer)node);
    return nodes;
}

GPtrArray *ml_nodes_keep_marked(const GPtrArray *nodes, const gboolean *marked)
{
    GPtrArray *kept = g_ptr_array_new();
    for (guint i = 0; i < nodes->len; i++)
        if (marked[ml_graph_node(nodes, i)->index])
            g_ptr_array_add(kept, g_ptr_array_index(nodes, i));
    return kept;
}

static GPtrArray *keep_none(GPtrArray *nodes)
{
    if (nodes)
        g_ptr_array_set_size(nodes, 0);
    return nodes;
}

GPtrArray *ml_nodes_keep_labelled(const GPtrArray *nodes, const char *label)
{
    GPtrArray *kept = g_ptr_array_new();
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = ml_graph_node(nodes, i);
        if (g_ptr_array_find_with_equal_func(node->labels, label, g_str_equal, NULL))
            g_ptr_array_add(kept, (gpointer)node);
    }
    return kept;
}

/* --- words ---------------------------------------------------------------- */

void ml_word_clear(MlWord *word)
{
    g_free(word->label);
}

MlWord ml_word_split(const char *text)
{
    const char *at = strchr(text, '@');
    if (!at)
        return (MlWord){.name = text};
    return (MlWord){.label = g_strndup(text, (gsize)(at - text)), .name = at + 1};
}

/* An empty label is as good as none. */
static const char *word_label(const MlWord *word)
{
    return word->label && *word->label ? word->label : NULL;
}

static gboolean is_symbol(const char *name)
{
    return g_str_equal(name, "head") || g_str_equal(name, "heads") || g_str_equal(name, "base");
}

gint64 ml_word_number(const char *name)
{
    if (*name != '-' || !name[1] || name[1 + strspn(name + 1, "0123456789")])
        return 0;
    return g_ascii_strtoll(name, NULL, 10);
}

void ml_steps_clear(MlSteps *steps)
{
    g_free(steps->label);
    g_free(steps->symbol);
}

static gboolean is_letter(char c)
{
    return g_ascii_isalnum(c) || c == '_' || (guchar)c >= 0x80;
}

/* Where in "symbol+2" the number begins; NULL if it is not of that form. */
static const char *find_number(const char *text)
{
    while (is_letter(*text))
        text++;
    return (*text == '+' || *text == '-') && g_ascii_isdigit(text[1]) ? text : NULL;
}

gboolean ml_steps_parse(const char *text, MlSteps *steps)
{
    const char *symbol = text, *number = NULL;
    for (const char *at = strchr(text, '@'); at && !number; at = strchr(at + 1, '@')) {
        symbol = at + 1;
        if (at > text)
            number = find_number(symbol);
    }
    if (number)
        steps->label = g_strndup(text, (gsize)(symbol - 1 - text));
    else
        number = find_number(symbol = text);
    if (!number)
        return FALSE;
    if (number > symbol)
        steps->symbol = g_strndup(symbol, (gsize)(number - symbol));
    steps->count = g_ascii_strtoll(number, NULL, 10);
    return TRUE;
}

/* --- names and lines ------------------------------------------------------ */

static gboolean is_partial(const char *name)
{
    gsize letters = 0;
    for (; *name; name++)
        letters += ((guchar)*name & 0xC0) != 0x80 ? 1 : 0;
    return letters > 3;
}

static const MlNode *unknown_name(const MlGraph *graph, const char *name, GError **error)
{
    const char *near = ml_graph_nearest_name(graph, name);
    if (g_str_equal(name, "current"))
        ml_range_fail(error, "'current' is known to a database alone; name the revision");
    else if (near)
        ml_range_fail(error, "there is no revision or branch label '%s'; did you mean '%s'?", name,
                      near);
    else
        ml_range_fail(error, "there is no revision or branch label '%s'", name);
    return NULL;
}

/* Names of more than three letters that begin with `name`; on `line` (by node) if that is given. */
static const MlNode *find_partial(const MlGraph *graph, const char *name, const gboolean *line,
                                  GError **error)
{
    const MlNode *found = NULL;
    g_autoptr(GString) list = g_string_new(NULL);
    guint count, matches = 0, first = ml_graph_prefixed(graph, name, &count);
    for (guint i = first; i < first + count; i++) {
        const char *full = g_ptr_array_index(graph->names, i);
        const MlNode *node = ml_graph_named(graph, full);
        if (!is_partial(full) || (line && !line[node->index]))
            continue;
        found = node;
        list_name(list, matches++, full);
    }
    if (matches == 0)
        return unknown_name(graph, name, error);
    if (matches > 1) {
        ml_range_fail(error, "'%s' is the beginning of several names (%s); write more of it", name,
                      list->str);
        return NULL;
    }
    return found;
}

const MlNode *ml_word_find_name(const MlGraph *graph, const char *name, GError **error)
{
    const MlNode *node = ml_graph_named(graph, name);
    if (node)
        return node;
    if (*name)
        return find_partial(graph, name, NULL, error);
    ml_range_fail(error, "a revision id is missing");
    return NULL;
}

static GPtrArray *resolve_symbol(const MlGraph *graph, const MlWord *word, GError **error);

/* Marks (by node) the ancestors and descendants of `nodes` by down_revision (_shares_lineage). */
static gboolean *mark_lineage(const MlGraph *graph, const GPtrArray *nodes)
{
    gboolean *marked = ml_graph_reach(graph, nodes, ML_TOWARDS_PARENTS);
    g_autofree gboolean *below = ml_graph_reach(graph, nodes, ML_TOWARDS_CHILDREN);
    for (guint i = 0; i < ml_graph_size(graph); i++)
        marked[i] = marked[i] || below[i];
    return marked;
}

/* The revisions that filter_for_lineage measures against. */
static GPtrArray *find_shares(const MlGraph *graph, const char *against, GError **error)
{
    g_auto(MlWord) word = ml_word_split(against);
    g_autoptr(GPtrArray) shares = NULL;
    const MlNode *node;
    if (is_symbol(word.name)) {
        shares = resolve_symbol(graph, &word, error);
        if (!shares)
            return NULL;
    } else {
        node = ml_word_find_name(graph, word.name, error);
        if (!node)
            return NULL;
        shares = ml_nodes_just(node);
    }
    if (word_label(&word)) {
        node = ml_word_find_name(graph, word.label, error);
        if (!node)
            return NULL;
        g_ptr_array_add(shares, (gpointer)node);
    }
    return g_steal_pointer(&shares);
}

/* Marks (by node) all that is on a line with what `against` stands for; "base" is on all. */
static gboolean *mark_line(const MlGraph *graph, const char *against, GError **error)
{
    g_autoptr(GPtrArray) shares = find_shares(graph, against, error);
    if (!shares)
        return NULL;
    return mark_lineage(graph, shares->len > 0 ? shares : graph->nodes);
}

GPtrArray *ml_nodes_filter_for_lineage(const MlGraph *graph, const GPtrArray *nodes,
                                       const char *against, GError **error)
{
    g_auto(MlWord) word = ml_word_split(against);
    if (nodes->len == 0)
        return is_symbol(word.name) ? keep_none(resolve_symbol(graph, &word, error))
                                    : g_ptr_array_new();
    g_autofree gboolean *line = mark_line(graph, against, error);
    return line ? ml_nodes_keep_marked(nodes, line) : NULL;
}

/* "head", "heads" and "base", perhaps of a branch (_resolve_revision_number). */
static GPtrArray *resolve_symbol(const MlGraph *graph, const MlWord *word, GError **error)
{
    const char *label = word_label(word);
    if (g_str_equal(word->name, "base"))
        return g_ptr_array_new();
    if (g_str_equal(word->name, "heads") && !label)
        return g_ptr_array_copy(graph->real_heads, NULL, NULL);

    g_autoptr(GPtrArray) heads =
        label ? ml_nodes_filter_for_lineage(graph, graph->heads, label, error)
              : g_ptr_array_copy(graph->heads, NULL, NULL);
    if (heads && heads->len > 1 && g_str_equal(word->name, "head")) {
        g_autofree char *list = ml_nodes_list(heads);
        ml_range_fail(error,
                      "'%s%shead' stands for several revisions (%s); name one, or write 'heads'",
                      label ? label : "", label ? "@" : "", list);
        return NULL;
    }
    return g_steal_pointer(&heads);
}

/* Whether `nodes` are all of the branch `label`, as _revision_for_ident checks it. */
static gboolean check_branch(const MlGraph *graph, const GPtrArray *nodes, const char *label,
                             GError **error)
{
    const MlNode *branch = ml_word_find_name(graph, label, error);
    if (!branch)
        return FALSE;
    g_autoptr(GPtrArray) shares = ml_nodes_just(branch);
    g_autofree gboolean *line = mark_lineage(graph, shares);
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = ml_graph_node(nodes, i);
        if (!line[node->index])
            return ml_range_fail(error, "revision '%s' is not on the branch '%s'", ml_node_id(node),
                                 label);
    }
    return TRUE;
}

/* A revision's name within the branch `label`, or the beginning of one. */
static const MlNode *find_name_within(const MlGraph *graph, const char *name, const char *label,
                                      GError **error)
{
    const MlNode *node = ml_graph_named(graph, name);
    if (node)
        return node;
    g_autofree gboolean *line = mark_line(graph, label, error);
    return line ? find_partial(graph, name, line, error) : NULL;
}

/* _revision_for_ident. */
static const MlNode *find_word(const MlGraph *graph, const MlWord *word, GError **error)
{
    const char *label = word_label(word);
    if (!label || !*word->name)
        return ml_word_find_name(graph, word->name, error);
    const MlNode *node = find_name_within(graph, word->name, label, error);
    if (!node)
        return NULL;
    g_autoptr(GPtrArray) nodes = ml_nodes_just(node);
    return check_branch(graph, nodes, label, error) ? node : NULL;
}

/* --- steps ---------------------------------------------------------------- */

/* `line` keeps what `label` marks from one step to the next. */
static GPtrArray *one_up(const MlGraph *graph, const MlNode *node, const char *label,
                         gboolean **line, GError **error)
{
    GPtrArray *children = node ? node->children : graph->bases;
    if (!label)
        return g_ptr_array_ref(children);
    if (children->len == 0)
        return ml_nodes_filter_for_lineage(graph, children, label, error);
    if (!*line)
        *line = mark_line(graph, label, error);
    return *line ? ml_nodes_keep_marked(children, *line) : NULL;
}

static GPtrArray *one_down(const MlGraph *graph, const MlNode *node)
{
    if (node == &ml_below_base)
        return g_ptr_array_new();
    GPtrArray *parents = node ? node->parents : graph->heads;
    return parents->len > 0 ? g_ptr_array_ref(parents) : ml_nodes_just(&ml_below_base);
}

/* Whether more than one way leads on; a parent that is written twice is two ways to Alembic. */
static gboolean is_fork(const MlNode *from, const GPtrArray *next, gboolean up)
{
    if (up || !ml_node_is_revision(from) || !ml_node_is_revision(ml_graph_node(next, 0)))
        return next->len > 1;
    return from->is_merge_point;
}

gboolean ml_node_walk(const MlGraph *graph, const MlNode *from, gint64 steps, const char *label,
                      gboolean stay, const MlNode **end, GError **error)
{
    g_autofree gboolean *line = NULL;
    gboolean up = steps > 0;
    /* More steps than there are revisions lead nowhere but round a circle. */
    gint64 limit = (gint64)ml_graph_size(graph) + 2;
    gint64 count = up ? MIN(steps, limit) : -MAX(steps, -limit);
    for (*end = from; count > 0; count--) {
        g_autoptr(GPtrArray) next =
            up ? one_up(graph, *end, label, &line, error) : one_down(graph, *end);
        if (!next)
            return FALSE;
        if (next->len == 0) {
            *end = stay ? *end : NULL;
            break;
        }
        if (is_fork(*end, next, up)) {
            g_autofree char *list = ml_nodes_list(next);
            return ml_range_fail(
                error, "cannot count %s where the line parts (%s); name the revision itself",
                up ? "up" : "down", list);
        }
        *end = ml_graph_node(next, 0);
    }
    return TRUE;
}

/* --- the revisions of a word ---------------------------------------------- */

/* "-2" and "label@-2": down from each head. */
static GPtrArray *below_heads(const MlGraph *graph, const MlWord *word, gint64 steps,
                              GError **error)
{
    g_autoptr(GPtrArray) heads = word->label
                                     ? ml_nodes_keep_labelled(graph->real_heads, word->label)
                                     : g_ptr_array_ref(graph->real_heads);
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    for (guint i = 0; i < heads->len; i++) {
        const MlNode *end;
        if (!ml_node_walk(graph, ml_graph_node(heads, i), steps, NULL, FALSE, &end, error))
            return NULL;
        g_ptr_array_add(found, (gpointer)end);
    }
    return g_steal_pointer(&found);
}

GPtrArray *ml_word_revisions(const MlGraph *graph, const char *text, GError **error)
{
    g_auto(MlWord) word = ml_word_split(text);
    if (is_symbol(word.name)) {
        g_autoptr(GPtrArray) nodes = resolve_symbol(graph, &word, error);
        if (nodes && nodes->len > 0 && word_label(&word) &&
            !check_branch(graph, nodes, word.label, error))
            return NULL;
        return g_steal_pointer(&nodes);
    }
    gint64 steps = ml_word_number(word.name);
    if (steps < 0)
        return below_heads(graph, &word, steps, error);
    const MlNode *node = find_word(graph, &word, error);
    return node ? ml_nodes_just(node) : NULL;
}

gboolean ml_word_revision(const MlGraph *graph, const char *text, const MlNode **node,
                          GError **error)
{
    g_auto(MlWord) word = ml_word_split(text);
    if (!is_symbol(word.name)) {
        *node = find_word(graph, &word, error);
        return *node != NULL;
    }
    g_autoptr(GPtrArray) nodes = resolve_symbol(graph, &word, error);
    if (!nodes)
        return FALSE;
    if (nodes->len > 1) {
        g_autofree char *list = ml_nodes_list(nodes);
        return ml_range_fail(error, "'%s' stands for several revisions (%s); name one", text, list);
    }
    if (word_label(&word) && !check_branch(graph, nodes, word.label, error))
        return FALSE;
    *node = nodes->len > 0 ? ml_graph_node(nodes, 0) : NULL;
    return TRUE;
}
