#include "miglint/lint.h"

#include <string.h>

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
    g_free(finding->subject);
    g_free(finding->fingerprint);
    g_free(finding->reason);
    g_ptr_array_unref(finding->related);
    g_ptr_array_unref(finding->concerns);
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
    finding->concerns = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(context->findings, finding);
    return finding;
}

/* From the first letter of a line to its last. */
static MlPosition whole_line(GBytes *text, guint number)
{
    g_autofree char *copy = g_utf8_make_valid(g_bytes_get_data(text, NULL), g_bytes_get_size(text));
    const char *line = copy;
    for (guint i = 1; i < number && line != NULL; i++) {
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    if (line == NULL)
        return (MlPosition){.line = number, .column = 1, .end_line = number, .end_column = 1};
    guint blank = strspn(line, " \t");
    guint length = g_utf8_strlen(line, strcspn(line, "\r\n"));
    return (MlPosition){number, blank + 1, number, MAX(blank, length) + 1};
}

MlFinding *ml_report_file(MlContext *context, const char *path, MlPosition position,
                          const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    MlFinding *finding = new_finding(context, g_strdup_vprintf(format, arguments));
    va_end(arguments);
    finding->path = g_strdup(path);
    finding->position = position;
    if (position.line > 0)
        finding->text = ml_tree_read(context->tree, path, NULL, NULL);
    if (finding->text != NULL && position.column == 0)
        finding->position = whole_line(finding->text, position.line);
    return finding;
}

/* Whether an origin is a place in the revision's own file, not in one that it imports. */
/* A file that was read twice is two modules of one text. */
static gboolean is_in_file(const MlRevision *revision, MlOrigin where)
{
    return where.module != NULL && revision->module != NULL &&
           ml_module_text(where.module) == ml_module_text(revision->module);
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

void ml_finding_identify(MlFinding *finding, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_free(finding->subject);
    finding->subject = g_strdup_vprintf(format, arguments);
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

void ml_finding_concerns(MlFinding *finding, MlCatalogKind kind, const char *schema,
                         const char *table, const char *name)
{
    g_ptr_array_add(finding->concerns,
                    g_strjoin("\n", ml_catalog_kind_name(kind), schema ? schema : "",
                              table ? table : "", name ? name : "", NULL));
}
