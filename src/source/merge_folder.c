/*
 * Folders that one side renamed as a whole while the other put files into
 * them. git moves these along and, as it is set by default, asks for them to be
 * looked at.
 */
#include "source/merge_rename.h"

#include <string.h>

/* Where one side's folders went: old -> new; NULL where they went apart. */
typedef GHashTable FolderNames;

/* --- where a folder went ------------------------------------------------- */

static void count(GHashTable *counts, const char *old, const char *new)
{
    GHashTable *targets = g_hash_table_lookup(counts, old);
    if (!targets) {
        targets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_insert(counts, g_strdup(old), targets);
    }
    guint before = GPOINTER_TO_UINT(g_hash_table_lookup(targets, new));
    g_hash_table_insert(targets, g_strdup(new), GUINT_TO_POINTER(before + 1));
}

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* A file's new folder speaks for those above too, as long as they end alike. */
static void count_rename(const MlSideChange *change, GHashTable *counts, const char *old_path,
                         const char *new_path)
{
    g_autofree char *old = ml_path_folder(old_path);
    g_autofree char *new = ml_path_folder(new_path);
    int removed;
    while ((removed = GPOINTER_TO_INT(g_hash_table_lookup(change->removed, old)))) {
        if (removed == ML_REMOVED_ITSELF)
            count(counts, old, new);
        if (!*old || !*new || strcmp(last_name(old), last_name(new)) != 0)
            return;
        char *above = ml_path_folder(old);
        g_free(old);
        old = above;
        above = ml_path_folder(new);
        g_free(new);
        new = above;
    }
}

/* The folder that most went to, NULL if that is not one. */
static char *most_frequent(GHashTable *targets)
{
    guint most = 0;
    const char *best = NULL;
    GHashTableIter iterator;
    gpointer target, value;
    g_hash_table_iter_init(&iterator, targets);
    while (g_hash_table_iter_next(&iterator, &target, &value)) {
        guint times = GPOINTER_TO_UINT(value);
        if (times == most)
            best = NULL;
        if (times > most)
            best = target;
        most = MAX(most, times);
    }
    return g_strdup(best);
}

static FolderNames *find_names(const MlSideChange *change)
{
    FolderNames *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) counts =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
    for (guint i = 0; i < change->gone->len; i++) {
        const MlRenamed *gone = change->gone->pdata[i];
        if (gone->partner >= 0)
            count_rename(change, counts, gone->path,
                         ((MlRenamed *)change->added->pdata[gone->partner])->path);
    }
    GHashTableIter iterator;
    gpointer old, targets;
    g_hash_table_iter_init(&iterator, counts);
    while (g_hash_table_iter_next(&iterator, &old, &targets))
        g_hash_table_insert(names, g_strdup(old), most_frequent(targets));
    return names;
}

/* A folder that both sides renamed tells nothing. */
static void drop_common(FolderNames *ours, FolderNames *theirs)
{
    GHashTableIter iterator;
    gpointer old, new;
    g_hash_table_iter_init(&iterator, ours);
    while (g_hash_table_iter_next(&iterator, &old, &new)) {
        if (new &&g_hash_table_lookup(theirs, old)) {
            g_hash_table_remove(theirs, old);
            g_hash_table_iter_remove(&iterator);
        }
    }
}

/* --- what goes along ----------------------------------------------------- */

/* The innermost folder of a path that has a new name; else one that went apart; else NULL. */
static char *find_renamed_folder(FolderNames *names, const char *path, const char **new)
{
    g_autofree char *folder = ml_path_folder(path);
    g_autofree char *apart = NULL;
    *new = NULL;
    while (*folder) {
        gboolean is_known = g_hash_table_lookup_extended(names, folder, NULL, (gpointer *)new);
        if (*new)
            return g_steal_pointer(&folder);
        if (is_known && !apart)
            apart = g_strdup(folder);
        char *above = ml_path_folder(folder);
        g_free(folder);
        folder = above;
    }
    return g_steal_pointer(&apart);
}

/* One file that was put into a folder which the other side renamed. */
typedef struct {
    MlRenamed *file;
    char *folder; /* the new one; NULL if it is not known */
    char *path;   /* the new one; NULL likewise */
} Follower;

static void follower_free(gpointer data)
{
    Follower *follower = data;
    g_free(follower->folder);
    g_free(follower->path);
    g_free(follower);
}

static GPtrArray *find_followers(const MlSideChange *change, FolderNames *names)
{
    GPtrArray *followers = g_ptr_array_new_with_free_func(follower_free);
    for (guint i = 0; i < change->added->len; i++) {
        MlRenamed *file = change->added->pdata[i];
        const char *new;
        g_autofree char *old = find_renamed_folder(names, file->path, &new);
        if (!old)
            continue;
        Follower *follower = g_new0(Follower, 1);
        follower->file = file;
        follower->folder = g_strdup(new);
        follower->path = new ? ml_path_join(new, file->path + strlen(old) + 1) : NULL;
        g_ptr_array_add(followers, follower);
    }
    return followers;
}

static gboolean is_only_one(const GPtrArray *followers, const Follower *follower)
{
    guint times = 0;
    for (guint i = 0; i < followers->len; i++)
        times += g_strcmp0(((Follower *)followers->pdata[i])->path, follower->path) == 0;
    return times == 1;
}

static gboolean follow(MlMergeTree *merge, const GPtrArray *followers, const Follower *follower,
                       int side, GError **error)
{
    MlRenamed *file = follower->file;
    MlMergeNode *from = ml_merge_tree_node(merge, file->path, error);
    MlMergeNode *to =
        from && follower->path ? ml_merge_tree_node(merge, follower->path, error) : NULL;
    if (!from || (follower->path && !to))
        return FALSE;
    if (!to || to->versions[side].kind != ML_ENTRY_ABSENT || !is_only_one(followers, follower)) {
        from->moved = ML_CONFLICT_FOLDER;
        return TRUE;
    }
    ml_version_move(&to->versions[side], &from->versions[side], file->path);
    ml_version_clear(&from->versions[side]);
    to->moved = ML_CONFLICT_FOLDER;
    file->version = &to->versions[side];
    g_free(file->path);
    file->path = g_strdup(follower->path);
    return TRUE;
}

/* Nothing goes into a folder that its own side has renamed. */
static gboolean follow_all(MlMergeTree *merge, const MlSideChange *change, FolderNames *own,
                           FolderNames *names, int side, GError **error)
{
    g_autoptr(GPtrArray) followers = find_followers(change, names);
    for (guint i = 0; i < followers->len; i++) {
        const Follower *follower = followers->pdata[i];
        if (follower->folder && g_hash_table_lookup(own, follower->folder))
            continue;
        if (!follow(merge, followers, follower, side, error))
            return FALSE;
    }
    return TRUE;
}

gboolean ml_merge_tree_follow_folders(MlRenameScan *scan, GError **error)
{
    const MlSideChange *sides = scan->sides;
    g_autoptr(GHashTable) ours = find_names(&sides[ML_OURS]);
    g_autoptr(GHashTable) theirs = find_names(&sides[ML_THEIRS]);
    drop_common(ours, theirs);
    return follow_all(scan->merge, &sides[ML_OURS], ours, theirs, ML_OURS, error) &&
           follow_all(scan->merge, &sides[ML_THEIRS], theirs, ours, ML_THEIRS, error);
}
