#include "report/table.h"
#include "report/escape.h"

struct MlTable {
    guint columns;
    GPtrArray *cells; /* char *, row by row, as they were given */
};

MlTable *ml_table_new(guint columns)
{
    MlTable *table = g_new0(MlTable, 1);
    table->columns = columns;
    table->cells = g_ptr_array_new_with_free_func(g_free);
    return table;
}

void ml_table_free(MlTable *table)
{
    if (table == NULL)
        return;
    g_ptr_array_unref(table->cells);
    g_free(table);
}

void ml_table_add(MlTable *table, const char *text)
{
    g_ptr_array_add(table->cells, g_strdup(text));
}

static guint count_rows(const MlTable *table)
{
    return table->cells->len / table->columns;
}

static const char *cell(const MlTable *table, guint row, guint column)
{
    return g_ptr_array_index(table->cells, row * table->columns + column);
}

static GString *shown(const MlTable *table, guint row, guint column)
{
    GString *text = g_string_new(NULL);
    ml_escape_terminal(text, cell(table, row, column), -1);
    return text;
}

static guint widest(const MlTable *table, guint column)
{
    guint width = 0;
    for (guint row = 0; row < count_rows(table); row++) {
        g_autoptr(GString) text = shown(table, row, column);
        width = MAX(width, ml_escape_width(text->str));
    }
    return width;
}

void ml_table_write(GString *out, const MlTable *table, guint indent,
                    const char *(*style)(guint row, guint column, gconstpointer data),
                    gconstpointer data)
{
    g_autofree guint *widths = g_new0(guint, table->columns);
    for (guint column = 0; column < table->columns; column++)
        widths[column] = widest(table, column);
    for (guint row = 0; row < count_rows(table); row++) {
        g_string_append_printf(out, "%*s", (int)indent, "");
        for (guint column = 0; column < table->columns; column++) {
            g_autoptr(GString) text = shown(table, row, column);
            const char *code = style ? style(row, column, data) : NULL;
            gboolean is_last = column + 1 == table->columns;
            int space = is_last ? 0 : (int)(widths[column] - ml_escape_width(text->str)) + 2;
            g_string_append_printf(out, code ? "\033[%s%s%s\033[0m%*s" : "%s%s%s%*s",
                                   code ? code : "", code ? "m" : "", text->str, space, "");
        }
        while (out->len > 0 && out->str[out->len - 1] == ' ')
            g_string_truncate(out, out->len - 1);
        g_string_append_c(out, '\n');
    }
}

static void write_markdown_row(GString *out, const MlTable *table, guint row)
{
    g_string_append_c(out, '|');
    for (guint column = 0; column < table->columns; column++) {
        g_string_append_c(out, ' ');
        ml_escape_markdown(out, cell(table, row, column), -1);
        g_string_append(out, " |");
    }
    g_string_append_c(out, '\n');
}

guint ml_table_write_markdown(GString *out, const MlTable *table, const char *const *headings,
                              gsize room)
{
    gsize begin = out->len;
    g_string_append_c(out, '|');
    for (guint column = 0; column < table->columns; column++)
        g_string_append_printf(out, " %s |", headings[column]);
    g_string_append(out, "\n|");
    for (guint column = 0; column < table->columns; column++)
        g_string_append(out, " --- |");
    g_string_append_c(out, '\n');
    for (guint row = 0; row < count_rows(table); row++) {
        gsize before = out->len;
        write_markdown_row(out, table, row);
        if (out->len - begin > room) {
            g_string_truncate(out, before);
            return row;
        }
    }
    return count_rows(table);
}
