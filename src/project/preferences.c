#include "project/environment.h"
#include "project/location.h"
#include "project/toml.h"

#include <string.h>

#include "miglint/text.h"

/* Words of one file. Whoever needs more means something else. */
#define WORD_LIMIT 1000
/* Bytes of a word. */
#define WORD_LENGTH 1000

/* --- what can be set -------------------------------------------------------- */

typedef struct {
    const char *name;
    gboolean is_list;
    const char *const *values; /* what it can be; NULL: any string */
} Key;

static const char *const levels[] = {"error", "warning", "note", "never", NULL};
static const char *const severities[] = {"off", "note", "warning", "error", NULL};
static const char *const dialects[] = {"postgresql", "sqlite", NULL};
static const char *const ages[] = {"2.0", "1.4", NULL};

static const Key keys[ML_SETTING_COUNT] = {
    [ML_SETTING_SELECT] = {"select", TRUE, NULL},
    [ML_SETTING_EXTEND_SELECT] = {"extend-select", TRUE, NULL},
    [ML_SETTING_IGNORE] = {"ignore", TRUE, NULL},
    [ML_SETTING_FAIL_ON] = {"fail-on", FALSE, levels},
    [ML_SETTING_BRANCHES] = {"branches", TRUE, NULL},
    [ML_SETTING_DIALECT] = {"dialect", FALSE, dialects},
    [ML_SETTING_SQLALCHEMY] = {"sqlalchemy", FALSE, ages},
    [ML_SETTING_BASE] = {"base", FALSE, NULL},
    [ML_SETTING_BASELINE] = {"baseline", FALSE, NULL},
};

static const char *const constraints[] = {"ix", "uq", "ck", "fk", "pk", NULL};

static const char *const tables[] = {"severity", "per-path-ignores", "types", "naming-convention"};

const char *ml_setting_name(MlSettingKey key)
{
    return keys[key].name;
}

/* --- making and freeing ------------------------------------------------------ */

static void word_free(gpointer data)
{
    MlSettingWord *word = data;
    g_free(word->text);
    g_free(word);
}

static void setting_free(gpointer data)
{
    MlSetting *setting = data;
    if (setting == NULL)
        return;
    g_free(setting->key);
    g_ptr_array_unref(setting->words);
    g_free(setting);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlSetting, setting_free)

static MlPreferences *preferences_new(const char *path)
{
    MlPreferences *preferences = g_new0(MlPreferences, 1);
    preferences->path = g_strdup(path);
    preferences->folder = ml_folder_of(path ? path : "");
    preferences->severities = g_ptr_array_new_with_free_func(setting_free);
    preferences->path_ignores = g_ptr_array_new_with_free_func(setting_free);
    preferences->types = g_ptr_array_new_with_free_func(setting_free);
    return preferences;
}

void ml_preferences_free(MlPreferences *preferences)
{
    g_free(preferences->path);
    g_free(preferences->folder);
    for (guint i = 0; i < ML_SETTING_COUNT; i++)
        setting_free(preferences->keys[i]);
    g_ptr_array_unref(preferences->severities);
    g_ptr_array_unref(preferences->path_ignores);
    g_ptr_array_unref(preferences->types);
    g_clear_pointer(&preferences->naming_convention, g_ptr_array_unref);
    g_free(preferences);
}

/* --- reading values ------------------------------------------------------------ */

typedef struct {
    const MlToml *toml;
    const char *where; /* "[tool.miglint]", "miglint.toml" */
    guint words;       /* so far */
} Reader;

static gboolean fail_kind(const Reader *reader, const MlTomlValue *value, const char *key,
                          const char *wanted, GError **error)
{
    return ml_toml_fail(reader->toml, value->line, error, "%s takes %s, not %s", key, wanted,
                        ml_toml_kind_name(value->kind));
}

static gboolean check_value(const Reader *reader, const MlTomlValue *value, const char *key,
                            const char *const *values, GError **error)
{
    if (values == NULL || g_strv_contains(values, value->text))
        return TRUE;
    g_autofree char *known = g_strjoinv(", ", (char **)values);
    return ml_toml_fail(reader->toml, value->line, error, "%s takes one of %s, not \"%s\"", key,
                        known, value->text);
}

static gboolean add_word(Reader *reader, MlSetting *setting, const MlTomlValue *value,
                         GError **error)
{
    if (++reader->words > WORD_LIMIT)
        return ml_toml_fail(reader->toml, value->line, error, "%s holds more than %d words",
                            reader->where, WORD_LIMIT);
    if (strlen(value->text) > WORD_LENGTH)
        return ml_toml_fail(reader->toml, value->line, error,
                            "a word of %s is longer than %d bytes", setting->key, WORD_LENGTH);
    MlSettingWord *word = g_new0(MlSettingWord, 1);
    word->text = g_strdup(value->text);
    word->line = value->line;
    g_ptr_array_add(setting->words, word);
    return TRUE;
}

static MlSetting *setting_new(const char *key, guint line)
{
    MlSetting *setting = g_new0(MlSetting, 1);
    setting->key = g_strdup(key);
    setting->line = line;
    setting->words = g_ptr_array_new_with_free_func(word_free);
    return setting;
}

static MlSetting *read_list(Reader *reader, const char *key, const MlTomlValue *value,
                            GError **error)
{
    g_autoptr(MlSetting) setting = setting_new(key, value->line);
    if (value->kind != ML_TOML_ARRAY)
        return fail_kind(reader, value, key, "a list of strings", error), NULL;
    for (guint i = 0; i < value->items->len; i++) {
        const MlTomlValue *item = value->items->pdata[i];
        if (item->kind != ML_TOML_STRING)
            return fail_kind(reader, item, key, "a list of strings", error), NULL;
        if (!add_word(reader, setting, item, error))
            return NULL;
    }
    return g_steal_pointer(&setting);
}

static MlSetting *read_word(Reader *reader, const char *key, const MlTomlValue *value,
                            const char *const *values, GError **error)
{
    g_autoptr(MlSetting) setting = setting_new(key, value->line);
    if (value->kind != ML_TOML_STRING)
        return fail_kind(reader, value, key, "a string", error), NULL;
    if (!check_value(reader, value, key, values, error) || !add_word(reader, setting, value, error))
        return NULL;
    return g_steal_pointer(&setting);
}

static gboolean read_severities(Reader *reader, const MlTomlValue *table,
                                MlPreferences *preferences, GError **error)
{
    if (table->kind != ML_TOML_TABLE)
        return fail_kind(reader, table, "severity", "a table, { ML110 = \"off\" }", error);
    for (guint i = 0; i < table->keys->len; i++) {
        const char *rule = table->keys->pdata[i];
        MlSetting *setting = read_word(reader, rule, ml_toml_get(table, rule), severities, error);
        if (setting == NULL)
            return FALSE;
        g_ptr_array_add(preferences->severities, setting);
    }
    return TRUE;
}

static gboolean read_path_ignores(Reader *reader, const MlTomlValue *table,
                                  MlPreferences *preferences, GError **error)
{
    if (table->kind != ML_TOML_TABLE)
        return fail_kind(reader, table, "per-path-ignores",
                         "a table, { \"versions/old/*\" = [\"ML3\"] }", error);
    for (guint i = 0; i < table->keys->len; i++) {
        const char *glob = table->keys->pdata[i];
        const MlTomlValue *value = ml_toml_get(table, glob);
        if (strlen(glob) > WORD_LENGTH || ++reader->words > WORD_LIMIT)
            return ml_toml_fail(reader->toml, value->line, error,
                                "per-path-ignores takes %d globs of %d bytes at most", WORD_LIMIT,
                                WORD_LENGTH);
        MlSetting *setting = read_list(reader, glob, value, error);
        if (setting == NULL)
            return FALSE;
        g_ptr_array_add(preferences->path_ignores, setting);
    }
    return TRUE;
}

static gboolean read_types(Reader *reader, const MlTomlValue *table, MlPreferences *preferences,
                           GError **error)
{
    if (table->kind != ML_TOML_TABLE)
        return fail_kind(reader, table, "types",
                         "a table, { \"myapp.types.Money\" = \"NUMERIC(12, 2)\" }", error);
    for (guint i = 0; i < table->keys->len; i++) {
        const char *name = table->keys->pdata[i];
        const MlTomlValue *value = ml_toml_get(table, name);
        if (value->kind == ML_TOML_TABLE)
            return ml_toml_fail(reader->toml, value->line, error,
                                "types has a table '%s': a class with dots in its name stands in "
                                "quotes, \"myapp.types.Money\" = \"NUMERIC(12, 2)\"",
                                name);
        MlSetting *setting = read_word(reader, name, value, NULL, error);
        if (setting == NULL)
            return FALSE;
        g_ptr_array_add(preferences->types, setting);
    }
    return TRUE;
}

static gboolean read_convention(Reader *reader, const MlTomlValue *table,
                                MlPreferences *preferences, GError **error)
{
    if (table->kind != ML_TOML_TABLE)
        return fail_kind(reader, table, "naming-convention",
                         "a table, { uq = \"uq_%(table_name)s_%(column_0_name)s\" }", error);
    preferences->naming_convention = g_ptr_array_new_with_free_func(setting_free);
    for (guint i = 0; i < table->keys->len; i++) {
        const char *key = table->keys->pdata[i];
        const MlTomlValue *value = ml_toml_get(table, key);
        if (!g_strv_contains(constraints, key))
            return ml_toml_fail(reader->toml, value->line, error,
                                "naming-convention takes ix, uq, ck, fk and pk, not '%s'", key);
        MlSetting *setting = read_word(reader, key, value, NULL, error);
        if (setting == NULL)
            return FALSE;
        g_ptr_array_add(preferences->naming_convention, setting);
    }
    return TRUE;
}

/* --- reading keys ----------------------------------------------------------------- */

static gboolean fail_unknown(const Reader *reader, const char *name, guint line, GError **error)
{
    const char *names[ML_SETTING_COUNT + G_N_ELEMENTS(tables) + 1] = {0};
    for (guint i = 0; i < ML_SETTING_COUNT; i++)
        names[i] = keys[i].name;
    memcpy(names + ML_SETTING_COUNT, tables, sizeof tables);
    g_autofree char *known = g_strjoinv(", ", (char **)names);
    const char *nearest = ml_nearest(name, names, G_N_ELEMENTS(names) - 1);
    g_autofree char *offer = nearest ? g_strdup_printf("did you mean '%s'?", nearest)
                                     : g_strdup_printf("it takes %s", known);
    return ml_toml_fail(reader->toml, line, error, "%s has no setting '%s': %s", reader->where,
                        name, offer);
}

static gboolean read_key(Reader *reader, const char *name, const MlTomlValue *value,
                         MlPreferences *preferences, GError **error)
{
    if (strcmp(name, "severity") == 0)
        return read_severities(reader, value, preferences, error);
    if (strcmp(name, "per-path-ignores") == 0)
        return read_path_ignores(reader, value, preferences, error);
    if (strcmp(name, "types") == 0)
        return read_types(reader, value, preferences, error);
    if (strcmp(name, "naming-convention") == 0)
        return read_convention(reader, value, preferences, error);
    for (guint i = 0; i < ML_SETTING_COUNT; i++) {
        const Key *key = &keys[i];
        if (strcmp(name, key->name) != 0)
            continue;
        preferences->keys[i] = key->is_list ? read_list(reader, name, value, error)
                                            : read_word(reader, name, value, key->values, error);
        return preferences->keys[i] != NULL;
    }
    return fail_unknown(reader, name, value->line, error);
}

static MlPreferences *read_table(const MlToml *toml, const char *where, const MlTomlValue *table,
                                 GError **error)
{
    Reader reader = {toml, where, 0};
    g_autoptr(MlPreferences) preferences = preferences_new(ml_toml_path(toml));
    if (table->kind != ML_TOML_TABLE)
        return fail_kind(&reader, table, where, "a table", error), NULL;
    for (guint i = 0; i < table->keys->len; i++) {
        const char *name = table->keys->pdata[i];
        if (!read_key(&reader, name, ml_toml_get(table, name), preferences, error))
            return NULL;
    }
    return g_steal_pointer(&preferences);
}

/* --- finding the file ----------------------------------------------------------------- */

/* The names of files that can hold settings, the first of a folder counts; and where in them. */
static const struct {
    const char *name;
    const char *where;
    gboolean is_shared; /* with other tools */
} files[] = {
    {"miglint.toml", "miglint.toml", FALSE},
    {"pyproject.toml", "[tool.miglint]", TRUE},
};

/* FALSE after an error; `found` stays NULL where the file says nothing of miglint. */
static gboolean read_file(MlTree *tree, const char *folder, guint file, MlPreferences **found,
                          GError **error)
{
    g_autofree char *path =
        *folder ? g_strconcat(folder, "/", files[file].name, NULL) : g_strdup(files[file].name);
    if (!ml_tree_is_file(tree, path))
        return TRUE;
    g_autoptr(GBytes) text = ml_tree_read(tree, path, NULL, error);
    if (text == NULL)
        return FALSE;
    if (files[file].is_shared && !ml_text_says(text, "miglint"))
        return TRUE;
    g_autoptr(MlToml) toml = ml_toml_parse(path, text, error);
    if (toml == NULL)
        return FALSE;
    const MlTomlValue *table = ml_toml_root(toml);
    if (files[file].is_shared)
        table = ml_toml_get(ml_toml_get(table, "tool"), "miglint");
    if (table != NULL)
        *found = read_table(toml, files[file].where, table, error);
    return table == NULL || *found != NULL;
}

MlPreferences *ml_preferences_find(MlTree *tree, const MlProject *project, GError **error)
{
    g_autofree char *home =
        project->config ? ml_folder_of(project->config) : g_strdup(project->script_location);
    g_autoptr(GPtrArray) lineage = ml_folder_lineage(home);
    MlPreferences *found = NULL;
    for (guint i = 0; i < lineage->len; i++)
        for (guint file = 0; file < G_N_ELEMENTS(files); file++)
            if (!read_file(tree, lineage->pdata[i], file, &found, error) || found != NULL)
                return found;
    return preferences_new(NULL);
}
