/* configured: what env.py reads out of the ini. */
#pragma once

#include "project/imported.h"

/*
 * What config.get_main_option("x"), config.get_section(...)["x"] and the like give env.py where
 * `alembic` is run with the project's ini: unknown where a value is nothing of the kind, where it
 * is interpolated, or where env.py or its caller may set it.
 */
MlFact ml_configured(const MlEnv *env, const MlValue *value);
