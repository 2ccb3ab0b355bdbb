#include "lint/call.h"
#include "lint/passage.h"

/* An index that the revision drops, or makes. */
typedef struct {
    const MlOperation *operation;
    gsize at;
    const MlCatalogTable *table;
    const MlCatalogIndex *index;
} Change;

/* --- what comes and goes -------------------------------------------------------- */

static gboolean is_lost(const MlContext *context, const MlStep *step, Change *change)
{
    const MlOperation *operation = change->operation;
    const char *schema = operation->schema.text;
    const MlCatalog *before = step->upgrade.states->pdata[change->at];
    const MlResolvedName name = ml_dropped_name(before, operation);
    return operation->kind == ML_DROP_INDEX && name.text != NULL &&
           ml_catalog_index(before, schema, name.text, &change->table, &change->index) ==
               ML_PRESENCE_PRESENT &&
           ml_is_existing(context, step, &change->index->existence) &&
           ml_catalog_index(ml_step_upgraded(step), schema, name.text, NULL, NULL) !=
               ML_PRESENCE_PRESENT;
}

static gboolean is_gained(const MlStep *step, Change *change)
{
    const MlOperation *operation = change->operation;
    const MlCatalog *after = step->upgrade.states->pdata[change->at + 1];
    if (operation->kind != ML_CREATE_INDEX || operation->table.is != ML_KNOWN ||
        ml_catalog_table(after, operation->schema.text, operation->table.text, &change->table) !=
            ML_PRESENCE_PRESENT)
        return FALSE;
    for (gsize i = 0; i < change->table->n_indexes; i++) {
        change->index = change->table->indexes[i];
        if (change->index->existence.made != NULL &&
            change->index->existence.made->operation == operation)
            return change->index->name != NULL;
    }
    return FALSE;
}

/* --- whether only the name is another --------------------------------------------- */

static gboolean are_same_texts(MlText one, MlText other)
{
    return one.is != ML_UNKNOWN && other.is != ML_UNKNOWN && g_strcmp0(one.text, other.text) == 0;
}

static gboolean are_same_flags(MlFlag one, MlFlag other)
{
    return one.is != ML_UNKNOWN && other.is != ML_UNKNOWN && ml_is_true(one) == ml_is_true(other);
}

static gboolean are_same_parts(const MlIndexPart *one, const MlIndexPart *other)
{
    return are_same_texts(one->expression, other->expression) &&
           are_same_texts(one->operator_class, other->operator_class) &&
           are_same_texts(one->collation, other->collation) &&
           are_same_texts(one->order, other->order) && are_same_texts(one->nulls, other->nulls);
}

static gboolean are_same_lists(MlTexts one, MlTexts other)
{
    if (one.is == ML_UNKNOWN || other.is == ML_UNKNOWN || one.length != other.length)
        return FALSE;
    for (gsize i = 0; i < one.length; i++)
        if (!are_same_texts(one.items[i], other.items[i]))
            return FALSE;
    return TRUE;
}

static gboolean are_same_keywords(const MlIndex *one, const MlIndex *other)
{
    if (one->n_keywords != other->n_keywords)
        return FALSE;
    for (gsize i = 0; i < one->n_keywords; i++)
        if (!g_str_equal(one->keywords[i].name, other->keywords[i].name) ||
            !are_same_texts(one->keywords[i].value, other->keywords[i].value))
            return FALSE;
    return TRUE;
}

static gboolean are_same_columns(MlNames one, MlNames other)
{
    if (!one.known || !other.known || one.length != other.length)
        return FALSE;
    for (gsize i = 0; i < one.length; i++)
        if (g_strcmp0(one.items[i], other.items[i]) != 0)
            return FALSE;
    return one.length > 0;
}

static gboolean are_same(const MlCatalogIndex *one, const MlCatalogIndex *other)
{
    const MlIndex *left = one->definition, *right = other->definition;
    if (left == NULL || right == NULL || left->open || right->open || one->rewritten ||
        left->n_parts != right->n_parts || !are_same_columns(one->columns, other->columns))
        return FALSE;
    for (gsize i = 0; i < left->n_parts; i++)
        if (!are_same_parts(&left->parts[i], &right->parts[i]))
            return FALSE;
    return are_same_flags(left->unique, right->unique) &&
           are_same_flags(left->nulls_not_distinct, right->nulls_not_distinct) &&
           are_same_texts(left->method, right->method) &&
           are_same_texts(left->where, right->where) &&
           are_same_lists(left->include, right->include) && are_same_keywords(left, right);
}

/* --- saying so ----------------------------------------------------------------------- */

static void report(MlContext *context, const MlRevision *revision, const Change *lost,
                   const Change *gained)
{
    const char *old = lost->index->name, *new = gained->index->name;
    MlFinding *finding = ml_report(context, revision, ml_operation_place(lost->operation),
                                   "index '%s' of '%s' is dropped and made again as '%s'", old,
                                   lost->table->name, new);
    const char *schema = lost->table->schema;
    g_autofree char *statement = g_strdup_printf("ALTER INDEX %s%s%s RENAME TO %s",
                                                 schema ? schema : "", schema ? "." : "", old, new);
    g_autofree char *quoted = ml_python_string(statement);
    ml_finding_help(finding, "%srename it: op.execute(%s)",
                    context->migrations->dialect ? "" : "on Postgres, ", quoted);
    ml_finding_relate(finding, revision, ml_operation_place(gained->operation), "'%s' is made here",
                      new);
    ml_finding_concerns(finding, ML_CATALOG_INDEX, schema, lost->table->name, old);
}

/* Whether the names stand for different indexes of one table. */
static gboolean is_rename(const Change *lost, const Change *gained)
{
    return g_str_equal(lost->table->name, gained->table->name) &&
           g_strcmp0(lost->table->schema, gained->table->schema) == 0 &&
           !g_str_equal(lost->index->name, gained->index->name) &&
           are_same(lost->index, gained->index);
}

#define MOST_INDEXES 256 /* that are compared with each other */

static void find(const MlContext *context, const MlStep *step, GArray *lost, GArray *gained)
{
    for (gsize i = 0; i < step->upgrade.operations->length; i++) {
        Change change = {.operation = step->upgrade.operations->items[i], .at = i};
        if (!ml_step_surely_does(step, change.operation))
            continue;
        if (change.operation->kind == ML_DROP_INDEX && is_lost(context, step, &change))
            g_array_append_val(lost, change);
        else if (is_gained(step, &change))
            g_array_append_val(gained, change);
    }
}

static void check(MlContext *context, const MlStep *step)
{
    const char *dialect = context->migrations->dialect;
    if (step->upgrade.raises || (dialect != NULL && !g_str_equal(dialect, "postgresql")))
        return;
    g_autoptr(GArray) lost = g_array_new(FALSE, FALSE, sizeof(Change));
    g_autoptr(GArray) gained = g_array_new(FALSE, FALSE, sizeof(Change));
    find(context, step, lost, gained);
    if (lost->len > MOST_INDEXES)
        return;
    for (guint i = 0; i < gained->len; i++)
        for (guint j = 0; j < lost->len; j++)
            if (is_rename(&g_array_index(lost, Change, j), &g_array_index(gained, Change, i))) {
                report(context, step->node->revision, &g_array_index(lost, Change, j),
                       &g_array_index(gained, Change, i));
                g_array_remove_index(lost, j);
                break;
            }
}

#define BEGINNING                                                                                  \
    "# file: ../alembic.ini\n"                                                                     \
    "[alembic]\n"                                                                                  \
    "script_location = migrations\n"                                                               \
    "sqlalchemy.url = postgresql://db/bank\n"                                                      \
    "# file: versions/1_create.py\n"                                                               \
    "from alembic import op\n"                                                                     \
    "import sqlalchemy as sa\n"                                                                    \
    "\n"                                                                                           \
    "revision = \"1a2b3c4d5e6f\"\n"                                                                \
    "down_revision = None\n"                                                                       \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"                                                                             \
    "    op.create_table(\"account\", sa.Column(\"email\", sa.String(255)))\n"                     \
    "    op.create_index(\"account_email\", \"account\", [\"email\"])\n"                           \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"                                                                           \
    "    op.drop_table(\"account\")\n"                                                             \
    "# file: versions/2_rename.py\n"                                                               \
    "from alembic import op\n"                                                                     \
    "\n"                                                                                           \
    "revision = \"2b3c4d5e6f70\"\n"                                                                \
    "down_revision = \"1a2b3c4d5e6f\"\n"                                                           \
    "\n"                                                                                           \
    "\n"

const MlRule ml_rule_index_rename_as_recreate = {
    .code = "ML504",
    .name = "index-rename-as-recreate",
    .severity = ML_SEVERITY_NOTE,
    .summary = "an index is dropped and made again under another name only",
    .why = "An index that only gets another name, as after a change of the naming convention, need "
           "not be built again: that reads the whole table, keeps writers waiting, and leaves "
           "queries without the index in between. Postgres renames it at once.\n"
           "\n"
           "SQLite has no other way, so nothing is said there.",
    .bad = BEGINNING "def upgrade():\n"
                     "    op.drop_index(\"account_email\", table_name=\"account\")\n"
                     "    op.create_index(\"ix_account_email\", \"account\", [\"email\"])\n"
                     "\n"
                     "\n"
                     "def downgrade():\n"
                     "    op.drop_index(\"ix_account_email\", table_name=\"account\")\n"
                     "    op.create_index(\"account_email\", \"account\", [\"email\"])\n",
    .good = BEGINNING "def upgrade():\n"
                      "    op.execute(\"ALTER INDEX account_email RENAME TO ix_account_email\")\n"
                      "\n"
                      "\n"
                      "def downgrade():\n"
                      "    op.execute(\"ALTER INDEX ix_account_email RENAME TO account_email\")\n",
    .check_step = check,
};
