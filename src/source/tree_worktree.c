/*
 * The working tree: the disk, less what git ignores, plus what a sparse
 * checkout leaves in the index.
 *
 * Ignored things are hidden from listings only: a path that somebody names is
 * found, as git and the system would find it.
 */
#include "source/disk.h"

#include <string.h>

typedef struct {
    MlTree tree;
    git_index *index;
    /* What is in the index to be left out of the disk: path -> git_index_entry, NULL for a folder;
     * and folder -> set of such paths in it. */
    GHashTable *left_out;
    GHashTable *left_out_in;
    /* What is known of folders (path -> MlEntryKind, path -> ignored), under the repository's
     * lock. */
    GHashTable *folder_kinds;
    GHashTable *ignored_folders;
} WorkTree;

static gboolean is_tracked(WorkTree *work, const char *path)
{
    return git_index_find(NULL, work->index, path) == 0;
}

static gboolean holds_tracked(WorkTree *work, const char *folder)
{
    g_autofree char *prefix = g_strconcat(folder, "/", NULL);
    return git_index_find_prefix(NULL, work->index, prefix) == 0;
}

static gboolean is_gitlink(WorkTree *work, const char *path)
{
    const git_index_entry *entry = git_index_get_bypath(work->index, path, 0);
    return entry && entry->mode == GIT_FILEMODE_COMMIT;
}

static gboolean is_repository(WorkTree *work, const char *folder)
{
    g_autofree char *path = g_build_filename(work->tree.root, folder, NULL);
    g_autofree char *dot_git = g_build_filename(path, ".git", NULL);
    return g_file_test(dot_git, G_FILE_TEST_EXISTS) &&
           git_repository_open_ext(NULL, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) == 0;
}

/* As git has it: files that are tracked keep a folder from being another repository. */
static MlEntryKind judge_folder(WorkTree *work, const char *folder)
{
    if (is_gitlink(work, folder))
        return ML_ENTRY_SUBMODULE;
    if (!holds_tracked(work, folder) && is_repository(work, folder))
        return ML_ENTRY_SUBMODULE;
    return ML_ENTRY_FOLDER;
}

static MlEntryKind folder_kind(WorkTree *work, const char *folder)
{
    MlEntryKind kind = GPOINTER_TO_INT(g_hash_table_lookup(work->folder_kinds, folder));
    if (kind == ML_ENTRY_ABSENT) {
        kind = judge_folder(work, folder);
        g_hash_table_insert(work->folder_kinds, g_strdup(folder), GINT_TO_POINTER(kind));
    }
    return kind;
}

/* Whether the rules match this very path; what they cannot judge is shown. libgit2 differs from git
 * in two rare cases, both for what is untracked: it takes a link to a folder for a folder, and does
 * not let a .gitignore take back a rule of one above it. */
static gboolean matches_rules(WorkTree *work, const char *path, gboolean is_folder)
{
    int ignored = FALSE;
    g_autofree char *subject = g_strconcat(path, is_folder ? "/" : "", NULL);
    return git_ignore_path_is_ignored(&ignored, work->tree.repository->git, subject) == 0 &&
           ignored;
}

/* libgit2 lets a rule take back what is in an ignored folder, and git does not: so from the top. */
static gboolean is_ignored_folder(WorkTree *work, const char *folder)
{
    gpointer known;
    if (!*folder)
        return FALSE;
    if (g_hash_table_lookup_extended(work->ignored_folders, folder, NULL, &known))
        return GPOINTER_TO_INT(known);
    g_autofree char *parent = ml_path_folder(folder);
    gboolean ignored = is_ignored_folder(work, parent) || matches_rules(work, folder, TRUE);
    g_hash_table_insert(work->ignored_folders, g_strdup(folder), GINT_TO_POINTER(ignored));
    return ignored;
}

/* The rules are asked last, and not at all of what is tracked: they cost the most. */
static gboolean is_hidden(WorkTree *work, const char *folder, const char *path, MlEntryKind kind)
{
    gboolean is_folder = kind == ML_ENTRY_FOLDER || kind == ML_ENTRY_SUBMODULE;
    if (is_tracked(work, path) || (is_folder && holds_tracked(work, path)))
        return FALSE;
    /* Nobody comes to a folder that is ignored as a whole but who was told to: there is nothing to
     * hide from them. */
    if (is_ignored_folder(work, folder))
        return holds_tracked(work, folder);
    return is_folder ? is_ignored_folder(work, path) : matches_rules(work, path, FALSE);
}

static void hide_ignored(WorkTree *work, const char *folder, GPtrArray *entries)
{
    for (guint i = entries->len; i-- > 0;) {
        MlEntry *entry = entries->pdata[i];
        g_autofree char *path = ml_path_join(folder, entry->name);
        if (entry->kind == ML_ENTRY_FOLDER)
            entry->kind = folder_kind(work, path);
        if (is_hidden(work, folder, path, entry->kind))
            g_ptr_array_remove_index_fast(entries, i);
    }
}

static MlEntryKind left_out_kind(WorkTree *work, const char *path)
{
    gpointer value;
    if (!g_hash_table_lookup_extended(work->left_out, path, NULL, &value))
        return ML_ENTRY_ABSENT;
    const git_index_entry *entry = value;
    if (!entry)
        return ML_ENTRY_FOLDER;
    if (entry->mode == GIT_FILEMODE_COMMIT)
        return ML_ENTRY_SUBMODULE;
    return entry->mode == GIT_FILEMODE_LINK ? ML_ENTRY_LINK : ML_ENTRY_FILE;
}

static GBytes *read_left_out(WorkTree *work, const char *path, MlBlobId *id, GError **error)
{
    const git_index_entry *entry = g_hash_table_lookup(work->left_out, path);
    if (!entry) {
        g_autofree char *name = ml_display_name(path);
        g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_NOT_FOUND,
                    "'%s' has vanished: run it again", name);
        return NULL;
    }
    return ml_repository_blob(work->tree.repository, &entry->id, path, ML_FILE_LIMIT, id, error);
}

static MlEntryKind look(MlTree *tree, const char *path, GError **error)
{
    WorkTree *work = (WorkTree *)tree;
    GError *failure = NULL;
    MlEntryKind kind = ml_disk_look(tree->root, path, &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return ML_ENTRY_ABSENT;
    }
    if (kind == ML_ENTRY_ABSENT)
        return left_out_kind(work, path);
    if (kind != ML_ENTRY_FOLDER)
        return kind;
    g_mutex_lock(&tree->repository->lock);
    kind = folder_kind(work, path);
    g_mutex_unlock(&tree->repository->lock);
    return kind;
}

/* The text of a link that the disk cannot follow: what it leads to may be left out. */
static GBytes *link_text(MlTree *tree, const char *path, GError **error)
{
    g_autofree char *file = g_build_filename(tree->root, path, NULL);
    char *text = g_file_read_link(file, NULL);
    return text ? g_bytes_new_take(text, strlen(text))
                : read_left_out((WorkTree *)tree, path, NULL, error);
}

static char *follow(MlTree *tree, const char *path, GError **error)
{
    GError *failure = NULL;
    char *target = ml_disk_follow(tree->root, path, &failure);
    if (failure)
        g_propagate_error(error, failure);
    if (target || failure)
        return target;
    g_autoptr(GBytes) text = link_text(tree, path, error);
    return text ? ml_path_follow(path, text) : NULL;
}

static gboolean add_left_out(WorkTree *work, const char *folder, GPtrArray *entries, GError **error)
{
    GHashTable *paths = g_hash_table_lookup(work->left_out_in, folder);
    GError *failure = NULL;
    GHashTableIter iterator;
    gpointer path;
    if (!paths)
        return TRUE;
    g_hash_table_iter_init(&iterator, paths);
    while (!failure && g_hash_table_iter_next(&iterator, &path, NULL)) {
        const char *name = *folder ? (char *)path + strlen(folder) + 1 : path;
        if (ml_disk_look(work->tree.root, path, &failure) == ML_ENTRY_ABSENT)
            ml_entries_add(entries, name, left_out_kind(work, path), NULL);
    }
    if (failure)
        g_propagate_error(error, failure);
    return failure == NULL;
}

static gboolean list(MlTree *tree, const char *folder, GPtrArray *entries, GError **error)
{
    WorkTree *work = (WorkTree *)tree;
    gboolean is_on_disk = ml_disk_look(tree->root, folder, NULL) == ML_ENTRY_FOLDER ||
                          left_out_kind(work, folder) == ML_ENTRY_ABSENT;
    if (is_on_disk && !ml_disk_list(tree->root, folder, entries, error))
        return FALSE;
    g_mutex_lock(&tree->repository->lock);
    hide_ignored(work, folder, entries);
    g_mutex_unlock(&tree->repository->lock);
    return add_left_out(work, folder, entries, error);
}

static GBytes *read_file(MlTree *tree, const char *path, MlBlobId *id, GError **error)
{
    WorkTree *work = (WorkTree *)tree;
    if (left_out_kind(work, path) == ML_ENTRY_FILE &&
        ml_disk_look(tree->root, path, NULL) == ML_ENTRY_ABSENT)
        return read_left_out(work, path, id, error);
    return ml_disk_read(tree->root, path, id, error);
}

static gboolean identify(MlTree *tree, const char *path, MlBlobId *id)
{
    WorkTree *work = (WorkTree *)tree;
    const git_index_entry *entry = git_index_get_bypath(work->index, path, 0);
    /* Of what is on the disk, the index speaks for a submodule alone. */
    gboolean is_elsewhere = entry && (entry->mode == GIT_FILEMODE_COMMIT ||
                                      (g_hash_table_contains(work->left_out, path) &&
                                       ml_disk_look(tree->root, path, NULL) == ML_ENTRY_ABSENT));
    if (!is_elsewhere)
        return ml_disk_identify(tree->root, path, id);
    memcpy(id->bytes, entry->id.id, sizeof id->bytes);
    return TRUE;
}

static void clear(MlTree *tree)
{
    WorkTree *work = (WorkTree *)tree;
    git_index_free(work->index);
    g_hash_table_unref(work->left_out);
    g_hash_table_unref(work->left_out_in);
    g_hash_table_unref(work->folder_kinds);
    g_hash_table_unref(work->ignored_folders);
}

static const MlTreeClass class = {look, follow, list, read_file, identify, NULL, clear};

/* Notes a path, and the folders that lead to it. */
static void leave_out(WorkTree *work, const git_index_entry *entry)
{
    g_autofree char *path = g_strdup(entry->path);
    const git_index_entry *what = entry;
    while (*path && !g_hash_table_contains(work->left_out, path)) {
        g_hash_table_insert(work->left_out, g_strdup(path), (gpointer)what);
        char *folder = ml_path_folder(path);
        GHashTable *paths = g_hash_table_lookup(work->left_out_in, folder);
        if (!paths) {
            paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
            g_hash_table_insert(work->left_out_in, g_strdup(folder), paths);
        }
        g_hash_table_add(paths, path);
        path = folder;
        what = NULL;
    }
}

static void find_left_out(WorkTree *work)
{
    gsize count = git_index_entrycount(work->index);
    for (gsize i = 0; i < count; i++) {
        const git_index_entry *entry = git_index_get_byindex(work->index, i);
        if (entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE)
            leave_out(work, entry);
    }
}

MlTree *ml_tree_of_worktree(MlRepository *repository, GError **error)
{
    if (!repository->workdir) {
        g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_REPOSITORY,
                    "the repository is bare and has no working tree: name a commit");
        return NULL;
    }
    g_autofree char *root = ml_disk_root(repository->workdir, error);
    git_index *index = root ? ml_repository_index(repository, error) : NULL;
    if (!index)
        return NULL;
    MlTree *tree = ml_tree_new(&class, sizeof(WorkTree), repository, g_steal_pointer(&root));
    WorkTree *work = (WorkTree *)tree;
    work->index = index;
    work->left_out = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    work->left_out_in =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
    work->folder_kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    work->ignored_folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    find_left_out(work);
    return tree;
}
