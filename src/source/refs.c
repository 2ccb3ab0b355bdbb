/* Names for commits: refs, the remote's own branch, and what is being merged. */
#include "source/repository.h"

#include <fnmatch.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_config, git_config_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_config_iterator, git_config_iterator_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_object, git_object_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_reference, git_reference_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_reference_iterator, git_reference_iterator_free)

void ml_ref_free(MlRef *ref)
{
    if (!ref)
        return;
    g_free(ref->name);
    g_free(ref->commit);
    g_free(ref);
}

/* Whole, or as the folder that a ref is in. */
static gboolean matches(const char *glob, const char *name)
{
    g_autofree char *inside = g_strconcat(glob, g_str_has_suffix(glob, "/") ? "*" : "/*", NULL);
    return fnmatch(glob, name, 0) == 0 || fnmatch(inside, name, 0) == 0;
}

gboolean ml_ref_matches(const char *name, const char *glob)
{
    const char *prefixes[] = {"", "refs/", "refs/heads/", "refs/remotes/"};
    for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(name, prefixes[i]) && matches(glob, name + strlen(prefixes[i])))
            return TRUE;
    return FALSE;
}

static gboolean is_wanted(const char *const *globs, const char *name)
{
    if (!*globs)
        return g_str_has_prefix(name, "refs/heads/") || g_str_has_prefix(name, "refs/remotes/") ||
               fnmatch("refs/pull/*/head", name, 0) == 0;
    for (; *globs; globs++)
        if (ml_ref_matches(name, *globs))
            return TRUE;
    return FALSE;
}

/* Not by the ref: libgit2 1.5 leaks one whose object is missing. */
static char *peel(MlRepository *repository, const git_oid *target)
{
    g_autoptr(git_object) object = NULL;
    g_autoptr(git_object) commit = NULL;
    if (git_object_lookup(&object, repository->git, target, GIT_OBJECT_ANY) < 0 ||
        git_object_peel(&commit, object, GIT_OBJECT_COMMIT) < 0)
        return NULL;
    return g_strdup(git_oid_tostr_s(git_object_id(commit)));
}

static void add_ref(MlRepository *repository, const git_reference *reference, GPtrArray *refs)
{
    const git_oid *target = git_reference_target(reference);
    char *commit = target ? peel(repository, target) : NULL;
    if (!commit)
        return;
    MlRef *ref = g_new(MlRef, 1);
    *ref = (MlRef){g_strdup(git_reference_name(reference)), commit};
    g_ptr_array_add(refs, ref);
}

static int compare_refs(gconstpointer left, gconstpointer right)
{
    const MlRef *const *a = left;
    const MlRef *const *b = right;
    return strcmp((*a)->name, (*b)->name);
}

GPtrArray *ml_repository_refs(MlRepository *repository, const char *const *globs, GError **error)
{
    g_autoptr(git_reference_iterator) iterator = NULL;
    g_autoptr(GPtrArray) refs = g_ptr_array_new_with_free_func((GDestroyNotify)ml_ref_free);
    int status = git_reference_iterator_new(&iterator, repository->git);
    while (status == 0) {
        g_autoptr(git_reference) reference = NULL;
        status = git_reference_next(&reference, iterator);
        if (status == 0 && is_wanted(globs, git_reference_name(reference)))
            add_ref(repository, reference, refs);
    }
    if (status != GIT_ITEROVER) {
        ml_git_error_set(error, ML_SOURCE_ERROR_REPOSITORY, "git cannot list the branches");
        return NULL;
    }
    g_ptr_array_sort(refs, compare_refs);
    return g_steal_pointer(&refs);
}

char *ml_ref_short_name(const char *name)
{
    const char *prefixes[] = {"refs/heads/", "refs/remotes/", "refs/tags/"};
    for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(name, prefixes[i]))
            return g_strdup(name + strlen(prefixes[i]));
    if (!g_str_has_prefix(name, "refs/"))
        return g_strdup(name);
    const char *rest = name + strlen("refs/");
    gboolean is_pull = g_str_has_prefix(rest, "pull/") && g_str_has_suffix(rest, "/head");
    return g_strndup(rest, strlen(rest) - (is_pull ? strlen("/head") : 0));
}

static char *remote_branch(MlRepository *repository, const char *remote)
{
    g_autofree char *head = g_strconcat("refs/remotes/", remote, "/HEAD", NULL);
    g_autoptr(git_reference) reference = NULL;
    git_oid target;
    if (git_reference_lookup(&reference, repository->git, head) < 0)
        return NULL;
    const char *branch = git_reference_symbolic_target(reference);
    gboolean leads = branch && git_reference_name_to_id(&target, repository->git, branch) == 0;
    return leads ? g_strdup(branch) : NULL;
}

/* "upstream" of "remote.upstream.url"; NULL for other settings. A copy. */
static char *named_remote(const char *setting)
{
    const char *const prefix = "remote.", *const suffix = ".url";
    gsize length = strlen(setting), around = strlen(prefix) + strlen(suffix);
    if (length <= around || !g_str_has_prefix(setting, prefix) ||
        !g_str_has_suffix(setting, suffix))
        return NULL;
    return g_strndup(setting + strlen(prefix), length - around);
}

/* NULL where there are none, or several. Not by git_remote_list: what it matches with leaks. */
static char *only_remote(MlRepository *repository)
{
    g_autoptr(git_config) config = NULL;
    g_autoptr(git_config_iterator) iterator = NULL;
    g_autofree char *only = NULL;
    git_config_entry *entry;
    if (git_repository_config_snapshot(&config, repository->git) < 0 ||
        git_config_iterator_new(&iterator, config) < 0)
        return NULL;
    while (git_config_next(&entry, iterator) == 0) {
        g_autofree char *name = named_remote(entry->name);
        if (name == NULL || g_strcmp0(name, only) == 0)
            continue;
        if (only != NULL)
            return NULL;
        only = g_steal_pointer(&name);
    }
    return g_steal_pointer(&only);
}

char *ml_repository_default_branch(MlRepository *repository)
{
    char *branch = remote_branch(repository, "origin");
    g_autofree char *remote = branch ? NULL : only_remote(repository);
    return remote ? remote_branch(repository, remote) : branch;
}

char *ml_repository_remote_url(MlRepository *repository)
{
    g_autoptr(git_config) config = NULL;
    g_autofree char *only = only_remote(repository);
    g_autofree char *key = g_strdup_printf("remote.%s.url", only ? only : "origin");
    const char *url = NULL;
    if (git_repository_config_snapshot(&config, repository->git) < 0 ||
        git_config_get_string(&url, config, key) < 0)
        return NULL;
    return g_strdup(url);
}

static int add_merging(const git_oid *id, void *data)
{
    g_strv_builder_add(data, git_oid_tostr_s(id));
    return 0;
}

char **ml_repository_merging(MlRepository *repository)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    git_repository_mergehead_foreach(repository->git, add_merging, builder);
    return g_strv_builder_end(builder);
}
