/* A column's definition (DDLCompiler.get_column_specification). */
#include "render/rendering.h"

#include <string.h>

/* --- who numbers it -------------------------------------------------------------------- */

const MlConstraint *ml_primary_key(const MlOperation *operation)
{
    for (gsize i = 0; i < operation->n_constraints; i++)
        if (operation->constraints[i].kind == ML_PRIMARY_KEY)
            return &operation->constraints[i];
    return NULL;
}

gboolean ml_is_of_key(const MlColumn *column, const MlConstraint *key)
{
    return key != NULL && column->name.is == ML_KNOWN &&
           ml_texts_hold(key->columns, column->name.text);
}

static gboolean has_foreign_key(const MlOperation *operation, const MlColumn *column)
{
    for (gsize i = 0; i < operation->n_constraints; i++) {
        const MlConstraint *constraint = &operation->constraints[i];
        if (constraint->kind == ML_FOREIGN_KEY &&
            ml_texts_hold(constraint->columns, column->name.text))
            return TRUE;
    }
    return FALSE;
}

static gboolean has_python_default(const MlColumn *column)
{
    return !column->server_default.in_python &&
           (column->default_value.is == ML_KNOWN || column->default_value.is == ML_UNKNOWN);
}

static gboolean can_be_numbered(const MlRendering *rendering, const MlColumn *column)
{
    const MlType *type = ml_type_in(column->type, ml_dialect_name(rendering->rules->dialect));
    return ml_type_is_integer(rendering, type) || type->kind == ML_TYPE_NUMERIC ||
           type->kind == ML_TYPE_FLOAT || type->kind == ML_TYPE_DOUBLE ||
           type->kind == ML_TYPE_REAL;
}

/* Whether it is numbered though it does not say so, being the whole key. */
static gboolean may_be_numbered(const MlRendering *rendering, const MlColumn *column)
{
    if (!can_be_numbered(rendering, column))
        return FALSE;
    gboolean has_default = ml_default_is_in_ddl(&column->server_default) ||
                           column->server_default.kind == ML_DEFAULT_COMPUTED ||
                           column->server_default.kind == ML_DEFAULT_FETCHED;
    return !ml_is_false(column->autoincrement) && !has_python_default(column) && !has_default &&
           !has_foreign_key(rendering->operation, column);
}

static const MlColumn *column_of(const MlOperation *operation, MlText name)
{
    for (gsize i = 0; name.is == ML_KNOWN && i < operation->n_columns; i++)
        if (ml_text_is(operation->columns[i].name, name.text))
            return &operation->columns[i];
    return NULL;
}

const MlColumn *ml_autoincrement_column(const MlRendering *rendering, const MlConstraint *key)
{
    for (gsize i = 0; key != NULL && i < key->columns.length; i++) {
        const MlColumn *column = column_of(rendering->operation, key->columns.items[i]);
        if (column == NULL)
            continue;
        if (ml_is_true(column->autoincrement) ||
            (key->columns.length == 1 && may_be_numbered(rendering, column)))
            return column;
    }
    return NULL;
}

static gboolean wants_sequence(const MlColumn *column)
{
    const MlDefault *value = &column->server_default;
    return value->in_python && value->sequence != NULL && !ml_is_true(value->sequence->optional);
}

/* BIGSERIAL: Postgres' pseudo-type, in place of the type and its default; NULL: none. */
static const char *serial_of(const MlRendering *rendering, const MlColumn *column,
                             const MlConstraint *key)
{
    const MlType *type = ml_type_in(column->type, "postgresql");
    if (!ml_rendering_is(rendering, ML_POSTGRESQL) || has_python_default(column) ||
        wants_sequence(column) || column->server_default.kind == ML_DEFAULT_IDENTITY ||
        !ml_is_of_key(column, key) || ml_autoincrement_column(rendering, key) != column)
        return NULL;
    return type->kind == ML_TYPE_BIGINT     ? "BIGSERIAL"
           : type->kind == ML_TYPE_SMALLINT ? "SMALLSERIAL"
                                            : "SERIAL";
}

static void refuse_numbering(MlRendering *rendering, const MlColumn *column,
                             const MlConstraint *key)
{
    if (!ml_is_of_key(column, key) || !ml_is_true(column->autoincrement))
        return;
    if (!can_be_numbered(rendering, column) && (rendering->operation->kind == ML_CREATE_TABLE ||
                                                ml_rendering_is(rendering, ML_POSTGRESQL)))
        ml_rendering_refuse(rendering, "numbers a column that is no number");
    if (ml_rendering_is(rendering, ML_SQLITE) && key->columns.length > 1)
        ml_rendering_refuse(rendering, "numbers a column of a key of several, which SQLite cannot");
}

/* --- NULL ----------------------------------------------------------------------------------- */

static MlAnswer is_nullable(const MlRendering *rendering, const MlColumn *column,
                            const MlConstraint *key)
{
    (void)rendering;
    if (column->nullable.is == ML_KNOWN)
        return column->nullable.value ? ML_YES : ML_NO;
    if (column->nullable.is == ML_UNKNOWN)
        return ML_PERHAPS;
    return ml_is_of_key(column, key) || column->server_default.kind == ML_DEFAULT_IDENTITY ? ML_NO
                                                                                           : ML_YES;
}

static void append_conflict(MlRendering *rendering, GString *out, const MlColumn *column,
                            const char *keyword)
{
    MlText action = ml_keyword_value(column->keywords, column->n_keywords, keyword);
    if (action.is == ML_ABSENT)
        return;
    g_string_append(out, " ON CONFLICT ");
    ml_append_sql_text(rendering, out, action, keyword);
}

static void append_null(MlRendering *rendering, GString *out, const MlColumn *column,
                        const MlConstraint *key)
{
    MlAnswer nullable = is_nullable(rendering, column, key);
    gboolean on_postgres = ml_rendering_is(rendering, ML_POSTGRESQL);
    gboolean identity = on_postgres && column->server_default.kind == ML_DEFAULT_IDENTITY;
    if (nullable == ML_PERHAPS)
        ml_rendering_refuse(rendering, "has a column of which it cannot be told whether it may "
                                       "be NULL");
    if (identity && nullable == ML_YES)
        g_string_append(out, " NULL");
    if (identity || nullable == ML_YES)
        return;
    g_string_append(out, " NOT NULL");
    if (!on_postgres)
        append_conflict(rendering, out, column, "sqlite_on_conflict_not_null");
}

/* --- defaults ----------------------------------------------------------------------------- */

/* SQLiteDDLCompiler: 2.0 looks at the text, 1.4 at what it was made of. */
static gboolean wants_brackets(const MlRendering *rendering, const MlDefault *value,
                               const char *text)
{
    if (!ml_rendering_is(rendering, ML_SQLITE))
        return FALSE;
    if (ml_rendering_is_old(rendering))
        return value->kind == ML_DEFAULT_SQL && value->is_element;
    while (*text != '\0' && g_unichar_isspace(g_utf8_get_char(text)))
        text = g_utf8_next_char(text);
    if (strchr("'\"(", *text) != NULL)
        return FALSE;
    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar letter = g_utf8_get_char(text);
        if (!g_unichar_isalnum(letter) && letter != '_')
            return TRUE;
    }
    return FALSE;
}

void ml_append_default_clause(MlRendering *rendering, GString *out, const MlDefault *value)
{
    g_autoptr(GString) text = g_string_new(NULL);
    if (!ml_default_is_in_ddl(value))
        return;
    ml_append_default(rendering, text, value);
    if (rendering->refusal == NULL)
        g_string_append_printf(
            out, wants_brackets(rendering, value, text->str) ? " DEFAULT (%s)" : " DEFAULT %s",
            text->str);
}

static void append_made_by(MlRendering *rendering, GString *out, const MlDefault *value)
{
    if (value->kind == ML_DEFAULT_COMPUTED) {
        g_string_append_c(out, ' ');
        ml_append_computed(rendering, out, value);
    } else if (value->kind == ML_DEFAULT_IDENTITY && ml_rendering_is(rendering, ML_POSTGRESQL)) {
        g_string_append_c(out, ' ');
        ml_append_identity(rendering, out, value);
    }
}

/* --- all together ----------------------------------------------------------------------------- */

/* sqlite_autoincrement: the key stands within the column. */
static void append_inlined_key(MlRendering *rendering, GString *out, const MlColumn *column,
                               const MlConstraint *key)
{
    if (!ml_is_of_key(column, key) || !ml_key_is_inlined(rendering, key))
        return;
    g_string_append(out, " PRIMARY KEY");
    append_conflict(rendering, out, column, "sqlite_on_conflict_primary_key");
    g_string_append(out, " AUTOINCREMENT");
}

/* A column without a type has that of the key that it refers to, where that is of the same table.
 */
static const MlType *type_of(const MlRendering *rendering, const MlColumn *column)
{
    const MlOperation *operation = rendering->operation;
    for (gsize i = 0; column->type->kind == ML_TYPE_ABSENT && i < operation->n_constraints; i++) {
        const MlConstraint *key = &operation->constraints[i];
        if (key->kind != ML_FOREIGN_KEY || operation->table.is != ML_KNOWN ||
            !ml_text_is(key->referred_table, operation->table.text) ||
            g_strcmp0(key->referred_schema.text, operation->schema.text) != 0)
            continue;
        for (gsize j = 0; j < MIN(key->columns.length, key->referred_columns.length); j++) {
            const MlColumn *referred = column_of(operation, key->referred_columns.items[j]);
            if (referred != NULL && column->name.is == ML_KNOWN &&
                ml_text_is(key->columns.items[j], column->name.text))
                return referred->type;
        }
    }
    return column->type;
}

void ml_append_column(MlRendering *rendering, GString *out, const MlColumn *column,
                      const MlConstraint *key)
{
    const char *serial = serial_of(rendering, column, key);
    refuse_numbering(rendering, column, key);
    ml_append_column_name(rendering, out, column->name);
    g_string_append_c(out, ' ');
    if (serial != NULL) {
        g_string_append(out, serial);
    } else {
        ml_append_type(rendering, out, type_of(rendering, column));
        ml_append_default_clause(rendering, out, &column->server_default);
    }
    if (ml_rendering_is(rendering, ML_POSTGRESQL)) {
        append_made_by(rendering, out, &column->server_default);
        append_null(rendering, out, column, key);
    } else {
        append_null(rendering, out, column, key);
        append_inlined_key(rendering, out, column, key);
        append_made_by(rendering, out, &column->server_default);
    }
}
