#include "report/escape.h"
#include "report/graph_diagram.h"

static void begin_project(GString *out, guint number, const char *title)
{
    g_string_append_printf(out, "    subgraph p%u[\"%s\"]\n", number, title);
}

static void append_box(GString *out, const char *name, const char *label, MlBoxKind kind)
{
    static const char *const classes[] = {
        [ML_BOX_PLAIN] = "",
        [ML_BOX_HEAD] = ":::head",
        [ML_BOX_JOINT] = ":::joint",
        [ML_BOX_GHOST] = ":::ghost",
        [ML_BOX_RUN] = ":::run",
        [ML_BOX_NEW] = ":::new",
        [ML_BOX_COLLIDING] = ":::colliding",
    };

    g_string_append_printf(out, "        %s[\"%s\"]%s\n", name, label, classes[kind]);
}

static void append_arrow(GString *out, const char *from, const char *to, gboolean dashed)
{
    g_string_append_printf(out, "        %s %s %s\n", from, dashed ? "-.->" : "-->", to);
}

void ml_report_graph_mermaid(GString *out, const MlGraphReport *report)
{
    static const MlDiagramLanguage mermaid = {
        .escape = ml_escape_mermaid,
        .line_break = "<br/>",
        .begin = "flowchart BT\n"
                 "    classDef head fill:#98fb98,stroke-width:3px,color:#000\n"
                 "    classDef joint fill:#ffffe0,color:#000\n"
                 "    classDef ghost stroke-dasharray:2\n"
                 "    classDef run stroke-dasharray:8\n"
                 "    classDef new fill:#add8e6,stroke-width:3px,color:#000\n"
                 "    classDef colliding fill:#ffb0a0,stroke:#c00,stroke-width:3px,color:#000\n",
        .end = "",
        .begin_project = begin_project,
        .end_project = "    end\n",
        .box = append_box,
        .arrow = append_arrow,
    };

    ml_graph_diagram(out, report, &mermaid);
}
