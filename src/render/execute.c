/* What is sent as it stands: op.execute(), bulk_insert(). */
#include "render/rendering.h"

void ml_render_execution(MlRendering *rendering)
{
    const MlExecution *execution = rendering->operation->execution;
    const MlTexts *statements = &execution->statements;
    if (execution->why != NULL)
        ml_rendering_refuse(rendering, "%s", execution->why);
    if (statements->is != ML_KNOWN)
        ml_rendering_refuse(rendering, "executes what cannot be told");
    for (gsize i = 0; i < statements->length; i++) {
        GString *statement = g_string_new(NULL);
        ml_append_sql_text(rendering, statement, statements->items[i], "what it executes");
        ml_rendering_send(rendering, statement);
    }
}
