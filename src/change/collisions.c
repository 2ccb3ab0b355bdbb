/* Refs that are clean alone, but not one after the other. */
#include "change/forecast.h"

#include <string.h>

void ml_collision_free(gpointer data)
{
    MlCollision *collision = data;
    g_free(collision->id);
    g_free(collision->parent);
    g_ptr_array_unref(collision->refs);
    g_free(collision);
}

/* --- what a ref adds ------------------------------------------------------------------ */

static void growth_free(gpointer data)
{
    MlGrowth *growth = data;
    g_free(growth->parent);
    g_free(growth->line);
    g_free(growth->head);
    g_free(growth);
}

static gboolean is_new(const MlNode *node, const MlMigrations *base)
{
    return base == NULL || ml_graph_find(base->graph, node->revision->id.text) == NULL;
}

GPtrArray *ml_growths_new(void)
{
    return g_ptr_array_new_with_free_func(growth_free);
}

void ml_growth_add(GPtrArray *growths, const char *head, const char *parent, const char *line)
{
    MlGrowth *growth = g_new0(MlGrowth, 1);
    growth->parent = g_strdup(parent);
    growth->head = g_strdup(head);
    growth->line = g_strdup(line);
    g_ptr_array_add(growths, growth);
}

static void add_growth(GPtrArray *growths, const MlNode *head, const char *line, const char *parent)
{
    ml_growth_add(growths, head->revision->id.text, parent, line);
}

/* Goes from a new head up to the revisions of the base that its line grows from. */
static void follow(GPtrArray *growths, const MlNode *head, const char *line,
                   const MlMigrations *base)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) open = g_ptr_array_new();
    g_ptr_array_add(open, (gpointer)head);
    while (open->len > 0) {
        const MlNode *node = g_ptr_array_steal_index_fast(open, open->len - 1);
        if (!g_hash_table_add(seen, (gpointer)node))
            continue;
        if (!is_new(node, base))
            add_growth(growths, head, line, node->revision->id.text);
        else if (node->revision->down_revisions->len == 0)
            add_growth(growths, head, line, "base");
        else
            for (guint i = 0; i < node->parents->len; i++)
                g_ptr_array_add(open, g_ptr_array_index(node->parents, i));
    }
}

void ml_growths_find(GPtrArray *growths, const MlMigrations *merged, const MlMigrations *base,
                     const MlPreferences *preferences)
{
    g_autoptr(GPtrArray) lines = ml_migrations_line_names(merged, preferences);
    const GPtrArray *heads = ml_graph_heads(merged->graph);
    for (guint i = 0; i < heads->len; i++)
        if (is_new(g_ptr_array_index(heads, i), base))
            follow(growths, g_ptr_array_index(heads, i), g_ptr_array_index(lines, i), base);
}

/* --- who meets whom --------------------------------------------------------------------- */

typedef struct {
    MlForecastRef *ref;
    const MlForecastProject *project;
    const MlGrowth *growth;
} Member;

static gboolean adds(const MlForecastProject *project, const char *id)
{
    return g_ptr_array_find_with_equal_func(project->adds, id, g_str_equal, NULL);
}

/* Neither has the other's last revision, so that both end a line once both have landed. */
static gboolean collide(const Member *a, const Member *b)
{
    return !adds(a->project, b->growth->head) && !adds(b->project, a->growth->head);
}

static gboolean collides_with_any(const GArray *members, const Member *member)
{
    for (guint i = 0; i < members->len; i++)
        if (collide(&g_array_index(members, Member, i), member))
            return TRUE;
    return FALSE;
}

static void add_collision(MlForecast *forecast, const GArray *members)
{
    g_autoptr(GPtrArray) refs = g_ptr_array_new();
    const Member *first = &g_array_index(members, Member, 0);
    for (guint i = 0; i < members->len; i++) {
        const Member *member = &g_array_index(members, Member, i);
        if (collides_with_any(members, member) && !g_ptr_array_find(refs, member->ref, NULL))
            g_ptr_array_add(refs, member->ref);
    }
    if (refs->len < 2)
        return;
    MlCollision *collision = g_new0(MlCollision, 1);
    collision->id = g_strdup_printf("c%u", forecast->collisions->len + 1);
    collision->project = first->project->project;
    collision->parent = g_strdup(first->growth->parent);
    collision->refs = g_steal_pointer(&refs);
    g_ptr_array_add(forecast->collisions, collision);
    for (guint i = 0; i < collision->refs->len; i++)
        g_ptr_array_add(((MlForecastRef *)g_ptr_array_index(collision->refs, i))->collisions,
                        collision);
}

static void free_members(gpointer members)
{
    g_array_unref(members);
}

/* Members by what they grow from; `order` gets the groups as they come. */
static void group(const MlForecast *forecast, GHashTable *by_key, GPtrArray *order)
{
    for (guint i = 0; i < forecast->refs->len; i++) {
        MlForecastRef *ref = g_ptr_array_index(forecast->refs, i);
        for (guint j = 0; ref->status == ML_FORECAST_CLEAN && j < ref->projects->len; j++) {
            const MlForecastProject *project = g_ptr_array_index(ref->projects, j);
            for (guint k = 0; k < project->growths->len; k++) {
                const MlGrowth *growth = g_ptr_array_index(project->growths, k);
                char *key = g_strjoin("\n", project->project, growth->parent, growth->line, NULL);
                GArray *members = g_hash_table_lookup(by_key, key);
                if (members == NULL) {
                    members = g_array_new(FALSE, FALSE, sizeof(Member));
                    g_ptr_array_add(order, members);
                    g_hash_table_insert(by_key, key, members);
                } else {
                    g_free(key);
                }
                const Member member = {ref, project, growth};
                g_array_append_val(members, member);
            }
        }
    }
}

void ml_collisions_find(MlForecast *forecast)
{
    g_autoptr(GHashTable) by_key =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_members);
    g_autoptr(GPtrArray) order = g_ptr_array_new();
    group(forecast, by_key, order);
    for (guint i = 0; i < order->len; i++)
        add_collision(forecast, g_ptr_array_index(order, i));
}
