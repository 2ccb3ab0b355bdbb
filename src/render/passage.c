/* What a function does, operation by operation: which file renders it. */
#include "render/rendering.h"

#include <string.h>

/* NULL: no Alembic operation, or one that sends nothing that is known. */
static void (*renderer_of(MlOperationKind kind))(MlRendering *)
{
    static const struct {
        MlOperationKind kind;
        void (*render)(MlRendering *);
    } renderers[] = {
        {ML_CREATE_TABLE, ml_render_create_table},
        {ML_DROP_TABLE, ml_render_drop_table},
        {ML_RENAME_TABLE, ml_render_rename_table},
        {ML_CREATE_TABLE_COMMENT, ml_render_table_comment},
        {ML_DROP_TABLE_COMMENT, ml_render_table_comment},
        {ML_ADD_COLUMN, ml_render_add_column},
        {ML_DROP_COLUMN, ml_render_drop_column},
        {ML_ALTER_COLUMN, ml_render_alter_column},
        {ML_CREATE_INDEX, ml_render_create_index},
        {ML_DROP_INDEX, ml_render_drop_index},
        {ML_ADD_CONSTRAINT, ml_render_add_constraint},
        {ML_DROP_CONSTRAINT, ml_render_drop_constraint},
        {ML_CREATE_TYPE, ml_render_create_type},
        {ML_DROP_TYPE, ml_render_drop_type},
        {ML_CREATE_SEQUENCE, ml_render_create_sequence},
        {ML_DROP_SEQUENCE, ml_render_drop_sequence},
        {ML_CREATE_OBJECT, ml_render_create_object},
        {ML_DROP_OBJECT, ml_render_drop_object},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(renderers); i++)
        if (renderers[i].kind == kind)
            return renderers[i].render;
    return NULL;
}

/* --- what cannot be told -------------------------------------------------------------------- */

static gboolean changes_nothing(const char *part)
{
    static const char *const parts[] = {"existing_nullable", "existing_comment",
                                        "existing_autoincrement", NULL};
    return g_strv_contains(parts, part);
}

/* On Postgres a batch makes no table anew unless it is told to, and then Alembic wants the
 * database. */
static void refuse_batch(MlRendering *rendering)
{
    const MlOperation *operation = rendering->operation;
    if (operation->batch == NULL || !ml_rendering_is(rendering, ML_POSTGRESQL))
        return;
    MlText recreate = operation->batch->recreate;
    if (recreate.is == ML_UNKNOWN || ml_text_is(recreate, "always"))
        ml_rendering_refuse(rendering, "is in a batch that makes the table anew");
    if (operation->kind == ML_ADD_COLUMN &&
        (ml_keyword_value(operation->keywords, operation->n_keywords, "insert_before").is ||
         ml_keyword_value(operation->keywords, operation->n_keywords, "insert_after").is))
        ml_rendering_refuse(rendering, "has a place among the columns, for which the table would "
                                       "have to be made anew");
}

void ml_refuse_unknown(MlRendering *rendering)
{
    const MlOperation *operation = rendering->operation;
    if (operation->circumstances & ML_CONDITIONAL)
        ml_rendering_refuse(rendering, "depends on a condition that cannot be told");
    if (operation->circumstances & ML_REPEATED)
        ml_rendering_refuse(rendering, "is in a loop that runs an unknown number of times");
    refuse_batch(rendering);
    if (operation->execution != NULL) /* it stands as it is written, whatever it does */
        return;
    if (operation->statement != NULL)
        ml_rendering_refuse(rendering, "is SQL that cannot be told as it was written");
    for (gsize i = 0; i < operation->n_unknowns; i++) {
        const MlUnknownPart *unknown = &operation->unknowns[i];
        if (*unknown->part == '\0')
            ml_rendering_refuse(rendering, "%s", unknown->why);
        else if (!changes_nothing(unknown->part))
            ml_rendering_refuse(rendering, "its %s %s", unknown->part, unknown->why);
    }
    if (operation->open)
        ml_rendering_refuse(rendering, "has columns that cannot be told");
}

/* --- one operation -----------------------------------------------------------------------------
 */

void ml_rendering_give_up(MlRendering *rendering, gsize before)
{
    MlRendered *rendered = g_new0(MlRendered, 1);
    g_ptr_array_set_size(rendering->out, (gint)before);
    rendered->kind = ML_RENDERED_NOT;
    rendered->text = g_steal_pointer(&rendering->refusal);
    rendered->operation = rendering->operation;
    rendered->autocommit = (rendering->operation->circumstances & ML_AUTOCOMMIT) != 0;
    g_ptr_array_add(rendering->out, rendered);
}

/* Of a kind that no file renders. */
static const char *why_not(MlOperationKind kind)
{
    switch (kind) {
    case ML_SELECT:
        return "asks the database, which a script cannot do";
    case ML_ADD_ENUM_VALUE:
    case ML_SYNC_ENUM_VALUES:
    case ML_HARMLESS:
        return "is done by a library, whose SQL is not written here";
    case ML_TRANSACTION:
        return "is done to the connection, and a script has none";
    default:
        return "does what cannot be told";
    }
}

static void append_raise(GPtrArray *out, const MlOperation *operation)
{
    MlRendered *rendered = g_new0(MlRendered, 1);
    rendered->kind = ML_RENDERED_RAISE;
    rendered->text = g_strdup("raises");
    rendered->operation = operation;
    g_ptr_array_add(out, rendered);
}

void ml_render_operation(MlRendering *rendering)
{
    gsize before = rendering->out->len;
    void (*renders)(MlRendering *) = rendering->operation->execution
                                         ? ml_render_execution
                                         : renderer_of(rendering->operation->kind);
    ml_refuse_unknown(rendering);
    if (renders == NULL)
        ml_rendering_refuse(rendering, "%s", why_not(rendering->operation->kind));
    else if (rendering->refusal == NULL)
        renders(rendering);
    if (rendering->refusal != NULL)
        ml_rendering_give_up(rendering, before);
}

static gboolean is_of(const MlOperation *operation, const char *engine)
{
    return operation->engine == NULL || engine == NULL || strcmp(operation->engine, engine) == 0;
}

static gboolean surely_raises(const MlOperation *operation)
{
    return operation->kind == ML_RAISE &&
           !(operation->circumstances & (ML_CONDITIONAL | ML_REPEATED));
}

/* --- all of them -------------------------------------------------------------------------------
 */

/* What one call makes several operations of is sent with the first of them. */
static gboolean is_sent_already(const MlOperations *operations, gsize at)
{
    const MlExecution *execution = operations->items[at]->execution;
    return execution != NULL && at > 0 && operations->items[at - 1]->execution == execution;
}

/* How many operations from there on are of one batch that is a matter of its own: on SQLite. */
static gsize batch_length(const MlRendering *rendering, const MlOperations *operations, gsize first)
{
    const MlBatch *batch = operations->items[first]->batch;
    gsize length = 0;
    if (batch == NULL || !ml_rendering_is(rendering, ML_SQLITE))
        return 0;
    while (first + length < operations->length && operations->items[first + length]->batch == batch)
        length++;
    return length;
}

/* What begins at a place; how many operations that is. */
static gsize render_from(MlRendering *rendering, const MlPassage *passage, gsize at)
{
    gsize length = batch_length(rendering, passage->operations, at);
    if (length > 0)
        ml_render_batch(rendering, passage, at, length);
    else if (!is_sent_already(passage->operations, at))
        ml_render_operation(rendering);
    return MAX(length, 1);
}

void ml_render_passage(MlRenderer *renderer, const MlPassage *passage, const char *engine,
                       GPtrArray *out)
{
    const MlOperations *operations = passage->operations;
    for (gsize i = 0; operations != NULL && i < operations->length;) {
        MlRendering rendering = {
            .renderer = renderer,
            .rules = renderer->rules,
            .catalog = passage->states->pdata[i],
            .operation = operations->items[i],
            .out = out,
        };
        gboolean mine = is_of(rendering.operation, engine);
        if (mine && surely_raises(rendering.operation)) {
            append_raise(out, rendering.operation);
            return;
        }
        i += mine ? render_from(&rendering, passage, i) : 1;
    }
}
