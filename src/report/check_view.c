#include "report/check_view.h"

#include <string.h>

static void append_count(GString *out, guint number, const char *noun)
{
    g_string_append_printf(out, "%s%u %s%s", out->len ? ", " : "", number, noun,
                           number == 1 ? "" : "s");
}

static GString *count_findings(const GPtrArray *findings)
{
    guint counts[3] = {0, 0, 0};
    for (guint i = 0; i < findings->len; i++)
        counts[((MlFinding *)g_ptr_array_index(findings, i))->severity]++;
    GString *out = g_string_new(NULL);
    for (gint severity = ML_SEVERITY_ERROR; severity >= ML_SEVERITY_NOTE; severity--)
        if (counts[severity] > 0)
            append_count(out, counts[severity], ml_severity_name(severity));
    if (out->len == 0)
        g_string_append(out, "nothing to complain about");
    return out;
}

static guint count_revisions(const GPtrArray *projects)
{
    guint revisions = 0;
    for (guint i = 0; i < projects->len; i++)
        revisions += ((MlMigrations *)g_ptr_array_index(projects, i))->revisions->len;
    return revisions;
}

#define SHORT 12

/* How much of what names a state is shown: a commit's id is long. */
static int shown(const MlReportState *state)
{
    return g_strcmp0(state->ref, state->commit) == 0 ? SHORT : (int)strlen(state->ref);
}

/* " at 1a2b3c4d5e6f", or ", topic merged into main" */
static void append_states(GString *out, const MlCheckReport *report)
{
    const MlReportState *base = &report->base, *head = &report->head;
    if (base->ref == NULL && head->commit != NULL)
        g_string_append_printf(out, " at %.*s", SHORT, head->commit);
    else if (base->ref != NULL && strcmp(report->mode, "commits") == 0)
        g_string_append_printf(out, ", from %.*s to %.*s", shown(base), base->ref, shown(head),
                               head->ref);
    else if (base->ref != NULL)
        g_string_append_printf(out, ", %.*s %s %.*s", shown(head), head->ref,
                               strcmp(report->mode, "staged") == 0 ? "on top of" : "merged into",
                               shown(base), base->ref);
}

char *ml_check_summary(const MlCheckReport *report)
{
    const GPtrArray *projects = report->projects;
    guint revisions = count_revisions(projects);
    GString *out = count_findings(report->findings);
    if (revisions == 0 && report->findings->len == 0)
        g_string_assign(out, "nothing to look at");
    g_string_append_printf(out, " in %u revision%s of ", revisions, revisions == 1 ? "" : "s");
    if (projects->len == 1)
        g_string_append(out, ((MlMigrations *)g_ptr_array_index(projects, 0))->project->name);
    else
        g_string_append_printf(out, "%u environments", projects->len);
    append_states(out, report);
    if (report->suppressed->len > 0)
        g_string_append_printf(out, ", %u suppressed", report->suppressed->len);
    return g_string_free(out, FALSE);
}

static void append_tally(GString *out, const guint counts[], guint all, const char *names)
{
    g_string_append_printf(out, "round trip on %s: %u of %u revision%s ok", names,
                           counts[ML_VERDICT_OK], all, all == 1 ? "" : "s");
    for (MlVerdictKind kind = ML_VERDICT_FAILED; kind <= ML_VERDICT_UNVERIFIED; kind++)
        if (counts[kind] > 0)
            g_string_append_printf(out, ", %u %s", counts[kind], ml_verdict_kind_name(kind));
}

char *ml_check_trip_summary(const MlCheckReport *report)
{
    guint counts[ML_VERDICT_UNVERIFIED + 1] = {0}, all = 0;
    gboolean seen[] = {FALSE, FALSE};
    if (report->verdicts == NULL)
        return NULL;
    for (guint i = 0; i < report->verdicts->len; i++) {
        const GPtrArray *verdicts = report->verdicts->pdata[i];
        all += verdicts->len;
        for (guint j = 0; j < verdicts->len; j++) {
            const MlVerdict *verdict = verdicts->pdata[j];
            counts[verdict->kind]++;
            seen[verdict->dialect] = TRUE;
        }
    }
    if (all == 0)
        return g_strdup("round trip: there was no revision to try");
    GString *out = g_string_new(NULL);
    append_tally(out, counts, all,
                 seen[ML_SQLITE] && seen[ML_POSTGRESQL]
                     ? "sqlite and postgresql"
                     : ml_dialect_name(seen[ML_SQLITE] ? ML_SQLITE : ML_POSTGRESQL));
    return g_string_free(out, FALSE);
}

GPtrArray *ml_check_worst_first(const MlCheckReport *report)
{
    GPtrArray *sorted = g_ptr_array_new();
    for (gint severity = ML_SEVERITY_ERROR; severity >= ML_SEVERITY_NOTE; severity--)
        for (guint i = 0; i < report->findings->len; i++) {
            const MlFinding *finding = g_ptr_array_index(report->findings, i);
            if ((gint)finding->severity == severity)
                g_ptr_array_add(sorted, (gpointer)finding);
        }
    return sorted;
}
