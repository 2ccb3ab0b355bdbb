#include "lint/call.h"
#include "lint/moment.h"

static gboolean is_left_enum(const MlStep *step, const MlSchemaDifference *difference)
{
    const MlCatalogObject *type = difference->new;
    const MlDeed *since = difference->now.since;
    return difference->kind == ML_SCHEMA_LEFT && difference->of == ML_CATALOG_TYPE &&
           difference->certain && type != NULL && type->is_enum && since != NULL &&
           since == difference->now.made && !since->downgrade &&
           since->revision == step->node->revision;
}

static void report(MlContext *context, const MlStep *step, const MlSchemaDifference *difference)
{
    const MlRevision *revision = step->node->revision;
    const MlOperation *maker = difference->now.made->operation;
    const MlObject object = ml_object_of(difference);
    g_autofree char *words = ml_object_words(&object);
    g_autofree char *table = maker->kind == ML_CREATE_TABLE
                                 ? g_strdup_printf(" along with table '%s'", maker->table.text)
                                 : g_strdup("");
    g_autofree char *call = ml_call_to_drop(&object, maker);
    MlFinding *finding = ml_report(
        context, revision, difference->now.origin,
        "downgrade() leaves %s, which upgrade() makes%s: the next upgrade fails", words, table);
    ml_finding_concerns_object(finding, &object);
    ml_finding_relate(finding, revision, revision->downgrade.name, "it is still there after this");
    ml_finding_help(finding, "write at the end of downgrade(): %s", call);
}

static void check(MlContext *context, const MlStep *step)
{
    if (!ml_step_comes_back(step) || g_strcmp0(context->migrations->dialect, "postgresql") != 0)
        return;
    const GArray *differences = ml_step_differences(step);
    for (guint i = 0; i < differences->len; i++) {
        const MlSchemaDifference *difference = &g_array_index(differences, MlSchemaDifference, i);
        if (is_left_enum(step, difference))
            report(context, step, difference);
    }
}

const MlRule ml_rule_enum_left_behind = {
    .code = "ML306",
    .name = "enum-left-behind",
    .severity = ML_SEVERITY_ERROR,
    .summary = "an enum type that upgrade() made outlives downgrade()",
    .why = "On Postgres an enum is a type of its own. create_table makes it along with the table, "
           "but drop_table does not drop it: it is still there after the downgrade, and the next "
           "upgrade fails with \"type already exists\"."
           "\n\n"
           "Drop it at the end of downgrade(), once no column uses it any more. A type that "
           "upgrade() makes only if it is not there (checkfirst=True) is left alone.",
    .bad = "\"\"\"create person\"\"\"\n"
           "from alembic import op\n"
           "import sqlalchemy as sa\n"
           "from sqlalchemy.dialects import postgresql\n"
           "\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = None\n"
           "\n"
           "\n"
           "def upgrade():\n"
           "    op.create_table(\"person\", sa.Column(\"mood\", postgresql.ENUM(\"ok\", \"sad\", "
           "name=\"mood\")))\n"
           "\n"
           "\n"
           "def downgrade():\n"
           "    op.drop_table(\"person\")\n",
    .good = "\"\"\"create person\"\"\"\n"
            "from alembic import op\n"
            "import sqlalchemy as sa\n"
            "from sqlalchemy.dialects import postgresql\n"
            "\n"
            "revision = \"1a2b3c4d5e6f\"\n"
            "down_revision = None\n"
            "\n"
            "\n"
            "def upgrade():\n"
            "    op.create_table(\"person\", sa.Column(\"mood\", postgresql.ENUM(\"ok\", \"sad\", "
            "name=\"mood\")))\n"
            "\n"
            "\n"
            "def downgrade():\n"
            "    op.drop_table(\"person\")\n"
            "    op.execute(\"DROP TYPE mood\")\n",
    .supersedes = (const char *const[]){"ML303", NULL},
    .check_step = check,
};
