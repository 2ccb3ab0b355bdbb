/* The versions of grammars, for the rooms that parse with one. */
#pragma once

#include <glib.h>
#include <tree_sitter/api.h>

/* Appends "NAME VERSION (ABI n)" and a line end. Grammars before ABI 15 know no version. */
void ml_grammar_describe(GString *out, const char *name, const TSLanguage *language);
