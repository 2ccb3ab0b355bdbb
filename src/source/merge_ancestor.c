/* The tree to merge over where two lines of history have crossed: git's recursive strategy. */
#include "source/lineage.h"
#include "source/merge.h"

/* Merges of merge bases at most. Their own bases lie further and further back, and what they differ
 * in matters less and less: past that the best one does. */
#define INNER_LIMIT 32

static GPtrArray *find_bases(MlRepository *repository, const char *commit, const GPtrArray *merged,
                             GError **error)
{
    g_autoptr(GPtrArray) others = g_ptr_array_copy((GPtrArray *)merged, NULL, NULL);
    g_ptr_array_set_free_func(others, NULL);
    g_ptr_array_add(others, NULL);
    return ml_merge_bases(repository, commit, (const char *const *)others->pdata, error);
}

static MlTree *merge_bases(MlRepository *repository, const GPtrArray *bases, guint depth,
                           guint *left, GError **error);

/* `ours` is the merge of the commits `merged`. */
static MlTree *merge_next(MlRepository *repository, MlTree *ours, const GPtrArray *merged,
                          const char *commit, guint depth, guint *left, GError **error)
{
    g_autoptr(GPtrArray) bases = find_bases(repository, commit, merged, error);
    if (!bases)
        return NULL;
    g_autoptr(MlTree) ancestor =
        bases->len ? merge_bases(repository, bases, depth + 1, left, error) : NULL;
    if (bases->len && !ancestor)
        return NULL;
    g_autoptr(MlTree) theirs = ml_tree_of_commit(repository, commit, error);
    return theirs ? ml_merge_tree_new(ancestor, ours, theirs, depth) : NULL;
}

/* From the oldest to the newest; `depth` counts from 1. */
static MlTree *merge_bases(MlRepository *repository, const GPtrArray *bases, guint depth,
                           guint *left, GError **error)
{
    const guint count = bases->len;
    if (count - 1 > *left)
        return ml_tree_of_commit(repository, bases->pdata[0], error);
    *left -= count - 1;
    g_autoptr(GPtrArray) merged = g_ptr_array_new();
    g_autoptr(MlTree) tree = ml_tree_of_commit(repository, bases->pdata[count - 1], error);
    g_ptr_array_add(merged, bases->pdata[count - 1]);
    for (guint i = count - 1; tree && i-- > 0;) {
        MlTree *next = merge_next(repository, tree, merged, bases->pdata[i], depth, left, error);
        ml_tree_unref(tree);
        tree = next;
        g_ptr_array_add(merged, bases->pdata[i]);
    }
    return g_steal_pointer(&tree);
}

MlTree *ml_merge_ancestor(MlRepository *repository, const GPtrArray *bases, GError **error)
{
    guint left = INNER_LIMIT;
    return bases->len ? merge_bases(repository, bases, 1, &left, error) : NULL;
}
