/* The operations of a batch, done to the table that is made anew. */
#include "render/batch_table.h"

#include <string.h>

/* --- the table before ------------------------------------------------------------------------ */

static gpointer keep(const MlBatchTable *table, gconstpointer value, gsize size)
{
    return memcpy(ml_operations_alloc(table->memory, size), value, size);
}

static const char *qualified_column(const MlBatchTable *table, const char *name)
{
    g_autoptr(GString) out = g_string_new(NULL);
    ml_append_qualified(table->rendering, out, table->schema, ml_text_known(table->name));
    g_string_append_c(out, '.');
    ml_append_name(table->rendering, out, name);
    return ml_operations_text(table->memory, out->str, -1);
}

static void add_seen_column(MlBatchTable *table, const MlColumn *column)
{
    const MlBatchColumn seen = {
        .key = column->name.text,
        .column = *column,
        .source = qualified_column(table, column->name.text),
    };
    g_ptr_array_add(table->columns, keep(table, &seen, sizeof seen));
    g_ptr_array_add(table->existing, (gpointer)seen.key);
}

static MlBatchColumn *find_column(const MlBatchTable *table, const char *key)
{
    for (guint i = 0; i < table->columns->len; i++) {
        MlBatchColumn *column = table->columns->pdata[i];
        if (strcmp(column->key, key) == 0)
            return column;
    }
    return NULL;
}

/* As the batch's own naming convention calls it. */
static void name_seen(MlRendering *rendering, MlConstraint *seen)
{
    const MlOperation *operation = rendering->operation;
    if (operation->batch->naming_convention.is == ML_ABSENT)
        return;
    MlResolvedName name = ml_batch_resolved_name(rendering->catalog, operation, seen);
    if (name.naming == ML_NAME_UNKNOWN)
        ml_rendering_refuse(rendering,
                            "is in a batch with a naming_convention that cannot be told");
    seen->name = name.text != NULL ? ml_text_known(name.text) : (MlText){0};
}

static void add_seen_constraint(MlBatchTable *table, MlConstraint *seen)
{
    name_seen(table->rendering, seen);
    for (gsize i = 0; seen->kind == ML_PRIMARY_KEY && i < seen->columns.length; i++) {
        MlBatchColumn *column = find_column(table, seen->columns.items[i].text);
        if (column != NULL)
            column->column.primary_key = (MlFlag){.is = ML_KNOWN, .value = TRUE};
    }
    g_ptr_array_add(table->constraints, keep(table, seen, sizeof *seen));
}

MlBatchTable ml_batch_table_new(MlRendering *rendering, MlOperations *memory,
                                const MlCatalogTable *from)
{
    g_auto(MlReflection) seen = ml_reflect_table(rendering, memory, from);
    MlBatchTable table = {
        .rendering = rendering,
        .memory = memory,
        .schema = rendering->operation->schema,
        .name = from->name,
        .columns = g_ptr_array_new(),
        .constraints = g_ptr_array_new(),
        .indexes = g_ptr_array_new(),
        .new_indexes = g_ptr_array_new(),
        .existing = g_ptr_array_new(),
        .order = g_ptr_array_new(),
    };
    for (guint i = 0; i < seen.columns->len; i++)
        add_seen_column(&table, &g_array_index(seen.columns, MlColumn, i));
    for (guint i = 0; i < seen.constraints->len; i++)
        add_seen_constraint(&table, &g_array_index(seen.constraints, MlConstraint, i));
    for (guint i = 0; i < seen.indexes->len; i++)
        g_ptr_array_add(table.indexes,
                        keep(&table, &g_array_index(seen.indexes, MlIndex, i), sizeof(MlIndex)));
    return table;
}

void ml_batch_table_clear(MlBatchTable *table)
{
    g_clear_pointer(&table->columns, g_ptr_array_unref);
    g_clear_pointer(&table->constraints, g_ptr_array_unref);
    g_clear_pointer(&table->indexes, g_ptr_array_unref);
    g_clear_pointer(&table->new_indexes, g_ptr_array_unref);
    g_clear_pointer(&table->existing, g_ptr_array_unref);
    g_clear_pointer(&table->order, g_ptr_array_unref);
}

/* --- looking for parts -------------------------------------------------------------------------
 */

/* NULL, and a refusal, where there is none. */
static MlBatchColumn *column_of(MlBatchTable *table, const char *key)
{
    MlBatchColumn *column = find_column(table, key);
    if (column == NULL)
        ml_rendering_refuse(table->rendering, "is of a column that the table does not have: %s",
                            key);
    return column;
}

gboolean ml_batch_table_names(const MlBatchTable *table, MlTexts keys, MlTexts *names)
{
    MlText *items = ml_operations_alloc(table->memory, (keys.length + 1) * sizeof *items);
    for (gsize i = 0; i < keys.length; i++) {
        const MlBatchColumn *column =
            keys.items[i].is == ML_KNOWN ? find_column(table, keys.items[i].text) : NULL;
        if (column == NULL)
            return FALSE;
        items[i] = column->column.name;
    }
    *names = keys;
    names->items = items;
    return TRUE;
}

static gboolean find_constraint(const MlBatchTable *table, const char *name, guint *at)
{
    for (*at = 0; *at < table->constraints->len; (*at)++)
        if (ml_text_is(((const MlConstraint *)table->constraints->pdata[*at])->name, name))
            return TRUE;
    return FALSE;
}

/* --- constraints -------------------------------------------------------------------------------
 */

/* What is still called by a name that it got in this batch is replaced. */
static void add_constraint(MlBatchTable *table, const MlConstraint *constraint)
{
    guint at;
    gpointer kept = keep(table, constraint, sizeof *constraint);
    if (constraint->name.is == ML_KNOWN && find_constraint(table, constraint->name.text, &at))
        table->constraints->pdata[at] = kept;
    else
        g_ptr_array_add(table->constraints, kept);
}

/* Its name as the project's convention resolves it, since the new table knows none. */
static void resolve_name(MlBatchTable *table, MlConstraint *constraint)
{
    MlRendering *rendering = table->rendering;
    MlResolvedName name =
        ml_constraint_resolved_name(rendering->catalog, rendering->operation, constraint);
    if (name.needs_name)
        ml_rendering_refuse(rendering, "has no name, which the naming convention asks for");
    else if (name.naming == ML_NAME_UNKNOWN)
        ml_rendering_refuse(rendering, "has a name that depends on a naming convention that "
                                       "cannot be told; the settings can give it");
    constraint->name = name.text ? ml_text_known(name.text) : (MlText){0};
    constraint->final = TRUE;
}

/* A key without a name gives way to one that has one. */
static void replace_key(MlBatchTable *table)
{
    for (guint i = table->constraints->len; i-- > 0;) {
        const MlConstraint *constraint = table->constraints->pdata[i];
        if (constraint->kind == ML_PRIMARY_KEY && constraint->name.is != ML_KNOWN)
            g_ptr_array_remove_index(table->constraints, i);
    }
}

static void make_constraint(MlBatchTable *table, const MlConstraint *made)
{
    MlConstraint constraint = *made;
    resolve_name(table, &constraint);
    if (constraint.name.is != ML_KNOWN && constraint.of_type == NULL)
        ml_rendering_refuse(table->rendering, "has a constraint without a name, which Alembic "
                                              "refuses in a batch");
    if (constraint.kind == ML_PRIMARY_KEY)
        replace_key(table);
    if (constraint.referred_schema.is == ML_ABSENT || constraint.referred_schema.is == ML_NONE)
        constraint.referred_schema = table->schema;
    add_constraint(table, &constraint);
}

static void unmark_key(MlBatchTable *table, const MlConstraint *key)
{
    for (gsize i = 0; i < key->columns.length; i++) {
        MlBatchColumn *column = find_column(table, key->columns.items[i].text);
        if (column != NULL)
            column->column.primary_key = (MlFlag){0};
    }
}

static void drop_constraint(MlBatchTable *table)
{
    MlRendering *rendering = table->rendering;
    MlResolvedName name = ml_dropped_name(rendering->catalog, rendering->operation);
    guint at;
    if (name.text == NULL) {
        ml_rendering_refuse(rendering, "drops a constraint whose name cannot be told");
    } else if (!find_constraint(table, name.text, &at)) {
        ml_rendering_refuse(rendering,
                            "drops a constraint that SQLAlchemy does not see in the "
                            "table: %s",
                            name.text);
    } else {
        const MlConstraint *dropped = table->constraints->pdata[at];
        if (dropped->kind == ML_PRIMARY_KEY)
            unmark_key(table, dropped);
        g_ptr_array_remove_index(table->constraints, at);
    }
}

/* --- indexes -----------------------------------------------------------------------------------
 */

static void make_index(MlBatchTable *table, const MlIndex *made)
{
    MlRendering *rendering = table->rendering;
    MlIndex *index = keep(table, made, sizeof *made);
    MlResolvedName name = ml_index_resolved_name(rendering->catalog, rendering->operation, made);
    if (name.text == NULL)
        ml_rendering_refuse(rendering, "has an index whose name cannot be told");
    for (gsize i = 0; i < made->n_parts; i++)
        if (made->parts[i].column.is != ML_KNOWN || made->parts[i].order.is != ML_ABSENT ||
            made->parts[i].nulls.is != ML_ABSENT)
            ml_rendering_refuse(rendering, "has an index on an expression, which Alembic forgets "
                                           "in a batch");
    index->name = ml_text_known(name.text);
    index->final = TRUE;
    for (guint i = 0; name.text != NULL && i < table->new_indexes->len; i++)
        if (ml_text_is(((const MlIndex *)table->new_indexes->pdata[i])->name, name.text))
            g_ptr_array_remove_index(table->new_indexes, i--);
    g_ptr_array_add(table->new_indexes, index);
}

static void create_index(MlBatchTable *table)
{
    if (table->rendering->operation->n_indexes > 0)
        make_index(table, &table->rendering->operation->indexes[0]);
    else
        ml_rendering_refuse(table->rendering, "has columns that cannot be told");
}

static void drop_index(MlBatchTable *table)
{
    MlRendering *rendering = table->rendering;
    const char *name = ml_dropped_name(rendering->catalog, rendering->operation).text;
    if (rendering->operation->if_exists.is != ML_ABSENT)
        ml_rendering_refuse(rendering, "says if_exists, which Alembic refuses in a batch that "
                                       "makes the table anew");
    for (guint i = 0; name != NULL && i < table->indexes->len; i++) {
        if (!ml_text_is(((const MlIndex *)table->indexes->pdata[i])->name, name))
            continue;
        g_ptr_array_remove_index(table->indexes, i);
        return;
    }
    ml_rendering_refuse(rendering, "drops an index that SQLAlchemy does not see in the table");
}

/* --- columns ------------------------------------------------------------------------------------
 */

/* A check of a type of its own stands once more in the table, by the name that the type gives it.
 */
static void make_parts(MlBatchTable *table)
{
    const MlOperation *operation = table->rendering->operation;
    for (gsize i = 0; i < operation->n_constraints; i++) {
        MlConstraint constraint = operation->constraints[i];
        if (constraint.column.is != ML_ABSENT) {
            resolve_name(table, &constraint);
            g_ptr_array_add(table->constraints, keep(table, &constraint, sizeof constraint));
        } else if (constraint.kind != ML_PRIMARY_KEY) {
            make_constraint(table, &constraint);
        }
        if (constraint.of_type == NULL || operation->kind != ML_ADD_COLUMN)
            continue;
        constraint.final = TRUE;
        g_ptr_array_add(table->constraints, keep(table, &constraint, sizeof constraint));
    }
    for (gsize i = 0; i < operation->n_indexes; i++)
        make_index(table, &operation->indexes[i]);
}

/* Column(unique=True) makes a second constraint, without a name, as the column joins the table. */
static void make_unique(MlBatchTable *table, const MlColumn *column)
{
    const MlConstraint unique = {.kind = ML_UNIQUE,
                                 .final = TRUE,
                                 .columns = {.is = ML_KNOWN, .items = &column->name, .length = 1}};
    if (ml_is_true(column->unique))
        g_ptr_array_add(table->constraints, keep(table, &unique, sizeof unique));
}

static void add_column(MlBatchTable *table)
{
    const MlOperation *operation = table->rendering->operation;
    const MlColumn *column = operation->n_columns > 0 ? &operation->columns[0] : NULL;
    if (column == NULL || column->name.is != ML_KNOWN) {
        ml_rendering_refuse(table->rendering, "has a column that cannot be told");
        return;
    }
    MlBatchColumn added = {.key = column->name.text, .column = *column};
    if (column->default_value.is == ML_KNOWN || column->default_value.is == ML_UNKNOWN)
        ml_rendering_refuse(table->rendering, "has a column that Python fills in: %s", added.key);
    if (find_column(table, added.key) != NULL)
        ml_rendering_refuse(table->rendering, "adds a column that is there already: %s", added.key);
    if (column->nullable.is == ML_ABSENT && ml_is_true(column->primary_key))
        added.column.nullable = (MlFlag){.is = ML_KNOWN};
    ml_batch_table_place(table, added.key);
    g_ptr_array_add(table->columns, keep(table, &added, sizeof added));
    make_parts(table);
    make_unique(table, column);
}

static void leave_key(MlConstraint *key, const char *column, MlOperations *memory)
{
    MlText *items = ml_operations_alloc(memory, (key->columns.length + 1) * sizeof *items);
    gsize length = 0;
    for (gsize i = 0; i < key->columns.length; i++)
        if (!ml_text_is(key->columns.items[i], column))
            items[length++] = key->columns.items[i];
    key->columns.items = items;
    key->columns.length = length;
}

static void drop_column(MlBatchTable *table)
{
    const char *key = table->rendering->operation->name.text;
    guint at;
    if (!g_ptr_array_find_with_equal_func(table->existing, key, g_str_equal, &at)) {
        ml_rendering_refuse(table->rendering,
                            "drops a column that was not there before the "
                            "batch: %s",
                            key);
        return;
    }
    g_ptr_array_remove_index(table->existing, at);
    for (guint i = 0; i < table->constraints->len; i++) {
        MlConstraint *constraint = table->constraints->pdata[i];
        if (constraint->kind == ML_PRIMARY_KEY)
            leave_key(constraint, key, table->memory);
    }
    g_ptr_array_remove(table->columns, find_column(table, key));
}

/* NULL: a type without a name, or one that may make no check. */
static const char *name_of_type(const MlColumn *column)
{
    const MlType *type = column != NULL ? ml_type_in(column->type, "sqlite") : NULL;
    gboolean may_check =
        type != NULL && (type->kind == ML_TYPE_ENUM || type->kind == ML_TYPE_BOOLEAN);
    return may_check && type->name.is == ML_KNOWN ? type->name.text : NULL;
}

/* A type's check bears its name, unless a naming convention gave it another. */
static void forget(MlBatchTable *table, const char *name)
{
    guint at;
    if (name != NULL && find_constraint(table, name, &at))
        g_ptr_array_remove_index(table->constraints, at);
}

static void rename_column(MlBatchTable *table, MlBatchColumn *column)
{
    const MlOperation *operation = table->rendering->operation;
    if (operation->new_name.is != ML_KNOWN || ml_text_is(operation->new_name, column->key))
        return;
    column->column.name = operation->new_name;
    forget(table, name_of_type(operation->existing));
}

/* What SQLAlchemy takes for one kind of type (TypeEngine._type_affinity). */
static MlTypeKind affinity_of(const MlType *type)
{
    type = ml_type_in(type, "sqlite");
    switch (type->kind) {
    case ML_TYPE_SMALLINT:
    case ML_TYPE_BIGINT:
        return ML_TYPE_INTEGER;
    case ML_TYPE_REAL:
    case ML_TYPE_DOUBLE:
    case ML_TYPE_FLOAT:
        return ML_TYPE_NUMERIC;
    case ML_TYPE_CHAR:
    case ML_TYPE_TEXT:
    case ML_TYPE_ENUM:
        return ML_TYPE_VARCHAR;
    default:
        return type->kind;
    }
}

/* SQLiteImpl.cast_for_batch_migrate */
static void cast_source(MlBatchTable *table, MlBatchColumn *column, const MlType *type)
{
    MlRendering *rendering = table->rendering;
    MlTypeKind affinity = affinity_of(type);
    if (affinity == affinity_of(column->column.type) || affinity == ML_TYPE_JSON)
        return;
    if (column->source == NULL) {
        ml_rendering_refuse(rendering, "changes the type of a column that the batch adds");
        return;
    }
    g_autoptr(GString) cast = g_string_new("CAST(");
    g_string_append_printf(cast, "%s AS ", column->source);
    ml_append_type(rendering, cast, type);
    g_string_append_c(cast, ')');
    column->cast = TRUE;
    column->source = ml_operations_text(table->memory, cast->str, -1);
}

/* The check that a type makes of itself; its name, once resolved. FALSE: it makes none. */
static gboolean check_of(MlBatchTable *table, const MlType *type, MlConstraint *check)
{
    type = ml_type_in(type, "sqlite");
    *check = (MlConstraint){.kind = ML_CHECK, .of_type = type, .name = type->name};
    check->columns =
        (MlTexts){.is = ML_KNOWN, .items = &table->rendering->operation->name, .length = 1};
    if ((type->kind != ML_TYPE_ENUM && type->kind != ML_TYPE_BOOLEAN) ||
        !ml_is_true(type->create_constraint))
        return FALSE;
    return TRUE;
}

/* Its name, where it is none of its own, is no reason to refuse. */
static void drop_check_of(MlBatchTable *table, const MlType *type)
{
    MlConstraint check;
    if (!check_of(table, type, &check) || check.name.is != ML_KNOWN)
        return;
    resolve_name(table, &check);
    forget(table, check.name.text);
}

static void make_check_of(MlBatchTable *table, const MlType *type)
{
    MlConstraint check;
    if (check_of(table, type, &check))
        make_constraint(table, &check);
}

static void change_type(MlBatchTable *table, MlBatchColumn *column)
{
    const MlOperation *operation = table->rendering->operation;
    const MlType *type = operation->change->type;
    if (type->kind == ML_TYPE_ABSENT)
        return;
    cast_source(table, column, type);
    column->column.type = type;
    make_check_of(table, type);
}

static void change_column(MlBatchTable *table, MlBatchColumn *column)
{
    const MlColumn *change = table->rendering->operation->change;
    change_type(table, column);
    if (change->nullable.is != ML_ABSENT && change->nullable.is != ML_NONE)
        column->column.nullable = change->nullable;
    if (change->server_default.kind != ML_DEFAULT_ABSENT)
        column->column.server_default = change->server_default;
    if (change->autoincrement.is != ML_ABSENT && change->autoincrement.is != ML_NONE)
        column->column.autoincrement = change->autoincrement;
}

static void alter_column(MlBatchTable *table)
{
    const MlOperation *operation = table->rendering->operation;
    MlBatchColumn *column = column_of(table, operation->name.text);
    if (column == NULL)
        return;
    if (operation->existing != NULL && operation->change != NULL &&
        operation->change->type->kind != ML_TYPE_ABSENT)
        drop_check_of(table, operation->existing->type);
    rename_column(table, column);
    if (operation->change != NULL)
        change_column(table, column);
}

/* --- all of them --------------------------------------------------------------------------------
 */

static void add_given_constraint(MlBatchTable *table)
{
    make_constraint(table, &table->rendering->operation->constraints[0]);
}

/* SQLite has none. */
static void leave_comment(MlBatchTable *table)
{
    (void)table;
}

typedef void Change(MlBatchTable *table);

static Change *change_of(const MlOperation *operation)
{
    gboolean named = operation->name.is == ML_KNOWN;
    switch (operation->kind) {
    case ML_ADD_COLUMN:
        return add_column;
    case ML_DROP_COLUMN:
        return named ? drop_column : NULL;
    case ML_ALTER_COLUMN:
        return named ? alter_column : NULL;
    case ML_ADD_CONSTRAINT:
        return add_given_constraint;
    case ML_DROP_CONSTRAINT:
        return drop_constraint;
    case ML_CREATE_INDEX:
        return create_index;
    case ML_DROP_INDEX:
        return drop_index;
    case ML_CREATE_TABLE_COMMENT:
    case ML_DROP_TABLE_COMMENT:
        return leave_comment;
    default:
        return NULL;
    }
}

void ml_batch_table_change(MlBatchTable *table)
{
    Change *change = change_of(table->rendering->operation);
    ml_refuse_unknown(table->rendering);
    if (change == NULL)
        ml_rendering_refuse(table->rendering, "does what cannot be told in a batch");
    else if (table->rendering->refusal == NULL)
        change(table);
}
