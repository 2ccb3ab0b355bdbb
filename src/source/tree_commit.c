/* The tree of a commit, read from the object database. */
#include "source/tree.h"

#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_commit, git_commit_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_tree, git_tree_free)

/* A link's text is a path: no longer than the system allows one to be. */
#define LINK_TEXT_LIMIT 4096

typedef struct {
    MlTree tree;
    git_oid id;
    GHashTable *folders; /* path -> git_tree; what is in it stays as long as the tree */
    GMutex lock;
} CommitTree;

static git_tree *known_folder(CommitTree *commit, const char *path)
{
    g_mutex_lock(&commit->lock);
    git_tree *folder = g_hash_table_lookup(commit->folders, path);
    g_mutex_unlock(&commit->lock);
    return folder;
}

/* Keeps the folder, unless another thread was faster. */
static git_tree *keep_folder(CommitTree *commit, const char *path, git_tree *folder)
{
    g_mutex_lock(&commit->lock);
    git_tree *known = g_hash_table_lookup(commit->folders, path);
    if (known)
        git_tree_free(folder);
    else
        g_hash_table_insert(commit->folders, g_strdup(path), folder);
    g_mutex_unlock(&commit->lock);
    return known ? known : folder;
}

static git_tree *load_folder(CommitTree *commit, const char *path, const git_oid *id,
                             GError **error)
{
    MlRepository *repository = commit->tree.repository;
    git_tree *folder = NULL;
    int status = git_tree_lookup(&folder, repository->git, id);
    if (status == 0)
        return keep_folder(commit, path, folder);
    if (status == GIT_ENOTFOUND) {
        ml_repository_missing(repository, *path ? path : "/", error);
        return NULL;
    }
    g_autofree char *name = ml_display_name(path);
    ml_git_error_set(error, ML_SOURCE_ERROR_REPOSITORY, "git cannot read the folder '%s'", name);
    return NULL;
}

static const git_tree_entry *find_entry(CommitTree *commit, const char *path, GError **error);

/* Borrowed from the tree. NULL without an error if there is no such folder. */
static git_tree *find_folder(CommitTree *commit, const char *path, GError **error)
{
    git_tree *folder = known_folder(commit, path);
    if (folder)
        return folder;
    if (!*path)
        return load_folder(commit, path, &commit->id, error);
    const git_tree_entry *entry = find_entry(commit, path, error);
    return entry ? load_folder(commit, path, git_tree_entry_id(entry), error) : NULL;
}

static const git_tree_entry *find_entry(CommitTree *commit, const char *path, GError **error)
{
    g_autofree char *parent = ml_path_folder(path);
    git_tree *folder = find_folder(commit, parent, error);
    const char *name = *parent ? path + strlen(parent) + 1 : path;
    return folder ? git_tree_entry_byname(folder, name) : NULL;
}

static MlEntryKind kind_of(const git_tree_entry *entry)
{
    switch (git_tree_entry_filemode(entry)) {
    case GIT_FILEMODE_TREE:
        return ML_ENTRY_FOLDER;
    case GIT_FILEMODE_LINK:
        return ML_ENTRY_LINK;
    case GIT_FILEMODE_COMMIT:
        return ML_ENTRY_SUBMODULE;
    default:
        return ML_ENTRY_FILE;
    }
}

static MlEntryKind look(MlTree *tree, const char *path, GError **error)
{
    const git_tree_entry *entry = find_entry((CommitTree *)tree, path, error);
    return entry ? kind_of(entry) : ML_ENTRY_ABSENT;
}

static GBytes *read_blob(MlTree *tree, const char *path, gsize limit, MlBlobId *id, GError **error)
{
    const git_tree_entry *entry = find_entry((CommitTree *)tree, path, error);
    return entry ? ml_repository_blob(tree->repository, git_tree_entry_id(entry), path, limit, id,
                                      error)
                 : NULL;
}

static GBytes *read_file(MlTree *tree, const char *path, MlBlobId *id, GError **error)
{
    return read_blob(tree, path, ML_FILE_LIMIT, id, error);
}

static char *follow(MlTree *tree, const char *path, GError **error)
{
    g_autoptr(GBytes) text = read_blob(tree, path, LINK_TEXT_LIMIT, NULL, error);
    return text ? ml_path_follow(path, text) : NULL;
}

static gboolean list(MlTree *tree, const char *path, GPtrArray *entries, GError **error)
{
    git_tree *folder = find_folder((CommitTree *)tree, path, error);
    gsize count = folder ? git_tree_entrycount(folder) : 0;
    for (gsize i = 0; i < count; i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(folder, i);
        ml_entries_add(entries, git_tree_entry_name(entry), kind_of(entry),
                       git_tree_entry_id(entry)->id);
    }
    return folder != NULL;
}

static gboolean identify(MlTree *tree, const char *path, MlBlobId *id)
{
    CommitTree *commit = (CommitTree *)tree;
    const git_tree_entry *entry = *path ? find_entry(commit, path, NULL) : NULL;
    if (*path && !entry)
        return FALSE;
    memcpy(id->bytes, entry ? git_tree_entry_id(entry)->id : commit->id.id, sizeof id->bytes);
    return TRUE;
}

static void clear(MlTree *tree)
{
    CommitTree *commit = (CommitTree *)tree;
    g_hash_table_unref(commit->folders);
    g_mutex_clear(&commit->lock);
}

static const MlTreeClass class = {look, follow, list, read_file, identify, NULL, clear};

MlTree *ml_tree_of_commit(MlRepository *repository, const char *revision, GError **error)
{
    g_autoptr(git_commit) object = ml_repository_commit(repository, revision, error);
    if (!object)
        return NULL;
    MlTree *tree = ml_tree_new(&class, sizeof(CommitTree), repository,
                               g_strdup(ml_repository_workdir(repository)));
    CommitTree *commit = (CommitTree *)tree;
    tree->commit = g_strdup(git_oid_tostr_s(git_commit_id(object)));
    commit->id = *git_commit_tree_id(object);
    g_mutex_init(&commit->lock);
    commit->folders =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)git_tree_free);
    if (find_folder(commit, "", error))
        return tree;
    ml_tree_unref(tree);
    return NULL;
}
