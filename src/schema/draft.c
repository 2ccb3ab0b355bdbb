/* A table on its way to be another one. */
#include "miglint/text.h"
#include "schema/catalog.h"

#include <string.h>

/* --- existence ----------------------------------------------------------- */

MlExistence ml_made(const MlDeed *deed, MlOrigin origin)
{
    return (MlExistence){ML_PRESENCE_PRESENT, deed, deed, deed, origin};
}

MlExistence ml_spoken_of(const MlDeed *deed)
{
    return (MlExistence){.is = ML_PRESENCE_PRESENT, .changed = deed};
}

MlExistence ml_dropped(MlExistence existence, const MlDeed *deed)
{
    existence.is = ML_PRESENCE_ABSENT;
    existence.changed = deed;
    return existence;
}

/* --- opening and keeping ------------------------------------------------- */

static GPtrArray *pointers(gconstpointer items, gsize length)
{
    GPtrArray *array = g_ptr_array_sized_new((guint)length + 1);
    for (gsize i = 0; i < length; i++)
        g_ptr_array_add(array, ((const gpointer *)items)[i]);
    return array;
}

static MlDraft draft_of(MlCatalog *catalog, const MlDeed *deed, const MlCatalogTable *table)
{
    return (MlDraft){
        .catalog = catalog,
        .deed = deed,
        .table = *table,
        .columns = pointers(table->columns, table->n_columns),
        .constraints = pointers(table->constraints, table->n_constraints),
        .indexes = pointers(table->indexes, table->n_indexes),
    };
}

static MlCatalogTable blank(const MlCatalog *catalog, const char *schema, const char *name)
{
    return (MlCatalogTable){
        .schema = ml_pool_text(catalog->pool, ml_own_schema(catalog, schema)),
        .name = ml_pool_text(catalog->pool, name),
    };
}

MlDraft ml_draft_open(MlCatalog *catalog, const MlDeed *deed, const char *schema, const char *name)
{
    const MlCatalogTable *recorded = ml_catalog_recorded_table(catalog, schema, name);
    if (recorded != NULL && (deed == NULL || recorded->existence.is != ML_PRESENCE_ABSENT)) {
        MlDraft draft = draft_of(catalog, deed, recorded);
        if (deed != NULL) {
            draft.table.existence.is = ML_PRESENCE_PRESENT;
            draft.table.existence.changed = deed;
        }
        return draft;
    }
    MlCatalogTable table = blank(catalog, schema, name);
    table.existence = ml_spoken_of(deed);
    table.comment.is = ML_UNKNOWN;
    table.open = TRUE;
    return draft_of(catalog, deed, &table);
}

MlDraft ml_draft_new(MlCatalog *catalog, const MlDeed *deed, const char *schema, const char *name,
                     MlOrigin origin)
{
    MlCatalogTable table = blank(catalog, schema, name);
    table.existence = ml_made(deed, origin);
    table.comment.is = ML_NONE;
    table.created = deed->operation;
    return draft_of(catalog, deed, &table);
}

void ml_draft_clear(MlDraft *draft)
{
    g_clear_pointer(&draft->columns, g_ptr_array_unref);
    g_clear_pointer(&draft->constraints, g_ptr_array_unref);
    g_clear_pointer(&draft->indexes, g_ptr_array_unref);
}

/* The list as it was, if nothing in it is another. */
static gconstpointer kept(MlPool *pool, gconstpointer old, gsize length, const GPtrArray *list)
{
    gsize size = length * sizeof(gpointer);
    return length == list->len && (length == 0 || memcmp(old, list->pdata, size) == 0)
               ? old
               : ml_pool_pointers(pool, list);
}

const MlCatalogTable *ml_draft_keep(MlDraft *draft)
{
    MlPool *pool = draft->catalog->pool;
    MlCatalogTable *table = &draft->table;
    table->columns = kept(pool, table->columns, table->n_columns, draft->columns);
    table->n_columns = draft->columns->len;
    table->constraints = kept(pool, table->constraints, table->n_constraints, draft->constraints);
    table->n_constraints = draft->constraints->len;
    table->indexes = kept(pool, table->indexes, table->n_indexes, draft->indexes);
    table->n_indexes = draft->indexes->len;
    table = ml_pool_copy(pool, table, sizeof *table);
    ml_catalog_store_table(draft->catalog, table,
                           draft->deed ? draft->deed->sequence : draft->catalog->doubt);
    return table;
}

/* --- columns ------------------------------------------------------------- */

static gboolean find_column(const MlDraft *draft, const char *name, guint *at)
{
    for (*at = 0; *at < draft->columns->len; (*at)++)
        if (ml_text_equals(((const MlCatalogColumn *)draft->columns->pdata[*at])->name, name))
            return TRUE;
    return FALSE;
}

static MlCatalogColumn *new_column(MlDraft *draft, const char *name)
{
    MlCatalogColumn *column = ml_pool_alloc(draft->catalog->pool, sizeof *column);
    column->name = ml_pool_text(draft->catalog->pool, name);
    column->existence = ml_spoken_of(draft->deed);
    column->type = &ml_type_unknown;
    column->nullable = ML_PERHAPS;
    column->server_default.kind = ML_DEFAULT_UNKNOWN;
    column->comment.is = ML_UNKNOWN;
    return column;
}

MlCatalogColumn *ml_draft_column(MlDraft *draft, const char *name)
{
    guint at;
    MlCatalogColumn *column = new_column(draft, name);
    if (!find_column(draft, name, &at)) {
        g_ptr_array_add(draft->columns, column);
        return column;
    }
    const MlCatalogColumn *old = draft->columns->pdata[at];
    if (old->existence.is == ML_PRESENCE_PRESENT)
        *column = *old;
    else if (old->existence.is == ML_PRESENCE_UNKNOWN)
        column->existence = old->existence;
    column->existence.is = ML_PRESENCE_PRESENT;
    column->existence.changed = draft->deed;
    draft->columns->pdata[at] = column;
    return column;
}

void ml_draft_add_column(MlDraft *draft, const MlCatalogColumn *column)
{
    guint at;
    if (find_column(draft, column->name, &at))
        draft->columns->pdata[at] = (gpointer)column;
    else
        g_ptr_array_add(draft->columns, (gpointer)column);
}

void ml_draft_drop_column_at(MlDraft *draft, guint at)
{
    MlCatalogColumn *column =
        ml_pool_copy(draft->catalog->pool, draft->columns->pdata[at], sizeof *column);
    column->existence = ml_dropped(column->existence, draft->deed);
    if (draft->table.open)
        draft->columns->pdata[at] = column;
    else
        g_ptr_array_remove_index(draft->columns, at);
}

/* --- constraints --------------------------------------------------------- */

static const MlCatalogConstraint *constraint_at(const MlDraft *draft, guint at)
{
    return draft->constraints->pdata[at];
}

void ml_draft_add_constraint(MlDraft *draft, const MlCatalogConstraint *constraint)
{
    for (guint i = 0; constraint->name != NULL && i < draft->constraints->len; i++)
        if (g_strcmp0(constraint_at(draft, i)->name, constraint->name) == 0) {
            draft->constraints->pdata[i] = (gpointer)constraint;
            return;
        }
    g_ptr_array_add(draft->constraints, (gpointer)constraint);
}

MlCatalogConstraint *ml_draft_constraint_at(MlDraft *draft, guint at)
{
    MlCatalogConstraint *copy =
        ml_pool_copy(draft->catalog->pool, draft->constraints->pdata[at], sizeof *copy);
    draft->constraints->pdata[at] = copy;
    return copy;
}

MlCatalogConstraint *ml_draft_constraint(MlDraft *draft, const char *name)
{
    for (guint i = 0; i < draft->constraints->len; i++)
        if (g_strcmp0(constraint_at(draft, i)->name, name) == 0 &&
            constraint_at(draft, i)->existence.is != ML_PRESENCE_ABSENT)
            return ml_draft_constraint_at(draft, i);
    return NULL;
}

void ml_draft_drop_constraint_at(MlDraft *draft, guint at)
{
    MlCatalogConstraint *constraint = ml_draft_constraint_at(draft, at);
    constraint->existence = ml_dropped(constraint->existence, draft->deed);
    if (!draft->table.open)
        g_ptr_array_remove_index(draft->constraints, at);
}

/* --- indexes ------------------------------------------------------------- */

static const MlCatalogIndex *index_at(const MlDraft *draft, guint at)
{
    return draft->indexes->pdata[at];
}

void ml_draft_add_index(MlDraft *draft, const MlCatalogIndex *index)
{
    for (guint i = 0; index->name != NULL && i < draft->indexes->len; i++)
        if (g_strcmp0(index_at(draft, i)->name, index->name) == 0) {
            draft->indexes->pdata[i] = (gpointer)index;
            return;
        }
    g_ptr_array_add(draft->indexes, (gpointer)index);
}

MlCatalogIndex *ml_draft_index_at(MlDraft *draft, guint at)
{
    MlCatalogIndex *copy =
        ml_pool_copy(draft->catalog->pool, draft->indexes->pdata[at], sizeof *copy);
    draft->indexes->pdata[at] = copy;
    return copy;
}

MlCatalogIndex *ml_draft_index(MlDraft *draft, const char *name)
{
    for (guint i = 0; i < draft->indexes->len; i++)
        if (g_strcmp0(index_at(draft, i)->name, name) == 0 &&
            index_at(draft, i)->existence.is != ML_PRESENCE_ABSENT)
            return ml_draft_index_at(draft, i);
    return NULL;
}

void ml_draft_drop_index_at(MlDraft *draft, guint at)
{
    MlCatalogIndex *index = ml_draft_index_at(draft, at);
    index->existence = ml_dropped(index->existence, draft->deed);
    if (!draft->table.open)
        g_ptr_array_remove_index(draft->indexes, at);
}

/* --- doubt --------------------------------------------------------------- */

void ml_draft_blur(MlDraft *draft)
{
    MlPool *pool = draft->catalog->pool;
    draft->table.open = TRUE;
    for (guint i = 0; i < draft->columns->len; i++) {
        MlCatalogColumn *column = ml_pool_copy(pool, draft->columns->pdata[i], sizeof *column);
        column->existence.is = ML_PRESENCE_UNKNOWN;
        draft->columns->pdata[i] = column;
    }
    for (guint i = 0; i < draft->constraints->len; i++)
        ml_draft_constraint_at(draft, i)->existence.is = ML_PRESENCE_UNKNOWN;
    for (guint i = 0; i < draft->indexes->len; i++)
        ml_draft_index_at(draft, i)->existence.is = ML_PRESENCE_UNKNOWN;
}

/* --- parts of any kind --------------------------------------------------- */

const char *ml_part_name(MlCatalogKind kind, gconstpointer part)
{
    switch (kind) {
    case ML_CATALOG_COLUMN:
        return ((const MlCatalogColumn *)part)->name;
    case ML_CATALOG_CONSTRAINT:
        return ((const MlCatalogConstraint *)part)->name;
    default:
        return ((const MlCatalogIndex *)part)->name;
    }
}

gboolean ml_pointers_hold(const gconstpointer *items, gsize length, gconstpointer item)
{
    for (gsize i = 0; i < length; i++)
        if (items[i] == item)
            return TRUE;
    return FALSE;
}

/* --- names --------------------------------------------------------------- */

static MlNames names_in(MlPool *pool, const GPtrArray *names, gboolean known)
{
    return (MlNames){known, ml_pool_pointers(pool, names), names->len};
}

MlNames ml_names_of(MlPool *pool, MlTexts texts)
{
    gboolean known = texts.is != ML_UNKNOWN;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (gsize i = 0; i < texts.length; i++) {
        known &= texts.items[i].is == ML_KNOWN;
        g_ptr_array_add(names, (gpointer)ml_pool_text(pool, texts.items[i].text));
    }
    return names_in(pool, names, known);
}

MlNames ml_names_of_parts(MlPool *pool, const MlIndexPart *parts, gsize count, gboolean open)
{
    gboolean known = !open;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (gsize i = 0; i < count; i++) {
        known &= parts[i].column.is == ML_KNOWN || parts[i].expression.is == ML_KNOWN;
        g_ptr_array_add(names, (gpointer)ml_pool_text(pool, parts[i].column.text));
    }
    return names_in(pool, names, known);
}

MlNames ml_names_replaced(MlPool *pool, MlNames names, const char *from, const char *to)
{
    if (!ml_names_hold(names, from))
        return names;
    g_autoptr(GPtrArray) replaced = g_ptr_array_new();
    for (gsize i = 0; i < names.length; i++)
        g_ptr_array_add(replaced,
                        (gpointer)(g_strcmp0(names.items[i], from) == 0 ? ml_pool_text(pool, to)
                                                                        : names.items[i]));
    return names_in(pool, replaced, names.known);
}

static gboolean is_word_byte(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '$' || (guchar)c >= 0x80;
}

gboolean ml_sql_mentions(const char *sql, const char *word)
{
    gsize length = strlen(word);
    if (sql == NULL || length == 0)
        return FALSE;
    for (const char *at = sql; *at != '\0'; at++)
        if (g_ascii_strncasecmp(at, word, length) == 0 && (at == sql || !is_word_byte(at[-1])) &&
            !is_word_byte(at[length]))
            return TRUE;
    return FALSE;
}
