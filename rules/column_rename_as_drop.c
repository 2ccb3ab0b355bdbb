#include "lint/call.h"
#include "lint/passage.h"

/* A column that the revision drops, or adds. */
typedef struct {
    const MlOperation *operation;
    gsize at;
    const MlCatalogTable *table;   /* that it is in */
    const MlCatalogColumn *column; /* as it was at first, or is at last */
} Change;

/* Columns of one type and one table. */
typedef struct {
    GArray *lost, *gained; /* Change */
} Group;

static void group_free(gpointer data)
{
    Group *group = data;
    g_array_unref(group->lost);
    g_array_unref(group->gained);
    g_free(group);
}

/* --- what comes and goes -------------------------------------------------------- */

/* Where nothing is known of what is dropped, it is what downgrade() brings back. */
static gboolean find_lost(const MlContext *context, const MlStep *step, Change *change)
{
    const MlOperation *operation = change->operation;
    const char *schema = operation->schema.text, *table = operation->table.text;
    const MlCatalog *before = step->upgrade.states->pdata[change->at];
    ml_catalog_column(before, schema, table, operation->name.text, &change->column);
    if (change->column != NULL)
        return ml_is_existing(context, step, &change->column->existence) &&
               ml_catalog_table(before, schema, table, &change->table) == ML_PRESENCE_PRESENT;
    const MlCatalog *downgraded = ml_step_downgraded(step);
    return ml_catalog_column(downgraded, schema, table, operation->name.text, &change->column) ==
               ML_PRESENCE_PRESENT &&
           ml_catalog_table(downgraded, schema, table, &change->table) == ML_PRESENCE_PRESENT &&
           change->table->existence.made == NULL;
}

static gboolean is_lost(const MlContext *context, const MlStep *step, Change *change)
{
    const MlOperation *operation = change->operation;
    return operation->kind == ML_DROP_COLUMN &&
           ml_catalog_column(ml_step_upgraded(step), operation->schema.text, operation->table.text,
                             operation->name.text, NULL) == ML_PRESENCE_ABSENT &&
           find_lost(context, step, change);
}

/* What the database fills by itself is no place for the values of another. */
static gboolean takes_values(const MlCatalogColumn *column)
{
    MlDefaultKind filled_by = column->server_default.kind;
    return filled_by != ML_DEFAULT_SERIAL && filled_by != ML_DEFAULT_IDENTITY &&
           filled_by != ML_DEFAULT_COMPUTED && filled_by != ML_DEFAULT_SEQUENCE;
}

static gboolean is_gained(const MlStep *step, Change *change)
{
    const MlOperation *operation = change->operation;
    const MlCatalog *after = ml_step_upgraded(step);
    const char *schema = operation->schema.text, *table = operation->table.text;
    return operation->kind == ML_ADD_COLUMN && operation->n_columns == 1 &&
           operation->columns[0].name.is == ML_KNOWN &&
           ml_catalog_table(after, schema, table, &change->table) == ML_PRESENCE_PRESENT &&
           ml_catalog_column(after, schema, table, operation->columns[0].name.text,
                             &change->column) == ML_PRESENCE_PRESENT &&
           change->column->existence.made != NULL &&
           change->column->existence.made->operation == operation && takes_values(change->column);
}

static Group *group_of(const MlContext *context, GHashTable *groups, GPtrArray *order,
                       const Change *change)
{
    g_autofree char *type = ml_type_signature(change->column->type, context->migrations->dialect);
    if (type == NULL)
        return NULL;
    char *key = g_strjoin("\n", change->table->schema ? change->table->schema : "",
                          change->table->name, type, NULL);
    Group *group = g_hash_table_lookup(groups, key);
    if (group == NULL) {
        group = g_new0(Group, 1);
        group->lost = g_array_new(FALSE, FALSE, sizeof(Change));
        group->gained = g_array_new(FALSE, FALSE, sizeof(Change));
        g_hash_table_insert(groups, key, group);
        g_ptr_array_add(order, group);
    } else {
        g_free(key);
    }
    return group;
}

static GPtrArray *find_groups(const MlContext *context, const MlStep *step, GHashTable *groups)
{
    GPtrArray *order = g_ptr_array_new();
    for (gsize i = 0; i < step->upgrade.operations->length; i++) {
        Change change = {.operation = step->upgrade.operations->items[i], .at = i};
        if (!ml_step_surely_does(step, change.operation) || change.operation->table.is != ML_KNOWN)
            continue;
        gboolean lost = is_lost(context, step, &change);
        Group *group =
            lost || is_gained(step, &change) ? group_of(context, groups, order, &change) : NULL;
        if (group != NULL)
            g_array_append_val(lost ? group->lost : group->gained, change);
    }
    return order;
}

/* Nobody renames so many at once. */
#define MOST_COLUMNS 64

/* --- whether values are lost --------------------------------------------------------- */

/* None are where another column gets them, or the table has been emptied before. */
static gboolean are_lost(const MlStep *step, const Group *group)
{
    const MlOperations *operations = step->upgrade.operations;
    const Change *lost = &g_array_index(group->lost, Change, 0);
    for (gsize i = 0; i < operations->length; i++) {
        if (i < lost->at &&
            ml_operation_may_remove_rows(operations->items[i], lost->table->name, TRUE))
            return FALSE;
        for (guint j = 0; j < group->lost->len; j++)
            if (i < g_array_index(group->lost, Change, j).at &&
                ml_operation_may_read(operations->items[i], lost->table->name,
                                      g_array_index(group->lost, Change, j).column->name))
                return FALSE;
        for (guint j = 0; j < group->gained->len; j++)
            if (ml_operation_may_write(operations->items[i], lost->table->name,
                                       g_array_index(group->gained, Change, j).column->name))
                return FALSE;
    }
    return TRUE;
}

/* --- whether it is a rename ------------------------------------------------------------ */

/* What a column refers to, if it alone makes a foreign key; else NULL. */
static const char *referred_by(const Change *change)
{
    for (gsize i = 0; i < change->table->n_constraints; i++) {
        const MlCatalogConstraint *key = change->table->constraints[i];
        if (key->kind == ML_FOREIGN_KEY && key->existence.is == ML_PRESENCE_PRESENT &&
            key->columns.known && key->columns.length == 1 &&
            ml_names_hold(key->columns, change->column->name))
            return key->referred_table;
    }
    return NULL;
}

static guint constraints_on(const Change *change, MlConstraintKind kind)
{
    guint count = 0;
    for (gsize i = 0; i < change->table->n_constraints; i++) {
        const MlCatalogConstraint *constraint = change->table->constraints[i];
        count += constraint->kind == kind && constraint->existence.is == ML_PRESENCE_PRESENT &&
                 ml_names_hold(constraint->columns, change->column->name);
    }
    return count;
}

static gboolean have_same_default(const MlContext *context, const Change *lost,
                                  const Change *gained)
{
    const char *dialect =
        context->migrations->dialect ? context->migrations->dialect : "postgresql";
    g_autofree char *one =
        ml_default_canonical(&lost->column->server_default, lost->column->type, dialect);
    g_autofree char *other =
        ml_default_canonical(&gained->column->server_default, gained->column->type, dialect);
    return one != NULL && g_strcmp0(one, other) == 0;
}

static gboolean are_spelt_the_same(const MlContext *context, const Change *lost,
                                   const Change *gained)
{
    static const MlConstraintKind kinds[] = {ML_PRIMARY_KEY, ML_UNIQUE, ML_FOREIGN_KEY};
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (constraints_on(lost, kinds[i]) != constraints_on(gained, kinds[i]))
            return FALSE;
    return lost->column->nullable != ML_PERHAPS &&
           lost->column->nullable == gained->column->nullable &&
           g_strcmp0(referred_by(lost), referred_by(gained)) == 0 &&
           have_same_default(context, lost, gained);
}

static gboolean is_mirrored(const MlStep *step, const Change *lost, const Change *gained)
{
    const MlCatalog *downgraded = ml_step_downgraded(step);
    const char *schema = lost->table->schema, *table = lost->table->name;
    return ml_catalog_column(downgraded, schema, table, lost->column->name, NULL) ==
               ML_PRESENCE_PRESENT &&
           ml_catalog_column(downgraded, schema, table, gained->column->name, NULL) ==
               ML_PRESENCE_ABSENT;
}

/* Two that refer to different tables are two things. */
static gboolean are_strangers(const Change *lost, const Change *gained)
{
    const char *one = referred_by(lost), *other = referred_by(gained);
    return one != NULL && other != NULL && !g_str_equal(one, other);
}

static const MlCatalogTable *table_of(const Group *group)
{
    return g_array_index(group->lost->len ? group->lost : group->gained, Change, 0).table;
}

/* Whether the table gains and loses columns of one type alone: else it is made over. */
static gboolean is_alone(const GPtrArray *groups, const Group *group)
{
    const MlCatalogTable *table = table_of(group);
    for (guint i = 0; i < groups->len; i++) {
        const MlCatalogTable *other = table_of(groups->pdata[i]);
        if (groups->pdata[i] != group && g_str_equal(other->name, table->name) &&
            g_strcmp0(other->schema, table->schema) == 0)
            return FALSE;
    }
    return TRUE;
}

static gboolean is_rename(const MlContext *context, const MlStep *step, const GPtrArray *groups,
                          const Group *group)
{
    const Change *lost = &g_array_index(group->lost, Change, 0);
    const Change *gained = &g_array_index(group->gained, Change, 0);
    return ml_names_are_alike(lost->column->name, gained->column->name) ||
           (is_alone(groups, group) && are_spelt_the_same(context, lost, gained) &&
            is_mirrored(step, lost, gained));
}

/* --- saying so ------------------------------------------------------------------------- */

static char *list(const GArray *changes)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < changes->len; i++)
        g_string_append_printf(text, "%s'%s'",
                               i == 0                  ? ""
                               : i + 1 == changes->len ? " and "
                                                       : ", ",
                               g_array_index(changes, Change, i).column->name);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void concern(MlFinding *finding, const Change *change)
{
    ml_finding_concerns(finding, ML_CATALOG_COLUMN, change->table->schema, change->table->name,
                        change->column->name);
}

static void report_rename(MlContext *context, const MlRevision *revision, const Change *lost,
                          const Change *gained)
{
    const char *old = lost->column->name, *new = gained->column->name;
    MlFinding *finding = ml_report(context, revision, ml_operation_place(lost->operation),
                                   "'%s' of '%s' is dropped and '%s' added in its place: a rename "
                                   "would keep the values",
                                   old, lost->table->name, new);
    g_autofree char *there = ml_rename_column_call(lost->operation, old, new);
    g_autofree char *back = ml_rename_column_call(lost->operation, new, old);
    ml_finding_help(finding, "write %s, and in downgrade() %s", there, back);
    ml_finding_relate(finding, revision, ml_operation_place(gained->operation),
                      "'%s' is added here", new);
    concern(finding, lost);
    concern(finding, gained);
}

/* Which of them is which, if any, only the author knows: no other rule is to be silent for it. */
static void report_candidates(MlContext *context, const MlRevision *revision, const Group *group)
{
    const Change *lost = &g_array_index(group->lost, Change, 0);
    const Change *gained = &g_array_index(group->gained, Change, 0);
    g_autofree char *old = list(group->lost), *new = list(group->gained);
    MlFinding *finding =
        ml_report(context, revision, ml_operation_place(lost->operation),
                  "%s of '%s' %s dropped, and %s of the same type added: if one becomes "
                  "another, its values are lost",
                  old, lost->table->name, group->lost->len > 1 ? "are" : "is", new);
    finding->severity = ML_SEVERITY_NOTE;
    g_autofree char *there =
        ml_rename_column_call(lost->operation, lost->column->name, gained->column->name);
    ml_finding_help(finding,
                    "for a rename write %s; where values are split or merged, UPDATE the new "
                    "column before the old one is dropped",
                    there);
    ml_finding_relate(finding, revision, ml_operation_place(gained->operation),
                      "'%s' is added here", gained->column->name);
    concern(finding, gained);
}

static void check_group(MlContext *context, const MlStep *step, const GPtrArray *groups,
                        const Group *group)
{
    if (group->lost->len == 0 || group->gained->len == 0 ||
        group->lost->len + group->gained->len > MOST_COLUMNS || !are_lost(step, group))
        return;
    const Change *lost = &g_array_index(group->lost, Change, 0);
    const Change *gained = &g_array_index(group->gained, Change, 0);
    gboolean single = group->lost->len == 1 && group->gained->len == 1;
    if (single && are_strangers(lost, gained))
        return;
    if (single && is_rename(context, step, groups, group))
        report_rename(context, step->node->revision, lost, gained);
    else
        report_candidates(context, step->node->revision, group);
}

static void check(MlContext *context, const MlStep *step)
{
    if (step->upgrade.raises)
        return;
    g_autoptr(GHashTable) groups =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, group_free);
    g_autoptr(GPtrArray) order = find_groups(context, step, groups);
    for (guint i = 0; i < order->len; i++)
        check_group(context, step, order, order->pdata[i]);
}

static const char *const superseded[] = {"ML601", "ML304", "ML307", NULL};

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
    "        sa.Column(\"mail\", sa.String(255)),\n"                                               \
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

const MlRule ml_rule_column_rename_as_drop = {
    .code = "ML501",
    .name = "column-rename-as-drop",
    .severity = ML_SEVERITY_ERROR,
    .summary = "a column is dropped and another like it added, and its values are lost",
    .why = "Autogenerate compares two schemas and cannot see that a column was renamed in the "
           "models: it writes that one column goes and another comes. Run like that, every value "
           "in the old column is gone, and no downgrade brings it back. A rename keeps them and "
           "takes no time, however large the table is.\n"
           "\n"
           "This is an error where one column of a type is dropped and one of the same type added "
           "to the same table, and either their names are alike, or they are the same but for the "
           "name, the table neither gains nor loses other columns, and downgrade() does the "
           "reverse. Where several could be meant, or one value is split into two, it is a note "
           "that names the candidates. Nothing is said where anything reads the old column or "
           "writes to the new one in between, nor where all rows are deleted before.",
    .bad = BEGINNING "def upgrade():\n"
                     "    op.add_column(\"account\", sa.Column(\"email\", sa.String(255)))\n"
                     "    op.drop_column(\"account\", \"mail\")\n"
                     "\n"
                     "\n"
                     "def downgrade():\n"
                     "    op.add_column(\"account\", sa.Column(\"mail\", sa.String(255)))\n"
                     "    op.drop_column(\"account\", \"email\")\n",
    .good = BEGINNING "def upgrade():\n"
                      "    op.alter_column(\"account\", \"mail\", new_column_name=\"email\")\n"
                      "\n"
                      "\n"
                      "def downgrade():\n"
                      "    op.alter_column(\"account\", \"email\", new_column_name=\"mail\")\n",
    .reference = "https://alembic.sqlalchemy.org/en/latest/autogenerate.html"
                 "#what-does-autogenerate-detect-and-what-does-it-not-detect",
    .supersedes = superseded,
    .check_step = check,
};
