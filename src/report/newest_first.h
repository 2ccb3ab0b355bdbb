/* The order in which the text drawing lists revisions. */
#pragma once

#include "report/graph_view.h"

G_BEGIN_DECLS

/*
 * The shown nodes (const MlNode *), each before its parents, a branch in one
 * piece as far as that allows, and the longest first. In a circle, one revision
 * comes after its parent.
 */
GPtrArray *ml_newest_first(const MlGraphView *view);

G_END_DECLS
