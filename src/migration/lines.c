/* Lines of revisions that are meant to stay apart, and the heads of each. */
#include "miglint/migration.h"

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
            g_string_append_printf(g_ptr_array_index(keys, i), "%s %s\n", mark,
                                   first->revision->id.text);
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

GPtrArray *ml_migrations_line_names(const MlMigrations *migrations,
                                    const MlPreferences *preferences)
{
    const MlGraph *graph = migrations->graph;
    const GPtrArray *heads = ml_graph_heads(graph);
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(free_key);
    for (guint i = 0; i < heads->len; i++) {
        g_ptr_array_add(keys, g_string_new(NULL));
        append_labels(g_ptr_array_index(keys, i), g_ptr_array_index(heads, i));
    }
    append_unknown_labels(keys, graph, heads);
    append_intended(keys, graph, heads, preferences);
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < heads->len; i++)
        g_ptr_array_add(names, g_strdup(((GString *)g_ptr_array_index(keys, i))->str));
    return names;
}

GPtrArray *ml_migrations_lines(const MlMigrations *migrations, const MlPreferences *preferences)
{
    const GPtrArray *heads = ml_graph_heads(migrations->graph);
    g_autoptr(GPtrArray) names = ml_migrations_line_names(migrations, preferences);
    GPtrArray *groups = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < heads->len; i++) {
        char *name = g_ptr_array_index(names, i);
        GPtrArray *group = g_hash_table_lookup(by_name, name);
        if (group == NULL) {
            group = g_ptr_array_new();
            g_ptr_array_add(groups, group);
            g_hash_table_insert(by_name, name, group);
        }
        g_ptr_array_add(group, g_ptr_array_index(heads, i));
    }
    return groups;
}
