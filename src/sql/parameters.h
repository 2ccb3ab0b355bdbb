/* What stands for a value in SQL that Python writes: ":name", "%s". */
#pragma once

#include "miglint/sql.h"

/* SQL that the grammar can read, and where it came from. */
typedef struct {
    GString *text;
    GArray *dropped; /* guint32, ascending: the places in `text` before which a byte was left out */
} MlPlainSql;

MlPlainSql ml_plain_sql(const char *text, gsize length, MlSqlStyle style);
void ml_plain_sql_clear(MlPlainSql *plain);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MlPlainSql, ml_plain_sql_clear)

/* The place in the original text. */
gsize ml_plain_sql_place(const MlPlainSql *plain, gsize place);
