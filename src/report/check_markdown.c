#include "miglint/text.h"
#include "report/check_view.h"
#include "report/escape.h"
#include "report/rule_page.h"
#include "report/table.h"

#include <string.h>

/*
 * A comment on GitHub takes 65,536 characters: bytes that the parts may take, and
 * bytes of one text that they show at most.
 */
#define TABLE_ROOM   24000
#define REMEDY_ROOM  12000
#define DRAWING_ROOM 16000
#define UNKNOWN_ROOM 6000
#define CELL         500
#define HELP         1500

/* Revisions that are drawn at most: more than that nobody takes in. */
#define DRAWN 40

/* --- pieces ---------------------------------------------------------------------- */

/* Not within a password, which could then not be known for one. */
static char *clip(const char *text, gsize most)
{
    GString *shown = ml_text_without_passwords(text, -1);
    if (shown->len > most) {
        while (most > 0 && (shown->str[most] & 0xC0) == 0x80)
            most--;
        g_string_truncate(shown, most);
        g_string_append(shown, "…");
    }
    return g_string_free(shown, FALSE);
}

static void foreign(GString *out, const char *text)
{
    g_autofree char *clipped = clip(text, CELL);
    ml_escape_markdown(out, clipped, -1);
}

static char *place(const char *path, guint line)
{
    return line > 0 ? g_strdup_printf("%s:%u", path, line) : g_strdup(path);
}

static guint longest_run(const char *text, char letter)
{
    guint longest = 0;
    for (guint run = 0; *text != '\0'; text++) {
        run = *text == letter ? run + 1 : 0;
        longest = MAX(longest, run);
    }
    return longest;
}

/* Lines as they are, between fences that none of them can be. */
static void append_block(GString *out, const char *text)
{
    g_autofree char *clipped = clip(text, HELP);
    g_auto(GStrv) lines = g_strsplit(clipped, "\n", -1);
    g_autofree char *fence = g_strnfill(MAX(3, longest_run(clipped, '`') + 1), '`');
    g_string_append_printf(out, "%stext\n", fence);
    for (char **line = lines; *line != NULL; line++) {
        ml_escape_terminal(out, *line, -1);
        g_string_append_c(out, '\n');
    }
    g_string_append_printf(out, "%s\n", fence);
}

static void begin_fold(GString *out, const char *title)
{
    g_string_append_printf(out, "\n<details>\n<summary>%s</summary>\n\n", title);
}

static void end_fold(GString *out)
{
    g_string_append(out, "\n</details>\n");
}

/* --- the findings ------------------------------------------------------------------ */

static void append_table(GString *out, const GPtrArray *findings)
{
    static const char *const headings[] = {"Severity", "Rule", "Place", "Message"};
    g_autoptr(MlTable) table = ml_table_new(G_N_ELEMENTS(headings));
    for (guint i = 0; i < findings->len; i++) {
        const MlFinding *finding = g_ptr_array_index(findings, i);
        g_autofree char *rule = g_strdup_printf("%s %s", finding->rule->code, finding->rule->name);
        g_autofree char *where = place(finding->path, finding->position.line);
        const char *const cells[] = {ml_severity_name(finding->severity), rule, where,
                                     finding->message};
        for (guint j = 0; j < G_N_ELEMENTS(cells); j++) {
            g_autofree char *clipped = clip(cells[j], CELL);
            ml_table_add(table, clipped);
        }
    }
    g_string_append_c(out, '\n');
    guint shown = ml_table_write_markdown(out, table, headings, TABLE_ROOM);
    if (shown < findings->len)
        g_string_append_printf(out, "\n%u more had no room here.\n", findings->len - shown);
}

static void append_related(GString *out, const MlRelated *related)
{
    g_string_append(out, "- ");
    if (related->path != NULL) {
        g_autofree char *where = place(related->path, related->line);
        foreign(out, where);
        g_string_append(out, ": ");
    }
    foreign(out, related->message);
    g_string_append_c(out, '\n');
}

static GString *remedy(const MlFinding *finding)
{
    GString *out = g_string_new(NULL);
    g_autofree char *where = place(finding->path, finding->position.line);
    g_autofree char *url = ml_rule_url(finding->rule);
    g_string_append_printf(out, "**[%s](%s)** ", finding->rule->code, url);
    foreign(out, where);
    g_string_append(out, finding->related->len > 0 ? "\n\n" : "\n");
    for (guint i = 0; i < finding->related->len; i++)
        append_related(out, g_ptr_array_index(finding->related, i));
    g_string_append_c(out, '\n');
    if (finding->help != NULL)
        append_block(out, finding->help);
    return out;
}

static void append_remedies(GString *out, const GPtrArray *findings)
{
    g_autoptr(GString) remedies = g_string_new(NULL);
    for (guint i = 0; i < findings->len; i++) {
        const MlFinding *finding = g_ptr_array_index(findings, i);
        g_autoptr(GString) one = remedy(finding);
        gboolean tells = finding->help != NULL || finding->related->len > 0;
        if (tells && remedies->len + one->len < REMEDY_ROOM)
            g_string_append_printf(remedies, "%s%s", remedies->len ? "\n" : "", one->str);
    }
    if (remedies->len == 0)
        return;
    begin_fold(out, "What to do");
    g_string_append_len(out, remedies->str, (gssize)remedies->len);
    end_fold(out);
}

/* --- the graph around the change ----------------------------------------------------- */

static gboolean points_at(const MlFinding *finding, const char *path)
{
    if (g_str_equal(finding->path, path))
        return TRUE;
    for (guint i = 0; i < finding->related->len; i++)
        if (g_strcmp0(((MlRelated *)g_ptr_array_index(finding->related, i))->path, path) == 0)
            return TRUE;
    return FALSE;
}

static void accent(GHashTable *accents, const MlNode *node, MlAccent more)
{
    guint before = GPOINTER_TO_UINT(g_hash_table_lookup(accents, node));
    g_hash_table_insert(accents, (gpointer)node, GUINT_TO_POINTER(before | more));
}

/* Heads collide where a finding points at several. */
static void accent_colliding(GHashTable *accents, const GPtrArray *nodes, const MlFinding *finding)
{
    g_autoptr(GPtrArray) heads = g_ptr_array_new();
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = g_ptr_array_index(nodes, i);
        if (node->is_head && points_at(finding, node->revision->path))
            g_ptr_array_add(heads, (gpointer)node);
    }
    for (guint i = 0; i < heads->len && heads->len > 1; i++)
        accent(accents, g_ptr_array_index(heads, i), ML_ACCENT_COLLIDES);
}

static void accent_brought(GHashTable *accents, const GPtrArray *nodes, const MlChange *change)
{
    for (guint i = 0; change != NULL && i < nodes->len; i++) {
        const MlNode *node = g_ptr_array_index(nodes, i);
        if (ml_change_brings(change, node->revision))
            accent(accents, node,
                   ml_change_before(change, node->revision) ? ML_ACCENT_CHANGED : ML_ACCENT_NEW);
    }
}

static void accent_all(GHashTable *accents, const GPtrArray *nodes, const MlCheckReport *report,
                       const char *project, const MlChange *change)
{
    accent_brought(accents, nodes, change);
    for (guint i = 0; i < report->findings->len; i++) {
        const MlFinding *finding = g_ptr_array_index(report->findings, i);
        if (g_str_equal(finding->project, project))
            accent_colliding(accents, nodes, finding);
    }
}

static void append_drawing(GString *out, const MlGraphReport *graph, guint left_out)
{
    g_autoptr(GString) drawing = g_string_new(NULL);
    ml_report_graph_mermaid(drawing, graph);
    if (drawing->len > DRAWING_ROOM) {
        g_string_append(out, "\nThe graph around the change had no room here.\n");
        return;
    }
    g_string_append_printf(out, "\n```mermaid\n%s```\n", drawing->str);
    if (left_out > 0)
        g_string_append_printf(out, "\n%u more revision%s had no room in the drawing.\n", left_out,
                               left_out == 1 ? "" : "s");
}

static void append_graph(GString *out, const MlCheckReport *report)
{
    g_autoptr(GPtrArray) projects = g_ptr_array_new();
    g_autoptr(GPtrArray) nodes = g_ptr_array_new();
    g_autoptr(GHashTable) accents = g_hash_table_new(NULL, NULL);
    guint left_out = 0;
    for (guint i = 0; i < report->projects->len; i++) {
        const MlMigrations *migrations = g_ptr_array_index(report->projects, i);
        const MlChange *change = report->changes ? g_ptr_array_index(report->changes, i) : NULL;
        guint more;
        g_autoptr(GPtrArray) around =
            ml_graph_around(migrations, change, DRAWN - nodes->len, &more);
        left_out += more;
        if (around->len == 0)
            continue;
        accent_all(accents, around, report, migrations->project->name, change);
        g_ptr_array_extend(nodes, around, NULL, NULL);
        g_ptr_array_add(projects, (gpointer)migrations);
    }
    const MlGraphReport graph = {.projects = projects, .nodes = nodes, .accents = accents};
    if (nodes->len > 0)
        append_drawing(out, &graph, left_out);
}

/* --- what could not be told ------------------------------------------------------------ */

static void append_unverified(GString *out, const GPtrArray *unverified)
{
    g_autofree char *title = g_strdup_printf("%u unverified", unverified->len);
    guint shown = 0;
    begin_fold(out, title);
    for (gsize end = out->len + UNKNOWN_ROOM; shown < unverified->len; shown++) {
        const MlUnverified *one = g_ptr_array_index(unverified, shown);
        g_autofree char *where = place(one->path, one->line);
        gsize before = out->len;
        g_string_append(out, "- ");
        foreign(out, where);
        g_string_append(out, ": ");
        foreign(out, one->what);
        g_string_append(out, ": ");
        foreign(out, one->why);
        g_string_append_c(out, '\n');
        if (out->len > end) {
            g_string_truncate(out, before);
            break;
        }
    }
    if (shown < unverified->len)
        g_string_append_printf(out, "- and %u more\n", unverified->len - shown);
    end_fold(out);
}

void ml_report_check_markdown(GString *out, const MlCheckReport *report)
{
    static const char *const signs[] = {"ℹ️", "⚠️", "❌"};
    g_autoptr(GPtrArray) findings = ml_check_worst_first(report);
    const MlFinding *worst = findings->len > 0 ? g_ptr_array_index(findings, 0) : NULL;
    g_autofree char *summary = ml_check_summary(report);
    g_string_append_printf(out, "### %s Migrations: ", worst ? signs[worst->severity] : "✅");
    foreign(out, summary);
    g_string_append_c(out, '\n');
    g_autofree char *trip = ml_check_trip_summary(report);
    g_string_append(out, trip ? "\n" : "");
    foreign(out, trip ? trip : "");
    g_string_append(out, trip ? "\n" : "");
    if (findings->len > 0) {
        append_table(out, findings);
        append_remedies(out, findings);
    }
    if (report->quiet)
        return;
    append_graph(out, report);
    if (report->unverified->len > 0)
        append_unverified(out, report->unverified);
}
