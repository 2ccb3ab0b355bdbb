#include "miglint/lint.h"

#include <string.h>

/* --- whose a module is --------------------------------------------------------------- */

static gboolean is_below(const char *path, const char *folder)
{
    gsize length = strlen(folder);
    return g_str_has_prefix(path, folder) && (length == 0 || path[length] == '/');
}

/* Helpers of migrations are written to stay as they are. */
static gboolean is_for_migrations(const MlProject *project, const char *path)
{
    if (project->script_location != NULL && is_below(path, project->script_location))
        return TRUE;
    for (guint i = 0; i < project->version_locations->len; i++)
        if (is_below(path, project->version_locations->pdata[i]))
            return TRUE;
    return strstr(path, "migrat") != NULL || strstr(path, "alembic") != NULL;
}

/* A file of the tree that something is imported from. */
typedef struct {
    char *path;
    char *dotted; /* its name: "bank.models" */
    MlModule *module;
} Imported;

static void imported_clear(Imported *imported)
{
    g_free(imported->path);
    g_free(imported->dotted);
    g_clear_pointer(&imported->module, ml_module_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Imported, imported_clear)

static gboolean find(MlImporter *importer, const MlRevision *revision, guint level,
                     const char *dotted, Imported *imported)
{
    imported->module = importer->find(importer, revision->path, level, dotted, &imported->path);
    imported->dotted = imported->module ? g_strdup(dotted) : NULL;
    return imported->module != NULL;
}

/* Where a name is from; FALSE where that is no file of the tree. */
static gboolean find_imported(MlImporter *importer, const MlRevision *revision,
                              const MlImport *import, Imported *imported)
{
    const char *dot = *import->module && import->name ? "." : "";
    g_autofree char *inner = g_strconcat(import->module, dot, import->name, NULL);
    return find(importer, revision, import->level, inner, imported) ||
           (import->name != NULL &&
            find(importer, revision, import->level, import->module, imported));
}

/* --- a quick look ----------------------------------------------------------------------- */

/* Most revisions import nothing but this. */
static gboolean is_library(const char *name)
{
    static const char *const libraries[] = {
        "__future__", "alembic",    "collections", "datetime", "enum",   "json", "logging", "os",
        "re",         "sqlalchemy", "sqlmodel",    "sys",      "typing", "uuid", NULL};
    g_autofree char *top = g_strndup(name, strcspn(name, ". \t\r\n,;"));
    return g_strv_contains(libraries, top);
}

/* Whether a line may import what is no library: that is worth a closer look. */
static gboolean may_import_more(const char *text, const char *end)
{
    static const char *const words[] = {"import ", "from "};
    for (const char *line = text; line < end;) {
        const char *next = memchr(line, '\n', (gsize)(end - line));
        line += strspn(line, " \t");
        for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
            if (g_str_has_prefix(line, words[i]) && !is_library(line + strlen(words[i])))
                return TRUE;
        line = next ? next + 1 : end;
    }
    return FALSE;
}

static GArray *imports_of(const MlRevision *revision)
{
    gsize length;
    const char *bytes = g_bytes_get_data(ml_module_text(revision->module), &length);
    g_autofree char *text = g_strndup(bytes, length);
    if (!may_import_more(text, text + strlen(text)))
        return NULL;
    g_autoptr(MlModule) module = ml_module_parse(ml_module_text(revision->module));
    return ml_module_imports(module);
}

static gboolean is_op(const MlImport *import)
{
    return import->level == 0 &&
           (g_str_equal(import->module, "alembic.op") ||
            (g_str_equal(import->module, "alembic") && g_strcmp0(import->name, "op") == 0));
}

/* What works with op is of use in a migration alone. */
static gboolean imports_op(MlModule *module)
{
    g_autoptr(GArray) imports = ml_module_imports(module);
    for (guint i = 0; i < imports->len; i++)
        if (is_op(&g_array_index(imports, MlImport, i)))
            return TRUE;
    return FALSE;
}

/* --- saying so ------------------------------------------------------------------------- */

/* What the file was parsed from once more stands at the same places. */
static MlOrigin in_revision(const MlRevision *revision, MlOrigin origin)
{
    origin.module = revision->module;
    return origin;
}

static void report(MlContext *context, const MlRevision *revision, const MlImport *import,
                   const Imported *imported)
{
    MlFinding *finding = ml_report(
        context, revision, in_revision(revision, import->use),
        "'%s' is application code, which may be another when this runs again", imported->dotted);
    ml_finding_help(finding,
                    "write into the revision what it needs of %s as it is today: for a model a "
                    "sa.table() with the columns that are used, for a constant its value",
                    imported->path);
    ml_finding_relate(finding, revision, in_revision(revision, import->origin),
                      "it is imported here");
}

/* gettext's usual name: what it gives is for people. */
static gboolean is_translation(const MlImport *import)
{
    return g_strcmp0(import->name, "_") == 0;
}

static void check_import(MlContext *context, const MlRevision *revision, const MlImport *import,
                         GHashTable *told)
{
    if (import->use.module == NULL || is_translation(import) ||
        (import->level == 0 && is_library(import->module)))
        return;
    g_auto(Imported) imported = {0};
    if (!find_imported(context->migrations->importer, revision, import, &imported) ||
        g_hash_table_contains(told, imported.path) ||
        is_for_migrations(context->migrations->project, imported.path) ||
        imports_op(imported.module))
        return;
    report(context, revision, import, &imported);
    g_hash_table_add(told, g_steal_pointer(&imported.path));
}

static void check(MlContext *context, const MlRevision *revision)
{
    if (context->migrations->importer == NULL || revision->module == NULL ||
        revision->problem == ML_REVISION_SYNTAX)
        return;
    g_autoptr(GArray) imports = imports_of(revision);
    g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; imports != NULL && i < imports->len; i++)
        check_import(context, revision, &g_array_index(imports, MlImport, i), told);
}

#define HEADER                                                                                     \
    "revision = \"1a2b3c4d5e6f\"\n"                                                                \
    "down_revision = None\n"                                                                       \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"
#define END                                                                                        \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    pass\n"                                                                                   \
                                                                                                   \
    "# file: ../bank/models.py\n"                                                                  \
    "from sqlalchemy import Column, Integer, String\n"                                             \
    "from sqlalchemy.orm import declarative_base\n"                                                \
    "\n"                                                                                           \
    "Base = declarative_base()\n"                                                                  \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "class Account(Base):\n"                                                                       \
    "    __tablename__ = \"account\"\n"                                                            \
    "    id = Column(Integer, primary_key=True)\n"                                                 \
    "    state = Column(String(20))\n"

const MlRule ml_rule_application_import = {
    .code = "ML609",
    .name = "application-import",
    .severity = ML_SEVERITY_WARNING,
    .summary = "a revision uses the application's code, which will have changed when it runs again",
    .why = "A revision describes one step from one schema to the next, for good. The application's "
           "code goes on: a model gains a column, and the query of an old revision asks for it "
           "years before it is there; a function is renamed, and every `alembic` command ends with "
           "an ImportError. It shows when somebody sets up a new database, or in the tests of a "
           "stranger.\n"
           "\n"
           "Names that serve as types of columns alone are fine, for that is how autogenerate "
           "writes types of your own; so are annotations, exceptions that are only raised, files "
           "of the migrations themselves, those that have migration or alembic in their path, and "
           "those that work with op, for they are helpers of migrations.",
    .bad = "# file: versions/1_state.py\n"
           "from alembic import op\n"
           "from bank.models import Account\n"
           "\n" HEADER "    op.execute(Account.__table__.update().values(state=\"open\"))\n" END,
    .good = "# file: versions/1_state.py\n"
            "from alembic import op\n"
            "import sqlalchemy as sa\n"
            "\n"
            "account = sa.table(\"account\", sa.column(\"state\"))\n"
            "\n" HEADER "    op.execute(account.update().values(state=\"open\"))\n" END,
    .check_revision = check,
};
