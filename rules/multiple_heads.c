#include "lint/heads.h"

/*
 * What to change so that one of two lines comes after all of the other. Which
 * of them can still change, the graph does not tell.
 */
static void suggest_orders(MlFinding *finding, GString *help, const MlGraph *graph,
                           const GPtrArray *heads, const MlNode *parting)
{
    const char *opening = "let one line follow the other, as long as it is not deployed "
                          "(\"Revises:\" in its docstring too):\n  in";
    for (guint i = heads->len; i-- > 0;) {
        const MlNode *head = g_ptr_array_index(heads, i);
        const MlNode *other = g_ptr_array_index(heads, 1 - i);
        const MlNode *first = ml_heads_first(graph, head, parting);
        if (first == NULL)
            continue;
        if (first != head)
            ml_finding_relate(finding, first->revision, first->revision->down_revision,
                              "the line of '%s' begins with '%s'", head->revision->id.text,
                              first->revision->id.text);
        g_string_append_printf(help, "%s '%s' write down_revision = \"%s\"\n", opening,
                               first->revision->id.text, other->revision->id.text);
        opening = "  or in";
    }
}

static void add_help(MlFinding *finding, const MlProject *project, const MlGraph *graph,
                     const GPtrArray *heads)
{
    g_autoptr(GString) help = g_string_new(NULL);
    const MlNode *parting = ml_heads_common(graph, heads);
    if (heads->len == 2 && parting != NULL)
        suggest_orders(finding, help, graph, heads, parting);
    g_string_append(help, help->len > 0 ? "or merge them: " : "merge them: ");
    ml_heads_append_merge(help, project, heads);
    ml_finding_help(finding, "%s", help->str);
}

static void report(MlContext *context, const GPtrArray *heads)
{
    const MlGraph *graph = context->migrations->graph;
    const MlNode *last = g_ptr_array_index(heads, heads->len - 1);
    g_autofree char *ids = ml_heads_list(heads);
    g_autofree char *place = ml_heads_parting(graph, heads);
    MlFinding *finding = ml_report(context, last->revision, last->revision->down_revision,
                                   "there are %u heads, %s, %s", heads->len, ids, place);
    /* They stay the same heads when their lines go on. */
    ml_finding_identify(finding, "%u heads, %s", heads->len, place);
    ml_heads_relate(context, finding, heads);
    if (context->change != NULL)
        ml_heads_suggest(context, finding, heads);
    else
        add_help(finding, context->migrations->project, graph, heads);
}

static void check(MlContext *context)
{
    if (!ml_migrations_is_whole(context->migrations))
        return;
    g_autoptr(GPtrArray) lines =
        ml_migrations_lines(context->migrations, ml_policy_preferences(context->policy));
    for (guint i = 0; i < lines->len; i++) {
        g_autoptr(GPtrArray) heads =
            ml_heads_certain(context->migrations->graph, g_ptr_array_index(lines, i));
        if (heads->len > 1 && !ml_heads_come_of_merge(context, heads))
            report(context, heads);
    }
}

const MlRule ml_rule_multiple_heads = {
    .code = "ML101",
    .name = "multiple-heads",
    .severity = ML_SEVERITY_ERROR,
    .summary = "several revisions are the newest one",
    .why =
        "`alembic upgrade head` needs one newest revision. With several it stops with \"Multiple "
        "head revisions are present\", usually in the middle of a deployment. It happens when "
        "two branches each add a revision to the same parent and both are merged: git sees no "
        "conflict, since they are two different files.\n"
        "\n"
        "Either one revision follows the other (change its down_revision, as long as nobody "
        "has applied it), or a merge revision joins them (`alembic merge`). Heads that carry "
        "different branch labels are meant to be apart and raise nothing. So do those of lines "
        "that the settings call branches: branches = [\"1a2b3c4d5e6f\"] names the revision that "
        "such a line begins with.",
    .bad = "# file: versions/1a2b3c4d5e6f_create_account.py\n"
           "\"\"\"create account\"\"\"\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = None\n"
           "# file: versions/2b3c4d5e6f70_add_email.py\n"
           "\"\"\"add email\"\"\"\n"
           "revision = \"2b3c4d5e6f70\"\n"
           "down_revision = \"1a2b3c4d5e6f\"\n"
           "# file: versions/3c4d5e6f7081_add_phone.py\n"
           "\"\"\"add phone\"\"\"\n"
           "revision = \"3c4d5e6f7081\"\n"
           "down_revision = \"1a2b3c4d5e6f\"\n",
    .good = "# file: versions/1a2b3c4d5e6f_create_account.py\n"
            "\"\"\"create account\"\"\"\n"
            "revision = \"1a2b3c4d5e6f\"\n"
            "down_revision = None\n"
            "# file: versions/2b3c4d5e6f70_add_email.py\n"
            "\"\"\"add email\"\"\"\n"
            "revision = \"2b3c4d5e6f70\"\n"
            "down_revision = \"1a2b3c4d5e6f\"\n"
            "# file: versions/3c4d5e6f7081_add_phone.py\n"
            "\"\"\"add phone\"\"\"\n"
            "revision = \"3c4d5e6f7081\"\n"
            "down_revision = \"2b3c4d5e6f70\"\n",
    .reference = "https://alembic.sqlalchemy.org/en/latest/branches.html",
    .check_project = check,
};
