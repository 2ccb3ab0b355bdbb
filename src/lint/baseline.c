/* The findings that a project has made its peace with. */
#include "miglint/lint.h"

#include <cjson/cJSON.h>

struct MlBaseline {
    GPtrArray *entries;         /* MlBaselineEntry * */
    GHashTable *by_fingerprint; /* MlBaselineEntry * */
};

static void entry_free(gpointer data)
{
    MlBaselineEntry *entry = data;
    g_free(entry->fingerprint);
    g_free(entry->rule);
    g_free(entry->project);
    g_free(entry->path);
    g_free(entry->revision);
    g_free(entry->message);
    g_free(entry);
}

void ml_baseline_free(MlBaseline *baseline)
{
    if (baseline == NULL)
        return;
    g_hash_table_unref(baseline->by_fingerprint);
    g_ptr_array_unref(baseline->entries);
    g_free(baseline);
}

/* --- reading -------------------------------------------------------------------- */

/* What a finding may lack is NULL, all else "". */
static char *string_of(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsString(item) ? g_strdup(item->valuestring) : NULL;
}

static gboolean take_entry(MlBaseline *baseline, const cJSON *object)
{
    MlBaselineEntry *entry = g_new0(MlBaselineEntry, 1);
    g_ptr_array_add(baseline->entries, entry);
    entry->fingerprint = string_of(object, "fingerprint");
    entry->rule = string_of(object, "rule");
    entry->project = string_of(object, "project");
    entry->path = string_of(object, "path");
    entry->revision = string_of(object, "revision");
    entry->message = string_of(object, "message");
    if (entry->fingerprint == NULL || entry->rule == NULL)
        return FALSE;
    g_hash_table_insert(baseline->by_fingerprint, entry->fingerprint, entry);
    return TRUE;
}

static gboolean take_entries(MlBaseline *baseline, const cJSON *root)
{
    const cJSON *schema = cJSON_GetObjectItemCaseSensitive(root, "schema");
    const cJSON *findings = cJSON_GetObjectItemCaseSensitive(root, "findings");
    if (!cJSON_IsNumber(schema) || schema->valueint != 1 || !cJSON_IsArray(findings))
        return FALSE;
    const cJSON *item;
    cJSON_ArrayForEach(item, findings) if (!take_entry(baseline, item)) return FALSE;
    return TRUE;
}

MlBaseline *ml_baseline_parse(const char *file, GBytes *text, GError **error)
{
    gsize length;
    const char *bytes = g_bytes_get_data(text, &length);
    g_autoptr(MlBaseline) baseline = g_new0(MlBaseline, 1);
    baseline->entries = g_ptr_array_new_with_free_func(entry_free);
    baseline->by_fingerprint = g_hash_table_new(g_str_hash, g_str_equal);
    cJSON *root = bytes ? cJSON_ParseWithLength(bytes, length) : NULL;
    gboolean taken = take_entries(baseline, root);
    cJSON_Delete(root);
    if (taken)
        return g_steal_pointer(&baseline);
    g_set_error(error, ML_LINT_ERROR, ML_LINT_ERROR_BASELINE,
                "%s is no baseline of miglint; --write-baseline makes one", file);
    return NULL;
}

MlBaseline *ml_baseline_read(const char *file, GError **error)
{
    char *bytes = NULL;
    gsize length;
    g_autoptr(GError) reason = NULL;
    if (!g_file_get_contents(file, &bytes, &length, &reason)) {
        g_set_error(error, ML_LINT_ERROR, ML_LINT_ERROR_BASELINE,
                    "the baseline cannot be read: %s; --write-baseline makes one", reason->message);
        return NULL;
    }
    g_autoptr(GBytes) text = g_bytes_new_take(bytes, length);
    return ml_baseline_parse(file, text, error);
}

/* --- using ------------------------------------------------------------------------ */

void ml_baseline_apply(MlBaseline *baseline, const GPtrArray *findings)
{
    for (guint i = 0; i < findings->len; i++) {
        MlFinding *finding = g_ptr_array_index(findings, i);
        MlBaselineEntry *entry =
            g_hash_table_lookup(baseline->by_fingerprint, finding->fingerprint);
        if (entry == NULL)
            continue;
        entry->occurred = TRUE;
        if (finding->suppressed != NULL)
            continue;
        finding->suppressed = "baseline";
        finding->reason = g_strdup("");
    }
}

const GPtrArray *ml_baseline_entries(const MlBaseline *baseline)
{
    return baseline->entries;
}

/* --- writing ---------------------------------------------------------------------- */

static void add_text(cJSON *object, const char *key, const char *text)
{
    g_autofree char *valid = text ? g_utf8_make_valid(text, -1) : NULL;
    if (valid != NULL)
        cJSON_AddStringToObject(object, key, valid);
    else
        cJSON_AddNullToObject(object, key);
}

static void write_entry(GString *out, const MlFinding *finding)
{
    cJSON *object = cJSON_CreateObject();
    add_text(object, "fingerprint", finding->fingerprint);
    add_text(object, "rule", finding->rule->code);
    add_text(object, "project", finding->project);
    add_text(object, "path", finding->path);
    add_text(object, "revision", finding->revision);
    add_text(object, "message", finding->message);
    char *text = cJSON_PrintUnformatted(object);
    g_string_append(out, text);
    cJSON_free(text);
    cJSON_Delete(object);
}

void ml_baseline_write(GString *out, const GPtrArray *findings)
{
    g_string_append(out, "{\"schema\":1,\"findings\":[");
    for (guint i = 0; i < findings->len; i++) {
        g_string_append(out, i ? ",\n" : "\n");
        write_entry(out, g_ptr_array_index(findings, i));
    }
    g_string_append(out, "\n]}\n");
}
