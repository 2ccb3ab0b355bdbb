#include "lint/moment.h"
#include "lint/object.h"

static gboolean is_known_to_lack(const MlMoment *moment, const char *schema, const char *name)
{
    const MlCatalogObject *type = NULL;
    MlPresence is = ml_catalog_type(moment->before, schema, name, &type);
    return is == ML_PRESENCE_ABSENT ||
           (is == ML_PRESENCE_UNKNOWN && type == NULL && ml_moment_knows_all(moment));
}

/* An enum may be in its table's schema (inherit_schema=True) without saying so. */
static gboolean is_never_made(const MlMoment *moment, const MlType *type)
{
    return is_known_to_lack(moment, type->schema.text, type->name.text) &&
           is_known_to_lack(moment, moment->operation->schema.text, type->name.text);
}

static const MlColumn *column_of(const MlOperation *operation)
{
    if (operation->statement != NULL)
        return NULL;
    if (operation->kind == ML_ADD_COLUMN)
        return operation->n_columns > 0 ? operation->columns : NULL;
    return operation->kind == ML_ALTER_COLUMN ? operation->change : NULL;
}

static void report(MlContext *context, const MlMoment *moment, const MlColumn *column,
                   const MlType *type)
{
    const MlObject object = {.kind = ML_CATALOG_TYPE,
                             .what = "enum type",
                             .schema = type->schema.text,
                             .name = type->name.text};
    g_autofree char *words = ml_object_words(&object);
    MlFinding *finding =
        ml_report(context, moment->step->node->revision,
                  column->type->origin.module ? column->type->origin : moment->operation->origin,
                  "%s uses %s in %s, which nothing has made by then",
                  ml_operation_name(moment->operation), words, ml_moment_function(moment));
    ml_finding_concerns_object(finding, &object);
    ml_finding_help(finding, "make it before: sa.Enum(..., name=\"%s\").create(op.get_bind())",
                    type->name.text);
}

static void check_function(MlContext *context, const MlStep *step, gboolean downgrade)
{
    const MlPassage *passage = downgrade ? &step->downgrade : &step->upgrade;
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize i = 0; i < passage->operations->length; i++) {
        MlMoment moment;
        const MlColumn *column;
        if (!ml_moment_at(step, downgrade, i, &moment) ||
            (column = column_of(moment.operation)) == NULL)
            continue;
        const MlType *type = ml_type_enum(column->type);
        if (type != NULL && is_never_made(&moment, type) &&
            g_hash_table_add(told, (gpointer)type->name.text))
            report(context, &moment, column, type);
    }
}

static void check(MlContext *context, const MlStep *step)
{
    if (g_strcmp0(context->migrations->dialect, "postgresql") != 0)
        return;
    check_function(context, step, FALSE);
    check_function(context, step, TRUE);
}

const MlRule ml_rule_enum_never_created = {
    .code = "ML310",
    .name = "enum-never-created",
    .severity = ML_SEVERITY_ERROR,
    .summary = "a column gets an enum type that nothing has made",
    .why = "On Postgres an enum is a type of its own. create_table makes the types of its columns, "
           "add_column and alter_column do not: they fail with \"type does not exist\". "
           "Autogenerate writes add_column alone."
           "\n\n"
           "Make the type before: sa.Enum(..., name=\"mood\").create(op.get_bind()). And drop it "
           "in downgrade(), once the column is gone.",
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
           "    op.create_table(\"person\", sa.Column(\"id\", sa.Integer, primary_key=True))\n"
           "    op.add_column(\"person\", sa.Column(\"mood\", postgresql.ENUM(\"ok\", \"sad\", "
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
            "    op.create_table(\"person\", sa.Column(\"id\", sa.Integer, primary_key=True))\n"
            "    postgresql.ENUM(\"ok\", \"sad\", name=\"mood\").create(op.get_bind())\n"
            "    op.add_column(\"person\", sa.Column(\"mood\", postgresql.ENUM(\"ok\", \"sad\", "
            "name=\"mood\")))\n"
            "\n"
            "\n"
            "def downgrade():\n"
            "    op.drop_table(\"person\")\n"
            "    op.execute(\"DROP TYPE mood\")\n",
    .check_step = check,
};
