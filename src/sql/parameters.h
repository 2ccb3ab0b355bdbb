/* What stands for a value in SQL that Python writes: ":name", "%s". */
#pragma once

#include "miglint/sql.h"

/* SQL that the grammar can read, and how its places relate to those of the text it came from. */
typedef struct {
    GString *text;
    GArray *shifts;
} MlPlainSql;

MlPlainSql ml_plain_sql(const char *text, gsize length, MlSqlStyle style);
void ml_plain_sql_clear(MlPlainSql *plain);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MlPlainSql, ml_plain_sql_clear)

/* The place in the original text. */
gsize ml_plain_sql_place(const MlPlainSql *plain, gsize place);
