#include "lint/call.h"
#include "lint/moment.h"

/* Whether it came to its name by this revision's upgrade(), not by downgrade() itself. */
static gboolean is_of_upgrade(const MlStep *step, const MlSchemaDifference *difference)
{
    const MlDeed *since = difference->now.since;
    return difference->kind == ML_SCHEMA_LEFT && difference->certain && since != NULL &&
           !since->downgrade && since->revision == step->node->revision;
}

/* The names of the columns that are left, "table\ncolumn": they take along what is on them. */
static GHashTable *left_columns(const MlStep *step)
{
    GHashTable *left = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const GArray *differences = ml_step_differences(step);
    for (guint i = 0; i < differences->len; i++) {
        const MlSchemaDifference *difference = &g_array_index(differences, MlSchemaDifference, i);
        if (difference->of == ML_CATALOG_COLUMN && is_of_upgrade(step, difference))
            g_hash_table_add(left, g_strjoin("\n", difference->table, difference->name, NULL));
    }
    return left;
}

static gboolean is_on_left_column(GHashTable *left, const MlSchemaDifference *difference)
{
    const MlCatalogConstraint *constraint = difference->new;
    const MlCatalogIndex *index = difference->new;
    if (difference->of != ML_CATALOG_CONSTRAINT && difference->of != ML_CATALOG_INDEX)
        return FALSE;
    MlNames names = difference->of == ML_CATALOG_INDEX ? index->columns : constraint->columns;
    for (gsize i = 0; i < names.length; i++) {
        g_autofree char *key =
            g_strjoin("\n", difference->table, names.items[i] ? names.items[i] : "", NULL);
        if (g_hash_table_contains(left, key))
            return TRUE;
    }
    return FALSE;
}

/* drop_constraint(None): which one was meant cannot be told. */
static gboolean is_dropped_without_name(const MlStep *step, const MlSchemaDifference *difference)
{
    const MlOperations *operations = step->downgrade.operations;
    if (difference->of != ML_CATALOG_CONSTRAINT && difference->of != ML_CATALOG_INDEX)
        return FALSE;
    for (gsize i = 0; i < operations->length; i++) {
        const MlOperation *operation = operations->items[i];
        if ((operation->kind == ML_DROP_CONSTRAINT || operation->kind == ML_DROP_INDEX) &&
            operation->name.is != ML_KNOWN && ml_text_is(operation->table, difference->table))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_on(const MlSchemaDifference *index, const MlSchemaDifference *column)
{
    const MlCatalogIndex *held = index->new;
    if (index->of != ML_CATALOG_INDEX || g_strcmp0(index->schema, column->schema) != 0 ||
        g_strcmp0(index->table, column->table) != 0)
        return FALSE;
    for (gsize i = 0; i < held->columns.length; i++)
        if (g_strcmp0(held->columns.items[i], column->name) == 0)
            return TRUE;
    return FALSE;
}

/* Of the columns that go, the index goes before the first. */
static gboolean goes_before(const MlStep *step, const MlSchemaDifference *index,
                            const MlSchemaDifference *column)
{
    const GArray *differences = ml_step_differences(step);
    if (!is_of_upgrade(step, index) || !is_on(index, column))
        return FALSE;
    for (guint i = 0; i < differences->len; i++) {
        const MlSchemaDifference *other = &g_array_index(differences, MlSchemaDifference, i);
        if (other == column)
            break;
        if (other->of == ML_CATALOG_COLUMN && is_of_upgrade(step, other) && is_on(index, other))
            return FALSE;
    }
    return TRUE;
}

/* SQLite does not let go of a column that an index is on; Postgres drops the index with it. */
static void append_indexes(GString *calls, const MlContext *context, const MlStep *step,
                           const MlSchemaDifference *column)
{
    const GArray *differences = ml_step_differences(step);
    if (column->of != ML_CATALOG_COLUMN ||
        g_strcmp0(context->migrations->dialect, "postgresql") == 0)
        return;
    for (guint i = 0; i < differences->len; i++) {
        const MlSchemaDifference *difference = &g_array_index(differences, MlSchemaDifference, i);
        if (!goes_before(step, difference, column))
            continue;
        const MlObject index = ml_object_of(difference);
        g_autofree char *call = ml_call_to_drop(&index, difference->now.since->operation);
        if (call != NULL)
            g_string_append_printf(calls, "%s\n", call);
    }
}

static void help_drop(MlContext *context, const MlStep *step, MlFinding *finding,
                      const MlSchemaDifference *difference)
{
    const MlObject object = ml_object_of(difference);
    g_autofree char *call = ml_call_to_drop(&object, difference->now.since->operation);
    g_autoptr(GString) calls = g_string_new(NULL);
    if (call == NULL) {
        ml_finding_help(finding, "give it a name, and drop it by that name in downgrade()");
        return;
    }
    append_indexes(calls, context, step, difference);
    ml_finding_help(finding, "write in downgrade():%s%s%s", calls->len > 0 ? "\n" : " ", calls->str,
                    call);
}

static void report(MlContext *context, const MlStep *step, const MlSchemaDifference *difference)
{
    const MlRevision *revision = step->node->revision;
    const MlOperation *operation = difference->now.since->operation;
    const MlObject object = ml_object_of(difference);
    if (ml_object_is_spelt_otherwise(&object, step->downgrade.operations,
                                     context->migrations->dialect))
        return;
    g_autofree char *words = ml_object_words(&object);
    gboolean renamed = difference->now.since != difference->now.made;
    MlFinding *finding = ml_report(
        context, revision, renamed ? ml_operation_place(operation) : difference->now.origin,
        "downgrade() leaves %s, which upgrade() %s", words, renamed ? "gives that name" : "makes");
    ml_finding_concerns_object(finding, &object);
    ml_finding_relate(finding, revision, revision->downgrade.name, "it is still there after this");
    if (!renamed)
        help_drop(context, step, finding, difference);
}

/* A new name that is not taken back is told as the old one, which is missing. */
static gboolean is_only_renamed(const MlStep *step, const MlSchemaDifference *left)
{
    const GArray *differences = ml_step_differences(step);
    if (left->now.since == left->now.made)
        return FALSE;
    for (guint i = 0; i < differences->len; i++) {
        const MlSchemaDifference *difference = &g_array_index(differences, MlSchemaDifference, i);
        if (difference->kind == ML_SCHEMA_MISSING && difference->of == left->of)
            return TRUE;
    }
    return FALSE;
}

static void check(MlContext *context, const MlStep *step)
{
    if (!ml_step_comes_back(step))
        return;
    const GArray *differences = ml_step_differences(step);
    g_autoptr(GHashTable) left = left_columns(step);
    for (guint i = 0; i < differences->len; i++) {
        const MlSchemaDifference *difference = &g_array_index(differences, MlSchemaDifference, i);
        if (is_of_upgrade(step, difference) && !is_on_left_column(left, difference) &&
            !is_only_renamed(step, difference) && !is_dropped_without_name(step, difference))
            report(context, step, difference);
    }
}

const MlRule ml_rule_downgrade_leaves_object = {
    .code = "ML303",
    .name = "downgrade-leaves-object",
    .severity = ML_SEVERITY_ERROR,
    .summary = "an object that upgrade() made is still there after downgrade()",
    .why = "The downgrade runs through without a complaint, and the schema is not the one that "
           "the older code knows. The next upgrade then fails on what was left behind (\"already "
           "exists\"), with the database between two revisions.\n"
           "\n"
           "upgrade() and downgrade() are replayed on what the revisions before have made, and "
           "what is there too many at the end is told. Something that upgrade() makes only if it "
           "is not there, or only under a condition, may have been there before, and is left "
           "alone.",
    .bad = "\"\"\"create account\"\"\"\n"
           "from alembic import op\n"
           "import sqlalchemy as sa\n"
           "\n"
           "revision = \"1a2b3c4d5e6f\"\n"
           "down_revision = None\n"
           "\n"
           "\n"
           "def upgrade():\n"
           "    op.create_table(\"account\", sa.Column(\"id\", sa.Integer, primary_key=True))\n"
           "    op.create_table(\"role\", sa.Column(\"id\", sa.Integer, primary_key=True))\n"
           "\n"
           "\n"
           "def downgrade():\n"
           "    op.drop_table(\"account\")\n",
    .good = "\"\"\"create account\"\"\"\n"
            "from alembic import op\n"
            "import sqlalchemy as sa\n"
            "\n"
            "revision = \"1a2b3c4d5e6f\"\n"
            "down_revision = None\n"
            "\n"
            "\n"
            "def upgrade():\n"
            "    op.create_table(\"account\", sa.Column(\"id\", sa.Integer, primary_key=True))\n"
            "    op.create_table(\"role\", sa.Column(\"id\", sa.Integer, primary_key=True))\n"
            "\n"
            "\n"
            "def downgrade():\n"
            "    op.drop_table(\"role\")\n"
            "    op.drop_table(\"account\")\n",
    .supersedes = (const char *const[]){"ML803", NULL},
    .check_step = check,
};
