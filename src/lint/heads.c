#include "lint/heads.h"

char *ml_heads_list(const GPtrArray *nodes)
{
    GString *ids = g_string_new(NULL);
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = g_ptr_array_index(nodes, i);
        const char *separator = i == 0 ? "" : i + 1 == nodes->len ? " and " : ", ";
        g_string_append_printf(ids, "%s'%s'", separator, node->revision->id.text);
    }
    return g_string_free(ids, FALSE);
}

char *ml_heads_parting(const MlGraph *graph, const GPtrArray *heads)
{
    g_autoptr(GPtrArray) parting = ml_graph_parting(graph, heads);
    if (parting->len == 0)
        return g_strdup("which have no revision in common");
    g_autofree char *ids = ml_heads_list(parting);
    return g_strdup_printf("which part at %s", ids);
}

const MlNode *ml_heads_common(const MlGraph *graph, const GPtrArray *heads)
{
    g_autoptr(GPtrArray) parting = ml_graph_parting(graph, heads);
    return parting->len == 1 ? g_ptr_array_index(parting, 0) : NULL;
}

const MlNode *ml_heads_first(const MlGraph *graph, const MlNode *head, const MlNode *parting)
{
    guint most = ml_graph_nodes(graph)->len;
    while (most-- > 0 && head->revision->down_revisions->len == 1 && head->parents->len == 1) {
        const MlNode *parent = g_ptr_array_index(head->parents, 0);
        if (parent == parting)
            return head;
        head = parent;
    }
    return NULL;
}

/* ", brought by 1a2b3c4 of Ada on 2024-07-03"; "" if nobody knows. */
static char *describe_origin(const MlHistory *history, const char *path, char **commit)
{
    g_autoptr(MlCommit) brought = ml_history_of(history, path);
    if (brought == NULL)
        return g_strdup(history == NULL || ml_repository_is_shallow(history->repository)
                            ? ""
                            : ", not committed yet");
    g_autofree char *date = ml_commit_date(brought);
    g_autofree char *author = ml_commit_author_name(brought);
    *commit = g_strdup(brought->id);
    return g_strdup_printf(", brought by %.7s of %s on %s", brought->id, author, date);
}

void ml_heads_relate(MlContext *context, MlFinding *finding, const GPtrArray *heads)
{
    for (guint i = 0; i < heads->len; i++) {
        const MlRevision *head = ((MlNode *)g_ptr_array_index(heads, i))->revision;
        g_autofree char *commit = NULL;
        g_autofree char *origin = describe_origin(context->history, head->path, &commit);
        gboolean is_place = g_strcmp0(finding->path, head->path) == 0;
        if (!is_place || *origin != '\0')
            ml_finding_relate(finding, head, head->down_revision, "the head '%s'%s", head->id.text,
                              origin);
        if (is_place)
            finding->commit = g_steal_pointer(&commit);
    }
}

void ml_heads_append_merge(GString *help, const GPtrArray *heads)
{
    g_string_append(help, "alembic merge -m \"merge heads\"");
    for (guint i = 0; i < heads->len; i++)
        g_string_append_printf(help, " %s",
                               ((MlNode *)g_ptr_array_index(heads, i))->revision->id.text);
}

gboolean ml_heads_come_of_merge(const MlContext *context, const GPtrArray *heads)
{
    const MlChange *change = context->change;
    if (change == NULL)
        return FALSE;
    const MlGraph *merged = context->migrations->graph;
    return heads->len > ml_change_heads_before(change->base, merged, heads) &&
           heads->len > ml_change_heads_before(change->head, merged, heads);
}
