#include "project/settings.h"

#include <string.h>

#include "project/location.h"
#include "project/options.h"

#define TOML_SECTION "tool.alembic"
#define HOOKS        "post_write_hooks"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlHook, ml_hook_free)

void ml_settings_free(MlSettings *settings)
{
    g_free(settings->config);
    g_free(settings->section);
    g_free(settings->script_location);
    g_free(settings->script_place.path);
    g_free(settings->version_place.path);
    g_ptr_array_unref(settings->version_locations);
    g_ptr_array_unref(settings->prepend_sys_path);
    g_ptr_array_unref(settings->hooks);
    g_ptr_array_unref(settings->options);
    g_ptr_array_unref(settings->engines);
    g_free(settings);
}

static MlSettings *settings_new(const MlConfigFiles *files, const char *section)
{
    MlSettings *settings = g_new0(MlSettings, 1);
    settings->config = g_strdup(files->ini ? ml_ini_path(files->ini) : ml_toml_path(files->toml));
    settings->section = g_strdup(files->ini ? section : TOML_SECTION);
    settings->version_locations = g_ptr_array_new_with_free_func(g_free);
    settings->prepend_sys_path = g_ptr_array_new_with_free_func(g_free);
    settings->hooks = g_ptr_array_new_with_free_func((GDestroyNotify)ml_hook_free);
    settings->options = g_ptr_array_new_with_free_func((GDestroyNotify)ml_option_free);
    settings->engines = g_ptr_array_new_with_free_func(g_free);
    return settings;
}

/* --- pyproject.toml -------------------------------------------------------- */

const MlTomlValue *ml_toml_alembic(const MlToml *toml)
{
    const MlTomlValue *tool = toml ? ml_toml_get(ml_toml_root(toml), "tool") : NULL;
    const MlTomlValue *table = ml_toml_get(tool, "alembic");
    return table && table->kind == ML_TOML_TABLE ? table : NULL;
}

/* NULL without an error if there is no such key. */
static const MlTomlValue *toml_value(const MlConfigFiles *files, const char *key)
{
    return ml_toml_get(ml_toml_alembic(files->toml), key);
}

static gboolean toml_expects(const MlConfigFiles *files, const MlTomlValue *value, const char *key,
                             MlTomlKind kind, GError **error)
{
    return value->kind == kind ||
           ml_toml_fail(files->toml, value->line, error, "\"%s\" is %s here; Alembic wants %s.",
                        key, ml_toml_kind_name(value->kind), ml_toml_kind_name(kind));
}

char *ml_toml_expand(const MlConfigFiles *files, const MlTomlValue *value, const char *key,
                     GError **error)
{
    static const char here[] = "%(here)s";
    if (!toml_expects(files, value, key, ML_TOML_STRING, error))
        return NULL;
    g_autoptr(GString) expanded = g_string_new(NULL);
    for (const char *rest = value->text; *rest;) {
        gsize plain = strcspn(rest, "%");
        g_string_append_len(expanded, rest, plain);
        rest += plain;
        if (g_str_has_prefix(rest, "%%")) {
            g_string_append_c(expanded, '%');
            rest += 2;
        } else if (g_str_has_prefix(rest, here)) {
            g_string_append(expanded, files->here);
            rest += strlen(here);
        } else if (*rest) {
            ml_toml_fail(files->toml, value->line, error,
                         "The value of \"%s\" has a %% that is no %%(here)s; write %%%% for a "
                         "plain %%.",
                         key);
            return NULL;
        }
    }
    return g_string_free(g_steal_pointer(&expanded), FALSE);
}

/* An array of strings; no array adds nothing. */
static gboolean toml_paths(const MlConfigFiles *files, const char *key, GPtrArray *paths,
                           GError **error)
{
    const MlTomlValue *array = toml_value(files, key);
    if (!array)
        return TRUE;
    if (!toml_expects(files, array, key, ML_TOML_ARRAY, error))
        return FALSE;
    for (guint i = 0; i < array->items->len; i++) {
        char *path = ml_toml_expand(files, array->items->pdata[i], key, error);
        if (!path)
            return FALSE;
        g_ptr_array_add(paths, path);
    }
    return TRUE;
}

/* --- the ini, and then pyproject.toml --------------------------------------- */

static gboolean ini_has(const MlConfigFiles *files, const char *section, const char *key)
{
    return files->ini && ml_ini_has_section(files->ini, section) &&
           ml_ini_raw(files->ini, section, key);
}

/* --- lists of paths -------------------------------------------------------- */

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

static gboolean ini_paths(const MlIni *ini, const char *section, const PathList *list,
                          const char *value, GPtrArray *paths, GError **error)
{
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

/* An empty value in the ini is as good as none. */
static gboolean get_paths(const MlConfigFiles *files, const char *section, const PathList *list,
                          GPtrArray *paths, GError **error)
{
    g_autofree char *value = NULL;
    if (ini_has(files, section, list->key) &&
        !ml_ini_get(files->ini, section, list->key, &value, error))
        return FALSE;
    return value && *value ? ini_paths(files->ini, section, list, value, paths, error)
                           : toml_paths(files, list->key, paths, error);
}

/* --- single values --------------------------------------------------------- */

static gboolean get_script_location(const MlConfigFiles *files, const char *section, char **value,
                                    GError **error)
{
    const char *key = "script_location";
    if (ini_has(files, section, key))
        return ml_ini_get(files->ini, section, key, value, error);
    const MlTomlValue *found = toml_value(files, key);
    return !found || (*value = ml_toml_expand(files, found, key, error)) != NULL;
}

static gboolean get_recursion(const MlConfigFiles *files, const char *section,
                              MlRecursion *recursive, GError **error)
{
    const char *key = "recursive_version_locations";
    if (ini_has(files, section, key)) {
        g_autofree char *value = NULL;
        if (!ml_ini_get(files->ini, section, key, &value, error))
            return FALSE;
        *recursive = strcmp(value, "true") ? ML_RECURSION_OFF : ML_RECURSION_ON;
        return TRUE;
    }
    const MlTomlValue *found = toml_value(files, key);
    if (!found)
        return TRUE;
    *recursive = found->truth ? ML_RECURSION_ON : ML_RECURSION_OFF;
    return toml_expects(files, found, key, ML_TOML_BOOLEAN, error);
}

/* Where the key stands; the file alone if it is nowhere. */
static MlPlace place_of(const MlConfigFiles *files, const char *section, const char *key)
{
    guint line = ini_has(files, section, key) ? ml_ini_line(files->ini, section, key) : 0;
    const MlTomlValue *value = line ? NULL : toml_value(files, key);
    const char *path = value || !files->ini ? ml_toml_path(files->toml) : ml_ini_path(files->ini);
    return (MlPlace){g_strdup(path), value ? value->line : line};
}

/* --- hooks: Config.get_hooks_list ------------------------------------------ */

static MlHook *hook_new(const char *name, const char *config, guint line)
{
    MlHook *hook = g_new0(MlHook, 1);
    hook->name = g_strdup(name);
    hook->config = g_strdup(config);
    hook->line = line;
    hook->options = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return hook;
}

static void hook_set(MlHook *hook, const char *key, const char *value)
{
    g_hash_table_replace(hook->options, g_strdup(key), ml_locations_shown(value));
}

/* The keys "NAME.option" of the ini; what ConfigParser cannot interpolate is left out. */
static MlHook *ini_hook(const MlIni *ini, const char *name)
{
    MlHook *hook = hook_new(name, ml_ini_path(ini), ml_ini_line(ini, HOOKS, "hooks"));
    g_autofree char *prefix = g_strconcat(name, ".", NULL);
    g_autoptr(GPtrArray) keys = ml_ini_keys(ini, HOOKS);
    for (guint i = 0; i < keys->len; i++) {
        const char *key = keys->pdata[i];
        g_autofree char *value = NULL;
        if (g_str_has_prefix(key, prefix) && ml_ini_get(ini, HOOKS, key, &value, NULL))
            hook_set(hook, key + strlen(prefix), value);
    }
    return hook;
}

static void ini_hooks(const MlIni *ini, GPtrArray *hooks)
{
    g_autofree char *value = NULL;
    ml_ini_get(ini, HOOKS, "hooks", &value, NULL);
    g_auto(GStrv) names = g_regex_split_simple(", *| +", value ? value : "", G_REGEX_RAW, 0);
    for (char **name = names; *name; name++)
        if (**name)
            g_ptr_array_add(hooks, ini_hook(ini, *name));
}

static MlHook *toml_hook(const MlConfigFiles *files, const MlTomlValue *table, GError **error)
{
    if (!toml_expects(files, table, HOOKS, ML_TOML_TABLE, error))
        return NULL;
    const MlTomlValue *name = ml_toml_get(table, "name");
    if (!name || name->kind != ML_TOML_STRING) {
        ml_toml_fail(files->toml, table->line, error,
                     "This hook has no \"name\" that is a string.");
        return NULL;
    }
    g_autofree char *called = ml_toml_expand(files, name, "name", error);
    if (!called)
        return NULL;
    g_autoptr(MlHook) hook = hook_new(called, ml_toml_path(files->toml), table->line);
    for (guint i = 0; i < table->keys->len; i++) {
        const char *key = table->keys->pdata[i];
        const MlTomlValue *value = ml_toml_get(table, key);
        if (!toml_expects(files, value, key, ML_TOML_STRING, error))
            return NULL;
        g_autofree char *text = ml_toml_expand(files, value, key, NULL);
        if (text && strcmp(key, "name") != 0)
            hook_set(hook, key, text);
    }
    return g_steal_pointer(&hook);
}

static gboolean toml_hooks(const MlConfigFiles *files, GPtrArray *hooks, GError **error)
{
    const MlTomlValue *array = toml_value(files, HOOKS);
    if (!array)
        return TRUE;
    if (!toml_expects(files, array, HOOKS, ML_TOML_ARRAY, error))
        return FALSE;
    for (guint i = 0; i < array->items->len; i++) {
        MlHook *hook = toml_hook(files, array->items->pdata[i], error);
        if (!hook)
            return FALSE;
        g_ptr_array_add(hooks, hook);
    }
    return TRUE;
}

static gboolean get_hooks(const MlConfigFiles *files, GPtrArray *hooks, GError **error)
{
    if (!files->ini || !ml_ini_has_section(files->ini, HOOKS))
        return toml_hooks(files, hooks, error);
    ini_hooks(files->ini, hooks);
    return TRUE;
}

/* --- all together ---------------------------------------------------------- */

static guint count_paths(const MlSettings *settings)
{
    return 1 + settings->version_locations->len + settings->prepend_sys_path->len;
}

static gboolean check_count(const MlSettings *settings, guint paths, GError **error)
{
    if (paths <= ML_SETTINGS_PATHS)
        return TRUE;
    g_autofree char *place = ml_place_text(settings->script_location ? &settings->script_place
                                                                     : &settings->version_place);
    g_set_error(error, ML_PROJECT_ERROR, ML_PROJECT_ERROR_CONFIG,
                "%s: With section [%s] the file names more than %d paths; they are not all "
                "searched.",
                place, settings->section, ML_SETTINGS_PATHS);
    return FALSE;
}

MlSettings *ml_settings_read(const MlConfigFiles *files, const char *section, GError **error)
{
    g_autoptr(MlSettings) settings = settings_new(files, section);
    if (!get_script_location(files, section, &settings->script_location, error) ||
        !get_paths(files, section, &version_locations, settings->version_locations, error) ||
        !get_paths(files, section, &prepend_sys_path, settings->prepend_sys_path, error) ||
        !get_recursion(files, section, &settings->recursive, error) ||
        !get_hooks(files, settings->hooks, error))
        return NULL;
    ml_options_read(files, section, settings->options, settings->engines);
    settings->script_place = place_of(files, section, "script_location");
    settings->version_place = place_of(files, section, version_locations.key);
    return check_count(settings, count_paths(settings), error) ? g_steal_pointer(&settings) : NULL;
}

GPtrArray *ml_settings_of_ini(const MlConfigFiles *files, GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)ml_settings_free);
    g_autoptr(GPtrArray) sections = ml_ini_sections(files->ini);
    guint paths = 0;
    for (guint i = 0; i < sections->len; i++) {
        const char *section = sections->pdata[i];
        if (strcmp(section, "alembic") != 0 &&
            !ml_ini_has_own(files->ini, section, "script_location"))
            continue;
        MlSettings *settings = ml_settings_read(files, section, error);
        if (!settings)
            return NULL;
        g_ptr_array_add(found, settings);
        paths += count_paths(settings);
        if (!check_count(settings, paths, error))
            return NULL;
    }
    return g_steal_pointer(&found);
}
