/*
 * source: a tree of files at one state.
 *
 * A tree has the same interface whether it is a plain folder, a git working
 * tree, the index, a commit or the merge of two. Paths are relative to the tree's root, separated
 * by '/', UTF-8 or not (bytes as git keeps them); "" is the root. Nothing is ever written, neither
 * to disk nor to the object database.
 *
 * Ownership: what a function returns belongs to the caller unless it says
 * "borrowed". Trees and repositories are refcounted; a tree keeps its
 * repository alive. Every function may be called from several threads.
 *
 * Errors are in ML_SOURCE_ERROR; the message is one sentence that tells the
 * user what to do.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define ML_SOURCE_ERROR (ml_source_error_quark())
GQuark ml_source_error_quark(void);

typedef enum {
    ML_SOURCE_ERROR_NOT_FOUND,      /* no such file, folder or repository */
    ML_SOURCE_ERROR_REPOSITORY,     /* git cannot read this repository or its index */
    ML_SOURCE_ERROR_REVISION,       /* no such commit */
    ML_SOURCE_ERROR_MISSING_OBJECT, /* a partial clone that lacks what is asked for */
    ML_SOURCE_ERROR_TOO_LARGE,      /* a file over ML_FILE_LIMIT */
    ML_SOURCE_ERROR_SHALLOW,        /* a shallow clone that ends too early */
    ML_SOURCE_ERROR_READ,           /* the system's own refusal */
} MlSourceError;

/* Bytes of a file that is read at most. */
#define ML_FILE_LIMIT (16 * 1024 * 1024)

typedef struct MlRepository MlRepository;
typedef struct MlTree MlTree;

typedef enum {
    ML_ENTRY_ABSENT,
    ML_ENTRY_FILE,
    ML_ENTRY_FOLDER,
    ML_ENTRY_LINK,      /* as it stands in a listing; ml_tree_resolve follows it */
    ML_ENTRY_SUBMODULE, /* another repository; never entered */
} MlEntryKind;

typedef struct {
    char *name;
    MlEntryKind kind;
} MlEntry;

/* The git blob id (SHA-1) of a file's bytes, for a file on disk too. */
typedef struct {
    guint8 bytes[20];
} MlBlobId;

/*
 * Opens the repository that holds `start` (a folder; NULL: the current one),
 * or the one at `git_dir` (relative to `start`) if that is not NULL. Unless it
 * is, GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE and the variables for objects mean
 * what they mean to `git -C start`. Owner validation is off, partial clones and
 * worktree configuration are accepted. ML_SOURCE_ERROR_NOT_FOUND if there is
 * no repository, ML_SOURCE_ERROR_REPOSITORY if there is one that cannot be
 * read (SHA-256, reftable, ...).
 */
MlRepository *ml_repository_open(const char *start, const char *git_dir, GError **error);
MlRepository *ml_repository_ref(MlRepository *repository);
void ml_repository_unref(MlRepository *repository);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlRepository, ml_repository_unref)

/* Absolute path of the working tree, without a final '/'; NULL when bare. Borrowed. */
const char *ml_repository_workdir(const MlRepository *repository);

/* A folder as it lies on the disk. */
MlTree *ml_tree_of_folder(const char *folder, GError **error);

/*
 * The working tree: what is on the disk, without what git ignores (a tracked
 * file is never ignored), and with the files that a sparse checkout leaves in
 * the index. Ignored things are missing from listings only: a path that is
 * named is found, and a folder that is itself ignored is listed whole. An index that cannot be read
 * is ML_SOURCE_ERROR_REPOSITORY, and the message names the git command that mends it.
 */
MlTree *ml_tree_of_worktree(MlRepository *repository, GError **error);

/* The tree of a commit, named as `git rev-parse` would accept it. */
MlTree *ml_tree_of_commit(MlRepository *repository, const char *revision, GError **error);

/*
 * The index: what `git commit` would record now, files marked with
 * `git add --intent-to-add` left out. GIT_INDEX_FILE counts. An entry that is
 * not merged yet stands there as it is on our side, else on theirs, and
 * ml_tree_conflict tells of it.
 */
MlTree *ml_tree_of_index(MlRepository *repository, GError **error);

/*
 * What `git merge` would make of it if `theirs` were merged into `ours`:
 * computed where it is looked at, pruned where folders have one id. `ancestor`
 * is the tree of their merge base, itself a merge where there are several
 * (see ml_merge_ancestor); NULL: they have none in common. Each may be of any
 * kind. A file renamed on one side and changed on the other is merged under
 * its new name, as git's own detection (50 %) finds it; a file added to a
 * folder that the other side renamed goes along, as git would have it.
 * A file in conflict is there: with git's conflict markers where
 * both changed or added it, as the changed one where the other side deleted it.
 */
MlTree *ml_tree_of_merge(MlTree *ancestor, MlTree *ours, MlTree *theirs, GError **error);

typedef enum {
    ML_CONFLICT_NONE,
    ML_CONFLICT_CONTENT, /* both sides changed the same lines */
    ML_CONFLICT_ADDED,   /* both sides added it, each its own */
    ML_CONFLICT_DELETED, /* one side deleted it, the other changed it */
    ML_CONFLICT_RENAMED, /* each side gave it another name */
    ML_CONFLICT_FOLDER,  /* added to a folder that the other side renamed */
    ML_CONFLICT_KIND,    /* file on one side, folder, link or submodule on the other */
} MlConflict;

/* What keeps git from merging a path; ML_CONFLICT_NONE unless the tree is a merge or the index. */
MlConflict ml_tree_conflict(MlTree *tree, const char *path);

MlTree *ml_tree_ref(MlTree *tree);
void ml_tree_unref(MlTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlTree, ml_tree_unref)

/* Absolute folder on disk that the tree's paths can be found under, for
 * display; NULL for a commit of a bare repository. Borrowed. */
const char *ml_tree_root(const MlTree *tree);

/* Full id of the commit, in hex; NULL unless the tree is a commit's. Borrowed. */
const char *ml_tree_commit(const MlTree *tree);

/*
 * What `folder` holds: MlEntry sorted by name as bytes, freed with the array.
 * Not recursive; links are listed as links; `.git` is never listed.
 */
GPtrArray *ml_tree_list(MlTree *tree, const char *folder, GError **error);

/*
 * Follows links, "." and ".." and gives the real path in the tree, or NULL if
 * there is nothing or a link leads out of the tree or in a circle. `kind` (may
 * be NULL) says what is there: never ML_ENTRY_LINK.
 */
char *ml_tree_resolve(MlTree *tree, const char *path, MlEntryKind *kind);
gboolean ml_tree_is_file(MlTree *tree, const char *path);
gboolean ml_tree_is_folder(MlTree *tree, const char *path);

/* The bytes of a file (links followed), at most ML_FILE_LIMIT of them; `id` may be NULL. */
GBytes *ml_tree_read(MlTree *tree, const char *path, MlBlobId *id, GError **error);

/*
 * The id of what stands at a path (links not followed): the blob's of a file,
 * the tree's of a folder. FALSE where there is nothing, or a folder whose id
 * would have to be computed from all its files (on a disk, in a merge).
 */
gboolean ml_tree_identify(MlTree *tree, const char *path, MlBlobId *id);

/* --- commits and refs ---------------------------------------------------- */

typedef struct {
    char *id;         /* full, in hex */
    char *author;     /* name, and address in <>: as the commit has it, mailmap not used */
    gint64 committed; /* when it came to be as it is, in seconds since 1970 */
    gint64 time;      /* of the author, in seconds since 1970 */
    char *summary;    /* the message's first paragraph on one line */
} MlCommit;

void ml_commit_free(MlCommit *commit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlCommit, ml_commit_free)

/* The author without the address. */
char *ml_commit_author_name(const MlCommit *commit);

/* "2024-07-03" in UTC; "" for a time beyond the calendar. */
char *ml_date(gint64 seconds);

/* The same of the author's time. */
char *ml_commit_date(const MlCommit *commit);

/* Named as `git rev-parse` would accept it. ML_SOURCE_ERROR_REVISION if there is none. */
MlCommit *ml_commit_find(MlRepository *repository, const char *revision, GError **error);

/* Whether HEAD is a branch without a commit. */
gboolean ml_repository_is_unborn(const MlRepository *repository);

/* Whether history was cut off by a depth: parents may be missing. */
gboolean ml_repository_is_shallow(const MlRepository *repository);

/*
 * The merge bases of `ours` and what a merge of all of `theirs` would be
 * (full ids, NULL-terminated), as `git merge-base --all ours theirs...`:
 * char *, best first, empty if they have none in common. Fails with
 * ML_SOURCE_ERROR_SHALLOW where the clone is too shallow to tell.
 */
GPtrArray *ml_merge_bases(MlRepository *repository, const char *ours, const char *const *theirs,
                          GError **error);

/*
 * The tree to merge over: of the only merge base, or of the merge of several,
 * as git's recursive strategy makes it. NULL without an error if `bases` is empty.
 */
MlTree *ml_merge_ancestor(MlRepository *repository, const GPtrArray *bases, GError **error);

/* Commits that HEAD is being merged with (MERGE_HEAD), NULL-terminated; empty if none. */
char **ml_repository_merging(MlRepository *repository);

typedef struct {
    char *name;   /* "refs/heads/main" */
    char *commit; /* full id, tags peeled */
} MlRef;

void ml_ref_free(MlRef *ref);

/*
 * Refs that match one of `globs` (as `git for-each-ref` would, "*" also
 * across a '/'; each may leave out "refs/", "refs/heads/" or "refs/remotes/"),
 * sorted by name: MlRef *. Symbolic refs (origin/HEAD) and those that lead to no commit are
 * left out. Empty `globs`: refs/heads and refs/remotes, and refs/pull/N/head.
 */
GPtrArray *ml_repository_refs(MlRepository *repository, const char *const *globs, GError **error);

/* Whether a ref's full name matches one such glob. */
gboolean ml_ref_matches(const char *name, const char *glob);

/* The short name that a person would use: "main", "origin/main", "pull/7". */
char *ml_ref_short_name(const char *name);

/* What `origin/HEAD`, or that of the only remote, points to ("refs/remotes/origin/main");
 * NULL if nothing does. */
char *ml_repository_default_branch(MlRepository *repository);

/* Where `origin`, or the only remote, lies, passwords and all; NULL if there is none. */
char *ml_repository_remote_url(MlRepository *repository);

/*
 * The ancestors of some commits, themselves included: asked about many others.
 */
typedef struct MlAncestors MlAncestors;
MlAncestors *ml_ancestors_new(MlRepository *repository, const char *commit, GError **error);
void ml_ancestors_free(MlAncestors *ancestors);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlAncestors, ml_ancestors_free)
gboolean ml_ancestors_has(const MlAncestors *ancestors, const char *commit);

/*
 * The same as ml_merge_bases of the commit they were made of and `commit`, at
 * the price of `commit`'s own commits alone.
 */
GPtrArray *ml_ancestors_merge_bases(MlAncestors *ancestors, const char *commit, GError **error);

/*
 * `to` and what lies behind it but not behind `from` (NULL: everything),
 * oldest first, along first parents alone if asked: char *, full ids.
 */
GPtrArray *ml_history_walk(MlRepository *repository, const char *from, const char *to,
                           gboolean first_parent, GError **error);

/* First parent's id; NULL for a root commit (or where a shallow clone ends). */
char *ml_commit_parent(MlRepository *repository, const char *commit);

typedef enum {
    ML_DIFFERENCE_ADDED,
    ML_DIFFERENCE_REMOVED,
    ML_DIFFERENCE_CHANGED,
} MlDifferenceKind;

/* A file (or link) that one commit has and another has not, or has otherwise. */
typedef struct {
    char *path;
    MlDifferenceKind kind;
    MlBlobId id; /* of the newer one; zeroes where it is removed */
} MlDifference;

void ml_difference_free(MlDifference *difference);

/*
 * The files in which commit `to` differs from `from` (full ids; NULL: nothing),
 * in no particular order: MlDifference *. Folders that both have are not looked
 * into; modes do not count.
 */
GPtrArray *ml_commit_differences(MlRepository *repository, const char *from, const char *to,
                                 GError **error);

/*
 * The commit that brought what stands at `path` in `tip` there: the oldest in
 * an unbroken line, along the parents that have the path (as `git log
 * --diff-filter=A -1 -- path` without following renames); a merge only where no parent
 * has it. NULL if `tip` has no such path, or where a shallow clone ends before.
 */
MlCommit *ml_history_introduction(MlRepository *repository, const char *tip, const char *path);

/* Appends "NAME VERSION" and a line end for each library that the room is built on. */
void ml_source_libraries(GString *out);

G_END_DECLS
