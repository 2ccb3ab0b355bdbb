/*
 * A repository as the trees see it: libgit2's handles, and the few questions
 * that several makers of trees ask. Internal to source/.
 */
#pragma once

#include "miglint/source.h"

#include <git2.h>

typedef struct MlLineage MlLineage;
typedef struct MlFingerprints MlFingerprints;

struct MlRepository {
    gatomicrefcount references;
    git_repository *git;
    git_odb *objects;
    char *workdir; /* NULL when bare */
    char *index_path;
    gboolean partial;   /* objects may be missing, and a fetch brings them */
    GMutex lock;        /* held around what libgit2 caches without a lock: ignore rules */
    MlLineage *lineage; /* commits that have been read; NULL until the first */
    GMutex lineage_lock;
    MlFingerprints *fingerprints; /* of files that were compared for renames */
};

/* Starts libgit2 once for the process, set up to read and never to refuse for ownership. */
void ml_git_start(void);

/* A name from disk or from a commit, fit for a message. */
char *ml_display_name(const char *name);

/* Sets `error` to the message and, after a colon, libgit2's own last word. */
void ml_git_error_set(GError **error, MlSourceError code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* `path` has more than `limit` bytes. */
void ml_too_large(const char *path, gsize limit, GError **error);

/* An object that `path` needs is not there: what to do about it. */
void ml_repository_missing(const MlRepository *repository, const char *path, GError **error);

/* The bytes of the blob that stands at `path`, `limit` of them at most; `id` may be NULL. */
GBytes *ml_repository_blob(MlRepository *repository, const git_oid *oid, const char *path,
                           gsize limit, MlBlobId *id, GError **error);

/* The id that git gives the bytes of a file. */
void ml_blob_id(GBytes *bytes, MlBlobId *id);
/* For tables of ids, by what they hold. */
guint ml_blob_id_hash(gconstpointer id);
gboolean ml_blob_id_equal(gconstpointer one, gconstpointer other);

/* The commit that a revision names, tags peeled. */
git_commit *ml_repository_commit(MlRepository *repository, const char *revision, GError **error);

/* The index as it is on disk now; freed with git_index_free. */
git_index *ml_repository_index(MlRepository *repository, GError **error);
