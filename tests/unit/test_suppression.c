/* Which comments are suppressions, and which lines they speak of. */
#include "miglint/migration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static MlRevision *parse(const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    const MlRevisionReader reader = {.load = ML_LOAD_FULL};
    return ml_revision_parse(&reader, "versions/a.py", bytes);
}

/* "kind line first-last [rules] reason" of every suppression, one a line. */
static char *describe(const char *text)
{
    static const char *const kinds[] = {"line", "above", "file", "lost", "broken"};
    g_autoptr(MlRevision) revision = parse(text);
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < revision->suppressions->len; i++) {
        const MlSuppression *one = &g_array_index(revision->suppressions, MlSuppression, i);
        g_string_append_printf(out, "%s%s %u %u-%u", i ? "; " : "", kinds[one->kind], one->line,
                               one->first_line, one->last_line);
        for (guint j = 0; j < one->rules->len; j++) {
            const MlReference *word = &g_array_index(one->rules, MlReference, j);
            g_autofree char *source = ml_origin_text(word->origin);
            assert_string_equal(source, word->text);
            g_string_append_printf(out, "%s%s", j ? "+" : " ", word->text);
        }
        g_string_append(out, one->has_list && one->rules->len == 0 ? " nothing" : "");
        g_string_append_printf(out, "%s%s", *one->reason ? " because " : "", one->reason);
    }
    return g_string_free(out, FALSE);
}

static void assert_found(const char *text, const char *expected)
{
    g_autofree char *found = describe(text);
    assert_string_equal(found, expected);
}

static void test_words(void **state)
{
    (void)state;
    assert_found("a = 1  # miglint: ignore[ML301] no way back\n",
                 "line 1 1-1 ML301 because no way back");
    assert_found("a = 1  #miglint:ignore [ ML301,ML3 , stale-docstring ]\n",
                 "line 1 1-1 ML301+ML3+stale-docstring");
    assert_found("a = 1  # miglint: ignore for now\n", "line 1 1-1 because for now");
    assert_found("a = 1  # noqa: E501 # miglint: ignore[ML1] \xc3\xa9\n",
                 "line 1 1-1 ML1 because \xc3\xa9");
    assert_found("\xef\xbb\xbf# miglint: ignore[ML1]\r\na = 1\r\n", "above 1 2-2 ML1");
    assert_found("a = 1  # miglint: ignore[]\n", "line 1 1-1 nothing");
    assert_found("a = 1  # miglint: ignore[ML1\n", "broken 1 1-1 ML1");
    assert_found("a = 1  # miglint: ignroe[ML1]\n", "broken 1 1-1 ML1");
    assert_found("a = 1  # miglint:\n", "broken 1 1-1");
    assert_found("a = 1  # see miglint: it knows\n", "");
    assert_found("a = '# miglint: ignore'\n'''\n# miglint: ignore\n'''\n", "");
    /* The comment is read in the encoding that the file names. */
    assert_found("# coding: latin-1\na = 'caf\xe9'  # miglint: ignore[ML1] caf\xe9\n",
                 "line 2 2-2 ML1 because caf\xc3\xa9");
}

static void test_lines(void **state)
{
    (void)state;
    /* Behind the first or the last line of a statement it means all of it; inside, its line. */
    assert_found("f(  # miglint: ignore\n  1,\n)\n", "line 1 1-3");
    assert_found("f(\n  1,\n)  # miglint: ignore\n", "line 3 1-3");
    assert_found("f(\n  1,  # miglint: ignore\n)\n", "line 2 2-2");
    assert_found("f(\n  # miglint: ignore\n  1,\n)\n", "above 2 3-3");
    assert_found("'''a\n\nb\n'''  # miglint: ignore\n", "line 4 1-4");
    assert_found("a(); b(\n)  # miglint: ignore\n", "line 2 1-2");
    /* Above: past other comments and empty lines to the next code. */
    assert_found("# miglint: ignore[A]\n# miglint: ignore[B]\n\n# more\n\f\nf(\n)\n",
                 "above 1 6-7 A; above 2 6-7 B");
    assert_found("def upgrade():\n    # miglint: ignore\n    f(\n    )\n", "above 2 3-4");
    assert_found("a = 1\n# miglint: ignore", "above 2 2-2");
    assert_found("a = 1\n# miglint: ignore\n\n", "above 2 4-4");
    /* Of a compound statement all that is in it, but only from its header. */
    assert_found("# miglint: ignore\ndef upgrade(\n    a,\n):\n    f()\n", "above 1 2-5");
    assert_found("def upgrade(\n    a,\n):  # miglint: ignore\n    f()\n", "line 3 1-4");
    assert_found("def upgrade():  # miglint: ignore\n    f()\n    g()\n\n\nh()\n", "line 1 1-3");
    assert_found("def upgrade():\n    f()\n    g()  # miglint: ignore\n", "line 3 3-3");
    assert_found("def upgrade():\n    f()\n    g(\n    )  # miglint: ignore\n", "line 4 3-4");
    assert_found("def upgrade(): f()  # miglint: ignore\nh()\n", "line 1 1-1");
    assert_found("# miglint: ignore\n@a\n@b\ndef upgrade():\n    f()\n", "above 1 2-5");
    assert_found("@a\n@b\ndef upgrade():  # miglint: ignore\n    f()\n", "line 3 1-4");
    assert_found("if (a and\n    b):  # miglint: ignore\n    f()\nelse:\n    g()\n", "line 2 1-5");
    assert_found("if a:\n    f()\nelse:  # miglint: ignore\n    g()\n", "line 3 3-3");
    assert_found("match a:  # miglint: ignore\n    case 1:\n        f()\n", "line 1 1-3");
    assert_found("match a:\n    case 1:  # miglint: ignore\n        f()\n", "line 2 2-3");
}

static void test_top(void **state)
{
    (void)state;
    assert_found("# miglint: ignore-file[ML1]\n'''a'''\nimport b\n", "file 1 2-2 ML1");
    assert_found("'''a'''\n# miglint: ignore-file[ML1]\nimport b\n", "file 2 3-3 ML1");
    assert_found("'''a'''  # miglint: ignore-file why\nimport b\n", "file 1 1-1 because why");
    assert_found("import b\n# miglint: ignore-file[ML1]\n", "lost 2 3-3 ML1");
    assert_found("import b  # miglint: ignore-file[ML1]\n", "lost 1 1-1 ML1");
    assert_found("'''a'''\n'''b'''\n# miglint: ignore-file\n", "lost 3 4-4");
}

static char *repeat(const char *text, guint times)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < times; i++)
        g_string_append(out, text);
    return g_string_free(out, FALSE);
}

static guint count(const char *text)
{
    g_autoptr(MlRevision) revision = parse(text);
    return revision->suppressions->len;
}

/* More than anyone would write is left unread, and many in a row are not looked past again. */
static void test_hostile(void **state)
{
    (void)state;
    g_autofree char *comments = repeat("# miglint: ignore\n", 200000);
    assert_in_range(count(comments), 1, 1000);
    g_autofree char *words = repeat("ML301,", 200000);
    g_autofree char *list = g_strdup_printf("# miglint: ignore[%s]\n", words);
    g_autoptr(MlRevision) revision = parse(list);
    const MlSuppression *one = &g_array_index(revision->suppressions, MlSuppression, 0);
    assert_in_range(one->rules->len, 1, 1000);
    g_autofree char *hashes = repeat("# miglint: ", 100000);
    assert_int_equal(count(hashes), 1);
    g_autofree char *blocks = repeat("if a: b  # miglint: ignore\n", 50000);
    assert_in_range(count(blocks), 1, 1000);
    assert_int_equal(count("# miglint: ignore\n\0def"), 1);
    assert_int_equal(count("def upgrade(:\n    pass  # miglint: ignore\n"), 1);
}

static void test_headers_alone(void **state)
{
    (void)state;
    const char *text = "a = 1  # miglint: ignore\n";
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    const MlRevisionReader reader = {.load = ML_LOAD_HEADERS};
    g_autoptr(MlRevision) revision = ml_revision_parse(&reader, "a.py", bytes);
    assert_int_equal(revision->suppressions->len, 0);
    assert_string_equal(revision->message, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),         cmocka_unit_test(test_lines),
        cmocka_unit_test(test_top),           cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_headers_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
