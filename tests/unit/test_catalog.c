/* Catalogs: what is known, absent and unknown; branches that meet; names; canonical forms. */
#include "miglint/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* --- catalogs made of revisions --------------------------------------------------- */

typedef struct {
    MlMigrations migrations;
    MlSqlReader *sql;
    MlReplay *replay;
} Chain;

static char *revision_text(const char *id, const char *parents, const char *rest)
{
    return g_strdup_printf("import sqlalchemy as sa\nfrom alembic import op\n"
                           "from sqlalchemy.dialects import postgresql\n"
                           "revision = '%s'\ndown_revision = %s\n%s\n",
                           id, parents, rest);
}

/* `texts`: id, parents as Python writes them, and the functions; NULL at the end. */
static Chain replayed(const char *dialect, const char *const *texts)
{
    Chain chain = {.sql = ml_sql_reader_new()};
    chain.migrations.revisions = g_ptr_array_new_with_free_func((GDestroyNotify)ml_revision_unref);
    chain.migrations.dialect = (char *)dialect;
    chain.migrations.setup = ml_setup_new();
    chain.migrations.setup->naming_convention = ML_FACT_NONE;
    const MlRevisionReader reader = {.load = ML_LOAD_FULL, .sql = chain.sql, .dialect = dialect};
    for (guint i = 0; texts[i] != NULL; i += 3) {
        g_autofree char *text = revision_text(texts[i], texts[i + 1], texts[i + 2]);
        g_autofree char *path = g_strconcat(texts[i], ".py", NULL);
        g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
        g_ptr_array_add(chain.migrations.revisions, ml_revision_parse(&reader, path, bytes));
    }
    chain.migrations.graph = ml_graph_new(chain.migrations.revisions);
    chain.replay = ml_replay_new(&chain.migrations, NULL);
    return chain;
}

static void chain_clear(Chain *chain)
{
    ml_replay_free(chain->replay);
    ml_graph_free(chain->migrations.graph);
    g_ptr_array_unref(chain->migrations.revisions);
    ml_setup_free(chain->migrations.setup);
    ml_sql_reader_free(chain->sql);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Chain, chain_clear)

static const MlStep *step(const Chain *chain, const char *id)
{
    const MlNode *node = ml_graph_find(chain->migrations.graph, id);
    return ml_replay_step(chain->replay, node->revision, NULL);
}

static const MlCatalog *end(const Chain *chain)
{
    return ml_replay_end(chain->replay, NULL);
}

static MlPresence table(const MlCatalog *catalog, const char *name)
{
    return ml_catalog_table(catalog, NULL, name, NULL);
}

static MlPresence column(const MlCatalog *catalog, const char *of, const char *name)
{
    return ml_catalog_column(catalog, NULL, of, name, NULL);
}

#define UP "def upgrade():\n    "

#define MAKES_T                                                                                    \
    UP "op.create_table('t', sa.Column('a', sa.Integer()), sa.Column('b', sa.String(5)))\n"

/* --- what is known ------------------------------------------------------------------ */

static void test_open_world(void **state)
{
    (void)state;
    const char *const texts[] = {"a", "None",
                                 UP "op.add_column('old', sa.Column('x', sa.Integer()))\n"
                                    "    op.drop_column('old', 'y')\n"
                                    "    op.drop_table('gone')\n",
                                 NULL};
    g_auto(Chain) chain = replayed("postgresql", texts);
    const MlCatalog *before = ml_step_before(step(&chain, "a"));
    assert_int_equal(table(before, "old"), ML_PRESENCE_UNKNOWN);
    const MlCatalog *after = end(&chain);
    const MlCatalogTable *old, *gone;
    assert_int_equal(ml_catalog_table(after, NULL, "old", &old), ML_PRESENCE_PRESENT);
    assert_true(old->open);
    assert_null(old->existence.made);
    assert_int_equal(column(after, "old", "x"), ML_PRESENCE_PRESENT);
    assert_int_equal(column(after, "old", "y"), ML_PRESENCE_ABSENT);
    assert_int_equal(column(after, "old", "z"), ML_PRESENCE_UNKNOWN);
    assert_int_equal(ml_catalog_table(after, "public", "gone", &gone), ML_PRESENCE_ABSENT);
    assert_int_equal(gone->existence.changed->operation->kind, ML_DROP_TABLE);
    assert_int_equal(table(after, "other"), ML_PRESENCE_UNKNOWN);
}

static void test_made_and_changed(void **state)
{
    (void)state;
    const char *const texts[] = {
        "a", "None", MAKES_T, "b", "'a'", UP "op.alter_column('t', 'a', nullable=False)\n", NULL};
    g_auto(Chain) chain = replayed("postgresql", texts);
    const MlCatalogColumn *a, *b;
    assert_int_equal(ml_catalog_column(end(&chain), NULL, "t", "a", &a), ML_PRESENCE_PRESENT);
    ml_catalog_column(end(&chain), NULL, "t", "b", &b);
    assert_string_equal(a->existence.made->revision->id.text, "a");
    assert_string_equal(a->existence.changed->revision->id.text, "b");
    assert_string_equal(b->existence.changed->revision->id.text, "a");
    assert_int_equal(a->nullable, ML_NO);
    assert_int_equal(column(end(&chain), "t", "c"), ML_PRESENCE_ABSENT);
    const MlCatalogColumn *earlier;
    ml_catalog_column(ml_step_before(step(&chain, "b")), NULL, "t", "a", &earlier);
    assert_int_equal(earlier->nullable, ML_YES);
}

static void test_conditional(void **state)
{
    (void)state;
    const char *const texts[] = {"a",
                                 "None",
                                 MAKES_T,
                                 "b",
                                 "'a'",
                                 UP "if sa.inspect(op.get_bind()).has_table('x'):\n"
                                    "        op.drop_column('t', 'a')\n"
                                    "        op.alter_column('t', 'b', type_=sa.Text())\n"
                                    "        op.create_table('u', sa.Column('i', sa.Integer()))\n",
                                 NULL};
    g_auto(Chain) chain = replayed("postgresql", texts);
    const MlCatalogColumn *b;
    assert_int_equal(column(end(&chain), "t", "a"), ML_PRESENCE_UNKNOWN);
    assert_int_equal(ml_catalog_column(end(&chain), NULL, "t", "b", &b), ML_PRESENCE_PRESENT);
    assert_int_equal(b->type->kind, ML_TYPE_UNKNOWN);
    assert_int_equal(table(end(&chain), "t"), ML_PRESENCE_PRESENT);
    assert_int_equal(table(end(&chain), "u"), ML_PRESENCE_UNKNOWN);
}

static void test_doubt(void **state)
{
    (void)state;
    const char *const texts[] = {"a",
                                 "None",
                                 MAKES_T,
                                 "b",
                                 "'a'",
                                 UP "op.execute('DO $$ BEGIN PERFORM 1; END $$')\n"
                                    "    op.add_column('t', sa.Column('c', sa.Integer()))\n",
                                 NULL};
    g_auto(Chain) chain = replayed("postgresql", texts);
    assert_null(ml_catalog_doubt(ml_step_before(step(&chain, "b"))));
    assert_int_equal(column(ml_step_before(step(&chain, "b")), "t", "a"), ML_PRESENCE_PRESENT);
    assert_non_null(ml_catalog_doubt(end(&chain)));
    assert_int_equal(table(end(&chain), "t"), ML_PRESENCE_PRESENT);
    assert_int_equal(column(end(&chain), "t", "a"), ML_PRESENCE_UNKNOWN);
    assert_int_equal(column(end(&chain), "t", "c"), ML_PRESENCE_PRESENT);
    assert_int_equal(column(end(&chain), "t", "z"), ML_PRESENCE_UNKNOWN);
}

/* --- branches --------------------------------------------------------------------------- */

static void test_join(void **state)
{
    (void)state;
    const char *const texts[] = {
        "a",
        "None",
        MAKES_T,
        "b",
        "'a'",
        UP "op.add_column('t', sa.Column('c', sa.Integer()))\n"
           "    op.alter_column('t', 'b', type_=sa.Text())\n",
        "c",
        "'a'",
        UP "op.drop_column('t', 'a')\n    op.alter_column('t', 'b', type_=sa.Integer())\n",
        "d",
        "('b', 'c')",
        UP "op.create_table('u', sa.Column('i', sa.Integer()))\n",
        NULL};
    g_auto(Chain) chain = replayed("postgresql", texts);
    const MlCatalog *before = ml_step_before(step(&chain, "d"));
    const MlCatalogColumn *b;
    assert_int_equal(column(before, "t", "a"), ML_PRESENCE_ABSENT);
    assert_int_equal(column(before, "t", "c"), ML_PRESENCE_PRESENT);
    assert_int_equal(ml_catalog_column(before, NULL, "t", "b", &b), ML_PRESENCE_PRESENT);
    assert_int_equal(b->type->kind, ML_TYPE_UNKNOWN); /* each made it another */
    assert_int_equal(column(ml_step_before(step(&chain, "c")), "t", "c"), ML_PRESENCE_ABSENT);
    assert_int_equal(table(end(&chain), "u"), ML_PRESENCE_PRESENT);
}

static void test_join_of_doubt(void **state)
{
    (void)state;
    const char *const texts[] = {
        "a", "None",       MAKES_T,
        "b", "'a'",        UP "op.create_table('u', sa.Column('i', sa.Integer()))\n",
        "c", "'a'",        UP "op.execute('CALL anything()')\n",
        "d", "('b', 'c')", UP "pass\n",
        NULL};
    g_auto(Chain) chain = replayed("postgresql", texts);
    assert_int_equal(table(ml_step_upgraded(step(&chain, "b")), "u"), ML_PRESENCE_PRESENT);
    assert_int_equal(table(end(&chain), "u"), ML_PRESENCE_UNKNOWN);
}

static void test_dependency(void **state)
{
    (void)state;
    const char *const texts[] = {
        "a", "None", MAKES_T, "b", "None\ndepends_on = 'a'", UP "op.drop_column('t', 'a')\n", NULL};
    g_auto(Chain) chain = replayed("postgresql", texts);
    assert_int_equal(column(ml_step_before(step(&chain, "b")), "t", "a"), ML_PRESENCE_PRESENT);
    assert_int_equal(column(end(&chain), "t", "a"), ML_PRESENCE_ABSENT);
}

static void test_circle(void **state)
{
    (void)state;
    const char *const texts[] = {"a", "'b'", MAKES_T, "b", "'a'", UP "op.drop_table('t')\n", NULL};
    g_auto(Chain) chain = replayed("postgresql", texts);
    assert_int_equal(ml_replay_steps(chain.replay)->len, 2);
    assert_non_null(ml_step_before(step(&chain, "a")));
}

/* --- differences ---------------------------------------------------------------------------- */

static GArray *differences(const Chain *chain, const char *id)
{
    const MlStep *of = step(chain, id);
    return ml_catalog_differences(ml_step_before(of), ml_step_downgraded(of));
}

static void test_differences(void **state)
{
    (void)state;
    const char *const texts[] = {
        "a",
        "None",
        MAKES_T "def downgrade():\n    op.drop_table('t')\n",
        "b",
        "'a'",
        UP "op.add_column('t', sa.Column('c', sa.Integer()))\n"
           "    op.drop_column('t', 'a')\n"
           "    op.alter_column('t', 'b', type_=sa.Text())\n"
           "def downgrade():\n    op.alter_column('t', 'b', type_=sa.String(6))\n",
        NULL};
    g_auto(Chain) chain = replayed("postgresql", texts);
    g_autoptr(GArray) none = differences(&chain, "a");
    assert_int_equal(none->len, 0);
    g_autoptr(GArray) found = differences(&chain, "b");
    assert_int_equal(found->len, 3);
    static const struct {
        const char *name;
        MlSchemaDifferenceKind kind;
    } expected[] = {{"a", ML_SCHEMA_MISSING}, {"b", ML_SCHEMA_CHANGED}, {"c", ML_SCHEMA_LEFT}};
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        gboolean seen = FALSE;
        for (guint j = 0; j < found->len; j++) {
            const MlSchemaDifference *difference = &g_array_index(found, MlSchemaDifference, j);
            seen |= strcmp(difference->name, expected[i].name) == 0 &&
                    difference->kind == expected[i].kind && difference->certain &&
                    strcmp(difference->table, "t") == 0;
        }
        assert_true(seen);
    }
}

/* Of what had been there before the chain, only what upgrade() did tells something. */
static void test_differences_of_unknown(void **state)
{
    (void)state;
    const char *const texts[] = {
        "a", "None",
        UP "op.drop_column('t', 'x')\n    op.drop_column('t', 'y')\n"
           "    op.alter_column('t', 'z', type_=sa.Text())\n"
           "    op.execute('DROP TABLE IF EXISTS perhaps')\n"
           "def downgrade():\n    op.add_column('t', sa.Column('x', sa.Integer()))\n"
           "    op.alter_column('t', 'z', type_=sa.Integer())\n",
        NULL};
    g_auto(Chain) chain = replayed("postgresql", texts);
    g_autoptr(GArray) found = differences(&chain, "a");
    guint certain = 0;
    for (guint i = 0; i < found->len; i++) {
        const MlSchemaDifference *difference = &g_array_index(found, MlSchemaDifference, i);
        if (!difference->certain)
            continue;
        certain++;
        assert_string_equal(difference->name, "y");
        assert_int_equal(difference->kind, ML_SCHEMA_MISSING);
    }
    assert_int_equal(certain, 1);
}

/* --- looking up ---------------------------------------------------------------------------------
 */

static void test_lookups(void **state)
{
    (void)state;
    const char *const texts[] = {
        "a", "None",
        UP "op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True),\n"
           "        sa.Column('e', sa.Enum('x', name='e')))\n"
           "    op.create_table('u', sa.Column('t_id', sa.Integer(), sa.ForeignKey('t.id')))\n"
           "    op.create_index('i', 'u', ['t_id'])\n"
           "    op.execute('CREATE VIEW v AS SELECT 1')\n",
        NULL};
    g_auto(Chain) chain = replayed("postgresql", texts);
    const MlCatalogTable *owner;
    const MlCatalogIndex *index;
    const MlCatalogConstraint *key;
    const MlCatalogObject *type;
    assert_int_equal(ml_catalog_index(end(&chain), NULL, "i", &owner, &index), ML_PRESENCE_PRESENT);
    assert_string_equal(owner->name, "u");
    assert_true(ml_names_hold(index->columns, "t_id"));
    assert_int_equal(ml_catalog_constraint(end(&chain), NULL, "u", "u_t_id_fkey", &key),
                     ML_PRESENCE_PRESENT);
    assert_int_equal(key->naming, ML_NAME_BY_DATABASE);
    assert_int_equal(ml_catalog_constraint(end(&chain), NULL, "u", "no", &key), ML_PRESENCE_ABSENT);
    assert_int_equal(ml_catalog_type(end(&chain), NULL, "e", &type), ML_PRESENCE_PRESENT);
    assert_true(type->is_enum && type->shared);
    assert_int_equal(ml_catalog_sequence(end(&chain), NULL, "t_id_seq", NULL), ML_PRESENCE_PRESENT);
    assert_int_equal(ml_catalog_object(end(&chain), ML_OBJECT_VIEW, NULL, NULL, "v", NULL),
                     ML_PRESENCE_PRESENT);
    g_autoptr(GArray) referrers = ml_catalog_referrers(end(&chain), NULL, "t", "id");
    assert_int_equal(referrers->len, 1);
    assert_string_equal(g_array_index(referrers, MlReferrer, 0).table->name, "u");
    g_autoptr(GArray) none = ml_catalog_referrers(end(&chain), NULL, "t", "e");
    assert_int_equal(none->len, 0);
}

/* Each has a word of SQLAlchemy's for it, as it answers on that database. */
static void test_canonical(void **state)
{
    static const struct {
        MlType type;
        const char *postgres, *sqlite;
    } types[] = {
        {{.kind = ML_TYPE_VARCHAR, .length = {.is = ML_KNOWN, .value = 255}},
         "character varying(255)",
         "VARCHAR(255)"},
        {{.kind = ML_TYPE_VARCHAR}, "character varying", "VARCHAR"},
        {{.kind = ML_TYPE_NUMERIC, .precision = {.is = ML_KNOWN, .value = 8}},
         "numeric(8,0)",
         "NUMERIC(8)"},
        {{.kind = ML_TYPE_TIMESTAMP, .timezone = {.is = ML_KNOWN, .value = TRUE}},
         "timestamp with time zone",
         "DATETIME"},
        {{.kind = ML_TYPE_FLOAT}, "double precision", "FLOAT"},
        {{.kind = ML_TYPE_UNKNOWN}, NULL, NULL},
        {{.kind = ML_TYPE_VARCHAR, .length = {.is = ML_UNKNOWN}}, NULL, NULL},
    };
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autofree char *postgres = ml_type_canonical(&types[i].type, "postgresql");
        g_autofree char *sqlite = ml_type_canonical(&types[i].type, "sqlite");
        assert_int_equal(g_strcmp0(postgres, types[i].postgres), 0);
        assert_int_equal(g_strcmp0(sqlite, types[i].sqlite), 0);
        assert_null(ml_type_canonical(&types[i].type, NULL));
    }
}

static void test_default(void **state)
{
    static const MlType integer = {.kind = ML_TYPE_INTEGER}, text = {.kind = ML_TYPE_TEXT},
                        boolean = {.kind = ML_TYPE_BOOLEAN};
    static const struct {
        const MlType *type;
        MlDefaultKind kind;
        const char *sql, *canonical;
    } defaults[] = {
        {&integer, ML_DEFAULT_STRING, "0", "0"},
        {&integer, ML_DEFAULT_SQL, "0", "0"},
        {&integer, ML_DEFAULT_SQL, "'0'", "0"},
        {&integer, ML_DEFAULT_SQL, "((0))", "0"},
        {&text, ML_DEFAULT_STRING, "0", "'0'"},
        {&text, ML_DEFAULT_SQL, "'it''s'::character varying", "'it''s'"},
        {&text, ML_DEFAULT_STRING, "it's", "'it''s'"},
        {&boolean, ML_DEFAULT_STRING, "t", "true"},
        {&boolean, ML_DEFAULT_SQL, "TRUE", "true"},
        {&text, ML_DEFAULT_SQL, "NOW()", "now()"},
        {&text, ML_DEFAULT_SQL, "(a) || (b)", "(a) || (b)"},
        {&text, ML_DEFAULT_SQL, "NULL", ""},
        {&text, ML_DEFAULT_NONE, NULL, ""},
        {&text, ML_DEFAULT_UNKNOWN, NULL, NULL},
    };
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(defaults); i++) {
        const MlDefault value = {.kind = defaults[i].kind, .text = defaults[i].sql};
        g_autofree char *canonical = ml_default_canonical(&value, defaults[i].type, "postgresql");
        assert_int_equal(g_strcmp0(canonical, defaults[i].canonical), 0);
    }
}

/* makeObjectName's own examples: what is longer gives way first. */
static void test_object_name(void **state)
{
    (void)state;
    g_autofree char *simple = ml_postgres_object_name("t", "c", "fkey");
    g_autofree char *key = ml_postgres_object_name("t", NULL, "pkey");
    g_autofree char *name40 = g_strnfill(40, 'a'), *name50 = g_strnfill(50, 'b');
    g_autofree char *cut = ml_postgres_object_name(name40, name50, "key");
    assert_string_equal(simple, "t_c_fkey");
    assert_string_equal(key, "t_pkey");
    assert_int_equal(strlen(cut), 63);
    assert_int_equal(strchr(cut, '_') - cut, 29);
    g_autofree char *umlauts =
        g_strdup("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
                 "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
                 "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
                 "\xc3\xa4\xc3\xa4");
    g_autofree char *whole_letters = ml_postgres_object_name(umlauts, NULL, "pkey");
    assert_true(g_utf8_validate(whole_letters, -1, NULL));
}

/* A chain of thousands costs no more than its operations. */
static void test_long_chain(void **state)
{
    enum { LENGTH = 1000 };
    (void)state;
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < LENGTH; i++) {
        g_ptr_array_add(texts, g_strdup_printf("r%u", i));
        g_ptr_array_add(texts, i ? g_strdup_printf("'r%u'", i - 1) : g_strdup("None"));
        g_ptr_array_add(
            texts, g_strdup_printf(
                       UP "op.create_table('t%u', sa.Column('a', sa.Integer(), primary_key=True))\n"
                          "def downgrade():\n    op.drop_table('t%u')\n",
                       i, i));
    }
    g_ptr_array_add(texts, NULL);
    g_auto(Chain) chain = replayed("postgresql", (const char *const *)texts->pdata);
    g_autoptr(GPtrArray) tables = ml_catalog_tables(end(&chain));
    assert_int_equal(tables->len, LENGTH);
    g_autofree char *last = g_strdup_printf("r%u", LENGTH - 1);
    g_autoptr(GArray) none = differences(&chain, last);
    assert_int_equal(none->len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open_world),  cmocka_unit_test(test_made_and_changed),
        cmocka_unit_test(test_conditional), cmocka_unit_test(test_doubt),
        cmocka_unit_test(test_join),        cmocka_unit_test(test_join_of_doubt),
        cmocka_unit_test(test_dependency),  cmocka_unit_test(test_circle),
        cmocka_unit_test(test_differences), cmocka_unit_test(test_differences_of_unknown),
        cmocka_unit_test(test_lookups),     cmocka_unit_test(test_canonical),
        cmocka_unit_test(test_default),     cmocka_unit_test(test_object_name),
        cmocka_unit_test(test_long_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
