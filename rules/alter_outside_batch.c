#include "lint/naming.h"

static gboolean is_outside(const MlOperation *operation)
{
    return !(operation->circumstances & (ML_CONDITIONAL | ML_REPEATED)) &&
           (operation->batch == NULL || ml_text_is(operation->batch->recreate, "never"));
}

/* --- what SQLite does not have: half a sentence, NULL where it does ---------------------- */

/* inline_references=True, which recent Alembics know, writes REFERENCES into the column. */
static gboolean writes_references(const MlOperation *operation)
{
    for (gsize i = 0; i < operation->n_keywords; i++)
        if (g_str_equal(operation->keywords[i].name, "inline_references"))
            return TRUE;
    return operation->statement != NULL;
}

static const char *said_of_new_column(const MlOperation *operation)
{
    for (gsize i = 0; i < operation->n_constraints; i++) {
        MlConstraintKind kind = operation->constraints[i].kind;
        if (kind == ML_UNIQUE)
            return "cannot add a unique column";
        if (kind == ML_FOREIGN_KEY && !writes_references(operation))
            return "cannot add a foreign key to a table";
    }
    return NULL;
}

static const char *said_of_change(const MlColumn *change)
{
    if (change == NULL)
        return NULL;
    if (change->type->kind != ML_TYPE_ABSENT)
        return "cannot change a column's type";
    if (change->nullable.is != ML_ABSENT)
        return "cannot change whether a column may be NULL";
    if (change->server_default.kind != ML_DEFAULT_ABSENT)
        return "cannot change a column's default";
    return change->comment.is != ML_ABSENT ? "knows no comments" : NULL;
}

static gboolean names_column(const MlCatalogConstraint *constraint, const char *column)
{
    gboolean in_table = constraint->kind == ML_PRIMARY_KEY || constraint->kind == ML_UNIQUE;
    const MlDeed *made = constraint->existence.made;
    if (constraint->kind == ML_FOREIGN_KEY) /* SQLAlchemy writes it behind the columns */
        in_table = made != NULL && made->operation->statement == NULL;
    return in_table && constraint->existence.is == ML_PRESENCE_PRESENT &&
           ml_names_hold(constraint->columns, column);
}

static const char *said_of_dropped(const MlCatalog *before, const MlOperation *operation)
{
    const MlCatalogTable *table = NULL;
    if (operation->name.is != ML_KNOWN || operation->table.is != ML_KNOWN ||
        ml_catalog_table(before, operation->schema.text, operation->table.text, &table) !=
            ML_PRESENCE_PRESENT)
        return NULL;
    for (gsize i = 0; i < table->n_constraints; i++)
        if (names_column(table->constraints[i], operation->name.text))
            return "cannot drop a column that a key or a unique constraint has";
    for (gsize i = 0; i < table->n_indexes; i++)
        if (table->indexes[i]->existence.is == ML_PRESENCE_PRESENT &&
            ml_names_hold(table->indexes[i]->columns, operation->name.text))
            return "cannot drop a column that an index has";
    return NULL;
}

static const char *said_of(const MlCatalog *before, const MlOperation *operation)
{
    switch (operation->kind) {
    case ML_ADD_CONSTRAINT:
        return "cannot add a constraint to a table";
    case ML_DROP_CONSTRAINT:
        return "cannot drop a constraint";
    case ML_ALTER_COLUMN:
        return said_of_change(operation->change);
    case ML_ADD_COLUMN:
        return said_of_new_column(operation);
    case ML_DROP_COLUMN:
        return said_of_dropped(before, operation);
    default:
        return NULL;
    }
}

/* --- the rule --------------------------------------------------------------------------- */

static void add_help(MlFinding *finding, const MlOperation *operation)
{
    const char *table = operation->table.is == ML_KNOWN ? operation->table.text : "...";
    if (operation->batch != NULL)
        ml_finding_help(finding, "leave out recreate=\"never\"");
    else
        ml_finding_help(finding,
                        "with op.batch_alter_table(\"%s\") as batch_op:\n    batch_op.%s(...)",
                        table, ml_operation_name(operation));
}

static void check(MlContext *context, const MlStep *step)
{
    const MlPassage *upgrade = &step->upgrade;
    if (g_strcmp0(context->migrations->dialect, "sqlite") != 0)
        return;
    for (gsize i = 0; i < upgrade->operations->length; i++) {
        const MlOperation *operation = upgrade->operations->items[i];
        if (!is_outside(operation) || !ml_step_does(context, step, operation))
            continue;
        const char *said = said_of(upgrade->states->pdata[i], operation);
        if (said == NULL)
            continue;
        g_autofree char *table = operation->table.is == ML_KNOWN
                                     ? g_strdup_printf(" of '%s'", operation->table.text)
                                     : g_strdup("");
        MlFinding *finding = ml_report(context, step->node->revision, ml_operation_place(operation),
                                       "%s%s outside of batch_alter_table: SQLite %s",
                                       ml_operation_name(operation), table, said);
        add_help(finding, operation);
    }
}

#define FILES(body)                                                                                \
    "# file: ../alembic.ini\n"                                                                     \
    "[alembic]\n"                                                                                  \
    "script_location = migrations\n"                                                               \
    "sqlalchemy.url = sqlite:///bank.db\n"                                                         \
    "# file: versions/2b3c4d5e6f70_email_is_required.py\n"                                         \
    "\"\"\"email is required\"\"\"\n"                                                              \
    "from alembic import op\n"                                                                     \
    "\n"                                                                                           \
    "revision = \"2b3c4d5e6f70\"\n"                                                                \
    "down_revision = None\n"                                                                       \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n" body "\n"                                                                   \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    with op.batch_alter_table(\"users\") as batch_op:\n"                                      \
    "        batch_op.alter_column(\"email\", nullable=True)\n"

const MlRule ml_rule_alter_outside_batch = {
    .code = "ML751",
    .name = "alter-outside-batch",
    .severity = ML_SEVERITY_ERROR,
    .summary = "an ALTER that SQLite does not have, outside of batch_alter_table",
    .why =
        "SQLite can add a column, rename things and drop a column that nothing else needs; it can "
        "neither change a column nor add or drop a constraint. Alembic stops with \"No support "
        "for ALTER of constraints in SQLite dialect\", or SQLite with a syntax error, and "
        "since SQLite's driver has committed what went before, the revision is left half done.\n"
        "\n"
        "op.batch_alter_table() makes a new table, copies the rows and puts it in the place of "
        "the old one. On other databases it is a plain ALTER.",
    .bad = FILES("    op.alter_column(\"users\", \"email\", nullable=False)\n"),
    .good = FILES("    with op.batch_alter_table(\"users\") as batch_op:\n"
                  "        batch_op.alter_column(\"email\", nullable=False)\n"),
    .reference = "https://alembic.sqlalchemy.org/en/latest/batch.html",
    .check_step = check,
};
