/* Trees of files against git itself: what it lists, hashes and shows. */
#include "tree_helper.h"

#include <sys/stat.h>

static void same_listing_for_commit_and_clean_checkout(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; mkdir -p a/b c.d c; touch a/b/x a/y c.d/z c/z c-z;"
                "git add .; git commit -qm 1");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    g_autoptr(MlTree) commit = commit_at(fixture, "r", "HEAD");
    g_autoptr(MlTree) folder = folder_at(fixture, "r");
    const char *expected = "f a/b/x\nf a/y\nf c/z\nf c-z\nf c.d/z\n";
    assert_listing(worktree, "", expected);
    assert_listing(commit, "", expected);
    assert_listing(folder, "", expected);
    g_autofree char *id = fixture_output(fixture, "r", "git rev-parse HEAD");
    assert_string_equal(ml_tree_commit(commit), g_strchomp(id));
    assert_null(ml_tree_commit(worktree));
    g_autofree char *root = fixture_path(fixture, "r");
    assert_string_equal(ml_tree_root(folder), root);
    assert_string_equal(ml_tree_root(worktree), root);
    assert_string_equal(ml_tree_root(commit), root);
}

static void entries_are_sorted_by_bytes(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(
        fixture, "",
        "git init -q r; cd r; mkdir a Z; touch a/f Z/f a.b B b $(printf '\\303\\251 \\377');"
        "git add .; git commit -qm 1");
    g_autoptr(MlTree) folder = folder_at(fixture, "r");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    g_autoptr(MlTree) commit = commit_at(fixture, "r", "HEAD");
    MlTree *trees[] = {folder, worktree, commit};
    const char *expected[] = {"B", "Z", "a", "a.b", "b", "\303\251", "\377"};
    for (gsize i = 0; i < G_N_ELEMENTS(trees); i++) {
        g_autoptr(GPtrArray) entries = ml_tree_list(trees[i], "", NULL);
        assert_int_equal(entries->len, G_N_ELEMENTS(expected));
        for (guint j = 0; j < entries->len; j++)
            assert_string_equal(((MlEntry *)entries->pdata[j])->name, expected[j]);
        assert_file(trees[i], "\377", "\377");
    }
}

static void what_is_not_there_is_said(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "", "git init -q r; cd r; mkdir d; echo>d/f; git add .; git commit -qm 1");
    g_autoptr(MlTree) folder = folder_at(fixture, "r");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    g_autoptr(MlTree) commit = commit_at(fixture, "r", "HEAD");
    MlTree *trees[] = {folder, worktree, commit};
    for (gsize i = 0; i < G_N_ELEMENTS(trees); i++) {
        assert_no_read(trees[i], "nothing", ML_SOURCE_ERROR_NOT_FOUND, "nothing");
        assert_no_read(trees[i], "d", ML_SOURCE_ERROR_NOT_FOUND, "'d'");
        assert_no_read(trees[i], "", ML_SOURCE_ERROR_NOT_FOUND, "''");
        assert_no_list(trees[i], "nothing", ML_SOURCE_ERROR_NOT_FOUND);
        assert_no_list(trees[i], "d/f", ML_SOURCE_ERROR_NOT_FOUND);
    }
    GError *error = NULL;
    g_autofree char *missing = fixture_path(fixture, "missing");
    assert_null(ml_tree_of_folder(missing, &error));
    assert_error(error, ML_SOURCE_ERROR_NOT_FOUND, "missing");
    g_autofree char *file = fixture_path(fixture, "r/d/f");
    error = NULL;
    assert_null(ml_tree_of_folder(file, &error));
    assert_error(error, ML_SOURCE_ERROR_NOT_FOUND, "folder");
}

static void what_vanishes_meanwhile_is_an_error(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "", "git init -q r; cd r; mkdir d; echo>d/f; echo>g; git add .");
    g_autoptr(MlTree) folder = folder_at(fixture, "r");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    assert_listing(worktree, "", "f d/f\nf g\n");
    fixture_run(fixture, "r", "rm -r d g");
    assert_no_read(folder, "g", ML_SOURCE_ERROR_NOT_FOUND, "g");
    assert_no_read(worktree, "g", ML_SOURCE_ERROR_NOT_FOUND, "g");
    assert_no_list(worktree, "d", ML_SOURCE_ERROR_NOT_FOUND);
    fixture_run(fixture, "", "rm -rf r");
    assert_no_list(folder, "", ML_SOURCE_ERROR_NOT_FOUND);
    assert_no_list(worktree, "", ML_SOURCE_ERROR_NOT_FOUND);
}

static void bytes_come_back_as_they_are(void **state)
{
    const GitFixture *fixture = *state;
    const struct {
        const char *name;
        const char *bytes;
        gsize length;
    } files[] = {
        {"empty", "", 0},   {"bom", "\357\273\277x\n", 5}, {"crlf", "a\r\nb\r\n", 6},
        {"nul", "a\0b", 3}, {"latin1", "\351\n", 2},       {"folder/no-newline", "x", 1},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *name = g_strconcat("r/", files[i].name, NULL);
        fixture_write(fixture, name, files[i].bytes, files[i].length);
    }
    fixture_run(fixture, "r", "git init -q; git add .; git commit -qm 1");
    g_autoptr(MlTree) folder = folder_at(fixture, "r");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    g_autoptr(MlTree) commit = commit_at(fixture, "r", "HEAD");
    MlTree *trees[] = {folder, worktree, commit};
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *command =
            g_strdup_printf("git hash-object --no-filters %s", files[i].name);
        g_autofree char *id = g_strchomp(fixture_output(fixture, "r", command));
        for (gsize j = 0; j < G_N_ELEMENTS(trees); j++)
            assert_reads(trees[j], files[i].name, files[i].bytes, files[i].length, id);
    }
}

static void line_ends_are_not_converted(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; git config core.safecrlf false; echo '* text eol=crlf' "
                ">.gitattributes; printf 'a\\n' >f;"
                "git add .; git commit -qm 1; rm f; git checkout -q f");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    g_autoptr(MlTree) commit = commit_at(fixture, "r", "HEAD");
    g_autofree char *disk = fixture_output(fixture, "r", "git hash-object --no-filters f");
    g_autofree char *blob = fixture_output(fixture, "r", "git rev-parse HEAD:f");
    assert_reads(worktree, "f", "a\r\n", 3, g_strchomp(disk));
    assert_reads(commit, "f", "a\n", 2, g_strchomp(blob));
}

/* What git itself would show of a working tree, less what it knows to be deleted. */
static char *git_files(const GitFixture *fixture, const char *folder)
{
    return fixture_output(
        fixture, folder,
        "git -c core.quotePath=off ls-files -co --exclude-standard | sed 's,/$,,'");
}

static void working_tree_is_what_git_lists(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(
        fixture, "",
        "git init -q r; cd r; mkdir -p build/deep out/kept out/lost d/sub plain .venv/lib;"
        "touch a.py a.pyc build/x build/deep/t build/deep/y out/kept/t out/kept/u out/lost/v "
        "d/sub/f d/g.log"
        "  d/sub/keep.log .venv/lib/z tracked.pyc plain/p only.excluded $(printf '\\377.py');"
        "printf 'build/\\n*.pyc\\nout\\n.venv\\n*.log\\n!build/deep/\\n!build/deep/y\\n' "
        ">.gitignore;"
        "echo elsewhere >../excludes; touch elsewhere;"
        "git config core.excludesFile \"$PWD/../excludes\";"
        "printf 'g.log\\n' >d/.gitignore; printf '*.excluded\\n' >.git/info/exclude;"
        "git add -f a.py tracked.pyc build/deep/t out/kept/t d/sub/keep.log; git commit -qm 1");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    g_autofree char *expected = git_files(fixture, "r");
    assert_paths(worktree, expected);
    assert_non_null(strstr(expected, "tracked.pyc"));
    assert_non_null(strstr(expected, "plain/p"));
    g_autoptr(MlTree) folder = folder_at(fixture, "r");
    g_autofree char *everything = fixture_output(
        fixture, "r", "find . -name .git -prune -o -type f -print | sed 's,^\\./,,'");
    assert_paths(folder, everything);
}

static void nothing_is_taken_back_inside_an_ignored_folder(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; mkdir -p a/b; touch a/t a/u a/b/t a/b/u;"
                "git add a/t a/b/t; printf '*\\n!b\\n!u\\n' >.gitignore");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    g_autofree char *expected = git_files(fixture, "r");
    assert_paths(worktree, expected);
    assert_listing(worktree, "", "f a/b/t\nf a/t\n");
}

static void an_ignored_path_is_found_when_named(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; mkdir -p out/in mixed; touch out/a out/in/b mixed/t mixed/u;"
                "printf 'out\\nmixed\\n' >.gitignore; git add -f mixed/t");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    assert_listing(worktree, "", "f .gitignore\nf mixed/t\n");
    assert_listing(worktree, "out", "f out/a\nf out/in/b\n");
    assert_listing(worktree, "out/in", "f out/in/b\n");
    assert_file(worktree, "out/a", "out/a");
    assert_text(worktree, "mixed/u", "");
}

static void special_files_are_not_files(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; mkfifo pipe; ln -s pipe to-pipe;"
                "ln -s /dev/null device; touch f");
    g_autoptr(MlTree) folder = folder_at(fixture, "r");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    MlTree *trees[] = {folder, worktree};
    for (gsize i = 0; i < G_N_ELEMENTS(trees); i++) {
        assert_listing(trees[i], "", "l device\nf f\nl to-pipe\n");
        assert_absent(trees[i], "pipe");
        assert_absent(trees[i], "to-pipe");
        assert_absent(trees[i], "device");
        assert_no_read(trees[i], "pipe", ML_SOURCE_ERROR_NOT_FOUND, "pipe");
    }
}

static void dot_git_is_no_part_of_a_tree(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; touch f; ln -s .git hole; git add .;"
                "git commit -qm 1");
    g_autoptr(MlTree) folder = folder_at(fixture, "r");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    g_autoptr(MlTree) commit = commit_at(fixture, "r", "HEAD");
    MlTree *trees[] = {folder, worktree, commit};
    for (gsize i = 0; i < G_N_ELEMENTS(trees); i++) {
        assert_listing(trees[i], "", "f f\nl hole\n");
        assert_absent(trees[i], ".git");
        assert_absent(trees[i], ".git/config");
        assert_absent(trees[i], "hole/config");
    }
}

static void links_are_followed_inside_the_tree(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; echo secret >outside; cd r; mkdir -p a/b c; echo text >a/b/f;"
                "ln -s a/b/f in; ln -s b a/folder; ln -s ../a/folder/f c/up; ln -s . here;"
                "ln -s ../outside out; ln -s /etc etc; ln -s nothing broken; ln -s self self;"
                "ln -s two one; ln -s one two; ln -s ../r/a/b/f round; ln -s a/b/f/ slash;"
                "ln -s a/folder/../f parent; ln -s \"$PWD/a/b\" absolute;"
                "ln -s f a/b/l0; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22"
                " 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45;"
                "do ln -s l$((i-1)) a/b/l$i; done;"
                "git add .; git commit -qm 1");
    g_autoptr(MlTree) folder = folder_at(fixture, "r");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    g_autoptr(MlTree) commit = commit_at(fixture, "r", "HEAD");
    MlTree *trees[] = {folder, worktree, commit};
    for (gsize i = 0; i < G_N_ELEMENTS(trees); i++) {
        MlTree *tree = trees[i];
        assert_file(tree, "in", "a/b/f");
        assert_file(tree, "a/folder/f", "a/b/f");
        assert_file(tree, "c/up", "a/b/f");
        assert_file(tree, "here/here/./in", "a/b/f");
        assert_file(tree, "a/b/l30", "a/b/f");
        assert_resolves(tree, "a/folder", "a/b", ML_ENTRY_FOLDER);
        assert_resolves(tree, "a/folder/..", "a", ML_ENTRY_FOLDER);
        assert_resolves(tree, "here", "", ML_ENTRY_FOLDER);
        assert_absent(tree, "out");
        assert_absent(tree, "etc");
        assert_absent(tree, "etc/passwd");
        assert_absent(tree, "broken");
        assert_absent(tree, "self");
        assert_absent(tree, "one");
        assert_absent(tree, "one/x");
        assert_absent(tree, "parent");
        assert_text(tree, "c/up", "text\n");
        assert_listing(tree, "c", "l c/up\n");
        assert_no_read(tree, "out", ML_SOURCE_ERROR_NOT_FOUND, "out");
        assert_no_read(tree, "self", ML_SOURCE_ERROR_NOT_FOUND, "self");
        g_autoptr(GPtrArray) entries = ml_tree_list(tree, "a/folder", NULL);
        assert_int_equal(entries->len, 47);
    }
    /* What the disk says stays inside. A commit has no place on the disk. */
    assert_file(folder, "round", "a/b/f");
    assert_file(worktree, "absolute/f", "a/b/f");
    assert_absent(commit, "round");
    assert_absent(commit, "a/b/l45");
    assert_absent(commit, "absolute/f");
}

static void paths_are_normalised(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; mkdir -p a/b; echo>a/b/f; echo>g; git add .;"
                "git commit -qm 1; ln -s r ../alias");
    g_autoptr(MlTree) folder = folder_at(fixture, "alias");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "alias/a");
    g_autoptr(MlTree) commit = commit_at(fixture, "r", "HEAD");
    MlTree *trees[] = {folder, worktree, commit};
    g_autofree char *root = fixture_path(fixture, "r");
    for (gsize i = 0; i < G_N_ELEMENTS(trees); i++) {
        MlTree *tree = trees[i];
        assert_string_equal(ml_tree_root(tree), root);
        assert_resolves(tree, "", "", ML_ENTRY_FOLDER);
        assert_resolves(tree, ".", "", ML_ENTRY_FOLDER);
        assert_resolves(tree, "a/", "a", ML_ENTRY_FOLDER);
        assert_resolves(tree, "a/b/..", "a", ML_ENTRY_FOLDER);
        assert_resolves(tree, "a/..", "", ML_ENTRY_FOLDER);
        assert_file(tree, "./a//b/./f", "a/b/f");
        assert_file(tree, "a/../a/b/../../g", "g");
        assert_absent(tree, "..");
        assert_absent(tree, "a/../..");
        assert_absent(tree, "../r/g");
        assert_absent(tree, "/");
        assert_absent(tree, "/g");
        assert_absent(tree, "g/x");
        assert_absent(tree, "g/..");
        assert_absent(tree, "g/.");
        assert_absent(tree, "nothing/..");
        g_autofree char *root_path = g_build_filename(root, "g", NULL);
        assert_absent(tree, root_path);
    }
}

static void long_and_deep_paths_have_a_bound(void **state)
{
    const GitFixture *fixture = *state;
    g_autoptr(GString) deep = g_string_new("r");
    for (int i = 0; i < 300; i++)
        g_string_append(deep, "/d");
    g_autofree char *file = g_strconcat(deep->str, "/f", NULL);
    fixture_write(fixture, file, "", 0);
    fixture_run(fixture, "r", "git init -q; git add .; git commit -qm 1");
    g_autoptr(MlTree) folder = folder_at(fixture, "r");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    g_autoptr(MlTree) commit = commit_at(fixture, "r", "HEAD");
    MlTree *trees[] = {folder, worktree, commit};
    g_autofree char *name = g_strnfill(5000, 'x');
    g_autofree char *component = g_strnfill(300, 'x');
    for (gsize i = 0; i < G_N_ELEMENTS(trees); i++) {
        assert_listing(trees[i], "", "");
        assert_absent(trees[i], file + 2);
        assert_absent(trees[i], name);
        assert_absent(trees[i], component);
        assert_no_read(trees[i], name, ML_SOURCE_ERROR_NOT_FOUND, "xxx");
    }
}

static void a_large_file_is_refused(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; truncate -s 16777216 fits; truncate -s 16777217 large;"
                "git -c core.bigFileThreshold=1m add .; git commit -qm 1;"
                "truncate -s 1T huge");
    g_autoptr(MlTree) folder = folder_at(fixture, "r");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    g_autoptr(MlTree) commit = commit_at(fixture, "r", "HEAD");
    MlTree *trees[] = {folder, worktree, commit};
    for (gsize i = 0; i < G_N_ELEMENTS(trees); i++) {
        assert_no_read(trees[i], "large", ML_SOURCE_ERROR_TOO_LARGE, "'large'");
        g_autoptr(GBytes) bytes = ml_tree_read(trees[i], "fits", NULL, NULL);
        assert_int_equal(g_bytes_get_size(bytes), ML_FILE_LIMIT);
    }
    assert_no_read(folder, "huge", ML_SOURCE_ERROR_TOO_LARGE, "'huge'");
}

static void bare_repository_has_commits_only(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; mkdir d; echo x >d/f; git add .;"
                "git commit -qm 1; cd ..; git clone -q --bare r bare.git");
    g_autoptr(MlRepository) repository = open_at(fixture, "bare.git");
    assert_null(ml_repository_workdir(repository));
    g_autoptr(MlTree) commit = commit_at(fixture, "bare.git", "main");
    assert_null(ml_tree_root(commit));
    assert_listing(commit, "", "f d/f\n");
    assert_text(commit, "d/f", "x\n");
    assert_no_tree(fixture, "bare.git", NULL, ML_SOURCE_ERROR_REPOSITORY, "bare");
}

static void linked_worktree_has_its_own_index(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; mkdir d; echo x >d/f; echo '*.log' >.gitignore; git add .;"
                "git commit -qm 1; git worktree add -q -b other ../linked;"
                "cd ../linked; touch t.log u.log; git add -f t.log");
    g_autofree char *top = fixture_path(fixture, "linked");
    g_autoptr(MlRepository) repository = open_at(fixture, "linked/d");
    assert_string_equal(ml_repository_workdir(repository), top);
    g_autoptr(MlTree) worktree = worktree_at(fixture, "linked/d");
    assert_listing(worktree, "", "f .gitignore\nf d/f\nf t.log\n");
    g_autoptr(MlTree) commit = commit_at(fixture, "linked", "other");
    assert_listing(commit, "", "f .gitignore\nf d/f\n");
}

/* As git 2.48 writes it with worktree.useRelativePaths. */
static void linked_worktree_may_have_relative_paths(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; echo x >f; git add .; git commit -qm 1;"
                "git worktree add -q ../linked; git config core.repositoryFormatVersion 1;"
                "git config extensions.relativeWorktrees true;"
                "echo ../../../../linked/.git >.git/worktrees/linked/gitdir;"
                "echo 'gitdir: ../r/.git/worktrees/linked' >../linked/.git");
    g_autofree char *top = fixture_path(fixture, "linked");
    g_autoptr(MlRepository) repository = open_at(fixture, "linked");
    assert_string_equal(ml_repository_workdir(repository), top);
    g_autoptr(MlTree) worktree = worktree_at(fixture, "linked");
    assert_listing(worktree, "", "f f\n");
}

static void worktree_configuration_counts(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q --bare r.git; cd r.git; git config extensions.worktreeConfig true;"
                "git config --unset core.bare; git config --worktree core.bare true;"
                "cd ..; git init -q s; cd s; mkdir ../elsewhere; touch ../elsewhere/e;"
                "git config extensions.worktreeConfig true;"
                "git config --worktree core.worktree ../../elsewhere");
    g_autoptr(MlRepository) bare = open_at(fixture, "r.git");
    assert_null(ml_repository_workdir(bare));
    g_autofree char *top = fixture_output(fixture, "s/.git",
                                          "git -C ../../elsewhere "
                                          "--git-dir=\"$PWD\" rev-parse --show-toplevel");
    g_autoptr(MlRepository) moved = open_at(fixture, "s");
    assert_string_equal(ml_repository_workdir(moved), g_strchomp(top));
    g_autoptr(MlTree) worktree = worktree_at(fixture, "s");
    assert_listing(worktree, "", "f e\n");
}

static void submodules_are_never_entered(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q sub; cd sub; echo x >f; git add .; git commit -qm 1; cd ..;"
                "git init -q r; cd r; mkdir d; echo y >d/g; git submodule -q add ../sub d/sub;"
                "git add .; git commit -qm 1; git init -q nested; echo z >nested/n;"
                "mkdir no-repository no-repository/.git; echo >no-repository/o;"
                "mkdir taken-over; echo >taken-over/t; git add taken-over; git init -q taken-over;"
                "cd ..; git clone -q r fresh");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    g_autoptr(MlTree) commit = commit_at(fixture, "r", "HEAD");
    g_autoptr(MlTree) fresh = worktree_at(fixture, "fresh");
    assert_listing(commit, "", "f .gitmodules\nf d/g\ns d/sub\n");
    assert_listing(fresh, "", "f .gitmodules\nf d/g\ns d/sub\n");
    assert_listing(worktree, "",
                   "f .gitmodules\nf d/g\ns d/sub\ns nested\nf no-repository/o\nf taken-over/t\n");
    g_autofree char *expected = git_files(fixture, "r");
    assert_paths(worktree, expected);
    MlTree *trees[] = {worktree, commit, fresh};
    for (gsize i = 0; i < G_N_ELEMENTS(trees); i++) {
        assert_resolves(trees[i], "d/sub", "d/sub", ML_ENTRY_SUBMODULE);
        assert_resolves(trees[i], "d/sub/.", "d/sub", ML_ENTRY_SUBMODULE);
        assert_file(trees[i], "d/sub/../g", "d/g");
        assert_absent(trees[i], "d/sub/f");
        assert_no_list(trees[i], "d/sub", ML_SOURCE_ERROR_NOT_FOUND);
        assert_no_read(trees[i], "d/sub/f", ML_SOURCE_ERROR_NOT_FOUND, "d/sub/f");
    }
    assert_absent(worktree, "nested/n");
    g_autoptr(MlRepository) inner = open_at(fixture, "r/d/sub");
    g_autofree char *top = fixture_path(fixture, "r/d/sub");
    assert_string_equal(ml_repository_workdir(inner), top);
}

static void sparse_checkout_is_read_from_the_index(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; mkdir -p in out/deep; echo 1 >in/f; echo 2 >out/deep/g;"
                "echo 3 >out/h; ln -s ../out/h in/link; ln -s deep/g out/inner; echo 4 >top;"
                "git add .; git commit -qm 1; git sparse-checkout set --no-sparse-index in");
    g_autofree char *absent = fixture_output(fixture, "r", "test ! -e out && echo gone");
    assert_string_equal(absent, "gone\n");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    assert_listing(worktree, "", "f in/f\nl in/link\nf out/deep/g\nf out/h\nl out/inner\nf top\n");
    g_autofree char *expected = git_files(fixture, "r");
    assert_paths(worktree, expected);
    g_autofree char *id = fixture_output(fixture, "r", "git rev-parse HEAD:out/deep/g");
    assert_reads(worktree, "out/deep/g", "2\n", 2, g_strchomp(id));
    assert_resolves(worktree, "out/deep/../..", "", ML_ENTRY_FOLDER);
    assert_file(worktree, "in/link", "out/h");
    assert_text(worktree, "in/link", "3\n");
    assert_text(worktree, "out/inner", "2\n");
    assert_no_read(worktree, "out/nothing", ML_SOURCE_ERROR_NOT_FOUND, "nothing");
    /* What is on the disk all the same is what counts. */
    fixture_write(fixture, "r/out/h", "changed\n", -1);
    assert_text(worktree, "out/h", "changed\n");
    assert_listing(worktree, "out", "f out/deep/g\nf out/h\nl out/inner\n");
}

static void assert_advice_mends_the_index(const GitFixture *fixture, const char *expected)
{
    GError *error = NULL;
    assert_null(make_tree(fixture, "r", NULL, &error));
    follow_advice(fixture, "r", error, ML_SOURCE_ERROR_REPOSITORY);
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    assert_listing(worktree, "", expected);
}

static void a_sparse_index_is_told(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; mkdir in out; echo 1 >in/f; echo 2 >out/g; git add .;"
                "git commit -qm 1; git sparse-checkout set --cone --sparse-index in");
    assert_no_tree(fixture, "r", NULL, ML_SOURCE_ERROR_REPOSITORY,
                   "git sparse-checkout reapply --no-sparse-index");
    assert_advice_mends_the_index(fixture, "f in/f\nf out/g\n");
}

static void a_split_index_is_told(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; echo 1 >f; echo 2 >g; git add .; git commit -qm 1;"
                "git update-index --split-index");
    assert_no_tree(fixture, "r", NULL, ML_SOURCE_ERROR_REPOSITORY,
                   "git update-index --no-split-index");
    assert_advice_mends_the_index(fixture, "f f\nf g\n");
    /* Also where it is not just this index that is split. */
    fixture_run(fixture, "r", "git config core.splitIndex true; echo 3 >f; git add f");
    assert_advice_mends_the_index(fixture, "f f\nf g\n");
    fixture_run(fixture, "r", "echo 4 >f; git add f");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    assert_listing(worktree, "", "f f\nf g\n");
}

/* As git 2.40 writes it with index.skipHash: zeros where the checksum was. */
static void an_index_without_checksum_is_told(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; echo 1 >f; git add .; git commit -qm 1;"
                "truncate -s -20 .git/index; truncate -s +20 .git/index");
    assert_no_tree(fixture, "r", NULL, ML_SOURCE_ERROR_REPOSITORY, "index.skipHash");
    assert_advice_mends_the_index(fixture, "f f\n");
}

static void a_damaged_index_is_told(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; echo 1 >f; git add .; git commit -qm 1;"
                "echo garbage >.git/index");
    assert_no_tree(fixture, "r", NULL, ML_SOURCE_ERROR_REPOSITORY, "git reset");
    g_autoptr(MlTree) commit = commit_at(fixture, "r", "HEAD");
    assert_listing(commit, "", "f f\n");
}

/* Extensions in capitals may be skipped; libgit2 and git agree on that. */
static void untracked_cache_and_version_4_are_fine(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; mkdir d; echo 1 >d/f; echo 2 >g; git add .;"
                "git update-index --index-version 4 --untracked-cache; git status");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    assert_listing(worktree, "", "f d/f\nf g\n");
}

static void partial_clone_names_what_mends_it(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; mkdir d; echo 1 >d/f; git add .; git commit -qm 1;"
                "echo 2 >d/f; ln -s d/f link; git add .; git commit -qm 2; cd ..;"
                "git clone -q --filter=blob:none \"file://$PWD/r\" blobs;"
                "git clone -q --no-checkout --filter=tree:0 \"file://$PWD/r\" trees");
    g_autoptr(MlTree) head = commit_at(fixture, "blobs", "HEAD");
    assert_text(head, "link", "2\n");
    g_autoptr(MlTree) before = commit_at(fixture, "blobs", "HEAD~1");
    assert_listing(before, "", "f d/f\n");
    GError *error = NULL;
    assert_null(ml_tree_read(before, "d/f", NULL, &error));
    assert_non_null(strstr(error->message, "'d/f'"));
    follow_advice(fixture, "blobs", error, ML_SOURCE_ERROR_MISSING_OBJECT);
    assert_text(before, "d/f", "1\n");
    error = NULL;
    assert_null(make_tree(fixture, "trees", "HEAD~1", &error));
    follow_advice(fixture, "trees", error, ML_SOURCE_ERROR_MISSING_OBJECT);
    g_autoptr(MlTree) mended = commit_at(fixture, "trees", "HEAD~1");
    assert_text(mended, "d/f", "1\n");
}

static void a_folder_that_is_missing_is_an_error(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; mkdir -p d/e; echo 1 >d/e/f; git add .; git commit -qm 1;"
                "cd ..; git clone -q --no-checkout --filter=tree:1 \"file://$PWD/r\" partial;"
                "cd r; rm -f .git/objects/$(git rev-parse HEAD:d/e | sed 's,^..,&/,')");
    g_autoptr(MlTree) partial = commit_at(fixture, "partial", "HEAD");
    GError *error = NULL;
    assert_null(ml_tree_list(partial, "d", &error));
    assert_error(error, ML_SOURCE_ERROR_MISSING_OBJECT, "git fetch");
    g_autoptr(MlTree) damaged = commit_at(fixture, "r", "HEAD");
    error = NULL;
    assert_null(ml_tree_list(damaged, "d/e", &error));
    assert_error(error, ML_SOURCE_ERROR_MISSING_OBJECT, "git fsck");
    assert_no_read(damaged, "d/e/f", ML_SOURCE_ERROR_MISSING_OBJECT, "git fsck");
}

static void shallow_clone_is_fine(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; echo 1 >f; git add .; git commit -qm 1; echo 2 >f;"
                "git commit -qam 2; cd ..; git clone -q --depth 1 \"file://$PWD/r\" shallow");
    g_autoptr(MlTree) head = commit_at(fixture, "shallow", "HEAD");
    assert_text(head, "f", "2\n");
    GError *error = NULL;
    assert_null(make_tree(fixture, "shallow", "HEAD~1", &error));
    follow_advice(fixture, "shallow", error, ML_SOURCE_ERROR_REVISION);
    g_autoptr(MlTree) before = commit_at(fixture, "shallow", "HEAD~1");
    assert_text(before, "f", "1\n");
}

static void revisions_are_named_as_git_names_them(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; echo 1 >f; git add .; git commit -qm 'first words';"
                "git tag light; git tag -a -m x annotated; git tag -a -m y double annotated;"
                "git branch side/branch; echo 2 >f; git commit -qam second;"
                "git tag of-a-tree HEAD^{tree}; git tag of-a-blob HEAD:f; git checkout -q light;"
                "for i in $(seq 700); do echo $i >n$i; done; git hash-object -w n* >ids");
    const char *names[] = {"light",         "annotated",       "double",   "side/branch", "HEAD",
                           "main~1",        "main^",           "HEAD@{0}", "@",           ":/first",
                           "main^{/first}", "refs/tags/light", "main@{1}"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *command = g_strdup_printf("git rev-list -n 1 '%s'", names[i]);
        g_autofree char *id = g_strchomp(fixture_output(fixture, "r", command));
        g_autoptr(MlTree) tree = commit_at(fixture, "r", names[i]);
        assert_string_equal(ml_tree_commit(tree), id);
        assert_text(tree, "f", "1\n");
        id[10] = '\0';
        g_autoptr(MlTree) by_id = commit_at(fixture, "r", id);
        assert_string_equal(ml_tree_commit(by_id), ml_tree_commit(tree));
    }
    const char *none[] = {"nothing",
                          "main~2",
                          "0123456789012345678901234567890123456789",
                          "refs/heads/nothing",
                          "HEAD:nothing",
                          "--all",
                          "",
                          "main..side/branch",
                          "^main",
                          "HEAD^{",
                          "main@{upstream}",
                          "\377"};
    for (gsize i = 0; i < G_N_ELEMENTS(none); i++)
        assert_no_tree(fixture, "r", none[i], ML_SOURCE_ERROR_REVISION, "commit");
    assert_no_tree(fixture, "r", "nothing", ML_SOURCE_ERROR_REVISION,
                   "fetch it, or check the name");
    assert_no_tree(fixture, "r", "of-a-blob", ML_SOURCE_ERROR_REVISION, "is a blob");
    assert_no_tree(fixture, "r", "of-a-tree", ML_SOURCE_ERROR_REVISION, "is a tree");
    assert_no_tree(fixture, "r", "HEAD:f", ML_SOURCE_ERROR_REVISION, "is a blob");
    g_autofree char *prefix =
        fixture_output(fixture, "r", "cut -c1-4 ids | sort | uniq -d | head -n 1");
    assert_int_equal(strlen(g_strchomp(prefix)), 4);
    assert_no_tree(fixture, "r", prefix, ML_SOURCE_ERROR_REVISION, "more than one");
}

static void empty_repository_opens(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "", "git init -q r; touch r/f");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    assert_listing(worktree, "", "f f\n");
    assert_no_tree(fixture, "r", "HEAD", ML_SOURCE_ERROR_REVISION, "commit first");
    fixture_run(fixture, "r", "git commit -q --allow-empty -m 1");
    g_autoptr(MlTree) commit = commit_at(fixture, "r", "HEAD");
    assert_listing(commit, "", "");
}

static void what_cannot_be_opened_is_said(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q --object-format=sha256 new-ids; mkdir none;"
                "git init -q new-refs; git init -q unknown; git init -q fine; git init -q broken;"
                "for r in new-refs unknown fine; do"
                "  git -C $r config core.repositoryFormatVersion 1; done;"
                "git -C new-refs config extensions.refStorage reftable;"
                "git -C unknown config extensions.futureThing true;"
                "git -C fine config extensions.preciousObjects true;"
                "echo '[core' >broken/.git/config");
    assert_no_tree(fixture, "new-ids", NULL, ML_SOURCE_ERROR_REPOSITORY, "SHA-256");
    assert_no_tree(fixture, "new-refs", NULL, ML_SOURCE_ERROR_REPOSITORY, "git refs migrate");
    assert_no_tree(fixture, "unknown", NULL, ML_SOURCE_ERROR_REPOSITORY, "futurething");
    assert_no_tree(fixture, "broken", NULL, ML_SOURCE_ERROR_REPOSITORY, "broken");
    assert_no_tree(fixture, "none", NULL, ML_SOURCE_ERROR_NOT_FOUND, "git repository");
    assert_no_tree(fixture, "nowhere", NULL, ML_SOURCE_ERROR_NOT_FOUND, "nowhere");
    g_autoptr(MlRepository) fine = open_at(fixture, "fine");
    assert_non_null(ml_repository_workdir(fine));
}

static void a_named_repository_is_opened(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; echo 1 >f; git add .; git commit -qm 1; cd ..;"
                "git clone -q --bare r bare.git; mkdir -p r/d");
    g_autoptr(GError) error = NULL;
    g_autofree char *bare = fixture_path(fixture, "bare.git");
    g_autoptr(MlRepository) absolute = ml_repository_open(NULL, bare, &error);
    assert_null(error);
    assert_null(ml_repository_workdir(absolute));
    g_autofree char *start = fixture_path(fixture, "r/d");
    g_autoptr(MlRepository) relative = ml_repository_open(start, "../.git", &error);
    assert_null(error);
    g_autofree char *top = fixture_path(fixture, "r");
    assert_string_equal(ml_repository_workdir(relative), top);
    assert_null(ml_repository_open(start, "../..", &error));
    assert_error(g_steal_pointer(&error), ML_SOURCE_ERROR_NOT_FOUND, "no git repository");
    /* The environment speaks of another repository. */
    g_setenv("GIT_DIR", "/nowhere", TRUE);
    g_setenv("GIT_WORK_TREE", "/nowhere", TRUE);
    g_setenv("GIT_INDEX_FILE", "/nowhere", TRUE);
    g_autoptr(MlRepository) named = ml_repository_open(start, "../.git", &error);
    assert_null(error);
    g_autoptr(MlTree) worktree = ml_tree_of_worktree(named, &error);
    assert_null(error);
    assert_listing(worktree, "", "f f\n");
}

/* git's own answer in a folder, in the same environment. */
static void assert_top_is_git_s(const GitFixture *fixture, const char *folder)
{
    g_autofree char *top = fixture_output(fixture, folder, "git rev-parse --show-toplevel");
    g_autoptr(MlRepository) repository = open_at(fixture, folder);
    assert_string_equal(ml_repository_workdir(repository), g_strchomp(top));
    g_autoptr(MlTree) worktree = worktree_at(fixture, folder);
    g_autofree char *expected =
        fixture_output(fixture, folder, "git ls-files -co --exclude-standard --full-name :/");
    assert_paths(worktree, expected);
}

static void the_environment_names_the_repository(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; mkdir d; echo 1 >f; echo 2 >d/g; git add .; git commit -qm 1;"
                "git worktree add -q ../linked; cd ..; mkdir plain; echo 1 >plain/p;"
                "git init -q other; echo 1 >other/o");
    assert_top_is_git_s(fixture, "r/d");
    g_autofree char *git_dir = fixture_path(fixture, "r/.git");
    g_setenv("GIT_DIR", git_dir, TRUE);
    fixture_run(fixture, "plain", "git add -N .; git reset -q");
    assert_top_is_git_s(fixture, "r");
    g_autoptr(MlRepository) elsewhere = open_at(fixture, "other");
    g_autofree char *other = fixture_path(fixture, "other");
    assert_string_equal(ml_repository_workdir(elsewhere), other);
    g_autoptr(MlTree) commit = commit_at(fixture, "other", "HEAD");
    assert_listing(commit, "", "f d/g\nf f\n");
    g_autofree char *top = fixture_path(fixture, "r");
    g_setenv("GIT_WORK_TREE", top, TRUE);
    assert_top_is_git_s(fixture, "r/d");
    g_setenv("GIT_DIR", "../.git", TRUE);
    g_setenv("GIT_WORK_TREE", "..", TRUE);
    assert_top_is_git_s(fixture, "r/d");
    g_unsetenv("GIT_DIR");
    assert_top_is_git_s(fixture, "r/d");
    g_unsetenv("GIT_WORK_TREE");
    g_autofree char *linked = fixture_path(fixture, "r/.git/worktrees/linked");
    g_setenv("GIT_DIR", linked, TRUE);
    assert_top_is_git_s(fixture, "linked");
    g_setenv("GIT_DIR", "/nowhere", TRUE);
    assert_no_tree(fixture, "r", NULL, ML_SOURCE_ERROR_NOT_FOUND, "/nowhere");
    g_unsetenv("GIT_DIR");
    g_setenv("GIT_CEILING_DIRECTORIES", top, TRUE);
    assert_no_tree(fixture, "r/d", NULL, ML_SOURCE_ERROR_NOT_FOUND, "git repository");
    g_unsetenv("GIT_CEILING_DIRECTORIES");
    g_setenv("GIT_COMMON_DIR", git_dir, TRUE);
    assert_no_tree(fixture, "r", NULL, ML_SOURCE_ERROR_REPOSITORY, "GIT_COMMON_DIR");
}

/* A commit of some files only gives hooks an index of its own. */
static void the_environment_names_the_index(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; mkdir d; echo '*.log' >.gitignore; echo 1 >a.log;"
                "echo 2 >d/b.log; git add .; git commit -qm 1;"
                "GIT_INDEX_FILE=.git/other git add -f a.log");
    assert_top_is_git_s(fixture, "r");
    g_setenv("GIT_INDEX_FILE", ".git/other", TRUE);
    assert_top_is_git_s(fixture, "r");
    assert_top_is_git_s(fixture, "r/d");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r/d");
    assert_listing(worktree, "", "f .gitignore\nf a.log\n");
}

/* As a receiving repository runs its hooks before it takes the objects over. */
static void the_environment_names_the_objects(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; echo 1 >f; git add .; git commit -qm 1; cp -r .git ../old;"
                "echo 2 >f; git commit -qam 2; mv .git/objects ../new; cp -r ../old/objects .git/;"
                "mkdir ../quarantine");
    /* By its id: libgit2 1.5 leaks a ref whose object is missing. */
    g_autofree char *id = g_strchomp(fixture_output(fixture, "r", "cat .git/refs/heads/main"));
    assert_no_tree(fixture, "r", id, ML_SOURCE_ERROR_REVISION, id);
    g_autofree char *new = fixture_path(fixture, "new");
    g_autofree char *quarantine = fixture_path(fixture, "quarantine");
    g_setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", new, TRUE);
    g_autoptr(MlTree) alternate = commit_at(fixture, "r", "HEAD");
    assert_text(alternate, "f", "2\n");
    g_setenv("GIT_OBJECT_DIRECTORY", quarantine, TRUE);
    g_autoptr(MlTree) both = commit_at(fixture, "r", "HEAD");
    assert_text(both, "f", "2\n");
    g_unsetenv("GIT_ALTERNATE_OBJECT_DIRECTORIES");
    assert_no_tree(fixture, "r", id, ML_SOURCE_ERROR_REVISION, id);
    g_setenv("GIT_OBJECT_DIRECTORY", new, TRUE);
    g_autoptr(MlTree) instead = commit_at(fixture, "r", "HEAD");
    assert_text(instead, "f", "2\n");
}

/* One entry of a git tree: mode, name, the id of an object that git prints. */
static void add_tree_entry(const GitFixture *fixture, GByteArray *tree, const char *mode,
                           const char *name, const char *object)
{
    g_autofree char *command = g_strdup_printf("git rev-parse %s", object);
    g_autofree char *id = fixture_output(fixture, "r", command);
    g_byte_array_append(tree, (const guint8 *)mode, strlen(mode));
    g_byte_array_append(tree, (const guint8 *)" ", 1);
    g_byte_array_append(tree, (const guint8 *)name, strlen(name) + 1);
    for (int i = 0; i < 20; i++) {
        guint8 byte = g_ascii_xdigit_value(id[2 * i]) << 4 | g_ascii_xdigit_value(id[2 * i + 1]);
        g_byte_array_append(tree, &byte, 1);
    }
}

static void hostile_trees_do_no_harm(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; mkdir d; echo 1 >d/f;"
                "printf '../../../../etc/passwd' >up; printf 'd\\0/f' >nul;"
                "head -c 100000 /dev/zero | tr '\\0' a >long;"
                "git add .; git commit -qm 1");
    g_autoptr(GByteArray) tree = g_byte_array_new();
    add_tree_entry(fixture, tree, "40000", ".", "HEAD:d");
    add_tree_entry(fixture, tree, "40000", "..", "HEAD:d");
    add_tree_entry(fixture, tree, "40000", ".git", "HEAD:d");
    add_tree_entry(fixture, tree, "100644", "a/b", "HEAD:d/f");
    add_tree_entry(fixture, tree, "40000", "blob-as-folder", "HEAD:d/f");
    add_tree_entry(fixture, tree, "100644", "folder-as-file", "HEAD:d");
    add_tree_entry(fixture, tree, "120000", "folder-as-link", "HEAD:d");
    add_tree_entry(fixture, tree, "120000", "long-link", "HEAD:long");
    add_tree_entry(fixture, tree, "120000", "nul-link", "HEAD:nul");
    add_tree_entry(fixture, tree, "100666", "odd-mode", "HEAD:d/f");
    add_tree_entry(fixture, tree, "120000", "up-link", "HEAD:up");
    fixture_write(fixture, "r/tree", (const char *)tree->data, tree->len);
    fixture_run(fixture, "r",
                "id=$(git hash-object --literally -t tree -w tree);"
                "git tag hostile $(git commit-tree -m hostile $id)");
    g_autoptr(MlTree) commit = commit_at(fixture, "r", "hostile");
    g_autoptr(GPtrArray) entries = ml_tree_list(commit, "", NULL);
    const char *listed[] = {"blob-as-folder", "folder-as-file", "folder-as-link", "long-link",
                            "nul-link",       "odd-mode",       "up-link"};
    assert_int_equal(entries->len, G_N_ELEMENTS(listed));
    for (guint i = 0; i < entries->len; i++)
        assert_string_equal(((MlEntry *)entries->pdata[i])->name, listed[i]);
    assert_text(commit, "odd-mode", "1\n");
    assert_no_list(commit, "blob-as-folder", ML_SOURCE_ERROR_MISSING_OBJECT);
    assert_no_read(commit, "folder-as-file", ML_SOURCE_ERROR_REPOSITORY, "git fsck");
    assert_absent(commit, "folder-as-link");
    assert_absent(commit, "long-link");
    assert_absent(commit, "nul-link");
    assert_absent(commit, "up-link");
    assert_absent(commit, "a/b");
    assert_absent(commit, ".git/f");
}

static gpointer read_everything(gpointer data)
{
    MlTree *tree = data;
    GString *text = g_string_new(NULL);
    describe(tree, "", text);
    for (int i = 0; i < 40; i++) {
        g_autofree char *path = g_strdup_printf("d%d/f%d", i % 8, i);
        g_autoptr(GBytes) bytes = ml_tree_read(tree, path, NULL, NULL);
        g_string_append_len(text, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    }
    return g_string_free(text, FALSE);
}

static void a_tree_serves_several_threads(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; for i in $(seq 0 39); do mkdir -p d$((i % 8));"
                "echo $i >d$((i % 8))/f$i; touch d$((i % 8))/f$i.log; done;"
                "echo '*.log' >.gitignore; git add d0 d1 d2 d3; git commit -qm 1; git add .;"
                "git commit -qm 2; git rm -rq --cached d4");
    g_autoptr(MlTree) folder = folder_at(fixture, "r");
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    g_autoptr(MlTree) commit = commit_at(fixture, "r", "HEAD");
    MlTree *trees[] = {folder, worktree, commit};
    for (gsize i = 0; i < G_N_ELEMENTS(trees); i++) {
        GThread *threads[4];
        g_autofree char *expected = NULL;
        for (gsize j = 0; j < G_N_ELEMENTS(threads); j++)
            threads[j] = g_thread_new("reader", read_everything, trees[i]);
        for (gsize j = 0; j < G_N_ELEMENTS(threads); j++) {
            g_autofree char *text = g_thread_join(threads[j]);
            if (!expected)
                expected = g_steal_pointer(&text);
            else
                assert_string_equal(text, expected);
        }
    }
}

static void nothing_is_written(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; mkdir d; echo 1 >d/f; ln -s d/f l; git add .;"
                "git commit -qm 1; echo 2 >d/f; echo 3 >g");
    const char *list = "find . -printf '%p %T@ %C@ %s\\n' | sort";
    g_autofree char *before = fixture_output(fixture, "r", list);
    g_autoptr(MlTree) worktree = worktree_at(fixture, "r");
    g_autoptr(MlTree) commit = commit_at(fixture, "r", "HEAD");
    assert_listing(worktree, "", "f d/f\nf g\nl l\n");
    assert_text(worktree, "l", "2\n");
    assert_text(commit, "l", "1\n");
    g_autofree char *after = fixture_output(fixture, "r", list);
    assert_string_equal(after, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(same_listing_for_commit_and_clean_checkout),
        UNIT(entries_are_sorted_by_bytes),
        UNIT(what_is_not_there_is_said),
        UNIT(what_vanishes_meanwhile_is_an_error),
        UNIT(bytes_come_back_as_they_are),
        UNIT(line_ends_are_not_converted),
        UNIT(working_tree_is_what_git_lists),
        UNIT(nothing_is_taken_back_inside_an_ignored_folder),
        UNIT(an_ignored_path_is_found_when_named),
        UNIT(special_files_are_not_files),
        UNIT(dot_git_is_no_part_of_a_tree),
        UNIT(links_are_followed_inside_the_tree),
        UNIT(paths_are_normalised),
        UNIT(long_and_deep_paths_have_a_bound),
        UNIT(a_large_file_is_refused),
        UNIT(bare_repository_has_commits_only),
        UNIT(linked_worktree_has_its_own_index),
        UNIT(linked_worktree_may_have_relative_paths),
        UNIT(worktree_configuration_counts),
        UNIT(submodules_are_never_entered),
        UNIT(sparse_checkout_is_read_from_the_index),
        UNIT(a_sparse_index_is_told),
        UNIT(a_split_index_is_told),
        UNIT(an_index_without_checksum_is_told),
        UNIT(a_damaged_index_is_told),
        UNIT(untracked_cache_and_version_4_are_fine),
        UNIT(partial_clone_names_what_mends_it),
        UNIT(a_folder_that_is_missing_is_an_error),
        UNIT(shallow_clone_is_fine),
        UNIT(revisions_are_named_as_git_names_them),
        UNIT(empty_repository_opens),
        UNIT(what_cannot_be_opened_is_said),
        UNIT(a_named_repository_is_opened),
        UNIT(the_environment_names_the_repository),
        UNIT(the_environment_names_the_index),
        UNIT(the_environment_names_the_objects),
        UNIT(hostile_trees_do_no_harm),
        UNIT(a_tree_serves_several_threads),
        UNIT(nothing_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
