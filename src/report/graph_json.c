#include "escape.h"
#include "graph_view.h"

#include <cjson/cJSON.h>

static cJSON *text_new(const char *text) {
    g_autofree char *valid = NULL;

    if (text == NULL)
        return cJSON_CreateNull();
    valid = ml_escape_json_text(text, -1);
    return cJSON_CreateString(valid);
}

static cJSON *ids_new(const GPtrArray *nodes, gboolean effective_only) {
    cJSON *ids = cJSON_CreateArray();

    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = g_ptr_array_index(nodes, i);

        if (!effective_only || node->is_effective_head)
            cJSON_AddItemToArray(ids, text_new(node->revision->id.text));
    }
    return ids;
}

static cJSON *references_new(const GArray *references) {
    cJSON *texts = cJSON_CreateArray();

    for (guint i = 0; i < references->len; i++)
        cJSON_AddItemToArray(texts, text_new(g_array_index(references, MlReference, i).text));
    return texts;
}

static cJSON *labels_new(const GPtrArray *labels) {
    cJSON *texts = cJSON_CreateArray();

    for (guint i = 0; i < labels->len; i++)
        cJSON_AddItemToArray(texts, text_new(labels->pdata[i]));
    return texts;
}

static cJSON *revision_new(const MlNode *node) {
    const MlRevision *revision = node->revision;
    cJSON *object = cJSON_CreateObject();

    cJSON_AddItemToObject(object, "revision", text_new(revision->id.text));
    cJSON_AddItemToObject(object, "down_revision", references_new(revision->down_revisions));
    cJSON_AddItemToObject(object, "depends_on", references_new(revision->depends_on));
    cJSON_AddItemToObject(object, "branch_labels", labels_new(node->labels));
    cJSON_AddItemToObject(object, "path", text_new(revision->path));
    cJSON_AddItemToObject(object, "message", text_new(revision->message));
    cJSON_AddBoolToObject(object, "is_head", node->is_head);
    cJSON_AddBoolToObject(object, "is_base", node->is_base);
    cJSON_AddBoolToObject(object, "is_branch_point", node->is_branch_point);
    cJSON_AddBoolToObject(object, "is_merge_point", node->is_merge_point);
    return object;
}

static cJSON *revisions_new(const MlGraphView *view) {
    cJSON *revisions = cJSON_CreateArray();

    for (guint i = 0; i < view->nodes->len; i++) {
        const MlNode *node = g_ptr_array_index(view->nodes, i);

        if (ml_graph_view_shows(view, node))
            cJSON_AddItemToArray(revisions, revision_new(node));
    }
    return revisions;
}

static cJSON *project_new(const MlGraphReport *report, const MlMigrations *migrations) {
    g_autoptr(MlGraphView) view = ml_graph_view_new(report, migrations);
    const GPtrArray *heads = ml_graph_heads(migrations->graph);
    cJSON *object = cJSON_CreateObject();

    cJSON_AddItemToObject(object, "project", text_new(migrations->project->name));
    cJSON_AddItemToObject(object, "config", text_new(migrations->project->config));
    cJSON_AddItemToObject(object, "heads", ids_new(heads, FALSE));
    cJSON_AddItemToObject(object, "effective_heads", ids_new(heads, TRUE));
    cJSON_AddItemToObject(object, "bases", ids_new(ml_graph_bases(migrations->graph), FALSE));
    cJSON_AddItemToObject(object, "revisions", revisions_new(view));
    return object;
}

void ml_report_graph_json(GString *out, const MlGraphReport *report) {
    cJSON *root = cJSON_CreateObject();
    cJSON *projects;
    char *printed;

    cJSON_AddNumberToObject(root, "schema", 1);
    projects = cJSON_AddArrayToObject(root, "projects");
    for (guint i = 0; i < report->projects->len; i++)
        cJSON_AddItemToArray(projects, project_new(report, report->projects->pdata[i]));
    printed = cJSON_Print(root);
    ml_escape_json(out, printed);
    g_string_append_c(out, '\n');
    cJSON_free(printed);
    cJSON_Delete(root);
}
