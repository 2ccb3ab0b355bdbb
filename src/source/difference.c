/* Two commits compared file by file, without what they have in common. */
#include "source/repository.h"

#include <string.h>

/* Folders within each other; git itself goes no deeper than a path is long. */
#define DEPTH_LIMIT 400

G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_object, git_object_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_tree, git_tree_free)

typedef struct {
    MlRepository *repository;
    GPtrArray *found; /* MlDifference * */
    GString *path;    /* of the folder that is looked at */
} Comparison;

void ml_difference_free(MlDifference *difference)
{
    g_free(difference->path);
    g_free(difference);
}

static gboolean is_folder(const git_tree_entry *entry)
{
    return entry != NULL && git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE;
}

static gboolean is_file(const git_tree_entry *entry)
{
    return entry != NULL && git_tree_entry_type(entry) == GIT_OBJECT_BLOB;
}

static git_tree *open_folder(Comparison *comparison, const git_tree_entry *entry, GError **error)
{
    git_tree *folder = NULL;
    if (git_tree_lookup(&folder, comparison->repository->git, git_tree_entry_id(entry)) == 0)
        return folder;
    ml_repository_missing(comparison->repository, comparison->path->str, error);
    return NULL;
}

static void add(Comparison *comparison, const git_tree_entry *from, const git_tree_entry *to)
{
    MlDifference *difference = g_new0(MlDifference, 1);
    difference->path = g_strndup(comparison->path->str, comparison->path->len);
    difference->kind = from == NULL ? ML_DIFFERENCE_ADDED
                       : to == NULL ? ML_DIFFERENCE_REMOVED
                                    : ML_DIFFERENCE_CHANGED;
    if (to != NULL)
        memcpy(difference->id.bytes, git_tree_entry_id(to)->id, sizeof difference->id.bytes);
    g_ptr_array_add(comparison->found, difference);
}

static gboolean compare_folders(Comparison *comparison, const git_tree *from, const git_tree *to,
                                guint depth, GError **error);

static gboolean descend(Comparison *comparison, const git_tree_entry *from,
                        const git_tree_entry *to, guint depth, GError **error)
{
    g_autoptr(git_tree) left = from ? open_folder(comparison, from, error) : NULL;
    if (from != NULL && left == NULL)
        return FALSE;
    g_autoptr(git_tree) right = to ? open_folder(comparison, to, error) : NULL;
    if (to != NULL && right == NULL)
        return FALSE;
    return compare_folders(comparison, left, right, depth + 1, error);
}

/* One name; either may be NULL. What is a file on one side and a folder on the other is both. */
static gboolean compare_entries(Comparison *comparison, const git_tree_entry *from,
                                const git_tree_entry *to, guint depth, GError **error)
{
    if (from != NULL && to != NULL &&
        git_oid_equal(git_tree_entry_id(from), git_tree_entry_id(to)) &&
        is_folder(from) == is_folder(to))
        return TRUE;
    gsize length = comparison->path->len;
    g_string_append_printf(comparison->path, "%s%s", length ? "/" : "",
                           git_tree_entry_name(from ? from : to));
    if (is_file(from) || is_file(to))
        add(comparison, is_file(from) ? from : NULL, is_file(to) ? to : NULL);
    gboolean whole = TRUE;
    if (is_folder(from) || is_folder(to))
        whole = descend(comparison, is_folder(from) ? from : NULL, is_folder(to) ? to : NULL, depth,
                        error);
    g_string_truncate(comparison->path, length);
    return whole;
}

/* The order of names as bytes; a tree's own differs from it for folders. */
static const git_tree_entry *entry_of(const git_tree *folder, const git_tree_entry *like)
{
    return folder ? git_tree_entry_byname(folder, git_tree_entry_name(like)) : NULL;
}

static gboolean compare_folders(Comparison *comparison, const git_tree *from, const git_tree *to,
                                guint depth, GError **error)
{
    gsize left = from ? git_tree_entrycount(from) : 0, right = to ? git_tree_entrycount(to) : 0;
    if (depth > DEPTH_LIMIT)
        return TRUE;
    gsize i = 0, j = 0;
    while (i < left && j < right) {
        const git_tree_entry *a = git_tree_entry_byindex(from, i);
        const git_tree_entry *b = git_tree_entry_byindex(to, j);
        if (strcmp(git_tree_entry_name(a), git_tree_entry_name(b)) != 0)
            break;
        if (!compare_entries(comparison, a, b, depth, error))
            return FALSE;
        i++;
        j++;
    }
    for (gsize k = i; k < left; k++) {
        const git_tree_entry *a = git_tree_entry_byindex(from, k);
        if (!compare_entries(comparison, a, entry_of(to, a), depth, error))
            return FALSE;
    }
    for (gsize k = j; k < right; k++) {
        const git_tree_entry *b = git_tree_entry_byindex(to, k);
        if (entry_of(from, b) == NULL && !compare_entries(comparison, NULL, b, depth, error))
            return FALSE;
    }
    return TRUE;
}

static git_tree *tree_of(MlRepository *repository, const char *commit, GError **error)
{
    g_autoptr(git_object) object = NULL;
    git_object *tree = NULL;
    git_oid id;
    if (git_oid_fromstr(&id, commit) == 0 &&
        git_object_lookup(&object, repository->git, &id, GIT_OBJECT_COMMIT) == 0 &&
        git_object_peel(&tree, object, GIT_OBJECT_TREE) == 0)
        return (git_tree *)tree;
    ml_repository_missing(repository, commit, error);
    return NULL;
}

GPtrArray *ml_commit_differences(MlRepository *repository, const char *from, const char *to,
                                 GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)ml_difference_free);
    g_autoptr(GString) path = g_string_new(NULL);
    Comparison comparison = {repository, found, path};
    g_autoptr(git_tree) left = from ? tree_of(repository, from, error) : NULL;
    if (from != NULL && left == NULL)
        return NULL;
    g_autoptr(git_tree) right = tree_of(repository, to, error);
    if (right == NULL || !compare_folders(&comparison, left, right, 0, error))
        return NULL;
    return g_steal_pointer(&found);
}
