#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cjson/cJSON.h>
#include <glib.h>
#include <string.h>

#include "report/escape.h"

typedef void (*Escape)(GString *out, const char *text, gssize length);

static void assert_escapes(Escape escape, const char *text, gssize length, const char *expected)
{
    g_autoptr(GString) out = g_string_new(">");

    escape(out, text, length);
    assert_string_equal(out->str + 1, expected);
}

static void test_terminal_leaves_text_alone(void **state)
{
    (void)state;
    assert_escapes(ml_escape_terminal, "Añade índice <a & \"b\"> \\ 日本 🎉 e\u0301", -1,
                   "Añade índice <a & \"b\"> \\ 日本 🎉 e\u0301");
    assert_escapes(ml_escape_terminal, "", -1, "");
    assert_escapes(ml_escape_terminal, "abc", 2, "ab");
}

static void test_terminal_shows_what_it_would_obey(void **state)
{
    (void)state;
    assert_escapes(ml_escape_terminal, "\033[2J\a\b\x7f", -1, "\\x1b[2J\\x07\\x08\\x7f");
    assert_escapes(ml_escape_terminal, "a\tb\r\nc", -1, "a\\tb\\r\\nc");
    assert_escapes(ml_escape_terminal, "a\0b", 3, "a\\x00b");
    assert_escapes(ml_escape_terminal,
                   "\xc2\x80\xc2\x9b"
                   "31m",
                   -1, "\\u0080\\u009b31m");
}

static void test_terminal_shows_hidden_characters(void **state)
{
    static const gunichar hidden[] = {0x061c, 0x200b, 0x200e, 0x200f, 0x202a, 0x202e,
                                      0x2028, 0x2029, 0x2060, 0x2066, 0x2069, 0xfeff};

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(hidden); i++) {
        char text[8] = "";
        g_autofree char *expected = g_strdup_printf("\\u%04x", hidden[i]);

        text[g_unichar_to_utf8(hidden[i], text)] = '\0';
        assert_escapes(ml_escape_terminal, text, -1, expected);
    }
    assert_escapes(ml_escape_terminal, "\U000e0041", -1, "\\U000e0041");
}

static void test_terminal_shows_bytes_that_are_no_utf8(void **state)
{
    (void)state;
    assert_escapes(ml_escape_terminal, "caf\xe9!", -1, "caf\\xe9!");
    assert_escapes(ml_escape_terminal, "\xc3", -1, "\\xc3");
    assert_escapes(ml_escape_terminal, "é", 1, "\\xc3");
    assert_escapes(ml_escape_terminal, "\xc0\xaf\xed\xa0\x80", -1, "\\xc0\\xaf\\xed\\xa0\\x80");
}

static void test_dot(void **state)
{
    (void)state;
    assert_escapes(ml_escape_dot, "say \"x\\n\" &lt;b>\n", -1,
                   "say \\\"x\\\\n\\\" &amp;lt;b>\\\\n");
    assert_escapes(ml_escape_dot, "\033\xff", -1, "\\\\x1b\\\\xff");
}

static void test_mermaid(void **state)
{
    (void)state;
    assert_escapes(ml_escape_mermaid, "add x_y (é), a/b-c 1.", -1, "add x_y (é), a/b-c 1.");
    assert_escapes(ml_escape_mermaid, "\"];<b>&`%%{#;", -1,
                   "#34;#93;#59;#60;b#62;#38;#96;#37;#37;#123;#35;#59;");
    assert_escapes(ml_escape_mermaid, "\n", -1, "#92;n");
}

static void test_github(void **state)
{
    (void)state;
    assert_escapes(ml_escape_github_message, "100% a,b::c \"é\"", -1, "100%25 a,b::c \"é\"");
    assert_escapes(ml_escape_github_message, "a\r\nb%0A", -1, "a%0D%0Ab%250A");
    assert_escapes(ml_escape_github_property, "a,b::c=d%3A\n", -1, "a%2Cb%3A%3Ac=d%253A%0A");
    assert_escapes(ml_escape_github_property, "\033\xff\t\u202e", -1, "\\x1b\\xff\\t\\u202e");
    assert_escapes(ml_escape_github_message, "a\nb\n", 3, "a%0Ab");
    assert_escapes(ml_escape_github_message, "", -1, "");
}

static void test_xml(void **state)
{
    (void)state;
    assert_escapes(ml_escape_xml, "<a b='c'>&amp; \"é\" ]]> 100%", -1,
                   "&lt;a b=&apos;c&apos;&gt;&amp;amp; &quot;é&quot; ]]&gt; 100%");
    assert_escapes(ml_escape_xml, "a\nb\tc\r\001\033\xff\u202e", -1,
                   "a\\nb\\tc\\r\\x01\\x1b\\xff\\u202e");
    assert_escapes(ml_escape_xml, "\uffff\ufffe\ufffd\U0001fffe", -1,
                   "\\uffff\\ufffe\ufffd\U0001fffe");
    assert_escapes(ml_escape_xml, "a<b", 2, "a&lt;");
}

static void assert_uri(const char *path, const char *expected)
{
    g_autoptr(GString) uri = g_string_new(NULL);
    ml_escape_uri(uri, path);
    assert_string_equal(uri->str, expected);
}

static void test_uri(void **state)
{
    (void)state;
    assert_uri("versions/a-b_c.d~1.py", "versions/a-b_c.d~1.py");
    assert_uri("a b/100%/x:y?z#\\\"é\n\xff", "a%20b/100%25/x%3Ay%3Fz%23%5C%22%C3%A9%0A%FF");
    assert_uri("", "");
}

static void test_sarif(void **state)
{
    (void)state;
    assert_escapes(ml_escape_sarif_message, "{0} a[0] \\ é", -1, "{{0}} a[0] \\ é");
    assert_escapes(ml_escape_sarif_message, "[a](1) [b]", -1, "[a\\](1) [b\\]");
    assert_escapes(ml_escape_sarif_message, "[a\\](1) [a\\\\](1)", -1, "[a\\](1) [a\\\\\\](1)");
    assert_escapes(ml_escape_sarif_message, "[a](b", 3, "[a\\]");
    assert_escapes(ml_escape_sarif_link, "{0} [a](1) \\\xff", -1, "{{0}} \\[a\\](1) \\\\\ufffd");
}

/* The printed form of a JSON string whose value is `text`. */
static char *printed_json(const char *text, gssize length)
{
    g_autofree char *valid = ml_escape_json_text(text, length);
    g_autoptr(GString) out = g_string_new(NULL);
    cJSON *string = cJSON_CreateString(valid);
    char *printed = cJSON_Print(string);

    ml_escape_json(out, printed);
    cJSON_free(printed);
    cJSON_Delete(string);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static void assert_json(const char *text, gssize length, const char *expected)
{
    g_autofree char *printed = printed_json(text, length);

    assert_string_equal(printed, expected);
}

static void test_json(void **state)
{
    (void)state;
    assert_json("a \"b\" \\ é", -1, "\"a \\\"b\\\" \\\\ é\"");
    assert_json("\033\n\x7f\xc2\x9b", -1, "\"\\u001b\\n\\u007f\\u009b\"");
    assert_json("\u202e\U000e0041", -1, "\"\\u202e\\udb40\\udc41\"");
    assert_json("a\0b", 3, "\"a\uFFFDb\"");
    assert_json("caf\xe9", -1, "\"caf\uFFFD\"");
}

static void test_json_keeps_its_layout(void **state)
{
    const char *json = "{\n\t\"a\":\t[1, true]\n}";
    g_autoptr(GString) out = g_string_new(NULL);

    (void)state;
    ml_escape_json(out, json);
    assert_string_equal(out->str, json);
}

/* --- any bytes ---------------------------------------------------------- */

static GString *random_bytes(GRand *random)
{
    static const char *const pieces[] = {"\033[", "\u202e", "\xc2\x9b", "\\", "\"", "\n", "#", ";",
                                         "&",     "é",      "\xe9",     "%",  "`",  "<",  "]"};
    GString *text = g_string_new(NULL);
    gint32 count = g_rand_int_range(random, 0, 20);

    while (count-- > 0)
        if (g_rand_boolean(random))
            g_string_append(text, pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
        else
            g_string_append_c(text, (char)g_rand_int_range(random, 0, 256));
    return text;
}

static void assert_shown(const char *text)
{
    assert_true(g_utf8_validate(text, -1, NULL));
    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar character = g_utf8_get_char(text);

        assert_false(g_unichar_iscntrl(character));
        assert_int_not_equal(g_unichar_type(character), G_UNICODE_FORMAT);
        assert_int_not_equal(g_unichar_type(character), G_UNICODE_LINE_SEPARATOR);
        assert_int_not_equal(g_unichar_type(character), G_UNICODE_PARAGRAPH_SEPARATOR);
    }
}

/* As graphviz scans it: a backslash takes the next character with it. */
static void assert_inside_dot_string(const char *text)
{
    for (; *text != '\0'; text++) {
        assert_int_not_equal(*text, '"');
        if (*text == '\\')
            assert_int_not_equal(*++text, '\0');
    }
}

static void assert_json_means(const char *printed, const GString *text)
{
    g_autofree char *expected = g_utf8_make_valid(text->str, (gssize)text->len);
    cJSON *parsed = cJSON_Parse(printed);

    assert_non_null(parsed);
    assert_string_equal(cJSON_GetStringValue(parsed), expected);
    cJSON_Delete(parsed);
}

/* As text and as the value of an attribute. */
static void assert_is_xml(const char *escaped)
{
    static const GMarkupParser nothing = {0};
    g_autofree char *element =
        g_strdup_printf("<a b=\"%s\" c='%s'>%s</a>", escaped, escaped, escaped);
    GMarkupParseContext *context = g_markup_parse_context_new(&nothing, 0, NULL, NULL);
    assert_true(g_markup_parse_context_parse(context, element, -1, NULL));
    assert_true(g_markup_parse_context_end_parse(context, NULL));
    g_markup_parse_context_free(context);
}

/* A path ends at a NUL. */
static void assert_uri_means(const char *path)
{
    g_autoptr(GString) uri = g_string_new(NULL);
    ml_escape_uri(uri, path);
    g_autoptr(GBytes) meant = g_uri_unescape_bytes(uri->str, -1, NULL, NULL);
    assert_non_null(meant);
    assert_int_equal(g_bytes_get_size(meant), strlen(path));
    if (*path != '\0')
        assert_memory_equal(g_bytes_get_data(meant, NULL), path, strlen(path));
    g_string_prepend(uri, "file:///");
    assert_true(g_uri_is_valid(uri->str, G_URI_FLAGS_ENCODED, NULL));
}

static void assert_all_formats_hold(const GString *text)
{
    gssize length = (gssize)text->len;
    g_autoptr(GString) terminal = g_string_new(NULL);
    g_autoptr(GString) dot = g_string_new(NULL);
    g_autoptr(GString) mermaid = g_string_new(NULL);
    g_autoptr(GString) github = g_string_new(NULL);
    g_autoptr(GString) xml = g_string_new(NULL);
    g_autofree char *json = printed_json(text->str, length);

    ml_escape_terminal(terminal, text->str, length);
    assert_shown(terminal->str);
    ml_escape_dot(dot, text->str, length);
    assert_shown(dot->str);
    assert_inside_dot_string(dot->str);
    ml_escape_mermaid(mermaid, text->str, length);
    assert_shown(mermaid->str);
    assert_null(strpbrk(mermaid->str, "\"<>`%[]{}&\\"));
    ml_escape_github_property(github, text->str, length);
    assert_shown(github->str);
    assert_null(strpbrk(github->str, ":,"));
    ml_escape_xml(xml, text->str, length);
    assert_shown(xml->str);
    assert_is_xml(xml->str);
    assert_uri_means(text->str);
    assert_shown(json);
    assert_json_means(json, text);
}

static void test_any_bytes(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(7);

    (void)state;
    for (guint i = 0; i < 5000; i++) {
        g_autoptr(GString) text = random_bytes(random);

        assert_all_formats_hold(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_terminal_leaves_text_alone),
        cmocka_unit_test(test_terminal_shows_what_it_would_obey),
        cmocka_unit_test(test_terminal_shows_hidden_characters),
        cmocka_unit_test(test_terminal_shows_bytes_that_are_no_utf8),
        cmocka_unit_test(test_dot),
        cmocka_unit_test(test_mermaid),
        cmocka_unit_test(test_github),
        cmocka_unit_test(test_xml),
        cmocka_unit_test(test_uri),
        cmocka_unit_test(test_sarif),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_keeps_its_layout),
        cmocka_unit_test(test_any_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
