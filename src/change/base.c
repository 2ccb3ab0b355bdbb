/* What pull requests go to, by what a CI service, or the remote, says. */
#include "miglint/change.h"

#include <string.h>

#include <cjson/cJSON.h>
#include <glib/gstdio.h>

/* Bytes of an event file that are read; GitHub's are some tens of thousands. */
#define EVENT_LIMIT (4 * 1024 * 1024)

static const char *variable(const char *name)
{
    const char *value = g_getenv(name);
    return value && *value ? value : NULL;
}

/* Whether it is a file whose end is near, which a device's is not. */
static gboolean is_short_file(const char *path)
{
    GStatBuf status;
    return g_stat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= EVENT_LIMIT;
}

/* A commit that the merge group of GitHub's event file builds upon, or the branch; NULL if none. */
static char *read_event(const char *key)
{
    const char *path = variable("GITHUB_EVENT_PATH");
    g_autofree char *text = NULL;
    gsize length;
    if (path == NULL || !is_short_file(path) || !g_file_get_contents(path, &text, &length, NULL))
        return NULL;
    cJSON *event = cJSON_ParseWithLength(text, length);
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(event, "merge_group"), key));
    char *copy = g_strdup(value);
    cJSON_Delete(event);
    return copy;
}

static gboolean knows(MlRepository *repository, const char *name)
{
    g_autoptr(MlCommit) commit = ml_commit_find(repository, name, NULL);
    return commit != NULL;
}

/* A branch as the remote has it, else as it is here; NULL if neither is. */
static char *find_branch(MlRepository *repository, const char *branch)
{
    if (g_str_has_prefix(branch, "refs/heads/"))
        branch += strlen("refs/heads/");
    const char *const places[] = {"refs/remotes/origin/", "refs/heads/"};
    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *name = g_strconcat(places[i], branch, NULL);
        if (knows(repository, name))
            return g_strdup(name + (i == 0 ? strlen("refs/remotes/") : strlen("refs/heads/")));
    }
    return NULL;
}

/* The branch that a CI service says this goes to; NULL outside of one. */
static char *branch_of_service(void)
{
    const char *branch = variable("GITHUB_BASE_REF");
    if (branch == NULL)
        branch = variable("CI_MERGE_REQUEST_TARGET_BRANCH_NAME");
    return branch ? g_strdup(branch) : read_event("base_ref");
}

static char *fail_unfetched(const char *branch, GError **error)
{
    g_set_error(error, ML_CHANGE_ERROR, ML_CHANGE_ERROR_NO_BASE,
                "the base, '%s', is not in this clone: `git fetch origin "
                "+refs/heads/%s:refs/remotes/origin/%s` brings it (with actions/checkout, "
                "fetch-depth: 0 does)",
                branch, branch, branch);
    return NULL;
}

char *ml_base_detect(MlRepository *repository, const char *preferred, GError **error)
{
    g_autofree char *commit = read_event("base_sha");
    if (commit != NULL && knows(repository, commit))
        return g_steal_pointer(&commit);
    g_autofree char *branch = branch_of_service();
    if (branch != NULL) {
        char *found = find_branch(repository, branch);
        return found ? found : fail_unfetched(branch, error);
    }
    if (preferred != NULL)
        return g_strdup(preferred);
    g_autofree char *remote = ml_repository_default_branch(repository);
    if (remote != NULL)
        return ml_ref_short_name(remote);
    static const char *const usual[] = {"main", "master"};
    for (guint i = 0; i < G_N_ELEMENTS(usual); i++) {
        char *found = find_branch(repository, usual[i]);
        if (found != NULL)
            return found;
    }
    g_set_error(error, ML_CHANGE_ERROR, ML_CHANGE_ERROR_NO_BASE,
                "nothing tells what the base is: name it, as in --base origin/main, or let the "
                "remote say so with `git remote set-head origin --auto`");
    return NULL;
}
