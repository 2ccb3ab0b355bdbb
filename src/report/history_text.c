#include "report/age.h"
#include "report/escape.h"

/* "  brought by 1a2b3c4 of Ada on 2024-07-03: add email" */
static void append_commit(GString *out, const char *deed, const MlCommit *commit)
{
    g_autofree char *date = ml_commit_date(commit);
    g_autofree char *author = ml_commit_author_name(commit);
    g_string_append_printf(out, "  %s by %.7s of ", deed, commit->id);
    ml_escape_terminal(out, author, -1);
    g_string_append_printf(out, " on %s: ", date);
    ml_escape_terminal(out, commit->summary, -1);
    g_string_append_c(out, '\n');
}

static void append_episode(GString *out, const MlHistoryReport *report, const MlEpisode *episode)
{
    const char *bold = report->colour ? "\033[1m" : "", *plain = report->colour ? "\033[0m" : "";
    gint64 end = episode->to ? episode->to->committed : report->now;
    g_autofree char *lasted =
        episode->from ? ml_report_age(end, episode->from->committed) : g_strdup("");
    g_string_append(out, bold);
    ml_escape_terminal(out, episode->project, -1);
    g_string_append_printf(out, "%s: %u heads, ", plain, episode->heads->len);
    for (guint i = 0; i < episode->heads->len; i++) {
        g_string_append(out, i ? ", " : "");
        ml_escape_terminal(out, g_ptr_array_index(episode->heads, i), -1);
    }
    g_string_append_printf(out, ", %s %s\n", episode->to ? "for" : "to this day, for", lasted);
    if (episode->from != NULL)
        append_commit(out, "brought", episode->from);
    if (episode->to != NULL)
        append_commit(out, "repaired", episode->to);
    g_string_append_c(out, '\n');
}

void ml_report_history_text(GString *out, const MlHistoryReport *report)
{
    for (guint i = 0; i < report->episodes->len; i++)
        append_episode(out, report, g_ptr_array_index(report->episodes, i));
    if (report->episodes->len == 0)
        g_string_append_printf(out, "never several heads in %u commits\n", report->commits);
    else
        g_string_append_printf(out, "%u time%s with several heads in %u commits\n",
                               report->episodes->len, report->episodes->len == 1 ? "" : "s",
                               report->commits);
}
