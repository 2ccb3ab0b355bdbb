/* What rules say of a round trip. */
#pragma once

#include "miglint/lint.h"

/* Where to look: the operation in the revision's file, else the name of the function. */
MlOrigin ml_verdict_place(const MlVerdict *verdict);

/*
 * Reports that a run failed: "upgrade() fails: no such table: account", with the statement that
 * was refused.
 */
void ml_report_refused(MlContext *context, const MlVerdict *verdict, const char *what);

/*
 * Reports each difference that a run has left: "after downgrade() column 'email' of 'account' is
 * still there".
 */
void ml_report_differences(MlContext *context, const MlVerdict *verdict, const char *after);
