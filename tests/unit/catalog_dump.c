/*
 * Replays an environment and tells what is known of the schema after each
 * upgrade() and each downgrade(), for the tests that compare it with real databases:
 * catalog_dump [--dialect NAME] [--location SCRIPT_LOCATION] FOLDER. Fields are
 * separated by tabs, lists by commas; '?' is what is unknown, '-' what there is not.
 *
 *   state       REVISION  ENGINE  upgraded | downgraded | end
 *   doubt                         something may have touched everything
 *   table       PRESENCE  SCHEMA  NAME  open | whole  COMMENT
 *   column      PRESENCE  NAME  TYPE  NULL | NOT NULL  DEFAULT  COMMENT
 *   constraint  PRESENCE  NAME  KIND  COLUMNS  REFERRED TABLE  REFERRED COLUMNS
 *   index       PRESENCE  NAME  COLUMNS  unique | -
 *   object      PRESENCE  SCHEMA  NAME  KIND  VALUES
 *   difference  certain | perhaps  left | missing | changed  KIND  TABLE  NAME  PROPERTY  BEFORE
 * AFTER
 */
#include <stdio.h>

#include "miglint/schema.h"

static const char *presence(MlExistence existence)
{
    static const char *const words[] = {"perhaps", "absent", "there"};
    return words[existence.is];
}

static void field(const char *text)
{
    g_autofree char *escaped = g_strescape(text ? text : "-", NULL);
    printf("\t%s", escaped);
}

static void name_field(MlNaming naming, const char *name)
{
    field(naming == ML_NAME_UNKNOWN ? "?" : name);
}

static void comment_field(MlText comment)
{
    field(comment.is == ML_UNKNOWN ? "?" : comment.text);
}

static void names_field(MlNames names)
{
    g_autoptr(GString) list = g_string_new(names.known ? NULL : "?");
    for (gsize i = 0; names.known && i < names.length; i++)
        g_string_append_printf(list, "%s%s", i ? "," : "", names.items[i] ? names.items[i] : "()");
    field(list->str);
}

static void print_column(const MlCatalogColumn *column, const char *dialect)
{
    static const char *const nullable[] = {
        [ML_NO] = "NOT NULL", [ML_YES] = "NULL", [ML_PERHAPS] = "?"};
    g_autofree char *type = ml_type_canonical(column->type, dialect);
    g_autofree char *value = ml_default_canonical(&column->server_default, column->type, dialect);
    printf("column\t%s", presence(column->existence));
    field(column->name);
    field(type ? type : "?");
    field(nullable[column->nullable]);
    field(value ? value : "?");
    comment_field(column->comment);
    puts("");
}

static void print_constraint(const MlCatalogConstraint *constraint)
{
    printf("constraint\t%s", presence(constraint->existence));
    name_field(constraint->naming, constraint->name);
    field(ml_constraint_kind_name(constraint->kind));
    names_field(constraint->columns);
    field(constraint->referred_table);
    if (constraint->kind == ML_FOREIGN_KEY)
        names_field(constraint->referred_columns);
    else
        field(NULL);
    puts("");
}

static void print_index(const MlCatalogIndex *index)
{
    printf("index\t%s", presence(index->existence));
    name_field(index->naming, index->name);
    names_field(index->columns);
    field(index->definition == NULL ? "?" : ml_is_true(index->definition->unique) ? "unique" : "-");
    puts("");
}

static void print_table(const MlCatalogTable *table, const char *dialect)
{
    printf("table\t%s", presence(table->existence));
    field(table->schema);
    field(table->name);
    field(table->open ? "open" : "whole");
    comment_field(table->comment);
    puts("");
    for (gsize i = 0; i < table->n_columns; i++)
        print_column(table->columns[i], dialect);
    for (gsize i = 0; i < table->n_constraints; i++)
        print_constraint(table->constraints[i]);
    for (gsize i = 0; i < table->n_indexes; i++)
        print_index(table->indexes[i]);
}

static void print_object(const MlCatalogObject *object)
{
    printf("object\t%s", presence(object->existence));
    field(object->schema);
    field(object->name);
    field(object->kind == ML_CATALOG_OBJECT ? ml_object_kind_name(object->object)
                                            : ml_catalog_kind_name(object->kind));
    names_field(object->values);
    puts("");
}

static void print_state(const char *revision, const char *engine, const char *moment,
                        const MlCatalog *catalog, const char *dialect)
{
    printf("state\t%s\t%s\t%s\n", revision, engine ? engine : "-", moment);
    if (catalog == NULL || ml_catalog_doubt(catalog) != NULL)
        puts("doubt");
    if (catalog == NULL)
        return;
    g_autoptr(GPtrArray) tables = ml_catalog_tables(catalog);
    g_autoptr(GPtrArray) objects = ml_catalog_objects(catalog);
    for (guint i = 0; i < tables->len; i++)
        print_table(tables->pdata[i], dialect);
    for (guint i = 0; i < objects->len; i++)
        print_object(objects->pdata[i]);
}

static void print_difference(const MlSchemaDifference *difference)
{
    static const char *const kinds[] = {"left", "missing", "changed"};
    printf("difference\t%s\t%s\t%s", difference->certain ? "certain" : "perhaps",
           kinds[difference->kind], ml_catalog_kind_name(difference->of));
    field(difference->table);
    field(difference->name);
    field(difference->property);
    field(difference->before);
    field(difference->after);
    puts("");
}

static void print_step(const MlStep *step, const char *dialect)
{
    const char *id = step->node->revision->id.text;
    print_state(id, step->engine, "upgraded", ml_step_upgraded(step), dialect);
    print_state(id, step->engine, "downgraded", ml_step_downgraded(step), dialect);
    if (step->downgrade.raises || ml_step_downgraded(step) == NULL)
        return;
    g_autoptr(GArray) differences =
        ml_catalog_differences(ml_step_before(step), ml_step_downgraded(step));
    for (guint i = 0; i < differences->len; i++)
        print_difference(&g_array_index(differences, MlSchemaDifference, i));
}

static void print_project(MlTree *tree, const MlProject *project, const char *dialect)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MlMigrations) migrations =
        ml_migrations_load(tree, project, ML_LOAD_FULL, NULL, &error);
    if (migrations == NULL)
        g_error("%s", error->message);
    if (dialect != NULL)
        ml_migrations_set_dialect(migrations, dialect, "--dialect");
    g_autoptr(MlReplay) replay = ml_replay_new(migrations, NULL);
    const GPtrArray *steps = ml_replay_steps(replay);
    for (guint i = 0; i < steps->len; i++)
        print_step(steps->pdata[i], dialect);
    print_state("heads", NULL, "end", ml_replay_end(replay, NULL), dialect);
}

int main(int argc, char **argv)
{
    g_autofree char *dialect = NULL, *location = NULL;
    const GOptionEntry entries[] = {
        {"dialect", 0, 0, G_OPTION_ARG_STRING, &dialect, NULL, NULL},
        {"location", 0, 0, G_OPTION_ARG_FILENAME, &location, NULL, NULL},
        {0},
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) options = g_option_context_new("FOLDER");
    g_option_context_add_main_entries(options, entries, NULL);
    if (!g_option_context_parse(options, &argc, &argv, &error) || argc != 2)
        g_error("%s", error ? error->message : "a folder is wanted");
    g_autoptr(MlTree) tree = ml_tree_of_folder(argv[1], &error);
    const MlProjectQuery query = {.script_location = location};
    g_autoptr(GPtrArray) projects = tree ? ml_projects_find(tree, &query, NULL, &error) : NULL;
    if (projects == NULL)
        g_error("%s", error->message);
    for (guint i = 0; i < projects->len; i++)
        print_project(tree, projects->pdata[i], dialect);
    return 0;
}
