/*
 * What the files share that read operations out of Python's values.
 *
 * A value is read into the operation in hand: what of it cannot be told is
 * noted there, under the name of the keyword that it was given for. Readers of
 * arguments take NULL for one that was not given.
 */
#pragma once

#include "miglint/operation.h"
#include "miglint/project.h"
#include "miglint/sql.h"
#include "miglint/text.h"

typedef struct {
    MlOperations *operations;
    MlEvaluation *evaluation;
    MlSqlReader *sql;
    const char *dialect;   /* NULL: unknown */
    gboolean asks_dialect; /* what is read depends on it */
    gboolean spells;       /* what is executed is spelt out: MlOperation.execution */
    gsize spelt;           /* bytes of that */
    MlSqlAlchemy sqlalchemy;
    gboolean asks_spelling; /* what is read is spelt as the dialect and SQLAlchemy have it */
    const GPtrArray *types; /* MlSetting *: what the settings say of types; NULL: nothing */
    gboolean asks_types;    /* what is read depends on them */
    gboolean told_already;  /* that what goes on is unknown */
    MlOperation *operation; /* in hand; NULL: none, and nothing is noted */
    GHashTable *batches;    /* const MlValue *, a call of batch_alter_table -> const MlBatch * */
    guint steps;            /* that are left: values may hang together in any way */
    guint depth;
} MlReading;

/* Goes one value deeper; FALSE, and not to be left, where that is too deep or takes too long. */
gboolean ml_reading_enter(MlReading *reading);
void ml_reading_leave(MlReading *reading);
/* Takes so many steps; FALSE once there are no more. */
gboolean ml_reading_spend(MlReading *reading, gsize steps);

MlOperation *ml_reading_add(MlReading *reading, MlOperationKind kind, MlOrigin origin);
/* Why a value cannot be told: half a sentence, new. */
char *ml_reason_of(const MlValue *value);
/* Notes that a part of the operation cannot be told; `why` NULL: says it of the value. */
void ml_reading_note(MlReading *reading, const char *part, const char *why, const MlValue *value);

/* --- calls ---------------------------------------------------------------------- */

/* The library that has the tables of the project as its names, where upgrade() is given them. */
#define ML_TABLES "sqlalchemy.tables"

/* A call, and the names of its positional arguments, NULL-terminated. */
typedef struct {
    const MlValue *call;
    const char *const *names;
    const MlValue *batch; /* the call of batch_alter_table, whose table and schema it is about */
} MlSite;

/* NULL where it is not given; unknown where it may be one of those that cannot be told. */
const MlValue *ml_site_argument(MlReading *reading, const MlSite *site, const char *name);
/* Arguments by name that have no reader of their own: not those in `known`, NULL-terminated. */
const MlKeyword *ml_site_keywords(MlReading *reading, const MlSite *site, const char *const *known,
                                  guint *count);

/* The method's name and the object of object.method(...); NULL where a value is no such call. */
const char *ml_method_of(const MlValue *value, const MlValue **object);
/* The arguments by position of a call. */
gsize ml_positional_count(const MlValue *call);

/* --- plain arguments -------------------------------------------------------------- */

MlText ml_read_text(MlReading *reading, const char *part, const MlValue *value);
MlFlag ml_read_flag(MlReading *reading, const char *part, const MlValue *value);
MlNumber ml_read_number(MlReading *reading, const char *part, const MlValue *value);
/* A list, a tuple or a set of what ml_read_name reads. */
MlTexts ml_read_names(MlReading *reading, const char *part, const MlValue *value);
/* A column's name, or the column itself. */
MlText ml_read_name(MlReading *reading, const char *part, const MlValue *value);
MlTexts ml_read_texts(MlReading *reading, const char *part, const GPtrArray *values);
/* A constraint's or an index' name; `final` tells whether it is one of op.f(). */
MlText ml_read_final_name(MlReading *reading, const MlValue *value, gboolean *final);
/* Whatever it is, as Python would write it. */
MlText ml_read_anything(MlReading *reading, const char *part, const MlValue *value);
MlText ml_known_text(MlReading *reading, const char *text, MlOrigin origin);

/* --- SQLAlchemy -------------------------------------------------------------------- */

/* "Column" for what SQLAlchemy calls so, wherever it is imported from; else NULL. */
const char *ml_sqlalchemy_name(const MlValue *value);
/* The same for the call of such a name. */
const char *ml_sqlalchemy_call(const MlValue *value);
/* Whether a value is the call of a name of SQLAlchemy's. */
gboolean ml_is_sqlalchemy_call(const MlValue *value, const char *name);
/* The column that table.c.name or table.c["name"] is; NULL where it is none. */
const char *ml_column_of_table(const MlValue *value, const MlValue **table);
/* What Table(..., schema=...) says, or else its MetaData(schema=...); NULL where neither does. */
const MlValue *ml_schema_of_table(const MlValue *table);

/* A list or a tuple. */
gboolean ml_is_list(const MlValue *value);

const MlType *ml_read_type(MlReading *reading, const char *part, const MlValue *value);
/* Whether it is a type, or a type's class. */
gboolean ml_is_type(MlReading *reading, const MlValue *value);

/* SQL: an expression of SQLAlchemy's, or a string, which is SQL already. */
MlText ml_read_sql(MlReading *reading, const char *part, const MlValue *value);
/* What is indexed: Postgres wants brackets around what an operator makes. */
MlText ml_read_index_sql(MlReading *reading, const char *part, const MlValue *value);
/* The same, with what it says appended to a text; FALSE where it cannot be told. */
gboolean ml_append_sql(MlReading *reading, GString *out, const MlValue *value);
/* A default of a column. */
MlDefault ml_read_default(MlReading *reading, const char *part, const MlValue *value);
const MlSequence *ml_read_sequence(MlReading *reading, const MlValue *value);

/* What a table is made of, as it is read. */
typedef struct {
    GArray *columns;     /* MlColumn */
    GArray *constraints; /* MlConstraint */
    GArray *indexes;     /* MlIndex */
    gboolean open;       /* there is more, which cannot be told */
} MlParts;

MlParts ml_parts_new(void);
void ml_parts_clear(MlParts *parts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MlParts, ml_parts_clear)

/* sqlalchemy.Column(), with the keys and indexes that it makes. */
void ml_read_column(MlReading *reading, MlParts *parts, const MlValue *value);
/* Whatever stands in a table: a column, a constraint, an index. */
void ml_read_part(MlReading *reading, MlParts *parts, const MlValue *value);
/* Arguments by position from `first` on. */
void ml_read_parts(MlReading *reading, MlParts *parts, const MlValue *call, gsize first);
/* The columns that say so are the primary key, unless there is another. */
void ml_parts_add_primary_key(MlReading *reading, MlParts *parts);
void ml_parts_store(MlReading *reading, const MlParts *parts);

/* A constraint of SQLAlchemy's, UniqueConstraint() and others; FALSE where it is none. */
gboolean ml_read_constraint(MlReading *reading, const MlValue *value, MlConstraint *constraint);
/* The key that ForeignKey() makes of a column. */
MlConstraint ml_read_foreign_key(MlReading *reading, const MlValue *value, MlText column);
/* What the site's keywords say of a constraint, whichever it is. */
void ml_read_constraint_options(MlReading *reading, const MlSite *site, MlConstraint *constraint);
/* Elements of an exclusion constraint: pairs of a column and an operator. */
void ml_read_exclude(MlReading *reading, const MlSite *site, gsize first, MlConstraint *constraint);

/*
 * What a dictionary says of the operator classes of parts that were read out of values; `texts`:
 * a text() has its words for a key, as Alembic makes columns of those that op.create_index() gets.
 */
void ml_read_operator_classes(MlReading *reading, const char *part, MlIndexPart *parts,
                              const GPtrArray *values, const MlValue *classes, gboolean texts);

/* Index(), and the index that op.create_index makes. */
MlIndex ml_read_index(MlReading *reading, const MlValue *value);
/* What is indexed, and what the site's keywords say of it. */
void ml_read_indexed(MlReading *reading, const MlSite *site, const GPtrArray *values,
                     MlIndex *index);
MlIndexPart ml_read_index_part(MlReading *reading, const MlValue *value);

/* --- statements on rows --------------------------------------------------------------- */

/* A statement of SQLAlchemy's: table.update().where(...); FALSE where a value is none. */
gboolean ml_read_statement(MlReading *reading, const MlValue *value, MlOrigin origin);
/* What it is executed with, the rows of an INSERT. */
void ml_read_parameters(MlReading *reading, const MlValue *rows);
void ml_read_bulk_insert(MlReading *reading, const MlValue *table, const MlValue *rows,
                         MlOrigin origin);
/* The method that runs a query of a session: all(), update({...}), delete(). */
void ml_read_query(MlReading *reading, const MlValue *call, const char *method,
                   const MlValue *query);
/* An object of a model that is inserted or deleted. */
void ml_read_object(MlReading *reading, const MlValue *call, MlOperationKind kind,
                    const MlValue *object);
/* object.column = value, of an object that a session gave. */
void ml_read_attribute(MlReading *reading, const MlValue *call, const MlValue *object);
