/* Times as people tell them. */
#pragma once

#include "miglint/report.h"

/* "3 days", "less than a minute": from one time to another, in seconds. */
char *ml_report_age(gint64 now, gint64 then);
