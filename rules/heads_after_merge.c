#include "lint/heads.h"

/* The heads that the base has already, or those that it has not. */
static GPtrArray *heads_by_side(const MlChange *change, const GPtrArray *heads, gboolean on_base)
{
    GPtrArray *found = g_ptr_array_new();
    for (guint i = 0; i < heads->len; i++) {
        const MlNode *head = g_ptr_array_index(heads, i);
        if ((ml_change_before(change, head->revision) != NULL) == on_base)
            g_ptr_array_add(found, (gpointer)head);
    }
    return found;
}

/* The revision that begins a head's own line, and can still be changed; NULL if there is none. */
static const MlNode *first_own(const MlContext *context, const MlNode *head, const MlNode *other)
{
    const MlGraph *graph = context->migrations->graph;
    g_autoptr(GPtrArray) both = g_ptr_array_new();
    g_ptr_array_add(both, (gpointer)head);
    g_ptr_array_add(both, (gpointer)other);
    const MlNode *parting = ml_heads_common(graph, both);
    const MlNode *first = parting ? ml_heads_first(graph, head, parting) : NULL;
    return first && ml_change_before(context->change, first->revision) == NULL ? first : NULL;
}

/* The lines to write, so that `first` comes right behind `before`. */
static void suggest_line(MlFinding *finding, GString *help, const MlRevision *first,
                         const MlRevision *before)
{
    g_autofree char *stated = NULL;
    MlOrigin place;
    g_string_append_printf(help, "\n  in '%s' write down_revision = \"%s\"", first->id.text,
                           before->id.text);
    ml_finding_relate(finding, first, first->down_revision, "write down_revision = \"%s\"",
                      before->id.text);
    if (!ml_revision_docstring_line(first, "Revises", &stated, &place))
        return;
    g_string_append_printf(help, " and in its docstring \"Revises: %s\"", before->id.text);
    ml_finding_relate(finding, first, place, "write \"Revises: %s\"", before->id.text);
}

/* Puts the new lines one behind the other after the base's; FALSE where that takes more than a
 * line each. */
static gboolean suggest_order(const MlContext *context, MlFinding *finding, GString *help,
                              const MlNode *base, const GPtrArray *own)
{
    for (guint i = 0; i < own->len; i++)
        if (first_own(context, g_ptr_array_index(own, i), base) == NULL)
            return FALSE;
    g_string_append_printf(help, "let the new line follow '%s', which %s has already:",
                           base->revision->id.text, context->change->merge->base.name);
    const MlRevision *before = base->revision;
    for (guint i = 0; i < own->len; i++) {
        const MlNode *head = g_ptr_array_index(own, i);
        suggest_line(finding, help, first_own(context, head, base)->revision, before);
        before = head->revision;
    }
    return TRUE;
}

static void add_help(const MlContext *context, MlFinding *finding, const GPtrArray *heads,
                     const GPtrArray *own)
{
    g_autoptr(GString) help = g_string_new(NULL);
    g_autoptr(GPtrArray) on_base = heads_by_side(context->change, heads, TRUE);
    gboolean ordered = on_base->len == 1 && own->len > 0 &&
                       suggest_order(context, finding, help, g_ptr_array_index(on_base, 0), own);
    g_string_append_printf(help, "%smerge %s first, then join the heads: ", ordered ? "\nor " : "",
                           context->change->merge->base.name);
    ml_heads_append_merge(help, heads);
    ml_finding_help(finding, "%s", help->str);
}

static void report(MlContext *context, const GPtrArray *heads)
{
    g_autoptr(GPtrArray) own = heads_by_side(context->change, heads, FALSE);
    const GPtrArray *named = own->len > 0 ? own : heads;
    const MlRevision *place = ((MlNode *)g_ptr_array_index(named, named->len - 1))->revision;
    const MlMerge *merge = context->change->merge;
    g_autofree char *ids = ml_heads_list(heads);
    g_autofree char *parting = ml_heads_parting(context->migrations->graph, heads);
    MlFinding *finding = ml_report(context, place, place->down_revision,
                                   "once %s is merged into %s there are %u heads, %s, %s",
                                   merge->head.name, merge->base.name, heads->len, ids, parting);
    ml_heads_relate(context, finding, heads);
    add_help(context, finding, heads, own);
}

static void check(MlContext *context)
{
    if (context->change == NULL || !ml_migrations_is_whole(context->migrations))
        return;
    g_autoptr(GPtrArray) lines =
        ml_migrations_lines(context->migrations, ml_policy_preferences(context->policy));
    for (guint i = 0; i < lines->len; i++) {
        const GPtrArray *heads = g_ptr_array_index(lines, i);
        if (heads->len > 1 && ml_heads_come_of_merge(context, heads))
            report(context, heads);
    }
}

#define COMMON                                                                                     \
    "# common:\n"                                                                                  \
    "# file: versions/1a2b3c4d5e6f_create_account.py\n"                                            \
    "\"\"\"create account\"\"\"\n"                                                                 \
    "revision = \"1a2b3c4d5e6f\"\n"                                                                \
    "down_revision = None\n"                                                                       \
    "# base:\n"                                                                                    \
    "# file: versions/1a2b3c4d5e6f_create_account.py\n"                                            \
    "\"\"\"create account\"\"\"\n"                                                                 \
    "revision = \"1a2b3c4d5e6f\"\n"                                                                \
    "down_revision = None\n"                                                                       \
    "# file: versions/2b3c4d5e6f70_add_email.py\n"                                                 \
    "\"\"\"add email\"\"\"\n"                                                                      \
    "revision = \"2b3c4d5e6f70\"\n"                                                                \
    "down_revision = \"1a2b3c4d5e6f\"\n"                                                           \
    "# head:\n"                                                                                    \
    "# file: versions/1a2b3c4d5e6f_create_account.py\n"                                            \
    "\"\"\"create account\"\"\"\n"                                                                 \
    "revision = \"1a2b3c4d5e6f\"\n"                                                                \
    "down_revision = None\n"                                                                       \
    "# file: versions/3c4d5e6f7081_add_phone.py\n"                                                 \
    "\"\"\"add phone\"\"\"\n"                                                                      \
    "revision = \"3c4d5e6f7081\"\n"

const MlRule ml_rule_heads_after_merge = {
    .code = "ML102",
    .name = "heads-after-merge",
    .severity = ML_SEVERITY_ERROR,
    .summary = "the merge into the base leaves several revisions as the newest one",
    .why =
        "Neither side has several heads by itself, so neither its tests nor `alembic heads` on a "
        "checkout show anything; git merges both without a conflict, since they add different "
        "files. Only then `alembic upgrade head` stops with \"Multiple head revisions are "
        "present\", on the main branch and for everybody. miglint looks at the tree that git "
        "will make of the merge.\n"
        "\n"
        "Let the new revision follow the one that landed first: change its down_revision, and "
        "\"Revises:\" in its docstring, to the head of the base. That is right as long as the "
        "revision is nowhere deployed. Otherwise merge the base into the branch and add a merge "
        "revision with `alembic merge`.",
    .bad = COMMON "down_revision = \"1a2b3c4d5e6f\"\n",
    .good = COMMON "down_revision = \"2b3c4d5e6f70\"\n",
    .reference = "https://alembic.sqlalchemy.org/en/latest/branches.html",
    .check_project = check,
};
