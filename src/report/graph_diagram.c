#include "report/graph_diagram.h"

#include "report/graph_view.h"

typedef struct {
    GString *out;
    const MlDiagramLanguage *language;
    const MlGraphView *view;
    const MlGraphReport *report;
    guint project;
    GHashTable *ghosts; /* const MlNode *: drawn though not shown */
} Diagram;

/* A run goes by the name of its newest revision. */
static char *name_of(const Diagram *diagram, const MlNode *node)
{
    const MlGraphRun *run = ml_graph_view_run(diagram->view, node);

    return g_strdup_printf("n%u_%u", diagram->project, run ? run->newest->index : node->index);
}

static void append_labels(const Diagram *diagram, GString *label, const GPtrArray *labels)
{
    for (guint i = 0; i < labels->len; i++) {
        g_string_append(label, i == 0 ? " (" : ", ");
        diagram->language->escape(label, labels->pdata[i], -1);
    }
    if (labels->len > 0)
        g_string_append_c(label, ')');
}

static void append_accent(GString *label, guint accent)
{
    if (accent & ML_ACCENT_NEW)
        g_string_append(label, " (new)");
    if (accent & ML_ACCENT_CHANGED)
        g_string_append(label, " (changed)");
    if (accent & ML_ACCENT_COLLIDES)
        g_string_append(label, " (collides)");
}

static GString *label_new(const Diagram *diagram, const MlNode *node)
{
    GString *label = g_string_new(NULL);
    const char *marks[ML_GRAPH_MARKS];

    diagram->language->escape(label, node->revision->id.text, -1);
    append_labels(diagram, label, node->labels);
    ml_graph_marks(node, marks);
    for (guint i = 0; marks[i] != NULL; i++)
        g_string_append_printf(label, " (%s)", marks[i]);
    append_accent(label, ml_graph_accent(diagram->report, node));
    if (*node->revision->message != '\0') {
        g_string_append(label, diagram->language->line_break);
        diagram->language->escape(label, node->revision->message, -1);
    }
    return label;
}

static MlBoxKind box_kind(const Diagram *diagram, const MlNode *node)
{
    guint accent = ml_graph_accent(diagram->report, node) & ~(guint)ML_ACCENT_MEANT;

    if (accent != 0)
        return accent & ML_ACCENT_COLLIDES ? ML_BOX_COLLIDING : ML_BOX_NEW;
    if (node->is_head)
        return ML_BOX_HEAD;
    return node->is_branch_point || node->is_merge_point ? ML_BOX_JOINT : ML_BOX_PLAIN;
}

static void draw_ghost(const Diagram *diagram, const char *name, const char *id, const char *mark)
{
    g_autoptr(GString) label = g_string_new(NULL);

    diagram->language->escape(label, id, -1);
    g_string_append(label, mark);
    diagram->language->box(diagram->out, name, label->str, ML_BOX_GHOST);
}

/* Arrows go the way of an upgrade: from what comes first to `name`. */
static void draw_arrows(const Diagram *diagram, const GPtrArray *from, const char *name,
                        gboolean dashed)
{
    for (guint i = 0; i < from->len; i++) {
        const MlNode *other = g_ptr_array_index(from, i);
        g_autofree char *other_name = name_of(diagram, other);

        if (!ml_graph_view_shows(diagram->view, other) &&
            g_hash_table_add(diagram->ghosts, (gpointer)other))
            draw_ghost(diagram, other_name, other->revision->id.text, "");
        diagram->language->arrow(diagram->out, other_name, name, dashed);
    }
}

static void draw_missing(const Diagram *diagram, const GArray *references, const char *name,
                         gboolean dashed)
{
    for (guint i = 0; i < references->len; i++) {
        const MlReference *reference = &g_array_index(references, MlReference, i);
        g_autofree char *ghost = NULL;

        if (!ml_graph_view_misses(diagram->view, reference))
            continue;
        ghost = g_strdup_printf("%s_%c%u", name, dashed ? 'd' : 'p', i);
        draw_ghost(diagram, ghost, reference->text, " (missing)");
        diagram->language->arrow(diagram->out, ghost, name, dashed);
    }
}

static void draw_revision(const Diagram *diagram, const MlNode *node)
{
    g_autofree char *name = name_of(diagram, node);
    g_autoptr(GString) label = label_new(diagram, node);

    diagram->language->box(diagram->out, name, label->str, box_kind(diagram, node));
    draw_arrows(diagram, node->parents, name, FALSE);
    draw_missing(diagram, node->revision->down_revisions, name, FALSE);
    draw_arrows(diagram, node->dependencies, name, TRUE);
    draw_missing(diagram, node->revision->depends_on, name, TRUE);
}

static void draw_run(const Diagram *diagram, const MlGraphRun *run)
{
    g_autofree char *name = name_of(diagram, run->newest);
    g_autoptr(GString) label = g_string_new(NULL);

    g_string_append_printf(label, "... %u revisions%s", run->count, diagram->language->line_break);
    diagram->language->escape(label, run->oldest->revision->id.text, -1);
    g_string_append(label, " to ");
    diagram->language->escape(label, run->newest->revision->id.text, -1);
    diagram->language->box(diagram->out, name, label->str, ML_BOX_RUN);
    draw_arrows(diagram, run->oldest->parents, name, FALSE);
}

static void draw_node(const Diagram *diagram, const MlNode *node)
{
    const MlGraphRun *run = ml_graph_view_run(diagram->view, node);

    if (run == NULL)
        draw_revision(diagram, node);
    else if (node == run->newest)
        draw_run(diagram, run);
}

static void draw_project(GString *out, const MlGraphReport *report, guint number,
                         const MlDiagramLanguage *language)
{
    const MlMigrations *migrations = g_ptr_array_index(report->projects, number);
    g_autoptr(MlGraphView) view = ml_graph_view_new(report, migrations);
    g_autoptr(GHashTable) ghosts = g_hash_table_new(NULL, NULL);
    g_autoptr(GString) title = g_string_new(NULL);
    Diagram diagram = {out, language, view, report, number, ghosts};

    language->escape(title, migrations->project->name, -1);
    language->begin_project(out, number, title->str);
    for (guint i = 0; i < view->nodes->len; i++) {
        const MlNode *node = g_ptr_array_index(view->nodes, i);

        if (ml_graph_view_shows(view, node))
            draw_node(&diagram, node);
    }
    g_string_append(out, language->end_project);
}

void ml_graph_diagram(GString *out, const MlGraphReport *report, const MlDiagramLanguage *language)
{
    g_string_append(out, language->begin);
    for (guint i = 0; i < report->projects->len; i++)
        draw_project(out, report, i, language);
    g_string_append(out, language->end);
}
