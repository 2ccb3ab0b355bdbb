/* What the command line and the settings want of each project. */
#include "cli/cli.h"

#include <string.h>

void ml_rule_options_clear(MlRuleOptions *options)
{
    g_strfreev(options->select);
    g_strfreev(options->extend);
    g_strfreev(options->ignore);
    g_free(options->fail_on);
    g_free(options->dialect);
    g_clear_pointer(&options->selection, ml_selection_free);
}

/* In the order of MlSeverity. */
#define SEVERITIES "note|warning|error|never"

void ml_rule_add_options(GArray *entries, MlRuleOptions *options)
{
    const GOptionEntry own[] = {
        {"select", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->select,
         "run these rules alone: codes, names, prefixes (ML3), all", "RULES"},
        {"extend-select", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->extend,
         "run these rules besides the usual ones", "RULES"},
        {"ignore", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->ignore, "do not run these rules",
         "RULES"},
        {"fail-on", 0, 0, G_OPTION_ARG_STRING, &options->fail_on,
         "exit with 1 from this severity on; error by default", SEVERITIES},
        {"dialect", 0, 0, G_OPTION_ARG_STRING, &options->dialect,
         "what the migrations are for, where that cannot be told or is another",
         ML_DIALECT_CHOICES},
    };
    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
}

/* The least severity that fails; one above error for never. */
static gboolean parse_level(const char *word, gint *least, GError **error)
{
    gsize choice;
    if (!ml_cli_choose("--fail-on", SEVERITIES, word, -1, &choice, error))
        return FALSE;
    *least = (gint)choice;
    return TRUE;
}

gboolean ml_rule_options_check(MlRuleOptions *options, GError **error)
{
    gint least;
    gsize dialect;
    if (options->fail_on != NULL && !parse_level(options->fail_on, &least, error))
        return FALSE;
    if (options->dialect != NULL &&
        !ml_cli_choose("--dialect", ML_DIALECT_CHOICES, options->dialect, -1, &dialect, error))
        return FALSE;
    options->selection =
        ml_selection_new((const char *const *)options->select, (const char *const *)options->extend,
                         (const char *const *)options->ignore, error);
    return options->selection != NULL;
}

/* --- branches that are none ----------------------------------------------------------- */

static gboolean is_label(const MlGraph *graph, const char *word)
{
    const GPtrArray *nodes = ml_graph_nodes(graph);
    for (guint i = 0; i < nodes->len; i++) {
        const GPtrArray *labels = ((MlNode *)g_ptr_array_index(nodes, i))->labels;
        if (g_ptr_array_find_with_equal_func((GPtrArray *)labels, word, g_str_equal, NULL))
            return TRUE;
    }
    return FALSE;
}

/* Whether any project that these settings hold for has such a revision or label. */
static gboolean is_branch(const MlWorkspace *workspace, const GPtrArray *rules, const char *path,
                          const char *word)
{
    for (guint i = 0; i < workspace->migrations->len; i++) {
        const MlPreferences *preferences = ((MlRules *)g_ptr_array_index(rules, i))->preferences;
        const MlGraph *graph = ((MlMigrations *)g_ptr_array_index(workspace->migrations, i))->graph;
        if (g_strcmp0(preferences->path, path) == 0 &&
            (ml_graph_find(graph, word) != NULL || is_label(graph, word)))
            return TRUE;
    }
    return FALSE;
}

/* Where only a part of the projects is looked at, the branch may be one of another's. */
static void note_unknown_branches(const MlWorkspace *workspace, const GPtrArray *rules)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    const gboolean is_told = !workspace->quiet && workspace->paths->len == 0;
    for (guint i = 0; is_told && i < rules->len; i++) {
        const MlPreferences *preferences = ((MlRules *)g_ptr_array_index(rules, i))->preferences;
        const MlSetting *branches = preferences->keys[ML_SETTING_BRANCHES];
        if (branches == NULL || !g_hash_table_add(seen, preferences->path))
            continue;
        for (guint j = 0; j < branches->words->len; j++) {
            const MlSettingWord *word = g_ptr_array_index(branches->words, j);
            if (is_branch(workspace, rules, preferences->path, word->text))
                continue;
            g_autofree char *note =
                g_strdup_printf("%s:%u: branches names '%s', which is neither a revision nor a "
                                "branch label",
                                preferences->path, word->line, word->text);
            ml_cli_note(note);
        }
    }
}

/* --- loading ----------------------------------------------------------------------- */

static void rules_free(gpointer data)
{
    MlRules *rules = data;
    g_clear_pointer(&rules->policy, ml_policy_free);
    g_clear_pointer(&rules->preferences, ml_preferences_free);
    g_free(rules);
}

static gint level_of(const MlRuleOptions *options, const MlPreferences *preferences)
{
    gint least = ML_SEVERITY_ERROR;
    const MlSetting *setting = preferences->keys[ML_SETTING_FAIL_ON];
    if (options->fail_on != NULL)
        parse_level(options->fail_on, &least, NULL);
    else if (setting != NULL)
        parse_level(((MlSettingWord *)g_ptr_array_index(setting->words, 0))->text, &least, NULL);
    return least;
}

/* What is found out by itself stands, unless the user says something else. */
static void set_dialect(MlMigrations *migrations, const MlPreferences *preferences,
                        const char *given)
{
    const MlSetting *setting = preferences->keys[ML_SETTING_DIALECT];
    if (given != NULL) {
        ml_migrations_set_dialect(migrations, given, "command line");
    } else if (setting != NULL) {
        const MlSettingWord *word = g_ptr_array_index(setting->words, 0);
        g_autofree char *source = g_strdup_printf("%s:%u", preferences->path, word->line);
        ml_migrations_set_dialect(migrations, word->text, source);
    }
}

static void set_sqlalchemy(MlMigrations *migrations, const MlPreferences *preferences)
{
    const MlSetting *setting = preferences->keys[ML_SETTING_SQLALCHEMY];
    const MlSettingWord *word = setting ? g_ptr_array_index(setting->words, 0) : NULL;
    gboolean old = word != NULL && strcmp(word->text, "1.4") == 0;
    ml_migrations_set_sqlalchemy(migrations, old ? ML_SQLALCHEMY_1_4 : ML_SQLALCHEMY_2_0);
}

gboolean ml_cli_set_up(MlMigrations *migrations, const MlPreferences *preferences,
                       const char *dialect, GError **error)
{
    if (!ml_migrations_set_types(migrations, preferences, error))
        return FALSE;
    set_dialect(migrations, preferences, dialect);
    set_sqlalchemy(migrations, preferences);
    if (preferences->naming_convention != NULL)
        ml_setup_set_convention(migrations->setup, preferences->naming_convention);
    return TRUE;
}

void ml_cli_assume_no_convention(const MlWorkspace *workspace, MlMigrations *migrations)
{
    const MlSetup *setup = migrations->setup;
    if (!ml_setup_assume_no_convention(migrations->setup, workspace->tree, migrations->project) ||
        setup->target_metadata.kind != ML_FACT_KNOWN || workspace->quiet)
        return;
    g_autofree char *note = g_strdup_printf(
        "%s: no Python file speaks of a naming_convention, so constraints are taken to be named "
        "without one; the settings can give it",
        setup->env);
    ml_cli_note(note);
}

static gboolean load(MlRules *rules, MlTree *tree, MlMigrations *migrations,
                     const MlRuleOptions *options, GError **error)
{
    rules->preferences = ml_preferences_find(tree, migrations->project, error);
    if (rules->preferences == NULL)
        return FALSE;
    if (!ml_cli_set_up(migrations, rules->preferences, options->dialect, error))
        return FALSE;
    rules->policy = ml_policy_new(options->selection, rules->preferences, error);
    rules->least = level_of(options, rules->preferences);
    return rules->policy != NULL;
}

GPtrArray *ml_rules_load(const MlWorkspace *workspace, const MlRuleOptions *options, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(rules_free);
    for (guint i = 0; i < workspace->migrations->len; i++) {
        MlRules *rules = g_new0(MlRules, 1);
        g_ptr_array_add(all, rules);
        if (!load(rules, workspace->settings, g_ptr_array_index(workspace->migrations, i), options,
                  error))
            return NULL;
    }
    note_unknown_branches(workspace, all);
    return g_steal_pointer(&all);
}
