/*
 * GitHub's workflow commands, one line a finding:
 * ::error title=...,file=...,line=...,endLine=...,col=...,endColumn=...::message
 */
#include "report/check_view.h"
#include "report/escape.h"
#include "report/rule_page.h"

static const char *const commands[] = {"notice", "warning", "error"};

/* --- the parts of a command --------------------------------------------------- */

/* A command up to its properties, of which the first is the title. */
static void begin(GString *out, const char *command, const char *title)
{
    g_string_append_printf(out, "::%s title=", command);
    ml_escape_github_property(out, title, -1);
}

static void add_file(GString *out, const char *path)
{
    g_string_append(out, ",file=");
    ml_escape_github_property(out, path, -1);
}

/* GitHub takes columns only within one line, and shows the annotation below endLine. */
static void add_place(GString *out, const MlPosition *position)
{
    if (position->line == 0)
        return;
    gboolean ends_before = position->end_column == 1 && position->end_line > position->line;
    guint end_line = position->end_line - ends_before;
    g_string_append_printf(out, ",line=%u,endLine=%u", position->line, end_line);
    if (position->end_line == position->line)
        g_string_append_printf(out, ",col=%u,endColumn=%u", position->column, position->end_column);
}

/* --- what is said -------------------------------------------------------------- */

static void add_related(GString *message, const MlRelated *related)
{
    g_string_append_c(message, '\n');
    if (related->path != NULL)
        g_string_append(message, related->path);
    if (related->path != NULL && related->line > 0)
        g_string_append_printf(message, ":%u", related->line);
    g_string_append_printf(message, "%s%s", related->path ? ": " : "", related->message);
}

static GString *message_of(const MlFinding *finding)
{
    g_autofree char *url = ml_rule_url(finding->rule);
    GString *message = g_string_new(NULL);
    g_string_append(message, finding->message);
    for (guint i = 0; i < finding->related->len; i++)
        add_related(message, g_ptr_array_index(finding->related, i));
    if (finding->help != NULL)
        g_string_append_printf(message, "\nhelp: %s", finding->help);
    g_string_append_printf(message, "\n%s", url);
    return message;
}

static void add_finding(GString *out, const MlFinding *finding)
{
    g_autoptr(GString) message = message_of(finding);
    g_autofree char *title = g_strdup_printf("%s %s", finding->rule->code, finding->rule->name);
    begin(out, commands[finding->severity], title);
    add_file(out, finding->path);
    add_place(out, &finding->position);
    g_string_append(out, "::");
    ml_escape_github_message(out, message->str, (gssize)message->len);
    g_string_append_c(out, '\n');
}

static void add_unverified(GString *out, const MlUnverified *unverified)
{
    g_autofree char *message = g_strdup_printf("%s: %s", unverified->what, unverified->why);
    begin(out, "notice", "unverified");
    add_file(out, unverified->path);
    if (unverified->line > 0)
        g_string_append_printf(out, ",line=%u", unverified->line);
    g_string_append(out, "::");
    ml_escape_github_message(out, message, -1);
    g_string_append_c(out, '\n');
}

/* GitHub shows ten annotations of a kind and fifty of a job: what matters most comes first. */
void ml_report_check_github(GString *out, const MlCheckReport *report)
{
    g_autoptr(GPtrArray) findings = ml_check_worst_first(report);
    for (guint i = 0; i < findings->len; i++)
        add_finding(out, g_ptr_array_index(findings, i));
    for (guint i = 0; i < report->unverified->len && !report->quiet; i++)
        add_unverified(out, g_ptr_array_index(report->unverified, i));
}
