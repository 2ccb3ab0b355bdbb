/*
 * What ConfigParser cannot judge: lines, sentences and bounds. That values are
 * its own is shown in tests/cli/test_ini_configparser.py.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "miglint/project.h"
#include "project/ini.h"

static MlIni *parse_bytes(const char *text, gsize length, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, length);
    return ml_ini_parse("db/alembic.ini", bytes, "/here", error);
}

static MlIni *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    MlIni *ini = parse_bytes(text, strlen(text), &error);
    assert_null(error);
    assert_non_null(ini);
    return ini;
}

static void assert_refused_bytes(const char *text, gsize length, const char *message)
{
    g_autoptr(GError) error = NULL;
    assert_null(parse_bytes(text, length, &error));
    assert_true(g_error_matches(error, ML_PROJECT_ERROR, ML_PROJECT_ERROR_CONFIG));
    assert_string_equal(error->message, message);
}

static void assert_refused(const char *text, const char *message)
{
    assert_refused_bytes(text, strlen(text), message);
}

static void assert_value(const MlIni *ini, const char *section, const char *key,
                         const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *value = NULL;
    assert_true(ml_ini_get(ini, section, key, &value, &error));
    assert_null(error);
    assert_string_equal(value, expected);
}

static void assert_no_value(const MlIni *ini, const char *section, const char *key,
                            const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *value = NULL;
    assert_false(ml_ini_get(ini, section, key, &value, &error));
    assert_null(value);
    assert_true(g_error_matches(error, ML_PROJECT_ERROR, ML_PROJECT_ERROR_CONFIG));
    assert_string_equal(error->message, message);
}

static void test_lines(void **state)
{
    (void)state;
    g_autoptr(MlIni) ini = parse("[DEFAULT]\n"
                                 "shared = 1\n"
                                 "\r\n"
                                 "# comment\r"
                                 "[alembic]\n"
                                 "Script_Location =\n"
                                 "  below\n"
                                 "version_locations = a\n");
    assert_int_equal(ml_ini_line(ini, "alembic", "script_location"), 6);
    assert_int_equal(ml_ini_line(ini, "alembic", "version_locations"), 8);
    assert_int_equal(ml_ini_line(ini, "alembic", "shared"), 2);
    assert_int_equal(ml_ini_line(ini, "alembic", "here"), 0);
    assert_int_equal(ml_ini_line(ini, "alembic", "none"), 0);
    assert_int_equal(ml_ini_line(ini, "none", "shared"), 0);
    assert_string_equal(ml_ini_path(ini), "db/alembic.ini");
}

static void test_sections_and_keys(void **state)
{
    (void)state;
    g_autoptr(MlIni) ini = parse("[b]\nx = 1\n[DEFAULT]\ny = %(x)s%(here)s\n[a]\ny = 2\n");
    g_autoptr(GPtrArray) sections = ml_ini_sections(ini);
    assert_int_equal(sections->len, 2);
    assert_string_equal(sections->pdata[0], "b");
    assert_string_equal(sections->pdata[1], "a");

    g_autoptr(GPtrArray) keys = ml_ini_keys(ini, "b");
    assert_int_equal(keys->len, 3);
    assert_string_equal(keys->pdata[0], "x");
    assert_string_equal(keys->pdata[1], "here");
    assert_string_equal(keys->pdata[2], "y");

    assert_true(ml_ini_has_own(ini, "a", "y"));
    assert_false(ml_ini_has_own(ini, "b", "y"));
    assert_string_equal(ml_ini_raw(ini, "b", "y"), "%(x)s%(here)s");
    assert_value(ini, "b", "y", "1/here");
    assert_value(ini, "a", "y", "2");
}

static void test_a_key_that_is_not_there_is_no_error(void **state)
{
    (void)state;
    g_autoptr(MlIni) ini = parse("[a]\n");
    g_autoptr(GError) error = NULL;
    char *value = NULL;
    assert_true(ml_ini_get(ini, "a", "x", &value, &error));
    assert_null(value);
    assert_true(ml_ini_get(ini, "b", "here", &value, &error));
    assert_null(value);
    assert_null(ml_ini_raw(ini, "a", "x"));
    assert_null(error);
}

static void test_refused_files(void **state)
{
    (void)state;
    assert_refused("\nkey = 1\n", "db/alembic.ini:2: There is text before the first [section].");
    assert_refused("\xef\xbb\xbf[alembic]\n",
                   "db/alembic.ini:1: The file begins with a byte order mark, which Python takes "
                   "for text; save it without one.");
    assert_refused("[a]\nfirst\nsecond\n",
                   "db/alembic.ini:2: This is neither a section nor \"key = value\"; indent it if "
                   "it continues the value above.");
    assert_refused("[a]\n= 1\n", "db/alembic.ini:2: There is a value without a key.");
    assert_refused("[a]\n[b]\n[a]\n",
                   "db/alembic.ini:3: Section [a] is there twice; keep one of them.");
    assert_refused("[a]\nbogus\nx = 1\n\nX = 2\n",
                   "db/alembic.ini:5: Key \"x\" is there twice in section [a], first in line 3; "
                   "keep one of them.");
    assert_refused("[a]\nx = 1\ny = \xff\n",
                   "db/alembic.ini:3: This line is not UTF-8 text; save the file as UTF-8.");
    assert_refused_bytes("[a]\n\0", 5,
                         "db/alembic.ini:2: This line is not UTF-8 text; save the file as UTF-8.");
}

static void test_a_large_file_is_refused(void **state)
{
    (void)state;
    g_autofree char *text = g_strnfill(ML_INI_LIMIT + 1, '#');
    assert_refused(text, "db/alembic.ini: An ini file of more than 1048576 bytes is not read.");
}

static void test_refused_values(void **state)
{
    (void)state;
    g_autoptr(MlIni) ini = parse("[a]\n"
                                 "alone = 5% off\n"
                                 "open = %(here\n"
                                 "missing = %(Nothing)s\n"
                                 "circle = %(circle)s\n"
                                 "fine = 5%%\n");
    assert_no_value(ini, "a", "alone",
                    "db/alembic.ini:2: The value of \"alone\" has a % by itself; write %%.");
    assert_no_value(ini, "a", "open",
                    "db/alembic.ini:3: The value of \"open\" has a \"%(\" that is no \"%(name)s\"; "
                    "write %% for a plain %.");
    assert_no_value(ini, "a", "missing",
                    "db/alembic.ini:4: The value of \"missing\" names %(nothing)s, which neither "
                    "[a] nor [DEFAULT] has.");
    assert_no_value(ini, "a", "circle",
                    "db/alembic.ini:5: The value of \"circle\" is nested more than 10 deep, or "
                    "names itself.");
    assert_value(ini, "a", "fine", "5%");
}

/* key0 names key1 many times, which names key2 many times, and so on to `last`. */
static MlIni *parse_tower(const char *last)
{
    GString *text = g_string_new("[a]\n");
    for (guint i = 0; i < 8; i++) {
        g_string_append_printf(text, "key%u = ", i);
        for (guint j = 0; j < 1000; j++)
            g_string_append_printf(text, "%%(key%u)s", i + 1);
        g_string_append_c(text, '\n');
    }
    g_string_append_printf(text, "key8 = %s\n", last);
    MlIni *ini = parse(text->str);
    g_string_free(text, TRUE);
    return ini;
}

static void test_expansion_is_bounded(void **state)
{
    (void)state;
    g_autoptr(MlIni) wide = parse_tower("0123456789");
    assert_no_value(wide, "a", "key0",
                    "db/alembic.ini:2: The value of \"key0\" grows over 1048576 bytes when it is "
                    "expanded.");
    g_autoptr(MlIni) empty = parse_tower("");
    assert_no_value(empty, "a", "key0",
                    "db/alembic.ini:2: The value of \"key0\" grows over 1048576 bytes when it is "
                    "expanded.");
    assert_value(empty, "a", "key7", "");
}

/* Whatever the bytes: an ini or an error, and no fault. */
static void test_any_bytes(void **state)
{
    (void)state;
    static const char alphabet[] = "[]=:%()s#; \t\r\n\0ab\xc3\xa4\xe2\x80\xa8\xff";
    g_autoptr(GRand) chance = g_rand_new_with_seed(7);
    guint read = 0;
    for (guint i = 0; i < 20000; i++) {
        char text[48] = "[a]\n";
        gsize length = g_rand_int_range(chance, 0, sizeof text);
        for (gsize j = i % 2 ? 4 : 0; j < length; j++)
            text[j] = alphabet[g_rand_int_range(chance, 0, sizeof alphabet - 1)];
        g_autoptr(GError) error = NULL;
        g_autoptr(MlIni) ini = parse_bytes(text, length, &error);
        assert_true(!ini == !!error);
        read += !!ini;
    }
    assert_in_range(read, 100, 19900);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_sections_and_keys),
        cmocka_unit_test(test_a_key_that_is_not_there_is_no_error),
        cmocka_unit_test(test_refused_files),
        cmocka_unit_test(test_a_large_file_is_refused),
        cmocka_unit_test(test_refused_values),
        cmocka_unit_test(test_expansion_is_bounded),
        cmocka_unit_test(test_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
