/* A plain folder: everything that is on the disk. */
#include "source/disk.h"

static MlEntryKind look(MlTree *tree, const char *path, GError **error)
{
    return ml_disk_look(tree->root, path, error);
}

static char *follow(MlTree *tree, const char *path, GError **error)
{
    return ml_disk_follow(tree->root, path, error);
}

static gboolean list(MlTree *tree, const char *folder, GPtrArray *entries, GError **error)
{
    return ml_disk_list(tree->root, folder, entries, error);
}

static GBytes *read_file(MlTree *tree, const char *path, MlBlobId *id, GError **error)
{
    return ml_disk_read(tree->root, path, id, error);
}

static gboolean identify(MlTree *tree, const char *path, MlBlobId *id)
{
    return ml_disk_identify(tree->root, path, id);
}

static void clear(G_GNUC_UNUSED MlTree *tree)
{
}

static const MlTreeClass class = {look, follow, list, read_file, identify, NULL, clear};

MlTree *ml_tree_of_folder(const char *folder, GError **error)
{
    ml_git_start();
    char *root = ml_disk_root(folder, error);
    return root ? ml_tree_new(&class, sizeof(MlTree), NULL, root) : NULL;
}
