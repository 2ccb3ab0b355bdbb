#include "miglint/lint.h"

static void related_free(gpointer data)
{
    MlRelated *related = data;
    g_free(related->path);
    g_free(related->message);
    g_free(related);
}

void ml_finding_free(MlFinding *finding)
{
    if (finding == NULL)
        return;
    g_free(finding->message);
    g_free(finding->help);
    g_free(finding->project);
    g_free(finding->path);
    g_free(finding->revision);
    g_free(finding->commit);
    g_free(finding->fingerprint);
    g_free(finding->reason);
    g_ptr_array_unref(finding->related);
    g_clear_pointer(&finding->text, g_bytes_unref);
    g_free(finding);
}

static MlFinding *new_finding(MlContext *context, char *message)
{
    MlFinding *finding = g_new0(MlFinding, 1);
    finding->rule = context->rule;
    finding->severity = context->rule->severity;
    finding->message = message;
    finding->project = g_strdup(context->migrations->project->name);
    finding->related = g_ptr_array_new_with_free_func(related_free);
    g_ptr_array_add(context->findings, finding);
    return finding;
}

MlFinding *ml_report_project(MlContext *context, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    MlFinding *finding = new_finding(context, g_strdup_vprintf(format, arguments));
    va_end(arguments);
    return finding;
}

/* Whether an origin is a place in the revision's own file, not in one that it imports. */
static gboolean is_in_file(const MlRevision *revision, MlOrigin where)
{
    return where.module != NULL && where.module == revision->module;
}

MlFinding *ml_report(MlContext *context, const MlRevision *revision, MlOrigin where,
                     const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    MlFinding *finding = new_finding(context, g_strdup_vprintf(format, arguments));
    va_end(arguments);
    finding->path = g_strdup(revision->path);
    finding->revision = g_strdup(revision->id.text);
    if (is_in_file(revision, where)) {
        finding->position = ml_origin_position(where);
        finding->text = g_bytes_ref(ml_module_text(revision->module));
    }
    return finding;
}

void ml_finding_help(MlFinding *finding, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_free(finding->help);
    finding->help = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

void ml_finding_relate(MlFinding *finding, const MlRevision *revision, MlOrigin where,
                       const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    MlRelated *related = g_new0(MlRelated, 1);
    related->path = g_strdup(revision->path);
    related->message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    if (is_in_file(revision, where))
        related->line = ml_origin_position(where).line;
    g_ptr_array_add(finding->related, related);
}
