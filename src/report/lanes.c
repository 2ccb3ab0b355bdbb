#include "report/lanes.h"

/* Wider drawings cannot be read, and would grow with the square of the graph. */
#define MAX_LANES 40

#define NOWHERE G_MAXUINT

/* What runs down the drawing: at `place` (a lane's number) between two lines of it. */
typedef struct {
    guint target; /* the item it leads to; NOWHERE: it ends in "~" */
    guint place;
    guint goal; /* the place it is on its way to */
    guint colour;
} Strand;

typedef struct {
    char symbol;
    guint colour;
} Cell;

struct MlLanes {
    gboolean colour;
    GArray *strands; /* Strand by place; between two items, as many as places */
    GArray *parents; /* guint: targets of the item that is being drawn */
    GArray *line;    /* Cell */
    guint item;
    guint place; /* of the item */
    guint next_colour;
    gboolean base_above; /* the line above ends in an item that nothing leads down from */
};

MlLanes *ml_lanes_new(gboolean colour)
{
    MlLanes *lanes = g_new0(MlLanes, 1);

    lanes->colour = colour;
    lanes->strands = g_array_new(FALSE, FALSE, sizeof(Strand));
    lanes->parents = g_array_new(FALSE, FALSE, sizeof(guint));
    lanes->line = g_array_new(FALSE, TRUE, sizeof(Cell));
    return lanes;
}

void ml_lanes_free(MlLanes *lanes)
{
    g_array_unref(lanes->strands);
    g_array_unref(lanes->parents);
    g_array_unref(lanes->line);
    g_free(lanes);
}

static Strand *strand_at(const MlLanes *lanes, guint index)
{
    return &g_array_index(lanes->strands, Strand, index);
}

/* The first strand that leads to `target`; NULL if none does. */
static Strand *strand_to(const MlLanes *lanes, guint target)
{
    for (guint i = 0; i < lanes->strands->len; i++)
        if (strand_at(lanes, i)->target == target)
            return strand_at(lanes, i);
    return NULL;
}

/* --- lines ------------------------------------------------------------- */

static void put(MlLanes *lanes, guint column, char symbol, guint colour)
{
    if (column >= lanes->line->len)
        g_array_set_size(lanes->line, column + 1);
    g_array_index(lanes->line, Cell, column) = (Cell){symbol, colour};
}

static void append_cell(const MlLanes *lanes, GString *out, Cell cell)
{
    static const char *const colours[] = {"34", "35", "36", "32", "33", "31"};

    if (cell.symbol == '\0')
        g_string_append_c(out, ' ');
    else if (!lanes->colour || cell.symbol == '*')
        g_string_append_c(out, cell.symbol);
    else
        g_string_append_printf(out, "\033[%sm%c\033[m",
                               colours[cell.colour % G_N_ELEMENTS(colours)], cell.symbol);
}

static void append_line(MlLanes *lanes, GString *out)
{
    for (guint i = 0; i < lanes->line->len; i++)
        append_cell(lanes, out, g_array_index(lanes->line, Cell, i));
    g_array_set_size(lanes->line, 0);
}

static void end_line(MlLanes *lanes, GString *out)
{
    append_line(lanes, out);
    g_string_append_c(out, '\n');
}

static void put_straight(MlLanes *lanes, const Strand *strand)
{
    put(lanes, 2 * strand->place, '|', strand->colour);
}

/* Moves a strand one place nearer to its goal. */
static void put_step(MlLanes *lanes, Strand *strand)
{
    if (strand->goal > strand->place)
        put(lanes, 2 * strand->place++ + 1, '\\', strand->colour);
    else if (strand->goal < strand->place)
        put(lanes, 2 * strand->place-- - 1, '/', strand->colour);
    else
        put_straight(lanes, strand);
}

/* --- the item ---------------------------------------------------------- */

void ml_lanes_begin(MlLanes *lanes, guint item)
{
    const Strand *strand = strand_to(lanes, item);

    lanes->item = item;
    lanes->place = strand != NULL ? strand->place : lanes->strands->len;
    g_array_set_size(lanes->parents, 0);
}

static gboolean has_parent(const MlLanes *lanes, guint parent)
{
    for (guint i = 0; i < lanes->parents->len; i++)
        if (g_array_index(lanes->parents, guint, i) == parent)
            return TRUE;
    return FALSE;
}

gboolean ml_lanes_add_parent(MlLanes *lanes, guint parent)
{
    if (has_parent(lanes, parent))
        return TRUE;
    if (strand_to(lanes, parent) == NULL && lanes->strands->len + lanes->parents->len > MAX_LANES)
        return FALSE;
    g_array_append_val(lanes->parents, parent);
    return TRUE;
}

void ml_lanes_add_end(MlLanes *lanes)
{
    guint end = NOWHERE;

    if (!has_parent(lanes, end))
        g_array_append_val(lanes->parents, end);
}

/* An item that no strand leads to begins one, at the right. */
static void begin_strand(MlLanes *lanes, GString *out)
{
    Strand strand = {lanes->item, lanes->place, lanes->place, 0};

    if (lanes->place < lanes->strands->len)
        return;
    if (lanes->base_above) {
        for (guint i = 0; i < lanes->strands->len; i++)
            put_straight(lanes, strand_at(lanes, i));
        end_line(lanes, out);
    }
    strand.colour = lanes->next_colour++;
    g_array_append_val(lanes->strands, strand);
}

static void draw_item(MlLanes *lanes, GString *out, const char *text, guint width)
{
    for (guint i = 0; i < lanes->strands->len; i++)
        put_straight(lanes, strand_at(lanes, i));
    put(lanes, 2 * lanes->place, '*', 0);
    if (lanes->line->len < 2 * width)
        g_array_set_size(lanes->line, 2 * width);
    append_line(lanes, out);
    g_string_append(out, text);
    g_string_append_c(out, '\n');
}

/* --- the fork below an item -------------------------------------------- */

/* Whether an edge of the item can run straight into the lane beside it. */
static gboolean joins(const MlLanes *lanes, guint index)
{
    return lanes->parents->len > 1 && index < lanes->strands->len &&
           has_parent(lanes, strand_at(lanes, index)->target);
}

static void append_edge(const MlLanes *lanes, GArray *forked, guint target, guint goal,
                        guint colour)
{
    Strand edge = {target, lanes->place, goal, colour};

    g_array_append_val(forked, edge);
}

static void append_joining(const MlLanes *lanes, GArray *forked, guint index)
{
    const Strand *joined = strand_at(lanes, index);

    append_edge(lanes, forked, joined->target, index, joined->colour);
}

static void append_others(const MlLanes *lanes, GArray *forked, guint from, guint to, guint shift)
{
    for (guint i = from; i < to; i++) {
        Strand strand = *strand_at(lanes, i);

        strand.goal = strand.place + shift;
        g_array_append_val(forked, strand);
    }
}

/* The edges that get a lane of their own, from the item's place to the right. Gives their number.
 */
static guint append_own(MlLanes *lanes, GArray *forked, gboolean left, gboolean right)
{
    guint count = 0;

    for (guint i = 0; i < lanes->parents->len; i++) {
        guint target = g_array_index(lanes->parents, guint, i);
        guint colour = strand_at(lanes, lanes->place)->colour;

        if ((left && target == strand_at(lanes, lanes->place - 1)->target) ||
            (right && target == strand_at(lanes, lanes->place + 1)->target))
            continue;
        if (count > 0)
            colour = lanes->next_colour++;
        append_edge(lanes, forked, target, lanes->place + count++, colour);
    }
    return count;
}

/* The strands once the item's own has become its edges; their goals part them. */
static GArray *fork_strands(MlLanes *lanes)
{
    GArray *forked = g_array_new(FALSE, FALSE, sizeof(Strand));
    gboolean left = lanes->place > 0 && joins(lanes, lanes->place - 1);
    /* Were there more edges, the lane on the right would have to make room for them. */
    gboolean right = joins(lanes, lanes->place + 1) && lanes->parents->len - left <= 2;
    guint own;

    append_others(lanes, forked, 0, lanes->place, 0);
    if (left)
        append_joining(lanes, forked, lanes->place - 1);
    own = append_own(lanes, forked, left, right);
    if (right)
        append_joining(lanes, forked, lanes->place + 1);
    append_others(lanes, forked, lanes->place + 1, lanes->strands->len, MAX(own, 1) - 1);
    return forked;
}

static guint width_of(const GArray *strands)
{
    guint width = 0;

    for (guint i = 0; i < strands->len; i++) {
        const Strand *strand = &g_array_index(strands, Strand, i);

        width = MAX(width, MAX(strand->place, strand->goal) + 1);
    }
    return width;
}

static gboolean is_moving(const MlLanes *lanes)
{
    for (guint i = 0; i < lanes->strands->len; i++)
        if (strand_at(lanes, i)->place != strand_at(lanes, i)->goal)
            return TRUE;
    return FALSE;
}

static void part(MlLanes *lanes, GString *out)
{
    while (is_moving(lanes)) {
        for (guint i = 0; i < lanes->strands->len; i++)
            put_step(lanes, strand_at(lanes, i));
        end_line(lanes, out);
    }
}

static void end_nowhere(MlLanes *lanes, GString *out)
{
    Strand *end = strand_to(lanes, NOWHERE);

    if (end == NULL)
        return;
    for (guint i = 0; i < lanes->strands->len; i++)
        put_straight(lanes, strand_at(lanes, i));
    put(lanes, 2 * end->place, '~', end->colour);
    end_line(lanes, out);
    g_array_remove_index(lanes->strands, (guint)(end - strand_at(lanes, 0)));
}

/* --- running together -------------------------------------------------- */

static void remove_arrived(MlLanes *lanes)
{
    for (guint i = lanes->strands->len; i > 0; i--) {
        const Strand *strand = strand_at(lanes, i - 1);
        const Strand *twin = strand_to(lanes, strand->target);

        if (twin != strand && twin->place == strand->place)
            g_array_remove_index(lanes->strands, i - 1);
    }
}

/* The first strand that has to join one on its left, its twin. */
static Strand *find_joiner(const MlLanes *lanes, const Strand **twin)
{
    for (guint i = 0; i < lanes->strands->len; i++) {
        *twin = strand_to(lanes, strand_at(lanes, i)->target);
        if (*twin != strand_at(lanes, i))
            return strand_at(lanes, i);
    }
    return NULL;
}

/* Gaps close from the right, but nothing moves where the joiner still has to cross. */
static void set_goals(MlLanes *lanes, const Strand *joiner)
{
    guint free_place = 0;

    for (guint i = 0; i < lanes->strands->len; i++) {
        Strand *strand = strand_at(lanes, i);

        strand->goal = strand->place;
        if (strand == joiner)
            continue;
        if (strand->place > free_place && (joiner == NULL || strand->place > joiner->place))
            strand->goal--;
        free_place = strand->goal + 1;
    }
}

/* Where a strand would cross several lanes slope by slope, it runs flat below them instead. */
static void put_joiner(MlLanes *lanes, Strand *joiner, const Strand *twin)
{
    guint beside = twin->place + 1;

    put(lanes, 2 * joiner->place - 1, '/', joiner->colour);
    if (joiner->place > beside + 1)
        for (guint place = beside; place < joiner->place; place++)
            put(lanes, 2 * place - 1, '_', joiner->colour);
    joiner->place = joiner->place > beside ? beside : twin->place;
    joiner->goal = joiner->place;
}

static void run_together(MlLanes *lanes, GString *out)
{
    for (;;) {
        const Strand *twin;
        Strand *joiner;

        remove_arrived(lanes);
        joiner = find_joiner(lanes, &twin);
        set_goals(lanes, joiner);
        if (joiner == NULL && !is_moving(lanes))
            return;
        for (guint i = 0; i < lanes->strands->len; i++)
            if (strand_at(lanes, i) != joiner)
                put_step(lanes, strand_at(lanes, i));
        if (joiner != NULL)
            put_joiner(lanes, joiner, twin);
        end_line(lanes, out);
    }
}

void ml_lanes_draw(MlLanes *lanes, GString *out, const char *text)
{
    GArray *forked;

    begin_strand(lanes, out);
    forked = fork_strands(lanes);
    draw_item(lanes, out, text, MAX(lanes->strands->len, width_of(forked)));
    g_array_unref(lanes->strands);
    lanes->strands = forked;
    part(lanes, out);
    end_nowhere(lanes, out);
    run_together(lanes, out);
    lanes->base_above = lanes->parents->len == 0 && lanes->place == lanes->strands->len;
}
