/* What rules ask of the operations of upgrade(), and of what they are done to. */
#pragma once

#include "miglint/lint.h"

/* Whether upgrade() surely does the operation, once, on the step's engine. */
gboolean ml_step_surely_does(const MlStep *step, const MlOperation *operation);

/*
 * Whether an earlier revision made it, so that there may be rows; where two states are compared,
 * one that the base has.
 */
gboolean ml_is_existing(const MlContext *context, const MlStep *step, const MlExistence *existence);

/* Whether it may do anything, to rows too. */
gboolean ml_operation_may_do_anything(const MlOperation *operation);

/* Whether it may read, or write, the values of a column. Schemas are not looked at. */
gboolean ml_operation_may_read(const MlOperation *operation, const char *table, const char *column);
gboolean ml_operation_may_write(const MlOperation *operation, const char *table,
                                const char *column);
/* Whether it may take rows out of a table; with `all`, only what leaves none. */
gboolean ml_operation_may_remove_rows(const MlOperation *operation, const char *table,
                                      gboolean all);

typedef gboolean MlOperationTest(const MlOperation *operation, gpointer data);

/* How many operations a rule looks back at for one revision; real ones take a few hundred. */
#define ML_LOOK_BACK 200000

/*
 * Whether the test holds for an operation of upgrade() before number `at`, or of a revision before
 * this one, back to the one that is `since` (NULL: the first). Where two states are compared, only
 * of revisions that the head brings. TRUE as well once `left`, which begins as ML_LOOK_BACK, is
 * used up.
 */
gboolean ml_done_before(const MlContext *context, const MlStep *step, gsize at,
                        const MlRevision *since, MlOperationTest *test, gpointer data, gsize *left);

/*
 * What tells a type from others, new: in the dialect, or where that has no canonical form in those
 * that have. NULL where it cannot be told.
 */
char *ml_type_signature(const MlType *type, const char *dialect);

/* Whether two names seem to be for the same thing: "email" and "email_address". */
gboolean ml_names_are_alike(const char *one, const char *other);
