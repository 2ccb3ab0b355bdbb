/* Statements: what functions do, one after the other. */
#include "python/scope.h"

#include <string.h>

/* Also of the statements of a function that is called by one of another. */
#define DEPTH_LIMIT 250

static guint execute(MlScope scope, TSNode node);

/* --- assignment ----------------------------------------------------------------- */

static gboolean is_list_of_targets(TSNode node)
{
    static const char *const types[] = {"pattern_list", "tuple_pattern", "list_pattern", NULL};
    return g_strv_contains(types, ts_node_type(node));
}

static void assign_each(MlScope scope, TSNode target, const MlValue *value, GPtrArray *items)
{
    guint at = 0, count = ml_children_count(target);
    guint rest = items && items->len + 1 >= count ? items->len + 1 - count : 0;
    g_auto(MlChildren) children = ml_children_of(target);
    for (TSNode child; ml_children_next(&children, &child);) {
        if (!ml_node_is(child, "list_splat_pattern")) {
            gboolean known = items != NULL && at < items->len;
            ml_assign(scope, child, known ? items->pdata[at++] : ml_element(scope, child, value));
            continue;
        }
        g_autoptr(GPtrArray) several = g_ptr_array_new();
        for (guint i = 0; items != NULL && i < rest && at < items->len; i++)
            g_ptr_array_add(several, items->pdata[at++]);
        ml_assign(scope, ml_node_first(child),
                  items ? ml_make_sequence(scope, child, ML_VALUE_LIST, several)
                        : ml_make_unknown(scope, child));
    }
}

/* Nothing is known of what holds it: x.__setitem__(key, value), as Python calls it. */
static void set_unknown(MlScope scope, TSNode node, const MlValue *object, const char *method,
                        const MlValue *key, const MlValue *value)
{
    const MlArgument both[] = {{NULL, key}, {NULL, ml_snapshot(scope, value, G_MAXUINT)}};
    g_autoptr(GArray) arguments = g_array_new(FALSE, FALSE, sizeof(MlArgument));
    g_array_append_vals(arguments, both, G_N_ELEMENTS(both));
    const MlValue *callee = ml_make_named(scope, node, ML_SHAPE_MEMBER, method, object);
    const MlValue *call = ml_make_call(scope, node, callee, arguments, FALSE);
    ml_let_go(scope, value, G_MAXUINT);
    ml_record(scope, ML_EVENT_CALL, call->origin, call);
}

static void assign_item(MlScope scope, TSNode target, const MlValue *value)
{
    const MlValue *object = ml_evaluate(scope, ml_node_field(target, ML_FIELD_VALUE));
    TSNode subscript = ml_node_field(target, ML_FIELD_SUBSCRIPT);
    const MlValue *index = ml_evaluate(scope, subscript);
    if (ml_is_container(object) && ml_node_is(subscript, "slice"))
        ml_forget(scope, object);
    else if (!ml_set_item(scope, object, index, value))
        set_unknown(scope, target, object, "__setitem__", index, value);
}

/* An object of the tree keeps it for whoever asks; what else happens then is not known. */
static void assign_attribute(MlScope scope, TSNode target, const MlValue *value)
{
    MlRun *run = &scope.evaluation->run;
    const MlValue *object = ml_evaluate(scope, ml_node_field(target, ML_FIELD_OBJECT));
    TSNode node = ml_node_field(target, ML_FIELD_ATTRIBUTE);
    g_autofree char *name = ml_node_text(scope.file->module, node);
    MlAttribute *attribute = run->attributes;
    while (attribute &&
           (attribute->object != object || strcmp(attribute->variable.name, name) != 0))
        attribute = attribute->next;
    if (attribute == NULL) {
        attribute = ml_arena_alloc(scope.evaluation->arena, sizeof(MlAttribute));
        const char *copy = ml_keep_text(scope, name, strlen(name));
        if (attribute == NULL || copy == NULL) {
            ml_spend(scope.evaluation, G_MAXUINT32);
            return;
        }
        *attribute = (MlAttribute){object, {.name = copy, .length = strlen(copy)}, run->attributes};
        run->attributes = attribute;
    }
    ml_set(scope, &attribute->variable, value);
    if (!ml_value_has_shape(object, ML_SHAPE_CALL) ||
        !ml_value_has_shape(object->unknown.object, ML_SHAPE_CLASS))
        set_unknown(scope, target, object, "__setattr__",
                    ml_make_string(scope, node, name, strlen(name)), value);
}

void ml_assign(MlScope scope, TSNode target, const MlValue *value)
{
    if (++scope.depth > DEPTH_LIMIT || ts_node_is_null(target) || !ml_goes_on(scope))
        return;
    if (ml_node_is(target, "identifier")) {
        MlOrigin where = ml_node_origin(scope.file->module, target);
        ml_set_variable(scope, ml_module_bytes(where.module, NULL) + where.start,
                        where.end - where.start, value);
    } else if (is_list_of_targets(target) || ml_node_is(target, "tuple") ||
               ml_node_is(target, "list")) {
        g_autoptr(GPtrArray) items = ml_items(scope, target, value);
        assign_each(scope, target, value, items);
    } else if (ml_node_is(target, "subscript")) {
        assign_item(scope, target, value);
    } else if (ml_node_is(target, "attribute")) {
        assign_attribute(scope, target, value);
    } else {
        ml_assign(scope, ml_node_first(target), value);
    }
}

static void assignment(MlScope scope, TSNode node)
{
    TSNode value_node = ml_node_field(node, ML_FIELD_RIGHT);
    while (ml_node_is(value_node, "assignment"))
        value_node = ml_node_field(value_node, ML_FIELD_RIGHT);
    if (ts_node_is_null(value_node))
        return; /* an annotation alone */
    const MlValue *value = ml_evaluate(scope, value_node);
    for (; ml_node_is(node, "assignment"); node = ml_node_field(node, ML_FIELD_RIGHT))
        ml_assign(scope, ml_node_field(node, ML_FIELD_LEFT), value);
}

static void augmented_assignment(MlScope scope, TSNode node)
{
    TSNode target = ml_node_field(node, ML_FIELD_LEFT);
    const MlValue *left = ml_evaluate(scope, target);
    const MlValue *right = ml_evaluate(scope, ml_node_field(node, ML_FIELD_RIGHT));
    g_autofree char *sign = g_strdup(ts_node_type(ml_node_field(node, ML_FIELD_OPERATOR)));
    gsize length = strlen(sign);
    if (length > 0)
        sign[length - 1] = '\0';
    if (!ml_is_container(left)) {
        ml_assign(scope, target, ml_operate(scope, node, sign, left, right));
        return;
    }
    if (left->kind == ML_VALUE_LIST && strcmp(sign, "+") == 0)
        ml_extend(scope, left, right);
    else
        ml_forget(scope, left);
}

/* --- simple statements ---------------------------------------------------------- */

static gboolean is_call(TSNode node)
{
    while (ml_node_is(node, "parenthesized_expression"))
        node = ml_node_first(node);
    return ml_node_is(node, "call");
}

/* An expression for what it does: what it gives is asked for by nobody. */
static void evaluate_by_itself(MlScope scope, TSNode node)
{
    guint first = ml_recorded(scope);
    const MlValue *value = ml_evaluate(scope, node);
    if (is_call(node))
        ml_drop(scope, first, value);
    else
        ml_drop_all(scope, first);
}

static guint expression_statement(MlScope scope, TSNode node)
{
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; ml_children_next(&children, &child);) {
        if (ml_node_is(child, "assignment"))
            assignment(scope, child);
        else if (ml_node_is(child, "augmented_assignment"))
            augmented_assignment(scope, child);
        else
            evaluate_by_itself(scope, child);
    }
    return ML_FLOW_NEXT;
}

static guint return_statement(MlScope scope, TSNode node)
{
    TSNode expression = ml_node_first(node);
    const MlValue *value =
        ts_node_is_null(expression) ? ml_make_none(scope, node) : ml_evaluate(scope, expression);
    if (!ml_goes_on(scope))
        return ML_FLOW_NEXT;
    scope.frame->returned = ml_make_either(scope, scope.frame->returned, value);
    ml_exits_add(scope, scope.evaluation->run.returns);
    return ML_FLOW_RETURN;
}

static guint raise_statement(MlScope scope, TSNode node)
{
    TSNode expression = ml_node_first(node);
    const MlValue *value = ts_node_is_null(expression) ? NULL : ml_evaluate(scope, expression);
    if (ml_goes_on(scope))
        ml_record(scope, ML_EVENT_RAISE, ml_node_origin(scope.file->module, node), value);
    return ML_FLOW_RAISE;
}

static guint assert_statement(MlScope scope, TSNode node)
{
    const MlValue *value = ml_evaluate(scope, ml_node_first(node));
    if (ml_truth(value) != ML_NO)
        return ML_FLOW_NEXT;
    ml_record(scope, ML_EVENT_RAISE, ml_node_origin(scope.file->module, node), NULL);
    return ML_FLOW_RAISE;
}

static guint break_statement(MlScope scope, TSNode node)
{
    (void)node;
    ml_exits_add(scope, scope.evaluation->run.breaks);
    return ML_FLOW_BREAK;
}

static guint continue_statement(MlScope scope, TSNode node)
{
    (void)node;
    ml_exits_add(scope, scope.evaluation->run.continues);
    return ML_FLOW_CONTINUE;
}

static guint nothing(MlScope scope, TSNode node)
{
    (void)scope, (void)node;
    return ML_FLOW_NEXT;
}

typedef struct {
    MlScope scope;
} Importing;

static void bind_import(const char *name, const MlBinding *binding, gpointer data)
{
    MlScope scope = ((Importing *)data)->scope;
    const char *copy = ml_keep_text(scope, name, strlen(name));
    MlRun run = ml_run_pause(scope.evaluation);
    const MlValue *value = ml_evaluate_binding(scope, binding);
    ml_run_resume(scope.evaluation, run);
    if (copy != NULL)
        ml_set_variable(scope, copy, strlen(copy), value);
}

static guint import_statement(MlScope scope, TSNode node)
{
    Importing importing = {scope};
    ml_bindings_foreach(ml_bindings_within(scope.file, node), bind_import, &importing);
    return ML_FLOW_NEXT;
}

/* Where the name means one of the module, or of a function around. */
static MlVariable *declared(MlScope scope, gboolean global, const char *name, gsize length)
{
    MlFrame *frame = scope.frame->outer;
    if (global)
        return ml_variable(scope, NULL, name, length);
    while (frame != NULL && (frame->is_class || frame->bindings != NULL))
        frame = frame->outer;
    return frame ? ml_variable(scope, frame, name, length) : NULL;
}

static guint declaration(MlScope scope, TSNode node)
{
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; ml_children_next(&children, &child);) {
        MlOrigin where = ml_node_origin(scope.file->module, child);
        const char *name = ml_module_bytes(where.module, NULL) + where.start;
        gsize length = where.end - where.start;
        MlVariable *there = declared(scope, ml_node_is(node, "global_statement"), name, length);
        MlVariable *here = ml_variable(scope, scope.frame, name, length);
        if (here != NULL && here != there)
            here->stands_for = there;
    }
    return ML_FLOW_NEXT;
}

static void delete_target(MlScope scope, TSNode target)
{
    if (ml_node_is(target, "identifier")) {
        ml_assign(scope, target, NULL);
    } else if (ml_node_is(target, "subscript")) {
        const MlValue *object = ml_evaluate(scope, ml_node_field(target, ML_FIELD_VALUE));
        const MlValue *index = ml_evaluate(scope, ml_node_field(target, ML_FIELD_SUBSCRIPT));
        ml_delete_item(scope, object, index);
    } else if (++scope.depth < DEPTH_LIMIT) {
        g_auto(MlChildren) children = ml_children_of(target);
        for (TSNode child; ml_children_next(&children, &child);)
            delete_target(scope, child);
    }
}

static guint delete_statement(MlScope scope, TSNode node)
{
    delete_target(scope, ml_node_first(node));
    return ML_FLOW_NEXT;
}

/* --- conditions ----------------------------------------------------------------------------------
 */

static guint execute_clause(MlScope scope, TSNode clause)
{
    TSNode body = ml_node_field(clause, ML_FIELD_BODY);
    return ml_execute_block(scope, ts_node_is_null(body) ? clause : body);
}

static guint choose(MlScope scope, TSNode node, MlChildren *clauses);

/* What follows where a condition does not hold: the next elif, the else, or nothing. */
static guint otherwise(MlScope scope, MlChildren *clauses)
{
    TSNode clause;
    while (ml_children_next(clauses, &clause)) {
        if (ml_node_is(clause, "elif_clause"))
            return choose(scope, clause, clauses);
        if (ml_node_is(clause, "else_clause"))
            return execute_clause(scope, clause);
    }
    return ML_FLOW_NEXT;
}

/* Whether looking at a string runs nothing: it has no interpolation. */
static gboolean is_inert(TSNode string)
{
    return ml_node_is(string, "string") && ts_node_child_count(string) <= 3 &&
           !ml_node_is(ts_node_child(string, 1), "interpolation");
}

/* The name and the string in `name == "string"`; FALSE where a condition says anything else. */
static gboolean is_equality(TSNode condition, TSNode *name, TSNode *string)
{
    while (ml_node_is(condition, "parenthesized_expression"))
        condition = ml_node_first(condition);
    if (!ml_node_is(condition, "comparison_operator") || ts_node_child_count(condition) != 3 ||
        strcmp(ts_node_type(ts_node_child(condition, 1)), "==") != 0)
        return FALSE;
    *name = ts_node_child(condition, 0);
    *string = ts_node_child(condition, 2);
    return ml_node_is(*name, "identifier") && is_inert(*string);
}

/* What follows where a condition may hold; under `name == "x"` the name is "x". */
static guint perhaps(MlScope scope, TSNode node)
{
    TSNode consequence = ml_node_field(node, ML_FIELD_CONSEQUENCE), name, string;
    if (!is_equality(ml_node_field(node, ML_FIELD_CONDITION), &name, &string))
        return ml_execute_block(scope, consequence);
    const MlValue *before = ml_evaluate(scope, name), *equal = ml_evaluate(scope, string);
    if (equal->kind != ML_VALUE_STRING)
        return ml_execute_block(scope, consequence);
    ml_assign(scope, name, equal);
    guint flow = ml_execute_block(scope, consequence);
    if (ml_evaluate(scope, name) == equal)
        ml_assign(scope, name, before);
    return flow;
}

static guint choose(MlScope scope, TSNode node, MlChildren *clauses)
{
    MlTruth truth = ml_truth(ml_evaluate(scope, ml_node_field(node, ML_FIELD_CONDITION)));
    TSNode consequence = ml_node_field(node, ML_FIELD_CONSEQUENCE);
    if (!ml_goes_on(scope))
        return ML_FLOW_NEXT;
    if (truth == ML_YES)
        return ml_execute_block(scope, consequence);
    if (truth == ML_NO)
        return otherwise(scope, clauses);
    MlBranches branches = ml_branches_begin(scope);
    ml_branches_add(scope, &branches, perhaps(scope, node));
    if (++scope.depth < DEPTH_LIMIT)
        ml_branches_add(scope, &branches, otherwise(scope, clauses));
    else
        scope.evaluation->exhausted = TRUE;
    return ml_branches_end(scope, &branches);
}

static guint if_statement(MlScope scope, TSNode node)
{
    g_auto(MlChildren) clauses = ml_children_of(node);
    return choose(scope, node, &clauses);
}

static void forget_names(MlScope scope, TSNode pattern)
{
    if (++scope.depth > DEPTH_LIMIT)
        return;
    if (ml_node_is(pattern, "identifier"))
        ml_assign(scope, pattern, ml_make_unknown(scope, pattern));
    g_auto(MlChildren) children = ml_children_of(pattern);
    for (TSNode child; ml_children_next(&children, &child);)
        forget_names(scope, child);
}

/* Each case perhaps. */
static guint match_statement(MlScope scope, TSNode node)
{
    ml_evaluate(scope, ml_node_field(node, ML_FIELD_SUBJECT));
    MlBranches branches = ml_branches_begin(scope);
    g_auto(MlChildren) cases = ml_children_of(ml_node_field(node, ML_FIELD_BODY));
    for (TSNode clause; ml_children_next(&cases, &clause);) {
        g_auto(MlChildren) patterns = ml_children_of(clause);
        for (TSNode child; ml_children_next(&patterns, &child);)
            if (ml_node_is(child, "case_pattern"))
                forget_names(scope, child);
        ml_evaluate(scope, ml_node_field(clause, ML_FIELD_GUARD));
        ml_branches_add(scope, &branches,
                        ml_execute_block(scope, ml_node_field(clause, ML_FIELD_CONSEQUENCE)));
    }
    ml_branches_add_nothing(&branches);
    return ml_branches_end(scope, &branches);
}

/* --- loops ---------------------------------------------------------------------- */

static guint leave_loop(MlScope scope, guint flow, TSNode loop)
{
    MlRun *run = &scope.evaluation->run;
    TSNode clause = ml_node_field(loop, ML_FIELD_ALTERNATIVE);
    guint left = flow & (ML_FLOW_RETURN | ML_FLOW_RAISE), doubt = run->doubt, last;
    gboolean runs_out = (flow & ML_FLOW_NEXT) != 0;
    gboolean breaks = (flow & ML_FLOW_BREAK) != 0;
    if (ts_node_is_null(clause) || !runs_out)
        return left | (runs_out || breaks ? ML_FLOW_NEXT : 0);
    run->doubt += (left & ML_FLOW_RETURN) != 0;
    if (breaks) {
        MlBranches branches = ml_branches_begin(scope);
        ml_branches_add(scope, &branches, execute_clause(scope, clause));
        ml_branches_add_nothing(&branches);
        last = ml_branches_end(scope, &branches);
    } else {
        last = execute_clause(scope, clause);
    }
    run->doubt = doubt;
    return left | last;
}

/* One time around. */
static guint execute_body(MlScope scope, TSNode loop)
{
    MlRun *run = &scope.evaluation->run;
    MlExits continues = ml_exits_begin(scope), *outer = run->continues;
    run->continues = &continues;
    guint flow = ml_execute_block(scope, ml_node_field(loop, ML_FIELD_BODY));
    run->continues = outer;
    ml_exits_end(scope, &continues, (flow & ML_FLOW_NEXT) != 0);
    return flow & ML_FLOW_CONTINUE ? (flow & ~(guint)ML_FLOW_CONTINUE) | ML_FLOW_NEXT : flow;
}

static guint try_once(MlScope scope, TSNode loop, const MlValue *over)
{
    TSNode target = ml_node_field(loop, ML_FIELD_LEFT);
    if (!ts_node_is_null(target))
        ml_assign(scope, target, ml_element(scope, target, over));
    else
        ml_evaluate(scope, ml_node_field(loop, ML_FIELD_CONDITION));
    return execute_body(scope, loop);
}

/* What the body changes of what was there before it is not known from its second time on. */
static guint execute_loosely(MlScope scope, TSNode loop, const MlValue *over)
{
    MlRun *run = &scope.evaluation->run;
    MlBranches branches = ml_branches_begin(scope);
    guint start = run->undo->len, events = run->events ? run->events->len : 0;
    run->repeated = TRUE;
    guint flow = try_once(scope, loop, over);
    for (guint round = 0; round < 2 && ml_havoc(scope, start); round++) {
        if (run->events != NULL)
            g_array_set_size(run->events, events);
        start = run->undo->len;
        run->doubt = branches.circumstances.doubt + 1;
        flow = try_once(scope, loop, over);
    }
    ml_branches_add(scope, &branches, flow);
    ml_branches_add_nothing(&branches);
    return ml_branches_end(scope, &branches);
}

typedef struct {
    TSNode node;
    const MlValue *over; /* of a for loop */
    GPtrArray *items;    /* of it; NULL where they cannot be told */
    gsize next;
} Loop;

/* Whether there is another time around, and its variables are set. A list may grow meanwhile. */
static MlTruth goes_around(MlScope scope, Loop *loop)
{
    const MlValue *over = loop->over;
    if (over == NULL)
        return ml_truth(ml_evaluate(scope, ml_node_field(loop->node, ML_FIELD_CONDITION)));
    gboolean list = over->kind == ML_VALUE_LIST;
    if (loop->items == NULL || ml_value_has_shape(over, ML_SHAPE_CONTAINER))
        return ML_PERHAPS;
    if (loop->next >= (list ? over->sequence.length : loop->items->len))
        return ML_NO;
    ml_assign(scope, ml_node_field(loop->node, ML_FIELD_LEFT),
              list ? over->sequence.items[loop->next] : loop->items->pdata[loop->next]);
    loop->next++;
    return ML_YES;
}

/* Every time around, as long as it can be told that there is one. */
static guint execute_each(MlScope scope, Loop *loop)
{
    MlRun *run = &scope.evaluation->run;
    guint doubt = run->doubt, flow = ML_FLOW_NEXT, left = 0;
    while ((flow & ML_FLOW_NEXT) && ml_spend(scope.evaluation, 1) && ml_goes_on(scope)) {
        gboolean endless = loop->over == NULL && run->doubt > doubt;
        MlTruth more = endless ? ML_PERHAPS : goes_around(scope, loop);
        if (more != ML_YES) {
            flow = more == ML_NO ? ML_FLOW_NEXT : execute_loosely(scope, loop->node, loop->over);
            break;
        }
        flow = execute_body(scope, loop->node);
        left |= flow & ~(guint)ML_FLOW_NEXT;
        run->doubt = doubt + (left & (ML_FLOW_BREAK | ML_FLOW_RETURN) ? 1 : 0);
    }
    run->doubt = doubt;
    return flow | left;
}

static guint execute_loop(MlScope scope, Loop *loop)
{
    MlRun *run = &scope.evaluation->run;
    MlExits breaks = ml_exits_begin(scope), *outer = run->breaks;
    run->breaks = &breaks;
    guint flow = execute_each(scope, loop);
    run->breaks = outer;
    ml_exits_end(scope, &breaks, (flow & ML_FLOW_NEXT) != 0);
    return scope.evaluation->exhausted ? 0 : leave_loop(scope, flow, loop->node);
}

static guint for_statement(MlScope scope, TSNode node)
{
    TSNode right = ml_node_field(node, ML_FIELD_RIGHT);
    const MlValue *value = ml_evaluate(scope, right);
    g_autoptr(GPtrArray) items = ml_items(scope, right, value);
    Loop loop = {node, value, items, 0};
    return ml_goes_on(scope) ? execute_loop(scope, &loop) : ML_FLOW_NEXT;
}

static guint while_statement(MlScope scope, TSNode node)
{
    Loop loop = {node, NULL, NULL, 0};
    return execute_loop(scope, &loop);
}

/* --- with and try --------------------------------------------------------------- */

static void enter_context(MlScope scope, TSNode item)
{
    MlRun *run = &scope.evaluation->run;
    TSNode value_node = ml_node_field(item, ML_FIELD_VALUE), target = {0};
    if (ml_node_is(value_node, "as_pattern")) {
        target = ml_node_first(ml_node_field(value_node, ML_FIELD_ALIAS));
        value_node = ml_node_first(value_node);
    }
    guint first = ml_recorded(scope);
    const MlValue *manager = ml_evaluate(scope, value_node);
    if (ts_node_is_null(target))
        ml_drop(scope, first, manager);
    MlWith *with = ml_arena_alloc(scope.evaluation->arena, sizeof(MlWith));
    if (with != NULL) {
        *with = (MlWith){.manager = manager, .outer = run->contexts};
        run->contexts = with;
    }
    if (!ts_node_is_null(target))
        ml_assign(scope, target,
                  ml_make(scope, target,
                          (MlValue){.kind = ML_VALUE_UNKNOWN,
                                    .unknown = {.shape = ML_SHAPE_ENTERED, .object = manager}}));
}

static guint with_statement(MlScope scope, TSNode node)
{
    MlRun *run = &scope.evaluation->run;
    const MlWith *contexts = run->contexts;
    g_auto(MlChildren) items = ml_children_of(ml_node_first(node));
    for (TSNode item; ml_children_next(&items, &item);)
        enter_context(scope, item);
    MlWith *inside = (MlWith *)run->contexts;
    guint flow = ml_goes_on(scope) ? ml_execute_block(scope, ml_node_field(node, ML_FIELD_BODY))
                                   : ML_FLOW_NEXT;
    for (MlWith *with = inside; with != contexts; with = (MlWith *)with->outer)
        with->raises = flow == ML_FLOW_RAISE;
    run->contexts = contexts;
    return flow;
}

static gboolean is_handler(TSNode clause)
{
    return ml_node_is(clause, "except_clause") || ml_node_is(clause, "except_group_clause");
}

static TSNode block_of(TSNode clause)
{
    TSNode block = {0};
    g_auto(MlChildren) children = ml_children_of(clause);
    for (TSNode child; ml_children_next(&children, &child);)
        if (ml_node_is(child, "block"))
            block = child;
    return block;
}

/* Whether a handler ends as an error all the same. */
static gboolean raises_again(TSNode handler)
{
    gboolean raises = FALSE;
    g_auto(MlChildren) children = ml_children_of(block_of(handler));
    for (TSNode child; ml_children_next(&children, &child);)
        raises = ml_node_is(child, "raise_statement");
    return raises;
}

static void bind_caught(MlScope scope, TSNode handler)
{
    g_auto(MlChildren) children = ml_children_of(handler);
    for (TSNode child; ml_children_next(&children, &child);) {
        if (ml_node_is(child, "block"))
            continue;
        TSNode alias = ml_node_is(child, "as_pattern") ? ml_node_field(child, ML_FIELD_ALIAS)
                                                       : ml_node_field(handler, ML_FIELD_ALIAS);
        if (!ts_node_is_null(alias))
            forget_names(scope, alias);
    }
}

typedef struct {
    guint handlers;
    gboolean swallows;
    TSNode otherwise, finally;
} Try;

static Try read_try(TSNode node)
{
    Try parts = {0};
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; ml_children_next(&children, &child);) {
        parts.handlers += is_handler(child);
        parts.swallows |= is_handler(child) && !raises_again(child);
        if (ml_node_is(child, "else_clause"))
            parts.otherwise = child;
        else if (ml_node_is(child, "finally_clause"))
            parts.finally = child;
    }
    return parts;
}

/* The tried statements may end anywhere: a handler finds what they change in any state. */
static guint execute_tried(MlScope scope, TSNode node, const Try *parts)
{
    MlRun *run = &scope.evaluation->run;
    MlBranches branches = ml_branches_begin(scope);
    guint start = run->undo->len;
    run->doubt = branches.circumstances.doubt;
    run->guarded |= parts->swallows;
    run->tries++;
    guint flow = ml_execute_block(scope, ml_node_field(node, ML_FIELD_BODY));
    run->tries--;
    run->guarded = branches.circumstances.guarded;
    if (run->raised) {
        run->raised = FALSE;
        flow = ML_FLOW_RAISE;
    }
    if ((flow & ML_FLOW_NEXT) && !ts_node_is_null(parts->otherwise))
        flow = (flow & ~(guint)ML_FLOW_NEXT) | execute_clause(scope, parts->otherwise);
    GArray *tried = ml_changes(scope, start);
    if (flow != ML_FLOW_RAISE)
        ml_branches_add(scope, &branches, flow & ~(guint)ML_FLOW_RAISE);
    else
        ml_branches_drop(scope, &branches);
    g_auto(MlChildren) children = ml_children_of(node);
    for (TSNode child; ml_children_next(&children, &child);) {
        if (!is_handler(child))
            continue;
        ml_blur(scope, tried);
        bind_caught(scope, child);
        ml_branches_add(scope, &branches, ml_execute_block(scope, block_of(child)));
    }
    g_array_unref(tried);
    return ml_branches_end(scope, &branches);
}

/* Wherever the tried statements were left, the last ones run. */
static void blur_exits(MlScope scope, guint start, guint flow)
{
    g_autoptr(GArray) changes = NULL;
    if ((flow & (flow - 1)) == 0)
        return;
    changes = ml_changes(scope, start);
    ml_blur(scope, changes);
}

static guint try_statement(MlScope scope, TSNode node)
{
    const Try parts = read_try(node);
    guint start = ml_exits_begin(scope).mark;
    guint flow = parts.handlers > 0 ? execute_tried(scope, node, &parts)
                                    : ml_execute_block(scope, ml_node_field(node, ML_FIELD_BODY));
    if (ts_node_is_null(parts.finally) || scope.evaluation->exhausted)
        return flow;
    MlRun *run = &scope.evaluation->run;
    gboolean raised = run->raised;
    run->raised = FALSE;
    blur_exits(scope, start, flow);
    guint last = ml_execute_block(scope, block_of(parts.finally));
    run->raised |= raised;
    return last & ML_FLOW_NEXT ? flow | (last & ~(guint)ML_FLOW_NEXT) : last;
}

/* --- definitions ---------------------------------------------------------------- */

static TSNode defined_in(TSNode node)
{
    return ml_node_is(node, "decorated_definition") ? ml_node_field(node, ML_FIELD_DEFINITION)
                                                    : node;
}

static guint function_definition(MlScope scope, TSNode node)
{
    ml_assign(scope, ml_node_field(defined_in(node), ML_FIELD_NAME),
              ml_function_value(scope, node));
    return ML_FLOW_NEXT;
}

/* Its body runs where it stands. */
static guint class_definition(MlScope scope, TSNode node)
{
    TSNode definition = defined_in(node);
    const MlValue *value = ml_class_value(scope, node);
    MlFrame *frame = ml_arena_alloc(scope.evaluation->arena, sizeof(MlFrame));
    if (frame == NULL)
        return ML_FLOW_NEXT;
    *frame = (MlFrame){.outer = scope.frame, .is_class = TRUE};
    MlScope inside = scope;
    inside.frame = frame;
    ml_execute_block(inside, ml_node_field(definition, ML_FIELD_BODY));
    if (ml_value_has_shape(value, ML_SHAPE_CLASS))
        ((MlDefinition *)value->unknown.definition)->inner = frame;
    ml_assign(scope, ml_node_field(definition, ML_FIELD_NAME), value);
    return ML_FLOW_NEXT;
}

static guint decorated_definition(MlScope scope, TSNode node)
{
    return ml_node_is(ml_node_field(node, ML_FIELD_DEFINITION), "class_definition")
               ? class_definition(scope, node)
               : function_definition(scope, node);
}

/* --- all of them ---------------------------------------------------------------- */

static guint something(MlScope scope, TSNode node)
{
    ml_record(scope, ML_EVENT_REST, ml_node_origin(scope.file->module, node), NULL);
    return ML_FLOW_NEXT;
}

static guint execute(MlScope scope, TSNode node)
{
    static const struct {
        const char *type;
        guint (*execute)(MlScope, TSNode);
    } statements[] = {
        {"expression_statement", expression_statement},
        {"return_statement", return_statement},
        {"if_statement", if_statement},
        {"for_statement", for_statement},
        {"with_statement", with_statement},
        {"pass_statement", nothing},
        {"raise_statement", raise_statement},
        {"import_statement", import_statement},
        {"import_from_statement", import_statement},
        {"while_statement", while_statement},
        {"try_statement", try_statement},
        {"function_definition", function_definition},
        {"class_definition", class_definition},
        {"decorated_definition", decorated_definition},
        {"global_statement", declaration},
        {"nonlocal_statement", declaration},
        {"delete_statement", delete_statement},
        {"assert_statement", assert_statement},
        {"break_statement", break_statement},
        {"continue_statement", continue_statement},
        {"match_statement", match_statement},
        {"print_statement", nothing},
        {"type_alias_statement", nothing},
        {"future_import_statement", nothing},
    };
    if (++scope.depth > DEPTH_LIMIT) {
        scope.evaluation->exhausted |= scope.evaluation->run.events != NULL;
        return 0;
    }
    if (!ts_node_has_error(node))
        for (guint i = 0; i < G_N_ELEMENTS(statements); i++)
            if (ml_node_is(node, statements[i].type))
                return statements[i].execute(scope, node);
    return something(scope, node);
}

/* A return, a break or a continue that happens perhaps makes what follows conditional. */
guint ml_execute_block(MlScope scope, TSNode block)
{
    MlRun *run = &scope.evaluation->run;
    guint flow = ML_FLOW_NEXT;
    g_auto(MlChildren) children = ml_children_of(block);
    for (TSNode child; (flow & ML_FLOW_NEXT) && ml_children_next(&children, &child);) {
        guint here = execute(scope, child);
        if (run->raised) {
            run->raised = FALSE;
            here = ML_FLOW_RAISE;
        }
        if (!ml_spend(scope.evaluation, 1) || scope.evaluation->exhausted)
            return 0;
        flow = (flow & ~(guint)ML_FLOW_NEXT) | here;
        guint leaves = flow & ~(guint)(ML_FLOW_NEXT | (run->tries ? 0 : ML_FLOW_RAISE));
        run->doubt += (flow & ML_FLOW_NEXT) && leaves != 0;
    }
    return flow;
}
