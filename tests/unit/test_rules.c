/* Every rule's own examples: the bad one raises it, the good one does not. */
#include "miglint/lint.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FILE_MARK "# file: "

static void write_file(const char *root, const char *path, const char *text)
{
    g_autofree char *whole = g_build_filename(root, path, NULL);
    g_autofree char *folder = g_path_get_dirname(whole);
    assert_int_equal(g_mkdir_with_parents(folder, 0700), 0);
    assert_true(g_file_set_contents(whole, text, -1, NULL));
}

/* An environment in `root` that holds the files of the example. */
static void lay_out(const char *root, const char *example)
{
    write_file(root, "alembic.ini", "[alembic]\nscript_location = migrations\n");
    write_file(root, "migrations/env.py", "from alembic import context\n");
    if (!g_str_has_prefix(example, FILE_MARK)) {
        write_file(root, "migrations/versions/example.py", example);
        return;
    }
    g_auto(GStrv) files = g_strsplit(example + strlen(FILE_MARK), "\n" FILE_MARK, -1);
    for (char **file = files; *file != NULL; file++) {
        char *text = strchr(*file, '\n');
        assert_non_null(text);
        *text++ = '\0';
        g_autofree char *below = g_build_filename("/migrations", *file, NULL);
        g_autofree char *path = g_canonicalize_filename(below, "/");
        g_autofree char *ended = g_strconcat(text, "\n", NULL);
        write_file(root, path, ended);
    }
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    for (const char *name; folder && (name = g_dir_read_name(folder)) != NULL;) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_tree(child);
    }
    g_remove(path);
}

/* How many findings the rule alone makes of the example, all of which must be its own. */
static guint count_findings(const MlRule *rule, const char *example)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *root = g_dir_make_tmp("miglint-rule-XXXXXX", &error);
    assert_non_null(root);
    lay_out(root, example);
    const char *const select[] = {rule->code, NULL};
    g_autoptr(MlSelection) selection = ml_selection_new(select, NULL, NULL, &error);
    g_autoptr(MlPolicy) policy = ml_policy_new(selection, NULL, &error);
    assert_non_null(policy);
    g_autoptr(MlTree) tree = ml_tree_of_folder(root, &error);
    assert_non_null(tree);
    const MlProjectQuery everywhere = {0};
    g_autoptr(GPtrArray) projects = ml_projects_find(tree, &everywhere, NULL, &error);
    assert_non_null(projects);
    assert_int_equal(projects->len, 1);
    g_autoptr(MlMigrations) migrations =
        ml_migrations_load(tree, g_ptr_array_index(projects, 0), ML_LOAD_FULL, &error);
    assert_non_null(migrations);
    g_autoptr(GPtrArray) findings = ml_lint(tree, migrations, policy);
    for (guint i = 0; i < findings->len; i++) {
        const MlFinding *finding = g_ptr_array_index(findings, i);
        assert_ptr_equal(finding->rule, rule);
        assert_int_equal(finding->severity, rule->severity);
        assert_non_null(finding->fingerprint);
    }
    remove_tree(root);
    return findings->len;
}

static void test_examples(void **state)
{
    const MlRule *rule = *state;
    if (count_findings(rule, rule->bad) == 0)
        fail_msg("the bad example of %s raises nothing", rule->code);
    if (count_findings(rule, rule->good) != 0)
        fail_msg("the good example of %s raises it", rule->code);
}

static void test_documentation(void **state)
{
    const MlRule *rule = *state;
    assert_true(g_regex_match_simple("^ML[0-9]{3}$", rule->code, 0, 0));
    assert_true(g_regex_match_simple("^[a-z]+(-[a-z]+)*$", rule->name, 0, 0));
    assert_false(g_str_has_suffix(rule->summary, "."));
    assert_true(strlen(rule->why) > strlen(rule->summary));
    assert_true(rule->check_project != NULL || rule->check_revision != NULL ||
                rule->check_suppression != NULL);
}

int main(void)
{
    GArray *tests = g_array_new(FALSE, TRUE, sizeof(struct CMUnitTest));
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++) {
        const struct CMUnitTest both[] = {
            {(*rule)->name, test_examples, NULL, NULL, (void *)*rule},
            {(*rule)->code, test_documentation, NULL, NULL, (void *)*rule},
        };
        g_array_append_vals(tests, both, G_N_ELEMENTS(both));
    }
    int failed = _cmocka_run_group_tests("rules", (struct CMUnitTest *)(gpointer)tests->data,
                                         tests->len, NULL, NULL);
    g_array_unref(tests);
    return failed;
}
