/* The statements of a dump, one by one. */
#pragma once

#include "roundtrip/database.h"

typedef struct {
    char *text;
    guint line; /* that it begins on, from 1 */
} MlDumpStatement;

struct MlDump {
    char *name;         /* of the file, for messages */
    GArray *statements; /* MlDumpStatement */
};

/* Runs them all in a database of the dump's dialect. */
gboolean ml_dump_load(const MlDump *dump, MlDatabase *database, GError **error);
