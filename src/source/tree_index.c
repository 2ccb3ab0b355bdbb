/* The index: what would be committed now. */
#include "source/tree.h"

#include <string.h>

/* A link's text is a path: no longer than the system allows one to be. */
#define LINK_TEXT_LIMIT 4096

/* Stages of what is not merged. */
enum {
    MERGED,
    BASE,
    OURS,
    THEIRS,
};

typedef struct {
    MlTree tree;
    git_index *index; /* sorted by path, then by stage */
} IndexTree;

static gboolean is_there(const git_index_entry *entry)
{
    return git_index_entry_stage(entry) != BASE &&
           !(entry->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD);
}

static MlEntryKind kind_of(const git_index_entry *entry)
{
    switch (entry->mode) {
    case GIT_FILEMODE_LINK:
        return ML_ENTRY_LINK;
    case GIT_FILEMODE_COMMIT:
        return ML_ENTRY_SUBMODULE;
    default:
        return ML_ENTRY_FILE;
    }
}

static const git_index_entry *find_entry(MlTree *tree, const char *path)
{
    git_index *index = ((IndexTree *)tree)->index;
    const int stages[] = {MERGED, OURS, THEIRS};
    for (gsize i = 0; i < G_N_ELEMENTS(stages); i++) {
        const git_index_entry *entry = git_index_get_bypath(index, path, stages[i]);
        if (entry)
            return is_there(entry) ? entry : NULL;
    }
    return NULL;
}

/* The entry at `position` if it lies below `prefix`; NULL if that is over. */
static const git_index_entry *entry_below(MlTree *tree, gsize position, const char *prefix)
{
    const git_index_entry *entry = git_index_get_byindex(((IndexTree *)tree)->index, position);
    return entry && g_str_has_prefix(entry->path, prefix) ? entry : NULL;
}

/* Where what lies below `prefix` begins. */
static gboolean find_prefix(MlTree *tree, const char *prefix, gsize *position)
{
    *position = 0;
    return !*prefix || git_index_find_prefix(position, ((IndexTree *)tree)->index, prefix) == 0;
}

static gboolean is_folder(MlTree *tree, const char *path)
{
    g_autofree char *prefix = g_strconcat(path, "/", NULL);
    gsize position;
    if (!find_prefix(tree, prefix, &position))
        return FALSE;
    const git_index_entry *entry;
    while ((entry = entry_below(tree, position, prefix)) && !is_there(entry))
        position++;
    return entry != NULL;
}

static MlEntryKind look(MlTree *tree, const char *path, G_GNUC_UNUSED GError **error)
{
    const git_index_entry *entry = *path ? find_entry(tree, path) : NULL;
    if (entry)
        return kind_of(entry);
    return !*path || is_folder(tree, path) ? ML_ENTRY_FOLDER : ML_ENTRY_ABSENT;
}

static gboolean was_added(const GPtrArray *entries, const char *name, gsize length)
{
    const MlListed *last = entries->len ? entries->pdata[entries->len - 1] : NULL;
    return last && strlen(last->entry.name) == length &&
           memcmp(last->entry.name, name, length) == 0;
}

/* What lies in one subfolder is together, as all stages of a path are: the last one added tells. */
static gboolean list(MlTree *tree, const char *folder, GPtrArray *entries,
                     G_GNUC_UNUSED GError **error)
{
    g_autofree char *prefix = *folder ? g_strconcat(folder, "/", NULL) : g_strdup("");
    const git_index_entry *entry;
    gsize position;
    if (!find_prefix(tree, prefix, &position))
        return TRUE;
    for (; (entry = entry_below(tree, position, prefix)); position++) {
        const char *name = entry->path + strlen(prefix);
        gsize length = strcspn(name, "/");
        if (!is_there(entry) || was_added(entries, name, length))
            continue;
        g_autofree char *component = g_strndup(name, length);
        if (name[length])
            ml_entries_add(entries, component, ML_ENTRY_FOLDER, NULL);
        else
            ml_entries_add(entries, component, kind_of(entry), entry->id.id);
    }
    return TRUE;
}

static GBytes *read_entry(MlTree *tree, const char *path, gsize limit, MlBlobId *id, GError **error)
{
    const git_index_entry *entry = find_entry(tree, path);
    return entry ? ml_repository_blob(tree->repository, &entry->id, path, limit, id, error) : NULL;
}

static GBytes *read_file(MlTree *tree, const char *path, MlBlobId *id, GError **error)
{
    return read_entry(tree, path, ML_FILE_LIMIT, id, error);
}

static char *follow(MlTree *tree, const char *path, GError **error)
{
    g_autoptr(GBytes) text = read_entry(tree, path, LINK_TEXT_LIMIT, NULL, error);
    return text ? ml_path_follow(path, text) : NULL;
}

static gboolean identify(MlTree *tree, const char *path, MlBlobId *id)
{
    const git_index_entry *entry = find_entry(tree, path);
    if (entry)
        memcpy(id->bytes, entry->id.id, sizeof id->bytes);
    return entry != NULL;
}

static MlConflict conflict(MlTree *tree, const char *path)
{
    git_index *index = ((IndexTree *)tree)->index;
    gboolean base = git_index_get_bypath(index, path, BASE) != NULL;
    gboolean ours = git_index_get_bypath(index, path, OURS) != NULL;
    gboolean theirs = git_index_get_bypath(index, path, THEIRS) != NULL;
    if (ours && theirs)
        return base ? ML_CONFLICT_CONTENT : ML_CONFLICT_ADDED;
    if (base && (ours || theirs))
        return ML_CONFLICT_DELETED;
    return base || ours || theirs ? ML_CONFLICT_RENAMED : ML_CONFLICT_NONE;
}

static void clear(MlTree *tree)
{
    git_index_free(((IndexTree *)tree)->index);
}

static const MlTreeClass class = {look, follow, list, read_file, identify, conflict, clear};

MlTree *ml_tree_of_index(MlRepository *repository, GError **error)
{
    git_index *index = ml_repository_index(repository, error);
    if (!index)
        return NULL;
    MlTree *tree = ml_tree_new(&class, sizeof(IndexTree), repository,
                               g_strdup(ml_repository_workdir(repository)));
    ((IndexTree *)tree)->index = index;
    return tree;
}
