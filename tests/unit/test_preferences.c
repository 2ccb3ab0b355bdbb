/* miglint's own settings as the project room reads them, and what the lint room makes of them. */
#include "miglint/lint.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* A folder with one settings file, and the environment that it is read for. */
typedef struct {
    char *root;
    MlTree *tree;
    MlProject project;
} Fixture;

static int set_up(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);
    fixture->root = g_dir_make_tmp("miglint-preferences-XXXXXX", NULL);
    fixture->tree = ml_tree_of_folder(fixture->root, NULL);
    fixture->project.config = g_strdup("alembic.ini");
    *state = fixture;
    return fixture->tree == NULL;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *file = g_build_filename(fixture->root, "miglint.toml", NULL);
    g_remove(file);
    g_rmdir(fixture->root);
    ml_tree_unref(fixture->tree);
    g_free(fixture->project.config);
    g_free(fixture->root);
    g_free(fixture);
    return 0;
}

static MlPreferences *read_settings(Fixture *fixture, const char *text, GError **error)
{
    g_autofree char *file = g_build_filename(fixture->root, "miglint.toml", NULL);
    assert_true(g_file_set_contents(file, text, -1, NULL));
    return ml_preferences_find(fixture->tree, &fixture->project, error);
}

static void assert_words(const MlSetting *setting, guint line, const char *expected)
{
    assert_non_null(setting);
    assert_int_equal(setting->line, line);
    g_autoptr(GString) words = g_string_new(NULL);
    for (guint i = 0; i < setting->words->len; i++) {
        const MlSettingWord *word = g_ptr_array_index(setting->words, i);
        g_string_append_printf(words, "%s%s:%u", i ? " " : "", word->text, word->line);
    }
    assert_string_equal(words->str, expected);
}

static void test_keys(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MlPreferences) preferences = read_settings(*state,
                                                         "select = [\n"
                                                         "  'ML1',\n"
                                                         "  'ML301',\n"
                                                         "]\n"
                                                         "fail-on = 'note'\n"
                                                         "branches = []\n"
                                                         "[severity]\n"
                                                         "ML110 = 'off'\n"
                                                         "[per-path-ignores]\n"
                                                         "'a/*' = ['ML3', 'ML1']\n"
                                                         "[types]\n"
                                                         "'app.Money' = 'int'\n",
                                                         &error);
    assert_null(error);
    assert_string_equal(preferences->path, "miglint.toml");
    assert_string_equal(preferences->folder, "");
    assert_words(preferences->keys[ML_SETTING_SELECT], 1, "ML1:2 ML301:3");
    assert_words(preferences->keys[ML_SETTING_FAIL_ON], 5, "note:5");
    assert_words(preferences->keys[ML_SETTING_BRANCHES], 6, "");
    assert_null(preferences->keys[ML_SETTING_IGNORE]);
    assert_int_equal(preferences->severities->len, 1);
    assert_words(g_ptr_array_index(preferences->severities, 0), 8, "off:8");
    assert_int_equal(preferences->path_ignores->len, 1);
    const MlSetting *ignore = g_ptr_array_index(preferences->path_ignores, 0);
    assert_string_equal(ignore->key, "a/*");
    assert_words(ignore, 10, "ML3:10 ML1:10");
    assert_int_equal(preferences->types->len, 1);
    assert_words(g_ptr_array_index(preferences->types, 0), 12, "int:12");
}

static void test_none(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(MlPreferences) preferences =
        ml_preferences_find(fixture->tree, &fixture->project, &error);
    assert_non_null(preferences);
    assert_null(preferences->path);
    for (guint i = 0; i < ML_SETTING_COUNT; i++)
        assert_null(preferences->keys[i]);
}

static void test_errors(void **state)
{
    static const char *const wrong[] = {
        "select = 1",
        "select = [1]",
        "fail-on = 'x'",
        "selct = []",
        "severity = 1",
        "severity.a = []",
        "per-path-ignores = ''",
        "per-path-ignores.a = ''",
        "dialect = 'oracle'",
        "base = {}",
        "= 1",
    };
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(read_settings(*state, wrong[i], &error));
        assert_true(g_error_matches(error, ML_PROJECT_ERROR, ML_PROJECT_ERROR_CONFIG));
        assert_true(g_str_has_prefix(error->message, "miglint.toml:1: "));
    }
}

static const MlRule *rule(const char *code)
{
    const MlRule *found = ml_rule_find(code, NULL);
    assert_non_null(found);
    return found;
}

static void test_policy(void **state)
{
    g_autoptr(GError) error = NULL;
    const char *const ignore[] = {"ML106", NULL};
    g_autoptr(MlSelection) given = ml_selection_new(NULL, NULL, ignore, &error);
    g_autoptr(MlPreferences) preferences = read_settings(*state,
                                                         "select = ['ML1']\n"
                                                         "extend-select = ['ML301']\n"
                                                         "ignore = ['ML103']\n"
                                                         "severity.ML104 = 'off'\n",
                                                         &error);
    g_autoptr(MlPolicy) policy = ml_policy_new(given, preferences, &error);
    assert_null(error);
    assert_true(ml_policy_runs(policy, rule("ML101")));
    assert_true(ml_policy_runs(policy, rule("ML301")));
    assert_false(ml_policy_runs(policy, rule("ML302")));
    assert_false(ml_policy_runs(policy, rule("ML103")));
    assert_false(ml_policy_runs(policy, rule("ML104")));
    assert_false(ml_policy_runs(policy, rule("ML106")));
    assert_ptr_equal(ml_policy_preferences(policy), preferences);

    g_autoptr(MlPolicy) usual = ml_policy_new(NULL, NULL, &error);
    for (const MlRule *const *one = ml_all_rules; *one != NULL; one++)
        assert_int_equal(ml_policy_runs(usual, *one), !(*one)->off);
}

static void test_policy_errors(void **state)
{
    static const char *const wrong[] = {
        "ignore = [\n'ML9x']",
        "extend-select = [\n'ML1,ML3']",
        "[severity]\nML1 = 'off'",
        "[per-path-ignores]\na = ['nothing-such']",
    };
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(MlPreferences) preferences = read_settings(*state, wrong[i], &error);
        assert_non_null(preferences);
        MlPolicy *policy = ml_policy_new(NULL, preferences, &error);
        assert_null(policy);
        assert_true(g_error_matches(error, ML_LINT_ERROR, ML_LINT_ERROR_RULE));
        assert_true(g_str_has_prefix(error->message, "miglint.toml:2: no rule is called "));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_keys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_errors, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_policy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_policy_errors, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
