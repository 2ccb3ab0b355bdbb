/* metadata: what target_metadata is, and the naming convention it has. */
#pragma once

#include "miglint/project.h"

/* Fills naming_convention and convention_names from what is passed as target_metadata. */
void ml_metadata_read(MlSetup *setup, MlEvaluation *evaluation, const MlValue *target_metadata);

/* Whether there is any metadata in a value: none, known, or unknown. */
MlFactKind ml_metadata_kind(const MlValue *target_metadata);
