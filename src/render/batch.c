/*
 * op.batch_alter_table() on SQLite (alembic.operations.batch.BatchOperationsImpl): where ALTER
 * does not do, a new table is made, the rows are copied into it, and it takes the old one's place.
 */
#include "render/batch_table.h"

#include <string.h>

/* The new table is of a MetaData without a naming convention. */
static const MlSetup no_convention = {.naming_convention = ML_FACT_NONE};
static const MlSchemaRules no_rules = {.dialect = "sqlite", .setup = &no_convention};

/* --- the statements ---------------------------------------------------------------------------
 */

typedef struct {
    const MlBatchTable *table;
    MlRendering rendering; /* of `operation` */
    MlOperation operation; /* what Alembic does in its turn */
    MlText name, temporary_name;
} Move;

static void send_as(Move *move, void (*render)(MlRendering *), MlOperationKind kind, MlText name)
{
    move->operation.kind = kind;
    move->operation.table = name;
    render(&move->rendering);
}

/* Without those that have a column which is not there any more. */
static void set_constraints(Move *move)
{
    const MlBatchTable *table = move->table;
    MlConstraint *items =
        ml_operations_alloc(table->memory, (table->constraints->len + 1) * sizeof *items);
    gsize length = 0;
    for (guint i = 0; i < table->constraints->len; i++) {
        MlConstraint *constraint = &items[length];
        *constraint = *(const MlConstraint *)table->constraints->pdata[i];
        length += ml_batch_table_names(table, constraint->columns, &constraint->columns);
    }
    move->operation.constraints = items;
    move->operation.n_constraints = length;
}

static const MlConstraint *last_key(const Move *move)
{
    for (gsize i = move->operation.n_constraints; i-- > 0;) {
        const MlConstraint *constraint = &move->operation.constraints[i];
        if (constraint->kind == ML_PRIMARY_KEY && constraint->columns.length > 0)
            return constraint;
    }
    return NULL;
}

/* The key of the columns that say so of themselves. */
static MlConstraint key_of_columns(const Move *move)
{
    const MlBatchTable *table = move->table;
    MlText *items = ml_operations_alloc(table->memory, (table->columns->len + 1) * sizeof *items);
    MlTexts columns = {.is = ML_KNOWN, .items = items};
    for (guint i = 0; i < table->columns->len; i++) {
        const MlBatchColumn *column = table->columns->pdata[i];
        if (ml_is_true(column->column.primary_key))
            items[columns.length++] = column->column.name;
    }
    return (MlConstraint){
        .kind = ML_PRIMARY_KEY, .final = TRUE, .inlined = TRUE, .columns = columns};
}

/* Of several keys the last one counts, and then the columns do not. */
static void settle_key(Move *move)
{
    MlOperation *operation = &move->operation;
    const MlConstraint *last = last_key(move);
    const MlConstraint key = last ? *last : key_of_columns(move);
    MlConstraint *items =
        ml_operations_alloc(move->table->memory, (operation->n_constraints + 1) * sizeof *items);
    gsize length = 0;
    items[length++] = key;
    for (gsize i = 0; i < operation->n_constraints; i++)
        if (operation->constraints[i].kind != ML_PRIMARY_KEY)
            items[length++] = operation->constraints[i];
    operation->constraints = items;
    operation->n_constraints = length;
}

static void set_columns(Move *move)
{
    const MlBatchTable *table = move->table;
    MlColumn *items = ml_operations_alloc(table->memory, (table->columns->len + 1) * sizeof *items);
    for (guint i = 0; i < table->columns->len; i++)
        items[i] = ((const MlBatchColumn *)table->columns->pdata[i])->column;
    move->operation.columns = items;
    move->operation.n_columns = table->columns->len;
}

/* Of a column that is added with index=True, the new table makes one as well. */
static void set_indexes(Move *move)
{
    const MlBatchTable *table = move->table;
    MlIndex *items = ml_operations_alloc(table->memory, (table->columns->len + 1) * sizeof *items);
    gsize length = 0;
    for (guint i = 0; i < table->columns->len; i++) {
        const MlColumn *column = &((const MlBatchColumn *)table->columns->pdata[i])->column;
        if (!ml_is_true(column->index))
            continue;
        MlIndexPart *part = ml_operations_alloc(table->memory, sizeof *part);
        part->column = column->name;
        items[length++] = (MlIndex){.parts = part, .n_parts = 1, .unique = column->unique};
    }
    move->operation.indexes = items;
    move->operation.n_indexes = length;
}

static void create(Move *move)
{
    set_columns(move);
    set_constraints(move);
    settle_key(move);
    set_indexes(move);
    send_as(move, ml_render_create_table, ML_CREATE_TABLE, move->temporary_name);
}

/* INSERT INTO ... SELECT */
static void copy_rows(Move *move)
{
    const MlBatchTable *table = move->table;
    MlRendering *rendering = &move->rendering;
    g_autoptr(GString) sources = g_string_new(NULL);
    GString *statement = g_string_new("INSERT INTO ");
    move->operation.table = move->temporary_name;
    ml_append_table(rendering, statement);
    g_string_append(statement, " (");
    for (guint i = 0; i < table->columns->len; i++) {
        const MlBatchColumn *column = table->columns->pdata[i];
        if (column->source == NULL)
            continue;
        const char *separator = sources->len > 0 ? ", " : "";
        g_string_append(statement, separator);
        ml_append_known_name(rendering, statement, column->column.name, "a column's name");
        g_string_append_printf(sources, "%s%s", separator, column->source);
        if (!column->cast)
            continue;
        g_string_append(sources, " AS ");
        ml_append_name(rendering, sources, column->key);
    }
    g_string_append_printf(statement, ") SELECT %s \nFROM ", sources->str);
    move->operation.table = move->name;
    ml_append_table(rendering, statement);
    ml_rendering_send(rendering, statement);
}

static void make_index(Move *move, const MlIndex *like, gboolean is_new)
{
    MlIndex index = *like;
    MlIndexPart *parts =
        ml_operations_alloc(move->table->memory, (index.n_parts + 1) * sizeof *parts);
    for (gsize i = 0; i < index.n_parts; i++) {
        MlTexts name = {.is = ML_KNOWN, .items = &index.parts[i].column, .length = 1};
        parts[i] = index.parts[i];
        if (ml_batch_table_names(move->table, name, &name))
            parts[i].column = name.items[0];
        else
            ml_rendering_refuse(&move->rendering,
                                is_new ? "has an index on a column that is not there: %s"
                                       : "drops a column of an index that remains: %s",
                                like->name.text);
    }
    index.parts = parts;
    ml_send_index(&move->rendering, &index);
}

static void make_indexes(Move *move)
{
    const MlBatchTable *table = move->table;
    move->operation.kind = ML_CREATE_TABLE;
    move->operation.table = move->name;
    for (guint i = 0; i < table->indexes->len; i++)
        make_index(move, table->indexes->pdata[i], FALSE);
    for (guint i = 0; i < table->new_indexes->len; i++)
        make_index(move, table->new_indexes->pdata[i], TRUE);
}

static MlText temporary_name(const MlBatchTable *table)
{
    g_autofree char *name = ml_batch_new_name(table->name);
    return ml_text_known(ml_operations_text(table->memory, name, -1));
}

/* All statements are of the batch's first operation. */
static void send_move(const MlBatchTable *table)
{
    g_autoptr(MlCatalog) bare = ml_catalog_new(&no_rules, FALSE);
    MlRendering *whole = table->rendering;
    Move move = {
        .table = table,
        .rendering = *whole,
        .operation = {.schema = table->schema, .circumstances = whole->operation->circumstances},
        .name = ml_text_known(table->name),
        .temporary_name = temporary_name(table)};
    guint before = whole->out->len;
    move.rendering.catalog = bare;
    move.rendering.operation = &move.operation;
    create(&move);
    copy_rows(&move);
    send_as(&move, ml_render_drop_table, ML_DROP_TABLE, move.name);
    move.operation.new_name = move.name;
    send_as(&move, ml_render_rename_table, ML_RENAME_TABLE, move.temporary_name);
    make_indexes(&move);
    for (guint i = before; i < whole->out->len; i++)
        ((MlRendered *)whole->out->pdata[i])->operation = whole->operation;
    whole->refusal = move.rendering.refusal;
}

/* --- batches ------------------------------------------------------------------------------------
 */

/* What is sent at once, and does not wait for the batch's end. */
static gboolean is_of_batch(const MlOperation *operation)
{
    return operation->execution == NULL && operation->statement == NULL;
}

static MlRendering rendering_of(const MlRendering *like, const MlPassage *passage, gsize at)
{
    MlRendering one = *like;
    one.catalog = passage->states->pdata[at];
    one.operation = passage->operations->items[at];
    return one;
}

static void refuse_batch(MlRendering *rendering, const MlBatch *batch)
{
    if (batch->recreate.is == ML_UNKNOWN)
        ml_rendering_refuse(rendering, "is in a batch of which it cannot be told whether it makes "
                                       "the table anew");
    if (ml_is_true(batch->copy_from))
        ml_rendering_refuse(rendering, "is in a batch with copy_from");
    if (batch->table_args.is != ML_ABSENT || batch->reflect_args.is != ML_ABSENT)
        ml_rendering_refuse(rendering, "is in a batch with table_args or reflect_args");
    for (gsize i = 0; i < batch->n_keywords; i++)
        ml_rendering_refuse(rendering, "is in a batch with %s", batch->keywords[i].name);
}

/* NULL, and a refusal: not all of it is known. */
static const MlCatalogTable *known_table(MlRendering *rendering)
{
    const MlOperation *operation = rendering->operation;
    const MlCatalogTable *table = NULL;
    if (operation->table.is != ML_KNOWN || operation->schema.is == ML_UNKNOWN) {
        ml_rendering_refuse(rendering, "is of a table that cannot be told");
        return NULL;
    }
    MlPresence is =
        ml_catalog_table(rendering->catalog, operation->schema.text, operation->table.text, &table);
    if (is == ML_PRESENCE_PRESENT && !table->open && !table->unordered && table->created != NULL &&
        table->created->statement == NULL)
        return table;
    ml_rendering_refuse(rendering,
                        is == ML_PRESENCE_ABSENT
                            ? "makes a table anew that is not there: %s"
                            : "makes a table anew of which not all is known: %s",
                        operation->table.text);
    return NULL;
}

/* All of a batch, or why not. */
static void recreate(MlRendering *rendering, const MlPassage *passage, gsize first, gsize length)
{
    g_autoptr(MlOperations) memory = ml_operations_new();
    gsize before = rendering->out->len;
    MlRendering whole = *rendering, one = whole;
    const MlCatalogTable *from = known_table(&one);
    refuse_batch(&one, one.operation->batch);
    g_auto(MlBatchTable) table = {0};
    if (one.refusal == NULL)
        table = ml_batch_table_new(&one, memory, from);
    for (gsize i = first; i < first + length && one.refusal == NULL; i++) {
        if (!is_of_batch(passage->operations->items[i]))
            continue;
        one = rendering_of(rendering, passage, i);
        table.rendering = &one;
        ml_batch_table_change(&table);
    }
    if (one.refusal == NULL) {
        table.rendering = &one;
        one.operation = whole.operation;
        ml_batch_table_sort(&table);
    }
    if (one.refusal == NULL)
        send_move(&table);
    if (one.refusal != NULL)
        ml_rendering_give_up(&one, before);
}

void ml_render_batch(MlRendering *rendering, const MlPassage *passage, gsize first, gsize length)
{
    gboolean anew = ml_batch_recreates(rendering->operation->batch);
    for (gsize i = first; i < first + length; i++) {
        MlRendering one = rendering_of(rendering, passage, i);
        if (!anew || !is_of_batch(one.operation))
            ml_render_operation(&one);
    }
    if (anew)
        recreate(rendering, passage, first, length);
}
