#include "miglint/python.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static MlModule *parse_bytes(const char *bytes, gsize length)
{
    g_autoptr(GBytes) text = g_bytes_new(bytes, length);
    return ml_module_parse(text);
}

static MlModule *parse(const char *text)
{
    return parse_bytes(text, strlen(text));
}

/* --- syntax ------------------------------------------------------------------ */

static void assert_syntax(const char *text, MlSyntax syntax, guint line)
{
    g_autoptr(MlModule) module = parse(text);
    MlOrigin where;
    assert_int_equal(ml_module_syntax(module, &where), syntax);
    if (line > 0)
        assert_int_equal(ml_origin_position(where).line, line);
}

static void test_syntax(void **state)
{
    (void)state;
    assert_syntax("", ML_SYNTAX_OK, 0);
    assert_syntax("x = 1\r\ny = 2\r\n", ML_SYNTAX_OK, 0);
    assert_syntax("\xef\xbb\xbfx = 1\n", ML_SYNTAX_OK, 0);
    assert_syntax("# caf\xe9 -*- coding: latin-1 -*-\nx = 'caf\xe9'\n", ML_SYNTAX_OK, 0);
    assert_syntax("x = 1\ny = 'caf\xe9'\n", ML_SYNTAX_ENCODING, 2);
    assert_syntax("x = 1\ndef upgrade(:\n    pass\n", ML_SYNTAX_ERROR, 2);
    assert_syntax("x = 1\n<<<<<<< HEAD\ny = 1\n=======\ny = 2\n>>>>>>> other\n", ML_SYNTAX_CONFLICT,
                  2);
    assert_syntax("match x:\n    case 1:\n        pass\ntype A = int\n", ML_SYNTAX_OK, 0);
    assert_syntax("x = f\"{a!r:>{width}} {'b'}\"\n", ML_SYNTAX_OK, 0);
    /* What a conflict looks like is no conflict where it is text. */
    assert_syntax("x = '''\n<<<<<<< HEAD\n=======\n>>>>>>> b\n'''\n", ML_SYNTAX_OK, 0);

    g_autoptr(MlModule) binary = parse_bytes("x = 1\0\n", 7);
    assert_int_equal(ml_module_syntax(binary, NULL), ML_SYNTAX_BINARY);
}

static void assert_nested(const char *opening, guint count, const char *closing, MlSyntax syntax)
{
    g_autoptr(GString) text = g_string_new("x = ");
    for (guint i = 0; i < count; i++)
        g_string_append(text, opening);
    g_string_append_c(text, '1');
    for (guint i = 0; i < count; i++)
        g_string_append(text, closing);
    assert_syntax(text->str, syntax, 1);
}

/* CPython accepts 200 open brackets of any kind, and not one more. */
static void test_nesting(void **state)
{
    (void)state;
    const char *const brackets[][2] = {
        {"(", ")"},
        {"[", "]"},
        {"{1: ", "}"},
        {"f(", ")"},
        {"x[", "]"},
        {"(", " for i in x)"},
        {"[", " for i in x]"},
        {"{", " for i in x}"},
        {"{1: ", " for i in x}"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(brackets); i++) {
        assert_nested(brackets[i][0], 200, brackets[i][1], ML_SYNTAX_OK);
        assert_nested(brackets[i][0], 201, brackets[i][1], ML_SYNTAX_TOO_DEEP);
    }
    assert_nested("[(", 100, ",)]", ML_SYNTAX_OK);
    assert_nested("[(", 101, ",)]", ML_SYNTAX_TOO_DEEP);
    /* In strings and comments they nest nothing. */
    assert_nested("(", 150, ", # [\n')]', '((' '[')", ML_SYNTAX_OK);
}

static void test_hostile(void **state)
{
    (void)state;
    g_autofree char *open = g_strnfill(70000, '(');
    g_autoptr(MlModule) unclosed = parse(open);
    assert_int_not_equal(ml_module_syntax(unclosed, NULL), ML_SYNTAX_OK);

    g_autoptr(GString) nested = g_string_new("revision = ");
    for (guint i = 0; i < 10000; i++)
        g_string_append_c(nested, '(');
    g_string_append(nested, "'a'");
    for (guint i = 0; i < 10000; i++)
        g_string_append_c(nested, ')');
    g_autoptr(MlModule) deep = parse(nested->str);
    assert_int_equal(ml_module_syntax(deep, NULL), ML_SYNTAX_TOO_DEEP);
    g_autoptr(MlEvaluation) evaluation = ml_evaluation_new(deep, "a.py", NULL);
    assert_int_equal(ml_evaluation_name(evaluation, "revision")->kind, ML_VALUE_UNKNOWN);

    g_autoptr(GString) garbage = g_string_new(NULL);
    for (guint i = 0; i < 20000; i++)
        g_string_append(garbage, "def class ( \n");
    g_autoptr(MlModule) given_up = parse(garbage->str);
    MlOrigin where;
    assert_int_equal(ml_module_syntax(given_up, &where), ML_SYNTAX_GIVEN_UP);
    assert_null(where.module);
    g_autoptr(MlEvaluation) nothing = ml_evaluation_new(given_up, "a.py", NULL);
    assert_null(ml_evaluation_name(nothing, "revision"));

    g_autoptr(GString) brackets = g_string_new(NULL);
    for (guint i = 0; i < 3000; i++)
        g_string_append(brackets, "x = '(((' # [[[\n");
    g_autoptr(MlModule) strings = parse(brackets->str);
    assert_int_equal(ml_module_syntax(strings, NULL), ML_SYNTAX_OK);

    g_autoptr(GString) doubling = g_string_new("a0 = 'x' * 1\nb0 = 'xxxxxxxxxx'\n");
    for (guint i = 1; i < 60; i++)
        g_string_append_printf(doubling, "b%u = b%u + b%u\n", i, i - 1, i - 1);
    g_autoptr(MlModule) bomb = parse(doubling->str);
    g_autoptr(MlEvaluation) bombed = ml_evaluation_new(bomb, "a.py", NULL);
    assert_int_equal(ml_evaluation_name(bombed, "b59")->kind, ML_VALUE_UNKNOWN);

    g_autoptr(GString) lines = g_string_new("revision = 'a'\n");
    for (guint i = 0; i < 10000; i++)
        g_string_append(lines, "x = 1\n");
    g_autoptr(MlModule) many = parse(lines->str);
    g_autoptr(MlEvaluation) last = ml_evaluation_new(many, "a.py", NULL);
    assert_string_equal(ml_evaluation_name(last, "revision")->string.text, "a");
    assert_int_equal(ml_evaluation_name(last, "x")->integer, 1);
    assert_int_equal(ml_origin_position(ml_evaluation_name(last, "x")->origin).line, 10001);
}

static void test_position(void **state)
{
    (void)state;
    g_autoptr(MlModule) module = parse("\xef\xbb\xbf# \xc3\xa9\nx = '\xe2\x82\xac', y\n");
    MlPosition position = ml_module_position(module, 15, 16);
    assert_int_equal(position.line, 2);
    g_autoptr(MlEvaluation) evaluation = ml_evaluation_new(module, "a.py", NULL);
    const MlValue *tuple = ml_evaluation_name(evaluation, "x");
    assert_int_equal(tuple->kind, ML_VALUE_TUPLE);
    position = ml_origin_position(tuple->sequence.items[1]->origin);
    assert_int_equal(position.line, 2);
    assert_int_equal(position.column, 10);
    assert_int_equal(position.end_column, 11);
    g_autofree char *text = ml_origin_text(tuple->sequence.items[0]->origin);
    assert_string_equal(text, "'\xe2\x82\xac'");
}

/* Far into a text, and next to where its blocks begin. */
static void test_far_position(void **state)
{
    (void)state;
    g_autoptr(GString) text = g_string_new("\xef\xbb\xbf");
    g_autoptr(GArray) expected = g_array_new(FALSE, FALSE, sizeof(MlPosition));
    for (guint line = 1; text->len < 20000; line++) {
        for (guint column = 1; column <= line % 700; column++) {
            MlPosition position = {line, column, line, column + 1};
            g_array_append_val(expected, position);
            g_string_append(text, "\xc3\xa9");
        }
        MlPosition position = {line, line % 700 + 1, line + 1, 1};
        g_array_append_val(expected, position);
        g_string_append_c(text, '\n');
    }
    g_autoptr(MlModule) module = parse(text->str);
    const char *at = text->str + 3;
    for (guint i = 0; i < expected->len; i++) {
        const char *next = g_utf8_next_char(at);
        MlPosition position = ml_module_position(module, at - text->str, next - text->str);
        assert_memory_equal(&position, &g_array_index(expected, MlPosition, i), sizeof position);
        at = next;
    }
}

/* --- values ------------------------------------------------------------------- */

/* `expected` is NULL for what cannot be told. */
static void assert_string(const char *text, const char *name, const char *expected)
{
    g_autoptr(MlModule) module = parse(text);
    g_autoptr(MlEvaluation) evaluation = ml_evaluation_new(module, "a.py", NULL);
    const MlValue *value = ml_evaluation_name(evaluation, name);
    assert_non_null(value);
    assert_int_equal(value->kind, expected ? ML_VALUE_STRING : ML_VALUE_UNKNOWN);
    if (expected != NULL)
        assert_string_equal(value->string.text, expected);
}

static void test_comments(void **state)
{
    (void)state;
    assert_string("a, b = ('x',  # one\n 'y')\n", "a", "x");
    assert_string("a, b = ('x',  # one\n 'y')\n", "b", "y");
    assert_string("(a, # one\n b) = 'x', 'y'\n", "b", "y");
    assert_string("(a, # one\n b) = ('x',)\n", "b", NULL);
    assert_string("x = 'y'\na = f'''{x  # one\n}'''\n", "a", "y");
}

static void test_interpolations(void **state)
{
    (void)state;
    assert_string("x = 'y'\na = f'{x}'\n", "a", "y");
    assert_string("x = 'y'\na = f'{x=}'\n", "a", NULL);
    assert_string("x = 'y'\na = f'{x!r}{x!s}'\n", "a", "'y'y");
    assert_string("x = 'y'\na = f'{x!a}'\n", "a", NULL);
    assert_string("x = 'y'\na = f'{x:9}'\n", "a", NULL);
}

/* `count` times `word`, between `before` and `after`. */
static char *repeated(const char *before, const char *word, guint count, const char *after)
{
    g_autoptr(GString) text = g_string_new(before);
    for (guint i = 0; i < count; i++)
        g_string_append(text, word);
    g_string_append(text, after);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* What is named many times is read once. */
static void test_shared_values(void **state)
{
    (void)state;
    g_autofree char *megabyte = repeated("a = '", "x", 1024 * 1024, "'\n");
    g_autofree char *names = repeated("b = (a", ", a", 9000, ")\n");
    g_autofree char *text = g_strconcat(megabyte, names, NULL);
    g_autoptr(MlModule) module = parse(text);
    g_autoptr(MlEvaluation) evaluation = ml_evaluation_new(module, "a.py", NULL);
    const MlValue *value = ml_evaluation_name(evaluation, "a");
    const MlValue *tuple = ml_evaluation_name(evaluation, "b");
    assert_int_equal(value->string.length, 1024 * 1024);
    assert_int_equal(tuple->sequence.length, 9001);
    for (gsize i = 0; i < tuple->sequence.length; i++)
        assert_ptr_equal(tuple->sequence.items[i], value);
}

/* Gigabytes, if anyone wrote them down. */
static void test_outgrown(void **state)
{
    (void)state;
    g_autofree char *megabyte = repeated("x = '", "x", 1024 * 1024, "'\n");
    g_autofree char *format = repeated("f'", "{x}", 5000, "'\n");
    g_autofree char *parts = repeated("(", "f'{x}' ", 5000, ")\n");
    g_autofree char *directives = repeated("'", "%s", 5000, "' % (x");
    g_autofree char *percent = repeated(directives, ", x", 4999, ")\n");
    const char *const expressions[] = {format, parts, percent};
    for (guint i = 0; i < G_N_ELEMENTS(expressions); i++) {
        g_autofree char *text = g_strconcat(megabyte, "a = ", expressions[i], NULL);
        assert_string(text, "a", NULL);
    }
}

/* --- functions ------------------------------------------------------------------- */

static void assert_body(const char *text, MlBody body)
{
    g_autoptr(MlModule) module = parse(text);
    g_autoptr(MlEvaluation) evaluation = ml_evaluation_new(module, "a.py", NULL);
    assert_int_equal(ml_evaluation_function(evaluation, "downgrade").body, body);
}

static void test_bodies(void **state)
{
    (void)state;
    assert_body("x = 1\n", ML_BODY_ABSENT);
    assert_body("def downgrade():\n    pass\n", ML_BODY_EMPTY);
    assert_body("def downgrade():\n    '''nothing'''\n", ML_BODY_EMPTY);
    assert_body("def downgrade():\n    # no\n    ...\n    return\n    op.drop_table('a')\n",
                ML_BODY_EMPTY);
    assert_body("def downgrade() -> None:\n    '''x'''\n    return None\n", ML_BODY_EMPTY);
    assert_body("def downgrade():\n    raise NotImplementedError('no')\n", ML_BODY_RAISES);
    assert_body("def downgrade():\n    import x\n    raise Exception\n", ML_BODY_RAISES);
    assert_body("def downgrade():\n    op.drop_table('a')\n    raise Exception\n", ML_BODY_WORKS);
    assert_body("def downgrade():\n    if x:\n        raise Exception\n", ML_BODY_WORKS);
    assert_body("@once\ndef downgrade(): op.f()\n", ML_BODY_WORKS);
    assert_body("from helpers import downgrade\n", ML_BODY_UNKNOWN);
    assert_body("downgrade = nothing\n", ML_BODY_UNKNOWN);
    assert_body("if x:\n    def downgrade():\n        pass\n", ML_BODY_UNKNOWN);
    assert_body("def downgrade():\n    op.f()\ndef downgrade():\n    pass\n", ML_BODY_EMPTY);
}

/* --- imports ------------------------------------------------------------------------ */

typedef struct {
    MlImporter importer;
    const char *const *files; /* path, text, path, text, ..., NULL */
    guint asked;
} FakeTree;

static MlModule *find(MlImporter *importer, const char *from, guint level, const char *name,
                      char **path)
{
    FakeTree *tree = (FakeTree *)importer;
    tree->asked++;
    g_autofree char *folder = g_path_get_dirname(from);
    g_autofree char *wanted = level == 0 ? g_strdup_printf("%s.py", name)
                              : *name    ? g_strdup_printf("%s/%s.py", folder, name)
                                         : g_strdup_printf("%s/__init__.py", folder);
    for (const char *const *file = tree->files; *file != NULL; file += 2)
        if (strcmp(*file, wanted) == 0) {
            *path = g_strdup(wanted);
            return parse(file[1]);
        }
    return NULL;
}

static void test_imports(void **state)
{
    (void)state;
    const char *const files[] = {"m/constants.py",
                                 "PREVIOUS = 'p' + SUFFIX\nfrom .more import *\n_HIDDEN = 'h'\n",
                                 "m/more.py",
                                 "STARRED = ('s',)\n",
                                 "m/__init__.py",
                                 "NAME = 'n'\n",
                                 "loop.py",
                                 "from loop import x\n",
                                 NULL};
    FakeTree tree = {{find}, files, 0};
    g_autoptr(MlModule) module = parse("from .constants import STARRED as parent, PREVIOUS\n"
                                       "from . import constants, NAME\n"
                                       "import loop\n"
                                       "from nowhere import thing\n"
                                       "a = parent\n"
                                       "b = constants.STARRED\n"
                                       "c = NAME + '1'\n"
                                       "d = loop.x\n"
                                       "e = thing\n"
                                       "f = PREVIOUS\n"
                                       "g = constants._HIDDEN\n");
    g_autoptr(MlEvaluation) evaluation = ml_evaluation_new(module, "m/revision.py", &tree.importer);
    assert_string_equal(ml_evaluation_name(evaluation, "a")->sequence.items[0]->string.text, "s");
    assert_int_equal(ml_evaluation_name(evaluation, "b")->kind, ML_VALUE_TUPLE);
    assert_string_equal(ml_evaluation_name(evaluation, "c")->string.text, "n1");
    assert_int_equal(ml_evaluation_name(evaluation, "d")->kind, ML_VALUE_UNKNOWN);
    assert_int_equal(ml_evaluation_name(evaluation, "e")->kind, ML_VALUE_UNKNOWN);
    assert_int_equal(ml_evaluation_name(evaluation, "f")->kind, ML_VALUE_UNKNOWN);
    assert_string_equal(ml_evaluation_name(evaluation, "g")->string.text, "h");
    assert_null(ml_evaluation_name(evaluation, "h"));
}

/* Star imports in a circle bind what stands in the files, and nothing else. */
static void test_star_circle(void **state)
{
    (void)state;
    const char *const files[] = {
        "models.py", "from one import *\nfrom two import *\nmodel = 'm'\n",
        "one.py",    "from models import *\nfirst = '1'\n",
        "two.py",    "from models import *\nsecond = '2'\nfrom one import *\n",
        NULL};
    FakeTree tree = {{find}, files, 0};
    g_autoptr(MlModule) module = parse("from models import *\nrevision = 'a'\n");
    g_autoptr(MlEvaluation) evaluation = ml_evaluation_new(module, "a.py", &tree.importer);
    assert_string_equal(ml_evaluation_name(evaluation, "revision")->string.text, "a");
    assert_string_equal(ml_evaluation_name(evaluation, "model")->string.text, "m");
    assert_string_equal(ml_evaluation_name(evaluation, "first")->string.text, "1");
    assert_string_equal(ml_evaluation_name(evaluation, "second")->string.text, "2");
    assert_null(ml_evaluation_name(evaluation, "depends_on"));
}

/* Each of forty files imports the next one twice: 2^40 ways lead to the last. */
static void test_star_tower(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < 40; i++) {
        g_ptr_array_add(files, g_strdup_printf("s%u.py", i));
        g_ptr_array_add(files,
                        g_strdup_printf("from s%u import *\nfrom s%u import *\n", i + 1, i + 1));
    }
    g_ptr_array_add(files, g_strdup("s40.py"));
    g_ptr_array_add(files, g_strdup("last = '1'\n"));
    g_ptr_array_add(files, NULL);
    FakeTree tree = {{find}, (const char *const *)files->pdata, 0};
    g_autoptr(MlModule) module = parse("from s0 import *\nrevision = 'a'\n");
    g_autoptr(MlEvaluation) evaluation = ml_evaluation_new(module, "a.py", &tree.importer);
    assert_null(ml_evaluation_name(evaluation, "depends_on"));
    assert_string_equal(ml_evaluation_name(evaluation, "last")->string.text, "1");
    assert_in_range(tree.asked, 41, 5 * 41);
    assert_null(ml_evaluation_name(evaluation, "depends_on"));
    assert_in_range(tree.asked, 41, 5 * 41);
}

/* Past the limit of files, a name that a star import may bind is not taken for unbound. */
static void test_star_limit(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) text = g_string_new("revision = 'a'\n");
    for (guint i = 0; i < 80; i++) {
        g_ptr_array_add(files, g_strdup_printf("s%u.py", i));
        g_ptr_array_add(files, g_strdup("x = 1\n"));
        g_string_append_printf(text, "from s%u import *\n", i);
    }
    g_ptr_array_add(files, NULL);
    FakeTree tree = {{find}, (const char *const *)files->pdata, 0};
    g_autoptr(MlModule) module = parse(text->str);
    g_autoptr(MlEvaluation) evaluation = ml_evaluation_new(module, "a.py", &tree.importer);
    assert_int_equal(ml_evaluation_name(evaluation, "depends_on")->kind, ML_VALUE_UNKNOWN);
    assert_in_range(tree.asked, 1, 50);
}

/* `expected` is NULL for none. */
static void assert_docstring(const char *text, const char *expected)
{
    g_autoptr(MlModule) module = parse(text);
    g_autoptr(MlEvaluation) evaluation = ml_evaluation_new(module, "a.py", NULL);
    const MlValue *docstring = ml_evaluation_docstring(evaluation);
    if (expected == NULL)
        assert_null(docstring);
    else
        assert_string_equal(docstring->string.text, expected);
}

static void test_docstring(void **state)
{
    (void)state;
    assert_docstring("'''add\n\nmore'''\n'other'\n", "add\n\nmore");
    assert_docstring("# comment\nfrom alembic import op\n'''add'''\n", "add");
    assert_docstring("from __future__ import annotations\nimport os\n'a' 'b'\n", "ab");
    assert_docstring("x = 1\n", NULL);
    assert_docstring("x = 1\n'''old notes'''\n", NULL);
    assert_docstring("def upgrade():\n    pass\n'''old notes'''\n", NULL);
    assert_docstring("f'{x}'\n'other'\n", NULL);
}

static void test_close(void **state)
{
    (void)state;
    MlModule *module = parse("revision = 'a'\n");
    MlEvaluation *evaluation = ml_evaluation_new(module, "a.py", NULL);
    MlOrigin origin = ml_evaluation_name(evaluation, "revision")->origin;
    g_autoptr(GPtrArray) modules = ml_evaluation_close(evaluation);
    ml_module_unref(module);
    assert_int_equal(modules->len, 1);
    assert_int_equal(ml_origin_position(origin).column, 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_syntax),         cmocka_unit_test(test_nesting),
        cmocka_unit_test(test_hostile),        cmocka_unit_test(test_position),
        cmocka_unit_test(test_far_position),   cmocka_unit_test(test_comments),
        cmocka_unit_test(test_interpolations), cmocka_unit_test(test_shared_values),
        cmocka_unit_test(test_outgrown),       cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_imports),        cmocka_unit_test(test_star_circle),
        cmocka_unit_test(test_star_tower),     cmocka_unit_test(test_star_limit),
        cmocka_unit_test(test_docstring),      cmocka_unit_test(test_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
