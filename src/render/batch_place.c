/* Where the columns stand of a table that a batch makes anew. */
#include "render/batch_table.h"

#include <string.h>

/* --- which stands before which --------------------------------------------------------- */

static void put_before(MlBatchTable *table, const char *before, const char *after)
{
    g_ptr_array_add(table->order, (gpointer)before);
    g_ptr_array_add(table->order, (gpointer)after);
}

/* The neighbour of an existing column, or of a new one that was given its place. */
static const char *neighbour(MlBatchTable *table, const char *of, gboolean next)
{
    guint at;
    if (g_ptr_array_find_with_equal_func(table->existing, of, g_str_equal, &at)) {
        if (next)
            return at + 1 < table->existing->len ? table->existing->pdata[at + 1] : NULL;
        return at > 0 ? table->existing->pdata[at - 1] : NULL;
    }
    for (guint i = table->order->len; i > 0; i -= 2) {
        const char *before = table->order->pdata[i - 2], *after = table->order->pdata[i - 1];
        if (strcmp(next ? before : after, of) == 0)
            return next ? after : before;
    }
    ml_rendering_refuse(table->rendering, "is to stand beside a column that has no place: %s", of);
    return NULL;
}

static const char *keyword(MlBatchTable *table, const char *name)
{
    const MlOperation *operation = table->rendering->operation;
    MlText value = ml_keyword_value(operation->keywords, operation->n_keywords, name);
    if (value.is == ML_UNKNOWN)
        ml_rendering_refuse(table->rendering, "has a place that cannot be told");
    return value.is == ML_KNOWN ? value.text : NULL;
}

/* ApplyBatchImpl._setup_dependencies_for_add_column */
void ml_batch_table_place(MlBatchTable *table, const char *key)
{
    const char *before = keyword(table, "insert_before"), *after = keyword(table, "insert_after");
    if (after != NULL && before == NULL)
        before = neighbour(table, after, TRUE);
    if (before != NULL && after == NULL)
        after = neighbour(table, before, FALSE);
    if (before != NULL)
        put_before(table, key, before);
    if (after != NULL)
        put_before(table, after, key);
    if (before == NULL && after == NULL && table->existing->len > 0)
        put_before(table, table->existing->pdata[table->existing->len - 1], key);
}

/* --- the order that comes of it ---------------------------------------------------------- */

typedef struct {
    const GPtrArray *columns; /* MlBatchColumn * */
    GHashTable *numbers;      /* of a column's key, from 1 on */
    GPtrArray *followers;     /* GArray of guint: those that wait for the column of that number */
    guint *waits;             /* for how many the column of that number waits */
} Queue;

static Queue queue_new(const GPtrArray *columns)
{
    Queue queue = {
        .columns = columns,
        .numbers = g_hash_table_new(g_str_hash, g_str_equal),
        .followers = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref),
        .waits = g_new0(guint, columns->len),
    };
    for (guint i = 0; i < columns->len; i++) {
        const MlBatchColumn *column = columns->pdata[i];
        g_hash_table_insert(queue.numbers, (gpointer)column->key, GUINT_TO_POINTER(i + 1));
        g_ptr_array_add(queue.followers, g_array_new(FALSE, FALSE, sizeof(guint)));
    }
    return queue;
}

static void queue_clear(Queue *queue)
{
    g_hash_table_unref(queue->numbers);
    g_ptr_array_unref(queue->followers);
    g_free(queue->waits);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Queue, queue_clear)

static void let_wait(Queue *queue, const char *before, const char *after)
{
    guint first = GPOINTER_TO_UINT(g_hash_table_lookup(queue->numbers, before));
    guint second = GPOINTER_TO_UINT(g_hash_table_lookup(queue->numbers, after));
    if (first == 0 || second == 0 || first == second)
        return;
    guint follower = second - 1;
    g_array_append_val((GArray *)queue->followers->pdata[first - 1], follower);
    queue->waits[follower]++;
}

static gint compare_numbers(gconstpointer one, gconstpointer other)
{
    guint left = *(const guint *)one, right = *(const guint *)other;
    return (left > right) - (left < right);
}

/* Those that waited for these alone, by their numbers: new. */
static GArray *next_of(Queue *queue, const GArray *numbers)
{
    GArray *next = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < numbers->len; i++) {
        const GArray *followers = queue->followers->pdata[g_array_index(numbers, guint, i)];
        for (guint j = 0; j < followers->len; j++) {
            guint follower = g_array_index(followers, guint, j);
            if (--queue->waits[follower] == 0)
                g_array_append_val(next, follower);
        }
    }
    g_array_sort(next, compare_numbers);
    return next;
}

/* sqlalchemy.util.topological.sort_as_subsets: all that wait for nothing come at once. New; shorter
 * than the queue where columns wait for each other. */
static GPtrArray *serve(Queue *queue)
{
    GPtrArray *served = g_ptr_array_new();
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < queue->columns->len; i++)
        if (queue->waits[i] == 0)
            g_array_append_val(numbers, i);
    while (numbers->len > 0) {
        for (guint i = 0; i < numbers->len; i++)
            g_ptr_array_add(served, queue->columns->pdata[g_array_index(numbers, guint, i)]);
        GArray *next = next_of(queue, numbers);
        g_array_unref(numbers);
        numbers = next;
    }
    return served;
}

/* ApplyBatchImpl._adjust_self_columns_for_partial_reordering */
void ml_batch_table_sort(MlBatchTable *table)
{
    if (table->order->len == 0)
        return;
    for (guint i = 1; i < table->existing->len; i++)
        put_before(table, table->existing->pdata[i - 1], table->existing->pdata[i]);
    g_autoptr(GPtrArray) columns = g_steal_pointer(&table->columns);
    g_auto(Queue) queue = queue_new(columns);
    for (guint i = 0; i < table->order->len; i += 2)
        let_wait(&queue, table->order->pdata[i], table->order->pdata[i + 1]);
    table->columns = serve(&queue);
    if (table->columns->len < columns->len)
        ml_rendering_refuse(table->rendering, "has columns that are to stand before each other");
}
