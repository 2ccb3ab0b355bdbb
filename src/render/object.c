/* What Python's elements make besides: CreateSchema, DropSchema. */
#include "render/rendering.h"

static void render_schema(MlRendering *rendering, const char *verb, MlFlag condition,
                          const char *words)
{
    GString *statement = g_string_new(verb);
    ml_append_condition(rendering, statement, condition, words);
    ml_append_known_name(rendering, statement, rendering->operation->name, "its name");
    if (ml_is_true(rendering->operation->cascade))
        g_string_append(statement, " CASCADE");
    ml_rendering_send(rendering, statement);
}

void ml_render_create_object(MlRendering *rendering)
{
    render_schema(rendering, "CREATE SCHEMA ", rendering->operation->if_not_exists,
                  "IF NOT EXISTS");
}

void ml_render_drop_object(MlRendering *rendering)
{
    render_schema(rendering, "DROP SCHEMA ", rendering->operation->if_exists, "IF EXISTS");
}
