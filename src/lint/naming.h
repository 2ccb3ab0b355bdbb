/* What rules on names of constraints and indexes share. */
#pragma once

#include "miglint/lint.h"

/* A constraint or an index that upgrade() makes in Python: in SQL no convention names it. */
typedef struct {
    const MlOperation *operation;
    const MlCatalog *before;        /* the operation */
    const MlConstraint *constraint; /* NULL: an index */
    const MlIndex *index;           /* NULL: a constraint */
    MlResolvedName name;
} MlNamed;

/* All of them, in the order that they are made in, on the step's engine: new, MlNamed. */
GArray *ml_named_in_upgrade(const MlContext *context, const MlStep *step);

/*
 * Whether an operation of a passage is done on the step's engine. Of several engines one
 * that does not say which it is for counts on the first alone.
 */
gboolean ml_step_does(const MlContext *context, const MlStep *step, const MlOperation *operation);

/* As it is written: "ck_account_positive"; absent where nothing is. */
MlText ml_named_text(const MlNamed *named);
/* Where the name stands, or would. */
MlOrigin ml_named_origin(const MlNamed *named);

/* The columns of a constraint; NULL where one of them cannot be told, or there is none. */
char *ml_named_columns(const MlNamed *named, const char *separator);
/* "foreign key of 'orders' (user_id)" */
char *ml_named_described(const MlNamed *named);
/* "foreign key" */
const char *ml_constraint_said(MlConstraintKind kind);
/* As drop_constraint(type_=...) takes it: "foreignkey"; NULL where there is no such word. */
const char *ml_constraint_type(MlConstraintKind kind);
/* What drop_constraint says that it is (type_); otherwise unknown. */
MlConstraintKind ml_dropped_kind(const MlOperation *operation);
/* Where an operation says which one it means, or the whole of it. */
MlOrigin ml_place_of_name(const MlOperation *operation);

/* A name in the usual form, "fk_orders_user_id_users"; NULL where the table cannot be told. */
char *ml_named_suggestion(const MlNamed *named);

/*
 * What the convention makes of a name that is given, as what stands before and behind
 * it: new, of two; NULL where the convention does not ask for the name, or cannot be told.
 */
char **ml_named_frame(const MlNamed *named);
/* The name that the convention gives where none is given. */
MlResolvedName ml_named_by_convention(const MlNamed *named);
/* The same as ml_named_frame, of what is dropped. */
char **ml_dropped_frame(const MlCatalog *catalog, const MlOperation *operation);

/*
 * Whether a rule that speaks once of the project has told already that no
 * convention names what is given no name.
 */
gboolean ml_naming_is_told(const MlContext *context);
/* Whether the models' metadata is known to have no naming convention. */
gboolean ml_naming_is_missing(const MlContext *context);
