#include "report/escape.h"
#include "report/forecast_view.h"

static const char *style_of(const MlForecastRef *ref)
{
    if (ref->collisions->len > 0)
        return "1;33";
    if (ref->status == ML_FORECAST_CLEAN && ml_forecast_changes(ref))
        return "33";
    if (ref->status == ML_FORECAST_CLEAN)
        return "32";
    return ref->status == ML_FORECAST_UNRELATED ? "2" : "1;31";
}

static const char *cell_style(guint row, guint column, gconstpointer data)
{
    const GPtrArray *refs = data;
    return column == 0 ? style_of(g_ptr_array_index(refs, row)) : NULL;
}

void ml_report_forecast_text(GString *out, const MlForecastReport *report)
{
    const MlForecast *forecast = report->forecast;
    g_autoptr(GPtrArray) refs = ml_forecast_listed(report);
    g_autoptr(MlTable) table = ml_table_new(ML_FORECAST_COLUMNS);
    for (guint i = 0; i < refs->len; i++)
        ml_forecast_add_row(table, report, g_ptr_array_index(refs, i));
    ml_table_write(out, table, 0, report->colour ? cell_style : NULL, refs);
    if (forecast->collisions->len > 0)
        g_string_append_c(out, '\n');
    for (guint i = 0; i < forecast->collisions->len; i++) {
        ml_forecast_append_collision(out, forecast, g_ptr_array_index(forecast->collisions, i),
                                     ml_escape_terminal);
        g_string_append(out, ": the first to land makes the others a second head\n");
    }
    if (report->quiet)
        return;
    g_autofree char *summary = ml_forecast_summary(forecast);
    g_string_append_printf(out, "%s%s; %u ref%s onto ", refs->len ? "\n" : "", summary,
                           forecast->looked_at, forecast->looked_at == 1 ? "" : "s");
    ml_escape_terminal(out, forecast->base.name, -1);
    g_string_append_printf(out, " at %.12s\n", forecast->base.commit);
}
