/*
 * What a database's schema is at one moment, as the database itself tells.
 *
 * A snapshot is a list of families: a table with its columns, constraints, indexes and
 * triggers, or an object that stands by itself. Families are refcounted and immutable, and
 * a snapshot shares those that did not change with the one before: comparing two costs what
 * changed between them.
 */
#pragma once

#include <glib.h>

#include "miglint/roundtrip.h"

typedef struct {
    char *name; /* "type" */
    char *value;
} MlProperty;

typedef struct {
    const char *kind; /* "column"; static */
    char *name;
    GArray *properties; /* MlProperty, in the order in which they are told */
} MlSnapshotObject;

typedef struct {
    gatomicrefcount references;
    const char *kind; /* "table", "view"; static */
    char *schema;     /* NULL: the default one */
    char *name;
    char *state; /* of equal ones the family is the same; as the database's maker likes it */
    GPtrArray
        *objects; /* MlSnapshotObject *, the table itself first, then sorted by kind and name */
} MlFamily;

MlFamily *ml_family_new(const char *kind, const char *schema, const char *name);
MlFamily *ml_family_ref(MlFamily *family);
void ml_family_unref(MlFamily *family);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlFamily, ml_family_unref)

/* Takes `name`. */
MlSnapshotObject *ml_family_add(MlFamily *family, const char *kind, char *name);
/* Takes `value`; NULL is none. */
void ml_object_set(MlSnapshotObject *object, const char *property, char *value);
/* All objects are there. */
void ml_family_finish(MlFamily *family);

typedef struct {
    GPtrArray *families; /* MlFamily *, sorted by kind, schema and name */
    char *moment; /* when it was taken, as the database's maker tells it; NULL: it does not */
} MlSnapshot;

MlSnapshot *ml_snapshot_new(void);
void ml_snapshot_free(MlSnapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlSnapshot, ml_snapshot_free)

/* Takes the family. */
void ml_snapshot_add(MlSnapshot *snapshot, MlFamily *family);
/* All families are there. */
void ml_snapshot_finish(MlSnapshot *snapshot);
/* The family of a finished snapshot; NULL where there is none. Borrowed. */
MlFamily *ml_snapshot_find(const MlSnapshot *snapshot, const char *kind, const char *schema,
                           const char *name);

/*
 * How `after` differs from `before`: new, MlTripDifference *. The parts of a table that is
 * left or missing as a whole are not told.
 */
GPtrArray *ml_snapshot_compare(const MlSnapshot *before, const MlSnapshot *after);
