#include "lint/moment.h"
#include "lint/object.h"

/* What create_table has made in this very run, it does not make again. */
static gboolean is_of_this_run(const MlContext *context, const MlMoment *moment,
                               const MlCatalogObject *type)
{
    const MlDeed *made = type->existence.made;
    if (!type->shared || made == NULL)
        return FALSE;
    if (made->revision == moment->step->node->revision)
        return made->downgrade == moment->downgrade;
    return !moment->downgrade && context->change != NULL &&
           ml_change_brings(context->change, made->revision);
}

static char *where_made(const MlMoment *moment, const MlDeed *made)
{
    if (made == NULL)
        return g_strdup("is there already");
    if (made->revision != moment->step->node->revision)
        return g_strdup_printf("revision '%s' has made", made->revision->id.text);
    return g_strdup_printf("%s has made already", made->downgrade ? "downgrade()" : "upgrade()");
}

static void report(MlContext *context, const MlMoment *moment, const MlColumn *column,
                   const MlType *definition, const MlCatalogObject *type)
{
    const MlDeed *made = type->existence.made;
    const MlObject object = {
        .kind = ML_CATALOG_TYPE, .what = "enum type", .schema = type->schema, .name = type->name};
    g_autofree char *words = ml_object_words(&object);
    g_autofree char *where = where_made(moment, made);
    MlFinding *finding = ml_report(context, moment->step->node->revision, column->origin,
                                   "create_table of '%s' makes %s, which %s",
                                   moment->operation->table.text, words, where);
    ml_finding_concerns_object(finding, &object);
    if (made != NULL)
        ml_finding_relate(finding, made->revision, ml_operation_place(made->operation),
                          "it is made here");
    gboolean asks = ml_is_false(definition->create_type);
    if (asks) /* which holds for newer versions of SQLAlchemy */
        finding->severity = ML_SEVERITY_WARNING;
    ml_finding_help(finding, "write postgresql.ENUM(..., name=\"%s\", create_type=False)%s",
                    type->name,
                    asks ? "; sqlalchemy.Enum takes create_type from SQLAlchemy 2.1 on" : "");
}

static void check_column(MlContext *context, const MlMoment *moment, const MlColumn *column,
                         GHashTable *told)
{
    const MlType *definition = ml_type_enum(column->type);
    const MlCatalogObject *type = NULL;
    if (definition == NULL || ml_enum_is_left_to_others(definition) ||
        ml_catalog_type(moment->before, definition->schema.text, definition->name.text, &type) !=
            ML_PRESENCE_PRESENT ||
        is_of_this_run(context, moment, type) || !g_hash_table_add(told, (gpointer)type))
        return;
    report(context, moment, column, definition, type);
}

static void check_function(MlContext *context, const MlStep *step, gboolean downgrade)
{
    const MlPassage *passage = downgrade ? &step->downgrade : &step->upgrade;
    g_autoptr(GHashTable) told = g_hash_table_new(NULL, NULL);
    for (gsize i = 0; i < passage->operations->length; i++) {
        MlMoment moment;
        if (!ml_moment_at(step, downgrade, i, &moment) ||
            moment.operation->kind != ML_CREATE_TABLE || moment.operation->statement != NULL ||
            moment.operation->table.is != ML_KNOWN ||
            moment.operation->if_not_exists.is != ML_ABSENT)
            continue;
        for (gsize at = 0; at < moment.operation->n_columns; at++)
            check_column(context, &moment, &moment.operation->columns[at], told);
    }
}

static void check(MlContext *context, const MlStep *step)
{
    if (g_strcmp0(context->migrations->dialect, "postgresql") != 0)
        return;
    check_function(context, step, FALSE);
    check_function(context, step, TRUE);
}

const MlRule ml_rule_enum_created_twice = {
    .code = "ML308",
    .name = "enum-created-twice",
    .severity = ML_SEVERITY_ERROR,
    .summary = "create_table makes an enum type that is there already",
    .why = "On Postgres create_table makes the enum types of its columns, and does not ask whether "
           "they are there. It fails with \"type already exists\" where an explicit create() "
           "stands before it. It fails as well where an earlier revision has made the type, and "
           "that goes unseen in tests: `alembic upgrade head` on an empty database remembers in "
           "one run what create_table has made, the next run on a deployed database does not."
           "\n\n"
           "Write postgresql.ENUM(..., create_type=False) in create_table. sqlalchemy.Enum takes "
           "create_type only from SQLAlchemy 2.1 on.",
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
           "    mood = postgresql.ENUM(\"ok\", \"sad\", name=\"mood\")\n"
           "    mood.create(op.get_bind())\n"
           "    op.create_table(\"person\", sa.Column(\"mood\", mood))\n"
           "\n"
           "\n"
           "def downgrade():\n"
           "    op.drop_table(\"person\")\n"
           "    op.execute(\"DROP TYPE mood\")\n",
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
            "    mood = postgresql.ENUM(\"ok\", \"sad\", name=\"mood\", create_type=False)\n"
            "    mood.create(op.get_bind())\n"
            "    op.create_table(\"person\", sa.Column(\"mood\", mood))\n"
            "\n"
            "\n"
            "def downgrade():\n"
            "    op.drop_table(\"person\")\n"
            "    op.execute(\"DROP TYPE mood\")\n",
    .check_step = check,
};
