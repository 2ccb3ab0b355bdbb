#include "miglint/memory.h"
#include "miglint/operation.h"

#include <string.h>

#define MOST_BYTES      ((gsize)64 << 20)
#define MOST_OPERATIONS 20000

struct MlMemory {
    GPtrArray *operations;
    MlArena *arena;
    gsize used;
    gboolean full;
    MlOperation not_kept; /* what is made once it is full */
};

MlOperations *ml_operations_new(void)
{
    MlOperations *operations = g_new0(MlOperations, 1);
    MlMemory *memory = g_new0(MlMemory, 1);
    memory->operations = g_ptr_array_new();
    memory->arena = ml_arena_new(G_MAXSIZE);
    operations->memory = memory;
    return operations;
}

void ml_operations_free(MlOperations *operations)
{
    if (operations == NULL)
        return;
    g_ptr_array_unref(operations->memory->operations);
    ml_arena_free(operations->memory->arena);
    g_free(operations->memory);
    g_free(operations);
}

gpointer ml_operations_alloc(MlOperations *operations, gsize size)
{
    operations->memory->used += size;
    return ml_arena_alloc(operations->memory->arena, size);
}

const char *ml_operations_text(MlOperations *operations, const char *text, gssize length)
{
    gsize size = length < 0 ? strlen(text) : (gsize)length;
    operations->memory->used += size;
    return ml_arena_text(operations->memory->arena, text, size);
}

gconstpointer ml_operations_array(MlOperations *operations, const GArray *array, guint *length)
{
    *length = array->len;
    if (array->len == 0)
        return NULL;
    gsize size = (gsize)array->len * g_array_get_element_size((GArray *)array);
    return memcpy(ml_operations_alloc(operations, size), array->data, size);
}

static MlOperation *append(MlOperations *operations, MlOperationKind kind, MlOrigin origin)
{
    MlOperation *operation = ml_operations_alloc(operations, sizeof *operation);
    operation->kind = kind;
    operation->origin = origin;
    g_ptr_array_add(operations->memory->operations, operation);
    operations->items = (const MlOperation *const *)operations->memory->operations->pdata;
    operations->length = operations->memory->operations->len;
    return operation;
}

MlOperation *ml_operations_add(MlOperations *operations, MlOperationKind kind, MlOrigin origin)
{
    MlMemory *memory = operations->memory;
    if (operations->length < MOST_OPERATIONS && memory->used < MOST_BYTES && !memory->full)
        return append(operations, kind, origin);
    if (!memory->full) {
        memory->full = TRUE;
        MlOperation *last = append(operations, ML_UNKNOWN_CALL, origin);
        ml_operations_add_unknown(operations, last, "", "there are too many operations", origin);
    }
    memory->not_kept = (MlOperation){.kind = kind, .origin = origin};
    return &memory->not_kept;
}

void ml_operations_reorder(MlOperations *operations, gsize first, const GPtrArray *order)
{
    GPtrArray *all = operations->memory->operations;
    g_ptr_array_set_size(all, (gint)first);
    for (guint i = 0; i < order->len; i++)
        g_ptr_array_add(all, order->pdata[i]);
    operations->items = (const MlOperation *const *)all->pdata;
    operations->length = all->len;
}

void ml_operations_add_unknown(MlOperations *operations, MlOperation *operation, const char *part,
                               const char *why, MlOrigin origin)
{
    gsize count = operation->n_unknowns;
    MlUnknownPart *parts = (MlUnknownPart *)operation->unknowns;
    if ((count & (count - 1)) == 0) { /* full: its room is the next power of two */
        parts = ml_operations_alloc(operations, MAX(count * 2, 1) * sizeof *parts);
        if (count > 0)
            memcpy(parts, operation->unknowns, count * sizeof *parts);
        operation->unknowns = parts;
    }
    parts[operation->n_unknowns++] = (MlUnknownPart){
        .part = ml_operations_text(operations, part, -1),
        .why = ml_operations_text(operations, why, -1),
        .origin = origin,
    };
}

MlOrigin ml_operation_place(const MlOperation *operation)
{
    MlOrigin place = operation->n_calls > 0 ? operation->calls[0] : operation->call;
    for (gsize i = 1; i < operation->n_calls; i++)
        if (operation->calls[i].module == place.module)
            place = operation->calls[i];
    return operation->call.module == place.module ? operation->call : place;
}
