/*
 * lint: rules, and the findings they make.
 *
 * A rule is one file in rules/, named after the rule, that holds one
 * `const MlRule ml_rule_<name>`. CMake collects the files. A rule looks at the
 * context that its check is given and reports findings into it; it never
 * prints, and it is silent where what it needs is unknown.
 *
 * A comment in a revision may ask not to be told of a rule (MlSuppression).
 * Rules know nothing of that: their findings are made, and marked afterwards.
 *
 * Ownership: rules are static. A finding belongs to the findings array it was
 * reported into; what a rule adds to a finding is copied.
 */
#pragma once

#include "miglint/change.h"
#include "miglint/roundtrip.h"

G_BEGIN_DECLS

#define ML_LINT_ERROR (ml_lint_error_quark())
GQuark ml_lint_error_quark(void);
typedef enum {
    ML_LINT_ERROR_RULE,     /* no such rule */
    ML_LINT_ERROR_BASELINE, /* cannot be read, or is none */
} MlLintError;

typedef enum {
    ML_SEVERITY_NOTE,
    ML_SEVERITY_WARNING,
    ML_SEVERITY_ERROR,
} MlSeverity;

const char *ml_severity_name(MlSeverity severity);

typedef struct MlContext MlContext;

/*
 * An example is a small tree: one revision file, or several files, each begun
 * by a line "# file: PATH". The path counts from the script location:
 * "versions/NAME.py", "env.py", "../alembic.ini". Whatever else an environment
 * needs is added. Where two states are compared, a line "# base:" and a line
 * "# head:" begin the tree of each, and "# common:" that of their merge base
 * unless it is the base.
 */
typedef struct {
    const char *code;    /* "ML101" */
    const char *name;    /* "multiple-heads" */
    MlSeverity severity; /* the usual one; a finding may have a lesser */
    gboolean off;        /* not selected by default */
    gboolean compares;   /* speaks only where two states are compared */
    const char *summary; /* one line: what is wrong where it speaks */
    const char *why;     /* why that matters, and what to do; paragraphs parted by an empty line */
    const char *bad;     /* an example that raises it */
    const char *good;    /* the same, mended */
    const char *reference;         /* an address that tells more, or NULL */
    const char *const *supersedes; /* codes of the rules that are silent where it speaks of the same
                                      object (see ml_finding_concerns), and NULL; may be NULL */
    void (*check_project)(MlContext *context); /* at least one of the five */
    void (*check_revision)(MlContext *context, const MlRevision *revision);
    /* of each revision whose functions could be read, once for each engine */
    void (*check_step)(MlContext *context, const MlStep *step);
    /* of each revision that has made the round trip */
    void (*check_verdict)(MlContext *context, const MlVerdict *verdict);
    /* runs when all findings of the others are there and marked */
    void (*check_suppression)(MlContext *context, const MlRevision *revision,
                              const MlSuppression *suppression);
} MlRule;

/* Every rule, sorted by code, and NULL. */
extern const MlRule *const ml_all_rules[];

/* By code or name; an error that names the nearest if there is none. */
const MlRule *ml_rule_find(const char *word, GError **error);

/*
 * How closely a word names a rule: 0 not at all, else the more the closer. A
 * word is "all", the beginning of a code ("ML3"), a code or a name.
 */
guint ml_rule_closeness(const MlRule *rule, const char *word);

/* FALSE and an error that names the nearest rule if the word names none. */
gboolean ml_rule_check_word(const char *word, GError **error);

/* --- findings ---------------------------------------------------------- */

typedef struct {
    char *path; /* path of the tree; NULL: none */
    guint line; /* from 1; 0: none */
    char *message;
} MlRelated;

typedef struct {
    const MlRule *rule;
    MlSeverity severity;
    char *message;          /* one sentence that names the object */
    char *help;             /* what to write instead; may have several lines; NULL: none */
    char *project;          /* name of the project */
    char *path;             /* of the tree */
    MlPosition position;    /* line 0: the whole file */
    char *revision;         /* id; NULL: none */
    char *commit;           /* full id of the commit that brought it; NULL: not known */
    GPtrArray *related;     /* MlRelated * */
    char *subject;          /* what tells it apart; NULL: where it stands, and what it says */
    GPtrArray *concerns;    /* char *: see ml_finding_concerns; empty: the whole revision */
    char *fingerprint;      /* stays the same when lines move */
    GBytes *text;           /* of the file, to show the line; may be NULL */
    const char *suppressed; /* "line", "above", "file", "settings" or "baseline"; NULL: it counts */
    char *reason;           /* why it is suppressed, as the user put it; "" if not at all */
    gboolean fails;         /* it counts, and makes the run fail: for whoever runs it to say */
} MlFinding;

void ml_finding_free(MlFinding *finding);

typedef struct MlPolicy MlPolicy;

/* What is linted: the migrations of one environment, and what is known of their past. */
typedef struct {
    MlTree *tree;
    const MlMigrations *migrations;
    const MlPolicy *policy;
    const MlChange *change;    /* of these migrations; NULL: no two states are compared */
    const MlHistory *history;  /* who brought what; NULL: nobody knows */
    const GPtrArray *verdicts; /* const MlVerdict *: of the round trip; NULL: there was none */
    gboolean require_verified; /* what could not be tried is an error */
} MlSubject;

struct MlContext {
    MlTree *tree;
    const MlMigrations *migrations;
    const MlPolicy *policy;
    const MlChange *change;
    const MlHistory *history;
    const GPtrArray *verdicts;
    gboolean require_verified;
    gboolean all_readable; /* no revision of the project has a problem */
    GHashTable *used;    /* const MlReference * and const MlSuppression * that suppress something */
    const MlRule *rule;  /* the one whose check is running */
    GPtrArray *findings; /* MlFinding * */
    MlReplay *replay;    /* NULL unless a rule that runs has a check_step */
};

/* Reports at a place in a revision's file; `where` without a module: the file as a whole. */
MlFinding *ml_report(MlContext *context, const MlRevision *revision, MlOrigin where,
                     const char *format, ...) G_GNUC_PRINTF(4, 5);
/*
 * Reports at a place in any other file of the tree: a configuration, env.py.
 * Line 0 is the whole file, and a line without a column all of the line.
 */
MlFinding *ml_report_file(MlContext *context, const char *path, MlPosition position,
                          const char *format, ...) G_GNUC_PRINTF(4, 5);

void ml_finding_help(MlFinding *finding, const char *format, ...) G_GNUC_PRINTF(2, 3);
void ml_finding_relate(MlFinding *finding, const MlRevision *revision, MlOrigin where,
                       const char *format, ...) G_GNUC_PRINTF(4, 5);

/* Tells findings of one rule in one project apart, whatever else they say and wherever. */
void ml_finding_identify(MlFinding *finding, const char *format, ...) G_GNUC_PRINTF(2, 3);

/*
 * Names an object that the finding speaks of; may be called for several. Findings
 * of one revision that concern one object are superseded as MlRule.supersedes
 * tells; one that concerns none in particular supersedes for all of the revision.
 */
void ml_finding_concerns(MlFinding *finding, MlCatalogKind kind, const char *schema,
                         const char *table, const char *name);

/* --- the past of a project ------------------------------------------------ */

/*
 * What a project has had for long and will not mend: findings by their
 * fingerprints, which stay the same when lines move. Kept in a file, an entry a
 * line: {"schema":1,"findings":[{"fingerprint","rule","project","path","revision","message"}]}.
 */
typedef struct MlBaseline MlBaseline;

typedef struct {
    char *fingerprint, *rule, *project, *path, *message;
    char *revision;    /* NULL: none */
    gboolean occurred; /* some finding was the same */
} MlBaselineEntry;

/* Of a file's text; the error names it by `file` and says what is wrong. */
MlBaseline *ml_baseline_parse(const char *file, GBytes *text, GError **error);

/* Of a file on disk. */
MlBaseline *ml_baseline_read(const char *file, GError **error);
void ml_baseline_free(MlBaseline *baseline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlBaseline, ml_baseline_free)

/* Marks the findings (MlFinding *) that it holds and nothing else suppresses. */
void ml_baseline_apply(MlBaseline *baseline, const GPtrArray *findings);

/* In the order of the file: const MlBaselineEntry *. */
const GPtrArray *ml_baseline_entries(const MlBaseline *baseline);

/* Appends the text of a baseline of some findings (MlFinding *). */
void ml_baseline_write(GString *out, const GPtrArray *findings);

/* --- running ----------------------------------------------------------- */

typedef struct MlSelection MlSelection;

/*
 * Which rules are wanted. Each argument is a NULL-terminated array of
 * comma-separated lists of codes, names, prefixes ("ML3") or "all", or NULL:
 * `select` instead of the default, `extend` besides it, `ignore` not. Where
 * words contradict each other the closer one wins, and `ignore` between
 * equals. A word that fits no rule is an error that names the nearest.
 */
MlSelection *ml_selection_new(const char *const *select, const char *const *extend,
                              const char *const *ignore, GError **error);
void ml_selection_free(MlSelection *selection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlSelection, ml_selection_free)

/*
 * Which rules run in one project, how severe they are, and where they are not
 * wanted: what the command line says of a rule holds, then what the settings
 * say, then what is usual. A `select` of the command line stands in the place
 * of all that the settings select and ignore.
 *
 * `given` and `preferences` are borrowed as long as the policy lives; NULL
 * says nothing. Fails, in words that begin with "path:line: ", where the
 * settings name a rule that is none.
 */
MlPolicy *ml_policy_new(const MlSelection *given, const MlPreferences *preferences, GError **error);
void ml_policy_free(MlPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlPolicy, ml_policy_free)

gboolean ml_policy_runs(const MlPolicy *policy, const MlRule *rule);

/* Borrowed; may be NULL. */
const MlPreferences *ml_policy_preferences(const MlPolicy *policy);

/* What no rule could judge, because it cannot be told without running Python. */
typedef struct {
    char *project;
    char *revision; /* id; NULL: none */
    char *path;
    guint line; /* 0: the whole file */
    char *what;
    char *why;
} MlUnverified;

void ml_unverified_free(MlUnverified *unverified);

/*
 * MlUnverified *, in load order, freed with the array; where two states are
 * compared (else NULL), only of what the head brings, or what the graph lacks.
 */
GPtrArray *ml_unverified_of(const MlMigrations *migrations, const MlChange *change);

/*
 * Runs the rules that the policy wants; findings (MlFinding *) sorted by path,
 * line, column and code. Where two states are compared, revisions that the head
 * neither adds nor changes are not judged by themselves.
 */
GPtrArray *ml_lint(const MlSubject *subject);

/*
 * A file may belong to several projects, and a comment in it be useless in one
 * alone. Drops what is said of a comment (check_suppression) unless it is said
 * in every project that has the file; and what is said of a file that is no
 * revision, such as an env.py, in several projects, but for the first. `found`
 * holds what ml_lint gave for each of `migrations`, in the same order.
 */
void ml_lint_agree(const GPtrArray *migrations, const GPtrArray *found);

G_END_DECLS
