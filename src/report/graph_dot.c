#include "report/escape.h"
#include "report/graph_diagram.h"

static void begin_project(GString *out, guint number, const char *title)
{
    g_string_append_printf(out, "    subgraph cluster_%u {\n        label=\"%s\";\n", number,
                           title);
}

static void append_box(GString *out, const char *name, const char *label, MlBoxKind kind)
{
    static const char *const styles[] = {
        [ML_BOX_PLAIN] = "",
        [ML_BOX_HEAD] = ", style=\"bold,filled\", fillcolor=palegreen",
        [ML_BOX_JOINT] = ", style=filled, fillcolor=lightyellow",
        [ML_BOX_GHOST] = ", style=dotted",
        [ML_BOX_RUN] = ", style=dashed",
        [ML_BOX_NEW] = ", style=\"bold,filled\", fillcolor=lightblue",
        [ML_BOX_COLLIDING] = ", style=\"bold,filled\", fillcolor=lightsalmon, color=red",
    };

    g_string_append_printf(out, "        %s [label=\"%s\"%s];\n", name, label, styles[kind]);
}

static void append_arrow(GString *out, const char *from, const char *to, gboolean dashed)
{
    g_string_append_printf(out, "        %s -> %s%s;\n", from, to, dashed ? " [style=dashed]" : "");
}

void ml_report_graph_dot(GString *out, const MlGraphReport *report)
{
    static const MlDiagramLanguage dot = {
        .escape = ml_escape_dot,
        .line_break = "\\n",
        .begin = "digraph migrations {\n    rankdir=BT;\n    node [shape=box];\n",
        .end = "}\n",
        .begin_project = begin_project,
        .end_project = "    }\n",
        .box = append_box,
        .arrow = append_arrow,
    };

    ml_graph_diagram(out, report, &dot);
}
