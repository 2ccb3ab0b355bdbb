/*
 * Tells what the functions of revisions do, for the tests that compare it with
 * Alembic: operations_dump [--dialect NAME] ROOT FILE... reads files below
 * ROOT, where they find what they import, and prints "FILE" for each, "upgrade"
 * and "downgrade" before what they do, an operation a line, and behind a tab
 * each what cannot be told of it.
 */
#include <stdio.h>
#include <string.h>

#include "miglint/migration.h"

typedef struct {
    MlImporter importer;
    const char *root;
} Folder;

static MlModule *read_module(const char *path)
{
    char *contents = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &contents, &length, NULL))
        return NULL;
    g_autoptr(GBytes) text = g_bytes_new_take(contents, length);
    return ml_module_parse(text);
}

static MlModule *find(MlImporter *self, const char *from, guint level, const char *name,
                      char **path)
{
    g_autofree char *folder = level ? g_path_get_dirname(from) : NULL;
    for (guint i = 1; i < level; i++) {
        char *above = g_path_get_dirname(folder);
        g_free(folder);
        folder = above;
    }
    g_auto(GStrv) parts = g_strsplit(name, ".", -1);
    g_autofree char *below = g_strjoinv("/", parts);
    const char *start = folder ? folder : ((Folder *)self)->root;
    g_autofree char *stem = g_build_filename(start, below, NULL);
    const char *const endings[] = {"/__init__.py", ".py"};
    for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *candidate = g_strconcat(stem, endings[i], NULL);
        MlModule *module = read_module(candidate);
        if (module != NULL) {
            *path = g_steal_pointer(&candidate);
            return module;
        }
    }
    return NULL;
}

static void print_operation(const MlOperation *operation)
{
    g_autoptr(GString) line = g_string_new(NULL);
    ml_operation_write(line, operation);
    for (gsize i = 0; i < operation->n_unknowns; i++)
        g_string_append_printf(line, "\t%s: %s", operation->unknowns[i].part,
                               operation->unknowns[i].why);
    puts(line->str);
}

static void print_operations(const char *function, const MlOperations *operations)
{
    puts(function);
    for (gsize i = 0; i < operations->length; i++)
        print_operation(operations->items[i]);
}

static int print_revision(const MlRevisionReader *reader, const char *path)
{
    char *contents = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &contents, &length, NULL))
        return 2;
    g_autoptr(GBytes) text = g_bytes_new_take(contents, length);
    g_autoptr(MlRevision) revision = ml_revision_parse(reader, path, text);
    puts(path);
    print_operations("upgrade", revision->upgrade_operations);
    print_operations("downgrade", revision->downgrade_operations);
    return 0;
}

int main(int argc, char **argv)
{
    gboolean has_dialect = argc > 2 && strcmp(argv[1], "--dialect") == 0;
    int first = has_dialect ? 3 : 1, status = 0;
    Folder folder = {{find}, argv[first]};
    g_autoptr(MlSqlReader) sql = ml_sql_reader_new();
    const MlRevisionReader reader = {
        .load = ML_LOAD_FULL,
        .importer = &folder.importer,
        .sql = sql,
        .dialect = has_dialect ? argv[2] : NULL,
    };
    for (int i = first + 1; i < argc && status == 0; i++)
        status = print_revision(&reader, argv[i]);
    return status;
}
