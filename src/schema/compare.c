#include "schema/compare.h"

#include <string.h>

/* --- texts --------------------------------------------------------------- */

void ml_comparison_add(MlComparison *comparison, const char *property, const char *before,
                       const char *after, gboolean certain)
{
    MlPool *pool = comparison->before->pool;
    MlSchemaDifference difference = comparison->subject;
    difference.kind = ML_SCHEMA_CHANGED;
    difference.property = property;
    difference.before = ml_pool_text(pool, before);
    difference.after = ml_pool_text(pool, after);
    difference.certain &= certain;
    g_array_append_val(comparison->found, difference);
}

static void compare_words(MlComparison *comparison, const char *property, const char *one,
                          const char *other)
{
    if (g_strcmp0(one, other) != 0)
        ml_comparison_add(comparison, property, one, other, TRUE);
}

/* None and absent are the same; what is unknown on either side is not told. */
static void compare_texts(MlComparison *comparison, const char *property, MlText one, MlText other)
{
    if (one.is != ML_UNKNOWN && other.is != ML_UNKNOWN)
        compare_words(comparison, property, one.text, other.text);
}

void ml_compare_comments(MlComparison *comparison, MlText one, MlText other)
{
    if (!ml_is_sqlite(comparison->before)) /* which has none */
        compare_texts(comparison, "comment", one, other);
}

static void compare_flags(MlComparison *comparison, const char *property, MlFlag one, MlFlag other)
{
    if (one.is != ML_UNKNOWN && other.is != ML_UNKNOWN && ml_is_true(one) != ml_is_true(other))
        ml_comparison_add(comparison, property, ml_is_true(one) ? "true" : "false",
                          ml_is_true(other) ? "true" : "false", TRUE);
}

static char *without_spaces(const char *sql)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (const char *c = sql; *c != '\0'; c++)
        if (!g_ascii_isspace(*c) && *c != '(' && *c != ')' && *c != '"')
            g_string_append_c(text, g_ascii_tolower(*c));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* An expression that is written otherwise may still be the same. */
static void compare_sql(MlComparison *comparison, const char *property, MlText one, MlText other)
{
    if (one.is == ML_UNKNOWN || other.is == ML_UNKNOWN)
        return;
    g_autofree char *left = one.text ? without_spaces(one.text) : NULL;
    g_autofree char *right = other.text ? without_spaces(other.text) : NULL;
    if (g_strcmp0(left, right) != 0)
        ml_comparison_add(comparison, property, one.text, other.text,
                          one.text == NULL || other.text == NULL);
}

/* --- names --------------------------------------------------------------- */

gboolean ml_names_are_same(MlNames one, MlNames other)
{
    if (!one.known || !other.known || one.length != other.length)
        return FALSE;
    for (gsize i = 0; i < one.length; i++)
        if (g_strcmp0(one.items[i], other.items[i]) != 0)
            return FALSE;
    return TRUE;
}

static const char *name_in_words(const char *name)
{
    return name == NULL ? "(expression)" : *name == '\0' ? "''" : name;
}

static char *list(MlNames names)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; i < names.length; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", name_in_words(names.items[i]));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void compare_names(MlComparison *comparison, const char *property, MlNames one,
                          MlNames other)
{
    if (!one.known || !other.known || ml_names_are_same(one, other))
        return;
    g_autofree char *left = list(one), *right = list(other);
    ml_comparison_add(comparison, property, left, right, TRUE);
}

/* --- columns ------------------------------------------------------------- */

typedef char *Canonical(const MlCatalogColumn *column, const char *dialect);

static char *canonical_type(const MlCatalogColumn *column, const char *dialect)
{
    return ml_type_canonical(column->type, dialect);
}

static char *canonical_default(const MlCatalogColumn *column, const char *dialect)
{
    return ml_default_canonical(&column->server_default, column->type, dialect);
}

/* Words, numbers, quoted text and calls without arguments are one thing each. */
static gboolean is_plain(const char *text)
{
    gsize length = strlen(text);
    if (text[0] == '\'')
        return TRUE;
    if (g_str_has_suffix(text, "()"))
        length -= 2;
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isalnum(text[i]) && strchr("_.+- ", text[i]) == NULL)
            return FALSE;
    return TRUE;
}

/* ML_YES: known to differ; ML_NO: known to be the same. */
static MlAnswer differ(Canonical *canonical, const MlCatalogColumn *one,
                       const MlCatalogColumn *other, const char *dialect, char **left, char **right)
{
    *left = canonical(one, dialect);
    *right = canonical(other, dialect);
    if (*left == NULL || *right == NULL)
        return ML_PERHAPS;
    return strcmp(*left, *right) == 0 ? ML_NO : ML_YES;
}

/* Where the dialect is unknown, or not one of these, it has to be so in each. */
static void compare_canonical(MlComparison *comparison, const char *property, Canonical *canonical,
                              const MlCatalogColumn *one, const MlCatalogColumn *other,
                              gboolean plain_alone)
{
    gboolean is_either = !ml_is_postgres(comparison->before) && !ml_is_sqlite(comparison->before);
    const char *dialect = ml_is_sqlite(comparison->before) ? "sqlite" : "postgresql";
    g_autofree char *left = NULL, *right = NULL, *left_also = NULL, *right_also = NULL;
    MlAnswer answer = differ(canonical, one, other, dialect, &left, &right);
    if (is_either && differ(canonical, one, other, "sqlite", &left_also, &right_also) != answer)
        answer = ML_PERHAPS;
    if (answer == ML_NO)
        return;
    gboolean certain = answer == ML_YES;
    if (certain && plain_alone)
        certain = is_plain(left) && is_plain(right);
    ml_comparison_add(comparison, property, left, right, certain);
}

static const char *null_words(MlAnswer nullable)
{
    return nullable == ML_YES ? "NULL" : "NOT NULL";
}

void ml_compare_columns(MlComparison *comparison, const MlCatalogColumn *one,
                        const MlCatalogColumn *other)
{
    if (one->type != other->type)
        compare_canonical(comparison, "type", canonical_type, one, other, FALSE);
    if (one->nullable != other->nullable)
        ml_comparison_add(comparison, "nullable", null_words(one->nullable),
                          null_words(other->nullable),
                          one->nullable != ML_PERHAPS && other->nullable != ML_PERHAPS);
    compare_canonical(comparison, "server_default", canonical_default, one, other, TRUE);
    ml_compare_comments(comparison, one->comment, other->comment);
}

/* --- constraints --------------------------------------------------------- */

/* NO ACTION is what happens unsaid. */
static MlText action(MlText text)
{
    g_autofree char *upper = text.is == ML_KNOWN ? g_ascii_strup(text.text, -1) : NULL;
    return g_strcmp0(upper, "NO ACTION") == 0 ? (MlText){0} : text;
}

static void compare_actions(MlComparison *comparison, const char *property, MlText one,
                            MlText other)
{
    one = action(one);
    other = action(other);
    if (one.is == ML_UNKNOWN || other.is == ML_UNKNOWN)
        return;
    if ((one.text == NULL) != (other.text == NULL) ||
        (one.text != NULL && g_ascii_strcasecmp(one.text, other.text) != 0))
        ml_comparison_add(comparison, property, one.text, other.text, TRUE);
}

static void compare_keys(MlComparison *comparison, const MlCatalogConstraint *one,
                         const MlCatalogConstraint *other)
{
    if (one->referred_table != NULL && other->referred_table != NULL) {
        compare_words(comparison, "referred_table", one->referred_table, other->referred_table);
        compare_words(comparison, "referred_schema", one->referred_schema, other->referred_schema);
    }
    if (one->referred_columns.length > 0 && other->referred_columns.length > 0)
        compare_names(comparison, "referred_columns", one->referred_columns,
                      other->referred_columns);
    if (one->definition == NULL || other->definition == NULL)
        return;
    compare_actions(comparison, "ondelete", one->definition->ondelete, other->definition->ondelete);
    compare_actions(comparison, "onupdate", one->definition->onupdate, other->definition->onupdate);
}

static void compare_deferral(MlComparison *comparison, const MlCatalogConstraint *one,
                             const MlCatalogConstraint *other)
{
    compare_flags(comparison, "deferrable", one->deferrable, other->deferrable);
    gboolean left = ml_text_is(one->initially, "DEFERRED");
    gboolean right = ml_text_is(other->initially, "DEFERRED");
    if (one->initially.is != ML_UNKNOWN && other->initially.is != ML_UNKNOWN && left != right)
        ml_comparison_add(comparison, "initially", left ? "DEFERRED" : "IMMEDIATE",
                          right ? "DEFERRED" : "IMMEDIATE", TRUE);
}

void ml_compare_constraints(MlComparison *comparison, const MlCatalogConstraint *one,
                            const MlCatalogConstraint *other)
{
    if (one->kind != other->kind) {
        ml_comparison_add(comparison, "kind", ml_constraint_kind_name(one->kind),
                          ml_constraint_kind_name(other->kind),
                          one->kind != ML_CONSTRAINT_UNKNOWN &&
                              other->kind != ML_CONSTRAINT_UNKNOWN);
        return;
    }
    if (one->kind != ML_CHECK) /* its condition names them */
        compare_names(comparison, "columns", one->columns, other->columns);
    compare_sql(comparison, "condition", one->condition, other->condition);
    compare_keys(comparison, one, other);
    compare_deferral(comparison, one, other);
}

/* --- indexes ------------------------------------------------------------- */

static MlText method_of(const MlIndex *index)
{
    return ml_text_is(index->method, "btree") ? (MlText){0} : index->method;
}

static void compare_parts(MlComparison *comparison, const MlIndexPart *one,
                          const MlIndexPart *other)
{
    if (one->column.is == other->column.is) /* else the names of the columns have told it */
        compare_sql(comparison, "columns", one->expression, other->expression);
    compare_texts(comparison, "operator_class", one->operator_class, other->operator_class);
    if ((ml_text_is(one->order, "DESC")) != (ml_text_is(other->order, "DESC")))
        ml_comparison_add(comparison, "order", one->order.text, other->order.text,
                          one->order.is != ML_UNKNOWN && other->order.is != ML_UNKNOWN);
}

void ml_compare_indexes(MlComparison *comparison, const MlCatalogIndex *one,
                        const MlCatalogIndex *other)
{
    const MlIndex *left = one->definition, *right = other->definition;
    compare_names(comparison, "columns", one->columns, other->columns);
    if (left == NULL || right == NULL || left == right)
        return;
    compare_flags(comparison, "unique", left->unique, right->unique);
    if (ml_is_postgres(comparison->before))
        compare_texts(comparison, "method", method_of(left), method_of(right));
    if (one->rewritten || other->rewritten)
        return;
    compare_sql(comparison, "where", left->where, right->where);
    for (gsize i = 0; left->n_parts == right->n_parts && i < left->n_parts; i++)
        compare_parts(comparison, &left->parts[i], &right->parts[i]);
}

/* --- objects ------------------------------------------------------------- */

void ml_compare_objects(MlComparison *comparison, const MlCatalogObject *one,
                        const MlCatalogObject *other)
{
    if (one->kind == ML_CATALOG_TYPE)
        compare_names(comparison, "values", one->values, other->values);
    else if (one->kind == ML_CATALOG_OBJECT && one->existence.changed != other->existence.changed)
        ml_comparison_add(comparison, "definition", NULL, NULL, FALSE);
}
