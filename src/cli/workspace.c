#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

/* Leaves the state that is looked at. */
static void leave(MlWorkspace *workspace)
{
    g_clear_pointer(&workspace->changes, g_ptr_array_unref);
    g_clear_pointer(&workspace->migrations, g_ptr_array_unref);
    g_clear_pointer(&workspace->projects, g_ptr_array_unref);
    g_clear_pointer(&workspace->tree, ml_tree_unref);
    g_clear_pointer(&workspace->merge, ml_merge_free);
}

void ml_workspace_free(MlWorkspace *workspace)
{
    leave(workspace);
    g_clear_pointer(&workspace->settings, ml_tree_unref);
    g_ptr_array_unref(workspace->paths);
    g_free(workspace->standing);
    g_free(workspace->commit_name);
    g_clear_pointer(&workspace->repository, ml_repository_unref);
    g_clear_pointer(&workspace->cache, ml_revision_cache_free);
    g_free(workspace);
}

/* --- which tree ---------------------------------------------------------------- */

static char *below(const char *folder, const char *path)
{
    return folder == NULL || g_path_is_absolute(path) ? g_strdup(path)
                                                      : g_build_filename(folder, path, NULL);
}

/* The real, absolute form of a path on the disk; NULL if it is not there. */
static char *real_path(const char *path)
{
    char *found = realpath(path, NULL);
    char *copy = g_strdup(found);
    free(found);
    return copy;
}

/* The error that an argument names nothing; it may be a mistyped subcommand. */
static void set_no_path(const char *argument, const char *place, GError **error)
{
    const char *command = ml_command_nearest(argument);
    g_autofree char *where = place ? g_strdup_printf(" in %s", place) : g_strdup("");
    g_autofree char *offer =
        command ? g_strdup_printf(": did you mean the command '%s'?", command) : g_strdup("");
    g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE, "there is no file or folder %s%s%s",
                argument, where, offer);
}

static char *folder_of(const char *path)
{
    return g_file_test(path, G_FILE_TEST_IS_DIR) ? g_strdup(path) : g_path_get_dirname(path);
}

/* `path` relative to `root`, "" for the root itself; NULL if it lies outside. */
static const char *inside(const char *root, const char *path)
{
    gsize length = strlen(root);
    if (length == 0 || strcmp(root, "/") == 0)
        return path + length;
    if (strncmp(root, path, length) != 0 || (path[length] != '/' && path[length] != '\0'))
        return NULL;
    return path[length] == '/' ? path + length + 1 : path + length;
}

static gboolean lists(MlTree *tree, const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    g_autoptr(GPtrArray) entries = ml_tree_list(tree, strcmp(folder, ".") == 0 ? "" : folder, NULL);
    for (guint i = 0; entries != NULL && i < entries->len; i++)
        if (strcmp(((MlEntry *)g_ptr_array_index(entries, i))->name, name) == 0)
            return TRUE;
    return FALSE;
}

/* The working tree; as a plain folder if a file is asked for that git ignores. */
static MlTree *open_worktree(MlRepository *repository, const char *path, GError **error)
{
    g_autoptr(MlTree) tree = ml_tree_of_worktree(repository, error);
    const char *relative = tree ? inside(ml_tree_root(tree), path) : NULL;
    if (relative != NULL && ml_tree_is_file(tree, relative) && !lists(tree, relative))
        return ml_tree_of_folder(ml_tree_root(tree), error);
    return g_steal_pointer(&tree);
}

/* Without git: the folder that the user stands in, if what is asked for lies in it. */
static MlTree *open_folder(const char *standing, const char *path, GError **error)
{
    g_autofree char *folder = folder_of(path);
    return ml_tree_of_folder(inside(standing, path) ? standing : folder, error);
}

static gboolean is_absence(const GError *error)
{
    return g_error_matches(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_NOT_FOUND);
}

/* The tree whose settings count: of `head`, or of what is at hand; NULL without an error if nothing
 * is. */
static MlTree *open_head(MlRepository *repository, const char *head, GError **error)
{
    if (head != NULL)
        return ml_tree_of_commit(repository, head, error);
    if (ml_repository_workdir(repository) != NULL)
        return ml_tree_of_worktree(repository, error);
    return ml_repository_is_unborn(repository) ? NULL
                                               : ml_tree_of_commit(repository, "HEAD", error);
}

char *ml_cli_detect_base(MlRepository *repository, const char *head, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(MlTree) tree = open_head(repository, head, &reason);
    if (reason != NULL) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return NULL;
    }
    if (tree == NULL)
        return ml_base_detect(repository, NULL, error);
    MlProject root = {.script_location = (char *)""};
    g_autoptr(MlPreferences) preferences = tree ? ml_preferences_find(tree, &root, error) : NULL;
    if (preferences == NULL)
        return NULL;
    const MlSetting *base = preferences->keys[ML_SETTING_BASE];
    const MlSettingWord *word = base ? g_ptr_array_index(base->words, 0) : NULL;
    return ml_base_detect(repository, word ? word->text : NULL, error);
}

static MlMerge *open_merge(MlRepository *repository, const MlStateOptions *options, GError **error)
{
    if (options->staged)
        return ml_merge_staged(repository, error);
    const char *head = options->head;
    if (head == NULL && ml_repository_workdir(repository) == NULL)
        head = "HEAD";
    if (strcmp(options->base, "auto") != 0)
        return ml_merge_new(repository, options->base, head, error);
    g_autofree char *base = ml_cli_detect_base(repository, head, error);
    return base ? ml_merge_new(repository, base, head, error) : NULL;
}

/* The tree that the options speak of; `path` is what is asked for, on the disk. */
static gboolean open_tree(MlWorkspace *workspace, const MlStateOptions *options, const char *path,
                          GError **error)
{
    g_autoptr(GError) absence = NULL;
    g_autofree char *folder = folder_of(path);
    MlRepository *repository = ml_repository_open(folder, options->git_dir, &absence);
    if (repository == NULL && (ml_state_options_need_git(options) || !is_absence(absence))) {
        g_propagate_error(error, g_steal_pointer(&absence));
        return FALSE;
    }
    workspace->repository = repository;
    if (repository == NULL) {
        workspace->tree = open_folder(workspace->standing, path, error);
    } else if (options->base != NULL || options->staged) {
        workspace->merge = open_merge(repository, options, error);
        workspace->tree = workspace->merge ? ml_tree_ref(workspace->merge->merged) : NULL;
    } else if (options->commit == NULL && ml_repository_workdir(repository) != NULL) {
        workspace->tree = open_worktree(repository, path, error);
    } else {
        workspace->commit_name = g_strdup(options->commit ? options->commit : "HEAD");
        workspace->tree = ml_tree_of_commit(repository, workspace->commit_name, error);
    }
    workspace->settings = workspace->tree ? ml_tree_ref(workspace->tree) : NULL;
    return workspace->tree != NULL;
}

/* --- which paths of it ----------------------------------------------------------- */

/* An argument as a path of the tree. In a commit it need not be on the disk any more. */
static char *tree_path(const MlWorkspace *workspace, const char *argument, GError **error)
{
    const char *root = ml_tree_root(workspace->tree);
    g_autofree char *absolute = g_canonicalize_filename(argument, workspace->standing);
    g_autofree char *real = real_path(absolute);
    const char *relative = root ? inside(root, real ? real : absolute) : argument;
    if (relative == NULL) {
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                    "%s lies outside of %s: run miglint on each by itself", argument, root);
        return NULL;
    }
    MlEntryKind kind;
    char *resolved = ml_tree_resolve(workspace->tree, relative, &kind);
    if (resolved == NULL)
        set_no_path(argument, workspace->commit_name ? workspace->commit_name : root, error);
    return resolved;
}

static gboolean resolve_paths(MlWorkspace *workspace, char **arguments, GError **error)
{
    for (; *arguments != NULL; arguments++) {
        char *path = tree_path(workspace, *arguments, error);
        if (path == NULL)
            return FALSE;
        g_ptr_array_add(workspace->paths, path);
    }
    return TRUE;
}

static gboolean is_asked_for(const MlWorkspace *workspace, const char *path)
{
    for (guint i = 0; i < workspace->paths->len; i++)
        if (inside(g_ptr_array_index(workspace->paths, i), path) != NULL)
            return TRUE;
    return FALSE;
}

gboolean ml_workspace_wants(const MlWorkspace *workspace, const char *path)
{
    if (workspace->paths->len == 0 || is_asked_for(workspace, path))
        return TRUE;
    g_autofree char *real = ml_tree_resolve(workspace->tree, path, NULL);
    return real != NULL && is_asked_for(workspace, real);
}

/* --- what is in it ------------------------------------------------------------------ */

/* The folders to search: those given, and those of files that were given. */
static GPtrArray *folders_of(const MlWorkspace *workspace)
{
    GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < workspace->paths->len; i++) {
        const char *path = g_ptr_array_index(workspace->paths, i);
        if (ml_tree_is_folder(workspace->tree, path)) {
            g_ptr_array_add(folders, g_strdup(path));
        } else {
            const char *slash = strrchr(path, '/');
            g_ptr_array_add(folders, slash ? g_strndup(path, slash - path) : g_strdup(""));
        }
    }
    return folders;
}

static void set_nothing_here(const MlWorkspace *workspace, GError **error)
{
    const char *root = ml_tree_root(workspace->tree);
    const char *place = workspace->paths->len > 0 ? g_ptr_array_index(workspace->paths, 0) : "";
    g_autofree char *shown = ml_report_path(root, workspace->standing, place);
    g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_NOTHING_HERE,
                "there is no Alembic environment in %s: neither an ini file with a "
                "script_location, nor a folder with env.py and versions/; name the folder that "
                "holds it: miglint PATH",
                *shown ? shown : "this folder");
}

/* A script location that is not there is a finding for `check`, and for others no project. */
static void drop_missing(MlWorkspace *workspace)
{
    for (guint i = workspace->projects->len; i-- > 0;) {
        const MlProject *project = g_ptr_array_index(workspace->projects, i);
        if (project->missing == NULL)
            continue;
        g_autofree char *place = ml_place_text(&project->missing_place);
        g_autofree char *note = g_strdup_printf(
            "%s: script_location names '%s', and there is no such folder", place, project->missing);
        ml_cli_note(note);
        g_ptr_array_remove_index(workspace->projects, i);
    }
}

/* The files of -c, or else the one that the variable names for Alembic, as paths of the tree. */
static GPtrArray *configs_of(const MlWorkspace *workspace, char **names, GError **error)
{
    const char *variable = g_getenv("ALEMBIC_CONFIG");
    const char *by_default[] = {variable && *variable ? variable : NULL, NULL};
    g_autoptr(GPtrArray) configs = g_ptr_array_new_with_free_func(g_free);
    for (const char *const *name = names ? (const char *const *)names : by_default; *name; name++) {
        char *path = tree_path(workspace, *name, error);
        if (path == NULL) {
            g_prefix_error(error, "%s: ", names ? "--config" : "ALEMBIC_CONFIG");
            return NULL;
        }
        g_ptr_array_add(configs, path);
    }
    return g_steal_pointer(&configs);
}

void ml_question_clear(MlQuestion *question)
{
    g_clear_pointer(&question->folders, g_ptr_array_unref);
    g_clear_pointer(&question->configs, g_ptr_array_unref);
    g_free(question->script_location);
}

gboolean ml_workspace_ask(const MlWorkspace *workspace, const MlStateOptions *options,
                          MlQuestion *question, GError **error)
{
    const char *root = ml_tree_root(workspace->tree);
    question->folders = folders_of(workspace);
    question->configs = configs_of(workspace, options->configs, error);
    if (question->configs == NULL)
        return FALSE;
    if (options->script_location != NULL) {
        question->script_location = tree_path(workspace, options->script_location, error);
        if (question->script_location == NULL)
            return FALSE;
    }
    question->query = (MlProjectQuery){
        .folders = question->folders,
        .configs = question->configs,
        .section = options->section,
        .script_location = question->script_location,
        .standing = root ? inside(root, workspace->standing) : NULL,
    };
    return TRUE;
}

static gboolean find_projects(MlWorkspace *workspace, const MlProjectQuery *query, MlLoad load,
                              GError **error)
{
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    workspace->projects = ml_projects_find(workspace->tree, query, notes, error);
    if (workspace->projects == NULL)
        return FALSE;
    for (guint i = 0; i < notes->len && !workspace->quiet; i++)
        ml_cli_note(g_ptr_array_index(notes, i));
    if (load == ML_LOAD_HEADERS)
        drop_missing(workspace);
    return TRUE;
}

static gboolean load_all(MlWorkspace *workspace, MlLoad load, GError **error)
{
    workspace->migrations = g_ptr_array_new_with_free_func((GDestroyNotify)ml_migrations_free);
    for (guint i = 0; i < workspace->projects->len; i++) {
        const MlProject *project = g_ptr_array_index(workspace->projects, i);
        MlMigrations *migrations =
            ml_migrations_load(workspace->tree, project, load, workspace->cache, error);
        if (migrations == NULL)
            return FALSE;
        g_ptr_array_add(workspace->migrations, migrations);
        if (!migrations->read_subfolders || workspace->quiet)
            continue;
        g_autofree char *note = g_strdup_printf(
            "%s: the subfolders of its version locations hold revisions of the same graph and "
            "were read, though no configuration names them",
            project->name);
        ml_cli_note(note);
    }
    return TRUE;
}

static gboolean compare(MlWorkspace *workspace, const MlProjectQuery *query, GError **error)
{
    if (workspace->merge == NULL)
        return TRUE;
    workspace->changes =
        ml_changes_of(workspace->merge, workspace->migrations, query, workspace->cache, error);
    return workspace->changes != NULL;
}

/* Finds the environments of the tree, loads them, and compares them with what they were. */
static gboolean read_all(MlWorkspace *workspace, const MlStateOptions *options, MlLoad load,
                         GError **error)
{
    g_auto(MlQuestion) question = {0};
    if (workspace->merge != NULL)
        workspace->cache = ml_revision_cache_new();
    if (!ml_workspace_ask(workspace, options, &question, error) ||
        !find_projects(workspace, &question.query, load, error) ||
        !load_all(workspace, load, error) || !compare(workspace, &question.query, error))
        return FALSE;
    if (workspace->migrations->len == 0)
        set_nothing_here(workspace, error);
    return workspace->migrations->len > 0;
}

gboolean ml_workspace_history(const MlWorkspace *workspace, MlHistory *history)
{
    const MlMerge *merge = workspace->merge;
    guint count = 0;
    if (workspace->repository == NULL)
        return FALSE;
    *history = (MlHistory){.repository = workspace->repository};
    if (merge != NULL && merge->base.commit != NULL)
        history->tips[count++] = merge->base.commit;
    if (merge != NULL && merge->head.commit != NULL)
        history->tips[count++] = merge->head.commit;
    else
        history->tips[count++] = workspace->commit_name ? workspace->commit_name : "HEAD";
    return TRUE;
}

/* --- how it was found ----------------------------------------------------------------- */

static void append_path(GString *out, const MlWorkspace *workspace, const char *path)
{
    g_autofree char *shown =
        ml_report_path(ml_tree_root(workspace->tree), workspace->standing, path);
    g_string_append(out, *shown ? shown : ".");
}

static void append_configuration(GString *out, const MlWorkspace *workspace,
                                 const MlProject *project)
{
    if (project->config == NULL) {
        g_string_append(out, "found by its env.py, no configuration names it");
        return;
    }
    g_string_append(out, "configured by ");
    append_path(out, workspace, project->config);
    if (project->section != NULL)
        g_string_append_printf(out, " [%s]", project->section);
}

static void describe_project(const MlWorkspace *workspace, const MlMigrations *migrations)
{
    const MlProject *project = migrations->project;
    const GPtrArray *locations = project->version_locations;
    g_autoptr(GString) out = g_string_new(NULL);
    g_string_append_printf(out, "%s: ", project->name);
    append_configuration(out, workspace, project);
    g_string_append(out, "; script location ");
    append_path(out, workspace, project->script_location);
    for (guint i = 0; i < locations->len; i++) {
        g_string_append(out, i ? ", " : "; versions in ");
        append_path(out, workspace, g_ptr_array_index(locations, i));
    }
    g_string_append_printf(out, "; revisions: %u", migrations->revisions->len);
    ml_cli_note(out->str);
}

static void describe(const MlWorkspace *workspace, gint64 microseconds)
{
    const char *root = ml_tree_root(workspace->tree);
    for (guint i = 0; i < workspace->migrations->len; i++)
        describe_project(workspace, g_ptr_array_index(workspace->migrations, i));
    g_autofree char *note = g_strdup_printf(
        "read %s of %s in %.1f ms", workspace->commit_name ? workspace->commit_name : "the files",
        root ? root : "the repository", (double)microseconds / 1000);
    ml_cli_note(note);
}

/* --- all of it -------------------------------------------------------------------------- */

MlWorkspace *ml_workspace_open(const MlStateOptions *options, char **arguments, MlLoad load,
                               GError **error)
{
    gint64 begun = g_get_monotonic_time();
    g_autoptr(MlWorkspace) workspace = g_new0(MlWorkspace, 1);
    workspace->paths = g_ptr_array_new_with_free_func(g_free);
    workspace->quiet = options->quiet;
    workspace->standing = real_path(options->folder ? options->folder : ".");
    if (workspace->standing == NULL) {
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE, "there is no folder %s",
                    options->folder ? options->folder : "to start in");
        return NULL;
    }
    gboolean on_disk = *arguments != NULL && options->git_dir == NULL && options->commit == NULL &&
                       options->head == NULL;
    g_autofree char *first =
        on_disk ? below(options->folder, *arguments) : g_strdup(workspace->standing);
    /* What is not there may be in the HEAD of a bare repository; else resolve_paths says so. */
    g_autofree char *path = real_path(first);
    if (!open_tree(workspace, options, path ? path : workspace->standing, error) ||
        !resolve_paths(workspace, arguments, error) || !read_all(workspace, options, load, error))
        return NULL;
    if (options->verbose)
        describe(workspace, g_get_monotonic_time() - begun);
    return g_steal_pointer(&workspace);
}

gboolean ml_workspace_visit(MlWorkspace *workspace, const MlStateOptions *options,
                            const char *commit, GError **error)
{
    g_auto(MlQuestion) question = {0};
    leave(workspace);
    workspace->quiet = TRUE;
    workspace->merge = ml_merge_of_commit(workspace->repository, commit, error);
    if (workspace->merge == NULL)
        return FALSE;
    workspace->tree = ml_tree_ref(workspace->merge->merged);
    if (workspace->cache == NULL)
        workspace->cache = ml_revision_cache_new();
    if (ml_workspace_ask(workspace, options, &question, NULL))
        workspace->projects = ml_projects_find(workspace->tree, &question.query, NULL, NULL);
    if (workspace->projects == NULL)
        workspace->projects = g_ptr_array_new();
    return load_all(workspace, ML_LOAD_FULL, error) && compare(workspace, &question.query, error);
}
