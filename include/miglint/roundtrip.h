/*
 * roundtrip: proves on a throwaway database that every upgrade can be undone.
 *
 * Each revision is upgraded, downgraded and upgraded again, each time as a run of
 * its own, as three commands of Alembic's would be; after each run the schema is
 * read from the database's own catalogs and compared. What comes of it is a
 * verdict a revision: a fact, of which rules make findings.
 *
 * No statement runs in a database that was not made by this run.
 */
#pragma once

#include "miglint/render.h"
#include "miglint/sql.h"

G_BEGIN_DECLS

/* --- where databases are made ---------------------------------------------- */

#define ML_ROUNDTRIP_ERROR (ml_roundtrip_error_quark())
GQuark ml_roundtrip_error_quark(void);
typedef enum {
    ML_ROUNDTRIP_ERROR_DATABASE, /* none can be made, or it went away */
    ML_ROUNDTRIP_ERROR_CANCELLED,
    ML_ROUNDTRIP_ERROR_DUMP, /* it cannot be read or run */
} MlRoundtripError;

/* What makes throwaway databases: SQLite in memory, or a Postgres server. */
typedef struct MlServer MlServer;

typedef struct {
    guint seconds;                  /* that a statement may take */
    const volatile gint *cancelled; /* becomes 1 when the run is to end; NULL: never */
} MlServerLimits;

/* `limits` is copied by each. */
MlServer *ml_server_sqlite(const MlServerLimits *limits);
/*
 * A Postgres of our own: a temporary cluster from the installed binaries, in a private folder. It
 * ends with the thread that started it, whatever that ends of. What a run that was killed left of
 * its own is removed first.
 */
MlServer *ml_server_postgresql_cluster(const MlServerLimits *limits, GError **error);
/*
 * Databases on the server that a URL names, as SQLAlchemy or libpq writes it. No statement of a
 * migration runs in the URL's own database, nor as its user. The password is in no message.
 */
MlServer *ml_server_postgresql_url(const char *url, const MlServerLimits *limits, GError **error);
MlDialect ml_server_dialect(const MlServer *server);
/*
 * The databases of this run, each with a role of its name, that have to stay on another's server,
 * since a session there does not end: char *, after one more try; borrowed. The next run there
 * removes them.
 */
const GPtrArray *ml_server_left(MlServer *server);
void ml_server_stop(MlServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlServer, ml_server_stop)

/* Appends what the databases' libraries are, a line each. */
void ml_roundtrip_libraries(GString *out);

/* --- what lies under the first revision --------------------------------------- */

/*
 * The schema that a chain of migrations begins on, as pg_dump --schema-only or sqlite3's .schema
 * have written it. Who owns what and who has which right is left out: those roles are not there.
 */
typedef struct MlDump MlDump;

/*
 * `name` is what messages call it. Fails where it is no text, or wants what only psql can do: to
 * connect elsewhere, or COPY FROM stdin.
 */
MlDump *ml_dump_read(const char *name, const char *bytes, gsize length, MlDialect dialect,
                     GError **error);
void ml_dump_free(MlDump *dump);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlDump, ml_dump_free)

/* What its statements do, as far as Postgres' grammar has them: new. */
MlOperations *ml_dump_operations(const MlDump *dump);

/* --- verdicts --------------------------------------------------------------- */

typedef struct {
    MlSchemaDifferenceKind kind;
    const char *what; /* "column"; static */
    char *schema;     /* NULL: the default one */
    char *table;      /* NULL of what is part of none */
    char *name;
    char *property;       /* NULL unless changed */
    char *before, *after; /* NULL: it has none */
} MlTripDifference;

void ml_trip_difference_free(MlTripDifference *difference);

typedef enum {
    ML_VERDICT_OK,
    ML_VERDICT_FAILED,
    ML_VERDICT_IRREVERSIBLE, /* downgrade() raises */
    ML_VERDICT_UNVERIFIED,
} MlVerdictKind;

typedef enum { ML_STAGE_UPGRADE, ML_STAGE_DOWNGRADE, ML_STAGE_SECOND_UPGRADE } MlStage;

typedef struct {
    const MlStep *step; /* the revision, on the trip's engine; of the replay */
    MlDialect dialect;  /* of the database */
    MlVerdictKind kind;
    MlStage stage; /* that failed, or could not be made */
    /* Why it is not verified, half a sentence; NULL otherwise. */
    char *reason;
    /* Not verified because of that one, whose upgrade could not be made; NULL: for itself. */
    const MlNode *after;
    const MlOperation *operation; /* that failed, or cannot be told; NULL: none */
    char *statement;              /* that the database refused; NULL: none was */
    char *database_message;
    GPtrArray *differences; /* MlTripDifference *: after the stage, from what it should be; NULL:
                               none */
    char *second_message; /* where the downgrade differs: what the database then says of the second
                             upgrade; NULL: nothing */
} MlVerdict;

void ml_verdict_free(MlVerdict *verdict);

const char *ml_verdict_kind_name(MlVerdictKind kind); /* "irreversible" */
const char *ml_stage_name(MlStage stage);             /* "second upgrade" */

/* --- the trip --------------------------------------------------------------- */

typedef struct {
    const MlRenderRules *rules; /* of the server's dialect */
    const MlGraph *graph;
    const MlReplay *replay; /* of the graph, on that dialect */
    const MlDump *dump;     /* what is loaded first; NULL: nothing is there before */
    const MlPlan *done;     /* an upgrade from base that the dump holds already; NULL: none */
    const MlPlan *plan;     /* an upgrade from there */
    const char *engine;     /* of a multidb environment; else NULL */
    GHashTable *tried;      /* const char *: ids; the others are only upgraded; NULL: all */
    void (*progress)(gpointer data, const MlNode *node, guint done, guint of); /* may be NULL */
    gpointer data;
} MlTrip;

/*
 * Makes the trip in a database of the server's: new, a MlVerdict * for each revision that is
 * tried, in the plan's order. A revision that fails does not end it: what follows goes on from
 * where its upgrade left the database, or is unverified. Fails only where no database can be
 * made, or the run is cancelled.
 */
GPtrArray *ml_trip_make(const MlTrip *trip, MlServer *server, GError **error);

G_END_DECLS
