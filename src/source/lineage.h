/*
 * Commits and their parents, each read once and kept as long as the
 * repository. libgit2 1.5 takes the parents that a shallow clone lacks for
 * damage; here such a clone's history just ends. Internal to source/.
 */
#pragma once

#include "source/repository.h"

typedef struct MlLineageNode MlLineageNode;

struct MlLineageNode {
    git_oid id;
    gboolean is_read;
    /* What follows is of a node that has been read. */
    gboolean is_cut; /* a shallow clone ends here */
    gint64 time;     /* of the committer */
    git_oid tree;
    guint parent_count;
    MlLineageNode **parents; /* perhaps not read yet */
};

/* The repository's own; held by one thread at a time. */
MlLineage *ml_lineage_lock(MlRepository *repository);
void ml_lineage_unlock(MlLineage *lineage);
void ml_lineage_free(MlLineage *lineage);

/* Borrowed from the lineage, and read: the commit of an id, or what a full hex id or another
 * revision names. */
MlLineageNode *ml_lineage_find(MlLineage *lineage, const git_oid *id, GError **error);
MlLineageNode *ml_lineage_named(MlLineage *lineage, const char *revision, GError **error);
gboolean ml_lineage_read(MlLineage *lineage, MlLineageNode *node, GError **error);

/* What a walk back from two sides learns of a commit. */
enum {
    ML_SIDE_ONE = 1 << 0,    /* the one commit, or behind it */
    ML_SIDE_OTHERS = 1 << 1, /* one of the others, or behind one */
    ML_SIDE_BASE = 1 << 2,   /* behind both, and reached first */
    ML_SIDE_STALE = 1 << 3,  /* behind a commit that is behind both */
};

/*
 * Walks back from `one` and from `others` (MlLineageNode *), newest first, until
 * nothing but what both have in common is ahead. The marks of a commit are
 * ml_sides_of; a commit behind both that was not come to has none.
 */
typedef struct MlSides MlSides;
MlSides *ml_sides_walk(MlLineage *lineage, MlLineageNode *one, const GPtrArray *others,
                       GError **error);
void ml_sides_free(MlSides *sides);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlSides, ml_sides_free)
guint ml_sides_of(const MlSides *sides, const MlLineageNode *node);

/* The best common ancestors, newest first: MlLineageNode *. ML_SOURCE_ERROR_SHALLOW where there is
 * none because the clone ends before. */
GPtrArray *ml_lineage_bases(MlLineage *lineage, MlLineageNode *one, const GPtrArray *others,
                            GError **error);

/* Full ids of nodes, in their order. */
GPtrArray *ml_lineage_ids(const GPtrArray *nodes);
