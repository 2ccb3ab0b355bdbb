/* The questions that Postgres' catalogs are asked. */
#pragma once

#include <glib.h>

/*
 * A row for each family: its class (a letter) and oid, its kind, schema (NULL: public) and name,
 * and its stamp, which is another one as soon as a catalog row of the family was written or
 * deleted: the last transaction that wrote one, and their number.
 */
extern const char ml_pg_stamps[];

/*
 * What families of one class consist of. The first column of the answer is the family's oid, the
 * second the object's name; each further one is a property, which is called as the column is.
 * $1 is an array of the families' oids.
 */
typedef struct {
    char class;
    const char *kind; /* of the objects; where the name is NULL, it is the family's own */
    const char *text;
} MlPgDetail;

extern const MlPgDetail ml_pg_details[];
extern const guint ml_pg_details_count;
