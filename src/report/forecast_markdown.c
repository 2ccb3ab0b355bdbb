#include "report/escape.h"
#include "report/forecast_view.h"

/* Bytes that the table may take: a summary of a step on GitHub takes 1 MiB. */
#define TABLE_ROOM 500000

static void append_table(GString *out, const MlForecastReport *report, const GPtrArray *refs)
{
    static const char *const headings[ML_FORECAST_COLUMNS] = {"Outcome", "Branch", "Age", "Author",
                                                              "Details"};
    g_autoptr(MlTable) table = ml_table_new(ML_FORECAST_COLUMNS);
    for (guint i = 0; i < refs->len; i++)
        ml_forecast_add_row(table, report, g_ptr_array_index(refs, i));
    guint shown = ml_table_write_markdown(out, table, headings, TABLE_ROOM);
    if (shown < refs->len)
        g_string_append_printf(out, "\n%u more had no room here.\n", refs->len - shown);
}

void ml_report_forecast_markdown(GString *out, const MlForecastReport *report)
{
    const MlForecast *forecast = report->forecast;
    g_autoptr(GPtrArray) refs = ml_forecast_listed(report);
    g_autofree char *summary = ml_forecast_summary(forecast);
    g_string_append(out, "### Migrations: forecast onto ");
    ml_escape_markdown(out, forecast->base.name, -1);
    g_string_append_printf(out, "\n\n%s; %u in all.\n", summary, forecast->looked_at);
    if (refs->len > 0) {
        g_string_append_c(out, '\n');
        append_table(out, report, refs);
    }
    if (forecast->collisions->len > 0)
        g_string_append(out, "\nThe first of these to land makes the others a second head:\n\n");
    for (guint i = 0; i < forecast->collisions->len; i++) {
        g_string_append(out, "- ");
        ml_forecast_append_collision(out, forecast, g_ptr_array_index(forecast->collisions, i),
                                     ml_escape_markdown);
        g_string_append_c(out, '\n');
    }
}
