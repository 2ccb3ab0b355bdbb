#include "sql/context.h"

/* The letters that the grammar has for what a foreign key does. NO ACTION is what happens unsaid.
 */
static MlText action(const MlSql *sql, const char *letter)
{
    switch (letter[0]) {
    case 'r':
        return ml_sql_text(sql, "RESTRICT");
    case 'c':
        return ml_sql_text(sql, "CASCADE");
    case 'n':
        return ml_sql_text(sql, "SET NULL");
    case 'd':
        return ml_sql_text(sql, "SET DEFAULT");
    default:
        return (MlText){0};
    }
}

static void set_foreign_key(const MlSql *sql, MlConstraint *made,
                            const PgQuery__Constraint *constraint)
{
    made->columns = ml_sql_names(sql, constraint->fk_attrs, constraint->n_fk_attrs);
    const PgQuery__RangeVar *referred = constraint->pktable;
    made->referred_schema = ml_sql_schema(sql, referred->schemaname, referred->relname);
    made->referred_table = ml_sql_text(sql, referred->relname);
    made->referred_columns = ml_sql_names(sql, constraint->pk_attrs, constraint->n_pk_attrs);
    made->ondelete = action(sql, constraint->fk_del_action);
    made->onupdate = action(sql, constraint->fk_upd_action);
    if (constraint->fk_matchtype[0] == 'f')
        made->match = ml_sql_text(sql, "FULL");
}

static MlIndexPart index_part(const MlSql *sql, const PgQuery__IndexElem *element)
{
    MlIndexPart part = {
        .column = ml_sql_text(sql, element->name),
        .expression = ml_sql_expression(sql, element->expr),
    };
    if (element->n_collation > 0)
        part.collation =
            ml_sql_text(sql, ml_sql_string(element->collation[element->n_collation - 1]));
    if (element->n_opclass > 0)
        part.operator_class =
            ml_sql_text(sql, ml_sql_string(element->opclass[element->n_opclass - 1]));
    if (element->ordering == PG_QUERY__SORT_BY_DIR__SORTBY_ASC)
        part.order = ml_sql_text(sql, "ASC");
    if (element->ordering == PG_QUERY__SORT_BY_DIR__SORTBY_DESC)
        part.order = ml_sql_text(sql, "DESC");
    if (element->nulls_ordering == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST)
        part.nulls = ml_sql_text(sql, "FIRST");
    if (element->nulls_ordering == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST)
        part.nulls = ml_sql_text(sql, "LAST");
    return part;
}

/* An index has elements; an exclusion constraint pairs of an element and an operator's name. */
static MlIndexPart part_of(const MlSql *sql, const PgQuery__Node *node)
{
    if (node->node_case == PG_QUERY__NODE__NODE_INDEX_ELEM)
        return index_part(sql, node->index_elem);
    const PgQuery__List *pair = node->list;
    MlIndexPart part = index_part(sql, pair->items[0]->index_elem);
    const PgQuery__List *name = pair->items[1]->list;
    part.operator_name = ml_sql_text(sql, ml_sql_string(name->items[name->n_items - 1]));
    return part;
}

static void set_index_parts(const MlSql *sql, const MlIndexPart **parts, guint *count,
                            PgQuery__Node *const *nodes, gsize length)
{
    g_autoptr(GArray) made = g_array_new(FALSE, FALSE, sizeof(MlIndexPart));
    for (gsize i = 0; i < length; i++) {
        MlIndexPart part = part_of(sql, nodes[i]);
        g_array_append_val(made, part);
    }
    *parts = ml_operations_array(sql->operations, made, count);
}

static MlTexts included(const MlSql *sql, PgQuery__Node *const *nodes, gsize length)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (gsize i = 0; i < length; i++)
        g_ptr_array_add(names, nodes[i]->node_case == PG_QUERY__NODE__NODE_INDEX_ELEM
                                   ? nodes[i]->index_elem->name
                                   : (char *)ml_sql_string(nodes[i]));
    return ml_sql_texts(sql, names);
}

static void set_exclusion(const MlSql *sql, MlConstraint *made,
                          const PgQuery__Constraint *constraint)
{
    made->method = ml_sql_text(sql, constraint->access_method);
    made->where = ml_sql_expression(sql, constraint->where_clause);
    set_index_parts(sql, &made->parts, &made->n_parts, constraint->exclusions,
                    constraint->n_exclusions);
}

static MlConstraintKind kind_of(PgQuery__ConstrType type)
{
    switch (type) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
        return ML_CHECK;
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
        return ML_PRIMARY_KEY;
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
        return ML_UNIQUE;
    case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION:
        return ML_EXCLUDE;
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
        return ML_FOREIGN_KEY;
    default:
        return ML_CONSTRAINT_UNKNOWN;
    }
}

MlConstraint ml_sql_constraint(const MlSql *sql, const PgQuery__Constraint *constraint)
{
    MlConstraint made = {
        .kind = kind_of(constraint->contype),
        .origin = sql->origin,
        .name = ml_sql_text(sql, constraint->conname),
        .final = TRUE,
        .columns = ml_sql_names(sql, constraint->keys, constraint->n_keys),
        .deferrable = ml_sql_said(sql, constraint->deferrable),
        .initially = ml_sql_text(sql, constraint->initdeferred ? "DEFERRED" : NULL),
        .not_valid = ml_sql_said(sql, constraint->skip_validation),
        .using_index = ml_sql_text(sql, constraint->indexname),
        .include = included(sql, constraint->including, constraint->n_including),
        .nulls_not_distinct = ml_sql_said(sql, constraint->nulls_not_distinct),
    };
    if (made.kind == ML_CHECK)
        made.condition = ml_sql_expression(sql, constraint->raw_expr);
    if (made.kind == ML_FOREIGN_KEY)
        set_foreign_key(sql, &made, constraint);
    if (made.kind == ML_EXCLUDE)
        set_exclusion(sql, &made, constraint);
    if (made.kind != ML_FOREIGN_KEY)
        made.keywords =
            ml_sql_keywords(sql, constraint->options, constraint->n_options, &made.n_keywords);
    return made;
}

void ml_sql_create_index(const MlSql *sql, const PgQuery__IndexStmt *statement)
{
    MlIndex *index = ml_operations_alloc(sql->operations, sizeof *index);
    index->origin = sql->origin;
    index->name = ml_sql_text(sql, statement->idxname);
    index->final = TRUE;
    index->unique = ml_sql_flag(sql, statement->unique);
    /* the grammar fills in the method that is used where none is said */
    if (!g_str_equal(statement->access_method, "btree"))
        index->method = ml_sql_text(sql, statement->access_method);
    index->where = ml_sql_expression(sql, statement->where_clause);
    index->include =
        included(sql, statement->index_including_params, statement->n_index_including_params);
    index->nulls_not_distinct = ml_sql_said(sql, statement->nulls_not_distinct);
    index->keywords =
        ml_sql_keywords(sql, statement->options, statement->n_options, &index->n_keywords);
    set_index_parts(sql, &index->parts, &index->n_parts, statement->index_params,
                    statement->n_index_params);
    for (guint i = 0; i < index->n_parts; i++)
        index->open |= index->parts[i].column.is == ML_UNKNOWN; /* it may be several */

    MlOperation *operation = ml_sql_add_to(sql, ML_CREATE_INDEX, statement->relation);
    operation->name = index->name;
    operation->indexes = index;
    operation->n_indexes = 1;
    operation->concurrently = ml_sql_said(sql, statement->concurrent);
    operation->if_not_exists = ml_sql_said(sql, statement->if_not_exists);
}
