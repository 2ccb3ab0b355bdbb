/* The renames of a merge on their way from being found to being made. Internal to source/. */
#pragma once

#include "source/merge.h"
#include "source/rename.h"

/* What one side did. */
typedef struct {
    GPtrArray *gone;     /* MlRenamed, sorted by path */
    GPtrArray *added;    /* the same */
    gboolean matters;    /* something gone may have a new name that changes the merge */
    GHashTable *removed; /* folder -> MlRemoved */
    GPtrArray *deferred; /* folders to be looked into only if something matters */
} MlSideChange;

/* A folder that one side removed, and why its new name is wanted. */
typedef enum {
    ML_REMOVED_WITHIN = 1, /* the other side put a file into a folder above */
    ML_REMOVED_ITSELF,     /* the other side put a file into it */
} MlRemoved;

typedef struct {
    MlMergeTree *merge;
    MlSideChange sides[ML_SIDES]; /* ML_BASE stays empty */
    guint seen;
} MlRenameScan;

/* Files that go along with a folder: moves the versions in the merge, and notes the new paths. */
gboolean ml_merge_tree_follow_folders(MlRenameScan *scan, GError **error);
