/* Constraints of SQLAlchemy's -> MlConstraint. */
#include "migration/reading.h"

#include <string.h>

static GPtrArray *positional_from(const MlValue *call, gsize first)
{
    GPtrArray *values = g_ptr_array_new();
    const MlValue *value;
    for (gsize i = first; (value = ml_value_positional(call, i)) != NULL; i++)
        g_ptr_array_add(values, (gpointer)value);
    return values;
}

static MlTexts read_columns(MlReading *reading, const MlValue *call, gsize first)
{
    g_autoptr(GPtrArray) values = positional_from(call, first);
    if (call->unknown.open) {
        ml_reading_note(reading, "columns", "has arguments that cannot be told", call);
        return (MlTexts){.is = ML_UNKNOWN, .origin = call->origin};
    }
    MlTexts texts = ml_read_texts(reading, "columns", values);
    texts.origin = call->origin;
    return texts;
}

/* --- options ------------------------------------------------------------------------- */

void ml_read_constraint_options(MlReading *reading, const MlSite *site, MlConstraint *constraint)
{
    static const char *const known[] = {"name",
                                        "constraint_name",
                                        "table_name",
                                        "source_table",
                                        "referent_table",
                                        "local_cols",
                                        "remote_cols",
                                        "deferrable",
                                        "initially",
                                        "ondelete",
                                        "onupdate",
                                        "match",
                                        "use_alter",
                                        "info",
                                        "table",
                                        "link_to_name",
                                        "schema",
                                        "source_schema",
                                        "referent_schema",
                                        "columns",
                                        "refcolumns",
                                        "sqltext",
                                        "condition",
                                        "column",
                                        "using",
                                        "where",
                                        "ops",
                                        "_create_rule",
                                        "_autoattach",
                                        "_type_bound",
                                        "_constraint",
                                        "comment",
                                        "postgresql_include",
                                        "postgresql_not_valid",
                                        "postgresql_nulls_not_distinct",
                                        NULL};
    constraint->deferrable =
        ml_read_flag(reading, "deferrable", ml_site_argument(reading, site, "deferrable"));
    constraint->initially =
        ml_read_text(reading, "initially", ml_site_argument(reading, site, "initially"));
    constraint->ondelete =
        ml_read_text(reading, "ondelete", ml_site_argument(reading, site, "ondelete"));
    constraint->onupdate =
        ml_read_text(reading, "onupdate", ml_site_argument(reading, site, "onupdate"));
    constraint->match = ml_read_text(reading, "match", ml_site_argument(reading, site, "match"));
    constraint->use_alter =
        ml_read_flag(reading, "use_alter", ml_site_argument(reading, site, "use_alter"));
    constraint->include = ml_read_names(reading, "postgresql_include",
                                        ml_site_argument(reading, site, "postgresql_include"));
    constraint->not_valid = ml_read_flag(reading, "postgresql_not_valid",
                                         ml_site_argument(reading, site, "postgresql_not_valid"));
    constraint->nulls_not_distinct =
        ml_read_flag(reading, "postgresql_nulls_not_distinct",
                     ml_site_argument(reading, site, "postgresql_nulls_not_distinct"));
    constraint->keywords = ml_site_keywords(reading, site, known, &constraint->n_keywords);
}

static void read_name_and_options(MlReading *reading, const MlSite *site, MlConstraint *constraint)
{
    constraint->name =
        ml_read_final_name(reading, ml_site_argument(reading, site, "name"), &constraint->final);
    ml_read_constraint_options(reading, site, constraint);
}

/* --- foreign keys ------------------------------------------------------------------------ */

/* "schema.table.column" in its three parts, of which the first may be missing. */
static gboolean split_reference(MlReading *reading, MlConstraint *key, const char *reference,
                                MlOrigin origin, MlText *column)
{
    const char *last = strrchr(reference, '.');
    if (last == NULL)
        return FALSE;
    g_autofree char *table = g_strndup(reference, (gsize)(last - reference));
    char *name = strrchr(table, '.');
    if (name != NULL) {
        *name++ = '\0';
        key->referred_schema = ml_known_text(reading, table, origin);
    }
    key->referred_table = ml_known_text(reading, name ? name : table, origin);
    *column = ml_known_text(reading, last + 1, origin);
    return TRUE;
}

/* table.c.column of a table that is known by its own definition. */
static gboolean take_column(MlReading *reading, MlConstraint *key, const MlValue *value,
                            MlText *column)
{
    const MlValue *table;
    const char *name = ml_column_of_table(value, &table);
    if (name == NULL || !ml_value_has_shape(table, ML_SHAPE_CALL) ||
        ml_value_positional(table, 0) == NULL)
        return FALSE;
    *column = ml_known_text(reading, name, value->origin);
    key->referred_table = ml_read_text(reading, "referred_table", ml_value_positional(table, 0));
    key->referred_schema = ml_read_text(reading, "referred_schema", ml_schema_of_table(table));
    return TRUE;
}

/* "schema.table.column", of several columns */
static void read_referred(MlReading *reading, MlConstraint *key, const GPtrArray *values)
{
    g_autoptr(GArray) columns = g_array_new(FALSE, FALSE, sizeof(MlText));
    for (guint i = 0; i < values->len && ml_reading_spend(reading, 1); i++) {
        const MlValue *value = values->pdata[i];
        MlText column = {.is = ML_UNKNOWN, .origin = value->origin};
        gboolean known =
            value->kind == ML_VALUE_STRING
                ? split_reference(reading, key, value->string.text, value->origin, &column)
                : take_column(reading, key, value, &column);
        if (!known) {
            ml_reading_note(reading, "referred_columns", NULL, value);
            key->referred_table = (MlText){.is = ML_UNKNOWN, .origin = value->origin};
        }
        g_array_append_val(columns, column);
    }
    key->referred_columns.is = ML_KNOWN;
    key->referred_columns.items =
        ml_operations_array(reading->operations, columns, &key->referred_columns.length);
}

static void read_references(MlReading *reading, MlConstraint *key, const MlValue *value)
{
    g_autoptr(GPtrArray) values = g_ptr_array_new();
    if (value == NULL || (value->kind != ML_VALUE_LIST && value->kind != ML_VALUE_TUPLE)) {
        key->referred_columns.is = key->referred_table.is = ML_UNKNOWN;
        if (value != NULL)
            ml_reading_note(reading, "referred_columns", NULL, value);
        return;
    }
    for (gsize i = 0; i < value->sequence.length; i++)
        g_ptr_array_add(values, (gpointer)value->sequence.items[i]);
    read_referred(reading, key, values);
    key->referred_columns.origin = value->origin;
}

MlConstraint ml_read_foreign_key(MlReading *reading, const MlValue *value, MlText column)
{
    static const char *const names[] = {"column",       "_constraint", "use_alter",  "name",
                                        "onupdate",     "ondelete",    "deferrable", "initially",
                                        "link_to_name", "match",       NULL};
    const MlSite site = {.call = value, .names = names};
    MlConstraint key = {.kind = ML_FOREIGN_KEY, .origin = value->origin, .inlined = TRUE};
    MlText *item = ml_operations_alloc(reading->operations, sizeof *item);
    *item = column;
    key.columns = (MlTexts){.is = ML_KNOWN, .origin = column.origin, .items = item, .length = 1};
    g_autoptr(GPtrArray) values = g_ptr_array_new();
    const MlValue *referred = ml_site_argument(reading, &site, "column");
    g_ptr_array_add(values, (gpointer)(referred ? referred : value));
    read_referred(reading, &key, values);
    read_name_and_options(reading, &site, &key);
    return key;
}

static void read_foreign_key_constraint(MlReading *reading, const MlValue *value,
                                        MlConstraint *constraint)
{
    static const char *const names[] = {"columns",      "refcolumns", "name",      "onupdate",
                                        "ondelete",     "deferrable", "initially", "use_alter",
                                        "link_to_name", "match",      NULL};
    const MlSite site = {.call = value, .names = names};
    constraint->columns =
        ml_read_names(reading, "columns", ml_site_argument(reading, &site, "columns"));
    read_references(reading, constraint, ml_site_argument(reading, &site, "refcolumns"));
    read_name_and_options(reading, &site, constraint);
}

/* --- the others ----------------------------------------------------------------------------- */

static void read_check(MlReading *reading, const MlValue *value, MlConstraint *constraint)
{
    static const char *const names[] = {"sqltext", "name", "deferrable", "initially", NULL};
    const MlSite site = {.call = value, .names = names};
    constraint->condition =
        ml_read_sql(reading, "condition", ml_site_argument(reading, &site, "sqltext"));
    read_name_and_options(reading, &site, constraint);
}

static void read_of_columns(MlReading *reading, const MlValue *value, MlConstraint *constraint)
{
    static const char *const no_names[] = {NULL};
    const MlSite site = {.call = value, .names = no_names};
    constraint->columns = read_columns(reading, value, 0);
    read_name_and_options(reading, &site, constraint);
}

static MlIndexPart read_element(MlReading *reading, const MlValue *value)
{
    MlIndexPart part = {0};
    if (value->kind != ML_VALUE_TUPLE || value->sequence.length != 2) {
        ml_reading_note(reading, "elements", NULL, value);
        part.expression = (MlText){.is = ML_UNKNOWN, .origin = value->origin};
        return part;
    }
    part = ml_read_index_part(reading, value->sequence.items[0]);
    part.operator_name = ml_read_text(reading, "elements", value->sequence.items[1]);
    return part;
}

void ml_read_exclude(MlReading *reading, const MlSite *site, gsize first, MlConstraint *constraint)
{
    g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(MlIndexPart));
    g_autoptr(GPtrArray) named = g_ptr_array_new();
    const MlValue *value;
    for (gsize i = first; (value = ml_value_positional(site->call, i)) != NULL; i++) {
        MlIndexPart part = read_element(reading, value);
        g_array_append_val(parts, part);
        g_ptr_array_add(named, (gpointer)(value->kind == ML_VALUE_TUPLE && value->sequence.length
                                              ? value->sequence.items[0]
                                              : value));
    }
    ml_read_operator_classes(reading, "ops", (MlIndexPart *)(gpointer)parts->data, named,
                             ml_site_argument(reading, site, "ops"), FALSE);
    constraint->parts = ml_operations_array(reading->operations, parts, &constraint->n_parts);
    constraint->method = ml_read_text(reading, "using", ml_site_argument(reading, site, "using"));
    constraint->where = ml_read_sql(reading, "where", ml_site_argument(reading, site, "where"));
    if (constraint->method.is == ML_ABSENT) /* ExcludeConstraint's own default */
        constraint->method = ml_known_text(reading, "gist", site->call->origin);
}

static void read_exclude_constraint(MlReading *reading, const MlValue *value,
                                    MlConstraint *constraint)
{
    static const char *const no_names[] = {NULL};
    const MlSite site = {.call = value, .names = no_names};
    ml_read_exclude(reading, &site, 0, constraint);
    read_name_and_options(reading, &site, constraint);
}

gboolean ml_read_constraint(MlReading *reading, const MlValue *value, MlConstraint *constraint)
{
    static const struct {
        const char *name;
        MlConstraintKind kind;
        void (*read)(MlReading *, const MlValue *, MlConstraint *);
    } readers[] = {
        {"UniqueConstraint", ML_UNIQUE, read_of_columns},
        {"PrimaryKeyConstraint", ML_PRIMARY_KEY, read_of_columns},
        {"CheckConstraint", ML_CHECK, read_check},
        {"ForeignKeyConstraint", ML_FOREIGN_KEY, read_foreign_key_constraint},
        {"ExcludeConstraint", ML_EXCLUDE, read_exclude_constraint},
    };
    const char *name = ml_sqlalchemy_call(value);
    for (gsize i = 0; name != NULL && i < G_N_ELEMENTS(readers); i++) {
        if (strcmp(name, readers[i].name) != 0)
            continue;
        *constraint = (MlConstraint){.kind = readers[i].kind, .origin = value->origin};
        readers[i].read(reading, value, constraint);
        return TRUE;
    }
    return FALSE;
}
