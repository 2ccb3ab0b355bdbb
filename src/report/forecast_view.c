#include "report/forecast_view.h"

#include <string.h>

/* Ids that are listed of those that a ref adds. */
#define LISTED 3

/* The lower, the sooner somebody should look at it. */
static gint rank(const MlForecastRef *ref)
{
    static const gint ranks[] = {
        [ML_FORECAST_BROKEN] = 0,    [ML_FORECAST_CONFLICT] = 1, [ML_FORECAST_MULTIPLE_HEADS] = 2,
        [ML_FORECAST_UNRELATED] = 5, [ML_FORECAST_CLEAN] = 4,
    };
    return ref->collisions->len > 0 ? 3 : ranks[ref->status];
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

const char *ml_forecast_words(const MlForecastRef *ref)
{
    static const char *const words[] = {"clean", "multiple heads", "conflict", "broken",
                                        "unrelated"};
    return ref->collisions->len > 0 ? "collides" : words[ref->status];
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
        guint others = collision->refs->len - 1;
        g_string_append_printf(out, "%u other%s %s too (%s)", others,
                               others == 1 ? " follows" : "s follow", collision->parent,
                               collision->id);
    }
}

static void append_added(GString *out, const MlForecast *forecast, const MlForecastRef *ref)
{
    for (guint i = 0; i < ref->projects->len; i++) {
        const MlForecastProject *project = g_ptr_array_index(ref->projects, i);
        if (project->adds->len == 0)
            continue;
        append_project(out, forecast, project->project);
        g_string_append(out, "adds ");
        for (guint j = 0; j < MIN(project->adds->len, LISTED); j++)
            g_string_append_printf(out, "%s%s", j ? ", " : "",
                                   (const char *)g_ptr_array_index(project->adds, j));
        if (project->adds->len > LISTED)
            g_string_append_printf(out, " and %u more", project->adds->len - LISTED);
    }
}

char *ml_forecast_details(const MlForecast *forecast, const MlForecastRef *ref)
{
    GString *out = g_string_new(ref->detail);
    if (ref->detail == NULL)
        append_collisions(out, forecast, ref);
    if (out->len == 0)
        append_added(out, forecast, ref);
    return g_string_free(out, FALSE);
}

static void append_count(GString *out, guint count, const char *one, const char *several)
{
    if (count > 0)
        g_string_append_printf(out, "%s%u %s", out->len ? ", " : "", count,
                               count == 1 ? one : several);
}

char *ml_forecast_summary(const MlForecast *forecast)
{
    guint harm = 0, colliding = 0, unrelated = 0, clean = 0;
    for (guint i = 0; i < forecast->refs->len; i++) {
        const MlForecastRef *ref = g_ptr_array_index(forecast->refs, i);
        if (ref->collisions->len > 0)
            colliding++;
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
    append_count(out, clean, "is clean", "are clean");
    append_count(out, unrelated, "is unrelated", "are unrelated");
    append_count(out, forecast->silent, "touches no migration", "touch no migration");
    append_count(out, forecast->merged, "is merged already", "are merged already");
    if (out->len == 0)
        g_string_append(out, "there are no refs to look at");
    return g_string_free(out, FALSE);
}
