#include "miglint/python.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static MlModule *parse(const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    return ml_module_parse(bytes);
}

static char *digest_without(const char *text, const char *const *without)
{
    g_autoptr(MlModule) module = parse(text);
    return ml_module_digest(module, without);
}

static char *digest(const char *text)
{
    char *found = digest_without(text, NULL);
    assert_non_null(found);
    return found;
}

static void assert_same(const char *one, const char *other)
{
    g_autofree char *first = digest(one), *second = digest(other);
    assert_string_equal(first, second);
}

static void assert_different(const char *one, const char *other)
{
    g_autofree char *first = digest(one), *second = digest(other);
    assert_string_not_equal(first, second);
}

static void test_nothing(void **state)
{
    (void)state;
    assert_same("", "\n\n");
    assert_same("", "# a comment");
    assert_same("", "\"\"\"a docstring\"\"\"\npass; ...\nimport unused\n");
    assert_different("", "x");
}

static void test_spelling(void **state)
{
    (void)state;
    assert_same("x = ('a' \"b\", 0x10)\n", "x = \\\n  'ab', 1_6 # here\n");
    assert_same("import a, b\na(b)\n", "import b\nimport a\n(a)((b),)\n");
    assert_different("x = 'a'\n", "x = 'b'\n");
    assert_different("x = (1)\n", "x = (1,)\n");
    assert_different("x = a + b * c\n", "x = (a + b) * c\n");
    /* Nothing that a text holds is taken for structure. */
    assert_different("x = f('\\3\\1f\\2')\n", "x = f('')\n");
    assert_different("x = ['a', 'b']\n", "x = ['a\\3\\1string\\2b']\n");
}

/* Escapes that only Python's tables know count as they are spelt, in whatever quotes. */
static void test_unknown_escapes(void **state)
{
    (void)state;
    assert_same("x = '\\N{BULLET} it\\'s'\n", "x = \"\\N{BULLET} it's\"\n");
    assert_different("x = '\\N{BULLET}'\n", "x = '\\\\N{BULLET}'\n");
    assert_different("x = '\\N{BULLET}'\n", "x = '\\N{DASH}'\n");
    assert_different("x = '\\ud83d'\n", "x = '\\ud83e'\n");
    assert_different("x = 18446744073709551616\n", "x = 18446744073709551617\n");
}

static void test_without(void **state)
{
    (void)state;
    const char *const header[] = {"revision", "depends_on", NULL};
    g_autofree char *plain = digest_without("x = 1\n", header);
    const char *const same[] = {
        "revision = 'a'\nx = 1\n",
        "x = 1\nrevision: str = 'b'\n",
        "revision = depends_on = None\nx = 1\n",
        "from a import b\n(revision), depends_on = b, 'c'\nx = 1\n",
    };
    for (guint i = 0; i < G_N_ELEMENTS(same); i++) {
        g_autofree char *other = digest_without(same[i], header);
        assert_string_equal(plain, other);
    }
    const char *const different[] = {
        "down_revision = 'a'\nx = 1\n",  "revision = y = 'a'\nx = 1\n",
        "revision += 'a'\nx = 1\n",      "if a:\n    revision = 'a'\nx = 1\n",
        "revision.x = 'a'\nx = 1\n",     "revision, y = 'a'\nx = 1\n",
        "class revision: pass\nx = 1\n",
    };
    for (guint i = 0; i < G_N_ELEMENTS(different); i++) {
        g_autofree char *other = digest_without(different[i], header);
        assert_string_not_equal(plain, other);
    }
}

static void test_unreadable(void **state)
{
    (void)state;
    assert_null(digest_without("def upgrade(:\n    pass\n", NULL));
    assert_null(digest_without("x = 'caf\xe9'\n", NULL));
    assert_null(digest_without("<<<<<<< a\nx = 1\n=======\nx = 2\n>>>>>>> b\n", NULL));

    g_autoptr(MlModule) module = parse("x = 1\n");
    g_autoptr(GPtrArray) modules = ml_evaluation_close(ml_evaluation_new(module, "a.py", NULL));
    assert_null(ml_module_digest(module, NULL));
}

static char *repeat(guint count, const char *start, const char *again, const char *end)
{
    GString *text = g_string_new(start);
    for (guint i = 0; i < count; i++)
        g_string_append(text, again);
    g_string_append(text, end);
    return g_string_free(text, FALSE);
}

static void assert_long(guint count, const char *start, const char *again, const char *end,
                        const char *other)
{
    g_autofree char *one = repeat(count, start, again, end);
    g_autofree char *two = repeat(count, start, again, other);
    assert_same(one, one);
    assert_different(one, two);
}

static void assert_deep(const char *start, const char *again, const char *end, const char *other)
{
    assert_long(10000, start, again, end, other);
}

static void test_deep(void **state)
{
    (void)state;
    assert_deep("x = ", "not ", "a\n", "b\n");
    assert_deep("x = ", "-", "1\n", "2\n");
    assert_deep("x = ", "a if b else ", "c\n", "d\n");
    assert_deep("x = ", "lambda: ", "c\n", "d\n");
    assert_deep("x = a", ".a", "\n", ".b\n");
    assert_deep("x = a", " + a", "\n", " + b\n");
    assert_deep("x = a", " and a", "\n", " and b\n");
    assert_deep("x = a", "(a)", "\n", "(b)\n");
    assert_deep("x = ", "a = ", "1\n", "2\n");
    assert_deep("x = ", "'a' ", "''\n", "'b'\n");
    assert_deep("x = f'", "{a}", "'\n", "b'\n");
    assert_deep("x = [", "a,", "]\n", "b]\n");
    assert_long(2000, "if a:\n    b()\n", "elif a:\n    b()\n", "", "else:\n    b()\n");
    assert_long(2000, "import a\n", "import a, b\n", "a()\n", "b()\n");

    g_autofree char *brackets = repeat(10000, "x = ", "(", "1");
    assert_null(digest_without(brackets, NULL));
    g_autofree char *closed = repeat(10000, brackets, ")", "\n");
    assert_null(digest_without(closed, NULL));
}

/* An `if` in the else of an `if`, level below level, is a chain of elif. */
static void test_deep_else(void **state)
{
    (void)state;
    g_autoptr(GString) chain = g_string_new("if a:\n b()\n");
    g_autoptr(GString) nest = g_string_new("if a:\n b()\n");
    for (guint i = 0; i < 90; i++) {
        g_autofree char *indent = g_strnfill(i, ' ');
        g_string_append(chain, "elif a:\n b()\n");
        g_string_append_printf(nest, "%selse:\n%s if a:\n%s  b()\n", indent, indent, indent);
    }
    assert_same(chain->str, nest->str);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),         cmocka_unit_test(test_spelling),
        cmocka_unit_test(test_unknown_escapes), cmocka_unit_test(test_without),
        cmocka_unit_test(test_unreadable),      cmocka_unit_test(test_deep),
        cmocka_unit_test(test_deep_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
