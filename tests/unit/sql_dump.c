/*
 * Tells what ml_sql_read makes of texts, for the tests that compare it with
 * Postgres: reads them from standard input, each ended by a NUL, and writes an
 * operation a line, what cannot be told of it behind a tab, and an empty line
 * behind each text. With --driver the texts are such as go to the driver.
 */
#include "miglint/sql.h"

#include <stdio.h>
#include <string.h>

static void print_operation(const MlOperation *operation)
{
    g_autoptr(GString) line = g_string_new(NULL);
    ml_operation_write(line, operation);
    for (gsize i = 0; i < operation->n_unknowns; i++)
        g_string_append_printf(line, "\t%s: %s", operation->unknowns[i].part,
                               operation->unknowns[i].why);
    puts(line->str);
}

static void read_text(MlSqlReader *reader, const char *text, MlSqlStyle style)
{
    g_autoptr(MlOperations) operations = ml_operations_new();
    ml_sql_read(reader, operations, text, -1, style, (MlOrigin){0});
    for (gsize i = 0; i < operations->length; i++)
        print_operation(operations->items[i]);
    puts("");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    MlSqlStyle style = argc > 1 && strcmp(argv[1], "--driver") == 0 ? ML_SQL_DRIVER : ML_SQL_TEXT;
    g_autoptr(MlSqlReader) reader = ml_sql_reader_new();
    char *text = NULL;
    size_t room = 0;
    while (getdelim(&text, &room, '\0', stdin) >= 0)
        read_text(reader, text, style);
    free(text);
    return 0;
}
