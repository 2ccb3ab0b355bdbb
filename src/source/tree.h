/*
 * What a maker of trees provides. Internal to source/.
 *
 * A maker embeds MlTree as its first member and fills in a class. The paths
 * that its functions get are real: below the root, without ".", ".." or empty
 * components, and every parent is a folder of the tree that is no link. They
 * may be called from several threads at once.
 */
#pragma once

#include "source/repository.h"

typedef struct {
    /* What stands there, a link as a link; ML_ENTRY_ABSENT with or without an error. */
    MlEntryKind (*look)(MlTree *tree, const char *path, GError **error);
    /* Where the link there leads, as a path from the root (not real yet); NULL if out of the tree,
     * with or without an error. */
    char *(*follow)(MlTree *tree, const char *path, GError **error);
    /* Adds the entries of a folder, in any order. */
    gboolean (*list)(MlTree *tree, const char *folder, GPtrArray *entries, GError **error);
    /* The bytes of a file, and its id unless `id` is NULL. */
    GBytes *(*read)(MlTree *tree, const char *path, MlBlobId *id, GError **error);
    /* As ml_tree_identify; a submodule's commit where it is known. */
    gboolean (*identify)(MlTree *tree, const char *path, MlBlobId *id);
    /* As ml_tree_conflict; NULL where nothing ever conflicts. There need be nothing at `path`. */
    MlConflict (*conflict)(MlTree *tree, const char *path);
    /* Frees what the maker itself holds. */
    void (*clear)(MlTree *tree);
} MlTreeClass;

struct MlTree {
    const MlTreeClass *class;
    gatomicrefcount references;
    MlRepository *repository; /* NULL for a plain folder */
    char *root;
    char *commit;
    GMutex lock;
    GHashTable *folders; /* that things were looked up in, as they were spelt -> where that is,
                            NULL: nowhere; under the lock */
};

/* A tree of `size` bytes, zeroed but for its head. Takes `root`; refs the repository. */
MlTree *ml_tree_new(const MlTreeClass *class, gsize size, MlRepository *repository, char *root);

/* An entry as the makers list it: with its id, where that costs nothing. */
typedef struct {
    MlEntry entry;
    gboolean has_id;
    MlBlobId id;
    char name[]; /* the entry's */
} MlListed;

/* `id` is NULL where it is not at hand. */
void ml_entries_add(GPtrArray *entries, const char *name, MlEntryKind kind, const guint8 *id);

/* As ml_tree_list for a real path, but in any order and with names that are no way out of it alone:
 * MlListed *. */
GPtrArray *ml_tree_entries(MlTree *tree, const char *folder, GError **error);

/* `folder` and `name` joined; `folder` may be "". */
char *ml_path_join(const char *folder, const char *name);

/* The folder that holds `path`; "" for the root's own entries. */
char *ml_path_folder(const char *path);

/* Where a link at `path` leads, from its text; NULL if that is not relative. */
char *ml_path_follow(const char *path, GBytes *text);
