/* op.batch_alter_table() on SQLite. */
#include "render/rendering.h"

void ml_render_batch(MlRendering *rendering, const MlPassage *passage, gsize first, gsize length)
{
    for (gsize i = first; i < first + length; i++) {
        MlRendering one = *rendering;
        one.catalog = passage->states->pdata[i];
        one.operation = passage->operations->items[i];
        if (ml_operation_recreates(one.operation))
            ml_rendering_refuse(&one, "makes the table anew");
        ml_render_operation(&one);
    }
}
