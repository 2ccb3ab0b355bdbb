/* Server defaults, identities, generated columns; the options of sequences. */
#include "render/rendering.h"

#include <string.h>

gboolean ml_default_is_in_ddl(const MlDefault *value)
{
    switch (value->kind) {
    case ML_DEFAULT_UNKNOWN: /* to be refused where it is written */
    case ML_DEFAULT_STRING:
    case ML_DEFAULT_SQL:
        return TRUE;
    case ML_DEFAULT_SEQUENCE:
        return !value->in_python;
    default:
        return FALSE;
    }
}

/* nextval('s."T"') */
static void append_next_value(MlRendering *rendering, GString *out, const MlSequence *sequence)
{
    g_autoptr(GString) name = g_string_new(NULL);
    if (!ml_rendering_is(rendering, ML_POSTGRESQL))
        ml_rendering_refuse(rendering, "has a default of a sequence, which SQLite does not have");
    ml_append_qualified(rendering, name, sequence->schema, sequence->name);
    g_string_append(out, "nextval(");
    ml_append_literal(rendering, out, name->str);
    g_string_append_c(out, ')');
}

void ml_append_default(MlRendering *rendering, GString *out, const MlDefault *value)
{
    switch (value->kind) {
    case ML_DEFAULT_STRING:
        ml_append_literal(rendering, out, value->text);
        break;
    case ML_DEFAULT_SQL:
        ml_append_sql_text(rendering, out, (MlText){.is = ML_KNOWN, .text = value->text},
                           "its server default");
        break;
    case ML_DEFAULT_SEQUENCE:
        append_next_value(rendering, out, value->sequence);
        break;
    default:
        ml_rendering_refuse(rendering, "has a server default that cannot be told");
    }
}

/* --- sequences ------------------------------------------------------------------------ */

static void append_number(MlRendering *rendering, GString *out, const char *words, MlNumber number)
{
    if (number.is == ML_UNKNOWN)
        ml_rendering_refuse(rendering, "has an option of a sequence that cannot be told");
    else if (number.is == ML_KNOWN)
        g_string_append_printf(out, " %s %" G_GINT64_FORMAT, words, number.value);
}

static void append_bound(MlRendering *rendering, GString *out, const char *words, MlNumber bound)
{
    if (bound.is == ML_NONE)
        g_string_append_printf(out, " NO %s", words);
    else
        append_number(rendering, out, words, bound);
}

/* DDLCompiler.get_identity_options */
void ml_append_sequence_options(MlRendering *rendering, GString *out, const MlSequence *sequence)
{
    append_number(rendering, out, "INCREMENT BY", sequence->increment);
    append_number(rendering, out, "START WITH", sequence->start);
    append_bound(rendering, out, "MINVALUE", sequence->minvalue);
    append_bound(rendering, out, "MAXVALUE", sequence->maxvalue);
    append_number(rendering, out, "CACHE", sequence->cache);
    if (sequence->cycle.is == ML_UNKNOWN)
        ml_rendering_refuse(rendering, "has an option of a sequence that cannot be told");
    else if (sequence->cycle.is == ML_KNOWN)
        g_string_append(out, sequence->cycle.value ? " CYCLE" : " NO CYCLE");
}

void ml_append_identity(MlRendering *rendering, GString *out, const MlDefault *value)
{
    g_autoptr(GString) options = g_string_new(NULL);
    if (value->always.is == ML_UNKNOWN)
        ml_rendering_refuse(rendering, "has an identity that cannot be told");
    g_string_append_printf(out, "GENERATED %s AS IDENTITY",
                           ml_is_true(value->always) ? "ALWAYS" : "BY DEFAULT");
    ml_append_sequence_options(rendering, options, value->sequence);
    if (options->len > 0)
        g_string_append_printf(out, " (%s)", options->str + 1);
}

void ml_append_computed(MlRendering *rendering, GString *out, const MlDefault *value)
{
    gboolean on_postgres = ml_rendering_is(rendering, ML_POSTGRESQL);
    MlText sql = {.is = value->text ? ML_KNOWN : ML_UNKNOWN, .text = value->text};
    if (value->stored.is == ML_UNKNOWN)
        ml_rendering_refuse(rendering, "has a generated column that cannot be told");
    if (on_postgres && ml_is_false(value->stored))
        ml_rendering_refuse(rendering, "has a virtual column, which Postgres does not have");
    g_string_append(out, "GENERATED ALWAYS AS (");
    ml_append_sql_text(rendering, out, sql, "what it is generated from");
    g_string_append_c(out, ')');
    if (on_postgres || ml_is_true(value->stored))
        g_string_append(out, " STORED");
    else if (ml_is_false(value->stored))
        g_string_append(out, " VIRTUAL");
}
