#include "report/escape.h"
#include "report/graph_view.h"
#include "report/lanes.h"
#include "report/newest_first.h"

#define RED    "31"
#define GREEN  "1;32"
#define YELLOW "33"
#define CYAN   "36"
#define BOLD   "1"
#define DIM    "2"

typedef struct {
    const MlGraphReport *report;
    const MlGraphView *view;
    const GPtrArray *order; /* const MlNode * */
    guint *rank;            /* place in `order`, by a node's index */
    MlLanes *lanes;
} Drawing;

static void begin_colour(GString *out, const MlGraphReport *report, const char *colour)
{
    if (report->colour)
        g_string_append_printf(out, "\033[%sm", colour);
}

static void end_colour(GString *out, const MlGraphReport *report)
{
    if (report->colour)
        g_string_append(out, "\033[m");
}

/* Foreign text in a colour. */
static void append_text(GString *out, const MlGraphReport *report, const char *colour,
                        const char *text)
{
    begin_colour(out, report, colour);
    ml_escape_terminal(out, text, -1);
    end_colour(out, report);
}

/* " (BEFORE TEXT AFTER)", of which the text alone is foreign. */
static void append_mark(GString *out, const MlGraphReport *report, const char *colour,
                        const char *before, const char *text, const char *after)
{
    g_string_append_c(out, ' ');
    begin_colour(out, report, colour);
    g_string_append_printf(out, "(%s", before);
    ml_escape_terminal(out, text, -1);
    g_string_append_printf(out, "%s)", after);
    end_colour(out, report);
}

/* --- a revision's line -------------------------------------------------- */

static void append_labels(GString *out, const MlGraphReport *report, const GPtrArray *labels)
{
    for (guint i = 0; i < labels->len; i++) {
        g_string_append(out, i == 0 ? " (" : ", ");
        append_text(out, report, CYAN, labels->pdata[i]);
    }
    if (labels->len > 0)
        g_string_append_c(out, ')');
}

/* Several heads are a matter of course where they are labelled, and a mistake where they are not.
 */
static const char *head_colour(const Drawing *drawing, const MlNode *node)
{
    gboolean several = ml_graph_heads(drawing->view->migrations->graph)->len > 1;

    return several && node->labels->len == 0 ? RED : GREEN;
}

static void append_marks(GString *out, const Drawing *drawing, const MlNode *node)
{
    const char *marks[ML_GRAPH_MARKS];

    ml_graph_marks(node, marks);
    for (guint i = 0; marks[i] != NULL; i++)
        append_mark(out, drawing->report,
                    i == 0 && node->is_head ? head_colour(drawing, node) : YELLOW, marks[i], "",
                    "");
}

static void append_dependencies(GString *out, const Drawing *drawing, const MlNode *node)
{
    const GArray *references = node->revision->depends_on;

    for (guint i = 0; i < references->len; i++) {
        const MlReference *reference = &g_array_index(references, MlReference, i);
        gboolean missing = ml_graph_view_misses(drawing->view, reference);

        append_mark(out, drawing->report, missing ? RED : DIM, "depends on ", reference->text,
                    missing ? ", which is missing" : "");
    }
}

static void append_missing_parents(GString *out, const Drawing *drawing, const MlNode *node)
{
    const GArray *references = node->revision->down_revisions;

    for (guint i = 0; i < references->len; i++) {
        const MlReference *reference = &g_array_index(references, MlReference, i);

        if (!ml_graph_view_misses(drawing->view, reference))
            continue;
        append_mark(out, drawing->report, RED, "parent ", reference->text, " is missing");
        ml_lanes_add_end(drawing->lanes);
    }
}

/* Gives each parent its lane. One that gets none is named, unless it was not asked for. */
static void append_parents(GString *out, const Drawing *drawing, const MlNode *node)
{
    for (guint i = 0; i < node->parents->len; i++) {
        const MlNode *parent = g_ptr_array_index(node->parents, i);
        gboolean shown = ml_graph_view_shows(drawing->view, parent);
        gboolean above = shown && drawing->rank[parent->index] <= drawing->rank[node->index];

        if (shown && !above && ml_lanes_add_parent(drawing->lanes, parent->index))
            continue;
        ml_lanes_add_end(drawing->lanes);
        if (above)
            append_mark(out, drawing->report, RED, "parent ", parent->revision->id.text,
                        " is above: a circle");
        else if (shown)
            append_mark(out, drawing->report, DIM, "parent ", parent->revision->id.text,
                        " is below");
    }
}

/* What a revision without a message is told by. */
static void append_path(GString *out, const MlGraphReport *report, const MlRevision *revision)
{
    g_autofree char *path = ml_report_path(report->root, report->standing, revision->path);

    append_text(out, report, DIM, path);
}

static void append_accent(GString *out, const Drawing *drawing, const MlNode *node)
{
    if (ml_graph_accent(drawing->report, node) & ML_ACCENT_NEW)
        append_mark(out, drawing->report, CYAN, "new", "", "");
}

static void draw_revision(GString *out, const Drawing *drawing, const MlNode *node)
{
    g_autoptr(GString) line = g_string_new(NULL);

    ml_lanes_begin(drawing->lanes, node->index);
    append_text(line, drawing->report, YELLOW, node->revision->id.text);
    append_labels(line, drawing->report, node->labels);
    append_marks(line, drawing, node);
    append_accent(line, drawing, node);
    append_parents(line, drawing, node);
    append_missing_parents(line, drawing, node);
    append_dependencies(line, drawing, node);
    g_string_append(line, ", ");
    if (*node->revision->message != '\0')
        ml_escape_terminal(line, node->revision->message, -1);
    else
        append_path(line, drawing->report, node->revision);
    ml_lanes_draw(drawing->lanes, out, line->str);
}

static void draw_run(GString *out, const Drawing *drawing, const MlGraphRun *run)
{
    g_autoptr(GString) line = g_string_new(NULL);

    ml_lanes_begin(drawing->lanes, run->newest->index);
    begin_colour(line, drawing->report, DIM);
    g_string_append_printf(line, "... %u revisions, ", run->count);
    ml_escape_terminal(line, run->oldest->revision->id.text, -1);
    g_string_append(line, " to ");
    ml_escape_terminal(line, run->newest->revision->id.text, -1);
    end_colour(line, drawing->report);
    append_parents(line, drawing, run->oldest);
    ml_lanes_draw(drawing->lanes, out, line->str);
}

static void draw_node(GString *out, const Drawing *drawing, const MlNode *node)
{
    const MlGraphRun *run = ml_graph_view_run(drawing->view, node);

    if (run == NULL)
        draw_revision(out, drawing, node);
    else if (node == run->newest)
        draw_run(out, drawing, run);
}

/* --- a project ---------------------------------------------------------- */

static const char *plural(guint count)
{
    return count == 1 ? "" : "s";
}

static void append_heading(GString *out, const MlGraphReport *report, const MlGraphView *view)
{
    guint heads = ml_graph_heads(view->migrations->graph)->len;

    append_text(out, report, BOLD, view->migrations->project->name);
    g_string_append(out, ": ");
    if (view->selected->len < view->nodes->len)
        g_string_append_printf(out, "%u of ", view->selected->len);
    g_string_append_printf(out, "%u revision%s, %u head%s\n", view->nodes->len,
                           plural(view->nodes->len), heads, plural(heads));
}

static void draw_nodes(GString *out, const MlGraphReport *report, const MlGraphView *view)
{
    g_autoptr(GPtrArray) order = ml_newest_first(view);
    g_autoptr(MlLanes) lanes = ml_lanes_new(report->colour);
    g_autofree guint *rank = g_new0(guint, view->nodes->len + 1);
    Drawing drawing = {report, view, order, rank, lanes};

    for (guint i = 0; i < order->len; i++)
        rank[((const MlNode *)order->pdata[i])->index] = i;
    for (guint i = 0; i < order->len; i++)
        draw_node(out, &drawing, order->pdata[i]);
}

/* Why a file is no node; NULL if it is one. */
static const char *reason_left_out(const MlGraphView *view, const MlRevision *revision)
{
    const MlNode *node;

    if (revision->id.text == NULL)
        switch (revision->problem) {
        case ML_REVISION_UNREADABLE_FILE:
            return "it cannot be read";
        case ML_REVISION_SYNTAX:
            return "it is no valid Python";
        case ML_REVISION_UNKNOWN_ID:
            return "its revision id cannot be told";
        default:
            return "it has no revision id";
        }
    node = ml_graph_find(view->migrations->graph, revision->id.text);
    return node == NULL || node->revision != revision ? "another file has the same revision id"
                                                      : NULL;
}

static void append_left_out(GString *out, const MlGraphReport *report, const MlGraphView *view)
{
    const GPtrArray *revisions = view->migrations->revisions;

    for (guint i = 0; i < revisions->len; i++) {
        const MlRevision *revision = g_ptr_array_index(revisions, i);
        const char *reason = reason_left_out(view, revision);

        if (reason == NULL)
            continue;
        append_text(out, report, RED, "not drawn: ");
        append_path(out, report, revision);
        g_string_append_printf(out, " (%s)\n", reason);
    }
}

void ml_report_graph_text(GString *out, const MlGraphReport *report)
{
    for (guint i = 0; i < report->projects->len; i++) {
        g_autoptr(MlGraphView) view = ml_graph_view_new(report, report->projects->pdata[i]);

        if (i > 0)
            g_string_append_c(out, '\n');
        append_heading(out, report, view);
        draw_nodes(out, report, view);
        append_left_out(out, report, view);
    }
}
