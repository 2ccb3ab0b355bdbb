#include "miglint/lint.h"

static void append_labels(GString *key, const MlNode *head)
{
    for (guint i = 0; i < head->labels->len; i++)
        g_string_append_printf(key, "%s\n", (const char *)g_ptr_array_index(head->labels, i));
}

/* Marks the keys of `first` and of all heads below it. */
static void append_below(GPtrArray *keys, const GPtrArray *heads, const MlNode *first,
                         const char *mark)
{
    g_autoptr(GHashTable) below = ml_graph_descendants(first, G_MAXUINT);
    for (guint i = 0; i < heads->len; i++)
        if (g_ptr_array_index(heads, i) == first ||
            g_hash_table_contains(below, g_ptr_array_index(heads, i)))
            g_string_append_printf(g_ptr_array_index(keys, i), "%s %u\n", mark, first->index);
}

/* Labels that cannot be told without running Python: each of the revision and all that follow it.
 */
static void append_unknown_labels(GPtrArray *keys, const MlGraph *graph, const GPtrArray *heads)
{
    const GPtrArray *nodes = ml_graph_nodes(graph);
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = g_ptr_array_index(nodes, i);
        if (node->revision->unknown & ML_UNKNOWN_LABELS)
            append_below(keys, heads, node, "unknown label");
    }
}

/* Branches that the settings mean to stay apart, by the revision that each begins with. */
static void append_intended(GPtrArray *keys, const MlGraph *graph, const GPtrArray *heads,
                            const MlPreferences *preferences)
{
    const MlSetting *branches = preferences ? preferences->keys[ML_SETTING_BRANCHES] : NULL;
    for (guint i = 0; branches != NULL && i < branches->words->len; i++) {
        const char *id = ((MlSettingWord *)g_ptr_array_index(branches->words, i))->text;
        const MlNode *first = ml_graph_find(graph, id);
        if (first != NULL)
            append_below(keys, heads, first, "branch");
    }
}

static void free_key(gpointer key)
{
    g_string_free(key, TRUE);
}

/* Arrays of the heads that carry the same branch labels, in load order. */
static GPtrArray *group_by_labels(const MlContext *context)
{
    const MlGraph *graph = context->migrations->graph;
    const GPtrArray *heads = ml_graph_heads(graph);
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(free_key);
    for (guint i = 0; i < heads->len; i++) {
        g_ptr_array_add(keys, g_string_new(NULL));
        append_labels(g_ptr_array_index(keys, i), g_ptr_array_index(heads, i));
    }
    append_unknown_labels(keys, graph, heads);
    append_intended(keys, graph, heads, ml_policy_preferences(context->policy));
    GPtrArray *groups = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    g_autoptr(GHashTable) by_key = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < heads->len; i++) {
        GString *key = g_ptr_array_index(keys, i);
        GPtrArray *group = g_hash_table_lookup(by_key, key->str);
        if (group == NULL) {
            group = g_ptr_array_new();
            g_ptr_array_add(groups, group);
            g_hash_table_insert(by_key, key->str, group);
        }
        g_ptr_array_add(group, g_ptr_array_index(heads, i));
    }
    return groups;
}

static char *quoted_ids(const GPtrArray *nodes)
{
    GString *ids = g_string_new(NULL);
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = g_ptr_array_index(nodes, i);
        const char *separator = i == 0 ? "" : i + 1 == nodes->len ? " and " : ", ";
        g_string_append_printf(ids, "%s'%s'", separator, node->revision->id.text);
    }
    return g_string_free(ids, FALSE);
}

static char *where_they_part(const GPtrArray *parting)
{
    if (parting->len == 0)
        return g_strdup("which have no revision in common");
    g_autofree char *ids = quoted_ids(parting);
    return g_strdup_printf("which part at %s", ids);
}

/*
 * The revision of a head's line that follows `parting`; NULL where that line
 * merges others, or ends in a circle of less than `most` revisions.
 */
static const MlNode *first_of_line(const MlNode *head, const MlNode *parting, guint most)
{
    while (most-- > 0 && head->revision->down_revisions->len == 1 && head->parents->len == 1) {
        const MlNode *parent = g_ptr_array_index(head->parents, 0);
        if (parent == parting)
            return head;
        head = parent;
    }
    return NULL;
}

/*
 * What to change so that one of two lines comes after all of the other. Which
 * of them can still change, the graph does not tell.
 */
static void suggest_orders(MlFinding *finding, GString *help, const MlGraph *graph,
                           const GPtrArray *heads, const MlNode *parting)
{
    const char *opening = "let one line follow the other, as long as it is not deployed "
                          "(\"Revises:\" in its docstring too):\n  in";
    for (guint i = heads->len; i-- > 0;) {
        const MlNode *head = g_ptr_array_index(heads, i);
        const MlNode *other = g_ptr_array_index(heads, 1 - i);
        const MlNode *first = first_of_line(head, parting, ml_graph_nodes(graph)->len);
        if (first == NULL)
            continue;
        if (first != head)
            ml_finding_relate(finding, first->revision, first->revision->down_revision,
                              "the line of '%s' begins with '%s'", head->revision->id.text,
                              first->revision->id.text);
        g_string_append_printf(help, "%s '%s' write down_revision = \"%s\"\n", opening,
                               first->revision->id.text, other->revision->id.text);
        opening = "  or in";
    }
}

static void add_help(MlFinding *finding, const MlGraph *graph, const GPtrArray *heads,
                     const GPtrArray *parting)
{
    g_autoptr(GString) help = g_string_new(NULL);
    if (heads->len == 2 && parting->len == 1)
        suggest_orders(finding, help, graph, heads, g_ptr_array_index(parting, 0));
    g_string_append_printf(help, "%smerge them: alembic merge -m \"merge heads\"",
                           help->len > 0 ? "or " : "");
    for (guint i = 0; i < heads->len; i++)
        g_string_append_printf(help, " %s",
                               ((MlNode *)g_ptr_array_index(heads, i))->revision->id.text);
    ml_finding_help(finding, "%s", help->str);
}

static void report(MlContext *context, const GPtrArray *heads)
{
    const MlNode *last = g_ptr_array_index(heads, heads->len - 1);
    g_autoptr(GPtrArray) parting = ml_graph_parting(context->migrations->graph, heads);
    g_autofree char *ids = quoted_ids(heads);
    g_autofree char *place = where_they_part(parting);
    MlFinding *finding = ml_report(context, last->revision, last->revision->down_revision,
                                   "there are %u heads, %s, %s", heads->len, ids, place);
    for (guint i = 0; i + 1 < heads->len; i++) {
        const MlNode *head = g_ptr_array_index(heads, i);
        ml_finding_relate(finding, head->revision, head->revision->down_revision, "the head '%s'",
                          head->revision->id.text);
    }
    add_help(finding, context->migrations->graph, heads, parting);
}

static void check(MlContext *context)
{
    if (!ml_migrations_is_whole(context->migrations))
        return;
    g_autoptr(GPtrArray) groups = group_by_labels(context);
    for (guint i = 0; i < groups->len; i++) {
        const GPtrArray *alike = g_ptr_array_index(groups, i);
        if (alike->len > 1)
            report(context, alike);
    }
}

const MlRule ml_rule_multiple_heads = {
    .code = "ML101",
    .name = "multiple-heads",
    .severity = ML_SEVERITY_ERROR,
    .summary = "several revisions are the newest one",
    .why =
        "`alembic upgrade head` needs one newest revision. With several it stops with \"Multiple "
        "head revisions are present\", usually in the middle of a deployment. It happens when "
        "two branches each add a revision to the same parent and both are merged: git sees no "
        "conflict, since they are two different files.\n"
        "\n"
        "Either one revision follows the other (change its down_revision, as long as nobody "
        "has applied it), or a merge revision joins them (`alembic merge`). Heads that carry "
        "different branch labels are meant to be apart and raise nothing. So do those of lines "
        "that the settings call branches: branches = [\"1a2b3c4d5e6f\"] names the revision that "
        "such a line begins with.",
    .bad = "# file: versions/1a2b3c4d5e6f_create_account.py\n"
           "\"\"\"create account\"\"\"\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = None\n"
           "# file: versions/2b3c4d5e6f70_add_email.py\n"
           "\"\"\"add email\"\"\"\n"
           "revision = \"2b3c4d5e6f70\"\n"
           "down_revision = \"1a2b3c4d5e6f\"\n"
           "# file: versions/3c4d5e6f7081_add_phone.py\n"
           "\"\"\"add phone\"\"\"\n"
           "revision = \"3c4d5e6f7081\"\n"
           "down_revision = \"1a2b3c4d5e6f\"\n",
    .good = "# file: versions/1a2b3c4d5e6f_create_account.py\n"
            "\"\"\"create account\"\"\"\n"
            "revision = \"1a2b3c4d5e6f\"\n"
            "down_revision = None\n"
            "# file: versions/2b3c4d5e6f70_add_email.py\n"
            "\"\"\"add email\"\"\"\n"
            "revision = \"2b3c4d5e6f70\"\n"
            "down_revision = \"1a2b3c4d5e6f\"\n"
            "# file: versions/3c4d5e6f7081_add_phone.py\n"
            "\"\"\"add phone\"\"\"\n"
            "revision = \"3c4d5e6f7081\"\n"
            "down_revision = \"2b3c4d5e6f70\"\n",
    .reference = "https://alembic.sqlalchemy.org/en/latest/branches.html",
    .check_project = check,
};
