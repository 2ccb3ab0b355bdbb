#include "lint/naming.h"

static gboolean is_of_batch(const MlOperation *operation)
{
    return operation->kind == ML_DROP_CONSTRAINT && ml_operation_recreates(operation) &&
           operation->batch->copy_from.is == ML_ABSENT && operation->table.is == ML_KNOWN &&
           !(operation->circumstances & (ML_CONDITIONAL | ML_REPEATED));
}

/* The only one without a name that can be meant. */
static const MlCatalogConstraint *find_meant(const MlCatalogTable *table, MlConstraintKind kind)
{
    const MlCatalogConstraint *found = NULL;
    for (gsize i = 0; i < table->n_constraints; i++) {
        const MlCatalogConstraint *constraint = table->constraints[i];
        if (constraint->naming != ML_NAME_NONE || constraint->existence.is != ML_PRESENCE_PRESENT ||
            (kind != ML_CONSTRAINT_UNKNOWN && constraint->kind != kind))
            continue;
        if (found != NULL)
            return NULL;
        found = constraint;
    }
    return found;
}

/* Whether a constraint may have the name, or one that cannot be told. */
static gboolean may_have_name(const MlCatalogTable *table, const char *name)
{
    for (gsize i = 0; i < table->n_constraints; i++) {
        const MlCatalogConstraint *constraint = table->constraints[i];
        if (constraint->existence.is != ML_PRESENCE_ABSENT &&
            (constraint->naming == ML_NAME_UNKNOWN || g_strcmp0(constraint->name, name) == 0))
            return TRUE;
    }
    return FALSE;
}

static const char *usual_convention(MlConstraintKind kind)
{
    switch (kind) {
    case ML_FOREIGN_KEY:
        return "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s";
    case ML_UNIQUE:
        return "uq_%(table_name)s_%(column_0_name)s";
    default:
        return "pk_%(table_name)s";
    }
}

/* As Alembic's documentation has it: give a name to what is reflected without one. */
static void add_help(MlFinding *finding, const MlOperation *drop,
                     const MlCatalogConstraint *constraint)
{
    if (constraint->kind == ML_CHECK) {
        ml_finding_help(finding, "leave the line out: a check without a name is lost whenever "
                                 "batch mode makes the table anew");
        return;
    }
    gboolean is_alone = constraint->columns.known && constraint->columns.length > 0 &&
                        constraint->columns.items[0] != NULL;
    const char *column = is_alone ? constraint->columns.items[0] : "COLUMN";
    const char *referred = constraint->referred_table ? constraint->referred_table : "TABLE";
    const char *key = ml_convention_key(constraint->kind), *table = drop->table.text;
    g_autofree char *name =
        constraint->kind == ML_PRIMARY_KEY
            ? g_strdup_printf("pk_%s", table)
            : g_strdup_printf("%s_%s_%s%s%s", key, table, column,
                              constraint->kind == ML_FOREIGN_KEY ? "_" : "",
                              constraint->kind == ML_FOREIGN_KEY ? referred : "");
    ml_finding_help(finding,
                    "with op.batch_alter_table(\"%s\", naming_convention={\"%s\": \"%s\"}) as "
                    "batch_op:\n    batch_op.drop_constraint(\"%s\", type_=\"%s\")",
                    table, key, usual_convention(constraint->kind), name,
                    ml_constraint_type(constraint->kind));
}

static void check_drop(MlContext *context, const MlStep *step, const MlCatalog *before,
                       const MlOperation *drop)
{
    const MlCatalogTable *table = NULL;
    const char *name = ml_dropped_name(before, drop).text;
    if (name == NULL || ml_catalog_table(before, drop->schema.text, drop->table.text, &table) !=
                            ML_PRESENCE_PRESENT)
        return;
    const MlCatalogConstraint *meant = find_meant(table, ml_dropped_kind(drop));
    const char *key = meant ? ml_convention_key(meant->kind) : NULL;
    if (table->open || key == NULL || may_have_name(table, name) ||
        drop->batch->naming_convention.is == ML_UNKNOWN ||
        ml_texts_hold(drop->batch->naming_convention, key))
        return;
    MlFinding *finding =
        ml_report(context, step->node->revision, ml_place_of_name(drop),
                  "the %s of '%s' has no name in SQLite, so that batch mode does not find '%s'",
                  ml_constraint_said(meant->kind), table->name, name);
    if (meant->existence.made != NULL)
        ml_finding_relate(finding, meant->existence.made->revision, meant->existence.origin,
                          "made here without a name");
    add_help(finding, drop, meant);
}

static void check(MlContext *context, const MlStep *step)
{
    const MlPassage *upgrade = &step->upgrade;
    if (g_strcmp0(context->migrations->dialect, "sqlite") != 0)
        return;
    for (gsize i = 0; i < upgrade->operations->length; i++) {
        const MlOperation *operation = upgrade->operations->items[i];
        if (is_of_batch(operation) && ml_step_does(context, step, operation))
            check_drop(context, step, upgrade->states->pdata[i], operation);
    }
}

#define FILES(convention, name)                                                                    \
    "# file: ../alembic.ini\n"                                                                     \
    "[alembic]\n"                                                                                  \
    "script_location = migrations\n"                                                               \
    "sqlalchemy.url = sqlite:///bank.db\n"                                                         \
    "# file: env.py\n"                                                                             \
    "from alembic import context\n"                                                                \
    "\n"                                                                                           \
    "context.configure(connection=connection, target_metadata=None)\n"                             \
    "# file: versions/1a2b3c4d5e6f_create_account.py\n"                                            \
    "\"\"\"create account\"\"\"\n"                                                                 \
    "import sqlalchemy as sa\n"                                                                    \
    "from alembic import op\n"                                                                     \
    "\n"                                                                                           \
    "revision = \"1a2b3c4d5e6f\"\n"                                                                \
    "down_revision = None\n"                                                                       \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"                                                                             \
    "    op.create_table(\"account\", sa.Column(\"owner\", sa.ForeignKey(\"user.id\")))\n"         \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.drop_table(\"account\")\n"                                                             \
    "# file: versions/2b3c4d5e6f70_owners_may_go.py\n"                                             \
    "\"\"\"owners may go\"\"\"\n"                                                                  \
    "from alembic import op\n"                                                                     \
    "\n"                                                                                           \
    "revision = \"2b3c4d5e6f70\"\n"                                                                \
    "down_revision = \"1a2b3c4d5e6f\"\n"                                                           \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"                                                                             \
    "    with op.batch_alter_table(\"account\"" convention ") as batch_op:\n"                      \
    "        batch_op.drop_constraint(\"" name "\", type_=\"foreignkey\")\n"                       \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    raise NotImplementedError(\"they are gone\")\n"

const MlRule ml_rule_batch_unnamed_constraint = {
    .code = "ML752",
    .name = "batch-unnamed-constraint",
    .severity = ML_SEVERITY_ERROR,
    .summary = "batch mode is to drop a constraint that has no name in SQLite",
    .why = "SQLite gives no name to a constraint that is made without one. Batch mode reads the "
           "table from the database and looks for the constraint by its name: \"No such "
           "constraint\", even where the name is the one that Postgres would have made up.\n"
           "\n"
           "batch_alter_table(naming_convention=...) names what is read without a name, so that it "
           "can be dropped by that.",
    .bad = FILES("", "account_owner_fkey"),
    .good = FILES(", naming_convention={\"fk\": \"fk_%(table_name)s\"}", "fk_account"),
    .reference = "https://alembic.sqlalchemy.org/en/latest/"
                 "batch.html#dropping-unnamed-or-named-foreign-keys",
    .check_step = check,
};
