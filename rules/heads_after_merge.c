#include "lint/heads.h"

static void report(MlContext *context, const GPtrArray *heads)
{
    g_autoptr(GPtrArray) own = ml_heads_by_side(context->change, heads, FALSE);
    const GPtrArray *named = own->len > 0 ? own : heads;
    const MlRevision *place = ((MlNode *)g_ptr_array_index(named, named->len - 1))->revision;
    const MlMerge *merge = context->change->merge;
    g_autofree char *ids = ml_heads_list(heads);
    g_autofree char *parting = ml_heads_parting(context->migrations->graph, heads);
    MlFinding *finding = ml_report(context, place, place->down_revision,
                                   "once %s is merged into %s there are %u heads, %s, %s",
                                   merge->head.name, merge->base.name, heads->len, ids, parting);
    ml_heads_relate(context, finding, heads);
    ml_heads_suggest(context, finding, heads);
}

static void check(MlContext *context)
{
    if (context->change == NULL || !ml_migrations_is_whole(context->migrations))
        return;
    g_autoptr(GPtrArray) lines =
        ml_migrations_lines(context->migrations, ml_policy_preferences(context->policy));
    for (guint i = 0; i < lines->len; i++) {
        g_autoptr(GPtrArray) heads =
            ml_heads_certain(context->migrations->graph, g_ptr_array_index(lines, i));
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
    .compares = TRUE,
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
