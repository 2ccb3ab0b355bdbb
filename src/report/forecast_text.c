#include "report/escape.h"
#include "report/forecast_view.h"
#include "report/table.h"

static const char *style_of(const MlForecastRef *ref)
{
    if (ref->collisions->len > 0)
        return "1;33";
    if (ref->status == ML_FORECAST_CLEAN)
        return "32";
    return ref->status == ML_FORECAST_UNRELATED ? "2" : "1;31";
}

static const char *cell_style(guint row, guint column, gconstpointer data)
{
    const GPtrArray *refs = data;
    return column == 0 ? style_of(g_ptr_array_index(refs, row)) : NULL;
}

static void add_row(MlTable *table, const MlForecastReport *report, const MlForecastRef *ref)
{
    g_autofree char *name = ml_ref_short_name(ref->ref.name);
    g_autofree char *age = ref->commit ? ml_report_age(report->now, ref->commit->time) : NULL;
    g_autofree char *author = ref->commit ? ml_commit_author_name(ref->commit) : NULL;
    g_autofree char *details = ml_forecast_details(report->forecast, ref);
    ml_table_add(table, ml_forecast_words(ref));
    ml_table_add(table, name);
    ml_table_add(table, age ? age : "");
    ml_table_add(table, author ? author : "");
    ml_table_add(table, details);
}

static gboolean is_shown(const MlForecastReport *report, const MlForecastRef *ref)
{
    return !report->quiet || ref->status != ML_FORECAST_CLEAN || ref->collisions->len > 0;
}

static void append_collision(GString *out, const MlForecastReport *report,
                             const MlCollision *collision)
{
    g_string_append_printf(out, "%s: ", collision->id);
    for (guint i = 0; i < collision->refs->len; i++) {
        const MlForecastRef *ref = g_ptr_array_index(collision->refs, i);
        g_autofree char *name = ml_ref_short_name(ref->ref.name);
        const gboolean is_last = i + 1 == collision->refs->len;
        g_string_append(out, i == 0 ? "" : is_last ? " and " : ", ");
        ml_escape_terminal(out, name, -1);
    }
    g_string_append(out, " are each clean and follow ");
    ml_escape_terminal(out, collision->parent, -1);
    if (report->forecast->projects->len > 1) {
        g_string_append(out, " of ");
        ml_escape_terminal(out, collision->project, -1);
    }
    g_string_append(out, ": the first to land makes the others a second head\n");
}

void ml_report_forecast_text(GString *out, const MlForecastReport *report)
{
    const MlForecast *forecast = report->forecast;
    g_autoptr(GPtrArray) refs = ml_forecast_sorted(forecast);
    g_autoptr(GPtrArray) shown = g_ptr_array_new();
    g_autoptr(MlTable) table = ml_table_new(5);
    for (guint i = 0; i < refs->len; i++) {
        if (!is_shown(report, g_ptr_array_index(refs, i)))
            continue;
        g_ptr_array_add(shown, g_ptr_array_index(refs, i));
        add_row(table, report, g_ptr_array_index(refs, i));
    }
    ml_table_write(out, table, 0, report->colour ? cell_style : NULL, shown);
    if (forecast->collisions->len > 0)
        g_string_append_c(out, '\n');
    for (guint i = 0; i < forecast->collisions->len; i++)
        append_collision(out, report, g_ptr_array_index(forecast->collisions, i));
    if (report->quiet)
        return;
    g_autofree char *summary = ml_forecast_summary(forecast);
    g_string_append_printf(out, "%s%s; %u ref%s onto ", shown->len ? "\n" : "", summary,
                           forecast->looked_at, forecast->looked_at == 1 ? "" : "s");
    ml_escape_terminal(out, forecast->base.name, -1);
    g_string_append_printf(out, " at %.12s\n", forecast->base.commit);
}
