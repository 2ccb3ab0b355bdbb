#include "lint/policy.h"
#include "lint/supersede.h"
#include "lint/suppression.h"

G_DEFINE_QUARK(ml_lint_error, ml_lint_error)

static gboolean is_judged(const MlContext *context, const MlRevision *revision)
{
    return context->change == NULL || ml_change_brings(context->change, revision);
}

static void run_rule(MlContext *context, const MlRule *rule)
{
    context->rule = rule;
    if (rule->check_project != NULL)
        rule->check_project(context);
    const GPtrArray *revisions = context->migrations->revisions;
    for (guint i = 0; rule->check_revision != NULL && i < revisions->len; i++)
        if (is_judged(context, g_ptr_array_index(revisions, i)))
            rule->check_revision(context, g_ptr_array_index(revisions, i));
    const GPtrArray *steps = rule->check_step ? ml_replay_steps(context->replay) : NULL;
    for (guint i = 0; steps != NULL && i < steps->len; i++) {
        const MlStep *step = g_ptr_array_index(steps, i);
        if (step->upgrade.operations != NULL && step->downgrade.operations != NULL &&
            is_judged(context, step->node->revision))
            rule->check_step(context, step);
    }
    const GPtrArray *verdicts = rule->check_verdict ? context->verdicts : NULL;
    for (guint i = 0; verdicts != NULL && i < verdicts->len; i++)
        rule->check_verdict(context, g_ptr_array_index(verdicts, i));
}

/* The rules that are wanted and can speak here: const MlRule *. */
static GPtrArray *rules_that_run(const MlSubject *subject)
{
    GPtrArray *rules = g_ptr_array_new();
    gboolean is_gone = subject->change != NULL && subject->change->is_gone;
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++)
        if (ml_policy_runs(subject->policy, *rule) && (!is_gone || (*rule)->compares))
            g_ptr_array_add(rules, (gpointer)*rule);
    return rules;
}

static gboolean need_replay(const GPtrArray *rules)
{
    for (guint i = 0; i < rules->len; i++)
        if (((const MlRule *)rules->pdata[i])->check_step != NULL)
            return TRUE;
    return FALSE;
}

static gint compare(gconstpointer a, gconstpointer b)
{
    const MlFinding *left = *(MlFinding *const *)a, *right = *(MlFinding *const *)b;
    gint order = g_strcmp0(left->path, right->path);
    if (order == 0)
        order = (gint)left->position.line - (gint)right->position.line;
    if (order == 0)
        order = (gint)left->position.column - (gint)right->position.column;
    if (order == 0)
        order = g_strcmp0(left->rule->code, right->rule->code);
    return order ? order : g_strcmp0(left->message, right->message);
}

/* What a finding says and of whom, unless its rule knows better; not the line that it stands at. */
static char *subject_of(const MlFinding *finding)
{
    return finding->subject
               ? g_strjoin("\n", finding->rule->code, finding->project, finding->subject, NULL)
               : g_strjoin("\n", finding->rule->code, finding->project,
                           finding->path ? finding->path : "",
                           finding->revision ? finding->revision : "", finding->message, NULL);
}

/* Where two have the same subject, they are told apart by their order. */
static void set_fingerprints(GPtrArray *findings)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < findings->len; i++) {
        MlFinding *finding = g_ptr_array_index(findings, i);
        g_autofree char *subject = subject_of(finding);
        guint before = GPOINTER_TO_UINT(g_hash_table_lookup(seen, subject));
        g_autofree char *numbered = g_strdup_printf("%s\n%u", subject, before);
        finding->fingerprint = g_compute_checksum_for_string(G_CHECKSUM_SHA256, numbered, -1);
        g_hash_table_insert(seen, g_steal_pointer(&subject), GUINT_TO_POINTER(before + 1));
    }
}

static void check_suppressions(MlContext *context, const MlRule *rule)
{
    context->rule = rule;
    const GPtrArray *revisions = context->migrations->revisions;
    for (guint i = 0; i < revisions->len; i++) {
        const MlRevision *revision = g_ptr_array_index(revisions, i);
        for (guint j = 0; is_judged(context, revision) && j < revision->suppressions->len; j++)
            rule->check_suppression(context, revision,
                                    &g_array_index(revision->suppressions, MlSuppression, j));
    }
}

static gboolean is_revision(const MlMigrations *migrations, const char *path)
{
    for (guint i = 0; i < migrations->revisions->len; i++)
        if (g_str_equal(((MlRevision *)g_ptr_array_index(migrations->revisions, i))->path, path))
            return TRUE;
    return FALSE;
}

/* Its script location is not there any more, though no configuration has changed. */
static gboolean is_newly_missing(const MlChange *change)
{
    const MlProject *before = change->base_project;
    return change->merged->project->missing != NULL && (before == NULL || before->missing == NULL);
}

/* Drops what is said of a configuration that the head does not change: it was so before. */
static void drop_kept(const MlContext *context)
{
    GPtrArray *findings = context->findings;
    if (context->change == NULL || is_newly_missing(context->change))
        return;
    for (guint i = findings->len; i-- > 0;) {
        const MlFinding *finding = g_ptr_array_index(findings, i);
        if (finding->revision == NULL && !is_revision(context->migrations, finding->path) &&
            ml_merge_keeps(context->change->merge, finding->path))
            g_ptr_array_remove_index(findings, i);
    }
}

static gboolean are_readable(const GPtrArray *revisions)
{
    for (guint i = 0; i < revisions->len; i++)
        if (((MlRevision *)g_ptr_array_index(revisions, i))->problem != ML_REVISION_OK)
            return FALSE;
    return TRUE;
}

GPtrArray *ml_lint(const MlSubject *subject)
{
    GPtrArray *findings = g_ptr_array_new_with_free_func((GDestroyNotify)ml_finding_free);
    g_autoptr(GHashTable) used = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) rules = rules_that_run(subject);
    g_autoptr(MlReplay) replay =
        need_replay(rules) ? ml_replay_new(subject->migrations, NULL) : NULL;
    MlContext context = {
        .tree = subject->tree,
        .migrations = subject->migrations,
        .policy = subject->policy,
        .change = subject->change,
        .history = subject->history,
        .verdicts = subject->verdicts,
        .require_verified = subject->require_verified,
        .all_readable = are_readable(subject->migrations->revisions),
        .used = used,
        .findings = findings,
        .replay = replay,
    };
    for (guint i = 0; i < rules->len; i++)
        run_rule(&context, rules->pdata[i]);
    drop_kept(&context);
    ml_supersede(findings);
    ml_suppress(&context, 0);
    guint others = findings->len;
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++)
        if ((*rule)->check_suppression != NULL && ml_policy_runs(subject->policy, *rule))
            check_suppressions(&context, *rule);
    ml_suppress(&context, others);
    for (guint i = 0; i < findings->len; i++)
        ml_policy_apply(subject->policy, g_ptr_array_index(findings, i));
    g_ptr_array_sort(findings, compare);
    set_fingerprints(findings);
    return findings;
}
