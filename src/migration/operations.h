/* What the functions of a revision do. */
#pragma once

#include "miglint/operation.h"
#include "miglint/project.h"
#include "miglint/sql.h"
#include "miglint/text.h"

/* What is needed to read functions. */
typedef struct {
    MlEvaluation *evaluation;
    const char *dialect; /* that they run on; NULL: unknown */
    MlSqlReader *sql;
    gboolean *asks_dialect; /* set where what a function does depends on it */
    gboolean spells;        /* what is executed is spelt out */
    MlSqlAlchemy sqlalchemy;
    gboolean *asks_spelling; /* set where the spelling is the dialect's, or SQLAlchemy's */
    const GPtrArray *types;  /* MlSetting *: what the settings say of types; NULL: nothing */
    gboolean *asks_types;    /* set where what a function does depends on them */
    const MlFact *version_table_schema; /* see MlSetup; NULL: unknown */
} MlFunctionReader;

/*
 * Appends what the module-level function `name` does when it runs; `engine` is
 * that of the multidb template, or NULL.
 */
void ml_operations_read(MlOperations *operations, const MlFunctionReader *reader, const char *name,
                        const char *engine);
