#include "miglint/lint.h"

#include <string.h>

/* --- comments that can do nothing ----------------------------------------------- */

static void report_broken(MlContext *context, const MlRevision *revision,
                          const MlSuppression *suppression)
{
    gboolean is_unclosed = strcmp(suppression->instruction, "ignore") == 0 ||
                           strcmp(suppression->instruction, "ignore-file") == 0;
    MlFinding *finding =
        is_unclosed ? ml_report(context, revision, suppression->origin,
                                "the list of rules is never closed, so nothing is suppressed")
                    : ml_report(context, revision, suppression->origin,
                                "'%s' is no instruction to miglint", suppression->instruction);
    ml_finding_help(finding, "write # miglint: ignore[ML301] and the reason, behind the line or "
                             "above it, or # miglint: ignore-file[ML301] at the top of the file");
}

static void report_lost(MlContext *context, const MlRevision *revision,
                        const MlSuppression *suppression)
{
    MlFinding *finding = ml_report(context, revision, suppression->origin,
                                   "ignore-file suppresses nothing behind the first statement");
    ml_finding_help(finding, "move it to the top of the file, above everything but the docstring");
}

static void report_unknown(MlContext *context, const MlRevision *revision, const MlReference *word,
                           const GError *error)
{
    MlFinding *finding =
        ml_report(context, revision, word->origin, "'%s' names no rule", word->text);
    ml_finding_help(finding, "%s", error->message);
}

/* --- comments that did nothing --------------------------------------------------- */

/*
 * Whether it is known what the rule finds in the file: it ran, and all that it
 * looks at could be read.
 */
static gboolean is_known(const MlContext *context, const MlRevision *revision, const MlRule *rule)
{
    return ml_policy_runs(context->policy, rule) && revision->problem == ML_REVISION_OK &&
           (rule->check_project == NULL || context->all_readable);
}

/*
 * NULL stands for every rule. Of several rules, those that are usually off may
 * stay unknown. What rules that compare would say of another state is never known.
 */
static gboolean is_all_known(const MlContext *context, const MlRevision *revision, const char *word)
{
    gboolean is_any_known = FALSE;
    for (const MlRule *const *rule = ml_all_rules; *rule != NULL; rule++) {
        guint closeness = word ? ml_rule_closeness(*rule, word) : 1;
        gboolean is_meant = closeness >= strlen((*rule)->code) || (closeness > 0 && !(*rule)->off);
        if (!is_meant || (*rule)->compares)
            continue;
        if (!is_known(context, revision, *rule))
            return FALSE;
        is_any_known = TRUE;
    }
    return is_any_known;
}

/* The finding of this file that the word would name, had the comment been in its place. */
static const MlFinding *find_elsewhere(const MlContext *context, const MlRevision *revision,
                                       const char *word)
{
    for (guint i = 0; i < context->findings->len; i++) {
        const MlFinding *finding = g_ptr_array_index(context->findings, i);
        if (finding->rule->check_suppression == NULL && finding->suppressed == NULL &&
            g_strcmp0(finding->path, revision->path) == 0 &&
            ml_rule_closeness(finding->rule, word) > 0)
            return finding;
    }
    return NULL;
}

static void report_useless(MlContext *context, const MlRevision *revision,
                           const MlSuppression *suppression, const MlReference *word)
{
    const char *place = suppression->kind == ML_SUPPRESSION_FILE    ? "in this file"
                        : suppression->kind == ML_SUPPRESSION_ABOVE ? "in the statement below"
                                                                    : "in this statement";
    const MlFinding *other = word ? find_elsewhere(context, revision, word->text) : NULL;
    MlFinding *finding = ml_report(context, revision, word ? word->origin : suppression->origin,
                                   "there is nothing to ignore%s%s %s", word ? ": no " : "",
                                   word ? word->text : "", place);
    if (other != NULL && other->position.line > 0)
        ml_finding_help(finding, "%s is found on line %u: move the comment there, or drop it",
                        other->rule->code, other->position.line);
    else
        ml_finding_help(finding, "drop %s",
                        word ? "the rule, or the whole comment" : "the comment");
}

/* A word that says this very rule's name means the comment it stands in. */
static gboolean names_this_rule(const MlContext *context, const char *word)
{
    return ml_rule_closeness(context->rule, word) >= strlen(context->rule->code);
}

static void check_word(MlContext *context, const MlRevision *revision,
                       const MlSuppression *suppression, const MlReference *word)
{
    g_autoptr(GError) error = NULL;
    if (!ml_rule_check_word(word->text, &error))
        report_unknown(context, revision, word, error);
    else if (!g_hash_table_contains(context->used, word) && !names_this_rule(context, word->text) &&
             is_all_known(context, revision, word->text))
        report_useless(context, revision, suppression, word);
}

static void check_list(MlContext *context, const MlRevision *revision,
                       const MlSuppression *suppression)
{
    for (guint i = 0; i < suppression->rules->len; i++)
        check_word(context, revision, suppression,
                   &g_array_index(suppression->rules, MlReference, i));
    if (suppression->has_list && suppression->rules->len == 0)
        ml_report(context, revision, suppression->origin,
                  "the list of rules is empty, so nothing is suppressed");
    if (!suppression->has_list && !g_hash_table_contains(context->used, suppression) &&
        is_all_known(context, revision, NULL))
        report_useless(context, revision, suppression, NULL);
}

static void check(MlContext *context, const MlRevision *revision, const MlSuppression *suppression)
{
    if (suppression->kind == ML_SUPPRESSION_BROKEN)
        report_broken(context, revision, suppression);
    else if (suppression->kind == ML_SUPPRESSION_LOST)
        report_lost(context, revision, suppression);
    else
        check_list(context, revision, suppression);
}

const MlRule ml_rule_useless_suppression = {
    .code = "ML003",
    .name = "useless-suppression",
    .severity = ML_SEVERITY_WARNING,
    .summary = "a `# miglint: ignore` suppresses nothing, or names no rule",
    .why =
        "A comment that suppresses nothing is either left over, and would hide the next fault on "
        "its line from everybody, or it was never right: a mistyped rule, the wrong line, and "
        "what it was written against is still reported.\n"
        "\n"
        "# miglint: ignore[ML301] speaks of the statement on its line, with all that stands in "
        "it; on a line of its own, of the statement below. # miglint: ignore-file[ML301] speaks of "
        "the whole file and stands above everything but the docstring. Several rules are separated "
        "by commas, and the reason follows the bracket.",
    .bad = "\"\"\"add email\"\"\"\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = None  # miglint: ignore[ML999] the first one\n",
    .good = "\"\"\"add email\n"
            "\n"
            "Revision ID: 0000\n"
            "\"\"\"  # miglint: ignore[ML110] the id was changed by hand\n"
            "revision = \"1a2b3c4d5e6f\"\n"
            "down_revision = None\n",
    .check_suppression = check,
};
