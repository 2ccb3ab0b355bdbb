/* Enum types: who makes them (sqlalchemy.dialects.postgresql.ENUM). */
#include "render/rendering.h"

static GString *create_type(MlRendering *rendering, const MlType *type)
{
    GString *statement = g_string_new("CREATE TYPE ");
    ml_append_qualified(rendering, statement, type->schema, type->name);
    g_string_append(statement, " AS ENUM (");
    if (type->values.is == ML_UNKNOWN)
        ml_rendering_refuse(rendering, "has an enum whose values cannot be told");
    for (gsize i = 0; i < type->values.length; i++) {
        g_string_append(statement, i > 0 ? ", " : "");
        if (type->values.items[i].is == ML_KNOWN)
            ml_append_literal(rendering, statement, type->values.items[i].text);
        else
            ml_rendering_refuse(rendering, "has an enum whose values cannot be told");
    }
    g_string_append_c(statement, ')');
    return statement;
}

/* Whether the run has not made it yet; then it has. */
static gboolean is_new_in_run(MlRendering *rendering, const MlType *type)
{
    g_autoptr(GString) name = g_string_new(NULL);
    ml_append_qualified(rendering, name, type->schema, type->name);
    return g_hash_table_add(rendering->renderer->made_types,
                            g_string_free(g_steal_pointer(&name), FALSE));
}

void ml_send_enum_types(MlRendering *rendering)
{
    const MlOperation *operation = rendering->operation;
    for (gsize i = 0; i < operation->n_columns; i++) {
        const MlType *type = ml_rendered_enum(rendering, operation->columns[i].type);
        if (type == NULL || ml_enum_is_left_to_others(type))
            continue;
        if (is_new_in_run(rendering, type))
            ml_rendering_send(rendering, create_type(rendering, type));
    }
}

/* Types that are made by themselves; SQLite has none, and so nothing happens there. */
void ml_render_create_type(MlRendering *rendering)
{
    const MlType *type = ml_rendered_enum(rendering, rendering->operation->type);
    if (type != NULL)
        ml_rendering_send(rendering, create_type(rendering, type));
}

void ml_render_drop_type(MlRendering *rendering)
{
    const MlType *type = ml_rendered_enum(rendering, rendering->operation->type);
    if (type == NULL)
        return;
    GString *statement = g_string_new("DROP TYPE ");
    ml_append_qualified(rendering, statement, type->schema, type->name);
    ml_rendering_send(rendering, statement);
}
