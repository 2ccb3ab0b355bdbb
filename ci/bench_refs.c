/*
 * Reads the folder of revisions of every branch with libgit2 and does nothing
 * else: what ci/bench holds miglint's forecast against.
 *
 * usage: bench_refs REPOSITORY FOLDER
 */
#include <git2.h>
#include <stdio.h>

static size_t entries;

static int read_folder(git_repository *repository, const git_reference *branch, const char *path)
{
    git_object *commit = NULL;
    git_tree *root = NULL, *folder = NULL;
    git_tree_entry *entry = NULL;
    int status = git_reference_peel(&commit, branch, GIT_OBJECT_COMMIT);
    if (status == 0)
        status = git_commit_tree(&root, (git_commit *)commit);
    if (status == 0)
        status = git_tree_entry_bypath(&entry, root, path);
    if (status == 0)
        status = git_tree_lookup(&folder, repository, git_tree_entry_id(entry));
    for (size_t i = 0; status == 0 && i < git_tree_entrycount(folder); i++)
        entries += git_tree_entry_name(git_tree_entry_byindex(folder, i))[0] != '.';
    git_tree_free(folder);
    git_tree_entry_free(entry);
    git_tree_free(root);
    git_object_free(commit);
    return status;
}

int main(int argc, char **argv)
{
    git_repository *repository = NULL;
    git_branch_iterator *branches = NULL;
    git_reference *branch;
    git_branch_t kind;
    if (argc != 3 || git_libgit2_init() < 0 || git_repository_open(&repository, argv[1]) < 0 ||
        git_branch_iterator_new(&branches, repository, GIT_BRANCH_LOCAL) < 0)
        return 2;
    while (git_branch_next(&branch, &kind, branches) == 0) {
        if (read_folder(repository, branch, argv[2]) < 0)
            return 2;
        git_reference_free(branch);
    }
    printf("%zu\n", entries);
    git_branch_iterator_free(branches);
    git_repository_free(repository);
    git_libgit2_shutdown();
    return 0;
}
