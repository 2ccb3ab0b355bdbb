/*
 * Prints the SQL of every revision in a folder, each function a run of its own:
 *
 *     passage REVISION upgrade|downgrade
 *     statement TEXT
 *     not WHY
 *     raise
 *
 * Fields are separated by tabs and escaped as in C.
 */
#include "miglint/render.h"

#include <locale.h>
#include <stdio.h>

static void print_rendered(const MlRendered *rendered)
{
    static const char *const kinds[] = {"statement", "not", "raise"};
    g_autofree char *text = g_strescape(rendered->text, NULL);
    printf("%s\t%s\n", kinds[rendered->kind], text);
}

static void print_passage(const MlRenderRules *rules, const MlStep *step, const MlPassage *passage)
{
    g_autoptr(MlRenderer) renderer = ml_renderer_new(rules);
    g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)ml_rendered_free);
    printf("passage\t%s\t%s\n", step->node->revision->id.text,
           passage == &step->upgrade ? "upgrade" : "downgrade");
    ml_render_passage(renderer, passage, step->engine, out);
    for (guint i = 0; i < out->len; i++)
        print_rendered(out->pdata[i]);
}

static void print_project(MlTree *tree, const MlProject *project, MlRenderRules *rules)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MlMigrations) migrations =
        ml_migrations_load(tree, project, ML_LOAD_SQL, NULL, &error);
    if (migrations == NULL)
        g_error("%s", error->message);
    ml_migrations_set_sqlalchemy(migrations, rules->sqlalchemy);
    ml_migrations_set_dialect(migrations, ml_dialect_name(rules->dialect), "--dialect");
    rules->setup = migrations->setup;
    g_autoptr(MlReplay) replay = ml_replay_new(migrations, NULL);
    const GPtrArray *steps = ml_replay_steps(replay);
    for (guint i = 0; i < steps->len; i++) {
        const MlStep *step = steps->pdata[i];
        print_passage(rules, step, &step->upgrade);
        print_passage(rules, step, &step->downgrade);
    }
}

int main(int argc, char **argv)
{
    g_autofree char *dialect = NULL;
    gboolean old = FALSE;
    MlRenderRules rules = {0};
    const GOptionEntry entries[] = {
        {"dialect", 0, 0, G_OPTION_ARG_STRING, &dialect, NULL, NULL},
        {"old", 0, 0, G_OPTION_ARG_NONE, &old, NULL, NULL},
        {0},
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(GOptionContext) options = g_option_context_new("FOLDER");
    setlocale(LC_ALL, "C");
    g_option_context_add_main_entries(options, entries, NULL);
    if (!g_option_context_parse(options, &argc, &argv, &error) || argc != 2)
        g_error("%s", error ? error->message : "a folder is wanted");
    if (!ml_dialect_find(dialect, &rules.dialect))
        g_error("--dialect is wanted");
    rules.sqlalchemy = old ? ML_SQLALCHEMY_1_4 : ML_SQLALCHEMY_2_0;
    g_autoptr(MlTree) tree = ml_tree_of_folder(argv[1], &error);
    const MlProjectQuery query = {0};
    g_autoptr(GPtrArray) projects = tree ? ml_projects_find(tree, &query, NULL, &error) : NULL;
    if (projects == NULL)
        g_error("%s", error->message);
    for (guint i = 0; i < projects->len; i++)
        print_project(tree, projects->pdata[i], &rules);
    return 0;
}
