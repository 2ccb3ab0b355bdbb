/* Constraints, within a table and added to it (DDLCompiler.visit_*_constraint). */
#include "render/rendering.h"

#include <string.h>

/* Postgres' NAMEDATALEN - 1; SQLAlchemy refuses what is longer. */
enum { MOST_LETTERS = 63 };

/* --- names ----------------------------------------------------------------------------- */

/* No convention gives it one either. */
static gboolean is_nameless(const MlRendering *rendering, MlText given)
{
    const MlSetup *setup = rendering->rules->setup;
    return (given.is == ML_NONE || given.is == ML_ABSENT) && setup != NULL &&
           setup->naming_convention == ML_FACT_NONE;
}

gboolean ml_append_resolved_name(MlRendering *rendering, GString *out, MlResolvedName resolved,
                                 MlText given, gboolean final)
{
    gboolean as_given = resolved.naming == ML_NAME_GIVEN && !resolved.prefixed && !final;
    const char *name = as_given && given.is == ML_KNOWN ? given.text : resolved.text;
    if (resolved.needs_name)
        ml_rendering_refuse(rendering, "has no name, which the naming convention asks for");
    else if (resolved.naming == ML_NAME_UNKNOWN && is_nameless(rendering, given))
        ml_rendering_refuse(rendering, "has no name");
    else if (resolved.naming == ML_NAME_UNKNOWN)
        ml_rendering_refuse(rendering, "has a name that depends on a naming convention that "
                                       "cannot be told; the settings can give it");
    else if (as_given && ml_rendering_is(rendering, ML_POSTGRESQL) &&
             g_utf8_strlen(name, -1) > MOST_LETTERS)
        ml_rendering_refuse(rendering, "has a name of more than 63 letters");
    if (name == NULL || rendering->refusal != NULL)
        return FALSE;
    ml_append_name(rendering, out, name);
    return TRUE;
}

/* CONSTRAINT name */
static void append_preamble(MlRendering *rendering, GString *out, const MlConstraint *constraint)
{
    g_autoptr(GString) name = g_string_new(NULL);
    MlResolvedName resolved =
        ml_constraint_resolved_name(rendering->catalog, rendering->operation, constraint);
    if (ml_append_resolved_name(rendering, name, resolved, constraint->name, constraint->final))
        g_string_append_printf(out, "CONSTRAINT %s ", name->str);
}

/* --- what they have in common -------------------------------------------------------------- */

static void append_deferrability(MlRendering *rendering, GString *out,
                                 const MlConstraint *constraint)
{
    static const char *const moments[] = {"DEFERRED", "IMMEDIATE", NULL};
    if (constraint->deferrable.is == ML_UNKNOWN)
        ml_rendering_refuse(rendering, "has a constraint of which it cannot be told whether it is "
                                       "deferrable");
    if (constraint->deferrable.is == ML_KNOWN)
        g_string_append(out, constraint->deferrable.value ? " DEFERRABLE" : " NOT DEFERRABLE");
    if (constraint->initially.is == ML_ABSENT || constraint->initially.is == ML_NONE)
        return;
    g_string_append(out, " INITIALLY ");
    ml_append_phrase(rendering, out, constraint->initially, moments, "a word behind INITIALLY");
}

static void append_validity(MlRendering *rendering, GString *out, const MlConstraint *constraint)
{
    if (constraint->not_valid.is == ML_UNKNOWN)
        ml_rendering_refuse(rendering, "has a constraint of which it cannot be told whether it is "
                                       "valid");
    if (ml_rendering_is(rendering, ML_POSTGRESQL) && ml_is_true(constraint->not_valid))
        g_string_append(out, " NOT VALID");
}

/* Of the constraint, or else of its only column. */
static void append_conflict(MlRendering *rendering, GString *out, const MlConstraint *constraint,
                            const char *of_column)
{
    const MlOperation *operation = rendering->operation;
    MlText action =
        ml_keyword_value(constraint->keywords, constraint->n_keywords, "sqlite_on_conflict");
    for (gsize i = 0; of_column != NULL && action.is == ML_ABSENT && i < operation->n_columns &&
                      constraint->columns.length == 1;
         i++) {
        const MlColumn *column = &operation->columns[i];
        if (column->name.is == ML_KNOWN && ml_texts_hold(constraint->columns, column->name.text))
            action = ml_keyword_value(column->keywords, column->n_keywords, of_column);
    }
    if (!ml_rendering_is(rendering, ML_SQLITE) || action.is == ML_ABSENT)
        return;
    g_string_append(out, " ON CONFLICT ");
    ml_append_sql_text(rendering, out, action, "what is done on a conflict");
}

static gboolean has_column(const MlRendering *rendering, MlTexts columns, MlText name)
{
    const MlOperation *operation = rendering->operation;
    if (name.is != ML_KNOWN || ml_texts_hold(columns, name.text))
        return TRUE;
    for (gsize i = 0; i < operation->n_columns; i++)
        if (ml_text_is(operation->columns[i].name, name.text))
            return TRUE;
    return FALSE;
}

void ml_append_include(MlRendering *rendering, GString *out, MlTexts include, MlTexts columns)
{
    if (include.is == ML_UNKNOWN)
        ml_rendering_refuse(rendering, "includes columns that cannot be told");
    if (!ml_rendering_is(rendering, ML_POSTGRESQL) || include.length == 0)
        return;
    for (gsize i = 0; i < include.length; i++)
        if (rendering->operation->kind != ML_CREATE_INDEX &&
            !has_column(rendering, columns, include.items[i]))
            ml_rendering_refuse(rendering, "includes a column that it does not know: %s",
                                include.items[i].text);
    g_string_append(out, " INCLUDE (");
    ml_append_column_names(rendering, out, include);
    g_string_append_c(out, ')');
}

static void append_include(MlRendering *rendering, GString *out, const MlConstraint *constraint)
{
    ml_refuse_if_old(rendering, constraint->include.length > 0, "postgresql_include");
    ml_append_include(rendering, out, constraint->include, constraint->columns);
}

/* SQLAlchemy knows the columns of a table that is made, by their keys. */
static void refuse_strange_columns(MlRendering *rendering, MlTexts columns)
{
    if (rendering->operation->kind != ML_CREATE_TABLE)
        return;
    for (gsize i = 0; i < columns.length; i++)
        if (!has_column(rendering, (MlTexts){0}, columns.items[i]))
            ml_rendering_refuse(rendering, "names a column that the table does not have: %s",
                                columns.items[i].text);
}

/* --- primary keys -------------------------------------------------------------------------- */

gboolean ml_key_is_inlined(const MlRendering *rendering, const MlConstraint *key)
{
    const MlOperation *operation = rendering->operation;
    if (!ml_rendering_is(rendering, ML_SQLITE) || key->columns.length != 1 ||
        !ml_text_is(
            ml_keyword_value(operation->keywords, operation->n_keywords, "sqlite_autoincrement"),
            "True"))
        return FALSE;
    for (gsize i = 0; i < operation->n_constraints; i++)
        if (operation->constraints[i].kind == ML_FOREIGN_KEY &&
            key->columns.items[0].is == ML_KNOWN &&
            ml_texts_hold(operation->constraints[i].columns, key->columns.items[0].text))
            return FALSE;
    for (gsize i = 0; i < operation->n_columns; i++)
        if (ml_is_of_key(&operation->columns[i], key))
            return ml_type_is_integer(rendering, operation->columns[i].type);
    return FALSE;
}

/* What is numbered comes first, where the key is made of columns that say so. */
static void append_key_columns(MlRendering *rendering, GString *out, const MlConstraint *key)
{
    const MlColumn *first = key->inlined ? ml_autoincrement_column(rendering, key) : NULL;
    if (first == NULL) {
        ml_append_column_names(rendering, out, key->columns);
        return;
    }
    ml_append_column_name(rendering, out, first->name);
    for (gsize i = 0; i < key->columns.length; i++) {
        if (ml_text_is(key->columns.items[i], first->name.text))
            continue;
        g_string_append(out, ", ");
        ml_append_column_name(rendering, out, key->columns.items[i]);
    }
}

static void append_primary_key(MlRendering *rendering, GString *out, const MlConstraint *key)
{
    append_preamble(rendering, out, key);
    refuse_strange_columns(rendering, key->columns);
    g_string_append(out, "PRIMARY KEY (");
    append_key_columns(rendering, out, key);
    g_string_append_c(out, ')');
    append_include(rendering, out, key);
    append_deferrability(rendering, out, key);
    append_conflict(rendering, out, key, "sqlite_on_conflict_primary_key");
}

/* --- unique constraints ---------------------------------------------------------------------- */

static void append_unique(MlRendering *rendering, GString *out, const MlConstraint *constraint)
{
    gboolean distinct_said = constraint->nulls_not_distinct.is == ML_KNOWN;
    ml_refuse_if_old(rendering, distinct_said, "postgresql_nulls_not_distinct");
    append_preamble(rendering, out, constraint);
    refuse_strange_columns(rendering, constraint->columns);
    g_string_append(out, "UNIQUE ");
    if (ml_rendering_is(rendering, ML_POSTGRESQL) && distinct_said)
        g_string_append(out, constraint->nulls_not_distinct.value ? "NULLS NOT DISTINCT "
                                                                  : "NULLS DISTINCT ");
    g_string_append_c(out, '(');
    ml_append_column_names(rendering, out, constraint->columns);
    g_string_append_c(out, ')');
    append_include(rendering, out, constraint);
    append_deferrability(rendering, out, constraint);
    append_conflict(rendering, out, constraint, "sqlite_on_conflict_unique");
}

/* --- foreign keys ---------------------------------------------------------------------------- */

/* Postgres' SET NULL (a, b) is known to 2.0. */
static void append_action(MlRendering *rendering, GString *out, const char *words, MlText action)
{
    static const char *const actions[] = {"RESTRICT",    "CASCADE",   "SET NULL",
                                          "SET DEFAULT", "NO ACTION", NULL};
    if (action.is == ML_ABSENT || action.is == ML_NONE)
        return;
    g_string_append_printf(out, " %s ", words);
    if (action.is == ML_KNOWN && strcmp(words, "ON DELETE") == 0 &&
        ml_rendering_is(rendering, ML_POSTGRESQL) && !ml_rendering_is_old(rendering) &&
        g_regex_match_simple("^SET (NULL|DEFAULT)\\s*\\(.+\\)$", action.text, G_REGEX_CASELESS, 0))
        ml_append_sql_text(rendering, out, action, words);
    else
        ml_append_phrase(rendering, out, action, actions, words);
}

static void append_referred_table(MlRendering *rendering, GString *out, const MlConstraint *key)
{
    MlText none = {0};
    ml_append_qualified(rendering, out,
                        ml_rendering_is(rendering, ML_SQLITE) ? none : key->referred_schema,
                        key->referred_table);
}

static void append_foreign_key(MlRendering *rendering, GString *out, const MlConstraint *key)
{
    append_preamble(rendering, out, key);
    refuse_strange_columns(rendering, key->columns);
    if (key->referred_columns.length == 0)
        ml_rendering_refuse(rendering, "refers to columns that are not named");
    g_string_append(out, "FOREIGN KEY(");
    ml_append_column_names(rendering, out, key->columns);
    g_string_append(out, ") REFERENCES ");
    append_referred_table(rendering, out, key);
    g_string_append(out, " (");
    ml_append_names(rendering, out, key->referred_columns);
    g_string_append_c(out, ')');
    if (key->match.is == ML_KNOWN || key->match.is == ML_UNKNOWN) {
        g_string_append(out, " MATCH ");
        ml_append_sql_text(rendering, out, key->match, "how it matches");
    }
    append_action(rendering, out, "ON DELETE", key->ondelete);
    append_action(rendering, out, "ON UPDATE", key->onupdate);
    append_deferrability(rendering, out, key);
    append_validity(rendering, out, key);
}

/* SQLite has none between two schemas; Postgres gets a use_alter later, which Alembic never sends.
 */
static gboolean is_left_out(const MlRendering *rendering, const MlConstraint *key)
{
    const MlOperation *operation = rendering->operation;
    if (ml_rendering_is(rendering, ML_SQLITE))
        return g_strcmp0(operation->schema.text, key->referred_schema.text) != 0;
    return operation->kind == ML_CREATE_TABLE && ml_is_true(key->use_alter);
}

/* --- checks ------------------------------------------------------------------------------------
 */

/* col IN ('a', 'b') */
void ml_append_values(MlRendering *rendering, GString *out, MlTexts column, const MlType *type)
{
    const MlTexts *values = &type->values;
    gboolean is_enum = type->kind == ML_TYPE_ENUM;
    ml_append_column_names(rendering, out, column);
    g_string_append(out, is_enum ? " IN (" : " IN (0, 1");
    for (gsize i = 0; is_enum && i < values->length; i++) {
        g_string_append(out, i > 0 ? ", " : "");
        if (values->items[i].is == ML_KNOWN)
            ml_append_literal(rendering, out, values->items[i].text);
        else
            ml_rendering_refuse(rendering, "has an enum whose values cannot be told");
    }
    g_string_append_c(out, ')');
}

static void append_check(MlRendering *rendering, GString *out, const MlConstraint *check)
{
    append_preamble(rendering, out, check);
    g_string_append(out, "CHECK (");
    if (check->of_type != NULL)
        ml_append_values(rendering, out, check->columns, check->of_type);
    else
        ml_append_sql_text(rendering, out, check->condition, "its condition");
    g_string_append_c(out, ')');
    append_deferrability(rendering, out, check);
}

static void append_column_check(MlRendering *rendering, GString *out, const MlConstraint *check)
{
    MlText conflict = ml_keyword_value(check->keywords, check->n_keywords, "sqlite_on_conflict");
    if (ml_rendering_is(rendering, ML_SQLITE) && conflict.is != ML_ABSENT)
        ml_rendering_refuse(rendering, "has a column's check with sqlite_on_conflict, which "
                                       "SQLAlchemy refuses");
    g_string_append_c(out, ' ');
    append_check(rendering, out, check);
}

void ml_append_column_checks(MlRendering *rendering, GString *out, const MlColumn *column)
{
    const MlOperation *operation = rendering->operation;
    for (gsize i = 0; column->name.is == ML_KNOWN && i < operation->n_constraints; i++)
        if (operation->constraints[i].kind == ML_CHECK &&
            ml_text_is(operation->constraints[i].column, column->name.text))
            append_column_check(rendering, out, &operation->constraints[i]);
}

static void append_table_check(MlRendering *rendering, GString *out, const MlConstraint *check)
{
    append_check(rendering, out, check);
    append_validity(rendering, out, check);
    append_conflict(rendering, out, check, NULL);
}

/* --- exclusion constraints
 * ------------------------------------------------------------------------ */

static void append_elements(MlRendering *rendering, GString *out, const MlConstraint *constraint)
{
    for (gsize i = 0; i < constraint->n_parts; i++) {
        const MlIndexPart *part = &constraint->parts[i];
        g_string_append(out, i > 0 ? ", " : "");
        refuse_strange_columns(
            rendering, (MlTexts){.items = &part->column, .length = part->column.is == ML_KNOWN});
        ml_append_index_part(rendering, out, part);
        g_string_append(out, " WITH ");
        ml_append_sql_text(rendering, out, part->operator_name, "an operator");
    }
}

void ml_append_method(MlRendering *rendering, GString *out, MlText method)
{
    if (method.is != ML_KNOWN || !g_regex_match_simple("^\\w+$", method.text, 0, 0)) {
        ml_rendering_refuse(rendering, "has a method that SQLAlchemy refuses");
        return;
    }
    g_autofree char *lower = g_utf8_strdown(method.text, -1);
    g_string_append(out, lower);
}

static void append_exclude(MlRendering *rendering, GString *out, const MlConstraint *constraint)
{
    if (!ml_rendering_is(rendering, ML_POSTGRESQL))
        ml_rendering_refuse(rendering, "has an exclusion constraint, which SQLite does not have");
    append_preamble(rendering, out, constraint);
    g_string_append(out, "EXCLUDE USING ");
    ml_append_method(rendering, out, constraint->method);
    g_string_append(out, " (");
    append_elements(rendering, out, constraint);
    g_string_append_c(out, ')');
    if (constraint->where.is == ML_KNOWN || constraint->where.is == ML_UNKNOWN) {
        g_string_append(out, " WHERE (");
        ml_append_sql_text(rendering, out, constraint->where, "its condition");
        g_string_append_c(out, ')');
    }
    append_deferrability(rendering, out, constraint);
}

/* --- all of them
 * -------------------------------------------------------------------------------------- */

gboolean ml_append_constraint(MlRendering *rendering, GString *out, const MlConstraint *constraint)
{
    switch (constraint->kind) {
    case ML_PRIMARY_KEY:
        if (rendering->operation->kind == ML_CREATE_TABLE &&
            ml_key_is_inlined(rendering, constraint))
            return FALSE;
        append_primary_key(rendering, out, constraint);
        return TRUE;
    case ML_UNIQUE:
        append_unique(rendering, out, constraint);
        return TRUE;
    case ML_FOREIGN_KEY:
        if (is_left_out(rendering, constraint))
            return FALSE;
        append_foreign_key(rendering, out, constraint);
        return TRUE;
    case ML_CHECK:
        append_table_check(rendering, out, constraint);
        return TRUE;
    case ML_EXCLUDE:
        append_exclude(rendering, out, constraint);
        return TRUE;
    default:
        ml_rendering_refuse(rendering, "has a constraint that cannot be told");
        return FALSE;
    }
}

static gboolean is_on_sqlite(MlRendering *rendering)
{
    if (!ml_rendering_is(rendering, ML_SQLITE))
        return FALSE;
    ml_rendering_refuse(rendering, "adds or drops a constraint, which SQLite cannot: use "
                                   "op.batch_alter_table()");
    return TRUE;
}

void ml_send_constraint(MlRendering *rendering, const MlConstraint *constraint)
{
    /* what a type makes by itself, Alembic leaves out there with a warning */
    if ((constraint->of_type != NULL && ml_rendering_is(rendering, ML_SQLITE)) ||
        is_on_sqlite(rendering))
        return;
    GString *statement = g_string_new("ALTER TABLE ");
    ml_append_table(rendering, statement);
    g_string_append(statement, " ADD ");
    ml_append_constraint(rendering, statement, constraint);
    ml_rendering_send(rendering, statement);
}

void ml_render_add_constraint(MlRendering *rendering)
{
    ml_send_constraint(rendering, &rendering->operation->constraints[0]);
}

static GString *begin_drop(MlRendering *rendering)
{
    GString *statement = g_string_new("ALTER TABLE ");
    ml_append_table(rendering, statement);
    g_string_append(statement, " DROP CONSTRAINT ");
    return statement;
}

static void send_drop(MlRendering *rendering, GString *statement, MlResolvedName name, MlText given,
                      gboolean final)
{
    if (!ml_append_resolved_name(rendering, statement, name, given, final))
        ml_rendering_refuse(rendering, "drops a constraint without a name");
    ml_rendering_send(rendering, statement);
}

static gboolean is_known_kind(MlText kind)
{
    static const char *const kinds[] = {"check", "foreignkey", "primary", "unique", NULL};
    return kind.is != ML_KNOWN || g_strv_contains(kinds, kind.text);
}

void ml_render_drop_constraint(MlRendering *rendering)
{
    const MlOperation *operation = rendering->operation;
    if (is_on_sqlite(rendering))
        return;
    if (!is_known_kind(operation->constraint_type))
        ml_rendering_refuse(rendering, "has a type_ that Alembic does not take");
    GString *statement = begin_drop(rendering);
    ml_append_condition(rendering, statement, operation->if_exists, "IF EXISTS");
    send_drop(rendering, statement, ml_dropped_name(rendering->catalog, operation), operation->name,
              operation->final);
}

void ml_send_drop_of_check(MlRendering *rendering, const MlConstraint *check)
{
    MlResolvedName name =
        ml_constraint_resolved_name(rendering->catalog, rendering->operation, check);
    send_drop(rendering, begin_drop(rendering), name, check->name, check->final);
}
