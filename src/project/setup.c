#include <string.h>

#include "miglint/text.h"
#include "project/convention.h"
#include "project/env.h"
#include "project/options.h"

MlSetup *ml_setup_new(void)
{
    MlSetup *setup = g_new0(MlSetup, 1);
    setup->convention_names = ml_convention_names_new();
    return setup;
}

void ml_setup_free(MlSetup *setup)
{
    MlFact *const facts[] = {
        &setup->target_metadata, &setup->render_as_batch,           &setup->compare_type,
        &setup->include_schemas, &setup->transaction_per_migration, &setup->transactional_ddl,
        &setup->version_table,   &setup->version_table_schema,      &setup->version_table_pk};
    for (guint i = 0; i < G_N_ELEMENTS(facts); i++)
        g_free(facts[i]->text);
    g_ptr_array_unref(setup->convention_names);
    g_free(setup->env);
    g_free(setup->url_variable);
    g_free(setup->dialect);
    g_free(setup->dialect_place.path);
    g_free(setup);
}

gboolean ml_fact_is_off(const MlFact *fact)
{
    return fact->kind == ML_FACT_NONE || (fact->kind == ML_FACT_KNOWN && !fact->truth);
}

/*
 * The folder of one database of several is for that one. Else the configuration's URL comes
 * first. Where env.py puts another in its place,
 * one of SQLite is as a rule a stand-in, so that there is some.
 */
static void set_dialect(MlSetup *setup, const MlProject *project, MlEnvUrl *url)
{
    if (project->dialect != NULL) {
        setup->dialect = g_strdup(project->dialect);
        setup->dialect_place.path = g_strdup(project->version_locations->pdata[0]);
        return;
    }
    const MlPlace *place = NULL;
    g_autofree char *configured = ml_options_dialect(project->options, &place);
    gboolean stands_in = url->overrides && g_strcmp0(configured, "sqlite") == 0;
    if (configured != NULL && !stands_in) {
        setup->dialect = g_steal_pointer(&configured);
        setup->dialect_place = (MlPlace){g_strdup(place->path), place->line};
    } else if (url->dialect != NULL) {
        setup->dialect = g_steal_pointer(&url->dialect);
        setup->dialect_place = (MlPlace){g_strdup(setup->env), url->line};
    }
}

MlSetup *ml_setup_read(MlTree *tree, const MlProject *project, MlImporter *importer)
{
    MlSetup *setup = ml_setup_new();
    g_auto(MlEnvUrl) url = {0};
    ml_env_read(setup, &url, tree, project, importer);
    set_dialect(setup, project, &url);
    setup->url_variable = g_steal_pointer(&url.variable);
    return setup;
}
