/* Reading commits for their parents alone. */
#include "source/lineage.h"

#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_commit, git_commit_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(git_odb_object, git_odb_object_free)

struct MlLineage {
    MlRepository *repository; /* which owns this */
    GHashTable *nodes;        /* set of MlLineageNode by id */
    GHashTable *cuts;         /* set of hex ids where the clone ends */
};

static guint node_hash(gconstpointer key)
{
    guint hash;
    memcpy(&hash, ((const MlLineageNode *)key)->id.id, sizeof hash);
    return hash;
}

static gboolean node_equal(gconstpointer left, gconstpointer right)
{
    return git_oid_equal(&((const MlLineageNode *)left)->id, &((const MlLineageNode *)right)->id);
}

static void node_free(gpointer data)
{
    MlLineageNode *node = data;
    g_free(node->parents);
    g_free(node);
}

/* libgit2 tells only that there are such commits. */
static GHashTable *read_cuts(MlRepository *repository)
{
    GHashTable *cuts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *path =
        g_build_filename(git_repository_commondir(repository->git), "shallow", NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return cuts;
    char **lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        g_hash_table_add(cuts, g_strchomp(*line));
    g_free(lines);
    return cuts;
}

gboolean ml_repository_is_shallow(const MlRepository *repository)
{
    return git_repository_is_shallow(repository->git) == 1;
}

MlLineage *ml_lineage_lock(MlRepository *repository)
{
    g_mutex_lock(&repository->lineage_lock);
    if (!repository->lineage) {
        MlLineage *lineage = g_new(MlLineage, 1);
        lineage->repository = repository;
        lineage->nodes = g_hash_table_new_full(node_hash, node_equal, node_free, NULL);
        lineage->cuts = read_cuts(repository);
        repository->lineage = lineage;
    }
    return repository->lineage;
}

void ml_lineage_unlock(MlLineage *lineage)
{
    g_mutex_unlock(&lineage->repository->lineage_lock);
}

void ml_lineage_free(MlLineage *lineage)
{
    if (!lineage)
        return;
    g_hash_table_unref(lineage->nodes);
    g_hash_table_unref(lineage->cuts);
    g_free(lineage);
}

static MlLineageNode *intern(MlLineage *lineage, const git_oid *id)
{
    MlLineageNode wanted = {.id = *id};
    MlLineageNode *node = g_hash_table_lookup(lineage->nodes, &wanted);
    if (node)
        return node;
    node = g_new0(MlLineageNode, 1);
    node->id = *id;
    g_hash_table_add(lineage->nodes, node);
    return node;
}

/* A line of a commit's head, "KEY VALUE\n", at *at; moves behind it. NULL if another key stands
 * there. */
static const char *take_line(const char **at, const char *end, const char *key)
{
    gsize length = strlen(key);
    const char *line = *at;
    const char *stop = line < end ? memchr(line, '\n', end - line) : NULL;
    if (!stop || (gsize)(stop - line) <= length || memcmp(line, key, length) != 0 ||
        line[length] != ' ')
        return NULL;
    *at = stop + 1;
    return line + length + 1;
}

static gboolean take_id(const char **at, const char *end, const char *key, git_oid *id)
{
    const char *before = *at;
    const char *value = take_line(at, end, key);
    if (value && *at - value == GIT_OID_HEXSZ + 1 &&
        git_oid_fromstrn(id, value, GIT_OID_HEXSZ) == 0)
        return TRUE;
    *at = before;
    return FALSE;
}

/* "NAME <ADDRESS> SECONDS ZONE": what cannot be read is long ago, as it is to git. */
static gint64 take_time(const char **at, const char *end)
{
    const char *value = take_line(at, end, "author") ? take_line(at, end, "committer") : NULL;
    if (!value)
        return 0;
    const char *stop = *at - 1;
    const char *address = stop;
    while (address > value && address[-1] != '>')
        address--;
    g_autofree char *text = g_strndup(address, address > value ? stop - address : 0);
    return g_ascii_strtoll(text, NULL, 10);
}

static gboolean parse(MlLineage *lineage, MlLineageNode *node, const char *text, gsize length)
{
    const char *end = text + length;
    const char *at = text;
    git_oid parent;
    if (!take_id(&at, end, "tree", &node->tree))
        return FALSE;
    g_autoptr(GPtrArray) parents = g_ptr_array_new();
    while (take_id(&at, end, "parent", &parent))
        g_ptr_array_add(parents, intern(lineage, &parent));
    node->time = take_time(&at, end);
    node->is_read = TRUE;
    node->is_cut = g_hash_table_contains(lineage->cuts, git_oid_tostr_s(&node->id));
    node->parent_count = node->is_cut ? 0 : parents->len;
    if (node->parent_count)
        node->parents = (MlLineageNode **)g_ptr_array_steal(parents, NULL);
    return TRUE;
}

gboolean ml_lineage_read(MlLineage *lineage, MlLineageNode *node, GError **error)
{
    g_autoptr(git_odb_object) object = NULL;
    if (node->is_read)
        return TRUE;
    int status = git_odb_read(&object, lineage->repository->objects, &node->id);
    if (status == GIT_ENOTFOUND) {
        ml_repository_missing(lineage->repository, git_oid_tostr_s(&node->id), error);
        return FALSE;
    }
    if (status < 0) {
        ml_git_error_set(error, ML_SOURCE_ERROR_REPOSITORY, "git cannot read the commit '%s'",
                         git_oid_tostr_s(&node->id));
        return FALSE;
    }
    if (git_odb_object_type(object) == GIT_OBJECT_COMMIT &&
        parse(lineage, node, git_odb_object_data(object), git_odb_object_size(object)))
        return TRUE;
    g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_REPOSITORY,
                "'%s' is no commit to git: run `git fsck` to see the damage",
                git_oid_tostr_s(&node->id));
    return FALSE;
}

MlLineageNode *ml_lineage_find(MlLineage *lineage, const git_oid *id, GError **error)
{
    MlLineageNode *node = intern(lineage, id);
    return ml_lineage_read(lineage, node, error) ? node : NULL;
}

MlLineageNode *ml_lineage_named(MlLineage *lineage, const char *revision, GError **error)
{
    g_autoptr(git_commit) commit = ml_repository_commit(lineage->repository, revision, error);
    return commit ? ml_lineage_find(lineage, git_commit_id(commit), error) : NULL;
}

GPtrArray *ml_lineage_ids(const GPtrArray *nodes)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < nodes->len; i++)
        g_ptr_array_add(ids, g_strdup(git_oid_tostr_s(&((MlLineageNode *)nodes->pdata[i])->id)));
    return ids;
}
