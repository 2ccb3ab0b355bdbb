#include "miglint/migration.h"
#include "migration/type_class.h"
#include "project/importer.h"

#include <string.h>

/* Alembic itself descends without bound; a tree of folders this deep is no project. */
#define FOLDER_DEPTH 100

/* What reading a project's revisions needs. */
typedef struct {
    MlTree *tree;
    const MlProject *project;
    MlRevisionReader revisions;
    MlRevisionCache *cache; /* may be NULL */
    gsize left;             /* of TEXT_LIMIT */
} Reader;

/*
 * Bytes of all revision files together: some ten thousand of the usual size.
 * Their texts are kept, and without a limit a few blobs of a repository that
 * occur often enough could take any amount of memory and time.
 */
#define TEXT_LIMIT (64 * 1024 * 1024)

/*
 * A syntax tree takes hundreds of times the size of its text. Files over this are
 * parsed one at a time and in one thread, so that there is one such tree, and one
 * heap that keeps the room for it.
 */
#define LARGE_FILE (256 * 1024)

/* --- which files ----------------------------------------------------------------- */

/* The revision files of one folder and of those below it. */
typedef struct {
    GPtrArray *files;   /* char *: paths, in Alembic's order */
    GPtrArray *folders; /* char *: where they are */
    GHashTable *seen;   /* real paths: a file that is reached twice counts once */
} Listing;

static Listing listing_new(GHashTable *seen)
{
    return (Listing){g_ptr_array_new_with_free_func(g_free), g_ptr_array_new_with_free_func(g_free),
                     seen};
}

static void listing_clear(Listing *listing)
{
    g_clear_pointer(&listing->files, g_ptr_array_unref);
    g_clear_pointer(&listing->folders, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Listing, listing_clear)

static char *join(const char *folder, const char *name)
{
    return *folder ? g_strconcat(folder, "/", name, NULL) : g_strdup(name);
}

static void add_file(MlTree *tree, Listing *listing, const char *path)
{
    MlEntryKind kind;
    g_autofree char *real = ml_tree_resolve(tree, path, &kind);
    if (real != NULL && kind == ML_ENTRY_FILE && g_hash_table_add(listing->seen, g_strdup(real)))
        g_ptr_array_add(listing->files, g_strdup(path));
}

static gboolean is_location(const MlProject *project, const char *path)
{
    return g_ptr_array_find_with_equal_func(project->version_locations, path, g_str_equal, NULL);
}

/* Whether Alembic looks into a subfolder; one whose path is too long for a tree is left out. */
static gboolean is_entered(const Reader *reader, const MlEntry *entry, const char *path)
{
    return !g_str_has_suffix(entry->name, "__pycache__") && !is_location(reader->project, path) &&
           ml_tree_is_folder(reader->tree, path);
}

/*
 * A folder's own files, sorted by name; its subfolders go to `below`, but for
 * those that are locations themselves.
 */
static gboolean list_folder(const Reader *reader, const char *folder, Listing *listing,
                            GPtrArray *below, GError **error)
{
    g_autoptr(GPtrArray) entries = ml_tree_list(reader->tree, folder, error);
    if (entries == NULL)
        return FALSE;
    guint before = listing->files->len;
    for (guint i = 0; i < entries->len; i++) {
        const MlEntry *entry = g_ptr_array_index(entries, i);
        g_autofree char *path = join(folder, entry->name);
        if (entry->kind == ML_ENTRY_FOLDER) {
            if (is_entered(reader, entry, path))
                g_ptr_array_add(below, g_steal_pointer(&path));
        } else if (ml_revision_is_name(entry->name)) {
            add_file(reader->tree, listing, path);
        }
    }
    if (listing->files->len > before)
        g_ptr_array_add(listing->folders, g_strdup(folder));
    return TRUE;
}

/* Script._list_py_dir with recursion: each folder's files, then its subfolders in order. */
static gboolean list_below(const Reader *reader, GPtrArray *folders, Listing *listing, guint depth,
                           GError **error)
{
    for (guint i = 0; i < folders->len && depth < FOLDER_DEPTH; i++) {
        g_autoptr(GPtrArray) below = g_ptr_array_new_with_free_func(g_free);
        if (!list_folder(reader, g_ptr_array_index(folders, i), listing, below, error) ||
            !list_below(reader, below, listing, depth + 1, error))
            return FALSE;
    }
    return TRUE;
}

/* --- reading them ------------------------------------------------------------------ */

typedef struct {
    const char *path;
    MlBlobId id; /* of its text */
    GBytes *text;
    MlRevision *revision;
} Task;

static MlRevision *unreadable(const char *path, const char *detail)
{
    MlRevision *revision = ml_revision_new(path);
    revision->problem = ML_REVISION_UNREADABLE_FILE;
    revision->unknown = ML_UNKNOWN_ID | ML_UNKNOWN_PARENTS;
    revision->detail = g_strdup(detail);
    return revision;
}

static gboolean fits(Reader *reader, Task *task, gsize size)
{
    if (size <= reader->left) {
        reader->left -= size;
        return TRUE;
    }
    task->revision = unreadable(task->path, "with it the revision files exceed 64 MB in all, "
                                            "which is more than miglint reads");
    return FALSE;
}

/* A revision that was read before, of the same text at the same path. */
static gboolean is_known(Reader *reader, Task *task)
{
    g_autofree char *real = reader->cache ? ml_tree_resolve(reader->tree, task->path, NULL) : NULL;
    if (real == NULL || !ml_tree_identify(reader->tree, real, &task->id))
        return FALSE;
    g_autoptr(MlRevision) known =
        ml_revision_cache_find(reader->cache, task->path, &task->id, reader->revisions.load);
    if (known != NULL && fits(reader, task, g_bytes_get_size(ml_module_text(known->module))))
        task->revision = g_steal_pointer(&known);
    return task->revision != NULL;
}

/* One after the other, so that it is always the same files that exceed the limit. */
static void read_text(Reader *reader, Task *task)
{
    g_autoptr(GError) error = NULL;
    if (is_known(reader, task))
        return;
    MlBlobId *id = reader->cache ? &task->id : NULL;
    g_autoptr(GBytes) text = ml_tree_read(reader->tree, task->path, id, &error);
    if (text == NULL)
        task->revision = unreadable(task->path, error->message);
    else if (fits(reader, task, g_bytes_get_size(text)))
        task->text = g_steal_pointer(&text);
}

static void parse_revision(gpointer data, gpointer user_data)
{
    Task *task = data;
    const Reader *reader = user_data;
    task->revision = ml_revision_parse(&reader->revisions, task->path, task->text);
    g_bytes_unref(task->text);
    if (reader->cache != NULL && reader->revisions.engines->len == 0)
        ml_revision_cache_add(reader->cache, task->revision, &task->id, reader->revisions.load);
}

/*
 * GLib prepares for numbers at the first that it reads. Of two threads that come to it at once, the
 * one that has to wait takes what that leaves in errno for a fault of its number.
 */
static void prepare_numbers(void)
{
    g_ascii_strtoll("0", NULL, 10);
}

/* A revision for each file, in the order given. */
static GPtrArray *read_revisions(Reader *reader, const GPtrArray *files)
{
    GPtrArray *revisions = g_ptr_array_new_with_free_func((GDestroyNotify)ml_revision_unref);
    g_autofree Task *tasks = g_new0(Task, files->len);
    prepare_numbers();
    GThreadPool *pool =
        g_thread_pool_new(parse_revision, reader, g_get_num_processors(), FALSE, NULL);
    for (guint i = 0; i < files->len; i++) {
        tasks[i].path = g_ptr_array_index(files, i);
        read_text(reader, &tasks[i]);
        if (tasks[i].text == NULL)
            continue;
        if (g_bytes_get_size(tasks[i].text) > LARGE_FILE)
            parse_revision(&tasks[i], reader);
        else
            g_thread_pool_push(pool, &tasks[i], NULL);
    }
    g_thread_pool_free(pool, FALSE, TRUE);
    for (guint i = 0; i < files->len; i++)
        g_ptr_array_add(revisions, tasks[i].revision);
    return revisions;
}

/* --- subfolders that nothing configures ----------------------------------------------- */

static GHashTable *ids_of(const GPtrArray *revisions)
{
    GHashTable *ids = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < revisions->len; i++) {
        const MlRevision *revision = g_ptr_array_index(revisions, i);
        if (revision->id.text != NULL)
            g_hash_table_add(ids, revision->id.text);
    }
    return ids;
}

static gboolean names_one_of(const GArray *references, GHashTable *ids)
{
    for (guint i = 0; i < references->len; i++)
        if (g_hash_table_contains(ids, g_array_index(references, MlReference, i).text))
            return TRUE;
    return FALSE;
}

/* Whether any of `revisions` has a parent or a dependency among the ids, but not among its own. */
static gboolean lean_on(const GPtrArray *revisions, GHashTable *ids, GHashTable *own)
{
    for (guint i = 0; i < revisions->len; i++) {
        const MlRevision *revision = g_ptr_array_index(revisions, i);
        if ((names_one_of(revision->down_revisions, ids) &&
             !names_one_of(revision->down_revisions, own)) ||
            (names_one_of(revision->depends_on, ids) && !names_one_of(revision->depends_on, own)))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_revision(const MlRevision *revision)
{
    return revision->id.text != NULL && !(revision->unknown & ML_UNKNOWN_PARENTS);
}

static gboolean holds_revision(const GPtrArray *revisions)
{
    for (guint i = 0; i < revisions->len; i++)
        if (is_revision(g_ptr_array_index(revisions, i)))
            return TRUE;
    return FALSE;
}

/*
 * Revisions below a version location that the configuration does not speak of:
 * either the project reads them by means of its own (neutron), or they are an
 * archive that Alembic never sees. They belong to the project if they lean on
 * what lies above them or the other way round.
 */
static gboolean belong_together(const GPtrArray *above, const GPtrArray *below)
{
    if (!holds_revision(below))
        return FALSE;
    if (!holds_revision(above))
        return TRUE;
    g_autoptr(GHashTable) ids_above = ids_of(above);
    g_autoptr(GHashTable) ids_below = ids_of(below);
    return lean_on(below, ids_above, ids_below) || lean_on(above, ids_below, ids_above);
}

/* --- the dialect ----------------------------------------------------------------------- */

/* The one dialect that revisions import; NULL where they import none, or several. */
static const char *imported_dialect(const GPtrArray *revisions)
{
    const char *dialect = NULL;
    for (guint i = 0; i < revisions->len; i++) {
        const GPtrArray *found = ((MlRevision *)g_ptr_array_index(revisions, i))->dialects;
        for (guint j = 0; j < found->len; j++) {
            const char *next = g_ptr_array_index(found, j);
            if (dialect != NULL && strcmp(dialect, next) != 0)
                return NULL;
            dialect = next;
        }
    }
    return dialect;
}

static MlRevisionReader reader_of(const MlMigrations *migrations, MlLoad load)
{
    return (MlRevisionReader){
        .load = load,
        .importer = migrations->importer,
        .sql = migrations->sql,
        .dialect = migrations->dialect,
        .sqlalchemy = migrations->sqlalchemy,
        .engines = migrations->project->engines,
        .types = migrations->types,
        .version_table_schema = &migrations->setup->version_table_schema,
    };
}

static void read_again(MlMigrations *migrations)
{
    const MlRevisionReader reader = reader_of(migrations, migrations->load);
    for (guint i = 0; i < migrations->revisions->len; i++)
        ml_revision_read_again(g_ptr_array_index(migrations->revisions, i), &reader);
}

void ml_migrations_set_dialect(MlMigrations *migrations, const char *dialect, const char *source)
{
    g_autofree char *kept = g_strdup(dialect), *told = g_strdup(source);
    g_free(migrations->dialect);
    g_free(migrations->dialect_source);
    migrations->dialect = g_steal_pointer(&kept);
    migrations->dialect_source = g_steal_pointer(&told);
    read_again(migrations);
}

void ml_migrations_set_sqlalchemy(MlMigrations *migrations, MlSqlAlchemy sqlalchemy)
{
    if (migrations->sqlalchemy == sqlalchemy)
        return;
    migrations->sqlalchemy = sqlalchemy;
    read_again(migrations);
}

/* --- types that the settings name --------------------------------------------------------- */

/* Why a text is not taken for a type, half a sentence, new; NULL: it is one. */
static char *why_no_type(const MlMigrations *migrations, const char *text)
{
    g_autoptr(MlOperations) operations = ml_operations_new();
    char *why = NULL;
    const MlType *type = ml_sql_read_type(migrations->sql, operations, text, (MlOrigin){0}, &why);
    g_autofree char *word = g_strndup(text, strcspn(text, "([ \t"));
    if (type == NULL || type->kind != ML_TYPE_NAMED)
        return why;
    return ml_type_class_find("sqlalchemy", word) ? g_strdup("that is SQLAlchemy's name of one")
                                                  : NULL;
}

gboolean ml_migrations_set_types(MlMigrations *migrations, const MlPreferences *preferences,
                                 GError **error)
{
    for (guint i = 0; i < preferences->types->len; i++) {
        const MlSetting *setting = g_ptr_array_index(preferences->types, i);
        const MlSettingWord *word = g_ptr_array_index(setting->words, 0);
        g_autofree char *why = why_no_type(migrations, word->text);
        if (why == NULL)
            continue;
        g_set_error(error, ML_PROJECT_ERROR, ML_PROJECT_ERROR_CONFIG,
                    "%s:%u: types says that %s is \"%s\", which is no type of SQL (%s): write it "
                    "as CREATE TABLE would, \"NUMERIC(12, 2)\"",
                    preferences->path, word->line, setting->key, word->text, why);
        return FALSE;
    }
    g_clear_pointer(&migrations->types, g_ptr_array_unref);
    migrations->types = g_ptr_array_ref(preferences->types);
    read_again(migrations);
    return TRUE;
}

/* --- the set-up ---------------------------------------------------------------------------- */

static void read_setup(MlMigrations *migrations, MlTree *tree)
{
    MlSetup *setup = ml_setup_read(tree, migrations->project, migrations->importer);
    migrations->setup = setup;
    if (setup->dialect == NULL)
        return;
    migrations->dialect = g_strdup(setup->dialect);
    migrations->dialect_source = ml_place_text(&setup->dialect_place);
}

/*
 * SQLite cannot run what another dialect's types are in: its URL is for trying things out. What
 * was read before, of the same files, may have been for another dialect.
 */
static void settle_dialect(MlMigrations *migrations)
{
    const char *imported = imported_dialect(migrations->revisions);
    const char *dialect = migrations->setup->dialect;
    gboolean is_settled = migrations->project->dialect != NULL;
    if (!is_settled && imported != NULL && (dialect == NULL || strcmp(dialect, "sqlite") == 0))
        ml_migrations_set_dialect(migrations, imported, "imported by its revisions");
    else
        ml_migrations_set_dialect(migrations, migrations->dialect, migrations->dialect_source);
}

/* --- all together ------------------------------------------------------------------------ */

static void take(MlMigrations *migrations, GPtrArray **revisions, Listing *listing)
{
    g_ptr_array_extend_and_steal(migrations->revisions, g_steal_pointer(revisions));
    g_ptr_array_extend_and_steal(migrations->folders, g_steal_pointer(&listing->folders));
}

static gboolean read_location(MlMigrations *migrations, Reader *reader, const char *location,
                              GHashTable *seen, GError **error)
{
    MlRecursion recursive = migrations->project->recursive;
    g_autoptr(GPtrArray) subfolders = g_ptr_array_new_with_free_func(g_free);
    g_auto(Listing) above = listing_new(seen);
    g_auto(Listing) below = listing_new(seen);
    if (!list_folder(reader, location, &above, subfolders, error))
        return FALSE;
    if (recursive != ML_RECURSION_OFF && !list_below(reader, subfolders, &below, 0, error))
        return FALSE;
    g_autoptr(GPtrArray) own = read_revisions(reader, above.files);
    g_autoptr(GPtrArray) found = read_revisions(reader, below.files);
    gboolean unasked = recursive == ML_RECURSION_UNSET && belong_together(own, found);
    take(migrations, &own, &above);
    if (recursive == ML_RECURSION_ON || unasked)
        take(migrations, &found, &below);
    migrations->read_subfolders |= unasked;
    return TRUE;
}

MlMigrations *ml_migrations_load(MlTree *tree, const MlProject *project, MlLoad load,
                                 MlRevisionCache *cache, GError **error)
{
    g_autoptr(MlMigrations) migrations = g_new0(MlMigrations, 1);
    migrations->project = project;
    migrations->importer = ml_tree_importer_new(tree, project);
    migrations->revisions = g_ptr_array_new_with_free_func((GDestroyNotify)ml_revision_unref);
    migrations->folders = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    migrations->load = load;
    if (load != ML_LOAD_HEADERS)
        read_setup(migrations, tree);
    else
        migrations->setup = ml_setup_new();
    migrations->sql = load != ML_LOAD_HEADERS ? ml_sql_reader_new() : NULL;
    Reader reader = {tree, project, reader_of(migrations, load), cache, TEXT_LIMIT};
    for (guint i = 0; i < project->version_locations->len; i++) {
        const char *location = g_ptr_array_index(project->version_locations, i);
        if (!read_location(migrations, &reader, location, seen, error))
            return NULL;
    }
    migrations->graph = ml_graph_new(migrations->revisions);
    if (load != ML_LOAD_HEADERS)
        settle_dialect(migrations);
    return g_steal_pointer(&migrations);
}

MlMigrations *ml_migrations_extend(const MlMigrations *migrations, const GPtrArray *more)
{
    const GPtrArray *const both[] = {migrations->revisions, more};
    MlMigrations *extended = g_new0(MlMigrations, 1);
    extended->project = migrations->project;
    extended->revisions = g_ptr_array_new_with_free_func((GDestroyNotify)ml_revision_unref);
    extended->folders = g_ptr_array_new();
    extended->setup = ml_setup_new();
    for (guint i = 0; i < G_N_ELEMENTS(both); i++)
        for (guint j = 0; j < both[i]->len; j++)
            g_ptr_array_add(extended->revisions, ml_revision_ref(g_ptr_array_index(both[i], j)));
    extended->graph = ml_graph_new(extended->revisions);
    return extended;
}

MlMigrations *ml_migrations_none(const MlProject *project)
{
    g_autoptr(GPtrArray) nothing = g_ptr_array_new();
    const MlMigrations empty = {.project = project, .revisions = nothing};
    return ml_migrations_extend(&empty, nothing);
}

void ml_migrations_free(MlMigrations *migrations)
{
    if (migrations == NULL)
        return;
    ml_graph_free(migrations->graph);
    g_clear_pointer(&migrations->revisions, g_ptr_array_unref);
    g_clear_pointer(&migrations->folders, g_ptr_array_unref);
    g_clear_pointer(&migrations->setup, ml_setup_free);
    g_free(migrations->dialect);
    g_free(migrations->dialect_source);
    g_clear_pointer(&migrations->importer, ml_tree_importer_free);
    g_clear_pointer(&migrations->types, g_ptr_array_unref);
    ml_sql_reader_free(migrations->sql);
    g_free(migrations);
}

gboolean ml_migrations_is_whole(const MlMigrations *migrations)
{
    for (guint i = 0; i < migrations->revisions->len; i++) {
        const MlRevision *revision = g_ptr_array_index(migrations->revisions, i);
        if (revision->unknown & (ML_UNKNOWN_ID | ML_UNKNOWN_PARENTS))
            return FALSE;
    }
    return TRUE;
}
