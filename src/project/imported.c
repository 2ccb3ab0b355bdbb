#include "project/imported.h"

#include <string.h>

/* What is read at most: some hundred models of the usual size ten times over. */
#define MOST_FILES   1000
#define MOST_BYTES   (8 << 20)
#define MOST_IMPORTS 50000 /* packages on the way to a module among them */

typedef struct {
    const MlEnv *env;
    GHashTable *seen;
    GPtrArray *waiting; /* char *: borrowed from `seen`, in the order that they are come upon */
    gsize bytes;
    guint imports;
} Walk;

static gboolean is_within_bounds(const Walk *walk)
{
    return walk->waiting->len <= MOST_FILES && walk->bytes <= MOST_BYTES &&
           walk->imports <= MOST_IMPORTS;
}

/* Takes `path`, which may be NULL. */
static void add_path(Walk *walk, char *path)
{
    if (path != NULL && !g_hash_table_contains(walk->seen, path)) {
        g_hash_table_add(walk->seen, path);
        g_ptr_array_add(walk->waiting, path);
    } else {
        g_free(path);
    }
}

static void add_module(Walk *walk, const char *from, guint level, const char *name)
{
    if (++walk->imports <= MOST_IMPORTS)
        add_path(walk, ml_tree_importer_path(walk->env->importer, from, level, name));
}

/* `import a.b.c` runs a and a.b as well; `from a import b` may mean a module. */
static void add_import(Walk *walk, const char *from, const MlImport *import)
{
    g_autoptr(GString) name = g_string_new(import->module);
    if (import->name != NULL)
        g_string_append_printf(name, "%s%s", name->len ? "." : "", import->name);
    if (import->level > 0)
        add_module(walk, from, import->level, "");
    for (const char *dot = name->str; *dot != '\0' && is_within_bounds(walk);) {
        dot += 1 + strcspn(dot + 1, ".");
        g_autofree char *package = g_strndup(name->str, dot - name->str);
        add_module(walk, from, import->level, package);
    }
}

static void visit_file(Walk *walk, const char *path, MlImportedVisit visit, gpointer data)
{
    g_autoptr(GBytes) text = ml_tree_read(walk->env->tree, path, NULL, NULL);
    if (text == NULL)
        return;
    walk->bytes += g_bytes_get_size(text);
    if (!is_within_bounds(walk))
        return;
    g_autoptr(MlModule) module = ml_module_parse(text);
    visit(path, module, data);
    g_autoptr(GArray) imports = ml_module_imports(module);
    for (guint i = 0; i < imports->len && is_within_bounds(walk); i++)
        add_import(walk, path, &g_array_index(imports, MlImport, i));
}

gboolean ml_imported_visit(const MlEnv *env, MlImportedVisit visit, gpointer data)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) waiting = g_ptr_array_new();
    Walk walk = {.env = env, .seen = seen, .waiting = waiting};
    add_path(&walk, g_strdup(env->path));
    for (guint i = 0; i < waiting->len && is_within_bounds(&walk); i++)
        visit_file(&walk, waiting->pdata[i], visit, data);
    return is_within_bounds(&walk);
}
