#include "lint/moment.h"

#include "lint/passage.h"

gboolean ml_moment_at(const MlStep *step, gboolean downgrade, gsize at, MlMoment *moment)
{
    const MlPassage *passage = downgrade ? &step->downgrade : &step->upgrade;
    *moment = (MlMoment){.step = step,
                         .passage = passage,
                         .downgrade = downgrade,
                         .at = at,
                         .operation = passage->operations->items[at],
                         .before = passage->states->pdata[at]};
    return !passage->raises && ml_step_surely_does(step, moment->operation);
}

gboolean ml_moment_knows_all(const MlMoment *moment)
{
    if (ml_catalog_doubt(moment->before) != NULL)
        return FALSE;
    g_autoptr(GPtrArray) tables = ml_catalog_tables(moment->before);
    for (guint i = 0; i < tables->len; i++)
        if (((const MlCatalogTable *)tables->pdata[i])->existence.made == NULL)
            return FALSE;
    return tables->len > 0;
}

const char *ml_moment_function(const MlMoment *moment)
{
    return moment->downgrade ? "downgrade()" : "upgrade()";
}

gboolean ml_step_comes_back(const MlStep *step)
{
    return step->node->revision->downgrade.body == ML_BODY_WORKS && !step->upgrade.raises &&
           !step->downgrade.raises;
}
