/* Whole scripts: what MigrationContext.run_migrations prints with --sql. */
#include "miglint/render.h"

static void step_free(gpointer data)
{
    MlScriptStep *step = data;
    g_ptr_array_unref(step->from);
    g_ptr_array_unref(step->to);
    g_ptr_array_unref(step->rendered);
    g_free(step);
}

static GPtrArray *rendered_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)ml_rendered_free);
}

/* --- the transaction -------------------------------------------------------- */

static gboolean is_on(const MlFact *fact, gboolean otherwise)
{
    return fact->kind == ML_FACT_KNOWN ? fact->truth : otherwise;
}

static void set_transactions(MlScript *script, const MlRenderRules *rules)
{
    static const MlFact none = {.kind = ML_FACT_NONE};
    const MlSetup *setup = rules->setup;
    script->transactional =
        is_on(setup ? &setup->transactional_ddl : &none, rules->dialect == ML_POSTGRESQL);
    script->per_migration = is_on(setup ? &setup->transaction_per_migration : &none, FALSE);
}

/* --- a step ------------------------------------------------------------------- */

static MlScriptStep *step_new(const MlNode *node, gboolean downgrade)
{
    MlScriptStep *step = g_new0(MlScriptStep, 1);
    GPtrArray *parents = g_ptr_array_new(), *itself = g_ptr_array_new();
    for (guint i = 0; i < node->parents->len; i++)
        g_ptr_array_add(parents,
                        ((const MlNode *)g_ptr_array_index(node->parents, i))->revision->id.text);
    g_ptr_array_add(itself, node->revision->id.text);
    step->node = node;
    step->downgrade = downgrade;
    step->from = downgrade ? itself : parents;
    step->to = downgrade ? parents : itself;
    step->rendered = rendered_new();
    return step;
}

static void append(GPtrArray *out, MlRenderedKind kind, const char *why)
{
    MlRendered *rendered = g_new0(MlRendered, 1);
    rendered->kind = kind;
    rendered->text = g_strdup(why);
    g_ptr_array_add(out, rendered);
}

void ml_render_function(MlRenderer *renderer, const MlStep *step, gboolean downgrade,
                        const char *engine, GPtrArray *out)
{
    const MlRevision *revision = step->node->revision;
    const MlPassage *passage = downgrade ? &step->downgrade : &step->upgrade;
    const MlFunction *function = downgrade ? &revision->downgrade : &revision->upgrade;
    if (function->body == ML_BODY_ABSENT)
        append(out, ML_RENDERED_RAISE, "there is no such function");
    else if (passage->operations == NULL)
        append(out, ML_RENDERED_NOT, "what the function does could not be read");
    else
        ml_render_passage(renderer, passage, engine, out);
}

static void render_operations(MlRenderer *renderer, const MlScriptStep *step,
                              const MlReplay *replay, const char *engine)
{
    const MlStep *replayed = ml_replay_step(replay, step->node->revision, engine);
    ml_render_function(renderer, replayed, step->downgrade, engine, step->rendered);
}

static void count(MlScript *script, const MlScriptStep *step)
{
    for (guint i = 0; i < step->rendered->len; i++) {
        const MlRendered *rendered = g_ptr_array_index(step->rendered, i);
        script->n_not += rendered->kind == ML_RENDERED_NOT ? 1 : 0;
        script->raises = script->raises || rendered->kind == ML_RENDERED_RAISE;
    }
}

static void keep_version(MlVersions *versions, const MlScriptStep *step)
{
    if (step->downgrade)
        ml_versions_downgrade(versions, step->node, step->rendered);
    else
        ml_versions_upgrade(versions, step->node, step->rendered);
}

/* --- the script ---------------------------------------------------------------- */

MlScript *ml_script_new(const MlRenderRules *rules, const MlReplay *replay, const MlPlan *plan,
                        const char *engine)
{
    g_autoptr(MlRenderer) renderer = ml_renderer_new(rules);
    g_autoptr(MlVersions) versions = ml_versions_new(rules, plan->graph, plan->from);
    MlScript *script = g_new0(MlScript, 1);
    script->before = rendered_new();
    script->steps = g_ptr_array_new_with_free_func(step_free);
    script->after = rendered_new();
    set_transactions(script, rules);
    if (plan->nodes->len > 0)
        ml_versions_create(versions, script->before);
    for (guint i = 0; i < plan->nodes->len && !script->raises; i++) {
        MlScriptStep *step = step_new(g_ptr_array_index(plan->nodes, i), plan->downgrade);
        g_ptr_array_add(script->steps, step);
        render_operations(renderer, step, replay, engine);
        count(script, step);
        if (!script->raises)
            keep_version(versions, step);
    }
    if (plan->nodes->len > 0 && !script->raises)
        ml_versions_drop(versions, script->after);
    return script;
}

void ml_script_free(MlScript *script)
{
    g_ptr_array_unref(script->before);
    g_ptr_array_unref(script->steps);
    g_ptr_array_unref(script->after);
    g_free(script);
}
