/*
 * What a merge in the making consists of: for every path that is looked at,
 * the three versions that meet there. Internal to source/.
 *
 * First the renames are found (merge_rename.c), which moves versions from path
 * to path; then each path is resolved on its own, when it is asked for
 * (tree_merge.c).
 */
#pragma once

#include "source/tree.h"

enum {
    ML_BASE,
    ML_OURS,
    ML_THEIRS,
    ML_SIDES,
};

/* What one side has at a path. */
typedef struct {
    MlEntryKind kind;
    gboolean has_id;
    MlBlobId id;
    MlTree *tree;  /* borrowed; NULL where there is nothing */
    char *path;    /* where it is in `tree`, unless there is where it is here */
    GBytes *bytes; /* its content, where that is in no tree */
} MlVersion;

typedef struct {
    MlVersion versions[ML_SIDES];
    GHashTable *children; /* name -> MlMergeNode that has it, once it has been opened */
    MlConflict moved;     /* what a rename did to the path */
    gboolean is_planned;  /* a rename had its hand in the versions */
    gboolean is_forced;   /* below it a rename has changed something: no side has all of it */

    gboolean is_resolved; /* from here on: the merge itself */
    MlEntryKind kind;
    MlConflict conflict;
    int from;       /* the version that it is; -1: it is merged from all */
    GBytes *merged; /* the content, once asked for */
    char name[];
} MlMergeNode;

typedef struct {
    MlTree tree;
    MlTree *sides[ML_SIDES]; /* ML_BASE may be NULL */
    guint depth;             /* over how many merges this one's result is to be merged again */
    GMutex lock;
    gboolean is_planned;
    MlMergeNode *root;
    guint opened; /* folders */
} MlMergeTree;

/* `depth` 0 is a merge that somebody wants; more is one of merge bases. */
MlTree *ml_merge_tree_new(MlTree *ancestor, MlTree *ours, MlTree *theirs, guint depth);

gboolean ml_version_is(const MlVersion *version, MlEntryKind kind);
void ml_version_clear(MlVersion *version);
/* Copies what stands at `path`, for a node at another one. */
void ml_version_move(MlVersion *to, const MlVersion *from, const char *path);
/* `path` is the node's. FALSE where the id cannot be had, or is a folder's that nobody knows. */
gboolean ml_version_identify(MlVersion *version, const char *path);
GBytes *ml_version_read(const MlVersion *version, const char *path, GError **error);

/* Whether two sides have the same there, with the same id. */
gboolean ml_merge_tree_same(MlMergeNode *node, const char *path, int one, int other);

/* Fills in a node's children. */
gboolean ml_merge_tree_open(MlMergeTree *merge, MlMergeNode *node, const char *path,
                            GError **error);

/* The node of a path, made where there is none, for a rename to change. */
MlMergeNode *ml_merge_tree_node(MlMergeTree *merge, const char *path, GError **error);

/* Finds the renames and moves the versions accordingly. */
gboolean ml_merge_tree_plan(MlMergeTree *merge, GError **error);

gboolean ml_content_is_binary(GBytes *content);

/*
 * git's three-way merge of contents, `paths` being where each comes from;
 * `extra` makes the conflict markers longer, as git does for a merge of merges.
 * Sets `conflicts` if they do not merge: then there are markers, or what is
 * binary is ours.
 */
GBytes *ml_merge_tree_contents(const MlMergeTree *merge, GBytes *const contents[ML_SIDES],
                               const char *const paths[ML_SIDES], guint extra, gboolean *conflicts,
                               GError **error);

/* The same for versions; what is unchanged on one side is the other's. */
GBytes *ml_merge_tree_versions(const MlMergeTree *merge, MlVersion *const versions[ML_SIDES],
                               const char *path, guint extra, gboolean *conflicts, GError **error);
