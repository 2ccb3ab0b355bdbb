/* What the reports of a forecast share. */
#pragma once

#include "report/age.h"
#include "report/table.h"

/* The refs, worst first; of the same trouble the youngest first: const MlForecastRef *. */
GPtrArray *ml_forecast_sorted(const MlForecast *forecast);

/* Whether it changes or removes a revision that the base has. */
gboolean ml_forecast_changes(const MlForecastRef *ref);

/* "multiple heads"; "changes" for a clean one that changes revisions of the base, and "collides"
 * for a clean one that takes part in a collision. */
const char *ml_forecast_words(const MlForecastRef *ref);

/* What a reader should see of them, in the same order: no unrelated ones, when quiet no clean ones.
 */
GPtrArray *ml_forecast_listed(const MlForecastReport *report);

/* Outcome, name, age, author and what there is to say of a ref. */
#define ML_FORECAST_COLUMNS 5
void ml_forecast_add_row(MlTable *table, const MlForecastReport *report, const MlForecastRef *ref);

typedef void (*MlForecastEscape)(GString *out, const char *text, gssize length);

/* "c1: one, two and three are each clean and follow 1a2b3c" */
void ml_forecast_append_collision(GString *out, const MlForecast *forecast,
                                  const MlCollision *collision, MlForecastEscape escape);

/* "2 refs do harm, 3 collide, ..." */
char *ml_forecast_summary(const MlForecast *forecast);
