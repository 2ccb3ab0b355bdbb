/* Tables: made, dropped, renamed, told what they are for; their columns. */
#include "render/rendering.h"

#include <string.h>

/* --- what a table has besides columns ---------------------------------------------------- */

static MlText keyword(const MlRendering *rendering, const char *name)
{
    return ml_keyword_value(rendering->operation->keywords, rendering->operation->n_keywords, name);
}

static gboolean is_truthy(MlText value)
{
    return value.is != ML_ABSENT && !ml_text_is(value, "") && !ml_text_is(value, "False") &&
           !ml_text_is(value, "0");
}

static void append_inherits(MlRendering *rendering, GString *out)
{
    if (rendering->operation->inherits.is != ML_KNOWN)
        return;
    g_string_append(out, "\n INHERITS ( ");
    ml_append_names(rendering, out, rendering->operation->inherits);
    g_string_append(out, " )");
}

static void append_option(MlRendering *rendering, GString *out, const char *name, const char *words)
{
    MlText value = keyword(rendering, name);
    if (!is_truthy(value))
        return;
    g_string_append_printf(out, "\n %s ", words);
    ml_append_sql_text(rendering, out, value, name);
}

static void append_on_commit(MlRendering *rendering, GString *out)
{
    MlText value = keyword(rendering, "postgresql_on_commit");
    if (!is_truthy(value) || value.is != ML_KNOWN)
        return;
    g_autofree char *upper = g_ascii_strup(value.text, -1);
    g_string_append_printf(out, "\n ON COMMIT %s", g_strdelimit(upper, "_", ' '));
}

static void append_tablespace(MlRendering *rendering, GString *out)
{
    MlText value = keyword(rendering, "postgresql_tablespace");
    if (!is_truthy(value))
        return;
    g_string_append(out, "\n TABLESPACE ");
    ml_append_known_name(rendering, out, value, "its tablespace");
}

/* PGDDLCompiler.post_create_table */
static void append_postgresql_options(MlRendering *rendering, GString *out)
{
    MlText oids = keyword(rendering, "postgresql_with_oids");
    append_inherits(rendering, out);
    append_option(rendering, out, "postgresql_partition_by", "PARTITION BY");
    append_option(rendering, out, "postgresql_using", "USING");
    if (ml_text_is(oids, "True"))
        g_string_append(out, "\n WITH OIDS");
    else if (ml_text_is(oids, "False"))
        g_string_append(out, "\n WITHOUT OIDS");
    append_on_commit(rendering, out);
    append_tablespace(rendering, out);
}

static void append_sqlite_options(MlRendering *rendering, GString *out)
{
    gboolean without = ml_text_is(keyword(rendering, "sqlite_with_rowid"), "False");
    gboolean strict = is_truthy(keyword(rendering, "sqlite_strict"));
    if (without)
        g_string_append(out, "\n WITHOUT ROWID");
    if (strict)
        g_string_append(out, without ? ",\n STRICT" : "\n STRICT");
}

static void refuse_new_options(MlRendering *rendering)
{
    static const char *const options[] = {"postgresql_using", "sqlite_strict"};
    for (gsize i = 0; i < G_N_ELEMENTS(options); i++)
        ml_refuse_if_old(rendering, keyword(rendering, options[i]).is != ML_ABSENT, options[i]);
}

/* --- CREATE TABLE --------------------------------------------------------------------------- */

static void append_prefixes(MlRendering *rendering, GString *out)
{
    MlTexts prefixes = rendering->operation->prefixes;
    if (prefixes.is == ML_UNKNOWN)
        ml_rendering_refuse(rendering, "has prefixes that cannot be told");
    for (gsize i = 0; i < prefixes.length; i++) {
        ml_append_sql_text(rendering, out, prefixes.items[i], "a prefix");
        g_string_append_c(out, ' ');
    }
}

static void append_part(MlRendering *rendering, GString *out, const MlConstraint *constraint,
                        const char *separator)
{
    g_autoptr(GString) part = g_string_new(NULL);
    if (ml_append_constraint(rendering, part, constraint))
        g_string_append_printf(out, "%s    %s", separator, part->str);
}

/* The key first; then what stands among the columns, and last what columns say of themselves. */
static void append_constraints(MlRendering *rendering, GString *out, const char *separator)
{
    const MlOperation *operation = rendering->operation;
    const MlConstraint *key = ml_primary_key(operation);
    gsize before = out->len;
    if (key != NULL && key->columns.length > 0)
        append_part(rendering, out, key, separator);
    for (int of_columns = 0; of_columns <= 1; of_columns++) {
        for (gsize i = 0; i < operation->n_constraints; i++) {
            const MlConstraint *constraint = &operation->constraints[i];
            gboolean of_column = constraint->inlined || constraint->of_type != NULL;
            if (constraint->kind != ML_PRIMARY_KEY && constraint->column.is == ML_ABSENT &&
                of_column == of_columns)
                append_part(rendering, out, constraint, out->len > before ? ", \n" : separator);
        }
    }
}

static GString *create_table(MlRendering *rendering)
{
    const MlOperation *operation = rendering->operation;
    const MlConstraint *key = ml_primary_key(operation);
    GString *statement = g_string_new("CREATE ");
    append_prefixes(rendering, statement);
    g_string_append(statement, "TABLE ");
    ml_append_condition(rendering, statement, operation->if_not_exists, "IF NOT EXISTS");
    ml_append_table(rendering, statement);
    g_string_append(statement, " (");
    for (gsize i = 0; i < operation->n_columns; i++) {
        g_string_append(statement, i > 0 ? ", \n    " : "\n    ");
        ml_append_column(rendering, statement, &operation->columns[i], key);
        ml_append_column_checks(rendering, statement, &operation->columns[i]);
    }
    append_constraints(rendering, statement, operation->n_columns > 0 ? ", \n" : "\n");
    g_string_append(statement, "\n)");
    refuse_new_options(rendering);
    if (ml_rendering_is(rendering, ML_POSTGRESQL))
        append_postgresql_options(rendering, statement);
    else
        append_sqlite_options(rendering, statement);
    return statement;
}

/* --- comments ----------------------------------------------------------------------------------
 */

static void append_comment(MlRendering *rendering, GString *out, MlText comment)
{
    g_string_append(out, " IS ");
    if (comment.is == ML_UNKNOWN)
        ml_rendering_refuse(rendering, "has a comment that cannot be told");
    else if (comment.is == ML_KNOWN)
        ml_append_literal(rendering, out, comment.text);
    else
        g_string_append(out, "NULL");
}

static void send_table_comment(MlRendering *rendering, MlText comment)
{
    GString *statement = g_string_new("COMMENT ON TABLE ");
    ml_append_table(rendering, statement);
    append_comment(rendering, statement, comment);
    ml_rendering_send(rendering, statement);
}

void ml_send_column_comment(MlRendering *rendering, MlText column, MlText comment)
{
    GString *statement = g_string_new("COMMENT ON COLUMN ");
    ml_append_table(rendering, statement);
    g_string_append_c(statement, '.');
    ml_append_column_name(rendering, statement, column);
    append_comment(rendering, statement, comment);
    ml_rendering_send(rendering, statement);
}

static gboolean is_said(MlText comment)
{
    return comment.is == ML_UNKNOWN || (comment.is == ML_KNOWN && *comment.text != '\0');
}

static void send_column_comments(MlRendering *rendering)
{
    const MlOperation *operation = rendering->operation;
    if (!ml_rendering_is(rendering, ML_POSTGRESQL))
        return;
    for (gsize i = 0; i < operation->n_columns; i++) {
        const MlColumn *column = &operation->columns[i];
        if (is_said(column->comment) && column->name.is == ML_KNOWN)
            ml_send_column_comment(rendering, column->name, column->comment);
    }
}

void ml_render_table_comment(MlRendering *rendering)
{
    send_table_comment(rendering, rendering->operation->kind == ML_DROP_TABLE_COMMENT
                                      ? (MlText){0}
                                      : rendering->operation->comment);
}

/* --- tables
 * ---------------------------------------------------------------------------------------- */

void ml_render_create_table(MlRendering *rendering)
{
    const MlOperation *operation = rendering->operation;
    if (!operation->is_element)
        ml_send_types(rendering);
    ml_rendering_send(rendering, create_table(rendering));
    if (operation->is_element)
        return;
    for (gsize i = 0; i < operation->n_indexes; i++)
        ml_send_index(rendering, &operation->indexes[i]);
    if (ml_rendering_is(rendering, ML_POSTGRESQL) && is_said(operation->comment))
        send_table_comment(rendering, operation->comment);
    send_column_comments(rendering);
}

void ml_render_drop_table(MlRendering *rendering)
{
    GString *statement = g_string_new("DROP TABLE ");
    ml_append_condition(rendering, statement, rendering->operation->if_exists, "IF EXISTS");
    ml_append_table(rendering, statement);
    ml_rendering_send(rendering, statement);
}

void ml_render_rename_table(MlRendering *rendering)
{
    GString *statement = g_string_new("ALTER TABLE ");
    ml_append_altered_table(rendering, statement);
    g_string_append(statement, " RENAME TO ");
    ml_append_known_name(rendering, statement, rendering->operation->new_name, "its new name");
    ml_rendering_send(rendering, statement);
}

/* --- columns
 * ------------------------------------------------------------------------------------------ */

/* The key that is made of the column alone, as it is taken for one, though none is added. */
static MlConstraint key_of(const MlColumn *column)
{
    MlConstraint key = {.kind = ML_PRIMARY_KEY, .inlined = TRUE};
    if (ml_is_true(column->primary_key))
        key.columns = (MlTexts){.is = ML_KNOWN, .items = &column->name, .length = 1};
    return key;
}

/* The only key of one column that stands behind it (inline_references); NULL: none does. */
static const MlConstraint *inline_reference(const MlRendering *rendering)
{
    const MlOperation *operation = rendering->operation;
    const MlConstraint *found = NULL;
    for (gsize i = 0; i < operation->n_constraints; i++) {
        if (operation->constraints[i].kind != ML_FOREIGN_KEY)
            continue;
        if (found != NULL)
            return NULL;
        found = &operation->constraints[i];
    }
    return ml_is_true(operation->inline_references) ? found : NULL;
}

static void append_reference(MlRendering *rendering, GString *out, const MlConstraint *key)
{
    g_string_append(out, " REFERENCES ");
    ml_append_qualified(rendering, out, key->referred_schema, key->referred_table);
    g_string_append(out, " (");
    ml_append_names(rendering, out, key->referred_columns);
    g_string_append_c(out, ')');
}

static void send_column(MlRendering *rendering, const MlColumn *column,
                        const MlConstraint *reference)
{
    const MlOperation *operation = rendering->operation;
    const MlConstraint key = key_of(column);
    GString *statement = g_string_new("ALTER TABLE ");
    ml_append_altered_table(rendering, statement);
    g_string_append(statement, " ADD COLUMN ");
    ml_append_condition(rendering, statement, operation->if_not_exists, "IF NOT EXISTS");
    ml_append_column(rendering, statement, column, &key);
    if (ml_primary_key(operation) != NULL)
        g_string_append(statement, " PRIMARY KEY");
    if (reference != NULL)
        append_reference(rendering, statement, reference);
    ml_append_column_checks(rendering, statement, column);
    ml_rendering_send(rendering, statement);
}

void ml_render_add_column(MlRendering *rendering)
{
    const MlOperation *operation = rendering->operation;
    const MlConstraint *reference = inline_reference(rendering);
    ml_refuse_if_old(rendering, ml_primary_key(operation) != NULL, "inline_primary_key");
    ml_refuse_if_old(rendering, operation->inline_references.is == ML_KNOWN, "inline_references");
    send_column(rendering, &operation->columns[0], reference);
    for (gsize i = 0; i < operation->n_constraints; i++) {
        const MlConstraint *constraint = &operation->constraints[i];
        if (constraint->kind != ML_PRIMARY_KEY && constraint->column.is == ML_ABSENT &&
            constraint != reference)
            ml_send_constraint(rendering, constraint);
    }
    for (gsize i = 0; i < operation->n_indexes; i++)
        ml_send_index(rendering, &operation->indexes[i]);
    send_column_comments(rendering);
}

void ml_render_drop_column(MlRendering *rendering)
{
    GString *statement = g_string_new("ALTER TABLE ");
    ml_append_altered_table(rendering, statement);
    g_string_append(statement, " DROP COLUMN ");
    ml_append_condition(rendering, statement, rendering->operation->if_exists, "IF EXISTS");
    ml_append_known_name(rendering, statement, rendering->operation->name, "its name");
    ml_rendering_send(rendering, statement);
}
