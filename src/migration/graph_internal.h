/*
 * What the files of the graph share. Arrays "by node" are indexed by MlNode.index.
 */
#pragma once

#include "miglint/migration.h"

/*
 * The strongly connected components of the graph, by down_revision alone or
 * with depends_on: a circle is one component, any other node is one by itself.
 */
typedef struct {
    guint child, parent;
} MlComponentEdge;

typedef struct {
    guint *component;  /* by node; a parent's is never greater than its child's */
    gboolean *circle;  /* by node: whether it lies on a circle */
    GPtrArray *oldest; /* const MlNode *, by component: parents before children */
    GArray *edges;     /* MlComponentEdge, sorted by child: the links that are in no circle */
} MlComponents;

MlComponents *ml_components_new(const MlGraph *graph, gboolean with_dependencies);
void ml_components_free(MlComponents *components);

struct MlGraph {
    MlNode *store;
    GPtrArray *nodes;
    GPtrArray *heads;
    GPtrArray *real_heads; /* heads that nothing depends on either (_real_heads) */
    GPtrArray *bases;
    GPtrArray *problems;

    GHashTable *ids;     /* text -> MlNode */
    GHashTable *labels;  /* text -> GPtrArray of MlNode: who declares it, in load order */
    GHashTable *doubles; /* MlNode -> GPtrArray of MlRevision: all that declare its id */
    GPtrArray *names;    /* const char *, sorted: every id and label */

    MlComponents *lines; /* by down_revision alone */
    MlComponents *needs; /* with depends_on */
    GPtrArray *
        *before; /* by node: what Alembic runs directly before it (_normalized_down_revisions) */
};

guint ml_graph_size(const MlGraph *graph);
const MlNode *ml_graph_node(const GPtrArray *nodes, guint i);
const char *ml_node_id(const MlNode *node);
const char *ml_reference_text(const GArray *references, guint i);

/* What an id or, failing that, a branch label stands for; NULL if nothing declares it. */
const MlNode *ml_graph_named(const MlGraph *graph, const char *name);

/* The names that begin with `prefix`: a stretch of graph->names from the result on, `count` long.
 */
guint ml_graph_prefixed(const MlGraph *graph, const char *prefix, guint *count);

void ml_graph_normalize(MlGraph *graph);
void ml_graph_find_problems(MlGraph *graph);

/* Marks (by node) what can be run: no circle is on the way to it. */
gboolean *ml_graph_runnable(const MlGraph *graph);
/*
 * Those that are `wanted` (by node), newest first, in Alembic's order. They must be runnable, and
 * so must be all that lies between two of them.
 */
GPtrArray *ml_graph_sort(const MlGraph *graph, const gboolean *wanted);

typedef enum {
    ML_TOWARDS_PARENTS = 1 << 0,
    ML_TOWARDS_CHILDREN = 1 << 1,
    ML_WITH_DEPENDENCIES = 1 << 2,
} MlDirection;

/*
 * Marks (by node) all that can be reached from `nodes`, themselves included,
 * in one direction. Never NULL, even if the graph is empty.
 */
gboolean *ml_graph_reach(const MlGraph *graph, const GPtrArray *nodes, MlDirection direction);
