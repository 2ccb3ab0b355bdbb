/* sqlalchemy.Index -> MlIndex. */
#include "migration/reading.h"

#include <string.h>

/* The words that a part ends with: x DESC NULLS LAST. */
static const MlValue *take_ending(MlReading *reading, const MlValue *value, MlIndexPart *part)
{
    static const struct {
        const char *names[3];
        const char *order, *nulls;
    } endings[] = {
        {{"desc", "desc", NULL}, "DESC", NULL},
        {{"asc", "asc", NULL}, "ASC", NULL},
        {{"nulls_first", "nullsfirst", NULL}, NULL, "FIRST"},
        {{"nulls_last", "nullslast", NULL}, NULL, "LAST"},
    };
    const MlValue *object = NULL;
    const char *method = ml_method_of(value, &object), *function = ml_sqlalchemy_call(value);
    const char *name = method ? method : function;
    if (method == NULL && function != NULL)
        object = ml_value_positional(value, 0);
    for (gsize i = 0; name != NULL && object != NULL && i < G_N_ELEMENTS(endings); i++) {
        if (!g_strv_contains(endings[i].names, name))
            continue;
        if (endings[i].order != NULL)
            part->order = ml_known_text(reading, endings[i].order, value->origin);
        if (endings[i].nulls != NULL)
            part->nulls = ml_known_text(reading, endings[i].nulls, value->origin);
        return object;
    }
    return NULL;
}

static gboolean is_column(const MlValue *value)
{
    const MlValue *table;
    return value->kind == ML_VALUE_STRING || value->kind == ML_VALUE_NONE ||
           ml_is_sqlalchemy_call(value, "column") || ml_is_sqlalchemy_call(value, "Column") ||
           ml_column_of_table(value, &table) != NULL;
}

MlIndexPart ml_read_index_part(MlReading *reading, const MlValue *value)
{
    MlIndexPart part = {0};
    const MlValue *inner;
    for (guint i = 0; i < 2 && (inner = take_ending(reading, value, &part)) != NULL; i++)
        value = inner;
    if (is_column(value))
        part.column = ml_read_name(reading, "columns", value);
    else
        part.expression = ml_read_index_sql(reading, "columns", value);
    return part;
}

static void read_parts(MlReading *reading, MlIndex *index, const GPtrArray *values)
{
    g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(MlIndexPart));
    if (!ml_reading_spend(reading, values->len))
        index->open = TRUE;
    for (guint i = 0; i < values->len && !index->open; i++) {
        MlIndexPart part = ml_read_index_part(reading, values->pdata[i]);
        g_array_append_val(parts, part);
    }
    index->parts = ml_operations_array(reading->operations, parts, &index->n_parts);
}

/* --- options --------------------------------------------------------------------------- */

/* By its column, by the label of an expression, or by the text that an expression is. */
static gboolean part_is(const MlIndexPart *part, const MlValue *value, const char *key,
                        gboolean texts)
{
    gboolean labelled = g_strcmp0(ml_method_of(value, NULL), "label") == 0;
    const MlValue *name = labelled || (texts && ml_is_sqlalchemy_call(value, "text"))
                              ? ml_value_positional(value, 0)
                              : NULL;
    return ml_text_is(part->column, key) ||
           (name != NULL && name->kind == ML_VALUE_STRING && strcmp(name->string.text, key) == 0);
}

/* postgresql_ops={"name": "text_pattern_ops"} */
void ml_read_operator_classes(MlReading *reading, const char *part, MlIndexPart *parts,
                              const GPtrArray *values, const MlValue *classes, gboolean texts)
{
    if (classes == NULL || classes->kind == ML_VALUE_NONE)
        return;
    if (classes->kind != ML_VALUE_DICT) {
        ml_reading_note(reading, part, NULL, classes);
        return;
    }
    for (gsize i = 0; i < classes->dict.length && ml_reading_spend(reading, values->len); i++) {
        const MlPair *pair = &classes->dict.pairs[i];
        MlText class_name = ml_read_text(reading, part, pair->value);
        for (gsize j = 0; pair->key->kind == ML_VALUE_STRING && j < values->len; j++)
            if (part_is(&parts[j], values->pdata[j], pair->key->string.text, texts))
                parts[j].operator_class = class_name;
    }
}

/* postgresql_with={"fillfactor": 50}, among the other keywords */
static void read_storage(MlReading *reading, GArray *keywords, const MlValue *value)
{
    if (value == NULL || value->kind == ML_VALUE_NONE)
        return;
    if (value->kind != ML_VALUE_DICT) {
        ml_reading_note(reading, "postgresql_with", NULL, value);
        return;
    }
    for (gsize i = 0; i < value->dict.length && ml_reading_spend(reading, 1); i++) {
        const MlPair *pair = &value->dict.pairs[i];
        if (pair->key->kind != ML_VALUE_STRING)
            continue;
        MlKeyword keyword = {
            .name = ml_operations_text(reading->operations, pair->key->string.text, -1),
            .value = ml_read_anything(reading, "postgresql_with", pair->value),
        };
        g_array_append_val(keywords, keyword);
    }
}

static gboolean is_operation(const MlSite *site)
{
    return strcmp(site->names[0], "index_name") == 0;
}

/* Of the index or of its operation, where it is one of those that may have none. */
static gboolean has_a_field(MlReading *reading, const MlSite *site, const char *keyword)
{
    if (strcmp(keyword, "sqlite_where") == 0)
        return g_strcmp0(reading->dialect, "sqlite") == 0 ||
               ml_site_argument(reading, site, "postgresql_where") == NULL;
    return strcmp(keyword, "postgresql_concurrently") == 0 && is_operation(site);
}

static void read_keywords(MlReading *reading, MlIndex *index, const MlSite *site)
{
    static const char *const known[] = {"name",
                                        "index_name",
                                        "table_name",
                                        "columns",
                                        "unique",
                                        "quote",
                                        "info",
                                        "schema",
                                        "if_not_exists",
                                        "_table",
                                        "_column_flag",
                                        "postgresql_using",
                                        "postgresql_where",
                                        "postgresql_include",
                                        "postgresql_ops",
                                        "postgresql_with",
                                        "postgresql_nulls_not_distinct",
                                        NULL};
    guint count;
    g_autoptr(GArray) keywords = g_array_new(FALSE, FALSE, sizeof(MlKeyword));
    read_storage(reading, keywords, ml_site_argument(reading, site, "postgresql_with"));
    const MlKeyword *others = ml_site_keywords(reading, site, known, &count);
    for (gsize i = 0; i < count; i++)
        if (!has_a_field(reading, site, others[i].name))
            g_array_append_val(keywords, others[i]);
    index->keywords = ml_operations_array(reading->operations, keywords, &index->n_keywords);
}

static MlText read_where(MlReading *reading, const MlSite *site)
{
    const MlValue *postgres = ml_site_argument(reading, site, "postgresql_where");
    const MlValue *sqlite = ml_site_argument(reading, site, "sqlite_where");
    reading->asks_dialect |= sqlite != NULL || postgres != NULL;
    if (g_strcmp0(reading->dialect, "sqlite") == 0)
        return ml_read_sql(reading, "sqlite_where", sqlite);
    return postgres || g_strcmp0(reading->dialect, "postgresql") == 0
               ? ml_read_sql(reading, "postgresql_where", postgres)
               : ml_read_sql(reading, "sqlite_where", sqlite);
}

static void read_options(MlReading *reading, const MlSite *site, MlIndex *index,
                         const GPtrArray *values)
{
    index->unique = ml_read_flag(reading, "unique", ml_site_argument(reading, site, "unique"));
    index->method = ml_read_text(reading, "postgresql_using",
                                 ml_site_argument(reading, site, "postgresql_using"));
    index->where = read_where(reading, site);
    index->include = ml_read_names(reading, "postgresql_include",
                                   ml_site_argument(reading, site, "postgresql_include"));
    index->nulls_not_distinct =
        ml_read_flag(reading, "postgresql_nulls_not_distinct",
                     ml_site_argument(reading, site, "postgresql_nulls_not_distinct"));
    if (index->n_parts == values->len)
        ml_read_operator_classes(reading, "postgresql_ops", (MlIndexPart *)index->parts, values,
                                 ml_site_argument(reading, site, "postgresql_ops"),
                                 is_operation(site));
    read_keywords(reading, index, site);
}

void ml_read_indexed(MlReading *reading, const MlSite *site, const GPtrArray *values,
                     MlIndex *index)
{
    read_parts(reading, index, values);
    read_options(reading, site, index, values);
}

MlIndex ml_read_index(MlReading *reading, const MlValue *value)
{
    static const char *const names[] = {"name", NULL};
    const MlSite site = {.call = value, .names = names};
    MlIndex index = {.origin = value->origin};
    g_autoptr(GPtrArray) values = g_ptr_array_new();
    const MlValue *part;
    for (gsize i = 1; (part = ml_value_positional(value, i)) != NULL; i++)
        g_ptr_array_add(values, (gpointer)part);
    index.name =
        ml_read_final_name(reading, ml_site_argument(reading, &site, "name"), &index.final);
    index.open = value->unknown.open;
    if (index.open)
        ml_reading_note(reading, "columns", "has arguments that cannot be told", value);
    ml_read_indexed(reading, &site, values, &index);
    return index;
}
