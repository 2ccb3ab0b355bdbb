/*
 * What the drawings of a graph have in common: which of a project's nodes are
 * shown, what they name that no file declares, and Alembic's words for them.
 */
#pragma once

#include "miglint/report.h"

G_BEGIN_DECLS

typedef struct {
    const MlMigrations *migrations;
    const GPtrArray *nodes; /* const MlNode *: all of the graph */
    GPtrArray *selected;    /* const MlNode *: those that are shown, in the report's order */
    gboolean *shown;        /* the same by a node's index */
    GHashTable *missing;    /* const MlReference *: those that nothing answers to */
} MlGraphView;

MlGraphView *ml_graph_view_new(const MlGraphReport *report, const MlMigrations *migrations);
void ml_graph_view_free(MlGraphView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlGraphView, ml_graph_view_free)

gboolean ml_graph_view_shows(const MlGraphView *view, const MlNode *node);

/* Whether nothing declares what a revision's down_revisions or depends_on name here. */
gboolean ml_graph_view_misses(const MlGraphView *view, const MlReference *reference);

/* The words that mark a node, without its branch labels: static strings, and NULL. */
#define ML_GRAPH_MARKS 6
void ml_graph_marks(const MlNode *node, const char *marks[ML_GRAPH_MARKS]);

G_END_DECLS
