/*
 * Answers for test_git_merge.py and test_git_history.py what miglint makes of a
 * repository: source_dump FOLDER. A question is a line of standard input, its
 * words parted by tabs; the answer is some lines, and an empty one.
 */
#include "miglint/source.h"

#include <stdio.h>
#include <string.h>

typedef MlRepository *Repository;
typedef char *const *Words;

static void print_id(const MlBlobId *id)
{
    for (gsize i = 0; i < sizeof id->bytes; i++)
        printf("%02x", id->bytes[i]);
}

static void print_ids(GPtrArray *ids)
{
    for (guint i = 0; ids && i < ids->len; i++)
        printf("%s\n", (char *)ids->pdata[i]);
    g_clear_pointer(&ids, g_ptr_array_unref);
}

/* With the id of what is read, or "unread" where that cannot be, or is not what it is said to be.
 */
static void print_file(MlTree *tree, const char *path)
{
    MlBlobId id = {{0}}, same;
    gboolean is_known = ml_tree_identify(tree, path, &id);
    g_autoptr(GBytes) bytes = ml_tree_read(tree, path, &same, NULL);
    gboolean is_read = is_known && bytes && memcmp(&id, &same, sizeof id) == 0;
    printf(is_read ? "file " : "unread ");
    print_id(&id);
    printf(" %s\n", path);
}

/* Every file below a folder; no links. */
static gboolean print_files(MlTree *tree, const char *folder, GError **error)
{
    g_autoptr(GPtrArray) entries = ml_tree_list(tree, folder, error);
    for (guint i = 0; entries && i < entries->len; i++) {
        const MlEntry *entry = entries->pdata[i];
        g_autofree char *path = g_strconcat(folder, *folder ? "/" : "", entry->name, NULL);
        if (entry->kind == ML_ENTRY_FILE)
            print_file(tree, path);
        if (entry->kind == ML_ENTRY_FOLDER && !print_files(tree, path, error))
            return FALSE;
    }
    return entries != NULL;
}

/* OURS THEIRS PATH...: the files of the merge, then those of PATH that are in conflict. */
static gboolean merge(Repository repository, Words words, GError **error)
{
    g_autoptr(GPtrArray) bases =
        ml_merge_bases(repository, words[0], (const char *const[]){words[1], NULL}, error);
    GError *failure = NULL;
    g_autoptr(MlTree) ancestor = bases ? ml_merge_ancestor(repository, bases, &failure) : NULL;
    if (failure)
        g_propagate_error(error, failure);
    if (!bases || failure)
        return FALSE;
    g_autoptr(MlTree) ours = ml_tree_of_commit(repository, words[0], error);
    g_autoptr(MlTree) theirs = ours ? ml_tree_of_commit(repository, words[1], error) : NULL;
    g_autoptr(MlTree) merged = theirs ? ml_tree_of_merge(ancestor, ours, theirs, error) : NULL;
    if (!merged || !print_files(merged, "", error))
        return FALSE;
    for (Words path = words + 2; *path; path++)
        if (ml_tree_conflict(merged, *path) != ML_CONFLICT_NONE)
            printf("conflict %d %s\n", ml_tree_conflict(merged, *path), *path);
    return TRUE;
}

/* OURS THEIRS... */
static gboolean merge_bases(Repository repository, Words words, GError **error)
{
    GPtrArray *bases = ml_merge_bases(repository, words[0], (const char *const *)words + 1, error);
    print_ids(bases);
    return bases != NULL;
}

/* BASE COMMIT...: a line a commit, its merge bases with BASE. */
static gboolean ancestors(Repository repository, Words words, GError **error)
{
    g_autoptr(MlAncestors) known = ml_ancestors_new(repository, words[0], error);
    for (Words commit = words + 1; known && *commit; commit++) {
        g_autoptr(GPtrArray) bases = ml_ancestors_merge_bases(known, *commit, error);
        if (!bases)
            return FALSE;
        printf("%d", ml_ancestors_has(known, *commit));
        for (guint i = 0; i < bases->len; i++)
            printf(" %s", (char *)bases->pdata[i]);
        printf("\n");
    }
    return known != NULL;
}

/* FROM TO; FROM may be empty. */
static gboolean walk(Repository repository, Words words, gboolean first_parent, GError **error)
{
    GPtrArray *ids =
        ml_history_walk(repository, *words[0] ? words[0] : NULL, words[1], first_parent, error);
    gboolean walked = ids != NULL;
    print_ids(ids);
    return walked;
}

/* TIP PATH... */
static gboolean introductions(Repository repository, Words words)
{
    for (Words path = words + 1; *path; path++) {
        g_autoptr(MlCommit) commit = ml_history_introduction(repository, words[0], *path);
        printf("%s\n", commit ? commit->id : "-");
    }
    return TRUE;
}

static gboolean answer(Repository repository, Words words, GError **error)
{
    const char *what = words[0];
    if (strcmp(what, "merge") == 0)
        return merge(repository, words + 1, error);
    if (strcmp(what, "merge-bases") == 0)
        return merge_bases(repository, words + 1, error);
    if (strcmp(what, "ancestors") == 0)
        return ancestors(repository, words + 1, error);
    if (strcmp(what, "walk") == 0 || strcmp(what, "walk-first-parent") == 0)
        return walk(repository, words + 1, strcmp(what, "walk") != 0, error);
    if (strcmp(what, "introductions") == 0)
        return introductions(repository, words + 1);
    g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_READ, "no such question: %s", what);
    return FALSE;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MlRepository) repository =
        ml_repository_open(argc == 2 ? argv[1] : NULL, NULL, &error);
    char *line = NULL;
    size_t room = 0;
    while (repository && getline(&line, &room, stdin) > 0) {
        g_autoptr(GError) failure = NULL;
        g_auto(GStrv) words = g_strsplit(g_strchomp(line), "\t", -1);
        if (!answer(repository, words, &failure))
            printf("error %s\n", failure->message);
        printf("\n");
        fflush(stdout);
    }
    free(line);
    if (error)
        fprintf(stderr, "%s\n", error->message);
    return repository ? 0 : 2;
}
