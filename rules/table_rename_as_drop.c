#include "lint/call.h"
#include "lint/passage.h"

/* A table that the revision drops, or makes, as it was at first or is at last. */
typedef struct {
    const MlOperation *operation;
    gsize at;
    const MlCatalogTable *table;
} Change;

/* That are compared with each other. */
#define MOST_TABLES  16
#define MOST_COLUMNS 500

/* --- what comes and goes ----------------------------------------------------------- */

/* Where nothing is known of its columns, they are those that downgrade() brings back. */
static gboolean is_lost(const MlContext *context, const MlStep *step, Change *change)
{
    const MlOperation *operation = change->operation;
    const char *schema = operation->schema.text, *name = operation->table.text;
    const MlCatalog *before = step->upgrade.states->pdata[change->at];
    if (operation->kind != ML_DROP_TABLE ||
        ml_catalog_table(ml_step_upgraded(step), schema, name, NULL) != ML_PRESENCE_ABSENT)
        return FALSE;
    ml_catalog_table(before, schema, name, &change->table);
    if (change->table != NULL && !ml_is_existing(context, step, &change->table->existence))
        return FALSE;
    if (change->table != NULL && !change->table->open)
        return TRUE;
    return ml_catalog_table(ml_step_downgraded(step), schema, name, &change->table) ==
               ML_PRESENCE_PRESENT &&
           !change->table->open;
}

static gboolean is_gained(const MlStep *step, Change *change)
{
    const MlOperation *operation = change->operation;
    return operation->kind == ML_CREATE_TABLE && !ml_is_true(operation->temporary) &&
           ml_catalog_table(ml_step_upgraded(step), operation->schema.text, operation->table.text,
                            &change->table) == ML_PRESENCE_PRESENT &&
           !change->table->open && change->table->created == operation;
}

static void find(const MlContext *context, const MlStep *step, GArray *lost, GArray *gained)
{
    for (gsize i = 0; i < step->upgrade.operations->length; i++) {
        Change change = {.operation = step->upgrade.operations->items[i], .at = i};
        if (!ml_step_surely_does(step, change.operation) || change.operation->table.is != ML_KNOWN)
            continue;
        if (is_lost(context, step, &change))
            g_array_append_val(lost, change);
        else if (is_gained(step, &change))
            g_array_append_val(gained, change);
    }
}

/* --- whether it is a rename ---------------------------------------------------------- */

static gboolean are_same_columns(const char *dialect, const MlCatalogColumn *one,
                                 const MlCatalogColumn *other)
{
    g_autofree char *left = ml_type_signature(one->type, dialect);
    g_autofree char *right = ml_type_signature(other->type, dialect);
    return left != NULL && g_strcmp0(left, right) == 0;
}

static gsize common_columns(const char *dialect, const MlCatalogTable *lost,
                            const MlCatalogTable *gained)
{
    gsize count = 0;
    for (gsize i = 0; i < lost->n_columns; i++) {
        const MlCatalogColumn *same = NULL;
        count += ml_table_column(gained, lost->columns[i]->name, &same) == ML_PRESENCE_PRESENT &&
                 are_same_columns(dialect, lost->columns[i], same);
    }
    return count;
}

/* Many tables have an id and a name: two like these are one only if their names say so. */
static gboolean is_rename(const char *dialect, const MlCatalogTable *lost,
                          const MlCatalogTable *gained)
{
    gsize most = MAX(lost->n_columns, gained->n_columns);
    gsize common = most <= MOST_COLUMNS ? common_columns(dialect, lost, gained) : 0;
    gsize telling = common == most ? 3 : 4;
    return common * 4 >= most * 3 &&
           (common >= telling || (common >= 2 && ml_names_are_alike(lost->name, gained->name)));
}

/* The only one of `others` that it is the same as; NULL if there is none, or several. */
static const Change *counterpart(const char *dialect, const Change *change, const GArray *others,
                                 gboolean is_lost)
{
    const Change *found = NULL;
    for (guint i = 0; i < others->len; i++) {
        const Change *other = &g_array_index(others, Change, i);
        if (!is_rename(dialect, is_lost ? change->table : other->table,
                       is_lost ? other->table : change->table))
            continue;
        if (found != NULL)
            return NULL;
        found = other;
    }
    return found;
}

static gboolean reads_table(const MlOperation *operation, const char *table)
{
    for (gsize i = 0; operation->reads != NULL && i < operation->reads->n_tables; i++)
        if (g_str_equal(operation->reads->tables[i].name, table))
            return TRUE;
    return FALSE;
}

static gboolean fills(const MlOperation *operation, const char *table)
{
    return operation->kind == ML_INSERT &&
           (operation->table.is != ML_KNOWN || g_str_equal(operation->table.text, table));
}

/* None are where another table gets them, or this one has been emptied before. */
static gboolean are_rows_lost(const MlStep *step, const Change *lost, const Change *gained)
{
    for (gsize i = 0; i < step->upgrade.operations->length; i++) {
        const MlOperation *operation = step->upgrade.operations->items[i];
        if (ml_operation_may_remove_rows(operation, lost->table->name, TRUE) ||
            fills(operation, gained->table->name) || reads_table(operation, lost->table->name))
            return FALSE;
    }
    return TRUE;
}

/* --- saying so -------------------------------------------------------------------------- */

static char *rename_call(const MlCatalogTable *table, const char *from, const char *to)
{
    g_autofree char *old = ml_python_string(from), *new = ml_python_string(to);
    g_autofree char *schema = table->schema ? ml_python_string(table->schema) : NULL;
    return g_strdup_printf("op.rename_table(%s, %s%s%s)", old, new, schema ? ", schema=" : "",
                           schema ? schema : "");
}

static void report(MlContext *context, const MlRevision *revision, const Change *lost,
                   const Change *gained)
{
    const char *old = lost->table->name, *new = gained->table->name;
    MlFinding *finding = ml_report(context, revision, ml_operation_place(lost->operation),
                                   "table '%s' is dropped and '%s' made with the same columns: a "
                                   "rename would keep the rows",
                                   old, new);
    g_autofree char *there = rename_call(lost->table, old, new);
    g_autofree char *back = rename_call(lost->table, new, old);
    ml_finding_help(finding, "write %s, and in downgrade() %s", there, back);
    ml_finding_relate(finding, revision, ml_operation_place(gained->operation), "'%s' is made here",
                      new);
    ml_finding_concerns(finding, ML_CATALOG_TABLE, lost->table->schema, NULL, old);
    ml_finding_concerns(finding, ML_CATALOG_TABLE, gained->table->schema, NULL, new);
}

static void check(MlContext *context, const MlStep *step)
{
    if (step->upgrade.raises)
        return;
    const char *dialect = context->migrations->dialect;
    g_autoptr(GArray) lost = g_array_new(FALSE, FALSE, sizeof(Change));
    g_autoptr(GArray) gained = g_array_new(FALSE, FALSE, sizeof(Change));
    find(context, step, lost, gained);
    if (lost->len > MOST_TABLES || gained->len > MOST_TABLES)
        return;
    for (guint i = 0; i < lost->len; i++) {
        const Change *old = &g_array_index(lost, Change, i);
        const Change *new = counterpart(dialect, old, gained, TRUE);
        if (new != NULL &&
            counterpart(dialect, new, lost, FALSE) ==
                old &&g_strcmp0(old->table->schema, new->table->schema) == 0 &&
            are_rows_lost(step, old, new))
            report(context, step->node->revision, old, new);
    }
}

static const char *const superseded[] = {"ML602", "ML304", NULL};

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
    "    op.create_table(\n"                                                                       \
    "        \"account\",\n"                                                                       \
    "        sa.Column(\"id\", sa.Integer, primary_key=True),\n"                                   \
    "        sa.Column(\"email\", sa.String(255)),\n"                                              \
    "    )\n"                                                                                      \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.drop_table(\"account\")\n"                                                             \
    "# file: versions/2_rename.py\n"                                                               \
    "from alembic import op\n"                                                                     \
    "import sqlalchemy as sa\n"                                                                    \
    "\n"                                                                                           \
    "revision = \"2b3c4d5e6f70\"\n"                                                                \
    "down_revision = \"1a2b3c4d5e6f\"\n"                                                           \
    "\n"                                                                                           \
    "\n"

const MlRule ml_rule_table_rename_as_drop = {
    .code = "ML502",
    .name = "table-rename-as-drop",
    .severity = ML_SEVERITY_ERROR,
    .summary = "a table is dropped and another like it made, and its rows are lost",
    .why = "Autogenerate cannot see that a table was renamed in the models: it writes that one "
           "table goes and another comes, and with the old one go all its rows. A rename keeps "
           "them, together with the foreign keys that refer to the table.\n"
           "\n"
           "Two tables count as one where at least three quarters of their columns have the same "
           "name and type; of small tables their own names have to be alike too. Nothing is said "
           "where anything reads the old table, deletes all its rows, or fills the new one.",
    .bad = BEGINNING "def upgrade():\n"
                     "    op.create_table(\n"
                     "        \"accounts\",\n"
                     "        sa.Column(\"id\", sa.Integer, primary_key=True),\n"
                     "        sa.Column(\"email\", sa.String(255)),\n"
                     "    )\n"
                     "    op.drop_table(\"account\")\n"
                     "\n"
                     "\n"
                     "def downgrade():\n"
                     "    op.create_table(\n"
                     "        \"account\",\n"
                     "        sa.Column(\"id\", sa.Integer, primary_key=True),\n"
                     "        sa.Column(\"email\", sa.String(255)),\n"
                     "    )\n"
                     "    op.drop_table(\"accounts\")\n",
    .good = BEGINNING "def upgrade():\n"
                      "    op.rename_table(\"account\", \"accounts\")\n"
                      "\n"
                      "\n"
                      "def downgrade():\n"
                      "    op.rename_table(\"accounts\", \"account\")\n",
    .reference = "https://alembic.sqlalchemy.org/en/latest/autogenerate.html"
                 "#what-does-autogenerate-detect-and-what-does-it-not-detect",
    .supersedes = superseded,
    .check_step = check,
};
