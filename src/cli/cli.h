/*
 * The command line: what its subcommands share. One file a subcommand.
 *
 * Exit status: 0 nothing at or above the fail level, 1 findings, 2 usage,
 * configuration or environment error.
 */
#pragma once

#include "miglint/report.h"

#define ML_EXIT_OK       0
#define ML_EXIT_FINDINGS 1
#define ML_EXIT_ERROR    2

#define ML_CLI_ERROR (ml_cli_error_quark())
GQuark ml_cli_error_quark(void);
typedef enum {
    ML_CLI_ERROR_USAGE,
    ML_CLI_ERROR_NOTHING_HERE,
    ML_CLI_ERROR_OUTPUT,
} MlCliError;

/* --- subcommands: argv[0] is the subcommand's name --------------------------- */

typedef struct {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
} MlCommand;

/* Ends with a command whose name is NULL. */
extern const MlCommand ml_commands[];

int ml_command_check(int argc, char **argv);
int ml_command_graph(int argc, char **argv);
int ml_command_rules(int argc, char **argv);
int ml_command_explain(int argc, char **argv);

/* --- options ------------------------------------------------------------------- */

/*
 * Parses a subcommand's options; what is left of argv are its arguments. FALSE
 * after an error, which has been printed. `description` follows the options in
 * the help text and may be NULL.
 */
gboolean ml_cli_parse(int *argc, char ***argv, const char *arguments, const char *summary,
                      const char *description, GOptionEntry *const *groups);

/* Which state of which files is meant; to be cleared. */
typedef struct {
    char *folder;  /* -C */
    char *git_dir; /* --git-dir */
    char *commit;  /* --commit */
} MlStateOptions;

void ml_state_options_clear(MlStateOptions *options);

/* Option entries that write into `options`; to be freed. */
GOptionEntry *ml_state_entries(MlStateOptions *options);

/* Whether to colour, by --color's word (NULL: auto), NO_COLOR and the terminal. */
gboolean ml_cli_colour(const char *word, gboolean *colour, GError **error);

/* --- the state that is looked at --------------------------------------------------- */

typedef struct {
    MlTree *tree;
    char *standing;        /* absolute folder that the user stands in */
    char *commit_name;     /* NULL unless the tree is a commit's */
    GPtrArray *paths;      /* char *: the arguments as paths of the tree; empty: everything */
    GPtrArray *projects;   /* MlProject * */
    GPtrArray *migrations; /* MlMigrations *, one a project */
} MlWorkspace;

/*
 * Opens the tree that the options and the path arguments speak of, finds its
 * projects and loads them. What a user should know besides is printed to
 * standard error. NULL with an error if there is no environment at all.
 */
MlWorkspace *ml_workspace_open(const MlStateOptions *options, char **arguments, MlLoad load,
                               GError **error);
void ml_workspace_free(MlWorkspace *workspace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlWorkspace, ml_workspace_free)

/* Whether a path of the tree is one of the arguments or lies below one. */
gboolean ml_workspace_wants(const MlWorkspace *workspace, const char *path);

/* --- settings ------------------------------------------------------------------------ */

/* What the command line says of the rules: words as they were given; NULL where nothing. */
typedef struct {
    char **select, **extend, **ignore;
    char *fail_on;
    MlSelection *selection; /* made of the words; see ml_rule_options_check */
} MlRuleOptions;

void ml_rule_options_clear(MlRuleOptions *options);

/* Option entries that write into `options`; to be freed. */
GOptionEntry *ml_rule_entries(MlRuleOptions *options);

/* Whether the words can be understood; to be asked before anything else of the options is used. */
gboolean ml_rule_options_check(MlRuleOptions *options, GError **error);

/* What holds in one project. */
typedef struct {
    MlPreferences *preferences;
    MlPolicy *policy;
    gint least; /* the least severity that fails; above error: none does */
} MlRules;

/*
 * What holds in each project of the workspace: MlRules, in its order. The
 * options must outlive it. Fails where a settings file cannot be understood.
 */
GPtrArray *ml_rules_load(const MlWorkspace *workspace, const MlRuleOptions *options,
                         GError **error);

/* Appends what is in force in each project, and where that was said. */
void ml_rules_show(GString *out, const MlWorkspace *workspace, const MlRuleOptions *options,
                   const GPtrArray *rules);

/* --- output --------------------------------------------------------------------------- */

/* Prints "miglint: ..." to standard error, escaped; frees nothing. */
void ml_cli_complain(const char *message);
void ml_cli_note(const char *message);

/* Writes to a file, or to standard output if `path` is NULL. */
gboolean ml_cli_write(const char *path, const GString *text, GError **error);

/* Prints the error and gives ML_EXIT_ERROR. */
int ml_cli_fail(const GError *error);
