#include "cli/cli.h"

/* Whether a finding concerns what was asked for: where it stands, or a place it points at. */
static gboolean concerns(const MlWorkspace *workspace, const MlFinding *finding)
{
    if (ml_workspace_wants(workspace, finding->path))
        return TRUE;
    for (guint i = 0; i < finding->related->len; i++) {
        const MlRelated *related = g_ptr_array_index(finding->related, i);
        if (related->path != NULL && ml_workspace_wants(workspace, related->path))
            return TRUE;
    }
    return FALSE;
}

MlResult ml_result_new(void)
{
    return (MlResult){
        g_ptr_array_new_with_free_func((GDestroyNotify)ml_finding_free),
        g_ptr_array_new_with_free_func((GDestroyNotify)ml_finding_free),
        g_ptr_array_new_with_free_func((GDestroyNotify)ml_unverified_free),
        FALSE,
        NULL,
    };
}

void ml_result_clear(MlResult *result)
{
    g_ptr_array_unref(result->findings);
    g_ptr_array_unref(result->suppressed);
    g_ptr_array_unref(result->unverified);
}

void ml_result_take(const MlWorkspace *workspace, GPtrArray *found, const MlRules *rules,
                    MlResult *result)
{
    MlBaseline *baseline = ml_baselines_find(result->baselines, rules->preferences);
    if (baseline != NULL)
        ml_baseline_apply(baseline, found);
    for (guint i = 0; i < found->len; i++) {
        MlFinding *finding = g_ptr_array_index(found, i);
        if (!concerns(workspace, finding))
            continue;
        g_ptr_array_index(found, i) = NULL;
        g_ptr_array_add(finding->suppressed ? result->suppressed : result->findings, finding);
        finding->fails = finding->suppressed == NULL && (gint)finding->severity >= rules->least;
        result->fails |= finding->fails;
    }
}

static void take_unverified(const MlWorkspace *workspace, const MlMigrations *migrations,
                            const MlChange *change, MlResult *result)
{
    g_autoptr(GPtrArray) unverified = ml_unverified_of(migrations, change);
    for (guint i = 0; i < unverified->len; i++) {
        MlUnverified **one = (MlUnverified **)&g_ptr_array_index(unverified, i);
        if (ml_workspace_wants(workspace, (*one)->path))
            g_ptr_array_add(result->unverified, g_steal_pointer(one));
    }
}

static const MlChange *change_of(const MlWorkspace *workspace, guint i)
{
    return workspace->changes ? g_ptr_array_index(workspace->changes, i) : NULL;
}

GPtrArray *ml_workspace_findings(const MlWorkspace *workspace, const GPtrArray *rules,
                                 const GPtrArray *roundtrips)
{
    g_auto(MlHistory) history = {0};
    gboolean has_history = ml_workspace_history(workspace, &history);
    GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    for (guint i = 0; i < workspace->migrations->len; i++) {
        const MlRoundtrip *roundtrip = roundtrips ? roundtrips->pdata[i] : NULL;
        const MlSubject subject = {
            .tree = workspace->tree,
            .migrations = g_ptr_array_index(workspace->migrations, i),
            .policy = ((MlRules *)g_ptr_array_index(rules, i))->policy,
            .change = change_of(workspace, i),
            .history = has_history ? &history : NULL,
            .verdicts = roundtrip ? roundtrip->verdicts : NULL,
            .require_verified = roundtrip && roundtrip->require_verified,
        };
        g_ptr_array_add(found, ml_lint(&subject));
    }
    ml_lint_agree(workspace->migrations, found);
    return found;
}

void ml_result_take_unverified(const MlWorkspace *workspace, MlResult *result)
{
    for (guint i = 0; i < workspace->migrations->len; i++)
        take_unverified(workspace, g_ptr_array_index(workspace->migrations, i),
                        change_of(workspace, i), result);
}

void ml_workspace_lint(const MlWorkspace *workspace, const GPtrArray *rules,
                       const GPtrArray *roundtrips, MlResult *result)
{
    g_autoptr(GPtrArray) found = ml_workspace_findings(workspace, rules, roundtrips);
    for (guint i = 0; i < found->len; i++)
        ml_result_take(workspace, g_ptr_array_index(found, i), g_ptr_array_index(rules, i), result);
    ml_result_take_unverified(workspace, result);
}
