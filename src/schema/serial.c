/* Which columns of SQLAlchemy's count up by themselves (Table._autoincrement_column). */
#include "schema/catalog.h"

/* What can count; MlType tells less than Python's classes, so a custom one is only perhaps. */
static MlAnswer is_integer(const MlType *type)
{
    switch (ml_type_in(type, "postgresql")->kind) {
    case ML_TYPE_SMALLINT:
    case ML_TYPE_INTEGER:
    case ML_TYPE_BIGINT:
        return ML_YES;
    case ML_TYPE_UNKNOWN:
    case ML_TYPE_CUSTOM:
        return ML_PERHAPS;
    default:
        return ML_NO;
    }
}

static const MlConstraint *key_of(const MlOperation *operation)
{
    for (gsize i = 0; i < operation->n_constraints; i++)
        if (operation->constraints[i].kind == ML_PRIMARY_KEY)
            return &operation->constraints[i];
    return NULL;
}

static gboolean has_foreign_key(const MlOperation *operation, const char *column)
{
    for (gsize i = 0; i < operation->n_constraints; i++)
        if (operation->constraints[i].kind == ML_FOREIGN_KEY &&
            ml_texts_hold(operation->constraints[i].columns, column))
            return TRUE;
    return FALSE;
}

static gboolean has_default(const MlColumn *column)
{
    return column->default_value.is != ML_ABSENT && column->default_value.is != ML_NONE;
}

MlAnswer ml_column_is_serial(const MlOperation *operation, const MlColumn *column)
{
    const MlConstraint *key = key_of(operation);
    gboolean alone = key ? key->columns.is == ML_KNOWN && key->columns.length == 1
                         : operation->kind == ML_ADD_COLUMN;
    gboolean in_key = key ? ml_texts_hold(key->columns, column->name.text)
                          : operation->kind == ML_ADD_COLUMN && ml_is_true(column->primary_key);
    MlAnswer integer = is_integer(column->type);
    if (integer == ML_NO || ml_is_false(column->autoincrement) ||
        (!in_key && (key == NULL || key->columns.is != ML_UNKNOWN)))
        return ML_NO;
    if (!in_key || column->autoincrement.is == ML_UNKNOWN)
        return ML_PERHAPS;
    if (ml_is_true(column->autoincrement))
        return has_default(column) ? ML_NO : integer;
    if (!alone || has_default(column) || has_foreign_key(operation, column->name.text))
        return ML_NO;
    return integer;
}
