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

G_BEGIN_DECLS

/* --- the graph (miglint graph) ------------------------------------------ */

typedef struct {
    const GPtrArray *projects; /* const MlMigrations * */
    const GPtrArray *nodes;    /* const MlNode *: draw only these; NULL: all */
    const char *prefix;        /* put before each path that people see: see ml_report_path */
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

G_END_DECLS
