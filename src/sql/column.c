#include "sql/context.h"

#include <string.h>

static gboolean is_function(const PgQuery__Node *node, const char *name)
{
    if (node->node_case != PG_QUERY__NODE__NODE_FUNC_CALL || node->func_call->n_funcname == 0)
        return FALSE;
    const PgQuery__FuncCall *call = node->func_call;
    return g_strcmp0(ml_sql_string(call->funcname[call->n_funcname - 1]), name) == 0;
}

/* The sequence that nextval('name'::regclass) names; NULL where it is anything else. */
static const char *next_value_of(const PgQuery__Node *node)
{
    if (!is_function(node, "nextval") || node->func_call->n_args != 1)
        return NULL;
    const PgQuery__Node *name = node->func_call->args[0];
    if (name->node_case == PG_QUERY__NODE__NODE_TYPE_CAST)
        name = name->type_cast->arg;
    return ml_sql_string(name);
}

/* The name is SQL within a string: a schema before it, quotes around its parts. */
static const MlSequence *sequence_of_name(const MlSql *sql, const char *name)
{
    MlSequence *sequence = ml_operations_alloc(sql->operations, sizeof *sequence);
    const char *dot = strchr(name, '"') ? NULL : strrchr(name, '.');
    g_autofree char *schema = dot ? g_strndup(name, (gsize)(dot - name)) : NULL;
    g_autofree char *bare = g_strdup(dot ? dot + 1 : name);
    gsize length = strlen(bare);
    if (length > 2 && bare[0] == '"' && bare[length - 1] == '"' &&
        memchr(bare + 1, '"', length - 2) == NULL) {
        memmove(bare, bare + 1, length - 2);
        bare[length - 2] = '\0';
    }
    sequence->schema = ml_sql_schema(sql, schema, name);
    sequence->name = ml_sql_text(sql, bare);
    return sequence;
}

static gboolean is_null(const PgQuery__Node *node)
{
    return node->node_case == PG_QUERY__NODE__NODE_A_CONST && node->a_const->isnull;
}

MlDefault ml_sql_default(const MlSql *sql, const PgQuery__Node *expression)
{
    MlDefault value = {.kind = ML_DEFAULT_NONE, .origin = sql->origin};
    if (expression == NULL || is_null(expression))
        return value;
    const char *string = ml_sql_string(expression);
    const char *sequence = next_value_of(expression);
    if (string != NULL && strstr(string, ML_HOLE) != NULL) {
        value.kind = ML_DEFAULT_UNKNOWN;
    } else if (string != NULL) {
        value.kind = ML_DEFAULT_STRING;
        value.text = ml_operations_text(sql->operations, string, -1);
    } else if (sequence != NULL) {
        value.kind = ML_DEFAULT_SEQUENCE;
        value.sequence = sequence_of_name(sql, sequence);
    } else {
        value.text = ml_sql_expression(sql, expression).text;
        value.kind = value.text ? ML_DEFAULT_SQL : ML_DEFAULT_UNKNOWN;
    }
    return value;
}

MlDefault ml_sql_identity(const MlSql *sql, const PgQuery__Constraint *identity)
{
    return (MlDefault){
        .kind = ML_DEFAULT_IDENTITY,
        .origin = sql->origin,
        .always = ml_sql_flag(sql, g_str_equal(identity->generated_when, "a")),
        .sequence = ml_sql_sequence(sql, NULL, identity->options, identity->n_options),
    };
}

static MlDefault computed(const MlSql *sql, const PgQuery__Constraint *generated)
{
    const char *text = ml_sql_expression(sql, generated->raw_expr).text;
    return (MlDefault){
        .kind = text ? ML_DEFAULT_COMPUTED : ML_DEFAULT_UNKNOWN,
        .origin = sql->origin,
        .text = text,
        .stored = ml_sql_flag(sql, TRUE),
    };
}

/* DEFERRABLE and the like are constraints of their own in the tree, behind the one they speak of.
 */
static void set_deferral(const MlSql *sql, GArray *constraints, guint first,
                         PgQuery__ConstrType kind)
{
    if (constraints->len <= first)
        return;
    MlConstraint *last = &g_array_index(constraints, MlConstraint, constraints->len - 1);
    if (kind == PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRABLE)
        last->deferrable = ml_sql_flag(sql, TRUE);
    else if (kind == PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_NOT_DEFERRABLE)
        last->deferrable = ml_sql_flag(sql, FALSE);
    else
        last->initially = ml_sql_text(
            sql, kind == PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRED ? "DEFERRED" : "IMMEDIATE");
}

static void add_inlined(const MlSql *sql, const MlColumn *column,
                        const PgQuery__Constraint *constraint, GArray *constraints)
{
    MlConstraint added = ml_sql_constraint(sql, constraint);
    added.inlined = TRUE;
    if (added.kind != ML_CHECK) {
        MlText *name = ml_operations_alloc(sql->operations, sizeof *name);
        *name = column->name;
        added.columns =
            (MlTexts){.is = ML_KNOWN, .origin = sql->origin, .items = name, .length = 1};
    }
    g_array_append_val(constraints, added);
}

static void read_constraint(const MlSql *sql, MlColumn *column,
                            const PgQuery__Constraint *constraint, GArray *constraints, guint first)
{
    switch (constraint->contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_NULL:
    case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL:
        column->nullable =
            ml_sql_flag(sql, constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_NULL);
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT:
        column->server_default = ml_sql_default(sql, constraint->raw_expr);
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY:
        column->server_default = ml_sql_identity(sql, constraint);
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED:
        column->server_default = computed(sql, constraint);
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRABLE:
    case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_NOT_DEFERRABLE:
    case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRED:
    case PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_IMMEDIATE:
        set_deferral(sql, constraints, first, constraint->contype);
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
        column->primary_key = ml_sql_flag(sql, TRUE);
        add_inlined(sql, column, constraint, constraints);
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
        column->unique = ml_sql_flag(sql, TRUE);
        add_inlined(sql, column, constraint, constraints);
        break;
    default:
        add_inlined(sql, column, constraint, constraints);
    }
}

MlColumn ml_sql_column(const MlSql *sql, const PgQuery__ColumnDef *definition, GArray *constraints)
{
    MlColumn column = {
        .origin = sql->origin,
        .name = ml_sql_text(sql, definition->colname),
        .type = ml_sql_type(sql, definition->type_name, definition->coll_clause),
    };
    if (definition->type_name != NULL && ml_sql_is_serial(definition->type_name))
        column.server_default = (MlDefault){.kind = ML_DEFAULT_SERIAL, .origin = sql->origin};
    if (definition->type_name != NULL && !ml_sql_is_type_known(definition->type_name)) {
        column.nullable = (MlFlag){.is = ML_UNKNOWN, .origin = sql->origin};
        column.server_default = (MlDefault){.kind = ML_DEFAULT_UNKNOWN, .origin = sql->origin};
    }
    guint first = constraints->len;
    for (size_t i = 0; i < definition->n_constraints; i++)
        read_constraint(sql, &column, definition->constraints[i]->constraint, constraints, first);
    return column;
}

MlColumn *ml_sql_change(const MlSql *sql)
{
    MlColumn *change = ml_operations_alloc(sql->operations, sizeof *change);
    change->origin = sql->origin;
    change->type = ml_sql_type(sql, NULL, NULL);
    return change;
}
