#include "miglint/lint.h"

#include <string.h>

/* Labels that no one can tell without running Python: those of this revision or of an ancestor. */
static void append_unknown_labels(GString *key, const MlGraph *graph, const MlNode *head)
{
    const GPtrArray *nodes = ml_graph_nodes(graph);
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = g_ptr_array_index(nodes, i);
        if (node->revision->problem == ML_REVISION_UNKNOWN_LABEL &&
            (node == head || ml_graph_is_ancestor(graph, node, head)))
            g_string_append_printf(key, "unknown label of %s\n", node->revision->id.text);
    }
}

/* Branches that the settings mean to stay apart, by the revision that each begins with. */
static void append_intended(GString *key, const MlGraph *graph, const MlNode *head,
                            const MlPreferences *preferences)
{
    const MlSetting *branches = preferences ? preferences->keys[ML_SETTING_BRANCHES] : NULL;
    for (guint i = 0; branches != NULL && i < branches->words->len; i++) {
        const char *id = ((MlSettingWord *)g_ptr_array_index(branches->words, i))->text;
        const MlNode *first = ml_graph_find(graph, id);
        if (first != NULL && (first == head || ml_graph_is_ancestor(graph, first, head)))
            g_string_append_printf(key, "branch of %s\n", id);
    }
}

/* What sets a head apart from those that it may stand beside. */
static char *label_key(const MlContext *context, const MlNode *head)
{
    const MlGraph *graph = context->migrations->graph;
    GString *key = g_string_new(NULL);
    for (guint i = 0; i < head->labels->len; i++)
        g_string_append_printf(key, "%s\n", (const char *)g_ptr_array_index(head->labels, i));
    append_unknown_labels(key, graph, head);
    append_intended(key, graph, head, ml_policy_preferences(context->policy));
    return g_string_free(key, FALSE);
}

/* The heads whose key is that of head number `first`. */
static GPtrArray *heads_like(const GPtrArray *heads, const GPtrArray *keys, guint first)
{
    GPtrArray *alike = g_ptr_array_new();
    for (guint i = 0; i < heads->len; i++)
        if (strcmp(g_ptr_array_index(keys, i), g_ptr_array_index(keys, first)) == 0)
            g_ptr_array_add(alike, g_ptr_array_index(heads, i));
    return alike;
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

static char *where_they_part(const MlContext *context, const GPtrArray *heads)
{
    g_autoptr(GPtrArray) parting = ml_graph_parting(context->migrations->graph, heads);
    if (parting->len == 0)
        return g_strdup("which have no revision in common");
    g_autofree char *ids = quoted_ids(parting);
    return g_strdup_printf("which part at %s", ids);
}

static void add_help(MlFinding *finding, const GPtrArray *heads)
{
    const MlRevision *last = ((MlNode *)g_ptr_array_index(heads, heads->len - 1))->revision;
    const MlRevision *other = ((MlNode *)g_ptr_array_index(heads, 0))->revision;
    g_autoptr(GString) ids = g_string_new(NULL);
    for (guint i = 0; i < heads->len; i++)
        g_string_append_printf(ids, " %s",
                               ((MlNode *)g_ptr_array_index(heads, i))->revision->id.text);
    if (heads->len == 2 && last->down_revisions->len == 1)
        ml_finding_help(finding,
                        "let one follow the other: in %s write down_revision = \"%s\" (and "
                        "\"Revises: %s\" in its docstring);\n"
                        "or, if either was already deployed, merge them: alembic merge -m \"merge "
                        "heads\"%s",
                        last->path, other->id.text, other->id.text, ids->str);
    else
        ml_finding_help(finding, "merge them: alembic merge -m \"merge heads\"%s", ids->str);
}

static void report(MlContext *context, const GPtrArray *heads)
{
    const MlNode *last = g_ptr_array_index(heads, heads->len - 1);
    g_autofree char *ids = quoted_ids(heads);
    g_autofree char *parting = where_they_part(context, heads);
    MlFinding *finding = ml_report(context, last->revision, last->revision->down_revision,
                                   "there are %u heads, %s, %s", heads->len, ids, parting);
    for (guint i = 0; i + 1 < heads->len; i++) {
        const MlNode *head = g_ptr_array_index(heads, i);
        ml_finding_relate(finding, head->revision, head->revision->down_revision, "the head '%s'",
                          head->revision->id.text);
    }
    add_help(finding, heads);
}

static void check(MlContext *context)
{
    const GPtrArray *heads = ml_graph_heads(context->migrations->graph);
    if (heads->len < 2)
        return;
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < heads->len; i++)
        g_ptr_array_add(keys, label_key(context, g_ptr_array_index(heads, i)));
    for (guint i = 0; i < heads->len; i++) {
        g_autoptr(GPtrArray) alike = heads_like(heads, keys, i);
        if (alike->len > 1 && g_ptr_array_index(alike, 0) == g_ptr_array_index(heads, i))
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
