#include "lint/moment.h"
#include "lint/object.h"

/* Whether the table surely has no row: downgrade() itself makes it, or takes all rows out before.
 */
static gboolean is_empty(const MlMoment *moment)
{
    const MlOperation *addition = moment->operation;
    const MlCatalogTable *table = NULL;
    ml_catalog_table(moment->before, addition->schema.text, addition->table.text, &table);
    if (table != NULL && table->existence.made != NULL && table->existence.made->downgrade)
        return TRUE;
    for (gsize i = 0; i < moment->at; i++) {
        const MlOperation *operation = moment->passage->operations->items[i];
        if ((operation->kind == ML_TRUNCATE ||
             (operation->kind == ML_DELETE && !operation->filtered)) &&
            (operation->table.is != ML_KNOWN ||
             g_str_equal(operation->table.text, addition->table.text)))
            return TRUE;
    }
    return FALSE;
}

static gboolean needs_value(const MlColumn *column)
{
    return column->name.is == ML_KNOWN && ml_column_is_nullable(column) == ML_NO &&
           ml_column_fills_itself(column) == ML_NO;
}

/* Integer keys that Postgres numbers, and SQLite's rowid. */
static gboolean is_numbered(const MlMoment *moment)
{
    const MlColumn *column = moment->operation->columns;
    const MlStep *step = moment->step;
    const MlCatalog *after = step->downgrade.states->pdata[moment->at + 1];
    const MlCatalogColumn *made = NULL;
    ml_catalog_column(after, moment->operation->schema.text, moment->operation->table.text,
                      column->name.text, &made);
    return ml_is_true(column->primary_key) ||
           (made != NULL && made->server_default.kind != ML_DEFAULT_NONE);
}

static void report(MlContext *context, const MlMoment *moment)
{
    const MlOperation *operation = moment->operation;
    const MlColumn *column = operation->columns;
    const MlObject object = {.kind = ML_CATALOG_COLUMN,
                             .what = "column",
                             .schema = operation->schema.text,
                             .table = operation->table.text,
                             .name = column->name.text};
    g_autofree char *words = ml_object_words(&object);
    gboolean python = column->default_value.is != ML_ABSENT;
    MlFinding *finding =
        ml_report(context, moment->step->node->revision, column->origin,
                  "downgrade() adds %s as NOT NULL without a server default: it fails where '%s' "
                  "has rows",
                  words, operation->table.text);
    ml_finding_concerns_object(finding, &object);
    ml_finding_help(finding,
                    "%sadd it with server_default=..., or as nullable, fill it, and make it NOT "
                    "NULL then",
                    python ? "default= is for rows that Python writes; " : "");
}

static void check(MlContext *context, const MlStep *step)
{
    if (!ml_step_comes_back(step))
        return;
    for (gsize i = 0; i < step->downgrade.operations->length; i++) {
        MlMoment moment;
        if (ml_moment_at(step, TRUE, i, &moment) && moment.operation->kind == ML_ADD_COLUMN &&
            moment.operation->table.is == ML_KNOWN && moment.operation->n_columns > 0 &&
            needs_value(moment.operation->columns) && !is_empty(&moment) && !is_numbered(&moment))
            report(context, &moment);
    }
}

const MlRule ml_rule_downgrade_not_null_without_default = {
    .code = "ML307",
    .name = "downgrade-not-null-without-default",
    .severity = ML_SEVERITY_WARNING,
    .summary =
        "downgrade() adds a NOT NULL column without a server default to a table that may hold rows",
    .why = "What upgrade() dropped can be brought back empty only: the rows that are there have no "
           "value for it. On an empty database the downgrade runs, on the one that has to be "
           "rolled back it fails (\"contains null values\")."
           "\n\n"
           "Give the column a server_default, or add it as nullable, fill it and make it NOT NULL "
           "then. Python's default= does not help: it is for new rows.",
    .bad = "\"\"\"drop email\"\"\"\n"
           "from alembic import op\n"
           "import sqlalchemy as sa\n"
           "\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = None\n"
           "\n"
           "\n"
           "def upgrade():\n"
           "    op.drop_column(\"account\", \"email\")\n"
           "\n"
           "\n"
           "def downgrade():\n"
           "    op.add_column(\"account\", sa.Column(\"email\", sa.String(255), nullable=False))\n",
    .good = "\"\"\"drop email\"\"\"\n"
            "from alembic import op\n"
            "import sqlalchemy as sa\n"
            "\n"
            "revision = \"1a2b3c4d5e6f\"\n"
            "down_revision = None\n"
            "\n"
            "\n"
            "def upgrade():\n"
            "    op.drop_column(\"account\", \"email\")\n"
            "\n"
            "\n"
            "def downgrade():\n"
            "    op.add_column(\"account\", sa.Column(\"email\", sa.String(255), nullable=False, "
            "server_default=\"\"))\n",
    .check_step = check,
};
