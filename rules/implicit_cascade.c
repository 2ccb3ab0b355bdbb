#include "lint/call.h"
#include "lint/passage.h"

/* DROP TABLE a, b takes both at once. */
static gboolean goes_along(const MlStep *step, gsize at, const MlCatalogTable *table)
{
    const MlOperations *operations = step->upgrade.operations;
    const MlStatement *statement = operations->items[at]->statement;
    for (gsize i = at + 1; statement != NULL && i < operations->length; i++)
        if (operations->items[i]->statement == statement &&
            operations->items[i]->kind == ML_DROP_TABLE &&
            ml_text_is(operations->items[i]->table, table->name))
            return TRUE;
    return FALSE;
}

static gboolean is_same_table(const MlCatalogTable *one, const MlCatalogTable *other)
{
    return g_str_equal(one->name, other->name) && g_strcmp0(one->schema, other->schema) == 0;
}

/* Of other tables that stay: MlReferrer. */
static GArray *referrers_of(const MlStep *step, gsize at, const MlCatalogTable *dropped,
                            const char *column)
{
    GArray *referrers = ml_catalog_referrers(step->upgrade.states->pdata[at], dropped->schema,
                                             dropped->name, column);
    for (guint i = referrers->len; i-- > 0;) {
        const MlReferrer *referrer = &g_array_index(referrers, MlReferrer, i);
        if (referrer->key->existence.is != ML_PRESENCE_PRESENT ||
            referrer->table->existence.is != ML_PRESENCE_PRESENT ||
            is_same_table(referrer->table, dropped) || goes_along(step, at, referrer->table))
            g_array_remove_index(referrers, i);
    }
    return referrers;
}

static char *described(const MlCatalogTable *table, const char *column)
{
    return column ? g_strdup_printf("'%s' of '%s'", column, table->name)
                  : g_strdup_printf("table '%s'", table->name);
}

static void add_help(const MlContext *context, MlFinding *finding, const MlReferrer *referrer)
{
    if (referrer->key->name == NULL) {
        ml_finding_help(finding, "drop the foreign key of '%s', or that table, before it",
                        referrer->table->name);
        return;
    }
    g_autofree char *name = ml_python_string(referrer->key->name);
    g_autofree char *table = ml_python_string(referrer->table->name);
    g_autofree char *schema =
        referrer->table->schema ? ml_python_string(referrer->table->schema) : NULL;
    gboolean sqlite = g_strcmp0(context->migrations->dialect, "sqlite") == 0;
    if (sqlite)
        ml_finding_help(finding,
                        "write with op.batch_alter_table(%s) as batch_op: "
                        "batch_op.drop_constraint(%s, type_=\"foreignkey\") before it",
                        table, name);
    else
        ml_finding_help(finding,
                        "write op.drop_constraint(%s, %s, type_=\"foreignkey\"%s%s) before it",
                        name, table, schema ? ", schema=" : "", schema ? schema : "");
}

static void check_drop(MlContext *context, const MlStep *step, gsize at)
{
    const MlOperation *operation = step->upgrade.operations->items[at];
    const char *column = operation->kind == ML_DROP_COLUMN ? operation->name.text : NULL;
    const MlCatalogTable *table = NULL;
    if (ml_catalog_table(step->upgrade.states->pdata[at], operation->schema.text,
                         operation->table.text, &table) != ML_PRESENCE_PRESENT)
        return;
    g_autoptr(GArray) referrers = referrers_of(step, at, table, column);
    if (referrers->len == 0)
        return;
    const MlReferrer *first = &g_array_index(referrers, MlReferrer, 0);
    g_autofree char *what = described(table, column);
    gboolean sqlite = g_strcmp0(context->migrations->dialect, "sqlite") == 0;
    MlFinding *finding = ml_report(context, step->node->revision, ml_operation_place(operation),
                                   "%s is dropped, and a foreign key of '%s' still uses it%s", what,
                                   first->table->name,
                                   ml_is_true(operation->cascade) ? ": CASCADE drops that as well"
                                   : sqlite                       ? ""
                                                                  : ": Postgres refuses");
    add_help(context, finding, first);
    for (guint i = 0; i < referrers->len; i++) {
        const MlReferrer *referrer = &g_array_index(referrers, MlReferrer, i);
        const MlDeed *made = referrer->key->existence.made;
        if (made != NULL && made->revision != NULL)
            ml_finding_relate(finding, made->revision, referrer->key->existence.origin,
                              "the foreign key of '%s' is made here", referrer->table->name);
    }
    ml_finding_concerns(finding, column ? ML_CATALOG_COLUMN : ML_CATALOG_TABLE, table->schema,
                        column ? table->name : NULL, column ? column : table->name);
}

static void check(MlContext *context, const MlStep *step)
{
    const MlOperations *operations = step->upgrade.operations;
    for (gsize i = 0; i < operations->length && !step->upgrade.raises; i++) {
        const MlOperation *operation = operations->items[i];
        if ((operation->kind == ML_DROP_TABLE ||
             (operation->kind == ML_DROP_COLUMN && operation->name.is == ML_KNOWN)) &&
            operation->table.is == ML_KNOWN && ml_step_surely_does(step, operation))
            check_drop(context, step, i);
    }
}

#define BEGINNING                                                                                  \
    "# file: versions/1_create.py\n"                                                               \
    "from alembic import op\n"                                                                     \
    "import sqlalchemy as sa\n"                                                                    \
    "\n"                                                                                           \
    "revision = \"1a2b3c4d5e6f\"\n"                                                                \
    "down_revision = None\n"                                                                       \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"                                                                             \
    "    op.create_table(\"account\", sa.Column(\"id\", sa.Integer, primary_key=True))\n"          \
    "    op.create_table(\n"                                                                       \
    "        \"payment\",\n"                                                                       \
    "        sa.Column(\"account_id\", sa.Integer),\n"                                             \
    "        sa.ForeignKeyConstraint([\"account_id\"], [\"account.id\"], name=\"fk_account\"),\n"  \
    "    )\n"                                                                                      \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.drop_table(\"payment\")\n"                                                             \
    "    op.drop_table(\"account\")\n"                                                             \
    "# file: versions/2_drop.py\n"                                                                 \
    "from alembic import op\n"                                                                     \
    "\n"                                                                                           \
    "revision = \"2b3c4d5e6f70\"\n"                                                                \
    "down_revision = \"1a2b3c4d5e6f\"\n"                                                           \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"
#define END                                                                                        \
    "    op.drop_table(\"account\")\n"                                                             \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    raise NotImplementedError(\"the accounts are gone\")\n"

const MlRule ml_rule_implicit_cascade = {
    .code = "ML612",
    .name = "implicit-cascade",
    .severity = ML_SEVERITY_WARNING,
    .summary = "what is dropped is still used by another table's foreign key",
    .why = "Postgres refuses to drop a table or a column that another table's foreign key refers "
           "to (\"cannot drop table ... because other objects depend on it\"). With CASCADE it "
           "does, and drops the foreign key along without a word: nothing checks the values in the "
           "other table any more, and no downgrade makes the key again. SQLite drops the table and "
           "leaves a key that points nowhere.\n"
           "\n"
           "Drop the foreign key first, by its name, so that the revision says what happens.",
    .bad = BEGINNING END,
    .good =
        BEGINNING "    op.drop_constraint(\"fk_account\", \"payment\", type_=\"foreignkey\")\n" END,
    .check_step = check,
};
