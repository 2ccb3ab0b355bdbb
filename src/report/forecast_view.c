#include "report/forecast_view.h"

#include <string.h>

/* Ids that are listed of those that a ref adds. */
#define LISTED 3

gboolean ml_forecast_changes(const MlForecastRef *ref)
{
    for (guint i = 0; i < ref->projects->len; i++)
        if (((MlForecastProject *)g_ptr_array_index(ref->projects, i))->changes->len > 0)
            return TRUE;
    return FALSE;
}

/* The lower, the sooner somebody should look at it. */
static gint rank(const MlForecastRef *ref)
{
    static const gint ranks[] = {
        [ML_FORECAST_BROKEN] = 0,    [ML_FORECAST_CONFLICT] = 1, [ML_FORECAST_MULTIPLE_HEADS] = 2,
        [ML_FORECAST_UNRELATED] = 6, [ML_FORECAST_CLEAN] = 5,
    };
    if (ref->collisions->len > 0)
        return 3;
    return ref->status == ML_FORECAST_CLEAN && ml_forecast_changes(ref) ? 4 : ranks[ref->status];
}

static gint64 time_of(const MlForecastRef *ref)
{
    return ref->commit ? ref->commit->time : 0;
}

static gint compare(gconstpointer a, gconstpointer b)
{
    const MlForecastRef *one = *(MlForecastRef *const *)a, *other = *(MlForecastRef *const *)b;
    if (rank(one) != rank(other))
        return rank(one) - rank(other);
    if (time_of(one) != time_of(other))
        return time_of(one) > time_of(other) ? -1 : 1;
    return strcmp(one->ref.name, other->ref.name);
}

GPtrArray *ml_forecast_sorted(const MlForecast *forecast)
{
    GPtrArray *refs = g_ptr_array_new();
    for (guint i = 0; i < forecast->refs->len; i++)
        g_ptr_array_add(refs, g_ptr_array_index(forecast->refs, i));
    g_ptr_array_sort(refs, compare);
    return refs;
}

GPtrArray *ml_forecast_listed(const MlForecastReport *report)
{
    GPtrArray *refs = ml_forecast_sorted(report->forecast);
    for (guint i = refs->len; i-- > 0;) {
        const MlForecastRef *ref = g_ptr_array_index(refs, i);
        if (ref->status == ML_FORECAST_UNRELATED ||
            (report->quiet && ref->status == ML_FORECAST_CLEAN && ref->collisions->len == 0))
            g_ptr_array_remove_index(refs, i);
    }
    return refs;
}

const char *ml_forecast_words(const MlForecastRef *ref)
{
    static const char *const words[] = {"clean", "multiple heads", "conflict", "broken",
                                        "unrelated"};
    if (ref->collisions->len > 0)
        return "collides";
    return ref->status == ML_FORECAST_CLEAN && ml_forecast_changes(ref) ? "changes"
                                                                        : words[ref->status];
}

static void append_project(GString *out, const MlForecast *forecast, const char *project)
{
    if (out->len > 0)
        g_string_append(out, "; ");
    if (forecast->projects->len > 1)
        g_string_append_printf(out, "%s: ", project);
}

static void append_collisions(GString *out, const MlForecast *forecast, const MlForecastRef *ref)
{
    for (guint i = 0; i < ref->collisions->len; i++) {
        const MlCollision *collision = g_ptr_array_index(ref->collisions, i);
        append_project(out, forecast, collision->project);
        guint index, others = 0;
        if (g_ptr_array_find(collision->refs, ref, &index))
            others = collision->others[index];
        g_string_append_printf(out, "%u other%s %s too (%s)", others,
                               others == 1 ? " follows" : "s follow", collision->parent,
                               collision->id);
    }
}

static void append_ids(GString *out, const char *deed, const GPtrArray *ids)
{
    if (ids->len == 0)
        return;
    g_string_append(out, deed);
    for (guint i = 0; i < MIN(ids->len, LISTED); i++)
        g_string_append_printf(out, "%s%s", i ? ", " : "", (const char *)g_ptr_array_index(ids, i));
    if (ids->len > LISTED)
        g_string_append_printf(out, " and %u more", ids->len - LISTED);
}

static void append_deeds(GString *out, const MlForecast *forecast, const MlForecastRef *ref)
{
    for (guint i = 0; i < ref->projects->len; i++) {
        const MlForecastProject *project = g_ptr_array_index(ref->projects, i);
        if (project->adds->len == 0 && project->changes->len == 0)
            continue;
        append_project(out, forecast, project->project);
        append_ids(out, "changes published ", project->changes);
        append_ids(out, project->changes->len ? ", adds " : "adds ", project->adds);
    }
}

static char *details_of(const MlForecast *forecast, const MlForecastRef *ref)
{
    GString *out = g_string_new(ref->detail);
    if (ref->detail == NULL)
        append_collisions(out, forecast, ref);
    if (out->len == 0)
        append_deeds(out, forecast, ref);
    return g_string_free(out, FALSE);
}

void ml_forecast_add_row(MlTable *table, const MlForecastReport *report, const MlForecastRef *ref)
{
    g_autofree char *name = ml_ref_short_name(ref->ref.name);
    g_autofree char *age = ref->commit ? ml_report_age(report->now, ref->commit->time) : NULL;
    g_autofree char *author = ref->commit ? ml_commit_author_name(ref->commit) : NULL;
    g_autofree char *details = details_of(report->forecast, ref);
    const char *const cells[ML_FORECAST_COLUMNS] = {ml_forecast_words(ref), name, age ? age : "",
                                                    author ? author : "", details};
    for (guint i = 0; i < ML_FORECAST_COLUMNS; i++)
        ml_table_add(table, cells[i]);
}

void ml_forecast_append_collision(GString *out, const MlForecast *forecast,
                                  const MlCollision *collision, MlForecastEscape escape)
{
    g_string_append_printf(out, "%s: ", collision->id);
    for (guint i = 0; i < collision->refs->len; i++) {
        const MlForecastRef *ref = g_ptr_array_index(collision->refs, i);
        g_autofree char *name = ml_ref_short_name(ref->ref.name);
        const gboolean is_last = i + 1 == collision->refs->len;
        g_string_append(out, i == 0 ? "" : is_last ? " and " : ", ");
        escape(out, name, -1);
    }
    g_string_append(out, " are each clean and follow ");
    escape(out, collision->parent, -1);
    if (forecast->projects->len > 1) {
        g_string_append(out, " of ");
        escape(out, collision->project, -1);
    }
}

static void append_count(GString *out, guint count, const char *one, const char *several)
{
    if (count > 0)
        g_string_append_printf(out, "%s%u %s", out->len ? ", " : "", count,
                               count == 1 ? one : several);
}

char *ml_forecast_summary(const MlForecast *forecast)
{
    guint harm = 0, colliding = 0, unrelated = 0, changing = 0, clean = 0;
    for (guint i = 0; i < forecast->refs->len; i++) {
        const MlForecastRef *ref = g_ptr_array_index(forecast->refs, i);
        if (ref->collisions->len > 0)
            colliding++;
        else if (ref->status == ML_FORECAST_CLEAN && ml_forecast_changes(ref))
            changing++;
        else if (ref->status == ML_FORECAST_CLEAN)
            clean++;
        else if (ref->status == ML_FORECAST_UNRELATED)
            unrelated++;
        else
            harm++;
    }
    GString *out = g_string_new(NULL);
    append_count(out, harm, "ref does harm", "refs do harm");
    append_count(out, colliding, "collides", "collide");
    append_count(out, changing, "changes published revisions", "change published revisions");
    append_count(out, clean, "is clean", "are clean");
    append_count(out, unrelated, "is unrelated", "are unrelated");
    append_count(out, forecast->silent, "touches no migration", "touch no migration");
    append_count(out, forecast->merged, "is merged already", "are merged already");
    if (out->len == 0)
        g_string_append(out, "there are no refs to look at");
    return g_string_free(out, FALSE);
}
