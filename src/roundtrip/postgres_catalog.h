/* The questions that Postgres' catalogs are asked. */
#pragma once

#include <glib.h>

/* The oldest transaction that may still write, as a text. */
extern const char ml_pg_moment[];

/*
 * A row for each family: its class (a letter) and oid, its kind, schema (NULL: public) and name;
 * its stamp, which is another one as soon as a catalog row of the family was deleted; whether one
 * was written by the transaction $1 or later; and of which parts it has any, MlPgPart.
 */
extern const char ml_pg_stamps[];

typedef enum {
    ML_PG_ALWAYS = 0, /* what is always asked for */
    ML_PG_CONSTRAINT = 1,
    ML_PG_INDEX = 2,
    ML_PG_TRIGGER = 4,
    ML_PG_RULE = 8,
    ML_PG_POLICY = 16,
    ML_PG_STATISTICS = 32,
    ML_PG_SEQUENCE = 64,
} MlPgPart;

/*
 * What families of one class consist of. The first column of the answer is the family's oid, the
 * second the object's name; each further one is a property, which is called as the column is.
 * $1 is an array of the families' oids.
 */
typedef struct {
    char class;
    MlPgPart part;    /* asked for only where there is one */
    const char *kind; /* of the objects; where the name is NULL, it is the family's own */
    const char *text;
} MlPgDetail;

extern const MlPgDetail ml_pg_details[];
extern const guint ml_pg_details_count;
