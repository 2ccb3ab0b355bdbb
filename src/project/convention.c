/* What is taken for a project's naming convention, besides what env.py tells of it. */
#include "project/convention.h"
#include "project/location.h"

#include <string.h>

/* What is looked through at most; a project that is larger may have one anywhere. */
#define MOST_FILES 50000
#define MOST_BYTES (256 << 20)
#define DEEPEST    64

static const char word[] = "naming_convention";

typedef struct {
    MlTree *tree;
    const MlProject *project;
    guint files;
    gsize bytes;
    gboolean found; /* or it cannot be told */
} Search;

/* batch_alter_table() takes a convention of its own. */
static gboolean holds_revisions(const MlProject *project, const char *folder)
{
    for (guint i = 0; i < project->version_locations->len; i++)
        if (strcmp(project->version_locations->pdata[i], folder) == 0)
            return TRUE;
    return FALSE;
}

static void look_into(Search *search, const char *path)
{
    g_autoptr(GBytes) text = ml_tree_read(search->tree, path, NULL, NULL);
    gsize size = 0;
    const char *bytes = text ? g_bytes_get_data(text, &size) : NULL;
    search->files++;
    search->bytes += size;
    search->found |= bytes == NULL || memmem(bytes, size, word, strlen(word)) != NULL ||
                     search->files > MOST_FILES || search->bytes > MOST_BYTES;
}

static void look_below(Search *search, const char *folder, guint depth)
{
    if (holds_revisions(search->project, folder))
        return;
    g_autoptr(GPtrArray) entries = ml_tree_list(search->tree, folder, NULL);
    search->found |= entries == NULL || depth > DEEPEST;
    for (guint i = 0; !search->found && i < entries->len; i++) {
        const MlEntry *entry = entries->pdata[i];
        g_autofree char *path = g_build_filename(folder, entry->name, NULL);
        if (entry->kind == ML_ENTRY_FOLDER && !ml_is_foreign_folder(entry->name))
            look_below(search, path, depth + 1);
        else if (entry->kind == ML_ENTRY_FILE && g_str_has_suffix(entry->name, ".py"))
            look_into(search, path);
    }
}

gboolean ml_convention_is_mentioned(MlTree *tree, const MlProject *project)
{
    Search search = {.tree = tree, .project = project};
    look_below(&search, "", 0);
    return search.found;
}

gboolean ml_setup_assume_no_convention(MlSetup *setup, MlTree *tree, const MlProject *project)
{
    if (setup->naming_convention != ML_FACT_UNKNOWN || ml_convention_is_mentioned(tree, project))
        return FALSE;
    setup->naming_convention = ML_FACT_NONE;
    return TRUE;
}

static void convention_name_free(gpointer data)
{
    MlConventionName *name = data;
    g_free(name->key);
    g_free(name->text);
    g_free(name);
}

GPtrArray *ml_convention_names_new(void)
{
    return g_ptr_array_new_with_free_func(convention_name_free);
}

void ml_setup_set_convention(MlSetup *setup, const GPtrArray *convention)
{
    g_ptr_array_set_size(setup->convention_names, 0);
    for (guint i = 0; i < convention->len; i++) {
        const MlSetting *setting = convention->pdata[i];
        const MlSettingWord *template = setting->words->pdata[0];
        MlConventionName *name = g_new0(MlConventionName, 1);
        name->key = g_strdup(setting->key);
        name->text = g_strdup(template->text);
        g_ptr_array_add(setup->convention_names, name);
    }
    setup->naming_convention = convention->len > 0 ? ML_FACT_KNOWN : ML_FACT_NONE;
}
