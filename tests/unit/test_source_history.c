/* Commits, refs and merge bases against git, and what a shallow clone lacks. */
#include "tree_helper.h"

static char *git(const GitFixture *fixture, const char *folder, const char *command)
{
    return g_strchomp(fixture_output(fixture, folder, command));
}

static char *join(const GPtrArray *ids)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < ids->len; i++)
        g_string_append_printf(text, "%s%s", i ? "\n" : "", (char *)ids->pdata[i]);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Against what a command of git prints. */
static void assert_ids(const GitFixture *fixture, const char *folder, GPtrArray *found,
                       GError *failure, const char *command)
{
    if (failure)
        fail_msg("%s: %s", command, failure->message);
    g_autoptr(GPtrArray) ids = found;
    g_autofree char *expected = git(fixture, folder, command);
    g_autofree char *text = join(ids);
    assert_string_equal(text, expected);
}

static void a_commit_says_who_and_when(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(
        fixture, "",
        "git init -q r; cd r; GIT_AUTHOR_DATE='1700000000 +0200' git commit -q "
        "--allow-empty --author 'J\303\266rg <j@example.org>' -m '  first' -m '' -m body;"
        "git tag -a -m x tagged; printf 'one\\ntwo\\n\\nbody' | git commit -q --allow-empty "
        "-F -; git commit -q --allow-empty --allow-empty-message -m ''");
    g_autoptr(MlRepository) repository = open_at(fixture, "r");
    g_autoptr(GError) error = NULL;
    g_autoptr(MlCommit) commit = ml_commit_find(repository, "tagged", &error);
    assert_null(error);
    g_autofree char *id = git(fixture, "r", "git rev-parse 'tagged^{}'");
    assert_string_equal(commit->id, id);
    assert_string_equal(commit->author, "J\303\266rg <j@example.org>");
    assert_int_equal(commit->time, 1700000000);
    assert_string_equal(commit->summary, "first");
    g_autoptr(MlCommit) second = ml_commit_find(repository, "HEAD~1", &error);
    assert_string_equal(second->summary, "one two");
    g_autoptr(MlCommit) third = ml_commit_find(repository, "HEAD", &error);
    assert_string_equal(third->summary, "");
    assert_null(ml_commit_find(repository, "nothing", &error));
    assert_error(g_steal_pointer(&error), ML_SOURCE_ERROR_REVISION, "fetch it");
    g_autofree char *parent = ml_commit_parent(repository, second->id);
    assert_string_equal(parent, id);
    assert_null(ml_commit_parent(repository, id));
    assert_null(ml_commit_parent(repository, "nothing"));
}

static void an_empty_repository_has_no_commits(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "", "git init -q r");
    g_autoptr(MlRepository) repository = open_at(fixture, "r");
    g_autoptr(GError) error = NULL;
    assert_null(ml_commit_find(repository, "HEAD", &error));
    assert_error(g_steal_pointer(&error), ML_SOURCE_ERROR_REVISION, "commit first");
    const char *none[] = {NULL};
    g_autoptr(GPtrArray) refs = ml_repository_refs(repository, none, &error);
    assert_int_equal(refs->len, 0);
    g_auto(GStrv) merging = ml_repository_merging(repository);
    assert_int_equal(g_strv_length(merging), 0);
    assert_null(ml_repository_default_branch(repository));
    assert_null(ml_ancestors_new(repository, "HEAD", &error));
    assert_error(g_steal_pointer(&error), ML_SOURCE_ERROR_REVISION, "commit first");
    assert_null(ml_history_walk(repository, NULL, "HEAD", FALSE, &error));
    assert_error(g_steal_pointer(&error), ML_SOURCE_ERROR_REVISION, "commit first");
    assert_null(ml_history_introduction(repository, "HEAD", "f"));
}

static GPtrArray *bases(MlRepository *repository, const char *ours, const char *theirs,
                        GError **error)
{
    const char *others[] = {theirs, NULL};
    return ml_merge_bases(repository, ours, others, error);
}

static void a_criss_cross_has_two_merge_bases(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(
        fixture, "",
        "git init -q r; cd r; c() { GIT_COMMITTER_DATE=\"17000000$1 +0000\" "
        "git commit -q --allow-empty -m $1; }; c 10; git checkout -qb side; c 20;"
        "git checkout -q main; c 30; git tag old-main;"
        "git merge -q --no-edit side; git checkout -q side; git merge -q --no-edit old-main;"
        "c 40; git checkout -q --orphan other; c 50");
    g_autoptr(MlRepository) repository = open_at(fixture, "r");
    g_autoptr(GError) error = NULL;
    assert_ids(fixture, "r", bases(repository, "main", "side", &error), error,
               "git merge-base --all main side");
    assert_ids(fixture, "r", bases(repository, "main", "old-main", &error), error,
               "git rev-parse old-main");
    assert_ids(fixture, "r", bases(repository, "main", "main", &error), error,
               "git rev-parse main");
    g_autoptr(GPtrArray) none = bases(repository, "main", "other", &error);
    assert_int_equal(none->len, 0);
    const char *several[] = {"other", "side", NULL};
    assert_ids(fixture, "r", ml_merge_bases(repository, "main", several, &error), error,
               "git merge-base --all main other side");
    assert_null(bases(repository, "main", "nothing", &error));
    assert_error(g_steal_pointer(&error), ML_SOURCE_ERROR_REVISION, "nothing");
    assert_null(bases(repository, "nothing", "main", &error));
    assert_error(g_steal_pointer(&error), ML_SOURCE_ERROR_REVISION, "nothing");
}

static void a_shallow_clone_is_told_from_unrelated_histories(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; c() { echo $1 >$1; git add .; git commit -qm $1; };"
                "c 1; c 2; git checkout -qb side; c 3; c 4; git checkout -q main; c 5; c 6;"
                "git checkout -q --orphan other; git rm -qrf .; c 7; c 8; cd ..;"
                "git clone -q --no-single-branch --depth 2 -b main \"file://$PWD/r\" s;"
                "git clone -q --no-single-branch --depth 3 -b main \"file://$PWD/r\" deeper");
    g_autoptr(MlRepository) whole = open_at(fixture, "r");
    assert_false(ml_repository_is_shallow(whole));
    g_autoptr(MlRepository) shallow = open_at(fixture, "s");
    assert_true(ml_repository_is_shallow(shallow));
    g_autoptr(GError) error = NULL;
    assert_null(bases(shallow, "main", "origin/side", &error));
    assert_error(g_steal_pointer(&error), ML_SOURCE_ERROR_SHALLOW, "fetch-depth: 0");
    assert_null(bases(shallow, "main", "origin/other", &error));
    assert_error(g_steal_pointer(&error), ML_SOURCE_ERROR_SHALLOW, "shallow");
    g_autoptr(MlAncestors) ancestors = ml_ancestors_new(shallow, "main", &error);
    assert_null(error);
    assert_true(ml_ancestors_has(ancestors, "main~1"));
    assert_false(ml_ancestors_has(ancestors, "main~2"));
    assert_null(ml_ancestors_merge_bases(ancestors, "origin/side", &error));
    assert_error(g_steal_pointer(&error), ML_SOURCE_ERROR_SHALLOW, "shallow");
    assert_ids(fixture, "s", ml_history_walk(shallow, NULL, "main", FALSE, &error), error,
               "git rev-list --reverse main");
    g_autofree char *last = git(fixture, "s", "git rev-parse main~1");
    assert_null(ml_commit_parent(shallow, last));
    assert_null(ml_history_introduction(shallow, "main", "1"));
    g_autoptr(MlCommit) sixth = ml_history_introduction(shallow, "main", "6");
    assert_string_equal(sixth->summary, "6");
    /* The clone has been cut off, but not on the way to the merge base. */
    g_autoptr(MlRepository) deeper = open_at(fixture, "deeper");
    assert_true(ml_repository_is_shallow(deeper));
    assert_ids(fixture, "deeper", bases(deeper, "main", "origin/side", &error), error,
               "git merge-base main origin/side");
    assert_null(bases(shallow, "main", "origin/side", &error));
    follow_advice(fixture, "s", g_steal_pointer(&error), ML_SOURCE_ERROR_SHALLOW);
    g_autoptr(MlRepository) mended = open_at(fixture, "s");
    assert_ids(fixture, "s", bases(mended, "main", "origin/side", &error), error,
               "git merge-base main origin/side");
    g_autoptr(GPtrArray) none = bases(mended, "main", "origin/other", &error);
    assert_int_equal(none->len, 0);
}

static void a_missing_commit_is_damage(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; c() { echo $1 >$1; git add .; git commit -qm $1; };"
                "c 1; c 2; c 3; id=$(git rev-parse HEAD~1);"
                "rm -f .git/objects/$(echo $id | cut -c1-2)/$(echo $id | cut -c3-)");
    g_autoptr(MlRepository) repository = open_at(fixture, "r");
    g_autoptr(GError) error = NULL;
    assert_null(ml_history_walk(repository, NULL, "HEAD", TRUE, &error));
    assert_error(g_steal_pointer(&error), ML_SOURCE_ERROR_MISSING_OBJECT, "git fsck");
    assert_null(ml_ancestors_new(repository, "HEAD", &error));
    assert_error(g_steal_pointer(&error), ML_SOURCE_ERROR_MISSING_OBJECT, "git fsck");
    assert_null(ml_history_introduction(repository, "HEAD", "1"));
}

/* git's own list, symbolic refs and what is no commit left out. */
static void assert_refs(const GitFixture *fixture, MlRepository *repository, const char *glob,
                        const char *patterns)
{
    const char *globs[] = {glob, NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) refs = ml_repository_refs(repository, globs, &error);
    if (error)
        fail_msg("%s", error->message);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < refs->len; i++) {
        const MlRef *ref = refs->pdata[i];
        g_string_append_printf(text, "%s%s %s", i ? "\n" : "", ref->name, ref->commit);
    }
    g_autofree char *command = g_strdup_printf(
        "for r in $(git for-each-ref --format '%%(if)%%(symref)%%(then)%%(else)%%(refname)%%(end)' "
        "%s);"
        "do c=$(git rev-parse -q --verify $r^{commit} 2>/dev/null) && echo $r $c || :; done",
        patterns);
    g_autofree char *expected = git(fixture, "r", command);
    assert_string_equal(text->str, expected);
}

static void refs_are_those_of_git(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q up; cd up; git commit -q --allow-empty -m 1; git branch feature/a;"
                "git branch feature/b/c; cd ..; git clone -q up r; cd r;"
                "git commit -q --allow-empty -m 2; git branch feature/x; git branch feature/x-y/z;"
                "git tag light; git tag -a -m x annotated; git tag of-a-tree HEAD^{tree};"
                "git update-ref refs/pull/7/head HEAD; git update-ref refs/pull/7/merge HEAD;"
                "git pack-refs --all; git branch later; git tag -a -m y double annotated;"
                "git symbolic-ref refs/heads/alias refs/heads/main");
    g_autoptr(MlRepository) repository = open_at(fixture, "r");
    assert_refs(fixture, repository, NULL, "refs/heads refs/remotes 'refs/pull/*/head'");
    assert_refs(fixture, repository, "main", "refs/heads/main");
    assert_refs(fixture, repository, "feature", "refs/heads/feature");
    assert_refs(fixture, repository, "feature/*", "refs/heads/feature");
    assert_refs(fixture, repository, "feature/x*",
                "'refs/heads/feature/x*' refs/heads/feature/x-y");
    assert_refs(fixture, repository, "tags", "refs/tags");
    assert_refs(fixture, repository, "refs/tags/", "refs/tags");
    assert_refs(fixture, repository, "remotes/origin/*", "refs/remotes/origin");
    assert_refs(fixture, repository, "refs/pull/*", "refs/pull");
    assert_refs(fixture, repository, "nothing*", "refs/nothing");
    g_autofree char *branch = ml_repository_default_branch(repository);
    assert_string_equal(branch, "refs/remotes/origin/main");
    fixture_run(fixture, "r", "git remote rename origin up 2>/dev/null");
    g_autofree char *renamed = ml_repository_default_branch(repository);
    assert_string_equal(renamed, "refs/remotes/up/main");
    fixture_run(fixture, "r", "git remote set-head up --delete");
    assert_null(ml_repository_default_branch(repository));
}

static void short_names_are_a_person_s(void **state)
{
    (void)state;
    const char *names[][2] = {{"refs/heads/main", "main"},
                              {"refs/remotes/origin/a/b", "origin/a/b"},
                              {"refs/pull/7/head", "pull/7"},
                              {"refs/pull/7/merge", "pull/7/merge"},
                              {"refs/tags/v1", "v1"},
                              {"refs/notes/commits", "notes/commits"},
                              {"HEAD", "HEAD"},
                              {"refs/head", "head"}};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *name = ml_ref_short_name(names[i][0]);
        assert_string_equal(name, names[i][1]);
    }
}

static void a_merge_under_way_is_seen(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; git commit -q --allow-empty -m 1; git checkout -qb a;"
                "git commit -q --allow-empty -m 2; git checkout -qb b main;"
                "git commit -q --allow-empty -m 3; git worktree add -q ../w main;"
                "cd ../w; git merge -q --no-ff --no-commit a b");
    g_autoptr(MlRepository) linked = open_at(fixture, "w");
    g_auto(GStrv) merging = ml_repository_merging(linked);
    g_autofree char *joined = g_strjoinv("\n", merging);
    g_autofree char *expected = git(fixture, "r", "git rev-parse a b");
    assert_string_equal(joined, expected);
    g_autoptr(MlRepository) main = open_at(fixture, "r");
    g_auto(GStrv) none = ml_repository_merging(main);
    assert_int_equal(g_strv_length(none), 0);
}

static void assert_introduced(const GitFixture *fixture, MlRepository *repository, const char *tip,
                              const char *path)
{
    g_autofree char *command = g_strdup_printf(
        "git log -1 --no-renames -m --first-parent --diff-filter=A --format=%%H %s -- %s", tip,
        path);
    g_autofree char *expected = git(fixture, "r", command);
    g_autoptr(MlCommit) commit = ml_history_introduction(repository, tip, path);
    assert_non_null(commit);
    assert_string_equal(commit->id, expected);
}

static void who_brought_a_file_is_known(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(
        fixture, "",
        "git init -q r; cd r; c() { git add -A .; git commit -qm \"$1\"; }; mkdir d;"
        "echo 1 >d/a; echo 1 >d/b; c 1; git rm -q d/a; c 2; echo 2 >d/c; c 3; echo 3 >d/a; c 4;"
        "echo 4 >d/a; c 5; git mv d/b d/e; c 6");
    g_autoptr(MlRepository) repository = open_at(fixture, "r");
    assert_introduced(fixture, repository, "HEAD", "d/a");
    assert_introduced(fixture, repository, "HEAD~3", "d/c");
    assert_introduced(fixture, repository, "HEAD~4", "d/b");
    assert_introduced(fixture, repository, "HEAD", "d/e");
    assert_null(ml_history_introduction(repository, "HEAD", "d/b"));
    assert_null(ml_history_introduction(repository, "HEAD", "d/a/x"));
    assert_null(ml_history_introduction(repository, "nothing", "d/a"));
    g_autoptr(MlCommit) folder = ml_history_introduction(repository, "HEAD", "d");
    assert_string_equal(folder->summary, "1");
    fixture_run(fixture, "r",
                "git checkout -qb side; echo x >d/s; git add .; git commit -qm side;"
                "git checkout -q main; echo y >d/m; git add .; git commit -qm main;"
                "git merge -q --no-commit side; echo z >d/evil; git add .; git commit -qm merge");
    g_autoptr(MlCommit) side = ml_history_introduction(repository, "main", "d/s");
    assert_string_equal(side->summary, "side");
    g_autoptr(MlCommit) evil = ml_history_introduction(repository, "main", "d/evil");
    assert_string_equal(evil->summary, "merge");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_commit_says_who_and_when),
        UNIT(an_empty_repository_has_no_commits),
        UNIT(a_criss_cross_has_two_merge_bases),
        UNIT(a_shallow_clone_is_told_from_unrelated_histories),
        UNIT(a_missing_commit_is_damage),
        UNIT(refs_are_those_of_git),
        cmocka_unit_test(short_names_are_a_person_s),
        UNIT(a_merge_under_way_is_seen),
        UNIT(who_brought_a_file_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
