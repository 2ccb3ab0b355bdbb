#include "roundtrip/dump.h"
#include "roundtrip/server.h"

/* A database that is lost to a failure is made anew so many times. */
#define MOST_REBUILDS 50

/* What came of one run of a function. */
typedef enum { RUN_DONE, RUN_FAILED, RUN_RAISED, RUN_LOST } Outcome;

/* Where a run ended that was not done. */
typedef struct {
    const MlOperation *operation;
    char *statement, *message;
} Failure;

typedef struct {
    const MlTrip *trip;
    MlServer *server;
    MlDatabase *database;
    MlVersions *versions;
    MlSnapshot *state;     /* of the database, between two revisions */
    GPtrArray *forgetting; /* MlRendered *: drops the version table of a dump */
    GPtrArray *kept;       /* GPtrArray * of MlRendered *: the upgrades that led here */
    const MlNode *doubt;   /* a revision whose upgrade could not be made; NULL: none */
    char *undropped;       /* why no version table could be dropped; NULL: one was, or no dump */
    guint rebuilds;
    GError *lost;
} Course;

static void failure_clear(Failure *failure)
{
    g_clear_pointer(&failure->statement, g_free);
    g_clear_pointer(&failure->message, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Failure, failure_clear)

/* --- running -------------------------------------------------------------------------------- */

static gboolean is_cancelled(const Course *course)
{
    const volatile gint *cancelled = course->server->limits.cancelled;
    return cancelled != NULL && g_atomic_int_get(cancelled);
}

static Outcome failed(Course *course, const MlRendered *rendered, GError *error, Failure *failure)
{
    ml_database_rollback(course->database);
    if (is_cancelled(course) || error->domain != ML_DATABASE_ERROR ||
        error->code == ML_DATABASE_ERROR_LOST) {
        g_clear_error(&course->lost);
        course->lost = error;
        return RUN_LOST;
    }
    failure->operation = rendered ? rendered->operation : NULL;
    failure->statement = rendered ? g_strdup(rendered->text) : NULL;
    failure->message = g_strdup(error->message);
    g_error_free(error);
    return RUN_FAILED;
}

/* What stands in an autocommit block is between two transactions. */
static gboolean change_transaction(Course *course, gboolean autocommit, GError **error)
{
    return autocommit ? ml_database_commit(course->database, error)
                      : ml_database_begin(course->database, error);
}

/* One run of Alembic's: a transaction, or what autocommit blocks make of it. */
static Outcome run(Course *course, const GPtrArray *rendered, Failure *failure)
{
    GError *error = NULL;
    gboolean autocommit = TRUE;
    if (!ml_database_renew(course->database, &error))
        return failed(course, NULL, error, failure);
    for (guint i = 0; i < rendered->len; i++) {
        const MlRendered *next = g_ptr_array_index(rendered, i);
        if (next->kind == ML_RENDERED_RAISE) {
            ml_database_rollback(course->database);
            failure->operation = next->operation;
            return RUN_RAISED;
        }
        if (next->kind != ML_RENDERED_STATEMENT)
            continue;
        if (next->autocommit != autocommit &&
            !change_transaction(course, autocommit = next->autocommit, &error))
            return failed(course, next, error, failure);
        if (!ml_database_run(course->database, next->text, &error))
            return failed(course, next, error, failure);
    }
    return ml_database_commit(course->database, &error) ? RUN_DONE
                                                        : failed(course, NULL, error, failure);
}

static void rendered_free(gpointer data)
{
    ml_rendered_free(data);
}

/* What a function of a revision runs, in a run of its own. */
static GPtrArray *render(Course *course, const MlStep *step, gboolean downgrade)
{
    const MlTrip *trip = course->trip;
    g_autoptr(MlRenderer) renderer = ml_renderer_new(trip->rules);
    GPtrArray *out = g_ptr_array_new_with_free_func(rendered_free);
    ml_render_function(renderer, step, downgrade, trip->engine, out);
    if (downgrade)
        ml_versions_downgrade(course->versions, step->node, out);
    else
        ml_versions_upgrade(course->versions, step->node, out);
    return out;
}

static MlSnapshot *look(Course *course, const MlSnapshot *before)
{
    GError *error = NULL;
    MlSnapshot *snapshot = ml_database_snapshot(course->database, before, &error);
    if (snapshot == NULL) {
        g_clear_error(&course->lost);
        course->lost = error;
    }
    return snapshot;
}

/* --- the database ---------------------------------------------------------------------------- */

/* If Alembic has been at the database that was dumped, its table is among the others. */
static gboolean forget_versions(Course *course)
{
    g_auto(Failure) failure = {0};
    Outcome outcome = run(course, course->forgetting, &failure);
    g_free(course->undropped);
    course->undropped = g_steal_pointer(&failure.message);
    return outcome != RUN_LOST;
}

static gboolean load(Course *course)
{
    return course->trip->dump == NULL ||
           (ml_dump_load(course->trip->dump, course->database, &course->lost) &&
            forget_versions(course));
}

/* FALSE where it is lost, or has refused what it took before: `failure` tells. */
static gboolean open_database(Course *course, Failure *failure)
{
    g_clear_pointer(&course->database, ml_database_close);
    course->database = ml_server_open(course->server, &course->lost);
    if (course->database == NULL || !load(course))
        return FALSE;
    for (guint i = 0; i < course->kept->len; i++)
        if (run(course, g_ptr_array_index(course->kept, i), failure) != RUN_DONE)
            return FALSE;
    return TRUE;
}

/* Goes back to where the upgrades that were kept have led, if anything has changed since. */
static void go_back(Course *course, const MlNode *node)
{
    g_auto(Failure) failure = {0};
    g_autoptr(MlSnapshot) now = look(course, course->state);
    if (now == NULL)
        return;
    g_autoptr(GPtrArray) differences = ml_snapshot_compare(course->state, now);
    if (differences->len == 0)
        return;
    if (course->rebuilds++ < MOST_REBUILDS && open_database(course, &failure))
        return;
    course->doubt = node;
}

/* --- verdicts -------------------------------------------------------------------------------- */

/* Rows are no part of the schema. */
static gboolean is_of_rows(const MlOperation *operation)
{
    return operation != NULL && (operation->kind == ML_INSERT || operation->kind == ML_UPDATE ||
                                 operation->kind == ML_DELETE || operation->kind == ML_SELECT);
}

/* What could not be rendered: the first that matters for the schema, else the first. */
static const MlRendered *not_rendered(const GPtrArray *rendered)
{
    const MlRendered *first = NULL;
    for (guint i = 0; i < rendered->len; i++) {
        const MlRendered *next = g_ptr_array_index(rendered, i);
        if (next->kind != ML_RENDERED_NOT)
            continue;
        if (!is_of_rows(next->operation))
            return next;
        first = first ? first : next;
    }
    return first;
}

static gboolean is_hidden(const GPtrArray *rendered)
{
    const MlRendered *not = not_rendered(rendered);
    return not != NULL && !is_of_rows(not ->operation);
}

static void unverified(MlVerdict *verdict, MlStage stage, const MlOperation *operation,
                       const char *reason)
{
    verdict->kind = ML_VERDICT_UNVERIFIED;
    verdict->stage = stage;
    verdict->operation = operation;
    g_free(verdict->reason);
    verdict->reason = g_strdup(reason);
}

/* What failed after something that could not be run proves nothing. */
static void doubt(const Course *course, MlVerdict *verdict)
{
    if (course->doubt == NULL || verdict->kind != ML_VERDICT_FAILED)
        return;
    verdict->kind = ML_VERDICT_UNVERIFIED;
    verdict->after = course->doubt;
    verdict->reason = g_strdup_printf("it comes after %s, whose upgrade could not be made",
                                      course->doubt->revision->id.text);
}

static void fail(MlVerdict *verdict, MlStage stage, Outcome outcome, Failure *failure)
{
    verdict->kind = outcome == RUN_RAISED && stage == ML_STAGE_DOWNGRADE ? ML_VERDICT_IRREVERSIBLE
                                                                         : ML_VERDICT_FAILED;
    verdict->stage = stage;
    verdict->operation = failure->operation;
    g_clear_pointer(&verdict->reason, g_free);
    verdict->statement = g_steal_pointer(&failure->statement);
    verdict->database_message = g_steal_pointer(&failure->message);
}

/* What a failed stage has changed besides is not told. */
static gboolean differ(MlVerdict *verdict, MlStage stage, const MlSnapshot *expected,
                       const MlSnapshot *found)
{
    g_autoptr(GPtrArray) differences = ml_snapshot_compare(expected, found);
    if (differences->len == 0)
        return FALSE;
    if (verdict->kind == ML_VERDICT_FAILED)
        return TRUE;
    verdict->kind = ML_VERDICT_FAILED;
    verdict->stage = stage;
    verdict->differences = g_steal_pointer(&differences);
    verdict->operation = NULL; /* it is so whatever could not be told of the rows */
    g_clear_pointer(&verdict->reason, g_free);
    return TRUE;
}

/* The upgrade that nothing has to prove. FALSE where it could not be made. */
static gboolean upgrade(Course *course, const MlStep *step, MlVerdict *verdict)
{
    g_autoptr(GPtrArray) rendered = render(course, step, FALSE);
    g_auto(Failure) failure = {0};
    const MlRendered *not = not_rendered(rendered);
    if (not != NULL)
        unverified(verdict, ML_STAGE_UPGRADE, not ->operation, not ->text);
    Outcome outcome = run(course, rendered, &failure);
    if (outcome == RUN_LOST)
        return FALSE;
    if (outcome != RUN_DONE && not == NULL)
        fail(verdict, ML_STAGE_UPGRADE, outcome, &failure);
    doubt(course, verdict);
    if (outcome != RUN_DONE)
        go_back(course, step->node);
    else
        g_ptr_array_add(course->kept, g_ptr_array_ref(rendered));
    if (outcome != RUN_DONE || is_hidden(rendered))
        course->doubt = course->doubt ? course->doubt : step->node;
    return outcome == RUN_DONE && !is_hidden(rendered);
}

/* Whether it has led to where the first one did. */
static gboolean second_upgrade(Course *course, const MlStep *step, MlVerdict *verdict)
{
    g_autoptr(GPtrArray) rendered = render(course, step, FALSE);
    g_auto(Failure) failure = {0};
    Outcome outcome = run(course, rendered, &failure);
    if (outcome == RUN_DONE) {
        g_autoptr(MlSnapshot) after = look(course, course->state);
        return after != NULL && !differ(verdict, ML_STAGE_SECOND_UPGRADE, course->state, after);
    }
    if (outcome != RUN_LOST && verdict->kind == ML_VERDICT_FAILED)
        verdict->second_message = g_steal_pointer(&failure.message);
    else if (outcome != RUN_LOST && verdict->kind == ML_VERDICT_OK)
        fail(verdict, ML_STAGE_SECOND_UPGRADE, outcome, &failure);
    return FALSE;
}

/* There and back again; the database is left as `course->state` says. */
static void there_and_back(Course *course, const MlStep *step, const MlSnapshot *before,
                           MlVerdict *verdict)
{
    g_autoptr(GPtrArray) rendered = render(course, step, TRUE);
    g_auto(Failure) failure = {0};
    gboolean is_back = FALSE;
    const MlRendered *not = not_rendered(rendered);
    if (not != NULL && verdict->kind != ML_VERDICT_UNVERIFIED)
        unverified(verdict, ML_STAGE_DOWNGRADE, not ->operation, not ->text);
    if (is_hidden(rendered)) {
        ml_versions_upgrade(course->versions, step->node, rendered);
        return;
    }
    Outcome outcome = run(course, rendered, &failure);
    if (outcome == RUN_LOST)
        return;
    if (outcome == RUN_DONE) {
        g_autoptr(MlSnapshot) after = look(course, before);
        if (after == NULL)
            return;
        differ(verdict, ML_STAGE_DOWNGRADE, before, after);
        is_back = second_upgrade(course, step, verdict);
    } else {
        if (not == NULL || outcome == RUN_RAISED)
            fail(verdict, ML_STAGE_DOWNGRADE, outcome, &failure);
        ml_versions_upgrade(course->versions, step->node, rendered);
    }
    doubt(course, verdict);
    if (!is_back)
        go_back(course, step->node);
}

static MlVerdict *try(Course *course, const MlStep *step, gboolean both_ways)
{
    MlVerdict *verdict = g_new0(MlVerdict, 1);
    verdict->step = step;
    verdict->dialect = course->trip->rules->dialect;
    gboolean upgraded = upgrade(course, step, verdict);
    if (course->lost != NULL)
        return verdict;
    MlSnapshot *after = look(course, course->state);
    if (after == NULL)
        return verdict;
    g_autoptr(MlSnapshot) before = course->state;
    course->state = after;
    if (upgraded && both_ways)
        there_and_back(course, step, before, verdict);
    return verdict;
}

/* --- the whole way --------------------------------------------------------------------------- */

/* Without it there is no way to go, and nothing is proved. */
static void set_no_versions(Course *course, const Failure *failure)
{
    g_autoptr(GString) text = g_string_new("the version table cannot be made on this schema");
    if (failure->message != NULL)
        g_string_append_printf(text, ": %s", failure->message);
    if (course->undropped != NULL)
        g_string_append_printf(text, "; nor can one be dropped: %s", course->undropped);
    g_strdelimit(text->str, "\n", ' ');
    g_set_error_literal(&course->lost, ML_ROUNDTRIP_ERROR, ML_ROUNDTRIP_ERROR_DATABASE, text->str);
}

static void begin(Course *course)
{
    g_auto(Failure) failure = {0};
    const MlPlan *done = course->trip->done;
    GPtrArray *made = g_ptr_array_new_with_free_func(rendered_free);
    ml_versions_drop(course->versions, course->forgetting);
    ml_versions_create(course->versions, made);
    for (guint i = 0; done != NULL && i < done->nodes->len; i++)
        ml_versions_upgrade(course->versions, done->nodes->pdata[i], made);
    g_ptr_array_add(course->kept, made);
    if (open_database(course, &failure))
        course->state = look(course, NULL);
    if (course->state == NULL && course->lost == NULL)
        set_no_versions(course, &failure);
}

static void go(Course *course, GPtrArray *verdicts)
{
    const MlTrip *trip = course->trip;
    const GPtrArray *nodes = trip->plan->nodes;
    for (guint i = 0; i < nodes->len && course->lost == NULL; i++) {
        const MlNode *node = g_ptr_array_index(nodes, i);
        const MlStep *step = ml_replay_step(trip->replay, node->revision, trip->engine);
        gboolean tried =
            !trip->tried || g_hash_table_contains(trip->tried, node->revision->id.text);
        if (step == NULL)
            continue;
        if (trip->progress != NULL)
            trip->progress(trip->data, node, i, nodes->len);
        MlVerdict *verdict = try(course, step, tried);
        if (tried)
            g_ptr_array_add(verdicts, verdict);
        else
            ml_verdict_free(verdict);
    }
}

GPtrArray *ml_trip_make(const MlTrip *trip, MlServer *server, GError **error)
{
    g_autoptr(GPtrArray) verdicts =
        g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))ml_verdict_free);
    g_autoptr(GPtrArray) nothing = g_ptr_array_new();
    Course course = {
        .trip = trip,
        .server = server,
        .versions = ml_versions_new(trip->rules, trip->graph, nothing),
        .forgetting = g_ptr_array_new_with_free_func(rendered_free),
        .kept = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref),
    };
    begin(&course);
    go(&course, verdicts);
    ml_database_close(course.database);
    ml_versions_free(course.versions);
    ml_snapshot_free(course.state);
    g_ptr_array_unref(course.forgetting);
    g_ptr_array_unref(course.kept);
    g_free(course.undropped);
    if (course.lost != NULL) {
        gboolean cancelled = is_cancelled(&course);
        g_set_error_literal(error, ML_ROUNDTRIP_ERROR,
                            cancelled ? ML_ROUNDTRIP_ERROR_CANCELLED : ML_ROUNDTRIP_ERROR_DATABASE,
                            course.lost->message);
        g_error_free(course.lost);
        return NULL;
    }
    return g_steal_pointer(&verdicts);
}
