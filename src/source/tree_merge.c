/*
 * What git would merge, resolved where it is looked at. The order of the
 * questions asked of a path is git's own (its "ort" strategy).
 */
#include "source/merge.h"

#include <string.h>

/* Folders that are looked into at most: a tree can name the same one again and again. */
#define OPEN_LIMIT 100000

/* --- versions ------------------------------------------------------------ */

gboolean ml_version_is(const MlVersion *version, MlEntryKind kind)
{
    return version->kind == kind;
}

void ml_version_clear(MlVersion *version)
{
    g_free(version->path);
    g_clear_pointer(&version->bytes, g_bytes_unref);
    memset(version, 0, sizeof *version);
}

void ml_version_move(MlVersion *to, const MlVersion *from, const char *path)
{
    MlVersion copy = *from;
    copy.path = g_strdup(from->path ? from->path : path);
    copy.bytes = from->bytes ? g_bytes_ref(from->bytes) : NULL;
    ml_version_clear(to);
    *to = copy;
}

gboolean ml_version_identify(MlVersion *version, const char *path)
{
    if (version->has_id || version->kind == ML_ENTRY_ABSENT || version->kind == ML_ENTRY_FOLDER)
        return version->has_id;
    const char *place = version->path ? version->path : path;
    if (version->bytes) {
        ml_blob_id(version->bytes, &version->id);
        version->has_id = TRUE;
    } else {
        version->has_id = version->tree->class->identify(version->tree, place, &version->id);
    }
    return version->has_id;
}

GBytes *ml_version_read(const MlVersion *version, const char *path, GError **error)
{
    if (version->bytes)
        return g_bytes_ref(version->bytes);
    const char *place = version->path ? version->path : path;
    return version->tree->class->read(version->tree, place, NULL, error);
}

/* --- nodes --------------------------------------------------------------- */

static void node_free(gpointer data)
{
    MlMergeNode *node = data;
    for (int side = 0; side < ML_SIDES; side++)
        ml_version_clear(&node->versions[side]);
    g_clear_pointer(&node->children, g_hash_table_unref);
    g_clear_pointer(&node->merged, g_bytes_unref);
    g_free(node);
}

static MlMergeNode *node_new(const char *name)
{
    const gsize size = strlen(name) + 1;
    MlMergeNode *node = g_malloc0(sizeof(MlMergeNode) + size);
    memcpy(node->name, name, size);
    return node;
}

static MlMergeNode *child_of(MlMergeNode *node, const char *name)
{
    MlMergeNode *child = g_hash_table_lookup(node->children, name);
    if (!child) {
        child = node_new(name);
        g_hash_table_insert(node->children, child->name, child);
    }
    return child;
}

static gboolean add_side(MlMergeTree *merge, MlMergeNode *node, const char *path, int side,
                         GError **error)
{
    if (!ml_version_is(&node->versions[side], ML_ENTRY_FOLDER))
        return TRUE;
    MlTree *tree = merge->sides[side];
    g_autoptr(GPtrArray) entries = ml_tree_entries(tree, path, error);
    for (guint i = 0; entries && i < entries->len; i++) {
        const MlListed *listed = entries->pdata[i];
        MlVersion *version = &child_of(node, listed->entry.name)->versions[side];
        version->kind = listed->entry.kind;
        version->has_id = listed->has_id;
        version->id = listed->id;
        version->tree = tree;
    }
    return entries != NULL;
}

gboolean ml_merge_tree_open(MlMergeTree *merge, MlMergeNode *node, const char *path, GError **error)
{
    if (node->children)
        return TRUE;
    if (++merge->opened > OPEN_LIMIT) {
        g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_TOO_LARGE,
                    "more than %d folders differ, which is too much to merge: "
                    "merge the base into the branch first",
                    OPEN_LIMIT);
        return FALSE;
    }
    node->children = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, node_free);
    for (int side = 0; side < ML_SIDES; side++) {
        if (!add_side(merge, node, path, side, error)) {
            g_clear_pointer(&node->children, g_hash_table_unref);
            return FALSE;
        }
    }
    return TRUE;
}

MlMergeNode *ml_merge_tree_node(MlMergeTree *merge, const char *path, GError **error)
{
    MlMergeNode *node = merge->root;
    for (const char *at = path; node && at;) {
        const char *slash = strchr(at, '/');
        g_autofree char *folder = g_strndup(path, at == path ? 0 : at - 1 - path);
        g_autofree char *name = slash ? g_strndup(at, slash - at) : g_strdup(at);
        node->is_forced = TRUE;
        node = ml_merge_tree_open(merge, node, folder, error) ? child_of(node, name) : NULL;
        at = slash ? slash + 1 : NULL;
    }
    if (node)
        node->is_planned = TRUE;
    return node;
}

static gboolean is_at_hand(const MlVersion *version)
{
    return version->has_id || version->kind == ML_ENTRY_ABSENT;
}

gboolean ml_merge_tree_same(MlMergeNode *node, const char *path, int one, int other)
{
    MlVersion *left = &node->versions[one];
    MlVersion *right = &node->versions[other];
    if (left->kind != right->kind)
        return FALSE;
    if (left->kind == ML_ENTRY_ABSENT)
        return TRUE;
    return ml_version_identify(left, path) && ml_version_identify(right, path) &&
           memcmp(left->id.bytes, right->id.bytes, sizeof left->id.bytes) == 0;
}

/* --- one path ------------------------------------------------------------ */

static void settle(MlMergeNode *node, int from, MlConflict conflict)
{
    node->is_resolved = TRUE;
    node->from = from;
    node->kind = from < 0 ? ML_ENTRY_FILE : node->versions[from].kind;
    node->conflict = conflict;
}

/*
 * The side that has all of it where two of the three are the same; -1 if there
 * is none. What costs nothing is compared first, so that nothing on a disk is
 * hashed that only one side has touched.
 */
static int find_winner(MlMergeNode *node, const char *path)
{
    const int pairs[][3] = {{ML_OURS, ML_THEIRS, ML_OURS},
                            {ML_BASE, ML_OURS, ML_THEIRS},
                            {ML_BASE, ML_THEIRS, ML_OURS}};
    for (int at_any_cost = FALSE; at_any_cost <= TRUE; at_any_cost++)
        for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
            const int *pair = pairs[i];
            gboolean is_free =
                is_at_hand(&node->versions[pair[0]]) && is_at_hand(&node->versions[pair[1]]);
            if ((at_any_cost || is_free) && ml_merge_tree_same(node, path, pair[0], pair[1]))
                return pair[2];
        }
    return -1;
}

static gboolean has(const MlMergeNode *node, int side)
{
    return node->versions[side].kind != ML_ENTRY_ABSENT;
}

/* Both sides have something of their own. */
static void settle_both(const MlMergeTree *merge, MlMergeNode *node)
{
    const int taken = merge->depth ? ML_BASE : ML_OURS;
    if (node->versions[ML_OURS].kind != node->versions[ML_THEIRS].kind)
        settle(node, taken, ML_CONFLICT_KIND);
    else if (ml_version_is(&node->versions[ML_OURS], ML_ENTRY_FILE))
        settle(node, -1, node->moved);
    else
        settle(node, taken, has(node, ML_BASE) ? ML_CONFLICT_CONTENT : ML_CONFLICT_ADDED);
}

/* Where no side is a folder. What a rename has left to one side alone is not deleted for it. */
static void settle_files(const MlMergeTree *merge, MlMergeNode *node, const char *path)
{
    gboolean is_left = node->is_planned && !(has(node, ML_OURS) && has(node, ML_THEIRS));
    int winner = is_left ? -1 : find_winner(node, path);
    int only = has(node, ML_OURS) ? ML_OURS : ML_THEIRS;
    if (winner >= 0)
        settle(node, winner, node->moved);
    else if (has(node, ML_OURS) && has(node, ML_THEIRS))
        settle_both(merge, node);
    else if (has(node, only) && has(node, ML_BASE))
        settle(node, merge->depth ? ML_BASE : only,
               node->moved ? node->moved : ML_CONFLICT_DELETED);
    else
        settle(node, only, node->moved);
}

static gboolean resolve(MlMergeTree *merge, MlMergeNode *node, const char *path, GError **error);

/* Whether there is anything in a folder after the merge: git knows no empty ones. */
static gboolean find_content(MlMergeTree *merge, MlMergeNode *node, const char *path,
                             gboolean *found, GError **error)
{
    GHashTableIter iterator;
    gpointer name, child;
    *found = FALSE;
    if (!ml_merge_tree_open(merge, node, path, error))
        return FALSE;
    g_hash_table_iter_init(&iterator, node->children);
    while (!*found && g_hash_table_iter_next(&iterator, &name, &child)) {
        g_autofree char *below = ml_path_join(path, name);
        if (!resolve(merge, child, below, error))
            return FALSE;
        *found = ((MlMergeNode *)child)->kind != ML_ENTRY_ABSENT;
    }
    return TRUE;
}

/* The folder comes first, and a file of the same name is what git would lay beside it. */
static gboolean settle_folder(MlMergeTree *merge, MlMergeNode *node, const char *path,
                              GError **error)
{
    gboolean has_content;
    if (!find_content(merge, node, path, &has_content, error))
        return FALSE;
    MlMergeNode files = *node;
    for (int side = 0; side < ML_SIDES; side++)
        if (ml_version_is(&files.versions[side], ML_ENTRY_FOLDER))
            files.versions[side].kind = ML_ENTRY_ABSENT;
    settle_files(merge, &files, path);
    node->is_resolved = TRUE;
    node->from = has_content ? -1 : files.from;
    node->kind = has_content ? ML_ENTRY_FOLDER : files.kind;
    node->conflict =
        has_content && files.kind != ML_ENTRY_ABSENT ? ML_CONFLICT_KIND : files.conflict;
    return TRUE;
}

static gboolean holds_folder(const MlMergeNode *node)
{
    for (int side = 0; side < ML_SIDES; side++)
        if (ml_version_is(&node->versions[side], ML_ENTRY_FOLDER))
            return TRUE;
    return node->is_forced;
}

static gboolean resolve(MlMergeTree *merge, MlMergeNode *node, const char *path, GError **error)
{
    if (node->is_resolved)
        return TRUE;
    if (!holds_folder(node)) {
        settle_files(merge, node, path);
        return TRUE;
    }
    int winner = node->is_forced ? -1 : find_winner(node, path);
    if (winner < 0)
        return settle_folder(merge, node, path, error);
    settle(node, winner, ML_CONFLICT_NONE);
    return TRUE;
}

/* The content of what is merged from all, and whether that went well. */
static gboolean merge_content(MlMergeTree *merge, MlMergeNode *node, const char *path,
                              GError **error)
{
    gboolean conflicts;
    if (node->merged)
        return TRUE;
    MlVersion *versions[ML_SIDES];
    for (int side = 0; side < ML_SIDES; side++)
        versions[side] = &node->versions[side];
    node->merged = ml_merge_tree_versions(merge, versions, path, 0, &conflicts, error);
    if (node->merged && conflicts)
        node->conflict = has(node, ML_BASE) ? ML_CONFLICT_CONTENT : ML_CONFLICT_ADDED;
    return node->merged != NULL;
}

/* --- the tree ------------------------------------------------------------ */

/* Where a path is to be looked at: in a node, or in the tree of the side that has all of the
 * folder. Neither: there is nothing. */
typedef struct {
    MlMergeNode *node;
    MlTree *tree;
} Place;

static Place find_place(MlMergeTree *merge, const char *path, GError **error)
{
    Place nowhere = {NULL, NULL};
    MlMergeNode *node = merge->root;
    if (!merge->is_planned && !ml_merge_tree_plan(merge, error))
        return nowhere;
    merge->is_planned = TRUE;
    for (const char *at = path; node; at += strcspn(at, "/")) {
        g_autofree char *here = g_strndup(path, at - path);
        at += *at == '/';
        if (!resolve(merge, node, here, error))
            return nowhere;
        if (!*at)
            return (Place){node, NULL};
        /* Of a folder that a rename has emptied there is still something to tell. */
        if (node->kind != ML_ENTRY_FOLDER && !node->is_forced)
            return nowhere;
        if (node->kind == ML_ENTRY_FOLDER && node->from >= 0)
            return (Place){NULL, merge->sides[node->from]};
        g_autofree char *name = g_strndup(at, strcspn(at, "/"));
        if (!ml_merge_tree_open(merge, node, here, error))
            return nowhere;
        node = g_hash_table_lookup(node->children, name);
    }
    return nowhere;
}

static MlEntryKind look(MlTree *tree, const char *path, GError **error)
{
    MlMergeTree *merge = (MlMergeTree *)tree;
    g_mutex_lock(&merge->lock);
    const Place place = find_place(merge, path, error);
    g_mutex_unlock(&merge->lock);
    if (place.tree)
        return place.tree->class->look(place.tree, path, error);
    if (place.node == merge->root)
        return ML_ENTRY_FOLDER;
    return place.node ? place.node->kind : ML_ENTRY_ABSENT;
}

static char *follow(MlTree *tree, const char *path, GError **error)
{
    MlMergeTree *merge = (MlMergeTree *)tree;
    g_mutex_lock(&merge->lock);
    const Place place = find_place(merge, path, error);
    g_mutex_unlock(&merge->lock);
    if (place.tree)
        return place.tree->class->follow(place.tree, path, error);
    if (!place.node || place.node->kind != ML_ENTRY_LINK)
        return NULL;
    const MlVersion *link = &place.node->versions[place.node->from];
    return link->tree->class->follow(link->tree, link->path ? link->path : path, error);
}

static gboolean list_node(MlMergeTree *merge, MlMergeNode *node, const char *folder,
                          GPtrArray *entries, GError **error)
{
    GHashTableIter iterator;
    gpointer name, value;
    if (!ml_merge_tree_open(merge, node, folder, error))
        return FALSE;
    g_hash_table_iter_init(&iterator, node->children);
    while (g_hash_table_iter_next(&iterator, &name, &value)) {
        MlMergeNode *child = value;
        g_autofree char *path = ml_path_join(folder, name);
        if (!resolve(merge, child, path, error))
            return FALSE;
        const MlVersion *version = child->from < 0 ? NULL : &child->versions[child->from];
        if (child->kind != ML_ENTRY_ABSENT)
            ml_entries_add(entries, name, child->kind,
                           version && version->has_id ? version->id.bytes : NULL);
    }
    return TRUE;
}

static gboolean list(MlTree *tree, const char *folder, GPtrArray *entries, GError **error)
{
    MlMergeTree *merge = (MlMergeTree *)tree;
    GError *failure = NULL;
    g_mutex_lock(&merge->lock);
    Place place = find_place(merge, folder, &failure);
    if (place.node && place.node->from >= 0 && place.node->kind == ML_ENTRY_FOLDER)
        place.tree = merge->sides[place.node->from];
    else if (place.node)
        list_node(merge, place.node, folder, entries, &failure);
    g_mutex_unlock(&merge->lock);
    if (failure)
        g_propagate_error(error, failure);
    else if (place.tree)
        return place.tree->class->list(place.tree, folder, entries, error);
    return failure == NULL;
}

/* The content of a file that is no side's own; takes the lock. */
static GBytes *read_merged(MlMergeTree *merge, MlMergeNode *node, const char *path, GError **error)
{
    g_mutex_lock(&merge->lock);
    GBytes *merged = merge_content(merge, node, path, error) ? g_bytes_ref(node->merged) : NULL;
    g_mutex_unlock(&merge->lock);
    return merged;
}

static GBytes *read_file(MlTree *tree, const char *path, MlBlobId *id, GError **error)
{
    MlMergeTree *merge = (MlMergeTree *)tree;
    g_mutex_lock(&merge->lock);
    const Place place = find_place(merge, path, error);
    g_mutex_unlock(&merge->lock);
    if (place.tree)
        return place.tree->class->read(place.tree, path, id, error);
    if (!place.node)
        return NULL;
    GBytes *bytes = place.node->from < 0
                        ? read_merged(merge, place.node, path, error)
                        : ml_version_read(&place.node->versions[place.node->from], path, error);
    if (bytes && id)
        ml_blob_id(bytes, id);
    return bytes;
}

static gboolean identify_version(MlMergeTree *merge, MlMergeNode *node, const char *path,
                                 MlBlobId *id)
{
    g_mutex_lock(&merge->lock);
    MlVersion *version = &node->versions[node->from];
    gboolean known = ml_version_identify(version, path);
    *id = version->id;
    g_mutex_unlock(&merge->lock);
    return known;
}

static gboolean identify(MlTree *tree, const char *path, MlBlobId *id)
{
    MlMergeTree *merge = (MlMergeTree *)tree;
    g_mutex_lock(&merge->lock);
    const Place place = find_place(merge, path, NULL);
    g_mutex_unlock(&merge->lock);
    if (place.tree)
        return place.tree->class->identify(place.tree, path, id);
    if (!place.node || place.node->kind == ML_ENTRY_ABSENT)
        return FALSE;
    if (place.node->from >= 0)
        return identify_version(merge, place.node, path, id);
    g_autoptr(GBytes) merged =
        place.node->kind == ML_ENTRY_FILE ? read_merged(merge, place.node, path, NULL) : NULL;
    if (merged)
        ml_blob_id(merged, id);
    return merged != NULL;
}

static MlConflict conflict(MlTree *tree, const char *path)
{
    MlMergeTree *merge = (MlMergeTree *)tree;
    g_mutex_lock(&merge->lock);
    MlMergeNode *node = find_place(merge, path, NULL).node;
    gboolean is_merged = node && node->kind == ML_ENTRY_FILE && node->from < 0;
    /* What cannot be read cannot be merged either. */
    gboolean fails = is_merged && !merge_content(merge, node, path, NULL);
    MlConflict found = node ? node->conflict : ML_CONFLICT_NONE;
    g_mutex_unlock(&merge->lock);
    return fails ? ML_CONFLICT_CONTENT : found;
}

static void clear(MlTree *tree)
{
    MlMergeTree *merge = (MlMergeTree *)tree;
    node_free(merge->root);
    for (int side = 0; side < ML_SIDES; side++)
        ml_tree_unref(merge->sides[side]);
    g_mutex_clear(&merge->lock);
}

static const MlTreeClass class = {look, follow, list, read_file, identify, conflict, clear};

static MlMergeNode *root_node(MlMergeTree *merge)
{
    MlMergeNode *root = node_new("");
    for (int side = 0; side < ML_SIDES; side++) {
        MlVersion *version = &root->versions[side];
        version->tree = merge->sides[side];
        if (!version->tree)
            continue;
        version->kind = ML_ENTRY_FOLDER;
        version->has_id = version->tree->class->identify(version->tree, "", &version->id);
    }
    return root;
}

MlTree *ml_merge_tree_new(MlTree *ancestor, MlTree *ours, MlTree *theirs, guint depth)
{
    MlRepository *repository = ours->repository ? ours->repository : theirs->repository;
    MlTree *tree =
        ml_tree_new(&class, sizeof(MlMergeTree), repository, g_strdup(ml_tree_root(ours)));
    MlMergeTree *merge = (MlMergeTree *)tree;
    merge->sides[ML_BASE] = ancestor ? ml_tree_ref(ancestor) : NULL;
    merge->sides[ML_OURS] = ml_tree_ref(ours);
    merge->sides[ML_THEIRS] = ml_tree_ref(theirs);
    merge->depth = depth;
    merge->root = root_node(merge);
    g_mutex_init(&merge->lock);
    return tree;
}

MlTree *ml_tree_of_merge(MlTree *ancestor, MlTree *ours, MlTree *theirs, GError **error)
{
    MlTree *tree = ml_merge_tree_new(ancestor, ours, theirs, 0);
    GError *failure = NULL;
    look(tree, "", &failure);
    if (!failure)
        return tree;
    g_propagate_error(error, failure);
    ml_tree_unref(tree);
    return NULL;
}
