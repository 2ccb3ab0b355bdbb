/* metadata: what target_metadata is, and the naming convention it has. */
#pragma once

#include "miglint/project.h"
#include "project/imported.h"

/* Fills what a set-up knows of the naming convention from what is passed as target_metadata. */
void ml_metadata_read(MlSetup *setup, const MlEnv *env, const MlValue *target_metadata);

/* Whether there is any metadata in a value: none, known, or unknown. */
MlFactKind ml_metadata_kind(const MlValue *target_metadata);

/*
 * What makes a MetaData: a call of MetaData or declarative_base, a base class, an extension. NULL:
 * that cannot be told. Borrowed from the evaluation, or for good.
 */
const MlValue *ml_metadata_maker(MlEvaluation *evaluation, const MlValue *metadata);
/* The same of `owner.metadata`. */
const MlValue *ml_metadata_maker_of(MlEvaluation *evaluation, const MlValue *owner);
/* Whether two makers, be they of different evaluations, make the same MetaData. */
gboolean ml_metadata_is_same(const MlValue *maker, const MlValue *other);

/* The naming convention that metadata is made with; `convention` is set where it is known. */
MlFactKind ml_metadata_made_with(const MlValue *maker, const MlValue **convention);
MlFactKind ml_metadata_kind_of_convention(const MlValue *convention);
void ml_metadata_add_names(GPtrArray *names, const MlValue *convention);

/*
 * Metadata that is made without a convention may be given one afterwards, by env.py or by what it
 * imports: fills the same, unknown where that cannot be told.
 */
void ml_metadata_read_changes(MlSetup *setup, const MlEnv *env, const MlValue *maker);
