#include "report/verdict_json.h"

static void add_text(cJSON *object, const char *key, const char *text)
{
    cJSON_AddItemToObject(object, key, ml_json_text(text));
}

static cJSON *difference_object(const MlTripDifference *difference)
{
    static const char *const kinds[] = {
        [ML_SCHEMA_LEFT] = "left",
        [ML_SCHEMA_MISSING] = "missing",
        [ML_SCHEMA_CHANGED] = "changed",
    };
    cJSON *object = cJSON_CreateObject();
    add_text(object, "kind", kinds[difference->kind]);
    add_text(object, "what", difference->what);
    add_text(object, "schema", difference->schema);
    add_text(object, "table", difference->table);
    add_text(object, "name", difference->name);
    add_text(object, "property", difference->property);
    add_text(object, "before", difference->before);
    add_text(object, "after", difference->after);
    return object;
}

/* Of the operation, in the revision's own file; null where the verdict is about none. */
static void add_line(cJSON *object, const MlVerdict *verdict)
{
    if (verdict->operation == NULL) {
        cJSON_AddNullToObject(object, "line");
        return;
    }
    MlOrigin place = ml_operation_place(verdict->operation);
    cJSON_AddNumberToObject(object, "line", ml_origin_position(place).line);
}

static cJSON *verdict_object(const MlVerdict *verdict, const char *project)
{
    const MlRevision *revision = verdict->step->node->revision;
    gboolean ok = verdict->kind == ML_VERDICT_OK;
    cJSON *object = cJSON_CreateObject();
    add_text(object, "project", project);
    add_text(object, "revision", revision->id.text);
    add_text(object, "database", ml_dialect_name(verdict->dialect));
    add_text(object, "engine", "native");
    add_text(object, "verdict", ml_verdict_kind_name(verdict->kind));
    add_text(object, "step", ok ? NULL : ml_stage_name(verdict->stage));
    add_text(object, "reason", verdict->reason);
    add_text(object, "statement", verdict->statement);
    add_text(object, "path", revision->path);
    add_line(object, verdict);
    add_text(object, "database_message", verdict->database_message);
    cJSON *differences = cJSON_AddArrayToObject(object, "differences");
    for (guint i = 0; verdict->differences != NULL && i < verdict->differences->len; i++)
        cJSON_AddItemToArray(differences, difference_object(verdict->differences->pdata[i]));
    return object;
}

cJSON *ml_json_verdicts(const MlCheckReport *report)
{
    cJSON *array = cJSON_CreateArray();
    for (guint i = 0; report->verdicts != NULL && i < report->verdicts->len; i++) {
        const GPtrArray *verdicts = report->verdicts->pdata[i];
        const MlMigrations *migrations = report->projects->pdata[i];
        for (guint j = 0; j < verdicts->len; j++)
            cJSON_AddItemToArray(array,
                                 verdict_object(verdicts->pdata[j], migrations->project->name));
    }
    return array;
}
