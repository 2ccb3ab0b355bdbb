/* Names and values of strangers -> SQL (sqlalchemy.sql.compiler.IdentifierPreparer), or a refusal.
 */
#include "render/rendering.h"

#include <string.h>

void ml_append_name(MlRendering *rendering, GString *out, const char *name)
{
    if (!ml_quote_name(out, rendering->rules->dialect, name))
        ml_rendering_refuse(rendering,
                            *name ? "has a name that is not UTF-8" : "has a name that is empty");
}

void ml_append_known_name(MlRendering *rendering, GString *out, MlText name, const char *what)
{
    if (name.is == ML_KNOWN)
        ml_append_name(rendering, out, name.text);
    else
        ml_rendering_refuse(rendering, name.is == ML_UNKNOWN ? "cannot be told: %s" : "lacks %s",
                            what);
}

/* What the operation's own column of that name says of quotes; absent where nothing does. */
static MlText quote_of(const MlRendering *rendering, const char *column)
{
    const MlOperation *operation = rendering->operation;
    for (gsize i = 0; i < operation->n_columns; i++) {
        const MlColumn *own = &operation->columns[i];
        if (own->n_keywords > 0 && ml_text_is(own->name, column))
            return ml_keyword_value(own->keywords, own->n_keywords, "quote");
    }
    return (MlText){0};
}

void ml_append_column_name(MlRendering *rendering, GString *out, MlText name)
{
    MlText quote = name.is == ML_KNOWN ? quote_of(rendering, name.text) : (MlText){0};
    gsize start = out->len;
    ml_append_known_name(rendering, out, name, "a column's name");
    if (quote.is == ML_ABSENT || rendering->refusal != NULL)
        return;
    gboolean is_quoted = out->str[start] == '"';
    if (ml_text_is(quote, "True") && !is_quoted) {
        g_string_insert_c(out, (gssize)start, '"');
        g_string_append_c(out, '"');
    } else if (!ml_text_is(quote, "True") && is_quoted) {
        ml_rendering_refuse(rendering, "has a name without the quotes that it needs: %s",
                            name.text);
    }
}

static void append_each(MlRendering *rendering, GString *out, MlTexts names,
                        void (*append)(MlRendering *, GString *, MlText))
{
    if (names.is == ML_UNKNOWN)
        ml_rendering_refuse(rendering, "has columns that cannot be told");
    for (gsize i = 0; i < names.length; i++) {
        g_string_append(out, i > 0 ? ", " : "");
        append(rendering, out, names.items[i]);
    }
}

static void append_name(MlRendering *rendering, GString *out, MlText name)
{
    ml_append_known_name(rendering, out, name, "a name");
}

void ml_append_names(MlRendering *rendering, GString *out, MlTexts names)
{
    append_each(rendering, out, names, append_name);
}

void ml_append_column_names(MlRendering *rendering, GString *out, MlTexts names)
{
    append_each(rendering, out, names, ml_append_column_name);
}

void ml_append_literal(MlRendering *rendering, GString *out, const char *text)
{
    if (!ml_quote_literal(out, text))
        ml_rendering_refuse(rendering, "has a value that is not UTF-8");
}

void ml_append_sql_text(MlRendering *rendering, GString *out, MlText sql, const char *what)
{
    if (sql.is != ML_KNOWN)
        ml_rendering_refuse(rendering, sql.is == ML_UNKNOWN ? "cannot be told: %s" : "lacks %s",
                            what);
    else if (!g_utf8_validate(sql.text, -1, NULL))
        ml_rendering_refuse(rendering, "is not UTF-8: %s", what);
    else
        g_string_append(out, sql.text);
}

void ml_append_qualified(MlRendering *rendering, GString *out, MlText schema, MlText name)
{
    if (schema.is == ML_UNKNOWN) {
        ml_rendering_refuse(rendering, "has a schema that cannot be told");
    } else if (schema.is == ML_KNOWN && *schema.text != '\0') {
        ml_append_name(rendering, out, schema.text);
        g_string_append_c(out, '.');
    }
    ml_append_known_name(rendering, out, name, "its name");
}

void ml_append_table(MlRendering *rendering, GString *out)
{
    ml_append_qualified(rendering, out, rendering->operation->schema, rendering->operation->table);
}

void ml_append_altered_table(MlRendering *rendering, GString *out)
{
    MlText schema = rendering->operation->schema;
    if (schema.is != ML_KNOWN || strchr(schema.text, '.') == NULL) {
        ml_append_table(rendering, out);
        return;
    }
    g_auto(GStrv) names = g_strsplit(schema.text, ".", -1);
    for (gsize i = 0; names[i] != NULL; i++) {
        ml_append_name(rendering, out, names[i]);
        g_string_append_c(out, '.');
    }
    ml_append_known_name(rendering, out, rendering->operation->table, "its table");
}

void ml_append_phrase(MlRendering *rendering, GString *out, MlText phrase,
                      const char *const *phrases, const char *what)
{
    for (gsize i = 0; phrase.is == ML_KNOWN && phrases[i] != NULL; i++) {
        if (g_ascii_strcasecmp(phrases[i], phrase.text) == 0) {
            g_string_append(out, phrase.text);
            return;
        }
    }
    ml_rendering_refuse(rendering,
                        phrase.is == ML_KNOWN ? "has %s that SQLAlchemy refuses"
                                              : "has %s that cannot be told",
                        what);
}

MlText ml_keyword_value(const MlKeyword *keywords, gsize length, const char *name)
{
    for (gsize i = 0; i < length; i++)
        if (strcmp(keywords[i].name, name) == 0 && keywords[i].value.is != ML_NONE)
            return keywords[i].value;
    return (MlText){0};
}
