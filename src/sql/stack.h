/* A thread whose stack is deep enough for Postgres' parser, which recurses as deeply as a text
 * nests. */
#pragma once

#include <glib.h>

typedef struct MlStack MlStack;

MlStack *ml_stack_new(void);
void ml_stack_free(MlStack *stack);

/* Runs a function there and waits for it. FALSE, and it was not run, where no thread can be had. */
gboolean ml_stack_run(MlStack *stack, GFunc run, gpointer data, gpointer user_data);
