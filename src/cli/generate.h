/* What is generated from the subcommands, their options and the rules. */
#pragma once

#include "cli/cli.h"

/* The manual page, miglint(1), as man macros of troff. */
void ml_generate_manual(GString *out);

/* Completion scripts. */
void ml_generate_bash(GString *out);
void ml_generate_zsh(GString *out);
void ml_generate_fish(GString *out);

/* --- for the shells -------------------------------------------------------------- */

/* What can be completed where a metavariable stands. */
typedef enum {
    ML_COMPLETE_NOTHING,
    ML_COMPLETE_FILES,
    ML_COMPLETE_FOLDERS,
    ML_COMPLETE_RULE,
    ML_COMPLETE_RULES, /* several, parted by commas */
    ML_COMPLETE_REFS,  /* branches and tags of git */
    ML_COMPLETE_CHOICES,
} MlCompletion;

/* By its name: "[PATH...]", "DIR", "REV", "RULES", "text|json[=FILE]"; NULL stands for nothing. */
MlCompletion ml_completion_of(const char *metavariable);

/* The choices of "text|json[=FILE]" or "[text|json]...", parted by spaces. */
char *ml_completion_choices(const char *metavariable);

/* The names of the subcommands that are no secret, parted by `separator`. */
char *ml_completion_commands(const char *separator);

/* Entries that can be completed; a shell knows by itself what is left over. */
gboolean ml_completion_is_option(const GOptionEntry *entry);
