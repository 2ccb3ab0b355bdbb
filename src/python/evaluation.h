/* What the rest of the room needs of an evaluation. */
#pragma once

#include "python/bindings.h"

/* Of the file that is evaluated, not of those it imports. Borrowed. */
const MlModule *ml_evaluation_module(const MlEvaluation *evaluation);

const MlBindings *ml_evaluation_bindings(const MlEvaluation *evaluation);

/* The cursor's node, with its names as they are where it stands, in the functions around it. */
const MlValue *ml_evaluation_expression_at(MlEvaluation *evaluation, const TSTreeCursor *at);
