#include "miglint/lint.h"

void ml_unverified_free(MlUnverified *unverified)
{
    g_free(unverified->project);
    g_free(unverified->revision);
    g_free(unverified->path);
    g_free(unverified->what);
    g_free(unverified->why);
    g_free(unverified);
}

static void add_doubt(GPtrArray *all, const MlProject *project, const MlRevision *revision,
                      const char *part, const MlDoubt *doubt)
{
    if (!doubt->is_unknown)
        return;
    MlUnverified *unverified = g_new0(MlUnverified, 1);
    unverified->project = g_strdup(project->name);
    unverified->revision = g_strdup(revision->id.text);
    unverified->path = g_strdup(revision->path);
    if (doubt->where.module == revision->module)
        unverified->line = ml_origin_position(doubt->where).line;
    unverified->what = g_strdup(part);
    unverified->why = g_strdup("it cannot be told without running the file");
    g_ptr_array_add(all, unverified);
}

GPtrArray *ml_unverified_of(const MlMigrations *migrations)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)ml_unverified_free);
    for (guint i = 0; i < migrations->revisions->len; i++) {
        const MlRevision *revision = g_ptr_array_index(migrations->revisions, i);
        add_doubt(all, migrations->project, revision, "depends_on", &revision->depends_on_doubt);
        add_doubt(all, migrations->project, revision, "branch_labels",
                  &revision->branch_labels_doubt);
    }
    return all;
}
