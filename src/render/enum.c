/* Enums and domains: who makes them (sqlalchemy.dialects.postgresql.named_types). */
#include "render/rendering.h"

/* --- CREATE TYPE, CREATE DOMAIN --------------------------------------------------- */

static void append_values(MlRendering *rendering, GString *out, const MlType *type)
{
    if (type->values.is == ML_UNKNOWN)
        ml_rendering_refuse(rendering, "has an enum whose values cannot be told");
    for (gsize i = 0; i < type->values.length; i++) {
        g_string_append(out, i > 0 ? ", " : "");
        if (type->values.items[i].is == ML_KNOWN)
            ml_append_literal(rendering, out, type->values.items[i].text);
        else
            ml_rendering_refuse(rendering, "has an enum whose values cannot be told");
    }
}

static void append_named_part(MlRendering *rendering, GString *out, const char *words, MlText name)
{
    if (name.is == ML_ABSENT || name.is == ML_NONE)
        return;
    g_string_append_printf(out, " %s ", words);
    ml_append_known_name(rendering, out, name, words);
}

static void append_domain(MlRendering *rendering, GString *out, const MlDomain *domain)
{
    ml_append_type(rendering, out, domain->type);
    append_named_part(rendering, out, "COLLATE", domain->collation);
    if (ml_default_is_in_ddl(&domain->server_default)) {
        g_string_append(out, " DEFAULT ");
        ml_append_default(rendering, out, &domain->server_default);
    }
    append_named_part(rendering, out, "CONSTRAINT", domain->constraint_name);
    if (ml_is_true(domain->not_null))
        g_string_append(out, " NOT NULL");
    if (domain->check.is == ML_ABSENT || domain->check.is == ML_NONE)
        return;
    g_string_append(out, " CHECK (");
    ml_append_sql_text(rendering, out, domain->check, "its check");
    g_string_append_c(out, ')');
}

static GString *create_type(MlRendering *rendering, const MlType *type)
{
    gboolean is_domain = type->domain != NULL;
    GString *statement = g_string_new(is_domain ? "CREATE DOMAIN " : "CREATE TYPE ");
    ml_append_qualified(rendering, statement, type->schema, type->name);
    g_string_append(statement, is_domain ? " AS " : " AS ENUM (");
    if (is_domain) {
        append_domain(rendering, statement, type->domain);
        return statement;
    }
    append_values(rendering, statement, type);
    g_string_append_c(statement, ')');
    return statement;
}

/* --- with a table ------------------------------------------------------------------------ */

/* Whether the run has not made it yet; then it has. */
static gboolean is_new_in_run(MlRendering *rendering, GHashTable *made, const MlType *type)
{
    GString *name = g_string_new(type->domain ? "DOMAIN " : "TYPE ");
    ml_append_qualified(rendering, name, type->schema, type->name);
    return g_hash_table_add(made, g_string_free(name, FALSE));
}

void ml_send_types(MlRendering *rendering)
{
    const MlOperation *operation = rendering->operation;
    g_autoptr(GHashTable) own = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    /* Table.create() remembers for itself alone */
    GHashTable *made = operation->checks_first ? own : rendering->renderer->made_types;
    for (gsize i = 0; i < operation->n_columns; i++) {
        const MlType *type = ml_rendered_named_type(rendering, operation->columns[i].type);
        if (type == NULL || ml_enum_is_left_to_others(type))
            continue;
        if (is_new_in_run(rendering, made, type))
            ml_rendering_send(rendering, create_type(rendering, type));
    }
}

/* --- by themselves ------------------------------------------------------------------------- */

/* SQLite has no enums, and so nothing happens there; a domain is sent in any case. */
static const MlType *type_by_itself(MlRendering *rendering)
{
    const MlType *type = rendering->operation->type;
    if (type->domain != NULL &&
        (ml_rendering_is(rendering, ML_SQLITE) || ml_rendering_is_old(rendering)))
        ml_rendering_refuse(rendering, "has a domain, which is not known there");
    return ml_rendered_named_type(rendering, type);
}

void ml_render_create_type(MlRendering *rendering)
{
    const MlType *type = type_by_itself(rendering);
    if (type != NULL)
        ml_rendering_send(rendering, create_type(rendering, type));
}

void ml_render_drop_type(MlRendering *rendering)
{
    const MlType *type = type_by_itself(rendering);
    if (type == NULL)
        return;
    GString *statement = g_string_new(type->domain ? "DROP DOMAIN " : "DROP TYPE ");
    ml_append_qualified(rendering, statement, type->schema, type->name);
    ml_rendering_send(rendering, statement);
}
