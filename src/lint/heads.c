#include "lint/heads.h"

#include <string.h>

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

/* Where the side that has it keeps it: the merge may have moved it along with its folder. */
static const char *path_before_merge(const MlChange *change, const MlRevision *revision)
{
    const MlRevision *before = change ? ml_change_before(change, revision) : NULL;
    const MlNode *own = change && before == NULL && change->head
                            ? ml_graph_find(change->head->graph, revision->id.text)
                            : NULL;
    return before ? before->path : own ? own->revision->path : revision->path;
}

/* ", brought by 1a2b3c4 of Ada on 2024-07-03"; "" if nobody knows. */
static char *describe_origin(const MlContext *context, const MlRevision *head, char **commit)
{
    const MlHistory *history = context->history;
    const char *path = path_before_merge(context->change, head);
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
        g_autofree char *origin = describe_origin(context, head, &commit);
        gboolean is_place = g_strcmp0(finding->path, head->path) == 0;
        if (!is_place || *origin != '\0')
            ml_finding_relate(finding, head, head->down_revision, "the head '%s'%s", head->id.text,
                              origin);
        if (is_place)
            finding->commit = g_steal_pointer(&commit);
    }
}

/* Flask-Migrate keeps its alembic.ini beside env.py, and has a command of its own. */
static gboolean is_flask_migrate(const MlProject *project)
{
    g_autofree char *folder = project->config ? g_path_get_dirname(project->config) : NULL;
    g_autofree char *name = project->config ? g_path_get_basename(project->config) : NULL;
    return g_strcmp0(folder, project->script_location) == 0 && g_strcmp0(name, "alembic.ini") == 0;
}

/* A word of a command as it can be pasted into a shell. */
static void append_word(GString *help, const char *word)
{
    static const char *const plain = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_./@+-";
    g_autofree char *quoted = word[strspn(word, plain)] ? g_shell_quote(word) : g_strdup(word);
    g_string_append_printf(help, " %s", quoted);
}

/* What it takes to have this environment and no other. */
static void append_alembic(GString *help, const MlProject *project)
{
    g_autofree char *name = project->config ? g_path_get_basename(project->config) : NULL;
    g_string_append(help, "alembic");
    if (name != NULL && strcmp(name, "alembic.ini") != 0 && strcmp(name, "pyproject.toml") != 0) {
        g_string_append(help, " -c");
        append_word(help, name);
    }
    if (project->section != NULL && strcmp(project->section, "alembic") != 0 &&
        strcmp(project->section, "tool.alembic") != 0) {
        g_string_append(help, " -n");
        append_word(help, project->section);
    }
}

void ml_heads_append_merge(GString *help, const MlProject *project, const GPtrArray *heads)
{
    if (is_flask_migrate(project))
        g_string_append(help, "flask db");
    else
        append_alembic(help, project);
    g_string_append(help, " merge -m \"merge heads\"");
    for (guint i = 0; i < heads->len; i++)
        append_word(help, ((MlNode *)g_ptr_array_index(heads, i))->revision->id.text);
}

GPtrArray *ml_heads_certain(const MlGraph *graph, const GPtrArray *heads)
{
    g_autoptr(GHashTable) uncertain = g_hash_table_new(NULL, NULL);
    const MlGraphProblem *hole;
    for (guint at = 0;
         (hole = ml_graph_next_problem(graph, ML_GRAPH_MISSING_PARENT, &at)) != NULL;) {
        const MlRevision *revision = g_ptr_array_index(hole->revisions, 0);
        const MlNode *node = ml_graph_find(graph, revision->id.text);
        g_autoptr(GHashTable) below = node ? ml_graph_descendants(node, G_MAXUINT) : NULL;
        for (guint i = 0; below != NULL && i < heads->len; i++)
            if (g_ptr_array_index(heads, i) == node ||
                g_hash_table_contains(below, g_ptr_array_index(heads, i)))
                g_hash_table_add(uncertain, g_ptr_array_index(heads, i));
    }
    GPtrArray *certain = g_ptr_array_new();
    for (guint i = 0; i < heads->len; i++)
        if (!g_hash_table_contains(uncertain, g_ptr_array_index(heads, i)))
            g_ptr_array_add(certain, g_ptr_array_index(heads, i));
    return certain;
}

GPtrArray *ml_heads_by_side(const MlChange *change, const GPtrArray *heads, gboolean on_base)
{
    GPtrArray *found = g_ptr_array_new();
    for (guint i = 0; i < heads->len; i++) {
        const MlNode *head = g_ptr_array_index(heads, i);
        if ((ml_change_before(change, head->revision) != NULL) == on_base)
            g_ptr_array_add(found, (gpointer)head);
    }
    return found;
}

/* The revision that begins a head's own line, and can still be changed; NULL if there is none. */
static const MlNode *first_own(const MlContext *context, const MlNode *head, const MlNode *other)
{
    const MlGraph *graph = context->migrations->graph;
    g_autoptr(GPtrArray) both = g_ptr_array_new();
    g_ptr_array_add(both, (gpointer)head);
    g_ptr_array_add(both, (gpointer)other);
    const MlNode *parting = ml_heads_common(graph, both);
    const MlNode *first = parting ? ml_heads_first(graph, head, parting) : NULL;
    return first && ml_change_before(context->change, first->revision) == NULL ? first : NULL;
}

/* The lines to write, so that `first` comes right behind `before`. */
static void suggest_line(MlFinding *finding, GString *help, const MlRevision *first,
                         const MlRevision *before)
{
    g_autofree char *stated = NULL;
    MlOrigin place;
    g_string_append_printf(help, "\n  in '%s' write down_revision = \"%s\"", first->id.text,
                           before->id.text);
    ml_finding_relate(finding, first, first->down_revision, "write down_revision = \"%s\"",
                      before->id.text);
    if (!ml_revision_docstring_line(first, "Revises", &stated, &place))
        return;
    g_string_append_printf(help, " and in its docstring \"Revises: %s\"", before->id.text);
    ml_finding_relate(finding, first, place, "write \"Revises: %s\"", before->id.text);
}

/*
 * The first revision of each own line, if putting these lines one behind the
 * other after the base's takes no more than one line in each; else NULL.
 */
static GPtrArray *first_of_each(const MlContext *context, const MlNode *base, const GPtrArray *own)
{
    g_autoptr(GPtrArray) firsts = g_ptr_array_new();
    for (guint i = 0; i < own->len; i++) {
        const MlNode *first = first_own(context, g_ptr_array_index(own, i), base);
        if (first == NULL || g_ptr_array_find(firsts, first, NULL))
            return NULL;
        g_ptr_array_add(firsts, (gpointer)first);
    }
    return firsts->len > 0 ? g_steal_pointer(&firsts) : NULL;
}

static void suggest_order(const MlContext *context, MlFinding *finding, GString *help,
                          const MlNode *base, const GPtrArray *own, const GPtrArray *firsts)
{
    g_string_append_printf(help, "let the new line follow '%s', which %s has already:",
                           base->revision->id.text, context->change->merge->base.name);
    const MlRevision *before = base->revision;
    for (guint i = 0; i < own->len; i++) {
        suggest_line(finding, help, ((MlNode *)g_ptr_array_index(firsts, i))->revision, before);
        before = ((MlNode *)g_ptr_array_index(own, i))->revision;
    }
}

void ml_heads_suggest(const MlContext *context, MlFinding *finding, const GPtrArray *heads)
{
    const MlMerge *merge = context->change->merge;
    const char *base = merge->base.name;
    g_autoptr(GString) help = g_string_new(NULL);
    g_autoptr(GPtrArray) on_base = ml_heads_by_side(context->change, heads, TRUE);
    g_autoptr(GPtrArray) own = ml_heads_by_side(context->change, heads, FALSE);
    g_autoptr(GPtrArray) firsts =
        on_base->len == 1 ? first_of_each(context, g_ptr_array_index(on_base, 0), own) : NULL;
    if (firsts != NULL) {
        suggest_order(context, finding, help, g_ptr_array_index(on_base, 0), own, firsts);
        g_string_append(help, "\nor ");
    } else if (own->len == 0) {
        g_string_append_printf(help, "%s has them already; ", base);
    }
    if (own->len > 0 && !ml_merge_is_done(merge))
        g_string_append_printf(help, "merge %s first, then ", base);
    g_string_append(help, own->len > 0 ? "join the heads: " : "join them: ");
    ml_heads_append_merge(help, context->migrations->project, heads);
    ml_finding_help(finding, "%s", help->str);
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
