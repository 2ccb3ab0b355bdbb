#include "lint/call.h"
#include "lint/drops.h"
#include "lint/moment.h"

#include <string.h>

/* --- what does not come back ------------------------------------------------------- */

/* A part that was made with a column which is missing too: it comes back with that. */
static gboolean is_part_of_missing(GHashTable *missing, const MlSchemaDifference *difference)
{
    return difference->of != ML_CATALOG_COLUMN && difference->was.made != NULL &&
           difference->table != NULL && g_hash_table_contains(missing, difference->was.made);
}

/* What made the columns that are missing: const MlDeed *. */
static GHashTable *makers_of_missing(const GArray *differences)
{
    GHashTable *makers = g_hash_table_new(NULL, NULL);
    for (guint i = 0; i < differences->len; i++) {
        const MlSchemaDifference *difference = &g_array_index(differences, MlSchemaDifference, i);
        if (difference->kind == ML_SCHEMA_MISSING && difference->of == ML_CATALOG_COLUMN &&
            difference->was.made != NULL && difference->was.made->operation->kind == ML_ADD_COLUMN)
            g_hash_table_add(makers, (gpointer)difference->was.made);
    }
    return makers;
}

static gboolean is_rename(const MlOperation *operation)
{
    return operation->new_name.is == ML_KNOWN;
}

static void relate_maker(MlFinding *finding, const MlExistence *was)
{
    if (was->made != NULL)
        ml_finding_relate(finding, was->made->revision, was->origin, "it was made here");
}

/* What batch mode makes a table anew for: it does not see all that the table has. */
static const MlOperation *recreation_of(const MlOperations *operations, const MlObject *object)
{
    for (gsize i = 0; object->table != NULL && i < operations->length; i++)
        if (ml_operation_recreates(operations->items[i]) &&
            operations->items[i]->table.is == ML_KNOWN &&
            g_str_equal(operations->items[i]->table.text, object->table))
            return operations->items[i];
    return NULL;
}

/* NULL where no batch may have lost it. */
static MlFinding *say_lost(MlContext *context, const MlStep *step, const MlObject *object,
                           const char *words)
{
    const MlRevision *revision = step->node->revision;
    if (g_strcmp0(context->migrations->dialect, "sqlite") != 0)
        return NULL;
    const MlOperation *upgrade = recreation_of(step->upgrade.operations, object);
    const MlOperation *lost = upgrade ? upgrade : recreation_of(step->downgrade.operations, object);
    if (lost == NULL)
        return NULL;
    MlFinding *finding =
        ml_report(context, revision, ml_operation_place(lost),
                  upgrade ? "downgrade() does not bring back %s, which upgrade() loses: batch mode "
                            "makes the table anew and does not see it"
                          : "downgrade() loses %s: batch mode makes the table anew and does not "
                            "see it",
                  words);
    ml_finding_help(finding, "make it again in downgrade(), behind the batch");
    return finding;
}

static MlFinding *say_missing(MlContext *context, const MlRevision *revision, const MlDrop *drop,
                              const char *words)
{
    const MlOperation *operation = drop ? drop->operation : NULL;
    MlOrigin where = drop ? ml_operation_place(operation) : revision->downgrade.name;
    if (drop != NULL && drop->downgrade)
        return ml_report(context, revision, where,
                         "downgrade() %s %s, which was there before upgrade()",
                         is_rename(operation) ? "renames" : "drops", words);
    if (drop != NULL && is_rename(operation))
        return ml_report(context, revision, where,
                         "downgrade() does not bring back %s, which upgrade() renames to '%s'",
                         words, operation->new_name.text);
    return ml_report(context, revision, where,
                     "downgrade() does not bring back %s, which upgrade() drops", words);
}

/* What a catalog has of a table or a column; NULL: nothing, or it is something else. */
static const MlExistence *existence_in(const MlCatalog *catalog, const MlObject *object)
{
    const MlCatalogTable *table = NULL;
    const MlCatalogColumn *column = NULL;
    if (object->kind == ML_CATALOG_TABLE &&
        ml_catalog_table(catalog, object->schema, object->name, &table) == ML_PRESENCE_PRESENT)
        return &table->existence;
    if (object->kind == ML_CATALOG_COLUMN &&
        ml_catalog_column(catalog, object->schema, object->table, object->name, &column) ==
            ML_PRESENCE_PRESENT)
        return &column->existence;
    return NULL;
}

/* Why downgrade() drops it: upgrade() makes it too, which cannot be. */
static void relate_second_maker(MlFinding *finding, const MlStep *step, const MlObject *object)
{
    const MlExistence *made = existence_in(ml_step_upgraded(step), object);
    const MlPassage *upgrade = &step->upgrade;
    for (gsize i = 0; made != NULL && made->made != NULL && i < upgrade->operations->length; i++)
        if (upgrade->operations->items[i] == made->made->operation &&
            existence_in(upgrade->states->pdata[i], object) != NULL)
            ml_finding_relate(finding, step->node->revision, made->origin,
                              "upgrade() makes it again here, and fails since it is there");
}

static void help_make(MlFinding *finding, const MlObject *object, const MlDrop *drop)
{
    const MlOperation *operation = drop ? drop->operation : NULL;
    if (drop != NULL && (drop->downgrade || is_rename(operation)))
        return;
    g_autofree char *call = ml_call_to_make(object, operation);
    if (call != NULL)
        ml_finding_help(finding, "write in downgrade(): %s", call);
}

static void report_missing(MlContext *context, const MlStep *step, GHashTable *drops,
                           const MlSchemaDifference *difference)
{
    const MlObject object = ml_object_of(difference);
    const MlDrop *drop = ml_drops_find(drops, &object);
    if (ml_object_has_twin(&object, ml_step_downgraded(step), context->migrations->dialect))
        return;
    g_autofree char *words = ml_object_words(&object);
    MlFinding *finding = drop ? NULL : say_lost(context, step, &object, words);
    gboolean is_lost = finding != NULL;
    if (!is_lost)
        finding = say_missing(context, step->node->revision, drop, words);
    ml_finding_concerns_object(finding, &object);
    relate_maker(finding, &difference->was);
    if (drop != NULL && drop->downgrade)
        relate_second_maker(finding, step, &object);
    if (!is_lost)
        help_make(finding, &object, drop);
}

/* --- what comes back different --------------------------------------------------------- */

/* How a sentence calls a property; those that are not here by their own name. */
static const char *property_words(const char *property)
{
    static const char *const words[][2] = {
        {"server_default", "server default"},
        {"referred_table", "referred table"},
        {"referred_schema", "referred schema"},
        {"referred_columns", "referred columns"},
        {"operator_class", "operator class"},
        {"ondelete", "ON DELETE"},
        {"onupdate", "ON UPDATE"},
        {"where", "WHERE"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_equal(property, words[i][0]))
            return words[i][1];
    return property;
}

static const char *side(const char *text, const char *unsaid)
{
    return text == NULL || *text == '\0' ? unsaid : text;
}

static const char *in_words(const char *nullable)
{
    return g_str_equal(nullable, "NULL") ? "nullable" : nullable;
}

/* Enums with more values than this are told apart by those that only one of them has. */
#define MOST_VALUES_LISTED 5

/* The names that are known: new. */
static GHashTable *set_of(MlNames values)
{
    GHashTable *set = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize i = 0; i < values.length; i++)
        if (values.items[i] != NULL)
            g_hash_table_add(set, (gpointer)values.items[i]);
    return set;
}

/* ", without 'a', 'b'": what one of them has and the other has not. */
static guint append_values(GString *text, const char *words, const MlNames *of,
                           const MlNames *other)
{
    g_autoptr(GHashTable) others = set_of(*other);
    guint count = 0;
    for (gsize i = 0; i < of->length; i++)
        if (of->items[i] != NULL && !g_hash_table_contains(others, of->items[i]))
            g_string_append_printf(text, "%s'%s'", count++ > 0 ? ", " : words, of->items[i]);
    return count;
}

/* FALSE where they are few, or differ in their order alone: then both are listed. */
static gboolean append_enum(GString *text, const MlSchemaDifference *difference)
{
    const MlCatalogObject *old = difference->old, *new = difference->new;
    if (!g_str_equal(difference->property, "values") || old == NULL || new == NULL ||
        MAX(old->values.length, new->values.length) <= MOST_VALUES_LISTED)
        return FALSE;
    g_autoptr(GString) values = g_string_new(NULL);
    guint lost = append_values(values, ", without ", &old->values, &new->values);
    guint gained = append_values(values, ", with ", &new->values, &old->values);
    if (lost + gained == 0)
        return FALSE;
    g_string_append_printf(text, "with %zu values instead of %zu%s", new->values.length,
                           old->values.length, values->str);
    return TRUE;
}

static void append_property(GString *text, const MlSchemaDifference *difference)
{
    if (append_enum(text, difference))
        return;

    const char *property = difference->property;
    const char *unsaid = g_str_equal(property, "method") ? "btree" : "none";
    const char *was = side(difference->before, unsaid), *is = side(difference->after, unsaid);
    if (g_str_equal(property, "nullable"))
        g_string_append_printf(text, "%s instead of %s", in_words(is), in_words(was));
    else if (g_str_equal(property, "name"))
        g_string_append_printf(text, "by the name '%s' instead of '%s'", is, was);
    else
        g_string_append_printf(text, "with %s %s instead of %s", property_words(property), is, was);
}

/* Whether both are of one object, which may differ in several ways. */
static gboolean are_of_one(const MlSchemaDifference *one, const MlSchemaDifference *other)
{
    return one->kind == other->kind && one->of == other->of && one->old == other->old &&
           one->new == other->new;
}

/* What downgrade() made of it, or else what upgrade() did. */
static MlOrigin place_of(const MlStep *step, const MlSchemaDifference *difference)
{
    const MlDeed *changed = difference->now.changed;
    if (changed == NULL || changed->revision != step->node->revision)
        return step->node->revision->downgrade.name;
    return changed == difference->now.made ? difference->now.origin
                                           : ml_operation_place(changed->operation);
}

/* The difference in a property among those of one object; NULL: none. */
static const MlSchemaDifference *difference_in(const GPtrArray *differences, const char *property)
{
    for (guint i = 0; i < differences->len; i++) {
        const MlSchemaDifference *difference = differences->pdata[i];
        if (g_str_equal(difference->property, property))
            return difference;
    }
    return NULL;
}

static gboolean is_text(const char *type)
{
    return g_str_equal(type, "text") || g_str_has_prefix(type, "character");
}

/* What Postgres wants USING for; a name that has to be quoted is not written down. */
static gboolean turns_text_into_more(const MlContext *context, const MlSchemaDifference *type)
{
    return g_strcmp0(context->migrations->dialect, "postgresql") == 0 && type != NULL &&
           is_text(type->after) && !is_text(type->before) &&
           strspn(type->before, G_CSET_a_2_z G_CSET_DIGITS "_ .,()[]") == strlen(type->before);
}

/* As it was before; `name` is what it was called. */
static MlObject former(const MlSchemaDifference *difference, const char *name)
{
    return (MlObject){
        .kind = difference->of,
        .schema = difference->schema,
        .table = difference->table,
        .name = name,
        .held = difference->old,
    };
}

static gboolean is_made_by_downgrade(const MlSchemaDifference *difference)
{
    const MlDeed *changed = difference->now.changed;
    return changed != NULL && changed->downgrade && changed == difference->now.made;
}

/* What is there with its name, and the other instead. */
static char *call_to_replace(const MlObject *now, const MlObject *was, const MlOperation *like)
{
    if (now->kind == ML_CATALOG_TYPE || (like != NULL && like->batch != NULL))
        return NULL;
    g_autofree char *drop = ml_call_to_drop(now, like), *make = ml_call_to_make(was, like);
    return drop && make ? g_strdup_printf("%s; %s", drop, make) : NULL;
}

static char *call_to_restore(const MlContext *context, const GPtrArray *differences)
{
    const MlSchemaDifference *one = differences->pdata[0];
    const MlSchemaDifference *name = difference_in(differences, "name");
    const MlSchemaDifference *type = difference_in(differences, "type");
    const MlObject now = ml_object_of(one), was = former(one, name ? name->before : one->name);
    const MlOperation *like = one->now.changed ? one->now.changed->operation : NULL;
    if (is_made_by_downgrade(one))
        return ml_call_to_make(&was, like);
    if (one->of != ML_CATALOG_COLUMN)
        return call_to_replace(&now, &was, like);
    return ml_call_to_alter(&was, differences, like,
                            turns_text_into_more(context, type) ? type->before : NULL);
}

/* Postgres has no way to take a value out of an enum again. */
static gboolean has_only_more_values(const MlSchemaDifference *difference)
{
    if (difference->of != ML_CATALOG_TYPE)
        return FALSE;
    const MlNames was = ((const MlCatalogObject *)difference->old)->values;
    const MlNames is = ((const MlCatalogObject *)difference->new)->values;
    g_autoptr(GHashTable) left = set_of(is);
    for (gsize i = 0; i < was.length; i++)
        if (was.items[i] == NULL || !g_hash_table_contains(left, was.items[i]))
            return FALSE;
    return TRUE;
}

/* Rows that are there need a value when a column comes back that takes no NULL. */
static gboolean is_default_for_rows(const MlSchemaDifference *difference)
{
    const MlCatalogColumn *column = difference->of == ML_CATALOG_COLUMN ? difference->new : NULL;
    return column != NULL && g_str_equal(difference->property, "server_default") &&
           side(difference->before, NULL) == NULL && column->nullable == ML_NO &&
           is_made_by_downgrade(difference);
}

/* What no code of the release before can stumble over. */
static gboolean are_slight(const GPtrArray *differences)
{
    for (guint i = 0; i < differences->len; i++)
        if (!g_str_equal(((MlSchemaDifference *)differences->pdata[i])->property, "comment") &&
            !is_default_for_rows(differences->pdata[i]))
            return FALSE;
    return TRUE;
}

static gboolean is_synchronised(const MlSchemaDifference *difference)
{
    const MlDeed *changed = difference->now.changed;
    return changed != NULL && changed->operation->kind == ML_SYNC_ENUM_VALUES;
}

static void help_restore(const MlContext *context, MlFinding *finding, const GPtrArray *differences)
{
    const MlSchemaDifference *one = differences->pdata[0];
    const MlDeed *changed = one->now.changed;
    gboolean in_table = is_made_by_downgrade(one) && one->of == ML_CATALOG_COLUMN &&
                        changed->operation->kind == ML_CREATE_TABLE;
    g_autofree char *call = call_to_restore(context, differences);
    if (call != NULL)
        ml_finding_help(finding, "write in %sdowngrade(): %s",
                        in_table ? "op.create_table(...) of " : "", call);
}

/* What made it need not be what it was like. */
static void relate_changer(MlFinding *finding, const MlExistence *was)
{
    const MlDeed *changed = was->changed;
    if (changed != NULL && changed != was->made && changed->revision != NULL)
        ml_finding_relate(finding, changed->revision, ml_operation_place(changed->operation),
                          "it was changed here");
}

static void report_changed(MlContext *context, const MlStep *step, const GArray *differences,
                           guint first, guint end)
{
    const MlSchemaDifference *difference = &g_array_index(differences, MlSchemaDifference, first);
    const MlObject object = ml_object_of(difference);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GPtrArray) sure = g_ptr_array_new();
    for (guint i = first; i < end; i++) {
        const MlSchemaDifference *next = &g_array_index(differences, MlSchemaDifference, i);
        if (!next->certain)
            continue;
        g_string_append(text, text->len ? " and " : "");
        append_property(text, next);
        g_ptr_array_add(sure, (gpointer)next);
    }
    g_autofree char *words = ml_object_words(&object);
    MlFinding *finding =
        ml_report(context, step->node->revision, place_of(step, difference),
                  "downgrade() %s %s %s, as it was before upgrade()",
                  is_made_by_downgrade(difference) ? "brings back" : "leaves", words, text->str);
    ml_finding_concerns_object(finding, &object);
    relate_maker(finding, &difference->was);
    relate_changer(finding, &difference->was);
    help_restore(context, finding, sure);
    if (are_slight(sure))
        finding->severity = ML_SEVERITY_NOTE;
    if (has_only_more_values(difference)) {
        finding->severity = ML_SEVERITY_NOTE;
        ml_finding_help(finding,
                        is_synchronised(difference)
                            ? "write in downgrade() op.sync_enum_values(...) with the values that "
                              "it had, or leave them if the release before can live with them"
                            : "Postgres cannot drop a value: that it stays is fine, if the "
                              "release before can live with it");
    }
}

/* --- both ---------------------------------------------------------------------------------- */

static guint end_of_object(const GArray *differences, guint first, gboolean *certain)
{
    const MlSchemaDifference *one = &g_array_index(differences, MlSchemaDifference, first);
    guint end = first;
    *certain = FALSE;
    for (; end < differences->len; end++) {
        const MlSchemaDifference *next = &g_array_index(differences, MlSchemaDifference, end);
        if (end > first && !are_of_one(one, next))
            break;
        *certain |= next->certain;
    }
    return end;
}

static void check(MlContext *context, const MlStep *step)
{
    if (!ml_step_comes_back(step))
        return;
    const GArray *differences = ml_step_differences(step);
    g_autoptr(GHashTable) drops = ml_drops_of(step);
    g_autoptr(GHashTable) missing = makers_of_missing(differences);
    for (guint i = 0; i < differences->len;) {
        const MlSchemaDifference *difference = &g_array_index(differences, MlSchemaDifference, i);
        gboolean certain;
        guint end = end_of_object(differences, i, &certain);
        if (difference->kind == ML_SCHEMA_CHANGED && certain)
            report_changed(context, step, differences, i, end);
        else if (difference->kind == ML_SCHEMA_MISSING && difference->certain &&
                 !is_part_of_missing(missing, difference))
            report_missing(context, step, drops, difference);
        i = end;
    }
}

#define BEFORE                                                                                     \
    "# file: versions/1a2b3c4d5e6f_create_account.py\n"                                            \
    "\"\"\"create account\"\"\"\n"                                                                 \
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
    "# file: versions/2b3c4d5e6f70_drop_email.py\n"                                                \
    "\"\"\"drop email\"\"\"\n"                                                                     \
    "from alembic import op\n"                                                                     \
    "import sqlalchemy as sa\n"                                                                    \
    "\n"                                                                                           \
    "revision = \"2b3c4d5e6f70\"\n"                                                                \
    "down_revision = \"1a2b3c4d5e6f\"\n"                                                           \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def upgrade():\n"                                                                             \
    "    op.drop_column(\"account\", \"email\")\n"                                                 \
    "\n"                                                                                           \
    "\n"                                                                                           \
    "def downgrade():\n"

const MlRule ml_rule_downgrade_misses_object = {
    .code = "ML304",
    .name = "downgrade-misses-object",
    .severity = ML_SEVERITY_ERROR,
    .summary = "what upgrade() drops or changes does not come back as it was",
    .why =
        "Whoever rolls back gets a schema that the older code does not know: a column is missing, "
        "shorter, or takes no NULL any more. Nothing fails on the way down, so it comes out "
        "when that code runs.\n"
        "\n"
        "upgrade() and downgrade() are replayed on what the revisions before have made. Types and "
        "defaults are compared as the database has them, and the order of columns counts for "
        "nothing. What cannot be told without running Python is not compared. An enum that is left "
        "with more values is a note, since Postgres cannot take one out; so are another comment "
        "and the server default of a column that comes back NOT NULL, which its rows need.",
    .bad = BEFORE "    op.add_column(\"account\", sa.Column(\"email\", sa.String(100)))\n",
    .good = BEFORE "    op.add_column(\"account\", sa.Column(\"email\", sa.String(255)))\n",
    .supersedes = (const char *const[]){"ML803", NULL},
    .check_step = check,
};
