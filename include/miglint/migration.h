/*
 * migration: revisions, the graph they form, and loading them.
 *
 * A revision is one file of a version location. The graph follows
 * alembic.script.revision.RevisionMap, but goes on where Alembic raises: what
 * is missing, doubled or circular becomes a problem of the graph.
 *
 * Ownership: MlMigrations holds its revisions and owns its graph; a revision owns
 * the evaluation that its origins and values point into. Everything else is
 * borrowed from them.
 */
#pragma once

#include "miglint/operation.h"
#include "miglint/project.h"
#include "miglint/sql.h"
#include "miglint/text.h"

G_BEGIN_DECLS

/* A revision id or a branch label as a file writes it. */
typedef struct {
    char *text;
    MlOrigin origin;
} MlReference;

typedef enum {
    ML_REVISION_OK,
    ML_REVISION_UNREADABLE_FILE, /* could not be read: see `detail` */
    ML_REVISION_SYNTAX,          /* see ml_module_syntax */
    ML_REVISION_NO_ID,           /* no `revision` */
    ML_REVISION_UNKNOWN_ID,      /* `revision` is no string that can be told */
    ML_REVISION_NO_PARENT,       /* no `down_revision` */
    ML_REVISION_UNKNOWN_PARENT,  /* `down_revision` cannot be told */
} MlRevisionProblem;

/* Parts of a header that cannot be told; a graph built on them is a guess. */
typedef enum {
    ML_UNKNOWN_ID = 1 << 0,
    ML_UNKNOWN_PARENTS = 1 << 1,
    ML_UNKNOWN_DEPENDENCIES = 1 << 2,
    ML_UNKNOWN_LABELS = 1 << 3,
} MlUnknownParts;

typedef enum {
    ML_SUPPRESSION_LINE,  /* on a line with code: speaks of the statement there */
    ML_SUPPRESSION_ABOVE, /* on a line of its own: of the statement below */
    ML_SUPPRESSION_FILE,  /* of the whole file */
    ML_SUPPRESSION_LOST,  /* of nothing: "ignore-file" behind the first statement */
    ML_SUPPRESSION_BROKEN /* of nothing: no such instruction, or its bracket is never closed */
} MlSuppressionKind;

/* A comment "# miglint: ignore[RULES] reason", or "ignore-file[RULES]" at the top of the file. */
typedef struct {
    MlSuppressionKind kind;
    MlOrigin origin;             /* from the '#' to the end of the comment */
    char *instruction;           /* "ignore" or "ignore-file"; if broken, whatever stands there */
    gboolean has_list;           /* "[...]" is there; without it every rule is meant */
    GArray *rules;               /* MlReference: the words between the brackets */
    char *reason;                /* "" if none is given */
    guint line;                  /* its own */
    guint first_line, last_line; /* what it speaks of, see MlComment */
} MlSuppression;

typedef struct {
    gatomicrefcount references;
    char *path;
    MlModule *module;       /* NULL if the file could not be read */
    GPtrArray *modules;     /* MlModule: all that origins point into */
    gboolean looked_around; /* what was read depends on other files, or on their absence */

    MlRevisionProblem problem;
    char *detail;   /* of the problem: a sentence, or NULL */
    MlOrigin where; /* of the problem; module NULL where it has no place */
    guint unknown;  /* MlUnknownParts */
    MlOrigin unknown_depends_on, unknown_branch_labels; /* where, of these two parts */

    MlReference id;         /* text NULL where there is none */
    GArray *down_revisions; /* MlReference, as written; empty: a base */
    GArray *depends_on;     /* MlReference */
    GArray *branch_labels;  /* MlReference */
    MlOrigin down_revision; /* the whole value of down_revision */
    MlOrigin docstring;     /* module NULL where there is none */
    char *message;          /* the docstring's first paragraph on one line; "" if none */

    GPtrArray *dialects; /* char *: "postgresql" where it imports sqlalchemy.dialects.postgresql;
                            empty with ML_LOAD_HEADERS */

    MlFunction upgrade, downgrade; /* by their shape; ML_BODY_UNKNOWN with ML_LOAD_HEADERS */
    /*
     * What the functions do; of the multidb template upgrade_ENGINE() for each
     * engine. NULL with ML_LOAD_HEADERS.
     */
    MlOperations *upgrade_operations, *downgrade_operations;
    gboolean asks_dialect;   /* what they do depends on it */
    gboolean asks_spelling;  /* ... and how it, and SQLAlchemy, spell SQL */
    char *dialect;           /* that they are taken to run on; NULL: unknown */
    MlSqlAlchemy sqlalchemy; /* whose spelling they are in */
    gboolean asks_types;     /* ... and on what the settings say of types */
    char *types;             /* what they say, for comparison; NULL: nothing */
    GArray *suppressions; /* MlSuppression, in the order of the text; empty with ML_LOAD_HEADERS */
} MlRevision;

/* A revision without a header, to be filled in; refcounted, immutable once it is filled in. */
MlRevision *ml_revision_new(const char *path);
MlRevision *ml_revision_ref(MlRevision *revision);
void ml_revision_unref(MlRevision *revision);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlRevision, ml_revision_unref)

typedef enum {
    ML_LOAD_FULL,
    ML_LOAD_SQL,     /* the same, with what is executed spelt out: MlOperation.execution */
    ML_LOAD_HEADERS, /* not what the functions do, nor the set-up: for the graph alone, and quicker
                      */
} MlLoad;

/* How revisions are read. All is borrowed. */
typedef struct {
    MlLoad load;
    MlImporter *importer;               /* as for ml_evaluation_new */
    MlSqlReader *sql;                   /* NULL with ML_LOAD_HEADERS alone */
    const char *dialect;                /* that the functions are taken to run on; NULL: unknown */
    MlSqlAlchemy sqlalchemy;            /* whose spelling it is */
    const GPtrArray *engines;           /* char *: see MlProject; NULL: none */
    const GPtrArray *types;             /* MlSetting *: see MlPreferences; NULL: none */
    const MlFact *version_table_schema; /* see MlSetup; NULL: unknown */
} MlRevisionReader;

/*
 * Reads a revision out of a file's text: its header as
 * alembic.script.base.Script would take it from the imported file, and what
 * its functions do. Always gives a revision; `problem` tells what is wrong
 * with it. The syntax tree is dropped again.
 */
MlRevision *ml_revision_parse(const MlRevisionReader *reader, const char *path, GBytes *text);

/*
 * Reads what the functions do once more, if that depends on the dialect or on
 * what the settings say of types, and the reader has others. Not while anybody
 * looks at the operations.
 */
void ml_revision_read_again(MlRevision *revision, const MlRevisionReader *reader);

/*
 * What follows "keyword:" on a line of the docstring, and where that stands:
 * "Revises", "Revision ID". FALSE if there is no such line.
 */
gboolean ml_revision_docstring_line(const MlRevision *revision, const char *keyword, char **text,
                                    MlOrigin *where);

/* Whether Alembic would take a file of this name for a revision (_only_source_rev_file). */
gboolean ml_revision_is_name(const char *name);

/* --- the graph --------------------------------------------------------- */

typedef struct MlGraph MlGraph;

/* A revision's place in the graph. All arrays hold const MlNode * unless said otherwise. */
typedef struct MlNode MlNode;
struct MlNode {
    const MlRevision *revision;
    guint index;             /* place in ml_graph_nodes */
    GPtrArray *parents;      /* down_revision, in the order written; what is missing is left out */
    GPtrArray *dependencies; /* depends_on, labels resolved (_resolved_dependencies) */
    GPtrArray *children;     /* nextrev, in load order */
    GPtrArray *dependents;   /* in load order: those that name this one in depends_on */
    GPtrArray *labels;       /* const char *, sorted; after propagation (_add_branches) */
    gboolean is_head;        /* nothing has it as down_revision */
    gboolean is_effective_head; /* a head that something depends on: Alembic's "(effective head)" */
    gboolean is_base;
    gboolean is_branch_point;
    gboolean is_merge_point;
};

typedef enum {
    ML_GRAPH_MISSING_PARENT,     /* reference: the id that no file declares */
    ML_GRAPH_MISSING_DEPENDENCY, /* reference: the id or label that nothing declares */
    ML_GRAPH_DUPLICATE,          /* revisions: the files that declare one id, in load order */
    ML_GRAPH_CYCLE,              /* revisions: the circle, each the parent of the one before */
    ML_GRAPH_DEPENDENCY_CYCLE,   /* the same where depends_on takes part */
    /* reference: the label; revisions: who declares it (one alone: twice), then whose id it is */
    ML_GRAPH_LABEL_CLASH,
} MlGraphProblemKind;

typedef struct {
    MlGraphProblemKind kind;
    GPtrArray *revisions;         /* const MlRevision *, the one to report first */
    const MlReference *reference; /* in the first of `revisions`; NULL where there is none */
} MlGraphProblem;

/*
 * Makes the graph of `revisions` (const MlRevision *, in load order; those
 * without an id are left out, of doubled ones the first is a node). They must
 * outlive the graph.
 */
MlGraph *ml_graph_new(const GPtrArray *revisions);
void ml_graph_free(MlGraph *graph);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlGraph, ml_graph_free)

/* All borrowed: const MlNode * in load order; MlGraphProblem * in load order. */
const GPtrArray *ml_graph_nodes(const MlGraph *graph);
const GPtrArray *ml_graph_heads(const MlGraph *graph);
const GPtrArray *ml_graph_bases(const MlGraph *graph);
const GPtrArray *ml_graph_problems(const MlGraph *graph);

/*
 * The next problem of a kind at or behind `position`, which is moved behind it;
 * NULL after the last:
 *
 *     for (guint at = 0; (problem = ml_graph_next_problem(graph, kind, &at)) != NULL;)
 */
const MlGraphProblem *ml_graph_next_problem(const MlGraph *graph, MlGraphProblemKind kind,
                                            guint *position);

/* By full id. NULL if there is none. */
const MlNode *ml_graph_find(const MlGraph *graph, const char *id);

/*
 * The id that was probably meant: a prefix match (in either direction, of at
 * least four characters) or a near spelling; NULL if none is near. Spellings are
 * compared in graphs of up to 4,096 ids and labels. Borrowed.
 */
const char *ml_graph_nearest(const MlGraph *graph, const char *id);
/* The same among ids and branch labels. */
const char *ml_graph_nearest_name(const MlGraph *graph, const char *name);

/* Whether `ancestor` is above `node` by down_revision alone; a node is not its own ancestor. */
gboolean ml_graph_is_ancestor(const MlGraph *graph, const MlNode *ancestor, const MlNode *node);

/*
 * The nodes below `node` by down_revision, itself left out: a new set of const
 * MlNode *, of `most` at the most.
 */
GHashTable *ml_graph_descendants(const MlNode *node, guint most);

/*
 * Where the given nodes part: the nearest common ancestors by down_revision
 * (const MlNode *, those that are no ancestor of another), empty if they share
 * none. A node counts as its own ancestor here, as in `git merge-base`.
 */
GPtrArray *ml_graph_parting(const MlGraph *graph, const GPtrArray *nodes);

/*
 * What Alembic runs directly before a node: its parents, then those of its dependencies that
 * none of its ancestors names too (_normalized_down_revisions). Borrowed, const MlNode *.
 */
const GPtrArray *ml_graph_before(const MlGraph *graph, const MlNode *node);

/*
 * Every revision, bases first, in an order in which `alembic upgrade heads`
 * may run them (iterate_revisions("heads", "base") reversed): const MlNode *.
 * Revisions of a circle, and all that needs one, come last, in load order.
 */
GPtrArray *ml_graph_upgrade_order(const MlGraph *graph);

#define ML_GRAPH_ERROR (ml_graph_error_quark())
GQuark ml_graph_error_quark(void);
typedef enum {
    ML_GRAPH_ERROR_RANGE, /* cannot be resolved: unknown, ambiguous, or no ancestor of the other end
                           */
} MlGraphError;

/*
 * The revisions that a range names, bases first: const MlNode *. Words are
 * those of `alembic history -r` and `alembic upgrade`: a full or partial id,
 * a branch label, "head", "heads", "base", "label@head", "a:b", "a:", ":b",
 * "+2", "-1", "id+2", "id-1", "label@id+1". As in Alembic, the newer end may be
 * "+N", counted from the older one, and the older end "-N", counted from the
 * heads, but no other step. A single word stands for that revision alone;
 * there "+N" counts from base and "-N" from the heads. Both ends of a range
 * belong to it, as in ScriptDirectory.walk_revisions. The error message names
 * the word and what would do instead.
 */
GPtrArray *ml_graph_range(const MlGraph *graph, const char *range, GError **error);

/* What one `alembic upgrade` or `alembic downgrade` runs. All arrays hold const MlNode *. */
typedef struct {
    const MlGraph *graph; /* borrowed */
    gboolean downgrade;
    GPtrArray *from;  /* the rows of alembic_version before; empty: it begins at base */
    GPtrArray *nodes; /* in the order in which they are run */
} MlPlan;

/*
 * The plan that a range means, as ScriptDirectory._upgrade_revs and _downgrade_revs make
 * it. `range` is "FROM:TO" or TO, in the words of ml_graph_range; FROM itself has been
 * run. Without FROM an upgrade begins at base and a downgrade at the heads; NULL is all.
 */
MlPlan *ml_graph_plan(const MlGraph *graph, const char *range, gboolean downgrade, GError **error);
void ml_plan_free(MlPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlPlan, ml_plan_free)

/* --- loading ----------------------------------------------------------- */

/*
 * Revisions that were read before, for states that have most files in common:
 * one file at one path is parsed once. Those that import others of the tree, that
 * depend on the dialect or the settings, or are of several engines are not kept. May
 * be used from several threads.
 */
typedef struct MlRevisionCache MlRevisionCache;
MlRevisionCache *ml_revision_cache_new(void);
void ml_revision_cache_free(MlRevisionCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlRevisionCache, ml_revision_cache_free)

/* NULL unless it was read at least as fully as `load` asks; the caller's. */
MlRevision *ml_revision_cache_find(MlRevisionCache *cache, const char *path, const MlBlobId *id,
                                   MlLoad load);

/* Keeps a revision, unless what it says depends on other files. */
void ml_revision_cache_add(MlRevisionCache *cache, MlRevision *revision, const MlBlobId *id,
                           MlLoad load);

typedef struct {
    const MlProject *project;
    GPtrArray *
        revisions; /* MlRevision *, in Alembic's load order: location by location, sorted by name */
    MlGraph *graph;
    GPtrArray *folders;       /* char *: the folders that were read, subfolders included */
    gboolean read_subfolders; /* though nothing configures it: see ml_migrations_load */
    MlSetup *setup;           /* nothing in it is known with ML_LOAD_HEADERS */
    char *dialect; /* that of the URL; where there is none, or one of SQLite, the only one that
                      the revisions import; NULL: unknown, as with ML_LOAD_HEADERS */
    char *dialect_source; /* for people: "alembic.ini:4"; NULL likewise */
    MlImporter *importer; /* what the revisions' imports are answered from */
    MlSqlReader *sql;
    GPtrArray *types; /* MlSetting *: see MlPreferences; NULL: none */
    MlLoad load;
    MlSqlAlchemy sqlalchemy; /* whose spelling the operations are in */
} MlMigrations;

/* The user knows better: `dialect` holds, which `source` tells, and what depends on it is read
 * anew. */
void ml_migrations_set_dialect(MlMigrations *migrations, const char *dialect, const char *source);
/* The same of whose spelling it is, SQLAlchemy 2.0's without being told. */
void ml_migrations_set_sqlalchemy(MlMigrations *migrations, MlSqlAlchemy sqlalchemy);
/* The same of what custom types are in SQL; fails where the settings name what is no type. */
gboolean ml_migrations_set_types(MlMigrations *migrations, const MlPreferences *preferences,
                                 GError **error);

/*
 * Loads every revision of a project, reading and parsing on as many threads as
 * there are processors. Where nothing says whether subfolders count
 * (ML_RECURSION_UNSET), they are read if the revisions in them and those above
 * belong together: one names the other as its parent, or there are none above.
 * `project` is borrowed and must live as long; `cache` may be NULL. Fails only when a version
 * location cannot be listed; a file that cannot be read is a revision with a problem.
 */
MlMigrations *ml_migrations_load(MlTree *tree, const MlProject *project, MlLoad load,
                                 MlRevisionCache *cache, GError **error);
/*
 * The same environment with `more` revisions (MlRevision *, shared) behind its
 * own. What it was made of must live as long.
 */
MlMigrations *ml_migrations_extend(const MlMigrations *migrations, const GPtrArray *more);

/* An environment without any revision. */
MlMigrations *ml_migrations_none(const MlProject *project);

void ml_migrations_free(MlMigrations *migrations);

/*
 * The heads of each line of revisions: arrays of const MlNode *, in load order.
 * Heads are of one line unless their branch labels differ after propagation, or
 * one grows from a revision that the settings call a branch (preferences; may be
 * NULL) and the other does not. A label that cannot be told is one by itself.
 */
GPtrArray *ml_migrations_lines(const MlMigrations *migrations, const MlPreferences *preferences);

/*
 * For each head (of ml_graph_heads, in its order) what all heads of its line
 * share and no other head has, also in another graph of the same environment.
 */
GPtrArray *ml_migrations_line_names(const MlMigrations *migrations,
                                    const MlPreferences *preferences);

/*
 * Whether the graph can be judged: no revision's id or parents are unknown, so
 * that what seems to be a head is one, and what seems to be missing is missing.
 */
gboolean ml_migrations_is_whole(const MlMigrations *migrations);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlMigrations, ml_migrations_free)

G_END_DECLS
