/* What the reports of findings share. */
#pragma once

#include "miglint/report.h"

/* "2 errors in 14 revisions of data/migrations, topic merged into main": foreign text. */
char *ml_check_summary(const MlCheckReport *report);

/*
 * "round trip on postgresql: 12 of 14 revisions ok, 1 failed, 1 unverified"; NULL where there was
 * none. New.
 */
char *ml_check_trip_summary(const MlCheckReport *report);

/* Errors first, otherwise in their order: const MlFinding *. */
GPtrArray *ml_check_worst_first(const MlCheckReport *report);
