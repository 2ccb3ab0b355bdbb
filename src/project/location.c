#include "project/location.h"

#include <string.h>

/* No path on a disk begins with it. */
#define HERE "/\001"

char *ml_location_here(const char *folder)
{
    return *folder ? g_build_filename(HERE, folder, NULL) : g_strdup(HERE);
}

/* Where `location` goes on behind `root`, without leading slashes; NULL if it lies elsewhere. */
static const char *below(const char *root, const char *location)
{
    if (!root || !g_str_has_prefix(location, root))
        return NULL;
    const char *rest = location + strlen(root);
    if (*rest && *rest != '/' && !g_str_has_suffix(root, "/"))
        return NULL;
    return rest + strspn(rest, "/");
}

char *ml_location_shown(const char *location)
{
    const char *path = below(HERE, location);
    if (!path)
        return g_strdup(location);
    return g_strdup(*path ? path : ".");
}

char *ml_locations_shown(const char *text)
{
    GString *shown = g_string_new(text);
    g_string_replace(shown, HERE "/", "", 0);
    g_string_replace(shown, HERE, ".", 0);
    return g_string_free(shown, FALSE);
}

/* "package.module:folder" as the path below the folder that holds the package. */
static char *relative_path(const char *location)
{
    const char *colon = strchr(location, ':');
    if (!colon)
        return g_strdup(location);
    g_autofree char *package = g_strndup(location, colon - location);
    g_autofree char *folder = g_strdelimit(g_strdup(colon + 1), ":", '/');
    return g_build_filename(g_strdelimit(package, ".", '/'), folder, NULL);
}

static void add_if_folder(MlTree *tree, GPtrArray *folders, const char *path)
{
    MlEntryKind kind;
    g_autofree char *real = ml_tree_resolve(tree, path, &kind);
    if (real && kind == ML_ENTRY_FOLDER)
        ml_folders_add(folders, real);
}

GPtrArray *ml_location_candidates(MlTree *tree, const GPtrArray *bases, const char *location)
{
    GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
    if (*location == '/') {
        const char *path = below(HERE, location);
        path = path ? path : below(ml_tree_root(tree), location);
        if (path)
            add_if_folder(tree, folders, path);
        return folders;
    }
    g_autofree char *relative = relative_path(location);
    for (guint i = 0; *relative && i < bases->len; i++) {
        g_autofree char *path = g_build_filename(bases->pdata[i], relative, NULL);
        add_if_folder(tree, folders, path);
    }
    return folders;
}

/* Whether the package of "package.module:folder" is one of the tree. */
static gboolean has_package(MlTree *tree, const GPtrArray *bases, const char *location)
{
    g_autofree char *package = g_strndup(location, strcspn(location, ".:"));
    g_autoptr(GPtrArray) found = ml_location_candidates(tree, bases, package);
    return found->len > 0;
}

char *ml_location_expected(MlTree *tree, const GPtrArray *bases, const char *folder,
                           const char *location)
{
    const char *here = below(HERE, location);
    if (!*location || strpbrk(location, "{}<>$") || (*location == '/' && !here) ||
        (strchr(location, ':') && !has_package(tree, bases, location)))
        return NULL;
    g_autofree char *relative = here ? g_strdup(here) : relative_path(location);
    g_autofree char *path = g_build_filename(HERE, here ? "" : folder, relative, NULL);
    g_autofree char *plain = g_canonicalize_filename(path, "/");
    return g_strdup(below(HERE, plain));
}

char *ml_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return g_strndup(path, slash ? slash - path : 0);
}

GPtrArray *ml_folder_lineage(const char *folder)
{
    GPtrArray *lineage = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(lineage, g_strdup(folder));
    while (*folder) {
        g_ptr_array_add(lineage, ml_folder_of(folder));
        folder = lineage->pdata[lineage->len - 1];
    }
    return lineage;
}

gboolean ml_folder_holds(const char *folder, const char *path)
{
    gsize length = strlen(folder);
    return !length || (!strncmp(path, folder, length) && (!path[length] || path[length] == '/'));
}

void ml_folders_add(GPtrArray *folders, const char *folder)
{
    if (!g_ptr_array_find_with_equal_func(folders, folder, g_str_equal, NULL))
        g_ptr_array_add(folders, g_strdup(folder));
}

void ml_folders_add_sources(MlTree *tree, GPtrArray *folders)
{
    guint length = folders->len;
    for (guint i = 0; i < length; i++) {
        g_autofree char *path = g_build_filename(folders->pdata[i], "src", NULL);
        add_if_folder(tree, folders, path);
    }
}

gboolean ml_is_foreign_folder(const char *name)
{
    static const char *const foreign[] = {"venv",        "site-packages",  "node_modules",
                                          "__pycache__", "__pypackages__", NULL};
    return *name == '.' || g_strv_contains(foreign, name);
}
