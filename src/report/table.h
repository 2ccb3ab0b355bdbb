/* Rows of a text with aligned columns. */
#pragma once

#include <glib.h>

typedef struct MlTable MlTable;

MlTable *ml_table_new(guint columns);
void ml_table_free(MlTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlTable, ml_table_free)

/* Appends the next cell, row by row: foreign text, shown on one line. */
void ml_table_add(MlTable *table, const char *text);

/*
 * Appends the rows, each behind `indent` spaces; the last column is not padded.
 * `style` (may be NULL) gives the code of a terminal's style for a cell, or NULL.
 */
void ml_table_write(GString *out, const MlTable *table, guint indent,
                    const char *(*style)(guint row, guint column, gconstpointer data),
                    gconstpointer data);

/*
 * The same as a table of markdown, under a row of headings: the first rows that
 * fit into so many bytes. Gives their number.
 */
guint ml_table_write_markdown(GString *out, const MlTable *table, const char *const *headings,
                              gsize room);
