/* Database URLs in what is read, and what must not be shown of them. */
#include "miglint/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void assert_text(char *found, const char *expected)
{
    g_autofree char *text = found;
    if (g_strcmp0(text, expected) != 0)
        fail_msg("%s, not %s", text ? text : "(none)", expected ? expected : "(none)");
}

static void test_dialect(void **state)
{
    (void)state;
    assert_text(ml_url_dialect("postgresql://localhost/x"), "postgresql");
    assert_text(ml_url_dialect("postgres://localhost/x"), "postgresql");
    assert_text(ml_url_dialect("mysql+pymysql://"), "mysql");
    assert_text(ml_url_dialect("sqlite://"), "sqlite");
    assert_text(ml_url_dialect("driver://user:pass@localhost/dbname"), NULL);
    assert_text(ml_url_dialect("%(url)s"), NULL);
    assert_text(ml_url_dialect("%(kind)s://x"), NULL);
    assert_text(ml_url_dialect("://x"), NULL);
    assert_text(ml_url_dialect("postgresql:/x"), NULL);
    assert_text(ml_url_dialect("postgresql+://x+"), "postgresql");
    assert_text(ml_url_dialect(""), NULL);
}

static void test_password(void **state)
{
    (void)state;
    assert_text(ml_url_password("postgresql://u:p@h/d"), "p");
    assert_text(ml_url_password("postgresql://:p:q/r's @h/d"), "p:q/r's ");
    assert_text(ml_url_password("postgresql://u@h/d?a=b&password=p&c=d"), "p");
    assert_text(ml_url_password("postgresql://u@server:p@h/d"), "p");
    assert_text(ml_url_password("postgresql://u:@h/d"), NULL);
    assert_text(ml_url_password("postgresql://u@h:5432/d"), NULL);
    assert_text(ml_url_password("postgresql://h:5432/d?user=a@b"), NULL);
    assert_text(ml_url_password("postgresql://h/d?x=:y@z&password="), NULL);
    assert_text(ml_url_password("u:p@h"), NULL);
    assert_text(ml_url_password(""), NULL);
}

static void assert_masked(const char *text, const char *expected)
{
    g_autoptr(GString) masked = ml_text_without_passwords(text, -1);
    assert_string_equal(masked->str, expected);
    assert_int_equal(ml_text_has_password(text, strlen(text)), strcmp(text, expected) != 0);
}

static void test_masking(void **state)
{
    (void)state;
    assert_masked("postgresql://u:p@h/d", "postgresql://u:***@h/d");
    assert_masked("a://u:p@h b://:q@h?password=r&x", "a://u:***@h b://:***@h?password=***&x");
    assert_masked("f(\"a://u:p@q/r@h\")", "f(\"a://u:***@h\")");
    assert_masked("a://u:two words@h", "a://u:***@h");
    assert_masked("a://u@server:p@h", "a://u@server:***@h");
    assert_masked("a://u@server:5432/d", "a://u@server:5432/d");
    assert_masked("see http://localhost:8000/x or mail a@b",
                  "see http://localhost:8000/x or mail a@b");
    assert_masked("://:@", "://:@");
    assert_masked("", "");

    g_autoptr(GString) with_nul = ml_text_without_passwords("a\0://u:p@h", 11);
    assert_memory_equal(with_nul->str, "a\0://u:***@h", 13);
}

/* Text of any kind and length is looked through in time that grows as it does. */
static void test_hostile(void **state)
{
    (void)state;
    static const char *const pieces[] = {"://", "://a:", "://a:@", "?password=", "&", "://@:", "@"};
    for (guint i = 0; i < G_N_ELEMENTS(pieces); i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        while (text->len < 1000000)
            g_string_append(text, pieces[i]);
        g_autoptr(GString) masked = ml_text_without_passwords(text->str, text->len);
        assert_true(masked->len > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialect),
        cmocka_unit_test(test_password),
        cmocka_unit_test(test_masking),
        cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
