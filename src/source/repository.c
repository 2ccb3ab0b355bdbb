/* Opening a repository the way git would, where libgit2 alone does not. */
#include "source/fingerprints.h"
#include "source/lineage.h"

#include <git2/sys/repository.h>
#include <stdlib.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_config, git_config_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_index, git_index_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_odb_object, git_odb_object_free)

GQuark ml_source_error_quark(void)
{
    return g_quark_from_static_string("ml-source-error-quark");
}

/*
 * A libgit2 with mbedTLS reads all certificates of the system when it starts, with this function:
 * more work than reading a hundred revisions. Nothing here goes to the network, and a program's own
 * function comes before the library's: this one reads none.
 */
int mbedtls_x509_crt_parse_file(gpointer chain, const char *path);
int mbedtls_x509_crt_parse_file(G_GNUC_UNUSED gpointer chain, G_GNUC_UNUSED const char *path)
{
    return 0;
}

static gpointer start_libgit2(G_GNUC_UNUSED gpointer data)
{
    /* objectformat and refstorage are accepted here so that their values can be judged. */
    const char *extensions[] = {"partialclone",      "worktreeconfig", "preciousobjects",
                                "relativeworktrees", "objectformat",   "refstorage"};
    if (git_libgit2_init() < 0 ||
        git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, G_N_ELEMENTS(extensions)) < 0 ||
        git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0) < 0 ||
        /* Hashing all that is read again is for fsck; git leaves it out too. */
        git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0) < 0)
        g_error("libgit2 does not start");
    return NULL;
}

void ml_git_start(void)
{
    static GOnce once = G_ONCE_INIT;
    g_once(&once, start_libgit2, NULL);
}

char *ml_display_name(const char *name)
{
    return g_utf8_make_valid(name, -1);
}

void ml_git_error_set(GError **error, MlSourceError code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    const git_error *last = git_error_last();
    g_autofree char *reason = ml_display_name(last ? last->message : "no reason given");
    g_set_error(error, ML_SOURCE_ERROR, code, "%s: %s", message, reason);
}

void ml_too_large(const char *path, gsize limit, GError **error)
{
    g_autofree char *name = ml_display_name(path);
    g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_TOO_LARGE,
                "'%s' has more than %" G_GSIZE_FORMAT
                " bytes, which is too much to read: exclude it",
                name, limit);
}

/* Which repository is wanted. */
typedef struct {
    const char *start;   /* absolute */
    const char *git_dir; /* NULL: the one that git would find */
} Request;

/* What git would take from the environment, which knows nothing of a repository named here. */
static const char *environment(const Request *request, const char *name)
{
    const char *value = request->git_dir ? NULL : g_getenv(name);
    return value && *value ? value : NULL;
}

/* Not g_canonicalize_filename: "link/.." is what the system says it is. */
static char *absolute(const char *path, const char *base)
{
    return g_path_is_absolute(path) ? g_strdup(path) : g_build_filename(base, path, NULL);
}

static char *resolved(const char *folder)
{
    char *real = realpath(folder, NULL);
    return real ? real : g_canonicalize_filename(folder, NULL);
}

static char *config_string(git_config *config, const char *name)
{
    git_buf value = GIT_BUF_INIT;
    char *copy = NULL;
    if (git_config_get_string_buf(&value, config, name) == 0)
        copy = g_strdup(value.ptr);
    git_buf_dispose(&value);
    return copy;
}

static gboolean config_is_true(git_config *config, const char *name)
{
    int value = 0;
    return git_config_get_bool(&value, config, name) == 0 && value;
}

static gboolean config_allows(git_config *config, const char *name, const char *only)
{
    g_autofree char *value = config_string(config, name);
    return !value || g_ascii_strcasecmp(value, only) == 0;
}

static gboolean check_format(git_config *config, const char *name, GError **error)
{
    if (!config_allows(config, "extensions.objectformat", "sha1")) {
        g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_REPOSITORY,
                    "'%s' is a SHA-256 repository, and only SHA-1 repositories can be read: "
                    "use a clone with SHA-1 object names",
                    name);
        return FALSE;
    }
    if (!config_allows(config, "extensions.refstorage", "files")) {
        g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_REPOSITORY,
                    "'%s' keeps its refs in a format that cannot be read: "
                    "run `git refs migrate --ref-format=files` there",
                    name);
        return FALSE;
    }
    return TRUE;
}

/* Asks entry by entry: libgit2's own matching leaks on what does not match. */
static gboolean is_promisor(git_config *config)
{
    git_config_iterator *iterator = NULL;
    git_config_entry *entry = NULL;
    gboolean found = FALSE;
    if (git_config_iterator_new(&iterator, config) < 0)
        return FALSE;
    while (!found && git_config_next(&entry, iterator) == 0)
        found = strcmp(entry->name, "extensions.partialclone") == 0 ||
                (g_str_has_prefix(entry->name, "remote.") &&
                 g_str_has_suffix(entry->name, ".promisor"));
    git_config_iterator_free(iterator);
    return found;
}

/* libgit2 1.5 knows nothing of config.worktree, where git keeps what is of one worktree alone. */
static void add_worktree_config(git_repository *git, git_config *config)
{
    if (!config_is_true(config, "extensions.worktreeconfig"))
        return;
    g_autofree char *path = g_build_filename(git_repository_path(git), "config.worktree", NULL);
    if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
        git_config_add_file_ondisk(config, path, GIT_CONFIG_LEVEL_APP, git, FALSE);
}

/* Where a linked worktree lies; git writes the path relative since 2.48, and libgit2 1.5 takes it
 * for absolute. */
static char *linked_worktree(git_repository *git)
{
    const char *gitdir = git_repository_path(git);
    g_autofree char *link = g_build_filename(gitdir, "gitdir", NULL);
    g_autofree char *target = NULL;
    if (!g_file_get_contents(link, &target, NULL, NULL))
        return NULL;
    g_autofree char *dot_git = absolute(g_strchomp(target), gitdir);
    return g_path_get_dirname(dot_git);
}

/* Where core.bare is silent, git goes by the folder's name. */
static gboolean may_be_bare(git_repository *git, git_config *config)
{
    g_autofree char *setting = config_string(config, "core.bare");
    return setting == NULL && !g_str_has_suffix(git_repository_path(git), "/.git/");
}

/*
 * The working tree as git chooses it: GIT_WORK_TREE, core.worktree, the
 * current folder if GIT_DIR is set, else beside the repository.
 */
static char *choose_workdir(git_repository *git, git_config *config, const Request *request)
{
    const char *named = environment(request, "GIT_WORK_TREE");
    if (named)
        return absolute(named, request->start);
    gboolean linked = git_repository_is_worktree(git);
    if (!linked && config_is_true(config, "core.bare"))
        return NULL;
    g_autofree char *configured = config_string(config, "core.worktree");
    if (!linked && configured)
        return absolute(configured, git_repository_path(git));
    if (environment(request, "GIT_DIR"))
        return g_strdup(request->start);
    if (linked)
        return linked_worktree(git);
    return may_be_bare(git, config) ? NULL : g_strdup(git_repository_workdir(git));
}

static void set_workdir(MlRepository *repository, const char *folder)
{
    if (!folder)
        return;
    repository->workdir = resolved(folder);
    g_autofree char *known = g_strdup(git_repository_workdir(repository->git));
    if (known && g_str_has_suffix(known, "/"))
        known[strlen(known) - 1] = '\0';
    /* libgit2 leaks where nothing changes. A worktree that is gone stays named: its tree tells. */
    if (g_strcmp0(known, repository->workdir) != 0)
        git_repository_set_workdir(repository->git, repository->workdir, FALSE);
}

static gboolean set_objects(MlRepository *repository, const char *base, const Request *request)
{
    const char *folder = environment(request, "GIT_OBJECT_DIRECTORY");
    if (folder) {
        g_autofree char *path = absolute(folder, base);
        if (git_odb_open(&repository->objects, path) < 0 ||
            git_repository_set_odb(repository->git, repository->objects) < 0)
            return FALSE;
    } else if (git_repository_odb(&repository->objects, repository->git) < 0) {
        return FALSE;
    }
    const char *alternates = environment(request, "GIT_ALTERNATE_OBJECT_DIRECTORIES");
    g_auto(GStrv) folders = g_strsplit(alternates ? alternates : "", G_SEARCHPATH_SEPARATOR_S, -1);
    for (char **alternate = folders; *alternate; alternate++) {
        g_autofree char *path = absolute(*alternate, base);
        if (**alternate && git_odb_add_disk_alternate(repository->objects, path) < 0)
            return FALSE;
    }
    return TRUE;
}

static void set_index(MlRepository *repository, const char *base, const Request *request)
{
    const char *file = environment(request, "GIT_INDEX_FILE");
    repository->index_path =
        file ? absolute(file, base)
             : g_build_filename(git_repository_path(repository->git), "index", NULL);
}

/* Up from a folder, as far as git would go. */
static int search_git(git_repository **git, const Request *request)
{
    const char *across = environment(request, "GIT_DISCOVERY_ACROSS_FILESYSTEM");
    const char *ceilings = environment(request, "GIT_CEILING_DIRECTORIES");
    int crosses = FALSE;
    if (across && git_config_parse_bool(&crosses, across) < 0)
        crosses = FALSE;
    return git_repository_open_ext(git, request->start, crosses ? GIT_REPOSITORY_OPEN_CROSS_FS : 0,
                                   ceilings);
}

static gboolean open_git(git_repository **git, const Request *request, GError **error)
{
    const char *git_dir = request->git_dir ? request->git_dir : environment(request, "GIT_DIR");
    g_autofree char *place = git_dir ? absolute(git_dir, request->start) : NULL;
    const unsigned just_there = GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_NO_DOTGIT;
    int status =
        place ? git_repository_open_ext(git, place, just_there, NULL) : search_git(git, request);
    g_autofree char *name = ml_display_name(place ? place : request->start);
    if (status == GIT_ENOTFOUND)
        g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_NOT_FOUND,
                    place ? "'%s' is no git repository: check the path"
                          : "'%s' is not in a git repository: check the path, or run `git init`",
                    name);
    else if (status < 0)
        ml_git_error_set(error, ML_SOURCE_ERROR_REPOSITORY,
                         "git cannot read the repository of '%s'", name);
    return status == 0;
}

/* Everything that libgit2 leaves to be done on an open repository. */
static gboolean set_up(MlRepository *repository, const Request *request, GError **error)
{
    g_autoptr(git_config) config = NULL;
    g_autofree char *name = ml_display_name(git_repository_path(repository->git));
    if (git_repository_config(&config, repository->git) < 0) {
        ml_git_error_set(error, ML_SOURCE_ERROR_REPOSITORY, "git cannot read the settings of '%s'",
                         name);
        return FALSE;
    }
    add_worktree_config(repository->git, config);
    if (!check_format(config, name, error))
        return FALSE;
    repository->partial = is_promisor(config);
    g_autofree char *workdir = choose_workdir(repository->git, config, request);
    set_workdir(repository, workdir);
    /* git has gone to the top of the working tree when it reads the other variables. */
    const char *base = repository->workdir ? repository->workdir : request->start;
    set_index(repository, base, request);
    if (!set_objects(repository, base, request)) {
        ml_git_error_set(error, ML_SOURCE_ERROR_REPOSITORY, "git cannot read the objects of '%s'",
                         name);
        return FALSE;
    }
    return TRUE;
}

MlRepository *ml_repository_open(const char *start, const char *git_dir, GError **error)
{
    ml_git_start();
    g_autofree char *from = resolved(start ? start : ".");
    const Request request = {from, git_dir};
    if (environment(&request, "GIT_COMMON_DIR")) {
        g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_REPOSITORY,
                    "GIT_COMMON_DIR is set, which cannot be followed: unset it");
        return NULL;
    }
    g_autoptr(MlRepository) repository = g_new0(MlRepository, 1);
    g_atomic_ref_count_init(&repository->references);
    g_mutex_init(&repository->lock);
    g_mutex_init(&repository->lineage_lock);
    repository->fingerprints = ml_fingerprints_new();
    if (!open_git(&repository->git, &request, error) || !set_up(repository, &request, error))
        return NULL;
    return g_steal_pointer(&repository);
}

MlRepository *ml_repository_ref(MlRepository *repository)
{
    g_atomic_ref_count_inc(&repository->references);
    return repository;
}

void ml_repository_unref(MlRepository *repository)
{
    if (!repository || !g_atomic_ref_count_dec(&repository->references))
        return;
    ml_lineage_free(repository->lineage);
    ml_fingerprints_free(repository->fingerprints);
    git_odb_free(repository->objects);
    git_repository_free(repository->git);
    g_mutex_clear(&repository->lock);
    g_mutex_clear(&repository->lineage_lock);
    g_free(repository->workdir);
    g_free(repository->index_path);
    g_free(repository);
}

const char *ml_repository_workdir(const MlRepository *repository)
{
    return repository->workdir;
}

void ml_repository_missing(const MlRepository *repository, const char *path, GError **error)
{
    g_autofree char *name = ml_display_name(path);
    if (repository->partial)
        g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_MISSING_OBJECT,
                    "'%s' is not in this partial clone: "
                    "run `git fetch --refetch --no-filter` to get it",
                    name);
    else
        g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_MISSING_OBJECT,
                    "'%s' is missing from the repository's objects: "
                    "run `git fsck` to see the damage",
                    name);
}

void ml_blob_id(GBytes *bytes, MlBlobId *id)
{
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    git_oid oid;
    git_odb_hash(&oid, data ? data : "", length, GIT_OBJECT_BLOB);
    memcpy(id->bytes, oid.id, sizeof id->bytes);
}

guint ml_blob_id_hash(gconstpointer id)
{
    guint hash;
    memcpy(&hash, ((const MlBlobId *)id)->bytes, sizeof hash);
    return hash;
}

gboolean ml_blob_id_equal(gconstpointer one, gconstpointer other)
{
    return memcmp(one, other, sizeof(MlBlobId)) == 0;
}

static void release_object(gpointer object)
{
    git_odb_object_free(object);
}

GBytes *ml_repository_blob(MlRepository *repository, const git_oid *oid, const char *path,
                           gsize limit, MlBlobId *id, GError **error)
{
    gsize size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    g_autoptr(git_odb_object) object = NULL;
    g_autofree char *name = ml_display_name(path);
    int status = git_odb_read_header(&size, &type, repository->objects, oid);
    if (status == 0 && type == GIT_OBJECT_BLOB && size > limit) {
        ml_too_large(path, limit, error);
        return NULL;
    }
    if (status == 0)
        status = git_odb_read(&object, repository->objects, oid);
    if (status == GIT_ENOTFOUND) {
        ml_repository_missing(repository, path, error);
        return NULL;
    }
    if (status < 0) {
        ml_git_error_set(error, ML_SOURCE_ERROR_REPOSITORY, "git cannot read '%s'", name);
        return NULL;
    }
    if (git_odb_object_type(object) != GIT_OBJECT_BLOB) {
        g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_REPOSITORY,
                    "'%s' is no file to git: run `git fsck` to see the damage", name);
        return NULL;
    }
    if (id)
        memcpy(id->bytes, oid->id, sizeof id->bytes);
    gconstpointer data = git_odb_object_data(object);
    gsize length = git_odb_object_size(object);
    return g_bytes_new_with_free_func(data, length, release_object, g_steal_pointer(&object));
}

/* git skips the checksum on request (index.skipHash, which scalar sets); libgit2 1.5 insists. */
static gboolean lacks_checksum(const char *path)
{
    static const guint8 zeros[sizeof(git_oid)];
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, NULL);
    gsize length = file ? g_mapped_file_get_length(file) : 0;
    return length >= sizeof zeros &&
           memcmp(g_mapped_file_get_contents(file) + length - sizeof zeros, zeros, sizeof zeros) ==
               0;
}

static const char *mend_index(const char *path)
{
    const git_error *last = git_error_last();
    const char *reason = last ? last->message : "";
    if (strstr(reason, "'link'"))
        return "git config core.splitIndex false && git update-index --no-split-index";
    if (strstr(reason, "'sdir'"))
        return "git sparse-checkout reapply --no-sparse-index";
    if (lacks_checksum(path))
        return "git config index.skipHash false && git update-index --force-write-index";
    return NULL;
}

git_index *ml_repository_index(MlRepository *repository, GError **error)
{
    g_autoptr(git_index) index = NULL;
    if (git_index_open(&index, repository->index_path) == 0 && git_index_read(index, TRUE) == 0)
        return g_steal_pointer(&index);
    g_autofree char *name = ml_display_name(repository->index_path);
    const char *command = mend_index(repository->index_path);
    if (command)
        g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_REPOSITORY,
                    "git's index '%s' is of a kind that cannot be read here: run `%s`", name,
                    command);
    else
        ml_git_error_set(error, ML_SOURCE_ERROR_REPOSITORY,
                         "git's index '%s' cannot be read, delete it and run `git reset`", name);
    return NULL;
}

gboolean ml_repository_is_unborn(const MlRepository *repository)
{
    return git_repository_head_unborn(repository->git) == 1;
}
