#include "roundtrip/postgres_reader.h"
#include "roundtrip/database.h"
#include "roundtrip/postgres_catalog.h"

#include <string.h>

#define READ_SECONDS      120
#define FIRST_TRANSACTION "3"

struct MlPgReader {
    MlPgSession *session;
    char *database; /* oids and transactions count in it alone */
};

/* A row of the stamps. */
typedef struct {
    char class;
    guint oid;
    const char *kind, *schema, *name, *stamp; /* borrowed from the answer */
    gboolean is_written;                      /* since the snapshot before */
    guint parts;                              /* MlPgPart */
} Stamp;

/* A snapshot in the making. */
typedef struct {
    MlPgReader *reader;
    const MlSnapshot *before; /* NULL: nothing of it can be shared */
    const PGresult *stamps;
    MlSnapshot *taken;
    GHashTable *fresh; /* class and oid (guint64 *) -> MlFamily *, borrowed: those to be told of */
    guint parts;       /* MlPgPart, that any of them has */
} Reading;

/* --- asking ----------------------------------------------------------------------------------- */

static PGresult *next_result(MlPgReader *reader, GError **error)
{
    MlPgWait wait = ml_pg_wait(reader->session);
    if (wait == ML_PG_READY && PQstatus(reader->session->handle) == CONNECTION_OK) {
        PGresult *result = PQgetResult(reader->session->handle);
        if (PQstatus(reader->session->handle) == CONNECTION_OK)
            return result;
        PQclear(result);
    }
    ml_pg_set_lost(reader->session, wait, error);
    return NULL;
}

/* The answer to one statement of a pipeline, and the NULL behind it. */
static PGresult *take_answer(MlPgReader *reader, GError **error)
{
    g_autoptr(PGresult) answer = next_result(reader, error);
    if (answer == NULL)
        return NULL;
    g_autoptr(GError) cause = NULL;
    PQclear(next_result(reader, &cause));
    if (cause != NULL) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return NULL;
    }
    ExecStatusType status = PQresultStatus(answer);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return g_steal_pointer(&answer);
    g_autofree char *message = g_strdelimit(ml_pg_result_message(answer), "\n", ' ');
    g_set_error(error, ML_DATABASE_ERROR, ML_DATABASE_ERROR_LOST,
                "the database's schema cannot be read: %s", message);
    return NULL;
}

static gboolean end_pipeline(MlPgReader *reader, GError **error)
{
    g_autoptr(PGresult) sync = next_result(reader, error);
    return sync != NULL && PQexitPipelineMode(reader->session->handle) == 1;
}

/* The name that a detail was prepared by. */
static char *name_of(guint detail)
{
    return g_strdup_printf("detail %u", detail);
}

static gboolean prepare(MlPgReader *reader, GError **error)
{
    static const Oid transaction = 28; /* xid */
    PGconn *handle = reader->session->handle;
    ml_pg_give(reader->session, READ_SECONDS);
    PQenterPipelineMode(handle);
    PQsendPrepare(handle, "moment", ml_pg_moment, 0, NULL);
    PQsendPrepare(handle, "stamps", ml_pg_stamps, 1, &transaction);
    for (guint i = 0; i < ml_pg_details_count; i++) {
        static const Oid oids = 1028; /* oid[] */
        g_autofree char *name = name_of(i);
        PQsendPrepare(handle, name, ml_pg_details[i].text, 1, &oids);
    }
    PQpipelineSync(handle);
    for (guint i = 0; i < ml_pg_details_count + 2; i++) {
        g_autoptr(PGresult) prepared = take_answer(reader, error);
        if (prepared == NULL)
            return FALSE;
    }
    return end_pipeline(reader, error);
}

/* What the families' stamps are, and before that, when it was: new. */
static PGresult *ask_stamps(MlPgReader *reader, const MlSnapshot *before, char **moment,
                            GError **error)
{
    PGconn *handle = reader->session->handle;
    const char *const since[] = {before ? before->moment : FIRST_TRANSACTION};
    ml_pg_give(reader->session, READ_SECONDS);
    PQenterPipelineMode(handle);
    PQsendQueryPrepared(handle, "moment", 0, NULL, NULL, NULL, 0);
    PQsendQueryPrepared(handle, "stamps", 1, since, NULL, NULL, 0);
    PQpipelineSync(handle);
    g_autoptr(PGresult) now = take_answer(reader, error);
    g_autoptr(PGresult) stamps = now ? take_answer(reader, error) : NULL;
    if (stamps == NULL || !end_pipeline(reader, error))
        return NULL;
    *moment = g_strdup(PQgetvalue(now, 0, 0));
    return g_steal_pointer(&stamps);
}

/* --- what has changed ------------------------------------------------------------------------- */

static const char *value_at(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? NULL : PQgetvalue(result, row, column);
}

static Stamp stamp_at(const PGresult *stamps, int row)
{
    return (Stamp){
        .class = *PQgetvalue(stamps, row, 0),
        .oid = (guint)g_ascii_strtoull(PQgetvalue(stamps, row, 1), NULL, 10),
        .kind = PQgetvalue(stamps, row, 2),
        .schema = value_at(stamps, row, 3),
        .name = PQgetvalue(stamps, row, 4),
        .stamp = PQgetvalue(stamps, row, 5),
        .is_written = *PQgetvalue(stamps, row, 6) == 't',
        .parts = (guint)g_ascii_strtoull(PQgetvalue(stamps, row, 7), NULL, 10),
    };
}

static guint64 *key_of(char class, guint oid)
{
    guint64 *key = g_new(guint64, 1);
    *key = (guint64)(guchar) class << 32 | oid;
    return key;
}

/* Whose family it is: the beginning of its state, up to the stamp. */
static char *identity_of(const MlPgReader *reader, const Stamp *stamp)
{
    return g_strdup_printf("%s %c%u ", reader->database, stamp->class, stamp->oid);
}

static void add_family(Reading *reading, const Stamp *stamp)
{
    g_autofree char *identity = identity_of(reading->reader, stamp);
    g_autofree char *state = g_strconcat(identity, stamp->stamp, NULL);
    const MlSnapshot *before = reading->before;
    MlFamily *known =
        before ? ml_snapshot_find(before, stamp->kind, stamp->schema, stamp->name) : NULL;
    if (known != NULL && !stamp->is_written && strcmp(known->state, state) == 0) {
        ml_snapshot_add(reading->taken, ml_family_ref(known));
        return;
    }
    const char *kind = g_intern_string(stamp->kind);
    MlFamily *family = ml_family_new(kind, stamp->schema, stamp->name);
    family->state = g_steal_pointer(&state);
    ml_family_add(family, kind, g_strdup(stamp->name));
    ml_snapshot_add(reading->taken, family);
    reading->parts |= stamp->parts;
    g_hash_table_insert(reading->fresh, key_of(stamp->class, stamp->oid), family);
}

/* --- what they consist of --------------------------------------------------------------------- */

/* "{1,2}": the oids of a class's families that are to be told of; NULL: there is none. */
static char *oids_of(const Reading *reading, char class)
{
    g_autoptr(GString) text = g_string_new("{");
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, reading->fresh);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        guint64 number = *(const guint64 *)key;
        if (number >> 32 == (guint64)(guchar) class)
            g_string_append_printf(text, "%s%u", text->len > 1 ? "," : "", (guint)number);
    }
    if (text->len == 1)
        return NULL;
    g_string_append_c(text, '}');
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static MlSnapshotObject *object_at(const MlPgDetail *detail, MlFamily *family,
                                   const PGresult *answer, int row)
{
    const char *name = value_at(answer, row, 1);
    return name != NULL ? ml_family_add(family, detail->kind, g_strdup(name))
                        : family->objects->pdata[0];
}

static void read_answer(const Reading *reading, const MlPgDetail *detail, const PGresult *answer)
{
    for (int row = 0; row < PQntuples(answer); row++) {
        guint oid = (guint)g_ascii_strtoull(PQgetvalue(answer, row, 0), NULL, 10);
        g_autofree guint64 *key = key_of(detail->class, oid);
        MlFamily *family = g_hash_table_lookup(reading->fresh, key);
        if (family == NULL)
            continue;
        MlSnapshotObject *object = object_at(detail, family, answer, row);
        for (int column = 2; column < PQnfields(answer); column++)
            if (!PQgetisnull(answer, row, column))
                ml_object_set(object, PQfname(answer, column),
                              g_utf8_make_valid(PQgetvalue(answer, row, column), -1));
    }
}

static gboolean read_details(const Reading *reading, GError **error)
{
    PGconn *handle = reading->reader->session->handle;
    g_autoptr(GArray) asked = g_array_new(FALSE, FALSE, sizeof(guint));
    ml_pg_give(reading->reader->session, READ_SECONDS);
    PQenterPipelineMode(handle);
    for (guint i = 0; i < ml_pg_details_count; i++) {
        g_autofree char *oids = oids_of(reading, ml_pg_details[i].class);
        g_autofree char *name = name_of(i);
        MlPgPart part = ml_pg_details[i].part;
        if (oids == NULL || (part != ML_PG_ALWAYS && !(reading->parts & part)))
            continue;
        PQsendQueryPrepared(handle, name, 1, (const char *const[]){oids}, NULL, NULL, 0);
        g_array_append_val(asked, i);
    }
    PQpipelineSync(handle);
    for (guint i = 0; i < asked->len; i++) {
        g_autoptr(PGresult) answer = take_answer(reading->reader, error);
        if (answer == NULL)
            return FALSE;
        read_answer(reading, &ml_pg_details[g_array_index(asked, guint, i)], answer);
    }
    return end_pipeline(reading->reader, error);
}

/* --- what changes the text of others ---------------------------------------------------------- */

static gboolean has_column(const MlFamily *family, const char *name)
{
    for (guint i = 0; i < family->objects->len; i++) {
        const MlSnapshotObject *object = family->objects->pdata[i];
        if (strcmp(object->kind, "column") == 0 && strcmp(object->name, name) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean lacks_column_of(const MlFamily *family, const MlFamily *other)
{
    for (guint i = 0; i < other->objects->len; i++) {
        const MlSnapshotObject *object = other->objects->pdata[i];
        if (strcmp(object->kind, "column") == 0 && !has_column(family, object->name))
            return TRUE;
    }
    return FALSE;
}

/* A name or a label that another family's texts may hold, whose own rows stay as they are. */
static gboolean is_renaming(char class, const MlFamily *before, const MlFamily *after)
{
    if (class == 't' || class == 'o' || before->kind != after->kind ||
        g_strcmp0(before->schema, after->schema) != 0 || strcmp(before->name, after->name) != 0)
        return TRUE;
    return lacks_column_of(before, after) && lacks_column_of(after, before);
}

/* Families by whose they are: the beginning of the state. Borrowed. */
static GHashTable *by_identity(const MlSnapshot *snapshot)
{
    GHashTable *families = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < snapshot->families->len; i++) {
        MlFamily *family = snapshot->families->pdata[i];
        const char *stamp = strchr(strchr(family->state, ' ') + 1, ' ') + 1;
        g_hash_table_insert(families, g_strndup(family->state, stamp - family->state), family);
    }
    return families;
}

static gboolean has_renaming(const Reading *reading)
{
    if (reading->before == NULL || g_hash_table_size(reading->fresh) == 0)
        return FALSE;
    g_autoptr(GHashTable) olds = by_identity(reading->before);
    for (int i = 0; i < PQntuples(reading->stamps); i++) {
        const Stamp stamp = stamp_at(reading->stamps, i);
        g_autofree guint64 *key = key_of(stamp.class, stamp.oid);
        g_autofree char *identity = identity_of(reading->reader, &stamp);
        const MlFamily *after = g_hash_table_lookup(reading->fresh, key);
        const MlFamily *before = after ? g_hash_table_lookup(olds, identity) : NULL;
        if (before != NULL && is_renaming(stamp.class, before, after))
            return TRUE;
    }
    return FALSE;
}

/* --- reading ---------------------------------------------------------------------------------- */

static gboolean read_families(Reading *reading, GError **error)
{
    ml_snapshot_free(reading->taken);
    g_hash_table_remove_all(reading->fresh);
    reading->taken = ml_snapshot_new();
    for (int i = 0; i < PQntuples(reading->stamps); i++) {
        const Stamp stamp = stamp_at(reading->stamps, i);
        add_family(reading, &stamp);
    }
    return g_hash_table_size(reading->fresh) == 0 || read_details(reading, error);
}

/* Takes `moment`. */
static void finish(const Reading *reading, char *moment)
{
    GHashTableIter iter;
    gpointer family;
    g_hash_table_iter_init(&iter, reading->fresh);
    while (g_hash_table_iter_next(&iter, NULL, &family))
        ml_family_finish(family);
    ml_snapshot_finish(reading->taken);
    reading->taken->moment = moment;
}

MlSnapshot *ml_pg_reader_read(MlPgReader *reader, const MlSnapshot *before, GError **error)
{
    g_autofree char *moment = NULL;
    g_autoptr(PGresult) stamps = ask_stamps(reader, before, &moment, error);
    if (stamps == NULL)
        return NULL;
    g_autoptr(GHashTable) fresh = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    Reading reading = {.reader = reader, .before = before, .stamps = stamps, .fresh = fresh};
    gboolean read = read_families(&reading, error);
    if (read && has_renaming(&reading)) {
        reading.before = NULL;
        read = read_families(&reading, error);
    }
    if (read)
        finish(&reading, g_steal_pointer(&moment));
    else
        g_clear_pointer(&reading.taken, ml_snapshot_free);
    return reading.taken;
}

/* --- opening ---------------------------------------------------------------------------------- */

/* No plan is worth a second thought, and none a thread or a compiler. */
static const char settings[] =
    "SET search_path = pg_catalog, pg_temp; SET plan_cache_mode = force_generic_plan; "
    "SET jit = off; SET max_parallel_workers_per_gather = 0; SET default_transaction_isolation = "
    "'read committed'; SET row_security = off; SET statement_timeout = 0; "
    "SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET bytea_output = 'hex'; "
    "SET extra_float_digits = 1; SET TimeZone = 'UTC'; SET quote_all_identifiers = off";

MlPgReader *ml_pg_reader_new(MlPgSession *session, const char *database, GError **error)
{
    g_autoptr(MlPgReader) reader = g_new0(MlPgReader, 1);
    reader->session = session;
    reader->database = g_strdup(database);
    if (!ml_pg_execute(session, settings, NULL, error) || !prepare(reader, error))
        return NULL;
    return g_steal_pointer(&reader);
}

void ml_pg_reader_free(MlPgReader *reader)
{
    if (reader == NULL)
        return;
    ml_pg_close(reader->session);
    g_free(reader->database);
    g_free(reader);
}
