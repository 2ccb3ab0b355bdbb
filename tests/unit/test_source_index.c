/* The index against git: what is staged, what is not merged yet. */
#include "tree_helper.h"

static MlTree *index_at(const GitFixture *fixture, const char *folder)
{
    g_autoptr(MlRepository) repository = open_at(fixture, folder);
    g_autoptr(GError) error = NULL;
    MlTree *tree = ml_tree_of_index(repository, &error);
    if (error)
        fail_msg("%s", error->message);
    return tree;
}

static void assert_identified(MlTree *tree, const char *path, const char *expected)
{
    MlBlobId id;
    assert_true(ml_tree_identify(tree, path, &id));
    g_autoptr(GString) hex = g_string_new(NULL);
    for (gsize i = 0; i < sizeof id.bytes; i++)
        g_string_append_printf(hex, "%02x", id.bytes[i]);
    assert_string_equal(hex->str, expected);
}

/* As git names an object. */
static void assert_identified_as(const GitFixture *fixture, MlTree *tree, const char *path,
                                 const char *object)
{
    g_autofree char *command = g_strdup_printf("git rev-parse '%s'", object);
    g_autofree char *id = g_strchomp(fixture_output(fixture, "r", command));
    assert_identified(tree, path, id);
}

static void assert_not_identified(MlTree *tree, const char *path)
{
    MlBlobId id;
    assert_false(ml_tree_identify(tree, path, &id));
}

static void the_index_is_what_would_be_committed(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(
        fixture, "",
        "git init -q r; cd r; mkdir -p a/b a.c a0; echo 1 >a/b/x; echo 2 >a/y; echo 3 >a.c/z;"
        "echo 4 >a0/z; ln -s a/y link; echo 5 >gone; git add .; git commit -qm 1;"
        "echo staged >a/y; git add a/y; echo later >a/y; rm gone; echo 6 >untracked;"
        "mkdir -p n; echo 7 >n/intended; echo 8 >intended; git add -N intended n;"
        "git rm -q --cached a0/z");
    g_autoptr(MlTree) tree = index_at(fixture, "r");
    assert_listing(tree, "", "f a/b/x\nf a/y\nf a.c/z\nf gone\nl link\n");
    assert_text(tree, "a/y", "staged\n");
    assert_text(tree, "link", "staged\n");
    assert_text(tree, "gone", "5\n");
    assert_absent(tree, "n");
    assert_absent(tree, "n/intended");
    assert_absent(tree, "intended");
    assert_absent(tree, "untracked");
    assert_absent(tree, "a0");
    assert_no_read(tree, "a", ML_SOURCE_ERROR_NOT_FOUND, "a");
    g_autofree char *root = fixture_path(fixture, "r");
    assert_string_equal(ml_tree_root(tree), root);
    assert_null(ml_tree_commit(tree));
    assert_identified_as(fixture, tree, "a/y", ":a/y");
    assert_identified_as(fixture, tree, "link", ":link");
    assert_not_identified(tree, "a");
    assert_not_identified(tree, "n/intended");
    fixture_run(fixture, "r", "git commit -qm 2");
    g_autoptr(MlTree) commit = commit_at(fixture, "r", "HEAD");
    assert_listing(commit, "", "f a/b/x\nf a/y\nf a.c/z\nf gone\nl link\n");
}

static void the_index_of_an_empty_repository_is_empty(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "", "git init -q r; touch r/f; git init -q --bare bare.git");
    g_autoptr(MlTree) tree = index_at(fixture, "r");
    assert_listing(tree, "", "");
    fixture_run(fixture, "r", "git add f");
    g_autoptr(MlTree) staged = index_at(fixture, "r");
    assert_listing(staged, "", "f f\n");
    g_autoptr(MlTree) bare = index_at(fixture, "bare.git");
    assert_listing(bare, "", "");
}

static void submodules_and_sparse_files_are_in_the_index(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q sub; cd sub; echo 1 >f; git add .; git commit -qm 1; cd ..;"
                "git init -q r; cd r; mkdir d e; echo 1 >d/f; echo 2 >e/g; git add .;"
                "git -c protocol.file.allow=always submodule add -q ../sub s 2>/dev/null;"
                "git commit -qm 1; git sparse-checkout set --no-cone /d/");
    g_autoptr(MlTree) tree = index_at(fixture, "r");
    assert_listing(tree, "", "f .gitmodules\nf d/f\nf e/g\ns s\n");
    assert_text(tree, "e/g", "2\n");
    assert_absent(tree, "s/f");
    assert_identified_as(fixture, tree, "s", ":s");
}

/* A commit of some files only gives hooks an index of its own, and -a another. */
static void a_hook_sees_the_index_of_its_commit(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; echo 1 >a; echo 1 >b; git add .; git commit -qm 1;"
                "echo staged >a; git add a; echo changed >b;"
                "printf '#!/bin/sh\\necho \"$GIT_INDEX_FILE\" >../name; cp \"$GIT_INDEX_FILE\" "
                "../kept; exit 1' >.git/hooks/pre-commit; chmod +x .git/hooks/pre-commit");
    const char *commands[] = {"git commit -qm 2 -- b || true", "git commit -qam 2 || true"};
    const char *texts_of_a[] = {"1\n", "staged\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        fixture_run(fixture, "r", commands[i]);
        g_setenv("GIT_INDEX_FILE", "../kept", TRUE);
        g_autoptr(MlTree) tree = index_at(fixture, "r");
        assert_text(tree, "a", texts_of_a[i]);
        assert_text(tree, "b", "changed\n");
        g_unsetenv("GIT_INDEX_FILE");
    }
}

static void what_is_not_merged_is_told(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(
        fixture, "",
        "git init -q r; cd r; for f in both ours-gone theirs-gone moved clean; do"
        "  seq 9 >$f; echo $f >>$f; done; git add .; git commit -qm 1; git checkout -qb side;"
        "echo theirs >>both; echo theirs >>ours-gone; git rm -q theirs-gone;"
        "echo theirs >added; git mv moved here; git add .; git commit -qm 2;"
        "git checkout -q main; echo ours >>both; git rm -q ours-gone;"
        "echo ours >>theirs-gone; echo ours >added; git mv moved there; git add .;"
        "git commit -qm 3; ! git merge -q side");
    g_autoptr(MlTree) tree = index_at(fixture, "r");
    assert_listing(tree, "",
                   "f added\nf both\nf clean\nf here\nf ours-gone\nf theirs-gone\nf there\n");
    assert_text(tree, "added", "ours\n");
    assert_identified_as(fixture, tree, "both", ":2:both");
    assert_identified_as(fixture, tree, "ours-gone", ":3:ours-gone");
    assert_int_equal(ml_tree_conflict(tree, "both"), ML_CONFLICT_CONTENT);
    assert_int_equal(ml_tree_conflict(tree, "added"), ML_CONFLICT_ADDED);
    assert_int_equal(ml_tree_conflict(tree, "./ours-gone"), ML_CONFLICT_DELETED);
    assert_int_equal(ml_tree_conflict(tree, "theirs-gone"), ML_CONFLICT_DELETED);
    assert_int_equal(ml_tree_conflict(tree, "moved"), ML_CONFLICT_RENAMED);
    assert_int_equal(ml_tree_conflict(tree, "here"), ML_CONFLICT_RENAMED);
    assert_int_equal(ml_tree_conflict(tree, "there"), ML_CONFLICT_RENAMED);
    assert_int_equal(ml_tree_conflict(tree, "clean"), ML_CONFLICT_NONE);
    assert_int_equal(ml_tree_conflict(tree, "nothing"), ML_CONFLICT_NONE);
    assert_int_equal(ml_tree_conflict(tree, "no/such"), ML_CONFLICT_NONE);
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    assert_int_equal(ml_tree_conflict(worktree, "both"), ML_CONFLICT_NONE);
}

static void an_index_that_cannot_be_read_is_told(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; echo 1 >f; git add .; git commit -qm 1; echo x >.git/index");
    g_autoptr(MlRepository) repository = open_at(fixture, "r");
    GError *error = NULL;
    assert_null(ml_tree_of_index(repository, &error));
    assert_error(error, ML_SOURCE_ERROR_REPOSITORY, "git reset");
}

static void every_tree_identifies_as_git_does(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; mkdir -p d/e; echo 1 >d/e/f; ln -s e/f d/link; ln -s d here;"
                "git add .; git commit -qm 1; git clone -q . ../plain; rm -rf ../plain/.git");
    g_autoptr(MlTree) commit = commit_at(fixture, "r", "HEAD");
    assert_identified_as(fixture, commit, "", "HEAD^{tree}");
    assert_identified_as(fixture, commit, "d/e", "HEAD:d/e");
    assert_identified_as(fixture, commit, "d/e/..", "HEAD:d");
    assert_identified_as(fixture, commit, "here/e", "HEAD:d/e");
    assert_identified_as(fixture, commit, "here", "HEAD:here");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    g_autoptr(MlTree) folder = folder_at(fixture, "plain");
    g_autoptr(MlTree) index = index_at(fixture, "r");
    MlTree *trees[] = {commit, worktree, folder, index};
    for (gsize i = 0; i < G_N_ELEMENTS(trees); i++) {
        assert_identified_as(fixture, trees[i], "d/e/f", "HEAD:d/e/f");
        assert_identified_as(fixture, trees[i], "here/e/f", "HEAD:d/e/f");
        assert_identified_as(fixture, trees[i], "d/link", "HEAD:d/link");
        assert_not_identified(trees[i], "nothing");
        assert_not_identified(trees[i], "d/e/f/g");
        assert_not_identified(trees[i], "../r/d/e/f");
        assert_not_identified(trees[i], ".git");
        if (trees[i] != commit)
            assert_not_identified(trees[i], "d");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(the_index_is_what_would_be_committed),
        UNIT(the_index_of_an_empty_repository_is_empty),
        UNIT(submodules_and_sparse_files_are_in_the_index),
        UNIT(a_hook_sees_the_index_of_its_commit),
        UNIT(what_is_not_merged_is_told),
        UNIT(an_index_that_cannot_be_read_is_told),
        UNIT(every_tree_identifies_as_git_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
