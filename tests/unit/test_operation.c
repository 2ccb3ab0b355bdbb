/* What operations answer about themselves, and what holds them. */
#include "miglint/operation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define TRUE_FLAG                                                                                  \
    {                                                                                              \
        .is = ML_KNOWN, .value = TRUE                                                              \
    }
#define FALSE_FLAG                                                                                 \
    {                                                                                              \
        .is = ML_KNOWN, .value = FALSE                                                             \
    }

static void test_arguments(void **state)
{
    (void)state;
    MlText items[] = {{.is = ML_UNKNOWN}, {.is = ML_KNOWN, .text = "b"}};
    MlTexts texts = {.is = ML_KNOWN, .items = items, .length = 2};
    assert_true(ml_texts_hold(texts, "b"));
    assert_false(ml_texts_hold(texts, "a"));
    assert_false(ml_text_is(items[0], "b"));
    assert_false(ml_texts_hold((MlTexts){0}, "b"));
    MlFlag yes = TRUE_FLAG, no = FALSE_FLAG;
    assert_true(ml_is_true(yes) && !ml_is_false(yes));
    assert_true(ml_is_false(no) && !ml_is_true(no));
    assert_false(ml_is_false((MlFlag){0}) || ml_is_true((MlFlag){0}));
    assert_false(ml_is_false((MlFlag){.is = ML_UNKNOWN}));
}

/* Column(...).nullable of SQLAlchemy, and of SQL. */
static void test_nullable(void **state)
{
    static const struct {
        MlColumn column;
        MlAnswer nullable;
    } columns[] = {
        {{.name.is = ML_KNOWN}, ML_YES},
        {{.nullable = TRUE_FLAG}, ML_YES},
        {{.nullable = FALSE_FLAG}, ML_NO},
        {{.nullable = {.is = ML_UNKNOWN}}, ML_PERHAPS},
        {{.primary_key = TRUE_FLAG}, ML_NO},
        {{.primary_key = FALSE_FLAG}, ML_YES},
        {{.primary_key = {.is = ML_UNKNOWN}}, ML_PERHAPS},
        {{.primary_key = TRUE_FLAG, .nullable = TRUE_FLAG}, ML_YES},
        {{.server_default.kind = ML_DEFAULT_IDENTITY}, ML_NO},
        {{.server_default.kind = ML_DEFAULT_SERIAL}, ML_NO},
        {{.server_default.kind = ML_DEFAULT_COMPUTED}, ML_YES},
        {{.server_default.kind = ML_DEFAULT_UNKNOWN}, ML_PERHAPS},
    };
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(columns); i++)
        assert_int_equal(ml_column_is_nullable(&columns[i].column), columns[i].nullable);
}

static void test_fills_itself(void **state)
{
    static const struct {
        MlDefaultKind kind;
        MlAnswer fills;
    } defaults[] = {
        {ML_DEFAULT_ABSENT, ML_NO},       {ML_DEFAULT_NONE, ML_NO},
        {ML_DEFAULT_UNKNOWN, ML_PERHAPS}, {ML_DEFAULT_FETCHED, ML_PERHAPS},
        {ML_DEFAULT_STRING, ML_YES},      {ML_DEFAULT_SQL, ML_YES},
        {ML_DEFAULT_SEQUENCE, ML_YES},    {ML_DEFAULT_SERIAL, ML_YES},
        {ML_DEFAULT_IDENTITY, ML_YES},    {ML_DEFAULT_COMPUTED, ML_YES},
    };
    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(defaults); i++) {
        MlColumn column = {.server_default.kind = defaults[i].kind};
        assert_int_equal(ml_column_fills_itself(&column), defaults[i].fills);
    }
}

static void test_type_in_a_dialect(void **state)
{
    (void)state;
    MlType jsonb = {.kind = ML_TYPE_JSONB};
    MlType own = {.kind = ML_TYPE_CUSTOM, .impl = &jsonb};
    MlTypeVariant variant = {"postgresql", &own};
    MlType json = {.kind = ML_TYPE_JSON, .variants = &variant, .n_variants = 1};
    MlType lost = {.kind = ML_TYPE_CUSTOM};
    assert_ptr_equal(ml_type_in(&json, "postgresql"), &jsonb);
    assert_ptr_equal(ml_type_in(&json, "sqlite"), &json);
    assert_ptr_equal(ml_type_in(&json, NULL), &json);
    assert_ptr_equal(ml_type_in(&own, NULL), &jsonb);
    assert_ptr_equal(ml_type_in(&lost, "postgresql"), &lost);
}

static void test_unknown_parts(void **state)
{
    (void)state;
    g_autoptr(MlOperations) operations = ml_operations_new();
    MlOperation *operation = ml_operations_add(operations, ML_ADD_COLUMN, (MlOrigin){0});
    for (guint i = 0; i < 100; i++) {
        g_autofree char *part = g_strdup_printf("part %u", i);
        ml_operations_add_unknown(operations, operation, part, "why not", (MlOrigin){0});
    }
    assert_int_equal(operation->n_unknowns, 100);
    for (guint i = 0; i < 100; i++) {
        g_autofree char *part = g_strdup_printf("part %u", i);
        assert_string_equal(operation->unknowns[i].part, part);
        assert_string_equal(operation->unknowns[i].why, "why not");
    }
}

static char *in_words(const MlOperation *operation)
{
    GString *out = g_string_new(NULL);
    ml_operation_write(out, operation);
    return g_string_free(out, FALSE);
}

static void test_write(void **state)
{
    (void)state;
    static const char text[] = "x = f(1)";
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
    g_autoptr(MlModule) module = ml_module_parse(bytes);
    MlOrigin call = {module, 4, 8};
    MlType type = {.kind = ML_TYPE_UNKNOWN, .origin = call};
    MlColumn column = {
        .name = {.is = ML_KNOWN, .text = "a \"b\""},
        .type = &type,
        .nullable = {.is = ML_NONE},
        .comment = {.is = ML_UNKNOWN, .origin = call},
    };
    MlOperation operation = {
        .kind = ML_ADD_COLUMN,
        .circumstances = ML_CONDITIONAL | ML_AUTOCOMMIT,
        .condition = call,
        .columns = &column,
        .n_columns = 1,
    };
    g_autofree char *found = in_words(&operation);
    assert_string_equal(found, "add_column autocommit=true condition=?\"f(1)\""
                               " column={name=\"a \\\"b\\\"\" type=?\"f(1)\" nullable=none"
                               " comment=?\"f(1)\"}");
    MlStatement one = {.text = "DO  $$\n\tx $$"}, other = {.text = "DO $$ x\n$$"};
    MlOperation first = {.kind = ML_UNKNOWN_SQL, .statement = &one};
    MlOperation second = {.kind = ML_UNKNOWN_SQL, .statement = &other};
    g_autofree char *first_words = in_words(&first), *second_words = in_words(&second);
    assert_string_equal(first_words, "unknown_sql sql=\"DO $$ x $$\"");
    assert_string_equal(first_words, second_words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arguments),     cmocka_unit_test(test_nullable),
        cmocka_unit_test(test_fills_itself),  cmocka_unit_test(test_type_in_a_dialect),
        cmocka_unit_test(test_unknown_parts), cmocka_unit_test(test_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
