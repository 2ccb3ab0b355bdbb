#include "sql/context.h"

static MlObjectKind object_kind(PgQuery__ObjectType type)
{
    switch (type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA:
        return ML_OBJECT_SCHEMA;
    case PG_QUERY__OBJECT_TYPE__OBJECT_EXTENSION:
        return ML_OBJECT_EXTENSION;
    case PG_QUERY__OBJECT_TYPE__OBJECT_VIEW:
        return ML_OBJECT_VIEW;
    case PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW:
        return ML_OBJECT_MATERIALIZED_VIEW;
    case PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION:
    case PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_ROUTINE:
        return ML_OBJECT_FUNCTION;
    case PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER:
        return ML_OBJECT_TRIGGER;
    case PG_QUERY__OBJECT_TYPE__OBJECT_RULE:
        return ML_OBJECT_RULE;
    case PG_QUERY__OBJECT_TYPE__OBJECT_POLICY:
        return ML_OBJECT_POLICY;
    case PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN:
        return ML_OBJECT_DOMAIN;
    default:
        return ML_OBJECT_OTHER;
    }
}

static gboolean belongs_to_table(MlObjectKind kind)
{
    return kind == ML_OBJECT_TRIGGER || kind == ML_OBJECT_RULE || kind == ML_OBJECT_POLICY;
}

/* A name is a string, a list of its parts, a type, or a function with its arguments. */
static void set_object_name(const MlSql *sql, MlOperation *operation, const PgQuery__Node *object)
{
    PgQuery__Node *const *parts = (PgQuery__Node *const *)&object;
    gsize length = 1;
    if (object == NULL)
        return;
    if (object->node_case == PG_QUERY__NODE__NODE_LIST) {
        parts = object->list->items;
        length = object->list->n_items;
    } else if (object->node_case == PG_QUERY__NODE__NODE_TYPE_NAME) {
        parts = object->type_name->names;
        length = object->type_name->n_names;
    } else if (object->node_case == PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS) {
        parts = object->object_with_args->objname;
        length = object->object_with_args->n_objname;
    }
    if (belongs_to_table(operation->object))
        ml_sql_set_part_of_table(sql, operation, parts, length);
    else
        ml_sql_set_name(sql, operation, parts, length);
}

static MlOperation *add_object(const MlSql *sql, MlOperationKind kind, MlObjectKind object)
{
    MlOperation *operation = ml_sql_add(sql, kind);
    operation->object = object;
    return operation;
}

/* What a table's name is, it has as its own: `table` rather than `name`. */
static void name_is_table(MlOperation *operation)
{
    operation->table = operation->name;
    operation->name = (MlText){0};
}

/* --- DROP ------------------------------------------------------------------- */

static MlOperationKind drop_kind(PgQuery__ObjectType type)
{
    switch (type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE:
        return ML_DROP_TABLE;
    case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX:
        return ML_DROP_INDEX;
    case PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE:
        return ML_DROP_SEQUENCE;
    case PG_QUERY__OBJECT_TYPE__OBJECT_TYPE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN:
        return ML_DROP_TYPE;
    default:
        return ML_DROP_OBJECT;
    }
}

static void read_drop(const MlSql *sql, const PgQuery__DropStmt *statement)
{
    MlOperationKind kind = drop_kind(statement->remove_type);
    for (size_t i = 0; i < statement->n_objects; i++) {
        MlOperation *operation = ml_sql_add(sql, kind);
        if (kind == ML_DROP_OBJECT)
            operation->object = object_kind(statement->remove_type);
        set_object_name(sql, operation, statement->objects[i]);
        if (kind == ML_DROP_TABLE)
            name_is_table(operation);
        operation->if_exists = ml_sql_said(sql, statement->missing_ok);
        operation->cascade =
            ml_sql_said(sql, statement->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE);
        operation->concurrently = ml_sql_said(sql, statement->concurrent);
    }
}

/* --- RENAME, SET SCHEMA ------------------------------------------------------- */

static MlOperation *add_rename(const MlSql *sql, PgQuery__ObjectType type,
                               const PgQuery__RangeVar *relation, const PgQuery__Node *object)
{
    MlOperation *operation;
    switch (type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE:
        return ml_sql_add_to(sql, ML_RENAME_TABLE, relation);
    case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX:
        return ml_sql_add_named(sql, ML_RENAME_INDEX, relation);
    case PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE:
        operation = ml_sql_add_named(sql, ML_ALTER_SEQUENCE, relation);
        operation->sequence = ml_sql_sequence(sql, NULL, NULL, 0);
        return operation;
    case PG_QUERY__OBJECT_TYPE__OBJECT_TYPE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN:
        operation = ml_sql_add(sql, ML_RENAME_TYPE);
        set_object_name(sql, operation, object);
        return operation;
    default:
        operation = relation ? ml_sql_add_named(sql, ML_ALTER_OBJECT, relation)
                             : ml_sql_add(sql, ML_ALTER_OBJECT);
        operation->object = object_kind(type);
        set_object_name(sql, operation, object);
        return operation;
    }
}

/* What is renamed within a relation: RENAME COLUMN a, RENAME CONSTRAINT a, a trigger. */
static MlOperation *add_inner_rename(const MlSql *sql, const PgQuery__RenameStmt *statement)
{
    MlOperation *operation = ml_sql_add_to(sql, ML_ALTER_OBJECT, statement->relation);
    operation->name = ml_sql_text(sql, statement->subname);
    if (statement->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT) {
        operation->kind = ML_RENAME_CONSTRAINT;
    } else if (statement->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN &&
               statement->relation_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE) {
        operation->kind = ML_ALTER_COLUMN;
        operation->change = ml_sql_change(sql);
    } else {
        operation->object = object_kind(statement->rename_type);
    }
    return operation;
}

static void read_rename(const MlSql *sql, const PgQuery__RenameStmt *statement)
{
    MlOperation *operation =
        *statement->subname && statement->relation
            ? add_inner_rename(sql, statement)
            : add_rename(sql, statement->rename_type, statement->relation, statement->object);
    if (operation->name.is == ML_ABSENT && *statement->subname) /* a schema, a role */
        operation->name = ml_sql_text(sql, statement->subname);
    operation->new_name = ml_sql_text(sql, statement->newname);
    operation->if_exists = ml_sql_said(sql, statement->missing_ok);
}

static void read_move(const MlSql *sql, const PgQuery__AlterObjectSchemaStmt *statement)
{
    MlOperation *operation =
        add_rename(sql, statement->object_type, statement->relation, statement->object);
    operation->new_schema = ml_sql_text(sql, statement->newschema);
    operation->if_exists = ml_sql_said(sql, statement->missing_ok);
}

/* --- COMMENT ON ------------------------------------------------------------------ */

static void comment_table(const MlSql *sql, const PgQuery__CommentStmt *statement)
{
    gboolean dropped = *statement->comment == '\0';
    MlOperation *operation =
        ml_sql_add(sql, dropped ? ML_DROP_TABLE_COMMENT : ML_CREATE_TABLE_COMMENT);
    set_object_name(sql, operation, statement->object);
    name_is_table(operation);
    operation->comment = ml_sql_text(sql, statement->comment);
}

static void comment_column(const MlSql *sql, const PgQuery__CommentStmt *statement)
{
    MlOperation *operation = ml_sql_add(sql, ML_ALTER_COLUMN);
    if (statement->object->node_case == PG_QUERY__NODE__NODE_LIST)
        ml_sql_set_part_of_table(sql, operation, statement->object->list->items,
                                 statement->object->list->n_items);
    MlColumn *change = ml_sql_change(sql);
    change->comment = *statement->comment ? ml_sql_text(sql, statement->comment) : ml_sql_none(sql);
    operation->change = change;
}

static void read_comment(const MlSql *sql, const PgQuery__CommentStmt *statement)
{
    if (statement->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE)
        comment_table(sql, statement);
    else if (statement->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN)
        comment_column(sql, statement);
    else
        ml_sql_add_harmless(sql, "COMMENT");
}

/* --- CREATE --------------------------------------------------------------------- */

static MlOperation *add_type(const MlSql *sql, MlTypeKind kind, PgQuery__Node *const *name,
                             gsize length, MlType **type)
{
    MlOperation *operation = ml_sql_add(sql, ML_CREATE_TYPE);
    ml_sql_set_name(sql, operation, name, length);
    *type = ml_operations_alloc(sql->operations, sizeof **type);
    (*type)->kind = kind;
    (*type)->origin = sql->origin;
    (*type)->schema = operation->schema;
    (*type)->name = operation->name;
    operation->type = *type;
    return operation;
}

static void read_create_enum(const MlSql *sql, const PgQuery__CreateEnumStmt *statement)
{
    MlType *type;
    add_type(sql, ML_TYPE_ENUM, statement->type_name, statement->n_type_name, &type);
    type->values = ml_sql_names(sql, statement->vals, statement->n_vals);
    if (statement->n_vals == 0) /* which an enum may have */
        type->values.is = ML_KNOWN;
}

static void read_alter_enum(const MlSql *sql, const PgQuery__AlterEnumStmt *statement)
{
    gboolean renamed = *statement->old_val != '\0';
    MlOperation *operation = ml_sql_add(sql, renamed ? ML_RENAME_ENUM_VALUE : ML_ADD_ENUM_VALUE);
    ml_sql_set_name(sql, operation, statement->type_name, statement->n_type_name);
    operation->value = ml_sql_text(sql, renamed ? statement->old_val : statement->new_val);
    if (renamed)
        operation->new_name = ml_sql_text(sql, statement->new_val);
    else if (statement->new_val_is_after)
        operation->after = ml_sql_text(sql, statement->new_val_neighbor);
    else
        operation->before = ml_sql_text(sql, statement->new_val_neighbor);
    operation->if_not_exists = ml_sql_said(sql, statement->skip_if_new_val_exists);
}

static void read_composite(const MlSql *sql, const PgQuery__CompositeTypeStmt *statement)
{
    MlOperation *operation = ml_sql_add_named(sql, ML_CREATE_TYPE, statement->typevar);
    MlType *type = ml_operations_alloc(sql->operations, sizeof *type);
    type->kind = ML_TYPE_NAMED;
    type->origin = sql->origin;
    type->schema = operation->schema;
    type->name = operation->name;
    operation->type = type;
}

static void read_define(const MlSql *sql, const PgQuery__DefineStmt *statement)
{
    MlType *type;
    if (statement->kind == PG_QUERY__OBJECT_TYPE__OBJECT_TYPE) {
        add_type(sql, ML_TYPE_NAMED, statement->defnames, statement->n_defnames, &type);
        return;
    }
    MlOperation *operation = add_object(sql, ML_CREATE_OBJECT, object_kind(statement->kind));
    ml_sql_set_name(sql, operation, statement->defnames, statement->n_defnames);
}

static void read_sequence(const MlSql *sql, const PgQuery__CreateSeqStmt *statement)
{
    MlOperation *operation = ml_sql_add_named(sql, ML_CREATE_SEQUENCE, statement->sequence);
    operation->sequence =
        ml_sql_sequence(sql, statement->sequence, statement->options, statement->n_options);
    operation->if_not_exists = ml_sql_said(sql, statement->if_not_exists);
}

static void read_alter_sequence(const MlSql *sql, const PgQuery__AlterSeqStmt *statement)
{
    MlOperation *operation = ml_sql_add_named(sql, ML_ALTER_SEQUENCE, statement->sequence);
    operation->sequence = ml_sql_sequence(sql, NULL, statement->options, statement->n_options);
    operation->if_exists = ml_sql_said(sql, statement->missing_ok);
}

static void read_view(const MlSql *sql, const PgQuery__ViewStmt *statement)
{
    MlOperation *operation = ml_sql_add_named(sql, ML_CREATE_OBJECT, statement->view);
    operation->object = ML_OBJECT_VIEW;
    operation->or_replace = ml_sql_said(sql, statement->replace);
    operation->temporary = ml_sql_said(sql, g_str_equal(statement->view->relpersistence, "t"));
    operation->reads = ml_sql_reads(sql, statement->query, NULL);
}

static void read_function(const MlSql *sql, const PgQuery__CreateFunctionStmt *statement)
{
    MlOperation *operation = add_object(sql, ML_CREATE_OBJECT, ML_OBJECT_FUNCTION);
    ml_sql_set_name(sql, operation, statement->funcname, statement->n_funcname);
    operation->or_replace = ml_sql_said(sql, statement->replace);
}

static MlOperation *add_object_of_table(const MlSql *sql, MlObjectKind kind,
                                        const PgQuery__RangeVar *table, const char *name)
{
    MlOperation *operation = ml_sql_add_to(sql, ML_CREATE_OBJECT, table);
    operation->object = kind;
    operation->name = ml_sql_text(sql, name);
    return operation;
}

static void read_schema(const MlSql *sql, const PgQuery__CreateSchemaStmt *statement)
{
    MlOperation *operation = add_object(sql, ML_CREATE_OBJECT, ML_OBJECT_SCHEMA);
    operation->name = ml_sql_text(sql, statement->schemaname);
    operation->if_not_exists = ml_sql_said(sql, statement->if_not_exists);
    if (statement->n_schema_elts > 0)
        ml_sql_add_unknown(sql, "makes a schema together with what is in it");
}

static void read_extension(const MlSql *sql, const PgQuery__CreateExtensionStmt *statement)
{
    MlOperation *operation = add_object(sql, ML_CREATE_OBJECT, ML_OBJECT_EXTENSION);
    operation->name = ml_sql_text(sql, statement->extname);
    operation->if_not_exists = ml_sql_said(sql, statement->if_not_exists);
}

static gboolean read_creation(const MlSql *sql, const PgQuery__Node *statement)
{
    MlOperation *operation;
    MlType *type;
    switch (statement->node_case) {
    case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
        read_create_enum(sql, statement->create_enum_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_CREATE_RANGE_STMT:
        add_type(sql, ML_TYPE_NAMED, statement->create_range_stmt->type_name,
                 statement->create_range_stmt->n_type_name, &type);
        return TRUE;
    case PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT:
        read_composite(sql, statement->composite_type_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_DEFINE_STMT:
        read_define(sql, statement->define_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT:
        operation = add_object(sql, ML_CREATE_OBJECT, ML_OBJECT_DOMAIN);
        ml_sql_set_name(sql, operation, statement->create_domain_stmt->domainname,
                        statement->create_domain_stmt->n_domainname);
        return TRUE;
    case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT:
        read_sequence(sql, statement->create_seq_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT:
        read_schema(sql, statement->create_schema_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT:
        read_extension(sql, statement->create_extension_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_VIEW_STMT:
        read_view(sql, statement->view_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
        read_function(sql, statement->create_function_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
        operation =
            add_object_of_table(sql, ML_OBJECT_TRIGGER, statement->create_trig_stmt->relation,
                                statement->create_trig_stmt->trigname);
        operation->or_replace = ml_sql_said(sql, statement->create_trig_stmt->replace);
        return TRUE;
    case PG_QUERY__NODE__NODE_RULE_STMT:
        operation = add_object_of_table(sql, ML_OBJECT_RULE, statement->rule_stmt->relation,
                                        statement->rule_stmt->rulename);
        operation->or_replace = ml_sql_said(sql, statement->rule_stmt->replace);
        return TRUE;
    case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT:
        add_object_of_table(sql, ML_OBJECT_POLICY, statement->create_policy_stmt->table,
                            statement->create_policy_stmt->policy_name);
        return TRUE;
    default:
        return FALSE;
    }
}

gboolean ml_sql_object(const MlSql *sql, const PgQuery__Node *statement)
{
    MlOperation *operation;
    switch (statement->node_case) {
    case PG_QUERY__NODE__NODE_DROP_STMT:
        read_drop(sql, statement->drop_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_RENAME_STMT:
        read_rename(sql, statement->rename_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT:
        read_move(sql, statement->alter_object_schema_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_COMMENT_STMT:
        read_comment(sql, statement->comment_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT:
        read_alter_enum(sql, statement->alter_enum_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_ALTER_SEQ_STMT:
        read_alter_sequence(sql, statement->alter_seq_stmt);
        return TRUE;
    case PG_QUERY__NODE__NODE_ALTER_DOMAIN_STMT:
        operation = add_object(sql, ML_ALTER_OBJECT, ML_OBJECT_DOMAIN);
        ml_sql_set_name(sql, operation, statement->alter_domain_stmt->type_name,
                        statement->alter_domain_stmt->n_type_name);
        return TRUE;
    case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT:
        operation =
            ml_sql_add_named(sql, ML_REFRESH_VIEW, statement->refresh_mat_view_stmt->relation);
        operation->concurrently = ml_sql_said(sql, statement->refresh_mat_view_stmt->concurrent);
        return TRUE;
    default:
        return read_creation(sql, statement);
    }
}
