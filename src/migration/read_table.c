/* What stands in a table: columns, constraints, indexes. */
#include "migration/reading.h"

#include <string.h>

MlParts ml_parts_new(void)
{
    return (MlParts){
        .columns = g_array_new(FALSE, FALSE, sizeof(MlColumn)),
        .constraints = g_array_new(FALSE, FALSE, sizeof(MlConstraint)),
        .indexes = g_array_new(FALSE, FALSE, sizeof(MlIndex)),
    };
}

void ml_parts_clear(MlParts *parts)
{
    g_clear_pointer(&parts->columns, g_array_unref);
    g_clear_pointer(&parts->constraints, g_array_unref);
    g_clear_pointer(&parts->indexes, g_array_unref);
}

static void read_part(MlReading *reading, MlParts *parts, const MlValue *value)
{
    MlConstraint constraint;
    if (ml_is_sqlalchemy_call(value, "Column")) {
        ml_read_column(reading, parts, value);
    } else if (ml_is_sqlalchemy_call(value, "Index")) {
        MlIndex index = ml_read_index(reading, value);
        g_array_append_val(parts->indexes, index);
    } else if (ml_read_constraint(reading, value, &constraint)) {
        g_array_append_val(parts->constraints, constraint);
    } else if (!ml_is_sqlalchemy_call(value, "MetaData")) { /* which Alembic leaves out */
        parts->open = TRUE;
        ml_reading_note(reading, "columns", NULL, value);
    }
}

void ml_read_part(MlReading *reading, MlParts *parts, const MlValue *value)
{
    if (ml_reading_enter(reading)) {
        read_part(reading, parts, value);
        ml_reading_leave(reading);
    } else {
        parts->open = TRUE;
        ml_reading_note(reading, "columns", "is too large", value);
    }
}

void ml_read_parts(MlReading *reading, MlParts *parts, const MlValue *call, gsize first)
{
    const MlValue *value;
    for (gsize i = first; (value = ml_value_positional(call, i)) != NULL; i++)
        ml_read_part(reading, parts, value);
    if (!call->unknown.open)
        return;
    parts->open = TRUE;
    ml_reading_note(reading, "columns", "has arguments that cannot be told", call);
}

/* --- the primary key ---------------------------------------------------------------- */

static MlConstraint *primary_key_of(const MlParts *parts)
{
    for (guint i = 0; i < parts->constraints->len; i++) {
        MlConstraint *constraint = &g_array_index(parts->constraints, MlConstraint, i);
        if (constraint->kind == ML_PRIMARY_KEY)
            return constraint;
    }
    return NULL;
}

/* An explicit key holds alone, unless it names no columns. */
void ml_parts_add_primary_key(MlReading *reading, MlParts *parts)
{
    g_autoptr(GArray) names = g_array_new(FALSE, FALSE, sizeof(MlText));
    MlOrigin origin = {0};
    for (guint i = 0; i < parts->columns->len; i++) {
        const MlColumn *column = &g_array_index(parts->columns, MlColumn, i);
        if (!ml_is_true(column->primary_key))
            continue;
        if (names->len == 0)
            origin = column->primary_key.origin;
        g_array_append_val(names, column->name);
    }
    MlConstraint *explicit_key = primary_key_of(parts);
    if (names->len == 0 || (explicit_key != NULL && explicit_key->columns.length > 0))
        return;
    MlTexts columns = {.is = ML_KNOWN, .origin = origin};
    columns.items = ml_operations_array(reading->operations, names, &columns.length);
    if (explicit_key != NULL) {
        explicit_key->columns = columns;
        return;
    }
    MlConstraint key = {
        .kind = ML_PRIMARY_KEY, .origin = origin, .inlined = TRUE, .columns = columns};
    g_array_append_val(parts->constraints, key);
}

void ml_parts_store(MlReading *reading, const MlParts *parts)
{
    MlOperation *operation = reading->operation;
    operation->columns =
        ml_operations_array(reading->operations, parts->columns, &operation->n_columns);
    operation->constraints =
        ml_operations_array(reading->operations, parts->constraints, &operation->n_constraints);
    operation->indexes =
        ml_operations_array(reading->operations, parts->indexes, &operation->n_indexes);
    operation->open |= parts->open;
}
