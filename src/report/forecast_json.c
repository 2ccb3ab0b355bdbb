#include "report/forecast_view.h"
#include "report/json.h"

static void add_string(cJSON *object, const char *key, const char *text)
{
    cJSON_AddItemToObject(object, key, ml_json_text(text));
}

static void add_base(cJSON *root, const MlForecast *forecast)
{
    cJSON *base = cJSON_AddObjectToObject(root, "base");
    add_string(base, "ref", forecast->base.name);
    add_string(base, "commit", forecast->base.commit);
    cJSON *projects = cJSON_AddArrayToObject(root, "projects");
    for (guint i = 0; i < forecast->migrations->len; i++) {
        const MlMigrations *migrations = g_ptr_array_index(forecast->migrations, i);
        cJSON *project = cJSON_CreateObject();
        add_string(project, "project", migrations->project->name);
        cJSON_AddItemToObject(project, "heads",
                              ml_json_ids(ml_graph_heads(migrations->graph), FALSE));
        cJSON_AddItemToArray(projects, project);
    }
}

static cJSON *projects_of(const MlForecastRef *ref)
{
    cJSON *projects = cJSON_CreateArray();
    for (guint i = 0; i < ref->projects->len; i++) {
        const MlForecastProject *one = g_ptr_array_index(ref->projects, i);
        cJSON *project = cJSON_CreateObject();
        add_string(project, "project", one->project);
        cJSON_AddItemToObject(project, "adds", ml_json_texts(one->adds));
        cJSON_AddItemToObject(project, "changes", ml_json_texts(one->changes));
        cJSON_AddItemToObject(project, "heads_after_merge", ml_json_texts(one->heads));
        cJSON_AddItemToArray(projects, project);
    }
    return projects;
}

static cJSON *ref_object(const MlForecastRef *ref)
{
    cJSON *object = cJSON_CreateObject();
    add_string(object, "ref", ref->ref.name);
    add_string(object, "commit", ref->ref.commit);
    add_string(object, "merge_base", ref->merge_base);
    cJSON_AddItemToObject(object, "date",
                          ref->commit ? ml_json_time(ref->commit->time) : cJSON_CreateNull());
    add_string(object, "author", ref->commit ? ref->commit->author : NULL);
    cJSON_AddItemToObject(object, "projects", projects_of(ref));
    add_string(object, "status", ml_forecast_status_name(ref->status));
    add_string(object, "detail", ref->detail);
    cJSON *collisions = cJSON_AddArrayToObject(object, "collisions");
    for (guint i = 0; i < ref->collisions->len; i++)
        cJSON_AddItemToArray(
            collisions, ml_json_text(((MlCollision *)g_ptr_array_index(ref->collisions, i))->id));
    return object;
}

static cJSON *collision_object(const MlCollision *collision)
{
    cJSON *object = cJSON_CreateObject();
    add_string(object, "id", collision->id);
    add_string(object, "project", collision->project);
    add_string(object, "parent", collision->parent);
    cJSON *refs = cJSON_AddArrayToObject(object, "refs");
    for (guint i = 0; i < collision->refs->len; i++)
        cJSON_AddItemToArray(
            refs, ml_json_text(((MlForecastRef *)g_ptr_array_index(collision->refs, i))->ref.name));
    return object;
}

static void add_summary(cJSON *root, const MlForecast *forecast)
{
    guint counts[ML_FORECAST_UNRELATED + 1] = {0}, changing = 0;
    cJSON *summary = cJSON_AddObjectToObject(root, "summary");
    for (guint i = 0; i < forecast->refs->len; i++) {
        const MlForecastRef *ref = g_ptr_array_index(forecast->refs, i);
        counts[ref->status]++;
        changing += ml_forecast_changes(ref);
    }
    cJSON_AddNumberToObject(summary, "refs", forecast->looked_at);
    for (guint status = 0; status < G_N_ELEMENTS(counts); status++)
        cJSON_AddNumberToObject(summary, ml_forecast_status_name(status), counts[status]);
    cJSON_AddNumberToObject(summary, "changes_published", changing);
    cJSON_AddNumberToObject(summary, "collisions", forecast->collisions->len);
    cJSON_AddNumberToObject(summary, "without_revisions", forecast->silent);
    cJSON_AddNumberToObject(summary, "merged", forecast->merged);
}

void ml_report_forecast_json(GString *out, const MlForecastReport *report)
{
    const MlForecast *forecast = report->forecast;
    g_autoptr(GPtrArray) sorted = ml_forecast_sorted(forecast);
    cJSON *root = cJSON_CreateObject();
    cJSON_AddNumberToObject(root, "schema", 1);
    add_base(root, forecast);
    cJSON *refs = cJSON_AddArrayToObject(root, "refs");
    for (guint i = 0; i < sorted->len; i++)
        cJSON_AddItemToArray(refs, ref_object(g_ptr_array_index(sorted, i)));
    cJSON *collisions = cJSON_AddArrayToObject(root, "collisions");
    for (guint i = 0; i < forecast->collisions->len; i++)
        cJSON_AddItemToArray(collisions,
                             collision_object(g_ptr_array_index(forecast->collisions, i)));
    add_summary(root, forecast);
    ml_json_finish(out, root);
}
