#include "report/json.h"

static cJSON *commit_object(const MlCommit *commit)
{
    if (commit == NULL)
        return cJSON_CreateNull();
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToObject(object, "commit", ml_json_text(commit->id));
    cJSON_AddItemToObject(object, "date", ml_json_time(commit->committed));
    cJSON_AddItemToObject(object, "author", ml_json_text(commit->author));
    return object;
}

void ml_report_history_json(GString *out, const MlHistoryReport *report)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddNumberToObject(root, "schema", 1);
    cJSON_AddNumberToObject(root, "commits", report->commits);
    cJSON *episodes = cJSON_AddArrayToObject(root, "episodes");
    for (guint i = 0; i < report->episodes->len; i++) {
        const MlEpisode *episode = g_ptr_array_index(report->episodes, i);
        cJSON *object = cJSON_CreateObject();
        cJSON_AddItemToObject(object, "project", ml_json_text(episode->project));
        cJSON_AddItemToObject(object, "from", commit_object(episode->from));
        cJSON_AddItemToObject(object, "to", commit_object(episode->to));
        cJSON_AddItemToObject(object, "heads", ml_json_texts(episode->heads));
        cJSON_AddItemToArray(episodes, object);
    }
    ml_json_finish(out, root);
}
