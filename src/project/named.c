#include "project/named.h"

#include <string.h>

#include "project/configuration.h"
#include "project/environment.h"
#include "project/location.h"

/* The files that Alembic would read: CommandLine._inis_from_config. */
typedef struct {
    char *ini;
    char *toml;
    char *standing; /* where it would be started */
} Choice;

static void choice_clear(Choice *choice)
{
    g_free(choice->ini);
    g_free(choice->toml);
    g_free(choice->standing);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Choice, choice_clear)

G_GNUC_PRINTF(2, 3)
static gboolean fail(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, ML_PROJECT_ERROR, ML_PROJECT_ERROR_CONFIG, message);
    return FALSE;
}

static gboolean choose_named(MlTree *tree, const char *path, Choice *choice, GError **error)
{
    g_autofree char *name = g_path_get_basename(path);
    gboolean is_toml = !strcmp(name, ML_PYPROJECT);
    char **place = is_toml ? &choice->toml : &choice->ini;
    if (*place)
        return fail(error, "%s and %s are both given: Alembic takes one %s.", *place, path,
                    is_toml ? ML_PYPROJECT : "ini file, and " ML_PYPROJECT " besides");
    if (!ml_tree_is_file(tree, path))
        return fail(error, "%s: There is no such configuration file.", path);
    *place = g_strdup(path);
    return TRUE;
}

static char *file_in(MlTree *tree, const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    return ml_tree_is_file(tree, path) ? g_steal_pointer(&path) : NULL;
}

/* The alembic.ini of the first folder from `standing` upwards that has one. */
static gboolean choose_nearest(MlTree *tree, const char *section, Choice *choice, GError **error)
{
    g_autoptr(GPtrArray) lineage = ml_folder_lineage(choice->standing);
    for (guint i = 0; i < lineage->len; i++) {
        choice->ini = file_in(tree, lineage->pdata[i], ML_ALEMBIC_INI);
        if (!choice->ini)
            continue;
        g_free(choice->standing);
        choice->standing = g_strdup(lineage->pdata[i]);
        return TRUE;
    }
    return fail(error,
                "There is no " ML_ALEMBIC_INI
                " with a section [%s] here or in a folder above: name "
                "it with -c.",
                section);
}

static gboolean choose_files(MlTree *tree, const MlProjectQuery *query, Choice *choice,
                             GError **error)
{
    guint length = query->configs ? query->configs->len : 0;
    choice->standing = g_strdup(query->standing ? query->standing : "");
    for (guint i = 0; i < length; i++)
        if (!choose_named(tree, query->configs->pdata[i], choice, error))
            return FALSE;
    if (!length && !choose_nearest(tree, query->section, choice, error))
        return FALSE;
    if (!choice->ini)
        choice->ini = file_in(tree, choice->standing, ML_ALEMBIC_INI);
    if (!choice->toml)
        choice->toml = ml_pyproject_in(tree, choice->standing);
    return TRUE;
}

static gboolean check_section(const MlConfiguration *configuration, const char *section,
                              GError **error)
{
    return !section || !configuration->ini || ml_ini_has_section(configuration->ini, section) ||
           fail(error, "%s: There is no section [%s].", ml_ini_path(configuration->ini), section);
}

/* Flask-Migrate's inis name no script location: they lie in it. */
static gboolean check_script_location(MlTree *tree, const MlSettings *settings, GError **error)
{
    g_autofree char *home = ml_folder_of(settings->config);
    g_autofree char *script = file_in(tree, home, "env.py");
    return settings->script_location || script ||
           fail(error, "%s: Section [%s] sets no script_location.", settings->config,
                settings->section);
}

static MlSettings *read_settings(MlTree *tree, const MlProjectQuery *query, const Choice *choice,
                                 GError **error)
{
    const char *section = query->section ? query->section : "alembic";
    g_autoptr(MlConfiguration) configuration =
        ml_configuration_read(tree, choice->ini, choice->toml, error);
    if (!configuration || !check_section(configuration, query->section, error))
        return NULL;
    g_autoptr(MlSettings) settings = ml_settings_read(&configuration->files, section, error);
    if (settings && query->script_location) {
        g_free(settings->script_location);
        settings->script_location = ml_location_here(query->script_location);
    }
    if (!settings || !check_script_location(tree, settings, error))
        return NULL;
    return g_steal_pointer(&settings);
}

GPtrArray *ml_project_named(MlTree *tree, const MlProjectQuery *query, GPtrArray *notes,
                            GError **error)
{
    g_auto(Choice) choice = {0};
    g_autoptr(MlSettings) settings = choose_files(tree, query, &choice, error)
                                         ? read_settings(tree, query, &choice, error)
                                         : NULL;
    if (!settings)
        return NULL;
    g_autoptr(GPtrArray) remarks = g_ptr_array_new_with_free_func(g_free);
    MlProject *project = ml_environment_of_settings(tree, settings, choice.standing, remarks);
    if (!project) {
        fail(error, "%s", (char *)remarks->pdata[remarks->len - 1]);
        return NULL;
    }
    if (project->missing) {
        g_autofree char *place = ml_place_text(&project->missing_place);
        fail(error, "%s: script_location names '%s', and there is no such folder", place,
             project->missing);
        ml_project_free(project);
        return NULL;
    }
    if (notes)
        g_ptr_array_extend_and_steal(notes, g_steal_pointer(&remarks));
    GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)ml_project_free);
    g_ptr_array_add(found, project);
    return found;
}
