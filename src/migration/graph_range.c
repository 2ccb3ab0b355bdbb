/*
 * The revisions that a range names: `alembic history -r`, which is
 * ScriptDirectory.walk_revisions and below it RevisionMap.iterate_revisions.
 * Functions name the one of Alembic's that they follow; where that fails on an
 * odd range (an assertion, a KeyError), so does this, with a sentence.
 *
 * Among the nodes that a word stands for, NULL is Alembic's None (no revision
 * at all) and `below_base` its "base" (one step below a first revision).
 */
#include "graph_internal.h"

#include <string.h>

G_DEFINE_QUARK(ml - graph - error - quark, ml_graph_error)

static const MlNode below_base;

/* Names that an error lists at most. */
#define LISTED 4

static gboolean fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean fail(GError **error, const char *format, ...)
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

static char *list_nodes(const GPtrArray *nodes)
{
    GString *list = g_string_new(NULL);
    for (guint i = 0; i < nodes->len; i++)
        list_name(list, i, ml_node_id(ml_graph_node(nodes, i)));
    return g_string_free(list, FALSE);
}

static gboolean is_revision(const MlNode *node)
{
    return node && node != &below_base;
}

static GPtrArray *just(const MlNode *node)
{
    GPtrArray *nodes = g_ptr_array_new();
    g_ptr_array_add(nodes, (gpointer)node);
    return nodes;
}

static GPtrArray *keep_marked(const GPtrArray *nodes, const gboolean *marked)
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

static GPtrArray *keep_labelled(const GPtrArray *nodes, const char *label)
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

/* "label@name"; label NULL where there is no "@". */
typedef struct {
    char *label;
    const char *name;
} Word;

static void word_clear(Word *word)
{
    g_free(word->label);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Word, word_clear)

static Word word_split(const char *text)
{
    const char *at = strchr(text, '@');
    if (!at)
        return (Word){.name = text};
    return (Word){.label = g_strndup(text, (gsize)(at - text)), .name = at + 1};
}

/* An empty label is as good as none. */
static const char *word_label(const Word *word)
{
    return word->label && *word->label ? word->label : NULL;
}

static gboolean is_symbol(const char *name)
{
    return g_str_equal(name, "head") || g_str_equal(name, "heads") || g_str_equal(name, "base");
}

/* "-2" gives -2; 0 for what is no negative number. */
static gint64 negative_number(const char *name)
{
    if (*name != '-' || !name[1] || name[1 + strspn(name + 1, "0123456789")])
        return 0;
    return g_ascii_strtoll(name, NULL, 10);
}

/* "[label@][symbol]+2" (_relative_destination); what follows the number is ignored there too. */
typedef struct {
    char *label;
    char *symbol;
    gint64 steps;
} Relative;

static void relative_clear(Relative *relative)
{
    g_free(relative->label);
    g_free(relative->symbol);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Relative, relative_clear)

static gboolean is_letter(char c)
{
    return g_ascii_isalnum(c) || c == '_' || (guchar)c >= 0x80;
}

/* Where in "symbol+2" the number begins; NULL if it is not of that form. */
static const char *find_steps(const char *text)
{
    while (is_letter(*text))
        text++;
    return (*text == '+' || *text == '-') && g_ascii_isdigit(text[1]) ? text : NULL;
}

static gboolean relative_parse(const char *text, Relative *relative)
{
    const char *symbol = text, *steps = NULL;
    for (const char *at = strchr(text, '@'); at && !steps; at = strchr(at + 1, '@')) {
        symbol = at + 1;
        if (at > text)
            steps = find_steps(symbol);
    }
    if (steps)
        relative->label = g_strndup(text, (gsize)(symbol - 1 - text));
    else
        steps = find_steps(symbol = text);
    if (!steps)
        return FALSE;
    if (steps > symbol)
        relative->symbol = g_strndup(symbol, (gsize)(steps - symbol));
    relative->steps = g_ascii_strtoll(steps, NULL, 10);
    return TRUE;
}

/* --- names and lines ------------------------------------------------------ */

static GPtrArray *resolve_symbol(const MlGraph *graph, const Word *word, GError **error);

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
        fail(error, "'current' is known to a database alone; name the revision");
    else if (near)
        fail(error, "there is no revision or branch label '%s'; did you mean '%s'?", name, near);
    else
        fail(error, "there is no revision or branch label '%s'", name);
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
        fail(error, "'%s' is the beginning of several names (%s); write more of it", name,
             list->str);
        return NULL;
    }
    return found;
}

/* What an id, a label or the beginning of one stands for (_revision_for_ident without a branch). */
static const MlNode *find_name(const MlGraph *graph, const char *name, GError **error)
{
    const MlNode *node = ml_graph_named(graph, name);
    if (node)
        return node;
    if (*name)
        return find_partial(graph, name, NULL, error);
    fail(error, "a revision id is missing");
    return NULL;
}

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
    g_auto(Word) word = word_split(against);
    g_autoptr(GPtrArray) shares = NULL;
    const MlNode *node;
    if (is_symbol(word.name)) {
        shares = resolve_symbol(graph, &word, error);
        if (!shares)
            return NULL;
    } else {
        node = find_name(graph, word.name, error);
        if (!node)
            return NULL;
        shares = just(node);
    }
    if (word_label(&word)) {
        node = find_name(graph, word.label, error);
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

/*
 * Those of `nodes` on a line with what `against` stands for (filter_for_lineage,
 * which looks a name up only if there is something to filter).
 */
static GPtrArray *filter_for_lineage(const MlGraph *graph, const GPtrArray *nodes,
                                     const char *against, GError **error)
{
    g_auto(Word) word = word_split(against);
    if (nodes->len == 0)
        return is_symbol(word.name) ? keep_none(resolve_symbol(graph, &word, error))
                                    : g_ptr_array_new();
    g_autofree gboolean *line = mark_line(graph, against, error);
    return line ? keep_marked(nodes, line) : NULL;
}

/* "head", "heads" and "base", perhaps of a branch (_resolve_revision_number). */
static GPtrArray *resolve_symbol(const MlGraph *graph, const Word *word, GError **error)
{
    const char *label = word_label(word);
    if (g_str_equal(word->name, "base"))
        return g_ptr_array_new();
    if (g_str_equal(word->name, "heads") && !label)
        return g_ptr_array_copy(graph->real_heads, NULL, NULL);

    g_autoptr(GPtrArray) heads = label ? filter_for_lineage(graph, graph->heads, label, error)
                                       : g_ptr_array_copy(graph->heads, NULL, NULL);
    if (heads && heads->len > 1 && g_str_equal(word->name, "head")) {
        g_autofree char *list = list_nodes(heads);
        fail(error, "'head' stands for several revisions (%s); name one, or write 'heads'", list);
        return NULL;
    }
    return g_steal_pointer(&heads);
}

/* Whether `nodes` are all of the branch that `label` stands for (the check of _revision_for_ident).
 */
static gboolean check_branch(const MlGraph *graph, const GPtrArray *nodes, const char *label,
                             GError **error)
{
    const MlNode *branch = find_name(graph, label, error);
    if (!branch)
        return FALSE;
    g_autoptr(GPtrArray) shares = just(branch);
    g_autofree gboolean *line = mark_lineage(graph, shares);
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = ml_graph_node(nodes, i);
        if (!line[node->index])
            return fail(error, "revision '%s' is not on the branch '%s'", ml_node_id(node), label);
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
static const MlNode *find_word(const MlGraph *graph, const Word *word, GError **error)
{
    const char *label = word_label(word);
    if (!label || !*word->name)
        return find_name(graph, word->name, error);
    const MlNode *node = find_name_within(graph, word->name, label, error);
    if (!node)
        return NULL;
    g_autoptr(GPtrArray) nodes = just(node);
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
        return filter_for_lineage(graph, children, label, error);
    if (!*line)
        *line = mark_line(graph, label, error);
    return *line ? keep_marked(children, *line) : NULL;
}

static GPtrArray *one_down(const MlGraph *graph, const MlNode *node)
{
    if (node == &below_base)
        return g_ptr_array_new();
    GPtrArray *parents = node ? node->parents : graph->heads;
    return parents->len > 0 ? g_ptr_array_ref(parents) : just(&below_base);
}

/*
 * Goes `steps` up (children, those of the branch `label` if it is given) or
 * down. Past the end of the line the result is NULL or, with `stay`, the last
 * revision (_walk).
 */
static gboolean walk(const MlGraph *graph, const MlNode *from, gint64 steps, const char *label,
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
        /* A parent that is written twice is two ways to Alembic. */
        if (next->len > 1 || (!up && is_revision(*end) && (*end)->is_merge_point)) {
            g_autofree char *list = list_nodes(next);
            return fail(error,
                        "cannot count %s where the line parts (%s); name the revision itself",
                        up ? "up" : "down", list);
        }
        *end = ml_graph_node(next, 0);
    }
    return TRUE;
}

/* --- the revisions of a word ---------------------------------------------- */

/* "-2" and "label@-2": down from each head. */
static GPtrArray *below_heads(const MlGraph *graph, const Word *word, gint64 steps, GError **error)
{
    g_autoptr(GPtrArray) heads = word->label ? keep_labelled(graph->real_heads, word->label)
                                             : g_ptr_array_ref(graph->real_heads);
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    for (guint i = 0; i < heads->len; i++) {
        const MlNode *end;
        if (!walk(graph, ml_graph_node(heads, i), steps, NULL, FALSE, &end, error))
            return NULL;
        g_ptr_array_add(found, (gpointer)end);
    }
    return g_steal_pointer(&found);
}

/* Every revision that a word stands for (get_revisions). */
static GPtrArray *get_revisions(const MlGraph *graph, const char *text, GError **error)
{
    g_auto(Word) word = word_split(text);
    if (is_symbol(word.name)) {
        g_autoptr(GPtrArray) nodes = resolve_symbol(graph, &word, error);
        if (nodes && nodes->len > 0 && word_label(&word) &&
            !check_branch(graph, nodes, word.label, error))
            return NULL;
        return g_steal_pointer(&nodes);
    }
    gint64 steps = negative_number(word.name);
    if (steps < 0)
        return below_heads(graph, &word, steps, error);
    const MlNode *node = find_word(graph, &word, error);
    return node ? just(node) : NULL;
}

/* The one revision that a word stands for, NULL for none (get_revision). */
static gboolean get_revision(const MlGraph *graph, const char *text, const MlNode **node,
                             GError **error)
{
    g_auto(Word) word = word_split(text);
    if (!is_symbol(word.name)) {
        *node = find_word(graph, &word, error);
        return *node != NULL;
    }
    g_autoptr(GPtrArray) nodes = resolve_symbol(graph, &word, error);
    if (!nodes)
        return FALSE;
    if (nodes->len > 1) {
        g_autofree char *list = list_nodes(nodes);
        return fail(error, "'%s' stands for several revisions (%s); name one", text, list);
    }
    if (word_label(&word) && !check_branch(graph, nodes, word.label, error))
        return FALSE;
    *node = nodes->len > 0 ? ml_graph_node(nodes, 0) : NULL;
    return TRUE;
}

/* --- the upper end (_parse_upgrade_target) -------------------------------- */

/* Those of `nodes` that nothing else of them comes directly after. */
static GPtrArray *keep_tips(const MlGraph *graph, const GPtrArray *nodes)
{
    g_autofree gboolean *tip = g_new0(gboolean, ml_graph_size(graph));
    for (guint i = 0; i < nodes->len; i++)
        tip[ml_graph_node(nodes, i)->index] = TRUE;
    for (guint i = 0; i < nodes->len; i++) {
        const GPtrArray *before = graph->before[ml_graph_node(nodes, i)->index];
        for (guint j = 0; j < before->len; j++)
            tip[ml_graph_node(before, j)->index] = FALSE;
    }
    return keep_marked(nodes, tip);
}

static GPtrArray *keep_reached(const MlGraph *graph, const gboolean *reached)
{
    return keep_marked(graph->nodes, reached);
}

/* Where "label@+2" counts from: the lower end, or where the branch leaves what is below that. */
static gboolean find_start_on_branch(const MlGraph *graph, const char *lower, const char *label,
                                     const MlNode **start, GError **error)
{
    g_autoptr(GPtrArray) current = get_revisions(graph, lower, error);
    if (!current)
        return FALSE;
    for (guint i = 0; i < current->len; i++)
        if (!is_revision(ml_graph_node(current, i)))
            return fail(error, "'%s' goes below the first revision", lower);
    g_autoptr(GPtrArray) starts = filter_for_lineage(graph, current, label, error);
    if (!starts)
        return FALSE;
    if (starts->len == 0) {
        g_autofree gboolean *reached =
            ml_graph_reach(graph, current, ML_TOWARDS_PARENTS | ML_WITH_DEPENDENCIES);
        g_autoptr(GPtrArray) all = keep_reached(graph, reached);
        g_autoptr(GPtrArray) active = filter_for_lineage(graph, all, label, error);
        if (!active)
            return FALSE;
        g_ptr_array_unref(starts);
        starts = keep_tips(graph, active);
    }
    if (starts->len > 1) {
        g_autofree char *list = list_nodes(starts);
        return fail(error, "it is ambiguous which of %s to count from on '%s'", list, label);
    }
    *start = starts->len > 0 ? ml_graph_node(starts, 0) : NULL;
    return TRUE;
}

static gboolean find_start_of_steps(const MlGraph *graph, const char *lower,
                                    const Relative *relative, const MlNode **start, GError **error)
{
    if (relative->symbol && relative->label && relative->steps <= 0) {
        g_autofree char *text = g_strdup_printf("%s@%s", relative->label, relative->symbol);
        return get_revision(graph, text, start, error);
    }
    if (relative->symbol)
        return get_revision(graph, relative->symbol, start, error);
    if (relative->label)
        return find_start_on_branch(graph, lower, relative->label, start, error);
    return get_revision(graph, lower, start, error);
}

static GPtrArray *find_relative(const MlGraph *graph, const char *lower, const char *upper,
                                const Relative *relative, GError **error)
{
    const MlNode *start, *end;
    if (!relative->symbol && relative->steps <= 0) {
        fail(error,
             "'%s' cannot end a range, as it does not say where to count from; write '%s%shead%s'",
             upper, relative->label ? relative->label : "", relative->label ? "@" : "",
             upper + (relative->label ? strlen(relative->label) + 1 : 0));
        return NULL;
    }
    if (!find_start_of_steps(graph, lower, relative, &start, error))
        return NULL;
    const char *label = relative->steps > 0 ? relative->label : NULL;
    if (!walk(graph, start, relative->steps, label, TRUE, &end, error))
        return NULL;
    if (is_revision(end))
        return just(end);
    fail(error, "'%s' goes below the first revision", upper);
    return NULL;
}

static GPtrArray *find_targets(const MlGraph *graph, const char *lower, const char *upper,
                               GError **error)
{
    g_auto(Relative) relative = {0};
    if (relative_parse(upper, &relative))
        return find_relative(graph, lower, upper, &relative, error);
    return get_revisions(graph, upper, error);
}

/* --- the lower end -------------------------------------------------------- */

/* A lower end on a branch keeps only what of the upper end has its label. */
static GPtrArray *keep_on_branch(const MlGraph *graph, GPtrArray *targets, const char *lower,
                                 GError **error)
{
    g_auto(Word) word = word_split(lower);
    if (!word.label)
        return g_ptr_array_ref(targets);
    const MlNode *branch;
    if (!get_revision(graph, word.label, &branch, error))
        return NULL;
    const char *label = word.label;
    if (branch && g_str_equal(ml_node_id(branch), label)) {
        if (branch->labels->len != 1) {
            fail(error, "revision '%s' has %s, so '%s' does not say which branch", label,
                 branch->labels->len == 0 ? "no branch label" : "several branch labels", lower);
            return NULL;
        }
        label = g_ptr_array_index(branch->labels, 0);
    }
    return keep_labelled(targets, label);
}

/* The tips of all that is at or below `node` (_get_all_current). */
static GPtrArray *all_current(const MlGraph *graph, const MlNode *node)
{
    g_autoptr(GPtrArray) start = just(node);
    g_autofree gboolean *reached =
        ml_graph_reach(graph, start, ML_TOWARDS_PARENTS | ML_WITH_DEPENDENCIES);
    g_autoptr(GPtrArray) all = keep_reached(graph, reached);
    GPtrArray *tips = g_ptr_array_new();
    for (guint i = 0; i < all->len; i++) {
        const MlNode *candidate = ml_graph_node(all, i);
        gboolean tip = TRUE;
        for (guint j = 0; tip && j < candidate->children->len; j++)
            tip = !reached[ml_graph_node(candidate->children, j)->index];
        if (tip)
            g_ptr_array_add(tips, (gpointer)candidate);
    }
    return tips;
}

/* The name on the branch `label` that "label@-2" counts down from if not from a head. */
static const char *find_name_on_branch(const MlGraph *graph, const char *upper, const char *label,
                                       GError **error)
{
    const MlNode *node = find_name(graph, upper, error);
    if (!node)
        return NULL;
    g_autoptr(GPtrArray) itself = just(node);
    g_autoptr(GPtrArray) on_branch = filter_for_lineage(graph, itself, label, error);
    if (!on_branch)
        return NULL;
    if (on_branch->len > 0)
        return upper;
    g_autoptr(GPtrArray) current = all_current(graph, node);
    g_autoptr(GPtrArray) found = filter_for_lineage(graph, current, label, error);
    if (found && found->len == 1)
        return ml_node_id(ml_graph_node(found, 0));
    if (found)
        fail(error, "it is not clear where below '%s' the branch '%s' is", upper, label);
    return NULL;
}

/*
 * Where the lower end "-N" lies if that is more than a head has below it:
 * Alembic then counts from the upper end (_parse_downgrade_target).
 */
static gboolean find_below_upper(const MlGraph *graph, const char *lower, const char *upper,
                                 const MlNode **end, GError **error)
{
    g_auto(Relative) relative = {0};
    if (!relative_parse(lower, &relative))
        return unknown_name(graph, lower, error) != NULL;
    const char *name = upper, *label = upper;
    if (relative.label) {
        label = relative.label;
        name = find_name_on_branch(graph, upper, label, error);
        if (!name)
            return FALSE;
    }
    g_autofree char *text = g_strdup_printf("%s@%s", label, name);
    const MlNode *start;
    return get_revision(graph, text, &start, NULL)
               ? walk(graph, start, relative.steps, NULL, TRUE, end, error)
               : fail(error, "'%s' goes below the first revision; write 'base'", lower);
}

/* Whether none of `nodes` comes before another. */
static gboolean check_overlap(const MlGraph *graph, const GPtrArray *nodes, const char *text,
                              GError **error)
{
    g_autoptr(GPtrArray) before = g_ptr_array_new();
    if (nodes->len < 2)
        return TRUE;
    for (guint i = 0; i < nodes->len; i++)
        g_ptr_array_extend(before, graph->before[ml_graph_node(nodes, i)->index], NULL, NULL);
    g_autofree gboolean *reached =
        ml_graph_reach(graph, before, ML_TOWARDS_PARENTS | ML_WITH_DEPENDENCIES);
    for (guint i = 0; i < nodes->len; i++)
        if (reached[ml_graph_node(nodes, i)->index])
            return fail(error, "'%s' stands for revisions that come one before another; name one",
                        text);
    return TRUE;
}

static gboolean check_within(const GPtrArray *nodes, const gboolean *required, const char *lower,
                             const char *upper, GError **error)
{
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = ml_graph_node(nodes, i);
        if (node == &below_base)
            return fail(error, "'%s' goes below the first revision; write 'base'", lower);
        if (node && !required[node->index])
            return fail(error,
                        "'%s' does not come before '%s'; a range goes from the older "
                        "revision to the newer one",
                        lower, upper);
    }
    return TRUE;
}

static GPtrArray *get_lower(const MlGraph *graph, const char *lower, GError **error)
{
    g_auto(Relative) relative = {0};
    g_autoptr(GError) reason = NULL;
    GPtrArray *nodes = get_revisions(graph, lower, &reason);
    if (nodes)
        return nodes;
    if (relative_parse(lower, &relative) && (relative.symbol || relative.steps >= 0))
        fail(error,
             "'%s' cannot begin a range, where Alembic counts down from the heads alone "
             "('-2:'); name the revision itself",
             lower);
    else
        g_propagate_error(error, g_steal_pointer(&reason));
    return NULL;
}

static GPtrArray *find_lower(const MlGraph *graph, const char *lower, const char *upper,
                             const gboolean *required, GError **error)
{
    g_autoptr(GPtrArray) nodes = get_lower(graph, lower, error);
    const MlNode *end;
    if (!nodes || !check_within(nodes, required, lower, upper, error))
        return NULL;
    if (nodes->len > 0 && !ml_graph_node(nodes, 0)) {
        if (!find_below_upper(graph, lower, upper, &end, error))
            return NULL;
        return is_revision(end) ? just(end) : g_ptr_array_new();
    }
    if (g_ptr_array_find(nodes, NULL, NULL)) {
        fail(error, "'%s' goes below the first revision on some branch; name the revisions", lower);
        return NULL;
    }
    return check_overlap(graph, nodes, lower, error) ? g_steal_pointer(&nodes) : NULL;
}

/* --- the range ------------------------------------------------------------ */

/* Whether Alembic, going down from `targets`, comes by all of `needs` (the end of
 * _topological_sort). */
static gboolean check_connected(const MlGraph *graph, const GPtrArray *targets,
                                const gboolean *needs, const char *lower, const char *upper,
                                GError **error)
{
    g_autofree gboolean *reached = g_new0(gboolean, ml_graph_size(graph));
    g_autoptr(GPtrArray) stack = g_ptr_array_copy((GPtrArray *)targets, NULL, NULL);
    while (stack->len > 0) {
        const MlNode *node = g_ptr_array_steal_index(stack, stack->len - 1);
        if (!needs[node->index] || reached[node->index])
            continue;
        reached[node->index] = TRUE;
        g_ptr_array_extend(stack, graph->before[node->index], NULL, NULL);
    }
    for (guint i = 0; i < ml_graph_size(graph); i++)
        if (needs[i] && !reached[i])
            return fail(error, "'%s' and '%s' are joined by depends_on alone; write 'base:%s'",
                        lower, upper, upper);
    return TRUE;
}

/* Marks (by node) what lies between, both ends included (_collect_upgrade_revisions). */
static gboolean *mark_between(const MlGraph *graph, const GPtrArray *current,
                              const gboolean *required)
{
    MlDirection below = ML_TOWARDS_PARENTS | ML_WITH_DEPENDENCIES;
    g_autofree gboolean *passed = ml_graph_reach(graph, current, below);
    g_autofree gboolean *above = ml_graph_reach(graph, current, ML_TOWARDS_CHILDREN);
    gboolean *needs = g_new0(gboolean, ml_graph_size(graph) + 1);
    for (guint i = 0; i < ml_graph_size(graph); i++)
        needs[i] = required[i] && !passed[i] && (above[i] || current->len == 0);
    for (guint i = 0; i < current->len; i++)
        needs[ml_graph_node(current, i)->index] = TRUE;
    return needs;
}

static gboolean *collect(const MlGraph *graph, const char *lower, const char *upper, GError **error)
{
    g_autoptr(GPtrArray) ends = find_targets(graph, lower, upper, error);
    if (!ends)
        return NULL;
    for (guint i = 0; i < ends->len; i++)
        if (!is_revision(ml_graph_node(ends, i))) {
            fail(error, "'%s' goes below the first revision", upper);
            return NULL;
        }
    g_autoptr(GPtrArray) targets = keep_on_branch(graph, ends, lower, error);
    if (!targets || !check_overlap(graph, targets, upper, error))
        return NULL;
    g_autofree gboolean *required =
        ml_graph_reach(graph, targets, ML_TOWARDS_PARENTS | ML_WITH_DEPENDENCIES);
    g_autoptr(GPtrArray) current = find_lower(graph, lower, upper, required, error);
    if (!current)
        return NULL;
    g_autofree gboolean *needs = mark_between(graph, current, required);
    if (!check_connected(graph, targets, needs, lower, upper, error))
        return NULL;
    return g_steal_pointer(&needs);
}

/* A word alone: what it would be as the end of a range, and "-2" too. */
static gboolean *collect_alone(const MlGraph *graph, const char *text, GError **error)
{
    g_auto(Word) word = word_split(text);
    const MlNode *named = ml_graph_named(graph, text);
    g_autoptr(GPtrArray) nodes = NULL;
    if (named)
        nodes = just(named);
    else if (negative_number(word.name) < 0)
        nodes = get_revisions(graph, text, error);
    else
        nodes = find_targets(graph, "base", text, error);
    if (!nodes)
        return NULL;

    g_autofree gboolean *needs = g_new0(gboolean, ml_graph_size(graph) + 1);
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = ml_graph_node(nodes, i);
        if (!is_revision(node)) {
            fail(error, "'%s' goes below the first revision", text);
            return NULL;
        }
        needs[node->index] = TRUE;
    }
    return g_steal_pointer(&needs);
}

static gboolean *collect_range(const MlGraph *graph, const char *text, GError **error)
{
    g_auto(GStrv) ends = g_strsplit(text, ":", 3);
    if (g_strv_length(ends) > 2) {
        fail(error, "'%s' has more than one ':'; a range is OLDER:NEWER", text);
        return NULL;
    }
    if (!*text) {
        fail(error, "a range is missing; write a revision, or OLDER:NEWER");
        return NULL;
    }
    if (!ends[1])
        return collect_alone(graph, text, error);
    return collect(graph, *ends[0] ? ends[0] : "base", *ends[1] ? ends[1] : "heads", error);
}

GPtrArray *ml_graph_range(const MlGraph *graph, const char *range, GError **error)
{
    g_autofree char *text = g_strstrip(g_strdup(range));
    g_autofree gboolean *needs = collect_range(graph, text, error);
    if (!needs)
        return NULL;
    g_autoptr(GPtrArray) order = ml_graph_upgrade_order(graph);
    return keep_marked(order, needs);
}
