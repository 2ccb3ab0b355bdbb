#include "project/settings.h"

#include <string.h>

static void settings_free(MlSettings *settings)
{
    g_free(settings->config);
    g_free(settings->section);
    g_free(settings->script_location);
    g_ptr_array_unref(settings->version_locations);
    g_ptr_array_unref(settings->prepend_sys_path);
    g_free(settings);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlSettings, settings_free)

static MlSettings *settings_new(const MlIni *ini, const char *section)
{
    MlSettings *settings = g_new0(MlSettings, 1);
    settings->config = g_strdup(ml_ini_path(ini));
    settings->section = g_strdup(section);
    settings->script_line = ml_ini_line(ini, section, "script_location");
    settings->version_locations = g_ptr_array_new_with_free_func(g_free);
    settings->version_line = ml_ini_line(ini, section, "version_locations");
    settings->prepend_sys_path = g_ptr_array_new_with_free_func(g_free);
    return settings;
}

/* A list of paths, and how it is split: Config._get_file_separator_char. */
typedef struct {
    const char *key;
    const char *separator_keys[2]; /* the first that is set counts */
    const char *legacy;            /* the pattern where none is */
} PathList;

static const PathList version_locations = {
    .key = "version_locations",
    .separator_keys = {"path_separator", "version_path_separator"},
    .legacy = ", *| +",
};

static const PathList prepend_sys_path = {
    .key = "prepend_sys_path",
    .separator_keys = {"path_separator"},
    .legacy = ", *| +|:",
};

static const struct {
    const char *name;
    const char *separator;
} separators[] = {{"space", " "}, {"newline", "\n"}, {"os", ":"}, {":", ":"}, {";", ";"}};

static gboolean check_separator(const MlIni *ini, const char *section, const char *key,
                                const char *name, const char **separator, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(separators); i++)
        if (!strcmp(name, separators[i].name)) {
            *separator = separators[i].separator;
            return TRUE;
        }
    return ml_ini_fail(ini, ml_ini_line(ini, section, key), error,
                       "\"%s\" is no value for %s; Alembic knows space, newline, os, : and ;.",
                       name, key);
}

/* NULL in `separator` where the file names none. */
static gboolean get_separator(const MlIni *ini, const char *section, const PathList *list,
                              const char **separator, GError **error)
{
    *separator = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(list->separator_keys) && list->separator_keys[i]; i++) {
        const char *key = list->separator_keys[i];
        g_autofree char *name = NULL;
        if (!ml_ini_get(ini, section, key, &name, error))
            return FALSE;
        if (name)
            return check_separator(ini, section, key, name, separator, error);
    }
    return TRUE;
}

static gboolean get_paths(const MlIni *ini, const char *section, const PathList *list,
                          GPtrArray *paths, GError **error)
{
    g_autofree char *value = NULL;
    if (!ml_ini_get(ini, section, list->key, &value, error))
        return FALSE;
    if (!value || !*value)
        return TRUE;
    const char *separator;
    if (!get_separator(ini, section, list, &separator, error))
        return FALSE;

    g_auto(GStrv) parts = separator ? g_strsplit(value, separator, -1)
                                    : g_regex_split_simple(list->legacy, value, G_REGEX_RAW, 0);
    for (char **part = parts; *part; part++)
        if (*g_strstrip(*part))
            g_ptr_array_add(paths, g_strdup(*part));
    return TRUE;
}

static gboolean get_recursion(const MlIni *ini, const char *section, MlRecursion *recursive,
                              GError **error)
{
    g_autofree char *value = NULL;
    if (!ml_ini_get(ini, section, "recursive_version_locations", &value, error))
        return FALSE;
    if (value)
        *recursive = strcmp(value, "true") ? ML_RECURSION_OFF : ML_RECURSION_ON;
    return TRUE;
}

static MlSettings *settings_of_section(const MlIni *ini, const char *section, GError **error)
{
    g_autoptr(MlSettings) settings = settings_new(ini, section);
    if (ml_ini_get(ini, section, "script_location", &settings->script_location, error) &&
        get_paths(ini, section, &version_locations, settings->version_locations, error) &&
        get_paths(ini, section, &prepend_sys_path, settings->prepend_sys_path, error) &&
        get_recursion(ini, section, &settings->recursive, error))
        return g_steal_pointer(&settings);
    return NULL;
}

static guint count_paths(const MlSettings *settings)
{
    return 1 + settings->version_locations->len + settings->prepend_sys_path->len;
}

GPtrArray *ml_settings_of_ini(const MlIni *ini, GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)settings_free);
    g_autoptr(GPtrArray) sections = ml_ini_sections(ini);
    guint paths = 0;
    for (guint i = 0; i < sections->len; i++) {
        const char *section = sections->pdata[i];
        if (strcmp(section, "alembic") != 0 && !ml_ini_has_own(ini, section, "script_location"))
            continue;
        MlSettings *settings = settings_of_section(ini, section, error);
        if (!settings)
            return NULL;
        g_ptr_array_add(found, settings);
        paths += count_paths(settings);
        if (paths > ML_SETTINGS_PATHS) {
            ml_ini_fail(ini, MAX(settings->script_line, settings->version_line), error,
                        "With section [%s] the file names more than %d paths; they are not all "
                        "searched.",
                        section, ML_SETTINGS_PATHS);
            return NULL;
        }
    }
    return g_steal_pointer(&found);
}
