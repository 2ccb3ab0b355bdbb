/* Sequences by themselves. SQLite has none, and so nothing happens there. */
#include "render/rendering.h"

static gboolean is_refused(MlRendering *rendering)
{
    if (!ml_rendering_is(rendering, ML_SQLITE))
        return FALSE;
    return TRUE;
}

void ml_render_create_sequence(MlRendering *rendering)
{
    const MlOperation *operation = rendering->operation;
    MlSequence sequence = *operation->sequence;
    if (is_refused(rendering))
        return;
    GString *statement = g_string_new("CREATE SEQUENCE ");
    ml_append_qualified(rendering, statement, operation->schema, operation->name);
    if (sequence.type.is == ML_KNOWN)
        g_string_append_printf(statement, " AS %s", sequence.type.text);
    if (ml_rendering_is_old(rendering) && sequence.start.is == ML_ABSENT)
        sequence.start = (MlNumber){.is = ML_KNOWN, .value = 1};
    ml_append_sequence_options(rendering, statement, &sequence);
    ml_rendering_send(rendering, statement);
}

void ml_render_drop_sequence(MlRendering *rendering)
{
    if (is_refused(rendering))
        return;
    GString *statement = g_string_new("DROP SEQUENCE ");
    ml_append_qualified(rendering, statement, rendering->operation->schema,
                        rendering->operation->name);
    ml_rendering_send(rendering, statement);
}
