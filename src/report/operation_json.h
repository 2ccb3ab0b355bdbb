/* What a revision does, as JSON. */
#pragma once

#include "miglint/operation.h"

#include <cjson/cJSON.h>

/* An array with an object for each operation; NULL: an empty one. */
cJSON *ml_json_operations(const MlOperations *operations);
