/* Where two lines of history part, as git finds it: both are walked back together, newest first. */
#include "source/lineage.h"

/* What is known of a commit on the way. */
typedef struct {
    guint marks;
    guint waiting; /* how often it stands in the queue */
} Place;

struct MlSides {
    GHashTable *places; /* MlLineageNode -> Place */
    GSequence *queue;   /* Waiting, newest first */
    guint fresh;        /* of the queue's, those that are not stale */
    guint64 count;      /* of what has ever waited */
};

typedef struct {
    MlLineageNode *node;
    guint64 number;
} Waiting;

/* Of one time, the one that came first. */
static int compare_waiting(gconstpointer left, gconstpointer right, G_GNUC_UNUSED gpointer data)
{
    const Waiting *a = left;
    const Waiting *b = right;
    if (a->node->time != b->node->time)
        return a->node->time > b->node->time ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

static Place *place_of(MlSides *sides, MlLineageNode *node)
{
    Place *place = g_hash_table_lookup(sides->places, node);
    if (!place) {
        place = g_new0(Place, 1);
        g_hash_table_insert(sides->places, node, place);
    }
    return place;
}

static void mark(MlSides *sides, Place *place, guint marks)
{
    if (marks & ~place->marks & ML_SIDE_STALE)
        sides->fresh -= place->waiting;
    place->marks |= marks;
}

static void push(MlSides *sides, MlLineageNode *node, guint marks)
{
    Place *place = place_of(sides, node);
    Waiting *waiting = g_new(Waiting, 1);
    mark(sides, place, marks);
    *waiting = (Waiting){node, sides->count++};
    place->waiting++;
    if (!(place->marks & ML_SIDE_STALE))
        sides->fresh++;
    g_sequence_insert_sorted(sides->queue, waiting, compare_waiting, NULL);
}

static MlLineageNode *pop(MlSides *sides)
{
    GSequenceIter *first = g_sequence_get_begin_iter(sides->queue);
    MlLineageNode *node = ((Waiting *)g_sequence_get(first))->node;
    Place *place = place_of(sides, node);
    place->waiting--;
    if (!(place->marks & ML_SIDE_STALE))
        sides->fresh--;
    g_sequence_remove(first);
    return node;
}

/* What lies behind a commit has its marks; and is stale if it lies behind both. */
static gboolean walk_back(MlSides *sides, MlLineage *lineage, MlLineageNode *node, GError **error)
{
    Place *place = place_of(sides, node);
    guint marks = place->marks & (ML_SIDE_ONE | ML_SIDE_OTHERS | ML_SIDE_STALE);
    if (marks == (ML_SIDE_ONE | ML_SIDE_OTHERS)) {
        mark(sides, place, ML_SIDE_BASE);
        marks |= ML_SIDE_STALE;
    }
    for (guint i = 0; i < node->parent_count; i++) {
        MlLineageNode *parent = node->parents[i];
        if ((ml_sides_of(sides, parent) & marks) == marks)
            continue;
        if (!ml_lineage_read(lineage, parent, error))
            return FALSE;
        push(sides, parent, marks);
    }
    return TRUE;
}

MlSides *ml_sides_walk(MlLineage *lineage, MlLineageNode *one, const GPtrArray *others,
                       GError **error)
{
    g_autoptr(MlSides) sides = g_new0(MlSides, 1);
    sides->places = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    sides->queue = g_sequence_new(g_free);
    push(sides, one, ML_SIDE_ONE);
    for (guint i = 0; i < others->len; i++)
        push(sides, others->pdata[i], ML_SIDE_OTHERS);
    while (sides->fresh)
        if (!walk_back(sides, lineage, pop(sides), error))
            return NULL;
    return g_steal_pointer(&sides);
}

void ml_sides_free(MlSides *sides)
{
    if (!sides)
        return;
    g_hash_table_unref(sides->places);
    g_sequence_free(sides->queue);
    g_free(sides);
}

guint ml_sides_of(const MlSides *sides, const MlLineageNode *node)
{
    const Place *place = g_hash_table_lookup(sides->places, node);
    return place ? place->marks : 0;
}

static int compare_newest(gconstpointer left, gconstpointer right)
{
    const MlLineageNode *a = *(MlLineageNode *const *)left;
    const MlLineageNode *b = *(MlLineageNode *const *)right;
    if (a->time != b->time)
        return a->time > b->time ? -1 : 1;
    return git_oid_cmp(&a->id, &b->id);
}

/* Commits that lie behind both sides and not behind another such; `is_cut` tells whether a shallow
 * clone ended on the way. */
static GPtrArray *find_bases(const MlSides *sides, gboolean *is_cut)
{
    GPtrArray *bases = g_ptr_array_new();
    GHashTableIter iterator;
    gpointer node, place;
    g_hash_table_iter_init(&iterator, sides->places);
    while (g_hash_table_iter_next(&iterator, &node, &place)) {
        guint marks = ((Place *)place)->marks;
        if ((marks & ML_SIDE_BASE) && !(marks & ML_SIDE_STALE))
            g_ptr_array_add(bases, node);
        *is_cut |= ((MlLineageNode *)node)->is_cut;
    }
    g_ptr_array_sort(bases, compare_newest);
    return bases;
}

/* Clocks that went wrong can leave a commit among them that lies behind another. */
static gboolean drop_redundant(MlLineage *lineage, GPtrArray *bases, GError **error)
{
    for (guint i = bases->len; bases->len > 1 && i-- > 0;) {
        g_autoptr(GPtrArray) others = g_ptr_array_copy(bases, NULL, NULL);
        g_ptr_array_remove_index(others, i);
        g_autoptr(MlSides) sides = ml_sides_walk(lineage, bases->pdata[i], others, error);
        if (!sides)
            return FALSE;
        if (ml_sides_of(sides, bases->pdata[i]) & ML_SIDE_OTHERS)
            g_ptr_array_remove_index(bases, i);
    }
    return TRUE;
}

GPtrArray *ml_lineage_bases(MlLineage *lineage, MlLineageNode *one, const GPtrArray *others,
                            GError **error)
{
    g_autoptr(MlSides) sides = ml_sides_walk(lineage, one, others, error);
    gboolean is_cut = FALSE;
    g_autoptr(GPtrArray) bases = sides ? find_bases(sides, &is_cut) : NULL;
    if (!bases || !drop_redundant(lineage, bases, error))
        return NULL;
    if (bases->len == 0 && is_cut) {
        g_set_error(error, ML_SOURCE_ERROR, ML_SOURCE_ERROR_SHALLOW,
                    "this clone is shallow and ends before the commit that both sides come from: "
                    "run `git fetch --unshallow`, or give actions/checkout `fetch-depth: 0`");
        return NULL;
    }
    return g_steal_pointer(&bases);
}

static GPtrArray *find_all(MlLineage *lineage, const char *const *revisions, GError **error)
{
    g_autoptr(GPtrArray) nodes = g_ptr_array_new();
    for (; *revisions; revisions++) {
        MlLineageNode *node = ml_lineage_named(lineage, *revisions, error);
        if (!node)
            return NULL;
        g_ptr_array_add(nodes, node);
    }
    return g_steal_pointer(&nodes);
}

static GPtrArray *find_merge_bases(MlLineage *lineage, const char *ours, const char *const *theirs,
                                   GError **error)
{
    MlLineageNode *one = ml_lineage_named(lineage, ours, error);
    g_autoptr(GPtrArray) others = one ? find_all(lineage, theirs, error) : NULL;
    g_autoptr(GPtrArray) bases = others ? ml_lineage_bases(lineage, one, others, error) : NULL;
    return bases ? ml_lineage_ids(bases) : NULL;
}

GPtrArray *ml_merge_bases(MlRepository *repository, const char *ours, const char *const *theirs,
                          GError **error)
{
    MlLineage *lineage = ml_lineage_lock(repository);
    GPtrArray *ids = find_merge_bases(lineage, ours, theirs, error);
    ml_lineage_unlock(lineage);
    return ids;
}
