/* op.sync_enum_values(), of either library that has it. */
#include "migration/execute.h"
#include "migration/read_library.h"

#include <string.h>

static MlType *enum_of(MlReading *reading, const MlValue *call, MlText schema, MlText name)
{
    MlType *type = ml_operations_alloc(reading->operations, sizeof *type);
    type->kind = ML_TYPE_ENUM;
    type->origin = call->origin;
    type->schema = schema;
    type->name = name;
    return type;
}

static gboolean is_empty(const MlValue *value)
{
    return value == NULL || (ml_is_list(value) && value->sequence.length == 0);
}

/*
 * alembic_postgresql_enum's: the type has these values from then on, and the columns that are named
 * hold them. Where some are renamed, defaults may become others.
 */
static void set_values(MlReading *reading, const MlValue *call)
{
    static const char *const names[] = {
        "enum_schema",           "enum_name", "new_values", "affected_columns",
        "enum_values_to_rename", NULL};
    const MlSite site = {.call = call, .names = names};
    if (!is_empty(ml_site_argument(reading, &site, "enum_values_to_rename"))) {
        ml_read_unknown_call(reading, call, "renames values, which may be defaults of columns");
        return;
    }
    MlOperation *operation = ml_reading_add(reading, ML_SYNC_ENUM_VALUES, call->origin);
    operation->schema =
        ml_read_text(reading, "enum_schema", ml_site_argument(reading, &site, "enum_schema"));
    operation->name =
        ml_read_text(reading, "enum_name", ml_site_argument(reading, &site, "enum_name"));
    MlType *type = enum_of(reading, call, operation->schema, operation->name);
    type->values =
        ml_read_names(reading, "new_values", ml_site_argument(reading, &site, "new_values"));
    operation->type = type;
}

static gboolean holds(const MlValue *values, const char *text)
{
    for (gsize i = 0; i < values->sequence.length; i++)
        if (values->sequence.items[i]->kind == ML_VALUE_STRING &&
            strcmp(values->sequence.items[i]->string.text, text) == 0)
            return TRUE;
    return FALSE;
}

/* alembic_autogenerate_enums': ALTER TYPE ... ADD VALUE for each that is new, in any order. */
static void add_values(MlReading *reading, const MlSite *site, const MlValue *old_values,
                       const MlValue *new_values)
{
    gsize steps = 1 + old_values->sequence.length / 16;
    for (gsize i = 0; i < new_values->sequence.length && ml_reading_spend(reading, steps); i++) {
        const MlValue *value = new_values->sequence.items[i];
        if (value->kind == ML_VALUE_STRING && holds(old_values, value->string.text))
            continue;
        MlOperation *operation = ml_reading_add(reading, ML_ADD_ENUM_VALUE, site->call->origin);
        operation->schema =
            ml_read_text(reading, "schema", ml_site_argument(reading, site, "schema"));
        operation->name = ml_read_text(reading, "name", ml_site_argument(reading, site, "name"));
        operation->value = ml_read_text(reading, "new_values", value);
        operation->after = (MlText){.is = ML_UNKNOWN, .origin = value->origin};
    }
}

gboolean ml_read_enum_operation(MlReading *reading, const char *name, const MlValue *call)
{
    static const char *const names[] = {"schema", "name", "old_values", "new_values", NULL};
    const MlSite site = {.call = call, .names = names};
    if (strcmp(name, "sync_enum_values") != 0)
        return FALSE;
    reading->asks_dialect = TRUE;
    if (reading->dialect != NULL && strcmp(reading->dialect, "postgresql") != 0)
        return TRUE; /* nothing is done */
    const MlValue *old_values = ml_site_argument(reading, &site, "old_values");
    const MlValue *new_values = ml_site_argument(reading, &site, "new_values");
    gboolean adds = ml_value_argument(call, "old_values") != NULL ||
                    (old_values != NULL && new_values != NULL && ml_is_list(new_values) &&
                     new_values->sequence.length > 0 &&
                     new_values->sequence.items[0]->kind == ML_VALUE_STRING &&
                     ml_value_positional(call, 3) == new_values);
    if (!adds)
        set_values(reading, call);
    else if (old_values == NULL || new_values == NULL || !ml_is_list(old_values) ||
             !ml_is_list(new_values))
        ml_read_unknown_call(reading, call, NULL);
    else
        add_values(reading, &site, old_values, new_values);
    return TRUE;
}
