#include "sql/context.h"

#include <string.h>

/* Everything in a tree is looked at, whatever it is in: the messages describe themselves. */
typedef struct {
    const MlSql *sql;
    const void *but;
    GArray *tables;         /* MlTableName */
    GHashTable *made_names; /* char *: by WITH */
    GPtrArray *columns, *functions, *literals;
    GHashTable *known; /* char *: all of the above, with a letter before it */
    gboolean all_columns;
} Walk;

/* Whether a word is new to a list; the letter names the list. */
static gboolean is_new(Walk *walk, char list, const char *schema, const char *name)
{
    return g_hash_table_add(walk->known,
                            g_strdup_printf("%c%s.%s", list, schema ? schema : "", name));
}

static gboolean has_hole(const char *word)
{
    return strstr(word, ML_HOLE) != NULL;
}

static void add_word(Walk *walk, char list, GPtrArray *words, const char *word)
{
    if (word != NULL && is_new(walk, list, NULL, word))
        g_ptr_array_add(words, (gpointer)ml_operations_text(walk->sql->operations, word, -1));
}

static void add_table(Walk *walk, const PgQuery__RangeVar *relation)
{
    MlOperations *operations = walk->sql->operations;
    const char *schema = *relation->schemaname ? relation->schemaname : NULL;
    if (has_hole(relation->relname) || (schema != NULL && has_hole(schema))) {
        walk->all_columns = TRUE;
        return;
    }
    if (!is_new(walk, 't', schema, relation->relname))
        return;
    MlTableName table = {
        .schema = schema ? ml_operations_text(operations, schema, -1) : NULL,
        .name = ml_operations_text(operations, relation->relname, -1),
    };
    g_array_append_val(walk->tables, table);
}

static void add_column(Walk *walk, const PgQuery__ColumnRef *reference)
{
    const PgQuery__Node *last =
        reference->n_fields > 0 ? reference->fields[reference->n_fields - 1] : NULL;
    const char *name = ml_sql_string(last);
    if ((last != NULL && last->node_case == PG_QUERY__NODE__NODE_A_STAR) ||
        (name != NULL && has_hole(name)))
        walk->all_columns = TRUE;
    else
        add_word(walk, 'c', walk->columns, name);
}

static void add_function(Walk *walk, const PgQuery__FuncCall *call)
{
    g_autoptr(GString) name = g_string_new(NULL);
    for (size_t i = 0; i < call->n_funcname; i++) {
        const char *part = ml_sql_string(call->funcname[i]);
        g_string_append_printf(name, "%s%s", i > 0 ? "." : "", part ? part : "");
    }
    add_word(walk, 'f', walk->functions, name->str);
}

static void visit(Walk *walk, const ProtobufCMessage *message);

/* Of a field that holds messages: one, several, or, of a oneof, perhaps another in its stead. */
static void visit_field(Walk *walk, const ProtobufCMessage *message,
                        const ProtobufCFieldDescriptor *field)
{
    const guint8 *base = (const guint8 *)message;
    gconstpointer const *value = (gconstpointer const *)(base + field->offset);
    if (field->type != PROTOBUF_C_TYPE_MESSAGE)
        return;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        size_t count = *(const size_t *)(base + field->quantifier_offset);
        const ProtobufCMessage *const *items = *value;
        for (size_t i = 0; i < count; i++)
            visit(walk, items[i]);
    } else if (!(field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) ||
               *(const guint32 *)(base + field->quantifier_offset) == field->id) {
        visit(walk, *value);
    }
}

static void visit_fields(Walk *walk, const ProtobufCMessage *message)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++)
        visit_field(walk, message, &message->descriptor->fields[i]);
}

static void visit(Walk *walk, const ProtobufCMessage *message)
{
    if (message == NULL || message == walk->but)
        return;
    const ProtobufCMessageDescriptor *kind = message->descriptor;
    if (kind == &pg_query__node__descriptor) {
        const PgQuery__Node *node = (const PgQuery__Node *)message;
        const char *literal =
            node->node_case == PG_QUERY__NODE__NODE_A_CONST ? ml_sql_string(node) : NULL;
        if (literal != NULL && !has_hole(literal))
            add_word(walk, 'l', walk->literals, literal);
        if (node->node_case != PG_QUERY__NODE__NODE__NOT_SET) /* of its 240 fields it has one */
            visit_field(walk, message,
                        protobuf_c_message_descriptor_get_field(kind, node->node_case));
        return;
    }
    if (kind == &pg_query__range_var__descriptor)
        add_table(walk, (const PgQuery__RangeVar *)message);
    else if (kind == &pg_query__column_ref__descriptor)
        add_column(walk, (const PgQuery__ColumnRef *)message);
    else if (kind == &pg_query__func_call__descriptor)
        add_function(walk, (const PgQuery__FuncCall *)message);
    else if (kind == &pg_query__common_table_expr__descriptor)
        g_hash_table_add(walk->made_names,
                         (gpointer)((const PgQuery__CommonTableExpr *)message)->ctename);
    visit_fields(walk, message);
}

static void leave_out_made_tables(Walk *walk)
{
    for (guint i = walk->tables->len; i-- > 0;) {
        const MlTableName *table = &g_array_index(walk->tables, MlTableName, i);
        if (table->schema == NULL && g_hash_table_contains(walk->made_names, table->name))
            g_array_remove_index(walk->tables, i);
    }
}

static const char *const *words(Walk *walk, GPtrArray *array, guint *count)
{
    g_autoptr(GArray) pointers = g_array_new(FALSE, FALSE, sizeof(char *));
    if (array->len > 0)
        g_array_append_vals(pointers, array->pdata, array->len);
    return ml_operations_array(walk->sql->operations, pointers, count);
}

static const MlReads *found(Walk *walk)
{
    if (g_hash_table_size(walk->known) == 0 && !walk->all_columns)
        return NULL;
    MlReads *reads = ml_operations_alloc(walk->sql->operations, sizeof *reads);
    leave_out_made_tables(walk);
    reads->tables = ml_operations_array(walk->sql->operations, walk->tables, &reads->n_tables);
    reads->columns = words(walk, walk->columns, &reads->n_columns);
    reads->functions = words(walk, walk->functions, &reads->n_functions);
    reads->literals = words(walk, walk->literals, &reads->n_literals);
    reads->all_columns = walk->all_columns;
    return reads;
}

const MlReads *ml_sql_reads(const MlSql *sql, const void *message, const void *but)
{
    Walk walk = {
        .sql = sql,
        .but = but,
        .tables = g_array_new(FALSE, FALSE, sizeof(MlTableName)),
        .made_names = g_hash_table_new(g_str_hash, g_str_equal),
        .columns = g_ptr_array_new(),
        .functions = g_ptr_array_new(),
        .literals = g_ptr_array_new(),
        .known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
    visit(&walk, message);
    const MlReads *reads = found(&walk);
    g_array_unref(walk.tables);
    g_hash_table_unref(walk.made_names);
    g_ptr_array_unref(walk.columns);
    g_ptr_array_unref(walk.functions);
    g_ptr_array_unref(walk.literals);
    g_hash_table_unref(walk.known);
    return reads;
}
