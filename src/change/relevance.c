#include "change/relevance.h"
#include "miglint/change.h"

#include <string.h>

static gboolean lies_in(const char *path, const char *folder)
{
    gsize length = strlen(folder);
    return length == 0 || (strncmp(path, folder, length) == 0 && path[length] == '/');
}

/* The length of the path of the folder that holds it. */
static gsize folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (gsize)(slash - path) : 0;
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

gboolean ml_path_configures(const char *path)
{
    const char *name = name_of(path);
    return strcmp(name, "env.py") == 0 || strcmp(name, "pyproject.toml") == 0 ||
           strcmp(name, "miglint.toml") == 0 || g_str_has_suffix(name, ".ini");
}

static gboolean lies_in_one_of(const char *path, const GPtrArray *folders)
{
    for (guint i = 0; i < folders->len; i++)
        if (lies_in(path, g_ptr_array_index(folders, i)))
            return TRUE;
    return FALSE;
}

gboolean ml_path_is_within(const char *path, const MlMigrations *migrations)
{
    const MlProject *project = migrations->project;
    return lies_in(path, project->script_location) ||
           lies_in_one_of(path, project->version_locations) ||
           lies_in_one_of(path, migrations->folders);
}

gboolean ml_path_is_revision(const char *path, const MlMigrations *migrations)
{
    gsize length = folder_length(path);
    if (!ml_revision_is_name(name_of(path)))
        return FALSE;
    for (guint i = 0; i < migrations->folders->len; i++) {
        const char *folder = g_ptr_array_index(migrations->folders, i);
        if (strlen(folder) == length && strncmp(path, folder, length) == 0)
            return TRUE;
    }
    return FALSE;
}

/* --- differences ------------------------------------------------------------------ */

/* A file in a folder that held none may be the first revision of a location that is configured. */
static gboolean may_be_first_revision(const MlDifference *difference)
{
    return difference->kind == ML_DIFFERENCE_ADDED && g_str_has_suffix(difference->path, ".py") &&
           strstr(difference->path, "version") != NULL;
}

static gboolean concerns(const MlDifference *difference, const GPtrArray *environments)
{
    if (ml_path_configures(difference->path) || may_be_first_revision(difference))
        return TRUE;
    for (guint i = 0; i < environments->len; i++) {
        const MlMigrations *migrations = g_ptr_array_index(environments, i);
        if (g_strcmp0(difference->path, migrations->project->config) == 0 ||
            ml_path_is_within(difference->path, migrations))
            return TRUE;
    }
    return FALSE;
}

gboolean ml_differences_concern(const GPtrArray *differences, const GPtrArray *environments)
{
    for (guint i = 0; i < differences->len; i++)
        if (concerns(g_ptr_array_index(differences, i), environments))
            return TRUE;
    return FALSE;
}
