/* What the JSON reports share: text that is valid UTF-8 whatever was read, and the last step. */
#pragma once

#include "miglint/report.h"

#include <cjson/cJSON.h>

/* A string, or null for NULL. */
cJSON *ml_json_text(const char *text);

/* Revision ids of const MlNode *; of effective heads alone if so asked. */
cJSON *ml_json_ids(const GPtrArray *nodes, gboolean effective_only);

/* Strings of const char *. */
cJSON *ml_json_texts(const GPtrArray *texts);

/* Seconds since 1970 as "2024-07-03T12:00:00Z"; null beyond the calendar. */
cJSON *ml_json_time(gint64 seconds);

/* Appends the document and a line end, and frees it. */
void ml_json_finish(GString *out, cJSON *document);
