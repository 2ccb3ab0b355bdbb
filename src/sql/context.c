#include "sql/context.h"

#include <string.h>

MlText ml_sql_none(const MlSql *sql)
{
    return (MlText){.is = ML_NONE, .origin = sql->origin};
}

MlText ml_sql_text(const MlSql *sql, const char *text)
{
    if (text == NULL || *text == '\0')
        return (MlText){0};
    if (strstr(text, ML_HOLE) != NULL)
        return (MlText){.is = ML_UNKNOWN, .origin = sql->origin};
    return (MlText){
        .is = ML_KNOWN,
        .origin = sql->origin,
        .text = ml_operations_text(sql->operations, text, -1),
    };
}

MlText ml_sql_schema(const MlSql *sql, const char *schema, const char *name)
{
    gboolean said = schema != NULL && *schema != '\0';
    MlText named = ml_sql_text(sql, name);
    return said || named.is != ML_UNKNOWN ? ml_sql_text(sql, schema) : named;
}

MlFlag ml_sql_flag(const MlSql *sql, gboolean value)
{
    return (MlFlag){.is = ML_KNOWN, .origin = sql->origin, .value = value};
}

MlFlag ml_sql_said(const MlSql *sql, gboolean said)
{
    return said ? ml_sql_flag(sql, TRUE) : (MlFlag){0};
}

MlNumber ml_sql_number(const MlSql *sql, gint64 value)
{
    return (MlNumber){.is = ML_KNOWN, .origin = sql->origin, .value = value};
}

static const PgQuery__AConst *constant_of(const PgQuery__Node *node)
{
    return node != NULL && node->node_case == PG_QUERY__NODE__NODE_A_CONST ? node->a_const : NULL;
}

MlNumber ml_sql_integer(const MlSql *sql, const PgQuery__Node *node)
{
    const PgQuery__AConst *constant = constant_of(node);
    const PgQuery__Integer *integer = NULL;
    const char *large = NULL; /* what exceeds 32 bits is kept as a text */
    gint64 value;
    if (node != NULL && node->node_case == PG_QUERY__NODE__NODE_INTEGER)
        integer = node->integer;
    else if (node != NULL && node->node_case == PG_QUERY__NODE__NODE_FLOAT)
        large = node->float_->fval;
    else if (constant != NULL && constant->val_case == PG_QUERY__A__CONST__VAL_IVAL)
        integer = constant->ival;
    if (integer != NULL)
        return ml_sql_number(sql, integer->ival);
    if (large != NULL && g_ascii_string_to_signed(large, 10, G_MININT64, G_MAXINT64, &value, NULL))
        return ml_sql_number(sql, value);
    return (MlNumber){0};
}

const char *ml_sql_string(const PgQuery__Node *node)
{
    const PgQuery__AConst *constant = constant_of(node);
    if (constant != NULL && constant->val_case == PG_QUERY__A__CONST__VAL_SVAL)
        return constant->sval->sval;
    if (node != NULL && node->node_case == PG_QUERY__NODE__NODE_STRING)
        return node->string->sval;
    return NULL;
}

MlTexts ml_sql_names(const MlSql *sql, PgQuery__Node *const *nodes, gsize length)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new();
    for (gsize i = 0; i < length; i++)
        g_ptr_array_add(texts, (gpointer)ml_sql_string(nodes[i]));
    return ml_sql_texts(sql, texts);
}

MlTexts ml_sql_texts(const MlSql *sql, const GPtrArray *texts)
{
    if (texts->len == 0)
        return (MlTexts){0};
    g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(MlText));
    for (guint i = 0; i < texts->len; i++) {
        MlText text = ml_sql_text(sql, texts->pdata[i]);
        if (text.is == ML_UNKNOWN)
            return (MlTexts){.is = ML_UNKNOWN, .origin = sql->origin};
        g_array_append_val(items, text);
    }
    MlTexts result = {.is = ML_KNOWN, .origin = sql->origin};
    result.items = ml_operations_array(sql->operations, items, &result.length);
    return result;
}

/* --- options --------------------------------------------------------------- */

static const PgQuery__DefElem *option_of(const PgQuery__Node *node)
{
    return node->node_case == PG_QUERY__NODE__NODE_DEF_ELEM ? node->def_elem : NULL;
}

static MlText option_value(const MlSql *sql, const PgQuery__Node *value)
{
    if (value == NULL)
        return ml_sql_text(sql, "True");
    if (value->node_case == PG_QUERY__NODE__NODE_FLOAT)
        return ml_sql_text(sql, value->float_->fval);
    MlNumber number = ml_sql_integer(sql, value);
    if (number.is != ML_KNOWN)
        return ml_sql_text(sql, ml_sql_string(value));
    g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, number.value);
    return ml_sql_text(sql, digits);
}

const MlKeyword *ml_sql_keywords(const MlSql *sql, PgQuery__Node *const *nodes, gsize length,
                                 guint *count)
{
    g_autoptr(GArray) options = g_array_new(FALSE, FALSE, sizeof(MlKeyword));
    for (gsize i = 0; i < length; i++) {
        const PgQuery__DefElem *element = option_of(nodes[i]);
        if (element == NULL)
            continue;
        MlKeyword option = {
            .name = ml_operations_text(sql->operations, element->defname, -1),
            .value = option_value(sql, element->arg),
        };
        g_array_append_val(options, option);
    }
    return ml_operations_array(sql->operations, options, count);
}

gboolean ml_sql_has_option(PgQuery__Node *const *nodes, gsize length, const char *name)
{
    for (gsize i = 0; i < length; i++) {
        const PgQuery__DefElem *element = option_of(nodes[i]);
        if (element == NULL || g_ascii_strcasecmp(element->defname, name) != 0)
            continue;
        const char *value = ml_sql_string(element->arg);
        return value == NULL ||
               !(g_ascii_strcasecmp(value, "false") == 0 || g_ascii_strcasecmp(value, "off") == 0);
    }
    return FALSE;
}

/* --- operations ------------------------------------------------------------ */

MlOperation *ml_sql_add(const MlSql *sql, MlOperationKind kind)
{
    MlOperation *operation = ml_operations_add(sql->operations, kind, sql->origin);
    operation->statement = sql->statement;
    return operation;
}

MlOperation *ml_sql_add_to(const MlSql *sql, MlOperationKind kind,
                           const PgQuery__RangeVar *relation)
{
    MlOperation *operation = ml_sql_add(sql, kind);
    if (relation != NULL) {
        operation->schema = ml_sql_schema(sql, relation->schemaname, relation->relname);
        operation->table = ml_sql_text(sql, relation->relname);
    }
    return operation;
}

MlOperation *ml_sql_add_named(const MlSql *sql, MlOperationKind kind,
                              const PgQuery__RangeVar *relation)
{
    MlOperation *operation = ml_sql_add(sql, kind);
    if (relation != NULL) {
        operation->schema = ml_sql_schema(sql, relation->schemaname, relation->relname);
        operation->name = ml_sql_text(sql, relation->relname);
    }
    return operation;
}

void ml_sql_set_name(const MlSql *sql, MlOperation *operation, PgQuery__Node *const *parts,
                     gsize length)
{
    const char *schema = length > 1 ? ml_sql_string(parts[length - 2]) : NULL;
    const char *name = length > 0 ? ml_sql_string(parts[length - 1]) : NULL;
    operation->schema = ml_sql_schema(sql, schema, name);
    operation->name = ml_sql_text(sql, name);
}

void ml_sql_set_part_of_table(const MlSql *sql, MlOperation *operation, PgQuery__Node *const *parts,
                              gsize length)
{
    const char *schema = length > 2 ? ml_sql_string(parts[length - 3]) : NULL;
    const char *table = length > 1 ? ml_sql_string(parts[length - 2]) : NULL;
    operation->schema = ml_sql_schema(sql, schema, table);
    operation->table = ml_sql_text(sql, table);
    if (length > 0)
        operation->name = ml_sql_text(sql, ml_sql_string(parts[length - 1]));
}

void ml_sql_add_unknown(const MlSql *sql, const char *why)
{
    MlOperation *operation = ml_sql_add(sql, ML_UNKNOWN_SQL);
    ml_operations_add_unknown(sql->operations, operation, "", why, sql->origin);
}

void ml_sql_add_harmless(const MlSql *sql, const char *what)
{
    ml_sql_add(sql, ML_HARMLESS)->value = ml_sql_text(sql, what);
}

char *ml_sql_words(const char *name)
{
    GString *words = g_string_new(NULL);
    for (const char *c = name; *c != '\0'; c++) {
        if (*c == '_' || (g_ascii_isupper(*c) && c > name && g_ascii_islower(c[-1])))
            g_string_append_c(words, ' ');
        if (*c != '_')
            g_string_append_c(words, g_ascii_toupper(*c));
    }
    return g_string_free(words, FALSE);
}
