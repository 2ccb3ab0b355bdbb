/* Names that begin alike or are spelt alike. */
#include "miglint/text.h"
#include "migration/graph_internal.h"

#include <string.h>

/* Graphs past this many names are not searched for a spelling, nor names for a beginning past this
 * length. */
#define SPELLING_NAMES  4096
#define SPELLING_LENGTH 64

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

static const char *similar_name(const MlGraph *graph, const char *name, gboolean labels)
{
    if (graph->names->len > SPELLING_NAMES)
        return NULL;
    g_autoptr(GPtrArray) others = g_ptr_array_new();
    for (guint i = 0; i < graph->names->len; i++) {
        gpointer other = g_ptr_array_index(graph->names, i);
        if (accepted(graph, other, labels))
            g_ptr_array_add(others, other);
    }
    return ml_nearest(name, (const char *const *)others->pdata, others->len);
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
