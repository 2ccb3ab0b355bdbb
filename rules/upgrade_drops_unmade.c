#include "lint/unmade.h"

/* What the chain has not made itself may be another than it is taken for. */
static gboolean is_of_chain(const MlUnmade *unmade)
{
    const MlCatalogTable *table = unmade->table;
    if (table == NULL)
        return unmade->object.kind == ML_CATALOG_TABLE || unmade->object.kind == ML_CATALOG_TYPE;
    return table->existence.made != NULL && !table->open;
}

static void report(MlContext *context, const MlUnmade *unmade)
{
    const MlMoment *moment = unmade->moment;
    if (!is_of_chain(unmade))
        return;
    g_autofree char *words = ml_unmade_words(unmade);
    MlFinding *finding = ml_report(context, moment->step->node->revision,
                                   ml_operation_place(moment->operation), "upgrade() %s", words);
    ml_unmade_explain(finding, unmade);
}

static void check(MlContext *context, const MlStep *step)
{
    ml_unmade_each(context, step, FALSE, report);
}

const MlRule ml_rule_upgrade_drops_unmade = {
    .code = "ML309",
    .name = "upgrade-drops-unmade",
    .severity = ML_SEVERITY_ERROR,
    .summary = "upgrade() drops or alters what is not there",
    .why = "The database refuses it, and the deployment stops. On the author's machine it may have "
           "worked, where the schema was made by something else than the revisions."
           "\n\n"
           "It is told only of tables that the revisions have made, and of which all that has "
           "happened to them since is known. What is dropped with if_exists=True is left alone.",
    .bad = "# file: versions/1a2b3c4d5e6f_create_account.py\n"
           "\"\"\"create account\"\"\"\n"
           "from alembic import op\n"
           "import sqlalchemy as sa\n"
           "\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = None\n"
           "\n"
           "\n"
           "def upgrade():\n"
           "    op.create_table(\"account\", sa.Column(\"id\", sa.Integer, primary_key=True))\n"
           "\n"
           "\n"
           "def downgrade():\n"
           "    op.drop_table(\"account\")\n"
           "# file: versions/2b3c4d5e6f70_widen_id.py\n"
           "\"\"\"widen id\"\"\"\n"
           "from alembic import op\n"
           "import sqlalchemy as sa\n"
           "\n"
           "revision = \"2b3c4d5e6f70\"\n"
           "down_revision = \"1a2b3c4d5e6f\"\n"
           "\n"
           "\n"
           "def upgrade():\n"
           "    op.alter_column(\"account\", \"ident\", type_=sa.BigInteger)\n"
           "\n"
           "\n"
           "def downgrade():\n"
           "    op.alter_column(\"account\", \"ident\", type_=sa.Integer)\n",
    .good = "# file: versions/1a2b3c4d5e6f_create_account.py\n"
            "\"\"\"create account\"\"\"\n"
            "from alembic import op\n"
            "import sqlalchemy as sa\n"
            "\n"
            "revision = \"1a2b3c4d5e6f\"\n"
            "down_revision = None\n"
            "\n"
            "\n"
            "def upgrade():\n"
            "    op.create_table(\"account\", sa.Column(\"id\", sa.Integer, primary_key=True))\n"
            "\n"
            "\n"
            "def downgrade():\n"
            "    op.drop_table(\"account\")\n"
            "# file: versions/2b3c4d5e6f70_widen_id.py\n"
            "\"\"\"widen id\"\"\"\n"
            "from alembic import op\n"
            "import sqlalchemy as sa\n"
            "\n"
            "revision = \"2b3c4d5e6f70\"\n"
            "down_revision = \"1a2b3c4d5e6f\"\n"
            "\n"
            "\n"
            "def upgrade():\n"
            "    op.alter_column(\"account\", \"id\", type_=sa.BigInteger)\n"
            "\n"
            "\n"
            "def downgrade():\n"
            "    op.alter_column(\"account\", \"id\", type_=sa.Integer)\n",
    .check_step = check,
};
