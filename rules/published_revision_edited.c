#include "miglint/lint.h"

/* What other rules, or none, judge: where it stands in the graph, and what is told about it. */
static const char *const judged_elsewhere[] = {"revision",      "down_revision", "depends_on",
                                               "branch_labels", "__revises__",   NULL};

static char *digest(const MlRevision *revision)
{
    g_autoptr(MlModule) module = ml_module_parse(ml_module_text(revision->module));
    return ml_module_digest(module, judged_elsewhere);
}

/* The base's revision, which was read no further than its header, with what it does. */
static MlRevision *read_whole(const MlContext *context, const MlRevision *before,
                              const MlRevision *revision)
{
    const MlMigrations *base = context->change->base;
    const MlRevisionReader reader = {
        .load = ML_LOAD_FULL,
        .importer = base->importer,
        .sql = context->migrations->sql,
        .dialect = revision->dialect,
        .engines = base->project->engines,
        .types = context->migrations->types,
    };
    return ml_revision_parse(&reader, before->path, ml_module_text(before->module));
}

static gboolean do_the_same(const MlRevision *one, const MlRevision *other)
{
    return ml_operations_equal(one->upgrade_operations, other->upgrade_operations) &&
           ml_operations_equal(one->downgrade_operations, other->downgrade_operations);
}

static gboolean surely_differ(const MlRevision *one, const MlRevision *other)
{
    return ml_operations_surely_differ(one->upgrade_operations, other->upgrade_operations) ||
           ml_operations_surely_differ(one->downgrade_operations, other->downgrade_operations);
}

/* FALSE as well where either cannot be read. */
static gboolean are_written_otherwise(const MlRevision *a, const MlRevision *b)
{
    if (a->module == NULL || b->module == NULL)
        return FALSE;
    g_autofree char *left = digest(a), *right = digest(b);
    return left != NULL && right != NULL && !g_str_equal(left, right);
}

static void check(MlContext *context, const MlRevision *revision)
{
    const MlChange *change = context->change;
    const MlRevision *before = change ? ml_change_before(change, revision) : NULL;
    if (before == NULL || ml_change_is_squash(change, revision) ||
        !are_written_otherwise(before, revision))
        return;
    g_autoptr(MlRevision) whole = read_whole(context, before, revision);
    if (do_the_same(whole, revision))
        return;
    gboolean is_sure = surely_differ(whole, revision);
    MlFinding *finding =
        ml_report(context, revision, revision->upgrade.name,
                  is_sure ? "'%s' is on %s already and now does something else"
                          : "'%s' is on %s already and has changed: whether it still does the same "
                            "cannot be told",
                  revision->id.text, change->merge->base.name);
    if (!is_sure)
        finding->severity = ML_SEVERITY_WARNING;
    ml_finding_help(finding, "leave it as it is there, and write a new revision that changes what "
                             "this one has done: databases that ran it will not run it again");
}

#define BASE                                                                                       \
    "# base:\n"                                                                                    \
    "# file: versions/1a2b3c4d5e6f_create_account.py\n"                                            \
    "\"\"\"create account\"\"\"\n"                                                                 \
    "import sqlalchemy as sa\n"                                                                    \
    "from alembic import op\n"                                                                     \
    "revision = \"1a2b3c4d5e6f\"\n"                                                                \
    "down_revision = None\n"                                                                       \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"                                                                             \
    "    op.create_table('account', sa.Column('name', sa.String(50)))\n"                           \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.drop_table('account')\n"

const MlRule ml_rule_published_revision_edited = {
    .code = "ML201",
    .name = "published-revision-edited",
    .severity = ML_SEVERITY_ERROR,
    .compares = TRUE,
    .summary = "a revision that the base holds now does something else",
    .why =
        "A database that has run the revision does not run it again: Alembic knows it by its id. "
        "What is changed in it afterwards happens on new databases only, and from then on two "
        "databases of the same revision have different schemas.\n"
        "\n"
        "Write a new revision instead. Comments, docstrings, formatting, imports and type "
        "annotations may be changed at any time, and raise nothing; nor does a squash, in which "
        "the last of the removed revisions becomes the new root. An edit of what cannot be told "
        "without running Python is a warning.",
    .bad = BASE "# head:\n"
                "# file: versions/1a2b3c4d5e6f_create_account.py\n"
                "\"\"\"create account\"\"\"\n"
                "import sqlalchemy as sa\n"
                "from alembic import op\n"
                "revision = \"1a2b3c4d5e6f\"\n"
                "down_revision = None\n"
                "\n"
                "\n"
                "def upgrade():\n"
                "    op.create_table('account', sa.Column('name', sa.String(80)))\n"
                "\n"
                "\n"
                "def downgrade():\n"
                "    op.drop_table('account')\n",
    .good = BASE "# head:\n"
                 "# file: versions/1a2b3c4d5e6f_create_account.py\n"
                 "\"\"\"Create the table of accounts.\"\"\"\n"
                 "import sqlalchemy as sa\n"
                 "from alembic import op\n"
                 "revision = \"1a2b3c4d5e6f\"\n"
                 "down_revision = None\n"
                 "\n"
                 "\n"
                 "def upgrade() -> None:\n"
                 "    op.create_table(\n"
                 "        \"account\",  # one row a user\n"
                 "        sa.Column(\"name\", sa.String(50)),\n"
                 "    )\n"
                 "\n"
                 "\n"
                 "def downgrade() -> None:\n"
                 "    op.drop_table(\"account\")\n",
    .check_revision = check,
};
