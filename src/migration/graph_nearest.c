/* Names that begin alike or are spelt alike. */
#include "graph_internal.h"

#include <string.h>

/* Lengths past which spellings are not compared, and graphs past which they are not either. */
#define SPELLING_LENGTH 64
#define SPELLING_NAMES  4096

/* Characters that two names must share at their beginning: what Alembic asks of a partial id. */
#define PREFIX_LENGTH 4

/* Where `prefix` would stand among the sorted names. */
static guint lower_bound(const MlGraph *graph, const char *prefix)
{
    guint low = 0, high = graph->names->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (strcmp(g_ptr_array_index(graph->names, middle), prefix) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

guint ml_graph_prefixed(const MlGraph *graph, const char *prefix, guint *count)
{
    guint first = lower_bound(graph, prefix), end = first;
    while (end < graph->names->len &&
           g_str_has_prefix(g_ptr_array_index(graph->names, end), prefix))
        end++;
    *count = end - first;
    return first;
}

static const char *accepted(const MlGraph *graph, const char *name, gboolean labels)
{
    const MlNode *node = labels ? ml_graph_named(graph, name) : ml_graph_find(graph, name);
    return node ? name : NULL;
}

static const char *longer_name(const MlGraph *graph, const char *name, gboolean labels)
{
    if (strlen(name) < PREFIX_LENGTH)
        return NULL;
    for (guint i = lower_bound(graph, name); i < graph->names->len; i++) {
        const char *longer = g_ptr_array_index(graph->names, i);
        if (!g_str_has_prefix(longer, name))
            break;
        if (accepted(graph, longer, labels))
            return longer;
    }
    return NULL;
}

/* The longest name that `name` begins with. */
static const char *shorter_name(const MlGraph *graph, const char *name, gboolean labels)
{
    g_autofree char *start = g_strndup(name, SPELLING_LENGTH);
    for (gsize length = strlen(start); length >= PREFIX_LENGTH; length--) {
        start[length] = '\0';
        guint i = lower_bound(graph, start);
        if (i == graph->names->len)
            continue;
        const char *shorter = g_ptr_array_index(graph->names, i);
        if (g_str_equal(shorter, start) && accepted(graph, shorter, labels))
            return shorter;
    }
    return NULL;
}

/* --- spelling ------------------------------------------------------------- */

/* A third of the name may be wrong, and in a shorter one two letters, but never more than half. */
static guint spelling_limit(gsize length)
{
    return (guint)MAX(length / 3, MIN(2, length / 2));
}

/*
 * Damerau-Levenshtein distance (letters inserted, dropped, replaced, or
 * swapped with their neighbour), at most `limit` + 1.
 */
static guint spelling_distance(const char *a, gsize a_length, const char *b, gsize b_length,
                               guint limit)
{
    guint rows[3][SPELLING_LENGTH + 1];
    guint *before = rows[0], *last = rows[1], *row = rows[2];
    for (guint j = 0; j <= b_length; j++)
        last[j] = j;
    for (guint i = 1; i <= a_length; i++) {
        guint least = row[0] = i;
        for (guint j = 1; j <= b_length; j++) {
            guint changed = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = MIN(changed, MIN(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = MIN(row[j], before[j - 2] + 1);
            least = MIN(least, row[j]);
        }
        if (least > limit)
            return limit + 1;
        guint *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return MIN(last[b_length], limit + 1);
}

static const char *similar_name(const MlGraph *graph, const char *name, gboolean labels)
{
    gsize length = strlen(name);
    if (length > SPELLING_LENGTH || graph->names->len > SPELLING_NAMES)
        return NULL;
    const char *nearest = NULL;
    guint limit = spelling_limit(length);
    for (guint i = 0; i < graph->names->len; i++) {
        const char *other = g_ptr_array_index(graph->names, i);
        gsize other_length = strlen(other);
        if (other_length > SPELLING_LENGTH || other_length > length + limit ||
            length > other_length + limit)
            continue;
        guint distance = spelling_distance(name, length, other, other_length, limit);
        if (distance > limit || !accepted(graph, other, labels))
            continue;
        nearest = other;
        if (distance == 0)
            break;
        limit = distance - 1;
    }
    return nearest;
}

static const char *nearest(const MlGraph *graph, const char *name, gboolean labels)
{
    const char *found = longer_name(graph, name, labels);
    if (!found)
        found = shorter_name(graph, name, labels);
    return found ? found : similar_name(graph, name, labels);
}

const char *ml_graph_nearest(const MlGraph *graph, const char *id)
{
    return nearest(graph, id, FALSE);
}

const char *ml_graph_nearest_name(const MlGraph *graph, const char *name)
{
    return nearest(graph, name, TRUE);
}
