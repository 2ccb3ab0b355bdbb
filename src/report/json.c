#include "report/json.h"
#include "report/escape.h"

cJSON *ml_json_text(const char *text)
{
    if (text == NULL)
        return cJSON_CreateNull();
    g_autofree char *valid = ml_escape_json_text(text, -1);
    return cJSON_CreateString(valid);
}

cJSON *ml_json_ids(const GPtrArray *nodes, gboolean effective_only)
{
    cJSON *ids = cJSON_CreateArray();
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = g_ptr_array_index(nodes, i);
        if (!effective_only || node->is_effective_head)
            cJSON_AddItemToArray(ids, ml_json_text(node->revision->id.text));
    }
    return ids;
}

cJSON *ml_json_texts(const GPtrArray *texts)
{
    cJSON *array = cJSON_CreateArray();
    for (guint i = 0; i < texts->len; i++)
        cJSON_AddItemToArray(array, ml_json_text(g_ptr_array_index(texts, i)));
    return array;
}

cJSON *ml_json_time(gint64 seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    g_autofree char *text = time ? g_date_time_format_iso8601(time) : NULL;
    return ml_json_text(text);
}

void ml_json_finish(GString *out, cJSON *document)
{
    char *printed = cJSON_Print(document);
    ml_escape_json(out, printed);
    g_string_append_c(out, '\n');
    cJSON_free(printed);
    cJSON_Delete(document);
}
