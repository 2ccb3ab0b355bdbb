/* What is special of a merge: its kinds of conflict, trees of every kind on its sides, and that it
 * writes nothing. That it is git's merge is for test_git_merge.py to tell. */
#include "tree_helper.h"

/* A merge of two revisions; the working tree where one is NULL, the index where it is "". */
static MlTree *tree_at(MlRepository *repository, const char *revision, GError **error)
{
    if (!revision)
        return ml_tree_of_worktree(repository, error);
    return *revision ? ml_tree_of_commit(repository, revision, error)
                     : ml_tree_of_index(repository, error);
}

static MlTree *merge_at(const GitFixture *fixture, const char *folder, const char *base,
                        const char *ours, const char *theirs)
{
    g_autoptr(MlRepository) repository = open_at(fixture, folder);
    g_autoptr(GError) error = NULL;
    g_autoptr(MlTree) ancestor = base ? tree_at(repository, base, &error) : NULL;
    g_autoptr(MlTree) left = error ? NULL : tree_at(repository, ours, &error);
    g_autoptr(MlTree) right = error ? NULL : tree_at(repository, theirs, &error);
    MlTree *merged = error ? NULL : ml_tree_of_merge(ancestor, left, right, &error);
    if (error)
        fail_msg("%s", error->message);
    return merged;
}

static void assert_conflict(MlTree *tree, const char *path, MlConflict expected)
{
    MlConflict found = ml_tree_conflict(tree, path);
    if (found != expected)
        fail_msg("%s: %d", path, found);
}

static void every_conflict_is_named(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(
        fixture, "",
        "git init -q r; cd r; for f in both clean ours-gone theirs-gone apart kind lines; do"
        "  seq 20 >$f; echo $f >>$f; done; mkdir moved; seq 30 >moved/a; seq 40 >moved/b;"
        "ln -s clean link; git add .; git commit -qm 1; git tag base; git checkout -qb theirs;"
        "sed -i 's/^1$/theirs/' both lines ours-gone; git rm -q theirs-gone; git mv apart there;"
        "echo theirs >added; mv kind kind-; mkdir kind; mv kind- kind/inside;"
        "echo new >moved/new; ln -sf both link; git add -A .; git commit -qm 2;"
        "git checkout -qb ours base; sed -i 's/^1$/ours/' both; sed -i 's/^20$/ours/' lines;"
        "sed -i 's/^9$/ours/' theirs-gone kind; git rm -q ours-gone; git mv apart here;"
        "echo ours >added; git mv moved elsewhere; ln -sf lines link; git add -A .;"
        "git commit -qm 3");
    g_autoptr(MlTree) merged = merge_at(fixture, "r", "base", "ours", "theirs");
    assert_conflict(merged, "both", ML_CONFLICT_CONTENT);
    assert_conflict(merged, "added", ML_CONFLICT_ADDED);
    assert_conflict(merged, "ours-gone", ML_CONFLICT_DELETED);
    assert_conflict(merged, "theirs-gone", ML_CONFLICT_DELETED);
    assert_conflict(merged, "apart", ML_CONFLICT_RENAMED);
    assert_conflict(merged, "here", ML_CONFLICT_RENAMED);
    assert_conflict(merged, "there", ML_CONFLICT_RENAMED);
    assert_conflict(merged, "elsewhere/new", ML_CONFLICT_FOLDER);
    assert_conflict(merged, "link", ML_CONFLICT_CONTENT);
    assert_conflict(merged, "lines", ML_CONFLICT_NONE);
    assert_conflict(merged, "clean", ML_CONFLICT_NONE);
    assert_conflict(merged, "elsewhere/a", ML_CONFLICT_NONE);
    assert_conflict(merged, "moved/new", ML_CONFLICT_NONE);
    assert_conflict(merged, "nothing/at/all", ML_CONFLICT_NONE);
    assert_text(merged, "added", "<<<<<<< ours\nours\n=======\ntheirs\n>>>>>>> theirs\n");
    assert_text(merged, "elsewhere/new", "new\n");
    assert_absent(merged, "moved");
    assert_absent(merged, "apart");
    assert_file(merged, "ours-gone", "ours-gone");
    assert_null(ml_tree_commit(merged));
    g_autofree char *root = fixture_path(fixture, "r");
    assert_string_equal(ml_tree_root(merged), root);
    g_autofree char *both = fixture_output(
        fixture, "r",
        "git merge-tree --write-tree ours theirs | head -n 1 | xargs -I {} git show {}:both || :");
    assert_text(merged, "both", both);
}

static void a_folder_keeps_its_place_from_a_file(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; seq 9 >kind; mkdir other; seq 8 >other/f; git add .;"
                "git commit -qm 1; git tag base; git checkout -qb theirs; mv kind was;"
                "mkdir kind; seq 50 60 >kind/new; rm was; git add -A .; git commit -qm 2;"
                "git checkout -qb ours base; echo ours >>kind; git rm -rq other; echo file >other;"
                "git add -A .; git commit -qm 3");
    g_autoptr(MlTree) merged = merge_at(fixture, "r", "base", "ours", "theirs");
    assert_conflict(merged, "kind", ML_CONFLICT_KIND);
    assert_listing(merged, "", "f kind/new\nf other\n");
    assert_text(merged, "other", "file\n");
    assert_conflict(merged, "other", ML_CONFLICT_NONE);
    assert_no_read(merged, "kind", ML_SOURCE_ERROR_NOT_FOUND, "kind");
    assert_no_list(merged, "other", ML_SOURCE_ERROR_NOT_FOUND);
}

/* As before a commit: what is on the disk and what is staged, merged with a branch. */
static void trees_that_are_no_commits_merge_too(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(
        fixture, "",
        "git init -q r; cd r; mkdir -p d/e d/same; for f in d/both d/e/theirs d/e/gone d/same/f; do"
        "  seq 20 >$f; echo $f >>$f; done; echo '*.log' >.gitignore; git add .; git commit -qm 1;"
        "git tag base; git checkout -qb theirs; sed -i 's/^1$/theirs/' d/both d/e/theirs;"
        "git mv d/e/gone d/e/named; echo new >d/new; git add .; git commit -qm 2;"
        "git checkout -qb ours base; sed -i 's/^20$/staged/' d/both; echo staged >d/staged;"
        "git add .; sed -i 's/^19$/disk/' d/both; sed -i 's/^9$/disk/' d/e/gone;"
        "echo untracked >d/untracked; echo ignored >d/x.log");
    g_autoptr(MlTree) disk = merge_at(fixture, "r", "base", NULL, "theirs");
    assert_listing(disk, "",
                   "f .gitignore\nf d/both\nf d/e/named\nf d/e/theirs\nf d/new\nf d/same/f\n"
                   "f d/staged\nf d/untracked\n");
    g_autofree char *text = fixture_output(
        fixture, "r", "seq 20 | sed 's/^1$/theirs/; s/^19$/disk/; s/^20$/staged/'; echo d/both");
    assert_text(disk, "d/both", text);
    g_autofree char *named =
        fixture_output(fixture, "r", "seq 20 | sed 's/^9$/disk/'; echo d/e/gone");
    assert_text(disk, "d/e/named", named);
    g_autoptr(MlTree) swapped = merge_at(fixture, "r", "base", "theirs", NULL);
    assert_text(swapped, "d/both", text);
    assert_text(swapped, "d/e/named", named);
    g_autoptr(MlTree) index = merge_at(fixture, "r", "base", "", "theirs");
    assert_listing(index, "",
                   "f .gitignore\nf d/both\nf d/e/named\nf d/e/theirs\nf d/new\nf d/same/f\n"
                   "f d/staged\n");
    g_autofree char *staged =
        fixture_output(fixture, "r", "seq 20 | sed 's/^1$/theirs/; s/^20$/staged/'; echo d/both");
    assert_text(index, "d/both", staged);
    assert_conflict(index, "d/both", ML_CONFLICT_NONE);
}

static void plain_folders_merge_too(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "mkdir base ours theirs; for d in base ours theirs; do seq 9 >$d/f; echo 1 >$d/g;"
                "done; echo ours >>ours/f; sed -i 's/^1$/theirs/' theirs/f; rm theirs/g");
    g_autoptr(MlTree) base = folder_at(fixture, "base");
    g_autoptr(MlTree) ours = folder_at(fixture, "ours");
    g_autoptr(MlTree) theirs = folder_at(fixture, "theirs");
    g_autoptr(GError) error = NULL;
    g_autoptr(MlTree) merged = ml_tree_of_merge(base, ours, theirs, &error);
    assert_null(error);
    assert_listing(merged, "", "f f\n");
    assert_text(merged, "f", "theirs\n2\n3\n4\n5\n6\n7\n8\n9\nours\n");
}

static void unrelated_histories_merge_over_nothing(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; echo 1 >f; echo 1 >same; git add .; git commit -qm 1;"
                "git branch ours; git checkout -q --orphan theirs; echo 2 >f; echo 3 >g;"
                "git add .; git commit -qm 2");
    g_autoptr(MlTree) merged = merge_at(fixture, "r", NULL, "ours", "theirs");
    assert_listing(merged, "", "f f\nf g\nf same\n");
    assert_text(merged, "f", "<<<<<<< ours\n1\n=======\n2\n>>>>>>> theirs\n");
    assert_conflict(merged, "f", ML_CONFLICT_ADDED);
    assert_conflict(merged, "same", ML_CONFLICT_NONE);
}

static void submodules_and_links_are_kept_as_they_are(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(
        fixture, "",
        "git init -q r; cd r; echo 1 >f; mkdir d; ln -s ../f d/link; git add .;"
        "git update-index --add --cacheinfo 160000,$(git hash-object f),s; git commit -qm 1;"
        "git tag base; git checkout -qb theirs 2>/dev/null; echo 2 >d/theirs; git add d;"
        "git update-index --cacheinfo 160000,$(git hash-object d/theirs),s;"
        "git commit -qm 2; git checkout -qb ours base; echo 3 >d/ours; git add d;"
        "git commit -qm 3");
    g_autoptr(MlTree) merged = merge_at(fixture, "r", "base", "ours", "theirs");
    assert_listing(merged, "", "l d/link\nf d/ours\nf d/theirs\nf f\ns s\n");
    assert_text(merged, "d/link", "1\n");
    assert_absent(merged, "s/f");
    assert_conflict(merged, "s", ML_CONFLICT_NONE);
    fixture_run(fixture, "r", "mkdir -p s");
    g_autoptr(MlTree) disk = merge_at(fixture, "r", "base", NULL, "theirs");
    assert_conflict(disk, "s", ML_CONFLICT_NONE);
}

static void whole_folders_keep_their_ids(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; mkdir a b; echo 1 >a/f; echo 1 >b/f; git add .;"
                "git commit -qm 1; git tag base; git checkout -qb theirs; echo 2 >a/f; git add .;"
                "git commit -qm 2; git checkout -qb ours base; echo 3 >b/f; git add .;"
                "git commit -qm 3");
    g_autoptr(MlTree) merged = merge_at(fixture, "r", "base", "ours", "theirs");
    g_autoptr(MlTree) ours = commit_at(fixture, "r", "ours");
    g_autoptr(MlTree) theirs = commit_at(fixture, "r", "theirs");
    MlBlobId id, expected;
    assert_true(ml_tree_identify(merged, "a", &id));
    assert_true(ml_tree_identify(theirs, "a", &expected));
    assert_memory_equal(&id, &expected, sizeof id);
    assert_true(ml_tree_identify(merged, "b", &id));
    assert_true(ml_tree_identify(ours, "b", &expected));
    assert_memory_equal(&id, &expected, sizeof id);
    assert_false(ml_tree_identify(merged, "", &id));
    assert_false(ml_tree_identify(merged, "c", &id));
}

static void what_cannot_be_read_is_told(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; seq 9 >f; head -c 17000000 /dev/zero >large; mkdir d;"
                "echo 1 >d/f; git add .; git commit -qm 1; git tag base; git checkout -qb theirs;"
                "echo 2 >>f; echo 2 >>large; echo 2 >d/g; git add .; git commit -qm 2;"
                "git checkout -qb ours base; echo 3 >>f; echo 3 >>large; echo 3 >d/h; git add .;"
                "git commit -qm 3; id=$(git rev-parse theirs:f);"
                "rm -f .git/objects/$(echo $id | cut -c1-2)/$(echo $id | cut -c3-)");
    g_autoptr(MlTree) merged = merge_at(fixture, "r", "base", "ours", "theirs");
    assert_no_read(merged, "f", ML_SOURCE_ERROR_MISSING_OBJECT, "git fsck");
    assert_conflict(merged, "f", ML_CONFLICT_CONTENT);
    assert_no_read(merged, "large", ML_SOURCE_ERROR_TOO_LARGE, "large");
    assert_conflict(merged, "large", ML_CONFLICT_CONTENT);
    assert_no_read(merged, "d", ML_SOURCE_ERROR_NOT_FOUND, "d");
    fixture_run(fixture, "r",
                "id=$(git rev-parse theirs:d);"
                "rm -f .git/objects/$(echo $id | cut -c1-2)/$(echo $id | cut -c3-)");
    g_autoptr(MlTree) ours = commit_at(fixture, "r", "ours");
    g_autoptr(MlTree) theirs = commit_at(fixture, "r", "theirs");
    g_autoptr(MlTree) base = commit_at(fixture, "r", "base");
    GError *error = NULL;
    assert_null(ml_tree_of_merge(base, ours, theirs, &error));
    assert_error(error, ML_SOURCE_ERROR_MISSING_OBJECT, "'d'");
}

/* One folder that stands for 2^60 of them, and differs on both sides. */
static void a_tree_bomb_has_a_bound(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(
        fixture, "",
        "git init -q r; cd r; for s in 1 2 3; do"
        "  id=$(echo $s | git hash-object -w --stdin);"
        "  id=$(printf '100644 blob %s\\tf\\n' $id | git mktree);"
        "  for i in $(seq 60); do"
        "    id=$(printf '040000 tree %s\\ta\\n040000 tree %s\\tb\\n' $id $id | git mktree);"
        "  done; git tag t$s $(git commit-tree -m $s $id); done");
    g_autoptr(MlTree) base = commit_at(fixture, "r", "t1");
    g_autoptr(MlTree) ours = commit_at(fixture, "r", "t2");
    g_autoptr(MlTree) theirs = commit_at(fixture, "r", "t3");
    GError *error = NULL;
    assert_null(ml_tree_of_merge(base, ours, theirs, &error));
    assert_error(error, ML_SOURCE_ERROR_TOO_LARGE, "folders");
}

static void bases_that_cross_are_merged(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; seq 20 >f; git add .; git commit -qm 1; git branch theirs;"
                "sed -i 's/^1$/a/' f; git commit -qam 2; git tag a; git checkout -q theirs;"
                "sed -i 's/^20$/b/' f; git commit -qam 3; git merge -q --no-edit a;"
                "git checkout -q main; git merge -q --no-edit theirs~1; echo main >>f;"
                "git commit -qam 4");
    g_autoptr(MlRepository) repository = open_at(fixture, "r");
    const char *others[] = {"theirs", NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) bases = ml_merge_bases(repository, "main", others, &error);
    assert_int_equal(bases->len, 2);
    g_autoptr(MlTree) ancestor = ml_merge_ancestor(repository, bases, &error);
    assert_null(error);
    g_autofree char *text = fixture_output(fixture, "r", "git show theirs:f");
    assert_text(ancestor, "f", text);
    g_ptr_array_set_size(bases, 1);
    g_autoptr(MlTree) only = ml_merge_ancestor(repository, bases, &error);
    assert_string_equal(ml_tree_commit(only), bases->pdata[0]);
    g_ptr_array_set_size(bases, 0);
    assert_null(ml_merge_ancestor(repository, bases, &error));
    assert_null(error);
    g_ptr_array_add(bases, g_strdup("nothing"));
    assert_null(ml_merge_ancestor(repository, bases, &error));
    assert_error(g_steal_pointer(&error), ML_SOURCE_ERROR_REVISION, "nothing");
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
        g_string_append_printf(text, "%d", ml_tree_conflict(tree, path));
    }
    return g_string_free(text, FALSE);
}

static void a_merge_serves_several_threads_and_writes_nothing(void **state)
{
    const GitFixture *fixture = *state;
    fixture_run(fixture, "",
                "git init -q r; cd r; for i in $(seq 0 39); do mkdir -p d$((i % 8));"
                "seq $((i + 9)) >d$((i % 8))/f$i; done; git add .; git commit -qm 1; git tag base;"
                "git checkout -qb theirs; for f in d*/*; do sed -i 's/^1$/theirs/' $f; done;"
                "git mv d0/f0 d0/renamed; git commit -qam 2; git checkout -qb ours base;"
                "for f in d*/*; do sed -i 's/^7$/ours/' $f; done; git commit -qam 3");
    const char *list = "find . -type f -printf '%p %T@ %C@ %s ' -exec sha1sum {} ';' | sort";
    g_autofree char *before = fixture_output(fixture, "r", list);
    g_autoptr(MlTree) merged = merge_at(fixture, "r", "base", "ours", "theirs");
    GThread *threads[4];
    for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("reader", read_everything, merged);
    g_autofree char *first = g_thread_join(threads[0]);
    for (gsize i = 1; i < G_N_ELEMENTS(threads); i++) {
        g_autofree char *other = g_thread_join(threads[i]);
        assert_string_equal(other, first);
    }
    assert_non_null(strstr(first, "f d0/renamed\n"));
    g_autofree char *after = fixture_output(fixture, "r", list);
    assert_string_equal(after, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(every_conflict_is_named),
        UNIT(a_folder_keeps_its_place_from_a_file),
        UNIT(trees_that_are_no_commits_merge_too),
        UNIT(plain_folders_merge_too),
        UNIT(unrelated_histories_merge_over_nothing),
        UNIT(submodules_and_links_are_kept_as_they_are),
        UNIT(whole_folders_keep_their_ids),
        UNIT(what_cannot_be_read_is_told),
        UNIT(a_tree_bomb_has_a_bound),
        UNIT(bases_that_cross_are_merged),
        UNIT(a_merge_serves_several_threads_and_writes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
