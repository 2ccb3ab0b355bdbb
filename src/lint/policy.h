/* What a policy does to findings. */
#pragma once

#include "miglint/lint.h"

/* Gives a finding the severity that the settings want, and marks it if they do not want it there.
 */
void ml_policy_apply(const MlPolicy *policy, MlFinding *finding);
