/* What is said of trees in tests, on repositories of git_fixture.h. */
#pragma once

#include "git_fixture.h"

#include "miglint/source.h"

#define UNIT(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

/* Every file, link and submodule below a folder, a line each: the kind, the path. */
G_GNUC_UNUSED static void describe(MlTree *tree, const char *folder, GString *text)
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

G_GNUC_UNUSED static void assert_listing(MlTree *tree, const char *folder, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);
    describe(tree, folder, text);
    assert_string_equal(text->str, expected);
}

G_GNUC_UNUSED static int compare_lines(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* The paths of a tree, whatever stands there, against what git printed. */
G_GNUC_UNUSED static void assert_paths(MlTree *tree, const char *printed)
{
    g_autoptr(GString) text = g_string_new(NULL);
    describe(tree, "", text);
    g_auto(GStrv) found = g_strsplit(text->str, "\n", -1);
    for (char **line = found; *line; line++)
        if (**line)
            memmove(*line, *line + 2, strlen(*line + 2) + 1);
    g_auto(GStrv) wanted = g_strsplit(printed, "\n", -1);
    qsort(found, g_strv_length(found), sizeof *found, compare_lines);
    qsort(wanted, g_strv_length(wanted), sizeof *wanted, compare_lines);
    g_autofree char *found_text = g_strjoinv("\n", found);
    g_autofree char *wanted_text = g_strjoinv("\n", wanted);
    assert_string_equal(found_text, wanted_text);
}

G_GNUC_UNUSED static MlRepository *open_at(const GitFixture *fixture, const char *folder)
{
    g_autofree char *path = fixture_path(fixture, folder);
    g_autoptr(GError) error = NULL;
    MlRepository *repository = ml_repository_open(path, NULL, &error);
    if (error)
        fail_msg("%s", error->message);
    return repository;
}

/* The working tree if `revision` is NULL. */
G_GNUC_UNUSED static MlTree *make_tree(const GitFixture *fixture, const char *folder,
                                       const char *revision, GError **error)
{
    g_autofree char *path = fixture_path(fixture, folder);
    g_autoptr(MlRepository) repository = ml_repository_open(path, NULL, error);
    if (!repository)
        return NULL;
    return revision ? ml_tree_of_commit(repository, revision, error)
                    : ml_tree_of_worktree(repository, error);
}

G_GNUC_UNUSED static MlTree *commit_at(const GitFixture *fixture, const char *folder,
                                       const char *revision)
{
    g_autoptr(GError) error = NULL;
    MlTree *tree = make_tree(fixture, folder, revision, &error);
    if (error)
        fail_msg("%s", error->message);
    return tree;
}

G_GNUC_UNUSED static MlTree *worktree_at(const GitFixture *fixture, const char *folder)
{
    return commit_at(fixture, folder, NULL);
}

G_GNUC_UNUSED static MlTree *folder_at(const GitFixture *fixture, const char *folder)
{
    g_autofree char *path = fixture_path(fixture, folder);
    g_autoptr(GError) error = NULL;
    MlTree *tree = ml_tree_of_folder(path, &error);
    if (error)
        fail_msg("%s", error->message);
    return tree;
}

/* Takes the error. */
G_GNUC_UNUSED static void assert_error(GError *failure, MlSourceError code, const char *part)
{
    g_autoptr(GError) error = failure;
    assert_non_null(error);
    assert_true(error->domain == ML_SOURCE_ERROR);
    if (error->code != (int)code || !strstr(error->message, part))
        fail_msg("%d: %s", error->code, error->message);
}

G_GNUC_UNUSED static void assert_no_tree(const GitFixture *fixture, const char *folder,
                                         const char *revision, MlSourceError code, const char *part)
{
    GError *error = NULL;
    assert_null(make_tree(fixture, folder, revision, &error));
    assert_error(error, code, part);
}

G_GNUC_UNUSED static void assert_no_read(MlTree *tree, const char *path, MlSourceError code,
                                         const char *part)
{
    GError *error = NULL;
    assert_null(ml_tree_read(tree, path, NULL, &error));
    assert_error(error, code, part);
}

G_GNUC_UNUSED static void assert_no_list(MlTree *tree, const char *folder, MlSourceError code)
{
    GError *error = NULL;
    assert_null(ml_tree_list(tree, folder, &error));
    assert_error(error, code, "");
}

/* `expected` is NULL where there is nothing. */
G_GNUC_UNUSED static void assert_resolves(MlTree *tree, const char *path, const char *expected,
                                          MlEntryKind expected_kind)
{
    MlEntryKind kind;
    g_autofree char *real = ml_tree_resolve(tree, path, &kind);
    if (g_strcmp0(real, expected) != 0 || kind != expected_kind)
        fail_msg("%s: %s (%d)", path, real ? real : "nothing", kind);
    assert_int_equal(ml_tree_is_file(tree, path), kind == ML_ENTRY_FILE);
    assert_int_equal(ml_tree_is_folder(tree, path), kind == ML_ENTRY_FOLDER);
}

G_GNUC_UNUSED static void assert_absent(MlTree *tree, const char *path)
{
    assert_resolves(tree, path, NULL, ML_ENTRY_ABSENT);
}

G_GNUC_UNUSED static void assert_file(MlTree *tree, const char *path, const char *real)
{
    assert_resolves(tree, path, real, ML_ENTRY_FILE);
}

/* The bytes of a file, and its id against git's. */
G_GNUC_UNUSED static void assert_reads(MlTree *tree, const char *path, const char *bytes,
                                       gsize length, const char *id)
{
    g_autoptr(GError) error = NULL;
    MlBlobId found = {{0}};
    g_autoptr(GBytes) read = ml_tree_read(tree, path, &found, &error);
    if (error)
        fail_msg("%s", error->message);
    g_autoptr(GBytes) expected = g_bytes_new(bytes, length);
    assert_true(g_bytes_equal(read, expected));
    g_autoptr(GString) hex = g_string_new(NULL);
    for (gsize i = 0; i < sizeof found.bytes; i++)
        g_string_append_printf(hex, "%02x", found.bytes[i]);
    assert_string_equal(hex->str, id);
}

G_GNUC_UNUSED static void assert_text(MlTree *tree, const char *path, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) read = ml_tree_read(tree, path, NULL, &error);
    if (error)
        fail_msg("%s", error->message);
    g_autoptr(GBytes) expected = g_bytes_new(text, strlen(text));
    assert_true(g_bytes_equal(read, expected));
}

/* Runs the command that a message names between backticks. */
G_GNUC_UNUSED static void follow_advice(const GitFixture *fixture, const char *folder,
                                        GError *failure, MlSourceError code)
{
    g_autoptr(GError) error = failure;
    assert_non_null(error);
    assert_int_equal(error->code, code);
    g_auto(GStrv) parts = g_strsplit(error->message, "`", 3);
    assert_int_equal(g_strv_length(parts), 3);
    fixture_run(fixture, folder, parts[1]);
}
