#include "project/importer.h"

#include <string.h>

typedef struct {
    MlImporter importer;
    MlTree *tree;
    const MlProject *project;
    GMutex mutex;
    GHashTable *modules; /* path -> MlModule *, NULL where there is no such file */
} TreeImporter;

static void unref_module(gpointer module)
{
    ml_module_unref(module);
}

/* The module at a path, parsed at most once; NULL if there is no such file. */
static MlModule *module_at(TreeImporter *self, const char *path)
{
    gpointer known;
    if (!g_hash_table_lookup_extended(self->modules, path, NULL, &known)) {
        g_autoptr(GBytes) text =
            ml_tree_is_file(self->tree, path) ? ml_tree_read(self->tree, path, NULL, NULL) : NULL;
        known = text ? ml_module_parse(text) : NULL;
        g_hash_table_insert(self->modules, g_strdup(path), known);
    }
    return known ? ml_module_ref(known) : NULL;
}

static gboolean is_there(TreeImporter *self, const char *path)
{
    gpointer known;
    if (g_hash_table_lookup_extended(self->modules, path, NULL, &known))
        return known != NULL;
    if (ml_tree_is_file(self->tree, path))
        return TRUE;
    g_hash_table_insert(self->modules, g_strdup(path), NULL);
    return FALSE;
}

/* `name` below a folder: the package's __init__.py, or name.py. */
static char *path_below(TreeImporter *self, const char *folder, const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, ".", -1);
    g_autofree char *joined = g_strjoinv("/", parts);
    g_autofree char *stem = *folder && *joined ? g_strconcat(folder, "/", joined, NULL)
                                               : g_strconcat(folder, joined, NULL);
    const char *const endings[] = {"/__init__.py", ".py"};
    for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *candidate = g_strconcat(stem, endings[i], NULL);
        if (is_there(self, candidate))
            return g_steal_pointer(&candidate);
    }
    return NULL;
}

static char *folder_above(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? g_strndup(path, slash - path) : g_strdup("");
}

/* One dot is the folder of the importing file, each further one the folder above. */
static char *relative_path(TreeImporter *self, const char *from, guint level, const char *name)
{
    g_autofree char *folder = folder_above(from);
    for (; level > 1; level--) {
        if (*folder == '\0')
            return NULL;
        char *above = folder_above(folder);
        g_free(folder);
        folder = above;
    }
    return path_below(self, folder, name);
}

static char *absolute_path(TreeImporter *self, const char *name)
{
    for (guint i = 0; i < self->project->import_roots->len && !ml_is_library(name); i++) {
        char *path = path_below(self, g_ptr_array_index(self->project->import_roots, i), name);
        if (path != NULL)
            return path;
    }
    return NULL;
}

static char *path_of(TreeImporter *self, const char *from, guint level, const char *name)
{
    return level > 0 ? relative_path(self, from, level, name) : absolute_path(self, name);
}

static MlModule *find(MlImporter *importer, const char *from, guint level, const char *name,
                      char **path)
{
    TreeImporter *self = (TreeImporter *)importer;
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->mutex);
    g_autofree char *found = path_of(self, from, level, name);
    MlModule *module = found ? module_at(self, found) : NULL;
    if (module != NULL)
        *path = g_steal_pointer(&found);
    return module;
}

char *ml_tree_importer_path(MlImporter *importer, const char *from, guint level, const char *name)
{
    TreeImporter *self = (TreeImporter *)importer;
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->mutex);
    return path_of(self, from, level, name);
}

MlModule *ml_tree_importer_module(MlImporter *importer, const char *path)
{
    TreeImporter *self = (TreeImporter *)importer;
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->mutex);
    return module_at(self, path);
}

MlImporter *ml_tree_importer_new(MlTree *tree, const MlProject *project)
{
    TreeImporter *self = g_new0(TreeImporter, 1);
    self->importer.find = find;
    self->tree = ml_tree_ref(tree);
    self->project = project;
    self->modules = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_module);
    g_mutex_init(&self->mutex);
    return &self->importer;
}

void ml_tree_importer_free(MlImporter *importer)
{
    TreeImporter *self = (TreeImporter *)importer;
    ml_tree_unref(self->tree);
    g_hash_table_unref(self->modules);
    g_mutex_clear(&self->mutex);
    g_free(self);
}
