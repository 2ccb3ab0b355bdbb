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

/* Appends the command that joins the heads, in the words of Alembic or of Flask-Migrate. */
void ml_heads_append_merge(GString *help, const MlProject *project, const GPtrArray *heads);

/*
 * What to do about heads of a merge, some of which the base has: the lines to
 * write in the head's own revisions, or the command that joins them all.
 */
void ml_heads_suggest(const MlContext *context, MlFinding *finding, const GPtrArray *heads);

/*
 * Those of the heads that are certain (a new array): what follows a revision
 * that is missing may be no head once that is found.
 */
GPtrArray *ml_heads_certain(const MlGraph *graph, const GPtrArray *heads);

/* The heads that the base has already, or those that it has not: a new array. */
GPtrArray *ml_heads_by_side(const MlChange *change, const GPtrArray *heads, gboolean on_base);

/* Whether it takes the merge to have so many: neither side has as many heads in that line. */
gboolean ml_heads_come_of_merge(const MlContext *context, const GPtrArray *heads);
