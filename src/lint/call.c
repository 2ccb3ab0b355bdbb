#include "lint/call.h"

#include <string.h>

/* Longer ones are no help. */
#define LONGEST_SOURCE 300

char *ml_python_string(const char *text)
{
    char above_ascii[129] = {0};
    for (int i = 0; i < 128; i++)
        above_ascii[i] = (char)(0x80 + i);
    g_autofree char *escaped = g_strescape(text, above_ascii);
    return g_strdup_printf("\"%s\"", escaped);
}

static void append_list(GString *text, MlNames names, char *(*written)(const char *))
{
    for (gsize i = 0; i < names.length; i++) {
        g_autofree char *item = names.items[i] ? written(names.items[i]) : g_strdup("...");
        g_string_append_printf(text, "%s%s", i ? ", " : "", item);
    }
}

/* A call that is being written: "op.drop_column(" or its like within a batch. */
typedef struct {
    GString *text;
    const MlObject *object;
    gboolean batch;
    gboolean first; /* no argument stands there yet */
} Call;

static Call call_begin(const MlObject *object, const MlOperation *like, const char *name)
{
    Call call = {g_string_new(NULL), object, like != NULL && like->batch != NULL, TRUE};
    if (call.batch) {
        g_autofree char *table = ml_python_string(object->table);
        g_string_append_printf(call.text, "with op.batch_alter_table(%s) as batch_op: ", table);
    }
    g_string_append_printf(call.text, "%s.%s(", call.batch ? "batch_op" : "op", name);
    return call;
}

static void call_add(Call *call, const char *keyword, const char *value)
{
    g_string_append_printf(call->text, "%s%s%s%s", call->first ? "" : ", ", keyword ? keyword : "",
                           keyword ? "=" : "", value);
    call->first = FALSE;
}

static void call_add_quoted(Call *call, const char *keyword, const char *text)
{
    g_autofree char *quoted = ml_python_string(text);
    call_add(call, keyword, quoted);
}

/* Within a batch the table is named already. */
static void call_add_table(Call *call, const char *keyword)
{
    if (!call->batch)
        call_add_quoted(call, keyword, call->object->table);
}

static void call_add_list(Call *call, MlNames names)
{
    g_autoptr(GString) list = g_string_new("[");
    append_list(list, names, ml_python_string);
    g_string_append_c(list, ']');
    call_add(call, NULL, list->str);
}

static char *call_end(Call *call)
{
    if (call->object->schema != NULL && !call->batch)
        call_add_quoted(call, "schema", call->object->schema);
    g_string_append_c(call->text, ')');
    return g_string_free(g_steal_pointer(&call->text), FALSE);
}

static gboolean needs_quotes(const char *name)
{
    if (!g_ascii_islower(*name) && *name != '_')
        return TRUE;
    for (; *name != '\0'; name++)
        if (!g_ascii_islower(*name) && !g_ascii_isdigit(*name) && *name != '_')
            return TRUE;
    return FALSE;
}

static void append_identifier(GString *sql, const char *name)
{
    g_autoptr(GString) doubled = g_string_new(name);
    g_string_replace(doubled, "\"", "\"\"", 0);
    g_string_append_printf(sql, needs_quotes(name) ? "\"%s\"" : "%s", doubled->str);
}

static void append_named(GString *sql, const char *schema, const char *name)
{
    if (schema != NULL) {
        append_identifier(sql, schema);
        g_string_append_c(sql, '.');
    }
    append_identifier(sql, name);
}

static char *execute_call(const GString *sql)
{
    if (strchr(sql->str, '"') != NULL && strpbrk(sql->str, "'\\\n") == NULL)
        return g_strdup_printf("op.execute('%s')", sql->str);
    g_autofree char *quoted = ml_python_string(sql->str);
    return g_strdup_printf("op.execute(%s)", quoted);
}

/* --- dropping -------------------------------------------------------------------------- */

static const char *type_word(const MlCatalogConstraint *constraint)
{
    static const char *const words[] = {
        [ML_UNIQUE] = "unique",
        [ML_CHECK] = "check",
        [ML_FOREIGN_KEY] = "foreignkey",
        [ML_PRIMARY_KEY] = "primary",
    };
    return constraint && constraint->kind < G_N_ELEMENTS(words) ? words[constraint->kind] : NULL;
}

static char *drop_constraint(const MlObject *object, const MlOperation *like)
{
    Call call = call_begin(object, like, "drop_constraint");
    call_add_quoted(&call, NULL, object->name);
    call_add_table(&call, NULL);
    if (type_word(object->held) != NULL)
        call_add_quoted(&call, "type_", type_word(object->held));
    return call_end(&call);
}

static char *drop_by_sql(const MlObject *object)
{
    g_autoptr(GString) sql = g_string_new("DROP ");
    g_autofree char *kind =
        g_ascii_strup(object->kind == ML_CATALOG_TYPE ? "type" : object->what, -1);
    g_string_append_printf(sql, "%s ", kind);
    append_named(sql, object->table ? NULL : object->schema, object->name);
    if (object->table != NULL) {
        g_string_append(sql, " ON ");
        append_named(sql, object->schema, object->table);
    }
    return execute_call(sql);
}

char *ml_call_to_drop(const MlObject *object, const MlOperation *like)
{
    Call call;
    if (object->name == NULL)
        return NULL;
    switch (object->kind) {
    case ML_CATALOG_TABLE:
        call = call_begin(object, NULL, "drop_table");
        call_add_quoted(&call, NULL, object->name);
        return call_end(&call);
    case ML_CATALOG_COLUMN:
        call = call_begin(object, like, "drop_column");
        call_add_table(&call, NULL);
        call_add_quoted(&call, NULL, object->name);
        return call_end(&call);
    case ML_CATALOG_INDEX:
        call = call_begin(object, like, "drop_index");
        call_add_quoted(&call, NULL, object->name);
        call_add_table(&call, "table_name");
        return call_end(&call);
    case ML_CATALOG_CONSTRAINT:
        return drop_constraint(object, like);
    default:
        return drop_by_sql(object);
    }
}

/* --- making ------------------------------------------------------------------------------ */

/* Nothing parts what brackets hold from them. */
static void append_line(GString *text, const char *line)
{
    gboolean opened = text->len > 0 && strchr("([{", text->str[text->len - 1]) != NULL;
    if (text->len > 0 && !opened && strchr(")]}", *line) == NULL)
        g_string_append_c(text, ' ');
    g_string_append(text, line);
}

/* On one line; NULL where it is not Python, or a comment within it would hide the rest. */
static char *source_of(MlOrigin origin, const MlType *type)
{
    if (origin.module == NULL || type->class_name == NULL ||
        origin.end - origin.start > LONGEST_SOURCE)
        return NULL;
    g_autofree char *source = ml_origin_text(origin);
    if (strchr(source, '\n') != NULL && strchr(source, '#') != NULL)
        return NULL;
    g_auto(GStrv) lines = g_strsplit(source, "\n", -1);
    g_autoptr(GString) text = g_string_new(NULL);
    for (char **line = lines; *line != NULL; line++)
        append_line(text, g_strstrip(*line));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static gboolean is_same_default(const MlDefault *one, const MlDefault *other)
{
    gboolean has_one = one->kind != ML_DEFAULT_ABSENT && one->kind != ML_DEFAULT_NONE;
    gboolean has_other = other->kind != ML_DEFAULT_ABSENT && other->kind != ML_DEFAULT_NONE;
    return has_one == has_other && (!has_one || one->origin.start == other->origin.start);
}

static gboolean is_as_defined(const MlCatalogColumn *column)
{
    const MlColumn *definition = column->definition;
    return definition != NULL && definition->type == column->type &&
           ml_column_is_nullable(definition) == column->nullable &&
           is_same_default(&column->server_default, &definition->server_default) &&
           ml_text_is(definition->name, column->name);
}

static char *add_column(const MlObject *object, const MlOperation *like)
{
    const MlCatalogColumn *column = object->held;
    g_autofree char *source = column && is_as_defined(column)
                                  ? source_of(column->definition->origin, column->type)
                                  : NULL;
    gboolean in_table = like != NULL && like->kind == ML_CREATE_TABLE;
    if (source == NULL || (in_table && like->statement != NULL))
        return NULL;
    if (in_table)
        return g_steal_pointer(&source);
    Call call = call_begin(object, like, "add_column");
    call_add_table(&call, NULL);
    call_add(&call, NULL, source);
    return call_end(&call);
}

static gboolean are_plain(MlNames names)
{
    for (gsize i = 0; i < names.length; i++)
        if (names.items[i] == NULL)
            return FALSE;
    return names.known && names.length > 0;
}

/* Columns, and nothing else. */
static gboolean is_plain(const MlIndex *index)
{
    for (gsize i = 0; i < index->n_parts; i++)
        if (index->parts[i].operator_class.is != ML_ABSENT ||
            index->parts[i].order.is != ML_ABSENT || index->parts[i].nulls.is != ML_ABSENT)
            return FALSE;
    return index->where.is == ML_ABSENT && index->include.is == ML_ABSENT && !index->open &&
           index->method.is != ML_UNKNOWN && index->unique.is != ML_UNKNOWN;
}

static char *create_index(const MlObject *object, const MlOperation *like)
{
    const MlCatalogIndex *index = object->held;
    if (index->definition == NULL || !are_plain(index->columns) || !is_plain(index->definition))
        return NULL;
    Call call = call_begin(object, like, "create_index");
    call_add_quoted(&call, NULL, object->name);
    call_add_table(&call, NULL);
    call_add_list(&call, index->columns);
    if (ml_is_true(index->definition->unique))
        call_add(&call, "unique", "True");
    if (index->definition->method.is == ML_KNOWN)
        call_add_quoted(&call, "postgresql_using", index->definition->method.text);
    return call_end(&call);
}

static void call_add_action(Call *call, const char *keyword, MlText action)
{
    if (action.is == ML_KNOWN)
        call_add_quoted(call, keyword, action.text);
}

static char *create_foreign_key(const MlObject *object, const MlOperation *like)
{
    const MlCatalogConstraint *key = object->held;
    if (!are_plain(key->columns) || !are_plain(key->referred_columns) ||
        key->referred_table == NULL || key->definition == NULL)
        return NULL;
    Call call = call_begin(object, like, "create_foreign_key");
    call_add_quoted(&call, NULL, object->name);
    call_add_table(&call, NULL);
    call_add_quoted(&call, NULL, key->referred_table);
    call_add_list(&call, key->columns);
    call_add_list(&call, key->referred_columns);
    call_add_action(&call, "ondelete", key->definition->ondelete);
    call_add_action(&call, "onupdate", key->definition->onupdate);
    return call_end(&call);
}

static char *create_constraint(const MlObject *object, const MlOperation *like)
{
    const MlCatalogConstraint *constraint = object->held;
    gboolean check = constraint->kind == ML_CHECK;
    if (constraint->kind == ML_FOREIGN_KEY)
        return create_foreign_key(object, like);
    if (check ? constraint->condition.is != ML_KNOWN
              : !are_plain(constraint->columns) ||
                    (constraint->kind != ML_UNIQUE && constraint->kind != ML_PRIMARY_KEY))
        return NULL;
    Call call = call_begin(object, like,
                           check                           ? "create_check_constraint"
                           : constraint->kind == ML_UNIQUE ? "create_unique_constraint"
                                                           : "create_primary_key");
    call_add_quoted(&call, NULL, object->name);
    call_add_table(&call, NULL);
    if (check)
        call_add_quoted(&call, NULL, constraint->condition.text);
    else
        call_add_list(&call, constraint->columns);
    return call_end(&call);
}

static char *as_sql_literal(const char *text)
{
    g_autoptr(GString) doubled = g_string_new(text);
    g_string_replace(doubled, "'", "''", 0);
    return g_strdup_printf("'%s'", doubled->str);
}

static char *create_type(const MlObject *object)
{
    const MlCatalogObject *type = object->held;
    if (!type->is_enum || !are_plain(type->values))
        return NULL;
    g_autoptr(GString) sql = g_string_new("CREATE TYPE ");
    append_named(sql, object->schema, object->name);
    g_string_append(sql, " AS ENUM (");
    append_list(sql, type->values, as_sql_literal);
    g_string_append_c(sql, ')');
    return execute_call(sql);
}

char *ml_call_to_make(const MlObject *object, const MlOperation *like)
{
    if (object->name == NULL || object->held == NULL)
        return NULL;
    switch (object->kind) {
    case ML_CATALOG_COLUMN:
        return add_column(object, like);
    case ML_CATALOG_INDEX:
        return create_index(object, like);
    case ML_CATALOG_CONSTRAINT:
        return create_constraint(object, like);
    case ML_CATALOG_TYPE:
        return create_type(object);
    default:
        return NULL;
    }
}

/* --- altering ------------------------------------------------------------------------------ */

static char *default_source(const MlCatalogColumn *column)
{
    if (column->server_default.kind == ML_DEFAULT_NONE)
        return g_strdup("None");
    if (column->server_default.kind == ML_DEFAULT_STRING)
        return ml_python_string(column->server_default.text);
    return column->server_default.kind == ML_DEFAULT_SQL
               ? source_of(column->server_default.origin, column->type)
               : NULL;
}

static char *comment_source(const MlCatalogColumn *column)
{
    return column->comment.is == ML_KNOWN ? ml_python_string(column->comment.text)
                                          : g_strdup("None");
}

/* What alter_column takes for a property, and its value in Python. */
static const char *keyword_for(const char *property, const MlCatalogColumn *column, char **value)
{
    if (g_str_equal(property, "type")) {
        *value = source_of(column->type->origin, column->type);
        return "type_";
    }
    *value = g_str_equal(property, "nullable")
                 ? g_strdup(column->nullable == ML_YES ? "True" : "False")
             : g_str_equal(property, "server_default") ? default_source(column)
             : g_str_equal(property, "comment")        ? comment_source(column)
                                                       : NULL;
    return property;
}

static void call_add_using(Call *call, const char *type)
{
    g_autoptr(GString) sql = g_string_new(NULL);
    append_identifier(sql, call->object->name);
    g_string_append_printf(sql, "::%s", type);
    call_add_quoted(call, "postgresql_using", sql->str);
}

char *ml_call_to_alter(const MlObject *column, const GPtrArray *differences,
                       const MlOperation *like, const char *using)
{
    Call call = call_begin(column, like, "alter_column");
    call_add_table(&call, NULL);
    call_add_quoted(&call, NULL, column->name);
    for (guint i = 0; i < differences->len; i++) {
        const MlSchemaDifference *difference = differences->pdata[i];
        g_autofree char *value = NULL;
        const char *keyword = keyword_for(difference->property, column->held, &value);
        if (value == NULL) {
            g_string_free(call.text, TRUE);
            return NULL;
        }
        call_add(&call, keyword, value);
    }
    if (using != NULL)
        call_add_using(&call, using);
    return call_end(&call);
}

char *ml_rename_column_call(const MlOperation *operation, const char *from, const char *to)
{
    g_autofree char *old = ml_python_string(from), *new = ml_python_string(to);
    if (operation->batch != NULL)
        return g_strdup_printf("batch_op.alter_column(%s, new_column_name=%s)", old, new);
    g_autofree char *table = ml_python_string(operation->table.text);
    g_autofree char *schema =
        operation->schema.is == ML_KNOWN ? ml_python_string(operation->schema.text) : NULL;
    return g_strdup_printf("op.alter_column(%s, %s, new_column_name=%s%s%s)", table, old, new,
                           schema ? ", schema=" : "", schema ? schema : "");
}
