/* Sequences by themselves. SQLite has none, and so nothing happens there. */
#include "render/rendering.h"

/* An element is sent wherever it is executed. */
static gboolean is_left_out(const MlRendering *rendering)
{
    return ml_rendering_is(rendering, ML_SQLITE) && !rendering->operation->is_element;
}

static void append_sequence_type(GString *out, MlText type)
{
    g_autofree char *upper = type.is == ML_KNOWN ? g_ascii_strup(type.text, -1) : NULL;
    if (upper != NULL)
        g_string_append_printf(out, " AS %s", upper);
}

void ml_render_create_sequence(MlRendering *rendering)
{
    const MlOperation *operation = rendering->operation;
    MlSequence sequence = *operation->sequence;
    if (is_left_out(rendering))
        return;
    GString *statement = g_string_new("CREATE SEQUENCE ");
    ml_append_qualified(rendering, statement, operation->schema, operation->name);
    if (ml_rendering_is(rendering, ML_POSTGRESQL))
        append_sequence_type(statement, sequence.type);
    if (ml_rendering_is_old(rendering) && sequence.start.is == ML_ABSENT)
        sequence.start = (MlNumber){.is = ML_KNOWN, .value = 1};
    ml_append_sequence_options(rendering, statement, &sequence);
    ml_rendering_send(rendering, statement);
}

void ml_render_drop_sequence(MlRendering *rendering)
{
    if (is_left_out(rendering))
        return;
    GString *statement = g_string_new("DROP SEQUENCE ");
    ml_append_qualified(rendering, statement, rendering->operation->schema,
                        rendering->operation->name);
    ml_rendering_send(rendering, statement);
}
