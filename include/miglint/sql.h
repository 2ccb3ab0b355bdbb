/*
 * sql: SQL text -> operations.
 *
 * The grammar is that of Postgres 15. What it refuses (SQLite's PRAGMA,
 * MySQL's backquotes, a text over 1 MB) is an unknown operation that says why,
 * and so is what may do anything (a DO block). Nothing here fails because of
 * what a text says.
 */
#pragma once

#include "miglint/operation.h"

G_BEGIN_DECLS

/*
 * Reads SQL. It owns a thread with a stack large enough for any text, and may be used
 * from several threads, which then take turns. Make few: Postgres' parser
 * takes one of a process' 1,024 thread-specific keys for each thread that it
 * has ever run on.
 */
typedef struct MlSqlReader MlSqlReader;

MlSqlReader *ml_sql_reader_new(void);
void ml_sql_reader_free(MlSqlReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlSqlReader, ml_sql_reader_free)

typedef enum {
    ML_SQL_TEXT,   /* sqlalchemy.text(), and a string for op.execute(): ":name" is a parameter, "\:"
                      a colon */
    ML_SQL_DRIVER, /* what goes to the database's driver: "%s", "%(name)s" are parameters */
} MlSqlStyle;

/*
 * Appends what the statements of a text do (-1: terminated). `origin` is the
 * literal that has the text as its value: an operation's origin is the
 * statement within it where that can be told, otherwise all of it.
 */
void ml_sql_read(MlSqlReader *reader, MlOperations *into, const char *text, gssize length,
                 MlSqlStyle style, MlOrigin origin);

/*
 * The type that a text names, such as "NUMERIC(12, 2)", allocated in `into`. NULL
 * where it is none; `why` (may be NULL) is then set to half a sentence, new.
 */
const MlType *ml_sql_read_type(MlSqlReader *reader, MlOperations *into, const char *text,
                               MlOrigin origin, char **why);

/* Appends "NAME VERSION" and a line end for each library that the room is built on. */
void ml_sql_libraries(GString *out);

G_END_DECLS
