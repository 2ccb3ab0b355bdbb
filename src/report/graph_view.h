/*
 * What the drawings of a graph have in common: which of a project's nodes are
 * shown, what they name that no file declares, and Alembic's words for them.
 */
#pragma once

#include "miglint/report.h"

G_BEGIN_DECLS

/* Revisions that follow one another with nothing to tell apart from that: drawn as one. */
typedef struct {
    const MlNode *newest, *oldest;
    guint count;
} MlGraphRun;

typedef struct {
    const MlMigrations *migrations;
    const GPtrArray *nodes;    /* const MlNode *: all of the graph */
    GPtrArray *selected;       /* const MlNode *: those that are shown, in the report's order */
    gboolean *shown;           /* the same by a node's index */
    GHashTable *missing;       /* const MlReference *: those that nothing answers to */
    GPtrArray *runs;           /* MlGraphRun *: those that are folded */
    const MlGraphRun **run_of; /* that a node is folded into, or NULL, by a node's index */
} MlGraphView;

MlGraphView *ml_graph_view_new(const MlGraphReport *report, const MlMigrations *migrations);
void ml_graph_view_free(MlGraphView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlGraphView, ml_graph_view_free)

gboolean ml_graph_view_shows(const MlGraphView *view, const MlNode *node);

/* The run that a node is folded into, or NULL. */
const MlGraphRun *ml_graph_view_run(const MlGraphView *view, const MlNode *node);

/* Whether nothing declares what a revision's down_revisions or depends_on name here. */
gboolean ml_graph_view_misses(const MlGraphView *view, const MlReference *reference);

/* The words that mark a node, without its branch labels: static strings, and NULL. */
#define ML_GRAPH_MARKS 6
void ml_graph_marks(const MlNode *node, const char *marks[ML_GRAPH_MARKS]);

/* What the report says of a node: MlAccent. */
guint ml_graph_accent(const MlGraphReport *report, const MlNode *node);

/* Finds the runs of the view and folds them; see MlGraphFold. For ml_graph_view_new. */
void ml_graph_fold(MlGraphView *view, const MlGraphReport *report);

G_END_DECLS
