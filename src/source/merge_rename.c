/*
 * What renames do to a merge. A look at the folders that differ on all sides
 * tells whether there can be any that matter; only then the rest of what a
 * side changed is gone through for the new names.
 */
#include "source/merge_rename.h"

#include <stdlib.h>
#include <string.h>

/* Entries that are looked at for renames at most; past that there are none. */
#define SCAN_LIMIT 1000000

#define ALL_SIDES 7
#define BIT(side) (1 << (side))

/* --- the scan ------------------------------------------------------------ */

typedef struct {
    char *path;
    MlMergeNode *node;
    guint mask;
} Deferred;

static void deferred_free(gpointer data)
{
    Deferred *deferred = data;
    g_free(deferred->path);
    g_free(deferred);
}

static guint file_mask(const MlMergeNode *node)
{
    guint mask = 0;
    for (int side = 0; side < ML_SIDES; side++) {
        MlEntryKind kind = node->versions[side].kind;
        mask |= kind != ML_ENTRY_ABSENT && kind != ML_ENTRY_FOLDER ? BIT(side) : 0;
    }
    return mask;
}

static guint folder_mask(const MlMergeNode *node)
{
    guint mask = 0;
    for (int side = 0; side < ML_SIDES; side++)
        mask |= ml_version_is(&node->versions[side], ML_ENTRY_FOLDER) ? BIT(side) : 0;
    return mask;
}

static int other_side(int side)
{
    return ML_OURS + ML_THEIRS - side;
}

static void note(GPtrArray *files, const char *path, MlVersion *version, gboolean is_changed,
                 gboolean matters)
{
    if (!ml_version_is(version, ML_ENTRY_FILE))
        return;
    MlRenamed *file = ml_renamed_new(path, version);
    file->is_changed = is_changed;
    file->matters = matters;
    g_ptr_array_add(files, file);
}

/* A file that is not on all sides: gone from one, or added to one. */
static void note_file(MlRenameScan *scan, MlMergeNode *node, const char *path, guint mask)
{
    guint files = file_mask(node);
    if (files == 0 || files == ALL_SIDES)
        return;
    for (int side = ML_OURS; side <= ML_THEIRS; side++) {
        MlSideChange *change = &scan->sides[side];
        if ((files & BIT(ML_BASE)) && !(files & BIT(side))) {
            gboolean is_changed = !ml_merge_tree_same(node, path, ML_BASE, other_side(side));
            gboolean matters = is_changed || mask == ALL_SIDES;
            note(change->gone, path, &node->versions[ML_BASE], is_changed, matters);
            change->matters |= matters;
        } else if (!(files & BIT(ML_BASE)) && (files & BIT(side))) {
            note(change->added, path, &node->versions[side], FALSE, FALSE);
        }
    }
}

/*
 * The mask tells of a folder that one side removed: it is the bit of the other
 * side; or of all, once that side is seen to add a file right in it. Then
 * everything gone from there matters, since it tells where the folder went.
 */
static guint mask_of(const MlMergeNode *node, guint mask)
{
    guint folders = folder_mask(node);
    gboolean is_removed =
        folders == (BIT(ML_BASE) | BIT(ML_OURS)) || folders == (BIT(ML_BASE) | BIT(ML_THEIRS));
    return mask != ALL_SIDES && is_removed ? folders & ~BIT(ML_BASE) : mask;
}

static guint widen_mask(GHashTable *children, guint mask)
{
    GHashTableIter iterator;
    gpointer child;
    g_hash_table_iter_init(&iterator, children);
    while (g_hash_table_iter_next(&iterator, NULL, &child))
        if (mask && file_mask(child) == mask)
            return ALL_SIDES;
    return mask;
}

static void note_removed(MlRenameScan *scan, int side, const char *folder, MlRemoved removed)
{
    GHashTable *known = scan->sides[side].removed;
    if (GPOINTER_TO_INT(g_hash_table_lookup(known, folder)) < (int)removed)
        g_hash_table_insert(known, g_strdup(folder), GINT_TO_POINTER(removed));
}

static void note_folder(MlRenameScan *scan, const MlMergeNode *node, const char *path, guint mask)
{
    guint folders = folder_mask(node);
    if (mask != ALL_SIDES || !(folders & BIT(ML_BASE)))
        return;
    for (int side = ML_OURS; side <= ML_THEIRS; side++)
        if (!(folders & BIT(side)))
            note_removed(scan, side, path, ML_REMOVED_WITHIN);
}

static void note_added(MlRenameScan *scan, const MlMergeNode *child, const char *folder)
{
    guint files = file_mask(child);
    if (files == BIT(ML_OURS) || files == BIT(ML_THEIRS))
        note_removed(scan, files == BIT(ML_OURS) ? ML_THEIRS : ML_OURS, folder, ML_REMOVED_ITSELF);
}

/* The side that alone changed a folder, -1 if both did. */
static int only_changed_by(MlMergeNode *node, const char *path)
{
    guint folders = folder_mask(node);
    if (file_mask(node) == 0 && (folders == BIT(ML_OURS) || folders == BIT(ML_THEIRS)))
        return folders == BIT(ML_OURS) ? ML_OURS : ML_THEIRS;
    if (ml_merge_tree_same(node, path, ML_BASE, ML_OURS))
        return ML_THEIRS;
    return ml_merge_tree_same(node, path, ML_BASE, ML_THEIRS) ? ML_OURS : -1;
}

static gboolean scan_folder(MlRenameScan *scan, MlMergeNode *node, const char *path, guint mask,
                            gboolean defers, GError **error);

static gboolean scan_child(MlRenameScan *scan, MlMergeNode *node, const char *path, guint mask,
                           gboolean defers, GError **error)
{
    note_file(scan, node, path, mask);
    if (!folder_mask(node))
        return TRUE;
    guint below = mask_of(node, mask);
    note_folder(scan, node, path, below);
    int side = defers && below != ALL_SIDES ? only_changed_by(node, path) : -1;
    if (side < 0)
        return scan_folder(scan, node, path, below, defers, error);
    Deferred *deferred = g_new(Deferred, 1);
    *deferred = (Deferred){g_strdup(path), node, below};
    g_ptr_array_add(scan->sides[side].deferred, deferred);
    return TRUE;
}

/* Asks no tree: for that the path would be wanted. */
static gboolean is_unchanged(MlMergeNode *node)
{
    return node->versions[ML_BASE].has_id && node->versions[ML_OURS].has_id &&
           node->versions[ML_THEIRS].has_id && ml_merge_tree_same(node, "", ML_BASE, ML_OURS) &&
           ml_merge_tree_same(node, "", ML_BASE, ML_THEIRS);
}

static gboolean scan_folder(MlRenameScan *scan, MlMergeNode *node, const char *path, guint mask,
                            gboolean defers, GError **error)
{
    if (!ml_merge_tree_open(scan->merge, node, path, error))
        return FALSE;
    const guint wide = widen_mask(node->children, mask);
    GHashTableIter iterator;
    gpointer name, child;
    g_hash_table_iter_init(&iterator, node->children);
    while (g_hash_table_iter_next(&iterator, &name, &child)) {
        if (++scan->seen > SCAN_LIMIT)
            return TRUE;
        if (wide == ALL_SIDES)
            note_added(scan, child, path);
        if (is_unchanged(child))
            continue;
        g_autofree char *below = ml_path_join(path, name);
        if (!scan_child(scan, child, below, wide, defers, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean scan_deferred(MlRenameScan *scan, const MlSideChange *change, GError **error)
{
    for (guint i = 0; i < change->deferred->len; i++) {
        const Deferred *deferred = change->deferred->pdata[i];
        if (!scan_folder(scan, deferred->node, deferred->path, deferred->mask, FALSE, error))
            return FALSE;
    }
    return TRUE;
}

static gint compare_paths(gconstpointer left, gconstpointer right)
{
    const MlRenamed *const *a = left;
    const MlRenamed *const *b = right;
    return strcmp((*a)->path, (*b)->path);
}

static gboolean find_renames(MlRenameScan *scan, GError **error)
{
    if (!scan_folder(scan, scan->merge->root, "", 0, TRUE, error))
        return FALSE;
    for (int side = ML_OURS; side <= ML_THEIRS; side++) {
        MlSideChange *change = &scan->sides[side];
        if (!change->matters)
            continue;
        if (!scan_deferred(scan, change, error))
            return FALSE;
        g_ptr_array_sort(change->gone, compare_paths);
        g_ptr_array_sort(change->added, compare_paths);
        if (scan->seen <= SCAN_LIMIT)
            ml_renames_find(change->gone, change->added);
    }
    return TRUE;
}

/* --- what they do -------------------------------------------------------- */

static gboolean is_file(const MlVersion *version)
{
    return version->kind != ML_ENTRY_ABSENT && version->kind != ML_ENTRY_FOLDER;
}

/* Nothing is left at the old name but what may be a folder there now. */
static void leave(MlMergeNode *node)
{
    for (int side = 0; side < ML_SIDES; side++)
        if (is_file(&node->versions[side]))
            ml_version_clear(&node->versions[side]);
}

static void set_merged(MlVersion *version, GBytes *merged)
{
    g_clear_pointer(&version->bytes, g_bytes_unref);
    version->bytes = g_bytes_ref(merged);
    version->has_id = FALSE;
}

/* Merges versions that stand at different paths. */
static GBytes *merge_across(const MlMergeTree *merge, const MlVersion *const versions[ML_SIDES],
                            const char *const paths[ML_SIDES], gboolean *conflicts, GError **error)
{
    MlVersion copies[ML_SIDES] = {{0}};
    MlVersion *pointers[ML_SIDES];
    for (int side = 0; side < ML_SIDES; side++) {
        ml_version_move(&copies[side], versions[side], paths[side]);
        pointers[side] = &copies[side];
    }
    GBytes *merged = ml_merge_tree_versions(merge, pointers, "", 1, conflicts, error);
    for (int side = 0; side < ML_SIDES; side++)
        ml_version_clear(&copies[side]);
    return merged;
}

/* One side renamed a file, and there is one at its new name on the other side. */
static gboolean collide(const MlMergeTree *merge, MlMergeNode *old, const char *old_path,
                        MlMergeNode *new, const char *new_path, int side, GError **error)
{
    const MlVersion *versions[ML_SIDES];
    const char *paths[ML_SIDES];
    for (int i = 0; i < ML_SIDES; i++) {
        versions[i] = i == side ? &new->versions[i] : &old->versions[i];
        paths[i] = i == side ? new_path : old_path;
    }
    gboolean conflicts;
    g_autoptr(GBytes) merged = merge_across(merge, versions, paths, &conflicts, error);
    if (merged)
        set_merged(&new->versions[side], merged);
    return merged != NULL;
}

static gboolean rename_on_one_side(MlMergeTree *merge, const char *old_path, const char *new_path,
                                   int side, GError **error)
{
    int other = other_side(side);
    MlMergeNode *old = ml_merge_tree_node(merge, old_path, error);
    MlMergeNode *new = old ? ml_merge_tree_node(merge, new_path, error) : NULL;
    if (!new)
        return FALSE;
    gboolean is_deleted = !is_file(&old->versions[other]);
    gboolean is_taken = is_file(&new->versions[other]);
    /* Where the other side has made something else of it, nothing can be merged. */
    if (!is_deleted && !ml_version_is(&old->versions[other], ML_ENTRY_FILE))
        return TRUE;
    if (is_taken && !is_deleted && !collide(merge, old, old_path, new, new_path, side, error))
        return FALSE;
    if (is_deleted)
        new->moved = ML_CONFLICT_DELETED;
    if (!is_taken) {
        ml_version_move(&new->versions[ML_BASE], &old->versions[ML_BASE], old_path);
        if (!is_deleted)
            ml_version_move(&new->versions[other], &old->versions[other], old_path);
    }
    leave(old);
    return TRUE;
}

/* Each side's name gets the merge of both; or what it has, where that cannot be merged at all. */
static gboolean rename_apart(const MlMergeTree *merge, MlMergeNode *old, const char *old_path,
                             MlMergeNode *const new[ML_SIDES],
                             const char *const new_paths[ML_SIDES], GError **error)
{
    const MlVersion *versions[ML_SIDES] = {&old->versions[ML_BASE],
                                           &new[ML_OURS]->versions[ML_OURS],
                                           &new[ML_THEIRS]->versions[ML_THEIRS]};
    const char *paths[ML_SIDES] = {old_path, new_paths[ML_OURS], new_paths[ML_THEIRS]};
    gboolean conflicts;
    g_autoptr(GBytes) merged = merge_across(merge, versions, paths, &conflicts, error);
    if (!merged)
        return FALSE;
    gboolean is_merged = !conflicts || !ml_content_is_binary(merged);
    old->moved = ML_CONFLICT_RENAMED;
    for (int side = ML_OURS; side <= ML_THEIRS; side++) {
        if (is_merged)
            set_merged(&new[side]->versions[side], merged);
        new[side]->moved = ML_CONFLICT_RENAMED;
    }
    return TRUE;
}

static gboolean rename_on_both_sides(MlMergeTree *merge, const char *old_path,
                                     const char *const new_paths[ML_SIDES], GError **error)
{
    MlMergeNode *new[ML_SIDES] = {NULL};
    MlMergeNode *old = ml_merge_tree_node(merge, old_path, error);
    for (int side = ML_OURS; side <= ML_THEIRS; side++)
        if (!old || !(new[side] = ml_merge_tree_node(merge, new_paths[side], error)))
            return FALSE;
    if (new[ML_OURS] != new[ML_THEIRS])
        return rename_apart(merge, old, old_path, new, new_paths, error);
    ml_version_move(&new[ML_OURS]->versions[ML_BASE], &old->versions[ML_BASE], old_path);
    leave(old);
    return TRUE;
}

/* What a file became on a side; NULL if it was not renamed there. */
static const char *new_name(const MlSideChange *change, const char *path)
{
    const MlRenamed wanted = {.path = (char *)path};
    const MlRenamed *key = &wanted;
    if (!change->gone->len)
        return NULL;
    const MlRenamed *const *found =
        bsearch(&key, change->gone->pdata, change->gone->len, sizeof(gpointer), compare_paths);
    return found && (*found)->partner >= 0
               ? ((MlRenamed *)change->added->pdata[(*found)->partner])->path
               : NULL;
}

static gboolean make_rename(MlRenameScan *scan, const MlRenamed *gone, int side, GError **error)
{
    const char *names[ML_SIDES] = {NULL, new_name(&scan->sides[ML_OURS], gone->path),
                                   new_name(&scan->sides[ML_THEIRS], gone->path)};
    if (!names[side])
        return TRUE;
    if (!names[other_side(side)])
        return rename_on_one_side(scan->merge, gone->path, names[side], side, error);
    return side == ML_THEIRS || rename_on_both_sides(scan->merge, gone->path, names, error);
}

static gboolean make_renames(MlRenameScan *scan, GError **error)
{
    for (int side = ML_OURS; side <= ML_THEIRS; side++) {
        const GPtrArray *gone = scan->sides[side].gone;
        /* What the other side has not touched is renamed anyway, without a merge. */
        for (guint i = 0; scan->sides[side].matters && i < gone->len; i++) {
            const MlRenamed *file = gone->pdata[i];
            if (file->is_changed && !make_rename(scan, file, side, error))
                return FALSE;
        }
    }
    return TRUE;
}

gboolean ml_merge_tree_plan(MlMergeTree *merge, GError **error)
{
    MlRenameScan scan = {.merge = merge};
    for (int side = ML_OURS; side <= ML_THEIRS; side++) {
        MlSideChange *change = &scan.sides[side];
        change->gone = g_ptr_array_new_with_free_func((GDestroyNotify)ml_renamed_free);
        change->added = g_ptr_array_new_with_free_func((GDestroyNotify)ml_renamed_free);
        change->deferred = g_ptr_array_new_with_free_func(deferred_free);
        change->removed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    }
    gboolean planned = find_renames(&scan, error) &&
                       (merge->depth > 0 || ml_merge_tree_follow_folders(&scan, error)) &&
                       make_renames(&scan, error);
    for (int side = ML_OURS; side <= ML_THEIRS; side++) {
        MlSideChange *change = &scan.sides[side];
        g_ptr_array_unref(change->gone);
        g_ptr_array_unref(change->added);
        g_ptr_array_unref(change->deferred);
        g_hash_table_unref(change->removed);
    }
    return planned;
}
