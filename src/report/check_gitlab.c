/* GitLab's Code Quality: https://docs.gitlab.com/ci/testing/code_quality */
#include "report/json.h"

static const char *const severities[] = {"info", "major", "critical"};

static cJSON *location_object(const MlFinding *finding)
{
    cJSON *location = cJSON_CreateObject();
    cJSON_AddItemToObject(location, "path", ml_json_text(finding->path));
    /* What is said of a whole file has to stand somewhere. */
    cJSON_AddNumberToObject(cJSON_AddObjectToObject(location, "lines"), "begin",
                            MAX(finding->position.line, 1));
    return location;
}

static cJSON *finding_object(const MlFinding *finding)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "check_name", finding->rule->code);
    cJSON_AddItemToObject(object, "description", ml_json_text(finding->message));
    cJSON_AddStringToObject(object, "severity", severities[finding->severity]);
    cJSON_AddStringToObject(object, "fingerprint", finding->fingerprint);
    cJSON_AddItemToObject(object, "location", location_object(finding));
    return object;
}

void ml_report_check_gitlab(GString *out, const MlCheckReport *report)
{
    cJSON *findings = cJSON_CreateArray();
    for (guint i = 0; i < report->findings->len; i++)
        cJSON_AddItemToArray(findings, finding_object(g_ptr_array_index(report->findings, i)));
    ml_json_finish(out, findings);
}
