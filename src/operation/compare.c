#include "miglint/operation.h"

gboolean ml_operation_is_known(const MlOperation *operation)
{
    return operation->n_unknowns == 0 && operation->kind != ML_UNKNOWN_SQL &&
           operation->kind != ML_UNKNOWN_CALL && operation->kind != ML_CALL;
}

/* Of rows it is not kept what exactly is written to them. */
static gboolean is_about_rows(const MlOperation *operation)
{
    switch (operation->kind) {
    case ML_INSERT:
    case ML_UPDATE:
    case ML_DELETE:
    case ML_SELECT:
        return TRUE;
    default:
        return FALSE;
    }
}

static gboolean can_be_compared(const MlOperation *operation)
{
    return ml_operation_is_known(operation) && !is_about_rows(operation) &&
           !(operation->circumstances & (ML_CONDITIONAL | ML_REPEATED));
}

static gboolean are_equal(const MlOperation *one, const MlOperation *other)
{
    g_autoptr(GString) left = g_string_new(NULL), right = g_string_new(NULL);
    if (!can_be_compared(one) || !can_be_compared(other))
        return FALSE;
    ml_operation_write(left, one);
    ml_operation_write(right, other);
    return g_string_equal(left, right);
}

gboolean ml_operations_equal(const MlOperations *one, const MlOperations *other)
{
    if (one->length != other->length)
        return FALSE;
    for (gsize i = 0; i < one->length; i++)
        if (!are_equal(one->items[i], other->items[i]))
            return FALSE;
    return TRUE;
}
