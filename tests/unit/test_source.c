/* Trees of files against git itself: what it lists, hashes and shows. */
#include "git_fixture.h"

#include "miglint/source.h"

/* Every file, link and submodule below a folder, a line each: the kind, the path. */
static void describe(MlTree *tree, const char *folder, GString *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) entries = ml_tree_list(tree, folder, &error);
    if (error)
        fail_msg("%s", error->message);
    for (guint i = 0; i < entries->len; i++) {
        const MlEntry *entry = entries->pdata[i];
        g_autofree char *path = g_strconcat(folder, *folder ? "/" : "", entry->name, NULL);
        if (entry->kind == ML_ENTRY_FOLDER)
            describe(tree, path, text);
        else
            g_string_append_printf(text, "%c %s\n", "?fdls"[entry->kind], path);
    }
}

static void assert_tree(MlTree *tree, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);
    describe(tree, "", text);
    assert_string_equal(text->str, expected);
}

static MlRepository *open_at(const GitFixture *fixture, const char *folder)
{
    g_autofree char *path = fixture_path(fixture, folder);
    g_autoptr(GError) error = NULL;
    MlRepository *repository = ml_repository_open(path, NULL, &error);
    if (error)
        fail_msg("%s", error->message);
    return repository;
}

static MlTree *worktree_at(const GitFixture *fixture, const char *folder)
{
    g_autoptr(MlRepository) repository = open_at(fixture, folder);
    g_autoptr(GError) error = NULL;
    MlTree *tree = ml_tree_of_worktree(repository, &error);
    if (error)
        fail_msg("%s", error->message);
    return tree;
}

static MlTree *commit_at(const GitFixture *fixture, const char *folder, const char *revision)
{
    g_autoptr(MlRepository) repository = open_at(fixture, folder);
    g_autoptr(GError) error = NULL;
    MlTree *tree = ml_tree_of_commit(repository, revision, &error);
    if (error)
        fail_msg("%s", error->message);
    return tree;
}

static void same_listing_for_commit_and_clean_checkout(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; mkdir -p a/b c.d c; touch a/b/x a/y c.d/z c/z c-z;"
                "git add .; git commit -qm 1");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    g_autoptr(MlTree) commit = commit_at(fixture, "r", "HEAD");
    const char *expected = "f a/b/x\nf a/y\nf c/z\nf c-z\nf c.d/z\n";
    assert_tree(worktree, expected);
    assert_tree(commit, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(same_listing_for_commit_and_clean_checkout, fixture_set_up,
                                        fixture_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
