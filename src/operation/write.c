/*
 * An operation in words: "add_column table=t column={name=a type={kind=integer}}".
 * What is absent is not written; what is unknown is its source text after a '?'.
 */
#include "miglint/operation.h"

static void open_field(GString *out, const char *name)
{
    if (out->len > 0 && out->str[out->len - 1] != '{' && out->str[out->len - 1] != '[')
        g_string_append_c(out, ' ');
    if (name != NULL)
        g_string_append_printf(out, "%s=", name);
}

static void write_quoted(GString *out, const char *text)
{
    g_autofree char *escaped = g_strescape(text, NULL);
    g_string_append_printf(out, "\"%s\"", escaped);
}

/* Whether it is known; if not, whatever it is has been written. */
static gboolean open_known(GString *out, const char *name, MlGiven is, MlOrigin origin)
{
    if (is == ML_ABSENT)
        return FALSE;
    open_field(out, name);
    if (is == ML_NONE)
        g_string_append(out, "none");
    if (is == ML_UNKNOWN) {
        g_autofree char *source = ml_origin_text(origin);
        g_string_append_c(out, '?');
        write_quoted(out, source);
    }
    return is == ML_KNOWN;
}

static void write_text(GString *out, const char *name, MlText text)
{
    if (open_known(out, name, text.is, text.origin))
        write_quoted(out, text.text);
}

static void write_flag(GString *out, const char *name, MlFlag flag)
{
    if (open_known(out, name, flag.is, flag.origin))
        g_string_append(out, flag.value ? "true" : "false");
}

static void write_number(GString *out, const char *name, MlNumber number)
{
    if (open_known(out, name, number.is, number.origin))
        g_string_append_printf(out, "%" G_GINT64_FORMAT, number.value);
}

static void write_texts(GString *out, const char *name, MlTexts texts)
{
    if (!open_known(out, name, texts.is, texts.origin))
        return;
    g_string_append_c(out, '[');
    for (gsize i = 0; i < texts.length; i++)
        write_text(out, NULL, texts.items[i]);
    g_string_append_c(out, ']');
}

static void write_word(GString *out, const char *name, const char *word)
{
    if (word == NULL || *word == '\0')
        return;
    open_field(out, name);
    g_string_append(out, word);
}

static void write_said(GString *out, const char *name, gboolean said)
{
    write_word(out, name, said ? "true" : NULL);
}

static void open_group(GString *out, const char *name)
{
    open_field(out, name);
    g_string_append_c(out, '{');
}

static void close_group(GString *out)
{
    g_string_append_c(out, '}');
}

static void write_keywords(GString *out, const MlKeyword *keywords, gsize count)
{
    if (count == 0)
        return;
    open_group(out, "keywords");
    for (gsize i = 0; i < count; i++)
        write_text(out, keywords[i].name, keywords[i].value);
    close_group(out);
}

static void write_type(GString *out, const char *name, const MlType *type)
{
    /* In DDL a class of the project's own is what it is made of. */
    while (type != NULL && type->kind == ML_TYPE_CUSTOM && type->n_variants == 0 && type->impl)
        type = type->impl;
    if (type == NULL || type->kind == ML_TYPE_ABSENT)
        return;
    if (!open_known(out, name, type->kind == ML_TYPE_UNKNOWN ? ML_UNKNOWN : ML_KNOWN, type->origin))
        return;
    g_string_append_printf(out, "%s{", ml_type_kind_name(type->kind));
    write_word(out, "class", type->class_name);
    write_text(out, "schema", type->schema);
    write_text(out, "name", type->name);
    write_number(out, "length", type->length);
    write_number(out, "precision", type->precision);
    write_number(out, "scale", type->scale);
    write_flag(out, "timezone", type->timezone);
    write_text(out, "collation", type->collation);
    write_texts(out, "values", type->values);
    write_flag(out, "create_type", type->create_type);
    write_flag(out, "native", type->native);
    write_type(out, "item", type->item);
    write_number(out, "dimensions", type->dimensions);
    write_text(out, "parameters", type->parameters);
    write_type(out, "impl", type->impl);
    for (gsize i = 0; i < type->n_variants; i++)
        write_type(out, type->variants[i].dialect, type->variants[i].type);
    close_group(out);
}

static void write_sequence(GString *out, const char *name, const MlSequence *sequence)
{
    if (sequence == NULL)
        return;
    open_group(out, name);
    write_text(out, "schema", sequence->schema);
    write_text(out, "name", sequence->name);
    write_number(out, "start", sequence->start);
    write_number(out, "increment", sequence->increment);
    write_number(out, "minvalue", sequence->minvalue);
    write_number(out, "maxvalue", sequence->maxvalue);
    write_number(out, "cache", sequence->cache);
    write_flag(out, "cycle", sequence->cycle);
    write_text(out, "type", sequence->type);
    write_text(out, "owned_by", sequence->owned_by);
    close_group(out);
}

static void write_default(GString *out, const char *name, const MlDefault *value)
{
    static const MlGiven given[] = {
        [ML_DEFAULT_ABSENT] = ML_ABSENT,
        [ML_DEFAULT_UNKNOWN] = ML_UNKNOWN,
        [ML_DEFAULT_NONE] = ML_NONE,
    };
    MlGiven is = value->kind < G_N_ELEMENTS(given) ? given[value->kind] : ML_KNOWN;
    if (!open_known(out, name, is, value->origin))
        return;
    g_string_append_printf(out, "%s{", ml_default_kind_name(value->kind));
    if (value->text != NULL)
        write_quoted(out, value->text);
    write_sequence(out, "sequence", value->sequence);
    write_flag(out, "always", value->always);
    write_flag(out, "stored", value->stored);
    close_group(out);
}

static void write_column(GString *out, const char *name, const MlColumn *column)
{
    if (column == NULL)
        return;
    open_group(out, name);
    write_text(out, "name", column->name);
    write_type(out, "type", column->type);
    write_flag(out, "nullable", column->nullable);
    write_default(out, "server_default", &column->server_default);
    write_text(out, "default", column->default_value);
    write_flag(out, "primary_key", column->primary_key);
    write_flag(out, "unique", column->unique);
    write_flag(out, "index", column->index);
    write_text(out, "comment", column->comment);
    write_flag(out, "autoincrement", column->autoincrement);
    write_keywords(out, column->keywords, column->n_keywords);
    close_group(out);
}

static void write_parts(GString *out, const MlIndexPart *parts, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        open_group(out, "part");
        write_text(out, "column", parts[i].column);
        write_text(out, "expression", parts[i].expression);
        write_text(out, "operator_class", parts[i].operator_class);
        write_text(out, "collation", parts[i].collation);
        write_text(out, "order", parts[i].order);
        write_text(out, "nulls", parts[i].nulls);
        write_text(out, "operator", parts[i].operator_name);
        close_group(out);
    }
}

static void write_constraint(GString *out, const MlConstraint *constraint)
{
    open_group(out, ml_constraint_kind_name(constraint->kind));
    write_text(out, "name", constraint->name);
    write_said(out, "final", constraint->final);
    write_said(out, "inlined", constraint->inlined);
    write_texts(out, "columns", constraint->columns);
    write_text(out, "condition", constraint->condition);
    write_text(out, "referred_schema", constraint->referred_schema);
    write_text(out, "referred_table", constraint->referred_table);
    write_texts(out, "referred_columns", constraint->referred_columns);
    write_text(out, "ondelete", constraint->ondelete);
    write_text(out, "onupdate", constraint->onupdate);
    write_text(out, "match", constraint->match);
    write_flag(out, "use_alter", constraint->use_alter);
    write_flag(out, "deferrable", constraint->deferrable);
    write_text(out, "initially", constraint->initially);
    write_flag(out, "not_valid", constraint->not_valid);
    write_text(out, "using_index", constraint->using_index);
    write_texts(out, "include", constraint->include);
    write_flag(out, "nulls_not_distinct", constraint->nulls_not_distinct);
    write_parts(out, constraint->parts, constraint->n_parts);
    write_text(out, "method", constraint->method);
    write_text(out, "where", constraint->where);
    write_keywords(out, constraint->keywords, constraint->n_keywords);
    close_group(out);
}

static void write_index(GString *out, const MlIndex *index)
{
    open_group(out, "index");
    write_text(out, "name", index->name);
    write_said(out, "final", index->final);
    write_parts(out, index->parts, index->n_parts);
    write_said(out, "open", index->open);
    write_flag(out, "unique", index->unique);
    write_text(out, "method", index->method);
    write_text(out, "where", index->where);
    write_texts(out, "include", index->include);
    write_flag(out, "nulls_not_distinct", index->nulls_not_distinct);
    write_keywords(out, index->keywords, index->n_keywords);
    close_group(out);
}

static void write_words(GString *out, const char *name, const char *const *words, gsize count)
{
    if (count == 0)
        return;
    open_field(out, name);
    g_string_append_c(out, '[');
    for (gsize i = 0; i < count; i++) {
        open_field(out, NULL);
        write_quoted(out, words[i]);
    }
    g_string_append_c(out, ']');
}

static void write_reads(GString *out, const MlReads *reads)
{
    if (reads == NULL)
        return;
    open_group(out, "reads");
    for (gsize i = 0; i < reads->n_tables; i++) {
        open_field(out, "table");
        if (reads->tables[i].schema != NULL) {
            write_quoted(out, reads->tables[i].schema);
            g_string_append_c(out, '.');
        }
        write_quoted(out, reads->tables[i].name);
    }
    write_words(out, "columns", reads->columns, reads->n_columns);
    write_said(out, "all_columns", reads->all_columns);
    write_words(out, "functions", reads->functions, reads->n_functions);
    write_words(out, "literals", reads->literals, reads->n_literals);
    close_group(out);
}

static void write_batch(GString *out, const MlBatch *batch)
{
    if (batch == NULL)
        return;
    open_group(out, "batch");
    write_text(out, "recreate", batch->recreate);
    write_flag(out, "copy_from", batch->copy_from);
    write_texts(out, "table_args", batch->table_args);
    write_texts(out, "reflect_args", batch->reflect_args);
    write_texts(out, "naming_convention", batch->naming_convention);
    write_keywords(out, batch->keywords, batch->n_keywords);
    close_group(out);
}

static void write_circumstances(GString *out, const MlOperation *operation)
{
    write_word(out, "engine", operation->engine);
    write_batch(out, operation->batch);
    write_said(out, "autocommit", operation->circumstances & ML_AUTOCOMMIT);
    write_said(out, "repeated", operation->circumstances & ML_REPEATED);
    if (operation->circumstances & ML_CONDITIONAL)
        open_known(out, "condition", ML_UNKNOWN, operation->condition);
}

static void write_names(GString *out, const MlOperation *operation)
{
    write_word(out, "object", ml_object_kind_name(operation->object));
    write_text(out, "schema", operation->schema);
    write_text(out, "table", operation->table);
    write_text(out, "name", operation->name);
    write_text(out, "new_schema", operation->new_schema);
    write_text(out, "new_name", operation->new_name);
    write_flag(out, "if_exists", operation->if_exists);
    write_flag(out, "if_not_exists", operation->if_not_exists);
    write_flag(out, "cascade", operation->cascade);
    write_flag(out, "concurrently", operation->concurrently);
    write_flag(out, "or_replace", operation->or_replace);
    write_flag(out, "local", operation->local);
}

static void write_made(GString *out, const MlOperation *operation)
{
    for (gsize i = 0; i < operation->n_columns; i++)
        write_column(out, "column", &operation->columns[i]);
    for (gsize i = 0; i < operation->n_constraints; i++)
        write_constraint(out, &operation->constraints[i]);
    for (gsize i = 0; i < operation->n_indexes; i++)
        write_index(out, &operation->indexes[i]);
    write_said(out, "open", operation->open);
    write_flag(out, "temporary", operation->temporary);
    write_text(out, "partition_by", operation->partition_by);
    write_text(out, "partition_of", operation->partition_of);
    write_text(out, "comment", operation->comment);
    write_column(out, "change", operation->change);
    write_column(out, "existing", operation->existing);
    write_text(out, "using", operation->using);
}

/* Whether the other fields leave out some of what the statement says. */
static gboolean says_more(MlOperationKind kind)
{
    switch (kind) {
    case ML_ALTER_TABLE:
    case ML_ATTACH_PARTITION:
    case ML_CREATE_TYPE:
    case ML_CREATE_OBJECT:
    case ML_ALTER_OBJECT:
    case ML_INSERT:
    case ML_UPDATE:
    case ML_DELETE:
    case ML_SELECT:
    case ML_CALL:
    case ML_HARMLESS:
    case ML_UNKNOWN_SQL:
        return TRUE;
    default:
        return FALSE;
    }
}

/* White space is no difference, be it between words or, seldom, within a string. */
static void write_statement(GString *out, const MlOperation *operation)
{
    if (operation->statement == NULL || operation->statement->text == NULL ||
        !(operation->open || says_more(operation->kind)))
        return;
    g_autoptr(GString) text = g_string_new(NULL);
    for (const char *c = operation->statement->text; *c != '\0'; c++)
        if (!g_ascii_isspace(*c))
            g_string_append_c(text, *c);
        else if (text->len > 0 && text->str[text->len - 1] != ' ')
            g_string_append_c(text, ' ');
    open_field(out, "sql");
    write_quoted(out, text->str);
}

void ml_operation_write(GString *out, const MlOperation *operation)
{
    g_string_append(out, ml_operation_name(operation));
    write_circumstances(out, operation);
    write_names(out, operation);
    write_made(out, operation);
    write_text(out, "constraint_type", operation->constraint_type);
    write_type(out, "type", operation->type);
    write_sequence(out, "sequence", operation->sequence);
    write_text(out, "value", operation->value);
    write_text(out, "before", operation->before);
    write_text(out, "after", operation->after);
    write_texts(out, "columns_written", operation->columns_written);
    write_number(out, "rows", operation->rows);
    write_said(out, "filtered", operation->filtered);
    write_reads(out, operation->reads);
    write_keywords(out, operation->keywords, operation->n_keywords);
    write_statement(out, operation);
}
