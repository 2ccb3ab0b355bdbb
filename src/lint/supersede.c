#include "lint/supersede.h"

static gboolean supersedes(const MlRule *rule, const MlRule *other)
{
    return rule->supersedes != NULL && g_strv_contains(rule->supersedes, other->code);
}

static gboolean share_an_object(const MlFinding *finding, const MlFinding *other)
{
    for (guint i = 0; i < finding->concerns->len; i++)
        if (g_ptr_array_find_with_equal_func(other->concerns, finding->concerns->pdata[i],
                                             g_str_equal, NULL))
            return TRUE;
    return finding->concerns->len == 0;
}

static gboolean is_superseded(const MlFinding *finding, const GPtrArray *of_revision)
{
    for (guint i = 0; i < of_revision->len; i++) {
        const MlFinding *other = of_revision->pdata[i];
        if (supersedes(other->rule, finding->rule) && share_an_object(other, finding))
            return TRUE;
    }
    return FALSE;
}

/* The findings by the path of their revision: const MlFinding *. */
static GHashTable *by_revision(const GPtrArray *findings)
{
    GHashTable *index =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < findings->len; i++) {
        MlFinding *finding = findings->pdata[i];
        if (finding->path == NULL)
            continue;
        GPtrArray *of_revision = g_hash_table_lookup(index, finding->path);
        if (of_revision == NULL) {
            of_revision = g_ptr_array_new();
            g_hash_table_insert(index, finding->path, of_revision);
        }
        g_ptr_array_add(of_revision, finding);
    }
    return index;
}

void ml_supersede(GPtrArray *findings)
{
    g_autoptr(GHashTable) index = by_revision(findings);
    g_autoptr(GPtrArray) superseded = g_ptr_array_new();
    for (guint i = 0; i < findings->len; i++) {
        MlFinding *finding = findings->pdata[i];
        const GPtrArray *others = finding->path ? g_hash_table_lookup(index, finding->path) : NULL;
        if (others != NULL && is_superseded(finding, others))
            g_ptr_array_add(superseded, finding);
    }
    for (guint i = 0; i < superseded->len; i++)
        g_ptr_array_remove(findings, superseded->pdata[i]);
}
