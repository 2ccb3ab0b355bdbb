/* Revisions made by hand, without a file: all that a graph asks of them. */
#pragma once

#include "miglint/migration.h"

static void clear_reference(gpointer data)
{
    g_free(((MlReference *)data)->text);
}

/* "a,b": two references; "": none. */
static GArray *make_references(const char *list)
{
    GArray *references = g_array_new(FALSE, TRUE, sizeof(MlReference));
    g_array_set_clear_func(references, clear_reference);
    g_auto(GStrv) texts = g_strsplit(list, ",", -1);
    for (guint i = 0; texts[i]; i++) {
        MlReference reference = {.text = g_strdup(texts[i])};
        g_array_append_val(references, reference);
    }
    return references;
}

static MlRevision *make_revision(const char *id, const char *parents, const char *dependencies,
                                 const char *labels)
{
    MlRevision *revision = g_new0(MlRevision, 1);
    revision->id.text = g_strdup(id);
    revision->down_revisions = make_references(parents);
    revision->depends_on = make_references(dependencies);
    revision->branch_labels = make_references(labels);
    return revision;
}

static void free_revision(gpointer data)
{
    MlRevision *revision = data;
    g_free(revision->id.text);
    g_array_unref(revision->down_revisions);
    g_array_unref(revision->depends_on);
    g_array_unref(revision->branch_labels);
    g_free(revision);
}
