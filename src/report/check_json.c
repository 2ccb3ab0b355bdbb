#include "report/json.h"
#include "report/rule_page.h"
#include "report/verdict_json.h"

/* --- pieces ----------------------------------------------------------------- */

static void add_string(cJSON *object, const char *key, const char *text)
{
    cJSON_AddItemToObject(object, key, ml_json_text(text));
}

/* A line or column; null where there is none. */
static void add_place(cJSON *object, const char *key, guint number)
{
    cJSON_AddItemToObject(object, key,
                          number > 0 ? cJSON_CreateNumber(number) : cJSON_CreateNull());
}

/* --- the parts ---------------------------------------------------------------- */

static void add_tool(cJSON *root)
{
    cJSON *tool = cJSON_AddObjectToObject(root, "tool");
    add_string(tool, "name", "miglint");
    add_string(tool, "version", MIGLINT_VERSION);
}

/* A state; null where there is none. */
static void add_state(cJSON *root, const char *key, MlReportState state)
{
    if (state.ref == NULL) {
        cJSON_AddNullToObject(root, key);
        return;
    }
    cJSON *object = cJSON_AddObjectToObject(root, key);
    add_string(object, "ref", state.ref);
    add_string(object, "commit", state.commit);
}

static void add_states(cJSON *root, const MlCheckReport *report)
{
    add_string(root, "mode", report->mode);
    add_state(root, "base", report->base);
    add_state(root, "head", report->head);
    add_string(root, "merge_base", report->merge_base);
}

/* The heads of the environment before and after the merge; alone, where nothing is merged. */
static void add_heads(cJSON *object, const MlMigrations *migrations, const MlChange *change)
{
    const MlMigrations *head = change ? change->head : migrations;
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    const GPtrArray *heads = head ? ml_graph_heads(head->graph) : none;
    const GPtrArray *bases = head ? ml_graph_bases(head->graph) : none;
    cJSON_AddItemToObject(object, "heads", ml_json_ids(heads, FALSE));
    cJSON_AddItemToObject(object, "effective_heads", ml_json_ids(heads, TRUE));
    cJSON_AddItemToObject(object, "bases", ml_json_ids(bases, FALSE));
    cJSON_AddItemToObject(object, "heads_after_merge",
                          ml_json_ids(change ? ml_graph_heads(migrations->graph) : none, FALSE));
}

static cJSON *project_object(const MlMigrations *migrations, const MlChange *change)
{
    const MlProject *project = migrations->project;
    cJSON *object = cJSON_CreateObject();
    add_string(object, "project", project->name);
    add_string(object, "config", project->config);
    add_string(object, "script_location", project->script_location);
    cJSON_AddItemToObject(object, "version_locations", ml_json_texts(project->version_locations));
    add_string(object, "dialect", migrations->dialect);
    cJSON_AddItemToObject(object, "engines", ml_json_texts(project->engines));
    cJSON_AddNumberToObject(object, "revisions", migrations->revisions->len);
    add_heads(object, migrations, change);
    return object;
}

static void add_related(cJSON *object, const GPtrArray *all)
{
    cJSON *array = cJSON_AddArrayToObject(object, "related");
    for (guint i = 0; i < all->len; i++) {
        const MlRelated *related = g_ptr_array_index(all, i);
        cJSON *item = cJSON_CreateObject();
        add_string(item, "path", related->path);
        add_place(item, "line", related->line);
        add_string(item, "message", related->message);
        cJSON_AddItemToArray(array, item);
    }
}

static void add_suppressed(cJSON *object, const MlFinding *finding)
{
    if (finding->suppressed == NULL) {
        cJSON_AddNullToObject(object, "suppressed");
        return;
    }
    cJSON *suppressed = cJSON_AddObjectToObject(object, "suppressed");
    add_string(suppressed, "kind", finding->suppressed);
    add_string(suppressed, "reason", finding->reason);
}

static cJSON *finding_object(const MlFinding *finding)
{
    g_autofree char *url = ml_rule_url(finding->rule);
    cJSON *object = cJSON_CreateObject();
    add_string(object, "rule", finding->rule->code);
    add_string(object, "name", finding->rule->name);
    add_string(object, "severity", ml_severity_name(finding->severity));
    add_string(object, "message", finding->message);
    add_string(object, "project", finding->project);
    add_string(object, "path", finding->path);
    add_place(object, "line", finding->position.line);
    add_place(object, "column", finding->position.column);
    add_place(object, "end_line", finding->position.end_line);
    add_place(object, "end_column", finding->position.end_column);
    add_string(object, "revision", finding->revision);
    add_string(object, "commit", finding->commit);
    add_string(object, "help", finding->help);
    add_string(object, "url", url);
    add_related(object, finding->related);
    cJSON_AddArrayToObject(object, "fixes");
    add_suppressed(object, finding);
    add_string(object, "fingerprint", finding->fingerprint);
    return object;
}

static cJSON *unverified_object(const MlUnverified *unverified)
{
    cJSON *object = cJSON_CreateObject();
    add_string(object, "project", unverified->project);
    add_string(object, "revision", unverified->revision);
    add_string(object, "path", unverified->path);
    add_place(object, "line", unverified->line);
    add_string(object, "what", unverified->what);
    add_string(object, "why", unverified->why);
    return object;
}

static void add_findings(cJSON *array, const GPtrArray *findings)
{
    for (guint i = 0; i < findings->len; i++)
        cJSON_AddItemToArray(array, finding_object(g_ptr_array_index(findings, i)));
}

static void add_summary(cJSON *root, const MlCheckReport *report)
{
    const GPtrArray *findings = report->findings;
    guint counts[3] = {0, 0, 0};
    for (guint i = 0; i < findings->len; i++)
        counts[((MlFinding *)g_ptr_array_index(findings, i))->severity]++;
    cJSON *summary = cJSON_AddObjectToObject(root, "summary");
    cJSON_AddNumberToObject(summary, "errors", counts[ML_SEVERITY_ERROR]);
    cJSON_AddNumberToObject(summary, "warnings", counts[ML_SEVERITY_WARNING]);
    cJSON_AddNumberToObject(summary, "notes", counts[ML_SEVERITY_NOTE]);
    cJSON_AddNumberToObject(summary, "suppressed", report->suppressed->len);
}

void ml_report_check_json(GString *out, const MlCheckReport *report)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddNumberToObject(root, "schema", 1);
    add_tool(root);
    add_states(root, report);
    cJSON *projects = cJSON_AddArrayToObject(root, "projects");
    for (guint i = 0; i < report->projects->len; i++)
        cJSON_AddItemToArray(
            projects,
            project_object(g_ptr_array_index(report->projects, i),
                           report->changes ? g_ptr_array_index(report->changes, i) : NULL));
    cJSON *findings = cJSON_AddArrayToObject(root, "findings");
    add_findings(findings, report->findings);
    add_findings(findings, report->suppressed);
    cJSON *unverified = cJSON_AddArrayToObject(root, "unverified");
    for (guint i = 0; i < report->unverified->len; i++)
        cJSON_AddItemToArray(unverified,
                             unverified_object(g_ptr_array_index(report->unverified, i)));
    cJSON_AddItemToObject(root, "roundtrip", ml_json_verdicts(report));
    add_summary(root, report);
    ml_json_finish(out, root);
}
