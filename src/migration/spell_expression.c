/* Expressions of SQLAlchemy's -> SQL: what each of them is. */
#include "migration/expression.h"

#include <string.h>

/* What is longer is unknown. */
#define LONGEST ((gsize)1 << 20)

static gboolean spell_column(MlSpelling *spelling, const MlValue *source, const char *column)
{
    const MlValue *found = ml_column_in(spelling, source, column);
    if (found == NULL && spelling->qualified && ml_is_table(spelling, source))
        return ml_spelling_refuse(spelling, "names a column that its table does not have", source);
    const char *name = found ? ml_name_of_column(found) : NULL;
    if (spelling->qualified) {
        if (!ml_spell_source_name(spelling, source))
            return FALSE;
        g_string_append_c(spelling->out, '.');
    }
    return ml_spell_name(spelling, name ? name : column);
}

static gboolean spell_exists(MlSpelling *spelling, const MlValue *value)
{
    const MlValue *object, *select = NULL;
    if (ml_is_sqlalchemy_call(value, "exists"))
        select = ml_value_positional(value, 0);
    else if (ml_method_of(value, &object) != NULL && ml_is_select(object))
        select = object;
    if (select == NULL || value->unknown.length > 1 || !ml_is_select(select))
        return ml_spelling_refuse(spelling, "has an exists() that is not understood", value);
    g_string_append(spelling->out, "EXISTS (");
    if (!ml_spell_select(spelling, select))
        return FALSE;
    g_string_append_c(spelling->out, ')');
    return TRUE;
}

static gboolean spell_call(MlSpelling *spelling, const MlValue *call)
{
    static const char *const literals[] = {"alembic.op.inline_literal", NULL};
    const char *function = ml_function_of(call->unknown.object), *name = ml_sqlalchemy_call(call);
    const MlValue *object, *operand = ml_negated(call);
    const char *method = ml_method_of(call, &object);
    const MlTerm term = ml_term_of(spelling, call);
    if (call->unknown.open)
        return ml_spelling_refuse(spelling, "is given arguments that cannot be told", call);
    if (ml_text_of(call) != NULL)
        return ml_spell_text(spelling, call);
    if (term.own.sign != NULL)
        return ml_spell_term(spelling, &term);
    if (operand != NULL)
        return ml_spell_negated(spelling, operand);
    if (function != NULL)
        return ml_spell_function(spelling, call, function);
    if (ml_is_exists(call))
        return spell_exists(spelling, call);
    if (ml_value_is_call(call, literals))
        return ml_spell_literal(spelling, call);
    if (name != NULL)
        return ml_spell_named(spelling, call, name);
    return method ? ml_spell_method(spelling, call, method, object)
                  : ml_spelling_refuse(spelling, NULL, call);
}

static gboolean spell(MlSpelling *spelling, const MlValue *value)
{
    const MlValue *source;
    if (ml_is_plain_value(value))
        return ml_spell_compared(spelling, value, NULL);
    const char *column = ml_column_named(spelling, value, &source);
    if (column != NULL)
        return spell_column(spelling, source, column);
    return ml_value_has_shape(value, ML_SHAPE_CALL) ? spell_call(spelling, value)
                                                    : ml_spelling_refuse(spelling, NULL, value);
}

gboolean ml_spell(MlSpelling *spelling, const MlValue *value)
{
    if (spelling->out->len > LONGEST || !ml_reading_enter(spelling->reading))
        return ml_spelling_refuse(spelling, "is too long or nested too deeply", value);
    gboolean known = spell(spelling, value);
    ml_reading_leave(spelling->reading);
    return known;
}
