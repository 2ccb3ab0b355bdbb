#include "report/operation_json.h"
#include "report/json.h"

#include <string.h>

/*
 * An argument that was not given is left out, Python's None is null, and what
 * cannot be told is {"unknown": "its source text"}.
 */

static cJSON *unknown_new(MlOrigin origin)
{
    g_autofree char *source = ml_origin_text(origin);
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToObject(object, "unknown", ml_json_text(source));
    return object;
}

static cJSON *text_new(MlText text)
{
    return text.is == ML_UNKNOWN ? unknown_new(text.origin) : ml_json_text(text.text);
}

static void add_text(cJSON *object, const char *key, MlText text)
{
    if (text.is != ML_ABSENT)
        cJSON_AddItemToObject(object, key, text_new(text));
}

static void add_flag(cJSON *object, const char *key, MlFlag flag)
{
    if (flag.is == ML_UNKNOWN)
        cJSON_AddItemToObject(object, key, unknown_new(flag.origin));
    else if (flag.is == ML_NONE)
        cJSON_AddNullToObject(object, key);
    else if (flag.is == ML_KNOWN)
        cJSON_AddBoolToObject(object, key, flag.value);
}

static void add_number(cJSON *object, const char *key, MlNumber number)
{
    if (number.is == ML_UNKNOWN)
        cJSON_AddItemToObject(object, key, unknown_new(number.origin));
    else if (number.is == ML_NONE)
        cJSON_AddNullToObject(object, key);
    else if (number.is == ML_KNOWN)
        cJSON_AddNumberToObject(object, key, (double)number.value);
}

static void add_texts(cJSON *object, const char *key, MlTexts texts)
{
    if (texts.is == ML_UNKNOWN)
        cJSON_AddItemToObject(object, key, unknown_new(texts.origin));
    if (texts.is != ML_KNOWN)
        return;
    cJSON *array = cJSON_AddArrayToObject(object, key);
    for (gsize i = 0; i < texts.length; i++)
        cJSON_AddItemToArray(array, text_new(texts.items[i]));
}

static void add_said(cJSON *object, const char *key, gboolean said)
{
    if (said)
        cJSON_AddTrueToObject(object, key);
}

static void add_keywords(cJSON *object, const MlKeyword *keywords, gsize count)
{
    if (count == 0)
        return;
    cJSON *group = cJSON_AddObjectToObject(object, "keywords");
    for (gsize i = 0; i < count; i++)
        add_text(group, keywords[i].name, keywords[i].value);
}

/* --- types and columns ------------------------------------------------------------ */

static cJSON *type_new(const MlType *type)
{
    if (type->kind == ML_TYPE_UNKNOWN)
        return unknown_new(type->origin);
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "kind", ml_type_kind_name(type->kind));
    if (type->class_name != NULL)
        cJSON_AddItemToObject(object, "class", ml_json_text(type->class_name));
    if (type->library != NULL && strcmp(type->library, "sqlalchemy") != 0)
        cJSON_AddItemToObject(object, "library", ml_json_text(type->library));
    add_text(object, "schema", type->schema);
    add_text(object, "name", type->name);
    add_number(object, "length", type->length);
    add_number(object, "precision", type->precision);
    add_number(object, "scale", type->scale);
    add_flag(object, "timezone", type->timezone);
    add_text(object, "collation", type->collation);
    add_texts(object, "values", type->values);
    add_flag(object, "create_type", type->create_type);
    add_flag(object, "native", type->native);
    add_number(object, "dimensions", type->dimensions);
    add_text(object, "parameters", type->parameters);
    if (type->item != NULL)
        cJSON_AddItemToObject(object, "item", type_new(type->item));
    if (type->impl != NULL)
        cJSON_AddItemToObject(object, "impl", type_new(type->impl));
    cJSON *variants = type->n_variants ? cJSON_AddObjectToObject(object, "variants") : NULL;
    for (gsize i = 0; i < type->n_variants; i++)
        cJSON_AddItemToObject(variants, type->variants[i].dialect,
                              type_new(type->variants[i].type));
    return object;
}

static void add_type(cJSON *object, const char *key, const MlType *type)
{
    if (type != NULL && type->kind != ML_TYPE_ABSENT)
        cJSON_AddItemToObject(object, key, type_new(type));
}

static void add_sequence(cJSON *object, const MlSequence *sequence)
{
    if (sequence == NULL)
        return;
    cJSON *group = cJSON_AddObjectToObject(object, "sequence");
    add_text(group, "schema", sequence->schema);
    add_text(group, "name", sequence->name);
    add_number(group, "start", sequence->start);
    add_number(group, "increment", sequence->increment);
    add_number(group, "minvalue", sequence->minvalue);
    add_number(group, "maxvalue", sequence->maxvalue);
    add_number(group, "cache", sequence->cache);
    add_flag(group, "cycle", sequence->cycle);
    add_text(group, "type", sequence->type);
    add_text(group, "owned_by", sequence->owned_by);
}

static void add_default(cJSON *object, const MlDefault *value)
{
    static const char key[] = "server_default";
    if (value->kind == ML_DEFAULT_ABSENT)
        return;
    if (value->kind == ML_DEFAULT_UNKNOWN) {
        cJSON_AddItemToObject(object, key, unknown_new(value->origin));
        return;
    }
    if (value->kind == ML_DEFAULT_NONE) {
        cJSON_AddNullToObject(object, key);
        return;
    }
    cJSON *group = cJSON_AddObjectToObject(object, key);
    cJSON_AddStringToObject(group, "kind", ml_default_kind_name(value->kind));
    if (value->text != NULL)
        cJSON_AddItemToObject(group, "text", ml_json_text(value->text));
    add_sequence(group, value->sequence);
    add_flag(group, "always", value->always);
    add_flag(group, "stored", value->stored);
}

static cJSON *column_new(const MlColumn *column)
{
    cJSON *object = cJSON_CreateObject();
    add_text(object, "name", column->name);
    add_type(object, "type", column->type);
    add_flag(object, "nullable", column->nullable);
    add_default(object, &column->server_default);
    add_text(object, "default", column->default_value);
    add_flag(object, "primary_key", column->primary_key);
    add_flag(object, "unique", column->unique);
    add_flag(object, "index", column->index);
    add_text(object, "comment", column->comment);
    add_flag(object, "autoincrement", column->autoincrement);
    add_keywords(object, column->keywords, column->n_keywords);
    return object;
}

/* --- constraints and indexes ---------------------------------------------------------- */

static void add_parts(cJSON *object, const MlIndexPart *parts, gsize count)
{
    if (count == 0)
        return;
    cJSON *array = cJSON_AddArrayToObject(object, "parts");
    for (gsize i = 0; i < count; i++) {
        cJSON *part = cJSON_CreateObject();
        add_text(part, "column", parts[i].column);
        add_text(part, "expression", parts[i].expression);
        add_text(part, "operator_class", parts[i].operator_class);
        add_text(part, "collation", parts[i].collation);
        add_text(part, "order", parts[i].order);
        add_text(part, "nulls", parts[i].nulls);
        add_text(part, "operator", parts[i].operator_name);
        cJSON_AddItemToArray(array, part);
    }
}

static cJSON *constraint_new(const MlConstraint *constraint)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "kind", ml_constraint_kind_name(constraint->kind));
    add_text(object, "name", constraint->name);
    add_texts(object, "columns", constraint->columns);
    add_text(object, "condition", constraint->condition);
    add_text(object, "referred_schema", constraint->referred_schema);
    add_text(object, "referred_table", constraint->referred_table);
    add_texts(object, "referred_columns", constraint->referred_columns);
    add_text(object, "ondelete", constraint->ondelete);
    add_text(object, "onupdate", constraint->onupdate);
    add_text(object, "match", constraint->match);
    add_flag(object, "use_alter", constraint->use_alter);
    add_flag(object, "deferrable", constraint->deferrable);
    add_text(object, "initially", constraint->initially);
    add_flag(object, "not_valid", constraint->not_valid);
    add_text(object, "using_index", constraint->using_index);
    add_texts(object, "include", constraint->include);
    add_flag(object, "nulls_not_distinct", constraint->nulls_not_distinct);
    add_parts(object, constraint->parts, constraint->n_parts);
    add_text(object, "method", constraint->method);
    add_text(object, "where", constraint->where);
    add_keywords(object, constraint->keywords, constraint->n_keywords);
    return object;
}

static cJSON *index_new(const MlIndex *index)
{
    cJSON *object = cJSON_CreateObject();
    add_text(object, "name", index->name);
    add_parts(object, index->parts, index->n_parts);
    add_said(object, "open", index->open);
    add_flag(object, "unique", index->unique);
    add_text(object, "method", index->method);
    add_text(object, "where", index->where);
    add_texts(object, "include", index->include);
    add_flag(object, "nulls_not_distinct", index->nulls_not_distinct);
    add_keywords(object, index->keywords, index->n_keywords);
    return object;
}

/* --- rows ------------------------------------------------------------------------------- */

static void add_words(cJSON *object, const char *key, const char *const *words, gsize count)
{
    if (count == 0)
        return;
    cJSON *array = cJSON_AddArrayToObject(object, key);
    for (gsize i = 0; i < count; i++)
        cJSON_AddItemToArray(array, ml_json_text(words[i]));
}

static void add_reads(cJSON *object, const MlReads *reads)
{
    if (reads == NULL)
        return;
    cJSON *group = cJSON_AddObjectToObject(object, "reads");
    cJSON *tables = reads->n_tables ? cJSON_AddArrayToObject(group, "tables") : NULL;
    for (gsize i = 0; i < reads->n_tables; i++) {
        cJSON *table = cJSON_CreateObject();
        if (reads->tables[i].schema != NULL)
            cJSON_AddItemToObject(table, "schema", ml_json_text(reads->tables[i].schema));
        cJSON_AddItemToObject(table, "table", ml_json_text(reads->tables[i].name));
        cJSON_AddItemToArray(tables, table);
    }
    add_words(group, "columns", reads->columns, reads->n_columns);
    add_said(group, "all_columns", reads->all_columns);
    add_words(group, "functions", reads->functions, reads->n_functions);
}

/* --- operations ---------------------------------------------------------------------------- */

static void add_circumstances(cJSON *object, const MlOperation *operation)
{
    if (operation->engine != NULL)
        cJSON_AddItemToObject(object, "engine", ml_json_text(operation->engine));
    add_said(object, "conditional", operation->circumstances & ML_CONDITIONAL);
    add_said(object, "repeated", operation->circumstances & ML_REPEATED);
    add_said(object, "autocommit", operation->circumstances & ML_AUTOCOMMIT);
    add_said(object, "batch", operation->batch != NULL);
    if (operation->batch != NULL)
        add_text(object, "recreate", operation->batch->recreate);
}

static void add_names(cJSON *object, const MlOperation *operation)
{
    if (operation->object != ML_OBJECT_NONE)
        cJSON_AddStringToObject(object, "object", ml_object_kind_name(operation->object));
    add_text(object, "schema", operation->schema);
    add_text(object, "table", operation->table);
    add_text(object, "name", operation->name);
    add_text(object, "new_schema", operation->new_schema);
    add_text(object, "new_name", operation->new_name);
    add_flag(object, "if_exists", operation->if_exists);
    add_flag(object, "if_not_exists", operation->if_not_exists);
    add_flag(object, "cascade", operation->cascade);
    add_flag(object, "concurrently", operation->concurrently);
    add_flag(object, "or_replace", operation->or_replace);
    add_flag(object, "local", operation->local);
}

static void add_made(cJSON *object, const MlOperation *operation)
{
    cJSON *columns = operation->n_columns ? cJSON_AddArrayToObject(object, "columns") : NULL;
    for (gsize i = 0; i < operation->n_columns; i++)
        cJSON_AddItemToArray(columns, column_new(&operation->columns[i]));
    cJSON *constraints =
        operation->n_constraints ? cJSON_AddArrayToObject(object, "constraints") : NULL;
    for (gsize i = 0; i < operation->n_constraints; i++)
        cJSON_AddItemToArray(constraints, constraint_new(&operation->constraints[i]));
    cJSON *indexes = operation->n_indexes ? cJSON_AddArrayToObject(object, "indexes") : NULL;
    for (gsize i = 0; i < operation->n_indexes; i++)
        cJSON_AddItemToArray(indexes, index_new(&operation->indexes[i]));
    add_said(object, "open", operation->open);
    add_flag(object, "temporary", operation->temporary);
    add_text(object, "partition_by", operation->partition_by);
    add_text(object, "partition_of", operation->partition_of);
    add_text(object, "comment", operation->comment);
    if (operation->change != NULL)
        cJSON_AddItemToObject(object, "change", column_new(operation->change));
    if (operation->existing != NULL)
        cJSON_AddItemToObject(object, "existing", column_new(operation->existing));
    add_text(object, "using", operation->using);
}

static void add_unknowns(cJSON *object, const MlOperation *operation)
{
    if (operation->n_unknowns == 0)
        return;
    cJSON *array = cJSON_AddArrayToObject(object, "unknown");
    for (gsize i = 0; i < operation->n_unknowns; i++) {
        cJSON *part = cJSON_CreateObject();
        cJSON_AddItemToObject(part, "part", ml_json_text(operation->unknowns[i].part));
        cJSON_AddItemToObject(part, "why", ml_json_text(operation->unknowns[i].why));
        cJSON_AddItemToArray(array, part);
    }
}

static void add_place(cJSON *object, const MlOperation *operation)
{
    MlOrigin place = ml_operation_place(operation);
    if (place.module == NULL)
        return;
    MlPosition position = ml_origin_position(place);
    cJSON_AddNumberToObject(object, "line", position.line);
    cJSON_AddNumberToObject(object, "column", position.column);
}

/* What it sends; an item that cannot be told is {"unknown": its source text, "why"}. */
static void add_execution(cJSON *object, const MlExecution *execution)
{
    cJSON *array = cJSON_AddArrayToObject(object, "executes");
    for (gsize i = 0; i < execution->statements.length; i++) {
        cJSON *statement = text_new(execution->statements.items[i]);
        if (cJSON_IsObject(statement))
            cJSON_AddItemToObject(statement, "why", ml_json_text(execution->why));
        cJSON_AddItemToArray(array, statement);
    }
}

static cJSON *operation_new(const MlOperation *operation, const MlOperation *before)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "op", ml_operation_name(operation));
    add_names(object, operation);
    add_made(object, operation);
    add_text(object, "constraint_type", operation->constraint_type);
    add_type(object, "type", operation->type);
    add_sequence(object, operation->sequence);
    add_text(object, "value", operation->value);
    add_text(object, "before", operation->before);
    add_text(object, "after", operation->after);
    add_texts(object, "columns_written", operation->columns_written);
    add_number(object, "rows", operation->rows);
    add_said(object, "filtered", operation->filtered);
    add_reads(object, operation->reads);
    add_keywords(object, operation->keywords, operation->n_keywords);
    if (operation->statement != NULL && operation->statement->text != NULL)
        cJSON_AddItemToObject(object, "sql", ml_json_text(operation->statement->text));
    if (operation->execution != NULL &&
        (before == NULL || before->execution != operation->execution))
        add_execution(object, operation->execution);
    add_circumstances(object, operation);
    add_unknowns(object, operation);
    add_place(object, operation);
    return object;
}

cJSON *ml_json_operations(const MlOperations *operations)
{
    cJSON *array = cJSON_CreateArray();
    for (gsize i = 0; operations != NULL && i < operations->length; i++)
        cJSON_AddItemToArray(
            array, operation_new(operations->items[i], i > 0 ? operations->items[i - 1] : NULL));
    return array;
}
