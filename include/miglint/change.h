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
    GPtrArray *joined;      /* MlTree *: of commits that head joins to the base besides */
} MlMerge;

/*
 * Merges `head` into `base`, both named as `git rev-parse` would accept them;
 * NULL for head is the working tree with all that is not committed, and all
 * that a merge in progress has brought into it. Unrelated histories are merged
 * as `git merge --allow-unrelated-histories` does. Fails where a name is none,
 * or with ML_SOURCE_ERROR_SHALLOW.
 */
MlMerge *ml_merge_new(MlRepository *repository, const char *base, const char *head, GError **error);

/* What `git commit` would record now, on top of HEAD and of what a merge in progress joins to it.
 */
MlMerge *ml_merge_staged(MlRepository *repository, GError **error);

/* What a commit did to its first parent; to nothing, if it is the first. */
MlMerge *ml_merge_of_commit(MlRepository *repository, const char *commit, GError **error);

void ml_merge_free(MlMerge *merge);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlMerge, ml_merge_free)

/* Whether the head holds all of the base's history already, so that there is nothing to merge. */
gboolean ml_merge_is_done(const MlMerge *merge);

/* Whether the merge leaves a file of the base as it is; where that has none, there is none. */
gboolean ml_merge_keeps(const MlMerge *merge, const char *path);

/*
 * What `--base auto` stands for: on GitHub the base of the pull request or of
 * the merge group, on GitLab the target of the merge request, both looked for
 * as the remote's branch first; elsewhere `preferred`, or if that is NULL the
 * remote's default branch. A name that the repository knows, unless it is the
 * preferred one. The error says how to fetch it, or to name one.
 */
char *ml_base_detect(MlRepository *repository, const char *preferred, GError **error);

/* --- one environment ---------------------------------------------------------- */

typedef struct {
    const MlMerge *merge;
    const MlMigrations *merged;
    MlMigrations *base, *head; /* with their headers alone; NULL: the environment is not there */
    MlProject *base_project, *head_project; /* what these two are of */
    GHashTable *brought; /* const MlRevision * of `merged`: see ml_change_brings */
    gboolean is_gone;    /* only the base has the environment, and `merged` is empty */
} MlChange;

/*
 * What the merge does to each environment of `merged` (const MlMigrations *, of
 * the merged tree, fully loaded): MlChange *, in the same order. An environment
 * is found on the other sides by its name, else by the revisions it shares with
 * one there. One that the base alone has is added to `merged`, empty, with its change. `query` as
 * the environments were found with.
 */
GPtrArray *ml_changes_of(const MlMerge *merge, GPtrArray *merged, const MlProjectQuery *query,
                         MlRevisionCache *cache, GError **error);
void ml_change_free(MlChange *change);

/* Whether head adds a revision of the merged tree, or changes its file, and nothing joined has it
 * so. */
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

/*
 * What of the graph shows what a change (NULL: none) does to it: the heads, what
 * it brings and the parents of that, and the way from several heads of one line
 * to where they part. const MlNode *, in load order, `most` at the most; what
 * had no room, the least telling, is counted. Empty where nothing is brought and
 * no line has several heads.
 */
GPtrArray *ml_graph_around(const MlMigrations *migrations, const MlChange *change, guint most,
                           guint *left_out);

/* --- many branches: forecast ------------------------------------------------------ */

typedef enum {
    ML_FORECAST_CLEAN,
    ML_FORECAST_MULTIPLE_HEADS, /* more heads than the base has, in one line */
    ML_FORECAST_CONFLICT,       /* git cannot merge a revision file */
    ML_FORECAST_BROKEN, /* the merged graph cannot be read, or has a hole that the base's has not */
    ML_FORECAST_UNRELATED, /* no commit in common with the base */
} MlForecastStatus;

/* "multiple-heads" */
const char *ml_forecast_status_name(MlForecastStatus status);

/* What a ref does to one environment. */
typedef struct {
    char *project;      /* its name */
    GPtrArray *adds;    /* char *: ids, in the order of their upgrade */
    GPtrArray *changes; /* char *: ids that the base has, whose file is another then, or gone */
    GPtrArray *heads;   /* char *: ids, after the merge */
    GPtrArray *growths; /* the room's own: what the new revisions grow from */
} MlForecastProject;

typedef struct {
    MlRef ref;
    MlCommit *commit;
    char *merge_base; /* full id; NULL: none */
    MlForecastStatus status;
    char *detail;          /* why it is no clean one: a clause; NULL where it is */
    GPtrArray *projects;   /* MlForecastProject *: those that it adds to, changes or harms */
    GPtrArray *collisions; /* const MlCollision *: that it takes part in */
} MlForecastRef;

/*
 * Refs that are each clean and grow from one revision: once one of them has
 * landed, those of the others that bring other revisions make several heads.
 */
typedef struct {
    char *id;            /* "c1", "c2", ... */
    const char *project; /* name */
    char *parent;        /* id of the revision that they grow from; "base": from none */
    GPtrArray *refs;     /* const MlForecastRef * */
    guint *others;       /* with how many of them each collides; one here and at a remote is one */
} MlCollision;

typedef struct {
    MlState base;
    GPtrArray *projects;    /* MlProject *: the base's */
    GPtrArray *migrations;  /* MlMigrations *: the base's, headers alone */
    GPtrArray *preferences; /* MlPreferences *, one a project */
    GPtrArray *refs;        /* MlForecastRef *: those that add or change a revision, or do harm */
    GPtrArray *collisions;  /* MlCollision * */
    guint looked_at;        /* refs in all */
    guint merged;           /* of these the base has already */
    guint silent;           /* of these touch no revision */
} MlForecast;

/* Called now and then during long work, by one thread at a time. */
typedef void (*MlProgress)(guint done, guint all, gpointer data);

/*
 * Merges each of `refs` (MlRef *) with the base in memory. `query` says which
 * environments; `progress` may be NULL. The result borrows nothing.
 */
MlForecast *ml_forecast_new(MlRepository *repository, const char *base, const GPtrArray *refs,
                            const MlProjectQuery *query, MlProgress progress, gpointer data,
                            GError **error);
void ml_forecast_free(MlForecast *forecast);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlForecast, ml_forecast_free)

/* --- the past: episodes ------------------------------------------------------------- */

/* A time in which the mainline had several heads in one line. */
typedef struct {
    char *project;    /* name */
    MlCommit *from;   /* that brought them to the mainline; NULL: a shallow clone does not tell */
    MlCommit *to;     /* that repaired them; NULL: nobody yet */
    GPtrArray *heads; /* char *: ids, when there were most of them */
} MlEpisode;

void ml_episode_free(MlEpisode *episode);

/*
 * Whether differences between commits (MlDifference *) can change the older
 * one's environments (MlMigrations *), or which ones there are.
 */
gboolean ml_differences_concern(const GPtrArray *differences, const GPtrArray *environments);

/*
 * Walks the first parents from the beginning (or from behind `since`, a full id;
 * NULL: the beginning) to `tip` and gives the episodes in the order that they
 * began in: MlEpisode *; one that had begun before and went on is among them.
 * An environment that is moved stays the same one, by its last name. The settings
 * of `tip` hold throughout. `walked` gets the number of commits.
 */
GPtrArray *ml_episodes_find(MlRepository *repository, const char *since, const char *tip,
                            const MlProjectQuery *query, guint *walked, MlProgress progress,
                            gpointer data, GError **error);

/* --- who brought it -------------------------------------------------------------- */

/* Where to look for the commit that brought a file: in each of these in turn. */
typedef struct {
    MlRepository *repository; /* borrowed */
    GPtrArray *tips;          /* char *, as `git rev-parse` would accept them */
} MlHistory;

void ml_history_clear(MlHistory *history);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MlHistory, ml_history_clear)

/* NULL: it is not committed yet, or a shallow clone does not tell. */
MlCommit *ml_history_of(const MlHistory *history, const char *path);

G_END_DECLS
