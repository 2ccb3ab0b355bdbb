/* The classes of types that are known: SQLAlchemy's own, and those of libraries built on it. */
#pragma once

#include "miglint/operation.h"

typedef struct {
    const char *library; /* the first part of where it is imported from; NULL: SQLAlchemy */
    const char *name;
    MlTypeKind kind;
    MlTypeKind postgresql;         /* what it is there instead; ML_TYPE_ABSENT: the same */
    const char *const *parameters; /* by position, NULL-terminated */
    const char *database_name;     /* of a named type */
    gint64 length;                 /* that it has without being told; 0: none */
} MlTypeClass;

/* "sqlalchemy.dialects.postgresql", "sqlalchemy", "geoalchemy2" of a dotted name; new. */
char *ml_type_library(const char *dotted);

/* NULL where it is not known. */
const MlTypeClass *ml_type_class_find(const char *library, const char *name);
