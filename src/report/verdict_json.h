#pragma once

#include "report/json.h"

/* The round trips of all projects, as the key "roundtrip" of the document has them: new. */
cJSON *ml_json_verdicts(const MlCheckReport *report);
