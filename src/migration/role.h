/* What a value is to a migration: what its methods can do depends on that. */
#pragma once

#include "migration/reading.h"

typedef enum {
    ML_ROLE_UNKNOWN,  /* what it does cannot be told */
    ML_ROLE_HARMLESS, /* cannot change a database: Python's own, what a query returned */
    ML_ROLE_ALCHEMY,  /* a table, a type, a statement, or another thing of SQLAlchemy's */
    ML_ROLE_MODEL,    /* a class of the tree that stands for a table, or an object of it */
    ML_ROLE_OP,       /* alembic.op */
    ML_ROLE_BATCH,    /* what `with op.batch_alter_table() as` gives */
    ML_ROLE_CONTEXT,  /* Alembic's context, its implementation of a dialect */
    ML_ROLE_CONNECTION,
    ML_ROLE_CURSOR,
    ML_ROLE_SESSION_MAKER,
    ML_ROLE_SESSION,
    ML_ROLE_QUERY, /* session.query() */
} MlRole;

MlRole ml_role_of(MlReading *reading, const MlValue *value);

/*
 * What a call calls: the method's name, and the role of what it is a method of.
 * Of a function it is the function's last name, and the role of its library.
 */
typedef struct {
    MlRole role;
    const char *name;
    const MlValue *object; /* NULL of a function of a library */
} MlCallee;

MlCallee ml_callee_of(MlReading *reading, const MlValue *call);

/* The table of a model: the value of its __tablename__; NULL where it has none that can be told. */
const MlValue *ml_model_table(MlReading *reading, const MlValue *value);
/* What a model's attribute is: Column(...); NULL where it is no column, such as a relationship. */
const MlValue *ml_model_column(MlReading *reading, const MlValue *value, const char *attribute);
