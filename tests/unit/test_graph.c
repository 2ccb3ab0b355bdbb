#include "graph_helper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

typedef struct {
    GPtrArray *revisions;
    MlGraph *graph;
} Fixture;

static void fixture_clear(Fixture *fixture)
{
    ml_graph_free(fixture->graph);
    g_ptr_array_unref(fixture->revisions);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

static Fixture fixture_new(void)
{
    return (Fixture){.revisions = g_ptr_array_new_with_free_func(free_revision)};
}

static void add(Fixture *fixture, const char *id, const char *parents, const char *dependencies,
                const char *labels)
{
    g_ptr_array_add(fixture->revisions, make_revision(id, parents, dependencies, labels));
}

static void add_number(Fixture *fixture, guint number, int parent)
{
    g_autofree char *id = g_strdup_printf("%06u", number);
    g_autofree char *parents = parent < 0 ? g_strdup("") : g_strdup_printf("%06d", parent);
    add(fixture, id, parents, "", "");
}

static void finish(Fixture *fixture)
{
    fixture->graph = ml_graph_new(fixture->revisions);
}

/* "a b<a c<a,b": a, then b with the parent a, then c with both as parents. */
static Fixture graph_of(const char *words)
{
    Fixture fixture = fixture_new();
    g_auto(GStrv) each = g_strsplit(words, " ", -1);
    for (guint i = 0; each[i]; i++) {
        g_auto(GStrv) parts = g_strsplit(each[i], "<", 2);
        add(&fixture, parts[0], parts[1] ? parts[1] : "", "", "");
    }
    finish(&fixture);
    return fixture;
}

static char *join_nodes(const GPtrArray *nodes)
{
    GString *list = g_string_new(NULL);
    for (guint i = 0; i < nodes->len; i++) {
        const MlNode *node = g_ptr_array_index(nodes, i);
        g_string_append_printf(list, "%s%s", i > 0 ? " " : "", node->revision->id.text);
    }
    return g_string_free(list, FALSE);
}

static void assert_nodes(const GPtrArray *nodes, const char *expected)
{
    g_autofree char *list = join_nodes(nodes);
    assert_string_equal(list, expected);
}

static void assert_labels(const Fixture *fixture, const char *id, const char *expected)
{
    const MlNode *node = ml_graph_find(fixture->graph, id);
    GString *list = g_string_new(NULL);
    for (guint i = 0; i < node->labels->len; i++)
        g_string_append_printf(list, "%s%s", i > 0 ? " " : "",
                               (const char *)g_ptr_array_index(node->labels, i));
    g_autofree char *labels = g_string_free(list, FALSE);
    assert_string_equal(labels, expected);
}

static void assert_problem(const Fixture *fixture, guint i, MlGraphProblemKind kind,
                           const char *expected, const char *reference)
{
    const GPtrArray *problems = ml_graph_problems(fixture->graph);
    assert_true(i < problems->len);
    const MlGraphProblem *problem = g_ptr_array_index(problems, i);
    GString *list = g_string_new(NULL);
    for (guint j = 0; j < problem->revisions->len; j++) {
        const MlRevision *revision = g_ptr_array_index(problem->revisions, j);
        g_string_append_printf(list, "%s%s", j > 0 ? " " : "", revision->id.text);
    }
    g_autofree char *ids = g_string_free(list, FALSE);
    assert_int_equal(problem->kind, kind);
    assert_string_equal(ids, expected);
    if (reference)
        assert_string_equal(problem->reference->text, reference);
    else
        assert_null(problem->reference);
}

static void assert_order(const Fixture *fixture, const char *expected)
{
    g_autoptr(GPtrArray) order = ml_graph_upgrade_order(fixture->graph);
    assert_nodes(order, expected);
}

/* Every revision once, and none before its parents. */
static void assert_runnable(const Fixture *fixture)
{
    g_autoptr(GPtrArray) order = ml_graph_upgrade_order(fixture->graph);
    g_autofree gboolean *done = g_new0(gboolean, order->len);
    assert_int_equal(order->len, ml_graph_nodes(fixture->graph)->len);
    for (guint i = 0; i < order->len; i++) {
        const MlNode *node = g_ptr_array_index(order, i);
        for (guint j = 0; j < node->parents->len; j++)
            assert_true(done[((const MlNode *)g_ptr_array_index(node->parents, j))->index]);
        assert_false(done[node->index]);
        done[node->index] = TRUE;
    }
}

static void assert_range(const Fixture *fixture, const char *range, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) nodes = ml_graph_range(fixture->graph, range, &error);
    assert_null(error);
    assert_nodes(nodes, expected);
}

static void assert_range_fails(const Fixture *fixture, const char *range, const char *message)
{
    g_autoptr(GError) error = NULL;
    assert_null(ml_graph_range(fixture->graph, range, &error));
    assert_true(g_error_matches(error, ML_GRAPH_ERROR, ML_GRAPH_ERROR_RANGE));
    assert_string_equal(error->message, message);
}

/* --- nodes ------------------------------------------------------------------ */

static void test_empty(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = fixture_new();
    g_ptr_array_add(fixture.revisions, make_revision(NULL, "a", "", ""));
    finish(&fixture);
    assert_int_equal(ml_graph_nodes(fixture.graph)->len, 0);
    assert_int_equal(ml_graph_problems(fixture.graph)->len, 0);
    assert_null(ml_graph_find(fixture.graph, "a"));
    assert_null(ml_graph_nearest(fixture.graph, "a"));
    assert_range(&fixture, ":", "");
    assert_order(&fixture, "");
}

static void test_an_unknown_parent_makes_no_base(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = fixture_new();
    add(&fixture, "a", "", "", "");
    add(&fixture, "b", "", "", "");
    ((MlRevision *)g_ptr_array_index(fixture.revisions, 1))->problem = ML_REVISION_UNKNOWN_PARENT;
    ((MlRevision *)g_ptr_array_index(fixture.revisions, 1))->unknown = ML_UNKNOWN_PARENTS;
    finish(&fixture);
    assert_nodes(ml_graph_bases(fixture.graph), "a");
    assert_nodes(ml_graph_heads(fixture.graph), "a b");
}

static void test_a_missing_parent_makes_no_base(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = graph_of("b<gone c<b");
    assert_nodes(ml_graph_bases(fixture.graph), "");
    assert_nodes(ml_graph_heads(fixture.graph), "c");
    assert_problem(&fixture, 0, ML_GRAPH_MISSING_PARENT, "b", "gone");
    assert_order(&fixture, "b c");
}

static void test_the_first_of_doubled_ids_is_the_node(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = graph_of("a b<a b x<b b<x");
    assert_int_equal(ml_graph_problems(fixture.graph)->len, 1);
    assert_problem(&fixture, 0, ML_GRAPH_DUPLICATE, "b b b", NULL);
    const MlGraphProblem *problem = g_ptr_array_index(ml_graph_problems(fixture.graph), 0);
    static const guint places[] = {1, 2, 4};
    for (guint i = 0; i < G_N_ELEMENTS(places); i++)
        assert_ptr_equal(g_ptr_array_index(problem->revisions, i),
                         g_ptr_array_index(fixture.revisions, places[i]));
    assert_nodes(ml_graph_bases(fixture.graph), "a");
    assert_nodes(ml_graph_heads(fixture.graph), "x");
}

/* --- labels ----------------------------------------------------------------- */

static void test_labels_go_down_and_up_a_plain_line(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = fixture_new();
    add(&fixture, "a", "", "", "");
    add(&fixture, "b", "a", "", "");
    add(&fixture, "c", "b", "", "one");
    add(&fixture, "d", "c", "", "two");
    add(&fixture, "x", "a", "", "");
    finish(&fixture);
    assert_labels(&fixture, "d", "one two");
    assert_labels(&fixture, "c", "one two");
    assert_labels(&fixture, "b", "one two");
    assert_labels(&fixture, "a", "");
    assert_labels(&fixture, "x", "");
}

static void test_a_fork_below_keeps_labels_from_going_up(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = fixture_new();
    add(&fixture, "a", "", "", "");
    add(&fixture, "b", "a", "", "one");
    add(&fixture, "c", "b", "", "");
    add(&fixture, "d", "b", "", "");
    finish(&fixture);
    assert_labels(&fixture, "c", "one");
    assert_labels(&fixture, "d", "one");
    assert_labels(&fixture, "a", "");
}

static void test_labels_clash(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = fixture_new();
    add(&fixture, "a", "", "", "same");
    add(&fixture, "b", "a", "", "same");
    add(&fixture, "c", "b", "", "a");
    add(&fixture, "d", "c", "", "twice,twice");
    finish(&fixture);
    assert_int_equal(ml_graph_problems(fixture.graph)->len, 3);
    assert_problem(&fixture, 0, ML_GRAPH_LABEL_CLASH, "a b", "same");
    assert_problem(&fixture, 1, ML_GRAPH_LABEL_CLASH, "c a", "a");
    assert_problem(&fixture, 2, ML_GRAPH_LABEL_CLASH, "d", "twice");
}

static void test_too_many_labels_stay_where_they_are(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = fixture_new();
    enum { COUNT = 8000 };
    for (guint i = 0; i < COUNT; i++) {
        g_autofree char *id = g_strdup_printf("%u", i), *label = g_strdup_printf("label%u", i);
        g_autofree char *parent = i > 0 ? g_strdup_printf("%u", i - 1) : g_strdup("");
        add(&fixture, id, parent, "", label);
    }
    finish(&fixture);
    gsize total = 0;
    for (guint i = 0; i < COUNT; i++) {
        const MlNode *node = g_ptr_array_index(ml_graph_nodes(fixture.graph), i);
        g_autofree char *label = g_strdup_printf("label%u", i);
        assert_true(g_ptr_array_find_with_equal_func(node->labels, label, g_str_equal, NULL));
        total += node->labels->len;
    }
    assert_true(total < 5u * 1000 * 1000);
}

/* --- circles ---------------------------------------------------------------- */

static void test_a_circle_is_named_in_full(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = graph_of("z y<z b<a c<b a<c,y d<c e<d");
    assert_int_equal(ml_graph_problems(fixture.graph)->len, 1);
    assert_problem(&fixture, 0, ML_GRAPH_CYCLE, "b a c", NULL);
    assert_nodes(ml_graph_heads(fixture.graph), "e");
    assert_order(&fixture, "z y b c a d e");
}

static void test_each_circle_is_a_problem(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = graph_of("a<b b<a c<d,c d<c x<x");
    assert_int_equal(ml_graph_problems(fixture.graph)->len, 3);
    assert_problem(&fixture, 0, ML_GRAPH_CYCLE, "a b", NULL);
    assert_problem(&fixture, 1, ML_GRAPH_CYCLE, "c", NULL);
    assert_problem(&fixture, 2, ML_GRAPH_CYCLE, "x", NULL);
    assert_nodes(ml_graph_heads(fixture.graph), "");
}

static void test_a_circle_over_depends_on(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = fixture_new();
    add(&fixture, "a", "", "c", "");
    add(&fixture, "b", "a", "", "");
    add(&fixture, "c", "b", "", "label");
    add(&fixture, "d", "", "own", "own");
    finish(&fixture);
    assert_int_equal(ml_graph_problems(fixture.graph)->len, 2);
    assert_problem(&fixture, 0, ML_GRAPH_DEPENDENCY_CYCLE, "a c b", NULL);
    assert_problem(&fixture, 1, ML_GRAPH_DEPENDENCY_CYCLE, "d", NULL);
}

static void test_a_plain_circle_explains_one_over_depends_on(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = fixture_new();
    add(&fixture, "a", "b", "", "");
    add(&fixture, "b", "a", "c", "");
    add(&fixture, "c", "b", "", "");
    finish(&fixture);
    assert_int_equal(ml_graph_problems(fixture.graph)->len, 1);
    assert_problem(&fixture, 0, ML_GRAPH_CYCLE, "a b", NULL);
}

static void test_missing_names(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = fixture_new();
    add(&fixture, "a", "", "", "label");
    add(&fixture, "b", "label", "gone", "");
    add(&fixture, "c", "a,lost", "label", "");
    finish(&fixture);
    assert_int_equal(ml_graph_problems(fixture.graph)->len, 3);
    assert_problem(&fixture, 0, ML_GRAPH_MISSING_PARENT, "b", "label");
    assert_problem(&fixture, 1, ML_GRAPH_MISSING_DEPENDENCY, "b", "gone");
    assert_problem(&fixture, 2, ML_GRAPH_MISSING_PARENT, "c", "lost");
    assert_nodes(ml_graph_find(fixture.graph, "c")->dependencies, "a");
}

/* --- size ------------------------------------------------------------------- */

static void test_a_very_long_line(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = fixture_new();
    enum { COUNT = 100000 };
    for (guint i = COUNT; i-- > 0;)
        add_number(&fixture, i, (int)i - 1);
    finish(&fixture);
    g_autoptr(GPtrArray) order = ml_graph_upgrade_order(fixture.graph);
    assert_int_equal(order->len, COUNT);
    for (guint i = 0; i < COUNT; i++)
        assert_int_equal(((const MlNode *)g_ptr_array_index(order, i))->index, COUNT - 1 - i);
    const MlNode *first = ml_graph_find(fixture.graph, "000000");
    const MlNode *last = ml_graph_find(fixture.graph, "099999");
    assert_true(ml_graph_is_ancestor(fixture.graph, first, last));
    assert_range(&fixture, "-2:", "099997 099998 099999");
    assert_range(&fixture, "+3", "000002");
    assert_range_fails(&fixture, "09999",
                       "'09999' is the beginning of several names ('099990', '099991', '099992', "
                       "'099993', ...); write more of it");
}

static void test_a_very_long_circle(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = fixture_new();
    enum { COUNT = 100000 };
    for (guint i = 0; i < COUNT; i++)
        add_number(&fixture, i, (int)((i + 1) % COUNT));
    finish(&fixture);
    const MlGraphProblem *problem = g_ptr_array_index(ml_graph_problems(fixture.graph), 0);
    assert_int_equal(problem->kind, ML_GRAPH_CYCLE);
    assert_int_equal(problem->revisions->len, COUNT);
    g_autoptr(GPtrArray) nodes = ml_graph_range(fixture.graph, "000000-9999999999999999999", NULL);
    assert_int_equal(nodes->len, 1);
}

/* So many branches that the place to go on at is not searched for to the end. */
static void test_very_many_branches(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = fixture_new();
    for (guint i = 0; i < 20000; i++)
        add_number(&fixture, i, (int)i - (i % 2 ? 1 : 2));
    finish(&fixture);
    assert_runnable(&fixture);
}

/* --- nearness --------------------------------------------------------------- */

static void assert_nearest(const Fixture *fixture, const char *id, const char *expected)
{
    const char *nearest = ml_graph_nearest(fixture->graph, id);
    if (expected)
        assert_string_equal(nearest, expected);
    else
        assert_null(nearest);
}

static void test_nearest(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = fixture_new();
    add(&fixture, "1a2b3c4d5e6f", "", "", "branchname");
    add(&fixture, "ffff00001111", "", "", "");
    add(&fixture, "0042", "", "", "");
    finish(&fixture);
    assert_nearest(&fixture, "1a2b3c", "1a2b3c4d5e6f");
    assert_nearest(&fixture, "ffff00001111_add_user", "ffff00001111");
    assert_nearest(&fixture, "1a2b3c4d56ef", "1a2b3c4d5e6f");
    assert_nearest(&fixture, "a1b23c4d5e6", "1a2b3c4d5e6f");
    assert_nearest(&fixture, "0024", "0042");
    assert_nearest(&fixture, "1a2", NULL);
    assert_nearest(&fixture, "0917", NULL);
    assert_nearest(&fixture, "123456789abc", NULL);
    assert_nearest(&fixture, "branchnam", NULL);
    assert_nearest(&fixture, "", NULL);
}

static void test_nearest_of_very_many(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = fixture_new();
    for (guint i = 0; i < 5000; i++)
        add_number(&fixture, i, -1);
    finish(&fixture);
    assert_nearest(&fixture, "00420", "004200");
    assert_nearest(&fixture, "x04200", NULL);
}

static void test_ancestors(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = graph_of("a b<a c<b x<a l<m m<l");
    const char *const cases[][2] = {{"a", "c"}, {"b", "c"}, {"a", "x"}, {"l", "m"}, {"m", "l"}};
    for (guint i = 0; i < 3; i++) {
        const MlNode *above = ml_graph_find(fixture.graph, cases[i][0]);
        const MlNode *below = ml_graph_find(fixture.graph, cases[i][1]);
        assert_true(ml_graph_is_ancestor(fixture.graph, above, below));
        assert_false(ml_graph_is_ancestor(fixture.graph, below, above));
        assert_false(ml_graph_is_ancestor(fixture.graph, above, above));
    }
    for (guint i = 3; i < 5; i++)
        assert_true(ml_graph_is_ancestor(fixture.graph, ml_graph_find(fixture.graph, cases[i][0]),
                                         ml_graph_find(fixture.graph, cases[i][1])));
}

static void assert_parting(const Fixture *fixture, const char *ids, const char *expected)
{
    g_auto(GStrv) each = g_strsplit(ids, " ", -1);
    g_autoptr(GPtrArray) nodes = g_ptr_array_new();
    for (guint i = 0; each[i]; i++)
        g_ptr_array_add(nodes, (gpointer)ml_graph_find(fixture->graph, each[i]));
    g_autoptr(GPtrArray) parting = ml_graph_parting(fixture->graph, nodes);
    assert_nodes(parting, expected);
}

static void test_parting(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = graph_of("z a<z b<a c<b d<b x<a o y<b,x w<b,x l<m,c m<l");
    assert_parting(&fixture, "", "");
    assert_parting(&fixture, "c", "c");
    assert_parting(&fixture, "c d", "b");
    assert_parting(&fixture, "c d x", "a");
    assert_parting(&fixture, "c b", "b");
    assert_parting(&fixture, "c o", "");
    assert_parting(&fixture, "y w", "b x");
    assert_parting(&fixture, "m d", "b");
}

static void test_parting_of_very_many(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = fixture_new();
    add(&fixture, "root", "", "", "");
    add(&fixture, "fork", "root", "", "");
    for (guint i = 0; i < 200; i++) {
        g_autofree char *id = g_strdup_printf("%u", i);
        add(&fixture, id, i == 150 ? "root" : "fork", "", "");
    }
    finish(&fixture);
    g_autoptr(GPtrArray) all = ml_graph_parting(fixture.graph, ml_graph_heads(fixture.graph));
    assert_nodes(all, "root");
    g_autoptr(GPtrArray) some =
        g_ptr_array_copy((GPtrArray *)ml_graph_heads(fixture.graph), NULL, NULL);
    g_ptr_array_remove_index(some, 150);
    g_autoptr(GPtrArray) fork = ml_graph_parting(fixture.graph, some);
    assert_nodes(fork, "fork");
}

/* --- ranges ----------------------------------------------------------------- */

static Fixture two_branches(void)
{
    Fixture fixture = fixture_new();
    add(&fixture, "aaaa1", "", "", "");
    add(&fixture, "aaaa2", "aaaa1", "", "");
    add(&fixture, "bbbb1", "aaaa2", "", "left");
    add(&fixture, "cccc1", "aaaa2", "", "right");
    add(&fixture, "bbbb2", "bbbb1", "", "");
    add(&fixture, "dddd1", "", "cccc1", "rel-1");
    finish(&fixture);
    return fixture;
}

static void test_a_word_alone(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = two_branches();
    assert_range(&fixture, "aaaa2", "aaaa2");
    assert_range(&fixture, "dd", "dddd1");
    assert_range(&fixture, "left", "bbbb1");
    assert_range(&fixture, "left@head", "bbbb2");
    assert_range(&fixture, "left@-1", "bbbb1");
    assert_range(&fixture, "aaaa1+1", "aaaa2");
    assert_range(&fixture, "rel-1", "dddd1");
    assert_range(&fixture, " bbbb2-2 ", "aaaa2");
    assert_range(&fixture, "base", "");
}

static void test_a_range(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = two_branches();
    assert_range(&fixture, "aaaa2:bbbb2", "aaaa2 bbbb1 bbbb2");
    assert_range(&fixture, "aaaa2:left@head", "aaaa2 bbbb1 bbbb2");
    assert_range(&fixture, "bbbb1:+1", "bbbb1 bbbb2");
    assert_range(&fixture, ":cccc1", "aaaa1 aaaa2 cccc1");
    assert_range(&fixture, ":right@+3", "aaaa1 aaaa2 cccc1");
}

static void test_a_range_that_cannot_be(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = two_branches();
    static const char *const cases[][2] = {
        {"", "a range is missing; write a revision, or OLDER:NEWER"},
        {"a:b:c", "'a:b:c' has more than one ':'; a range is OLDER:NEWER"},
        {"nothing", "there is no revision or branch label 'nothing'"},
        {"bbb2:", "there is no revision or branch label 'bbb2'; did you mean 'bbbb2'?"},
        {":rigth", "there is no revision or branch label 'rigth'; did you mean 'right'?"},
        {"aaaa:", "'aaaa' is the beginning of several names ('aaaa1', 'aaaa2'); write more of it"},
        {"left@", "a revision id is missing"},
        {"current:", "'current' is known to a database alone; name the revision"},
        {"head", "'head' stands for several revisions ('cccc1', 'bbbb2', 'dddd1'); name one, or "
                 "write 'heads'"},
        {"right@bbbb1", "revision 'bbbb1' is not on the branch 'right'"},
        {"bbbb2:aaaa1", "'bbbb2' does not come before 'aaaa1'; a range goes from the older "
                        "revision to the newer one"},
        {"aaaa2:aaaa1-5", "'aaaa1-5' goes below the first revision"},
        {"-9", "'-9' goes below the first revision"},
        {"aaaa1+2:", "'aaaa1+2' cannot begin a range, where Alembic counts down from the heads "
                     "alone ('-2:'); name the revision itself"},
        {":-1", "'-1' cannot end a range, as it does not say where to count from; write 'head-1'"},
        {":left@-1", "'left@-1' cannot end a range, as it does not say where to count from; "
                     "write 'left@head-1'"},
        {"aaaa1:+2", "cannot count up where the line parts ('bbbb1', 'cccc1'); name the revision "
                     "itself"},
        {"cccc1:dddd1", "'cccc1' and 'dddd1' are joined by depends_on alone; write 'base:dddd1'"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_range_fails(&fixture, cases[i][0], cases[i][1]);
}

static void test_a_range_of_a_broken_graph(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = graph_of("m<gone,lost a<m b<a,x x<b c<c");
    assert_range(&fixture, ":a", "m a");
    assert_range_fails(&fixture, "m-1", "'m-1' goes below the first revision");
    assert_range_fails(
        &fixture, "b-1",
        "cannot count down where the line parts ('a', 'x'); name the revision itself");
    assert_range(&fixture, "heads", "");
    assert_range(&fixture, "c", "c");
}

static void test_a_range_of_any_bytes(void **state)
{
    (void)state;
    g_auto(Fixture) fixture = two_branches();
    g_autofree char *ats = g_strnfill(100000, '@');
    g_autofree char *letters = g_strnfill(100000, 'a');
    g_autofree char *digits = g_strnfill(100000, '9');
    g_autofree char *steps = g_strdup_printf("aaaa2+%s", digits);
    const char *const odd[] = {
        "\xff\xfe:", "\xc3", "@@+1", "@:@", "+:-", "-:", "::", "\n", ats, letters, digits, steps};
    for (guint i = 0; i < G_N_ELEMENTS(odd); i++)
        assert_null(ml_graph_range(fixture.graph, odd[i], NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_an_unknown_parent_makes_no_base),
        cmocka_unit_test(test_a_missing_parent_makes_no_base),
        cmocka_unit_test(test_the_first_of_doubled_ids_is_the_node),
        cmocka_unit_test(test_labels_go_down_and_up_a_plain_line),
        cmocka_unit_test(test_a_fork_below_keeps_labels_from_going_up),
        cmocka_unit_test(test_labels_clash),
        cmocka_unit_test(test_too_many_labels_stay_where_they_are),
        cmocka_unit_test(test_a_circle_is_named_in_full),
        cmocka_unit_test(test_each_circle_is_a_problem),
        cmocka_unit_test(test_a_circle_over_depends_on),
        cmocka_unit_test(test_a_plain_circle_explains_one_over_depends_on),
        cmocka_unit_test(test_missing_names),
        cmocka_unit_test(test_a_very_long_line),
        cmocka_unit_test(test_a_very_long_circle),
        cmocka_unit_test(test_very_many_branches),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_nearest_of_very_many),
        cmocka_unit_test(test_ancestors),
        cmocka_unit_test(test_parting),
        cmocka_unit_test(test_parting_of_very_many),
        cmocka_unit_test(test_a_word_alone),
        cmocka_unit_test(test_a_range),
        cmocka_unit_test(test_a_range_that_cannot_be),
        cmocka_unit_test(test_a_range_of_a_broken_graph),
        cmocka_unit_test(test_a_range_of_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
