/* Operators, in the brackets that SQLAlchemy puts around what is beside them. */
#include "migration/expression.h"

#include <string.h>

/* Precedences of sqlalchemy.sql.operators._PRECEDENCE, and of where a condition stands. */
enum { OF_EXISTS = 0, OF_AND = 3, OF_NOT = 5, OF_CONDITION = -10 };

static const MlType text_type = {.kind = ML_TYPE_VARCHAR};

/* --- brackets ------------------------------------------------------------------------------- */

static gboolean is_flag(MlSpelling *spelling, const MlValue *value);

/* NOT before a flag stands by itself; a comparison turns into its opposite. */
static int precedence_of_negated(MlSpelling *spelling, const MlValue *value)
{
    value = ml_without_wrapping(value);
    const MlTerm term = ml_term_of(spelling, value);
    if (term.own.sign == NULL && is_flag(spelling, value))
        return ML_ATOM;
    return OF_NOT;
}

static int precedence_of(MlSpelling *spelling, const MlValue *value)
{
    static const char *const endings[] = {"desc", "asc", NULL};
    value = ml_without_wrapping(value);
    const MlTerm term = ml_term_of(spelling, value);
    const char *method = ml_method_of(value, NULL), *name = ml_sqlalchemy_call(value);
    name = method ? method : name ? name : "";
    if (ml_is_exists(value))
        return OF_EXISTS;
    if (ml_term_has_sign(&term, "+") &&
        ml_affinity_of(spelling, ml_type_of_term(spelling, &term)) == ML_OF_TEXT)
        return spelling->sqlalchemy == ML_SQLALCHEMY_1_4 ? 6 : 5;
    if (term.own.sign != NULL)
        return term.own.precedence;
    if (ml_negated(value) != NULL)
        return precedence_of_negated(spelling, ml_negated(value));
    if (strcmp(name, "__neg__") == 0)
        return 8;
    return g_strv_contains(endings, name) ? 3 : ML_ATOM;
}

/* Whether both are one operator that needs no brackets within itself. */
static gboolean is_flat_within(MlSpelling *spelling, const MlValue *value, const MlTerm *around)
{
    const MlTerm term = ml_term_of(spelling, ml_without_wrapping(value));
    return around != NULL && around->own.flat && term.own.sign != NULL &&
           strcmp(term.own.sign, around->own.sign) == 0;
}

gboolean ml_spell_within(MlSpelling *spelling, const MlValue *value, int against,
                         const MlTerm *around)
{
    gboolean bracketed =
        precedence_of(spelling, value) <= against && !is_flat_within(spelling, value, around);
    g_string_append(spelling->out, bracketed ? "(" : "");
    if (!ml_spell(spelling, value))
        return FALSE;
    g_string_append(spelling->out, bracketed ? ")" : "");
    return TRUE;
}

gboolean ml_spell_grouped(MlSpelling *spelling, const MlValue *value)
{
    return ml_spell_within(spelling, value, ML_ATOM - 1, NULL);
}

/* A column that is true or false, rather than a comparison. */
static gboolean is_flag(MlSpelling *spelling, const MlValue *value)
{
    return ml_negated(value) == NULL && precedence_of(spelling, value) == ML_ATOM &&
           !ml_is_plain_value(value) && ml_text_of(value) == NULL &&
           ml_affinity_of(spelling, ml_type_of(spelling, value)) == ML_OF_BOOLEAN;
}

static gboolean spell_condition(MlSpelling *spelling, const MlValue *value, int against,
                                const MlTerm *around)
{
    if (ml_is_plain_value(value) || ml_is_sqlalchemy_call(value, "true") ||
        ml_is_sqlalchemy_call(value, "false"))
        return ml_spelling_refuse(spelling, "has a condition that SQLAlchemy leaves out or folds",
                                  value);
    gboolean flag = spelling->dialect == ML_SQLITE && is_flag(spelling, value);
    if (!ml_spell_within(spelling, value, against, around))
        return FALSE;
    g_string_append(spelling->out, flag ? " = 1" : "");
    return TRUE;
}

gboolean ml_spell_condition(MlSpelling *spelling, const MlValue *value, gboolean joined)
{
    static const MlTerm conjunction = {.own = {.sign = "AND", .flat = TRUE}};
    return spell_condition(spelling, value, joined ? OF_AND : OF_CONDITION,
                           joined ? &conjunction : NULL);
}

static gboolean is_joined(const MlTerm *term)
{
    return term->own.sign != NULL &&
           (strcmp(term->own.sign, "AND") == 0 || strcmp(term->own.sign, "OR") == 0);
}

/* --- operators ------------------------------------------------------------------------------ */

static gboolean is_null(const MlValue *value)
{
    return value->kind == ML_VALUE_NONE || ml_is_sqlalchemy_call(value, "null");
}

/* Beside something of a type: a value, or another expression. */
static gboolean spell_beside(MlSpelling *spelling, const MlValue *value, const MlType *type,
                             const MlTerm *term)
{
    if (ml_is_plain_value(value) && !ml_is_list(value) && value->kind != ML_VALUE_SET &&
        value->kind != ML_VALUE_DICT)
        return ml_spell_compared(spelling, value, type);
    if (ml_is_select(value)) {
        g_string_append_c(spelling->out, '(');
        if (!ml_spell_select(spelling, value))
            return FALSE;
        g_string_append_c(spelling->out, ')');
        return TRUE;
    }
    return ml_spell_within(spelling, value, term->own.precedence, term);
}

static gboolean is_of_values(const MlValue *list)
{
    for (gsize i = 0; i < list->sequence.length; i++)
        if (!ml_is_plain_value(list->sequence.items[i]) || ml_is_list(list->sequence.items[i]))
            return FALSE;
    return TRUE;
}

/* A list of which one at least is an expression. */
static gboolean spell_expressions(MlSpelling *spelling, const MlValue *list, const MlTerm *term)
{
    const MlType *type = ml_type_of(spelling, term->left);
    for (gsize i = 0; i < list->sequence.length; i++) {
        g_string_append(spelling->out, i > 0 ? ", " : "");
        if (ml_is_list(list->sequence.items[i]))
            return ml_spelling_refuse(spelling, "has a list of tuples", list);
        if (!spell_beside(spelling, list->sequence.items[i], type, term))
            return FALSE;
    }
    return TRUE;
}

static gboolean spell_in(MlSpelling *spelling, const MlTerm *term)
{
    const MlValue *right = term->right;
    gboolean negative = ml_term_has_sign(term, "NOT IN");
    gboolean list = ml_is_list(right) || right->kind == ML_VALUE_SET;
    if (right->kind == ML_VALUE_SET && right->sequence.length > 1)
        return ml_spelling_refuse(spelling, "has a set, whose order nobody knows", right);
    if (!list && !ml_is_select(right))
        return ml_spelling_refuse(spelling, "has a list that cannot be told", right);
    g_string_append(spelling->out, negative ? "(" : "");
    if (!ml_spell_within(spelling, term->left, term->own.precedence, term))
        return FALSE;
    g_string_append_printf(spelling->out, " %s (", term->own.sign);
    if (list && right->sequence.length == 0)
        g_string_append(spelling->out, spelling->dialect == ML_SQLITE
                                           ? "SELECT 1 FROM (SELECT 1) WHERE 1!=1"
                                       : negative ? "NULL) OR (1 = 1"
                                                  : "NULL) AND (1 != 1");
    else if (!list ? !ml_spell_select(spelling, right)
             : is_of_values(right)
                 ? !ml_spell_list(spelling, right, ml_type_of(spelling, term->left))
                 : !spell_expressions(spelling, right, term))
        return FALSE;
    g_string_append(spelling->out, negative ? "))" : ")");
    return TRUE;
}

static gboolean spell_between(MlSpelling *spelling, const MlTerm *term)
{
    const MlValue *last = ml_value_positional(term->call, 1);
    if (last == NULL || term->call->unknown.length != 2)
        return ml_spelling_refuse(spelling, NULL, term->call);
    const MlType *type = ml_type_of(spelling, term->left);
    if (!ml_spell_within(spelling, term->left, term->own.precedence, term))
        return FALSE;
    g_string_append_printf(spelling->out, " %s ", term->own.sign);
    if (!spell_beside(spelling, term->right, type, term))
        return FALSE;
    g_string_append(spelling->out, " AND ");
    return spell_beside(spelling, last, type, term);
}

/* contains(), startswith(), endswith(): with a % around what they look for. */
static gboolean spell_search(MlSpelling *spelling, const MlTerm *term)
{
    gboolean before = *term->own.method != 's', behind = *term->own.method != 'e';
    if (term->call->unknown.length != 1 || !ml_spell_within(spelling, term->left, 5, term))
        return ml_spelling_refuse(spelling, NULL, term->call);
    g_string_append_printf(spelling->out, " LIKE %s", before ? "'%' || " : "");
    if (!spell_beside(spelling, term->right, &text_type, term))
        return FALSE;
    g_string_append(spelling->out, behind ? " || '%'" : "");
    return TRUE;
}

static gboolean spell_lowered(MlSpelling *spelling, const MlTerm *term)
{
    g_string_append(spelling->out, "lower(");
    if (!ml_spell(spelling, term->left))
        return FALSE;
    g_string_append_printf(spelling->out, ") %sLIKE lower(",
                           g_str_has_prefix(term->own.sign, "NOT") ? "NOT " : "");
    if (!spell_beside(spelling, term->right, ml_type_of(spelling, term->left), term))
        return FALSE;
    g_string_append_c(spelling->out, ')');
    return TRUE;
}

/* 2.0 divides exactly. */
static gboolean spell_divisor(MlSpelling *spelling, const MlTerm *term, const MlType *type)
{
    const MlType *own = ml_type_beside(spelling, term->right, type);
    if (spelling->sqlalchemy == ML_SQLALCHEMY_1_4)
        return spell_beside(spelling, term->right, type, term);
    gboolean sqlite = spelling->dialect == ML_SQLITE;
    g_string_append(spelling->out, sqlite ? "(" : "CAST(");
    if (!spell_beside(spelling, term->right, type, term))
        return FALSE;
    if (sqlite) {
        g_string_append(spelling->out, " + 0.0)");
        return TRUE;
    }
    g_string_append(spelling->out, " AS ");
    if (ml_affinity_of(spelling, own) != ML_OF_NUMBER)
        g_string_append(spelling->out, "NUMERIC");
    else if (!ml_spell_type(spelling, own, term->right))
        return FALSE;
    g_string_append_c(spelling->out, ')');
    return TRUE;
}

static const char *sign_of(MlSpelling *spelling, const MlTerm *term, const MlType *type)
{
    const char *sign = term->own.sign;
    if (is_null(term->right) && strcmp(sign, "=") == 0)
        return "IS";
    if (is_null(term->right) && strcmp(sign, "!=") == 0)
        return "IS NOT";
    if (spelling->dialect == ML_SQLITE && g_str_has_suffix(sign, "DISTINCT FROM"))
        return strstr(sign, "NOT") ? "IS" : "IS NOT";
    if (strcmp(sign, "+") == 0 &&
        ml_joins_texts(spelling, type, ml_type_beside(spelling, term->right, type)))
        return "||";
    return sign;
}

static gboolean spell_plain_binary(MlSpelling *spelling, const MlTerm *term)
{
    static const char *const with_null[] = {"IS", "IS NOT", "IS DISTINCT FROM",
                                            "IS NOT DISTINCT FROM", NULL};
    const MlType *type = ml_type_of(spelling, term->left);
    const char *sign = sign_of(spelling, term, type);
    if (term->call->unknown.length != 1)
        return ml_spelling_refuse(spelling, NULL, term->call);
    if (term->right->kind == ML_VALUE_NONE && !g_strv_contains(with_null, sign) &&
        strcmp(term->own.method, "op") != 0)
        return ml_spelling_refuse(spelling, "compares with None", term->call);
    if (spelling->dialect == ML_SQLITE && g_str_has_suffix(term->own.sign, "DISTINCT FROM") &&
        ml_is_plain_value(term->right) && !is_null(term->right))
        return ml_spelling_refuse(spelling, "has a value that SQLAlchemy leaves a parameter",
                                  term->right);
    MlTerm around = *term;
    around.own.sign = sign;
    if (strcmp(sign, "||") == 0)
        around.own.precedence = spelling->sqlalchemy == ML_SQLALCHEMY_1_4 ? 6 : 5;
    if (!ml_spell_within(spelling, term->left, around.own.precedence, &around))
        return FALSE;
    g_string_append_printf(spelling->out, " %s ", sign);
    if (is_null(term->right)) {
        g_string_append(spelling->out, "NULL");
        return TRUE;
    }
    return strcmp(sign, "/") == 0 ? spell_divisor(spelling, &around, type)
                                  : spell_beside(spelling, term->right, type, &around);
}

static gboolean spell_joined(MlSpelling *spelling, const MlTerm *term)
{
    gsize count = ml_positional_count(term->call);
    g_autofree char *between = g_strdup_printf(" %s ", term->own.sign);
    if (count == 0 || count != term->call->unknown.length)
        return ml_spelling_refuse(spelling, NULL, term->call);
    if (term->left != NULL && !spell_condition(spelling, term->left, term->own.precedence, term))
        return FALSE;
    for (gsize i = 0; i < count; i++) {
        g_string_append(spelling->out, i > 0 || term->left != NULL ? between : "");
        if (!spell_condition(spelling, ml_value_positional(term->call, i), term->own.precedence,
                             term))
            return FALSE;
    }
    return TRUE;
}

gboolean ml_spell_term(MlSpelling *spelling, const MlTerm *term)
{
    static const char *const searches[] = {"contains", "startswith", "endswith", NULL};
    if (is_joined(term))
        return spell_joined(spelling, term);
    if (term->right == NULL)
        return ml_spelling_refuse(spelling, NULL, term->call);
    if (g_str_has_suffix(term->own.sign, "IN") && strcmp(term->own.method, "op") != 0)
        return spell_in(spelling, term);
    if (g_str_has_suffix(term->own.method, "between"))
        return spell_between(spelling, term);
    if (g_strv_contains(searches, term->own.method))
        return spell_search(spelling, term);
    if (g_str_has_suffix(term->own.method, "ilike") && spelling->dialect == ML_SQLITE &&
        term->call->unknown.length == 1)
        return spell_lowered(spelling, term);
    return spell_plain_binary(spelling, term);
}

gboolean ml_spell_negated(MlSpelling *spelling, const MlValue *value)
{
    value = ml_without_wrapping(value);
    MlTerm term = ml_term_of(spelling, value);
    if (term.own.opposite != NULL) {
        term.own = *ml_find_operator(term.own.opposite);
        return ml_spell_term(spelling, &term);
    }
    if (ml_negated(value) != NULL)
        return ml_spelling_refuse(spelling, "negates what is negated", value);
    if (spelling->dialect == ML_SQLITE && is_flag(spelling, value)) {
        if (!ml_spell(spelling, value))
            return FALSE;
        g_string_append(spelling->out, " = 0");
        return TRUE;
    }
    g_string_append(spelling->out, "NOT ");
    return ml_spell_within(spelling, value, OF_NOT, NULL);
}
