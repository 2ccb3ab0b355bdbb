/*
 * Names that Postgres gives to what has none: ChooseConstraintName and ChooseRelationName, which
 * count up while a name is taken, and makeObjectName, which cuts it.
 */
#include "schema/catalog.h"

#include <string.h>

enum { MOST_BYTES = 63, MOST_TRIES = 100, MOST_PARTS = 1000 };

/* As many whole letters as fit in so many bytes (pg_mbcliplen). */
static gsize clip(const char *text, gsize length, gsize most)
{
    if (length <= most)
        return length;
    while (most > 0 && ((guchar)text[most] & 0xC0) == 0x80)
        most--;
    return most;
}

char *ml_postgres_object_name(const char *name1, const char *name2, const char *label)
{
    gsize overhead = (name2 ? 1 : 0) + (label ? strlen(label) + 1 : 0);
    gsize most = overhead < MOST_BYTES ? MOST_BYTES - overhead : 0;
    gsize length1 = strlen(name1), length2 = name2 ? strlen(name2) : 0;
    gsize kept1 = length1, kept2 = length2;
    while (kept1 + kept2 > most)
        if (kept1 > kept2)
            kept1--;
        else
            kept2--;
    g_autoptr(GString) name = g_string_new_len(name1, (gssize)clip(name1, length1, kept1));
    if (name2 != NULL) {
        g_string_append_c(name, '_');
        g_string_append_len(name, name2, (gssize)clip(name2, length2, kept2));
    }
    if (label != NULL)
        g_string_append_printf(name, "_%s", label);
    return g_string_free(g_steal_pointer(&name), FALSE);
}

/* --- what is taken ------------------------------------------------------- */

static MlPresence more_certain(MlPresence one, MlPresence other)
{
    return one == ML_PRESENCE_PRESENT || other == ML_PRESENCE_ABSENT ? one : other;
}

typedef struct {
    const MlDraft *draft;
    const char *name;
    gboolean index;
    MlPresence is;
} Search;

/* What another table has of that name. */
static void look_into(const MlMap *entry, gpointer data)
{
    Search *search = data;
    const MlCatalogTable *draft = &search->draft->table;
    const char *name = ml_key_last(entry->key);
    if (strcmp(name, draft->name) == 0)
        return;
    const MlCatalogTable *table =
        ml_catalog_recorded_table(search->draft->catalog, draft->schema, name);
    if (table != NULL)
        search->is = more_certain(search->is, search->index
                                                  ? ml_table_index(table, search->name, NULL)
                                                  : ml_table_constraint(table, search->name, NULL));
}

static MlPresence in_other_tables(const MlDraft *draft, const char *name, gboolean index)
{
    Search search = {draft, name, index, ML_PRESENCE_ABSENT};
    g_autofree char *prefix = index ? ml_index_prefix(draft->table.schema, name)
                                    : ml_constraint_prefix(draft->table.schema, name);
    ml_map_each(draft->catalog->root, prefix, look_into, &search);
    return search.is;
}

static MlPresence recorded(const MlExistence *existence)
{
    return existence ? existence->is : ML_PRESENCE_ABSENT;
}

static MlPresence as_relation(const MlDraft *draft, const char *name)
{
    const MlCatalog *catalog = draft->catalog;
    const char *schema = draft->table.schema;
    const MlCatalogTable *table = ml_catalog_recorded_table(catalog, schema, name);
    const MlCatalogObject *sequence = NULL, *view = NULL;
    if (strcmp(draft->table.name, name) == 0)
        return ML_PRESENCE_PRESENT;
    ml_catalog_sequence(catalog, schema, name, &sequence);
    ml_catalog_object(catalog, ML_OBJECT_VIEW, schema, NULL, name, &view);
    MlPresence is = in_other_tables(draft, name, TRUE);
    is = more_certain(is, recorded(table ? &table->existence : NULL));
    is = more_certain(is, recorded(sequence ? &sequence->existence : NULL));
    is = more_certain(is, recorded(view ? &view->existence : NULL));
    for (guint i = 0; i < draft->indexes->len; i++) {
        const MlCatalogIndex *index = draft->indexes->pdata[i];
        if (g_strcmp0(index->name, name) == 0)
            is = more_certain(is, index->existence.is);
    }
    return is;
}

static MlPresence as_constraint(const MlDraft *draft, const char *name)
{
    MlPresence is = in_other_tables(draft, name, FALSE);
    for (guint i = 0; i < draft->constraints->len; i++) {
        const MlCatalogConstraint *constraint = draft->constraints->pdata[i];
        if (g_strcmp0(constraint->name, name) == 0)
            is = more_certain(is, constraint->existence.is);
    }
    return is;
}

typedef enum { CONSTRAINT = 1 << 0, RELATION = 1 << 1 } Namespace;

/* Every key has an index of its name, so a relation's name is taken by a constraint too. */
static MlPresence find_taken(const MlDraft *draft, const char *name, guint spaces)
{
    MlPresence relation = spaces & RELATION ? as_relation(draft, name) : ML_PRESENCE_ABSENT;
    return more_certain(relation, as_constraint(draft, name));
}

static const char *choose(const MlDraft *draft, const char *name2, const char *label, guint spaces)
{
    if (draft->constraints->len + draft->indexes->len > MOST_PARTS)
        return NULL;
    for (guint i = 0; i < MOST_TRIES; i++) {
        g_autofree char *numbered = i ? g_strdup_printf("%s%u", label, i) : g_strdup(label);
        g_autofree char *name = ml_postgres_object_name(draft->table.name, name2, numbered);
        MlPresence taken = find_taken(draft, name, spaces);
        if (taken == ML_PRESENCE_UNKNOWN)
            return NULL;
        if (taken == ML_PRESENCE_ABSENT)
            return ml_pool_text(draft->catalog->pool, name);
    }
    return NULL;
}

/* "a_b", cut while it grows (ChooseForeignKeyConstraintNameAddition, ChooseIndexNameAddition). */
static char *joined(MlNames columns)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (gsize i = 0; i < columns.length && text->len <= MOST_BYTES; i++)
        g_string_append_printf(text, "%s%s", i ? "_" : "",
                               columns.items[i] ? columns.items[i] : "expr");
    g_string_truncate(text, clip(text->str, text->len, MOST_BYTES));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* A check is called after its column where it speaks of one alone. */
static const char *checked_column(const MlDraft *draft, const char *condition)
{
    const char *found = NULL;
    for (guint i = 0; i < draft->columns->len; i++) {
        const MlCatalogColumn *column = draft->columns->pdata[i];
        if (!ml_sql_mentions(condition, column->name))
            continue;
        if (found != NULL)
            return NULL;
        found = column->name;
    }
    return found;
}

const char *ml_chosen_constraint_name(const MlDraft *draft, const MlCatalogConstraint *constraint)
{
    g_autofree char *columns = joined(constraint->columns);
    if (constraint->kind == ML_PRIMARY_KEY)
        return choose(draft, NULL, "pkey", CONSTRAINT | RELATION);
    if (constraint->kind == ML_CHECK)
        return constraint->condition.is == ML_KNOWN && !draft->table.open
                   ? choose(draft, checked_column(draft, constraint->condition.text), "check",
                            CONSTRAINT)
                   : NULL;
    if (!constraint->columns.known)
        return NULL;
    switch (constraint->kind) {
    case ML_FOREIGN_KEY:
        return choose(draft, columns, "fkey", CONSTRAINT);
    case ML_UNIQUE:
        return choose(draft, columns, "key", CONSTRAINT | RELATION);
    case ML_EXCLUDE:
        return choose(draft, columns, "excl", CONSTRAINT | RELATION);
    default:
        return NULL;
    }
}

/* An expression that is a function's call is called after the function: not told here. */
const char *ml_chosen_index_name(const MlDraft *draft, const MlIndex *index)
{
    MlNames columns =
        ml_names_of_parts(draft->catalog->pool, index->parts, index->n_parts, index->open);
    for (gsize i = 0; i < columns.length; i++)
        columns.known &= columns.items[i] != NULL;
    g_autofree char *name = joined(columns);
    return columns.known ? choose(draft, name, "idx", RELATION) : NULL;
}

const char *ml_chosen_sequence_name(const MlDraft *draft, const char *column)
{
    return choose(draft, column, "seq", RELATION);
}
