/* What the rest of the room needs of an evaluation. */
#pragma once

#include "python/bindings.h"

/* Of the file that is evaluated, not of those it imports. Borrowed. */
const MlModule *ml_evaluation_module(const MlEvaluation *evaluation);

const MlBindings *ml_evaluation_bindings(const MlEvaluation *evaluation);

/* From the evaluation's arena; NULL once the budget is spent. */
gpointer ml_evaluation_alloc(MlEvaluation *evaluation, gsize size);

/* An expression of the evaluated file, with its names as they are once the module has run. */
const MlValue *ml_evaluation_expression(MlEvaluation *evaluation, TSNode node);

/* The cursor's node, with its names as they are where it stands, in the functions around it. */
const MlValue *ml_evaluation_expression_at(MlEvaluation *evaluation, const TSTreeCursor *at);
