/*
 * What the files share that spell statements and expressions of SQLAlchemy's as SQL.
 *
 * A spelling writes one statement, or an expression of DDL, as SQLAlchemy of an age
 * compiles it for a dialect, with literal values (literal_binds). What it cannot
 * write exactly so is refused with the reason; then nothing of it is of use.
 */
#pragma once

#include "migration/reading.h"

/* A table, an alias or a subquery that a SELECT is from. */
typedef struct {
    const MlValue *value;
    gboolean hidden; /* it is part of a join */
} MlSource;

/* The statement that is being written, within the one that it stands in. */
typedef struct MlQuery MlQuery;
struct MlQuery {
    GArray *sources; /* MlSource, as columns name them */
    const MlQuery *outer;
};

typedef struct {
    MlReading *reading;
    GString *out;
    MlDialect dialect;
    MlSqlAlchemy sqlalchemy;
    gboolean qualified;        /* columns are written with their tables */
    gboolean named;            /* the columns of the SELECT at hand are to have names */
    MlQuery *query;            /* NULL within DDL */
    const MlValue *parameters; /* what it is executed with: a dict; may be NULL */
    GHashTable *numbers;       /* of names that SQLAlchemy makes: "anon" -> how many there are */
    GHashTable *names;         /* const MlValue * -> name that was made for it */
    char *why;                 /* half a sentence: what first could not be written */
} MlSpelling;

MlSpelling ml_spelling_new(MlReading *reading, GString *out);
void ml_spelling_clear(MlSpelling *spelling);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MlSpelling, ml_spelling_clear)

/* FALSE, always. `why` NULL: says it of the value. The first reason stays. */
gboolean ml_spelling_refuse(MlSpelling *spelling, const char *why, const MlValue *value);
gboolean ml_spell_name(MlSpelling *spelling, const char *name);
/* "anon_1": the next name that SQLAlchemy makes out of a word; new. */
char *ml_spelling_number(MlSpelling *spelling, const char *word);

/* --- values (spell_literal.c) ------------------------------------------------------- */

/* What SQLAlchemy tells types apart by (TypeEngine._type_affinity). */
typedef enum {
    ML_OF_NOTHING, /* no type is known: NullType */
    ML_OF_TEXT,
    ML_OF_INTEGER,
    ML_OF_NUMBER,
    ML_OF_BOOLEAN,
    ML_OF_DATE,
    ML_OF_DATETIME,
    ML_OF_TIME,
    ML_OF_INTERVAL,
    ML_OF_UUID,
    ML_OF_ARRAY,
    ML_OF_OTHER, /* any that has no literals */
} MlAffinity;

MlAffinity ml_affinity_of(const MlSpelling *spelling, const MlType *type);
/* Whether a value is one of Python's, rather than an expression of SQL. */
gboolean ml_is_plain_value(const MlValue *value);
/* A value that is written into a column of a type. */
gboolean ml_spell_value(MlSpelling *spelling, const MlValue *value, const MlType *type);
/* A value that is compared with, or stands beside, something of a type (may be NULL). */
gboolean ml_spell_compared(MlSpelling *spelling, const MlValue *value, const MlType *type);
/* The same of several, which are all of the first one's type. */
gboolean ml_spell_list(MlSpelling *spelling, const MlValue *list, const MlType *type);
/* The type that a value by itself has; NULL: none. */
const MlType *ml_type_of_value(MlSpelling *spelling, const MlValue *value);

/* --- texts (spell_text.c) ------------------------------------------------------------ */

/* The text(), with bindparams() behind it, that a value is; NULL where it is none. */
const MlValue *ml_text_of(const MlValue *value);
gboolean ml_spell_text(MlSpelling *spelling, const MlValue *value);
/* A string as text() takes it; `values`: the text with its bindparams(), or NULL. */
gboolean ml_spell_string(MlSpelling *spelling, const MlValue *string, const MlValue *values);
/* DDL("..."), with what it is formatted with. */
gboolean ml_spell_ddl(MlSpelling *spelling, const MlValue *call);
/* A string as a driver takes it, with its parameters (may be NULL). */
gboolean ml_spell_driver_string(MlSpelling *spelling, const MlValue *string,
                                const MlValue *parameters);

/* --- expressions (spell_expression.c; what that is made of: expression.h) --------------- */

gboolean ml_spell(MlSpelling *spelling, const MlValue *value);
/* The same in the brackets that it needs where it stands by itself in SET, VALUES or WHEN. */
gboolean ml_spell_grouped(MlSpelling *spelling, const MlValue *value);
/* A condition; `joined`: one of several that AND joins. */
gboolean ml_spell_condition(MlSpelling *spelling, const MlValue *value, gboolean joined);
/* Several, joined by AND behind a word; nothing where there are none. */
gboolean ml_spell_conditions(MlSpelling *spelling, const char *word, const GPtrArray *conditions);
/* The last name of the function that is called: "count" of func.count(); NULL: of none. */
const char *ml_function_name(const MlValue *call);
/* NULL where it is not known to have one. */
const MlType *ml_type_of(MlSpelling *spelling, const MlValue *value);

/* --- tables and statements (spell_table.c, spell_select.c, spell_statement.c) ------------ */

/* sa.table(), Table(), what op.create_table() gives, a model; not an alias. */
gboolean ml_is_table(MlSpelling *spelling, const MlValue *value);
/* The table, alias or subquery that a column is of, and the column's own name; NULL: of none. */
const char *ml_column_named(MlSpelling *spelling, const MlValue *value, const MlValue **source);
/* The Column() of a table; NULL where it is not known. */
const MlValue *ml_column_in(MlSpelling *spelling, const MlValue *table, const char *name);
/* The same, one after the other; NULL after the last. */
const MlValue *ml_column_at(MlSpelling *spelling, const MlValue *table, gsize *at);
const char *ml_name_of_column(const MlValue *column);
const MlType *ml_type_of_column(MlSpelling *spelling, const MlValue *column);
/* schema.name */
gboolean ml_spell_table(MlSpelling *spelling, const MlValue *table);
/* As FROM has it: with its alias, or a join. */
gboolean ml_spell_source(MlSpelling *spelling, const MlValue *source);
/* As a column has it before its own name. */
gboolean ml_spell_source_name(MlSpelling *spelling, const MlValue *source);
gboolean ml_is_join(const MlValue *value);
/* Takes down that the query names it. */
void ml_query_add(MlQuery *query, const MlValue *source);
/* The same of whatever an expression names, subqueries left out. */
void ml_query_collect(MlSpelling *spelling, MlQuery *query, const MlValue *value);
gboolean ml_same_source(const MlValue *one, const MlValue *other);

gboolean ml_is_select(const MlValue *value);
gboolean ml_spell_select(MlSpelling *spelling, const MlValue *value);
/* select(...), insert(...), update(...), delete(...) with what follows; FALSE where it is none. */
gboolean ml_is_statement(MlSpelling *spelling, const MlValue *value);
gboolean ml_spell_statement(MlSpelling *spelling, const MlValue *value);
/* INSERT of one row into a table, as op.bulk_insert() prints it. */
gboolean ml_spell_row(MlSpelling *spelling, const MlValue *table, const MlValue *row);
