/*
 * The words of a range: what each stands for, before two of them make a range.
 *
 * Functions name the one of Alembic's RevisionMap that they follow; where that
 * fails on an odd word (an assertion, a KeyError), so do they, with a sentence.
 * Among the nodes that a word stands for, NULL is Alembic's None (no revision
 * at all) and `ml_below_base` its "base" (one step below a first revision).
 * Arrays and strings that are returned belong to the caller.
 */
#pragma once

#include "migration/graph_internal.h"

extern const MlNode ml_below_base;

/* Sets ML_GRAPH_ERROR_RANGE; FALSE. */
gboolean ml_range_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

gboolean ml_node_is_revision(const MlNode *node);
GPtrArray *ml_nodes_just(const MlNode *node);
GPtrArray *ml_nodes_keep_marked(const GPtrArray *nodes, const gboolean *marked);
GPtrArray *ml_nodes_keep_labelled(const GPtrArray *nodes, const char *label);
char *ml_nodes_list(const GPtrArray *nodes); /* for an error; only the first few */

/* "label@name"; label NULL where there is no "@". */
typedef struct {
    char *label;
    const char *name;
} MlWord;

MlWord ml_word_split(const char *text);
void ml_word_clear(MlWord *word);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MlWord, ml_word_clear)

/* "-2" gives -2; 0 for what is no negative number. */
gint64 ml_word_number(const char *name);

/* "[label@][symbol]+2" (_relative_destination); what follows the number is ignored there too. */
typedef struct {
    char *label;
    char *symbol;
    gint64 count;
} MlSteps;

gboolean ml_steps_parse(const char *text, MlSteps *steps);
void ml_steps_clear(MlSteps *steps);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MlSteps, ml_steps_clear)

/* What an id, a label or the beginning of one stands for (_revision_for_ident without a branch). */
const MlNode *ml_word_find_name(const MlGraph *graph, const char *name, GError **error);

/* Every revision that a word stands for (get_revisions). */
GPtrArray *ml_word_revisions(const MlGraph *graph, const char *text, GError **error);

/* The one revision that a word stands for, NULL for none (get_revision). */
gboolean ml_word_revision(const MlGraph *graph, const char *text, const MlNode **node,
                          GError **error);

/*
 * Those of `nodes` on a line with what `against` stands for (filter_for_lineage,
 * which looks a name up only if there is something to filter).
 */
GPtrArray *ml_nodes_filter_for_lineage(const MlGraph *graph, const GPtrArray *nodes,
                                       const char *against, GError **error);

/*
 * Goes `steps` up (children, those of the branch `label` if it is given)
 * or, if negative, down. Past the end of the line the result is NULL or, with
 * `stay`, the last revision (_walk).
 */
gboolean ml_node_walk(const MlGraph *graph, const MlNode *from, gint64 steps, const char *label,
                      gboolean stay, const MlNode **end, GError **error);

/*
 * Those that the newer end of a range stands for (_parse_upgrade_target); steps count from the
 * older end `lower`. `exact`: steps past the end of the line are refused, else they stay there.
 */
GPtrArray *ml_word_targets(const MlGraph *graph, const char *lower, const char *upper,
                           gboolean exact, GError **error);

/* The tips of all that is at or below `nodes` (_get_all_current). */
GPtrArray *ml_nodes_all_current(const MlGraph *graph, const GPtrArray *nodes);

/* Fails where one of `nodes`, for which `text` stands, comes before another. */
gboolean ml_nodes_check_overlap(const MlGraph *graph, const GPtrArray *nodes, const char *text,
                                GError **error);
