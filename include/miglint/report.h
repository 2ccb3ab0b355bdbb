/*
 * report: what miglint found, in one file an output format.
 *
 * All text that comes from files, refs or databases passes the format's own
 * escaping function: nothing that was read can move the cursor, colour the
 * terminal, end a string or start a tag.
 *
 * Everything is appended to a GString, which stays the caller's.
 */
#pragma once

#include "miglint/lint.h"
#include "miglint/render.h"

G_BEGIN_DECLS

/*
 * A path of the tree as people who stand in folder `standing` would write it;
 * `root` is ml_tree_root. Where there is no such folder on disk, the path itself.
 */
char *ml_report_path(const char *root, const char *standing, const char *path);

/*
 * Foreign text made safe for a terminal, on one line: what a terminal would act
 * upon, and bytes that are no UTF-8, are shown as visible escapes.
 */
char *ml_report_safe(const char *text);

/* Appends "NAME VERSION" and a line end for each library that the room is built on. */
void ml_report_libraries(GString *out);

/* --- findings (miglint check) -------------------------------------------- */

/* A state of the files, by the name that the user gave it. */
typedef struct {
    const char *ref;    /* NULL: there is none, or the files as they are */
    const char *commit; /* full id; NULL: nothing is committed */
} MlReportState;

typedef struct {
    const char *mode;            /* "tree", "commit", "base", "staged" or "commits" */
    MlReportState base, head;    /* what was compared; a single state is the head */
    const char *merge_base;      /* full id; NULL: none */
    const GPtrArray *changes;    /* const MlChange *, one a project; NULL: nothing is merged */
    const char *root;            /* see ml_report_path; NULL: paths are printed as they are */
    const char *standing;        /* likewise */
    const GPtrArray *projects;   /* const MlMigrations * */
    const GPtrArray *findings;   /* const MlFinding *: those that count */
    const GPtrArray *suppressed; /* const MlFinding *: the others */
    const GPtrArray *unverified; /* const MlUnverified * */
    const GPtrArray *verdicts; /* GPtrArray * of MlVerdict *, one a project; NULL: no round trip */
    GHashTable *wanted;        /* const MlRevision *: those asked for; NULL: all */
    gboolean colour;
    gboolean quiet;      /* all but json and gitlab: findings alone */
    gboolean statistics; /* text: how often each rule spoke */
} MlCheckReport;

/* The source line, a caret, what to do instead, and a summary. */
void ml_report_check_text(GString *out, const MlCheckReport *report);
/* Schema 1. Paths are those of the tree. */
void ml_report_check_json(GString *out, const MlCheckReport *report);
/* Annotations of a GitHub workflow, errors first. Paths are those of the tree. */
void ml_report_check_github(GString *out, const MlCheckReport *report);
/*
 * For the summary of a workflow or a comment, whose size it keeps to: a verdict,
 * the findings as a table, errors first, what to do about them, and the graph
 * around the change as a drawing. Paths are those of the tree.
 */
void ml_report_check_markdown(GString *out, const MlCheckReport *report);

/*
 * SARIF 2.1.0, for code scanning. Results are relative to the root of the tree,
 * so the report is the same wherever it is made. What is suppressed is marked
 * as such, and what could not be judged is a notification of the tool; both are
 * left out where findings alone are wanted.
 */
void ml_report_check_sarif(GString *out, const MlCheckReport *report);
/* A Code Quality report of GitLab: what counts, and nothing else. */
void ml_report_check_gitlab(GString *out, const MlCheckReport *report);
/*
 * JUnit's XML, a suite an environment. A case is a revision that was judged, so
 * that it keeps its name when it passes, and when it is red for another reason:
 * that is what CI services follow from run to run. One more is the environment
 * itself, for what concerns no revision. Findings that do not make the run fail
 * are the output of their case, and what could not be judged is skipped.
 */
void ml_report_check_junit(GString *out, const MlCheckReport *report);

/* --- the rules (miglint rules) ---------------------------------------------- */

/* The rule reference: a heading a rule, with all that there is to say of it. */
void ml_report_rules_markdown(GString *out);

/* --- what comes (miglint forecast) ------------------------------------------ */

typedef struct {
    const MlForecast *forecast;
    gint64 now; /* seconds since 1970: ages count from here */
    gboolean colour;
    gboolean quiet; /* text: what is wrong alone */
} MlForecastReport;

/* The refs as people look at them: the worst first, of the same trouble the youngest first. */
void ml_report_forecast_text(GString *out, const MlForecastReport *report);
void ml_report_forecast_json(GString *out, const MlForecastReport *report);
void ml_report_forecast_markdown(GString *out, const MlForecastReport *report);

/* --- what was (miglint history) ------------------------------------------------ */

typedef struct {
    const GPtrArray *episodes; /* const MlEpisode * */
    guint commits;             /* that were walked */
    gint64 now;
    gboolean colour;
} MlHistoryReport;

void ml_report_history_text(GString *out, const MlHistoryReport *report);
void ml_report_history_json(GString *out, const MlHistoryReport *report);

/* --- the graph (miglint graph) ------------------------------------------ */

/* What a revision is in a change. */
typedef enum {
    ML_ACCENT_NEW = 1 << 0,
    ML_ACCENT_CHANGED = 1 << 1,
    ML_ACCENT_COLLIDES = 1 << 2, /* one of several heads that are found fault with */
    ML_ACCENT_MEANT = 1 << 3,    /* that the user named: drawn like any other, and never folded */
} MlAccent;

/* Whether straight runs of revisions are drawn as one, "... 37 revisions". */
typedef enum {
    ML_FOLD_NEVER,
    ML_FOLD_LARGE, /* where so many revisions are shown that nobody could take them in */
    ML_FOLD_ALWAYS,
} MlGraphFold;

typedef struct {
    const GPtrArray *projects; /* const MlMigrations * */
    const GPtrArray *nodes;    /* const MlNode *: show only these, JSON in this order; NULL: all */
    GHashTable *accents;       /* const MlNode * to MlAccent; NULL: none */
    MlGraphFold fold;          /* JSON never does */
    const char *root;          /* see ml_report_path */
    const char *standing;
    gboolean colour;
} MlGraphReport;

/*
 * text: in the manner of `git log --graph`, newest first, one line a revision,
 * with heads, bases, branch labels, branch points and merge points marked as
 * Alembic marks them.
 */
void ml_report_graph_text(GString *out, const MlGraphReport *report);
void ml_report_graph_dot(GString *out, const MlGraphReport *report);
void ml_report_graph_mermaid(GString *out, const MlGraphReport *report);
void ml_report_graph_json(GString *out, const MlGraphReport *report);

/* --- scripts (miglint sql) ------------------------------------------------- */

typedef struct {
    const MlScript *script;
    const char *root; /* see ml_report_path */
    const char *standing;
    gboolean colour;
    gboolean terminal; /* it is shown there, not kept: control characters become visible */
} MlSqlReport;

/*
 * What a database's own client reads. Before each revision stands a comment with its heading, in
 * place of what could not be rendered one that tells what that is. A script that ends where a
 * function raises does not commit.
 */
void ml_report_sql_text(GString *out, const MlSqlReport *report);

G_END_DECLS
