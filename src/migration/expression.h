/*
 * What the files share that spell expressions: an expression taken apart.
 *
 * A term is an expression with an operator; its brackets follow from the operator's
 * precedence and from that of what stands around it.
 */
#pragma once

#include "migration/spelling.h"

/* Precedences of what is never put in brackets, and of what always is. */
#define ML_ATOM  100
#define ML_LOOSE (-100)

typedef struct {
    const char *method;   /* of Python */
    const char *sign;     /* of SQL */
    int precedence;       /* in SQLAlchemy 2.0 */
    gboolean flat;        /* needs no brackets within itself */
    const char *opposite; /* NULL: it is negated by NOT */
} MlOperator;

typedef struct {
    const MlValue *left, *right;
    const MlValue *call;
    MlOperator own; /* without a sign: it has none of these */
} MlTerm;

/* --- expression.c ------------------------------------------------------------------------ */

/* That of a method or of and_(), or_(); NULL: none. */
const MlOperator *ml_find_operator(const char *method);
MlTerm ml_term_of(const MlSpelling *spelling, const MlValue *value);
gboolean ml_term_has_sign(const MlTerm *term, const char *sign);
/* Without label(), self_group(); and_(), or_() with one condition are that condition. */
const MlValue *ml_without_wrapping(const MlValue *value);
/* What not_(), ~ negate; NULL where a value is neither. */
const MlValue *ml_negated(const MlValue *value);
gboolean ml_is_exists(const MlValue *value);
/* func.now, func.a.b -> "now", "a.b"; NULL where a value is no such name. */
const char *ml_function_of(const MlValue *value);

/* --- types (spell_type.c); NULL where none is known ------------------------------------------ */

const MlType *ml_type_of_term(MlSpelling *spelling, const MlTerm *term);
/* Of cast(), literal(), column() and the like. */
const MlType *ml_type_of_named(MlSpelling *spelling, const MlValue *call, const char *name);
/* Of what stands beside something of a type. */
const MlType *ml_type_beside(MlSpelling *spelling, const MlValue *value, const MlType *type);
/* Whether + joins texts: one is a text, and the other is one or of no known type. */
gboolean ml_joins_texts(MlSpelling *spelling, const MlType *left, const MlType *right);

/* A type as CAST has it. */
gboolean ml_spell_type(MlSpelling *spelling, const MlType *type, const MlValue *value);

/* --- operators (spell_operator.c) ------------------------------------------------------------ */

gboolean ml_spell_term(MlSpelling *spelling, const MlTerm *term);
gboolean ml_spell_negated(MlSpelling *spelling, const MlValue *value);
/* In brackets where its precedence is not above `against`, unless `around` is the same (or NULL).
 */
gboolean ml_spell_within(MlSpelling *spelling, const MlValue *value, int against,
                         const MlTerm *around);

/* --- functions and methods (spell_call.c) ----------------------------------------------------- */

gboolean ml_spell_function(MlSpelling *spelling, const MlValue *call, const char *name);
/* cast(), case(), column() and the like. */
gboolean ml_spell_named(MlSpelling *spelling, const MlValue *call, const char *name);
gboolean ml_spell_method(MlSpelling *spelling, const MlValue *call, const char *method,
                         const MlValue *object);
gboolean ml_spell_literal(MlSpelling *spelling, const MlValue *call);
