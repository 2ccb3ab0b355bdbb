/*
 * A throwaway database: made by this run, used by it alone, gone at its end.
 *
 * What is run in it comes from strangers. Nothing that they say reaches a file, a
 * program or another database, and each statement has its time and its share of memory.
 */
#pragma once

#include "miglint/render.h"
#include "roundtrip/snapshot.h"

#define ML_DATABASE_ERROR (ml_database_error_quark())
GQuark ml_database_error_quark(void);
typedef enum {
    ML_DATABASE_ERROR_STATEMENT, /* it refused a statement; the message is its own */
    ML_DATABASE_ERROR_LOST,      /* it is not there any more, or cannot be made */
} MlDatabaseError;

typedef struct MlDatabase MlDatabase;

/* What the two kinds of database do each in its own way. */
typedef struct {
    gboolean (*run)(MlDatabase *database, const char *sql, GError **error);
    gboolean (*in_transaction)(MlDatabase *database);
    gboolean (*renew)(MlDatabase *database, GError **error);
    MlSnapshot *(*snapshot)(MlDatabase *database, const MlSnapshot *before, GError **error);
    void (*close)(MlDatabase *database);
} MlDatabaseKind;

/* The beginning of each kind's own struct. */
struct MlDatabase {
    const MlDatabaseKind *kind;
    MlDialect dialect;
};

/* An empty SQLite in memory; `limits` is copied. */
MlDatabase *ml_sqlite_open(const MlServerLimits *limits, GError **error);

void ml_database_close(MlDatabase *database);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlDatabase, ml_database_close)

/* What execute() of the Python driver takes: on SQLite one statement. */
gboolean ml_database_run(MlDatabase *database, const char *sql, GError **error);
gboolean ml_database_begin(MlDatabase *database, GError **error);
/* Nothing where no transaction is open: a statement may have ended it. */
gboolean ml_database_commit(MlDatabase *database, GError **error);
void ml_database_rollback(MlDatabase *database);

/* Between two runs: what was set, and what was made for a while, lasts no longer than a session. */
gboolean ml_database_renew(MlDatabase *database, GError **error);

/*
 * All that there is. `before` (may be NULL)
 * is an earlier snapshot, which the new one shares what has not changed with.
 */
MlSnapshot *ml_database_snapshot(MlDatabase *database, const MlSnapshot *before, GError **error);
