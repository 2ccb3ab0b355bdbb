/*
 * source: a tree of files at one state.
 *
 * A tree has the same interface whether it is a plain folder, a git working
 * tree or a commit. Paths are relative to the tree's root, separated by '/',
 * UTF-8 or not (bytes as git keeps them); "" is the root. Nothing is ever
 * written, neither to disk nor to the object database.
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

/* Appends "NAME VERSION" and a line end for each library that the room is built on. */
void ml_source_libraries(GString *out);

G_END_DECLS
