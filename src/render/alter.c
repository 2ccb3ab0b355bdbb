/* op.alter_column() (DefaultImpl.alter_column and PostgresqlImpl's). */
#include "render/rendering.h"

static GString *begin(MlRendering *rendering)
{
    GString *statement = g_string_new("ALTER TABLE ");
    ml_append_altered_table(rendering, statement);
    g_string_append(statement, " ALTER COLUMN ");
    ml_append_known_name(rendering, statement, rendering->operation->name, "its column");
    g_string_append_c(statement, ' ');
    return statement;
}

static void alter_type(MlRendering *rendering)
{
    const MlOperation *operation = rendering->operation;
    gboolean with_using = operation->using.is == ML_KNOWN || operation->using.is == ML_UNKNOWN;
    if (operation->change->type->kind == ML_TYPE_ABSENT) {
        if (with_using)
            ml_rendering_refuse(rendering, "says postgresql_using without type_");
        return;
    }
    GString *statement = begin(rendering);
    g_string_append(statement, "TYPE ");
    ml_append_type(rendering, statement, operation->change->type);
    g_string_append_c(statement, ' ');
    if (with_using) {
        g_string_append(statement, "USING ");
        ml_append_sql_text(rendering, statement, operation->using, "postgresql_using");
    }
    ml_rendering_send(rendering, statement);
}

static void alter_nullable(MlRendering *rendering)
{
    MlFlag nullable = rendering->operation->change->nullable;
    if (nullable.is != ML_KNOWN)
        return;
    GString *statement = begin(rendering);
    g_string_append(statement, nullable.value ? "DROP NOT NULL" : "SET NOT NULL");
    ml_rendering_send(rendering, statement);
}

static void alter_default(MlRendering *rendering)
{
    const MlDefault *value = &rendering->operation->change->server_default;
    if (value->kind == ML_DEFAULT_ABSENT)
        return;
    GString *statement = begin(rendering);
    if (value->kind == ML_DEFAULT_NONE) {
        g_string_append(statement, "DROP DEFAULT");
    } else {
        g_string_append(statement, "SET DEFAULT ");
        ml_append_default(rendering, statement, value);
    }
    ml_rendering_send(rendering, statement);
}

static void rename_column(MlRendering *rendering)
{
    GString *statement = g_string_new("ALTER TABLE ");
    ml_append_altered_table(rendering, statement);
    g_string_append(statement,
                    ml_rendering_is(rendering, ML_SQLITE) ? " RENAME COLUMN " : " RENAME ");
    ml_append_known_name(rendering, statement, rendering->operation->name, "its column");
    g_string_append(statement, " TO ");
    ml_append_known_name(rendering, statement, rendering->operation->new_name, "its new name");
    ml_rendering_send(rendering, statement);
}

void ml_render_alter_column(MlRendering *rendering)
{
    const MlOperation *operation = rendering->operation;
    alter_type(rendering);
    alter_nullable(rendering);
    alter_default(rendering);
    if (operation->change->comment.is != ML_ABSENT)
        ml_send_column_comment(rendering, operation->name.text, operation->change->comment);
    if (operation->new_name.is != ML_ABSENT)
        rename_column(rendering);
}
