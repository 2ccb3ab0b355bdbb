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
                MlOrigin where, const char *what, const char *why)
{
    MlUnverified *unverified = g_new0(MlUnverified, 1);
    unverified->project = g_strdup(migrations->project->name);
    unverified->revision = g_strdup(revision->id.text);
    unverified->path = g_strdup(revision->path);
    if (ml_origin_is_in(where, revision->module))
        unverified->line = ml_origin_position(where).line;
    unverified->what = g_strdup(what);
    unverified->why = g_strdup(why);
    g_ptr_array_add(all, unverified);
}

GPtrArray *ml_unverified_of(const MlMigrations *migrations, const MlChange *change)
{
    static const char *const untold = "it cannot be told without running the file";
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)ml_unverified_free);
    for (guint i = 0; i < migrations->revisions->len; i++) {
        const MlRevision *revision = g_ptr_array_index(migrations->revisions, i);
        if (revision->unknown & ML_UNKNOWN_ID)
            add(all, migrations, revision, revision->where, "the graph",
                "this revision's id is unknown, so none is said to be missing");
        if (revision->unknown & ML_UNKNOWN_PARENTS)
            add(all, migrations, revision, revision->where, "the graph",
                "this revision's parents are unknown, so no heads are counted");
        if (change != NULL && !ml_change_brings(change, revision))
            continue;
        if (revision->unknown & ML_UNKNOWN_DEPENDENCIES)
            add(all, migrations, revision, revision->unknown_depends_on, "depends_on", untold);
        if (revision->unknown & ML_UNKNOWN_LABELS)
            add(all, migrations, revision, revision->unknown_branch_labels, "branch_labels",
                untold);
    }
    return all;
}
