/* The commits between two, and the one that brought a path. */
#include "source/lineage.h"

#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_tree, git_tree_free)

/* --- a walk -------------------------------------------------------------- */

typedef struct {
    MlLineageNode *node;
    guint next_parent;
} Step;

static gboolean is_in_range(const MlSides *sides, const MlLineageNode *node)
{
    return !(ml_sides_of(sides, node) & ML_SIDE_OTHERS);
}

/* Adds what lies behind a commit before the commit itself: a walk in depth, without recursion. */
static gboolean walk_all(MlLineage *lineage, const MlSides *sides, MlLineageNode *to,
                         GPtrArray *found, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autoptr(GArray) path = g_array_new(FALSE, FALSE, sizeof(Step));
    const Step first = {to, 0};
    g_hash_table_add(seen, to);
    g_array_append_val(path, first);
    while (path->len) {
        Step *last = &g_array_index(path, Step, path->len - 1);
        if (last->next_parent == last->node->parent_count) {
            g_ptr_array_add(found, last->node);
            g_array_set_size(path, path->len - 1);
            continue;
        }
        const Step next = {last->node->parents[last->next_parent++], 0};
        if (!is_in_range(sides, next.node) || !g_hash_table_add(seen, next.node))
            continue;
        if (!ml_lineage_read(lineage, next.node, error))
            return FALSE;
        g_array_append_val(path, next);
    }
    return TRUE;
}

static gboolean walk_first_parents(MlLineage *lineage, const MlSides *sides, MlLineageNode *to,
                                   GPtrArray *found, GError **error)
{
    for (MlLineageNode *node = to; node && is_in_range(sides, node);
         node = node->parent_count ? node->parents[0] : NULL) {
        if (!ml_lineage_read(lineage, node, error))
            return FALSE;
        g_ptr_array_add(found, node);
    }
    for (guint i = 0; i < found->len / 2; i++) {
        gpointer node = found->pdata[i];
        found->pdata[i] = found->pdata[found->len - 1 - i];
        found->pdata[found->len - 1 - i] = node;
    }
    return TRUE;
}

static GPtrArray *walk(MlLineage *lineage, const char *from, const char *to, gboolean first_parent,
                       GError **error)
{
    MlLineageNode *newest = ml_lineage_named(lineage, to, error);
    if (!newest)
        return NULL;
    g_autoptr(GPtrArray) others = g_ptr_array_new();
    MlLineageNode *behind = from ? ml_lineage_named(lineage, from, error) : NULL;
    if (from && !behind)
        return NULL;
    if (behind)
        g_ptr_array_add(others, behind);
    g_autoptr(MlSides) sides = ml_sides_walk(lineage, newest, others, error);
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    if (!sides)
        return NULL;
    gboolean walked = !is_in_range(sides, newest) || (first_parent ? walk_first_parents : walk_all)(
                                                         lineage, sides, newest, found, error);
    return walked ? ml_lineage_ids(found) : NULL;
}

GPtrArray *ml_history_walk(MlRepository *repository, const char *from, const char *to,
                           gboolean first_parent, GError **error)
{
    MlLineage *lineage = ml_lineage_lock(repository);
    GPtrArray *ids = walk(lineage, from, to, first_parent, error);
    ml_lineage_unlock(lineage);
    return ids;
}

/* --- an introduction ----------------------------------------------------- */

/* What stands at each component of a path in one commit: where two commits have one id, what is
 * below is the same, and need not be read again. */
typedef struct {
    MlRepository *repository;
    char **names;
    guint depth;
    git_oid *ids; /* one more than names: the root's first; zero from where nothing is */
} Trail;

static void trail_clear(Trail *trail)
{
    g_free(trail->ids);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Trail, trail_clear)

static const git_oid *trail_end(const Trail *trail)
{
    return &trail->ids[trail->depth];
}

/* The trail in a commit close by `known`'s; FALSE if a folder cannot be read. */
static gboolean follow_path(const Trail *known, const git_oid *root, Trail *trail)
{
    *trail = *known;
    trail->ids = g_new0(git_oid, trail->depth + 1);
    trail->ids[0] = *root;
    for (guint i = 0; i < trail->depth; i++) {
        g_autoptr(git_tree) folder = NULL;
        if (git_oid_equal(&known->ids[i], &trail->ids[i])) {
            memcpy(trail->ids + i, known->ids + i, (trail->depth - i + 1) * sizeof(git_oid));
            return TRUE;
        }
        if (git_tree_lookup(&folder, trail->repository->git, &trail->ids[i]) < 0)
            return FALSE;
        const git_tree_entry *entry = git_tree_entry_byname(folder, trail->names[i]);
        gboolean is_folder = entry && git_tree_entry_type(entry) == GIT_OBJECT_TREE;
        if (!entry || (!is_folder && i + 1 < trail->depth))
            return TRUE;
        trail->ids[i + 1] = *git_tree_entry_id(entry);
    }
    return TRUE;
}

/* The parent to go on with, NULL if none has the path: one where nothing differs if there is one,
 * as git prefers it. FALSE if that cannot be told. */
static gboolean choose_parent(MlLineage *lineage, const MlLineageNode *node, Trail *trail,
                              const MlLineageNode **chosen)
{
    const git_oid end = *trail_end(trail);
    g_auto(Trail) taken = {0};
    *chosen = NULL;
    for (guint i = 0; i < node->parent_count; i++) {
        MlLineageNode *parent = node->parents[i];
        g_auto(Trail) found = {0};
        if (!ml_lineage_read(lineage, parent, NULL) || !follow_path(trail, &parent->tree, &found))
            return FALSE;
        gboolean same = git_oid_equal(trail_end(&found), &end);
        if (git_oid_is_zero(trail_end(&found)) || (*chosen && !same))
            continue;
        *chosen = parent;
        trail_clear(&taken);
        taken = found;
        found.ids = NULL;
        if (same)
            break;
    }
    if (*chosen) {
        trail_clear(trail);
        *trail = taken;
        taken.ids = NULL;
    }
    return TRUE;
}

static const MlLineageNode *find_introduction(MlLineage *lineage, MlRepository *repository,
                                              const char *tip, char **names)
{
    const MlLineageNode *next = ml_lineage_named(lineage, tip, NULL);
    const guint depth = g_strv_length(names);
    g_auto(Trail) nothing = {repository, names, depth, g_new0(git_oid, depth + 1)};
    g_auto(Trail) trail = {0};
    if (!next || !follow_path(&nothing, &next->tree, &trail) || git_oid_is_zero(trail_end(&trail)))
        return NULL;
    const MlLineageNode *node = NULL;
    while (next) {
        node = next;
        if (!choose_parent(lineage, node, &trail, &next))
            return NULL;
    }
    return node->is_cut ? NULL : node;
}

MlCommit *ml_history_introduction(MlRepository *repository, const char *tip, const char *path)
{
    g_auto(GStrv) names = g_strsplit(path, "/", -1);
    MlLineage *lineage = ml_lineage_lock(repository);
    const MlLineageNode *node = find_introduction(lineage, repository, tip, names);
    ml_lineage_unlock(lineage);
    return node ? ml_commit_find(repository, git_oid_tostr_s(&node->id), NULL) : NULL;
}
