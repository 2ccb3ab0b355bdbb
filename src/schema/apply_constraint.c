/* Constraints and indexes that are made, dropped, renamed. */
#include "schema/catalog.h"

/* --- making -------------------------------------------------------------- */

static const char *known(MlPool *pool, MlText text)
{
    return text.is == ML_KNOWN ? ml_pool_text(pool, text.text) : NULL;
}

static void set_reference(const MlDraft *draft, MlCatalogConstraint *made)
{
    const MlConstraint *constraint = made->definition;
    MlPool *pool = draft->catalog->pool;
    if (constraint->kind != ML_FOREIGN_KEY)
        return;
    made->referred_table = known(pool, constraint->referred_table);
    made->referred_schema = ml_own_schema(draft->catalog, known(pool, constraint->referred_schema));
    made->referred_columns = ml_names_of(pool, constraint->referred_columns);
}

static void set_name(const MlDraft *draft, MlCatalogConstraint *made)
{
    MlResolvedName name =
        ml_constraint_resolved_name(draft->catalog, draft->deed->operation, made->definition);
    made->name = name.text;
    made->naming = name.naming;
    if (name.naming != ML_NAME_NONE || !ml_is_postgres(draft->catalog))
        return;
    made->name = ml_chosen_constraint_name(draft, made);
    made->naming = made->name ? ML_NAME_BY_DATABASE : ML_NAME_UNKNOWN;
}

static gboolean has_column(const MlDraft *draft, const char *name)
{
    for (guint i = 0; i < draft->columns->len; i++)
        if (g_str_equal(((const MlCatalogColumn *)draft->columns->pdata[i])->name, name))
            return TRUE;
    return FALSE;
}

/* On SQLite only SQLAlchemy sees to it, of a column that does not say itself whether it may. */
static gboolean keeps_null(const MlDraft *draft, const char *name)
{
    const MlOperation *operation = draft->deed->operation;
    if (!ml_is_sqlite(draft->catalog))
        return FALSE;
    for (gsize i = 0; i < operation->n_columns; i++)
        if (ml_text_is(operation->columns[i].name, name))
            return operation->columns[i].nullable.is != ML_ABSENT;
    return TRUE;
}

/* A key's columns hold no NULL, whatever they say. */
static void forbid_null(MlDraft *draft, const MlCatalogConstraint *key)
{
    for (gsize i = 0; i < key->columns.length; i++) {
        const char *name = key->columns.items[i];
        if (name != NULL && (draft->table.open || has_column(draft, name)) &&
            !keeps_null(draft, name))
            ml_draft_column(draft, name)->nullable = ML_NO;
    }
}

/* ADD CONSTRAINT ... USING INDEX: the index becomes the constraint's. */
static void take_index(MlDraft *draft, MlCatalogConstraint *made)
{
    const char *name = known(draft->catalog->pool, made->definition->using_index);
    if (name == NULL)
        return;
    if (made->naming != ML_NAME_GIVEN) {
        made->name = name;
        made->naming = ML_NAME_GIVEN;
    }
    made->columns = (MlNames){0};
    for (guint i = draft->indexes->len; i-- > 0;) {
        const MlCatalogIndex *index = draft->indexes->pdata[i];
        if (g_strcmp0(index->name, name) != 0)
            continue;
        made->columns = index->columns;
        ml_draft_drop_index_at(draft, i);
    }
}

void ml_draft_make_constraint(MlDraft *draft, const MlConstraint *constraint)
{
    MlPool *pool = draft->catalog->pool;
    MlCatalogConstraint *made = ml_pool_alloc(pool, sizeof *made);
    made->existence = ml_made(draft->deed, constraint->origin);
    made->kind = constraint->kind;
    made->definition = constraint;
    made->columns = constraint->kind == ML_EXCLUDE
                        ? ml_names_of_parts(pool, constraint->parts, constraint->n_parts, FALSE)
                        : ml_names_of(pool, constraint->columns);
    made->validated = !ml_is_true(constraint->not_valid);
    made->deferrable = constraint->deferrable;
    made->initially = constraint->initially;
    made->condition = constraint->condition;
    set_reference(draft, made);
    set_name(draft, made);
    take_index(draft, made);
    if (made->kind == ML_PRIMARY_KEY)
        forbid_null(draft, made);
    if (made->kind == ML_EXCLUDE && ml_is_sqlite(draft->catalog)) /* which has none */
        return;
    ml_draft_add_constraint(draft, made);
}

void ml_draft_make_index(MlDraft *draft, const MlIndex *index)
{
    MlPool *pool = draft->catalog->pool;
    MlResolvedName name = ml_index_resolved_name(draft->catalog, draft->deed->operation, index);
    MlCatalogIndex *made = ml_pool_alloc(pool, sizeof *made);
    made->existence = ml_made(draft->deed, index->origin);
    made->definition = index;
    made->columns = ml_names_of_parts(pool, index->parts, index->n_parts, index->open);
    made->name = name.text;
    made->naming = name.naming;
    if (name.naming == ML_NAME_NONE) {
        made->name = ml_is_postgres(draft->catalog) ? ml_chosen_index_name(draft, index) : NULL;
        made->naming = made->name ? ML_NAME_BY_DATABASE : ML_NAME_UNKNOWN;
    }
    ml_draft_add_index(draft, made);
}

static void create_index(MlDraft *draft)
{
    const MlOperation *operation = draft->deed->operation;
    MlResolvedName name = ml_index_resolved_name(draft->catalog, operation, operation->indexes);
    MlPresence was =
        name.text ? ml_table_index(&draft->table, name.text, NULL) : ML_PRESENCE_ABSENT;
    gboolean kept = ml_is_true(operation->if_not_exists) && was != ML_PRESENCE_ABSENT;
    if (kept && was == ML_PRESENCE_PRESENT)
        return;
    ml_draft_make_index(draft, operation->indexes);
    MlCatalogIndex *index = kept && name.text ? ml_draft_index(draft, name.text) : NULL;
    if (index == NULL)
        return;
    index->definition = NULL; /* it may be another one of that name */
    index->columns = (MlNames){0};
}

/* --- dropping ------------------------------------------------------------ */

static MlConstraintKind kind_of(const MlOperation *operation)
{
    static const struct {
        const char *name;
        MlConstraintKind kind;
    } kinds[] = {{"foreignkey", ML_FOREIGN_KEY},
                 {"unique", ML_UNIQUE},
                 {"check", ML_CHECK},
                 {"primary", ML_PRIMARY_KEY}};
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (ml_text_is(operation->constraint_type, kinds[i].name))
            return kinds[i].kind;
    return ML_CONSTRAINT_UNKNOWN;
}

/* One that could be the one that is meant: its name, or what is dropped, is not known. */
static gboolean may_be_meant(const MlDraft *draft, const MlCatalogConstraint *constraint)
{
    const MlOperation *operation = draft->deed->operation;
    MlConstraintKind kind = kind_of(operation);
    return (constraint->name == NULL || operation->name.is == ML_UNKNOWN) &&
           constraint->existence.is != ML_PRESENCE_ABSENT &&
           (kind == ML_CONSTRAINT_UNKNOWN || kind == constraint->kind);
}

static guint count_meant(const MlDraft *draft)
{
    guint count = 0;
    for (guint i = 0; i < draft->constraints->len; i++)
        count += may_be_meant(draft, draft->constraints->pdata[i]);
    return count;
}

/*
 * The name is of none that is known. If one without a known name is the only one
 * that can be meant, it is; of several each only perhaps. None for a name means none
 * of them: it is an error.
 */
static void drop_nameless(MlDraft *draft, const char *name)
{
    guint count = count_meant(draft);
    for (guint i = draft->constraints->len; i-- > 0;) {
        if (!may_be_meant(draft, draft->constraints->pdata[i]))
            continue;
        if (count == 1 && !draft->table.open && draft->deed->operation->name.is != ML_NONE)
            ml_draft_drop_constraint_at(draft, i);
        else
            ml_draft_constraint_at(draft, i)->existence.is = ML_PRESENCE_UNKNOWN;
    }
    if (count > 0 || !draft->table.open || name == NULL)
        return;
    MlCatalogConstraint *gone = ml_pool_alloc(draft->catalog->pool, sizeof *gone);
    gone->existence = ml_dropped((MlExistence){0}, draft->deed);
    gone->kind = kind_of(draft->deed->operation);
    gone->name = name;
    gone->naming = ML_NAME_GIVEN;
    ml_draft_add_constraint(draft, gone);
}

static void drop_constraint(MlDraft *draft)
{
    const char *name = ml_dropped_name(draft->catalog, draft->deed->operation).text;
    for (guint i = draft->constraints->len; name != NULL && i-- > 0;) {
        const MlCatalogConstraint *constraint = draft->constraints->pdata[i];
        if (g_strcmp0(constraint->name, name) != 0 ||
            constraint->existence.is == ML_PRESENCE_ABSENT)
            continue;
        ml_draft_drop_constraint_at(draft, i);
        return;
    }
    drop_nameless(draft, name);
}

/* DROP CONSTRAINT ... CASCADE of a key: of the foreign keys to its table some may go. */
static void loosen_references(const MlDraft *draft)
{
    g_autoptr(GArray) referrers =
        ml_catalog_referrers(draft->catalog, draft->table.schema, draft->table.name, NULL);
    for (guint i = 0; i < referrers->len; i++) {
        const MlReferrer *referrer = &g_array_index(referrers, MlReferrer, i);
        g_auto(MlDraft) other = ml_draft_open(draft->catalog, draft->deed, referrer->table->schema,
                                              referrer->table->name);
        for (guint at = 0; at < other.constraints->len; at++)
            if (other.constraints->pdata[at] == referrer->key)
                ml_draft_constraint_at(&other, at)->existence.is = ML_PRESENCE_UNKNOWN;
        ml_draft_keep(&other);
    }
}

static void drop_index_of(MlDraft *draft, const char *name)
{
    for (guint i = draft->indexes->len; i-- > 0;) {
        const MlCatalogIndex *index = draft->indexes->pdata[i];
        if (g_strcmp0(index->name, name) != 0 || index->existence.is == ML_PRESENCE_ABSENT)
            continue;
        ml_draft_drop_index_at(draft, i);
        return;
    }
    guint nameless = 0;
    for (guint i = 0; i < draft->indexes->len; i++) {
        const MlCatalogIndex *index = draft->indexes->pdata[i];
        if (index->name != NULL || index->existence.is == ML_PRESENCE_ABSENT)
            continue;
        ml_draft_index_at(draft, i)->existence.is = ML_PRESENCE_UNKNOWN;
        nameless++;
    }
    if (nameless > 0 || !draft->table.open)
        return;
    MlCatalogIndex *gone = ml_pool_alloc(draft->catalog->pool, sizeof *gone);
    gone->existence = ml_dropped((MlExistence){0}, draft->deed);
    gone->name = name;
    gone->naming = ML_NAME_GIVEN;
    ml_draft_add_index(draft, gone);
}

/* The table that has it, whatever table the operation names. */
static gboolean drop_index(MlCatalog *catalog, const MlDeed *deed)
{
    const MlOperation *operation = deed->operation;
    const MlCatalogTable *table = NULL;
    const char *name = ml_dropped_name(catalog, operation).text;
    if (name != NULL)
        ml_catalog_index(catalog, operation->schema.text, name, &table, NULL);
    if (table == NULL && operation->table.is != ML_KNOWN)
        return TRUE; /* of a table that nothing is said of */
    g_auto(MlDraft) draft =
        table ? ml_draft_open(catalog, deed, table->schema, table->name)
              : ml_draft_open(catalog, deed, operation->schema.text, operation->table.text);
    if (name != NULL)
        drop_index_of(&draft, name);
    else
        for (guint i = 0; i < draft.indexes->len; i++)
            ml_draft_index_at(&draft, i)->existence.is = ML_PRESENCE_UNKNOWN;
    ml_draft_keep(&draft);
    return TRUE;
}

/* --- renaming, and the rest ---------------------------------------------- */

/* What was dropped under a name is forgotten once another bears it. */
static void forget_dropped(GPtrArray *parts, const char *(*name_of)(gconstpointer),
                           const char *name)
{
    for (guint i = parts->len; i-- > 0;) {
        const MlExistence *existence = parts->pdata[i]; /* which each part begins with */
        if (existence->is == ML_PRESENCE_ABSENT && g_strcmp0(name_of(parts->pdata[i]), name) == 0)
            g_ptr_array_remove_index(parts, i);
    }
}

static const char *constraint_name(gconstpointer constraint)
{
    return ((const MlCatalogConstraint *)constraint)->name;
}

static const char *index_name(gconstpointer index)
{
    return ((const MlCatalogIndex *)index)->name;
}

static void rename_constraint_of(MlDraft *draft, const char *from, const char *to)
{
    MlCatalogConstraint *constraint = ml_draft_constraint(draft, from);
    if (constraint == NULL && draft->table.open) {
        constraint = ml_pool_alloc(draft->catalog->pool, sizeof *constraint);
        constraint->existence = ml_spoken_of(draft->deed);
        constraint->deferrable.is = ML_UNKNOWN;
        constraint->initially.is = constraint->condition.is = ML_UNKNOWN;
        g_ptr_array_add(draft->constraints, constraint);
    }
    if (constraint == NULL)
        return;
    if (draft->table.open) {
        MlCatalogConstraint *old =
            ml_pool_copy(draft->catalog->pool, constraint, sizeof *constraint);
        old->name = ml_pool_text(draft->catalog->pool, from);
        old->existence = ml_dropped(old->existence, draft->deed);
        g_ptr_array_add(draft->constraints, old);
    }
    forget_dropped(draft->constraints, constraint_name, to);
    constraint->name = ml_pool_text(draft->catalog->pool, to);
    constraint->naming = ML_NAME_GIVEN;
    constraint->existence.changed = constraint->existence.since = draft->deed;
}

static void rename_constraint(MlDraft *draft)
{
    const MlOperation *operation = draft->deed->operation;
    if (operation->name.is != ML_KNOWN)
        ml_draft_blur(draft);
    else if (operation->new_name.is == ML_KNOWN)
        rename_constraint_of(draft, operation->name.text, operation->new_name.text);
}

static void rename_index_of(MlDraft *draft, const char *from, const char *to)
{
    MlCatalogIndex *index = ml_draft_index(draft, from);
    if (index == NULL) { /* a key's own index is called as the key is */
        rename_constraint_of(draft, from, to);
        return;
    }
    if (draft->table.open) {
        MlCatalogIndex *old = ml_pool_copy(draft->catalog->pool, index, sizeof *index);
        old->existence = ml_dropped(old->existence, draft->deed);
        g_ptr_array_add(draft->indexes, old);
    }
    forget_dropped(draft->indexes, index_name, to);
    index->name = ml_pool_text(draft->catalog->pool, to);
    index->naming = ML_NAME_GIVEN;
    index->existence.changed = index->existence.since = draft->deed;
}

static void take_entry(const MlMap *entry, gpointer found)
{
    *(const MlMap **)found = entry;
}

/* The table that has a key of that name. */
static const MlCatalogTable *table_with_key(const MlCatalog *catalog, const char *schema,
                                            const char *name)
{
    const char *own = ml_own_schema(catalog, schema);
    g_autofree char *prefix = ml_constraint_prefix(own, name);
    const MlMap *entry = NULL;
    ml_map_each(catalog->root, prefix, take_entry, &entry);
    return entry ? ml_catalog_recorded_table(catalog, own, ml_key_last(entry->key)) : NULL;
}

static void rename_index(MlCatalog *catalog, const MlDeed *deed)
{
    const MlOperation *operation = deed->operation;
    const MlCatalogTable *table = NULL;
    if (operation->new_name.is != ML_KNOWN)
        return;
    ml_catalog_index(catalog, operation->schema.text, operation->name.text, &table, NULL);
    if (table == NULL)
        table = table_with_key(catalog, operation->schema.text, operation->name.text);
    if (table == NULL)
        return;
    g_auto(MlDraft) draft = ml_draft_open(catalog, deed, table->schema, table->name);
    rename_index_of(&draft, operation->name.text, operation->new_name.text);
    ml_draft_keep(&draft);
}

static void alter_constraint(MlDraft *draft)
{
    const MlOperation *operation = draft->deed->operation;
    MlCatalogConstraint *constraint =
        operation->name.is == ML_KNOWN ? ml_draft_constraint(draft, operation->name.text) : NULL;
    if (constraint == NULL)
        return;
    constraint->existence.changed = draft->deed;
    if (operation->kind == ML_VALIDATE_CONSTRAINT)
        constraint->validated = TRUE;
    else if (operation->n_constraints > 0) {
        constraint->deferrable = operation->constraints->deferrable;
        constraint->initially = operation->constraints->initially;
    }
}

static void add_constraint(MlDraft *draft)
{
    ml_draft_make_constraint(draft, draft->deed->operation->constraints);
}

/* --- all of them --------------------------------------------------------- */

typedef void Change(MlDraft *draft);

static Change *change_of(MlOperationKind kind)
{
    switch (kind) {
    case ML_ADD_CONSTRAINT:
        return add_constraint;
    case ML_DROP_CONSTRAINT:
        return drop_constraint;
    case ML_RENAME_CONSTRAINT:
        return rename_constraint;
    case ML_VALIDATE_CONSTRAINT:
    case ML_ALTER_CONSTRAINT:
        return alter_constraint;
    case ML_CREATE_INDEX:
        return create_index;
    default:
        return NULL;
    }
}

gboolean ml_apply_constraint(MlCatalog *catalog, const MlDeed *deed)
{
    const MlOperation *operation = deed->operation;
    if (operation->kind == ML_DROP_INDEX)
        return drop_index(catalog, deed);
    if (operation->kind == ML_RENAME_INDEX) {
        rename_index(catalog, deed);
        return TRUE;
    }
    Change *change = change_of(operation->kind);
    if (change == NULL)
        return FALSE;
    g_auto(MlDraft) draft =
        ml_draft_open(catalog, deed, operation->schema.text, operation->table.text);
    ml_batch_name_constraints(&draft);
    change(&draft);
    ml_apply_batch(&draft);
    ml_draft_keep(&draft);
    if (operation->kind == ML_DROP_CONSTRAINT && ml_is_true(operation->cascade))
        loosen_references(&draft);
    return TRUE;
}
