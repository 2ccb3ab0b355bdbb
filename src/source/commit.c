/* Commits one at a time: found by name, and what they say of themselves. */
#include "source/lineage.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_object, git_object_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_commit, git_commit_free)

static void set_unknown(MlRepository *repository, const char *revision, int status, GError **error)
{
    g_autofree char *name = ml_display_name(revision);
    if (status == GIT_EAMBIGUOUS)
        g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_REVISION,
                    "'%s' could be more than one object: give more of its id", name);
    else if (status != GIT_ENOTFOUND)
        ml_git_error_set(error, ML_SOURCE_ERROR_REVISION, "'%s' does not name a commit", name);
    else if (git_repository_head_unborn(repository->git) == 1)
        g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_REVISION,
                    "no commit is called '%s' in this repository, and HEAD has none yet: "
                    "commit first, or fetch it",
                    name);
    else
        g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_REVISION,
                    "no commit is called '%s' in this repository: %s, or check the name", name,
                    git_repository_is_shallow(repository->git) == 1
                        ? "fetch it (this clone is shallow, so `git fetch --unshallow` may help)"
                        : "fetch it");
}

git_commit *ml_repository_commit(MlRepository *repository, const char *revision, GError **error)
{
    g_autoptr(git_object) object = NULL;
    git_object *commit = NULL;
    int status = git_revparse_single(&object, repository->git, revision);
    if (status < 0) {
        set_unknown(repository, revision, status, error);
        return NULL;
    }
    if (git_object_peel(&commit, object, GIT_OBJECT_COMMIT) < 0) {
        g_autofree char *name = ml_display_name(revision);
        g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_REVISION,
                    "'%s' is a %s and not a commit: name a commit", name,
                    git_object_type2string(git_object_type(object)));
    }
    return (git_commit *)commit;
}

static MlCommit *describe(git_commit *git)
{
    const git_signature *author = git_commit_author(git);
    const char *summary = git_commit_summary(git);
    MlCommit *commit = g_new(MlCommit, 1);
    commit->id = g_strdup(git_oid_tostr_s(git_commit_id(git)));
    commit->author = g_strdup_printf("%s <%s>", author->name, author->email);
    commit->time = author->when.time;
    commit->committed = git_commit_time(git);
    commit->summary = g_strstrip(g_strdup(summary ? summary : ""));
    return commit;
}

MlCommit *ml_commit_find(MlRepository *repository, const char *revision, GError **error)
{
    g_autoptr(git_commit) git = ml_repository_commit(repository, revision, error);
    return git ? describe(git) : NULL;
}

void ml_commit_free(MlCommit *commit)
{
    if (!commit)
        return;
    g_free(commit->id);
    g_free(commit->author);
    g_free(commit->summary);
    g_free(commit);
}

char *ml_commit_author_name(const MlCommit *commit)
{
    const char *address = strstr(commit->author, " <");
    return address ? g_strndup(commit->author, address - commit->author) : g_strdup(commit->author);
}

char *ml_commit_date(const MlCommit *commit)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(commit->time);
    return time ? g_date_time_format(time, "%Y-%m-%d") : g_strdup("");
}

char *ml_commit_parent(MlRepository *repository, const char *commit)
{
    MlLineage *lineage = ml_lineage_lock(repository);
    MlLineageNode *node = ml_lineage_named(lineage, commit, NULL);
    char *parent =
        node && node->parent_count ? g_strdup(git_oid_tostr_s(&node->parents[0]->id)) : NULL;
    ml_lineage_unlock(lineage);
    return parent;
}
