/* What functions do when they run: events, and what is changed on the way. */
#include "python/scope.h"

#include <string.h>

/* A revision that fills tables with thousands of rows takes a tenth. */
#define STEP_LIMIT  300000
#define EVENT_LIMIT 20000

/* --- change --------------------------------------------------------------------- */

static void note(MlScope scope, MlVariable *variable, MlValue *container, const MlValue *before)
{
    const MlUndo undo = {variable, container, before};
    if (scope.evaluation->run.undo == NULL)
        scope.evaluation->run.undo = g_array_new(FALSE, FALSE, sizeof(MlUndo));
    g_array_append_val(scope.evaluation->run.undo, undo);
}

void ml_set(MlScope scope, MlVariable *variable, const MlValue *value)
{
    note(scope, variable, NULL, variable->value);
    variable->value = value;
}

static const MlValue *copy_of(MlScope scope, const MlValue *value)
{
    MlValue *copy = ml_arena_alloc(scope.evaluation->arena, sizeof(MlValue));
    if (copy == NULL)
        ml_spend(scope.evaluation, G_MAXUINT32);
    else
        *copy = *value;
    return copy;
}

/* Nobody can tell when a list of the module is changed by a function that it calls. */
static gboolean is_seen_by_others(MlScope scope, const MlValue *container)
{
    const MlRun *run = &scope.evaluation->run;
    guint made = container->kind == ML_VALUE_DICT ? container->dict.made : container->sequence.made;
    return run->events == NULL && made <= run->began;
}

static MlValue forgotten(const MlValue *container)
{
    return (MlValue){.kind = ML_VALUE_UNKNOWN,
                     .origin = container->origin,
                     .unknown = {.shape = ML_SHAPE_CONTAINER}};
}

void ml_change(MlScope scope, const MlValue *container, MlValue content)
{
    MlValue *cell = (MlValue *)container;
    if (!ml_is_container(container))
        return;
    const MlValue *before = copy_of(scope, container);
    if (before == NULL || is_seen_by_others(scope, container)) {
        *cell = forgotten(container);
        return;
    }
    note(scope, NULL, cell, before);
    *cell = content;
}

void ml_forget(MlScope scope, const MlValue *container)
{
    ml_change(scope, container, forgotten(container));
}

/* --- values that change hands -------------------------------------------------------------------
 */

static guint made_of(const MlValue *value)
{
    return value->kind == ML_VALUE_DICT ? value->dict.made : value->sequence.made;
}

static gboolean is_compound(const MlValue *value)
{
    return value->kind == ML_VALUE_TUPLE || ml_is_container(value);
}

void ml_let_go(MlScope scope, const MlValue *value, guint since)
{
    if (ml_value_has_shape(value, ML_SHAPE_EITHER))
        for (gsize i = 0; i < value->unknown.length && scope.depth < 100; i++)
            ml_let_go(scope, value->unknown.arguments[i].value, G_MAXUINT);
    if (++scope.depth > 100 || !is_compound(value) || !ml_spend(scope.evaluation, 1))
        return;
    for (gsize i = 0; value->kind == ML_VALUE_DICT && i < value->dict.length; i++)
        ml_let_go(scope, value->dict.pairs[i].value, since);
    for (gsize i = 0; value->kind != ML_VALUE_DICT && i < value->sequence.length; i++)
        ml_let_go(scope, value->sequence.items[i], since);
    if (ml_is_container(value) && made_of(value) <= since)
        ml_forget(scope, value);
}

static const MlValue *copied_items(MlScope scope, const MlValue *value, guint since)
{
    gboolean differs = ml_is_container(value) && made_of(value) <= since;
    g_autoptr(GPtrArray) items = g_ptr_array_sized_new(value->sequence.length);
    for (gsize i = 0; i < value->sequence.length; i++) {
        const MlValue *item = ml_snapshot(scope, value->sequence.items[i], since);
        differs |= item != value->sequence.items[i];
        g_ptr_array_add(items, (gpointer)item);
    }
    if (!differs)
        return value;
    MlValue *copy = (MlValue *)ml_make_sequence(scope, (TSNode){0}, value->kind, items);
    if (copy->origin.module != NULL)
        copy->origin = value->origin;
    return copy;
}

static const MlValue *copied_pairs(MlScope scope, const MlValue *value, guint since)
{
    gboolean differs = made_of(value) <= since;
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(MlPair));
    for (gsize i = 0; i < value->dict.length; i++) {
        MlPair pair = value->dict.pairs[i];
        pair.value = ml_snapshot(scope, pair.value, since);
        differs |= pair.value != value->dict.pairs[i].value;
        g_array_append_val(pairs, pair);
    }
    if (!differs)
        return value;
    MlValue *copy = (MlValue *)ml_make_dict(scope, (TSNode){0}, pairs);
    if (copy->origin.module != NULL)
        copy->origin = value->origin;
    return copy;
}

static const MlValue *keep_unknown(MlScope scope, const MlValue *value)
{
    const MlValue *copy = copy_of(scope, value);
    return copy ? copy : value;
}

static const MlValue *copied_choices(MlScope scope, const MlValue *value, guint since)
{
    const MlValue *copy = NULL;
    gboolean differs = FALSE;
    for (gsize i = 0; i < value->unknown.length; i++) {
        const MlValue *choice = value->unknown.arguments[i].value;
        const MlValue *kept = ml_snapshot(scope, choice, since);
        differs |= kept != choice;
        copy = ml_make_either(scope, copy, kept);
    }
    return differs ? copy : value;
}

const MlValue *ml_snapshot(MlScope scope, const MlValue *value, guint since)
{
    /* What has been forgotten is remembered again where a branch is taken back. */
    if (ml_value_has_shape(value, ML_SHAPE_CONTAINER))
        return keep_unknown(scope, value);
    if (ml_value_has_shape(value, ML_SHAPE_EITHER) && scope.depth++ < 200)
        return copied_choices(scope, value, since);
    if (!is_compound(value))
        return value;
    if (++scope.depth > 200 || !ml_spend(scope.evaluation, 1))
        return ml_make_unknown(scope, (TSNode){0});
    return value->kind == ML_VALUE_DICT ? copied_pairs(scope, value, since)
                                        : copied_items(scope, value, since);
}

/* --- branches ------------------------------------------------------------------- */

static GArray *trail(MlScope scope)
{
    MlRun *run = &scope.evaluation->run;
    if (run->undo == NULL)
        run->undo = g_array_new(FALSE, FALSE, sizeof(MlUndo));
    return run->undo;
}

static gboolean is_same_cell(const MlUndo *one, const MlUndo *other)
{
    return one->variable == other->variable && one->container == other->container;
}

static MlUndo *find(GArray *changes, const MlUndo *cell)
{
    for (guint i = 0; i < changes->len; i++)
        if (is_same_cell(&g_array_index(changes, MlUndo, i), cell))
            return &g_array_index(changes, MlUndo, i);
    return NULL;
}

/* What cells hold now. */
static const MlValue *content_of(MlScope scope, const MlUndo *cell)
{
    return cell->variable ? cell->variable->value : copy_of(scope, cell->container);
}

GArray *ml_changes(MlScope scope, guint start)
{
    GArray *undo = trail(scope), *changes = g_array_new(FALSE, FALSE, sizeof(MlUndo));
    for (guint i = start; i < undo->len && ml_spend(scope.evaluation, 1 + changes->len / 16); i++) {
        MlUndo cell = g_array_index(undo, MlUndo, i);
        if (find(changes, &cell) != NULL)
            continue;
        cell.before = content_of(scope, &cell);
        if (cell.variable != NULL || cell.before != NULL)
            g_array_append_val(changes, cell);
    }
    return changes;
}

static void take_back(GArray *undo, guint mark)
{
    while (undo->len > mark) {
        const MlUndo last = g_array_index(undo, MlUndo, undo->len - 1);
        if (last.variable != NULL)
            last.variable->value = last.before;
        else
            *last.container = *last.before;
        g_array_set_size(undo, undo->len - 1);
    }
}

static void put(MlScope scope, const MlUndo *cell, const MlValue *content)
{
    if (cell->variable != NULL) {
        ml_set(scope, cell->variable, content);
        return;
    }
    const MlValue *before = copy_of(scope, cell->container);
    if (before == NULL || content == NULL)
        return;
    note(scope, NULL, cell->container, before);
    *cell->container = *content;
}

MlBranches ml_branches_begin(MlScope scope)
{
    MlBranches branches = {
        .mark = trail(scope)->len,
        .outcomes = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref),
        .circumstances = scope.evaluation->run,
    };
    scope.evaluation->run.doubt++;
    return branches;
}

static void restore(MlRun *run, const MlRun *circumstances)
{
    run->doubt = circumstances->doubt + 1;
    run->repeated = circumstances->repeated;
    run->guarded = circumstances->guarded;
    run->contexts = circumstances->contexts;
}

void ml_branches_drop(MlScope scope, MlBranches *branches)
{
    take_back(trail(scope), branches->mark);
    restore(&scope.evaluation->run, &branches->circumstances);
}

void ml_branches_add(MlScope scope, MlBranches *branches, guint flow)
{
    MlRun *run = &scope.evaluation->run;
    if (run->raised) {
        run->raised = FALSE;
        flow = ML_FLOW_RAISE;
    }
    if ((flow & ML_FLOW_NEXT) || (run->tries > 0 && (flow & ML_FLOW_RAISE)))
        g_ptr_array_add(branches->outcomes, ml_changes(scope, branches->mark));
    branches->flow |= flow;
    ml_branches_drop(scope, branches);
}

void ml_branches_add_nothing(MlBranches *branches)
{
    g_ptr_array_add(branches->outcomes, g_array_new(FALSE, FALSE, sizeof(MlUndo)));
    branches->flow |= ML_FLOW_NEXT;
}

static gboolean is_same_content(MlScope scope, const MlValue *one, const MlValue *other)
{
    return one == other || (one && other && one->kind == other->kind &&
                            ml_equal(scope.evaluation, one, other) == ML_YES);
}

/* What a cell holds, given what it held in each outcome. */
static void merge_cell(MlScope scope, const GPtrArray *outcomes, const MlUndo *cell)
{
    const MlValue *now = content_of(scope, cell), *merged = NULL;
    gboolean same = TRUE;
    for (guint i = 0; i < outcomes->len; i++) {
        const MlUndo *there = find(outcomes->pdata[i], cell);
        const MlValue *content = there ? there->before : now;
        if (i == 0)
            merged = content;
        same &= is_same_content(scope, merged, content);
        if (cell->variable != NULL)
            merged = ml_make_either(scope, merged, content);
    }
    if (same || cell->variable != NULL)
        put(scope, cell, merged);
    else
        ml_forget(scope, cell->container);
}

static void merge(MlScope scope, const GPtrArray *outcomes)
{
    g_autoptr(GArray) merged = g_array_new(FALSE, FALSE, sizeof(MlUndo));
    for (guint i = 0; i < outcomes->len; i++) {
        GArray *changes = outcomes->pdata[i];
        for (guint j = 0; j < changes->len && ml_spend(scope.evaluation, 1 + merged->len / 16);
             j++) {
            const MlUndo *cell = &g_array_index(changes, MlUndo, j);
            if (find(merged, cell) != NULL)
                continue;
            g_array_append_val(merged, *cell);
            merge_cell(scope, outcomes, cell);
        }
    }
}

guint ml_branches_end(MlScope scope, MlBranches *branches)
{
    merge(scope, branches->outcomes);
    g_ptr_array_unref(branches->outcomes);
    scope.evaluation->run.doubt = branches->circumstances.doubt;
    return branches->flow;
}

MlExits ml_exits_begin(MlScope scope)
{
    return (MlExits){.mark = trail(scope)->len, .doubt = scope.evaluation->run.doubt};
}

void ml_exits_add(MlScope scope, MlExits *exits)
{
    if (exits == NULL || scope.evaluation->run.doubt == exits->doubt) {
        if (exits != NULL)
            exits->left = TRUE;
        return;
    }
    if (exits->outcomes == NULL)
        exits->outcomes = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    g_ptr_array_add(exits->outcomes, ml_changes(scope, exits->mark));
}

void ml_exits_end(MlScope scope, MlExits *exits, gboolean here)
{
    if (exits->outcomes == NULL)
        return;
    if (here || exits->left)
        g_ptr_array_add(exits->outcomes, ml_changes(scope, exits->mark));
    take_back(trail(scope), exits->mark);
    merge(scope, exits->outcomes);
    g_ptr_array_unref(exits->outcomes);
    exits->outcomes = NULL;
}

void ml_blur(MlScope scope, const GArray *changes)
{
    for (guint i = 0; i < changes->len; i++) {
        const MlUndo *cell = &g_array_index(changes, MlUndo, i);
        if (cell->variable != NULL && cell->before != NULL)
            ml_set(
                scope, cell->variable,
                ml_make_either(scope, cell->variable->value, ml_make_unknown(scope, (TSNode){0})));
        else if (cell->container != NULL)
            ml_forget(scope, cell->container);
    }
}

gboolean ml_havoc(MlScope scope, guint start)
{
    GArray *undo = trail(scope);
    g_autoptr(GArray) old = g_array_new(FALSE, FALSE, sizeof(MlUndo));
    for (guint i = start; i < undo->len && ml_spend(scope.evaluation, 1 + old->len / 16); i++) {
        const MlUndo *cell = &g_array_index(undo, MlUndo, i);
        gboolean was_unknown = cell->before == NULL ||
                               ml_value_has_shape(cell->before, ML_SHAPE_OTHER) ||
                               (ml_value_has_shape(cell->before, ML_SHAPE_ITEM) &&
                                cell->before->unknown.index == NULL) ||
                               ml_value_has_shape(cell->before, ML_SHAPE_CONTAINER);
        if (!was_unknown && find(old, cell) == NULL)
            g_array_append_val(old, *cell);
    }
    if (old->len == 0)
        return FALSE;
    take_back(undo, start);
    for (guint i = 0; i < old->len; i++) {
        const MlUndo *cell = &g_array_index(old, MlUndo, i);
        if (cell->variable == NULL)
            ml_forget(scope, cell->container);
        else if (cell->variable->value != NULL)
            ml_set(scope, cell->variable, ml_make_unknown(scope, (TSNode){0}));
    }
    return TRUE;
}

/* --- events --------------------------------------------------------------------- */

void ml_record(MlScope scope, MlEventKind kind, MlOrigin origin, const MlValue *value)
{
    const MlRun *run = &scope.evaluation->run;
    gboolean no_room = kind == ML_EVENT_CALL && !ml_value_has_shape(value, ML_SHAPE_CALL);
    if (run->events == NULL || no_room) /* that nothing more can be told, the last event says */
        return;
    if (run->events->len >= EVENT_LIMIT)
        ml_spend(scope.evaluation, G_MAXUINT32);
    const MlEvent event = {
        .kind = kind,
        .conditional = run->doubt > 0,
        .repeated = run->repeated,
        .guarded = run->guarded,
        .origin = origin,
        .value = value,
        .contexts = run->contexts,
        .callers = run->callers,
    };
    g_array_append_val(run->events, event);
}

guint ml_recorded(MlScope scope)
{
    const GArray *events = scope.evaluation->run.events;
    return events ? events->len : 0;
}

void ml_drop(MlScope scope, guint first, const MlValue *value)
{
    GArray *events = scope.evaluation->run.events;
    if (ml_value_has_shape(value, ML_SHAPE_EITHER)) {
        for (gsize i = 0; i < value->unknown.length; i++)
            ml_drop(scope, first, value->unknown.arguments[i].value);
        return;
    }
    for (guint i = first; events != NULL && i < events->len; i++) {
        MlEvent *event = &g_array_index(events, MlEvent, i);
        event->dropped |= event->value == value;
    }
}

void ml_drop_all(MlScope scope, guint first)
{
    GArray *events = scope.evaluation->run.events;
    for (guint i = first; events != NULL && i < events->len; i++) {
        MlEvent *event = &g_array_index(events, MlEvent, i);
        event->dropped |= event->callers == scope.evaluation->run.callers;
    }
}

MlRun ml_run_pause(MlEvaluation *evaluation)
{
    MlRun run = evaluation->run;
    evaluation->run = (MlRun){0};
    return run;
}

void ml_run_resume(MlEvaluation *evaluation, MlRun run)
{
    if (evaluation->run.undo != NULL)
        g_array_unref(evaluation->run.undo);
    evaluation->run = run;
}

/* --- the whole function --------------------------------------------------------- */

static const char *assumed(const MlAssumptions *assumptions, const char *name)
{
    const char *const *pair = assumptions ? assumptions->parameters : NULL;
    for (; pair != NULL && pair[0] != NULL; pair += 2)
        if (strcmp(pair[0], name) == 0)
            return pair[1];
    return NULL;
}

/* The parameters without a default, and those that are known, by name. */
static GArray *stand_ins(MlScope scope, const MlDefinition *definition)
{
    const MlAssumptions *assumptions = scope.evaluation->run.assumptions;
    GArray *arguments = g_array_new(FALSE, FALSE, sizeof(MlArgument));
    g_auto(MlChildren) children =
        ml_children_of(ml_node_field(definition->node, ML_FIELD_PARAMETERS));
    for (TSNode child; ml_children_next(&children, &child);) {
        gboolean optional = ml_node_is(child, "default_parameter");
        TSNode name =
            optional || ml_node_is(child, "typed_parameter") ? ml_node_first(child) : child;
        if (!ml_node_is(name, "identifier"))
            continue;
        g_autofree char *text = ml_node_text(definition->file->module, name);
        const char *library = assumed(assumptions, text);
        if (optional && library == NULL)
            continue;
        const MlArgument argument = {ml_keep_text(scope, text, strlen(text)),
                                     ml_make_named(scope, name,
                                                   library ? ML_SHAPE_NAME : ML_SHAPE_PARAMETER,
                                                   library ? library : text, NULL)};
        if (argument.name != NULL)
            g_array_append_val(arguments, argument);
    }
    return arguments;
}

static void run_function(MlScope scope, const MlValue *function)
{
    const MlDefinition *definition = function->unknown.definition;
    TSNode node = definition->node;
    scope.file = definition->file;
    g_autoptr(GArray) arguments = stand_ins(scope, definition);
    const MlValue *returned = ml_call_function(scope, node, function, arguments, FALSE);
    ml_drop(scope, 0, returned ? returned : ml_apply(scope, node, function, arguments, FALSE));
}

/* By whatever calls it: a decorator's wrapper, a function that something unknown made of it. */
static void run_anything(MlScope scope, const MlValue *value)
{
    g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(MlArgument));
    ml_apply(scope, ml_module_root(scope.file->module), value, none, TRUE);
    ml_record(scope, ML_EVENT_REST, value->origin, value);
}

const MlValue *ml_evaluation_returned(MlEvaluation *evaluation, const MlValue *class_value,
                                      const char *method, const MlAssumptions *assumptions)
{
    MlFile *file = g_ptr_array_index(evaluation->files, 0);
    MlScope scope = {evaluation, file, NULL, G_MAXUINT32, 0};
    const MlValue *function = ml_own_member(scope, class_value, method);
    if (!ml_value_has_shape(function, ML_SHAPE_FUNCTION) ||
        !ml_is_live(function->unknown.definition))
        return NULL;
    const MlDefinition *definition = function->unknown.definition;
    scope.file = definition->file;
    evaluation->run = (MlRun){.assumptions = assumptions};
    g_autoptr(GArray) arguments = stand_ins(scope, definition);
    const MlValue *value = ml_call_function(scope, definition->node, function, arguments, FALSE);
    take_back(trail(scope), 0);
    ml_run_resume(evaluation, (MlRun){0});
    return value;
}

GArray *ml_evaluation_run(MlEvaluation *evaluation, const char *name,
                          const MlAssumptions *assumptions)
{
    GArray *events = g_array_new(FALSE, FALSE, sizeof(MlEvent));
    MlFile *file = g_ptr_array_index(evaluation->files, 0);
    MlScope scope = {evaluation, file, NULL, G_MAXUINT32, 0};
    evaluation->steps = STEP_LIMIT;
    evaluation->exhausted = FALSE;
    const MlValue *value = ml_value_at_end(scope, file, name);
    if (value == NULL)
        return events;
    gsize of_others = ml_arena_set_aside(evaluation->arena);
    evaluation->run = (MlRun){.events = events, .assumptions = assumptions};
    if (ml_value_has_shape(value, ML_SHAPE_FUNCTION) && ml_is_live(value->unknown.definition))
        run_function(scope, value);
    else
        run_anything(scope, value);
    if (evaluation->exhausted)
        ml_record(scope, ML_EVENT_REST, value->origin, NULL);
    take_back(trail(scope), 0);
    ml_run_resume(evaluation, (MlRun){0});
    ml_arena_give_back(evaluation->arena, of_others);
    evaluation->steps = STEP_LIMIT;
    evaluation->exhausted = FALSE;
    return events;
}
