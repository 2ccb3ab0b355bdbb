#include "report/escape.h"
#include "report/forecast_view.h"
#include "report/table.h"

/* Bytes that the table may take: a summary of a step on GitHub takes 1 MiB. */
#define TABLE_ROOM 500000

static void append_table(GString *out, const MlForecastReport *report, const GPtrArray *refs)
{
    static const char *const headings[] = {"Outcome", "Branch", "Age", "Author", "Details"};
    g_autoptr(MlTable) table = ml_table_new(G_N_ELEMENTS(headings));
    for (guint i = 0; i < refs->len; i++) {
        const MlForecastRef *ref = g_ptr_array_index(refs, i);
        g_autofree char *name = ml_ref_short_name(ref->ref.name);
        g_autofree char *age = ref->commit ? ml_report_age(report->now, ref->commit->time) : NULL;
        g_autofree char *author = ref->commit ? ml_commit_author_name(ref->commit) : NULL;
        g_autofree char *details = ml_forecast_details(report->forecast, ref);
        const char *const cells[] = {ml_forecast_words(ref), name, age ? age : "",
                                     author ? author : "", details};
        for (guint j = 0; j < G_N_ELEMENTS(cells); j++)
            ml_table_add(table, cells[j]);
    }
    guint shown = ml_table_write_markdown(out, table, headings, TABLE_ROOM);
    if (shown < refs->len)
        g_string_append_printf(out, "\n%u more had no room here.\n", refs->len - shown);
}

static void append_collision(GString *out, const MlCollision *collision)
{
    g_string_append_printf(out, "- %s: ", collision->id);
    for (guint i = 0; i < collision->refs->len; i++) {
        const MlForecastRef *ref = g_ptr_array_index(collision->refs, i);
        g_autofree char *name = ml_ref_short_name(ref->ref.name);
        g_string_append(out, i ? ", " : "");
        ml_escape_markdown(out, name, -1);
    }
    g_string_append(out, " are each clean and follow ");
    ml_escape_markdown(out, collision->parent, -1);
    g_string_append(out, " of ");
    ml_escape_markdown(out, collision->project, -1);
    g_string_append_c(out, '\n');
}

void ml_report_forecast_markdown(GString *out, const MlForecastReport *report)
{
    const MlForecast *forecast = report->forecast;
    g_autoptr(GPtrArray) refs = ml_forecast_sorted(forecast);
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
    for (guint i = 0; i < forecast->collisions->len; i++)
        append_collision(out, g_ptr_array_index(forecast->collisions, i));
}
