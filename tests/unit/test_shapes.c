/* What is said of values that cannot be told, and calls of functions that can. */
#include "miglint/python.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* --- values as text --------------------------------------------------------------- */

static void show(const MlValue *value, GString *out);

static void show_arguments(const MlValue *value, GString *out)
{
    for (gsize i = 0; i < value->unknown.length; i++) {
        const MlArgument *argument = &value->unknown.arguments[i];
        g_string_append_printf(out, "%s%s%s", i ? ", " : "", argument->name ? argument->name : "",
                               argument->name ? "=" : "");
        show(argument->value, out);
    }
    g_string_append(out, value->unknown.open ? "...)" : ")");
}

static void show_unknown(const MlValue *value, GString *out)
{
    if (value->unknown.object != NULL)
        show(value->unknown.object, out);
    switch (value->unknown.shape) {
    case ML_SHAPE_OTHER:
        g_string_append_c(out, '?');
        break;
    case ML_SHAPE_TEXT:
        g_string_append_printf(out, "'%s'", value->unknown.name);
        break;
    case ML_SHAPE_MEMBER:
        g_string_append_printf(out, ".%s", value->unknown.name);
        break;
    case ML_SHAPE_ITEM:
        g_string_append_c(out, '[');
        show(value->unknown.index, out);
        g_string_append_c(out, ']');
        break;
    case ML_SHAPE_CALL:
    case ML_SHAPE_CLASS:
        g_string_append(out, value->unknown.shape == ML_SHAPE_CALL ? "(" : "class (");
        show_arguments(value, out);
        break;
    case ML_SHAPE_FUNCTION:
        g_string_append(out, "def");
        break;
    case ML_SHAPE_CONTAINER:
        g_string_append(out, "[...]");
        break;
    case ML_SHAPE_EITHER:
        g_string_append_c(out, '<');
        show_arguments(value, out);
        break;
    default:
        g_string_append(out, value->unknown.name);
    }
}

static void show(const MlValue *value, GString *out)
{
    if (value->kind == ML_VALUE_UNKNOWN)
        show_unknown(value, out);
    else if (value->kind == ML_VALUE_STRING)
        g_string_append_printf(out, "'%s'", value->string.text);
    else if (value->kind == ML_VALUE_NONE)
        g_string_append(out, "None");
    else if (value->kind == ML_VALUE_INTEGER)
        g_string_append_printf(out, "%d", (int)value->integer);
    for (gsize i = 0; value->kind == ML_VALUE_DICT && i < value->dict.length; i++) {
        show(value->dict.pairs[i].key, out);
        g_string_append_c(out, ':');
        show(value->dict.pairs[i].value, out);
        g_string_append_c(out, ';');
    }
}

/* What `a` stands for at the end of the text. */
static void assert_shown(const char *text, const char *expected)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(MlModule) module = ml_module_parse(bytes);
    g_autoptr(MlEvaluation) evaluation = ml_evaluation_new(module, "a.py", NULL);
    g_autoptr(GString) shown = g_string_new(NULL);
    show(ml_evaluation_name(evaluation, "a"), shown);
    if (strcmp(shown->str, expected) != 0)
        fail_msg("%s, not %s: %.200s", shown->str, expected, text);
}

static void assert_unknown(const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(MlModule) module = ml_module_parse(bytes);
    g_autoptr(MlEvaluation) evaluation = ml_evaluation_new(module, "a.py", NULL);
    assert_int_equal(ml_evaluation_name(evaluation, "a")->kind, ML_VALUE_UNKNOWN);
}

/* --- the tests ---------------------------------------------------------------------- */

static void test_shapes(void **state)
{
    (void)state;
    assert_shown("import sqlalchemy as sa\na = sa.MetaData(x=1)\n", "sqlalchemy.MetaData(x=1)");
    assert_shown("from os import environ\na = environ['X']\n", "os.environ['X']");
    assert_shown("import os.path\na = os.environ.get('X', 'y').z\n", "os.environ.get('X', 'y').z");
    assert_shown("from .b import c\na = c.d\n", "?.d");
    assert_shown("a = b(1, *c, d=2)\n", "b(1, d=2...)");
    assert_shown("a = b(**c)\n", "b(...)");
    assert_shown("d = dict(x=1)\na = b(**d)\n", "b(x=1)");
    assert_shown("d = dict(x=1)\nd['y'] = 2\na = b(**d)\n", "b(...)");
    assert_shown("a = dict(x=1, y='z')\n", "'x':1;'y':'z';");
    assert_shown("a = dict(c, x=1)\n", "dict(c, x=1)");
    assert_shown("a = {'x': b.c}\n", "'x':b.c;");
    assert_shown("a = {'x': 1, **b}\n", "[...]");
    assert_shown("@b(1)\nclass a(c.D, E, f=1): pass\n", "b(1)class (c.D, E, f=1)");
    assert_shown("class B: pass\na = B()\n", "class ()()");
    assert_shown("def a(): pass\n", "def");
    assert_shown("@b\ndef a(): pass\n", "b(def)");
    assert_shown("def b(f): return f\n@b\ndef a(): pass\n", "def");
    assert_shown("a = 'x' + b\n", "'x" ML_HOLE "'");
    assert_shown("a = 'x' + f'y{b}z' + 'w'\n", "'xy" ML_HOLE "zw'");
    assert_shown("a = 'x%sy%s' % ('1', b)\n", "'x1y" ML_HOLE "'");
    assert_shown("a = f'x{b}%s' % 'y'\n", "'x" ML_HOLE "y'");
    assert_shown("a = f'x{b}' 'y'\n", "'x" ML_HOLE "y'");
    assert_shown("a = 'x{}{}y{z}'.format(b, 1, z=c.d)\n", "'x" ML_HOLE "1y" ML_HOLE "'");
    assert_shown("a = '{0.x}{1!r}{2:>{3}}'.format(b, 1, 2, 3)\n", "'" ML_HOLE "'");
    assert_shown("a = '-'.join(['x', b, f'{c}y'])\n", "'x-" ML_HOLE "-" ML_HOLE "y'");
    assert_shown("a = f' x{b} '.strip()\n", "'x" ML_HOLE "'");
    assert_shown("a = f'{b}'.strip('\ufffc').startswith('x')\n", "?");
    assert_shown("if b:\n    a = c\n", "?");
}

static void test_what_a_call_gives(void **state)
{
    (void)state;
    assert_shown("def f(): return 'p'\na = f()\n", "'p'");
    assert_shown("def f(): return b.c\na = f()\n", "b.c");
    assert_shown("def f(b): return b.c\na = f()\n", "def()");
    assert_shown("def f(b): return b.c\na = f(d)\n", "d.c");
    assert_shown("async def f(): return 'p'\na = f()\n", "def()");
    assert_shown("def f():\n    return 'p'\n    yield\na = f()\n", "def()");
    assert_shown("def f():\n    if b: return 'p'\n    return 'q'\na = f()\n", "<'p', 'q')");
    assert_shown("def f(): return\na = f()\n", "None");
}

/* The names of a call are those of the functions around it, whatever the module calls so. */
static void test_calls_in_functions(void **state)
{
    (void)state;
    const char *text = "a = 'module'\n"
                       "def f(b):\n"
                       "    a = 'outer'\n"
                       "    def g():\n"
                       "        c = a\n"
                       "        def h(): return c\n"
                       "        find(a, b, h())\n"
                       "class A:\n"
                       "    a = 'class'\n"
                       "    def m(self): find(a)\n"
                       "find(a)\n"
                       "a = 'later'\n"
                       "x['y'] = a\n";
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(MlModule) module = ml_module_parse(bytes);
    g_autoptr(MlEvaluation) evaluation = ml_evaluation_new(module, "a.py", NULL);
    static const char *const names[] = {"find", "__setitem__", NULL};
    g_autoptr(GPtrArray) calls = ml_evaluation_find_calls(evaluation, names);
    g_autoptr(GString) shown = g_string_new(NULL);
    for (guint i = 0; i < calls->len; i++) {
        show(calls->pdata[i], shown);
        g_string_append_c(shown, '\n');
    }
    assert_string_equal(shown->str, "find('outer', ?, 'outer')\n"
                                    "find('later')\n"
                                    "find('module')\n"
                                    "x.__setitem__('y', 'later')\n");
}

static void test_assignments_found(void **state)
{
    (void)state;
    const char *text = "a.b.name = 1\n"
                       "a.other = 2\n"
                       "a.name: int\n"
                       "a.name: int = 'annotated'\n"
                       "if x:\n    a.name = 3\n"
                       "def f(p):\n    p.name = 4\n"
                       "a.name += 5\n"
                       "(c, a.name) = d\n"
                       "e = a.name = 6\n"
                       "setattr(a, 'name', 7)\n"
                       "setattr(a, 'other', 8)\n"
                       "setattr(a, which, 9)\n"
                       "a['name'] = 10\n";
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(MlModule) module = ml_module_parse(bytes);
    g_autoptr(MlEvaluation) evaluation = ml_evaluation_new(module, "a.py", NULL);
    static const char *const names[] = {"name", NULL};
    g_autoptr(GArray) events = ml_evaluation_find_assignments(evaluation, names);
    g_autoptr(GString) shown = g_string_new(NULL);
    for (guint i = 0; i < events->len; i++) {
        const MlEvent *event = &g_array_index(events, MlEvent, i);
        g_string_append_printf(shown, "%u: ", ml_origin_position(event->origin).line);
        if (event->value != NULL)
            show(event->value, shown);
        g_string_append(shown, event->conditional ? " perhaps\n" : "\n");
    }
    assert_string_equal(shown->str, "1: a.b.__setattr__('name', 1)\n"
                                    "4: a.__setattr__('name', 'annotated')\n"
                                    "6: a.__setattr__('name', 3) perhaps\n"
                                    "8: ?.__setattr__('name', 4) perhaps\n"
                                    "9:  perhaps\n"
                                    "10:  perhaps\n"
                                    "11: a.__setattr__('name', 6) perhaps\n"
                                    "12:  perhaps\n");
}

/* Work that doubles with each line, and a call of much many times over. */
static void test_calls_without_end(void **state)
{
    (void)state;
    assert_shown("def f(): return f()\na = f()\n", "def()");
    assert_unknown("def f(): return g() + 'x'\ndef g(): return f()\na = f()\n");

    g_autoptr(GString) doubling = g_string_new("def f0(): return 'x'\n");
    for (guint i = 1; i < 90; i++)
        g_string_append_printf(doubling, "def f%u():\n    y = f%u()\n    return y + y + f%u()\n", i,
                               i - 1, i - 1);
    g_string_append(doubling, "a = f89()\n");
    assert_unknown(doubling->str);

    g_autoptr(GString) many = g_string_new("def f():\n");
    for (guint i = 0; i < 20000; i++)
        g_string_append(many, "    x\n");
    g_string_append(many, "    return 'y'\nb = (f()");
    for (guint i = 0; i < 10000; i++)
        g_string_append(many, ", f()");
    g_string_append(many, ")\na = f()\n");
    assert_unknown(many->str);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_what_a_call_gives),
        cmocka_unit_test(test_calls_in_functions),
        cmocka_unit_test(test_assignments_found),
        cmocka_unit_test(test_calls_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
