#include "cli/cli.h"

#include <string.h>
#include <unistd.h>

/* In the order of MlSqlAlchemy. */
#define AGES "2.0|1.4"

typedef struct {
    MlStateOptions state;
    gboolean downgrade;
    char *engine;
    char *dialect;
    char *sqlalchemy;
    char *output;
    char *colour;
} Options;

static void options_clear(Options *options)
{
    ml_state_options_clear(&options->state);
    g_free(options->engine);
    g_free(options->dialect);
    g_free(options->sqlalchemy);
    g_free(options->output);
    g_free(options->colour);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static void add_options(GArray *entries, gpointer into)
{
    Options *options = into;
    const GOptionEntry own[] = {
        {"downgrade", 0, 0, G_OPTION_ARG_NONE, &options->downgrade,
         "the way back: what downgrade() does, the newest revision first", NULL},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output,
         "write the script to FILE instead of standard output", "FILE"},
        {"dialect", 0, 0, G_OPTION_ARG_STRING, &options->dialect,
         "the database to write for, where that cannot be told or is another", ML_DIALECT_CHOICES},
        {"sqlalchemy", 0, 0, G_OPTION_ARG_STRING, &options->sqlalchemy,
         "write as Alembic does with this SQLAlchemy; 2.0 by default", AGES},
        {"engine", 'e', 0, G_OPTION_ARG_STRING, &options->engine,
         "of an environment with several databases, that of this name", "NAME"},
        {"color", 0, 0, G_OPTION_ARG_STRING, &options->colour,
         "colour the comments; auto, the default, does so on a terminal", ML_COLOUR_CHOICES},
    };
    ml_state_add_options(entries, &options->state);
    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
}

/* --- the arguments ---------------------------------------------------------------- */

/*
 * Takes a range such as "-1" out of the arguments, where the parser would take it for an option;
 * no option begins with a digit.
 */
static const char *take_steps(int *argc, char **argv)
{
    for (int i = 1; i < *argc && strcmp(argv[i], "--") != 0; i++) {
        const char *word = argv[i];
        if (word[0] != '-' || !g_ascii_isdigit(word[1]))
            continue;
        memmove(argv + i, argv + i + 1, (gsize)(*argc - i) * sizeof *argv);
        --*argc;
        return word;
    }
    return NULL;
}

/* FALSE where there are two. */
static gboolean find_range(const char *steps, int argc, char **argv, const char **range,
                           GError **error)
{
    const char *second = argc < 2 ? NULL : steps ? argv[1] : argc > 2 ? argv[2] : NULL;
    *range = steps || argc < 2 ? steps : argv[1];
    if (second == NULL)
        return TRUE;
    g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                "one RANGE is taken, but there are '%s' and '%s'; write FROM:TO", *range, second);
    return FALSE;
}

static gboolean check(const Options *options, gsize *age, gboolean *colour, GError **error)
{
    gsize dialect;
    return ml_state_options_check(&options->state, error) &&
           ml_cli_colour(options->colour, colour, error) &&
           (options->dialect == NULL || ml_cli_choose("--dialect", ML_DIALECT_CHOICES,
                                                      options->dialect, -1, &dialect, error)) &&
           (options->sqlalchemy == NULL ||
            ml_cli_choose("--sqlalchemy", AGES, options->sqlalchemy, -1, age, error));
}

/* --- what is meant ------------------------------------------------------------------ */

static MlMigrations *choose_environment(const MlWorkspace *workspace, GError **error)
{
    if (workspace->migrations->len == 1)
        return g_ptr_array_index(workspace->migrations, 0);
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint i = 0; i < workspace->migrations->len; i++) {
        const MlMigrations *migrations = g_ptr_array_index(workspace->migrations, i);
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", migrations->project->name);
    }
    g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                "there are several environments (%s): choose one with --config or "
                "--script-location",
                names->str);
    return NULL;
}

static gboolean choose_engine(const MlProject *project, const char *engine, GError **error)
{
    g_autofree char **all = g_new0(char *, project->engines->len + 1);
    for (guint i = 0; i < project->engines->len; i++)
        all[i] = g_ptr_array_index(project->engines, i);
    g_autofree char *list = g_strjoinv(", ", all);
    if (engine ? g_strv_contains((const char *const *)all, engine) : *all == NULL)
        return TRUE;
    if (engine == NULL)
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                    "this environment has several databases (%s): choose one with --engine", list);
    else if (*all == NULL)
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                    "this environment has one database alone: leave out --engine %s", engine);
    else
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE, "--engine takes one of %s, not '%s'",
                    list, engine);
    return FALSE;
}

static gboolean choose_dialect(const MlMigrations *migrations, MlDialect *dialect, GError **error)
{
    if (ml_dialect_find(migrations->dialect, dialect))
        return TRUE;
    if (migrations->dialect == NULL)
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                    "it cannot be told which database %s is for: pass --dialect postgresql or "
                    "--dialect sqlite",
                    migrations->project->name);
    else
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                    "%s is for %s (%s), for which no SQL can be written: pass --dialect postgresql "
                    "or --dialect sqlite",
                    migrations->project->name, migrations->dialect, migrations->dialect_source);
    return FALSE;
}

/* --- notes ---------------------------------------------------------------------------- */

static void note_version_table(const MlSetup *setup)
{
    if (setup->env == NULL || (setup->version_table.kind != ML_FACT_UNKNOWN &&
                               setup->version_table_schema.kind != ML_FACT_UNKNOWN))
        return;
    g_autofree char *note = g_strdup_printf(
        "%s: which version_table is configured cannot be told, so it is taken for alembic_version",
        setup->env);
    ml_cli_note(note);
}

static void note_unreadable(const MlMigrations *migrations)
{
    for (guint i = 0; i < migrations->revisions->len; i++) {
        const MlRevision *revision = g_ptr_array_index(migrations->revisions, i);
        if (revision->problem == ML_REVISION_OK)
            continue;
        g_autofree char *note = g_strdup_printf(
            "%s cannot be read as a revision, so the order of the others is a guess; `miglint` "
            "tells what is wrong",
            revision->path);
        ml_cli_note(note);
    }
}

/* --- the script -------------------------------------------------------------------------- */

static int report_rest(const MlScript *script)
{
    if (script->n_not == 0 && !script->raises)
        return ML_EXIT_OK;
    g_autofree char *operations =
        g_strdup_printf("%" G_GSIZE_FORMAT " operation%s could not be rendered: see the comments "
                        "NOT RENDERED",
                        script->n_not, script->n_not == 1 ? "" : "s");
    g_autofree char *message =
        g_strdup_printf("%s%s%s", script->n_not > 0 ? operations : "",
                        script->n_not > 0 && script->raises ? "; " : "",
                        script->raises ? "the script ends where there is no way on" : "");
    ml_cli_complain(message);
    return ML_EXIT_FINDINGS;
}

static int write_script(const MlWorkspace *workspace, const MlRenderRules *rules,
                        MlMigrations *migrations, const MlPlan *plan, const Options *options,
                        gboolean colour)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MlReplay) replay = ml_replay_new(migrations, NULL);
    g_autoptr(MlScript) script = ml_script_new(rules, replay, plan, options->engine);
    g_autoptr(GString) out = g_string_new(NULL);
    const MlSqlReport report = {
        .script = script,
        .root = ml_tree_root(workspace->tree),
        .standing = workspace->standing,
        .colour = colour && options->output == NULL,
        .terminal = options->output == NULL && isatty(STDOUT_FILENO),
    };
    ml_report_sql_text(out, &report);
    if (!ml_cli_write(options->output, out, &error))
        return ml_cli_fail(error);
    if (plan->nodes->len == 0 && !options->state.quiet)
        ml_cli_note("there is nothing to do: no revision lies in this range");
    return report_rest(script);
}

/* Tells the migrations what they are rendered for. */
static gboolean set_up(const MlWorkspace *workspace, MlMigrations *migrations,
                       const Options *options, gsize age, MlRenderRules *rules, GError **error)
{
    g_autoptr(MlPreferences) preferences =
        ml_preferences_find(workspace->settings, migrations->project, error);
    if (preferences == NULL || !choose_engine(migrations->project, options->engine, error))
        return FALSE;
    if (!ml_cli_set_up(migrations, preferences, options->dialect, error) ||
        !choose_dialect(migrations, &rules->dialect, error))
        return FALSE;
    if (options->sqlalchemy != NULL)
        ml_migrations_set_sqlalchemy(migrations, (MlSqlAlchemy)age);
    ml_cli_assume_no_convention(workspace, migrations);
    rules->sqlalchemy = migrations->sqlalchemy;
    rules->setup = migrations->setup;
    return TRUE;
}

static int run(int argc, char **argv)
{
    static char *no_paths[] = {NULL};
    g_autoptr(GError) error = NULL;
    g_auto(Options) options = {0};
    MlRenderRules rules = {0};
    const char *range;
    gsize age = 0;
    gboolean colour;
    const char *steps = take_steps(&argc, argv);
    if (!ml_cli_parse(&ml_command_sql, &options, &argc, &argv))
        return ML_EXIT_ERROR;
    if (!find_range(steps, argc, argv, &range, &error) || !check(&options, &age, &colour, &error))
        return ml_cli_fail(error);
    g_autoptr(MlWorkspace) workspace =
        ml_workspace_open(&options.state, no_paths, ML_LOAD_SQL, &error);
    MlMigrations *migrations = workspace ? choose_environment(workspace, &error) : NULL;
    if (migrations == NULL || !set_up(workspace, migrations, &options, age, &rules, &error))
        return ml_cli_fail(error);
    g_autoptr(MlPlan) plan = ml_graph_plan(migrations->graph, range, options.downgrade, &error);
    if (plan == NULL)
        return ml_cli_fail(error);
    if (!options.state.quiet) {
        note_version_table(migrations->setup);
        note_unreadable(migrations);
    }
    return write_script(workspace, &rules, migrations, plan, &options, colour);
}

static const MlExample examples[] = {
    {"miglint sql", "all of it, from base to the heads"},
    {"miglint sql --commit v2.1 ae10:head", "from a revision on, as of a release"},
    {"miglint sql --downgrade -1", "what would undo the newest revision"},
    {"miglint sql --dialect postgresql -o up.sql ae10", "up to a revision, into a file"},
    {NULL, NULL},
};

const MlCommand ml_command_sql = {
    .name = "sql",
    .summary = "the SQL that revisions would run",
    .arguments = "[RANGE]",
    .description =
        "Writes the SQL that `alembic upgrade --sql` or, with --downgrade, `alembic downgrade "
        "--sql` would write for Postgres or SQLite, without Python and without the project's "
        "environment. What an operation does that cannot be told without running Python is not "
        "guessed: a comment stands in its place, and the exit status is 1.",
    .examples = examples,
    .notes =
        "RANGE is TO or FROM:TO in the words of `alembic upgrade` and `alembic downgrade`; the "
        "database is at FROM. Without FROM an upgrade begins at base and a downgrade at the "
        "heads, without TO they go on to the end.",
    .options_size = sizeof(Options),
    .add_options = add_options,
    .run = run,
};
