#include "lint/policy.h"

#include <string.h>

#include "lint/selection.h"

struct MlPolicy {
    const MlSelection *given;         /* on the command line; may be NULL */
    const MlPreferences *preferences; /* may be NULL */
    MlSelection *settled;             /* by the settings */
    GHashTable *severities;           /* const MlRule * -> const MlSetting * */
    GPtrArray *path_ignores;          /* PathIgnore * */
};

/* --- globs ---------------------------------------------------------------------- */

/* Rules that are not wanted in some files. */
typedef struct {
    const MlSetting *setting;
    GPatternSpec *file;  /* the glob */
    GPatternSpec *below; /* of what lies below a folder that it fits */
    gboolean is_name;    /* it has no '/': the name of a file in any folder fits as well */
} PathIgnore;

static PathIgnore *path_ignore_new(const MlSetting *setting)
{
    PathIgnore *ignore = g_new0(PathIgnore, 1);
    g_autofree char *glob = g_strdup(setting->key);
    if (g_str_has_suffix(glob, "/"))
        glob[strlen(glob) - 1] = '\0';
    g_autofree char *below = g_strconcat(glob, "/*", NULL);
    ignore->setting = setting;
    ignore->file = g_pattern_spec_new(glob);
    ignore->below = g_pattern_spec_new(below);
    ignore->is_name = strchr(glob, '/') == NULL;
    return ignore;
}

static void path_ignore_free(gpointer data)
{
    PathIgnore *ignore = data;
    g_pattern_spec_free(ignore->file);
    g_pattern_spec_free(ignore->below);
    g_free(ignore);
}

static gboolean fits(const PathIgnore *ignore, const char *path)
{
    const char *slash = strrchr(path, '/');
    return g_pattern_spec_match_string(ignore->file, path) ||
           g_pattern_spec_match_string(ignore->below, path) ||
           (ignore->is_name && slash && g_pattern_spec_match_string(ignore->file, slash + 1));
}

static gboolean names(const MlSetting *setting, const MlRule *rule)
{
    for (guint i = 0; i < setting->words->len; i++)
        if (ml_rule_closeness(rule, ((MlSettingWord *)g_ptr_array_index(setting->words, i))->text) >
            0)
            return TRUE;
    return FALSE;
}

/* --- making --------------------------------------------------------------------- */

static gboolean fail_at(const MlPreferences *preferences, guint line, GError *reason,
                        GError **error)
{
    g_propagate_prefixed_error(error, reason, "%s:%u: ", preferences->path, line);
    return FALSE;
}

static gboolean check_words(const MlPreferences *preferences, const MlSetting *setting,
                            GError **error)
{
    for (guint i = 0; setting != NULL && i < setting->words->len; i++) {
        const MlSettingWord *word = g_ptr_array_index(setting->words, i);
        GError *reason = NULL;
        if (!ml_rule_check_word(word->text, &reason))
            return fail_at(preferences, word->line, reason, error);
    }
    return TRUE;
}

static gboolean read_path_ignores(MlPolicy *policy, GError **error)
{
    const GPtrArray *settings = policy->preferences->path_ignores;
    for (guint i = 0; i < settings->len; i++) {
        const MlSetting *setting = g_ptr_array_index(settings, i);
        if (!check_words(policy->preferences, setting, error))
            return FALSE;
        g_ptr_array_add(policy->path_ignores, path_ignore_new(setting));
    }
    return TRUE;
}

static gboolean read_severities(MlPolicy *policy, GError **error)
{
    const GPtrArray *settings = policy->preferences->severities;
    for (guint i = 0; i < settings->len; i++) {
        const MlSetting *setting = g_ptr_array_index(settings, i);
        GError *reason = NULL;
        const MlRule *rule = ml_rule_find(setting->key, &reason);
        if (rule == NULL)
            return fail_at(policy->preferences, setting->line, reason, error);
        g_hash_table_insert(policy->severities, (gpointer)rule, (gpointer)setting);
    }
    return TRUE;
}

static const char *severity_word(const MlPolicy *policy, const MlRule *rule)
{
    const MlSetting *setting = g_hash_table_lookup(policy->severities, rule);
    return setting ? ((MlSettingWord *)g_ptr_array_index(setting->words, 0))->text : NULL;
}

/* The words of a setting as ml_selection_new takes them; NULL where it is not set. Borrowed. */
static GPtrArray *words_of(const MlSetting *setting)
{
    GPtrArray *words = g_ptr_array_new();
    for (guint i = 0; setting != NULL && i < setting->words->len; i++)
        g_ptr_array_add(words, ((MlSettingWord *)g_ptr_array_index(setting->words, i))->text);
    return words;
}

/* A rule whose severity is "off" is ignored by its own name, the closest word there is. */
static void add_off(const MlPolicy *policy, GPtrArray *words)
{
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++)
        if (g_strcmp0(severity_word(policy, *rule), "off") == 0)
            g_ptr_array_add(words, (gpointer)(*rule)->name);
}

static gboolean read_selection(MlPolicy *policy, GError **error)
{
    const MlPreferences *preferences = policy->preferences;
    MlSetting *const *keys = preferences->keys;
    if (!check_words(preferences, keys[ML_SETTING_SELECT], error) ||
        !check_words(preferences, keys[ML_SETTING_EXTEND_SELECT], error) ||
        !check_words(preferences, keys[ML_SETTING_IGNORE], error))
        return FALSE;
    g_autoptr(GPtrArray) select = words_of(keys[ML_SETTING_SELECT]);
    g_autoptr(GPtrArray) extend = words_of(keys[ML_SETTING_EXTEND_SELECT]);
    g_autoptr(GPtrArray) ignore = words_of(keys[ML_SETTING_IGNORE]);
    add_off(policy, ignore);
    g_ptr_array_add(select, NULL);
    g_ptr_array_add(extend, NULL);
    g_ptr_array_add(ignore, NULL);
    gboolean selects = keys[ML_SETTING_SELECT] != NULL;
    policy->settled = ml_selection_new(selects ? (const char *const *)select->pdata : NULL,
                                       (const char *const *)extend->pdata,
                                       (const char *const *)ignore->pdata, error);
    return policy->settled != NULL;
}

MlPolicy *ml_policy_new(const MlSelection *given, const MlPreferences *preferences, GError **error)
{
    g_autoptr(MlPolicy) policy = g_new0(MlPolicy, 1);
    policy->given = given;
    policy->preferences = preferences;
    policy->severities = g_hash_table_new(NULL, NULL);
    policy->path_ignores = g_ptr_array_new_with_free_func(path_ignore_free);
    if (preferences != NULL && (!read_severities(policy, error) || !read_selection(policy, error) ||
                                !read_path_ignores(policy, error)))
        return NULL;
    return g_steal_pointer(&policy);
}

void ml_policy_free(MlPolicy *policy)
{
    g_clear_pointer(&policy->settled, ml_selection_free);
    g_hash_table_unref(policy->severities);
    g_ptr_array_unref(policy->path_ignores);
    g_free(policy);
}

/* --- asking --------------------------------------------------------------------- */

gboolean ml_policy_runs(const MlPolicy *policy, const MlRule *rule)
{
    const MlSelection *const layers[] = {policy->given, policy->settled};
    for (guint i = 0; i < G_N_ELEMENTS(layers); i++) {
        MlChoice choice = layers[i] ? ml_selection_choice(layers[i], rule) : ML_CHOICE_UNSAID;
        if (choice != ML_CHOICE_UNSAID)
            return choice == ML_CHOICE_RUN;
    }
    return !rule->off;
}

const MlPreferences *ml_policy_preferences(const MlPolicy *policy)
{
    return policy->preferences;
}

/* --- findings ------------------------------------------------------------------- */

/* A finding that is less severe than its rule usually is stays at most as severe as it was. */
static void set_severity(const MlPolicy *policy, MlFinding *finding)
{
    const char *word = severity_word(policy, finding->rule);
    for (MlSeverity severity = ML_SEVERITY_NOTE; severity <= ML_SEVERITY_ERROR; severity++)
        if (g_strcmp0(word, ml_severity_name(severity)) == 0)
            finding->severity = finding->severity < finding->rule->severity
                                    ? MIN(severity, finding->severity)
                                    : severity;
}

/* A path of the tree below the folder of the settings; NULL if it lies elsewhere. */
static const char *relative(const MlPreferences *preferences, const char *path)
{
    gsize length = strlen(preferences->folder);
    if (length == 0)
        return path;
    return strncmp(path, preferences->folder, length) == 0 && path[length] == '/'
               ? path + length + 1
               : NULL;
}

static void ignore_by_path(const MlPolicy *policy, MlFinding *finding)
{
    const char *path = relative(policy->preferences, finding->path);
    /* GPatternSpec would read past the end of what is no UTF-8. */
    g_autofree char *valid = path ? g_utf8_make_valid(path, -1) : NULL;
    for (guint i = 0; valid != NULL && i < policy->path_ignores->len; i++) {
        const PathIgnore *ignore = g_ptr_array_index(policy->path_ignores, i);
        if (!names(ignore->setting, finding->rule) || !fits(ignore, valid))
            continue;
        finding->suppressed = "settings";
        finding->reason = g_strdup_printf("per-path-ignores of %s:%u", policy->preferences->path,
                                          ignore->setting->line);
        return;
    }
}

void ml_policy_apply(const MlPolicy *policy, MlFinding *finding)
{
    set_severity(policy, finding);
    if (finding->suppressed == NULL && policy->path_ignores->len > 0)
        ignore_by_path(policy, finding);
}
