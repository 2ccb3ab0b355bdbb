/* What --show-settings prints: one block a project. */
#include "cli/cli.h"

typedef struct {
    GString *out;
    const MlPreferences *preferences;
} Writer;

static void add_row(const Writer *writer, const char *key, const char *value, const char *where)
{
    g_autofree char *safe_value = ml_report_safe(value);
    g_autofree char *safe_where = ml_report_safe(where);
    g_string_append_printf(writer->out, "  %-17s  %-36s  %s\n", key, safe_value, safe_where);
}

static void add_set(const Writer *writer, const char *key, const char *value, guint line)
{
    g_autofree char *where = g_strdup_printf("%s:%u", writer->preferences->path, line);
    add_row(writer, key, value, where);
}

/* --- values ---------------------------------------------------------------------- */

static char *quoted(const char *word)
{
    return g_strdup_printf("\"%s\"", word);
}

/* The words as a list, the way that TOML would write it. */
static char *list_of(const char *const *words)
{
    g_autofree char *joined = g_strjoinv("\", \"", (char **)words);
    return *words ? g_strdup_printf("[\"%s\"]", joined) : g_strdup("[]");
}

static char *value_of(const MlSetting *setting, gboolean is_list)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    for (guint i = 0; i < setting->words->len; i++)
        g_ptr_array_add(words, ((MlSettingWord *)g_ptr_array_index(setting->words, i))->text);
    g_ptr_array_add(words, NULL);
    return is_list ? list_of((const char *const *)words->pdata)
                   : quoted(g_ptr_array_index(words, 0));
}

/* --- rows ------------------------------------------------------------------------ */

/* What the settings say of a key, or what holds where they say nothing. */
static void add_key(const Writer *writer, MlSettingKey key, gboolean is_list, const char *usual)
{
    const MlSetting *setting = writer->preferences->keys[key];
    g_autofree char *value = setting ? value_of(setting, is_list) : g_strdup(usual);
    if (setting != NULL)
        add_set(writer, ml_setting_name(key), value, setting->line);
    else
        add_row(writer, ml_setting_name(key), value, "default");
}

/* A list of the command line, besides that of the settings or, if it takes their place, alone. */
static void add_selection(const Writer *writer, MlSettingKey key, char *const *given,
                          gboolean replaced, const char *usual)
{
    if (given != NULL) {
        g_autofree char *value = list_of((const char *const *)given);
        add_row(writer, ml_setting_name(key), value, "command line");
    }
    if (!replaced && (given == NULL || writer->preferences->keys[key] != NULL))
        add_key(writer, key, TRUE, usual);
}

/* A word of the command line, or else of the settings. */
static void add_word(const Writer *writer, MlSettingKey key, const char *given, const char *usual)
{
    g_autofree char *value = given ? quoted(given) : NULL;
    if (given != NULL)
        add_row(writer, ml_setting_name(key), value, "command line");
    else
        add_key(writer, key, FALSE, usual);
}

static void add_baseline(const Writer *writer, const MlBaselineOptions *options)
{
    if (options->none)
        add_row(writer, ml_setting_name(ML_SETTING_BASELINE), "none", "command line");
    else
        add_word(writer, ML_SETTING_BASELINE, options->file, "not set");
}

/* Whether TOML takes a key without quotes. */
static gboolean is_bare(const char *key)
{
    const char *c = key;
    while (g_ascii_isalnum(*c) || *c == '_' || *c == '-')
        c++;
    return c > key && *c == '\0';
}

/* The entries of a table. */
static void add_table(const Writer *writer, const char *key, const GPtrArray *entries,
                      gboolean is_list)
{
    if (entries->len == 0)
        add_row(writer, key, "{}", "default");
    for (guint i = 0; i < entries->len; i++) {
        const MlSetting *entry = g_ptr_array_index(entries, i);
        g_autofree char *value = value_of(entry, is_list);
        g_autofree char *name =
            !is_list && is_bare(entry->key) ? g_strdup(entry->key) : quoted(entry->key);
        g_autofree char *assignment = g_strdup_printf("%s = %s", name, value);
        add_set(writer, i == 0 ? key : "", assignment, entry->line);
    }
}

static void add_convention(const Writer *writer)
{
    const GPtrArray *convention = writer->preferences->naming_convention;
    if (convention == NULL)
        add_row(writer, "naming-convention", "that of the models", "default");
    else
        add_table(writer, "naming-convention", convention, FALSE);
}

/* As it was set, or found out. */
static void add_dialect(const Writer *writer, const MlMigrations *migrations)
{
    g_autofree char *value = migrations->dialect ? quoted(migrations->dialect) : NULL;
    add_row(writer, ml_setting_name(ML_SETTING_DIALECT), value ? value : "not known",
            value ? migrations->dialect_source : "no URL, and no import tells it");
}

/* The rules that run in the end: what the selection comes to. */
static void add_rules(const Writer *writer, const MlPolicy *policy)
{
    g_string_append_printf(writer->out, "  %-17s ", "rules");
    guint count = 0;
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++) {
        if (!ml_policy_runs(policy, *rule))
            continue;
        if (count > 0 && count % 9 == 0)
            g_string_append_printf(writer->out, "\n  %-17s ", "");
        g_string_append_printf(writer->out, " %s", (*rule)->code);
        count++;
    }
    g_string_append(writer->out, count ? "\n" : " none\n");
}

static void show_project(GString *out, const MlMigrations *migrations, const MlRules *rules,
                         const MlRuleOptions *options, const MlBaselineOptions *baseline)
{
    const Writer writer = {out, rules->preferences};
    const char *path = rules->preferences->path;
    g_autofree char *name = ml_report_safe(migrations->project->name);
    g_autofree char *file = path ? ml_report_safe(path) : g_strdup("no settings file");
    g_string_append_printf(out, "%s%s: %s\n", out->len ? "\n" : "", name, file);
    gboolean replaced = options->select != NULL;
    add_selection(&writer, ML_SETTING_SELECT, options->select, replaced, "the usual rules");
    add_selection(&writer, ML_SETTING_EXTEND_SELECT, options->extend, replaced, "[]");
    add_selection(&writer, ML_SETTING_IGNORE, options->ignore, replaced, "[]");
    add_table(&writer, "severity", rules->preferences->severities, FALSE);
    add_table(&writer, "per-path-ignores", rules->preferences->path_ignores, TRUE);
    add_table(&writer, "types", rules->preferences->types, FALSE);
    add_convention(&writer);
    add_word(&writer, ML_SETTING_FAIL_ON, options->fail_on, "\"error\"");
    add_key(&writer, ML_SETTING_BRANCHES, TRUE, "[]");
    add_dialect(&writer, migrations);
    add_key(&writer, ML_SETTING_SQLALCHEMY, FALSE, "\"2.0\"");
    add_key(&writer, ML_SETTING_BASE, FALSE, "not set");
    add_baseline(&writer, baseline);
    add_rules(&writer, rules->policy);
}

void ml_rules_show(GString *out, const MlWorkspace *workspace, const MlRuleOptions *options,
                   const MlBaselineOptions *baseline, const GPtrArray *rules)
{
    for (guint i = 0; i < rules->len; i++)
        show_project(out, g_ptr_array_index(workspace->migrations, i), g_ptr_array_index(rules, i),
                     options, baseline);
}
