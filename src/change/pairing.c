#include "change/pairing.h"

/* How much of one the other has; 0: they have nothing to do with each other. */
typedef guint (*Likeness)(const MlMigrations *one, const MlMigrations *other);

static guint have_one_name(const MlMigrations *one, const MlMigrations *other)
{
    return g_str_equal(one->project->name, other->project->name);
}

static guint count_shared(const MlMigrations *one, const MlMigrations *other)
{
    guint shared = 0;
    const GPtrArray *nodes = ml_graph_nodes(one->graph);
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = g_ptr_array_index(nodes, i);
        shared += ml_graph_find(other->graph, node->revision->id.text) != NULL;
    }
    return shared;
}

static const MlMigrations *find(const MlMigrations *one, const GPtrArray *others,
                                const GPtrArray *taken, Likeness compare)
{
    const MlMigrations *like = NULL;
    for (guint i = 0, most = 0; i < others->len; i++) {
        MlMigrations *other = g_ptr_array_index(others, i);
        guint likeness =
            g_ptr_array_find((GPtrArray *)taken, other, NULL) ? 0 : compare(one, other);
        if (likeness > most) {
            most = likeness;
            like = other;
        }
    }
    return like;
}

GPtrArray *ml_environments_pair(const GPtrArray *ones, const GPtrArray *others)
{
    static const Likeness likenesses[] = {have_one_name, count_shared};
    GPtrArray *pairs = g_ptr_array_new();
    g_ptr_array_set_size(pairs, (gint)ones->len);
    for (guint by = 0; by < G_N_ELEMENTS(likenesses); by++)
        for (guint i = 0; i < ones->len; i++)
            if (g_ptr_array_index(pairs, i) == NULL)
                g_ptr_array_index(pairs, i) =
                    (gpointer)find(g_ptr_array_index(ones, i), others, pairs, likenesses[by]);
    return pairs;
}
