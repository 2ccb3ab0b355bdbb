#include "lint/moment.h"

static gboolean is_sure(const MlStep *step, const MlOperation *operation)
{
    return !(operation->circumstances & (ML_CONDITIONAL | ML_REPEATED)) &&
           (operation->engine == NULL || step->engine == NULL ||
            g_str_equal(operation->engine, step->engine));
}

void ml_moments_each(MlContext *context, const MlStep *step, gboolean downgrade,
                     MlMomentCheck *check)
{
    const MlPassage *passage = downgrade ? &step->downgrade : &step->upgrade;
    for (gsize i = 0; i < passage->operations->length; i++) {
        const MlOperation *operation = passage->operations->items[i];
        if (!is_sure(step, operation))
            continue;
        if (operation->kind == ML_RAISE)
            return;
        const MlMoment moment = {step, passage, downgrade, i, operation, passage->states->pdata[i]};
        check(context, &moment);
    }
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
