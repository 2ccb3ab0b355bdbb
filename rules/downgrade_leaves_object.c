#include "miglint/lint.h"

/* "column 'name' of 'users'" */
static char *described(const MlSchemaDifference *difference)
{
    const char *kind = difference->of == ML_CATALOG_OBJECT ? ml_object_kind_name(difference->object)
                                                           : ml_catalog_kind_name(difference->of);
    const char *name = difference->name ? difference->name : "(unnamed)";
    return difference->table ? g_strdup_printf("%s '%s' of '%s'", kind, name, difference->table)
                             : g_strdup_printf("%s '%s'", kind, name);
}

static void check(MlContext *context, const MlStep *step)
{
    const MlRevision *revision = step->node->revision;
    if (revision->downgrade.body != ML_BODY_WORKS || step->downgrade.raises)
        return;
    const GArray *differences = ml_step_differences(step);
    for (guint i = 0; i < differences->len; i++) {
        const MlSchemaDifference *difference = &g_array_index(differences, MlSchemaDifference, i);
        if (difference->kind != ML_SCHEMA_LEFT || !difference->certain)
            continue;
        g_autofree char *what = described(difference);
        MlFinding *finding = ml_report(context, revision, difference->now.origin,
                                       "downgrade() leaves %s, which upgrade() makes", what);
        ml_finding_concerns(finding, difference->of, difference->schema, difference->table,
                            difference->name);
    }
}

const MlRule ml_rule_downgrade_leaves_object = {
    .code = "ML303",
    .name = "downgrade-leaves-object",
    .severity = ML_SEVERITY_ERROR,
    .summary = "an object that upgrade() made is still there after downgrade()",
    .why = "x",
    .bad = "x",
    .good = "x",
    .check_step = check,
};
