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

/* What the program as a whole does: for the help and the manual. */
#define ML_CLI_OVERVIEW                                                                            \
    "miglint lints Alembic migrations and understands git. Without a PATH the whole repository "   \
    "is looked at, as it lies in the working tree: every Alembic environment in it. No Python "    \
    "is run and nothing is written."

/* --- subcommands --------------------------------------------------------------- */

typedef struct {
    const char *command;
    const char *effect;
} MlExample;

/*
 * One a subcommand, in the subcommand's own file. The parser, --help, the
 * manual and the completions are all made from it.
 */
typedef struct {
    const char *name;
    const char *summary;       /* for the list of subcommands */
    const char *arguments;     /* "[PATH...]"; NULL: none; see ml_completion_of */
    const char *description;   /* what it does: paragraphs parted by an empty line */
    const MlExample *examples; /* ends with a NULL command; NULL: none */
    const char *notes;         /* paragraphs that follow the options; NULL: none */
    gboolean hidden;           /* not in the list of subcommands */
    gsize options_size;        /* of the struct that the options are written into */
    /* Appends option entries that write into `options`; NULL: the subcommand has none. */
    void (*add_options)(GArray *entries, gpointer options);
    int (*run)(int argc, char **argv); /* argv[0] is not looked at */
} MlCommand;

/* Every subcommand, and NULL. */
extern const MlCommand *const ml_commands[];

extern const MlCommand ml_command_check;
extern const MlCommand ml_command_forecast;
extern const MlCommand ml_command_history;
extern const MlCommand ml_command_graph;
extern const MlCommand ml_command_sql;
extern const MlCommand ml_command_init;
extern const MlCommand ml_command_rules;
extern const MlCommand ml_command_explain;
extern const MlCommand ml_command_generate;

/* By name; NULL if there is none. */
const MlCommand *ml_command_find(const char *word);

/* The name of the subcommand that was probably meant, or NULL. */
const char *ml_command_nearest(const char *word);

/* --- options ------------------------------------------------------------------- */

/*
 * Parses a subcommand's options; what is left of argv are its arguments. FALSE
 * after an error, which has been printed.
 */
gboolean ml_cli_parse(const MlCommand *command, gpointer options, int *argc, char ***argv);

/* The option entries of a subcommand (GOptionEntry); they write into `options`. */
GArray *ml_cli_entries(const MlCommand *command, gpointer options);

/*
 * Which of `choices` ("text|json") the first `length` bytes of a word are (-1:
 * all); an error that names the option and the nearest choice if it is none.
 */
gboolean ml_cli_choose(const char *option, const char *choices, const char *word, gssize length,
                       gsize *index, GError **error);

/*
 * Which state of which files is meant, which environments in it, and how much
 * is told besides; to be cleared.
 */
typedef struct {
    char *folder;          /* -C */
    char *git_dir;         /* --git-dir */
    char *commit;          /* --commit */
    char *base;            /* --base */
    char *head;            /* --head */
    gboolean staged;       /* --staged */
    char **configs;        /* -c */
    char *section;         /* -n */
    char *script_location; /* --script-location */
    gboolean quiet;
    gboolean verbose;
} MlStateOptions;

void ml_state_options_clear(MlStateOptions *options);

/* Whether the options can be obeyed together; to be asked before they are used. */
gboolean ml_state_options_check(const MlStateOptions *options, GError **error);

/* Whether they name a state that only git knows. */
gboolean ml_state_options_need_git(const MlStateOptions *options);

/* Appends option entries that write into `options`: where to look, and what for. */
void ml_place_add_options(GArray *entries, MlStateOptions *options);
/* These, and which state of the files is meant. */
void ml_state_add_options(GArray *entries, MlStateOptions *options);

#define ML_COLOUR_CHOICES "auto|always|never"

/* Whether to colour, by --color's word (NULL: auto), NO_COLOR and the terminal. */
gboolean ml_cli_colour(const char *word, gboolean *colour, GError **error);

/* --- the state that is looked at --------------------------------------------------- */

typedef struct {
    MlTree *tree;
    MlTree *settings;         /* whose settings count: of the tree that was opened */
    char *standing;           /* absolute folder that the user stands in */
    char *commit_name;        /* NULL unless the tree is a commit's */
    MlRepository *repository; /* NULL: a plain folder */
    MlMerge *merge;           /* that the tree comes of; NULL: no two states are compared */
    MlRevisionCache *cache;
    GPtrArray *paths;      /* char *: the arguments as paths of the tree; empty: everything */
    GPtrArray *projects;   /* MlProject * */
    GPtrArray *migrations; /* MlMigrations *, one a project */
    GPtrArray *changes;    /* MlChange *, one a project; NULL: no two states are compared */
    gboolean quiet;        /* no notes */
} MlWorkspace;

/*
 * Opens the tree that the options and the path arguments speak of, finds its
 * projects and loads them. What a user should know besides is printed to
 * standard error. NULL with an error if there is no environment at all.
 */
MlWorkspace *ml_workspace_open(const MlStateOptions *options, char **arguments, MlLoad load,
                               GError **error);
void ml_workspace_free(MlWorkspace *workspace);

/*
 * What --base auto stands for: see ml_base_detect. The settings are those in
 * the root of `head`; NULL: of the working tree, or HEAD.
 */
char *ml_cli_detect_base(MlRepository *repository, const char *head, GError **error);

/* What ml_projects_find is to be asked for the options and arguments, and what that is made of. */
typedef struct {
    MlProjectQuery query;
    GPtrArray *folders, *configs;
    char *script_location;
} MlQuestion;

void ml_question_clear(MlQuestion *question);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MlQuestion, ml_question_clear)
gboolean ml_workspace_ask(const MlWorkspace *workspace, const MlStateOptions *options,
                          MlQuestion *question, GError **error);

/*
 * Turns the workspace to another commit, fully loaded and compared with its
 * first parent. There need be no environment in it, the settings stay those of
 * the tree that was opened, and no notes are printed any more.
 */
gboolean ml_workspace_visit(MlWorkspace *workspace, const MlStateOptions *options,
                            const char *commit, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlWorkspace, ml_workspace_free)

/*
 * Whom to ask who brought a file: the commits that the tree was made of. FALSE
 * where there are none.
 */
gboolean ml_workspace_history(const MlWorkspace *workspace, MlHistory *history);

/* Whether a path of the tree is one of the arguments or lies below one. */
gboolean ml_workspace_wants(const MlWorkspace *workspace, const char *path);

/* --- settings ------------------------------------------------------------------------ */

#define ML_DIALECT_CHOICES "postgresql|sqlite"

/* What the command line says of the rules: words as they were given; NULL where nothing. */
typedef struct {
    char **select, **extend, **ignore;
    char *fail_on;
    char *dialect;
    MlSelection *selection; /* made of the words; see ml_rule_options_check */
} MlRuleOptions;

void ml_rule_options_clear(MlRuleOptions *options);

/* Appends option entries that write into `options`. */
void ml_rule_add_options(GArray *entries, MlRuleOptions *options);

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
 * options must outlive it. The project's migrations are set up as they and the
 * settings say. Fails where a settings file cannot be understood.
 */
GPtrArray *ml_rules_load(const MlWorkspace *workspace, const MlRuleOptions *options,
                         GError **error);

/*
 * Tells a project's migrations what their settings say of the dialect, of types
 * and of the naming convention; `dialect` is that of the command line, or NULL.
 */
gboolean ml_cli_set_up(MlMigrations *migrations, const MlPreferences *preferences,
                       const char *dialect, GError **error);

/*
 * What is to be run needs names: a naming convention that cannot be told, and of which nothing in
 * the tree speaks, is taken for none, which the user is told.
 */
void ml_cli_assume_no_convention(const MlWorkspace *workspace, MlMigrations *migrations);

/* --- what was found before ----------------------------------------------------------- */

typedef struct {
    char *file;     /* --baseline: that of all projects, whatever the settings say */
    gboolean none;  /* --no-baseline */
    char *new_file; /* --write-baseline; no baseline holds then */
} MlBaselineOptions;

void ml_baseline_options_clear(MlBaselineOptions *options);
void ml_baseline_add_options(GArray *entries, MlBaselineOptions *options);
gboolean ml_baseline_options_check(const MlBaselineOptions *options, GError **error);

/* The baselines that hold: the one that was given, or those that settings files name. */
typedef struct MlBaselines MlBaselines;

/* `rules` of ml_rules_load. Fails where one is not there, or is none. */
MlBaselines *ml_baselines_load(const MlBaselineOptions *options, const MlWorkspace *workspace,
                               const GPtrArray *rules, GError **error);
void ml_baselines_free(MlBaselines *baselines);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlBaselines, ml_baselines_free)

/* The one that holds in a project with these settings; NULL: none. */
MlBaseline *ml_baselines_find(const MlBaselines *baselines, const MlPreferences *preferences);

/* Notes which no longer say what is, after a state was linted whole. */
void ml_baselines_tell_gone(const MlBaselines *baselines, const GPtrArray *rules);

/* Writes the findings down to `new_file` and notes it; the exit status. */
int ml_baseline_write_file(const char *new_file, const GPtrArray *findings, GError **error);

/* Appends what is in force in each project, and where that was said. */
void ml_rules_show(GString *out, const MlWorkspace *workspace, const MlRuleOptions *options,
                   const MlBaselineOptions *baseline, const GPtrArray *rules);

/* --- the round trip ------------------------------------------------------------------ */

typedef struct {
    gboolean wanted;
    char *database;
    char *engine;
    char *range;
    char *baseline_schema;
    gboolean require_verified;
} MlRoundtripOptions;

void ml_roundtrip_options_clear(MlRoundtripOptions *options);
void ml_roundtrip_add_options(GArray *entries, MlRoundtripOptions *options);
gboolean ml_roundtrip_options_check(const MlRoundtripOptions *options, GError **error);

/* What the round trip of an environment came to. */
typedef struct {
    MlDialect dialect;        /* of the database */
    MlMigrations *migrations; /* borrowed */
    MlMigrations *other; /* those, where the environment itself was read for another database */
    MlDump *dump;        /* NULL: it begins on nothing */
    MlOperations *made;  /* what the dump has made */
    MlReplay *replay;
    GPtrArray *verdicts; /* MlVerdict * */
    gboolean require_verified;
} MlRoundtrip;

/*
 * Makes the round trip of each environment: MlRoundtrip *, in the order of the workspace. Fails
 * where no database can be made, and where nothing at all could be verified.
 */
GPtrArray *ml_workspace_roundtrip(const MlWorkspace *workspace, const GPtrArray *rules,
                                  const MlRoundtripOptions *options, GError **error);

/* The verdicts of each: GPtrArray * of MlVerdict *, borrowed; the array is new. */
GPtrArray *ml_roundtrip_verdicts(const GPtrArray *roundtrips);

/* --- linting ------------------------------------------------------------------------ */

/* What came of it. */
typedef struct {
    GPtrArray *findings;          /* MlFinding *: those that count */
    GPtrArray *suppressed;        /* MlFinding * */
    GPtrArray *unverified;        /* MlUnverified * */
    gboolean fails;               /* something is as severe as its project's settings let fail */
    const MlBaselines *baselines; /* borrowed; NULL: none */
} MlResult;

MlResult ml_result_new(void);
void ml_result_clear(MlResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MlResult, ml_result_clear)

/*
 * What is found in each environment: arrays of MlFinding *. `rules` of ml_rules_load;
 * `roundtrips` of ml_workspace_roundtrip, or NULL.
 */
GPtrArray *ml_workspace_findings(const MlWorkspace *workspace, const GPtrArray *rules,
                                 const GPtrArray *roundtrips);

/* Takes those findings of an environment that concern the arguments out of `found`. */
void ml_result_take(const MlWorkspace *workspace, GPtrArray *found, const MlRules *rules,
                    MlResult *result);

/* Takes what of the workspace could not be judged, as far as it concerns the arguments. */
void ml_result_take_unverified(const MlWorkspace *workspace, MlResult *result);

/* Lints every environment of the workspace; `roundtrips` may be NULL. */
void ml_workspace_lint(const MlWorkspace *workspace, const GPtrArray *rules,
                       const GPtrArray *roundtrips, MlResult *result);

/* --- commit by commit --------------------------------------------------------------- */

/* "A..B"; a missing end is HEAD. */
typedef struct {
    char *from, *to;               /* as the user called them */
    char *from_commit, *to_commit; /* full ids, known once the range has been walked */
} MlCommitRange;

void ml_commit_range_clear(MlCommitRange *range);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MlCommitRange, ml_commit_range_clear)
gboolean ml_commit_range_parse(const char *word, MlCommitRange *range, GError **error);

/*
 * Lints each commit of the range, oldest first, and takes each finding once,
 * with the commit that brought it: those that the commit before has are not
 * taken, but those that come back are. What cannot be judged is taken of the
 * range's end. Leaves the workspace there.
 */
gboolean ml_commits_lint(MlWorkspace *workspace, const MlStateOptions *options,
                         const MlRuleOptions *rule_options, MlCommitRange *range, MlResult *result,
                         GError **error);

/* --- output --------------------------------------------------------------------------- */

/* Prints "miglint: ..." to standard error, escaped; frees nothing. */
void ml_cli_complain(const char *message);
void ml_cli_note(const char *message);

/*
 * Shows on a terminal how far long work has come: an MlProgress, whose data is
 * an MlMeter that begins zeroed and is ended by ml_meter_end.
 */
typedef struct {
    gint64 shown; /* when it was drawn last; 0: never */
} MlMeter;

void ml_meter_show(guint done, guint all, gpointer meter);
void ml_meter_end(MlMeter *meter);

/* Writes to a file, or to standard output if `path` is NULL. */
gboolean ml_cli_write(const char *path, const GString *text, GError **error);

/* Appends paragraphs, parted by an empty line, broken into lines. */
void ml_cli_wrap(GString *out, const char *text);

/* Prints the error and gives ML_EXIT_ERROR. */
int ml_cli_fail(const GError *error);
