/* --roundtrip: a throwaway database for each environment, and what came of it. */
#include "cli/cli.h"
#include "miglint/text.h"

#include <signal.h>
#include <string.h>

/* That a statement may take, in seconds. */
#define PATIENCE 30

#define ENGINES "auto|native"

void ml_roundtrip_options_clear(MlRoundtripOptions *options)
{
    g_free(options->database);
    g_free(options->engine);
    g_free(options->range);
    g_free(options->baseline_schema);
}

void ml_roundtrip_add_options(GArray *entries, MlRoundtripOptions *options)
{
    const GOptionEntry own[] = {
        {"roundtrip", 0, 0, G_OPTION_ARG_NONE, &options->wanted,
         "prove on a throwaway database that each upgrade can be undone", NULL},
        {"database", 0, 0, G_OPTION_ARG_STRING, &options->database,
         "where: in memory; in a cluster for this run; on a server; see below",
         "sqlite|postgresql|URL"},
        {"engine", 0, 0, G_OPTION_ARG_STRING, &options->engine,
         "who runs the migrations; native, the only one so far, needs no Python", ENGINES},
        {"revisions", 'r', 0, G_OPTION_ARG_STRING, &options->range,
         "try only these, the others are only upgraded: ae10:head, +2, -3, ...", "RANGE"},
        {"baseline-schema", 0, 0, G_OPTION_ARG_FILENAME, &options->baseline_schema,
         "begin on a dumped schema, which REVISION may have made", "FILE[@REVISION]"},
        {"require-verified", 0, 0, G_OPTION_ARG_NONE, &options->require_verified,
         "a revision that could not be tried is an error", NULL},
    };
    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
}

gboolean ml_roundtrip_options_check(const MlRoundtripOptions *options, GError **error)
{
    gsize engine;
    const char *alone = options->database           ? "--database"
                        : options->engine           ? "--engine"
                        : options->range            ? "--revisions"
                        : options->baseline_schema  ? "--baseline-schema"
                        : options->require_verified ? "--require-verified"
                                                    : NULL;
    if (!options->wanted && alone != NULL) {
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE, "%s speaks of --roundtrip: add that",
                    alone);
        return FALSE;
    }
    return options->engine == NULL ||
           ml_cli_choose("--engine", ENGINES, options->engine, -1, &engine, error);
}

/* --- when the user has enough -------------------------------------------------------------- */

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

/* The signal that came; a handler can reach nothing else. */
static volatile gint signalled;

static void remember(int number)
{
    g_atomic_int_set(&signalled, number);
}

/*
 * Databases are to be cleared away first: a signal only says that it is time. Whoever sends it
 * twice does not want to wait.
 */
static void catch_signals(struct sigaction before[])
{
    const struct sigaction action = {.sa_handler = remember, .sa_flags = (int)SA_RESETHAND};
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++) {
        sigaction(signals[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

/* The signal then does what it would have done. */
static void release_signals(const struct sigaction before[])
{
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
        sigaction(signals[i], &before[i], NULL);
    if (signalled != 0)
        raise(signalled);
}

/* --- where to ------------------------------------------------------------------------------ */

typedef struct {
    const MlWorkspace *workspace;
    const MlRoundtripOptions *options;
    MlServer *servers[2]; /* by dialect; NULL: not needed so far */
} Journey;

static void leave(MlServer *server)
{
    const GPtrArray *left = ml_server_left(server);
    for (guint i = 0; i < left->len; i++) {
        g_autofree char *note = g_strdup_printf(
            "%s, a database and a role, stays on the server, since a session of it does not end: "
            "the next run there removes both",
            (char *)left->pdata[i]);
        ml_cli_note(note);
    }
    ml_server_stop(server);
}

static void journey_clear(Journey *journey)
{
    for (gsize i = 0; i < G_N_ELEMENTS(journey->servers); i++)
        g_clear_pointer(&journey->servers[i], leave);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Journey, journey_clear)

static void note_default(const MlMigrations *migrations)
{
    g_autofree char *note = g_strdup_printf(
        "%s: which database it is for cannot be told, so its round trip goes to SQLite; give "
        "--database postgresql, or `dialect` in the settings",
        migrations->project->name);
    ml_cli_note(note);
}

/* Anything else may be an address in another notation, with a password somewhere. */
static gboolean is_plain_word(const char *text)
{
    return text[strspn(
               text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+_-")] == '\0';
}

/* FALSE where there is no such database. */
static gboolean choose_dialect(const Journey *journey, const MlMigrations *migrations,
                               MlDialect *dialect, GError **error)
{
    const char *word = journey->options->database;
    g_autofree char *of_url = word && strstr(word, "://") ? ml_url_dialect(word) : NULL;
    const char *name = of_url ? of_url : word ? word : migrations->dialect;
    if (name == NULL) {
        note_default(migrations);
        *dialect = ML_SQLITE;
        return TRUE;
    }
    if (!ml_dialect_find(name, dialect)) {
        g_autofree char *quoted = is_plain_word(name) ? g_strdup_printf(" to '%s'", name) : NULL;
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                    "a round trip%s is not possible: --database takes sqlite, postgresql, or the "
                    "URL of a Postgres server (postgresql://USER:PASSWORD@HOST/DATABASE)",
                    quoted ? quoted : " there");
        return FALSE;
    }
    if (of_url != NULL && *dialect == ML_SQLITE)
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                    "miglint runs migrations in databases that it makes alone: --database sqlite "
                    "makes one in memory");
    return of_url == NULL || *dialect != ML_SQLITE;
}

static MlServer *server_for(Journey *journey, MlDialect dialect, GError **error)
{
    const MlServerLimits limits = {.seconds = PATIENCE, .cancelled = &signalled};
    const char *word = journey->options->database;
    MlServer **server = &journey->servers[dialect];
    if (*server == NULL && dialect == ML_SQLITE)
        *server = ml_server_sqlite(&limits);
    else if (*server == NULL && word != NULL && strstr(word, "://"))
        *server = ml_server_postgresql_url(word, &limits, error);
    else if (*server == NULL)
        *server = ml_server_postgresql_cluster(&limits, error);
    return *server;
}

/* --- what is tried ---------------------------------------------------------------------------- */

static GHashTable *ids_of_range(const MlGraph *graph, const char *range, GError **error)
{
    g_autoptr(GPtrArray) nodes = ml_graph_range(graph, range, error);
    if (nodes == NULL)
        return NULL;
    GHashTable *ids = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < nodes->len; i++)
        g_hash_table_add(ids, ((const MlNode *)nodes->pdata[i])->revision->id.text);
    return ids;
}

static GHashTable *ids_of_change(const MlGraph *graph, const MlChange *change)
{
    const GPtrArray *nodes = ml_graph_nodes(graph);
    GHashTable *ids = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < nodes->len; i++) {
        const MlRevision *revision = ((const MlNode *)nodes->pdata[i])->revision;
        if (ml_change_brings(change, revision))
            g_hash_table_add(ids, revision->id.text);
    }
    return ids;
}

/* The project's own migrations, unless the trip goes to another database than they are read for. */
static MlMigrations *migrations_on(const MlWorkspace *workspace, MlMigrations *own,
                                   const MlRules *rules, MlDialect dialect, MlMigrations **other,
                                   GError **error)
{
    const char *name = ml_dialect_name(dialect);
    if (g_strcmp0(own->dialect, name) == 0)
        return own;
    *other = ml_migrations_load(workspace->tree, own->project, ML_LOAD_SQL, NULL, error);
    if (*other == NULL || !ml_cli_set_up(*other, rules->preferences, name, error))
        return NULL;
    return *other;
}

/* --- what it begins on ------------------------------------------------------------------------ */

/* "schema.sql@ae10" is a file unless there is one of that whole name: then `revision` is NULL. */
static char *split_baseline(const char *word, const char **revision)
{
    const char *at = strrchr(word, '@');
    *revision = NULL;
    if (at == NULL || g_file_test(word, G_FILE_TEST_EXISTS))
        return g_strdup(word);
    *revision = at + 1;
    return g_strndup(word, (gsize)(at - word));
}

static MlDump *read_dump(const char *file, MlDialect dialect, GError **error)
{
    g_autofree char *bytes = NULL;
    g_autofree char *name = g_filename_display_name(file);
    g_autoptr(GError) cause = NULL;
    gsize length;
    if (g_file_get_contents(file, &bytes, &length, &cause))
        return ml_dump_read(name, bytes, length, dialect, error);
    g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE, "--baseline-schema cannot be read: %s",
                cause->message);
    return NULL;
}

/* `done` leads to the revision that it holds and `plan` on from there. */
static gboolean plan_behind(const MlGraph *graph, const char *revision, MlPlan **done,
                            MlPlan **plan, GError **error)
{
    g_autofree char *range = revision ? g_strconcat(revision, ":heads", NULL) : NULL;
    if (revision != NULL && (*done = ml_graph_plan(graph, revision, FALSE, error)) == NULL) {
        g_prefix_error(error, "--baseline-schema: ");
        return FALSE;
    }
    *plan = ml_graph_plan(graph, range, FALSE, error);
    return *plan != NULL;
}

/* `revision`: the one that it holds; NULL where none is named. */
static gboolean load_baseline(const Journey *journey, MlRoundtrip *roundtrip, const char **revision,
                              GError **error)
{
    const char *word = journey->options->baseline_schema;
    *revision = NULL;
    if (word == NULL)
        return TRUE;
    if (journey->workspace->migrations->len > 1 ||
        roundtrip->migrations->project->engines->len > 1) {
        g_set_error_literal(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                            "--baseline-schema is of one database, and there are several: choose "
                            "an environment with --config or --script-location");
        return FALSE;
    }
    g_autofree char *file = split_baseline(word, revision);
    roundtrip->dump = read_dump(file, roundtrip->dialect, error);
    if (roundtrip->dump == NULL)
        return FALSE;
    roundtrip->made = ml_dump_operations(roundtrip->dump);
    return TRUE;
}

/* --- the trip --------------------------------------------------------------------------------- */

static void show_progress(gpointer meter, const MlNode *node, guint done, guint of)
{
    (void)node;
    ml_meter_show(done, of, meter);
}

/* The trip on one engine; NULL: a database without one. */
static gboolean travel(Journey *journey, MlRoundtrip *roundtrip, const MlPlan *done,
                       const MlPlan *plan, GHashTable *tried, const char *engine, GError **error)
{
    MlMeter meter = {0};
    const MlRenderRules rules = {
        .dialect = roundtrip->dialect,
        .sqlalchemy = roundtrip->migrations->sqlalchemy,
        .setup = roundtrip->migrations->setup,
    };
    const MlTrip trip = {
        .rules = &rules,
        .graph = roundtrip->migrations->graph,
        .replay = roundtrip->replay,
        .dump = roundtrip->dump,
        .done = done,
        .plan = plan,
        .engine = engine,
        .tried = tried,
        .progress = journey->workspace->quiet ? NULL : show_progress,
        .data = &meter,
    };
    MlServer *server = server_for(journey, roundtrip->dialect, error);
    GPtrArray *verdicts = server ? ml_trip_make(&trip, server, error) : NULL;
    ml_meter_end(&meter);
    if (verdicts == NULL)
        return FALSE;
    g_ptr_array_extend_and_steal(roundtrip->verdicts, verdicts);
    return TRUE;
}

static gboolean travel_all(Journey *journey, MlRoundtrip *roundtrip, const MlChange *change,
                           GError **error)
{
    const MlGraph *graph = roundtrip->migrations->graph;
    const char *range = journey->options->range;
    const GPtrArray *engines = roundtrip->migrations->project->engines;
    g_autoptr(GHashTable) tried = NULL;
    if (range != NULL && (tried = ids_of_range(graph, range, error)) == NULL)
        return FALSE;
    if (range == NULL && change != NULL)
        tried = ids_of_change(change->merged->graph, change);
    g_autoptr(MlPlan) done = NULL;
    g_autoptr(MlPlan) plan = NULL;
    const char *revision;
    if (!load_baseline(journey, roundtrip, &revision, error) ||
        !plan_behind(graph, revision, &done, &plan, error))
        return FALSE;
    ml_cli_assume_no_convention(journey->workspace, roundtrip->migrations);
    const MlBeginning beginning = {roundtrip->made, done ? done->nodes : NULL};
    roundtrip->replay = ml_replay_new(roundtrip->migrations, &beginning);
    for (guint i = 0; i < MAX(engines->len, 1); i++)
        if (!travel(journey, roundtrip, done, plan, tried, engines->len ? engines->pdata[i] : NULL,
                    error))
            return FALSE;
    return TRUE;
}

static void roundtrip_free(gpointer data)
{
    MlRoundtrip *roundtrip = data;
    g_ptr_array_unref(roundtrip->verdicts);
    g_clear_pointer(&roundtrip->replay, ml_replay_free);
    g_clear_pointer(&roundtrip->made, ml_operations_free);
    g_clear_pointer(&roundtrip->dump, ml_dump_free);
    g_clear_pointer(&roundtrip->other, ml_migrations_free);
    g_free(roundtrip);
}

static MlRoundtrip *roundtrip_new(GPtrArray *all)
{
    MlRoundtrip *roundtrip = g_new0(MlRoundtrip, 1);
    roundtrip->verdicts =
        g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))ml_verdict_free);
    g_ptr_array_add(all, roundtrip);
    return roundtrip;
}

/* Whether anything was tried, and none of it could be. */
static gboolean proves_nothing(const GPtrArray *all)
{
    guint tried = 0, unverified = 0;
    for (guint i = 0; i < all->len; i++) {
        const GPtrArray *verdicts = ((const MlRoundtrip *)all->pdata[i])->verdicts;
        tried += verdicts->len;
        for (guint j = 0; j < verdicts->len; j++)
            unverified += ((const MlVerdict *)verdicts->pdata[j])->kind == ML_VERDICT_UNVERIFIED;
    }
    return tried > 0 && unverified == tried;
}

/* One of the reasons, for a start. */
static void set_nothing_proved(const GPtrArray *all, GError **error)
{
    for (guint i = 0; i < all->len; i++) {
        const GPtrArray *verdicts = ((const MlRoundtrip *)all->pdata[i])->verdicts;
        if (verdicts->len == 0)
            continue;
        const MlVerdict *first = verdicts->pdata[0];
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_NOTHING_HERE,
                    "the round trip could verify none of the revisions; the first, %s: %s",
                    first->step->node->revision->path, first->reason);
        return;
    }
}

static GPtrArray *make_all(const MlWorkspace *workspace, const GPtrArray *rules,
                           const MlRoundtripOptions *options, GError **error)
{
    g_auto(Journey) journey = {.workspace = workspace, .options = options};
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(roundtrip_free);
    for (guint i = 0; i < workspace->migrations->len; i++) {
        MlMigrations *own = workspace->migrations->pdata[i];
        const MlChange *change = workspace->changes ? workspace->changes->pdata[i] : NULL;
        MlRoundtrip *roundtrip = roundtrip_new(all);
        roundtrip->require_verified = options->require_verified;
        if (!choose_dialect(&journey, own, &roundtrip->dialect, error))
            return NULL;
        roundtrip->migrations = migrations_on(workspace, own, rules->pdata[i], roundtrip->dialect,
                                              &roundtrip->other, error);
        if (roundtrip->migrations == NULL || !travel_all(&journey, roundtrip, change, error))
            return NULL;
    }
    return g_steal_pointer(&all);
}

GPtrArray *ml_workspace_roundtrip(const MlWorkspace *workspace, const GPtrArray *rules,
                                  const MlRoundtripOptions *options, GError **error)
{
    struct sigaction before[G_N_ELEMENTS(signals)];
    catch_signals(before);
    g_autoptr(GPtrArray) all = make_all(workspace, rules, options, error);
    release_signals(before);
    if (all == NULL || !proves_nothing(all))
        return g_steal_pointer(&all);
    set_nothing_proved(all, error);
    return NULL;
}

GPtrArray *ml_roundtrip_verdicts(const GPtrArray *roundtrips)
{
    GPtrArray *verdicts = g_ptr_array_new();
    for (guint i = 0; i < roundtrips->len; i++)
        g_ptr_array_add(verdicts, ((const MlRoundtrip *)roundtrips->pdata[i])->verdicts);
    return verdicts;
}
