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

static gboolean is_given(MlText text)
{
    return text.is == ML_KNOWN || text.is == ML_UNKNOWN;
}

static void alter_type(MlRendering *rendering)
{
    const MlOperation *operation = rendering->operation;
    gboolean with_using = ml_rendering_is(rendering, ML_POSTGRESQL) && is_given(operation->using);
    if (operation->change->type->kind == ML_TYPE_ABSENT) {
        if (with_using)
            ml_rendering_refuse(rendering, "says postgresql_using without type_");
        return;
    }
    GString *statement = begin(rendering);
    g_string_append(statement, "TYPE ");
    ml_append_type(rendering, statement, operation->change->type);
    if (with_using) {
        g_string_append(statement, " USING ");
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

static void alter_comment(MlRendering *rendering)
{
    const MlOperation *operation = rendering->operation;
    if (operation->change->comment.is == ML_ABSENT)
        return;
    if (ml_rendering_is(rendering, ML_SQLITE))
        ml_rendering_refuse(rendering, "changes a comment, which SQLite does not have");
    else if (operation->name.is == ML_KNOWN)
        ml_send_column_comment(rendering, operation->name.text, operation->change->comment);
}

/* SQLite's own words are known to the newer Alembic alone. */
static void rename_column(MlRendering *rendering)
{
    const MlOperation *operation = rendering->operation;
    gboolean with_word = ml_rendering_is(rendering, ML_SQLITE) && !ml_rendering_is_old(rendering);
    if (!is_given(operation->new_name))
        return;
    GString *statement = g_string_new("ALTER TABLE ");
    ml_append_altered_table(rendering, statement);
    g_string_append(statement, with_word ? " RENAME COLUMN " : " RENAME ");
    ml_append_known_name(rendering, statement, operation->name, "its column");
    g_string_append(statement, " TO ");
    ml_append_known_name(rendering, statement, operation->new_name, "its new name");
    ml_rendering_send(rendering, statement);
}

/* Postgres' type comes first, since a default may have to fit it. */
void ml_render_alter_column(MlRendering *rendering)
{
    gboolean on_postgres = ml_rendering_is(rendering, ML_POSTGRESQL);
    if (on_postgres)
        alter_type(rendering);
    alter_nullable(rendering);
    alter_default(rendering);
    if (!on_postgres)
        alter_type(rendering);
    alter_comment(rendering);
    rename_column(rendering);
}
