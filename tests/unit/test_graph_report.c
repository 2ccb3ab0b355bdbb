#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "graph_helper.h"
#include "miglint/report.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

/* --- a project made by hand ---------------------------------------------- */

typedef struct {
    MlProject project;
    MlMigrations migrations;
    GPtrArray *projects;
    MlGraphReport report;
} Sample;

/* Lines of "id|parents|dependencies|labels|message". */
static void read_revisions(GPtrArray *revisions, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) fields = g_strsplit(lines[i], "|", 5);
        MlRevision *revision;

        if (g_strv_length(fields) < 5)
            continue;
        revision = make_revision(fields[0], fields[1], fields[2], fields[3]);
        revision->message = (char *)g_intern_string(fields[4]);
        revision->path = (char *)g_intern_static_string("migrations/versions/some.py");
        g_ptr_array_add(revisions, revision);
    }
}

static Sample *sample_new(const char *name, const char *text)
{
    Sample *sample = g_new0(Sample, 1);

    sample->project.name = g_strdup(name);
    sample->migrations.project = &sample->project;
    sample->migrations.revisions = g_ptr_array_new_with_free_func(free_revision);
    read_revisions(sample->migrations.revisions, text);
    sample->migrations.graph = ml_graph_new(sample->migrations.revisions);
    sample->projects = g_ptr_array_new();
    g_ptr_array_add(sample->projects, &sample->migrations);
    sample->report.projects = sample->projects;
    return sample;
}

static void sample_free(Sample *sample)
{
    g_ptr_array_unref(sample->projects);
    ml_graph_free(sample->migrations.graph);
    g_ptr_array_unref(sample->migrations.revisions);
    g_free(sample->project.name);
    g_free(sample);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sample, sample_free)

static const GPtrArray *nodes_of(const Sample *sample)
{
    return ml_graph_nodes(sample->migrations.graph);
}

static char *draw(const Sample *sample)
{
    GString *out = g_string_new(NULL);

    ml_report_graph_text(out, &sample->report);
    return g_string_free(out, FALSE);
}

/* --- following the lanes -------------------------------------------------- */

/*
 * Reads a drawing as a person does, line by line, from its characters alone.
 * Between two lines, something may come into a place (a lane's number) from
 * straight above, from the right or from the left: each a set of revisions
 * whose way down it is. What leaves below carries that on.
 */
enum { STRAIGHT, FROM_RIGHT, FROM_LEFT, WAYS };

#define PLACES 100

typedef struct {
    GHashTable *in[PLACES][WAYS]; /* sets of ids; NULL: nothing comes */
} Boundary;

typedef struct {
    GPtrArray *ids;      /* char *, in the order of the drawing */
    GHashTable *reached; /* "child>parent" and "child>~" */
    Boundary *above;
    Boundary *below;
} Follower;

static GHashTable *set_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static void set_add_all(GHashTable **set, GHashTable *from)
{
    GHashTableIter iterator;
    gpointer key;

    if (*set == NULL)
        *set = set_new();
    g_hash_table_iter_init(&iterator, from);
    while (g_hash_table_iter_next(&iterator, &key, NULL))
        g_hash_table_add(*set, g_strdup(key));
}

static void boundary_free(Boundary *boundary)
{
    for (guint i = 0; i < PLACES; i++)
        for (guint way = 0; way < WAYS; way++)
            g_clear_pointer(&boundary->in[i][way], g_hash_table_unref);
    g_free(boundary);
}

static char at(const char *line, guint length, gint column)
{
    return column >= 0 && (guint)column < length ? line[column] : ' ';
}

/* What is drawn before the text; the text begins with an id, which is a letter and digits. */
static guint graph_length(const char *line)
{
    return (guint)strspn(line, " |/\\_*~");
}

static guint ways_in(const Follower *follower, guint place)
{
    guint count = 0;

    for (guint way = 0; way < WAYS; way++)
        count += follower->above->in[place][way] != NULL;
    return count;
}

static void pass(const Follower *follower, guint place, gint way, guint to, gint as)
{
    if (way < 0) {
        for (guint i = 0; i < WAYS; i++)
            if (follower->above->in[place][i] != NULL)
                set_add_all(&follower->below->in[to][as], follower->above->in[place][i]);
        return;
    }
    assert_non_null(follower->above->in[place][way]);
    set_add_all(&follower->below->in[to][as], follower->above->in[place][way]);
}

static void reach(const Follower *follower, guint place, const char *what)
{
    for (guint way = 0; way < WAYS; way++) {
        GHashTableIter iterator;
        gpointer child;

        if (follower->above->in[place][way] == NULL)
            continue;
        g_hash_table_iter_init(&iterator, follower->above->in[place][way]);
        while (g_hash_table_iter_next(&iterator, &child, NULL))
            g_hash_table_add(follower->reached, g_strdup_printf("%s>%s", (char *)child, what));
    }
}

/* Where a way that leaves to the left comes in: past what it runs flat below. */
static guint left_end(const char *line, guint length, guint place)
{
    while (place >= 2 && at(line, length, 2 * (gint)place - 3) == '_')
        place--;
    return place - 1;
}

/* A flat way ends above the slope that carries it on, which begins one place further right. */
static guint left_goal(const char *line, guint length, guint place)
{
    guint end = left_end(line, length, place);

    return end == place - 1 ? end : end + 1;
}

static void follow_place(const Follower *follower, const char *line, guint length, guint place)
{
    char here = at(line, length, 2 * (gint)place);
    gboolean straight = here == '|';
    gboolean left = place > 0 && at(line, length, 2 * (gint)place - 1) == '/';
    gboolean right = at(line, length, 2 * (gint)place + 1) == '\\';
    guint in = ways_in(follower, place);
    guint out = straight + left + right;
    gboolean crosses = in == 2 && out == 2;

    assert_true(in > 0 || out == 0);
    /* Several that come in leave as one, or cross: otherwise nobody could tell which is which. */
    assert_true(in <= 1 || out <= 1 || crosses);
    if (crosses)
        assert_true(straight && left);
    if (straight)
        pass(follower, place, crosses ? STRAIGHT : -1, place, STRAIGHT);
    if (left)
        pass(follower, place, crosses ? FROM_RIGHT : -1, left_goal(line, length, place),
             FROM_RIGHT);
    if (right)
        pass(follower, place, -1, place + 1, FROM_LEFT);
    if (here == '~')
        reach(follower, place, "~");
}

static void follow_item(Follower *follower, const char *line, guint length, guint place)
{
    char *id = g_strndup(line + length, strspn(line + length, "r0123456789"));
    g_autoptr(GHashTable) self = set_new();

    assert_true(strlen(id) > 1);
    reach(follower, place, id);
    g_hash_table_add(self, g_strdup(id));
    assert_null(follower->below->in[place][STRAIGHT]);
    set_add_all(&follower->below->in[place][STRAIGHT], self);
    g_ptr_array_add(follower->ids, id);
}

/* "(parent X is below)": an edge that the text tells instead of a lane. */
static void follow_words(Follower *follower, const char *text)
{
    const char *id = follower->ids->pdata[follower->ids->len - 1];
    const char *word = text;

    while ((word = strstr(word, "(parent ")) != NULL) {
        word += strlen("(parent ");
        g_hash_table_add(follower->reached,
                         g_strdup_printf("%s>%.*s", id, (int)strspn(word, "r0123456789"), word));
    }
}

static void follow_line(Follower *follower, const char *line)
{
    guint length = graph_length(line);

    follower->below = g_new0(Boundary, 1);
    for (guint place = 0; place < PLACES - 1; place++) {
        follow_place(follower, line, length, place);
        if (at(line, length, 2 * (gint)place) == '*') {
            follow_item(follower, line, length, place);
            follow_words(follower, line + length);
        }
    }
    boundary_free(follower->above);
    follower->above = follower->below;
}

static Follower *follow(const char *drawn)
{
    Follower *follower = g_new0(Follower, 1);
    g_auto(GStrv) lines = g_strsplit(drawn, "\n", -1);

    follower->ids = g_ptr_array_new_with_free_func(g_free);
    follower->reached = set_new();
    follower->above = g_new0(Boundary, 1);
    for (guint i = 1; lines[i] != NULL && lines[i + 1] != NULL; i++)
        follow_line(follower, lines[i]);
    return follower;
}

static void follower_free(Follower *follower)
{
    g_ptr_array_unref(follower->ids);
    g_hash_table_unref(follower->reached);
    boundary_free(follower->above);
    g_free(follower);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Follower, follower_free)

/* --- the drawing is true -------------------------------------------------- */

static void assert_reaches(const Follower *follower, const MlNode *node, const char *what)
{
    g_autofree char *step = g_strdup_printf("%s>%s", node->revision->id.text, what);

    if (!g_hash_table_contains(follower->reached, step))
        fail_msg("no way leads %s", step);
}

static gboolean is_missing(const Sample *sample, const char *id)
{
    return ml_graph_find(sample->migrations.graph, id) == NULL;
}

/* Every parent is reached, and as many things are reached as there are parents. */
static guint assert_parents_reached(const Sample *sample, const Follower *follower,
                                    const MlNode *node)
{
    const GArray *references = node->revision->down_revisions;
    g_autoptr(GHashTable) expected = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < references->len; i++) {
        const char *id = g_array_index(references, MlReference, i).text;
        g_autofree char *end = g_strdup_printf("%s>~", node->revision->id.text);

        g_hash_table_add(expected, (gpointer)id);
        assert_reaches(follower, node, id);
        if (is_missing(sample, id))
            assert_true(g_hash_table_contains(follower->reached, end));
        if (g_hash_table_contains(follower->reached, end))
            g_hash_table_add(expected, (gpointer) "~");
    }
    return g_hash_table_size(expected);
}

static void assert_each_once(const Sample *sample, const Follower *follower)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < follower->ids->len; i++) {
        assert_true(g_hash_table_add(ids, follower->ids->pdata[i]));
        assert_false(is_missing(sample, follower->ids->pdata[i]));
    }
    assert_int_equal(follower->ids->len, nodes_of(sample)->len);
}

static guint rank_of(const Follower *follower, const char *id)
{
    guint rank;

    assert_true(g_ptr_array_find_with_equal_func(follower->ids, id, g_str_equal, &rank));
    return rank;
}

static void assert_before_parents(const Follower *follower, const MlNode *node)
{
    for (guint i = 0; i < node->parents->len; i++) {
        const MlNode *parent = g_ptr_array_index(node->parents, i);

        assert_true(rank_of(follower, node->revision->id.text) <
                    rank_of(follower, parent->revision->id.text));
    }
}

static void assert_true_drawing(const Sample *sample, gboolean circles)
{
    const GPtrArray *nodes = nodes_of(sample);
    g_autofree char *drawn = draw(sample);
    g_autoptr(Follower) follower = follow(drawn);
    guint steps = 0;

    assert_each_once(sample, follower);
    for (guint i = 0; i < nodes->len; i++) {
        steps += assert_parents_reached(sample, follower, nodes->pdata[i]);
        if (!circles)
            assert_before_parents(follower, nodes->pdata[i]);
    }
    assert_int_equal(g_hash_table_size(follower->reached), steps);
    assert_int_equal(circles, strstr(drawn, "a circle") != NULL);
}

/* --- random graphs -------------------------------------------------------- */

typedef struct {
    gint32 count;
    gint32 most_parents;
    gint32 reach;  /* how far back a parent may be */
    gint32 strays; /* of 100 parents, those that are missing */
} Shape;

static void append_random_parents(GString *text, GRand *random, const Shape *shape, gint32 number)
{
    gint32 count = number == 0 ? 0 : g_rand_int_range(random, 0, shape->most_parents + 1);
    const char *separator = "";

    if (count == 0 && g_rand_int_range(random, 0, 4) > 0 && number > 0)
        count = 1;
    for (gint32 i = 0; i < count; i++) {
        gint32 parent = number - 1 - g_rand_int_range(random, 0, MIN(number, shape->reach));

        if (g_rand_int_range(random, 0, 100) < shape->strays)
            parent += 1000000;
        g_string_append_printf(text, "%sr%d", separator, parent);
        separator = ",";
    }
}

/* Of the lines, in any order: the order in which files are loaded says nothing about the graph. */
static void shuffle(GRand *random, GPtrArray *lines)
{
    for (guint i = lines->len; i > 1; i--) {
        guint other = (guint)g_rand_int_range(random, 0, (gint32)i);
        gpointer line = lines->pdata[i - 1];

        lines->pdata[i - 1] = lines->pdata[other];
        lines->pdata[other] = line;
    }
}

static Sample *random_sample(GRand *random, const Shape *shape)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *text = NULL;

    for (gint32 i = 0; i < shape->count; i++) {
        GString *line = g_string_new(NULL);

        g_string_printf(line, "r%d|", i);
        append_random_parents(line, random, shape, i);
        g_string_append(line, "|||a message");
        g_ptr_array_add(lines, g_string_free(line, FALSE));
    }
    shuffle(random, lines);
    g_ptr_array_add(lines, NULL);
    text = g_strjoinv("\n", (char **)lines->pdata);
    return sample_new("m", text);
}

static void assert_random_drawings_true(guint rounds, const Shape *shape)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(1);

    for (guint i = 0; i < rounds; i++) {
        g_autoptr(Sample) sample = random_sample(random, shape);

        assert_true_drawing(sample, FALSE);
    }
}

static void test_small_graphs_are_drawn_true(void **state)
{
    (void)state;
    for (gint32 count = 1; count < 13; count++)
        assert_random_drawings_true(300, &(Shape){count, 3, count, 0});
}

static void test_graphs_like_histories_are_drawn_true(void **state)
{
    (void)state;
    assert_random_drawings_true(200, &(Shape){60, 2, 4, 0});
    assert_random_drawings_true(100, &(Shape){60, 1, 20, 0});
}

static void test_octopuses_are_drawn_true(void **state)
{
    (void)state;
    assert_random_drawings_true(300, &(Shape){14, 7, 14, 0});
}

static void test_missing_parents_are_drawn_true(void **state)
{
    (void)state;
    assert_random_drawings_true(500, &(Shape){12, 3, 12, 25});
}

static void test_graphs_too_wide_are_drawn_true(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(2);
    g_autoptr(Sample) sample = random_sample(random, &(Shape){300, 8, 300, 5});
    g_autofree char *drawn = draw(sample);

    (void)state;
    assert_true_drawing(sample, FALSE);
    assert_non_null(strstr(drawn, " is below)"));
}

/* Up to the width that is drawn, lanes say everything. */
static void test_no_lane_is_spared(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(3);

    (void)state;
    for (guint i = 0; i < 50; i++) {
        g_autoptr(Sample) sample = random_sample(random, &(Shape){20, 3, 20, 0});
        g_autofree char *drawn = draw(sample);

        assert_null(strstr(drawn, "(parent"));
    }
}

static void test_circles_are_drawn_true(void **state)
{
    g_autoptr(Sample) sample = sample_new("m", "r1|r3|||\n"
                                               "r2|r1|||\n"
                                               "r3|r2,r0|||\n"
                                               "r4|r4|||\n"
                                               "r5|r2|||\n"
                                               "r0||||\n"
                                               "r6|r7|||\n"
                                               "r7|r6|||\n");

    (void)state;
    assert_true_drawing(sample, TRUE);
}

/* --- as git draws it ------------------------------------------------------ */

/* The lanes alone, with the ids: what `git log --graph --topo-order --format=%s` prints. */
static void assert_lanes(const char *revisions, const char *expected)
{
    g_autoptr(Sample) sample = sample_new("m", revisions);
    g_autofree char *drawn = draw(sample);
    g_auto(GStrv) lines = g_strsplit(drawn, "\n", -1);
    g_autoptr(GString) lanes = g_string_new(NULL);

    for (guint i = 1; lines[i] != NULL && lines[i + 1] != NULL; i++)
        g_string_append_printf(lanes, "%.*s\n", (int)strcspn(lines[i], ",("), lines[i]);
    assert_string_equal(lanes->str, expected);
}

static void test_lanes_look_like_gits(void **state)
{
    (void)state;
    assert_lanes("r0||||m\nr1|r0|||m\nr2|r0|||m\nr3|r1,r2|||m", "*   r3 \n"
                                                                "|\\\n"
                                                                "| * r2\n"
                                                                "* | r1\n"
                                                                "|/\n"
                                                                "* r0 \n");
    assert_lanes("r0||||m\nr1|r0|||m\nr2|r0|||m\nr3|r0|||m", "* r1 \n"
                                                             "| * r2 \n"
                                                             "|/\n"
                                                             "| * r3 \n"
                                                             "|/\n"
                                                             "* r0 \n");
}

/* Unlike git's, ours does not let a base run into what is drawn below it. */
static void test_bases_are_kept_apart(void **state)
{
    (void)state;
    assert_lanes("r0||||m\nr1||||m", "* r0 \n\n* r1 \n");
}

/* --- the words ------------------------------------------------------------ */

static void assert_drawn(const Sample *sample, const char *expected)
{
    g_autofree char *drawn = draw(sample);

    assert_string_equal(drawn, expected);
}

static void test_words_are_alembics(void **state)
{
    g_autoptr(Sample) sample = sample_new("migrations", "r0||||begin\n"
                                                        "r1|r0||one|left\n"
                                                        "r2|r0|r1|two|right\n"
                                                        "r3|r2|gone||\n"
                                                        "r4|lost|||stray");

    (void)state;
    sample->report.root = "/home/me/shop";
    sample->report.standing = "/home/me/shop/tests";
    assert_drawn(sample, "migrations: 5 revisions, 3 heads\n"
                         "* r3 (two) (head) (depends on gone, which is missing), "
                         "../migrations/versions/some.py\n"
                         "* r2 (two) (depends on r1), right\n"
                         "| * r1 (one) (effective head), left\n"
                         "|/\n"
                         "* r0 (base) (branchpoint), begin\n"
                         "\n"
                         "* r4 (head) (parent lost is missing), stray\n"
                         "~\n");
}

static void test_what_cannot_be_drawn_is_named(void **state)
{
    g_autoptr(Sample) sample = sample_new("m", "r0||||one\nr0||||two\nr1||||three");
    GPtrArray *revisions = sample->migrations.revisions;
    MlRevision *nameless = make_revision("", "", "", "");

    (void)state;
    g_clear_pointer(&nameless->id.text, g_free);
    nameless->problem = ML_REVISION_SYNTAX;
    nameless->path = (char *)g_intern_static_string("bro\033ken.py");
    g_ptr_array_add(revisions, nameless);
    ((MlRevision *)revisions->pdata[2])->problem = ML_REVISION_UNKNOWN_PARENT;
    ((MlRevision *)revisions->pdata[2])->unknown = ML_UNKNOWN_PARENTS;
    assert_drawn(sample, "m: 2 revisions, 2 heads\n"
                         "* r0 (head) (base), one\n"
                         "\n"
                         "* r1 (head) (parent unknown), three\n"
                         "not drawn: migrations/versions/some.py (another file has the same "
                         "revision id)\n"
                         "not drawn: bro\\x1bken.py (it is no valid Python)\n");
}

static void test_a_part_is_drawn(void **state)
{
    g_autoptr(Sample) sample = sample_new("m", "r0||||a\nr1|r0|||b\nr2|r1|||c\nr3|r2|||d");
    g_autoptr(GPtrArray) part = g_ptr_array_new();

    (void)state;
    g_ptr_array_add(part, nodes_of(sample)->pdata[1]);
    g_ptr_array_add(part, nodes_of(sample)->pdata[2]);
    sample->report.nodes = part;
    assert_drawn(sample, "m: 2 of 4 revisions, 1 head\n"
                         "* r2, c\n"
                         "* r1, b\n"
                         "~\n");
}

static void test_colour_is_all_that_colour_adds(void **state)
{
    g_autoptr(Sample) sample = sample_new("m", "r0||||a\nr1|r0|||b\nr2|r0||x|c\nr3|r1,r2|||");
    g_autoptr(GRegex) colours = g_regex_new("\033\\[[0-9;]*m", 0, 0, NULL);
    g_autofree char *plain = draw(sample);
    g_autofree char *coloured = NULL;
    g_autofree char *stripped = NULL;

    (void)state;
    sample->report.colour = TRUE;
    coloured = draw(sample);
    stripped = g_regex_replace_literal(colours, coloured, -1, 0, "", 0, NULL);
    assert_null(strchr(plain, '\033'));
    assert_non_null(strstr(coloured, "\033[1;32m(head)\033[m"));
    assert_string_equal(stripped, plain);
}

/* --- all formats ---------------------------------------------------------- */

typedef void (*Format)(GString *out, const MlGraphReport *report);

#define NASTY "\"]; </b> \\ \033[2J \xff #quot; %%{init}%% `x`"

static Sample *nasty_sample(void)
{
    return sample_new(NASTY, NASTY "||" NASTY "1|" NASTY "2|" NASTY "\n"
                                   "r1|" NASTY "," NASTY "3|||b");
}

static char *report(Format format, const Sample *sample)
{
    GString *out = g_string_new(NULL);

    format(out, &sample->report);
    return g_string_free(out, FALSE);
}

static guint count_of(const char *text, const char *what)
{
    guint count = 0;

    while ((text = strstr(text, what)) != NULL) {
        text += strlen(what);
        count++;
    }
    return count;
}

static void test_nothing_foreign_gets_out(void **state)
{
    static const Format formats[] = {ml_report_graph_text, ml_report_graph_dot,
                                     ml_report_graph_mermaid, ml_report_graph_json};
    g_autoptr(Sample) sample = nasty_sample();

    (void)state;
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
        g_autofree char *out = report(formats[i], sample);

        assert_true(g_utf8_validate(out, -1, NULL));
        assert_null(strchr(out, '\033'));
    }
}

/* Whether every quoted string that begins on a line ends on it, `escape` taking a character along.
 */
static void assert_strings_end(const char *text, char escape)
{
    gboolean inside = FALSE;

    for (; *text != '\0'; text++) {
        if (inside && escape != '\0' && *text == escape)
            text++;
        else if (*text == '"')
            inside = !inside;
        else if (*text == '\n')
            assert_false(inside);
    }
    assert_false(inside);
}

static void assert_diagram(const char *diagram, const char *arrow, const char *ghost,
                           const char *head)
{
    assert_int_equal(count_of(diagram, arrow), 3);
    assert_int_equal(count_of(diagram, ghost), 2);
    assert_int_equal(count_of(diagram, head), 1);
    assert_int_equal(count_of(diagram, "(missing)"), 2);
}

static void test_dot(void **state)
{
    g_autoptr(Sample) sample = nasty_sample();
    g_autofree char *dot = report(ml_report_graph_dot, sample);

    (void)state;
    assert_true(g_str_has_prefix(dot, "digraph migrations {\n"));
    assert_strings_end(dot, '\\');
    assert_diagram(dot, " -> ", "style=dotted", "palegreen");
    assert_int_equal(count_of(dot, "style=dashed"), 1);
    assert_non_null(strstr(dot, "n0_0 -> n0_1;"));
}

static void test_mermaid(void **state)
{
    g_autoptr(Sample) sample = nasty_sample();
    g_autofree char *mermaid = report(ml_report_graph_mermaid, sample);

    (void)state;
    assert_true(g_str_has_prefix(mermaid, "flowchart BT\n"));
    assert_strings_end(mermaid, '\0');
    assert_diagram(mermaid, "> n", ":::ghost", ":::head");
    assert_int_equal(count_of(mermaid, "-.->"), 1);
    assert_non_null(strstr(mermaid, "n0_0 --> n0_1\n"));
}

static void test_a_part_of_a_diagram_shows_where_it_is_cut(void **state)
{
    g_autoptr(Sample) sample = sample_new("m", "r0||||a\nr1|r0|||b\nr2|r0|||c");
    g_autoptr(GPtrArray) part = g_ptr_array_new();
    g_autofree char *mermaid = NULL;

    (void)state;
    g_ptr_array_add(part, nodes_of(sample)->pdata[1]);
    g_ptr_array_add(part, nodes_of(sample)->pdata[2]);
    sample->report.nodes = part;
    mermaid = report(ml_report_graph_mermaid, sample);
    assert_int_equal(count_of(mermaid, "n0_0[\"r0\"]:::ghost\n"), 1);
    assert_int_equal(count_of(mermaid, "n0_0 --> "), 2);
}

static const cJSON *project_of(const cJSON *root)
{
    return cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(root, "projects"), 0);
}

static void assert_json(const cJSON *json, const char *key, const char *expected)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);
    char *printed;

    assert_non_null(item);
    printed = cJSON_PrintUnformatted(item);
    assert_string_equal(printed, expected);
    cJSON_free(printed);
}

static void test_json(void **state)
{
    g_autoptr(Sample) sample = sample_new("m", "r0||||a\nr1|r0||x|b\nr2|r0|x,gone||c\nr3|r2|||");
    g_autofree char *json = NULL;
    cJSON *root;
    const cJSON *project;

    (void)state;
    sample->report.root = "/home/me/shop";
    sample->report.standing = "/home/me/shop/tests";
    json = report(ml_report_graph_json, sample);
    root = cJSON_Parse(json);
    project = project_of(root);
    assert_json(root, "schema", "1");
    assert_int_equal(cJSON_GetArraySize(project), 6);
    assert_json(project, "project", "\"m\"");
    assert_json(project, "config", "null");
    assert_json(project, "heads", "[\"r1\",\"r3\"]");
    assert_json(project, "effective_heads", "[\"r1\"]");
    assert_json(project, "bases", "[\"r0\"]");
    project = cJSON_GetObjectItemCaseSensitive(project, "revisions");
    assert_int_equal(cJSON_GetArraySize(project), 4);
    project = cJSON_GetArrayItem(project, 2);
    assert_int_equal(cJSON_GetArraySize(project), 12);
    assert_json(project, "revision", "\"r2\"");
    assert_json(project, "down_revision", "[\"r0\"]");
    assert_json(project, "depends_on", "[\"x\",\"gone\"]");
    assert_json(project, "branch_labels", "[]");
    assert_json(project, "path", "\"migrations/versions/some.py\"");
    assert_json(project, "message", "\"c\"");
    assert_json(project, "is_head", "false");
    assert_json(project, "is_base", "false");
    assert_json(project, "is_branch_point", "false");
    assert_json(project, "is_merge_point", "false");
    cJSON_Delete(root);
}

static void test_json_of_nothing(void **state)
{
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    MlGraphReport empty = {.projects = none};
    g_autoptr(GString) out = g_string_new(NULL);
    cJSON *root;

    (void)state;
    ml_report_graph_json(out, &empty);
    root = cJSON_Parse(out->str);
    assert_json(root, "projects", "[]");
    cJSON_Delete(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_graphs_are_drawn_true),
        cmocka_unit_test(test_graphs_like_histories_are_drawn_true),
        cmocka_unit_test(test_octopuses_are_drawn_true),
        cmocka_unit_test(test_missing_parents_are_drawn_true),
        cmocka_unit_test(test_graphs_too_wide_are_drawn_true),
        cmocka_unit_test(test_no_lane_is_spared),
        cmocka_unit_test(test_circles_are_drawn_true),
        cmocka_unit_test(test_lanes_look_like_gits),
        cmocka_unit_test(test_bases_are_kept_apart),
        cmocka_unit_test(test_words_are_alembics),
        cmocka_unit_test(test_what_cannot_be_drawn_is_named),
        cmocka_unit_test(test_a_part_is_drawn),
        cmocka_unit_test(test_colour_is_all_that_colour_adds),
        cmocka_unit_test(test_nothing_foreign_gets_out),
        cmocka_unit_test(test_dot),
        cmocka_unit_test(test_mermaid),
        cmocka_unit_test(test_a_part_of_a_diagram_shows_where_it_is_cut),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_of_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
