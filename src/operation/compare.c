#include "miglint/operation.h"

#include <string.h>

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

/* Moves over a quoted piece, or a comment; what stands there is kept but for comments. */
static const char *skip_piece(GString *out, const char *at)
{
    if (at[0] == '-' && at[1] == '-')
        return at + strcspn(at, "\n");
    const char *end = *at == '\'' || *at == '"' ? strchr(at + 1, *at) : at;
    end = end ? end + 1 : at + strlen(at);
    g_string_append_len(out, at, end - at);
    return end;
}

/*
 * SQL without comments and line breaks, new; NULL where quoting is of a kind that hides them, and
 * where parameters, which it does not tell, may be part of it.
 */
static char *plain_sql(const MlOperation *operation)
{
    const char *at = operation->statement ? operation->statement->text : NULL;
    if (at == NULL || strpbrk(at, "$\\:%?") != NULL || strstr(at, "/*") != NULL)
        return NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    while (*at != '\0') {
        if (!g_ascii_isspace(*at)) {
            at = skip_piece(out, at);
            continue;
        }
        at++;
        if (out->len > 0 && out->str[out->len - 1] != ' ')
            g_string_append_c(out, ' ');
    }
    return g_strdup(g_strchomp(out->str));
}

/* Of rows only the SQL tells all. */
static gboolean is_same_sql(const MlOperation *one, const MlOperation *other)
{
    if (one->kind != other->kind || one->circumstances != other->circumstances ||
        g_strcmp0(one->engine, other->engine) != 0)
        return FALSE;
    g_autofree char *left = plain_sql(one), *right = plain_sql(other);
    return left != NULL && g_strcmp0(left, right) == 0;
}

static gboolean can_be_compared(const MlOperation *operation)
{
    return ml_operation_is_known(operation) &&
           !(operation->circumstances & (ML_CONDITIONAL | ML_REPEATED));
}

static gboolean are_equal(const MlOperation *one, const MlOperation *other)
{
    g_autoptr(GString) left = g_string_new(NULL), right = g_string_new(NULL);
    if (!can_be_compared(one) || !can_be_compared(other))
        return FALSE;
    if (is_about_rows(one))
        return is_same_sql(one, other);
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

/* --- what surely differs ------------------------------------------------------------- */

/* Where something is perhaps raised, nothing is said of what is done. */
static gboolean counts(const MlOperation *operation)
{
    return ml_operation_is_known(operation) &&
           (operation->kind != ML_RAISE || !(operation->circumstances & ML_CONDITIONAL));
}

static GPtrArray *known_of(const MlOperations *operations)
{
    GPtrArray *known = g_ptr_array_new();
    for (gsize i = 0; i < operations->length; i++)
        if (counts(operations->items[i]))
            g_ptr_array_add(known, (gpointer)operations->items[i]);
    return known;
}

static gboolean surely_differ(const MlOperation *one, const MlOperation *other)
{
    if (one->kind != other->kind)
        return TRUE;
    if (is_about_rows(one)) {
        g_autofree char *left = plain_sql(one), *right = plain_sql(other);
        return left != NULL && right != NULL && !g_str_equal(left, right);
    }
    g_autoptr(GString) left = g_string_new(NULL), right = g_string_new(NULL);
    ml_operation_write(left, one);
    ml_operation_write(right, other);
    return !g_string_equal(left, right);
}

gboolean ml_operations_surely_differ(const MlOperations *one, const MlOperations *other)
{
    g_autoptr(GPtrArray) left = known_of(one), right = known_of(other);
    if (left->len != right->len)
        return TRUE;
    for (guint i = 0; i < left->len; i++)
        if (surely_differ(left->pdata[i], right->pdata[i]))
            return TRUE;
    return FALSE;
}
