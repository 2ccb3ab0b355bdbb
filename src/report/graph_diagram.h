/*
 * The graph as a diagram that another program lays out: boxes and arrows. What
 * is drawn is the same for every such program; a language says how it is written.
 */
#pragma once

#include "miglint/report.h"

G_BEGIN_DECLS

typedef enum {
    ML_BOX_PLAIN,
    ML_BOX_HEAD,
    ML_BOX_JOINT, /* a branch point or a merge point */
    ML_BOX_GHOST, /* not asked for, or no file declares it */
    ML_BOX_RUN,   /* several, folded */
    ML_BOX_NEW,   /* or changed */
    ML_BOX_COLLIDING,
} MlBoxKind;

/* Names are made from numbers, so that nothing foreign is ever one; titles and labels are escaped.
 */
typedef struct {
    void (*escape)(GString *out, const char *text, gssize length);
    const char *line_break; /* in a label */
    const char *begin, *end;
    void (*begin_project)(GString *out, guint number, const char *title);
    const char *end_project;
    void (*box)(GString *out, const char *name, const char *label, MlBoxKind kind);
    void (*arrow)(GString *out, const char *from, const char *to, gboolean dashed);
} MlDiagramLanguage;

void ml_graph_diagram(GString *out, const MlGraphReport *report, const MlDiagramLanguage *language);

G_END_DECLS
