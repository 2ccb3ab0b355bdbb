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

/* `name` below a folder: name.py, or the package's __init__.py. */
static MlModule *module_below(TreeImporter *self, const char *folder, const char *name, char **path)
{
    g_auto(GStrv) parts = g_strsplit(name, ".", -1);
    g_autofree char *joined = g_strjoinv("/", parts);
    g_autofree char *stem = *folder && *joined ? g_strconcat(folder, "/", joined, NULL)
                                               : g_strconcat(folder, joined, NULL);
    const char *const endings[] = {"/__init__.py", ".py"};
    for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *candidate = g_strconcat(stem, endings[i], NULL);
        MlModule *module = module_at(self, candidate);
        if (module != NULL) {
            *path = g_steal_pointer(&candidate);
            return module;
        }
    }
    return NULL;
}

static char *folder_above(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? g_strndup(path, slash - path) : g_strdup("");
}

/* One dot is the folder of the importing file, each further one the folder above. */
static MlModule *find_relative(TreeImporter *self, const char *from, guint level, const char *name,
                               char **path)
{
    g_autofree char *folder = folder_above(from);
    for (; level > 1; level--) {
        if (*folder == '\0')
            return NULL;
        char *above = folder_above(folder);
        g_free(folder);
        folder = above;
    }
    return module_below(self, folder, name, path);
}

static MlModule *find_absolute(TreeImporter *self, const char *name, char **path)
{
    for (guint i = 0; i < self->project->import_roots->len && !ml_is_library(name); i++) {
        const char *root = g_ptr_array_index(self->project->import_roots, i);
        MlModule *module = module_below(self, root, name, path);
        if (module != NULL)
            return module;
    }
    return NULL;
}

static MlModule *find(MlImporter *importer, const char *from, guint level, const char *name,
                      char **path)
{
    TreeImporter *self = (TreeImporter *)importer;
    g_mutex_lock(&self->mutex);
    MlModule *module =
        level > 0 ? find_relative(self, from, level, name, path) : find_absolute(self, name, path);
    g_mutex_unlock(&self->mutex);
    return module;
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
