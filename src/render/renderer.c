/* A run, and what is rendered in it. */
#include "render/rendering.h"

MlRenderer *ml_renderer_new(const MlRenderRules *rules)
{
    MlRenderer *renderer = g_new0(MlRenderer, 1);
    renderer->rules = rules;
    renderer->made_types = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return renderer;
}

void ml_renderer_free(MlRenderer *renderer)
{
    if (renderer == NULL)
        return;
    g_hash_table_unref(renderer->made_types);
    g_free(renderer);
}

void ml_rendered_free(MlRendered *rendered)
{
    g_free(rendered->text);
    g_free(rendered);
}

void ml_rendering_refuse(MlRendering *rendering, const char *format, ...)
{
    va_list arguments;
    if (rendering->refusal != NULL)
        return;
    va_start(arguments, format);
    rendering->refusal = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

void ml_refuse_if_old(MlRendering *rendering, gboolean given, const char *argument)
{
    if (given && ml_rendering_is_old(rendering))
        ml_rendering_refuse(rendering, "says %s, which SQLAlchemy 1.4 does not take", argument);
}

/* The older Alembic forgets it, where it takes it; SQLAlchemy's own elements have long had it. */
static gboolean is_forgotten(MlRendering *rendering, const char *words)
{
    const MlOperation *operation = rendering->operation;
    if (!ml_rendering_is_old(rendering) || operation->is_element)
        return FALSE;
    if (operation->kind == ML_ADD_COLUMN || operation->kind == ML_DROP_CONSTRAINT)
        ml_rendering_refuse(rendering, "says %s, which this Alembic does not take", words);
    return TRUE;
}

void ml_append_condition(MlRendering *rendering, GString *out, MlFlag condition, const char *words)
{
    if (condition.is != ML_KNOWN || rendering->operation->checks_first ||
        is_forgotten(rendering, words) || !condition.value)
        return;
    g_string_append_printf(out, "%s ", words);
}

void ml_rendering_send(MlRendering *rendering, GString *statement)
{
    MlRendered *rendered = g_new0(MlRendered, 1);
    rendered->kind = ML_RENDERED_STATEMENT;
    rendered->text = g_string_free(statement, FALSE);
    rendered->operation = rendering->operation;
    rendered->autocommit = (rendering->operation->circumstances & ML_AUTOCOMMIT) != 0;
    g_ptr_array_add(rendering->out, rendered);
}
