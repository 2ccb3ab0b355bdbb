/*
 * A table of the catalog -> what SQLAlchemy sees of it in SQLite.
 *
 * Columns, types and defaults it is told by PRAGMA; what else there is it looks for in the text of
 * CREATE TABLE, with regular expressions that overlook some of it
 * (sqlalchemy.dialects.sqlite.base.SQLiteDialect.get_foreign_keys and its neighbours).
 */
#include "render/reflection.h"

#include <string.h>

void ml_reflection_clear(MlReflection *reflection)
{
    g_clear_pointer(&reflection->columns, g_array_unref);
    g_clear_pointer(&reflection->constraints, g_array_unref);
    g_clear_pointer(&reflection->indexes, g_array_unref);
}

/* Names of a catalog as those of an operation. */
static MlTexts texts_of(MlOperations *memory, MlNames names)
{
    MlText *items = ml_operations_alloc(memory, (names.length + 1) * sizeof *items);
    for (gsize i = 0; i < names.length; i++)
        items[i] = (MlText){.is = names.known && names.items[i] ? ML_KNOWN : ML_UNKNOWN,
                            .text = names.items[i]};
    return (MlTexts){
        .is = names.known ? ML_KNOWN : ML_UNKNOWN, .items = items, .length = names.length};
}

/* --- what regular expressions make of it ------------------------------------------------------ */

/* Others are taken apart, or end too early. */
static gboolean is_seen_whole(const char *name)
{
    if (!g_utf8_validate(name, -1, NULL))
        return FALSE;
    for (; *name != '\0'; name = g_utf8_next_char(name))
        if (!g_unichar_isalnum(g_utf8_get_char(name)) && strchr("_- ", *name) == NULL)
            return FALSE;
    return TRUE;
}

static void refuse_odd(MlRendering *rendering, const char *name)
{
    if (name != NULL && !is_seen_whole(name))
        ml_rendering_refuse(rendering, "has a name that SQLAlchemy does not see whole: %s", name);
}

static void refuse_odd_ones(MlRendering *rendering, MlNames names)
{
    if (!names.known)
        ml_rendering_refuse(rendering, "has columns that cannot be told");
    for (gsize i = 0; i < names.length; i++)
        refuse_odd(rendering, names.items[i]);
}

/* text(":x") has a parameter. */
static void refuse_parameters(MlRendering *rendering, const char *sql)
{
    if (g_regex_match_simple("(?<![:\\w\\\\]):\\w+(?!:)|\\\\:", sql, 0, 0))
        ml_rendering_refuse(rendering, "has SQL in which SQLAlchemy sees a parameter: %s", sql);
}

/* --- types ---------------------------------------------------------------------------------- */

typedef struct {
    const char *name, *class_name;
    MlTypeKind kind;
} Seen;

static const Seen seen_types[] = {
    {"BIGINT", "BIGINT", ML_TYPE_BIGINT},
    {"BLOB", "BLOB", ML_TYPE_BINARY},
    {"BOOL", "BOOLEAN", ML_TYPE_BOOLEAN},
    {"BOOLEAN", "BOOLEAN", ML_TYPE_BOOLEAN},
    {"CHAR", "CHAR", ML_TYPE_CHAR},
    {"DATE", "DATE", ML_TYPE_DATE},
    {"DATE_CHAR", "DATE", ML_TYPE_DATE},
    {"DATETIME", "DATETIME", ML_TYPE_TIMESTAMP},
    {"DATETIME_CHAR", "DATETIME", ML_TYPE_TIMESTAMP},
    {"DECIMAL", "DECIMAL", ML_TYPE_NUMERIC},
    {"DOUBLE", "DOUBLE", ML_TYPE_DOUBLE},
    {"FLOAT", "FLOAT", ML_TYPE_FLOAT},
    {"INT", "INTEGER", ML_TYPE_INTEGER},
    {"INTEGER", "INTEGER", ML_TYPE_INTEGER},
    {"JSON", "JSON", ML_TYPE_JSON},
    {"NCHAR", "NCHAR", ML_TYPE_CHAR},
    {"NUMERIC", "NUMERIC", ML_TYPE_NUMERIC},
    {"NVARCHAR", "NVARCHAR", ML_TYPE_VARCHAR},
    {"REAL", "REAL", ML_TYPE_REAL},
    {"SMALLINT", "SMALLINT", ML_TYPE_SMALLINT},
    {"TEXT", "TEXT", ML_TYPE_TEXT},
    {"TIME", "TIME", ML_TYPE_TIME},
    {"TIME_CHAR", "TIME", ML_TYPE_TIME},
    {"TIMESTAMP", "TIMESTAMP", ML_TYPE_TIMESTAMP},
    {"VARCHAR", "VARCHAR", ML_TYPE_VARCHAR},
};

/* By SQLite's rules of affinity, in the order that they are tried in. */
static const struct {
    const char *part, *name;
} affinities[] = {
    {"INT", "INTEGER"}, {"CHAR", "TEXT"}, {"CLOB", "TEXT"}, {"TEXT", "TEXT"}, {"BLOB", NULL},
    {"REAL", "REAL"},   {"FLOA", "REAL"}, {"DOUB", "REAL"}, {"", "NUMERIC"},
};

static const Seen *find_seen(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(seen_types); i++)
        if (strcmp(seen_types[i].name, name) == 0)
            return &seen_types[i];
    return NULL;
}

/* NULL: NullType. */
static const Seen *resolve_affinity(const char *word)
{
    const Seen *seen = find_seen(word);
    if (seen != NULL || *word == '\0')
        return seen;
    for (gsize i = 0; i < G_N_ELEMENTS(affinities); i++)
        if (strstr(word, affinities[i].part) != NULL)
            return affinities[i].name ? find_seen(affinities[i].name) : NULL;
    return NULL;
}

/* How many numbers its class takes; others are forgotten. */
static void set_arguments(MlType *type, char **numbers)
{
    guint length = numbers ? g_strv_length(numbers) : 0;
    MlNumber first = {.is = length > 0 ? ML_KNOWN : ML_ABSENT};
    MlNumber second = {.is = length > 1 ? ML_KNOWN : ML_ABSENT};
    first.value = length > 0 ? g_ascii_strtoll(numbers[0], NULL, 10) : 0;
    second.value = length > 1 ? g_ascii_strtoll(numbers[1], NULL, 10) : 0;
    switch (type->kind) {
    case ML_TYPE_CHAR:
    case ML_TYPE_VARCHAR:
    case ML_TYPE_TEXT:
        if (length == 1)
            type->length = first;
        break;
    case ML_TYPE_NUMERIC:
        type->precision = first;
        type->scale = second;
        break;
    default:
        break;
    }
}

/* A type as it is seen in what stands behind the column's name (_resolve_type_affinity). */
static const MlType *reflect_type(const MlRendering *rendering, MlOperations *memory,
                                  const char *text)
{
    MlType *type = ml_operations_alloc(memory, sizeof *type);
    g_autofree char *upper = g_utf8_strup(text, -1);
    gsize length = strspn(upper, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ ");
    const char *end = upper[length] == '(' ? strchr(upper + length, ')') : NULL;
    g_autofree char *word = g_strndup(upper, length);
    const Seen *seen = resolve_affinity(word);
    if (seen == NULL)
        return type;
    type->kind = seen->kind;
    type->class_name = seen->class_name;
    if (seen->kind == ML_TYPE_DOUBLE && ml_rendering_is_old(rendering))
        type->class_name = "FLOAT";
    type->library = "sqlalchemy";
    if (end != NULL) {
        g_autofree char *within = g_strndup(upper + length + 1, (gsize)(end - upper) - length - 1);
        g_auto(GStrv) numbers = g_regex_split_simple("[^0-9]+", within, 0, 0);
        set_arguments(type, numbers);
    }
    return type;
}

/* --- defaults ----------------------------------------------------------------------------------
 */

/* Where the bracket that a text begins with is closed; NULL: nowhere. */
static const char *closing(const char *text)
{
    gsize depth = 0;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\'' || *at == '"') {
            at = strchr(at + 1, *at);
            if (at == NULL)
                return NULL;
        } else if (*at == '(') {
            depth++;
        } else if (*at == ')' && --depth == 0) {
            return at;
        }
    }
    return NULL;
}

/* What PRAGMA table_info tells: without the brackets around an expression. */
static char *told_default(const char *ddl)
{
    const char *end = *ddl == '(' ? closing(ddl) : NULL;
    char *told =
        end != NULL && end[1] == '\0' ? g_strndup(ddl + 1, (gsize)(end - ddl) - 1) : g_strdup(ddl);
    return g_strstrip(told);
}

/* SQLiteImpl._guess_if_default_is_unparenthesized_sql_expr */
static gboolean wants_brackets(const char *text)
{
    return *text != '\0' && !g_regex_match_simple("^[0-9.]\\n?$", text, 0, 0) &&
           !g_regex_match_simple("^'.+'$", text, 0, 0) &&
           !g_regex_match_simple("^\\(.+\\)$", text, 0, 0);
}

static char *seen_default(const char *ddl)
{
    g_autofree char *told = told_default(ddl);
    return wants_brackets(told) ? g_strdup_printf("(%s)", told) : g_steal_pointer(&told);
}

static MlDefault reflect_default(MlRendering *rendering, MlOperations *memory,
                                 const MlCatalogColumn *column)
{
    static const char word[] = " DEFAULT ";
    g_autoptr(GString) clause = g_string_new(NULL);
    const MlDefault *value = &column->server_default;
    if (value->kind == ML_DEFAULT_COMPUTED)
        ml_rendering_refuse(rendering, "copies the generated column %s, which SQLite refuses",
                            column->name);
    if (value->kind == ML_DEFAULT_SERIAL)
        ml_rendering_refuse(rendering, "has a server default that cannot be told");
    ml_append_default_clause(rendering, clause, value);
    if (clause->len == 0 || rendering->refusal != NULL)
        return (MlDefault){0};
    g_autofree char *seen = seen_default(clause->str + strlen(word));
    g_autofree char *again = seen_default(seen);
    if (strcmp(seen, again) != 0)
        ml_rendering_refuse(rendering,
                            "has a server default that is another each time that "
                            "SQLAlchemy sees it: %s",
                            seen);
    refuse_parameters(rendering, seen);
    return (MlDefault){.kind = ML_DEFAULT_SQL, .text = ml_operations_text(memory, seen, -1)};
}

/* --- columns ---------------------------------------------------------------------------------- */

static const MlType *reflect_column_type(MlRendering *rendering, MlOperations *memory,
                                         const MlType *type)
{
    g_autoptr(GString) text = g_string_new(NULL);
    ml_append_type(rendering, text, type);
    char *collation = strstr(text->str, " COLLATE ");
    if (collation != NULL)
        g_string_truncate(text, (gsize)(collation - text->str));
    return reflect_type(rendering, memory, text->str);
}

static MlColumn reflect_column(MlRendering *rendering, MlOperations *memory,
                               const MlCatalogColumn *column)
{
    if (column->existence.is != ML_PRESENCE_PRESENT)
        ml_rendering_refuse(rendering, "has columns that cannot be told");
    if (column->nullable == ML_PERHAPS)
        ml_rendering_refuse(rendering,
                            "has a column of which it cannot be told whether it may "
                            "be NULL: %s",
                            column->name);
    return (MlColumn){
        .name = ml_text_known(column->name),
        .type = reflect_column_type(rendering, memory, column->type),
        .nullable = {.is = ML_KNOWN, .value = column->nullable == ML_YES},
        .server_default = reflect_default(rendering, memory, column),
    };
}

/* --- constraints --------------------------------------------------------------------------------
 */

/* 1.4 overlooks a name in quotes, but for unique constraints and checks. */
static MlText seen_name(MlRendering *rendering, const MlCatalogConstraint *constraint)
{
    g_autoptr(GString) quoted = g_string_new(NULL);
    gboolean overlooked = ml_rendering_is_old(rendering) && constraint->kind != ML_UNIQUE &&
                          constraint->kind != ML_CHECK;
    if (constraint->naming == ML_NAME_UNKNOWN)
        ml_rendering_refuse(rendering, "has a constraint whose name cannot be told");
    if (constraint->name == NULL)
        return (MlText){0};
    refuse_odd(rendering, constraint->name);
    ml_append_name(rendering, quoted, constraint->name);
    return overlooked && *quoted->str == '"' ? (MlText){0} : ml_text_known(constraint->name);
}

static MlText seen_action(MlOperations *memory, MlText action)
{
    if (action.is != ML_KNOWN || g_ascii_strcasecmp(action.text, "NO ACTION") == 0)
        return action.is == ML_UNKNOWN ? action : (MlText){0};
    g_autofree char *upper = g_ascii_strup(action.text, -1);
    return ml_text_known(ml_operations_text(memory, upper, -1));
}

/* What stands behind MATCH is overlooked; so is INITIALLY without DEFERRABLE. */
static void reflect_key_options(MlReflection *reflection, MlConstraint *seen,
                                const MlConstraint *key)
{
    if (key->match.is == ML_KNOWN || key->match.is == ML_UNKNOWN)
        return;
    seen->ondelete = seen_action(reflection->memory, key->ondelete);
    seen->onupdate = seen_action(reflection->memory, key->onupdate);
    seen->deferrable = key->deferrable;
    if (key->deferrable.is == ML_KNOWN)
        seen->initially = seen_action(reflection->memory, key->initially);
}

static void reflect_foreign_key(MlRendering *rendering, MlReflection *reflection,
                                MlConstraint *seen, const MlCatalogConstraint *key)
{
    if (key->definition == NULL || key->referred_table == NULL || !key->referred_columns.known ||
        key->referred_columns.length == 0)
        ml_rendering_refuse(rendering, "has a foreign key that cannot be told");
    if (rendering->refusal != NULL)
        return;
    refuse_odd(rendering, key->referred_table);
    refuse_odd_ones(rendering, key->referred_columns);
    seen->referred_schema = rendering->operation->schema;
    seen->referred_table = ml_text_known(key->referred_table);
    seen->referred_columns = texts_of(reflection->memory, key->referred_columns);
    reflect_key_options(reflection, seen, key->definition);
    if (ml_catalog_table(rendering->catalog, NULL, key->referred_table, NULL) == ML_PRESENCE_ABSENT)
        ml_rendering_refuse(rendering,
                            "refers to the table %s, which is not there: SQLAlchemy "
                            "cannot reflect it",
                            key->referred_table);
}

static MlText condition_of(MlRendering *rendering, MlOperations *memory,
                           const MlCatalogConstraint *check)
{
    const MlType *type = check->definition != NULL ? check->definition->of_type : NULL;
    if (type == NULL)
        return check->condition;
    g_autoptr(GString) condition = g_string_new(NULL);
    ml_append_values(rendering, condition, texts_of(memory, check->columns), type);
    return ml_text_known(ml_operations_text(memory, condition->str, -1));
}

static gboolean was_made_with_table(const MlCatalogConstraint *check)
{
    const MlOperation *by = check->existence.made ? check->existence.made->operation : NULL;
    return by != NULL &&
           (by->kind == ML_CREATE_TABLE || (by->batch != NULL && ml_batch_recreates(by->batch)));
}

static guint count_checks(const MlCatalogTable *table, MlText column)
{
    guint count = 0;
    for (gsize i = 0; i < table->n_constraints; i++) {
        const MlConstraint *made = table->constraints[i]->definition;
        count += made != NULL && ml_text_is(made->column, column.text);
    }
    return count;
}

/* 1.4 takes a line for one check: each of them stands on its own, unless within a column. */
static void refuse_overlooked_check(MlRendering *rendering, const MlCatalogTable *table,
                                    const MlCatalogConstraint *check)
{
    const MlConstraint *made = check->definition;
    if (ml_rendering_is_old(rendering) && made != NULL && made->column.is != ML_ABSENT &&
        (!was_made_with_table(check) || count_checks(table, made->column) > 1))
        ml_rendering_refuse(rendering, "has a check within a column, which SQLAlchemy 1.4 may "
                                       "not see whole");
}

static void reflect_check(MlRendering *rendering, MlReflection *reflection,
                          const MlCatalogTable *table, MlConstraint *seen,
                          const MlCatalogConstraint *check)
{
    MlText condition = condition_of(rendering, reflection->memory, check);
    if (condition.is != ML_KNOWN || strchr(condition.text, '\n') != NULL)
        ml_rendering_refuse(rendering, "has a check that cannot be told: %s", check->name);
    if (rendering->refusal != NULL)
        return;
    refuse_overlooked_check(rendering, table, check);
    refuse_parameters(rendering, condition.text);
    g_autofree char *text = g_strstrip(g_strdup(condition.text));
    seen->condition = ml_text_known(ml_operations_text(reflection->memory, text, -1));
    seen->columns = (MlTexts){0};
}

/* What add_perhaps_check() of the catalog notes of a type of the project's own, and no type that
 * makes a check. */
static gboolean is_no_check(const MlCatalogTable *table, const MlCatalogConstraint *check)
{
    const MlCatalogColumn *column = NULL;
    if (check->existence.is != ML_PRESENCE_UNKNOWN || check->definition != NULL ||
        check->columns.length != 1)
        return FALSE;
    ml_table_column(table, check->columns.items[0], &column);
    const MlType *type = column ? ml_type_in(column->type, "sqlite") : NULL;
    return type != NULL && type->kind != ML_TYPE_CUSTOM && type->kind != ML_TYPE_UNKNOWN &&
           type->kind != ML_TYPE_BOOLEAN && type->kind != ML_TYPE_ENUM;
}

/* A check without a name is taken for a type's. */
static gboolean is_overlooked(const MlCatalogTable *table, const MlCatalogConstraint *constraint)
{
    return constraint->kind == ML_CHECK &&
           (constraint->naming == ML_NAME_NONE || is_no_check(table, constraint));
}

static void reflect_constraint(MlRendering *rendering, MlReflection *reflection,
                               const MlCatalogTable *table, const MlCatalogConstraint *constraint)
{
    MlConstraint seen = {.kind = constraint->kind, .final = TRUE};
    if (is_overlooked(table, constraint))
        return;
    if (constraint->existence.is != ML_PRESENCE_PRESENT)
        ml_rendering_refuse(rendering, "may have a constraint that cannot be told");
    seen.name = seen_name(rendering, constraint);
    if (constraint->kind == ML_CHECK) {
        reflect_check(rendering, reflection, table, &seen, constraint);
    } else {
        refuse_odd_ones(rendering, constraint->columns);
        seen.columns = texts_of(reflection->memory, constraint->columns);
    }
    if (constraint->kind == ML_FOREIGN_KEY)
        reflect_foreign_key(rendering, reflection, &seen, constraint);
    if (constraint->kind == ML_CONSTRAINT_UNKNOWN || constraint->kind == ML_EXCLUDE)
        ml_rendering_refuse(rendering, "has a constraint that cannot be told");
    g_array_append_val(reflection->constraints, seen);
}

static gboolean are_alike(const MlConstraint *one, const MlConstraint *other)
{
    gboolean alike = one->kind == other->kind && one->columns.length == other->columns.length &&
                     one->columns.length > 0 &&
                     g_strcmp0(one->referred_table.text, other->referred_table.text) == 0;
    for (gsize i = 0; alike && i < one->columns.length; i++)
        alike = g_strcmp0(one->columns.items[i].text, other->columns.items[i].text) == 0;
    return alike;
}

/* Of several unique constraints on the same columns, the first one in the text is seen. */
static void forget_doubles(MlRendering *rendering, MlReflection *reflection)
{
    GArray *all = reflection->constraints;
    for (guint i = all->len; i-- > 0;) {
        for (guint j = 0; j < i; j++) {
            const MlConstraint *one = &g_array_index(all, MlConstraint, j);
            const MlConstraint *other = &g_array_index(all, MlConstraint, i);
            if (!are_alike(one, other))
                continue;
            if (one->kind != ML_UNIQUE || one->name.is == ML_KNOWN)
                ml_rendering_refuse(rendering, "has two keys of the same columns, of which "
                                               "SQLAlchemy sees one");
            g_array_remove_index(all, i);
            break;
        }
    }
}

/* --- indexes ------------------------------------------------------------------------------------
 */

/* SQLite takes "x COLLATE NOCASE", said as an expression, for the column. */
static void refuse_near_columns(MlRendering *rendering, const MlIndex *index)
{
    for (gsize i = 0; i < index->n_parts; i++) {
        MlText expression = index->parts[i].expression;
        if (expression.is == ML_UNKNOWN ||
            (expression.is == ML_KNOWN && !g_regex_match_simple("[(+*/|]", expression.text, 0, 0)))
            ml_rendering_refuse(rendering, "has an index on what may be a column or an expression");
    }
}

static MlIndexPart *parts_of(MlOperations *memory, MlNames columns)
{
    MlIndexPart *parts = ml_operations_alloc(memory, (columns.length + 1) * sizeof *parts);
    for (gsize i = 0; i < columns.length; i++)
        parts[i].column = ml_text_known(columns.items[i]);
    return parts;
}

static void refuse_index(MlRendering *rendering, const MlCatalogIndex *index)
{
    if (index->existence.is != ML_PRESENCE_PRESENT || index->definition == NULL ||
        index->name == NULL || !index->columns.known || index->rewritten)
        ml_rendering_refuse(rendering, "has an index that cannot be told");
}

/* Its order and its collations are not seen, nor is it at all if it is on an expression. */
static void reflect_index(MlRendering *rendering, MlReflection *reflection,
                          const MlCatalogIndex *index)
{
    const MlIndex *made = index->definition;
    refuse_index(rendering, index);
    if (rendering->refusal != NULL)
        return;
    refuse_near_columns(rendering, made);
    if (ml_index_has_expression(index) || rendering->refusal != NULL)
        return;
    MlIndex seen = {.name = ml_text_known(index->name),
                    .final = TRUE,
                    .parts = parts_of(reflection->memory, index->columns),
                    .n_parts = index->columns.length,
                    .unique = made->unique,
                    .where = made->where};
    if (made->unique.is == ML_UNKNOWN || made->where.is == ML_UNKNOWN)
        ml_rendering_refuse(rendering, "has an index that cannot be told");
    if (made->where.is == ML_KNOWN) {
        refuse_parameters(rendering, made->where.text);
        if (strchr(made->where.text, '\n') != NULL)
            ml_rendering_refuse(rendering, "has an index with a condition of several lines");
    }
    g_array_append_val(reflection->indexes, seen);
}

/* --- all of it ----------------------------------------------------------------------------------
 */

MlReflection ml_reflect_table(MlRendering *rendering, MlOperations *memory,
                              const MlCatalogTable *table)
{
    MlReflection reflection = {
        .memory = memory,
        .columns = g_array_new(FALSE, FALSE, sizeof(MlColumn)),
        .constraints = g_array_new(FALSE, FALSE, sizeof(MlConstraint)),
        .indexes = g_array_new(FALSE, FALSE, sizeof(MlIndex)),
    };
    for (gsize i = 0; i < table->n_columns; i++) {
        MlColumn column = reflect_column(rendering, memory, table->columns[i]);
        g_array_append_val(reflection.columns, column);
    }
    for (gsize i = 0; i < table->n_constraints; i++)
        reflect_constraint(rendering, &reflection, table, table->constraints[i]);
    for (gsize i = 0; i < table->n_indexes; i++)
        reflect_index(rendering, &reflection, table->indexes[i]);
    forget_doubles(rendering, &reflection);
    return reflection;
}
