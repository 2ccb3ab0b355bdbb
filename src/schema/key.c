/*
 * What a catalog's entries are called: a letter for the kind, and its parts
 * between bytes that sort before any other. Tables and objects have their
 * value there; names of indexes and constraints, and references between
 * tables, are only an index of what tables say.
 */
#include "schema/catalog.h"

#include <string.h>

#define SEPARATOR "\1"

const char *ml_own_schema(const MlCatalog *catalog, const char *schema)
{
    if (schema == NULL || *schema == '\0')
        return NULL;
    return strcmp(schema, ml_is_sqlite(catalog) ? "main" : "public") == 0 ? NULL : schema;
}

static char *key(const char *kind, const char *schema, const char *name, const char *rest)
{
    return g_strconcat(kind, SEPARATOR, schema ? schema : "", SEPARATOR, name, rest, NULL);
}

char *ml_table_key(const char *schema, const char *name)
{
    return key("t", schema, name, NULL);
}

char *ml_index_prefix(const char *schema, const char *name)
{
    return key("i", schema, name, SEPARATOR);
}

char *ml_constraint_prefix(const char *schema, const char *name)
{
    return key("c", schema, name, SEPARATOR);
}

char *ml_referrer_prefix(const char *schema, const char *table)
{
    return key("r", schema, table, SEPARATOR);
}

char *ml_belonging_prefix(const char *schema, const char *table)
{
    return key("b", schema, table, SEPARATOR);
}

char *ml_object_key(MlCatalogKind kind, MlObjectKind object, const char *schema, const char *table,
                    const char *name)
{
    if (object == ML_OBJECT_MATERIALIZED_VIEW) /* which has its name among the views' */
        object = ML_OBJECT_VIEW;
    if (kind != ML_CATALOG_OBJECT)
        table = NULL;
    const char letters[] = {'o', (char)('0' + kind),
                            (char)('0' + (kind == ML_CATALOG_OBJECT ? object : 0)), '\0'};
    return g_strconcat(letters, SEPARATOR, schema ? schema : "", SEPARATOR, name, SEPARATOR,
                       table ? table : "", NULL);
}

gboolean ml_key_is_table(const char *text)
{
    return *text == 't';
}

gboolean ml_key_is_object(const char *text)
{
    return *text == 'o';
}

const char *ml_key_last(const char *text)
{
    return strrchr(text, *SEPARATOR) + 1;
}

char *ml_key_before_last(const char *text)
{
    const char *end = strrchr(text, *SEPARATOR);
    const char *start = end;
    while (start > text && start[-1] != *SEPARATOR)
        start--;
    return g_strndup(start, (gsize)(end - start));
}
