/* BatchOperationsImpl.flush: it is called where the block ends, unless that raises. */
#include "migration/batch_order.h"

typedef struct {
    const MlWith *with;
    GPtrArray *waiting; /* MlOperation * */
} Block;

static void block_free(gpointer data)
{
    Block *block = data;
    g_ptr_array_unref(block->waiting);
    g_free(block);
}

MlBatchOrder ml_batch_order_new(MlReading *reading)
{
    return (MlBatchOrder){
        .reading = reading,
        .first = reading->operations->length,
        .order = g_ptr_array_new(),
        .open = g_ptr_array_new_with_free_func(block_free),
    };
}

static gboolean is_within(const MlWith *contexts, const MlWith *with)
{
    while (contexts != NULL && contexts != with)
        contexts = contexts->outer;
    return contexts != NULL;
}

void ml_batch_order_leave(MlBatchOrder *order, const MlWith *contexts)
{
    for (guint i = order->open->len; i-- > 0;) {
        Block *block = order->open->pdata[i];
        if (is_within(contexts, block->with))
            continue;
        if (!block->with->raises)
            for (guint j = 0; j < block->waiting->len; j++)
                g_ptr_array_add(order->order, block->waiting->pdata[j]);
        g_ptr_array_remove_index(order->open, i);
    }
}

/* The block that a batch is of; NULL where none is entered. */
static const MlWith *with_of(const MlBatchOrder *order, const MlBatch *batch,
                             const MlWith *contexts)
{
    for (; batch != NULL && contexts != NULL; contexts = contexts->outer)
        if (g_hash_table_lookup(order->reading->batches, contexts->manager) == batch)
            return contexts;
    return NULL;
}

static Block *block_of(MlBatchOrder *order, const MlWith *with)
{
    for (guint i = 0; i < order->open->len; i++)
        if (((Block *)order->open->pdata[i])->with == with)
            return order->open->pdata[i];
    Block *block = g_new0(Block, 1);
    *block = (Block){.with = with, .waiting = g_ptr_array_new()};
    guint at = 0; /* behind those around it */
    while (at < order->open->len && is_within(with, ((Block *)order->open->pdata[at])->with))
        at++;
    g_ptr_array_insert(order->open, (gint)at, block);
    return block;
}

void ml_batch_order_add(MlBatchOrder *order, gsize first, const MlWith *contexts)
{
    const MlOperations *operations = order->reading->operations;
    for (gsize i = first; i < operations->length; i++) {
        MlOperation *operation = (MlOperation *)operations->items[i];
        const MlWith *with = with_of(order, operation->batch, contexts);
        g_ptr_array_add(with ? block_of(order, with)->waiting : order->order, operation);
    }
}

void ml_batch_order_end(MlBatchOrder *order)
{
    ml_batch_order_leave(order, NULL);
    ml_operations_reorder(order->reading->operations, order->first, order->order);
    g_ptr_array_unref(order->order);
    g_ptr_array_unref(order->open);
}
