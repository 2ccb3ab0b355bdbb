#include "lint/object.h"

#include <string.h>

/* --- what it is called ------------------------------------------------------------ */

static const char *constraint_words(const MlCatalogConstraint *constraint)
{
    static const char *const words[] = {
        [ML_CONSTRAINT_UNKNOWN] = "constraint", [ML_UNIQUE] = "unique constraint",
        [ML_CHECK] = "check constraint",        [ML_FOREIGN_KEY] = "foreign key",
        [ML_PRIMARY_KEY] = "primary key",       [ML_EXCLUDE] = "exclusion constraint",
    };
    return constraint ? words[constraint->kind] : words[ML_CONSTRAINT_UNKNOWN];
}

static const char *what_it_is(MlCatalogKind kind, MlObjectKind object, gconstpointer held)
{
    const MlCatalogObject *type = held;
    switch (kind) {
    case ML_CATALOG_CONSTRAINT:
        return constraint_words(held);
    case ML_CATALOG_TYPE:
        return type && type->is_enum ? "enum type" : "type";
    case ML_CATALOG_OBJECT:
        return object == ML_OBJECT_MATERIALIZED_VIEW ? "materialized view"
                                                     : ml_object_kind_name(object);
    default:
        return ml_catalog_kind_name(kind);
    }
}

MlObject ml_object_of(const MlSchemaDifference *difference)
{
    gconstpointer held =
        difference->now.is == ML_PRESENCE_PRESENT ? difference->new : difference->old;
    return (MlObject){
        .kind = difference->of,
        .what = what_it_is(difference->of, difference->object, held),
        .schema = difference->schema,
        .table = difference->table,
        .name = difference->name,
        .held = held,
    };
}

MlNames ml_object_columns(const MlObject *object)
{
    const MlCatalogConstraint *constraint = object->held;
    const MlCatalogIndex *index = object->held;
    if (object->held == NULL)
        return (MlNames){0};
    return object->kind == ML_CATALOG_CONSTRAINT ? constraint->columns
           : object->kind == ML_CATALOG_INDEX    ? index->columns
                                                 : (MlNames){0};
}

static void append_columns(GString *text, MlNames names)
{
    for (gsize i = 0; i < names.length; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : " on (",
                               names.items[i] ? names.items[i] : "...");
    g_string_append_c(text, ')');
}

char *ml_object_words(const MlObject *object)
{
    g_autoptr(GString) text = g_string_new(object->what);
    const char *dot = object->schema ? "." : "", *schema = object->schema ? object->schema : "";
    if (object->name != NULL && object->table == NULL)
        g_string_append_printf(text, " '%s%s%s'", schema, dot, object->name);
    else if (object->name != NULL)
        g_string_append_printf(text, " '%s'", object->name);
    if (object->table != NULL)
        g_string_append_printf(text, " of '%s%s%s'", schema, dot, object->table);
    if (object->name == NULL && ml_object_columns(object).length > 0)
        append_columns(text, ml_object_columns(object));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

void ml_finding_concerns_object(MlFinding *finding, const MlObject *object)
{
    ml_finding_concerns(finding, object->kind, object->schema, object->table, object->name);
}

/* --- upper and lower case ------------------------------------------------------------- */

static gboolean is_twin(const char *name, const char *other)
{
    return name != NULL && other != NULL && strcmp(name, other) != 0 &&
           g_ascii_strcasecmp(name, other) == 0;
}

static gboolean has_twin_table(const MlCatalog *catalog, const char *name)
{
    g_autoptr(GPtrArray) tables = ml_catalog_tables(catalog);
    for (guint i = 0; i < tables->len; i++)
        if (is_twin(((const MlCatalogTable *)tables->pdata[i])->name, name))
            return TRUE;
    return FALSE;
}

static gboolean has_twin_part(const MlCatalogTable *table, const char *name)
{
    for (gsize i = 0; i < table->n_columns; i++)
        if (is_twin(table->columns[i]->name, name))
            return TRUE;
    for (gsize i = 0; i < table->n_constraints; i++)
        if (is_twin(table->constraints[i]->name, name))
            return TRUE;
    for (gsize i = 0; i < table->n_indexes; i++)
        if (is_twin(table->indexes[i]->name, name))
            return TRUE;
    return FALSE;
}

gboolean ml_object_is_spelt_otherwise(const MlObject *object, const MlOperations *operations,
                                      const char *dialect)
{
    if (object->name == NULL || g_strcmp0(dialect, "postgresql") == 0)
        return FALSE;
    for (gsize i = 0; i < operations->length; i++) {
        const MlOperation *operation = operations->items[i];
        if (is_twin(operation->table.text, object->table ? object->table : object->name) ||
            is_twin(operation->name.text, object->name))
            return TRUE;
    }
    return FALSE;
}

gboolean ml_object_has_twin(const MlObject *object, const MlCatalog *catalog, const char *dialect)
{
    const MlCatalogTable *table = NULL;
    if (object->name == NULL || g_strcmp0(dialect, "postgresql") == 0)
        return FALSE;
    if (object->table == NULL)
        return has_twin_table(catalog, object->name);
    ml_catalog_table(catalog, object->schema, object->table, &table);
    return has_twin_table(catalog, object->table) ||
           (table != NULL && has_twin_part(table, object->name));
}
