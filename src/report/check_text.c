#include "miglint/text.h"
#include "report/check_view.h"
#include "report/escape.h"

#include <string.h>

/* Code points of a source line that are shown at most. */
#define SHOWN 120

typedef struct {
    GString *out;
    const MlCheckReport *report;
} Writer;

/* --- pieces --------------------------------------------------------------- */

static void style(Writer *writer, const char *code)
{
    if (writer->report->colour)
        g_string_append_printf(writer->out, "\033[%sm", code);
}

static void plain(Writer *writer, const char *text)
{
    g_string_append(writer->out, text);
}

static void foreign(Writer *writer, const char *text)
{
    ml_escape_terminal(writer->out, text, -1);
}

static const char *severity_style(MlSeverity severity)
{
    static const char *const styles[] = {"1;36", "1;33", "1;31"};
    return styles[severity];
}

static void path(Writer *writer, const char *tree_path)
{
    g_autofree char *shown =
        ml_report_path(writer->report->root, writer->report->standing, tree_path);
    foreign(writer, shown);
}

/* --- the source line --------------------------------------------------------- */

/* The bytes of a line without its end; FALSE past the last line. */
static gboolean find_line(GBytes *text, guint number, const char **line, gsize *length)
{
    gsize size;
    const char *at = g_bytes_get_data(text, &size);
    const char *end = size > 0 ? at + size : at;
    for (guint i = 1; at < end; i++) {
        const char *stop = memchr(at, '\n', end - at);
        stop = stop ? stop : end;
        if (i == number) {
            *line = at;
            *length = stop - at - (stop > at && stop[-1] == '\r');
            return TRUE;
        }
        at = stop + 1;
    }
    return FALSE;
}

/* Code points first..last (from 0, last exclusive) of a line, escaped; a tab is four spaces. */
static GString *stretch(const char *line, gsize length, guint first, guint last)
{
    GString *out = g_string_new(NULL);
    const char *end = line + length;
    guint column = 0;
    for (const char *next; line < end && column < last; line = next, column++) {
        next = line + 1;
        while (next < end && (*next & 0xC0) == 0x80)
            next++;
        if (column < first)
            continue;
        if (*line == '\t')
            g_string_append(out, "    ");
        else
            ml_escape_terminal(out, line, next - line);
    }
    return out;
}

/* What of the line is shown: all of it, or a window around the place that is meant. */
typedef struct {
    guint first, start, end, last;
} Window;

static Window window_around(const MlPosition *position, guint width)
{
    Window window = {.first = 0, .start = position->column - 1, .last = width};
    gboolean one_line = position->end_line == position->line;
    window.end = one_line ? position->end_column - 1 : width;
    window.end = CLAMP(window.end, window.start, MAX(window.start, width));
    if (width > SHOWN) {
        window.first = window.start > SHOWN / 3 ? window.start - SHOWN / 3 : 0;
        window.last = MIN(window.first + SHOWN, width);
        window.end = MIN(window.end, MAX(window.last, window.start));
    }
    return window;
}

static void carets(Writer *writer, guint indent, guint count)
{
    g_autofree char *space = g_strnfill(indent, ' ');
    g_autofree char *marks = g_strnfill(MAX(count, 1), '^');
    plain(writer, space);
    plain(writer, marks);
}

static void source_line(Writer *writer, const MlFinding *finding)
{
    const char *line;
    gsize length;
    if (finding->text == NULL || finding->position.line == 0 ||
        !find_line(finding->text, finding->position.line, &line, &length) ||
        ml_text_has_password(line, length))
        return;
    if (finding->position.line == 1 && length >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
        line += 3;
        length -= 3;
    }
    guint width = 0;
    for (gsize i = 0; i < length; i++)
        width += (line[i] & 0xC0) != 0x80;
    Window window = window_around(&finding->position, width);
    g_autoptr(GString) before = stretch(line, length, window.first, window.start);
    g_autoptr(GString) meant = stretch(line, length, window.start, window.end);
    g_autoptr(GString) after = stretch(line, length, window.end, window.last);
    g_autofree char *margin = g_strdup_printf("%5u | ", finding->position.line);
    plain(writer, margin);
    g_string_append_printf(writer->out, "%s%s%s\n", before->str, meant->str, after->str);
    plain(writer, "      | ");
    style(writer, severity_style(finding->severity));
    carets(writer, ml_escape_width(before->str), ml_escape_width(meant->str));
    style(writer, "0");
    plain(writer, "\n");
}

/* --- a finding ------------------------------------------------------------------ */

static void headline(Writer *writer, const MlFinding *finding)
{
    style(writer, "1");
    path(writer, finding->path);
    if (finding->position.line > 0)
        g_string_append_printf(writer->out, ":%u:%u", finding->position.line,
                               finding->position.column);
    style(writer, "0");
    plain(writer, ": ");
    style(writer, severity_style(finding->severity));
    plain(writer, ml_severity_name(finding->severity));
    style(writer, "0");
    plain(writer, ": ");
    foreign(writer, finding->message);
    style(writer, "2");
    g_string_append_printf(writer->out, " [%s %s]", finding->rule->code, finding->rule->name);
    style(writer, "0");
    plain(writer, "\n");
}

static void related(Writer *writer, const MlFinding *finding)
{
    for (guint i = 0; i < finding->related->len; i++) {
        const MlRelated *other = g_ptr_array_index(finding->related, i);
        plain(writer, "      = ");
        if (other->path != NULL && g_strcmp0(other->path, finding->path) != 0) {
            path(writer, other->path);
            if (other->line > 0)
                g_string_append_printf(writer->out, ":%u", other->line);
        } else if (other->path != NULL && other->line > 0) {
            g_string_append_printf(writer->out, "line %u", other->line);
        }
        plain(writer, other->path ? ": " : "");
        foreign(writer, other->message);
        plain(writer, "\n");
    }
}

static void help(Writer *writer, const MlFinding *finding)
{
    if (finding->help == NULL)
        return;
    g_auto(GStrv) lines = g_strsplit(finding->help, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        style(writer, i == 0 ? "32" : "0");
        plain(writer, i == 0 ? "      help: " : "            ");
        style(writer, "0");
        foreign(writer, lines[i]);
        plain(writer, "\n");
    }
}

/* --- the end ---------------------------------------------------------------------- */

static void unverified(Writer *writer)
{
    for (guint i = 0; i < writer->report->unverified->len; i++) {
        const MlUnverified *one = g_ptr_array_index(writer->report->unverified, i);
        path(writer, one->path);
        if (one->line > 0)
            g_string_append_printf(writer->out, ":%u", one->line);
        plain(writer, ": unverified: ");
        foreign(writer, one->what);
        plain(writer, ": ");
        foreign(writer, one->why);
        plain(writer, "\n");
    }
}

static void summary(Writer *writer)
{
    g_autofree char *words = ml_check_summary(writer->report);
    g_autofree char *trip = ml_check_trip_summary(writer->report);
    style(writer, "1");
    foreign(writer, words);
    plain(writer, trip ? "\n" : "");
    foreign(writer, trip ? trip : "");
    style(writer, "0");
    plain(writer, "\n");
}

/* --- how often each rule spoke ------------------------------------------------------- */

typedef struct {
    const MlRule *rule;
    guint findings;
} Tally;

static gint compare_tallies(gconstpointer a, gconstpointer b)
{
    const Tally *one = a, *other = b;
    if (one->findings != other->findings)
        return one->findings < other->findings ? 1 : -1;
    return strcmp(one->rule->code, other->rule->code);
}

static GArray *tally(const GPtrArray *findings)
{
    GArray *tallies = g_array_new(FALSE, FALSE, sizeof(Tally));
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++) {
        Tally one = {*rule, 0};
        for (guint i = 0; i < findings->len; i++)
            one.findings += ((MlFinding *)g_ptr_array_index(findings, i))->rule == *rule;
        if (one.findings > 0)
            g_array_append_val(tallies, one);
    }
    g_array_sort(tallies, compare_tallies);
    return tallies;
}

static void statistics(Writer *writer)
{
    g_autoptr(GArray) tallies = tally(writer->report->findings);
    for (guint i = 0; i < tallies->len; i++) {
        const Tally *one = &g_array_index(tallies, Tally, i);
        g_string_append_printf(writer->out, "%6u  %-6s %s\n", one->findings, one->rule->code,
                               one->rule->name);
    }
    if (tallies->len > 0)
        plain(writer, "\n");
}

void ml_report_check_text(GString *out, const MlCheckReport *report)
{
    Writer writer = {out, report};
    for (guint i = 0; i < report->findings->len; i++) {
        const MlFinding *finding = g_ptr_array_index(report->findings, i);
        headline(&writer, finding);
        source_line(&writer, finding);
        related(&writer, finding);
        help(&writer, finding);
        plain(&writer, "\n");
    }
    if (!report->quiet)
        unverified(&writer);
    if (report->statistics)
        statistics(&writer);
    if (!report->quiet)
        summary(&writer);
}
