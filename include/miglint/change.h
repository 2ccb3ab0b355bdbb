/*
 * change: two states compared.
 *
 * A merge is what git would make of a base and a head, computed and nowhere
 * written. A change is what that does to one Alembic environment.
 *
 * Ownership: what a function returns belongs to the caller unless it says
 * "borrowed"; a change borrows its merge and the migrations it was made of.
 */
#pragma once

#include "miglint/migration.h"

G_BEGIN_DECLS

#define ML_CHANGE_ERROR (ml_change_error_quark())
GQuark ml_change_error_quark(void);
typedef enum {
    ML_CHANGE_ERROR_NO_BASE, /* nothing tells what the base is */
} MlChangeError;

/* --- the whole tree --------------------------------------------------------- */

typedef struct {
    char *name;   /* as the user called it, or "the working tree", "the index" */
    char *commit; /* full id; NULL: what is not committed */
    MlTree *tree; /* NULL: nothing, as before the first commit */
} MlState;

typedef struct {
    MlRepository *repository;
    MlState base, head;
    GPtrArray *merge_bases; /* char *, full ids, best first; empty: no history in common */
    MlTree *merged;         /* head merged into base */
} MlMerge;

/*
 * Merges `head` into `base`, both named as `git rev-parse` would accept them;
 * NULL for head is the working tree with all that is not committed, and all
 * that a merge in progress has brought into it. Unrelated histories are merged
 * as `git merge --allow-unrelated-histories` does. Fails where a name is none,
 * or with ML_SOURCE_ERROR_SHALLOW.
 */
MlMerge *ml_merge_new(MlRepository *repository, const char *base, const char *head, GError **error);

/* What `git commit` would record now, on top of HEAD. */
MlMerge *ml_merge_staged(MlRepository *repository, GError **error);

/* What a commit did to its first parent; to nothing, if it is the first. */
MlMerge *ml_merge_of_commit(MlRepository *repository, const char *commit, GError **error);

void ml_merge_free(MlMerge *merge);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlMerge, ml_merge_free)

/*
 * What `--base auto` stands for: on GitHub the base of the pull request or of
 * the merge group, on GitLab the target of the merge request, both looked for
 * as the remote's branch first; elsewhere the remote's default branch. A name
 * that the repository knows. The error says how to fetch it, or to name one.
 */
char *ml_base_detect(MlRepository *repository, GError **error);

/* --- one environment ---------------------------------------------------------- */

typedef struct {
    const MlMerge *merge;
    const MlMigrations *merged;
    MlMigrations *base, *head; /* with their headers alone; NULL: the environment is not there */
    MlProject *base_project, *head_project; /* what these two are of */
} MlChange;

/*
 * What the merge does to each environment of `merged` (const MlMigrations *, of
 * the merged tree, fully loaded): MlChange *, in the same order. An environment
 * is found on the other sides by its name, else by the revisions it shares with
 * one there. `query` as the environments were found with.
 */
GPtrArray *ml_changes_of(const MlMerge *merge, const GPtrArray *merged, const MlProjectQuery *query,
                         MlRevisionCache *cache, GError **error);
void ml_change_free(MlChange *change);

/* Whether head adds a revision of the merged tree, or changes its file. */
gboolean ml_change_brings(const MlChange *change, const MlRevision *revision);

/* The same revision as the base has it; NULL if it has none of that id. Borrowed. */
const MlRevision *ml_change_before(const MlChange *change, const MlRevision *revision);

/*
 * Whether the revision takes the place of all that the base has before it: it
 * begins the graph anew, alone or behind one new root, and nothing of that is left.
 */
gboolean ml_change_is_squash(const MlChange *change, const MlRevision *revision);

/* What of the base such revisions take the place of: a new set of const MlNode * of its graph. */
GHashTable *ml_change_squashed(const MlChange *change);

/*
 * How many heads a side (NULL: none) has in the line of revisions that `heads`
 * (const MlNode * of the merged graph) end: those that are one of them, or above one.
 */
guint ml_change_heads_before(const MlMigrations *side, const MlGraph *merged,
                             const GPtrArray *heads);

/* --- who brought it -------------------------------------------------------------- */

/* Where to look for the commit that brought a file: in each of these in turn. */
typedef struct {
    MlRepository *repository;
    const char *tips[3]; /* as `git rev-parse` would accept them; ends with NULL */
} MlHistory;

/* NULL: it is not committed yet, or a shallow clone does not tell. */
MlCommit *ml_history_of(const MlHistory *history, const char *path);

G_END_DECLS
