#include "project/configuration.h"

#include "project/environment.h"
#include "project/location.h"

static char *here_of(const char *path)
{
    g_autofree char *folder = ml_folder_of(path);
    return ml_location_here(folder);
}

static MlIni *read_ini(MlTree *tree, const char *path, GError **error)
{
    g_autofree char *here = here_of(path);
    g_autoptr(GBytes) text = ml_tree_read(tree, path, NULL, error);
    return text ? ml_ini_parse(path, text, here, error) : NULL;
}

static MlToml *read_toml(MlTree *tree, const char *path, GError **error)
{
    g_autoptr(GBytes) text = ml_tree_read(tree, path, NULL, error);
    return text ? ml_toml_parse(path, text, error) : NULL;
}

MlConfiguration *ml_configuration_read(MlTree *tree, const char *ini, const char *toml,
                                       GError **error)
{
    g_autoptr(MlConfiguration) configuration = g_new0(MlConfiguration, 1);
    if (ini && !(configuration->ini = read_ini(tree, ini, error)))
        return NULL;
    if (toml && !(configuration->toml = read_toml(tree, toml, error)))
        return NULL;
    configuration->here = toml ? here_of(toml) : NULL;
    configuration->files =
        (MlConfigFiles){configuration->ini, configuration->toml, configuration->here};
    return g_steal_pointer(&configuration);
}

void ml_configuration_free(MlConfiguration *configuration)
{
    g_clear_pointer(&configuration->ini, ml_ini_free);
    g_clear_pointer(&configuration->toml, ml_toml_free);
    g_free(configuration->here);
    g_free(configuration);
}

char *ml_pyproject_in(MlTree *tree, const char *folder)
{
    g_autofree char *path = g_build_filename(folder, ML_PYPROJECT, NULL);
    g_autoptr(GBytes) text = ml_tree_read(tree, path, NULL, NULL);
    return text && ml_text_says(text, "alembic") ? g_steal_pointer(&path) : NULL;
}
