/* op.add_column(...) and its kin, those of batch_op among them -> operations. */
#include "migration/read_operation.h"
#include "miglint/text.h"

#include <string.h>

/* --- names of things ----------------------------------------------------------------- */

static const MlValue *given(MlReading *reading, const MlSite *site, const char *name)
{
    return ml_site_argument(reading, site, name);
}

/* Within a batch, table and schema are those of batch_alter_table. */
static void set_table(MlReading *reading, const MlSite *site, const char *table, const char *schema)
{
    static const char *const of_batch[] = {"table_name", "schema", NULL};
    MlSite batch = {.call = site->batch, .names = of_batch};
    const MlSite *from = site->batch ? &batch : site;
    MlOperation *operation = reading->operation;
    operation->table =
        ml_read_text(reading, "table", given(reading, from, site->batch ? "table_name" : table));
    operation->schema =
        ml_read_text(reading, "schema", given(reading, from, site->batch ? "schema" : schema));
}

static void set_name(MlReading *reading, const MlSite *site, const char *name)
{
    reading->operation->name =
        ml_read_final_name(reading, given(reading, site, name), &reading->operation->final);
}

static void set_conditions(MlReading *reading, const MlSite *site)
{
    MlOperation *operation = reading->operation;
    operation->if_exists = ml_read_flag(reading, "if_exists", given(reading, site, "if_exists"));
    operation->if_not_exists =
        ml_read_flag(reading, "if_not_exists", given(reading, site, "if_not_exists"));
}

static void set_keywords(MlReading *reading, const MlSite *site, const char *const *known)
{
    reading->operation->keywords =
        ml_site_keywords(reading, site, known, &reading->operation->n_keywords);
}

static GPtrArray *items_of(const MlValue *value)
{
    GPtrArray *items = g_ptr_array_new();
    for (gsize i = 0; i < value->sequence.length; i++)
        g_ptr_array_add(items, (gpointer)value->sequence.items[i]);
    return items;
}

/* --- tables ------------------------------------------------------------------------------- */

/* One name, or several of them. */
static MlTexts read_inherits(MlReading *reading, const MlValue *value)
{
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    if (value == NULL || value->kind != ML_VALUE_STRING)
        return ml_read_names(reading, "postgresql_inherits", value);
    g_ptr_array_add(one, (gpointer)value);
    return ml_read_texts(reading, "postgresql_inherits", one);
}

void ml_read_create_table(MlReading *reading, const MlSite *site, gsize first)
{
    static const char *const known[] = {"table_name",
                                        "name",
                                        "schema",
                                        "comment",
                                        "if_not_exists",
                                        "info",
                                        "prefixes",
                                        "quote",
                                        "quote_schema",
                                        "autoload_replace",
                                        "resolve_fks",
                                        "include_columns",
                                        "metadata",
                                        "extend_existing",
                                        "keep_existing",
                                        "listeners",
                                        "implicit_returning",
                                        "autoload_with",
                                        "autoload",
                                        "bind",
                                        NULL};
    MlOperation *operation = reading->operation;
    g_auto(MlParts) parts = ml_parts_new();
    set_table(reading, site, site->names[0], "schema");
    set_conditions(reading, site);
    operation->comment = ml_read_text(reading, "comment", given(reading, site, "comment"));
    ml_read_parts(reading, &parts, site->call, first);
    ml_parts_add_primary_key(reading, &parts);
    ml_parts_store(reading, &parts);
    set_keywords(reading, site, known);
    operation->prefixes = ml_read_names(reading, "prefixes", given(reading, site, "prefixes"));
    operation->inherits = read_inherits(reading, given(reading, site, "postgresql_inherits"));
    operation->partition_by = ml_read_text(reading, "postgresql_partition_by",
                                           given(reading, site, "postgresql_partition_by"));
    if (ml_texts_hold(operation->prefixes, "TEMPORARY"))
        operation->temporary =
            (MlFlag){.is = ML_KNOWN, .origin = operation->prefixes.origin, .value = TRUE};
}

static void create_table(MlReading *reading, const MlSite *site)
{
    ml_read_create_table(reading, site, 1);
}

static void drop_table(MlReading *reading, const MlSite *site)
{
    static const char *const known[] = {"table_name", "schema",  "if_exists",
                                        "info",       "comment", NULL};
    set_table(reading, site, "table_name", "schema");
    set_conditions(reading, site);
    set_keywords(reading, site, known);
}

static void rename_table(MlReading *reading, const MlSite *site)
{
    set_table(reading, site, "old_table_name", "schema");
    reading->operation->new_name =
        ml_read_text(reading, "new_name", given(reading, site, "new_table_name"));
}

/* A column of which nothing is said yet. */
static MlColumn *blank_column(MlReading *reading, const MlSite *site)
{
    MlColumn *column = ml_operations_alloc(reading->operations, sizeof *column);
    column->origin = site->call->origin;
    column->type = ml_read_type(reading, "type", NULL);
    return column;
}

static void table_comment(MlReading *reading, const MlSite *site)
{
    const MlValue *existing = given(reading, site, "existing_comment");
    set_table(reading, site, "table_name", "schema");
    reading->operation->comment = ml_read_text(reading, "comment", given(reading, site, "comment"));
    if (existing == NULL || existing->kind == ML_VALUE_NONE)
        return;
    MlColumn *column = blank_column(reading, site);
    column->comment = ml_read_text(reading, "existing_comment", existing);
    reading->operation->existing = column;
}

/* --- columns -------------------------------------------------------------------------------- */

static void add_column(MlReading *reading, const MlSite *site)
{
    static const char *const known[] = {
        "table_name",         "schema", "column", "if_not_exists", "inline_references",
        "inline_primary_key", NULL};
    g_auto(MlParts) parts = ml_parts_new();
    const MlValue *column = given(reading, site, "column");
    const MlValue *with_key = given(reading, site, "inline_primary_key");
    set_table(reading, site, "table_name", "schema");
    set_conditions(reading, site);
    reading->operation->inline_references =
        ml_read_flag(reading, "inline_references", given(reading, site, "inline_references"));
    if (column != NULL && ml_is_sqlalchemy_call(column, "Column"))
        ml_read_column(reading, &parts, column);
    else
        ml_reading_note(reading, "column", NULL, column ? column : site->call);
    /* Without it, a column that says primary_key=True is added without a key. */
    if (ml_is_true(ml_read_flag(reading, "inline_primary_key", with_key)))
        ml_parts_add_primary_key(reading, &parts);
    ml_parts_store(reading, &parts);
    if (parts.columns->len > 0)
        reading->operation->name = g_array_index(parts.columns, MlColumn, 0).name;
    set_keywords(reading, site, known);
}

static void drop_column(MlReading *reading, const MlSite *site)
{
    static const char *const known[] = {"table_name", "column_name", "schema", "if_exists", NULL};
    set_table(reading, site, "table_name", "schema");
    set_name(reading, site, "column_name");
    set_conditions(reading, site);
    set_keywords(reading, site, known);
}

/* False is what Alembic has for an argument that is not given. */
static const MlValue *unless_false(const MlValue *value)
{
    return value && value->kind == ML_VALUE_BOOL && !value->integer ? NULL : value;
}

static const MlValue *unless_none(const MlValue *value)
{
    return value && value->kind == ML_VALUE_NONE ? NULL : value;
}

static const MlColumn *read_change(MlReading *reading, const MlSite *site)
{
    MlColumn *change = blank_column(reading, site);
    change->type = ml_read_type(reading, "type_", given(reading, site, "type_"));
    change->nullable =
        ml_read_flag(reading, "nullable", unless_none(given(reading, site, "nullable")));
    change->server_default = ml_read_default(reading, "server_default",
                                             unless_false(given(reading, site, "server_default")));
    change->comment =
        ml_read_text(reading, "comment", unless_false(given(reading, site, "comment")));
    change->autoincrement =
        ml_read_flag(reading, "autoincrement", unless_none(given(reading, site, "autoincrement")));
    return change;
}

static const MlColumn *read_existing(MlReading *reading, const MlSite *site)
{
    static const char *const names[] = {"existing_type", "existing_nullable", "existing_comment",
                                        "existing_server_default", "existing_autoincrement"};
    gboolean said = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        said |= unless_none(unless_false(given(reading, site, names[i]))) != NULL ||
                (i == 1 && unless_none(given(reading, site, names[i])) != NULL);
    if (!said)
        return NULL;
    MlColumn *existing = blank_column(reading, site);
    existing->type = ml_read_type(reading, names[0], given(reading, site, names[0]));
    existing->nullable =
        ml_read_flag(reading, names[1], unless_none(given(reading, site, names[1])));
    existing->comment =
        ml_read_text(reading, names[2], unless_none(given(reading, site, names[2])));
    existing->server_default =
        ml_read_default(reading, names[3], unless_false(given(reading, site, names[3])));
    existing->autoincrement =
        ml_read_flag(reading, names[4], unless_none(given(reading, site, names[4])));
    return existing;
}

static void alter_column(MlReading *reading, const MlSite *site)
{
    static const char *const known[] = {"table_name",
                                        "column_name",
                                        "schema",
                                        "nullable",
                                        "comment",
                                        "server_default",
                                        "new_column_name",
                                        "type_",
                                        "autoincrement",
                                        "existing_type",
                                        "existing_server_default",
                                        "existing_nullable",
                                        "existing_comment",
                                        "existing_autoincrement",
                                        "postgresql_using",
                                        NULL};
    MlOperation *operation = reading->operation;
    set_table(reading, site, "table_name", "schema");
    set_name(reading, site, "column_name");
    operation->change = read_change(reading, site);
    operation->existing = read_existing(reading, site);
    operation->new_name = ml_read_text(reading, "new_column_name",
                                       unless_none(given(reading, site, "new_column_name")));
    operation->using = ml_read_sql(reading, "postgresql_using",
                                   unless_none(given(reading, site, "postgresql_using")));
    set_keywords(reading, site, known);
}

/* --- indexes -----------------------------------------------------------------------------------
 */

static void create_index(MlReading *reading, const MlSite *site)
{
    MlIndex *index = ml_operations_alloc(reading->operations, sizeof *index);
    const MlValue *columns = given(reading, site, "columns");
    set_table(reading, site, "table_name", "schema");
    set_conditions(reading, site);
    index->origin = site->call->origin;
    index->name = ml_read_final_name(reading, given(reading, site, "index_name"), &index->final);
    index->open = columns == NULL || !ml_is_list(columns);
    if (index->open)
        ml_reading_note(reading, "columns", NULL, columns ? columns : site->call);
    g_autoptr(GPtrArray) values = index->open ? g_ptr_array_new() : items_of(columns);
    ml_read_indexed(reading, site, values, index);
    reading->operation->name = index->name;
    reading->operation->indexes = index;
    reading->operation->n_indexes = 1;
    reading->operation->concurrently = ml_read_flag(
        reading, "postgresql_concurrently", given(reading, site, "postgresql_concurrently"));
}

static void drop_index(MlReading *reading, const MlSite *site)
{
    static const char *const known[] = {
        "index_name", "table_name", "schema", "if_exists", "postgresql_concurrently", NULL};
    set_table(reading, site, "table_name", "schema");
    set_name(reading, site, "index_name");
    set_conditions(reading, site);
    reading->operation->concurrently = ml_read_flag(
        reading, "postgresql_concurrently", given(reading, site, "postgresql_concurrently"));
    set_keywords(reading, site, known);
}

/* --- constraints --------------------------------------------------------------------------------
 */

static MlConstraint *add_constraint(MlReading *reading, const MlSite *site, MlConstraintKind kind)
{
    MlConstraint *constraint = ml_operations_alloc(reading->operations, sizeof *constraint);
    constraint->kind = kind;
    constraint->origin = site->call->origin;
    constraint->name =
        ml_read_final_name(reading, given(reading, site, "constraint_name"), &constraint->final);
    ml_read_constraint_options(reading, site, constraint);
    reading->operation->name = constraint->name;
    reading->operation->constraints = constraint;
    reading->operation->n_constraints = 1;
    return constraint;
}

static MlConstraint *add_to_table(MlReading *reading, const MlSite *site, MlConstraintKind kind)
{
    set_table(reading, site, "table_name", "schema");
    return add_constraint(reading, site, kind);
}

static void create_unique_constraint(MlReading *reading, const MlSite *site)
{
    add_to_table(reading, site, ML_UNIQUE)->columns =
        ml_read_names(reading, "columns", given(reading, site, "columns"));
}

static void create_primary_key(MlReading *reading, const MlSite *site)
{
    add_to_table(reading, site, ML_PRIMARY_KEY)->columns =
        ml_read_names(reading, "columns", given(reading, site, "columns"));
}

static void create_check_constraint(MlReading *reading, const MlSite *site)
{
    add_to_table(reading, site, ML_CHECK)->condition =
        ml_read_sql(reading, "condition", given(reading, site, "condition"));
}

static void create_foreign_key(MlReading *reading, const MlSite *site)
{
    set_table(reading, site, "source_table", "source_schema");
    MlConstraint *key = add_constraint(reading, site, ML_FOREIGN_KEY);
    key->columns = ml_read_names(reading, "local_cols", given(reading, site, "local_cols"));
    key->referred_table =
        ml_read_text(reading, "referent_table", given(reading, site, "referent_table"));
    key->referred_schema =
        ml_read_text(reading, "referent_schema", given(reading, site, "referent_schema"));
    key->referred_columns =
        ml_read_names(reading, "remote_cols", given(reading, site, "remote_cols"));
}

static void create_exclude_constraint(MlReading *reading, const MlSite *site)
{
    ml_read_exclude(reading, site, site->batch ? 1 : 2, add_to_table(reading, site, ML_EXCLUDE));
}

static void drop_constraint(MlReading *reading, const MlSite *site)
{
    set_table(reading, site, "table_name", "schema");
    set_name(reading, site, "constraint_name");
    set_conditions(reading, site);
    reading->operation->constraint_type =
        ml_read_text(reading, "type_", unless_none(given(reading, site, "type_")));
}

/* --- all of them
 * ---------------------------------------------------------------------------------- */

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Positional arguments are those of Alembic 1.8, which takes more of them than later ones. */
static const struct {
    const char *name;
    MlOperationKind kind;
    void (*read)(MlReading *, const MlSite *);
    const char *const *names;
    const char *const *batch_names; /* NULL: batch_op has no such method */
} readers[] = {
    {"create_table", ML_CREATE_TABLE, create_table, NAMES("table_name"), NULL},
    {"drop_table", ML_DROP_TABLE, drop_table, NAMES("table_name", "schema"), NULL},
    {"rename_table", ML_RENAME_TABLE, rename_table,
     NAMES("old_table_name", "new_table_name", "schema"), NULL},
    {"create_table_comment", ML_CREATE_TABLE_COMMENT, table_comment,
     NAMES("table_name", "comment", "existing_comment", "schema"),
     NAMES("comment", "existing_comment")},
    {"drop_table_comment", ML_DROP_TABLE_COMMENT, table_comment,
     NAMES("table_name", "existing_comment", "schema"), NAMES("existing_comment")},
    {"add_column", ML_ADD_COLUMN, add_column, NAMES("table_name", "column", "schema"),
     NAMES("column", "insert_before", "insert_after")},
    {"drop_column", ML_DROP_COLUMN, drop_column, NAMES("table_name", "column_name", "schema"),
     NAMES("column_name")},
    {"alter_column", ML_ALTER_COLUMN, alter_column,
     NAMES("table_name", "column_name", "nullable", "comment", "server_default", "new_column_name",
           "type_", "existing_type", "existing_server_default", "existing_nullable",
           "existing_comment", "schema"),
     NAMES("column_name", "nullable", "comment", "server_default", "new_column_name", "type_",
           "existing_type", "existing_server_default", "existing_nullable", "existing_comment",
           "insert_before", "insert_after")},
    {"create_index", ML_CREATE_INDEX, create_index,
     NAMES("index_name", "table_name", "columns", "schema", "unique"),
     NAMES("index_name", "columns")},
    {"drop_index", ML_DROP_INDEX, drop_index, NAMES("index_name", "table_name", "schema"),
     NAMES("index_name")},
    {"create_unique_constraint", ML_ADD_CONSTRAINT, create_unique_constraint,
     NAMES("constraint_name", "table_name", "columns", "schema"),
     NAMES("constraint_name", "columns")},
    {"create_primary_key", ML_ADD_CONSTRAINT, create_primary_key,
     NAMES("constraint_name", "table_name", "columns", "schema"),
     NAMES("constraint_name", "columns")},
    {"create_check_constraint", ML_ADD_CONSTRAINT, create_check_constraint,
     NAMES("constraint_name", "table_name", "condition", "schema"),
     NAMES("constraint_name", "condition")},
    {"create_foreign_key", ML_ADD_CONSTRAINT, create_foreign_key,
     NAMES("constraint_name", "source_table", "referent_table", "local_cols", "remote_cols",
           "onupdate", "ondelete", "deferrable", "initially", "match", "source_schema",
           "referent_schema"),
     NAMES("constraint_name", "referent_table", "local_cols", "remote_cols", "referent_schema",
           "onupdate", "ondelete", "deferrable", "initially", "match")},
    {"create_exclude_constraint", ML_ADD_CONSTRAINT, create_exclude_constraint,
     NAMES("constraint_name", "table_name"), NAMES("constraint_name")},
    {"drop_constraint", ML_DROP_CONSTRAINT, drop_constraint,
     NAMES("constraint_name", "table_name", "type_", "schema"), NAMES("constraint_name", "type_")},
};

gboolean ml_read_operation(MlReading *reading, const char *name, const MlValue *call,
                           const MlValue *batch)
{
    for (gsize i = 0; i < G_N_ELEMENTS(readers); i++) {
        const char *const *names = batch ? readers[i].batch_names : readers[i].names;
        if (names == NULL || !ml_text_equals(readers[i].name, name))
            continue;
        const MlSite site = {.call = call, .names = names, .batch = batch};
        ml_reading_add(reading, readers[i].kind, call->origin);
        if (call->unknown.open)
            ml_reading_note(reading, "", "has arguments that cannot be told", call);
        readers[i].read(reading, &site);
        return TRUE;
    }
    return FALSE;
}

/* --- batches ------------------------------------------------------------------------------------
 */

static MlTexts read_sources(MlReading *reading, const MlValue *value)
{
    g_autoptr(GArray) texts = g_array_new(FALSE, FALSE, sizeof(MlText));
    if (value == NULL)
        return (MlTexts){0};
    for (gsize i = 0; ml_is_list(value) && i < value->sequence.length; i++) {
        g_autofree char *source = ml_origin_text(value->sequence.items[i]->origin);
        MlText text = ml_known_text(reading, source, value->sequence.items[i]->origin);
        g_array_append_val(texts, text);
    }
    MlTexts result = {.is = ml_is_list(value) ? ML_KNOWN : ML_UNKNOWN, .origin = value->origin};
    result.items = ml_operations_array(reading->operations, texts, &result.length);
    return result;
}

static MlText text_of(MlReading *reading, const MlValue *value)
{
    return value->kind == ML_VALUE_STRING
               ? ml_known_text(reading, value->string.text, value->origin)
               : (MlText){.is = ML_UNKNOWN, .origin = value->origin};
}

static void read_convention(MlReading *reading, MlBatch *batch, const MlValue *value)
{
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(MlText));
    g_autoptr(GArray) texts = g_array_new(FALSE, FALSE, sizeof(MlText));
    if (value == NULL || value->kind == ML_VALUE_NONE)
        return;
    for (gsize i = 0; value->kind == ML_VALUE_DICT && i < value->dict.length; i++) {
        const MlValue *key = value->dict.pairs[i].key;
        if (key->kind != ML_VALUE_STRING)
            continue;
        MlText name = text_of(reading, key), text = text_of(reading, value->dict.pairs[i].value);
        g_array_append_val(keys, name);
        g_array_append_val(texts, text);
    }
    MlTexts known = {.is = value->kind == ML_VALUE_DICT ? ML_KNOWN : ML_UNKNOWN,
                     .origin = value->origin};
    batch->naming_convention = batch->conventions = known;
    batch->naming_convention.items =
        ml_operations_array(reading->operations, keys, &batch->naming_convention.length);
    batch->conventions.items =
        ml_operations_array(reading->operations, texts, &batch->conventions.length);
}

static MlBatch *batch_of(MlReading *reading, const MlValue *call)
{
    static const char *const names[] = {
        "table_name", "schema",       "recreate",     "partial_reordering", "copy_from",
        "table_args", "table_kwargs", "reflect_args", "reflect_kwargs",     "naming_convention",
        NULL};
    static const char *const read[] = {"table_name",        "schema",     "recreate",
                                       "copy_from",         "table_args", "reflect_args",
                                       "naming_convention", NULL};
    static const char *const no_names[] = {NULL};
    MlBatch *known = g_hash_table_lookup(reading->batches, call);
    if (known != NULL)
        return known;
    const MlSite keywords = {.call = call, .names = no_names};
    const MlSite site = {.call = call, .names = names};
    const MlValue *copy_from = unless_none(given(reading, &site, "copy_from"));
    MlBatch *batch = ml_operations_alloc(reading->operations, sizeof *batch);
    batch->origin = call->origin;
    batch->recreate = ml_read_text(reading, "recreate", given(reading, &site, "recreate"));
    if (copy_from != NULL)
        batch->copy_from = (MlFlag){.is = ML_KNOWN, .origin = copy_from->origin, .value = TRUE};
    batch->table_args = read_sources(reading, given(reading, &site, "table_args"));
    batch->reflect_args = read_sources(reading, given(reading, &site, "reflect_args"));
    read_convention(reading, batch, given(reading, &site, "naming_convention"));
    batch->keywords = ml_site_keywords(reading, &keywords, read, &batch->n_keywords);
    g_hash_table_insert(reading->batches, (gpointer)call, batch);
    return batch;
}

void ml_read_batch(MlReading *reading, const MlValue *call)
{
    MlBatch *batch = batch_of(reading, call);
    MlOperation *operation = reading->operation;
    operation->batch = batch;
    batch->needs_recreation |= ml_operation_needs_recreation(operation) &&
                               !(operation->circumstances & (ML_CONDITIONAL | ML_REPEATED));
}
