#include "miglint/change.h"

/* Digits of an id that nobody has typed. */
#define SHORT_ID 12

G_DEFINE_QUARK(ml_change_error, ml_change_error)

static void state_clear(MlState *state)
{
    g_free(state->name);
    g_free(state->commit);
    g_clear_pointer(&state->tree, ml_tree_unref);
}

void ml_merge_free(MlMerge *merge)
{
    if (merge == NULL)
        return;
    state_clear(&merge->base);
    state_clear(&merge->head);
    g_ptr_array_unref(merge->merge_bases);
    g_ptr_array_unref(merge->joined);
    g_clear_pointer(&merge->merged, ml_tree_unref);
    ml_repository_unref(merge->repository);
    g_free(merge);
}

static MlMerge *new_merge(MlRepository *repository)
{
    MlMerge *merge = g_new0(MlMerge, 1);
    merge->repository = ml_repository_ref(repository);
    merge->merge_bases = g_ptr_array_new_with_free_func(g_free);
    merge->joined = g_ptr_array_new_with_free_func((GDestroyNotify)ml_tree_unref);
    return merge;
}

static gboolean take_commit(MlState *state, MlRepository *repository, const char *name,
                            GError **error)
{
    state->tree = ml_tree_of_commit(repository, name, error);
    if (state->tree == NULL)
        return FALSE;
    state->name = g_strdup(name);
    state->commit = g_strdup(ml_tree_commit(state->tree));
    return TRUE;
}

/* HEAD, unless nothing has been committed yet. */
static gboolean take_head(MlState *state, MlRepository *repository, GError **error)
{
    if (!ml_repository_is_unborn(repository))
        return take_commit(state, repository, "HEAD", error);
    state->name = g_strdup("HEAD");
    return TRUE;
}

static void take_tree(MlState *state, const char *name, MlTree *tree)
{
    state->name = g_strdup(name);
    state->tree = tree;
}

/* The commits that the head was made from: of the working tree HEAD, and what is merged into it. */
static GPtrArray *commits_of_head(const MlMerge *merge)
{
    GPtrArray *commits = g_ptr_array_new_with_free_func(g_free);
    if (merge->head.commit != NULL) {
        g_ptr_array_add(commits, g_strdup(merge->head.commit));
    } else {
        g_autoptr(MlCommit) head = ml_commit_find(merge->repository, "HEAD", NULL);
        g_auto(GStrv) merging = ml_repository_merging(merge->repository);
        if (head != NULL)
            g_ptr_array_add(commits, g_strdup(head->id));
        for (char **commit = merging; *commit != NULL; commit++)
            g_ptr_array_add(commits, g_strdup(*commit));
    }
    g_ptr_array_add(commits, NULL);
    return commits;
}

/* Both sides are known; what they have in common, and what comes of them. */
static gboolean join(MlMerge *merge, GError **error)
{
    g_autoptr(GPtrArray) commits = commits_of_head(merge);
    if (commits->len > 1) {
        g_ptr_array_unref(merge->merge_bases);
        merge->merge_bases = ml_merge_bases(merge->repository, merge->base.commit,
                                            (const char *const *)commits->pdata, error);
        if (merge->merge_bases == NULL) {
            merge->merge_bases = g_ptr_array_new();
            return FALSE;
        }
    }
    g_autoptr(GError) reason = NULL;
    g_autoptr(MlTree) ancestor = ml_merge_ancestor(merge->repository, merge->merge_bases, &reason);
    if (reason != NULL) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return FALSE;
    }
    merge->merged = ml_tree_of_merge(ancestor, merge->base.tree, merge->head.tree, error);
    return merge->merged != NULL;
}

MlMerge *ml_merge_new(MlRepository *repository, const char *base, const char *head, GError **error)
{
    g_autoptr(MlMerge) merge = new_merge(repository);
    if (!take_commit(&merge->base, repository, base, error))
        return NULL;
    if (head != NULL) {
        if (!take_commit(&merge->head, repository, head, error))
            return NULL;
    } else {
        take_tree(&merge->head, "the working tree", ml_tree_of_worktree(repository, error));
        if (merge->head.tree == NULL)
            return NULL;
    }
    return join(merge, error) ? g_steal_pointer(&merge) : NULL;
}

/* Nothing to merge: head follows upon base. */
static MlMerge *follow(MlMerge *merge)
{
    if (merge->base.commit != NULL)
        g_ptr_array_add(merge->merge_bases, g_strdup(merge->base.commit));
    merge->merged = ml_tree_ref(merge->head.tree);
    return merge;
}

/* What the merge in progress, if there is one, joins to HEAD. */
static gboolean join_merging(MlMerge *merge, GError **error)
{
    g_auto(GStrv) merging = ml_repository_merging(merge->repository);
    for (char **commit = merging; *commit != NULL; commit++) {
        MlTree *tree = ml_tree_of_commit(merge->repository, *commit, error);
        if (tree == NULL)
            return FALSE;
        g_ptr_array_add(merge->joined, tree);
    }
    return TRUE;
}

MlMerge *ml_merge_staged(MlRepository *repository, GError **error)
{
    g_autoptr(MlMerge) merge = new_merge(repository);
    if (!take_head(&merge->base, repository, error) || !join_merging(merge, error))
        return NULL;
    take_tree(&merge->head, "the index", ml_tree_of_index(repository, error));
    return merge->head.tree ? follow(g_steal_pointer(&merge)) : NULL;
}

MlMerge *ml_merge_of_commit(MlRepository *repository, const char *commit, GError **error)
{
    g_autoptr(MlMerge) merge = new_merge(repository);
    if (!take_commit(&merge->head, repository, commit, error))
        return NULL;
    g_autofree char *parent = ml_commit_parent(repository, merge->head.commit);
    if (parent == NULL)
        merge->base.name = g_strdup("nothing");
    else if (!take_commit(&merge->base, repository, parent, error))
        return NULL;
    else
        merge->base.name[SHORT_ID] = '\0';
    return follow(g_steal_pointer(&merge));
}

gboolean ml_merge_is_done(const MlMerge *merge)
{
    const char *best =
        merge->merge_bases->len > 0 ? g_ptr_array_index(merge->merge_bases, 0) : NULL;
    return best != NULL && g_strcmp0(best, merge->base.commit) == 0;
}

gboolean ml_merge_keeps(const MlMerge *merge, const char *path)
{
    g_autoptr(GBytes) before =
        merge->base.tree ? ml_tree_read(merge->base.tree, path, NULL, NULL) : NULL;
    g_autoptr(GBytes) after = ml_tree_read(merge->merged, path, NULL, NULL);
    return before == NULL || after == NULL ? before == after : g_bytes_equal(before, after);
}
