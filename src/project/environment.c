#include "project/environment.h"

#include <string.h>

#include "project/location.h"
#include "project/options.h"

/* Folders below versions/ that are looked into for something like a revision. */
#define VERSIONS_DEPTH 6

void ml_note(GPtrArray *notes, const char *format, ...)
{
    if (!notes)
        return;
    va_list arguments;
    va_start(arguments, format);
    g_ptr_array_add(notes, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

gboolean ml_text_says(GBytes *text, const char *words)
{
    gsize length;
    const char *bytes = g_bytes_get_data(text, &length);
    return length && memmem(bytes, length, words, strlen(words));
}

/* --- what a folder holds --------------------------------------------------- */

static gboolean has_file(MlTree *tree, const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    return ml_tree_is_file(tree, path);
}

static gboolean has_folder(MlTree *tree, const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    return ml_tree_is_folder(tree, path);
}

static GBytes *read_file(MlTree *tree, const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    return ml_tree_read(tree, path, NULL, NULL);
}

static gboolean template_without_downgrade(MlTree *tree, const char *folder)
{
    g_autoptr(GBytes) template = read_file(tree, folder, "script.py.mako");
    return template && !ml_text_says(template, "def downgrade");
}

static gboolean speaks_of_alembic(MlTree *tree, const char *folder)
{
    g_autoptr(GBytes) script = read_file(tree, folder, "env.py");
    return script && ml_text_says(script, "alembic");
}

static gboolean is_like_revision(const MlEntry *entry)
{
    return (entry->kind == ML_ENTRY_FILE || entry->kind == ML_ENTRY_LINK) &&
           g_str_has_suffix(entry->name, ".py") && !g_str_has_prefix(entry->name, "__init__") &&
           !g_str_has_prefix(entry->name, ".#");
}

static gboolean holds_revisions(MlTree *tree, const char *folder, guint depth)
{
    g_autoptr(GPtrArray) entries = ml_tree_list(tree, folder, NULL);
    for (guint i = 0; entries && i < entries->len; i++) {
        const MlEntry *entry = entries->pdata[i];
        if (is_like_revision(entry))
            return TRUE;
        if (entry->kind != ML_ENTRY_FOLDER || depth == VERSIONS_DEPTH)
            continue;
        g_autofree char *path = g_build_filename(folder, entry->name, NULL);
        if (holds_revisions(tree, path, depth + 1))
            return TRUE;
    }
    return FALSE;
}

/* --- made from settings ---------------------------------------------------- */

/* prepend_sys_path as folders; what is not there is left out, as Python does. */
static GPtrArray *prepended(MlTree *tree, const MlSettings *settings, const GPtrArray *lineage)
{
    GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < settings->prepend_sys_path->len; i++) {
        const char *path = settings->prepend_sys_path->pdata[i];
        g_autoptr(GPtrArray) found = ml_location_candidates(tree, lineage, path);
        if (found->len)
            ml_folders_add(folders, found->pdata[0]);
    }
    return folders;
}

/* The folders of both lists, the first list first, and src/ of each. */
static GPtrArray *join_roots(MlTree *tree, const GPtrArray *first, const GPtrArray *second)
{
    GPtrArray *roots = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < first->len; i++)
        ml_folders_add(roots, first->pdata[i]);
    for (guint i = 0; i < second->len; i++)
        ml_folders_add(roots, second->pdata[i]);
    ml_folders_add_sources(tree, roots);
    return roots;
}

/* A package is imported by its name from the folder above; its own modules are no one's roots. */
static void drop_packages(MlTree *tree, GPtrArray *folders)
{
    for (guint i = folders->len; i-- > 0;)
        if (has_file(tree, folders->pdata[i], "__init__.py"))
            g_ptr_array_remove_index(folders, i);
}

static GPtrArray *find_version_locations(MlTree *tree, const MlSettings *settings,
                                         const GPtrArray *bases, GPtrArray *notes)
{
    GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < settings->version_locations->len; i++) {
        const char *location = settings->version_locations->pdata[i];
        g_autoptr(GPtrArray) found = ml_location_candidates(tree, bases, location);
        g_autofree char *shown = ml_location_shown(location);
        g_autofree char *place = ml_place_text(&settings->version_place);
        if (found->len)
            ml_folders_add(folders, found->pdata[0]);
        else
            ml_note(notes, "%s: version location \"%s\" is no folder of this tree; it is left out.",
                    place, shown);
    }
    return folders;
}

/*
 * Alembic takes the location against the folder it is started in, which nobody
 * knows here: the candidate that looks most like an environment is meant.
 */
static char *choose_script_location(MlTree *tree, const GPtrArray *candidates,
                                    gboolean has_version_locations)
{
    for (guint i = 0; i < candidates->len; i++)
        if (has_file(tree, candidates->pdata[i], "env.py"))
            return g_strdup(candidates->pdata[i]);
    for (guint i = 0; i < candidates->len; i++)
        if (has_version_locations || has_folder(tree, candidates->pdata[i], "versions"))
            return g_strdup(candidates->pdata[i]);
    return NULL;
}

static char *find_script_location(MlTree *tree, const MlSettings *settings, const GPtrArray *bases,
                                  gboolean has_version_locations)
{
    g_autoptr(GPtrArray) candidates =
        ml_location_candidates(tree, bases, settings->script_location);
    return choose_script_location(tree, candidates, has_version_locations);
}

static MlProject *project_new(MlTree *tree, const char *script_location)
{
    MlProject *project = g_new0(MlProject, 1);
    project->name = g_strdup(*script_location ? script_location : ".");
    project->script_location = g_strdup(script_location);
    project->template_without_downgrade = template_without_downgrade(tree, script_location);
    return project;
}

static GPtrArray *default_version_locations(MlTree *tree, const char *script_location)
{
    g_autoptr(GPtrArray) bases = g_ptr_array_new();
    g_ptr_array_add(bases, (char *)script_location);
    return ml_location_candidates(tree, bases, "versions");
}

/* Where Alembic may have been started: folders, the likeliest first. */
static GPtrArray *starting_folders(const char *standing, const char *home)
{
    GPtrArray *folders = ml_folder_lineage(home);
    if (!standing)
        return folders;
    GPtrArray *all = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(all, g_strdup(standing));
    for (guint i = 0; i < folders->len; i++)
        ml_folders_add(all, folders->pdata[i]);
    g_ptr_array_unref(folders);
    return all;
}

static MlProject *project_of_settings(MlTree *tree, const MlSettings *settings,
                                      const char *script_location)
{
    MlProject *project = project_new(tree, script_location);
    project->config = g_strdup(settings->config);
    project->section = g_strdup(settings->section);
    project->recursive = settings->recursive;
    project->hooks = g_ptr_array_ref(settings->hooks);
    project->options = g_ptr_array_ref(settings->options);
    project->engines = g_ptr_array_ref(settings->engines);
    return project;
}

/* A project without a folder, where the tree should have one. */
static MlProject *missing_environment(MlTree *tree, const MlSettings *settings,
                                      const char *expected)
{
    MlProject *project = project_of_settings(tree, settings, expected);
    project->version_locations = g_ptr_array_new_with_free_func(g_free);
    project->import_roots = g_ptr_array_new_with_free_func(g_free);
    project->missing = ml_location_shown(settings->script_location);
    project->missing_place.path = g_strdup(settings->script_place.path);
    project->missing_place.line = settings->script_place.line;
    return project;
}

/* What is left of settings whose script location is no environment. */
static MlProject *no_environment(MlTree *tree, const MlSettings *settings, const GPtrArray *bases,
                                 GPtrArray *notes)
{
    g_autofree char *home = ml_folder_of(settings->script_place.path);
    g_autoptr(GPtrArray) candidates =
        ml_location_candidates(tree, bases, settings->script_location);
    g_autofree char *expected = ml_location_expected(tree, bases, home, settings->script_location);
    if (expected && !candidates->len)
        return missing_environment(tree, settings, expected);
    g_autofree char *place = ml_place_text(&settings->script_place);
    g_autofree char *shown = ml_location_shown(settings->script_location);
    ml_note(notes,
            "%s: script_location \"%s\" is no Alembic environment of this tree; "
            "section [%s] is left out.",
            place, shown, settings->section);
    return NULL;
}

/* A package that holds its migrations is installed from the folder that it lies in. */
static void add_installed_from(GPtrArray *folders, const char *script_location)
{
    g_autoptr(GPtrArray) lineage = ml_folder_lineage(script_location);
    for (guint i = 1; i < lineage->len; i++)
        ml_folders_add(folders, lineage->pdata[i]);
}

MlProject *ml_environment_of_settings(MlTree *tree, const MlSettings *settings,
                                      const char *standing, GPtrArray *notes)
{
    g_autofree char *folder = ml_folder_of(settings->config);
    /* Flask-Migrate's [alembic] names no script location: it is where the ini is. */
    if (!settings->script_location && !has_file(tree, folder, "env.py"))
        return NULL;
    g_autoptr(GPtrArray) starts = starting_folders(standing, folder);
    g_autoptr(GPtrArray) prepend = prepended(tree, settings, starts);
    g_autoptr(GPtrArray) bases = join_roots(tree, starts, prepend);

    g_autoptr(GPtrArray) versions = find_version_locations(tree, settings, bases, notes);
    g_autofree char *script_location =
        settings->script_location ? find_script_location(tree, settings, bases, versions->len > 0)
                                  : ml_tree_resolve(tree, folder, NULL);
    if (!script_location)
        return no_environment(tree, settings, bases, notes);

    MlProject *project = project_of_settings(tree, settings, script_location);
    add_installed_from(starts, script_location);
    drop_packages(tree, starts);
    project->import_roots = join_roots(tree, prepend, starts);
    project->version_locations = settings->version_locations->len
                                     ? g_steal_pointer(&versions)
                                     : default_version_locations(tree, script_location);
    return project;
}

/* --- found by itself ------------------------------------------------------- */

MlProject *ml_environment_of_named_folder(MlTree *tree, const char *folder)
{
    g_autoptr(GPtrArray) versions = default_version_locations(tree, folder);
    if (!versions->len && !has_file(tree, folder, "env.py"))
        return NULL;
    g_autofree char *above = ml_folder_of(folder);
    MlProject *project = project_new(tree, folder);
    project->version_locations = g_steal_pointer(&versions);
    project->hooks = g_ptr_array_new_with_free_func((GDestroyNotify)ml_hook_free);
    project->options = g_ptr_array_new_with_free_func((GDestroyNotify)ml_option_free);
    project->engines = g_ptr_array_new_with_free_func(g_free);
    project->import_roots = ml_folder_lineage(above);
    drop_packages(tree, project->import_roots);
    ml_folders_add_sources(tree, project->import_roots);
    return project;
}

MlProject *ml_environment_of_folder(MlTree *tree, const char *folder)
{
    g_autoptr(GPtrArray) versions = default_version_locations(tree, folder);
    gboolean is_one = versions->len && speaks_of_alembic(tree, folder) &&
                      holds_revisions(tree, versions->pdata[0], 0);
    return is_one ? ml_environment_of_named_folder(tree, folder) : NULL;
}

/* --- one for each database ------------------------------------------------- */

static const char *dialect_named(const char *folder)
{
    static const char *const dialects[][2] = {
        {"postgresql", "postgresql"}, {"postgres", "postgresql"},     {"sqlite", "sqlite"},
        {"mysql", "mysql"},           {"mariadb", "mariadb"},         {"oracle", "oracle"},
        {"mssql", "mssql"},           {"cockroachdb", "cockroachdb"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(dialects); i++)
        if (!strcmp(folder, dialects[i][0]))
            return dialects[i][1];
    return NULL;
}

static MlProject *part_of(const MlProject *whole, const char *versions, const char *dialect)
{
    MlProject *part = g_new0(MlProject, 1);
    part->name = g_strdup(versions);
    part->config = g_strdup(whole->config);
    part->section = g_strdup(whole->section);
    part->script_location = g_strdup(whole->script_location);
    part->version_locations = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(part->version_locations, g_strdup(versions));
    part->recursive = whole->recursive;
    part->import_roots = g_ptr_array_ref(whole->import_roots);
    part->hooks = g_ptr_array_ref(whole->hooks);
    part->options = g_ptr_array_ref(whole->options);
    part->engines = g_ptr_array_ref(whole->engines);
    part->dialect = g_strdup(dialect);
    part->template_without_downgrade = whole->template_without_downgrade;
    return part;
}

/* FALSE: revisions lie elsewhere too. */
static gboolean add_parts(MlTree *tree, const MlProject *whole, const char *versions,
                          GPtrArray *parts)
{
    g_autoptr(GPtrArray) entries = ml_tree_list(tree, versions, NULL);
    for (guint i = 0; entries && i < entries->len; i++) {
        const MlEntry *entry = entries->pdata[i];
        g_autofree char *path = g_build_filename(versions, entry->name, NULL);
        const char *dialect = dialect_named(entry->name);
        if (is_like_revision(entry))
            return FALSE;
        if (entry->kind != ML_ENTRY_FOLDER || !holds_revisions(tree, path, 1))
            continue;
        if (!dialect)
            return FALSE;
        g_ptr_array_add(parts, part_of(whole, path, dialect));
    }
    return parts->len > 1;
}

GPtrArray *ml_environment_divide(MlTree *tree, const MlProject *project)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func((GDestroyNotify)ml_project_free);
    gboolean is_divided = project->recursive == ML_RECURSION_UNSET &&
                          project->version_locations->len == 1 &&
                          add_parts(tree, project, project->version_locations->pdata[0], parts);
    return is_divided ? g_steal_pointer(&parts) : NULL;
}
