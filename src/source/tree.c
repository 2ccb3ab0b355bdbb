/* The questions that every tree answers, whatever it is made of. */
#include "source/tree.h"

#include <string.h>

/* Bounds for paths: the system's for the bytes, and one that no project reaches for the folders. */
#define PATH_LIMIT  4096
#define DEPTH_LIMIT 256
/* Folders that a tree remembers at most. */
#define FOLDER_LIMIT 10000
/* As many links as the system follows. */
#define LINK_LIMIT 40

MlTree *ml_tree_new(const MlTreeClass *class, gsize size, MlRepository *repository, char *root)
{
    MlTree *tree = g_malloc0(size);
    tree->class = class;
    g_atomic_ref_count_init(&tree->references);
    tree->repository = repository ? ml_repository_ref(repository) : NULL;
    tree->root = root;
    tree->folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_mutex_init(&tree->lock);
    return tree;
}

MlTree *ml_tree_ref(MlTree *tree)
{
    g_atomic_ref_count_inc(&tree->references);
    return tree;
}

void ml_tree_unref(MlTree *tree)
{
    if (!tree || !g_atomic_ref_count_dec(&tree->references))
        return;
    tree->class->clear(tree);
    ml_repository_unref(tree->repository);
    g_free(tree->root);
    g_free(tree->commit);
    g_hash_table_unref(tree->folders);
    g_mutex_clear(&tree->lock);
    g_free(tree);
}

const char *ml_tree_root(const MlTree *tree)
{
    return tree->root;
}

const char *ml_tree_commit(const MlTree *tree)
{
    return tree->commit;
}

char *ml_path_join(const char *folder, const char *name)
{
    return *folder ? g_strconcat(folder, "/", name, NULL) : g_strdup(name);
}

char *ml_path_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? g_strndup(path, slash - path) : g_strdup("");
}

char *ml_path_follow(const char *path, GBytes *text)
{
    gsize length;
    const char *data = g_bytes_get_data(text, &length);
    if (length == 0 || *data == '/' || memchr(data, '\0', length))
        return NULL;
    g_autofree char *target = g_strndup(data, length);
    g_autofree char *folder = ml_path_folder(path);
    return ml_path_join(folder, target);
}

static gboolean is_within_bounds(const char *path)
{
    gsize depth = 1;
    gsize length = 0;
    for (; path[length] && length < PATH_LIMIT; length++)
        depth += path[length] == '/';
    return length < PATH_LIMIT && depth <= DEPTH_LIMIT;
}

/* What a path has been resolved to so far, and what is left of it. */
typedef struct {
    char *real;
    char *rest;
    MlEntryKind kind;
    int links;
} Walk;

static void walk_clear(Walk *walk)
{
    g_free(walk->real);
    g_free(walk->rest);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Walk, walk_clear)

/* A step that leads nowhere; FALSE, so that a caller can return it. */
static gboolean walk_fails(Walk *walk)
{
    walk->kind = ML_ENTRY_ABSENT;
    return FALSE;
}

static gboolean walk_up(Walk *walk)
{
    if (!*walk->real)
        return walk_fails(walk);
    char *folder = ml_path_folder(walk->real);
    g_free(walk->real);
    walk->real = folder;
    walk->kind = ML_ENTRY_FOLDER;
    return TRUE;
}

static gboolean walk_link(Walk *walk, MlTree *tree, const char *link, GError **error)
{
    if (++walk->links > LINK_LIMIT)
        return walk_fails(walk);
    g_autofree char *target = tree->class->follow(tree, link, error);
    if (!target || strlen(target) >= PATH_LIMIT)
        return walk_fails(walk);
    char *rest = g_strconcat(target, "/", walk->rest, NULL);
    g_free(walk->rest);
    walk->rest = rest;
    g_free(walk->real);
    walk->real = g_strdup("");
    walk->kind = ML_ENTRY_FOLDER;
    return TRUE;
}

static gboolean walk_down(Walk *walk, MlTree *tree, const char *name, GError **error)
{
    g_autofree char *path = ml_path_join(walk->real, name);
    if (strcmp(name, ".git") == 0 || !is_within_bounds(path))
        return walk_fails(walk);
    walk->kind = tree->class->look(tree, path, error);
    if (walk->kind == ML_ENTRY_LINK)
        return walk_link(walk, tree, path, error);
    g_free(walk->real);
    walk->real = g_steal_pointer(&path);
    return walk->kind != ML_ENTRY_ABSENT;
}

/* Takes one component off the rest of the path and goes there. */
static gboolean walk_step(Walk *walk, MlTree *tree, GError **error)
{
    gsize length = strcspn(walk->rest, "/");
    g_autofree char *name = g_strndup(walk->rest, length);
    gsize taken = length + (walk->rest[length] == '/');
    memmove(walk->rest, walk->rest + taken, strlen(walk->rest + taken) + 1);
    if (!*name)
        return TRUE;
    /* A submodule is a folder that nothing is found in, and a file is none. */
    if (walk->kind == ML_ENTRY_SUBMODULE && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
        return walk_fails(walk);
    if (walk->kind == ML_ENTRY_FILE)
        return walk_fails(walk);
    if (strcmp(name, ".") == 0)
        return TRUE;
    return strcmp(name, "..") == 0 ? walk_up(walk) : walk_down(walk, tree, name, error);
}

/* Where the folder is that `path` begins with; FALSE if nobody has walked to it. */
static gboolean recall_folder(MlTree *tree, const char *path, gsize length, Walk *walk)
{
    g_autofree char *folder = g_strndup(path, length);
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&tree->lock);
    gpointer real;
    if (!g_hash_table_lookup_extended(tree->folders, folder, NULL, &real))
        return FALSE;
    *walk = (Walk){g_strdup(real), g_strdup(path + length + 1),
                   real ? ML_ENTRY_FOLDER : ML_ENTRY_ABSENT, 0};
    return TRUE;
}

static void note_folder(MlTree *tree, const char *path, gsize length, const Walk *walk)
{
    const char *real = walk->kind == ML_ENTRY_ABSENT ? NULL : walk->real;
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&tree->lock);
    if (g_hash_table_size(tree->folders) >= FOLDER_LIMIT)
        g_hash_table_remove_all(tree->folders);
    g_hash_table_replace(tree->folders, g_strndup(path, length), g_strdup(real));
}

/* From the last folder on the way that somebody has walked to. */
static Walk walk_from_known(MlTree *tree, const char *path)
{
    Walk walk;
    for (const char *end = strrchr(path, '/'); end; end = g_strrstr_len(path, end - path, "/"))
        if (recall_folder(tree, path, end - path, &walk))
            return walk;
    return (Walk){g_strdup(""), g_strdup(path), ML_ENTRY_FOLDER, 0};
}

/*
 * Goes as far as to the folder that holds what `path` names. What a link has led to is noted for
 * the whole of that alone: what is left to be walked is no longer the end of the path.
 */
static Walk walk_to_folder(MlTree *tree, const char *path, GError **error)
{
    GError *failure = NULL;
    Walk walk = walk_from_known(tree, path);
    while (walk.kind != ML_ENTRY_ABSENT && strchr(walk.rest, '/')) {
        walk_step(&walk, tree, &failure);
        gboolean is_sure =
            walk.kind == ML_ENTRY_FOLDER || (walk.kind == ML_ENTRY_ABSENT && !failure);
        if (is_sure && (walk.links == 0 || !strchr(walk.rest, '/')))
            note_folder(tree, path, strlen(path) - strlen(walk.rest) - 1, &walk);
    }
    if (failure)
        g_propagate_error(error, failure);
    return walk;
}

/* The real path, or NULL with `error` set only if the tree itself could not be read. */
static char *resolve(MlTree *tree, const char *path, MlEntryKind *kind, GError **error)
{
    *kind = ML_ENTRY_ABSENT;
    if (*path == '/' || strlen(path) >= PATH_LIMIT)
        return NULL;
    g_auto(Walk) walk = walk_to_folder(tree, path, error);
    while (walk.kind != ML_ENTRY_ABSENT && *walk.rest && walk_step(&walk, tree, error))
        ;
    *kind = walk.kind;
    return walk.kind == ML_ENTRY_ABSENT ? NULL : g_steal_pointer(&walk.real);
}

/* The same, where anything but `wanted` is an error. */
static char *resolve_to(MlTree *tree, const char *path, MlEntryKind wanted, GError **error)
{
    MlEntryKind kind;
    GError *failure = NULL;
    g_autofree char *real = resolve(tree, path, &kind, &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return NULL;
    }
    if (kind == wanted)
        return g_steal_pointer(&real);
    g_autofree char *name = ml_display_name(path);
    g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_NOT_FOUND,
                wanted == ML_ENTRY_FILE ? "there is no file '%s': check the path"
                                        : "there is no folder '%s': check the path",
                name);
    return NULL;
}

char *ml_tree_resolve(MlTree *tree, const char *path, MlEntryKind *kind)
{
    MlEntryKind found;
    g_autoptr(GError) failure = NULL;
    char *real = resolve(tree, path, &found, &failure);
    if (kind)
        *kind = found;
    return real;
}

static gboolean is_kind(MlTree *tree, const char *path, MlEntryKind wanted)
{
    MlEntryKind kind;
    g_autofree char *real = ml_tree_resolve(tree, path, &kind);
    return real && kind == wanted;
}

gboolean ml_tree_is_file(MlTree *tree, const char *path)
{
    return is_kind(tree, path, ML_ENTRY_FILE);
}

gboolean ml_tree_is_folder(MlTree *tree, const char *path)
{
    return is_kind(tree, path, ML_ENTRY_FOLDER);
}

void ml_entries_add(GPtrArray *entries, const char *name, MlEntryKind kind, const guint8 *id)
{
    const gsize size = strlen(name) + 1;
    MlListed *listed = g_malloc0(sizeof(MlListed) + size);
    listed->entry = (MlEntry){memcpy(listed->name, name, size), kind};
    listed->has_id = id != NULL;
    if (id)
        memcpy(listed->id.bytes, id, sizeof listed->id.bytes);
    g_ptr_array_add(entries, listed);
}

static int compare_entries(gconstpointer left, gconstpointer right)
{
    const MlEntry *const *a = left;
    const MlEntry *const *b = right;
    return strcmp((*a)->name, (*b)->name);
}

/* A git tree can hold names that no system would: they are no way out of it. */
static gboolean is_listed(const MlEntry *entry, gsize room)
{
    return entry->kind != ML_ENTRY_ABSENT && *entry->name && strlen(entry->name) < room &&
           !strchr(entry->name, '/') && strcmp(entry->name, ".") != 0 &&
           strcmp(entry->name, "..") != 0 && strcmp(entry->name, ".git") != 0;
}

/* Bytes that a name in the folder may have, and its end; 0 if the folder is too deep for any. */
static gsize room_in(const char *folder)
{
    g_autofree char *path = ml_path_join(folder, "x");
    return is_within_bounds(path) ? PATH_LIMIT - strlen(path) + 1 : 0;
}

GPtrArray *ml_tree_entries(MlTree *tree, const char *folder, GError **error)
{
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(g_free);
    const gsize room = room_in(folder);
    if (!tree->class->list(tree, folder, entries, error))
        return NULL;
    for (guint i = entries->len; i-- > 0;)
        if (!is_listed(entries->pdata[i], room))
            g_ptr_array_remove_index_fast(entries, i);
    return g_steal_pointer(&entries);
}

GPtrArray *ml_tree_list(MlTree *tree, const char *folder, GError **error)
{
    g_autofree char *real = resolve_to(tree, folder, ML_ENTRY_FOLDER, error);
    GPtrArray *entries = real ? ml_tree_entries(tree, real, error) : NULL;
    if (entries)
        g_ptr_array_sort(entries, compare_entries);
    return entries;
}

GBytes *ml_tree_read(MlTree *tree, const char *path, MlBlobId *id, GError **error)
{
    g_autofree char *real = resolve_to(tree, path, ML_ENTRY_FILE, error);
    return real ? tree->class->read(tree, real, id, error) : NULL;
}

/* The real path of what stands at `path`, were it a link itself; what is not there is named below
 * the folder that would hold it. */
static char *resolve_folder(MlTree *tree, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return ml_tree_resolve(tree, path, NULL);
    if (*path == '/' || strlen(path) >= PATH_LIMIT || strcmp(name, ".git") == 0)
        return NULL;
    g_auto(Walk) walk = walk_to_folder(tree, path, NULL);
    if (walk.kind != ML_ENTRY_FOLDER)
        return NULL;
    g_autofree char *joined = ml_path_join(walk.real, name);
    return is_within_bounds(joined) ? g_steal_pointer(&joined) : NULL;
}

gboolean ml_tree_identify(MlTree *tree, const char *path, MlBlobId *id)
{
    g_autofree char *real = resolve_folder(tree, path);
    return real && tree->class->identify(tree, real, id);
}

MlConflict ml_tree_conflict(MlTree *tree, const char *path)
{
    if (!tree->class->conflict)
        return ML_CONFLICT_NONE;
    g_autofree char *real = resolve_folder(tree, path);
    return tree->class->conflict(tree, real ? real : path);
}
