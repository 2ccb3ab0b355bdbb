#include "report/graph_view.h"
#include "report/json.h"
#include "report/operation_json.h"

static cJSON *references_new(const GArray *references)
{
    cJSON *texts = cJSON_CreateArray();

    for (guint i = 0; i < references->len; i++)
        cJSON_AddItemToArray(texts, ml_json_text(g_array_index(references, MlReference, i).text));
    return texts;
}

static cJSON *revision_new(const MlNode *node)
{
    const MlRevision *revision = node->revision;
    cJSON *object = cJSON_CreateObject();

    cJSON_AddItemToObject(object, "revision", ml_json_text(revision->id.text));
    cJSON_AddItemToObject(object, "down_revision", references_new(revision->down_revisions));
    cJSON_AddItemToObject(object, "depends_on", references_new(revision->depends_on));
    cJSON_AddItemToObject(object, "branch_labels", ml_json_texts(node->labels));
    cJSON_AddItemToObject(object, "path", ml_json_text(revision->path));
    cJSON_AddItemToObject(object, "message", ml_json_text(revision->message));
    cJSON_AddBoolToObject(object, "is_head", node->is_head);
    cJSON_AddBoolToObject(object, "is_base", node->is_base);
    cJSON_AddBoolToObject(object, "is_branch_point", node->is_branch_point);
    cJSON_AddBoolToObject(object, "is_merge_point", node->is_merge_point);
    cJSON_AddItemToObject(object, "upgrade", ml_json_operations(revision->upgrade_operations));
    cJSON_AddItemToObject(object, "downgrade", ml_json_operations(revision->downgrade_operations));
    return object;
}

static cJSON *revisions_new(const MlGraphView *view)
{
    cJSON *revisions = cJSON_CreateArray();
    for (guint i = 0; i < view->selected->len; i++)
        cJSON_AddItemToArray(revisions, revision_new(g_ptr_array_index(view->selected, i)));
    return revisions;
}

static cJSON *project_new(const MlGraphReport *report, const MlMigrations *migrations)
{
    g_autoptr(MlGraphView) view = ml_graph_view_new(report, migrations);
    const GPtrArray *heads = ml_graph_heads(migrations->graph);
    cJSON *object = cJSON_CreateObject();

    cJSON_AddItemToObject(object, "project", ml_json_text(migrations->project->name));
    cJSON_AddItemToObject(object, "config", ml_json_text(migrations->project->config));
    cJSON_AddItemToObject(object, "heads", ml_json_ids(heads, FALSE));
    cJSON_AddItemToObject(object, "effective_heads", ml_json_ids(heads, TRUE));
    cJSON_AddItemToObject(object, "bases", ml_json_ids(ml_graph_bases(migrations->graph), FALSE));
    cJSON_AddItemToObject(object, "revisions", revisions_new(view));
    return object;
}

void ml_report_graph_json(GString *out, const MlGraphReport *report)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddNumberToObject(root, "schema", 1);
    cJSON *projects = cJSON_AddArrayToObject(root, "projects");
    for (guint i = 0; i < report->projects->len; i++)
        cJSON_AddItemToArray(projects, project_new(report, report->projects->pdata[i]));
    ml_json_finish(out, root);
}
