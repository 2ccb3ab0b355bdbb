/* Every revision of a graph, on every engine, in the order in which they would run. */
#include "schema/catalog.h"

struct MlReplay {
    GPtrArray *steps;   /* MlStep *, engine by engine */
    GPtrArray *ends;    /* MlCatalog *, one for each engine */
    guint n_nodes;      /* steps of an engine */
    GHashTable *places; /* of const MlRevision *: its place among them, from 1 on */
};

/* One engine's run. All is of const MlNode *. */
typedef struct {
    const char *engine;
    MlCatalog *start;             /* before the first */
    const MlBeginning *beginning; /* NULL: none is known */
    const GPtrArray *order;
    GHashTable *places; /* in the order, from 1 on */
    GHashTable *states; /* MlCatalog * after its upgrade */
} Run;

/* --- steps --------------------------------------------------------------- */

static void clear_passage(MlPassage *passage)
{
    g_clear_pointer(&passage->states, g_ptr_array_unref);
}

static void step_free(gpointer data)
{
    MlStep *step = data;
    clear_passage(&step->upgrade);
    clear_passage(&step->downgrade);
    g_clear_pointer(&step->differences, g_array_unref);
    g_free(step);
}

static void catalog_free(gpointer catalog)
{
    ml_catalog_unref(catalog);
}

static const MlCatalog *last_state(const MlPassage *passage)
{
    return passage->operations ? passage->states->pdata[passage->states->len - 1] : NULL;
}

const MlCatalog *ml_step_before(const MlStep *step)
{
    return step->upgrade.states->pdata[0];
}

const MlCatalog *ml_step_upgraded(const MlStep *step)
{
    return last_state(&step->upgrade);
}

const MlCatalog *ml_step_downgraded(const MlStep *step)
{
    return last_state(&step->downgrade);
}

const GArray *ml_step_differences(const MlStep *step)
{
    MlStep *self = (MlStep *)step;
    if (self->differences == NULL)
        self->differences = ml_catalog_differences(ml_step_before(step), ml_step_downgraded(step));
    return self->differences;
}

static gboolean is_of(const MlOperation *operation, const char *engine)
{
    return operation->engine == NULL || engine == NULL || g_str_equal(operation->engine, engine);
}

static gboolean surely_raises(const MlOperation *operation)
{
    return operation->kind == ML_RAISE &&
           !(operation->circumstances & (ML_CONDITIONAL | ML_REPEATED));
}

static void pass(MlPassage *passage, const MlRevision *revision, const MlCatalog *start,
                 const MlOperations *operations, const char *engine, gboolean downgrade)
{
    passage->operations = operations;
    passage->states = g_ptr_array_new_with_free_func(catalog_free);
    g_ptr_array_add(passage->states, ml_catalog_ref(start));
    for (gsize i = 0; operations != NULL && i < operations->length; i++) {
        const MlOperation *operation = operations->items[i];
        const MlCatalog *now = passage->states->pdata[i];
        passage->raises |= is_of(operation, engine) && surely_raises(operation);
        g_ptr_array_add(passage->states,
                        passage->raises || !is_of(operation, engine)
                            ? ml_catalog_ref(now)
                            : ml_catalog_apply(now, revision, operation, downgrade));
    }
}

/* What follows a revision that could not be read. */
static MlCatalog *shaken(const MlCatalog *from)
{
    MlCatalog *catalog = ml_catalog_begin(from);
    ml_catalog_shake(catalog, NULL);
    return catalog;
}

static MlStep *step_new(const MlNode *node, const char *engine, const MlCatalog *before)
{
    const MlRevision *revision = node->revision;
    MlStep *step = g_new0(MlStep, 1);
    step->node = node;
    step->engine = engine;
    pass(&step->upgrade, revision, before, revision->upgrade_operations, engine, FALSE);
    g_autoptr(MlCatalog) unknown = ml_step_upgraded(step) ? NULL : shaken(before);
    const MlCatalog *upgraded = unknown ? unknown : ml_step_upgraded(step);
    pass(&step->downgrade, revision, upgraded, revision->downgrade_operations, engine, TRUE);
    return step;
}

/* --- the common past ----------------------------------------------------- */

enum { OURS = 1 << 0, THEIRS = 1 << 1 };

static gint compare_places(gconstpointer one, gconstpointer other, gpointer data)
{
    guint left = GPOINTER_TO_UINT(one), right = GPOINTER_TO_UINT(other);
    (void)data;
    return left < right ? -1 : left > right;
}

/* `marks`: by the place of a node that is to be looked at, whose ancestor it is. */
static void mark(const Run *run, GTree *marks, const MlNode *node, guint sides)
{
    gpointer place = g_hash_table_lookup(run->places, node);
    guint marked = GPOINTER_TO_UINT(g_tree_lookup(marks, place));
    g_tree_replace(marks, place, GUINT_TO_POINTER(marked | sides));
}

static void mark_sources(const Run *run, GTree *marks, const MlNode *node, guint sides)
{
    for (guint i = 0; i < node->parents->len; i++)
        mark(run, marks, node->parents->pdata[i], sides);
    for (guint i = 0; i < node->dependencies->len; i++)
        mark(run, marks, node->dependencies->pdata[i], sides);
}

/* The last to run of those that `n` first sources and the next one have both come from. */
static const MlCatalog *common_past(const Run *run, const GPtrArray *sources, guint n)
{
    g_autoptr(GTree) marks = g_tree_new_full(compare_places, NULL, NULL, NULL);
    for (guint i = 0; i < n; i++)
        mark(run, marks, sources->pdata[i], OURS);
    mark(run, marks, sources->pdata[n], THEIRS);
    GTreeNode *last;
    while ((last = g_tree_node_last(marks)) != NULL) {
        gpointer place = g_tree_node_key(last);
        guint sides = GPOINTER_TO_UINT(g_tree_node_value(last));
        const MlNode *node = run->order->pdata[GPOINTER_TO_UINT(place) - 1];
        if (sides == (OURS | THEIRS))
            return g_hash_table_lookup(run->states, node);
        g_tree_remove(marks, place);
        mark_sources(run, marks, node, sides);
    }
    return run->start;
}

static MlCatalog *join(const Run *run, const GPtrArray *sources)
{
    MlCatalog *joined = ml_catalog_ref(g_hash_table_lookup(run->states, sources->pdata[0]));
    for (guint i = 1; i < sources->len; i++) {
        g_autoptr(GPtrArray) ends = g_ptr_array_new();
        g_autoptr(MlCatalog) so_far = joined;
        g_ptr_array_add(ends, so_far);
        g_ptr_array_add(ends, g_hash_table_lookup(run->states, sources->pdata[i]));
        joined = ml_catalog_join(common_past(run, sources, i), ends);
    }
    return joined;
}

/* FALSE where one of them has not run: that is so in a circle. */
static gboolean add_sources(const Run *run, GPtrArray *sources, const GPtrArray *nodes)
{
    for (guint i = 0; i < nodes->len; i++) {
        if (!g_hash_table_contains(run->states, nodes->pdata[i]))
            return FALSE;
        g_ptr_array_add(sources, nodes->pdata[i]);
    }
    return TRUE;
}

static gboolean knows_its_parents(const MlNode *node)
{
    return !(node->revision->unknown & (ML_UNKNOWN_PARENTS | ML_UNKNOWN_DEPENDENCIES)) &&
           node->parents->len == node->revision->down_revisions->len;
}

static MlCatalog *before(const Run *run, const MlNode *node)
{
    g_autoptr(GPtrArray) sources = g_ptr_array_new();
    if (!add_sources(run, sources, node->parents) || !add_sources(run, sources, node->dependencies))
        return shaken(run->start);
    if (sources->len == 0)
        return ml_catalog_ref(run->start);
    MlCatalog *joined = join(run, sources);
    if (knows_its_parents(node))
        return joined;
    MlCatalog *doubted = shaken(joined);
    ml_catalog_unref(joined);
    return doubted;
}

/* --- replaying ----------------------------------------------------------- */

/* Whether what it makes is there from the start. */
static gboolean is_done(const Run *run, const MlNode *node)
{
    return run->beginning != NULL && run->beginning->done != NULL &&
           g_ptr_array_find(run->beginning->done, node, NULL);
}

static MlStep *run_node(Run *run, const MlNode *node)
{
    g_autoptr(MlCatalog) start = before(run, node);
    MlStep *step = step_new(node, run->engine, start);
    const MlCatalog *end = is_done(run, node) ? run->start : ml_step_upgraded(step);
    g_hash_table_insert(run->states, (gpointer)node, end ? ml_catalog_ref(end) : shaken(start));
    return step;
}

static MlCatalog *end_of(const Run *run)
{
    g_autoptr(GPtrArray) last = g_ptr_array_new();
    for (guint i = 0; i < run->order->len; i++) {
        const MlNode *node = run->order->pdata[i];
        if (node->children->len == 0 && node->dependents->len == 0)
            g_ptr_array_add(last, (gpointer)node);
    }
    return last->len ? join(run, last) : ml_catalog_ref(run->start);
}

static void replay_engine(MlReplay *replay, const char *engine, MlCatalog *start,
                          const MlBeginning *beginning, const GPtrArray *order)
{
    g_autoptr(GHashTable) places = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) states = g_hash_table_new_full(NULL, NULL, NULL, catalog_free);
    Run run = {engine, start, beginning, order, places, states};
    for (guint i = 0; i < order->len; i++)
        g_hash_table_insert(places, order->pdata[i], GUINT_TO_POINTER(i + 1));
    for (guint i = 0; i < order->len; i++)
        g_ptr_array_add(replay->steps, run_node(&run, order->pdata[i]));
    g_ptr_array_add(replay->ends, end_of(&run));
}

/* What is known of a schema that these operations have made. */
static MlCatalog *catalog_of(const MlSchemaRules *rules, const MlOperations *made)
{
    MlCatalog *catalog = ml_catalog_new(rules, FALSE);
    for (gsize i = 0; made != NULL && i < made->length; i++) {
        if (made->items[i]->kind == ML_UNKNOWN_SQL)
            continue;
        g_autoptr(MlCatalog) before = catalog;
        catalog = ml_catalog_apply(before, NULL, made->items[i], FALSE);
    }
    return catalog;
}

MlReplay *ml_replay_new(const MlMigrations *migrations, const MlBeginning *beginning)
{
    const MlSchemaRules rules = {migrations->dialect, migrations->setup};
    const GPtrArray *engines = migrations->project ? migrations->project->engines : NULL;
    MlReplay *replay = g_new0(MlReplay, 1);
    replay->steps = g_ptr_array_new_with_free_func(step_free);
    replay->ends = g_ptr_array_new_with_free_func(catalog_free);
    g_autoptr(GPtrArray) order = ml_graph_upgrade_order(migrations->graph);
    replay->n_nodes = order->len;
    replay->places = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < order->len; i++)
        g_hash_table_insert(replay->places, (gpointer)((const MlNode *)order->pdata[i])->revision,
                            GUINT_TO_POINTER(i + 1));
    for (guint i = 0; i < (engines && engines->len ? engines->len : 1); i++) {
        g_autoptr(MlCatalog) start = catalog_of(&rules, beginning ? beginning->made : NULL);
        replay_engine(replay, engines && engines->len ? engines->pdata[i] : NULL, start, beginning,
                      order);
    }
    return replay;
}

void ml_replay_free(MlReplay *replay)
{
    if (replay == NULL)
        return;
    g_ptr_array_unref(replay->steps);
    g_ptr_array_unref(replay->ends);
    g_hash_table_unref(replay->places);
    g_free(replay);
}

/* --- looking up ---------------------------------------------------------- */

const GPtrArray *ml_replay_steps(const MlReplay *replay)
{
    return replay->steps;
}

/* Where the steps of an engine begin; FALSE where there is no such engine. */
static gboolean find_engine(const MlReplay *replay, const char *engine, guint *which)
{
    for (*which = 0; *which < replay->ends->len; (*which)++) {
        const MlStep *first =
            replay->n_nodes ? replay->steps->pdata[*which * replay->n_nodes] : NULL;
        if (engine == NULL || (first != NULL && g_strcmp0(first->engine, engine) == 0))
            return TRUE;
    }
    return FALSE;
}

const MlStep *ml_replay_step(const MlReplay *replay, const MlRevision *revision, const char *engine)
{
    guint which, place = GPOINTER_TO_UINT(g_hash_table_lookup(replay->places, revision));
    if (place == 0 || !find_engine(replay, engine, &which))
        return NULL;
    return replay->steps->pdata[which * replay->n_nodes + place - 1];
}

const MlCatalog *ml_replay_end(const MlReplay *replay, const char *engine)
{
    guint which;
    return find_engine(replay, engine, &which) ? replay->ends->pdata[which] : NULL;
}
