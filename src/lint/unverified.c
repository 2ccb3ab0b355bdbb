#include "miglint/lint.h"

void ml_unverified_free(MlUnverified *unverified)
{
    if (unverified == NULL)
        return;
    g_free(unverified->project);
    g_free(unverified->revision);
    g_free(unverified->path);
    g_free(unverified->what);
    g_free(unverified->why);
    g_free(unverified);
}

static void add(GPtrArray *all, const MlMigrations *migrations, const MlRevision *revision,
                const char *what, const char *why)
{
    MlUnverified *unverified = g_new0(MlUnverified, 1);
    unverified->project = g_strdup(migrations->project->name);
    unverified->revision = g_strdup(revision->id.text);
    unverified->path = g_strdup(revision->path);
    if (revision->where.module != NULL && revision->where.module == revision->module)
        unverified->line = ml_origin_position(revision->where).line;
    unverified->what = g_strdup(what);
    unverified->why = g_strdup(why);
    g_ptr_array_add(all, unverified);
}

GPtrArray *ml_unverified_of(const MlMigrations *migrations)
{
    static const struct {
        MlUnknownParts part;
        const char *what, *why;
    } parts[] = {
        {ML_UNKNOWN_ID, "the graph", "the revision's id is unknown, so none is said to be missing"},
        {ML_UNKNOWN_PARENTS, "the graph",
         "the revision's parents are unknown, so no heads are counted"},
        {ML_UNKNOWN_DEPENDENCIES, "depends_on", "it cannot be told without running the file"},
        {ML_UNKNOWN_LABELS, "branch_labels", "it cannot be told without running the file"},
    };
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)ml_unverified_free);
    for (guint i = 0; i < migrations->revisions->len; i++) {
        const MlRevision *revision = g_ptr_array_index(migrations->revisions, i);
        for (guint j = 0; j < G_N_ELEMENTS(parts); j++)
            if (revision->unknown & parts[j].part)
                add(all, migrations, revision, parts[j].what, parts[j].why);
    }
    return all;
}
