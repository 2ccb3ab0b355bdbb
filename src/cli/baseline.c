/* Which baseline holds where, and what the user is told of it. */
#include "cli/cli.h"

#include <string.h>

void ml_baseline_options_clear(MlBaselineOptions *options)
{
    g_free(options->file);
    g_free(options->new_file);
}

void ml_baseline_add_options(GArray *entries, MlBaselineOptions *options)
{
    const GOptionEntry own[] = {
        {"baseline", 0, 0, G_OPTION_ARG_FILENAME, &options->file,
         "do not tell what this file holds already", "FILE"},
        {"no-baseline", 0, 0, G_OPTION_ARG_NONE, &options->none,
         "tell also what the baseline of the settings holds", NULL},
        {"write-baseline", 0, 0, G_OPTION_ARG_FILENAME, &options->new_file,
         "write what is found to a file for --baseline, instead of a report", "FILE"},
    };
    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
}

gboolean ml_baseline_options_check(const MlBaselineOptions *options, GError **error)
{
    if (!options->none || options->file == NULL)
        return TRUE;
    g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                "--baseline and --no-baseline exclude each other");
    return FALSE;
}

/* --- which holds where ---------------------------------------------------------------- */

typedef struct {
    char *file;          /* as the user knows it */
    GPtrArray *settings; /* char *: the files that name it; NULL: it holds everywhere */
    MlBaseline *baseline;
} Held;

struct MlBaselines {
    GPtrArray *held; /* Held * */
};

static void held_free(gpointer data)
{
    Held *held = data;
    g_free(held->file);
    g_clear_pointer(&held->settings, g_ptr_array_unref);
    ml_baseline_free(held->baseline);
    g_free(held);
}

void ml_baselines_free(MlBaselines *baselines)
{
    g_ptr_array_unref(baselines->held);
    g_free(baselines);
}

static gboolean holds_for(const Held *held, const MlPreferences *preferences)
{
    return held->settings == NULL ||
           (preferences->path != NULL &&
            g_ptr_array_find_with_equal_func(held->settings, preferences->path, g_str_equal, NULL));
}

MlBaseline *ml_baselines_find(const MlBaselines *baselines, const MlPreferences *preferences)
{
    for (guint i = 0; baselines != NULL && i < baselines->held->len; i++) {
        const Held *held = g_ptr_array_index(baselines->held, i);
        if (holds_for(held, preferences))
            return held->baseline;
    }
    return NULL;
}

/* Takes the baseline. */
static Held *hold(MlBaselines *baselines, const char *file, MlBaseline *baseline)
{
    Held *held = g_new0(Held, 1);
    held->file = g_strdup(file);
    held->baseline = baseline;
    g_ptr_array_add(baselines->held, held);
    return held;
}

static Held *find_file(const MlBaselines *baselines, const char *file)
{
    for (guint i = 0; i < baselines->held->len; i++) {
        Held *held = g_ptr_array_index(baselines->held, i);
        if (strcmp(held->file, file) == 0)
            return held;
    }
    return NULL;
}

static gboolean hold_given(MlBaselines *baselines, const char *file, GError **error)
{
    MlBaseline *baseline = ml_baseline_read(file, error);
    return baseline != NULL && hold(baselines, file, baseline);
}

static Held *hold_file(MlBaselines *baselines, MlTree *tree, const char *file, GError **error)
{
    g_autoptr(GBytes) text = ml_tree_read(tree, file, NULL, error);
    MlBaseline *baseline = text ? ml_baseline_parse(file, text, error) : NULL;
    return baseline ? hold(baselines, file, baseline) : NULL;
}

/* The path that settings name, from the root of the tree; NULL where no file is there. */
static char *find_named(MlTree *tree, const MlPreferences *preferences, const char *name)
{
    g_autofree char *path =
        *preferences->folder ? g_strconcat(preferences->folder, "/", name, NULL) : g_strdup(name);
    MlEntryKind kind;
    g_autofree char *file = ml_tree_resolve(tree, path, &kind);
    return file != NULL && kind == ML_ENTRY_FILE ? g_steal_pointer(&file) : NULL;
}

static gboolean hold_named(MlBaselines *baselines, MlTree *tree, const MlPreferences *preferences,
                           GError **error)
{
    const MlSetting *setting = preferences->keys[ML_SETTING_BASELINE];
    if (setting == NULL || ml_baselines_find(baselines, preferences) != NULL)
        return TRUE;
    const MlSettingWord *word = g_ptr_array_index(setting->words, 0);
    g_autofree char *file = find_named(tree, preferences, word->text);
    if (file == NULL) {
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                    "%s:%u: the baseline '%s' is not there; --write-baseline makes one",
                    preferences->path, word->line, word->text);
        return FALSE;
    }
    Held *held = find_file(baselines, file);
    if (held == NULL && (held = hold_file(baselines, tree, file, error)) == NULL) {
        g_prefix_error(error, "%s:%u: ", preferences->path, word->line);
        return FALSE;
    }
    if (held->settings == NULL)
        held->settings = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(held->settings, g_strdup(preferences->path));
    return TRUE;
}

MlBaselines *ml_baselines_load(const MlBaselineOptions *options, const MlWorkspace *workspace,
                               const GPtrArray *rules, GError **error)
{
    g_autoptr(MlBaselines) baselines = g_new0(MlBaselines, 1);
    baselines->held = g_ptr_array_new_with_free_func(held_free);
    if (options->none || options->new_file != NULL)
        return g_steal_pointer(&baselines);
    if (options->file != NULL)
        return hold_given(baselines, options->file, error) ? g_steal_pointer(&baselines) : NULL;
    for (guint i = 0; i < rules->len; i++) {
        const MlRules *of_project = g_ptr_array_index(rules, i);
        if (!hold_named(baselines, workspace->settings, of_project->preferences, error))
            return NULL;
    }
    return g_steal_pointer(&baselines);
}

/* --- what no longer occurs ------------------------------------------------------------ */

static gboolean runs(const GPtrArray *rules, const char *code)
{
    const MlRule *rule = ml_rule_find(code, NULL);
    for (guint i = 0; rule != NULL && i < rules->len; i++)
        if (!ml_policy_runs(((MlRules *)g_ptr_array_index(rules, i))->policy, rule))
            return FALSE;
    return TRUE;
}

/* Of a state that was looked at whole: how many entries nothing was like, where their rules ran. */
static guint count_gone(const MlBaseline *baseline, const GPtrArray *rules)
{
    const GPtrArray *entries = ml_baseline_entries(baseline);
    guint gone = 0;
    for (guint i = 0; i < entries->len; i++) {
        const MlBaselineEntry *entry = g_ptr_array_index(entries, i);
        gone += !entry->occurred && runs(rules, entry->rule);
    }
    return gone;
}

void ml_baselines_tell_gone(const MlBaselines *baselines, const GPtrArray *rules)
{
    for (guint i = 0; i < baselines->held->len; i++) {
        const Held *held = g_ptr_array_index(baselines->held, i);
        guint gone = count_gone(held->baseline, rules);
        guint all = ml_baseline_entries(held->baseline)->len;
        g_autofree char *message =
            gone == all
                ? g_strdup_printf("nothing of what %s holds occurs here: is it of another project?",
                                  held->file)
                : g_strdup_printf("%u of the %u findings in %s no longer occur%s: write it anew "
                                  "with --write-baseline %s",
                                  gone, all, held->file, gone == 1 ? "s" : "", held->file);
        if (gone > 0)
            ml_cli_note(message);
    }
}

/* --- writing -------------------------------------------------------------------------- */

/* A slip of the fingers must not cost the file of another program. */
static gboolean may_replace(const char *file, GError **error)
{
    g_autoptr(MlBaseline) before = NULL;
    if (!g_file_test(file, G_FILE_TEST_IS_REGULAR))
        return TRUE;
    before = ml_baseline_read(file, NULL);
    if (before == NULL)
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                    "%s is there and is no baseline: give another name, or remove it first", file);
    return before != NULL;
}

int ml_baseline_write_file(const char *new_file, const GPtrArray *findings, GError **error)
{
    if (!may_replace(new_file, error))
        return ml_cli_fail(*error);
    g_autoptr(GString) out = g_string_new(NULL);
    ml_baseline_write(out, findings);
    if (!ml_cli_write(new_file, out, error))
        return ml_cli_fail(*error);
    g_autofree char *message = g_strdup_printf(
        "%u finding%s written to %s; lint with --baseline %s, or name it in the settings: "
        "baseline = \"...\"",
        findings->len, findings->len == 1 ? "" : "s", new_file, new_file);
    ml_cli_note(message);
    return ML_EXIT_OK;
}
