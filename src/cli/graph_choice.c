/* Which revisions `miglint graph` draws: of a range, around one of them, or new since a ref. */
#include "cli/graph.h"

#include <string.h>

#define USUAL_STEPS 3

void ml_graph_choice_clear(MlGraphChoice *choice)
{
    g_free(choice->range);
    g_free(choice->around);
    g_free(choice->since);
}

void ml_graph_chosen_clear(MlGraphChosen *chosen)
{
    g_clear_pointer(&chosen->environments, g_ptr_array_unref);
    g_clear_pointer(&chosen->nodes, g_ptr_array_unref);
    g_clear_pointer(&chosen->accents, g_hash_table_unref);
}

/* --- the words ---------------------------------------------------------------------- */

/* What stands before the comma; the steps behind it, or the usual ones. */
static char *split_around(const char *around, guint *steps, GError **error)
{
    const char *comma = strrchr(around, ',');
    guint64 number = USUAL_STEPS;
    if (comma != NULL && !g_ascii_string_to_unsigned(comma + 1, 10, 0, G_MAXUINT, &number, NULL)) {
        g_set_error(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                    "--around takes a revision and how many steps from it, as in ae10,5, not '%s'",
                    around);
        return NULL;
    }
    *steps = (guint)number;
    return comma ? g_strndup(around, (gsize)(comma - around)) : g_strdup(around);
}

gboolean ml_graph_choice_check(const MlGraphChoice *choice, GError **error)
{
    guint steps;
    if ((choice->range != NULL) + (choice->around != NULL) + (choice->since != NULL) > 1) {
        g_set_error_literal(error, ML_CLI_ERROR, ML_CLI_ERROR_USAGE,
                            "--revisions, --around and --since choose different revisions: give "
                            "one of them");
        return FALSE;
    }
    g_autofree char *word = choice->around ? split_around(choice->around, &steps, error) : NULL;
    return choice->around == NULL || word != NULL;
}

/*
 * The nodes of the range in every environment that knows its words, and these
 * environments; an error if none does.
 */
static gboolean choose_range(const MlWorkspace *workspace, const char *range, MlGraphChosen *chosen,
                             GError **error)
{
    g_autoptr(GError) first = NULL;
    for (guint i = 0; i < workspace->migrations->len; i++) {
        MlMigrations *migrations = g_ptr_array_index(workspace->migrations, i);
        GPtrArray *found = ml_graph_range(migrations->graph, range, first ? NULL : &first);
        if (found == NULL)
            continue;
        g_ptr_array_extend_and_steal(chosen->nodes, found);
        g_ptr_array_add(chosen->environments, migrations);
    }
    if (chosen->environments->len > 0)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&first));
    return FALSE;
}

/* Replaces the nodes by those of a set, each environment's in the order of their upgrade. */
static void take_in_order(MlGraphChosen *chosen, GHashTable *wanted)
{
    g_ptr_array_set_size(chosen->nodes, 0);
    for (guint i = 0; i < chosen->environments->len; i++) {
        const MlMigrations *migrations = g_ptr_array_index(chosen->environments, i);
        g_autoptr(GPtrArray) order = ml_graph_upgrade_order(migrations->graph);
        for (guint j = 0; j < order->len; j++)
            if (g_hash_table_contains(wanted, order->pdata[j]))
                g_ptr_array_add(chosen->nodes, order->pdata[j]);
    }
}

static void mark(MlGraphChosen *chosen, const MlNode *node, MlAccent accent)
{
    g_hash_table_insert(chosen->accents, (gpointer)node, GUINT_TO_POINTER(accent));
}

/* --- around --------------------------------------------------------------------------- */

/* Adds the nodes that are one step from those behind `from`, and moves that to the new ones. */
static void take_step(GPtrArray *reached, GHashTable *seen, guint *from)
{
    const guint end = reached->len;
    for (; *from < end; ++*from) {
        const MlNode *node = g_ptr_array_index(reached, *from);
        const GPtrArray *ways[] = {node->parents, node->children, node->dependencies,
                                   node->dependents};
        for (guint way = 0; way < G_N_ELEMENTS(ways); way++)
            for (guint i = 0; i < ways[way]->len; i++)
                if (g_hash_table_add(seen, ways[way]->pdata[i]))
                    g_ptr_array_add(reached, ways[way]->pdata[i]);
    }
}

static gboolean choose_around(const MlWorkspace *workspace, const char *around,
                              MlGraphChosen *chosen, GError **error)
{
    guint steps, from = 0;
    g_autofree char *word = split_around(around, &steps, error);
    if (word == NULL || !choose_range(workspace, word, chosen, error))
        return FALSE;
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < chosen->nodes->len; i++) {
        mark(chosen, chosen->nodes->pdata[i], ML_ACCENT_MEANT);
        g_hash_table_add(seen, chosen->nodes->pdata[i]);
    }
    for (guint step = 0; step < steps && from < chosen->nodes->len; step++)
        take_step(chosen->nodes, seen, &from);
    take_in_order(chosen, seen);
    return TRUE;
}

/* --- since ---------------------------------------------------------------------------- */

/* The environment of the same name or, if its name has changed, of the same place. */
static const MlMigrations *environment_like(const GPtrArray *migrations, const MlProject *project)
{
    const MlMigrations *at_place = NULL;
    for (guint i = 0; i < migrations->len; i++) {
        const MlMigrations *other = g_ptr_array_index(migrations, i);
        if (strcmp(other->project->name, project->name) == 0)
            return other;
        if (strcmp(other->project->script_location, project->script_location) == 0)
            at_place = other;
    }
    return at_place;
}

static void add_ids(GHashTable *ids, const MlMigrations *migrations)
{
    const GPtrArray *nodes = ml_graph_nodes(migrations->graph);
    for (guint i = 0; i < nodes->len; i++)
        g_hash_table_add(ids, ((const MlNode *)nodes->pdata[i])->revision->id.text);
}

/* The ids that an environment had then: those of its folder or, if it has moved since, all. */
static GHashTable *ids_then(const MlWorkspace *then, const MlMigrations *now)
{
    GHashTable *ids = g_hash_table_new(g_str_hash, g_str_equal);
    const MlMigrations *same = environment_like(then->migrations, now->project);
    if (same != NULL)
        add_ids(ids, same);
    for (guint i = 0; same == NULL && i < then->migrations->len; i++)
        add_ids(ids, then->migrations->pdata[i]);
    return ids;
}

static void add_new(MlGraphChosen *chosen, GHashTable *wanted, const MlMigrations *migrations,
                    GHashTable *known)
{
    const GPtrArray *nodes = ml_graph_nodes(migrations->graph);
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = nodes->pdata[i];
        if (g_hash_table_contains(known, node->revision->id.text))
            continue;
        mark(chosen, node, ML_ACCENT_NEW);
        g_hash_table_add(wanted, (gpointer)node);
        for (guint j = 0; j < node->parents->len; j++)
            g_hash_table_add(wanted, node->parents->pdata[j]);
    }
}

/* The same repository as of a commit; with no environment at all where there was none yet. */
static MlWorkspace *open_then(const MlStateOptions *options, const char *since, gboolean *nothing,
                              GError **error)
{
    static char *everything[] = {NULL};
    const MlStateOptions state = {
        .folder = options->folder,
        .git_dir = options->git_dir,
        .commit = (char *)since,
        .quiet = TRUE,
    };
    g_autoptr(GError) cause = NULL;
    MlWorkspace *then = ml_workspace_open(&state, everything, ML_LOAD_HEADERS, &cause);
    *nothing = g_error_matches(cause, ML_CLI_ERROR, ML_CLI_ERROR_NOTHING_HERE);
    if (then == NULL && !*nothing)
        g_propagate_prefixed_error(error, g_steal_pointer(&cause), "--since: ");
    return then;
}

static gboolean choose_since(const MlWorkspace *workspace, const MlStateOptions *options,
                             const char *since, MlGraphChosen *chosen, GError **error)
{
    gboolean nothing;
    g_autoptr(MlWorkspace) then = open_then(options, since, &nothing, error);
    if (then == NULL && !nothing)
        return FALSE;
    g_autoptr(GHashTable) wanted = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < workspace->migrations->len; i++) {
        MlMigrations *migrations = g_ptr_array_index(workspace->migrations, i);
        g_autoptr(GHashTable) known =
            then ? ids_then(then, migrations) : g_hash_table_new(g_str_hash, g_str_equal);
        g_ptr_array_add(chosen->environments, migrations);
        add_new(chosen, wanted, migrations, known);
    }
    take_in_order(chosen, wanted);
    if (chosen->nodes->len == 0 && !options->quiet) {
        g_autofree char *note = g_strdup_printf("no revision is new since %s", since);
        ml_cli_note(note);
    }
    return TRUE;
}

gboolean ml_graph_choose(const MlWorkspace *workspace, const MlStateOptions *options,
                         const MlGraphChoice *choice, MlGraphChosen *chosen, GError **error)
{
    if (choice->range == NULL && choice->around == NULL && choice->since == NULL)
        return TRUE;
    chosen->environments = g_ptr_array_new();
    chosen->nodes = g_ptr_array_new();
    chosen->accents = g_hash_table_new(NULL, NULL);
    if (choice->since != NULL)
        return choose_since(workspace, options, choice->since, chosen, error);
    if (choice->around != NULL)
        return choose_around(workspace, choice->around, chosen, error);
    return choose_range(workspace, choice->range, chosen, error);
}
