#include "miglint/operation.h"

MlAnswer ml_column_is_nullable(const MlColumn *column)
{
    if (column->nullable.is == ML_KNOWN)
        return column->nullable.value ? ML_YES : ML_NO;
    if (column->nullable.is == ML_UNKNOWN)
        return ML_PERHAPS;
    MlDefaultKind made_by = column->server_default.kind;
    if (ml_is_true(column->primary_key) || made_by == ML_DEFAULT_IDENTITY ||
        made_by == ML_DEFAULT_SERIAL)
        return ML_NO;
    return column->primary_key.is == ML_UNKNOWN || made_by == ML_DEFAULT_UNKNOWN ? ML_PERHAPS
                                                                                 : ML_YES;
}

MlAnswer ml_column_fills_itself(const MlColumn *column)
{
    switch (column->server_default.kind) {
    case ML_DEFAULT_ABSENT:
    case ML_DEFAULT_NONE:
        return ML_NO;
    case ML_DEFAULT_UNKNOWN:
    case ML_DEFAULT_FETCHED: /* what DDL does not say */
        return ML_PERHAPS;
    default:
        return ML_YES;
    }
}
