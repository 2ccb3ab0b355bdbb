/*
 * Every environment of a tree: walk it, read the configurations, and keep each
 * environment once.
 */
#include <string.h>

#include "project/configuration.h"
#include "project/environment.h"
#include "project/location.h"
#include "project/named.h"
#include "project/options.h"

#define SEARCH_DEPTH 40

/* No project has as many folders, but a repository of a few equal trees within each other can. */
#define SEARCH_FOLDERS 100000

typedef struct {
    MlTree *tree;
    GPtrArray *folders; /* char *, real: what to report on; empty: everything */
    GPtrArray *notes;
    GHashTable *visited;
    GPtrArray *inis;         /* char *: every ini, whatever it is about */
    GPtrArray *tomls;        /* char *: every pyproject.toml */
    GPtrArray *environments; /* char *: every folder with env.py */
    GPtrArray *projects;     /* MlProject */
} Search;

/* --- walking --------------------------------------------------------------- */

static gboolean walk(Search *search, const char *folder, guint depth, GError **error);

static void walk_below(Search *search, const char *folder, guint depth)
{
    g_autoptr(GError) error = NULL;
    if (depth > SEARCH_DEPTH || g_hash_table_size(search->visited) >= SEARCH_FOLDERS)
        return;
    if (!walk(search, folder, depth, &error))
        ml_note(search->notes, "%s: %s", folder, error->message);
}

static void visit(Search *search, const char *folder, const MlEntry *entry, guint depth)
{
    g_autofree char *path = g_build_filename(folder, entry->name, NULL);
    if (entry->kind == ML_ENTRY_FOLDER && !ml_is_foreign_folder(entry->name))
        walk_below(search, path, depth + 1);
    else if (!strcmp(entry->name, "env.py") && ml_tree_is_file(search->tree, path))
        g_ptr_array_add(search->environments, g_strdup(folder));
    else if (!strcmp(entry->name, ML_PYPROJECT) && ml_tree_is_file(search->tree, path))
        g_ptr_array_add(search->tomls, g_steal_pointer(&path));
    else if (g_str_has_suffix(entry->name, ".ini") && ml_tree_is_file(search->tree, path))
        g_ptr_array_add(search->inis, g_steal_pointer(&path));
}

static gboolean walk(Search *search, const char *folder, guint depth, GError **error)
{
    if (!g_hash_table_add(search->visited, g_strdup(folder)))
        return TRUE;
    g_autoptr(GPtrArray) entries = ml_tree_list(search->tree, folder, error);
    if (!entries)
        return FALSE;
    for (guint i = 0; i < entries->len; i++)
        visit(search, folder, entries->pdata[i], depth);
    return TRUE;
}

/* What was asked for may be a part of an environment: the files of the folders above it. */
static gboolean look_above(Search *search, const char *folder, GError **error)
{
    g_autoptr(GPtrArray) lineage = ml_folder_lineage(folder);
    for (guint i = 1; i < lineage->len; i++) {
        const char *above = lineage->pdata[i];
        if (g_hash_table_contains(search->visited, above))
            return TRUE;
        g_autoptr(GPtrArray) entries = ml_tree_list(search->tree, above, error);
        if (!entries)
            return FALSE;
        for (guint j = 0; j < entries->len; j++)
            if (((const MlEntry *)entries->pdata[j])->kind != ML_ENTRY_FOLDER)
                visit(search, above, entries->pdata[j], 0);
    }
    return TRUE;
}

/* The whole tree, for an ini may name a folder from anywhere; then what was skipped but asked for.
 */
static gboolean walk_all(Search *search, GError **error)
{
    if (!walk(search, "", 0, error))
        return FALSE;
    if (g_hash_table_size(search->visited) >= SEARCH_FOLDERS)
        ml_note(search->notes,
                "there are more than %d folders, and the rest was not searched: name the folder "
                "that holds the migrations",
                SEARCH_FOLDERS);
    for (guint i = 0; i < search->folders->len; i++) {
        const char *folder = search->folders->pdata[i];
        if (g_hash_table_contains(search->visited, folder))
            continue;
        if (!walk(search, folder, 0, error) || !look_above(search, folder, error))
            return FALSE;
    }
    return TRUE;
}

/* --- reading configurations ------------------------------------------------ */

static gboolean is_named_alembic(const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    return strstr(name, "alembic") != NULL;
}

static gboolean has_alembic_section(GBytes *text)
{
    const char *header = "[alembic]";
    return ml_text_says(text, "\n[alembic]") ||
           (g_bytes_get_size(text) >= strlen(header) &&
            !memcmp(g_bytes_get_data(text, NULL), header, strlen(header)));
}

/* Whether a configuration lies where the user looks: below a folder asked for, or above it. */
static gboolean concerns(const Search *search, const char *path)
{
    g_autofree char *home = ml_folder_of(path);
    for (guint i = 0; i < search->folders->len; i++) {
        const char *folder = search->folders->pdata[i];
        if (ml_folder_holds(folder, home) || ml_folder_holds(home, folder))
            return TRUE;
    }
    return search->folders->len == 0;
}

/* Any file may be broken in its own way; only one that is Alembic's stops us. */
static gboolean forgive(const Search *search, const char *path, gboolean is_alembic, GError *reason,
                        GError **error)
{
    if (is_alembic && concerns(search, path)) {
        g_propagate_error(error, reason);
        return FALSE;
    }
    if (is_alembic)
        ml_note(search->notes, "%s", reason->message);
    g_error_free(reason);
    return TRUE;
}

static void add_project(Search *search, const char *path, const MlSettings *settings)
{
    GPtrArray *notes = concerns(search, path) ? search->notes : NULL;
    MlProject *project = ml_environment_of_settings(search->tree, settings, NULL, notes);
    if (project)
        g_ptr_array_add(search->projects, project);
}

/* The settings of an ini and of the pyproject.toml beside it. */
static GPtrArray *read_settings(const Search *search, const char *path, GError **error)
{
    g_autofree char *folder = ml_folder_of(path);
    g_autofree char *toml = ml_pyproject_in(search->tree, folder);
    g_autoptr(MlConfiguration) configuration =
        ml_configuration_read(search->tree, path, toml, error);
    return configuration ? ml_settings_of_ini(&configuration->files, error) : NULL;
}

static gboolean read_ini(Search *search, const char *path, GError **error)
{
    GError *reason = NULL;
    g_autofree char *name = g_path_get_basename(path);
    g_autoptr(GBytes) text = ml_tree_read(search->tree, path, NULL, &reason);
    if (!text)
        return forgive(search, path, is_named_alembic(path), reason, error);
    if (strcmp(name, ML_ALEMBIC_INI) != 0 && !ml_text_says(text, "script_location"))
        return TRUE;

    g_autoptr(GPtrArray) settings = read_settings(search, path, &reason);
    if (!settings)
        return forgive(search, path, is_named_alembic(path) || has_alembic_section(text), reason,
                       error);
    for (guint i = 0; i < settings->len; i++)
        add_project(search, path, settings->pdata[i]);
    return TRUE;
}

/* Whether the alembic.ini beside a pyproject.toml has been asked in its name. */
static gboolean is_read_with_ini(Search *search, const char *path)
{
    g_autofree char *folder = ml_folder_of(path);
    g_autofree char *ini = g_build_filename(folder, ML_ALEMBIC_INI, NULL);
    g_autoptr(GBytes) text = ml_tree_read(search->tree, ini, NULL, NULL);
    return text && has_alembic_section(text);
}

static gboolean read_toml(Search *search, const char *path, GError **error)
{
    GError *reason = NULL;
    g_autoptr(GBytes) text = ml_tree_read(search->tree, path, NULL, &reason);
    if (!text)
        return forgive(search, path, FALSE, reason, error);
    if (!ml_text_says(text, "alembic") || is_read_with_ini(search, path))
        return TRUE;
    g_autoptr(MlConfiguration) configuration =
        ml_configuration_read(search->tree, NULL, path, &reason);
    gboolean is_alembic = !configuration || ml_toml_alembic(configuration->files.toml);
    g_autoptr(MlSettings) settings =
        configuration && is_alembic ? ml_settings_read(&configuration->files, "alembic", &reason)
                                    : NULL;
    if (settings)
        add_project(search, path, settings);
    return !reason || forgive(search, path, ml_text_says(text, "[tool.alembic"), reason, error);
}

static gboolean read_all(Search *search, const GPtrArray *paths,
                         gboolean (*read)(Search *, const char *path, GError **), GError **error)
{
    for (guint i = 0; i < paths->len; i++)
        if (!read(search, paths->pdata[i], error))
            return FALSE;
    return TRUE;
}

/* --- each environment once ------------------------------------------------- */

static void add_unnamed(Search *search)
{
    g_autoptr(GHashTable) named = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < search->projects->len; i++)
        g_hash_table_add(named, ((MlProject *)search->projects->pdata[i])->script_location);
    for (guint i = 0; i < search->environments->len; i++) {
        const char *folder = search->environments->pdata[i];
        MlProject *project = g_hash_table_contains(named, folder)
                                 ? NULL
                                 : ml_environment_of_folder(search->tree, folder);
        if (project)
            g_ptr_array_add(search->projects, project);
    }
}

static guint count_steps(const char *path)
{
    guint steps = *path != '\0';
    for (; *path; path++)
        steps += *path == '/';
    return steps;
}

/* Steps from the folder of the ini to the script location, by way of the folder that holds both. */
static guint distance(const MlProject *project)
{
    g_autofree char *home = ml_folder_of(project->config);
    g_autofree char *shared = g_strdup(home);
    while (!ml_folder_holds(shared, project->script_location)) {
        char *above = ml_folder_of(shared);
        g_free(shared);
        shared = above;
    }
    return count_steps(home) + count_steps(project->script_location) - 2 * count_steps(shared);
}

static gboolean is_alembic_ini(const MlProject *project)
{
    g_autofree char *name = g_path_get_basename(project->config);
    return !strcmp(name, ML_ALEMBIC_INI);
}

/* Which of two configurations of one script location is the better way to it; 0: neither. */
static gint compare_ways(const MlProject *first, const MlProject *second)
{
    guint distances[] = {distance(first), distance(second)};
    if (distances[0] != distances[1])
        return distances[0] < distances[1] ? -1 : 1;
    if (is_alembic_ini(first) != is_alembic_ini(second))
        return is_alembic_ini(first) ? -1 : 1;
    return strcmp(first->config, second->config)
               ? 0
               : !strcmp(second->section, "alembic") - !strcmp(first->section, "alembic");
}

/* By script location; of one location the best way to it first. */
static gint compare_projects(gconstpointer a, gconstpointer b)
{
    const MlProject *first = *(MlProject *const *)a;
    const MlProject *second = *(MlProject *const *)b;
    int order = strcmp(first->script_location, second->script_location);
    if (order || !first->config || !second->config)
        return order;
    order = compare_ways(first, second);
    return order ? order : strcmp(first->config, second->config);
}

/* What makes an environment: no real path has an empty component. */
static char *identity(const MlProject *project)
{
    GString *key = g_string_new(project->script_location);
    for (guint i = 0; i < project->version_locations->len; i++)
        g_string_append_printf(key, "//%s", (char *)project->version_locations->pdata[i]);
    return g_string_free(key, FALSE);
}

static gboolean is_wanted(const Search *search, const MlProject *project)
{
    for (guint i = 0; i < search->folders->len; i++) {
        const char *folder = search->folders->pdata[i];
        if (ml_folder_holds(folder, project->script_location) ||
            (project->config && ml_folder_holds(folder, project->config)))
            return TRUE;
        for (guint j = 0; j < project->version_locations->len; j++) {
            const char *versions = project->version_locations->pdata[j];
            if (ml_folder_holds(folder, versions) || ml_folder_holds(versions, folder))
                return TRUE;
        }
    }
    return search->folders->len == 0;
}

static gboolean share_location(const GPtrArray *projects, guint i, guint j)
{
    if (j >= projects->len)
        return FALSE;
    const MlProject *first = projects->pdata[i], *second = projects->pdata[j];
    return !strcmp(first->script_location, second->script_location);
}

/* Two environments of one script location differ by who names them. */
static void make_names_unique(const GPtrArray *projects)
{
    for (guint i = 0; i < projects->len; i++) {
        if (!share_location(projects, i, i - 1) && !share_location(projects, i, i + 1))
            continue;
        MlProject *project = projects->pdata[i];
        g_autofree char *plain = project->name;
        project->name = g_strdup_printf("%s (%s [%s])", plain, project->config, project->section);
    }
}

/*
 * Whether a script location that is not there may be one that is: Alembic takes
 * it against the folder it is started in, which may be any.
 */
static gboolean is_elsewhere(const Search *search, const MlProject *project)
{
    g_autofree char *relative = g_strdelimit(g_strconcat("/", project->missing, NULL), ":", '/');
    for (guint i = 0; i < search->environments->len; i++) {
        g_autofree char *path = g_strconcat("/", search->environments->pdata[i], NULL);
        if (g_str_has_suffix(path, relative))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_there_or_missing(const Search *search, const MlProject *project)
{
    if (!project->missing || !is_elsewhere(search, project))
        return TRUE;
    g_autofree char *place = ml_place_text(&project->missing_place);
    ml_note(search->notes,
            "%s: script_location \"%s\" is read from a folder that nothing names; "
            "section [%s] is left out.",
            place, project->missing, project->section);
    return FALSE;
}

/* Its configuration, and the database that is for. */
static char *described(const MlProject *project, const char *dialect)
{
    return g_strdup_printf("%s [%s] (%s)", project->config, project->section, dialect);
}

/*
 * Of configurations of one environment the first in the alphabet counts where nothing else makes
 * one the better way to it. That should be known where they are for different databases.
 */
static void note_others(const Search *search, const MlProject *chosen, const GPtrArray *others)
{
    const MlPlace *place;
    g_autofree char *dialect = ml_options_dialect(chosen->options, &place);
    g_autoptr(GString) left = g_string_new(NULL);
    for (guint i = 0; dialect && i < others->len; i++) {
        const MlProject *other = others->pdata[i];
        g_autofree char *another = ml_options_dialect(other->options, &place);
        if (!another || !strcmp(another, dialect) || compare_ways(chosen, other))
            continue;
        g_autofree char *text = described(other, another);
        g_string_append_printf(left, "%s%s", left->len ? ", " : "", text);
    }
    g_autofree char *taken = left->len ? described(chosen, dialect) : NULL;
    if (taken)
        ml_note(search->notes,
                "%s: configured by %s as well as by %s; the first counts, -c takes another.",
                chosen->name, taken, left->str);
}

/* Takes the first of those that make one environment, if it is asked for. */
static void choose_among(const Search *search, GPtrArray *ways, GPtrArray *chosen)
{
    g_autoptr(MlProject) first = g_ptr_array_steal_index(ways, 0);
    if (!is_wanted(search, first) || !is_there_or_missing(search, first))
        return;
    if (first->config)
        note_others(search, first, ways);
    g_ptr_array_add(chosen, g_steal_pointer(&first));
}

/* Sorted, each once, and of those only the ones asked for. */
static GPtrArray *choose(Search *search)
{
    GPtrArray *chosen = g_ptr_array_new_with_free_func((GDestroyNotify)ml_project_free);
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) environments =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    g_ptr_array_sort(search->projects, compare_projects);
    gsize length;
    g_autofree gpointer *projects = g_ptr_array_steal(search->projects, &length);
    for (gsize i = 0; i < length; i++) {
        g_autofree char *key = identity(projects[i]);
        GPtrArray *ways = g_hash_table_lookup(known, key);
        if (!ways) {
            ways = g_ptr_array_new_with_free_func((GDestroyNotify)ml_project_free);
            g_ptr_array_add(environments, ways);
            g_hash_table_insert(known, g_steal_pointer(&key), ways);
        }
        g_ptr_array_add(ways, projects[i]);
    }
    for (guint i = 0; i < environments->len; i++)
        choose_among(search, environments->pdata[i], chosen);
    make_names_unique(chosen);
    return chosen;
}

static void note_empty(const GPtrArray *projects, GPtrArray *notes)
{
    for (guint i = 0; i < projects->len; i++) {
        const MlProject *project = projects->pdata[i];
        if (!project->version_locations->len && !project->missing)
            ml_note(notes, "%s: no folder of revisions is there.", project->name);
    }
}

/* --- all together ---------------------------------------------------------- */

/* `folders` as the tree knows them; one that is not there fails when it is walked. */
static GPtrArray *real_folders(MlTree *tree, const GPtrArray *folders)
{
    GPtrArray *real = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; folders && i < folders->len; i++) {
        char *path = ml_tree_resolve(tree, folders->pdata[i], NULL);
        g_ptr_array_add(real, path ? path : g_strdup(folders->pdata[i]));
    }
    return real;
}

static GPtrArray *find_everywhere(MlTree *tree, const GPtrArray *folders, GPtrArray *notes,
                                  GError **error)
{
    g_autoptr(GPtrArray) wanted = real_folders(tree, folders);
    g_autoptr(GHashTable) visited = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) inis = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) tomls = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) environments = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) projects = g_ptr_array_new_with_free_func((GDestroyNotify)ml_project_free);
    Search search = {tree, wanted, notes, visited, inis, tomls, environments, projects};

    if (!walk_all(&search, error) || !read_all(&search, inis, read_ini, error) ||
        !read_all(&search, tomls, read_toml, error))
        return NULL;
    add_unnamed(&search);
    return choose(&search);
}

/* The environments of one script location, whatever names them; itself if nothing does. */
static GPtrArray *find_at(MlTree *tree, const char *script_location, GPtrArray *notes,
                          GError **error)
{
    g_autofree char *folder = ml_tree_resolve(tree, script_location, NULL);
    MlProject *unnamed = folder ? ml_environment_of_named_folder(tree, folder) : NULL;
    if (!unnamed) {
        g_set_error(error, ML_PROJECT_ERROR, ML_PROJECT_ERROR_CONFIG,
                    "%s: This is no script location: it has neither env.py nor versions/.",
                    script_location);
        return NULL;
    }
    g_autoptr(GPtrArray) folders = g_ptr_array_new();
    g_ptr_array_add(folders, folder);
    GPtrArray *found = find_everywhere(tree, folders, notes, error);
    for (guint i = found ? found->len : 0; i-- > 0;)
        if (strcmp(((MlProject *)found->pdata[i])->script_location, folder) != 0)
            g_ptr_array_remove_index(found, i);
    if (found && !found->len)
        g_ptr_array_add(found, g_steal_pointer(&unnamed));
    g_clear_pointer(&unnamed, ml_project_free);
    return found;
}

static GPtrArray *find(MlTree *tree, const MlProjectQuery *query, GPtrArray *notes, GError **error)
{
    if ((query->configs && query->configs->len) || query->section)
        return ml_project_named(tree, query, notes, error);
    if (query->script_location)
        return find_at(tree, query->script_location, notes, error);
    return find_everywhere(tree, query->folders, notes, error);
}

/* Whether some folder that was asked for is not that of another database. */
static gboolean is_part_wanted(const char *whole, const char *part, const GPtrArray *folders)
{
    for (guint i = 0; i < folders->len; i++) {
        const char *folder = folders->pdata[i];
        if (ml_folder_holds(folder, whole) || !ml_folder_holds(whole, folder) ||
            ml_folder_holds(part, folder))
            return TRUE;
    }
    return folders->len == 0;
}

/* Takes `whole`, and adds it or its parts. */
static void add_divided(MlTree *tree, GPtrArray *projects, MlProject *whole,
                        const GPtrArray *folders, GPtrArray *notes)
{
    GPtrArray *parts = ml_environment_divide(tree, whole);
    if (!parts) {
        g_ptr_array_add(projects, whole);
        return;
    }
    const char *versions = whole->version_locations->pdata[0];
    ml_note(notes,
            "%s: its folders are named after databases, and each is taken for an environment of "
            "its own",
            versions);
    for (guint i = parts->len; i-- > 0;)
        if (!is_part_wanted(versions, ((MlProject *)parts->pdata[i])->name, folders))
            g_ptr_array_remove_index(parts, i);
    g_ptr_array_extend_and_steal(projects, parts);
    ml_project_free(whole);
}

static GPtrArray *divide(MlTree *tree, GPtrArray *projects, const GPtrArray *asked,
                         GPtrArray *notes)
{
    GPtrArray *divided = g_ptr_array_new_with_free_func((GDestroyNotify)ml_project_free);
    g_autoptr(GPtrArray) folders = real_folders(tree, asked);
    gsize length;
    g_autofree gpointer *wholes = g_ptr_array_steal(projects, &length);
    for (gsize i = 0; i < length; i++)
        add_divided(tree, divided, wholes[i], folders, notes);
    return divided;
}

GPtrArray *ml_projects_find(MlTree *tree, const MlProjectQuery *query, GPtrArray *notes,
                            GError **error)
{
    g_autoptr(GPtrArray) found = find(tree, query, notes, error);
    if (!found)
        return NULL;
    note_empty(found, notes);
    return divide(tree, found, query->folders, notes);
}
