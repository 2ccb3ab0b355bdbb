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

/* The part of a revision's header that no rule speaks about when it is unknown. */
static const char *unknown_part(const MlRevision *revision)
{
    switch (revision->problem) {
    case ML_REVISION_UNKNOWN_DEPENDENCY:
        return "depends_on";
    case ML_REVISION_UNKNOWN_LABEL:
        return "branch_labels";
    default:
        return NULL;
    }
}

GPtrArray *ml_unverified_of(const MlMigrations *migrations)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)ml_unverified_free);
    for (guint i = 0; i < migrations->revisions->len; i++) {
        const MlRevision *revision = g_ptr_array_index(migrations->revisions, i);
        const char *part = unknown_part(revision);
        if (part == NULL)
            continue;
        MlUnverified *unverified = g_new0(MlUnverified, 1);
        unverified->project = g_strdup(migrations->project->name);
        unverified->revision = g_strdup(revision->id.text);
        unverified->path = g_strdup(revision->path);
        if (revision->where.module == revision->module)
            unverified->line = ml_origin_position(revision->where).line;
        unverified->what = g_strdup(part);
        unverified->why = g_strdup("it cannot be told without running the file");
        g_ptr_array_add(all, unverified);
    }
    return all;
}
