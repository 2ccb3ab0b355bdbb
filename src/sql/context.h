/* What the files of this room share: one statement's syntax tree, and the operations it becomes. */
#pragma once

#include "miglint/sql.h"

#include <pg_query/pg_query.pb-c.h>

typedef struct {
    MlOperations *operations;
    MlOrigin origin;
    const MlStatement *statement;
} MlSql;

/* --- arguments: what is not said is absent ------------------------------- */

MlText ml_sql_none(const MlSql *sql);
/* NULL, "": absent; unknown with an ML_HOLE in it. */
MlText ml_sql_text(const MlSql *sql, const char *text);
/* Of what is named so: unknown where none is said and the name is, which may bring it along. */
MlText ml_sql_schema(const MlSql *sql, const char *schema, const char *name);

MlFlag ml_sql_flag(const MlSql *sql, gboolean value);
MlFlag ml_sql_said(const MlSql *sql, gboolean said); /* false: absent */
MlNumber ml_sql_number(const MlSql *sql, gint64 value);
/* An integer node; absent if it is none. */
MlNumber ml_sql_integer(const MlSql *sql, const PgQuery__Node *node);
/* Of nodes that are strings: lists of names. Unknown with an ML_HOLE, which may be several. */
MlTexts ml_sql_names(const MlSql *sql, PgQuery__Node *const *nodes, gsize length);
/* Of strings; the same. */
MlTexts ml_sql_texts(const MlSql *sql, const GPtrArray *texts);
/* The options of WITH (...), SET (...). */
const MlKeyword *ml_sql_keywords(const MlSql *sql, PgQuery__Node *const *nodes, gsize length,
                                 guint *count);

/* The text of a string node; NULL if it is none. */
const char *ml_sql_string(const PgQuery__Node *node);
/* Whether an option that may have a value is there, and not false. */
gboolean ml_sql_has_option(PgQuery__Node *const *nodes, gsize length, const char *name);

/* An expression as SQL, spelt in one way; `node` NULL: absent. */
MlText ml_sql_expression(const MlSql *sql, const PgQuery__Node *node);

/* --- operations ---------------------------------------------------------- */

MlOperation *ml_sql_add(const MlSql *sql, MlOperationKind kind);
/* Of a table. */
MlOperation *ml_sql_add_to(const MlSql *sql, MlOperationKind kind,
                           const PgQuery__RangeVar *relation);
/* Of something in a schema, or alone: name and schema are the relation's. */
MlOperation *ml_sql_add_named(const MlSql *sql, MlOperationKind kind,
                              const PgQuery__RangeVar *relation);
/* Sets schema and name from the parts of a dotted name. */
void ml_sql_set_name(const MlSql *sql, MlOperation *operation, PgQuery__Node *const *parts,
                     gsize length);
/* Sets schema, table and name: what ends the dotted name belongs to the table before it. */
void ml_sql_set_part_of_table(const MlSql *sql, MlOperation *operation, PgQuery__Node *const *parts,
                              gsize length);
void ml_sql_add_unknown(const MlSql *sql, const char *why);
void ml_sql_add_harmless(const MlSql *sql, const char *what);

/* "SET TABLE SPACE" of "SetTableSpace", "ACCESS METHOD" of "ACCESS_METHOD". */
char *ml_sql_words(const char *name);

/* --- syntax -------------------------------------------------------------- */

/* What a statement does, appended to the operations. */
void ml_sql_statement(const MlSql *sql, const PgQuery__Node *statement);

const MlType *ml_sql_type(const MlSql *sql, const PgQuery__TypeName *type,
                          const PgQuery__CollateClause *collation);
/* Whether a type is one of the pseudo-types that fill themselves: "serial". */
gboolean ml_sql_is_serial(const PgQuery__TypeName *type);
/* FALSE where an ML_HOLE stands for it: "integer", as well as "serial" or "integer DEFAULT 1". */
gboolean ml_sql_is_type_known(const PgQuery__TypeName *type);
const MlSequence *ml_sql_sequence(const MlSql *sql, const PgQuery__RangeVar *name,
                                  PgQuery__Node *const *options, gsize length);

/* A column's definition; the constraints in it are added to `constraints` (MlConstraint). */
MlColumn ml_sql_column(const MlSql *sql, const PgQuery__ColumnDef *definition, GArray *constraints);
/* A column of which nothing is said yet: of ALTER COLUMN. */
MlColumn *ml_sql_change(const MlSql *sql);
MlDefault ml_sql_default(const MlSql *sql, const PgQuery__Node *expression);
MlDefault ml_sql_identity(const MlSql *sql, const PgQuery__Constraint *identity);
MlConstraint ml_sql_constraint(const MlSql *sql, const PgQuery__Constraint *constraint);

void ml_sql_create_table(const MlSql *sql, const PgQuery__CreateStmt *statement);
void ml_sql_alter_table(const MlSql *sql, const PgQuery__AlterTableStmt *statement);
void ml_sql_create_index(const MlSql *sql, const PgQuery__IndexStmt *statement);

/*
 * What the parts of a statement read, as the whole message says it; `but` (may
 * be NULL) is left out with all that is in it. NULL where nothing is read.
 */
const MlReads *ml_sql_reads(const MlSql *sql, const void *message, const void *but);
/* Rows, objects, session: TRUE if the statement is one of these and has been appended. */
gboolean ml_sql_rows(const MlSql *sql, const PgQuery__Node *statement);
gboolean ml_sql_object(const MlSql *sql, const PgQuery__Node *statement);
gboolean ml_sql_session(const MlSql *sql, const PgQuery__Node *statement);
