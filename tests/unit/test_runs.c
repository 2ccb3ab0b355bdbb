/* What functions do when they run: the circumstances of events, and bounds. */
#include "miglint/python.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

typedef struct {
    MlModule *module;
    MlEvaluation *evaluation;
    GArray *events;
} Ran;

static Ran run(const char *text, const MlAssumptions *assumptions)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    Ran ran = {.module = ml_module_parse(bytes)};
    ran.evaluation = ml_evaluation_new(ran.module, "a.py", NULL);
    ran.events = ml_evaluation_run(ran.evaluation, "upgrade", assumptions);
    return ran;
}

static void ran_clear(Ran *ran)
{
    g_array_unref(ran->events);
    ml_evaluation_free(ran->evaluation);
    ml_module_unref(ran->module);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Ran, ran_clear)

static const MlEvent *event_at(const Ran *ran, guint i)
{
    assert_true(i < ran->events->len);
    return &g_array_index(ran->events, MlEvent, i);
}

static const char *name_of(const MlEvent *event)
{
    return event->value->unknown.object->unknown.name;
}

static void test_circumstances(void **state)
{
    (void)state;
    g_auto(Ran) ran = run("from alembic import op\n"
                          "def upgrade():\n"
                          "    helper()\n"
                          "    with op.batch_alter_table('t') as b:\n"
                          "        b.drop_column('c')\n"
                          "    if x.y:\n"
                          "        op.one()\n"
                          "    for z in x.z:\n"
                          "        op.two()\n"
                          "    try:\n"
                          "        op.three()\n"
                          "    except Exception:\n"
                          "        pass\n"
                          "    raise ValueError\n"
                          "    op.four()\n"
                          "def helper():\n"
                          "    op.zero()\n",
                          NULL);
    assert_int_equal(ran.events->len, 7);
    const MlEvent *zero = event_at(&ran, 0), *batch = event_at(&ran, 1), *drop = event_at(&ran, 2);
    assert_string_equal(name_of(zero), "alembic.op.zero");
    assert_false(zero->conditional || zero->repeated || zero->guarded);
    assert_int_equal(ml_origin_position(zero->origin).line, 17);
    assert_int_equal(ml_origin_position(zero->callers->call).line, 3);
    assert_null(drop->contexts->outer);
    assert_ptr_equal(drop->contexts->manager, batch->value);
    const MlValue *entered = drop->value->unknown.object->unknown.object;
    assert_true(ml_value_has_shape(entered, ML_SHAPE_ENTERED));
    assert_ptr_equal(entered->unknown.object, batch->value);
    assert_true(event_at(&ran, 3)->conditional && !event_at(&ran, 3)->repeated);
    assert_true(event_at(&ran, 4)->conditional && event_at(&ran, 4)->repeated);
    assert_true(event_at(&ran, 5)->guarded && !event_at(&ran, 5)->conditional);
    assert_int_equal(event_at(&ran, 6)->kind, ML_EVENT_RAISE);
}

static void test_assumptions(void **state)
{
    (void)state;
    static const char *const parameters[] = {"op", "alembic.op", NULL};
    const MlAssumptions assumptions = {.dialect = "sqlite", .parameters = parameters};
    const char *text = "def upgrade(op, tables, x=1):\n"
                       "    if op.get_bind().dialect.name == 'sqlite':\n"
                       "        op.one(tables, x)\n"
                       "    else:\n"
                       "        op.two()\n";
    g_auto(Ran) ran = run(text, &assumptions);
    assert_int_equal(ran.events->len, 2);
    assert_string_equal(name_of(event_at(&ran, 1)), "alembic.op.one");
    const MlValue *tables = ml_value_positional(event_at(&ran, 1)->value, 0);
    assert_true(ml_value_has_shape(tables, ML_SHAPE_PARAMETER));
    assert_string_equal(tables->unknown.name, "tables");
    assert_int_equal(ml_value_positional(event_at(&ran, 1)->value, 1)->integer, 1);

    g_auto(Ran) unassumed = run(text, NULL);
    assert_int_equal(unassumed.events->len, 3);
    assert_true(event_at(&unassumed, 1)->conditional && event_at(&unassumed, 2)->conditional);
}

/* The last names of those that nobody asks for an answer. */
static void test_dropped(void **state)
{
    (void)state;
    g_auto(Ran) ran = run("import x\n"
                          "def five():\n"
                          "    x.inside()\n"
                          "    y = x.kept()\n"
                          "    return x.five(y)\n"
                          "def six():\n"
                          "    return x.six() if x.kept() else x.other_six()\n"
                          "def upgrade():\n"
                          "    x.one()\n"
                          "    (x.two())\n"
                          "    y = x.kept()\n"
                          "    y += x.kept()\n"
                          "    x.three(x.kept())\n"
                          "    x.kept().four()\n"
                          "    five()\n"
                          "    y = five()\n"
                          "    six()\n"
                          "    [x.seven(y) for y in (1,)]\n"
                          "    with x.eight():\n"
                          "        pass\n"
                          "    with x.kept() as y:\n"
                          "        pass\n"
                          "    if x.kept():\n"
                          "        pass\n"
                          "    return x.nine()\n",
                          NULL);
    g_autoptr(GString) dropped = g_string_new(NULL), kept = g_string_new(NULL);
    for (guint i = 0; i < ran.events->len; i++) {
        const char *name = name_of(event_at(&ran, i));
        const char *dot = strrchr(name, '.');
        g_string_append_printf(event_at(&ran, i)->dropped ? dropped : kept, "%s ",
                               dot ? dot + 1 : name);
    }
    assert_string_equal(dropped->str,
                        "one two three four inside five inside six other_six seven eight nine ");
    assert_string_equal(kept->str, "kept kept kept kept kept kept five kept kept kept ");
}

/* Under `name == "x"` the name is "x", and behind it what it was. */
static void test_equality(void **state)
{
    (void)state;
    g_auto(Ran) ran = run("from alembic import op\n"
                          "def upgrade():\n"
                          "    for name in unknown():\n"
                          "        if (name == 'x'):\n"
                          "            op.one(name)\n"
                          "        op.two(name)\n",
                          NULL);
    assert_int_equal(ran.events->len, 3);
    const MlValue *one = ml_value_positional(event_at(&ran, 1)->value, 0);
    const MlValue *two = ml_value_positional(event_at(&ran, 2)->value, 0);
    assert_int_equal(one->kind, ML_VALUE_STRING);
    assert_string_equal(one->string.text, "x");
    assert_true(event_at(&ran, 1)->conditional);
    assert_int_equal(two->kind, ML_VALUE_UNKNOWN);
}

/* One run takes nothing over from another, and what they gave stays what it was. */
static void test_two_runs(void **state)
{
    (void)state;
    const char *text = "NAMES = ['a']\n"
                       "def upgrade():\n"
                       "    NAMES.append('b')\n"
                       "    f(NAMES)\n";
    g_auto(Ran) ran = run(text, NULL);
    g_autoptr(GArray) again = ml_evaluation_run(ran.evaluation, "upgrade", NULL);
    const MlValue *call = g_array_index(again, MlEvent, 0).value;
    assert_int_equal(ml_value_positional(event_at(&ran, 0)->value, 0)->sequence.length, 2);
    assert_int_equal(ml_value_positional(call, 0)->sequence.length, 2);
    assert_string_equal(ml_value_positional(call, 0)->sequence.items[1]->string.text, "b");
}

static void assert_last(const char *text, MlEventKind kind)
{
    g_auto(Ran) ran = run(text, NULL);
    assert_true(ran.events->len > 0);
    for (guint i = 0; i < ran.events->len; i++)
        if (event_at(&ran, i)->kind == ML_EVENT_CALL)
            assert_true(ml_value_has_shape(event_at(&ran, i)->value, ML_SHAPE_CALL));
    const MlEvent *last = event_at(&ran, ran.events->len - 1);
    if (last->kind != kind)
        fail_msg("%d, not %d: %.200s", last->kind, kind, text);
}

static void test_what_is_no_function(void **state)
{
    (void)state;
    g_auto(Ran) absent = run("x = 1\n", NULL);
    assert_int_equal(absent.events->len, 0);
    assert_last("upgrade = None\n", ML_EVENT_REST);
    assert_last("from nowhere import upgrade\n", ML_EVENT_REST);
    assert_last("if x:\n    def upgrade(): pass\n", ML_EVENT_REST);
    assert_last("async def upgrade():\n    f()\n", ML_EVENT_CALL);
    assert_last("@x\ndef upgrade():\n    f()\n", ML_EVENT_REST);
}

/* --- without end ----------------------------------------------------------------- */

static char *upgrade(const char *body)
{
    g_auto(GStrv) lines = g_strsplit(body, "\n", -1);
    g_autofree char *indented = g_strjoinv("\n    ", lines);
    return g_strconcat("def upgrade():\n    ", indented, "\n    f('last')\n", NULL);
}

/* Whatever it takes: it ends, and if it cannot be told what happens, that is told. */
static void assert_ends(const char *body, gboolean is_told)
{
    g_autofree char *text = upgrade(body);
    assert_last(text, is_told ? ML_EVENT_CALL : ML_EVENT_REST);
}

/* Each line within the one before it, "~" in it standing for its number. */
static char *nested(const char *line, guint depth, const char *last)
{
    g_auto(GStrv) parts = g_strsplit(line, "~", -1);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < depth; i++) {
        g_autofree char *number = g_strdup_printf("%u", i);
        g_autofree char *numbered = g_strjoinv(number, parts);
        g_string_append_printf(text, "%*s%s\n", (int)i, "", numbered);
    }
    g_string_append_printf(text, "%*s%s\n", (int)depth, "", last);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *times(const char *line, guint count)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < count; i++)
        g_string_append(text, line);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void test_endless(void **state)
{
    (void)state;
    assert_ends("while True: pass", FALSE);
    assert_ends("while True: f()", FALSE);
    assert_ends("for i in range(10 ** 12): pass", TRUE);
    assert_ends("for i in range(1000000000000): pass", FALSE);
    assert_ends("xs = [1]\nfor x in xs: xs.append(x)", TRUE);
    assert_ends("def g(): g()\ng()", TRUE);
    assert_ends("def g(n):\n    g(n + 1)\n    g(n + 2)\ng(1)", FALSE);
    assert_ends("def g(n):\n    if n.x: g(n)\n    g(n)\ng(y)", TRUE);
    assert_ends("g = lambda h: h(h)\ng(g)", TRUE);
    assert_ends("class A:\n    def __init__(self): A()\nA()", TRUE);
}

static void test_outgrown(void **state)
{
    (void)state;
    assert_ends("s = 'x' * 100\nfor i in range(200): s = s + s", TRUE);
    assert_ends("s = 'x' * 100\nfor i in range(200): s = f'{s}{s}'", TRUE);
    assert_ends("s = ['x']\nfor i in range(200): s = s + s", TRUE);
    assert_ends("s = 'x' * 1000000000000", TRUE);
    assert_ends("s = ['x'] * 1000000000000", TRUE);
    assert_ends("for i in range(5000):\n    a = g(i)\n    if a is None: continue\n    a.b = i\n"
                "    a.c = i",
                FALSE);
    /* what holds itself twice */
    assert_ends("s = ['x']\nfor i in range(200):\n    s = [s, s]\nf(s)", FALSE);
    assert_ends("s = ('x',)\nfor i in range(200):\n    s = (s, s)\nt = s == s", FALSE);
    assert_ends("s = []\ns.append(s)\ns.append([s])\nd = {}\nd['x'] = [d]\nd['y'] = d\nf(s, d)",
                TRUE);
    g_autofree char *terms = times("1+", 45000);
    g_autofree char *sum = g_strconcat("f(", terms, "1)", NULL);
    assert_ends(sum, FALSE);
}

/* Its members are made anew for each that is asked for. */
static void test_enum_without_end(void **state)
{
    (void)state;
    g_autoptr(GString) text = g_string_new("import enum\nclass E(enum.Enum):\n");
    for (guint i = 0; i < 40; i++)
        g_string_append_printf(text, "    a%u = 'v%u'\n", i, i);
    g_string_append(text, "def upgrade():\n    for i in range(20000):\n"
                          "        if E.a1 == x.y: f(E.a1.value)\n");
    assert_last(text->str, ML_EVENT_REST);
}

static void test_nesting(void **state)
{
    (void)state;
    g_autofree char *conditions = nested("if x.a~ == y.b~:", 90, "f()");
    assert_ends(conditions, TRUE);
    g_autofree char *loops = nested("for x~ in y.b~:", 90, "z = f(x1)");
    assert_ends(loops, TRUE);
    g_autofree char *changing = nested("for x~ in y.b~:", 18, "n += f(n)");
    g_autofree char *counted = g_strconcat("n = 1\n", changing, NULL);
    assert_ends(counted, TRUE);
    g_autofree char *multiplied = nested("for x~ in range(100 + ~):", 10, "f()");
    assert_ends(multiplied, FALSE);
    g_autofree char *elifs = times("elif x.y:\n    z = 1\n", 3000);
    g_autofree char *chain = g_strconcat("if x.y: pass\n", elifs, NULL);
    assert_ends(chain, FALSE);
    g_autofree char *variables = times("a = b = c = d = x.y\nif x.z: a, b = b, a\n", 5000);
    assert_ends(variables, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_circumstances),    cmocka_unit_test(test_assumptions),
        cmocka_unit_test(test_dropped),          cmocka_unit_test(test_equality),
        cmocka_unit_test(test_two_runs),         cmocka_unit_test(test_what_is_no_function),
        cmocka_unit_test(test_endless),          cmocka_unit_test(test_outgrown),
        cmocka_unit_test(test_enum_without_end), cmocka_unit_test(test_nesting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
