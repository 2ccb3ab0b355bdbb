/* Refs that are clean alone, but not one after the other. */
#include "change/forecast.h"

#include <string.h>

void ml_collision_free(gpointer data)
{
    MlCollision *collision = data;
    g_free(collision->id);
    g_free(collision->parent);
    g_ptr_array_unref(collision->refs);
    g_free(collision->others);
    g_free(collision);
}

typedef struct {
    MlForecastRef *ref;
    const MlForecastProject *project;
    const MlGrowth *growth;
} Member;

static gboolean adds(const MlForecastProject *project, const char *id)
{
    return g_ptr_array_find_with_equal_func(project->adds, id, g_str_equal, NULL);
}

/* What the branch is called in its own repository, be that this one or a remote; else the ref. */
static const char *branch_of(const char *ref)
{
    if (g_str_has_prefix(ref, "refs/heads/"))
        return ref + strlen("refs/heads/");
    if (!g_str_has_prefix(ref, "refs/remotes/"))
        return ref;
    const char *slash = strchr(ref + strlen("refs/remotes/"), '/');
    return slash ? slash + 1 : ref;
}

/* Whether they are one branch, here and at a remote, of which one is behind the other. */
static gboolean are_one_branch(MlRepository *repository, const MlRef *a, const MlRef *b)
{
    if (g_str_has_prefix(a->name, "refs/heads/") == g_str_has_prefix(b->name, "refs/heads/") ||
        !g_str_equal(branch_of(a->name), branch_of(b->name)))
        return FALSE;
    g_autoptr(GPtrArray) bases =
        ml_merge_bases(repository, a->commit, (const char *const[]){b->commit, NULL}, NULL);
    const char *base = bases && bases->len == 1 ? g_ptr_array_index(bases, 0) : NULL;
    return base != NULL && (g_str_equal(base, a->commit) || g_str_equal(base, b->commit));
}

/* Neither has the other's last revision, so that both end a line once both have landed. */
static gboolean collide(MlRepository *repository, const Member *a, const Member *b)
{
    return !adds(a->project, b->growth->head) && !adds(b->project, a->growth->head) &&
           !are_one_branch(repository, &a->ref->ref, &b->ref->ref);
}

/* With how many refs one of them collides. */
static guint count_others(MlRepository *repository, const GArray *members, const MlForecastRef *ref)
{
    g_autoptr(GHashTable) others = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) branches = g_hash_table_new(g_str_hash, g_str_equal);
    guint doubles = 0;
    for (guint i = 0; i < members->len; i++) {
        const Member *one = &g_array_index(members, Member, i);
        for (guint j = 0; one->ref == ref && j < members->len; j++) {
            const Member *other = &g_array_index(members, Member, j);
            if (!collide(repository, one, other) || !g_hash_table_add(others, other->ref))
                continue;
            const char *branch = branch_of(other->ref->ref.name);
            const MlForecastRef *same = g_hash_table_lookup(branches, branch);
            if (same == NULL)
                g_hash_table_insert(branches, (gpointer)branch, other->ref);
            else
                doubles += are_one_branch(repository, &same->ref, &other->ref->ref);
        }
    }
    return g_hash_table_size(others) - doubles;
}

static void add_collision(MlForecast *forecast, MlRepository *repository, const GArray *members)
{
    g_autoptr(GPtrArray) refs = g_ptr_array_new();
    g_autoptr(GArray) others = g_array_new(FALSE, FALSE, sizeof(guint));
    const Member *first = &g_array_index(members, Member, 0);
    for (guint i = 0; i < members->len; i++) {
        MlForecastRef *ref = g_array_index(members, Member, i).ref;
        guint count =
            g_ptr_array_find(refs, ref, NULL) ? 0 : count_others(repository, members, ref);
        if (count == 0)
            continue;
        g_ptr_array_add(refs, ref);
        g_array_append_val(others, count);
    }
    if (refs->len < 2)
        return;
    MlCollision *collision = g_new0(MlCollision, 1);
    collision->id = g_strdup_printf("c%u", forecast->collisions->len + 1);
    collision->project = first->project->project;
    collision->parent = g_strdup(first->growth->parent);
    collision->refs = g_steal_pointer(&refs);
    collision->others = (guint *)g_array_steal(others, NULL);
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

void ml_collisions_find(MlForecast *forecast, MlRepository *repository)
{
    g_autoptr(GHashTable) by_key =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_members);
    g_autoptr(GPtrArray) order = g_ptr_array_new();
    group(forecast, by_key, order);
    for (guint i = 0; i < order->len; i++)
        add_collision(forecast, repository, g_ptr_array_index(order, i));
}
