/* What rules say of several heads of one line. Nodes are const MlNode * throughout. */
#pragma once

#include "miglint/lint.h"

/* "'a', 'b' and 'c'" */
char *ml_heads_list(const GPtrArray *nodes);

/* "which part at 'a'" */
char *ml_heads_parting(const MlGraph *graph, const GPtrArray *heads);

/*
 * The revision of a head's line that follows `parting`; NULL where that line
 * merges others, or ends in a circle.
 */
const MlNode *ml_heads_first(const MlGraph *graph, const MlNode *head, const MlNode *parting);

/* Points at the other heads, and tells of each which commit and author brought it. */
void ml_heads_relate(MlContext *context, MlFinding *finding, const GPtrArray *heads);

/* The only revision at which all of them part; NULL if there is none, or several. */
const MlNode *ml_heads_common(const MlGraph *graph, const GPtrArray *heads);

/* Appends "alembic merge -m "merge heads" a b". */
void ml_heads_append_merge(GString *help, const GPtrArray *heads);

/* Whether it takes the merge to have so many: neither side has as many heads in that line. */
gboolean ml_heads_come_of_merge(const MlContext *context, const GPtrArray *heads);
