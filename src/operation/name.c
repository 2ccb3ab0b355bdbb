#include "miglint/operation.h"

const char *ml_constraint_kind_name(MlConstraintKind kind)
{
    static const char *const names[] = {
        [ML_CONSTRAINT_UNKNOWN] = "constraint",
        [ML_UNIQUE] = "unique",
        [ML_CHECK] = "check",
        [ML_FOREIGN_KEY] = "foreign_key",
        [ML_PRIMARY_KEY] = "primary_key",
        [ML_EXCLUDE] = "exclude",
    };
    return names[kind];
}

const char *ml_default_kind_name(MlDefaultKind kind)
{
    static const char *const names[] = {
        [ML_DEFAULT_ABSENT] = "absent",     [ML_DEFAULT_UNKNOWN] = "unknown",
        [ML_DEFAULT_NONE] = "none",         [ML_DEFAULT_STRING] = "string",
        [ML_DEFAULT_SQL] = "sql",           [ML_DEFAULT_SEQUENCE] = "sequence",
        [ML_DEFAULT_SERIAL] = "serial",     [ML_DEFAULT_IDENTITY] = "identity",
        [ML_DEFAULT_COMPUTED] = "computed", [ML_DEFAULT_FETCHED] = "fetched",
    };
    return names[kind];
}

const char *ml_object_kind_name(MlObjectKind kind)
{
    static const char *const names[] = {
        [ML_OBJECT_NONE] = "",
        [ML_OBJECT_SCHEMA] = "schema",
        [ML_OBJECT_EXTENSION] = "extension",
        [ML_OBJECT_VIEW] = "view",
        [ML_OBJECT_MATERIALIZED_VIEW] = "materialized_view",
        [ML_OBJECT_FUNCTION] = "function",
        [ML_OBJECT_TRIGGER] = "trigger",
        [ML_OBJECT_RULE] = "rule",
        [ML_OBJECT_POLICY] = "policy",
        [ML_OBJECT_DOMAIN] = "domain",
        [ML_OBJECT_OTHER] = "object",
    };
    return names[kind];
}

static const char *constraint_operation(const MlOperation *operation)
{
    static const char *const names[] = {
        [ML_CONSTRAINT_UNKNOWN] = "create_constraint", [ML_UNIQUE] = "create_unique_constraint",
        [ML_CHECK] = "create_check_constraint",        [ML_FOREIGN_KEY] = "create_foreign_key",
        [ML_PRIMARY_KEY] = "create_primary_key",       [ML_EXCLUDE] = "create_exclude_constraint",
    };
    return names[operation->constraints->kind];
}

const char *ml_operation_name(const MlOperation *operation)
{
    static const char *const names[] = {
        [ML_CREATE_TABLE] = "create_table",
        [ML_DROP_TABLE] = "drop_table",
        [ML_RENAME_TABLE] = "rename_table",
        [ML_CREATE_TABLE_COMMENT] = "create_table_comment",
        [ML_DROP_TABLE_COMMENT] = "drop_table_comment",
        [ML_ALTER_TABLE] = "alter_table",
        [ML_ATTACH_PARTITION] = "attach_partition",
        [ML_DETACH_PARTITION] = "detach_partition",
        [ML_ADD_COLUMN] = "add_column",
        [ML_DROP_COLUMN] = "drop_column",
        [ML_ALTER_COLUMN] = "alter_column",
        [ML_CREATE_INDEX] = "create_index",
        [ML_DROP_INDEX] = "drop_index",
        [ML_RENAME_INDEX] = "rename_index",
        [ML_REINDEX] = "reindex",
        [ML_DROP_CONSTRAINT] = "drop_constraint",
        [ML_RENAME_CONSTRAINT] = "rename_constraint",
        [ML_VALIDATE_CONSTRAINT] = "validate_constraint",
        [ML_ALTER_CONSTRAINT] = "alter_constraint",
        [ML_CREATE_TYPE] = "create_type",
        [ML_DROP_TYPE] = "drop_type",
        [ML_RENAME_TYPE] = "rename_type",
        [ML_ADD_ENUM_VALUE] = "add_enum_value",
        [ML_RENAME_ENUM_VALUE] = "rename_enum_value",
        [ML_SYNC_ENUM_VALUES] = "sync_enum_values",
        [ML_CREATE_SEQUENCE] = "create_sequence",
        [ML_DROP_SEQUENCE] = "drop_sequence",
        [ML_ALTER_SEQUENCE] = "alter_sequence",
        [ML_CREATE_OBJECT] = "create_object",
        [ML_DROP_OBJECT] = "drop_object",
        [ML_ALTER_OBJECT] = "alter_object",
        [ML_REFRESH_VIEW] = "refresh_view",
        [ML_INSERT] = "insert",
        [ML_UPDATE] = "update",
        [ML_DELETE] = "delete",
        [ML_TRUNCATE] = "truncate",
        [ML_SELECT] = "select",
        [ML_CALL] = "call",
        [ML_SET] = "set",
        [ML_TRANSACTION] = "transaction",
        [ML_LOCK_TABLE] = "lock_table",
        [ML_VACUUM] = "vacuum",
        [ML_CLUSTER] = "cluster",
        [ML_HARMLESS] = "harmless_sql",
        [ML_UNKNOWN_SQL] = "unknown_sql",
        [ML_UNKNOWN_CALL] = "unknown_call",
        [ML_RAISE] = "raise",
    };
    return operation->kind == ML_ADD_CONSTRAINT ? constraint_operation(operation)
                                                : names[operation->kind];
}
