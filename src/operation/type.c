#include "miglint/operation.h"

const char *ml_type_kind_name(MlTypeKind kind)
{
    static const char *const names[] = {
        [ML_TYPE_ABSENT] = "absent",     [ML_TYPE_UNKNOWN] = "unknown",
        [ML_TYPE_BOOLEAN] = "boolean",   [ML_TYPE_SMALLINT] = "smallint",
        [ML_TYPE_INTEGER] = "integer",   [ML_TYPE_BIGINT] = "bigint",
        [ML_TYPE_NUMERIC] = "numeric",   [ML_TYPE_REAL] = "real",
        [ML_TYPE_DOUBLE] = "double",     [ML_TYPE_FLOAT] = "float",
        [ML_TYPE_MONEY] = "money",       [ML_TYPE_CHAR] = "char",
        [ML_TYPE_VARCHAR] = "varchar",   [ML_TYPE_TEXT] = "text",
        [ML_TYPE_BINARY] = "binary",     [ML_TYPE_DATE] = "date",
        [ML_TYPE_TIME] = "time",         [ML_TYPE_TIMESTAMP] = "timestamp",
        [ML_TYPE_INTERVAL] = "interval", [ML_TYPE_UUID] = "uuid",
        [ML_TYPE_JSON] = "json",         [ML_TYPE_JSONB] = "jsonb",
        [ML_TYPE_ENUM] = "enum",         [ML_TYPE_ARRAY] = "array",
        [ML_TYPE_NAMED] = "named",       [ML_TYPE_CUSTOM] = "custom",
    };
    return names[kind];
}

const MlType *ml_type_in(const MlType *type, const char *dialect)
{
    for (gsize i = 0; i < type->n_variants; i++)
        if (g_strcmp0(type->variants[i].dialect, dialect) == 0)
            return ml_type_in(type->variants[i].type, dialect);
    gboolean inner = type->kind == ML_TYPE_CUSTOM && type->impl != NULL;
    return inner ? ml_type_in(type->impl, dialect) : type;
}
