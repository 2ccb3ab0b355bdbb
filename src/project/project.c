#include "miglint/project.h"

G_DEFINE_QUARK(ml_project_error, ml_project_error)

void ml_hook_free(MlHook *hook)
{
    g_free(hook->name);
    g_free(hook->config);
    g_hash_table_unref(hook->options);
    g_free(hook);
}

char *ml_place_text(const MlPlace *place)
{
    return place->line > 0 ? g_strdup_printf("%s:%u", place->path, place->line)
                           : g_strdup(place->path);
}

void ml_project_free(MlProject *project)
{
    if (!project)
        return;
    g_free(project->name);
    g_free(project->config);
    g_free(project->section);
    g_free(project->script_location);
    g_ptr_array_unref(project->version_locations);
    g_ptr_array_unref(project->import_roots);
    g_ptr_array_unref(project->hooks);
    g_ptr_array_unref(project->options);
    g_ptr_array_unref(project->engines);
    g_free(project->dialect);
    g_free(project->missing);
    g_free(project->missing_place.path);
    g_free(project);
}
