/* What the reports of a forecast share. */
#pragma once

#include "report/age.h"

/* The refs, worst first; of the same trouble the youngest first: const MlForecastRef *. */
GPtrArray *ml_forecast_sorted(const MlForecast *forecast);

/* Whether it changes or removes a revision that the base has. */
gboolean ml_forecast_changes(const MlForecastRef *ref);

/* "multiple heads"; "changes" for a clean one that changes revisions of the base, and "collides"
 * for a clean one that takes part in a collision. */
const char *ml_forecast_words(const MlForecastRef *ref);

/* What there is to say of a ref: why it does harm, whom it meets, or what it adds. */
char *ml_forecast_details(const MlForecast *forecast, const MlForecastRef *ref);

/* "2 refs do harm, 3 collide, ..." */
char *ml_forecast_summary(const MlForecast *forecast);
