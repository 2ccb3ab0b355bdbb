#include "sql/context.h"

#include <string.h>

/* The columns and constraints of a table in the making. */
typedef struct {
    GArray *columns;     /* MlColumn */
    GArray *constraints; /* MlConstraint */
} Parts;

static Parts new_parts(void)
{
    return (Parts){
        .columns = g_array_new(FALSE, FALSE, sizeof(MlColumn)),
        .constraints = g_array_new(FALSE, FALSE, sizeof(MlConstraint)),
    };
}

static void set_parts(const MlSql *sql, MlOperation *operation, Parts parts)
{
    operation->columns = ml_operations_array(sql->operations, parts.columns, &operation->n_columns);
    operation->constraints =
        ml_operations_array(sql->operations, parts.constraints, &operation->n_constraints);
    g_array_unref(parts.columns);
    g_array_unref(parts.constraints);
}

/* --- CREATE TABLE ------------------------------------------------------------ */

/* Columns that another table or a type has: they cannot be told from here. */
static void leave_open(const MlSql *sql, MlOperation *operation, const char *part, const char *why)
{
    operation->open = TRUE;
    ml_operations_add_unknown(sql->operations, operation, part, why, sql->origin);
}

static void add_element(const MlSql *sql, MlOperation *operation, Parts parts,
                        const PgQuery__Node *element)
{
    if (element->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF) {
        MlColumn column = ml_sql_column(sql, element->column_def, parts.constraints);
        g_array_append_val(parts.columns, column);
    } else if (element->node_case == PG_QUERY__NODE__NODE_CONSTRAINT) {
        MlConstraint constraint = ml_sql_constraint(sql, element->constraint);
        g_array_append_val(parts.constraints, constraint);
    } else {
        leave_open(sql, operation, "like", "has the columns of another table");
    }
}

#if PG_QUERY_VERSION >= 16
static const char *strategy_of(const PgQuery__PartitionSpec *spec)
{
    switch (spec->strategy) {
    case PG_QUERY__PARTITION_STRATEGY__PARTITION_STRATEGY_LIST:
        return "list";
    case PG_QUERY__PARTITION_STRATEGY__PARTITION_STRATEGY_HASH:
        return "hash";
    default:
        return "range";
    }
}
#else
static const char *strategy_of(const PgQuery__PartitionSpec *spec)
{
    return spec->strategy;
}
#endif

static MlText partition_by(const MlSql *sql, const PgQuery__PartitionSpec *spec)
{
    if (spec == NULL)
        return (MlText){0};
    g_autofree char *strategy = g_ascii_strup(strategy_of(spec), -1);
    g_autoptr(GString) text = g_string_new(strategy);
    g_string_append(text, " (");
    for (size_t i = 0; i < spec->n_part_params; i++) {
        const PgQuery__PartitionElem *element = spec->part_params[i]->partition_elem;
        MlText expression = ml_sql_expression(sql, element->expr);
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                               expression.text ? expression.text : element->name);
    }
    g_string_append_c(text, ')');
    return ml_sql_text(sql, text->str);
}

static void set_parents(const MlSql *sql, MlOperation *operation,
                        const PgQuery__CreateStmt *statement)
{
    if (statement->n_inh_relations == 0)
        return;
    if (statement->partbound == NULL)
        leave_open(sql, operation, "inherits", "inherits columns of another table");
    else {
        const PgQuery__RangeVar *parent = statement->inh_relations[0]->range_var;
        operation->partition_of = ml_sql_text(sql, parent->relname);
        operation->open = TRUE;
    }
}

void ml_sql_create_table(const MlSql *sql, const PgQuery__CreateStmt *statement)
{
    MlOperation *operation = ml_sql_add_to(sql, ML_CREATE_TABLE, statement->relation);
    Parts parts = new_parts();
    for (size_t i = 0; i < statement->n_table_elts; i++)
        add_element(sql, operation, parts, statement->table_elts[i]);
    set_parts(sql, operation, parts);
    set_parents(sql, operation, statement);
    if (statement->of_typename != NULL)
        leave_open(sql, operation, "of", "has the columns of a type");
    operation->if_not_exists = ml_sql_said(sql, statement->if_not_exists);
    operation->temporary = ml_sql_said(sql, g_str_equal(statement->relation->relpersistence, "t"));
    operation->partition_by = partition_by(sql, statement->partspec);
    operation->keywords =
        ml_sql_keywords(sql, statement->options, statement->n_options, &operation->n_keywords);
}

/* --- ALTER TABLE --------------------------------------------------------------- */

static void add_column(const MlSql *sql, MlOperation *operation,
                       const PgQuery__AlterTableCmd *command)
{
    Parts parts = new_parts();
    MlColumn column = ml_sql_column(sql, command->def->column_def, parts.constraints);
    g_array_append_val(parts.columns, column);
    set_parts(sql, operation, parts);
    operation->name = operation->columns->name;
    operation->if_not_exists = ml_sql_said(sql, command->missing_ok);
}

static void add_constraint(const MlSql *sql, MlOperation *operation,
                           const PgQuery__AlterTableCmd *command)
{
    MlConstraint *constraint = ml_operations_alloc(sql->operations, sizeof *constraint);
    *constraint = ml_sql_constraint(sql, command->def->constraint);
    operation->constraints = constraint;
    operation->n_constraints = 1;
    operation->name = constraint->name;
}

/* DROP IDENTITY, DROP EXPRESSION */
static void drop_generation(const MlSql *sql, MlOperation *operation, MlColumn *change,
                            const PgQuery__AlterTableCmd *command)
{
    MlColumn *existing = ml_sql_change(sql);
    existing->server_default.origin = sql->origin;
    existing->server_default.kind = command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_DropIdentity
                                        ? ML_DEFAULT_IDENTITY
                                        : ML_DEFAULT_COMPUTED;
    operation->existing = existing;
    change->server_default = ml_sql_default(sql, NULL);
    operation->if_exists = ml_sql_said(sql, command->missing_ok);
}

static void alter_column(const MlSql *sql, MlOperation *operation,
                         const PgQuery__AlterTableCmd *command)
{
    MlColumn *change = ml_sql_change(sql);
    operation->change = change;
    operation->name = ml_sql_text(sql, command->name);
    switch (command->subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault:
        change->server_default = ml_sql_default(sql, command->def);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull:
        change->nullable = ml_sql_flag(sql, TRUE);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull:
        change->nullable = ml_sql_flag(sql, FALSE);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddIdentity:
        change->server_default = ml_sql_identity(sql, command->def->constraint);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType:
        change->type = ml_sql_type(sql, command->def->column_def->type_name,
                                   command->def->column_def->coll_clause);
        operation->using = ml_sql_expression(sql, command->def->column_def->raw_default);
        break;
    default:
        drop_generation(sql, operation, change, command);
    }
}

static void attach_partition(const MlSql *sql, MlOperation *operation,
                             const PgQuery__AlterTableCmd *command)
{
    const PgQuery__PartitionCmd *partition = command->def->partition_cmd;
    operation->name = ml_sql_text(sql, partition->name->relname);
    operation->concurrently = ml_sql_said(sql, partition->concurrent);
}

static void drop_part(const MlSql *sql, MlOperation *operation,
                      const PgQuery__AlterTableCmd *command)
{
    operation->name = ml_sql_text(sql, command->name);
    operation->if_exists = ml_sql_said(sql, command->missing_ok);
    operation->cascade =
        ml_sql_said(sql, command->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE);
}

/* Only when a foreign key is checked can be altered. */
static void alter_constraint(const MlSql *sql, MlOperation *operation,
                             const PgQuery__AlterTableCmd *command)
{
    const PgQuery__Constraint *altered = command->def->constraint;
    MlConstraint *constraint = ml_operations_alloc(sql->operations, sizeof *constraint);
    *constraint = (MlConstraint){
        .kind = ML_FOREIGN_KEY,
        .origin = sql->origin,
        .name = ml_sql_text(sql, altered->conname),
        .final = TRUE,
        .deferrable = ml_sql_flag(sql, altered->deferrable),
        .initially = ml_sql_text(sql, altered->initdeferred ? "DEFERRED" : "IMMEDIATE"),
    };
    operation->constraints = constraint;
    operation->n_constraints = 1;
    operation->name = constraint->name;
}

/* Of what neither makes nor changes a column or a constraint: its name in the grammar says what. */
static void alter_otherwise(const MlSql *sql, MlOperation *operation,
                            const PgQuery__AlterTableCmd *command)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(
        &pg_query__alter_table_type__descriptor, (int)command->subtype);
    g_autofree char *words = value ? ml_sql_words(value->name + strlen("AT_")) : NULL;
    operation->value = ml_sql_text(sql, words);
    operation->name = ml_sql_text(sql, command->name);
}

typedef void Reader(const MlSql *sql, MlOperation *operation,
                    const PgQuery__AlterTableCmd *command);

static const struct {
    PgQuery__AlterTableType subtype;
    MlOperationKind kind;
    Reader *read;
} commands[] = {
    {PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn, ML_ADD_COLUMN, add_column},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn, ML_DROP_COLUMN, drop_part},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault, ML_ALTER_COLUMN, alter_column},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull, ML_ALTER_COLUMN, alter_column},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull, ML_ALTER_COLUMN, alter_column},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_DropExpression, ML_ALTER_COLUMN, alter_column},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType, ML_ALTER_COLUMN, alter_column},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_AddIdentity, ML_ALTER_COLUMN, alter_column},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_DropIdentity, ML_ALTER_COLUMN, alter_column},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint, ML_ADD_CONSTRAINT, add_constraint},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint, ML_DROP_CONSTRAINT, drop_part},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_AlterConstraint, ML_ALTER_CONSTRAINT, alter_constraint},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint, ML_VALIDATE_CONSTRAINT, drop_part},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition, ML_ATTACH_PARTITION, attach_partition},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition, ML_DETACH_PARTITION, attach_partition},
};

static void alter(const MlSql *sql, const PgQuery__AlterTableStmt *statement,
                  const PgQuery__AlterTableCmd *command)
{
    MlOperationKind kind = ML_ALTER_TABLE;
    Reader *read = alter_otherwise;
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (commands[i].subtype != command->subtype)
            continue;
        kind = commands[i].kind;
        read = commands[i].read;
    }
    MlOperation *operation = ml_sql_add_to(sql, kind, statement->relation);
    read(sql, operation, command);
    if (statement->missing_ok)
        operation->if_exists = ml_sql_flag(sql, TRUE);
}

/* Views, indexes, sequences and types can be altered by some of the same commands. */
static void alter_object(const MlSql *sql, const PgQuery__AlterTableStmt *statement)
{
    MlOperation *operation = ml_sql_add_named(sql, ML_ALTER_OBJECT, statement->relation);
    operation->object = statement->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_VIEW ? ML_OBJECT_VIEW
                        : statement->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW
                            ? ML_OBJECT_MATERIALIZED_VIEW
                            : ML_OBJECT_OTHER;
    operation->if_exists = ml_sql_said(sql, statement->missing_ok);
}

void ml_sql_alter_table(const MlSql *sql, const PgQuery__AlterTableStmt *statement)
{
    if (statement->objtype != PG_QUERY__OBJECT_TYPE__OBJECT_TABLE &&
        statement->objtype != PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE) {
        alter_object(sql, statement);
        return;
    }
    for (size_t i = 0; i < statement->n_cmds; i++)
        alter(sql, statement, statement->cmds[i]->alter_table_cmd);
}
