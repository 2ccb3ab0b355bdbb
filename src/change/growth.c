/*
 * New revisions on a graph that is in order and has a single line: what they make
 * of its heads can be told from their ids and parents, without a graph of all.
 */
#include "change/forecast.h"

#include <string.h>

gboolean ml_growth_is_simple(const MlMigrations *base, const MlPreferences *preferences)
{
    const GPtrArray *nodes = ml_graph_nodes(base->graph);
    if (!ml_migrations_is_whole(base) || ml_graph_problems(base->graph)->len > 0 ||
        preferences->keys[ML_SETTING_BRANCHES] != NULL)
        return FALSE;
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = g_ptr_array_index(nodes, i);
        if (node->labels->len > 0 || node->revision->unknown != 0)
            return FALSE;
    }
    return TRUE;
}

/* A revision that says nothing but whose child it is. */
static gboolean is_simple(const MlRevision *revision)
{
    return revision->problem == ML_REVISION_OK && revision->unknown == 0 &&
           revision->branch_labels->len == 0 && revision->depends_on->len == 0;
}

static const char *parent_of(const MlRevision *revision, guint i)
{
    return g_array_index(revision->down_revisions, MlReference, i).text;
}

/* Whether all parents are on the base or in `placed`. */
static gboolean is_ready(const MlRevision *revision, const MlMigrations *base, GHashTable *placed)
{
    for (guint i = 0; i < revision->down_revisions->len; i++) {
        const char *parent = parent_of(revision, i);
        if (ml_graph_find(base->graph, parent) == NULL && !g_hash_table_contains(placed, parent))
            return FALSE;
    }
    return TRUE;
}

/* The revisions, each behind its parents; NULL if one is twice, in a circle, or lacks a parent. */
static GPtrArray *sort(const GPtrArray *added, const MlMigrations *base)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_autoptr(GHashTable) placed = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint before = G_MAXUINT; sorted->len < added->len && sorted->len != before;) {
        before = sorted->len;
        for (guint i = 0; i < added->len; i++) {
            MlRevision *revision = g_ptr_array_index(added, i);
            if (!g_hash_table_contains(placed, revision->id.text) &&
                is_ready(revision, base, placed)) {
                g_hash_table_add(placed, revision->id.text);
                g_ptr_array_add(sorted, revision);
            }
        }
    }
    return sorted->len == added->len ? g_steal_pointer(&sorted) : NULL;
}

static GHashTable *named_parents(const GPtrArray *revisions)
{
    GHashTable *named = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < revisions->len; i++) {
        const MlRevision *revision = g_ptr_array_index(revisions, i);
        for (guint j = 0; j < revision->down_revisions->len; j++)
            g_hash_table_add(named, (gpointer)parent_of(revision, j));
    }
    return named;
}

static const MlRevision *find(const GPtrArray *revisions, const char *id)
{
    for (guint i = 0; i < revisions->len; i++) {
        const MlRevision *revision = g_ptr_array_index(revisions, i);
        if (strcmp(revision->id.text, id) == 0)
            return revision;
    }
    return NULL;
}

static void add_growth(GPtrArray *growths, const MlRevision *head, const char *parent)
{
    ml_growth_add(growths, head->id.text, parent, "");
}

/* The lines that end in `head`, by the revisions of the base that they follow. */
static void follow(GPtrArray *growths, const GPtrArray *added, const MlRevision *head)
{
    g_autoptr(GPtrArray) open = g_ptr_array_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_ptr_array_add(open, (gpointer)head);
    while (open->len > 0) {
        const MlRevision *next = g_ptr_array_steal_index_fast(open, open->len - 1);
        if (next->down_revisions->len == 0)
            add_growth(growths, head, "base");
        for (guint i = 0; i < next->down_revisions->len; i++) {
            const char *parent = parent_of(next, i);
            const MlRevision *own = find(added, parent);
            if (!g_hash_table_add(seen, (gpointer)parent))
                continue;
            if (own != NULL)
                g_ptr_array_add(open, (gpointer)own);
            else
                add_growth(growths, head, parent);
        }
    }
}

MlForecastProject *ml_growth_simple(const MlMigrations *base, const GPtrArray *added)
{
    for (guint i = 0; i < added->len; i++) {
        const MlRevision *revision = g_ptr_array_index(added, i);
        if (!is_simple(revision) || ml_graph_find(base->graph, revision->id.text) != NULL)
            return NULL;
    }
    g_autoptr(GPtrArray) sorted = sort(added, base);
    if (sorted == NULL)
        return NULL;
    g_autoptr(GHashTable) parents = named_parents(sorted);
    MlForecastProject *project = ml_forecast_project_new(base->project->name);
    const GPtrArray *heads = ml_graph_heads(base->graph);
    for (guint i = 0; i < heads->len; i++) {
        const char *head = ((MlNode *)g_ptr_array_index(heads, i))->revision->id.text;
        if (!g_hash_table_contains(parents, head))
            g_ptr_array_add(project->heads, g_strdup(head));
    }
    for (guint i = 0; i < sorted->len; i++) {
        const MlRevision *revision = g_ptr_array_index(sorted, i);
        g_ptr_array_add(project->adds, g_strdup(revision->id.text));
        if (g_hash_table_contains(parents, revision->id.text))
            continue;
        g_ptr_array_add(project->heads, g_strdup(revision->id.text));
        follow(project->growths, sorted, revision);
    }
    return project;
}
